"""What the synthetic hand really does: it reaches for an object, takes it, lifts it, turns it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array
from coursekit.pose.distance_grid import DistanceGrid
from coursekit.pose.hand import FINGERS, RELAXED, Hand
from coursekit.pose.poses import HandPose, Poses, RigidPose
from coursekit.pose.rotations import compose, rotate, rotation_vector

_AIR = 0.001  # m between palm and object when the fingers close
_SIDEWAYS, _ALONG = 0.010, 0.080  # where in the palm the object's middle comes to lie, m


def _degrees(thumb: tuple, *fingers: tuple) -> Array:
    return np.deg2rad(np.concatenate([thumb, *fingers]))


_OPEN = _degrees((-10, 50, 5, 10), (5, 2, 10, 5), (5, 0, 10, 5), (5, -2, 10, 5), (5, -6, 10, 5))
_SHUT = _degrees(
    (15, 60, 50, 60), (80, 2, 90, 60), (80, 0, 90, 60), (80, -2, 90, 60), (80, -6, 90, 60)
)


def minimum_jerk(time: Array, start: float, end: float) -> Array:
    """From 0 until `start` to 1 from `end` on, as smoothly as hands move: 10u³ − 15u⁴ + 6u⁵.

    Source: Flash & Hogan (1985), https://doi.org/10.1523/JNEUROSCI.05-07-01688.1985.
    """
    u = np.clip((time - start) / (end - start), 0, 1)
    return u**3 * (10 - 15 * u + 6 * u**2)


def reach_and_turn(hand: Hand, grid: DistanceGrid, frames: int, rng: np.random.Generator) -> Poses:
    """The poses over `frames`; the object stands on z = 0 at first, its own origin on the z axis.

    Until 42 % of the time the hand comes near, from 38 to 58 % the fingers close until they
    touch, then it lifts the object by 10 to 15 cm until 85 %, and from 62 % to the end it turns
    it by 45° to 65°.
    """
    time = np.linspace(0, 1, frames)
    near, closed = minimum_jerk(time, 0, 0.42), minimum_jerk(time, 0.38, 0.58)
    lifted, turned = minimum_jerk(time, 0.56, 0.85), minimum_jerk(time, 0.62, 1.0)
    straight = minimum_jerk(time, 0, 0.30)  # sideways it is there first, not to knock it over

    bottom = grid.mesh.bounds[0][2]
    yaw = np.array([0, 0, rng.uniform(-0.4, 0.4)])
    lift = np.array([*rng.uniform(-0.05, 0.05, 2), rng.uniform(0.10, 0.15)])
    turn = np.deg2rad(rng.uniform(45, 65)) * _unit((rng.normal(0, 0.3), 1, 0))
    object_rotation = compose(turn[:, None] * turned, yaw[:, None] + 0 * time)
    object_translation = np.array([[0], [0], [-bottom]]) + lift[:, None] * lifted

    rotation, translation, touching = grasp(hand, grid)
    away = np.array([rng.uniform(-0.24, -0.18), rng.uniform(0.04, 0.10), rng.uniform(0.02, 0.08)])
    tilt = np.deg2rad(rng.uniform(20, 35)) * _unit(rng.normal(size=3))
    to_go = np.stack([1 - near, 1 - straight, 1 - straight])
    offset = translation[:, None] + away[:, None] * to_go
    held = compose(rotation[:, None] + 0 * time, tilt[:, None] * (1 - straight))
    angles = (
        RELAXED[:, None] * (1 - straight)
        + _OPEN[:, None] * (straight - closed)
        + touching[:, None] * closed
    )
    # the hand is placed as seen from the object, and goes where that goes
    moved = rotate(object_rotation, offset[:, None])[:, 0] + object_translation
    return Poses(
        HandPose(compose(object_rotation, held), moved, angles),
        RigidPose(object_rotation, object_translation),
    )


def grasp(hand: Hand, grid: DistanceGrid) -> tuple[Array, Array, Array]:
    """A hand around an object, in the frame of that: rotation, translation and joint angles.

    The thumb is up (z), the palm looks along x. The open hand comes along x until only a
    millimetre of air is left; then each finger closes until a part of it touches, and what
    lies beyond that part goes on until it touches, too.
    """
    rotation = rotation_vector(np.array([[0.0, 0, 1], [0, -1, 0], [1, 0, 0]]))
    middle = np.mean(grid.mesh.bounds, axis=0)

    def place(distance: float) -> Array:
        return middle + np.array([-distance, _ALONG, _SIDEWAYS])

    def air(distance: float, angles: Array) -> Array:
        """How far each sample of the hand is from the object, at that distance of the wrist."""
        keypoints = hand.keypoints(HandPose(rotation, place(distance), angles))
        return grid(hand.samples(keypoints)) - hand.sample_radii

    far = 0.2 + grid.mesh.bounds[1][0] - middle[0]
    distance = _last(far, 0.0, lambda distance: air(distance, _OPEN).min() > _AIR)
    angles = _OPEN.copy()
    for finger in range(len(FINGERS)):
        for bone, joint in enumerate((0, 2, 3)):
            joints = slice(4 * finger + joint, 4 * finger + 4)
            out = hand.samples_beyond(finger, bone)
            way = np.zeros_like(angles)
            way[joints] = _SHUT[joints] - angles[joints]

            def free(share, at=angles, way=way, out=out):
                return air(distance, at + share * way)[out].min() > 0

            angles = angles + _last(0.0, 1.0, free) * way
    return rotation, place(distance), angles


def _last(start: float, end: float, holds: Callable[[float], bool]) -> float:
    """The last of 200 places on the way from `start` to `end` before `holds` fails."""
    kept = start
    for place in np.linspace(start, end, 200):
        if not holds(place):
            break
        kept = place
    return kept


def _unit(v: ArrayLike) -> Array:
    return np.asarray(v) / np.linalg.norm(v)
