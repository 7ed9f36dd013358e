"""A full gradient check of a 64-128-10 network, 9,610 parameters, 32 examples: how long?

    python benchmarks/gradcheck_speed.py [--rounds 3]

The same network, float64, one thread, in one run: `check_gradient` with and without its knowledge
of the layers, PyTorch's gradcheck (slow mode: every element) and SciPy's check_grad. The best of
so many rounds counts; PyTorch runs once a round. Ratios carry over to other machines, seconds
do not.
"""

import argparse
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import scipy
import torch
from scipy.optimize import check_grad

from coursekit.gradcheck import LayeredLoss, check_gradient, numerical_gradient

SIZES, EXAMPLES = (64, 128, 10), 32


def timed(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def the_network(seed: int = 0):
    """The loss as a function of the parameters, three times: layered, plain NumPy, PyTorch."""
    rng = np.random.default_rng(seed)
    inputs = rng.uniform(0, 1, (SIZES[0], EXAMPLES))
    labels = rng.integers(SIZES[-1], size=EXAMPLES)
    layered = LayeredLoss(SIZES, inputs, labels)
    x = np.concatenate(
        [
            rng.normal(0, 1 / np.sqrt(shape[-1]), shape).ravel()
            if len(shape) == 2
            else np.zeros(shape)
            for _, shape in layered.blocks.values()
        ]
    )
    return layered, x, inputs, labels


def gradient(layered: LayeredLoss, x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """By hand, as chapter 07 has it."""
    (W1, b1), (W2, b2) = layered.unpack(x)
    hidden = np.tanh(W1 @ layered.inputs + b1[:, None])
    scores = W2 @ hidden + b2[:, None]
    share = np.exp(scores - scores.max(axis=0))
    share /= share.sum(axis=0)
    share[labels, np.arange(EXAMPLES)] -= 1
    delta2 = share / EXAMPLES
    delta1 = (W2.T @ delta2) * (1 - hidden**2)
    pieces = delta1 @ layered.inputs.T, delta1.sum(axis=1), delta2 @ hidden.T, delta2.sum(axis=1)
    return np.concatenate([piece.ravel() for piece in pieces])


def plain_loss(layered: LayeredLoss, labels: np.ndarray):
    """A forward pass without checks: the quickest that SciPy can be given."""
    at = labels, np.arange(EXAMPLES)

    def loss(x):
        (W1, b1), (W2, b2) = layered.unpack(x)
        scores = W2 @ np.tanh(W1 @ layered.inputs + b1[:, None]) + b2[:, None]
        scores = scores - scores.max(axis=0)
        return (np.log(np.exp(scores).sum(axis=0)) - scores[at]).mean()

    return loss


def torch_check(layered, x, inputs, labels) -> bool:
    """gradcheck over the four parameter tensors, slow mode."""
    columns, classes = torch.tensor(inputs), torch.tensor(labels)
    tensors = [
        torch.tensor(x[where].reshape(shape), requires_grad=True)
        for where, shape in layered.blocks.values()
    ]

    def loss(W1, b1, W2, b2):
        hidden = torch.tanh(W1 @ columns + b1[:, None])
        return torch.nn.functional.cross_entropy((W2 @ hidden + b2[:, None]).T, classes)

    return torch.autograd.gradcheck(loss, tensors, fast_mode=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    layered, x, inputs, labels = the_network()
    right, plain = gradient(layered, x, labels), plain_loss(layered, labels)

    def grad(x):
        return gradient(layered, x, labels)

    contestants = {
        "check_gradient, layers": lambda: check_gradient(plain, grad, x, layers=layered),
        "check_gradient": lambda: check_gradient(plain, grad, x, blocks=layered.blocks),
        "scipy check_grad": lambda: check_grad(plain, grad, x),
        "torch gradcheck, slow": lambda: torch_check(layered, x, inputs, labels),
    }
    seconds, results = dict.fromkeys(contestants, np.inf), {}
    for _ in range(rounds):
        for name, run in contestants.items():
            took, results[name] = timed(run)
            seconds[name] = min(seconds[name], took)
    best = seconds["check_gradient, layers"]
    print(f"torch {torch.__version__}, scipy {scipy.__version__}, numpy {np.__version__}")
    print(f"{x.size} parameters, {EXAMPLES} examples, best of {rounds}")
    for name, took in seconds.items():
        print(f"{name:24} {took:8.3f} s   {took / best:6.1f} ×")
    quick = numerical_gradient(layered, x)
    error = np.linalg.norm(quick - right) / np.linalg.norm(right)
    report = results["check_gradient, layers"]
    print(f"relative error of the measured gradient {error:.1e}")
    print(f"largest relative error of an element {report.max_error:.1e}; {report}")
    print(f"scipy's check_grad, a norm of differences: {results['scipy check_grad']:.1e}")


if __name__ == "__main__":
    main()
