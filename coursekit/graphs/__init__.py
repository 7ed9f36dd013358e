"""Computational graphs: the chain rule with values and gradients that can be looked at.

    x, y = Node(2.0, name="x"), Node(3.0, name="y")
    f = (x + y) * y
    backward(f)[y]   # array(8.): 3 along the branch through the sum, and 5 directly

A node holds its value, the operation that made it and the nodes that went in. `backward`
returns the gradient of a scalar with respect to every node below it and changes nothing, so
calling it twice gives the same. It walks the graph in a loop: a chain of 20,000 operations is
no deeper for it than one of two.
"""

from coursekit.graphs.backward import Gradients, backward, topological_order, vjp
from coursekit.graphs.derivatives import OPS, Operation, unbroadcast
from coursekit.graphs.nodes import CONSTANT, INPUT, Node, apply
from coursekit.graphs.operations import (
    add,
    concatenate,
    cos,
    divide,
    exp,
    index,
    log,
    logsumexp,
    matmul,
    max,  # noqa: A004
    mean,
    multiply,
    negative,
    norm,
    power,
    relu,
    reshape,
    sigmoid,
    sin,
    sqrt,
    subtract,
    sum,  # noqa: A004
    tanh,
    transpose,
    where,
)

__all__ = [
    "CONSTANT",
    "INPUT",
    "OPS",
    "Gradients",
    "Node",
    "Operation",
    "add",
    "apply",
    "backward",
    "concatenate",
    "cos",
    "divide",
    "exp",
    "index",
    "log",
    "logsumexp",
    "matmul",
    "max",
    "mean",
    "multiply",
    "negative",
    "norm",
    "power",
    "relu",
    "reshape",
    "sigmoid",
    "sin",
    "sqrt",
    "subtract",
    "sum",
    "tanh",
    "topological_order",
    "transpose",
    "unbroadcast",
    "vjp",
    "where",
]
