"""Curves of one variable: a loss against its parameter, a value against the step number."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from coursekit.arrays import Array
from coursekit.descent import Path
from coursekit.plotting.styles import COLOURS, style_of


def draw_curve(ax: Axes, function: Callable[[Array], Array], between: tuple[float, float], **line):
    """Draw `function` of one variable between two numbers; returns the line."""
    x = np.linspace(*between, 401)
    look = {"color": COLOURS["grey"], "lw": 1.5}
    return ax.plot(x, function(x), **{**look, **line})[0]


def draw_steps_on_curve(
    ax: Axes, function: Callable[[Array], Array], x: ArrayLike, *, style=0, **line
):
    """Draw the points x₀, x₁, … `(steps + 1,)` on a curve, joined in order; returns the line."""
    x = np.asarray(x, dtype=float)
    look = {"lw": 1, "markersize": 5, **style_of(style)}
    return ax.plot(x, function(x), **{**look, **line})[0]


def draw_values(ax: Axes, values: Path | ArrayLike, *, style=0, floor: float | None = None, **line):
    """Draw the value at each step on a logarithmic axis; returns the line.

    Of many starts, the mean is drawn. `floor` is subtracted first, for functions whose
    minimum is not 0.
    """
    values = values.value if isinstance(values, Path) else np.asarray(values, dtype=float)
    mean = values.reshape(len(values), -1).mean(axis=1) - (floor or 0.0)
    look = {"lw": 1.4, **style_of(style), "marker": None}
    ax.set(xlabel="step", yscale="log")
    return ax.plot(np.arange(len(mean)), mean, **{**look, **line})[0]


def draw_band(
    ax: Axes,
    values: Path | ArrayLike,
    *,
    style=0,
    between: tuple[float, float] = (0.1, 0.9),
    floor: float | None = None,
    **line,
):
    """Draw many runs `(steps + 1, runs)`: their median at each step, and a band around it.

    The band leaves out the lowest and the highest runs: `between` are the quantiles at its
    edges. The axis is logarithmic and `floor` is subtracted, as in `draw_values`. Returns the
    median's line.
    """
    values = values.value if isinstance(values, Path) else np.asarray(values, dtype=float)
    runs = values.reshape(len(values), -1) - (floor or 0.0)
    low, high = np.quantile(runs, between, axis=1)
    median = draw_values(ax, np.median(runs, axis=1), style=style, **line)
    steps = np.arange(len(runs))
    ax.fill_between(steps, low, high, color=median.get_color(), alpha=0.25, lw=0)
    return median
