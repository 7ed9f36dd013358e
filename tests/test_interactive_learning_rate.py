"""The learning-rate explorer: its steps are those of `minimize`, its borders are true."""

import inspect

import numpy as np
import pytest
from asking import ask, still

from coursekit import schedules
from coursekit.descent import GradientDescent, minimize
from coursekit.gradcheck import check_gradient
from coursekit.interactive import explore_learning_rate
from coursekit.interactive.curves import CURVES, parabola
from coursekit.interactive.learning_rate import SCHEDULES
from coursekit.plotting import COLOURS

ALL = {curve.name: curve for curve in (parabola(2.0), *CURVES)}


@pytest.fixture(scope="module")
def usual():
    """Drawn once; nothing that is asked of it changes it."""
    return explore_learning_rate()


def scene_of(explorer, **changed):
    values = explorer.spec["values"] | changed
    return explorer.compute(**values | {"on": values["curve"]})  # as if it had been drawn before


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_steps_are_those_of_minimize(usual, name, schedule):
    """On every curve at every schedule, bit for bit."""
    scene = scene_of(usual, curve=name, schedule=schedule, lr=0.13, at=[1.7, 0.0])
    rate = SCHEDULES[schedule](0.13, 10)
    path = minimize(ALL[name], [1.7], GradientDescent(rate), steps=10)
    assert scene.arrays["w"].tolist() == path.x[:, 0].tolist()
    assert scene.arrays["loss"].tolist() == path.value.tolist()
    assert scene.arrays[name].tolist() == np.column_stack([path.x[:, 0], path.value]).tolist()
    assert scene.arrays["rate"].tolist() == [rate(t) for t in range(11)]
    assert scene.frames == 11


def test_chapter_03s_walks(usual):
    """w² from 4 at 0.4: 0.8, 0.16, …; w⁴ from 2.2 and 2.3 at 0.1, on both sides of the border."""
    walk = scene_of(usual, lr=0.4).arrays["w"]
    np.testing.assert_allclose(walk[:4], [4, 0.8, 0.16, 0.032], rtol=1e-12)
    inside = scene_of(usual, curve="quartic", at=[2.2, 0.0], lr=0.1)
    np.testing.assert_allclose(inside.arrays["w"][1:3], [-2.0592, 1.4335], rtol=1e-4)
    outside = scene_of(usual, curve="quartic", at=[2.3, 0.0], lr=0.1)
    assert outside.text.endswith("the numbers are too large to go on.")
    for scene in (inside, outside):
        np.testing.assert_allclose(scene.arrays["edge"], np.sqrt(2 / 0.4), rtol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_slopes_and_bends_are_derivatives(name):
    curve, w = ALL[name], np.linspace(-4.9, 4.9, 99)
    assert all(check_gradient(curve, curve.grad, np.array([v])).ok for v in w)
    h = 1e-5
    differences = (curve.slope(w + h) - curve.slope(w - h)) / (2 * h)
    np.testing.assert_allclose(curve.bend(w), differences, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_minima_are_minima(name):
    """SciPy finds the same ones between ±1 of each, to what a bracket can give."""
    optimize = pytest.importorskip("scipy.optimize")
    curve = ALL[name]
    for w in curve.minima:
        found = optimize.minimize_scalar(
            curve.value, bounds=(w - 0.3, w + 0.3), method="bounded", options={"xatol": 1e-10}
        )
        assert abs(found.x - w) < 1e-2 if name == "quartic" else abs(found.x - w) < 1e-6


@pytest.mark.parametrize(
    ("name", "minimum", "border"), [(n, w, b) for n, c in ALL.items() for w, b in c.borders.items()]
)
def test_a_walk_comes_to_rest_below_the_border_and_not_above(name, minimum, border):
    """From a ten-thousandth beside the minimum: nearer after 50 steps, or further away."""
    start = minimum + 1e-4
    below, above = (
        minimize(ALL[name], [start], GradientDescent(share * border), steps=50).x[-1, 0]
        for share in (0.97, 1.03)
    )
    assert abs(below - minimum) < 0.5e-4
    assert abs(above - minimum) > 2e-4


@pytest.mark.parametrize("lr", [0.02, 0.1, 0.7])
def test_beyond_the_edges_of_the_quartic_every_step_lands_further_out(usual, lr):
    arrays = scene_of(usual, curve="quartic", lr=lr).arrays
    (edge,) = arrays["edge"]
    out = scene_of(usual, curve="quartic", lr=lr, at=[1.01 * edge, 0.0]).arrays["w"]
    assert (np.abs(out[1:]) > np.abs(out[:-1])).all()
    inside = scene_of(usual, curve="quartic", lr=lr, at=[0.99 * edge, 0.0]).arrays["w"]
    assert (np.abs(inside[1:]) < np.abs(inside[:-1])).all()
    assert sorted(set(np.abs(arrays["edges"][0, :, 0][[0, 1, 3, 4]]))) == [edge]


def test_borders_stand_only_where_they_are_true(usual):
    borders = {
        name: [a for a in scene_of(usual, curve=name).arrays if a.startswith(("border", "edge"))]
        for name in ALL
    }
    assert borders == {
        "parabola": ["border 0"],
        "quartic": ["edges", "edge"],
        "hole": ["border 0"],
        "dent": ["border 0", "border 1"],
        "deep dent": ["border 0", "border 1"],
        "hyperbola": ["border 0"],
    }
    assert "edge" not in scene_of(usual, curve="quartic", schedule="cosine").arrays
    assert scene_of(usual).arrays["border 0"].tolist() == [1.0]
    steep = explore_learning_rate(curvature=50.0)
    assert scene_of(steep).arrays["border 0"].tolist() == [2 / 50]
    low, high = steep.spec["panels"][-1]["ylim"]
    assert low < 2 / 50 < high


@pytest.mark.parametrize(
    ("lr", "said"),
    [
        (0.05, "= 0.9: it comes closer from one side."),
        (0.5, "= 0: one step arrives."),
        (0.99, "= −0.98: it crosses the minimum and still comes closer."),
        (1.0, "= −1: it bounces for ever."),
        (1.05, "= −1.1: it crosses the minimum, lands further out each time, and diverges."),
    ],
)
def test_the_five_kinds_of_rate_in_words(usual, lr, said):
    """Those of the table of section 3.2, and the walk does as they say."""
    scene = scene_of(usual, lr=lr)
    assert said in scene.text
    w = scene.arrays["w"]
    np.testing.assert_allclose(w[1:], (1 - 2 * lr) * w[:-1], rtol=1e-9, atol=1e-12)


def test_where_it_ends_is_said(usual):
    assert scene_of(usual, lr=0.4).text.endswith("After 10 steps it is at w = 0.")
    assert scene_of(usual, lr=1.05).text.endswith("After 10 steps it is off the picture.")
    text = scene_of(usual, schedule="cosine").text
    assert text.startswith("From 4 on w² at cosine(0.3, steps=10). After 10 steps it is at w =")


def test_another_curve_begins_where_there_is_something_to_see(usual):
    values = usual.spec["values"] | {"curve": "dent"}
    scene = usual.compute(**values)
    assert scene.values["lr"] == ALL["dent"].lr
    assert scene.values["at"] == [4.0, float(ALL["dent"].value(np.array(4.0)))]
    assert scene.values["on"] == "dent"
    assert scene.hidden == [name for name in ALL if name != "dent"]
    assert scene_of(usual, curve="dent", lr=0.3, at=[1.0, 0.0]).values["lr"] == 0.3


def test_every_schedule_of_the_course_may_be_chosen():
    made = {name for name, _ in inspect.getmembers(schedules, inspect.isfunction)}
    made = {name for name in made if hasattr(getattr(schedules, name), "__wrapped__")}
    assert made == set(SCHEDULES)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"curve": "quartic", "lr": 0.0731, "at": [-2.345, 0.0]},
        {"curve": "deep dent", "schedule": "one_cycle", "lr": 0.2},
    ],
)
def test_the_line_of_python_makes_the_same_picture(usual, changed):
    scene = scene_of(usual, **changed)
    again = scene_of(eval(scene.code, {"explore_learning_rate": explore_learning_rate}))
    assert again.code == scene.code
    assert again.arrays.keys() == scene.arrays.keys()
    for name, array in scene.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)


