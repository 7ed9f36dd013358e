"""What a unit does with its preactivation: the functions φ, each with its slope."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from coursekit.arrays import Array


class Activation(NamedTuple):
    """A function φ applied to every preactivation, and its slope, given both z and a = φ(z)."""

    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array | float]


def _sigmoid(z: Array) -> Array:
    """1 / (1 + e^−z), in a form in which nothing overflows and small values keep their digits."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "tanh": Activation(np.tanh, lambda z, a: 1 - a**2),
        "relu": Activation(lambda z: np.maximum(z, 0), lambda z, a: (z > 0).astype(float)),
        "sigmoid": Activation(_sigmoid, lambda z, a: a * (1 - a)),
        "identity": Activation(lambda z: z, lambda z, a: 1.0),
    }
)
"""Name -> φ and its slope. At its kink the slope of relu is taken as 0, as in PyTorch."""


def known(name: str, table: Mapping, what: str):
    if name not in table:
        raise ValueError(f"{what} must be one of {', '.join(table)}, got {name!r}.")
    return table[name]
