"""Landscapes from above and in relief, the paths across them, and the basins under them."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgb
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from coursekit.arrays import Array
from coursekit.descent import Objective, Path
from coursekit.landscapes import Basins, Landscape, grid
from coursekit.plotting.styles import COLOURS, style_of


def draw_contours(
    ax: Axes,
    objective: Objective,
    *,
    frame: tuple[float, float, float, float] | None = None,
    n: int = 201,
    levels: int = 14,
    **contourf,
):
    """Draw a function of two numbers from above, darker where lower; returns the contour set.

    `frame` is (x_min, x_max, y_min, y_max); a landscape has its own. Each band of height
    covers the same area and has its own shade, so that a flat valley floor and a steep wall
    both show; shades tell the order of heights, not their distances. A function that is flat
    almost everywhere gets evenly spaced bands.
    """
    points = grid(objective.frame if frame is None else frame, n)
    height = objective(points)
    bands = _bands(height, levels)
    contours = ax.contourf(*points, height, bands, **{**_shades(bands), **contourf})
    ax.contour(*points, height, bands, colors="white", linewidths=0.4, linestyles="solid")
    if isinstance(objective, Landscape):
        ax.set(xlabel="x", ylabel="y", title=objective.name.replace("_", " "))
        ax.set_aspect("equal")
    return contours


def _bands(height: Array, levels: int) -> Array:
    """Borders between bands of equal area, or of equal height where most of it is flat."""
    bands = np.unique(np.quantile(height, np.linspace(0, 1, levels + 1)))
    if np.ptp(bands[1:-1]) < 1e-3 * np.ptp(height):
        bands = np.linspace(height.min(), height.max(), levels + 1)
    return bands


def _shades(bands: Array) -> dict:
    """One shade of blue a band, from dark to light, none too dark for a path to be seen."""
    blues = mpl.colormaps["Blues_r"](np.linspace(0.3, 1, len(bands) - 1))
    return {"cmap": ListedColormap(blues), "norm": BoundaryNorm(bands, len(bands) - 1)}


def draw_surface(ax: Axes, landscape: Landscape, *, n: int = 121, **surface):
    """Draw the landscape in relief on 3-D axes; returns the surface."""
    points = landscape.grid(n)
    look = {"cmap": "viridis", "rcount": n, "ccount": n, "linewidth": 0, "antialiased": False}
    drawn = ax.plot_surface(*points, landscape(points), **{**look, **surface})
    x_min, x_max, y_min, y_max = landscape.frame
    ax.xaxis.set_ticks(_inner_ticks(x_min, x_max))
    ax.yaxis.set_ticks(_inner_ticks(y_min, y_max))
    ax.set(xlabel="x", ylabel="y", title=landscape.name.replace("_", " "))
    return drawn


def _inner_ticks(low: float, high: float) -> Array:
    """Few round numbers, none at the ends, where those of two axes would touch at the corner."""
    low, high = low + 0.1 * (high - low), high - 0.1 * (high - low)
    ticks = MaxNLocator(3, steps=[1, 2, 4, 5, 10]).tick_values(low, high)
    return ticks[(low <= ticks) & (ticks <= high)]


def draw_minima(ax: Axes, landscape: Landscape, **markers):
    """Mark every global minimum, if there is one, with a star; returns the markers."""
    look = {"s": 110, "marker": "*", "color": "white", "edgecolors": "black", "zorder": 5}
    return ax.scatter(*np.reshape(landscape.minima, (-1, 2)).T, **{**look, **markers})


def draw_path(ax: Axes, path: Path | Array, *, label: str | None = None, style=0, **line):
    """Draw the points that `minimize` visited; returns the line (of the first start).

    `style` is what `style_of` takes: an optimizer, its name, or a number. Each start is
    marked with a ring. Many starts `(steps + 1, 2, n)` give n lines of one style.
    """
    points = path.x if isinstance(path, Path) else np.asarray(path, dtype=float)
    size = 3 if len(points) <= 60 else 1.5  # or the markers of a long path hide its line
    # long names throughout, so that a caller's ms or lw replaces ours instead of joining it
    line = mpl.cbook.normalize_kwargs(line, Line2D)
    look = {"markersize": size, "linewidth": 1.2, **style_of(style), **line}
    lines = ax.plot(points[:, 0], points[:, 1], **look)
    if label is not None:
        lines[0].set_label(label)
    ax.plot(*points[0].reshape(2, -1), "o", mfc="none", mec=lines[0].get_color(), ms=8)
    return lines[0]


def draw_gradients(ax: Axes, landscape: Landscape, points: Array, *, length: float = 1.0, **arrows):
    """Draw −∇f at `points` `(2, …)`, every arrow `length` long in data units; returns them."""
    downhill = -landscape.grad(points)
    size = np.hypot(*downhill)
    downhill = length * downhill / np.where(size == 0, 1, size)
    look = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.004}
    return ax.quiver(*points, *downhill, **{**look, "color": COLOURS["black"], **arrows})


def draw_basins(ax: Axes, basins: Basins, **image):
    """Colour each start by the minimum it reaches, darker the more steps it takes.

    Each basin's minimum carries its number, so that colour is not the only sign. Starts that
    reach none are white, those that diverge black; `ax.legend()` then says so in words.
    Returns the image.
    """
    names = ("orange", "sky", "green", "purple", "vermilion", "blue")
    hues = [to_rgb(COLOURS[name]) for name in names]
    arrived, shade = basins.reached >= 0, _shade(basins)
    colours = np.ones((*basins.reached.shape, 3))
    for k in range(len(basins.targets)):
        here = basins.reached == k
        colours[here] = shade[here, None] * hues[k % len(hues)]
    colours[basins.diverged] = 0
    drawn = ax.imshow(colours, origin="lower", extent=_pixel_extent(basins), **image)
    for number, target in enumerate(basins.targets, start=1):
        box = {"boxstyle": "circle", "fc": "white", "ec": "black", "pad": 0.2}
        ax.text(*target, str(number), ha="center", va="center", fontsize=8, bbox=box)
        _label(ax, hues[(number - 1) % len(hues)], f"to minimum {number}")
    if (~arrived & ~basins.diverged).any():
        _label(ax, "white", "to none of them")
    if basins.diverged.any():
        _label(ax, "black", "diverges")
    ax.set(xlabel="x", ylabel="y")
    return drawn


def _shade(basins: Basins) -> Array:
    """1 where few steps were taken, down to 0.7; logarithmic, and one slow start spoils nothing.

    Not darker, or a hue would no longer be known for the one in the legend, or pass for black.
    """
    effort = np.log1p(basins.taken)
    arrived = effort[basins.reached >= 0]
    fast, slow = np.quantile(arrived, (0.02, 0.98)) if arrived.size else (0.0, 1.0)
    return 1 - 0.3 * ((effort - fast) / max(slow - fast, 0.1)).clip(0, 1)


def _pixel_extent(basins: Basins) -> tuple[float, float, float, float]:
    """The outer edges of the image: half a pixel around the frame, pixels centred on starts."""
    x, y = basins.starts[0, 0], basins.starts[1, :, 0]
    dx, dy = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
    return x[0] - dx, x[-1] + dx, y[0] - dy, y[-1] + dy


def _label(ax: Axes, colour, words: str) -> None:
    """An entry for the legend, which an image has none of."""
    ax.scatter([], [], s=60, marker="s", color=[colour], edgecolors="black", label=words)
