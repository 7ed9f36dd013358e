"""Chapter 10's exercises: Nesterov's rule, a look ahead that goes wrong, and a log to read."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case
from coursekit.checks.driving import walk

# --- nesterov_step --------------------------------------------------------------------------


def nesterov_step(x, grad, velocity, *, lr, beta):
    """v ← β v + g, x ← x − lr · (g + β v), as in PyTorch."""
    velocity = beta * velocity + grad
    return x - lr * (grad + beta * velocity), velocity


def _heavy_ball(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * velocity, velocity


def _beta_missing_in_the_move(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * (grad + velocity), velocity


def _grad_missing_in_the_move(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * beta * velocity, velocity


def _plain_descent(x, grad, velocity, *, lr, beta):
    return x - lr * grad, beta * velocity + grad


def _old_velocity_returned(x, grad, velocity, *, lr, beta):
    return nesterov_step.reference(x, grad, velocity, lr=lr, beta=beta)[0], velocity


def _velocity_forgotten(x, grad, velocity, *, lr, beta):
    return x - lr * (grad + beta * grad), grad


def _grad_not_in_the_velocity(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity
    return x - lr * (grad + beta * velocity), velocity


def _old_velocity_decayed_twice(x, grad, velocity, *, lr, beta):
    return x - lr * (grad + beta**2 * velocity), beta * velocity + grad


def _no_decay(x, grad, velocity, *, lr, beta):
    velocity = velocity + grad
    return x - lr * (grad + beta * velocity), velocity


def _plus_equals(x, grad, velocity, *, lr, beta):
    velocity += beta * velocity + grad
    return x - lr * (grad + beta * velocity), velocity


def _rate_written_down(x, grad, velocity, *, lr, beta):
    return nesterov_step.reference(x, grad, velocity, lr=0.1, beta=beta)


def _beta_written_down(x, grad, velocity, *, lr, beta):
    return nesterov_step.reference(x, grad, velocity, lr=lr, beta=0.9)


def _beta_written_down_in_the_move(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * (grad + 0.9 * velocity), velocity


def _average(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + (1 - beta) * grad
    return x - lr * (grad + beta * velocity), velocity


def _average_throughout(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + (1 - beta) * grad
    return x - lr * ((1 - beta) * grad + beta * velocity), velocity


def _average_with_the_heavy_ball(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + (1 - beta) * grad
    return x - lr * velocity, velocity


def _uphill(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x + lr * (grad + beta * velocity), velocity


def _gradient_subtracted(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity - grad
    return x - lr * (grad + beta * velocity), velocity


def _velocity_downhill(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity - grad
    return x + lr * (beta * velocity - grad), velocity


def _keras(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity - lr * grad
    return x + beta * velocity - lr * grad, velocity


def _lr_inside(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + lr * grad
    return x - (lr * grad + beta * velocity), velocity


def _lr_twice(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + lr * grad
    return x - lr * (lr * grad + beta * velocity), velocity


def _lr_twice_in_the_velocity(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + lr * grad
    return x - lr * (grad + beta * velocity), velocity


def _lr_not_on_the_velocity(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - (lr * grad + beta * velocity), velocity


def _brackets_missing(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * grad + beta * velocity, velocity


def _lr_forgotten(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - (grad + beta * velocity), velocity


def _look_ahead_backwards(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * (grad - beta * velocity), velocity


def _velocity_counted_twice(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * (1 + beta) * velocity, velocity


def _cs231n_with_a_plus(x, grad, velocity, *, lr, beta):
    before, velocity = velocity, beta * velocity + grad
    return x - lr * (beta * before + (1 + beta) * velocity), velocity


def _cs231n_without_beta(x, grad, velocity, *, lr, beta):
    before, velocity = velocity, beta * velocity + grad
    return x - lr * ((1 + beta) * velocity - before), velocity


def _gradient_counted_twice(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * (grad + velocity + beta * velocity), velocity


def _ahead_of_the_ahead(x, grad, velocity, *, lr, beta):
    ahead = x - lr * beta * velocity
    velocity = beta * velocity + grad
    return ahead - lr * velocity, velocity


def _beta_on_the_gradient(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * (beta * grad + velocity), velocity


def _beta_on_both(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * beta * (grad + velocity), velocity


def _beta_on_the_gradient_in_the_velocity(x, grad, velocity, *, lr, beta):
    velocity = velocity + beta * grad
    return x - lr * (grad + beta * velocity), velocity


def _beta_on_all_of_the_velocity(x, grad, velocity, *, lr, beta):
    velocity = beta * (velocity + grad)
    return x - lr * (grad + beta * velocity), velocity


def _old_velocity_without_beta_in_the_move(x, grad, velocity, *, lr, beta):
    return x - lr * (grad + velocity), beta * velocity + grad


def _move_returned(x, grad, velocity, *, lr, beta):
    velocity = grad + beta * (beta * velocity + grad)
    return x - lr * velocity, velocity


def _decayed_velocity_returned(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * (grad + beta * velocity), beta * velocity


def _step_returned(x, grad, velocity, *, lr, beta):
    new = nesterov_step.reference(x, grad, velocity, lr=lr, beta=beta)[0]
    return new, new - x


def _point_not_moved(x, grad, velocity, *, lr, beta):
    return x, beta * velocity + grad


def _velocity_first(x, grad, velocity, *, lr, beta):
    return nesterov_step.reference(x, grad, velocity, lr=lr, beta=beta)[::-1]


_XS = np.array([[1.0, -2.0, 0.5], [0.0, 4.0, -1.0]])
_GS = np.array([[0.5, 1.0, -2.0], [3.0, -1.0, 0.25]])
_VS = np.array([[2.0, 0.0, 1.0], [-1.0, 0.5, -3.0]])
_STEPS = [np.array(g) for g in ([1.0, -3.0], [0.5, -1.0], [-2.0, 4.0], [0.25, 0.0], [1.0, 1.0])]

nesterov_step = Exercise(
    nesterov_step,
    cases=(
        case(np.array([8.0]), np.array([8.0]), np.array([0.0]), lr=0.5, beta=0.5),
        case(np.array([2.0]), np.array([2.0]), np.array([8.0]), lr=0.5, beta=0.5),
        case(np.array([1.0, 1.0]), np.array([0.0, 2.0]), np.array([5.0, 0.0]), lr=0.1, beta=0.9),
        case(np.array([4.0, 3.0]), np.array([1.0, -3.0]), np.array([-2.0, 6.0]), lr=0.1, beta=0.0),
        case(np.array([4, 3]), np.array([1, -3]), np.array([-2, 6]), lr=0.1, beta=0.9),
        case(np.array([4.0, 3.0]), _STEPS, np.array([0.0, 0.0]), lr=0.1, beta=0.9),
        case(np.array([-1.0, 2.0]), _STEPS, np.array([3.0, -1.0]), lr=0.02, beta=0.7),
        case(_XS, _GS, _VS, lr=0.3, beta=0.8),
        case(_XS, [_GS, -2 * _GS, _GS**2], _VS, lr=0.05, beta=0.99),
        case(
            np.array([1, -2]), [np.array([3, 1]), np.array([-1, 2])], np.array([0, 4]), lr=1, beta=1
        ),
        # rolling on where it is level, from a velocity whose first number and sum are 0
        case(np.array([1.0, 2.0, 3.0]), np.zeros(3), np.array([0.0, 4.0, -4.0]), lr=0.1, beta=0.5),
        case(np.array([2e-7]), np.array([-3.14159e-8]), np.array([4e-7]), lr=0.003, beta=0.9),
        case(
            np.array([0.3, -700.1, 20.0, 5.0, -1.0]),
            [np.array([-30000.7, 0.1, 700.3, 0.0, 12.0]), np.full(5, 40.0)],
            np.array([0.0, 2500.0, -2500.0, 30.0, -30.0]),
            lr=2.5,
            beta=0.9995,
        ),
    ),
    mistakes=(
        Mistake(
            _heavy_ball,
            "That is the heavy ball of chapter 09, x − lr · v. Nesterov's move is g + β · v with "
            "the new v: the old velocity, decayed once more, and the gradient counted again. (The "
            "same comes out where g + β · v is taken with the old velocity.)",
        ),
        Mistake(
            _beta_missing_in_the_move,
            "β is missing in the move: g + v. Only β times the new velocity will be left in the "
            "next step, and that is how far ahead the point goes: g + β · v.",
        ),
        Mistake(
            _grad_missing_in_the_move,
            "The gradient is missing in the move: β · v alone is what the velocity does. Add g.",
        ),
        Mistake(
            _plain_descent,
            "The velocity has no effect on the point: x − lr · g is plain gradient descent, and "
            "gives the textbook's point θ. The point that is asked for goes on by lr · β · v.",
        ),
        Mistake(
            _old_velocity_returned,
            "The point is right, but you return the velocity that you were given, so that every "
            "step starts from the first one. Return the new velocity.",
        ),
        Mistake(
            _velocity_forgotten,
            "The old velocity has no effect: v = g remembers nothing. v = β · velocity + g.",
        ),
        Mistake(
            _grad_not_in_the_velocity,
            "The gradient never enters the velocity, which can only die away: "
            "v = β · velocity + g.",
        ),
        Mistake(
            _old_velocity_decayed_twice,
            "The gradient counts too little in the move, g + β² · velocity: the one inside the new "
            "velocity is lost (or g is weighted with 1 − β, which comes to the same). Compute "
            "v = β · velocity + g first, then g + β · v.",
        ),
        Mistake(
            _no_decay,
            "The old velocity does not fade: it is added in full. Multiply it by β: "
            "v = β · velocity + g.",
        ),
        Mistake(
            _plus_equals,
            "velocity += … adds to the old velocity, which so comes in whole and β times besides; "
            "and it writes into the caller's own array. velocity = beta * velocity + grad.",
        ),
        Mistake(
            _rate_written_down,
            "lr has no effect: you write 0.1 in its place, and the caller may give another.",
        ),
        Mistake(
            _beta_written_down,
            "beta has no effect: you write 0.9 in its place, and the caller may give another.",
        ),
        Mistake(
            _beta_written_down_in_the_move,
            "In the move you write 0.9 where beta is meant: the caller may give another.",
        ),
        Mistake(
            _average,
            "Your velocity is a moving average: (1 − β) · g. In this form the gradient counts in "
            "full: v = β · velocity + g.",
        ),
        Mistake(
            _average_throughout,
            "You weigh the gradient with 1 − β, in the velocity and in the move: the form of "
            "averages, whose steps are 1 / (1 − β) times shorter. Here g counts in full in both.",
        ),
        Mistake(
            _average_with_the_heavy_ball,
            "That is the moving average of chapter 09: 1 − β on the gradient, and a move of v "
            "alone. Here v = β · velocity + g, and the move is g + β · v.",
        ),
        Mistake(
            _uphill,
            "The point moves uphill: subtract lr · (g + β · v) from x.",
        ),
        Mistake(
            _gradient_subtracted,
            "The gradient goes into the velocity with a minus, and the move is subtracted as well: "
            "the two work against each other. v = β · velocity + g points uphill, and x is moved "
            "against it.",
        ),
        Mistake(
            _velocity_downhill,
            "Your velocity points downhill, v = β · velocity − g. That is a form, too, but not "
            "this one: the velocity that you are given points uphill. v = β · velocity + g, and x "
            "minus the move.",
        ),
        Mistake(
            _keras,
            "That is Keras' form: its velocity points downhill and contains the rate. The one that "
            "you are given points uphill and does not: v = β · velocity + g, then "
            "x − lr · (g + β · v).",
        ),
        Mistake(
            _lr_inside,
            "Your velocity contains the rate, β · velocity + lr · g. The velocity that you are "
            "given, and the one to return, are sums of gradients: leave lr out of it, and multiply "
            "the whole move by it.",
        ),
        Mistake(
            _lr_twice,
            "lr counts twice: it is in the velocity and multiplies the move again. Only the move "
            "is multiplied by it.",
        ),
        Mistake(
            _lr_twice_in_the_velocity,
            "lr counts twice where the velocity is concerned: v = β · velocity + g without lr, "
            "which then multiplies the whole move.",
        ),
        Mistake(
            _lr_not_on_the_velocity,
            "lr multiplies the gradient alone: brackets are missing. It multiplies the whole move, "
            "lr * (grad + beta * velocity).",
        ),
        Mistake(
            _brackets_missing,
            "Brackets are missing: x − lr · g + β · v *adds* the velocity, and without the rate. "
            "x - lr * (grad + beta * velocity).",
        ),
        Mistake(_lr_forgotten, "The rate is missing: the move is lr · (g + β · v)."),
        Mistake(
            _look_ahead_backwards,
            "The velocity has the wrong sign in the move: g − β · v looks back, not ahead. Both "
            "terms point the same way: g + β · v.",
        ),
        Mistake(
            _velocity_counted_twice,
            "(1 + β) · v counts the old velocity too often. Either −β · v_prev is missing, as in "
            "CS231n's form, −β · v_prev + (1 + β) · v; or you look ahead first and then move by "
            "g + β · v, which looks ahead again. From the x that you are given, the move is "
            "g + β · v.",
        ),
        Mistake(
            _cs231n_with_a_plus,
            "The old velocity is added where CS231n's form subtracts it. With this velocity that "
            "form is x − lr · ((1 + β) · v − β · v_prev), and simpler: x − lr · (g + β · v).",
        ),
        Mistake(
            _cs231n_without_beta,
            "(1 + β) · v − v_prev lacks a β on the old velocity. CS231n's form has β · v_prev; "
            "simpler is g + β · v.",
        ),
        Mistake(
            _gradient_counted_twice,
            "g + v + β · v: v contains g already, and the velocity counts twice. The move is "
            "g + β · v.",
        ),
        Mistake(
            _ahead_of_the_ahead,
            "You go to the point ahead and step from there. In this form x *is* the point ahead "
            "already, and grad the gradient there: no look ahead is left to do. "
            "x − lr · (g + β · v) from the x that you are given.",
        ),
        Mistake(
            _beta_on_the_gradient,
            "β stands on the wrong term of the move: β · g + v. It belongs to the velocity: "
            "g + β · v.",
        ),
        Mistake(
            _beta_on_both,
            "β multiplies the gradient of the move as well: β · (g + v). It belongs to the "
            "velocity alone: g + β · v.",
        ),
        Mistake(
            _beta_on_the_gradient_in_the_velocity,
            "β stands on the wrong term of the velocity: velocity + β · g never forgets. "
            "v = β · velocity + g.",
        ),
        Mistake(
            _beta_on_all_of_the_velocity,
            "β multiplies the new gradient as well: β · (velocity + g). Only the old velocity "
            "fades: β · velocity + g.",
        ),
        Mistake(
            _old_velocity_without_beta_in_the_move,
            "The move takes the old velocity, and without β: g + velocity. It needs β times the "
            "*new* velocity: v = β · velocity + g first, then g + β · v.",
        ),
        Mistake(
            _move_returned,
            "The point is right, but what you return as velocity is the move, g + β · v. The next "
            "step needs the velocity itself, v = β · velocity + g: give the move another name.",
        ),
        Mistake(
            _decayed_velocity_returned,
            "The point is right, but the velocity that you return has been multiplied by β, and "
            "the next step will do that again. Return v = β · velocity + g.",
        ),
        Mistake(
            _step_returned,
            "The point is right, but what you return as velocity is how far the point moved. "
            "Return v = β · velocity + g.",
        ),
        Mistake(_point_not_moved, "The point has not moved: subtract lr · (g + β · v) from it."),
        Mistake(_velocity_first, "You return the velocity first: the point comes first."),
    ),
    hints=(
        "Two lines: first the new velocity, from the old one and the gradient; then the new point, "
        "from the gradient and the new velocity.",
        "The velocity is the heavy ball's, β · velocity + g. Only the move is new: the gradient "
        "plus β times the velocity that you have just computed, all of it times lr.",
        "velocity = beta * velocity + grad; return x - lr * (grad + beta * velocity), velocity. By "
        "hand: x = 8, g = 8, v = 0, lr = β = ½ gives v = 8 and x = 8 − ½ · (8 + 4) = 2.",
    ),
    drive=walk,
    parts=("point", "velocity"),
)

# --- look_ahead_descent: find the planted bug -----------------------------------------------


def look_ahead_descent(gradient, x, velocity, lr, beta, steps):
    """θ and v after `steps` steps of v ← β v + ∇f(θ − lr β v), θ ← θ − lr v."""
    return _loop(x, velocity, steps, _right(gradient, lr, beta))


def _loop(x, v, steps, step):
    x, v = np.array(x, dtype=float), np.array(v, dtype=float)
    for _ in range(steps):
        x, v = step(x, v)
    return x, v


def _right(gradient, lr, beta):
    def step(x, v):
        v = beta * v + gradient(x - lr * beta * v)
        return x - lr * v, v

    return step


def _looking_from(x_ahead):
    """A loop whose gradient is taken at x_ahead(x, v, lr, beta)."""

    def descent(gradient, x, velocity, lr, beta, steps):
        def step(x, v):
            v = beta * v + gradient(x_ahead(x, v, lr, beta))
            return x - lr * v, v

        return _loop(x, velocity, steps, step)

    return descent


def _planted(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        x = x - lr * beta * v
        v = beta * v + gradient(x)
        return x - lr * v, v

    return _loop(x, velocity, steps, step)


def _looks_back(*args, **kwargs):
    return _looking_from(lambda x, v, lr, beta: x + lr * beta * v)(*args, **kwargs)


def _does_not_look(*args, **kwargs):
    return _looking_from(lambda x, v, lr, beta: x)(*args, **kwargs)


def _rate_missing_ahead(*args, **kwargs):
    return _looking_from(lambda x, v, lr, beta: x - beta * v)(*args, **kwargs)


def _beta_missing_ahead(*args, **kwargs):
    return _looking_from(lambda x, v, lr, beta: x - lr * v)(*args, **kwargs)


def _both_missing_ahead(*args, **kwargs):
    return _looking_from(lambda x, v, lr, beta: x - v)(*args, **kwargs)


def _beta_squared_ahead(*args, **kwargs):
    return _looking_from(lambda x, v, lr, beta: x - lr * beta**2 * v)(*args, **kwargs)


def _gradient_at_the_velocity(*args, **kwargs):
    return _looking_from(lambda x, v, lr, beta: lr * beta * v)(*args, **kwargs)


def _goes_back_with_the_new_velocity(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        x = x - lr * beta * v
        v = beta * v + gradient(x)
        return x + lr * beta * v - lr * v, v

    return _loop(x, velocity, steps, step)


def _pytorch(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        g = gradient(x)
        v = beta * v + g
        return x - lr * (g + beta * v), v

    return _loop(x, velocity, steps, step)


def _pytorch_ahead(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        g = gradient(x - lr * beta * v)
        v = beta * v + g
        return x - lr * (g + beta * v), v

    return _loop(x, velocity, steps, step)


def _moves_by_the_gradient(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        g = gradient(x - lr * beta * v)
        return x - lr * g, beta * v + g

    return _loop(x, velocity, steps, step)


def _moves_by_the_old_velocity(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        return x - lr * v, beta * v + gradient(x - lr * beta * v)

    return _loop(x, velocity, steps, step)


def _looks_with_the_new_velocity(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        v = beta * v + gradient(x)
        v = beta * v + gradient(x - lr * beta * v)
        return x - lr * v, v

    return _loop(x, velocity, steps, step)


def _looks_after_the_decay(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        v = beta * v
        v = v + gradient(x - lr * v)
        return x - lr * beta * v, v

    return _loop(x, velocity, steps, step)


def _looks_once(gradient, x, velocity, lr, beta, steps):
    ahead = np.asarray(x) - lr * beta * np.asarray(velocity)
    return _loop(x, velocity, steps, lambda x, v: _moved(x, beta * v + gradient(ahead), lr))


def _moved(x, v, lr):
    return x - lr * v, v


def _velocity_not_decayed(gradient, x, velocity, lr, beta, steps):
    return _loop(x, velocity, steps, lambda x, v: _moved(x, v + gradient(x - lr * beta * v), lr))


def _velocity_not_kept(gradient, x, velocity, lr, beta, steps):
    return _loop(x, velocity, steps, lambda x, v: _moved(x, gradient(x - lr * beta * v), lr))


def _average_in_the_loop(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        return _moved(x, beta * v + (1 - beta) * gradient(x - lr * beta * v), lr)

    return _loop(x, velocity, steps, step)


def _rate_inside(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        v = beta * v + lr * gradient(x - beta * v)
        return x - v, v

    return _loop(x, velocity, steps, step)


def _rate_twice(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        v = beta * v + lr * gradient(x - lr * beta * v)
        return x - lr * v, v

    return _loop(x, velocity, steps, step)


def _velocity_not_carried_on(gradient, x, velocity, lr, beta, steps):
    x, v = np.array(x, dtype=float), np.array(velocity, dtype=float)
    for _ in range(steps):
        x, v = _right(gradient, lr, beta)(x, np.asarray(velocity))
    return x, v


def _velocity_not_carried_on_and_needs_a_step(gradient, x, velocity, lr, beta, steps):
    for _ in range(steps):
        x, v = _right(gradient, lr, beta)(x, velocity)
    return x, v


def _first_look_from_x(gradient, x, velocity, lr, beta, steps):
    x, v = np.array(x, dtype=float), np.array(velocity, dtype=float)
    ahead = x
    for _ in range(steps):
        v = beta * v + gradient(ahead)
        x = x - lr * v
        ahead = x - lr * beta * v
    return x, v


def _stops_where_it_is_level(gradient, x, velocity, lr, beta, steps):
    x, v = np.array(x, dtype=float), np.array(velocity, dtype=float)
    for _ in range(steps):
        g = gradient(x - lr * beta * v)
        if np.linalg.norm(g) < 1e-9:
            break
        v = beta * v + g
        x = x - lr * v
    return x, v


def _stops_where_x_is_level(gradient, x, velocity, lr, beta, steps):
    x, v = np.array(x, dtype=float), np.array(velocity, dtype=float)
    for _ in range(steps):
        if np.linalg.norm(gradient(x)) < 1e-9:
            break
        v = beta * v + gradient(x - lr * beta * v)
        x = x - lr * v
    return x, v


def _x_never_moves(gradient, x, velocity, lr, beta, steps):
    v = np.array(velocity, dtype=float)
    for _ in range(steps):
        v = beta * v + gradient(x - lr * beta * v)
    return x, v


def _point_alone(gradient, x, velocity, lr, beta, steps):
    return look_ahead_descent.reference(gradient, x, velocity, lr, beta, steps)[0]


def _both_gradients(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        return _moved(x, beta * v + gradient(x - lr * beta * v) + gradient(x), lr)

    return _loop(x, velocity, steps, step)


def _uphill_in_the_loop(gradient, x, velocity, lr, beta, steps):
    def step(x, v):
        v = beta * v + gradient(x - lr * beta * v)
        return x + lr * v, v

    return _loop(x, velocity, steps, step)


def _start_velocity_ignored(gradient, x, velocity, lr, beta, steps):
    return look_ahead_descent.reference(gradient, x, np.zeros(np.shape(x)), lr, beta, steps)


def _returns_the_point_ahead(gradient, x, velocity, lr, beta, steps):
    x, v = look_ahead_descent.reference(gradient, x, velocity, lr, beta, steps)
    return x - lr * beta * v, v


def _returns_the_last_point_looked_at(gradient, x, velocity, lr, beta, steps):
    ahead, v = np.array(x, dtype=float), np.array(velocity, dtype=float)
    x = ahead
    for _ in range(steps):
        ahead = x - lr * beta * v
        v = beta * v + gradient(ahead)
        x = x - lr * v
    return ahead, v


def _returns_in_the_loop(gradient, x, velocity, lr, beta, steps):
    for _ in range(steps):
        return _right(gradient, lr, beta)(np.asarray(x), np.asarray(velocity))
    return None


def _one_step_short(gradient, x, velocity, lr, beta, steps):
    return look_ahead_descent.reference(gradient, x, velocity, lr, beta, max(steps - 1, 0))


def _one_step_more(gradient, x, velocity, lr, beta, steps):
    return look_ahead_descent.reference(gradient, x, velocity, lr, beta, steps + 1)


def _velocity_returned_first(gradient, x, velocity, lr, beta, steps):
    return look_ahead_descent.reference(gradient, x, velocity, lr, beta, steps)[::-1]


def parabola_grad(x):
    """The gradient of ½ Σ x²: the point itself, as an array of floats."""
    return 1.0 * np.asarray(x)


def bowl_grad(x):
    """The gradient of x₀² + 2x₁², steeper along the second coordinate."""
    return np.array([2.0 * x[0], 4.0 * x[1]])


def bent_grad(x):
    """The gradient of ¼ Σ x⁴ + x₀x₁, which is not linear in x."""
    return np.array([x[0] ** 3 + x[1], x[1] ** 3 + x[0]], dtype=float)


def _point(*numbers):
    return np.array(numbers)


look_ahead_descent = Exercise(
    look_ahead_descent,
    cases=(
        case(parabola_grad, _point(8.0), _point(0.0), lr=0.5, beta=0.5, steps=1),
        case(parabola_grad, _point(4.0), _point(8.0), lr=0.5, beta=0.5, steps=1),
        case(parabola_grad, _point(8.0), _point(0.0), lr=0.5, beta=0.5, steps=3),
        case(bowl_grad, _point(-2.0, 1.0), _point(-12.0, 14.0), lr=0.1, beta=0.9, steps=1),
        case(bowl_grad, _point(4.0, 3.0), _point(0.0, 0.0), lr=0.05, beta=0.9, steps=10),
        case(bowl_grad, _point(4, 3), _point(1, -2), lr=0.1, beta=0.7, steps=4),
        case(bent_grad, _point(1.0, -0.5), _point(0.5, 2.0), lr=0.1, beta=0.8, steps=6),
        case(bent_grad, _point(-1.0, 0.25), _point(0.0, 0.0), lr=0.02, beta=0.95, steps=20),
        case(bowl_grad, _point(4.0, 3.0), _point(2.0, 1.0), lr=0.1, beta=0.0, steps=2),
        case(bowl_grad, _point(4.0, 3.0), _point(2.0, 1.0), lr=0.1, beta=0.9, steps=0),
        # level at the point ahead, and at x
        case(parabola_grad, _point(4.0), _point(16.0), lr=0.5, beta=0.5, steps=2),
        case(parabola_grad, _point(0.0), _point(8.0), lr=0.5, beta=0.5, steps=2),
        case(bowl_grad, _point(400.1, -300.7), _point(0.0, 0.0), lr=0.02, beta=0.9, steps=300),
    ),
    mistakes=(
        Mistake(
            _planted,
            "The planted bug is still there. x itself is moved to the point ahead, and the step is "
            "taken from there: the velocity's share, lr · β · velocity, is travelled twice. Look "
            "from the point ahead, but step from where you stood: give the point ahead a name of "
            "its own.",
        ),
        Mistake(
            _looks_back,
            "You look behind you: x + lr · β · velocity. The step *subtracts* the velocity, so the "
            "point ahead is x − lr · β · velocity.",
        ),
        Mistake(
            _does_not_look,
            "The gradient is taken at x: that is the heavy ball. Nesterov takes it at the point "
            "ahead, x − lr · β · velocity.",
        ),
        Mistake(
            _rate_missing_ahead,
            "The point ahead lacks the rate: the velocity will move x by lr · β · velocity, so "
            "look there and not at x − β · velocity.",
        ),
        Mistake(
            _beta_missing_ahead,
            "The point ahead lacks β: of the old velocity only β times as much takes part in the "
            "next step, so look at x − lr · β · velocity.",
        ),
        Mistake(
            _both_missing_ahead,
            "x − velocity is too far ahead: the velocity will move x by lr · β · velocity.",
        ),
        Mistake(
            _beta_squared_ahead,
            "β counts twice in the point ahead: the velocity has been multiplied by it already. "
            "The point ahead is x − lr · β · (the velocity before this step).",
        ),
        Mistake(
            _gradient_at_the_velocity,
            "You take the gradient at lr · β · velocity, which is a step and not a point: the "
            "point ahead is x minus that.",
        ),
        Mistake(
            _goes_back_with_the_new_velocity,
            "You go ahead with the old velocity and come back with the new one, which is another "
            "length. Do not move x at all in order to look: give the point ahead a name of its "
            "own.",
        ),
        Mistake(
            _pytorch,
            "That is PyTorch's form, whose x is the point ahead. Here x is the textbook's θ: the "
            "gradient is taken at x − lr · β · velocity, and the step is lr · velocity.",
        ),
        Mistake(
            _pytorch_ahead,
            "Two forms are mixed: the gradient of the textbook's form and the move of PyTorch's, "
            "g + β · v, which looks ahead a second time. Here the move is lr · velocity.",
        ),
        Mistake(
            _moves_by_the_gradient,
            "x moves by the gradient alone. It moves by the new velocity: x − lr · velocity (from "
            "the point *ahead* the gradient alone would do).",
        ),
        Mistake(
            _moves_by_the_old_velocity,
            "x is moved by the velocity before the step. First the new velocity, then "
            "x − lr · velocity.",
        ),
        Mistake(
            _looks_with_the_new_velocity,
            "The velocity is updated twice in a step, first with the gradient at x. Look with the "
            "velocity that the last step left.",
        ),
        Mistake(
            _looks_after_the_decay,
            "β counts once too often: the velocity was multiplied by it before, and the move needs "
            "no β: x − lr · velocity.",
        ),
        Mistake(
            _looks_once,
            "The point ahead is computed once, before the loop. It moves with x: compute it in "
            "every step.",
        ),
        Mistake(
            _velocity_not_decayed,
            "The old velocity is added in full: velocity = β · velocity + gradient.",
        ),
        Mistake(
            _velocity_not_kept,
            "The velocity is the gradient alone: β · velocity is missing in it.",
        ),
        Mistake(
            _average_in_the_loop,
            "The gradient is weighted with 1 − β, as in a moving average. Here it counts in full: "
            "velocity = β · velocity + gradient.",
        ),
        Mistake(
            _rate_inside,
            "Your velocity contains the rate. The one that you are given is a sum of gradients: "
            "velocity = β · velocity + gradient, and lr multiplies it in the step and in the look "
            "ahead.",
        ),
        Mistake(
            _rate_twice,
            "lr counts twice: in the velocity and again in the step. Leave it out of the velocity: "
            "velocity = β · velocity + gradient.",
        ),
        *(
            Mistake(
                function,
                "Every step starts from the velocity that you were given. Give the new velocity "
                "the old name, so that the next step finds it.",
            )
            for function in (_velocity_not_carried_on, _velocity_not_carried_on_and_needs_a_step)
        ),
        Mistake(
            _first_look_from_x,
            "The first gradient is taken at x: your loop looks ahead for the next step only. The "
            "velocity that you are given need not be 0, so the first step has a point ahead, too.",
        ),
        *(
            Mistake(
                function,
                "You stop where the gradient is 0. The velocity goes on there, past the minimum "
                "or through it: take all the steps that are asked for.",
            )
            for function in (_stops_where_it_is_level, _stops_where_x_is_level)
        ),
        Mistake(_x_never_moves, "x never moves: x = x - lr * velocity is missing or is lost."),
        Mistake(
            _both_gradients,
            "Two gradients go into the velocity, the one ahead and the one at x. Only the one "
            "ahead belongs there.",
        ),
        Mistake(
            _point_alone,
            "You return one thing, the point. Return the velocity with it: x, velocity.",
        ),
        Mistake(_uphill_in_the_loop, "x moves uphill: subtract lr · velocity."),
        Mistake(
            _start_velocity_ignored,
            "The velocity that you are given has no effect: you start from 0. The first step "
            "already looks ahead along it.",
        ),
        Mistake(
            _returns_the_point_ahead,
            "You return the point ahead of the last point; θ itself is asked for.",
        ),
        Mistake(
            _returns_the_last_point_looked_at,
            "You return the point at which the last gradient was taken; the step from x is still "
            "to be returned. Return x and not the point ahead.",
        ),
        Mistake(
            _returns_in_the_loop,
            "You stop after the first step: the `return` stands inside the loop. Move it out.",
        ),
        Mistake(_one_step_short, "You take one step too few: range(steps) makes `steps` of them."),
        Mistake(_one_step_more, "You take one step too many: range(steps) makes `steps` of them."),
        Mistake(_velocity_returned_first, "You return the velocity first: the point comes first."),
    ),
    hints=(
        "With velocity 8, lr = β = ½ and x = 4, where does the first line of the loop put x, where "
        "the last, and where should x be if the gradient were 0 everywhere?",
        "Without any gradient a step should move x by lr · β · velocity. The buggy one moves it by "
        "twice that. x may not change in order to look.",
        "ahead = x - lr * beta * velocity; velocity = beta * velocity + gradient(ahead); "
        "x = x - lr * velocity.",
    ),
    parts=("point", "velocity"),
)

# --- behind_the_log -------------------------------------------------------------------------


def behind_the_log(x, grad, x_next, *, lr, beta):
    """θ = x − lr g, and v = (θ − x_next) / (lr β), after the step from x to x_next."""
    theta = x - lr * grad
    return theta, (theta - x_next) / (lr * beta)


def _theta_and(velocity):
    """The right θ and a wrong velocity(x, grad, x_next, lr, beta)."""

    def answer(x, grad, x_next, *, lr, beta):
        return x - lr * grad, velocity(x, grad, x_next, lr, beta)

    return answer


def _of_the_heavy_ball(x, grad, x_next, *, lr, beta):
    return _theta_and(lambda x, g, n, lr, beta: (x - n) / lr)(x, grad, x_next, lr=lr, beta=beta)


def _gradient_not_taken_away(x, grad, x_next, *, lr, beta):
    return x - lr * grad, (x - x_next) / (lr * beta)


def _not_divided_by_beta(x, grad, x_next, *, lr, beta):
    return x - lr * grad, (x - x_next) / lr - grad


def _not_divided_by_the_rate(x, grad, x_next, *, lr, beta):
    return x - lr * grad, (x - lr * grad - x_next) / beta


def _times_the_rate(x, grad, x_next, *, lr, beta):
    return x - lr * grad, (x - lr * grad - x_next) / lr * beta


def _divided_by_neither(x, grad, x_next, *, lr, beta):
    return x - lr * grad, x - lr * grad - x_next


def _velocity_the_other_way(x, grad, x_next, *, lr, beta):
    return x - lr * grad, (x_next - x + lr * grad) / (lr * beta)


def _gradient_with_a_plus(x, grad, x_next, *, lr, beta):
    return x - lr * grad, ((x - x_next) / lr + grad) / beta


def _velocity_before_the_step(x, grad, x_next, *, lr, beta):
    theta, v = behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)
    return theta, (v - grad) / beta


def _both_before_the_step(x, grad, x_next, *, lr, beta):
    _, v = behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)
    before = (v - grad) / beta
    return x + lr * beta * before, before


def _theta_before_the_step(x, grad, x_next, *, lr, beta):
    _, v = behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)
    return x + lr * (v - grad), v


def _theta_two_ahead(x, grad, x_next, *, lr, beta):
    _, v = behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)
    return x_next - lr * beta * v, v


def _theta_from_x_with_the_new_velocity(x, grad, x_next, *, lr, beta):
    _, v = behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)
    return x + lr * beta * v, v


def _theta_without_beta(x, grad, x_next, *, lr, beta):
    _, v = behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)
    return x_next + lr * v, v


def _theta_without_the_rate(x, grad, x_next, *, lr, beta):
    _, v = behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)
    return x_next + beta * v, v


def _theta_is_x_next(x, grad, x_next, *, lr, beta):
    return x_next, behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)[1]


def _theta_is_x(x, grad, x_next, *, lr, beta):
    return x, behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)[1]


def _theta_from_x_next(x, grad, x_next, *, lr, beta):
    return x_next - lr * grad, behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)[1]


def _theta_uphill(x, grad, x_next, *, lr, beta):
    return x + lr * grad, behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)[1]


def _heavy_ball_for_both(x, grad, x_next, *, lr, beta):
    v = (x - x_next) / lr
    return x_next + lr * beta * v, v


def _not_divided_by_beta_for_both(x, grad, x_next, *, lr, beta):
    v = (x - x_next) / lr - grad
    return x_next + lr * beta * v, v


def _gradient_not_taken_away_for_both(x, grad, x_next, *, lr, beta):
    v = (x - x_next) / (lr * beta)
    return x_next + lr * beta * v, v


def _velocity_the_other_way_for_both(x, grad, x_next, *, lr, beta):
    v = ((x_next - x) / lr + grad) / beta
    return x_next + lr * beta * v, v


def _gradient_with_a_plus_for_both(x, grad, x_next, *, lr, beta):
    v = ((x - x_next) / lr + grad) / beta
    return x_next + lr * beta * v, v


def _brackets_missing_in_v(x, grad, x_next, *, lr, beta):
    return x - lr * grad, (x - x_next) / lr - grad / beta


def _brackets_missing_for_both(x, grad, x_next, *, lr, beta):
    v = (x - x_next) / lr - grad / beta
    return x_next + lr * beta * v, v


def _rate_not_on_the_gradient(x, grad, x_next, *, lr, beta):
    return x - lr * grad, (x - x_next - grad) / (lr * beta)


def _rate_not_on_the_gradient_for_both(x, grad, x_next, *, lr, beta):
    v = (x - x_next - grad) / (lr * beta)
    return x_next + lr * beta * v, v


def _times_beta_for_both(x, grad, x_next, *, lr, beta):
    v = (x - lr * grad - x_next) / lr * beta
    return x_next + lr * beta * v, v


def _gradient_for_the_velocity(x, grad, x_next, *, lr, beta):
    return x - lr * grad, grad


def _moved_by_one_plus_beta(x, grad, x_next, *, lr, beta):
    return x - lr * grad, (x - x_next) / (lr * (1 + beta))


def _moved_by_one_plus_beta_for_both(x, grad, x_next, *, lr, beta):
    v = (x - x_next) / (lr * (1 + beta))
    return x_next + lr * beta * v, v


def _theta_by_the_velocity(x, grad, x_next, *, lr, beta):
    _, v = behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)
    return x - lr * v, v


def _sutskevers_velocity(x, grad, x_next, *, lr, beta):
    theta = x - lr * grad
    return theta, (x_next - theta) / beta


def _velocity_comes_first(x, grad, x_next, *, lr, beta):
    return behind_the_log.reference(x, grad, x_next, lr=lr, beta=beta)[::-1]


_NEXT = nesterov_step.reference(_XS, _GS, _VS, lr=0.3, beta=0.8)[0]

behind_the_log = Exercise(
    behind_the_log,
    cases=(
        case(_point(8.0), _point(8.0), _point(2.0), lr=0.5, beta=0.5),
        case(_point(2.0), _point(2.0), _point(-0.5), lr=0.5, beta=0.5),
        case(_point(1.0, 1.0), _point(0.0, 2.0), _point(0.595, 0.62), lr=0.1, beta=0.9),
        case(_point(4, 3), _point(1, -3), _point(2, 5), lr=0.1, beta=0.9),
        case(
            _point(-1.0, 2.0, 0.5),
            _point(0.5, -3.0, 1.0),
            _point(-0.9, 2.5, 0.0),
            lr=0.02,
            beta=0.7,
        ),
        case(_XS, _GS, _NEXT, lr=0.3, beta=0.8),
        case(_XS, _GS, _VS, lr=2, beta=1),
        # standing still under a gradient; a small rate
        case(_point(0.1, 1.3), _point(-0.7, 2.1), _point(0.1, -1.7), lr=1e-4, beta=0.3),
    ),
    mistakes=(
        *(
            Mistake(
                function,
                "(x − x_next) / lr is the *move*, g + β · v; for the heavy ball that would be the "
                "velocity. Here take g away from it, and divide by β.",
            )
            for function in (_of_the_heavy_ball, _heavy_ball_for_both)
        ),
        Mistake(
            _gradient_not_taken_away,
            "The gradient is still in your velocity: (x − x_next) / lr is g + β · v, so take g "
            "away before you divide by β.",
        ),
        Mistake(
            _gradient_not_taken_away_for_both,
            "Your θ is x itself, and so the gradient is still in your velocity: (x − x_next) / lr "
            "is g + β · v. Take g away before you divide by β.",
        ),
        *(
            Mistake(
                function,
                "That is β · v: (x − x_next) / lr − g is still to be divided by β.",
            )
            for function in (_not_divided_by_beta, _not_divided_by_beta_for_both)
        ),
        Mistake(
            _not_divided_by_the_rate,
            "Your velocity still contains the rate: x_next lies lr · β · v from θ, so divide by "
            "lr · β and not by β alone.",
        ),
        *(
            Mistake(
                function,
                "a / lr * beta is (a / lr) · β. To divide by both write a / (lr * beta).",
            )
            for function in (_times_the_rate, _times_beta_for_both)
        ),
        *(
            Mistake(
                function,
                "Brackets are missing: β divides the whole of (x − x_next) / lr − g, not g alone.",
            )
            for function in (_brackets_missing_in_v, _brackets_missing_for_both)
        ),
        *(
            Mistake(
                function,
                "The gradient is taken from x − x_next without the rate. Either divide by lr "
                "first, (x − x_next) / lr − g, or take away lr · g.",
            )
            for function in (_rate_not_on_the_gradient, _rate_not_on_the_gradient_for_both)
        ),
        *(
            Mistake(
                function,
                "The move is g + β · v and not (1 + β) · v: that would be so only if the velocity "
                "were the gradient.",
            )
            for function in (_moved_by_one_plus_beta, _moved_by_one_plus_beta_for_both)
        ),
        Mistake(
            _gradient_for_the_velocity,
            "θ is right, but the velocity is more than the last gradient: it also remembers those "
            "before. How far x_next lies from θ tells it.",
        ),
        Mistake(
            _divided_by_neither,
            "That is the way from x_next to θ, lr · β · v. Divide it by lr · β to get v.",
        ),
        Mistake(
            _sutskevers_velocity,
            "That is Sutskever's velocity, which points downhill and contains the rate. PyTorch's "
            "is a sum of gradients: divide by −lr.",
        ),
        *(
            Mistake(
                function,
                "Your velocity points the other way. x_next = x − lr · (g + β · v) gives "
                "g + β · v = (x − x_next) / lr, x first.",
            )
            for function in (_velocity_the_other_way, _velocity_the_other_way_for_both)
        ),
        Mistake(
            _gradient_with_a_plus,
            "The gradient has the wrong sign in your velocity: β · v = (x − x_next) / lr − g.",
        ),
        Mistake(
            _gradient_with_a_plus_for_both,
            "The gradient has the wrong sign: your θ is x + lr · g, and your velocity follows from "
            "it. The step goes down: β · v = (x − x_next) / lr − g, and θ = x − lr · g.",
        ),
        Mistake(
            _velocity_before_the_step,
            "That is the velocity *before* the step; the one after it is asked for. In "
            "x_next = x − lr · (g + β · v), v is already the new one.",
        ),
        Mistake(
            _both_before_the_step,
            "Those are point and velocity *before* the step. Both are asked for after it: θ is the "
            "point whose point ahead is x_next.",
        ),
        Mistake(
            _theta_before_the_step,
            "The velocity is right, but θ is the one before the step, whose point ahead is x. The "
            "one whose point ahead is x_next is asked for.",
        ),
        Mistake(
            _theta_two_ahead,
            "The velocity is right, but θ lies the wrong way: x_next is the point ahead, "
            "x_next = θ − lr · β · v, so θ = x_next *plus* lr · β · v.",
        ),
        Mistake(
            _theta_from_x_with_the_new_velocity,
            "The velocity is right, but θ mixes two steps: the velocity after the step belongs to "
            "x_next, not to x.",
        ),
        Mistake(
            _theta_by_the_velocity,
            "The velocity is right, but θ = x − lr · v starts from the wrong point: x is the point "
            "*ahead* of the old θ, and from there only the gradient is left to step by.",
        ),
        Mistake(
            _theta_without_beta,
            "The velocity is right, but β is missing in θ = x_next + lr · β · v.",
        ),
        Mistake(
            _theta_without_the_rate,
            "The velocity is right, but lr is missing in θ = x_next + lr · β · v.",
        ),
        Mistake(
            _theta_is_x_next,
            "The velocity is right, but x_next is the point *ahead* of θ, not θ itself.",
        ),
        Mistake(
            _theta_is_x,
            "The velocity is right, but x is the point ahead of the last θ, not θ itself.",
        ),
        Mistake(
            _theta_from_x_next,
            "The velocity is right, but for θ the gradient step starts from x, where grad was "
            "taken, not from x_next.",
        ),
        Mistake(
            _theta_uphill,
            "The velocity is right, but θ is a gradient step *down* from x: x − lr · g.",
        ),
        Mistake(_velocity_comes_first, "You return the velocity first: θ comes first."),
    ),
    hints=(
        "x_next = x − lr · (g + β · v), and only v is unknown. Solve for it.",
        "v = ((x − x_next) / lr − g) / β. And x_next is the point ahead of θ: "
        "x_next = θ − lr · β · v. Solve that for θ.",
        "Put the one into the other and the velocity drops out: θ = x − lr · g, a plain gradient "
        "step. Then v = (θ − x_next) / (lr · β).",
    ),
    parts=("point θ", "velocity"),
)
