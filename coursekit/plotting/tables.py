"""A computational graph as a table: the same content as its picture, in text."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from coursekit.arrays import Array
from coursekit.graphs import CONSTANT, Node, topological_order

SYMBOLS = {
    "add": "+",
    "subtract": "−",
    "multiply": "×",
    "divide": "÷",
    "power": "^",
    "matmul": "@",
    "negative": "neg",
    "sigmoid": "σ",
    "sqrt": "√",
    "sum": "Σ",
    "norm": "norm",
    "transpose": "T",
}
INFIX = ("add", "subtract", "multiply", "divide", "power", "matmul")
HEAD = ("node", "operation", "value", "gradient")


@dataclass(frozen=True)
class GraphTable:
    """Rows (node, operation, value, gradient), parents first; all text.

    `str()` aligns the columns, a notebook shows a table, and `words` is one sentence, for the
    alternative text of a picture.
    """

    rows: tuple[tuple[str, str, str, str], ...]

    def __str__(self) -> str:
        rows = [HEAD, *self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{word}</th>" for word in HEAD)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    @property
    def words(self) -> str:
        return "; ".join(
            (f"{node} = {value}" if operation == "input" else f"{node} = {operation} = {value}")
            + (f" with gradient {gradient}" if gradient else "")
            for node, operation, value, gradient in self.rows
        )


def graph_table(root: Node, gradients: Mapping[Node, Array] | None = None) -> GraphTable:
    """What `draw_graph` draws, as text. Nodes without a name are numbered: #1, #2, …"""
    nodes = [node for node in topological_order(root) if node.op != CONSTANT or node is root]
    names, gradients = _names(nodes), gradients or {}
    rows = [
        (
            names[node],
            _operation(node, names),
            short(node.value),
            short(gradients[node]) if node in gradients else "",
        )
        for node in nodes
    ]
    return GraphTable(tuple(rows))


def _names(nodes) -> dict[Node, str]:
    names, number = {}, 0
    for node in nodes:
        number += not node.name
        names[node] = node.name or f"#{number}"
    return names


def _operation(node: Node, names: Mapping[Node, str]) -> str:
    if not node.parents:
        return node.op

    def name(parent):
        return short(parent.value) if parent.op == CONSTANT else names[parent]

    if node.op in INFIX:
        return operands(node, SYMBOLS[node.op], name)
    options = [f"{k}={v}" for k, v in node.options.items() if _worth_saying(v)]
    return f"{node.op}({', '.join([*map(name, node.parents), *options])})"


def _worth_saying(option) -> bool:
    return option is not None and option is not False and not isinstance(option, np.ndarray)


def operands(node: Node, symbol: str, name: Callable[[Node], str]) -> str:
    """The symbol of an operation, between its operands if it has two; nameless ones left out."""
    if node.op not in INFIX:
        return symbol
    left, right = map(name, node.parents)
    return " ".join(filter(None, (left, symbol, right)))


def short(value: Array) -> str:
    """A number with four digits, a few numbers in brackets; of larger arrays only the shape."""
    if value.ndim == 0:
        return f"{float(value) + 0.0:.4g}".replace("-", "−")  # + 0.0: no −0
    words = "[" + ", ".join(map(short, value)) + "]" if value.ndim == 1 else ""
    return words if words and value.size <= 4 and len(words) <= 28 else str(value.shape)
