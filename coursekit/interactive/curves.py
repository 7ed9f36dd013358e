"""Curves of one variable on which a learning rate is tried: chapter 03's."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coursekit.arrays import Array


@dataclass(frozen=True)
class Curve:
    """A function of one number w, for `minimize` as points (1, …); and where its minima are.

    `value`, `slope` and `bend`, the second derivative, take arrays of any shape. `heights` are
    those to draw; `start` and `lr` are a good start and rate to begin with.
    """

    name: str
    formula: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    bend: Callable[[Array], Array]
    minima: tuple[float, ...]
    heights: tuple[float, float]
    start: float
    lr: float

    def __call__(self, x: Array) -> Array:
        return self.value(x[0])

    def grad(self, x: Array) -> Array:
        return self.slope(x)

    @property
    def borders(self) -> dict[float, float]:
        """Minimum -> the rate 2 / curvature above which no walk comes to rest in it.

        Next to a minimum of curvature c > 0 a step multiplies the distance to it by 1 − lr · c.
        One that does not bend at all, as that of w⁴, has none.
        """
        bends = {w: float(self.bend(np.array(w))) for w in self.minima}
        return {w: 2 / c for w, c in bends.items() if c > 0}


def parabola(curvature: float) -> Curve:
    """½ c w²"""
    c = curvature
    return Curve(
        "parabola",
        f"{c / 2:g} w²" if c != 2 else "w²",
        lambda w: c * w**2 / 2,
        lambda w: c * w,
        lambda w: c + 0 * w,
        (0.0,),
        (-0.5 * c, 13 * c),
        4.0,
        0.6 / c,
    )


def _dented(name: str, depth: float, lowest: float, start: float, lr: float) -> Curve:
    """0.1 w² with a narrow dent at 3."""

    def dip(w: Array) -> Array:
        return depth * np.exp(-(((w - 3) / 0.3) ** 2))

    def slope(w: Array) -> Array:
        return 0.2 * w + dip(w) * 2 * (w - 3) / 0.09

    def bend(w: Array) -> Array:
        return 0.2 + dip(w) * (2 / 0.09 - (2 * (w - 3) / 0.09) ** 2)

    bottom = 3.0
    for _ in range(20):  # Newton's method, from the middle of the dent
        bottom -= slope(bottom) / bend(bottom)
    return Curve(
        name,
        f"0.1 w² − {depth:g} exp(−((w − 3) / 0.3)²)",
        lambda w: 0.1 * w**2 - dip(w),
        slope,
        bend,
        (0.0, float(bottom)),
        (lowest, 2.6),
        start,
        lr,
    )


CURVES = (
    Curve(
        "quartic",
        "w⁴",
        lambda w: w**4,
        lambda w: 4 * w**3,
        lambda w: 12 * w**2,
        (0.0,),
        (-4.0, 80.0),
        2.2,
        0.1,
    ),
    Curve(
        "hole",
        "1 − exp(−w²/2)",
        lambda w: 1 - np.exp(-(w**2) / 2),
        lambda w: w * np.exp(-(w**2) / 2),
        lambda w: (1 - w**2) * np.exp(-(w**2) / 2),
        (0.0,),
        (-0.1, 1.2),
        2.0,
        1.0,
    ),
    _dented("dent", 0.6, -0.2, 4.0, 0.1),
    _dented("deep dent", 2.0, -1.4, 3.6, 0.03),
    Curve(
        "hyperbola",
        "√(1 + w²)",
        lambda w: np.sqrt(1 + w**2),
        lambda w: w / np.sqrt(1 + w**2),
        lambda w: (1 + w**2) ** -1.5,
        (0.0,),
        (0.5, 5.3),
        4.0,
        1.0,
    ),
)
"""All but the parabola, whose curvature may be chosen."""
