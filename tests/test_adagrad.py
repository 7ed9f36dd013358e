"""AdaGrad: every coordinate has a rate of its own, which only shrinks (chapter 11)."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coursekit.batches import train
from coursekit.checks import adagrad as check
from coursekit.datasets import digits, houses, standardize
from coursekit.descent import GradientDescent, minimize, states
from coursekit.landscapes import valley
from coursekit.losses import mean_squared_error
from coursekit.networks import MLP
from coursekit.optimizers import AdaGrad

HERE = Path(__file__).parent


class Valley:
    """½ xᵀ H x: steeper, in other units or turned."""

    def __init__(self, hessian):
        self.hessian = np.array(hessian, dtype=float)

    def __call__(self, x):
        return (x * self.grad(x)).sum(axis=0) / 2

    def grad(self, x):
        return np.tensordot(self.hessian, x, 1)


START = (-10.0, 1.0)

sizes = st.floats(1e-3, 1e3)
gradients = arrays(float, (12, 3), elements=st.floats(-100, 100).map(lambda g: round(g, 3)))


def follow(optimizer, grads, x0=None):
    """The points (steps + 1, …) and the sums of a walk on given gradients."""
    x = np.zeros(np.shape(grads[0])) if x0 is None else np.array(x0, dtype=float)
    state = optimizer.init(x)
    points, sums = [x], [state.s]
    for grad in grads:
        x, state = optimizer.step(x, grad, state)
        points.append(x)
        sums.append(state.s)
    return np.array(points), np.array(sums)


# --- the numbers of the chapter -------------------------------------------------------------


def test_three_steps_by_hand():
    """From (−10, 1) in ½(x² + 25y²) at lr 0.5, as on paper."""
    x = minimize(valley, START, AdaGrad(0.5), steps=3).x
    np.testing.assert_allclose(x[1], [-9.5, 0.5], rtol=1e-10)
    second = [-9.5 + 0.5 * 9.5 / math.sqrt(190.25), 0.5 - 0.5 * 12.5 / math.sqrt(781.25)]
    np.testing.assert_allclose(x[2], second, rtol=1e-10)
    np.testing.assert_allclose(x[3], [-8.8791, 0.1564], atol=5e-5)


@pytest.mark.parametrize(
    ("step", "y", "total", "rate"),
    [(1, 0.5, 625, 0.02), (10, 0.00311, 851.64, 0.0171), (1000, 0, 851.65, 0.0171)],
)
def test_the_table_that_the_next_chapter_opens_with(step, y, total, rate):
    """Σg² in the steep coordinate is done by step 10 and stays for ever."""
    seen = states(valley, START, AdaGrad(0.5), steps=1000).s[step, 1]
    assert minimize(valley, START, AdaGrad(0.5), steps=step).x[-1, 1] == pytest.approx(y, abs=1e-5)
    assert seen == pytest.approx(total, abs=5e-3)
    assert 0.5 / math.sqrt(seen) == pytest.approx(rate, abs=5e-5)


def test_the_end_of_the_thousand_steps():
    """x is at −0.00094: near, and not yet there."""
    end = minimize(valley, START, AdaGrad(0.5), steps=1000).x[-1]
    assert end[0] == pytest.approx(-0.00094, abs=5e-6)
    assert abs(end[1]) < 1e-12


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (AdaGrad(1.0), 0.990099),
        (AdaGrad(1.0, eps_inside=True), 0.001),
        (AdaGrad(1.0, eps=1e-7), 0.090909),
        (AdaGrad(1.0, 1e-7, initial=0.1, eps_inside=True), 3.1623e-8),
    ],
    ids=repr,
)
def test_the_first_step_for_a_gradient_of_1e_8(rule, expected):
    """Where ε stands and where s starts make seven orders of magnitude."""
    step = -rule.step([0.0], [1e-8], rule.init([0.0]))[0][0]
    assert step == pytest.approx(expected, rel=1e-4)


def test_a_cliff_costs_twenty_six_times_the_steps():
    """One gradient of about 101 first, then those of a slope of 1."""

    class Cliff:
        def __call__(self, w):
            return np.sqrt(1 + (w[0] - 20) ** 2) + 100 * np.maximum(-w[0], 0)

        def grad(self, w):
            return (w - 20) / np.sqrt(1 + (w - 20) ** 2) - 100 * (w < 0)

    arrivals = [
        int(np.argmax(minimize(Cliff(), (w0,), AdaGrad(1.0), steps=4000).x[:, 0] > 19))
        for w0 in (0.0, -1.0)
    ]
    assert arrivals == [108, 2765]


def test_raw_flats_need_a_rate_for_each_weight_and_scaled_ones_do_not():
    """1000 steps: plain descent far off at its best rate, AdaGrad near; scaled, both are there."""
    flats, model = houses(), MLP((7, 1))
    raw = model.objective(flats.x, flats.price[None], mean_squared_error)
    scaled = model.objective(standardize(flats.x).x, flats.price[None], mean_squared_error)

    def error(loss, optimizer, steps):
        return math.sqrt(minimize(loss, np.zeros(8), optimizer, steps=steps).value[-1])

    assert error(raw, GradientDescent(1e-4), 1000) > 140_000
    assert error(raw, AdaGrad(2e4), 1000) == pytest.approx(10_965, abs=1)
    assert error(scaled, GradientDescent(0.2), 100) < 10_200
    assert error(scaled, AdaGrad(2e5), 100) < 10_200


def test_at_half_a_unit_the_digits_are_decided_by_rounding():
    """A start moved by 1e-13 ends elsewhere at 0.5, and at the tuned 0.2 in the same place."""
    net, data, nudge = MLP((64, 64, 10)), digits(), 1 + 1e-13

    def moved(lr, seed):
        ends = [
            train(
                net, data, AdaGrad(lr), epochs=10, batch_size=32, seed=seed,
                parameters=net.initial(seed) * factor,
            ).loss[-1]
            for factor in (1, nudge)
        ]  # fmt: skip
        return abs(ends[1] / ends[0] - 1)

    assert max(moved(0.5, seed) for seed in range(5)) > 1e-4
    assert max(moved(0.2, seed) for seed in range(3)) < 1e-6


# --- how long a step is ---------------------------------------------------------------------


@given(g=sizes, sign=st.sampled_from([-1, 1]), lr=st.floats(1e-4, 1e4))
def test_the_first_step_is_the_rate_whatever_the_gradient(g, sign, lr):
    """g / √g² is ±1."""
    points, _ = follow(AdaGrad(lr), [np.array([sign * g])])
    assert points[1, 0] == pytest.approx(-sign * lr, rel=1e-6)


@given(g=sizes, lr=st.floats(1e-3, 1e3))
def test_a_constant_gradient_gives_lr_over_the_root_of_the_step_number(g, lr):
    """lr, lr/√2, lr/√3 …, whatever the gradient's size."""
    points, _ = follow(AdaGrad(lr), [np.array([g])] * 50)
    expected = lr / np.sqrt(np.arange(1, 51))
    np.testing.assert_allclose(-np.diff(points[:, 0]), expected, rtol=1e-6)


