"""Rotations as rotation vectors: the direction is the axis, the length the angle in radians.

    rotate((0, 0, np.pi / 2), (1, 0, 0))      # array([0., 1., 0.]), but for rounding

A rotation vector is `(3,)`, or `(3, …)` for many, frames last; points are `(3, n)`, or
`(3, n, frames)` with a rotation for each frame. All functions but `rotation_vector` and
`angle_between` take nodes, too, and have the right derivative everywhere, 0 and π included.
"""

import numpy as np
from numpy.typing import ArrayLike

from coursekit import graphs
from coursekit.arrays import Array, all_finite, as_floats
from coursekit.graphs import Node
from coursekit.graphs.operations import Value
from coursekit.pose.operations import arc_over, differentiable, product, sine_over

_CROSS = np.zeros((3, 3, 3))  # [v]× = _CROSS · v, the matrix with [v]× p = v × p
_CROSS[(2, 0, 1), (1, 2, 0), (0, 1, 2)] = 1
_CROSS[(1, 2, 0), (2, 0, 1), (0, 1, 2)] = -1


@differentiable
def rotation_matrix(rotation: Value) -> Node | Array:
    """The matrix of a rotation vector r, `(3, …)` -> `(3, 3, …)`.

        R = exp [r]× = cos θ · I + (sin θ / θ) [r]× + ((1 − cos θ) / θ²) r rᵀ,     θ = |r|

    All three factors are power series in θ² = r·r, so that nothing is divided by 0 at r = 0, in
    the value or in the derivative. Raises `ValueError` where the first axis is not 3.

    Source: Rodrigues (1840), J. Math. Pures Appl. 5, 380–440.
    """
    r = as_node(rotation, "rotation_matrix: rotation")
    squared = graphs.sum(r * r, axis=0)
    along = sine_over(squared / 4) ** 2 / 2  # (1 − cos θ) / θ² = ½ (sin ½θ / ½θ)²
    cosine = 1 - squared * along
    turned = product("ijk,k...->ij...", _CROSS, r * sine_over(squared))
    outer = product("i...,j...->ij...", r, r * along)
    return cosine * np.eye(3).reshape(3, 3, *(1,) * len(squared.shape)) + turned + outer


@differentiable
def rotate(rotation: Value, points: Value) -> Node | Array:
    """R p for every point, `(3,)`, `(3, n)` or `(3, n, frames)`.

    With one rotation `(3,)` it turns all points; with `(3, frames)` the points of each frame,
    and points `(3, n)` are turned into every frame, `(3, n, frames)`. Raises `ValueError` for
    other shapes.
    """
    return apply_matrix(rotation_matrix(rotation), points, "rotate")


def apply_matrix(matrix: Node | Array, points: Value, name: str) -> Node:
    """`matrix` `(3, 3)` or `(3, 3, frames)` times points, as in `rotate`."""
    points = as_node(points, f"{name}: points")
    frames = matrix.shape[2:]
    if len(frames) > 1 or len(points.shape) > 3:
        raise ValueError(
            f"{name} needs rotations (3,) or (3, frames) and points (3,), (3, n) or "
            f"(3, n, frames), got rotations {(3, *frames)} and points {points.shape}."
        )
    if not frames:
        turned = graphs.matmul(matrix, graphs.reshape(points, (3, -1)))
        return graphs.reshape(turned, points.shape)
    if len(points.shape) < 3:  # the same points in every frame
        points = graphs.reshape(points, (3, -1, 1))
    elif points.shape[2] != frames[0]:
        raise ValueError(
            f"{name} needs a rotation for each frame of the points, got {frames[0]} for "
            f"points {points.shape}."
        )
    return product("ijt,jnt->int", matrix, points)


