"""Measured gradients, the check and its diagnoses, and chapter 06's exercises."""

import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit import graphs
from coursekit.authoring.lint_outputs import html_problems
from coursekit.checks import gradient_checking as check
from coursekit.gradcheck import (
    LayeredLoss,
    check_gradient,
    check_graph,
    numerical_gradient,
    relative_error,
)
from coursekit.gradcheck.numerical import step_for, takes_many_points
from coursekit.gradcheck.picture import CELLS, LEVELS, coarse
from coursekit.landscapes import ALL, ackley, bowl
from coursekit.losses import cross_entropy, mean_squared_error, sum_of_squared_residuals
from coursekit.networks import ACTIVATIONS, MLP
from coursekit.plotting import draw_gradient_report, subplots

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "benchmarks"))
from gradcheck_planted_bugs import checked, false_alarms, graph_trials, trial  # noqa: E402
from planted_bugs import BUGS, random_network  # noqa: E402

sys.path.pop(0)

RNG = np.random.default_rng(0)


def cubes(x):
    return np.sum(x**3)


def waves(x):
    return np.sum(np.sin(x) * np.exp(x / 3), axis=0)


def waves_grad(x):
    return (np.cos(x) + np.sin(x) / 3) * np.exp(x / 3)


# --- numerical_gradient ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "expected"), [("central", 12.25), ("forward", 15.25), ("complex", 11.75)]
)
def test_the_rules_by_hand(method, expected):
    """w³ at 2 with h = ½: 12 + h², 12 + 6h + h², and 12 − h² along the imaginary axis."""
    slope = numerical_gradient(cubes, [2.0], step=0.5, method=method)
    assert slope == pytest.approx([expected], rel=1e-14)


@pytest.mark.parametrize(
    ("method", "rtol"), [("central", 3e-9), ("forward", 1e-6), ("complex", 1e-14)]
)
@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 2), (2, 3, 2)])
def test_every_shape_and_method(method, rtol, shape):
    x = np.random.default_rng(1).uniform(1, 2, shape)
    slope = numerical_gradient(lambda x: np.sum(np.exp(x)), x, method=method)
    assert slope.shape == shape
    assert slope.dtype == np.float64
    np.testing.assert_allclose(slope, np.exp(x), rtol=rtol)


def test_the_step_grows_with_the_coordinate():
    """Below 1 it is ∛ε, √ε or 1e-20; at a million, a million times as much."""
    h = step_for(np.array([0.0, -0.5, -1e6]))
    np.testing.assert_allclose(h, [6.0554545e-6, 6.0554545e-6, 6.0554545])
    assert step_for(np.array(2.0), "forward") == pytest.approx(2 * 2**-26)
    assert step_for(np.array(1.0), "complex") == 1e-20
    x = np.array([1e-3, 1.0, 1e6])
    slope = numerical_gradient(lambda x: np.sum(np.log(x**2)), x)
    np.testing.assert_allclose(slope, 2 / x, rtol=2e-5)
    slope = numerical_gradient(lambda x: np.sqrt(x[0]), [1e12])
    assert slope == pytest.approx([0.5e-6], rel=1e-8)


def test_the_width_is_that_of_the_rounded_points():
    """At 2²⁰ a step of 1e-9 is rounded to 9.3e-10; the quotient knows it."""
    slope = numerical_gradient(lambda x: 4 * x[0], [2.0**20], step=1e-9)
    assert slope.tolist() == [4.0]


def test_a_step_for_each_coordinate():
    slope = numerical_gradient(cubes, [2.0, 2.0], step=[0.5, 0.1])
    np.testing.assert_allclose(slope, [12.25, 12.01], rtol=1e-12)


def test_x_is_left_alone_and_whole_numbers_are_converted():
    x = np.array([1, 2])
    np.testing.assert_allclose(numerical_gradient(cubes, x), [3, 12], rtol=1e-8)
    assert x.tolist() == [1, 2]

    def vandal(x):
        value = cubes(x)
        x.fill(0)
        return value

    np.testing.assert_allclose(numerical_gradient(vandal, [1.0, 2.0]), [3, 12], rtol=1e-8)


def test_points_at_once_give_what_points_one_by_one_give():
    """Found out by trying, or told; in portions where there are many."""
    x = np.linspace(-1, 1, 700)
    shapes = []

    def f(x):
        shapes.append(x.shape)
        return waves(x)

    one_by_one = numerical_gradient(f, x, batched=False)
    assert set(shapes) == {(700,)}
    shapes.clear()
    np.testing.assert_allclose(numerical_gradient(f, x), one_by_one, atol=1e-7)
    assert sum(len(s) == 2 for s in shapes) == 3
    shapes.clear()
    x = np.linspace(-1, 1, 2**11)
    numerical_gradient(f, x, batched=True)
    assert shapes == [(2048, 512)] * 8
    matrix = np.ones((2, 3))
    slope = numerical_gradient(lambda x: (x**2).sum(axis=(0, 1)), 3 * matrix, batched=True)
    np.testing.assert_allclose(slope, 6 * matrix, rtol=1e-9)