@pytest.mark.parametrize("steps", [100, 400, 10_000])
def test_a_way_is_twice_lr_times_the_root_of_the_number_of_steps(steps):
    """2 lr √t, less about 1.46 lr."""
    points, _ = follow(AdaGrad(0.1), [np.array([3.0])] * steps)
    way = -points[-1, 0]
    assert 2 * 0.1 * math.sqrt(steps) - 0.15 < way < 2 * 0.1 * math.sqrt(steps)


@given(grads=gradients, lr=st.floats(1e-3, 10))
def test_no_step_is_longer_than_the_rate(grads, lr):
    """g is part of its own sum, so |g| ≤ √s."""
    points, _ = follow(AdaGrad(lr), grads)
    assert (np.abs(np.diff(points, axis=0)) <= lr * (1 + 1e-9) + 1e-12).all()


@given(grads=gradients)
def test_the_lemma_behind_the_bound_on_the_regret(grads):
    """Σ g²/√s ≤ 2√s: the sum of g · step grows as √t with bounded gradients."""
    points, sums = follow(AdaGrad(1.0), grads)
    work = -(np.diff(points, axis=0) * grads).sum(axis=0)
    assert (work <= 2 * np.sqrt(sums[-1]) + 1e-9).all()


@given(grads=gradients, inside=st.booleans(), initial=st.floats(0, 5))
def test_the_rate_of_a_coordinate_never_grows(grads, inside, initial):
    """A sum of squares only grows."""
    rule = AdaGrad(1.0, 1e-3, initial=initial, eps_inside=inside)
    _, sums = follow(rule, grads)
    assert (np.diff(sums, axis=0) >= 0).all()
    expected = initial + np.concatenate([np.zeros((1, 3)), np.cumsum(grads**2, axis=0)])
    np.testing.assert_allclose(sums, expected, rtol=1e-12)


