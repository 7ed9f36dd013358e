"""The line-fit explorer: the line, its residuals as squares, and where it is on the loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coursekit.arrays import Array, all_finite, as_floats, positive, whole
from coursekit.datasets import shoe_sizes
from coursekit.descent import GradientDescent, Path, minimize
from coursekit.interactive.controls import first_step, slider
from coursekit.interactive.explorer import Explorer, Scene
from coursekit.interactive.line_panels import SQUARED, data_panel, loss_panel, x_per_y_on_screen
from coursekit.interactive.looks import DASHES, look_of
from coursekit.interactive.panel import Panel
from coursekit.linefit import LineFit
from coursekit.plotting import COLOURS

SQUARES = 50  # points at most that get one: beyond, nobody sees them
GRAIN = 1e-12  # less is told as ≈ 0
BLUE = {"colour": COLOURS["blue"], "marker": "o", "dash": []}
RED = {"colour": COLOURS["vermilion"], "marker": "o", "dash": []}
GREY = {"colour": COLOURS["grey"], "marker": "s", "dash": [], "told": False}
LABELS = {"parameters": "1. slope, intercept"}


def explore_line_fit(
    fit: LineFit | None = None,
    *,
    lr: float = 0.1,
    start: Sequence[float] = (1.0, 0.0),
    steps: int = 60,
    step: int | None = None,
) -> Explorer:
    """Set a line by hand, and see its loss, its gradient and where gradient descent takes it.

    The grey line is yours. On the left a press, a drag or the arrow keys move one of its ends,
    or all of it; on the map of the loss, where a point is a slope and an intercept, they move
    the point. From there the blue line descends, step by step, with the numbers of the
    lectures' four steps: the line, its gradient, rate × gradient, the new line. The red squares
    are the squared residuals: on the screen, their areas are to each other as the squares, and
    the loss is their sum (their mean for `mean_squared_error`; other losses are drawn without).

    `fit` is a `LineFit`, that of the lectures' shoe sizes unless given; `start` is a slope and
    an intercept; `step` is the step to begin with, the last unless told. The numbers are those
    of `minimize`. Raises `TypeError` where `fit` is no `LineFit`, and `ValueError` for a rate
    that is not a number > 0, a start that is not two finite numbers, steps < 1 and a step that
    is not one of them.
    """
    own = fit is not None
    fit = LineFit(*shoe_sizes()) if fit is None else fit
    if not isinstance(fit, LineFit):
        raise TypeError(f"explore_line_fit: fit must be a LineFit, got {type(fit).__name__}.")
    lr = positive(lr, "explore_line_fit: lr")
    steps = whole(steps, 1, "explore_line_fit: steps")
    first_step(step, steps, "explore_line_fit")
    picture = _Picture.of(fit, _start(start), steps, own)
    return Explorer(
        "A line through points",
        [picture.data, picture.loss],
        [slider("lr", lr, (0.001, 1.0), log=True, label="learning rate")],
        _layers(),
        {"line": picture.start, "hand": None, "point": None},
        picture.scene,
        readout=[
            {"label": "loss", "of": "loss"},
            {"label": "1. slope, intercept", "of": "parameters"},
            {"label": "2. gradient", "of": "gradient", "grain": GRAIN},
            {"label": "3. rate × gradient", "of": "step", "grain": GRAIN},
            {"label": "4. new line", "of": "next"},
        ],
        player=True,
        frame=step,
        step_argument="step",
    )


def _start(start: Sequence[float]) -> list[float]:
    start = all_finite(as_floats(start, "explore_line_fit: start"), "explore_line_fit: start")
    if start.shape != (2,):
        raise ValueError(
            f"explore_line_fit needs start as (slope, intercept), got shape {start.shape}."
        )
    return start.tolist()


@dataclass
class _Picture:
    fit: LineFit
    start: list[float]
    steps: int
    own: bool  # not the lectures' points
    data: Panel
    loss: Panel
    x_per_y: float  # how far along x is as long, on the screen, as 1 along y

    @classmethod
    def of(cls, fit: LineFit, start: list[float], steps: int, own: bool) -> "_Picture":
        data = data_panel(fit, start)
        return cls(fit, start, steps, own, data, loss_panel(fit, start), x_per_y_on_screen(data.ax))

    @property
    def ends(self) -> Array:
        """(3,): where on the x axis the line is held: near its left end, half way, right."""
        low, high = self.data.ax.get_xlim()
        return low + np.array([0.08, 0.5, 0.92]) * (high - low)

    def scene(self, line: list[float], hand: list | None, point: list | None, lr: float) -> Scene:
        held, by_hand = {}, hand is not None or point is not None
        if hand is not None:
            line = self._moved(line, *hand)
            held["held end"] = self._at(line, self.ends[[hand[0]]])
        if point is not None:
            line = self._tidy(point[1:])
        path = minimize(self.fit, line, GradientDescent(lr), steps=self.steps)
        arrays = held | self._arrays(line, path, lr)
        text = f"{_outcome(path)}. Your line has the loss {_words(path.value[0])}."
        code = (
            f"explore_line_fit({'fit, ' if self.own else ''}lr={lr!r}, "
            f"start=({line[0]!r}, {line[1]!r}), steps={self.steps})"
        )
        return Scene(
            arrays,
            len(path),
            text,
            code,
            LABELS,
            values={"line": line, "hand": None, "point": None},
            frame=0 if by_hand else None,  # what a hand moves must be in sight
        )

    def _arrays(self, line: list[float], path: Path, lr: float) -> dict[str, Array]:
        gradient = self.fit.grad(path.x.T).T
        edges = np.array(self.data.ax.get_xlim())
        with np.errstate(all="ignore"):  # a run that diverges comes near the largest number
            arrays = {
                "ends": self._at(line, self.ends),
                "your line": self._at(line, edges)[None],
                "lines": np.stack([self._at(x, edges) for x in path.x]),
                "residuals": self._residuals(path.x),
                "parameters": path.x,
                "loss": path.value,
                "gradient": gradient,
                "step": lr * gradient,
                "next": path.x - lr * gradient,
                "foot": np.array([line]),
            }
            arrays["arrow"] = np.hstack([path.x, arrays["next"]])
            if self.fit.loss in SQUARED and self.fit.x.size <= SQUARES:
                arrays["squares"] = self._squares(path.x)
        return arrays

    def _at(self, line: Sequence[float], x: Array) -> Array:
        """(n, 2): the points of the line at some x."""
        return np.column_stack([x, line[0] * x + line[1]])

    def _moved(self, line: list[float], number: int, _, y: float) -> list[float]:
        """The line once it is held at end `number` and put to height y.

        Held in the middle it keeps its slope, at one end the height of the other end.
        """
        (slope, intercept), here = line, self.ends[number]
        if number != 1:
            there = self.ends[2 - number]
            slope = (y - (slope * there + intercept)) / (here - there)
        return self._tidy([slope, y - slope * here])

    def _tidy(self, line: Sequence[float]) -> list[float]:
        """Rounded to what a hand can aim at, so that the line of Python is short and exact."""
        spans = np.ptp(self.loss.ax.get_xlim()), np.ptp(self.loss.ax.get_ylim())
        digits = [5 - int(np.floor(np.log10(span))) for span in spans]
        return [round(float(v), d) + 0.0 for v, d in zip(line, digits, strict=True)]

    def _residuals(self, lines: Array) -> Array:
        """(frames, 3 m, 2): for each point a stroke to the line, and a gap."""
        predicted = self.fit.predict(lines.T)
        x, y = (np.broadcast_to(a, predicted.shape) for a in (self.fit.x, self.fit.y))
        gap = np.full_like(predicted, np.nan)
        strokes = np.stack([x, y, x, predicted, gap, gap], axis=-1)
        return strokes.reshape(len(lines), -1, 2)

    def _squares(self, lines: Array) -> Array:
        """(frames, m, 4, 2): a square on each residual, on the side that the line leaves free."""
        predicted = self.fit.predict(lines.T)
        x, y = (np.broadcast_to(a, predicted.shape) for a in (self.fit.x, self.fit.y))
        residual = y - predicted
        side = np.where(lines[:, :1] * residual > 0, -1, 1) * np.abs(residual) * self.x_per_y
        corners = [(x, y), (x, predicted), (x + side, predicted), (x + side, y)]
        return np.stack([np.stack(c, axis=-1) for c in corners], axis=-2)


def _layers() -> list[dict[str, Any]]:
    thin = {"width": 1.0}
    return [
        {"panel": "data", "kind": "outlines", "of": "squares", **RED, **thin},
        {"panel": "data", "kind": "strokes", "of": "residuals", **RED, "dash": DASHES["--"]},
        {"panel": "data", "kind": "strokes", "of": "your line", **GREY, **thin},
        {"panel": "data", "kind": "strokes", "of": "lines", **BLUE, "width": 2.4},
        {"panel": "data", "kind": "points", "of": "ends", **GREY},
        {"panel": "data", "kind": "points", "of": "held end", **GREY, "size": 8},
        {"panel": "loss", "kind": "path", "of": "parameters", **look_of("GradientDescent")},
        {"panel": "loss", "kind": "arrow", "of": "arrow", "colour": COLOURS["black"]},
        {"panel": "loss", "kind": "points", "of": "foot", **GREY},
    ]


def _outcome(path: Path) -> str:
    if path.stopped == "diverged":
        return f"It diverges: after {path.taken} steps the numbers ran out"
    if path.value[-1] > path.value[0]:
        return f"It climbs: after {path.taken} steps the loss is {_words(path.value[-1])}"
    slope, intercept = map(_words, path.x[-1])
    return (
        f"After {path.taken} steps: slope {slope}, intercept {intercept}, "
        f"loss {_words(path.value[-1])}"
    )


def _words(number: float) -> str:
    return f"{number:.4g}".replace("-", "−")
