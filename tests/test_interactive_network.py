"""The network explorer: its numbers are those of `train`, and its border lies where they say."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
from asking import ask, still

from coursekit.batches import train
from coursekit.datasets import circles, moons, spirals
from coursekit.interactive import explore_network
from coursekit.interactive.network import RULES
from coursekit.interactive.training_runs import MOMENTS, TrainingRun
from coursekit.networks import MLP
from coursekit.optimizers import Adam, GradientDescent, Momentum
from coursekit.plotting import COLOURS
from coursekit.schedules import constant

FEW = {"steps": 40, "n": 60, "hidden": (4,)}


@pytest.fixture(scope="module")
def usual():
    """Drawn once; nothing that is asked of it changes it."""
    return explore_network()


@pytest.fixture(scope="module")
def small():
    return explore_network(**FEW)


def scene_of(explorer, **changed):
    return explorer.compute(**explorer.spec["values"] | changed)


def trained(data, optimizer, *, sizes=(2, 16, 2), epochs=86, batch_size=32, activation="tanh"):
    net = MLP(sizes, activation)
    run = train(net, data, optimizer, epochs=epochs, batch_size=batch_size, seed=0, keep_path=True)
    return net, run


def test_the_losses_are_those_of_the_path_of_train(usual):
    """At each of 101 moments of 600 updates, bit for bit, on the points and in the test."""
    arrays = scene_of(usual).arrays
    data, test = moons(200, seed=1), moons(200, seed=2)
    net, run = trained(data, GradientDescent(1.0))
    path = run.path[:601:6]
    assert arrays["loss"].tolist() == [net.loss(p, *data) for p in path]
    assert arrays["test loss"].tolist() == [net.loss(p, *test) for p in path]
    right = [(net.predict(p, data.x).argmax(axis=0) == data.labels).mean() for p in path]
    assert arrays["right"].tolist() == right
    assert arrays["batches"][:, 1].tolist() == run.step_loss[:600].tolist()
    assert arrays["of batch"][:-1].tolist() == run.step_loss[:600:6].tolist()
    assert np.isnan(arrays["of batch"][-1])  # no batch comes after the last update


def test_whole_epochs_agree_with_the_history():
    """84 updates in batches of 32 of 200 are 12 epochs; each ends at a moment that is shown."""
    data = moons(200, seed=1)
    arrays = scene_of(explore_network(steps=84)).arrays
    _, run = trained(data, GradientDescent(1.0), epochs=12)
    np.testing.assert_allclose(arrays["loss"][::7], run.loss, rtol=1e-12)


@pytest.mark.parametrize(
    ("changed", "data", "rule"),
    [
        ({"data": "circles"}, circles, GradientDescent(1.0)),
        ({"data": "spirals"}, lambda n, seed: spirals(n, seed=seed, turns=0.75), RULES["Momentum"]),
        ({"lr": 0.2}, moons, GradientDescent(0.2)),
        ({"lr": 0.01, "rule": "Adam", "tuned": "Adam"}, moons, Adam(0.01)),
    ],
)
def test_each_control_reaches_the_training(small, changed, data, rule):
    if type(rule) is Momentum:
        changed = changed | {"rule": "Momentum"}
    arrays = scene_of(small, **changed).arrays
    net, run = trained(data(60, seed=1), rule, sizes=(2, 4, 2), epochs=20)
    assert arrays["loss"].tolist() == [net.loss(p, *data(60, seed=1)) for p in run.path[:41]]


@pytest.mark.parametrize(
    ("changed", "arguments", "sizes"),
    [
        ({"batch": "4"}, {"batch_size": 4, "epochs": 3}, (2, 4, 2)),
        ({"batch": "all"}, {"batch_size": None, "epochs": 40}, (2, 4, 2)),
        ({"activation": "relu"}, {"activation": "relu", "epochs": 20}, (2, 4, 2)),
        ({"units 1": 7}, {"epochs": 20}, (2, 7, 2)),
    ],
)
def test_batch_size_activation_and_units(small, changed, arguments, sizes):
    scene = scene_of(small, **changed)
    data = moons(60, seed=1)
    net, run = trained(data, GradientDescent(1.0), sizes=sizes, **arguments)
    assert scene.arrays["loss"].tolist() == [net.loss(p, *data) for p in run.path[:41]]


def test_the_border_lies_where_both_classes_are_even(usual):
    """On the fine map: the network itself, asked there, gives nearly one half to each."""
    arrays = scene_of(usual).later()
    net, run = trained(moons(200, seed=1), GradientDescent(1.0))
    points = arrays["border"][-1]
    points = points[~np.isnan(points).any(axis=1)]
    assert len(points) > 80
    lead = np.diff(net.predict(run.path[600], points.T), axis=0)[0]
    share = 1 / (1 + np.exp(-lead))
    np.testing.assert_allclose(share, 0.5, atol=0.02)


@pytest.mark.parametrize("later", [False, True])
def test_the_tint_is_the_probability_of_class_1(usual, later):
    """At the middle of each cell, upper row first, in steps of 1/255."""
    scene = scene_of(usual)
    classes = (scene.later() if later else scene.arrays)["classes"]
    n = classes.shape[1]
    assert classes.shape == (101, n, n)
    net, run = trained(moons(200, seed=1), GradientDescent(1.0))
    left, right, low, high = usual.spec["layers"][0]["box"]
    for row, column in ((0, 0), (n // 2, n // 3), (n - 1, n - 1)):
        x = left + (right - left) * (column + 0.5) / n
        y = high - (high - low) * (row + 0.5) / n
        first, second = net.predict(run.path[300], [x, y])
        share = 1 / (1 + np.exp(first - second))
        assert abs(classes[50, row, column] / 255 - share) <= 0.5 / 255 + 1e-9


def test_a_border_that_is_not_there_leaves_nothing_to_draw():
    """One class only: no cell is even, and no point has a place."""
    data = moons(20, seed=1)
    run = TrainingRun(MLP((2, 2)), data, None, GradientDescent(1.0), None, 0, 1)
    run.history.path[:] = [0, 0, 0, 0, 5, -5]  # class 0 everywhere
    classes, border = run.maps((-1, 1, -1, 1), 8)
    assert (classes == 0).all()
    assert np.isnan(border).all()


def test_another_optimizer_begins_at_its_own_rate(usual):
    scene = scene_of(usual, rule="Adam")
    assert scene.values == {"lr": RULES["Adam"].lr, "tuned": "Adam"}
    assert "Adam(lr=0.03)" in scene.code
    scene = scene_of(usual, rule="Adam", tuned="Adam", lr=0.5)
    assert scene.values["lr"] == 0.5


def test_an_optimizer_keeps_its_other_settings():
    explorer = explore_network("moons", Momentum(0.2, beta=0.5, average=True), **FEW)
    assert "Momentum(lr=0.2, beta=0.5, average=True)" in scene_of(explorer).code
    changed = scene_of(explorer, lr=0.1).code
    assert "Momentum(lr=0.1, beta=0.5, average=True)" in changed


class Nothing(NamedTuple):
    pass


@dataclass
class Backwards:
    """A reader's own optimizer: uphill, and a dataclass that has no hash."""

    lr: float = 0.5

    def init(self, x):
        return Nothing()

    def step(self, x, grad, state):
        return x + self.lr * grad, state


