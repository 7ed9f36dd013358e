"""Writes schedules.json: the rates that PyTorch's and Optax's schedules give, step by step.

    python tests/golden/make_schedules.py

Needs torch and optax (requirements-ci.txt). Nothing of coursekit is used here.
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

STEPS = 80


def torch_rates(lr, make, steps=STEPS):
    """The rate of the optimizer at each step under the scheduler that `make` puts on it."""
    import torch

    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([parameter], lr=lr)
    rates = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = make(torch.optim.lr_scheduler, optimizer)
        for step in range(steps):
            rates.append(float(optimizer.param_groups[0]["lr"]))
            if step < steps - 1:
                optimizer.step()
                scheduler.step()
    return rates


def optax_rates(make, steps=STEPS):
    """The rate at each step of the schedule that `make` returns, in double precision."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    schedule = make(optax)
    return [float(schedule(jax.numpy.asarray(step))) for step in range(steps)]


def torch_step(lr, every, factor):
    return torch_rates(lr, lambda s, o: s.StepLR(o, step_size=every, gamma=factor))


def torch_exponential(lr, factor):
    return torch_rates(lr, lambda s, o: s.ExponentialLR(o, gamma=factor))


def torch_cosine(lr, steps, final):
    """Up to step `steps` only: afterwards PyTorch's climbs again."""
    return torch_rates(
        lr, lambda s, o: s.CosineAnnealingLR(o, T_max=steps, eta_min=final), steps + 1
    )


def torch_warmup(lr, steps):
    return torch_rates(
        lr, lambda s, o: s.LinearLR(o, start_factor=1 / steps, total_iters=steps - 1)
    )


def torch_warmup_cosine(lr, warmup, steps, final):
    def make(s, optimizer):
        rising = s.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
        falling = s.CosineAnnealingLR(optimizer, T_max=steps, eta_min=final)
        return s.SequentialLR(optimizer, [rising, falling], milestones=[warmup])

    return torch_rates(lr, make, warmup + steps + 1)


def torch_one_cycle(lr, steps, **options):
    return torch_rates(
        lr, lambda s, o: s.OneCycleLR(o, max_lr=lr, total_steps=steps, **options), steps
    )


def optax_step(lr, every, factor):
    return optax_rates(lambda o: o.exponential_decay(lr, every, factor, staircase=True))


def optax_exponential(lr, factor):
    return optax_rates(lambda o: o.exponential_decay(lr, 1, factor))


def optax_cosine(lr, steps, final):
    return optax_rates(lambda o: o.cosine_decay_schedule(lr, steps, alpha=final / lr))


def optax_warmup_cosine(lr, warmup, steps, final):
    def make(o):
        rising = o.linear_schedule(lr / warmup, lr, warmup - 1)
        falling = o.cosine_decay_schedule(lr, steps, alpha=final / lr)
        return o.join_schedules([rising, falling], [warmup])

    return optax_rates(make)


def cases():
    """(coursekit's call as a dictionary, where the rates are from, the rates)."""

    def call(name, **arguments):
        return {"name": name, "arguments": arguments}

    yield call("step_decay", lr=0.1, every=7), "torch StepLR", torch_step(0.1, 7, 0.5)
    yield (
        call("step_decay", lr=0.3, every=10, factor=0.1),
        "torch StepLR",
        torch_step(0.3, 10, 0.1),
    )
    yield (
        call("step_decay", lr=0.3, every=12, factor=0.7),
        "optax exponential_decay, staircase",
        optax_step(0.3, 12, 0.7),
    )
    yield (
        call("exponential_decay", lr=0.05, factor=0.93),
        "torch ExponentialLR",
        torch_exponential(0.05, 0.93),
    )
    yield (
        call("exponential_decay", lr=2.0, factor=0.9),
        "optax exponential_decay",
        optax_exponential(2.0, 0.9),
    )
    yield (
        call("cosine", lr=0.1, steps=75, final=0.004),
        "torch CosineAnnealingLR",
        torch_cosine(0.1, 75, 0.004),
    )
    yield (
        call("cosine", lr=0.2, steps=60, final=0.05),
        "optax cosine_decay_schedule",
        optax_cosine(0.2, 60, 0.05),
    )
    yield call("cosine", lr=0.2, steps=50), "optax cosine_decay_schedule", optax_cosine(0.2, 50, 0)
    yield call("warmup", lr=0.1, steps=16), "torch LinearLR", torch_warmup(0.1, 16)
    warm_cosine = call("warmup", lr=call("cosine", lr=0.1, steps=60, final=0.01), steps=9)
    yield (
        warm_cosine,
        "torch SequentialLR of LinearLR and CosineAnnealingLR",
        torch_warmup_cosine(0.1, 9, 60, 0.01),
    )
    yield (
        warm_cosine,
        "optax join_schedules of linear_schedule and cosine_decay_schedule",
        optax_warmup_cosine(0.1, 9, 60, 0.01),
    )
    yield call("one_cycle", lr=0.1, steps=80), "torch OneCycleLR", torch_one_cycle(0.1, 80)
    yield call("one_cycle", lr=1.0, steps=65), "torch OneCycleLR", torch_one_cycle(1.0, 65)
    yield (
        call("one_cycle", lr=0.5, steps=70, up=0.45, start=0.1, final=0.1 / 50),
        "torch OneCycleLR",
        torch_one_cycle(0.5, 70, pct_start=0.45, div_factor=10, final_div_factor=50),
    )


def main():
    golden = {
        "origin": f"torch {version('torch')}, optax {version('optax')}; by make_schedules.py",
        "cases": [{"call": c, "source": source, "rates": rates} for c, source, rates in cases()],
    }
    path = Path(__file__).with_name("schedules.json")
    path.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
