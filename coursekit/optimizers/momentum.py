"""Momentum: a velocity that adds up gradients and slowly forgets them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, at_least_zero, flag, within
from coursekit.descent import Rate, as_call, check_rate, checked, decayed, rate_at


class MomentumState(NamedTuple):
    t: int  # steps taken so far
    v: Array  # the velocity, like x


@dataclass(frozen=True, repr=False)
class Momentum:
    """Momentum (the heavy ball): the gradients of the past still push.

        v ← β v + g          x ← x − lr · v          v = 0 at the start

    with g the gradient + weight_decay · x, and `lr` a number > 0 or a schedule. The defaults
    are those of PyTorch's `SGD`, with its usual momentum of 0.9 for β. Variants:

    - `average=True`: v ← β v + (1 − β) g, a moving average of the gradients, as in Andrew Ng's
      courses. With lr / (1 − β) in place of lr it takes the very steps of the heavy ball.
    - `dampening=d`: v ← β v + (1 − d) g, but v ← g in the first step. PyTorch's; because of that
      first step, d = β is *not* the average.
    - `lr_inside=True`: v ← β v + lr · g, x ← x − v: Keras', CS231n's and Sutskever's form (with
      −v for v), and Polyak's x ← x − lr · g + β (x − x₋₁). It differs only under a schedule:
      the velocity then keeps the rates of the past.

    Raises `ValueError` for hyperparameters out of range (0 ≤ β ≤ 1, β < 1 for the average;
    0 ≤ d ≤ 1) and for `average` together with `dampening`.

    Sources: Polyak (1964), https://doi.org/10.1016/0041-5553(64)90137-5; Sutskever et al.
    (2013), https://proceedings.mlr.press/v28/sutskever13.html.
    """

    lr: Rate = 1e-3
    beta: float = 0.9
    weight_decay: float = 0.0
    average: bool = False
    dampening: float = 0.0
    lr_inside: bool = False

    def __post_init__(self):
        check_rate(self.lr, "Momentum: lr")
        within(self.beta, 0, 1, "Momentum: beta")
        at_least_zero(self.weight_decay, "Momentum: weight_decay")
        within(self.dampening, 0, 1, "Momentum: dampening")
        flag(self.average, "Momentum: average")
        flag(self.lr_inside, "Momentum: lr_inside")
        if self.average and self.beta == 1:
            raise ValueError("Momentum: beta must be < 1 for an average, got 1: nothing moves.")
        if self.average and self.dampening:
            raise ValueError(
                "Momentum: average and dampening are two ways to weigh the gradient, "
                f"choose one; got average=True and dampening={self.dampening!r}."
            )

    __repr__ = as_call

    def init(self, x: ArrayLike) -> MomentumState:
        return MomentumState(t=0, v=np.zeros(np.shape(x)))

    @checked
    def step(self, x: Array, grad: Array, state: MomentumState) -> tuple[Array, MomentumState]:
        """One update; neither `x` nor `state` is modified."""
        g = decayed(grad, x, self.weight_decay)
        lr = rate_at(self.lr, state.t)
        if self.lr_inside:
            v = self.beta * state.v + lr * self._share(state.t) * g
            return x - v, MomentumState(state.t + 1, v)
        v = self.beta * state.v + self._share(state.t) * g
        return x - lr * v, MomentumState(state.t + 1, v)

    def _share(self, t: int) -> float:
        """How much of a new gradient goes into the velocity."""
        if self.average:
            return 1 - self.beta
        return 1 - self.dampening if t > 0 else 1.0
