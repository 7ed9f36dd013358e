"""The three points of the lecture on fitting a line."""

from typing import NamedTuple

import numpy as np

from coursekit.arrays import Array


class ShoeSizes(NamedTuple):
    """Shoe sizes and heights, each `(m,)`, in the lecture's own units."""

    size: Array
    height: Array


def shoe_sizes() -> ShoeSizes:
    """The three people of the lecture on fitting a line: shoe size and height.

    The lecture gives the points (0.6, 1.1), (0.8, 1.2), (1.1, 2.1) and no units. New arrays
    at every call, so that no cell can spoil them for another.
    """
    return ShoeSizes(np.array([0.6, 0.8, 1.1]), np.array([1.1, 1.2, 2.1]))
