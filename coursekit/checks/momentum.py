"""Chapter 09's exercises: the heavy ball, a velocity thrown away, and how long it remembers."""

import math

import numpy as np

from coursekit.checks import Exercise, Mistake, case
from coursekit.checks.driving import walk

# --- momentum_step --------------------------------------------------------------------------


def momentum_step(x, grad, velocity, *, lr, beta):
    """v ← β v + g, x ← x − lr · v"""
    velocity = beta * velocity + grad
    return x - lr * velocity, velocity


def _stale_velocity(x, grad, velocity, *, lr, beta):
    return x - lr * velocity, beta * velocity + grad


def _velocity_not_returned(x, grad, velocity, *, lr, beta):
    return x - lr * (beta * velocity + grad), velocity


def _velocity_forgotten(x, grad, velocity, *, lr, beta):
    return x - lr * (beta * velocity + grad), grad


def _only_the_velocity(x, grad, velocity, *, lr, beta):
    return x, beta * velocity + grad


def _average(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + (1 - beta) * grad
    return x - lr * velocity, velocity


def _average_at_the_effective_rate(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + (1 - beta) * grad
    return x - lr / (1 - beta) * velocity, velocity


def _divided_by_one_minus_beta(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr / (1 - beta) * velocity, velocity


def _weights_swapped(x, grad, velocity, *, lr, beta):
    velocity = (1 - beta) * velocity + beta * grad
    return x - lr * velocity, velocity


def _forgets_beta(x, grad, velocity, *, lr, beta):
    velocity = (1 - beta) * velocity + grad
    return x - lr * velocity, velocity


def _no_decay(x, grad, velocity, *, lr, beta):
    velocity = velocity + grad
    return x - lr * velocity, velocity


def _added_to_itself(x, grad, velocity, *, lr, beta):
    velocity = velocity + beta * velocity + grad
    return x - lr * velocity, velocity


def _always_0_9(x, grad, velocity, *, lr, beta):
    velocity = 0.9 * velocity + grad
    return x - lr * velocity, velocity


def _rate_written_down(x, grad, velocity, *, lr, beta):
    return momentum_step.reference(x, grad, velocity, lr=0.1, beta=beta)


def _both_written_down(x, grad, velocity, *, lr, beta):
    return momentum_step.reference(x, grad, velocity, lr=0.1, beta=0.9)


def _plus_equals(x, grad, velocity, *, lr, beta):
    velocity += beta * velocity + grad
    return x - lr * velocity, velocity


def _gradient_decayed(x, grad, velocity, *, lr, beta):
    velocity = velocity + beta * grad
    return x - lr * velocity, velocity


def _both_decayed(x, grad, velocity, *, lr, beta):
    velocity = beta * (velocity + grad)
    return x - lr * velocity, velocity


def _decayed_again(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * velocity, beta * velocity


def _point_by_the_gradient(x, grad, velocity, *, lr, beta):
    return x - lr * grad, beta * velocity + grad


def _nesterov(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * (grad + beta * velocity), velocity


def _gradient_twice(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * (velocity + grad), velocity


def _both_velocities(x, grad, velocity, *, lr, beta):
    new = beta * velocity + grad
    return x - lr * (velocity + new), new


def _beta_in_the_step(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * beta * velocity, velocity


def _lr_inside(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + lr * grad
    return x - velocity, velocity


def _lr_inside_and_outside(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + lr * grad
    return x - lr * velocity, velocity


def _step_for_velocity(x, grad, velocity, *, lr, beta):
    step = lr * (beta * velocity + grad)
    return x - step, step


def _lr_on_the_gradient_only(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - beta * (velocity - grad) - lr * grad, velocity


def _lr_forgotten(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - velocity, velocity


def _lr_and_beta_swapped(x, grad, velocity, *, lr, beta):
    velocity = lr * velocity + grad
    return x - beta * velocity, velocity


def _uphill(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x + lr * velocity, velocity


def _gradient_subtracted(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity - grad
    return x - lr * velocity, velocity


def _velocity_downhill(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity - grad
    return x + lr * velocity, velocity


def _velocity_downhill_lr_inside(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity - lr * grad
    return x + velocity, velocity


def _first_gradient_whole(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + (1 - beta) * grad if np.any(velocity) else grad
    return x - lr * velocity, velocity


def _velocity_ignored(x, grad, velocity, *, lr, beta):
    return x - lr * grad, grad


def _change_returned(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return -lr * velocity, velocity


def _swapped_results(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return velocity, x - lr * velocity


def _point_alone(x, grad, velocity, *, lr, beta):
    return x - lr * (beta * velocity + grad)


momentum_step = Exercise(
    momentum_step,
    cases=(
        case(np.array([1.0]), np.array([2.0]), np.array([0.0]), lr=0.1, beta=0.9),
        case(np.array([1.0]), np.array([2.0]), np.array([3.0]), lr=0.1, beta=0.9),
        case(np.array([1.0, 3.0]), np.array([-2.0, 0.0]), np.array([4.0, -1.0]), lr=0.5, beta=0.8),
        case(
            np.array([4.0, -3.0]),
            [np.array([2.0, 1.0]), np.array([-1.0, 1.0]), np.array([0.5, -3.0])],
            np.array([0.0, 0.0]),
            lr=0.2,
            beta=0.9,
        ),
        case(np.array([2, -1, 0]), np.array([1, 4, -2]), np.array([3, 0, 5]), lr=0.25, beta=0.75),
        case(
            np.array([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]]),
            [
                np.array([[0.3, 1.0, -2.0], [1.5, -0.4, 2.0]]),
                np.array([[-1.0, 0.6, 0.2], [0.8, 2.5, -1.2]]),
            ],
            np.array([[0.7, -1.1, 0.0], [2.0, 0.3, -0.6]]),
            lr=0.05,
            beta=0.6,
        ),
        case(np.array([1.0, 2.0]), np.array([3.0, -4.0]), np.array([5.0, 6.0]), lr=1.5, beta=0.0),
        case(np.array([1.0, -1.0]), [np.ones(2)] * 5, np.zeros(2), lr=0.01, beta=0.99),
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
            _point_alone,
            "Only the new point comes back. Return the pair (new point, new velocity): without "
            "the velocity the next step has nothing to remember.",
        ),
        Mistake(
            _swapped_results,
            "The two results are swapped: return the new point first, then the new velocity.",
        ),
        Mistake(
            _stale_velocity,
            "The point moves by the old velocity, in which this step's gradient is missing: the "
            "very first step goes nowhere. Compute the new velocity first, then move by it.",
        ),
        Mistake(
            _velocity_not_returned,
            "The point is right, and the velocity that comes back is the old one: at the next "
            "step nothing will be known of this gradient. Return the new velocity.",
        ),
        Mistake(
            _velocity_forgotten,
            "The point is right, and the gradient comes back in place of the velocity: so you "
            "remember one step and never more. Return beta * velocity + grad.",
        ),
        Mistake(_only_the_velocity, "The point does not move: it should become x − lr · v."),
        Mistake(
            _average,
            "You average: (1 − β) g is lecture D's form, whose steps are 1 − β times as long. "
            "Here the whole gradient is added: v ← β v + g.",
        ),
        Mistake(
            _average_at_the_effective_rate,
            "You average, and make up for it with lr / (1 − β). From a velocity of 0 the points "
            "are right, but the velocity is 1 − β times the one asked for: v ← β v + g, and the "
            "step is lr · v.",
        ),
        Mistake(
            _divided_by_one_minus_beta,
            "The step is divided by 1 − β. That lr · v comes to an effective rate of lr / (1 − β) "
            "is what momentum does by itself: x ← x − lr · v.",
        ),
        Mistake(
            _first_gradient_whole,
            "You add the whole gradient where the velocity is 0, and a share 1 − β of it later: "
            "that is PyTorch's dampening. Here every gradient is added whole: v ← β v + g.",
        ),
        Mistake(
            _weights_swapped,
            "β weighs the gradient and 1 − β the old velocity. β is the share of the old "
            "velocity that is kept, and the gradient is added whole: v ← β v + g.",
        ),
        Mistake(
            _forgets_beta,
            "You keep a share 1 − β of the old velocity: β is what is kept, not what is lost.",
        ),
        Mistake(
            _no_decay,
            "The old velocity does not fade: without friction the ball never comes to rest. "
            "Multiply the old velocity by β.",
        ),
        Mistake(
            _added_to_itself,
            "The old velocity is added to β times itself, so it grows without end: was it "
            "velocity += beta * velocity + grad? Write velocity = beta * velocity + grad.",
        ),
        Mistake(
            _plus_equals,
            "velocity += … adds to the old velocity, which so comes in whole and β times besides; "
            "and it writes into the caller's own array. Write velocity = beta * velocity + grad.",
        ),
        Mistake(
            _always_0_9,
            "beta has no effect: 0.9 is its usual value, but the caller may give another.",
        ),
        Mistake(
            _rate_written_down,
            "lr has no effect: you write 0.1 in its place, and the caller may give another.",
        ),
        Mistake(
            _both_written_down,
            "lr and beta have no effect: you write 0.1 and 0.9 in their places, and the caller may "
            "give others.",
        ),
        Mistake(
            _gradient_decayed,
            "β stands at the gradient. It belongs to the old velocity, which would never fade "
            "otherwise: v ← β v + g.",
        ),
        Mistake(
            _both_decayed,
            "β multiplies the gradient, too. Only the old velocity fades: β v + g, not β (v + g).",
        ),
        Mistake(
            _decayed_again,
            "The point is right, and the velocity fades twice: what comes back is β times the "
            "new velocity, and the next step will multiply it by β again. Return v as it is.",
        ),
        Mistake(
            _velocity_ignored,
            "That is plain gradient descent: the old velocity has no effect, and the gradient "
            "comes back in its place.",
        ),
        Mistake(
            _point_by_the_gradient,
            "The velocity is right and the point does not use it: you move by lr · g, which is "
            "plain gradient descent. Move by lr · v.",
        ),
        Mistake(
            _nesterov,
            "You move by g + β v with the new velocity v: that is Nesterov's form, the next "
            "chapter. Here the point moves by the new velocity alone.",
        ),
        Mistake(
            _gradient_twice,
            "The gradient counts twice: it is in the new velocity already, so move by lr · v "
            "and add no further gradient.",
        ),
        Mistake(
            _both_velocities,
            "You move by the old velocity and the new one. The new velocity has β times the old "
            "one in it already.",
        ),
        Mistake(
            _beta_in_the_step,
            "The step is multiplied by β. β has done its work in the velocity: x ← x − lr · v.",
        ),
        Mistake(
            _lr_inside,
            "The rate stands inside the velocity, as in Keras. From a velocity of 0 and at a "
            "constant rate the points are the same, but here v adds up gradients, without lr: "
            "v ← β v + g, then x ← x − lr · v.",
        ),
        Mistake(
            _lr_inside_and_outside,
            "The rate counts twice, in the velocity and in the step. Leave it out of the "
            "velocity: v ← β v + g.",
        ),
        Mistake(
            _step_for_velocity,
            "The point is right. What comes back with it is the step, lr · v; return the "
            "velocity v without the rate.",
        ),
        Mistake(
            _lr_on_the_gradient_only,
            "The rate multiplies the gradient and not the rest of the velocity, and β comes in "
            "twice. The step is lr times the whole new velocity.",
        ),
        Mistake(_lr_forgotten, "The rate has no effect: the step is lr · v, not v."),
        Mistake(
            _lr_and_beta_swapped,
            "lr and beta are swapped: beta multiplies the old velocity, lr the step.",
        ),
        Mistake(
            _uphill,
            "The point moves uphill. The velocity adds up gradients, which point uphill, so "
            "subtract: x − lr · v.",
        ),
        Mistake(
            _gradient_subtracted,
            "Two minus signs: you subtract the gradient from the velocity and then the velocity "
            "from the point, so the ball rolls uphill. Here the velocity adds up: v ← β v + g.",
        ),
        Mistake(
            _velocity_downhill,
            "Your velocity points downhill, −v for the v asked for. From a velocity of 0 the "
            "points are the same, but here v adds up gradients: v ← β v + g, x ← x − lr · v.",
        ),
        Mistake(
            _velocity_downhill_lr_inside,
            "That is the form of Keras and CS231n: v ← β v − lr · g, x ← x + v. Here v adds up "
            "gradients, with a plus and without the rate: v ← β v + g, x ← x − lr · v.",
        ),
        Mistake(
            _change_returned,
            "The first result is the change, −lr · v. Return the new point, x − lr · v.",
        ),
    ),
    hints=(
        "Two lines: the new velocity from the old one and the gradient, then the new point from "
        "the new velocity.",
        "The old velocity is multiplied by beta, the gradient is added as it is. The rate "
        "belongs to the step only.",
        "velocity = beta * velocity + grad makes a new array and leaves the caller's alone. "
        "Return x - lr * velocity, and the velocity with it.",
    ),
    drive=walk,
    parts=("new point", "new velocity"),
)

# --- epochs_with_momentum: find the planted bug ---------------------------------------------


def epochs_with_momentum(grad, x, lr, beta, epochs, batches):
    """The point after `epochs` times the batches 0, 1, …, the velocity kept throughout."""
    return _train(grad, x, lr, beta, epochs, batches)


def _train(grad, x, lr, beta, epochs, batches, *, number=None, gain=1.0, fresh=None, move=None):
    """The loop, with what a mistake changes: the batch, a gradient's weight, when v is new."""
    x = np.array(x, dtype=float)
    velocity = np.zeros_like(x)
    for epoch in range(epochs):
        for batch in range(batches):
            if fresh and fresh(epoch, batch):
                velocity = np.zeros_like(x)
            g = np.asarray(grad(x, number(epoch, batch) if number else batch))
            velocity = beta * velocity + gain * g
            x = x - lr * (move(velocity, g) if move else velocity)
    return x


def _planted(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs, batches, fresh=lambda epoch, batch: batch == 0)


def _new_at_every_step(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs, batches, fresh=lambda epoch, batch: True)


def _new_at_every_second_epoch(grad, x, lr, beta, epochs, batches):
    first = _train(grad, x, lr, beta, min(epochs, 1), batches)
    return _train(grad, first, lr, beta, max(epochs - 1, 0), batches)


def _one_epoch(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, min(epochs, 1), batches)


def _one_step(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, min(epochs, 1), min(batches, 1))


def _one_epoch_short(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, max(epochs - 1, 0), batches)


def _one_batch_short(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs, max(batches - 1, 0))


def _batches_from_one(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs, batches, number=lambda epoch, batch: batch + 1)


def _always_batch_zero(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs, batches, number=lambda epoch, batch: 0)


def _one_epoch_more(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs + 1, batches)


def _one_batch_more(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs, batches + 1)


def _batch_zero_missing(grad, x, lr, beta, epochs, batches):
    fewer = max(batches - 1, 0)
    return _train(grad, x, lr, beta, epochs, fewer, number=lambda epoch, batch: batch + 1)


def _returns_in_the_loop(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, 1, batches) if epochs else None


def _returns_in_the_inner_loop(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, 1, 1) if epochs else None


def _stops_where_it_is_level(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = np.zeros_like(x)
    for _ in range(epochs):
        for batch in range(batches):
            g = grad(x, batch)
            if np.linalg.norm(g) < 1e-9:
                return x
            velocity = beta * velocity + g
            x = x - lr * velocity
    return x


def _rate_twice(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr**2, beta, epochs, batches)


def _rate_falls(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = np.zeros_like(x)
    for epoch in range(epochs):
        for batch in range(batches):
            velocity = beta * velocity + grad(x, batch)
            x = x - lr / (epoch + 1) * velocity
    return x


def _velocity_alone(grad, x, lr, beta, epochs, batches):
    return _velocity_too(grad, x, lr, beta, epochs, batches)[1]


def _epoch_for_batch(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs, batches, number=lambda epoch, batch: epoch)


def _batch_numbers_run_on(grad, x, lr, beta, epochs, batches):
    def number(epoch, batch):
        return epoch * batches + batch

    return _train(grad, x, lr, beta, epochs, batches, number=number)


def _loops_swapped(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, batches, epochs, number=lambda batch, epoch: batch)


def _batches_backwards(grad, x, lr, beta, epochs, batches):
    def number(epoch, batch):
        return batches - 1 - batch

    return _train(grad, x, lr, beta, epochs, batches, number=number)


def _average_form(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs, batches, gain=1 - beta)


def _nesterov_step(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, beta, epochs, batches, move=lambda v, g: g + beta * v)


def _uphill_on_batches(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, -lr, beta, epochs, batches)


def _rate_forgotten(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, 1.0, beta, epochs, batches)


def _doubled(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, 1 + beta, epochs, batches)


def _no_friction(grad, x, lr, beta, epochs, batches):
    return _train(grad, x, lr, 1.0, epochs, batches)


def _moved_before_the_gradient(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = np.zeros_like(x)
    for _ in range(epochs):
        for batch in range(batches):
            x = x - lr * velocity
            velocity = beta * velocity + grad(x, batch)
    return x


def _begins_with_a_gradient(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = grad(x, 0)
    for _ in range(epochs):
        for batch in range(batches):
            velocity = beta * velocity + grad(x, batch)
            x = x - lr * velocity
    return x


def _fades_between_epochs(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = np.zeros_like(x)
    for _ in range(epochs):
        velocity = beta * velocity
        for batch in range(batches):
            velocity = beta * velocity + grad(x, batch)
            x = x - lr * velocity
    return x


def _remembers_one_gradient(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    last = np.zeros_like(x)
    for _ in range(epochs):
        for batch in range(batches):
            g = grad(x, batch)
            x, last = x - lr * (beta * last + g), g
    return x


def _velocities_of_their_own(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = np.zeros((batches, *x.shape))
    for _ in range(epochs):
        for batch in range(batches):
            velocity[batch] = beta * velocity[batch] + grad(x, batch)
            x = x - lr * velocity[batch]
    return x


def _gradient_of_the_epochs_start(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = np.zeros_like(x)
    for _ in range(epochs):
        there = x
        for batch in range(batches):
            velocity = beta * velocity + grad(there, batch)
            x = x - lr * velocity
    return x


def _one_step_an_epoch(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = np.zeros_like(x)
    for _ in range(epochs):
        for batch in range(batches):
            velocity = beta * velocity + grad(x, batch)
        x = x - lr * velocity
    return x


def _mean_gradient(grad, x, lr, beta, epochs, batches):
    def whole(x, _):
        return np.mean([grad(x, batch) for batch in range(batches)], axis=0)

    return _train(whole, x, lr, beta, epochs, min(batches, 1))


def _decays_once_an_epoch(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = np.zeros_like(x)
    for _ in range(epochs):
        velocity = beta * velocity
        for batch in range(batches):
            velocity = velocity + grad(x, batch)
            x = x - lr * velocity
    return x


def _back_to_the_start(grad, x, lr, beta, epochs, batches):
    start = np.array(x, dtype=float)
    velocity, end = np.zeros_like(start), start
    for _ in range(epochs):
        end = start
        for batch in range(batches):
            velocity = beta * velocity + grad(end, batch)
            end = end - lr * velocity
    return end


def _velocity_too(grad, x, lr, beta, epochs, batches):
    x = np.array(x, dtype=float)
    velocity = np.zeros_like(x)
    for _ in range(epochs):
        for batch in range(batches):
            velocity = beta * velocity + grad(x, batch)
            x = x - lr * velocity
    return x, velocity


def steady_grad(x, batch):
    """1 in every coordinate, on each batch: the last step shows how long the velocity is."""
    return np.ones_like(x, dtype=float)


def batch_grad(x, batch):
    """The gradient of (x₀ − batch)² + 2 (x₁ + batch)²: each batch has its own minimum."""
    return np.array([2 * (x[0] - batch), 4 * (x[1] + batch)])


epochs_with_momentum = Exercise(
    epochs_with_momentum,
    cases=(
        case(steady_grad, np.array([0.0]), lr=1.0, beta=0.5, epochs=2, batches=1),
        case(steady_grad, np.array([0.0]), lr=0.1, beta=0.9, epochs=2, batches=2),
        case(batch_grad, np.array([4.0, 3.0]), lr=0.05, beta=0.9, epochs=1, batches=3),
        case(batch_grad, np.array([4.0, 3.0]), lr=0.05, beta=0.8, epochs=3, batches=2),
        case(batch_grad, np.array([-2.0, 0.5]), lr=0.02, beta=0.9, epochs=2, batches=4),
        case(batch_grad, np.array([6, -5]), lr=0.1, beta=0.5, epochs=4, batches=3),
        case(batch_grad, np.array([1.0, -1.0]), lr=0.01, beta=0.95, epochs=5, batches=7),
        case(batch_grad, np.array([2.0, 1.0]), lr=0.1, beta=0.0, epochs=2, batches=3),
        case(batch_grad, np.array([2.0, 1.0]), lr=0.1, beta=0.9, epochs=0, batches=3),
        # level at first, on batch 0
        case(batch_grad, np.array([0.0, 0.0]), lr=0.05, beta=0.9, epochs=2, batches=2),
        case(batch_grad, np.array([3.0, -2.0]), lr=0.02, beta=0.7, epochs=12, batches=12),
    ),
    mistakes=(
        Mistake(
            _planted,
            "The planted bug is still there. The velocity is set to zero at the start of every "
            "epoch, so each epoch begins from rest, and with few batches the ball never gets up "
            "to speed. (In PyTorch: an optimizer made anew inside the loop over epochs.) Set it "
            "to zero once, before the loop.",
        ),
        Mistake(
            _new_at_every_step,
            "The velocity is set to zero before every step: nothing is remembered, and this is "
            "plain gradient descent. Set it to zero once, before both loops.",
        ),
        Mistake(
            _new_at_every_second_epoch,
            "The velocity is thrown away after the first epoch. It has to last from the first "
            "step to the last.",
        ),
        Mistake(
            _velocity_too,
            "The point is right, but the velocity comes back with it: return the point alone.",
        ),
        Mistake(
            _one_epoch,
            "There is one epoch only, however many are asked for: is the return inside the loop?",
        ),
        Mistake(
            _one_step,
            "There is one step only, however many are asked for: is the return inside the loops?",
        ),
        *(
            Mistake(
                function,
                "Your `return` stands inside the loops, so that the first round is the last. Put "
                "it under the outer `for`, as far left as that.",
            )
            for function in (_returns_in_the_loop, _returns_in_the_inner_loop)
        ),
        Mistake(_one_epoch_short, "The last epoch is missing: range(epochs) has all of them."),
        Mistake(_one_epoch_more, "There is one epoch too many: range(epochs) has all of them."),
        Mistake(
            _one_batch_more,
            "There is one batch too many in every epoch: range(batches) has them all.",
        ),
        Mistake(
            _batch_zero_missing,
            "Batch 0 is missing in every epoch: range(batches) has them all, from 0.",
        ),
        Mistake(
            _stops_where_it_is_level,
            "You stop where a gradient is 0. The ball rolls on there, and the other batches are "
            "not level: take every step.",
        ),
        Mistake(
            _velocity_alone,
            "You return the velocity; the point is asked for.",
        ),
        Mistake(
            _one_batch_short,
            "The last batch of every epoch is missing: range(batches) has them all.",
        ),
        Mistake(
            _batches_from_one,
            "The batches are counted from 1. They are 0, 1, …, batches − 1.",
        ),
        Mistake(
            _always_batch_zero,
            "Every step uses batch 0. The number of the batch belongs into grad(x, batch).",
        ),
        Mistake(
            _epoch_for_batch,
            "The gradient is asked for with the number of the epoch. It takes the number of the "
            "batch.",
        ),
        Mistake(
            _batch_numbers_run_on,
            "The number of the batch runs on through the epochs. Every epoch has the batches 0 "
            "to batches − 1.",
        ),
        Mistake(
            _loops_swapped,
            "The loops are swapped: you use batch 0 in all epochs, then batch 1, and so on. An "
            "epoch goes through all batches before the next one begins.",
        ),
        Mistake(
            _batches_backwards,
            "The batches come in reverse order: begin each epoch with batch 0.",
        ),
        Mistake(
            _average_form,
            "You average, with (1 − β) at the gradient, so every step is 1 − β times as long. "
            "The loop above adds the whole gradient, and that was no mistake.",
        ),
        Mistake(
            _nesterov_step,
            "You move by g + β v, Nesterov's form of the next chapter. The loop above moves by "
            "the velocity, and that was no mistake.",
        ),
        Mistake(_uphill_on_batches, "The walk goes uphill: subtract lr times the velocity from x."),
        Mistake(_rate_forgotten, "The rate has no effect: the step is lr · velocity."),
        Mistake(
            _rate_twice,
            "The rate counts twice, in the velocity and in the step. Leave it out of the velocity.",
        ),
        Mistake(
            _rate_falls,
            "You divide the rate by the number of the epoch. It stays as it is.",
        ),
        Mistake(
            _no_friction,
            "The old velocity does not fade: multiply it by beta before the gradient is added.",
        ),
        Mistake(
            _doubled,
            "The old velocity is added to β times itself, so it grows without end: was it "
            "velocity += beta * velocity + …? Write velocity = beta * velocity + ….",
        ),
        Mistake(
            _begins_with_a_gradient,
            "The velocity begins with the gradient of batch 0, which the first step then adds "
            "again. It begins with 0.",
        ),
        Mistake(
            _fades_between_epochs,
            "Between two epochs the velocity fades once more. It fades once a step, and an epoch "
            "is no step.",
        ),
        Mistake(
            _remembers_one_gradient,
            "You remember the last gradient only. The velocity holds all earlier ones: keep "
            "β v + g, not g.",
        ),
        Mistake(
            _velocities_of_their_own,
            "Every batch has a velocity of its own. There is one ball: one velocity, to which "
            "all batches add.",
        ),
        Mistake(
            _moved_before_the_gradient,
            "You move first and add the gradient afterwards: the first step goes nowhere, and the "
            "last gradient is never used. The velocity comes first, then the step.",
        ),
        Mistake(
            _gradient_of_the_epochs_start,
            "All gradients of an epoch are taken at the point where the epoch began. Each batch "
            "needs its gradient at the point where the walk is by then.",
        ),
        Mistake(
            _one_step_an_epoch,
            "The point moves once an epoch, after all batches have gone into the velocity. It "
            "moves after every batch.",
        ),
        Mistake(
            _mean_gradient,
            "You average the gradients of all batches and take one step an epoch: that is the "
            "full batch of chapter 08. Here every batch gets a step of its own.",
        ),
        Mistake(
            _decays_once_an_epoch,
            "The velocity fades once an epoch. It fades at every step: multiply by beta inside "
            "the loop over batches.",
        ),
        Mistake(
            _back_to_the_start,
            "Every epoch begins at the first x again, with the velocity of the one before. Only "
            "the first epoch begins there.",
        ),
    ),
    hints=(
        "Follow the first case by hand: 2 epochs of 1 batch, the gradient always 1. The second "
        "step should be 1.5 times as long as the first.",
        "Which line runs once an epoch and should run once?",
        "velocity = np.zeros_like(x) belongs above both loops. Everything else is right.",
    ),
)

# --- steps_to_forget ------------------------------------------------------------------------


def steps_to_forget(beta, share):
    """The smallest n with 1 − βⁿ ≥ share."""
    if not (0 < beta < 1 and 0 < share < 1):
        raise ValueError(f"0 < beta < 1 and 0 < share < 1 are needed, got {beta} and {share}.")
    steps, left = 0, 1.0
    while 1 - left < share:
        steps, left = steps + 1, left * beta
    return steps


def _exactly(beta, share):
    """The n, no whole number, with 1 − βⁿ = share."""
    return math.log(1 - share) / math.log(beta)


def _not_whole(beta, share):
    return _exactly(beta, share)


def _rounded_down(beta, share):
    return math.floor(_exactly(beta, share))


def _rounded_to_the_nearest(beta, share):
    return round(_exactly(beta, share))


def _always_one(beta, share):
    return 1


def _one_too_many(beta, share):
    return steps_to_forget.reference(beta, share) + 1


def _own_step_not_counted(beta, share):
    return steps_to_forget.reference(beta, share) - 1


def _more_than_the_share(beta, share):
    steps = 0
    while 1 - beta**steps <= share:
        steps += 1
    return steps


def _share_left(beta, share):
    steps = 0
    while beta**steps > share:
        steps += 1
    return steps


def _weight_in_the_average(beta, share):
    steps = 0
    while (1 - beta) * beta**steps > 1 - share:
        steps += 1
    return steps


def _weight_in_the_average_left(beta, share):
    steps = 0
    while (1 - beta) * beta**steps > share:
        steps += 1
    return steps


def _arguments_swapped(beta, share):
    return steps_to_forget.reference(share, beta)


def _always_0_9_forgets(beta, share):
    return steps_to_forget.reference(0.9, share)


def _gives_up(limit):
    def search(beta, share):
        return next((n for n in range(1, limit) if 1 - beta**n >= share), None)

    search.__name__ = f"_gives_up_at_{limit}"
    return search


def _rule_of_thumb(beta, share):
    return round(1 / (1 - beta))


def _rule_of_thumb_rounded_up(beta, share):
    return math.ceil(1 / (1 - beta))


def _rule_of_thumb_as_it_is(beta, share):
    return 1 / (1 - beta)


def _half_life(beta, share):
    return steps_to_forget.reference(beta, 0.5)


def _loses_the_same_at_each_step(beta, share):
    return math.ceil(share / (1 - beta))


def _loses_beta_at_each_step(beta, share):
    steps = 0
    while (1 - beta) ** steps > 1 - share:
        steps += 1
    return steps


def _nearly(beta, share):
    return math.ceil(-math.log(1 - share) / (1 - beta))


def _logarithms_swapped(beta, share):
    return math.ceil(math.log(beta) / math.log(1 - share))


def _sign_of_the_logarithm(beta, share):
    return -steps_to_forget.reference(beta, share)


def _divided_not_logarithm(beta, share):
    return math.ceil((1 - share) / beta)


def _log_of_the_quotient(beta, share):
    return math.ceil(math.log((1 - share) / beta))


def _base_two(beta, share):
    return math.ceil(-math.log2(1 - share))


steps_to_forget = Exercise(
    steps_to_forget,
    cases=(
        case(0.5, 0.5),
        case(0.5, 0.6),
        case(0.5, 0.75),
        case(0.5, 0.2),
        case(0.9, 0.52),
        case(0.9, 0.25),
        case(0.9, 0.96),
        case(0.99, 0.905),
        case(0.999, 0.5005),
        case(0.3, 0.99),
        case(0.3, 0.95),
        case(0.75, 0.35),
        case(0.3, 0.2),
        case(0.9999, 0.9),
    ),
    mistakes=(
        Mistake(
            _not_whole,
            "A number of steps is a whole number: the smallest that is large enough, so round up.",
        ),
        Mistake(
            _rounded_down,
            "You round down: after that many steps less than `share` is gone, in most cases. "
            "Round up.",
        ),
        Mistake(
            _rounded_to_the_nearest,
            "You round to the nearest whole number, which is too early as often as not. At least "
            "`share` must be gone, so round up.",
        ),
        Mistake(
            _more_than_the_share,
            "You wait until *more* than `share` is gone. Exactly `share` is enough: with β = 0.5, "
            "a share of 0.75 is gone after 2 steps.",
        ),
        Mistake(
            _always_one,
            "The answer is 1 in every case: is the return inside the loop?",
        ),
        Mistake(
            _one_too_many,
            "One too many, in every case. In its own step a gradient has its full weight, and "
            "that step does not count: n steps later its weight is βⁿ of it.",
        ),
        Mistake(
            _own_step_not_counted,
            "One too few, in every case. The step after the gradient's own is number 1, and "
            "leaves β of its weight; n steps leave βⁿ.",
        ),
        Mistake(
            _share_left,
            "You wait until only `share` is left. `share` is what is lost, and 1 − share what is "
            "left: 1 − βⁿ ≥ share.",
        ),
        Mistake(
            _weight_in_the_average,
            "You compare the weight in the average, (1 − β) βⁿ, with 1 − share. The share is of "
            "the gradient's own weight at first, so what is left of it is βⁿ, in either form.",
        ),
        Mistake(
            _weight_in_the_average_left,
            "You compare the weight in the average, (1 − β) βⁿ, with `share`. What is left of "
            "the gradient's own weight is βⁿ, and the share that is lost 1 − βⁿ.",
        ),
        *(
            Mistake(
                function,
                "1 / (1 − β) is the rule of thumb for the memory. It does not know `share`, and "
                "is near the answer for a share of about 0.63 only.",
            )
            for function in (_rule_of_thumb, _rule_of_thumb_rounded_up, _rule_of_thumb_as_it_is)
        ),
        *(
            Mistake(
                _gives_up(limit),
                "Your search gives up before it has found the answer: a β near 1 takes many "
                "thousands of steps. Count with while, or take logarithms.",
            )
            for limit in (100, 1000)  # between the cases, any limit is one of the two
        ),
        Mistake(
            _arguments_swapped,
            "beta and share have changed places: the function is called with beta first.",
        ),
        Mistake(
            _always_0_9_forgets,
            "beta has no effect: 0.9 is its usual value, but the caller may give another.",
        ),
        Mistake(
            _half_life,
            "That is the half-life, the answer for share = 0.5, whatever `share` is.",
        ),
        Mistake(
            _loses_the_same_at_each_step,
            "You take off 1 − β at each step, like a candle that burns down. A step takes off "
            "1 − β of what is *left*, so βⁿ is left after n steps, and it never is quite 0.",
        ),
        Mistake(
            _loses_beta_at_each_step,
            "You keep 1 − β at each step. β is the share of the velocity that is kept.",
        ),
        Mistake(
            _nearly,
            "1 − β stands for −log β, which it comes near to where β is near 1. Divide by the "
            "logarithm itself: n = log(1 − share) / log β.",
        ),
        Mistake(
            _logarithms_swapped,
            "The quotient is upside down: βⁿ = 1 − share gives n = log(1 − share) / log β.",
        ),
        Mistake(
            _sign_of_the_logarithm,
            "The sign is wrong. Both logarithms are negative, so their quotient is positive.",
        ),
        Mistake(
            _divided_not_logarithm,
            "You divide by β once. Each of the n steps multiplies by β: solve βⁿ = 1 − share, "
            "with logarithms, or count in a loop.",
        ),
        Mistake(
            _log_of_the_quotient,
            "That is the logarithm of a quotient. βⁿ = 1 − share gives the quotient of two "
            "logarithms, log(1 − share) / log β.",
        ),
        Mistake(
            _base_two,
            "You count halvings: your answer is right where β is 0.5, and β has no effect on it. "
            "Divide by the logarithm of β.",
        ),
    ),
    hints=(
        "What is left of a gradient's weight after 1 step, after 2, after n? Each step multiplies "
        "the whole old velocity by beta.",
        "After n steps βⁿ is left and 1 − βⁿ is lost. Count up until that is at least share.",
        "steps, left = 0, 1.0, then while 1 - left < share: one step more, and left times beta. "
        "With β = 0.5 and share = 0.6: 1, 0.5, 0.25, so 2 steps.",
    ),
)
