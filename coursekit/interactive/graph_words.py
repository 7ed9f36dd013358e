"""What happens at each node of a graph, forward and backward, in a sentence."""

import numpy as np

from coursekit.arrays import Array
from coursekit.graphs import Node, vjp
from coursekit.plotting.tables import SYMBOLS, operands, short


def captions(
    nodes: list[Node], gradients: dict[Node, Array], forward: list[int], back: list[int]
) -> list[str]:
    """What is given, then what is computed at nodes number `forward`, then at those of `back`."""
    given = ", ".join(f"{name_of(n)} = {short(n.value)}" for n in nodes if not n.parents)
    said = [f"Given: {given}."]
    for k, i in enumerate(forward, 1):
        said.append(f"Forward {k} of {len(forward)}, {_computed(nodes[i])}.")
    for k, i in enumerate(back, 1):
        said.append(f"Backward {k} of {len(back)}, {_returned(nodes[i], nodes, gradients)}.")
    return said


def name_of(node: Node) -> str:
    """A node's name, else the symbol of its operation."""
    return node.name or SYMBOLS.get(node.op, node.op)


def _factor(number: Array) -> str:
    """A number inside a product or a sum."""
    word = short(np.asarray(number))
    return f"({word})" if word.startswith("−") else word


def _computed(node: Node) -> str:
    symbol = SYMBOLS.get(node.op, node.op)
    done = operands(node, symbol, lambda parent: _factor(parent.value))
    if done == symbol:  # no infix: a function of its arguments
        done = f"{node.op}({', '.join(short(parent.value) for parent in node.parents)})"
    return f"{name_of(node)}: {done} = {short(node.value)}"


def _returned(node: Node, nodes: list[Node], gradients: dict[Node, Array]) -> str:
    """The gradient that arrives at a node: from each use what its result has, times the slope."""
    uses = [(c, i) for c in nodes for i, parent in enumerate(c.parents) if parent is node]
    if not uses:
        return f"{name_of(node)}: with respect to itself, 1"
    parts = [
        f"{_factor(gradients[child])} · {_factor(vjp(child, i, np.array(1.0)))}"
        for child, i in uses
    ]
    branches = f", {len(uses)} branches added up" if len(uses) > 1 else ""
    return f"{name_of(node)}: {' + '.join(parts)} = {short(gradients[node])}{branches}"
