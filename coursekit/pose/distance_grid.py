"""The distance from a mesh, stored on a grid: quick, and with a gradient."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursekit.arrays import Array, at_least_zero, positive
from coursekit.graphs import Node, Operation, apply
from coursekit.pose.distance import signed_distance
from coursekit.pose.meshes import Mesh, checked_mesh, checked_points

POINTS = "DistanceGrid: points"
LARGEST = 4_000_000  # points of a grid: 32 MB, and less than a minute


@dataclass(frozen=True, eq=False)
class DistanceGrid:
    """The signed distance from a mesh, measured once at the points of a grid, then interpolated.

        d(p) = Σ over the 8 corners c of p's cell of  (1 − |x|) (1 − |y|) (1 − |z|) · exact(c)

    with (x, y, z) = (p − c) / spacing: trilinear, so continuous, and with a gradient that jumps
    between cells. The grid ends at `margin` (or a little more) around the mesh. A point beyond
    has the distance of the nearest point of the grid and the way to it on top, which is
    between 1 and √2 times the exact one. All in metres, in the frame of the mesh.

    Accuracy: inside the grid |d − exact| ≤ ½ √3 spacing, since the exact distance is as steep
    as 1 at most. The error is where that bends: at edges, and midway between two surfaces;
    beside a flat face d is exact. For the mug and a spacing of 2.5 mm it is 1.3 mm at worst,
    and for the points of its surface 0.8 mm at worst and 0.1 mm in the root of the mean square.

    Raises `ValueError` unless spacing > 0 and margin ≥ 0, for a grid of more than 4,000,000
    points, and for a mesh that has its inside where the grid ends: a part of it is wound
    inwards, or cuts another.
    """

    mesh: Mesh
    spacing: float = 0.0025
    margin: float = 0.03
    origin: Array = field(init=False, repr=False)
    values: Array = field(init=False, repr=False)

    def __post_init__(self):
        spacing = positive(self.spacing, "DistanceGrid: spacing")
        margin = at_least_zero(self.margin, "DistanceGrid: margin")
        low, high = checked_mesh(self.mesh, "DistanceGrid: mesh").bounds
        cells = np.ceil((high - low + 2 * margin) / spacing * (1 - 1e-12))
        if np.prod(cells + 1) > LARGEST:
            raise ValueError(
                f"DistanceGrid: spacing must leave at most {LARGEST:,} points, got {spacing!r}, "
                f"which makes {np.prod(cells + 1):,.0f} around {self.mesh!r}."
            )
        origin = (low + high - cells * spacing) / 2
        axes = (start + spacing * np.arange(n + 1) for start, n in zip(origin, cells, strict=True))
        values = signed_distance(self.mesh, np.array(np.meshgrid(*axes, indexing="ij")))
        _refuse_inside_out(values, spacing)
        for name, array in (("origin", origin), ("values", values)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __call__(self, points: Node | ArrayLike) -> Node | Array:
        """The distances `(…)` of points `(3, …)`: a node of a node, else an array.

        A point that is not finite has no distance: NaN, or infinity, without a warning. Raises
        `ValueError` for points that are not `(3, …)`.
        """
        if isinstance(points, Node):
            return apply(self._operation, points)
        return self._distance(checked_points(points, POINTS))

    def gradient(self, points: ArrayLike) -> Array:
        """∂d/∂p, `(3, …)`: the exact slope of what is interpolated, and at most √3 long.

        Where two cells meet it is that of the one towards larger coordinates; at the outside of
        the grid, that of the inside.
        """
        return self._gradient(checked_points(points, POINTS))

    @cached_property
    def _operation(self) -> Operation:
        return Operation(self._distance, (lambda g, out, points: g * self._gradient(points),))

    def _distance(self, points: Array) -> Array:
        corners, (x, y, z), beyond = self._cell(points)
        with np.errstate(invalid="ignore"):
            inside = _between(_between(_between(corners, x), y), z)
            return inside if beyond is None else inside + np.linalg.norm(beyond, axis=0)

    def _gradient(self, points: Array) -> Array:
        corners, (x, y, z), beyond = self._cell(points)
        with np.errstate(invalid="ignore"):
            at_x = _between(corners, x)
            at_xy = _between(at_x, y)
            along_x = _between(_between(corners[1] - corners[0], y), z)
            along_y = _between(at_x[1] - at_x[0], z)
            slope = np.array([along_x, along_y, at_xy[1] - at_xy[0]]) / self.spacing
            if beyond is None:
                return slope
            way = np.linalg.norm(beyond, axis=0)
            return np.where(beyond == 0, slope, beyond / np.where(way == 0, 1, way))

    def _cell(self, points: Array) -> tuple[Array, Array, Array | None]:
        """The distances at the corners of each point's cell, `(2, 2, 2, …)`, where in the cell
        it lies, from 0 to 1, and how far beyond the grid, or None where no point is."""
        place, last = points - _like(self.origin, points), np.array(self.values.shape) - 1
        place /= self.spacing
        inside = np.clip(place, 0, _like(last, points))
        # fmin and fmax send what is not a number into some cell; its share stays NaN
        cell = np.fmax(np.fmin(np.floor(inside), _like(last - 1, points)), 0)
        first = np.ravel_multi_index(tuple(cell.astype(np.intp)), self.values.shape)
        corners = self.values.ravel()[_like(self._steps, points) + first]
        all_inside = np.array_equal(place, inside)
        beyond = None if all_inside else (place - inside) * self.spacing
        return corners.reshape(2, 2, 2, *points.shape[1:]), inside - cell, beyond

    @cached_property
    def _steps(self) -> NDArray[np.intp]:
        """From the first corner of a cell to all eight, in the flat array of values."""
        return np.ravel_multi_index(np.indices((2, 2, 2)).reshape(3, -1), self.values.shape)


def _between(pair: Array, share: Array) -> Array:
    return pair[0] + share * (pair[1] - pair[0])


def _like(numbers: Array, points: Array) -> Array:
    """A number for each coordinate or corner, with axes for all of the points."""
    return numbers.reshape(-1, *[1] * (points.ndim - 1))


def _refuse_inside_out(values: Array, spacing: float) -> None:
    """No part of the inside can lie where the grid ends, on or around the mesh's bounds."""
    lowest = min(values.take([0, -1], axis=axis).min() for axis in range(3))
    if lowest < -1e-6 * spacing:
        raise ValueError(
            f"DistanceGrid: a mesh must have its inside within its bounds, got a distance of "
            f"{lowest:.3g} m beyond: a part of it is wound inwards, or cuts another."
        )
