"""The residuals behind the losses: how far each thing measured is from what the poses say.

    loss = Σ over the terms of  weight · Σ residual²

Each residual is a difference divided by the standard deviation σ that it should have, so it is
a pure number: L2D from pixels, L3D and LSDF from metres. A term that fits has a loss of about
the number of its residuals. They are the same numbers for Adam, which sees the loss, and for a
least-squares solver, which sees them one by one: a robust loss ρ(r²) is the square of a residual
r √(ρ(r²) / r²).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coursekit import graphs
from coursekit.arrays import Array, positive
from coursekit.graphs import Node, Operation, apply
from coursekit.pose.cameras import project
from coursekit.pose.capture import Capture
from coursekit.pose.poses import Poses
from coursekit.pose.rotations import compose

TERMS = ("L2D", "L3D", "LSDF", "Lsmooth", "Llimits")


@dataclass(frozen=True)
class Scales:
    """The standard deviations that stand under the residuals, besides those of `Noise`.

    `huber`: from how many σ on a residual counts with its length and no longer with its square.
    `contact`: that of a finger's depth inside the object, in metres. `shift`, `turn` and `bend`:
    those of accelerations, of places in m/s², of rotations and of joint angles in rad/s².
    `limit`: that of a joint angle beyond its limit, in radians.

    Raises `ValueError` unless all are > 0; `huber=inf` leaves plain squares.
    """

    huber: float = 2.0
    contact: float = 0.002
    shift: float = 2.0
    turn: float = 15.0
    bend: float = 30.0
    limit: float = float(np.deg2rad(2))

    def __post_init__(self):
        for name in ("contact", "shift", "turn", "bend", "limit"):
            positive(getattr(self, name), f"Scales: {name}")
        if self.huber != np.inf:
            positive(self.huber, "Scales: huber")


class Measured(NamedTuple):
    """A capture as the residuals want it: NaN replaced, and the square roots of the weights."""

    keypoints_2d: Node
    root_2d: Array
    keypoints_3d: Node
    root_3d: Array
    cloud: Node
    root_cloud: Array


def measured(capture: Capture) -> Measured:
    """What a fit needs of a capture again and again."""

    def known(array: Array) -> Node:
        return Node(np.nan_to_num(array, nan=0.0), graphs.CONSTANT)

    cloud = capture.cloud.copy()
    cloud[:, capture.cloud_weights == 0] = np.nan
    return Measured(
        known(capture.keypoints_2d),
        np.sqrt(capture.confidences),
        known(capture.keypoints_3d),
        np.sqrt(capture.confidences_3d),
        known(cloud),
        np.sqrt(capture.cloud_weights),
    )


# --- robust residuals -----------------------------------------------------------------------


def _shrinking(squared: Array, huber: float) -> Array:
    """√(ρ(s) / s) for Huber's ρ: 1 up to s = δ², then √(2δ/√s − δ²/s)."""
    length = np.sqrt(np.maximum(squared, huber**2)) if huber < np.inf else 1.0
    share = huber / length if huber < np.inf else np.ones_like(squared)
    return np.sqrt(share * (2 - share))


def _counted(e: Array, root: Array) -> Array:
    """`e`, but 0 where it has no weight: there it may be NaN, of a point behind a camera."""
    return e if np.isfinite(e).all() else np.where(root > 0, e, 0)


def _robust(e: Array, root: Array, huber: float) -> Array:
    e = _counted(e, root)
    return e * (root * _shrinking(np.einsum("i...,i...->...", e, e), huber))


def _robust_slope(g: Array, out: Array, e: Array, root: Array, huber: float) -> Array:
    """f g + (df/ds) 2 (g·e) e, with s = e·e and f = √(ρ(s) / s)."""
    e = _counted(e, root)
    squared = np.einsum("i...,i...->...", e, e)
    factor = _shrinking(squared, huber)
    far = squared > huber**2
    if not far.any():
        return g * (root * factor)
    share = huber / np.sqrt(np.where(far, squared, 1))
    # 2 df/ds = (share² − share) / (s f)
    bend = np.where(far, (share**2 - share) / (np.where(far, squared, 1) * factor), 0)
    return root * (factor * g + bend * np.einsum("i...,i...->...", g, e) * e)


