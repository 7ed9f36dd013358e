"""The gradient-check explorer: measured errors, the two that they are made of, a microscope."""

from functools import cache

import numpy as np
import pytest
from asking import ask, still

from coursekit.gradcheck import numerical_gradient
from coursekit.interactive import explore_gradient_check
from coursekit.interactive.gradient_checking import FUNCTIONS
from coursekit.interactive.slopes import EPS, FLOOR, SIZES


@cache
def usual():
    """Drawn once; nothing that is asked of it changes it."""
    return explore_gradient_check()


def scene_of(explorer, **changed):
    return explorer.compute(**explorer.spec["values"] | changed)


@pytest.mark.parametrize("method", ["forward", "central", "complex"])
@pytest.mark.parametrize("name", ["eˣ", "x³", "sin x", "x² + 10⁶"])
def test_the_slopes_are_those_of_numerical_gradient(name, method):
    """Every point of every curve, and the one at h."""
    f, grad = FUNCTIONS[name]
    x, h = 0.7, 3e-4
    arrays = scene_of(usual(), function=name, x=x, h=h).arrays
    with np.errstate(invalid="ignore"):
        slopes = np.array([numerical_gradient(f, x, step=s, method=method) for s in SIZES])
    errors = np.maximum(np.abs(slopes - grad(x)) / abs(grad(x)), FLOOR)
    np.testing.assert_array_equal(arrays[method][0], np.column_stack([SIZES, errors]))
    here = float(numerical_gradient(f, x, step=h, method=method))
    assert arrays[f"{method} here"].tolist() == [[here, abs(here - grad(x)) / abs(grad(x))]]


# f″ and f‴ by hand
DERIVATIVES = {
    "eˣ": (np.exp, np.exp),
    "x³": (lambda x: 6 * x, lambda x: 6.0),
    "sin x": (lambda x: -np.sin(x), lambda x: -np.cos(x)),
    "x² + 10⁶": (lambda x: 2.0, lambda x: 0.0),
}


@pytest.mark.parametrize("name", DERIVATIVES)
@pytest.mark.parametrize("x", [1.0, -2.3, 0.4])
def test_the_bend_and_the_rounding_are_those_of_the_formulas(name, x):
    """½ h |f″|, ⅙ h² |f‴| and ε |f| / h, relative to the slope."""
    f, grad = FUNCTIONS[name]
    second, third = (abs(d(x)) / abs(grad(x)) for d in DERIVATIVES[name])
    arrays = scene_of(usual(), function=name, x=x).arrays
    np.testing.assert_allclose(arrays["forward bend"][0, :, 1], second / 2 * SIZES, rtol=1e-5)
    np.testing.assert_allclose(arrays["central bend"][0, :, 1], third / 6 * SIZES**2, rtol=1e-5)
    rounding = np.finfo(float).eps * abs(f(x)) / SIZES / abs(grad(x))
    np.testing.assert_allclose(arrays["rounding"][0, :, 1], rounding, rtol=1e-12)


@pytest.mark.parametrize("name", DERIVATIVES)
def test_together_they_explain_the_error(name):
    """No error is much larger than both; where the bend rules, none is smaller than it."""
    arrays = scene_of(usual(), function=name, x=1.3).arrays
    for method in ("forward", "central"):
        measured, bend = arrays[method][0, :, 1], arrays[f"{method} bend"][0, :, 1]
        rounding = arrays["rounding"][0, :, 1]
        some = SIZES < 0.02  # beyond, further terms of the series show
        known = some & np.isfinite(measured)
        assert (measured <= 1.1 * bend + 2 * rounding + EPS)[known].all()
        ruled = known & (bend > 100 * rounding)
        assert (measured >= 0.9 * bend)[ruled].all()
        assert ruled.any() or not bend.any()


def test_the_best_h_is_where_the_lines_say():
    """The smallest error lies within a factor of 30 of the h in the sentence."""
    explorer = usual()
    assert "least near 2e-08 (forward) and 9e-06 (central)" in explorer.text
    arrays = scene_of(explorer).arrays
    for method, best in (("forward", 2.1e-8), ("central", 8.7e-6)):
        counted = SIZES[np.nanargmin(arrays[method][0, :, 1])]
        assert best / 30 < counted < best * 30


def test_the_microscope_shows_what_is_measured():
    """The secants have the measured slopes, in units of the true one, and run through the curve."""
    x, h = 1.0, 0.5
    arrays = scene_of(usual(), x=x, h=h).arrays
    for method in ("forward", "central"):
        (left, low), (right, high) = arrays[f"{method} secant"][0]
        measured = numerical_gradient(np.exp, x, step=h, method=method) / np.exp(x)
        np.testing.assert_allclose((high - low) / (right - left), measured, rtol=1e-12)
    seen = {u: (np.exp(x + u * h) - np.exp(x)) / h / np.exp(x) for u in (-1, 0, 1)}
    on = {m: np.interp([-1, 0, 1], *arrays[f"{m} secant"][0].T) for m in ("forward", "central")}
    np.testing.assert_allclose(on["forward"][1:], [seen[0], seen[1]], atol=1e-12)
    np.testing.assert_allclose(on["central"][[0, 2]], [seen[-1], seen[1]], atol=1e-12)
    np.testing.assert_allclose(np.interp(1, *arrays["curve"][0].T), seen[1], rtol=1e-4)


