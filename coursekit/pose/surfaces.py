"""Points of a mesh's surface: at random, and those that a camera sees."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursekit.arrays import Array, all_finite, as_floats, whole
from coursekit.pose.distance import signed_distance, triangles
from coursekit.pose.meshes import Mesh, checked_mesh, checked_points

Seed = int | np.random.Generator
AT_ONCE = 500_000  # pairs of a face and a line of sight: some 20 MB


class SurfacePoints(NamedTuple):
    """Points of a surface `(3, n)` and the unit normals to the outside there, `(3, n)`."""

    points: Array
    normals: Array


def sample_surface(mesh: Mesh, n: int, *, seed: Seed = 0) -> SurfacePoints:
    """n points at random, each piece of the surface as often as it is large.

        p = (1 − √u) a + √u (1 − v) b + √u v c          u, v uniform in [0, 1)

    on a face a, b, c, drawn in proportion to its area. Raises `ValueError` unless n ≥ 1.

    Source: Osada, Funkhouser, Chazelle & Dobkin (2002), https://doi.org/10.1145/571647.571648.
    """
    mesh, n = checked_mesh(mesh, "sample_surface: mesh"), whole(n, 1, "sample_surface: n")
    return _drawn(mesh, mesh.areas, n, np.random.default_rng(seed))[0]


def sample_visible(mesh: Mesh, n: int, eye: ArrayLike, *, seed: Seed = 0) -> SurfacePoints:
    """n points at random of what is seen from `eye` `(3,)`, which is in the frame of the mesh.

    As a depth camera takes them: evenly over the directions, so that a piece of surface gets
    points in proportion to its area times cos(angle to the line of sight) / distance². Raises
    `ValueError` unless n ≥ 1 and the eye is a point outside of the mesh.
    """
    mesh, n = checked_mesh(mesh, "sample_visible: mesh"), whole(n, 1, "sample_visible: n")
    eye, rng = _outside(mesh, eye, "sample_visible"), np.random.default_rng(seed)
    # the weight cos / distance² is height / distance³, with the height of the eye above the
    # face: at most height / nearest³ anywhere on it
    height = np.sum((eye[:, None] - mesh.corners[:, 0]) * mesh.normals, axis=0)
    every = np.arange(height.size)
    nearest = np.sqrt(triangles(mesh).squared_distances(eye, eye[:, None], every)[:, 0])
    weights, kept, count = mesh.areas * np.maximum(height, 0) / nearest**3, [], 0
    while count < n:
        drawn, face = _drawn(mesh, weights, n, rng)
        distance = np.linalg.norm(drawn.points - eye[:, None], axis=0)
        seen = rng.uniform(size=n) < (nearest[face] / distance) ** 3
        seen[seen] = _in_sight(mesh, drawn.points[:, seen], eye)
        kept.append([array[:, seen] for array in drawn])
        count += seen.sum()
    return SurfacePoints(*(np.concatenate(each, axis=1)[:, :n] for each in zip(*kept, strict=True)))


def visible(mesh: Mesh, points: ArrayLike, eye: ArrayLike) -> NDArray[np.bool_]:
    """Whether the straight line from `eye` `(3,)` to each of the points `(3, …)` is free, `(…)`.

    All are in the frame of the mesh. A point of the surface is seen where the mesh does not
    stand before it; one inside never is. Raises `ValueError` for points that are not `(3, …)`
    or not finite, and for an eye that is not a point outside of the mesh.
    """
    mesh = checked_mesh(mesh, "visible: mesh")
    points = all_finite(checked_points(points, "visible: points"), "visible: points")
    eye = _outside(mesh, eye, "visible")
    return _in_sight(mesh, points.reshape(3, -1), eye).reshape(points.shape[1:])


def _in_sight(mesh: Mesh, points: Array, eye: Array) -> NDArray[np.bool_]:
    """For points `(3, n)`, some at a time.

    A line v from the eye passes through the face a, b, c where v is on one side of the planes
    of a and b, b and c, c and a. Who comes from outside meets first a face that looks at him.
    """
    a, b, c = (mesh.corners - eye[:, None, None]).swapaxes(0, 1)
    facing = np.sum(a * mesh.normals, axis=0) < 0
    a, b, c, normals = a[:, facing], b[:, facing], c[:, facing], mesh.normals[:, facing]
    planes = np.stack([np.cross(*pair, axis=0) for pair in ((a, b), (b, c), (c, a))], axis=1)
    height = np.sum(a * normals, axis=0)[:, None]  # < 0
    free = np.empty(points.shape[1], dtype=bool)
    for start in range(0, free.size, block := max(1, AT_ONCE // normals.shape[1])):
        ways = points[:, start : start + block] - eye[:, None]
        through = (np.tensordot(planes, ways, axes=(0, 0)) <= 0).all(axis=0)
        behind = normals.T @ ways < height - _slack(mesh)
        free[start : start + block] = ~(through & behind).any(axis=0)
    return free


def _drawn(
    mesh: Mesh, weights: Array, n: int, rng: np.random.Generator
) -> tuple[SurfacePoints, NDArray[np.int64]]:
    """n points on faces in proportion to their weights, and the number of each point's face."""
    face = rng.choice(weights.size, size=n, p=weights / weights.sum())
    u, v = np.sqrt(rng.uniform(size=n)), rng.uniform(size=n)
    points = np.sum(mesh.corners[..., face] * np.array([1 - u, u * (1 - v), u * v]), axis=1)
    return SurfacePoints(points, mesh.normals[:, face]), face


def _slack(mesh: Mesh) -> float:
    """How far from a face a point counts as one of it: a millionth of the mesh's size."""
    low, high = mesh.bounds
    return 1e-6 * float(np.linalg.norm(high - low))


def _outside(mesh: Mesh, eye: ArrayLike, name: str) -> Array:
    eye = all_finite(as_floats(eye, f"{name}: eye"), f"{name}: eye")
    if eye.shape != (3,):
        raise ValueError(f"{name}: eye must be one point, (3,), got {eye.shape}.")
    distance = float(signed_distance(mesh, eye))
    if distance <= _slack(mesh):
        where = f"one {-distance:.3g} m inside" if distance < 0 else "one on its surface"
        raise ValueError(f"{name}: eye must be outside of the mesh, got {where}.")
    return eye
