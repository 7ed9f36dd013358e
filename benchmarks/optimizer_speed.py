"""Adam by coursekit, by PyTorch and by JAX: how long, and how much memory?

    python benchmarks/optimizer_speed.py [--quick]

(i) epochs of a 64-64-10 network on the digits, (ii) 10,000 steps down Himmelblau's function from
one start, (iii) 200 steps from 512 × 512 starts. All in float64 and in one process, in turns;
ratios are of medians. PyTorch and OpenBLAS get one thread, JAX and coursekit take what they find;
then (iii) once more in a process that has one processor. Ratios carry over to other machines,
seconds do not; Linux only. The exit code is the number of wants that are not met.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if "--one-processor" in sys.argv:  # before JAX counts them
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import numpy as np
import torch
from machines import machine
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from coursekit.batches import batches, train
from coursekit.datasets import digits
from coursekit.descent import minimize
from coursekit.landscapes import himmelblau
from coursekit.networks import MLP
from coursekit.optimizers import Adam

jax.config.update("jax_enable_x64", True)
torch.set_num_threads(1)
SIDE, STEPS, LR, EPOCHS = 512, 200, 0.01, 5
WANTS = {  # at least, but for the memory
    "(i) epochs on the digits: PyTorch / coursekit": 3.0,
    "(ii) 10,000 steps: PyTorch / coursekit": 12.0,
    "(iii) 512 × 512 starts: PyTorch / coursekit": 3.0,
    "(iii) 512 × 512 starts: JAX / coursekit": 1 / 1.5,
}
MEGABYTES = 80


def in_turns(contestants, rounds):
    """The median seconds of each, and its last result; a round first that does not count."""
    seconds, results = {name: [] for name in contestants}, {}
    for turn in range(rounds + 1):
        for name, run in contestants.items():
            began = time.perf_counter()
            results[name] = run()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(all_) for name, all_ in seconds.items()}, results


# --- (i) ------------------------------------------------------------------------------------


def epoch_contestants(seed=0):
    """Epochs, with loss and accuracy of every batch, and of all examples before and after each."""
    model, data = MLP((64, 64, 10)), digits().train
    inputs, labels = torch.tensor(data[0].T.copy()), torch.tensor(data[1])

    def ours():
        return train(model, data, Adam(), epochs=EPOCHS, batch_size=32, seed=seed)

    def theirs():
        start, order = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
        net = nn.Sequential(
            nn.Linear(64, 64, dtype=torch.float64),
            nn.Tanh(),
            nn.Linear(64, 10, dtype=torch.float64),
        )
        vector_to_parameters(torch.tensor(model.initial(start)), net.parameters())
        adam = torch.optim.Adam(net.parameters())
        losses, accuracies, measured = [], [], [measure(net)]
        for _ in range(EPOCHS):
            for numbers in batches(len(labels), 32, order):
                batch = torch.from_numpy(numbers)
                targets = labels[batch]
                adam.zero_grad()
                output = net(inputs[batch])
                loss = nn.functional.cross_entropy(output, targets)
                loss.backward()
                adam.step()
                losses.append(loss.item())
                accuracies.append((output.argmax(dim=1) == targets).double().mean().item())
            measured.append(measure(net))
        return parameters_to_vector(net.parameters()).detach().numpy(), losses, accuracies, measured

    def measure(net):
        with torch.no_grad():
            output = net(inputs)
            right = (output.argmax(dim=1) == labels).double().mean().item()
            return nn.functional.cross_entropy(output, labels).item(), right

    return {"coursekit": ours, "PyTorch": theirs}


def check_epoch(history, theirs):
    weights, losses, accuracies, measured = theirs
    np.testing.assert_allclose(history.parameters, weights, rtol=0, atol=1e-6)
    np.testing.assert_allclose(history.step_loss, losses, rtol=1e-6)
    np.testing.assert_allclose(history.step_accuracy, accuracies, rtol=1e-12)
    np.testing.assert_allclose(history.loss, [loss for loss, _ in measured], rtol=1e-6)
    np.testing.assert_allclose(history.accuracy, [right for _, right in measured], rtol=1e-12)
    return float(np.abs(history.parameters - weights).max())


# --- (ii) and (iii) -------------------------------------------------------------------------


def himmelblau_of(x, y):
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def descent_contestants(steps):
    """One start, and every point and value kept."""

    def theirs():
        x = nn.Parameter(torch.tensor([1.0, 2.0], dtype=torch.float64))
        adam = torch.optim.Adam([x], lr=LR)
        points, values = [], []
        for _ in range(steps):
            adam.zero_grad()
            value = himmelblau_of(*x)
            value.backward()
            points.append(x.detach().clone())
            values.append(value.item())
            adam.step()
        return torch.stack(points).numpy(), values

    return {
        "coursekit": lambda: minimize(himmelblau, (1.0, 2.0), Adam(LR), steps=steps),
        "PyTorch": theirs,
    }


def starts():
    return himmelblau.grid(SIDE)


def ours_from_all_starts():
    return minimize(himmelblau, starts(), Adam(LR), steps=STEPS, keep="ends")


def starts_contestants():
    """Very many starts, and only the ends kept, with their values."""

    def with_torch():
        x = nn.Parameter(torch.tensor(starts()))
        adam = torch.optim.Adam([x], lr=LR)
        for _ in range(STEPS):
            adam.zero_grad()
            himmelblau_of(*x).sum().backward()
            adam.step()
        with torch.no_grad():
            return x.detach().numpy(), himmelblau_of(*x).numpy()

    def descend(start):
        def step(t, carry):
            x, m, v = carry
            g = jax.grad(lambda x: himmelblau_of(*x))(x)
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            m_hat, v_hat = m / (1 - 0.9 ** (t + 1)), v / (1 - 0.999 ** (t + 1))
            return x - LR * m_hat / (jax.numpy.sqrt(v_hat) + 1e-8), m, v

        zeros = jax.numpy.zeros_like(start)
        x, _, _ = jax.lax.fori_loop(0, STEPS, step, (start, zeros, zeros))
        return x, himmelblau_of(*x)

    compiled = jax.jit(jax.vmap(descend, in_axes=1, out_axes=(1, 0)))

    def with_jax():
        x, value = jax.block_until_ready(compiled(jax.numpy.asarray(starts().reshape(2, -1))))
        return np.asarray(x).reshape(2, SIDE, SIDE), np.asarray(value).reshape(SIDE, SIDE)

    return {"coursekit": ours_from_all_starts, "PyTorch": with_torch, "JAX": with_jax}


def check_starts(results):
    path = results["coursekit"]
    differences = {}
    for name in ("PyTorch", "JAX"):
        x, value = results[name]
        np.testing.assert_allclose(path.x[-1], x, rtol=0, atol=1e-6)
        np.testing.assert_allclose(path.value[-1], value, rtol=1e-6, atol=1e-9)
        differences[name] = float(np.abs(path.x[-1] - x).max())
    return differences


def memory():
    """Megabytes at the peak of (iii) beyond what it returns; those the process grew by; and
    those it returns. In a process of its own, for the system tells only the largest size ever;
    not from ru_maxrss, which a process inherits from the one that starts it."""
    minimize(himmelblau, np.ones((2, 4)), Adam(LR), steps=2, keep="ends")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts from here
    before = size_of_this_process("VmRSS")
    path = ours_from_all_starts()
    grown = size_of_this_process("VmHWM") - before
    returned = sum(a.nbytes for a in (path.x, path.value, path.outcomes, path.taken)) / 1e6
    del path
    tracemalloc.start()
    ours_from_all_starts()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    return {"beyond": peak - returned, "grown": grown, "returned": returned}


def size_of_this_process(what):
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.partition(f"{what}:")[2].split()[0]) * 1024 / 1e6


# --- the report -----------------------------------------------------------------------------


def elsewhere(*arguments):
    """What this script prints with these arguments, in a process of its own."""
    command = [sys.executable, __file__, *arguments]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def show(title, seconds):
    print(title)
    for name, took in seconds.items():
        print(f"    {name:10} {took:9.4f} s   {took / seconds['coursekit']:6.2f} ×")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--one-processor", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    rounds = 3 if options.quick else 9
    if options.memory:
        print(json.dumps(memory()))
        return 0
    if options.one_processor:
        print(json.dumps(in_turns(starts_contestants(), max(rounds // 2, 2))[0]))
        return 0

    print(machine("numpy", "torch", "jax"))
    epoch, results = in_turns(epoch_contestants(), 3 * rounds)
    show(f"(i) {EPOCHS} epochs on the digits, {3 * rounds} rounds", epoch)
    print(f"    largest difference of a weight {check_epoch(*results.values()):.1e}")
    steps = 10_000
    descent, results = in_turns(descent_contestants(steps), rounds)
    show(f"(ii) {steps} steps from one start, {rounds} rounds", descent)
    ours, (points, values) = results.values()
    np.testing.assert_allclose(ours.x[:-1], points, rtol=0, atol=1e-6)
    np.testing.assert_allclose(ours.value[:-1], values, rtol=1e-6, atol=1e-9)
    print(f"    largest difference of a coordinate {np.abs(ours.x[:-1] - points).max():.1e}")
    many, results = in_turns(starts_contestants(), rounds)
    show(f"(iii) {STEPS} steps from {SIDE} × {SIDE} starts, {rounds} rounds", many)
    print(f"    largest differences of a coordinate {check_starts(results)}")
    one = elsewhere("--one-processor", *(["--quick"] if options.quick else []))
    show("(iii) with one processor for each, in another process", one)
    used = elsewhere("--memory")
    print(
        f"(iii) memory: {used['beyond']:.1f} MB at the peak beyond the {used['returned']:.1f} MB "
        f"returned (tracemalloc); the process grew by {used['grown']:.1f} MB in all (VmHWM)"
    )

    measured = (
        epoch["PyTorch"] / epoch["coursekit"],
        descent["PyTorch"] / descent["coursekit"],
        many["PyTorch"] / many["coursekit"],
        many["JAX"] / many["coursekit"],
    )
    ratios, unmet = dict(zip(WANTS, measured, strict=True)), 0
    for name, wanted in WANTS.items():
        met = ratios[name] >= wanted
        unmet += not met
        print(f"{'met  ' if met else 'UNMET'} {name}: {ratios[name]:.2f}, wanted ≥ {wanted:.2f}")
    met = used["beyond"] < MEGABYTES
    print(f"{'met  ' if met else 'UNMET'} memory: {used['beyond']:.1f} MB, wanted < {MEGABYTES}")
    return unmet + (not met)


if __name__ == "__main__":
    sys.exit(main())
