"""Chapter 01's exercises: the squared error, a cross-entropy that overflows, the best constant."""

import math

import numpy as np

from coursekit.checks import Exercise, Mistake, case

# --- mean_squared_error ---------------------------------------------------------------------


def mean_squared_error(prediction, target):
    """The mean of (prediction − target)² over all elements, a number."""
    return (_residual(prediction, target) ** 2).mean()


def _residual(prediction, target):
    return np.asarray(prediction, dtype=float) - np.asarray(target, dtype=float)


def _summed(prediction, target):
    return (_residual(prediction, target) ** 2).sum()


def _absolute(prediction, target):
    return np.abs(_residual(prediction, target)).mean()


def _root_taken(prediction, target):
    return np.sqrt((_residual(prediction, target) ** 2).mean())


def _length_of_the_residual(prediction, target):
    return np.sqrt((_residual(prediction, target) ** 2).sum())


def _halved(prediction, target):
    return (_residual(prediction, target) ** 2).mean() / 2


def _halved_and_rows_counted(prediction, target):
    return (_residual(prediction, target) ** 2).sum() / (2 * len(prediction))


def _signed(prediction, target):
    return _residual(prediction, target).mean()


def _square_of_the_mean(prediction, target):
    return _residual(prediction, target).mean() ** 2


def _difference_of_squares(prediction, target):
    return (np.asarray(prediction) ** 2 - np.asarray(target) ** 2).mean()


def _target_alone_squared(prediction, target):
    return (np.asarray(prediction) - np.asarray(target) ** 2).mean()


def _doubled(prediction, target):
    return (2 * _residual(prediction, target)).mean()


def _caret(prediction, target):
    return ((prediction - target) ^ 2).mean()


def _variance(prediction, target):
    return _residual(prediction, target).var()


def _one_too_few(prediction, target):
    r = _residual(prediction, target)
    return (r**2).sum() / (r.size - 1)


def _rows_counted(prediction, target):
    return (_residual(prediction, target) ** 2).sum() / len(prediction)


def _last_axis_counted(prediction, target):
    return (_residual(prediction, target) ** 2).sum() / prediction.shape[-1]


def _columns_counted(prediction, target):
    return (_residual(prediction, target) ** 2).sum() / prediction.shape[1]


def _one_for_each_column(prediction, target):
    return (_residual(prediction, target) ** 2).mean(axis=0)


def _one_for_each_row(prediction, target):
    return (_residual(prediction, target) ** 2).mean(axis=-1)


def _not_averaged(prediction, target):
    return _residual(prediction, target) ** 2


def _only_the_first(prediction, target):
    return np.ravel(_residual(prediction, target))[0] ** 2


def _every_pair(prediction, target):
    return ((np.ravel(prediction)[:, None] - np.ravel(target)) ** 2).mean()


def _whole_numbers(prediction, target):
    return (_residual(prediction, target) ** 2).sum() // np.size(prediction)


