"""Curves of training: loss and accuracy by step and by epoch, alone or in a race."""

import numpy as np
from matplotlib.axes import Axes

from coursekit.batches import History
from coursekit.plotting.curves import draw_band
from coursekit.plotting.styles import style_of
from coursekit.races import Race, Tuning


def draw_history(ax: Axes, history: History, what: str = "loss", *, style=None, **line):
    """Draw one column of a history, such as "loss" by epoch or "step_loss" by step.

    Losses get a logarithmic axis. Returns the line. Raises `ValueError` where the history has
    no such column.
    """
    column = getattr(history, what, None)
    if not isinstance(column, np.ndarray) or what in ("parameters", "path", "seconds"):
        raise ValueError(f'draw_history needs a loss or an accuracy such as "loss", got {what!r}.')
    look = style_of(history.optimizer if style is None else style)
    by_step = what.startswith("step")
    look = {**look, "lw": 0.8 if by_step else 1.4, "marker": None, "label": what.replace("_", " ")}
    _label(ax, what, "step" if by_step else "epoch")
    return ax.plot(np.arange(len(column)), column, **{**look, **line})[0]


def draw_race(ax: Axes, race: Race, what: str = "test_loss", *, names=None):
    """Draw every optimizer's median over the seeds, and a band from the best seed to the worst.

    `names` are the labels in the legend, the class names unless given. Returns the medians'
    lines.
    """
    names = names or [type(optimizer).__name__ for optimizer in race.optimizers]
    lines = []
    for lane, (optimizer, name) in enumerate(zip(race.optimizers, names, strict=True)):
        curves = race.curves(what, lane)
        lines.append(draw_band(ax, curves, style=optimizer, between=(0, 1), label=name))
    _label(ax, what, "epoch")
    return lines


def draw_tuning(ax: Axes, tuning: Tuning, **line):
    """Draw the loss reached against the learning rate, with a band over the seeds.

    Rates at which a run diverged are left out of the band. Returns the means' line.
    """
    method = tuning.optimizers[0]  # they differ in their rates alone
    look = {**style_of(method), "lw": 1.4, "label": type(method).__name__, **line}
    (mean,) = ax.plot(tuning.rates, np.where(np.isfinite(tuning.mean), tuning.mean, np.nan), **look)
    runs = np.where(np.isfinite(tuning.loss), tuning.loss, np.nan)
    ax.fill_between(
        tuning.rates, runs.min(axis=1), runs.max(axis=1), color=mean.get_color(), alpha=0.25, lw=0
    )
    ax.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="loss reached")
    return mean


def _label(ax: Axes, what: str, against: str) -> None:
    ax.set(
        xlabel=against, ylabel=what.replace("_", " "), yscale="log" if "loss" in what else "linear"
    )
