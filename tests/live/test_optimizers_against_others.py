"""The seven rules beside PyTorch's and Optax's, run here and now, with numbers nobody chose."""

import json
import math
import runpy
from pathlib import Path

import numpy as np
import pytest

from coursekit import optimizers, schedules
from coursekit.batches import batches, train
from coursekit.datasets import digits
from coursekit.descent import minimize
from coursekit.landscapes import himmelblau, rosenbrock
from coursekit.networks import MLP
from coursekit.optimizers import (
    AdaDelta,
    AdaGrad,
    Adam,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
)

torch = pytest.importorskip("torch")
pytest.importorskip("optax")

TESTS = Path(__file__).parents[1]
THEIRS = runpy.run_path(str(TESTS / "golden" / "make_optimizers.py"))
START, CURVATURES = THEIRS["START"], np.array(THEIRS["CURVATURES"])
RULES = ("Momentum", "Nesterov", "AdaGrad", "RMSprop", "AdaDelta", "Adam")

# PyTorch's optimizers, and ours that are to take the same steps
PAIRS = {
    "SGD": (GradientDescent(0.01), {}),
    "SGD, weight decay": (GradientDescent(0.01, weight_decay=0.01), {"weight_decay": 0.01}),
    "SGD, momentum": (Momentum(0.01), {"momentum": 0.9}),
    "SGD, dampening": (
        Momentum(0.01, dampening=0.5, weight_decay=1e-3),
        {"momentum": 0.9, "dampening": 0.5, "weight_decay": 1e-3},
    ),
    "SGD, nesterov": (Nesterov(0.01), {"momentum": 0.9, "nesterov": True}),
    "Adagrad": (AdaGrad(0.01), {}),
    "RMSprop": (RMSprop(0.001), {}),
    "RMSprop, centered": (
        RMSprop(0.001, centered=True, momentum=0.9),
        {"centered": True, "momentum": 0.9},
    ),
    "Adadelta": (AdaDelta(), {}),
    "Adam": (Adam(0.001), {}),
    "Adam, weight decay": (Adam(0.001, weight_decay=0.01), {"weight_decay": 0.01}),
    "Adam, amsgrad": (Adam(0.001, amsgrad=True), {"amsgrad": True}),
    "AdamW": (Adam(0.001, decoupled=True, weight_decay=0.1), {"weight_decay": 0.1}),
    "NAdam": (Adam(0.001, nesterov=True), {}),
}
each_pair = pytest.mark.parametrize("name", PAIRS)
LANDSCAPES = {
    himmelblau: (lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2),
    rosenbrock: (lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2),
}


def our_optimizer(rule, arguments):
    lr = arguments["lr"]
    if isinstance(lr, dict):
        lr = getattr(schedules, lr["schedule"])(**lr["arguments"])
    return getattr(optimizers, rule)(**{**arguments, "lr": lr})


def torch_points(gradient, start, lr, name, **options):
    return THEIRS["torch_path"](gradient, start, lr, name.partition(",")[0], **options)[0]


def our_points(optimizer, gradients, start, quadratic=""):
    x, points = np.array(start), []
    state = optimizer.init(x)
    for grad in np.array(gradients):
        if quadratic:
            grad = CURVATURES * optimizer.look(x, state)
        x, state = optimizer.step(x, grad, state)
        points.append(optimizer.look(x, state) if quadratic == "look" else x)
    return np.array(points)


def error(points, expected, start):
    """The largest difference in any coordinate, as a share of its largest |x| on the path."""
    points, expected = np.asarray(points), np.asarray(expected)
    size = np.maximum(np.abs(expected).max(axis=0), np.abs(start))
    return (np.abs(points - expected).max(axis=0) / np.where(size > 0, size, 1)).max()


# --- the table ------------------------------------------------------------------------------


