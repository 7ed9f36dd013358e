"""Batches, the training loop, tuning and races, and chapter 08's exercises."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.batches import History, batches, train
from coursekit.checks import minibatches as check
from coursekit.datasets import digits, houses, moons, standardize
from coursekit.descent import GradientDescent, GradientDescentState, minimize
from coursekit.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    mean_squared_error,
    sum_of_squared_residuals,
)
from coursekit.networks import MLP, accuracy
from coursekit.optimizers import AdaDelta, AdaGrad, Adam, Momentum, Nesterov, RMSprop
from coursekit.races import Race, Tuning, race, tune
from coursekit.schedules import constant, step_decay

HERE = Path(__file__).parent
RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 10))
LABELS = np.arange(10) % 2
HEIGHTS = RNG.normal(size=10)
NET, LINE = MLP((2, 3, 2)), MLP((2, 1))
START = NET.initial(5)
OPTIMIZERS = (
    GradientDescent(0.1),
    Momentum(0.05),
    Nesterov(0.05),
    AdaGrad(0.1),
    RMSprop(0.01),
    AdaDelta(1.0),
    Adam(0.01),
)
each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)


def trained(optimizer=OPTIMIZERS[0], data=(X, LABELS), net=NET, **changes):
    return train(net, data, optimizer, **{"epochs": 3, "batch_size": 4, "seed": 0, **changes})


# --- batches --------------------------------------------------------------------------------


@given(n=st.integers(1, 200), size=st.integers(1, 250), seed=st.integers(0, 99))
def test_every_number_comes_once_and_only_the_last_batch_is_smaller(n, size, seed):
    pieces = list(batches(n, size, seed))
    assert sorted(np.concatenate(pieces).tolist()) == list(range(n))
    assert all(piece.size == size for piece in pieces[:-1])
    assert pieces[-1].size == (n % size or min(size, n))
    assert len(pieces) == -(-n // size)


def test_the_digits_in_32s_leave_29():
    assert [piece.size for piece in batches(1437, 32, 0)] == [32] * 44 + [29]


@pytest.mark.parametrize("size", [None, 10, 11, 1000])
def test_all_in_one_batch_keeps_the_order(size):
    (only,) = batches(10, size, 3)
    assert only.tolist() == list(range(10))


def test_the_same_seed_is_the_same_order_and_a_generator_goes_on():
    """As a number, a sequence or a generator; a generator gives the next epoch another order."""
    by_number, by_sequence, by_generator = (
        np.concatenate(list(batches(50, 7, rng)))
        for rng in (4, np.random.SeedSequence(4), np.random.default_rng(4))
    )
    assert (by_number == by_sequence).all()
    assert (by_number == by_generator).all()
    rng = np.random.default_rng(4)
    first, second = (np.concatenate(list(batches(50, 7, rng))) for _ in range(2))
    assert (first == by_number).all()
    assert (first != second).any()
    assert (np.concatenate(list(batches(50, 7, 5))) != first).any()


def test_every_order_is_equally_likely():
    """Six orders of three numbers, 6000 epochs: each within five standard deviations of 1000."""
    rng = np.random.default_rng(0)
    seen = [tuple(np.concatenate(list(batches(3, 2, rng))).tolist()) for _ in range(6000)]
    counts = [seen.count(order) for order in itertools.permutations(range(3))]
    assert sum(counts) == 6000
    assert max(abs(count - 1000) for count in counts) < 5 * np.sqrt(6000 * 5 / 36)


@pytest.mark.parametrize("n", [0, -1, 2.0, True, "5", None])
def test_batches_need_a_number_of_examples(n):
    """At once, and not when the first batch is asked for."""
    with pytest.raises(ValueError, match="batches: n must be a whole number ≥ 1"):
        batches(n, 2, 0)


@pytest.mark.parametrize("size", [0, -3, 1.5, True, "2"])
def test_batches_need_a_size(size):
    with pytest.raises(ValueError, match="batches: size must be a whole number ≥ 1"):
        batches(5, size, 0)


# --- train: what it does --------------------------------------------------------------------


@each_optimizer
def test_all_examples_a_step_is_minimize_on_the_objective(optimizer):
    """For rules that look ahead, too."""
    history = trained(optimizer, epochs=20, batch_size=None, parameters=START, keep_path=True)
    path = minimize(NET.objective(X, LABELS), START, optimizer, steps=20)
    np.testing.assert_allclose(history.path, path.x, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(history.loss, path.value, rtol=1e-9)
    np.testing.assert_allclose(history.step_loss, path.value[:-1], rtol=1e-9)
    assert (history.epochs, history.steps, history.batch_size) == (20, 20, 10)


@each_optimizer
def test_batches_are_a_bare_loop(optimizer):
    """Start and order come from the two children of the seed."""
    start, order = map(np.random.default_rng, np.random.SeedSequence(7).spawn(2))
    x = NET.initial(start)
    state, losses = optimizer.init(x), []
    look = getattr(optimizer, "look", lambda x, state: x)
    for _ in range(4):
        for batch in batches(10, 4, order):
            at = look(x, state)
            losses.append(NET.loss(at, X[:, batch], LABELS[batch]))
            x, state = optimizer.step(x, NET.gradient(at, X[:, batch], LABELS[batch]), state)
    history = trained(optimizer, epochs=4, seed=7)
    np.testing.assert_allclose(history.parameters, x, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(history.step_loss, losses, rtol=1e-9)


def test_the_form_of_nesterov_that_looks_ahead_is_trained_at_the_point_it_looks_at():
    """At a constant rate the points ahead of its path are the path of the other form."""
    setting = {"epochs": 20, "parameters": START, "keep_path": True}
    plain = trained(Nesterov(0.05), **setting)
    ahead = trained(Nesterov(0.05, look_ahead=True), **setting)
    np.testing.assert_allclose(ahead.step_loss, plain.step_loss, rtol=1e-9)
    assert np.abs(ahead.path - plain.path).max() > 1e-3


class LooksAhead:
    """Takes its gradient one unit to the right of where it is."""

    def init(self, x):
        return GradientDescentState(0)

    def look(self, x, state):
        return x + 1.0

    def step(self, x, grad, state):
        return x - 0.1 * grad, GradientDescentState(state.t + 1)


def test_an_optimizer_that_looks_elsewhere_gets_the_gradient_from_there():
    history = trained(LooksAhead(), epochs=1, batch_size=None, parameters=START)
    expected = START - 0.1 * NET.gradient(START + 1.0, X, LABELS)
    np.testing.assert_allclose(history.parameters, expected, rtol=1e-12)


@each_optimizer
def test_the_same_call_gives_the_same_bits(optimizer):
    one, other = (trained(optimizer, data=moons(), epochs=2, batch_size=32) for _ in range(2))
    for name in ("parameters", "step_loss", "step_accuracy", "loss", "accuracy"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    assert str(one) == str(other)


class Watching(MLP):
    """A network that notes the inputs it sees."""

    def forward(self, parameters, x):
        SEEN.append(np.array(x))
        return super().forward(parameters, x)


SEEN: list[np.ndarray] = []


def test_every_optimizer_starts_from_the_same_point_and_sees_the_same_batches():
    """With the same seed; another seed gives another start and another order."""
    runs = []
    for optimizer in OPTIMIZERS:
        SEEN.clear()
        history = trained(optimizer, net=Watching((2, 3, 2)), keep_path=True)
        runs.append((history.path[0], np.hstack(SEEN)))
    for start, inputs in runs[1:]:
        assert (start == runs[0][0]).all()
        assert (inputs == runs[0][1]).all()
    other = trained(seed=1, keep_path=True)
    assert (other.path[0] != runs[0][0]).any()
    fixed = [trained(seed=seed, parameters=START).parameters for seed in (0, 1)]
    assert (fixed[0] != fixed[1]).any()


def test_each_epoch_has_an_order_of_its_own_and_uses_every_example():
    SEEN.clear()
    trained(net=Watching((2, 3, 2)), epochs=3)
    steps = [x for x in SEEN if x.shape[1] < 10]
    assert [x.shape[1] for x in steps] == [4, 4, 2] * 3
    epochs = [np.hstack(steps[i : i + 3]) for i in (0, 3, 6)]
    for epoch in epochs:
        assert sorted(epoch[0].tolist()) == sorted(X[0].tolist())
    assert (epochs[0] != epochs[1]).any()
    assert (epochs[1] != epochs[2]).any()


def test_the_caller_s_arrays_stay_as_they_were():
    x, labels, start = X.copy(), LABELS.copy(), START.copy()
    history = trained(Momentum(0.1), (x, labels), parameters=start, keep_path=True)
    assert (x == X).all()
    assert (labels == LABELS).all()
    assert (start == START).all()
    history.path[:] = 0
    assert (start == START).all()


def test_a_history_has_losses_by_step_and_by_epoch():
    """By step of the batch before the step, by epoch of all examples, the start included."""
    history = trained(
        data=((X, LABELS), (X[:, :3], LABELS[:3])), parameters=START, keep_path=True, epochs=2
    )
    assert history.step_loss.shape == history.step_accuracy.shape == (6,)
    assert history.path.shape == (7, NET.size)
    assert (history.path[0] == START).all()
    assert (history.path[-1] == history.parameters).all()
    for epoch in range(3):
        point = history.path[3 * epoch]
        output, tested = NET.predict(point, X), NET.predict(point, X[:, :3])
        assert history.loss[epoch] == pytest.approx(cross_entropy(output, LABELS), rel=1e-12)
        assert history.accuracy[epoch] == accuracy(output, LABELS)
        assert history.test_loss[epoch] == pytest.approx(
            cross_entropy(tested, LABELS[:3]), rel=1e-12
        )
        assert history.test_accuracy[epoch] == accuracy(tested, LABELS[:3])
    order = np.random.default_rng(np.random.SeedSequence(0).spawn(2)[1])
    both = [*batches(10, 4, order), *batches(10, 4, order)]
    for step, batch in enumerate(both):
        output = NET.predict(history.path[step], X[:, batch])
        expected = cross_entropy(output, LABELS[batch]), accuracy(output, LABELS[batch])
        assert history.step_loss[step] == pytest.approx(expected[0], rel=1e-12)
        assert history.step_accuracy[step] == pytest.approx(expected[1], rel=1e-12)
    assert history.seconds.shape == (2,)
    assert (history.seconds > 0).all()
    assert history.stopped == "epochs"


def test_the_path_is_kept_only_where_it_is_asked_for():
    assert trained().path is None
    assert trained(epochs=0, keep_path=True).path.shape == (1, NET.size)


def test_no_epochs_only_measure():
    history = trained(epochs=0, parameters=START)
    assert (history.parameters == START).all()
    assert history.loss == pytest.approx([NET.loss(START, X, LABELS)])
    assert history.step_loss.shape == history.step_accuracy.shape == (0,)
    assert (history.steps, history.epochs, history.stopped) == (0, 0, "epochs")
    assert str(history).count("\n") == 3


@pytest.mark.parametrize("targets", [HEIGHTS, HEIGHTS[None, :], HEIGHTS.tolist()], ids=type)
@pytest.mark.parametrize("loss", [mean_squared_error, sum_of_squared_residuals], ids=repr)
def test_numbers_are_learned_from_a_flat_list_or_a_row(targets, loss):
    """Without accuracies, and each batch by its own mean, or sum."""
    history = trained(data=(X, targets), net=LINE, loss=loss, optimizer=GradientDescent(0.01))
    assert history.accuracy is history.step_accuracy is history.test_loss is None
    target = HEIGHTS[None, :]
    assert history.loss[-1] == pytest.approx(loss(LINE.predict(history.parameters, X), target))
    order = np.random.default_rng(np.random.SeedSequence(0).spawn(2)[1])
    w = LINE.initial(np.random.default_rng(np.random.SeedSequence(0).spawn(2)[0]))
    every_batch = itertools.chain.from_iterable(batches(10, 4, order) for _ in range(3))
    for step, batch in enumerate(every_batch):
        assert history.step_loss[step] == pytest.approx(
            loss(LINE.predict(w, X[:, batch]), target[:, batch])
        )
        w = w - 0.01 * LINE.gradient(w, X[:, batch], target[:, batch], loss)
    np.testing.assert_allclose(history.parameters, w, rtol=1e-12)


@pytest.mark.parametrize(
    ("loss", "output", "border"),
    [(binary_cross_entropy, "sigmoid", 0.5), (binary_cross_entropy_with_logits, "identity", 0.0)],
    ids=["probabilities", "logits"],
)
def test_two_classes_may_be_told_by_one_number(loss, output, border):
    """Accuracy counts what lies on the right side of one half, or of logit 0."""
    net = MLP((2, 4, 1), output=output)
    history = trained(Adam(0.05), data=(X, LABELS), net=net, loss=loss, epochs=200, batch_size=5)
    told = net.predict(history.parameters, X)[0] > border
    assert history.accuracy[-1] == (told == LABELS).mean()
    assert history.accuracy[-1] > history.accuracy[0]
    assert history.loss[-1] == pytest.approx(
        loss(net.predict(history.parameters, X), LABELS[None, :])
    )


def test_targets_may_be_distributions_over_the_classes():
    """One-hot columns are the same as class numbers."""
    by_number, by_column = trained(), trained(data=(X, np.eye(2)[:, LABELS]))
    assert (by_number.parameters == by_column.parameters).all()
    assert (by_number.accuracy == by_column.accuracy).all()


@pytest.mark.parametrize(
    ("data", "with_test"),
    [
        ((X, LABELS), False),
        ([X, LABELS], False),
        ((X.tolist(), LABELS.tolist()), False),
        ([X.tolist(), LABELS], False),
        (((X, LABELS), (X, LABELS)), True),
        ([[X, LABELS], [X, LABELS]], True),
        (([X.tolist(), LABELS.tolist()], [X, LABELS]), True),
    ],
    ids=["pair", "list", "lists", "list of lists", "pairs", "lists of two", "pairs of lists"],
)
def test_data_may_be_arrays_or_lists_with_or_without_test_examples(data, with_test):
    history = trained(data=data)
    assert (history.parameters == trained().parameters).all()
    assert (history.test_loss is not None) == with_test


def test_named_pairs_are_data():
    """As `digits()` and `moons()` give them."""
    points = moons(40, seed=1)
    assert trained(data=points).test_loss is None
    assert (trained(data=points).parameters == trained(data=tuple(points)).parameters).all()
    both = train(MLP((64, 10)), digits(), OPTIMIZERS[0], epochs=1, batch_size=None, seed=0)
    assert both.examples == 1437
    assert both.test_loss.shape == (2,)


def test_whole_numbers_are_converted():
    """Integers train as the same floats do."""
    x = np.arange(20).reshape(2, 10)
    ints = trained(data=(x, LABELS), parameters=np.ones(NET.size, dtype=int))
    floats = trained(data=(x.astype(float), LABELS), parameters=np.ones(NET.size))
    assert (ints.parameters == floats.parameters).all()
    assert ints.parameters.dtype == np.float64


def test_a_schedule_counts_steps_and_not_epochs():
    by_steps = trained(GradientDescent(step_decay(0.2, every=3)), epochs=2)
    first = trained(GradientDescent(0.2), epochs=1)
    assert by_steps.step_loss[:3] == pytest.approx(first.step_loss)
    asked = []
    trained(GradientDescent(lambda step: asked.append(step) or 0.1), epochs=2)
    assert asked == list(range(6))
    assert (trained(GradientDescent(constant(0.1))).parameters == trained().parameters).all()


def test_a_run_that_diverges_ends_with_a_word_and_finite_parameters():
    """No warning; what was measured is kept, and the last epoch, not finished, is not measured."""
    history = train(
        LINE, (100 * X, 100 * HEIGHTS), GradientDescent(1.0), epochs=100, batch_size=3, seed=0,
        loss=mean_squared_error, keep_path=True,
    )  # fmt: skip
    assert history.stopped == "diverged"
    assert np.isfinite(history.parameters).all()
    assert np.isfinite(history.path).all()
    assert len(history.path) == history.steps + 1
    assert (history.path[-1] == history.parameters).all()
    assert history.epochs == history.steps // 4 < 100
    assert len(history.seconds) == history.epochs + 1
    assert "stopped: diverged" in str(history)


class Stumbles(MLP):
    """A network whose gradient is infinite from the third step on, or has another shape."""

    calls = 0
    does = "stumble"

    def backward(self, forward_pass, d_output):
        gradient = super().backward(forward_pass, d_output)
        Stumbles.calls += 1
        if self.does == "list":
            return gradient.tolist()
        if self.does == "short":
            return gradient[:3]
        if self.does == "column":
            return gradient[:, None]
        return gradient * np.inf if Stumbles.calls == 3 else gradient


@pytest.mark.parametrize("size", [None, 4])
def test_a_gradient_that_is_not_finite_ends_the_run(size):
    """At the third step, with the parameters that the second led to."""
    Stumbles.calls = 0
    history = trained(net=Stumbles((2, 3, 2)), batch_size=size, keep_path=True, epochs=5)
    assert history.stopped == "diverged"
    assert history.steps == 2
    assert len(history.path) == 3
    assert history.epochs == (2 if size is None else 0)


def test_a_model_may_return_its_gradient_as_a_list(monkeypatch):
    monkeypatch.setattr(Stumbles, "does", "list")
    assert (trained(net=Stumbles((2, 3, 2))).parameters == trained().parameters).all()


@pytest.mark.parametrize("does", ["short", "column"])
def test_a_gradient_of_another_shape_is_refused(monkeypatch, does):
    """NumPy would stretch a column over the parameters."""
    monkeypatch.setattr(Stumbles, "does", does)
    with pytest.raises(ValueError, match=r"gradient shaped like the parameters, \(17,\), got \("):
        trained(net=Stumbles((2, 3, 2)))


BAD = [
    ({"data": (X * np.nan, LABELS)}, ValueError, "x of the training examples must be finite"),
    ({"data": (X * np.inf, LABELS)}, ValueError, "must be finite, got"),
    (
        {"data": (X, HEIGHTS * np.nan), "net": LINE, "loss": mean_squared_error},
        ValueError,
        "target",
    ),
    ({"data": (X[:, :0], LABELS[:0])}, ValueError, "as (d, n), n ≥ 1, got shape (2, 0)"),
    ({"data": (X[0], LABELS)}, ValueError, "as (d, n), n ≥ 1, got shape (10,)"),
    ({"data": (X.T, LABELS)}, ValueError, "Examples are columns: pass x.T."),
    ({"data": (X, LABELS[:9])}, ValueError, "needs a target for each prediction"),
    ({"data": (X, LABELS + 1)}, ValueError, "whole numbers from 0 to 1, got 2"),
    ({"data": (X, LABELS - 1)}, ValueError, "whole numbers from 0 to 1, got -1"),
    ({"data": (X, LABELS + 0.5)}, ValueError, "whole numbers from 0 to 1, got 0.5"),
    ({"data": (X, X[:1].T), "net": LINE, "loss": mean_squared_error}, ValueError, "reshape one"),
    ({"data": (X, HEIGHTS), "loss": mean_squared_error}, ValueError, "a target for each"),
    ({"data": (X.astype(str), LABELS)}, TypeError, "must be made of real numbers"),
    ({"data": None}, ValueError, "as a pair (x, y), or data as two pairs"),
    ({"data": (X, LABELS, LABELS)}, ValueError, "as a pair (x, y), or data as two pairs"),
    ({"data": ((X, LABELS), (X[:, :3], LABELS))}, ValueError, "a target for each prediction"),
    ({"data": ((X, LABELS), (X[:, :0], []))}, ValueError, "x of the test examples as (d, n)"),
    ({"data": ((X, LABELS), (X * np.nan, LABELS))}, ValueError, "x of the test examples must be"),
    ({"batch_size": 0}, ValueError, "batch_size must be a whole number ≥ 1, got 0"),
    ({"batch_size": 1.5}, ValueError, "batch_size must be a whole number ≥ 1, got 1.5"),
    ({"batch_size": -2}, ValueError, "batch_size must be a whole number ≥ 1, got -2"),
    ({"epochs": -1}, ValueError, "epochs must be a whole number ≥ 0, got -1"),
    ({"epochs": 2.0}, ValueError, "epochs must be a whole number ≥ 0, got 2.0"),
    ({"seed": None}, ValueError, "seed must be a whole number ≥ 0, got None"),
    ({"seed": -1}, ValueError, "seed must be a whole number ≥ 0, got -1"),
    ({"parameters": np.ones(3)}, ValueError, "has 17 parameters, a vector (17,)"),
    ({"parameters": np.full(NET.size, np.inf)}, ValueError, "parameters must be finite"),
    ({"keep_path": 1}, TypeError, "keep_path must be True or False"),
    ({"optimizer": GradientDescent}, TypeError, "got the class GradientDescent: write"),
    ({"optimizer": 0.1}, TypeError, "an optimizer with init and step, got float"),
    ({"loss": "cross_entropy"}, TypeError, "train needs a loss such as cross_entropy, got 'cross"),
    ({"loss": lambda p, y: 0.0}, TypeError, "train needs a loss such as cross_entropy, got <fun"),
]


@pytest.mark.parametrize(
    ("changes", "error", "words"), BAD, ids=[f"{i} {w[:30]}" for i, (_, _, w) in enumerate(BAD)]
)
def test_bad_input_is_refused_with_its_name(changes, error, words):
    with pytest.raises(error, match=re.escape(words)):
        trained(**changes)


# --- History --------------------------------------------------------------------------------


def test_a_history_prints_as_a_table():
    """What was run, then a line for the start and for every epoch."""
    text = str(trained(data=((X, LABELS), (X, LABELS)), epochs=3)).splitlines()
    assert text[0] == f"{NET} with GradientDescent(lr=0.1)"
    assert text[1] == "10 examples in batches of 4, seed 0: 9 steps, stopped: epochs"
    assert text[2].split() == ["epoch", "loss", "accuracy", "test", "loss", "test", "accuracy"]
    assert [line.split()[0] for line in text[3:]] == ["0", "1", "2", "3"]
    assert len({len(line) for line in text[2:]}) == 1
    numbers = trained(data=(X, HEIGHTS), net=LINE, loss=mean_squared_error, batch_size=None)
    assert str(numbers).splitlines()[1].startswith("10 examples in one batch, seed 0: 3 steps")
    assert str(numbers).splitlines()[2].split() == ["epoch", "loss"]


def test_a_long_history_shows_a_dozen_epochs_with_the_first_and_the_last():
    lines = str(trained(epochs=100)).splitlines()[3:]
    assert len(lines) == 12
    assert [lines[0].split()[0], lines[-1].split()[0]] == ["0", "100"]
    assert len(str(trained(epochs=11)).splitlines()[3:]) == 12


def test_neither_arrays_nor_seconds_stand_in_a_history_s_repr():
    text = repr(trained())
    assert "array" not in text
    assert "seconds" not in text
    assert "stopped='epochs'" in text
    assert isinstance(trained(), History)


# --- tuning and races -----------------------------------------------------------------------

FAR = {"model": LINE, "data": (100 * X, 100 * HEIGHTS), "loss": mean_squared_error}


def test_tuning_is_a_loop_over_rates_and_seeds():
    rates, seeds = (0.01, 0.1, 0.5), (3, 4)
    tuning = tune(Adam, rates, NET, (X, LABELS), epochs=2, batch_size=4, seeds=seeds)
    by_hand = [[trained(Adam(lr), epochs=2, seed=s).loss[-1] for s in seeds] for lr in rates]
    assert tuning.loss.tolist() == by_hand
    assert tuning.mean.tolist() == np.mean(by_hand, axis=1).tolist()
    assert tuning.best == Adam(rates[int(np.mean(by_hand, axis=1).argmin())])
    assert tuning.rates.tolist() == list(rates)
    assert isinstance(tuning, Tuning)


def test_tuning_takes_a_function_of_the_rate_and_defaults_to_32_and_three_seeds():
    tuning = tune(lambda lr: Momentum(lr, beta=0.5), [0.1], NET, moons(), epochs=1)
    expected = [trained(Momentum(0.1, beta=0.5), moons(), epochs=1, batch_size=32, seed=s).loss[-1]
                for s in (0, 1, 2)]  # fmt: skip
    assert tuning.loss.tolist() == [expected]
    assert tuning.best == Momentum(0.1, beta=0.5)
    assert tuning.at_the_edge


def made_up(losses):
    rates = [10.0**k for k in range(len(losses))]
    optimizers = tuple(map(GradientDescent, rates))
    return Tuning(optimizers, np.array(rates), np.array(losses, dtype=float))


def test_the_best_rate_has_the_smallest_mean_and_is_marked_once():
    """One lucky seed does not win, one unlucky seed loses, and of equals the first wins."""
    tuning = made_up([[4, 4, 4], [2, 3, 4], [0.1, 0.1, 15], [3, 3, 3]])
    assert tuning.best == GradientDescent(10.0)
    assert not tuning.at_the_edge
    lines = str(tuning).splitlines()
    assert [line.endswith("<- best") for line in lines] == [False, False, True, False, False]
    assert "2 to 4" in lines[2]


def test_a_rate_at_which_luck_decides_is_printed_without_numbers():
    """Seeds more than fourfold apart, a run that diverged, or beyond the best rate a mean more
    than ten times as large; a rate that is only slow has its numbers."""
    losses = [[30, 31], [1, 4], [1, 4.01], [9, 11], [26, 30], [1, np.inf]]
    tuning = made_up(losses)
    assert tuning.unsettled.tolist() == [False, False, True, False, True, True]
    lines = str(tuning).splitlines()[1:]
    assert ["unsettled" in line for line in lines] == tuning.unsettled.tolist()
    assert lines[4].split() == ["1e+04", "unsettled"]


@pytest.mark.parametrize(
    ("medians", "edge"), [([1, 2, 3], True), ([3, 2, 1], True), ([2, 1, 2], False), ([1], True)]
)
def test_a_best_rate_at_the_edge_of_the_grid_is_known(medians, edge):
    assert made_up([[m] for m in medians]).at_the_edge is edge


def test_a_rate_that_diverges_is_never_the_best():
    tuning = tune(GradientDescent, (1e-5, 1.0), epochs=100, **FAR)
    assert tuning.loss[1].tolist() == [np.inf] * 3
    assert tuning.best == GradientDescent(1e-5)
    assert str(tuning).splitlines()[2].split() == ["1", "unsettled"]


def test_where_every_rate_diverges_none_is_the_best():
    tuning = tune(GradientDescent, (1.0, 10.0), epochs=100, **FAR)
    assert "best" not in str(tuning)
    with pytest.raises(ValueError, match="at every one of them a run diverged"):
        _ = tuning.best


def test_a_race_is_a_loop_over_optimizers_and_seeds():
    """A seed settles start and batches alike for all."""
    lanes = [GradientDescent(0.1), Adam(0.01)]
    result = race(lanes, NET, (X, LABELS), epochs=2, batch_size=4, seeds=[5, 6], keep_path=True)
    assert isinstance(result, Race)
    assert result.optimizers == tuple(lanes)
    for optimizer, runs in zip(lanes, result.runs, strict=True):
        for seed, run in zip((5, 6), runs, strict=True):
            assert (run.parameters == trained(optimizer, epochs=2, seed=seed).parameters).all()
    for one, other in zip(*result.runs, strict=True):
        assert (one.path[0] == other.path[0]).all()
    assert result.curves("loss", 1).shape == (3, 2)
    assert (result.curves("accuracy", 0)[:, 1] == result.runs[0][1].accuracy).all()


def test_a_race_prints_the_medians_at_the_end():
    result = race([GradientDescent(0.1), Adam(0.01)], NET, ((X, LABELS), (X, LABELS)), epochs=2)
    head, *lines = str(result).splitlines()
    assert head.split() == ["loss", "test", "loss", "test", "accuracy"]
    assert [line.split()[0] for line in lines] == ["GradientDescent(lr=0.1)", "Adam(lr=0.01)"]
    for lane, line in enumerate(lines):
        end = np.median(result.curves("loss", lane)[-1])
        assert f"{end:.4g}" in line
    assert "diverged" not in str(result)


def test_a_race_says_who_diverged():
    """The curves hold NaN after it, and the others' medians stand."""
    result = race([GradientDescent(1.0), GradientDescent(1e-6)], epochs=100, **FAR)
    _, lost, kept = str(result).splitlines()
    assert lost.split()[1:] == ["diverged", "(3", "of", "3", "diverged)"]
    assert "diverged" not in kept
    assert result.curves("loss", 0).shape == result.curves("loss", 1).shape == (101, 3)
    assert np.isnan(result.curves("loss", 0)[-1]).all()
    assert np.isfinite(result.curves("loss", 1)).all()


