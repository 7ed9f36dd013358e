"""Closed surfaces made of triangles: the objects that a hand takes."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursekit.arrays import Array, all_finite, as_array, as_floats, of_kind, positive

FLAT = 1e-12  # a triangle whose area is less than this share of its longest edge squared has none
READ_HERE = (".obj", ".ply")


@dataclass(frozen=True, eq=False, repr=False)
class Mesh:
    """A closed surface of triangles, which has an inside: vertices in metres, and faces.

    `vertices` are points `(3, V)`; `faces` `(3, F)` holds in each column the numbers of three
    vertices, counter-clockwise for who looks from outside. Neither can be written to.

    Raises `TypeError` for what is not made of numbers, or whole numbers, and `ValueError` for
    wrong shapes, an empty mesh, NaN, an index without vertex, a triangle without area, an edge
    that does not part exactly two faces (the mesh is not watertight), and faces wound
    differently from their neighbours or inwards. It is not looked for faces that cut each other.
    """

    vertices: Array
    faces: NDArray[np.int64]

    def __post_init__(self):
        object.__setattr__(self, "vertices", _checked_vertices(self.vertices))
        object.__setattr__(self, "faces", _checked_faces(self.faces, self.vertices.shape[1]))
        _refuse_flat(self)
        _refuse_open(self)
        if self.volume <= 0:
            raise ValueError(
                f"Mesh: faces must be wound counter-clockwise as seen from outside; these are "
                f"wound inwards (volume {self.volume:.3g}). To turn each over: faces[::-1]."
            )

    def __repr__(self) -> str:
        low, high = self.bounds
        size = " × ".join(f"{length:.4g}" for length in high - low)
        return f"<Mesh of {self.faces.shape[1]} faces, {size} m>"

    @cached_property
    def corners(self) -> Array:
        """The three corners of each face, `(3, 3, F)`: coordinate, corner, face."""
        return _fixed(self.vertices[:, self.faces])

    @cached_property
    def areas(self) -> Array:
        """The area of each face in m², `(F,)`."""
        return _fixed(np.linalg.norm(self._crossed, axis=0) / 2)

    @cached_property
    def normals(self) -> Array:
        """The unit vector that leaves each face at right angles to the outside, `(3, F)`."""
        return _fixed(self._crossed / (2 * self.areas))

    @property
    def area(self) -> float:
        """The area of the surface in m²."""
        return float(self.areas.sum())

    @cached_property
    def volume(self) -> float:
        """What it encloses in m³: Σ a · (b × c) / 6 over the faces a, b, c.

        That is the divergence theorem for the field p / 3.
        """
        a, b, c = (self.corners - self.vertices.mean(axis=1)[:, None, None]).swapaxes(0, 1)
        return float((a * np.cross(b, c, axis=0)).sum() / 6)

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """The smallest and the largest coordinates of its faces, `(3,)` each."""
        return _fixed(self.corners.min(axis=(1, 2))), _fixed(self.corners.max(axis=(1, 2)))

    @cached_property
    def _crossed(self) -> Array:
        """(b − a) × (c − a) of each face, `(3, F)`: outwards, twice the area long."""
        a, b, c = self.corners.swapaxes(0, 1)
        return np.cross(b - a, c - a, axis=0)


def read_mesh(path: str | Path, *, scale: float = 1.0) -> Mesh:
    """The mesh in an OBJ or PLY file, with trimesh, which has to be installed for it.

    These formats know no unit: `scale` is the length of theirs in metres, 0.001 where the file
    is in millimetres. Faces with more than three corners are cut into triangles, and vertices
    at the same place, which files keep apart for their textures, become one.

    Raises `ImportError` without trimesh, `FileNotFoundError` without the file, `ValueError`
    for another format, what trimesh cannot read, and what `Mesh` refuses.
    """
    path, scale = Path(path), positive(scale, "read_mesh: scale")
    if path.suffix.lower() not in READ_HERE:
        raise ValueError(f"read_mesh reads {' and '.join(READ_HERE)} files, got {str(path)!r}.")
    if not path.is_file():
        raise FileNotFoundError(f"read_mesh: there is no file {str(path)!r}.")
    try:
        import trimesh
    except ImportError:
        raise ImportError("read_mesh needs trimesh: pip install trimesh.") from None
    try:
        read = trimesh.load_mesh(path, process=False, skip_materials=True)
        vertices, faces = read.vertices + 0.0, np.asarray(read.faces)  # + 0: no −0 beside 0
    except Exception as problem:  # whatever the reader stumbles over in somebody's file
        said = " ".join(str(problem).split()).rstrip(".!")
        raise ValueError(f"read_mesh cannot read {str(path)!r}: {said}.") from problem
    try:
        faces = _checked_faces(faces.T, len(vertices))
        vertices, number = np.unique(vertices, axis=0, return_inverse=True)
        return Mesh(scale * vertices.T, number.ravel()[faces])
    except ValueError as problem:
        raise ValueError(f"read_mesh: {str(path)!r} holds no closed mesh. {problem}") from None


def checked_mesh(mesh: Mesh, name: str) -> Mesh:
    """`mesh` itself; raises `TypeError` where it is none, `name` in the message."""
    return of_kind(mesh, Mesh, name)


def checked_points(points: ArrayLike, name: str) -> Array:
    """Points `(3, …)` as floats; raises `ValueError` for another shape."""
    points = as_floats(points, name)
    if points.shape[:1] != (3,):
        turned = " Transpose them?" if points.shape[-1:] == (3,) else ""
        raise ValueError(f"{name} must be (3, …), got {points.shape}.{turned}")
    return points


# --- checks ---------------------------------------------------------------------------------


def _fixed(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


def _columns_of_three(array: np.ndarray, name: str) -> np.ndarray:
    if array.ndim != 2 or array.shape[0] != 3:
        turned = " Transpose it?" if array.ndim == 2 and array.shape[1] == 3 else ""
        raise ValueError(f"{name} must be (3, n), one a column, got {array.shape}.{turned}")
    if not array.shape[1]:
        raise ValueError(f"{name} must not be empty.")
    return array


def _checked_vertices(vertices: ArrayLike) -> Array:
    vertices = _columns_of_three(as_floats(vertices, "Mesh: vertices"), "Mesh: vertices")
    return _fixed(all_finite(vertices, "Mesh: vertices").copy())


def _checked_faces(faces: ArrayLike, vertices: int) -> NDArray[np.int64]:
    faces = _columns_of_three(as_array(faces, "Mesh: faces"), "Mesh: faces")
    if faces.dtype.kind not in "iu":
        raise TypeError(f"Mesh: faces must be numbers of vertices, got dtype {faces.dtype}.")
    outside = (faces < 0) | (faces >= vertices)
    if outside.any():
        face = int(outside.any(axis=0).argmax())
        raise ValueError(
            f"Mesh: faces must be numbers from 0 to {vertices - 1}, as there are {vertices} "
            f"vertices, got {faces[:, face].tolist()} in face {face}."
        )
    return _fixed(faces.astype(np.int64))


def _refuse_flat(mesh: Mesh) -> None:
    edges = mesh.corners - np.roll(mesh.corners, 1, axis=1)
    flat = mesh.areas <= FLAT * (edges**2).sum(axis=0).max(axis=0)
    if flat.any():
        face = int(flat.argmax())
        raise ValueError(
            f"Mesh: every face must have an area, {_count(flat, 'has', 'have')} none, the first "
            f"is face {face} of the vertices {mesh.faces[:, face].tolist()}."
        )


def _refuse_open(mesh: Mesh) -> None:
    """In a closed surface two faces meet at each edge, and run along it in opposite directions."""
    start, end = mesh.faces.ravel(), np.roll(mesh.faces, -1, axis=0).ravel()
    low, high = np.minimum(start, end), np.maximum(start, end)
    _, first, edge, users = np.unique(
        low * mesh.vertices.shape[1] + high,
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    one_way = np.bincount(edge, weights=np.where(start < end, 1, -1))
    for wrong, said in (
        (users == 1, "the mesh must be watertight, {} on one face only"),
        (users > 2, "the mesh must be a surface, {} on more than two faces"),
        (one_way != 0, "all faces must be wound the same way, {} on two that are not"),
    ):
        if wrong.any():
            where = first[wrong.argmax()]
            said = said.format(_count(wrong, "edge lies", "edges lie"))
            raise ValueError(f"Mesh: {said}, such as that of vertices {low[where]}, {high[where]}.")


def _count(wrong: np.ndarray, one: str, several: str) -> str:
    number = int(wrong.sum())
    return f"{number} {one if number == 1 else several}"
