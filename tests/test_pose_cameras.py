"""Pinhole cameras: against OpenCV's projectPoints, behind the camera, and their derivatives."""

import json
from pathlib import Path

import numpy as np
import pytest

from coursekit import graphs
from coursekit.gradcheck import check_gradient
from coursekit.graphs import Node, backward
from coursekit.pose.cameras import Camera, project, ring_of_cameras
from coursekit.pose.rotations import rotate

GOLDEN = json.loads((Path(__file__).parent / "golden" / "pose.json").read_text("utf-8"))
CASES = [{k: np.array(v) for k, v in case.items()} for case in GOLDEN["projections"]]
each_case = pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))

K = [[600.0, 0, 320], [0, 600, 240], [0, 0, 1]]


def camera_of(case):
    return Camera(case["intrinsics"], case["rotation"], case["translation"])


@each_case
def test_a_projection_is_opencvs(case):
    pixels = camera_of(case).project(case["points"])
    np.testing.assert_allclose(pixels, case["pixels"], rtol=1e-12, atol=1e-9)


@each_case
def test_the_derivative_of_a_projection_is_opencvs(case):
    """By the camera's translation t; a point of the world that moves by Rᵀ d moves it by d."""
    camera, points = camera_of(case), case["points"]
    for n in range(points.shape[1]):
        for axis in range(2):
            at = Node(points)
            slope = backward(camera.project(at)[axis, n])[at][:, n]
            expected = case["by_translation"][2 * n + axis]
            np.testing.assert_allclose(
                rotate(camera.rotation, slope), expected, rtol=1e-9, atol=1e-9
            )


def test_all_cameras_at_once_are_each_alone():
    cameras = ring_of_cameras(5)
    points = np.random.default_rng(0).normal(0, 0.1, (3, 4, 6))
    together = project(cameras, points)
    assert together.shape == (2, 5, 4, 6)
    for i, camera in enumerate(cameras):
        np.testing.assert_array_equal(together[:, i], camera.project(points))
    assert cameras[0].project(points[:, 0, 0]).shape == (2,)


def test_the_gradient_through_a_projection():
    cameras = ring_of_cameras(3)
    points = np.random.default_rng(1).normal(0, 0.1, (3, 4))
    w = np.random.default_rng(2).normal(size=(2, 3, 4))

    def gradient(points):
        at = Node(points)
        return backward(graphs.sum(w * project(cameras, at)))[at]

    report = check_gradient(
        lambda p: float((w * project(cameras, p)).sum()), gradient, points, tolerance=1e-7
    )
    assert report.ok, report


def test_a_camera_looks_where_it_is_told_to():
    camera = Camera.looking_at((0.1, 0.2, 0.3), position=(1, -1, 0.5), focal=500, size=(800, 600))
    np.testing.assert_allclose(camera.project((0.1, 0.2, 0.3)), (400, 300))
    np.testing.assert_allclose(camera.position, (1, -1, 0.5))
    above = camera.project((0.1, 0.2, 0.35))
    assert above[0] == pytest.approx(400)  # upright: what is higher stands higher,
    assert above[1] < 300  # and pixels are counted downwards
    distance = np.linalg.norm([0.9, 1.2, 0.2])
    assert camera.depth((0.1, 0.2, 0.3)) == pytest.approx(distance)
    right = np.cross(camera.position - (0.1, 0.2, 0.3), (0, 0, -1.0))
    moved = camera.project(np.array((0.1, 0.2, 0.3)) + 0.01 * right / np.linalg.norm(right))
    np.testing.assert_allclose(moved, (400 + 500 * 0.01 / distance, 300))


def test_a_ring_stands_around_its_target():
    cameras = ring_of_cameras(6, target=(0, 0, 0.1), radius=0.8, height=0.5)
    places = np.array([camera.position for camera in cameras])
    np.testing.assert_allclose(np.hypot(*places[:, :2].T), 0.8)
    np.testing.assert_allclose(places[:, 2], 0.6)
    gaps = np.linalg.norm(places - np.roll(places, 1, axis=0), axis=1)
    np.testing.assert_allclose(gaps, 0.8)  # a hexagon's side is its radius
    for camera in cameras:
        np.testing.assert_allclose(camera.project((0, 0, 0.1)), (320, 240), atol=1e-9)


def test_the_usual_ring_looks_a_little_above_the_table():
    """No camera stands on an axis: half a step beside it."""
    first, *_ = ring_of_cameras()
    np.testing.assert_allclose(first.project((0, 0, 0.1)), (320, 240), atol=1e-9)
    assert np.arctan2(*first.position[[1, 0]]) == pytest.approx(np.pi / 6)
    assert first.intrinsics[0, 0] == first.intrinsics[1, 1] == 800


