"""How many planted bugs does `check_gradient` detect, and how many does it name?

    python benchmarks/gradcheck_planted_bugs.py [--networks 60]

Each class of bug is planted in so many random networks. "named" counts a diagnosis that is the
planted bug and nothing else; "blocks only" the same without batch size, regulariser strength
and layers. Then the false alarms on gradients that are right.
"""

import argparse
from unittest import mock

import numpy as np
from planted_bugs import (
    BUGS,
    OPTIONS,
    overwriting_backward,
    random_graph,
    random_network,
)

from coursekit.gradcheck import check_gradient, check_graph
from coursekit.graphs import OPS, Operation


def checked(net, gradient, *, known: bool = True, scale: float = 1.0):
    """The report on a gradient of a network."""
    extra = {"batch": net.batch, "weight_decay": net.decay, "layers": net.layered} if known else {}
    if scale != 1:
        return check_gradient(
            lambda x: scale * net.layered(x), scale * gradient, net.x, blocks=net.blocks
        )
    return check_gradient(net.layered, gradient, net.x, blocks=net.blocks, **extra)


def trial(name: str, count: int) -> tuple[int, int, int, list]:
    """(detected, named, named from blocks only, other names) for one class of bug."""
    detected = named = bare = 0
    others = []
    for seed in range(count):
        net = random_network(seed, **OPTIONS.get(name, {}))
        gradient = BUGS[name](net)
        report = checked(net, gradient)
        detected += not report.ok
        named += report.names == (name,)
        bare += checked(net, gradient, known=False).names == (name,)
        if report.names != (name,):
            others.append((seed, report.names))
    return detected, named, bare, others


def wrong_table(op: str):
    """The table of derivatives with one of them wrong by a sign."""
    right = OPS[op]

    def wrong(g, out, *args, **options):
        return -right.vjps[0](g, out, *args, **options)

    return mock.patch.dict(OPS, {op: Operation(right.forward, (wrong, *right.vjps[1:]))})


def graph_trials(count: int):
    """(class, detected, named) for bugs in gradients that come through a graph."""
    reports = [check_graph(random_graph(s), overwriting_backward) for s in range(count)]
    branch = [r.names and set(r.names) == {"missing branch"} for r in reports]
    yield "branch overwritten (graph)", sum(not r.ok for r in reports), sum(branch)
    for op in ("tanh", "matmul", "mean", "power"):
        with wrong_table(op):
            reports = [check_graph(random_graph(s)) for s in range(count)]
        blamed = [r.findings and all(op in f.where[0] for f in r.findings) for r in reports]
        yield f"derivative of {op} (graph)", sum(not r.ok for r in reports), sum(map(bool, blamed))


def false_alarms(count: int):
    """(what, alarms) over gradients that are right."""
    nets = [random_network(seed) for seed in range(count)]
    yield "right gradients", sum(not checked(n, n.gradient()).ok for n in nets)
    yield "right, blocks only", sum(not checked(n, n.gradient(), known=False).ok for n in nets)
    for scale in (1e-8, 1e8):
        alarms = sum(not checked(n, n.gradient(), scale=scale).ok for n in nets)
        yield f"functions times {scale:g}", alarms
    for scale in (0.1, 10.0):
        large = [random_network(seed, scale=scale) for seed in range(count)]
        yield f"parameters times {scale:g}", sum(not checked(n, n.gradient()).ok for n in large)
    relu = [random_network(seed, activation="relu") for seed in range(count)]
    yield "relu networks", sum(not checked(n, n.gradient()).ok for n in relu)
    graphs = [random_graph(seed) for seed in range(count)]
    yield "graphs", sum(not check_graph(g).ok for g in graphs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=60)
    count = parser.parse_args().networks
    print(f"{'planted bug, in ' + str(count) + ' networks':34} detected  named  blocks only")
    for name in BUGS:
        detected, named, bare, others = trial(name, count)
        print(f"{name:34} {detected:8} {named:6} {bare:12}")
        for seed, names in others[:3]:
            print(f"    network {seed} was called {', '.join(names) or 'right'}")
    for name, detected, named in graph_trials(count):
        print(f"{name:34} {detected:8} {named:6}")
    print("\nfalse alarms")
    for what, alarms in false_alarms(count):
        print(f"{what:34} {alarms:8} of {count}")


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
