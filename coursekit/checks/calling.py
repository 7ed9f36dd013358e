"""Calling a function that may do anything, and keeping what came of it."""

import contextlib
import copy
import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from coursekit.checks.cases import Case


@dataclass
class Outcome:
    """What came of one case: a value, or an error, and what was seen on the way."""

    value: Any = None
    error: BaseException | None = None
    changed: tuple[str, ...] = ()  # the arguments that the call modified
    printed: str = ""
    driven: bool = True  # False: the driver could not go on with `value`, the first result


def try_case(function: Callable, case: Case, drive: Callable | None, like: Callable) -> Outcome:
    """Run one case of a submission that is meant to behave like `like`.

    `drive(call, *args, **kwargs)`, if there is one, calls the function as often as it needs
    to and returns what is compared. Nothing that the function raises gets through.
    """
    watched = _Watched(function, like)
    args, kwargs = case.fresh()
    with _quiet() as printed:
        try:
            value = drive(watched, *args, **kwargs) if drive else watched(*args, **kwargs)
            outcome = Outcome(_copy(value))
        except BaseException as error:  # a submission may raise anything, SystemExit too
            if watched.raised is None and watched.calls:
                outcome = Outcome(watched.first, driven=False)
            else:
                outcome = Outcome(error=error)
    outcome.changed = tuple(sorted(watched.changed))
    outcome.printed = printed.getvalue()
    return outcome


class _Watched:
    """A submission that notes what it returns, raises and modifies."""

    def __init__(self, function: Callable, like: Callable):
        self.function = function
        self.names = list(inspect.signature(like).parameters)
        self.arrange = _arrangement(function, like)
        self.calls, self.first, self.raised = 0, None, None
        self.changed: set[str] = set()

    def __call__(self, *args, **kwargs):
        before = _copy((args, kwargs))
        self.calls += 1
        try:
            positional, named = self.arrange(args, kwargs)
            result = self.function(*positional, **named)
        except BaseException as error:
            self.raised = error
            raise
        finally:
            self._compare(before, (args, kwargs))
        if inspect.iscoroutine(result):
            result.close()  # or Python warns that nobody awaited it
        if self.calls == 1:
            self.first = _copy(result)
        return result

    def _compare(self, before, after) -> None:
        for name, old, new in zip(self.names, before[0], after[0], strict=False):
            if not same_bits(old, new):
                self.changed.add(name)
        self.changed |= {k for k, old in before[1].items() if not same_bits(old, after[1][k])}


def _arrangement(function: Callable, like: Callable) -> Callable:
    """How to pass the arguments to a function that may name them differently."""
    ours = list(inspect.signature(like).parameters)
    try:
        signature = inspect.signature(function)
    except Exception:  # some built-ins have none, and some objects raise
        return lambda args, kwargs: (args, kwargs)

    def arrange(args, kwargs):
        for way in ((args, kwargs), _in_order(ours, signature, args, kwargs)):
            with contextlib.suppress(TypeError):
                signature.bind(*way[0], **way[1])
                return way
        return args, kwargs  # its own TypeError says what does not fit

    return arrange


def _in_order(ours, signature, args, kwargs) -> tuple[list, dict]:
    """The arguments by their place in our signature, whatever the other one calls them."""
    given = dict(zip(ours, args, strict=False)) | kwargs
    positional, named = [], {}
    for our_name, parameter in zip(ours, signature.parameters.values(), strict=False):
        if our_name not in given:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY or len(positional) < ours.index(our_name):
            named[parameter.name] = given[our_name]
        else:
            positional.append(given[our_name])
    if len(positional) + len(named) < len(given):
        return args, kwargs  # it has no place for one: its TypeError says so
    return positional, named


class _Kept(io.StringIO):
    """Keeps what is printed, even from those who close the output."""

    def close(self):
        pass


@contextlib.contextmanager
def _quiet() -> Iterator[io.StringIO]:
    """Keep what is printed, and let numerical trouble show in the result alone."""
    printed = _Kept()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield printed


def _copy(value: Any) -> Any:
    """A copy that later calls cannot change; the thing itself where it cannot be copied."""
    try:
        return copy.deepcopy(value)
    except BaseException:
        return value


def same_bits(old: Any, new: Any) -> bool:
    """Is an argument still what it was?"""
    try:
        if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
            return (
                old.shape == new.shape
                and old.dtype == new.dtype
                and np.array_equal(old, new, equal_nan=old.dtype.kind in "fc")
            )
        if isinstance(old, tuple | list) and isinstance(new, tuple | list):
            return len(old) == len(new) and all(map(same_bits, old, new))
        if isinstance(old, int | float | str | dict | type(None)):
            return bool(old == new)
    except BaseException:
        return True
    return True  # functions and other things that cannot be compared