@pytest.mark.parametrize(
    ("f", "size", "many"),
    [
        (bowl, 2, True),
        (waves, 3, True),
        (lambda x: np.sum(x**2), 3, False),
        (lambda x: x[0] * x[1] if x.ndim == 1 else 1 / 0, 3, False),
        (lambda x: x[:2] @ x[1:], 3, False),
        (lambda x: float(x.reshape(3) @ x), 3, False),
        (lambda x: waves(x) if x.ndim == 1 else waves(x)[::-1], 3, False),
    ],
)
def test_a_function_of_many_points_is_told_from_one_of_a_single_point(f, size, many):
    assert takes_many_points(f, np.arange(1.0, size + 1)) == many
    assert not takes_many_points(f, np.ones((size, 1)))


BAD_CALLS = [
    (lambda: numerical_gradient(cubes, [1.0], step=0), ValueError, "step must be > 0"),
    (lambda: numerical_gradient(cubes, [1.0], step=-1e-5), ValueError, "step must be > 0"),
    (lambda: numerical_gradient(cubes, [1.0], step=np.nan), ValueError, "step must be > 0"),
    (lambda: numerical_gradient(cubes, [1.0], method="both"), ValueError, "one of central"),
    (lambda: numerical_gradient(cubes, ["a"]), TypeError, "numerical_gradient: x"),
    (lambda: numerical_gradient(lambda x: x, [1.0, 2.0, 3.0]), ValueError, "one number"),
    (lambda: numerical_gradient(lambda x: None, [1.0]), ValueError, "one number"),
    (lambda: numerical_gradient(cubes, [1.0], batched=True), ValueError, "each of 1 points"),
    (lambda: numerical_gradient(lambda x: np.float32(cubes(x)), [1.0]), TypeError, "float32"),
    (
        lambda: numerical_gradient(lambda x: np.abs(x).sum(), [1.0], method="complex"),
        TypeError,
        "real number for a complex x",
    ),
    (
        lambda: numerical_gradient(lambda x: float(x[0]), [1.0], method="complex"),
        TypeError,
        "does not take complex",
    ),
    (lambda: numerical_gradient(bowl, (1.0, 2.0), method="complex"), TypeError, "complex"),
    (lambda: check_gradient(bowl, bowl.grad, np.array([1, 2])), TypeError, "x.astype(float)"),
    (lambda: check_gradient(bowl, bowl.grad, np.float32([1, 2])), TypeError, "float32"),
    (
        lambda: check_gradient(bowl, lambda x: np.float32(bowl.grad(x)), (1, 2)),
        TypeError,
        "the gradient is float32",
    ),
    (
        lambda: check_gradient(lambda x: np.float32(bowl(x)), bowl.grad, (1, 2)),
        TypeError,
        "f is float32",
    ),
    (
        lambda: check_gradient(lambda x: float(np.float32(bowl(x))), bowl.grad, (1, 2)),
        TypeError,
        "what f computes with is float32",
    ),
    (lambda: check_gradient(bowl, None, (1, 2)), ValueError, "grad returned None"),
    (lambda: check_gradient(bowl, lambda x: None, (1, 2)), ValueError, "`return` missing"),
    (lambda: check_gradient(bowl, bowl.grad, (1, np.nan)), ValueError, "x must be finite"),
    (lambda: check_gradient(cubes, cubes, np.zeros(0)), ValueError, "at least one"),
    (lambda: check_gradient(bowl, [1.0], (1, 2)), ValueError, "the shape of x"),
    (lambda: check_gradient(bowl, np.ones((2, 1)), (1, 2)), ValueError, "the shape of x"),
    (lambda: check_gradient(lambda x: np.inf, [1.0], (1.0,)), ValueError, "f(x) must be finite"),
    (
        lambda: check_gradient(lambda x: np.log(x[0]) if x[0] > 0 else np.inf, [1e7], (1e-7,)),
        ValueError,
        "not finite a step away",
    ),
    (
        lambda: check_gradient(lambda x: RNG.normal() + x[0], [1.0], (1.0,)),
        ValueError,
        "Switch off dropout",
    ),
    (lambda: check_gradient(bowl, bowl.grad, (1, 2), tolerance=0), ValueError, "tolerance"),
    (lambda: check_gradient(bowl, [1, 1], (1, 2), batch=0), ValueError, "batch"),
    (
        lambda: check_gradient(bowl, [1, 1], (1, 2), weight_decay=[1, 2, 3]),
        ValueError,
        "weight_decay must be one number",
    ),
    (
        lambda: check_gradient(bowl, bowl.grad, (1, 2), blocks={"a": (1,)}),
        ValueError,
        "element 1 is in no block",
    ),
    (
        lambda: check_gradient(bowl, bowl.grad, (1, 2), blocks={"a": (1,), "b": (2,)}),
        ValueError,
        "b ends at 3",
    ),
    (
        lambda: check_gradient(
            bowl, bowl.grad, (1, 2), blocks={"a": (slice(0, 2), (2,)), "b": (slice(1, 2), (1,))}
        ),
        ValueError,
        "more than one",
    ),
    (
        lambda: check_gradient(bowl, bowl.grad, (1, 2), blocks={"a": (slice(0, 2), (3,))}),
        ValueError,
        "does not hold",
    ),
    (lambda: LayeredLoss((2, 1), np.ones((3, 4)), np.ones((1, 4))), ValueError, "inputs (2, n)"),
    (
        lambda: LayeredLoss((2, 1), np.ones((2, 4)), np.ones((1, 4)), mean_squared_error)(
            np.ones(4)
        ),
        ValueError,
        "3 parameters",
    ),
    (lambda: check_graph(3.0), TypeError, "a node as its root"),
    (lambda: check_graph(graphs.Node([1.0, 2.0])), ValueError, "a scalar root"),
    (lambda: check_graph(graphs.Node(1.0) * 2, {}), ValueError, "none for input"),
]


