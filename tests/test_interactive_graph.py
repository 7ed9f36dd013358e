"""The graph explorer: the numbers of coursekit.graphs, placed, lit and put into words."""

import numpy as np
import pytest
from asking import ask, still

from coursekit import graphs
from coursekit.graphs import Node, backward
from coursekit.interactive import explore_graph
from coursekit.interactive.expressions import GRAPHS
from coursekit.plotting import graph_steps
from coursekit.plotting.graphs import drawn_nodes


def scene_of(explorer, **changed):
    return explorer.compute(**explorer.spec["values"] | changed)


def layers_of(explorer, kind):
    return [layer for layer in explorer.spec["layers"] if layer["kind"] == kind]


def written_again(name, inputs):
    """The chapter's graph on the chapter's nodes."""
    return GRAPHS[name](**{k: Node(v) for k, v in inputs.items()})


@pytest.mark.parametrize("name", GRAPHS)
def test_the_numbers_are_those_of_the_graph(name):
    """Every value and every gradient, bit for bit, at the first inputs and at others."""
    explorer = explore_graph(name)
    rng = np.random.default_rng(5)
    for _ in range(5):
        values = {k: float(rng.normal()) for k in explorer.spec["values"]}
        arrays = scene_of(explorer, **values).arrays
        root = written_again(name, values)
        nodes, gradients = drawn_nodes(root), backward(root)
        assert arrays["values"].tolist() == [[float(n.value) for n in nodes]]
        assert arrays["gradients"].tolist() == [[float(gradients[n]) for n in nodes]]


def test_the_chapters_numbers():
    """Sections 5.1, 5.3 and 5.4; the neuron's derivatives are σ(1 − σ) times the other factor."""
    slope = 1 / (2 + np.exp(1) + np.exp(-1))  # σ(1 − σ) at 1
    gradients = scene_of(explore_graph()).arrays["gradients"][0]
    root = GRAPHS["neuron"](*(Node(v, name=str(i)) for i, v in enumerate((-3, 2, -3, -1, -2))))
    place = {node.name: i for i, node in enumerate(drawn_nodes(root))}
    got = [gradients[place[str(i)]] for i in range(5)]
    np.testing.assert_allclose(got, slope * np.array([1, -1, -2, 2, -3]), rtol=1e-14)
    assert explore_graph("branches").text == "f = 18; its gradient: a 21."
    assert explore_graph("product").text == "f = −12; its gradient: x₁ −4, x₂ −4, x₃ 3."


def test_node_by_node():
    """In each frame one more number, in the order of graph_steps, its node and edges lit."""
    explorer = explore_graph("branches")
    scene = scene_of(explorer)
    forward, back = graph_steps(GRAPHS["branches"](Node(2.0)))
    assert scene.frames == 1 + len(forward) + len(back) == len(scene.captions)
    values, gradients = layers_of(explorer, "text")
    # a, b, c, f: given, then computed, then f, c, b, a
    assert values["since"] == [0, 1, 2, 3]
    assert gradients["since"] == [7, 6, 5, 4]
    lit = {
        k: ~np.isnan(scene.arrays[f"{k} box"]).all(axis=(1, 2, 3)) for k in ("forward", "backward")
    }
    assert lit["forward"].tolist() == [False] + 3 * [True] + 4 * [False]
    assert lit["backward"].tolist() == 4 * [False] + 4 * [True]


def test_the_lit_box_is_around_its_node():
    """Its number above and that below stand right over and under the middle of the frame."""
    explorer = explore_graph()
    arrays = scene_of(explorer).arrays
    values, gradients = layers_of(explorer, "text")
    above, below = np.array(values["at"]), np.array(gradients["at"])
    for i, frame in enumerate(gradients["since"]):
        (left, low), _, (right, high), _ = arrays["backward box"][frame, 0]
        assert low < below[i, 1] + 4 < (low + high) / 2 < above[i, 1] - 4 < high
        np.testing.assert_allclose([above[i, 0], below[i, 0]], (left + right) / 2, atol=1.0)


def test_lit_edges_run_from_box_to_box():
    """Every edge of the graph is lit once in each direction, from left to right."""
    scene = scene_of(explore_graph())
    for name, count in (("forward edges", 12), ("backward edges", 12)):
        strokes = [
            part
            for frame in scene.arrays[name]
            for part in np.split(frame, np.flatnonzero(np.isnan(frame[:, 0])))
            if np.isfinite(part[:, 0]).sum() > 1
        ]
        assert len(strokes) == count
        assert all((np.diff(part[1:, 0]) >= -1e-9).all() for part in strokes)


def test_the_captions_multiply_and_add():
    """What arrives at a node with two branches is the sum that the sentence says."""
    captions = scene_of(explore_graph("branches")).captions
    assert captions[0] == "Given: a = 2."
    assert captions[2] == "Forward 2 of 3, c: 3 × 2 = 6."
    assert captions[4] == "Backward 1 of 4, f: with respect to itself, 1."
    assert captions[6] == "Backward 3 of 4, b: 3 · 2 + 1 · 6 = 12, 2 branches added up."
    neuron = scene_of(explore_graph()).captions
    assert "exp: exp(−1) = 0.3679" in neuron[6]
    assert "w₁: 0.1966 · (−1) = −0.1966" in neuron[20]


