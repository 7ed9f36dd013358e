"""A straight line through points, and what it leaves over."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import ArrayLike

from coursekit.linefit import LineFit
from coursekit.plotting.styles import COLOURS


def draw_points(ax: Axes, fit: LineFit, **markers):
    """Draw the points that the line is fitted to; returns the markers."""
    look = {"color": COLOURS["black"], "zorder": 3, "s": 36}
    return ax.scatter(fit.x, fit.y, **{**look, **markers})


def draw_line(ax: Axes, parameters: ArrayLike, between: tuple[float, float], **line):
    """Draw slope · x + intercept between two values of x; returns the line."""
    slope, intercept = np.asarray(parameters, dtype=float)
    x = np.asarray(between, dtype=float)
    return ax.plot(x, slope * x + intercept, **{"color": COLOURS["blue"], "lw": 1.6, **line})[0]


def draw_residuals(ax: Axes, fit: LineFit, parameters: ArrayLike, **lines):
    """Draw the vertical distance of each point from the line; returns the collection."""
    segments = np.stack(
        [np.stack([fit.x, fit.y], axis=-1), np.stack([fit.x, fit.predict(parameters)], axis=-1)],
        axis=1,
    )
    look = {"colors": COLOURS["vermilion"], "linestyles": "--", "lw": 1.4}
    return ax.add_collection(LineCollection(segments, **{**look, **lines}))
