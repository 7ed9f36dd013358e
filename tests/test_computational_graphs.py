"""Graphs: every operation's gradient, the backward pass, the pictures, chapter 05's exercises."""

import json
import re
import runpy
import sys
from collections import Counter, defaultdict
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit import graphs
from coursekit.checks import computational_graphs as check
from coursekit.gradcheck import check_graph
from coursekit.graphs import OPS, Node, backward, topological_order, unbroadcast, vjp
from coursekit.linefit import LineFit
from coursekit.plotting import draw_graph, graph_steps, graph_table, subplots
from coursekit.plotting.layers import lay_out

HERE = Path(__file__).parent
GOLDEN = json.loads((HERE / "golden" / "graphs.json").read_text(encoding="utf-8"))["graphs"]
DRAWN = runpy.run_path(str(HERE / "golden" / "make_graphs.py"))

OURS = {
    **{op: getattr(graphs, op) for op in OPS},
    "where": lambda x, y, condition: graphs.where(condition, x, y),
    "concatenate": lambda *pieces, axis: graphs.concatenate(pieces, axis),
}
each_op = pytest.mark.parametrize("op", OPS)


def built(graph):
    """The inputs and the root of a drawn graph, in nodes."""
    inputs = [Node(value, name=f"x{i}") for i, value in enumerate(DRAWN["inputs_of"](graph))]
    return inputs, DRAWN["run"](graph, inputs, OURS)[-1]


def logistic_neuron():
    """The lectures' neuron: its inputs by name, and the steps of its sum and its output."""
    given = {"w₀": -3, "w₁": 2, "w₂": -3, "x₁": -1, "x₂": -2}
    nodes = {name: Node(value, name=name) for name, value in given.items()}
    w0, w1, w2, x1, x2 = nodes.values()
    nodes["sum"] = w0 + w1 * x1 + w2 * x2
    nodes["out"] = 1 / (1 + graphs.exp(-nodes["sum"]))
    return nodes


# --- every operation, against central differences -------------------------------------------


def central_differences(f, x):
    """∂f/∂x of a scalar function of an array, one element at a time."""
    slope = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        h = 1e-6 * max(1.0, abs(x[i]))
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        slope[i] = (f(up) - f(down)) / (up[i] - down[i])
    return slope


def agrees_with_differences(make, arguments, rng):
    """`make` of nodes gives a node whose every gradient is that of central differences."""
    arguments = [np.asarray(a, dtype=float) for a in arguments]
    weights = rng.normal(size=make(*map(Node, arguments)).shape)

    def loss(*values):
        return graphs.sum(weights * make(*values))

    nodes = [Node(a) for a in arguments]
    gradients = backward(loss(*nodes))
    for position, node in enumerate(nodes):

        def f(x, position=position):
            values = [*arguments[:position], x, *arguments[position + 1 :]]
            return float(loss(*map(Node, values)).value)

        expected = central_differences(f, arguments[position])
        assert gradients[node].shape == node.shape
        np.testing.assert_allclose(gradients[node], expected, rtol=2e-6, atol=2e-7)


shapes = st.lists(st.integers(1, 3), max_size=3).map(tuple)
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=25)


@st.composite
def broadcastable(draw, count=2):
    """Shapes that fit together: axes left out in front, or of length 1."""
    full = draw(shapes)
    fitting = []
    for _ in range(count):
        start = draw(st.integers(0, len(full)))
        fitting.append(tuple(draw(st.sampled_from([1, n])) for n in full[start:]))
    return fitting


def away_from_zero(rng, shape):
    return rng.choice([-1, 1], shape) * rng.uniform(0.3, 2, shape)


UNARY = {
    **dict.fromkeys(("negative", "exp", "sin", "cos", "tanh", "sigmoid", "relu"), away_from_zero),
    **dict.fromkeys(("log", "sqrt"), lambda rng, shape: rng.uniform(0.3, 3, shape)),
}


@pytest.mark.parametrize("op", UNARY)
@quick
@given(shape=shapes, seed=seeds)
def test_an_elementwise_operation(op, shape, seed):
    rng = np.random.default_rng(seed)
    agrees_with_differences(getattr(graphs, op), [UNARY[op](rng, shape)], rng)


@pytest.mark.parametrize("op", ["add", "subtract", "multiply", "divide", "power"])
@quick
@given(both=broadcastable(), seed=seeds)
def test_two_arguments_broadcast(op, both, seed):
    """In every combination of axes that are missing or of length 1."""
    rng = np.random.default_rng(seed)
    draw = (lambda rng, shape: rng.uniform(0.3, 2, shape)) if op == "power" else away_from_zero
    agrees_with_differences(getattr(graphs, op), [draw(rng, shape) for shape in both], rng)


@quick
@given(all_three=broadcastable(3), seed=seeds)
def test_where_broadcasts(all_three, seed):
    """The condition too."""
    rng = np.random.default_rng(seed)
    x, y, mask = (rng.normal(size=shape) for shape in all_three)
    agrees_with_differences(lambda x, y: graphs.where(mask > 0, x, y), [x, y], rng)


