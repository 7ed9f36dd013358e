"""Functions of two variables with known minima, to go down on and to look at.

    himmelblau((3, 2))            # 0.0
    himmelblau.grad((0, 0))       # array([-14., -22.])
    himmelblau.minima             # four points

Points are `(2, …)`, coordinate first: one point, a thousand starts or a plotting grid.
"""

from coursekit.landscapes.landscape import Landscape, grid
from coursekit.landscapes.polynomials import (
    beale,
    booth,
    bowl,
    goldstein_price,
    himmelblau,
    rosenbrock,
    saddle,
    six_hump_camel,
    styblinski_tang,
    valley,
)
from coursekit.landscapes.terrain import Basins, basins_of_attraction, hessian
from coursekit.landscapes.waves import ackley, easom, rastrigin

ALL = (
    bowl,
    easom,
    himmelblau,
    ackley,
    rosenbrock,
    beale,
    booth,
    rastrigin,
    six_hump_camel,
    saddle,
    goldstein_price,
    styblinski_tang,
)
"""The twelve landscapes of the course; the valley is none of them."""

__all__ = [
    "ALL",
    "Basins",
    "Landscape",
    "ackley",
    "basins_of_attraction",
    "beale",
    "booth",
    "bowl",
    "easom",
    "goldstein_price",
    "grid",
    "hessian",
    "himmelblau",
    "rastrigin",
    "rosenbrock",
    "saddle",
    "six_hump_camel",
    "styblinski_tang",
    "valley",
]
