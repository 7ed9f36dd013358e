"""Reading what a submission returned as the numbers it should be, or saying what it is."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

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
        elements, problem = _elements(got, expected)
        if problem:
            yield Pair(part, expected, problem=problem)
            return
        names = (
            parts if len(parts) == len(expected) else [f"part {i}" for i in range(len(expected))]
        )
        for name, wanted, element in zip(names, expected, elements, strict=True):
            yield from pair_up(wanted, element, part=f"{part}, {name}".lstrip(", "))
    elif isinstance(expected, str):
        problem = None if isinstance(got, str) else f"is {describe(got)} where a word is expected"
        yield Pair(part, expected, got, problem)
    else:
        array, problem = _numbers(got)
        yield Pair(part, np.asarray(expected, dtype=float), array, problem)


def _elements(got: Any, expected: tuple) -> tuple[list, str | None]:
    wanted = f"a tuple of {len(expected)} is expected"
    if isinstance(got, np.ndarray) and got.ndim == 1 and any(map(np.ndim, expected)):
        return [], f"is one array where {wanted}"
    if isinstance(got, tuple | list) or (isinstance(got, np.ndarray) and got.ndim):
        if len(got) == len(expected):
            return list(got), None
        return [], f"has {len(got)} parts where {len(expected)} are expected"
    return [], f"is {describe(got)} where {wanted}"


def _numbers(got: Any) -> tuple[np.ndarray | None, str | None]:
    """`got` as a float64 array, or what is wrong with it."""
    if got is None or isinstance(got, str | bytes | dict | set) or callable(got):
        return None, f"is {describe(got)}"
    try:
        array = np.asarray(got)
        if isinstance(got, np.ndarray) and array.dtype == object:
            return None, "is an array of Python objects (dtype object)"
        if array.dtype.kind == "c":
            return None, "is made of complex numbers"
        if array.dtype.kind not in "biufO":
            return None, f"is {describe(got)}"
        return array.astype(np.float64), None
    except BaseException:  # ragged lists, and things that refuse to be numbers
        return None, f"is {describe(got)}"


def describe(got: Any) -> str:
    """What something is, in a few words, whatever it is."""
    if got is None:
        return "None (is a `return` missing?)"
    if isinstance(got, str):
        return f"the text {got[:30]!r}"
    if inspect.iscoroutine(got):
        return "a coroutine (remove `async`)"
    if inspect.isgenerator(got):
        return "a generator (`yield` where `return` is meant?)"
    if isinstance(got, type) or callable(got):
        what = "a class" if isinstance(got, type) else "a function"
        return f"{what}, not the result of calling it"
    name = type(got).__name__
    if isinstance(got, tuple | list):
        return f"a {name} of {len(got)} things that are not all numbers of one shape"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
