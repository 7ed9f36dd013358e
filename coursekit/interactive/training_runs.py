"""A training run in moments: what the network makes of the plane, and its losses on the way."""

from dataclasses import dataclass
from functools import cached_property

import contourpy
import numpy as np

from coursekit.arrays import Array
from coursekit.batches import History, train
from coursekit.datasets import Labelled
from coursekit.descent import Optimizer
from coursekit.interactive.strokes import GAP, padded
from coursekit.landscapes import grid
from coursekit.losses import cross_entropy
from coursekit.networks import ACTIVATIONS, MLP, accuracy

MOMENTS = 100  # of a run that are shown, besides its start
Frame = tuple[float, float, float, float]


@dataclass(frozen=True)
class TrainingRun:
    """`steps` updates of a network with two inputs and two classes, seen at `moments` of them.

    The run is that of `train`, in as many epochs as it takes; it has fewer updates where the
    parameters stop being finite numbers.
    """

    net: MLP
    data: Labelled
    test: Labelled | None
    optimizer: Optimizer
    batch_size: int | None
    seed: int
    steps: int

    @property
    def updates_an_epoch(self) -> int:
        n = len(self.data.labels)
        return -(-n // min(self.batch_size or n, n))

    @cached_property
    def history(self) -> History:
        return train(
            self.net,
            self.data,
            self.optimizer,
            epochs=-(-self.steps // self.updates_an_epoch),
            batch_size=self.batch_size,
            seed=self.seed,
            keep_path=True,
        )

    @property
    def taken(self) -> int:
        """The updates of this run."""
        return min(self.history.steps, self.steps)

    @property
    def diverged(self) -> bool:
        return self.history.steps < self.steps

    @cached_property
    def moments(self) -> np.ndarray:
        """Numbers of updates, from 0 on, evenly over `steps`, up to those that were taken."""
        last = min(self.steps, MOMENTS)
        evenly = (np.arange(last + 1) * self.steps / last).round().astype(int)
        return evenly[evenly <= self.taken]

    @property
    def parameters(self) -> Array:
        """(moments, P)"""
        return self.history.path[self.moments]

    @cached_property
    def measured(self) -> dict[str, Array]:
        """Loss and share of right answers at each moment, (moments,), on all training examples
        and on the test examples, if any."""
        found = {}
        for name, examples in (("", self.data), ("test ", self.test)):
            if examples is not None:
                outputs = [self.net.predict(p, examples.x) for p in self.parameters]
                losses = [cross_entropy(output, examples.labels) for output in outputs]
                found[f"{name}loss"] = np.array(losses)
                right = [accuracy(output, examples.labels) for output in outputs]
                found[f"{name}right"] = np.array(right)
        return found

    def batch_losses(self) -> Array:
        """(updates, 2): before each update its number and the loss of its batch."""
        return np.column_stack([np.arange(self.taken), self.history.step_loss[: self.taken]])

    def maps(self, frame: Frame, n: int) -> tuple[np.ndarray, Array]:
        """What the network makes of the plane at each moment, on n × n points.

        Bytes (moments, n, n), upper row first, 0 where class 0 is certain and 255 where class 1
        is; and the border between the classes, (moments, k, 2), where NaN lifts the pen.
        """
        points, (x, y) = _middles(frame, n)
        # class 1's score above class 0's: the probability of class 1 is its sigmoid
        with np.errstate(all="ignore"):
            leads = [np.diff(self.net.predict(p, points), axis=0)[0] for p in self.parameters]
            shares = ACTIVATIONS["sigmoid"].value(np.array(leads).reshape(-1, n, n))
        picture = np.nan_to_num(255 * shares, nan=127.5).round().astype(np.uint8)
        return picture[:, ::-1], padded([_border(x, y, lead.reshape(n, n)) for lead in leads])


def _middles(frame: Frame, n: int) -> tuple[Array, tuple[Array, Array]]:
    """The middles of n × n cells of the frame, (2, n²), and their x and y, (n,) each."""
    left, right, low, high = frame
    dx, dy = (right - left) / (2 * n), (high - low) / (2 * n)
    points = grid((left + dx, right - dx, low + dy, high - dy), n)
    return points.reshape(2, -1), (points[0, 0], points[1, :, 0])


def _border(x: Array, y: Array, lead: Array) -> Array:
    """(k, 2): where neither class leads, several lines with NaN between them."""
    lines = contourpy.contour_generator(
        x, y, np.ma.masked_invalid(lead), line_type=contourpy.LineType.ChunkCombinedNan
    ).lines(0.0)[0][0]
    return GAP if lines is None else lines
