"""AdaDelta: Zeiler's algorithm, its hidden rates, and chapter 13's exercises."""

import json
import math
import re
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.checks import adadelta as check
from coursekit.descent import GradientDescent, minimize, states
from coursekit.optimizers import AdaDelta

HERE = Path(__file__).parent


class Quadratic:
    """½ Σ c x², a curvature for each coordinate, in units of which `per` make one."""

    def __init__(self, *curvatures, per=1.0):
        self.curvatures, self.per = np.array(curvatures, dtype=float), per

    def __call__(self, x):
        return (self.curvatures * ((x.T / self.per) ** 2)).sum(axis=-1) / 2

    def grad(self, x):
        return (self.curvatures * x.T).T / self.per**2


def steps_of(optimizer, grads):
    """The steps x₀ − x₁, x₁ − x₂, … that a rule takes when fed with numbers as gradients."""
    x, state, taken = np.zeros(1), optimizer.init(np.zeros(1)), []
    for g in grads:
        moved, state = optimizer.step(x, np.array([g]), state)
        taken.append(float((x - moved)[0]))
        x = moved
    return np.array(taken)


def zeiler(grads, rho, eps):
    """Algorithm 1 of the paper for one parameter, in numbers of fifty digits: Δx₁, Δx₂, …"""
    with localcontext() as context:
        context.prec = 50
        rho, eps = Decimal(rho), Decimal(eps)
        mean_g, mean_dx, steps = Decimal(0), Decimal(0), []
        for g in map(Decimal, grads):
            mean_g = rho * mean_g + (1 - rho) * g * g  # accumulate gradient
            dx = -(mean_dx + eps).sqrt() / (mean_g + eps).sqrt() * g  # compute update
            mean_dx = rho * mean_dx + (1 - rho) * dx * dx  # accumulate updates
            steps.append(dx)
        return steps


sizes = st.floats(1e-3, 1e3)
signed = sizes | sizes.map(lambda size: -size)
rhos = st.floats(0.0, 0.99)


# --- the rule -------------------------------------------------------------------------------


@given(
    grads=st.lists(st.floats(-100, 100), min_size=1, max_size=40),
    rho=rhos,
    eps=st.floats(1e-8, 1.0),
)
def test_every_step_is_that_of_zeilers_algorithm(grads, rho, eps):
    """Written anew from the paper, with fifty digits."""
    expected = [-float(dx) for dx in zeiler(grads, rho, eps)]
    rule, state = AdaDelta(rho=rho, eps=eps), AdaDelta().init(np.zeros(1))
    for g, step in zip(grads, expected, strict=True):
        moved, state = rule.step(np.zeros(1), np.array([g]), state)
        assert -moved[0] == pytest.approx(step, rel=1e-10, abs=1e-300)


def test_three_steps_by_hand():
    """ρ = ¾ and ε = ¼, so that the roots come out even: exact fractions."""
    v, u = Fraction(15, 4), Fraction(9, 16)  # ¾ · 2 + ¼ · 3², then ¾ · 0 + ¼ · 1.5²
    assert v + Fraction(1, 4) == 4
    x, state = np.array([2.0]), AdaDelta().init(np.zeros(1))
    state = state._replace(v=np.array([2.0]), u=np.array([0.75]))
    x, state = AdaDelta(lr=2.0, rho=0.75, eps=0.25).step(x, np.array([3.0]), state)
    assert (x[0], state.v[0], state.u[0]) == (-1.0, v, u * 2)


def test_the_chapters_three_steps():
    """g = 10 at every step: 0.00316, 0.00324, 0.00330."""
    assert steps_of(AdaDelta(), [10] * 3).round(5).tolist() == [0.00316, 0.00324, 0.0033]


def test_the_defaults_are_those_of_torch():
    """lr 1, ρ 0.9, ε 1e-6."""
    assert AdaDelta() == AdaDelta(lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0)


