"""The learning-rate explorer: one curve, one rate, where the next steps go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from coursekit.arrays import all_finite, as_floats, positive, whole
from coursekit.descent import GradientDescent, Path, minimize
from coursekit.interactive.controls import choice, first_step, slider
from coursekit.interactive.curves import CURVES, Curve, parabola
from coursekit.interactive.explorer import Explorer, Scene
from coursekit.interactive.looks import DASHES
from coursekit.interactive.panel import Panel
from coursekit.plotting import COLOURS, draw_curve, subplots
from coursekit.schedules import (
    Schedule,
    constant,
    cosine,
    exponential_decay,
    inverse_time_decay,
    one_cycle,
    step_decay,
    warmup,
)

NAME = "explore_learning_rate"
GRAIN = 1e-12  # less is told as ≈ 0
SIDE = 5.0  # the curves are drawn from −SIDE to SIDE
STEPS = {"colour": COLOURS["vermilion"], "marker": "o", "dash": []}
BORDERS = (  # of the rate, for each minimum, and of the start
    {"colour": COLOURS["black"], "dash": DASHES["--"], "width": 1.2},
    {"colour": COLOURS["blue"], "dash": DASHES[":"], "width": 1.6},
)

SCHEDULES: Mapping[str, Callable[[float, int], Schedule]] = MappingProxyType(
    {
        "constant": lambda lr, steps: constant(lr),
        "step_decay": lambda lr, steps: step_decay(lr, every=max(steps // 3, 1)),
        "exponential_decay": lambda lr, steps: exponential_decay(lr, factor=0.8),
        "inverse_time_decay": lambda lr, steps: inverse_time_decay(lr, decay=0.5),
        "cosine": lambda lr, steps: cosine(lr, steps=steps),
        "warmup": lambda lr, steps: warmup(lr, steps=max(steps // 2, 1)),
        "one_cycle": lambda lr, steps: one_cycle(lr, steps=steps),
    }
)
"""Name -> the schedule for a rate and a number of steps."""


def explore_learning_rate(
    curve: str = "parabola",
    *,
    curvature: float = 2.0,
    lr: float | None = None,
    start: float | None = None,
    schedule: str = "constant",
    steps: int = 10,
    step: int | None = None,
) -> Explorer:
    """The rate on a slider, and where the next steps go on a curve.

    The curves are chapter 03's: "parabola", ½ c w² with c = `curvature`; "quartic", w⁴; "hole",
    one in a plain; "dent" and "deep dent", on the way to the bottom of a bowl; "hyperbola",
    √(1 + w²). Beside it stands the rate at every step: constant, or that of a schedule.

    Dashed is the border 2/c of each minimum of curvature c: on the parabola a larger rate
    diverges, elsewhere no walk comes to rest there (unless a step lands right on the minimum).
    The minimum of w⁴ does not bend, and a constant rate has a border of starts instead,
    w = √(2/(4 lr)), beyond which every step lands further out.

    A press on the curve or the arrow keys set the start. `step` is the step to begin with, the
    last unless told. Raises `ValueError` (or `TypeError`) for names that are none of these, and
    unless curvature > 0, lr > 0, start is between −5 and 5, steps ≥ 1 and 0 ≤ step ≤ steps.
    """
    curvature = positive(curvature, f"{NAME}: curvature")
    curves = {each.name: each for each in (parabola(curvature), *CURVES)}
    for name, value, known in (("curve", curve, curves), ("schedule", schedule, SCHEDULES)):
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"{NAME}: {name} must be one of {', '.join(known)}, got {value!r}.")
    steps = whole(steps, 1, f"{NAME}: steps")
    first_step(step, steps, NAME)
    lr = curves[curve].lr if lr is None else positive(lr, f"{NAME}: lr")
    start = curves[curve].start if start is None else _start(start)
    walk = _Walk(curves, curvature, steps)
    rates = min(0.01, 0.02 / curvature), max(5.0, 4 / curvature)  # on both sides of all borders
    return Explorer(
        "The learning rate on a curve",
        [*map(_curve_panel, curves.values()), _rate_panel(steps, rates)],
        [
            choice("curve", list(curves), curve),
            slider("lr", float(lr), rates, log=True, label="learning rate"),
            choice("schedule", list(SCHEDULES), schedule),
        ],
        _layers(curves),
        {"at": [start, float(curves[curve].value(start))], "on": curve},
        walk.scene,
        readout=[
            {"label": "w", "of": "w", "grain": GRAIN, **STEPS},
            {"label": "loss", "of": "loss", "grain": GRAIN},
            {"label": "rate of the next step", "of": "rate"},
            *({"of": f"border {i}", **look} for i, look in enumerate(BORDERS)),
            {"label": "a start must be within ±", "of": "edge", **BORDERS[0]},
        ],
        player=True,
        frame=step,
        step_argument="step",
    )


def _start(start: float) -> float:
    number = all_finite(as_floats(start, f"{NAME}: start"), f"{NAME}: start")
    if number.ndim or abs(number) > SIDE:
        raise ValueError(f"{NAME}: start must be between {-SIDE:g} and {SIDE:g}, got {start!r}.")
    return float(number)


@dataclass
class _Walk:
    """What no control changes."""

    curves: Mapping[str, Curve]
    curvature: float
    steps: int

    def scene(self, curve: str, at: list[float], lr: float, schedule: str, on: str) -> Scene:
        f, start = self.curves[curve], at[0]
        if curve != on:  # another curve was chosen: it begins where there is something to see
            start, lr = f.start, f.lr
        rate = SCHEDULES[schedule](lr, self.steps)
        path = minimize(f, [start], GradientDescent(rate), steps=self.steps)
        w = path.x[:, 0]
        arrays = {
            curve: np.column_stack([w, path.value]),
            "w": w,
            "loss": path.value,
            "rate": np.array([rate(t) for t in range(self.steps + 1)]),  # one by one, as used
        }
        labels = {curve: "w and loss", "rate": "rate of the next step"}
        for i, (minimum, border) in enumerate(f.borders.items()):
            arrays |= {f"line {i}": np.array([[0, border], [self.steps, border]])}
            arrays |= {f"border {i}": np.array([border])}
            where = "" if len(f.borders) == 1 else f" at {minimum:.3g}"
            labels[f"border {i}"] = f"border 2/c of the minimum{where}"
        if not f.borders and schedule == "constant":
            arrays |= _edges(f, lr)
        code = (
            f"{NAME}({curve!r}, curvature={self.curvature!r}, lr={lr!r}, start={start!r}, "
            f"schedule={schedule!r}, steps={self.steps})"
        )
        return Scene(
            arrays,
            len(path),
            _words(f, path, rate, lr, schedule),
            code,
            labels,
            values={"lr": lr, "at": [start, float(path.value[0])], "on": curve},
            hidden=[name for name in self.curves if name != curve],
        )


def _edges(quartic: Curve, lr: float) -> dict[str, np.ndarray]:
    """Where 1 − 4 lr w² is −1: two upright lines, and their distance from 0."""
    w, (low, high) = np.sqrt(2 / (4 * lr)), quartic.heights
    strokes = [[-w, low], [-w, high], [np.nan, np.nan], [w, low], [w, high]]
    return {"edges": np.array([strokes]), "edge": np.array([w])}


def _words(f: Curve, path: Path, rate: Schedule, lr: float, schedule: str) -> str:
    last = round(float(path.x[-1, 0]), 6) + 0.0  # + 0.0: no −0
    if path.stopped == "diverged":
        end = f"It diverges: after {path.taken} steps the numbers are too large to go on."
    else:
        where = f"at w = {last:.4g}" if abs(last) <= SIDE else "off the picture"
        end = f"After {path.taken} steps it is {where}."
    start = f"From {path.x[0, 0]:g} on {f.formula} at "
    if schedule != "constant":
        return f"{start}{rate}. {end}".replace("-", "−")
    if f.name == "parabola":
        factor = 1 - lr * float(f.bend(np.zeros(())))
        end = f"Each step multiplies w by 1 − lr · c = {factor:.3g}: {_fate(factor)} {end}"
    return f"{start}{lr:g}. {end}".replace("-", "−")


def _fate(factor: float) -> str:
    if abs(factor) < 1e-12:
        return "one step arrives."
    if abs(factor + 1) < 1e-12:
        return "it bounces for ever."
    if factor < -1:
        return "it crosses the minimum, lands further out each time, and diverges."
    if factor < 0:
        return "it crosses the minimum and still comes closer."
    return "it comes closer from one side."


def _layers(curves: Mapping[str, Curve]) -> list[dict]:
    layers = [{"panel": name, "kind": "trail", "of": name, **STEPS} for name in curves]
    layers.append({"panel": "quartic", "kind": "strokes", "of": "edges", **BORDERS[0]})
    layers.append({"panel": "rate", "kind": "curve", "of": "rate", **STEPS})
    for i, look in enumerate(BORDERS):
        layers.append({"panel": "rate", "kind": "line", "of": f"line {i}", **look})
    return layers


def _curve_panel(curve: Curve) -> Panel:
    fig, ax = subplots(width=5.0, height=3.4)
    draw_curve(ax, curve.value, (-SIDE, SIDE))
    ax.set(xlim=(-SIDE, SIDE), ylim=curve.heights, xlabel="w", ylabel="loss")
    ax.set_title(curve.formula, fontsize=10)
    label = f"The curve {curve.formula}: press, drag or use the arrow keys to set the start"
    return Panel(curve.name, fig, label, "at")


def _rate_panel(steps: int, rates: tuple[float, float]) -> Panel:
    fig, ax = subplots(width=3.8, height=3.4)
    ax.set(
        xlim=(0, steps),
        ylim=(rates[0] / 3, 4 * rates[1]),
        yscale="log",
        xlabel="step",
        ylabel="rate",
    )
    ax.xaxis.get_major_locator().set_params(integer=True)
    label = "The rate of each step, and the borders that hold for this curve: press to set the step"
    return Panel("rate", fig, label, scrub=True)
