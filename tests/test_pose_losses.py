"""The losses of a fit: the gradient of each, and what it is, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from captures import few_frames, grasp

from coursekit import graphs
from coursekit.gradcheck import check_gradient
from coursekit.graphs import Node, backward
from coursekit.losses import huber_loss
from coursekit.pose import (
    TERMS,
    HandPose,
    PoseObjective,
    Poses,
    RigidPose,
    Scales,
    compose,
    fit_sequence,
    rotate,
    synthetic_capture,
)
from coursekit.pose.residuals import lsmooth, robust


@pytest.fixture(scope="module")
def small():
    return few_frames()


@pytest.fixture(scope="module")
def capture():
    return grasp()


# --- gradients ------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["start", "truth", "between"])
@pytest.mark.parametrize("term", TERMS)
def test_the_gradient_of_each_loss(small, term, where):
    """All 128 slopes, at the start, at the truth, and near it."""
    objective = PoseObjective(small, weights={other: other == term for other in TERMS})
    start, truth = small.start.flat(), small.truth.flat()
    x = {"start": start, "truth": truth, "between": 0.8 * truth + 0.2 * start}[where]
    if term == "Llimits":
        x = x + 0.9 * np.sin(np.arange(x.size))  # beyond the limits, on both sides
        assert objective(x) > 0
    report = check_gradient(objective, objective.grad, x, batched=False)
    assert report.ok, report
    assert report.kinks.sum() < 5


def test_the_gradient_of_the_whole_loss(small):
    weights = {"L2D": 0.5, "L3D": 2, "LSDF": 0.1, "Lsmooth": 3}
    objective = PoseObjective(small, weights=weights)
    report = check_gradient(objective, objective.grad, small.start.flat(), batched=False)
    assert report.ok, report


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_gradient_of_few_frames(small, frames):
    few = small.part(0, frames)
    objective, x = PoseObjective(few), few.start.flat()
    x = x + 0.1 * np.sin(np.arange(x.size))
    assert check_gradient(objective, objective.grad, x, batched=False).ok
    assert (objective.terms(x)["Lsmooth"] > 0) == (frames > 2)


def test_the_gradient_where_next_to_nothing_was_measured(small):
    """No 3-D keypoint in any frame, and in one frame nothing at all: no 0 · NaN gets through."""
    pixels, cloud = small.keypoints_2d.copy(), small.cloud.copy()
    pixels[..., 1] = cloud[..., 1] = np.nan
    bare = replace(
        small, keypoints_2d=pixels, keypoints_3d=np.nan * small.keypoints_3d, cloud=cloud
    )
    objective, x = PoseObjective(bare), bare.start.flat()
    assert check_gradient(objective, objective.grad, x, batched=False).ok
    assert objective.terms(x)["L3D"] == 0
    alone = PoseObjective(bare, weights={term: term == "L3D" for term in TERMS})
    assert not alone.grad(x).any()


@pytest.mark.parametrize("angle", [0.0, np.pi - 1e-9, np.pi, 2 * np.pi, 3 * np.pi])
def test_the_gradient_of_lsmooth_around_half_a_turn(small, angle):
    """Rotations that jitter there; of every other frame the vector on the other side of π."""
    rng, poses = np.random.default_rng(0), small.truth
    near = angle * np.array([[2.0], [-1.0], [2.0]]) / 3 + rng.normal(0, 0.02, (3, small.frames))
    length = np.linalg.norm(near, axis=0)
    other = near * (1 - 2 * np.pi / length)
    mixed = np.where(np.arange(small.frames) % 2 == 0, near, other if angle else near)
    x = poses._replace(
        hand=poses.hand._replace(rotation=mixed),
        object=poses.object._replace(rotation=mixed[:, ::-1]),
    ).flat()
    objective = PoseObjective(small, weights={term: term == "Lsmooth" for term in TERMS})
    assert check_gradient(objective, objective.grad, x, batched=False).ok
    assert objective(x) < 20  # by what they jitter, and not by turns of 2π


@pytest.mark.parametrize("frames", [1, 2, 4])
def test_the_pattern_holds_every_slope_that_is_not_0(small, frames):
    """Measured for all residuals; and with the gradient they agree: 2 Jᵀ r."""
    objective = PoseObjective(small.part(0, frames), weights={"L3D": 2})
    x = objective.capture.start.flat()
    x, step = x + 0.3 * np.sin(np.arange(x.size)), 1e-6
    residuals = objective.residuals(x)
    jacobian = np.stack(
        [
            (objective.residuals(x + step * e) - objective.residuals(x - step * e)) / (2 * step)
            for e in np.eye(x.size)
        ],
        axis=1,
    )
    allowed = np.zeros(jacobian.shape, dtype=bool)
    allowed[objective.pattern(x)] = True
    assert not jacobian[~allowed].any()
    assert allowed.mean() <= 1 / min(frames, 3) + 0.1  # a frame, or three of them, and not all
    np.testing.assert_allclose(2 * jacobian.T @ residuals, objective.grad(x), rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("huber", [0.5, 2.0, np.inf])
@pytest.mark.parametrize("length", [0.0, 1e-9, 0.49, 0.51, 1.99, 2.01, 300.0])
def test_the_gradient_of_a_robust_residual(huber, length):
    """At 0, on both sides of δ, and far out."""
    e = length * np.array([[0.6, -0.8], [0.8, 0.6]])
    w, root = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0.7, 0.9])

    def gradient(e):
        at = Node(e)
        return backward(graphs.sum(w * robust(at, root, huber)))[at]

    def value(e):
        return float((w * robust(Node(e), root, huber).value).sum())

    report = check_gradient(value, gradient, e, tolerance=1e-7)
    assert report.ok, report


# --- what each loss is ----------------------------------------------------------------------


@pytest.mark.parametrize("huber", [0.5, 2.0])
def test_a_robust_residual_is_the_square_root_of_hubers_loss(huber):
    """Chapter 01's own, of the length of each column, times the weight."""
    rng = np.random.default_rng(0)
    e, root = rng.normal(0, 2, (2, 50)), rng.uniform(size=50)
    squares = (robust(Node(e), root, huber).value ** 2).sum(axis=0)
    length = np.linalg.norm(e, axis=0)
    each = [2 * huber_loss(huber)([r], [0]) for r in length]
    np.testing.assert_allclose(squares, root**2 * each, rtol=1e-12)
    assert (length > huber).any()
    assert (length < huber).any()


