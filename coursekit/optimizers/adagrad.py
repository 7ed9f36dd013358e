"""AdaGrad: every coordinate gets a rate of its own, which only shrinks."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, at_least_zero, flag
from coursekit.descent import Rate, as_call, check_rate, checked, decayed, rate_at


class AdaGradState(NamedTuple):
    t: int  # steps taken so far
    s: Array  # sum of the squared gradients, like x


@dataclass(frozen=True, repr=False)
class AdaGrad:
    """AdaGrad: the rate of a coordinate is divided by the size of all its gradients so far.

        s ← s + g²          x ← x − lr · g / (√s + ε)          s = `initial` at the start

    with g the gradient + weight_decay · x, and `lr` a number > 0 or a schedule. The defaults
    are PyTorch's. PyTorch's `lr_decay` is a schedule here: `inverse_time_decay`. Variants:

    - `eps_inside=True`: g / √(s + ε), Optax's and Keras' form (they start from
      `initial=0.1` with `eps=1e-7`).

    With ε = 0 a coordinate that never had a gradient gets 0 / 0, NaN. Raises `ValueError` for
    hyperparameters out of range (ε ≥ 0, initial ≥ 0).

    Source: Duchi, Hazan & Singer (2011), https://jmlr.org/papers/v12/duchi11a.html.
    """

    lr: Rate = 1e-2
    eps: float = 1e-10
    weight_decay: float = 0.0
    initial: float = 0.0
    eps_inside: bool = False

    def __post_init__(self):
        check_rate(self.lr, "AdaGrad: lr")
        at_least_zero(self.eps, "AdaGrad: eps")
        at_least_zero(self.weight_decay, "AdaGrad: weight_decay")
        at_least_zero(self.initial, "AdaGrad: initial")
        flag(self.eps_inside, "AdaGrad: eps_inside")

    __repr__ = as_call

    def init(self, x: ArrayLike) -> AdaGradState:
        return AdaGradState(t=0, s=np.full(np.shape(x), float(self.initial)))

    @checked
    def step(self, x: Array, grad: Array, state: AdaGradState) -> tuple[Array, AdaGradState]:
        """One update; neither `x` nor `state` is modified."""
        g = decayed(grad, x, self.weight_decay)
        s = state.s + g**2
        lr = rate_at(self.lr, state.t)
        return x - lr * g / root(s, self.eps, self.eps_inside), AdaGradState(state.t + 1, s)


def root(s: Array, eps: float, inside: bool) -> Array:
    """√s + ε, or √(s + ε): what the adaptive methods divide by."""
    return np.sqrt(s + eps) if inside else np.sqrt(s) + eps
