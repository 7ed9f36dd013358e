"""Schedules, the border 2/c, and chapter 03's exercises."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quadratics import Quadratic

from coursekit import schedules
from coursekit.checks import learning_rate as check
from coursekit.descent import GradientDescent, minimize
from coursekit.landscapes import booth, bowl, himmelblau, rosenbrock
from coursekit.schedules import (
    constant,
    cosine,
    exponential_decay,
    inverse_time_decay,
    one_cycle,
    step_decay,
    warmup,
)

HERE = Path(__file__).parent
RATES = json.loads((HERE / "golden" / "schedules.json").read_text(encoding="utf-8"))["cases"]
RUNS = json.loads((HERE / "golden" / "descent.json").read_text(encoding="utf-8"))["runs"]
LANDSCAPES = {"bowl": bowl, "rosenbrock": rosenbrock}

ONE_OF_EACH = [
    constant(0.1),
    step_decay(0.1, every=10),
    step_decay(0.1, every=10, factor=0.1),
    exponential_decay(0.1, factor=0.9),
    inverse_time_decay(0.1, decay=0.05),
    cosine(0.1, steps=50),
    cosine(0.1, steps=50, final=0.01),
    warmup(0.1, steps=10),
    warmup(cosine(0.1, steps=40), steps=10),
    one_cycle(0.1, steps=50),
    one_cycle(0.1, steps=50, up=0.5, start=0.1, final=0.01),
]
NAMES = [repr(schedule) for schedule in ONE_OF_EACH]
each_schedule = pytest.mark.parametrize("schedule", ONE_OF_EACH, ids=NAMES)


def made(call):
    """The schedule of a golden case; a rate may itself be a schedule."""
    arguments = {k: made(v) if isinstance(v, dict) else v for k, v in call["arguments"].items()}
    return getattr(schedules, call["name"])(**arguments)


# --- schedules ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case", RATES, ids=[c["source"] + " " + str(i) for i, c in enumerate(RATES)]
)
def test_every_rate_is_that_of_another_library(case):
    """Sixty steps or more of each schedule that PyTorch or Optax has too."""
    rates = np.array(case["rates"])
    ours = made(case["call"])(np.arange(len(rates)))
    assert len(rates) > 60
    np.testing.assert_allclose(ours, rates, rtol=1e-12, atol=1e-15)


def test_inverse_time_decay_is_halved_after_one_over_decay_steps():
    """And a third after twice as many, which no library is needed for."""
    rate = inverse_time_decay(0.6, decay=0.05)
    assert [rate(t) for t in (0, 20, 40, 100)] == pytest.approx([0.6, 0.3, 0.2, 0.1], rel=1e-15)


def test_a_constant_schedule_is_the_number_itself():
    """The same path, bit for bit."""
    by_number = minimize(bowl, (4, 3), GradientDescent(0.1), steps=50)
    by_schedule = minimize(bowl, (4, 3), GradientDescent(constant(0.1)), steps=50)
    assert (by_number.x == by_schedule.x).all()


@each_schedule
def test_an_array_of_steps_is_a_loop_over_them(schedule):
    """Of any shape; a single number gives a float."""
    steps = np.arange(120).reshape(10, 12)
    rates = schedule(steps)
    assert rates.shape == steps.shape
    one_by_one = [schedule(int(t)) for t in steps.ravel()]
    np.testing.assert_allclose(rates.ravel(), one_by_one, rtol=1e-14, atol=0)
    assert type(schedule(3)) is float


@each_schedule
def test_the_name_of_a_schedule_is_the_call_that_makes_it(schedule):
    """Evaluating the repr gives the same rates."""
    again = eval(repr(schedule), vars(schedules).copy())
    assert repr(again) == repr(schedule)
    assert (again(np.arange(200)) == schedule(np.arange(200))).all()


@given(
    lr=st.floats(1e-6, 1e3),
    steps=st.integers(4, 300),
    share=st.floats(0, 1),
    step=st.integers(0, 2000),
)
def test_a_rate_is_never_negative_and_never_above_its_peak(lr, steps, share, step):
    """Whatever the arguments and the step, far beyond the end too."""
    for schedule in (
        constant(lr),
        step_decay(lr, every=steps, factor=share),
        exponential_decay(lr, factor=share),
        inverse_time_decay(lr, decay=share + 1e-3),
        cosine(lr, steps=steps, final=lr * share),
        warmup(lr, steps=steps),
        one_cycle(lr, steps=steps, up=0.5, start=share, final=share / 2),
    ):
        assert 0 <= schedule(step) <= lr * (1 + 1e-12)


@given(lr=st.floats(1e-3, 10), steps=st.integers(2, 200), share=st.floats(0.01, 1))
def test_cosine_starts_at_lr_and_keeps_final(lr, steps, share):
    """In the middle it is halfway, and after the end it does not climb again."""
    rate = cosine(lr, steps=2 * steps, final=lr * share)
    assert rate(0) == pytest.approx(lr, rel=1e-12)
    assert rate(steps) == pytest.approx((lr + lr * share) / 2, rel=1e-12)
    assert rate(2 * steps) == pytest.approx(lr * share, rel=1e-12)
    assert rate(3 * steps) == rate(2 * steps) == rate(10**9)


def test_a_warmup_wastes_no_step_and_then_starts_what_follows_at_its_own_step_0():
    """The first rate is lr / steps, the last of the warm-up lr."""
    then = step_decay(0.8, every=3)
    rate = warmup(then, steps=4)
    expected = [0.2, 0.4, 0.6, 0.8, 0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2]
    assert rate(np.arange(11)).tolist() == pytest.approx(expected, rel=1e-15)


def test_a_plain_function_may_follow_a_warmup_and_may_be_a_rate():
    """A schedule need not be made by coursekit."""

    def rate(step):
        return 1 / (1 + step)

    assert warmup(rate, steps=2)(np.array([0, 1, 2, 3])).tolist() == [0.5, 1, 1, 1 / 2]
    path = minimize(bowl, (1, 1), GradientDescent(lambda step: 0.5 if step == 0 else 0.25), steps=2)
    assert path.x[-1].tolist() == [0, 0]


def test_one_cycle_peaks_where_it_says_and_keeps_its_last_rate():
    """Defaults: it starts at a 25th of the peak and ends at a 250,000th."""
    rate = one_cycle(0.5, steps=101, up=26 / 101)
    assert rate(0) == pytest.approx(0.02, rel=1e-12)
    assert rate(25) == pytest.approx(0.5, rel=1e-12)
    assert rate(100) == pytest.approx(0.5 / 250_000, rel=1e-9)
    assert rate(5000) == rate(100)


BAD = [
    (lambda: constant(0), "constant: lr"),
    (lambda: constant(-0.1), "constant: lr"),
    (lambda: constant(math.inf), "constant: lr"),
    (lambda: step_decay(0, every=2), "step_decay: lr"),
    (lambda: step_decay(0.1, every=0), "step_decay: every"),
    (lambda: step_decay(0.1, every=2.5), "step_decay: every"),
    (lambda: step_decay(0.1, every=2, factor=1.1), "step_decay: factor"),
    (lambda: step_decay(0.1, every=2, factor=-0.1), "step_decay: factor"),
    (lambda: exponential_decay(math.nan, factor=0.5), "exponential_decay: lr"),
    (lambda: exponential_decay(0.1, factor=2), "exponential_decay: factor"),
    (lambda: exponential_decay(0.1, factor=-1), "exponential_decay: factor"),
    (lambda: inverse_time_decay(0, decay=1), "inverse_time_decay: lr"),
    (lambda: inverse_time_decay(0.1, decay=0), "inverse_time_decay: decay"),
    (lambda: cosine(0, steps=10), "cosine: lr"),
    (lambda: cosine(0.1, steps=0), "cosine: steps"),
    (lambda: cosine(0.1, steps=10, final=0.2), "cosine: final"),
    (lambda: cosine(0.1, steps=10, final=-0.1), "cosine: final"),
    (lambda: warmup(0, steps=3), "warmup: lr"),
    (lambda: warmup(0.1, steps=0), "warmup: steps"),
    (lambda: one_cycle(0, steps=10), "one_cycle: lr"),
    (lambda: one_cycle(0.1, steps=1), "one_cycle: steps"),
    (lambda: one_cycle(0.1, steps=10, up=0.1), "one_cycle needs its peak"),
    (lambda: one_cycle(0.1, steps=10, up=1), "one_cycle needs its peak"),
    (lambda: one_cycle(0.1, steps=10, up=1.5), "one_cycle: up"),
    (lambda: one_cycle(0.1, steps=10, up=-0.5), "one_cycle: up"),
    (lambda: one_cycle(0.1, steps=10, start=-1), "one_cycle: start"),
    (lambda: one_cycle(0.1, steps=10, start=1.1), "one_cycle: start"),
    (lambda: one_cycle(0.1, steps=10, final=-1), "one_cycle: final"),
    (lambda: one_cycle(0.1, steps=10, final=1.1), "one_cycle: final"),
    (lambda: constant(0.1)(-1), "step numbers ≥ 0"),
    (lambda: constant(0.1)(math.nan), "step numbers ≥ 0"),
    (lambda: cosine(0.1, steps=5)(np.array([3, -2])), "step numbers ≥ 0"),
    (lambda: GradientDescent(lr=0), "GradientDescent: lr"),
    (lambda: GradientDescent(lr=0.1, weight_decay=-1), "GradientDescent: weight_decay"),
]


@pytest.mark.parametrize(("make", "words"), BAD, ids=[f"{i} {w}" for i, (_, w) in enumerate(BAD)])
def test_an_argument_out_of_range_is_named(make, words):
    """The message says whose argument it is."""
    with pytest.raises(ValueError, match=re.escape(words)):
        make()


@pytest.mark.parametrize(
    "schedule",
    [
        step_decay(0.1, every=1, factor=0),
        step_decay(0.1, every=1, factor=1),
        exponential_decay(0.1, factor=0),
        exponential_decay(0.1, factor=1),
        cosine(0.1, steps=1, final=0.1),
        cosine(0.1, steps=1, final=0),
        warmup(0.1, steps=1),
        one_cycle(0.1, steps=2, up=0.75),
        one_cycle(0.1, steps=10, start=0, final=0),
        one_cycle(0.1, steps=10, start=1, final=1),
    ],
    ids=repr,
)
def test_the_ends_of_each_range_are_allowed(schedule):
    """And give rates between 0 and lr."""
    rates = schedule(np.arange(20))
    assert (rates >= 0).all()
    assert (rates <= 0.1 * (1 + 1e-15)).all()
    assert rates.max() > 0.0


# --- gradient descent at a rate -------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run['landscape']} {run['lr']}")
def test_two_hundred_steps_are_those_of_torch(run):
    """With and without weight decay, at a number and on a schedule."""
    lr = run["lr"]
    if "cosine_steps" in run:
        lr = cosine(lr, steps=run["cosine_steps"])
    optimizer = GradientDescent(lr, weight_decay=run.get("weight_decay", 0.0))
    path = minimize(LANDSCAPES[run["landscape"]], run["start"], optimizer, steps=200)
    np.testing.assert_allclose(path.x, run["points"], rtol=1e-10, atol=1e-13)


def test_the_defaults_are_those_of_torch_sgd():
    """lr 0.001, no weight decay."""
    assert GradientDescent() == GradientDescent(lr=1e-3, weight_decay=0)


@given(c=st.floats(0.01, 100), share=st.floats(0.01, 2.2), x0=st.floats(0.1, 10))
def test_one_step_multiplies_the_error_by_one_minus_lr_c(c, share, x0):
    """At any rate, below the border or above."""
    lr = share / c
    path = minimize(Quadratic(c), (x0,), GradientDescent(lr), steps=10)
    expected = x0 * (1 - lr * c) ** np.arange(11)
    np.testing.assert_allclose(path.x[:, 0], expected, rtol=1e-9, atol=1e-12)


@given(
    curvatures=st.lists(st.floats(0.1, 50), min_size=1, max_size=4),
    share=st.floats(0.3, 1.7).filter(lambda share: abs(share - 1) > 0.01),
)
def test_descent_diverges_exactly_above_two_over_the_largest_curvature(curvatures, share):
    """The border of the steepest direction is the border of all."""
    objective = Quadratic(*curvatures)
    lr = share * 2 / max(curvatures)
    path = minimize(objective, np.ones(len(curvatures)), GradientDescent(lr), steps=2000)
    assert (path.value[-1] > path.value[0]) == (share > 1)


def test_at_the_border_it_bounces_for_ever():
    """4, −4, 4, …: neither nearer nor farther."""
    path = minimize(Quadratic(2), (4,), GradientDescent(1.0), steps=1001)
    assert (path.x[::2] == 4).all()
    assert (path.x[1::2] == -4).all()


@pytest.mark.parametrize(("lr", "arrives"), [(0.49, True), (0.51, False)])
def test_the_bowl_has_its_border_at_a_half(lr, arrives):
    """Its curvatures are 2 and 4."""
    end = minimize(bowl, (1, 1), GradientDescent(lr), steps=500).value[-1]
    assert (end < 1e-6) == arrives


def test_a_run_that_leaves_the_numbers_ends_with_a_word():
    """No warning, and everything that is stored is finite."""
    path = minimize(himmelblau, (4, 4), GradientDescent(0.1), steps=100)
    assert path.stopped == "diverged"
    assert np.isfinite(path.x).all()
    assert np.isfinite(path.value).all()


def test_the_rate_of_a_step_is_asked_for_with_its_number():
    """0, 1, 2, …, once each."""
    asked = []

    def rate(step):
        asked.append(step)
        return 0.1

    minimize(booth, (0, 0), GradientDescent(rate), steps=5)
    assert asked == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf])
def test_a_schedule_that_gives_no_rate_is_refused_at_its_step(rate):
    """A negative, infinite or missing rate is an error that says when."""
    schedule = GradientDescent(lambda step: 0.1 if step < 2 else rate)
    with pytest.raises(ValueError, match="at step 2"):
        minimize(bowl, (1, 1), schedule, steps=5)


# --- the exercises --------------------------------------------------------------------------


def test_the_exercise_agrees_with_the_schedule():
    """What the student writes is coursekit's own cosine."""
    rate = cosine(0.3, steps=20, final=0.05)
    for step in range(40):
        assert check.cosine_rate.reference(step, 0.3, 20, 0.05) == pytest.approx(rate(step))


