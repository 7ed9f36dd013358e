"""House prices in the form of the lectures' table: area, rooms, distance, city, price."""

from typing import NamedTuple

import numpy as np

from coursekit.arrays import Array, at_least_zero, whole

CITIES = ("Amiens", "Lille", "Nice", "Versailles")
EUROS = {"area": 2500, "rooms": 5000, "distance": -2000}  # for one more of each
CITY_EUROS = {"Amiens": 0, "Lille": 20_000, "Nice": 260_000, "Versailles": 330_000}


class Houses(NamedTuple):
    """Flats, one a column of x `(7, n)`, their prices `(n,)` in euros, and the rows' names.

    The rows are area (m²), rooms, distance from the station (km), and for each of the four
    cities 1 if the flat is there, else 0.
    """

    x: Array
    price: Array
    names: tuple[str, ...]


def houses(n: int = 500, *, noise: float = 10_000, seed: int | np.random.Generator = 0) -> Houses:
    """n flats whose prices follow a rule, which a linear model can find again.

        price = 2500 · area + 5000 · rooms − 2000 · distance + city + noise

    with 0 for Amiens, 20,000 for Lille, 260,000 for Nice and 330,000 for Versailles, and normal
    noise of that standard deviation, all in euros. Areas are uniform from 20 to 120 m², rooms
    one for every 22 m² or so, distances uniform from 0 to 12 km, cities equally likely. The
    columns are those of the lectures' table of four flats, whose prices the rule meets to within
    70,000 euros. Raises `ValueError` unless n ≥ 1 and noise ≥ 0.
    """
    n, noise = whole(n, 1, "houses: n"), at_least_zero(noise, "houses: noise")
    rng = np.random.default_rng(seed)
    area = rng.uniform(20, 120, n).round()
    rooms = np.maximum(1, (area / 22 + rng.normal(0, 0.5, n)).round())
    distance = rng.uniform(0, 12, n).round(1)
    there = np.eye(len(CITIES))[:, rng.integers(len(CITIES), size=n)]
    x = np.vstack([area, rooms, distance, there])
    worth = np.array([*EUROS.values(), *(CITY_EUROS[city] for city in CITIES)], dtype=float)
    return Houses(x, worth @ x + rng.normal(0, noise, n), (*EUROS, *CITIES))
