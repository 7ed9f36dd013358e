"""What the pose explorer shows, how it looks, and the panels that it is drawn on."""

import numpy as np

from coursekit.arrays import Array
from coursekit.interactive.panel import Panel
from coursekit.plotting import COLOURS, subplots
from coursekit.pose import MEASURES, Camera, PoseFit

JOINTS = [0, 4, 8, 20]  # whose ways are drawn: the wrist and three fingertips
SIDE = np.array([[100.0, 0, 0], [0, 0, 100]])  # from metres to the centimetres of x and z
VIEWS = ("picture", "side")
HIGH = 0.8  # of the width of a view
EMPTY = 200.0  # pixels to each side, of a picture that has the hand behind it in all cameras

HAND = {"colour": COLOURS["black"], "width": 1.8}
MUG = {"colour": COLOURS["sky"], "width": 1.0}
WAY = {"colour": COLOURS["grey"], "marker": "s", "dash": [3, 3]}
START = {"colour": COLOURS["black"], "marker": "X", "size": 5}
TRUTH = {"colour": COLOURS["vermilion"], "marker": "o", "size": 8, "open": True}
SURE = {"colour": COLOURS["purple"], "marker": "^", "size": 5}
GUESSED = {"colour": COLOURS["purple"], "marker": "v", "size": 3.5}
CLOUD = {"colour": COLOURS["purple"], "marker": "D", "size": 3.5}

LABELS = {
    "hand picture": "hand",
    "object picture": "object",
    "start picture": "start",
    "truth picture": "truth",
    "way 0 picture": "way of the wrist, fingertips and object",
    "sure": "detected",
    "guessed": "detected, unsure",
    "cloud": "measured points",
}


def flat(points: Array, eye: Camera, view: str) -> Array:
    """Points `(3, m, n)` in a picture or from the side, `(n, m, 2)`."""
    seen = eye.project(points) if view == "picture" else np.tensordot(SIDE, points, axes=1)
    return seen.transpose(2, 1, 0)


def layers() -> list[dict]:
    """What is drawn in each view, from the bottom to the top."""
    drawn = [
        {"panel": "picture", "kind": "points", "of": "guessed", **GUESSED, "told": False},
        {"panel": "picture", "kind": "points", "of": "sure", **SURE, "told": False},
        {"panel": "side", "kind": "points", "of": "cloud", **CLOUD, "told": False},
    ]
    for view in VIEWS:
        shown = {"panel": view, "told": False}
        drawn.append({**shown, "kind": "strokes", "of": f"object {view}", **MUG})
        drawn.append({**shown, "kind": "strokes", "of": f"hand {view}", **HAND})
        drawn += [
            {**shown, "kind": "path", "of": f"way {n} {view}", **WAY}
            for n in range(len(JOINTS) + 1)
        ]
        drawn.append({**shown, "kind": "points", "of": f"start {view}", **START})
        drawn.append({**shown, "kind": "points", "of": f"truth {view}", **TRUTH})  # around the way
    return drawn


def readout(fit: PoseFit) -> list[dict]:
    """The numbers beside the views: the loss, and the errors where the truth is known."""
    rows = [{"label": "loss, all frames", "of": "loss", "whole": True}]
    if fit.capture.truth is not None:
        rows += [
            {"label": f"{words}, {unit}", "of": name} for name, (words, unit) in MEASURES.items()
        ]
    return rows


def picture_panel(fit: PoseFit) -> Panel:
    """The axes of the camera's picture, wide enough for the hand in most cameras."""
    reaches = [_reach(fit, eye, "picture") for eye in fit.capture.cameras]
    wide = np.median([reach for reach in reaches if reach] or [EMPTY])
    ax = _axes("in the camera's picture", wide, -1)
    ax.set(xlabel="u [pixels from the hand]", ylabel="v")
    looks = {"hand": HAND, "object": MUG, "start": START, "truth": TRUTH}
    _key(ax, looks | {"detected": SURE, "unsure": GUESSED})
    told = "One frame as the chosen camera sees it, with what it detected"
    return Panel("picture", ax.figure, told)


def side_panel(fit: PoseFit) -> Panel:
    """The axes of the view from the side, wide enough for the hand in all frames."""
    ax = _axes("from the side", _reach(fit, fit.capture.cameras[0], "side"), 1)
    ax.set(xlabel="x [cm from the hand]", ylabel="z")
    _key(ax, {"way": WAY, "measured points": CLOUD})
    told = "The same frame from the side, along y, with the measured points"
    return Panel("side", ax.figure, told)


def _axes(title: str, wide: float, up: int):
    ax = subplots(width=4.9, height=4.4)[1]
    ax.set(xlim=(-wide, wide), ylim=(-up * HIGH * wide, up * HIGH * wide))
    ax.set(aspect="equal", anchor="N")
    ax.set_title(title, pad=20)  # points, room for the list of what is what
    return ax


def _key(ax, looks: dict[str, dict]) -> None:
    """What is what, between title and axes: on the axes it would cover what moves."""
    for name, look in looks.items():
        line = (0, (3, 3)) if look.get("dash") else "-" if "width" in look else "none"
        marker = {"marker": look.get("marker", "none"), "ms": 5}
        marker |= {"mfc": "none", "mew": 1.5} if look.get("open") else {}
        ax.plot([], [], color=look["colour"], ls=line, label=name, **marker)
    room = {"handlelength": 1.4, "handletextpad": 0.4, "columnspacing": 0.9, "borderpad": 0}
    look = {"fontsize": 8, "frameon": False, "ncols": len(looks), **room}
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.01), **look)


def _reach(fit: PoseFit, eye: Camera, view: str) -> float:
    """Half the width that shows all keypoints, at the start and at the end; 0 if none is seen."""
    found = flat(fit.capture.hand.keypoints(fit.poses.hand), eye, view)
    begun = flat(fit.capture.hand.keypoints(fit.start.hand), eye, view)
    middle = found.mean(axis=1, keepdims=True)
    far = np.abs(np.stack([found, begun]) - middle) / [1, HIGH]
    return 1.1 * float(np.max(far, initial=0, where=np.isfinite(far)))
