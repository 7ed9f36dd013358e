"""Chapter 07's exercises: forward, a step that uses weights too new, and the signal's size."""

import itertools

import numpy as np

from coursekit.checks import Exercise, Mistake, case

# --- two_layers -----------------------------------------------------------------------------


def two_layers(W1, b1, W2, b2, x):
    """a = tanh(W₁ x + b₁) and W₂ a + b₂, examples in columns."""
    return _forward(W1, b1, W2, b2, x)


def _column(b):
    return np.asarray(b)[:, None]


def _forward(W1, b1, W2, b2, x, bend=np.tanh, bend_output=lambda z: z):
    a = bend(W1 @ x + _column(b1))
    return a, bend_output(W2 @ a + _column(b2))


def _bias_along_the_examples(W1, b1, W2, b2, x):
    a = np.tanh(W1 @ x + b1)
    return a, W2 @ a + b2


def _output_bias_along_the_examples(W1, b1, W2, b2, x):
    a = np.tanh(W1 @ x + _column(b1))
    return a, W2 @ a + b2


def _no_bend(W1, b1, W2, b2, x):
    return _forward(W1, b1, W2, b2, x, bend=lambda z: z)


def _output_bent(W1, b1, W2, b2, x):
    return _forward(W1, b1, W2, b2, x, bend_output=np.tanh)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _sigmoid_for_tanh(W1, b1, W2, b2, x):
    return _forward(W1, b1, W2, b2, x, bend=_sigmoid)


def _relu_for_tanh(W1, b1, W2, b2, x):
    return _forward(W1, b1, W2, b2, x, bend=lambda z: np.maximum(z, 0))


def _slope_for_tanh(W1, b1, W2, b2, x):
    return _forward(W1, b1, W2, b2, x, bend=lambda z: 1 - np.tanh(z) ** 2)


def _bias_after_the_bend(W1, b1, W2, b2, x):
    a = np.tanh(W1 @ x) + _column(b1)
    return a, W2 @ a + _column(b2)


def _preactivation_returned(W1, b1, W2, b2, x):
    return W1 @ x + _column(b1), two_layers.reference(W1, b1, W2, b2, x)[1]


def _second_layer_unbent_input(W1, b1, W2, b2, x):
    z = W1 @ x + _column(b1)
    return np.tanh(z), W2 @ z + _column(b2)


def _hidden_bias_missing(W1, b1, W2, b2, x):
    return _forward(W1, 0 * np.asarray(b1), W2, b2, x)


def _output_bias_missing(W1, b1, W2, b2, x):
    return _forward(W1, b1, W2, 0 * np.asarray(b2), x)


def _no_biases(W1, b1, W2, b2, x):
    return _forward(W1, 0 * np.asarray(b1), W2, 0 * np.asarray(b2), x)


def _biases_subtracted(W1, b1, W2, b2, x):
    return _forward(W1, -np.asarray(b1), W2, -np.asarray(b2), x)


def _weights_transposed(W1, b1, W2, b2, x):
    return _forward(W1.T, b1, W2.T, b2, x)


def _rows_returned(W1, b1, W2, b2, x):
    a, output = _forward(W1, b1, W2, b2, x)
    return a.T, output.T


def _examples_in_rows(W1, b1, W2, b2, x):
    a = np.tanh(x @ W1.T + b1)
    return a, a @ W2.T + b2


def _one_by_one(W1, b1, W2, b2, x):
    a = np.tanh(W1 * x + _column(b1))
    return a, W2 * a + _column(b2)


def _output_only(W1, b1, W2, b2, x):
    return two_layers.reference(W1, b1, W2, b2, x)[1]


def _swapped(W1, b1, W2, b2, x):
    return two_layers.reference(W1, b1, W2, b2, x)[::-1]


def _network(seed, inputs, hidden, outputs, examples):
    """W1, b1, W2, b2 and inputs of a network, rounded so that they can be read."""
    rng = np.random.default_rng(seed)
    shapes = (hidden, inputs), (hidden,), (outputs, hidden), (outputs,), (inputs, examples)
    return tuple(rng.normal(0, 0.8, shape).round(1) for shape in shapes)


