"""The pose explorer: a fit, frame by frame and iteration by iteration."""

import numpy as np

from coursekit.arrays import Array, whole
from coursekit.interactive.contours import Contours
from coursekit.interactive.controls import choice, slider
from coursekit.interactive.explorer import Explorer, Scene
from coursekit.interactive.pose_views import (
    JOINTS,
    LABELS,
    SIDE,
    VIEWS,
    flat,
    layers,
    picture_panel,
    readout,
    side_panel,
)
from coursekit.plotting.pose import UNSURE
from coursekit.pose import CHAINS, MEASURES, Camera, PoseFit, Poses, pose_errors

NAME = "explore_pose_fit"
FAR = np.array([0.0, -1000, 0])  # where one looks from, to see that


def explore_pose_fit(fit: PoseFit, *, frame: int | None = None, camera: int = 0) -> Explorer:
    """A fit on its way: one frame of the sequence in a camera's picture, and from the side.

    The player goes through the poses that the fit kept, from the start (X) to where it ended;
    the truth (o) is known for made-up captures. Hand, outline of the object, and the ways of
    the wrist, of three fingertips and of the object's middle are drawn in both views; the
    keypoints that the camera detected in its picture, and the cloud in the side view, which
    looks along y. Both views follow the hand: their middle is that of the hand found. `frame`
    is the frame to begin with, the middle one unless told.

    All numbers are those of `fit.path`, `fit.loss` and `pose_errors`. Raises `TypeError` for
    what is no fit, and `ValueError` where it kept no poses or there is no such frame or camera.
    """
    if not isinstance(fit, PoseFit):
        raise TypeError(f"{NAME} needs a PoseFit, got {type(fit).__name__}.")
    if not fit.path:
        raise ValueError(f"{NAME} needs the way: fit_sequence(…, keep=60).")
    capture = fit.capture
    frame = _below(capture.frames // 2 if frame is None else frame, capture.frames, "frame")
    camera = _below(camera, len(capture.cameras), "camera")
    outline = Contours(capture.mesh)

    def scene(frame: float, camera: str) -> Scene:
        number, eye = int(frame), capture.cameras[int(camera)]
        arrays = _numbers(fit, number)
        detected = capture.keypoints_2d[:, int(camera), :, number].T
        confidence = capture.confidences[int(camera), :, number]
        cloud = capture.cloud[..., number].T
        middle = {view: _middle(fit, number, eye, view) for view in VIEWS}
        arrays["sure"] = detected[confidence >= UNSURE] - middle["picture"]
        arrays["guessed"] = detected[(confidence > 0) & (confidence < UNSURE)] - middle["picture"]
        arrays["cloud"] = cloud[np.isfinite(cloud).all(axis=1)] @ SIDE.T - middle["side"]
        for view in VIEWS:
            seen = _seen(fit, outline, number, eye, view)
            arrays |= {f"{name} {view}": array - middle[view] for name, array in seen}
        return Scene(
            arrays,
            len(fit.path),
            _words(fit, number, int(camera)),
            f"{NAME}(fit, frame={number}, camera={int(camera)})",
            LABELS,
            captions=[f"step {step}" for step in fit.path_steps],
        )

    return Explorer(
        "A fit on its way",
        [picture_panel(fit), side_panel(fit)],
        [
            slider("frame", frame, (0, capture.frames - 1), whole=True),
            choice("camera", [str(n) for n in range(len(capture.cameras))], str(camera)),
        ],
        layers(),
        {},
        scene,
        readout=readout(fit),
        player=True,
    )


def _below(value: int, end: int, name: str) -> int:
    value = whole(value, 0, f"{NAME}: {name}")
    if value >= end:
        raise ValueError(f"{NAME}: {name} must be below {end}, got {value}.")
    return value


def _numbers(fit: PoseFit, frame: int) -> dict[str, Array]:
    """The loss of all frames and the errors of this one at each kept step."""
    arrays = {"loss": fit.loss[fit.path_steps]}
    truth = fit.capture.truth
    if truth is not None:
        errors = pose_errors(_along(fit, frame), _again(truth, frame, len(fit.path)), _hand(fit))
        arrays |= {name: getattr(errors, name) for name in MEASURES}
    return arrays


def _seen(fit: PoseFit, outline: Contours, frame: int, eye: Camera, view: str):
    """What one view shows of a frame: names and arrays, a row for each kept step."""
    poses = _along(fit, frame)
    hand = flat(_hand(fit).keypoints(poses.hand), eye, view)
    pen_up = np.full((len(hand), 1, 2), np.nan)
    yield (
        "hand",
        np.concatenate([part for c in CHAINS for part in (hand[:, c], pen_up)], axis=1),
    )
    vertices = flat(poses.object.place(fit.capture.mesh.vertices), eye, view)
    place = eye.position if view == "picture" else FAR
    yield "object", outline.lines(vertices, poses.object.locate(place[:, None])[:, 0])
    ways = _followed(fit, poses, eye, view)
    for number in range(ways.shape[1]):
        yield f"way {number}", ways[:, number]
    yield "start", _followed(fit, _again(fit.start, frame, 1), eye, view)[0]
    if fit.capture.truth is not None:
        yield "truth", _followed(fit, _again(fit.capture.truth, frame, 1), eye, view)[0]


def _followed(fit: PoseFit, poses: Poses, eye: Camera, view: str) -> Array:
    """The places of the joints and of the object's middle, `(n, 5, 2)`."""
    joints = _hand(fit).keypoints(poses.hand)[:, JOINTS]
    middle = poses.object.translation[:, None]
    return flat(np.concatenate([joints, middle], axis=1), eye, view)


def _middle(fit: PoseFit, frame: int, eye: Camera, view: str) -> Array:
    """The middle of the hand that was found, `(2,)`."""
    return flat(_hand(fit).keypoints(_again(fit.poses, frame, 1).hand), eye, view)[0].mean(axis=0)


def _hand(fit: PoseFit):
    return fit.capture.hand


def _along(fit: PoseFit, frame: int) -> Poses:
    """The poses of one frame at each kept step, as if the steps were frames."""
    return Poses.of_frames([poses.frame(frame) for poses in fit.path])


def _again(poses: Poses, frame: int, times: int) -> Poses:
    return Poses.of_frames([poses.frame(frame)] * times)


def _words(fit: PoseFit, frame: int, camera: int) -> str:
    steps = fit.path_steps[-1]
    where = f"frame {frame} of {fit.capture.frames}, camera {camera}"
    if fit.capture.truth is None:
        return f"{steps} steps; {where}; the truth is not known."
    before, after = (round(float(e.keypoints[frame])) for e in (fit.before, fit.after))
    return (
        f"{steps} steps; {where}: the keypoints are {before} mm off at the start and {after} mm "
        "at the end, on average."
    )
