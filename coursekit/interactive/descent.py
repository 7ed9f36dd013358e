"""The descent explorer: a landscape, optimizers on it, and what they remember."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coursekit import landscapes
from coursekit.arrays import Array, all_finite, as_floats, flag, whole
from coursekit.descent import Optimizer, Path, check_optimizer, minimize, states
from coursekit.interactive.basin_maps import BasinMaps
from coursekit.interactive.controls import box, choice, first_step
from coursekit.interactive.explorer import Explorer, Scene
from coursekit.interactive.looks import looks_of
from coursekit.interactive.memory import coasting, remembered
from coursekit.interactive.panel import Panel
from coursekit.interactive.settings import settings, with_settings
from coursekit.landscapes import Landscape, himmelblau
from coursekit.optimizers import GradientDescent, Momentum
from coursekit.plotting import COLOURS, draw_contours, draw_minima, subplots

MEMORY_COLOURS = (COLOURS["blue"], COLOURS["orange"], COLOURS["black"])
FLOOR = 1e-8  # the lowest value above the minimum that is drawn
GRAIN = 1e-12  # what is less, of a coordinate as a share of the map, is told as ≈ 0
SHORTEST = 12  # points: a shorter arrow of the memory is drawn so long


def explore_descent(
    landscape: Landscape = himmelblau,
    optimizers: Sequence[Optimizer] = (GradientDescent(0.01), Momentum(0.01)),
    *,
    start: Sequence[float] | None = None,
    steps: int = 200,
    shown: str | None = None,
    basins: bool = False,
    step: int | None = None,
) -> Explorer:
    """Choose the start on the map and the hyperparameters below, and watch the descent.

    One or several optimizers go down `landscape` from one start: their paths on the map, the
    value above the minimum against the step, and what the one that is `shown` (the last unless
    told) remembers at this step, for each coordinate. The arrow on the map leads to where that
    memory alone would carry it: the next step if the ground were flat; an arrow too short to be
    seen is drawn longer, in its direction. `basins` colours every start by the minimum that it
    reaches. `step` is the step to begin with, the last unless told.

    A press, a drag or the arrow keys set the start on the map and the step on the curve; the
    space bar plays. Optimizers of one class are called by it and their place: "Adam 2". The
    numbers are those of `minimize`. Raises what `minimize` raises, and `ValueError` for a start
    that is no point, a `shown` that is none of the names and a `step` that is out of range.
    """
    if not isinstance(landscape, Landscape):
        raise TypeError(f"explore_descent needs a landscape, got {type(landscape).__name__}.")
    optimizers = list(optimizers) if isinstance(optimizers, list | tuple) else [optimizers]
    if not optimizers:
        raise ValueError("explore_descent needs at least one optimizer, got none.")
    for optimizer in optimizers:
        check_optimizer(optimizer, "explore_descent")
    steps = whole(steps, 1, "explore_descent: steps")
    named = dict(zip(_names(optimizers), optimizers, strict=True))
    shown = list(named)[-1] if shown is None else shown
    if shown not in named:
        raise ValueError(f"explore_descent: shown must be one of {list(named)}, got {shown!r}.")
    first_step(step, steps, "explore_descent")
    start = _start(landscape, start)
    race = _Race(landscape, named, steps, BasinMaps(landscape, steps))
    return Explorer(
        f"Descent on {landscape.name.replace('_', ' ')}",
        [_map(landscape), race.values_panel(), race.memory_panel()],
        race.controls(shown, flag(basins, "explore_descent: basins")),
        race.layers(),
        {"start": start, "shown": shown, "basins": False},
        race.scene,
        readout=race.readout(),
        player=True,
        frame=step,
        step_argument="step",
    )


@dataclass
class _Race:
    landscape: Landscape
    optimizers: dict[str, Optimizer]
    steps: int
    maps: BasinMaps

    @property
    def looks(self) -> dict[str, dict[str, Any]]:
        return dict(zip(self.optimizers, looks_of(list(self.optimizers.values())), strict=True))

    @property
    def lowest(self) -> float | None:
        """The height of the minimum, if there is one."""
        minima = self.landscape.minima
        return float(min(self.landscape(point) for point in minima)) if minima else None

    def scene(self, start: list[float], shown: str, basins: bool, **chosen: Any) -> Scene:
        arrays, words, labels = {}, [], {}
        start = [float(number) for number in start]  # the browser's 3 is 3.0
        made = {n: with_settings(n, o, chosen) for n, o in self.optimizers.items()}
        for name, optimizer in made.items():
            path = minimize(self.landscape, start, optimizer, steps=self.steps)
            arrays[f"{name} x"] = path.x
            arrays[f"{name} value"] = path.value - (self.lowest or 0.0)
            labels |= {f"{name} {of}": name for of in ("x", "value")}
            words.append(f"{name} {_outcome(path, self.landscape)}")
        arrays |= self._memory(start, made[shown], arrays[f"{shown} x"], shown, labels)
        later = self._basins(made[shown], arrays) if basins and self.landscape.minima else None
        text = f"From {_point(start, self.landscape)}: {'; '.join(words)}."
        code = self._code(made, start, shown, basins)
        return Scene(arrays, self.steps + 1, text, code, labels, later=later)

    def _memory(
        self, start: list[float], optimizer: Optimizer, x: Array, name: str, labels: dict[str, str]
    ) -> dict[str, Array]:
        """What it remembers, with its sign for the readout and without for the bars."""
        if not hasattr(optimizer.init(x[0]), "_fields"):
            return {}
        s = states(self.landscape, start, optimizer, steps=len(x) - 1)
        arrays = {"coasting": coasting(optimizer, x, s)}
        for i, (what, quantity) in enumerate(remembered(optimizer, self.landscape, x, s).items()):
            arrays |= {f"memory {i}": quantity, f"size {i}": np.abs(quantity)}
            labels |= {f"memory {i}": f"{name}: {what}", f"size {i}": what}
        return arrays

    def _basins(
        self, optimizer: Optimizer, arrays: dict[str, Array]
    ) -> Callable[[], dict[str, Array]] | None:
        """Put into `arrays` what is known of the map at once; what gives the rest, if any."""
        arrays["minima"] = np.array(self.landscape.minima)
        arrays |= self.maps.at_once(optimizer)
        return None if "basins" in arrays else lambda: self.maps.fine(optimizer)

    def _code(
        self, made: dict[str, Optimizer], start: list[float], shown: str, basins: bool
    ) -> str:
        rules = ", ".join(map(repr, made.values()))
        name = self.landscape.name
        # of a reader's own landscape only the reader knows what it is called
        where = name if getattr(landscapes, name, None) is self.landscape else "landscape"
        others = f", shown={shown!r}" if shown != list(made)[-1] else ""
        others += ", basins=True" if basins else ""
        at = f"({start[0]!r}, {start[1]!r})"
        return f"explore_descent({where}, [{rules}], start={at}, steps={self.steps}{others})"

    def controls(self, shown: str, basins: bool) -> list[dict[str, Any]]:
        found = [c for name, o in self.optimizers.items() for c in settings(name, o)]
        if len(self.optimizers) > 1:
            found.append(choice("shown", list(self.optimizers), shown, label="memory of"))
        if self.landscape.minima:
            found.append(box("basins", basins, label="its basins"))
        return found

    def layers(self) -> list[dict[str, Any]]:
        layers = self.maps.layers("map")
        for name, look in self.looks.items():
            layers.append({"panel": "map", "kind": "path", "of": f"{name} x", **look})
            layers.append({"panel": "value", "kind": "curve", "of": f"{name} value", **look})
        black = {"colour": COLOURS["black"], "width": 1.6, "least": SHORTEST}
        layers.append({"panel": "map", "kind": "arrow", "of": "coasting", **black})
        for i, colour in enumerate(MEMORY_COLOURS):
            bars = {"kind": "bars", "of": f"size {i}", "colour": colour, "named": True}
            layers.append(bars | {"panel": "memory", "share": 0.22, "offset": 0.29 * (i - 1)})
        return layers

    def readout(self) -> list[dict[str, Any]]:
        side = max(np.ptp(self.landscape.frame[:2]), np.ptp(self.landscape.frame[2:]))
        places = [
            {"label": name, "of": f"{name} x", "grain": GRAIN * float(side), **look}
            for name, look in self.looks.items()
        ]
        return places + [
            {"of": f"memory {i}", "grain": GRAIN, "colour": colour}
            for i, colour in enumerate(MEMORY_COLOURS)
        ]

    def values_panel(self) -> Panel:
        fig, ax = subplots(width=3.6, height=3.4)
        heights = self.landscape(self.landscape.grid(41))
        if self.lowest is None:
            ax.set(ylim=(heights.min(), heights.max()), ylabel="value")
        else:
            ax.set(ylim=(FLOOR, heights.max() - self.lowest), yscale="log")
            ax.set(ylabel="value above the minimum")
        ax.set(xlim=(0, self.steps), xlabel="step")
        return Panel("value", fig, "The value at each step: press or drag to set it", scrub=True)

    def memory_panel(self) -> Panel:
        fig, ax = subplots(width=3.0, height=3.4)
        steepest = np.abs(self.landscape.grad(self.landscape.grid(41))).max()
        top = 10 ** np.ceil(2 * np.log10(steepest) + 1)  # above the square of a gradient
        ax.set(xlim=(-0.6, 1.6), ylim=(1e-8, top), yscale="log", xticks=(0, 1))
        ax.set(xticklabels=("x", "y"), xlabel="coordinate", ylabel="size")
        return Panel("memory", fig, "What the shown optimizer remembers, for each coordinate")


def _names(optimizers: list[Optimizer]) -> list[str]:
    kinds = [type(o).__name__ for o in optimizers]
    numbers = [kinds[: i + 1].count(kind) for i, kind in enumerate(kinds)]
    return [k if kinds.count(k) == 1 else f"{k} {n}" for k, n in zip(kinds, numbers, strict=True)]


def _start(landscape: Landscape, start: Sequence[float] | None) -> list[float]:
    if start is None:
        low, high = np.reshape(landscape.frame, (2, 2)).T
        start = np.round(low + 0.2 * (high - low), 3)
    start = all_finite(as_floats(start, "explore_descent: start"), "explore_descent: start")
    if start.shape != (2,):
        raise ValueError(f"explore_descent needs start as a point (x, y), got shape {start.shape}.")
    return start.tolist()


def _map(landscape: Landscape) -> Panel:
    fig, ax = subplots(width=3.8, height=3.4)
    draw_contours(ax, landscape)
    draw_minima(ax, landscape)
    left, right, low, high = landscape.frame
    if not 1 / 3 < (right - left) / (high - low) < 3:
        ax.set_aspect("auto")  # true to scale, a long valley would be too thin to take hold of
    what = f"Map of {landscape.name.replace('_', ' ')}"
    return Panel("map", fig, f"{what}: press, drag or use the arrow keys to set the start", "start")


def _outcome(path: Path, landscape: Landscape) -> str:
    steps = f"after {path.taken} step{'' if path.taken == 1 else 's'}"
    if path.stopped == "diverged":
        return f"diverges: {steps} its numbers are too large to go on"
    left, right, low, high = landscape.frame
    x, y = path.x[-1]
    where = "is at" if left <= x <= right and low <= y <= high else "has left the map:"
    return f"{where} {_point(path.x[-1], landscape)} {steps}"


def _point(point: Sequence[float], landscape: Landscape) -> str:
    """To about a thousandth of the frame: what is finer differs between processors."""
    side = min(np.ptp(landscape.frame[:2]), np.ptp(landscape.frame[2:]))
    digits = max(0, int(np.ceil(-np.log10(side / 1000))))
    numbers = (f"{round(float(value), digits) + 0.0:.6g}" for value in point)  # + 0.0: no −0
    return f"({', '.join(numbers)})".replace("-", "−")
