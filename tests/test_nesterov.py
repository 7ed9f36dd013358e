"""Nesterov's momentum in its forms, its damping and its border, and chapter 10's exercises."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quadratics import Quadratic

from coursekit.batches import train
from coursekit.checks import nesterov as check
from coursekit.datasets import moons
from coursekit.descent import GradientDescent, minimize, states
from coursekit.landscapes import bowl, himmelblau, valley
from coursekit.networks import MLP
from coursekit.optimizers import Momentum, Nesterov
from coursekit.schedules import step_decay

HERE = Path(__file__).parent
betas = st.floats(0, 0.99)


class Kinked:
    """Curvature 25, but 1 between 1 and 2; convex, with its minimum at 0."""

    def __call__(self, x):
        x = x[0]
        parts = [25 * x**2 / 2, x**2 / 2 + 24 * x - 12, 25 * x**2 / 2 - 24 * x + 36]
        return np.select([x < 1, x < 2], parts[:2], parts[2])

    def grad(self, x):
        return np.select([x < 1, x < 2], [25.0 * x, x + 24.0], 25.0 * x - 24.0)


def points_of(form, grad, x, rates, beta):
    """The points that a bare form (x, v, gradient function, lr, β) -> (x, v) visits."""
    x, v, points = np.array(x, dtype=float), np.zeros(len(x)), []
    for lr in rates:
        x, v = form(x, v, grad, lr, beta)
        points.append(x)
    return np.array(points)


def textbook(x, v, grad, lr, beta):
    v = beta * v + grad(x - lr * beta * v)
    return x - lr * v, v


def sutskever(x, v, grad, lr, mu):
    v = mu * v - lr * grad(x + mu * v)
    return x + v, v


def cs231n(x, v, grad, lr, mu):
    v_prev, v = v, mu * v - lr * grad(x)
    return x - mu * v_prev + (1 + mu) * v, v


def keras(x, v, grad, lr, mu):
    g = grad(x)
    v = mu * v - lr * g
    return x + mu * v - lr * g, v


def pytorch(x, v, grad, lr, beta):
    g = grad(x)
    v = beta * v + g
    return x - lr * (g + beta * v), v


# --- one method, several forms --------------------------------------------------------------


def assert_points_ahead_are_pytorchs(objective, start, lr, beta, steps):
    ahead = Nesterov(lr, beta, look_ahead=True)
    theta = minimize(objective, start, ahead, steps=steps)
    v = states(objective, start, ahead, steps=steps).v
    x = minimize(objective, start, Nesterov(lr, beta), steps=steps)
    scale = np.abs(theta.x).max()
    np.testing.assert_allclose(theta.x - lr * beta * v, x.x, rtol=0, atol=1e-9 * scale)
    return theta, v, x


@given(
    curvatures=st.lists(st.floats(0.01, 20), min_size=1, max_size=4),
    share=st.floats(0.01, 1.3),
    beta=betas,
)
def test_the_points_ahead_of_the_textbook_are_the_points_of_pytorch(curvatures, share, beta):
    """Step for step, at a constant rate, on any parabola."""
    objective, lr = Quadratic(*curvatures), share / max(curvatures)
    start = np.linspace(1, 3, len(curvatures))
    assert_points_ahead_are_pytorchs(objective, start, lr, beta, 60)


@given(x=st.floats(-4, 4), y=st.floats(-4, 4), beta=st.floats(0, 0.9))
def test_the_two_forms_agree_where_nothing_is_linear(x, y, beta):
    """On Himmelblau's function, before rounding can grow."""
    assert_points_ahead_are_pytorchs(himmelblau, (x, y), 0.002, beta, 40)


def test_theta_is_a_gradient_step_from_the_point_ahead_and_the_velocities_are_the_same():
    """θ₊ = φ − lr · g(φ), φ₊ = θ₊ + β (θ₊ − θ): Nesterov's own form, without a velocity."""
    lr, beta = 0.005, 0.9
    theta, v, x = assert_points_ahead_are_pytorchs(himmelblau, (-1, -3), lr, beta, 200)
    gradients = himmelblau.grad(x.x.T).T
    np.testing.assert_allclose(theta.x[1:], (x.x - lr * gradients)[:-1], rtol=0, atol=1e-9)
    drift = beta * np.diff(theta.x, axis=0)
    np.testing.assert_allclose(x.x[1:], theta.x[1:] + drift, rtol=0, atol=1e-9)
    same = states(himmelblau, (-1, -3), Nesterov(lr, beta), steps=200).v
    np.testing.assert_allclose(v, same, rtol=0, atol=1e-6)


