"""One colour and one line style per optimizer, the same in every chapter."""

from typing import Any

# Okabe & Ito (2008), told apart by readers with any common colour vision;
# https://jfly.uni-koeln.de/color/. Yellow is left out: it is lost on white.
COLOURS = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
    "grey": "#767676",
}

# Colour, dash and marker each tell two neighbours apart, so that print and poor eyes do too.
_STYLES = {
    "GradientDescent": {"color": COLOURS["vermilion"], "linestyle": "-", "marker": "o"},
    "Momentum": {"color": COLOURS["blue"], "linestyle": "--", "marker": "s"},
    "Nesterov": {"color": COLOURS["sky"], "linestyle": "-.", "marker": "^"},
    "AdaGrad": {"color": COLOURS["green"], "linestyle": ":", "marker": "D"},
    "RMSprop": {"color": COLOURS["purple"], "linestyle": (0, (5, 1, 1, 1)), "marker": "v"},
    "AdaDelta": {"color": COLOURS["orange"], "linestyle": (0, (8, 2)), "marker": "P"},
    "Adam": {"color": COLOURS["black"], "linestyle": (0, (3, 1, 1, 1, 1, 1)), "marker": "X"},
}
_CYCLE = list(_STYLES.values())


def style_of(optimizer: Any) -> dict[str, Any]:
    """Matplotlib's color, linestyle and marker for an optimizer, its class or its name.

    A whole number gives the i-th style, for series that are no optimizers; an optimizer that
    the course does not know (one written by a reader) is drawn grey and dash-dotted.
    """
    if isinstance(optimizer, int):
        return dict(_CYCLE[optimizer % len(_CYCLE)])
    if not isinstance(optimizer, str):
        optimizer = (optimizer if isinstance(optimizer, type) else type(optimizer)).__name__
    unknown = {"color": COLOURS["grey"], "linestyle": "-.", "marker": "*"}
    return dict(_STYLES.get(optimizer, unknown))
