"""The loss of a capture as a function of one flat point: what an optimizer goes down."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from coursekit import graphs
from coursekit.arrays import Array, as_floats, at_least_zero, of_kind
from coursekit.graphs import Node, backward
from coursekit.pose import residuals as terms_of
from coursekit.pose.capture import Capture
from coursekit.pose.operations import holds_node
from coursekit.pose.poses import NUMBERS, Poses
from coursekit.pose.residuals import TERMS, Scales, measured


class PoseObjective:
    """The loss of the poses of a capture, `x` being `poses.flat()`, `(32 · frames,)`.

        loss(x) = Σ over L2D, L3D, LSDF, Lsmooth, Llimits of  weight · Σ residual²

    Called with x it gives the loss, and `grad(x)` its gradient, through one graph. `weights`
    holds a factor for each term, 1 for those it does not name; a term of weight 0 is left out.
    `scales` are the standard deviations behind the residuals. It keeps the last graph, so that
    value, gradient and terms at one point cost one pass.

    Raises `TypeError` for what is no capture, dict or `Scales`, and `ValueError` for a term that
    does not exist, a negative weight and weights that are all 0.
    """

    def __init__(
        self,
        capture: Capture,
        *,
        weights: Mapping[str, float] | None = None,
        scales: Scales | None = None,
    ):
        if not isinstance(capture, Capture):
            raise TypeError(f"PoseObjective needs a Capture, got {type(capture).__name__}.")
        self.capture = capture
        self.scales = Scales() if scales is None else of_kind(scales, Scales, "scales")
        self.weights = _checked_weights({} if weights is None else weights)
        self._data = measured(capture)
        self._last: tuple[Array, Node, dict[str, Node], Node] | None = None

    def __call__(self, x: ArrayLike) -> float:
        """The loss, a float; NaN where a keypoint gets behind a camera that sees it."""
        return float(self._graph(x)[3].value)

    def grad(self, x: ArrayLike) -> Array:
        """∂loss/∂x, `(32 · frames,)`."""
        _, point, _, root = self._graph(x)
        return backward(root)[point]

    def terms(self, x: ArrayLike) -> dict[str, float]:
        """The loss of each term, its weight included; they add up to the loss."""
        return {name: float(node.value) for name, node in self._graph(x)[2].items()}

    def residuals(self, x: ArrayLike) -> Array:
        """All residuals times √weight, `(n,)`: their squares add up to the loss.

        For `scipy.optimize.least_squares` and its like, which minimises half of that.
        """
        parts = self.parts(Poses.from_flat(Node(self._checked(x))))
        return np.concatenate(
            [
                np.sqrt(self.weights[name]) * part.value.ravel()
                for name, nodes in parts.items()
                for part in nodes
            ]
        )

    def pattern(self, x: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Where ∂residual/∂x can differ from 0: row and column numbers, one pair for each place.

        A residual depends on one frame, or on the three of a second difference. x only gives
        the shapes. With `scipy.sparse.coo_matrix` it makes the `jac_sparsity` that
        `scipy.optimize.least_squares` asks for.
        """
        frames, rows, columns, done = self.capture.frames, [], [], 0
        for nodes in self.parts(Poses.from_flat(Node(self._checked(x)))).values():
            for node in nodes:
                frame = np.broadcast_to(np.arange(node.shape[-1]), node.shape).ravel()
                first = done + np.arange(frame.size)
                for later in range(frames - node.shape[-1] + 1 if frame.size else 0):
                    places = np.arange(NUMBERS)[:, None] * frames + frame + later
                    rows.append(np.broadcast_to(first, places.shape).ravel())
                    columns.append(places.ravel())
                done += frame.size
        return np.concatenate(rows), np.concatenate(columns)

    def parts(self, poses: Poses) -> dict[str, list[Node]]:
        """The residuals of each term as nodes, without their weights; frames are the last axis.

        `poses` are arrays or nodes.
        """
        if not holds_node(poses):
            poses = Poses.from_flat(Node(poses.flat()))
        wanted = [name for name in TERMS if self.weights[name]]
        keypoints = None
        if {"L2D", "L3D", "LSDF"} & set(wanted):
            keypoints = self.capture.hand.keypoints(poses.hand)
        given = (self.capture, self._data)
        make = {
            "L2D": lambda: terms_of.l2d(*given, keypoints, self.scales),
            "L3D": lambda: terms_of.l3d(*given, keypoints, self.scales),
            "LSDF": lambda: terms_of.lsdf(*given, poses, keypoints, self.scales),
            "Lsmooth": lambda: terms_of.lsmooth(poses, self.capture.rate, self.scales),
            "Llimits": lambda: terms_of.llimits(self.capture, poses, self.scales),
        }
        return {name: make[name]() for name in wanted}

    def graph(self, x: ArrayLike) -> tuple[Node, Node]:
        """The input and the root of the graph of the loss at x, to look at or to check."""
        _, point, _, root = self._graph(x)
        return point, root

    def _graph(self, x: ArrayLike) -> tuple[Array, Node, dict[str, Node], Node]:
        x = self._checked(x)
        if self._last is None or not np.array_equal(self._last[0], x):
            point = Node(x, name="poses")
            parts = self.parts(Poses.from_flat(point))
            terms = {
                name: self.weights[name] * _added([graphs.sum(r * r) for r in nodes])
                for name, nodes in parts.items()
            }
            self._last = x.copy(), point, terms, _added(list(terms.values()))
        return self._last

    def _checked(self, x: ArrayLike) -> Array:
        x = as_floats(x, "PoseObjective: x")
        if x.shape != (NUMBERS * self.capture.frames,):
            raise ValueError(
                f"PoseObjective: x must be ({NUMBERS} · {self.capture.frames},), a flat point as "
                f"Poses.flat makes it, got {x.shape}."
            )
        return x


def _added(nodes: list[Node]) -> Node:
    total = nodes[0]
    for node in nodes[1:]:
        total = total + node
    return total


def _checked_weights(weights: Mapping[str, float]) -> dict[str, float]:
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"weights must be a dict such as {{'L2D': 0.5}}, got {type(weights).__name__}."
        )
    unknown = sorted(set(weights) - set(TERMS), key=str)
    if unknown:
        raise ValueError(f"weights must be among {', '.join(TERMS)}, got {unknown[0]!r}.")
    every = {name: at_least_zero(weights.get(name, 1.0), f"weights: {name}") for name in TERMS}
    if not any(every.values()):
        raise ValueError("weights must leave a term: all are 0.")
    return every
