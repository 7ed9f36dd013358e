"""What a descent leaves: the points it visited, and why it ended."""

from dataclasses import dataclass, field

import numpy as np

from coursekit.arrays import Array


@dataclass(frozen=True, eq=False)
class Path:
    """The points that `minimize` visited, with their values.

    `x` is `(steps + 1, d, …)` and `value` `(steps + 1, …)`, the start included; all of it is
    finite. With `keep="ends"` there are two points, the start and the end. `stopped` says why
    the run ended:

    - "min_step": no coordinate moved by min_step or more,
    - "steps": the number of steps was used up,
    - "diverged": the next point, its value or its gradient was no longer a finite number.

    Where many starts ran at once, `outcomes` has the word of each start and `taken` the
    number of steps each took; a start that has ended stays where it is. `stopped` is then
    "diverged" if any start diverged, else "steps" if any used up its steps, else "min_step".
    """

    x: Array
    value: Array
    outcomes: np.ndarray = field(repr=False)
    taken: np.ndarray = field(repr=False)

    @property
    def stopped(self) -> str:
        return next(word for word in ("diverged", "steps", "min_step") if word in self.outcomes)

    def __len__(self) -> int:
        """The number of points kept: one more than the number of steps, or two."""
        return len(self.x)

    def __repr__(self) -> str:
        def words(array):
            return np.array2string(array, precision=6, threshold=8, separator=", ")

        return (
            f"Path({self.taken.max()} steps, from x={words(self.x[0])} to x={words(self.x[-1])}, "
            f"value={words(self.value[-1])}, stopped={self.stopped!r})"
        )
