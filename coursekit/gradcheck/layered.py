"""The loss of a layered network, quick to evaluate where one parameter alone has moved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, as_floats
from coursekit.gradcheck.blocks import Block, layer_blocks
from coursekit.losses import Loss, cross_entropy

AT_ONCE = 2**14  # numbers in one intermediate array: they stay in the processor's cache


@dataclass(frozen=True, eq=False)
class LayeredLoss:
    """The loss of a network of fully connected layers as a function of its parameters `(P,)`.

        a₀ = inputs          z_l = W_l a_{l−1} + b_l          a_l = φ(z_l)          l = 1 … L
        value = loss(a_L, targets) + ½ Σ weight_decay · parameters²

    φ is `activation` in the hidden layers and `output` in the last (none: a_L = z_L). The
    inputs are `(d, n)`, an example a column; the parameters are W₁ row by row, b₁, W₂, b₂, …
    `weight_decay` is one number, or one for each parameter.

    Moving W_l[i, j] by h changes one row of preactivations, z_l[i] by h · a_{l−1}[j], and in
    the next layer a matrix of rank one. So `along` starts there and leaves out all that stays
    as it was, for many parameters at once; what it returns is still the loss at the moved
    point. Raises `ValueError` where inputs or parameters do not fit the sizes.
    """

    sizes: tuple[int, ...]
    inputs: ArrayLike = field(repr=False)
    targets: ArrayLike = field(repr=False)
    loss: Loss = cross_entropy
    activation: Callable[[Array], Array] = np.tanh
    output: Callable[[Array], Array] | None = None
    weight_decay: ArrayLike = 0.0

    def __post_init__(self):
        inputs = as_floats(self.inputs, "LayeredLoss: inputs")
        if inputs.ndim != 2 or len(inputs) != self.sizes[0]:
            raise ValueError(
                f"LayeredLoss needs inputs ({self.sizes[0]}, n), got shape {inputs.shape}."
            )
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "targets", np.asarray(self.targets))

    @cached_property
    def blocks(self) -> dict[str, Block]:
        """Name -> (slice, shape) of W1, b1, W2, b2, …"""
        return layer_blocks(self.sizes)

    @property
    def layers(self) -> int:
        return len(self.sizes) - 1

    def unpack(self, x: Array) -> list[tuple[Array, Array]]:
        """(W, b) of each layer, from the flat parameters."""
        size = max(where.stop for where, _ in self.blocks.values())
        if x.shape != (size,):
            raise ValueError(f"LayeredLoss has {size} parameters, got shape {x.shape}.")
        arrays = [x[where].reshape(shape) for where, shape in self.blocks.values()]
        return list(zip(arrays[::2], arrays[1::2], strict=True))

    def act(self, layer: int, z: Array) -> Array:
        """a_l from z_l; layers count from 1."""
        act = self.activation if layer < self.layers else self.output
        return act(z) if act else z

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        """(z₁ … z_L) and (a₀ … a_L)."""
        preactivations, activations = [], [self.inputs]
        for layer, (W, b) in enumerate(self.unpack(x), 1):
            preactivations.append(W @ activations[-1] + b[:, None])
            activations.append(self.act(layer, preactivations[-1]))
        return preactivations, activations

    def __call__(self, x: ArrayLike) -> float:
        """The loss at the parameters x `(P,)`."""
        x = as_floats(x, "LayeredLoss: x")
        _, activations = self.forward(x)
        return self.loss(activations[-1], self.targets) + self._penalty(x).sum()

    def _penalty(self, x: Array) -> Array:
        return as_floats(self.weight_decay, "LayeredLoss: weight_decay") / 2 * x**2

    # --- one parameter moved -------------------------------------------------------------

    def along(self, x: Array, indices: Array, offsets: Array) -> Array:
        """The loss where x[indices[k]] alone is moved by offsets[k], for every k: `(k,)`."""
        values, (z, a) = np.empty(len(indices)), self.forward(x)
        weights = self.unpack(x)
        for layer, chosen, rows, push in self._moves(a, indices, offsets):
            moved = z[layer - 1][rows] + push
            values[chosen] = self._data_loss(self._onward(weights, z, a, layer, rows, moved))
        return values + self._moved_penalty(x, indices, offsets)

    def _moves(self, a, indices, offsets) -> Iterator[tuple[int, Array, Array, Array]]:
        """(layer, which k, row of z that changes, by how much `(K, n)`), in handy portions."""
        for number, (where, shape) in enumerate(self.blocks.values()):
            layer = number // 2 + 1
            here = np.flatnonzero((indices >= where.start) & (indices < where.stop))
            widest = max(self.sizes[layer + 1 :] or self.sizes[layer:])
            count = max(1, AT_ONCE // (widest * self.inputs.shape[1]))
            for start in range(0, len(here), count):
                chosen = here[start : start + count]
                place = np.unravel_index(indices[chosen] - where.start, shape)
                push = offsets[chosen][:, None] * np.ones(self.inputs.shape[1])
                if len(shape) == 2:
                    push = push * a[layer - 1][place[1]]
                yield layer, chosen, place[0], push

    def _onward(self, weights, z, a, layer, rows, moved) -> Array:
        """The network's output `(out, K, n)` from the one changed row of z_l, `(K, n)`."""
        if layer == self.layers:
            moved_z = np.repeat(z[-1][:, None], len(rows), axis=1)
            moved_z[rows, np.arange(len(rows))] = moved
            return self.act(layer, moved_z)
        change = self.act(layer, moved) - a[layer][rows]
        moved_z = weights[layer][0][:, rows, None] * change + z[layer][:, None]
        for later in range(layer + 1, self.layers):
            W, b = weights[later]
            flat = self.act(later, moved_z).reshape(len(moved_z), -1)
            moved_z = (W @ flat + b[:, None]).reshape(len(b), *moved.shape)
        return self.act(self.layers, moved_z)

    def _data_loss(self, output: Array) -> Array:
        """The loss of each of K networks from their outputs `(out, K, n)`."""
        each = self.loss.each(output, self.target_columns)
        each = each if self.loss.per_column else each.swapaxes(0, 1).reshape(output.shape[1], -1)
        return each.mean(axis=1) if self.loss.average else each.sum(axis=1)

    @cached_property
    def target_columns(self) -> Array:
        """The targets as `(out, 1, n)`; class numbers become columns with a single 1."""
        if self.targets.ndim == 1 and self.loss.per_column:
            return np.eye(self.sizes[-1])[self.targets.astype(int)].T[:, None]
        return np.asarray(self.targets, dtype=float)[:, None]

    def _moved_penalty(self, x, indices, offsets) -> Array:
        """The whole penalty with one term replaced."""
        decay = np.broadcast_to(as_floats(self.weight_decay, "LayeredLoss: weight_decay"), x.shape)
        terms = decay[indices] / 2 * ((x[indices] + offsets) ** 2 - x[indices] ** 2)
        return self._penalty(x).sum() + terms
