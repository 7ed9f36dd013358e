"""A curve to be sketched on given axes before the true one is drawn over it.

The browser knows places on the picture only: 41 columns from the left to the right end of the
axes and 201 levels from the lower to the upper one. A sketch is a list of [column, level], with
straight lines between; what these are in numbers, Python knows from the axes.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from coursekit.arrays import Array, all_finite, as_floats
from coursekit.interactive.panel import Panel
from coursekit.interactive.predict_kinds import as_html, in_digits
from coursekit.plotting import COLOURS, subplots

COLUMNS, LEVELS = 41, 201
NEAR = 0.05  # of the height of the axes: as near as a hand can draw
LOOKS = {
    "yours": {"colour": COLOURS["vermilion"], "dash": [6, 3]},
    "truth": {"colour": COLOURS["blue"], "dash": []},
}


class Sketch:
    """A curve on axes: Matplotlib's own, with whatever is drawn there, or their limits."""

    def __init__(self, where: Axes | tuple[float, float, float, float]):
        self.ax = where if isinstance(where, Axes) else _axes(where)
        if self.ax.name != "rectilinear" or len(self.ax.figure.axes) != 1:
            raise ValueError("Predict needs sketch=ax, the only axes of its figure, x by y.")
        self.panel = Panel("sketch", self.ax.figure, "")
        self.columns = self._numbers(np.linspace(0, 1, COLUMNS), 0)
        self.levels = self._numbers(np.linspace(0, 1, LEVELS), 1)
        self.x, self.y = self.ax.get_xlabel() or "x", self.ax.get_ylabel() or "y"

    def spec(self) -> dict[str, Any]:
        panel = self.panel.spec()
        return {
            "kind": "sketch",
            "picture": self.panel.png,
            **{key: panel[key] for key in ("width", "height", "axes")},
            "x": self.x,
            "y": self.y,
            "columns": self.columns.tolist(),
            "levels": self.levels.tolist(),
            "looks": LOOKS,
        }

    def words(self) -> str:
        x, y = self.columns, self.levels
        return (
            f"a curve to sketch, {self.x} from {in_digits(x[0])} to {in_digits(x[-1])}, "
            f"{self.y} from {in_digits(y[0])} to {in_digits(y[-1])}"
        )

    def html(self) -> str:
        return f"<p>Your answer: {as_html(self.words())}.</p>"

    def read(self, sent: Any) -> tuple[Array, Array]:
        """x and y of the curve at each column from its first to its last point."""
        points = np.array(_points(sent))
        first, last = points[0, 0], points[-1, 0]
        y = self._numbers(self._shares(sent)[1], 1)
        y[points[:, 0] - first] = self.levels[points[:, 1]]  # to the last bit
        return self.columns[first : last + 1].copy(), y

    def truth(self, given: Any) -> tuple[Array, Array]:
        """The true curve (x, y), each (n,), x increasing and partly within the axes."""
        try:
            x, y = given
        except (TypeError, ValueError):
            raise ValueError(f"reveal needs a curve (x, y), got {given!r:.80}.") from None
        x = all_finite(as_floats(x, "reveal: x"), "reveal: x")
        y = all_finite(as_floats(y, "reveal: y"), "reveal: y")
        if x.ndim != 1 or x.shape != y.shape or len(x) < 2:
            raise ValueError(
                "reveal needs x and y of one length, two points or more, got shapes "
                f"{x.shape} and {y.shape}."
            )
        if (np.diff(x) <= 0).any():
            raise ValueError("reveal needs x that grows from point to point.")
        low, high = sorted(self.ax.get_xlim())
        if x[-1] < low or x[0] > high:
            raise ValueError(f"reveal needs x between {low:g} and {high:g}, got {x[0]} to {x[-1]}.")
        return x, y

    def told(self, truth: tuple[Array, Array]) -> str:
        x, y = truth
        low, high = y.argmin(), y.argmax()
        return (
            f"a curve from {self._at(x[0], y[0])} to {self._at(x[-1], y[-1])}; lowest "
            f"{in_digits(y[low], 3)}, highest {in_digits(y[high], 3)}"
        )

    def shown(self, sent: list[list[int]]) -> str:
        x, y = self.read(sent)
        return f"a curve from {self._at(x[0], y[0])} to {self._at(x[-1], y[-1])}"

    def compare(self, sent: list[list[int]], truth: tuple[Array, Array]) -> str:
        """Where they are furthest apart as seen on the axes, and whether both rise or fall."""
        at, yours = self._shares(sent)
        places = self.curve(truth)
        within = (at >= places[0, 0] - 1e-9) & (at <= places[-1, 0] + 1e-9)
        if not within.any():
            return f"Your curve and the true one share no {self.x}."
        at, yours = at[within], yours[within]
        true = np.interp(at, *places.T).clip(0, 1)  # outside, the eye sees the border
        gap = np.abs(yours - true)
        if gap.max() < NEAR:
            words = "As near to the true curve as a hand can draw."
        else:
            i = gap.argmax()
            x = self._numbers(at[i : i + 1], 0)[0]
            y = self._numbers(yours[i : i + 1], 1)[0]
            is_at = np.interp(x, *truth)
            words = (
                f"{_ways(yours, true)} They are furthest apart at {self.x} = {in_digits(x, 3)}: "
                f"you drew {self.y} = {in_digits(y, 3)}, it is {in_digits(is_at, 3)}."
            )
        outside = (places[:, 1] < -0.001) | (places[:, 1] > 1.001)
        if outside.any():
            x = in_digits(truth[0][outside.argmax()], 3)
            words += f" The true curve is outside the picture at {self.x} = {x}."
        return words

    def curve(self, truth: tuple[Array, Array]) -> Array:
        """Places (n, 2) of a curve's points on the axes, as shares of their width and height."""
        pixels = self.ax.transData.transform(np.column_stack(truth))
        return self.ax.transAxes.inverted().transform(pixels).clip(-100, 100)

    def _shares(self, sent: Any) -> tuple[Array, Array]:
        points = _points(sent)
        first, last = points[0][0], points[-1][0]
        columns = np.arange(first, last + 1)
        return columns / (COLUMNS - 1), np.interp(columns, *np.transpose(points)) / (LEVELS - 1)

    def _numbers(self, shares: Array, axis: int) -> Array:
        """What shares of the width (axis 0) or the height (1) are in numbers."""
        places = np.zeros((len(shares), 2))
        places[:, axis] = shares
        pixels = self.ax.transAxes.transform(places)
        numbers = self.ax.transData.inverted().transform(pixels)[:, axis]
        ends = (self.ax.get_xlim, self.ax.get_ylim)[axis]()
        numbers[shares == 0], numbers[shares == 1] = ends  # and not 1e-17 beside them
        return numbers

    @staticmethod
    def _at(x: float, y: float) -> str:
        return f"({in_digits(x, 3)}, {in_digits(y, 3)})"