@pytest.mark.parametrize("op", ["sum", "mean", "max", "norm", "logsumexp"])
@quick
@given(shape=shapes, data=st.data(), seed=seeds)
def test_an_operation_over_axes(op, shape, data, seed):
    """Over all axes, one, or several, counted from either end, kept or not."""
    rng = np.random.default_rng(seed)
    x = rng.permutation(np.arange(1.0, 1 + np.prod(shape, dtype=int))).reshape(shape) / 5
    choices = [None, *range(-len(shape), len(shape))]
    if len(shape) > 1:
        choices += [(0, 1), (-1, 0), tuple(range(len(shape)))]
    axis, keepdims = data.draw(st.sampled_from(choices)), data.draw(st.booleans())
    make = getattr(graphs, op)
    agrees_with_differences(lambda x: make(x, axis=axis, keepdims=keepdims), [x], rng)
    value = make(Node(x), axis=axis, keepdims=keepdims).value
    assert value.shape == np.sum(x, axis=axis, keepdims=keepdims).shape


MATRICES = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3,)),
    ((3,), (5, 3, 2)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (4, 3, 2)), ((1, 2, 3), (5, 3, 1)), ((1, 1), (1, 1)), ((4, 1), (1, 4)),
]  # fmt: skip


@pytest.mark.parametrize("both", MATRICES, ids=str)
def test_matmul_of_vectors_matrices_and_stacks(both):
    rng = np.random.default_rng(5)
    agrees_with_differences(graphs.matmul, [rng.normal(size=shape) for shape in both], rng)


PLACES = {
    "reshape": lambda x: graphs.reshape(x, (6, 4)),
    "reshape with −1": lambda x: graphs.reshape(x, -1),
    "transpose": graphs.transpose,
    "transpose with axes": lambda x: graphs.transpose(x, (1, 2, 0)),
    "transpose from the end": lambda x: graphs.transpose(x, (-1, 0, -2)),
    ".T": lambda x: x.T,
    "index a number": lambda x: x[1],
    "index from the end": lambda x: x[..., -1],
    "index a slice": lambda x: x[:, ::-2],
    "index a new axis": lambda x: x[:, None, 1],
    "index a list": lambda x: x[[1, 0, 1, 1]],
    "index arrays": lambda x: x[np.array([0, 1, 0]), np.array([2, 2, 2])],
    "index a mask": lambda x: x[np.arange(24).reshape(2, 3, 4) % 5 < 2],
    "index()": lambda x: graphs.index(x, (0, 2, 3)),
    "concatenate": lambda x: graphs.concatenate([x, 2 * x, np.ones((1, 3, 4))]),
    "concatenate last axis": lambda x: graphs.concatenate([x, x[..., :1] ** 2, x], axis=-1),
}


@pytest.mark.parametrize("name", PLACES)
def test_an_operation_that_moves_elements(name):
    rng = np.random.default_rng(6)
    agrees_with_differences(PLACES[name], [rng.normal(size=(2, 3, 4))], rng)


def test_every_operation_of_the_table_is_a_function_and_is_tested():
    tried = {*UNARY, "add", "subtract", "multiply", "divide", "power", "where", "matmul"}
    tried |= {"sum", "mean", "max", "norm", "logsumexp"}
    tried |= {"reshape", "transpose", "index", "concatenate"}
    assert set(OPS) == tried
    assert set(OPS) <= set(graphs.__all__)


@each_op
def test_an_operation_does_what_numpy_does(op):
    """Or what is stated beside it."""
    theirs = DRAWN["NUMPY"][op]
    x, y = np.array([[0.3, 1.5], [2.0, 0.7]]), np.array([[1.1, -0.4], [0.2, 3.0]])
    options = {
        "where": {"condition": [[True, False], [False, True]]},
        "reshape": {"shape": (4, 1)}, "transpose": {"axes": (1, 0)}, "index": {"key": 1},
        "concatenate": {"axis": 1},
    }.get(op, {})  # fmt: skip
    two = op in ("add", "subtract", "multiply", "divide", "power", "matmul", "where", "concatenate")
    given = [x, y][: 1 + two]
    np.testing.assert_allclose(OURS[op](*given, **options).value, theirs(*given, **options))


# --- kinks, corners and numbers of any size -------------------------------------------------


def slope(make, x):
    x = Node(x)
    return backward(graphs.sum(make(x)))[x]


def test_the_slope_at_a_kink_is_what_is_stated():
    np.testing.assert_array_equal(slope(graphs.relu, [-1.0, 0.0, 2.0]), [0, 0, 1])
    np.testing.assert_array_equal(slope(graphs.norm, [0.0, 0.0]), [0, 0])
    np.testing.assert_array_equal(slope(graphs.max, [3.0, 1.0, 3.0]), [0.5, 0, 0.5])
    rows = slope(lambda x: graphs.norm(x, axis=1), [[0.0, 0.0], [3.0, 4.0]])
    np.testing.assert_allclose(rows, [[0, 0], [0.6, 0.8]], rtol=1e-15)
    shared = slope(lambda x: graphs.max(x, axis=0), [[2.0, 1.0], [2.0, 5.0]])
    np.testing.assert_array_equal(shared, [[0.5, 0], [0.5, 1]])


