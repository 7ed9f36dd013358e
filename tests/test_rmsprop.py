"""RMSprop: a step's length, the bounce, the rate that grows again, and chapter 12's exercises."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadratics import Quadratic

from coursekit.batches import train
from coursekit.checks import rmsprop as check
from coursekit.checks.driving import walk
from coursekit.datasets import digits
from coursekit.descent import minimize, states
from coursekit.landscapes import valley
from coursekit.networks import MLP
from coursekit.optimizers import AdaGrad, GradientDescent, Momentum, RMSprop
from coursekit.optimizers.rmsprop import RMSpropState
from coursekit.schedules import cosine, step_decay

HERE = Path(__file__).parent
BETAS = st.floats(0.01, 0.999)
SIZES = st.floats(1e-3, 1e3)


def steps_of(optimizer, gradients):
    """The steps that a list of numbers for gradients makes one parameter take, from 0 each time."""
    zero = np.zeros(1)
    state, steps = optimizer.init(zero), []
    for g in gradients:
        moved, state = optimizer.step(zero, [g], state)
        steps.append(-moved[0])
    return np.array(steps)


# --- the first steps ------------------------------------------------------------------------


def test_three_steps_by_hand():
    """The chapter's: gradient 2, lr 0.1, β 0.9; v is 0.4, 0.76, 1.084."""
    optimizer, x = RMSprop(0.1, 0.9, eps=0), np.zeros(1)
    state = optimizer.init(x)
    for t, v in enumerate((0.4, 0.76, 1.084), start=1):
        moved, state = optimizer.step(x, [2.0], state)
        assert state.t == t
        assert state.v[0] == pytest.approx(v, rel=1e-12)
        assert moved[0] == pytest.approx(-0.2 / math.sqrt(v), rel=1e-12)


@given(g=SIZES, sign=st.sampled_from([-1, 1]), beta=BETAS, lr=st.floats(1e-4, 10))
def test_the_first_step_does_not_depend_on_the_gradients_size(g, sign, beta, lr):
    """It is lr / √(1 − β) long, in the direction of −g."""
    (step,) = steps_of(RMSprop(lr, beta, eps=0), [sign * g])
    assert step == pytest.approx(sign * lr / math.sqrt(1 - beta), rel=1e-9)


@given(g=SIZES, beta=BETAS)
def test_under_a_constant_gradient_step_t_is_one_rate_over_the_root_of_1_minus_beta_to_the_t(
    g, beta
):
    """v = (1 − βᵗ) g²; with bias correction every step is one rate."""
    t = np.arange(1, 41)
    steps = steps_of(RMSprop(0.1, beta, eps=0), [g] * 40)
    np.testing.assert_allclose(steps, 0.1 / np.sqrt(1 - beta**t), rtol=1e-9)
    corrected = steps_of(RMSprop(0.1, beta, eps=0, bias_correction=True), [g] * 40)
    np.testing.assert_allclose(corrected, 0.1, rtol=1e-9)


@given(
    gradients=st.lists(st.floats(-10, 10).filter(lambda g: abs(g) > 1e-3), min_size=1, max_size=30),
    beta=BETAS,
    scale=st.sampled_from([1e-4, 0.5, 3.0, 1e5]),
)
def test_without_eps_the_unit_of_the_loss_does_not_matter(gradients, beta, scale):
    """All gradients times a number: the same steps."""
    optimizer = RMSprop(0.1, beta, eps=0)
    ours, scaled = (steps_of(optimizer, np.array(gradients) * k) for k in (1, scale))
    np.testing.assert_allclose(scaled, ours, rtol=1e-9)


@given(
    gradients=st.lists(st.floats(-10, 10).filter(lambda g: abs(g) > 1e-3), min_size=1, max_size=30),
    beta=BETAS,
)
def test_no_step_is_longer_than_the_first_one_under_a_constant_gradient(gradients, beta):
    """|g| ≤ √(v / (1 − β)), whatever came before; and β = 0 is the sign of the gradient."""
    steps = steps_of(RMSprop(1.0, beta, eps=0), gradients)
    assert (np.abs(steps) <= 1 / math.sqrt(1 - beta) * (1 + 1e-12)).all()
    np.testing.assert_allclose(steps_of(RMSprop(1.0, 0, eps=0), gradients), np.sign(gradients))


