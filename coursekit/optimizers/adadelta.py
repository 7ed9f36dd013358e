"""AdaDelta: steps as large as the recent steps, with no rate to choose."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, at_least_zero, fraction
from coursekit.descent import Rate, as_call, check_rate, checked, decayed, rate_at


class AdaDeltaState(NamedTuple):
    t: int  # steps taken so far
    v: Array  # running mean of the squared gradient, like x
    u: Array  # running mean of the squared step, like x


@dataclass(frozen=True, repr=False)
class AdaDelta:
    """AdaDelta: the gradient, measured in recent gradients, times the size of recent steps.

        v ← ρ v + (1 − ρ) g²                   v = u = 0 at the start
        Δ = √(u + ε) / √(v + ε) · g
        u ← ρ u + (1 − ρ) Δ²          x ← x − lr · Δ

    with g the gradient + weight_decay · x, and `lr` a number > 0 or a schedule. Zeiler has no
    rate: lr is 1, as in PyTorch, whose defaults these are (Zeiler and Keras take ρ 0.95, Keras
    lr 1e-3 and ε 1e-7). ε stands inside both roots, for everyone; u starts at 0, so that ε alone
    sets the first step, √ε / √(v + ε) · g.

    Raises `ValueError` for hyperparameters out of range (0 ≤ ρ < 1, ε ≥ 0).

    Source: Zeiler (2012), Algorithm 1, https://arxiv.org/abs/1212.5701.
    """

    lr: Rate = 1.0
    rho: float = 0.9
    eps: float = 1e-6
    weight_decay: float = 0.0

    def __post_init__(self):
        check_rate(self.lr, "AdaDelta: lr")
        fraction(self.rho, "AdaDelta: rho")
        at_least_zero(self.eps, "AdaDelta: eps")
        at_least_zero(self.weight_decay, "AdaDelta: weight_decay")

    __repr__ = as_call

    def init(self, x: ArrayLike) -> AdaDeltaState:
        return AdaDeltaState(t=0, v=np.zeros(np.shape(x)), u=np.zeros(np.shape(x)))

    @checked
    def step(self, x: Array, grad: Array, state: AdaDeltaState) -> tuple[Array, AdaDeltaState]:
        """One update; neither `x` nor `state` is modified."""
        g = decayed(grad, x, self.weight_decay)
        v = self.rho * state.v + (1 - self.rho) * g**2
        delta = np.sqrt(state.u + self.eps) / np.sqrt(v + self.eps) * g
        u = self.rho * state.u + (1 - self.rho) * delta**2
        return x - rate_at(self.lr, state.t) * delta, AdaDeltaState(state.t + 1, v, u)
