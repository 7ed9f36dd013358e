"""How far poses are from the truth: in degrees and millimetres."""

from dataclasses import dataclass

import numpy as np

from coursekit.arrays import Array
from coursekit.pose.hand import Hand
from coursekit.pose.poses import Poses, checked_poses
from coursekit.pose.rotations import angle_between

MEASURES = {
    "hand_rotation": ("hand rotation", "°"),
    "hand_translation": ("hand translation", "mm"),
    "keypoints": ("keypoints", "mm"),
    "object_rotation": ("object rotation", "°"),
    "object_translation": ("object translation", "mm"),
}
"""The fields of `PoseErrors`, each with its name in words and its unit."""


@dataclass(frozen=True, eq=False)
class PoseErrors:
    """How far poses are from the truth, in each frame, `(frames,)`.

    Rotations in degrees, translations in millimetres; `keypoints` is the mean distance of the
    21 keypoints from the true ones, in millimetres. `mean(name)` is that over the frames.
    """

    hand_rotation: Array
    hand_translation: Array
    keypoints: Array
    object_rotation: Array
    object_translation: Array

    def mean(self, name: str) -> float:
        """The mean over the frames of one measure, such as "keypoints"."""
        if name not in MEASURES:
            raise ValueError(f"PoseErrors has {', '.join(MEASURES)}, got {name!r}.")
        return float(getattr(self, name).mean())

    def __str__(self) -> str:
        return "\n".join(
            f"{words:20} {self.mean(name):8.2f} {unit}" for name, (words, unit) in MEASURES.items()
        )

    __repr__ = __str__


def pose_errors(poses: Poses, truth: Poses, hand: Hand) -> PoseErrors:
    """How far `poses` are from `truth`, frame by frame.

    Raises `TypeError` for what are no poses, and `ValueError` where their arrays do not fit
    together or they have different numbers of frames.
    """
    checked_poses(poses, "pose_errors: poses")
    checked_poses(truth, "pose_errors: truth")
    if poses.frames != truth.frames:
        raise ValueError(
            f"pose_errors needs poses for the {truth.frames} frames of truth, got {poses.frames}."
        )
    keypoints = hand.keypoints(poses.hand) - hand.keypoints(truth.hand)

    def turned(body: str) -> Array:
        both = (getattr(which, body).rotation for which in (poses, truth))
        return np.rad2deg(angle_between(*both))

    def shifted(body: str) -> Array:
        return 1000 * _length(getattr(poses, body).translation - getattr(truth, body).translation)

    return PoseErrors(
        hand_rotation=turned("hand"),
        hand_translation=shifted("hand"),
        keypoints=1000 * _length(keypoints).mean(axis=0),
        object_rotation=turned("object"),
        object_translation=shifted("object"),
    )


def _length(vectors: Array) -> Array:
    return np.sqrt((vectors**2).sum(axis=0))
