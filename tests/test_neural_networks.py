"""Networks against central differences, graphs and PyTorch's figures; chapter 07's helpers."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit import graphs
from coursekit.checks import neural_networks as check
from coursekit.datasets import circles, digits
from coursekit.descent import GradientDescent, minimize
from coursekit.graphs import Node, backward
from coursekit.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    mean_squared_error,
)
from coursekit.networks import ACTIVATIONS, MLP, SCHEMES, NetworkObjective, accuracy
from coursekit.progress import bar

GOLDEN = json.loads(
    (Path(__file__).parent / "golden" / "networks.json").read_text(encoding="utf-8")
)
BENDS = sorted(ACTIVATIONS)


def golden_start(size, seed):
    """What tests/golden/make_networks.py starts from."""
    return 0.25 * np.sin(1.7 * np.arange(1, size + 1) * (seed + 1) ** 0.5)


def some_network(seed, activation="tanh", output="identity", scale=1.0):
    """A network of random sizes with parameters, inputs and labels."""
    rng = np.random.default_rng(seed)
    sizes = tuple(int(size) for size in rng.integers(2, 6, rng.integers(2, 5)))
    net, n = MLP(sizes, activation, output), int(rng.integers(1, 7))
    x, labels = rng.normal(size=(sizes[0], n)), rng.integers(0, sizes[-1], n)
    return net, rng.normal(0, scale, net.size), x, labels


# --- the gradient ---------------------------------------------------------------------------


@pytest.mark.parametrize("case", GOLDEN["gradients"], ids=lambda c: f"{c['activation']}{c['n']}")
def test_loss_and_gradient_are_pytorchs(case):
    net, n = MLP(case["sizes"], case["activation"]), case["n"]
    x = 2 * np.cos(np.arange(net.sizes[0] * n) ** 1.1).reshape(net.sizes[0], n)
    labels = np.arange(n) * 7 % net.sizes[-1]
    parameters = 4 * golden_start(net.size, 1)
    assert net.loss(parameters, x, labels) == pytest.approx(case["loss"], rel=1e-13)
    gradient = net.gradient(parameters, x, labels)
    np.testing.assert_allclose(gradient, case["gradient"], rtol=1e-10, atol=1e-14)


def test_five_epochs_on_the_digits_end_where_pytorch_ends():
    """64-64-10 in float64, mini-batches of 32 in the order of the file: to 1e-6 (1e-10)."""
    (x, labels), _ = digits()
    told = GOLDEN["digits"]
    net, descent = MLP((64, 64, 10)), GradientDescent(told["lr"])
    point, losses = golden_start(net.size, 0), []
    state = descent.init(point)
    for _ in range(told["epochs"]):
        for begin in range(0, labels.size, told["size"]):
            batch = slice(begin, begin + told["size"])
            gradient = net.gradient(point, x[:, batch], labels[batch])
            point, state = descent.step(point, gradient, state)
        losses.append(net.loss(point, x, labels))
    assert told["epochs"] == 5
    np.testing.assert_allclose(losses, told["losses"], rtol=1e-10)
    np.testing.assert_allclose(point[::7], told["end"], rtol=0, atol=1e-10)


@pytest.mark.parametrize("output", BENDS)
@pytest.mark.parametrize("activation", BENDS)
def test_the_gradient_against_central_differences(activation, output):
    """Every pair of bends, both kinds of loss, with and without weight decay."""
    for seed, (loss, weight_decay) in enumerate([(cross_entropy, 0), (mean_squared_error, 0.3)]):
        net, parameters, x, labels = some_network(seed + 10, activation, output)
        y = labels if loss is cross_entropy else np.eye(net.sizes[-1])[:, labels]
        objective = net.objective(x, y, loss, weight_decay=weight_decay)
        steps = 1e-6 * np.eye(net.size)
        ahead, behind = (objective(parameters[:, None] + s) for s in (steps, -steps))
        np.testing.assert_allclose(
            objective.grad(parameters), (ahead - behind) / 2e-6, rtol=1e-6, atol=2e-8
        )


IN_GRAPHS = {
    "tanh": graphs.tanh,
    "relu": graphs.relu,
    "sigmoid": graphs.sigmoid,
    "identity": lambda z: z,
}


def gradient_by_graphs(net, parameters, x, labels):
    """The whole network and its loss as one graph of chapter 05."""
    named = {name: Node(value, name=name) for name, value in net.unpack(parameters).items()}
    a = x
    for layer in range(1, net.layers + 1):
        b = graphs.reshape(named[f"b{layer}"], (-1, 1))
        bend = net.output if layer == net.layers else net.activation
        a = IN_GRAPHS[bend](named[f"W{layer}"] @ a + b)
    right = graphs.sum(a * np.eye(net.sizes[-1])[:, labels], axis=0)
    loss = graphs.mean(graphs.log(graphs.sum(graphs.exp(a), axis=0)) - right)
    found = backward(loss)
    return net.pack({name: found[node] for name, node in named.items()})


@pytest.mark.parametrize("activation", BENDS)
@pytest.mark.parametrize("seed", range(10))
def test_the_gradient_by_hand_is_that_of_a_graph(activation, seed):
    """To 1e-12, on forty random networks."""
    net, parameters, x, labels = some_network(seed, activation, BENDS[seed % len(BENDS)])
    by_hand = net.gradient(parameters, x, labels)
    by_graph = gradient_by_graphs(net, parameters, x, labels)
    np.testing.assert_allclose(by_hand, by_graph, rtol=0, atol=1e-12)


def test_numbers_that_a_reader_can_follow_on_paper():
    """The 2-2-1 network of sections 7.2 and 7.3, to the four digits that stand there."""
    net = MLP((2, 2, 1), "sigmoid")
    parameters = net.pack({"W1": [[2, -3], [2, -1]], "b1": [-3, 0], "W2": [[2, -2]], "b2": [0.5]})
    run = net.forward(parameters, [-1, -2])
    assert run.preactivations[0].tolist() == [1, 0]
    assert run.activations[1].round(4).tolist() == [0.7311, 0.5]
    assert run.output.round(4).tolist() == [0.9621]
    slope = mean_squared_error.grad(run.output, [0])
    hidden, output = net.deltas(run, slope)
    assert hidden.round(4).tolist() == [0.7567, -0.9621]
    assert output.round(4).tolist() == [1.9242]
    expected = [-0.7567, -1.5133, 0.9621, 1.9242, 0.7567, -0.9621, 1.4067, 0.9621, 1.9242]
    assert net.backward(run, slope).round(4).tolist() == expected


@given(z=st.floats(-30, 30), target=st.sampled_from([0.0, 1.0]))
def test_the_delta_rule_is_the_network_without_a_hidden_layer(z, target):
    """(a − y) φ'(z) x for the squared error, and (a − y) x for cross-entropy on the logit."""
    x = np.array([1.5, -0.5])
    neuron = np.array([1.0, 1.0, z - 1.0])
    bent, bare = MLP((2, 1), output="sigmoid"), MLP((2, 1))
    a = 1 / (1 + np.exp(-z))
    by_rule = (a - target) * a * (1 - a) * np.append(x, 1)
    ours = bent.gradient(neuron, x, [target], mean_squared_error) / 2
    np.testing.assert_allclose(ours, by_rule, rtol=1e-9, atol=1e-13)
    ours = bare.gradient(neuron, x, [target], binary_cross_entropy_with_logits)
    np.testing.assert_allclose(ours, (a - target) * np.append(x, 1), rtol=1e-9, atol=1e-13)