mean_squared_error = Exercise(
    mean_squared_error,
    cases=(
        case(np.array([3.0, 5.0]), np.array([1.0, 6.0])),
        case(np.array([0.6, 0.8, 1.1]), np.array([1.1, 1.2, 2.1])),
        case(np.array([1, 2, 4, 4]), np.array([2, 0, 7, 5])),
        case(np.array([2.0, -1.5, 0.25]), np.array([2.0, -1.5, 0.25])),
        case(np.array([[1.0, -2.0, 0.5], [4.0, 0.0, -3.0]]), np.array([[0.0, 2, 0], [1, -1, 1]])),
        case(np.cos(np.arange(40.0)), np.linspace(-3, 5, 40)),
        case(np.array([3.0]), np.array([1.0])),
    ),
    mistakes=(
        Mistake(
            _summed,
            "You add the squares up; the mean divides the sum by their number. What you have is "
            "the sum of squared residuals, SSR.",
        ),
        Mistake(
            _absolute,
            "You average |prediction − target|, which is the mean absolute error. Square the "
            "differences instead.",
        ),
        Mistake(
            _root_taken,
            "There is a root too many: this is the root mean squared error, RMSE. The MSE is its "
            "square.",
        ),
        Mistake(
            _length_of_the_residual,
            "You take the length of the residual, √(Σ r²), as np.linalg.norm does. The mean "
            "squared error has no root, and divides by the number of elements.",
        ),
        Mistake(
            _halved,
            "The factor ½ does not belong here. Some books put it in front so that the 2 of the "
            "derivative cancels; the mean squared error has none.",
        ),
        Mistake(
            _halved_and_rows_counted,
            "Some books put ½ in front; the mean squared error has none. And len(prediction) "
            "counts the rows of a 2-D array: divide by the number of elements, prediction.size.",
        ),
        Mistake(
            _signed,
            "The differences are not squared, so errors of opposite sign cancel: the failure "
            "that opens chapter 01.",
        ),
        Mistake(
            _square_of_the_mean,
            "You average first and square then. By then errors of opposite sign have cancelled: "
            "square each difference, then average.",
        ),
        Mistake(
            _difference_of_squares,
            "You square prediction and target and subtract the squares. Subtract first, then "
            "square: (p − y)² is not p² − y².",
        ),
        Mistake(
            _target_alone_squared,
            "In Python ** binds before −, so only the target is squared: put prediction − target "
            "in parentheses.",
        ),
        Mistake(
            _doubled,
            "You double the residual, where ** squares it. 2r is the derivative of r².",
        ),
        Mistake(
            _caret,
            "In Python ^ is no power: it flips bits, and fails on floats. Write ** 2.",
        ),
        Mistake(
            _variance,
            "This is the variance of the residuals: it subtracts their mean first, as np.var "
            "does, so a prediction that is too high everywhere costs nothing.",
        ),
        Mistake(
            _one_too_few,
            "You divide by n − 1. That belongs to the variance of a sample; the mean of n squares "
            "divides by n.",
        ),
        Mistake(
            _rows_counted,
            "You divide by len(prediction), which counts the rows of a 2-D array. Divide by the "
            "number of elements, prediction.size.",
        ),
        *(
            Mistake(
                function,
                "prediction.shape[1] counts the columns of a 2-D array, and a 1-D array has none; "
                "shape[-1] is no better with rows. Divide by the number of elements, "
                "prediction.size.",
            )
            for function in (_last_axis_counted, _columns_counted)
        ),
        Mistake(
            _one_for_each_column,
            "For a 2-D array you return one number for each column. The loss is one number: the "
            "mean over all elements. (Python's own sum adds rows.)",
        ),
        Mistake(
            _one_for_each_row,
            "For a 2-D array you return one number for each row. The loss is one number: the "
            "mean over all elements.",
        ),
        Mistake(
            _not_averaged,
            "You return the square of each residual. The loss is one number: their mean.",
        ),
        Mistake(
            _only_the_first,
            "Only the first element counts. Does a `return` stand inside the loop?",
        ),
        Mistake(
            _every_pair,
            "Every prediction is compared with every target: a column against a row broadcasts "
            "to a whole table. Compare each prediction with its own target.",
        ),
        Mistake(
            _whole_numbers,
            "The mean is cut to a whole number: // or int() is at work. Divide with /.",
        ),
    ),
    hints=(
        "Three steps, and their names read backwards: error, squared, mean.",
        "error = prediction - target is an array; error**2 squares each of its elements.",
        "The mean over all elements of an array of any shape is .mean(). For the predictions "
        "(3, 5) and the targets (1, 6) it is (4 + 1) / 2 = 2.5.",
    ),
)

# --- cross_entropy: find the planted bug ----------------------------------------------------


def cross_entropy(logits, label):
    """−log softmax(logits)[label], a number, for logits of any size."""
    z = np.asarray(logits, dtype=float)
    return _log_sum_exp(z) - z[label]


