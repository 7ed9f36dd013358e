"""Points in the plane, of two kinds that no straight line parts."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coursekit.arrays import Array, whole, within


class Labelled(NamedTuple):
    """Examples x `(d, n)`, one a column, and the class number of each, labels `(n,)`."""

    x: Array
    labels: np.ndarray


def moons(n: int = 200, *, noise: float = 0.1, seed: int | np.random.Generator = 0) -> Labelled:
    """Two half circles of radius 1, each reaching into the other.

        class 0: (cos t, sin t)          class 1: (1 − cos t, ½ − sin t)          0 ≤ t ≤ π

    with t uniform and normal noise of that standard deviation on both coordinates. The classes
    take turns: 0, 1, 0, 1, …. Raises `ValueError` unless n ≥ 1 and noise ≥ 0.
    """

    def place(t: Array, label: Array) -> Array:
        x, y = np.cos(np.pi * t), np.sin(np.pi * t)
        return np.where(label == 0, (x, y), (1 - x, 0.5 - y))

    return _labelled("moons", place, n, noise, seed)


def circles(n: int = 200, *, noise: float = 0.1, seed: int | np.random.Generator = 0) -> Labelled:
    """A circle of radius 1 (class 0) around one of radius ½ (class 1); noise as in `moons`."""

    def place(t: Array, label: Array) -> Array:
        radius = np.where(label == 0, 1.0, 0.5)
        return radius * np.stack([np.cos(2 * np.pi * t), np.sin(2 * np.pi * t)])

    return _labelled("circles", place, n, noise, seed)


def spirals(
    n: int = 200,
    *,
    noise: float = 0.02,
    seed: int | np.random.Generator = 0,
    turns: float = 1.5,
) -> Labelled:
    """Two arms that wind around each other, from near the centre out to radius 1.

        (r cos φ, r sin φ)     with r = 0.1 + 0.9 t, φ = 2π · turns · t (+ π for class 1)

    and t uniform in [0, 1]; noise as in `moons`. Raises `ValueError` unless turns ≥ 0.
    """
    turns = within(turns, 0, 100, "spirals: turns")

    def place(t: Array, label: Array) -> Array:
        radius, angle = 0.1 + 0.9 * t, np.pi * (2 * turns * t + label)
        return radius * np.stack([np.cos(angle), np.sin(angle)])

    return _labelled("spirals", place, n, noise, seed)


def _labelled(
    name: str,
    place: Callable[[Array, Array], Array],
    n: int,
    noise: float,
    seed: int | np.random.Generator,
) -> Labelled:
    """n points at random along two curves, and the class of each."""
    n, noise = whole(n, 1, f"{name}: n"), within(noise, 0, 1e6, f"{name}: noise")
    rng, labels = np.random.default_rng(seed), np.arange(n) % 2
    return Labelled(place(rng.uniform(size=n), labels) + rng.normal(0, noise, (2, n)), labels)
