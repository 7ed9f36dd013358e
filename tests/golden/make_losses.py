"""Makes losses.json: values and gradients of PyTorch's losses, to compare ours with.

Run with torch 2.13.0 and NumPy:  python tests/golden/make_losses.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

OUT = Path(__file__).with_name("losses.json")


def numbers(rng, *shape):
    """Residuals on both sides of every δ, two of them 0."""
    prediction, target = rng.normal(0, 2, shape).round(3), rng.normal(0, 2, shape).round(3)
    target.flat[:2] = prediction.flat[:2]
    return prediction, target


def probabilities(rng, *shape):
    """Targets 0, 1 and between."""
    prediction = rng.uniform(0.001, 0.999, shape).round(3)
    return prediction, rng.choice([0, 1, 0.25, 0.9], shape)


def logits(rng, *shape):
    return rng.normal(0, 6, shape).round(3), rng.choice([0, 1, 0.25, 0.9], shape)


def columns(rng, k, n):
    """(k, n) logits and n class numbers, classes first as in coursekit."""
    return rng.normal(0, 4, (k, n)).round(3), rng.integers(0, k, n)


def column_distributions(rng, k, n):
    """Small whole weights over a power of two, so that they add up to 1 exactly."""
    weights = rng.multinomial(16, np.full(k, 1 / k), n).T / 16
    return rng.normal(0, 4, (k, n)).round(3), weights


def cross_entropy(prediction, target):
    return functional.cross_entropy(prediction.T, target if target.ndim == 1 else target.T)


# coursekit's loss: (PyTorch's, in its own words, inputs)
LOSSES = {
    "sum_of_squared_residuals": (lambda p, y: functional.mse_loss(p, y, reduction="sum"), numbers),
    "mean_squared_error": (functional.mse_loss, numbers),
    "mean_absolute_error": (functional.l1_loss, numbers),
    "huber": (functional.huber_loss, numbers),
    "huber(delta=0.5)": (lambda p, y: functional.huber_loss(p, y, delta=0.5), numbers),
    "huber(delta=2.5)": (lambda p, y: functional.huber_loss(p, y, delta=2.5), numbers),
    "binary_cross_entropy": (functional.binary_cross_entropy, probabilities),
    "binary_cross_entropy_with_logits": (functional.binary_cross_entropy_with_logits, logits),
    "cross_entropy": (cross_entropy, columns),
    "cross_entropy of distributions": (cross_entropy, column_distributions),
    # what chapter 01 says of PyTorch's conventions
    "smooth_l1(beta=2.5)": (lambda p, y: functional.smooth_l1_loss(p, y, beta=2.5), numbers),
}


def golden(name, loss, prediction, target):
    p = torch.tensor(prediction, dtype=torch.float64, requires_grad=True)
    y = torch.tensor(np.asarray(target))  # a list would make float32 of it
    value = loss(p, y)
    value.backward()
    return {
        "loss": name,
        "prediction": np.asarray(prediction).tolist(),
        "target": np.asarray(target).tolist(),
        "value": value.item(),
        "grad": p.grad.tolist(),
    }


def main():
    rng = np.random.default_rng(1)
    cases = []
    for name, (loss, inputs) in LOSSES.items():
        for shape in ((5, 1), (3, 4), (2, 7)):
            cases.append(golden(name, loss, *inputs(rng, *shape)))
    for z in ([1000.0, 0.0, -1000.0], [-1000.0, -1001.0, -1000.5]):
        column = np.array(z)[:, None]
        cases += [golden("cross_entropy", cross_entropy, column, [label]) for label in range(3)]
        cases.append(
            golden(
                "binary_cross_entropy_with_logits",
                functional.binary_cross_entropy_with_logits,
                z,
                [0.0, 1.0, 1.0],
            )
        )
    certain_and_wrong = functional.binary_cross_entropy(torch.zeros(1), torch.ones(1)).item()
    about = {
        "origin": f"torch {torch.__version__.split('+')[0]}, float64",
        "made_by": "tests/golden/make_losses.py",
        "binary_cross_entropy of p = 0, y = 1": certain_and_wrong,
    }
    lines = ",\n".join(json.dumps(case) for case in cases)
    OUT.write_text(f'{{"about": {json.dumps(about)},\n"cases": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