# --- forward --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BENDS)
def test_an_activation_and_its_slope(name):
    """The slope against differences, away from the kink; nothing overflows at ±1000."""
    value, slope = ACTIVATIONS[name]
    z = np.linspace(-4, 4, 81) + 0.013
    differences = (value(z + 1e-6) - value(z - 1e-6)) / 2e-6
    np.testing.assert_allclose(slope(z, value(z)), differences, atol=1e-9)
    far = np.array([-1000.0, 1000.0])
    with np.errstate(over="raise", invalid="raise"):
        assert np.isfinite(value(far)).all()
        assert np.isfinite(slope(far, value(far))).all()


def test_the_slope_of_relu_at_its_kink_is_0():
    value, slope = ACTIVATIONS["relu"]
    assert slope(np.array([-1.0, 0.0, 1e-300]), value(np.zeros(3))).tolist() == [0, 0, 1]


def test_the_sigmoid_keeps_its_digits_far_down():
    assert ACTIVATIONS["sigmoid"].value(np.array([-700.0]))[0] == pytest.approx(np.exp(-700))
    assert ACTIVATIONS["sigmoid"].value(np.array([0.0, 1.0])) == pytest.approx([0.5, 0.7310585786])


def test_one_example_many_examples_and_a_grid_agree():
    """(d,), (d, n) and (d, rows, columns)."""
    net, parameters, _, _ = some_network(4)
    grid = np.random.default_rng(0).normal(size=(net.sizes[0], 3, 4))
    on_grid = net.predict(parameters, grid)
    flat = net.predict(parameters, grid.reshape(net.sizes[0], 12))
    assert on_grid.shape == (net.sizes[-1], 3, 4)
    np.testing.assert_allclose(on_grid.reshape(-1, 12), flat, rtol=1e-13)
    alone = net.predict(parameters, grid[:, 1, 2])
    assert alone.shape == (net.sizes[-1],)
    np.testing.assert_allclose(alone, on_grid[:, 1, 2], rtol=1e-13)


