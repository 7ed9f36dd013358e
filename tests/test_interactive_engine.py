"""What an explorer answers, whatever it is about."""

import io
import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from asking import ask, still
from PIL import Image

from coursekit.interactive.controls import box, choice, slider
from coursekit.interactive.explorer import Explorer, Panel, Scene
from coursekit.interactive.still import _KINDS
from coursekit.plotting import subplots

PROJECT = Path(__file__).parents[1]


def panel(name="plane", **limits):
    fig, ax = subplots(width=3.0, height=2.0)
    ax.set(**{"xlim": (0, 10), "ylim": (1e-2, 1e4), "yscale": "log", **limits})
    return Panel(name, fig, "A plane", "point")


def explorer(compute, **others):
    layers = [{"panel": "plane", "kind": "points", "of": "points", "colour": "#000000"}]
    values = {"point": [1.0, 2.0]}
    return Explorer(
        "A test", [panel()], [slider("size", 1.0, (0, 2))], layers, values, compute, **others
    )


def points(point, size):
    """A scene of two points, or an error for a size of 2."""
    if size == 2:
        raise ValueError("size must be less than 2, got 2.")
    both = np.array([point, [size, 10.0]])
    return Scene({"points": both}, text=f"Two points, {size:g} apart.", code="points()")


def test_an_answer_has_the_arrays_of_compute_byte_for_byte():
    """The browser is sent what Python computed for the values that it asked with."""
    answer = ask(explorer(points), point=[0.1, 0.7], size=1 / 3)
    assert answer.arrays["points"].tobytes() == np.array([[0.1, 0.7], [1 / 3, 10.0]]).tobytes()
    assert answer.content["text"] == "Two points, 0.333333 apart."
    assert answer.content["code"] == "points()"


def test_every_kind_of_number_arrives_as_the_browser_can_read_it():
    """Whole numbers and booleans become float64, bytes stay, and rows stay rows."""
    whole, turned = np.arange(6).reshape(2, 3), np.arange(6.0).reshape(2, 3).T
    pixels = np.arange(8, dtype=np.uint8).reshape(1, 2, 1, 4)

    def compute(point, size):
        arrays = {"whole": whole, "turned": turned, "pixels": pixels, "yes": whole > 2}
        return Scene(arrays | {"big-endian": whole.astype(">f8"), "one": np.float64(3)})

    arrays = ask(explorer(compute), size=0.5).arrays
    np.testing.assert_array_equal(arrays["whole"], whole)
    np.testing.assert_array_equal(arrays["turned"], turned)
    np.testing.assert_array_equal(arrays["pixels"], pixels)
    np.testing.assert_array_equal(arrays["yes"], whole > 2)
    np.testing.assert_array_equal(arrays["big-endian"], whole)
    assert {name: str(a.dtype) for name, a in arrays.items() if name != "pixels"} == dict.fromkeys(
        ("whole", "turned", "yes", "big-endian", "one"), "float64"
    )


def test_only_the_first_answer_of_a_view_has_the_pictures():
    """A background is sent once, at the size that the browser is told."""
    shown = explorer(points)
    assert ask(shown, size=0.5).pictures == {}
    (spec,) = shown.spec["panels"]
    picture = Image.open(io.BytesIO(ask(shown, first=True).pictures["plane"]))
    assert picture.size == (spec["width"], spec["height"]) == (600, 400)


def test_the_axes_lie_where_the_browser_is_told():
    """The black axis lines of the picture are at the borders of `axes`, to a pixel or two."""
    spec = explorer(points).spec["panels"][0]
    left, bottom, width, height = spec["axes"]
    dark = np.asarray(Image.open(io.BytesIO(panel().png)).convert("L")) < 100
    row, column = dark.sum(axis=1).argmax(), dark.sum(axis=0).argmax()
    assert abs(row - (1 - bottom) * spec["height"]) <= 2
    assert abs(column - left * spec["width"]) <= 2
    assert abs(np.flatnonzero(dark[row]).max() - (left + width) * spec["width"]) <= 3
    top = np.flatnonzero(dark[:, column]).min()
    assert abs(top - (1 - bottom - height) * spec["height"]) <= 3
    assert (spec["xlim"], spec["ylim"]) == ([0, 10], [1e-2, 1e4])
    assert (spec["xlog"], spec["ylog"]) == (False, True)


