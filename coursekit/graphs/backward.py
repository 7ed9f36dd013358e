"""Backpropagation: from a scalar back to the gradient of every node below it."""

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, as_floats
from coursekit.graphs.derivatives import unbroadcast
from coursekit.graphs.nodes import CONSTANT, Node


class Gradients(dict[Node, Array]):
    """A dictionary that says it in words when it is asked for a node it does not have."""

    def __missing__(self, node: Node) -> Array:
        if isinstance(node, Node) and node.op == CONSTANT:
            raise KeyError(f"no gradient is computed for a constant, such as {node!r}")
        raise KeyError(f"the root of this backward pass was not computed from {node!r}")


def topological_order(root: Node) -> list[Node]:
    """Every node under `root` once, each after all of its parents; `root` comes last.

    A loop over a stack of its own: Python's recursion limit does not matter. The time grows
    with the number of edges.
    """
    order, done, stack = [], set(), [root]
    while stack:
        node = stack[-1]
        waiting = () if node in done else [p for p in node.parents if p not in done]
        stack.extend(reversed(waiting))
        if not waiting:
            stack.pop()
            if node not in done:
                done.add(node)
                order.append(node)
    return order


def vjp(node: Node, position: int, gradient: Array) -> Array:
    """What `node`, whose own gradient is given, passes back to the parent at `position`.

    The operation's vector–Jacobian product, added up over what broadcasting had repeated, so
    that it has the parent's shape. Raises `ValueError` for an operation not in the table.
    """
    product = node.operation.vjps[position]
    arguments = [parent.value for parent in node.parents]
    with np.errstate(all="ignore"):
        part = product(gradient, node.value, *arguments, **node.options)
        return unbroadcast(np.asarray(part), arguments[position].shape)


def backward(root: Node, seed: ArrayLike | None = None) -> dict[Node, Array]:
    """∂root/∂node for `root` and every node it was computed from, constants excepted.

        ∂L/∂x = Σ over the operations that x went into of  ∂L/∂out · ∂out/∂x

    Each gradient has the shape of its node and cannot be written to. Nothing is changed, so a
    second call gives the same again. A root that is not a scalar needs `seed` = ∂L/∂root, of
    its shape, for some scalar L; the gradients are then those of L.

    Raises `TypeError` where `root` is not a node and `ValueError` for a root that is not a
    scalar, a seed of the wrong shape, and an operation that is not in `OPS`.

    Source: reverse accumulation, Linnainmaa (1976), https://doi.org/10.1007/BF01931367.
    """
    gradients = Gradients({root: _seed(root, seed)})
    for node in reversed(topological_order(root)):
        for position, parent in enumerate(node.parents):
            if parent.op != CONSTANT:
                part = vjp(node, position, gradients[node])
                gradients[parent] = gradients[parent] + part if parent in gradients else part
    return _unwritable(gradients)


def _seed(root: Node, seed: ArrayLike | None) -> Array:
    if not isinstance(root, Node):
        raise TypeError(f"backward needs a node as its root, got {type(root).__name__}.")
    if seed is None and root.shape:
        raise ValueError(
            f"backward needs a scalar root, got {root.op} of shape {root.shape}: take its sum or "
            "mean first, or give the gradient at the root as seed."
        )
    seed = np.array(1.0) if seed is None else as_floats(seed, "backward: seed").copy()
    if seed.shape != root.shape:
        raise ValueError(
            f"backward: seed must have the root's shape {root.shape}, got {seed.shape}."
        )
    return seed


def _unwritable(gradients: Gradients) -> Gradients:
    """Two nodes may share one array, and neither may be changed through the other."""
    for node, gradient in gradients.items():
        gradients[node] = np.asarray(gradient)
        gradients[node].flags.writeable = False
    return gradients
