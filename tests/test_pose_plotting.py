"""The pictures of chapter 19: what they draw, and where."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color

from coursekit.plotting import (
    COLOURS,
    as_picture,
    draw_cameras,
    draw_cloud,
    draw_convergence,
    draw_detections,
    draw_hand,
    draw_mesh,
    draw_pose_errors,
    draw_scene,
    draw_shadow,
    draw_terms,
    draw_view,
    look_at,
    subplots,
)
from coursekit.pose import fit_sequence, synthetic_capture


@pytest.fixture(scope="module")
def capture():
    return synthetic_capture(seed=0, frames=6, cameras=3, points=12)


@pytest.fixture(scope="module")
def fit(capture):
    return fit_sequence(capture, steps=30, keep=6)


@pytest.fixture
def ax():
    _, ax = subplots()
    yield ax
    plt.close("all")


@pytest.fixture
def space():
    _, ax = subplots(subplot_kw={"projection": "3d"})
    yield ax
    plt.close("all")


def keypoints(capture, frame):
    return capture.hand.keypoints(capture.truth.frame(frame).hand)


def test_a_hand_in_space_is_five_lines_from_the_wrist(space, capture):
    points = keypoints(capture, 2)
    lines = draw_hand(space, points, label="true")
    for finger, line in enumerate(lines):
        chain = [0, *range(4 * finger + 1, 4 * finger + 5)]
        np.testing.assert_array_equal(line.get_data_3d(), points[:, chain])
    assert [line.get_label() == "true" for line in lines] == [True, False, False, False, False]


def test_a_hand_in_a_picture(ax, capture):
    places = capture.cameras[0].project(keypoints(capture, 2))
    lines = draw_hand(ax, places, color="red")
    np.testing.assert_array_equal(lines[1].get_xydata().T, places[:, [0, 5, 6, 7, 8]])
    assert lines[0].get_color() == "red"


def test_a_mesh_stands_where_its_pose_puts_it(space, capture):
    pose = capture.truth.frame(5).object
    faces = draw_mesh(space, capture.mesh, pose)
    drawn = np.array(faces._faces)  # (F, 3, 3): face, corner, coordinate
    np.testing.assert_allclose(
        drawn[17, 2], pose.place(capture.mesh.vertices[:, capture.mesh.faces[2, 17]]), atol=1e-12
    )
    assert len(drawn) == 1408
    by_itself = np.array(draw_mesh(space, capture.mesh)._faces)
    np.testing.assert_array_equal(by_itself.transpose(2, 1, 0), capture.mesh.corners)


def test_a_shadow_is_the_mesh_in_the_picture(ax, capture):
    camera, pose = capture.cameras[1], capture.truth.frame(5).object
    shadow = draw_shadow(ax, camera, capture.mesh, pose)
    corner = capture.mesh.vertices[:, capture.mesh.faces[1, 3]]
    np.testing.assert_allclose(
        shadow.get_paths()[3].vertices[1], camera.project(pose.place(corner)), atol=1e-9
    )


def test_what_is_uncertain_is_open(ax, capture):
    marks = draw_detections(ax, capture, 0, 3)
    sure = capture.confidences[0, :, 3] > 0.5
    np.testing.assert_array_equal(marks.get_offsets().T, capture.keypoints_2d[:, 0, :, 3])
    assert [colour[3] > 0 for colour in marks.get_facecolors()] == sure.tolist()
    assert same_color(marks.get_edgecolors()[0], COLOURS["vermilion"])


def test_a_scene_shows_all_to_one_scale(space, capture):
    draw_scene(space, capture, capture.truth, 5)
    points = keypoints(capture, 5)
    sides = []
    for axis, places in zip("xyz", points, strict=True):
        low, high = getattr(space, f"get_{axis}lim")()
        assert low <= places.min() - 0.02  # the margin
        assert places.max() + 0.02 <= high
        sides.append(high - low)
    ratio = space._box_aspect / sides
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)
    draw_cloud(space, capture.cloud[..., 5])


def test_cameras_are_drawn_where_they_are(space, capture):
    lines = draw_cameras(space, capture.cameras, size=0.1)
    for camera, line in zip(capture.cameras, lines, strict=True):
        drawn = np.array(line.get_data_3d())
        from_eye = np.linalg.norm(drawn - camera.position[:, None], axis=0)
        assert from_eye.min() == pytest.approx(0, abs=1e-12)
        np.testing.assert_allclose(camera.depth(drawn)[:5], 0.1, rtol=1e-9)
    look_at(space, np.array([camera.position for camera in capture.cameras]).T)


def test_a_view_is_the_picture_or_a_part_of_it(ax, capture):
    draw_view(ax, capture, capture.truth, 0, 5, whole=True)
    assert ax.get_xlim() == (0, 640)
    assert ax.get_ylim() == (480, 0)  # pixels are counted downwards
    draw_view(ax, capture, capture.truth, 0, 5)
    left, right = ax.get_xlim()
    seen = capture.keypoints_2d[0, 0, :, 5]
    assert 0 < left <= seen.min() - 30
    assert right >= seen.max() + 30
    assert as_picture(ax, capture.cameras[0]) is ax


def test_what_a_camera_has_behind_it_has_no_part_in_its_picture(ax, capture):
    """What is finite settles the part that is shown; where nothing is, all of it is shown."""
    camera = capture.cameras[0]
    as_picture(ax, camera, around=[[100, np.nan, 200], [50, np.nan, 70]], margin=10)
    assert (ax.get_xlim(), ax.get_ylim()) == ((90, 210), (120, 0))  # a square
    as_picture(ax, camera, around=np.full((2, 3), np.nan))
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 640), (480, 0))


def test_a_hand_has_21_keypoints_and_a_view_something_to_show(ax, space):
    for wrong in (np.zeros((2, 20)), np.zeros((21, 2)), np.zeros((3, 21, 4))):
        with pytest.raises(ValueError, match=r"\(2, 21\) or \(3, 21\), got"):
            draw_hand(ax, wrong)
    for nothing in (np.zeros((3, 0)), np.full((3, 2), np.nan)):
        with pytest.raises(ValueError, match="at least one of them finite"):
            look_at(space, nothing)


def test_the_way_is_from_x_to_o(ax, capture, fit):
    """For the wrist, three tips and the object's middle, in the picture."""
    lines = draw_convergence(ax, fit, 0, 4)
    camera = capture.cameras[0]
    assert len(lines) == 5
    assert all(len(line.get_xdata()) == len(fit.path) for line in lines)
    looks = [(line.get_linestyle(), line.get_color()) for line in lines]
    assert looks == [("-", COLOURS["black"])] * 4 + [("--", COLOURS["blue"])]  # the object's
    start = camera.project(capture.start.frame(4).object.translation)
    np.testing.assert_allclose(lines[-1].get_xydata()[0], start)
    crosses = [line for line in ax.lines if line.get_marker() == "x"]
    np.testing.assert_allclose(crosses[-1].get_xydata()[0], start)
    (circles,) = (line for line in ax.lines if line.get_marker() == "o")
    np.testing.assert_allclose(circles.get_xydata()[0], camera.project(keypoints(capture, 4)[:, 0]))
    with pytest.raises(ValueError, match="keep=20"):
        draw_convergence(ax, fit_sequence(capture, steps=1), 0, 0)


