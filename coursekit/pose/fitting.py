"""Fitting a whole sequence at once: from poses to begin with to those that explain the capture."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from coursekit.arrays import Array, at_least_zero, flag, whole
from coursekit.descent import Optimizer, Run, check_optimizer
from coursekit.optimizers import Adam
from coursekit.pose.capture import Capture
from coursekit.pose.errors import MEASURES, PoseErrors, pose_errors
from coursekit.pose.hand import KEYPOINTS
from coursekit.pose.objective import PoseObjective
from coursekit.pose.poses import Poses, checked_poses
from coursekit.pose.residuals import Scales
from coursekit.progress import bar
from coursekit.schedules import cosine

STEPS = 500


@dataclass(frozen=True, eq=False)
class PoseFit:
    """A fit: the poses it found, the way there, and how it ended.

    `poses` are the best that were met. `loss` is the loss at each step, `(steps + 1,)`, the
    start included, and `terms` the part of each term in it. `path` has poses on the way, where
    `fit_sequence` was told to keep them, with their step numbers in `path_steps`. `stopped`:

    - "flat": the lowest loss of the last `window` steps and that of the `window` before them
      differ by no more than `tolerance` of themselves,
    - "steps": the steps were used up,
    - "diverged": the next loss or gradient was no longer a finite number.

    `seconds` is the time it took; it is not printed, since it is never the same twice.
    """

    capture: Capture = field(repr=False)
    optimizer: Optimizer
    weights: dict[str, float] = field(repr=False)
    start: Poses = field(repr=False)
    poses: Poses = field(repr=False)
    loss: Array = field(repr=False)
    terms: dict[str, Array] = field(repr=False)
    stopped: str
    seconds: float = field(repr=False)
    path: list[Poses] = field(default_factory=list, repr=False)
    path_steps: list[int] = field(default_factory=list, repr=False)

    @property
    def steps(self) -> int:
        """The number of steps taken."""
        return len(self.loss) - 1

    @property
    def before(self) -> PoseErrors:
        """The errors of the start. Raises `ValueError` where the truth is not known."""
        return self.errors(self.start)

    @property
    def after(self) -> PoseErrors:
        """The errors of the poses found. Raises `ValueError` where the truth is not known."""
        return self.errors(self.poses)

    def errors(self, poses: Poses) -> PoseErrors:
        """The errors of any poses of this capture, such as those of `path`."""
        if self.capture.truth is None:
            raise ValueError("PoseFit: errors need a capture that knows its truth.")
        return pose_errors(poses, self.capture.truth, self.capture.hand)

    def __str__(self) -> str:
        """What was fitted, the loss by term, and the errors before and after."""
        best = int(np.argmin(self.loss))
        lines = [
            f"{self.capture.frames} frames with {self.optimizer}: {self.steps} steps, "
            f"stopped: {self.stopped}",
            f"{'loss':20} {self.loss[0]:12.1f} → {self.loss[best]:10.1f}",
        ]
        lines += [
            f"  {name:18} {values[0]:12.1f} → {values[best]:10.1f}"
            for name, values in self.terms.items()
        ]
        if self.capture.truth is not None:
            lines.append("error, mean over the frames")
            before, after = self.before, self.after
            lines += [
                f"  {words:18} {before.mean(name):12.2f} → {after.mean(name):10.2f} {unit}"
                for name, (words, unit) in MEASURES.items()
            ]
        return "\n".join(lines)


def fit_sequence(
    capture: Capture,
    *,
    start: Poses | None = None,
    optimizer: Optimizer | None = None,
    steps: int = STEPS,
    weights: Mapping[str, float] | None = None,
    scales: Scales | None = None,
    tolerance: float = 1e-6,
    window: int = 50,
    keep: int = 0,
    progress: bool = False,
) -> PoseFit:
    """Find the poses of the hand and of the object in all frames of a capture, all at once.

    It goes down `PoseObjective(capture, weights=weights, scales=scales)` from `start`, or from
    `capture.start`, by up to `steps` steps of `optimizer`: unless given, Adam with a rate that
    falls from 0.02 to 0 along half a cosine wave. It ends early where the loss is flat (see
    `PoseFit`; never with `tolerance=0`), or is no longer a finite number.

    About `keep` poses are kept on the way, the first and the last among them, closest together
    at the start, where most happens; beyond those the memory it needs does not grow with the
    steps. With `progress` a bar grows while it works.

    Raises `TypeError` for what is no capture or no optimizer, and `ValueError` where there is
    no start, its frames are not those of the capture, its loss is not finite (a keypoint is
    behind a camera that sees it), a weight has no such term, or a number is out of range.
    """
    objective = PoseObjective(capture, weights=weights, scales=scales)
    steps, window = whole(steps, 0, "fit_sequence: steps"), whole(window, 1, "fit_sequence: window")
    tolerance = at_least_zero(tolerance, "fit_sequence: tolerance")
    keep, progress = whole(keep, 0, "fit_sequence: keep"), flag(progress, "fit_sequence: progress")
    if optimizer is None:
        optimizer = Adam(cosine(0.02, steps=max(steps, 1)))
    check_optimizer(optimizer, "fit_sequence")
    start = _checked_start(capture, start, objective)
    began = time.perf_counter()
    run = Run(objective, start.flat(), optimizer)
    seen = _Seen(objective, run, _kept(steps, keep))
    stopped = "steps"
    for _ in _counted(steps, progress):
        if not run.advance():
            stopped = "diverged"
            break
        seen.look()
        if seen.flat(window, tolerance):
            stopped = "flat"
            break
    if keep:
        seen.path[len(seen.loss) - 1] = run.x
    return PoseFit(
        capture=capture,
        optimizer=optimizer,
        weights=objective.weights,
        start=start,
        poses=Poses.from_flat(seen.best),
        loss=np.array(seen.loss),
        terms={name: np.array(values) for name, values in seen.terms.items()},
        stopped=stopped,
        seconds=time.perf_counter() - began,
        path=[Poses.from_flat(x) for x in seen.path.values()],
        path_steps=list(seen.path),
    )


class _Seen:
    """What is noted of a run: numbers at every step, poses at few."""

    def __init__(self, objective: PoseObjective, run: Run, kept: set[int]):
        self.objective, self.run, self.kept = objective, run, kept
        self.loss, self.path, self.lowest = [], {}, np.inf
        self.terms = {name: [] for name in objective.terms(run.x)}
        self.best = run.x
        self.look()

    def look(self) -> None:
        value, step = float(self.run.value), len(self.loss)
        if value < self.lowest:
            self.best, self.lowest = self.run.x, value
        self.loss.append(value)
        for name, term in self.objective.terms(self.run.x).items():
            self.terms[name].append(term)
        if step in self.kept:
            self.path[step] = self.run.x

    def flat(self, window: int, tolerance: float) -> bool:
        """Compared with the window before, for at first a loss may rise for a long time."""
        if not tolerance or len(self.loss) < 2 * window:
            return False
        before, now = min(self.loss[-2 * window : -window]), min(self.loss[-window:])
        return abs(before - now) <= tolerance * now  # a loss may be 0


def _kept(steps: int, keep: int) -> set[int]:
    """Step numbers whose distances grow evenly from 0 to `steps`."""
    return set((steps * np.linspace(0, 1, keep) ** 2).round().astype(int).tolist())


def _counted(steps: int, progress: bool) -> Iterator[int]:
    return bar(range(steps)) if progress else iter(range(steps))


def _checked_start(capture: Capture, start: Poses | None, objective: PoseObjective) -> Poses:
    start = capture.start if start is None else start
    if start is None:
        raise ValueError("fit_sequence needs start, as the capture has none.")
    x = checked_poses(start, "fit_sequence: start").flat()
    if start.frames != capture.frames:
        raise ValueError(
            f"fit_sequence: start must have the {capture.frames} frames of the capture, "
            f"got {start.frames}."
        )
    if not np.isfinite(objective(x)):
        raise ValueError(f"fit_sequence: start must have a finite loss{_behind(capture, start)}.")
    return start


def _behind(capture: Capture, poses: Poses) -> str:
    """The first keypoint that is behind a camera which sees it, in words; "" if there is none."""
    keypoints = capture.hand.keypoints(poses.hand)
    depths = np.stack([camera.depth(keypoints) for camera in capture.cameras])
    wrong = np.argwhere((depths <= 0) & (capture.confidences > 0))
    if not wrong.size:
        return ""
    camera, keypoint, frame = wrong[0]
    return (
        f", with keypoints in front of the cameras that see them, got the {KEYPOINTS[keypoint]} "
        f"of frame {frame} {-depths[camera, keypoint, frame]:.3g} m behind camera {camera}"
    )