def test_an_optimizer_of_ones_own():
    explorer = explore_network(optimizer=Backwards(), **FEW)
    (rule,) = (c for c in explorer.spec["controls"] if c["name"] == "rule")
    assert rule["value"] == "Backwards"
    assert rule["options"] == [*RULES, "Backwards"]
    loss = scene_of(explorer).arrays["loss"]
    assert loss[-1] > 2 * loss[0]


def test_divergence_is_said_and_the_moments_end_with_it():
    """At a rate of 1e200 the numbers overflow before the run ends; nothing warns."""
    explorer = explore_network(**FEW)
    with np.errstate(all="raise"):
        scene = scene_of(explorer, activation="identity", lr=1e200)
    assert "it diverges. After" in scene.text
    assert scene.frames == len(scene.arrays["loss"]) == len(scene.captions) < 41
    assert len(scene.arrays["classes"]) == scene.frames


@pytest.mark.parametrize(("lr", "said"), [(1.0, "1 update"), (1e200, "0 updates")])
def test_a_run_that_diverges_at_once_still_shows_its_start(lr, said):
    """Points so far out that the second gradient is no number, or a step that is none."""
    x, labels = moons(60, seed=1)
    explorer = explore_network((1e200 * x, labels), hidden=(4,), activation="identity")
    scene = scene_of(explorer, lr=lr)
    assert scene.frames == 1
    assert scene.text.endswith(f"diverges. After {said} its numbers are too large to go on.")
    assert np.isnan(scene.arrays["of batch"]).all() == (said == "0 updates")


