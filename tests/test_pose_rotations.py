"""Rotation vectors: against SciPy and OpenCV, at 0 and at π, and with their derivatives."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit import graphs
from coursekit.gradcheck import check_gradient
from coursekit.graphs import Node, backward
from coursekit.pose.operations import arc_over, product, sine_over
from coursekit.pose.poses import HandPose, Poses, RigidPose
from coursekit.pose.rotations import (
    angle_between,
    compose,
    rotate,
    rotation_matrix,
    rotation_vector,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "pose.json").read_text("utf-8"))
TURNS = {name: np.array(value) for name, value in GOLDEN["rotations"].items()}
LENGTHS = np.linalg.norm(TURNS["vectors"], axis=0)

seeds = st.integers(0, 2**32 - 1)
vectors = st.tuples(seeds, st.floats(0, np.pi - 1e-6)).map(
    lambda drawn: drawn[1] * _unit(np.random.default_rng(drawn[0]).normal(size=3))
)


def _unit(v):
    return v / np.linalg.norm(v)


def graded(function, x):
    """`check_gradient` for Σ w · function(x), with weights that nothing cancels in."""
    w = np.random.default_rng(3).normal(size=function(np.asarray(x, dtype=float)).shape)

    def gradient(x):
        node = Node(x)
        return backward(graphs.sum(w * function(node)))[node]

    return check_gradient(lambda x: float((w * function(x)).sum()), gradient, x, tolerance=1e-7)


# --- against SciPy and OpenCV ---------------------------------------------------------------


def test_a_matrix_is_scipys():
    ours = rotation_matrix(TURNS["vectors"])
    np.testing.assert_allclose(ours, TURNS["matrices"], rtol=0, atol=2e-15)


def test_the_way_back_is_exact_near_0_and_near_pi():
    """SciPy's matrices, rounded, back to the vectors that they came from."""
    np.testing.assert_allclose(
        rotation_vector(TURNS["matrices"]), TURNS["vectors"], rtol=1e-12, atol=3e-15
    )


def test_one_after_the_other_is_scipys():
    ours = compose(TURNS["others"], TURNS["vectors"])
    np.testing.assert_allclose(ours, TURNS["composed"], rtol=0, atol=5e-15)
    angles = angle_between(TURNS["others"], TURNS["vectors"])
    np.testing.assert_allclose(angles, TURNS["angles"], rtol=1e-13)


@pytest.mark.parametrize("case", range(len(LENGTHS)), ids=[f"{length:g}" for length in LENGTHS])
def test_the_derivative_of_a_matrix_is_opencvs(case):
    """All nine elements by all three numbers; OpenCV's own lose digits near 0."""
    for element in range(9):
        r = Node(TURNS["vectors"][:, case])
        slope = backward(graphs.reshape(rotation_matrix(r), (9,))[element])[r]
        np.testing.assert_allclose(slope, TURNS["derivatives"][case][element], rtol=0, atol=1e-8)


# --- derivatives, measured ------------------------------------------------------------------

AXES = {"x": (1, 0, 0), "slanted": _unit(np.array([1.0, -2.0, 0.5]))}
ANGLES = (
    *(0.0, 1e-300, 1e-12, 1e-9, 1e-5, 1e-3, 0.5, 0.9999, 1.0001, 2.0),
    *(np.pi - 1e-7, np.pi, np.pi + 1e-3, 5.0, 2 * np.pi - 1e-9, 2 * np.pi, 3 * np.pi),
)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("angle", ANGLES)
def test_the_gradient_through_a_rotation(axis, angle):
    r = angle * np.array(AXES[axis], dtype=float)
    assert graded(rotation_matrix, r).ok
    points = np.random.default_rng(1).normal(size=(3, 4))
    assert graded(lambda r: rotate(r, points), r).ok
    assert graded(lambda p: rotate(r, p), points).ok


@pytest.mark.parametrize("angle", ANGLES)
def test_the_gradient_through_a_composition(angle):
    """The second rotation given, and the relative rotation of two that are nearly one."""
    r, other = angle * AXES["slanted"], np.array([0.3, 0.2, -0.4])
    assert graded(lambda r: compose(other, r), r).ok
    assert graded(lambda r: compose(r, other), r).ok
    near = r + 1e-6 * other
    assert graded(lambda near: compose(-r, near), near).ok
    assert graded(lambda both: compose(-both[:, 0], both[:, 1]), np.stack([r, near], 1)).ok