@pytest.mark.parametrize(
    ("arguments", "problem", "said"),
    [
        ({"curve": "cubic"}, ValueError, "curve must be one of parabola, quartic"),
        ({"curve": 2.0}, ValueError, "curve must be one of parabola, quartic"),
        ({"schedule": "linear"}, ValueError, "schedule must be one of constant, step_decay"),
        ({"curvature": 0}, ValueError, "curvature must be a number > 0"),
        ({"lr": -0.1}, ValueError, "lr must be a number > 0"),
        ({"start": 6}, ValueError, "start must be between -5 and 5, got 6"),
        ({"start": np.nan}, ValueError, "start must be finite"),
        ({"start": (1, 2)}, ValueError, "start must be between"),
        ({"steps": 0}, ValueError, "steps must be a whole number ≥ 1"),
        ({"step": 11}, ValueError, "step must be at most steps=10, got 11"),
    ],
)
def test_bad_arguments_are_refused_in_words(arguments, problem, said):
    with pytest.raises(problem, match=f"explore_learning_rate.*{said}"):
        explore_learning_rate(**arguments)


def test_the_answer_to_a_message(usual):
    """The panels of the other curves are hidden, and their backgrounds are sent all the same."""
    answer = ask(usual, first=True)
    assert list(answer.pictures) == [*ALL, "rate"]
    assert answer.content["hidden"] == [name for name in ALL if name != "parabola"]
    assert answer.content["frames"] == len(answer.arrays["parabola"]) == 11
    assert ask(usual, lr=0.2).pictures == {}


def test_an_error_is_sent_as_a_sentence(usual):
    """A one-cycle of two steps has no room for its peak."""
    explorer = explore_learning_rate(steps=2)
    answer = ask(explorer, schedule="one_cycle").content
    assert answer["error"]
    assert answer["text"].startswith("ValueError: one_cycle needs its peak between")


def test_a_still_picture_with_words_for_it(usual):
    """Of the curve that is shown alone: all the others are as wide."""
    picture, words = still(usual)
    assert words == (
        "The learning rate on a curve. From 4 on w² at 0.3. Each step multiplies w by "
        "1 − lr · c = 0.4: it comes closer from one side. After 10 steps it is at w = 0.000419."
    )
    wide = sum(usual.spec["panels"][i]["width"] for i in (0, -1)) // 2
    assert picture.width == wide
    red = [int(COLOURS["vermilion"][i : i + 2], 16) for i in (1, 3, 5)]
    assert (np.abs(np.asarray(picture, int) - red).sum(axis=-1) < 60).sum() > 300
