"""Adam: momentum divided by a running estimate of the gradient's size."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, at_least_zero, flag, fraction
from coursekit.descent import Rate, as_call, check_rate, checked, decayed, rate_at


class AdamState(NamedTuple):
    t: int  # steps taken so far
    m: Array  # running mean of the gradient, like x
    v: Array  # running mean of its square, like x
    v_max: Array | None = None  # the largest v so far, where `amsgrad`
    mu: float = 1.0  # product of the factors μ so far, where `nesterov`


@dataclass(frozen=True, repr=False)
class Adam:
    """Adam: momentum divided by a running estimate of the gradient's size.

        m ← β₁ m + (1 − β₁) g          v ← β₂ v + (1 − β₂) g²          m = v = 0 at the start
        x ← x − lr · m̂ / (√v̂ + ε)      with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)

    t is 1 in the first step, g the gradient + weight_decay · x, and `lr` a number > 0 or a
    schedule. The defaults are PyTorch's. Variants:

    - `bias_correction=False`: m and v themselves, as in CS231n's short form;
      `bias_correction="constant"`: m / (1 − β₁) and v / (1 − β₂) at every step, a slip met on
      slides, kept to be looked at.
    - `square_root=False`: m̂ / (v̂ + ε), another slip met on slides.
    - `eps_hat=True`: lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε): the faster form that Kingma & Ba
      mention after Algorithm 1, Keras' (with `eps=1e-7`). There ε weighs more at the start.
    - `eps_root=e`: √(v̂ + e) in place of √v̂: Optax's.
    - `decoupled=True`: x ← (1 − lr · weight_decay) x first, and g without it: AdamW.
    - `amsgrad=True`: the largest v so far in place of v, PyTorch's form of AMSGrad.
    - `nesterov=True`: μₜ₊₁ m / (1 − μ₁ … μₜ₊₁) + (1 − μₜ) g / (1 − μ₁ … μₜ) in place of m̂,
      μₜ = β₁ (1 − ½ · 0.96^(t ψ)), ψ = `momentum_decay`: NAdam. PyTorch's ψ is 4e-3, Keras' 1;
      `momentum_decay=math.inf` gives Optax' constant μ = β₁.

    Raises `ValueError` for hyperparameters out of range (0 ≤ β < 1, ε ≥ 0, e ≥ 0, ψ ≥ 0) and for
    nesterov without bias correction.

    Sources: Kingma & Ba (2015), Algorithm 1, https://arxiv.org/abs/1412.6980; Loshchilov & Hutter
    (2019), https://arxiv.org/abs/1711.05101; Reddi, Kale & Kumar (2018),
    https://arxiv.org/abs/1904.09237; Dozat (2016), https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ.
    """

    lr: Rate = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.0
    bias_correction: bool | str = True
    square_root: bool = True
    eps_hat: bool = False
    eps_root: float = 0.0
    decoupled: bool = False
    amsgrad: bool = False
    nesterov: bool = False
    momentum_decay: float = 4e-3

    def __post_init__(self):
        check_rate(self.lr, "Adam: lr")
        fraction(self.beta1, "Adam: beta1")
        fraction(self.beta2, "Adam: beta2")
        for name in ("eps", "weight_decay", "eps_root"):
            at_least_zero(getattr(self, name), f"Adam: {name}")
        for name in ("square_root", "eps_hat", "decoupled", "amsgrad", "nesterov"):
            flag(getattr(self, name), f"Adam: {name}")
        if self.momentum_decay != np.inf:
            at_least_zero(self.momentum_decay, "Adam: momentum_decay")
        if self.bias_correction != "constant":
            if isinstance(self.bias_correction, str):
                raise ValueError(
                    'Adam: bias_correction must be True, False or "constant", '
                    f"got {self.bias_correction!r}."
                )
            flag(self.bias_correction, "Adam: bias_correction")
        if self.nesterov and self.bias_correction is not True:
            raise ValueError(
                "Adam: nesterov=True needs bias_correction=True, "
                f"got bias_correction={self.bias_correction!r}."
            )

    __repr__ = as_call

    def init(self, x: ArrayLike) -> AdamState:
        zeros = np.zeros(np.shape(x))
        v_max = zeros.copy() if self.amsgrad else None
        return AdamState(t=0, m=zeros, v=zeros.copy(), v_max=v_max)

    @checked
    def step(self, x: Array, grad: Array, state: AdamState) -> tuple[Array, AdamState]:
        """One update; neither `x` nor `state` is modified."""
        t, lr = state.t + 1, rate_at(self.lr, state.t)
        if self.decoupled:
            x, g = x - lr * self.weight_decay * x, grad
        else:
            g = decayed(grad, x, self.weight_decay)
        m = self.beta1 * state.m
        m += (1 - self.beta1) * g  # in place, here and below: no more arrays than are needed
        v = self.beta2 * state.v
        v += (1 - self.beta2) * g**2
        v_max = np.maximum(state.v_max, v) if self.amsgrad else None
        if self.nesterov:
            direction, mu = self._look_ahead(m, g, state)
        else:
            direction, mu = m, state.mu
            lr /= self._weight(self.beta1, t)  # m̂ = m / weight: the number is quicker divided
        size, scale = self._size(v if v_max is None else v_max, t)
        move = np.divide(direction, size, out=size)
        move *= lr * scale
        return np.subtract(x, move, out=move), AdamState(t, m, v, v_max, mu)

    def _size(self, v: Array, t: int) -> tuple[Array, float]:
        """(√v̂ + ε) c as a new array, and the number c.

        v̂ is v / w. With c = √w this is √v + ε √w: the number is quicker divided here, too.
        """
        w = self._weight(self.beta2, t)
        root = math.sqrt(w)
        if self.eps_root:
            v = v + self.eps_root * w
        size, c = (np.sqrt(v), root) if self.square_root else (v.copy(), w)
        size += self.eps * (c / root if self.eps_hat else c)
        return np.asarray(size), c  # an array even for x of shape ()

    def _weight(self, beta: float, t: int) -> float:
        """What the weights of t gradients add up to in a mean that started at 0: what pulls it
        towards 0, and what undoes that."""
        if self.bias_correction is True:
            return 1 - beta**t
        return 1 - beta if self.bias_correction else 1.0

    def _look_ahead(self, m: Array, g: Array, state: AdamState) -> tuple[Array, float]:
        """m̂ one step on, and the product of all μ up to now."""
        now, following = (
            self.beta1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))
            for t in (state.t + 1, state.t + 2)
        )
        mu = state.mu * now
        return following * m / (1 - mu * following) + (1 - now) * g / (1 - mu), mu
