"""Saying what a value, a call or an error is, in a line a student can read."""

import inspect
import linecache
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

SHOWN = 6  # elements of a list or tuple, beyond which it is cut
DEEP = 3  # lists within lists


def brief(value: Any, *, digits: int = 6, depth: int = 0) -> str:
    """A value as a student would write it, in one short line, whatever it is."""
    try:
        if isinstance(value, np.ndarray):
            return _array(value, digits)
        if type(value) in (tuple, list):
            return _sequence(value, digits, depth)
        if isinstance(value, float | np.floating):
            return f"{value:.{digits + 4}g}"
        if inspect.isfunction(value):
            ours = value.__module__.startswith("coursekit.checks.")
            return f"check.{value.__name__}" if ours else value.__name__
        return f"{value!r:.120}"
    except BaseException:  # a value whose repr raises
        return "something that cannot be printed"


def _array(value: np.ndarray, digits: int) -> str:
    text = np.array2string(value, precision=digits, threshold=12, edgeitems=3, separator=", ")
    return " ".join(text.split())[:300]


def _sequence(value: tuple | list, digits: int, depth: int) -> str:
    open_, close = "()" if isinstance(value, tuple) else "[]"
    if depth == DEEP:
        return f"{open_}…{close}"
    words = [brief(v, digits=digits, depth=depth + 1) for v in value[:SHOWN]]
    if len(value) > SHOWN:
        words.append(f"… {len(value)} in all")
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return open_ + ", ".join(words) + comma + close


def call_text(name: str, args: tuple, kwargs: dict[str, Any]) -> str:
    """A call as it would be typed; below it, what the functions in it are."""
    words = [brief(a) for a in args] + [f"{key}={brief(v)}" for key, v in kwargs.items()]
    functions = [v for v in (*args, *kwargs.values()) if inspect.isfunction(v) and v.__doc__]
    notes = [f"\n  where {brief(f)} is: {f.__doc__.strip().splitlines()[0]}" for f in functions]
    return f"{name}({', '.join(words)})" + "".join(notes)


def describe(value: Any) -> str:
    """What kind of thing something is, in a few words, whatever it is."""
    try:
        return _describe(value)
    except BaseException:  # a class that answers every question with an error
        return "something that cannot be looked at"


def _describe(value: Any) -> str:
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, str):
        return f"the text {value[:30]!r}"
    if inspect.iscoroutine(value):
        return "a coroutine (remove `async`)"
    if inspect.isgenerator(value):
        return "a generator (`yield` where `return` is meant?)"
    if isinstance(value, type) or callable(value):
        what = "a class" if isinstance(value, type) else "a function"
        return f"{what} and not the result of calling it"
    if isinstance(value, np.ndarray):
        return f"an array of dtype {value.dtype}"
    name = type(value).__name__
    if isinstance(value, tuple | list | dict | set):
        return f"a {name} of {plural(len(value), 'thing')}"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def plural(count: int, noun: str) -> str:
    """1 case, 2 cases."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def explain_crash(error: BaseException, function: Callable) -> str:
    """The error, what to do about it and, where it can be told, the line that raised it."""
    words = f"It raised {type(error).__name__}: {_text(error)}".rstrip(":. ") + "."
    advice = next((said for sign, said in _ADVICE.items() if sign in words), "")
    line, source = _own_line(error, function)
    return f"{words} {advice}".rstrip() + (f"\n  in line {line}: {source}" if source else "")


# What to do about errors whose own words do not help a beginner.
_ADVICE = {
    "Cannot cast ufunc": "An array of integers cannot take fractions in place: write "
    "x = x − …, not x −= ….",
    "RecursionError": "It calls itself without end, or too often: use a loop.",
    "gufunc signature": "The sign @ multiplies matrices; for element by element use *.",
    "can't multiply sequence": "A tuple or list cannot be multiplied so: unpack it, or make it "
    "an array with np.array(…).",
    "unsupported operand type(s) for ^": "A power is written **, not ^.",
    "ufunc 'bitwise_xor'": "A power is written **, not ^.",
}


def _own_line(error: BaseException, function: Callable) -> tuple[int, str]:
    """The last line of the student's own code on the way to the error, "" if unknown."""
    try:
        file = inspect.unwrap(function).__code__.co_filename
    except BaseException:  # no function of Python's, or one that hides
        return 0, ""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    if not frames:
        return 0, ""
    return frames[-1].lineno, linecache.getline(file, frames[-1].lineno).strip()


def _text(error: BaseException) -> str:
    try:
        return f"{error!s:.300}"
    except BaseException:  # an exception whose text raises
        return "(an error that cannot be printed)"
