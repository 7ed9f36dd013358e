"""The operations as functions: of nodes, numbers and arrays, returning a node.

Each does what NumPy's function of that name does; `derivatives` has the table behind them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from coursekit.graphs.nodes import Node, apply

Value = Node | ArrayLike
Axis = int | tuple[int, ...] | None


def add(x: Value, y: Value) -> Node:
    """x + y."""
    return apply("add", x, y)


def subtract(x: Value, y: Value) -> Node:
    """x − y."""
    return apply("subtract", x, y)


def multiply(x: Value, y: Value) -> Node:
    """x · y, element by element."""
    return apply("multiply", x, y)


def divide(x: Value, y: Value) -> Node:
    """x / y."""
    return apply("divide", x, y)


def power(x: Value, y: Value) -> Node:
    """xʸ; ∂/∂x is 0 where y = 0, and ∂/∂y is 0 where x = 0 and y ≥ 0."""
    return apply("power", x, y)


def negative(x: Value) -> Node:
    """−x."""
    return apply("negative", x)


def matmul(a: Value, b: Value) -> Node:
    """a @ b: matrices, vectors, and stacks of matrices that broadcast."""
    return apply("matmul", a, b)


def exp(x: Value) -> Node:
    """eˣ."""
    return apply("exp", x)


def log(x: Value) -> Node:
    """The natural logarithm."""
    return apply("log", x)


def sqrt(x: Value) -> Node:
    """√x; its slope at 0 is infinite."""
    return apply("sqrt", x)


def sin(x: Value) -> Node:
    """sin x."""
    return apply("sin", x)


def cos(x: Value) -> Node:
    """cos x."""
    return apply("cos", x)


def tanh(x: Value) -> Node:
    """tanh x, with slope 1 − tanh² x."""
    return apply("tanh", x)


def sigmoid(x: Value) -> Node:
    """σ(x) = 1 / (1 + e^−x), with slope σ(1 − σ)."""
    return apply("sigmoid", x)


def relu(x: Value) -> Node:
    """max(x, 0); its slope at 0 is taken as 0, as PyTorch does."""
    return apply("relu", x)


def where(condition: Value, x: Value, y: Value) -> Node:
    """x where the condition holds and y elsewhere; no gradient flows to the condition."""
    condition = condition.value if isinstance(condition, Node) else condition
    return apply("where", x, y, condition=np.array(condition, dtype=bool))


def sum(x: Value, axis: Axis = None, keepdims: bool = False) -> Node:  # noqa: A001
    """Σ x over all axes, or over those named."""
    return apply("sum", x, axis=axis, keepdims=keepdims)


def mean(x: Value, axis: Axis = None, keepdims: bool = False) -> Node:
    """The mean over all axes, or over those named."""
    return apply("mean", x, axis=axis, keepdims=keepdims)


def max(x: Value, axis: Axis = None, keepdims: bool = False) -> Node:  # noqa: A001
    """The largest element; where several are, they share the gradient in equal parts."""
    return apply("max", x, axis=axis, keepdims=keepdims)


def norm(x: Value, axis: Axis = None, keepdims: bool = False) -> Node:
    """√Σ x², the length; its gradient at x = 0 is taken as 0."""
    return apply("norm", x, axis=axis, keepdims=keepdims)


def logsumexp(x: Value, axis: Axis = None, keepdims: bool = False) -> Node:
    """log Σ eˣ for x of any size; its gradient is the softmax of x."""
    return apply("logsumexp", x, axis=axis, keepdims=keepdims)


def reshape(x: Value, shape: int | tuple[int, ...]) -> Node:
    """The same elements in another shape; one length may be −1."""
    return apply("reshape", x, shape=shape)


def transpose(x: Value, axes: tuple[int, ...] | None = None) -> Node:
    """The axes in another order; in reverse where none is given."""
    return apply("transpose", x, axes=axes)


def index(x: Node, key) -> Node:
    """x[key], for every key that NumPy takes; an element taken twice gets both gradients."""
    return x[key] if isinstance(x, Node) else Node(x)[key]


def concatenate(pieces: Sequence[Value], axis: int = 0) -> Node:
    """The pieces one after the other along an axis."""
    return apply("concatenate", *pieces, axis=axis)
