"""Maps of what a gradient check found."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.image import AxesImage

from coursekit.gradcheck import GradientReport
from coursekit.gradcheck.picture import FILL, LEVELS, as_matrix, coarse

GAP = 2  # cells between two blocks
SIGNS = ("", "k", "−", "+", "×")  # by level, for maps with room for them
ROOM = 40  # cells across, up to which there is room


def draw_gradient_report(ax: Axes, report: GradientReport, **image) -> AxesImage:
    """Draw a cell for each element of each block, by how wrong the gradient is there.

    The blocks stand side by side, a vector as a column, a large block thinned out to the worst
    of neighbouring elements. Where there is room a sign says what the colour says; `ax.legend()`
    has both in words. Returns the image.
    """
    maps = [
        (name, coarse(as_matrix(report.levels.ravel()[where], shape)))
        for name, (where, shape) in report.blocks.items()
    ]
    canvas, lefts = _side_by_side([levels for _, levels in maps])
    look = {"cmap": ListedColormap(FILL), "vmin": -0.5, "vmax": len(FILL) - 0.5}
    drawn = ax.imshow(np.ma.masked_less(canvas, 0), **{**look, **image})
    for (name, levels), left in zip(maps, lefts, strict=True):
        ax.text(left + levels.shape[1] / 2 - 0.5, -1.1, name, ha="center", va="bottom")
        if canvas.shape[1] <= ROOM:
            _write_signs(ax, levels, left)
    for level in np.unique(report.levels):
        label = f"{SIGNS[level]} {LEVELS[level]}".strip()
        ax.scatter([], [], s=60, marker="s", color=FILL[level], edgecolors="black", label=label)
    ax.set_axis_off()
    return drawn


def _side_by_side(maps: list[np.ndarray]) -> tuple[np.ndarray, list[int]]:
    """One matrix with all maps in it, −1 between them, and the column where each begins."""
    widths = [levels.shape[1] for levels in maps]
    lefts = [sum(widths[:i]) + GAP * i for i in range(len(maps))]
    canvas = np.full((max(map(len, maps)), lefts[-1] + widths[-1]), -1)
    for levels, left in zip(maps, lefts, strict=True):
        canvas[: len(levels), left : left + levels.shape[1]] = levels
    return canvas, lefts


def _write_signs(ax: Axes, levels: np.ndarray, left: int) -> None:
    for (row, column), level in np.ndenumerate(levels):
        ax.text(
            left + column, row, SIGNS[level], ha="center", va="center", fontsize=8,
            color="white" if level in (1, 4) else "black",
        )  # fmt: skip
