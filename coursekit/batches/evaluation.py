"""How good the outputs of a model are."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, all_finite, as_floats
from coursekit.losses import (
    Loss,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
)


class Examples:
    """Inputs x `(d, n)` with their targets as columns `(k, n)`, checked against a model.

    `before` are loss and accuracy at the parameters that they were checked with.
    """

    def __init__(self, model: Any, loss: Loss, data: tuple, parameters: Array, name: str):
        x, y = _pair(data, name)
        self.model, self.loss = model, loss
        self.x = all_finite(as_floats(x, f"train: x of the {name}"), f"train: x of the {name}")
        if self.x.ndim != 2 or not self.x.size:
            raise ValueError(
                f"train needs x of the {name} as (d, n), n ≥ 1, got shape {self.x.shape}."
            )
        output = model.forward(parameters, self.x).output
        y = np.asarray(y)
        if y.ndim == 1 and len(output) == 1 and not loss.per_column:
            y = y[None, :]  # one number for each example, as (1, n)
        _, self.target = loss.checked(output, y)
        self.before = self._measured(output)

    def measure(self, parameters: Array) -> tuple[float, float | None]:
        """Loss and accuracy of all examples together."""
        return self._measured(self.model.forward(parameters, self.x).output)

    def _measured(self, output: Array) -> tuple[float, float | None]:
        losses, accuracies = by_batch(self.loss, output, self.target, [0])
        return losses[0], None if accuracies is None else accuracies[0]


def by_batch(
    loss: Loss, output: Array, target: Array, starts: ArrayLike
) -> tuple[Array, Array | None]:
    """The loss and the accuracy of each batch, given where in the columns each starts."""
    with np.errstate(all="ignore"):
        columns = loss.each(output, target)
        if not loss.per_column:
            columns = columns.mean(axis=0) if loss.average else columns.sum(axis=0)
        sums = np.add.reduceat(columns, starts)
    sizes = np.diff([*starts, output.shape[1]])
    right = _right(loss, output, target)
    accuracy = None if right is None else np.add.reduceat(right.astype(float), starts) / sizes
    return sums / sizes if loss.average else sums, accuracy


def _right(loss: Loss, output: Array, target: Array) -> np.ndarray | None:
    """For each example, is it told right? None where the target is no class."""
    if loss.per_column:
        return output.argmax(axis=0) == target.argmax(axis=0)
    if loss in (binary_cross_entropy, binary_cross_entropy_with_logits):
        border = 0.5 if loss is binary_cross_entropy else 0.0
        return ((output > border) == (target > 0.5)).all(axis=0)
    return None


def _pair(data: Any, name: str) -> tuple:
    try:
        x, y = data
    except (TypeError, ValueError):
        raise ValueError(
            f"train needs the {name} as a pair (x, y), or data as two pairs to train on and to "
            f"test with, got {type(data).__name__}."
        ) from None
    return x, y
