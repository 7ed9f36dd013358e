"""What a layer looks like: twins told apart, short arrows seen, names that do not overlap."""

import matplotlib.pyplot as plt
import numpy as np

from coursekit.interactive import explore_descent
from coursekit.interactive.looks import look_of, looks_of
from coursekit.interactive.still import draw_layer, guests
from coursekit.landscapes import bowl, valley
from coursekit.optimizers import AdaDelta, Adam, GradientDescent, Momentum
from coursekit.plotting import subplots


def test_two_of_a_class_differ_in_colour_dashes_and_marker():
    """Also from every other one: no two looks have the same marker."""
    rules = [GradientDescent(0.2), Momentum(0.1), GradientDescent(0.05), Adam(), Adam(0.1)]
    looks = looks_of(rules)
    assert looks[0] == look_of(rules[0])
    for one, other in ((0, 2), (3, 4)):
        assert all(looks[one][part] != looks[other][part] for part in ("colour", "dash", "marker"))
    assert len({look["marker"] for look in looks}) == len(rules)
    drawn = explore_descent(bowl, rules, steps=2).spec["layers"]
    assert [layer["marker"] for layer in drawn if layer["kind"] == "path"] == [
        look["marker"] for look in looks
    ]


def test_the_arrow_of_a_short_memory_can_be_seen():
    """It has its direction on the screen and the least length; one that leads nowhere has none."""
    (arrow,) = [x for x in explore_descent(valley).spec["layers"] if x["kind"] == "arrow"]
    fig, ax = subplots(width=4.0, height=3.0)
    ax.set(xlim=(-11, 3), ylim=(-1.5, 1.5))
    for ends, least in (([-4, 0, -4.2, 0.01], True), ([-4, 0, 2, 1], False), ([1, 1, 1, 1], False)):
        with guests(ax):
            draw_layer(ax, arrow, np.array([ends]), 0)
            drawn = ax.texts[-1]
            start, end = ax.transData.transform([drawn.get_position(), drawn.xy])
        true_start, true_end = ax.transData.transform(np.reshape(ends, (2, 2)))
        np.testing.assert_allclose(start, true_start, atol=1e-9)
        if not least:
            np.testing.assert_allclose(end, true_end, atol=1e-9)
            continue
        along, true = end - start, true_end - true_start
        np.testing.assert_allclose(along / np.hypot(*along), true / np.hypot(*true), atol=1e-9)
        assert np.isclose(np.hypot(*along) * 72 / fig.dpi, arrow["least"])
    plt.close(fig)


def test_long_names_of_bars_stand_upright_within_the_axes():
    """Three bars of a coordinate stand closer than "√(u+ε)" is wide."""
    explorer = explore_descent(valley, AdaDelta(eps=1e-3), start=(-10, 1), steps=300)
    memory = explorer.panels[2]
    scene = explorer.compute(**explorer.spec["values"])
    with guests(memory.ax):
        for layer, array in memory.layers_of(explorer.spec["layers"], scene.arrays, scene.labels):
            draw_layer(memory.ax, layer, array * 1e30, 300)
        boxes = [text.get_window_extent() for text in memory.ax.texts]
        turned = {text.get_text(): text.get_rotation() for text in memory.ax.texts}
        frame = memory.ax.bbox
    assert turned == {"√(u+ε)": 90, "√(v+ε)": 90, "rate": 0}
    for i, box in enumerate(boxes):
        assert turned[list(turned)[i // 2]] == 0 or box.y1 <= frame.y1 + 0.1
        assert not any(box.overlaps(other) for other in boxes[:i])
