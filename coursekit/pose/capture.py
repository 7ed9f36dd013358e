"""What a capture holds: what the cameras saw of a hand and an object, frame by frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from coursekit.arrays import Array, as_floats, of_kind, positive
from coursekit.pose.cameras import Camera, checked_cameras
from coursekit.pose.distance_grid import DistanceGrid
from coursekit.pose.hand import KEYPOINTS, Hand
from coursekit.pose.meshes import Mesh, checked_mesh
from coursekit.pose.poses import Poses, checked_poses

N = len(KEYPOINTS)
SPACING = 0.003  # metres between the points of a capture's distance grid


@dataclass(frozen=True)
class Noise:
    """The standard deviations of what was measured; a weight in the loss is 1 / σ².

    `pixels` that of a 2-D keypoint in each coordinate, in pixels; `keypoints` that of a 3-D
    keypoint and `depth` that of a point of the cloud, in metres. Raises `ValueError` unless
    all are > 0.
    """

    pixels: float = 2.0
    keypoints: float = 0.005
    depth: float = 0.002

    def __post_init__(self):
        for name in ("pixels", "keypoints", "depth"):
            positive(getattr(self, name), f"Noise: {name}")


@dataclass(frozen=True, eq=False, repr=False)
class Capture:
    """A sequence as it was measured: all that a fit is given.

    - `cameras`, the `hand` and the `mesh` of the object, all known beforehand;
    - `keypoints_2d` `(2, cameras, 21, frames)` in pixels and their `confidences`
      `(cameras, 21, frames)`, from 0 (not seen) to 1;
    - `keypoints_3d` `(3, 21, frames)` in metres and their `confidences_3d` `(21, frames)`;
    - `cloud` `(3, points, frames)` in metres: points on or about the object's surface;
    - `noise`, how exact all this is, and `rate`, the frames in a second;
    - `start`, poses to begin with, and `truth`, where they are known.

    A keypoint or a point of the cloud that holds NaN was not measured: its confidence becomes
    0, and it counts for nothing, even where the poses put it behind the camera. So a frame may
    have no keypoints, or no cloud (all NaN): only its neighbours, through Lsmooth, then say where
    the hand or the object is. None of the arrays can be written to.

    Raises `TypeError` for what is no camera, hand, mesh, noise or poses, and `ValueError` for
    shapes or numbers of frames that do not fit together, no cameras, a camera or a whole sequence
    without a keypoint, an empty cloud, infinite numbers, poses that are not finite and
    confidences outside of [0, 1]. A mesh that is not watertight is refused by `Mesh`.
    """

    cameras: Sequence[Camera]
    hand: Hand
    mesh: Mesh
    keypoints_2d: Array
    confidences: Array
    keypoints_3d: Array
    confidences_3d: Array
    cloud: Array
    noise: Noise = field(default_factory=Noise)
    rate: float = 30.0
    start: Poses | None = None
    truth: Poses | None = None

    def __post_init__(self):
        object.__setattr__(self, "cameras", checked_cameras(self.cameras, "Capture: cameras"))
        checked_mesh(self.mesh, "Capture: mesh")
        of_kind(self.hand, Hand, "Capture: hand")
        of_kind(self.noise, Noise, "Capture: noise")
        positive(self.rate, "Capture: rate")
        pixels = as_floats(self.keypoints_2d, "Capture: keypoints_2d")
        frames = pixels.shape[-1] if pixels.ndim == 4 else "frames"
        shapes = {
            "keypoints_2d": (2, len(self.cameras), N, frames),
            "confidences": (len(self.cameras), N, frames),
            "keypoints_3d": (3, N, frames),
            "confidences_3d": (N, frames),
            "cloud": (3, None, frames),
        }
        arrays = {name: _shaped(getattr(self, name), name, shape) for name, shape in shapes.items()}
        for places, confidences in (
            ("keypoints_2d", "confidences"),
            ("keypoints_3d", "confidences_3d"),
        ):
            arrays[confidences] = _without_missing(arrays[places], arrays[confidences], confidences)
        _check_something_is_seen(arrays)
        for name, array in arrays.items():
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        for name in ("start", "truth"):
            poses = getattr(self, name)
            if poses is not None and checked_poses(poses, f"Capture: {name}").frames != frames:
                raise ValueError(
                    f"Capture: {name} must have the {frames} frames of keypoints_2d, "
                    f"got {poses.frames}."
                )

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return self.keypoints_2d.shape[-1]

    @property
    def grid(self) -> DistanceGrid:
        """The distance from the mesh on a grid of 3 mm; made once for a mesh, in two seconds."""
        return grid_of(self.mesh)

    @property
    def cloud_weights(self) -> Array:
        """1 for each point of the cloud that was measured and 0 for NaN, `(points, frames)`."""
        return np.isfinite(self.cloud).all(axis=0).astype(float)

    def part(self, start: int, stop: int) -> "Capture":
        """The frames from `start` on to the one before `stop`, as a capture.

        Raises `ValueError` unless they are whole numbers with 0 ≤ start < stop ≤ frames.
        """
        numbers = all(isinstance(number, int | np.integer) for number in (start, stop))
        if not numbers or not 0 <= start < stop <= self.frames:
            raise ValueError(
                f"Capture.part needs 0 ≤ start < stop ≤ {self.frames}, got {start!r}, {stop!r}."
            )
        arrays = ("keypoints_2d", "confidences", "keypoints_3d", "confidences_3d", "cloud")
        cut = {name: getattr(self, name)[..., start:stop] for name in arrays}
        for name in ("start", "truth"):
            poses = getattr(self, name)
            cut[name] = poses and poses.part(start, stop)
        return replace(self, **cut)

    def __repr__(self) -> str:
        seen, seen_3d = (np.mean(c > 0) for c in (self.confidences, self.confidences_3d))
        return (
            f"<Capture of {self.frames} frames: {len(self.cameras)} cameras with {seen:.0%} of "
            f"the keypoints, {seen_3d:.0%} of them in 3-D, {self.cloud.shape[1]} points a frame "
            f"around {self.mesh!r}>"
        )


@lru_cache(maxsize=4)
def grid_of(mesh: Mesh) -> DistanceGrid:
    """The distance grid of a mesh; the last few are kept, for captures that share one."""
    return DistanceGrid(mesh, spacing=SPACING)


def _shaped(value: Array, name: str, shape: tuple[int | str | None, ...]) -> Array:
    """A copy as floats, of that shape, where None stands for any length, and without infinity."""
    array = as_floats(value, f"Capture: {name}").copy()
    if array.ndim != len(shape) or any(
        n not in (None, m) for n, m in zip(shape, array.shape, strict=True)
    ):
        wanted = ", ".join("points" if n is None else str(n) for n in shape)
        raise ValueError(
            f"Capture: {name} must be ({wanted}), as cameras and the frames of keypoints_2d "
            f"have it, got {array.shape}."
        )
    if 0 in array.shape:
        raise ValueError(f"Capture: {name} must not be empty, got shape {array.shape}.")
    endless = np.isinf(array)
    if endless.any() and "confidences" not in name:  # which have limits of their own
        where = tuple(np.argwhere(endless)[0].tolist())
        raise ValueError(
            f"Capture: {name} must be finite, or NaN for what was not measured, got "
            f"{array[where]} at index {where}."
        )
    return array


def _without_missing(places: Array, confidences: Array, name: str) -> Array:
    """The confidences, 0 where a coordinate is NaN."""
    confidences = np.where(np.isfinite(places).all(axis=0), confidences, 0)
    outside = ~((confidences >= 0) & (confidences <= 1))
    if outside.any():
        raise ValueError(f"Capture: {name} must be within [0, 1], got {confidences[outside][0]}.")
    return confidences


def _check_something_is_seen(arrays: dict[str, Array]) -> None:
    blind = ~arrays["confidences"].any(axis=(1, 2))
    if blind.all() and not arrays["confidences_3d"].any():
        raise ValueError("Capture: there must be a keypoint, all confidences are 0 or NaN.")
    if blind.any():
        raise ValueError(
            f"Capture: each camera must see a keypoint in some frame, camera {blind.argmax()} has "
            "none at all: leave it out."
        )
    if not np.isfinite(arrays["cloud"]).all(axis=0).any():
        raise ValueError("Capture: cloud must hold a point somewhere, all are NaN.")