@pytest.mark.parametrize("s", [0.0, 1e-12, 0.01, 0.99, 1.0, 1.01, 4.0, 9.8, 30.0])
def test_sine_over(s):
    root = np.sqrt(s)
    expected = np.sin(root) / root if s else 1.0
    assert float(sine_over(s).value) == pytest.approx(expected, rel=1e-15)
    at = Node(s)
    # (cos √s − sin √s / √s) / 2s, by its own power series where that cancels
    slope = -1 / 6 + s / 60 - s**2 / 1680 if s < 0.1 else (np.cos(root) - expected) / (2 * s)
    assert float(backward(sine_over(at))[at]) == pytest.approx(slope, rel=1e-9)


@pytest.mark.parametrize("w", [1.0, 1 - 1e-12, 0.99, 0.7501, 0.75, 0.7499, 0.3, 0.0, -0.9])
def test_arc_over(w):
    expected = np.arccos(w) / np.sqrt((1 - w) * (1 + w)) if w < 1 else 1.0
    at, u = Node(w), 1 - w
    assert float(arc_over(at).value) == pytest.approx(expected, rel=1e-14)
    slope = -1 / 3 - 4 * u / 15 if u < 1e-6 else (w * expected - 1) / ((1 - w) * (1 + w))
    assert float(backward(arc_over(at))[at]) == pytest.approx(slope, rel=1e-11)


@pytest.mark.parametrize("axes", ["ijt,jnt->int", "ij,jn->in", "i...,j...->ij...", "it,it->t"])
def test_a_product_of_stacks(axes):
    rng, sizes = np.random.default_rng(2), {"i": 2, "j": 3, "n": 4, "t": 5}
    first, second = (
        rng.normal(size=[sizes[axis] for axis in part.replace("...", "t")])
        for part in axes.split("->")[0].split(",")
    )
    ours = product(axes, first, second).value
    np.testing.assert_allclose(ours, np.einsum(axes, first, second), rtol=1e-14)

    def valued(f):
        return lambda x: f(x) if isinstance(x, Node) else f(x).value

    assert graded(valued(lambda a: product(axes, a, second)), first).ok
    assert graded(valued(lambda b: product(axes, first, b)), second).ok
    one = second[..., :1]  # stretched to all
    if axes == "ijt,jnt->int":
        assert graded(valued(lambda b: product(axes, first, b)), one).ok


# --- properties -----------------------------------------------------------------------------


@given(vectors)
def test_a_vector_comes_back_from_its_matrix(r):
    m = rotation_matrix(r)
    np.testing.assert_allclose(m @ m.T, np.eye(3), atol=1e-14)
    assert np.linalg.det(m) == pytest.approx(1, rel=1e-13)
    np.testing.assert_allclose(rotation_vector(m), r, atol=1e-8)


@given(vectors, vectors, seeds)
def test_two_turns_are_one_turn(a, b, seed):
    points = np.random.default_rng(seed).normal(size=(3, 5))
    np.testing.assert_allclose(
        rotate(compose(a, b), points), rotate(a, rotate(b, points)), atol=1e-12
    )
    assert angle_between(a, b) == pytest.approx(float(angle_between(b, a)), abs=1e-12)
    np.testing.assert_allclose(compose(-a, a), 0, atol=1e-15)


@given(vectors, vectors, seeds)
def test_a_pose_and_its_way_back(r, t, seed):
    points, pose = np.random.default_rng(seed).normal(size=(3, 6)), RigidPose(r, t)
    np.testing.assert_allclose(pose.place(points), rotation_matrix(r) @ points + t[:, None])
    np.testing.assert_allclose(pose.locate(pose.place(points)), points, atol=1e-13)
    np.testing.assert_allclose(pose.place(points[:, 0]), pose.place(points)[:, 0], atol=1e-14)


def test_frames_are_turned_one_by_one():
    rng = np.random.default_rng(5)
    r, t, points = rng.normal(size=(3, 7)), rng.normal(size=(3, 7)), rng.normal(size=(3, 4, 7))
    pose = RigidPose(r, t)
    for f in range(7):
        alone = RigidPose(r[:, f], t[:, f])
        for given_points, one in ((points, points[..., f]), (points[..., 0], points[..., 0])):
            np.testing.assert_allclose(
                pose.place(given_points)[..., f], alone.place(one), atol=1e-14
            )
            assert pose.locate(given_points).shape == (3, 4, 7)
            np.testing.assert_allclose(
                pose.locate(given_points)[..., f], alone.locate(one), atol=1e-14
            )


