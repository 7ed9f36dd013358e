"""The line-fit explorer: a line held by hand, its squares, and the four steps in numbers."""

from functools import cache

import numpy as np
import pytest
from asking import ask, still

from coursekit.datasets import shoe_sizes
from coursekit.descent import GradientDescent, minimize
from coursekit.interactive import explore_line_fit
from coursekit.interactive.line_fit import SQUARES
from coursekit.linefit import LineFit
from coursekit.losses import huber_loss, mean_squared_error

SHOES = LineFit(*shoe_sizes())


@cache
def usual():
    """Drawn once; nothing that is asked of it changes it."""
    return explore_line_fit()


def scene_of(explorer, **changed):
    return explorer.compute(**explorer.spec["values"] | changed)


def held(explorer, scene, number, y):
    """The line after end `number` has been put to height y."""
    x = scene.arrays["ends"][number, 0]
    return scene_of(explorer, line=scene.values["line"], hand=[number, x, y])


@pytest.mark.parametrize("start", [(1.0, 0.0), (-0.5, 2.0)])
@pytest.mark.parametrize("lr", [0.1, 0.02])
def test_the_numbers_are_those_of_minimize(start, lr):
    """Line, loss, gradient, step and new line, in every frame, bit for bit."""
    arrays = scene_of(explore_line_fit(lr=lr, start=start, steps=40)).arrays
    path = minimize(SHOES, start, GradientDescent(lr), steps=40)
    assert arrays["parameters"].tolist() == path.x.tolist()
    assert arrays["loss"].tolist() == path.value.tolist()
    assert arrays["gradient"].tolist() == [SHOES.grad(x).tolist() for x in path.x]
    assert arrays["next"][:-1].tolist() == path.x[1:].tolist()


def test_the_lectures_four_steps():
    """Slope 1 and intercept 0; −3.44 and −3.80; −0.344 and −0.38; the new line."""
    arrays = scene_of(usual()).arrays
    assert arrays["parameters"][0].tolist() == [1.0, 0.0]
    np.testing.assert_allclose(arrays["loss"][0], 1.41, rtol=1e-12)
    np.testing.assert_allclose(arrays["gradient"][0], (-3.44, -3.80), rtol=1e-12)
    np.testing.assert_allclose(arrays["step"][0], (-0.344, -0.38), rtol=1e-12)
    np.testing.assert_allclose(arrays["next"][0], (1.344, 0.38), rtol=1e-12)


def on_the_screen(explorer, corners):
    """Corners in pixels, as `layers.js` places them."""
    panel = explorer.spec["panels"][0]
    left, bottom, width, height = panel["axes"]
    share = (corners - [panel["xlim"][0], panel["ylim"][0]]) / [
        np.ptp(panel["xlim"]),
        np.ptp(panel["ylim"]),
    ]
    place = [left, bottom] + share * [width, height]
    return place * [panel["width"], panel["height"]]


def test_squares_are_squares_on_the_screen():
    """All sides are as long as the residual; the areas, in its unit, add up to the loss."""
    explorer = usual()
    arrays = scene_of(explorer).arrays
    squares = on_the_screen(explorer, arrays["squares"])  # (frames, points, corners, 2)
    sides = np.linalg.norm(squares - np.roll(squares, 1, axis=2), axis=-1)
    np.testing.assert_allclose(sides, sides[..., :1] * np.ones(4), rtol=1e-9, atol=1e-9)
    unit = np.ptp(on_the_screen(explorer, np.array([[0.0, 0.0], [0.0, 1.0]]))[:, 1])
    np.testing.assert_allclose(((sides[..., 0] / unit) ** 2).sum(axis=1), arrays["loss"], rtol=1e-9)


def test_squares_lie_beside_the_line():
    """The line never runs through a square: its four corners are all on one side."""
    arrays = scene_of(explore_line_fit(start=(-2.0, 3.0))).arrays
    slope, intercept = arrays["parameters"].T[..., None, None]
    above = arrays["squares"][..., 1] - (slope * arrays["squares"][..., 0] + intercept)
    assert ((above > -1e-9).all(axis=-1) | (above < 1e-9).all(axis=-1)).all()


def test_each_residual_reaches_from_its_point_to_the_line():
    arrays = scene_of(usual()).arrays
    strokes = arrays["residuals"].reshape(len(arrays["parameters"]), 3, 3, 2)
    assert np.isnan(strokes[:, :, 2]).all()  # the pen is lifted between them
    np.testing.assert_array_equal(strokes[:, :, 0, 1], np.tile(SHOES.y, (len(strokes), 1)))
    np.testing.assert_array_equal(strokes[:, :, 1, 1], SHOES.predict(arrays["parameters"].T))


def test_an_end_is_moved_and_the_other_stays():
    explorer = usual()
    scene = scene_of(explorer)
    for number, other in ((0, 2), (2, 0)):
        moved = held(explorer, scene, number, 1.7)
        np.testing.assert_allclose(moved.arrays["ends"][number, 1], 1.7, atol=1e-4)
        np.testing.assert_allclose(
            moved.arrays["ends"][other], scene.arrays["ends"][other], atol=1e-4
        )


def test_held_in_the_middle_the_line_keeps_its_slope():
    explorer = usual()
    moved = held(explorer, scene_of(explorer), 1, 1.7)
    assert moved.values["line"][0] == 1.0
    np.testing.assert_allclose(moved.arrays["ends"][1, 1], 1.7, atol=1e-4)


