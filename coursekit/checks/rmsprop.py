"""Chapter 12's exercises: the rule, a loop that keeps the root, and how long a brake holds."""

import math

import numpy as np

from coursekit.checks import Exercise, Mistake, case
from coursekit.checks.driving import walk

# --- rmsprop_step ---------------------------------------------------------------------------


def rmsprop_step(x, grad, v, *, lr, beta, eps):
    """v ← β v + (1 − β) g², x ← x − lr · g / (√v + ε); the pair (x, v)."""
    v = beta * v + (1 - beta) * grad**2
    return x - lr * grad / (np.sqrt(v) + eps), v


def _mean(grad, v, beta):
    return beta * v + (1 - beta) * grad**2


def _with(mean):
    """The right step with another v."""

    def step(x, grad, v, *, lr, beta, eps):
        v = mean(np.asarray(grad, dtype=float), np.asarray(v, dtype=float), beta)
        return x - lr * grad / (np.sqrt(v) + eps), v

    return step


def _sum_of_squares(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: v + g**2)(x, grad, v, lr=lr, beta=beta, eps=eps)


def _share_forgotten(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + g**2)(x, grad, v, lr=lr, beta=beta, eps=eps)


def _nothing_fades(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: v + (1 - beta) * g**2)(x, grad, v, lr=lr, beta=beta, eps=eps)


def _weights_swapped(x, grad, v, *, lr, beta, eps):
    return rmsprop_step.reference(x, grad, v, lr=lr, beta=1 - beta, eps=eps)


def _no_memory(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: (1 - beta) * g**2)(x, grad, v, lr=lr, beta=beta, eps=eps)


def _v_ignored(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: g**2)(x, grad, v, lr=lr, beta=beta, eps=eps)


