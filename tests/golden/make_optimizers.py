"""Writes optimizers.json: the points to which other people's optimizers go, fed given gradients,
and what they remember there.

    python tests/golden/make_optimizers.py

Needs torch and optax (requirements-ci.txt). Nothing of coursekit is used here. Every run gets the
same 200 gradients, which are stored; where neither library has a variant, it is computed with 50
decimal digits from the formula that the run's `source` names.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, getcontext
from importlib.metadata import version
from pathlib import Path
from random import Random
from types import SimpleNamespace

STEPS = 200
KEPT = (1, 2, 3, 5, 10, 20, 50, 100, 200)  # the steps whose points are stored
START = [0.25, -2.0, 30.0, 0.0, 1.5]
CURVATURES = [0.5, 3.0, 0.02, 1.0, 7.0]
NUMBERS = SimpleNamespace(  # the hyperparameters of the stored runs
    lr=0.01, beta=0.9, other_beta=0.5, beta2=0.999, other_beta2=0.95, eps=1e-8, large_eps=1e-3,
    decay=0.05, factor=0.98, weight_decay=0.02, dampening=0.3, momentum=0.8, initial=0.1, psi=0.02,
)  # fmt: skip


def drawn_numbers(seed):
    """Hyperparameters like NUMBERS that nobody chose."""
    r = Random(f"numbers {seed}")
    return SimpleNamespace(
        lr=10 ** r.uniform(-4, -1), beta=r.uniform(0.8, 0.98), other_beta=r.uniform(0.1, 0.8),
        beta2=r.uniform(0.9, 0.9995), other_beta2=r.uniform(0.1, 0.9), eps=10 ** r.uniform(-10, -5),
        large_eps=10 ** r.uniform(-4, -1), decay=r.uniform(0.01, 0.5), factor=r.uniform(0.9, 0.999),
        weight_decay=10 ** r.uniform(-4, -1), dampening=r.uniform(0.05, 0.95),
        momentum=r.uniform(0.3, 0.95), initial=r.uniform(0.01, 1), psi=10 ** r.uniform(-3, 0),
    )  # fmt: skip


def gradients(seed, steps=STEPS):
    """Gradients in five coordinates, on which rules that differ must part: a list of lists.

    1e-3 in size with a trend; about 1 with a pause; 1e3 with the sign turning at every step;
    nothing for the first 15 steps; anything from 1e-4 to 1e3. `random.random` gives the same
    numbers in every version of Python.
    """
    r = Random(f"gradients {seed}")

    def number(low, high):
        return low + (high - low) * r.random()

    return [
        [
            1e-3 * number(-0.6, 1.0),
            0.0 if 40 <= t < 60 else number(-1, 1) * (2 + math.sin(t / 10)),
            1e3 * number(0.5, 1) * (-1) ** t,
            0.0 if t < 15 else 0.1 * t * number(-0.3, 1),
            10 ** number(-4, 3) * (1 if r.random() < 0.6 else -1),
        ]
        for t in range(steps)
    ]


# --- schedules ------------------------------------------------------------------------------


def rate_of(lr):
    """A Python function of the step for the `lr` of a run, a number or a schedule's call."""
    if not isinstance(lr, dict):
        return lambda t: lr
    top, a = lr["arguments"]["lr"], lr["arguments"]
    return {
        "inverse_time_decay": lambda t: top / (1 + a["decay"] * t),
        "exponential_decay": lambda t: top * a["factor"] ** t,
    }[lr["schedule"]]


def inverse_time(n):
    return {"schedule": "inverse_time_decay", "arguments": {"lr": n.lr, "decay": n.decay}}


def exponential(n):
    return {"schedule": "exponential_decay", "arguments": {"lr": n.lr, "factor": n.factor}}


# --- three ways to let a rule go ------------------------------------------------------------
# Each takes `gradient(t, x) -> list`, a start and the rate, and gives the points after each step;
# the libraries' also what was remembered there, a dictionary of lists with the library's names.