def test_at_tiny_h_the_microscope_shows_the_numbers_themselves():
    """Every one is a float64, and all that lie in between are there."""
    x, h = 1.0, 1e-15
    numbers = scene_of(usual(), x=x, h=h).arrays["numbers"]
    points = x + numbers[:, 0] * h
    np.testing.assert_array_equal(np.nextafter(points[:-1], 9), points[1:])
    assert "numbers" not in scene_of(usual(), x=x, h=1e-5).arrays


def test_a_kink_is_said_and_has_no_bend():
    scene = scene_of(usual(), function="|x|", x=0.0)
    assert scene.text.startswith("Here is a kink")
    assert not scene.arrays["forward bend"][0, :, 1].any()
    assert "complex" not in scene.arrays
    beside = scene_of(usual(), function="|x|", x=0.5)
    assert beside.text.endswith("No complex step: f does not take complex numbers.")
    wrong = beside.arrays["central"][0, :, 1] > 0.01
    assert wrong[SIZES > 0.52].all()  # the step reaches across the kink


def test_a_slope_of_zero_is_compared_as_it_is():
    """x² at 0: the forward difference is h, and nothing is divided by 0."""
    scene = scene_of(explore_gradient_check(lambda x: x**2, lambda x: 2 * x, x=0.0, h=0.01))
    assert scene.arrays["forward here"].tolist() == [[0.01, 0.01]]
    assert "of the slope" not in scene.text


def test_an_h_that_vanishes_beside_x():
    scene = scene_of(usual(), x=1.0, h=1e-16)
    assert "x + h is x again" in scene.text
    assert np.isnan(scene.arrays["forward here"]).all()


def test_your_own_function_and_its_mistake():
    """The verdict is that of check_gradient."""
    right = explore_gradient_check(np.tanh, lambda x: 1 - np.tanh(x) ** 2, x=0.5)
    assert "wrong" not in right.text
    assert [c["name"] for c in right.spec["controls"]] == ["h", "x"]
    wrong = explore_gradient_check(np.tanh, lambda x: np.tanh(x) ** 2 - 1, x=0.5)
    assert "check_gradient finds grad wrong. " in wrong.text
    assert "sign" in wrong.text


def test_a_hand_sets_h():
    """The place of the press, rounded; the handle is then there, the slider follows."""
    explorer = usual()
    scene = scene_of(explorer, hand=[0, 0.00123456, 1e-3])
    assert scene.values == {"h": 0.00123, "hand": None}
    assert scene.arrays["hold"][0, 0] == 0.00123
    np.testing.assert_array_equal(
        scene.arrays["central here"], scene_of(explorer, h=0.00123).arrays["central here"]
    )


def test_the_line_of_python_makes_the_same_picture():
    scene = scene_of(usual(), h=2.5e-7, x=-0.3, function="sin x")
    again = scene_of(eval(scene.code, {"explore_gradient_check": explore_gradient_check}))
    assert again.arrays.keys() == scene.arrays.keys()
    for name, array in scene.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)
    names = {"explore_gradient_check": explore_gradient_check, "f": np.tan, "grad": np.cos}
    scene = scene_of(explore_gradient_check(np.tan, np.cos, x=0.1))
    again = scene_of(eval(scene.code, names))
    np.testing.assert_array_equal(again.arrays["central"], scene.arrays["central"])


@pytest.mark.parametrize(
    ("arguments", "problem", "said"),
    [
        ({"f": "cosh"}, ValueError, "f must be a function or one of eˣ, x³"),
        ({"f": np.tanh}, ValueError, "needs f and grad, two functions"),
        ({"f": 3}, ValueError, "needs f and grad, two functions"),
        ({"x": np.nan}, ValueError, "x must be finite"),
        ({"x": [1.0, 2.0]}, ValueError, r"x as one number, got shape \(2,\)"),
        ({"x": "1"}, TypeError, "x must be made of real numbers"),
        ({"h": 0}, ValueError, "h must be a number > 0"),
        ({"h": -1e-5}, ValueError, "h must be a number > 0"),
    ],
)
def test_bad_arguments_are_refused_in_words(arguments, problem, said):
    with pytest.raises(problem, match=f"explore_gradient_check.*{said}"):
        explore_gradient_check(**arguments)


def test_the_answer_to_a_message():
    explorer = usual()
    assert list(ask(explorer, first=True).pictures) == ["errors", "microscope"]
    answer = ask(explorer, h=1e-3)
    for name, array in scene_of(explorer, h=1e-3).arrays.items():
        np.testing.assert_array_equal(answer.arrays[name], array)


def test_an_error_is_sent_as_a_sentence():
    """The slider of x goes where a logarithm has no value."""
    explorer = explore_gradient_check(np.log, lambda x: 1 / x)
    with np.errstate(all="raise"):  # nor is there a warning
        answer = ask(explorer, x=-1.0).content
    assert answer["error"]
    assert answer["text"].startswith("ValueError: check_gradient: f(x) must be finite")


def test_a_still_picture_with_words_for_it():
    picture, words = still(usual())
    assert words.startswith("The error of a measured slope. At h = 1e-05 the bend of the curve")
    for colour in ([0xD5, 0x5E, 0], [0, 0x72, 0xB2], [0, 0x9E, 0x73]):
        near = np.abs(np.asarray(picture, int) - colour).sum(axis=-1) < 90
        assert near.sum() > 100
