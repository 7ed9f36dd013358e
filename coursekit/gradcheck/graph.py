"""Gradients that come through a graph: which node passes a wrong one back?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from coursekit.arrays import Array
from coursekit.gradcheck.blocks import Block
from coursekit.gradcheck.checking import check_gradient
from coursekit.gradcheck.culprits import culprits
from coursekit.gradcheck.report import GradientReport
from coursekit.graphs import CONSTANT, INPUT, Node, backward, topological_order

Gradients = Mapping[Node, Array]


def check_graph(
    root: Node,
    gradients: Callable[[Node], Gradients] | Gradients = backward,
    *,
    tolerance: float = 1e-5,
) -> GradientReport:
    """Check the gradients of a graph's inputs, and name the node where one goes wrong.

    `gradients` is a backward pass, or the dictionary that one has returned. Every input is
    moved a little and the graph computed anew. Where that disagrees, each operation is
    checked by itself: is what a node was given the sum of what the operations it went into
    should pass back? The blocks of the report are the inputs, by name.

    Raises `TypeError` where root is not a node and `ValueError` where it is not a scalar, has
    no inputs, or an input has no gradient.
    """
    if not isinstance(root, Node):
        raise TypeError(f"check_graph needs a node as its root, got {type(root).__name__}.")
    if root.shape:
        raise ValueError(f"check_graph needs a scalar root, got shape {root.shape}.")
    graph = _Graph(root, topological_order(root))
    found = gradients(root) if callable(gradients) else gradients
    inputs = graph.inputs()
    missing = [graph.label(node) for node in inputs if node not in found]
    if missing or not inputs:
        said = f"none for {', '.join(missing)}" if inputs else "no input in the graph"
        raise ValueError(f"check_graph needs a gradient for every input, got {said}.")
    point = np.concatenate([node.value.ravel() for node in inputs])
    claimed = np.concatenate([np.asarray(found[node], dtype=float).ravel() for node in inputs])
    report = check_gradient(
        graph.at, claimed, point, blocks=graph.blocks(), tolerance=tolerance, batched=False
    )
    if report.ok:
        return report
    findings = tuple(culprits(graph.order, graph.label, found))
    return report.finding(*(findings or report.findings))


@dataclass(frozen=True)
class _Graph:
    root: Node
    order: list[Node]  # each node after all of its parents

    def inputs(self) -> list[Node]:
        return [node for node in self.order if node.op == INPUT]

    def label(self, node: Node) -> str:
        """Its name; of a node without one the operation, with a number where it is not alone."""
        if node.name:
            return node.name
        alike = [other for other in self.order if other.op == node.op and not other.name]
        number = f" {alike.index(node) + 1}" if len(alike) > 1 else ""
        return f"{node.op}{number}"

    def blocks(self) -> dict[str, Block]:
        """The inputs as blocks of one flat point; a name met twice gets a number."""
        blocks, start = {}, 0
        for node in self.inputs():
            name, count = self.label(node), 2
            while name in blocks:
                name, count = f"{self.label(node)} ({count})", count + 1
            blocks[name] = Block(slice(start, start + node.value.size), node.shape)
            start += node.value.size
        return blocks

    def at(self, point: Array) -> float:
        """The root's value where the inputs, one after the other, are `point`."""
        values, start = {}, 0
        for node in self.order:
            if node.op == INPUT:
                values[node] = point[start : start + node.value.size].reshape(node.shape)
                start += node.value.size
            elif node.op == CONSTANT:
                values[node] = node.value
            else:
                arguments = [values[parent] for parent in node.parents]
                values[node] = node.operation.forward(*arguments, **node.options)
        return float(values[self.root])