two_layers = Exercise(
    two_layers,
    cases=(
        case(np.array([[2.0]]), np.array([0.5]), np.array([[3.0]]), np.array([1.0]),
             np.array([[0.25]])),
        case(np.array([[1.0, -2.0], [0.5, 1.0]]), np.array([0.0, 1.0]),
             np.array([[1.0, 2.0]]), np.array([-1.0]), np.array([[1.0], [0.5]])),
        case(*_network(1, 2, 3, 1, 4)),
        case(*_network(2, 3, 3, 3, 3)),
        case(*_network(3, 2, 5, 4, 1)),
        case(*_network(4, 4, 2, 2, 2)),
        case(*_network(5, 1, 6, 3, 8)),
        case(*(3 * part for part in _network(6, 3, 4, 2, 5))),
        case(np.array([[1, -2], [0, 1]]), np.array([1, 0]), np.array([[1, 1], [2, -1]]),
             np.array([0, 3]), np.array([[1, 0, 2], [0, 1, 1]])),
    ),
    mistakes=(
        Mistake(
            _bias_along_the_examples,
            "W @ x is (hidden, n) and b is (hidden,): NumPy lays b along the last axis, the "
            "examples, and where the sizes happen to agree nobody complains. Every example needs "
            "all of b: b[:, None], a column.",
        ),
        Mistake(
            _output_bias_along_the_examples,
            "The hidden layer is right. b2 needs to be a column too, b2[:, None], or it is laid "
            "along the examples.",
        ),
        Mistake(
            _no_bend,
            "Nothing is bent: without tanh the two layers are one straight one.",
        ),
        Mistake(
            _output_bent,
            "The output is bent. Only the hidden layer goes through tanh; the last layer's "
            "scores stay as they are, and may be larger than 1.",
        ),
        Mistake(_sigmoid_for_tanh, "You bend with the sigmoid. This network bends with tanh."),
        Mistake(_relu_for_tanh, "You bend with relu. This network bends with tanh."),
        Mistake(
            _slope_for_tanh,
            "You bend with 1 − tanh², the slope of tanh. That is for the backward pass; forward "
            "takes tanh itself.",
        ),
        Mistake(
            _bias_after_the_bend,
            "b1 is added after the tanh. It belongs to the preactivation: tanh(W1 @ x + b1).",
        ),
        Mistake(
            _preactivation_returned,
            "The output is right. The first of the pair should be the activations a = tanh(z), "
            "and you return the preactivations z.",
        ),
        Mistake(
            _second_layer_unbent_input,
            "a is right, but the second layer is fed with the preactivations z. Its input is a.",
        ),
        Mistake(_hidden_bias_missing, "b1 has no effect: the preactivation is W1 @ x + b1."),
        Mistake(_output_bias_missing, "b2 has no effect: the output is W2 @ a + b2."),
        Mistake(_no_biases, "Neither b1 nor b2 has any effect. Add them in both layers."),
        Mistake(_biases_subtracted, "The biases are subtracted; add them."),
        Mistake(
            _weights_transposed,
            "W1 is (hidden, d), a row for each unit: W1 @ x as it is. You transpose it.",
        ),
        Mistake(
            _rows_returned,
            "Both results are transposed: an example is a column here, so a is (hidden, n).",
        ),
        Mistake(
            _examples_in_rows,
            "x @ W.T + b is for examples in rows, as in PyTorch. Here they are columns: "
            "W @ x + b[:, None].",
        ),
        Mistake(
            _one_by_one,
            "W1 * x multiplies element by element. A weighted sum is a matrix product: W1 @ x.",
        ),
        Mistake(
            _output_only, "You return the output alone. The pair (a, output) is asked for.",
        ),
        Mistake(_swapped, "The pair comes in the wrong order: first a, then the output."),
    ),
    hints=(
        "One layer first: z = W1 @ x is (hidden, n). Which shape must b1 have, so that every "
        "column gets all of it?",
        "b1[:, None] is (hidden, 1), and NumPy repeats it for each example.",
        "a = np.tanh(W1 @ x + b1[:, None]), and the output is W2 @ a + b2[:, None].",
    ),
    parts=("hidden layer", "output"),
)  # fmt: skip

