"""What the network explorer shows: the plane, the losses, and both in words."""

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from coursekit.interactive.looks import DASHES, shades
from coursekit.interactive.panel import Panel
from coursekit.interactive.training_runs import MOMENTS, Frame, TrainingRun
from coursekit.losses import cross_entropy
from coursekit.plotting import COLOURS, subplots

FRAME = (-1.6, 2.4, -1.5, 1.7)  # around the moons, the circles and the spirals
ROOM = 0.05  # how much further than the picture the plane is computed, as a share of it
BLUE = {"colour": COLOURS["blue"], "marker": "o", "dash": []}
ORANGE = {"colour": COLOURS["orange"], "marker": "s", "dash": []}
LEARNT = {"colour": COLOURS["black"], "marker": "o", "dash": []}
TEST = {"colour": COLOURS["vermilion"], "marker": "^", "dash": DASHES["--"]}
BATCH = {"colour": COLOURS["grey"], "dash": [], "width": 0.8}
READOUT = (
    {"label": "loss", "of": "loss", **LEARNT},
    {"label": "test loss", "of": "test loss", **TEST},
    {"label": "next batch", "of": "of batch", **BATCH},
    {"label": "right", "of": "right"},
    {"label": "right in the test", "of": "test right"},
)


def words(run: TrainingRun) -> str:
    batch = "all examples" if run.batch_size is None else f"batches of {run.batch_size}"
    sizes = "-".join(map(str, run.net.sizes))
    what = f"{sizes} units ({run.net.activation}), {run.optimizer}, {batch}"
    updates = f"{run.taken} update{'' if run.taken == 1 else 's'}"
    if run.diverged:
        return f"{what}: it diverges. After {updates} its numbers are too large to go on."
    last = {name: values[-1] for name, values in run.measured.items()}
    tested = f", in the test {_short(last['test loss'])}" if run.test else ""
    text = (
        f"{what}: after {updates} the loss is {_short(last['loss'])}{tested}, "
        f"and {last['right']:.0%} are right."
    )
    guess = cross_entropy([[0.0], [0.0]], [0])
    blind = f" That is no better than a blind guess, whose loss is ln 2 = {guess:.3f}."
    return text + (blind if not last["loss"] < guess else "")


def _short(number: float) -> str:
    return f"{number:.2g}".replace("-", "−")


def captions(run: TrainingRun) -> list[str]:
    epochs = run.moments / run.updates_an_epoch
    return [
        f"Update {update} of {run.steps}, epoch {epoch:.1f}."
        for update, epoch in zip(run.moments, epochs, strict=True)
    ]


def wider(box: Frame) -> Frame:
    left, right, low, high = box
    dx, dy = ROOM * (right - left), ROOM * (high - low)
    return left - dx, right + dx, low - dy, high + dy


def layers(box: Frame) -> list[dict[str, Any]]:
    black = {"colour": COLOURS["black"], "dash": []}
    points = {"panel": "plane", "kind": "points", "size": 3.5, "told": False}
    colours = {"box": wider(box), "shades": shades("blue", "orange"), "smooth": True}
    return [
        {"panel": "plane", "kind": "raster", "of": "classes", **colours},
        {"panel": "plane", "kind": "strokes", "of": "border", "width": 2.2, **black},
        {**points, "of": "class 0", **BLUE},
        {**points, "of": "class 1", **ORANGE},
        {"panel": "loss", "kind": "line", "of": "batches", **BATCH},
        {"panel": "loss", "kind": "curve", "of": "loss", **LEARNT},
        {"panel": "loss", "kind": "curve", "of": "test loss", **TEST},
    ]


def plane_panel(box: Frame) -> Panel:
    fig, ax = subplots(width=4.4, height=3.7)
    ax.set(xlim=box[:2], ylim=box[2:])
    if box == FRAME:
        ax.set_aspect("equal")
    what = "The plane as the network parts it, and the points that it learns from"
    return Panel("plane", fig, what)


def loss_panel(steps: int) -> Panel:
    fig, ax = subplots(width=4.2, height=3.7)
    last = min(steps, MOMENTS)
    ax.set(xlim=(0, last), ylim=(1e-4, 20), yscale="log", xlabel="update", ylabel="loss")
    updates = [u for u in MaxNLocator(6, integer=True).tick_values(0, steps) if 0 <= u <= steps]
    ax.set_xticks(np.array(updates) * last / steps, [f"{u:g}" for u in updates])
    what = "The loss on all training examples, in the test, and of each batch: press to set the "
    return Panel("loss", fig, what + "picture shown", scrub=True)
