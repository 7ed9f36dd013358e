"""The gradient-check explorer: how small should h be?"""

from collections.abc import Callable
from typing import Any

import numpy as np

from coursekit.arrays import all_finite, as_floats, positive
from coursekit.interactive.controls import choice, handles, slider
from coursekit.interactive.explorer import Explorer, Scene
from coursekit.interactive.looks import DASHES
from coursekit.interactive.panel import Panel
from coursekit.interactive.slopes import FLOOR, SIZES, WIDE, MeasuredSlope
from coursekit.plotting import COLOURS, subplots

FUNCTIONS: dict[str, tuple[Callable, Callable]] = {
    "eˣ": (np.exp, np.exp),
    "x³": (lambda x: x**3, lambda x: 3 * x**2),
    "sin x": (np.sin, np.cos),
    "x² + 10⁶": (lambda x: x**2 + 1e6, lambda x: 2 * x),
    "|x|": (np.abs, np.sign),
}
LOOKS = {  # those of the chapter's figure
    "forward": {"colour": COLOURS["vermilion"], "marker": "o", "dash": []},
    "central": {"colour": COLOURS["blue"], "marker": "s", "dash": DASHES["--"]},
    "complex": {"colour": COLOURS["green"], "marker": "^", "dash": DASHES[":"]},
}
SMALL = {"colour": COLOURS["black"], "marker": "o", "size": 3, "told": False}
GREY = {"colour": COLOURS["grey"], "marker": "o", "width": 1.0}


def explore_gradient_check(
    f: str | Callable | None = None,
    grad: Callable | None = None,
    *,
    x: float = 1.0,
    h: float = 1e-5,
) -> Explorer:
    """The error of a measured slope against h, and the curve as it looks at the size of h.

    On the left the relative error of forward and central differences and of the complex step
    (the error itself where the slope is 0), with the two that add up to it: the bend of the
    curve, ½ h |f″| or ⅙ h² |f‴|, and rounding, ε |f| / h. Drag h, or use the arrow keys; an
    error of exactly 0 lies on the lowest line. On the right the curve under a microscope that
    magnifies 1/h times, with the lines whose slopes are measured: at large h the curve bends,
    at tiny h it falls into the steps of float64.

    `f` is one of "eˣ", "x³", "sin x", "x² + 10⁶", "|x|", between which the picture then lets
    you choose, or a function of one number, with its derivative as `grad`. The slopes are those
    of `numerical_gradient`, the verdict that of `check_gradient`. Raises `ValueError` for
    another name, a function without `grad`, an x that is not finite and an h that is not > 0.
    """
    chosen = next(iter(FUNCTIONS)) if f is None else f
    if isinstance(chosen, str) and chosen not in FUNCTIONS:
        raise ValueError(
            f"explore_gradient_check: f must be a function or one of {', '.join(FUNCTIONS)}, "
            f"got {f!r}."
        )
    own = None if isinstance(chosen, str) else (chosen, grad)
    if own and not all(map(callable, own)):
        raise ValueError("explore_gradient_check needs f and grad, two functions of one number.")
    x = all_finite(as_floats(x, "explore_gradient_check: x"), "explore_gradient_check: x")
    if x.shape:
        raise ValueError(f"explore_gradient_check needs x as one number, got shape {x.shape}.")
    h = positive(h, "explore_gradient_check: h")
    controls = [
        slider("h", h, (SIZES[0], SIZES[-1]), log=True),
        slider("x", float(x), (-3.0, 3.0)),
    ]
    if not own:
        controls.append(choice("function", FUNCTIONS, chosen))

    def scene(h: float, x: float, hand: list | None, function: str = "") -> Scene:
        if hand is not None:
            h = float(f"{hand[1]:.3g}")
        at = MeasuredSlope(*(own or FUNCTIONS[function]), x)
        labels = {f"{method} point": f"{method}: h and error" for method in LOOKS}
        named = "f, grad" if own else f'"{function}"'
        code = f"explore_gradient_check({named}, x={x!r}, h={h!r})"
        with np.errstate(all="ignore"):  # 0/0 where x + h is x, and what f does outside its domain
            arrays, text = at.arrays(h), at.words(h)
        return Scene(arrays, 1, text, code, labels, values={"h": h, "hand": None})

    return Explorer(
        "The error of a measured slope",
        [_error_panel(), _microscope_panel()],
        controls,
        _layers(),
        {"hand": None},
        scene,
        readout=[{"label": "slope by grad", "of": "slope"}]
        + [{"label": f"{m}: slope, error", "of": f"{m} here", **LOOKS[m]} for m in LOOKS],
    )


def _layers() -> list[dict[str, Any]]:
    layers = [
        {"panel": "errors", "kind": "strokes", "of": "at h", **GREY},
        {"panel": "errors", "kind": "strokes", "of": "rounding", **GREY, "dash": DASHES[":"]},
        {"panel": "errors", "kind": "strokes", "of": "forward bend", **GREY},
        {"panel": "errors", "kind": "strokes", "of": "central bend", **GREY, "dash": DASHES["--"]},
        {"panel": "microscope", "kind": "strokes", "of": "tangent", **GREY, "dash": DASHES["-."]},
        {"panel": "microscope", "kind": "strokes", "of": "curve", "colour": COLOURS["black"]},
        {"panel": "microscope", "kind": "points", "of": "numbers", **SMALL},
    ]
    for method, look in LOOKS.items():
        layers += [
            {"panel": "errors", "kind": "strokes", "of": method, **look},
            {"panel": "errors", "kind": "points", "of": f"{method} point", **look},
            {"panel": "microscope", "kind": "strokes", "of": f"{method} secant", **look},
        ]
    return layers


def _error_panel() -> Panel:
    fig, ax = subplots(width=5.4, height=3.6)
    for method, look in LOOKS.items():
        dash = {"forward": "-", "central": "--", "complex": ":"}[method]
        ax.plot([], [], color=look["colour"], ls=dash, marker=look["marker"], label=method)
    ax.plot([], [], color=GREY["colour"], lw=1, label="bend of the curve")
    ax.plot([], [], color=GREY["colour"], lw=1, ls=":", label="rounding")
    ax.set(xscale="log", yscale="log", xlim=(1, 1e-16), ylim=(FLOOR, 10))
    ax.set(xlabel="h, smaller to the right", ylabel="relative error of the slope")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.24), ncols=3, fontsize=8, frameon=False)
    label = "The error against h: press, drag or use the arrow keys to set h"
    return Panel("errors", fig, label, handles=handles("hold", "hand"))


def _microscope_panel() -> Panel:
    fig, ax = subplots(width=3.6, height=3.6)
    ax.axvline(0, color=COLOURS["grey"], lw=0.5)
    ax.axhline(0, color=COLOURS["grey"], lw=0.5)
    ax.set(xlim=(-WIDE, WIDE), ylim=(-WIDE, WIDE), title="the curve at the size of h")
    ax.set(xlabel="distance from x, in h", ylabel="change of f, in h × slope")
    return Panel("microscope", fig, "The curve near x magnified 1/h times, tangent and secants")
