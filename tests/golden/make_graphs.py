"""Writes graphs.json: fifty random graphs, and the gradients that PyTorch computes for them.

    python tests/golden/make_graphs.py

Needs torch (requirements-ci.txt) and NumPy. Nothing of coursekit is used here. A graph is data:
inputs, and steps [operation, arguments, options] whose arguments are numbers of earlier values
(inputs first) or {"constant": array}. `random_graph(seed)` draws one, `run` evaluates it with
any library's functions.
"""

import json
import math
from importlib.metadata import version
from pathlib import Path

import numpy as np

GRAPHS, STEPS = 50, 16
OUT = Path(__file__).with_name("graphs.json")
AXES = ("sum", "mean", "max", "norm", "logsumexp")
UNARY = ("negative", "exp", *["log"] * 2, *["sqrt"] * 2, "sin", "cos", "tanh", "sigmoid", "relu")
BINARY = ("add", "subtract", "multiply", "divide", "power", *["matmul"] * 4, "where")
PLACES = ("reshape", "transpose", "index", "concatenate")

NUMPY = {
    **{op: getattr(np, op) for op in ("negative", "exp", "log", "sqrt", "sin", "cos", "tanh")},
    **{op: getattr(np, op) for op in ("add", "subtract", "multiply", "divide", "power", "matmul")},
    **{op: getattr(np, op) for op in ("sum", "mean", "max")},
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0),
    "where": lambda x, y, condition: np.where(condition, x, y),
    "norm": lambda x, **axes: np.sqrt(np.sum(x * x, **axes)),
    "logsumexp": lambda x, **axes: np.log(np.sum(np.exp(x), **axes)),
    "reshape": lambda x, shape: np.reshape(x, shape),
    "transpose": lambda x, axes: np.transpose(x, axes),
    "index": lambda x, key: x[key],
    "concatenate": lambda *pieces, axis: np.concatenate(pieces, axis),
}


def as_key(key):
    """What stands in the file as a key: a number, a list, or {"slice": […]}, or several."""
    if isinstance(key, dict) and "slice" in key:
        return slice(*key["slice"])
    return tuple(map(as_key, key["several"])) if isinstance(key, dict) else key


def options_of(options):
    """Lists of the file as the tuples and keys that libraries want."""
    if "key" in options:
        return {"key": as_key(options["key"])}
    return {k: tuple(v) if isinstance(v, list) and "ax" in k else v for k, v in options.items()}


def run(graph, inputs, functions, constant=np.array):
    """Every value of the graph, inputs first; the last is the scalar that is differentiated."""
    values = list(inputs)
    for op, arguments, options in graph["steps"]:
        given = [constant(a["constant"]) if isinstance(a, dict) else values[a] for a in arguments]
        values.append(functions[op](*given, **options_of(options)))
    return values


def inputs_of(graph):
    return [np.array(value, dtype=float) for value in graph["inputs"]]


# --- drawing --------------------------------------------------------------------------------


def random_graph(seed):
    """A graph of some twenty operations whose values stay finite and away from kinks."""
    rng = np.random.default_rng(seed)
    m, n, k = (int(d) for d in rng.integers(1, 5, 3))
    shapes = [(m, n), (n, k), (n,), (m, 1), (), (2, m, n)]
    values = [rng.normal(0, 1.2, shape).round(3) for shape in shapes]
    graph = {"inputs": [value.tolist() for value in values], "steps": []}
    while len(graph["steps"]) < STEPS:
        step = draw_step(rng, values)
        result = step and attempt(step, values)
        if result is not None:
            graph["steps"].append(step)
            values.append(result)
    graph["steps"] += ending(rng, graph["steps"], values)
    return graph


def draw_step(rng, values):
    op = str(rng.choice([*UNARY, *BINARY, *BINARY, *AXES, *PLACES]))
    x, y = (int(i) for i in rng.integers(0, len(values), 2))
    if op in UNARY:
        return [op, [x], {}]
    if op == "where":
        condition = rng.integers(0, 2, values[x].shape).astype(bool).tolist()
        return [op, [x, y], {"condition": condition}]
    if op in BINARY:
        constant = {"constant": float(rng.choice([-2.0, 0.5, 2.0, 3.0]))}
        return [op, [[x, y], [x, constant], [constant, x]][rng.choice(3, p=[0.6, 0.2, 0.2])], {}]
    if op == "concatenate":
        return [op, [x, y, x], {"axis": int(rng.integers(-1, 2))}]
    return [op, [x], draw_options(rng, op, values[x])]


