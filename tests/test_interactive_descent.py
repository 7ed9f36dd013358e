"""The descent explorer: its numbers are those of `minimize`, and its words are true."""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import pytest
from asking import ask, still
from hypothesis import given
from hypothesis import strategies as st

from coursekit import landscapes, optimizers, schedules
from coursekit.descent import minimize, states
from coursekit.interactive import basin_maps, explore_descent
from coursekit.interactive.memory import coasting, remembered
from coursekit.landscapes import basins_of_attraction, bowl, himmelblau, rosenbrock, saddle, valley
from coursekit.optimizers import (
    AdaDelta,
    AdaGrad,
    Adam,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
)
from coursekit.plotting import COLOURS
from coursekit.schedules import cosine

SEVEN = (
    GradientDescent(0.003), Momentum(0.003), Nesterov(0.003), AdaGrad(0.1), RMSprop(0.01),
    AdaDelta(), Adam(0.05),
)  # fmt: skip

# every variant whose step is x ← x − rate · (what stands on the right) or nearly so
BY_GRADIENT = (
    GradientDescent(0.01), GradientDescent(cosine(0.02, steps=40)),
    GradientDescent(0.01, weight_decay=0.1), AdaGrad(0.1), AdaGrad(0.1, eps=0.1, eps_inside=True),
    AdaGrad(0.1, initial=3.0), RMSprop(0.01), RMSprop(0.01, eps=0.1, eps_inside=True),
    RMSprop(0.01, bias_correction=True), RMSprop(0.01, centered=True, eps=1.0),
    RMSprop(0.01, centered=True, bias_correction=True, eps=1.0),
    RMSprop(cosine(0.02, steps=40)), AdaDelta(), AdaDelta(0.5, rho=0.95, eps=1e-3),
)  # fmt: skip
ADAMS = (
    Adam(0.1), Adam(0.1, bias_correction=False), Adam(0.1, bias_correction="constant"),
    Adam(1e-3, square_root=False), Adam(0.1, eps=1.0, eps_hat=True), Adam(0.1, eps_root=1.0),
    Adam(0.1, amsgrad=True), Adam(0.1, nesterov=True), Adam(cosine(0.1, steps=40)),
    Adam(0.1, nesterov=True, weight_decay=0.1), Adam(0.1, weight_decay=0.1),
    Adam(0.1, weight_decay=0.1, decoupled=True),
)  # fmt: skip
STEPS = 30


def walk(optimizer, landscape=himmelblau, start=(-1.0, 2.0)):
    path = minimize(landscape, start, optimizer, steps=STEPS)
    s = states(landscape, start, optimizer, steps=STEPS)
    gradients = (
        landscape.grad(path.x[:-1].T).T + getattr(optimizer, "weight_decay", 0) * path.x[:-1]
    )
    return path.x, s, remembered(optimizer, landscape, path.x, s), gradients


@pytest.mark.parametrize("landscape", [*landscapes.ALL, valley], ids=lambda each: each.name)
def test_the_numbers_are_those_of_minimize(landscape):
    """Bit for bit, for all seven optimizers, on every landscape."""
    explorer = explore_descent(landscape, SEVEN, steps=40)
    start = (np.array(landscape.frame[::2]) * 0.7).tolist()
    arrays = ask(explorer, start=start).arrays
    lowest = min((landscape(m) for m in landscape.minima), default=0.0)
    for optimizer in SEVEN:
        name, path = type(optimizer).__name__, minimize(landscape, start, optimizer, steps=40)
        assert arrays[f"{name} x"].tobytes() == path.x.tobytes()
        assert arrays[f"{name} value"].tobytes() == (path.value - lowest).tobytes()


@pytest.mark.parametrize("optimizer", BY_GRADIENT, ids=repr)
def test_the_rate_is_what_the_gradient_was_multiplied_by(optimizer):
    """x(k) − x(k − 1) = −rate(k) · g(k − 1), in every variant: nothing else moves the point."""
    x, _, memory, gradients = walk(optimizer)
    np.testing.assert_allclose(np.diff(x, axis=0), -memory["rate"][1:] * gradients, atol=1e-13)
    assert np.isnan(memory["rate"][0]).all()


