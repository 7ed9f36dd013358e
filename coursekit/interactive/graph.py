"""The graph explorer: values flow forward through a drawn graph, gradients backward."""

from collections.abc import Callable
from typing import Any

import numpy as np

from coursekit.arrays import Array
from coursekit.graphs import CONSTANT, Node, backward, topological_order
from coursekit.interactive.controls import slider
from coursekit.interactive.explorer import Explorer, Scene
from coursekit.interactive.expressions import Expression, expression_of
from coursekit.interactive.graph_words import captions, name_of
from coursekit.interactive.looks import DASHES
from coursekit.interactive.panel import Panel
from coursekit.interactive.strokes import joined, padded
from coursekit.plotting import COLOURS, graph_steps, graph_table, subplots
from coursekit.plotting.graphs import Boxes, draw_boxes, drawn_nodes
from coursekit.plotting.tables import short

WIDEST = "−0.00000"  # the number that every node has room for
WIDTH, SCALE = 9.4, 1.1  # inches at most; of the text at most
PACE = 1.0  # frames a second: each has a caption to be read


def explore_graph(function: str | Callable[..., Node] = "neuron", **inputs: float) -> Explorer:
    """Change an input, and watch values flow forward through the graph and gradients backward.

    `function` takes nodes and returns one, as `lambda x, y: (x + y) * y`; the inputs are given
    by name, `x=2.0, y=3.0`, unless the function has defaults. Each has a slider. The player goes
    forward node by node, then backward: the node that is computed and the edges on which it
    depends are lit, solid on the way forward and dashed backward, and a sentence says what is
    multiplied and added there. Values stand above the nodes, upright, gradients below, slanted,
    as `draw_graph` puts them; all numbers are those of `coursekit.graphs`.

    Chapter 05's graphs are there by name: "neuron", "branches" and "product". Raises
    `TypeError` for a function that does not return a node, and `ValueError` for another name,
    an input that is missing, unknown, unused or not one finite number, and for nodes that hold
    more than one number.
    """
    expression = expression_of(function, inputs)
    picture = _Picture(expression)
    return Explorer(
        f"The graph of {expression.name}",
        [picture.panel],
        [_slider(name, value, expression) for name, value in expression.inputs.items()],
        picture.layers(),
        {},
        picture.scene,
        player=True,
        pace=PACE,
    )


def _slider(name: str, value: float, expression: Expression) -> dict[str, Any]:
    reach = max(4.0, 2 * abs(value))
    return slider(name, value, (-reach, reach), label=expression.label(name))