def test_the_staircase_is_descent_with_step_decay():
    """The exercise's reference and coursekit's own go the same way."""
    optimizer = GradientDescent(step_decay(0.2, every=4, factor=0.6))
    path = minimize(bowl, (4, 3), optimizer, steps=30)
    end = check.staircase_descent.reference(bowl.grad, np.array([4.0, 3.0]), 0.2, 30, 4, 0.6)
    np.testing.assert_allclose(end, path.x[-1], rtol=1e-12)


def test_the_bug_that_stands_in_the_exercise_is_the_one_that_the_check_names():
    """The Markdown shows real code; it is taken from there and handed in."""
    notebook = json.loads(
        (HERE.parent / "solutions" / "03_learning_rate.ipynb").read_text(encoding="utf-8")
    )
    text = "".join(line for cell in notebook["cells"] for line in cell["source"])
    code = re.search(r"```python\n(def staircase_descent.*?)```", text, re.DOTALL)[1]
    namespace = {}
    exec(code, namespace)
    verdict = check.staircase_descent.judge(namespace["staircase_descent"])
    assert verdict.mistake == "_planted"


def rate_by_hand(step, lr, steps, final):
    if step >= steps:
        return final
    return lr - (lr - final) * math.sin(math.pi * step / steps / 2) ** 2


