"""Driving a rule step by step, for exercises where one step would show too little."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np


def walk(call: Callable, x: Any, grads: Any, *state: Any, **settings: Any) -> Any:
    """Call a rule `(x, grad, *state, **settings) -> (x, *state)` once, or for a list of gradients.

    With an array for `grads` the rule's own result is returned. With a list of them every step
    gets the next gradient and what the step before it returned; the results come stacked, so
    that a wrong step is told from a right one by its number. Arguments beyond the state that the
    rule returns are counters, t, which grow by one a step.
    """
    if not isinstance(grads, list):
        return call(x, grads, *state, **settings)
    results = []
    for grad in grads:
        returned = call(x, grad, *state, **settings)
        results.append(copy.deepcopy(returned))  # what works in place must not rewrite the past
        # an answer may return lists, and must still find arrays in its next step
        x, *remembered = (np.asarray(part) if isinstance(part, list) else part for part in returned)
        state = (*remembered, *(t + 1 for t in state[len(remembered) :]))
    return tuple(np.stack(column) for column in zip(*results, strict=True))
