"""Chapter 13's exercises: the rule, a loop in which two names are one array, the hidden rate."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case
from coursekit.checks.driving import walk

# --- adadelta_step --------------------------------------------------------------------------


def adadelta_step(x, grad, v, u, *, lr, rho, eps):
    """v, then Δ = √(u + ε) / √(v + ε) · g, then u, then x ← x − lr Δ; returns (x, v, u)."""
    v = _mean_square(v, grad, rho)
    delta = _ratio(u, v, eps) * grad
    return x - lr * delta, v, _mean_square(u, delta, rho)


def _mean_square(old, new, rho):
    return rho * old + (1 - rho) * new**2


def _ratio(u, v, eps):
    return np.sqrt(u + eps) / np.sqrt(v + eps)


def _with_ratio(ratio):
    """The rule with another quotient of u, the new v and ε in front of the gradient."""

    def rule(x, grad, v, u, *, lr, rho, eps):
        v = _mean_square(v, grad, rho)
        delta = ratio(u, v, eps) * grad
        return x - lr * delta, v, _mean_square(u, delta, rho)

    return rule


def _with_means(mean_v, mean_u):
    """The rule with other averages, functions (old, new, rho)."""

    def rule(x, grad, v, u, *, lr, rho, eps):
        v = mean_v(v, grad, rho)
        delta = _ratio(u, v, eps) * grad
        return x - lr * delta, v, mean_u(u, delta, rho)

    return rule


def _named(name, function):
    function.__name__ = name
    return function


def _new_u_before_the_step(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    u = _mean_square(u, _ratio(u, v, eps) * grad, rho)
    return x - lr * _ratio(u, v, eps) * grad, v, u


def _u_from_g_before_the_step(x, grad, v, u, *, lr, rho, eps):
    v, u = _mean_square(v, grad, rho), _mean_square(u, grad, rho)
    return x - lr * _ratio(u, v, eps) * grad, v, u


def _u_from_g(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    return x - lr * _ratio(u, v, eps) * grad, v, _mean_square(u, grad, rho)


def _old_v(x, grad, v, u, *, lr, rho, eps):
    delta = _ratio(u, v, eps) * grad
    return x - lr * delta, _mean_square(v, grad, rho), _mean_square(u, delta, rho)


def _averages_swapped(x, grad, v, u, *, lr, rho, eps):
    delta = _ratio(u, v, eps) * grad
    return x - lr * delta, _mean_square(v, delta, rho), _mean_square(u, grad, rho)


def _lr_in_u(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = lr * _ratio(u, v, eps) * grad
    return x - delta, v, _mean_square(u, delta, rho)


def _lr_twice(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = lr * _ratio(u, v, eps) * grad
    return x - lr * delta, v, _mean_square(u, delta, rho)


def _lr_ignored(x, grad, v, u, *, lr, rho, eps):
    return adadelta_step.reference(x, grad, v, u, lr=1, rho=rho, eps=eps)


def _lr_written_down(x, grad, v, u, *, lr, rho, eps):
    return adadelta_step.reference(x, grad, v, u, lr=0.1, rho=rho, eps=eps)


def _rho_written_down(rho_used):
    def rule(x, grad, v, u, *, lr, rho, eps):
        return adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho_used, eps=eps)

    return _named(f"_rho_is_always_{rho_used}", rule)


def _eps_written_down(eps_used):
    def rule(x, grad, v, u, *, lr, rho, eps):
        return adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho, eps=eps_used)

    return _named(f"_eps_is_always_{eps_used:.0e}", rule)


def _plus_equals(x, grad, v, u, *, lr, rho, eps):
    v += _mean_square(v, grad, rho)
    delta = _ratio(u, v, eps) * grad
    u += _mean_square(u, delta, rho)
    return x - lr * delta, v, u


def _plus_equals_in_u(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = _ratio(u, v, eps) * grad
    u += _mean_square(u, delta, rho)
    return x - lr * delta, v, u


def _lr_for_the_numerator(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = lr / np.sqrt(v + eps) * grad
    return x - delta, v, _mean_square(u, delta, rho)


def _rmsprop(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    return x - lr * grad / np.sqrt(v + eps), v, u


def _gradient_missing(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = _ratio(u, v, eps)
    return x - lr * delta, v, _mean_square(u, delta, rho)


def _only_the_sign(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = _ratio(u, v, eps) * np.sign(grad)
    return x - lr * delta, v, _mean_square(u, delta, rho)


def _gradient_below(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = np.sqrt(u + eps) / (np.sqrt(v + eps) * grad)
    return x - lr * delta, v, _mean_square(u, delta, rho)


def _gradient_squared(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = _ratio(u, v, eps) * grad**2
    return x - lr * delta, v, _mean_square(u, delta, rho)


def _no_parentheses(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = np.sqrt(u) + eps / np.sqrt(v) + eps * grad
    return x - lr * delta, v, _mean_square(u, delta, rho)


def _u_from_the_rate(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    rate = _ratio(u, v, eps)
    return x - lr * rate * grad, v, _mean_square(u, rate, rho)


def _u_from_itself(x, grad, v, u, *, lr, rho, eps):
    moved, v, _ = adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho, eps=eps)
    return moved, v, _mean_square(u, u, rho)


def _u_from_v(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho)
    delta = _ratio(u, v, eps) * grad
    return x - lr * delta, v, _mean_square(v, delta, rho)


def _eps_kept_in_the_states(x, grad, v, u, *, lr, rho, eps):
    v, above = _mean_square(v, grad, rho) + eps, u + eps
    delta = np.sqrt(above) / np.sqrt(v) * grad
    return x - lr * delta, v, _mean_square(above, delta, rho)


def _eps_kept_in_v(x, grad, v, u, *, lr, rho, eps):
    v = _mean_square(v, grad, rho) + eps
    delta = np.sqrt(u + eps) / np.sqrt(v) * grad
    return x - lr * delta, v, _mean_square(u, delta, rho)


def _uphill(x, grad, v, u, *, lr, rho, eps):
    moved, v, u = adadelta_step.reference(x, grad, v, u, lr=-lr, rho=rho, eps=eps)
    return moved, v, u


def _states_swapped(x, grad, v, u, *, lr, rho, eps):
    x, v, u = adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho, eps=eps)
    return x, u, v


def _states_taken_for_each_other(x, grad, v, u, *, lr, rho, eps):
    return adadelta_step.reference(x, grad, u, v, lr=lr, rho=rho, eps=eps)


def _u_not_updated(x, grad, v, u, *, lr, rho, eps):
    x, v, _ = adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho, eps=eps)
    return x, v, u


def _v_not_returned(x, grad, v, u, *, lr, rho, eps):
    x, _, u = adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho, eps=eps)
    return x, v, u


def _states_not_updated(x, grad, v, u, *, lr, rho, eps):
    x, *_ = adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho, eps=eps)
    return x, v, u


def _roots_returned(x, grad, v, u, *, lr, rho, eps):
    new_v = _mean_square(v, grad, rho)
    delta = _ratio(u, new_v, eps) * grad
    return x - lr * delta, np.sqrt(new_v + eps), np.sqrt(_mean_square(u, delta, rho) + eps)


def _step_returned(x, grad, v, u, *, lr, rho, eps):
    moved, v, u = adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho, eps=eps)
    return x - moved, v, u


def _minus_step_returned(x, grad, v, u, *, lr, rho, eps):
    moved, v, u = adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho, eps=eps)
    return moved - x, v, u


def _states_in_place(x, grad, v, u, *, lr, rho, eps):
    v *= rho
    v += (1 - rho) * grad**2
    delta = _ratio(u, v, eps) * grad
    u *= rho
    u += (1 - rho) * delta**2
    return x - lr * delta, v, u


def _one_size_for_all(x, grad, v, u, *, lr, rho, eps):
    v = rho * v + (1 - rho) * np.sum(grad**2)
    delta = _ratio(u, v, eps) * grad
    return x - lr * delta, v, rho * u + (1 - rho) * np.sum(delta**2)


def _one_mean_for_all(x, grad, v, u, *, lr, rho, eps):
    v = rho * v + (1 - rho) * np.mean(grad**2)
    delta = _ratio(u, v, eps) * grad
    return x - lr * delta, v, rho * u + (1 - rho) * np.mean(delta**2)


def _rho_swapped(x, grad, v, u, *, lr, rho, eps):
    return adadelta_step.reference(x, grad, v, u, lr=lr, rho=1 - rho, eps=eps)


def _u_from_x(x, grad, v, u, *, lr, rho, eps):
    moved, v, _ = adadelta_step.reference(x, grad, v, u, lr=lr, rho=rho, eps=eps)
    return moved, v, _mean_square(u, moved, rho)


def _sum(old, new, rho):
    return old + new**2


def _no_decay(old, new, rho):
    return old + (1 - rho) * new**2


def _no_weight(old, new, rho):
    return rho * old + new**2


def _swapped_weights(old, new, rho):
    return (1 - rho) * old + rho * new**2


def _latest_only(old, new, rho):
    return new**2 + 0 * old


def _not_squared(old, new, rho):
    return rho * old + (1 - rho) * new


def _sizes(old, new, rho):
    return rho * old + (1 - rho) * np.abs(new)


def _weight_squared(old, new, rho):
    return rho * old + ((1 - rho) * new) ** 2


_AVERAGES = {
    _sum: "a sum: it only grows, as in AdaGrad. It has to forget: ρ · old + (1 − ρ) · new²",
    _no_decay: "undecayed: the old value has to be multiplied by ρ",
    _no_weight: "no average: the new square needs the weight 1 − ρ",
    _swapped_weights: "weighted the wrong way round: the old value gets ρ, the new square 1 − ρ",
    _latest_only: "only the latest square: keep ρ times the old value",
    _not_squared: "an average of what is not squared: it can be negative, and its root NaN",
    _sizes: "an average of sizes, |·|: squares are averaged, and the root comes afterwards",
    _weight_squared: "wrong in its weight: 1 − ρ stands inside the square. Square first",
}

adadelta_step = Exercise(
    adadelta_step,
    cases=(
        case(
            np.array([2.0]),
            np.array([3.0]),
            np.array([2.0]),
            np.array([0.75]),
            lr=2.0,
            rho=0.75,
            eps=0.25,
        ),
        case(
            np.array([1.0, -2.0]),
            np.array([0.5, 4.0]),
            np.zeros(2),
            np.zeros(2),
            lr=1.0,
            rho=0.9,
            eps=0.01,
        ),
        case(
            np.array([1.0, -2.0, 0.5]),
            np.array([-3.0, 0.0, 0.2]),
            np.array([0.5, 2.0, 0.0]),
            np.array([0.1, 0.3, 0.0]),
            lr=0.5,
            rho=0.6,
            eps=0.04,
        ),
        case(
            np.array([4.0, -1.0]),
            [np.array([2.0, -0.3]), np.array([1.5, 0.4])] * 3,
            np.zeros(2),
            np.zeros(2),
            lr=3.0,
            rho=0.8,
            eps=0.1,
        ),
        case(
            np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]),
            np.array([[2.0, -1.0, 0.3], [-4.0, 0.1, 6.0]]),
            np.array([[0.2, 3.0, 0.7], [5.0, 0.4, 1.1]]),
            np.array([[0.9, 0.04, 0.3], [1.6, 0.25, 0.5]]),
            lr=0.7,
            rho=0.95,
            eps=0.5,
        ),
        case(
            np.array([3, -4]),
            np.array([2, -5]),
            np.array([6, 1]),
            np.array([2, 9]),
            lr=1.5,
            rho=0.25,
            eps=2.0,
        ),
        case(
            np.array([100.0, 3.0]),
            [np.array([50.0, 0.02])] * 4,
            np.zeros(2),
            np.zeros(2),
            lr=1.0,
            rho=0.9,
            eps=1e-3,
        ),
        case(
            np.array([3e-7]),
            np.array([2.3e-9]),
            np.array([1.7e-18]),
            np.array([4e-16]),
            lr=0.003,
            rho=0,
            eps=1e-18,
        ),
        case(
            np.array([1.0, 2.0]),
            [np.zeros(2), np.ones(2)],
            np.array([4.0, 0.0]),
            np.array([9.0, 0.5]),
            lr=1.0,
            rho=0.5,
            eps=0.25,
        ),
        case(
            np.array([0.3, -1200.1, 20.0, 5.0, -1.0]),
            [np.array([-30000.7, 0.1, 700.3, 0.0, 12.0]), np.full(5, 40.0)],
            np.array([0.0, 2500.0, 1e6, 30.0, 4e4]),
            np.array([0.0, 2500.0, 1e5, 30.0, 4e4]),
            lr=2.5,
            rho=0.9995,
            eps=3.0,
        ),
    ),
    drive=walk,
    parts=("new x", "new v", "new u"),
    mistakes=(
        Mistake(
            _new_u_before_the_step,
            "x moves with the new u. The numerator is the size of the steps *before* this one: "
            "make Δ once, with the old u, use it for u and for x.",
        ),
        Mistake(
            _u_from_g_before_the_step,
            "u averages squared gradients, as v does, so the two roots nearly cancel. u averages "
            "the squared steps Δ², and only after Δ has been made with the old u.",
        ),
        Mistake(
            _u_from_g,
            "u averages squared gradients. It is the average of the squared steps: "
            "u ← ρ u + (1 − ρ) Δ².",
        ),
        Mistake(
            _averages_swapped,
            "The averages are swapped: v takes the squared gradients and u the squared steps. And "
            "v comes first, for Δ is made with the new v.",
        ),
        Mistake(
            _old_v,
            "Δ is made with the old v. Update v first: the present gradient has to count in its "
            "own denominator. (Only u is used before its update.)",
        ),
        Mistake(
            _lr_in_u,
            "lr is inside Δ, so u averages (lr · Δ)². PyTorch, Optax and Keras leave it out: u "
            "averages Δ², and lr stands only in x ← x − lr · Δ.",
        ),
        Mistake(
            _lr_twice,
            "lr counts twice, once inside Δ and once in front of it. It belongs only in "
            "x ← x − lr · Δ.",
        ),
        Mistake(_lr_ignored, "lr has no effect: x ← x − lr · Δ."),
        Mistake(
            _lr_written_down,
            "lr has no effect: you write 0.1 in its place, and the caller may give another.",
        ),
        *(
            Mistake(
                _rho_written_down(rho),
                f"rho has no effect: you write {rho} in its place, and the caller may give "
                "another.",
            )
            for rho in (0.9, 0.95)
        ),
        *(
            Mistake(
                _eps_written_down(eps),
                f"eps has no effect: you write {eps:.0e} in its place, and the caller may give "
                "another.",
            )
            for eps in (1e-6, 1e-7, 1e-8)
        ),
        *(
            Mistake(
                function,
                "+= … adds to the old average, which so comes in whole and ρ times besides; and it "
                "writes into the caller's own array. Write v = rho * v + …, and u likewise.",
            )
            for function in (_plus_equals, _plus_equals_in_u)
        ),
        Mistake(
            _lr_for_the_numerator,
            "The numerator is lr, as in RMSprop, and u is kept but not used. The numerator is "
            "√(u + ε); lr multiplies Δ at the end.",
        ),
        Mistake(
            _rmsprop,
            "That is RMSprop: u is neither used nor updated. Here the numerator is √(u + ε), and "
            "u ← ρ u + (1 − ρ) Δ² follows.",
        ),
        Mistake(
            _gradient_missing,
            "The gradient is missing: √(u + ε) / √(v + ε) is only the rate. Δ is that times g.",
        ),
        Mistake(
            _only_the_sign,
            "Only the sign of the gradient is used. Δ = √(u + ε) / √(v + ε) · g has its size, too: "
            "a gradient that is small beside the recent ones makes a small step.",
        ),
        Mistake(
            _gradient_below,
            "The gradient stands in the denominator: check the parentheses. Δ is "
            "√(u + ε) / √(v + ε), and then times g.",
        ),
        Mistake(
            _gradient_squared,
            "The gradient is squared in Δ, so its sign is lost. Squares belong only in v and u; "
            "Δ = √(u + ε) / √(v + ε) · g.",
        ),
        Mistake(
            _no_parentheses,
            "Parentheses are missing: √u + ε/√v + ε·g are three terms. ε is inside each root: "
            "np.sqrt(u + eps) / np.sqrt(v + eps) * grad.",
        ),
        Mistake(
            _u_from_the_rate,
            "u averages the squared rate √(u + ε) / √(v + ε). It averages the squared step, which "
            "is that times the gradient.",
        ),
        Mistake(
            _u_from_itself,
            "u averages its own square. It averages the squared steps: u ← ρ u + (1 − ρ) Δ².",
        ),
        Mistake(
            _u_from_v,
            "The old value in u's average is v. Each average goes on from itself: "
            "u ← ρ u + (1 − ρ) Δ².",
        ),
        *(
            Mistake(
                function,
                "ε is kept in the state, and so it is added again at every step. Add it only "
                "where the root is taken.",
            )
            for function in (_eps_kept_in_the_states, _eps_kept_in_v)
        ),
        Mistake(_uphill, "You step uphill: x ← x − lr · Δ, with a minus."),
        Mistake(
            _states_swapped,
            "The states come back in the wrong order: (x, v, u), and the next step would take one "
            "for the other.",
        ),
        Mistake(
            _states_taken_for_each_other,
            "You take u for v and v for u: v averages the squared gradients and goes below, u "
            "averages the squared steps and goes on top.",
        ),
        Mistake(
            _states_not_updated,
            "You return v and u as they came. The new ones are needed, or every step is a first "
            "step.",
        ),
        Mistake(
            _u_not_updated,
            "u comes back as it came: after Δ has been made, u ← ρ u + (1 − ρ) Δ².",
        ),
        Mistake(
            _v_not_returned,
            "The new v is used and then lost: you return the old one.",
        ),
        Mistake(
            _roots_returned,
            "You return the roots √(v + ε) and √(u + ε). The state is v and u themselves.",
        ),
        *(
            Mistake(function, "You return the step in place of the new point: x − lr · Δ.")
            for function in (_step_returned, _minus_step_returned)
        ),
        *(
            Mistake(
                function,
                "All coordinates share one size: you take the sum or mean over the array. Every "
                "coordinate has its own v and u; square element by element.",
            )
            for function in (_one_size_for_all, _one_mean_for_all)
        ),
        Mistake(
            _states_in_place,
            "`*=`, `+=` or `-=` write into the caller's own arrays, and into an array of integers "
            "no fraction can be written. Make new ones: v = rho * v + (1 - rho) * grad**2.",
        ),
        Mistake(
            _rho_swapped,
            "ρ and 1 − ρ are swapped in both averages: the old value gets ρ, the new square 1 − ρ.",
        ),
        Mistake(
            _u_from_x,
            "u averages the squares of the new *points*. It averages the squares of the steps Δ: "
            "where x happens to lie must not matter.",
        ),
        *(
            Mistake(_named(name, _with_ratio(ratio)), sentence)
            for name, ratio, sentence in (
                (
                    "_no_eps_above",
                    lambda u, v, eps: np.sqrt(u) / np.sqrt(v + eps),
                    "ε is missing in the numerator. With u = 0 at the start no step would ever "
                    "be taken: √(u + ε).",
                ),
                (
                    "_no_eps_below",
                    lambda u, v, eps: np.sqrt(u + eps) / np.sqrt(v),
                    "ε is missing in the denominator: √(v + ε). Without it a coordinate that has "
                    "had no gradient divides by 0.",
                ),
                (
                    "_no_eps",
                    lambda u, v, eps: np.sqrt(u) / np.sqrt(v),
                    "ε is missing in both roots. Without it the first step is 0, and so is every "
                    "other: √(u + ε) / √(v + ε).",
                ),
                (
                    "_eps_outside_both",
                    lambda u, v, eps: (np.sqrt(u) + eps) / (np.sqrt(v) + eps),
                    "ε is outside the roots, as in PyTorch's RMSprop. In AdaDelta everybody has "
                    "it inside: √(u + ε) / √(v + ε).",
                ),
                (
                    "_eps_outside_below",
                    lambda u, v, eps: np.sqrt(u + eps) / (np.sqrt(v) + eps),
                    "In the denominator ε is outside the root. It goes inside, above and below: "
                    "√(v + ε).",
                ),
                (
                    "_eps_outside_above",
                    lambda u, v, eps: (np.sqrt(u) + eps) / np.sqrt(v + eps),
                    "In the numerator ε is outside the root. It goes inside, above and below: "
                    "√(u + ε).",
                ),
                (
                    "_eps_only_outside_below",
                    lambda u, v, eps: np.sqrt(u) / (np.sqrt(v) + eps),
                    "ε is missing in the numerator and outside the root in the denominator. It "
                    "goes inside both roots: √(u + ε) / √(v + ε).",
                ),
                (
                    "_upside_down",
                    lambda u, v, eps: np.sqrt(v + eps) / np.sqrt(u + eps),
                    "The quotient is upside down: the size of the steps, √(u + ε), is on top, the "
                    "size of the gradients, √(v + ε), below.",
                ),
                (
                    "_no_roots",
                    lambda u, v, eps: (u + eps) / (v + eps),
                    "The roots are missing: u and v are mean *squares*, and √(u + ε) / √(v + ε) "
                    "compares sizes.",
                ),
                (
                    "_no_root_above",
                    lambda u, v, eps: (u + eps) / np.sqrt(v + eps),
                    "The numerator has no root: √(u + ε).",
                ),
                (
                    "_no_root_below",
                    lambda u, v, eps: np.sqrt(u + eps) / (v + eps),
                    "The denominator has no root: √(v + ε).",
                ),
                (
                    "_parentheses_missing",
                    lambda u, v, eps: np.sqrt(u + eps / v + eps),
                    "Parentheses are missing: u + eps / v + eps divides only the first ε by v. "
                    "Write (u + eps) / (v + eps) inside the root.",
                ),
                (
                    "_half_the_parentheses",
                    lambda u, v, eps: np.sqrt(u + eps) / np.sqrt(v) + eps,
                    "The ε behind the quotient is added to the rate itself: it belongs inside the "
                    "root, √(v + ε).",
                ),
                (
                    "_eps_added_to_the_quotient",
                    lambda u, v, eps: np.sqrt(u / v + eps),
                    "ε is added to the quotient u / v. It is added to u and to v, each by itself: "
                    "√(u + ε) / √(v + ε).",
                ),
                (
                    "_product",
                    lambda u, v, eps: np.sqrt(u + eps) * np.sqrt(v + eps),
                    "You multiply by √(v + ε). Divide: large recent gradients make small steps.",
                ),
            )
        ),
        *(
            Mistake(
                _named(f"{mean.__name__}_in_v", _with_means(mean, _mean_square)),
                f"v is {sentence}. (u is right.)",
            )
            for mean, sentence in _AVERAGES.items()
        ),
        *(
            Mistake(
                _named(f"{mean.__name__}_in_u", _with_means(_mean_square, mean)),
                f"u is {sentence}. (v is right.)",
            )
            for mean, sentence in _AVERAGES.items()
        ),
        *(
            Mistake(
                _named(f"{mean.__name__}_in_both", _with_means(mean, mean)),
                f"Both v and u are off in the same way. Each is {sentence}.",
            )
            for mean, sentence in _AVERAGES.items()
            if mean is not _swapped_weights  # that is _rho_swapped
        ),
    ),
    hints=(
        "Four lines in this order: v, Δ, u, x. Each uses what the lines above it have made, and "
        "Δ uses the u that came in.",
        "Δ = √(u + ε) / √(v + ε) · g with the new v. Compute it once and keep it under a name: u "
        "and x both need it. lr is not in it.",
        "The first case by hand: v = 0.75 · 2 + 0.25 · 9 = 3.75, Δ = √1 / √4 · 3 = 1.5, "
        "u = 0.75 · 0.75 + 0.25 · 1.5² = 1.125, x = 2 − 2 · 1.5 = −1.",
    ),
)

# --- adadelta_descent -----------------------------------------------------------------------


def adadelta_descent(grad, x, steps, rho, eps):
    """The point after `steps` steps of AdaDelta (lr = 1) from x, v and u starting at 0."""
    return _descend(grad, x, steps, rho, eps)


def _descend(grad, x, steps, rho, eps, rule=None, v=0.0, u=0.0):
    """The loop with another rule (x, g, v, u, rho, eps) -> (x, v, u), or another start."""
    rule = rule or _right_rule
    for _ in range(steps):
        x, v, u = rule(x, np.asarray(grad(x)), v, u, rho, eps)
    return np.array(x, dtype=float)


def _right_rule(x, g, v, u, rho, eps):
    return adadelta_step.reference(x, g, v, u, lr=1, rho=rho, eps=eps)


def _planted(grad, x, steps, rho, eps):
    v = u = np.zeros(np.shape(x))
    for _ in range(steps):
        g = np.asarray(grad(x))
        v *= rho
        v += (1 - rho) * g**2
        delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u *= rho
        u += (1 - rho) * delta**2
        x = x - delta
    return x


def _only_v_in_place(grad, x, steps, rho, eps):
    v = u = np.zeros(np.shape(x))
    for _ in range(steps):
        g = np.asarray(grad(x))
        v *= rho
        v += (1 - rho) * g**2
        delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u = rho * u + (1 - rho) * delta**2
        x = x - delta
    return x


def _states_made_anew(grad, x, steps, rho, eps):
    return _descend(
        grad, x, steps, rho, eps, lambda x, g, v, u, *rest: _right_rule(x, g, 0.0, 0.0, *rest)
    )


def _u_made_anew(grad, x, steps, rho, eps):
    return _descend(
        grad, x, steps, rho, eps, lambda x, g, v, u, *rest: _right_rule(x, g, v, 0.0, *rest)
    )


def _starts_at_one(grad, x, steps, rho, eps):
    return _descend(grad, x, steps, rho, eps, v=1.0, u=1.0)


def _u_starts_at_one(grad, x, steps, rho, eps):
    return _descend(grad, x, steps, rho, eps, u=1.0)


def _u_starts_at_eps(grad, x, steps, rho, eps):
    return _descend(grad, x, steps, rho, eps, u=eps)


def _gradient_taken_once(grad, x, steps, rho, eps):
    first = np.asarray(grad(x))
    return _descend(lambda x: first, x, steps, rho, eps)


def _uphill_all_the_way(grad, x, steps, rho, eps):
    def rule(x, g, v, u, rho, eps):
        moved, v, u = _right_rule(x, g, v, u, rho, eps)
        return 2 * x - moved, v, u

    return _descend(grad, x, steps, rho, eps, rule)


def _gradients_in_u(grad, x, steps, rho, eps):
    def rule(x, g, v, u, rho, eps):
        return _u_from_g(x, g, v, u, lr=1, rho=rho, eps=eps)

    return _descend(grad, x, steps, rho, eps, rule)


def _u_before_x(grad, x, steps, rho, eps):
    def rule(x, g, v, u, rho, eps):
        return _new_u_before_the_step(x, g, v, u, lr=1, rho=rho, eps=eps)

    return _descend(grad, x, steps, rho, eps, rule)


def _goes_on_from_v(grad, x, steps, rho, eps):
    def rule(x, g, v, u, rho, eps):
        return _u_from_v(x, g, v, u, lr=1, rho=rho, eps=eps)

    return _descend(grad, x, steps, rho, eps, rule)


def _starts_again_each_time(grad, x, steps, rho, eps):
    v = u = 0.0
    new = np.array(x, dtype=float)
    for _ in range(steps):
        new, v, u = _right_rule(x, np.asarray(grad(x)), v, u, rho, eps)
    return new


def _starts_again_and_needs_a_step(grad, x, steps, rho, eps):
    v = u = 0.0
    for _ in range(steps):
        new, v, u = _right_rule(x, np.asarray(grad(x)), v, u, rho, eps)
    return new


def _stops_where_it_is_level(grad, x, steps, rho, eps):
    return _stopping(lambda g: np.linalg.norm(g) < 1e-6, grad, x, steps, rho, eps)


def _stops_where_a_part_is_level(grad, x, steps, rho, eps):
    return _stopping(lambda g: np.any(g == 0), grad, x, steps, rho, eps)


def _stopping(level, grad, x, steps, rho, eps):
    x, v, u = np.array(x, dtype=float), 0.0, 0.0
    for _ in range(steps):
        g = np.asarray(grad(x))
        if level(g):
            break
        x, v, u = _right_rule(x, g, v, u, rho, eps)
    return x


def _one_size_for_all_along(grad, x, steps, rho, eps):
    def rule(x, g, v, u, rho, eps):
        return _one_size_for_all(x, g, v, u, lr=1, rho=rho, eps=eps)

    return _descend(grad, x, steps, rho, eps, rule)


def _states_too(grad, x, steps, rho, eps):
    x, v, u = np.array(x, dtype=float), np.zeros(np.shape(x)), np.zeros(np.shape(x))
    for _ in range(steps):
        x, v, u = _right_rule(x, np.asarray(grad(x)), v, u, rho, eps)
    return x, v, u


def _rmsprop_with_lr_one(grad, x, steps, rho, eps):
    def rule(x, g, v, u, rho, eps):
        return _rmsprop(x, g, v, u, lr=1, rho=rho, eps=eps)

    return _descend(grad, x, steps, rho, eps, rule)


def _one_step_short(grad, x, steps, rho, eps):
    return _descend(grad, x, max(steps - 1, 0), rho, eps)


def _one_step_more(grad, x, steps, rho, eps):
    return _descend(grad, x, steps + 1, rho, eps)


def _returns_in_the_loop(grad, x, steps, rho, eps):
    return _descend(grad, x, 1, rho, eps) if steps else None


def _never_moves(grad, x, steps, rho, eps):
    return np.array(x, dtype=float)


def parabola_slope(x):
    """x, the slope of ½ x² in every coordinate."""
    return 1 * x


def valley_slope(x):
    """The gradient of ½ (x₀² + 25 x₁²), steeper along the second coordinate."""
    return np.array([x[0], 25 * x[1]])


def quartic_slope(x):
    """4 x³, the slope of x⁴ in every coordinate."""
    return 4 * x**3


adadelta_descent = Exercise(
    adadelta_descent,
    cases=(
        case(parabola_slope, np.array([3.0]), 1, 0.75, 0.25),
        case(parabola_slope, np.array([3.0]), 2, 0.75, 0.25),
        case(parabola_slope, np.array([3.0]), 0, 0.75, 0.25),
        case(valley_slope, np.array([-10.0, 1.0]), 5, 0.9, 0.01),
        case(valley_slope, np.array([-10.0, 1.0]), 60, 0.8, 0.001),
        case(quartic_slope, np.array([1.0, -0.5, 0.2]), 12, 0.95, 1e-4),
        case(valley_slope, np.array([4, -3]), 7, 0.5, 0.1),
        case(parabola_slope, np.array([[1.0, -2.0, 5.0], [0.5, 8.0, -3.0]]), 9, 0.9, 0.04),
        # level in one direction; nearly level; a long way
        case(parabola_slope, np.array([3.0, 0.0, 1.0]), 2, 0.9, 0.1),
        case(valley_slope, np.array([1e-7, -2e-8]), 3, 0.9, 1e-15),
        case(valley_slope, np.array([400.1, -30.7]), 150, 0.8, 0.1),
    ),
    mistakes=(
        Mistake(
            _planted,
            "v and u hold the same numbers at every step, so the roots cancel and every step is "
            "the gradient itself. Are they two names of one array? `v = u = np.zeros(…)` makes a "
            "single one, and `*=` and `+=` change it under both names: give each its own. (Or is "
            "delta made before v is updated? That has the same effect.)",
        ),
        Mistake(
            _only_v_in_place,
            "In the first step v and u are still two names of one array, which `*=` and `+=` "
            "change under both: that step is the gradient itself. Give each an array of its own, "
            "or write v = rho * v + … .",
        ),
        Mistake(
            _states_made_anew,
            "v and u start from 0 at every step, so every step is a first step. Make them once, "
            "before the loop.",
        ),
        Mistake(
            _u_made_anew,
            "u is 0 at every step, so the steps never grow. Make it once, before the loop, and "
            "update it in the loop: u = rho * u + (1 - rho) * delta**2.",
        ),
        Mistake(_starts_at_one, "v and u start at 1. They start at 0: np.zeros, not np.ones."),
        Mistake(
            _u_starts_at_one,
            "u starts at 1, as if a step of length 1 had been taken. It starts at 0; ε alone sets "
            "the first step.",
        ),
        Mistake(
            _u_starts_at_eps,
            "u starts at ε, and ε is added to it besides. It starts at 0.",
        ),
        Mistake(
            _gradient_taken_once,
            "The gradient is taken once, at the start, and used for every step. Take it anew "
            "wherever you stand.",
        ),
        Mistake(_uphill_all_the_way, "You step uphill: x = x − delta, with a minus."),
        Mistake(
            _gradients_in_u,
            "u averages squared gradients, or is given v's value. It averages the squared steps: "
            "u = rho * u + (1 - rho) * delta**2.",
        ),
        Mistake(
            _u_before_x,
            "x moves with a second Δ, made with the new u. Make delta once, with the old u.",
        ),
        Mistake(
            _goes_on_from_v,
            "The old value in u's average is v. Each average goes on from itself: "
            "u = rho * u + (1 - rho) * delta**2.",
        ),
        *(
            Mistake(
                function,
                "Every step starts from the first point again, so all but the last are lost. Give "
                "the new point the old name: x = x - delta.",
            )
            for function in (_starts_again_each_time, _starts_again_and_needs_a_step)
        ),
        *(
            Mistake(
                function,
                "You stop where the gradient, or a part of it, is 0 or nearly so. Take all the "
                "steps that are asked for.",
            )
            for function in (_stops_where_it_is_level, _stops_where_a_part_is_level)
        ),
        Mistake(
            _one_size_for_all_along,
            "All coordinates share one size: you take a sum over the array. Square element by "
            "element.",
        ),
        Mistake(_states_too, "You return v and u as well; the point x alone is asked for."),
        Mistake(
            _rmsprop_with_lr_one,
            "u does not take part: that is RMSprop with a rate of 1. The numerator is √(u + ε).",
        ),
        Mistake(_one_step_short, "You take one step too few: range(steps) makes `steps` of them."),
        Mistake(_one_step_more, "You take one step too many: range(steps) makes `steps` of them."),
        Mistake(
            _returns_in_the_loop,
            "You stop after the first step: the `return` stands inside the loop. Move it out.",
        ),
        Mistake(
            _never_moves,
            "x comes back as it was: x = x - delta is missing, or its result is lost.",
        ),
    ),
    hints=(
        "Run the buggy loop for one step from x = 3 on ½ x² and print v and u after each line. "
        "Which line changes u that does not name it?",
        "`v is u` is True from the first line on: `v = u = …` gives one array two names, and "
        "`v *= rho` changes the array, not the name.",
        "v, u = np.zeros(x.shape), np.zeros(x.shape) before the loop. The rest can stay.",
    ),
)

# --- eps_for_first_step ---------------------------------------------------------------------


def eps_for_first_step(length, grad, *, lr, rho):
    """ε = (1 − ρ) s² g² / (g² − s²), s = length / lr, from √ε |g| / √((1 − ρ) g² + ε) = s."""
    s = length / lr
    return (1 - rho) * s**2 * grad**2 / (grad**2 - s**2)


def _lr_ignored_in_length(length, grad, *, lr, rho):
    return eps_for_first_step.reference(length, grad, lr=1, rho=rho)


def _lr_multiplied(length, grad, *, lr, rho):
    return eps_for_first_step.reference(length * lr, grad, lr=1, rho=rho)


def _lr_afterwards(length, grad, *, lr, rho):
    return eps_for_first_step.reference(length, grad, lr=1, rho=rho) / lr


def _lr_squared_afterwards(length, grad, *, lr, rho):
    return eps_for_first_step.reference(length, grad, lr=1, rho=rho) / lr**2


def _rho_written_down_here(rho_used):
    def answer(length, grad, *, lr, rho):
        return eps_for_first_step.reference(length, grad, lr=lr, rho=rho_used)

    return _named(f"_rho_is_always_{rho_used}_here", answer)


def _lr_in_one_place(length, grad, *, lr, rho):
    return (1 - rho) * length**2 / lr * grad**2 / (grad**2 - length**2 / lr)


def _lr_on_the_gradient(length, grad, *, lr, rho):
    return eps_for_first_step.reference(length, lr * grad, lr=1, rho=rho)


def _length_of_the_first_step(length, grad, *, lr, rho):
    return lr * np.sqrt(length) * abs(grad) / np.sqrt((1 - rho) * grad**2 + length)


def _larger_root(a, b, c):
    """Of a ε² + b ε + c = 0."""
    return (-b + np.sqrt(b**2 - 4 * a * c)) / (2 * a)


def _with_formula(formula):
    """Another formula of (length / lr, |grad|, rho)."""

    def answer(length, grad, *, lr, rho):
        return formula(length / lr, abs(grad), rho)

    return answer


eps_for_first_step = Exercise(
    eps_for_first_step,
    cases=(
        case(3.0, 5.0, lr=1.0, rho=0.75),
        case(0.1, 10.0, lr=1.0, rho=0.9),
        case(6.0, 5.0, lr=2.0, rho=0.75),
        case(0.5, -2.0, lr=0.5, rho=0.9),
        case(0.01, 0.02, lr=1.0, rho=0.95),
        case(3.0, -2.0, lr=2.5, rho=0.6),
        case(1, 3, lr=1, rho=0.5),
        case(0.003, 1000.0, lr=0.001, rho=0.95),
        case(270.0, -100.0, lr=3.0, rho=0.5),
    ),
    mistakes=(
        Mistake(
            _lr_ignored_in_length,
            "lr has no effect. The step is lr · Δ, so Δ has to be length / lr long.",
        ),
        Mistake(
            _lr_multiplied,
            "You multiply the length by lr. The step is lr · Δ, so Δ has to be length / lr long.",
        ),
        *(
            Mistake(
                function,
                "You divide ε by lr, or by lr², at the end (or length by lr above and not below). "
                "Divide the length by lr at the beginning, and use that in both places.",
            )
            for function in (_lr_afterwards, _lr_squared_afterwards)
        ),
        *(
            Mistake(
                _rho_written_down_here(rho),
                f"rho has no effect: you write {1 - rho:.2g} where 1 − rho is meant.",
            )
            for rho in (0.9, 0.95)
        ),
        Mistake(
            _lr_in_one_place,
            "You divide length² by lr where (length / lr)² is meant: lr has to be squared, too.",
        ),
        Mistake(
            _lr_on_the_gradient,
            "You multiply the gradient by lr (or divide length by lr below and not above, which "
            "comes to the same). v is made of the gradient itself; use length / lr in both places.",
        ),
        Mistake(
            _length_of_the_first_step,
            "You put length in ε's place and compute a step. It is the other way round: the step "
            "is given, and ε is asked for.",
        ),
        *(
            Mistake(_named(name, _with_formula(formula)), sentence)
            for name, formula, sentence in (
                (
                    "_eps_below_ignored",
                    lambda s, g, rho: (1 - rho) * s**2,
                    "(1 − ρ) · length² is right only where ε is nothing beside (1 − ρ) g². ε "
                    "stands in the denominator as well: solve "
                    "√ε · |g| = length · √((1 − ρ) g² + ε) for it.",
                ),
                (
                    "_eps_below_and_weight_ignored",
                    lambda s, g, rho: s**2,
                    "length² would be right if the first step were √ε. After one gradient v is "
                    "only (1 − ρ) g², and ε stands beside it in the denominator.",
                ),
                (
                    "_no_weight_in_v",
                    lambda s, g, rho: s**2 * g**2 / (g**2 - s**2),
                    "1 − ρ is missing: v starts at 0, so after the first gradient it is "
                    "(1 − ρ) g², not g².",
                ),
                (
                    "_rho_for_its_rest",
                    lambda s, g, rho: rho * s**2 * g**2 / (g**2 - s**2),
                    "ρ stands where 1 − ρ belongs: the new square gets the weight 1 − ρ.",
                ),
                (
                    "_root_returned",
                    lambda s, g, rho: np.sqrt(1 - rho) * s * g / np.sqrt(g**2 - s**2),
                    "That is √ε. Square it to have ε.",
                ),
                (
                    "_not_squared_before_solving",
                    lambda s, g, rho: (1 - rho) * s * g / (g - s),
                    "The squares are missing: the equation has roots on both sides, so square "
                    "both sides before you solve for ε.",
                ),
                (
                    "_sum_below",
                    lambda s, g, rho: (1 - rho) * s**2 * g**2 / (g**2 + s**2),
                    "g² + length² should be g² − length²: a sign was lost when ε · length² was "
                    "brought to the other side.",
                ),
                (
                    "_difference_turned_round",
                    lambda s, g, rho: (1 - rho) * s**2 * g**2 / (s**2 - g**2),
                    "Your ε is negative: g² − length² belongs below, and the first step is always "
                    "shorter than the gradient.",
                ),
                (
                    "_gradient_not_above",
                    lambda s, g, rho: (1 - rho) * s**2 / (g**2 - s**2),
                    "g² is missing in the numerator: it comes from v = (1 − ρ) g².",
                ),
                (
                    "_weight_below",
                    lambda s, g, rho: s**2 * g**2 / ((1 - rho) * (g**2 - s**2)),
                    "You divide by 1 − ρ. v = (1 − ρ) g² is multiplied by it, and so is ε.",
                ),
                (
                    "_weight_below_and_eps_ignored",
                    lambda s, g, rho: s**2 / (1 - rho),
                    "You divide by 1 − ρ. The first step is about √(ε / (1 − ρ)), so ε is about "
                    "(1 − ρ) times the square of the length; and ε stands in both roots.",
                ),
                (
                    "_weight_in_both_places",
                    lambda s, g, rho: (1 - rho) * s**2 * g**2 / (g**2 - (1 - rho) * s**2),
                    "1 − ρ is only in v. In the difference below it is g² − length², from "
                    "ε g² − ε length².",
                ),
                (
                    "_no_root_above",
                    lambda s, g, rho: _larger_root(g**2, -(s**2), -(s**2) * (1 - rho) * g**2),
                    "The numerator of your step has no root: it is √ε, not ε.",
                ),
            )
        ),
    ),
    hints=(
        "At the first step u = 0 and v = (1 − ρ) g². Write down |lr · Δ| with nothing but ε, ρ, lr "
        "and g in it, and set it equal to the length.",
        "With s = length / lr, square both sides: ε g² = s² · ((1 − ρ) g² + ε). Bring the terms "
        "with ε to one side.",
        "ε = (1 − ρ) s² g² / (g² − s²). The first case: s = 3, g = 5, so 0.25 · 9 · 25 / 16.",
    ),
)