def test_the_way_in_space_is_from_x_to_o(space, capture, fit):
    lines = draw_convergence(space, fit, None, 4, keypoints=(0, 8))
    assert len(lines) == 3
    way = np.array([capture.hand.keypoints(poses.frame(4).hand)[:, 8] for poses in fit.path])
    np.testing.assert_allclose(np.array(lines[1].get_data_3d()).T, way)
    (circles,) = (line for line in space.lines if line.get_marker() == "o")
    true = np.column_stack(
        [keypoints(capture, 4)[:, [0, 8]], capture.truth.object.translation[:, 4]]
    )
    np.testing.assert_allclose(circles.get_data_3d(), true)


def test_the_loss_and_its_terms(ax, fit):
    lines = draw_terms(ax, fit)
    assert [line.get_label() for line in lines] == ["loss", *fit.terms]
    np.testing.assert_array_equal(lines[0].get_ydata(), fit.loss)
    np.testing.assert_array_equal(lines[1].get_ydata(), fit.terms["L2D"])
    assert ax.get_yscale() == "log"


def test_errors_by_frame(ax, fit):
    line = draw_pose_errors(ax, fit.after, "object_rotation", label="after")
    np.testing.assert_array_equal(line.get_ydata(), fit.after.object_rotation)
    assert ax.get_ylabel() == "object rotation [°]"
    with pytest.raises(ValueError, match="got 'speed'"):
        draw_pose_errors(ax, fit.after, "speed")
