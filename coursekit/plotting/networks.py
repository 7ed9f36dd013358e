"""Networks with numbers on them, what they make of the plane, and the digits they read."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle
from numpy.typing import ArrayLike

from coursekit.arrays import Array
from coursekit.landscapes import grid
from coursekit.networks import MLP, ForwardPass
from coursekit.plotting.styles import COLOURS

_CLASSES = (("blue", "o"), ("orange", "s"), ("green", "^"), ("purple", "D"))


def draw_network(
    ax: Axes,
    net: MLP,
    forward_pass: ForwardPass,
    gradient: ArrayLike | None = None,
    *,
    deltas: Sequence[Array] | None = None,
    **lines,
):
    """Draw a network and what one example did to it; returns the edges.

    In each unit stands its activation. An edge is as thick as its weight is large, and dashed
    where that is negative. The weight stands above the edge, its entry of `gradient` `(P,)`
    below it in brackets; a unit's bias stands above the unit, its entry of `deltas` (∂L/∂z, as
    `MLP.deltas` gives them) below it in brackets. Layers of more than six units are drawn
    without numbers. `forward_pass` must be of one example, `(d,)`.
    """
    places, named = _places(net.sizes), net.unpack(forward_pass.parameters)
    slopes = None if gradient is None else net.unpack(gradient)
    ends, weights, small = [], [], max(net.sizes) <= 6
    for layer in range(1, net.layers + 1):
        for (row, column), weight in np.ndenumerate(named[f"W{layer}"]):
            ends.append((places[layer - 1][column], places[layer][row]))
            weights.append(weight)
            if small:
                slope = None if slopes is None else slopes[f"W{layer}"][row, column]
                _numbers_on_edge(ax, *ends[-1], weight, slope)
    for layer, activation in enumerate(forward_pass.activations):
        bias = named[f"b{layer}"] if layer else None
        delta = deltas[layer - 1] if layer and deltas is not None else None
        _draw_units(ax, places[layer], activation, bias, delta, small)
    heights = np.concatenate(places)[:, 1]
    limits = heights.min() - 0.45, heights.max() + 0.45
    ax.set(xlim=(-0.3, _APART * net.layers + 0.3), ylim=limits, aspect="equal")
    ax.axis("off")
    return ax.add_collection(LineCollection(ends, **{**_edges(np.array(weights)), **lines}))


_APART = 1.6  # the distance between layers; units of a layer are 1 apart, or closer
_RADIUS = 0.2


def _places(sizes: tuple[int, ...]) -> list[Array]:
    """Where the units of each layer stand, `(units, 2)`: a column a layer, the first on top."""
    apart = min(1.0, 6 / max(sizes))
    return [
        np.stack(
            [np.full(size, _APART * layer), apart * ((size - 1) / 2 - np.arange(size))], axis=1
        )
        for layer, size in enumerate(sizes)
    ]


def _edges(weights: Array) -> dict:
    return {
        "colors": COLOURS["grey"],
        "linewidths": 0.4 + 3 * np.abs(weights) / (np.abs(weights).max() or 1.0),
        "linestyles": ["--" if weight < 0 else "-" for weight in weights],
        "zorder": 1,
    }


def _numbers_on_edge(ax: Axes, start: Array, end: Array, weight: float, slope: float | None):
    """The weight above the edge and its gradient below, nearer to its start than to its end."""
    along = (end - start) / np.hypot(*(end - start))
    across, middle = np.array([-along[1], along[0]]), start + 0.27 * (end - start)
    look = {"rotation": np.degrees(np.arctan2(*along[::-1])), "rotation_mode": "anchor"}
    _number(ax, middle + 0.07 * across, f"{weight:.3g}", **look)
    if slope is not None:
        _number(ax, middle - 0.08 * across, f"({slope:.3g})", **_GRADIENT, **look)


_GRADIENT = {"color": COLOURS["vermilion"], "style": "italic"}


def _number(ax: Axes, place: Array, words: str, **look) -> None:
    words = words.replace("-", "−")
    ax.text(*place, words, ha="center", va="center", **{"fontsize": 8, "zorder": 4, **look})


def _draw_units(ax: Axes, places: Array, activation: Array, bias, delta, numbers: bool) -> None:
    shades = np.clip(np.abs(activation), 0, 1)[:, None]
    faces = 1 - 0.45 * shades * (1 - np.array([[0.34, 0.71, 0.91]]))
    radius = _RADIUS if numbers else min(_RADIUS, 2.4 / len(places))
    for i, place in enumerate(places):
        ax.add_patch(Circle(place, radius, fc=faces[i], ec="black", zorder=2))
        if numbers:
            _number(ax, place, f"{activation[i]:.3g}")
        if numbers and bias is not None:
            _number(ax, place + np.array([0, _RADIUS + 0.09]), f"{bias[i]:.3g}")
        if numbers and delta is not None:
            _number(ax, place - np.array([0, _RADIUS + 0.1]), f"({delta[i]:.3g})", **_GRADIENT)


def draw_regions(
    ax: Axes,
    classify: Callable[[Array], Array],
    frame: tuple[float, float, float, float],
    *,
    n: int = 241,
    **contourf,
):
    """Colour the plane by class, with a line where it changes; returns the contour set.

    `classify` gives class numbers `(…)` for points `(2, …)`; `frame` is (x_min, x_max, y_min,
    y_max).
    """
    points = grid(frame, n)
    labels = np.asarray(classify(points))
    borders = np.arange(len(_CLASSES) + 1) - 0.5
    colours = [COLOURS[name] for name, _ in _CLASSES]
    look = {"levels": borders, "colors": colours, "alpha": 0.25, **contourf}
    ax.contour(*points, labels, levels=borders[1:-1], colors="black", linewidths=1)
    ax.set_aspect("equal")
    return ax.contourf(*points, labels, **look)


def draw_classes(ax: Axes, x: Array, labels: ArrayLike, **markers):
    """Draw points `(2, n)`, each class with its own colour and marker; returns the last."""
    labels, drawn = np.asarray(labels), None
    for label in np.unique(labels):
        name, marker = _CLASSES[int(label) % len(_CLASSES)]
        look = {"c": COLOURS[name], "marker": marker, "s": 14, "edgecolors": "white", "lw": 0.4}
        drawn = ax.scatter(*x[:, labels == label], label=f"class {label}", **{**look, **markers})
    ax.set_aspect("equal")
    return drawn


def draw_digits(ax: Axes, x: Array, captions: Sequence[str], *, columns: int = 8, **image):
    """Draw images `(64, n)` side by side, darker where there is more ink, a caption below each.

    Returns the image.
    """
    rows = -(-x.shape[1] // columns)
    canvas = np.zeros((rows * 12, columns * 10))
    for i, caption in enumerate(captions):
        top, left = 12 * (i // columns), 10 * (i % columns)
        canvas[top : top + 8, left + 1 : left + 9] = x[:, i].reshape(8, 8)
        ax.text(left + 4.5, top + 9.5, caption, ha="center", va="center", fontsize=9)
    ax.axis("off")
    return ax.imshow(canvas, **{"cmap": "gray_r", "vmin": 0, "vmax": 1, **image})
