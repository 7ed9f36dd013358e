"""Nesterov's accelerated gradient: momentum that looks where it is going."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, at_least_zero, flag, within
from coursekit.descent import Rate, as_call, check_rate, checked, decayed, rate_at


class NesterovState(NamedTuple):
    t: int  # steps taken so far
    v: Array  # the velocity, like x


@dataclass(frozen=True, repr=False)
class Nesterov:
    """Nesterov's momentum: the gradient is taken where the velocity is about to lead.

        v ← β v + g          x ← x − lr · (g + β v)          v = 0 at the start

    with g the gradient at x + weight_decay · x, and `lr` a number > 0 or a schedule. This is
    PyTorch's `SGD(nesterov=True)` and Optax's; the defaults are PyTorch's, with its usual
    momentum of 0.9 for β. Here x is already the point ahead, so that one gradient a step, at x,
    is all it needs. Variants:

    - `look_ahead=True`: v ← β v + g, x ← x − lr · v, with g the gradient at the point ahead,
      x − lr · β v, which `look` gives: the textbook form, Sutskever's. At a constant rate its
      points ahead are the x of the form above. Whoever calls `step` passes the gradient at
      `look(x, state)`, as `minimize` and `train` do.
    - `lr_inside=True`: v ← β v + lr · g, x ← x − (lr · g + β v) (or x ← x − v when looking
      ahead, from x − β v): Keras' and CS231n's form (with −v for v). It differs only under a
      schedule.

    Raises `ValueError` for hyperparameters out of range (0 ≤ β ≤ 1).

    Sources: Nesterov (1983), Doklady AN SSSR 269, 543–547; Sutskever et al. (2013),
    https://proceedings.mlr.press/v28/sutskever13.html.
    """

    lr: Rate = 1e-3
    beta: float = 0.9
    weight_decay: float = 0.0
    look_ahead: bool = False
    lr_inside: bool = False

    def __post_init__(self):
        check_rate(self.lr, "Nesterov: lr")
        within(self.beta, 0, 1, "Nesterov: beta")
        at_least_zero(self.weight_decay, "Nesterov: weight_decay")
        flag(self.look_ahead, "Nesterov: look_ahead")
        flag(self.lr_inside, "Nesterov: lr_inside")

    __repr__ = as_call

    def init(self, x: ArrayLike) -> NesterovState:
        return NesterovState(t=0, v=np.zeros(np.shape(x)))

    def look(self, x: Array, state: NesterovState) -> Array:
        """The point whose gradient `step` needs: x itself unless `look_ahead`."""
        return self._ahead(x, state, rate_at(self.lr, state.t)) if self.look_ahead else x

    @checked
    def step(self, x: Array, grad: Array, state: NesterovState) -> tuple[Array, NesterovState]:
        """One update; neither `x` nor `state` is modified."""
        lr = rate_at(self.lr, state.t)
        g = decayed(grad, self._ahead(x, state, lr), self.weight_decay)
        inside, outside = (lr, 1.0) if self.lr_inside else (1.0, lr)
        v = self.beta * state.v + inside * g
        move = v if self.look_ahead else inside * g + self.beta * v
        return x - outside * move, NesterovState(state.t + 1, v)

    def _ahead(self, x: Array, state: NesterovState, lr: float) -> Array:
        """Where the gradient is taken: the point to which the velocity alone would lead."""
        if not self.look_ahead:
            return x
        return x - (1 if self.lr_inside else lr) * self.beta * state.v
