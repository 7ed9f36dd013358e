"""What an optimizer remembers, in quantities that can be drawn: one number a coordinate."""

from collections.abc import Callable
from typing import Any

import numpy as np

from coursekit.arrays import Array
from coursekit.descent import GradientDescent, Objective, Optimizer, bare_step, decayed, rate_at
from coursekit.optimizers import AdaDelta, AdaGrad, Adam, Momentum, Nesterov, RMSprop
from coursekit.optimizers.adagrad import root


def remembered(
    optimizer: Optimizer, objective: Objective, x: Array, states: Any
) -> dict[str, Array]:
    """Name -> `(steps + 1, d)`: what the step that led to each point used, at most three things.

    `x` is the path of `minimize` and `states` what `descent.states` gives for the same descent.
    The last, "rate", is the effective rate of each coordinate: what the gradient (for Adam m̂,
    with a velocity v) was multiplied by. Before the first step there is none: NaN. Of an
    optimizer that the course does not know it gives the fields that are shaped like the points.
    """
    with np.errstate(all="ignore"):
        table = _TABLE.get(type(optimizer))
        if table is None:
            return _own_fields(x, states)
        return {
            name: np.broadcast_to(quantity, x.shape)
            for name, quantity in table(optimizer, states, objective, x).items()
        }


def coasting(optimizer: Optimizer, x: Array, states: Any) -> Array:
    """(steps + 1, 4): from each point of the path to where the next step would lead if the ground
    were flat there, that is, to where the memory alone would carry it."""
    step, flat, ahead = bare_step(optimizer), np.zeros(x.shape[1:]), np.empty_like(x)
    with np.errstate(all="ignore"):
        for k in range(len(x)):
            ahead[k], _ = step(x[k].copy(), flat, _at(states, k))
    ahead = np.where(np.isfinite(ahead), ahead, x)
    return np.concatenate([x, ahead], axis=1)


def _at(states: Any, k: int) -> Any:
    """The state after k steps, as `step` gave it."""
    fields = (None if f is None else int(f[k]) if f.dtype.kind == "i" else f[k] for f in states)
    return type(states)(*fields)


def _own_fields(x: Array, states: Any) -> dict[str, Array]:
    """Of a reader's own optimizer: what it keeps for every coordinate, by its own names."""
    named = zip(states._fields, states, strict=True)
    like_x = {name: f for name, f in named if f is not None and f.shape == x.shape}
    return dict(list(like_x.items())[:3])


def _rates(optimizer: Any, s: Any) -> Array:
    """(steps + 1, 1): the learning rate of the step that led to each point."""
    rates = [rate_at(optimizer.lr, int(t) - 1) if t else np.nan for t in s.t]
    return np.array(rates).reshape(-1, 1)


def _plain(o: GradientDescent, s: Any, objective: Objective, x: Array) -> dict[str, Array]:
    return {"rate": _rates(o, s)}


def _velocity(o: Momentum | Nesterov, s: Any, objective: Objective, x: Array) -> dict[str, Array]:
    return {"v": s.v, "rate": _rates(o, s)}


def _adagrad(o: AdaGrad, s: Any, objective: Objective, x: Array) -> dict[str, Array]:
    return {"Σg²": s.s, "rate": _rates(o, s) / root(s.s, o.eps, o.eps_inside)}


def _rmsprop(o: RMSprop, s: Any, objective: Objective, x: Array) -> dict[str, Array]:
    v = _each(lambda v, t: o._corrected(v, t), s, s.v)
    name = "√v̂" if o.bias_correction else "√v"
    if o.centered:
        name = "√(v̂ − m̂²)" if o.bias_correction else "√(v − m²)"
        v = np.maximum(v - _each(lambda m, t: o._corrected(m, t), s, s.m) ** 2, 0)
    own = {name: np.sqrt(v), "rate": _rates(o, s) / root(v, o.eps, o.eps_inside)}
    return {"b": s.b} | own if o.momentum else own


def _adadelta(o: AdaDelta, s: Any, objective: Objective, x: Array) -> dict[str, Array]:
    # a step uses the u from before it
    before = np.concatenate([np.full_like(s.u[:1], np.nan), s.u[:-1]])
    steps, gradients = np.sqrt(before + o.eps), np.sqrt(s.v + o.eps)
    return {"√(u+ε)": steps, "√(v+ε)": gradients, "rate": _rates(o, s) * (steps / gradients)}


def _adam(o: Adam, s: Any, objective: Objective, x: Array) -> dict[str, Array]:
    v = s.v if s.v_max is None else s.v_max
    v_hat = _each(lambda v, t: v / o._weight(o.beta2, t), s, v)
    # with ε, and in the variants as they have it
    size = _each(lambda v, t: np.divide(*o._size(v, t)), s, v)
    if o.nesterov:
        m_hat = _nesterov_mean(o, s, objective, x)
    else:
        m_hat = _each(lambda m, t: m / o._weight(o.beta1, t), s, s.m)
    hat = "̂" if o.bias_correction else ""
    second = f"√v{hat}" if o.square_root else f"v{hat}"
    return {
        f"m{hat}": m_hat,
        f"max {second}" if o.amsgrad else second: np.sqrt(v_hat) if o.square_root else v_hat,
        "rate": _rates(o, s) / size,
    }


def _nesterov_mean(o: Adam, s: Any, objective: Objective, x: Array) -> Array:
    """NAdam's m̂ looks one step ahead, and needs the gradient for that."""
    means = [np.full_like(x[0], np.nan)]
    for k in range(1, len(x)):
        decay = 0.0 if o.decoupled else o.weight_decay
        g = decayed(objective.grad(x[k - 1]), x[k - 1], decay)
        means.append(o._look_ahead(s.m[k], g, _at(s, k - 1))[0])
    return np.array(means)


def _each(correct: Callable[[Array, int], Array], s: Any, quantity: Array) -> Array:
    """`correct(row, t)` of each row, by the optimizer's own function; NaN before the first step."""
    rows = zip(quantity, s.t, strict=True)
    return np.array([correct(row, int(t)) if t else row * np.nan for row, t in rows])


_TABLE: dict[type, Callable[..., dict[str, Array]]] = {
    GradientDescent: _plain,
    Momentum: _velocity,
    Nesterov: _velocity,
    AdaGrad: _adagrad,
    RMSprop: _rmsprop,
    AdaDelta: _adadelta,
    Adam: _adam,
}
