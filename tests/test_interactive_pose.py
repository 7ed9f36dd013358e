"""The pose explorer: its numbers are those of the fit, its lines those of the projection."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from asking import ask, still

from coursekit.interactive import explore_pose_fit
from coursekit.interactive.contours import Contours
from coursekit.interactive.still import draw_layer
from coursekit.pose import (
    MEASURES,
    Camera,
    RigidPose,
    box,
    fit_sequence,
    project,
    synthetic_capture,
)


@pytest.fixture(scope="module")
def fit():
    capture = synthetic_capture(seed=0, frames=6, cameras=3, points=30)
    return fit_sequence(capture, steps=12, keep=5)


@pytest.fixture(scope="module")
def usual(fit):
    return explore_pose_fit(fit)


def scene_of(explorer, **changed):
    return explorer.compute(**explorer.spec["values"] | changed)


def test_loss_and_errors_are_those_of_the_fit(fit, usual):
    """At every kept step, for the frame that is shown."""
    arrays = scene_of(usual, frame=4).arrays
    assert arrays["loss"].tolist() == [fit.loss[step] for step in fit.path_steps]
    for name in MEASURES:
        expected = [getattr(fit.errors(poses), name)[4] for poses in fit.path]
        np.testing.assert_allclose(arrays[name], expected, rtol=1e-9, atol=1e-9)
    captions = scene_of(usual).captions
    assert captions == [f"step {step}" for step in fit.path_steps]


@pytest.mark.parametrize("camera", [0, 2])
def test_the_picture_is_the_projection_moved_to_the_hand(fit, usual, camera):
    arrays = scene_of(usual, frame=3, camera=str(camera)).arrays
    hand, cameras = fit.capture.hand, fit.capture.cameras
    middle = project(cameras, hand.keypoints(fit.poses.hand))[:, camera, :, 3].mean(axis=1)
    for row, poses in enumerate(fit.path):
        places = project(cameras, hand.keypoints(poses.hand))[:, camera, :, 3]
        for way, joint in enumerate((0, 4, 8, 20)):
            way = arrays[f"way {way} picture"][row]
            np.testing.assert_allclose(way, places[:, joint] - middle, atol=1e-9)
        fingertips = arrays["hand picture"][row].reshape(5, 6, 2)[:, 4]
        np.testing.assert_allclose(fingertips, (places[:, 4::4].T - middle), atol=1e-9)
    detected = len(arrays["sure"]) + len(arrays["guessed"])
    assert detected == (fit.capture.confidences[camera, :, 3] > 0).sum()


def test_the_side_view_shows_x_and_z_in_centimetres(fit, usual):
    arrays = scene_of(usual, frame=2).arrays
    middle = fit.capture.hand.keypoints(fit.poses.hand)[[0, 2], :, 2].mean(axis=1)
    truth = fit.capture.truth.object.translation[[0, 2], 2]
    np.testing.assert_allclose(arrays["truth side"][4], 100 * (truth - middle), atol=1e-9)
    cloud = fit.capture.cloud[[0, 2], :, 2].T
    np.testing.assert_allclose(arrays["cloud"], 100 * (cloud - middle), atol=1e-9)
    start = fit.start.object.translation[[0, 2], 2]
    np.testing.assert_allclose(arrays["way 4 side"][0], 100 * (start - middle), atol=1e-9)
    np.testing.assert_allclose(arrays["start side"][4], 100 * (start - middle), atol=1e-9)


def test_the_panels_hold_the_hand_of_every_frame_at_the_start_and_at_the_end(fit, usual):
    """A tenth wider or higher than its farthest keypoint, in the median camera; a height is 0.8 of
    a width, and pixels count downwards."""
    found, begun = (fit.capture.hand.keypoints(poses.hand) for poses in (fit.poses, fit.start))

    def farthest(places):
        middle = places(found).mean(axis=1, keepdims=True)
        wide, high = (
            max(np.abs(places(hand) - middle)[axis].max() for hand in (found, begun))
            for axis in (0, 1)
        )
        return 1.1 * max(wide, high / 0.8)

    cameras = [farthest(lambda hand, c=c: c.project(hand)) for c in fit.capture.cameras]
    for panel, wide in zip(
        usual.spec["panels"],
        (np.median(cameras), farthest(lambda hand: 100 * hand[[0, 2]])),
        strict=True,
    ):
        up = -1 if panel["name"] == "picture" else 1
        np.testing.assert_allclose(panel["xlim"], [-wide, wide], rtol=1e-12)
        np.testing.assert_allclose(panel["ylim"], [-0.8 * up * wide, 0.8 * up * wide], rtol=1e-12)


def test_the_lists_of_what_is_what_lie_above_the_axes_where_nothing_moves(usual):
    """Between title and axes, within the picture; the axes of both panels end at one height."""
    tops = []
    for panel in usual.panels:
        figure, ax = panel.figure, panel.ax
        figure.canvas.draw()
        listed, drawn = ax.get_legend().get_window_extent(), ax.get_window_extent()
        title, below = ax.title.get_window_extent(), ax.xaxis.label.get_window_extent()
        assert drawn.y1 < listed.y0 < listed.y1 <= title.y0 < title.y1 <= figure.bbox.y1
        assert 0 <= listed.x0 < listed.x1 <= figure.bbox.x1
        assert below.y0 >= 0
        tops.append(drawn.y1)
    np.testing.assert_allclose(tops[0], tops[1], atol=2)


def test_the_truth_is_a_ring_around_what_has_come_to_it(usual):
    """In each view it is drawn after the ways and is open, so that neither hides the other."""
    for view in ("picture", "side"):
        layers = [layer for layer in usual.spec["layers"] if layer["panel"] == view]
        order = [layer["of"] for layer in layers]
        truth = order.index(f"truth {view}")
        assert all(truth > order.index(f"way {n} {view}") for n in range(5))
        _, ax = plt.subplots()
        draw_layer(ax, layers[truth], np.zeros((1, 2)), 0)
        assert ax.lines[-1].get_markerfacecolor() == "none"
        plt.close("all")


def _lengths(lines):
    """Of the lines of one pose, without those that are only room."""
    ends = lines[np.isfinite(lines).all(axis=1)].reshape(-1, 2, 2)
    return np.sort(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1))


@pytest.mark.parametrize(
    ("eye", "edges"),
    [((9.0, 0.0, 0.0), 4), ((9.0, 9.0, 0.0), 7), ((9.0, 9.0, 9.0), 9)],
    ids=["one face", "two faces", "three faces"],
)
def test_a_box_shows_the_edges_of_the_faces_that_are_seen(eye, edges):
    """Four of one face, seven of two, nine of three; never the diagonals of its triangles."""
    mesh, pose = box((1.0, 2.0, 3.0)), RigidPose(np.zeros((3, 1)), np.zeros((3, 1)))
    seen = pose.place(mesh.vertices)
    flat = np.stack([seen[0] + 0.1 * seen[2], seen[1] + 0.2 * seen[2]])  # every edge its length
    lines = Contours(mesh).lines(flat.transpose(2, 1, 0), np.array(eye)[:, None])
    found = _lengths(lines[0])
    assert len(found) == edges
    assert set(found.round(6)) <= {1.0, 2.0, round(3 * np.hypot(0.1, 0.2), 6)}


@pytest.mark.parametrize("camera", [0, 1, 2])
def test_the_outline_of_the_object_is_as_wide_as_the_object(fit, usual, camera):
    """In every direction, in both views: it is that of where one stands, and not of elsewhere."""
    arrays, capture = scene_of(usual, frame=4, camera=str(camera)).arrays, fit.capture
    hand = capture.hand.keypoints(fit.poses.hand)[..., 4]
    angles = np.linspace(0, 2 * np.pi, 40)
    ways = np.stack([np.cos(angles), np.sin(angles)])
    for row, poses in enumerate(fit.path):
        vertices = poses.frame(4).object.place(capture.mesh.vertices)
        eye = capture.cameras[camera]
        picture = eye.project(vertices) - eye.project(hand).mean(axis=1, keepdims=True)
        side = 100 * (vertices - hand.mean(axis=1, keepdims=True))[[0, 2]]
        for view, places in (("picture", picture), ("side", side)):
            drawn = arrays[f"object {view}"][row]
            drawn = drawn[np.isfinite(drawn).all(axis=1)]
            np.testing.assert_allclose(
                (drawn @ ways).max(axis=0), (places.T @ ways).max(axis=0), rtol=1e-9
            )


def test_the_line_of_python_makes_the_same_picture(fit, usual):
    scene = scene_of(usual, frame=1.0, camera="2")
    assert scene.code == "explore_pose_fit(fit, frame=1, camera=2)"
    again = scene_of(eval(scene.code, {"explore_pose_fit": explore_pose_fit, "fit": fit}))
    assert again.arrays.keys() == scene.arrays.keys()
    for name, array in scene.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"frame": 6}, "frame must be below 6, got 6"),
        ({"frame": -1}, "frame must be a whole number ≥ 0"),
        ({"camera": 3}, "camera must be below 3, got 3"),
        ({"camera": 0.5}, "camera must be a whole number ≥ 0"),
    ],
)
def test_bad_arguments_are_refused_in_words(fit, arguments, said):
    with pytest.raises(ValueError, match=f"explore_pose_fit: {said}"):
        explore_pose_fit(fit, **arguments)


def test_what_is_no_fit_or_kept_no_poses_is_refused(fit):
    with pytest.raises(TypeError, match="explore_pose_fit needs a PoseFit, got Capture"):
        explore_pose_fit(fit.capture)
    with pytest.raises(ValueError, match=r"fit_sequence\(…, keep=60\)"):
        explore_pose_fit(fit_sequence(fit.capture, steps=1))


def test_without_the_truth_nothing_is_said_of_errors(fit):
    blind = replace(fit.capture, truth=None)
    explorer = explore_pose_fit(fit_sequence(blind, steps=3, keep=2))
    arrays = scene_of(explorer).arrays
    assert "keypoints" not in arrays
    assert "truth picture" not in arrays
    assert explorer.text.endswith("the truth is not known.")
    assert [row["of"] for row in explorer.spec["readout"]] == ["loss"]


def test_cameras_that_have_the_hand_behind_them_show_an_empty_picture(fit):
    """One of them, or all: without L2D a fit does not mind."""
    away = Camera.looking_at((0, 0, 5), position=(0, -1, 3))
    for cameras in ((*fit.capture.cameras[:2], away), (away,) * 3):
        turned = replace(fit.capture, cameras=cameras)
        blind = explore_pose_fit(fit_sequence(turned, steps=2, keep=2, weights={"L2D": 0}))
        arrays = scene_of(blind, camera="2").arrays
        assert np.isnan(arrays["way 0 picture"]).all()
        assert np.isfinite(arrays["way 0 side"]).all()
        _, words = still(blind)
        assert "frame 3 of 6" in words


def test_the_answer_to_a_message(fit, usual):
    answer = ask(usual, first=True, frame=5)
    assert list(answer.pictures) == ["picture", "side"]
    assert answer.content["frames"] == len(answer.arrays["loss"]) == len(fit.path)
    np.testing.assert_array_equal(
        answer.arrays["hand side"], scene_of(usual, frame=5).arrays["hand side"]
    )


def test_an_error_is_sent_as_a_sentence(usual):
    answer = ask(usual, frame=99).content
    assert answer["error"]
    assert answer["text"].startswith("IndexError")


def test_a_still_picture_with_words_for_it(fit, usual):
    picture, words = still(usual)
    before, after = (round(float(e.keypoints[3])) for e in (fit.before, fit.after))
    assert words == (
        f"A fit on its way. 12 steps; frame 3 of 6, camera 0: the keypoints are {before} mm off at "
        f"the start and {after} mm at the end, on average."
    )
    dark = np.asarray(picture, int).sum(axis=-1) < 100
    assert dark.sum() > 1000
