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
COLUMNS = ("loss", "accuracy", "test_loss", "test_accuracy")


@dataclass(frozen=True, eq=False)
class Tuning:
    """The final loss `(rates, seeds)` on the training examples at each rate.

    A run that diverged has loss infinity. `best` is the optimizer with the smallest mean over the
    seeds, the first of equals: a rate at which one seed fails is not tuned. It raises
    `ValueError` where at every rate a run diverged. `unsettled` rates, where the loss differs more
    than fourfold from seed to seed, or which are above the best with a mean more than ten times
    as large, are printed without numbers: there luck decides, and often the last bit of the
    rounding.
    """

    optimizers: tuple[Optimizer, ...]
    rates: Array
    loss: Array = field(repr=False)

    @property
    def mean(self) -> Array:
        """Over the seeds, `(rates,)`."""
        return self.loss.mean(axis=1)

    @property
    def best(self) -> Optimizer:
        if not np.isfinite(self.mean).any():
            rates = ", ".join(f"{rate:g}" for rate in self.rates)
            raise ValueError(
                f"No rate is the best of {rates}: at every one of them a run diverged."
            )
        return self.optimizers[int(self.mean.argmin())]

    @property
    def at_the_edge(self) -> bool:
        """Is the best rate the first or the last of those tried? Then try further ones."""
        return int(self.mean.argmin()) in (0, len(self.rates) - 1)

    @property
    def unsettled(self) -> np.ndarray:
        """True for each rate at which luck decides, `(rates,)`."""
        low, high, best = self.loss.min(axis=1), self.loss.max(axis=1), self.mean.argmin()
        lost = (self.rates > self.rates[best]) & (self.mean > 10 * self.mean[best])
        return ~np.isfinite(high) | (high > 4 * low) | lost

    def __str__(self) -> str:
        lines = [f"{'lr':>10}{'mean loss':>14}{'over the seeds':>24}"]
        for i, (rate, mean, runs) in enumerate(zip(self.rates, self.mean, self.loss, strict=True)):
            spread = f"{runs.min():.4g} to {runs.max():.4g}"
            row = f"{'':>14}{'unsettled':>24}" if self.unsettled[i] else f"{mean:14.4g}{spread:>24}"
            mark = "  <- best" if np.isfinite(mean) and i == self.mean.argmin() else ""
            lines.append(f"{rate:10.4g}{row}{mark}")
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Race:
    """The histories of several optimizers, each with several seeds: `runs[optimizer][seed]`."""

    optimizers: tuple[Optimizer, ...]
    runs: tuple[tuple[History, ...], ...] = field(repr=False)

    def curves(self, what: str, lane: int) -> Array:
        """`what` of one optimizer's runs, `(epochs + 1, seeds)`; after a divergence, NaN.

        `what` is "loss", "accuracy", "test_loss" or "test_accuracy", by epoch. Raises
        `ValueError` where the histories have no such column.
        """
        if what not in COLUMNS or not self._has(what):
            known = ", ".join(name for name in COLUMNS if self._has(name))
            raise ValueError(f"curves needs one of {known}, got {what!r}.")
        columns = [[getattr(history, what) for history in runs] for runs in self.runs]
        longest = max(len(column) for lane_of_columns in columns for column in lane_of_columns)
        curves = np.full((longest, len(columns[lane])), np.nan)
        for i, column in enumerate(columns[lane]):
            curves[: len(column), i] = column
        return curves

    def __str__(self) -> str:
        """A line for each optimizer: medians over the seeds after the last epoch.

        A run that diverged counts as worse than any other; where most did, the line says so.
        """
        what = [w for w in ("loss", "test_loss", "test_accuracy") if self._has(w)]
        names = [repr(optimizer) for optimizer in self.optimizers]
        width = max(map(len, names)) + 2
        lines = [" " * width + "".join(f"{w.replace('_', ' '):>15}" for w in what)]
        for lane, name in enumerate(names):
            cells = "".join(_cell(w, self._end(w, lane)) for w in what)
            lost = sum(run.stopped == "diverged" for run in self.runs[lane])
            note = f"  ({lost} of {len(self.runs[lane])} diverged)" if lost else ""
            lines.append(f"{name:<{width}}{cells}{note}")
        return "\n".join(lines)

    def _end(self, what: str, lane: int) -> float:
        """The median over the seeds at the end, a run that diverged counting as the worst."""
        worst = -np.inf if "accuracy" in what else np.inf
        runs = self.runs[lane]
        ends = [getattr(h, what)[-1] if h.stopped == "epochs" else worst for h in runs]
        return float(np.median(ends))

    def _has(self, what: str) -> bool:
        return getattr(self.runs[0][0], what) is not None


def _cell(what: str, end: float) -> str:
    if not np.isfinite(end):
        return f"{'diverged':>15}"
    return f"{end:15.1%}" if "accuracy" in what else f"{end:15.4g}"


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
    Raises `ValueError` where there is no rate or no seed, and `TypeError` where `rates` or
    `seeds` is no sequence, or `make` cannot be called.
    """
    rates, seeds = _several(rates, "tune: rates"), _several(seeds, "tune: seeds")
    if not callable(make):
        raise TypeError(f"tune needs an optimizer class or a function of the rate, got {make!r}.")
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
    no optimizer or no seed, and `TypeError` where either is no sequence.
    """
    optimizers = _several(optimizers, "race: optimizers")
    seeds = _several(seeds, "race: seeds")
    runs = tuple(
        tuple(
            train(model, data, each, epochs=epochs, batch_size=batch_size, seed=seed, **others)
            for seed in seeds
        )
        for each in optimizers
    )
    return Race(optimizers, runs)


def _several(values: Sequence, name: str) -> tuple:
    """A sequence as a tuple; raises `TypeError` for what is none and `ValueError` if empty."""
    try:
        values = tuple(values)
    except TypeError:
        raise TypeError(f"{name} must be a list, even of one, got {values!r:.60}.") from None
    if not values:
        raise ValueError(f"{name} must not be empty.")
    return values