_ROBUST = Operation(_robust, (_robust_slope, lambda *_, **__: np.zeros(())))


def robust(e: Node, root: Array, huber: float) -> Node:
    """√weight · e · √(ρ(|e|²) / |e|²), shaped like e `(k, …)`, whose columns are vectors.

    Its squares add up to weight · ρ(|e|²), Huber's loss of the length of each column e:

        ρ(s) = s where s ≤ δ², else 2 δ √s − δ²          δ = `huber`, `root` = √weight `(…)`

    Twice chapter 01's `huber_loss`, as a square r² is twice its ½ r². It is smooth at e = 0, as
    √ρ itself would not be. What has no weight gives 0, whatever it is, NaN included.
    """
    return apply(_ROBUST, e, Node(root, graphs.CONSTANT), huber=huber)


# --- the terms ------------------------------------------------------------------------------


def l2d(capture: Capture, data: Measured, keypoints: Node, scales: Scales) -> list[Node]:
    """Projected minus detected keypoints, in pixels / σ: `(2, cameras, 21, frames)`."""
    apart = (project(capture.cameras, keypoints) - data.keypoints_2d) / capture.noise.pixels
    return [robust(apart, data.root_2d, scales.huber)]


def l3d(capture: Capture, data: Measured, keypoints: Node, scales: Scales) -> list[Node]:
    """Keypoints minus 3-D keypoints, in metres / σ: `(3, 21, frames)`."""
    apart = (keypoints - data.keypoints_3d) / capture.noise.keypoints
    return [robust(apart, data.root_3d, scales.huber)]


def lsdf(
    capture: Capture, data: Measured, poses: Poses, keypoints: Node, scales: Scales
) -> list[Node]:
    """How far the cloud is from the posed mesh, `(1, points, frames)`, in metres / σ; and how
    deep the hand is inside of it, `(55, frames)`: radius − distance where that is > 0."""
    points = graphs.concatenate([data.cloud, capture.hand.samples(keypoints)], axis=1)
    distance = capture.grid(poses.object.locate(points))
    n = data.cloud.shape[1]
    off = graphs.reshape(distance[:n] / capture.noise.depth, (1, n, -1))
    depth = capture.hand.sample_radii[:, None] - distance[n:]
    return [robust(off, data.root_cloud, scales.huber), graphs.relu(depth) / scales.contact]


def lsmooth(poses: Poses, rate: float, scales: Scales) -> list[Node]:
    """Accelerations of places, joint angles and rotations, from three frames each, / σ.

        (x₍t+1₎ − 2 x₍t₎ + x₍t−1₎) · rate²      and for rotations  (ω₍t₎ − ω₍t−1₎) · rate²

    with ω₍t₎ the rotation from frame t to t + 1, seen from frame t: a steady turn costs nothing
    however far it goes, and nothing depends on which of its many vectors a rotation has.
    """
    hand, thing = poses
    shift, turn, bend = (rate**2 / scale for scale in (scales.shift, scales.turn, scales.bend))
    steps = [compose(-r[:, :-1], r[:, 1:]) for r in (hand.rotation, thing.rotation)]
    return [
        *(_second(moved) * shift for moved in (hand.translation, thing.translation)),
        _second(hand.angles) * bend,
        *((step[:, 1:] - step[:, :-1]) * turn for step in steps),
    ]


def llimits(capture: Capture, poses: Poses, scales: Scales) -> list[Node]:
    """How far joint angles are beyond their limits, in radians / σ: `(20, frames)` twice."""
    low, high = capture.hand.limits.T[..., None]
    angles = poses.hand.angles
    return [graphs.relu(part) / scales.limit for part in (low - angles, angles - high)]


def _second(x: Node) -> Node:
    return x[:, 2:] - 2 * x[:, 1:-1] + x[:, :-2]