def test_a_forward_pass_keeps_what_the_backward_pass_needs():
    net, parameters, x, _ = some_network(6)
    run = net.forward(parameters, x)
    assert [z.shape for z in run.preactivations] == [(s, x.shape[1]) for s in net.sizes[1:]]
    assert [a.shape for a in run.activations] == [(s, x.shape[1]) for s in net.sizes]
    assert run.output is run.activations[-1]
    assert (run.activations[0] == x).all()


def test_nothing_of_the_callers_is_modified():
    net, parameters, x, labels = some_network(7)
    before = parameters.copy(), x.copy(), labels.copy()
    run = net.forward(parameters, x)
    slope = cross_entropy.grad(run.output, labels)
    kept = slope.copy(), run.output.copy()
    net.backward(run, slope)
    net.objective(x, labels, weight_decay=0.1).grad(parameters)
    for old, new in zip(before, (parameters, x, labels), strict=True):
        assert (old == new).all()
    assert (slope == kept[0]).all()
    assert (run.output == kept[1]).all()


def test_an_overflow_is_quiet_and_ends_a_run_with_a_word():
    """As everywhere in the course: no warning storm."""
    (x, labels), net = circles(20), MLP((2, 3, 2), "relu")
    path = minimize(net.objective(x, labels), net.initial(0), GradientDescent(1e200), steps=20)
    assert path.stopped == "diverged"


# --- parameters -----------------------------------------------------------------------------


def test_the_flat_vector_holds_weights_then_biases_row_by_row():
    net = MLP((2, 3, 1))
    assert net.size == 13
    named = net.unpack(np.arange(13))
    assert named["W1"].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert named["b1"].tolist() == [6, 7, 8]
    assert named["W2"].tolist() == [[9, 10, 11]]
    assert named["b2"].tolist() == [12]
    assert list(net.blocks) == ["W1", "b1", "W2", "b2"]
    assert net.blocks["W2"].where == slice(9, 12)
    assert net.blocks["W2"].shape == (1, 3)
    assert net.pack(named).tolist() == list(range(13))
    assert net.layers == 2


def test_what_unpack_gives_are_views():
    net, point = MLP((2, 3, 1)), np.zeros(13)
    net.unpack(point)["b1"][1] = 5
    assert point[7] == 5


@settings(max_examples=30)
@given(k=st.integers(0, 4), m=st.integers(1, 3))
def test_many_parameter_vectors_at_once_are_a_loop_over_them(k, m):
    net, _, x, labels = some_network(8)
    points = np.random.default_rng(k).normal(size=(net.size, k, m))
    objective = net.objective(x, labels, weight_decay=0.5)
    values, slopes = objective(points), objective.grad(points)
    assert values.shape == (k, m)
    assert slopes.shape == points.shape
    for at in np.ndindex(k, m):
        one = points[:, at[0], at[1]]
        assert values[at] == pytest.approx(objective(one), rel=1e-13)
        np.testing.assert_allclose(slopes[:, at[0], at[1]], objective.grad(one), rtol=1e-12)