@pytest.mark.parametrize("optimizer", ADAMS, ids=repr)
def test_adams_rate_is_what_its_mean_was_multiplied_by(optimizer):
    """x(k) = x(k − 1) − rate(k) · m̂(k), after the decay where that is decoupled."""
    x, s, memory, _ = walk(optimizer)
    mean = next(quantity for name, quantity in memory.items() if name.startswith("m"))
    keep = np.array([1.0] * STEPS)
    if optimizer.decoupled:
        keep -= optimizer.lr * optimizer.weight_decay
    after = keep[:, None] * x[:-1] - memory["rate"][1:] * mean[1:]
    np.testing.assert_allclose(x[1:], after, atol=1e-13)
    if not optimizer.bias_correction:
        np.testing.assert_array_equal(memory["m"][1:], s.m[1:])
        np.testing.assert_array_equal(memory["√v"][1:], np.sqrt(s.v[1:]))
    if optimizer.amsgrad:
        assert "max √v̂" in memory


@pytest.mark.parametrize("optimizer", [Momentum(0.003), Momentum(0.03, average=True)], ids=repr)
def test_the_arrow_leads_to_where_the_velocity_alone_would_carry(optimizer):
    """On flat ground momentum takes the step lr · β · v, and the step before it was lr · v."""
    x, s, memory, _ = walk(optimizer)
    np.testing.assert_array_equal(memory["v"], s.v)
    np.testing.assert_allclose(np.diff(x, axis=0), -optimizer.lr * s.v[1:], atol=1e-13)
    arrow = coasting(optimizer, x, s)
    np.testing.assert_array_equal(arrow[:, :2], x)
    ahead = x - optimizer.lr * optimizer.beta * s.v
    np.testing.assert_allclose(arrow[:, 2:], ahead, atol=1e-13)


@pytest.mark.parametrize("optimizer", BY_GRADIENT[:1] + BY_GRADIENT[3:], ids=repr)
def test_what_has_no_velocity_does_not_coast(optimizer):
    """Without momentum nothing moves on flat ground (but schedules and sizes are remembered)."""
    x, s, _, _ = walk(optimizer)
    np.testing.assert_array_equal(coasting(optimizer, x, s)[:, 2:], x)


def test_names_say_which_quantity_the_rule_uses():
    """√v becomes √v̂ only where it is corrected, and b is shown where there is one."""
    assert list(walk(RMSprop())[2]) == ["√v", "rate"]
    assert list(walk(RMSprop(bias_correction=True, momentum=0.5))[2]) == ["b", "√v̂", "rate"]
    assert list(walk(RMSprop(centered=True))[2]) == ["√(v − m²)", "rate"]
    assert list(walk(AdaDelta())[2]) == ["√(u+ε)", "√(v+ε)", "rate"]
    assert list(walk(Adam())[2]) == ["m̂", "√v̂", "rate"]
    assert list(walk(Adam(square_root=False))[2]) == ["m̂", "v̂", "rate"]


def test_the_bars_have_the_sizes_and_the_readout_the_signs():
    """Both for the optimizer that is shown."""
    explorer = explore_descent(himmelblau, SEVEN, steps=STEPS, start=(-1, 2))
    answer = ask(explorer, shown="Momentum")
    velocity = states(himmelblau, (-1, 2), Momentum(0.003), steps=STEPS).v
    assert answer.arrays["memory 0"].tobytes() == velocity.tobytes()
    np.testing.assert_array_equal(answer.arrays["size 0"], np.abs(velocity))
    assert answer.content["labels"]["memory 0"] == "Momentum: v"
    assert (velocity < 0).any()


CHANGES = {
    "start": [1, -3.1],
    "GradientDescent lr": 0.0123,
    "Adam beta1": 0.95,
    "Adam amsgrad": True,
    "Adam eps": 1e-3,
    "shown": "GradientDescent",
}


def test_the_copied_line_makes_the_same_picture_again():
    """Evaluated, it gives the same arrays bit for bit, the same words and the same line."""
    first = explore_descent(rosenbrock, [GradientDescent(0.001), Adam(cosine(0.1, steps=50))])
    shown = ask(first, basins=True, **CHANGES)
    space = {**vars(landscapes), **vars(optimizers), **vars(schedules)}
    again = eval(shown.content["code"], {**space, "explore_descent": explore_descent})
    copy = ask(again)
    assert copy.content["code"] == shown.content["code"]
    assert copy.content["text"] == shown.content["text"]
    assert list(copy.arrays) == list(shown.arrays)
    for name, array in shown.arrays.items():
        assert copy.arrays[name].tobytes() == array.tobytes(), name
    at_step = eval(
        shown.content["code"][:-1] + ", step=7)", {**space, "explore_descent": explore_descent}
    )
    assert at_step.spec["frame"] == 7


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=2), st.floats(1e-4, 10))
def test_any_start_and_rate_are_copied_exactly(start, rate):
    """However long their digits are."""
    explorer = EXPLORER
    scene = explorer.compute(
        **explorer.spec["values"] | {"start": start, "GradientDescent lr": rate}
    )
    space = {"explore_descent": lambda *args, **kwargs: (args, kwargs), **vars(optimizers)}
    (_, (rule,)), given = eval(scene.code, space | vars(landscapes))
    assert (rule.lr, list(given["start"])) == (rate, start)


