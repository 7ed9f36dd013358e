"""Turning what a caller gives into float64 arrays, or saying what is wrong with it."""

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

T = TypeVar("T")
Array = NDArray[np.float64]
FLOAT64 = np.dtype(np.float64)


def as_floats(value: ArrayLike, name: str) -> Array:
    """`value` as a float64 array; a copy only where one is needed.

    Integers and booleans are converted, so that nothing is later truncated.
    Raises `TypeError` for what is not made of real numbers, `name` in the message.
    """
    if type(value) is np.ndarray and value.dtype is FLOAT64:
        return value  # the case of every step of a descent, in a tenth of the time
    array = as_array(value, name)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be made of real numbers, got {_describe(value, array)}.")
    return array.astype(np.float64, copy=False)


def as_array(value: ArrayLike, name: str) -> np.ndarray:
    """`value` as an array of whatever it is made of; `TypeError` for rows of different lengths."""
    try:
        return np.asarray(value)
    except ValueError as problem:
        said = str(problem).rstrip(".")
        raise TypeError(f"{name} must be an array of numbers: {said}.") from None


def _describe(value, array) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of dtype {array.dtype}"
    return f"{value!r:.60}"


def all_finite(array: Array, name: str) -> Array:
    """`array` itself; raises `ValueError` where it holds NaN or infinity."""
    bad = ~np.isfinite(array)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"{name} must be finite, got {array[where]} at index {where}.")
    return array


def positive(value: float, name: str) -> float:
    """`value` as a float > 0; raises `ValueError` (or `TypeError`) otherwise."""
    number = _number(value, name)
    if not 0 < number < np.inf:
        raise ValueError(f"{name} must be a number > 0, got {value!r}.")
    return number


def within(value: float, low: float, high: float, name: str) -> float:
    """`value` as a float in [low, high]; raises `ValueError` (or `TypeError`) otherwise."""
    number = _number(value, name)
    if not low <= number <= high:
        raise ValueError(f"{name} must be between {low:g} and {high:g}, got {value!r}.")
    return number


def at_least_zero(value: float, name: str) -> float:
    """`value` as a finite float ≥ 0; raises `ValueError` (or `TypeError`) otherwise."""
    number = _number(value, name)
    if not 0 <= number < np.inf:
        raise ValueError(f"{name} must be a number ≥ 0, got {value!r}.")
    return number


def of_kind(value: T, kind: type[T], name: str) -> T:
    """`value` itself; raises `TypeError` where it is no `kind`, `name` in the message."""
    if not isinstance(value, kind):
        article = "" if kind.__name__.endswith("s") else "a "
        raise TypeError(f"{name} must be {article}{kind.__name__}, got {type(value).__name__}.")
    return value


def flag(value: bool, name: str) -> bool:
    """`value` as a bool; raises `TypeError` for anything but True and False."""
    if not isinstance(value, bool | np.bool):
        raise TypeError(f"{name} must be True or False, got {value!r:.60}.")
    return bool(value)


def fraction(value: float, name: str) -> float:
    """`value` as a float in [0, 1), 1 itself left out; raises as `within` does."""
    number = _number(value, name)
    if not 0 <= number < 1:
        raise ValueError(f"{name} must be ≥ 0 and < 1, got {value!r}.")
    return number


def whole(value: int, low: int, name: str) -> int:
    """`value` as an int ≥ low; raises `ValueError` otherwise."""
    if isinstance(value, bool | np.bool) or not isinstance(value, int | np.integer) or value < low:
        raise ValueError(f"{name} must be a whole number ≥ {low}, got {value!r}.")
    return int(value)


def _number(value: float, name: str) -> float:
    array = as_floats(value, name)
    if array.ndim:
        raise TypeError(f"{name} must be a single number, got an array of shape {array.shape}.")
    return float(array)
