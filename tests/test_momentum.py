"""Chapter 09: the forms of momentum, its damping and borders, noise, and the exercises."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coursekit.checks import momentum as check
from coursekit.descent import GradientDescent, minimize, states
from coursekit.landscapes import rosenbrock, valley
from coursekit.optimizers import Momentum

HERE = Path(__file__).parent
REST = 0.0, 0.0

rates = st.floats(1e-4, 1.0)
betas = st.floats(0.0, 0.99)
gradients = st.lists(
    st.tuples(st.floats(-10, 10), st.floats(-10, 10)), min_size=1, max_size=40
).map(np.array)


class Parabola:
    """½ Σ c x²: a curvature c for each coordinate."""

    def __init__(self, *curvatures):
        self.curvatures = np.array(curvatures, dtype=float)

    def __call__(self, x):
        return np.tensordot(self.curvatures, x**2, 1) / 2

    def grad(self, x):
        return (self.curvatures * x.T).T


def fed(optimizer, gradients, start=REST):
    """The points (steps + 1, 2) of an optimizer that is given these gradients."""
    x = np.array(start, dtype=float)
    state, points = optimizer.init(x), [x]
    for grad in gradients:
        x, state = optimizer.step(x, grad, state)
        points.append(x)
    return np.array(points)


def lengths(optimizer, steps):
    """The lengths of the first steps where the gradient is always 1."""
    return -np.diff(fed(optimizer, np.ones((steps, 2)))[:, 0])


def assert_same_points(one, other):
    """Equal up to rounding, measured by the largest coordinate."""
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11 * np.abs(other).max())


# --- small numbers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (Momentum(1.0), [1, 1.9, 2.71, 3.439]),
        (Momentum(1.0, average=True), [0.1, 0.19, 0.271, 0.3439]),
        (Momentum(10.0, average=True), [1, 1.9, 2.71, 3.439]),
        (Momentum(1.0, dampening=0.9), [1, 1, 1, 1]),
        (Momentum(1.0, lr_inside=True), [1, 1.9, 2.71, 3.439]),
        (Momentum(1.0, beta=0), [1, 1, 1, 1]),
        (Momentum(1.0, beta=1), [1, 2, 3, 4]),
    ],
    ids=repr,
)
def test_the_numbers_by_hand(optimizer, expected):
    """Four steps with a gradient of 1, as on paper."""
    assert lengths(optimizer, 4) == pytest.approx(expected, rel=1e-14)


@given(beta=st.floats(0, 0.95))
def test_what_stays_grows_and_what_alternates_is_damped(beta):
    """The velocity ends at 1 / (1 − β), or at ±1 / (1 + β)."""
    signs = np.tile([1.0, -1.0], 500)
    pairs = np.stack([np.ones(1000), signs], axis=1)
    steady, zigzag = -np.diff(fed(Momentum(1.0, beta), pairs), axis=0)[-1]
    assert steady == pytest.approx(1 / (1 - beta), rel=1e-9)
    assert zigzag == pytest.approx(-1 / (1 + beta), rel=1e-9)


@given(beta=st.floats(0.01, 0.99), n=st.integers(1, 60))
def test_the_weights_of_an_average(beta, n):
    """(1 − β) βᵏ for the gradient k steps ago; the last n together have 1 − βⁿ."""
    optimizer = Momentum(1.0, beta, average=True)
    weights = []
    for k in range(n):
        only_one = np.zeros((n, 2))
        only_one[n - 1 - k] = 1
        weights.append(lengths_of(optimizer, only_one)[-1])
    assert weights == pytest.approx([(1 - beta) * beta**k for k in range(n)], rel=1e-9, abs=1e-13)
    assert sum(weights) == pytest.approx(1 - beta**n, rel=1e-9)


def lengths_of(optimizer, gradients):
    return -np.diff(fed(optimizer, gradients)[:, 0])


# --- one method, several forms --------------------------------------------------------------


@given(lr=rates, beta=betas, gradients=gradients)
def test_the_average_at_lr_over_one_minus_beta_is_the_heavy_ball(lr, beta, gradients):
    """Lectures B and D: the same points when lr_B = (1 − β) lr_D."""
    average = Momentum(lr / (1 - beta), beta, average=True)
    assert_same_points(fed(average, gradients), fed(Momentum(lr, beta), gradients))


@given(lr=rates, beta=st.floats(0.05, 0.99), gradients=gradients)
def test_dampening_is_not_the_average(lr, beta, gradients):
    """Its first step is 1 / (1 − β) times as long; that is the only difference, and it lasts."""
    assume(abs(gradients[0, 0]) > 1e-3)
    damped = fed(Momentum(lr, beta, dampening=beta), gradients)
    average = fed(Momentum(lr, beta, average=True), gradients)
    extra = -lr * beta * gradients[0] * np.cumsum(beta ** np.arange(len(gradients)))[:, None]
    assert_same_points(damped[1:] - average[1:], extra)
    assert abs(damped[1, 0]) > abs(average[1, 0])


@given(lr=rates, beta=betas, gradients=gradients)
def test_at_a_constant_rate_it_may_stand_inside_or_outside(lr, beta, gradients):
    """v ← β v + lr g, x ← x − v takes the same steps."""
    inside = fed(Momentum(lr, beta, lr_inside=True), gradients)
    assert_same_points(inside, fed(Momentum(lr, beta), gradients))


def test_under_a_schedule_inside_remembers_old_rates():
    """A rate of 1 for five steps, then of 0.1: the sixth step."""

    def falling(step):
        return 1.0 if step < 5 else 0.1

    v = 4.0951
    assert lengths(Momentum(falling), 6)[-1] == pytest.approx(0.1 * (0.9 * v + 1))
    assert lengths(Momentum(falling, lr_inside=True), 6)[-1] == pytest.approx(0.9 * v + 0.1)


@given(
    beta=betas, gradients=gradients, schedule=st.lists(st.floats(0.01, 1), min_size=40, max_size=40)
)
def test_polyaks_form_is_the_one_with_the_rate_inside(beta, gradients, schedule):
    """x ← x − lr g + β (x − x₋₁), whatever the rates are."""
    x = before = np.zeros(2)
    points = [x]
    for lr, grad in zip(schedule, gradients, strict=False):
        x, before = x - lr * grad + beta * (x - before), x
        points.append(x)
    inside = Momentum(lambda t: schedule[t], beta, lr_inside=True)
    assert_same_points(fed(inside, gradients), np.array(points))


@given(lr=rates, gradients=gradients)
def test_without_beta_it_is_plain_descent(lr, gradients):
    """For all forms but a dampened one."""
    plain = fed(GradientDescent(lr), gradients)
    for form in ({}, {"average": True}, {"lr_inside": True}):
        assert_same_points(fed(Momentum(lr, beta=0, **form), gradients), plain)


@given(lr=rates, beta=st.floats(0, 0.95), steps=st.integers(1, 400))
def test_on_a_slope_it_is_plain_descent_at_the_effective_rate_a_little_late(lr, beta, steps):
    """lr / (1 − β) a step, β (1 − βⁿ) / (1 − β) steps behind."""
    late = beta * (1 - beta**steps) / (1 - beta)
    moved = lengths(Momentum(lr, beta), steps).sum()
    assert moved == pytest.approx(lr / (1 - beta) * (steps - late), rel=1e-8)


def test_the_state_is_the_velocity():
    """(x₋₁ − x) / lr, at every step, and 0 at the start."""
    rule = Momentum(0.02)
    path = minimize(valley, (-10, 1), rule, steps=50)
    seen = states(valley, (-10, 1), rule, steps=50)
    assert seen.t.tolist() == list(range(51))
    assert (seen.v[0] == 0).all()
    np.testing.assert_allclose(seen.v[1:], -np.diff(path.x, axis=0) / 0.02, rtol=1e-9, atol=1e-9)


def test_weight_decay_is_part_of_the_gradient():
    """It goes through the velocity, as in PyTorch's SGD."""
    x, state = Momentum(0.1, weight_decay=0.5).step([2.0], [1.0], Momentum().init([2.0]))
    assert (x.tolist(), state.v.tolist()) == ([1.8], [2.0])