# --- the bounce -----------------------------------------------------------------------------


@given(lr=st.floats(1e-3, 10), c=st.floats(1e-2, 100), beta=BETAS)
def test_from_half_a_rate_to_half_a_rate_and_back(lr, c, beta):
    """With v = (c · lr / 2)², which is g² on both sides, the bounce repeats itself."""
    optimizer, x = RMSprop(lr, beta, eps=0), np.array([lr / 2])
    v = (c * x) ** 2
    state = RMSpropState(t=50, v=v, m=np.zeros(1), b=np.zeros(1))
    for _ in range(4):
        moved, state = optimizer.step(x, c * x, state)
        np.testing.assert_allclose(moved, -x, rtol=1e-9)
        np.testing.assert_allclose(state.v, v, rtol=1e-9)
        x = moved


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("beta", [0.5, 0.8, 0.9])
def test_it_ends_half_a_rate_away_at_an_effective_rate_on_the_border(lr, beta):
    """From a hundred starts, whatever β and curvature; each effective rate is its 2/c."""
    starts = np.random.default_rng(0).uniform(-10, 10, size=(2, 100))
    optimizer = RMSprop(lr, beta)
    path = minimize(valley, starts, optimizer, steps=4000)
    np.testing.assert_allclose(np.abs(path.x[-2:]), lr / 2, rtol=1e-3)
    assert (np.sign(path.x[-1]) == -np.sign(path.x[-2])).all()
    v = states(valley, starts, optimizer, steps=4000).v[-1]
    np.testing.assert_allclose((lr / np.sqrt(v)).T, np.tile(2 / np.array([1, 25]), (100, 1)), 1e-3)


def test_the_valley_of_the_chapter():
    """AdaGrad arrives, RMSprop bounces, a schedule brings it to rest."""
    start = (-10, 1)
    adagrad = minimize(valley, start, AdaGrad(0.5), steps=1000).x[-1]
    assert adagrad[0] == pytest.approx(-0.00094, abs=5e-6)
    path = minimize(valley, start, RMSprop(0.5, 0.9), steps=1001).x
    np.testing.assert_allclose(path[-2], (-0.25, 0.25), atol=1e-5)
    np.testing.assert_allclose(path[-1], (0.25, -0.25), atol=1e-5)
    rest = minimize(valley, start, RMSprop(cosine(0.5, steps=1000), 0.9), steps=1000).x[-1]
    assert np.abs(rest).max() < 1e-9


def test_it_leaves_the_minimum_unless_rounding_keeps_it_there():
    """β = 0.99 comes within 1e-30 of a minimum at 0 and is thrown out; at 1 it stays."""
    path = minimize(valley, (-10, 1), RMSprop(0.5, 0.99), steps=3000).x
    assert np.abs(path[100]).max() < 1e-30
    np.testing.assert_allclose(np.abs(path[-1]), 0.25, rtol=0.05)

    class Moved(Quadratic):
        def __call__(self, x):
            return super().__call__(x - 1)

        def grad(self, x):
            return super().grad(x - 1)

    path = minimize(Moved(1), (-9,), RMSprop(0.5, 0.99), steps=3000).x
    assert (path[-1000:] == 1).all()


@pytest.mark.parametrize(("eps", "rests"), [(1e-8, False), (0.1, False), (0.15, True), (1, True)])
def test_an_eps_that_keeps_the_effective_rate_below_the_border_stops_the_bounce(eps, rests):
    """lr / ε < 2/c: at lr 0.01 and c = 25 from ε = 0.125 on."""
    end = minimize(Quadratic(25), (1.0,), RMSprop(0.01, 0.9, eps=eps), steps=5000).x[-1]
    assert (abs(end[0]) < 1e-9) == rests


