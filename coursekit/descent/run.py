"""A descent, one step at a time."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import FLOAT64, Array, all_finite, as_floats, positive
from coursekit.descent.rules import Objective, Optimizer, bare_step, check_optimizer, look_at


class Run:
    """A descent under way: `minimize` without the memory, for those who watch it go.

    `x` and `value` are where it is, `state` what the optimizer remembers, `taken` how many
    steps each start has taken, `running` and `diverged` whether it goes on or has left the
    numbers, `outcomes` the word for each start ("steps" while it can go on), as in `Path`.
    Arguments and errors are those of `minimize`.
    """

    def __init__(
        self,
        objective: Objective,
        x0: ArrayLike,
        optimizer: Optimizer,
        *,
        min_step: float | None = None,
    ):
        _check_objective(objective)
        check_optimizer(optimizer, "minimize")
        self.objective, self.optimizer = objective, optimizer
        self.min_step = 0.0 if min_step is None else positive(min_step, "minimize: min_step")
        self.x = checked_start(x0)
        self._shape = self.x.shape[1:]  # that of the values
        with np.errstate(all="ignore"):
            self.value = self._value(self.x)
        all_finite(np.asarray(self.value), "minimize: the objective's value at x0")
        self.state = optimizer.init(self.x.copy())
        self.running, self.diverged = np.ones(self._shape, bool), np.zeros(self._shape, bool)
        self._look, self._step = look_at(optimizer), bare_step(optimizer)
        self._all_run, self._ended = True, False
        self._taken = np.zeros(self._shape, dtype=int)
        self._together = 0  # steps that all starts took since _taken was counted

    @property
    def taken(self) -> np.ndarray:
        return self._taken + self._together

    @property
    def outcomes(self) -> np.ndarray:
        ended = np.where(self.diverged, "diverged", "min_step")
        return np.where(self.running, "steps", ended)

    def advance(self) -> bool:
        """Take one step; False if no start moved, because all have ended."""
        return self.go(1) == 1

    def go(self, steps: int, visit: Callable[[], None] | None = None) -> int:
        """Take up to `steps` steps and call `visit()` after each; how many were taken."""
        with np.errstate(all="ignore"):  # once, for it costs as much as half a step
            for taken in range(steps):
                if not self._advance():
                    return taken
                if visit:
                    visit()
        return steps

    def leap(self, steps: int) -> None:
        """Take up to `steps` steps without a look at the points between.

        It ends where `go` ends, sooner. Only a value that overflows on the way and
        is finite again at the end goes unnoticed.
        """
        if steps < 2 or self.min_step or not self._all_run or not self.go(1):
            self.go(steps)
            return
        x, state = self.x.copy(), self.state
        with np.errstate(all="ignore"):
            for _ in range(steps - 1):
                x, state = self._step(x, self.objective.grad(self._look(x, state)), state)
            value = self._value(x)
        if np.isfinite(x).all() and np.isfinite(value).all():
            self.x, self.state, self.value = x, state, value
            self._together += steps - 1
        else:
            self.go(steps - 1)

    def _advance(self) -> bool:
        if self._ended:
            return False
        # copies, so that what works in place cannot rewrite the path
        at = self._look(self.x.copy(), self.state)
        grad = self._shaped(self.objective.grad(at), self.x.shape, "objective's gradient")
        x, self.state = self._step(self.x.copy(), grad, self.state)
        x = self._shaped(x, self.x.shape, "optimizer's next point")
        value = self._value(x)
        if self._all_run and not self.min_step and _all_finite(x, grad, value):
            self.x, self.value = x, value
            self._together += 1
            return True
        return self._advance_some(x, grad, value)

    def _advance_some(self, x: Array, grad: Array, value: Array) -> bool:
        """Move the starts that still run and may, and note how the others ended."""
        finite = np.isfinite(grad).all(axis=0) & np.isfinite(x).all(axis=0) & np.isfinite(value)
        small = np.abs(x - self.x).max(axis=0) < self.min_step
        moved = self.running & finite
        self.diverged = self.diverged | (self.running & ~moved)
        self.running = moved & ~small
        self._taken, self._together = self.taken + moved, 0
        self.x = np.where(moved, x, self.x)
        self.value = np.where(moved, value, self.value)[()]
        self._all_run, self._ended = bool(self.running.all()), not self.running.any()
        return bool(moved.any())

    def _value(self, x: Array) -> Array | float:
        return self._shaped(self.objective(x.copy()), self._shape, "objective's value")

    @staticmethod
    def _shaped(value: ArrayLike, shape: tuple[int, ...], name: str) -> Array | float:
        # what comes at nearly every step, in no time; NumPy's single numbers are floats, too
        if isinstance(value, float) and shape == ():
            return value
        if type(value) is np.ndarray and value.dtype is FLOAT64 and value.shape == shape:
            return value
        array = as_floats(value, f"minimize: the {name}")
        if array.shape != shape:
            raise ValueError(f"minimize: the {name} must have shape {shape}, got {array.shape}.")
        return array


def checked_start(x0: ArrayLike) -> Array:
    """A copy of x0; raises as `minimize` does."""
    x = all_finite(as_floats(x0, "minimize: x0"), "minimize: x0").copy()
    if x.ndim == 0 or x.size == 0:
        raise ValueError(
            f"minimize needs x0 as a point (d,) or points (d, …), got shape {x.shape}."
        )
    return x


def _all_finite(x: Array, grad: Array, value: Array | float) -> bool:
    """Is every number finite? For one point a scalar product mostly settles it, much faster:
    it is finite only if both its factors are."""
    if isinstance(value, float) and math.isfinite(value) and math.isfinite(x.dot(grad)):
        return True
    return bool(np.isfinite(x).all() and np.isfinite(grad).all() and np.isfinite(value).all())


def _check_objective(objective: Objective) -> None:
    if not callable(objective) or not callable(getattr(objective, "grad", None)):
        raise TypeError(
            "minimize needs an objective that is callable and has .grad, "
            f"got {type(objective).__name__}."
        )
