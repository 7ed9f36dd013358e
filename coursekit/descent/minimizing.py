"""The loop that lets an optimizer go down, from one start or from very many."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, whole
from coursekit.descent.path import Path
from coursekit.descent.rules import Objective, Optimizer
from coursekit.descent.run import Run, checked_start

BLOCK = 65536  # starts that run together: few enough for the processor's cache, and so many
# that its threads seldom wait for each other between two NumPy calls


def minimize(
    objective: Objective,
    x0: ArrayLike,
    optimizer: Optimizer,
    *,
    steps: int = 1000,
    min_step: float | None = None,
    keep: str = "path",
) -> Path:
    """Let `optimizer` take up to `steps` steps down `objective` from `x0`.

    `x0` is one point `(d,)` or many `(d, …)`, which then run at once, each as if alone.
    With `min_step` a run also ends after a step that moved no coordinate by as much as that,
    the lectures' other stopping rule (they give 0.001 and 1000 steps). A run that overflows
    ends at its last finite point, without warnings.

    `keep="path"` keeps every point. `keep="ends"` keeps the first and the last, for maps of a
    million starts: these go down in blocks `(d, k)`, side by side on all processors, to the
    same points, bit for bit, as long as the objective and the optimizer treat every start by
    itself.

    Raises `TypeError` where `objective` has no `.grad` or `optimizer` no `init` and `step`,
    and `ValueError` for a start that is not finite, for `steps`, `min_step` or `keep` out of
    range, and for an objective whose value or gradient has the wrong shape.
    """
    steps = whole(steps, 0, "minimize: steps")
    if keep == "path":
        return _whole_path(Run(objective, x0, optimizer, min_step=min_step), steps)
    if keep != "ends":
        raise ValueError(f'minimize: keep must be "path" or "ends", got {keep!r}.')

    return _ends(objective, checked_start(x0), optimizer, steps, min_step)


def _whole_path(run: Run, steps: int) -> Path:
    xs, values = [run.x], [run.value]

    def visit() -> None:
        xs.append(run.x)
        values.append(run.value)

    run.go(steps, visit)
    return Path(
        np.concatenate(xs).reshape(-1, *run.x.shape), np.array(values), run.outcomes, run.taken
    )


def states(objective: Objective, x0: ArrayLike, optimizer: Optimizer, *, steps: int) -> Any:
    """What `optimizer` remembers on the way that `minimize` takes with the same arguments.

    A state of the optimizer's own kind, each field stacked over the steps, the start included:
    for Adam an `AdamState` with t `(steps + 1,)` and m and v `(steps + 1, d, …)`. Raises what
    `minimize` raises, and `TypeError` where a state is no named tuple.
    """
    run = Run(objective, x0, optimizer)
    if not hasattr(run.state, "_fields"):
        raise TypeError(f"states needs a state with named fields, got {type(run.state).__name__}.")
    seen = [run.state]
    run.go(whole(steps, 0, "states: steps"), lambda: seen.append(run.state))
    columns = zip(*seen, strict=True)
    return type(run.state)(*(None if c[0] is None else np.array(c) for c in columns))


def _ends(
    objective: Objective,
    x0: Array,
    optimizer: Optimizer,
    steps: int,
    min_step: float | None,
) -> Path:
    """The starts, block by block; NumPy lets other threads run while it computes."""
    starts = x0.reshape(len(x0), -1)
    x = np.empty((2, *starts.shape))
    value, taken = np.empty((2, starts.shape[1])), np.empty(starts.shape[1], dtype=int)
    outcomes = np.empty(starts.shape[1], dtype="<U8")

    def go(block: slice) -> None:
        shape = x0.shape if starts.shape[1] <= BLOCK else (len(x0), -1)
        run = Run(objective, starts[:, block].reshape(shape), optimizer, min_step=min_step)
        x[0, :, block], value[0, block] = starts[:, block], np.ravel(run.value)
        run.leap(steps)
        x[1, :, block], value[1, block] = run.x.reshape(len(x0), -1), np.ravel(run.value)
        outcomes[block], taken[block] = run.outcomes.ravel(), run.taken.ravel()

    # glibc hands freed arrays back to the system, and getting each temporary anew costs six times
    # what computing it does; once it has freed one of 32 MB it keeps those below
    np.empty(4_000_000)
    blocks = [slice(i, i + BLOCK) for i in range(0, starts.shape[1], BLOCK)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(go, blocks))  # the list, so that what a block raises is raised here
    shape = x0.shape[1:]
    return Path(
        x.reshape(2, *x0.shape),
        value.reshape(2, *shape),
        outcomes.reshape(shape),
        taken.reshape(shape),
    )