def test_a_node_of_more_than_eight_numbers_is_printed_in_short():
    assert "..." not in repr(Node(np.arange(8.0)))
    assert "..." in repr(Node(np.arange(9.0)))


def test_powers_of_zero_have_gradients():
    """0⁰ = 1 whatever the base does, and 0ʸ = 0 whatever a positive y does."""
    np.testing.assert_array_equal(slope(lambda x: x**0, [0.0, 2.0]), [0, 0])
    np.testing.assert_array_equal(slope(lambda x: x**1, [0.0, -2.0]), [1, 1])
    np.testing.assert_array_equal(slope(lambda x: x**2, [0.0, -3.0]), [0, -6])
    np.testing.assert_array_equal(slope(lambda y: 0**y, [0.5, 1.0, 2.0]), [0, 0, 0])
    np.testing.assert_allclose(slope(lambda y: 2**y, [3.0]), [8 * np.log(2)], rtol=1e-15)


def test_nothing_overflows_in_sigmoid_and_logsumexp():
    far = [-1000.0, -20.0, 0.0, 1000.0]
    np.testing.assert_allclose(
        graphs.sigmoid(far).value, [0, 2.0611536181902037e-9, 0.5, 1], rtol=1e-15
    )
    np.testing.assert_allclose(slope(graphs.sigmoid, far)[[0, 2, 3]], [0, 0.25, 0])
    assert graphs.sigmoid(-720.0).value == np.exp(-720.0) > 0
    assert graphs.logsumexp([1000.0, 1000.0]).value == pytest.approx(1000 + np.log(2), rel=1e-15)
    np.testing.assert_allclose(slope(graphs.logsumexp, [-1000.0, 1000.0, 1000.0]), [0, 0.5, 0.5])


def test_what_is_not_finite_passes_without_a_warning():
    """A run that diverges says so in its own words; here infinity is a value like any other."""
    x = Node([0.0, 710.0, 1e308])
    for y in (graphs.log(x), graphs.exp(x), x / 0, x * 10, graphs.sqrt(x) - np.inf):
        assert not np.isfinite(y.value).all()
        backward(graphs.sum(y))


# --- against PyTorch ------------------------------------------------------------------------


@pytest.mark.parametrize("graph", GOLDEN, ids=map(str, range(len(GOLDEN))))
def test_a_random_graph_has_the_gradients_of_torch(graph):
    """Some twenty operations each, inputs from numbers to stacks of matrices."""
    inputs, root = built(graph)
    gradients = backward(root)
    assert float(root.value) == pytest.approx(graph["loss"], rel=1e-12)
    for node, expected in zip(inputs, graph["gradients"], strict=True):
        scale = max(1.0, np.abs(expected).max())
        np.testing.assert_allclose(gradients[node], expected, rtol=1e-10, atol=1e-13 * scale)


def test_the_random_graphs_use_every_operation():
    assert {op for graph in GOLDEN for op, _, _ in graph["steps"]} == set(OPS)


# --- nodes ----------------------------------------------------------------------------------


def test_an_operator_takes_numbers_arrays_and_nodes_on_either_side():
    x, array = Node([1.0, 2.0], name="x"), np.array([3.0, 5.0])
    for ours, expected in (
        (x + 1, [2, 3]), (1 + x, [2, 3]), (array + x, [4, 7]), (x - 1, [0, 1]),
        (1 - x, [0, -1]), (array - x, [2, 3]), (2 * x, [2, 4]), (array * x, [3, 10]),
        (x / 2, [0.5, 1]), (2 / x, [2, 1]), (array / x, [3, 2.5]), (x**2, [1, 4]),
        (2**x, [2, 4]), (array**x, [3, 25]), (x @ array, 13), (array @ x, 13), (-x, [-1, -2]),
        (np.float64(2) * x, [2, 4]), (x @ x, 5), ([[1, 1], [0, 2]] @ x, [3, 4]),
        (x @ [[1, 1], [0, 2]], [1, 5]),
    ):  # fmt: skip
        assert isinstance(ours, Node)
        np.testing.assert_array_equal(ours.value, expected)


def test_a_node_says_what_it_is():
    x = Node([1, 2], name="x")
    assert repr(x) == "<input x: [1., 2.]>"
    assert repr((x * 2).named("twice")) == "<multiply twice: [2., 4.]>"
    assert repr(graphs.sum(x)) == "<sum: 3.>"
    assert x.T.shape == x.shape == (2,)
    assert [float(part.value) for part in x] == [1, 2]
    assert len({x, x, Node([1, 2], name="x")}) == 2  # equal only to itself


def test_a_deep_node_is_printed_without_its_ancestors():
    node = Node(1.0)
    for _ in range(3000):
        node = -node
    assert repr(node) == "<negative: 1.>"


