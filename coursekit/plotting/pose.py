"""A hand and an object in space and in the pictures of cameras, and how a fit gets there.

What is drawn in space wants axes with `projection="3d"`; places are in metres. What is drawn in
a picture wants plain axes; places are in pixels, counted downwards.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from numpy.typing import ArrayLike

from coursekit.arrays import Array, as_floats
from coursekit.plotting.styles import COLOURS, style_of
from coursekit.pose import (
    CHAINS,
    MEASURES,
    Camera,
    Capture,
    Mesh,
    PoseErrors,
    PoseFit,
    Poses,
    RigidPose,
    rotate,
)

UNSURE = 0.5  # a confidence below which a detection is drawn open


def draw_hand(ax: Axes, keypoints: ArrayLike, *, label: str | None = None, **line) -> list[Line2D]:
    """Draw a line through each finger from the wrist, of keypoints `(3, 21)` or `(2, 21)`.

    In space or in a picture, as the keypoints and the axes are. Returns the five lines. Raises
    `ValueError` for another shape.
    """
    keypoints = as_floats(keypoints, "draw_hand: keypoints")
    if keypoints.shape not in ((2, 21), (3, 21)):
        raise ValueError(f"draw_hand: keypoints must be (2, 21) or (3, 21), got {keypoints.shape}.")
    look = {"color": COLOURS["black"], "lw": 1.6, "marker": ".", "markersize": 5, **line}
    return [
        ax.plot(*keypoints[:, chain], **look, label=label if number == 0 else None)[0]
        for number, chain in enumerate(CHAINS)
    ]


def draw_mesh(ax: Axes, mesh: Mesh, pose: RigidPose | None = None, **look) -> Poly3DCollection:
    """Draw a mesh in space, where a pose `(3,)` puts it; returns the collection."""
    triangles = _triangles(mesh, pose).transpose(2, 1, 0)
    light = mesh.normals if pose is None else rotate(pose.rotation, mesh.normals)
    shade = 0.55 + 0.45 * np.clip(np.array([0.3, -0.5, 0.8]) @ light, 0, 1)
    blue = np.array([0x56, 0xB4, 0xE9]) / 255
    colours = np.column_stack([shade[:, None] * blue, np.full(shade.size, 0.55)])
    return ax.add_collection3d(
        Poly3DCollection(triangles, **{"facecolors": colours, "lw": 0, **look})
    )


def draw_cloud(ax: Axes, points: ArrayLike, **markers) -> Artist:
    """Draw points `(3, n)` in space; returns the markers."""
    look = {"s": 3, "color": COLOURS["vermilion"], "depthshade": False, "marker": "^"}
    return ax.scatter(*np.asarray(points, dtype=float), **{**look, **markers})


def draw_cameras(ax: Axes, cameras: tuple[Camera, ...], *, size: float = 0.12) -> list[Line2D]:
    """Draw each camera as the pyramid of what it sees, `size` metres deep, with its number."""
    lines = []
    for number, camera in enumerate(cameras):
        width, height = camera.size
        corners = np.array([[0, width, width, 0, 0], [0, 0, height, height, 0], np.ones(5)])
        rays = size * np.linalg.solve(camera.intrinsics, corners)
        pose = RigidPose(camera.rotation, camera.translation)
        frame, eye = pose.locate(rays), camera.position
        outline = np.concatenate([np.column_stack([eye, corner, eye]) for corner in frame.T], 1)
        outline = np.concatenate([frame, outline], axis=1)
        lines += ax.plot(*outline, color=COLOURS["grey"], lw=0.8)
        ax.text(*eye, f" {number}", color=COLOURS["grey"])
    return lines


def draw_scene(ax: Axes, capture: Capture, poses: Poses, frame: int, *, cloud: bool = True, **hand):
    """Draw the hand, the object and the cloud of one frame in space, all axes to one scale.

    Keyword arguments go to the lines of the hand. Returns those.
    """
    now = poses.frame(frame)
    keypoints = capture.hand.keypoints(now.hand)
    draw_mesh(ax, capture.mesh, now.object)
    if cloud:
        draw_cloud(ax, capture.cloud[..., frame])
    lines = draw_hand(ax, keypoints, **hand)
    look_at(ax, np.concatenate([keypoints, now.object.place(capture.mesh.vertices)], axis=1))
    return lines


def look_at(ax: Axes, points: ArrayLike, *, margin: float = 0.02) -> None:
    """Let axes in space show points `(3, n)` and a margin around them, to one scale.

    Raises `ValueError` where none of them is finite.
    """
    points = _finite(points)
    if not points.size:
        raise ValueError("look_at: points must be (3, n), at least one of them finite.")
    low, high = points.min(axis=1) - margin, points.max(axis=1) + margin
    for axis, between in zip("xyz", zip(low, high, strict=True), strict=True):
        getattr(ax, f"set_{axis}lim")(*between)
        getattr(ax, f"{axis}axis").set_major_locator(MaxNLocator(4))
        getattr(ax, f"set_{axis}label")(f"{axis} [m]")
    ax.set_box_aspect(high - low)


# --- in a picture ---------------------------------------------------------------------------


def as_picture(ax: Axes, camera: Camera, *, around: ArrayLike | None = None, margin: float = 30):
    """Let axes be the picture of a camera, or a square of it around places `(2, n)`, those that
    are finite if there are any; returns the axes."""
    around = np.empty((2, 0)) if around is None else _finite(around)
    if not around.size:
        ax.set(xlim=(0, camera.size[0]), ylim=(camera.size[1], 0))
    else:
        low, high = around.min(axis=1), around.max(axis=1)
        (u, v), half = (low + high) / 2, (high - low).max() / 2 + margin
        ax.set(xlim=(u - half, u + half), ylim=(v + half, v - half))
    ax.set(aspect="equal", xlabel="u [pixels]", ylabel="v [pixels]")
    return ax


def draw_shadow(ax: Axes, camera: Camera, mesh: Mesh, pose: RigidPose, **look) -> PolyCollection:
    """Draw what a mesh covers of a camera's picture; returns the collection."""
    places = camera.project(_triangles(mesh, pose)).transpose(2, 1, 0)
    colour = {"facecolors": COLOURS["sky"], "edgecolors": COLOURS["sky"], "lw": 0.3}
    return ax.add_collection(PolyCollection(places, **{**colour, "zorder": 0, **look}))