@pytest.mark.parametrize(("peak", "settled"), [(0.02, True), (0.05, False), (0.1, False)])
def test_a_cosine_gains_on_the_digits_and_from_high_rates_rounding_decides(peak, settled):
    """A start moved by 1e-13: the same loss from 0.02, another from 0.05 on; all below 0.01."""
    net, data, rule = MLP((64, 64, 10)), digits(), RMSprop(cosine(peak, steps=450), 0.9)
    ends = np.array([
        [
            train(
                net, data, rule, epochs=10, batch_size=32, seed=seed,
                parameters=net.initial(seed) * factor,
            ).loss[-1]
            for factor in (1, 1 + 1e-13)
        ]
        for seed in range(5)
    ])  # fmt: skip
    assert (ends < 0.01).all()
    assert (np.abs(ends[:, 1] / ends[:, 0] - 1).max() < 1e-6) == settled


# --- the rate grows again -------------------------------------------------------------------


@given(beta=st.floats(0.5, 0.9), cliff=st.floats(2, 100))
def test_after_a_cliff_the_rate_grows_back_and_adagrads_does_not(beta, cliff):
    """Ten steps of a large gradient, then small ones: RMSprop's step returns to one rate."""
    gradients = [cliff] * 10 + [1.0] * 300
    ours = np.diff(steps_of(RMSprop(0.1, beta, eps=0), gradients)[10:])
    assert (ours >= -1e-15).all()
    assert steps_of(RMSprop(0.1, beta, eps=0), gradients)[-1] == pytest.approx(0.1, rel=1e-6)
    adagrad = steps_of(AdaGrad(0.1, eps=0), gradients)
    assert (np.diff(adagrad[10:]) < 0).all()
    assert adagrad[-1] <= 0.1 / math.sqrt(300)


def test_hintons_example_drifts_by_the_sign_and_little_with_a_memory():
    """Nine times +0.1 and once −0.9; the drift of a round of ten, in rates."""

    def drift(beta):
        return steps_of(RMSprop(1.0, beta), ([0.1] * 9 + [-0.9]) * 500)[-10:].sum()

    assert drift(0) == pytest.approx(8, rel=1e-6)
    assert drift(0.9) == pytest.approx(0.6795, abs=1e-4)
    assert 0 < drift(0.999) < drift(0.99) < drift(0.9) / 10 < drift(0) / 100


@pytest.mark.parametrize("y", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_saddle_costs_the_same_from_everywhere(y):
    """About 72 steps of 0.01; plain descent pays for each decade."""

    saddle = Quadratic(2, -2)

    def leaves(optimizer):
        return int(np.argmax(np.abs(minimize(saddle, (1, y), optimizer, steps=300).x[:, 1]) > 1))

    assert leaves(RMSprop(0.01, 0.9)) in (72, 73)
    assert leaves(GradientDescent(0.1)) == math.ceil(math.log(1 / y) / math.log(1.2))


# --- ε --------------------------------------------------------------------------------------


@given(g=st.floats(1e-9, 1), eps=st.floats(1e-10, 1))
def test_where_eps_stands_decides_what_a_tiny_gradient_moves(g, eps):
    """In the long run g / (g + ε) rates outside, g / √(g² + ε) inside."""
    outside = steps_of(RMSprop(1.0, 0.5, eps=eps), [g] * 60)[-1]
    inside = steps_of(RMSprop(1.0, 0.5, eps=eps, eps_inside=True), [g] * 60)[-1]
    assert outside == pytest.approx(g / (g + eps), rel=1e-9)
    assert inside == pytest.approx(g / math.sqrt(g**2 + eps), rel=1e-9)


def test_no_gradient_and_no_eps_is_no_number_and_with_eps_no_step():
    """0 / 0."""
    assert np.isnan(steps_of(RMSprop(0.1, eps=0), [0.0])).all()
    for inside in (False, True):
        assert steps_of(RMSprop(0.1, eps_inside=inside), [0.0]) == 0


# --- variants -------------------------------------------------------------------------------


@given(gradients=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20), beta=BETAS)
def test_centered_is_a_number_whatever_the_gradients(gradients, beta):
    """v − m² is a variance: what rounding leaves below 0 counts as 0."""
    for corrected in (False, True):
        optimizer = RMSprop(0.1, beta, centered=True, bias_correction=corrected)
        for several in (gradients, gradients[:1] * 60):
            assert np.isfinite(steps_of(optimizer, several)).all()


