"""The fit: what it finds, how it ends, what holes in a capture do, and what is refused."""

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from captures import few_frames, grasp

from coursekit.gradcheck import check_gradient
from coursekit.optimizers import Adam, GradientDescent
from coursekit.pose import (
    TERMS,
    Camera,
    PoseObjective,
    Scales,
    fit_sequence,
    pose_errors,
    synthetic_capture,
)
from coursekit.schedules import cosine

HERE = Path(__file__).parent
GOLDEN = json.loads((HERE / "golden" / "pose_fit.json").read_text("utf-8"))["fits"]


@pytest.fixture(scope="module")
def small():
    return few_frames()


@pytest.fixture(scope="module")
def capture():
    return grasp()


@pytest.fixture(scope="module")
def fit(capture):
    return fit_sequence(capture, keep=5)


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