def draw_options(rng, op, x):
    axes = [int(a) for a in rng.permutation(x.ndim)]
    if op == "transpose":
        return {"axes": [a - x.ndim * int(rng.integers(0, 2)) for a in axes]}
    if op == "reshape":
        return {"shape": [[-1], list(x.shape[::-1]), [x.size, 1]][rng.integers(0, 3)]}
    if op == "index":
        keys = [0, {"slice": [None, None, -1]}, [0, -1, 0]]
        keys.append({"several": [{"slice": [None]}, [-1, 0, 0]]})
        return {"key": keys[rng.integers(0, 4)]}
    axis = [None, axes[:1], axes[:2]][rng.integers(0, 3)]
    return {"axis": axis or None, "keepdims": bool(rng.integers(0, 2))}


def attempt(step, values):
    """The value of a step, or None where it does not fit, is too wild or too near a kink."""
    op, arguments, options = step
    given = [np.array(a["constant"]) if isinstance(a, dict) else values[a] for a in arguments]
    smooth = {"log": lambda x: x > 0.1, "sqrt": lambda x: x > 0.1, "relu": lambda x: abs(x) > 1e-3}
    if not np.all(smooth.get(op, np.isfinite)(given[0])):
        return None
    if op == "divide" and np.any(abs(given[1]) < 0.2):
        return None
    if op == "power" and np.any(given[0] < 0.1) and not isinstance(arguments[1], dict):
        return None
    if op == "max" and len(np.unique(given[0])) < given[0].size:
        return None  # PyTorch and autograd differ there
    if op == "norm" and np.any(given[0] == 0):
        return None
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(NUMPY[op](*given, **options_of(options)))
    except (ValueError, IndexError):
        return None
    wild = not np.isfinite(value).all() or abs(value).max(initial=0) > 30 or value.size > 200
    return None if wild or value.size == 0 else value


def ending(rng, steps, values):
    """Σ weight · value over everything that no step has used, so that all of it counts."""
    used = {a for _, arguments, _ in steps for a in arguments if isinstance(a, int)}
    loose = [i for i in range(len(values)) if i not in used]
    flat = [["reshape", [i], {"shape": [-1]}] for i in loose]
    start = len(values)
    total = sum(values[i].size for i in loose)
    weights = {"constant": rng.normal(size=total).round(3).tolist()}
    joined = start + len(flat)
    return [
        *flat,
        ["concatenate", list(range(start, joined)), {"axis": 0}],
        ["multiply", [joined, weights], {}],
        ["sum", [joined + 1], {"axis": None, "keepdims": False}],
    ]


# --- PyTorch --------------------------------------------------------------------------------


def torch_functions():
    """The operations in PyTorch's own words."""
    import torch

    names = ("negative", "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu")

    def over(function):
        def reduced(x, axis, keepdims):
            return function(x, dim=tuple(range(x.ndim)) if axis is None else axis, keepdim=keepdims)

        return lambda x, axis, keepdims: reduced(x, axis, keepdims) if x.ndim else function(x, 0)

    def index(x, key):
        if key == slice(None, None, -1):  # PyTorch has no negative steps
            return x.flip(0)
        return x[key]

    return {
        **{op: getattr(torch, op) for op in names},
        **{op: getattr(torch, op) for op in ("add", "subtract", "multiply", "divide")},
        "power": torch.pow,
        "matmul": torch.matmul,
        "where": lambda x, y, condition: torch.where(torch.tensor(condition), x, y),
        "sum": over(torch.sum),
        "mean": over(torch.mean),
        "max": over(torch.amax),
        "norm": lambda x, axis, keepdims: torch.linalg.vector_norm(x, dim=axis, keepdim=keepdims),
        "logsumexp": over(torch.logsumexp),
        "reshape": lambda x, shape: torch.reshape(x, tuple(shape)),
        "transpose": lambda x, axes: x.permute(axes or ()),
        "index": index,
        "concatenate": lambda *pieces, axis: torch.cat(pieces, axis),
    }


def torch_gradients(graph):
    """The scalar and its gradient for each input, in float64; zeros where it has no part."""
    import torch

    inputs = [torch.tensor(x, requires_grad=True) for x in inputs_of(graph)]
    as_tensor = lambda value: torch.tensor(value, dtype=torch.float64)  # noqa: E731
    loss = run(graph, inputs, torch_functions(), as_tensor)[-1]
    loss.backward()
    return loss.item(), [x.grad.numpy() for x in inputs]


def main():
    graphs = []
    for seed in range(GRAPHS):
        graph = random_graph(seed)
        loss, gradients = torch_gradients(graph)
        assert math.isfinite(loss)
        graphs.append({**graph, "loss": loss, "gradients": [g.tolist() for g in gradients]})
    golden = {"origin": f"torch {version('torch')}, float64; by make_graphs.py", "graphs": graphs}
    OUT.write_text(json.dumps(golden) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
