"""What is measured of the slope of a function at one point, with steps of every size."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coursekit.arrays import Array
from coursekit.gradcheck import GradientReport, check_gradient, numerical_gradient

METHODS = ("forward", "central", "complex")
EPS = np.finfo(float).eps
SIZES = np.logspace(-16, 0, 129)  # of h
WIDE, FLOOR = 2.2, 1e-17  # how many h the microscope shows; where an error of 0 is drawn


@dataclass
class MeasuredSlope:
    """What is measured of f at x, whose derivative is grad."""

    f: Callable
    grad: Callable
    x: float

    @property
    def slope(self) -> float:
        return float(self.grad(self.x))

    @property
    def scale(self) -> float:
        """What errors are relative to: the slope, or 1 where that is 0."""
        return abs(self.slope) or 1.0

    def measured(self, method: str, h: float) -> float:
        return float(numerical_gradient(self.f, self.x, step=h, method=method))

    @cached_property
    def methods(self) -> list[str]:
        """Those that f allows: the complex step is not for every function."""
        try:
            self.measured("complex", 1e-20)
        except (TypeError, ValueError):
            return ["forward", "central"]
        return list(METHODS)

    def error(self, measured: Array) -> Array:
        return np.maximum(np.abs(measured - self.slope) / self.scale, FLOOR)

    @cached_property
    def report(self) -> GradientReport:
        return check_gradient(lambda w: self.f(w[0]), lambda w: [self.grad(w[0])], [self.x])

    @cached_property
    def bends(self) -> tuple[float, float]:
        """|f″|/2 and |f‴|/6, relative to the slope; measured on grad, noise counted as 0."""
        if self.report.kinks.any():
            return 0.0, 0.0  # there they have no meaning
        step = 1e-3 * max(1.0, abs(self.x))
        second = numerical_gradient(self.grad, self.x)
        third = numerical_gradient(lambda w: numerical_gradient(self.grad, w), self.x, step=step)
        found = np.abs([second / 2, third / 6]) / self.scale
        return tuple(np.where(found < 1e-6, 0.0, found).tolist())

    @cached_property
    def rounding(self) -> float:
        """ε |f|, relative to the slope."""
        return EPS * abs(float(self.f(self.x))) / self.scale

    def arrays(self, h: float) -> dict[str, Array]:
        forward, central = self.bends
        arrays = {
            "rounding": _curve(self.rounding / SIZES),
            "forward bend": _curve(forward * SIZES),
            "central bend": _curve(central * SIZES**2),
            "slope": np.array([self.slope]),
            "at h": np.array([[[h, FLOOR], [h, 1e3]]]),
        }
        for method in self.methods:
            arrays[method] = _curve(self.error(np.array([self.measured(method, s) for s in SIZES])))
            here = self.measured(method, h)
            off = float(self.error(here))
            arrays[f"{method} here"] = np.array([[here, abs(here - self.slope) / self.scale]])
            arrays[f"{method} point"] = np.array([[h, off]])
        arrays["hold"] = arrays["central point"]
        return arrays | self._magnified(h)

    def _magnified(self, h: float) -> dict[str, Array]:
        """The curve in units of h and of h times the slope, and the lines through it."""
        w = np.unique(self.x + np.linspace(-WIDE, WIDE, 401) * h)  # the numbers that there are
        ends = np.array([-WIDE, WIDE])
        here = float(self.f(self.x))
        curve = np.column_stack(
            [(w - self.x) / h, [(float(self.f(v)) - here) / h / self.scale for v in w]]
        )
        sides = [(float(self.f(self.x + s * h)) - here) / h / self.scale for s in (-1, 1)]
        middle = (sides[0] + sides[1]) / 2
        slopes = {m: self.measured(m, h) / self.scale for m in ("forward", "central")}
        arrays = {
            "curve": curve[None],
            "tangent": np.column_stack([ends, ends * self.slope / self.scale])[None],
            "forward secant": np.column_stack([ends, ends * slopes["forward"]])[None],
            "central secant": np.column_stack([ends, ends * slopes["central"] + middle])[None],
        }
        return arrays | ({"numbers": curve} if len(w) < 60 else {})

    def words(self, h: float) -> str:
        """What the formulas say; measured digits differ from machine to machine."""
        if self.report.kinks.any():
            return "Here is a kink: left and right the slopes differ, and there is none to measure."
        (forward, central), rounding = self.bends, self.rounding
        of = " of the slope" if self.slope else ""
        said = [
            f"At h = {h:g} the bend of the curve costs the forward difference "
            f"{_order(forward * h)}{of}, the central one {_order(central * h**2)}; "
            f"rounding costs both up to {_order(rounding / h)}."
        ]
        if forward and central and rounding:
            best = np.sqrt(rounding / forward), np.cbrt(rounding / (2 * central))
            said.append(
                f"Together that is least near {_order(best[0])} (forward) and "
                f"{_order(best[1])} (central)."
            )
        if self.x + h == self.x:
            said.append("This h is too small: x + h is x again.")
        if "complex" not in self.methods:
            said.append("No complex step: f does not take complex numbers.")
        if not self.report.ok:
            said.append(f"check_gradient finds grad wrong. {self.report.diagnosis}")
        return " ".join(said)


def _order(number: float) -> str:
    return f"{number:.1g}"


def _curve(errors: Array) -> Array:
    """(1, n, 2): the points over all h; an infinite error is none."""
    return np.column_stack([SIZES, np.where(np.isfinite(errors), errors, np.nan)])[None]