@pytest.mark.parametrize(
    ("call", "error", "words"), BAD_CALLS, ids=[f"{i} {w}" for i, (*_, w) in enumerate(BAD_CALLS)]
)
def test_what_cannot_be_checked_is_refused_with_advice(call, error, words):
    with pytest.raises(error, match=re.escape(words)), np.errstate(all="ignore"):
        call()


def test_functions_that_modify_x_are_refused():
    def vandal(x):
        x += 1
        return cubes(x)

    with pytest.raises(ValueError, match="f modifies its argument"):
        check_gradient(vandal, lambda x: 3 * x**2, [1.0])
    with pytest.raises(ValueError, match="grad modifies its argument"):
        check_gradient(cubes, lambda x: 3 * np.square(x, out=x), [2.0])


# --- the loss of a layered network ----------------------------------------------------------


def some_loss(seed, **options):
    rng = np.random.default_rng(seed)
    sizes = tuple(int(n) for n in rng.integers(1, 6, rng.integers(2, 6)))
    n = int(rng.integers(1, 5))
    kinds = [cross_entropy, mean_squared_error, sum_of_squared_residuals]
    loss = kinds[rng.integers(3)]
    by_class = loss is cross_entropy
    targets = rng.integers(sizes[-1], size=n) if by_class else rng.normal(size=(sizes[-1], n))
    layered = LayeredLoss(sizes, rng.normal(size=(sizes[0], n)), targets, loss, **options)
    size = sum((a + 1) * b for a, b in pairwise(sizes))
    return layered, rng.normal(size=size)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"activation": lambda z: np.maximum(z, 0)},
        {"output": np.tanh},
        {"weight_decay": 0.3},
    ],
    ids=lambda options: "".join(options) or "plain",
)
@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), size=st.sampled_from([1e-6, 0.1, 3.0]))
def test_along_is_the_loss_at_the_moved_point(options, seed, size):
    """Not a formula for the slope: for large moves, too, it is the loss itself."""
    layered, x = some_loss(seed, **options)
    moves = size * np.random.default_rng(seed).normal(size=x.size)
    order = np.random.default_rng(seed).permutation(x.size)
    expected = [layered(x + moves[i] * (np.arange(x.size) == i)) for i in order]
    np.testing.assert_allclose(layered.along(x, order, moves[order]), expected, rtol=1e-12)


@pytest.mark.parametrize("loss", [cross_entropy, mean_squared_error])
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_it_is_the_loss_of_the_network_of_chapter_07(loss, activation):
    """And that network's gradient passes the check by both ways of measuring."""
    net = MLP((3, 5, 4, 2), activation=activation)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(3, 6)), rng.normal(size=(2, 6))
    if loss is cross_entropy:
        y = rng.integers(2, size=6)
    p = net.initial(1) + 0.1 * rng.normal(size=net.size)
    objective = net.objective(x, y, loss, weight_decay=0.1)
    layers = LayeredLoss(net.sizes, x, y, loss, ACTIVATIONS[activation].value, weight_decay=0.1)
    assert layers(p) == pytest.approx(objective(p), rel=1e-14)
    assert {k: tuple(v) for k, v in layers.blocks.items()} == {
        k: tuple(v) for k, v in net.blocks.items()
    }
    quick = check_gradient(objective, objective.grad, p, layers=layers)
    slow = check_gradient(objective, objective.grad, p, blocks=net.blocks)
    assert quick.ok
    assert slow.ok
    np.testing.assert_allclose(quick.numerical, slow.numerical, rtol=1e-6, atol=1e-9)


def test_one_decay_for_each_parameter():
    layered, x = some_loss(3, weight_decay=0.0)
    strengths = np.arange(x.size) / 10.0
    decayed = LayeredLoss(
        layered.sizes, layered.inputs, layered.targets, layered.loss, weight_decay=strengths
    )
    assert decayed(x) == pytest.approx(layered(x) + (strengths * x**2).sum() / 2, rel=1e-13)
    moved = x + 0.5 * (np.arange(x.size) == 2)
    along = decayed.along(x, np.array([2]), np.array([0.5]))
    assert along == pytest.approx([decayed(moved)], rel=1e-13)


