"""RMSprop: AdaGrad that forgets."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, at_least_zero, flag, fraction, within
from coursekit.descent import Rate, as_call, check_rate, checked, decayed, rate_at
from coursekit.optimizers.adagrad import root


class RMSpropState(NamedTuple):
    t: int  # steps taken so far
    v: Array  # running mean of the squared gradient, like x
    m: Array  # running mean of the gradient, like x; used where `centered`
    b: Array  # velocity of the scaled gradients, like x; used with `momentum`


@dataclass(frozen=True, repr=False)
class RMSprop:
    """RMSprop: the gradient divided by the root of a running mean of its square.

        v ← β v + (1 − β) g²          x ← x − lr · g / (√v + ε)          v = 0 at the start

    with g the gradient + weight_decay · x, and `lr` a number > 0 or a schedule. The defaults are
    PyTorch's, where β is called alpha; the lectures and Hinton take lr 0.001 and β 0.9. Variants:

    - `eps_inside=True`: g / √(v + ε), the form of the lectures, Optax and Keras.
    - `bias_correction=True`: v̂ = v / (1 − βᵗ) in place of v (and m̂ = m / (1 − βᵗ) of m), t = 1
      in the first step: Optax's option.
    - `initial=c`: v = c at the start: Optax's `initial_scale`.
    - `centered=True`: v − m² in place of v, with m ← β m + (1 − β) g: an estimate of the
      variance (Graves). What rounding leaves below 0 counts as 0. With bias correction and
      `initial=0` the first step has v̂ = m̂² but for rounding, and divides by little more than ε.
    - `momentum=μ`: b ← μ b + g / (√v + ε), x ← x − lr · b, PyTorch's form; with
      `lr_inside=True` b ← μ b + lr · g / (√v + ε), x ← x − b, Optax's and Keras'.

    Raises `ValueError` for hyperparameters out of range (0 ≤ β < 1, ε ≥ 0, initial ≥ 0,
    0 ≤ μ ≤ 1).

    Sources: Tieleman & Hinton (2012), lecture 6.5 of Neural Networks for Machine Learning;
    Graves (2013), https://arxiv.org/abs/1308.0850, equations 38–45.
    """

    lr: Rate = 1e-2
    beta: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.0
    eps_inside: bool = False
    bias_correction: bool = False
    initial: float = 0.0
    centered: bool = False
    momentum: float = 0.0
    lr_inside: bool = False

    def __post_init__(self):
        check_rate(self.lr, "RMSprop: lr")
        fraction(self.beta, "RMSprop: beta")
        within(self.momentum, 0, 1, "RMSprop: momentum")
        for name in ("eps", "weight_decay", "initial"):
            at_least_zero(getattr(self, name), f"RMSprop: {name}")
        for name in ("eps_inside", "bias_correction", "centered", "lr_inside"):
            flag(getattr(self, name), f"RMSprop: {name}")

    __repr__ = as_call

    def init(self, x: ArrayLike) -> RMSpropState:
        zeros = np.zeros(np.shape(x))
        return RMSpropState(t=0, v=zeros + self.initial, m=zeros, b=zeros.copy())

    @checked
    def step(self, x: Array, grad: Array, state: RMSpropState) -> tuple[Array, RMSpropState]:
        """One update; neither `x` nor `state` is modified."""
        t, _, m, b = state
        g = decayed(grad, x, self.weight_decay)
        v = self.beta * state.v + (1 - self.beta) * g**2
        v_hat = self._corrected(v, t + 1)
        if self.centered:
            m = self.beta * m + (1 - self.beta) * g
            v_hat = np.maximum(v_hat - self._corrected(m, t + 1) ** 2, 0)
        scaled = g / root(v_hat, self.eps, self.eps_inside)
        lr = rate_at(self.lr, t)
        if self.momentum:
            inside, lr = (lr, 1.0) if self.lr_inside else (1.0, lr)
            scaled = b = self.momentum * b + inside * scaled
        return x - lr * scaled, RMSpropState(t + 1, v, m, b)

    def _corrected(self, mean: Array, t: int) -> Array:
        return mean / (1 - self.beta**t) if self.bias_correction else mean