# --- damping --------------------------------------------------------------------------------


def roots(rate_times_c, beta):
    """Of r² − (1 + β − lr c) r + β, by another way than the chapter's: eigenvalues."""
    return np.linalg.eigvals([[1 + beta - rate_times_c, -beta], [1, 0]])


@given(beta=st.floats(0.01, 0.99), share=st.floats(0.01, 0.99))
def test_underdamped_it_shrinks_by_the_root_of_beta_at_any_rate(beta, share):
    """Between (1 − √β)² and (1 + √β)² both roots have the size √β."""
    low, high = (1 - math.sqrt(beta)) ** 2, (1 + math.sqrt(beta)) ** 2
    found = roots(low + share * (high - low), beta)
    np.testing.assert_allclose(np.abs(found), math.sqrt(beta), rtol=1e-6)


@given(lr=st.floats(0.01, 0.99), c=st.floats(0.1, 10))
def test_the_critical_beta_makes_the_roots_equal(lr, c):
    """And gives the smallest of all paces."""
    lr = lr / c
    critical = (1 - math.sqrt(lr * c)) ** 2
    assert np.abs(roots(lr * c, critical)) == pytest.approx(math.sqrt(critical), abs=1e-4)
    paces = [np.abs(roots(lr * c, beta)).max() for beta in np.linspace(0, 1, 101)]
    assert min(paces) >= math.sqrt(critical) - 1e-4