def test_layers_that_are_another_function_are_refused():
    """The quick way is compared with f itself at a few points."""
    net = random_network(0)
    with pytest.raises(ValueError, match="layers is not the same function"):
        check_gradient(
            lambda x: net.layered(x) + 1e-6 * x[0], net.gradient(), net.x, layers=net.layered
        )


# --- the verdict ----------------------------------------------------------------------------


@pytest.mark.parametrize("landscape", ALL, ids=lambda f: f.name)
@settings(max_examples=15)
@given(u=st.floats(0, 1), v=st.floats(0, 1), scale=st.sampled_from([1e-8, 1.0, 1e8]))
def test_right_gradients_pass_at_any_scale(landscape, u, v, scale):
    """Every landscape of the course, anywhere in its frame, kinks included."""
    x0, x1, y0, y1 = landscape.frame
    point = np.array([x0 + u * (x1 - x0), y0 + v * (y1 - y0)])
    report = check_gradient(
        lambda x: scale * landscape(x), lambda x: scale * landscape.grad(x), point
    )
    assert report.ok, str(report)


@settings(max_examples=40)
@given(
    error=st.sampled_from([3e-5, 1e-3, 0.5, -0.5, 2.0]),
    scale=st.sampled_from([1e-8, 1.0, 1e8]),
    at=st.integers(0, 4),
)
def test_an_error_above_the_tolerance_is_found_at_any_scale(error, scale, at):
    x = np.array([0.3, -1.2, 2.0, 0.9, -0.4])
    wrong = scale * waves_grad(x)
    wrong[at] *= 1 + error
    report = check_gradient(lambda x: scale * waves(x), wrong, x)
    assert report.wrong.sum() == 1
    assert report.where == f"[{at}]"
    largest = max(abs(1 + error), 1)
    assert report.max_error == pytest.approx(abs(error) / largest, rel=1e-2)


def test_the_tolerance_is_where_it_says():
    x = np.array([0.3, -1.2, 2.0])
    for share, ok in ((0.9, True), (1.1, False)):
        assert check_gradient(waves, waves_grad(x) * (1 + share * 1e-5), x).ok is ok
        given = check_gradient(waves, waves_grad(x) * (1 + share * 1e-3), x, tolerance=1e-3)
        assert given.ok is ok


def test_two_zeros_agree_and_one_does_not():
    """0 / 0 counts as agreement; a zero where there is a slope is entirely wrong."""
    assert relative_error(np.zeros(3), np.zeros(3)).tolist() == [0, 0, 0]
    assert relative_error(np.array([0.0, 2.0]), np.array([5.0, 1.0])).tolist() == [1, 0.5]
    assert relative_error(np.array([np.nan, np.inf]), np.zeros(2)).tolist() == [np.inf, np.inf]
    assert relative_error(np.array([1.0]), np.array([1.5]), 0.5).tolist() == [0]
    constant = check_gradient(lambda x: 3.0, np.zeros_like, [1.0, 2.0])
    assert constant.ok
    assert constant.max_error == 0
    assert check_gradient(bowl, [0.0, 8.0], (1, 2)).max_error == pytest.approx(1)


@pytest.mark.parametrize("offset", [0.0, 1e-9, 1e-7, 1e-6, -3e-6])
def test_a_kink_is_no_error_and_hides_none(offset):
    """At, and next to, the corner of |x|; its neighbours are judged as ever."""
    x = np.array([1.0, offset, -2.0])

    def f(x):
        return np.abs(x).sum() + x[0] ** 2

    def grad(x):
        return np.sign(x) + 2 * x * [1, 0, 0]

    report = check_gradient(f, grad, x)
    assert report.ok, str(report)
    assert report.kinks.tolist() == [False, abs(offset) < 1e-8, False]
    wrong = check_gradient(f, lambda x: grad(x) * [1, 1, -1], x)
    assert wrong.wrong.tolist() == [False, False, True]


def test_a_kink_is_told_from_a_curve():
    """A parabola's slopes differ left and right, too, but less and less."""
    sharp = check_gradient(lambda x: np.sum(1e6 * x**2), lambda x: 2e6 * x, np.zeros(2))
    assert sharp.ok
    assert not sharp.kinks.any()
    assert check_gradient(ackley, ackley.grad, (0.0, 0.0)).kinks.all()
    huge = check_gradient(lambda x: 1e3 + np.abs(x).sum(), np.sign, np.zeros(2))
    assert huge.kinks.all()
    corner = check_gradient(lambda x: np.maximum(x, 0).sum(), lambda x: 1.0 * (x > 0), np.zeros(1))
    assert corner.summary().endswith(
        "0 elements agree within 1e-05; 1 at a kink, where there is no gradient."
    )