def test_one_run_of_three_that_diverges_counts_as_the_worst():
    """The median of the three is then the worse of the other two."""
    good = race([GradientDescent(1e-6)], epochs=5, **FAR)
    bad = race([GradientDescent(1.0)], epochs=100, seeds=(2,), **FAR)
    mixed = Race(good.optimizers, ((*good.runs[0][:2], bad.runs[0][0]),))
    ends = [run.loss[-1] for run in good.runs[0][:2]]
    line = str(mixed).splitlines()[1]
    assert f"{max(ends):.4g}" in line
    assert "(1 of 3 diverged)" in line


@pytest.mark.parametrize("what", ["los", "test_loss", "step_loss", "parameters", "stopped"])
def test_curves_are_asked_for_by_a_name_that_there_is(what):
    result = race([GradientDescent(0.1)], NET, (X, LABELS), epochs=1)
    with pytest.raises(ValueError, match="curves needs one of loss, accuracy, got "):
        result.curves(what, 0)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tune(Adam, [], NET, (X, LABELS), epochs=1), ValueError, "rates must not be empty"),
        (lambda: tune(Adam, 0.1, NET, (X, LABELS), epochs=1), TypeError, "rates must be a list"),
        (lambda: tune(Adam, [-1.0], NET, (X, LABELS), epochs=1), ValueError, "each of rates must"),
        (lambda: tune(Adam(), [0.1], NET, (X, LABELS), epochs=1), TypeError, "class or a function"),
        (
            lambda: tune(Adam, [0.1], NET, (X, LABELS), epochs=1, seeds=3),
            TypeError,
            "seeds must be a list",
        ),
        (
            lambda: tune(Adam, [0.1], NET, (X, LABELS), epochs=1, seeds=()),
            ValueError,
            "seeds must not be empty",
        ),
        (lambda: tune(Adam, [0.1], NET, (X, LABELS), epochs=1, sed=3), TypeError, "sed"),
        (lambda: race([], NET, (X, LABELS), epochs=1), ValueError, "optimizers must not be empty"),
        (lambda: race(Adam(), NET, (X, LABELS), epochs=1), TypeError, "optimizers must be a list"),
        (lambda: race([Adam], NET, (X, LABELS), epochs=1), TypeError, "got the class Adam"),
        (
            lambda: race([Adam()], NET, (X, LABELS), epochs=1, seeds=[]),
            ValueError,
            "seeds must not be empty",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tune_and_race_refuse_what_makes_no_sense(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        call()


# --- what the chapter says ------------------------------------------------------------------


def test_the_four_flats_by_hand():
    """One epoch over the lectures' prices, from 0 and from 30."""
    price = np.array([6.0, 7.0, 60.0, 45.0])
    ends = {}
    for start, size in itertools.product((0.0, 30.0), (1, 2, 4)):
        w = np.array([start])
        ends[start, size] = check.sgd_epoch.reference(
            lambda w, x, y: 2 * (w - y.mean()), w, price[None, :], price, np.arange(4),
            lr=0.1, size=size,
        )[0]  # fmt: skip
    assert [ends[0.0, s] for s in (1, 2, 4)] == pytest.approx([20.1104, 11.54, 5.9])
    assert [ends[30.0, s] for s in (1, 2, 4)] == pytest.approx([32.3984, 30.74, 29.9])


@given(n=st.integers(2, 7), d=st.integers(1, 3), seed=st.integers(0, 99), data=st.data())
def test_the_noise_of_a_batch_is_that_of_all_batches_counted(n, d, seed, data):
    """Every choice of `size` examples, one by one."""
    size = data.draw(st.integers(1, n))
    gradients = np.random.default_rng(seed).normal(size=(d, n))
    mean = gradients.mean(axis=1)
    errors = [
        ((gradients[:, list(chosen)].mean(axis=1) - mean) ** 2).sum()
        for chosen in itertools.combinations(range(n), size)
    ]
    counted = np.sqrt(np.mean(errors))
    assert check.batch_noise.reference(gradients, size) == pytest.approx(counted, abs=1e-12)


def test_half_the_noise_of_32_digits_takes_120():
    n = 1437
    noise = {b: np.sqrt((n - b) / (n - 1) / b) for b in (32, 120)}
    assert noise[32] / noise[120] == pytest.approx(2, rel=1e-3)


@given(seed=st.integers(0, 50), size=st.integers(1, 12))
def test_on_the_average_a_batch_has_the_gradient_of_all(seed, size):
    """Weighted by their sizes, the gradients of an epoch's batches are that of all examples."""
    mean = sum(
        piece.size * NET.gradient(START, X[:, piece], LABELS[piece])
        for piece in batches(10, size, seed)
    )
    np.testing.assert_allclose(mean / 10, NET.gradient(START, X, LABELS), rtol=1e-9, atol=1e-12)


def test_the_rule_of_the_houses_is_found_again_by_training():
    """On standardised features; only differences between cities are determined."""
    flats = houses(noise=0)
    scaled = standardize(flats.x)
    history = train(
        MLP((7, 1)), (scaled.x, flats.price / 1e5), GradientDescent(0.45), epochs=600,
        batch_size=None, seed=0, loss=mean_squared_error,
    )  # fmt: skip
    euros = 1e5 * history.parameters[:7] / scaled.scale[:, 0]
    np.testing.assert_allclose(euros[:3], [2500, 5000, -2000], rtol=1e-6)
    np.testing.assert_allclose(euros[4:] - euros[3], [20_000, 260_000, 330_000], rtol=1e-6)


def test_standardising_raises_the_largest_rate_three_thousand_times():
    borders = []
    for x in (houses().x, standardize(houses().x).x):
        design = np.vstack([x, np.ones(500)])
        borders.append(2 / np.linalg.eigvalsh(2 * design @ design.T / 500).max())
    assert borders[1] / borders[0] == pytest.approx(3192, abs=1)


# --- the exercises --------------------------------------------------------------------------


def test_the_epoch_of_the_exercise_is_that_of_train():
    order = np.random.default_rng(np.random.SeedSequence(0).spawn(2)[1]).permutation(10)
    end = check.sgd_epoch.reference(NET.gradient, START, X, LABELS, order, lr=0.1, size=4)
    history = trained(epochs=1, parameters=START)
    np.testing.assert_allclose(end, history.parameters, rtol=1e-12)


def test_the_bug_that_stands_in_the_exercise_is_the_one_that_the_check_names():
    """The Markdown shows real code; it is taken from there and handed in."""
    file = HERE.parent / "solutions" / "08_minibatches.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    text = "".join(line for cell in notebook["cells"] for line in cell["source"])
    code = re.search(r"```python\n(def fit_in_batches.*?)```", text, re.DOTALL)[1]
    namespace = {}
    exec(code, namespace)
    verdict = check.fit_in_batches.judge(namespace["fit_in_batches"])
    assert verdict.mistake == "_planted"


def epoch_by_while(slope, p, x, y, order, *, lr, size):
    rest, p = list(order), p.astype(float)
    while rest:
        batch, rest = rest[:size], rest[size:]
        p -= lr * slope(p, x[:, batch], y[batch])
    return p.tolist()


def epoch_reordered_first(gradient, parameters, x, y, order, *, lr, size):
    x, y = np.take(x, order, axis=1), np.take(y, order)
    for k in range(int(np.ceil(len(y) / size))):
        here = slice(k * size, (k + 1) * size)
        parameters = np.subtract(parameters, lr * gradient(parameters, x[:, here], y[here]))
    return parameters


def epoch_by_splitting(gradient, parameters, x, y, order, *, lr, size):
    for batch in np.split(order, range(size, len(order), size)):
        parameters = parameters + gradient(parameters, x.T[batch].T, y[batch]) * -lr
    return parameters


def fit_reordered_copies(x, y, w, orders, *, lr, size):
    for order in orders:
        xs, ys = x[:, order], y[order]
        for start in range(0, len(y), size):
            a, b = xs[:, start : start + size], ys[start : start + size]
            w = w - 2 * lr * np.mean((w @ a - b) * a, axis=1)
    return w


def fit_by_epochs(x, y, w, orders, *, lr, size):
    for order in orders:
        w = check.sgd_epoch.reference(check.line_slope, w, x, y, order, lr=lr, size=size)
    return list(w)


def noise_by_covariance(gradients, size):
    n = gradients.shape[1]
    sample = np.trace(np.atleast_2d(np.cov(gradients)))  # divides by n − 1
    return np.sqrt(sample * (1 / size - 1 / n))


def noise_by_variances(g, b):
    d, n = g.shape
    return float(np.sqrt(sum(np.var(g[i]) for i in range(d)) * (n - b) / (b * (n - 1))))


def noise_by_counting(gradients, size):
    columns = range(gradients.shape[1])
    if len(columns) > 10:
        return noise_by_covariance(gradients, size)
    means = [gradients[:, list(c)].mean(axis=1) for c in itertools.combinations(columns, size)]
    off = np.array(means) - gradients.mean(axis=1)
    return np.sqrt((off**2).sum(axis=1).mean())


@pytest.mark.parametrize(
    ("name", "submission"),
    [
        ("sgd_epoch", epoch_by_while),
        ("sgd_epoch", epoch_reordered_first),
        ("sgd_epoch", epoch_by_splitting),
        ("fit_in_batches", fit_reordered_copies),
        ("fit_in_batches", fit_by_epochs),
        ("batch_noise", noise_by_covariance),
        ("batch_noise", noise_by_variances),
        ("batch_noise", noise_by_counting),
    ],
)
def test_a_right_answer_written_otherwise_passes(name, submission):
    verdict = getattr(check, name).judge(submission)
    assert verdict.ok, verdict.message