def test_integers_are_converted_and_the_callers_array_is_left_alone():
    given = np.array([1, 2, 3])
    x = Node(given)
    y = Node(halves := given / 2)
    given[0], halves[0] = 99, 99
    assert x.value.dtype == np.float64
    np.testing.assert_array_equal(x.value, [1, 2, 3])
    np.testing.assert_array_equal(y.value, [0.5, 1, 1.5])
    np.testing.assert_array_equal(backward(graphs.sum(x * x / 4))[x], [0.5, 1, 1.5])


def test_a_node_cannot_be_changed():
    x = Node([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        x.value[0] = 3
    with pytest.raises(AttributeError):
        x.value = 3
    with pytest.raises(ValueError, match="read-only"):
        (x * 2).value[0] = 3


def test_a_key_that_its_owner_changes_later_does_no_harm():
    key = np.array([0, 1])
    x = Node([1.0, 2.0, 4.0])
    y, z = graphs.sum(x[key]), graphs.sum(x[None][0, key])
    key[:] = 2
    np.testing.assert_array_equal(backward(y)[x], [1, 1, 0])
    np.testing.assert_array_equal(backward(z)[x], [1, 1, 0])


def test_a_condition_may_be_a_node_and_may_change_later():
    x, mask = Node([1.0, 2.0]), np.array([True, False])
    y = graphs.sum(graphs.where(mask, x, 5 * x))
    mask[:] = True
    np.testing.assert_array_equal(backward(y)[x], [1, 5])
    np.testing.assert_array_equal(graphs.where(Node([0.0, 1.0]), x, -x).value, [-1, 2])


def test_an_array_given_as_the_value_of_an_operation_stays_writable():
    x, value = Node([1.0, 2.0]), np.array([2.0, 4.0])
    Node(value, "add", (x, x))
    value[0] = 3


# --- the backward pass ----------------------------------------------------------------------


def test_the_lectures_first_graph():
    """f = (x₁ + x₂) · x₃: ∂f/∂x₁ = x₃, ∂f/∂x₂ = x₃, ∂f/∂x₃ = x₁ + x₂."""
    x1, x2, x3 = Node(-2.0), Node(5.0), Node(-4.0)
    gradients = backward((x1 + x2) * x3)
    assert [float(gradients[x]) for x in (x1, x2, x3)] == [-4, -4, 3]


def test_the_logistic_neuron_step_by_step():
    n = logistic_neuron()
    gradients = backward(n["out"])
    values = [float(node.value) for node in topological_order(n["out"]) if node.op != "constant"]
    slopes = [float(gradients[n[name]]) for name in n if name not in ("sum", "out")]
    assert float(n["out"].value) == pytest.approx(0.7311, abs=5e-5)
    assert float(gradients[n["sum"]]) == pytest.approx(0.1966, abs=5e-5)
    assert slopes == pytest.approx([0.1966, -0.1966, -0.3932, 0.3932, -0.5898], abs=5e-5)
    steps = [-3, 2, -1, -2, -5, -3, -2, 6, 1, -1, 0.3679, 1.3679, 0.7311]
    assert values == pytest.approx(steps, abs=5e-5)


def test_branches_add_up():
    a = Node(3.0)
    assert backward(a + a)[a] == 2
    assert backward(a * a * a)[a] == 27
    b = a * a
    assert backward(b * b + b * a)[a] == 4 * 27 + 3 * 9


def test_a_tower_of_diamonds_takes_linear_time():
    """2⁵⁰⁰ paths lead from the bottom to the top; a hundred thousand times more than one ever
    could walk. The gradient is exactly their number."""
    bottom = node = Node(1.0)
    for _ in range(500):
        node = node + node
    assert backward(node)[bottom] == 2.0**500


def test_every_vjp_is_called_once_per_edge(monkeypatch):
    calls = []
    forward, vjps = OPS["add"]
    counted = [lambda g, *rest, i=i: calls.append(i) or vjps[i](g, *rest) for i in (0, 1)]
    monkeypatch.setitem(OPS, "add", graphs.Operation(forward, counted))
    node = Node(1.0)
    for _ in range(30):
        node = node + node
    backward(node)
    assert len(calls) == 60


def test_a_chain_of_twenty_thousand_operations():
    x = node = Node(0.5)
    for _ in range(10_000):
        node = -graphs.sin(node)
    assert sys.getrecursionlimit() < 20_000
    expected, value = 1.0, 0.5
    for _ in range(10_000):
        expected *= -np.cos(value)
        value = -np.sin(value)
    assert float(backward(node)[x]) == pytest.approx(expected, rel=1e-9)


def test_backward_twice_gives_the_same_and_changes_nothing():
    _, root = built(GOLDEN[7])
    before = [node.value.copy() for node in topological_order(root)]
    first, second = backward(root), backward(root)
    assert list(first) == list(second)
    for node, gradient in first.items():
        np.testing.assert_array_equal(gradient, second[node])
    for node, value in zip(topological_order(root), before, strict=True):
        np.testing.assert_array_equal(node.value, value)
        assert vars(node).keys() == {"value", "op", "parents", "name", "options", "rule"}


def distance_to_one(x, y, *, power):
    return np.abs(x - y) ** power


def slope_of_the_distance(g, out, x, y, *, power):
    return g * power * np.abs(x - y) ** (power - 1) * np.sign(x - y)


APART = graphs.Operation(
    distance_to_one,
    (slope_of_the_distance, lambda *args, power: -slope_of_the_distance(*args, power=power)),
)


def test_an_operation_of_ones_own():
    """It needs no place in the table: broadcasting, names and errors are as for the table's."""
    rng = np.random.default_rng(8)
    agrees_with_differences(
        lambda x, y: graphs.sin(graphs.apply(APART, x, y, power=3)),
        [rng.normal(size=(2, 3)), 4],
        rng,
    )
    node = graphs.apply(APART, Node([1.0, 5.0]), 2, power=2)
    assert (node.op, node.options, node.parents[1].op) == (
        "distance_to_one",
        {"power": 2},
        "constant",
    )
    assert check_graph(graphs.sum(node)).ok
    with pytest.raises(
        ValueError, match=r"distance_to_one cannot work on shapes \(2,\) and \(3,\)"
    ):
        graphs.apply(APART, Node([1.0, 5.0]), [1, 2, 3], power=2)


def test_a_wrong_derivative_of_ones_own_is_named():
    wrong = graphs.Operation(np.square, (lambda g, out, x: g * x,))
    report = check_graph(graphs.sum(graphs.apply(wrong, Node([1.0, 2.0], name="x"))))
    assert report.names == ("wrong derivative",)
    assert report.findings[0].where == ("square",)


def test_a_gradient_cannot_be_changed_through_another():
    """x + y passes the same gradient to both."""
    x, y = Node([1.0, 2.0]), Node([3.0, 4.0])
    gradients = backward(graphs.sum(x + y))
    with pytest.raises(ValueError, match="read-only"):
        gradients[x] *= 2


def test_constants_get_no_gradient_and_inputs_do():
    x = Node(2.0, name="x")
    y = 3 * x + np.float64(1)
    assert [node.op for node in backward(y)] == ["add", "multiply", "input"]
    with pytest.raises(KeyError, match="constant"):
        backward(y)[y.parents[1]]


def test_a_node_that_is_not_part_of_it_is_said_to_be():
    x = Node(2.0)
    with pytest.raises(KeyError, match=r"not computed from <input w: 1\.>"):
        backward(x * x)[Node(1.0, name="w")]


def test_a_seed_gives_a_vector_jacobian_product():
    """The same as the gradient of the sum weighted by it."""
    x, seed = Node([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0], [0.5, 2.0]])
    y = graphs.tanh(x) @ x
    np.testing.assert_allclose(
        backward(y, seed=seed)[x], backward(graphs.sum(y * seed))[x], rtol=1e-14
    )


def test_a_seed_is_left_alone():
    seed = np.array([1.0, 2.0])
    x = Node([3.0, 4.0])
    gradients = backward(x, seed=seed)
    seed[0] = 5  # still writable, and no longer of any concern
    np.testing.assert_array_equal(gradients[x], [1, 2])


def test_topological_order_has_parents_first_and_each_once():
    _, root = built(GOLDEN[3])
    order = topological_order(root)
    assert len(order) == len(set(order))
    assert order[-1] is root
    seen = set()
    for node in order:
        assert set(node.parents) <= seen
        seen.add(node)


@pytest.mark.parametrize(
    ("small", "large"),
    [((), (2, 3)), ((3,), (2, 3)), ((1, 3), (2, 3)), ((2, 1), (4, 2, 3)), ((1,), (1, 5)),
     ((2, 3), (2, 3)), ((1, 1), (1, 1)), ((3, 1, 2), (5, 3, 4, 2)), ((1, 3), (0, 3))],
)  # fmt: skip
def test_what_broadcasting_repeats_is_added_up(small, large):
    """⟨broadcast(x), g⟩ = ⟨x, unbroadcast(g)⟩ for all x and g: one is the other's transpose."""
    rng = np.random.default_rng(4)
    x, g = rng.normal(size=small), rng.normal(size=large)
    assert unbroadcast(g, small).shape == small
    expected = np.vdot(np.broadcast_to(x, large), g)
    assert np.vdot(x, unbroadcast(g, small)) == pytest.approx(expected, rel=1e-12)


def test_vjp_is_one_step_of_the_backward_pass():
    x, y = Node([1.0, 2.0]), Node(3.0)
    z = x * y
    np.testing.assert_array_equal(vjp(z, 0, np.array([1.0, 10.0])), [3, 30])
    assert vjp(z, 1, np.array([1.0, 10.0])) == 21


def test_the_line_through_three_shoes_has_the_gradient_of_chapter_02():
    size, height = np.array([0.6, 0.8, 1.1]), np.array([1.1, 1.2, 2.1])
    slope, intercept = Node(1.0), Node(0.0)
    gradients = backward(graphs.sum((height - (slope * size + intercept)) ** 2))
    expected = LineFit(size, height).grad(np.array([1.0, 0.0]))
    both = [float(gradients[slope]), float(gradients[intercept])]
    np.testing.assert_allclose(both, expected, rtol=1e-14)
    np.testing.assert_allclose(both, [-3.44, -3.80], atol=0.005)


# --- errors ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda x, y: x + y, r"add cannot work on shapes \(2,\) and \(3,\)"),
        (lambda x, y: x * np.ones((4, 5)), r"multiply .* shapes \(2,\) and \(4, 5\)"),
        (lambda x, y: x @ y, r"matmul cannot work on shapes \(2,\) and \(3,\)"),
        (lambda x, y: graphs.where([True] * 5, x, x), r"where .* \(2,\) and \(2,\), condition="),
        (lambda x, y: graphs.concatenate([x, y[None]]), r"concatenate .* \(2,\) and \(1, 3\)"),
        (lambda x, y: graphs.reshape(x, (3, 5)), r"reshape .* shape \(2,\), shape=\(3, 5\)"),
        (lambda x, y: graphs.transpose(x, (0, 1)), r"transpose .* shape \(2,\), axes=\(0, 1\)"),
        (lambda x, y: graphs.sum(x, axis=1), r"sum .* shape \(2,\), axis=1"),
        (lambda x, y: x[7], r"index .* shape \(2,\), key=7"),
        (lambda x, y: backward(x), r"backward needs a scalar root, got input of shape \(2,\)"),
        (lambda x, y: backward(x, seed=1), r"seed must have the root's shape \(2,\), got \(\)"),
        (lambda x, y: backward(Node(1.0, "cube", (Node(1.0),))), "no derivative .* 'cube'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_shapes(make, words):
    with pytest.raises(ValueError, match=words):
        make(Node(np.ones(2)), Node(np.ones(3)))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Node("one"), "Node: value must be made of real numbers, got 'one'"),
        (lambda: Node(1j), "Node: value must be made of real numbers"),
        (lambda: Node(1.0) + "one", "add: an argument must be made of real numbers, got 'one'"),
        (lambda: Node(1.0) * None, "multiply: an argument must be made of real numbers"),
        (lambda: Node(1.0, "add", (1.0, 2.0)), "parents must be nodes, got 1.0"),
        (lambda: backward(3.0), "backward needs a node as its root, got float"),
        (lambda: list(Node(1.0)), "cannot be taken apart"),
    ],
)
def test_what_is_no_number_and_no_node_is_refused(make, words):
    with pytest.raises(TypeError, match=words):
        make()


