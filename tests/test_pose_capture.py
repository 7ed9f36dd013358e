"""Captures: what the synthetic one holds, measured, and what is refused in one clear error."""

from dataclasses import replace

import numpy as np
import pytest

from coursekit.pose import (
    KEYPOINTS,
    Capture,
    Hand,
    Mesh,
    Noise,
    Poses,
    RigidPose,
    angle_between,
    box,
    mug,
    perturbed,
    project,
    synthetic_capture,
    visible,
)
from coursekit.pose.capture import grid_of
from coursekit.pose.motion import minimum_jerk, reach_and_turn

FRAMES, CAMERAS, POINTS = 30, 4, 40


@pytest.fixture(scope="module")
def capture():
    return synthetic_capture(seed=0, frames=FRAMES, cameras=CAMERAS, points=POINTS)


def changed(capture, **arrays):
    """The same capture with other contents."""
    return replace(capture, **arrays)


# --- the synthetic capture ------------------------------------------------------------------


def test_the_same_seed_gives_the_same_capture(capture):
    again = synthetic_capture(seed=0, frames=FRAMES, cameras=CAMERAS, points=POINTS)
    other = synthetic_capture(seed=1, frames=FRAMES, cameras=CAMERAS, points=POINTS)
    for name in ("keypoints_2d", "confidences", "keypoints_3d", "confidences_3d", "cloud"):
        np.testing.assert_array_equal(getattr(again, name), getattr(capture, name))
        assert not np.array_equal(getattr(other, name), getattr(capture, name))
    np.testing.assert_array_equal(again.start.flat(), capture.start.flat())
    assert not np.allclose(other.truth.flat(), capture.truth.flat())