@pytest.mark.parametrize("rates", [[0.03] * 30, [0.06 / (1 + t) for t in range(30)]])
@pytest.mark.parametrize(
    ("form", "options"),
    [
        (pytorch, {}),
        (textbook, {"look_ahead": True}),
        (keras, {"lr_inside": True}),
        (cs231n, {"lr_inside": True}),
        (sutskever, {"lr_inside": True, "look_ahead": True}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_each_form_has_its_arguments(form, options, rates):
    """At a constant rate and under a schedule, on the valley."""
    by_hand = points_of(form, valley.grad, (-10, 1), rates, 0.9)
    optimizer = Nesterov(lambda t: rates[t], 0.9, **options)
    ours = minimize(valley, (-10, 1), optimizer, steps=30).x[1:]
    np.testing.assert_allclose(ours, by_hand, rtol=1e-11, atol=1e-12)


@given(lr=st.floats(1e-3, 0.2), beta=betas)
def test_at_a_constant_rate_the_place_of_the_rate_changes_nothing(lr, beta):
    """Inside the velocity or outside, in either form."""
    for look in (False, True):
        outside, inside = (
            minimize(bowl, (4, 3), Nesterov(lr, beta, look_ahead=look, lr_inside=place), steps=30).x
            for place in (False, True)
        )
        np.testing.assert_allclose(inside, outside, rtol=0, atol=1e-11)


def test_under_a_schedule_the_place_of_the_rate_matters():
    """From the parabola of section 10.10: PyTorch 0.75 in step 2, Keras 0.25."""
    schedule = lambda t: 0.5 if t == 0 else 0.25  # noqa: E731
    two = [
        minimize(Quadratic(1), (8,), Nesterov(schedule, 0.5, lr_inside=i), steps=4).x[1:, 0]
        for i in (False, True)
    ]
    assert two[0].tolist() == [2, 0.75, 0.09375, -0.17578125]
    assert two[1].tolist() == [2, 0.25, -0.46875, -0.62109375]


@given(lr=st.floats(1e-3, 0.3), start=st.floats(-5, 5))
def test_without_momentum_it_is_gradient_descent(lr, start):
    """β = 0, in both forms."""
    plain = minimize(bowl, (start, 1), GradientDescent(lr), steps=20).x
    for look in (False, True):
        path = minimize(bowl, (start, 1), Nesterov(lr, 0, look_ahead=look), steps=20)
        np.testing.assert_allclose(path.x, plain, rtol=1e-12, atol=1e-15)


def test_training_looks_ahead_too():
    """`train` takes the gradient of each batch at the point ahead."""
    net, data = MLP((2, 4, 2)), moons(seed=1)
    settings = {"epochs": 2, "batch_size": 16, "seed": 0, "keep_path": True}
    lr, beta = 0.1, 0.9
    x = train(net, data, Nesterov(lr, beta), **settings).path
    theta = train(net, data, Nesterov(lr, beta, look_ahead=True), **settings).path
    moves = -np.diff(theta, axis=0)  # lr · v after each step
    np.testing.assert_allclose(theta[1:] - beta * moves, x[1:], rtol=0, atol=1e-11)
    assert not np.allclose(theta, x, rtol=0, atol=1e-3)


def test_look_gives_the_point_ahead():
    """x − lr · β · v, at the rate of the step; x itself in PyTorch's form."""
    x, schedule = np.array([4.0, 1.0]), step_decay(0.5, every=1)
    ahead = Nesterov(schedule, 0.5, look_ahead=True)
    _, state = ahead.step(x, np.array([2.0, -8.0]), ahead.init(x))
    assert ahead.look(x, state).tolist() == [4 - 0.25 * 0.5 * 2, 1 + 0.25 * 0.5 * 8]
    inside = Nesterov(schedule, 0.5, look_ahead=True, lr_inside=True)
    _, state = inside.step(x, np.array([2.0, -8.0]), inside.init(x))
    assert inside.look(x, state).tolist() == [4 - 0.5 * 0.5 * 2, 1 + 0.5 * 0.5 * 8]
    assert Nesterov(0.5).look(x, state) is x


# --- the chapter's numbers ------------------------------------------------------------------


def test_the_steps_by_hand():
    """½θ² from 8 at lr = β = ½: the heavy ball, θ, and the points ahead."""
    walks = {
        "heavy ball": (Momentum(0.5, 0.5), [8, 4, 0, -2, -2, -1]),
        "θ": (Nesterov(0.5, 0.5, look_ahead=True), [8, 4, 1, -0.25, -0.4375, -0.265625]),
        "φ": (Nesterov(0.5, 0.5), [8, 2, -0.5, -0.875, -0.53125]),
    }
    for optimizer, points in walks.values():
        path = minimize(Quadratic(1), (8,), optimizer, steps=len(points) - 1)
        assert path.x[:, 0].tolist() == points
    v = states(Quadratic(1), (8,), Nesterov(0.5, 0.5), steps=5).v[:, 0]
    assert v.tolist() == [0, 8, 6, 2.5, 0.375, -0.34375]


def settled(values, within):
    return int(np.flatnonzero(np.abs(values) >= within).max()) + 1


def test_across_the_valley_it_is_calm_when_the_heavy_ball_still_swings():
    """Steps until |y| < 0.01 for good, at lr = 0.02 and β = 0.9."""
    start = (-10, 1)
    counts = [
        settled(minimize(valley, start, optimizer, steps=120).x[:, 1], 0.01)
        for optimizer in (
            GradientDescent(0.02), Momentum(0.02), Nesterov(0.02), Nesterov(0.02, look_ahead=True)
        )
    ]  # fmt: skip
    assert counts == [7, 86, 12, 10]


def nesterov_factor(lr_c, beta):
    return np.abs(np.roots([1, -(1 + beta) * (1 - lr_c), beta * (1 - lr_c)])).max()


@given(lr_c=st.floats(0.01, 0.99), beta=st.floats(0.01, 0.99))
def test_where_it_swings_the_factor_is_the_root_of_beta_times_one_minus_lr_c(lr_c, beta):
    """And never larger than the heavy ball's √β there."""
    if (1 + beta) ** 2 * (1 - lr_c) < 4 * beta * (1 - 1e-9):
        assert nesterov_factor(lr_c, beta) == pytest.approx(np.sqrt(beta * (1 - lr_c)), rel=1e-6)


@given(c=st.floats(0.1, 10), lr_c=st.floats(0.1, 1.3), beta=st.floats(0.1, 0.95))
def test_theta_follows_the_recursion_of_section_10_5(c, lr_c, beta):
    """θ₊ = (1 − lr c)(θ + β (θ − θ₋)): the momentum goes through the gradient step."""
    optimizer = Nesterov(lr_c / c, beta, look_ahead=True)
    theta = minimize(Quadratic(c), (1,), optimizer, steps=30).x[:, 0]
    drift = theta[1:-1] + beta * np.diff(theta)[:-1]
    scale = np.abs(theta).max()
    np.testing.assert_allclose(theta[2:], (1 - lr_c) * drift, rtol=0, atol=1e-11 * scale)


@settings(max_examples=25)
@given(beta=st.floats(0, 0.95), c=st.floats(0.1, 30))
def test_the_border_is_two_plus_two_beta_over_one_plus_two_beta(beta, c):
    """A root of −1 there; a walk arrives 2 % below and diverges 2 % above."""
    border = (2 + 2 * beta) / (1 + 2 * beta)
    assert nesterov_factor(border, beta) == pytest.approx(1, rel=1e-7)
    for share, arrives in ((0.98, True), (1.02, False)):
        for look in (False, True):
            optimizer = Nesterov(share * border / c, beta, look_ahead=look)
            end = minimize(Quadratic(c), (1,), optimizer, steps=400).x[-1, 0]
            assert (abs(end) < 1e-3) == arrives


@given(beta=st.floats(0.01, 0.99))
def test_the_border_is_below_plain_descents_and_the_heavy_balls(beta):
    """Between 4/3 and 2, where they have 2 and 2(1 + β)."""
    border = (2 + 2 * beta) / (1 + 2 * beta)
    assert 4 / 3 < border < 2 < 2 * (1 + beta)


def test_at_one_over_the_curvature_it_arrives_as_plain_descent_does():
    """Both roots are 0, whatever β."""
    for beta in (0.0, 0.5, 0.9, 0.99):
        path = minimize(Quadratic(4), (3,), Nesterov(0.25, beta), steps=3)
        assert abs(path.x[-1, 0]) < 1e-12


def test_the_heavy_ball_cycles_where_nesterov_arrives():
    """Lessard, Recht & Packard (2016), https://doi.org/10.1137/15M1009597."""
    path = minimize(Kinked(), (3.3,), Momentum(lr=1 / 9, beta=4 / 9), steps=3000).x[:, 0]
    np.testing.assert_allclose(path[-3:], path[-6:-3], rtol=1e-9)
    assert sorted(path[-3:].round(4)) == [-1.8024, 0.6465, 2.1159]
    for optimizer in (
        Nesterov(1 / 25, 2 / 3),
        Momentum(1 / 25, 2 / 3),
        GradientDescent(1 / 13),
    ):
        assert abs(minimize(Kinked(), (3.3,), optimizer, steps=1000).x[-1, 0]) < 1e-9
    assert minimize(Kinked(), (3.3,), Nesterov(1 / 9, 4 / 9), steps=1000).stopped == "diverged"


def test_the_slope_of_the_counterexample_is_the_derivative_of_its_value():
    """By central differences on both sides of both kinks."""
    x, h = np.array([[-2.0, 0.5, 0.99, 1.01, 1.5, 1.99, 2.01, 3.0]]), 1e-6
    numerical = (Kinked()(x + h) - Kinked()(x - h)) / (2 * h)
    np.testing.assert_allclose(Kinked().grad(x)[0], numerical, rtol=1e-7)


@given(d=st.integers(2, 60), seed=st.integers(0, 1000))
def test_the_guarantee_holds_with_a_growing_beta(d, seed):
    """2 L R² / (t + 1)² on convex quadratics with curvatures from 0 to L."""
    rng = np.random.default_rng(seed)
    c, before = rng.uniform(0, 1, d) ** 3, rng.normal(size=d)
    theta, L, R = before, c.max(), before @ before
    for t in range(1, 200):
        ahead = theta + max(t - 2, 0) / (t + 1) * (theta - before)
        before, theta = theta, ahead - c * ahead / L
        assert c @ theta**2 / 2 <= 2 * L * R / (t + 1) ** 2 * (1 + 1e-9)


# --- hyperparameters ------------------------------------------------------------------------

BAD = [
    ({"lr": 0}, "Nesterov: lr"),
    ({"lr": -0.1}, "Nesterov: lr"),
    ({"lr": np.nan}, "Nesterov: lr"),
    ({"beta": -0.1}, "Nesterov: beta"),
    ({"beta": 1.1}, "Nesterov: beta"),
    ({"beta": np.nan}, "Nesterov: beta"),
    ({"weight_decay": -1}, "Nesterov: weight_decay"),
    ({"look_ahead": "yes"}, "Nesterov: look_ahead"),
    ({"lr_inside": 2}, "Nesterov: lr_inside"),
]


@pytest.mark.parametrize(("given", "words"), BAD, ids=lambda value: str(value))
def test_a_hyperparameter_out_of_range_is_named(given, words):
    with pytest.raises((ValueError, TypeError), match=re.escape(words)):
        Nesterov(**given)


def test_the_ends_of_the_range_are_allowed_and_the_defaults_are_pytorchs():
    """β from 0 to 1; lr 0.001, no weight decay; 0.9 is PyTorch's usual momentum."""
    assert Nesterov(beta=0).beta == 0
    assert Nesterov(beta=1).beta == 1
    assert Nesterov() == Nesterov(lr=1e-3, beta=0.9, weight_decay=0)


# --- the exercises --------------------------------------------------------------------------


@given(lr=st.floats(1e-3, 0.5), beta=betas, seed=st.integers(0, 100))
def test_the_rule_of_the_exercise_is_that_of_the_optimizer(lr, beta, seed):
    """Ten random gradients take both to the same points."""
    optimizer = Nesterov(lr, beta)
    x = point = np.array([1.0, -2.0, 3.0])
    state, velocity = optimizer.init(x), np.zeros(3)
    for grad in np.random.default_rng(seed).normal(size=(10, 3)):
        x, state = optimizer.step(x, grad, state)
        point, velocity = check.nesterov_step.reference(point, grad, velocity, lr=lr, beta=beta)
        np.testing.assert_allclose(point, x, rtol=1e-12)
        np.testing.assert_allclose(velocity, state.v, rtol=1e-12)


@given(lr=st.floats(1e-3, 0.3), beta=betas, steps=st.integers(0, 20))
def test_the_loop_of_the_exercise_is_that_of_the_optimizer(lr, beta, steps):
    """The reference and `look_ahead=True` go the same way."""
    optimizer = Nesterov(lr, beta, look_ahead=True)
    path = minimize(bowl, (4, 3), optimizer, steps=steps)
    start = np.array([4.0, 3.0])
    x, v = check.look_ahead_descent.reference(bowl.grad, start, np.zeros(2), lr, beta, steps)
    np.testing.assert_allclose(x, path.x[-1], rtol=0, atol=1e-10)
    assert np.isfinite(v).all()


@given(lr=st.floats(1e-2, 0.5), beta=st.floats(0.1, 0.99), steps=st.integers(1, 10))
def test_what_stands_behind_the_log_is_the_textbooks_state(lr, beta, steps):
    """From two points and a gradient of PyTorch's form back to θ and v."""
    ahead = Nesterov(lr, beta, look_ahead=True)
    theta = minimize(bowl, (4, 3), ahead, steps=steps).x[-1]
    v = states(bowl, (4, 3), ahead, steps=steps).v[-1]
    x, x_next = minimize(bowl, (4, 3), Nesterov(lr, beta), steps=steps).x[-2:]
    found = check.behind_the_log.reference(x, bowl.grad(x), x_next, lr=lr, beta=beta)
    np.testing.assert_allclose(found[0], theta, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found[1], v, rtol=0, atol=1e-6)


def test_the_planted_bug_swings_as_long_as_the_heavy_ball():
    """What the exercise says of it: it arrives, and what looking ahead gains is gone."""

    def y_of(descent, steps=150):
        start, rest = np.array([-10.0, 1.0]), np.zeros(2)
        ends = (descent(valley.grad, start, rest, 0.02, 0.9, k)[0][1] for k in range(steps))
        return np.array(list(ends))

    planted = next(m.function for m in check.look_ahead_descent.mistakes if m.name == "_planted")
    assert settled(y_of(check.look_ahead_descent.reference), 0.01) == 10
    assert settled(y_of(planted), 0.01) == 88


def test_the_bug_that_stands_in_the_exercise_is_the_one_that_the_check_names():
    """The Markdown shows real code; it is taken from there and handed in."""
    file = HERE.parent / "solutions" / "10_nesterov.ipynb"
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    text = "".join(line for cell in cells for line in cell["source"])
    code = re.search(r"```python\n(def look_ahead_descent.*?)```", text, re.DOTALL)[1]
    namespace = {}
    exec(code, namespace)
    verdict = check.look_ahead_descent.judge(namespace["look_ahead_descent"])
    assert verdict.mistake == "_planted"


def step_of_cs231n(x, grad, velocity, *, lr, beta):
    new = beta * velocity + grad
    return x - lr * (-beta * velocity + (1 + beta) * new), new


def step_unrolled(p, g, v, *, lr, beta):
    return p - lr * ((1 + beta) * g + beta**2 * v), g + beta * v


def step_in_place_on_copies(x, grad, velocity, *, lr, beta):
    x, velocity = np.array(x, dtype=float), np.array(velocity, dtype=float)
    velocity *= beta
    velocity += grad
    x -= lr * grad
    x -= lr * beta * velocity
    return [x, velocity]


def loop_from_the_point_ahead(gradient, x, velocity, lr, beta, steps):
    for _ in range(steps):
        ahead = x - lr * beta * velocity
        g = gradient(ahead)
        x, velocity = ahead - lr * g, beta * velocity + g
    return x, velocity


def loop_without_velocities(gradient, x, velocity, lr, beta, steps):
    before = x + lr * velocity
    for _ in range(steps):
        ahead = x + beta * (x - before)
        before, x = x, ahead - lr * gradient(ahead)
    return x, (before - x) / lr


def loop_in_pytorchs_form(gradient, x, velocity, lr, beta, steps):
    x = x - lr * beta * velocity
    for _ in range(steps):
        g = gradient(x)
        velocity = beta * velocity + g
        x = x - lr * (g + beta * velocity)
    return x + lr * beta * velocity, velocity


def log_by_the_velocity(x, grad, x_next, *, lr, beta):
    velocity = ((x - x_next) / lr - grad) / beta
    return x_next + lr * beta * velocity, velocity


def log_by_elements(x, g, after, *, lr, beta):
    theta = np.subtract(x, np.multiply(lr, g))
    return theta.tolist(), np.divide(np.subtract(theta, after), lr * beta).tolist()


def log_by_the_old_state(x, grad, x_next, *, lr, beta):
    old = ((x - x_next) / lr - (1 + beta) * grad) / beta**2
    velocity = beta * old + grad
    return x + lr * beta * old - lr * velocity, velocity


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.nesterov_step, step_of_cs231n),
        (check.nesterov_step, step_unrolled),
        (check.nesterov_step, step_in_place_on_copies),
        (check.look_ahead_descent, loop_from_the_point_ahead),
        (check.look_ahead_descent, loop_without_velocities),
        (check.look_ahead_descent, loop_in_pytorchs_form),
        (check.behind_the_log, log_by_the_velocity),
        (check.behind_the_log, log_by_elements),
        (check.behind_the_log, log_by_the_old_state),
    ],
)
def test_a_right_answer_written_differently_is_right(exercise, answer):
    """Other forms, other names, lists for arrays."""
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)