def test_what_a_hand_moves_is_in_sight_and_taken_over():
    """The first frame is shown, the wishes are spent, the end that is held is marked."""
    explorer = usual()
    moved = held(explorer, scene_of(explorer), 2, 1.5)
    assert (moved.frame, moved.values["hand"], moved.values["point"]) == (0, None, None)
    assert moved.arrays["held end"].tolist() == moved.arrays["ends"][[2]].tolist()
    assert moved.arrays["parameters"][0].tolist() == moved.values["line"]
    set_on_map = scene_of(explorer, point=[0, 2.25, -0.5])
    assert set_on_map.values["line"] == [2.25, -0.5]
    assert scene_of(explorer).frame is None  # a slider leaves the player where it is
    assert "held end" not in scene_of(explorer).arrays


def test_the_line_of_python_makes_the_same_picture():
    explorer = explore_line_fit(steps=20)
    scene = scene_of(explorer, point=[0, 1.23456789123, -0.3333333333], lr=0.05)
    again = scene_of(eval(scene.code, {"explore_line_fit": explore_line_fit}))
    for name in ("parameters", "loss", "gradient"):
        np.testing.assert_array_equal(again.arrays[name], scene.arrays[name])
    fit = LineFit([0.0, 1.0, 2.0], [1.0, 0.5, 3.0])
    scene = scene_of(explore_line_fit(fit), lr=0.05)
    again = scene_of(eval(scene.code, {"explore_line_fit": explore_line_fit, "fit": fit}))
    np.testing.assert_array_equal(again.arrays["loss"], scene.arrays["loss"])


def test_the_map_holds_the_best_line_and_the_start():
    """For data of any scale; the best line is SciPy's."""
    linregress = pytest.importorskip("scipy.stats").linregress
    rng = np.random.default_rng(2)
    for scale_x, scale_y in ((1.0, 1.0), (1e3, 1e-3), (1e-4, 50.0)):
        x = scale_x * rng.uniform(1, 3, 20)
        y = scale_y * (rng.normal(size=20) + 2)
        best = linregress(x, y)
        start = (-7 * scale_y / scale_x, 4 * scale_y)
        panel = explore_line_fit(LineFit(x, y), start=start, lr=1e-9).spec["panels"][1]
        for slope, intercept in ((best.slope, best.intercept), start):
            assert panel["xlim"][0] < slope < panel["xlim"][1]
            assert panel["ylim"][0] < intercept < panel["ylim"][1]


def test_squares_only_where_they_add_up_to_the_loss():
    x, y = shoe_sizes()
    assert "squares" in scene_of(explore_line_fit(LineFit(x, y, mean_squared_error))).arrays
    assert "squares" not in scene_of(explore_line_fit(LineFit(x, y, huber_loss(0.1)))).arrays
    many = LineFit(np.linspace(0, 1, SQUARES + 1), np.linspace(0, 1, SQUARES + 1))
    assert "squares" not in scene_of(explore_line_fit(many, lr=0.01)).arrays


def test_divergence_is_said():
    explorer = usual()
    assert scene_of(explorer, lr=1.0).text.startswith("It climbs: after 60 steps the loss is 1.47")
    explorer = explore_line_fit(steps=1000)
    with np.errstate(all="raise"):  # nor is there a warning
        scene = scene_of(explorer, lr=1.0)
    assert scene.text.startswith("It diverges: after ")
    assert scene.frames == len(scene.arrays["squares"]) < 1000


@pytest.mark.parametrize(
    ("arguments", "problem", "said"),
    [
        ({"fit": shoe_sizes()}, TypeError, "fit must be a LineFit, got"),
        ({"lr": 0}, ValueError, "lr must be a number > 0"),
        ({"lr": np.nan}, ValueError, "lr must be a number > 0"),
        ({"start": 1.0}, ValueError, r"start as \(slope, intercept\), got shape \(\)"),
        ({"start": (1, 2, 3)}, ValueError, r"got shape \(3,\)"),
        ({"start": (np.inf, 0)}, ValueError, "start must be finite"),
        ({"start": "ab"}, TypeError, "start must be made of real numbers"),
        ({"steps": 0}, ValueError, "steps must be a whole number ≥ 1"),
        ({"steps": 2.5}, ValueError, "steps must be a whole number ≥ 1"),
    ],
)
def test_bad_arguments_are_refused_in_words(arguments, problem, said):
    with pytest.raises(problem, match=f"explore_line_fit.*{said}"):
        explore_line_fit(**arguments)


def test_one_point_is_enough():
    scene = scene_of(explore_line_fit(LineFit([2.0], [3.0])))
    assert np.isfinite(scene.arrays["squares"]).all()


def test_the_answer_to_a_message():
    """What follows from the hand goes back with the arrays; the backgrounds go once."""
    explorer = usual()
    first = ask(explorer, first=True)
    assert list(first.pictures) == ["data", "loss"]
    answer = ask(explorer, hand=[1, 0.85, 1.5])
    assert answer.pictures == {}
    assert answer.content["frame"] == 0
    line = answer.content["values"]["line"]
    np.testing.assert_array_equal(answer.arrays["parameters"][0], line)
    path = minimize(SHOES, line, GradientDescent(0.1), steps=60)
    np.testing.assert_array_equal(answer.arrays["loss"], path.value)


def test_an_error_is_sent_as_a_sentence():
    answer = ask(usual(), lr=-1.0).content
    assert answer["error"]
    assert answer["text"].startswith("ValueError: GradientDescent: lr must be")


def test_a_still_picture_with_words_for_it():
    picture, words = still(usual())
    assert words == (
        "A line through points. After 60 steps: slope 1.77, intercept −0.002094, loss 0.0714. "
        "Your line has the loss 1.41."
    )
    red = np.abs(np.asarray(picture, int) - [0xD5, 0x5E, 0]).sum(axis=-1) < 60
    assert red.sum() > 100  # the squares
