"""A node of a computational graph: a value, the operation that made it, and what went in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, as_floats
from coursekit.graphs.derivatives import OPS, Operation

INPUT, CONSTANT = "input", "constant"


@dataclass(frozen=True, eq=False, repr=False)
class Node:
    """A value in a graph; two nodes are equal only if they are the same node.

    `value` is a float64 array that cannot be written to, () for a single number. A node that
    was given its value is an "input"; a plain number or array that meets a node in an operation
    becomes a "constant", for which no gradient is computed. `options` are those of the
    operation, such as the axis of a sum; `rule` is the operation itself where it is none of
    the table's. Raises `TypeError` for a value that is not made of
    real numbers and for parents that are not nodes.
    """

    value: Array
    op: str = INPUT
    parents: tuple["Node", ...] = ()
    name: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    rule: Operation | None = None

    __array_ufunc__ = None  # array + node is for the node to compute

    def __post_init__(self):
        parents = tuple(self.parents)
        for parent in parents:
            if not isinstance(parent, Node):
                raise TypeError(f"Node: parents must be nodes, got {parent!r:.60}.")
        value = as_floats(self.value, "Node: value").view()
        if not parents:
            value = value.copy()  # the caller may go on writing to the original
        value.flags.writeable = False
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "parents", parents)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def operation(self) -> Operation:
        """What made it: its rule, or the table's. Raises `ValueError` where there is neither."""
        if self.rule is None and self.op not in OPS:
            raise ValueError(f"no derivative is known for the operation {self.op!r} of {self!r}.")
        return self.rule or OPS[self.op]

    @property
    def T(self) -> "Node":  # noqa: N802
        return apply("transpose", self)

    def named(self, name: str) -> "Node":
        """The same node once more, under another name."""
        return replace(self, name=name)

    def __repr__(self) -> str:
        called = f"{self.op} {self.name}" if self.name else self.op
        value = np.array2string(self.value, precision=4, threshold=8, separator=", ")
        return f"<{called}: {' '.join(value.split())}>"

    def __iter__(self) -> Iterator["Node"]:
        if not self.shape:
            raise TypeError("a node that holds a single number cannot be taken apart.")
        return (self[i] for i in range(self.shape[0]))

    def __getitem__(self, key) -> "Node":
        return apply("index", self, key=_kept(key))

    def __neg__(self) -> "Node":
        return apply("negative", self)

    def __add__(self, other) -> "Node":
        return apply("add", self, other)

    def __radd__(self, other) -> "Node":
        return apply("add", other, self)

    def __sub__(self, other) -> "Node":
        return apply("subtract", self, other)

    def __rsub__(self, other) -> "Node":
        return apply("subtract", other, self)

    def __mul__(self, other) -> "Node":
        return apply("multiply", self, other)

    def __rmul__(self, other) -> "Node":
        return apply("multiply", other, self)

    def __truediv__(self, other) -> "Node":
        return apply("divide", self, other)

    def __rtruediv__(self, other) -> "Node":
        return apply("divide", other, self)

    def __pow__(self, other) -> "Node":
        return apply("power", self, other)

    def __rpow__(self, other) -> "Node":
        return apply("power", other, self)

    def __matmul__(self, other) -> "Node":
        return apply("matmul", self, other)

    def __rmatmul__(self, other) -> "Node":
        return apply("matmul", other, self)


def apply(op: str | Operation, *arguments: Node | ArrayLike, **options) -> Node:
    """The node that an operation makes of its arguments: one of the table `OPS`, or your own.

        square = Operation(np.square, (lambda g, out, x: 2 * g * x,))
        backward(apply(square, x))[x]      # 2x

    The function that it computes with gives your own its name. Plain numbers and arrays become
    constants. What is not finite passes without a warning. Raises `ValueError` naming the
    operation and all shapes where these do not fit, and `TypeError` for what is not made of real
    numbers.
    """
    rule = op if isinstance(op, Operation) else None
    name = getattr(op.forward, "__name__", "operation").strip("_") if rule else op
    parents = tuple(_as_node(argument, name) for argument in arguments)
    try:
        with np.errstate(all="ignore"):
            value = (rule or OPS[op]).forward(*(parent.value for parent in parents), **options)
    except (ValueError, IndexError) as problem:
        shapes = " and ".join(str(parent.shape) for parent in parents)
        said = f"{name} cannot work on shape{'s'[: len(parents) > 1]} {shapes}{_said(options)}"
        raise ValueError(f"{said}: {str(problem).strip()}.") from None
    return Node(value, name, parents, options=options, rule=rule)


def _as_node(argument: Node | ArrayLike, op: str) -> Node:
    if isinstance(argument, Node):
        return argument
    return Node(as_floats(argument, f"{op}: an argument"), CONSTANT)


def _said(options: Mapping[str, Any]) -> str:
    return "".join(f", {name}={value!r:.60}" for name, value in options.items())


def _kept(key):
    """The same key, with arrays that nobody else writes to."""
    if isinstance(key, tuple):
        return tuple(_kept(part) for part in key)
    return np.array(key) if isinstance(key, np.ndarray | list) else key
