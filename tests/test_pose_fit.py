"""The four losses and the fit: every gradient, what each loss is, and what is found."""

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coursekit import graphs
from coursekit.gradcheck import check_gradient
from coursekit.graphs import Node, backward
from coursekit.losses import huber_loss
from coursekit.optimizers import Adam, GradientDescent
from coursekit.pose import (
    TERMS,
    Camera,
    HandPose,
    PoseObjective,
    Poses,
    RigidPose,
    Scales,
    compose,
    fit_sequence,
    pose_errors,
    rotate,
    synthetic_capture,
)
from coursekit.pose.residuals import lsmooth, robust
from coursekit.schedules import cosine

HERE = Path(__file__).parent
GOLDEN = json.loads((HERE / "golden" / "pose_fit.json").read_text("utf-8"))["fits"]


@pytest.fixture(scope="module")
def small():
    """Four frames around the moment of the grasp: few enough to measure every slope."""
    return synthetic_capture(seed=0, frames=9, cameras=3, points=20).part(4, 8)


@pytest.fixture(scope="module")
def capture():
    """Two thirds of a second: the hand comes near, closes, and begins to lift."""
    return synthetic_capture(seed=0, cameras=4, points=50).part(18, 38)


@pytest.fixture(scope="module")
def fit(capture):
    return fit_sequence(capture, keep=5)


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


# --- the fit --------------------------------------------------------------------------------


def test_a_fit_finds_the_poses(fit):
    """20° and 5 cm off at the start, 2 px and 5 mm of noise, a fifth of the keypoints bad."""
    assert fit.before.mean("hand_rotation") == pytest.approx(20)
    assert fit.before.mean("object_translation") == pytest.approx(50)
    assert fit.before.mean("keypoints") > 50
    limits = {
        "hand_rotation": 5, "hand_translation": 4, "keypoints": 3,
        "object_rotation": 3, "object_translation": 3,
    }  # fmt: skip
    for name, limit in limits.items():
        assert fit.after.mean(name) < limit
    truth = PoseObjective(fit.capture)(fit.capture.truth.flat())
    assert fit.loss.min() < truth  # it explains the noise, too


def test_a_fit_is_the_same_every_time(capture, fit):
    again = fit_sequence(capture, keep=5)
    np.testing.assert_array_equal(again.loss, fit.loss)
    np.testing.assert_array_equal(again.poses.flat(), fit.poses.flat())
    assert str(again) == str(fit)


def test_a_fit_keeps_what_it_was_asked_to(capture, fit):
    assert fit.path_steps == [0, 31, 125, 281, fit.steps]
    np.testing.assert_array_equal(fit.path[0].flat(), capture.start.flat())
    objective = PoseObjective(capture)
    for step, poses in zip(fit.path_steps, fit.path, strict=True):
        assert objective(poses.flat()) == pytest.approx(fit.loss[step], rel=1e-12)
    assert fit.errors(fit.path[-1]).mean("keypoints") < fit.errors(fit.path[1]).mean("keypoints")


def test_the_terms_add_up_to_the_loss(fit):
    np.testing.assert_allclose(np.add.reduce(list(fit.terms.values())), fit.loss, rtol=1e-12)
    assert PoseObjective(fit.capture)(fit.poses.flat()) == fit.loss.min()


def test_a_fit_says_what_it_did(fit):
    said = str(fit).splitlines()
    how = f"{fit.steps} steps, stopped: {fit.stopped}"
    assert said[0] == f"20 frames with Adam(lr=cosine(0.02, steps=500)): {how}"
    assert said[1] == f"{'loss':20} {fit.loss[0]:12.1f} → {fit.loss.min():10.1f}"
    assert [line.split()[0] for line in said[2:7]] == list(TERMS)
    assert said[-1].split() == [
        "object", "translation", "50.00", "→", f"{fit.after.mean('object_translation'):.2f}", "mm"
    ]  # fmt: skip
    bare = replace(fit.capture, truth=None)
    assert "error" not in str(fit_sequence(bare, steps=1))


def test_each_loss_does_its_part(capture, fit):
    """LSDF alone sees the object, L2D and L3D alone see the hand, Lsmooth calms it."""
    without = fit_sequence(capture, weights={"LSDF": 0}, steps=200)
    assert without.after.mean("object_translation") > 40
    assert "LSDF" not in without.terms
    only = fit_sequence(capture, weights={"L2D": 0, "L3D": 0}, steps=200)
    assert only.after.mean("object_translation") < 5
    assert only.after.mean("keypoints") > 30
    rough = fit_sequence(capture, weights={"Lsmooth": 0}, steps=200)

    def jitter(poses):
        off = poses.hand.translation - capture.truth.hand.translation
        return np.abs(np.diff(off, 2, axis=1)).mean()

    assert jitter(rough.poses) > 2 * jitter(fit.poses)