def draw_detections(ax: Axes, capture: Capture, camera: int, frame: int, **markers) -> Artist:
    """Draw the 2-D keypoints that one camera detected: filled where it is sure, else open.

    Returns the markers.
    """
    places, sure = capture.keypoints_2d[:, camera, :, frame], capture.confidences[camera, :, frame]
    seen = sure > 0
    colour = COLOURS["vermilion"]
    filled = [colour if c >= UNSURE else "none" for c in sure[seen]]
    look = {"s": 22, "facecolors": filled, "edgecolors": colour, "lw": 1, "zorder": 3}
    return ax.scatter(*places[:, seen], **{**look, **markers})


def draw_view(
    ax: Axes,
    capture: Capture,
    poses: Poses,
    camera: int,
    frame: int,
    *,
    whole: bool = False,
    **hand,
) -> list[Line2D]:
    """Draw hand and object, as posed, into the picture of a camera, over what it detected.

    The part of the picture around these, or all of it with `whole`. Keyword arguments go to the
    lines of the hand. Returns those.
    """
    now, eye = poses.frame(frame), capture.cameras[camera]
    places = eye.project(capture.hand.keypoints(now.hand))
    draw_shadow(ax, eye, capture.mesh, now.object, alpha=0.5)
    draw_detections(ax, capture, camera, frame)
    lines = draw_hand(ax, places, **hand)
    covered = eye.project(now.object.place(capture.mesh.vertices))
    around = np.concatenate([places, covered, capture.keypoints_2d[:, camera, :, frame]], axis=1)
    as_picture(ax, eye, around=None if whole else around)
    return lines


