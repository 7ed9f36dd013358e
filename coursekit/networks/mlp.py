"""A multilayer perceptron: forward, and backward by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, as_floats, positive, whole
from coursekit.gradcheck.blocks import Block, layer_blocks
from coursekit.losses import Loss, cross_entropy
from coursekit.networks.activations import ACTIVATIONS, Activation, known
from coursekit.networks.initialisation import SCHEMES
from coursekit.networks.objective import NetworkObjective


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """All that a forward pass computed, kept for the backward pass.

    `preactivations` are z₁ … z_L and `activations` a₀ … a_L, the input x = a₀ and the output
    a_L included, each `(units of the layer, n)`; `named` the parameters as W1, b1, W2, …
    """

    parameters: Array = field(repr=False)
    named: dict[str, Array] = field(repr=False)
    preactivations: tuple[Array, ...]
    activations: tuple[Array, ...]

    @property
    def output(self) -> Array:
        return self.activations[-1]


@dataclass(frozen=True)
class MLP:
    """A multilayer perceptron: layers of `sizes` units, from the input to the output.

        a₀ = x          z_l = W_l a_{l−1} + b_l          a_l = φ(z_l)          l = 1 … L

    φ is `activation` for the hidden layers and `output` for the last, where "identity" leaves
    the scores (logits) that `cross_entropy` takes. The parameters are one vector `(P,)`: W₁
    row by row, b₁, W₂, b₂, … as in PyTorch's `parameters_to_vector`. `blocks` says where each
    lies. Raises `ValueError` for fewer than two sizes, a size below 1, or an activation that
    is not in `ACTIVATIONS`.

    Source: Rumelhart, Hinton & Williams (1986), https://doi.org/10.1038/323533a0.
    """

    sizes: tuple[int, ...]
    activation: str = "tanh"
    output: str = "identity"

    def __post_init__(self):
        object.__setattr__(self, "sizes", _checked_sizes(self.sizes))
        for name in ("activation", "output"):
            known(getattr(self, name), ACTIVATIONS, f"MLP: {name}")

    @cached_property
    def layers(self) -> int:
        """The number of layers with parameters, L."""
        return len(self.sizes) - 1

    @property
    def blocks(self) -> Mapping[str, Block]:
        """Name -> (slice of the flat vector, shape), for W1, b1, W2, b2, …"""
        return _blocks(self.sizes)

    @cached_property
    def size(self) -> int:
        """The number of parameters, P."""
        return list(self.blocks.values())[-1].where.stop

    def unpack(self, parameters: ArrayLike) -> dict[str, Array]:
        """The blocks of a flat vector `(P,)` by name, W `(out, in)` and b `(out,)`: views."""
        return self._views(self._checked(parameters))

    def pack(self, named: Mapping[str, ArrayLike]) -> Array:
        """The flat vector `(P,)` of named blocks; the opposite of `unpack`.

        Raises `ValueError` where a block is missing, unknown or of the wrong shape.
        """
        if set(named) != set(self.blocks):
            raise ValueError(f"MLP.pack needs {', '.join(self.blocks)}, got {', '.join(named)}.")
        arrays = {name: as_floats(value, f"MLP.pack: {name}") for name, value in named.items()}
        for name, (_, shape) in self._items:
            if arrays[name].shape != shape:
                raise ValueError(f"MLP.pack: {name} must be {shape}, got {arrays[name].shape}.")
        return np.concatenate([arrays[name].ravel() for name in self.blocks])

    def initial(
        self, seed: int | np.random.Generator, scheme: str = "glorot", *, scale: float = 1.0
    ) -> Array:
        """Parameters to start from, `(P,)`: random weights and zero biases.

        `scheme` is one of `SCHEMES`, where each says why; its weights are multiplied by
        `scale`. Raises `ValueError` for another scheme or unless scale > 0.
        """
        draw, rng = known(scheme, SCHEMES, "MLP.initial: scheme"), np.random.default_rng(seed)
        scale = positive(scale, "MLP.initial: scale")
        parameters = np.zeros(self.size)
        for where, shape in self.blocks.values():
            if len(shape) == 2:
                parameters[where] = scale * draw(rng, *shape).ravel()
        return parameters

    @np.errstate(all="ignore")
    def forward(self, parameters: ArrayLike, x: ArrayLike) -> ForwardPass:
        """Every layer's preactivations and activations for the inputs x, `(d,)` or `(d, n)`.

        Raises `ValueError` where x has no first axis of length d or parameters are not `(P,)`.
        """
        parameters, a = self._checked(parameters), self._checked_input(x)
        named, preactivations, activations = self._views(parameters), [], [a]
        for layer in range(1, self.layers + 1):
            z = _times(named[f"W{layer}"], activations[-1])
            columns = z.T  # and so (n, units) for examples (d, n)
            columns += named[f"b{layer}"]
            preactivations.append(z)
            activations.append(self._activation(layer).value(z))
        return ForwardPass(parameters, named, tuple(preactivations), tuple(activations))

    def predict(self, parameters: ArrayLike, x: ArrayLike) -> Array:
        """The output of the last layer: `(out, …)` for x `(d, …)`."""
        return self.forward(parameters, x).output

    def deltas(self, forward_pass: ForwardPass, d_output: ArrayLike) -> tuple[Array, ...]:
        """∂L/∂z of every layer, first to last, from ∂L/∂output shaped like the output.

        δ_L = ∂L/∂a_L ⊙ φ'(z_L)          δ_l = (W_{l+1}ᵀ δ_{l+1}) ⊙ φ'(z_l)
        """
        named, d_activation, deltas = forward_pass.named, d_output, []
        for layer in range(self.layers, 0, -1):
            z, a = forward_pass.preactivations[layer - 1], forward_pass.activations[layer]
            deltas.append(d_activation * self._activation(layer).slope(z, a))
            if layer > 1:
                d_activation = _times(named[f"W{layer}"].T, deltas[-1])
        return tuple(reversed(deltas))

    @np.errstate(all="ignore")
    def backward(self, forward_pass: ForwardPass, d_output: ArrayLike) -> Array:
        """∂L/∂parameters, `(P,)`, from ∂L/∂output, layer by layer, by hand.

            ∂L/∂W_l = δ_l a_{l−1}ᵀ          ∂L/∂b_l = δ_l summed over the examples

        Raises `ValueError` where d_output is not shaped like the output.
        """
        d_output = as_floats(d_output, "MLP.backward: d_output")
        if d_output.shape != forward_pass.output.shape:
            raise ValueError(
                "MLP.backward needs d_output shaped like the output, "
                f"{forward_pass.output.shape}, got {d_output.shape}."
            )
        gradient = np.empty(self.size)
        blocks = iter(self._views(gradient).values())  # W1, b1, W2, b2, …, to be filled
        deltas = self.deltas(forward_pass, d_output)
        for delta, a in zip(deltas, forward_pass.activations[:-1], strict=True):
            columns = delta.reshape(len(delta), -1)
            np.dot(columns, a.reshape(len(a), -1).T, out=next(blocks))
            np.add.reduce(columns, axis=1, out=next(blocks))
        return gradient

    def loss(
        self, parameters: ArrayLike, x: ArrayLike, y: ArrayLike, loss: Loss = cross_entropy
    ) -> float:
        """The loss of the network's output for x `(d, n)` against the targets y."""
        return loss(self.predict(parameters, x), y)

    def gradient(
        self, parameters: ArrayLike, x: ArrayLike, y: ArrayLike, loss: Loss = cross_entropy
    ) -> Array:
        """∂loss/∂parameters, `(P,)`: a forward pass, the loss's slope, a backward pass."""
        forward_pass = self.forward(parameters, x)
        return self.backward(forward_pass, loss.grad(forward_pass.output, y))

    def objective(
        self, x: ArrayLike, y: ArrayLike, loss: Loss = cross_entropy, *, weight_decay: float = 0.0
    ) -> NetworkObjective:
        """The loss as a function of the parameters alone, for `minimize`."""
        return NetworkObjective(self, x, y, loss, weight_decay)

    @property
    def _items(self):
        return self.blocks.items()

    def _views(self, parameters: Array) -> dict[str, Array]:
        return {name: parameters[where].reshape(shape) for name, (where, shape) in self._items}

    def _activation(self, layer: int) -> Activation:
        return ACTIVATIONS[self.output if layer == self.layers else self.activation]

    def _checked(self, parameters: ArrayLike) -> Array:
        parameters = as_floats(parameters, "MLP: parameters")
        if parameters.shape != (self.size,):
            raise ValueError(
                f"{self} has {self.size} parameters, a vector ({self.size},), "
                f"got shape {parameters.shape}."
            )
        return parameters

    def _checked_input(self, x: ArrayLike) -> Array:
        x = as_floats(x, "MLP: x")
        if x.ndim == 0 or len(x) != self.sizes[0]:
            advice = " Examples are columns: pass x.T." if x.shape[1:] == self.sizes[:1] else ""
            raise ValueError(
                f"{self} needs inputs ({self.sizes[0]},) or ({self.sizes[0]}, n), "
                f"got shape {x.shape}.{advice}"
            )
        return x


@lru_cache
def _blocks(sizes: tuple[int, ...]) -> Mapping[str, Block]:
    return MappingProxyType(layer_blocks(sizes))  # asked for twice in every step of training


def _times(W: Array, a: Array) -> Array:
    """W a for every column of a, `(in, …)` -> `(out, …)`."""
    # dot: what @ computes, with less ado over small matrices
    return W.dot(a) if a.ndim <= 2 else W.dot(a.reshape(len(a), -1)).reshape(len(W), *a.shape[1:])


def _checked_sizes(sizes) -> tuple[int, ...]:
    sizes = tuple(sizes)
    if len(sizes) < 2:
        raise ValueError(f"MLP needs the sizes of two layers or more, got {sizes}.")
    return tuple(whole(size, 1, "MLP: each of sizes") for size in sizes)
