"""Chapter 19's claims, and what its exercises must accept."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coursekit.checks import pose_estimation as check
from coursekit.gradcheck import check_gradient
from coursekit.graphs import Node, backward
from coursekit.graphs import sum as total
from coursekit.optimizers import Adam
from coursekit.pose import (
    TERMS,
    Camera,
    PoseObjective,
    fit_sequence,
    rotate,
    rotation_matrix,
    synthetic_capture,
)
from coursekit.schedules import cosine

PROJECT = Path(__file__).parents[1]
numbers = st.floats(-3, 3, allow_subnormal=False)
vectors = arrays(float, 3, elements=numbers)


@pytest.fixture(scope="module")
def small():
    """The chapter's capture for trials."""
    return synthetic_capture(seed=0, frames=20, cameras=3, points=60)


def only(*names):
    return {term: float(term in names) for term in TERMS}


# --- the exercises are what the package does ------------------------------------------------


@settings(max_examples=30)
@given(vectors, arrays(float, (3, 4), elements=st.floats(-0.3, 0.3)))
def test_the_projection_of_the_exercise_is_the_cameras(turn, points):
    """For points in front of it: the shift is 5 m, and no point is farther than 1 m off."""
    k = np.array([[700.0, 3.0, 310.0], [0, 650.0, 250.0], [0, 0, 1]])
    camera = Camera(k, turn, np.array([0.1, -0.2, 5.0]))
    given_by = check.project_points.reference
    found = given_by(points, rotation_matrix(turn), camera.translation, k)
    np.testing.assert_allclose(found, camera.project(points), rtol=1e-10)


@settings(max_examples=30)
@given(st.integers(3, 7), st.integers(1, 4), st.integers(0, 1000))
def test_the_smooth_loss_of_the_exercise_has_the_gradient_it_says(frames, d, seed):
    x = np.random.default_rng(seed).normal(size=(d, frames))
    smooth = check.smooth_loss.reference
    report = check_gradient(
        lambda x: float(smooth(x, rate=3.0, sigma=2.0)[0]),
        lambda x: smooth(x, rate=3.0, sigma=2.0)[1],
        x,
    )
    assert report.ok, str(report)


def test_the_smooth_loss_of_the_exercise_is_the_packages(small):
    """For a hand that only shifts: the other parts of Lsmooth are then 0."""
    poses = small.start
    hand = poses.hand
    still = [np.repeat(part[:, :1], small.frames, axis=1) for part in (hand.rotation, hand.angles)]
    thing = [np.repeat(part[:, :1], small.frames, axis=1) for part in poses.object]
    poses = type(poses)(type(hand)(still[0], hand.translation, still[1]), type(poses[1])(*thing))
    objective = PoseObjective(small, weights=only("Lsmooth"))
    loss, grad = check.smooth_loss.reference(hand.translation, rate=small.rate, sigma=2.0)
    assert objective(poses.flat()) == pytest.approx(loss, rel=1e-9)
    rows = objective.grad(poses.flat()).reshape(32, -1)[3:6]
    np.testing.assert_allclose(rows, grad, rtol=1e-8, atol=1e-8)


@settings(max_examples=60)
@given(vectors, vectors, vectors)
def test_the_rotation_slope_of_the_exercise_is_backpropagations(r, p, g):
    node = Node(r)
    expected = backward(total(rotate(node, p) * g))[node]
    found = check.rotation_slope.reference(r, p, g)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-7)


def _points_one_by_one(points, rotation, translation, intrinsics):
    columns = []
    for p in np.asarray(points).T:
        x, y, z = (float(row @ p + t) for row, t in zip(rotation, translation, strict=True))
        u = (intrinsics[0][0] * x + intrinsics[0][1] * y) / z + intrinsics[0][2]
        columns.append([u, intrinsics[1][1] * y / z + intrinsics[1][2]])
    return np.transpose(columns).tolist()


def _frame_by_frame(x, *, rate, sigma):
    x = np.array(x, dtype=float)
    loss, grad = 0.0, np.zeros_like(x)
    for t in range(1, x.shape[1] - 1):
        r = (x[:, t + 1] - 2 * x[:, t] + x[:, t - 1]) / (1 / rate**2) / sigma
        loss = loss + (r * r).sum()
        for at, factor in ((t + 1, 1), (t, -2), (t - 1, 1)):
            grad[:, at] = grad[:, at] + 2 * factor * rate**2 / sigma * r
    return [loss, grad.tolist()]


