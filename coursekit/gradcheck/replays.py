"""Mistakes in a backward pass, made on purpose: whose result is the gradient that was given?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from coursekit.arrays import Array
from coursekit.gradcheck.layered import LayeredLoss

Slope = Callable[[int, Array, Array], Array]


@dataclass(frozen=True)
class Replay:
    """A backward pass with a mistake in it: its name, a sentence, and the gradient it gives."""

    name: str
    sentence: str
    gradient: Array


class Backward:
    """The backward pass of a `LayeredLoss`, whose steps subclasses get wrong.

    It serves the diagnosis only: what is right is measured, not computed here.
    """

    def __init__(self, layered: LayeredLoss, x: Array):
        self.layered, self.x = layered, x
        self.z, self.a = layered.forward(x)
        self.weights = layered.unpack(x)

    def gradient(self) -> Array:
        d_activation, pieces = self.loss_slope(), []
        for layer in range(self.layered.layers, 0, -1):
            delta = d_activation * self.slope(layer, self.z[layer - 1], self.a[layer])
            pieces = [(delta @ self.source(layer).T).ravel(), self.bias(delta), *pieces]
            d_activation = self.back(layer, self.weights[layer - 1][0]) @ delta
        return np.concatenate(pieces) + np.asarray(self.layered.weight_decay) * self.x

    def loss_slope(self) -> Array:
        return self.layered.loss.grad(self.a[-1], self.layered.targets)

    def slope(self, layer: int, z: Array, a: Array) -> Array:
        """φ'(z), measured: the activation is known as a function only."""
        if layer == self.layered.layers and self.layered.output is None:
            return np.ones_like(z)
        h = 1e-6 * np.maximum(1, np.abs(z))
        return (self.layered.act(layer, z + h) - self.layered.act(layer, z - h)) / (2 * h)

    def source(self, layer: int) -> Array:
        """What the layer's weights are multiplied with."""
        return self.a[layer - 1]

    def bias(self, delta: Array) -> Array:
        return delta.sum(axis=1)

    def back(self, layer: int, W: Array) -> Array:
        return W.T


def _mistaken(layered: LayeredLoss, x: Array, **steps: Callable) -> Array:
    """The gradient of a backward pass in which some steps are replaced.

    `step=make` puts `make(pass)` in the place of a step.
    """
    wrong = Backward(layered, x)
    for name, make in steps.items():
        setattr(wrong, name, make(wrong))
    return wrong.gradient()


def replays(layered: LayeredLoss, x: Array) -> Iterator[Replay]:
    """Backward passes with one mistake each, as far as the network allows them."""
    yield from _slopes_missing(layered, x)
    yield from _slopes_elsewhere(layered, x)
    yield from _not_transposed(layered, x)
    yield from _sources(layered, x)
    yield from _single_examples(layered, x)
    if layered.loss.per_column:
        yield _normaliser_missing(layered, x)


def _some(layers: list[int]) -> list[list[int]]:
    """All of them, then each alone."""
    return [layers, *([layer] for layer in layers if len(layers) > 1)] if layers else []


def _slopes_missing(layered, x) -> Iterator[Replay]:
    hidden = list(range(1, layered.layers))
    with_output = [[*hidden, layered.layers], [layered.layers]] if layered.output else []
    for missing in _some(hidden) + with_output:
        layers = " and ".join(map(str, missing))
        yield Replay(
            "activation's derivative missing",
            f"The derivative of the activation is missing in layer {layers}: on its way back "
            "the gradient must be multiplied by the activation's slope φ'(z).",
            _mistaken(layered, x, slope=_slope_without(missing)),
        )


def _slope_without(missing: list[int]) -> Callable:
    def make(wrong):
        right = wrong.slope
        return lambda layer, z, a: np.ones_like(z) if layer in missing else right(layer, z, a)

    return make


def _slopes_elsewhere(layered, x) -> Iterator[Replay]:
    def at_activation(wrong):
        right = wrong.slope
        return lambda layer, z, a: right(layer, a, a)

    def on_output_too(wrong):
        right = wrong.slope
        return lambda layer, z, a: right(min(layer, layered.layers - 1), z, a)

    if layered.layers > 1:
        yield Replay(
            "derivative at the wrong place",
            "The activation's derivative is taken at the activation a and not at the "
            "preactivation z, or a formula in terms of a is given z.",
            _mistaken(layered, x, slope=at_activation),
        )
    if layered.layers > 1 and layered.output is None:
        yield Replay(
            "derivative on the output",
            "The last layer is multiplied by an activation's derivative, but has no activation.",
            _mistaken(layered, x, slope=on_output_too),
        )


def _not_transposed(layered, x) -> Iterator[Replay]:
    square = [n for n in range(2, layered.layers + 1) if layered.sizes[n] == layered.sizes[n - 1]]
    for plain in _some(square):
        yield Replay(
            "weights not transposed",
            "The gradient goes back through W where it must go through Wᵀ, in layer "
            f"{' and '.join(map(str, plain))}: the matrix is square, so no shape complains.",
            _mistaken(layered, x, back=_back_through(plain)),
        )


def _back_through(plain: list[int]) -> Callable:
    return lambda wrong: lambda layer, W: W if layer in plain else W.T


def _sources(layered, x) -> Iterator[Replay]:
    if layered.layers > 1:
        yield Replay(
            "preactivation for activation",
            "A layer's weight gradient uses the preactivation z of the layer below where its "
            "activation a belongs.",
            _mistaken(
                layered,
                x,
                source=lambda wrong: lambda layer: wrong.z[layer - 2] if layer > 1 else wrong.a[0],
            ),
        )


def _single_examples(layered, x) -> Iterator[Replay]:
    for at, which in ((0, "first"), (-1, "last")):
        yield Replay(
            "bias from one example",
            f"The biases' gradient is that of the {which} example alone: sum over the examples.",
            _mistaken(layered, x, bias=lambda _, at=at: lambda delta: delta[:, at]),
        )


def _normaliser_missing(layered, x) -> Replay:
    def make(wrong):
        truth = layered.target_columns[:, 0]
        return lambda: -truth / truth.shape[1]

    return Replay(
        "missing branch",
        "A branch is missing in the slope of the loss: each logit acts on the loss directly and "
        "through the sum that normalises the softmax. With both, the slope is softmax(z) − y.",
        _mistaken(layered, x, loss_slope=make),
    )
