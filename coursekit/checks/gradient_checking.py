"""Chapter 06's exercises: a numerical gradient, a relative error, and three planted bugs."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case

# --- numerical_gradient ---------------------------------------------------------------------


def numerical_gradient(f, x, h):
    """(f(x + h) − f(x − h)) / 2h, one coordinate at a time; shaped like x."""
    return _differences(f, x, lambda f, x, e: (f(x + h * e) - f(x - h * e)) / (2 * h))


def _units(x):
    """For each coordinate an array like x, 1 there and 0 elsewhere."""
    return np.eye(x.size).reshape(x.size, *x.shape)


def _differences(f, x, rule):
    x = np.array(x, dtype=float)
    return np.array([rule(f, x, e) for e in _units(x)]).reshape(x.shape)


def _forward(f, x, h):
    return _differences(f, x, lambda f, x, e: (f(x + h * e) - f(x)) / h)


def _backward_difference(f, x, h):
    return _differences(f, x, lambda f, x, e: (f(x) - f(x - h * e)) / h)


def _not_halved(f, x, h):
    return _differences(f, x, lambda f, x, e: (f(x + h * e) - f(x - h * e)) / h)


def _forward_halved(f, x, h):
    return _differences(f, x, lambda f, x, e: (f(x + h * e) - f(x)) / (2 * h))


def _brackets_missing(f, x, h):
    return _differences(f, x, lambda f, x, e: (f(x + h * e) - f(x - h * e)) / 2 * h)


def _not_divided(f, x, h):
    return _differences(f, x, lambda f, x, e: f(x + h * e) - f(x - h * e))


def _other_way_round(f, x, h):
    return _differences(f, x, lambda f, x, e: (f(x - h * e) - f(x + h * e)) / (2 * h))


def _half_as_much_again(f, x, h):
    return _differences(f, x, lambda f, x, e: (f(x + h * e) - f(x - 2 * h * e)) / (2 * h))


def _half_steps(f, x, h):
    return _differences(f, x, lambda f, x, e: (f(x + h / 2 * e) - f(x - h / 2 * e)) / h)


def _relative_step(f, x, h):
    def rule(f, x, e):
        step = h * np.maximum(1, np.abs((x * e).sum()))
        return (f(x + step * e) - f(x - step * e)) / (2 * step)

    return _differences(f, x, rule)


def _own_step(f, x, h):
    return numerical_gradient.reference(f, x, 1e-5)


def _all_at_once(f, x, h):
    return _differences(f, x, lambda f, x, e: (f(x + h) - f(x - h)) / (2 * h))


def _walks_away(f, x, h, back=0):
    """The same array all the time: up by h, down by 2h, and then not (or not all) back."""
    x = np.array(x, dtype=float)
    slopes = np.empty_like(x)
    for i in range(x.size):
        x.flat[i] += h
        above = f(x)
        x.flat[i] -= 2 * h
        slopes.flat[i] = (above - f(x)) / (2 * h)
        x.flat[i] += back
    return slopes


def _goes_back_too_far(f, x, h):
    return _walks_away(f, x, h, back=2 * h)


def _whole_numbers(f, x, h):
    slopes = _differences(f, x, lambda f, x, e: (f(x + h * e) - f(x - h * e)) / (2 * h))
    return slopes.astype(np.asarray(x).dtype)


def _copy_in_whole_numbers(f, x, h):
    x = np.array(x)
    if x.dtype.kind != "i":
        return numerical_gradient.reference(f, x, h)

    def moved(e, by):
        return f((x + by * e).astype(int))

    rows = [(moved(e, h) - moved(e, -h)) / (2 * h) for e in _units(x)]
    return np.array(rows).reshape(x.shape)


def _moves_a_copy(f, x, h):
    x = np.array(x, dtype=float)
    elements, slopes = x.ravel(), np.zeros(x.shape)  # a copy of a transposed x
    for i in range(x.size):
        before = elements[i]
        elements[i] = before + h
        above = f(x)
        elements[i] = before - h
        slopes.flat[i] = (above - f(x)) / (2 * h)
        elements[i] = before
    return slopes


def _flat(f, x, h):
    return numerical_gradient.reference(f, x, h).ravel()


def _row_by_row(f, x, h):
    x = np.array(x, dtype=float)
    if x.ndim < 2:
        return numerical_gradient.reference(f, x, h)
    rows = [np.eye(len(x))[i].reshape(-1, *(1,) * (x.ndim - 1)) for i in range(len(x))]
    slopes = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in rows]
    return np.array([np.full(x.shape[1:], s) for s in slopes])


def _added_up(f, x, h):
    return numerical_gradient.reference(f, x, h).sum()


def cube(x):
    return np.sum(x**3)


def coupled(x):
    return x[0] ** 2 * x[1] + np.exp(x[-1] / 2)


def table(x):
    return np.sum(np.sin(x)) + x[0, 0] * x[-1, -1] ** 2


def corners(x):
    return np.sum(x**4) / 10 + x.flat[0] * x.flat[-1]


numerical_gradient = Exercise(
    numerical_gradient,
    cases=(
        case(cube, np.array([2.0]), 0.5),
        case(cube, np.array([2.0, -1.0]), 0.1),
        case(coupled, np.array([1.0, 3.0]), 0.1),
        case(coupled, np.array([-4.0, 2.0, 0.5]), 0.01),
        case(cube, np.array([3, -2]), 0.25),
        case(table, np.array([[0.5, 1.0, -2.0], [3.0, 0.0, 1.5]]), 0.1),
        case(table, np.array([[0.3, -1.2], [2.0, 5.0], [1.0, 0.7]]), 0.01),
        case(corners, np.linspace(-2, 3, 12).reshape(2, 3, 2), 0.2),
        case(cube, np.array(1.5), 0.1),
        case(table, np.array([[1, 2], [0, -1], [3, 1]]).T, 0.1),
    ),
    mistakes=(
        Mistake(
            _forward,
            "That is the forward difference, (f(x + h) − f(x)) / h. It is off by about h/2 times "
            "the second derivative; in the central one, (f(x + h) − f(x − h)) / 2h, that error "
            "cancels.",
        ),
        Mistake(
            _backward_difference,
            "That is the backward difference, (f(x) − f(x − h)) / h. The central one goes to "
            "both sides: (f(x + h) − f(x − h)) / 2h.",
        ),
        Mistake(
            _not_halved,
            "Twice too large: from x − h to x + h it is 2h, so divide by 2h and not by h.",
        ),
        Mistake(
            _forward_halved,
            "You divide by 2h but go h to one side only: f(x) stands where f(x − h) belongs. Has "
            "the coordinate been put back to x before the second evaluation, and not to x − h?",
        ),
        Mistake(
            _brackets_missing,
            "Brackets are missing: … / 2 * h divides by 2 and then multiplies by h. Write "
            "/ (2 * h).",
        ),
        Mistake(
            _not_divided,
            "The division by 2h is missing: a difference is no slope yet.",
        ),
        Mistake(
            _other_way_round,
            "The difference is the wrong way round: f(x + h) comes first, f(x − h) is subtracted.",
        ),
        Mistake(
            _half_as_much_again,
            "One and a half times too large, nearly: your two points are x + h and x − 2h, which "
            "is 3h apart, and you divide by 2h. To go from x + h to x − h subtract 2h from the "
            "moved coordinate, not from x.",
        ),
        Mistake(
            _half_steps,
            "Your points are x + h/2 and x − h/2. That is a central difference, with half the "
            "step that was asked for.",
        ),
        Mistake(
            _relative_step,
            "Your step grows with x. A good idea for a tool (coursekit does it, too), but here "
            "the step is h in every coordinate.",
        ),
        Mistake(
            _own_step,
            "The step h that is given has no effect: you use one of your own, 1e-5.",
        ),
        Mistake(
            _all_at_once,
            "x + h moves every coordinate at once, so each slope is the sum of all. Move one and "
            "leave the others where they are.",
        ),
        Mistake(
            _walks_away,
            "A coordinate that has been moved is not put back: after the first, you measure at "
            "another point. Undo each move before the next, or start from a fresh copy.",
        ),
        Mistake(
            _goes_back_too_far,
            "After its turn a coordinate ends at x + h: from x − h back to x it is h, not 2h. "
            "So all later slopes are measured at another point.",
        ),
        Mistake(
            _whole_numbers,
            "Right for floats, but for an array of integers the slopes are cut to whole numbers: "
            "np.zeros_like(x) of integers holds integers. Ask for dtype=float.",
        ),
        Mistake(
            _copy_in_whole_numbers,
            "Right for floats, but a copy of an array of integers holds integers, and x + h is "
            "cut to a whole number. Copy with np.array(x, dtype=float).",
        ),
        Mistake(
            _moves_a_copy,
            "Of a transposed matrix the slopes are 0: x.ravel() and x.reshape(-1) are then copies, "
            "and moving their elements does not move x. Use x.flat[i], or an index of x itself.",
        ),
        Mistake(
            _flat,
            "The numbers are right; the result must have the shape of x. np.zeros(x.shape) has it.",
        ),
        Mistake(
            _row_by_row,
            "Right for vectors; of a matrix you move a whole row at a time. Go through every "
            "element: for i in np.ndindex(x.shape).",
        ),
        Mistake(
            _added_up,
            "You add the slopes up. The gradient is all of them, an array shaped like x.",
        ),
    ),
    hints=(
        "One slope for each element of x: go through them with `for i in np.ndindex(x.shape)`, "
        "where i is an index that works for every shape.",
        "For each, make two copies of x, add h to element i of one and subtract it from that of "
        "the other. np.array(x, dtype=float) is a copy that can hold x + h.",
        "slopes[i] = (f(above) − f(below)) / (2 * h), into slopes = np.zeros(x.shape).",
    ),
)

# --- relative_error -------------------------------------------------------------------------


def relative_error(a, b):
    """|a − b| / max(|a|, |b|) for each element; 0 where both are 0."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return _divided(np.abs(a - b), np.maximum(np.abs(a), np.abs(b)))