def test_residuals_are_the_loss_one_by_one(small):
    objective = PoseObjective(small, weights={"L3D": 3, "LSDF": 0.2})
    x = small.start.flat()
    assert (objective.residuals(x) ** 2).sum() == pytest.approx(objective(x), rel=1e-12)
    terms = objective.terms(x)
    assert list(terms) == list(TERMS)
    assert np.add.reduce(list(terms.values())) == pytest.approx(objective(x), rel=1e-12)
    alone = PoseObjective(small).terms(x)
    assert terms["L3D"] == pytest.approx(3 * alone["L3D"], rel=1e-12)


def test_l2d_and_l3d_by_hand(small):
    """Plain squares, written out for every camera, keypoint and frame."""
    objective = PoseObjective(small, scales=Scales(huber=np.inf))
    poses = small.start
    keypoints = small.hand.keypoints(poses.hand)
    in_pixels = in_metres = 0.0
    for f in range(small.frames):
        for k in range(21):
            for c, camera in enumerate(small.cameras):
                off = camera.project(keypoints[:, k, f]) - small.keypoints_2d[:, c, k, f]
                in_pixels += small.confidences[c, k, f] * (off @ off) / 2.0**2
            if small.confidences_3d[k, f] > 0:
                off = keypoints[:, k, f] - small.keypoints_3d[:, k, f]
                in_metres += small.confidences_3d[k, f] * (off @ off) / 0.005**2
    terms = objective.terms(poses.flat())
    assert terms["L2D"] == pytest.approx(in_pixels, rel=1e-10)
    assert terms["L3D"] == pytest.approx(in_metres, rel=1e-10)