def test_it_says_what_it_holds(capture):
    assert repr(capture) == (
        "<Capture of 30 frames: 4 cameras with 100% of the keypoints, 90% of them in 3-D, "
        "40 points a frame around <Mesh of 1408 faces, 0.1183 × 0.082 × 0.096 m>>"
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_hand_takes_the_object_without_going_through_it(seed):
    """At no time is a sample of the hand inside; at the end all fingers touch; joints can do it."""
    capture = synthetic_capture(seed=seed, frames=40, cameras=1, points=1)
    hand, truth = capture.hand, capture.truth
    samples = truth.object.locate(hand.samples(hand.keypoints(truth.hand)))
    air = capture.grid(samples) - hand.sample_radii[:, None]
    assert air.min() > 0
    for finger in range(5):
        assert air[hand.samples_beyond(finger, 0), -1].min() < 0.001
    assert air[:, 0].min() > 0.05  # and at first it is far away
    low, high = hand.limits.T[..., None]
    assert (truth.hand.angles >= low).all()
    assert (truth.hand.angles <= high).all()


def test_it_lifts_and_turns_what_it_took(capture):
    moved, turned = capture.truth.object.translation, capture.truth.object.rotation
    assert (moved[:, : FRAMES // 2] == moved[:, :1]).all()  # nothing moves by itself
    assert moved[2, 0] == pytest.approx(0.048)  # it stood on the table
    assert 0.10 < moved[2, -1] - moved[2, 0] < 0.15
    assert 45 < np.rad2deg(angle_between(turned[:, 0], turned[:, -1])) < 65
    held = capture.truth.object.locate(capture.truth.hand.translation[:, None])[:, 0]
    np.testing.assert_allclose(held[:, -8:], held[:, -1:].repeat(8, 1), atol=1e-12)


def test_each_part_of_the_motion_has_its_time():
    """By the docstring's shares of the time, to a thousandth: when is what at rest?"""
    poses = reach_and_turn(Hand(), grid_of(mug()), 1001, np.random.default_rng(3))

    def moves(numbers):
        """The first and the last of the thousand steps in which any of them changes."""
        changed = np.flatnonzero(np.abs(np.diff(numbers)).max(axis=0) > 1e-12)
        return changed[0], changed[-1] + 1

    fingers = poses.hand.angles[:, 300:]  # before that, from rest to open
    assert np.add(moves(fingers), 300) == pytest.approx([380, 580], abs=1)
    assert moves(poses.object.translation) == pytest.approx((560, 850), abs=1)
    assert moves(poses.object.rotation) == pytest.approx((620, 1000), abs=1)
    seen = poses.object.locate(poses.hand.translation[:, None])[:, 0]  # from the object
    assert moves(seen) == pytest.approx((0, 420), abs=1)
    assert moves(seen[1:]) == pytest.approx((0, 300), abs=1)  # sideways it is there first


def test_minimum_jerk_starts_and_ends_at_rest():
    s = minimum_jerk(np.linspace(-0.5, 1.5, 2001), 0, 1)
    assert s[0] == 0
    assert s[-1] == 1
    assert s[1000] == pytest.approx(0.5)
    assert (np.diff(s) >= 0).all()
    assert np.abs(np.diff(s, 2)).max() < 6 * 0.001**2  # its acceleration is at most 10/√3


def test_keypoints_have_the_stated_noise_and_the_stated_share_of_mistakes():
    capture = synthetic_capture(seed=0, frames=60, points=1)
    hand = capture.hand.keypoints(capture.truth.hand)
    error = capture.keypoints_2d - project(capture.cameras, hand)
    sure = capture.confidences > 0.5
    right = sure & (np.linalg.norm(error, axis=0) < 12)
    assert error[:, right].std() == pytest.approx(2.0, rel=0.02)
    wrong = sure & ~right
    assert wrong.mean() == pytest.approx(0.1 * (1 - (~sure).mean()), rel=0.1)
    assert np.linalg.norm(error, axis=0)[wrong].min() > 15
    assert error[:, ~sure].std() == pytest.approx(15, rel=0.05)
    assert 0.18 < (~sure | wrong).mean() < 0.26
    error = capture.keypoints_3d - hand
    measured = np.isfinite(error).all(axis=0)
    assert (capture.confidences_3d == 0).tolist() == (~measured).tolist()
    assert measured.mean() == pytest.approx(0.9, abs=1e-3)
    near = np.linalg.norm(error, axis=0) < 0.025
    assert error[:, near].std() == pytest.approx(0.005, rel=0.04)
    assert (measured & ~near).mean() == pytest.approx(0.09, rel=0.15)


def test_what_the_object_hides_is_not_trusted(capture):
    """By ray against triangle, for the last frame."""
    places = capture.hand.keypoints(capture.truth.hand)[..., -1]
    pose = capture.truth.frame(FRAMES - 1).object
    hidden = 0
    for camera, confidence in zip(capture.cameras, capture.confidences[..., -1], strict=True):
        seen = visible(capture.mesh, pose.locate(places), pose.locate(camera.position))
        assert (confidence[~seen] < 0.35).all()
        hidden += (~seen).sum()
    assert hidden > 5


def test_without_noise_everything_is_where_it_is():
    exact = Noise(pixels=1e-9, keypoints=1e-12, depth=1e-12)
    capture = synthetic_capture(
        seed=0, frames=3, cameras=2, points=12, noise=exact, occluded=0, wrong=0
    )
    places = capture.hand.keypoints(capture.truth.hand)
    np.testing.assert_allclose(capture.keypoints_3d, places, atol=1e-10)
    sure = capture.confidences > 0.5
    error = np.abs(capture.keypoints_2d - project(capture.cameras, places)).max(axis=0)
    assert error[sure].max() < 1e-7
    off = np.abs(capture.grid(capture.truth.object.locate(capture.cloud)))[:, 0]
    assert off.max() < 1e-3  # the hand is far: no strays; what is left is the grid's accuracy


def test_strays_of_the_cloud_lie_on_the_hand_where_a_camera_sees_it():
    """Without noise each point is on the object, or on a sample's ball on the side of a camera."""
    exact = Noise(pixels=1e-9, keypoints=1e-12, depth=1e-12)
    capture = synthetic_capture(seed=0, frames=4, cameras=2, points=400, noise=exact)
    off = np.abs(capture.grid(capture.truth.object.locate(capture.cloud)))
    samples = capture.hand.samples(capture.hand.keypoints(capture.truth.hand))
    strays = 0
    for f in range(capture.frames):
        points = capture.cloud[..., f]
        apart = np.linalg.norm(points[:, :, None] - samples[:, None, :, f], axis=0)
        on_hand = np.abs(apart - capture.hand.sample_radii) < 1e-9
        ours = on_hand.any(axis=1)
        assert (off[~ours, f] < 0.002).all()  # the accuracy of the grid
        for p in np.flatnonzero(ours):
            centre = samples[:, on_hand[p].argmax(), f]
            gaps = [
                np.linalg.norm(np.cross(camera.position - centre, points[:, p] - centre))
                for camera in capture.cameras
                if (camera.position - centre) @ (points[:, p] - centre) > 0
            ]
            assert min(gaps) < 1e-9
        strays += ours.sum()
    assert 10 < strays < 0.05 * capture.cloud[0].size


def test_the_cloud_lies_about_the_surface(capture):
    off = np.abs(capture.grid(capture.truth.object.locate(capture.cloud)))
    assert 0.0005 < np.median(off) < 0.0025
    assert 0.005 < (off > 0.01).mean() < 0.06


def test_a_start_is_as_far_off_as_it_says(capture):
    for poses in (capture.start, perturbed(capture.truth, degrees=20, metres=0.05, seed=5)):
        for body in ("hand", "object"):
            there, off = getattr(capture.truth, body), getattr(poses, body)
            np.testing.assert_allclose(
                np.rad2deg(angle_between(there.rotation, off.rotation)), 20, rtol=1e-12
            )
            np.testing.assert_allclose(
                np.linalg.norm(off.translation - there.translation, axis=0), 0.05, rtol=1e-12
            )
        assert (poses.hand.angles == poses.hand.angles[:, :1]).all()
    none = perturbed(capture.truth, degrees=0, metres=0)
    np.testing.assert_allclose(none.object.rotation, capture.truth.object.rotation, atol=1e-14)


def test_another_object():
    capture = synthetic_capture(seed=1, frames=5, cameras=2, points=10, mesh=box())
    assert capture.mesh.faces.shape == (3, 12)
    assert capture.truth.object.translation[2, 0] == pytest.approx(0.08)


def test_a_part_of_a_capture_is_a_capture(capture):
    part = capture.part(5, 12)
    assert part.frames == part.truth.frames == part.start.frames == 7
    np.testing.assert_array_equal(part.cloud, capture.cloud[..., 5:12])
    np.testing.assert_array_equal(part.truth.hand.angles, capture.truth.hand.angles[:, 5:12])
    assert part.rate == capture.rate == 14.5
    assert part.grid is capture.grid
    assert capture.part(0, 30).frames == 30
    for start, stop in ((0, 31), (3, 3), (-1, 4)):
        with pytest.raises(ValueError, match=f"start < stop ≤ 30, got {start}, {stop}"):
            capture.part(start, stop)


# --- bad captures ---------------------------------------------------------------------------


def test_what_was_not_measured_counts_for_nothing(capture):
    """NaN is a detection that failed: its confidence becomes 0."""
    pixels, places, cloud = (
        getattr(capture, name).copy() for name in ("keypoints_2d", "keypoints_3d", "cloud")
    )
    pixels[1, 2, 5, 7] = places[0, 8, 3] = cloud[2, 4, 1] = np.nan
    holed = changed(capture, keypoints_2d=pixels, keypoints_3d=places, cloud=cloud)
    assert holed.confidences[2, 5, 7] == 0
    assert holed.confidences_3d[8, 3] == 0
    assert holed.cloud_weights[4, 1] == 0
    assert holed.cloud_weights.sum() == POINTS * FRAMES - 1
    kept = np.ones(capture.confidences.shape, dtype=bool)
    kept[2, 5, 7] = False
    np.testing.assert_array_equal(holed.confidences[kept], capture.confidences[kept])
    with pytest.raises(ValueError, match="read-only"):
        holed.cloud[0, 0, 0] = 0


def blinded(capture, name, key):
    array = getattr(capture, name).copy()
    array[key] = 0
    return array


OPEN = (np.eye(3, 4), [[0, 0, 0], [1, 2, 3], [2, 3, 1]])
REFUSED = {
    "no cameras": (lambda c: changed(c, cameras=()), "cameras must not be empty"),
    "one camera for many": (
        lambda c: changed(c, cameras=c.cameras[0]), "cameras must be a list of Cameras, got Camera"
    ),
    "no such camera": (lambda c: changed(c, cameras=[1]), "cameras must be Cameras, got int"),
    "one camera more": (
        lambda c: changed(c, cameras=(*c.cameras, c.cameras[0])),
        r"keypoints_2d must be \(2, 5, 21, 30\), .* got \(2, 4, 21, 30\)",
    ),
    "a camera without keypoints": (
        lambda c: changed(c, confidences=blinded(c, "confidences", 2)),
        "camera 2 has none at all: leave it out",
    ),
    "a camera all NaN": (
        lambda c: changed(
            c, keypoints_2d=c.keypoints_2d * np.reshape([1, np.nan, 1, 1], (4, 1, 1))
        ),
        "camera 1 has none at all",
    ),
    "no keypoint at all": (
        lambda c: changed(c, confidences=0 * c.confidences, confidences_3d=0 * c.confidences_3d),
        "there must be a keypoint, all confidences are 0 or NaN",
    ),
    "fewer frames of 3-D": (
        lambda c: changed(c, keypoints_3d=c.keypoints_3d[..., :-1]),
        r"keypoints_3d must be \(3, 21, 30\), .* got \(3, 21, 29\)",
    ),
    "fewer frames of the cloud": (
        lambda c: changed(c, cloud=c.cloud[..., :-1]),
        r"cloud must be \(3, points, 30\), .* got \(3, 40, 29\)",
    ),
    "fewer frames of the truth": (
        lambda c: changed(c, truth=c.truth.part(0, 9)), "truth must have the 30 frames .* got 9"
    ),
    "fewer frames of the object": (
        lambda c: changed(c, start=c.start._replace(object=c.start.part(0, 9).object)),
        r"start: rotations and translations must be \(3, 30\) .* got \(3, 9\)",
    ),
    "a truth of NaN": (
        lambda c: changed(
            c, truth=c.truth._replace(object=RigidPose(*np.full((2, 3, FRAMES), np.nan)))
        ),
        "truth: each array must be finite, got nan",
    ),
    "a start of numbers": (
        lambda c: changed(c, start=c.start.flat()), "start must be Poses, got ndarray"
    ),
    "a start of one frame": (
        lambda c: changed(c, start=c.start.frame(0)), r"start: .* \(3, frames\) .* got \(3,\)"
    ),
    "one number": (
        lambda c: changed(c, keypoints_2d=1.0), r"must be \(2, 4, 21, frames\), .* got \(\)"
    ),
    "rows of all lengths": (
        lambda c: changed(c, keypoints_2d=[[1], [2, 3]]), "keypoints_2d must be an array of numbers"
    ),
    "20 keypoints": (
        lambda c: changed(c, keypoints_2d=c.keypoints_2d[:, :, 1:]), r"\(2, 4, 21, 30\)"
    ),
    "an empty cloud": (
        lambda c: changed(c, cloud=np.zeros((3, 0, FRAMES))),
        r"cloud must not be empty, got shape \(3, 0, 30\)",
    ),
    "a cloud of NaN": (lambda c: changed(c, cloud=np.nan * c.cloud), "cloud must hold a point"),
    "infinity": (
        lambda c: changed(c, cloud=c.cloud / 0),
        r"cloud must be finite, or NaN for what was not measured, got -?inf at index \(0, 0, 0\)",
    ),
    "a confidence without end": (
        lambda c: changed(c, confidences=c.confidences / 0), r"within \[0, 1\], got inf"
    ),
    "a confidence of 2": (
        lambda c: changed(c, confidences=2 * c.confidences), r"confidences must be within \[0, 1\]"
    ),
    "a confidence of NaN": (
        lambda c: changed(c, confidences_3d=np.where(c.confidences_3d > 0.8, np.nan, 0.5)),
        r"confidences_3d must be within \[0, 1\], got nan",
    ),
    "words": (lambda c: changed(c, cloud="cloud"), "cloud must be made of real numbers"),
    "no rate": (lambda c: changed(c, rate=0), "rate must be a number > 0, got 0"),
    "no hand": (lambda c: changed(c, hand=None), "hand must be a Hand, got NoneType"),
    "noise as a number": (lambda c: changed(c, noise=2.0), "noise must be a Noise, got float"),
    "half a frame": (lambda c: c.part(0.5, 2), r"start < stop ≤ 30, got 0.5, 2"),
    "no mesh": (lambda c: changed(c, mesh=None), "mesh must be a Mesh, got NoneType"),
    "a mesh that is open": (lambda c: changed(c, mesh=Mesh(*OPEN)), "must be watertight"),
    "no noise": (lambda c: Noise(pixels=0), "pixels must be a number > 0, got 0"),
    "no frames": (lambda c: synthetic_capture(frames=0), "frames must be a whole number ≥ 1"),
    "too much occluded": (lambda c: synthetic_capture(occluded=0.9), "occluded must be between"),
    "a list for a mesh": (lambda c: synthetic_capture(mesh=[]), "mesh must be a Mesh, got list"),
    "a mesh beside its origin": (
        lambda c: synthetic_capture(mesh=Mesh(box().vertices + np.eye(3, 1), box().faces)),
        r"own origin within its width and depth, got x from 0\.97 to 1\.03 and y from -0\.045",
    ),
    "a number for noise": (lambda c: synthetic_capture(noise=2.0), "must be a Noise, got float"),
    "no ring": (lambda c: synthetic_capture(cameras=0), "synthetic_capture: cameras must be a wh"),
    "no poses": (lambda c: perturbed("relaxed"), "perturbed: poses must be Poses, got str"),
    "no seed": (lambda c: synthetic_capture(seed=-1), "seed must be a whole number ≥ 0, got -1"),
    "backwards": (lambda c: perturbed(c.truth, degrees=-1), "degrees must be a number ≥ 0"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_capture_is_one_clear_error(capture, name):
    attempt, said = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=said):
        attempt(capture)


def test_a_mesh_that_is_not_watertight_is_never_made():
    with pytest.raises(ValueError, match="watertight"):
        Mesh(np.eye(3), [[0], [1], [2]])


def test_a_capture_needs_no_truth_and_no_start(capture):
    bare = changed(capture, truth=None, start=None)
    assert isinstance(bare, Capture)
    assert bare.keypoints_2d.shape == (2, CAMERAS, len(KEYPOINTS), FRAMES)
    assert isinstance(capture.truth, Poses)