def test_no_better_than_a_guess_is_said():
    text = scene_of(explore_network(**FEW), lr=30.0, seed=1).text
    assert text.endswith("no better than a blind guess, whose loss is ln 2 = 0.693.")
    assert "guess" not in scene_of(explore_network()).text


def test_points_of_ones_own():
    """Other than ours they have a frame of their own, and a test only where one is given."""
    data = (3 + 100 * moons(30, seed=5).x, moons(30, seed=5).labels)
    explorer = explore_network(data, steps=20)
    assert next(iter(explorer.spec["controls"]))["name"] == "rule"
    scene = scene_of(explorer)
    assert "test loss" not in scene.arrays
    assert "test" not in scene.text
    plane = explorer.spec["panels"][0]
    assert plane["xlim"][0] < data[0][0].min() < data[0][0].max() < plane["xlim"][1]
    assert plane["ylim"][0] < data[0][1].min() < data[0][1].max() < plane["ylim"][1]
    with_test = explore_network(data, test=data, steps=20)
    arrays = scene_of(with_test).arrays
    assert arrays["test loss"].tolist() == arrays["loss"].tolist()


def test_one_point_is_enough():
    scene = scene_of(explore_network(([[1.0], [2.0]], [1]), steps=5))
    assert np.isfinite(scene.arrays["loss"]).all()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"data": "circles", "rule": "Adam", "tuned": "Adam", "lr": 0.0271, "batch": "all"},
        {"activation": "relu", "seed": 3, "units 1": 5, "units 2": 3, "batch": "4"},
    ],
)
def test_the_line_of_python_makes_the_same_picture(changed):
    explorer = explore_network(hidden=(4, 2), steps=30, n=50)
    scene = scene_of(explorer, **changed)
    names = {"explore_network": explore_network}
    names |= {"GradientDescent": GradientDescent, "Adam": Adam}
    again = scene_of(eval(scene.code, names))
    assert again.code == scene.code
    for name, array in scene.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)


def test_the_line_of_python_for_points_of_ones_own():
    data = moons(30, seed=5)
    scene = scene_of(explore_network(data, test=data, steps=10), seed=2)
    names = {"explore_network": explore_network, "GradientDescent": GradientDescent}
    again = scene_of(eval(scene.code, names | {"data": data, "test": data}))
    np.testing.assert_array_equal(again.arrays["test loss"], scene.arrays["test loss"])


