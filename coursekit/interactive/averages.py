"""The average explorer: a noisy series, and what a forgetting average makes of it."""

from math import ceil, log

import numpy as np

from coursekit.arrays import Array, at_least_zero, flag, fraction, whole
from coursekit.interactive.controls import box, first_step, slider
from coursekit.interactive.explorer import Explorer, Scene
from coursekit.interactive.looks import DASHES
from coursekit.interactive.panel import Panel
from coursekit.optimizers import Momentum
from coursekit.plotting import COLOURS, subplots

NAME = "explore_averages"
LEAST = 1e-3  # the smallest weight that is drawn
SERIES = {"colour": COLOURS["grey"], "marker": "o", "size": 2, "told": False}
TRUTH = {"colour": COLOURS["black"], "dash": DASHES[":"], "width": 1.2}
AVERAGE = {"colour": COLOURS["blue"], "marker": "s", "dash": []}
PLAIN = {"colour": COLOURS["vermilion"], "marker": "^", "dash": DASHES["--"]}


def explore_averages(
    *,
    beta: float = 0.9,
    bias_correction: bool = False,
    noise: float = 0.5,
    n: int = 150,
    seed: int = 9,
    step: int | None = None,
) -> Explorer:
    """A noisy wave g₁ … g_n, and its exponentially weighted moving average m, from m = 0.

        m ← β m + (1 − β) g          with the correction, m / (1 − βᵗ) at step t

    Beside it stand the weights that the average at this step gives to the numbers of the past,
    (1 − β) βᵏ for the one k steps ago, on a logarithmic scale, where they are a straight line.
    They add up to 1 − βᵗ; the correction makes that 1. The dotted wave is what the noise, of
    this standard deviation, was added to. `step` is the step to begin with, the last unless
    told. The average is the velocity of `Momentum(average=True)`, and with the correction the m̂
    of `Adam`.

    Raises `ValueError` (or `TypeError`) unless 0 ≤ β < 1, noise ≥ 0, n ≥ 2, and seed and step
    are whole numbers ≥ 0, step at most n.
    """
    beta = fraction(beta, f"{NAME}: beta")
    noise = at_least_zero(noise, f"{NAME}: noise")
    bias_correction = flag(bias_correction, f"{NAME}: bias_correction")
    n, seed = whole(n, 2, f"{NAME}: n"), whole(seed, 0, f"{NAME}: seed")
    first_step(step, n, NAME, "n")
    steps = np.arange(n + 1)
    wave = 2 + np.sin(2 * np.pi * steps / 100)
    errors = np.random.default_rng(seed).normal(size=n)

    def scene(beta: float, noise: float, corrected: bool) -> Scene:
        series = wave[1:] + noise * errors
        plain, weights = _average(series, beta)
        total = 1 - beta**steps
        arrays = {"wave": np.column_stack([steps, wave]), "weights": weights}
        arrays |= {"series": np.column_stack([steps[1:], series]), "average": plain}
        if corrected:
            with np.errstate(invalid="ignore"):  # 0 / 0 before the first number: there is none
                arrays |= {"average": plain / total, "weights": weights / total[:, None]}
            arrays["plain"] = plain
        code = (
            f"{NAME}(beta={beta!r}, bias_correction={corrected}, noise={noise!r}, n={n}, "
            f"seed={seed})"
        )
        return Scene(
            arrays | {"sum": arrays["weights"].sum(axis=1), "number": np.append(np.nan, series)},
            n + 1,
            _words(beta, corrected),
            code,
            {"average": "average", "plain": "without correction", "weights": "weights"},
        )

    weights = {"share": 0.9, "offset": 1, "floor": LEAST, "told": False}
    return Explorer(
        "A forgetting average",
        [_series_panel(n), _weights_panel(n)],
        [
            slider("beta", beta, (0.0, 0.99), near_one=True, label="β"),
            slider("noise", noise, (0.0, 1.0)),
            box("corrected", bias_correction, label="bias correction"),
        ],
        [
            {"panel": "series", "kind": "points", "of": "series", **SERIES},
            {"panel": "series", "kind": "line", "of": "wave", **TRUTH},
            {"panel": "series", "kind": "curve", "of": "plain", **PLAIN},
            {"panel": "series", "kind": "curve", "of": "average", **AVERAGE},
            {"panel": "weights", "kind": "bars", "of": "weights", **AVERAGE, **weights},
        ],
        {},
        scene,
        readout=[
            {"label": "number g", "of": "number", **SERIES, "dash": [0, 100]},
            {"label": "average", "of": "average", **AVERAGE},
            {"label": "without correction", "of": "plain", **PLAIN},
            {"label": "the weights add up to", "of": "sum"},
        ],
        player=True,
        frame=step,
        step_argument="step",
    )


def _average(series: Array, beta: float) -> tuple[Array, Array]:
    """The average after 0, 1, … n numbers, (n + 1,), and the weight of each, (n + 1, n).

    The weights are the averages of n other series, of which each is 1 once and else 0.
    """
    n = len(series)
    rule = Momentum(1.0, beta, average=True)
    x = np.zeros(n + 1)
    state = rule.init(x)
    seen = [state.v]
    for gradient in np.column_stack([series, np.eye(n)]):
        _, state = rule.step(x, gradient, state)
        seen.append(state.v)
    together = np.array(seen)
    return together[:, 0], together[:, 1:]


def _words(beta: float, corrected: bool) -> str:
    if beta == 0:
        return "β = 0 forgets at once: the average is the last number."
    half = ceil(log(0.5) / log(beta))
    last = f"the last {half} numbers" if half > 1 else "the last number"
    text = (
        f"β = {beta:g} remembers about 1/(1 − β) = {1 / (1 - beta):.3g} steps; in the long run "
        f"half of the weight or more is on {last}. "
    )
    if corrected:
        return text + "Corrected, the first average is the first number itself."
    return text + f"It starts from 0: the first average is {1 - beta:.3g} times the first number."


def _series_panel(n: int) -> Panel:
    fig, ax = subplots(width=5.6, height=3.2)
    ax.set(xlim=(-0.01 * n, 1.01 * n), ylim=(-1, 5.5), xlabel="step", ylabel="g, and its average")
    label = "The series, the wave below its noise, and its average: press or drag to set the step"
    return Panel("series", fig, label, scrub=True)


def _weights_panel(n: int) -> Panel:
    fig, ax = subplots(width=4.0, height=3.2)
    ax.set(xlim=(0, n + 1), ylim=(LEAST, 1.5), yscale="log")
    ax.set(xlabel="number", ylabel="its weight in the average")
    return Panel("weights", fig, "The weight of every past number in the average at this step")
