"""Reading what a submission returned as the numbers it should be, or saying what it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from coursekit.checks.wording import describe, plural

RTOL = 1e-9  # other orders of operations differ by some 1e-15; a wrong rule by far more
ATOL = 1e-12  # of the largest number in the array; where all are 0, of 1


@dataclass(frozen=True)
class Pair:
    """One number, array or word that was expected, and what stands in its place."""

    part: str  # which part of the result: "" for a result of one part
    expected: Any
    got: Any = None
    problem: str | None = None  # why `got` cannot be read

    @property
    def matches(self) -> bool:
        """Is it equal, up to rounding?"""
        return not self.problem and _equal(self.expected, self.got)

    def same_as(self, other: "Pair") -> bool:
        """Has something equal come of two submissions, right or wrong?"""
        if self.problem or other.problem:
            return self.problem == other.problem
        return self.part == other.part and _equal(self.got, other.got)


def _equal(expected: Any, got: Any) -> bool:
    if isinstance(expected, str):
        return expected == got
    return expected.shape == got.shape and bool(close(expected, got).all())


def close(expected: np.ndarray, got: np.ndarray) -> np.ndarray:
    """Elementwise equality up to rounding; NaN equals NaN, infinity its like."""
    finite = np.abs(expected[np.isfinite(expected)])
    largest = finite.max(initial=0.0) or 1.0
    with np.errstate(all="ignore"):
        return np.isclose(got, expected, rtol=RTOL, atol=ATOL * largest, equal_nan=True)


def pair_up(expected: Any, got: Any, parts: tuple[str, ...] = (), part: str = "") -> Iterator[Pair]:
    """Every leaf of what was expected with its counterpart.

    A tuple was expected: any sequence of the same length will do. `parts` names its elements.
    """
    if isinstance(expected, tuple):
        elements, problem = _guarded(_elements, got, expected)
        if problem:
            yield Pair(part, expected, problem=problem)
            return
        named = len(parts) == len(expected)
        names = parts if named else [f"part {i}" for i in range(len(expected))]
        for name, wanted, element in zip(names, expected, elements, strict=True):
            yield from pair_up(wanted, element, part=f"{part}, {name}".lstrip(", "))
    elif isinstance(expected, str):
        yield Pair(part, expected, *_guarded(_word, got))
    else:
        expected = np.asarray(expected, dtype=float)
        yield Pair(part, expected, *_guarded(_numbers, got, expected))


def _guarded(read, got: Any, *more) -> tuple[Any, str | None]:
    """What `read` says, or, of a thing that defends itself against reading, what it is."""
    try:
        return read(got, *more)
    except BaseException:
        return None, f"is {describe(got)}"


def _elements(got: Any, expected: tuple) -> tuple[list, str | None]:
    wanted = f"where a tuple of {len(expected)} is expected"
    if isinstance(got, np.ndarray) and got.ndim == 1 and any(map(np.ndim, expected)):
        return [], f"is one array {wanted}"
    if isinstance(got, tuple | list) or (isinstance(got, np.ndarray) and got.ndim):
        elements = list(got)
        if len(elements) == len(expected):
            return elements, None
        return [], f"has {plural(len(elements), 'part')} where {len(expected)} are expected"
    return [], f"is {describe(got)}, {wanted}"


def _word(got: Any) -> tuple[str | None, str | None]:
    if isinstance(got, np.ndarray) and got.ndim == 0:  # what np.where and np.select return
        got = got.item()
    if isinstance(got, str):
        return str.__str__(got), None
    return None, f"is {describe(got)}, where a word is expected"


def _numbers(got: Any, expected: np.ndarray) -> tuple[np.ndarray | None, str | None]:
    """`got` as a float64 array, or what is wrong with it."""
    wanted = "where an array is expected" if expected.ndim else "where a number is expected"
    what = None, f"is {describe(got)}, {wanted}"
    if got is None or isinstance(got, str | bytes | dict | set) or callable(got):
        return what
    try:
        array = np.asarray(got)
    except ValueError:  # rows of different lengths
        return what
    if isinstance(got, np.ndarray) and array.dtype == object:
        return None, "is an array of Python objects (dtype object)"
    if array.dtype.kind == "c":
        return None, "is made of complex numbers"
    if array.dtype.kind not in "biufO":
        return what
    try:
        return array.astype(np.float64), None
    except (TypeError, ValueError, OverflowError):
        return what