@pytest.mark.parametrize(
    ("arguments", "problem", "said"),
    [
        ({"data": "moon"}, ValueError, "data must be one of moons, circles, spirals, got 'moon'"),
        ({"data": 3}, TypeError, r"data must be a pair \(x, labels\), got int"),
        ({"data": ([[1.0, 2.0]], [0, 1])}, ValueError, r"x must be points \(2, n\)"),
        ({"data": (np.full((2, 2), np.nan), [0, 1])}, ValueError, "x must be finite"),
        ({"data": (np.ones((2, 2)), [0, 2])}, ValueError, "labels must be 2 times 0 or 1"),
        ({"data": (np.ones((2, 2)), [0, 1, 1])}, ValueError, "labels must be 2 times 0 or 1"),
        ({"test": moons()}, ValueError, "needs test only with data of your own"),
        ({"optimizer": Adam}, TypeError, "got the class Adam"),
        ({"optimizer": "adam"}, TypeError, "needs an optimizer with init and step"),
        ({"optimizer": Adam(constant(0.1))}, ValueError, "whose lr is a number"),
        ({"hidden": (0,)}, ValueError, "each of hidden must be a whole number ≥ 1"),
        ({"hidden": (2.5,)}, ValueError, "each of hidden must be a whole number ≥ 1"),
        ({"batch_size": 0}, ValueError, "batch_size must be a whole number ≥ 1"),
        ({"n": 1}, ValueError, "n must be a whole number ≥ 2"),
        ({"steps": 0}, ValueError, "steps must be a whole number ≥ 1"),
        ({"seed": -1}, ValueError, "seed must be a whole number ≥ 0"),
        ({"step": 101}, ValueError, "step must be at most 100, got 101"),
        ({"steps": 5, "step": 6}, ValueError, "step must be at most 5, got 6"),
    ],
)
def test_bad_arguments_are_refused_in_words(arguments, problem, said):
    with pytest.raises(problem, match=f"explore_network.*{said}"):
        explore_network(**arguments)


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="activation must be one of tanh"):
        explore_network(activation="tan")


def test_at_most_a_hundred_pictures_and_none_twice():
    for steps in (1, 7, 99, 100, 101, 250):
        scene = scene_of(explore_network(steps=steps, hidden=(2,), n=20))
        assert scene.frames == min(steps, MOMENTS) + 1
        assert scene.captions[0].startswith(f"Update 0 of {steps}, epoch 0.0")
        assert scene.captions[-1].startswith(f"Update {steps} of {steps}, epoch {steps:.1f}")
        assert len(set(scene.captions)) == scene.frames
        assert scene.arrays["batches"][:, 0].max() < scene.frames - 1 or steps == 1


def test_the_batch_size_given_is_among_those_to_choose_from():
    def sizes(**arguments):
        controls = explore_network(hidden=(2,), steps=2, **arguments).spec["controls"]
        (batch,) = (c for c in controls if c["name"] == "batch")
        return batch["options"], batch["value"]

    assert sizes(batch_size=7) == (["1", "4", "7", "16", "32", "64", "all"], "7")
    assert sizes(batch_size=None) == (["1", "4", "16", "32", "64", "all"], "all")
    assert sizes(batch_size=50, n=50) == (["1", "4", "16", "32", "all"], "all")


def test_the_answer_to_a_message(usual):
    """Coarse and at once, then the fine map alone; bytes for the tint; the backgrounds once."""
    answer = ask(usual, first=True)
    assert list(answer.pictures) == ["plane", "loss"]
    assert answer.content["more"]
    assert answer.arrays["classes"].dtype == np.uint8
    assert answer.content["frames"] == len(answer.arrays["loss"]) == 101
    fine = ask(usual, later=True)
    assert sorted(fine.arrays) == ["border", "classes"]
    assert fine.arrays["classes"].shape[1] > answer.arrays["classes"].shape[1]
    x, labels = moons(200, seed=1)
    np.testing.assert_array_equal(answer.arrays["class 1"], x[:, labels == 1].T)


def test_an_error_is_sent_as_a_sentence(usual):
    answer = ask(usual, lr=-1.0).content
    assert answer["error"]
    assert answer["text"].startswith("ValueError: GradientDescent: lr must be")


def test_a_still_picture_with_words_for_it(usual):
    picture, words = still(usual)
    assert words == (
        "A network learns to tell two classes apart. 2-16-2 units (tanh), "
        "GradientDescent(lr=1.0), batches of 32: after 600 updates the loss is 0.024, in the "
        "test 0.033, and 99% are right."
    )
    pixels = np.asarray(picture, int)
    for name in ("blue", "orange", "vermilion"):
        colour = [int(COLOURS[name][i : i + 2], 16) for i in (1, 3, 5)]
        assert (np.abs(pixels - colour).sum(axis=-1) < 60).sum() > 40, name
