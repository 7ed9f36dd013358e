"""What an exercise is made of: calls that tell right from wrong, and mistakes that are known."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One call of an exercise: the arguments, fresh copies of which go to every submission."""

    args: tuple
    kwargs: dict[str, Any] = field(default_factory=dict)

    def fresh(self) -> tuple[tuple, dict[str, Any]]:
        # each by itself: an array that stands for two arguments becomes two arrays
        args = tuple(copy.deepcopy(value) for value in self.args)
        return args, {name: copy.deepcopy(value) for name, value in self.kwargs.items()}


def case(*args, **kwargs) -> Case:
    """`case(x, lr=0.1)` is the call f(x, lr=0.1)."""
    return Case(args, kwargs)


@dataclass(frozen=True)
class Mistake:
    """A complete wrong implementation, and the sentence that tells its author the cause."""

    function: Callable
    sentence: str

    @property
    def name(self) -> str:
        return self.function.__name__