# --- training_step: find the planted bug ----------------------------------------------------


def training_step(W1, b1, W2, b2, x, y, lr):
    """One step down the mean squared error: all gradients first, then the update."""
    return _step(W1, b1, W2, b2, x, y, lr)


def _step(
    W1, b1, W2, b2, x, y, lr, *, factor=2.0, divide=np.size, slope=lambda z, a: 1 - a**2,
    bias=lambda d: d.sum(axis=1), back=lambda W2, W2_new: W2, scales=(1, 1, 1, 1),
):  # fmt: skip
    """The step, with places where it can go wrong."""
    z = W1 @ x + _column(b1)
    a = np.tanh(z)
    d_output = factor * (W2 @ a + _column(b2) - y) / divide(y)
    W2_new = W2 - lr * scales[2] * d_output @ a.T
    d_hidden = back(W2, W2_new).T @ d_output * slope(z, a)
    return (
        W1 - lr * scales[0] * d_hidden @ np.asarray(x).T,
        b1 - lr * scales[1] * bias(d_hidden),
        W2_new,
        b2 - lr * scales[3] * bias(d_output),
    )


def _planted(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, back=lambda W2, W2_new: W2_new)


def _bend_forgotten(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, slope=lambda z, a: 1)


def _slope_at_a(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, slope=lambda z, a: 1 - np.tanh(a) ** 2)


def _slope_from_z(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, slope=lambda z, a: 1 - z**2)


def _sigmoid_slope(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, slope=lambda z, a: a * (1 - a))


def _square_forgotten(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, slope=lambda z, a: 1 - a)


def _bend_for_slope(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, slope=lambda z, a: a)


def _two_forgotten(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, factor=1.0)


def _divided_by_examples(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, divide=lambda y: np.shape(y)[1])


def _not_divided(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, divide=lambda y: 1)


def _biases_averaged(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, bias=lambda d: d.mean(axis=1))


def _uphill(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, -lr)


def _hidden_uphill(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, scales=(-1, -1, 1, 1))


def _first_layer_stays(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, scales=(0, 0, 1, 1))


def _second_layer_stays(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, scales=(1, 1, 0, 0))


def _biases_stay(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, lr, scales=(1, 0, 1, 0))


def _rate_forgotten(W1, b1, W2, b2, x, y, lr):
    return _step(W1, b1, W2, b2, x, y, 1.0)


def _gradients_returned(W1, b1, W2, b2, x, y, lr):
    new = _step(W1, b1, W2, b2, x, y, 1.0)
    return tuple(old - after for old, after in zip((W1, b1, W2, b2), new, strict=True))


def _first_layer_first(W1, b1, W2, b2, x, y, lr):
    """The same bug the other way round: W1 and b1 are updated, then a is computed anew."""
    W1_new, b1_new, _, _ = _step(W1, b1, W2, b2, x, y, lr)
    a = np.tanh(W1_new @ x + _column(b1_new))
    d_output = 2 * (W2 @ a + _column(b2) - y) / np.size(y)
    return W1_new, b1_new, W2 - lr * d_output @ a.T, b2 - lr * d_output.sum(axis=1)


def _error_taken_anew(W1, b1, W2, b2, x, y, lr):
    """W2 and b2 first, then the output computed again with them for the hidden layer."""
    a = np.tanh(W1 @ x + _column(b1))
    _, _, W2_new, b2_new = _step(W1, b1, W2, b2, x, y, lr)
    d_output = 2 * (W2_new @ a + _column(b2_new) - y) / np.size(y)
    d_hidden = W2_new.T @ d_output * (1 - a**2)
    return W1 - lr * d_hidden @ np.asarray(x).T, b1 - lr * d_hidden.sum(axis=1), W2_new, b2_new


def _returned_in_another_order(W1, b1, W2, b2, x, y, lr):
    W1, b1, W2, b2 = _step(W1, b1, W2, b2, x, y, lr)
    return W2, b2, W1, b1


def _with_targets(seed, inputs, hidden, outputs, examples):
    rng = np.random.default_rng(100 + seed)
    y = rng.normal(0, 1, (outputs, examples)).round(1)
    return (*_network(seed, inputs, hidden, outputs, examples), y)