def _by_the_graph(r, p, g):
    node = Node(np.asarray(r, dtype=float))
    return backward(total(rotate(node, np.asarray(p, dtype=float)) * np.asarray(g)))[node]


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.project_points, _points_one_by_one),
        (check.smooth_loss, _frame_by_frame),
        (check.rotation_slope, _by_the_graph),
    ],
    ids=lambda value: getattr(value, "name", getattr(value, "__name__", "")),
)
def test_a_right_answer_written_differently_passes(exercise, answer):
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)


def test_the_buggy_rotation_of_the_exercise_is_named():
    """The code that the exercise shows, word for word."""
    text = (PROJECT / "exercises" / "19_pose_estimation.ipynb").read_text("utf-8")
    import json

    cells = ["".join(c["source"]) for c in json.loads(text)["cells"]]
    shown = next(c for c in cells if "Find the bugs" in c)
    code = shown.split("```python\n")[1].split("```")[0]
    scope = {"np": np}
    exec(code, scope)
    assert check.rotation_slope.judge(scope["rotation_slope"]).mistake == "_both_bugs"


# --- the claims -----------------------------------------------------------------------------


def test_a_camera_is_nearly_blind_along_its_line_of_sight():
    """10 pixels for a centimetre across, 1.4 for one along."""
    k = np.array([[800.0, 0, 320], [0, 800, 240], [0, 0, 1]])
    camera = Camera(k, np.zeros(3), np.zeros(3))
    here = np.array([0.1, -0.05, 0.8])
    np.testing.assert_allclose(camera.project(here), [420, 190])
    shifts = [camera.project(here + d) - camera.project(here) for d in ((0.01, 0, 0), (0, 0, 0.01))]
    assert np.linalg.norm(shifts, axis=1).round(1).tolist() == [10.0, 1.4]


def test_a_patched_rotation_has_no_slope_at_zero_and_ours_has(small):
    slope = check.rotation_slope.reference(
        np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    )
    np.testing.assert_allclose(slope, [0, 0, 1])


def test_the_object_gets_no_slope_from_keypoints(small):
    """L2D and L3D alone leave the object where it is, to the last bit."""
    grad = PoseObjective(small, weights=only("L2D", "L3D")).grad(small.start.flat())
    assert not grad.reshape(32, -1)[26:].any()
    assert grad.reshape(32, -1)[:6].all()


def test_the_sign_of_the_objects_rotation_is_found_by_the_check(small):
    few = PoseObjective(small.part(9, 12))

    def other_way(x):
        grad = few.grad(x).reshape(32, 3).copy()
        grad[26:29] *= -1
        return grad.ravel()

    x = few.capture.start.flat()
    assert check_gradient(few, few.grad, x).ok
    report = check_gradient(few, other_way, x)
    assert not report.ok
    assert "9 of 96" in str(report)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_fit_ends_below_the_loss_of_the_truth(seed):
    capture = synthetic_capture(seed=seed, frames=20, cameras=3, points=60)
    fit = fit_sequence(capture, steps=300)
    truth = PoseObjective(capture)(capture.truth.flat())
    assert 0.9 * truth < fit.loss.min() < truth
    assert fit.terms["Lsmooth"][-1] > fit.terms["Lsmooth"][0]  # one term rises while the sum falls


def test_at_the_lectures_rate_adam_needs_thousands_of_steps(small):
    """20° are 0.35 rad, 349 steps of 0.001; a falling rate gets there in 300."""
    runs = {
        rule: fit_sequence(small, optimizer=rule, steps=300, tolerance=0)
        for rule in (Adam(0.001), Adam(cosine(0.05, steps=300)))
    }
    slow, falling = (fit.loss[-1] for fit in runs.values())
    assert slow > 1.25 * falling
    for fit in runs.values():
        assert fit.loss[-1] == pytest.approx(fit.loss.min(), rel=0.01)


def test_the_figures_of_scipy_are_those_of_the_chapter(small):
    """40 evaluations, 13,911, and Adam from there comes lower; the same residuals for both."""
    pytest.importorskip("scipy")
    sys.path.insert(0, str(PROJECT / "benchmarks"))
    try:
        from pose_fit import reference
    finally:
        sys.path.pop(0)
    loss, poses, _, evaluations = reference(small)
    assert loss == pytest.approx(13_911, rel=5e-4)
    assert 25 <= evaluations <= 60
    apart = small.hand.keypoints(poses.hand) - small.hand.keypoints(small.truth.hand)
    assert 1000 * np.linalg.norm(apart, axis=0).mean() == pytest.approx(1.85, abs=0.05)
    rest = Adam(cosine(0.003, steps=300))
    further = fit_sequence(replace(small, start=poses), optimizer=rest, steps=300, tolerance=0)
    assert further.loss.min() < loss - 5