def rate_by_array(step, lr, steps, final):
    wave = (1 + np.cos(np.pi * np.arange(steps + 1) / steps)) / 2
    return np.append(wave, 0)[min(step, steps)] * (lr - final) + final


def stairs_with_a_running_rate(grad, x, lr, steps, every, factor):
    for step in range(steps):
        if step > 0 and step % every == 0:
            lr = lr * factor
        x = x - lr * grad(x)
    return x


def stairs_by_while(gradient, point, rate, n, width, q):
    done = 0
    while done < n:
        point = [
            p - rate * q ** int(done / width) * g
            for p, g in zip(point, gradient(point), strict=True)
        ]
        done += 1
    return point


def limits_by_svd(matrix):
    values = np.linalg.svd(matrix, compute_uv=False)
    return np.array([2 / values[0], 1 / ((values[0] + values[-1]) / 2)])


def limits_by_solving(hessian):
    rates = sorted(1 / np.linalg.eigvals(hessian).real)
    return [2 * rates[0], 2 / (1 / rates[0] + 1 / rates[-1])]


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.cosine_rate, rate_by_hand),
        (check.cosine_rate, rate_by_array),
        (check.staircase_descent, stairs_with_a_running_rate),
        (check.staircase_descent, stairs_by_while),
        (check.rate_limits, limits_by_svd),
        (check.rate_limits, limits_by_solving),
    ],
)
def test_a_right_answer_written_differently_is_right(exercise, answer):
    """Other names, other formulas, lists for arrays."""
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)