# --- pictures -------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def overlaps(ax):
    """Pairs of texts (with their boxes) that overlap, and texts that leave the figure."""
    ax.figure.canvas.draw()
    extents = [
        (t.get_text(), (t.get_bbox_patch() or t).get_window_extent())
        for t in ax.texts
        if t.get_text()
    ]
    pairs = [
        (a, b)
        for i, (a, one) in enumerate(extents)
        for b, other in extents[:i]
        if one.overlaps(other)
    ]
    frame = ax.figure.bbox
    outside = [a for a, e in extents if e.x0 < 0 or e.y0 < 0 or e.x1 > frame.x1 or e.y1 > frame.y1]
    return pairs + outside


def network(units):
    """A two-layer network, neuron by neuron: 4 · units + 5 nodes and more."""
    x = [Node(0.5, name="x₁"), Node(-1.5, name="x₂")]
    hidden = []
    for i in range(units):
        w = Node(0.3 * i - 0.7, name=f"w{i}")
        hidden.append(graphs.tanh(w * x[i % 2] + x[1 - i % 2]))
    total = hidden[0]
    for h in hidden[1:]:
        total = total + h
    return graphs.sigmoid(total)


@pytest.mark.parametrize("units", [1, 2, 4, 7])
def test_nothing_overlaps_in_a_picture(units):
    """Up to some forty nodes, in a figure as large as they need."""
    root = network(units)
    assert len(graph_table(root).rows) <= 40
    _, ax = subplots(width=7.5, height=6)
    draw_graph(ax, root, gradients=backward(root))
    assert overlaps(ax) == []


