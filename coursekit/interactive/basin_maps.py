"""The map of basins under a descent, computed once for each setting."""

from typing import Any

import numpy as np

from coursekit.arrays import Array
from coursekit.descent import Optimizer
from coursekit.interactive.looks import rgba
from coursekit.landscapes import Landscape, basins_of_attraction

FINE, COARSE = 96, 24  # starts along each side
KEPT = 8  # maps, those asked for last
NOTHING = np.zeros((1, 1, 1, 4), np.uint8)  # a picture that is all transparent


class BasinMaps:
    """Which minimum each start reaches, as pictures (1, n, n, 4) of bytes, the last ones kept.

    A hand that moves gets a coarse map (1 to 20 ms), one that rests a fine one (10 to 170 ms).
    """

    def __init__(self, landscape: Landscape, steps: int):
        self.landscape, self.steps = landscape, steps
        self._kept: list[tuple[Optimizer, int, Array]] = []

    def at_once(self, optimizer: Optimizer) -> dict[str, Array]:
        """The fine map if it is known already, else the coarse one."""
        fine = self._known(optimizer, FINE)
        if fine is not None:
            return {"basins": fine}
        return {"coarse basins": self._picture(optimizer, COARSE)}

    def fine(self, optimizer: Optimizer) -> dict[str, Array]:
        """The fine map, in place of the coarse one: one over the other would be twice as dark."""
        return {"basins": self._picture(optimizer, FINE), "coarse basins": NOTHING}

    def _known(self, optimizer: Optimizer, n: int) -> Array | None:
        return next((p for o, size, p in self._kept if size == n and o == optimizer), None)

    def _picture(self, optimizer: Optimizer, n: int) -> Array:
        picture = self._known(optimizer, n)
        if picture is None:
            # near: where few steps are taken, a start may still be on its way
            args = {"n": n, "steps": self.steps, "near": 0.3}
            basins = basins_of_attraction(self.landscape, optimizer, **args)
            picture = rgba(basins.reached, basins.diverged)
            self._kept = [(optimizer, n, picture), *self._kept[: KEPT - 1]]
        return picture

    def layers(self, panel: str) -> list[dict[str, Any]]:
        """The coarse one, over it the fine one, and the numbers of the minima."""
        return [
            {"panel": panel, "kind": "raster", "of": "coarse basins", "box": self._edges(COARSE)},
            {"panel": panel, "kind": "raster", "of": "basins", "box": self._edges(FINE)},
            {"panel": panel, "kind": "numbers", "of": "minima"},
        ]

    def _edges(self, n: int) -> list[float]:
        """Half a pixel around the frame, so that each pixel's middle is its start."""
        low, high = np.reshape(self.landscape.frame, (2, 2)).T
        half = (high - low) / (n - 1) / 2
        return np.column_stack([low - half, high + half]).ravel().tolist()