def test_weight_decay_adds_half_the_squared_length():
    net, parameters, x, labels = some_network(9)
    plain, decayed = NetworkObjective(net, x, labels), net.objective(x, labels, weight_decay=0.2)
    assert plain(parameters) == net.loss(parameters, x, labels)
    assert decayed(parameters) - plain(parameters) == pytest.approx(0.1 * parameters @ parameters)
    difference = decayed.grad(parameters) - plain.grad(parameters)
    np.testing.assert_allclose(difference, 0.2 * parameters, rtol=1e-10)


@pytest.mark.parametrize(
    ("scheme", "size"),
    [("glorot", np.sqrt(2 / 700)), ("he", np.sqrt(2 / 400)), ("lecun", np.sqrt(1 / 400))],
)
def test_a_scheme_draws_weights_of_the_size_it_says(scheme, size):
    """400 units into 300: mean 0, the standard deviation of the paper, and biases 0."""
    net = MLP((400, 300))
    named = net.unpack(net.initial(0, scheme))
    assert named["W1"].std() == pytest.approx(size, rel=0.01)
    assert abs(named["W1"].mean()) < 0.01 * size
    assert (named["b1"] == 0).all()
    tripled = net.unpack(net.initial(0, scheme, scale=3))["W1"]
    np.testing.assert_allclose(tripled, 3 * named["W1"])


def test_glorot_is_uniform_and_the_others_are_normal():
    net = MLP((400, 300))
    weights = {name: net.unpack(net.initial(0, name))["W1"] for name in SCHEMES}
    largest = {name: np.abs(w).max() / (w.std() or 1) for name, w in weights.items()}
    assert largest["glorot"] == pytest.approx(np.sqrt(3), rel=0.01)
    assert min(largest["he"], largest["lecun"]) > 4
    assert largest["zeros"] == 0


def test_a_seed_is_a_start_and_glorot_is_the_default():
    net = MLP((3, 4, 2))
    assert (net.initial(1) == net.initial(1, "glorot")).all()
    assert (net.initial(1) == net.initial(np.random.default_rng(1))).all()
    assert (net.initial(1) != net.initial(2)).any()


def test_units_that_start_equal_stay_equal():
    """Section 7.8: whatever the data, and however long the training."""
    (x, labels), net = circles(50), MLP((2, 4, 2))
    start = net.pack({
        "W1": np.full((4, 2), 0.3), "b1": np.full(4, 0.1),
        "W2": [[0.5] * 4, [-0.2] * 4], "b2": [0, 0],
    })  # fmt: skip
    end = net.unpack(minimize(net.objective(x, labels), start, GradientDescent(1), steps=100).x[-1])
    assert np.ptp(end["W1"], axis=0) == pytest.approx([0, 0], abs=1e-9)
    assert not np.allclose(end["W1"], 0.3, atol=0.05)


