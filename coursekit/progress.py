"""A bar that grows while long work is done, and is the same text every time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def bar(items: Sequence[T], *, width: int = 50) -> Iterator[T]:
    """Go through `items`, printing `width` marks evenly on the way.

        for step in bar(range(300)):
            …                                   # 0 % ▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪ 100 %

    Nothing is overwritten, cleared or timed: what it leaves depends on nothing but `width`, so
    a notebook that is executed again stores the same output, and a stopped one shows how far
    it came. Raises `TypeError` for items without a length and `ValueError` unless width ≥ 1.
    """
    if not hasattr(items, "__len__"):
        raise TypeError(f"bar needs items with a length, such as range(300), got {items!r:.60}.")
    if width < 1:
        raise ValueError(f"bar: width must be a whole number ≥ 1, got {width!r}.")
    return _marked(items, width)


def _marked(items: Sequence[T], width: int) -> Iterator[T]:
    shown, end = 0, " stopped\n"
    print("0 % ", end="", flush=True)
    try:
        for done, item in enumerate(items, start=1):
            yield item
            due = done * width // len(items)
            print("▪" * (due - shown), end="", flush=True)
            shown = due
        end = "▪" * (width - shown) + " 100 %\n"
    finally:
        print(end, end="", flush=True)