def _divided(above, below, otherwise=0.0):
    return np.where(below == 0, otherwise, above / np.where(below == 0, 1, below))


def _floats(a, b):
    return np.asarray(a, dtype=float), np.asarray(b, dtype=float)


def _absolute(a, b):
    a, b = _floats(a, b)
    return np.abs(a - b)


def _by_the_first(a, b):
    a, b = _floats(a, b)
    return np.abs(a - b) / np.abs(a)


def _by_the_second(a, b):
    a, b = _floats(a, b)
    return np.abs(a - b) / np.abs(b)


def _by_the_first_zeros_caught(a, b):
    a, b = _floats(a, b)
    return _divided(np.abs(a - b), np.abs(a))


def _by_the_second_zeros_caught(a, b):
    a, b = _floats(a, b)
    return _divided(np.abs(a - b), np.abs(b))


def _by_the_sum(a, b):
    a, b = _floats(a, b)
    return _divided(np.abs(a - b), np.abs(a) + np.abs(b))


def _by_the_mean(a, b):
    a, b = _floats(a, b)
    return _divided(np.abs(a - b), (np.abs(a) + np.abs(b)) / 2)


def _by_the_smaller(a, b):
    a, b = _floats(a, b)
    return _divided(np.abs(a - b), np.minimum(np.abs(a), np.abs(b)))