def test_a_shift_for_each_frame_takes_the_same_points_into_each():
    """Also where there are as many points as frames, or as many frames as coordinates."""
    t = np.random.default_rng(8).normal(size=(3, 4))
    points = np.random.default_rng(9).normal(size=(3, 4))
    pose = RigidPose(np.array([0.3, -0.2, 0.5]), t)
    for some, shift in ((points, t), (points[:, 0], t[:, :3])):
        pose = pose._replace(translation=shift)
        for way in ("place", "locate"):
            together = getattr(pose, way)(some)
            assert together.shape == (3, some[0].size, shift.shape[1])
            for f in range(shift.shape[1]):
                alone = getattr(RigidPose(pose.rotation, shift[:, f]), way)(some)
                np.testing.assert_allclose(together[..., f], alone.reshape(3, -1), atol=1e-14)


def test_at_pi_the_axis_is_right_either_way():
    for axis in np.eye(3):
        for sign in (1, -1):
            back = rotation_vector(rotation_matrix(sign * np.pi * axis))
            np.testing.assert_allclose(np.abs(back), np.pi * axis, atol=1e-15)


def test_nodes_give_nodes_and_arrays_arrays():
    assert isinstance(rotate(Node(np.zeros(3)), np.ones(3)), Node)
    assert isinstance(rotate(np.zeros(3), Node(np.ones(3))), Node)
    back = rotate((0, 0, 0), (1, 2, 3))
    back[0] = 7  # and such that can be written to
    assert back.tolist() == [7, 2, 3]


# --- poses as one point ---------------------------------------------------------------------


def some_poses(frames=4):
    rng = np.random.default_rng(6)
    draw = [rng.normal(size=(n, frames)) for n in (3, 3, 20, 3, 3)]
    return Poses(HandPose(*draw[:3]), RigidPose(*draw[3:]))


def test_poses_are_a_flat_point_and_back():
    poses = some_poses()
    x = poses.flat()
    assert x.shape == (32 * 4,)
    for mine, theirs in zip(Poses.from_flat(x), poses, strict=True):
        for a, b in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(a, b)
    of_nodes = Poses.from_flat(Node(x))
    np.testing.assert_array_equal(of_nodes.hand.angles.value, poses.hand.angles)
    assert poses.frame(2).hand.angles.tolist() == poses.hand.angles[:, 2].tolist()
    assert poses.frames == of_nodes.frames == 4
    again = Poses.of_frames([poses.frame(f) for f in range(4)])
    np.testing.assert_array_equal(again.flat(), x)
    from_integers = Poses.from_flat([1, 2] * 16)
    assert from_integers.hand.rotation.dtype == float
    assert from_integers.object.translation.tolist() == [[2.0], [1.0], [2.0]]


# --- what is refused ------------------------------------------------------------------------

REFUSED = {
    "two numbers": (lambda: rotation_matrix((1, 2)), "rotation .* 3 coordinates .* shape \\(2,\\)"),
    "no array": (lambda: rotation_matrix("abc"), "real numbers"),
    "one number": (lambda: rotate(1.0, np.ones(3)), r"first axis, got shape \(\)"),
    "other frames": (
        lambda: rotate(np.zeros((3, 4)), np.ones((3, 2, 5))), "each frame of the points, got 4"
    ),
    "other shifts": (
        lambda: RigidPose(np.zeros(3), np.zeros((3, 4))).place(np.ones((3, 2, 5))),
        "place needs a translation for each frame of the points, got 4",
    ),
    "other shifts, back": (
        lambda: RigidPose(np.zeros(3), np.zeros((3, 4))).locate(np.ones((3, 2, 5))),
        "locate needs a translation for each frame",
    ),
    "too many axes": (lambda: rotate(np.zeros((3, 4, 2)), np.ones((3, 2, 4))), r"\(3, 4, 2\)"),
    "apart": (lambda: compose(np.zeros((3, 4)), np.zeros((3, 5))), "cannot work on shapes"),
    "no matrix": (lambda: rotation_vector(np.zeros(3)), r"must be \(3, 3\)"),
    "no rotation": (lambda: rotation_vector(2 * np.eye(3)), "off by 3"),
    "a mirror": (lambda: rotation_vector(np.diag([1.0, 1, -1])), "det -1"),
    "NaN": (lambda: rotation_vector(np.full((3, 3), np.nan)), "must be finite"),
    "a wrong length": (lambda: Poses.from_flat(np.zeros(33)), "32 numbers for each frame"),
    "no frames": (lambda: Poses.from_flat(np.zeros(0)), "32 numbers for each frame"),
    "uneven frames": (
        lambda: some_poses()._replace(object=some_poses(3).object).flat(), r"must be \(3, 4\)"
    ),
    "one frame alone": (lambda: some_poses().frame(0).flat(), r"\(3, frames\) .* got \(3,\)"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    attempt, said = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=said):
        attempt()
