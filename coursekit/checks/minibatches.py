"""Chapter 08's exercises: an epoch of batches, a pairing that comes apart, a batch's noise."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case

# --- sgd_epoch ------------------------------------------------------------------------------


def sgd_epoch(gradient, parameters, x, y, order, *, lr, size):
    """For each `size` numbers of `order`, the rest included: p ← p − lr · gradient(p, x, y)."""
    return _epoch(gradient, parameters, x, y, _cut(order, size), lr)


def _cut(order, size):
    """The batches that are asked for."""
    return [order[i : i + size] for i in range(0, len(order), size)]


def _epoch(gradient, parameters, x, y, pieces, lr, weight=lambda batch: 1.0):
    """A step for each piece, its gradient times `weight(piece)`."""
    p = np.array(parameters, dtype=float)
    for batch in pieces:
        p = p - lr * weight(batch) * np.asarray(gradient(p, x[:, batch], y[batch]))
    return p


def _last_batch_dropped(gradient, parameters, x, y, order, *, lr, size):
    full = [piece for piece in _cut(order, size) if len(piece) == size]
    return _epoch(gradient, parameters, x, y, full, lr)


def _order_ignored(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(np.arange(len(order)), size), lr)


def _y_not_reordered(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x[:, order], y, _cut(np.arange(len(order)), size), lr)


def _x_not_reordered(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y[order], _cut(np.arange(len(order)), size), lr)


def _order_backwards(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order[::-1], size), lr)


def _order_inverted(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(np.argsort(order), size), lr)


def _all_at_the_old_parameters(gradient, parameters, x, y, order, *, lr, size):
    p = start = np.array(parameters, dtype=float)
    for batch in _cut(order, size):
        p = p - lr * np.asarray(gradient(start, x[:, batch], y[batch]))
    return p


def _first_batch_only(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, size)[:1], lr)


def _starts_again_each_time(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, size)[-1:], lr)


def _full_gradient_each_time(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, [order for _ in _cut(order, size)], lr)


def _uphill(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, size), -lr)


def _rate_forgotten(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, size), 1.0)


def _divided_by_the_batch(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, size), lr, lambda b: 1 / len(b))


def _divided_by_size(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, size), lr / size)


def _divided_by_n(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, size), lr / len(order))


def _divided_by_the_number_of_batches(gradient, parameters, x, y, order, *, lr, size):
    pieces = _cut(order, size)
    return _epoch(gradient, parameters, x, y, pieces, lr / len(pieces))


def _summed(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, size), lr, len)


def _last_batch_weighed(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, size), lr, lambda b: len(b) / size)


def _one_at_a_time(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order, 1), lr)


def _all_at_a_time(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, [order], lr)


def _one_short(gradient, parameters, x, y, order, *, lr, size):
    pieces = [piece[: size - 1] for piece in _cut(order, size)]
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _one_too_many(gradient, parameters, x, y, order, *, lr, size):
    pieces = [order[i : i + size + 1] for i in range(0, len(order), size)]
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _windows(gradient, parameters, x, y, order, *, lr, size):
    pieces = [order[i : i + size] for i in range(len(order))]
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _whole_windows(gradient, parameters, x, y, order, *, lr, size):
    pieces = [order[i : i + size] for i in range(max(len(order) - size + 1, 1))]
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _batch_number_for_place(gradient, parameters, x, y, order, *, lr, size):
    pieces = [order[i : i + size] for i in range(-(-len(order) // size))]
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _as_many_batches_as_size(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, np.array_split(order, size), lr)


def _evened_out(gradient, parameters, x, y, order, *, lr, size):
    pieces = np.array_split(order, -(-len(order) // size))
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _fewer_and_larger(gradient, parameters, x, y, order, *, lr, size):
    pieces = np.array_split(order, max(len(order) // size, 1))
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _rest_joined_to_the_last(gradient, parameters, x, y, order, *, lr, size):
    *pieces, last = _cut(order, size)
    if pieces and len(last) < size:
        last = np.concatenate([pieces.pop(), last])
    return _epoch(gradient, parameters, x, y, [*pieces, last], lr)


def _filled_up_from_the_front(gradient, parameters, x, y, order, *, lr, size):
    pieces = [np.concatenate([p, order[: size - len(p)]]) for p in _cut(order, size)]
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _filled_up_from_the_end(gradient, parameters, x, y, order, *, lr, size):
    *pieces, _ = _cut(order, size)
    return _epoch(gradient, parameters, x, y, [*pieces, order[-size:]], lr)


def _one_step_on_the_mean(gradient, parameters, x, y, order, *, lr, size):
    p = np.array(parameters, dtype=float)
    return p - lr * np.mean([gradient(p, x[:, b], y[b]) for b in _cut(order, size)], axis=0)


def _first_example_skipped(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order[1:], size), lr)


def _first_of_each_batch(gradient, parameters, x, y, order, *, lr, size):
    pieces = [piece[:1] for piece in _cut(order, size)]
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _reordered_and_looked_up(gradient, parameters, x, y, order, *, lr, size):
    return _epoch(gradient, parameters, x, y, _cut(order[order], size), lr)


def _an_empty_batch(gradient, parameters, x, y, order, *, lr, size):
    pieces = [order[k * size : (k + 1) * size] for k in range(len(order) // size + 1)]
    return _epoch(gradient, parameters, x, y, pieces, lr)


def _all_targets(gradient, parameters, x, y, order, *, lr, size):
    p = np.array(parameters, dtype=float)
    for batch in _cut(order, size):
        p = p - lr * np.asarray(gradient(p, x[:, batch], y))
    return p


def _examples_in_rows(gradient, parameters, x, y, order, *, lr, size):
    p = np.array(parameters, dtype=float)
    for batch in _cut(order, size):
        p = p - lr * np.asarray(gradient(p, x[batch], y[batch]))
    return p


def line_slope(w, x, y):
    """2 · x @ (w @ x − y) / n, the slope of the mean squared error of w @ x, over n examples."""
    return 2 * x @ (w @ x - y) / y.size


def bent_slope(w, x, y):
    """x @ tanh(w @ x − y) / n, the slope of the mean of ln cosh(w @ x − y)."""
    return x @ np.tanh(w @ x - y) / y.size


def _examples(seed, d, n):
    """Parameters, inputs, targets and an order, rounded so that they can be read."""
    rng = np.random.default_rng(seed)
    shapes = (d,), (d, n), (n,)
    return *(rng.normal(0, 1, shape).round(1) for shape in shapes), rng.permutation(n)


sgd_epoch = Exercise(
    sgd_epoch,
    cases=(
        case(line_slope, np.array([1.0]), np.array([[1.0, 2.0]]), np.array([3.0, 1.0]),
             np.array([1, 0]), lr=0.1, size=1),
        case(line_slope, np.array([1.0]), np.array([[1.0, 2.0, 0.5]]), np.array([3.0, 1.0, 2.0]),
             np.array([1, 0, 2]), lr=0.1, size=2),
        case(line_slope, *_examples(1, 1, 4), lr=0.1, size=2),
        case(line_slope, *_examples(2, 2, 5), lr=0.05, size=2),
        case(bent_slope, *_examples(3, 2, 7), lr=0.3, size=3),
        case(bent_slope, *_examples(4, 3, 8), lr=0.2, size=3),
        case(line_slope, *_examples(5, 3, 3), lr=0.1, size=2),
        case(bent_slope, *_examples(6, 2, 6), lr=0.5, size=4),
        case(line_slope, *_examples(7, 2, 5), lr=0.1, size=5),
        case(line_slope, *_examples(8, 1, 3), lr=0.1, size=8),
        case(line_slope, np.array([1, -1]), np.array([[1, 0, 2, 1], [0, 1, 1, 3]]),
             np.array([2, 0, 1, 4]), np.array([2, 3, 0, 1]), lr=0.05, size=3),
        case(bent_slope, *_examples(9, 4, 11), lr=0.2, size=4),
    ),
    mistakes=(
        Mistake(
            _last_batch_dropped,
            "The last batch is missing where `size` does not divide the number of examples. An "
            "epoch uses every example once, so the rest makes a smaller batch: "
            "range(0, len(order), size), and a slice beyond the end is cut off by itself.",
        ),
        Mistake(
            _order_ignored,
            "`order` has no effect: you take the examples as they stand in the file. The numbers "
            "of a batch are order[i : i + size]; its examples are x[:, batch] and y[batch].",
        ),
        Mistake(
            _y_not_reordered,
            "x is taken in the new order and y is not, so each example gets another's target. "
            "Both need the same numbers: x[:, batch], y[batch].",
        ),
        Mistake(
            _x_not_reordered,
            "y is taken in the new order and x is not, so each target gets another's example. "
            "Both need the same numbers: x[:, batch], y[batch].",
        ),
        Mistake(
            _order_inverted,
            "order[0] is the number of the example that comes first. You use it the other way "
            "round, as if it were the place of example 0 (np.argsort(order) turns one into the "
            "other).",
        ),
        Mistake(_order_backwards, "The order is run through backwards: order[0] comes first."),
        Mistake(
            _all_at_the_old_parameters,
            "All gradients are taken at the parameters that the epoch began with. Each batch "
            "needs the gradient where you are now, after the batch before it; otherwise an epoch "
            "is one long step.",
        ),
        Mistake(
            _one_step_on_the_mean,
            "You average the gradients of all batches and make one step. Each batch makes a step "
            "of its own, from where the batch before it has led.",
        ),
        Mistake(
            _first_batch_only,
            "You stop after the first batch: the `return` stands inside the loop. Move it out.",
        ),
        Mistake(
            _starts_again_each_time,
            "Every batch starts from the first parameters again, so all but the last are lost. "
            "Give the new parameters the old name.",
        ),
        Mistake(
            _full_gradient_each_time,
            "Each step uses the gradient of all examples. It should see its batch only: "
            "gradient(parameters, x[:, batch], y[batch]).",
        ),
        Mistake(
            _uphill, "You step along the gradient, which is uphill: subtract lr · gradient.",
        ),
        Mistake(_rate_forgotten, "The step does not contain lr. Multiply the gradient by it."),
        Mistake(
            _divided_by_the_batch,
            "You divide by the number of examples in the batch. `gradient` has already averaged "
            "over them; divided twice, a batch of 32 moves you a 32nd of its step.",
        ),
        Mistake(
            _divided_by_size,
            "You divide by `size`. `gradient` has already averaged over its batch; divided "
            "twice, a batch of 32 moves you a 32nd of its step.",
        ),
        Mistake(
            _divided_by_n,
            "You divide by the number of all examples. `gradient` has already averaged over its "
            "batch, and a step on a batch is a full step.",
        ),
        Mistake(
            _divided_by_the_number_of_batches,
            "You divide by the number of batches, so that an epoch together makes one step. "
            "Each batch makes a full step of its own.",
        ),
        Mistake(
            _summed,
            "You multiply by the number of examples in the batch, a sum in place of the mean. "
            "`gradient` returns the mean over its batch; use it as it is.",
        ),
        Mistake(
            _last_batch_weighed,
            "The smaller last batch makes a smaller step, as if you divided a sum by `size`. "
            "Its gradient is the mean over the examples that it has; use it as it is.",
        ),
        Mistake(
            _one_at_a_time,
            "`size` has no effect: you take one example a step. A batch is order[i : i + size].",
        ),
        Mistake(
            _all_at_a_time,
            "`size` has no effect: you make a single step on all examples. A batch is "
            "order[i : i + size].",
        ),
        Mistake(
            _one_short,
            "Each batch is one example short. A slice leaves out its end by itself: "
            "order[i : i + size], not order[i : i + size − 1].",
        ),
        Mistake(
            _one_too_many,
            "Each batch has one example too many, which the next batch then uses again: "
            "order[i : i + size].",
        ),
        Mistake(
            _windows,
            "Your batches overlap: each begins one example after the one before it. It should "
            "begin `size` after it: range(0, len(order), size).",
        ),
        Mistake(
            _whole_windows,
            "Your batches overlap: each begins one example after the one before it. It should "
            "begin `size` after it, and the last may be smaller: range(0, len(order), size).",
        ),
        Mistake(
            _batch_number_for_place,
            "Batch number k begins at place k · size of the order. Yours begins at place k, so "
            "that the batches overlap and the end of the order is never reached.",
        ),
        Mistake(
            _as_many_batches_as_size,
            "`size` is how many examples a batch has, and not how many batches there are: "
            "np.array_split(order, size) makes `size` batches.",
        ),
        Mistake(
            _evened_out,
            "Your batches are evened out, as np.array_split does: of 5 examples with size 4, 3 "
            "and 2. Here all but the last have `size` examples: 4 and 1.",
        ),
        Mistake(
            _rest_joined_to_the_last,
            "The rest is joined to the last full batch, which then has more than `size` "
            "examples. It should make a smaller batch of its own.",
        ),
        Mistake(
            _fewer_and_larger,
            "You make len(order) // size batches of nearly equal length, some with more than "
            "`size` examples. All but the last have `size` examples, and the rest makes a "
            "smaller one of its own.",
        ),
        Mistake(
            _filled_up_from_the_front,
            "The last batch is filled up with examples from the front of the order, which are "
            "then used twice. Leave it smaller.",
        ),
        Mistake(
            _filled_up_from_the_end,
            "The last batch is filled up with the examples before it, which are then used twice. "
            "Leave it smaller.",
        ),
        Mistake(
            _first_example_skipped,
            "The first number of `order` is never used: does your range begin at 1? Places are "
            "counted from 0.",
        ),
        Mistake(
            _first_of_each_batch,
            "Each step sees only the first example of its batch. A batch is "
            "order[i : i + size], not order[i].",
        ),
        Mistake(
            _reordered_and_looked_up,
            "x and y are put in order, and then the order is looked up in them once more. Do one "
            "or the other: x[:, batch] and y[batch] with x and y as they came.",
        ),
        Mistake(
            _an_empty_batch,
            "Where `size` divides the number of examples your last batch is empty, and the mean "
            "of nothing is NaN: len(order) // size + 1 is one batch too many there. "
            "range(0, len(order), size) begins each batch that there is.",
        ),
        Mistake(
            _all_targets,
            "The gradient gets the examples of the batch and the targets of all: y[batch].",
        ),
        Mistake(
            _examples_in_rows,
            "An example is a column of x: x[:, batch], not x[batch], which takes rows, the "
            "features.",
        ),
    ),
    hints=(
        "With 5 examples and size 2, which slices of `order` are the three batches?",
        "for i in range(0, len(order), size): batch = order[i : i + size] holds the numbers of "
        "the batch's examples. A slice may reach beyond the end.",
        "Each batch: parameters = parameters − lr * gradient(parameters, x[:, batch], y[batch]).",
    ),
)  # fmt: skip

# --- fit_in_batches: find the planted bug ---------------------------------------------------


def fit_in_batches(x, y, w, orders, *, lr, size):
    """Epochs of batches for the mean squared error of w @ x, one epoch for each order."""
    return _fit(x, y, w, ((order, order) for order in orders), lr, size)


def _fit(x, y, w, pairs, lr, size, *, divide=len, batches=lambda pieces: pieces, factor=2.0):
    """Epochs, each with a pair of orders, for x and for y, and places where it can go wrong."""
    w = np.array(w, dtype=float)
    for of_x, of_y in pairs:
        for i, j in batches(list(zip(_cut(of_x, size), _cut(of_y, size), strict=True))):
            error = w @ x[:, i] - y[j]
            w = w - lr * factor * (x[:, i] @ error) / divide(error)
    return w


def _compounded(orders):
    """The numbers that stand where each order looks, if it reorders what is reordered."""
    now = np.arange(len(orders[0]))
    for order in orders:
        now = now[order]
        yield now


def _planted(x, y, w, orders, *, lr, size):
    return _fit(x, y, w, zip(_compounded(orders), orders, strict=True), lr, size)


def _y_reordered_again(x, y, w, orders, *, lr, size):
    return _fit(x, y, w, zip(orders, _compounded(orders), strict=True), lr, size)


def _both_reordered_again(x, y, w, orders, *, lr, size):
    return _fit(x, y, w, ((now, now) for now in _compounded(orders)), lr, size)


def _orders_in_file_order(x, y, w, orders, *, lr, size):
    straight = np.arange(len(orders[0]))
    return _fit(x, y, w, [(straight, straight)] * len(orders), lr, size)


def _y_in_file_order(x, y, w, orders, *, lr, size):
    straight = np.arange(len(orders[0]))
    return _fit(x, y, w, ((order, straight) for order in orders), lr, size)


def _x_in_file_order(x, y, w, orders, *, lr, size):
    straight = np.arange(len(orders[0]))
    return _fit(x, y, w, ((straight, order) for order in orders), lr, size)


def _reordered_then_looked_up(x, y, w, orders, *, lr, size):
    return _fit(x, y, w, [(order[order], order[order]) for order in orders], lr, size)


def _reordered_again_then_looked_up(x, y, w, orders, *, lr, size):
    twice = [now[order] for now, order in zip(_compounded(orders), orders, strict=True)]
    return _fit(x, y, w, zip(twice, twice, strict=True), lr, size)


def _divided_by_all_elements(x, y, w, orders, *, lr, size):
    return _fit_right(x, y, w, orders, lr, size, divide=lambda error: len(error) * len(x))


def _first_order_for_all(x, y, w, orders, *, lr, size):
    return _fit(x, y, w, [(orders[0], orders[0])] * len(orders), lr, size)


def _first_epoch_only(x, y, w, orders, *, lr, size):
    return _fit(x, y, w, [(orders[0], orders[0])], lr, size)


def _last_epoch_only(x, y, w, orders, *, lr, size):
    return _fit(x, y, w, [(orders[-1], orders[-1])], lr, size)


def _fit_right(x, y, w, orders, lr, size, **changes):
    return _fit(x, y, w, [(order, order) for order in orders], lr, size, **changes)


def _first_batches_only(x, y, w, orders, *, lr, size):
    return _fit_right(x, y, w, orders, lr, size, batches=lambda pieces: pieces[:1])


def _last_batches_dropped(x, y, w, orders, *, lr, size):
    return _fit_right(
        x, y, w, orders, lr, size, batches=lambda pieces: [p for p in pieces if len(p[0]) == size]
    )


def _divided_by_all(x, y, w, orders, *, lr, size):
    return _fit_right(x, y, w, orders, lr, size, divide=lambda error: len(y))


def _divided_by_the_full_size(x, y, w, orders, *, lr, size):
    return _fit_right(x, y, w, orders, lr, size, divide=lambda error: size)


def _not_divided(x, y, w, orders, *, lr, size):
    return _fit_right(x, y, w, orders, lr, size, divide=lambda error: 1)


def _two_forgotten(x, y, w, orders, *, lr, size):
    return _fit_right(x, y, w, orders, lr, size, factor=1.0)


def _error_turned_round(x, y, w, orders, *, lr, size):
    return _fit_right(x, y, w, orders, lr, size, factor=-2.0)


def _each_alone(x, y, w, orders, *, lr, size):
    return _fit_right(x, y, w, orders, lr, 1)


def _all_together(x, y, w, orders, *, lr, size):
    return _fit_right(x, y, w, orders, lr, len(y))


def _table(seed, d, n, epochs):
    """Inputs, targets, weights, and an order for each epoch."""
    rng = np.random.default_rng(seed)
    arrays = (rng.normal(0, 1, shape).round(1) for shape in ((d, n), (n,), (d,)))
    return *arrays, [rng.permutation(n) for _ in range(epochs)]


fit_in_batches = Exercise(
    fit_in_batches,
    cases=(
        case(np.array([[1.0, 2.0]]), np.array([3.0, 1.0]), np.array([1.0]),
             [np.array([1, 0])], lr=0.1, size=1),
        case(np.array([[1.0, 2.0]]), np.array([3.0, 1.0]), np.array([1.0]),
             [np.array([1, 0]), np.array([1, 0])], lr=0.1, size=1),
        case(np.array([[1.0, 2.0, 0.5]]), np.array([3.0, 1.0, 2.0]), np.array([1.0]),
             [np.array([1, 2, 0]), np.array([2, 0, 1])], lr=0.1, size=2),
        case(*_table(1, 2, 4, 3), lr=0.1, size=2),
        case(*_table(2, 2, 5, 2), lr=0.05, size=3),
        case(*_table(3, 3, 7, 4), lr=0.05, size=2),
        case(*_table(4, 3, 3, 3), lr=0.1, size=2),
        case(*_table(5, 1, 5, 3), lr=0.1, size=8),
        case(np.array([[1, 0, 2], [0, 1, 1]]), np.array([2, 0, 1]), np.array([1, -1]),
             [np.array([2, 0, 1]), np.array([2, 0, 1])], lr=0.1, size=2),
        case(*_table(6, 4, 11, 3), lr=0.02, size=4),
    ),
    mistakes=(
        Mistake(
            _planted,
            "x is put in order again in every epoch, on top of the order it has already, while y "
            "is looked up in the file. In the first epoch they still belong together; from the "
            "second on each example learns another's target. Leave x as it is, and take "
            "x[:, batch] and y[batch] with the same numbers.",
        ),
        Mistake(
            _y_reordered_again,
            "y is put in order again in every epoch, on top of the order it has already, while x "
            "is looked up in the file: from the second epoch on the pairs are torn. Take "
            "x[:, batch] and y[batch] with the same numbers.",
        ),
        Mistake(
            _both_reordered_again,
            "The pairs belong together now. But x and y are put in order on top of the order "
            "that they have already, and from the second epoch on order[0] is no longer the "
            "number of the example in the file. Leave x and y as they are.",
        ),
        Mistake(
            _orders_in_file_order,
            "The orders have no effect: each epoch runs through the file as it is.",
        ),
        Mistake(
            _y_in_file_order,
            "y is in the order of the file, and x is not, so each example gets another's target: "
            "y[batch], with the numbers of x[:, batch].",
        ),
        Mistake(
            _x_in_file_order,
            "x is in the order of the file, and y is not, so each target gets another's example: "
            "x[:, batch], with the numbers of y[batch].",
        ),
        *(
            Mistake(
                function,
                "x and y are put in order, and then the order is looked up in them once more. "
                "Do one or the other: x[:, batch] and y[batch] with x and y as they came.",
            )
            for function in (_reordered_then_looked_up, _reordered_again_then_looked_up)
        ),
        Mistake(
            _first_order_for_all,
            "Every epoch uses the first of the orders. Each has one of its own.",
        ),
        Mistake(
            _first_epoch_only,
            "You stop after the first epoch: the `return` stands inside a loop. Move it out.",
        ),
        Mistake(
            _last_epoch_only,
            "Every epoch starts from the first w again, so all but the last are lost.",
        ),
        Mistake(
            _first_batches_only,
            "Only the first batch of each epoch is used. Go through the order: "
            "range(0, len(order), size).",
        ),
        Mistake(
            _last_batches_dropped,
            "The last batch of an epoch is missing where `size` does not divide the number of "
            "examples. The buggy loop had it right.",
        ),
        Mistake(
            _divided_by_all,
            "The slope is divided by the number of all examples. The mean is over the batch: "
            "divide by error.size.",
        ),
        Mistake(
            _divided_by_all_elements,
            "The slope is divided by the number of elements of x's batch, features times "
            "examples. The mean is over the examples: divide by error.size.",
        ),
        Mistake(
            _divided_by_the_full_size,
            "The slope is divided by `size`, also where the last batch has fewer examples. "
            "Divide by the number that it has, error.size.",
        ),
        Mistake(
            _not_divided,
            "The slope is that of the sum of squares. For the mean divide by error.size.",
        ),
        Mistake(
            _two_forgotten,
            "The factor 2 is missing: the slope of error² is 2 · error. The buggy loop had it "
            "right.",
        ),
        Mistake(
            _error_turned_round,
            "You go uphill: the error is prediction − target, and the step is subtracted.",
        ),
        Mistake(
            _each_alone,
            "`size` has no effect: you take one example a step.",
        ),
        Mistake(
            _all_together,
            "`size` has no effect: you make a single step an epoch, on all examples.",
        ),
    ),
    hints=(
        "Write down, for three examples and orders [1, 2, 0] and [1, 2, 0], which column of the "
        "first x stands first after one epoch's reordering, and which after two.",
        "In the second epoch, which example is x[:, 0], and which target is y[order[0]]?",
        "Do not give the reordered x the name x. batch = order[i : i + size], then x[:, batch] "
        "and y[batch].",
    ),
)  # fmt: skip

# --- batch_noise ----------------------------------------------------------------------------


def batch_noise(gradients, size):
    """σ / √size · √((n − size) / (n − 1)), σ the r.m.s. length of gradient − mean gradient."""
    n = gradients.shape[1]
    return _sigma(gradients) / np.sqrt(size) * np.sqrt((n - size) / (n - 1))


def _off(gradients, axis=1):
    return gradients - np.mean(gradients, axis=axis, keepdims=True)


def _sigma(gradients):
    return np.sqrt((_off(gradients) ** 2).sum(axis=0).mean())


def _correction(gradients, size):
    n = gradients.shape[1]
    return (n - size) / (n - 1)


def _drawn_with_putting_back(gradients, size):
    return _sigma(gradients) / np.sqrt(size)


def _n_for_n_minus_one(gradients, size):
    n = gradients.shape[1]
    return _sigma(gradients) * np.sqrt((n - size) / n / size)


def _correction_without_root(gradients, size):
    return _sigma(gradients) / np.sqrt(size) * _correction(gradients, size)


def _corrected_twice(gradients, size):
    n = gradients.shape[1]
    return batch_noise.reference(gradients, size) * np.sqrt(n / (n - 1))


def _divided_by_size_without_root(gradients, size):
    return _sigma(gradients) / size * np.sqrt(_correction(gradients, size))


def _size_squared(gradients, size):
    return _sigma(gradients) / size**2 * np.sqrt(_correction(gradients, size))


def _first_root_forgotten(gradients, size):
    return _sigma(gradients) * np.sqrt(_correction(gradients, size))


def _variance(gradients, size):
    return batch_noise.reference(gradients, size) ** 2


def _single_examples(gradients, size):
    return _sigma(gradients)


def _mean_not_subtracted(gradients, size):
    rms = np.sqrt((np.asarray(gradients) ** 2).sum(axis=0).mean())
    return rms * np.sqrt(_correction(gradients, size) / size)


def _mean_over_coordinates(gradients, size):
    return np.sqrt((_off(gradients) ** 2).mean() * _correction(gradients, size) / size)


def _one_for_each_coordinate(gradients, size):
    each = (_off(gradients) ** 2).mean(axis=1)
    return np.sqrt(each * _correction(gradients, size) / size)


def _deviations_added_up(gradients, size):
    each = np.sqrt((_off(gradients) ** 2).mean(axis=1)).sum()
    return each * np.sqrt(_correction(gradients, size) / size)


def _mean_length(gradients, size):
    lengths = np.sqrt((_off(gradients) ** 2).sum(axis=0)).mean()
    return lengths * np.sqrt(_correction(gradients, size) / size)


def _examples_as_rows(gradients, size):
    return batch_noise.reference(np.transpose(gradients), size)


def _mean_over_the_wrong_axis(gradients, size):
    sigma = np.sqrt((_off(gradients, axis=0) ** 2).sum(axis=0).mean())
    return sigma * np.sqrt(_correction(gradients, size) / size)


def _not_averaged_over_examples(gradients, size):
    return batch_noise.reference(gradients, size) * np.sqrt(gradients.shape[1])


def _coordinates_counted(gradients, size):
    n = len(gradients)
    return _sigma(gradients) * np.sqrt((n - size) / (n - 1) / size)


def _share_for_correction(gradients, size):
    n = gradients.shape[1]
    return _sigma(gradients) / np.sqrt(size) * (1 - size / n)


def _overall_mean_subtracted(gradients, size):
    off = gradients - np.mean(gradients)
    return np.sqrt((off**2).sum(axis=0).mean() * _correction(gradients, size) / size)


def _mean_without_keepdims(gradients, size):
    off = gradients - np.mean(gradients, axis=1)
    return np.sqrt((off**2).sum(axis=0).mean() * _correction(gradients, size) / size)


def _std_of_everything(gradients, size):
    return np.std(gradients) * np.sqrt(_correction(gradients, size) / size)


def _std_of_everything_put_back(gradients, size):
    return np.std(gradients) / np.sqrt(size)


def _upside_down(gradients, size):
    with np.errstate(all="ignore"):
        return _sigma(gradients) / np.sqrt(size * np.float64(_correction(gradients, size)))


def _n_for_size(gradients, size):
    n = gradients.shape[1]
    return _sigma(gradients) * np.sqrt(_correction(gradients, size) / n)


def _brackets_missing(gradients, size):
    n = gradients.shape[1]
    return _sigma(gradients) / np.sqrt(size) * np.sqrt((n - size) / n - 1)


def _cloud(seed, d, n):
    return np.random.default_rng(seed).normal(1, 2, (d, n)).round(1)


batch_noise = Exercise(
    batch_noise,
    cases=(
        case(np.array([[1.0, 5.0]]), 1),
        case(np.array([[48.0, 46.0, -60.0, -30.0]]), 1),
        case(np.array([[48.0, 46.0, -60.0, -30.0]]), 2),
        case(np.array([[48.0, 46.0, -60.0, -30.0]]), 3),
        case(np.array([[1.0, 0.0, 2.0], [3.0, 1.0, 0.0]]), 2),
        case(_cloud(1, 2, 5), 3),
        case(_cloud(2, 3, 3), 2),
        case(_cloud(3, 6, 4), 2),
        case(_cloud(4, 2, 5), 5),
        case(np.array([[3, 1, 2, 7], [0, -2, 4, 4]]), 2),
        case(_cloud(5, 3, 40), 8),
        case(_cloud(6, 2, 40) * 1e-3, 32),
    ),
    mistakes=(
        Mistake(
            _drawn_with_putting_back,
            "σ / √size holds for examples that are put back after each draw. A batch has no "
            "example twice, and with all of them nothing is left to chance: times "
            "√((n − size) / (n − 1)).",
        ),
        Mistake(
            _n_for_n_minus_one,
            "The second root is √((n − size) / (n − 1)), and you divide by n. Test it with "
            "size 1: a batch of one is off by σ, exactly.",
        ),
        Mistake(
            _share_for_correction,
            "The second factor is 1 − size / n in your formula. It should be "
            "√((n − size) / (n − 1)).",
        ),
        Mistake(
            _correction_without_root,
            "The factor (n − size) / (n − 1) belongs to the variance; the noise has its root.",
        ),
        Mistake(
            _corrected_twice,
            "Your σ divides by n − 1 (ddof=1). The formula's σ is that of exactly these n "
            "examples, a mean over n; the n − 1 stands in the second root already.",
        ),
        Mistake(
            _divided_by_size_without_root,
            "You divide by size; the noise falls with √size only. Four times the batch, half the "
            "noise.",
        ),
        Mistake(
            _size_squared,
            "You divide by size². The variance of a mean is σ² / size, so its root is σ / √size.",
        ),
        Mistake(
            _first_root_forgotten,
            "The first root is missing: a mean of `size` examples is off by σ / √size.",
        ),
        Mistake(_variance, "That is the square of the noise. Take the root."),
        Mistake(
            _single_examples,
            "`size` has no effect: that is σ, the noise of a single example.",
        ),
        Mistake(
            _mean_not_subtracted,
            "You take the length of the gradients themselves. The noise is how far they are from "
            "their mean: subtract it first.",
        ),
        Mistake(
            _mean_over_coordinates,
            "You average over the coordinates as well. A length adds up the squares of its "
            "coordinates, and only the examples are averaged.",
        ),
        Mistake(
            _one_for_each_coordinate,
            "You return a noise for each coordinate. The length of the error is asked for: add up "
            "the squares of the coordinates before you take the root.",
        ),
        Mistake(
            _deviations_added_up,
            "You add up the standard deviations of the coordinates. Squares add up, roots do "
            "not: sum the squares, then take the root.",
        ),
        Mistake(
            _mean_length,
            "You average the lengths. A root mean square averages the squares of the lengths, "
            "and takes the root afterwards.",
        ),
        Mistake(
            _not_averaged_over_examples,
            "You add up the squared lengths of all examples. σ² is their mean.",
        ),
        Mistake(
            _overall_mean_subtracted,
            "np.mean without an axis is one number for all coordinates. Subtract the mean "
            "gradient: axis=1, kept as a column (keepdims=True).",
        ),
        Mistake(
            _mean_without_keepdims,
            "gradients.mean(axis=1) is (d,), and NumPy lays it along the examples. Keep it as a "
            "column: keepdims=True.",
        ),
        *(
            Mistake(
                function,
                "np.std without an axis mixes the coordinates: one mean for all of them, and an "
                "average over all. Take each coordinate's own mean (axis=1), and add up the "
                "squares of the coordinates.",
            )
            for function in (_std_of_everything, _std_of_everything_put_back)
        ),
        Mistake(
            _upside_down,
            "The second root is upside down: (n − size) / (n − 1) gets smaller as the batch "
            "grows, and is 0 with all examples.",
        ),
        Mistake(
            _n_for_size,
            "You divide by √n. The mean is over the batch: √size.",
        ),
        Mistake(
            _brackets_missing,
            "Brackets are missing: (n − size) / n − 1 is negative. Divide by (n − 1).",
        ),
        Mistake(
            _examples_as_rows,
            "You take the rows for the examples. A column is an example's gradient, and n is "
            "gradients.shape[1].",
        ),
        Mistake(
            _coordinates_counted,
            "len(gradients) is the number of coordinates. The number of examples is "
            "gradients.shape[1].",
        ),
        Mistake(
            _mean_over_the_wrong_axis,
            "You subtract each example's mean over its own coordinates. Subtract the mean "
            "gradient: the mean over the examples, axis=1, kept as a column (keepdims=True).",
        ),
    ),
    hints=(
        "The mean gradient is a column: gradients.mean(axis=1, keepdims=True). How far is each "
        "example's gradient from it?",
        "σ² is the mean, over the examples, of the squared length of that difference; a squared "
        "length is a sum over axis 0.",
        "√(σ² / size · (n − size) / (n − 1)). For [[48, 46, −60, −30]] and size 2: 27.258.",
    ),
)