# --- errors ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: MLP((3,)), "MLP needs the sizes of two layers or more, got \\(3,\\)"),
        (lambda: MLP((3, 0)), "each of sizes must be a whole number ≥ 1, got 0"),
        (lambda: MLP((3, 2.5)), "each of sizes must be a whole number ≥ 1, got 2.5"),
        (lambda: MLP((3, 2), "selu"), "MLP: activation must be one of tanh, .*got 'selu'"),
        (lambda: MLP((3, 2), output="softmax"), "MLP: output must be one of .*got 'softmax'"),
        (lambda: MLP((3, 2)).initial(0, "xavier"), "scheme must be one of glorot.*'xavier'"),
        (lambda: MLP((3, 2)).initial(0, scale=0), "scale must be a number > 0, got 0"),
        (lambda: MLP((3, 2)).unpack(np.zeros(7)), "has 8 parameters, .*got shape \\(7,\\)"),
        (lambda: MLP((3, 2)).forward(np.zeros(8), np.zeros((2, 5))), "needs inputs \\(3,\\)"),
        (lambda: MLP((3, 2)).forward(np.zeros(8), np.zeros((5, 3))), "pass x.T"),
        (lambda: MLP((3, 2)).forward(np.zeros(8), 1.0), "got shape \\(\\)"),
        (lambda: MLP((3, 2)).pack({"W1": 1}), "needs W1, b1, got W1"),
        (
            lambda: MLP((3, 2)).pack({"W1": np.zeros((3, 2)), "b1": np.zeros(2)}),
            "W1 must be \\(2, 3\\), got \\(3, 2\\)",
        ),
        (
            lambda: MLP((3, 2)).backward(
                MLP((3, 2)).forward(np.zeros(8), np.zeros((3, 5))), np.zeros(2)
            ),
            "d_output shaped like the output, \\(2, 5\\), got \\(2,\\)",
        ),
        (
            lambda: MLP((3, 2)).objective(np.zeros((3, 4)), np.zeros(4), weight_decay=-1),
            "weight_decay must be a number ≥ 0",
        ),
        (
            lambda: MLP((3, 2)).objective(np.full((3, 4), np.nan), np.zeros(4)),
            "x must be finite, got nan",
        ),
        (lambda: accuracy(np.zeros((2, 3)), [0, 1]), "got \\(2, 3\\) and \\(2,\\)"),
        (lambda: accuracy(np.zeros((2, 0)), []), "n ≥ 1"),
    ],
)
def test_an_error_says_what_must_be_and_what_came(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- accuracy and the bar -------------------------------------------------------------------


def test_accuracy_is_the_share_of_largest_scores_at_the_label():
    scores = np.array([[3.0, 0, 1, 0], [1, 2, 0, 0], [0, 1, 5, 9]])
    assert accuracy(scores, [0, 1, 2, 0]) == 0.75
    assert type(accuracy(scores, [0, 1, 2, 0])) is float


@pytest.mark.parametrize("count", [0, 1, 7, 50, 51, 333])
def test_a_bar_leaves_the_same_line_for_any_count(count, capsys):
    assert list(bar(range(count))) == list(range(count))
    assert capsys.readouterr().out == "0 % " + 50 * "▪" + " 100 %\n"


def test_a_bar_grows_on_the_way_and_says_where_it_was_stopped(capsys):
    for item in bar(range(10), width=10):
        if item == 4:
            assert capsys.readouterr().out == "0 % ▪▪▪▪"
            break
    assert capsys.readouterr().out == " stopped\n"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: bar(iter([1])), TypeError, "items with a length"),
        (lambda: bar([1], width=0), ValueError, "width must be a whole number ≥ 1, got 0"),
    ],
)
def test_a_bar_refuses_what_it_cannot_draw(call, error, words):
    with pytest.raises(error, match=words):
        call()


# --- the exercises --------------------------------------------------------------------------


def test_the_planted_bug_is_as_printed_in_the_exercise():
    """The code in the solution notebook's text, run, is the first known mistake."""
    notebook = Path(__file__).parents[1] / "solutions" / "07_neural_networks.ipynb"
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    code = next(text for text in texts if "```python" in text).split("```")[1][len("python") :]
    names = {"np": np}
    exec(code, names)
    assert check.training_step.judge(names["training_step"]).mistake == "_planted"


@pytest.mark.parametrize("activation", ["identity", "relu"])
def test_signal_size_is_what_random_networks_show(activation):
    """The exercise's reference against four hundred starts."""
    sizes, std = (60, 40, 50, 30), 0.15
    net, rng = MLP(sizes, activation), np.random.default_rng(0)
    squares = []
    for _ in range(400):
        parameters = net.pack({
            name: rng.normal(0, std, shape) if len(shape) == 2 else np.zeros(shape)
            for name, (_, shape) in net.blocks.items()
        })  # fmt: skip
        squares.append((net.predict(parameters, rng.normal(size=(60, 5))) ** 2).mean())
    expected = check.signal_size.reference(sizes, std, activation)
    assert np.sqrt(np.mean(squares)) == pytest.approx(expected, rel=0.03)
