"""A control for each hyperparameter of an optimizer."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from coursekit.descent import Optimizer
from coursekit.interactive.controls import box, slider

# name: its sign, the range of its slider and the kind of its scale
_NUMBERS: dict[str, tuple[str, tuple[float, float], dict[str, bool]]] = {
    "lr": ("lr", (1e-4, 10.0), {"log": True}),
    "beta": ("β", (0.0, 0.999), {"near_one": True}),
    "beta1": ("β₁", (0.0, 0.999), {"near_one": True}),
    "beta2": ("β₂", (0.0, 0.9999), {"near_one": True}),
    "rho": ("ρ", (0.0, 0.999), {"near_one": True}),
    "eps": ("ε", (1e-12, 1.0), {"log": True, "zero": True, "folded": True}),
    "eps_root": ("ε in root", (1e-12, 1.0), {"log": True, "zero": True, "folded": True}),
    "weight_decay": ("weight decay", (1e-4, 1.0), {"log": True, "zero": True, "folded": True}),
    "initial": ("initial", (1e-4, 10.0), {"log": True, "zero": True, "folded": True}),
    "momentum_decay": ("ψ", (1e-4, 1.0), {"log": True, "zero": True, "folded": True}),
    "dampening": ("dampening", (0.0, 1.0), {"folded": True}),
    "momentum": ("momentum", (0.0, 0.999), {"folded": True}),
}
_ALWAYS_FIRST = ("lr", "beta", "beta1", "beta2", "rho")


def settings(name: str, optimizer: Optimizer) -> list[dict[str, Any]]:
    """Sliders and boxes for the fields of a dataclass, called "name field"; those that few change
    are folded unless the caller has changed them. A schedule for a rate has no slider, nor has a
    field that the course does not know."""
    found = []
    for f in fields(optimizer) if is_dataclass(optimizer) else ():
        value, full = getattr(optimizer, f.name), f"{name} {f.name}"
        changed = value != f.default
        if isinstance(value, bool):
            label = f.name.replace("_", " ")
            found.append(box(full, value, label=label, group=name, folded=not changed))
        elif f.name in _NUMBERS and isinstance(value, int | float) and value < float("inf"):
            label, between, look = _NUMBERS[f.name]
            folded = f.name not in _ALWAYS_FIRST and not changed
            look = look | {"label": label, "group": name, "folded": folded}
            found.append(slider(full, float(value), between, **look))
    return found


def with_settings(name: str, optimizer: Optimizer, values: dict[str, Any]) -> Optimizer:
    """The same optimizer with the values of its controls; raises what its class raises."""
    if not is_dataclass(optimizer):
        return optimizer
    named = {f.name: values.get(f"{name} {f.name}") for f in fields(optimizer)}
    # the browser's 10 is the 10.0 of the slider
    as_set = {k: v if isinstance(v, bool) else float(v) for k, v in named.items() if v is not None}
    return replace(optimizer, **as_set)