# --- what it does not mind, and what it does ------------------------------------------------


@given(factors=st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3), grads=gradients)
def test_a_factor_on_the_gradients_of_a_coordinate_cancels(factors, grads):
    """Without ε, a factor for each coordinate changes nothing at all."""
    grads = np.where(grads == 0, 1.0, grads)
    one, _ = follow(AdaGrad(0.3, eps=0), grads)
    other, _ = follow(AdaGrad(0.3, eps=0), grads * factors)
    np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("steepness", [25, 25_000, 2.5e-3])
def test_a_steeper_valley_is_the_same_path(steepness):
    """Up to ε, for a thousand steps."""
    path = minimize(valley, START, AdaGrad(0.5), steps=1000).x
    other = minimize(Valley([[1, 0], [0, steepness]]), START, AdaGrad(0.5), steps=1000).x
    np.testing.assert_allclose(other, path, atol=1e-6)


@given(unit=st.floats(0.01, 100))
def test_another_unit_is_another_path_unless_the_rate_is_in_that_unit_too(unit):
    """lr is a length: all in units `unit` times as small, lr included, is the same walk."""
    same = Valley(np.diag([1, 25]) / unit**2)
    start = (START[0] * unit, START[1] * unit)
    path = minimize(valley, START, AdaGrad(0.5, eps=0), steps=20).x
    in_units = minimize(same, start, AdaGrad(0.5 * unit, eps=0), steps=20).x
    np.testing.assert_allclose(in_units / unit, path, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("unit", [10, 1000])
def test_in_a_smaller_unit_the_same_rate_takes_a_shorter_way(unit):
    """The first step of AdaGrad gets `unit` times as small, that of descent unit² times."""
    same, start = Valley([[1, 0], [0, 25 / unit**2]]), (START[0], START[1] * unit)
    for optimizer, power in ((AdaGrad(0.5), 1), (GradientDescent(0.01), 2)):
        one = np.diff(minimize(valley, START, optimizer, steps=1).x[:, 1])
        other = np.diff(minimize(same, start, optimizer, steps=1).x[:, 1]) / unit
        np.testing.assert_allclose(other, one / unit**power, rtol=1e-7)


@pytest.mark.parametrize(
    ("degrees", "counts"), [(0, [994, 276, 81, 17]), (45, [786, 294, 205, 205])]
)
def test_a_turned_valley_is_another_problem(degrees, counts):
    """It knows coordinates and not directions; plain descent does not care."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, -s], [s, c]])
    turned, start = Valley(turn @ np.diag([1, 25]) @ turn.T), turn @ START

    def needed(optimizer):
        x = minimize(turned, start, optimizer, steps=2000).x
        return int(np.flatnonzero((x**2).sum(axis=1) >= 1e-6)[-1]) + 1

    assert [needed(AdaGrad(lr)) for lr in (0.5, 1, 2, 5)] == counts
    assert needed(GradientDescent(2 / 26)) == 116


# --- variants and errors --------------------------------------------------------------------


@given(grads=gradients, initial=st.floats(0.01, 10))
def test_an_initial_sum_is_like_an_earlier_gradient(grads, initial):
    """A start at c is a first gradient of √c that moved nothing."""
    one, _ = follow(AdaGrad(0.3, initial=initial), grads)
    earlier = np.full((1, 3), math.sqrt(initial))
    other, _ = follow(AdaGrad(0.3), np.concatenate([earlier, grads]))
    np.testing.assert_allclose(one, other[1:] - other[1], rtol=1e-9, atol=1e-11)


@given(grads=gradients, eps=st.floats(1e-6, 1))
def test_eps_inside_is_a_sum_that_starts_at_eps(grads, eps):
    """√(s + ε) with s from 0 is √s with s from ε."""
    inside, _ = follow(AdaGrad(0.3, eps, eps_inside=True), grads)
    from_eps, _ = follow(AdaGrad(0.3, 0.0, initial=eps), grads)
    np.testing.assert_allclose(inside, from_eps, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("inside", [False, True])
def test_a_coordinate_without_a_gradient_does_not_move(inside):
    """That is what ε is for; without it, 0 / 0."""
    points, _ = follow(AdaGrad(0.5, eps_inside=inside), [np.array([0.0, 1.0])] * 3)
    assert (points[:, 0] == 0).all()
    points, _ = follow(AdaGrad(0.5, eps=0, eps_inside=inside), [np.array([0.0, 1.0])] * 3)
    assert np.isnan(points[-1, 0])


def test_many_points_go_each_by_itself():
    """(d, n): every column as if alone."""
    rng = np.random.default_rng(0)
    grads, x0 = rng.normal(size=(10, 2, 4)), rng.normal(size=(2, 4))
    together, _ = follow(AdaGrad(0.3), grads, x0)
    for i in range(4):
        alone, _ = follow(AdaGrad(0.3), grads[..., i], x0[:, i])
        np.testing.assert_array_equal(together[..., i], alone)


def test_a_step_changes_neither_point_nor_state():
    """And takes integers."""
    x, state = np.array([1, 2]), AdaGrad().init([1, 2])
    AdaGrad(0.5).step(x, np.array([3, -4]), state)
    assert x.tolist() == [1, 2]
    assert state.s.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"lr": 0}, "AdaGrad: lr"),
        ({"lr": -1}, "AdaGrad: lr"),
        ({"lr": math.nan}, "AdaGrad: lr"),
        ({"eps": -1e-9}, "AdaGrad: eps"),
        ({"initial": -0.1}, "AdaGrad: initial"),
        ({"initial": math.inf}, "AdaGrad: initial"),
        ({"weight_decay": -1}, "AdaGrad: weight_decay"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, words):
    """The message says whose argument it is."""
    with pytest.raises(ValueError, match=re.escape(words)):
        AdaGrad(**arguments)


# --- the exercises --------------------------------------------------------------------------


def test_the_exercise_takes_the_steps_of_the_class():
    """Bit for bit."""
    grads = np.random.default_rng(1).normal(size=(20, 3))
    points, sums = follow(AdaGrad(0.3, eps=0.01), grads)
    x, s = points[0], sums[0]
    for grad, point, total in zip(grads, points[1:], sums[1:], strict=True):
        x, s = check.adagrad_step.reference(x, grad, s, lr=0.3, eps=0.01)
        np.testing.assert_array_equal(x, point)
        np.testing.assert_array_equal(s, total)


@given(
    distance=st.floats(0.1, 1e6),
    steps=st.integers(1, 200),
    grad=sizes,
    initial=st.sampled_from([0.0, 0.1, 3.0, 10_201.0]),
)
def test_the_rate_needed_takes_adagrad_where_it_should(distance, steps, grad, initial):
    """A walk at that rate ends at the distance."""
    lr = check.rate_needed.reference(distance, steps, grad, initial)
    points, _ = follow(AdaGrad(lr, eps=0, initial=initial), [np.array([-grad])] * steps)
    assert points[-1, 0] == pytest.approx(distance, rel=1e-9)


def test_the_bug_that_stands_in_the_exercise_is_the_one_that_the_check_names():
    """The Markdown shows real code; it is taken from there and handed in."""
    notebook = json.loads((HERE.parent / "solutions" / "11_adagrad.ipynb").read_text("utf-8"))
    text = "".join(line for cell in notebook["cells"] for line in cell["source"])
    code = re.search(r"```python\n(def train_adagrad.*?)```", text, re.DOTALL)[1]
    namespace = {"np": np}
    exec(code, namespace)
    assert check.train_adagrad.judge(namespace["train_adagrad"]).mistake == "_planted"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ((330_000, 1000, 7.0, 0), 5340),
        ((20, 100, 1, 0), 1.08),
        ((20, 100, 1, 101**2), 20.2),
    ],
)
def test_the_numbers_that_the_exercise_names(call, expected):
    """To the digits given there."""
    assert check.rate_needed.reference(*call) == pytest.approx(expected, rel=5e-3)


def step_with_lists(point, g, total, *, lr, eps):
    point, g, total = (np.asarray(a, dtype=float) for a in (point, g, total))
    new = np.add(total, np.multiply(g, g))
    return [np.subtract(point, lr / (new**0.5 + eps) * g), new]


def step_in_place_on_copies(x, grad, s, *, lr, eps):
    x, s = np.array(x, dtype=float), np.array(s, dtype=float)
    s += np.square(grad)
    x -= np.float64(lr) * grad / (np.sqrt(s) + eps)
    return x, s


def step_by_the_rate(x, grad, s, *, lr, eps):
    total = np.abs(grad) ** 2 + s
    rate = np.divide(lr, eps + np.sqrt(total))
    return x + rate * -grad, total


def train_with_one_loop(grad, x, batches, epochs, lr, eps):
    total = 0
    for batch in list(batches) * epochs:
        g = grad(x, batch)
        total = total + g * g
        x = x - lr / (total**0.5 + eps) * g
    return x


def train_with_the_class(grad, x, batches, epochs, lr, eps):
    rule = AdaGrad(lr, eps)
    state = rule.init(x)
    for _ in range(epochs):
        for batch in batches:
            x, state = rule.step(x, grad(x, batch), state)
    return x


def train_in_place(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.zeros_like(x)
    i = 0
    while i < epochs * len(batches):
        g = grad(x, batches[i % len(batches)])
        s += g**2
        x -= lr * g / (np.sqrt(s) + eps)
        i += 1
    return x


def rate_by_a_loop(distance, steps, grad, initial):
    s, way = initial, 0
    for _ in range(steps):
        s = s + grad**2
        way = way + grad / math.sqrt(s)
    return distance / way


def rate_by_the_class(distance, steps, grad, initial):
    rule = AdaGrad(1.0, 0.0, initial=initial)
    x, state = np.array([0.0]), rule.init([0.0])
    for _ in range(steps):
        x, state = rule.step(x, np.array([grad]), state)
    return -distance / x[0]


def rate_without_the_gradient_above(way, n, g, s0):
    return way / math.fsum(1 / math.sqrt(s0 / g**2 + k) for k in range(1, n + 1))


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.adagrad_step, step_with_lists),
        (check.adagrad_step, step_in_place_on_copies),
        (check.adagrad_step, step_by_the_rate),
        (check.train_adagrad, train_with_one_loop),
        (check.train_adagrad, train_with_the_class),
        (check.train_adagrad, train_in_place),
        (check.rate_needed, rate_by_a_loop),
        (check.rate_needed, rate_by_the_class),
        (check.rate_needed, rate_without_the_gradient_above),
    ],
)
def test_a_right_answer_written_differently_is_right(exercise, answer):
    """Other names, other formulas, lists for arrays."""
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)