def test_any_expression():
    """A lambda, inputs by name or by default, names with subscripts."""
    explorer = explore_graph(lambda x, y: (x + y) * y, x=2.0, y=3.0)
    assert explorer.text == "f = 15; its gradient: x 3, y 8."
    explorer = explore_graph(lambda w1=0.5, x=2: graphs.tanh(w1 * x))
    slope = 1 - np.tanh(1.0) ** 2
    assert (
        explorer.text
        == f"f = {np.tanh(1):.4g}; its gradient: w₁ {2 * slope:.4g}, x {slope / 2:.4g}."
    )
    assert [c["label"] for c in explorer.spec["controls"]] == ["w₁", "x"]
    assert explore_graph(lambda x: x, x=1).text == "x = 1; its gradient: x 1."
    assert explore_graph(lambda x: x * x, x=3).text == "f = 9; its gradient: x 6."


def test_each_input_has_a_slider_that_holds_it():
    controls = explore_graph("neuron", w0=-800).spec["controls"]
    assert [c["label"] for c in controls] == ["w₀", "w₁", "w₂", "x₁", "x₂"]
    assert all(c["min"] <= c["value"] <= c["max"] for c in controls)
    assert controls[0]["value"] == -800


def test_no_number_is_a_number_too():
    """Section 5.3: at s = −800 the value survives e⁸⁰⁰, the gradient does not."""
    explorer = explore_graph("neuron", w0=-800)
    assert explorer.text.startswith("f = 0; its gradient: w₀ nan")
    assert np.isnan(scene_of(explorer).arrays["gradients"]).any()


@pytest.mark.parametrize("name", GRAPHS)
def test_the_line_of_python_makes_the_same_picture(name):
    explorer = explore_graph(name)
    changed = {k: v + 0.25 for k, v in explorer.spec["values"].items()}
    scene = scene_of(explorer, **changed)
    again = eval(scene.code, {"explore_graph": explore_graph})
    assert again.spec["values"] == changed
    for key, array in scene_of(again).arrays.items():
        np.testing.assert_array_equal(array, scene.arrays[key])


def test_a_function_is_named_and_a_lambda_written_out():
    def area(x=2.0, y=3.0):
        return x * y

    assert scene_of(explore_graph(area)).code == "explore_graph(area, x=2.0, y=3.0)"
    explorer = explore_graph(lambda x, y: x * y, x=2.0, y=3.0)
    code = scene_of(explorer).code
    assert code == "explore_graph(lambda x, y: x * y, x=2.0, y=3.0)"
    assert eval(code, {"explore_graph": explore_graph}).text == explorer.text
    unknown = eval("lambda x: x * x")  # nowhere written down
    assert scene_of(explore_graph(unknown, x=1)).code == "explore_graph(function, x=1.0)"


@pytest.mark.parametrize(
    ("arguments", "inputs", "problem", "said"),
    [
        (("nerve",), {}, ValueError, "one of neuron, branches, product"),
        ((3,), {}, TypeError, "must be a function of nodes, got 3"),
        (("branches",), {"b": 1.0}, ValueError, "has the inputs a, not b"),
        ((lambda x: x * x,), {}, ValueError, "needs a value for x, such as x=1.0"),
        ((lambda x: x * x,), {"x": np.nan}, ValueError, "x must be finite"),
        ((lambda x: x * x,), {"x": [1.0, 2.0]}, ValueError, "x as one number, got shape"),
        ((lambda x: x * x,), {"x": "1"}, TypeError, "x must be made of real numbers"),
        ((lambda x, y: x * x,), {"x": 1, "y": 2}, ValueError, "does not depend on y"),
        ((lambda x: 3.0,), {"x": 1}, TypeError, "must return a node, got float"),
        ((lambda x: x * np.ones(3),), {"x": 1}, ValueError, "one number each, constant has"),
        ((lambda *x: x[0],), {}, ValueError, "must have names"),
        ((lambda: Node(1.0),), {}, ValueError, "must have names"),
    ],
)  # fmt: skip
def test_bad_arguments_are_refused_in_words(arguments, inputs, problem, said):
    with pytest.raises(problem, match=f"explore_graph.*{said}"):
        explore_graph(*arguments, **inputs)


def test_another_graph_than_the_one_drawn_is_an_error():
    """A function may branch in Python; the picture then says so."""
    explorer = explore_graph(lambda x: x * 2 if x.value > 0 else x * 3, x=1.0)
    assert scene_of(explorer, x=0.5).arrays["values"].tolist() == [[0.5, 1.0]]
    with pytest.raises(ValueError, match="another graph than the one drawn"):
        scene_of(explorer, x=-0.5)


def test_the_answer_to_a_message():
    """The arrays arrive as they are, the background once, with the words and the line."""
    explorer = explore_graph("branches")
    first, later = ask(explorer, first=True), ask(explorer, a=3.0)
    assert list(first.pictures) == ["graph"]
    assert later.pictures == {}
    scene = scene_of(explorer, a=3.0)
    for name, array in scene.arrays.items():
        np.testing.assert_array_equal(later.arrays[name], array)
    assert later.content["captions"] == scene.captions
    assert later.content["text"] == "f = 48; its gradient: a 40."
    assert later.content["frames"] == 8


def test_an_error_is_sent_as_a_sentence():
    explorer = explore_graph(lambda x: x * 2 if x.value > 0 else x * 3, x=1.0)
    answer = ask(explorer, x=-1.0).content
    assert answer["error"]
    assert answer["text"].startswith("ValueError: with these inputs the function makes another")


def test_a_still_picture_with_words_for_it():
    """It has all the numbers on it: more ink than the graph without them."""
    picture, words = still(explore_graph("branches"))
    assert words == "The graph of branches. f = 18; its gradient: a 21."
    blue = np.abs(np.asarray(picture, int) - [0, 0x72, 0xB2]).sum(axis=-1) < 90
    orange = np.abs(np.asarray(picture, int) - [0xD5, 0x5E, 0]).sum(axis=-1) < 90
    assert blue.sum() > 50
    assert orange.sum() > 200