def torch_path(gradient, start, lr, name, **options):
    """torch.optim's optimizer of that name, a schedule coming through LambdaLR."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # or NAdam keeps the product of its μ in float32
    try:
        x = torch.nn.Parameter(torch.tensor(start))
        top = rate_of(lr)(0)
        optimizer = getattr(torch.optim, name)([x], lr=top, **options)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: rate_of(lr)(t) / top)
        points, memory = [], {}
        for t in range(STEPS):
            x.grad = torch.tensor(gradient(t, x))
            optimizer.step()
            scheduler.step()
            points.append(x.tolist())
            for key, value in optimizer.state[x].items():
                memory.setdefault(key, []).append(getattr(value, "tolist", lambda v=value: v)())
        return points, memory
    finally:
        torch.set_default_dtype(before)


def optax_path(gradient, start, lr, chain):
    """The transformation `chain(optax, rate)`, rate being a number or a function."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    x = jax.numpy.array(start)
    transformation = chain(optax, rate_of(lr) if isinstance(lr, dict) else lr)
    state, points, memory = transformation.init(x), [], {}
    for t in range(STEPS):
        updates, state = transformation.update(jax.numpy.array(gradient(t, x)), state, x)
        x = optax.apply_updates(x, updates)
        points.append(x.tolist())
        for part in state:
            for key, value in part._asdict().items():
                memory.setdefault(key, []).append(value.tolist())
    return points, memory


def decimal_points(gradient, start, lr, rule, **options):
    """A formula below, every coordinate by itself, with 50 digits."""
    getcontext().prec = 50
    options = {k: v if isinstance(v, bool | str) else Decimal(v) for k, v in options.items()}
    given = [list(map(Decimal, gradient(t, None))) for t in range(STEPS)]
    lines = [
        rule(column, x, lr, **options)
        for column, x in zip(zip(*given, strict=True), map(Decimal, start), strict=True)
    ]
    return [[float(x) for x in point] for point in zip(*lines, strict=True)]


def decimal_momentum(gradients, x, lr, beta, weight_decay=0, average=False, dampening=0,
                     lr_inside=False, nesterov=False, look_ahead=False):  # fmt: skip
    """Keras' SGD where `lr_inside` (keras/src/optimizers/sgd.py): v ← βv − lr g, x ← x + v, or
    x ← x + βv − lr g with Nesterov; CS231n, neural-networks-3, writes the same. Else PyTorch's.
    `look_ahead`: Sutskever et al. (2013), equations 3 and 4, g being given at x + βv."""
    v = Decimal(0)  # Keras' velocity: with the rate inside, and pointing downhill
    for t, g in enumerate(gradients):
        rate = Decimal(rate_of(lr)(t))
        ahead = x + (beta * v if lr_inside else rate * beta * v) * bool(look_ahead)
        g = g + weight_decay * ahead
        share = (1 - beta) if average else (1 - dampening) if t else Decimal(1)
        push = -share * g * (rate if lr_inside else 1)
        v = beta * v + push
        move = push + beta * v if nesterov and not look_ahead else v
        x = x + move * (1 if lr_inside else rate)
        yield x


def decimal_sutskever(gradients, x, lr, beta, curvature, lr_inside=False):
    """Sutskever et al. (2013), equations 3 and 4, on ½ · curvature · x²: v ← βv − lr ∇f(x + βv),
    x ← x + v. Not `lr_inside`: the velocity without its rate, which is the newest one's."""
    v = Decimal(0)
    for t, _ in enumerate(gradients):
        rate = Decimal(rate_of(lr)(t))
        inside, outside = (rate, 1) if lr_inside else (1, rate)
        v = beta * v - inside * curvature * (x + outside * beta * v)
        x = x + outside * v
        yield x