class _Picture:
    """The graph as it is drawn once, and what of it is lit in each frame."""

    def __init__(self, expression: Expression):
        self.expression = expression
        self.root = expression.root(expression.inputs)
        self.forward, self.back = (_places(self.root, part) for part in graph_steps(self.root))
        self.frames = 1 + len(self.forward) + len(self.back)
        self.panel, self.drawn = _drawn(self.root)
        self.lit = self._lit()

    def scene(self, **inputs: float) -> Scene:
        root = self.expression.root(inputs)
        if _structure(root) != _structure(self.root):
            raise ValueError(
                "with these inputs the function makes another graph than the one drawn; "
                "run the cell with them to see it."
            )
        nodes, gradients = drawn_nodes(root), backward(root)
        arrays = {
            "values": np.array([[node.value for node in nodes]]),
            "gradients": np.array([[gradients[node] for node in nodes]]),
        }
        ends = [f"{name_of(n)} {short(gradients[n])}" for n in nodes if not n.parents]
        text = f"{name_of(root)} = {short(root.value)}; its gradient: {', '.join(ends)}."
        code = self.expression.code(inputs)
        said = captions(nodes, gradients, self.forward, self.back)
        return Scene(arrays | self.lit, self.frames, text, code, captions=said)

    def layers(self) -> list[dict[str, Any]]:
        nodes = drawn_nodes(self.root)
        count = len(self.forward)
        valued = {i: 1 + k for k, i in enumerate(self.forward)}
        graded = {i: 1 + count + k for k, i in enumerate(self.back)}
        blue, red = (
            {"colour": COLOURS["blue"]},
            {"colour": COLOURS["vermilion"], "dash": DASHES["--"]},
        )
        numbers = {"panel": "graph", "kind": "text", "size": self.drawn.font}
        return [
            {"panel": "graph", "kind": "strokes", "of": "forward edges", "width": 3, **blue},
            {"panel": "graph", "kind": "strokes", "of": "backward edges", "width": 3, **red},
            {"panel": "graph", "kind": "outlines", "of": "forward box", "width": 2, **blue},
            {"panel": "graph", "kind": "outlines", "of": "backward box", "width": 2, **red},
            {
                **numbers,
                **blue,
                "of": "values",
                "at": self._places("value"),
                "since": [valued.get(i, 0) for i in range(len(nodes))],
            },
            {
                **numbers,
                **red,
                "of": "gradients",
                "at": self._places("gradient"),
                "since": [graded[i] for i in range(len(nodes))],
                "below": True,
                "slanted": True,
            },
        ]

    def _places(self, kind: str) -> list[list[float]]:
        """Where the number of each node stands, in data coordinates."""
        ax = self.panel.ax
        lift = self.drawn.offset(kind) / 72 * ax.figure.dpi
        middles = [box.get_position() for box in self.drawn.boxes.values()]
        pixels = ax.transData.transform(middles) + np.array([0, lift])
        return ax.transData.inverted().transform(pixels).tolist()

    def _lit(self) -> dict[str, Array]:
        """In each frame the box of its node and the edges to it, in the forward pass from the
        left, in the backward pass from the right."""
        nodes = drawn_nodes(self.root)
        steps = [(0, i) for i in self.forward] + [(1, i) for i in self.back]
        boxes = np.full((2, self.frames, 1, 4, 2), np.nan)
        ways = [[[] for _ in range(self.frames)] for _ in range(2)]
        for frame, (direction, i) in enumerate(steps, 1):
            boxes[direction, frame, 0] = _corners(self.drawn.boxes[nodes[i]])
            for edge in self.drawn.edges:
                if edge[1 - direction] is nodes[i]:
                    ways[direction][frame].append(_way(edge, self.drawn))
        return {
            "forward box": boxes[0],
            "backward box": boxes[1],
            "forward edges": padded([joined(way) for way in ways[0]]),
            "backward edges": padded([joined(way) for way in ways[1]]),
        }


def _structure(root: Node) -> list[tuple]:
    """Operations and what goes into them, constants with their values."""
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    return [
        (n.op, n.name, [place[p] for p in n.parents], float(n.value) if n.op == CONSTANT else None)
        for n in order
    ]


def _places(root: Node, some: list[Node]) -> list[int]:
    place = {node: i for i, node in enumerate(drawn_nodes(root))}
    return [place[node] for node in some]


def _drawn(root: Node) -> tuple[Panel, Boxes]:
    """The boxes and edges on a panel as large as they need."""
    fig, ax = subplots(layout=None)
    ax.set_position((0, 0, 1, 1))
    room = {node: [WIDEST] for node in drawn_nodes(root)}
    draw_boxes(ax, root, room)
    size = np.array([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())]) / 72
    fig.set_size_inches(size * min(SCALE, WIDTH / size[0]))
    ax.clear()
    drawn = draw_boxes(ax, root, room)
    rows = "; ".join(f"{n} = {done}" for n, done, *_ in graph_table(root).rows if done != "input")
    label = f"The graph from left to right, values above, gradients below: {rows}"
    panel = Panel("graph", fig, label, scrolls=True)
    fig.draw_without_rendering()  # the boxes learn where they are
    return panel, drawn


def _extent(box) -> tuple[Array, Array]:
    """The lower left and the upper right corner of a node's box."""
    ax = box.axes
    pixels = box.get_bbox_patch().get_window_extent()
    low, high = ax.transData.inverted().transform(pixels.get_points())
    return low, high


def _corners(box) -> Array:
    (low, high), room = _extent(box), 3
    low, high = low - room, high + room
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])])


def _way(edge, drawn: Boxes) -> Array:
    """(n, 2): the edge from its parent's box to its child's."""
    parent, child, path = edge
    (points,) = path.to_polygons(closed_only=False)
    right, left = _extent(drawn.boxes[parent])[1][0], _extent(drawn.boxes[child])[0][0]
    (x, y), (to_x, to_y) = points[-1], drawn.boxes[child].get_position()
    end = (left, y + (to_y - y) * (left - x) / (to_x - x))
    inside = points[points[:, 0] > right]
    return np.vstack([(right, points[0, 1]), inside, end])
