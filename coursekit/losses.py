"""Loss functions: one number for how wrong a prediction is, and which way is less wrong.

    mean_squared_error([1, 2], [1, 4])        # 2.0
    mean_squared_error.grad([1, 2], [1, 4])   # array([ 0., -2.])

A loss compares each prediction p with its target y and adds up (or averages) the results.
Prediction and target have the same shape; nothing is broadcast, because (m,) against
(m, 1) would compare every prediction with every target. The gradient is with respect to
the prediction and has its shape.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, all_finite, as_floats, positive


@dataclass(frozen=True)
class Loss:
    """A loss function together with its gradient.

    `each(p, y)` is the loss of every element (for `cross_entropy`: of every example) and
    `each_grad(p, y)` its derivative with respect to p; both take checked float64 arrays.
    With `average` the elements are averaged, otherwise summed.
    """

    name: str
    each: Callable[[Array, Array], Array]
    each_grad: Callable[[Array, Array], Array]
    average: bool = True
    per_column: bool = False  # an example is a column (k, …) of numbers, not one number
    check: Callable[[Array, Array], None] = lambda prediction, target: None

    def __call__(self, prediction: ArrayLike, target: ArrayLike) -> float:
        """The loss, a float.

        An infinite or NaN prediction gives an infinite or NaN loss without a warning, so that
        a diverging run can say so in its own words. Raises `ValueError` for shapes that
        differ, an empty batch, or a target that is not finite or not in the loss's range,
        and `TypeError` for what is not made of real numbers.
        """
        prediction, target = self.checked(prediction, target)
        with np.errstate(all="ignore"):
            each = self.each(prediction, target)
            return float(each.mean() if self.average else each.sum())

    def grad(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        """∂loss/∂prediction, shaped like the prediction. Raises what calling it raises."""
        prediction, target = self.checked(prediction, target)
        with np.errstate(all="ignore"):
            return self.slope(prediction, target)

    def slope(self, prediction: Array, target: Array) -> Array:
        """`grad` of what `checked` has returned, or of columns of it: for loops over batches."""
        slope = self.each_grad(prediction, target)
        examples = prediction[0].size if self.per_column else prediction.size
        return slope / examples if self.average else slope

    def checked(self, prediction: ArrayLike, target: ArrayLike) -> tuple[Array, Array]:
        """Both as float64 arrays of one shape, class numbers as columns of 0 and 1.

        Raises what calling the loss raises.
        """
        prediction = as_floats(prediction, f"{self.name}: prediction")
        target = all_finite(as_floats(target, f"{self.name}: target"), f"{self.name}: target")
        if self.per_column:
            target = _as_columns(target, prediction, self.name)
        if prediction.shape != target.shape:
            raise ValueError(
                f"{self.name} needs a target for each prediction, got prediction "
                f"{prediction.shape} and target {target.shape}.{_hint(prediction, target)}"
            )
        if prediction.size == 0:
            raise ValueError(f"{self.name} needs at least one prediction, got an empty batch.")
        self.check(prediction, target)
        return prediction, target

    def __repr__(self) -> str:
        return f"<Loss {self.name}>"


def _hint(prediction: Array, target: Array) -> str:
    if prediction.size == target.size:
        return " Broadcasting would compare every prediction with every target; reshape one."
    return ""


# --- numbers: p − y is the residual r -------------------------------------------------------

sum_of_squared_residuals = Loss(
    "sum_of_squared_residuals",
    each=lambda p, y: (p - y) ** 2,
    each_grad=lambda p, y: 2 * (p - y),
    average=False,
)
"""SSR = Σ (p − y)², the lectures' loss for the line through the shoe sizes."""

mean_squared_error = Loss(
    "mean_squared_error",
    each=lambda p, y: (p - y) ** 2,
    each_grad=lambda p, y: 2 * (p - y),
)
"""MSE = (1/n) Σ (p − y)². PyTorch: `mse_loss`."""

mean_absolute_error = Loss(
    "mean_absolute_error",
    each=lambda p, y: np.abs(p - y),
    each_grad=lambda p, y: np.sign(p - y),
)
"""MAE = (1/n) Σ |p − y|; the slope at the kink p = y is taken as 0. PyTorch: `l1_loss`."""


def huber_loss(delta: float = 1.0) -> Loss:
    """Huber's loss: a parabola near the target, straight lines further than `delta` away.

        (1/n) Σ  ½ r²                  where |r| ≤ δ
                 δ (|r| − ½ δ)         elsewhere,          with r = p − y

    Source: Huber (1964), https://doi.org/10.1214/aoms/1177703732. PyTorch: `huber_loss`.
    Raises `ValueError` unless delta > 0.
    """
    delta = positive(delta, "huber_loss: delta")
    return Loss(
        "huber" if delta == 1 else f"huber(delta={delta:g})",
        each=lambda p, y: np.where(
            np.abs(p - y) <= delta, (p - y) ** 2 / 2, delta * (np.abs(p - y) - delta / 2)
        ),
        each_grad=lambda p, y: np.clip(p - y, -delta, delta),
    )