@pytest.mark.parametrize("graph", GOLDEN[:12], ids=map(str, range(12)))
def test_nothing_overlaps_in_random_graphs(graph):
    _, root = built(graph)
    _, ax = subplots(width=14, height=9)
    draw_graph(ax, root, gradients=backward(root))
    assert overlaps(ax) == []


def test_a_picture_can_share_a_figure():
    root = logistic_neuron()["out"]
    fig, axes = subplots(2, 1, height=7)
    for ax, upto in zip(axes, (3, 14), strict=True):
        draw_graph(ax, root, gradients=backward(root), upto=upto)
    fig.canvas.draw()
    assert [overlaps(ax) for ax in axes] == [[], []]


def test_the_value_stands_above_and_the_gradient_below():
    """And upright and slanted, so that colour is not the only sign."""
    n = logistic_neuron()
    _, ax = subplots()
    boxes = draw_graph(ax, n["out"], gradients=backward(n["out"]))
    ax.figure.canvas.draw()
    middle = boxes[n["x₂"]].get_window_extent()
    texts = {t.get_text(): t for t in ax.texts}
    value, gradient = texts["6"], texts["−0.5898"]
    assert gradient.get_window_extent().y1 <= middle.y0
    assert abs(gradient.get_window_extent().x0 + gradient.get_window_extent().x1
               - middle.x0 - middle.x1) < 2  # fmt: skip
    assert (value.get_style(), gradient.get_style()) == ("normal", "italic")
    assert value.get_color() != gradient.get_color()