def test_mistakes_cost_more_without_huber(capture, fit):
    plain = fit_sequence(capture, scales=Scales(huber=np.inf))
    assert plain.after.mean("keypoints") > 2 * fit.after.mean("keypoints")


@pytest.mark.parametrize("theirs", GOLDEN, ids=lambda theirs: f"seed {theirs['seed']}")
def test_a_whole_capture_is_fitted_as_well_as_by_scipy(theirs):
    """60 frames, six cameras: SciPy's loss within 0.1 %, and below a millimetre and a degree."""
    fit = fit_sequence(synthetic_capture(seed=theirs["seed"]))
    assert fit.loss.min() == pytest.approx(theirs["loss"], rel=1e-3)
    for name, error in theirs["errors"].items():
        assert fit.after.mean(name) < 1
        assert fit.after.mean(name) == pytest.approx(error, rel=0.3)
    if theirs["seed"] == 0:  # what the README says
        assert fit.before.mean("keypoints") == pytest.approx(81, abs=0.5)


# --- how it ends ----------------------------------------------------------------------------


def test_it_stops_where_nothing_happens_any_more(capture):
    fit = fit_sequence(capture, optimizer=Adam(cosine(0.03, steps=200)), steps=400, window=20)
    assert fit.stopped == "flat"
    assert 200 <= fit.steps < 260
    before, now = fit.loss[-40:-20].min(), fit.loss[-20:].min()
    assert abs(before - now) < 1e-6 * now
    before, now = fit.loss[-41:-21].min(), fit.loss[-21:-1].min()  # and not a step sooner
    assert abs(before - now) >= 1e-6 * now


def test_a_loss_of_0_is_flat(small):
    """Joints that stay within their limits all the time: there is nothing to go down."""
    weights = {term: float(term == "Llimits") for term in TERMS}
    fit = fit_sequence(small, weights=weights, steps=100, window=10)
    assert (fit.stopped, fit.steps, fit.loss.max()) == ("flat", 19, 0)


def test_it_does_not_stop_because_the_loss_rises(capture):
    """Where one loss is very stiff, the first steps go up before it comes down."""
    fit = fit_sequence(capture, weights={"Lsmooth": 1e5}, steps=120, window=30)
    assert fit.loss[1:].min() > fit.loss[0]
    assert fit.stopped == "steps"


def test_it_stops_where_its_steps_are_used_up(capture):
    fit = fit_sequence(capture, steps=7)
    assert (fit.stopped, fit.steps, len(fit.terms["L2D"])) == ("steps", 7, 8)
    none = fit_sequence(capture, steps=0)
    np.testing.assert_array_equal(none.poses.flat(), capture.start.flat())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("optimizer", [Adam(20.0), GradientDescent(1.0)], ids=["Adam", "descent"])
def test_it_stops_where_it_diverges(capture, optimizer):
    """Behind a camera, or beyond all numbers: the best poses before that, and no warnings."""
    fit = fit_sequence(capture, optimizer=optimizer, steps=50)
    assert fit.stopped == "diverged"
    assert np.isfinite(fit.loss).all()
    assert np.isfinite(fit.poses.flat()).all()


def test_the_best_poses_are_kept(capture):
    """Where the rate is too large in the end, the last are not the best."""
    fit = fit_sequence(capture, optimizer=Adam(lambda t: 0.02 if t < 50 else 0.3), steps=55)
    assert fit.loss[-1] > fit.loss.min()
    assert PoseObjective(capture)(fit.poses.flat()) == fit.loss.min()


def test_the_memory_does_not_grow_with_the_steps(capture):
    small = capture.part(0, 4)

    def peak(steps):
        tracemalloc.start()
        fit_sequence(small, steps=steps, tolerance=0, optimizer=Adam(0.001))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(5)
    assert peak(110) - peak(10) < 500_000  # the graph of a single step takes more


def test_a_bar_grows_where_it_is_wanted(capture, capsys):
    fit_sequence(capture, steps=4)
    assert capsys.readouterr().out == ""
    fit_sequence(capture, steps=4, progress=True)
    assert capsys.readouterr().out == "0 % " + 50 * "▪" + " 100 %\n"


# --- captures with holes --------------------------------------------------------------------


def test_a_frame_without_keypoints_is_bridged(capture, fit):
    """All confidences 0 in a frame, no 3-D keypoints, no cloud: its neighbours hold it."""
    gone, arrays = 10, {}
    for name in ("confidences", "confidences_3d"):
        arrays[name] = getattr(capture, name).copy()
        arrays[name][..., gone] = 0
    arrays["cloud"] = capture.cloud.copy()
    arrays["cloud"][..., gone] = np.nan
    bridged = fit_sequence(replace(capture, **arrays)).after
    assert bridged.keypoints[gone] < 15
    assert bridged.object_translation[gone] < 10
    assert bridged.mean("keypoints") < fit.after.mean("keypoints") + 1


