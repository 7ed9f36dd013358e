"""A capture made up: a hand takes a mug, cameras watch, and the truth is known."""

from functools import cache

import numpy as np

from coursekit.arrays import Array, at_least_zero, of_kind, whole, within
from coursekit.pose.cameras import Camera, project, ring_of_cameras
from coursekit.pose.capture import Capture, Noise, grid_of
from coursekit.pose.hand import RELAXED, Hand
from coursekit.pose.meshes import Mesh, checked_mesh
from coursekit.pose.motion import reach_and_turn
from coursekit.pose.poses import HandPose, Poses, RigidPose, checked_poses
from coursekit.pose.rotations import compose
from coursekit.pose.shapes import mug
from coursekit.pose.surfaces import sample_visible, visible

SECONDS = 2.0  # that the motion takes
_GUESS = 15.0  # pixels by which a detector is off where it cannot see, in each coordinate
_FAR = (20.0, 80.0)  # pixels by which it is off where it takes something else for the joint
_FAR_3D = (0.03, 0.08)  # the same in metres
_STRAYS = 0.05  # of the cloud's points, that lie on the hand where it is so near:
_NEAR = 0.03  # metres


def synthetic_capture(
    seed: int = 0,
    *,
    frames: int = 60,
    cameras: int = 6,
    points: int = 150,
    noise: Noise | None = None,
    occluded: float = 0.1,
    wrong: float = 0.1,
    mesh: Mesh | None = None,
) -> Capture:
    """A hand reaches for a mug (or for `mesh`), grasps, lifts and turns it, in two seconds.

    Of all 2-D keypoints the share `occluded` is guessed, with an error of 15 pixels and a
    confidence of 0.05 to 0.3: those that a camera cannot see for the object, and others at
    random; where the object hides more, all of them. Of the others the share `wrong` is off by
    20 to 80 pixels and as confident (0.7 to 1) as those that are right. 3-D keypoints are missing
    and wrong (by 3 to 8 cm) in the same shares. All but the guesses have the normal errors of
    `noise` besides; what comes to lie outside of a picture has a confidence of 0. The
    cloud has `points` in each frame, seen from all cameras in turn, with an error of depth
    along the line of sight; where the hand is near, up to 5 % lie on that. The capture knows
    its `truth`, and starts 20° and 5 cm off it (see `perturbed`).

    The same seed gives the same capture. Raises `TypeError` for what is no mesh or no noise, and
    `ValueError` for numbers out of range and a mesh beside its own origin, where cameras look.
    """
    frames = whole(frames, 1, "synthetic_capture: frames")
    points = whole(points, 1, "synthetic_capture: points")
    cameras = whole(cameras, 1, "synthetic_capture: cameras")
    occluded = within(occluded, 0, 0.5, "synthetic_capture: occluded")
    wrong = within(wrong, 0, 0.5, "synthetic_capture: wrong")
    seed = whole(seed, 0, "synthetic_capture: seed")
    motion, keypoints, cloud, start = map(
        np.random.default_rng, np.random.SeedSequence(seed).spawn(4)
    )
    hand, ring = Hand(), ring_of_cameras(cameras)
    noise = Noise() if noise is None else of_kind(noise, Noise, "synthetic_capture: noise")
    mesh = _the_mug() if mesh is None else _amid_itself(mesh)
    grid = grid_of(mesh)
    truth = reach_and_turn(hand, grid, frames, motion)
    places = hand.keypoints(truth.hand)
    hidden = _hidden(mesh, truth.object, places, ring)
    keypoints_2d, confidences = _seen(places, ring, hidden, noise, occluded, wrong, keypoints)
    keypoints_3d, confidences_3d = _measured(places, noise, occluded, wrong, keypoints)
    return Capture(
        cameras=ring,
        hand=hand,
        mesh=mesh,
        keypoints_2d=keypoints_2d,
        confidences=confidences,
        keypoints_3d=keypoints_3d,
        confidences_3d=confidences_3d,
        cloud=_cloud(grid, hand, truth, ring, points, noise, cloud),
        noise=noise,
        rate=max(frames - 1, 1) / SECONDS,
        start=perturbed(truth, seed=start),
        truth=truth,
    )


def perturbed(
    poses: Poses,
    *,
    degrees: float = 20.0,
    metres: float = 0.05,
    seed: int | np.random.Generator = 0,
) -> Poses:
    """Poses to start from: off by that angle and that far, with relaxed fingers.

    Hand and object each are turned by `degrees` about an axis and shifted by `metres` in a
    direction, drawn once for all frames; the joint angles are those of a hand at rest. Raises
    `TypeError` for what are no poses, and `ValueError` unless both are ≥ 0.
    """
    checked_poses(poses, "perturbed: poses")
    angle = np.deg2rad(at_least_zero(degrees, "perturbed: degrees"))
    metres, rng = at_least_zero(metres, "perturbed: metres"), np.random.default_rng(seed)

    def moved(rotation: Array, translation: Array) -> tuple[Array, Array]:
        axis, way = (v / np.linalg.norm(v) for v in rng.normal(size=(2, 3, 1)))
        return compose(angle * axis + 0 * rotation, rotation), translation + metres * way

    rest = np.repeat(RELAXED[:, None], poses.frames, axis=1)
    return Poses(HandPose(*moved(*poses.hand[:2]), rest), RigidPose(*moved(*poses.object)))


