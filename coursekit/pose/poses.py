"""Where a hand and an object are, in one frame or in all frames of a sequence."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from coursekit import graphs
from coursekit.arrays import Array, all_finite, as_floats, of_kind
from coursekit.graphs import Node
from coursekit.graphs.operations import Value
from coursekit.pose.operations import differentiable
from coursekit.pose.rotations import apply_matrix, as_node, rotation_matrix

ANGLES = 20  # joint angles of a hand
NUMBERS = 3 + 3 + ANGLES + 3 + 3  # that settle one frame


class RigidPose(NamedTuple):
    """A rotation and a shift, from a body's own coordinates to those of the world.

    `rotation` is a rotation vector `(3,)` and `translation` `(3,)` in metres; both are
    `(3, frames)` for a sequence. Either may be a node.
    """

    rotation: Value
    translation: Value

    def place(self, points: Value) -> Node | Array:
        """R p + t: points `(3,)`, `(3, n)` or `(3, n, frames)` of the body in the world."""
        return place(self.rotation, self.translation, points)

    def locate(self, points: Value) -> Node | Array:
        """Rᵀ (p − t): points of the world, seen from the body; the way back."""
        return locate(self.rotation, self.translation, points)


class HandPose(NamedTuple):
    """Where a hand is, as in `RigidPose`, and its 20 joint angles in radians, `(20, …)`."""

    rotation: Value
    translation: Value
    angles: Value


class Poses(NamedTuple):
    """The poses of the hand and of the object in all frames: all that a fit looks for."""

    hand: HandPose
    object: RigidPose

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return np.shape(self.hand.rotation)[1]

    def flat(self) -> Array:
        """All numbers as one point `(32 · frames,)`: 32 rows of frames, one after the other.

        The rows: hand rotation (3) and translation (3), joint angles (20), object rotation (3)
        and translation (3). `Poses.from_flat` is the way back. Raises `ValueError` for shapes
        that do not fit and for what is not finite.
        """
        return np.concatenate(_rows(self, "Poses")).ravel()

    @classmethod
    def from_flat(cls, x: Value) -> "Poses":
        """The poses that a point `(32 · frames,)` stands for; of a node, poses made of nodes."""
        x = x if isinstance(x, Node) else as_floats(x, "Poses.from_flat: x")
        if x.shape == () or len(x.shape) > 1 or x.shape[0] % NUMBERS or not x.shape[0]:
            raise ValueError(
                f"Poses.from_flat needs {NUMBERS} numbers for each frame, got shape {x.shape}."
            )
        rows = graphs.reshape(x, (NUMBERS, -1)) if isinstance(x, Node) else x.reshape(NUMBERS, -1)
        ends = np.cumsum((0, *_SIZES))
        parts = [rows[a:b] for a, b in pairwise(ends)]
        return cls(HandPose(*parts[:3]), RigidPose(*parts[3:]))

    def part(self, start: int, stop: int) -> "Poses":
        """The poses of the frames from `start` on to the one before `stop`."""
        hand, thing = ([value[:, start:stop] for value in part] for part in self)
        return Poses(HandPose(*hand), RigidPose(*thing))

    def frame(self, number: int) -> "Poses":
        """The poses of one frame alone: arrays `(3,)` and `(20,)`."""
        hand, thing = ([value[:, number] for value in part] for part in self)
        return Poses(HandPose(*hand), RigidPose(*thing))

    @classmethod
    def of_frames(cls, frames: Sequence["Poses"]) -> "Poses":
        """Poses of one frame each, as `frame` gives them, one after the other."""
        hand, thing = (zip(*bodies, strict=True) for bodies in zip(*frames, strict=True))
        return cls(
            HandPose(*(np.stack(part, axis=1) for part in hand)),
            RigidPose(*(np.stack(part, axis=1) for part in thing)),
        )


_SIZES = (3, 3, ANGLES, 3, 3)


def checked_poses(poses: Poses, name: str) -> Poses:
    """`poses` of a sequence, themselves; raises `TypeError` where they are none, and
    `ValueError` for shapes that do not fit and for what is not finite."""
    _rows(of_kind(poses, Poses, name), name)
    return poses


def _rows(poses: Poses, name: str) -> list[Array]:
    """All arrays of the poses as floats, each `(…, frames)`."""
    rows, shape = [], np.shape(poses.hand.rotation)
    frames = shape[1] if len(shape) == 2 else "frames"
    for value, size in zip((*poses.hand, *poses.object), _SIZES, strict=True):
        value = all_finite(as_floats(value, f"{name}: each array"), f"{name}: each array")
        if value.shape != (size, frames):
            raise ValueError(
                f"{name}: rotations and translations must be (3, {frames}) and angles "
                f"({ANGLES}, {frames}), got {value.shape}."
            )
        rows.append(value)
    return rows


@differentiable
def place(rotation: Value, translation: Value, points: Value) -> Node | Array:
    """R p + t; see `RigidPose.place`."""
    turned = apply_matrix(rotation_matrix(_node(rotation)), points, "place")
    turned, shift = _side_by_side(turned, translation, "place")
    return turned + shift


@differentiable
def locate(rotation: Value, translation: Value, points: Value) -> Node | Array:
    """Rᵀ (p − t); see `RigidPose.locate`."""
    points, shift = _side_by_side(as_node(points, "locate: points"), translation, "locate")
    return apply_matrix(rotation_matrix(-_node(rotation)), points - shift, "locate")


def _node(rotation: Value) -> Node:
    return as_node(rotation, "rotation")


def _side_by_side(points: Node, translation: Value, name: str) -> tuple[Node, Node]:
    """Both with axes for points and for frames where either has frames, ready to be added."""
    translation = as_node(translation, "translation")
    if len(translation.shape) == 2 and len(points.shape) < 3:  # the same points in every frame
        points = graphs.reshape(points, (3, -1, 1))
    here, there = points.shape[2:], translation.shape[1:]
    if here and there and len({1, *here, *there}) > 2:
        raise ValueError(
            f"{name} needs a translation for each frame of the points, got {there[0]} for points "
            f"{points.shape}."
        )
    middle = (1,) * (len(points.shape) - len(translation.shape))
    return points, graphs.reshape(translation, (3, *middle, *there))