def test_nan_keypoints_change_nothing_but_their_own_weight(capture):
    """NaN, and a confidence of 0, are one thing."""
    holes = np.random.default_rng(0).uniform(size=capture.confidences.shape) < 0.1
    with_nan = replace(capture, keypoints_2d=np.where(holes, np.nan, capture.keypoints_2d))
    with_zero = replace(capture, confidences=np.where(holes, 0, capture.confidences))
    x = capture.start.flat()
    one, other = PoseObjective(with_nan), PoseObjective(with_zero)
    assert one(x) == other(x)
    np.testing.assert_array_equal(one.grad(x), other.grad(x))


def behind(capture, confidence=0.0):
    """The capture with one camera more: amid the hand's way, sure of what is well before it."""
    keypoints = capture.hand.keypoints(capture.start.hand)
    amid = keypoints.mean(axis=(1, 2))
    camera = Camera.looking_at(amid + np.array([0.3, 0, 0.01]), position=amid)
    sure = np.where(camera.depth(keypoints) > 0.05, 1.0, confidence)
    places = np.nan_to_num(camera.project(keypoints))
    return replace(
        capture,
        cameras=(*capture.cameras, camera),
        keypoints_2d=np.concatenate([capture.keypoints_2d, places[:, None]], axis=1),
        confidences=np.concatenate([capture.confidences, sure[None]]),
    )


@pytest.mark.filterwarnings("error")
def test_a_keypoint_behind_a_camera_that_does_not_see_it_counts_for_nothing(small):
    """Nobody measured it; the loss, its gradient and the fit are those of the others."""
    capture = behind(small)
    keypoints = small.hand.keypoints(small.start.hand)
    assert 10 < (capture.cameras[-1].depth(keypoints) <= 0).sum() < keypoints[0].size - 10
    objective, x = PoseObjective(capture), small.start.flat()
    assert objective(x) == pytest.approx(PoseObjective(small)(x), rel=1e-12)  # all 0 pixels off
    x = x + 0.001 * np.sin(np.arange(x.size))
    assert check_gradient(objective, objective.grad, x, batched=False).ok
    assert np.isfinite(objective.residuals(x)).all()
    fit = fit_sequence(capture, steps=3)
    assert (fit.stopped, fit.steps) == ("steps", 3)


# --- what is refused ------------------------------------------------------------------------


REFUSED = {
    "no capture": (lambda c: fit_sequence(5), "needs a Capture, got int"),
    "a class": (lambda c: fit_sequence(c, optimizer=Adam), "got the class Adam"),
    "no start": (lambda c: fit_sequence(replace(c, start=None)), "needs start"),
    "no poses": (lambda c: fit_sequence(c, start=np.zeros(5)), "start must be Poses, got ndarray"),
    "fewer frames": (lambda c: fit_sequence(c, start=c.start.part(0, 3)), "20 frames .* got 3"),
    "behind a camera": (
        lambda c: fit_sequence(behind(c, confidence=0.1)),
        r"got the wrist of frame 0 0\.\d+ m behind camera 4",
    ),
    "another term": (lambda c: fit_sequence(c, weights={"L4D": 1}), "among L2D, .* got 'L4D'"),
    "weights without names": (
        lambda c: fit_sequence(c, weights=[1, 2]), "weights must be a dict .* got list"
    ),
    "a weight for a number": (lambda c: fit_sequence(c, weights={5: 1}), "among L2D, .* got 5"),
    "a scale for all": (lambda c: fit_sequence(c, scales=0), "scales must be Scales, got int"),
    "a negative weight": (lambda c: fit_sequence(c, weights={"L2D": -1}), "L2D must be .* ≥ 0"),
    "no terms": (lambda c: fit_sequence(c, weights=dict.fromkeys(TERMS, 0)), "all are 0"),
    "no window": (lambda c: fit_sequence(c, window=0), "window must be a whole number ≥ 1"),
    "half a step": (lambda c: fit_sequence(c, steps=0.5), "steps must be a whole number"),
    "a negative scale": (lambda c: Scales(turn=-1), "turn must be a number > 0"),
    "no huber": (lambda c: Scales(huber=0), "huber must be a number > 0"),
    "another point": (lambda c: PoseObjective(c)(np.zeros(5)), r"x must be \(32 · 20,\)"),
    "no truth": (
        lambda c: fit_sequence(replace(c, truth=None), steps=0).after, "knows its truth"
    ),
    "other errors": (lambda c: pose_errors(c.start, c.truth.part(0, 2), c.hand), "2 frames .* 20"),
    "errors of numbers": (
        lambda c: pose_errors(c.start.flat(), c.truth, c.hand), "poses must be Poses, got ndarray"
    ),
    "another measure": (
        lambda c: pose_errors(c.start, c.truth, c.hand).mean("speed"), "got 'speed'"
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(capture, name):
    attempt, said = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=said):
        attempt(capture)
