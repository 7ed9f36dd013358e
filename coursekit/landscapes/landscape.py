"""What a landscape is: a function of two variables and what is known about it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import FLOAT64, Array, as_floats, whole


@dataclass(frozen=True)
class Landscape:
    """A function of two variables and what is known about it.

    Called with points `(2, …)` it gives the heights `(…)`, and `grad` gives the gradients
    `(2, …)`. Both raise `ValueError` where the first axis is not 2 and `TypeError` for what
    is not made of real numbers.

    `polynomial` says that both functions are made of + − × alone (powers as products, division
    by numbers only). One point is then computed with Python's floats: to the same bits as an
    array of points, and ten times faster than an array of one.
    """

    name: str
    height: Callable[[Array, Array], Array] = field(repr=False)  # x, y -> f
    slopes: Callable[[Array, Array], tuple[Array, Array]] = field(repr=False)  # -> f_x, f_y
    minima: tuple[tuple[float, float], ...] = field(repr=False)  # every global minimiser
    frame: tuple[float, float, float, float] = field(repr=False)  # x_min, x_max, y_min, y_max
    source: str = field(repr=False)
    polynomial: bool = field(default=False, repr=False)

    def __call__(self, point: ArrayLike) -> Array:
        """The height at each point: a number for `(2,)`, `(…)` for `(2, …)`."""
        point = self._checked(point)
        if self.polynomial and point.ndim == 1:
            return np.float64(self.height(*point.tolist()))
        with np.errstate(over="ignore", invalid="ignore"):
            # with one more axis even the coordinates of one point are arrays, whose powers
            # NumPy rounds otherwise than those of single numbers
            return self.height(*point[..., None])[..., 0]

    def grad(self, point: ArrayLike) -> Array:
        """(∂f/∂x, ∂f/∂y) at each point, shaped like `point`."""
        point = self._checked(point)
        if self.polynomial and point.ndim == 1:
            return np.array(self.slopes(*point.tolist()))
        with np.errstate(over="ignore", invalid="ignore"):
            return np.stack(self.slopes(*point[..., None]))[..., 0]

    def grid(self, n: int = 201) -> Array:
        """n × n points over the frame, `(2, n, n)`; row i has one y, column j one x."""
        return grid(self.frame, n)

    def _checked(self, point: ArrayLike) -> Array:
        if type(point) is np.ndarray and point.dtype is FLOAT64 and point.shape == (2,):
            return point  # the next steps of a descent: no time for the name in words
        point = as_floats(point, f"{self.name}: point")
        if point.ndim == 0 or len(point) != 2:
            raise ValueError(
                f"{self.name} needs points with x and y along the first axis, (2,) or (2, …), "
                f"got shape {point.shape}."
            )
        return point


def grid(frame: tuple[float, float, float, float], n: int = 201) -> Array:
    """n × n points over (x_min, x_max, y_min, y_max), as `(2, n, n)`.

    Row i has one y, column j one x. Raises `ValueError` unless n is a whole number ≥ 2.
    """
    n = whole(n, 2, "grid: n")
    x_min, x_max, y_min, y_max = frame
    return np.stack(np.meshgrid(np.linspace(x_min, x_max, n), np.linspace(y_min, y_max, n)))