EXPLORER = explore_descent(bowl, GradientDescent(0.1), steps=3)


@pytest.mark.parametrize("optimizer", [*SEVEN, Momentum(cosine(0.1, steps=9))], ids=repr)
def test_every_hyperparameter_has_a_control_and_the_control_its_effect(optimizer):
    """Each field but a schedule; what few change is folded, and the value in it is the field's."""
    explorer = explore_descent(himmelblau, optimizer, steps=3)
    name = type(optimizer).__name__
    controls = {c["name"]: c for c in explorer.spec["controls"]}
    for f in fields(optimizer):
        value = getattr(optimizer, f.name)
        if callable(value):
            assert f"{name} {f.name}" not in controls
            continue
        control = controls[f"{name} {f.name}"]
        assert control["value"] == value
        changed = (not value) if isinstance(value, bool) else 0.25
        if f.name not in ("nesterov", "bias_correction"):  # these exclude each other
            made = ask(explorer, **{control["name"]: changed}).content["code"]
            assert f"{f.name}={changed!r}" in made or changed == f.default
    assert not controls.get(f"{name} lr", {"folded": False})["folded"]


def test_settings_that_exclude_each_other_are_an_error_in_words():
    """The optimizer's own sentence."""
    explorer = explore_descent(bowl, Momentum(0.1))
    answer = ask(explorer, **{"Momentum average": True, "Momentum dampening": 0.5})
    assert answer.content["error"]
    assert "average and dampening are two ways to weigh the gradient" in answer.content["text"]


def test_how_it_ended_is_said_in_words():
    """Arrived, gone off the map, or out of numbers."""
    rules = [GradientDescent(0.1), GradientDescent(0.52), GradientDescent(3.0)]
    text = explore_descent(bowl, rules, start=(1, 1), steps=200).text
    arrived, left, diverged = text.split("; ")
    assert arrived == "From (1, 1): GradientDescent 1 is at (0, 0) after 200 steps"
    assert left.startswith("GradientDescent 2 has left the map: (0, ")
    path = minimize(bowl, (1, 1), rules[2], steps=200)
    assert path.stopped == "diverged"
    assert diverged == (
        f"GradientDescent 3 diverges: after {path.taken} steps its numbers are too large to go on."
    )


def test_the_basins_come_coarse_at_once_and_fine_when_the_hand_rests():
    """They are those of `basins_of_attraction`; a start that moves needs no new map."""
    rule = GradientDescent(0.01)
    explorer = explore_descent(himmelblau, rule, steps=60)
    at_once = ask(explorer, basins=True)
    assert at_once.content["more"]
    assert at_once.arrays["coarse basins"].shape == (1, basin_maps.COARSE, basin_maps.COARSE, 4)
    np.testing.assert_array_equal(at_once.arrays["minima"], himmelblau.minima)
    rest = ask(explorer, basins=True, later=True)
    assert not rest.arrays["coarse basins"].any()  # or it would show through
    fine = rest.arrays["basins"]
    n = basin_maps.FINE
    reached = basins_of_attraction(himmelblau, rule, n=n, steps=60, near=0.3).reached
    for k, colour in enumerate(("orange", "sky", "green", "purple")):
        rgb = [int(COLOURS[colour][i : i + 2], 16) for i in (1, 3, 5)]
        np.testing.assert_array_equal((fine[0, ::-1, :, :3] == rgb).all(axis=-1), reached == k)
    np.testing.assert_array_equal((fine[0, ::-1, :, :3] == 255).all(axis=-1), reached < 0)

    elsewhere = ask(explorer, basins=True, start=[1.0, 1.0])
    assert not elsewhere.content["more"]
    assert elsewhere.arrays["basins"].tobytes() == fine.tobytes()
    assert ask(explorer, basins=True, **{"GradientDescent lr": 0.02}).content["more"]


def test_starts_that_diverge_are_black_on_the_map():
    """They are told apart from those that reach nothing."""
    explorer = explore_descent(rosenbrock, GradientDescent(0.004), steps=60)
    fine = ask(explorer, basins=True, later=True).arrays["basins"][0, ::-1]
    basins = basins_of_attraction(
        rosenbrock, GradientDescent(0.004), n=basin_maps.FINE, steps=60, near=0.3
    )
    assert basins.diverged.any()
    np.testing.assert_array_equal((fine[..., :3] == 0).all(axis=-1), basins.diverged)