@given(g=signed, rho=rhos, eps=st.floats(1e-10, 1.0))
def test_the_first_step_is_set_by_eps(g, rho, eps):
    """√ε |g| / √((1 − ρ) g² + ε): below √(ε / (1 − ρ)), and below |g|."""
    (step,) = steps_of(AdaDelta(rho=rho, eps=eps), [g])
    assert step == pytest.approx(math.sqrt(eps / ((1 - rho) * g**2 + eps)) * g, rel=1e-12)
    assert abs(step) <= min(math.sqrt(eps / (1 - rho)), abs(g)) * (1 + 1e-12)
    assert math.copysign(1, step) == math.copysign(1, g)


@given(grads=st.lists(signed, min_size=1, max_size=60), rho=st.floats(0.01, 0.99))
def test_a_step_is_never_longer_than_the_recent_steps_allow(grads, rho):
    """|g| / √v ≤ 1 / √(1 − ρ), so |Δ| ≤ √((u + ε) / (1 − ρ))."""
    rule, x, state = AdaDelta(rho=rho), np.zeros(1), AdaDelta().init(np.zeros(1))
    for g in grads:
        most = np.sqrt((state.u + rule.eps) / (1 - rho))
        moved, state = rule.step(x, np.array([g]), state)
        assert abs(moved - x) <= most * (1 + 1e-9) + 1e-9 * abs(x)
        x = moved


@given(grads=st.lists(st.floats(-10, 10), min_size=1, max_size=30), rho=rhos)
def test_the_mirrored_gradients_make_the_mirrored_steps(grads, rho):
    """Bit for bit."""
    rule = AdaDelta(rho=rho)
    assert (steps_of(rule, [-g for g in grads]) == -steps_of(rule, grads)).all()


@given(grads=st.lists(signed, min_size=1, max_size=30), lr=st.floats(1e-3, 100))
def test_lr_multiplies_the_step_and_leaves_the_states_alone(grads, lr):
    """u averages Δ², not (lr Δ)²."""
    x, one, other = np.zeros(1), AdaDelta().init(np.zeros(1)), AdaDelta().init(np.zeros(1))
    for g in grads:
        by_one, one = AdaDelta().step(x, np.array([g]), one)
        by_other, other = AdaDelta(lr).step(x, np.array([g]), other)
        assert by_other[0] == pytest.approx(lr * by_one[0], rel=1e-12)
        assert (one.u, one.v) == (other.u, other.v)


# --- units ----------------------------------------------------------------------------------


@given(
    power=st.integers(-8, 8),
    curvatures=st.tuples(st.floats(0.1, 30), st.floats(0.1, 30)),
    rho=st.sampled_from([0.5, 0.9, 0.95]),
)
def test_units_of_x_cancel_where_each_eps_has_its_own(power, curvatures, rho):
    """ε scaled like x² above and like g² below: the same path in every unit, bit for bit."""

    def path(per):
        grad, x = Quadratic(*curvatures, per=per).grad, per * np.array([-10.0, 1.0])
        v = u = np.zeros(2)
        for _ in range(50):
            g = grad(x)
            v = rho * v + (1 - rho) * g**2
            delta = np.sqrt(u + 2.0**-20 * per**2) / np.sqrt(v + 2.0**-20 / per**2) * g
            u = rho * u + (1 - rho) * delta**2
            x = x - delta
            yield x / per

    per = 2.0**power  # a power of two, so that rescaling rounds nothing
    assert all((a == b).all() for a, b in zip(path(1.0), path(per), strict=True))


@given(power=st.integers(-8, 8), c=st.floats(0.1, 30))
def test_one_eps_suffices_where_loss_and_x_are_rescaled_together(power, c):
    """x and g grow alike, by s, where the loss grows by s²: ε s², the same path, bit for bit."""
    s = 2.0**power
    path = minimize(Quadratic(c), (3.0,), AdaDelta(eps=2.0**-20), steps=50)
    scaled = minimize(Quadratic(c), (3.0 * s,), AdaDelta(eps=2.0**-20 * s**2), steps=50)
    assert (scaled.x == s * path.x).all()


def test_with_its_default_eps_the_unit_matters():
    """The chapter's valley after 2000 steps: in metres it has arrived, in centimetres not."""
    ends = {}
    for per in (1.0, 100.0):
        valley = Quadratic(1, 25, per=per)
        ends[per] = minimize(valley, per * np.array([-10.0, 1]), AdaDelta(), steps=2000).x[-1] / per
    assert abs(ends[1.0][0]) < 1e-9
    assert ends[100.0] == pytest.approx([-9.799, 0.809], abs=1e-3)


