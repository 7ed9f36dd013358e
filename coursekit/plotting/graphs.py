"""A computational graph from left to right, each value above its node, the gradient below."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from coursekit.arrays import Array
from coursekit.graphs import CONSTANT, Node, topological_order
from coursekit.plotting.layers import Layout, lay_out
from coursekit.plotting.styles import COLOURS
from coursekit.plotting.tables import SYMBOLS, operands, short

SIZE, GAP, ROW = 10.0, 24.0, 56.0  # of the font, between columns, between rows: in points
OFFSET = 13.0  # from the middle of a node to its value and its gradient, in points
LOOKS = {
    "value": {"color": COLOURS["blue"], "va": "bottom"},
    "gradient": {"color": COLOURS["vermilion"], "va": "top", "style": "italic"},
}
Gradients = Mapping[Node, Array]


def drawn_nodes(root: Node) -> list[Node]:
    """The nodes that a picture of `root` shows, parents first: all but constants."""
    return [node for node in topological_order(root) if node.op != CONSTANT or node is root]


def graph_steps(root: Node) -> tuple[list[Node], list[Node]]:
    """What is computed, step by step: the values forward, then the gradients backward."""
    nodes = drawn_nodes(root)
    return [node for node in nodes if node.parents], nodes[::-1]


def draw_graph(
    ax: Axes, root: Node, *, gradients: Gradients | None = None, upto: int | None = None, **lines
) -> dict[Node, Text]:
    """Draw the graph under `root`; returns the box of each node.

    The value stands above each node, upright and blue, the gradient below, slanted and orange;
    of larger arrays only the shape. A constant stands in the box of the
    operation that it goes into. With `upto` only so many steps are shown, counted as in
    `graph_steps`: each operation's value, forward, then (if `gradients` are given) each
    gradient, backward; the box of the last one is drawn thick. Keyword arguments go to the
    edges. Raises `ValueError` for a negative `upto`.
    """
    words, latest = _revealed(root, gradients, upto)
    room = _all_words(drawn_nodes(root), gradients)
    drawn = draw_boxes(ax, root, room, thick=latest, **lines)
    for (node, kind), text in words.items():
        ax.annotate(
            text, drawn.boxes[node].get_position(), xytext=(0, drawn.offset(kind)),
            textcoords="offset points", ha="center", fontsize=drawn.font, zorder=4,
            annotation_clip=False, **LOOKS[kind],
        )  # fmt: skip
    return drawn.boxes


@dataclass(frozen=True)
class Boxes:
    """A graph drawn without its numbers: the box of each node, and the way of each edge."""

    boxes: dict[Node, Text]
    edges: list[tuple[Node, Node, Path]]  # parent, child, in data coordinates
    scale: float

    @property
    def font(self) -> float:
        """The size of the text, in points."""
        return SIZE * self.scale

    def offset(self, kind: str) -> float:
        """How far above a node's middle its "value" starts, or its "gradient", in points."""
        return (1 if kind == "value" else -1) * OFFSET * self.scale


def draw_boxes(
    ax: Axes,
    root: Node,
    room: Mapping[Node, list[str]] | None = None,
    *,
    thick: Node | None = None,
    **lines,
) -> Boxes:
    """Draw the boxes and the edges of the graph under `root`, and no numbers.

    Each column is as wide as the widest text that `room` has for one of its nodes. The box of
    `thick` has a thick border; keyword arguments go to the edges.
    """
    nodes = drawn_nodes(root)
    words = {n: [f"  {_label(n)}  ", *(room or {}).get(n, [])] for n in nodes}
    layout = lay_out({n: [p for p in n.parents if p.op != CONSTANT] for n in nodes})
    x, width = _columns(ax, layout, words)
    scale = _frame(ax, layout, x, width)
    boxes = {n: _box(ax, n, x, layout, scale, thick=n is thick) for n in nodes}
    edges = []
    for child in nodes:
        edges += _edges_into(ax, child, boxes[child], layout, x, width, lines)
    return Boxes(boxes, edges, scale)


def _revealed(root: Node, gradients: Gradients | None, upto: int | None):
    """{(node, "value" or "gradient"): text} after `upto` steps, and the node of the last one."""
    if upto is not None and upto < 0:
        raise ValueError(f"draw_graph: upto must be a number of steps ≥ 0, got {upto!r}.")
    forward, backward = graph_steps(root)
    steps = [(node, "value") for node in forward]
    if gradients is not None:
        steps += [(node, "gradient") for node in backward if node in gradients]
    done = steps[:upto]
    given = [(node, "value") for node in drawn_nodes(root) if not node.parents]
    latest = done[-1][0] if upto is not None and done else None
    return {key: _word(*key, gradients) for key in (*given, *done)}, latest


def _word(node: Node, kind: str, gradients: Gradients | None) -> str:
    return short(node.value if kind == "value" else gradients[node])


