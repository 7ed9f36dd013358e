"""Reading a landscape: curvature at a point, and which start leads to which minimum."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, as_floats, positive, whole
from coursekit.descent import Optimizer, minimize
from coursekit.landscapes.landscape import Landscape


def hessian(objective, point: ArrayLike, *, step: float = 1e-5) -> Array:
    """The matrix of second derivatives at `point` `(d,)`, as a `(d, d)` array.

    Column j is (∇f(x + h eⱼ) − ∇f(x − h eⱼ)) / 2h with h = step · max(1, |xⱼ|); the result is
    made symmetric. Its eigenvalues are the curvatures: all positive at a minimum, all
    negative at a maximum, of both signs at a saddle point. Raises `ValueError` unless
    `point` is one point and step > 0.
    """
    point = as_floats(point, "hessian: point")
    if point.ndim != 1 or not point.size:
        raise ValueError(f"hessian needs one point (d,), got shape {point.shape}.")
    h = positive(step, "hessian: step") * np.maximum(1, np.abs(point))
    columns = [
        (objective.grad(point + e) - objective.grad(point - e)) / (2 * size)
        for e, size in zip(np.diag(h), h, strict=True)
    ]
    return (np.array(columns) + np.array(columns).T) / 2


class Basins(NamedTuple):
    """Where every start of a grid ends. All arrays are `(n, n)` but `starts`, `(2, n, n)`."""

    starts: Array
    reached: np.ndarray  # index into `targets`, or −1: at none of them
    taken: np.ndarray  # steps
    diverged: np.ndarray  # True where the run overflowed
    targets: Array  # (k, 2)
    landscape: Landscape


def basins_of_attraction(
    landscape: Landscape,
    optimizer: Optimizer,
    *,
    n: int = 151,
    steps: int = 500,
    min_step: float = 1e-4,
    near: float = 0.05,
    targets: ArrayLike | None = None,
) -> Basins:
    """Start at each of n × n points of the frame and see which minimum is reached.

    A run ends after a step shorter than `min_step` in every coordinate, or after `steps`; it
    has reached the nearest of `targets` `(k, 2)` (all global minima unless given) if that is
    at most `near` away. Raises `ValueError` for arguments out of range and for a landscape
    without a minimum when no targets are given.
    """
    targets = as_floats(landscape.minima if targets is None else targets, "basins: targets")
    if targets.ndim != 2 or targets.shape[1] != 2:
        raise ValueError(
            f"basins_of_attraction needs targets as (k, 2) points, got shape {targets.shape}; "
            f"{landscape.name} has {len(landscape.minima)} global minima."
        )
    steps, near = whole(steps, 0, "basins: steps"), positive(near, "basins: near")
    starts = landscape.grid(n)
    path = minimize(landscape, starts, optimizer, steps=steps, min_step=min_step, keep="ends")
    distance = np.hypot(*(path.x[-1][:, None] - targets.T[:, :, None, None]))  # (k, n, n)
    reached = np.where(distance.min(axis=0) <= near, distance.argmin(axis=0), -1)
    return Basins(starts, reached, path.taken, path.outcomes == "diverged", targets, landscape)
