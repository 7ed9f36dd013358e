"""The two pictures of the line-fit explorer: the points, and the map of the loss."""

import numpy as np
from matplotlib.axes import Axes

from coursekit.arrays import Array
from coursekit.interactive.controls import handles
from coursekit.interactive.panel import Panel
from coursekit.linefit import LineFit
from coursekit.losses import mean_squared_error, sum_of_squared_residuals
from coursekit.plotting import draw_contours, draw_points, subplots

SQUARED = (sum_of_squared_residuals, mean_squared_error)  # what the squares add up to


def _edges(values: Array, room: float) -> tuple[float, float]:
    """Limits that leave `room`, as a share of what the values span, on both sides."""
    room = room * (np.ptp(values) or 1.0)
    return float(values.min() - room), float(values.max() + room)


def data_panel(fit: LineFit, start: list[float]) -> Panel:
    fig, ax = subplots(width=4.0, height=3.6)
    left, right = _edges(fit.x, 0.4)
    heights = start[0] * np.array([left, right]) + start[1]
    draw_points(ax, fit)
    ax.set(xlim=(left, right), ylim=_edges(np.append(fit.y, heights), 0.12), xlabel="x", ylabel="y")
    label = (
        "The points, your line and the line that descends, the square of each residual. Press "
        "or drag an end of your line, or its middle; or arrow up and down to move what is held, "
        "left and right to hold the next"
    )
    return Panel("data", fig, label, handles=handles("ends", "hand", upright=True))


def loss_panel(fit: LineFit, start: list[float]) -> Panel:
    fig, ax = subplots(width=4.0, height=3.6)
    frame, best = _frame(fit, start)
    draw_contours(ax, fit, frame=frame)
    if fit.loss in SQUARED:
        ax.plot(*best, "k*", ms=11, mfc="white")
    ax.set(xlabel="slope", ylabel="intercept", xlim=frame[:2], ylim=frame[2:])
    label = "Map of the loss: press, drag or use the arrow keys to set the slope and intercept"
    return Panel("loss", fig, label, handles=handles("foot", "point"))


def _frame(fit: LineFit, start: list[float]) -> tuple[tuple[float, ...], Array]:
    """Slopes and intercepts around the line of least squares, with the start; and that line."""
    ones = np.ones_like(fit.x)
    best = np.linalg.lstsq(np.column_stack([fit.x, ones]), fit.y)[0]
    tall, wide = (np.ptp(a) or 1.0 for a in (fit.y, fit.x))
    room = np.array([1.25 * tall / wide, 2.5 * tall])
    low = np.minimum(best - room, start - 0.2 * room)
    high = np.maximum(best + room, start + 0.2 * room)
    return (low[0], high[0], low[1], high[1]), best


def x_per_y_on_screen(ax: Axes) -> float:
    """How far along x is as long, on the screen, as 1 along y."""
    width, height = ax.get_position().size * ax.figure.get_size_inches()
    return float(np.ptp(ax.get_xlim()) / width / (np.ptp(ax.get_ylim()) / height))