def test_steps_that_suit_the_function_are_found():
    """A wave a thousand times shorter than usual, and a small slope beside a large value."""
    fast = check_gradient(
        lambda x: np.sin(3e4 * x).sum(), lambda x: 3e4 * np.cos(3e4 * x), [0.1, 0.2]
    )
    assert fast.ok, str(fast)
    flat = check_gradient(lambda x: 1e6 + waves(x), waves_grad, [0.3, 0.8])
    assert flat.ok, str(flat)
    assert not check_gradient(
        lambda x: 1e6 + waves(x), lambda x: 1.2 * waves_grad(x), [0.3, 0.8]
    ).ok


def test_relu_networks_pass_and_at_zero_they_are_all_kinks():
    net = random_network(4, activation="relu")
    assert checked(net, net.gradient()).ok
    relu = MLP((2, 3, 1), activation="relu")
    objective = relu.objective(np.ones((2, 4)), np.ones((1, 4)), mean_squared_error)
    p = relu.initial(0)
    p[: relu.blocks["b1"].where.stop] = 0
    report = check_gradient(objective, objective.grad, p, blocks=relu.blocks)
    assert report.ok, str(report)
    assert report.kinks[: relu.blocks["b1"].where.stop].all()


# --- the diagnosis --------------------------------------------------------------------------


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_and_named(bug):
    """The trial of benchmarks/gradcheck_planted_bugs.py, in fewer networks."""
    detected, named, _, others = trial(bug, 6)
    assert detected == 6
    assert named == 6, others


@pytest.mark.parametrize("bug", ["derivative at the wrong place", "derivative on the output"])
def test_one_hidden_layer_is_enough_to_name_a_misplaced_derivative(bug):
    small = [net for net in map(random_network, range(30)) if len(net.sizes) == 3][:4]
    assert len(small) == 4
    for net in small:
        assert checked(net, BUGS[bug](net)).names == (bug,)


def test_bugs_in_graphs_are_found_and_the_node_named():
    for name, detected, named in graph_trials(4):
        assert (detected, named) == (4, 4), name


def test_nothing_is_wrong_where_nothing_is_wrong():
    for what, alarms in false_alarms(5):
        assert alarms == 0, what


X = np.array([0.3, -1.2, 2.0, 0.9, -0.4, 1.7])
G = waves_grad(X)
BLOCKS = {"W1": (2, 2), "b1": (2,)}
WEIGHTS, BIASES = np.arange(6) < 4, np.arange(6) >= 4


def doubled_rows(g):
    return np.concatenate([g[:4].reshape(2, 2).T.ravel(), g[4:]])


PATTERNS = [
    (-G, {}, "wrong sign", "Everywhere: the sign is wrong"),
    (2 * G, {}, "factor 2", "twice too large"),
    (G / 2, {}, "factor 1/2", "half of what it should be"),
    (7 * G, {"batch": 7}, "not averaged", "7 times too large, which is the batch size"),
    (G / 7, {"batch": 7}, "averaged twice", "7 times too small, which is the batch size"),
    (7 * G, {}, "whole factor", "is 7 the number of examples"),
    (G / 7, {}, "whole factor", "7 times too small"),
    (1.3 * G, {}, "factor", "1.3 times what it should be"),
    (1.5 * G, {}, "factor", "1.5 times what it should be"),
    (np.where(BIASES, 5, 1) * G, {"batch": 5}, "bias summed", "In b1: 5 times too large"),
    (0 * G, {}, "zero", "Everywhere: the gradient is zero"),
    (G * WEIGHTS, {}, "zero", "In b1: the gradient is zero"),
    (G - 0.1 * X, {}, "regulariser missing", "too small by 0.1 times the parameters"),
    (G + 0.1 * X, {}, "regulariser doubled", "too large by 0.1 times"),
    (G - 0.1 * X, {"weight_decay": 0.1}, "regulariser missing", "part is missing, 0.1 times"),
    (G + 0.1 * X, {"weight_decay": 0.1}, "regulariser doubled", "once too often"),
    (G - 0.2 * X, {"weight_decay": 0.1}, "regulariser subtracted", "the wrong sign"),
    (3 * (G - 0.1 * X) + 0.1 * X, {"weight_decay": 0.1, "batch": 3}, "not averaged", "is right.)"),
    (-(G - 0.1 * X) + 0.1 * X, {}, "wrong sign", "The regulariser, 0.1 times"),
    (G + 2 * WEIGHTS * (G - 0.1 * X), {}, "whole factor", "In W1: 3 times too large"),
    (3 * (G - 0.1 * X) + 0.1 * X, {"weight_decay": 0.2}, "unknown", "The largest differences"),
    (doubled_rows(G), {}, "transposed", "In W1: the gradient is transposed"),
    (np.roll(G, 1), {}, "shifted by one", "one place beside"),
    (np.append(G[1:], 0), {}, "shifted by one", "one place beside"),
    (G + 0.7 * WEIGHTS, {}, "offset", "In W1: 0.7 is added"),
    (G * (np.arange(6) != 3), {}, "one element", "alone is wrong, W1[1, 1]"),
    (G * [1, 1, 0, 0, 1, 1], {}, "one row zero", "In W1: row 1 is zero"),
    (G * [1, 0, 1, 0, 1, 1], {}, "one column zero", "In W1: column 1 is zero"),
    (G[[3, 1, 0, 2, 4, 5]], {}, "reordered", "in another order"),
    (np.where(np.arange(6) == 1, np.nan, G), {}, "not finite", "first in W1[0, 1]"),
    (G + 0.3 * WEIGHTS * G**2, {}, "unknown", "None of the mistakes known here explains W1"),
    (G - np.sin(X), {"terms": {"waves": np.sin(X)}}, "waves missing", "'waves', which is missing"),
    (G + np.sin(X), {"terms": {"waves": np.sin(X)}}, "waves doubled", "is there twice"),
    (G - 2 * np.sin(X), {"terms": {"waves": np.sin(X)}}, "waves subtracted", "wrong sign"),
]