def _square_of_the_average(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: (beta * v + (1 - beta) * g) ** 2)(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _share_squared_too(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + ((1 - beta) * g) ** 2)(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _average_of_sizes(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + (1 - beta) * np.abs(g))(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _average_of_sizes_without_root(x, grad, v, *, lr, beta, eps):
    v = beta * v + (1 - beta) * np.abs(grad)
    return x - lr * grad / (v + eps), v


def _gradient_not_squared(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + (1 - beta) * g)(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _doubled_not_squared(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + (1 - beta) * g * 2)(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _rate_in_the_square(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + (1 - beta) * (lr * g) ** 2)(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _beta_written_down(x, grad, v, *, lr, beta, eps):
    return rmsprop_step.reference(x, grad, v, lr=lr, beta=0.9, eps=eps)


def _rate_written_down(x, grad, v, *, lr, beta, eps):
    return rmsprop_step.reference(x, grad, v, lr=0.1, beta=beta, eps=eps)


def _v_plus_equals(x, grad, v, *, lr, beta, eps):
    v += beta * v + (1 - beta) * grad**2
    return x - lr * grad / (np.sqrt(v) + eps), v


def _first_square_whole(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta) if np.any(v) else grad**2 + 0 * v
    return x - lr * grad / (np.sqrt(v) + eps), v


def _eps_written_down(x, grad, v, *, lr, beta, eps):
    return rmsprop_step.reference(x, grad, v, lr=lr, beta=beta, eps=1e-8)


def _mean_along_the_first_axis(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + (1 - beta) * np.mean(g**2, axis=0))(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _one_mean_for_all(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + (1 - beta) * np.mean(g**2))(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _one_sum_for_all(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + (1 - beta) * np.sum(g**2))(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _length_of_each_point(x, grad, v, *, lr, beta, eps):
    return _with(lambda g, v, beta: beta * v + (1 - beta) * np.sum(g**2, axis=0))(
        x, grad, v, lr=lr, beta=beta, eps=eps
    )


def _eps_kept_in_v(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta) + eps
    return x - lr * grad / np.sqrt(v), v


def _eps_inside(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * grad / np.sqrt(v + eps), v


def _eps_inside_and_outside(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * grad / (np.sqrt(v + eps) + eps), v


def _eps_as_a_floor(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * grad / np.maximum(np.sqrt(v), eps), v


def _no_eps(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * grad / np.sqrt(v), v


def _eps_added_to_the_parameter(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * grad / np.sqrt(v) + eps, v


def _eps_added_to_the_step(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - (lr * grad / np.sqrt(v) + eps), v


def _no_root(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * grad / (v + eps), v


def _old_v_divides(x, grad, v, *, lr, beta, eps):
    return x - lr * grad / (np.sqrt(v) + eps), _mean(grad, v, beta)


def _corrected(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * grad / (np.sqrt(v / (1 - beta)) + eps), v


def _corrected_and_kept(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta) / (1 - beta)
    return x - lr * grad / (np.sqrt(v) + eps), v


def _old_v_returned(x, grad, v, *, lr, beta, eps):
    return rmsprop_step.reference(x, grad, v, lr=lr, beta=beta, eps=eps)[0], v


def _denominator_returned(x, grad, v, *, lr, beta, eps):
    x, v = rmsprop_step.reference(x, grad, v, lr=lr, beta=beta, eps=eps)
    return x, np.sqrt(v) + eps


def _root_taken_as_root(x, grad, v, *, lr, beta, eps):
    v = np.sqrt(_mean(grad, v, beta))
    return x - lr * grad / (v + eps), v


def _uphill(x, grad, v, *, lr, beta, eps):
    return rmsprop_step.reference(x, grad, v, lr=-lr, beta=beta, eps=eps)


def _step_returned(x, grad, v, *, lr, beta, eps):
    x_new, v = rmsprop_step.reference(x, grad, v, lr=lr, beta=beta, eps=eps)
    return x - x_new, v


def _rate_forgotten(x, grad, v, *, lr, beta, eps):
    return rmsprop_step.reference(x, grad, v, lr=1.0, beta=beta, eps=eps)


def _multiplied_by_the_root(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * grad * (np.sqrt(v) + eps), v


def _squared_gradient_steps(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * grad**2 / (np.sqrt(v) + eps), v


def _gradient_missing_above(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr / (np.sqrt(v) + eps), v


def _sign_of_the_gradient(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * np.sign(grad) / (np.sqrt(v) + eps), v


def _share_of_the_gradient(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * (1 - beta) * grad / (np.sqrt(v) + eps), v


def _brackets_missing_below(x, grad, v, *, lr, beta, eps):
    v = _mean(grad, v, beta)
    return x - lr * (grad / np.sqrt(v) + eps), v


def _in_place(x, grad, v, *, lr, beta, eps):
    v *= beta
    v += (1 - beta) * grad**2
    x -= lr * grad / (np.sqrt(v) + eps)
    return x, v


def _order_swapped(x, grad, v, *, lr, beta, eps):
    return rmsprop_step.reference(x, grad, v, lr=lr, beta=beta, eps=eps)[::-1]


_ROWS = np.array([[1.0, -2.0, 0.5], [4.0, 3.0, -6.0]])

rmsprop_step = Exercise(
    rmsprop_step,
    drive=walk,
    cases=(
        case(np.array([1.0]), np.array([2.0]), np.array([0.0]), lr=0.1, beta=0.75, eps=0.5),
        case(np.array([1.0]), np.array([2.0]), np.array([9.0]), lr=0.1, beta=0.75, eps=0.5),
        case(np.array([1.0]), np.array([-2.0]), np.array([4.0]), lr=0.1, beta=0.9, eps=1.0),
        case(
            np.array([1.0, -3.0]),
            np.array([0.1, -20.0]),
            np.array([0.5, 30.0]),
            lr=0.5,
            beta=0.9,
            eps=0.1,
        ),
        case(
            np.array([1.0, -3.0]),
            [np.array([3.0, -1.0])] * 3,
            np.zeros(2),
            lr=0.1,
            beta=0.9,
            eps=0.2,
        ),
        case(
            np.array([0.0, 2.0, 5.0]),
            [np.array([100.0, 1.0, -0.3]), np.array([-1.0, 2.0, 0.2]), np.array([0.5, 0.1, 3.0])],
            np.zeros(3),
            lr=0.01,
            beta=0.6,
            eps=1e-3,
        ),
        case(np.array([3, -1]), np.array([2, -4]), np.array([1, 9]), lr=0.1, beta=0.5, eps=0.25),
        case(
            _ROWS + 1, [_ROWS, -2 * _ROWS, _ROWS / 4], np.zeros((2, 3)), lr=0.2, beta=0.9, eps=0.3
        ),
        case(_ROWS + 1, 3 * _ROWS, _ROWS**2, lr=0.2, beta=0.99, eps=0.0),
        case(np.array([1.0, 2.0]), np.array([0.0, 1.0]), np.zeros(2), lr=0.1, beta=0.9, eps=0.01),
        case(np.array([1.0, 2.0]), np.array([1e-6, 1.0]), np.zeros(2), lr=1.0, beta=0.9, eps=1e-6),
        case(
            np.array([1.0, 2.0]),
            [np.zeros(2), np.ones(2)],
            np.array([4.0, 0.0]),
            lr=0.1,
            beta=0.0,
            eps=0.5,
        ),
        case(
            np.array([3e-7]),
            np.array([2.3e-10]),
            np.array([1.7e-20]),
            lr=2e-6,
            beta=0.5,
            eps=1e-13,
        ),
        case(
            np.array([0.3, -700.1, 20.0, 5.0, -1.0]),
            [np.array([-30000.7, 0.1, 700.3, 0.0, 12.0]), np.full(5, 40.0)],
            np.array([0.0, 2500.0, 1e6, 30.0, 4e4]),
            lr=150.5,
            beta=0.9995,
            eps=1.5,
        ),
    ),
    mistakes=(
        Mistake(
            _sum_of_squares,
            "That is AdaGrad: v adds up all squares and never forgets one. RMSprop averages: "
            "β times the old v plus (1 − β) times the new square.",
        ),
        Mistake(
            _share_forgotten,
            "The factor (1 − β) is missing in front of the new square. Without it v is no mean: "
            "under a constant gradient it grows to g² / (1 − β), and every step is too short.",
        ),
        Mistake(
            _nothing_fades,
            "The old v does not fade: it has to be multiplied by β before the new square is "
            "added. As it stands v only grows, and the steps only shrink.",
        ),
        Mistake(
            _weights_swapped,
            "The weights are swapped: β, the large one, belongs to the old v, and (1 − β) to the "
            "new square. Yours forgets nearly everything in one step.",
        ),
        Mistake(
            _no_memory,
            "The old v is not used at all: only (1 − β) · g² is left, so that every step is as "
            "long as a first one. Add β times the old v.",
        ),
        Mistake(
            _v_ignored,
            "The old v is not used at all: v is g² of this step alone, and what remains is the "
            "sign of the gradient. v is β times the old v plus (1 − β) · g².",
        ),
        Mistake(
            _square_of_the_average,
            "You square the average; the average of the squares is asked for. Only the gradient "
            "is squared: beta * v + (1 - beta) * grad**2.",
        ),
        Mistake(
            _share_squared_too,
            "The factor (1 − β) is squared together with the gradient. Brackets: "
            "(1 - beta) * grad**2.",
        ),
        *(
            Mistake(
                function,
                "You average the size |g|. RMSprop averages the square g² and takes the root of "
                "that: the large gradients count for more.",
            )
            for function in (_average_of_sizes, _average_of_sizes_without_root)
        ),
        Mistake(
            _gradient_not_squared,
            "You average the gradient itself, not its square: v can be negative, and its root is "
            "then no number. Use grad**2.",
        ),
        Mistake(
            _doubled_not_squared,
            "The gradient is doubled, not squared: grad * 2 where grad**2 is meant.",
        ),
        Mistake(
            _rate_in_the_square,
            "lr is in v: you square lr · g. v is the mean of the gradient's squares alone; lr "
            "multiplies the step.",
        ),
        Mistake(
            _v_plus_equals,
            "v += … adds to the old v, which so comes in whole and β times besides; and it writes "
            "into the caller's own array. Write v = beta * v + (1 - beta) * grad**2.",
        ),
        Mistake(
            _first_square_whole,
            "Where v is 0 you take the first square whole. The rule is the same in every step: "
            "β times the old v, 0 or not, plus (1 − β) · g².",
        ),
        Mistake(
            _rate_written_down,
            "lr has no effect: you write 0.1 in its place, and the caller may give another.",
        ),
        Mistake(
            _beta_written_down,
            "You write 0.9 and 0.1 where beta and 1 - beta are meant: the function must follow "
            "its argument.",
        ),
        Mistake(
            _eps_written_down,
            "You write 1e-8 where eps is meant: the function must follow its argument.",
        ),
        *(
            Mistake(
                function,
                "Coordinates share a mean (np.mean), and so a rate. Each has its own v: work "
                "element by element, without np.mean.",
            )
            for function in (_one_mean_for_all, _mean_along_the_first_axis)
        ),
        *(
            Mistake(
                function,
                "You add up the squares over the coordinates, so that all share the length of "
                "the whole gradient. Each coordinate has a v of its own: no np.sum.",
            )
            for function in (_one_sum_for_all, _length_of_each_point)
        ),
        Mistake(
            _eps_kept_in_v,
            "ε is added to v itself, so the state that you return holds it, and so does the next "
            "step's, once more. Leave v alone and add ε to its root where you divide.",
        ),
        Mistake(
            _eps_inside,
            "ε stands inside the root, as in the lectures, Optax and Keras. Here it is outside, "
            "as in PyTorch: np.sqrt(v) + eps. Inside, an ε of 1e-8 acts like one of 1e-4.",
        ),
        Mistake(
            _eps_inside_and_outside,
            "ε is there twice, inside the root and outside. Once, outside: np.sqrt(v) + eps.",
        ),
        Mistake(
            _eps_as_a_floor,
            "You take the larger of √v and ε. ε is added: np.sqrt(v) + eps.",
        ),
        Mistake(
            _no_eps,
            "ε is missing: divide by np.sqrt(v) + eps. A coordinate that never had a gradient "
            "would get 0 / 0.",
        ),
        Mistake(
            _eps_added_to_the_parameter,
            "Brackets are missing: lr * grad / np.sqrt(v) + eps divides first and then adds ε to "
            "the parameter. Divide by (np.sqrt(v) + eps).",
        ),
        Mistake(
            _eps_added_to_the_step,
            "Brackets are missing: ε is added to the step, not to the root, so every parameter "
            "creeps down by ε. Divide by (np.sqrt(v) + eps).",
        ),
        Mistake(
            _brackets_missing_below,
            "Brackets are missing: grad / np.sqrt(v) + eps divides first and then adds ε. Write "
            "grad / (np.sqrt(v) + eps).",
        ),
        Mistake(
            _no_root,
            "The root is missing: you divide by v + ε. v is a mean of squares; only its root is "
            "comparable with a gradient. Without it small gradients make huge steps.",
        ),
        Mistake(
            _root_taken_as_root,
            "The step is right, but you return √v where v belongs. The next step then averages "
            "a root with a square. Keep v and take the root only where you divide.",
        ),
        Mistake(
            _old_v_divides,
            "You divide by the root of the old v. Update v first: in the first step the old one "
            "is 0, and only ε would be left to divide by.",
        ),
        *(
            Mistake(
                function,
                "You divide v by 1 − β. That is the bias correction of a first step; it was not "
                "asked for here, and in later steps it would be 1 − βᵗ.",
            )
            for function in (_corrected, _corrected_and_kept)
        ),
        Mistake(
            _old_v_returned,
            "The step is right, but you return the old v. Return the new one, or RMSprop never "
            "remembers anything.",
        ),
        Mistake(
            _denominator_returned,
            "The step is right, but you return √v + ε, by which you divided. Return v itself, the "
            "mean of the squares: the next step needs that.",
        ),
        Mistake(_uphill, "You go uphill: subtract the step, x − lr · …."),
        Mistake(_step_returned, "You return the step; the new point x − step is asked for."),
        Mistake(_rate_forgotten, "lr is missing in the step: x − lr · g / (√v + ε)."),
        Mistake(
            _multiplied_by_the_root,
            "You multiply by √v + ε; divide, so that a large gradient makes no longer a step than "
            "a small one.",
        ),
        Mistake(
            _squared_gradient_steps,
            "The step has g² on top, which is never negative: every parameter would fall for "
            "ever. The square belongs in v alone; on top stands g.",
        ),
        Mistake(
            _gradient_missing_above,
            "The gradient is missing on top: lr / (√v + ε) is only the rate of the coordinate. "
            "Multiply it by grad.",
        ),
        Mistake(
            _sign_of_the_gradient,
            "On top stands the sign of the gradient; the gradient itself belongs there. It is the "
            "division by √v that takes its size away.",
        ),
        Mistake(
            _share_of_the_gradient,
            "The gradient on top is multiplied by (1 − β). That factor belongs to the square in "
            "v only.",
        ),
        Mistake(
            _in_place,
            "The rule is right, but it works in place, on the caller's own arrays: each step "
            "overwrites the results of the one before, and arrays of integers cannot take the "
            "fractions. Write v = … and x = x - … in place of v *= … and x -= ….",
        ),
        Mistake(_order_swapped, "The two results come in the wrong order: the new x first."),
    ),
    hints=(
        "Two lines: first the new v from the old v and grad, then the new x from the new v.",
        "v is a moving average, as in chapter 09, of grad**2: keep the share beta of the old v "
        "and take the share (1 − beta) of the new square.",
        "v = beta * v + (1 - beta) * grad**2; then divide lr * grad by (np.sqrt(v) + eps), with "
        "the brackets, and return x - …, v.",
    ),
    parts=("new point", "new v"),
)

# --- rmsprop_descent: find the planted bug --------------------------------------------------


def rmsprop_descent(grad, x, lr, steps, beta, eps):
    """The point after `steps` steps of RMSprop, v = 0 at the start."""
    return _descend(grad, x, lr, steps, beta, eps)


def _descend(grad, x, lr, steps, beta, eps, *, mean=_mean, divide=np.sqrt, v=0.0, inside=False):
    """RMSprop with one thing or another replaced."""
    x = np.array(x, dtype=float)
    v = v + np.zeros(len(x))
    for _ in range(steps):
        g = np.asarray(grad(x), dtype=float)
        v = mean(g, v, beta)
        x = x - lr * g / (divide(v + eps) if inside else divide(v) + eps)
    return x


def _planted(grad, x, lr, steps, beta, eps):
    return _descend(
        grad, x, lr, steps, beta, eps,
        mean=lambda g, v, beta: np.sqrt(_mean(g, v, beta)), divide=lambda v: v,
    )  # fmt: skip


def _root_of_the_root(grad, x, lr, steps, beta, eps):
    return _descend(
        grad, x, lr, steps, beta, eps, mean=lambda g, v, beta: np.sqrt(_mean(g, v, beta))
    )


def _root_nowhere(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, steps, beta, eps, divide=lambda v: v)


def _root_of_the_new_square(grad, x, lr, steps, beta, eps):
    return _descend(
        grad, x, lr, steps, beta, eps,
        mean=lambda g, v, beta: beta * v + np.sqrt((1 - beta) * g**2), divide=lambda v: v,
    )  # fmt: skip


def _denominator_kept(grad, x, lr, steps, beta, eps):
    return _descend(
        grad, x, lr, steps, beta, 0.0,
        mean=lambda g, v, beta: np.sqrt(_mean(g, v, beta)) + eps, divide=lambda v: v,
    )  # fmt: skip


def _moves_once(grad, x, lr, steps, beta, eps):
    x = np.array(x, dtype=float)
    if steps == 0:
        return x
    g = np.asarray(grad(x), dtype=float)
    return x - lr * g / (np.sqrt((1 - beta**steps) * g**2) + eps)


def _starts_v_again(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, steps, beta, eps, mean=lambda g, v, beta: (1 - beta) * g**2)


def _sum_in_the_loop(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, steps, beta, eps, mean=lambda g, v, beta: v + g**2)


def _share_forgotten_in_the_loop(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, steps, beta, eps, mean=lambda g, v, beta: beta * v + g**2)


def _weights_swapped_in_the_loop(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, steps, 1 - beta, eps)


def _sizes_averaged(grad, x, lr, steps, beta, eps):
    return _descend(
        grad, x, lr, steps, beta, eps,
        mean=lambda g, v, beta: beta * v + (1 - beta) * np.abs(g), divide=lambda v: v,
    )  # fmt: skip


def _eps_under_the_root(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, steps, beta, eps, inside=True)


def _eps_left_out(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, steps, beta, 0.0)


def _eps_beside_the_fraction(grad, x, lr, steps, beta, eps):
    x, v = np.array(x, dtype=float), np.zeros(len(x))
    for _ in range(steps):
        g = np.asarray(grad(x))
        v = _mean(g, v, beta)
        x = x - lr * g / np.sqrt(v) + eps
    return x


def _updates_v_too_late(grad, x, lr, steps, beta, eps):
    x, v = np.array(x, dtype=float), np.zeros(len(x))
    for _ in range(steps):
        g = np.asarray(grad(x))
        x = x - lr * g / (np.sqrt(v) + eps)
        v = _mean(g, v, beta)
    return x


def _starts_from_the_first_square(grad, x, lr, steps, beta, eps):
    first = np.asarray(grad(np.array(x, dtype=float)), dtype=float) ** 2
    return _descend(grad, x, lr, steps, beta, eps, v=first)


def _starts_from_one(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, steps, beta, eps, v=1.0)


def _bias_corrected(grad, x, lr, steps, beta, eps):
    x, v = np.array(x, dtype=float), np.zeros(len(x))
    for t in range(1, steps + 1):
        g = np.asarray(grad(x))
        v = _mean(g, v, beta)
        x = x - lr * g / (np.sqrt(v / (1 - beta**t)) + eps)
    return x


def _one_v_for_all(grad, x, lr, steps, beta, eps):
    return _descend(
        grad, x, lr, steps, beta, eps,
        mean=lambda g, v, beta: beta * v + (1 - beta) * np.mean(g**2),
    )  # fmt: skip


def _gradient_of_the_start(grad, x, lr, steps, beta, eps):
    first = np.asarray(grad(np.array(x, dtype=float)), dtype=float)
    return _descend(lambda x: first, x, lr, steps, beta, eps)


def _stops_where_it_is_level(grad, x, lr, steps, beta, eps):
    return _stopping(lambda g: np.linalg.norm(g) < 1e-6, grad, x, lr, steps, beta, eps)


def _stops_where_a_part_is_level(grad, x, lr, steps, beta, eps):
    return _stopping(lambda g: np.any(g == 0), grad, x, lr, steps, beta, eps)


def _stopping(level, grad, x, lr, steps, beta, eps):
    x, v = np.array(x, dtype=float), np.zeros(len(x))
    for _ in range(steps):
        g = grad(x)
        if level(g):
            break
        x, v = rmsprop_step.reference(x, g, v, lr=lr, beta=beta, eps=eps)
    return x


def _returns_in_the_loop(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, 1, beta, eps) if steps else None


def _returns_v(grad, x, lr, steps, beta, eps):
    return _point_and_v(grad, x, lr, steps, beta, eps)[1]


def _climbs(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, -lr, steps, beta, eps)


def _one_step_short(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, max(steps - 1, 0), beta, eps)


def _one_step_more(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, steps + 1, beta, eps)


def _stops_after_one_step(grad, x, lr, steps, beta, eps):
    return _descend(grad, x, lr, min(steps, 1), beta, eps)


def _point_and_v(grad, x, lr, steps, beta, eps):
    x, v = np.array(x, dtype=float), np.zeros(len(x))
    for _ in range(steps):
        x, v = rmsprop_step.reference(x, np.asarray(grad(x)), v, lr=lr, beta=beta, eps=eps)
    return x, v


def valley_grad(x):
    """The gradient of ½ (x₀² + 25 x₁²), steep along the second coordinate."""
    return np.array([x[0], 25 * x[1]])


def cliff_grad(x):
    """−100 in every coordinate below 0, and (x − 20) / 10 above."""
    x = np.asarray(x, dtype=float)
    return np.where(x < 0, -100.0, (x - 20) / 10)


def two_everywhere(x):
    """2 in every coordinate, wherever x is."""
    return np.full(len(x), 2.0)


rmsprop_descent = Exercise(
    rmsprop_descent,
    cases=(
        case(two_everywhere, np.array([1.0]), lr=0.1, steps=1, beta=0.75, eps=0.5),
        case(two_everywhere, np.array([1.0]), lr=0.1, steps=2, beta=0.75, eps=0.5),
        case(valley_grad, np.array([4.0, 2.0]), lr=0.1, steps=2, beta=0.9, eps=0.01),
        case(valley_grad, np.array([-10.0, 1.0]), lr=0.05, steps=7, beta=0.9, eps=0.2),
        case(cliff_grad, np.array([-2.0]), lr=0.5, steps=30, beta=0.9, eps=1e-3),
        case(cliff_grad, np.array([-3.0, 5.0, 30.0]), lr=0.5, steps=12, beta=0.8, eps=0.1),
        case(valley_grad, np.array([6, 5]), lr=0.1, steps=8, beta=0.5, eps=0.1),
        case(valley_grad, np.array([3.0, -2.0]), lr=0.1, steps=0, beta=0.9, eps=0.1),
        # level in one direction; nearly level; a long way
        case(valley_grad, np.array([3.0, 0.0]), lr=0.1, steps=2, beta=0.9, eps=0.1),
        case(valley_grad, np.array([1e-7, -2e-8]), lr=1e-6, steps=3, beta=0.9, eps=1e-9),
        case(valley_grad, np.array([400.1, -30.7]), lr=2.0, steps=150, beta=0.8, eps=0.1),
    ),
    mistakes=(
        Mistake(
            _planted,
            "The planted bug is still there. What is kept from step to step is the root, and the "
            "next step averages it with a square: from the second step on v is neither. Near "
            "the minimum √(β v) pulls v up to β, the effective rate stays near lr / β, and so "
            "the walk comes to rest like plain descent. Keep v, and take the root only where "
            "you divide.",
        ),
        Mistake(
            _root_of_the_root,
            "There are two roots now: one in the line of v, one where you divide. Remove the "
            "first.",
        ),
        Mistake(
            _root_of_the_new_square,
            "Only the new square is under the root now, and the old v is added to it outside: a "
            "sum of sizes. Keep v without any root, and take the root of the whole where you "
            "divide.",
        ),
        Mistake(
            _denominator_kept,
            "v is still overwritten by what you divide by, now with ε in it. Give √v + ε another "
            "name, or none: x - lr * g / (np.sqrt(v) + eps).",
        ),
        Mistake(
            _moves_once,
            "x moves once, after the loop; only v is updated in it. Both lines belong inside.",
        ),
        Mistake(
            _root_nowhere,
            "The root is gone altogether. v has to be kept without a root, and the step is "
            "divided by np.sqrt(v) + eps.",
        ),
        Mistake(
            _starts_v_again,
            "v starts from 0 in every step: is its first line inside the loop, or the old v "
            "missing? Every step is then as long as the first.",
        ),
        Mistake(
            _sum_in_the_loop,
            "That is AdaGrad: v adds up all squares. Average them: beta * v + (1 - beta) * g**2.",
        ),
        Mistake(
            _share_forgotten_in_the_loop,
            "The factor (1 − β) in front of the new square is missing.",
        ),
        Mistake(
            _weights_swapped_in_the_loop,
            "The weights are swapped: β belongs to the old v, (1 − β) to the new square.",
        ),
        Mistake(
            _sizes_averaged,
            "You average the sizes |g|. The roots are gone, but RMSprop averages squares: "
            "v = beta * v + (1 - beta) * g**2, and the root where you divide.",
        ),
        Mistake(
            _eps_under_the_root,
            "The bug is found, but ε has moved inside the root. It stands outside: "
            "np.sqrt(v) + eps.",
        ),
        Mistake(
            _eps_beside_the_fraction,
            "The bug is found, but brackets are missing: ε is added to x. Divide by "
            "(np.sqrt(v) + eps).",
        ),
        Mistake(_eps_left_out, "The bug is found, but ε is missing: np.sqrt(v) + eps."),
        Mistake(
            _updates_v_too_late,
            "x is moved before v is updated, so every step divides by an old v, and the first by "
            "ε alone. v first, then x.",
        ),
        Mistake(
            _starts_from_the_first_square,
            "v starts from the first gradient's square. It starts from 0, which makes the first "
            "step lr / √(1 − β) long.",
        ),
        Mistake(_starts_from_one, "v starts from 1. It starts from 0."),
        Mistake(
            _bias_corrected,
            "You divide v by 1 − βᵗ. Bias correction is a good idea, but the rule of exercise 1 "
            "has none.",
        ),
        Mistake(
            _one_v_for_all,
            "All coordinates share one v, the mean over them. Each has its own.",
        ),
        Mistake(
            _gradient_of_the_start,
            "Every step uses the gradient at the start. Compute g anew in every round.",
        ),
        *(
            Mistake(
                function,
                "You stop where the gradient, or a part of it, is 0 or nearly so. RMSprop takes "
                "steps of about lr even there: take all that are asked for.",
            )
            for function in (_stops_where_it_is_level, _stops_where_a_part_is_level)
        ),
        Mistake(
            _returns_in_the_loop,
            "You stop after the first step: the `return` stands inside the loop. Move it out.",
        ),
        Mistake(_returns_v, "You return v; the point x is asked for."),
        Mistake(_climbs, "You go uphill: subtract the step."),
        Mistake(_one_step_short, "One step is missing: range(steps) has `steps` rounds."),
        Mistake(_one_step_more, "That is one step too many: range(steps) has `steps` rounds."),
        Mistake(
            _stops_after_one_step,
            "It ends after one step: is the `return` inside the loop?",
        ),
        Mistake(_point_and_v, "You return the pair (x, v); the point x alone is asked for."),
    ),
    hints=(
        "Compute the first two steps on paper for a gradient of 2, β = 0.75 and ε = 0. The first "
        "is right. What does v hold after it, and what should it hold?",
        "v is the mean of the squares. Its root is needed in one place only.",
        "v = beta * v + (1 - beta) * g**2, and x = x - lr * g / (np.sqrt(v) + eps).",
    ),
)

# --- steps_to_recover -----------------------------------------------------------------------


def steps_to_recover(before, now, *, beta, share):
    """The first step n with now ≥ share · √vₙ, where vₙ = βⁿ before² + (1 − βⁿ) now²."""
    return _first_long_step(before**2, now, beta, share, _mean)


def _first_long_step(v, now, beta, share, mean):
    for step in range(1, 100_000):
        v = mean(now, v, beta)
        if now >= share * math.sqrt(v):
            return step
    return math.inf


def _exponent(before, now, beta, share):
    """n with βⁿ before² + (1 − βⁿ) now² = (now / share)², a real number."""
    left = ((now / share) ** 2 - now**2) / (before**2 - now**2)
    return math.log(left) / math.log(beta)


def _counts_from_zero(before, now, *, beta, share):
    return steps_to_recover.reference(before, now, beta=beta, share=share) - 1


def _none_needed(before, now, *, beta, share):
    return max(math.ceil(_exponent(before, now, beta, share)), 0)


def _below_zero(before, now, *, beta, share):
    return math.ceil(_exponent(before, now, beta, share))


def _rounded_down(before, now, *, beta, share):
    return max(math.floor(_exponent(before, now, beta, share)), 1)


def _rounded(before, now, *, beta, share):
    return max(round(_exponent(before, now, beta, share)), 1)


def _not_whole(before, now, *, beta, share):
    return max(_exponent(before, now, beta, share), 1.0)


def _longer_than_the_share(before, now, *, beta, share):
    v, step = before**2, 0
    while step == 0 or now / math.sqrt(v) <= share:
        v, step = _mean(now, v, beta), step + 1
    return step


def _gives_up(limit):
    def search(before, now, *, beta, share):
        step = steps_to_recover.reference(before, now, beta=beta, share=share)
        return step if step < limit else None

    search.__name__ = f"_gives_up_at_{limit}"
    return search


def _old_v_tested(before, now, *, beta, share):
    v, step = before**2, 1
    while now < share * math.sqrt(v):
        v, step = _mean(now, v, beta), step + 1
    return step


def _one_too_many(before, now, *, beta, share):
    return steps_to_recover.reference(before, now, beta=beta, share=share) + 1


def _share_not_squared(before, now, *, beta, share):
    return steps_to_recover.reference(before, now, beta=beta, share=math.sqrt(share))


def _shrunk_to_the_share(before, now, *, beta, share):
    v, step = float(before**2), 0
    while step == 0 or now**2 < share**2 * v * (1 - 1e-15):
        v, step = beta * v, step + 1
    return step


def _sizes_for_squares(before, now, *, beta, share):
    v, step = float(before), 0
    while step == 0 or now < share * v:
        v, step = beta * v + (1 - beta) * now, step + 1
    return step


def _faded_alone(before, now, *, beta, share):
    return math.ceil(2 * math.log(now / share / before) / math.log(beta))


def _ratio_of_gradients(before, now, *, beta, share):
    return max(math.ceil(math.log(now / before) / math.log(beta)), 1)


def _nearly_arrived(before, now, *, beta, share):
    v, step = float(before**2), 0
    while v - now**2 > (1 - share) * now**2:
        v, step = _mean(now, v, beta), step + 1
    return max(step, 1)


def _nothing_squared(before, now, *, beta, share):
    v, step = float(before), 0
    while step < 10_000 and (step == 0 or now / math.sqrt(v) < share):
        v, step = beta * v + (1 - beta) * now, step + 1
    return step


def _before_not_squared(before, now, *, beta, share):
    return _first_long_step(float(before), now, beta, share, _mean)


def _starts_at_nothing(before, now, *, beta, share):
    return _first_long_step(0.0, now, beta, share, _mean)


def _starts_with_one_square(before, now, *, beta, share):
    return _first_long_step((1 - beta) * before**2, now, beta, share, _mean)


def _swapped_weights(before, now, *, beta, share):
    return steps_to_recover.reference(before, now, beta=1 - beta, share=share)


def _memory(before, now, *, beta, share):
    return round(1 / (1 - beta))


def _share_of_the_way(before, now, *, beta, share):
    return max(math.ceil(math.log(1 - share) / math.log(beta)), 1)


def _length_for_number(before, now, *, beta, share):
    v = float(before**2)
    for _ in range(steps_to_recover.reference(before, now, beta=beta, share=share)):
        v = _mean(now, v, beta)
    return now / math.sqrt(v)


def _effective_rate(before, now, *, beta, share):
    """Waits until the effective rate 1 / √v, and not the step, is the share."""
    v, step = float(before**2), 0
    while step < 10_000 and (step == 0 or share * math.sqrt(v) > 1):
        v, step = _mean(now, v, beta), step + 1
    return step


steps_to_recover = Exercise(
    steps_to_recover,
    cases=(
        case(2.0, 1.0, beta=0.5, share=0.7),
        case(2.0, 1.0, beta=0.5, share=0.9),
        case(10.0, 1.0, beta=0.5, share=0.9),
        case(10.0, 2.0, beta=0.9, share=0.5),
        case(1.1, 1.0, beta=0.9, share=0.8),
        case(100, 1, beta=0.9, share=0.9),
        case(100, 1, beta=0.99, share=0.9),
        case(100.0, 0.01, beta=0.9, share=0.99),
        case(30.0, 0.5, beta=0.8, share=0.6),
        case(50, 3, beta=0.95, share=0.95),
        case(5.0, 0.2, beta=0.7, share=0.25),
        case(7.0, 1.5, beta=0.3, share=0.4),
        case(5.0, 1.0, beta=0.5, share=0.5),
        case(1e-4, 2e-8, beta=0.9, share=0.9),
        case(100.0, 1.0, beta=0.999, share=0.9),
    ),
    mistakes=(
        Mistake(
            _counts_from_zero,
            "Your count is one too small. The first step after the change is number 1; after the "
            "loop has gone round once, one step has been taken.",
        ),
        *(
            Mistake(
                function,
                "Where the two gradients are nearly alike, the very first step is long enough. "
                "Its number is 1; 0, or less, is no step.",
            )
            for function in (_none_needed, _below_zero)
        ),
        Mistake(
            _rounded_down,
            "You round down, to the last step that is still too short. The first that is long "
            "enough is the next: math.ceil.",
        ),
        Mistake(
            _rounded,
            "You round to the nearest step; half of the time that one is still too short. The "
            "first that is long enough: math.ceil.",
        ),
        Mistake(
            _not_whole,
            "A step has a whole number. Round up to the first that is long enough: math.ceil.",
        ),
        Mistake(
            _longer_than_the_share,
            "You wait until the step is *longer* than share · lr. At least so long is asked for: "
            ">=, not >.",
        ),
        *(
            Mistake(
                _gives_up(limit),
                "Your search gives up before it has found the answer: a β near 1 takes many "
                "thousands of steps. Count with while, or solve for n.",
            )
            for limit in (1000, 10_000)
        ),
        Mistake(
            _old_v_tested,
            "You compare with the v before the step. A step divides by a v that already holds "
            "its own gradient: update v first, then look.",
        ),
        Mistake(
            _one_too_many,
            "Your count is one too large. The first step after the change is number 1; is the "
            "counter increased once more than v is updated?",
        ),
        Mistake(
            _share_not_squared,
            "A root is missing. The step is now / √v rates long; you compare now² / v with the "
            "share. (Solved for βⁿ the share is squared.)",
        ),
        *(
            Mistake(
                function,
                "v fades to 0 in yours. While the old squares fade, new ones come in: "
                "v = beta * v + (1 - beta) * now**2, which goes to now².",
            )
            for function in (_shrunk_to_the_share, _faded_alone)
        ),
        Mistake(
            _ratio_of_gradients,
            "You wait until β, multiplied with itself, has become now / before. What fades is a "
            "mean of squares, to which now² is added all the time, and `share` says how far.",
        ),
        Mistake(
            _nearly_arrived,
            "You wait until v is within 1 − share of now². The share is one of lr: compare "
            "now / √v with it.",
        ),
        Mistake(
            _nothing_squared,
            "Nothing is squared. v is a mean of squares: it starts at before² and takes in now².",
        ),
        Mistake(
            _sizes_for_squares,
            "You average sizes. v is a mean of squares: it starts at before², takes in now², and "
            "the step is now / √v rates long.",
        ),
        Mistake(
            _before_not_squared,
            "v starts at `before`; it is a mean of squares and starts at before².",
        ),
        Mistake(
            _starts_at_nothing,
            "The answer is 1 in every case. Does a `return` stand inside the loop, or does v "
            "start at 0, as in a new run? It has seen `before` for a long time: before².",
        ),
        Mistake(
            _starts_with_one_square,
            "v starts at (1 − β) · before², as after a single gradient. After very many it is "
            "before².",
        ),
        Mistake(
            _swapped_weights,
            "The weights are swapped: β belongs to the old v, (1 − β) to the new square.",
        ),
        Mistake(
            _memory,
            "1 / (1 − β) is the usual memory of the average. How long a brake holds depends on "
            "how hard it was put on, too: on `before` and `now`.",
        ),
        Mistake(
            _share_of_the_way,
            "You count until v has gone a share of the way to its new value. From a cliff the "
            "rest of the way is still long: ask when now / √v reaches the share.",
        ),
        Mistake(
            _length_for_number,
            "You return the length of the step in rates; its number is asked for.",
        ),
        Mistake(
            _effective_rate,
            "You wait for 1 / √v, the effective rate. The step is that times the gradient: "
            "now / √v is to reach the share.",
        ),
    ),
    hints=(
        "Begin with v = before**2 and take steps as in exercise 1: each one updates v with now**2.",
        "A step moves the coordinate by lr · now / √v. When is now / √v at least `share`?",
        "Count the rounds of a loop that updates v and then compares. (Or without a loop: after n "
        "steps v is βⁿ · before² + (1 − βⁿ) · now²; solve for n and round up.)",
    ),
)
