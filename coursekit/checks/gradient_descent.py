"""Chapter 02's exercises: the chain rule on a line, the loop, and when to stop."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case

# --- line_gradient --------------------------------------------------------------------------


def line_gradient(slope, intercept, x, y):
    """(∂SSR/∂slope, ∂SSR/∂intercept) of the line slope · x + intercept through (x, y)."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    residual = y - (slope * x + intercept)
    return (-2 * residual * x).sum(), (-2 * residual).sum()


def _residual(slope, intercept, x, y):
    return np.asarray(y, dtype=float) - (slope * np.asarray(x, dtype=float) + intercept)


def _no_inner_derivative(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return (-2 * r).sum(), (-2 * r).sum()


def _inner_sign_forgotten(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return (2 * r * x).sum(), (2 * r).sum()


def _two_forgotten(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return (-r * x).sum(), (-r).sum()


def _averaged(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return (-2 * r * x).mean(), (-2 * r).mean()


def _swapped(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return (-2 * r).sum(), (-2 * r * x).sum()


def _intercept_forgotten(slope, intercept, x, y):
    r = np.asarray(y, dtype=float) - slope * np.asarray(x, dtype=float)
    return (-2 * r * x).sum(), (-2 * r).sum()


def _not_summed(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return -2 * r * x, -2 * r


def _sum_of_x_outside(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return (-2 * r).sum() * np.sum(x), (-2 * r).sum()


def _only_first_point(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return -2 * r[0] * x[0], -2 * r[0]


def _only_last_point(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return -2 * r[-1] * x[-1], -2 * r[-1]


def _brackets_missing(slope, intercept, x, y):
    r = np.asarray(y, dtype=float) - slope * np.asarray(x, dtype=float) + intercept
    return (-2 * r * x).sum(), (-2 * r).sum()


def _loss_itself(slope, intercept, x, y):
    r = _residual(slope, intercept, x, y)
    return (r**2 * x).sum(), (r**2).sum()


_SHOES = ((0.6, 0.8, 1.1), (1.1, 1.2, 2.1))

line_gradient = Exercise(
    line_gradient,
    cases=(
        case(1.0, 0.0, np.array([2.0]), np.array([5.0])),
        case(1.0, 0.0, *map(np.array, _SHOES)),
        case(2.0, -0.2, *map(np.array, _SHOES)),
        case(-1.5, 0.5, np.array([-1.0, 0.0, 2.0, 3.0]), np.array([0.3, -0.2, 1.0, 4.0])),
        case(3, 1, np.array([1, 2, 4]), np.array([2, 0, 7])),
        case(0.7, 11.0, np.linspace(-3, 5, 40), np.cos(np.arange(40.0))),
    ),
    mistakes=(
        Mistake(
            _no_inner_derivative,
            "The inner derivative of the slope is missing. The residual y − (slope · x + "
            "intercept) changes by −x when the slope grows by 1, so each point's term for the "
            "slope is multiplied by its x; both of yours are the same.",
        ),
        Mistake(
            _inner_sign_forgotten,
            "Both signs are turned round. The residual is y − prediction, and its derivative "
            "is −x for the slope and −1 for the intercept; the minus is missing. Descent with "
            "this gradient would climb.",
        ),
        Mistake(
            _two_forgotten,
            "The factor 2 is missing: the derivative of U² is 2U, not U.",
        ),
        Mistake(
            _averaged,
            "You average over the points. The sum of squared residuals is a sum, so its "
            "gradient is n times larger than the mean's: .sum(), not .mean().",
        ),
        Mistake(
            _swapped,
            "The two parts come in the wrong order: return the slope's derivative first, then "
            "the intercept's.",
        ),
        Mistake(
            _intercept_forgotten,
            "The prediction has lost its intercept: it is slope · x + intercept. At intercept "
            "0 nobody notices.",
        ),
        Mistake(
            _not_summed,
            "You return one derivative per point. The loss is a sum over the points, so its "
            "derivative is the sum of theirs: add .sum().",
        ),
        Mistake(
            _sum_of_x_outside,
            "You multiply the sum of the residuals by the sum of x. Each residual has to be "
            "multiplied by its own x before anything is added up.",
        ),
        Mistake(
            _brackets_missing,
            "The intercept has the wrong sign: y − slope * x + intercept adds it, where the "
            "residual subtracts the whole prediction. Put that in brackets: "
            "y − (slope * x + intercept).",
        ),
        Mistake(
            _only_first_point,
            "Only the first point counts. Does a `return` stand inside the loop? Sum over all of "
            "them.",
        ),
        Mistake(
            _only_last_point,
            "Only the last point counts: in a loop, = throws away what the points before it gave. "
            "Begin at 0 and add each point's term with +=.",
        ),
        Mistake(
            _loss_itself,
            "The square is not differentiated: U² appears where 2U · dU belongs.",
        ),
    ),
    hints=(
        "Name the residual first: U = y − (slope * x + intercept), an array with one number "
        "per point. The loss is the sum of U².",
        "Chain rule: d(U²)/dslope = 2U · dU/dslope, and dU/dslope = −x. What is dU/dintercept?",
        "slope: (−2 U x).sum(); intercept: (−2 U).sum(). For slope 1, intercept 0 and the "
        "three shoes they are −3.44 and −3.80.",
    ),
    parts=("derivative for the slope", "derivative for the intercept"),
)

# --- fit_line: find the planted bug ---------------------------------------------------------


def fit_line(gradient, slope, intercept, lr, steps):
    """(slope, intercept) after `steps` steps of gradient descent, lr the learning rate."""
    for _ in range(steps):
        d_slope, d_intercept = gradient(slope, intercept)
        slope = slope - lr * d_slope
        intercept = intercept - lr * d_intercept
    return slope, intercept


def _planted(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        slope = slope - lr * gradient(slope, intercept)[0]
        intercept = intercept - lr * gradient(slope, intercept)[1]
    return slope, intercept


def _intercept_first(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        intercept = intercept - lr * gradient(slope, intercept)[1]
        slope = slope - lr * gradient(slope, intercept)[0]
    return slope, intercept


def _stale_gradient(gradient, slope, intercept, lr, steps):
    d_slope, d_intercept = gradient(slope, intercept)
    for _ in range(steps):
        slope = slope - lr * d_slope
        intercept = intercept - lr * d_intercept
    return slope, intercept


def _uphill(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        d_slope, d_intercept = gradient(slope, intercept)
        slope, intercept = slope + lr * d_slope, intercept + lr * d_intercept
    return slope, intercept


def _one_step_short(gradient, slope, intercept, lr, steps):
    return _correct_steps(gradient, slope, intercept, lr, steps - 1)


def _one_step_more(gradient, slope, intercept, lr, steps):
    return _correct_steps(gradient, slope, intercept, lr, steps + 1)


def _correct_steps(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        d_slope, d_intercept = gradient(slope, intercept)
        slope, intercept = slope - lr * d_slope, intercept - lr * d_intercept
    return slope, intercept


def _returns_in_the_loop(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        d_slope, d_intercept = gradient(slope, intercept)
        return slope - lr * d_slope, intercept - lr * d_intercept
    return None


def _starts_again_each_time(gradient, slope, intercept, lr, steps):
    new_slope, new_intercept = slope, intercept
    for _ in range(steps):
        d_slope, d_intercept = gradient(slope, intercept)
        new_slope, new_intercept = slope - lr * d_slope, intercept - lr * d_intercept
    return new_slope, new_intercept


def _starts_again_and_needs_a_step(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        d_slope, d_intercept = gradient(slope, intercept)
        new_slope, new_intercept = slope - lr * d_slope, intercept - lr * d_intercept
    return new_slope, new_intercept


def _stops_early(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        d_slope, d_intercept = gradient(slope, intercept)
        if abs(lr * d_slope) < 1e-3 and abs(lr * d_intercept) < 1e-3:
            break
        slope, intercept = slope - lr * d_slope, intercept - lr * d_intercept
    return slope, intercept


def _stops_after_a_small_step(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        d_slope, d_intercept = gradient(slope, intercept)
        slope, intercept = slope - lr * d_slope, intercept - lr * d_intercept
        if abs(lr * d_slope) < 1e-6 and abs(lr * d_intercept) < 1e-6:
            break
    return slope, intercept


def _parts_swapped(gradient, slope, intercept, lr, steps):
    return _correct_steps(gradient, slope, intercept, lr, steps)[::-1]


def _derivatives_swapped(gradient, slope, intercept, lr, steps):
    return _correct_steps(lambda a, b: gradient(a, b)[::-1], slope, intercept, lr, steps)


def _old_value_lost(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        d_slope, d_intercept = gradient(slope, intercept)
        slope, intercept = lr * d_slope, lr * d_intercept
    return slope, intercept


def _old_value_lost_to_a_sign(gradient, slope, intercept, lr, steps):
    return _old_value_lost(gradient, slope, intercept, -lr, steps)


def _only_the_slope_moves(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        slope = slope - lr * gradient(slope, intercept)[0]
    return slope, intercept


def _only_the_intercept_moves(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        intercept = intercept - lr * gradient(slope, intercept)[1]
    return slope, intercept


def _one_gradient_for_both(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        d_slope, _ = gradient(slope, intercept)
        slope, intercept = slope - lr * d_slope, intercept - lr * d_slope
    return slope, intercept


def _rate_forgotten(gradient, slope, intercept, lr, steps):
    return _correct_steps(gradient, slope, intercept, 1.0, steps)


def shoe_gradient(slope, intercept):
    """Exercise 1's gradient for x = (0.6, 0.8, 1.1) and y = (1.1, 1.2, 2.1)."""
    return line_gradient.reference(slope, intercept, *_SHOES)


def valley_gradient(slope, intercept):
    """The gradient of 4 slope² + 3 slope · intercept + intercept² − slope + 5 intercept."""
    return 8 * slope + 3 * intercept - 1, 3 * slope + 2 * intercept + 5


def plain_gradient(slope, intercept):
    """(1e-11, −2e-11) everywhere: a plain that falls a little with every step."""
    return 1e-11, -2e-11


fit_line = Exercise(
    fit_line,
    cases=(
        case(shoe_gradient, 1.0, 0.0, lr=0.1, steps=1),
        case(shoe_gradient, 1.0, 0.0, lr=0.1, steps=2),
        case(shoe_gradient, 1.0, 0.0, lr=0.1, steps=50),
        case(valley_gradient, 4.0, -3.0, lr=0.05, steps=7),
        case(valley_gradient, 3, 2, lr=0.1, steps=20),
        case(valley_gradient, -2, 6, lr=0.1, steps=20),
        case(plain_gradient, 0.0, 0.0, lr=1.0, steps=5),
        case(valley_gradient, 1.0, 1.0, lr=0.1, steps=0),
    ),
    mistakes=(
        Mistake(
            _planted,
            "The planted bug is still there. The slope is moved first, and the gradient for "
            "the intercept is then taken at a point where you never stood: (new slope, old "
            "intercept). Take the gradient once per step, then move both.",
        ),
        Mistake(
            _intercept_first,
            "The intercept is moved first, and the slope's derivative is then taken at the new "
            "intercept. Both must come from one gradient, taken before either is moved.",
        ),
        Mistake(
            _stale_gradient,
            "The gradient is taken once, before the loop, and used for every step. Take it "
            "anew wherever you stand.",
        ),
        Mistake(_uphill, "You step along the gradient, which is uphill: subtract lr · gradient."),
        Mistake(_one_step_short, "You take one step too few: range(steps) makes `steps` of them."),
        Mistake(_one_step_more, "You take one step too many: range(steps) makes `steps` of them."),
        Mistake(
            _returns_in_the_loop,
            "You stop after the first step: the `return` stands inside the loop. Move it out.",
        ),
        *(
            Mistake(
                function,
                "Every step starts from the first point again, so many steps end where one does. "
                "Give the new values the old names: slope = slope − lr * d_slope.",
            )
            for function in (_starts_again_each_time, _starts_again_and_needs_a_step)
        ),
        *(
            Mistake(
                function,
                "You stop early, where the steps are small; here exactly `steps` steps are "
                "asked. Leave the test and the `break` away.",
            )
            for function in (_stops_early, _stops_after_a_small_step)
        ),
        Mistake(
            _parts_swapped,
            "The two numbers come in the wrong order: return the slope first, then the intercept.",
        ),
        Mistake(
            _derivatives_swapped,
            "The derivatives are exchanged: `gradient` returns the slope's first, then the "
            "intercept's, and each parameter moves by its own.",
        ),
        *(
            Mistake(
                function,
                "Each step forgets where you stand: the parameter becomes lr · derivative itself, "
                "or minus that. (=- is no -=.) Subtract it from the old value: "
                "slope = slope − lr * d_slope.",
            )
            for function in (_old_value_lost, _old_value_lost_to_a_sign)
        ),
        Mistake(
            _only_the_slope_moves,
            "Only the slope moves. The intercept has a derivative too: move both in every step.",
        ),
        Mistake(
            _only_the_intercept_moves,
            "Only the intercept moves. The slope has a derivative too: move both in every step.",
        ),
        Mistake(
            _one_gradient_for_both,
            "Both parameters are moved by the slope's derivative. The intercept has its own, "
            "the second element of the gradient.",
        ),
        Mistake(_rate_forgotten, "The step is the whole gradient: multiply it by lr."),
    ),
    hints=(
        "How many times is `gradient` called in one step, and at which points?",
        "A gradient belongs to one point: both derivatives must be taken before either "
        "parameter moves.",
        "d_slope, d_intercept = gradient(slope, intercept) in one line; then move both.",
    ),
    parts=("slope", "intercept"),
)

# --- steps_until_small ----------------------------------------------------------------------


def steps_until_small(grad, x, lr, min_step, max_steps):
    """(x, steps): where gradient descent ends and how many steps it took.

    It ends after the first step in which no coordinate moved by `min_step` or more, and in
    any case after `max_steps` steps.
    """
    x = np.array(x, dtype=float)
    for taken in range(1, max_steps + 1):
        step = lr * np.asarray(grad(x))
        x = x - step
        if np.abs(step).max() < min_step:
            return x, taken
    return x, max_steps


def _loop(grad, x, lr, max_steps, small, *, keep_last=True, offset=0):
    """Descent that stops by the rule `small(step, gradient)`: the mistakes differ in it."""
    x = np.array(x, dtype=float)
    for taken in range(1, max_steps + 1):
        g = np.asarray(grad(x))
        step = lr * g
        if small(step, g):
            return (x - step if keep_last else x), taken + offset
        x = x - step
    return x, max_steps


def _sign_kept(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: step.max() < min_step)


def _any_coordinate(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: np.abs(step).min() < min_step)


def _gradient_not_step(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: np.abs(g).max() < min_step)


def _length_not_coordinates(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: np.sqrt((step**2).sum()) < min_step)


def _last_step_not_taken(grad, x, lr, min_step, max_steps):
    return _loop(
        grad, x, lr, max_steps, lambda step, g: np.abs(step).max() < min_step, keep_last=False
    )


def _counts_from_zero(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: np.abs(step).max() < min_step, offset=-1)


def _never_small(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: False)


def _no_limit(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, 10_000, lambda step, g: np.abs(step).max() < min_step)


def _sum_of_steps(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: np.abs(step).sum() < min_step)


def _or_equal(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: np.abs(step).max() <= min_step)


def _first_coordinate_only(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: abs(step[0]) < min_step)


def _second_coordinate_only(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: abs(step[1]) < min_step)


def _last_coordinate_only(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: abs(step[-1]) < min_step)


def _first_two_coordinates(grad, x, lr, min_step, max_steps):
    return _loop(grad, x, lr, max_steps, lambda step, g: np.abs(step[:2]).max() < min_step)


def _one_step_over_the_limit(grad, x, lr, min_step, max_steps):
    return steps_until_small.reference(grad, x, lr, min_step, max_steps + 1)


def _one_step_under_the_limit(grad, x, lr, min_step, max_steps):
    for taken in range(1, max_steps):
        step = lr * grad(x)
        x = x - step
        if np.abs(step).max() < min_step:
            return x, taken
    return x, max_steps


def _returns_in_the_loop(grad, x, lr, min_step, max_steps):
    for taken in range(1, max_steps + 1):
        return np.asarray(x) - lr * grad(x), taken
    return None


def _returns_the_limit_in_the_loop(grad, x, lr, min_step, max_steps):
    for taken in range(1, max_steps + 1):
        step = lr * grad(x)
        x = x - step
        if np.abs(step).max() < min_step:
            return x, taken
        return x, max_steps
    return None


def _counts_from_zero_throughout(grad, x, lr, min_step, max_steps):
    for taken in range(max_steps):
        step = lr * grad(x)
        x = x - step
        if np.abs(step).max() < min_step:
            return x, taken
    return x, taken


def _counts_from_zero_and_survives(grad, x, lr, min_step, max_steps):
    taken = 0
    for taken in range(max_steps):
        step = lr * grad(x)
        x = x - step
        if np.abs(step).max() < min_step:
            return x, taken
    return x, taken


def _needs_a_step(grad, x, lr, min_step, max_steps):
    for taken in range(max_steps):
        step = lr * grad(x)
        x = x - step
        if np.abs(step).max() < min_step:
            return x, taken + 1
    return x, taken + 1


def _takes_a_step_always(grad, x, lr, min_step, max_steps):
    return steps_until_small.reference(grad, x, lr, min_step, max(max_steps, 1))


def _first_step_invented(grad, x, lr, min_step, max_steps):
    taken, step = 0, np.ones_like(x)
    while np.abs(step).max() >= min_step and taken < max_steps:
        step = lr * grad(x)
        x = x - step
        taken += 1
    return x, taken


def bowl_grad(x):
    """The gradient of x₀² + 2x₁², steeper along the second coordinate."""
    return np.array([2 * x[0], 4 * x[1]])


def thin_grad(x):
    """The gradient of 2x₀² + x₁², steeper along the first coordinate."""
    return np.array([4 * x[0], 2 * x[1]])


def three_grad(x):
    """The gradient of x₀² + 2x₁² + x₂²/2, in three coordinates."""
    return np.array([2 * x[0], 4 * x[1], 1 * x[2]])


def booth_grad(x):
    """The gradient of Booth's function, (x₀ + 2x₁ − 7)² + (2x₀ + x₁ − 5)²."""
    return np.array([10 * x[0] + 8 * x[1] - 34, 8 * x[0] + 10 * x[1] - 38])


steps_until_small = Exercise(
    steps_until_small,
    cases=(
        case(bowl_grad, np.array([0.0, 0.0]), lr=0.1, min_step=0.01, max_steps=10),
        case(bowl_grad, np.array([4.0, 3.0]), lr=0.1, min_step=0.001, max_steps=1000),
        case(bowl_grad, np.array([-4.0, 0.01]), lr=0.1, min_step=0.02, max_steps=1000),
        case(bowl_grad, np.array([4.0, 1.0]), lr=0.25, min_step=1.0, max_steps=10),  # exact
        case(bowl_grad, np.array([4.0, 3.0]), lr=0.1, min_step=2.0, max_steps=10),
        case(thin_grad, np.array([3.0, 4.0]), lr=0.1, min_step=0.001, max_steps=1000),
        case(booth_grad, np.array([0.0, 0.0]), lr=0.1, min_step=1e-4, max_steps=1000),
        case(booth_grad, np.array([8, 7]), lr=0.02, min_step=0.05, max_steps=100),
        case(booth_grad, np.array([-5, 7]), lr=0.02, min_step=0.05, max_steps=100),
        case(booth_grad, np.array([9.0, -9.0]), lr=0.05, min_step=1e-6, max_steps=12),
        case(three_grad, np.array([1.0, 2.0, -3.0]), lr=0.2, min_step=0.001, max_steps=1000),
        case(three_grad, np.array([1.0, 2.0, -3.0]), lr=0.2, min_step=0.001, max_steps=0),
    ),
    mistakes=(
        Mistake(
            _sign_kept,
            "A large step in the negative direction counts as small. Compare the size of the "
            "step: np.abs(step).",
        ),
        Mistake(
            _any_coordinate,
            "You stop as soon as one coordinate is nearly still; all of them have to be. Test "
            "the largest, not the smallest.",
        ),
        Mistake(
            _gradient_not_step,
            "You compare the gradient with min_step. The step is lr times the gradient.",
        ),
        Mistake(
            _length_not_coordinates,
            "You compare the length of the step, √(Σ step²). The rule looks at the coordinates "
            "one by one: none of them may move by min_step or more.",
        ),
        Mistake(
            _last_step_not_taken,
            "The last, small step is counted but not taken. Move first, then ask whether to stop.",
        ),
        Mistake(
            _counts_from_zero,
            "The count is one too low: the step that ends the run is a step too.",
        ),
        *(
            Mistake(
                function,
                "The count is one too low, also where the run ends at the limit: range(max_steps) "
                "counts from 0. Count range(1, max_steps + 1), and begin with 0 steps taken.",
            )
            for function in (_counts_from_zero_throughout, _counts_from_zero_and_survives)
        ),
        Mistake(_never_small, "It never stops early: min_step has no effect. Test every step."),
        Mistake(
            _no_limit,
            "The limit is exceeded: after max_steps steps it ends, however large they still are. "
            "Loop over range(1, max_steps + 1).",
        ),
        Mistake(
            _sum_of_steps,
            "You compare the sum of the coordinates' steps. The rule looks at them one by one: "
            "np.abs(step).max().",
        ),
        Mistake(
            _or_equal,
            "A step of exactly min_step is not small: the rule says “or more”. Write < where you "
            "have <=, or > where you have >=.",
        ),
        *(
            Mistake(
                function,
                f"You look at the {which} only, and another coordinate may still be moving. "
                "np.abs(step).max() is the largest of all, however many there are.",
            )
            for function, which in (
                (_first_coordinate_only, "first coordinate"),
                (_second_coordinate_only, "second coordinate"),
                (_last_coordinate_only, "last coordinate"),
                (_first_two_coordinates, "first two coordinates"),
            )
        ),
        Mistake(
            _one_step_over_the_limit,
            "At the limit you take one step too many: max_steps steps are allowed. Is there a <= "
            "where < is meant?",
        ),
        Mistake(
            _one_step_under_the_limit,
            "At the limit one step is missing: range(1, max_steps) ends at max_steps − 1. Write "
            "range(1, max_steps + 1).",
        ),
        *(
            Mistake(
                function,
                "You stop after the first step: a `return` stands inside the loop, but not inside "
                "the `if`. Move it out, to the left of the `for`'s body.",
            )
            for function in (_returns_in_the_loop, _returns_the_limit_in_the_loop)
        ),
        Mistake(
            _needs_a_step,
            "With max_steps = 0 the loop never runs, and its counter has no value yet. Give the "
            "count a value before the loop, or return x, max_steps after it.",
        ),
        Mistake(
            _takes_a_step_always,
            "With max_steps = 0 you still take a step. Ask whether one is left before you take it.",
        ),
        Mistake(
            _first_step_invented,
            "Your loop asks about a step before it has taken one, and the 1 that stands in for it "
            "is small when min_step is 2: not one step is taken. Begin with np.inf.",
        ),
    ),
    hints=(
        "for taken in range(1, max_steps + 1): compute the step, move, then test.",
        "“No coordinate moved by min_step or more” is: np.abs(step).max() < min_step.",
        "Two ways out: return x, taken inside the loop; return x, max_steps after it.",
    ),
    parts=("end point", "number of steps"),
)