@pytest.mark.parametrize(
    ("wrong", "known", "name", "words"),
    PATTERNS,
    ids=[f"{i} {name}" for i, (*_, name, _) in enumerate(PATTERNS)],
)
def test_a_pattern_in_the_numbers_is_named(wrong, known, name, words):
    report = check_gradient(waves, wrong, X, blocks=BLOCKS, **known)
    assert not report.ok
    assert report.names == (name,)
    assert words in report.diagnosis


def test_signs_that_are_lost_are_named():
    report = check_gradient(lambda x: np.sum(x**2) / 2, np.abs, X, blocks=BLOCKS)
    assert report.names == ("sign lost",)
    assert report.findings[0].where == ("W1", "b1")


def test_blocks_are_diagnosed_each_by_itself():
    wrong = np.concatenate([-G[:4], 2 * G[4:]])
    report = check_gradient(waves, wrong, X, blocks=BLOCKS)
    assert report.names == ("wrong sign", "factor 2")
    assert [f.where for f in report.findings] == [("W1",), ("b1",)]
    half_known = np.concatenate([-G[:4], G[4:] + np.array([0.1, 0.5])])
    report = check_gradient(waves, half_known, X, blocks=BLOCKS)
    assert report.names == ("wrong sign", "unknown")


def test_blocks_that_changed_places_are_named():
    blocks = {"b1": (3,), "b2": (3,)}
    report = check_gradient(waves, np.concatenate([G[3:], G[:3]]), X, blocks=blocks)
    assert report.names == ("blocks swapped",)
    assert report.diagnosis.startswith("b1 and b2 have each other's gradient")
    report = check_gradient(waves, np.concatenate([G[3:], G[:2], [9]]), X, blocks=blocks)
    assert report.names == ("unknown",)


def test_a_gradient_of_the_transposed_shape_is_reported():
    x = X.reshape(2, 3)

    def f(x):
        return np.sum(np.sin(x) * np.exp(x / 3))

    report = check_gradient(f, waves_grad(x).T, x)
    assert report.names == ("transposed",)
    assert "(3, 2)" in report.diagnosis
    report = check_gradient(f, waves_grad(x).T.reshape(2, 3), x)
    assert report.names == ("transposed",)


def test_where_a_mistake_begins_is_said():
    net = random_network(1)
    gradient = net.gradient()
    last = f"W{len(net.sizes) - 1}"
    gradient[: net.part(last).start] *= np.linspace(1, 2, net.part(last).start)
    report = checked(net, gradient, known=False)
    assert report.names == ("unknown",)
    assert f"From layer {last[1:]} up all is right" in report.diagnosis
    assert f"passes from layer {last[1:]} to layer {int(last[1:]) - 1}," in report.diagnosis
    assert "The largest differences" in report.diagnosis
    assert len(str(report).splitlines()) >= 5


def test_a_diagnosis_works_with_an_activation_on_the_output():
    """The slope of the output's activation is looked for, too."""
    net = MLP((2, 3, 2), output="sigmoid")
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 5)), rng.uniform(size=(2, 5))
    p = rng.normal(size=net.size)
    sigmoid = ACTIVATIONS["sigmoid"].value
    layers = LayeredLoss(net.sizes, x, y, mean_squared_error, np.tanh, sigmoid)
    without = MLP((2, 3, 2))
    forward = net.forward(p, x)
    wrong = without.backward(forward, mean_squared_error.grad(forward.output, y))
    report = check_gradient(layers, wrong, p, layers=layers)
    assert report.names == ("activation's derivative missing",)
    assert "in layer 2:" in report.diagnosis


# --- graphs ---------------------------------------------------------------------------------


def forgetful(root):
    """Backpropagation with = where += belongs."""
    found = {root: np.array(1.0)}
    for node in reversed(graphs.topological_order(root)):
        for position, parent in enumerate(node.parents):
            found[parent] = graphs.vjp(node, position, found[node])
    return found


def test_a_right_graph_passes():
    """Broadcasting, a constant, relu away from 0, and an input that is used three times."""
    w, b = graphs.Node([[1.0, -2.0], [0.5, 3.0]], name="w"), graphs.Node([0.3, -0.1], name="b")
    report = check_graph(graphs.sum(graphs.relu(w @ w + b) * w + 2.0))
    assert report.ok
    assert list(report.blocks) == ["w", "b"]
    assert check_graph(graphs.relu(graphs.Node(0.0))).kinks.all()


