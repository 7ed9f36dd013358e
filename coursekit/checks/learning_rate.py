"""Chapter 03's exercises: a schedule, a staircase that decays too fast, and the border."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case

# --- cosine_rate ----------------------------------------------------------------------------


def cosine_rate(step, lr, steps, final):
    """final + (lr − final) · (1 + cos(π step / steps)) / 2 up to step `steps`, then final."""
    return final + (lr - final) * (1 + np.cos(np.pi * min(step / steps, 1))) / 2


def _wave(step, lr, steps, final):
    return final + (lr - final) * (1 + np.cos(np.pi * step / steps)) / 2


def _climbs_again(step, lr, steps, final):
    return _wave(step, lr, steps, final)


def _zero_afterwards(step, lr, steps, final):
    return _wave(step, lr, steps, final) if step <= steps else 0.0


def _full_rate_afterwards(step, lr, steps, final):
    return _wave(step, lr, steps, final) if step <= steps else lr


def _counts_from_one(step, lr, steps, final):
    return _wave(min(step + 1, steps), lr, steps, final)


def _ends_one_step_early(step, lr, steps, final):
    return _wave(min(step, steps - 1), lr, steps - 1, final)


def _stops_one_step_short(step, lr, steps, final):
    return _wave(min(step, steps - 1), lr, steps, final)


def _starts_at_final(step, lr, steps, final):
    return _wave(min(step, steps), final, steps, lr)


def _final_ignored(step, lr, steps, final):
    return _wave(min(step, steps), lr, steps, 0.0)


def _final_added(step, lr, steps, final):
    return final + _wave(min(step, steps), lr, steps, 0.0)


def _cut_off_at_final(step, lr, steps, final):
    return max(_wave(min(step, steps), lr, steps, 0.0), final)


def _not_halved(step, lr, steps, final):
    return final + (lr - final) * (1 + np.cos(np.pi * min(step / steps, 1)))


def _one_forgotten(step, lr, steps, final):
    return final + (lr - final) * np.cos(np.pi * min(step / steps, 1)) / 2


def _full_wave(step, lr, steps, final):
    return final + (lr - final) * (1 + np.cos(2 * np.pi * min(step / steps, 1))) / 2


def _quarter_wave(step, lr, steps, final):
    return final + (lr - final) * np.cos(np.pi / 2 * min(step / steps, 1))


def _whole_division(step, lr, steps, final):
    return final + (lr - final) * (1 + np.cos(np.pi * min(step // steps, 1))) / 2


def _pi_forgotten(step, lr, steps, final):
    return final + (lr - final) * (1 + np.cos(min(step / steps, 1))) / 2


def _degrees(step, lr, steps, final):
    return final + (lr - final) * (1 + np.cos(180 * min(step / steps, 1))) / 2


def _sine(step, lr, steps, final):
    return final + (lr - final) * (1 + np.sin(np.pi * min(step / steps, 1))) / 2


def _max_for_min(step, lr, steps, final):
    return _wave(max(step, steps), lr, steps, final)


def _brackets_missing(step, lr, steps, final):
    return final + (lr - final) * 1 + np.cos(np.pi * min(step / steps, 1)) / 2


def _ends_one_step_late(step, lr, steps, final):
    return _wave(min(step, steps + 1), lr, steps + 1, final)


def _final_one_step_early(step, lr, steps, final):
    return _wave(step, lr, steps, final) if step < steps - 1 else final


def _cut_off_on_both_sides(step, lr, steps, final):
    return min(max(_wave(min(step, steps), lr, steps, final), final), lr)


def _cut_off_below(step, lr, steps, final):
    return max(_wave(min(step, steps), lr, steps, final), final)


def _cut_off_on_both_sides_and_climbs(step, lr, steps, final):
    return min(max(_wave(step, lr, steps, final), final), lr)


def _cut_off_below_and_climbs(step, lr, steps, final):
    return max(_wave(step, lr, steps, final), final)


def _remainder_of_steps(step, lr, steps, final):
    return _wave(step % steps, lr, steps, final)


def _final_not_added(step, lr, steps, final):
    return _wave(min(step, steps), lr, steps, final) - final


def _sum_for_difference(step, lr, steps, final):
    return final + _wave(min(step, steps), lr + final, steps, 0.0)


def _straight_line(step, lr, steps, final):
    return lr + (final - lr) * min(step / steps, 1)


cosine_rate = Exercise(
    cosine_rate,
    cases=(
        case(0, 0.1, 4, 0.0),
        case(1, 0.1, 4, 0.0),
        case(2, 0.1, 4, 0.0),
        case(4, 0.1, 4, 0.0),
        case(3, 0.1, 4, 0.02),
        case(5, 0.1, 4, 0.02),
        case(8, 0.1, 4, 0.02),
        case(3, 0.02, 4, 0.1),
        case(0, 3.0, 7, 1.0),
        case(2, 3.0, 7, 1.0),
        case(6, 3.0, 7, 1.0),
        case(7, 3.0, 7, 1.0),
        case(1000, 3.0, 7, 1.0),
        case(1, 2, 2, 1),
        case(13, 0.5, 200, 0.5),
    ),
    mistakes=(
        *(
            Mistake(
                function,
                "After step `steps` the rate climbs again, as the cosine does. It has to stay at "
                "`final`: let step / steps grow no larger than 1. (PyTorch's CosineAnnealingLR "
                "climbs too, and has surprised many.)",
            )
            for function in (
                _climbs_again,
                _cut_off_below_and_climbs,
                _cut_off_on_both_sides_and_climbs,
            )
        ),
        Mistake(
            _zero_afterwards,
            "After step `steps` your rate is 0. It has to stay at `final`.",
        ),
        Mistake(
            _full_rate_afterwards,
            "After step `steps` your rate is back at `lr`. It has to stay at `final`.",
        ),
        Mistake(
            _counts_from_one,
            "You are one step ahead: the first step is number 0 and has the full rate `lr`.",
        ),
        Mistake(
            _ends_one_step_early,
            "`final` is reached one step early. The wave runs from step 0 to step `steps`, so "
            "divide by steps, not by steps − 1.",
        ),
        Mistake(
            _final_one_step_early,
            "`final` is reached one step early: at step `steps` − 1 the wave has not yet arrived. "
            "Return final from step >= steps on.",
        ),
        Mistake(
            _stops_one_step_short,
            "The rate stops one step before the end: the limit is step `steps`, not steps − 1, "
            "so `final` is never reached.",
        ),
        Mistake(
            _starts_at_final,
            "The wave is upside down: it begins at `final` and ends at `lr`. The cosine begins "
            "at +1 and ends at −1, so 1 + cos, not 1 − cos, goes with lr − final.",
        ),
        Mistake(
            _final_ignored,
            "`final` has no effect: your rate falls to 0. Shrink the wave to the range "
            "lr − final and add final.",
        ),
        Mistake(
            _final_added,
            "`final` is added to a wave that starts at lr, so the first rate is lr + final. "
            "The wave itself may only be lr − final high.",
        ),
        Mistake(
            _cut_off_at_final,
            "Your wave goes down to 0 and is cut off at `final`. It should reach `final` at "
            "step `steps` and not before: its height is lr − final.",
        ),
        *(
            Mistake(
                function,
                "You keep the rate above `final`, as if lr were always the larger. Where `final` "
                "is larger the rate has to rise, and yours never does. Limit step / steps to 1, "
                "and the rate needs no limit.",
            )
            for function in (_cut_off_on_both_sides, _cut_off_below)
        ),
        Mistake(
            _remainder_of_steps,
            "step % steps begins a new wave whenever the old one ends, at step `steps` for the "
            "first time. One wave is asked for: min(step, steps).",
        ),
        Mistake(
            _final_not_added,
            "`final` is missing in front: the wave lr − final alone runs from lr − final down to "
            "0. Add final to it.",
        ),
        Mistake(
            _sum_for_difference,
            "Your wave is lr + final high, so the first rate is lr + 2 · final. Its height is the "
            "way from one to the other, lr − final.",
        ),
        Mistake(
            _not_halved,
            "The factor ½ is missing: 1 + cos runs from 2 to 0, so your first rate exceeds lr.",
        ),
        Mistake(
            _one_forgotten,
            "The 1 in 1 + cos is missing: a bare cosine becomes negative in the second half, "
            "and the rate falls below `final`.",
        ),
        Mistake(
            _full_wave,
            "That is a whole wave: it is back at lr at step `steps`. Half a wave is cos from 0 "
            "to π, not to 2π.",
        ),
        Mistake(
            _quarter_wave,
            "That is a quarter of a wave: cos from 0 to π/2, falling fastest at the end. The "
            "rate should flatten out at the end: (1 + cos) / 2 with cos from 0 to π.",
        ),
        Mistake(
            _whole_division,
            "step // steps is a whole number, 0 until the end: the rate stays at lr and then "
            "drops. Divide with /.",
        ),
        Mistake(
            _pi_forgotten,
            "π is missing: the cosine is taken from 0 to 1 and not from 0 to π.",
        ),
        Mistake(_degrees, "np.cos takes radians: half a wave is π, not 180."),
        Mistake(_sine, "That is a sine; the wave that starts at its top is the cosine."),
        Mistake(
            _max_for_min,
            "max where min belongs: max(step / steps, 1) is never below 1. To let a number grow "
            "no larger than 1, take the smaller of the two.",
        ),
        Mistake(
            _brackets_missing,
            "Brackets are missing: (lr − final) multiplies the whole of (1 + cos) / 2.",
        ),
        Mistake(
            _ends_one_step_late,
            "`final` is reached one step late: divide by steps, not by steps + 1. The first "
            "step is number 0, so step number `steps` is the one after `steps` steps.",
        ),
        Mistake(
            _straight_line,
            "That is a straight line from lr to final. It agrees with the cosine at the start, "
            "in the middle and at the end only.",
        ),
    ),
    hints=(
        "Which share of the way is done at this step? share = step / steps, a number that must "
        "not exceed 1.",
        "(1 + cos(π · share)) / 2 falls from 1 to 0. Stretch it so that it falls from lr to final.",
        "final + (lr − final) * wave, with share = min(step / steps, 1). At half time the rate "
        "is (lr + final) / 2.",
    ),
)

# --- staircase_descent: find the planted bug ------------------------------------------------


def staircase_descent(grad, x, lr, steps, every, factor):
    """The point after `steps` steps; the rate is multiplied by `factor` after every `every`."""
    return _descend(grad, x, steps, lambda step: lr * factor ** (step // every))


def _descend(grad, x, steps, rate):
    x = np.array(x, dtype=float)
    for step in range(steps):
        x = x - rate(step) * np.asarray(grad(x))
    return x


def _planted(grad, x, lr, steps, every, factor):
    def rate(step):
        return lr * factor ** sum(earlier // every for earlier in range(step + 1))

    return _descend(grad, x, steps, rate)


def _decays_at_step_zero(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** (step // every + 1))


def _one_step_early(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** ((step + 1) // every))


def _one_step_late(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** (max(step - 1, 0) // every))


def _at_every_step(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor**step)


def _ramp_not_stairs(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** (step / every))


def _once_only(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor if step >= every else lr)


def _at_every_step_from_then_on(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** max(step - every + 1, 0))


def _only_on_the_edge(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor if step and step % every == 0 else lr)


def _remainder(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** (step % every))


def _decays_after_its_first_step(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** -(-step // every))


def _first_edge_missed(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** max(step // every - 1, 0))


def _last_stair_missing(grad, x, lr, steps, every, factor):
    return staircase_descent.reference(grad, x, lr, steps // every * every, every, factor)


def _brackets_of_the_stairs_missing(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor**step // every)


def _rate_in_the_power(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: (lr * factor) ** (step // every))


def _grows(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr / factor ** (step // every))


def _times_not_power(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor * (step // every))


def _divided_by_count(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr / (1 + factor * (step // every)))


def _never_decays(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr)


def _rate_forgotten(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: factor ** (step // every))


def _uphill(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: -lr * factor ** (step // every))


def _stale_gradient(grad, x, lr, steps, every, factor):
    start = np.asarray(grad(np.array(x, dtype=float)))
    return _descend(lambda x: start, x, steps, lambda step: lr * factor ** (step // every))


def _one_step_short(grad, x, lr, steps, every, factor):
    return staircase_descent.reference(grad, x, lr, max(steps - 1, 0), every, factor)


def _one_step_more(grad, x, lr, steps, every, factor):
    return staircase_descent.reference(grad, x, lr, steps + 1, every, factor)


def _returns_in_the_loop(grad, x, lr, steps, every, factor):
    for step in range(steps):
        return np.asarray(x) - lr * factor ** (step // every) * grad(x)
    return None


def _starts_again_each_time(grad, x, lr, steps, every, factor):
    new = x
    for step in range(steps):
        new = x - lr * factor ** (step // every) * grad(x)
    return new


def _starts_again_and_needs_a_step(grad, x, lr, steps, every, factor):
    for step in range(steps):
        new = x - lr * factor ** (step // every) * grad(x)
    return new


def _stairs_one_step_too_long(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** (step // (every + 1)))


def _rounded(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** round(step / every))


def _last_rate_for_all(grad, x, lr, steps, every, factor):
    return _descend(grad, x, steps, lambda step: lr * factor ** (steps // every))


def bowl_grad(x):
    """The gradient of x₀² + 2x₁², steeper along the second coordinate."""
    return np.array([2 * x[0], 4 * x[1]])


def constant_grad(x):
    """1 in every coordinate, wherever x is: each step is as long as its rate."""
    return np.ones_like(x, dtype=float)


staircase_descent = Exercise(
    staircase_descent,
    cases=(
        case(constant_grad, np.array([1.0]), lr=0.1, steps=1, every=3, factor=0.5),
        case(constant_grad, np.array([1.0]), lr=0.1, steps=4, every=3, factor=0.5),
        case(constant_grad, np.array([1.0]), lr=0.1, steps=7, every=3, factor=0.5),
        case(constant_grad, np.array([0.0]), lr=1.0, steps=10, every=2, factor=0.1),
        case(bowl_grad, np.array([4.0, 3.0]), lr=0.1, steps=12, every=4, factor=0.5),
        case(bowl_grad, np.array([-4.0, -0.5]), lr=0.1, steps=10, every=3, factor=0.5),
        case(bowl_grad, np.array([6, 5]), lr=0.1, steps=8, every=2, factor=0.8),
        case(bowl_grad, np.array([-2, 5]), lr=0.2, steps=9, every=1, factor=0.9),
        case(bowl_grad, np.array([4.0, 3.0]), lr=0.1, steps=30, every=7, factor=0.7),
        case(bowl_grad, np.array([4.0, 3.0]), lr=0.1, steps=0, every=5, factor=0.5),
    ),
    mistakes=(
        Mistake(
            _planted,
            "The planted bug is still there. `lr` is overwritten with the smaller rate, and at "
            "the next step that one is made smaller again: the decays pile up, within a few "
            "steps of the first stair the rate is next to nothing, and the walk stops where it "
            "happens to be. Leave lr alone and compute each step's rate from it, under another "
            "name.",
        ),
        Mistake(
            _decays_at_step_zero,
            "The first steps already have a decayed rate: 0 % every is 0, too. The first "
            "`every` steps have the full rate lr.",
        ),
        Mistake(
            _one_step_early,
            "Each stair comes one step early. Steps are counted from 0, so step number `every` "
            "is the first with a smaller rate: step // every, not (step + 1) // every.",
        ),
        Mistake(
            _one_step_late,
            "Each stair comes one step late: the smaller rate belongs to step number `every` "
            "itself, which is the step after `every` steps.",
        ),
        Mistake(
            _decays_after_its_first_step,
            "The first stair is one step long: after step 0 the rate is already smaller, because "
            "0 % every is 0. Each stair has `every` steps, the first one too.",
        ),
        Mistake(
            _first_edge_missed,
            "The first stair is twice as long as it should be: the rate is first made smaller "
            "at step 2 · every. Is there a > where >= is meant?",
        ),
        Mistake(
            _last_stair_missing,
            "The last steps are missing where `steps` is no multiple of `every`: steps // every "
            "counts the full stairs only.",
        ),
        Mistake(
            _at_every_step,
            "The rate is multiplied by factor at every step; it should be after every `every` "
            "steps only: factor ** (step // every).",
        ),
        Mistake(
            _ramp_not_stairs,
            "The rate shrinks a little at every step instead of in stairs: use the whole part, "
            "step // every, not step / every.",
        ),
        Mistake(
            _once_only,
            "The rate is made smaller once and never again. It should be multiplied by factor "
            "after each `every` steps.",
        ),
        Mistake(
            _at_every_step_from_then_on,
            "From step number `every` on, the rate is multiplied by factor at every step. It "
            "should happen only where a new stair begins, at step every, 2 · every, ….",
        ),
        Mistake(
            _only_on_the_edge,
            "Only the single step on each edge has the smaller rate, and a single factor; "
            "then you are back at the full one.",
        ),
        Mistake(
            _remainder,
            "step % every is the remainder, the place within a stair. The number of stairs so "
            "far is step // every.",
        ),
        Mistake(
            _brackets_of_the_stairs_missing,
            "Brackets are missing: a ** b // c is (a ** b) // c. Write factor ** (step // every).",
        ),
        Mistake(
            _rate_in_the_power,
            "lr stands inside the power, (lr · factor) ** k, so the first rate is 1. Only factor "
            "is multiplied again at each stair.",
        ),
        Mistake(_grows, "The rate grows: it is divided by factor at each stair. Multiply."),
        Mistake(
            _times_not_power,
            "The number of stairs multiplies the rate: 0 on the first stair, growing afterwards. "
            "It has to be the exponent: factor ** (step // every).",
        ),
        Mistake(
            _divided_by_count,
            "That is inverse time decay in stairs, lr / (1 + factor · k). Here every stair "
            "multiplies by factor: lr · factor ** k.",
        ),
        Mistake(
            _never_decays,
            "The rate never changes: factor and every have no effect. Multiply lr by "
            "factor ** (step // every).",
        ),
        Mistake(_rate_forgotten, "The rates do not contain lr: they start at 1. Multiply by lr."),
        Mistake(_uphill, "You step along the gradient, which is uphill: subtract rate · gradient."),
        Mistake(
            _stale_gradient,
            "The gradient is taken once, at the start, and used for every step. Take it anew "
            "wherever you stand.",
        ),
        Mistake(_one_step_short, "You take one step too few: range(steps) makes `steps` of them."),
        Mistake(_one_step_more, "You take one step too many: range(steps) makes `steps` of them."),
        Mistake(
            _returns_in_the_loop,
            "You stop after the first step: the `return` stands inside the loop. Move it out.",
        ),
        *(
            Mistake(
                function,
                "Every step starts from the first point again, so all but the last are lost. Give "
                "the new point the old name: x = x − rate * grad(x).",
            )
            for function in (_starts_again_each_time, _starts_again_and_needs_a_step)
        ),
        Mistake(
            _stairs_one_step_too_long,
            "Each stair is one step too long: every + 1 steps. Step number `every` already has "
            "the smaller rate. Does a counter go beyond `every` before it is set back?",
        ),
        Mistake(
            _rounded,
            "You round step / every to the nearest number, so the rate changes in the middle of a "
            "stair. Cut it down to the whole part: step // every.",
        ),
        Mistake(
            _last_rate_for_all,
            "steps // every counts the stairs of the whole run, so every step has the same small "
            "rate. Count those climbed so far: step // every, without the s.",
        ),
    ),
    hints=(
        "Print `lr` at every step of the buggy loop, with lr=0.1, every=3, factor=0.5. Which "
        "rate do you expect at step 4, and which do you see?",
        "The formula lr · factor ** (step // every) is right if lr is the *first* rate. What is "
        "lr after `lr = …` has run at step 3, and which rate comes out at step 4?",
        "rate = lr * factor ** (step // every), then x = x - rate * grad(x).",
    ),
)

# --- rate_limits ----------------------------------------------------------------------------


def rate_limits(hessian):
    """(2 / c_max, 2 / (c_min + c_max)), c being the eigenvalues of the symmetric `hessian`."""
    low, high = _ends(hessian)
    return 2 / high, 2 / (low + high)


def _ends(hessian):
    curvatures = np.linalg.eigvalsh(np.asarray(hessian, dtype=float))
    return curvatures[0], curvatures[-1]


def _from_smallest(hessian):
    low, high = _ends(hessian)
    return 2 / low, 2 / (low + high)


def _one_over_largest(hessian):
    low, high = _ends(hessian)
    return 1 / high, 2 / (low + high)


def _both_halved(hessian):
    low, high = _ends(hessian)
    return 1 / high, 1 / (low + high)


def _sum_not_halved(hessian):
    low, high = _ends(hessian)
    return 2 / high, 1 / (low + high)


def _best_in_the_middle(hessian):
    _, high = _ends(hessian)
    return 2 / high, 1 / high


def _average_of_rates(hessian):
    low, high = _ends(hessian)
    return 2 / high, (1 / low + 1 / high) / 2


def _geometric_mean(hessian):
    low, high = _ends(hessian)
    return 2 / high, 1 / np.sqrt(low * high)


def _factor_for_rate(hessian):
    low, high = _ends(hessian)
    return 2 / high, (high - low) / (high + low)


def _unsorted(hessian):
    curvatures = np.linalg.eig(np.asarray(hessian, dtype=float))[0]
    return 2 / curvatures[-1], 2 / (curvatures[0] + curvatures[-1])


def _swapped(hessian):
    border, best = rate_limits.reference(hessian)
    return best, border


def _diagonal_only(hessian):
    diagonal = np.diag(np.asarray(hessian, dtype=float))
    return 2 / diagonal.max(), 2 / (diagonal.min() + diagonal.max())


def _largest_entries(hessian):
    entries = np.asarray(hessian, dtype=float)
    return 2 / entries.max(), 2 / (entries.min() + entries.max())


def _trace_for_sum(hessian):
    _, high = _ends(hessian)
    return 2 / high, 2 / np.trace(hessian)


def _mean_of_all(hessian):
    _, high = _ends(hessian)
    return 2 / high, len(hessian) / np.trace(hessian)


def _one_border_for_each_end(hessian):
    low, high = _ends(hessian)
    return 2 / low, 2 / high


def _trace_for_both(hessian):
    return 2 / np.trace(hessian), 2 / np.trace(hessian)


def _row_sums(hessian):
    low, _ = _ends(hessian)
    bound = np.abs(hessian).sum(axis=1).max()
    return 2 / bound, 2 / (low + bound)


def _frobenius(hessian):
    low, _ = _ends(hessian)
    return 2 / np.linalg.norm(hessian), 2 / (low + np.linalg.norm(hessian))


def _condition_number(hessian):
    low, high = _ends(hessian)
    return 2 / high, high / low


def _all_directions(hessian):
    curvatures = np.linalg.eigvalsh(np.asarray(hessian, dtype=float))
    return 2 / curvatures, 2 / (curvatures.min() + curvatures.max())


def _curvatures_themselves(hessian):
    low, high = _ends(hessian)
    return high, (low + high) / 2


def _turned(*curvatures):
    """A symmetric matrix with these eigenvalues, its axes turned away from the coordinates."""
    d = len(curvatures)
    normal = np.arange(1.0, d + 1)
    mirror = np.eye(d) - 2 * np.outer(normal, normal) / (normal @ normal)
    matrix = mirror @ np.diag(curvatures) @ mirror
    return (matrix + matrix.T) / 2


_SIX = np.linspace(0.6, 1.1, 6)

rate_limits = Exercise(
    rate_limits,
    cases=(
        case(np.array([[4.0]])),
        case(np.diag([2.0, 4.0])),
        case(np.diag([6.0, 1.0, 3.0])),
        case(np.array([[10.0, 8.0], [8.0, 10.0]])),
        case(np.array([[3.0, -1.0], [-1.0, 2.0]])),
        case(2 * np.array([[_SIX @ _SIX, _SIX.sum()], [_SIX.sum(), 6.0]])),
        case(np.array([[2, 1], [1, 2]])),
        case(np.array([[2, -1], [-1, 2]])),
        case(np.diag([3.0, 2.99, 1.0])),
        case(_turned(0.5, 1.0, 7.0)),
        case(_turned(100.0, 0.01, 3.0, 40.0)),
    ),
    mistakes=(
        Mistake(
            _from_smallest,
            "The border comes from the smallest curvature. The steepest direction is the first "
            "to diverge: 2 / the largest.",
        ),
        Mistake(
            _one_over_largest,
            "1 / c is the rate that finishes a direction in one step. It diverges from 2 / c on, "
            "where the factor 1 − lr · c is −1.",
        ),
        Mistake(
            _both_halved,
            "Both rates are half of what they should be. The factor 1 − lr · c is −1 at "
            "lr = 2 / c, not at 1 / c.",
        ),
        Mistake(
            _sum_not_halved,
            "The border is right, and the best rate is half of what it should be: "
            "1 − lr · c_min = −(1 − lr · c_max) gives lr = 2 / (c_min + c_max).",
        ),
        Mistake(
            _best_in_the_middle,
            "The best rate is not 1 / c_max, half the border: there the steepest direction "
            "arrives in one step and the flattest hardly moves. Make their two factors equally "
            "large.",
        ),
        Mistake(
            _average_of_rates,
            "The best rate is not the average of 1 / c_min and 1 / c_max; that average usually "
            "lies beyond the border. Average the curvatures, then take 1 / that.",
        ),
        Mistake(
            _geometric_mean,
            "The best rate is 1 / the ordinary mean of smallest and largest curvature, not of "
            "their geometric mean √(c_min · c_max).",
        ),
        Mistake(
            _factor_for_rate,
            "The second number is the factor per step at the best rate, (κ − 1) / (κ + 1); the "
            "rate itself is asked for.",
        ),
        Mistake(
            _unsorted,
            "np.linalg.eig does not sort: its first and last eigenvalue need not be the smallest "
            "and the largest. np.linalg.eigvalsh, for symmetric matrices, sorts.",
        ),
        Mistake(_swapped, "The two rates come in the wrong order: the border first."),
        Mistake(
            _diagonal_only,
            "You take the diagonal for the curvatures. That holds only if the valley's axes lie "
            "along the parameters; in general they are the eigenvalues, np.linalg.eigvalsh.",
        ),
        Mistake(
            _largest_entries,
            "You take the matrix's entries for curvatures. Those are its eigenvalues, "
            "np.linalg.eigvalsh(hessian).",
        ),
        Mistake(
            _trace_for_sum,
            "The trace is the sum of all eigenvalues; the best rate needs the smallest and the "
            "largest only. With two parameters nobody sees the difference.",
        ),
        Mistake(
            _mean_of_all,
            "The best rate is 1 / the mean of the smallest and the largest curvature. You take the "
            "mean of all of them, but those between do not matter.",
        ),
        Mistake(
            _one_border_for_each_end,
            "You return the borders of the flattest and of the steepest direction. The border is "
            "the smaller, 2 / c_max, and comes first; the best rate makes the two factors equally "
            "large: 2 / (c_min + c_max).",
        ),
        Mistake(
            _trace_for_both,
            "The trace is the sum of all curvatures. The border comes from the largest alone.",
        ),
        Mistake(
            _row_sums,
            "The largest row sum is only an upper bound of the largest eigenvalue: your rates "
            "are safe and too small.",
        ),
        Mistake(
            _frobenius,
            "np.linalg.norm of a matrix is the root of the sum of its squared entries, which is "
            "larger than the largest eigenvalue unless that one is alone.",
        ),
        Mistake(
            _condition_number,
            "The second number is the condition number c_max / c_min; the best rate is asked for.",
        ),
        Mistake(
            _all_directions,
            "You return one border for every direction. All directions must converge, so it is "
            "the smallest of them: 2 / the largest curvature.",
        ),
        Mistake(
            _curvatures_themselves,
            "Those are curvatures; the rates are 2 divided by the largest, and 1 divided by the "
            "mean of smallest and largest.",
        ),
    ),
    hints=(
        "One step multiplies the error along a direction of curvature c by 1 − lr · c. For "
        "which lr is that −1, and which direction gets there first?",
        "curvatures = np.linalg.eigvalsh(hessian) comes in rising order: the smallest is "
        "curvatures[0], the largest curvatures[-1].",
        "At the best rate the slowest direction is as fast as it can be, and that is where the "
        "flattest and the steepest are equally slow: make 1 − lr · c_min and −(1 − lr · c_max) "
        "equal.",
        "border = 2 / largest, best = 2 / (smallest + largest). For the bowl, curvatures 2 and "
        "4: 0.5 and 1/3.",
    ),
    parts=("border", "best rate"),
)
