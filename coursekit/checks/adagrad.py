"""Chapter 11's exercises: the rule, a training loop that forgets, and the rate for a way."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case
from coursekit.checks.driving import walk

# --- adagrad_step ---------------------------------------------------------------------------


def adagrad_step(x, grad, s, *, lr, eps):
    """s ← s + g², x ← x − lr · g / (√s + ε); returns (x, s)."""
    s = s + grad**2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _no_sum(x, grad, s, *, lr, eps):
    s = grad**2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _sum_forgotten_after_use(x, grad, s, *, lr, eps):
    total = s + grad**2
    return x - lr * grad / (np.sqrt(total) + eps), grad**2


def _sum_of_gradients(x, grad, s, *, lr, eps):
    s = s + grad
    return x - lr * grad / (np.abs(s) + eps), s


def _root_of_a_sum_of_gradients(x, grad, s, *, lr, eps):
    s = s + grad
    return x - lr * grad / (np.sqrt(s) + eps), s


def _square_of_the_sum(x, grad, s, *, lr, eps):
    s = (s + grad) ** 2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _sum_of_sizes(x, grad, s, *, lr, eps):
    s = s + np.abs(grad)
    return x - lr * grad / (s + eps), s


def _root_of_a_sum_of_sizes(x, grad, s, *, lr, eps):
    s = s + np.abs(grad)
    return x - lr * grad / (np.sqrt(s) + eps), s


def _square_below(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / (s**2 + eps), s


def _no_root(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / (s + eps), s


def _root_kept(x, grad, s, *, lr, eps):
    s = np.sqrt(s + grad**2)
    return x - lr * grad / (s + eps), s


def _root_kept_and_taken_again(x, grad, s, *, lr, eps):
    s = np.sqrt(s + grad**2)
    return x - lr * grad / (np.sqrt(s) + eps), s


def _root_returned(x, grad, s, *, lr, eps):
    root = np.sqrt(s + grad**2) + eps
    return x - lr * grad / root, root


def _eps_inside(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / np.sqrt(s + eps), s


def _eps_squared_inside(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / np.sqrt(s + eps**2), s


def _eps_in_the_sum(x, grad, s, *, lr, eps):
    s = s + grad**2 + eps
    return x - lr * grad / np.sqrt(s), s


def _eps_inside_and_outside(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / (np.sqrt(s + eps) + eps), s


def _no_eps(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / np.sqrt(s), s


def _eps_where_the_sum_is_zero(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / np.where(s == 0, eps, np.sqrt(s)), s


def _eps_in_the_sum_and_outside(x, grad, s, *, lr, eps):
    s = s + grad**2 + eps
    return x - lr * grad / (np.sqrt(s) + eps), s


def _eps_as_a_floor(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / np.maximum(np.sqrt(s), eps), s


def _eps_added_to_the_parameter(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / np.sqrt(s) + eps, s


def _eps_added_to_the_step(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - (lr * grad / np.sqrt(s) + eps), s


def _eps_added_to_the_rate(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - (lr / np.sqrt(s) + eps) * grad, s


def _divided_then_multiplied(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr / np.sqrt(s) + eps * grad, s


def _old_sum(x, grad, s, *, lr, eps):
    return x - lr * grad / (np.sqrt(s) + eps), s + grad**2


def _sum_not_returned(x, grad, s, *, lr, eps):
    return x - lr * grad / (np.sqrt(s + grad**2) + eps), s


def _mean_over_the_coordinates(x, grad, s, *, lr, eps):
    s = s + np.mean(grad**2)
    return x - lr * grad / (np.sqrt(s) + eps), s


def _one_sum_for_all(x, grad, s, *, lr, eps):
    s = s + np.sum(grad**2)
    return x - lr * grad / (np.sqrt(s) + eps), s


def _one_sum_for_a_point(x, grad, s, *, lr, eps):
    s = s + np.sum(grad**2, axis=0)
    return x - lr * grad / (np.sqrt(s) + eps), s


def _one_rate_for_all(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / (np.sqrt(np.sum(s)) + eps), s


def _one_rate_for_a_point(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / (np.sqrt(np.sum(s, axis=0)) + eps), s


def _one_mean_rate_for_all(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / (np.sqrt(np.mean(s)) + eps), s


def _mean_of_old_and_new(x, grad, s, *, lr, eps):
    s = (s + grad**2) / 2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _moving_average(x, grad, s, *, lr, eps):
    s = 0.9 * s + 0.1 * grad**2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _fading_sum(x, grad, s, *, lr, eps):
    s = 0.9 * s + grad**2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _sum_doubled(x, grad, s, *, lr, eps):
    s = s + s + grad**2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _rate_written_down(x, grad, s, *, lr, eps):
    return adagrad_step.reference(x, grad, s, lr=0.1, eps=eps)


def _eps_written_down(eps):
    def rule(x, grad, s, *, lr, **_):
        return adagrad_step.reference(x, grad, s, lr=lr, eps=eps)

    rule.__name__ = f"_eps_is_always_{eps:.0e}"
    return rule


def _tiny_number_besides(tiny):
    def rule(x, grad, s, *, lr, eps):
        s = s + grad**2
        return x - lr * grad / (np.sqrt(s + tiny) + eps), s

    rule.__name__ = f"_{tiny:.0e}_under_the_root"
    return rule


def _uphill(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x + lr * grad / (np.sqrt(s) + eps), s


def _sum_shrinks(x, grad, s, *, lr, eps):
    s = s - grad**2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _rate_in_the_sum(x, grad, s, *, lr, eps):
    s = s + (lr * grad) ** 2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _rate_times_the_square_in_the_sum(x, grad, s, *, lr, eps):
    s = s + lr * grad**2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _rate_forgotten(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - grad / (np.sqrt(s) + eps), s


def _gradient_forgotten(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr / (np.sqrt(s) + eps), s


def _sign_of_the_gradient(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * np.sign(grad) / (np.sqrt(s) + eps), s


def _square_above(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad**2 / (np.sqrt(s) + eps), s


def _multiplied(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad * (np.sqrt(s) + eps), s


def _plain_descent(x, grad, s, *, lr, eps):
    return x - lr * grad, s + grad**2


def _sum_of_squared_points(x, grad, s, *, lr, eps):
    s = s + x**2
    return x - lr * grad / (np.sqrt(s) + eps), s


def _step_returned(x, grad, s, *, lr, eps):
    s = s + grad**2
    return lr * grad / (np.sqrt(s) + eps), s


def _downhill_step_returned(x, grad, s, *, lr, eps):
    s = s + grad**2
    return -lr * grad / (np.sqrt(s) + eps), s


def _sum_first(x, grad, s, *, lr, eps):
    s = s + grad**2
    return s, x - lr * grad / (np.sqrt(s) + eps)


def _only_the_point(x, grad, s, *, lr, eps):
    s = s + grad**2
    return x - lr * grad / (np.sqrt(s) + eps)


_EPS_INSIDE = (
    "ε stands inside the root. That is Keras' and Optax's form, g / √(s + ε); asked for is "
    "g / (√s + ε): take the root first, then add ε. For small gradients the two are far apart "
    "(section 11.9)."
)
_POINT_GRADS = [np.array(g) for g in ([2.0, -1.0], [-0.5, 0.25], [1.0, 3.0], [0.0, -0.125])]
_TABLE = np.array([[1.0, -2.0, 0.0], [0.5, 4.0, -3.0]])

adagrad_step = Exercise(
    adagrad_step,
    cases=(
        case(np.array([1.0]), np.array([3.0]), np.array([16.0]), lr=0.5, eps=0.25),
        case(np.array([1.0, 2.0]), np.array([2.0, 0.0]), np.array([0.0, 0.0]), lr=0.1, eps=0.5),
        case(np.array([1.0, 2.0]), np.array([0.5, -4.0]), np.array([0.0, 9.0]), lr=0.1, eps=2.0),
        case(np.array([5, -3]), np.array([3, -1]), np.array([16, 8]), lr=2, eps=1),
        case(np.array([1.0, 2.0]), _POINT_GRADS, np.array([0.0, 0.0]), lr=0.3, eps=0.1),
        case(np.array([1.0, 2.0]), _POINT_GRADS, np.array([1.0, 0.25]), lr=3.0, eps=0.02),
        case(_TABLE, _TABLE[::-1] + 0.5, np.abs(_TABLE), lr=0.2, eps=0.1),
        case(
            _TABLE,
            [_TABLE, 1 - _TABLE, 0.01 * _TABLE[:, ::-1], _TABLE - 3],
            np.zeros((2, 3)),
            lr=0.2,
            eps=0.05,
        ),
        case(np.array([3.0]), np.array([-2e-8]), np.array([0.0]), lr=0.1, eps=1e-8),
        # whole numbers as far as they go: x and s, but not the gradient
        case(np.array([7, -3]), np.array([0.5, -2.5]), np.array([4, 0]), lr=1.5, eps=0.25),
        case(np.array([3e-7]), np.array([2.3e-10]), np.array([1.7e-20]), lr=2e-6, eps=0.0),
        case(
            np.array([0.3, -1200.1, 20.0, 5.0, -1.0]),
            [np.array([-30000.7, 0.1, 700.3, 80.0, 12.0]), np.full(5, 40.0)],
            np.array([0.0, 2500.0, 1e6, 30.0, 4e4]),
            lr=150.0,
            eps=0.5,
        ),
    ),
    drive=walk,
    parts=("new x", "new s"),
    mistakes=(
        Mistake(
            _no_sum,
            "s is not a sum: it holds this step's g² alone, and g / √(g²) is ±1, so every step "
            "is one full lr and none ever shrinks. Add g² to the s that came in. (One of the "
            "lectures has this slip.)",
        ),
        Mistake(
            _sum_forgotten_after_use,
            "The step is right, but the s that you return is this step's g² alone: the next step "
            "will have forgotten the past. Return s + g².",
        ),
        *(
            Mistake(
                function,
                "You add up the gradients and not their squares: gradients of opposite signs "
                "cancel, and a coordinate that is thrown to and fro counts as quiet. s ← s + g².",
            )
            for function in (_sum_of_gradients, _root_of_a_sum_of_gradients)
        ),
        Mistake(
            _square_of_the_sum,
            "That is the square of a sum; s is the sum of the squares. Square the gradient "
            "first, then add: s + grad**2.",
        ),
        *(
            Mistake(
                function,
                "You add up |g|. AdaGrad adds up g² and takes the root when it divides: for a "
                "constant gradient the sum of |g| would grow as t, √s grows as √t.",
            )
            for function in (_sum_of_sizes, _root_of_a_sum_of_sizes)
        ),
        Mistake(
            _square_below,
            "You square s where its root belongs: s holds squares already. Divide by √s + ε.",
        ),
        Mistake(
            _no_root,
            "The root is missing: you divide by s + ε. Then the step has the unit 1 / gradient, "
            "and a gradient twice as large makes it half as long. Divide by √s + ε.",
        ),
        *(
            Mistake(
                function,
                "You keep the root: what you return as s is √(s + g²), and the next step adds a "
                "square to a root. Take the root only where you divide, and return the sum.",
            )
            for function in (_root_kept, _root_kept_and_taken_again, _root_returned)
        ),
        Mistake(_eps_inside, _EPS_INSIDE),
        Mistake(
            _eps_squared_inside,
            "√(s + ε²) is another way to keep away from 0, close to √s + ε and not the same. "
            "Take the root of s alone, then add ε.",
        ),
        Mistake(
            _eps_in_the_sum,
            "ε goes into s, and so it is added again at every step. Leave s the sum of the "
            "squares and add ε to its root, in the denominator only.",
        ),
        Mistake(
            _eps_in_the_sum_and_outside,
            "ε goes into s as well as under the step. s is the sum of the squares and nothing "
            "else; ε is added to its root, once.",
        ),
        Mistake(
            _eps_inside_and_outside,
            "ε stands in two places, inside the root and outside. It belongs outside only: √s + ε.",
        ),
        Mistake(
            _no_eps,
            "ε is missing in the denominator. A coordinate that has had no gradient yet is then "
            "moved by 0 / 0, which is NaN.",
        ),
        Mistake(
            _eps_where_the_sum_is_zero,
            "Your `eps` takes no effect except, perhaps, where s is 0. Is it a constant of your "
            "own? The rule adds the `eps` that is passed in, always: √s + ε.",
        ),
        Mistake(
            _eps_as_a_floor,
            "ε takes effect only where √s is smaller than it. The rule adds it always: √s + ε.",
        ),
        Mistake(
            _eps_added_to_the_parameter,
            "Brackets are missing: lr * g / √s + ε adds ε to the parameter, at every step, and "
            "still divides by 0 where there was no gradient. lr * g / (√s + ε).",
        ),
        Mistake(
            _eps_added_to_the_step,
            "ε is added to the step and not to the denominator: every coordinate drifts by ε. "
            "lr * g / (√s + ε).",
        ),
        Mistake(
            _eps_added_to_the_rate,
            "ε is added to the rate, lr / √s + ε, and not to what lr is divided by. lr / (√s + ε).",
        ),
        Mistake(
            _divided_then_multiplied,
            "Brackets are missing: Python divides lr by √s first, and then adds ε times the "
            "gradient. lr / (√s + ε) * g.",
        ),
        Mistake(
            _old_sum,
            "You divide by the old sum, without this step's gradient. Then the first step from "
            "s = 0 is g / ε: enormous. Add g² first, then divide.",
        ),
        Mistake(
            _sum_not_returned,
            "The step is right, but the old s is returned: nothing is ever added up. Return the "
            "new s.",
        ),
        Mistake(
            _mean_over_the_coordinates,
            "You take the mean of g² over the coordinates, so that all of them share one sum. "
            "Each coordinate has its own: g² element by element.",
        ),
        *(
            Mistake(
                function,
                "There is one sum for all coordinates, and so one rate for all: what this chapter "
                "sets out to get rid of. s has a number for each coordinate: s + grad**2, "
                "element by element.",
            )
            for function in (_one_sum_for_all, _one_sum_for_a_point)
        ),
        *(
            Mistake(
                function,
                "Your s is right, but you divide by one number, made of the s of all coordinates. "
                "Each coordinate is divided by the root of its own s.",
            )
            for function in (_one_rate_for_all, _one_rate_for_a_point, _one_mean_rate_for_all)
        ),
        Mistake(
            _mean_of_old_and_new,
            "That is the mean of the old s and g², which forgets half at every step. AdaGrad "
            "adds and never forgets.",
        ),
        Mistake(
            _moving_average,
            "That is a moving average, 0.9 s + 0.1 g²: it forgets, and it is RMSprop, of the next "
            "chapter. AdaGrad adds g² to all that came before.",
        ),
        Mistake(
            _fading_sum,
            "The old sum is multiplied by 0.9 and so forgotten bit by bit. AdaGrad forgets "
            "nothing: s + g².",
        ),
        Mistake(
            _sum_doubled,
            "The old s counts twice: was it s += s + grad**2? s + grad**2 is the whole new sum.",
        ),
        Mistake(
            _rate_written_down,
            "lr has no effect: you write 0.1 in its place, and the caller may give another.",
        ),
        *(
            Mistake(
                _eps_written_down(eps),
                f"You write {eps:.0e} in place of eps: the caller may give another.",
            )
            for eps in (1e-6, 1e-7, 1e-8, 1e-10)
        ),
        *(
            Mistake(
                _tiny_number_besides(tiny),
                f"Besides eps you add {tiny:.0e} under the root. That is no help, and more than s "
                "where the gradients are small: √s + ε.",
            )
            for tiny in (1e-8, 1e-12)
        ),
        Mistake(_uphill, "The sign is wrong: the step goes uphill. x minus lr · g / (√s + ε)."),
        Mistake(
            _sum_shrinks,
            "You subtract g² from s. A sum of squares grows: s + g².",
        ),
        *(
            Mistake(
                function,
                "The learning rate is in the sum, where it partly cancels what it does to the "
                "step. s is the sum of the bare g²; lr multiplies the step only.",
            )
            for function in (_rate_in_the_sum, _rate_times_the_square_in_the_sum)
        ),
        Mistake(
            _rate_forgotten,
            "The learning rate is missing: every step is as long as if lr were 1.",
        ),
        Mistake(
            _gradient_forgotten,
            "The gradient is missing in the step: lr / (√s + ε) is the rate of the coordinate, "
            "and has to be multiplied by g.",
        ),
        Mistake(
            _sign_of_the_gradient,
            "You use only the sign of the gradient above, and its size below: the larger the "
            "gradient, the shorter the step. Above stands g itself.",
        ),
        Mistake(
            _square_above,
            "Above stands g², which is never negative: the step loses its direction. The square "
            "belongs in s only; above stands g.",
        ),
        Mistake(
            _multiplied,
            "You multiply by √s + ε, so that steep coordinates get larger steps still. Divide.",
        ),
        Mistake(
            _plain_descent,
            "The sum is kept but not used: that is plain gradient descent. Divide the step by "
            "√s + ε.",
        ),
        Mistake(
            _sum_of_squared_points,
            "You add up x² and not g². What is measured is the size of the gradients.",
        ),
        Mistake(
            _step_returned,
            "You return the step in place of the new point: x minus that is asked for.",
        ),
        Mistake(
            _downhill_step_returned,
            "You return the step in place of the new point: add x to it.",
        ),
        Mistake(_sum_first, "The two results are swapped: the new x comes first, then s."),
        Mistake(
            _only_the_point,
            "Only the new point comes back. The next step needs s: return both, x and s.",
        ),
    ),
    hints=(
        "Two lines: first bring s up to date, then use the new s for the step.",
        "s grows by grad**2, element by element. The step of a coordinate is lr times its "
        "gradient, divided by the root of its own s, with eps added to the root.",
        "x - lr * grad / (np.sqrt(s) + eps), with s = s + grad**2 before; return both.",
    ),
)

# --- train_adagrad: find the planted bug ----------------------------------------------------


def train_adagrad(grad, x, batches, epochs, lr, eps):
    """The point after `epochs` rounds through `batches`; s is 0 at the start of the first."""
    return _train(grad, x, batches, epochs, lambda s, g: (s + g**2, _ratio(g, s + g**2, eps)), lr)


def _ratio(g, s, eps):
    return g / (np.sqrt(s) + eps)


def _train(grad, x, batches, epochs, rule, lr, *, new_epoch=lambda s: s):
    """`rule(s, g)` gives the new s and the step divided by lr, `new_epoch(s)` what is kept of s."""
    x = np.array(x, dtype=float)
    s = np.zeros(x.shape)
    for epoch in range(epochs):
        s = new_epoch(s) if epoch else s
        for batch in batches:
            s, step = rule(s, np.asarray(grad(x, batch)))
            x = x - lr * step
    return x


def _as_it_should(eps):
    return lambda s, g: (s + g**2, _ratio(g, s + g**2, eps))


def _planted(grad, x, batches, epochs, lr, eps):
    return _train(grad, x, batches, epochs, _as_it_should(eps), lr, new_epoch=lambda s: 0 * s)


def _starts_over_at_every_batch(grad, x, batches, epochs, lr, eps):
    return _train(grad, x, batches, epochs, lambda s, g: (s, _ratio(g, g**2, eps)), lr)


def _sum_halved_at_every_epoch(grad, x, batches, epochs, lr, eps):
    return _train(grad, x, batches, epochs, _as_it_should(eps), lr, new_epoch=lambda s: s / 2)


def _sum_grows_after_the_step(grad, x, batches, epochs, lr, eps):
    return _train(grad, x, batches, epochs, lambda s, g: (s + g**2, _ratio(g, s, eps)), lr)


def _one_sum_for_everybody(grad, x, batches, epochs, lr, eps):
    def rule(s, g):
        s = s + np.sum(g**2)
        return s, _ratio(g, s, eps)

    return _train(grad, x, batches, epochs, rule, lr)


def _root_missing(grad, x, batches, epochs, lr, eps):
    return _train(grad, x, batches, epochs, lambda s, g: (s + g**2, g / (s + g**2 + eps)), lr)


def _eps_under_the_root(grad, x, batches, epochs, lr, eps):
    def rule(s, g):
        return s + g**2, g / np.sqrt(s + g**2 + eps)

    return _train(grad, x, batches, epochs, rule, lr)


def _eps_missing(grad, x, batches, epochs, lr, eps):
    return _train(grad, x, batches, epochs, _as_it_should(0), lr)


def _brackets_missing(grad, x, batches, epochs, lr, eps):
    def rule(s, g):
        return s + g**2, g / np.sqrt(s + g**2) - eps / lr

    return _train(grad, x, batches, epochs, rule, lr)


def _moving_average_of_squares(grad, x, batches, epochs, lr, eps):
    def rule(s, g):
        s = 0.9 * s + 0.1 * g**2
        return s, _ratio(g, s, eps)

    return _train(grad, x, batches, epochs, rule, lr)


def _sizes_added(grad, x, batches, epochs, lr, eps):
    def rule(s, g):
        s = s + np.abs(g)
        return s, g / (s + eps)

    return _train(grad, x, batches, epochs, rule, lr)


def _climbs(grad, x, batches, epochs, lr, eps):
    return _train(grad, x, batches, epochs, _as_it_should(eps), -lr)


def _one_epoch(grad, x, batches, epochs, lr, eps):
    return train_adagrad.reference(grad, x, batches, min(epochs, 1), lr, eps)


def _returns_in_the_loop(grad, x, batches, epochs, lr, eps):
    return train_adagrad.reference(grad, x, batches, 1, lr, eps) if epochs else None


def _back_to_the_start(grad, x, batches, epochs, lr, eps):
    s, new = np.zeros(np.shape(x)), np.array(x, dtype=float)
    for _ in range(epochs):
        new = np.array(x, dtype=float)
        for batch in batches:
            g = grad(new, batch)
            s = s + g**2
            new = new - lr * g / (np.sqrt(s) + eps)
    return new


def _gradients_of_the_start(grad, x, batches, epochs, lr, eps):
    start = np.array(x, dtype=float)
    return train_adagrad.reference(lambda x, batch: grad(start, batch), x, batches, epochs, lr, eps)


def _gradients_of_the_epoch_s_start(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.zeros(x.shape)
    for _ in range(epochs):
        for g in [grad(x, batch) for batch in batches]:
            s = s + g**2
            x = x - lr * g / (np.sqrt(s) + eps)
    return x


def _one_step_an_epoch(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.zeros(x.shape)
    for _ in range(epochs):
        g = sum(grad(x, batch) for batch in batches)
        s = s + g**2
        x = x - lr * g / (np.sqrt(s) + eps)
    return x


def _one_mean_step_an_epoch(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.zeros(x.shape)
    for _ in range(epochs):
        g = sum(grad(x, batch) for batch in batches) / len(batches)
        s = s + g**2
        x = x - lr * g / (np.sqrt(s) + eps)
    return x


def _sum_grows_once_an_epoch(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.zeros(x.shape)
    for _ in range(epochs):
        for batch in batches:
            g = grad(x, batch)
            x = x - lr * g / (np.sqrt(s + g**2) + eps)
        s = s + g**2
    return x


def _step_outside_the_loop(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.zeros(x.shape)
    for _ in range(epochs):
        for batch in batches:
            g = grad(x, batch)
            s = s + g**2
        x = x - lr * g / (np.sqrt(s) + eps)
    return x


def _last_batch_missing(grad, x, batches, epochs, lr, eps):
    return train_adagrad.reference(grad, x, batches[:-1], epochs, lr, eps)


def _first_batch_only(grad, x, batches, epochs, lr, eps):
    return train_adagrad.reference(grad, x, batches[:1], epochs, lr, eps)


def _rate_falls_by_epoch_too(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.zeros(x.shape)
    for epoch in range(epochs):
        for batch in batches:
            g = grad(x, batch)
            s = s + g**2
            x = x - lr / (epoch + 1) * g / (np.sqrt(s) + eps)
    return x


def _mean_of_the_squares(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s, count = np.zeros(x.shape), 0
    for _ in range(epochs):
        for batch in batches:
            g = grad(x, batch)
            s, count = s + g**2, count + 1
            x = x - lr * g / (np.sqrt(s / count) + eps)
    return x


def _sum_returned_too(grad, x, batches, epochs, lr, eps):
    s = np.zeros(np.shape(x))
    for _ in range(epochs):
        for batch in batches:
            g = grad(x, batch)
            s = s + g**2
            x = x - lr * g / (np.sqrt(s) + eps)
    return x, s


def _only_whole_gradients(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.zeros(x.shape)
    for _ in range(epochs):
        for batch in batches:
            g = grad(x, batch)
            s = s + g**2
            if np.all(g != 0):
                x = x - lr * g / (np.sqrt(s) + eps)
    return x


def _one_epoch_more(grad, x, batches, epochs, lr, eps):
    return train_adagrad.reference(grad, x, batches, epochs + 1, lr, eps)


def _one_epoch_short(grad, x, batches, epochs, lr, eps):
    return train_adagrad.reference(grad, x, batches, max(epochs - 1, 0), lr, eps)


def _first_batch_missing(grad, x, batches, epochs, lr, eps):
    return train_adagrad.reference(grad, x, batches[1:], epochs, lr, eps)


def _batches_backwards(grad, x, batches, epochs, lr, eps):
    return train_adagrad.reference(grad, x, batches[::-1], epochs, lr, eps)


def _starts_from_eps(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.full(x.shape, eps)
    for _ in range(epochs):
        for batch in batches:
            g = grad(x, batch)
            s = s + g**2
            x = x - lr * g / (np.sqrt(s) + eps)
    return x


def _two_loops(grad, x, batches, epochs, lr, eps):
    x = np.array(x, dtype=float)
    s = np.zeros(x.shape)
    for _ in range(epochs):
        for batch in batches:
            s = s + grad(x, batch) ** 2
        for batch in batches:
            x = x - lr * grad(x, batch) / (np.sqrt(s) + eps)
    return x


def _loops_swapped(grad, x, batches, epochs, lr, eps):
    each = [batch for batch in batches for _ in range(epochs)]
    return train_adagrad.reference(grad, x, each, 1, lr, eps)


def _plain(grad, x, batches, epochs, lr, eps):
    return _train(grad, x, batches, epochs, lambda s, g: (s, g), lr)


def pull(x, batch):
    """The gradient of (x − batch)², summed over the coordinates: 2 (x − batch)."""
    return 2 * (x - batch)


def steep(x, batch):
    """Curvatures 1, 10, 100 …, one a coordinate, around the batch: 10^i (x − batch)."""
    return (10.0 ** np.arange(len(x)) * (x - batch).T).T


_TARGETS = [np.array([1.0, -2.0]), np.array([3.0, 0.5]), np.array([-1.0, 4.0])]

train_adagrad = Exercise(
    train_adagrad,
    cases=(
        case(pull, np.array([4.0]), [np.array([0.0])], 1, 0.5, 0.5),
        case(pull, np.array([4.0]), [np.array([0.0])], 2, 0.5, 0.1),
        case(pull, np.array([4.0]), [np.array([0.0]), np.array([1.0])], 1, 0.5, 0.1),
        case(pull, np.array([4.0]), [np.array([0.0]), np.array([1.0])], 2, 0.5, 0.1),
        case(pull, np.array([4, 1]), [np.array([0, 0]), np.array([1, 2])], 3, 1, 1),
        case(pull, np.array([1.0, -2.0]), _TARGETS, 3, 0.4, 0.05),
        case(steep, np.array([1.0, -2.0]), _TARGETS[::-1], 5, 0.2, 0.2),
        case(steep, np.array([[4.0, 1.0, 3.0], [2.0, 7.0, -1.0]]), [0.0, 1.0, 5.0], 2, 0.3, 0.02),
        case(pull, np.array([1.0, -2.0]), _TARGETS, 0, 0.4, 0.05),
        # in one direction it is level at first; then many rounds, and a long way
        case(pull, np.array([1.0, 3.0]), [np.array([1.0, 0.0]), np.ones(2)], 1, 0.5, 0.1),
        case(steep, np.array([400.1, -30.7]), _TARGETS + [-4 * _TARGETS[0]] * 3, 12, 40.0, 0.1),
    ),
    mistakes=(
        Mistake(
            _planted,
            "s is set to 0 at the start of every epoch, so each epoch begins with full steps "
            "again and throws away what the last one had reached. Set it to 0 once, before both "
            "loops.",
        ),
        Mistake(
            _starts_over_at_every_batch,
            "s begins anew at every batch, so each step is one full lr long, in every coordinate "
            "and for ever. Set it to 0 once, before both loops.",
        ),
        Mistake(
            _sum_halved_at_every_epoch,
            "Part of s is forgotten between the epochs. AdaGrad keeps all of it: an epoch's end "
            "is nothing special to it.",
        ),
        Mistake(
            _sum_grows_after_the_step,
            "s grows after the step, so the first step is divided by ε alone. Add g² first.",
        ),
        Mistake(
            _one_sum_for_everybody,
            "All coordinates share one sum. s has a number for each: g**2, without np.sum.",
        ),
        Mistake(_root_missing, "The root is missing: divide by √s + ε, not by s + ε."),
        Mistake(
            _eps_under_the_root,
            "ε stands inside the root; the code shown has it outside, and that was right.",
        ),
        Mistake(
            _eps_missing,
            "ε is missing in the denominator. It was right as it stood: √s + ε.",
        ),
        Mistake(
            _brackets_missing,
            "Brackets are missing: lr * g / np.sqrt(s) + eps adds ε to the point. "
            "lr * g / (np.sqrt(s) + eps).",
        ),
        Mistake(
            _moving_average_of_squares,
            "That is a moving average, and so RMSprop. The bug is not in the rule but in how long "
            "s lives.",
        ),
        Mistake(
            _sizes_added,
            "You add up |g|. The rule was right as it stood: s + g**2, and the root of s below. "
            "The bug is in how long s lives.",
        ),
        Mistake(_climbs, "Your steps go uphill: x minus the step."),
        Mistake(
            _returns_in_the_loop,
            "Your `return` stands inside the loop over the epochs, so that the first is the last. "
            "Put it under the `for`, not in it.",
        ),
        Mistake(
            _one_epoch,
            "However many epochs are asked for, you make one. Go round the batches `epochs` times, "
            "and leave them where they are: what is popped, or an iterator, is gone after a round.",
        ),
        Mistake(_one_epoch_more, "You make one epoch too many: range(epochs) has all of them."),
        Mistake(_one_epoch_short, "You make one epoch too few: range(epochs) has all of them."),
        Mistake(_first_batch_missing, "The first batch of each epoch is left out."),
        Mistake(_batches_backwards, "The batches come in reverse order. Take them as they stand."),
        Mistake(
            _only_whole_gradients,
            "You take no step where part of the gradient is 0. The other coordinates have to move.",
        ),
        Mistake(_starts_from_eps, "s starts at ε, and ε is added to its root besides: start at 0."),
        Mistake(
            _back_to_the_start,
            "Every epoch starts again from the first x. Only s may have been reset by the code "
            "shown; x goes on from where it is, and s has to, too.",
        ),
        Mistake(
            _gradients_of_the_start,
            "The gradient is always taken at the starting point. Take it where x is now.",
        ),
        Mistake(
            _gradients_of_the_epoch_s_start,
            "All gradients of an epoch are taken at the point where the epoch began. Each has to "
            "be taken where x is now.",
        ),
        *(
            Mistake(
                function,
                "You take one step an epoch, with the gradients of all batches together. There "
                "is one step for each batch; only the reset of s was wrong.",
            )
            for function in (_one_step_an_epoch, _one_mean_step_an_epoch)
        ),
        Mistake(
            _sum_grows_once_an_epoch,
            "s grows once an epoch, by the last batch's g². It has to grow at every batch.",
        ),
        Mistake(
            _step_outside_the_loop,
            "The step stands under the loop over the batches and not in it, so only the last "
            "batch of an epoch moves x.",
        ),
        Mistake(
            _last_batch_missing,
            "The last batch of each epoch is left out.",
        ),
        Mistake(
            _first_batch_only,
            "Only the first batch is ever used. Go through all of them in every epoch.",
        ),
        Mistake(
            _rate_falls_by_epoch_too,
            "The rate is divided by the number of the epoch as well. s alone makes the steps "
            "smaller here.",
        ),
        Mistake(
            _mean_of_the_squares,
            "You divide s by the number of steps: a mean does not grow, and so the steps do not "
            "shrink. AdaGrad divides by the root of the sum.",
        ),
        Mistake(
            _sum_returned_too,
            "You return two things. Only the point is asked for: s has done its work when the "
            "last epoch is over.",
        ),
        Mistake(
            _two_loops,
            "You go through the batches twice, once for s and once for the steps. Each batch has "
            "one gradient, which goes into s and then into the step.",
        ),
        Mistake(
            _loops_swapped,
            "The loops are swapped: you stay with one batch for all epochs before you turn to the "
            "next. The loop over the epochs is the outer one.",
        ),
        Mistake(
            _plain,
            "That is plain descent: s is not used. Keep the rule; repair how long s lives.",
        ),
    ),
    hints=(
        "Print √s at the first batch of every epoch. What does it do, and what should it do?",
        "AdaGrad's sum never gets smaller. Which line makes it smaller?",
        "Move `s = np.zeros(…)` up by one line, out of the loop over the epochs.",
    ),
)

# --- rate_needed ----------------------------------------------------------------------------


def rate_needed(distance, steps, grad, initial):
    """The lr at which AdaGrad moves by `distance` in `steps` steps, the gradient being constant."""
    return distance / _way(steps, lambda k: grad / np.sqrt(initial + k * grad**2))


def _way(steps, step, first=1):
    """step(first) + step(first + 1) + …, so many terms."""
    return sum(step(first + k) for k in range(steps))


def _rate_stays(distance, steps, grad, initial):
    return distance / (steps * grad)


def _always_a_full_rate(distance, steps, grad, initial):
    return distance / steps


def _rate_of_the_first_step_stays(distance, steps, grad, initial):
    return distance / (steps * grad / np.sqrt(initial + grad**2))


def _rate_of_the_last_step(distance, steps, grad, initial):
    return distance / (steps * grad / np.sqrt(initial + steps * grad**2))


def _last_step_alone(distance, steps, grad, initial):
    return distance / (grad / np.sqrt(initial + steps * grad**2))


def _by_the_rule_of_thumb(distance, steps, grad, initial):
    return distance / (2 * np.sqrt(steps))


def _by_the_integral(distance, steps, grad, initial):
    return distance * grad / (2 * (np.sqrt(initial + steps * grad**2) - np.sqrt(initial)))


def _by_the_integral_with_gradients_of_one(distance, steps, grad, initial):
    return distance / (2 * (np.sqrt(initial + steps) - np.sqrt(initial)))


def _old_sum_divides(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / np.sqrt(initial + k * grad**2), first=0)


def _old_sum_divides_by_zero(distance, steps, grad, initial):
    if initial == 0:
        raise ZeroDivisionError("float division by zero")
    return _old_sum_divides(distance, steps, grad, initial)


def _no_root_taken(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / (initial + k * grad**2))


def _gradients_added(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / (initial + k * grad))


def _root_of_gradients_added(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / np.sqrt(initial + k * grad))


def _square_of_the_sum_taken(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / np.sqrt(initial + (k * grad) ** 2))


def _initial_forgotten(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: 1 / np.sqrt(k))


def _initial_outside_the_root(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / (np.sqrt(k * grad**2) + initial))


def _root_of_initial_outside(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / (np.sqrt(k) * grad + np.sqrt(initial)))


def _initial_squared(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / np.sqrt(initial**2 + k * grad**2))


def _initial_added_each_time(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / np.sqrt(k * (initial + grad**2)))


def _gradient_not_above(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: 1 / np.sqrt(initial + k * grad**2))


def _gradient_taken_as_one(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: 1 / np.sqrt(initial + k))


def _one_step_too_many(distance, steps, grad, initial):
    return rate_needed.reference(distance, steps + 1, grad, initial)


def _first_step_left_out(distance, steps, grad, initial):
    way = _way(steps - 1, lambda k: grad / np.sqrt(initial + k * grad**2), first=2)
    return np.divide(distance, way)


def _last_step_left_out(distance, steps, grad, initial):
    way = _way(steps - 1, lambda k: grad / np.sqrt(initial + k * grad**2))
    return np.divide(distance, way)


def _last_step_left_out_of_one(distance, steps, grad, initial):
    if steps == 1:
        raise ZeroDivisionError("division by zero")
    return _last_step_left_out(distance, steps, grad, initial)


def _first_step_left_out_of_one(distance, steps, grad, initial):
    if steps == 1:
        raise ZeroDivisionError("division by zero")
    return _first_step_left_out(distance, steps, grad, initial)


def _steps_two_to_the_one_after_the_last(distance, steps, grad, initial):
    return distance / _way(steps, lambda k: grad / np.sqrt(initial + k * grad**2), first=2)


def _upside_down(distance, steps, grad, initial):
    return 1 / rate_needed.reference(distance, steps, grad, initial)


def _way_at_that_rate(distance, steps, grad, initial):
    return distance * distance / rate_needed.reference(distance, steps, grad, initial)


def _way_at_the_rate_of_one(distance, steps, grad, initial):
    return distance / rate_needed.reference(distance, steps, grad, initial)


def _mean_step(distance, steps, grad, initial):
    return rate_needed.reference(distance, steps, grad, initial) * steps


def _mean_of_the_roots(distance, steps, grad, initial):
    roots = _way(steps, lambda k: np.sqrt(initial + k * grad**2)) / steps
    return distance * roots / (steps * grad)


def _distance_forgotten(distance, steps, grad, initial):
    return rate_needed.reference(1.0, steps, grad, initial)


rate_needed = Exercise(
    rate_needed,
    cases=(
        case(1.0, 1, 2.0, 0.0),
        case(3.0, 2, 1.0, 0.0),
        case(3.0, 2, 2.0, 0.0),
        case(3.0, 2, 2.0, 5.0),
        case(1, 4, 1, 3),
        case(20.0, 100, 1.0, 0.0),
        case(20.0, 100, 0.5, 10_201.0),
        case(330_000.0, 1000, 4000.0, 0.0),
        case(0.7, 12, 0.01, 0.1),
        case(2.0, 3, 1e-7, 0.0),
        case(50.0, 2500, 2.0, 30.0),
    ),
    mistakes=(
        Mistake(
            _rate_stays,
            "That is plain gradient descent, where each step is lr · grad. AdaGrad divides by √s, "
            "and s grows by grad² at every step.",
        ),
        Mistake(
            _always_a_full_rate,
            "You take every step to be one lr long: only the first is, from s = 0. Step k is "
            "lr · grad / √(initial + k · grad²).",
        ),
        Mistake(
            _rate_of_the_first_step_stays,
            "You take all steps to be as long as the first. s grows at every step: in step k it "
            "is initial + k · grad².",
        ),
        Mistake(
            _rate_of_the_last_step,
            "You take all steps to be as long as the last. The earlier ones were longer: s was "
            "smaller then. Add the steps up one by one.",
        ),
        Mistake(
            _last_step_alone,
            "That is the rate at which the last step alone is as long as the whole way. Add up "
            "all the steps.",
        ),
        Mistake(
            _by_the_rule_of_thumb,
            "2 · lr · √t is about the way, after many steps and from a sum of 0. Here the exact "
            "rate is asked for: add up the steps.",
        ),
        *(
            Mistake(
                function,
                "You replace the sum of the steps by an integral: close, after many steps, and "
                "not the same. Add up the steps.",
            )
            for function in (_by_the_integral, _by_the_integral_with_gradients_of_one)
        ),
        *(
            Mistake(
                function,
                "You divide by the s before the step, which may be 0 at the start. s grows "
                "first: in the first step it is initial + grad².",
            )
            for function in (_old_sum_divides, _old_sum_divides_by_zero)
        ),
        Mistake(_no_root_taken, "The root is missing: the step is lr · grad / √s."),
        *(
            Mistake(
                function,
                "You add up the gradients. s is the sum of their squares, so it grows by grad².",
            )
            for function in (_gradients_added, _root_of_gradients_added)
        ),
        Mistake(
            _square_of_the_sum_taken,
            "That is the square of the sum of k gradients, k² · grad². The sum of k squares is "
            "k · grad².",
        ),
        Mistake(
            _initial_forgotten,
            "`initial` has no effect. s does not start at 0 but at initial, as if there had been "
            "gradients before.",
        ),
        *(
            Mistake(
                function,
                "`initial` belongs to s, under the root and before the root is taken: "
                "√(initial + k · grad²).",
            )
            for function in (_initial_outside_the_root, _root_of_initial_outside)
        ),
        Mistake(
            _initial_squared,
            "`initial` is a value of s, a sum of squares already: do not square it.",
        ),
        Mistake(
            _initial_added_each_time,
            "`initial` is added at every step. It is where s starts, and counts once.",
        ),
        Mistake(
            _gradient_not_above,
            "The gradient is missing above: the step is lr · grad / √s. (Where initial is 0 its "
            "size cancels, but only if it stands both above and below.)",
        ),
        Mistake(
            _gradient_taken_as_one,
            "The gradient has no effect. Where initial is 0 its size cancels; where it is not, a "
            "larger gradient overcomes it sooner.",
        ),
        Mistake(
            _one_step_too_many,
            "You add up one step too many: `steps` of them, from the first, where s is "
            "initial + grad², on.",
        ),
        *(
            Mistake(
                function,
                "The last step is missing in your sum: range(1, steps) ends before `steps`.",
            )
            for function in (_last_step_left_out, _last_step_left_out_of_one)
        ),
        *(
            Mistake(
                function,
                "The first step is missing in your sum, the one with s = initial + grad².",
            )
            for function in (_first_step_left_out, _first_step_left_out_of_one)
        ),
        Mistake(
            _steps_two_to_the_one_after_the_last,
            "You count one gradient too many in every step: in the first, s is initial + grad².",
        ),
        Mistake(
            _upside_down,
            "Upside down: you divide the way at lr = 1 by the distance. The longer the distance, "
            "the larger the rate.",
        ),
        Mistake(
            _way_at_that_rate,
            "You multiply the distance by the way at lr = 1. The way is in proportion to lr: "
            "divide.",
        ),
        Mistake(
            _way_at_the_rate_of_one,
            "That is the way at lr = 1. The way is in proportion to lr: which lr makes it "
            "`distance`?",
        ),
        Mistake(
            _mean_step,
            "You divide by the mean step. The way is their sum.",
        ),
        Mistake(
            _mean_of_the_roots,
            "You take the mean of the roots. Long steps count for more than short ones: add up "
            "the steps, and divide by their sum.",
        ),
        Mistake(
            _distance_forgotten,
            "The distance has no effect: that is the rate for a way of 1.",
        ),
    ),
    hints=(
        "How far does AdaGrad get at lr = 1? For grad = 1 and initial = 3 the sums in steps 1, 2, "
        "3 are 4, 5, 6. How long are the three steps?",
        "The way is in proportion to lr. If it is 4 at lr = 1, then 2 takes lr = 0.5.",
        "k = np.arange(1, steps + 1) are the steps; grad / np.sqrt(initial + k * grad**2) is how "
        "long each of them is at lr = 1.",
    ),
)