def _all_words(nodes, gradients: Gradients | None) -> dict[Node, list[str]]:
    """Everything that will stand at a node, so that each step has the same layout."""
    kinds = ("value", "gradient") if gradients is not None else ("value",)
    return {
        n: [_word(n, k, gradients) for k in kinds if k == "value" or n in gradients] for n in nodes
    }


def _label(node: Node) -> str:
    """What stands in the box: the name of an input, else the symbol with any constants."""
    if not node.parents:
        return node.name or short(node.value)
    symbol = SYMBOLS.get(node.op, node.op)
    label = operands(node, symbol, lambda p: short(p.value) if p.op == CONSTANT else "")
    return f"{node.name} : {label}" if node.name else label


def _columns(ax: Axes, layout: Layout, words) -> tuple[list[float], list[float]]:
    """The middle and the width of each layer in points, wide enough for all that stands in it."""
    width = [0.0] * (max(layout.layer.values()) + 1)
    for node, texts in words.items():
        widest = max(_measure(ax, text) for text in texts)
        width[layout.layer[node]] = max(width[layout.layer[node]], widest)
    right = np.cumsum([w + GAP for w in width])
    return [float(r - GAP - w / 2) for r, w in zip(right, width, strict=True)], width


def _measure(ax: Axes, text: str) -> float:
    """The width of a text in points."""
    renderer = ax.figure.canvas.get_renderer()
    font = FontProperties(size=SIZE, style="italic")
    width, _, _ = renderer.get_text_width_height_descent(text, font, ismath=False)
    return width / renderer.points_to_pixels(1.0)


def _frame(ax: Axes, layout: Layout, x, width) -> float:
    """Let the axes span the graph; returns the scale at which the text has its room."""
    low, high = min(layout.height.values()) - 0.5, max(layout.height.values()) + 0.5
    ax.set(xlim=(-4, x[-1] + width[-1] / 2 + 4), ylim=(low * ROW, high * ROW))
    ax.set_axis_off()
    extent = ax.get_window_extent()
    pixels = ax.figure.dpi / 72  # in a point
    sizes = (
        extent.width / pixels / np.ptp(ax.get_xlim()),
        extent.height / pixels / np.ptp(ax.get_ylim()),
    )
    return float(min(*sizes, 1.1))


def _box(ax: Axes, node: Node, x, layout: Layout, scale: float, *, thick: bool) -> Text:
    shape = "round,pad=0.35" if node.parents else "square,pad=0.3"
    look = {
        "boxstyle": shape,
        "fc": "white" if node.parents else "#EEEEEE",
        "ec": COLOURS["black"],
        "lw": 2.4 if thick else 0.9,
    }
    return ax.text(
        x[layout.layer[node]], layout.height[node] * ROW, _label(node), ha="center",
        va="center", fontsize=SIZE * scale, bbox=look, zorder=3,
    )  # fmt: skip


def _edges_into(ax: Axes, child: Node, box: Text, layout: Layout, x, width, lines) -> list:
    """A line from each parent, over the stones between, level beside a node and bent between;
    returns (parent, child, way) of each."""
    look = {"color": COLOURS["grey"], "lw": 1.0, **lines}
    parents, edges = [p for p in child.parents if p.op != CONSTANT], []
    for number, parent in enumerate(parents):
        keys = [parent, *layout.stones[parent, child], child]
        port = ((len(parents) - 1) / 2 - number) * min(9.0, 18.0 / len(parents))
        heights = [layout.height[key] * ROW for key in keys]
        heights[-1] += port
        at = [layout.layer[key] for key in keys]
        edges.append((parent, child, _bent(at, heights, x, width)))
        ax.add_patch(PathPatch(edges[-1][-1], fc="none", **look))
        entry = (x[at[-1]] - width[at[-1]] / 2, heights[-1])
        middle = (x[at[-1]], heights[-1] - port)
        # above the boxes: they are then in place when it is cut off at one
        arrow = {
            "arrowstyle": "-|>",
            "mutation_scale": 9,
            "shrinkA": 0,
            "shrinkB": 1,
            "zorder": 3.5,
        }
        ax.add_patch(FancyArrowPatch(entry, middle, patchB=box.get_bbox_patch(), **arrow, **look))
    return edges


def _bent(at, heights, x, width) -> Path:
    """From the middle of the first column to the left edge of the last."""
    points, codes = [(x[at[0]], heights[0])], [Path.MOVETO]
    for i in range(len(at) - 1):
        start = x[at[i]] + width[at[i]] / 2
        end = x[at[i + 1]] - width[at[i + 1]] / 2
        middle = (start + end) / 2
        a, b = heights[i : i + 2]
        points += [(start, a), (middle, a), (middle, b), (end, b)]
        codes += [Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    return Path(points, codes)