def test_a_branch_that_is_lost_is_named_with_its_places():
    x = graphs.Node(0.7, name="x")
    report = check_graph(graphs.exp(x) + graphs.sin(x), forgetful)
    assert report.names == ("missing branch",)
    assert report.findings[0].where == ("x",)
    assert "2 places (exp, sin)" in report.diagnosis


def test_a_wrong_gradient_does_not_accuse_those_below():
    x = graphs.Node([0.7, -0.2], name="x")
    a = graphs.tanh(x).named("a")
    b = graphs.exp(a).named("b")
    root = graphs.sum(b * b)
    gradients = dict(graphs.backward(root))
    gradients[a] = -gradients[a]
    gradients[x] = -gradients[x]
    report = check_graph(root, gradients)
    assert report.names == ("wrong derivative",)
    assert report.findings[0].where == ("b",)
    assert "Its sign is wrong" in report.diagnosis


def test_nodes_without_a_name_are_numbered():
    x, y = graphs.Node(1.0), graphs.Node(2.0)
    report = check_graph(x * y * x, forgetful)
    assert list(report.blocks) == ["input 1", "input 2"]
    twins = graphs.Node(1.0, name="v") * graphs.Node(2.0, name="v")
    assert list(check_graph(twins).blocks) == ["v", "v (2)"]


# --- the report, and its pictures -----------------------------------------------------------


def test_a_single_number_can_be_checked():
    assert check_gradient(np.exp, np.exp, 0.5).ok
    report = check_gradient(np.exp, lambda x: -np.exp(x), 0.5)
    assert (report.where, report.names) == ("x", ("wrong sign",))
    assert html_problems(report._repr_html_()) == []


def test_a_report_in_words():
    report = check_gradient(waves, G * [1, 2, 1, 1, 1, 1], X, blocks=BLOCKS)
    first, said, element = str(report).splitlines()[0], report.diagnosis, report.lines()
    assert first == "✗ The gradient is wrong in 1 of 6 elements."
    assert said.startswith("One element alone is wrong, W1[0, 1]")
    assert element == [f"W1[0, 1]: yours {2 * G[1]:.4g}, measured {G[1]:.4g}"]
    assert report.where == "W1[0, 1]"
    assert report.max_error == pytest.approx(0.5)
    assert max(map(len, str(report).splitlines())) <= 88
    right = check_gradient(waves, G, X, blocks=BLOCKS)
    assert str(right) == "✓ The gradient is right: 6 elements agree within 1e-05."
    assert (right.where, right.diagnosis, right.names) == (None, "", ())


def test_the_worst_elements_come_first_and_at_most_three():
    wrong = G + np.array([0.01, -3, 0, 2, 0.5, 1])
    report = check_gradient(waves, wrong, X, blocks=BLOCKS)
    assert report.worst(9) == [1, 3, 5, 4, 0]
    assert len(report.lines()) == 3


def test_a_report_as_html_is_for_everybody():
    """A table with headers, a labelled map, nothing that differs from run to run."""
    wrong = G * [1.005, 1.2, 3, 1, 1, 1]
    html = check_gradient(waves, wrong, X, blocks=BLOCKS)._repr_html_()
    assert html_problems(html) == []
    assert html.count("<svg") == 2
    assert "aria-label='map of the errors in W1" in html
    assert "<td>2 × 2</td><td>3</td><td>0</td><td>6.7e-01</td>" in html
    for word in ("agrees", "less than 1 %", "1 to 50 %", "50 % or more"):
        assert word in html
    assert html_problems(check_gradient(bowl, bowl.grad, (1, 2))._repr_html_()) == []


