"""Random graphs, nobody's choice, against PyTorch's and autograd's gradients here and now."""

import json
import runpy
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.scipy.special import expit

from coursekit import graphs
from coursekit.graphs import Node, backward

torch = pytest.importorskip("torch")

GOLDEN = Path(__file__).parents[1] / "golden"
THEIRS = runpy.run_path(str(GOLDEN / "make_graphs.py"))
run, inputs_of = THEIRS["run"], THEIRS["inputs_of"]

OURS = {
    **{op: getattr(graphs, op) for op in graphs.OPS},
    "where": lambda x, y, condition: graphs.where(condition, x, y),
    "concatenate": lambda *pieces, axis: graphs.concatenate(pieces, axis),
}
AUTOGRAD = {
    **{op: getattr(anp, op) for op in ("negative", "exp", "log", "sqrt", "sin", "cos", "tanh")},
    **{op: getattr(anp, op) for op in ("add", "subtract", "multiply", "divide", "power")},
    **{op: getattr(anp, op) for op in ("sum", "mean", "max", "matmul")},
    "sigmoid": expit,
    "relu": lambda x: anp.maximum(x, 0),
    # autograd 1.9 does not undo broadcasting in `where`, nor negative axes in `transpose`
    "where": lambda x, y, condition: x * np.array(condition) + y * ~np.array(condition),
    "transpose": lambda x, axes: anp.transpose(x, [axis % x.ndim for axis in axes]),
    "norm": lambda x, **axes: anp.sqrt(anp.sum(x * x, **axes)),
    "logsumexp": lambda x, **axes: anp.log(anp.sum(anp.exp(x), **axes)),
    "reshape": lambda x, shape: anp.reshape(x, shape),
    "index": lambda x, key: x[key],
    "concatenate": lambda *pieces, axis: anp.concatenate(pieces, axis),
}


def our_gradients(graph):
    nodes = [Node(x) for x in inputs_of(graph)]
    root = run(graph, nodes, OURS)[-1]
    gradients = backward(root)
    return float(root.value), [gradients[node] for node in nodes]


def assert_same(ours, theirs):
    assert ours[0] == pytest.approx(float(theirs[0]), rel=1e-12)
    for mine, expected in zip(ours[1], theirs[1], strict=True):
        scale = max(1.0, np.abs(expected).max())
        np.testing.assert_allclose(mine, expected, rtol=1e-10, atol=1e-13 * scale)


def test_the_stored_gradients_are_what_torch_gives_today():
    """graphs.json is not out of date."""
    stored = json.loads((GOLDEN / "graphs.json").read_text(encoding="utf-8"))["graphs"]
    assert len(stored) == THEIRS["GRAPHS"]
    for seed, graph in enumerate(stored):
        assert graph["steps"] == THEIRS["random_graph"](seed)["steps"]
        assert_same((graph["loss"], graph["gradients"]), THEIRS["torch_gradients"](graph))


@pytest.mark.parametrize("seed", range(1000, 1050))
def test_fifty_other_graphs_against_torch(seed):
    graph = THEIRS["random_graph"](seed)
    assert_same(our_gradients(graph), THEIRS["torch_gradients"](graph))


@pytest.mark.parametrize("seed", range(2000, 2050))
def test_fifty_more_against_autograd(seed):
    graph = THEIRS["random_graph"](seed)

    def loss(inputs):
        return run(graph, inputs, AUTOGRAD)[-1]

    inputs = inputs_of(graph)
    assert_same(our_gradients(graph), (loss(inputs), grad(loss)(inputs)))


def test_what_chapter_05_says_of_torch():
    """A second backward pass doubles p.grad; of a freed graph it is an error."""
    p = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    seen = []
    for _ in range(3):
        (p * p).backward()
        seen.append(p.grad.item())
    assert seen == [6, 12, 18]
    y = torch.sin(p)
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_ties_kinks_and_zero_powers_are_those_of_torch():
    for make, theirs, x in (
        (graphs.relu, torch.relu, [-1.0, 0.0, 2.0]),
        (graphs.max, torch.amax, [3.0, 1.0, 3.0]),
        (graphs.norm, torch.linalg.vector_norm, [0.0, 0.0]),
        (lambda x: x**0, lambda x: x**0, [0.0, 2.0]),
        (lambda x: x**2, lambda x: x**2, [0.0, -2.0]),
        (lambda y: 0**y, lambda y: torch.pow(torch.zeros_like(y), y), [0.0, 1.0, 2.0]),
    ):
        node, tensor = Node(x), torch.tensor(x, dtype=torch.float64, requires_grad=True)
        theirs(tensor).sum().backward()
        mine = backward(graphs.sum(make(node)))[node]
        np.testing.assert_array_equal(mine, tensor.grad.numpy())