def decimal_adam(gradients, x, lr, beta1, beta2, eps, weight_decay=0, bias_correction=True,
                 square_root=True, eps_hat=False, eps_root=0, decoupled=False, amsgrad=False,
                 nesterov=False, momentum_decay=Decimal("0.004")):  # fmt: skip
    """Kingma & Ba (2015), Algorithm 1; `eps_hat` is the order of computation that they name after
    it, and Keras' (keras/src/optimizers/adam.py); without hats CS231n's short form. AMSGrad's
    largest v before the correction is PyTorch's and Keras', NAdam's μ PyTorch's. `constant` and
    `square_root=False` are slips of slides: 1 − β for 1 − βᵗ, and v̂ + ε for √v̂ + ε."""
    m = v = v_max = Decimal(0)
    product = Decimal(1)

    def correction(beta, t):
        return {True: 1 - beta**t, False: Decimal(1), "constant": 1 - beta}[bias_correction]

    def mu(t):
        return beta1 * (1 - (Decimal("0.96") ** (t * momentum_decay)) / 2)

    for t, g in enumerate(gradients, start=1):
        rate = Decimal(rate_of(lr)(t - 1))
        if decoupled:
            x = x - rate * weight_decay * x
        else:
            g = g + weight_decay * x
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        v_max = max(v_max, v)
        size = v_max if amsgrad else v
        if nesterov:
            product *= mu(t)
            m_hat = mu(t + 1) * m / (1 - product * mu(t + 1)) + (1 - mu(t)) * g / (1 - product)
        else:
            m_hat = m / correction(beta1, t)
        if eps_hat:
            x = x - rate * correction(beta2, t).sqrt() * m_hat / (size.sqrt() + eps)
        else:
            v_hat = size / correction(beta2, t) + eps_root
            x = x - rate * m_hat / ((v_hat.sqrt() if square_root else v_hat) + eps)
        yield x


# --- the table ------------------------------------------------------------------------------