# --- the hidden rates -----------------------------------------------------------------------


@pytest.mark.parametrize(("rho", "eps"), [(0.9, 1e-6), (0.9, 1e-4), (0.95, 1e-6), (0.5, 1e-8)])
def test_on_a_constant_slope_steps_grow_like_the_root_of_time(rho, eps):
    """√((1 − ρ) ε t), not exponentially."""
    steps = steps_of(AdaDelta(rho=rho, eps=eps), [10.0] * 10_000)
    assert (np.diff(steps[5:]) > 0).all()
    assert steps[-1] == pytest.approx(math.sqrt((1 - rho) * eps * 10_000), rel=0.05)


@pytest.mark.parametrize("g", [1e-6, 0.3, 250.0])
def test_where_eps_is_large_it_is_gradient_descent_at_rate_lr(g):
    """Both roots are √ε and cancel."""
    steps = steps_of(AdaDelta(lr=0.3, eps=1e16 * g**2), [g] * 20)
    np.testing.assert_allclose(steps, 0.3 * g, rtol=1e-9)
    x, _ = GradientDescent(0.3).step(np.zeros(1), np.array([g]), GradientDescent().init(0))
    assert steps[0] == pytest.approx(-x[0], rel=1e-9)


@pytest.mark.parametrize(
    ("c", "lr", "arrives"),
    [
        (0.5, 1, True),
        (1.9, 1, True),
        (2.1, 1, False),
        (25, 1, False),
        (25, 0.09, False),
        (5, 0.3, True),
    ],
)
def test_it_arrives_only_below_curvature_two_over_lr(c, lr, arrives):
    """Near the minimum it is gradient descent at rate lr, with chapter 03's border."""
    end = minimize(Quadratic(c), (1.0,), AdaDelta(lr), steps=5000).x[-1, 0]
    assert (abs(end) < 1e-9) == arrives


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.95])
def test_its_bounce_grows_like_the_root_of_time(rho):
    """½ √(ε t) to either side of a steep minimum, whatever ρ is."""
    x = minimize(Quadratic(25), (1.0,), AdaDelta(rho=rho), steps=20_000).x[:, 0]
    assert abs(x[-1]) == pytest.approx(math.sqrt(1e-6 * 20_000) / 2, rel=0.03)
    assert x[-1] * x[-2] < 0


@pytest.mark.parametrize("sigma", [1.0, 100.0])
def test_under_noise_the_steps_settle_near_the_first(sigma):
    """Within a third of √(ε / (1 − ρ)), whatever the size of the noise."""
    noise = sigma * np.random.default_rng(1).normal(size=(2000, 500))
    x, rule = np.zeros(500), AdaDelta()
    state, lengths = rule.init(x), []
    for g in noise:
        moved, state = rule.step(x, g, state)
        lengths.append(np.sqrt(np.mean((moved - x) ** 2)))
        x = moved
    late = np.mean(lengths[-500:])
    assert 0.67 < late / math.sqrt(1e-6 / 0.1) < 1.0


def test_the_states_meet_at_the_minimum():
    """u and v both vanish beside ε, so the effective rate is 1."""
    inside = states(Quadratic(1.0), (-10.0,), AdaDelta(), steps=3000)
    rate = np.sqrt(inside.u[-1] + 1e-6) / np.sqrt(inside.v[-1] + 1e-6)
    assert rate[0] == pytest.approx(1.0, abs=1e-6)


# --- arguments ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"lr": 0}, "AdaDelta: lr"),
        ({"lr": -1.0}, "AdaDelta: lr"),
        ({"lr": math.nan}, "AdaDelta: lr"),
        ({"rho": 1.0}, "AdaDelta: rho"),
        ({"rho": -0.1}, "AdaDelta: rho"),
        ({"rho": math.nan}, "AdaDelta: rho"),
        ({"eps": -1e-9}, "AdaDelta: eps"),
        ({"eps": math.inf}, "AdaDelta: eps"),
        ({"weight_decay": -1}, "AdaDelta: weight_decay"),
    ],
    ids=str,
)
def test_an_argument_out_of_range_is_named(settings, words):
    """The message says whose argument it is."""
    with pytest.raises(ValueError, match=words):
        AdaDelta(**settings)


