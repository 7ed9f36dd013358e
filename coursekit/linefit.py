"""Fitting a line: a loss as a function of the line's two parameters, slope and intercept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, all_finite, as_floats
from coursekit.losses import Loss, sum_of_squared_residuals


@dataclass(frozen=True, eq=False)
class LineFit:
    """How badly the line  prediction = slope · x + intercept  fits the points (x, y).

    Called with the parameters (slope, intercept), `(2,)` or `(2, …)` for many lines at once,
    it returns the loss of each. The gradient is the chain rule, for every point:

        ∂L/∂slope = Σ ∂L/∂prediction · x          ∂L/∂intercept = Σ ∂L/∂prediction · 1

    Raises `ValueError` where x and y are not two `(m,)` arrays of finite numbers, m ≥ 1, or
    the parameters have no first axis of length 2.
    """

    x: ArrayLike
    y: ArrayLike
    loss: Loss = sum_of_squared_residuals

    def __post_init__(self):
        for name in ("x", "y"):
            value = all_finite(
                as_floats(getattr(self, name), f"LineFit: {name}"), f"LineFit: {name}"
            )
            object.__setattr__(self, name, value.copy())
        if self.x.ndim != 1 or self.x.shape != self.y.shape or not self.x.size:
            raise ValueError(
                "LineFit needs x and y as two arrays of one shape (m,), m ≥ 1, "
                f"got {self.x.shape} and {self.y.shape}."
            )

    def predict(self, parameters: ArrayLike) -> Array:
        """The heights of the line(s) at every x: `(m,)`, or `(…, m)` for many lines."""
        slope, intercept = self._checked(parameters)
        return slope[..., None] * self.x + intercept[..., None]

    def __call__(self, parameters: ArrayLike) -> Array:
        """The loss of the line(s): a number, or `(…)` for parameters `(2, …)`."""
        with np.errstate(all="ignore"):
            each = self.loss.each(self.predict(parameters), self.y)
            return each.mean(axis=-1) if self.loss.average else each.sum(axis=-1)

    def grad(self, parameters: ArrayLike) -> Array:
        """(∂loss/∂slope, ∂loss/∂intercept), shaped like the parameters."""
        with np.errstate(all="ignore"):
            slope = self.loss.each_grad(self.predict(parameters), self.y)
            if self.loss.average:
                slope = slope / self.x.size
            return np.stack([(slope * self.x).sum(axis=-1), slope.sum(axis=-1)])

    def _checked(self, parameters: ArrayLike) -> Array:
        parameters = as_floats(parameters, "LineFit: parameters")
        if parameters.ndim == 0 or len(parameters) != 2:
            raise ValueError(
                "LineFit needs parameters (slope, intercept) along the first axis, "
                f"got an array of shape {parameters.shape}."
            )
        return parameters