def _zero_by_zero(a, b):
    a, b = _floats(a, b)
    return np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))


def _one_for_zeros(a, b):
    a, b = _floats(a, b)
    return _divided(np.abs(a - b), np.maximum(np.abs(a), np.abs(b)), 1.0)


def _zero_if_one_is(a, b):
    a, b = _floats(a, b)
    error = _divided(np.abs(a - b), np.maximum(np.abs(a), np.abs(b)))
    return np.where((a == 0) | (b == 0), 0.0, error)


def _small_number_added(a, b):
    a, b = _floats(a, b)
    return np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + 1e-8)


def _never_below_something_small(a, b):
    a, b = _floats(a, b)
    return np.abs(a - b) / np.maximum(1e-12, np.maximum(np.abs(a), np.abs(b)))


def _never_below_one(a, b):
    a, b = _floats(a, b)
    return np.abs(a - b) / np.maximum(1, np.maximum(np.abs(a), np.abs(b)))


def _signs_in_the_maximum(a, b):
    a, b = _floats(a, b)
    return _divided(np.abs(a - b), np.maximum(a, b))


def _sign_kept(a, b):
    a, b = _floats(a, b)
    return _divided(a - b, np.maximum(np.abs(a), np.abs(b)))


def _sizes_compared(a, b):
    a, b = np.abs(_floats(a, b))
    return _divided(np.abs(a - b), np.maximum(a, b))