def test_a_picture_goes_from_left_to_right():
    n = logistic_neuron()
    _, ax = subplots()
    boxes = draw_graph(ax, n["out"])
    for node in boxes:
        for parent in node.parents:
            if parent in boxes:
                assert boxes[parent].get_position()[0] < boxes[node].get_position()[0]


def test_a_picture_is_drawn_step_by_step():
    """Values forward, one more each time; then gradients backward; the boxes do not move."""
    root = logistic_neuron()["out"]
    forward, back = graph_steps(root)
    assert (len(forward), len(back)) == (8, 13)
    assert forward[-1] is back[0] is root
    gradients, before, places = backward(root), None, set()
    for upto in range(len(forward) + len(back) + 1):
        _, ax = subplots()
        boxes = draw_graph(ax, root, gradients=gradients, upto=upto)
        places.add(tuple(box.get_position() for box in boxes.values()))
        words = len(ax.texts) - len(boxes)
        assert before is None or words == before + 1
        before = words
        thick = [n for n, box in boxes.items() if box.get_bbox_patch().get_linewidth() > 2]
        assert thick == ([[*forward, *back][upto - 1]] if upto else [])
        plt.close()
    assert len(places) == 1


def test_constants_are_written_into_their_operation():
    n = logistic_neuron()
    _, ax = subplots()
    boxes = draw_graph(ax, n["out"], gradients=backward(n["out"]))
    labels = [box.get_text() for box in boxes.values()]
    assert len(labels) == 13
    assert {"1 +", "1 ÷", "neg", "exp", "w₀"} <= set(labels)


def test_a_node_used_twice_has_two_edges():
    a = Node(3.0, name="a")
    _, ax = subplots()
    draw_graph(ax, a + a)
    assert len(ax.patches) == 4  # two lines, two arrows


def test_a_lonely_node_and_a_wide_array_can_be_drawn():
    for root in (Node(1.0, name="a"), Node(np.ones((30, 4))), graphs.sum(np.ones(3))):
        _, ax = subplots()
        draw_graph(ax, root)
        assert overlaps(ax) == []


def test_a_negative_number_of_steps_is_refused():
    _, ax = subplots()
    with pytest.raises(ValueError, match="upto must be a number of steps ≥ 0, got -1"):
        draw_graph(ax, Node(1.0), upto=-1)


def test_the_table_says_what_the_picture_shows():
    x1, x2, x3 = (Node(v, name=n) for v, n in ((-2, "x₁"), (5, "x₂"), (-4, "x₃")))
    root = ((x1 + x2).named("p") * x3 + 1).named("f")
    table = graph_table(root, backward(root))
    assert table.rows == (
        ("x₁", "input", "−2", "−4"),
        ("x₂", "input", "5", "−4"),
        ("p", "x₁ + x₂", "3", "−4"),
        ("x₃", "input", "−4", "3"),
        ("#1", "p × x₃", "−12", "1"),
        ("f", "#1 + 1", "−11", "1"),
    )
    assert str(table).splitlines()[1] == "x₁    input      −2     −4"
    assert "p = x₁ + x₂ = 3 with gradient −4" in table.words
    assert table._repr_html_().count("<th>") == 4
    assert graph_table(root).rows[0] == ("x₁", "input", "−2", "")


def test_the_table_names_options_and_shapes():
    x = Node(np.ones((3, 5)), name="x")
    rows = graph_table(graphs.mean(graphs.sum(x.T[:2], axis=0))).rows
    assert [row[1] for row in rows] == [
        "input", "transpose(x)", "index(#1, key=slice(None, 2, None))", "sum(#2, axis=0)",
        "mean(#3)",
    ]  # fmt: skip
    assert [row[2] for row in rows] == ["(3, 5)", "(5, 3)", "(2, 3)", "[2, 2, 2]", "2"]


def test_an_edge_that_passes_a_layer_keeps_its_distance():
    """a → b → c and a → c: the long edge has a stone beside b."""
    layout = lay_out({"a": [], "b": ["a"], "c": ["b", "a"]})
    assert [layout.layer[key] for key in "abc"] == [0, 1, 2]
    (stone,) = layout.stones["a", "c"]
    assert abs(layout.height[stone] - layout.height["b"]) > 0.6
    assert layout.stones["a", "b"] == []


# --- the exercises --------------------------------------------------------------------------


