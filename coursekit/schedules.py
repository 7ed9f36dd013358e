"""Learning-rate schedules: the rate as a function of the step number, the first step being 0.

    rate = cosine(0.1, steps=100)
    rate(0), rate(50), rate(100)      # 0.1, 0.05, 0.0

A schedule goes wherever a number may stand for `lr`. It takes a step number or an array of
them. Bad arguments raise `ValueError` when the schedule is made, a negative step number when
it is called.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, as_floats, positive, whole, within


@dataclass(frozen=True)
class Schedule:
    """A rate for every step; prints as the call that made it."""

    text: str
    rate: Callable[[Array], Array]

    def __call__(self, step: ArrayLike) -> float | Array:
        """The rate at `step`: a float for a number, an array for an array of numbers."""
        step = as_floats(step, "step")
        if not (step >= 0).all():  # also false for NaN
            raise ValueError(f"A schedule needs step numbers ≥ 0, got {step.min():g}.")
        rate = self.rate(step)
        return float(rate) if step.ndim == 0 else rate

    def __repr__(self) -> str:
        return self.text


def _schedule(make: Callable[..., Callable[[Array], Array]]) -> Callable[..., Schedule]:
    """Let a function that returns a rate return a `Schedule` that prints as its call."""
    signature = inspect.signature(make)

    @functools.wraps(make)
    def wrapped(*args, **kwargs) -> Schedule:
        rate = make(*args, **kwargs)
        (_, first), *others = signature.bind(*args, **kwargs).arguments.items()
        words = [_text(first)] + [f"{name}={_text(value)}" for name, value in others]
        return Schedule(f"{make.__name__}({', '.join(words)})", rate)

    return wrapped


def _text(value) -> str:
    return repr(value) if callable(value) else f"{value:.6g}"


@_schedule
def constant(lr: float) -> Schedule:
    """lr, always."""
    lr = positive(lr, "constant: lr")
    return lambda t: np.full_like(t, lr)


@_schedule
def step_decay(lr: float, *, every: int, factor: float = 0.5) -> Schedule:
    """lr · factorᵏ with k = ⌊t / every⌋: a staircase down. PyTorch: `StepLR`."""
    lr = positive(lr, "step_decay: lr")
    every = whole(every, 1, "step_decay: every")
    factor = within(factor, 0, 1, "step_decay: factor")
    return lambda t: lr * factor ** (t // every)


@_schedule
def exponential_decay(lr: float, *, factor: float) -> Schedule:
    """lr · factorᵗ: the same percentage less at every step. PyTorch: `ExponentialLR`."""
    lr = positive(lr, "exponential_decay: lr")
    factor = within(factor, 0, 1, "exponential_decay: factor")
    return lambda t: lr * factor**t


@_schedule
def inverse_time_decay(lr: float, *, decay: float) -> Schedule:
    """lr / (1 + decay · t): halved after 1/decay steps, a third after 2/decay, and so on.

    The rates add up to infinity and their squares do not, which is what Robbins & Monro
    (1951), https://doi.org/10.1214/aoms/1177729586, ask of a rate under noise.
    """
    lr = positive(lr, "inverse_time_decay: lr")
    decay = positive(decay, "inverse_time_decay: decay")
    return lambda t: lr / (1 + decay * t)


@_schedule
def cosine(lr: float, *, steps: int, final: float = 0.0) -> Schedule:
    """Half a cosine wave from lr at step 0 down to `final` at step `steps`, which it keeps.

        final + (lr − final) · (1 + cos(π t / steps)) / 2

    Source: Loshchilov & Hutter (2017), https://arxiv.org/abs/1608.03983. PyTorch's
    `CosineAnnealingLR` climbs again after `steps`; Optax's `cosine_decay_schedule` stays.
    """
    lr = positive(lr, "cosine: lr")
    steps = whole(steps, 1, "cosine: steps")
    final = within(final, 0, lr, "cosine: final")
    return lambda t: _half_wave(lr, final, t / steps)


@_schedule
def warmup(lr: float | Callable[[float], float], *, steps: int) -> Schedule:
    """A straight line up over the first `steps` steps, then lr, a number or a schedule.

    Step t of the warm-up has (t + 1) / steps of the full rate, so that no step is wasted on
    the rate 0 and step `steps` − 1 has all of it. A schedule that follows starts at its own
    step 0.
    """
    steps = whole(steps, 1, "warmup: steps")
    then = lr if callable(lr) else constant(positive(lr, "warmup: lr"))

    def rate(t: Array) -> Array:
        after = np.asarray([then(max(i - steps, 0.0)) for i in t.ravel()]).reshape(t.shape)
        return after * np.minimum((t + 1) / steps, 1)

    return rate


@_schedule
def one_cycle(
    lr: float, *, steps: int, up: float = 0.3, start: float = 1 / 25, final: float = 1e-4 / 25
) -> Schedule:
    """Up to the peak `lr` and down again, each along half a cosine wave.

    It starts at lr · start, peaks at step up · steps − 1 and reaches lr · final at step
    `steps` − 1, which it keeps. The defaults are those of PyTorch's `OneCycleLR`
    (`div_factor` 25, `final_div_factor` 10,000, `pct_start` 0.3).

    Source: Smith & Topin (2018), https://arxiv.org/abs/1708.07120.
    """
    lr = positive(lr, "one_cycle: lr")
    steps = whole(steps, 2, "one_cycle: steps")
    start = within(start, 0, 1, "one_cycle: start")
    final = within(final, 0, 1, "one_cycle: final")
    peak = within(up, 0, 1, "one_cycle: up") * steps - 1
    if not 0 < peak < steps - 1:
        raise ValueError(
            f"one_cycle needs its peak between the first and the last step, got up={up:g} "
            f"with steps={steps}."
        )

    def rate(t: Array) -> Array:
        rising = _half_wave(lr * start, lr, t / peak)
        falling = _half_wave(lr, lr * final, (t - peak) / (steps - 1 - peak))
        return np.where(t <= peak, rising, falling)

    return rate


def _half_wave(first: float, last: float, share: Array) -> Array:
    """From `first` at share 0 to `last` at share 1 along a cosine; `last` ever after."""
    return last + (first - last) * (1 + np.cos(np.pi * np.clip(share, 0, 1))) / 2
