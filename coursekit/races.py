"""Fair races: every method at its own tuned rate, over several seeds.

    tuning = tune(Adam, [1e-4, 3e-4, 1e-3, 3e-3], MLP((64, 64, 10)), digits(), epochs=5)
    result = race([GradientDescent(0.5), tuning.best], MLP((64, 64, 10)), digits(), epochs=10)
    print(tuning)
    print(result)

One rate for all says nothing: momentum takes steps ten times as long as plain descent at the same
rate, Adam's do not depend on the gradient's size at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coursekit.arrays import Array, positive
from coursekit.batches import History, train
from coursekit.descent import Optimizer

SEEDS = (0, 1, 2)


@dataclass(frozen=True, eq=False)
class Tuning:
    """The final loss `(rates, seeds)` on the training examples at each rate.

    A run that diverged has loss infinity. `best` is the optimizer with the smallest median.
    """

    optimizers: tuple[Optimizer, ...]
    rates: Array
    loss: Array = field(repr=False)

    @property
    def median(self) -> Array:
        """Over the seeds, `(rates,)`."""
        return np.median(self.loss, axis=1)

    @property
    def best(self) -> Optimizer:
        return self.optimizers[int(self.median.argmin())]

    @property
    def at_the_edge(self) -> bool:
        """Is the best rate the first or the last of those tried? Then try further ones."""
        return int(self.median.argmin()) in (0, len(self.rates) - 1)

    def __str__(self) -> str:
        lines = [f"{'lr':>10}{'median loss':>14}{'over the seeds':>24}"]
        for rate, median, runs in zip(self.rates, self.median, self.loss, strict=True):
            mark = "  <- best" if median == self.median.min() else ""
            spread = f"{runs.min():.4g} to {runs.max():.4g}"
            lines.append(f"{rate:10.4g}{median:14.4g}{spread:>24}{mark}")
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Race:
    """The histories of several optimizers, each with several seeds: `runs[optimizer][seed]`."""

    optimizers: tuple[Optimizer, ...]
    runs: tuple[tuple[History, ...], ...] = field(repr=False)

    def curves(self, what: str, lane: int) -> Array:
        """`what` of one optimizer's runs, `(epochs + 1, seeds)`; after a divergence, NaN.

        `what` is "loss", "accuracy", "test_loss" or "test_accuracy", by epoch.
        """
        columns = [getattr(history, what) for history in self.runs[lane]]
        curves = np.full((max(map(len, columns)), len(columns)), np.nan)
        for i, column in enumerate(columns):
            curves[: len(column), i] = column
        return curves

    def __str__(self) -> str:
        """A line for each optimizer: medians over the seeds after the last epoch."""
        what = [w for w in ("loss", "test_loss", "test_accuracy") if self._has(w)]
        names = [repr(optimizer) for optimizer in self.optimizers]
        width = max(map(len, names)) + 2
        lines = [" " * width + "".join(f"{w.replace('_', ' '):>15}" for w in what)]
        for lane, name in enumerate(names):
            ends = {w: np.median(self.curves(w, lane)[-1]) for w in what}
            cells = (
                f"{end:15.1%}" if "accuracy" in w else f"{end:15.4g}" for w, end in ends.items()
            )
            lines.append(f"{name:<{width}}" + "".join(cells))
        return "\n".join(lines)

    def _has(self, what: str) -> bool:
        return getattr(self.runs[0][0], what) is not None


def tune(
    make: Callable[[float], Optimizer],
    rates: Sequence[float],
    model: Any,
    data: Any,
    *,
    epochs: int,
    batch_size: int | None = 32,
    seeds: Sequence[int] = SEEDS,
    **others,
) -> Tuning:
    """Train with `make(rate)` for every rate and seed, and compare the losses reached.

    `make` is an optimizer class, or a function of the rate:
    `lambda lr: Momentum(lr, beta=0.9)`. `others` go to `train`, which also says what is raised.
    Raises `ValueError` where there is no rate or no seed.
    """
    if not len(rates) or not len(seeds):
        raise ValueError(f"tune needs rates and seeds, got {list(rates)} and {list(seeds)}.")
    optimizers = tuple(make(positive(rate, "tune: each of rates")) for rate in rates)
    result = race(
        optimizers, model, data, epochs=epochs, batch_size=batch_size, seeds=seeds, **others
    )
    ends = [
        [run.loss[-1] if run.stopped == "epochs" else np.inf for run in runs]
        for runs in result.runs
    ]
    losses = np.where(np.isfinite(ends), ends, np.inf)
    return Tuning(optimizers, np.array(rates, dtype=float), losses)


def race(
    optimizers: Sequence[Optimizer],
    model: Any,
    data: Any,
    *,
    epochs: int,
    batch_size: int | None = 32,
    seeds: Sequence[int] = SEEDS,
    **others,
) -> Race:
    """Train with every optimizer and every seed; a seed settles start and batches alike for all.

    `others` go to `train`, which also says what is raised. Raises `ValueError` where there is
    no optimizer or no seed.
    """
    if not len(optimizers) or not len(seeds):
        raise ValueError(
            f"race needs optimizers and seeds, got {list(optimizers)} and {list(seeds)}."
        )
    runs = tuple(
        tuple(
            train(model, data, each, epochs=epochs, batch_size=batch_size, seed=seed, **others)
            for seed in seeds
        )
        for each in optimizers
    )
    return Race(tuple(optimizers), runs)