def test_the_stored_points_are_what_the_libraries_give_today():
    """optimizers.json is not out of date."""
    stored = json.loads((TESTS / "golden" / "optimizers.json").read_text(encoding="utf-8"))
    assert stored["gradients"] == THEIRS["gradients"](0)
    for run, kept in zip(THEIRS["table"](), stored["runs"], strict=True):
        today = json.loads(json.dumps(THEIRS["stored"](run, stored["gradients"])))
        assert error(today.pop("points"), kept.pop("points"), START) < 1e-13, run
        assert today.pop("states").keys() == kept.pop("states").keys()
        assert today == kept


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_variant_with_drawn_numbers(seed, rule):
    """The whole table again: other gradients, other hyperparameters, all 200 points."""
    given = THEIRS["gradients"](seed)
    runs = [run for run in THEIRS["table"](THEIRS["drawn_numbers"](seed)) if run.rule == rule]
    assert len(runs) > 7
    for run in runs:
        optimizer = our_optimizer(run.rule, run.arguments)
        points = our_points(optimizer, given, START, run.quadratic)
        assert error(points, run.path(given, START)[0], START) < 1e-12, (optimizer, run.source)


# --- drawn hyperparameters, many ------------------------------------------------------------


def drawn(rule, rng):
    """Arguments of ours, and the same for torch.optim: its class and options."""

    def size(low, high):
        return float(10 ** rng.uniform(low, high))

    def maybe(value):
        return value if rng.random() < 0.4 else 0.0

    top = size(-4, 0)
    lr = [
        top,
        {"schedule": "inverse_time_decay", "arguments": {"lr": top, "decay": size(-3, 0)}},
        {"schedule": "exponential_decay", "arguments": {"lr": top, "factor": 1 - size(-4, -1)}},
    ][rng.integers(3)]
    decay, beta, eps = maybe(size(-5, -1)), 1 - size(-3, 0), size(-12, -2)
    both = {"weight_decay": decay}
    if rule == "GradientDescent":
        return {"lr": lr, **both}, "SGD", both
    if rule == "Momentum":
        both["dampening"] = maybe(float(rng.random()))
        return {"lr": lr, "beta": beta, **both}, "SGD", {"momentum": beta, **both}
    if rule == "Nesterov":
        return {"lr": lr, "beta": beta, **both}, "SGD", {"momentum": beta, "nesterov": True, **both}
    both["eps"] = eps
    if rule == "AdaGrad":
        initial = maybe(size(-3, 3))
        ours = {"lr": lr, "initial": initial, **both}
        return ours, "Adagrad", {"initial_accumulator_value": initial, **both}
    if rule == "RMSprop":
        both.update(momentum=maybe(float(rng.random())), centered=bool(rng.random() < 0.4))
        return {"lr": lr, "beta": beta, **both}, "RMSprop", {"alpha": beta, **both}
    if rule == "AdaDelta":
        return {"lr": lr, "rho": beta, **both}, "Adadelta", {"rho": beta, **both}
    beta2, kind = 1 - size(-4, 0), rng.integers(4)
    ours = {"lr": lr, "beta1": beta, "beta2": beta2, **both}
    both["betas"] = beta, beta2
    if kind == 3:
        psi, decoupled = size(-4, 1), bool(rng.random() < 0.5)
        ours.update(nesterov=True, momentum_decay=psi, decoupled=decoupled)
        return ours, "NAdam", {"momentum_decay": psi, "decoupled_weight_decay": decoupled, **both}
    amsgrad = {"amsgrad": bool(rng.random() < 0.4)}
    if kind == 2:
        return {**ours, "decoupled": True, **amsgrad}, "AdamW", {**both, **amsgrad}
    return {**ours, **amsgrad}, "Adam", {**both, **amsgrad}


@pytest.mark.parametrize("rule", ["GradientDescent", *RULES])
def test_sixty_draws_of_each_rule_take_torchs_steps(rule):
    """Any hyperparameters, any gradients, with and without a schedule: 200 steps to 1e-12."""
    rng = np.random.default_rng(list(map(ord, rule)))
    for draw in range(60):
        ours, name, options = drawn(rule, rng)
        given = THEIRS["gradients"](f"{rule} {draw}")
        theirs = torch_points(
            lambda t, x, given=given: given[t], START, ours["lr"], name, **options
        )
        points = our_points(our_optimizer(rule, ours), given, START)
        assert error(points, theirs, START) < 1e-12, (ours, name, options)