def test_an_error_is_answered_by_its_sentence():
    """Nothing is silent: the reader gets the message, and a new view its pictures all the same."""
    answer = ask(explorer(points), size=2)
    assert answer.content["error"]
    assert answer.content["text"] == "ValueError: size must be less than 2, got 2."
    assert answer.content["arrays"] == []

    shown = explorer(points)
    sent = []
    shown.send = lambda content, buffers=(): sent.append((content, buffers))
    values = shown.spec["values"] | {"size": 2}
    shown._answer(None, {"ask": "b/1", "values": values, "first": True, "later": False}, [])
    ((content, buffers),) = sent
    assert (content["pictures"], len(buffers)) == (["plane"], 1)


def test_an_interrupted_kernel_still_answers():
    """Interrupting a slow scene does not leave the browser waiting."""
    shown = explorer(points)

    def interrupted(**values):
        raise KeyboardInterrupt

    shown.compute = interrupted
    assert "KeyboardInterrupt" in ask(shown, size=0.5).content["text"]


def test_bad_first_values_raise_and_leave_no_figure():
    """An error in the cell is the cell's, and no half-drawn picture appears under it."""
    with pytest.raises(ValueError, match="size must be less than 2"):
        Explorer("A test", [panel()], [slider("size", 2, (0, 2))], [], {"point": [0, 0]}, points)
    assert plt.get_fignums() == []


def test_what_takes_long_is_asked_for_later():
    """The first answer says that there is more; the second has it, and only it."""
    calls = []

    def slow():
        calls.append("slow")
        return {"more": np.ones(3)}

    shown = explorer(lambda point, size: Scene({"points": np.zeros((1, 2))}, later=slow))
    calls.clear()
    at_once = ask(shown, size=0.5)
    assert at_once.content["more"]
    assert list(at_once.arrays) == ["points"]
    assert calls == []
    later = ask(shown, size=0.5, later=True)
    assert list(later.arrays) == ["more"]
    assert later.content["later"]
    assert not later.content["more"]
    assert not ask(explorer(points), size=0.5).content["more"]


def test_the_first_scene_is_not_computed_twice():
    """A view that asks with the first values gets what the cell has computed."""
    asked = []

    def compute(point, size):
        asked.append(size)
        return points(point, size)

    shown = explorer(compute)
    ask(shown, first=True)
    assert asked == [1.0]
    ask(shown, size=0.5)
    assert asked == [1.0, 0.5]


def test_without_a_kernel_a_picture_and_its_words_are_left():
    """The still has what moves on it; the words are title and outcome, the same in every run."""
    picture, words = still(explorer(points))
    assert words == "A test. Two points, 1 apart."
    empty, _ = still(explorer(lambda point, size: Scene({})))
    assert np.asarray(picture).std() != np.asarray(empty).std()
    assert plt.get_fignums() == []


def test_the_browser_can_be_told_of_it():
    """All of `spec` is JSON; the values are those of the controls, too."""
    spec = json.loads(json.dumps(explorer(points, frame=3, step_argument="step").spec))
    assert spec["values"] == {"point": [1.0, 2.0], "size": 1.0}
    assert (spec["frame"], spec["step_argument"], spec["copies"]) == (3, "step", True)
    assert not explorer(lambda point, size: Scene({})).spec["copies"]


def test_every_kind_of_layer_is_drawn_in_both_ways():
    """What the browser draws, the still picture has, too, and the other way round."""
    script = (PROJECT / "coursekit/interactive/js/layers.js").read_text("utf-8")
    drawn = script[script.index("const DRAW = {") :]
    assert set(re.findall(r"^  (\w+)\(context", drawn, re.M)) == set(_KINDS)


def test_a_slider_holds_its_value():
    """The range is widened to it; 0 on a logarithmic scale and 1 near one have their own rules."""
    wide = slider("lr", 20.0, (1e-4, 10.0), log=True)
    assert (wide["min"], wide["max"], wide["value"]) == (1e-4, 20.0, 20.0)
    assert slider("lr", 1e-5, (1e-4, 10.0))["min"] == 1e-5
    zero = slider("eps", 0.0, (1e-12, 1.0), log=True, zero=True)
    assert (zero["min"], zero["value"]) == (1e-12, 0.0)
    assert slider("beta", 0.9, (0, 0.999), near_one=True)["near_one"]
    assert not slider("beta", 1.0, (0, 0.999), near_one=True)["near_one"]


def test_a_control_is_called_by_its_name_unless_told():
    """Choices begin with their first word, boxes with no."""
    assert choice("shown", ("a", "b"))["value"] == "a"
    assert choice("shown", ("a", "b"), "b")["label"] == "shown"
    assert box("basins", label="its basins") | {"group": "", "folded": False} == {
        "kind": "box", "value": False, "name": "basins", "label": "its basins",
        "group": "", "folded": False,
    }  # fmt: skip