def _axes(limits: Any) -> Axes:
    frame = np.atleast_1d(as_floats(limits, "Predict: sketch"))
    ordered = frame.shape == (4,) and frame[0] < frame[1] and frame[2] < frame[3]
    if not ordered or not np.isfinite(frame).all():
        raise ValueError(
            "Predict needs sketch=ax or sketch=(x_min, x_max, y_min, y_max), each minimum below "
            f"its maximum, got {limits!r:.80}."
        )
    _, ax = subplots(width=5, height=3.2)
    ax.set(xlim=frame[:2], ylim=frame[2:], xlabel="x", ylabel="y")
    return ax


def _points(sent: Any) -> list[list[int]]:
    """The points of a sketch from the browser or the file; raises `ValueError` if it is none."""
    try:
        points = [(column, level) for column, level in sent]
    except (TypeError, ValueError):
        points = []
    whole = all(type(number) is int for point in points for number in point)
    if not whole or len(points) < 2:
        raise ValueError("Draw a curve first: two points or more.")
    inside = all(0 <= c < COLUMNS and 0 <= k < LEVELS for c, k in points)
    if not inside or any(a[0] >= b[0] for a, b in pairwise(points)):
        raise ValueError("A sketch goes from left to right within the axes.")
    return points


def _ways(yours: Array, true: Array) -> str:
    mine, its = (_way(heights) for heights in (yours, true))
    return f"Both {mine[0]}." if mine == its else f"Yours {mine[1]}, the true one {its[1]}."


def _way(heights: Array) -> tuple[str, str]:
    """Where it ends, seen from where it begins: for two curves, and for one."""
    change = heights[-1] - heights[0]
    if abs(change) < NEAR:
        return "end as high as they began", "ends as high as it began"
    return ("end higher", "ends higher") if change > 0 else ("end lower", "ends lower")
