"""Schedules and gradient descent beside PyTorch's and Optax's own, run here and now."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from coursekit.descent import GradientDescent, minimize
from coursekit.landscapes import bowl, rosenbrock
from coursekit.schedules import (
    cosine,
    exponential_decay,
    one_cycle,
    step_decay,
    warmup,
)

pytest.importorskip("torch")
pytest.importorskip("optax")

GOLDEN = Path(__file__).parents[1] / "golden"
THEIRS = runpy.run_path(str(GOLDEN / "make_schedules.py"))
SGD = runpy.run_path(str(GOLDEN / "make_descent.py"))


def test_the_stored_rates_are_what_the_libraries_give_today():
    """schedules.json is not out of date."""
    stored = json.loads((GOLDEN / "schedules.json").read_text(encoding="utf-8"))["cases"]
    for (call, source, rates), case in zip(THEIRS["cases"](), stored, strict=True):
        assert (call, source) == (case["call"], case["source"])
        np.testing.assert_allclose(rates, case["rates"], rtol=1e-13, atol=1e-16)


def test_the_stored_points_are_what_torch_gives_today():
    """descent.json is not out of date."""
    stored = json.loads((GOLDEN / "descent.json").read_text(encoding="utf-8"))["runs"]
    for run, kept in zip(SGD["RUNS"], stored, strict=True):
        np.testing.assert_allclose(SGD["sgd_points"](**run), kept["points"], rtol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_drawn_schedules_agree(seed):
    """Arguments that nobody chose."""
    rng = np.random.default_rng(seed)
    lr, factor = 10 ** rng.uniform(-3, 1), rng.uniform(0.5, 1)
    steps, short = (int(n) for n in rng.integers((60, 5), (200, 30)))
    final = lr * rng.uniform(0.01, 1)
    pairs = [
        (step_decay(lr, every=short, factor=factor), "torch_step", (lr, short, factor)),
        (step_decay(lr, every=short, factor=factor), "optax_step", (lr, short, factor)),
        (exponential_decay(lr, factor=factor), "torch_exponential", (lr, factor)),
        (exponential_decay(lr, factor=factor), "optax_exponential", (lr, factor)),
        (cosine(lr, steps=steps, final=final), "torch_cosine", (lr, steps, final)),
        (cosine(lr, steps=short, final=final), "optax_cosine", (lr, short, final)),
        (warmup(lr, steps=short), "torch_warmup", (lr, short)),
        (one_cycle(lr, steps=steps), "torch_one_cycle", (lr, steps)),
    ]
    followed = warmup(cosine(lr, steps=steps, final=final), steps=short)
    pairs += [
        (followed, "torch_warmup_cosine", (lr, short, steps, final)),
        (followed, "optax_warmup_cosine", (lr, short, steps, final)),
    ]
    for ours, name, arguments in pairs:
        rates = THEIRS[name](*arguments)
        np.testing.assert_allclose(
            ours(np.arange(len(rates))), rates, rtol=1e-11, atol=1e-14 * lr, err_msg=name
        )


def test_torch_climbs_again_and_optax_does_not():
    """What chapter 03 says of the cosine after its end."""
    climbing = THEIRS["torch_rates"](0.1, lambda s, o: s.CosineAnnealingLR(o, T_max=10), steps=21)
    assert climbing[20] == pytest.approx(0.1)
    assert THEIRS["optax_cosine"](0.1, 10, 0.0)[20] == 0
    assert cosine(0.1, steps=10)(20) == 0


def test_where_the_libraries_warm_up_and_peak():
    """The other numbers in chapter 03's table of conventions."""
    linear = THEIRS["torch_rates"](0.3, lambda s, o: s.LinearLR(o))
    assert linear[0] == pytest.approx(0.1)
    cycle = THEIRS["optax_rates"](lambda o: o.cosine_onecycle_schedule(70, 0.1))
    assert int(np.argmax(cycle)) == 21
    assert int(np.argmax(THEIRS["torch_one_cycle"](0.1, 70))) == 20
    assert cycle[0] == pytest.approx(0.1 / 25)
    assert cycle[-1] == pytest.approx(0.1 / 250_000)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("landscape", [bowl, rosenbrock], ids=lambda landscape: landscape.name)
def test_drawn_descents_agree(landscape, seed):
    """Two hundred steps from a drawn start, with and without weight decay and a schedule."""
    rng = np.random.default_rng(seed)
    start = rng.uniform(-1, 1, size=2)
    lr = rng.uniform(0.1, 1) * (0.4 if landscape is bowl else 5e-4)
    for weight_decay in (0.0, rng.uniform(0, 0.5)):
        for steps in (None, 200):
            rate = cosine(lr, steps=steps) if steps else lr
            path = minimize(
                landscape, start, GradientDescent(rate, weight_decay=weight_decay), steps=200
            )
            points = SGD["sgd_points"](landscape.name, start.tolist(), lr, weight_decay, steps)
            np.testing.assert_allclose(path.x, points, rtol=1e-9, atol=1e-12)