def draw_convergence(
    ax: Axes,
    fit: PoseFit,
    camera: int | None,
    frame: int,
    *,
    keypoints: tuple[int, ...] = (0, 4, 8, 20),
) -> list[Line2D]:
    """Draw how some keypoints and the object's middle go from the start (x) to the truth (o).

    In the picture of a camera, or in space where `camera` is None; one line for each, over the
    poses that the fit kept: it needs `fit_sequence(…, keep=…)`. Where the truth is not known,
    there is no o. Returns the lines. Raises `ValueError` where the fit kept no poses.
    """
    if not fit.path:
        raise ValueError("draw_convergence needs the way: fit_sequence(…, keep=20).")
    eye = None if camera is None else fit.capture.cameras[camera]

    def places(poses: Poses) -> Array:
        now = poses.frame(frame)
        chosen = fit.capture.hand.keypoints(now.hand)[:, list(keypoints)]
        chosen = np.column_stack([chosen, now.object.translation])
        return chosen if eye is None else eye.project(chosen)

    way, lines = np.stack([places(poses) for poses in fit.path], axis=2), []
    for number, track in enumerate(way.swapaxes(0, 1)):
        is_object = number == len(keypoints)
        colour = COLOURS["blue"] if is_object else COLOURS["black"]
        style = {"color": colour, "lw": 1.2, "ls": "--" if is_object else "-"}
        lines += ax.plot(*track, **style, marker=".", markersize=4)
        ax.plot(*track[:, :1], color=colour, ls="none", marker="x", markersize=8, mew=2)
    seen = way.reshape(len(way), -1)
    if fit.capture.truth is not None:
        true = places(fit.capture.truth)
        look = {"ls": "none", "marker": "o", "markersize": 9, "mfc": "none", "zorder": 4}
        ax.plot(*true, color=COLOURS["vermilion"], mew=1.8, **look)
        seen = np.concatenate([seen, true], axis=1)
    if eye is None:
        look_at(ax, seen)
    else:
        as_picture(ax, eye, around=seen)
    return lines


# --- numbers --------------------------------------------------------------------------------


def draw_terms(ax: Axes, fit: PoseFit) -> list[Line2D]:
    """Draw the loss and its terms at each step on a logarithmic axis; returns the lines.

    A term below 0.1, which 0 is as well, is drawn at 0.1: next to nothing beside the others.
    """
    look = {"color": COLOURS["black"], "lw": 2, "label": "loss"}
    lines = ax.plot(np.arange(fit.steps + 1), fit.loss, **look)
    for number, (name, values) in enumerate(fit.terms.items()):
        style = {**style_of(number), "marker": None, "lw": 1.2}
        lines += ax.plot(np.arange(fit.steps + 1), np.maximum(values, 1e-1), **style, label=name)
    ax.set(xlabel="step", ylabel="loss", yscale="log")
    return lines


def draw_pose_errors(ax: Axes, errors: PoseErrors, what: str = "keypoints", **line) -> Line2D:
    """Draw one measure of `PoseErrors`, such as "keypoints", by frame; returns the line."""
    if what not in MEASURES:
        raise ValueError(f"draw_pose_errors draws {', '.join(MEASURES)}, got {what!r}.")
    words, unit = MEASURES[what]
    ax.set(xlabel="frame", ylabel=f"{words} [{unit}]")
    return ax.plot(getattr(errors, what), **{"lw": 1.4, "color": COLOURS["black"], **line})[0]


def _finite(points: ArrayLike) -> Array:
    """Those of the points, columns, that have an image or were measured."""
    points = np.asarray(points, dtype=float)
    return points[:, np.isfinite(points).all(axis=0)]


def _triangles(mesh: Mesh, pose: RigidPose | None) -> Array:
    """The corners of the faces in the world, `(3, 3, F)`: coordinate, corner, face."""
    if pose is None:
        return mesh.corners
    return pose.place(mesh.corners.reshape(3, -1)).reshape(mesh.corners.shape)
