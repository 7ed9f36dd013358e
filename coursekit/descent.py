"""Gradient descent: optimizers, and the loop that lets one of them go down.

    path = minimize(bowl, (4, 3), GradientDescent(lr=0.1), steps=50)
    path.x[-1], path.value[-1], path.stopped

An optimizer holds hyperparameters only. What it remembers between steps is a state that it
returns, so that a step can be repeated, printed, or fed to another library.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, all_finite, as_floats, positive, whole, within

Rate = float | Callable[[int], float]  # a number, or a schedule: step number -> rate


class Objective(Protocol):
    """What can be minimised: points `(d, …)` -> values `(…)`, and the gradient `(d, …)`."""

    def __call__(self, x: Array) -> Array: ...

    def grad(self, x: Array) -> Array: ...


class Optimizer(Protocol):
    """A rule for the next point. Both methods are pure: they modify nothing."""

    def init(self, x: Array) -> Any:
        """The state before the first step from `x`."""

    def step(self, x: Array, grad: Array, state: Any) -> tuple[Array, Any]:
        """The next point and the next state."""


class GradientDescentState(NamedTuple):
    t: int  # steps taken so far


@dataclass(frozen=True)
class GradientDescent:
    """Steepest descent: against the gradient, by the learning rate times its length.

        x ← x − lr · (g + weight_decay · x)

    `lr` is a number > 0 or a schedule, a function of the step number that starts at 0.
    The defaults are those of PyTorch's `SGD`. Raises `ValueError` for hyperparameters out of
    range, and in `step` for a schedule that gives a negative or infinite rate.

    Source: Cauchy (1847), Comptes rendus 25, 536–538.
    """

    lr: Rate = 1e-3
    weight_decay: float = 0.0

    def __post_init__(self):
        check_rate(self.lr, "GradientDescent: lr")
        within(self.weight_decay, 0, np.finfo(float).max, "GradientDescent: weight_decay")

    def init(self, x: Array) -> GradientDescentState:
        return GradientDescentState(t=0)

    def step(
        self, x: Array, grad: Array, state: GradientDescentState
    ) -> tuple[Array, GradientDescentState]:
        """One update; neither `x` nor `state` is modified."""
        lr = rate_at(self.lr, state.t)
        return x - lr * (grad + self.weight_decay * x), GradientDescentState(state.t + 1)


def check_rate(lr: Rate, name: str) -> None:
    """Raise `ValueError` unless `lr` is a finite number > 0 or a schedule."""
    if not callable(lr):
        positive(lr, name)


def rate_at(lr: Rate, t: int) -> float:
    """The learning rate of step `t`, the first step being 0.

    Raises `ValueError` where a schedule gives a negative, infinite or NaN rate.
    """
    if not callable(lr):
        return lr
    return within(lr(t), 0, np.finfo(float).max, f"the rate of {lr!r} at step {t}")


@dataclass(frozen=True, eq=False)
class Path:
    """The points that `minimize` visited, with their values.

    `x` is `(steps + 1, d, …)` and `value` `(steps + 1, …)`, the start included; all of it is
    finite. `stopped` says why the run ended:

    - "min_step": no coordinate moved by min_step or more,
    - "steps": the number of steps was used up,
    - "diverged": the next point, its value or its gradient was no longer a finite number.

    Where many starts ran at once, `outcomes` has the word of each start and `taken` the
    number of steps each took; a start that has ended stays where it is. `stopped` is then
    "diverged" if any start diverged, else "steps" if any used up its steps, else "min_step".
    """

    x: Array
    value: Array
    outcomes: np.ndarray = field(repr=False)
    taken: np.ndarray = field(repr=False)

    @property
    def stopped(self) -> str:
        return next(word for word in ("diverged", "steps", "min_step") if word in self.outcomes)

    def __len__(self) -> int:
        """The number of points, one more than the number of steps."""
        return len(self.x)

    def __repr__(self) -> str:
        def words(array):
            return np.array2string(array, precision=6, threshold=8, separator=", ")

        return (
            f"Path({len(self) - 1} steps, from x={words(self.x[0])} to x={words(self.x[-1])}, "
            f"value={words(self.value[-1])}, stopped={self.stopped!r})"
        )


def minimize(
    objective: Objective,
    x0: ArrayLike,
    optimizer: Optimizer,
    *,
    steps: int = 1000,
    min_step: float | None = None,
) -> Path:
    """Let `optimizer` take up to `steps` steps down `objective` from `x0`.

    `x0` is one point `(d,)` or many `(d, …)`, which then run at once, each as if alone.
    With `min_step` a run also ends after a step that moved no coordinate by as much as that,
    the lectures' other stopping rule (they give 0.001 and 1000 steps). A run that overflows
    ends at its last finite point, without warnings.

    Raises `TypeError` where `objective` has no `.grad` or `optimizer` no `init` and `step`,
    and `ValueError` for a start that is not finite, for `steps` or `min_step` out of range,
    and for an objective whose value or gradient has the wrong shape.
    """
    steps = whole(steps, 0, "minimize: steps")
    run = Run(objective, x0, optimizer, min_step=min_step)
    xs, values = [run.x], [run.value]
    while len(xs) <= steps and run.advance():
        xs.append(run.x)
        values.append(run.value)
    return Path(np.stack(xs), np.stack(values), run.outcomes, run.taken)


class Run:
    """A descent under way: `minimize` without the memory, for those who watch it go.

    `x` and `value` are where it is, `taken` how many steps each start has taken, `outcomes`
    the word for each start ("steps" while it can go on), as in `Path`. Arguments and errors
    are those of `minimize`.
    """

    def __init__(
        self,
        objective: Objective,
        x0: ArrayLike,
        optimizer: Optimizer,
        *,
        min_step: float | None = None,
    ):
        _check_parts(objective, optimizer)
        self.objective, self.optimizer = objective, optimizer
        self.min_step = 0.0 if min_step is None else positive(min_step, "minimize: min_step")
        self.x = _start(x0)
        self.value = self._value(self.x)
        all_finite(self.value, "minimize: the objective's value at x0")
        self.state = optimizer.init(self.x.copy())
        self.taken = np.zeros(self.x.shape[1:], dtype=int)
        self.outcomes = np.full(self.x.shape[1:], "steps", dtype="<U8")

    def advance(self) -> bool:
        """Take one step; False if no start moved, because all have ended."""
        running = self.outcomes == "steps"
        if not running.any():
            return False
        with np.errstate(all="ignore"):
            # copies, so that what works in place cannot rewrite the path
            grad = self.objective.grad(self.x.copy())
            grad = self._shaped(grad, self.x.shape, "objective's gradient")
            x, self.state = self.optimizer.step(self.x.copy(), grad, self.state)
            x = self._shaped(x, self.x.shape, "optimizer's next point")
            value = self._value(x)
            finite = np.isfinite(grad).all(axis=0) & np.isfinite(x).all(axis=0)
            moved = running & finite & np.isfinite(value)
            small = moved & (np.abs(x - self.x).max(axis=0) < self.min_step)
        self.outcomes = np.where(running & ~moved, "diverged", self.outcomes)
        self.outcomes = np.where(small, "min_step", self.outcomes)
        self.taken = self.taken + moved
        self.x = np.where(moved, x, self.x)
        self.value = np.where(moved, value, self.value)
        return bool(moved.any())

    def _value(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            return self._shaped(self.objective(x.copy()), x.shape[1:], "objective's value")

    @staticmethod
    def _shaped(value: ArrayLike, shape: tuple[int, ...], name: str) -> Array:
        array = as_floats(value, f"minimize: the {name}")
        if array.shape != shape:
            raise ValueError(f"minimize: the {name} must have shape {shape}, got {array.shape}.")
        return array


def _check_parts(objective: Objective, optimizer: Optimizer) -> None:
    if not callable(objective) or not callable(getattr(objective, "grad", None)):
        raise TypeError(
            "minimize needs an objective that is callable and has .grad, "
            f"got {type(objective).__name__}."
        )
    if isinstance(optimizer, type):
        raise TypeError(
            f"minimize needs an optimizer, got the class {optimizer.__name__}: "
            f"write {optimizer.__name__}(lr=…)."
        )
    if not callable(getattr(optimizer, "init", None)) or not callable(
        getattr(optimizer, "step", None)
    ):
        raise TypeError(
            f"minimize needs an optimizer with init and step, got {type(optimizer).__name__}."
        )


def _start(x0: ArrayLike) -> Array:
    x = all_finite(as_floats(x0, "minimize: x0"), "minimize: x0").copy()
    if x.ndim == 0 or x.size == 0:
        raise ValueError(
            f"minimize needs x0 as a point (d,) or points (d, …), got shape {x.shape}."
        )
    return x