@cache
def _the_mug() -> Mesh:
    """One for all captures, which so share its distance grid."""
    return mug()


def _amid_itself(mesh: Mesh) -> Mesh:
    low, high = checked_mesh(mesh, "synthetic_capture: mesh").bounds
    if (low[:2] > 0).any() or (high[:2] < 0).any():
        raise ValueError(
            "synthetic_capture: mesh must have its own origin within its width and depth, got x "
            f"from {low[0]:.4g} to {high[0]:.4g} and y from {low[1]:.4g} to {high[1]:.4g} m."
        )
    return mesh


def _hidden(mesh: Mesh, pose: RigidPose, places: Array, ring: tuple[Camera, ...]) -> np.ndarray:
    """Which keypoints each camera cannot see for the object, `(cameras, 21, frames)`."""
    inside = pose.locate(places)
    hidden = np.zeros((len(ring), *places.shape[1:]), dtype=bool)
    for c, camera in enumerate(ring):
        eyes = pose.locate(camera.position[:, None])[:, 0]
        for f in range(places.shape[2]):
            hidden[c, :, f] = ~visible(mesh, inside[..., f], eyes[:, f])
    return hidden


def _chosen(shape: tuple, share: float, first: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """That share of an array, at random, but those that `first` says before any others."""
    order = np.argsort(rng.uniform(size=shape).ravel() - first.ravel(), kind="stable")
    chosen = np.zeros(first.size, dtype=bool)
    chosen[order[: max(round(share * first.size), int(first.sum()))]] = True
    return chosen.reshape(shape)


def _seen(places, ring, hidden, noise, occluded, wrong, rng) -> tuple[Array, Array]:
    """What a detector of keypoints says of each picture, and how sure it is."""
    pixels = project(ring, places)
    shape = pixels.shape[1:]
    guessed = _chosen(shape, occluded, hidden, rng)
    mistaken = _chosen(shape, wrong, np.zeros(shape, dtype=bool), rng) & ~guessed
    pixels += rng.normal(0, np.where(guessed, _GUESS, noise.pixels), pixels.shape)
    pixels += mistaken * _away(2, shape, _FAR, rng)
    sure = np.where(guessed, rng.uniform(0.05, 0.3, shape), rng.uniform(0.7, 1.0, shape))
    for c, camera in enumerate(ring):
        sure[c] *= camera.sees(pixels[:, c])
    return pixels, sure


def _measured(places, noise, occluded, wrong, rng) -> tuple[Array, Array]:
    """3-D keypoints, NaN where there are none, and how sure they are."""
    shape, nobody = places.shape[1:], np.zeros(places.shape[1:], dtype=bool)
    missing = _chosen(shape, occluded, nobody, rng)
    mistaken = _chosen(shape, wrong, nobody, rng) & ~missing
    measured = places + rng.normal(0, noise.keypoints, places.shape)
    measured += mistaken * _away(3, shape, _FAR_3D, rng)
    return np.where(missing, np.nan, measured), rng.uniform(0.7, 1.0, shape)


def _away(axes: int, shape: tuple, between: tuple[float, float], rng) -> Array:
    """Shifts in all directions, of lengths between two numbers."""
    way = rng.normal(size=(axes, *shape))
    return way / np.linalg.norm(way, axis=0) * rng.uniform(*between, shape)


def _cloud(grid, hand, truth, ring, points, noise, rng) -> Array:
    """Points of the object that cameras see, some of the hand, all with an error of depth."""
    cloud = np.empty((3, points, truth.frames))
    shares = [len(part) for part in np.array_split(np.arange(points), len(ring))]
    samples, radii = hand.samples(hand.keypoints(truth.hand)), hand.sample_radii
    for f in range(truth.frames):
        pose, seen = truth.frame(f).object, []
        for camera, share in zip(ring, shares, strict=True):
            if share:
                eye = pose.locate(camera.position)
                surface = pose.place(sample_visible(grid.mesh, share, eye, seed=rng).points)
                flesh = rng.integers(samples.shape[1], size=share)
                skin = samples[:, flesh, f]
                skin = skin + radii[flesh] * _towards(skin, camera)
                near = grid(pose.locate(skin)) < _NEAR
                stray = near & (rng.uniform(size=share) < _STRAYS)
                seen.append(np.where(stray, skin, surface))
                seen[-1] += rng.normal(0, noise.depth, share) * _towards(seen[-1], camera)
        cloud[..., f] = np.concatenate(seen, axis=1)
    return cloud


def _towards(points: Array, camera: Camera) -> Array:
    way = camera.position[:, None] - points
    return way / np.linalg.norm(way, axis=0)
