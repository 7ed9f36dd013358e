"""What an optimizer is, and the first of them: gradient descent."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from types import MethodType
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, as_floats, at_least_zero, positive

Rate = float | Callable[[int], float]  # a number, or a schedule: step number -> rate


class Objective(Protocol):
    """What can be minimised: points `(d, …)` -> values `(…)`, and the gradient `(d, …)`."""

    def __call__(self, x: Array) -> Array: ...

    def grad(self, x: Array) -> Array: ...


class Optimizer(Protocol):
    """A rule for the next point. Its methods are pure: they modify nothing.

    A rule that wants the gradient of another point than x has a method
    `look(x, state) -> point`, too, and gets that point's gradient in `step`.
    """

    def init(self, x: Array) -> Any:
        """The state before the first step from `x`."""

    def step(self, x: Array, grad: Array, state: Any) -> tuple[Array, Any]:
        """The next point and the next state."""


Step = Callable[[Any, Array, Array, Any], tuple[Array, Any]]


def checked(step: Step) -> Step:
    """A `step` method that also takes lists and integers, and refuses what does not fit.

    Overflow then shows in the result alone, without warnings. Raises `TypeError` for what is
    not made of real numbers and `ValueError` where x, the gradient and the arrays of the state
    differ in shape: NumPy would stretch one over the other, and every coordinate would get a
    wrong step. Loops that check this themselves take the `bare_step`.
    """

    @functools.wraps(step)
    def with_checks(self, x: ArrayLike, grad: ArrayLike, state: Any) -> tuple[Array, Any]:
        name = f"{type(self).__name__}.step"
        x, grad = as_floats(x, f"{name}: x"), as_floats(grad, f"{name}: grad")
        if grad.shape != x.shape:
            raise ValueError(f"{name} needs a gradient shaped like x, {x.shape}, got {grad.shape}.")
        for part in state if isinstance(state, tuple) else ():
            if isinstance(part, np.ndarray) and part.shape != x.shape:
                raise ValueError(
                    f"{name} needs a state made for x of shape {x.shape}, got one of {part.shape}."
                )
        with np.errstate(all="ignore"):
            return step(self, x, grad, state)

    return with_checks


def check_optimizer(optimizer: Optimizer, name: str) -> None:
    """Raise `TypeError`, in the name of a function, for what has no `init` and `step`."""
    if isinstance(optimizer, type):
        raise TypeError(
            f"{name} needs an optimizer, got the class {optimizer.__name__}: "
            f"write {optimizer.__name__}(lr=…)."
        )
    if not callable(getattr(optimizer, "init", None)) or not callable(
        getattr(optimizer, "step", None)
    ):
        raise TypeError(
            f"{name} needs an optimizer with init and step, got {type(optimizer).__name__}."
        )


def as_call(optimizer: Any) -> str:
    """The call that makes a dataclass, with its first argument and those that are not defaults."""
    first, *others = fields(optimizer)
    given = [f for f in others if getattr(optimizer, f.name) != f.default]
    words = (f"{f.name}={getattr(optimizer, f.name)!r}" for f in (first, *given))
    return f"{type(optimizer).__name__}({', '.join(words)})"


def bare_step(optimizer: Optimizer) -> Callable[[Array, Array, Any], tuple[Array, Any]]:
    """`optimizer.step` without the checks of `checked`, a third faster on few numbers."""
    bare = getattr(optimizer.step, "__wrapped__", None)
    return MethodType(bare, optimizer) if bare else optimizer.step


def look_at(optimizer: Optimizer) -> Callable[[Array, Any], Array]:
    """`optimizer.look`, for one that has none the point x itself."""
    return getattr(optimizer, "look", lambda x, state: x)


class GradientDescentState(NamedTuple):
    t: int  # steps taken so far


@dataclass(frozen=True, repr=False)
class GradientDescent:
    """Steepest descent: against the gradient, by the learning rate times its length.

        x ← x − lr · (g + weight_decay · x)

    `lr` is a number > 0 or a schedule, a function of the step number that starts at 0.
    The defaults are those of PyTorch's `SGD`. Raises `ValueError` for hyperparameters out of
    range, and in `step` for a gradient that is not shaped like x and for a schedule that gives
    a negative or infinite rate.

    Source: Cauchy (1847), Comptes rendus 25, 536–538.
    """

    lr: Rate = 1e-3
    weight_decay: float = 0.0

    def __post_init__(self):
        check_rate(self.lr, "GradientDescent: lr")
        at_least_zero(self.weight_decay, "GradientDescent: weight_decay")

    __repr__ = as_call

    def init(self, x: Array) -> GradientDescentState:
        return GradientDescentState(t=0)

    @checked
    def step(
        self, x: Array, grad: Array, state: GradientDescentState
    ) -> tuple[Array, GradientDescentState]:
        """One update; neither `x` nor `state` is modified."""
        g = decayed(grad, x, self.weight_decay)
        return x - rate_at(self.lr, state.t) * g, GradientDescentState(state.t + 1)


def decayed(grad: Array, x: Array, weight_decay: float) -> Array:
    """grad + weight_decay · x: the gradient with that of ½ · weight_decay · ‖x‖² added."""
    return grad + weight_decay * x if weight_decay else grad


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
    return at_least_zero(lr(t), f"the rate of {lr!r} at step {t}")
