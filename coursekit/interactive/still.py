"""A scene in Matplotlib: the same layers as in the browser, still or moved from frame to frame."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from PIL import Image

from coursekit.arrays import Array
from coursekit.plotting.tables import short

Move = Callable[[int], None]  # what moves the artists of a layer to another frame
WIDTH = 1.4  # points, of a line that has no width of its own
SEEN = 0.5  # points: a shorter arrow leads nowhere that could be seen
SHORT = 4  # letters of a name that has room across its bar


def draw_layer(ax: Axes, layer: dict[str, Any], array: Array, frame: int) -> Move | None:
    """Draw one layer of a scene as it stands at `frame`; the counterpart of `layers.js`.

    Returns what moves its artists to another frame: `stays` where all frames are the same, and
    None where another frame has to be drawn anew, which is always right, and slower.
    """
    return _KINDS[layer["kind"]](ax, layer, array, frame)


@contextmanager
def guests(ax: Axes) -> Iterator[None]:
    """What is drawn on `ax` in this block is gone after it, and leaves the limits alone."""
    ax.autoscale(False)
    before = set(ax.get_children())
    try:
        yield
    finally:
        for artist in set(ax.get_children()) - before:
            artist.remove()


def _line(layer: dict[str, Any], **others) -> dict[str, Any]:
    dash, width = layer.get("dash"), layer.get("width", WIDTH)
    return {
        "color": layer.get("colour"),
        "lw": width,
        "linestyle": (0, tuple(d / width for d in dash)) if dash else "-",  # in line widths
        **others,
    }


def _row(array: Array, frame: int) -> Array:
    return array[min(frame, len(array) - 1)]


def stays(frame: int) -> None:
    """What moves a layer that is the same in every frame."""


def _path(ax, layer, array, frame):
    (line,) = ax.plot([], [], **_line(layer))
    (marker,) = ax.plot([], [], color=layer["colour"], marker=layer["marker"], ls="")

    def move(frame):
        line.set_data(*array[: frame + 1].T)
        marker.set_data(*array[: frame + 1][-1:].T)

    move(frame)
    return move


def _trail(ax, layer, array, frame):
    ax.plot(*array.T, **_line(layer, alpha=0.3))
    (line,) = ax.plot([], [], **_line(layer, marker=layer["marker"], markersize=4))

    def move(frame):
        line.set_data(*array[: frame + 1].T)

    move(frame)
    return move


def _curve(ax, layer, array, frame):
    ax.plot(array, **_line(layer, alpha=0.3))
    (line,) = ax.plot([], [], **_line(layer))

    def move(frame):
        line.set_data(np.arange(len(array[: frame + 1])), array[: frame + 1])

    move(frame)
    return move


def _static_line(ax, layer, array, frame):
    ax.plot(*array.T, **_line(layer))
    return stays


def _points(ax, layer, array, frame):
    look = {"marker": layer.get("marker", "o"), "markersize": 1.2 * layer.get("size", 5)}
    if layer.get("open"):
        look |= {"markerfacecolor": "none", "markeredgewidth": 1.5}
    ax.plot(*array.T, color=layer["colour"], ls="", **look)
    return stays


def _arrow(ax, layer, array, frame):
    look = {"arrowstyle": "-|>", "color": layer["colour"], "shrinkA": 0, "shrinkB": 0}
    arrow = ax.annotate("", (0, 0), (0, 0), arrowprops=look)

    def move(frame):
        start, end = _at_least(ax, layer.get("least", 0.0), _row(array, frame).reshape(2, 2))
        arrow.xy = tuple(end)
        arrow.set_position(tuple(start))

    move(frame)
    return move


def _at_least(ax: Axes, points: float, ends: Array) -> Array:
    """(2, 2): an arrow of `points` or more from where it starts, to where it leads or beyond;
    one that has no direction to be seen stays as short as it is."""
    start, end = ax.transData.transform(ends)
    length = np.hypot(*(end - start)) * 72 / ax.figure.dpi
    if not SEEN < length < points:
        return ends
    end = start + (end - start) * points / length
    return ax.transData.inverted().transform([start, end])


def _bars(ax, layer, array, frame):
    heights = _row(array, frame)
    places = np.arange(len(heights)) + layer.get("offset", 0)
    low, high = ax.get_ylim()
    floor = layer.get("floor", low)
    bars = ax.bar(places, heights - floor, layer.get("share", 0.3), floor, color=layer["colour"])
    name = (layer.get("label") or "") if layer.get("named") else ""
    look = {"ha": "center", "va": "bottom", "rotation": 90 * (len(name) > SHORT), "fontsize": 8}
    names = [ax.text(x, low, name, **look) for x in places]

    def move(frame):
        for bar, text, height in zip(bars, names, _row(array, frame), strict=True):
            bar.set_height(height - floor)
            text.set_y(np.clip(height, low, _highest(text) if len(name) > SHORT else high))
            text.set_visible(not np.isnan(height))

    move(frame)
    return move


def _highest(text: Text) -> float:
    """Where a text may begin that has to end within the axes."""
    ax = text.axes
    top = ax.bbox.y1 - text.get_window_extent().height
    return ax.transData.inverted().transform((ax.bbox.x0, top))[1]


def _strokes(ax, layer, array, frame):
    ax.plot(*array[min(frame, len(array) - 1)].T, **_line(layer))


def _outlines(ax, layer, array, frame):
    for corners in array[min(frame, len(array) - 1)]:
        ax.fill(*corners.T, color=layer["colour"], alpha=0.2, lw=0)
        edge = {"edgecolor": layer["colour"], "lw": layer.get("width", WIDTH)}
        ax.fill(*corners.T, fill=False, **edge)


def _text(ax, layer, array, frame):
    numbers = array[min(frame, len(array) - 1)]
    look = {
        "color": layer["colour"],
        "fontsize": layer["size"],
        "style": "italic" if layer.get("slanted") else "normal",
        "va": "top" if layer.get("below") else "bottom",
    }
    for number, place, since in zip(numbers, layer["at"], layer["since"], strict=True):
        if frame >= since:
            ax.text(*place, short(number), ha="center", zorder=5, **look)


def _numbers(ax, layer, array, frame):
    ring = {"boxstyle": "circle", "fc": "white", "ec": "black", "pad": 0.2}
    look = {"ha": "center", "va": "center", "fontsize": 8, "bbox": ring, "zorder": 6}  # over stars
    for number, point in enumerate(array, start=1):
        ax.text(*point, str(number), **look)
    return stays


def _raster(ax, layer, array, frame):
    box = layer.get("box") or (*ax.get_xlim(), *ax.get_ylim())
    look = {"aspect": ax.get_aspect(), "zorder": 1.9}  # over filled contours, under lines
    look["interpolation"] = "bilinear" if layer.get("smooth") else "nearest"

    def picture(frame: int) -> Array:
        row = _row(array, frame)
        return np.array(layer["shades"], np.uint8)[row] if "shades" in layer else row

    image = ax.imshow(picture(frame), extent=box, **look)
    return stays if len(array) == 1 else lambda frame: image.set_data(picture(frame))


_KINDS: dict[str, Callable[[Axes, dict[str, Any], Array, int], Move | None]] = {
    "path": _path,
    "trail": _trail,
    "curve": _curve,
    "line": _static_line,
    "points": _points,
    "arrow": _arrow,
    "bars": _bars,
    "strokes": _strokes,
    "outlines": _outlines,
    "text": _text,
    "numbers": _numbers,
    "raster": _raster,
}


def side_by_side(pictures: list[bytes]) -> bytes:
    """PNGs as one, in 256 colours, next to each other."""
    drawn = [Image.open(io.BytesIO(png)).convert("RGB") for png in pictures]
    size = sum(p.width for p in drawn), max(p.height for p in drawn)
    together, left = Image.new("RGB", size, "white"), 0
    for picture in drawn:
        together.paste(picture, (left, 0))
        left += picture.width
    small = io.BytesIO()
    colours = together.quantize(256, dither=Image.Dither.NONE)
    colours.save(small, format="png", optimize=True)
    return small.getvalue()
