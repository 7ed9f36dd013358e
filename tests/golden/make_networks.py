"""Makes networks.json: gradients and trained weights of PyTorch's networks, to compare ours with.

Run with torch 2.13.0 and NumPy, from the project's folder:  python tests/golden/make_networks.py
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from coursekit.datasets import digits

OUT = Path(__file__).with_name("networks.json")
BENDS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}


def network(sizes, activation):
    layers = []
    for columns, rows in pairwise(sizes):
        layers += [nn.Linear(columns, rows, dtype=torch.float64), BENDS[activation]()]
    return nn.Sequential(*layers[:-1])


def start(sizes, seed):
    """Parameters that need no library's random numbers: a sine of a count."""
    count = sum(rows * (columns + 1) for columns, rows in pairwise(sizes))
    return 0.25 * np.sin(1.7 * np.arange(1, count + 1) * (seed + 1) ** 0.5)


def gradient_case(sizes, activation, n):
    net = network(sizes, activation)
    x = 2 * np.cos(np.arange(sizes[0] * n) ** 1.1).reshape(sizes[0], n)
    labels = np.arange(n) * 7 % sizes[-1]
    vector_to_parameters(torch.tensor(4 * start(sizes, 1)), net.parameters())
    logits = net(torch.tensor(x.T))
    loss = nn.functional.cross_entropy(logits, torch.tensor(labels))
    loss.backward()
    return {
        "sizes": sizes,
        "activation": activation,
        "n": n,
        "loss": loss.item(),
        "gradient": parameters_to_vector([p.grad for p in net.parameters()]).tolist(),
    }


def trained_on_digits(epochs=5, size=32, lr=0.1):
    """64-64-10, tanh, mini-batches in the order of the file; weights after each epoch."""
    (x, labels), _ = digits()
    x, labels = torch.tensor(x.T), torch.tensor(labels)
    net = network((64, 64, 10), "tanh")
    vector_to_parameters(torch.tensor(start((64, 64, 10), 0)), net.parameters())
    descent = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for begin in range(0, len(x), size):
            batch = slice(begin, begin + size)
            descent.zero_grad()
            nn.functional.cross_entropy(net(x[batch]), labels[batch]).backward()
            descent.step()
        losses.append(nn.functional.cross_entropy(net(x), labels).item())
    end = parameters_to_vector(net.parameters()).detach().numpy()
    # every seventh weight: a mistake anywhere moves them all
    return {"epochs": epochs, "size": size, "lr": lr, "losses": losses, "end": end[::7].tolist()}


def main():
    about = {
        "origin": f"torch {torch.__version__.split('+')[0]}, float64",
        "made_by": "tests/golden/make_networks.py",
    }
    shapes = [((2, 3, 2), 4), ((4, 3), 5), ((3, 5, 4, 3), 6)]
    cases = [gradient_case(sizes, bend, n) for bend in BENDS for sizes, n in shapes]
    lines = ",\n".join(json.dumps(case) for case in cases)
    text = (
        f'{{"about": {json.dumps(about)},\n"digits": {json.dumps(trained_on_digits())},\n'
        f'"gradients": [\n{lines}\n]}}\n'
    )
    OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