@differentiable
def compose(second: Value, first: Value) -> Node | Array:
    """The rotation vector of R(second) R(first): first `first`, then `second`; both `(3, …)`.

        q = q₂ q₁ as quaternions (cos ½θ, sin ½θ · axis),     r = 2 arccos w / √(1 − w²) · v

    The angle of the result is at most π; at π itself the vector jumps to the opposite one, the
    same rotation, and has no derivative. `compose(-a, b)` is the rotation from a to b, seen
    from a. Raises `ValueError` for shapes that do not fit.
    """
    v2, w2 = _half_angle(as_node(second, "compose: second"))
    v1, w1 = _half_angle(as_node(first, "compose: first"))
    w = w2 * w1 - graphs.sum(v2 * v1, axis=0)
    crossed = product("ij...,j...->i...", product("ijk,k...->ij...", _CROSS, v2), v1)
    v = w2 * v1 + w1 * v2 + crossed
    side = np.where(w.value < 0, -1.0, 1.0)  # q and −q are one rotation; take the shorter way
    return 2 * side * arc_over(side * w) * v


def _half_angle(r: Node) -> tuple[Node, Node]:
    """sin ½θ · axis and cos ½θ, the parts of a unit quaternion."""
    squared = graphs.sum(r * r, axis=0)
    v = r * (sine_over(squared / 4) / 2)
    return v, 1 - squared / 8 * sine_over(squared / 16) ** 2  # cos ½θ = 1 − 2 sin² ¼θ


def rotation_vector(matrix: ArrayLike) -> Array:
    """The rotation vector of a rotation matrix, `(3, 3, …)` -> `(3, …)`, of length ≤ π.

    Through the unit quaternion whose largest part comes from a square root of a number ≥ 1, so
    that it is exact near 0 and near π alike. At π the axis points either way. Raises
    `ValueError` for what is not a rotation: R Rᵀ = I, det R = 1, both within 1e-6.

    Source: Shepperd (1978), J. Guidance and Control 1(3), 223–224.
    """
    m = all_finite(as_floats(matrix, "rotation_vector: matrix"), "rotation_vector: matrix")
    _check_rotation(m)
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    # 4 q qᵀ for the quaternion q = (w, x, y, z); every column is a multiple of q
    outer = np.empty((4, 4, *m.shape[2:]))
    outer[0, 0] = 1 + trace
    outer[0, 1:] = outer[1:, 0] = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
    identity = np.eye(3).reshape(3, 3, *(1,) * trace.ndim)
    outer[1:, 1:] = m + np.swapaxes(m, 0, 1) + (1 - trace) * identity
    largest = np.einsum("ii...->i...", outer).argmax(axis=0)
    q = np.take_along_axis(outer, largest[None, None], axis=1)[:, 0]
    q = q * np.where(q[0] < 0, -1, 1) / np.sqrt((q**2).sum(axis=0))
    sine = np.sqrt((q[1:] ** 2).sum(axis=0))
    return q[1:] * np.where(sine > 0, 2 * np.arctan2(sine, q[0]) / np.where(sine > 0, sine, 1), 2)


def angle_between(a: ArrayLike, b: ArrayLike) -> Array:
    """The angle in radians, 0 to π, by which rotation vectors a and b `(3, …)` differ: `(…)`."""
    return np.sqrt((compose(-as_floats(a, "angle_between: a"), b) ** 2).sum(axis=0))


def as_node(value: Value, name: str, axis: int = 3) -> Node:
    """`value` as a node whose first axis has length `axis`; `ValueError` otherwise."""
    value = value if isinstance(value, Node) else as_floats(value, name)
    if not value.shape or value.shape[0] != axis:
        raise ValueError(
            f"{name} must have {axis} coordinates along the first axis, got shape {value.shape}."
        )
    return value if isinstance(value, Node) else Node(value, graphs.CONSTANT)


def _check_rotation(m: Array) -> None:
    if m.shape[:2] != (3, 3):
        raise ValueError(f"rotation_vector: matrix must be (3, 3) or (3, 3, …), got {m.shape}.")
    square = np.einsum("ij...,kj...->ik...", m, m)
    identity = np.eye(3).reshape(3, 3, *(1,) * (m.ndim - 2))
    handed = np.einsum("i...,i...->...", m[0], np.cross(m[1], m[2], axis=0))
    if (np.abs(square - identity) > 1e-6).any() or (handed < 0).any():
        raise ValueError(
            "rotation_vector: matrix must be a rotation, R Rᵀ = I and det R = 1, got one with "
            f"R Rᵀ off by {np.abs(square - identity).max():.2g} and det {handed.min():.2g}."
        )
