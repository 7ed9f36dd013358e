"""Pinhole cameras: where a point of the world stands in the picture.

    camera = Camera.looking_at((0, 0, 0), position=(0, -1, 0.4))
    camera.project((0, 0, 0))      # array([320., 240.]): the middle of its picture

The camera's own axes are those of OpenCV: x to the right, y down, z forward into the scene.
Points are `(3, …)` in metres, places in a picture `(2, …)` in pixels from its upper left corner.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from coursekit import graphs
from coursekit.arrays import Array, all_finite, as_floats, positive, whole
from coursekit.graphs import Node, Operation, apply
from coursekit.graphs.operations import Value
from coursekit.pose.operations import differentiable
from coursekit.pose.rotations import as_node, rotation_matrix, rotation_vector


@dataclass(frozen=True, eq=False, repr=False)
class Camera:
    """A calibrated pinhole camera.

        p_camera = R p + t          (u, v) = (f_x x / z + c_x, f_y y / z + c_y) of p_camera

    `intrinsics` is the matrix K, `(3, 3)`: focal lengths and centre in pixels, `rotation` a
    rotation vector `(3,)` and `translation` `(3,)` in metres: together the world as the camera
    sees it. `size` is the picture's width and height in pixels. There is no distortion.

    Raises `ValueError` for shapes that do not fit, for what is not finite, and for a K that
    is not [[f_x, skew, c_x], [0, f_y, c_y], [0, 0, 1]] with f_x, f_y > 0.
    """

    intrinsics: Array
    rotation: Array
    translation: Array
    size: tuple[int, int] = (640, 480)

    def __post_init__(self):
        for name, shape in (("intrinsics", (3, 3)), ("rotation", (3,)), ("translation", (3,))):
            value = _shaped(getattr(self, name), shape, f"Camera: {name}").copy()
            value.flags.writeable = False
            object.__setattr__(self, name, value)
        k = self.intrinsics
        if k[0, 0] <= 0 or k[1, 1] <= 0 or k[1, 0] != 0 or (k[2] != (0, 0, 1)).any():
            raise ValueError(
                "Camera: intrinsics must be [[f_x, skew, c_x], [0, f_y, c_y], [0, 0, 1]] with "
                f"f_x, f_y > 0, got {k.tolist()}."
            )
        object.__setattr__(self, "size", _checked_size(self.size, "Camera"))

    @classmethod
    def looking_at(
        cls,
        target: ArrayLike,
        position: ArrayLike,
        *,
        focal: float = 600.0,
        size: tuple[int, int] = (640, 480),
    ) -> "Camera":
        """A camera at `position` with `target` in the middle of its picture, the z axis upright.

        Both are points `(3,)`; `focal` is the focal length in pixels. Raises `ValueError` where
        the two points are one, or one above the other: then there is no upright; and for what
        `Camera` refuses.
        """
        target = _shaped(target, (3,), "Camera.looking_at: target")
        position = _shaped(position, (3,), "Camera.looking_at: position")
        size = _checked_size(size, "Camera.looking_at")
        focal = positive(focal, "Camera.looking_at: focal")
        forward = target - position
        right = np.cross(forward, (0, 0, 1))
        if np.linalg.norm(right) <= 1e-9 * np.linalg.norm(forward) or not forward.any():
            raise ValueError(
                "Camera.looking_at: position must not be right above, below or in the target, "
                f"got position {position.tolist()} for target {target.tolist()}."
            )
        axes = np.array([right, np.cross(forward, right), forward])
        axes /= np.linalg.norm(axes, axis=1, keepdims=True)
        intrinsics = [[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1]]
        return cls(intrinsics, rotation_vector(axes), -axes @ position, size)

    @cached_property
    def _axes(self) -> Array:
        """Its own axes in the world, as rows: the matrix R, made once."""
        return rotation_matrix(self.rotation)

    @property
    def position(self) -> Array:
        """Where the camera is in the world, `(3,)`: −Rᵀ t."""
        return -self._axes.T @ self.translation

    def project(self, points: Value) -> Node | Array:
        """The places of points `(3, …)` in the picture, `(2, …)`; they may lie outside of it.

        A point at or behind the camera, z ≤ 0, has no image there: both its numbers are NaN.
        Given a node it returns a node. Raises `ValueError` where the first axis is not 3.
        """
        return project([self], points)[:, 0]

    def depth(self, points: ArrayLike) -> Array:
        """How far in front of the camera points `(3, …)` are, along its z axis, `(…)`."""
        points = as_node(points, "Camera.depth: points").value
        return np.tensordot(self._axes[2], points, axes=(0, 0)) + self.translation[2]

    def sees(self, pixels: ArrayLike) -> np.ndarray:
        """Whether places `(2, …)` lie in the picture, `(…)`; NaN does not."""
        u, v = as_node(pixels, "Camera.sees: pixels", 2).value
        return (u >= 0) & (u < self.size[0]) & (v >= 0) & (v < self.size[1])

    def __repr__(self) -> str:
        where = ", ".join(f"{coordinate:.3f}" for coordinate in self.position.round(3) + 0.0)
        return f"<Camera at ({where}) m, {self.size[0]} × {self.size[1]} pixels>"


def ring_of_cameras(
    n: int = 6,
    *,
    target: ArrayLike = (0.0, 0.0, 0.1),
    radius: float = 0.8,
    height: float = 0.5,
    focal: float = 800.0,
    size: tuple[int, int] = (640, 480),
) -> tuple[Camera, ...]:
    """n cameras evenly on a circle around the z axis through `target`, looking at it.

    The circle has that `radius`, and lies at that `height`, in metres above the target. Raises
    `ValueError` unless n ≥ 1 and `radius` > 0, and for what `Camera.looking_at` refuses.
    """
    n, radius = whole(n, 1, "ring_of_cameras: n"), positive(radius, "ring_of_cameras: radius")
    target = _shaped(target, (3,), "ring_of_cameras: target")
    height = float(_shaped(height, (), "ring_of_cameras: height"))
    angles = 2 * np.pi * (np.arange(n) + 0.5) / n
    places = target + np.stack([radius * np.cos(angles), radius * np.sin(angles), 0 * angles], 1)
    places[:, 2] += height
    return tuple(Camera.looking_at(target, place, focal=focal, size=size) for place in places)


def checked_cameras(cameras: Sequence[Camera], name: str) -> tuple[Camera, ...]:
    """`cameras` as a tuple; raises `TypeError` for others and `ValueError` where there are none."""
    if not isinstance(cameras, Iterable):
        raise TypeError(f"{name} must be a list of Cameras, got {type(cameras).__name__}.")
    cameras = tuple(cameras)
    for camera in cameras:
        if not isinstance(camera, Camera):
            raise TypeError(f"{name} must be Cameras, got {type(camera).__name__}.")
    if not cameras:
        raise ValueError(f"{name} must not be empty.")
    return cameras


def _shaped(value: ArrayLike, shape: tuple[int, ...], name: str) -> Array:
    value = as_floats(value, name)
    if value.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {value.shape}.")
    return all_finite(value, name)


def _checked_size(size: tuple[int, int], name: str) -> tuple[int, int]:
    if np.shape(size) != (2,):
        raise ValueError(f"{name}: size must be (width, height) in pixels, got {size!r:.60}.")
    width, height = (whole(length, 1, f"{name}: each of size") for length in size)
    return width, height


# --- all cameras at once --------------------------------------------------------------------


def _perspective(p: Array) -> Array:
    """(x, y) / z, NaN where z ≤ 0."""
    return p[:2] / np.where(p[2] > 0, p[2], np.nan)


def _perspective_slope(g: Array, out: Array, p: Array) -> Array:
    back, depth = np.empty_like(p), p[2]
    if depth.min(initial=1) <= 0:  # a point that has no image and counts for nothing: 0, not NaN
        nothing = (depth <= 0) & ~g.any(axis=0)
        out, depth = np.where(nothing, 0, out), np.where(nothing, 1, depth)
    np.divide(g, depth, out=back[:2])
    np.einsum("i...,i...->...", back[:2], out, out=back[2])
    np.negative(back[2], out=back[2])
    return back


_PERSPECTIVE = Operation(_perspective, (_perspective_slope,))


@differentiable
def project(cameras: Sequence[Camera], points: Value) -> Node | Array:
    """Points `(3, …)` in the pictures of all cameras, `(2, cameras, …)`; as `Camera.project`.

    Raises `TypeError` for what are no cameras, and `ValueError` for none.
    """
    cameras = checked_cameras(cameras, "project: cameras")
    points = as_node(points, "project: points")
    turns = np.stack([c.intrinsics @ c._axes for c in cameras], axis=1)
    shifts = np.stack([c.intrinsics @ c.translation for c in cameras], axis=1)
    # one product of matrices for all: rows x of every camera, then y, then z
    seen = graphs.matmul(turns.reshape(-1, 3), graphs.reshape(points, (3, -1)))
    seen = seen + shifts.reshape(-1, 1)
    return apply(_PERSPECTIVE, graphs.reshape(seen, (3, len(cameras), *points.shape[1:])))
