"""Matplotlib's styles in the browser's terms."""

from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np

from coursekit.arrays import Array
from coursekit.interactive.still import WIDTH
from coursekit.plotting import COLOURS, style_of

# in points, those of Matplotlib's figures
DASHES = {"-": [], "--": [5.2, 2.2], "-.": [9, 2.2, 1.4, 2.2], ":": [1.4, 2.3]}
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
BASIN_COLOURS = ("orange", "sky", "green", "purple", "vermilion", "blue")  # as in draw_basins
PALE = 0.55  # how much of a colour a shade has at most: points of that colour stand out
SEE_THROUGH = 150  # of 255: the heights show under the basins


def look_of(optimizer: Any) -> dict[str, Any]:
    """Colour, dashes in points and marker, the same as in every figure of the course."""
    style = style_of(optimizer)
    dash = style["linestyle"]
    return {
        "colour": style["color"],
        "dash": DASHES[dash] if isinstance(dash, str) else [WIDTH * part for part in dash[1]],
        "marker": style["marker"],
    }


def looks_of(optimizers: Sequence[Any]) -> list[dict[str, Any]]:
    """The look of each; another one of a class is paler, with other dashes and a free marker."""
    looks, seen = [], Counter()
    own = {look_of(optimizer)["marker"] for optimizer in optimizers}
    free = cycle([marker for marker in MARKERS if marker not in own] or MARKERS)
    for optimizer in optimizers:
        look, twin = look_of(optimizer), seen[type(optimizer)]
        seen[type(optimizer)] += 1
        if twin:
            dashes = [dash for dash in DASHES.values() if dash != look["dash"]]
            look = {
                "colour": _paler(look["colour"], 1 - 0.6**twin),
                "dash": dashes[(twin - 1) % len(dashes)],
                "marker": next(free),
            }
        looks.append(look)
    return looks


def _rgb(colour: str) -> list[int]:
    """ "#D55E00" as [213, 94, 0]"""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _paler(colour: str, share: float) -> str:
    """A colour with this share of white in it."""
    return "#" + "".join(f"{round(part + share * (255 - part)):02X}" for part in _rgb(colour))


def rgba(index: np.ndarray, dark: np.ndarray) -> Array:
    """A picture (1, rows, columns, 4) of bytes, upper row first, from numbers whose first row is
    the lowest: a colour for each, white for −1, and black where `dark`."""
    colours = np.array([_rgb(COLOURS[name]) for name in BASIN_COLOURS], np.uint8)
    picture = np.full((*index.shape, 4), SEE_THROUGH, np.uint8)
    picture[..., :3] = colours[index % len(colours)]
    picture[index < 0, :3] = 255
    picture[dark, :3] = 0
    return picture[None, ::-1]


def shades(low: str, high: str) -> list[list[int]]:
    """The colours of the numbers 0 to 255, RGBA: pale `low`, white in the middle, pale `high`."""
    ends = [np.array(_rgb(COLOURS[name])) for name in (low, high)]
    sides = np.linspace(-1, 1, 256)[:, None]
    colours = 255 + PALE * np.abs(sides) * (np.where(sides < 0, *ends) - 255)
    return np.pad(colours.round().astype(int), ((0, 0), (0, 1)), constant_values=255).tolist()
