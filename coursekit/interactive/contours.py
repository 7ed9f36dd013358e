"""The lines that one draws of a solid: its outline from where one stands, and its sharp edges."""

import numpy as np

from coursekit.arrays import Array
from coursekit.pose import Mesh

SHARP = np.cos(np.deg2rad(40))  # faces that meet at more than that make an edge to be drawn


class Contours:
    """The edges of a closed mesh, with the two faces that meet in each."""

    def __init__(self, mesh: Mesh):
        ends = np.sort(
            np.concatenate([mesh.faces[[0, 1]], mesh.faces[[1, 2]], mesh.faces[[2, 0]]], 1), 0
        )
        order = np.lexsort(ends)  # each edge twice, side by side
        self.ends = ends[:, order[::2]]
        self.faces = (order % mesh.faces.shape[1]).reshape(-1, 2).T
        self.normals, self.corners = mesh.normals, mesh.vertices[:, mesh.faces[0]]
        first, second = self.normals[:, self.faces].transpose(1, 0, 2)
        self.sharp = np.einsum("ie,ie->e", first, second) < SHARP

    def lines(self, vertices: Array, eyes: Array) -> Array:
        """The lines to draw of n poses, `(n, k, 2)`, each followed by NaN where the pen is lifted.

        `vertices` `(n, V, 2)` are those of the mesh as they are seen, `eyes` `(3, n)` the places
        they are seen from, in the mesh's own frame. An edge is drawn where one of its faces looks
        towards the eye and the other away, and where it is sharp and not on the far side.
        """
        towards = np.einsum("if,in->nf", self.normals, eyes) > np.einsum(
            "if,if->f", self.normals, self.corners
        )
        first, second = towards[:, self.faces].transpose(1, 0, 2)
        drawn = (first != second) | (self.sharp & first & second)
        lines = np.full((len(vertices), 3 * drawn.sum(axis=1).max(), 2), np.nan)
        for row, chosen, places in zip(lines, drawn, vertices, strict=True):
            start, end = self.ends[:, chosen]
            row[0 : 3 * start.size : 3] = places[start]
            row[1 : 3 * start.size : 3] = places[end]
        return lines