def test_centered_steps_grow_where_nothing_varies():
    """v − m² = βᵗ (1 − βᵗ) under a gradient of 1; ε is the only limit."""
    t = np.arange(1, 51)
    steps = steps_of(RMSprop(1.0, 0.9, eps=0, centered=True), [1.0] * 50)
    np.testing.assert_allclose(steps, 1 / np.sqrt(0.9**t * (1 - 0.9**t)), rtol=1e-9)
    limited = steps_of(RMSprop(1.0, 0.9, eps=0.01, centered=True), [1.0] * 2000)
    assert limited.max() <= 100
    assert limited[-1] > 99


@given(
    gradients=st.lists(st.floats(-10, 10), min_size=1, max_size=30),
    mu=st.sampled_from([0.5, 0.9, 0.99]),
)
def test_momentum_is_the_heavy_ball_on_the_scaled_gradients(gradients, mu):
    """What plain RMSprop divides, chapter 09's rule then carries."""
    scaled = steps_of(RMSprop(1.0, 0.9, eps=0.1), gradients)
    ball = steps_of(Momentum(0.1, beta=mu), scaled)
    for inside in (False, True):
        ours = steps_of(RMSprop(0.1, 0.9, eps=0.1, momentum=mu, lr_inside=inside), gradients)
        np.testing.assert_allclose(ours, ball, rtol=1e-9, atol=1e-12)


def test_lr_inside_differs_only_under_a_schedule():
    """Outside, a smaller rate slows the old velocity, too."""
    gradients = [1.0, 2.0, -1.0, 3.0, 0.5] * 4

    def both(lr):
        return (
            steps_of(RMSprop(lr, 0.9, momentum=0.9, lr_inside=inside), gradients)
            for inside in (False, True)
        )

    outside, inside = both(0.1)
    np.testing.assert_allclose(outside, inside, rtol=1e-12)
    outside, inside = both(step_decay(0.1, every=5, factor=0.1))
    np.testing.assert_allclose(outside[:5], inside[:5], rtol=1e-12)
    assert np.abs(inside[5]) > 3 * np.abs(outside[5])


def test_lr_inside_does_nothing_without_momentum():
    """Even under a schedule."""
    lr = cosine(0.1, steps=20)
    ours, theirs = (
        steps_of(RMSprop(lr, 0.9, lr_inside=inside), np.arange(1.0, 20)) for inside in (False, True)
    )
    assert (ours == theirs).all()


def test_initial_is_where_v_starts():
    """One step of g = 2 from v = 4 is one rate."""
    assert steps_of(RMSprop(0.1, 0.9, eps=0, initial=4.0), [2.0])[0] == pytest.approx(0.1)


def test_weight_decay_is_part_of_the_gradient_and_so_divided_with_it():
    """g + λx in place of g, in v as well."""
    x, grad = np.array([2.0, -3.0]), np.array([0.5, 1.0])
    ours, state = (o := RMSprop(0.1, 0.9, weight_decay=0.1)).step(x, grad, o.init(x))
    theirs, other = (o := RMSprop(0.1, 0.9)).step(x, grad + 0.1 * x, o.init(x))
    np.testing.assert_allclose(ours, theirs, rtol=1e-15)
    np.testing.assert_allclose(state.v, other.v, rtol=1e-15)


def test_the_defaults_are_those_of_torch():
    """lr 0.01, alpha 0.99, ε 1e-8 outside, nothing else."""
    assert RMSprop() == RMSprop(lr=1e-2, beta=0.99, eps=1e-8, weight_decay=0)
    assert repr(RMSprop(0.005, beta=0.9)) == "RMSprop(lr=0.005, beta=0.9)"


def test_starts_side_by_side_go_as_if_alone():
    """(d, n) is n runs."""
    starts = np.array([[-10.0, 3.0, 0.5], [1.0, -2.0, 4.0]])
    together = minimize(valley, starts, RMSprop(0.1, 0.9, centered=True), steps=30).x
    for i in range(3):
        alone = minimize(valley, starts[:, i], RMSprop(0.1, 0.9, centered=True), steps=30).x
        np.testing.assert_allclose(together[:, :, i], alone, rtol=1e-12)