training_step = Exercise(
    training_step,
    cases=(
        case(np.array([[2.0]]), np.array([-1.0]), np.array([[3.0]]), np.array([1.0]),
             np.array([[0.75]]), np.array([[0.0]]), lr=0.1),
        case(np.array([[1.0]]), np.array([0.0]), np.array([[1.0]]), np.array([0.0]),
             np.array([[0.5, -1.0]]), np.array([[1.0, 0.0]]), lr=0.5),
        case(*_with_targets(1, 2, 3, 1, 4), lr=0.1),
        case(*_with_targets(2, 3, 3, 3, 3), lr=0.2),
        case(*_with_targets(3, 2, 5, 4, 1), lr=0.1),
        case(*_with_targets(4, 4, 2, 2, 6), lr=0.5),
        case(*_with_targets(5, 1, 6, 3, 8), lr=0.03),
        case(np.array([[1, -2], [0, 1]]), np.array([1, 0]), np.array([[1, 1], [2, -1]]),
             np.array([0, 3]), np.array([[1, 0, 2], [0, 1, 1]]),
             np.array([[0, 1, 0], [2, 2, 1]]), lr=0.1),
    ),
    mistakes=(
        Mistake(
            _planted,
            "The planted bug is still there. d_hidden is computed with the W2 that has just been "
            "updated. The slope of the loss belongs to the point where you stand, so every "
            "gradient has to be taken before any parameter changes. (With a small rate the "
            "difference is small, and the loss falls all the same: no loss curve shows it.)",
        ),
        Mistake(
            _error_taken_anew,
            "You update the second layer and then compute the output and the hidden layer's "
            "gradient with it: two half steps one after the other. One step of gradient descent "
            "takes every gradient at the old point.",
        ),
        Mistake(
            _first_layer_first,
            "Now it is the other way round: W1 and b1 are updated first, and the second layer's "
            "gradient is taken with the new ones. All gradients first, then all updates.",
        ),
        Mistake(
            _bend_forgotten,
            "The slope of tanh is missing in d_hidden: W2.T @ d_output is the slope in a; times "
            "1 − a² it is the slope in the preactivation.",
        ),
        Mistake(
            _slope_at_a,
            "The slope of tanh is 1 − tanh(z)², and a already is tanh(z): 1 − a**2. You take "
            "the tanh twice.",
        ),
        Mistake(
            _slope_from_z,
            "1 − z² is not the slope of tanh: the square is that of the activation, 1 − a².",
        ),
        Mistake(_sigmoid_slope, "a (1 − a) is the slope of the sigmoid; that of tanh is 1 − a²."),
        Mistake(_square_forgotten, "The slope of tanh is 1 − a²; yours lacks the square."),
        Mistake(_bend_for_slope, "d_hidden is multiplied by a; the slope of tanh is 1 − a²."),
        Mistake(
            _two_forgotten,
            "The factor 2 of the square is missing: every step is half as long as it should be.",
        ),
        Mistake(
            _divided_by_examples,
            "You average over the examples and add up the outputs. The mean squared error is the "
            "mean over all elements: divide by y.size.",
        ),
        Mistake(_not_divided, "The mean is missing: divide by y.size."),
        Mistake(
            _biases_averaged,
            "The slopes of the biases are averaged over the examples. The average is already in "
            "d_output; add them up.",
        ),
        Mistake(_uphill, "You step along the gradient, which is uphill: subtract."),
        Mistake(_hidden_uphill, "The first layer steps uphill: subtract its gradient, too."),
        Mistake(_first_layer_stays, "W1 and b1 do not change. The hidden layer has to learn, too."),
        Mistake(_second_layer_stays, "W2 and b2 do not change. Return the new ones."),
        Mistake(_biases_stay, "The weights move and the biases do not. Update b1 and b2, too."),
        Mistake(_rate_forgotten, "lr has no effect: subtract lr · gradient."),
        Mistake(
            _gradients_returned,
            "You return the gradients. The new parameters are asked for, W1 − lr · gradient.",
        ),
        Mistake(
            _returned_in_another_order,
            "The layers come in the wrong order: return W1, b1, W2, b2.",
        ),
    ),
    hints=(
        "Go through the lines one by one. Which W2 does `W2.T @ d_output` use, that of the "
        "forward pass or another?",
        "Change the order of two lines, or give the new weights another name.",
        "Compute d_hidden right after d_output, before W2 = W2 − ….",
    ),
    parts=("new W1", "new b1", "new W2", "new b2"),
)  # fmt: skip

