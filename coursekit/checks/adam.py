"""Chapter 14's exercises: the rule, a loop that spoils its own averages, and two first steps."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case
from coursekit.checks.driving import walk

# --- adam_step ------------------------------------------------------------------------------


def adam_step(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    """x − lr · m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ); returns (x, m, v)."""
    m, v = _averages(grad, m, v, beta1, beta2)
    return x - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def _averages(grad, m, v, beta1, beta2):
    g = np.asarray(grad, dtype=float)
    return beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2


def _with_hats(quotient):
    """A wrong rule that computes m, v, m̂ and v̂ right and then goes `quotient` too far."""

    def rule(x, grad, m, v, t, *, lr, beta1, beta2, eps):
        m, v = _averages(grad, m, v, beta1, beta2)
        with np.errstate(all="ignore"):
            step = quotient(m / (1 - beta1**t), v / (1 - beta2**t), lr, eps)
        return x - step, m, v

    return rule


def _with_averages(averages):
    """A wrong rule whose averages are wrong and everything after them right."""

    def rule(x, grad, m, v, t, *, lr, beta1, beta2, eps):
        m, v = averages(np.asarray(grad, dtype=float), m, v, beta1, beta2)
        return x - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v

    return rule


def _with_correction(correct):
    """A wrong rule that corrects m and v in a wrong way."""

    def rule(x, grad, m, v, t, *, lr, beta1, beta2, eps):
        m, v = _averages(grad, m, v, beta1, beta2)
        m_hat, v_hat = correct(m, v, beta1, beta2, t)
        return x - lr * m_hat / (np.sqrt(v_hat) + eps), m, v

    return rule


def _returning(returned):
    """A wrong rule that takes the right step and returns a wrong state."""

    def rule(x, grad, m, v, t, *, lr, beta1, beta2, eps):
        new = adam_step.reference(x, grad, m, v, t, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
        m_hat, v_hat = new[1] / (1 - beta1**t), new[2] / (1 - beta2**t)
        return new[0], *returned(m, v, new[1], new[2], m_hat, v_hat)

    return rule


def _eps_on_the_uncorrected_root(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return x - rate * m / (np.sqrt(v) + eps), m, v


def _eps_on_the_uncorrected_square(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    return x - lr * m / (1 - beta1**t) / np.sqrt((v + eps) / (1 - beta2**t)), m, v


def _root_before_the_correction(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    return x - lr * m / (1 - beta1**t) / (np.sqrt(v) / (1 - beta2**t) + eps), m, v


def _gradient_for_m(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    return x - lr * np.asarray(grad) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def _gradient_corrected_for_m(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    step = lr * np.asarray(grad) / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return x - step, m, v


def _stale_m(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    new_m, v = _averages(grad, m, v, beta1, beta2)
    return x - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), new_m, v


def _stale_v(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, new_v = _averages(grad, m, v, beta1, beta2)
    return x - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, new_v


def _stale_both(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    new_m, new_v = _averages(grad, m, v, beta1, beta2)
    return x - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), new_m, new_v


def _nesterov(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    ahead = beta1 * m + (1 - beta1) * np.asarray(grad)
    return x - lr * ahead / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def _corrected_in_place_and_again(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    with np.errstate(all="ignore"):
        m, v = m / (1 - beta1**t), v / (1 - beta2**t)
        return x - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def _rate_in_m(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    m, v = beta1 * m + (1 - beta1) * lr * g, beta2 * v + (1 - beta2) * g**2
    return x - m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def _step_for_x(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    new, m, v = adam_step.reference(x, grad, m, v, t, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return x - new, m, v


def _eps_in_the_average(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    v = v + eps
    return x - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)), m, v


def _largest_v(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, new = _averages(grad, m, v, beta1, beta2)
    v = np.maximum(v, new)
    return x - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def _corrected_in_the_first_call_only(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    m_hat, v_hat = (m / (1 - beta1), v / (1 - beta2)) if t == 1 else (m, v)
    return x - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def _betas_written_as_numbers(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    return adam_step.reference(x, grad, m, v, t, lr=lr, beta1=0.9, beta2=0.999, eps=eps)


def _eps_written_as_a_number(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    return adam_step.reference(x, grad, m, v, t, lr=lr, beta1=beta1, beta2=beta2, eps=1e-8)


def _nesterov_without_correction(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = _averages(grad, m, v, beta1, beta2)
    ahead = beta1 * m / (1 - beta1**t) + (1 - beta1) * np.asarray(grad)
    return x - lr * ahead / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


_STATE = {"beta1": 0.9, "beta2": 0.99, "eps": 1e-8}
_FROM_ZERO = np.zeros(2), np.zeros(2), 1
_GRADS = [np.array(g) for g in ([2.0, -0.5], [1.0, 0.3], [-1.0, 0.4], [0.5, 0.1])]

# several mistakes share a form: name, wrong part, sentence
_QUOTIENTS = {
    "_eps_inside_the_root": (
        lambda m, v, lr, eps: lr * m / np.sqrt(v + eps),
        "ε stands inside the root: √(v̂ + ε). Here it belongs outside, √v̂ + ε. (Lecture D's first "
        "slide and Optax' eps_root have it inside; near a gradient of 0 that makes a difference.)",
    ),
    "_no_eps": (
        lambda m, v, lr, eps: lr * m / np.sqrt(v),
        "ε is missing from the denominator: where a gradient has always been 0 you divide 0 by 0. "
        "Divide by √v̂ + ε.",
    ),
    "_eps_added_to_the_parameter": (
        lambda m, v, lr, eps: lr * m / np.sqrt(v) - eps,
        "ε is added to the parameter: lr * m_hat / np.sqrt(v_hat) + eps divides by the root alone. "
        "Put parentheses around np.sqrt(v_hat) + eps.",
    ),
    "_eps_added_to_the_step": (
        lambda m, v, lr, eps: lr * m / np.sqrt(v) + eps,
        "ε is added to the step instead of to the root: put parentheses around "
        "np.sqrt(v_hat) + eps.",
    ),
    "_eps_added_to_the_quotient": (
        lambda m, v, lr, eps: lr * (m / np.sqrt(v) + eps),
        "ε is added to the quotient: the parentheses of lr * (m_hat / np.sqrt(v_hat) + eps) are "
        "in the wrong place. They belong around np.sqrt(v_hat) + eps.",
    ),
    "_no_root": (
        lambda m, v, lr, eps: lr * m / (v + eps),
        "You divide by v̂ itself; its root is needed, or the step depends on the size of the "
        "gradient: the larger the gradient, the shorter the step. (Lecture B's slide has this.)",
    ),
    "_root_of_the_quotient": (
        lambda m, v, lr, eps: lr * np.sqrt(m / (v + eps)),
        "You take the root of m̂ / v̂; only v̂ goes under the root.",
    ),
    "_multiplied_by_the_root": (
        lambda m, v, lr, eps: lr * m * (np.sqrt(v) + eps),
        "You multiply by √v̂ + ε; divide by it, so that large gradients do not make large steps.",
    ),
    "_divided_then_multiplied": (
        lambda m, v, lr, eps: lr * m / np.sqrt(v) * eps,
        "ε multiplies the step; it is to be added to the root: np.sqrt(v_hat) + eps, in "
        "parentheses.",
    ),
    "_uphill": (
        lambda m, v, lr, eps: -lr * m / (np.sqrt(v) + eps),
        "You step uphill: subtract lr · m̂ / (√v̂ + ε).",
    ),
    "_rate_forgotten": (
        lambda m, v, lr, eps: m / (np.sqrt(v) + eps),
        "lr is missing: the step is lr · m̂ / (√v̂ + ε).",
    ),
    "_rate_under_the_root": (
        lambda m, v, lr, eps: np.sqrt(lr) * m / (np.sqrt(v) + eps),
        "lr has got under the root: it multiplies the whole step, lr · m̂ / (√v̂ + ε).",
    ),
    "_larger_of_root_and_eps": (
        lambda m, v, lr, eps: lr * m / np.maximum(np.sqrt(v), eps),
        "You divide by the larger of √v̂ and ε. Add them: √v̂ + ε.",
    ),
    "_one_root_for_all": (
        lambda m, v, lr, eps: lr * m / (np.sqrt(np.sum(v)) + eps),
        "You add v̂ up over the coordinates. Every coordinate has its own: no sum and no norm.",
    ),
    "_centred": (
        lambda m, v, lr, eps: lr * m / (np.sqrt(np.maximum(v - m**2, 0)) + eps),
        "You divide by the root of v̂ − m̂², the variance. Adam takes the mean square itself, v̂.",
    ),
    "_step_made_smaller_by_m": (
        lambda m, v, lr, eps: lr * m**2 / (np.sqrt(v) + eps),
        "m̂ is squared; it goes into the step as it is.",
    ),
    "_sign_only": (
        lambda m, v, lr, eps: lr * np.sign(m),
        "You step by lr times the sign of m̂. That is right for the first step only, and only "
        "for ε = 0.",
    ),
}

_AVERAGES = {
    "_old_m_does_not_decay": (
        lambda g, m, v, b1, b2: (m + (1 - b1) * g, b2 * v + (1 - b2) * g**2),
        "The old m does not decay: multiply it by beta1, or it is a sum and no average.",
    ),
    "_old_v_does_not_decay": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, v + (1 - b2) * g**2),
        "The old v does not decay: multiply it by beta2. Without that it only grows, like "
        "AdaGrad's sum, and the steps shrink for ever.",
    ),
    "_nothing_decays": (
        lambda g, m, v, b1, b2: (m + (1 - b1) * g, v + (1 - b2) * g**2),
        "Neither m nor v decays: multiply the old m by beta1 and the old v by beta2.",
    ),
    "_share_of_m_forgotten": (
        lambda g, m, v, b1, b2: (b1 * m + g, b2 * v + (1 - b2) * g**2),
        "The gradient goes into m with the weight 1, as into a heavy ball's velocity. In an "
        "average its weight is 1 − beta1.",
    ),
    "_share_of_v_forgotten": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, b2 * v + g**2),
        "The squared gradient goes into v with the weight 1; in an average it is 1 − beta2.",
    ),
    "_shares_forgotten": (
        lambda g, m, v, b1, b2: (b1 * m + g, b2 * v + g**2),
        "Both weights are missing: the gradient goes into m with 1 − beta1, its square into v "
        "with 1 − beta2.",
    ),
    "_weights_exchanged": (
        lambda g, m, v, b1, b2: ((1 - b1) * m + b1 * g, (1 - b2) * v + b2 * g**2),
        "beta and 1 − beta have changed places: the old average gets beta, nearly all of the "
        "weight, and the new gradient the small rest.",
    ),
    "_weights_of_m_exchanged": (
        lambda g, m, v, b1, b2: ((1 - b1) * m + b1 * g, b2 * v + (1 - b2) * g**2),
        "In m, beta1 and 1 − beta1 have changed places: the old average gets beta1.",
    ),
    "_weights_of_v_exchanged": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, (1 - b2) * v + b2 * g**2),
        "In v, beta2 and 1 − beta2 have changed places: the old average gets beta2.",
    ),
    "_parentheses_missing_in_m": (
        lambda g, m, v, b1, b2: (b1 * m + 1 - b1 * g, b2 * v + (1 - b2) * g**2),
        "Parentheses are missing in m: beta1 * m + (1 - beta1) * grad.",
    ),
    "_parentheses_missing_in_v": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, b2 * v + 1 - b2 * g**2),
        "Parentheses are missing in v: beta2 * v + (1 - beta2) * grad**2.",
    ),
    "_parentheses_missing_in_both": (
        lambda g, m, v, b1, b2: (b1 * m + 1 - b1 * g, b2 * v + 1 - b2 * g**2),
        "Parentheses are missing in both averages: beta1 * m + (1 - beta1) * grad, and so for v.",
    ),
    "_sum_as_in_adagrad": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, v + g**2),
        "v is AdaGrad's sum of squares. Here it is an average, beta2 * v + (1 − beta2) * grad**2.",
    ),
    "_one_v_for_all": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * np.sum(g**2)),
        "The squares are added up over the coordinates, so that all share one v. Every coordinate "
        "has its own: grad**2, element by element.",
    ),
    "_dot_product_in_v": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * (g @ g)),
        "grad @ grad is one number, the sum of the squares, so that all coordinates share one v. "
        "Every coordinate has its own: grad**2, element by element.",
    ),
    "_sign_of_the_gradient_in_m": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * np.sign(g), b2 * v + (1 - b2) * g**2),
        "m averages the signs of the gradients; it needs the gradients.",
    ),
    "_square_not_taken": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g),
        "v averages the gradient itself; it needs the square, grad**2.",
    ),
    "_absolute_value_in_v": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * np.abs(g)),
        "v averages |grad|; it needs the square, grad**2, which √v̂ then makes a size again.",
    ),
    "_v_from_m": (
        lambda g, m, v, b1, b2: (
            (new := b1 * m + (1 - b1) * g),
            b2 * v + (1 - b2) * new**2,
        ),
        "v averages the square of m; it needs the square of the gradient, grad**2. Where the "
        "gradients cancel in m, v must still know their size.",
    ),
    "_v_from_old_m": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * m**2),
        "v averages the square of the old m; it needs the square of the gradient, grad**2.",
    ),
    "_share_squared": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, b2 * v + ((1 - b2) * g) ** 2),
        "The weight 1 − beta2 is squared along with the gradient: only grad is, "
        "(1 - beta2) * grad**2.",
    ),
    "_square_of_the_sum": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, (b2 * v + (1 - b2) * g) ** 2),
        "You square the whole sum; only the gradient is squared: "
        "beta2 * v + (1 - beta2) * grad**2.",
    ),
    "_root_kept_in_v": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, np.sqrt(b2 * v + (1 - b2) * g**2)),
        "The root is stored in v, and the next step takes it again: v stays the average of the "
        "squares, the root is for the step only.",
    ),
    "_betas_swapped": (
        lambda g, m, v, b1, b2: (b2 * m + (1 - b2) * g, b1 * v + (1 - b1) * g**2),
        "The averages have each other's beta: beta1 is for m, beta2 for v.",
    ),
    "_beta1_for_both_averages": (
        lambda g, m, v, b1, b2: (b1 * m + (1 - b1) * g, b1 * v + (1 - b1) * g**2),
        "v is averaged with beta1; it has its own, longer memory: beta2.",
    ),
    "_beta2_for_both_averages": (
        lambda g, m, v, b1, b2: (b2 * m + (1 - b2) * g, b2 * v + (1 - b2) * g**2),
        "m is averaged with beta2; it has its own, shorter memory: beta1.",
    ),
}


def _divided(m, v, weight1, weight2):
    with np.errstate(all="ignore"):
        return m / weight1, v / weight2


_CORRECTIONS = {
    "_parentheses_missing_in_the_correction": (
        lambda m, v, b1, b2, t: (m / 1 - b1**t, v / 1 - b2**t),
        "Parentheses are missing in the correction: m / 1 - beta1**t divides by 1. Write "
        "m / (1 - beta1**t), and so for v.",
    ),
    "_root_of_the_correction": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - b1**t, np.sqrt(1 - b2**t)),
        "v is divided by the root of 1 − beta2**t, and the root is taken again afterwards. Divide "
        "v by 1 − beta2**t.",
    ),
    "_corrected_twice": (
        lambda m, v, b1, b2, t: _divided(m, v, (1 - b1**t) ** 2, (1 - b2**t) ** 2),
        "The averages are corrected twice.",
    ),
    "_v_hat_from_m": (
        lambda m, v, b1, b2, t: _divided(m, m, 1 - b1**t, 1 - b2**t),
        "v̂ is computed from m: it is v / (1 − beta2**t).",
    ),
    "_not_corrected": (
        lambda m, v, b1, b2, t: (m, v),
        "Neither average is corrected: divide m by 1 − beta1**t and v by 1 − beta2**t. Without "
        "that the first step is (1 − β₁)/√(1 − β₂) times too long.",
    ),
    "_only_m_corrected": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - b1**t, 1),
        "Your second moment is not corrected: v starts at 0, too, and needs dividing by "
        "1 − beta2**t. Compare the first step.",
    ),
    "_only_v_corrected": (
        lambda m, v, b1, b2, t: _divided(m, v, 1, 1 - b2**t),
        "Your first moment is not corrected: m starts at 0, too, and needs dividing by "
        "1 − beta1**t. Compare the first step.",
    ),
    "_corrected_by_one_minus_beta": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - b1, 1 - b2),
        "You divide by 1 − beta at every step. That is right for t = 1 only; the weights of t "
        "gradients sum to 1 − beta**t. (One slide of lecture D has this slip.)",
    ),
    "_counts_from_zero": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - b1 ** (t - 1), 1 - b2 ** (t - 1)),
        "Your t is one too small: 1 − beta**(t − 1) is 0 in the first step. t is already the "
        "number of this step, 1 for the first.",
    ),
    "_counts_one_ahead": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - b1 ** (t + 1), 1 - b2 ** (t + 1)),
        "Your t is one too large: t is already the number of this step, 1 for the first, so use "
        "beta**t and not beta**(t + 1).",
    ),
    "_beta_times_t": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - b1 * t, 1 - b2 * t),
        "You multiply beta by t; the correction has the power, beta**t.",
    ),
    "_t_to_the_beta": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - t**b1, 1 - t**b2),
        "Base and exponent have changed places: beta**t, not t**beta.",
    ),
    "_power_of_the_difference": (
        lambda m, v, b1, b2, t: _divided(m, v, (1 - b1) ** t, (1 - b2) ** t),
        "You compute (1 − beta)**t; the power belongs to beta alone: 1 − beta**t.",
    ),
    "_divided_by_the_power": (
        lambda m, v, b1, b2, t: _divided(m, v, b1**t, b2**t),
        "You divide by beta**t, the weight of the zero start. Divide by what is left for the "
        "gradients, 1 − beta**t.",
    ),
    "_multiplied": (
        lambda m, v, b1, b2, t: (m * (1 - b1**t), v * (1 - b2**t)),
        "You multiply by 1 − beta**t. The averages are too small, so divide.",
    ),
    "_corrections_swapped": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - b2**t, 1 - b1**t),
        "The corrections have each other's beta: m is divided by 1 − beta1**t, v by 1 − beta2**t.",
    ),
    "_beta1_in_both_corrections": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - b1**t, 1 - b1**t),
        "v is corrected with beta1; it was averaged with beta2, so divide by 1 − beta2**t.",
    ),
    "_beta2_in_both_corrections": (
        lambda m, v, b1, b2, t: _divided(m, v, 1 - b2**t, 1 - b2**t),
        "m is corrected with beta2; it was averaged with beta1, so divide by 1 − beta1**t.",
    ),
}

_RETURNS = {
    "_corrected_state_returned": (
        lambda m, v, new_m, new_v, m_hat, v_hat: (m_hat, v_hat),
        "The step is right, but you return m̂ and v̂ as the state: the next step would average "
        "what is already corrected. Return m and v themselves.",
    ),
    "_corrected_m_returned": (
        lambda m, v, new_m, new_v, m_hat, v_hat: (m_hat, new_v),
        "The step is right, but you return m̂ for m: the next step would average what is already "
        "corrected. Keep the corrected value under another name.",
    ),
    "_corrected_v_returned": (
        lambda m, v, new_m, new_v, m_hat, v_hat: (new_m, v_hat),
        "The step is right, but you return v̂ for v: the next step would average what is already "
        "corrected. Keep the corrected value under another name.",
    ),
    "_old_state_returned": (
        lambda m, v, new_m, new_v, m_hat, v_hat: (m, v),
        "You return the old m and v, so that no step remembers anything. Return the new ones.",
    ),
    "_old_m_returned": (
        lambda m, v, new_m, new_v, m_hat, v_hat: (m, new_v),
        "You return the old m. Return the new one, or there is no memory of direction.",
    ),
    "_old_v_returned": (
        lambda m, v, new_m, new_v, m_hat, v_hat: (new_m, v),
        "You return the old v. Return the new one, or there is no memory of size.",
    ),
    "_m_and_v_swapped": (
        lambda m, v, new_m, new_v, m_hat, v_hat: (new_v, new_m),
        "m and v come in the wrong order: return x, m, v.",
    ),
}


def _named(build, table):
    """A mistake for each entry of a table, its function made by `build` and called by its name."""
    for name, (wrong, sentence) in table.items():
        function = build(wrong)
        function.__name__ = function.__qualname__ = name
        yield Mistake(function, sentence)


adam_step = Exercise(
    adam_step,
    cases=(
        case(np.array([1.0]), np.array([2.0]), np.zeros(1), np.zeros(1), 1, lr=0.1, **_STATE),
        case(np.array([1.0, -2.0]), _GRADS[:3], *_FROM_ZERO, lr=0.1, **_STATE),
        case(
            np.array([0.3]),
            np.array([0.2]),
            np.array([-0.7]),
            np.array([0.6]),
            5,
            lr=0.25,
            beta1=0.8,
            beta2=0.95,
            eps=0.3,
        ),
        case(np.array([0.5, 1.5]), _GRADS, *_FROM_ZERO, lr=0.2, beta1=0.75, beta2=0.875, eps=0.5),
        case(
            np.array([[0.5, -1.0, 2.0], [4.0, 0.25, -3.0]]),
            [np.array([[0.1, 2.0, -0.3], [0.0, -1.0, 5.0]]), np.full((2, 3), -0.25)],
            np.full((2, 3), 0.1),
            np.array([[0.2, 1.0, 0.4], [0.0, 2.0, 3.0]]),
            40,
            lr=0.1,
            beta1=0.9,
            beta2=0.999,
            eps=0.01,
        ),
        case(
            np.array([3, 4]),
            np.array([2, -1]),
            np.array([1, 0]),
            np.array([4, 1]),
            2,
            lr=1,
            beta1=0.5,
            beta2=0.75,
            eps=1e-3,
        ),
        case(
            np.array([1.0, 2.0]),
            [np.array([0.0, 3.0]), np.array([0.0, -3.0])],
            *_FROM_ZERO,
            lr=0.1,
            **_STATE,
        ),
        case(np.array([1.0, 2.0]), _GRADS[:2], *_FROM_ZERO, lr=0.1, beta1=0.0, beta2=0.9, eps=0.1),
        case(
            np.array([1.0]),
            np.array([1e-7]),
            np.zeros(1),
            np.zeros(1),
            1,
            lr=1.0,
            beta1=0.9,
            beta2=0.999,
            eps=1e-8,
        ),
        # late in a run, and with a long memory: the corrections are still not 1
        case(
            np.array([1.0, -2.0]),
            np.array([0.5, 3.0]),
            np.array([0.25, -1.0]),
            np.array([0.125, 2.0]),
            5000,
            lr=0.5,
            beta1=0.9,
            beta2=0.9999,
            eps=1e-8,
        ),
        # no gradient for a step: what is remembered still moves the point
        case(
            np.array([1.0, 2.0, 3.0]),
            [np.zeros(3), np.ones(3)],
            np.array([0.0, 4.0, -4.0]),
            np.array([1.0, 2.0, 3.0]),
            3,
            lr=0.1,
            beta1=0.6,
            beta2=0.7,
            eps=0.1,
        ),
        # five coordinates, large numbers, unusual settings
        case(
            np.array([100.0, -20.5, 3.25, 0.0, -7000.0]),
            np.array([-30000.7, 12.25, -0.003, 0.0, 512.5]),
            np.array([-900.0, 3.0, 0.25, 1e-6, 700.0]),
            np.array([8e6, 200.0, 0.5, 1e-9, 3e5]),
            2,
            lr=2.5,
            beta1=0.95,
            beta2=0.5,
            eps=3.0,
        ),
        # gradients of the size of 1e-7, and no ε to hide behind
        case(
            np.array([1e-6, -2e-6]),
            [np.array([1e-7, -3e-7]), np.array([2e-7, 1e-7])],
            np.zeros(2),
            np.zeros(2),
            1,
            lr=1e-7,
            beta1=0.9,
            beta2=0.99,
            eps=0.0,
        ),
        case(
            np.array([1.0]),
            np.array([2.0]),
            np.ones(1),
            np.ones(1),
            2,
            lr=0.1,
            beta1=0.0,
            beta2=0.0,
            eps=0.5,
        ),
    ),
    mistakes=(
        *_named(_returning, _RETURNS),
        *_named(_with_hats, _QUOTIENTS),
        Mistake(
            _eps_on_the_uncorrected_root,
            "ε is added to √v before the correction: that is the ε̂ form, which Keras uses. There "
            "ε weighs 1/√(1 − β₂ᵗ) times as much. Here it is added to √v̂, after the correction.",
        ),
        Mistake(
            _eps_on_the_uncorrected_square,
            "ε is added to v before the correction, inside the root. Add it to √v̂, after both.",
        ),
        Mistake(
            _root_before_the_correction,
            "The root is taken of v alone, and then divided by 1 − beta2**t. Correct first, then "
            "take the root: √(v / (1 − beta2**t)).",
        ),
        *_named(_with_correction, _CORRECTIONS),
        *_named(_with_averages, _AVERAGES),
        Mistake(
            _gradient_for_m,
            "The step is the gradient divided by √v̂ + ε: that is RMSprop. Adam divides m̂, the "
            "average of the gradients.",
        ),
        Mistake(
            _gradient_corrected_for_m,
            "You correct the gradient instead of its average: m̂ is m / (1 − beta1**t).",
        ),
        Mistake(
            _stale_both,
            "The step uses the old m and v, from before this gradient. Compute the new ones first.",
        ),
        Mistake(
            _stale_m,
            "The step uses the old m, from before this gradient. Compute the new one first.",
        ),
        Mistake(
            _stale_v,
            "The step uses the old v, from before this gradient. Compute the new one first.",
        ),
        Mistake(
            _nesterov,
            "The step looks one average ahead: that is Nesterov's idea, NAdam. Here it is m̂.",
        ),
        Mistake(
            _nesterov_without_correction,
            "The step looks one average ahead: that is Nesterov's idea, NAdam. Here it is m̂.",
        ),
        Mistake(
            _corrected_in_the_first_call_only,
            "You correct in the first step only. The averages stay too small for many steps: "
            "divide by 1 − beta**t in each.",
        ),
        Mistake(
            _betas_written_as_numbers,
            "The betas stand in your code as 0.9 and 0.999. Use the arguments beta1 and beta2.",
        ),
        Mistake(
            _eps_written_as_a_number,
            "ε stands in your code as 1e-8. Use the argument eps.",
        ),
        Mistake(
            _corrected_in_place_and_again,
            "m and v are overwritten by their corrected values, and then corrected once more. "
            "Correct once, under other names, and return m and v as they were averaged.",
        ),
        Mistake(
            _rate_in_m,
            "lr is inside m. Here m averages the gradients alone, and lr multiplies the step.",
        ),
        Mistake(
            _step_for_x,
            "You return the step in place of the new point: subtract it from x.",
        ),
        Mistake(
            _eps_in_the_average,
            "ε is added to v and kept there, so that it grows from step to step. Add it to √v̂ "
            "in the step.",
        ),
        Mistake(
            _largest_v,
            "v keeps its largest value: that is AMSGrad's idea. Here v is the average, and may "
            "sink.",
        ),
    ),
    hints=(
        "Five lines: m, v, m_hat, v_hat, and the point. The first two use grad, the next two t.",
        "m = beta1 * m + (1 - beta1) * grad, and v the same way with beta2 and grad**2. Both are "
        "returned as they are.",
        "m_hat = m / (1 - beta1**t); divide lr * m_hat by (np.sqrt(v_hat) + eps), in parentheses.",
    ),
    drive=walk,
    parts=("new x", "new m", "new v"),
)

# --- adam_descent ---------------------------------------------------------------------------


def adam_descent(grad, x, *, lr, steps, beta1, beta2, eps):
    """The point after `steps` steps of Adam; the corrected averages are used and not kept."""
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _move(m, v, lr, eps, weight1=1.0, weight2=1.0):
    with np.errstate(all="ignore"):
        return lr * (m / weight1) / (np.sqrt(v / weight2) + eps)


def _planted(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        m, v = m / (1 - beta1**t), v / (1 - beta2**t)
        x = x - _move(m, v, lr, eps)
    return x


def _m_still_spoilt(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        m = m / (1 - beta1**t)
        x = x - _move(m, v, lr, eps, 1, 1 - beta2**t)
    return x


def _v_still_spoilt(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        v = v / (1 - beta2**t)
        x = x - _move(m, v, lr, eps, 1 - beta1**t)
    return x


def _correction_removed(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for _ in range(steps):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps)
    return x


def _only_m_is_corrected(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t)
    return x


def _only_v_is_corrected(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1, 1 - beta2**t)
    return x


def _t_stands_still(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for _ in range(steps):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1, 1 - beta2)
    return x


def _last_t_for_all(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for _ in range(steps):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**steps, 1 - beta2**steps)
    return x


def _t_from_zero(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(steps):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _t_from_two(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(2, steps + 2):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _first_step_skipped(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(2, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _last_step_missing(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _one_step_too_many(grad, x, *, lr, steps, beta1, beta2, eps):
    return adam_descent.reference(
        grad, x, lr=lr, steps=steps + 1, beta1=beta1, beta2=beta2, eps=eps
    )


def _corrected_after_the_step(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps)
        m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return x


def _stops_where_it_is_level(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        g = np.asarray(grad(x), dtype=float)
        if np.linalg.norm(g) < 1e-8:
            break
        m, v = _averages(g, m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _averages_start_anew(grad, x, *, lr, steps, beta1, beta2, eps):
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), 0, 0, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _averages_never_kept(grad, x, *, lr, steps, beta1, beta2, eps):
    for _ in range(steps):
        m, v = _averages(grad(x), 0, 0, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1, 1 - beta2)
    return x


def _uncorrected_before_the_average(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        g = np.asarray(grad(x), dtype=float)
        m = beta1 * m + (1 - beta1) * g / (1 - beta1**t)
        v = beta2 * v + (1 - beta2) * g**2 / (1 - beta2**t)
        x = x - _move(m, v, lr, eps)
    return x


def _gradient_taken_once(grad, x, *, lr, steps, beta1, beta2, eps):
    g, m, v = grad(x), np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(g, m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _returns_after_one_step(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = _averages(grad(x), np.zeros(len(x)), np.zeros(len(x)), beta1, beta2)
    return x - _move(m, v, lr, eps, 1 - beta1, 1 - beta2)


def _uphill_all_along(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x + _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _corrects_with_swapped_betas(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta2**t, 1 - beta1**t)
    return x


def _no_eps_in_the_loop(grad, x, *, lr, steps, beta1, beta2, eps):
    return adam_descent.reference(grad, x, lr=lr, steps=steps, beta1=beta1, beta2=beta2, eps=0)


def _eps_in_the_root_of_the_loop(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps)
    return x


def _eps_hat_in_the_loop(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps)
    return x


def _root_corrected_late_in_the_loop(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - lr * m / (1 - beta1**t) / (np.sqrt(v) / (1 - beta2**t) + eps)
    return x


def _one_array_for_both(grad, x, *, lr, steps, beta1, beta2, eps):
    m = v = np.zeros(len(x))
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            g = grad(x)
            m *= beta1
            m += (1 - beta1) * g
            v *= beta2
            v += (1 - beta2) * g**2
            x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _corrected_in_the_first_step_only(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        weights = (1 - beta1, 1 - beta2) if t == 1 else (1, 1)
        x = x - _move(m, v, lr, eps, *weights)
    return x


def _starts_from_the_first_gradient(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.asarray(grad(x), dtype=float), np.asarray(grad(x), dtype=float) ** 2
    for _ in range(steps):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps)
    return x


def _starts_from_the_first_gradient_corrected(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.asarray(grad(x), dtype=float), np.asarray(grad(x), dtype=float) ** 2
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x


def _state_returned_too(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        m, v = _averages(grad(x), m, v, beta1, beta2)
        x = x - _move(m, v, lr, eps, 1 - beta1**t, 1 - beta2**t)
    return x, m, v


def _every_point_returned(grad, x, *, lr, steps, beta1, beta2, eps):
    points = [x]
    for n in range(1, steps + 1):
        points.append(
            adam_descent.reference(grad, x, lr=lr, steps=n, beta1=beta1, beta2=beta2, eps=eps)
        )
    return np.array(points)


def slope_of_a_valley(x):
    """The gradient of ½ (x² + 25 y²)."""
    return np.array([x[0], 25 * x[1]])


def slope_of_a_quartic(x):
    """The gradient of the sum of w⁴, 4 w³ for each coordinate."""
    return 4 * np.asarray(x, dtype=float) ** 3


adam_descent = Exercise(
    adam_descent,
    cases=(
        case(slope_of_a_valley, np.array([-10.0, 1.0]), lr=0.5, steps=1, **_STATE),
        case(slope_of_a_valley, np.array([-10.0, 1.0]), lr=0.5, steps=2, **_STATE),
        case(
            slope_of_a_valley,
            np.array([-10.0, 1.0]),
            lr=0.5,
            steps=7,
            beta1=0.8,
            beta2=0.95,
            eps=0.2,
        ),
        case(
            slope_of_a_quartic,
            np.array([2.0, -1.0, 0.5]),
            lr=0.1,
            steps=5,
            beta1=0.5,
            beta2=0.9,
            eps=0.05,
        ),
        case(slope_of_a_valley, np.array([3, -2]), lr=1, steps=3, beta1=0.5, beta2=0.75, eps=0.1),
        case(slope_of_a_quartic, np.array([1.0, 0.0]), lr=0.1, steps=3, **_STATE),
        case(  # the first step ends where the gradient is 0, and m goes on
            slope_of_a_valley,
            np.array([1.0, 0.0]),
            lr=1.25,
            steps=3,
            beta1=0.5,
            beta2=0.75,
            eps=0.25,
        ),
        case(slope_of_a_valley, np.array([3.0, -2.0]), lr=0.1, steps=0, **_STATE),
        case(
            slope_of_a_valley,
            np.array([400.1, -30.7]),
            lr=0.75,
            steps=150,
            beta1=0.9,
            beta2=0.999,
            eps=1e-8,
        ),
        case(
            slope_of_a_valley,
            np.array([10.0, 1.0]),
            lr=1e-4,
            steps=30,
            beta1=0.9,
            beta2=0.999,
            eps=1e-8,
        ),
    ),
    mistakes=(
        Mistake(
            _planted,
            "That is the loop of the text: the corrected values are stored in m and v, and the "
            "next step averages what has been divided already. Give them names of their own, "
            "m_hat and v_hat, and leave m and v as they are.",
        ),
        Mistake(
            _m_still_spoilt,
            "v is right now, but the corrected m is still stored in m. Give it a name of its own.",
        ),
        Mistake(
            _v_still_spoilt,
            "m is right now, but the corrected v is still stored in v. Give it a name of its own.",
        ),
        Mistake(
            _correction_removed,
            "You have removed the correction together with the bug: the first steps are now far "
            "too long. Correct under other names, m_hat = m / (1 − beta1**t) and so on.",
        ),
        Mistake(
            _only_m_is_corrected,
            "The step uses v uncorrected. It needs v / (1 − beta2**t), under another name.",
        ),
        Mistake(
            _only_v_is_corrected,
            "The step uses m uncorrected. It needs m / (1 − beta1**t), under another name.",
        ),
        Mistake(
            _averages_never_kept,
            "The averages start at 0 in every step, and so does t: each step is a first step. "
            "Set m and v to 0 before the loop and let t count.",
        ),
        Mistake(
            _averages_start_anew,
            "Every step finds m and v at 0, so that nothing is remembered. Set them to 0 before "
            "the loop, and store the new averages in m and v.",
        ),
        Mistake(
            _t_stands_still,
            "t is 1 in every step: you divide by 1 − beta always. It has to be the number of the "
            "step.",
        ),
        Mistake(
            _last_t_for_all,
            "Every step is corrected with the number of the last one, beta**steps. Use the number "
            "of the step itself, beta**t.",
        ),
        Mistake(
            _t_from_zero,
            "t counts from 0, so that the first step divides by 1 − beta**0 = 0. The first step "
            "has t = 1.",
        ),
        Mistake(_t_from_two, "t is one too large: the first step has t = 1."),
        Mistake(
            _first_step_skipped,
            "The first step is missing: t starts at 2, or the first gradient comes too late. Write "
            "range(1, steps + 1), and take grad(x) at the top of the loop.",
        ),
        Mistake(
            _last_step_missing,
            "You take one step too few: range(1, steps) ends at steps − 1. Write "
            "range(1, steps + 1).",
        ),
        Mistake(
            _one_step_too_many,
            "You take one step too many: range(1, steps + 1) ends at t = steps.",
        ),
        Mistake(
            _corrected_after_the_step,
            "The correction has moved behind the step, which now uses uncorrected averages, and "
            "the next step still averages what has been divided. Use m_hat and v_hat in the step.",
        ),
        Mistake(
            _stops_where_it_is_level,
            "You stop where the gradient is nearly 0. Adam goes on there, m carries it; take all "
            "the steps that are asked for.",
        ),
        Mistake(
            _uncorrected_before_the_average,
            "You correct each gradient on its way into the average. The whole average is "
            "corrected, when it is used.",
        ),
        Mistake(
            _gradient_taken_once,
            "The gradient is taken once, at the start, and used for every step. Take it anew "
            "wherever you stand.",
        ),
        Mistake(
            _returns_after_one_step,
            "You stop after the first step: the `return` stands inside the loop. Move it out.",
        ),
        Mistake(
            _one_array_for_both,
            "m = v = np.zeros(…) makes one array with two names: what changes m in place changes "
            "v, too. Make two arrays.",
        ),
        Mistake(
            _corrected_in_the_first_step_only,
            "Only the first step is corrected. The averages stay too small for many steps: "
            "divide by 1 − beta**t in each.",
        ),
        Mistake(
            _starts_from_the_first_gradient_corrected,
            "m and v start from the first gradient, and are corrected as if they had started "
            "from 0. Start both at 0.",
        ),
        Mistake(
            _starts_from_the_first_gradient,
            "After the first step your m and v are the first gradient and its square, with no part "
            "of the 0 at the start. That needs no correction, and is another method: the first "
            "gradient keeps its large weight for long. Start at 0, correct in every step, and "
            "store nothing that is corrected.",
        ),
        Mistake(_state_returned_too, "Return x alone, without m and v."),
        Mistake(_every_point_returned, "Return the last point alone, not the whole path."),
        Mistake(_uphill_all_along, "You step uphill: subtract the step."),
        Mistake(
            _corrects_with_swapped_betas,
            "The corrections have each other's beta: m is divided by 1 − beta1**t, v by "
            "1 − beta2**t.",
        ),
        Mistake(
            _no_eps_in_the_loop,
            "eps is gone: a coordinate whose gradient was always 0 then gets 0 / 0. Divide by "
            "√v̂ + ε.",
        ),
        Mistake(
            _eps_in_the_root_of_the_loop,
            "eps has moved into the root. It is added to √v̂, as in the text.",
        ),
        Mistake(
            _eps_hat_in_the_loop,
            "eps is added to √v before the correction, the ε̂ form. Add it to √v̂, as the text does.",
        ),
        Mistake(
            _root_corrected_late_in_the_loop,
            "The root is taken of v alone and then divided by 1 − beta2**t. Correct first, then "
            "take the root.",
        ),
    ),
    hints=(
        "Print m at the end of each step of the buggy loop, for a gradient that is always 1. What "
        "should the average of ones be after its correction, and what before?",
        "At t = 2 the loop takes beta1 · m, with an m that has been divided by 1 − beta1. Which m "
        "should it take?",
        "Two names are missing: m_hat = m / (1 − beta1**t), v_hat = v / (1 − beta2**t), used in "
        "the step and nowhere else.",
    ),
)

# --- first_steps ----------------------------------------------------------------------------


def first_steps(grad, *, lr, beta1, beta2, eps):
    """(−lr · g / (|g| + ε), −lr · g / (|g| + ε / √(1 − β₂)))."""
    return _pair(grad, lr, eps, eps / np.sqrt(1 - beta2))


def _pair(grad, lr, eps, eps_hat):
    g = np.asarray(grad, dtype=float)
    with np.errstate(all="ignore"):
        return -lr * g / (np.abs(g) + eps), -lr * g / (np.abs(g) + eps_hat)


def _signs(grad, *, lr, beta1, beta2, eps):
    return -lr * np.sign(grad), -lr * np.sign(grad)


def _upwards(grad, *, lr, beta1, beta2, eps):
    one, other = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return -one, -other


def _lengths(grad, *, lr, beta1, beta2, eps):
    one, other = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return np.abs(one), np.abs(other)


def _downhill_lengths(grad, *, lr, beta1, beta2, eps):
    one, other = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return -np.abs(one), -np.abs(other)


def _forms_swapped(grad, *, lr, beta1, beta2, eps):
    return first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)[::-1]


def _absolute_value_forgotten(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    with np.errstate(all="ignore"):
        return -lr * g / (g + eps), -lr * g / (g + eps / np.sqrt(1 - beta2))


def _same_for_both(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps)


def _root_of_one_minus_beta_forgotten(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps / (1 - beta2))


def _eps_made_smaller(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps * np.sqrt(1 - beta2))


def _eps_made_smaller_without_root(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps * (1 - beta2))


def _root_of_beta2(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps / np.sqrt(beta2))


def _beta1_for_beta2(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps / np.sqrt(1 - beta1))


def _beta1_in_eps(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps / (1 - beta1))


def _eps_inside_the_first(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    return -lr * g / np.sqrt(g**2 + eps), _pair(grad, lr, eps, eps / np.sqrt(1 - beta2))[1]


def _eps_squared_inside(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    return -lr * g / np.sqrt(g**2 + eps**2), -lr * g / np.sqrt(g**2 + eps**2 / (1 - beta2))


def _absolute_value_forgotten_in_the_second(grad, *, lr, beta1, beta2, eps):
    one, _ = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    with np.errstate(all="ignore"):
        return one, -lr * np.asarray(grad) / (grad + eps / np.sqrt(1 - beta2))


def _absolute_value_of_the_sum(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    with np.errstate(all="ignore"):
        return -lr * g / np.abs(g + eps), -lr * g / np.abs(g + eps / np.sqrt(1 - beta2))


def _parentheses_missing(grad, *, lr, beta1, beta2, eps):
    with np.errstate(all="ignore"):
        signs = -lr * np.asarray(grad) / np.abs(grad)
    return signs + eps, signs + eps / np.sqrt(1 - beta2)


def _beta2_written_as_a_number(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps / np.sqrt(1 - 0.999))


def _root_of_beta2_alone(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps / (1 - np.sqrt(beta2)))


def _both_betas_in_eps(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps * (1 - beta1) / np.sqrt(1 - beta2))


def _factor_in_eps(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, lr, eps, eps * np.sqrt(1 - beta2) / (1 - beta1))


def _only_the_denominator_shrunk(grad, *, lr, beta1, beta2, eps):
    one, _ = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    g = np.asarray(grad, dtype=float)
    return one, -lr * g / (np.sqrt(1 - beta2) * np.abs(g) + eps)


def _root_divides_the_step(grad, *, lr, beta1, beta2, eps):
    one, _ = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return one, one / np.sqrt(1 - beta2)


def _weights_of_the_first_step_exchanged(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    m, v = beta1 * g, beta2 * g**2
    usual = -lr * m / (1 - beta1) / (np.sqrt(v / (1 - beta2)) + eps)
    return usual, -lr * np.sqrt(1 - beta2) / (1 - beta1) * m / (np.sqrt(v) + eps)


def _without_correction(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    raw = -lr * (1 - beta1) * g / (np.sqrt(1 - beta2) * np.abs(g) + eps)
    return raw, first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)[1]


def _without_correction_in_both(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    raw = -lr * (1 - beta1) * g / (np.sqrt(1 - beta2) * np.abs(g) + eps)
    return raw, raw


def _factor_forgotten_in_the_second(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    raw = -lr * (1 - beta1) * g / (np.sqrt(1 - beta2) * np.abs(g) + eps)
    return first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)[0], raw


def _v_not_squared(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    return -lr * g / (g**2 + eps), -lr * g / (g**2 + eps / np.sqrt(1 - beta2))


def _correction_doubled(grad, *, lr, beta1, beta2, eps):
    one, other = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return one, other * np.sqrt(1 - beta2) / (1 - beta1)


def _rate_left_out(grad, *, lr, beta1, beta2, eps):
    return _pair(grad, 1.0, eps, eps / np.sqrt(1 - beta2))


def _no_eps_in_the_first(grad, *, lr, beta1, beta2, eps):
    other = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)[1]
    return -lr * np.sign(grad), other


def _factor_left_over(grad, *, lr, beta1, beta2, eps):
    one, _ = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return one, one * np.sqrt(1 - beta2) / (1 - beta1)


def _only_v_shrunk_above(grad, *, lr, beta1, beta2, eps):
    one, _ = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return one, one * np.sqrt(1 - beta2)


def _new_points(grad, *, lr, beta1, beta2, eps):
    one, other = first_steps.reference(grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return grad + one, grad + other


def _norm_for_size(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    size = np.linalg.norm(g)
    return -lr * g / (size + eps), -lr * g / (size + eps / np.sqrt(1 - beta2))


def _eps_inside_both(grad, *, lr, beta1, beta2, eps):
    g = np.asarray(grad, dtype=float)
    return -lr * g / np.sqrt(g**2 + eps), -lr * g / np.sqrt(g**2 + eps / (1 - beta2))


_USUAL = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}

first_steps = Exercise(
    first_steps,
    cases=(
        case(np.array([2.0]), lr=0.1, beta1=0.9, beta2=0.99, eps=0.5),
        case(np.array([1e-7]), lr=1.0, **_USUAL),
        case(np.array([3.0, -0.2, 0.0]), lr=0.01, beta1=0.75, beta2=0.96, eps=0.1),
        case(np.array([[1000.0, 0.001], [-1000.0, -0.001]]), lr=0.01, **_USUAL),
        case(np.array([2, -5]), lr=1, beta1=0.5, beta2=0.75, eps=1),
        case(np.array([-1e-8, 1e-9, 1e-6]), lr=0.001, beta1=0.95, beta2=0.9, eps=1e-7),
        case(np.array([1e-13, -1e-15]), lr=0.5, beta1=0.9, beta2=0.999, eps=1e-12),
    ),
    mistakes=(
        Mistake(
            _signs,
            "−lr · sign(g) is the first step as long as |g| is far above ε. Keep ε: near it the "
            "step is shorter.",
        ),
        Mistake(
            _no_eps_in_the_first,
            "The first form keeps its ε, too: v̂ is g², so its root is |g|, and the denominator "
            "|g| + ε.",
        ),
        Mistake(
            _upwards,
            "The steps point uphill. A step is what is added to x: −lr · g / (…).",
        ),
        Mistake(
            _lengths,
            "Those are lengths. A step has a direction: it is positive where g is negative.",
        ),
        Mistake(
            _downhill_lengths,
            "Your steps are negative everywhere. Where g is negative, downhill is positive: only "
            "the denominator has |g|, the numerator has g.",
        ),
        Mistake(_forms_swapped, "The two come in the wrong order: PyTorch's form first."),
        Mistake(
            _absolute_value_forgotten,
            "√(g²) is |g|, not g: with a negative gradient your denominator is g + ε. Take "
            "np.abs(grad).",
        ),
        Mistake(
            _absolute_value_forgotten_in_the_second,
            "√(g²) is |g|, not g, in the second form, too: take np.abs(grad).",
        ),
        Mistake(
            _absolute_value_of_the_sum,
            "You take |g + ε|. The root gives |g|, and ε is added to that: np.abs(grad) + eps.",
        ),
        Mistake(
            _parentheses_missing,
            "ε is added to the step: the denominator needs parentheses, (np.abs(grad) + eps).",
        ),
        Mistake(
            _same_for_both,
            "Your second form is the same as the first. There ε is added to √v, and in the first "
            "step √v is only √(1 − β₂) · |g|: divide numerator and denominator by that root.",
        ),
        Mistake(
            _root_of_one_minus_beta_forgotten,
            "In the second form ε is divided by 1 − β₂; v is under a root, so it is √(1 − β₂).",
        ),
        Mistake(
            _root_of_beta2_alone,
            "In the second form you take 1 − √β₂. v is (1 − β₂) · g², so the root is over the "
            "difference: √(1 − β₂).",
        ),
        Mistake(
            _beta2_written_as_a_number,
            "In the second form β₂ stands as the number 0.999 (√0.001, 31.6). Use the argument "
            "beta2.",
        ),
        Mistake(
            _both_betas_in_eps,
            "β₁ is left over beside ε. m has 1 − β₁ in it and the factor in front divides by it "
            "again, so it cancels: ε / √(1 − β₂).",
        ),
        Mistake(
            _factor_in_eps,
            "You multiply ε by the factor in front. It multiplies m / (√v + ε); put m = (1 − β₁) g "
            "and √v = √(1 − β₂) |g| in, and see what cancels.",
        ),
        Mistake(
            _only_the_denominator_shrunk,
            "In the second form the factor √(1 − β₂) above has got lost: it stands in the factor "
            "in front, and the 1 − β₁ cancel.",
        ),
        Mistake(
            _root_divides_the_step,
            "In the second form √(1 − β₂) divides the whole step; it divides ε alone.",
        ),
        Mistake(
            _eps_made_smaller,
            "In the second form ε is multiplied by √(1 − β₂). √v is small in the first step, so "
            "that ε weighs *more* beside it: divide.",
        ),
        Mistake(
            _eps_made_smaller_without_root,
            "In the second form ε is multiplied by 1 − β₂. √v is small in the first step, so that "
            "ε weighs *more* beside it: divide, and by the root √(1 − β₂).",
        ),
        Mistake(
            _root_of_beta2,
            "You divide ε by √β₂. In the first step v is (1 − β₂) · g², so it is √(1 − β₂).",
        ),
        Mistake(
            _beta1_for_beta2,
            "In the second form you use β₁ where v's memory is β₂: ε / √(1 − β₂).",
        ),
        Mistake(
            _beta1_in_eps,
            "β₁ does not matter: m has 1 − β₁ in it and the factor in front divides by it again. "
            "What is left beside |g| is ε / √(1 − β₂).",
        ),
        Mistake(
            _eps_inside_the_first,
            "In the first form ε has got inside the root: it is √v̂ + ε = |g| + ε.",
        ),
        Mistake(
            _eps_squared_inside,
            "√(g² + ε²) is not |g| + ε: the root of a sum is not the sum of the roots.",
        ),
        Mistake(
            _without_correction_in_both,
            "Neither form is corrected: PyTorch divides m and v by 1 − β and Keras has a factor in "
            "front that does the same.",
        ),
        Mistake(
            _without_correction,
            "The first form is not corrected: at t = 1, m̂ is g itself and v̂ is g².",
        ),
        Mistake(
            _factor_forgotten_in_the_second,
            "The factor √(1 − β₂ᵗ) / (1 − β₁ᵗ) in front of the second form is missing.",
        ),
        Mistake(
            _correction_doubled,
            "The factor √(1 − β₂) / (1 − β₁) is counted twice in the second form: once it has "
            "turned m into g, it is used up.",
        ),
        Mistake(
            _weights_of_the_first_step_exchanged,
            "beta and 1 − beta have changed places: from 0, m = (1 − β₁) g and v = (1 − β₂) g².",
        ),
        Mistake(
            _v_not_squared,
            "The root of v̂ is missing: √(g²) is |g|.",
        ),
        Mistake(
            _factor_left_over,
            "In the second form m and v are missing: beside the factor √(1 − β₂) / (1 − β₁) stand "
            "(1 − β₁) g above and √(1 − β₂) |g| below, not g and |g|.",
        ),
        Mistake(
            _only_v_shrunk_above,
            "In the second form √v is √(1 − β₂) · |g|, not |g|. So the factor √(1 − β₂) above "
            "cancels, and what is left of it divides ε.",
        ),
        Mistake(
            _new_points,
            "The steps alone are asked for: what is added to x. grad is the gradient, not the "
            "point.",
        ),
        Mistake(
            _norm_for_size,
            "You divide by the length of the whole gradient. Every coordinate goes by itself: "
            "np.abs(grad).",
        ),
        Mistake(
            _eps_inside_both,
            "ε has got inside the roots: it is added to √v̂ and to √v, after the root.",
        ),
        Mistake(_rate_left_out, "lr is missing: both steps are lr times a number of at most 1."),
    ),
    hints=(
        "At t = 1: m = (1 − β₁) g and v = (1 − β₂) g². Put them into both forms.",
        "First form: m̂ = g and √v̂ = |g|. Second form: the 1 − β₁ cancel; divide what is left above "
        "and below by √(1 − β₂).",
        "−lr · g / (|g| + ε) and −lr · g / (|g| + ε / √(1 − β₂)).",
    ),
    parts=("step in PyTorch's form", "step in Keras' form"),
)