def test_a_landscape_without_a_minimum_has_no_basins():
    """No box for them, even when they are asked for; the value itself is drawn."""
    explorer = explore_descent(saddle, GradientDescent(0.1), basins=True)
    assert "basins" not in [c["name"] for c in explorer.spec["controls"]]
    assert "minima" not in ask(explorer, start=[1, 1]).arrays
    assert not explorer.spec["panels"][1]["ylog"]


class Bare:
    """A reader's own optimizer: no dataclass, and a state without names."""

    def init(self, x):
        return None

    def step(self, x, grad, state):
        return x - 0.1 * grad, state


class OwnState(NamedTuple):
    speed: np.ndarray
    t: int


@dataclass
class Own:
    """A reader's own optimizer with names for everything."""

    lr: float = 0.1
    friction: float = 0.5

    def init(self, x):
        return OwnState(np.zeros_like(x), 0)

    def step(self, x, grad, state):
        speed = self.friction * state.speed + grad
        return x - self.lr * speed, OwnState(speed, state.t + 1)


def test_a_readers_own_optimizer_is_shown_too():
    """With its own fields, if it has any, and sliders for the names that the course knows."""
    explorer = explore_descent(bowl, [Bare(), Own()], steps=20)
    answer = ask(explorer, **{"Own lr": 0.2})
    path = minimize(bowl, explorer.spec["values"]["start"], Own(0.2), steps=20)
    assert answer.arrays["Own x"].tobytes() == path.x.tobytes()
    assert answer.content["labels"]["size 0"] == "speed"
    assert "memory 0" not in ask(explorer, shown="Bare").arrays
    names = [c["name"] for c in explorer.spec["controls"]]
    assert "Own lr" in names
    assert "Own friction" not in names


def test_it_leaves_a_picture_and_words_without_chaotic_digits():
    """The paths are on the picture; what rounding leaves of 0 is written as 0."""
    picture, words = still(explore_descent(bowl, GradientDescent(0.1), steps=200, start=(3, 3)))
    assert words == "Descent on bowl. From (3, 3): GradientDescent is at (0, 0) after 200 steps."
    red = tuple(int(COLOURS["vermilion"][i : i + 2], 16) for i in (1, 3, 5))
    close = np.abs(np.asarray(picture).astype(int) - red).max(axis=-1) < 30
    assert close.sum() > 200


@pytest.mark.parametrize(
    ("problem", "error", "words"),
    [
        (lambda: explore_descent(bowl, []), ValueError, "needs at least one optimizer"),
        (lambda: explore_descent(bowl, Momentum), TypeError, "got the class Momentum"),
        (lambda: explore_descent(bowl, [1]), TypeError, "needs an optimizer with init and step"),
        (lambda: explore_descent(bowl, 0.1), TypeError, "init and step, got float"),
        (lambda: explore_descent(bowl, start=(1, 2, 3)), ValueError, r"got shape \(3,\)"),
        (lambda: explore_descent(bowl, start=(1, np.nan)), ValueError, "must be finite, got nan"),
        (lambda: explore_descent(bowl, start="ab"), TypeError, "must be made of real numbers"),
        (lambda: explore_descent(bowl, steps=0), ValueError, "steps must be a whole number ≥ 1"),
        (lambda: explore_descent(bowl, shown="Adam"), ValueError, "shown must be one of"),
        (lambda: explore_descent(bowl, steps=9, step=10), ValueError, "at most steps=9, got 10"),
        (lambda: explore_descent(bowl, step=-1), ValueError, "whole number ≥ 0, got -1"),
        (lambda: explore_descent(bowl, basins="yes"), TypeError, "must be True or False"),
        (lambda: explore_descent(len), TypeError, "needs a landscape"),
    ],
)
def test_bad_arguments_are_one_clear_error(problem, error, words):
    """The argument, what it must be and what came."""
    with pytest.raises(error, match=words):
        problem()


def test_the_map_of_a_long_valley_can_be_taken_hold_of():
    """The valley is nearly five times as wide as high; its map is not. Others keep their scale."""
    for landscape, to_scale in ((valley, False), (himmelblau, True)):
        panel = explore_descent(landscape, [GradientDescent(0.01)], steps=2).panels[0]
        left, right, low, high = landscape.frame
        box = panel.ax.get_position()
        shape = box.width * panel.figure.get_figwidth() / box.height / panel.figure.get_figheight()
        assert 0.5 < shape < 2
        assert (abs(shape - (right - left) / (high - low)) < 1e-6) == to_scale