def test_levels_and_large_blocks():
    levels = check_gradient(waves, G * [1.005, 1.2, 3, 1, 1, 1], X).levels
    assert levels.tolist() == [2, 3, 4, 0, 0, 0]
    assert check_gradient(lambda x: np.abs(x).sum(), np.sign, [0.0, 1.0]).levels.tolist() == [1, 0]
    large = np.zeros((100, 3), dtype=int)
    large[57, 1] = 4
    small = coarse(large)
    assert small.shape == (CELLS, 3)
    assert (small == 4).sum() == 1
    assert small[57 * CELLS // 100 : 57 * CELLS // 100 + 2, 1].max() == 4


def test_the_map_is_drawn():
    _, ax = subplots()
    report = check_gradient(waves, G * [1.005, 1.2, 3, 1, 1, 1], X, blocks=BLOCKS)
    image = draw_gradient_report(ax, report)
    assert image.get_array().filled(-1).tolist() == [[2, 3, -1, -1, 0], [4, 0, -1, -1, 0]]
    words = [text.get_text() for text in ax.legend().get_texts()]
    assert [word[-6:] for word in words] == [LEVELS[i][-6:] for i in (0, 2, 3, 4)]
    written = [text.get_text() for text in ax.texts]
    assert [w for w in written if w in ("W1", "b1")] == ["W1", "b1"]
    assert "×" in written
    mpl.pyplot.close("all")


# --- the exercises --------------------------------------------------------------------------


def test_the_exercises_agree_with_the_package():
    x = np.array([[0.3, -1.2], [2.0, 0.9]])
    ours = check.numerical_gradient.reference(cubes, x, 0.01)
    np.testing.assert_allclose(ours, numerical_gradient(cubes, x, step=0.01), rtol=1e-10)
    a, b = np.array([0.0, 1, -2, 1e-9]), np.array([0.0, 2, 2, 2e-9])
    np.testing.assert_array_equal(check.relative_error.reference(a, b), relative_error(a, b))


def solution_notebook():
    path = HERE.parent / "solutions" / "06_gradient_checking.ipynb"
    return ["".join(c["source"]) for c in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def test_the_bugs_that_stand_in_the_exercise_are_the_ones_that_the_check_names():
    """The Markdown shows real code; it is taken from there and handed in."""
    text = "\n".join(solution_notebook())
    namespace = {"np": np}
    exec(re.search(r"```python\n(def network_gradient.*?)```", text, re.DOTALL)[1], namespace)
    verdict = check.network_gradient.judge(namespace["network_gradient"])
    assert verdict.mistake == "_planted"


def test_the_reference_is_the_gradient_of_the_loss_that_the_exercise_shows():
    """And the report on the planted code names what it can: one bug, and where the others are."""
    cells = solution_notebook()
    namespace = {"np": np, "network_gradient": check.network_gradient.reference}
    exec(next(c for c in cells if c.startswith("def network_loss")), namespace)
    exec(next(c for c in cells if "def report_on" in c), namespace)
    assert namespace["report_on"](check.network_gradient.reference).ok
    planted = namespace["report_on"](check.network_gradient.mistakes[0].function)
    assert planted.names == ("bias summed", "unknown")
    left = namespace["report_on"](check._regulariser_left)
    assert left.names == ("regulariser missing",)


def slopes_by_recursion(f, point, step):
    point = np.asarray(point, dtype=np.float64)
    if point.ndim == 0:
        return (f(point + step) - f(point - step)) / step / 2
    out = np.zeros_like(point)
    walker = np.nditer(point, flags=["multi_index"])
    for _ in walker:
        moved = point.copy()
        moved[walker.multi_index] += step
        high = f(moved)
        moved[walker.multi_index] -= 2 * step
        out[walker.multi_index] = (high - f(moved)) / (2 * step)
    return out


def slopes_as_lists(f, x, h):
    flat = [float(v) for v in np.ravel(x)]
    result = []
    for i, v in enumerate(flat):
        up, down = list(flat), list(flat)
        up[i], down[i] = v + h, v - h
        high, low = (f(np.reshape(p, np.shape(x))) for p in (up, down))
        result.append(0.5 * (high - low) / h)
    return np.reshape(result, np.shape(x)).tolist()


def error_by_mask(a, b):
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    error = np.zeros(a.shape)
    some = (a != 0) | (b != 0)
    error[some] = abs(a - b)[some] / np.max([abs(a), abs(b)], axis=0)[some]
    return error


def error_by_divide(a, b):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.abs(b - a) / np.fmax(np.abs(b), np.abs(a)))


def gradient_by_einsum(W1, b1, W2, b2, x, y, decay):
    hidden = np.tanh(np.einsum("hi,in->hn", W1, x) + b1.reshape(-1, 1))
    out = np.einsum("on,hn->oh", (W2 @ hidden).T.T + b2[:, None] - y, hidden)
    error = W2.dot(hidden) + b2[:, np.newaxis] - y
    n = y.shape[-1]
    back = (W2.T.dot(error) - hidden**2 * W2.T.dot(error)) / n
    return [back.dot(x.T) + decay * W1, back.sum(1), out / n + W2 * decay, error.mean(1)]


def gradient_in_a_loop(W1, b1, W2, b2, x, y, decay):
    gradients = [decay * W1, 0.0 * b1, decay * W2, 0.0 * b2]
    for point, target in zip(x.T, y.T, strict=True):
        a = np.tanh(W1 @ point + b1)
        error = (W2 @ a + b2 - target) / len(x.T)
        delta = (error @ W2) / np.cosh(W1 @ point + b1) ** 2
        parts = np.outer(delta, point), delta, np.outer(error, a), error
        gradients = [g + part for g, part in zip(gradients, parts, strict=True)]
    return tuple(gradients)


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.numerical_gradient, slopes_by_recursion),
        (check.numerical_gradient, slopes_as_lists),
        (check.relative_error, error_by_mask),
        (check.relative_error, error_by_divide),
        (check.network_gradient, gradient_by_einsum),
        (check.network_gradient, gradient_in_a_loop),
    ],
)
def test_a_right_answer_written_differently_is_right(exercise, answer):
    """Other names, other formulas, lists for arrays."""
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)
