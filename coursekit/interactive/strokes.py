"""Lines as the arrays of a layer of strokes, in which a point that is NaN lifts the pen."""

from collections.abc import Sequence

import numpy as np

from coursekit.arrays import Array

GAP = np.full((1, 2), np.nan)


def joined(lines: Sequence[Array]) -> Array:
    """Some lines (k, 2) as one, with gaps around them."""
    return np.vstack([GAP] + [part for line in lines for part in (line, GAP)])


def padded(lines: Sequence[Array]) -> Array:
    """(frames, k, 2): a line for each frame, the short ones filled up with NaN."""
    together = np.full((len(lines), max(map(len, lines)), 2), np.nan)
    for row, line in zip(together, lines, strict=True):
        row[: len(line)] = line
    return together