@given(
    curvatures=st.lists(st.floats(0.5, 20), min_size=1, max_size=3),
    beta=st.floats(0, 0.9),
    share=st.floats(0.3, 1.7).filter(lambda share: abs(share - 1) > 0.02),
)
def test_it_diverges_exactly_above_its_border(curvatures, beta, share):
    """lr c < 2 (1 + β) for the largest curvature."""
    parabola = Parabola(*curvatures)
    rule = Momentum(share * 2 * (1 + beta) / max(curvatures), beta)
    path = minimize(parabola, np.ones(len(curvatures)), rule, steps=2000)
    assert (path.stopped == "diverged" or path.value[-1] > path.value[0]) == (share > 1)


@given(kappa=st.floats(2, 400))
def test_polyaks_rate_and_beta_are_the_best(kappa):
    """The pace is (√κ − 1) / (√κ + 1) with them, and slower with any others."""
    root = math.sqrt(kappa)
    lr, beta = (2 / (1 + root)) ** 2, ((root - 1) / (root + 1)) ** 2

    def pace(lr, beta):
        return max(np.abs(roots(lr * c, beta)).max() for c in (1, kappa))

    best = (root - 1) / (root + 1)
    assert pace(lr, beta) == pytest.approx(best, abs=1e-5)
    others = [pace(lr * a, beta + b) for a in (0.9, 1, 1.1) for b in (-0.02, 0, 0.02)]
    assert min(others) > best - 1e-5


def test_the_valley_of_the_chapter():
    """116 steps for plain descent at its best, 171 for 0.9, 29 for the best ball."""

    def settled(rule):
        far = np.linalg.norm(minimize(valley, (-10, 1), rule, steps=300).x, axis=1)
        return np.flatnonzero(far >= 1e-3)[-1] + 1

    assert settled(GradientDescent(2 / 26)) == 116
    assert settled(Momentum(0.02)) == 171
    assert settled(Momentum((2 / 6) ** 2, (4 / 6) ** 2)) == 29


def test_in_rosenbrocks_valley_it_takes_the_rate_that_plain_descent_cannot():
    """Below 0.0001 after 836 steps; at its effective rate plain descent diverges."""
    ball = minimize(rosenbrock, (-1.2, 1), Momentum(0.001), steps=900)
    assert (ball.value < 1e-4).argmax() == 836
    assert minimize(rosenbrock, (-1.2, 1), GradientDescent(0.01), steps=900).stopped == "diverged"


@pytest.mark.parametrize("effective", [0.05, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_noise_floor(effective, beta):
    """The chapter's formula is what the covariance of the walk settles at, exactly."""
    lr = effective * (1 - beta)
    step = np.array([[1 + beta - lr, -beta], [1, 0]])
    spread = np.zeros((2, 2))
    for _ in range(3000):
        spread = step @ spread @ step.T + np.diag([lr**2, 0])
    formula = effective / (2 - effective * (1 - beta) / (1 + beta))
    assert spread[0, 0] == pytest.approx(formula, rel=1e-9)


# --- hyperparameters ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"lr": 0}, "Momentum: lr"),
        ({"lr": -0.1}, "Momentum: lr"),
        ({"lr": math.inf}, "Momentum: lr"),
        ({"beta": -0.1}, "Momentum: beta"),
        ({"beta": 1.1}, "Momentum: beta"),
        ({"beta": math.nan}, "Momentum: beta"),
        ({"beta": 1, "average": True}, "Momentum: beta"),
        ({"weight_decay": -1}, "Momentum: weight_decay"),
        ({"dampening": -0.1}, "Momentum: dampening"),
        ({"dampening": 1.5}, "Momentum: dampening"),
        ({"average": True, "dampening": 0.5}, "average and dampening"),
    ],
    ids=str,
)
def test_a_hyperparameter_out_of_range_is_named(arguments, words):
    """The message says whose argument it is."""
    with pytest.raises(ValueError, match=re.escape(words)):
        Momentum(**arguments)


