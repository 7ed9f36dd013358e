"""Which examples go into which batch."""

from collections.abc import Iterator

import numpy as np

from coursekit.arrays import whole


def batches(
    n: int, size: int | None, rng: int | np.random.Generator | np.random.SeedSequence
) -> Iterator[np.ndarray]:
    """The numbers 0 … n − 1 in a new random order, in arrays of `size`: one epoch.

        for batch in batches(1437, 32, rng):
            x[:, batch], labels[batch]

    Every number comes once; the last batch has what is left, 1437 mod 32 = 29. `size=None`
    gives all n in one batch, in their own order, as does any size ≥ n. `rng` is a generator,
    or a seed for a new one: the same seed, the same order. Raises `ValueError` unless n and size
    are whole numbers ≥ 1.
    """
    n = whole(n, 1, "batches: n")
    size = n if size is None else whole(size, 1, "batches: size")
    order = np.arange(n) if size >= n else np.random.default_rng(rng).permutation(n)
    return (order[i : i + size] for i in range(0, n, size))