def test_a_step_changes_neither_point_nor_state():
    """They can be used again."""
    optimizer = RMSprop(0.1, 0.9, centered=True, momentum=0.9)
    x = np.array([1, -2])
    _, state = optimizer.step(x, [3, 4], optimizer.init(x))
    kept = [np.copy(part) for part in state]
    optimizer.step(x, [5, 6], state)
    assert x.tolist() == [1, -2]
    assert all((old == new).all() for old, new in zip(kept, state, strict=True))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"lr": 0}, "lr"),
        ({"lr": -0.1}, "lr"),
        ({"lr": math.nan}, "lr"),
        ({"beta": 1}, "beta"),
        ({"beta": -0.1}, "beta"),
        ({"eps": -1e-8}, "eps"),
        ({"eps": math.inf}, "eps"),
        ({"weight_decay": -1}, "weight_decay"),
        ({"initial": -1}, "initial"),
        ({"momentum": 1.1}, "momentum"),
        ({"momentum": -0.1}, "momentum"),
    ],
    ids=str,
)
def test_a_number_out_of_range_is_named(arguments, name):
    """The message says whose argument it is."""
    with pytest.raises(ValueError, match=f"RMSprop: {name}"):
        RMSprop(**arguments)


@pytest.mark.parametrize("name", ["eps_inside", "bias_correction", "centered", "lr_inside"])
def test_a_switch_is_true_or_false(name):
    """1e-8 in its place is a slip."""
    with pytest.raises(TypeError, match=f"RMSprop: {name}"):
        RMSprop(**{name: 1e-8})


# --- the exercises --------------------------------------------------------------------------


def test_the_exercise_takes_the_steps_of_the_class():
    """Fifty gradients, the same points and the same v."""
    gradients = list(np.random.default_rng(12).normal(size=(50, 3)))
    settings = {"lr": 0.1, "beta": 0.8, "eps": 0.05}
    x, v = walk(check.rmsprop_step.reference, np.ones(3), gradients, np.zeros(3), **settings)
    optimizer, point = RMSprop(**settings), np.ones(3)
    state = optimizer.init(point)
    for t, grad in enumerate(gradients):
        point, state = optimizer.step(point, grad, state)
        np.testing.assert_allclose(x[t], point, rtol=1e-12)
        np.testing.assert_allclose(v[t], state.v, rtol=1e-12)


def test_the_loop_of_the_exercise_is_minimize():
    """On the valley, from the start of the chapter."""
    path = minimize(valley, (-10, 1), RMSprop(0.1, 0.9, eps=0.01), steps=40)
    end = check.rmsprop_descent.reference(valley.grad, np.array([-10.0, 1.0]), 0.1, 40, 0.9, 0.01)
    np.testing.assert_allclose(end, path.x[-1], rtol=1e-12)


def planted_code():
    """The loop that stands in the exercise, taken from there."""
    notebook = json.loads(
        (HERE.parent / "solutions" / "12_rmsprop.ipynb").read_text(encoding="utf-8")
    )
    text = "".join(line for cell in notebook["cells"] for line in cell["source"])
    namespace = {"np": np}
    exec(re.search(r"```python\n(def rmsprop_descent.*?)```", text, re.DOTALL)[1], namespace)
    return namespace["rmsprop_descent"]


def test_the_bug_that_stands_in_the_exercise_is_the_one_that_the_check_names():
    """The Markdown shows real code; it is handed in."""
    assert check.rmsprop_descent.judge(planted_code()).mistake == "_planted"


def test_the_bug_hides_as_the_exercise_says():
    """At lr 0.05: the first step is right, the loss falls, and in the end the walk rests."""
    planted, right = planted_code(), check.rmsprop_descent.reference
    start, others = np.array([-10.0, 1.0]), (0.05, 0.9, 1e-8)
    lr, *rest = others
    first = [loop(valley.grad, start, lr, 1, *rest) for loop in (planted, right)]
    np.testing.assert_allclose(*first, rtol=1e-12)
    ends = [valley(planted(valley.grad, start, lr, n, *rest)) for n in (0, 10, 100, 1000)]
    assert (np.diff(ends) < 0).all()
    assert ends[-1] < 1e-12
    bounces = right(valley.grad, start, lr, 3000, *rest)
    np.testing.assert_allclose(np.abs(bounces), 0.025, rtol=1e-3)