def _log_sum_exp(z):
    """log Σ e^z; shifting by the largest keeps every e^z within [0, 1]."""
    return z.max() + np.log(np.exp(z - z.max()).sum())


def _log_softmax(logits):
    z = np.asarray(logits, dtype=float)
    return z - _log_sum_exp(z)


def _softmax(logits, shift=0.0):
    e = np.exp(np.asarray(logits, dtype=float) - shift)
    return e / e.sum()


def _planted(logits, label):
    return -np.log(_softmax(logits)[label])


def _planted_with_math(logits, label):
    return -math.log(math.exp(logits[label]) / sum(map(math.exp, logits)))


def _log_of_sum_with_math(logits, label):
    return math.log(sum(map(math.exp, logits))) - logits[label]


def _rearranged_only(logits, label):
    return np.log(np.exp(np.asarray(logits, dtype=float)).sum()) - logits[label]


def _divided_by_the_largest(logits, label):
    return -np.log(_softmax(np.asarray(logits, dtype=float) / np.max(logits))[label])


def _nan_hidden(logits, label):
    return np.nan_to_num(-np.log(_softmax(logits)[label]))


def _largest_minus_label_after_all(logits, label):
    loss = np.log(np.exp(np.asarray(logits, dtype=float)).sum()) - logits[label]
    return loss if np.isfinite(loss) else np.max(logits) - logits[label]


def _one_hot(logits, label, shift=0.0):
    return -(np.eye(len(logits))[label] * np.log(_softmax(logits, shift))).sum()


def _one_hot_after_the_shift(logits, label):
    return _one_hot(logits, label, np.max(logits))


def _half_mended(logits, label):
    return -np.log(_softmax(logits, np.max(logits))[label])


def _mean_subtracted(logits, label):
    z = np.asarray(logits, dtype=float) - np.mean(logits)
    return np.log(np.exp(z).sum()) - z[label]


def _smallest_subtracted(logits, label):
    z = np.asarray(logits, dtype=float) - np.min(logits)
    return np.log(np.exp(z).sum()) - z[label]


def _largest_size_subtracted(logits, label):
    z = np.asarray(logits, dtype=float) - np.abs(logits).max()
    return np.log(np.exp(z).sum()) - z[label]


def _label_subtracted(logits, label):
    return np.log(np.exp(np.asarray(logits, dtype=float) - logits[label]).sum())


def _not_added_back(logits, label):
    z = np.asarray(logits, dtype=float)
    return np.log(np.exp(z - z.max()).sum()) - z[label]


def _log_of_the_sum_forgotten(logits, label):
    return np.max(logits) - logits[label]


def _sum_without_log(logits, label):
    z = np.asarray(logits, dtype=float) - np.max(logits)
    return np.exp(z).sum() - z[label]


def _base_two(logits, label):
    return -_log_softmax(logits)[label] / math.log(2)


def _base_ten(logits, label):
    return -_log_softmax(logits)[label] / math.log(10)


def _sign_forgotten(logits, label):
    return _log_softmax(logits)[label]


def _label_one_too_low(logits, label):
    return -_log_softmax(logits)[label - 1]


def _winner_for_label(logits, label):
    return -_log_softmax(logits).max()


def _label_forgotten(logits, label):
    return _log_sum_exp(np.asarray(logits, dtype=float))


def _every_class(logits, label):
    return -_log_softmax(logits)


def _all_classes(logits, label):
    return -_log_softmax(logits).sum()


def _mean_of_classes(logits, label):
    return -_log_softmax(logits).mean()


def _probability_itself(logits, label):
    return _softmax(logits, np.max(logits))[label]


def _log_forgotten(logits, label):
    return -_softmax(logits, np.max(logits))[label]


def _probability_of_error(logits, label):
    return 1 - _softmax(logits, np.max(logits))[label]


def _sigmoid_for_softmax(logits, label):
    return np.logaddexp(0, -np.asarray(logits, dtype=float)[label])


_EPSILONS = (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, np.finfo(float).eps, 1e-300)
_LIMITS = (50, 100, 500, 700, 709)