def _one_scale_for_all(a, b):
    a, b = _floats(a, b)
    return _divided(np.abs(a - b), np.maximum(np.abs(a).max(), np.abs(b).max()))


def _largest_only(a, b):
    return relative_error.reference(a, b).max()


def _norms(a, b):
    a, b = _floats(a, b)
    largest = max(np.sqrt((a**2).sum()), np.sqrt((b**2).sum()))
    return np.sqrt(((a - b) ** 2).sum()) / (largest or 1)


def _squared(a, b):
    a, b = _floats(a, b)
    return _divided((a - b) ** 2, np.maximum(a**2, b**2))


relative_error = Exercise(
    relative_error,
    cases=(
        case(np.array([2.0]), np.array([1.0])),
        case(np.array([1.0]), np.array([4.0])),
        case(np.array([3.0, -2.0]), np.array([3.0, 2.0])),
        case(np.array([0.0, 1.0]), np.array([0.0, 1.5])),
        case(np.array([0.0, 5.0, -1.0]), np.array([2.0, 0.0, -1.25])),
        case(np.array([1e-9, 4e-12, 1e6]), np.array([2e-9, 1e-12, 1.1e6])),
        case(np.array([[1.0, -2.0], [0.0, 3.0]]), np.array([[-1.0, -2.5], [0.0, 3.0]])),
        case(np.array([3, -4]), np.array([1, -8])),
        case(np.zeros((2, 3)), np.zeros((2, 3))),
        case(np.array([3e-30, -2e-100]), np.array([1e-30, -5e-100])),
    ),
    mistakes=(
        Mistake(
            _absolute,
            "That is the absolute difference. 0.001 is a catastrophe for a gradient of 0.001 and "
            "nothing for one of 1000: divide by the larger of |a| and |b|.",
        ),
        Mistake(
            _by_the_first,
            "You divide by |a| alone. With a = 0 that is a division by zero, and swapping a and b "
            "gives another answer: take the larger of |a| and |b|.",
        ),
        Mistake(
            _by_the_second,
            "You divide by |b| alone. With b = 0 that is a division by zero, and swapping a and b "
            "gives another answer: take the larger of |a| and |b|.",
        ),
        Mistake(
            _by_the_first_zeros_caught,
            "You divide by |a| alone: a = 0 beside b = 2 passes as right, and swapping the two "
            "gives another answer. Take the larger of |a| and |b|.",
        ),
        Mistake(
            _by_the_second_zeros_caught,
            "You divide by |b| alone: b = 0 beside a = 5 passes as right, and swapping the two "
            "gives another answer. Take the larger of |a| and |b|.",
        ),
        Mistake(
            _by_the_sum,
            "You divide by |a| + |b|, as some courses do. It is about half of what is asked for "
            "here: the larger of |a| and |b|.",
        ),
        Mistake(
            _by_the_mean,
            "You divide by the mean of |a| and |b|; here it is the larger of the two, so that the "
            "error of two numbers of one sign is never above 1.",
        ),
        Mistake(
            _by_the_smaller,
            "You divide by the smaller of |a| and |b|, so a zero beside something large is "
            "divided by zero or excused. The larger one is meant.",
        ),
        Mistake(
            _zero_by_zero,
            "Where both are 0 you compute 0 / 0, which is NaN. Two zeros agree: their error is 0.",
        ),
        Mistake(
            _one_for_zeros,
            "Where both are 0 your error is 1. Two zeros agree: their error is 0.",
        ),
        Mistake(
            _zero_if_one_is,
            "A zero beside something else passes as right: a gradient that was forgotten is all "
            "zeros. Only where both are 0 is the error 0.",
        ),
        Mistake(
            _small_number_added,
            "The small number in the denominator hides small gradients: 1e-9 beside 2e-9 is wrong "
            "by half, and you excuse it. Treat 0 / 0 apart and add nothing.",
        ),
        Mistake(
            _never_below_something_small,
            "Your denominator never falls below 1e-12, so gradients smaller than that are excused: "
            "3e-30 beside 1e-30 is wrong by two thirds. Treat only 0 / 0 apart.",
        ),
        Mistake(
            _never_below_one,
            "Below 1 your error is the absolute one, so every small gradient is excused. Divide "
            "by the larger of |a| and |b|, however small.",
        ),
        Mistake(
            _signs_in_the_maximum,
            "The larger of a and b is not the larger of |a| and |b|: with negative numbers the "
            "denominator becomes negative or too small.",
        ),
        Mistake(
            _sign_kept,
            "An error has no sign: |a − b|. With signs, the largest error would miss those below "
            "zero.",
        ),
        Mistake(
            _sizes_compared,
            "You compare |a| with |b|, so 2 and −2 agree. A wrong sign is the commonest mistake of "
            "all: |a − b|.",
        ),
        Mistake(
            _one_scale_for_all,
            "You divide all by the largest number of the whole array, which excuses everything "
            "small in it. Each element has its own denominator: np.maximum, not max.",
        ),
        Mistake(
            _largest_only,
            "You return the largest error only. Return all of them, shaped like a: which ones "
            "are wrong is half of the diagnosis.",
        ),
        Mistake(
            _norms,
            "That is the error of the whole vector, one number. A wrong element among many right "
            "ones disappears in it: return one error for each element.",
        ),
        Mistake(
            _squared,
            "That is the square of the relative error; with it 1e-3 looks like 1e-6.",
        ),
    ),
    hints=(
        "The numerator is np.abs(a − b), the denominator np.maximum(np.abs(a), np.abs(b)), "
        "element by element.",
        "Where the denominator is 0, so is the numerator: both gradients are 0 and agree. Compute "
        "those elements without dividing by 0.",
        "np.where(larger == 0, 1, larger) is a denominator that is never 0; what stands above it "
        "is 0 there anyway.",
    ),
)

