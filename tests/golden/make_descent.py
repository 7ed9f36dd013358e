"""Writes descent.json: the points that PyTorch's SGD visits, with its own gradients.

    python tests/golden/make_descent.py

Needs torch (requirements-ci.txt). Nothing of coursekit is used here.
"""

import json
from importlib.metadata import version
from pathlib import Path

STEPS = 200

LANDSCAPES = {
    "bowl": lambda x, y: x**2 + 2 * y**2,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
}


def sgd_points(landscape, start, lr, weight_decay=0.0, cosine_steps=None, steps=STEPS):
    """The start and the points after each step of torch.optim.SGD, gradients by autograd.

    With `cosine_steps`, the rate follows CosineAnnealingLR.
    """
    import torch

    x = torch.nn.Parameter(torch.tensor(start, dtype=torch.float64))
    optimizer = torch.optim.SGD([x], lr=lr, weight_decay=weight_decay)
    schedulers = torch.optim.lr_scheduler
    scheduler = cosine_steps and schedulers.CosineAnnealingLR(optimizer, T_max=cosine_steps)
    points = [x.tolist()]
    for _ in range(steps):
        optimizer.zero_grad()
        LANDSCAPES[landscape](*x).backward()
        optimizer.step()
        if scheduler:
            scheduler.step()
        points.append(x.tolist())
    return points


RUNS = (
    {"landscape": "bowl", "start": [4.0, 3.0], "lr": 0.1},
    {"landscape": "bowl", "start": [-2.0, 5.0], "lr": 0.45, "weight_decay": 0.03},
    {"landscape": "bowl", "start": [4.0, 3.0], "lr": 0.02, "cosine_steps": 200},
    {"landscape": "rosenbrock", "start": [-1.2, 1.0], "lr": 0.001},
    {"landscape": "rosenbrock", "start": [-1.2, 1.0], "lr": 0.001, "weight_decay": 0.5},
    {"landscape": "rosenbrock", "start": [1.5, -0.5], "lr": 0.0005, "cosine_steps": 200},
)


def main():
    golden = {
        "origin": f"torch {version('torch')}, torch.optim.SGD; by make_descent.py",
        "runs": [{**run, "points": sgd_points(**run)} for run in RUNS],
    }
    path = Path(__file__).with_name("descent.json")
    path.write_text(json.dumps(golden) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