def nodes_of(root):
    """The graph under a node as the exercises have it: parents and local slopes by name."""
    order = topological_order(root)
    name = {node: f"n{i}" for i, node in enumerate(order)}
    parents = {name[node]: tuple(name[p] for p in node.parents) for node in order}
    slopes = {
        name[node]: tuple(float(vjp(node, i, np.array(1.0))) for i in range(len(node.parents)))
        for node in order
    }
    return name, parents, slopes


def test_the_three_exercises_together_are_the_engine():
    """On the logistic neuron: the order, and the sums, are those of `backward`."""
    root = logistic_neuron()["out"]
    name, parents, slopes = nodes_of(root)
    order = check.backward_order.reference(parents, name[root])
    theirs = check.add_up_branches.reference(order, parents, slopes)
    for node, gradient in backward(root).items():
        assert theirs[name[node]] == pytest.approx(float(gradient), rel=1e-13)


def test_the_exercise_divides_as_the_table_does():
    rng = np.random.default_rng(2)
    x, y, g = rng.normal(size=(2, 3)), rng.normal(size=(3,)), rng.normal(size=(2, 3))
    quotient = Node(x) / Node(y)
    for position, mine in enumerate(check.divide_backward.reference(g, x, y)):
        np.testing.assert_allclose(mine, vjp(quotient, position, g), rtol=1e-12)


def test_the_bug_that_stands_in_the_exercise_is_the_one_that_the_check_names():
    """The Markdown shows real code; it is taken from there and handed in."""
    notebook = json.loads(
        (HERE.parent / "solutions" / "05_computational_graphs.ipynb").read_text(encoding="utf-8")
    )
    text = "".join(line for cell in notebook["cells"] for line in cell["source"])
    code = re.search(r"```python\n(def add_up_branches.*?)```", text, re.DOTALL)[1]
    namespace = {}
    exec(code, namespace)
    verdict = check.add_up_branches.judge(namespace["add_up_branches"])
    assert verdict.mistake == "_planted"


def quotient_by_hand(upstream, a, b):
    """Broadcasting undone by loops of its own."""

    def put(array, shape):
        while array.ndim > len(shape):
            array = array.sum(axis=0)
        for axis, length in enumerate(shape):
            if length == 1:
                array = array.sum(axis=axis, keepdims=True)
        return array

    a, b = np.asarray(a, float), np.asarray(b, float)
    return [put(upstream * (1 / b), a.shape), put(-upstream * (a / b) / b, b.shape)]


def quotient_by_powers(g, x, y):
    full = np.broadcast_shapes(np.shape(x), np.shape(y))
    xs, ys = np.broadcast_to(x, full).astype(float), np.broadcast_to(y, full).astype(float)
    return tuple(unbroadcast(a, np.shape(b)) for a, b in ((g * ys**-1, x), (-g * xs * ys**-2, y)))


def order_by_counting(parents, root):
    below, todo = {root}, [root]
    while todo:
        for p in parents[todo.pop()]:
            if p not in below:
                below.add(p)
                todo.append(p)
    uses = Counter(p for node in below for p in parents[node])
    ready, order = [root], []
    while ready:
        node = ready.pop(0)
        order.append(node)
        for p in parents[node]:
            uses[p] -= 1
            if uses[p] == 0:
                ready.append(p)
    return order


def order_by_depth(graph, top):
    """The longest way from the root, found by relaxing until nothing changes."""
    depth, changed = {top: 0}, [top]
    while changed:
        node = changed.pop()
        for p in graph[node]:
            if depth.get(p, -1) < depth[node] + 1:
                depth[p] = depth[node] + 1
                changed.append(p)
    return tuple(sorted(depth, key=depth.get))


def order_with_two_lists(parents, root):
    """Depth first with a marker for "all parents done"; an iterator is returned."""
    stack, done, out = [(root, False)], set(), []
    while stack:
        node, finished = stack.pop()
        if finished:
            out.append(node)
        elif node not in done:
            done.add(node)
            stack.append((node, True))
            stack += [(p, False) for p in parents[node] if p not in done]
    return reversed(out)


def sums_by_defaultdict(order, parents, slopes):
    g = defaultdict(float)
    g[order[0]] += 1
    for child in order:
        for i, parent in enumerate(parents[child]):
            g[parent] += slopes[child][i] * g[child]
    return g


def sums_by_pulling(order, parents, slopes):
    """Each node fetches what its users have for it."""
    g = {}
    for node in order:
        users = [(c, s) for c in g for p, s in zip(parents[c], slopes[c], strict=True) if p == node]
        g[node] = sum(g[c] * s for c, s in users) if g else 1
    return g


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.divide_backward, quotient_by_hand),
        (check.divide_backward, quotient_by_powers),
        (check.backward_order, order_by_counting),
        (check.backward_order, order_by_depth),
        (check.backward_order, order_with_two_lists),
        (check.add_up_branches, sums_by_defaultdict),
        (check.add_up_branches, sums_by_pulling),
    ],
)
def test_a_right_answer_written_differently_is_right(exercise, answer):
    """Other names, other orders, other containers."""
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)