huber = huber_loss(1.0)
"""Huber's loss with δ = 1, PyTorch's default."""


# --- classes --------------------------------------------------------------------------------


def _check_probabilities(prediction: Array, target: Array) -> None:
    _check_range(target, "binary_cross_entropy: target")
    _check_range(
        prediction,
        "binary_cross_entropy: prediction",
        " For scores of any size use binary_cross_entropy_with_logits.",
    )


def _check_range(probability: Array, name: str, advice: str = "") -> None:
    outside = (probability < 0) | (probability > 1)  # NaN is not outside: it gives a NaN loss
    if outside.any():
        raise ValueError(f"{name} must be within [0, 1], got {probability[outside][0]:g}.{advice}")


def _times_log(weight: Array, probability: Array) -> Array:
    """weight · log(probability), with 0 · log 0 = 0."""
    return np.where(weight == 0, 0 * probability, weight * np.log(probability))


def _over(numerator: Array, denominator: Array) -> Array:
    """numerator / denominator, with 0 / 0 = 0."""
    return np.where(numerator == 0, 0 * denominator, numerator / denominator)


binary_cross_entropy = Loss(
    "binary_cross_entropy",
    each=lambda p, y: -_times_log(y, p) - _times_log(1 - y, 1 - p),
    each_grad=lambda p, y: _over(1 - y, 1 - p) - _over(y, p),
    check=_check_probabilities,
)
"""(1/n) Σ −y log p − (1 − y) log(1 − p) for probabilities p.

Certain and wrong (p = 0, y = 1) costs infinity; PyTorch's `binary_cross_entropy` stops at 100.
"""

binary_cross_entropy_with_logits = Loss(
    "binary_cross_entropy_with_logits",
    # log(1 + e^z) − y z, in a form in which nothing overflows
    each=lambda z, y: np.logaddexp(0, z) - y * z,
    each_grad=lambda z, y: _sigmoid(z) - y,
    check=lambda z, y: _check_range(y, "binary_cross_entropy_with_logits: target"),
)
"""The same with p = 1 / (1 + e^−z), from the logit z of any size."""


def _sigmoid(z: Array) -> Array:
    return np.exp(-np.logaddexp(0, -z))


def _as_columns(target: Array, prediction: Array, name: str) -> Array:
    """Class numbers (…) as columns (k, …) with a single 1 each; columns stay as they are."""
    if prediction.ndim == 0:
        raise ValueError(f"{name} needs a logit for each class, got a single number.")
    if target.shape != prediction.shape[1:]:
        return target
    classes = len(prediction)
    wrong = (target != np.round(target)) | (target < 0) | (target >= classes)
    if wrong.any():
        raise ValueError(
            f"{name}: target must hold whole numbers from 0 to {classes - 1}, "
            f"got {target[wrong][0]:g}."
        )
    column = np.arange(classes).reshape(-1, *(1,) * target.ndim)
    return (column == target).astype(np.float64)


def _log_softmax(z: Array) -> Array:
    """log of e^z / Σ e^z over the first axis; shifting by the largest keeps e^z below 1."""
    shifted = z - z.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


def _softmax(z: Array) -> Array:
    """e^z / Σ e^z over the first axis, with the same shift."""
    powers = np.exp(z - z.max(axis=0))
    powers /= powers.sum(axis=0)
    return powers


def _check_distribution(prediction: Array, target: Array) -> None:
    if not np.allclose(target.sum(axis=0), 1, rtol=0, atol=1e-9) or (target < 0).any():
        raise ValueError(
            "cross_entropy: target must be class numbers or, for each example, "
            "probabilities that add up to 1 along the first axis."
        )


cross_entropy = Loss(
    "cross_entropy",
    each=lambda z, y: -np.where(y == 0, 0, y * _log_softmax(z)).sum(axis=0),
    each_grad=lambda z, y: _softmax(z) - y,
    per_column=True,
    check=_check_distribution,
)
"""(1/n) Σ −log softmax(z)[y], from logits z, stable for logits of ±1000 and beyond.

The logits are (k,) for one example of k classes, or (k, n): classes first. The target is the
class number of each example, () or (n,), or a distribution over the classes, shaped like z.
PyTorch's `cross_entropy` has the classes second: pass it `z.T`.
"""

ALL = (
    sum_of_squared_residuals,
    mean_squared_error,
    mean_absolute_error,
    huber,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
)