def _with_epsilon(eps, shifted):
    """log(p + ε), the usual patch, on the softmax with or without its shift."""

    def added(logits, label):
        return -np.log(_softmax(logits, np.max(logits) if shifted else 0.0)[label] + eps)

    added.__name__ = f"_{eps:.2g}_added{'_after_the_shift' if shifted else ''}"
    return added


def _with_floor(eps, highest):
    """log(max(p, ε)), or with np.clip(p, ε, 1 − ε)."""

    def floor(logits, label):
        return -np.log(np.clip(_softmax(logits, np.max(logits))[label], eps, highest))

    floor.__name__ = f"_{eps:.2g}_at_least{'' if highest == 1 else '_and_less_than_1'}"
    return floor


def _with_clipped_logits(limit):
    def clipped(logits, label):
        return -np.log(_softmax(np.clip(logits, -limit, limit))[label])

    clipped.__name__ = f"_clipped_at_{limit}"
    return clipped


def _with_clipped_logits_and_log_sum_exp(limit):
    def clipped(logits, label):
        return -_log_softmax(np.clip(logits, -limit, limit))[label]

    clipped.__name__ = f"_clipped_at_{limit}_and_rearranged"
    return clipped


cross_entropy = Exercise(
    cross_entropy,
    cases=(
        case(np.array([2.0, 0.0]), 1),
        case(np.array([0.5, -1.0, 2.0]), 0),
        case(np.array([0.0, 0.0, 0.0, 0.0]), 2),
        case(np.array([1, 3, -2, 0]), 1),
        case(np.array([1000.0, 999.0, 998.5]), 1),
        case(np.array([-1000.0, -1001.0]), 0),
        case(np.array([1000.0, 0.0, -1000.0]), 0),
        case(np.array([1000.0, 0.0, -1000.0]), 2),
        case(np.array([0, 1000, 1001]), 0),
        case(np.array([720.0, 0.0]), 1),
        case(np.array([37.0, 0.0]), 1),  # e^−37 is some 1e-16
        case(np.array([691.0, 0.0]), 1),  # e^−691 is some 1e-300
        case(np.array([-30000.0, 0.0, 20000.0]), 0),
        case(3 * np.sin(np.arange(12.0)), 7),
    ),
    mistakes=(
        Mistake(
            _planted,
            "The planted bug is still there: e^1000 is larger than any float, infinity divided "
            "by infinity is NaN, and e^−1000 is 0, whose logarithm is −infinity. Subtract the "
            "largest logit from all of them; no difference between them changes.",
        ),
        *(
            Mistake(
                function,
                "`math.exp` raises OverflowError where np.exp gives infinity, from e^710 on: "
                "another word for the planted bug. Subtract the largest logit from all of them; "
                "no difference between them changes.",
            )
            for function in (_planted_with_math, _log_of_sum_with_math)
        ),
        Mistake(
            _rearranged_only,
            "The formula log Σ e^z − z[label] is right, and Σ e^z still overflows. Subtract the "
            "largest logit from all of them; no difference between them changes.",
        ),
        Mistake(
            _divided_by_the_largest,
            "You divide by the largest logit. That changes the differences between the logits "
            "and so the probabilities. Subtract it: e^(z − m) / Σ e^(z − m) is the same softmax.",
        ),
        Mistake(
            _nan_hidden,
            "`np.nan_to_num` hides the NaN and computes nothing: a loss of 1.46 is now 0, and one "
            "of 1000 the largest float. Subtract the largest logit before e^z can overflow.",
        ),
        Mistake(
            _largest_minus_label_after_all,
            "Where e^z overflows you fall back on the largest logit minus the label's, which is "
            "only near the loss: 1 instead of 1.46 for the logits (1000, 999, 998.5). One formula "
            "holds everywhere, with the largest logit subtracted first.",
        ),
        *(
            Mistake(
                function,
                "A one-hot array does not switch the other classes off: where a probability is 0 "
                "its logarithm is −infinity, and 0 · (−infinity) is NaN. Take [label], and no "
                "probability at all: log(e^a / Σ e^z) = a − log Σ e^z.",
            )
            for function in (_one_hot, _one_hot_after_the_shift)
        ),
        Mistake(
            _half_mended,
            "Half mended. Nothing overflows any more, but a probability such as e^−1000 is still "
            "rounded to 0 before its logarithm is taken, so a large loss becomes infinity. Do "
            "not compute the probability: log(e^a / Σ e^z) = a − log Σ e^z.",
        ),
        *(
            Mistake(
                _with_epsilon(eps, shifted),
                f"The {eps:.2g} inside the logarithm hides the trouble: no loss can exceed "
                f"{-math.log(eps):.1f} now, so the worst mistakes all cost the same, and their "
                "gradient is 0. Rearrange the formula instead: log(e^a / Σ e^z) = a − log Σ e^z.",
            )
            for eps in _EPSILONS
            for shifted in (True, False)
        ),
        *(
            Mistake(
                _with_floor(eps, highest),
                f"Clipping the probability at {eps:.2g} keeps the loss below "
                f"{-math.log(eps):.1f}: the worst mistakes all cost the same, and their gradient "
                "is 0. Rearrange the formula instead: log(e^a / Σ e^z) = a − log Σ e^z.",
            )
            for eps in (*_EPSILONS, np.finfo(float).tiny)
            for highest in ((1, 1 - eps) if eps > 1e-11 else (1,))  # below, nobody can tell
        ),
        *(
            Mistake(
                clipped,
                f"Clipping the logits at ±{limit} changes them: 1000 and 999 become equal. Shift "
                "them instead; subtracting the same number from all of them changes no "
                "probability.",
            )
            for limit in _LIMITS
            for clipped in (
                _with_clipped_logits(limit),
                *([_with_clipped_logits_and_log_sum_exp(limit)] if limit > 350 else []),
            )  # within ±350 no probability becomes 0, and both are the same
        ),
        Mistake(
            _mean_subtracted,
            "You shift by the mean. The logits above it can still overflow: shift by the largest, "
            "so that no exponent is above 0.",
        ),
        Mistake(
            _smallest_subtracted,
            "You shift by the smallest logit, which makes every exponent 0 or more: overflow is "
            "now nearer, not further. Shift by the largest.",
        ),
        Mistake(
            _largest_size_subtracted,
            "You shift by the largest |logit|. When all are negative every exponential becomes 0 "
            "and the logarithm −infinity. Shift by the largest logit, with its sign.",
        ),
        Mistake(
            _label_subtracted,
            "You shift by the label's own logit. When another is 1000 higher, its exponential "
            "overflows: shift by the largest.",
        ),
        Mistake(
            _not_added_back,
            "The largest logit m is taken out of the sum and not put back: "
            "log Σ e^z = m + log Σ e^(z − m). Small logits hide it only where m is 0.",
        ),
        Mistake(
            _log_of_the_sum_forgotten,
            "The log Σ is missing: the largest logit minus the label's logit is only near the "
            "loss. It says 0 wherever the label's logit is the largest, however narrowly.",
        ),
        Mistake(
            _sum_without_log,
            "The sum of the exponentials stands there without its logarithm: the loss is "
            "log Σ e^z − z[label].",
        ),
        Mistake(
            _base_two,
            "This is the logarithm to base 2, which counts bits. Losses use the natural one, "
            "np.log: two equal logits cost 0.693, not 1.",
        ),
        Mistake(_base_ten, "This is the logarithm to base 10; losses use the natural one, np.log."),
        Mistake(
            _sign_forgotten,
            "The minus is missing. The logarithm of a probability is never positive, a loss is "
            "never negative.",
        ),
        Mistake(
            _label_one_too_low,
            "The label counts from 0: label 0 is the first class. You subtract 1 from it.",
        ),
        Mistake(
            _winner_for_label,
            "You take the most probable class. The loss asks for the probability of the true "
            "one, `label`.",
        ),
        Mistake(
            _label_forgotten,
            "This is log Σ e^z, the same for every label. The label's logit is still to be "
            "subtracted.",
        ),
        Mistake(
            _every_class,
            "You return −log p of every class. The loss is one number, that of the true class: "
            "[label].",
        ),
        Mistake(
            _all_classes,
            "You add up −log p over all classes. Only the true one counts, `label`.",
        ),
        Mistake(
            _mean_of_classes,
            "You average −log p over all classes. Only the true one counts, `label`.",
        ),
        Mistake(_log_forgotten, "The logarithm is missing: this is −p, not −log p."),
        Mistake(
            _probability_itself,
            "This is p, the probability of the true class. The loss is −log p: 0 for p = 1, and "
            "the larger the smaller p is.",
        ),
        Mistake(
            _probability_of_error,
            "This is 1 − p, the probability of the other classes. The cross-entropy is −log p.",
        ),
        Mistake(
            _sigmoid_for_softmax,
            "This is the sigmoid of one logit, as if the other classes did not exist. Softmax "
            "compares them all: e^z[label] / Σ e^z.",
        ),
    ),
    hints=(
        "Try the buggy version with logits (1000, 0) in a cell of your own. Which part of it is "
        "no longer a number?",
        "Do not compute the probability at all: −log(e^a / Σ e^z) = log Σ e^z − a, where a is "
        "the label's logit. Now only log Σ e^z can overflow.",
        "With m the largest logit, log Σ e^z = m + log Σ e^(z − m). Every exponent is now 0 or "
        "less, and one of them is exactly 0.",
        "m = logits.max(); return m + np.log(np.exp(logits - m).sum()) - logits[label]",
    ),
)