def test_lsdf_by_hand(small):
    """Distances of the cloud, and depths of the hand, from the posed mesh."""
    objective = PoseObjective(small, scales=Scales(huber=np.inf))
    poses, total = small.start, 0.0
    samples = small.hand.samples(small.hand.keypoints(poses.hand))
    for f in range(small.frames):
        pose = poses.frame(f).object
        off = small.grid(pose.locate(small.cloud[..., f])) / 0.002
        depth = small.hand.sample_radii - small.grid(pose.locate(samples[..., f]))
        total += (off**2).sum() + (np.maximum(depth, 0) ** 2).sum() / 0.002**2
    assert objective.terms(poses.flat())["LSDF"] == pytest.approx(total, rel=1e-10)


def moving(frames, rotation, translation, angles=None):
    angles = np.zeros((20, frames)) if angles is None else angles
    return Poses(HandPose(rotation, translation, angles), RigidPose(rotation, translation))


def smoothness(poses):
    nodes = Poses(HandPose(*map(Node, poses.hand)), RigidPose(*map(Node, poses.object)))
    return lsmooth(nodes, 30.0, Scales())


def test_a_steady_motion_is_smooth():
    """Shifts at a steady speed and turns at a steady rate, several times around, cost nothing."""
    t = np.arange(40)
    axis = np.array([[1.0], [2.0], [-2.0]]) / 3
    rotation = compose(0.3 * axis * t, np.array([[0.4], [0.1], [0.2]]) + 0 * t)
    poses = moving(40, rotation, np.array([[0.01], [0], [0.02]]) * t, 0.01 * np.ones((20, 1)) * t)
    for part in smoothness(poses):
        np.testing.assert_allclose(part.value, 0, atol=1e-9)


def test_lsmooth_is_of_rotations_and_not_of_vectors():
    """The same rotations by other vectors, 2π longer, cost the same."""
    rng = np.random.default_rng(1)
    rotation = rng.normal(0, 0.8, (3, 12))
    longer = rotation * (1 - 2 * np.pi / np.linalg.norm(rotation, axis=0))
    points = rng.normal(size=(3, 4))
    np.testing.assert_allclose(rotate(longer, points), rotate(rotation, points), atol=1e-12)
    still = np.zeros((3, 12))
    mixed = np.where(np.arange(12) % 3 == 0, longer, rotation)
    for a, b in zip(
        smoothness(moving(12, rotation, still)), smoothness(moving(12, mixed, still)), strict=True
    ):
        np.testing.assert_allclose(a.value, b.value, atol=1e-9)


def test_a_jerk_of_one_frame_costs_what_it_should():
    """By 1 cm and by 5° in one frame of five: second differences 1, −2, 1 of that."""
    shift, turn = np.zeros((3, 5)), np.zeros((3, 5))
    shift[0, 2], turn[1, 2] = 0.01, np.deg2rad(5)
    parts = [part.value for part in smoothness(moving(5, turn, shift))]
    np.testing.assert_allclose(parts[0][0], np.array([1, -2, 1]) * 0.01 * 900 / 2)
    np.testing.assert_allclose(parts[3][1], np.array([1, -2, 1]) * np.deg2rad(5) * 900 / 15)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_few_frames_are_a_sequence(capture, frames):
    fit = fit_sequence(capture.part(0, frames), steps=100)
    assert fit.after.mean("keypoints") < fit.before.mean("keypoints") / 3
    assert (fit.terms["Lsmooth"] > 0).any() == (frames > 2)


def test_every_residual_is_about_1_where_the_poses_are_true():
    """So the weights 1 / σ² are right: no mistakes, and a loss of 1 for each number measured."""
    capture = synthetic_capture(seed=2, frames=30, occluded=0, wrong=0)
    objective = PoseObjective(capture, scales=Scales(huber=np.inf))
    terms = objective.terms(capture.truth.flat())
    sure = capture.confidences > 0.5  # those the object hides are guesses
    parts = objective.parts(capture.truth)
    np.testing.assert_allclose(
        (parts["L2D"][0].value[:, sure] ** 2).mean(), capture.confidences[sure].mean(), rtol=0.03
    )
    assert terms["L3D"] == pytest.approx(3 * capture.confidences_3d.sum(), rel=0.08)
    off = parts["LSDF"][0].value  # less than 1: the error is along the line of sight, aslant
    assert 0.3 < (off[np.abs(off) < 4] ** 2).mean() < 0.7
    assert not parts["LSDF"][1].value.any()  # no finger is inside
    assert (parts["Lsmooth"][0].value ** 2).mean() < 1