@pytest.mark.parametrize("seed", range(40))
def test_any_mixture_of_adams_arguments(seed):
    """Variants that no library mixes: the formulas, with 50 digits."""
    rng = np.random.default_rng(seed)
    flags = {
        name: bool(rng.random() < 0.5) for name in ("eps_hat", "decoupled", "amsgrad", "nesterov")
    }
    if not flags["eps_hat"]:  # the ε̂ form is written with its root, and without e inside
        flags["eps_root"] = float(10 ** rng.uniform(-6, 0))
        flags["square_root"] = bool(rng.random() < 0.5)
    arguments = {
        "lr": float(10 ** rng.uniform(-4, -1)),
        "beta1": float(rng.uniform(0, 0.99)),
        "beta2": float(rng.uniform(0, 0.9999)),
        "eps": float(10 ** rng.uniform(-9, -2)),
        "weight_decay": float(rng.uniform(0, 0.1)),
        "bias_correction": True if flags["nesterov"] else [True, False, "constant"][seed % 3],
        "momentum_decay": float(10 ** rng.uniform(-3, 0)),
        **flags,
    }
    given = THEIRS["gradients"](f"mixture {seed}")
    run = THEIRS["decimal_run"]("Adam", arguments, "", THEIRS["decimal_adam"])
    points = our_points(Adam(**arguments), given, START)
    assert error(points, run.path(given, START)[0], START) < 1e-12, arguments


# --- beyond the largest numbers -------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "name", "options"),
    [
        *((ours, name.partition(",")[0], options) for name, (ours, options) in PAIRS.items()),
        (RMSprop(0.01, beta=0.0), "RMSprop", {"alpha": 0.0}),
        (AdaDelta(rho=0.0), "Adadelta", {"rho": 0.0}),
        (Adam(0.01, beta2=0.0), "Adam", {"betas": (0.9, 0.0)}),
        (AdaGrad(0.01, eps=0.0), "Adagrad", {"eps": 0.0}),
        (RMSprop(0.01, eps=0.0), "RMSprop", {"eps": 0.0}),
        (Adam(0.01, eps=0.0), "Adam", {"eps": 0.0}),
    ],
    ids=repr,
)
@pytest.mark.parametrize("size", [0.0, 1e-310, 1e-300, 1e-150, 1e160, 1e300])
def test_where_squares_overflow_or_vanish(ours, name, options, size):
    """The same points, and NaN where PyTorch has NaN: 0 · ∞ where nothing is remembered, 0 / 0
    without ε. Where centered, ∞ − ∞ is NaN here; a processor that multiplies and subtracts in
    one operation has ∞ − m², which is ∞, and PyTorch's point stays where it is."""
    sign = np.where(np.arange(200) % 3 == 0, -1.0, 1.0)
    given = np.transpose([size * sign, size * np.where(sign < 0, 0, 1), size + 0 * sign]).tolist()
    start = [1.0, 1.0, -2.0]
    theirs = np.array(torch_points(lambda t, x: given[t], start, ours.lr, name, **options))
    points = our_points(ours, given, start)
    if size > 1e154 and getattr(ours, "centered", False):
        assert np.isnan(points[-1]).all()
        assert (np.isnan(theirs) | (theirs == start)).all()
        return
    np.testing.assert_array_equal(np.isfinite(points), np.isfinite(theirs))
    for mine, other in zip(points.T, theirs.T, strict=True):
        largest = np.abs(other[np.isfinite(other)]).max(initial=1e-300)
        np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12 * largest)


# --- gradients of functions and of a network ------------------------------------------------


