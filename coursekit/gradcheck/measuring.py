"""Slopes to trust: how exact each measured one is, and where there is none because of a kink."""

from typing import NamedTuple

import numpy as np

from coursekit.arrays import Array
from coursekit.gradcheck.numerical import EPS, Probe, offsets, step_for

ROUNDING = 10 * EPS  # how exact a value of f is taken to be, relative to its size
BEND = 1e-3  # left and right slope differ by more than this share: is it a kink?
LADDER = (64.0, 8.0, 1.0, 1 / 8, 1 / 64, 1 / 512)  # steps for the doubtful, in units of the usual


class Measurement(NamedTuple):
    """What was measured at each parameter; all arrays are flat."""

    slope: Array
    doubt: Array  # by how much rounding and the length of the step may have moved it
    kink: Array  # True where the slopes to the left and to the right differ
    left: Array
    right: Array


def measure(probe: Probe, x: Array, value: float, claimed: Array, tolerance: float) -> Measurement:
    """The slopes of f at x, each at the usual step, and again where that leaves a doubt.

    A doubt is a slope that disagrees with the one `claimed`, or slopes to the left and right
    that differ. A second, shorter step dispels most: it confirms the slope, and of a curve
    the difference between left and right shrinks with the step, of a kink it does not. Where
    two steps disagree, a whole ladder of steps is climbed and the two neighbours that agree
    best are taken.
    """
    x, everything = x.ravel(), np.arange(x.size)
    h = step_for(x)
    found = _at(probe, x, value, everything, h)
    again = np.flatnonzero(_differs(found, claimed, tolerance) | _bends(found))
    if not again.size:
        return found
    shorter = _at(probe, x, value, again, h[again] / 8)
    first = _take(found, again)
    kept = _bend(shorter) > np.maximum(0.5 * _bend(first), 4 * shorter.doubt)
    first = first._replace(doubt=first.doubt + np.abs(first.slope - shorter.slope) * ~kept)
    clear = ~kept & (20 * first.doubt < np.abs(first.slope - claimed[again]))
    clear |= ~kept & ~_differs(first, claimed[again], tolerance)
    _put(found, again, first)
    doubtful = again[~clear]
    if doubtful.size:
        _put(found, doubtful, _climb(probe, x, value, doubtful, h[doubtful]))
    return found


def _at(probe: Probe, x: Array, value: float, indices: Array, h: Array) -> Measurement:
    """Slopes to the left, to the right and across, at one step."""
    up, down = offsets(x[indices], h)
    above, below = probe(indices, up), probe(indices, -down)
    _check_finite(above, below, indices)
    size = np.maximum(np.maximum(np.abs(above), np.abs(below)), abs(value))
    return Measurement(
        slope=(above - below) / (up + down),
        doubt=ROUNDING * size / h,
        kink=np.zeros(len(indices), dtype=bool),
        left=(value - below) / down,
        right=(above - value) / up,
    )


def _check_finite(above: Array, below: Array, indices: Array) -> None:
    bad = ~(np.isfinite(above) & np.isfinite(below))
    if bad.any():
        raise ValueError(
            f"f is not finite a step away from x in element {indices[np.argmax(bad)]} (counted "
            "flat): check at a point that is not at the edge of where f is defined."
        )


def _bend(found: Measurement) -> Array:
    return np.abs(found.right - found.left)


def _bends(found: Measurement) -> Array:
    steepest = np.maximum(np.abs(found.left), np.abs(found.right))
    return _bend(found) > BEND * steepest + 4 * found.doubt


def _differs(found: Measurement, claimed: Array, tolerance: float) -> Array:
    largest = np.maximum(np.abs(found.slope), np.abs(claimed))
    return ~(np.abs(found.slope - claimed) <= tolerance * largest + found.doubt)


def _climb(probe, x, value, indices, h) -> Measurement:
    """Every step of the ladder; of two neighbours the difference shows how far to trust them."""
    rungs = [_at(probe, x, value, indices, factor * h) for factor in LADDER]
    slopes = np.array([rung.slope for rung in rungs])
    rounding = np.array([rung.doubt for rung in rungs])
    doubts = np.abs(np.diff(slopes, axis=0)) + rounding[1:]
    best = doubts.argmin(axis=0)[None]
    taken = np.take_along_axis(slopes[1:], best, axis=0)[0]
    *_, before, last = rungs
    kink = _bend(last) > np.maximum(0.5 * _bend(before), 4 * last.doubt)
    kink &= _bend(last) > BEND * np.maximum(np.abs(last.left), np.abs(last.right))
    return Measurement(
        taken, np.take_along_axis(doubts, best, axis=0)[0], kink, last.left, last.right
    )


def _take(found: Measurement, at: Array) -> Measurement:
    return Measurement(*(array[at] for array in found))


def _put(found: Measurement, at: Array, better: Measurement) -> None:
    for array, values in zip(found, better, strict=True):
        array[at] = values
