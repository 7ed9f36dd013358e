"""Gradient descent: optimizers, and the loop that lets one of them go down.

    path = minimize(bowl, (4, 3), GradientDescent(lr=0.1), steps=50)
    path.x[-1], path.value[-1], path.stopped

An optimizer holds hyperparameters only. What it remembers between steps is a state that it
returns, so that a step can be repeated, printed, or fed to another library.
"""

from coursekit.descent.minimizing import minimize, states
from coursekit.descent.path import Path
from coursekit.descent.rules import (
    GradientDescent,
    GradientDescentState,
    Objective,
    Optimizer,
    Rate,
    as_call,
    bare_step,
    check_optimizer,
    check_rate,
    checked,
    decayed,
    look_at,
    rate_at,
)
from coursekit.descent.run import Run

__all__ = [
    "GradientDescent",
    "GradientDescentState",
    "Objective",
    "Optimizer",
    "Path",
    "Rate",
    "Run",
    "as_call",
    "bare_step",
    "check_optimizer",
    "check_rate",
    "checked",
    "decayed",
    "look_at",
    "minimize",
    "rate_at",
    "states",
]