# --- network_gradient: find the planted bugs ------------------------------------------------


def network_gradient(W1, b1, W2, b2, x, y, decay):
    """dW1, db1, dW2, db2 of ½ Σ (p − y)² / n + ½ decay (Σ W1² + Σ W2²)."""
    return _backward(W1, b1, W2, b2, x, y, decay)


def _slope_of_tanh(a, z):
    return 1 - a**2


def _no_slope(a, z):
    return 1.0


def _backward(
    W1, b1, W2, b2, x, y, decay,
    slope=_slope_of_tanh, decay1=1.0, decay2=1.0, decay_b=0.0, b1_times=1.0, b2_times=None,
    sign=1.0, times=1.0, w1_times=1.0,
):  # fmt: skip
    """The backward pass with a knob for every mistake; b…_times None: not averaged."""
    n = x.shape[1]
    z = W1 @ x + b1[:, None]
    a = np.tanh(z)
    delta2 = times * sign * (W2 @ a + b2[:, None] - y) / n
    delta1 = (W2.T @ delta2) * slope(a, z)
    return (
        w1_times * (delta1 @ x.T) + decay1 * decay * W1,
        b1_times * delta1.sum(axis=1) + decay_b * decay * b1,
        delta2 @ a.T + decay2 * decay * W2,
        (1.0 if b2_times is None else b2_times) * delta2.sum(axis=1) + decay_b * decay * b2,
    )