def test_the_ends_of_each_range_are_allowed():
    """ρ = 0 forgets everything, and with ε = 0 it never takes a first step."""
    assert steps_of(AdaDelta(rho=0.0, eps=1e-12), [5.0])[0] == pytest.approx(1e-6)
    assert steps_of(AdaDelta(eps=0.0), [5.0, -3.0]).tolist() == [0.0, 0.0]


# --- the exercises --------------------------------------------------------------------------


def notebook_text(folder):
    notebook = json.loads((HERE.parent / folder / "13_adadelta.ipynb").read_text("utf-8"))
    return "".join(line for cell in notebook["cells"] for line in cell["source"])


def test_the_exercises_rule_is_the_classs():
    """From zero states, over thirty steps."""
    rule, x, grads = AdaDelta(0.5, rho=0.8, eps=1e-3), np.ones(2), np.random.default_rng(0)
    ours, v, u, state = x, np.zeros(2), np.zeros(2), rule.init(x)
    for g in grads.normal(size=(30, 2)):
        x, state = rule.step(x, g, state)
        ours, v, u = check.adadelta_step.reference(ours, g, v, u, lr=0.5, rho=0.8, eps=1e-3)
        np.testing.assert_allclose([ours, v, u], [x, state.v, state.u], rtol=1e-13)


def test_the_bug_that_stands_in_the_exercise_is_the_one_that_the_check_names():
    """The Markdown shows real code; it is taken from there and handed in."""
    text = notebook_text("solutions")
    code = re.search(r"```python\n(def adadelta_descent.*?)```", text, re.DOTALL)[1]
    namespace = {"np": np}
    exec(code, namespace)
    buggy = namespace["adadelta_descent"]
    assert check.adadelta_descent.judge(buggy).mistake == "_planted"
    assert buggy(check.parabola_slope, np.array([3.0]), 1, 0.37, 0.11) == 0
    with np.errstate(all="ignore"):
        assert np.abs(buggy(check.valley_slope, np.array([-10.0, 1]), 20, 0.9, 1e-6)).max() > 1e9


@given(share=st.floats(1e-4, 0.999), g=signed, lr=st.floats(1e-3, 100), rho=st.floats(0.1, 0.99))
def test_the_eps_of_the_exercise_makes_the_step_it_promises(share, g, lr, rho):
    """Taken with the class."""
    length = share * lr * abs(g)
    eps = check.eps_for_first_step.reference(length, g, lr=lr, rho=rho)
    (step,) = steps_of(AdaDelta(lr, rho=rho, eps=eps), [g])
    assert abs(step) == pytest.approx(length, rel=1e-9)


def test_the_examples_at_the_end_of_the_exercises_hold():
    """0.00316 gives back 1e-6, and asks 0.55 of Keras."""
    eps = check.eps_for_first_step.reference
    assert eps(0.00316, 10, lr=1, rho=0.9) == pytest.approx(1e-6, rel=0.01)
    assert eps(0.00316, 10, lr=0.001, rho=0.95) == pytest.approx(0.55, abs=0.01)


def by_loop_over_coordinates(x, g, mean_g, mean_d, *, rate, decay, tiny):
    x, out_v, out_u = np.array(x, float), np.array(mean_g, float), np.array(mean_d, float)
    for i in np.ndindex(x.shape):
        out_v[i] = out_v[i] * decay + g[i] * g[i] * (1 - decay)
        d = g[i] * math.sqrt((out_u[i] + tiny) / (out_v[i] + tiny))
        out_u[i] += (1 - decay) * (d * d - out_u[i])
        x[i] -= rate * d
    return x, out_v, out_u


def on_copies(x, grad, v, u, *, lr, rho, eps):
    x, v, u = x.astype(float), v.astype(float), u.astype(float)
    v *= rho
    v += (1 - rho) * np.square(grad)
    delta = grad * (u + eps) ** 0.5 * (v + eps) ** -0.5
    u *= rho
    u += (1 - rho) * np.square(delta)
    x -= lr * delta
    return [x, v, u]


