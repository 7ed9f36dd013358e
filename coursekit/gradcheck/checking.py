"""Is the gradient right, and if it is not, what was forgotten?"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, all_finite, as_floats, whole, within
from coursekit.gradcheck.blocks import as_blocks
from coursekit.gradcheck.diagnosis import diagnose
from coursekit.gradcheck.evidence import Evidence
from coursekit.gradcheck.layered import LayeredLoss
from coursekit.gradcheck.measuring import measure
from coursekit.gradcheck.numerical import Probe, number_from, prober, refuse_single, step_for
from coursekit.gradcheck.report import Finding, GradientReport


def check_gradient(
    f: Callable,
    grad: Callable | ArrayLike,
    x: ArrayLike,
    *,
    tolerance: float = 1e-5,
    blocks: Mapping[str, Any] | None = None,
    batch: int | None = None,
    weight_decay: ArrayLike | None = None,
    terms: Mapping[str, ArrayLike] | None = None,
    layers: LayeredLoss | None = None,
    batched: bool | None = None,
) -> GradientReport:
    """Compare a gradient with the slopes of f, judge it, and say what was forgotten.

    f takes an array like x and returns one number; `grad(x)`, or the array `grad`, is the
    gradient to check. An element is right if it differs from the measured slope by at most
    `tolerance`, relative to the larger of the two, beyond what rounding in f and the length of
    the step explain. Central differences in float64 reach 1e-9 or so, mistakes seldom hide
    below 1e-2: 1e-5 lies between. At kinks there is nothing to compare with.

    What helps the diagnosis: `blocks`, named parts of x, as shapes or as a network's `blocks`;
    `batch`, the number of examples; `weight_decay`, the strength λ of a regulariser ½ λ |x|²
    (one number or one for each element); `terms`, the gradients of named terms of f;
    `layers`, the same loss as a `LayeredLoss`, with which mistakes in a backward pass are
    recognised, and the measuring takes a fraction of the time (f is then evaluated itself at a
    few points, to see that the two agree). `batched`: f takes n points, as for
    `numerical_gradient`.

    Raises `TypeError` for integer arrays and anything in float32, `ValueError` where f changes
    from call to call, where f or grad modifies x, or where shapes do not fit.
    """
    x = _checked_point(x)
    named = as_blocks(blocks if blocks is not None or layers is None else layers.blocks, x.shape)
    value = _value(f, x)
    gradient, turned = _claimed(grad, x)
    probe = prober(f, x, batched) if layers is None else _quick(f, layers, x)
    tolerance = within(tolerance, 1e-12, 0.5, "check_gradient: tolerance")
    measured = measure(probe, x, value, gradient.ravel(), tolerance)
    report = GradientReport(gradient, measured.slope.reshape(x.shape), measured, named, tolerance)
    if report.ok and not turned:
        return report
    evidence = Evidence(
        gradient.ravel(),
        measured.slope,
        measured.doubt,
        measured.kink,
        report.wrong.ravel(),
        x.ravel(),
        named,
        None if batch is None else whole(batch, 1, "check_gradient: batch"),
        _each(weight_decay, x, "weight_decay"),
        layers,
        {name: _each(term, x, f"terms: {name}") for name, term in (terms or {}).items()},
    )
    return report.finding(*([turned] if turned else diagnose(evidence)))


def _checked_point(x: ArrayLike) -> Array:
    if isinstance(x, np.ndarray) and x.dtype.kind in "iub":
        raise TypeError(
            f"check_gradient: x is an array of {x.dtype}, which cannot hold x + h; a step of "
            "descent would be cut to whole numbers, too. Use x.astype(float)."
        )
    if isinstance(x, np.ndarray | np.generic):
        refuse_single(x, "check_gradient: x")
    x = all_finite(as_floats(x, "check_gradient: x"), "check_gradient: x")
    if not x.size:
        raise ValueError("check_gradient needs at least one parameter, got an empty array.")
    return x


def _value(f: Callable, x: Array) -> float:
    """f(x), after the traps that would make every comparison meaningless."""
    once, again = (number_from(_untouched(f, x, "f")) for _ in range(2))
    if not np.isfinite(once):
        raise ValueError(f"check_gradient: f(x) must be finite, got {once}.")
    if once != again:
        raise ValueError(
            f"check_gradient: f gives {once!r} and then {again!r} at the same point. Switch off "
            "dropout and augmentation, keep to one batch, fix the seed."
        )
    _refuse_hidden_single(f, x, once)
    return float(once)


def _refuse_hidden_single(f: Callable, x: Array, value: float) -> None:
    """Values that all end where float32 ends: f computes in it, whatever it says of its result."""
    nearby = (x + amount * np.sqrt(2) * np.maximum(1, np.abs(x)) for amount in (-1e-3, 1e-4, 1e-3))
    values = np.array([value, *(number_from(f(point)) for point in nearby)])
    single = values.astype(np.float32)
    if np.isfinite(values).all() and len(set(values)) > 1 and (values == single).all():
        refuse_single(single, "what f computes with")


def _untouched(function: Callable, x: Array, name: str):
    point = x.copy()
    result = function(point)
    if not np.array_equal(point, x):
        raise ValueError(
            f"check_gradient: {name} modifies its argument; the slopes would be measured at "
            "another point than the gradient."
        )
    return result


def _claimed(grad: Callable | ArrayLike, x: Array) -> tuple[Array, Finding | None]:
    """The gradient to check, shaped like x; and a finding where it came transposed."""
    gradient = _untouched(grad, x, "grad") if callable(grad) else grad
    if gradient is None:
        raise ValueError("check_gradient: grad returned None: is a `return` missing?")
    if isinstance(gradient, np.ndarray | np.generic):
        refuse_single(gradient, "the gradient")
    gradient = as_floats(gradient, "check_gradient: grad").copy()
    if gradient.shape == x.shape:
        return gradient, None
    if gradient.shape == x.shape[::-1]:
        return gradient.T, Finding(
            "transposed",
            ("",),
            f"The gradient has the shape {gradient.shape} and x {x.shape}: it is transposed.",
        )
    raise ValueError(
        f"check_gradient: the gradient must have the shape of x, {x.shape}, got {gradient.shape}."
    )


def _each(given: ArrayLike | None, x: Array, name: str) -> Array | None:
    """One number for each element of x, flat."""
    if given is None:
        return None
    given = as_floats(given, f"check_gradient: {name}")
    try:
        return np.broadcast_to(given, x.shape).ravel()
    except ValueError:
        raise ValueError(
            f"check_gradient: {name} must be one number or have the shape of x, {x.shape}, "
            f"got {given.shape}."
        ) from None


def _quick(f: Callable, layers: LayeredLoss, x: Array) -> Probe:
    """The evaluation along single parameters, after a look that it is the same function as f."""
    if f is layers:
        return prober(layers, x)
    some = np.unique(np.linspace(0, x.size - 1, 5).astype(int))
    moved = 1000 * step_for(x)[some]
    quick, by_f = layers.along(x, some, moved), prober(f, x, batched=False)(some, moved)
    apart = np.abs(quick - by_f).max()
    if apart > 1e-10 * max(1.0, np.abs(by_f).max()):
        raise ValueError(
            f"check_gradient: layers is not the same function as f: beside x they differ by "
            f"{apart:.1e}. Are loss, weight_decay and activation the same?"
        )
    return prober(layers, x)