def _planted(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, _no_slope, decay1=0, b2_times=x.shape[1])


def _slope_and_bias_left(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, _no_slope, b2_times=x.shape[1])


def _slope_and_regulariser_left(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, _no_slope, decay1=0)


def _bias_and_regulariser_left(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, decay1=0, b2_times=x.shape[1])


def _slope_left(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, _no_slope)


def _bias_left(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, b2_times=x.shape[1])


def _regulariser_left(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, decay1=0)


def _slope_in_z(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, lambda a, z: 1 - z**2)


def _slope_of_the_activation(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, lambda a, z: 1 - np.tanh(a) ** 2)


def _slope_of_sigmoid(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, lambda a, z: a * (1 - a))


def _square_forgotten(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, lambda a, z: 1 - a)


def _activation_for_slope(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, lambda a, z: a)


def _bias_averaged_twice(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, b2_times=1 / x.shape[1])


def _both_biases_averaged_twice(W1, b1, W2, b2, x, y, decay):
    n = x.shape[1]
    return _backward(W1, b1, W2, b2, x, y, decay, b1_times=1 / n, b2_times=1 / n)


def _nothing_averaged(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, times=x.shape[1])


def _regulariser_halved(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, decay1=0.5, decay2=0.5)


def _regulariser_doubled(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, decay1=2, decay2=2)


def _no_regulariser(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, decay1=0, decay2=0)


def _biases_regularised(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, decay_b=1)


def _wrong_sign(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, sign=-1)


def _two_from_the_square(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, times=2)


def _weights_one_averaged_twice(W1, b1, W2, b2, x, y, decay):
    return _backward(W1, b1, W2, b2, x, y, decay, w1_times=1 / x.shape[1])


def _a_network(seed, inputs, hidden, outputs, n, decay):
    rng = np.random.default_rng(seed)

    def numbers(*shape):
        return rng.normal(size=shape).round(1)

    return case(
        numbers(hidden, inputs),
        numbers(hidden),
        numbers(outputs, hidden),
        numbers(outputs),
        numbers(inputs, n),
        numbers(outputs, n),
        decay,
    )


