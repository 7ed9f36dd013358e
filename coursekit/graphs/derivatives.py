"""The table of derivatives: what each operation computes, and how a gradient passes back.

    OPS["multiply"].forward(x, y)           # x · y
    OPS["multiply"].vjps[0](g, out, x, y)   # g · y, the gradient for x

A vector–Jacobian product takes g = ∂L/∂out, shaped like out, then out itself and the arguments
and options of the forward call. It returns ∂L/∂argument, before what broadcasting repeated is
added up: `unbroadcast` does that afterwards, for all operations alike.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from coursekit.arrays import Array

VJP = Callable[..., Array]


class Operation(NamedTuple):
    """What an operation computes, and one vector–Jacobian product per argument."""

    forward: Callable[..., Array]
    vjps: Sequence[VJP]


def unbroadcast(g: Array, shape: tuple[int, ...]) -> Array:
    """Add up what broadcasting had repeated: from the shape of g down to `shape`.

    A number that was used n times gets n gradients; they add up, like any branches.
    """
    if g.shape == shape:
        return g
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))  # axes that were put in front
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return g.sum(axis=stretched, keepdims=True)


# --- elementwise ----------------------------------------------------------------------------


def _sigmoid(x: Array) -> Array:
    return np.exp(-np.logaddexp(0, -x))  # e^−x would overflow


def _power_base(g: Array, out: Array, x: Array, y: Array) -> Array:
    """g · y · xʸ⁻¹, and 0 where y = 0: x⁰ is 1 for every x."""
    return g * np.where(y == 0, 0, y * x ** np.where(y == 0, 1, y - 1))


def _power_exponent(g: Array, out: Array, x: Array, y: Array) -> Array:
    """g · xʸ · log x, and 0 where x = 0 and y ≥ 0: 0ʸ does not move with y > 0."""
    return g * out * np.log(np.where((x == 0) & (y >= 0), 1, x))


# --- over axes ------------------------------------------------------------------------------


def _spread(g: Array, x: Array, axis, keepdims: bool) -> Array:
    """Give what was reduced the axes of x again, each number repeated along them."""
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, x.shape)


def _sum(x: Array, axis=None, keepdims: bool = False) -> Array:
    return x.sum(axis=axis, keepdims=keepdims)


def _sum_share(g: Array, out: Array, x: Array, axis=None, keepdims: bool = False) -> Array:
    return _spread(g, x, axis, keepdims)


def _mean(x: Array, axis=None, keepdims: bool = False) -> Array:
    return x.mean(axis=axis, keepdims=keepdims)


def _mean_share(g: Array, out: Array, x: Array, axis=None, keepdims: bool = False) -> Array:
    return _spread(g, x, axis, keepdims) * (out.size / x.size)


def _max(x: Array, axis=None, keepdims: bool = False) -> Array:
    return x.max(axis=axis, keepdims=keepdims)


def _max_share(g: Array, out: Array, x: Array, axis=None, keepdims: bool = False) -> Array:
    """All to the largest element; in equal parts where several are largest."""
    largest = x == _spread(out, x, axis, keepdims)
    return _spread(g, x, axis, keepdims) * largest / largest.sum(axis=axis, keepdims=True)


def _norm(x: Array, axis=None, keepdims: bool = False) -> Array:
    return np.sqrt((x * x).sum(axis=axis, keepdims=keepdims))


def _norm_share(g: Array, out: Array, x: Array, axis=None, keepdims: bool = False) -> Array:
    """g · x / |x|, and 0 where x = 0: the shortest of the subgradients there."""
    length = _spread(out, x, axis, keepdims)
    return _spread(g, x, axis, keepdims) * x / np.where(length == 0, 1, length)


def _logsumexp(x: Array, axis=None, keepdims: bool = False) -> Array:
    """log Σ eˣ; shifting by the largest keeps eˣ at 1 or below."""
    largest = x.max(axis=axis, keepdims=True)
    total = np.exp(x - largest).sum(axis=axis, keepdims=keepdims)
    return np.log(total) + largest.reshape(total.shape)


def _logsumexp_share(g: Array, out: Array, x: Array, axis=None, keepdims: bool = False) -> Array:
    return _spread(g, x, axis, keepdims) * np.exp(x - _spread(out, x, axis, keepdims))


# --- matrices -------------------------------------------------------------------------------


def _as_matrices(g: Array, a: Array, b: Array) -> tuple[Array, Array, Array]:
    """A vector on the left is a row, a vector on the right a column; g has their axes."""
    if b.ndim == 1:
        g, b = g[..., None], b[:, None]
    if a.ndim == 1:
        g, a = np.expand_dims(g, -2), a[None, :]
    return g, a, b


def _matmul_left(g: Array, out: Array, a: Array, b: Array) -> Array:
    g, _, b = _as_matrices(g, a, b)
    return g @ np.swapaxes(b, -1, -2)


def _matmul_right(g: Array, out: Array, a: Array, b: Array) -> Array:
    g, rows, _ = _as_matrices(g, a, b)
    slope = np.swapaxes(rows, -1, -2) @ g
    return slope[..., 0] if b.ndim == 1 else slope


# --- elements in other places ---------------------------------------------------------------


def _untranspose(g: Array, out: Array, x: Array, axes=None) -> Array:
    if axes is None:
        return g.T
    return np.transpose(g, np.argsort([axis % x.ndim for axis in axes]))


def _scatter(g: Array, out: Array, x: Array, key) -> Array:
    """Back to where the elements were taken from; one that was taken twice adds up."""
    whole = np.zeros_like(x)
    if all(isinstance(part, _ONCE) and not isinstance(part, bool) for part in _parts(key)):
        whole[key] = g  # each element was taken once at most, and nothing adds up
    else:
        np.add.at(whole, key, g)
    return whole


_ONCE = (int, np.integer, slice, type(...), type(None))  # keys to which NumPy gives a view


def _parts(key) -> tuple:
    return key if isinstance(key, tuple) else (key,)


def _join(*pieces: Array, axis: int) -> Array:
    return np.concatenate(pieces, axis=axis)


def _piece(position: int, g: Array, out: Array, *pieces: Array, axis: int) -> Array:
    ends = np.cumsum([piece.shape[axis] for piece in pieces])
    return np.split(g, ends[:-1], axis=axis)[position]


class _EveryPiece:
    """As many vector–Jacobian products as there are arguments."""

    def __getitem__(self, position: int) -> VJP:
        return partial(_piece, position)


OPS: dict[str, Operation] = {
    "add": Operation(np.add, (lambda g, out, x, y: g, lambda g, out, x, y: g)),
    "subtract": Operation(np.subtract, (lambda g, out, x, y: g, lambda g, out, x, y: -g)),
    "multiply": Operation(np.multiply, (lambda g, out, x, y: g * y, lambda g, out, x, y: g * x)),
    "divide": Operation(np.divide, (lambda g, out, x, y: g / y, lambda g, out, x, y: -g * out / y)),
    "power": Operation(np.power, (_power_base, _power_exponent)),
    "negative": Operation(np.negative, (lambda g, out, x: -g,)),
    "exp": Operation(np.exp, (lambda g, out, x: g * out,)),
    "log": Operation(np.log, (lambda g, out, x: g / x,)),
    "sqrt": Operation(np.sqrt, (lambda g, out, x: g / (2 * out),)),
    "sin": Operation(np.sin, (lambda g, out, x: g * np.cos(x),)),
    "cos": Operation(np.cos, (lambda g, out, x: -g * np.sin(x),)),
    "tanh": Operation(np.tanh, (lambda g, out, x: g * (1 - out**2),)),
    "sigmoid": Operation(_sigmoid, (lambda g, out, x: g * out * (1 - out),)),
    "relu": Operation(lambda x: np.maximum(x, 0), (lambda g, out, x: g * (x > 0),)),
    "where": Operation(
        lambda x, y, condition: np.where(condition, x, y),
        (
            lambda g, out, x, y, condition: np.where(condition, g, 0),
            lambda g, out, x, y, condition: np.where(condition, 0, g),
        ),
    ),
    "sum": Operation(_sum, (_sum_share,)),
    "mean": Operation(_mean, (_mean_share,)),
    "max": Operation(_max, (_max_share,)),
    "norm": Operation(_norm, (_norm_share,)),
    "logsumexp": Operation(_logsumexp, (_logsumexp_share,)),
    "matmul": Operation(np.matmul, (_matmul_left, _matmul_right)),
    "reshape": Operation(
        lambda x, shape: np.reshape(x, shape), (lambda g, out, x, shape: np.reshape(g, x.shape),)
    ),
    "transpose": Operation(np.transpose, (_untranspose,)),
    "index": Operation(lambda x, key: x[key], (_scatter,)),
    "concatenate": Operation(_join, _EveryPiece()),
}