MEMORY = {  # the names that coursekit's states have for what the libraries remember
    "torch SGD": {"momentum_buffer": "v"},
    "torch Adagrad": {"sum": "s"},
    "torch RMSprop": {"square_avg": "v", "grad_avg": "m", "momentum_buffer": "b"},
    "torch Adadelta": {"square_avg": "v", "acc_delta": "u"},
    "torch Adam": {"exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "v_max"},
    "torch NAdam": {"exp_avg": "m", "exp_avg_sq": "v", "mu_product": "mu"},
    "optax Momentum": {"trace": "v", "ema": "v"},
    "optax Nesterov": {"trace": "v"},
    "optax AdaGrad": {"sum_of_squares": "s"},
    "optax RMSprop": {"nu": "v", "mu": "m"},
    "optax AdaDelta": {"e_g": "v", "e_x": "u"},
    "optax Adam": {"mu": "m", "nu": "v", "nu_max": "v_max"},
}
MEMORY["torch AdamW"] = MEMORY["torch Adam"]


def renamed(memory, key):
    return {MEMORY[key][name]: values for name, values in memory.items() if name in MEMORY[key]}


@dataclass(frozen=True)
class Run:
    """A rule of coursekit with its arguments, and who else takes the same steps."""

    rule: str
    arguments: dict
    source: str
    path: Callable  # (gradients, start) -> the points after each step, and the states there
    quadratic: str = ""  # "x" or "look": compared on ½ Σ c x², where gradients depend on x


def torch_run(rule, arguments, name, **options):
    def path(given, start):
        lr = arguments["lr"]
        points, memory = torch_path(lambda t, x: given[t], start, lr, name, **options)
        return points, renamed(memory, f"torch {name}")

    words = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return Run(rule, arguments, f"torch {name}({words})", path)


def optax_run(rule, arguments, source, chain):
    def path(given, start):
        points, memory = optax_path(lambda t, x: given[t], start, arguments["lr"], chain)
        if arguments.get("lr_inside") and rule != "RMSprop":
            memory = {}  # Optax's velocity has the other sign
        return points, renamed(memory, f"optax {rule}")

    return Run(rule, arguments, f"optax {source}", path)


def decimal_run(rule, arguments, source, formula, **more):
    options = {name: value for name, value in arguments.items() if name != "lr"} | more

    def path(given, start):
        lr = arguments["lr"]
        return decimal_points(lambda t, x: given[t], start, lr, formula, **options), {}

    return Run(rule, arguments, f"50 digits, {source}", path)


def momentum_runs(n):
    b, w, d = n.beta, n.weight_decay, n.dampening
    inverse, falling = inverse_time(n), exponential(n)

    def torch_momentum(lr=n.lr, beta=b, **others):
        arguments = {"lr": lr, "beta": beta, **others}
        return torch_run("Momentum", arguments, "SGD", momentum=beta, **others)

    yield torch_momentum()
    yield torch_momentum(beta=n.other_beta)
    yield torch_momentum(beta=1.0)
    yield torch_momentum(weight_decay=w)
    yield torch_momentum(dampening=d)
    yield torch_momentum(dampening=b)
    yield torch_momentum(inverse)
    yield torch_momentum(falling, dampening=d, weight_decay=w)
    for lr in (n.lr, inverse):
        yield optax_run(
            "Momentum",
            {"lr": lr, "beta": b, "average": True, "weight_decay": w},
            "chain(add_decayed_weights, ema(debias=False), scale_by_learning_rate)",
            lambda o, rate: o.chain(
                o.add_decayed_weights(w), o.ema(b, debias=False), o.scale_by_learning_rate(rate)
            ),
        )
    yield optax_run(
        "Momentum",
        {"lr": falling, "beta": b, "lr_inside": True},
        "chain(scale_by_learning_rate, trace)",
        lambda o, rate: o.chain(o.scale_by_learning_rate(rate), o.trace(b)),
    )
    yield optax_run(
        "Momentum",
        {"lr": falling, "beta": b, "lr_inside": True, "average": True},
        "chain(scale_by_learning_rate, ema(debias=False))",
        lambda o, rate: o.chain(o.scale_by_learning_rate(rate), o.ema(b, debias=False)),
    )
    yield decimal_run(
        "Momentum",
        {"lr": inverse, "beta": b, "lr_inside": True, "weight_decay": w},
        "Keras' and CS231n's formula",
        decimal_momentum,
    )
    yield decimal_run(
        "Momentum",
        {"lr": inverse, "beta": b, "lr_inside": True, "dampening": d},
        "Keras' formula with PyTorch's dampening",
        decimal_momentum,
    )


def nesterov_runs(n):
    b, w = n.beta, n.weight_decay
    inverse, falling = inverse_time(n), exponential(n)

    def torch_nesterov(lr=n.lr, beta=b, **others):
        arguments = {"lr": lr, "beta": beta, **others}
        return torch_run("Nesterov", arguments, "SGD", momentum=beta, nesterov=True, **others)

    yield torch_nesterov()
    yield torch_nesterov(beta=n.other_beta)
    yield torch_nesterov(weight_decay=w)
    yield torch_nesterov(inverse, weight_decay=w)
    yield optax_run(
        "Nesterov",
        {"lr": falling, "beta": b},
        "sgd(nesterov=True)",
        lambda o, rate: o.sgd(rate, momentum=b, nesterov=True),
    )
    yield optax_run(
        "Nesterov",
        {"lr": falling, "beta": b, "lr_inside": True},
        "chain(scale_by_learning_rate, trace(nesterov=True))",
        lambda o, rate: o.chain(o.scale_by_learning_rate(rate), o.trace(b, nesterov=True)),
    )
    for options in (
        {"lr": inverse, "lr_inside": True, "weight_decay": w},
        {"lr": inverse, "look_ahead": True, "weight_decay": w},
        {"lr": falling, "look_ahead": True, "lr_inside": True, "weight_decay": w},
    ):
        source = "Sutskever's formula" if "look_ahead" in options else "Keras' formula"
        yield decimal_run(
            "Nesterov", {"beta": b, **options}, source, decimal_momentum, nesterov=True
        )
    yield from quadratic_runs(n)


def quadratic_runs(n):
    """Looking ahead needs gradients of a function: ½ Σ c x², in PyTorch by autograd."""

    def torch_ahead(given, start):
        import torch

        def gradient(t, x):
            loss = (torch.tensor(CURVATURES) * x**2).sum() / 2
            return torch.autograd.grad(loss, x)[0].tolist()

        path = torch_path(gradient, start, n.lr, "SGD", momentum=n.beta, nesterov=True)
        return path[0], {}

    for look_ahead, compared in ((True, "look"), (False, "x")):
        yield Run(
            "Nesterov",
            {"lr": n.lr, "beta": n.beta, "look_ahead": look_ahead},
            f"torch SGD(momentum={n.beta!r}, nesterov=True) with autograd",
            torch_ahead,
            compared,
        )
    for lr in (inverse_time(n), n.lr):
        for inside in (False, True):

            def sutskever(given, start, lr=lr, inside=inside):
                lines = [
                    decimal_points(
                        lambda t, x: [0.0], [x], lr, decimal_sutskever,
                        beta=n.beta, curvature=c, lr_inside=inside,
                    )
                    for x, c in zip(start, CURVATURES, strict=True)
                ]  # fmt: skip
                return [[x for (x,) in point] for point in zip(*lines, strict=True)], {}

            arguments = {"lr": lr, "beta": n.beta, "look_ahead": True, "lr_inside": inside}
            yield Run("Nesterov", arguments, "50 digits, Sutskever's formula", sutskever, "x")


def adagrad_runs(n):
    w, c = n.weight_decay, n.initial

    def torch_adagrad(lr=n.lr, eps=1e-10, **others):
        arguments = {"lr": lr, "eps": eps, **others}
        start = {"initial_accumulator_value": others.pop("initial", 0.0)}
        return torch_run("AdaGrad", arguments, "Adagrad", eps=eps, **start, **others)

    yield torch_adagrad()
    yield torch_adagrad(eps=n.large_eps)
    yield torch_adagrad(weight_decay=w)
    yield torch_adagrad(initial=c)
    yield torch_adagrad(exponential(n), initial=c, weight_decay=w)
    inverse = inverse_time(n)

    def path(given, start):  # lr_decay where LambdaLR stands elsewhere
        options = {"eps": n.eps, "lr_decay": n.decay}
        return torch_path(lambda t, x: given[t], start, n.lr, "Adagrad", **options)[0], {}

    source = f"torch Adagrad(eps={n.eps!r}, lr_decay={n.decay!r})"
    yield Run("AdaGrad", {"lr": inverse, "eps": n.eps}, source, path)
    for lr, initial, eps in ((n.lr, 0.1, 1e-7), (inverse, c, n.large_eps), (n.lr, 0.0, n.eps)):
        yield optax_run(
            "AdaGrad",
            {"lr": lr, "initial": initial, "eps": eps, "eps_inside": True},
            f"adagrad(initial_accumulator_value={initial!r}, eps={eps!r})",
            lambda o, rate, i=initial, e=eps: o.adagrad(rate, i, e),
        )


def rmsprop_runs(n):
    b, w, mu, c = n.beta, n.weight_decay, n.momentum, n.initial

    def torch_rmsprop(lr=n.lr, beta=0.99, eps=n.eps, **others):
        arguments = {"lr": lr, "beta": beta, "eps": eps, **others}
        return torch_run("RMSprop", arguments, "RMSprop", alpha=beta, eps=eps, **others)

    yield torch_rmsprop()
    yield torch_rmsprop(beta=b, eps=n.large_eps)
    yield torch_rmsprop(weight_decay=w)
    yield torch_rmsprop(centered=True)
    yield torch_rmsprop(momentum=mu)
    yield torch_rmsprop(momentum=mu, centered=True, beta=b)
    yield torch_rmsprop(inverse_time(n), momentum=mu, centered=True, weight_decay=w)
    yield torch_rmsprop(exponential(n), beta=b)

    def optax_rmsprop(lr=n.lr, beta=b, eps=n.eps, **others):
        arguments = {"lr": lr, "beta": beta, "eps": eps, **others}
        if "momentum" in others:
            arguments["lr_inside"] = True
        options = {
            "decay": beta,
            "eps": eps,
            "initial_scale": others.get("initial", 0.0),
            "eps_in_sqrt": others.get("eps_inside", False),
            "bias_correction": others.get("bias_correction", False),
            "centered": others.get("centered", False),
            "momentum": others.get("momentum"),
        }
        words = ", ".join(f"{key}={value!r}" for key, value in options.items() if value)
        return optax_run(
            "RMSprop", arguments, f"rmsprop({words})", lambda o, rate: o.rmsprop(rate, **options)
        )

    yield optax_rmsprop()
    yield optax_rmsprop(eps_inside=True)
    yield optax_rmsprop(eps_inside=True, eps=n.large_eps, initial=c)
    yield optax_rmsprop(bias_correction=True)
    yield optax_rmsprop(bias_correction=True, eps_inside=True, initial=c)
    # without a start of its own the first v̂ − m̂² is g² − g², and rounding decides the path
    yield optax_rmsprop(bias_correction=True, centered=True, initial=1e6)
    yield optax_rmsprop(centered=True, eps_inside=True, eps=n.large_eps, initial=c)
    yield optax_rmsprop(momentum=mu, eps_inside=True)
    yield optax_rmsprop(inverse_time(n), momentum=mu)
    yield optax_rmsprop(exponential(n), momentum=mu, centered=True, bias_correction=True,
                        initial=1e6)  # fmt: skip


def adadelta_runs(n):
    b, w = n.beta, n.weight_decay

    def torch_adadelta(lr=1.0, rho=b, eps=1e-6, **others):
        arguments = {"lr": lr, "rho": rho, "eps": eps, **others}
        return torch_run("AdaDelta", arguments, "Adadelta", rho=rho, eps=eps, **others)

    yield torch_adadelta()
    yield torch_adadelta(rho=0.95)
    yield torch_adadelta(lr=n.lr, eps=n.large_eps)
    yield torch_adadelta(lr=0.5, weight_decay=w)
    yield torch_adadelta(lr=inverse_time(n), rho=n.other_beta)
    yield torch_adadelta(lr=exponential(n), eps=n.eps, weight_decay=w)
    for lr, eps in ((1.0, 1e-6), (inverse_time(n), n.large_eps)):
        yield optax_run(
            "AdaDelta",
            {"lr": lr, "rho": b, "eps": eps, "weight_decay": w},
            f"adadelta(rho={b!r}, eps={eps!r}, weight_decay={w!r})",
            lambda o, rate, e=eps: o.adadelta(rate, rho=b, eps=e, weight_decay=w),
        )


def adam_runs(n):
    b, b2, w = n.beta, n.beta2, n.weight_decay
    inverse, falling = inverse_time(n), exponential(n)
    betas = {"beta1": b, "beta2": b2}

    def torch_adam(lr=n.lr, eps=n.eps, name="Adam", ours=None, **others):
        arguments = {"lr": lr, **betas, "eps": eps, **others, **(ours or {})}
        return torch_run("Adam", arguments, name, betas=(b, b2), eps=eps, **others)

    yield torch_adam()
    yield torch_adam(eps=n.large_eps)
    yield torch_adam(weight_decay=w)
    yield torch_adam(falling)
    others = {"lr": n.lr, "beta1": n.other_beta, "beta2": n.other_beta2}
    yield torch_run("Adam", others, "Adam", betas=(n.other_beta, n.other_beta2))
    yield torch_adam(amsgrad=True)
    yield torch_adam(amsgrad=True, weight_decay=w, eps=n.large_eps)
    decoupled = {"decoupled": True}
    yield torch_adam(name="AdamW", ours=decoupled, weight_decay=w)
    yield torch_adam(inverse, name="AdamW", ours=decoupled, weight_decay=w)
    yield torch_adam(name="AdamW", ours=decoupled, weight_decay=w, amsgrad=True)
    nadam = {"name": "NAdam", "ours": {"nesterov": True}}
    yield torch_adam(**nadam, momentum_decay=4e-3)
    yield torch_adam(**nadam, momentum_decay=n.psi, weight_decay=w)
    yield torch_adam(inverse, **nadam, momentum_decay=1.0)
    arguments = {"lr": falling, **betas, "eps": n.eps, "weight_decay": w, "momentum_decay": n.psi}
    yield torch_run(
        "Adam", {**arguments, "nesterov": True, "decoupled": True}, "NAdam", betas=(b, b2),
        eps=n.eps, weight_decay=w, momentum_decay=n.psi, decoupled_weight_decay=True,
    )  # fmt: skip

    def optax_adam(source, chain, **others):
        arguments = {"lr": n.lr, **betas, "eps": n.eps, **others}
        return optax_run("Adam", arguments, source, chain)

    def root(nesterov):
        def chain(o, rate):
            return o.adam(rate, b, b2, n.eps, n.large_eps, nesterov=nesterov)

        return chain

    yield optax_adam("adam", lambda o, rate: o.adam(rate, b, b2, n.eps), lr=inverse)
    yield optax_adam("adam(eps_root)", root(False), eps_root=n.large_eps)
    yield optax_adam(
        "adamw",
        lambda o, rate: o.adamw(rate, b, b2, n.eps, weight_decay=w),
        lr=falling, decoupled=True, weight_decay=w,
    )  # fmt: skip
    constant = {"nesterov": True, "momentum_decay": math.inf}
    yield optax_adam("nadam", lambda o, rate: o.nadam(rate, b, b2, n.eps), **constant)
    yield optax_adam("adam(eps_root, nesterov=True)", root(True), eps_root=n.large_eps, **constant)
    yield optax_adam(
        "scale_by_amsgrad(bias_correction_mu=False, bias_correction_nu=False)",
        lambda o, rate: o.chain(
            o.scale_by_amsgrad(
                b, b2, n.eps, bias_correction_mu=False, bias_correction_nu=False
            ),
            o.scale_by_learning_rate(rate),
        ),
        amsgrad=True, bias_correction=False,
    )  # fmt: skip
    for source, others in (
        ("Kingma & Ba's ε̂ form", {"eps_hat": True}),
        ("Keras", {"eps_hat": True, "eps": 1e-7, "lr": inverse}),
        ("Keras' amsgrad", {"eps_hat": True, "eps": n.large_eps, "amsgrad": True}),
        ("Keras' weight decay", {"eps_hat": True, "decoupled": True, "weight_decay": w}),
        ("CS231n's short form", {"bias_correction": False}),
        ("CS231n's short form", {"bias_correction": False, "eps": n.large_eps, "lr": falling}),
        ("a slip of slides", {"bias_correction": "constant"}),
        ("a slip of slides", {"square_root": False}),
        ("two slips of slides", {"square_root": False, "bias_correction": False}),
        ("NAdam with AMSGrad and ε̂", {"nesterov": True, "amsgrad": True, "eps_hat": True}),
    ):
        arguments = {"lr": n.lr, **betas, "eps": n.eps, **others}
        yield decimal_run("Adam", arguments, source, decimal_adam)


def table(n=NUMBERS):
    """Every run, for the hyperparameters `n`."""
    for runs in (momentum_runs, nesterov_runs, adagrad_runs, rmsprop_runs, adadelta_runs,
                 adam_runs):  # fmt: skip
        yield from runs(n)


def stored(run, given):
    """What optimizers.json keeps of a run."""

    def kept(values):
        return [values[step - 1] for step in KEPT]

    points, states = run.path(given, START)
    arguments = {k: "inf" if v == math.inf else v for k, v in run.arguments.items()}
    return {
        "rule": run.rule,
        "arguments": arguments,
        "source": run.source,
        **({"quadratic": run.quadratic} if run.quadratic else {}),
        "points": kept(points),
        "states": {name: kept(values) for name, values in states.items()},
    }


def main():
    about = {
        "origin": f"torch {version('torch')}, optax {version('optax')}, decimal; float64",
        "made_by": "tests/golden/make_optimizers.py",
    }
    given = gradients(0)
    lines = ",\n".join(json.dumps(stored(run, given)) for run in table())
    head = json.dumps({"about": about, "start": START, "curvatures": CURVATURES, "kept": KEPT})
    text = f'{head[:-1]},\n"gradients": {json.dumps(given)},\n"runs": [\n{lines}\n]}}\n'
    Path(__file__).with_name("optimizers.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