network_gradient = Exercise(
    network_gradient,
    cases=(
        _a_network(1, 1, 1, 1, 2, 0.1),
        _a_network(2, 2, 3, 1, 4, 0.0),
        _a_network(3, 2, 3, 2, 3, 0.5),
        _a_network(4, 4, 3, 2, 5, 0.01),
        _a_network(5, 3, 3, 3, 4, 1.0),
        _a_network(6, 2, 3, 2, 1, 0.1),
        case(
            np.array([[1, -1], [0, 1]]),
            np.array([0, 1]),
            np.array([[1, 2], [-1, 1]]),
            np.array([1, 0]),
            np.array([[1, 0, 1], [0, 1, 1]]),
            np.array([[0, 2, 1], [1, 0, -1]]),
            0.1,
        ),
    ),
    mistakes=(
        Mistake(
            _planted,
            "All three planted bugs are still there. Hand your function to check_gradient as the "
            "exercise shows, and mend first what it can name.",
        ),
        Mistake(
            _slope_and_bias_left,
            "The regulariser is mended. Two bugs are left: one in the gradient of b2, one where "
            "the gradient passes through the tanh.",
        ),
        Mistake(
            _slope_and_regulariser_left,
            "b2 is mended. Two bugs are left, both in what belongs to the first layer: W1 and b1 "
            "share one, W1 has another.",
        ),
        Mistake(
            _bias_and_regulariser_left,
            "The tanh is mended. Two bugs are left: compare how the two biases are computed, and "
            "how the two matrices are.",
        ),
        Mistake(
            _slope_left,
            "One bug is left: on its way back through the tanh the gradient must be multiplied "
            "by the slope of tanh, 1 − a².",
        ),
        Mistake(
            _bias_left,
            "One bug is left: the gradient of b2 is summed over the examples from p − y and not "
            "from (p − y) / n, so it is n times too large.",
        ),
        Mistake(
            _regulariser_left,
            "One bug is left: ½ decay · ΣW1² is in the loss, so decay · W1 belongs in dW1, as "
            "decay · W2 does in dW2.",
        ),
        Mistake(
            _slope_in_z,
            "The slope of tanh is 1 − a² in terms of the activation a = tanh z; you have put z "
            "into that formula.",
        ),
        Mistake(
            _slope_of_the_activation,
            "tanh is applied twice: a is tanh z already, so the slope is 1 − a².",
        ),
        Mistake(
            _slope_of_sigmoid,
            "a (1 − a) is the slope of the sigmoid. That of tanh is 1 − a².",
        ),
        Mistake(_square_forgotten, "The slope of tanh is 1 − a²: a square is missing."),
        Mistake(
            _activation_for_slope,
            "You multiply by the activation a itself; it is the slope of tanh, 1 − a², that "
            "belongs there.",
        ),
        Mistake(
            _bias_averaged_twice,
            "The gradient of b2 is divided by n twice: delta2 has the 1/n already, so sum it.",
        ),
        Mistake(
            _both_biases_averaged_twice,
            "The gradients of both biases are divided by n twice (a mean of something that has "
            "the 1/n already): sum the deltas.",
        ),
        Mistake(
            _nothing_averaged,
            "The 1/n has been lost everywhere: the loss is a mean over the examples.",
        ),
        Mistake(
            _regulariser_halved,
            "The regulariser is half of what it should be: the derivative of ½ decay · W² is "
            "decay · W, the ½ is used up by the square.",
        ),
        Mistake(
            _regulariser_doubled,
            "The regulariser is twice what it should be: the loss has a ½ before it, so its "
            "derivative is decay · W.",
        ),
        Mistake(
            _no_regulariser,
            "Now both matrices lack the regulariser: mend dW1, and leave dW2 as it was.",
        ),
        Mistake(
            _biases_regularised,
            "The biases are regularised, too. The loss has ½ decay times the squares of W1 and "
            "W2 only.",
        ),
        Mistake(_wrong_sign, "The sign of p − y is wrong: (p − y)² grows with p where p > y."),
        Mistake(
            _two_from_the_square,
            "All but the regulariser is twice too large: the 2 of the square cancels the ½ of "
            "this loss.",
        ),
        Mistake(
            _weights_one_averaged_twice,
            "dW1 is divided by n twice: delta1 comes from delta2, which has the 1/n already.",
        ),
    ),
    hints=(
        "Run the cell with check_gradient on your own function: it says which blocks are wrong, "
        "and names what it recognises. Mend that, run it again.",
        "Two lines for b1 and b2, two for W1 and W2: the planted code treats them differently, the "
        "loss does not.",
        "delta1 is the slope of the loss at z = W1 x + b1. From a to z it must be multiplied by "
        "the slope of tanh at z, which is 1 − a².",
    ),
    parts=("gradient of W1", "gradient of b1", "gradient of W2", "gradient of b2"),
)