@pytest.mark.parametrize(("beta", "steps"), [(0.9, 102), (0.99, 1061)])
def test_the_brake_of_the_chapter_holds_as_long_as_it_says(beta, steps):
    """From 100 to 1, up to 90 % of lr; and the class's own step says the same."""
    assert check.steps_to_recover.reference(100, 1, beta=beta, share=0.9) == steps
    lengths = steps_of(RMSprop(1.0, beta, eps=0, initial=1e4), [1.0] * steps)
    assert lengths[-1] >= 0.9 > lengths[-2]


def step_in_place_on_copies(point, slope, mean_square, *, lr, beta, eps):
    mean_square = np.array(mean_square, dtype=np.float64)
    mean_square *= beta
    mean_square += (1 - beta) * np.square(slope)
    point = np.array(point, dtype=np.float64)
    point -= lr * np.asarray(slope) / (mean_square**0.5 + eps)
    return [point, mean_square]


def step_by_the_difference(x, grad, v, *, lr, beta, eps):
    v = v + (1 - beta) * (grad * grad - v)
    return x - np.divide(lr, v**0.5 + eps) * grad, v


def step_in_lists(x, grad, v, *, lr, beta, eps):
    if np.ndim(x) == 2:
        rows = [
            step_in_lists(*row, lr=lr, beta=beta, eps=eps) for row in zip(x, grad, v, strict=True)
        ]
        return [row[0] for row in rows], [row[1] for row in rows]
    v = [beta * b + (1 - beta) * a * a for a, b in zip(grad, v, strict=True)]
    moved = [p - lr * a / (math.sqrt(b) + eps) for p, a, b in zip(x, grad, v, strict=True)]
    return moved, v


def descent_that_keeps_the_root(grad, x, lr, steps, beta, eps):
    root = np.zeros(len(x))
    for _ in range(steps):
        g = grad(x)
        root = np.sqrt(beta * root**2 + (1 - beta) * g**2)
        x = x - lr * g / (root + eps)
    return x


def descent_from_a_number(slope, point, rate, n, decay, tiny):
    mean, done = 0, 0
    while done < n:
        g = slope(np.array(point))
        mean, done = decay * mean + (1 - decay) * g * g, done + 1
        point = [p - step for p, step in zip(point, rate * g / (mean**0.5 + tiny), strict=True)]
    return point


def descent_by_the_class(grad, x, lr, steps, beta, eps):
    rule = RMSprop(lr, beta, eps)
    state = rule.init(x)
    for _ in range(steps):
        x, state = rule.step(x, grad(x), state)
    return x


def steps_by_formula(before, now, *, beta, share):
    left = (now**2 / share**2 - now**2) / (before**2 - now**2)
    return max(1, int(np.ceil(np.log(left) / np.log(beta))))


def steps_by_growing_the_rate(before, now, *, beta, share):
    v, n = np.float64(before) ** 2, 1
    while beta * v + (1 - beta) * now**2 > (now / share) ** 2:
        v, n = beta * v + (1 - beta) * now**2, n + 1
    return np.float64(n)


def steps_from_a_table(before, now, *, beta, share):
    powers = beta ** np.arange(1, 30_000)
    v = powers * before**2 + (1 - powers) * now**2
    return 1 + np.argmax(now / np.sqrt(v) >= share)


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.rmsprop_step, step_in_place_on_copies),
        (check.rmsprop_step, step_by_the_difference),
        (check.rmsprop_step, step_in_lists),
        (check.rmsprop_descent, descent_that_keeps_the_root),
        (check.rmsprop_descent, descent_from_a_number),
        (check.rmsprop_descent, descent_by_the_class),
        (check.steps_to_recover, steps_by_formula),
        (check.steps_to_recover, steps_by_growing_the_rate),
        (check.steps_to_recover, steps_from_a_table),
    ],
    ids=lambda value: getattr(value, "__name__", value.name if hasattr(value, "name") else None),
)
def test_a_right_answer_written_differently_is_right(exercise, answer):
    """In place on a copy, with lists, by a formula, with other names."""
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)
