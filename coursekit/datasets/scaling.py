"""Bringing features to one scale."""

from typing import NamedTuple

from numpy.typing import ArrayLike

from coursekit.arrays import Array, all_finite, as_floats


class Standardized(NamedTuple):
    """Features of mean 0 and standard deviation 1, and what was subtracted and divided by."""

    x: Array  # (d, n)
    mean: Array  # (d, 1)
    scale: Array  # (d, 1)


def standardize(x: ArrayLike) -> Standardized:
    """(x − mean) / scale for each row of x `(d, n)`, scale its standard deviation.

    A row that never changes gets scale 1. New examples are treated alike with
    `(new − mean) / scale`. Raises `ValueError` unless x is `(d, n)` with n ≥ 1 and finite.
    """
    x = all_finite(as_floats(x, "standardize: x"), "standardize: x")
    if x.ndim != 2 or not x.size:
        raise ValueError(f"standardize needs x as (d, n), n ≥ 1, got shape {x.shape}.")
    mean, scale = x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)
    fixed = (x == x[:, :1]).all(axis=1)  # rounding may give such a row a deviation of 1e-17
    mean[fixed], scale[fixed] = x[fixed, :1], 1.0
    return Standardized((x - mean) / scale, mean, scale)