@pytest.mark.parametrize("name", ["average", "lr_inside"])
def test_a_form_is_chosen_by_true_or_false(name):
    """0.9 for True would be an average that nobody asked for."""
    with pytest.raises(TypeError, match=f"Momentum: {name}"):
        Momentum(**{name: 0.9})


# --- the exercises --------------------------------------------------------------------------


@given(lr=rates, beta=betas, gradients=gradients)
def test_the_exercise_is_the_class(lr, beta, gradients):
    """What the student writes takes coursekit's steps."""
    x, v = np.zeros(2), np.zeros(2)
    for grad in gradients:
        x, v = check.momentum_step.reference(x, grad, v, lr=lr, beta=beta)
    assert_same_points(x, fed(Momentum(lr, beta), gradients)[-1])


def test_the_bug_that_stands_in_the_exercise_is_the_one_that_the_check_names():
    """The Markdown shows real code; it is taken from there and handed in."""
    notebook = json.loads((HERE.parent / "solutions" / "09_momentum.ipynb").read_text("utf-8"))
    text = "".join(line for cell in notebook["cells"] for line in cell["source"])
    code = re.search(r"```python\n(def epochs_with_momentum.*?)```", text, re.DOTALL)[1]
    namespace = {"np": np}
    exec(code, namespace)
    verdict = check.epochs_with_momentum.judge(namespace["epochs_with_momentum"])
    assert verdict.mistake == "_planted"


def step_in_place_on_a_copy(point, g, v, lr, beta):
    v = np.array(v, dtype=float)
    v *= beta
    v += g
    point = np.array(point, dtype=float)
    point -= lr * v
    return [point, v]


def step_by_lists(x, grad, velocity, *, lr, beta):
    new = beta * np.asarray(velocity) + np.asarray(grad)
    return (np.asarray(x) - lr * new).tolist(), new.tolist()


def step_written_out(x, grad, velocity, *, lr, beta):
    return x - lr * grad - lr * beta * velocity, grad + velocity * np.float64(beta)


def epochs_by_one_loop(gradient, point, rate, keep, rounds, n):
    v = 0
    for k in range(rounds * n):
        v = keep * v + np.asarray(gradient(point, k % n))
        point = point - rate * v
    return point


def epochs_by_polyak(grad, x, lr, beta, epochs, batches):
    before = x
    for _ in range(epochs):
        for batch in range(batches):
            x, before = x - lr * grad(x, batch) + beta * (x - before), x
    return x


def epochs_with_the_class(grad, x, lr, beta, epochs, batches):
    rule = Momentum(lr, beta)
    state = rule.init(x)
    for batch in list(range(batches)) * epochs:
        x, state = rule.step(x, grad(x, batch), state)
    return list(x)


def forget_by_logarithms(beta, share):
    return int(np.ceil(np.log(1 - share) / np.log(beta) - 1e-12))


def forget_by_counting(beta, share):
    n = 1
    while beta**n > 1 - share:
        n += 1
    return float(n)


def forget_by_weights(beta, share):
    lost = np.cumsum((1 - beta) * beta ** np.arange(100_000))
    return np.argmax(lost >= share - 1e-12) + 1


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.momentum_step, step_in_place_on_a_copy),
        (check.momentum_step, step_by_lists),
        (check.momentum_step, step_written_out),
        (check.epochs_with_momentum, epochs_by_one_loop),
        (check.epochs_with_momentum, epochs_by_polyak),
        (check.epochs_with_momentum, epochs_with_the_class),
        (check.steps_to_forget, forget_by_logarithms),
        (check.steps_to_forget, forget_by_counting),
        (check.steps_to_forget, forget_by_weights),
    ],
)
def test_a_right_answer_written_differently_is_right(exercise, answer):
    """Other names, other formulas, lists for arrays."""
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)