def test_behind_the_camera_there_is_no_picture():
    """NaN, and no warning; the points in front keep theirs."""
    camera = Camera(K, (0, 0, 0), (0, 0, 0))
    pixels = camera.project(np.array([[0, 0, 1.0], [0, 0, 0], [0, 0, -1]]).T)
    np.testing.assert_array_equal(pixels, [[320, np.nan, np.nan], [240, np.nan, np.nan]])
    assert camera.depth((0, 0, -1)) == -1
    assert camera.sees(pixels).tolist() == [True, False, False]


def test_what_is_behind_and_counts_for_nothing_has_no_slope():
    """Only where no gradient comes back; else it is not a number, as the place itself."""
    camera = Camera(K, (0, 0, 0), (0, 0, 0))
    points = np.array([[0.1, 0.2, 1.0], [0.1, 0.2, 0], [0.1, 0.2, -1], [0.1, 0.2, -2]]).T
    at = Node(points)
    slope = backward(graphs.sum(camera.project(at) * np.array([2.0, 0, 0, 1])))[at]
    alone = Node(points[:, 0])
    expected = backward(graphs.sum(2 * camera.project(alone)))[alone]
    np.testing.assert_allclose(slope[:, 0], expected)
    np.testing.assert_array_equal(slope[:, 1:3], 0)
    assert np.isnan(slope[2, 3])


def test_what_is_in_the_picture():
    camera = Camera(K, (0, 0, 0), (0, 0, 0), size=(640, 480))
    pixels = np.array([[0, 639.9, 640, 300, -1], [0, 479.9, 10, 480, 10]])
    assert camera.sees(pixels).tolist() == [True, True, False, False, False]


def test_a_camera_says_where_it_is():
    camera = Camera.looking_at((0, 0, 0), position=(-1, 0, 0.25))
    assert repr(camera) == "<Camera at (-1.000, 0.000, 0.250) m, 640 × 480 pixels>"
    with pytest.raises(ValueError, match="read-only"):
        camera.rotation[0] = 1


REFUSED = {
    "another shape": (lambda: Camera(np.eye(4), (0, 0, 0), (0, 0, 0)), r"intrinsics .* \(4, 4\)"),
    "NaN": (lambda: Camera(K, (0, 0, 0), (0, np.nan, 0)), "translation must be finite"),
    "K transposed": (lambda: Camera(np.transpose(K), (0, 0, 0), (0, 0, 0)), r"\[0, 0, 1\]"),
    "no focal length": (
        lambda: Camera([[0, 0, 1], [0, 5, 1], [0, 0, 1]], (0, 0, 0), (0, 0, 0)), "f_x, f_y > 0"
    ),
    "no size": (lambda: Camera(K, (0, 0, 0), (0, 0, 0), size=(0, 480)), "size .* ≥ 1, got 0"),
    "a size of one number": (
        lambda: Camera(K, (0, 0, 0), (0, 0, 0), size=640), r"size must be \(width, height\) .* 640"
    ),
    "a size of three": (
        lambda: Camera.looking_at((0, 0, 0), (1, 0, 0), size=(6, 4, 3)), r"got \(6, 4, 3\)"
    ),
    "a target of NaN": (
        lambda: Camera.looking_at((0, np.nan, 0), (1, 0, 0)), r"target must be finite, .* \(1,\)"
    ),
    "a position with two coordinates": (
        lambda: Camera.looking_at((0, 0, 0), (1, 0)), r"position must have shape \(3,\), got \(2,\)"
    ),
    "in the target": (lambda: Camera.looking_at((1, 1, 1), (1, 1, 1)), "above, below or in"),
    "straight above": (lambda: Camera.looking_at((1, 1, 1), (1, 1, 3)), "above, below or in"),
    "no cameras": (lambda: ring_of_cameras(0), "n must be a whole number ≥ 1, got 0"),
    "no ring": (lambda: ring_of_cameras(radius=0), "radius must be a number > 0"),
    "a ring around two coordinates": (
        lambda: ring_of_cameras(target=(0, 0)), r"target must have shape \(3,\), got \(2,\)"
    ),
    "a ring nowhere": (lambda: ring_of_cameras(height=np.nan), "height must be finite, got nan"),
    "two coordinates": (lambda: Camera(K, (0, 0, 0), (0, 0, 0)).project((1, 2)), "3 coordinates"),
    "the depth of two": (
        lambda: Camera(K, (0, 0, 0), (0, 0, 0)).depth((1, 2)), "depth: points must have 3 coord"
    ),
    "the sight of three": (
        lambda: Camera(K, (0, 0, 0), (0, 0, 0)).sees((1, 2, 3)), "sees: pixels must have 2 coord"
    ),
    "no camera at all": (lambda: project([], (1, 2, 3)), "project: cameras must not be empty"),
    "no camera": (lambda: project([5], (1, 2, 3)), "cameras must be Cameras, got int"),
    "one camera for many": (
        lambda: project(Camera(K, (0, 0, 0), (0, 0, 0)), (1, 2, 3)), "a list of Cameras, got Camera"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    attempt, said = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=said):
        attempt()
