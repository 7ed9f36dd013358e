"""Meshes to begin with: a box, and a mug with its handle."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursekit.arrays import Array, as_floats, positive
from coursekit.pose.meshes import Mesh

Numbers = NDArray[np.int64]
SEGMENTS = 32  # around the mug: the polygon stays within 0.5 % of its circle
RINGS = 12  # along the handle

# An end of the handle fills a hole in the wall, two columns by two rows: the steps in (column,
# row) from its middle to its eight vertices, in the order of the angles 0°, 45°, … of the tube.
AROUND = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))


def box(size: ArrayLike = (0.06, 0.09, 0.16)) -> Mesh:
    """A box of that width, depth and height in metres, its middle at the origin; 12 faces.

    Raises `ValueError` unless `size` is three numbers > 0.
    """
    size = as_floats(size, "box: size")
    if size.shape != (3,):
        raise ValueError(f"box: size must be three lengths, (3,), got {size.shape}.")
    half = np.array([positive(length, "box: each of size") / 2 for length in size])
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    sides = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    return Mesh(half[:, None] * signs.T, _halved(np.array(sides).T))


def mug(
    *, radius: float = 0.041, height: float = 0.096, wall: float = 0.006, reach: float = 0.03
) -> Mesh:
    """A mug that stands upright around the z axis, its handle towards +x; lengths in metres.

    The origin is in its middle, at half its height. `radius` is that of the outside, `wall` the
    thickness of wall and bottom. The handle is a tube, 0.32 radius thick, along half an ellipse
    from a quarter below the rim to a quarter above the bottom, and its middle goes out to
    radius + `reach`. It grows out of two holes in the wall: the mesh is one watertight surface.

    Raises `ValueError` for lengths that are not > 0, a wall that leaves no hollow, and a handle
    bent more tightly than it is thick.
    """
    lengths = {"radius": radius, "height": height, "wall": wall, "reach": reach}
    radius, height, wall, reach = (positive(v, f"mug: {name}") for name, v in lengths.items())
    tube, rise = 0.16 * radius, height / 4
    if wall >= min(radius, height) / 2:
        raise ValueError(f"mug: wall must leave a hollow in radius and height, got {wall!r}.")
    if min(rise**2 / reach, reach**2 / rise) < 1.5 * tube:  # the ellipse's radii of curvature
        raise ValueError(
            f"mug: height and reach must leave room for a handle {2 * tube:.3g} thick, got "
            f"height={height!r}, reach={reach!r}."
        )
    rows = 4 * max(2, round(height * SEGMENTS / (8 * np.pi * radius)))  # of squares, about
    profile = _profile(radius, height, wall, rows)
    body, ids = _turned(profile), np.arange(profile.shape[1] * SEGMENTS).reshape(-1, SEGMENTS)
    poles = np.array([(0, 0, z) for z in profile[1, [0, -1]]]).T
    handle = _handle(radius, reach, rise, tube)
    vertices = np.concatenate([body, handle, poles], axis=1)
    return Mesh(*_used(vertices, _mug_faces(ids, 3 * rows // 4, rows // 4)))


def _mug_faces(ids: Numbers, top: int, bottom: int) -> Numbers:
    """Those of the body, without the two holes, of the handle between these, and of two discs.

    `ids` holds the body's vertices, row by row; those of the handle follow, then the two poles.
    """
    wall = _between(ids)
    for row in (top, bottom):
        wall[:, row - 1 : row + 1, [-1, 0]] = -1
    rings = ids.size + np.arange(RINGS * len(AROUND)).reshape(RINGS, -1)
    ends = [[[ids[row + up * dr, dc] for dc, dr in AROUND]] for row, up in ((top, 1), (bottom, -1))]
    tunnel = _between(np.concatenate([ends[0], rings, ends[1]]))
    under, over = (np.full(SEGMENTS, ids.size + rings.size + i) for i in (0, 1))
    return np.concatenate(
        [
            _halved(wall[:, wall[0] >= 0]),
            _halved(tunnel.reshape(4, -1)),
            [under, np.roll(ids[0], -1), ids[0]],
            [over, ids[-1], np.roll(ids[-1], -1)],
        ],
        axis=1,
    )


def _profile(radius: float, height: float, wall: float, rows: int) -> Array:
    """(r, z) of what is turned, `(2, n)`: up the outside in `rows`, over the rim, down inside."""
    outside = [(radius, z) for z in np.linspace(-height / 2, height / 2, rows + 1)]
    inside = [(radius - wall, z) for z in np.linspace(height / 2, wall - height / 2, rows // 2)]
    return np.array(outside + inside).T


def _turned(profile: Array) -> Array:
    """The profile at each of the SEGMENTS angles around the z axis, `(3, n · SEGMENTS)`."""
    (r, z), angle = profile[..., None], 2 * np.pi * np.arange(SEGMENTS) / SEGMENTS
    return np.array([r * np.cos(angle), r * np.sin(angle), z + 0 * angle]).reshape(3, -1)


def _handle(radius: float, reach: float, rise: float, tube: float) -> Array:
    """The rings of a tube along half an ellipse in the plane y = 0, from the upper end down."""
    t = np.pi * np.arange(1, RINGS + 1)[:, None] / (RINGS + 1)
    angle = 2 * np.pi * np.arange(len(AROUND)) / len(AROUND)
    outwards = np.array([rise * np.sin(t), reach * np.cos(t)])
    outwards = tube * outwards / np.linalg.norm(outwards, axis=0)
    x = radius + reach * np.sin(t) + outwards[0] * np.sin(angle)
    z = rise * np.cos(t) + outwards[1] * np.sin(angle)
    return np.array([x, tube * np.cos(angle) + 0 * t, z]).reshape(3, -1)


# --- grids of vertices ----------------------------------------------------------------------


def _between(ids: Numbers) -> Numbers:
    """The quadrilaterals between the rows of a grid that closes on itself, `(4, rows − 1, n)`."""
    right = np.roll(ids, -1, axis=1)
    return np.array([ids[:-1], right[:-1], right[1:], ids[1:]])


def _halved(quads: Numbers) -> Numbers:
    """Each quadrilateral, a column of four, as two triangles."""
    return np.concatenate([quads[:3], quads[[0, 2, 3]]], axis=1)


def _used(vertices: Array, faces: Numbers) -> tuple[Array, Numbers]:
    """Without the vertices that are in no face, such as those in the middle of a hole."""
    kept, numbers = np.unique(faces, return_inverse=True)
    return vertices[:, kept], numbers.reshape(faces.shape)
