"""The landscapes made of waves and bells, with analytic gradients and global minima.

Forms and domains are those of Jamil & Yang (2013), https://arxiv.org/abs/1308.4008, unless
`source` says otherwise.
"""

import numpy as np

from coursekit.arrays import Array
from coursekit.landscapes.landscape import Landscape


def _easom_hump(x: Array, y: Array) -> Array:
    return np.exp(-((x - np.pi) ** 2) - (y - np.pi) ** 2)


easom = Landscape(
    "easom",
    height=lambda x, y: -np.cos(x) * np.cos(y) * _easom_hump(x, y),
    slopes=lambda x, y: (
        (np.sin(x) + 2 * (x - np.pi) * np.cos(x)) * np.cos(y) * _easom_hump(x, y),
        (np.sin(y) + 2 * (y - np.pi) * np.cos(y)) * np.cos(x) * _easom_hump(x, y),
    ),
    minima=((np.pi, np.pi),),
    frame=(-10, 10, -10, 10),
    source="Easom (1990); the frame is the lecture's (H. Proença, 2023/24)",
)


def _ackley(x: Array, y: Array) -> Array:
    # e − e^(…) and 20 − 20 e^(…) with expm1, so that the minimum is 0 and not 4e-16
    ripple = (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2 - 1
    return -20 * np.expm1(-0.2 * np.hypot(x, y) / np.sqrt(2)) - np.e * np.expm1(ripple)


def _ackley_slopes(x: Array, y: Array) -> tuple[Array, Array]:
    r = np.hypot(x, y)
    ripple = np.exp((np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2)
    # dividing 0 by 1 at the cusp leaves the direction (0, 0)
    funnel = 2 * np.sqrt(2) * np.exp(-0.2 * r / np.sqrt(2)) / np.where(r == 0, 1, r)
    return tuple(funnel * z + np.pi * np.sin(2 * np.pi * z) * ripple for z in (x, y))


ackley = Landscape(
    "ackley",
    height=_ackley,
    slopes=_ackley_slopes,
    minima=((0.0, 0.0),),
    frame=(-5, 5, -5, 5),
    source="Ackley (1987); form and frame are the lecture's (H. Proença, 2023/24)",
)
"""Ackley's function has a cusp at its minimum: the slope is 2√2 in every direction away from
the origin, so that no gradient exists there. `ackley.grad` gives (0, 0) at the origin, the
subgradient that lets a method that has arrived stay."""

rastrigin = Landscape(
    "rastrigin",
    height=lambda x, y: sum(z**2 + 10 * (1 - np.cos(2 * np.pi * z)) for z in (x, y)),
    slopes=lambda x, y: tuple(2 * z + 20 * np.pi * np.sin(2 * np.pi * z) for z in (x, y)),
    minima=((0.0, 0.0),),
    frame=(-5.12, 5.12, -5.12, 5.12),
    source="Rastrigin (1974); Mühlenbein, Schomisch & Born (1991)",
)