@each_pair
@pytest.mark.parametrize("landscape", LANDSCAPES, ids=lambda landscape: landscape.name)
def test_descents_with_autograd(landscape, name):
    """`minimize` beside PyTorch's own loop: 200 steps to 1e-9, for a path amplifies rounding."""
    ours, options = PAIRS[name]
    if landscape is rosenbrock and ours.lr == 0.01 and not isinstance(ours, AdaGrad):
        ours = type(ours)(**{**vars(ours), "lr": 2e-4})  # where it is stable
    if landscape is himmelblau and ours.lr == 0.01 and not isinstance(ours, AdaGrad):
        ours = type(ours)(**{**vars(ours), "lr": 2e-3})

    def gradient(t, x):
        return torch.autograd.grad(LANDSCAPES[landscape](*x), x)[0].tolist()

    for start in ([-1.2, 1.0], [1.0, 2.0], [0.3, -1.5]):
        theirs = torch_points(gradient, start, ours.lr, name.partition(",")[0], **options)
        path = minimize(landscape, start, ours, steps=200)
        assert error(path.x[1:], theirs, start) < 1e-9


def torch_training(name, options, lr, seed, epochs):
    """The weights, losses and accuracies of PyTorch with the start and batches of `train`."""
    (x, labels), (test_x, test_labels) = digits()
    net = MLP((64, 64, 10))
    start, order = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
    with_nn = torch.nn
    theirs = with_nn.Sequential(
        with_nn.Linear(64, 64, dtype=torch.float64),
        with_nn.Tanh(),
        with_nn.Linear(64, 10, dtype=torch.float64),
    )
    with_nn.utils.vector_to_parameters(torch.tensor(net.initial(start)), theirs.parameters())
    optimizer = getattr(torch.optim, name.partition(",")[0])(theirs.parameters(), lr=lr, **options)
    inputs, targets = torch.tensor(x.T), torch.tensor(labels)
    losses = []
    for _ in range(epochs):
        for batch in batches(labels.size, 32, order):
            optimizer.zero_grad()
            loss = with_nn.functional.cross_entropy(theirs(inputs[batch]), targets[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    with torch.no_grad():
        right = theirs(torch.tensor(test_x.T)).argmax(dim=1).numpy() == test_labels
    weights = with_nn.utils.parameters_to_vector(theirs.parameters()).detach().numpy()
    return weights, losses, right.mean()


@each_pair
def test_training_on_digits(name):
    """64-64-10, the same start, the same batches, two epochs: the same weights to 1e-9."""
    ours, options = PAIRS[name]
    torch.set_default_dtype(torch.float64)  # or NAdam keeps the product of its μ in float32
    try:
        weights, losses, accuracy = torch_training(name, options, ours.lr, seed=7, epochs=2)
    finally:
        torch.set_default_dtype(torch.float32)
    history = train(MLP((64, 64, 10)), digits(), ours, epochs=2, batch_size=32, seed=7)
    assert np.abs(history.parameters - weights).max() < 1e-9
    np.testing.assert_allclose(history.step_loss, losses, rtol=1e-9)
    assert history.test_accuracy[-1] == pytest.approx(accuracy, abs=1e-12)
    assert history.loss[-1] < 0.9 * history.loss[0]


def test_what_the_optimizers_are_called_elsewhere():
    """The defaults are PyTorch's, but for the momentum that it leaves at 0."""
    parameter = [torch.nn.Parameter(torch.zeros(1))]
    for ours, name, words in (
        (AdaGrad(), "Adagrad", {"lr": "lr", "eps": "eps", "initial": "initial_accumulator_value"}),
        (RMSprop(), "RMSprop", {"lr": "lr", "beta": "alpha", "eps": "eps", "momentum": "momentum"}),
        (AdaDelta(), "Adadelta", {"lr": "lr", "rho": "rho", "eps": "eps"}),
        (Adam(), "Adam", {"lr": "lr", "eps": "eps", "weight_decay": "weight_decay"}),
        (Momentum(), "SGD", {"lr": "lr", "dampening": "dampening"}),
        (Adam(), "NAdam", {"momentum_decay": "momentum_decay"}),
    ):
        group = getattr(torch.optim, name)(parameter).param_groups[0]
        for mine, other in words.items():
            assert getattr(ours, mine) == group[other], (name, mine)
    assert (Adam().beta1, Adam().beta2) == torch.optim.Adam(parameter).param_groups[0]["betas"]
    assert math.isinf(Adam(momentum_decay=math.inf).momentum_decay)
