"""Sliders, choices and boxes of an explorer, as the browser is told of them."""

from collections.abc import Sequence
from typing import Any

from coursekit.arrays import whole


def slider(
    name: str,
    value: float,
    between: tuple[float, float],
    *,
    log: bool = False,
    zero: bool = False,
    near_one: bool = False,
    whole: bool = False,
    **look: Any,
) -> dict[str, Any]:
    """A number between two, in even steps of itself or, with `log`, of its logarithm.

    With `zero` a logarithmic scale has 0 at its left end, before the smaller number; with
    `near_one` the logarithm is that of 1 − value, so that 0.9, 0.99 and 0.999 stand equally far
    apart. The range is widened where `value` lies outside. `look` is what every control may have:
    `label` (its name unless given), `group` (the frame around it), `folded` (out of sight).
    """
    outside = not (zero and value == 0)
    low, high = (min(between[0], value), max(between[1], value)) if outside else between
    return {
        "kind": "slider",
        "value": value,
        "min": low,
        "max": high,
        "log": log,
        "zero": zero,
        "near_one": near_one and high < 1,  # 1 itself has no logarithm of its distance to 1
        "whole": whole,
    } | _shared(name, **look)


def choice(
    name: str, options: Sequence[str], value: str | None = None, **look: Any
) -> dict[str, Any]:
    """One of several words, the first unless told."""
    options = list(options)
    value = options[0] if value is None else value
    return {"kind": "choice", "options": options, "value": value} | _shared(name, **look)


def box(name: str, value: bool = False, **look: Any) -> dict[str, Any]:
    """Yes or no."""
    return {"kind": "box", "value": value} | _shared(name, **look)


def first_step(step: int | None, last: int, name: str, called: str = "steps") -> None:
    """Raise `ValueError` unless `step`, if told, is a whole number from 0 to `last`."""
    if step is not None and whole(step, 0, f"{name}: step") > last:
        most = f"{called}={last}" if called else f"{last}"
        raise ValueError(f"{name}: step must be at most {most}, got {step!r}.")


def handles(of: str, sets: str, *, upright: bool = False) -> dict[str, Any]:
    """Points of a panel that are taken and moved by a press, a drag or the arrow keys.

    `of` names the array of their places, (n, 2). Taking or moving number i to (x, y) sets the
    value `sets` to [i, x, y]; what follows from that, `compute` says in `Scene.values`, and
    there sets it back to None. With `upright` they go up and down only; the arrows to the left
    and right take the next one.
    """
    return {"of": of, "sets": sets, "upright": upright}


def _shared(
    name: str, *, label: str | None = None, group: str = "", folded: bool = False
) -> dict[str, Any]:
    return {"name": name, "label": label or name, "group": group, "folded": folded}