# --- signal_size ----------------------------------------------------------------------------


def signal_size(sizes, std, activation):
    """√ of Π in · std², times ½ for every relu on the way."""
    return _size(sizes, std, activation)


def _size(sizes, std, activation, *, kept=0.5, relus=None, gain=lambda units, std: units * std**2):
    hidden = len(sizes) - 2 if relus is None else relus
    mean_square = np.prod([float(gain(units, std)) for units in sizes[:-1]])
    return np.sqrt(mean_square * (kept**hidden if activation == "relu" else 1.0))


def _relu_ignored(sizes, std, activation):
    return _size(sizes, std, "identity")


def _relu_for_all(sizes, std, activation):
    return _size(sizes, std, "relu")


def _relu_on_the_inputs(sizes, std, activation):
    return _size(sizes, std, activation, relus=len(sizes) - 1)


def _one_relu(sizes, std, activation):
    return _size(sizes, std, activation, relus=min(len(sizes) - 2, 1))


def _half_of_the_size(sizes, std, activation):
    return _size(sizes, std, activation, kept=0.25)


def _relu_doubles(sizes, std, activation):
    return _size(sizes, std, activation, kept=2.0)


def _root_forgotten(sizes, std, activation):
    return signal_size.reference(sizes, std, activation) ** 2


def _adds_linearly(sizes, std, activation):
    return _size(sizes, std, activation, gain=lambda units, std: (units * std) ** 2)


def _std_for_variance(sizes, std, activation):
    return _size(sizes, std, activation, gain=lambda units, std: units * std)


def _units_forgotten(sizes, std, activation):
    return _size(sizes, std, activation, gain=lambda units, std: std**2)


def _divided_by_units(sizes, std, activation):
    return _size(sizes, std, activation, gain=lambda units, std: std**2 / units)


def _outs_for_ins(sizes, std, activation):
    relus = len(sizes) - 2
    return _size((*sizes[1:], 1), std, activation, relus=relus)


def _last_layer_forgotten(sizes, std, activation):
    return _size(sizes[:-1], std, activation, relus=len(sizes) - 2)


def _first_layer_forgotten(sizes, std, activation):
    return _size(sizes[1:], std, activation, relus=len(sizes) - 2)


def _one_layer_too_many(sizes, std, activation):
    return _size((*sizes, 1), std, activation)


def _one_layer_only(sizes, std, activation):
    return _size(sizes[:2], std, activation, relus=0)


def _inputs_of_the_first_layer(sizes, std, activation):
    return _size((sizes[0],) * len(sizes), std, activation)


def _ins_and_outs(sizes, std, activation):
    pairs = [(a + b) / 2 for a, b in itertools.pairwise(sizes)]
    return _size((*pairs, 1), std, activation)


def _biases_counted(sizes, std, activation):
    return _size(sizes, std, activation, gain=lambda units, std: (units + 1) * std**2)


def _product_overflows(sizes, std, activation):
    product = np.multiply.reduce(np.array(sizes[:-1], dtype=np.int64))  # wraps round above 2⁶³
    layers = len(sizes) - 1
    kept = 0.5 ** (layers - 1) if activation == "relu" else 1.0
    return np.sqrt(product * std ** (2 * layers) * kept)


