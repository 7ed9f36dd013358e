"""What a diagnosis may look at, and when a guess explains it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from coursekit.arrays import Array
from coursekit.gradcheck.blocks import Block
from coursekit.gradcheck.layered import LayeredLoss

NEAR = 1e-4  # a guess explains an element that it meets up to this share


class View(NamedTuple):
    """Part of the parameters: the gradient given, the measured one, its doubt, the point."""

    gradient: Array
    measured: Array
    doubt: Array
    x: Array
    shape: tuple[int, ...]

    def meets(self, guess: Array, factor: float = 1.0) -> bool:
        """Is `guess`, made from `factor` times the measured gradient, the gradient given?"""
        return bool(near(self.gradient, guess, self.doubt * (1 + abs(factor))).all())

    def without(self, part: Array) -> "View":
        """The same with a part of both gradients taken off."""
        return self._replace(gradient=self.gradient - part, measured=self.measured - part)


def near(gradient: Array, guess: Array, doubt: Array) -> np.ndarray:
    """Elementwise: equal up to `NEAR` and the doubt."""
    largest = np.maximum(np.abs(gradient), np.abs(guess))
    return np.abs(gradient - guess) <= NEAR * largest + 4 * doubt


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that is known about a gradient that is wrong. Arrays are flat, `(P,)`."""

    gradient: Array
    measured: Array
    doubt: Array
    kink: np.ndarray
    wrong: np.ndarray
    x: Array
    blocks: dict[str, Block]
    batch: int | None = None
    weight_decay: Array | None = None  # one for each parameter
    layers: LayeredLoss | None = None
    terms: Mapping[str, Array] = field(default_factory=dict)

    @property
    def wrong_blocks(self) -> tuple[str, ...]:
        """The names of the blocks in which something is wrong."""
        return tuple(name for name, (where, _) in self.blocks.items() if self.wrong[where].any())

    def view(self, *names: str) -> View:
        """These blocks together; for one block alone with its shape. Kinks prove nothing."""
        index = np.concatenate([np.arange(self.gradient.size)[self.blocks[n].where] for n in names])
        gradient = np.where(self.kink, self.measured, self.gradient)
        shape = self.blocks[names[0]].shape if len(names) == 1 else (index.size,)
        parts = (gradient, self.measured, self.doubt, self.x)
        return View(*(part[index] for part in parts), shape)

    def all(self) -> View:
        return self.view(*self.blocks)

    def decay_in(self, *names: str) -> Array | None:
        """The regulariser's share of the gradient of these blocks."""
        if self.weight_decay is None:
            return None
        return np.concatenate([(self.weight_decay * self.x)[self.blocks[n].where] for n in names])

    def is_bias(self, name: str) -> bool:
        """A vector called b…, or a vector beside matrices that are called W…"""
        return len(self.blocks[name].shape) == 1 and name[:1].lower() == "b"