# --- best_constants: reason by computing ----------------------------------------------------


def best_constants(target):
    """(the constant with the smallest MSE, the constant with the smallest MAE)."""
    target = np.asarray(target, dtype=float)
    return target.mean(), np.median(target)


def _middle(target, offset=0):
    """The element in the middle, the higher of two; `offset` −1 for the lower."""
    target = np.sort(np.asarray(target, dtype=float))
    return target[(len(target) + offset) // 2]


def _swapped(target):
    return np.median(target), np.mean(target)


def _mean_twice(target):
    return np.mean(target), np.mean(target)


def _median_twice(target):
    return np.median(target), np.median(target)


def _midrange_for_mse(target):
    return (np.min(target) + np.max(target)) / 2, np.median(target)


def _midrange_for_mae(target):
    return np.mean(target), (np.min(target) + np.max(target)) / 2


def _root_mean_square(target):
    return np.sqrt((np.asarray(target, dtype=float) ** 2).mean()), np.median(target)


def _most_frequent(target):
    values, counts = np.unique(np.asarray(target, dtype=float), return_counts=True)
    return np.mean(target), values[counts.argmax()]


def _higher_middle(target):
    return np.mean(target), _middle(target)


def _lower_middle(target):
    return np.mean(target), _middle(target, -1)


def _not_sorted(target):
    return np.mean(target), np.asarray(target, dtype=float)[len(target) // 2]


def _middle_two_not_sorted(target):
    n, target = len(target), np.asarray(target, dtype=float)
    return np.mean(target), (target[(n - 1) // 2] + target[n // 2]) / 2


def _repeats_dropped(target):
    return np.mean(np.unique(target)), np.median(np.unique(target))


def _repeats_dropped_for_mae(target):
    return np.mean(target), np.median(np.unique(target))


def _losses_themselves(target):
    target = np.asarray(target, dtype=float)
    return target.var(), np.abs(target - np.median(target)).mean()


def _whole_constants(target):
    return np.trunc(np.mean(target)), np.trunc(np.median(target))


def _divided_by_one_less(target):
    return np.sum(target) / (len(target) - 1), np.median(target)


def _on_a_grid(target):
    target = np.asarray(target, dtype=float)
    constants = np.linspace(target.min(), target.max(), 1001)
    off = target[:, None] - constants
    return constants[(off**2).mean(axis=0).argmin()], constants[np.abs(off).mean(axis=0).argmin()]


best_constants = Exercise(
    best_constants,
    cases=(
        case(np.array([1.0, 2.0, 6.0])),
        case(np.array([7.0, 1.5, 2.0, 4.0])),
        case(np.array([5, 1, 1, 4, 10])),
        case(np.array([-3.0, 8.0, -3.5, 0.25, 50.0, -3.5])),
        case(np.array([3, 8, 3, 8, 4, 9, -2, 4])),
        case(10 * np.sin(np.arange(25.0) ** 2)),
        case(np.array([4.0])),
    ),
    mistakes=(
        Mistake(
            _swapped,
            "The two come in the wrong order. The mean minimises the squared error and the "
            "median the absolute one: squares are the loss that a far-away target pulls on.",
        ),
        Mistake(
            _mean_twice,
            "The mean is right for the MSE only. The slope of the MAE counts targets: it is 0 "
            "where as many lie above the constant as below.",
        ),
        Mistake(
            _median_twice,
            "The median is right for the MAE only. The slope of the MSE adds residuals up: it is "
            "0 where their sum is 0.",
        ),
        Mistake(
            _midrange_for_mse,
            "Halfway between the smallest and the largest target minimises the largest error. "
            "The MSE asks all targets: where is the sum of the residuals 0?",
        ),
        Mistake(
            _midrange_for_mae,
            "Halfway between the smallest and the largest target minimises the largest error. "
            "The MAE asks all targets: where do as many lie above as below?",
        ),
        Mistake(
            _root_mean_square,
            "You square the targets, average and take the root. The square in the MSE is of the "
            "residual: set its derivative to 0 and no root is left.",
        ),
        Mistake(
            _most_frequent,
            "The most frequent target makes the largest number of residuals exactly 0. The MAE "
            "asks how far off the others are, too.",
        ),
        Mistake(
            _higher_middle,
            "With an even number of targets you take the higher of the two in the middle. It is "
            "a minimum of the MAE, as is all between the two; the answer asked for is halfway.",
        ),
        Mistake(
            _lower_middle,
            "With an even number of targets you take the lower of the two in the middle. It is "
            "a minimum of the MAE, as is all between the two; the answer asked for is halfway.",
        ),
        Mistake(
            _not_sorted,
            "You take the target that stands in the middle of the array. Sort first: the median "
            "is the middle one by size.",
        ),
        Mistake(
            _middle_two_not_sorted,
            "You take what stands in the middle of the array. Sort first: the median is the "
            "middle one by size.",
        ),
        *(
            Mistake(
                function,
                "Targets that occur twice count once: a set or np.unique has dropped the others. "
                "Each of them has a residual, so sort, and keep all.",
            )
            for function in (_repeats_dropped, _repeats_dropped_for_mae)
        ),
        Mistake(
            _losses_themselves,
            "You return the smallest losses. What is asked for is the constants at which they "
            "are reached.",
        ),
        Mistake(
            _whole_constants,
            "Both constants are cut to whole numbers: // or int() is at work. Divide with /.",
        ),
        Mistake(
            _divided_by_one_less,
            "You divide the sum by n − 1. The derivative of the MSE is 0 at Σ target / n.",
        ),
        Mistake(
            _on_a_grid,
            "You try 1001 constants and keep the best. It is near, but the best constant is "
            "rarely on a grid: find a formula, from what the search shows you.",
        ),
    ),
    hints=(
        "Search first, as the chapter does, for the targets (1, 2, 6) and then for (1, 2, 60). "
        "Which of the two answers moves?",
        "At the minimum of the MSE its slope is 0: Σ 2 (c − target) = 0. Solve it for c.",
        "The slope of the MAE is (number of targets below c − number above c) / n. Which number "
        "has as many below as above?",
        "return target.mean(), np.median(target)",
    ),
    parts=("constant for the MSE", "constant for the MAE"),
)
