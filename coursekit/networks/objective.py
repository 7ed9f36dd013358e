"""A network's loss as a function of its parameters, and how often it is right."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, all_finite, as_floats, at_least_zero
from coursekit.losses import Loss, cross_entropy


class Network(Protocol):
    """What has parameters `(P,)`, a loss and its gradient: an `MLP`."""

    def loss(self, parameters: Array, x: Array, y: Array, loss: Loss) -> float: ...

    def gradient(self, parameters: Array, x: Array, y: Array, loss: Loss) -> Array: ...


@dataclass(frozen=True, eq=False)
class NetworkObjective:
    """A network's loss as a function of its parameters, `(P,)` or `(P, …)` for many at once.

        loss(net.predict(parameters, x), y) + ½ · weight_decay · ‖parameters‖²

    As in PyTorch's `SGD`, weight_decay draws biases to zero, too. Raises `ValueError` where x
    or y holds NaN or infinity, or weight_decay is negative.
    """

    net: Network
    x: ArrayLike = field(repr=False)
    y: ArrayLike = field(repr=False)
    loss: Loss = cross_entropy
    weight_decay: float = 0.0

    def __post_init__(self):
        for name in ("x", "y"):
            value = as_floats(getattr(self, name), f"NetworkObjective: {name}")
            object.__setattr__(self, name, all_finite(value, f"NetworkObjective: {name}"))
        at_least_zero(self.weight_decay, "NetworkObjective: weight_decay")

    def __call__(self, parameters: ArrayLike) -> Array:
        """The loss: a number for `(P,)`, `(…)` for `(P, …)`."""
        columns = self._columns(parameters)
        values = [self.net.loss(each, self.x, self.y, self.loss) for each in columns]
        shape = np.shape(parameters)[1:]
        with np.errstate(all="ignore"):
            penalty = self.weight_decay / 2 * (columns**2).sum(axis=1)
            return (np.array(values) + penalty).reshape(shape)[()]

    def grad(self, parameters: ArrayLike) -> Array:
        """∂value/∂parameters, shaped like the parameters."""
        columns = self._columns(parameters)
        slopes = [self.net.gradient(each, self.x, self.y, self.loss) for each in columns]
        with np.errstate(all="ignore"):
            slopes = np.reshape(slopes, columns.shape) + self.weight_decay * columns
            return slopes.T.reshape(np.shape(parameters))

    def _columns(self, parameters: ArrayLike) -> Array:
        """The parameter vectors one below the other, `(k, P)`."""
        parameters = as_floats(parameters, "NetworkObjective: parameters")
        return parameters.reshape(len(parameters), -1).T if parameters.ndim else parameters


def accuracy(logits: ArrayLike, labels: ArrayLike) -> float:
    """The share of the columns `(k, n)` whose largest entry stands at its label `(n,)`.

    Raises `ValueError` where there is not one label for each column.
    """
    logits, labels = as_floats(logits, "accuracy: logits"), np.asarray(labels)
    if logits.ndim < 2 or labels.shape != logits.shape[1:] or not labels.size:
        raise ValueError(
            "accuracy needs logits (k, n) and labels (n,), n ≥ 1, "
            f"got {logits.shape} and {labels.shape}."
        )
    return float((logits.argmax(axis=0) == labels).mean())