def upward_update(x, grad, v, u, *, lr, rho, eps):
    x, v, u = map(np.asarray, (x, v, u))
    v = v + (1 - rho) * (grad**2 - v)
    update = -np.sqrt((u + eps) / (v + eps)) * grad
    return (x + lr * update).tolist(), v.tolist(), (rho * u + (1 - rho) * update**2).tolist()


def with_the_class(grad, x, steps, rho, eps):
    rule, x = AdaDelta(rho=rho, eps=eps), np.array(x, float)
    state = rule.init(x)
    for _ in range(steps):
        x, state = rule.step(x, grad(x), state)
    return x


def one_name_rebound(grad, x, steps, rho, eps):
    v = u = np.zeros(x.shape)
    for _ in range(steps):
        g = grad(x)
        v = rho * v + (1 - rho) * g**2  # a new array: from here on they are two
        delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u *= rho
        u += (1 - rho) * delta**2
        x = x - delta
    return x


def plain_numbers(f, start, n, r, e):
    x, v, u = start, 0, 0
    while n > 0:
        g, n = f(x), n - 1
        v = r * v + (1 - r) * g * g
        d = ((u + e) / (v + e)) ** 0.5 * g
        x, u = x - d, r * u + (1 - r) * d * d
    return x


def eps_from_ratios(length, grad, *, lr, rho):
    return (1 - rho) / ((lr / length) ** 2 - 1 / grad**2)


def eps_by_bisection(length, grad, *, lr, rho):
    low, high = -60.0, 60.0
    for _ in range(200):
        middle = (low + high) / 2
        eps = 10**middle
        if lr * math.sqrt(eps / ((1 - rho) * grad**2 + eps)) * abs(grad) < length:
            low = middle
        else:
            high = middle
    return 10**low


def eps_with_float64(a, g, *, rate, decay):
    g = np.float64(rate * g)
    return (1 - decay) * (a * g / rate) ** 2 / ((g - a) * (g + a))


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.adadelta_step, by_loop_over_coordinates),
        (check.adadelta_step, on_copies),
        (check.adadelta_step, upward_update),
        (check.adadelta_descent, with_the_class),
        (check.adadelta_descent, one_name_rebound),
        (check.adadelta_descent, plain_numbers),
        (check.eps_for_first_step, eps_from_ratios),
        (check.eps_for_first_step, eps_by_bisection),
        (check.eps_for_first_step, eps_with_float64),
    ],
)
def test_a_right_answer_written_differently_is_right(exercise, answer):
    """Other names, other formulas, lists for arrays."""
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)


def only_the_first_eps_is_forgotten(x, grad, v, u, *, lr, rho, eps):
    v = rho * v + (1 - rho) * grad**2
    delta = np.sqrt(u) / np.sqrt(v + eps) * grad
    return x - lr * delta, v, rho * u + (1 - rho) * delta**2


def u_with_the_new_rate(x, grad, v, u, *, lr, rho, eps):
    v = rho * v + (1 - rho) * grad**2
    u = rho * u + (1 - rho) * (np.sqrt(u + eps) / np.sqrt(v + eps) * grad) ** 2
    delta = np.sqrt(u + eps) / np.sqrt(v + eps) * grad
    return x - lr * delta, v, u


def each_state_a_copy_of_the_other(grad, x, steps, rho, eps):
    v = np.zeros(x.shape)
    for _ in range(steps):
        g = grad(x)
        u = v
        delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        v = rho * v + (1 - rho) * g**2
        x = x - delta
    return x


@pytest.mark.parametrize(
    ("exercise", "answer", "mistake"),
    [
        (check.adadelta_step, only_the_first_eps_is_forgotten, "_no_eps_above"),
        (check.adadelta_step, u_with_the_new_rate, "_new_u_before_the_step"),
        (check.adadelta_descent, each_state_a_copy_of_the_other, "_planted"),
    ],
)
def test_a_wrong_answer_is_told_its_cause(exercise, answer, mistake):
    """Written as a student would, not as the list of mistakes has it."""
    assert exercise.judge(answer).mistake == mistake
