"""The gradient by evaluating the function nearby: slow, but nobody can forget a term in it."""

import warnings
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, as_floats

EPS = np.finfo(np.float64).eps  # the gap between 1 and the next number, 2.2e-16
METHODS = ("central", "forward", "complex")
AT_ONCE = 2**20  # numbers in one batch of points

Probe = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Flat indices (k,) and offsets (k,) -> f where each index alone is moved by its offset, (k,)."""


def numerical_gradient(
    f: Callable,
    x: ArrayLike,
    *,
    step: ArrayLike | None = None,
    method: str = "central",
    batched: bool | None = None,
) -> Array:
    """∂f/∂x, measured: f is evaluated a little beside x in each coordinate. Shaped like x.

        central    (f(x + h) − f(x − h)) / 2h     error ~ h² + ε/h, smallest at h ~ ∛ε
        forward    (f(x + h) − f(x)) / h          error ~ h + ε/h, smallest at h ~ √ε
        complex    Im f(x + ih) / h               error ~ h², no difference, no ε/h

    `step` is h, a number or one for each coordinate; unless given, h is ∛ε · max(1, |x|) for
    central, √ε · max(1, |x|) for forward and 1e-20 · max(1, |x|) for complex, with ε = 2.2e-16.
    f takes an array like x and returns one number. With `batched` it takes n points at once,
    `(*x.shape, n)`, and returns `(n,)`; unless told, a vector x is tried. A function with a
    method `along(x, indices, offsets)`, such as `LayeredLoss`, is asked there instead. The
    complex step is for functions made of analytic operations: abs and comparisons spoil it.

    Raises `ValueError` for a step that is not > 0, another method, or an f that does not return
    one finite number; `TypeError` where f computes in float32 or does not take complex numbers.

    Source: Press et al., Numerical Recipes (2007), section 5.7; for the complex step Squire &
    Trapp (1998), https://doi.org/10.1137/S003614459631241X.
    """
    x = as_floats(x, "numerical_gradient: x")
    if method not in METHODS:
        raise ValueError(
            f"numerical_gradient: method must be one of {', '.join(METHODS)}, got {method!r}."
        )
    h = step_for(x, method) if step is None else _checked_step(step, x)
    if method == "complex":
        return _complex_step(f, x, h)
    probe, everything = prober(f, x, batched), np.arange(x.size)
    up, down = offsets(x.ravel(), h.ravel())
    down = down if method == "central" else 0 * down
    ends = [probe(everything, offset) for offset in (up, -down)]
    return ((ends[0] - ends[1]) / (up + down)).reshape(x.shape)


def step_for(x: Array, method: str = "central") -> Array:
    """The step of each coordinate, in proportion to its size once that exceeds 1."""
    size = {"central": np.cbrt(EPS), "forward": np.sqrt(EPS), "complex": 1e-20}[method]
    return size * np.maximum(1, np.abs(x))


def offsets(x: Array, h: Array) -> tuple[Array, Array]:
    """How far x + h and x − h really are from x once they are rounded to float64."""
    return (x + h) - x, x - (x - h)


def _checked_step(step: ArrayLike, x: Array) -> Array:
    step = as_floats(step, "numerical_gradient: step")
    if not ((step > 0) & np.isfinite(step)).all():
        raise ValueError(f"numerical_gradient: step must be > 0, got {step}.")
    return np.broadcast_to(step, x.shape)


# --- evaluating f beside x ------------------------------------------------------------------


def prober(f: Callable, x: Array, batched: bool | None = None) -> Probe:
    """The quickest way that f offers to be evaluated beside x."""
    if hasattr(f, "along"):
        return partial(f.along, x)
    if batched is None:
        batched = takes_many_points(f, x)
    return partial(_all_at_once if batched else _one_by_one, f, x)


def takes_many_points(f: Callable, x: Array) -> bool:
    """Whether f, given points `(d, n)`, returns the n values that it gives one by one."""
    if x.ndim != 1 or not x.size:
        return False
    count = 2 if x.size != 2 else 3
    points = x[:, None] + step_for(x)[:, None] * np.arange(count)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            together = np.asarray(f(points.copy()))
        singly = [number_from(f(point)) for point in points.T.copy()]
        return together.shape == (count,) and bool(np.allclose(together, singly, 1e-12, 0))
    except Exception:  # whatever f says to points that it does not take
        return False


def _one_by_one(f: Callable, x: Array, indices: Array, moved: Array) -> Array:
    values = []
    for index, offset in zip(indices, moved, strict=True):
        point = x.astype(moved.dtype)
        point.flat[index] += offset
        values.append(number_from(f(point)))
    return np.array(values, dtype=moved.dtype)


def _all_at_once(f: Callable, x: Array, indices: Array, moved: Array) -> Array:
    values, count = [np.zeros(0)], max(1, AT_ONCE // x.size)
    for start in range(0, len(indices), count):
        part = slice(start, start + count)
        points = np.repeat(x.reshape(-1, 1), len(indices[part]), axis=1)
        points[indices[part], np.arange(points.shape[1])] += moved[part]
        values.append(_numbers_from(f(points.reshape(*x.shape, -1)), points.shape[1]))
    return np.concatenate(values)


def _numbers_from(values, count: int) -> Array:
    values = np.asarray(values)
    refuse_single(values, "f")
    if values.shape != (count,):
        raise ValueError(
            f"batched: f must return one number for each of {count} points, ({count},), "
            f"got shape {values.shape}."
        )
    return values


def number_from(value) -> float | complex:
    """What f returned as one number; `ValueError` or `TypeError` where it is none."""
    value = np.asarray(value)
    refuse_single(value, "f")
    if value.shape != () or value.dtype.kind not in "iufc":
        raise ValueError(
            f"f must return one number, got {value.dtype} of shape {value.shape}: "
            "is a sum or a mean missing?"
        )
    return value[()]


def refuse_single(array: np.ndarray, name: str) -> None:
    """Raise `TypeError` for float32 and float16, with the reason."""
    if array.dtype in (np.float32, np.float16, np.complex64):
        raise TypeError(
            f"{name} is {array.dtype}: with its 7 digits or fewer a difference quotient keeps 3, "
            "and no check can tell a mistake from rounding. Compute in float64, at least for "
            "the check: x.astype(np.float64), and the data too."
        )


def _complex_step(f: Callable, x: Array, h: Array) -> Array:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            values = _one_by_one(f, x, np.arange(x.size), 1j * h.ravel())
            kept = np.iscomplexobj(np.asarray(f(x + 1j * h)))
    except (TypeError, np.exceptions.ComplexWarning) as problem:
        raise TypeError(f"complex step: f does not take complex numbers: {problem}") from None
    if not kept:
        raise TypeError(
            "complex step: f gave a real number for a complex x, so it takes the real part "
            "or the absolute value somewhere; use method='central'."
        )
    return (values.imag / h.ravel()).reshape(x.shape)
