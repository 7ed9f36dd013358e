"""How far a point is from a mesh, exactly: positive outside, negative inside."""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursekit.arrays import Array, all_finite
from coursekit.pose.meshes import Mesh, checked_mesh, checked_points

TOGETHER = 128  # points that are compared with the same faces


def signed_distance(mesh: Mesh, points: ArrayLike) -> Array:
    """The distance in metres from points `(3, …)` to the surface of a mesh, `(…)`.

        s |p − q|     with q the point of the surface that is nearest to p,
                      s = 1 where (p − q) · n ≥ 0, outside, and −1 inside

    n is the normal at q: of a face, or the sum of those of the two faces at an edge, or of all
    at a vertex, each times its angle there. With these weights the sign is right wherever q
    lies, however the surface is cut into faces. Exact up to rounding: some 1e-16 m on a mesh of
    the size of a hand.

    Raises `ValueError` for points that are not `(3, …)` or not finite.

    Source: Bærentzen & Aanæs (2005), https://doi.org/10.1109/TVCG.2005.49.
    """
    mesh, name = checked_mesh(mesh, "signed_distance: mesh"), "signed_distance: points"
    points = all_finite(checked_points(points, name), name)
    flat, compared = points.reshape(3, -1), triangles(mesh)
    distance = np.empty(flat.shape[1])
    todo = [(np.arange(flat.shape[1]), np.arange(mesh.faces.shape[1]))] if flat.size else []
    while todo:  # halve the points, and with them the faces that can be nearest
        group, faces = todo.pop()
        block = flat[:, group]
        low, high = block.min(axis=1), block.max(axis=1)
        middle = (low + high) / 2
        faces = compared.near(middle, block, faces)
        if group.size <= TOGETHER or faces.size == 1:
            nearest = compared.squared_distances(middle, block, faces).argmin(axis=0)
            distance[group] = compared.signed_distance(block, faces[nearest])
        else:
            order = np.argpartition(block[(high - low).argmax()], group.size // 2)
            todo += [(group[half], faces) for half in np.array_split(order, 2)]
    return distance.reshape(points.shape[1:])


@lru_cache(maxsize=4)  # a mesh does not change, and may be asked for one point at a time
def triangles(mesh: Mesh) -> "Triangles":
    """The faces of a mesh, ready to be compared with points."""
    return Triangles(mesh)


class Triangles:
    """The faces of a mesh, with what is needed of them again and again.

    Edge i leads from corner i to the next one. Arrays have the axes coordinate, corner, face.
    """

    def __init__(self, mesh: Mesh):
        self.corners, self.normals = mesh.corners, mesh.normals
        self.edges = np.roll(mesh.corners, -1, axis=1) - mesh.corners
        self.lengths = np.sum(self.edges**2, axis=0)  # squared
        self.inwards = np.cross(self.normals[:, None], self.edges, axis=0)  # from the edge
        self.pseudonormals = _pseudonormals(mesh, self.edges)
        low, high = mesh.bounds
        self.slack = 1e-6 * np.linalg.norm(high - low)  # far above the rounding of what follows

    def near(self, middle: Array, block: Array, faces: NDArray) -> NDArray:
        """Those of the faces that can be nearest to one of the points in a ball around `middle`.

        If f is nearest to p and g to the middle m, then |m − f| ≤ |m − p| + |p − f| and
        |p − f| ≤ |p − g| ≤ |p − m| + |m − g|: within |m − g| + 2 |p − m|.
        """
        squared = self.squared_distances(middle, middle[:, None], faces)[:, 0]
        distance = np.sqrt(np.maximum(squared, 0))
        radius = np.sqrt(np.sum((block - middle[:, None]) ** 2, axis=0).max())
        return faces[distance <= distance.min() + 2 * radius + self.slack]

    def squared_distances(self, middle: Array, points: Array, faces: NDArray) -> Array:
        """From each of the points to each of the faces, `(faces, points)`; quick, to compare.

        All is a product of matrices and linear in the way from the middle of the points, which
        is short, so that little is lost to rounding: about 1e-16 times the square of the
        distance from the middle.
        """
        offset, edges, inwards = points - middle[:, None], self.edges[..., faces], self.inwards
        start = middle[:, None, None] - self.corners[..., faces]
        lengths, normals = self.lengths[:, faces, None], self.normals[:, faces]

        along = _linear(start, edges, offset)
        to_corner = _linear(start, start, offset) + np.tensordot(start, offset, axes=(0, 0))
        to_corner += np.sum(offset**2, axis=0)
        share = np.clip(along / lengths, 0, 1)
        to_edge = to_corner + share * (share * lengths - 2 * along)
        over = (_linear(start, inwards[..., faces], offset) >= 0).all(axis=0)
        height = _linear(start[:, 0], normals, offset)
        return np.where(over, height**2, to_edge.min(axis=0))

    def signed_distance(self, points: Array, faces: NDArray) -> Array:
        """From each point to the one face that is nearest to it: the careful version."""
        start = points[:, None] - self.corners[..., faces]
        along = np.sum(start * self.edges[..., faces], axis=0) / self.lengths[:, faces]
        share = np.clip(along, 0, 1)
        to_edge = start - share * self.edges[..., faces]  # from the nearest point of each edge
        each, nearest = np.arange(faces.size), np.sum(to_edge**2, axis=0).argmin(axis=0)
        over = (np.sum(start * self.inwards[..., faces], axis=0) >= 0).all(axis=0)

        normal = self.normals[:, faces]
        height = np.sum(start[:, 0] * normal, axis=0)
        away = np.where(over, height * normal, to_edge[:, nearest, each])
        # 0: the face, 1 to 3: an edge, 4 to 6: a corner
        share = share[nearest, each]
        corner = 4 + (nearest + (share == 1)) % 3
        part = np.where(over, 0, np.where((share == 0) | (share == 1), corner, 1 + nearest))
        outside = np.sum(away * self.pseudonormals[:, part, faces], axis=0) >= 0
        return np.where(outside, 1, -1) * np.linalg.norm(away, axis=0)


def _linear(start: Array, vectors: Array, offset: Array) -> Array:
    """(start + offset) · vectors for every offset, a new last axis."""
    there = np.sum(start * vectors, axis=0)[..., None]
    return there + np.tensordot(vectors, offset, axes=(0, 0))


def _pseudonormals(mesh: Mesh, edges: Array) -> Array:
    """The normals at each face, its three edges and its three corners, `(3, 7, F)`."""
    normals, unit = mesh.normals, edges / np.linalg.norm(edges, axis=0)
    cosine = -np.sum(unit * np.roll(unit, 1, axis=1), axis=0)
    angles = np.arccos(np.clip(cosine, -1, 1))  # at each corner
    low, high = np.sort([mesh.faces, np.roll(mesh.faces, -1, axis=0)], axis=0)
    vertices = mesh.vertices.shape[1]
    _, edge = np.unique(low * vertices + high, return_inverse=True)

    def added(which: NDArray, weights: Array) -> Array:
        return np.array([np.bincount(which.ravel(), (weights * n).ravel())[which] for n in normals])

    at_edges = added(edge.reshape(mesh.faces.shape), np.ones_like(angles))
    at_corners = added(mesh.faces, angles)
    return np.concatenate([normals[:, None], at_edges, at_corners], axis=1)
