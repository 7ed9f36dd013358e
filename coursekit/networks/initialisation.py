"""Where training starts: ways to draw a layer's weights, each with its reason."""

from types import MappingProxyType

import numpy as np

from coursekit.arrays import Array


def _glorot(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Uniform in ±√(6 / (in + out)): between keeping activations and keeping gradients the
    same size from layer to layer. Glorot & Bengio (2010), eq. 16,
    https://proceedings.mlr.press/v9/glorot10a.html."""
    limit = np.sqrt(6 / (rows + columns))
    return rng.uniform(-limit, limit, (rows, columns))


def _he(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Normal with variance 2 / in: as many times two as relu, which sets half of its input to
    zero, takes away. He et al. (2015), https://arxiv.org/abs/1502.01852."""
    return rng.normal(0, np.sqrt(2 / columns), (rows, columns))


def _lecun(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Normal with variance 1 / in: a sum of `in` terms of size 1 / √in is of size 1.
    LeCun et al. (1998), https://doi.org/10.1007/3-540-49430-8_2."""
    return rng.normal(0, np.sqrt(1 / columns), (rows, columns))


def _zeros(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """All zero, which no network with a hidden layer can learn from: chapter 07 shows why."""
    return np.zeros((rows, columns))


SCHEMES = MappingProxyType({"glorot": _glorot, "he": _he, "lecun": _lecun, "zeros": _zeros})
"""Name -> how the weights `(out, in)` of a layer are drawn; its docstring has the reason."""