def _half_of_the_units(sizes, std, activation):
    units = [n // 2 if k and activation == "relu" else n for k, n in enumerate(sizes)]
    return _size(units, std, "identity")


def _sums_of_layers(sizes, std, activation):
    kept = 0.5 if activation == "relu" else 1.0
    return np.sqrt(sum(units * std**2 * (kept if k else 1) for k, units in enumerate(sizes[:-1])))


signal_size = Exercise(
    signal_size,
    cases=(
        case((4, 1), 0.5, "identity"),
        case((9, 1), 0.5, "identity"),
        case((9, 1), 0.5, "relu"),
        case((4, 9, 1), 0.5, "identity"),
        case((4, 8, 1), 0.5, "relu"),
        case((64, 64, 10), 0.125, "identity"),
        case((64, 32, 10), 0.25, "relu"),
        case((100, 100, 100, 100, 100), 0.05, "identity"),
        case((100, 50, 20, 50, 10), 0.2, "relu"),
        case((784, 300, 100, 10), 0.07, "relu"),
        case((10, 20, 30), 1, "relu"),
        case((16, 16, 16, 16), 2, "identity"),
        case((4, 7, 1), 0.5, "relu"),
        case((100,) * 40, 0.15, "relu"),
    ),
    mistakes=(
        Mistake(
            _relu_ignored,
            "For identity it is right. relu sets the negative half of the preactivations to 0, so "
            "the next layer gets half of the mean square.",
        ),
        Mistake(
            _relu_for_all,
            "relu's half is taken for the identity, too. `activation` says which of them it is.",
        ),
        Mistake(
            _relu_on_the_inputs,
            "You take a half for the inputs as well. They have been through no relu: the first "
            "layer gets all of them.",
        ),
        Mistake(
            _one_relu,
            "relu's half is taken once. Each hidden layer has a relu, so there is a half for each.",
        ),
        Mistake(
            _half_of_the_size,
            "You halve the size at each relu. It is the mean square that is halved; the size "
            "shrinks by √½.",
        ),
        Mistake(_relu_doubles, "You double the mean square at each relu. It is halved."),
        Mistake(
            _root_forgotten,
            "That is the mean square. The size is its square root.",
        ),
        Mistake(
            _adds_linearly,
            "The terms of a sum with random signs add up in their squares: n terms of size s make "
            "a sum of size s · √n, not s · n.",
        ),
        Mistake(
            _std_for_variance,
            "std is not squared. The mean square of w · a is std² times that of a.",
        ),
        Mistake(
            _units_forgotten,
            "The number of terms is missing: each preactivation is a sum over all units of the "
            "layer below.",
        ),
        Mistake(
            _divided_by_units,
            "You divide by the number of units. The sum is not an average: more terms make it "
            "larger.",
        ),
        Mistake(
            _outs_for_ins,
            "You count the units of the layer itself. A preactivation is a sum over the units of "
            "the layer *below*, so the last layer's number does not matter and the inputs' does.",
        ),
        Mistake(
            _last_layer_forgotten,
            "The last layer of weights is missing: between k layers of units there are k − 1.",
        ),
        Mistake(
            _first_layer_forgotten,
            "The first layer of weights is missing: the inputs go through weights, too.",
        ),
        Mistake(
            _one_layer_too_many,
            "There is a layer too many: the output's units feed nothing.",
        ),
        Mistake(_one_layer_only, "That is the first layer's preactivation. Go on to the last."),
        Mistake(
            _inputs_of_the_first_layer,
            "You take the number of inputs for every layer. Each layer sums over the layer just "
            "below it.",
        ),
        Mistake(
            _ins_and_outs,
            "You average the units below and above, as in Glorot's compromise. The forward "
            "signal depends on the units below only.",
        ),
        Mistake(
            _biases_counted,
            "You count the bias as one more random input. The biases are 0.",
        ),
        Mistake(
            _product_overflows,
            "Right, until the network is deep: np.prod of whole numbers overflows without a word. "
            "Multiply layer by layer, with std² included, or use np.prod(…, dtype=float).",
        ),
        Mistake(
            _half_of_the_units,
            "units // 2 cuts off the half of an odd number. relu keeps half of the mean square, "
            "however many units there are: units / 2.",
        ),
        Mistake(
            _sums_of_layers,
            "The layers' factors are added up. A signal goes through one layer after the other: "
            "multiply them.",
        ),
    ),
    hints=(
        "Start with a mean square of 1. What does one layer with 9 inputs and std 0.5 make of it? "
        "9 terms, each of mean square 0.25.",
        "Per layer: mean_square = units_below · std² · mean_square; halve what comes out of a "
        "relu, that is, of every layer but the inputs.",
        "Loop over sizes[:-1], with a half for relu except for the first; return the square root.",
    ),
)
