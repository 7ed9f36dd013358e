"""What poses need of graphs beyond the table: two functions without a hole, and products.

A function of this package that is `differentiable` takes arrays and nodes alike: given arrays
alone it returns an array, given a node anywhere it returns a node.
"""

import functools
from collections.abc import Callable
from math import factorial
from typing import Any

import numpy as np

from coursekit.arrays import Array
from coursekit.graphs import Node, Operation, apply
from coursekit.graphs.operations import Value

_TERMS = 10  # of a series: at its far end the next term is below 1e-16 of the sum


def differentiable(function: Callable[..., Node]) -> Callable[..., Node | Array]:
    """Let a function made of graph operations return an array where no node went in."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        result = function(*args, **kwargs)
        return result if holds_node((*args, *kwargs.values())) else result.value.copy()

    return wrapped


def holds_node(value: Any) -> bool:
    """Is it a node, or a tuple with a node somewhere in it?"""
    return isinstance(value, Node) or (isinstance(value, tuple) and any(map(holds_node, value)))


# --- sin √s / √s: what a rotation is made of, as a function of its squared angle ------------

_SINE = [(-1.0) ** k / factorial(2 * k + 1) for k in range(_TERMS)]
_SINE_SLOPE = [(k + 1) * _SINE[k + 1] for k in range(_TERMS - 1)]


def _sine_over(s: Array) -> Array:
    return np.sinc(np.sqrt(s) / np.pi)


def _sine_over_slope(g: Array, out: Array, s: Array) -> Array:
    """(cos √s − out) / 2s; below 1, where that cancels, the series' derivative."""
    near = np.polyval(_SINE_SLOPE[::-1], np.minimum(s, 1))
    far = (np.cos(np.sqrt(s)) - out) / (2 * np.maximum(s, 1))
    return g * np.where(s < 1, near, far)


_SINE_OVER = Operation(_sine_over, (_sine_over_slope,))


def sine_over(s: Value) -> Node:
    """sin √s / √s for s ≥ 0, with value 1 and slope −1/6 at 0.

    As a function of θ itself sin θ / θ would need a division by 0, and √s has no slope at 0;
    as a function of s = θ² it is a power series: 1 − s/6 + s²/120 − ….
    """
    return apply(_SINE_OVER, s)


# --- arccos w / √(1 − w²): the way back, from a quaternion to the angle ---------------------

_NEAR = 0.25  # how far from w = 1 a series in u = 1 − w is taken: Σ n! / (2n + 1)!! uⁿ
_ARC = [2**n * factorial(n) ** 2 / factorial(2 * n + 1) for n in range(20)]
_ARC_SLOPE = [-(n + 1) * _ARC[n + 1] for n in range(len(_ARC) - 1)]


def _arc_over(w: Array) -> Array:
    u = 1 - w
    near = np.polyval(_ARC[::-1], np.clip(u, 0, _NEAR))
    far = np.minimum(w, 1 - _NEAR)
    return np.where(u < _NEAR, near, np.arccos(far) / np.sqrt((1 - far) * (1 + far)))


def _arc_over_slope(g: Array, out: Array, w: Array) -> Array:
    """(w · out − 1) / (1 − w²); near 1, where that cancels, the series' derivative."""
    near = np.polyval(_ARC_SLOPE[::-1], np.clip(1 - w, 0, _NEAR))
    far = np.minimum(w, 1 - _NEAR)
    return g * np.where(1 - w < _NEAR, near, (w * out - 1) / ((1 - far) * (1 + far)))


_ARC_OVER = Operation(_arc_over, (_arc_over_slope,))


def arc_over(w: Value) -> Node:
    """arccos w / √(1 − w²) for −1 < w ≤ 1, with value 1 and slope −1/3 at w = 1."""
    return apply(_ARC_OVER, w)


# --- products of stacks, whose axes are named as in np.einsum -------------------------------


def _product(a: Array, b: Array, axes: tuple[str, str, str]) -> Array:
    first, second, out = axes
    return np.einsum(f"{first},{second}->{out}", a, b)


def _product_first(g: Array, out: Array, a: Array, b: Array, axes: tuple[str, str, str]) -> Array:
    first, second, third = axes
    return np.einsum(f"{third},{second}->{first}", g, b)


def _product_second(g: Array, out: Array, a: Array, b: Array, axes: tuple[str, str, str]) -> Array:
    first, second, third = axes
    return np.einsum(f"{third},{first}->{second}", g, a)


_PRODUCT = Operation(_product, (_product_first, _product_second))


def product(axes: str, a: Value, b: Value) -> Node:
    """`np.einsum(axes, a, b)` for two stacks, such as "ijt,jnt->int": a matrix for each t.

    Every axis of an argument, "..." included, must stand in the other one or in the result; an
    axis of length 1 is stretched. The gradient for either argument is the product of the other
    and the result's.
    """
    arguments, out = axes.replace(" ", "").split("->")
    first, second = arguments.split(",")
    return apply(_PRODUCT, a, b, axes=(first, second, out))
