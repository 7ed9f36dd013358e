"""A hand: bones of human length, joints with human limits, and where its 21 keypoints are.

The order is the usual one: the wrist, then four for each finger from the thumb to the little
finger, from the palm to the tip. The hand's own axes, of a right hand: x towards the thumb's
side, y along the fingers, z out of the palm; its origin is the wrist.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coursekit import graphs
from coursekit.arrays import Array, as_floats, positive
from coursekit.graphs import Node
from coursekit.graphs.operations import Value
from coursekit.pose.operations import differentiable
from coursekit.pose.poses import HandPose, place
from coursekit.pose.rotations import as_node

FINGERS = ("thumb", "index", "middle", "ring", "little")
KEYPOINTS = (
    "wrist",
    *(f"thumb {joint}" for joint in ("CMC", "MCP", "IP", "tip")),
    *(f"{finger} {joint}" for finger in FINGERS[1:] for joint in ("MCP", "PIP", "DIP", "tip")),
)
JOINTS = tuple(
    f"{finger} {joint}" for finger in FINGERS for joint in ("flexion", "spread", "second", "third")
)
"""The 20 angles, four for each finger: at its first joint flexion (towards the palm) and spread
(towards the thumb's side; of the thumb itself out of the palm's plane), then flexion of the
second joint and of the third."""

BONES = tuple((0 if i % 4 == 1 else i - 1, i) for i in range(1, 21))
"""The keypoints that each of the 20 bones joins; the first of each finger lies in the palm."""

CHAINS = [[0, *range(first, first + 4)] for first in (1, 5, 9, 13, 17)]
"""The keypoints of each finger from the wrist to its tip: a line that one draws of it."""

# Lengths in mm, means of 66 adults, to 0.1 mm. Buryanov & Kotiuk (2010), "Proportions of hand
# segments", Int. J. Morphol. 28(3), 755–758, https://doi.org/10.4067/S0717-95022010000300015.
# Fingers: proximal, middle and distal phalanx; thumb: metacarpal and two phalanges.
_PHALANGES = np.array(
    [
        [46.2, 31.6, 21.7],
        [39.8, 22.4, 15.8],
        [44.6, 26.3, 17.4],
        [41.4, 25.7, 17.3],
        [32.7, 18.1, 16.0],
    ]
)
_METACARPALS = np.array([68.1, 64.6, 58.0, 53.7])  # of index to little finger
_TIPS = np.array([5.7, 3.8, 4.0, 4.0, 3.7])  # the flesh beyond the last bone
# The wrist's bones, from the end of the radius to the metacarpals: 0.54 of the third metacarpal.
# Youm et al. (1978), J. Bone Joint Surg. Am. 60(4), 423–431.
_CARPUS = 0.54 * 64.6
# How the bones lie in a flat hand is our choice: where the metacarpals begin beside the middle
# one (mm), how they fan out, how far the knuckles arch towards the palm, and the thumb's joint.
_BASE = np.array([10.0, 0.0, -9.0, -17.0])
_FAN = np.deg2rad([8.0, 0.0, -8.0, -16.0])
_ARCH = np.array([2.0, 0.0, 2.0, 6.0])
_THUMB = np.array([22.0, 18.0, 8.0])
_THUMB_ALONG, _THUMB_OUT = np.array([0.80, 0.45, 0.40]), np.array([-0.35, -0.20, 0.92])

# Degrees. Flexion of the fingers: Lin, Wu & Huang (2000), "Modeling the constraints of human hand
# motion", Proc. Workshop on Human Motion, 121–126. Thumb: American Academy of Orthopaedic Surgeons
# (1965), "Joint motion: method of measuring and recording". That each finger spreads by 15° to
# either side is our choice, a round figure.
_LIMITS = np.array(
    [[(-20, 15), (0, 70), (0, 50), (0, 80)], *[[(0, 90), (-15, 15), (0, 110), (0, 90)]] * 4]
)

RELAXED = np.deg2rad([-5, 35, 15, 15, *[25, 0, 35, 20] * 4])
"""The angles of a hand at rest, well within what its joints can do, in radians, `(20,)`."""

# Half the thickness in mm at each keypoint: our choice, round figures of the size of a finger.
_WRIST, _RADII = 15.0, np.array([[13.0, 11.0, 10.0, 4.0], *[[12.0, 9.0, 7.5, 4.0]] * 4])


@dataclass(frozen=True)
class Hand:
    """A right hand of known size: `scale` 1 is the mean of adults.

    Raises `ValueError` unless scale > 0.
    """

    scale: float = 1.0

    def __post_init__(self):
        positive(self.scale, "Hand: scale")

    @property
    def limits(self) -> Array:
        """The smallest and the largest of each joint angle in radians, `(20, 2)`."""
        return np.deg2rad(_LIMITS.reshape(-1, 2))

    @property
    def lengths(self) -> Array:
        """The length of each of the 15 bones that move, in metres, `(15,)`; as in `JOINTS`."""
        lengths = _PHALANGES.copy()
        lengths[:, 2] += _TIPS
        return self.scale * lengths.ravel() / 1000

    @cached_property
    def radii(self) -> Array:
        """Half the thickness at each keypoint in metres, `(21,)`; bones taper in between."""
        return self.scale * np.concatenate([[_WRIST], _RADII.ravel()]) / 1000

    def keypoints(self, pose: HandPose) -> Node | Array:
        """The 21 keypoints in the world, `(3, 21)`, or `(3, 21, frames)` for a sequence.

        The three hinges of a finger are parallel, so their angles add up: with flexion φ, the
        sum up to a bone, and spread σ the bone points to (cos φ sin σ, cos φ cos σ, sin φ) in
        its finger's own axes, and a keypoint is the sum of the bones before it. Given a node
        anywhere in the pose it returns a node. Raises `ValueError` for shapes that do not fit.
        """
        return _keypoints(self, pose.rotation, pose.translation, pose.angles)

    def samples(self, keypoints: Value) -> Node | Array:
        """Points along the bones, `(3, 55, …)`, of keypoints `(3, 21, …)`; see `sample_radii`.

        Raises `ValueError` for another shape.
        """
        if not isinstance(keypoints, Node):
            keypoints = as_floats(keypoints, "Hand.samples: keypoints")
        if keypoints.shape[:2] != (3, 21):
            raise ValueError(f"Hand.samples: keypoints must be (3, 21, …), got {keypoints.shape}.")
        if not isinstance(keypoints, Node):
            return np.tensordot(keypoints, _SAMPLES, axes=(1, 0)).swapaxes(-1, 1)
        three, n = keypoints.shape[:2]
        frames = keypoints.shape[2:]
        mixed = graphs.matmul(_SAMPLES.T, graphs.reshape(keypoints, (three, n, -1)))
        return graphs.reshape(mixed, (three, _SAMPLES.shape[1], *frames))

    @cached_property
    def sample_radii(self) -> Array:
        """Half the thickness in metres at each of the points of `samples`, `(55,)`."""
        return self.radii @ _SAMPLES

    def samples_beyond(self, finger: int, bone: int) -> np.ndarray:
        """Which samples lie on bone 0, 1 or 2 of a finger that moves, or further out, `(55,)`."""
        ends = slice(4 * finger + bone + 2, 4 * finger + 5)
        return _SAMPLES[ends].sum(axis=0) > 0

    @cached_property
    def _rest(self) -> Array:
        """The keypoints of the hand itself with all bones that move left out, `(63, 1)`."""
        y = np.sqrt(_CARPUS**2 - _BASE**2) + _METACARPALS * np.cos(_FAN)
        knuckles = np.stack([_BASE + _METACARPALS * np.sin(_FAN), y, _ARCH])
        roots = np.column_stack([_THUMB, knuckles])
        return (
            self.scale
            * np.column_stack([np.zeros(3), np.repeat(roots, 4, 1)]).reshape(63, 1)
            / 1000
        )

    @cached_property
    def _levers(self) -> Array:
        """(63, 45): how far each bone, by its direction, carries each keypoint."""
        whole = np.zeros((3, 21, 3, 5, 3))  # coordinate, keypoint, axis, finger, bone
        lengths = self.lengths.reshape(5, 3)
        for finger, axes in enumerate(_finger_axes()):
            for bone in range(3):
                beyond = slice(1 + 4 * finger + bone + 1, 1 + 4 * finger + 4)
                whole[:, beyond, :, finger, bone] = lengths[finger, bone] * axes[:, None]
        return whole.reshape(63, 45)


def _finger_axes() -> Array:
    """The axes of each finger as columns, `(5, 3, 3)`: spread, along, flexion."""
    along = np.stack([np.sin(_FAN), np.cos(_FAN), 0 * _FAN])
    side = np.stack([np.cos(_FAN), -np.sin(_FAN), 0 * _FAN])
    fingers = np.stack([side, along, np.broadcast_to([[0.0], [0.0], [1.0]], (3, 4))], 1)
    y = _THUMB_ALONG / np.linalg.norm(_THUMB_ALONG)
    x = _THUMB_OUT - (_THUMB_OUT @ y) * y
    x /= np.linalg.norm(x)
    return np.concatenate([np.stack([x, y, np.cross(x, y)], 1)[None], fingers.transpose(2, 0, 1)])


# (15, 20): the flexion of a bone is the sum of those before it, its spread that of its finger
_FLEXION = np.kron(np.eye(5), [[1.0, 0, 0, 0], [1, 0, 1, 0], [1, 0, 1, 1]])
_SPREAD = np.kron(np.eye(5), [[0.0, 1, 0, 0]] * 3)


@differentiable
def _keypoints(hand: Hand, rotation: Value, translation: Value, angles: Value) -> Node:
    angles = as_node(angles, "Hand.keypoints: angles", 20)
    flexion, spread = graphs.matmul(_FLEXION, angles), graphs.matmul(_SPREAD, angles)
    level = graphs.cos(flexion)
    directions = [level * graphs.sin(spread), level * graphs.cos(spread), graphs.sin(flexion)]
    moved = graphs.matmul(hand._levers, graphs.concatenate(directions))
    moved = moved + hand._rest.reshape(-1, *(1,) * (len(angles.shape) - 1))
    return place(rotation, translation, graphs.reshape(moved, (3, 21, *angles.shape[1:])))


def _sample_weights() -> Array:
    """(21, 55): three points along each bone, the far end among them except at a tip."""
    columns = []
    for start, end in BONES:
        shares = (0.5, 0.75, 1.0) if start == 0 else (0.33, 0.67, 1.0)
        for share in shares[: 2 if end in (4, 8, 12, 16, 20) else 3]:
            column = np.zeros(21)
            column[start], column[end] = 1 - share, share
            columns.append(column)
    return np.stack(columns, axis=1)


_SAMPLES = _sample_weights()
