"""Random networks, and backward passes with a bug planted in each; for trials and tests.

The networks are written here from the formulas, independent of `coursekit.networks`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coursekit import graphs
from coursekit.gradcheck import LayeredLoss
from coursekit.losses import cross_entropy, mean_squared_error


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


ACTIVATIONS = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "softplus": (lambda z: np.logaddexp(0, z), sigmoid),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
}


@dataclass(frozen=True, eq=False)
class Network:
    """A random network with data, its loss, and a gradient that can be got wrong on purpose."""

    layered: LayeredLoss
    slope: Callable
    x: np.ndarray
    decay: float
    rng: np.random.Generator

    @property
    def sizes(self):
        return self.layered.sizes

    @property
    def blocks(self):
        return self.layered.blocks

    @property
    def batch(self):
        return self.layered.inputs.shape[1]

    @property
    def scale(self):
        """1 / n in a loss that is a mean over all numbers of n examples, or over the examples."""
        if self.layered.loss is cross_entropy:
            return 1 / self.batch
        return 2 / (self.batch * self.sizes[-1])

    def gradient(self, bug: str = "") -> np.ndarray:
        """The gradient by hand; `bug` names the one line that is wrong."""
        z, a = self.layered.forward(self.x)
        weights = self.layered.unpack(self.x)
        delta, pieces = self._output_delta(a[-1], bug) * self.scale, []
        if bug == "derivative on the output":
            delta = delta * self.slope(z[-1])
        for layer in range(len(weights), 0, -1):
            W, b = weights[layer - 1]
            source = z[layer - 2] if bug == "preactivation for activation" and layer > 1 else None
            dW = delta @ (a[layer - 1] if source is None else source).T
            db = delta[:, -1] if bug == "bias from one example" else delta.sum(axis=1)
            pieces = [dW.ravel() + self.decay * W.ravel(), db + self.decay * b, *pieces]
            if layer > 1:
                back = W if bug == "weights not transposed" and W.shape[0] == W.shape[1] else W.T
                delta = (back @ delta) * self._slope(z[layer - 2], a[layer - 1], layer - 1, bug)
        return np.concatenate(pieces)

    def _output_delta(self, output, bug):
        truth = self.layered.target_columns[:, 0]
        if self.layered.loss is not cross_entropy:
            return output - truth
        share = np.exp(output - output.max(axis=0))
        return (0 if bug == "missing branch" else share / share.sum(axis=0)) - truth

    def _slope(self, z, a, layer, bug):
        if bug == "activation's derivative missing" and layer == 1:
            return 1.0
        return self.slope(a if bug == "derivative at the wrong place" else z)

    def part(self, name):
        return self.blocks[name].where


def random_network(seed: int, *, activation=None, loss=None, square=False, scale=1.0) -> Network:
    """One to three hidden layers of 3 to 8 units, 4 to 16 examples, λ between 0.01 and 0.1."""
    rng = np.random.default_rng(seed)
    sizes = tuple(int(n) for n in rng.integers(3, 9, rng.integers(3, 6)))
    if square:
        sizes = (sizes[0], sizes[1], sizes[1], *sizes[3:], sizes[-1])
    name = activation or ("tanh", "sigmoid", "softplus")[rng.integers(3)]
    loss = loss or (cross_entropy, mean_squared_error)[rng.integers(2)]
    n, decay = int(rng.integers(4, 17)), 10 ** rng.uniform(-2, -1)
    while n in sizes:
        n += 1  # or "n times too large" would have two meanings
    targets = rng.integers(sizes[-1], size=n) if loss is cross_entropy else rng.normal(
        size=(sizes[-1], n)
    )  # fmt: skip
    act, slope = ACTIVATIONS[name]
    layered = LayeredLoss(sizes, rng.normal(size=(sizes[0], n)), targets, loss, act, None, decay)
    size = max(block.where.stop for block in layered.blocks.values())
    return Network(layered, slope, scale * rng.normal(size=size) / 2, decay, rng)


# --- the bugs: each takes a network and returns its wrong gradient --------------------------


def _in_weights(change):
    """A bug in one block of weights, drawn at random."""

    def bug(net):
        g = net.gradient()
        names = [n for n in net.blocks if n[0] == "W"]
        name = names[net.rng.integers(len(names))]
        where, shape = net.blocks[name]
        g[where] = np.ravel(change(g[where].reshape(shape), net))
        return g

    return bug


def _everywhere(change):
    return lambda net: change(net.gradient(), net)


def _one_element(net):
    g = net.gradient()
    at = net.rng.integers(g.size)
    g[at] = g[at] * 1.5 + 0.01
    return g


def _bias_summed(net):
    g = net.gradient() - net.decay * net.x
    for name in net.blocks:
        if name[0] == "b":
            g[net.part(name)] *= net.batch
    return g + net.decay * net.x


def _zero_row(W, net):
    W[-1] = 0
    return W


def _summed(net):
    decay = net.decay * net.x
    return (net.gradient() - decay) * net.batch + decay


BUGS = {
    "wrong sign": _everywhere(lambda g, net: -g),
    "factor 2": _everywhere(lambda g, net: 2 * g),
    "factor 1/2": _everywhere(lambda g, net: g / 2),
    "not averaged": _summed,
    "averaged twice": _everywhere(lambda g, net: g / net.batch),
    "transposed": _in_weights(lambda W, net: W.T.copy()),
    "shifted by one": _in_weights(lambda W, net: np.roll(W, 1, axis=net.rng.integers(2))),
    "zero": _in_weights(lambda W, net: 0 * W),
    "one row zero": _in_weights(_zero_row),
    "regulariser missing": _everywhere(lambda g, net: g - net.decay * net.x),
    "regulariser doubled": _everywhere(lambda g, net: g + net.decay * net.x),
    "bias summed": _bias_summed,
    "one element": _one_element,
    "missing branch": lambda net: net.gradient("missing branch"),
    "activation's derivative missing": lambda net: net.gradient("activation's derivative missing"),
    "derivative at the wrong place": lambda net: net.gradient("derivative at the wrong place"),
    "derivative on the output": lambda net: net.gradient("derivative on the output"),
    "preactivation for activation": lambda net: net.gradient("preactivation for activation"),
    "weights not transposed": lambda net: net.gradient("weights not transposed"),
    "bias from one example": lambda net: net.gradient("bias from one example"),
}
OPTIONS = {
    "missing branch": {"loss": cross_entropy},  # the softmax's normaliser
    "weights not transposed": {"square": True},
}


# --- the same through graphs ----------------------------------------------------------------


def random_graph(seed: int) -> graphs.Node:
    """A small network with a skip connection and shared weights, as a graph: branches meet."""
    rng = np.random.default_rng(seed)
    size, n = int(rng.integers(2, 5)), int(rng.integers(2, 6))
    x = graphs.Node(rng.normal(size=(size, n)), name="x")
    W = graphs.Node(rng.normal(size=(size, size)), name="W")
    b = graphs.Node(rng.normal(size=(size, 1)), name="b")
    a = graphs.tanh(W @ x + b)
    for _ in range(rng.integers(1, 3)):
        act = (graphs.tanh, graphs.sigmoid, graphs.sin)[rng.integers(3)]
        a = act(W @ a + b) + a
    target = rng.normal(size=(size, n))
    return graphs.mean((a - target) ** 2)


def overwriting_backward(root: graphs.Node) -> dict:
    """A backward pass that forgets to add up: the last branch wins."""
    found = {root: np.array(1.0)}
    for node in reversed(graphs.topological_order(root)):
        for position, parent in enumerate(node.parents):
            if parent.op != graphs.CONSTANT:
                found[parent] = graphs.vjp(node, position, found[node])
    return found
