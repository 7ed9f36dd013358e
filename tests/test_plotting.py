"""What the plotting helpers draw and return, and how a figure is shown."""

import base64
import io
import struct

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.contour import QuadContourSet
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.quiver import Quiver
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from coursekit import plotting
from coursekit.batches import train
from coursekit.datasets import moons, shoe_sizes
from coursekit.descent import GradientDescent, minimize
from coursekit.gradcheck import check_gradient
from coursekit.landscapes import ALL, basins_of_attraction, bowl, easom, himmelblau, saddle
from coursekit.linefit import LineFit
from coursekit.networks import MLP
from coursekit.optimizers import Adam, Momentum
from coursekit.plotting import COLOURS, show, style_of, subplots
from coursekit.races import race, tune

OPTIMIZERS = ["GradientDescent", "Momentum", "Nesterov", "AdaGrad", "RMSprop", "AdaDelta", "Adam"]


@pytest.fixture
def ax():
    _, axes = subplots()
    yield axes
    plt.close("all")


@pytest.fixture
def relief():
    fig, axes = subplots(subplot_kw={"projection": "3d"})
    yield axes
    plt.close(fig)


PATH = minimize(bowl, (4, 3), GradientDescent(0.1), steps=5)
MANY = minimize(bowl, np.ones((2, 4)), GradientDescent(0.1), steps=5)
FIT = LineFit(*shoe_sizes())
REPORT = check_gradient(bowl, (2.0, 9.0), (1, 2))
BASINS = basins_of_attraction(himmelblau, GradientDescent(0.01), n=11)

NET = MLP((2, 3, 1))
POINT = NET.initial(0)

# name: (arguments after ax, what it returns, a keyword for the artist and how to read it back)
DRAWN = {
    "draw_contours": ((himmelblau,), QuadContourSet, {"alpha": 0.5}, "get_alpha"),
    "draw_minima": ((himmelblau,), PathCollection, {"alpha": 0.5}, "get_alpha"),
    "draw_path": ((PATH,), Line2D, {"lw": 3}, "get_linewidth"),
    "draw_gradients": ((bowl, np.ones((2, 3))), Quiver, {"alpha": 0.5}, "get_alpha"),
    "draw_basins": ((BASINS,), AxesImage, {"alpha": 0.5}, "get_alpha"),
    "draw_curve": ((np.sin, (0, 1)), Line2D, {"lw": 3}, "get_linewidth"),
    "draw_steps_on_curve": ((np.sin, [1, 2, 3]), Line2D, {"lw": 3}, "get_linewidth"),
    "draw_values": ((PATH,), Line2D, {"lw": 3}, "get_linewidth"),
    "draw_points": ((FIT,), PathCollection, {"alpha": 0.5}, "get_alpha"),
    "draw_line": (((1, 0), (0, 1)), Line2D, {"lw": 3}, "get_linewidth"),
    "draw_residuals": ((FIT, (1, 0)), LineCollection, {"alpha": 0.5}, "get_alpha"),
    "draw_network": (
        (NET, NET.forward(POINT, [1, -2])),
        LineCollection,
        {"alpha": 0.5},
        "get_alpha",
    ),
    "draw_regions": (
        (lambda p: p[0] > 0, (-1, 1, -1, 1)),
        QuadContourSet,
        {"zorder": 0},
        "get_zorder",
    ),
    "draw_classes": ((np.eye(2), [0, 1]), PathCollection, {"zorder": 5}, "get_zorder"),
    "draw_digits": ((np.eye(64)[:, :9], list("abcdefghi")), AxesImage, {"alpha": 0.5}, "get_alpha"),
    "draw_gradient_report": ((REPORT,), AxesImage, {"alpha": 0.5}, "get_alpha"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_helper_returns_its_artist(ax, name):
    """Each draws into the axes it is given and returns what it drew; Matplotlib gets the rest."""
    arguments, kind, keyword, getter = DRAWN[name]
    artist = getattr(plotting, name)(ax, *arguments, **keyword)
    assert isinstance(artist, kind)
    assert artist.axes is ax
    assert getattr(artist, getter)() == next(iter(keyword.values()))
    with pytest.raises((AttributeError, TypeError, ValueError)):
        getattr(plotting, name)(ax, *arguments, no_such_keyword=1)


def test_every_helper_is_tested():
    """A helper added to the package is added to this table, too."""
    named = {name for name in plotting.__all__ if name.startswith("draw_")}
    assert set(DRAWN) | {"draw_surface"} <= named
    assert plotting.__all__ == sorted(plotting.__all__)


def test_nothing_global_changes():
    """No helper changes rcParams, the current figure's owner or anything else of a reader's."""
    before = dict(mpl.rcParams)
    for name, (arguments, *_) in DRAWN.items():
        fig, axes = subplots()
        getattr(plotting, name)(axes, *arguments)
        plt.close(fig)
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []


# --- networks ---------------------------------------------------------------------------------


def words_of(ax):
    return [text.get_text() for text in ax.texts]


def test_a_network_is_drawn_with_the_numbers_of_its_example(ax):
    """Nine weights in nine places, with activations, biases and, in brackets, slopes."""
    net = MLP((2, 2, 1), "sigmoid")
    point = net.pack({"W1": [[2, -3], [4, -1]], "b1": [-3, 0.25], "W2": [[5, -6]], "b2": [0.5]})
    run = net.forward(point, [-1, -2])
    slope = np.ones(1)
    gradient, deltas = net.backward(run, slope), net.deltas(run, slope)
    edges = plotting.draw_network(ax, net, run, gradient, deltas=deltas)
    shown = words_of(ax)
    assert len(edges.get_segments()) == 6
    for number in (2, -3, 4, -1, 5, -6, -3, 0.25, 0.5, -2, run.activations[1][0], run.output[0]):
        assert f"{number:.3g}".replace("-", "−") in shown
    for number in (*gradient[[0, 1, 2, 3, 6, 7]], *deltas[0], *deltas[1]):
        assert f"({number:.3g})".replace("-", "−") in shown
    widths = edges.get_linewidths()
    assert np.argsort(widths)[-1] == 5  # −6, the largest
    dashed = [style[1] is not None for style in edges.get_linestyles()]
    assert dashed == [False, True, False, True, False, True]


def test_a_large_network_is_drawn_without_numbers(ax):
    net = MLP((8, 20, 3))
    plotting.draw_network(ax, net, net.forward(net.initial(0), np.ones(8)))
    assert words_of(ax) == []
    assert len(ax.patches) == 31


def test_classes_differ_by_marker_and_not_by_colour_alone(ax):
    plotting.draw_classes(ax, np.ones((2, 4)), [0, 1, 2, 3])
    shapes = {str(drawn.get_paths()[0].vertices.round(3).tolist()) for drawn in ax.collections}
    assert len(shapes) == 4


def test_digits_stand_side_by_side_with_their_captions_below(ax):
    """Nine images, eight a row: the ninth begins the second."""
    images = np.zeros((64, 9))
    images[0] = np.arange(1, 10) / 9  # one pixel each, at the top left
    canvas = plotting.draw_digits(ax, images, [f"no {i}" for i in range(9)]).get_array()
    assert canvas.shape == (24, 80)
    np.testing.assert_allclose(canvas[0, 1::10], np.arange(1, 9) / 9)
    assert canvas[12, 1] == 1
    assert words_of(ax) == [f"no {i}" for i in range(9)]
    below = [text.get_position()[1] for text in ax.texts]
    assert below == [9.5] * 8 + [21.5]


# --- styles ---------------------------------------------------------------------------------


def test_no_two_styles_share_anything():
    """Each optimizer has its own colour, dash and marker: colour is never the only sign."""
    styles = [style_of(name) for name in OPTIMIZERS]
    for key in ("color", "linestyle", "marker"):
        assert len({str(style[key]) for style in styles}) == len(OPTIMIZERS)
    assert all(set(style) == {"color", "linestyle", "marker"} for style in styles)


def test_colours_differ_in_lightness_or_hue():
    """No two of the cycle are nearer than what colour-blind readers tell apart (RGB > 60)."""
    rgb = np.array([mpl.colors.to_rgb(c) for c in COLOURS.values()]) * 255
    gaps = np.linalg.norm(rgb[:, None] - rgb[None], axis=-1) + 1e3 * np.eye(len(rgb))
    assert gaps.min() > 60


def test_a_style_by_name_class_instance_or_number():
    """All four ask for the same style; a rule of the reader's own is grey."""

    class MyOwn:
        pass

    plain = style_of("GradientDescent")
    assert style_of(GradientDescent) == style_of(GradientDescent(0.1)) == style_of(0) == plain
    assert style_of(7) == plain
    assert style_of(1) == style_of("Momentum")
    assert style_of(MyOwn()) == style_of(MyOwn) == style_of("MyOwn")
    assert style_of(MyOwn())["color"] == COLOURS["grey"]
    plain["color"] = "red"
    assert style_of(0)["color"] == COLOURS["vermilion"]


# --- landscapes from above and in relief ----------------------------------------------------


@pytest.mark.parametrize("landscape", ALL, ids=lambda f: f.name)
def test_contours_show_every_landscape(ax, landscape):
    """The bands span all heights, each in a shade of its own, in the landscape's frame."""
    drawn = plotting.draw_contours(ax, landscape, levels=9)
    height = landscape(landscape.grid())
    assert drawn.levels[0] == height.min()
    assert drawn.levels[-1] == height.max()
    assert len(drawn.levels) == 10
    assert len({tuple(c) for c in drawn.get_facecolor()}) == 9
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "y")
    assert ax.get_title() == landscape.name.replace("_", " ")
    assert (*ax.get_xlim(), *ax.get_ylim()) == pytest.approx(landscape.frame)
    assert ax.get_aspect() == 1


def test_bands_cover_equal_areas(ax):
    """A seventh of the points in each of seven bands; on flat ground equal heights instead."""
    drawn = plotting.draw_contours(ax, himmelblau, levels=7)
    counts, _ = np.histogram(himmelblau(himmelblau.grid()), drawn.levels)
    np.testing.assert_allclose(counts / counts.sum(), 1 / 7, atol=0.002)
    flat = plotting.draw_contours(ax, easom, levels=7)
    np.testing.assert_allclose(np.diff(flat.levels), np.ptp(flat.levels) / 7)


def test_lower_is_darker(ax):
    """Lightness rises with height, and the darkest shade still lets a path be seen."""
    shades = plotting.draw_contours(ax, himmelblau).get_facecolor()[:, :3] @ [0.3, 0.59, 0.11]
    assert (np.diff(shades) > 0).all()
    assert shades[0] > 0.3


def test_contours_of_any_objective(ax):
    """A loss without a frame of its own is drawn on the frame it is given."""
    drawn = plotting.draw_contours(ax, FIT, frame=(0, 4, -2, 2), n=31)
    assert isinstance(drawn, QuadContourSet)
    assert (*ax.get_xlim(), *ax.get_ylim()) == pytest.approx((0, 4, -2, 2))
    assert ax.get_title() == ax.get_xlabel() == ""
    with pytest.raises(AttributeError):
        plotting.draw_contours(ax, FIT)


@pytest.mark.parametrize("landscape", ALL, ids=lambda f: f.name)
def test_relief(relief, landscape):
    """The surface is named and few ticks stand on its axes, none at the ends."""
    drawn = plotting.draw_surface(relief, landscape, n=21, alpha=0.5)
    assert isinstance(drawn, Poly3DCollection)
    assert drawn.get_alpha() == 0.5
    assert relief.get_title() == landscape.name.replace("_", " ")
    for ticks, low, high in (
        (relief.get_xticks(), *landscape.frame[:2]),
        (relief.get_yticks(), *landscape.frame[2:]),
    ):
        assert 2 <= len(ticks) <= 5
        assert low < min(ticks) < max(ticks) < high


def test_minima_are_where_they_are(ax):
    """A star at every global minimum, and none where there is none."""
    stars = plotting.draw_minima(ax, himmelblau)
    np.testing.assert_array_equal(stars.get_offsets(), himmelblau.minima)
    assert len(plotting.draw_minima(ax, saddle).get_offsets()) == 0


def test_paths(ax):
    """One path or many: every point, one style, one label, a ring at each start."""
    line = plotting.draw_path(ax, PATH, label="down", style="Adam")
    np.testing.assert_array_equal(np.transpose(line.get_data()), PATH.x)
    assert line.get_label() == "down"
    assert line.get_color() == style_of("Adam")["color"]
    plotting.draw_path(ax, MANY, label="many", style=1, ms=7)
    many, ring = ax.lines[2:6], ax.lines[6]
    assert {drawn.get_linestyle() for drawn in many} == {"--"}
    assert {drawn.get_markersize() for drawn in many} == {7}
    assert [t.get_text() for t in ax.legend().get_texts()] == ["down", "many"]
    assert len(ring.get_xdata()) == 4
    assert ring.get_markerfacecolor() == "none"
    assert plotting.draw_path(ax, MANY.x).get_label().startswith("_")


def test_arrows_are_of_one_length_and_point_down(ax):
    """−∇f, `length` long, and no arrow where the gradient is zero."""
    points = np.array([[1.0, -2.0, 0.0], [1.0, 0.5, 0.0]])
    arrows = plotting.draw_gradients(ax, bowl, points, length=2)
    np.testing.assert_allclose(np.hypot(arrows.U, arrows.V), [2, 2, 0])
    assert (arrows.U * bowl.grad(points)[0] <= 0).all()
    assert (arrows.V * bowl.grad(points)[1] <= 0).all()


# --- basins ---------------------------------------------------------------------------------


def legend_words(ax):
    return ax.get_legend_handles_labels()[1]


def test_basins_carry_numbers_and_words(ax):
    """Each basin has a colour, a number at its minimum and an entry for the legend."""
    image = plotting.draw_basins(ax, BASINS)
    assert [t.get_text() for t in ax.texts] == ["1", "2", "3", "4"]
    np.testing.assert_array_equal([t.get_position() for t in ax.texts], himmelblau.minima)
    assert legend_words(ax) == [f"to minimum {k}" for k in (1, 2, 3, 4)]
    x_min, x_max, y_min, y_max = image.get_extent()
    assert (x_min, x_max, y_min, y_max) == (-5.5, 5.5, -5.5, 5.5)  # pixels centred on starts
    assert image.origin == "lower"


def test_basins_are_shaded_by_the_steps(ax):
    """In one basin, a start that takes longer is never brighter."""
    colours = plotting.draw_basins(ax, BASINS).get_array()
    for k in range(4):
        here = BASINS.reached == k
        order = np.argsort(BASINS.taken[here])
        assert (np.diff(colours[here].sum(axis=-1)[order]) <= 1e-12).all()
        assert colours[here].std(axis=0).max() > 0.01


def test_the_slowest_start_keeps_its_hue(ax):
    """A start that takes long is far from black, and still shows the colour of the legend."""
    wild = basins_of_attraction(himmelblau, GradientDescent(0.024), n=31)
    colours = plotting.draw_basins(ax, wild).get_array()
    for k in np.unique(wild.reached[wild.reached >= 0]):
        here = colours[wild.reached == k]
        swatch = ax.collections[k].get_facecolor()[0, :3]
        share = here @ swatch / (swatch @ swatch)
        np.testing.assert_allclose(here, share[:, None] * swatch, atol=1e-12)
        assert share.min() >= 0.6


def test_lost_starts_are_white_and_diverged_ones_black(ax):
    """Both have words in the legend, but only where there are any."""
    wild = basins_of_attraction(himmelblau, GradientDescent(0.024), n=31)
    colours = plotting.draw_basins(ax, wild).get_array()
    assert (colours[wild.diverged] == 0).all()
    lost = (wild.reached == -1) & ~wild.diverged
    assert lost.any()
    assert (colours[lost] == 1).all()
    assert legend_words(ax)[-2:] == ["to none of them", "diverges"]
    stuck = basins_of_attraction(bowl, GradientDescent(1e-9), n=4, steps=1)
    assert (plotting.draw_basins(ax, stuck).get_array() == 1).all()


# --- curves and lines -----------------------------------------------------------------------


def test_curves(ax):
    """The curve itself, the steps on it, and the values of a run on a logarithmic axis."""
    curve = plotting.draw_curve(ax, np.square, (-1, 3))
    assert curve.get_xdata()[[0, -1]].tolist() == [-1, 3]
    np.testing.assert_allclose(curve.get_ydata(), curve.get_xdata() ** 2)
    steps = plotting.draw_steps_on_curve(ax, np.square, [2, -1, 0.5], style=2)
    assert np.transpose(steps.get_data()).tolist() == [[2, 4], [-1, 1], [0.5, 0.25]]
    assert steps.get_marker() == "^"
    values = plotting.draw_values(ax, PATH)
    np.testing.assert_array_equal(values.get_ydata(), PATH.value)
    assert ax.get_yscale() == "log"
    mean = plotting.draw_values(ax, MANY, floor=-1.0)
    np.testing.assert_allclose(mean.get_ydata(), MANY.value.mean(axis=1) + 1)


def test_lines(ax):
    """Points, a line through them, and what it leaves over."""
    points = plotting.draw_points(ax, FIT)
    np.testing.assert_array_equal(points.get_offsets(), np.transpose([FIT.x, FIT.y]))
    line = plotting.draw_line(ax, (2, -1), (0, 3))
    assert np.transpose(line.get_data()).tolist() == [[0, -1], [3, 5]]
    left = plotting.draw_residuals(ax, FIT, (1, 0)).get_segments()
    np.testing.assert_allclose([s[0] - s[1] for s in left], [[0, 0.5], [0, 0.4], [0, 1.0]])


# --- show -----------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch):
    """What `show` displays, in order: (data, metadata)."""
    outputs = []

    def display(data, metadata=None, raw=False):
        assert raw
        outputs.append((data, metadata))

    monkeypatch.setattr("coursekit.plotting.figures.display", display)
    return outputs


def test_show_gives_picture_words_and_caption(shown):
    """The words stand in the metadata, as plain text, and below the picture."""
    fig, axes = subplots(width=4, height=3)
    axes.plot([1, 2])
    assert show(fig, alt="  A line from 1 to 2,\n   rising <b>. ") is None
    (picture, metadata), (caption, _) = shown
    alt = "A line from 1 to 2, rising <b>."
    assert metadata == {"image/png": {"alt": alt}}
    assert picture["text/plain"] == caption["text/plain"] == alt
    assert caption["text/html"] == "<p><em>A line from 1 to 2, rising &lt;b&gt;.</em></p>"
    png = base64.b64decode(picture["image/png"])
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (400, 300)
    assert b"Matplotlib" not in png
    assert not plt.fignum_exists(fig.number)


def test_the_picture_looks_like_the_figure(shown):
    """256 colours are enough: no pixel is far from what Matplotlib drew."""
    fig, axes = subplots(width=4, height=3)
    plotting.draw_contours(axes, himmelblau)
    plotting.draw_path(axes, PATH)
    drawn = io.BytesIO()
    fig.savefig(drawn, format="png")
    show(fig, alt="Himmelblau's function.")
    drawn.seek(0)
    stored = io.BytesIO(base64.b64decode(shown[0][0]["image/png"]))
    ours, theirs = (plt.imread(f)[..., :3] for f in (stored, drawn))
    assert np.abs(ours - theirs).mean() < 0.01
    assert np.abs(ours - theirs).max() < 0.25
    assert ours[0, 0].tolist() == [1, 1, 1]
    assert len(stored.getvalue()) < 0.6 * len(drawn.getvalue())


def test_show_twice_gives_the_same_bytes(shown):
    """Nothing in the file depends on when or where it was made."""
    for _ in range(2):
        _, axes = subplots()
        plotting.draw_contours(axes, bowl, n=21)
        show(axes, alt="The bowl.")
    assert shown[0] == shown[2]


def test_show_takes_axes(shown):
    """The axes will do for the figure."""
    _, axes = subplots(1, 2)
    show(axes[0], alt="Nothing yet.")
    assert len(shown) == 2


@pytest.mark.parametrize("alt", ["", "  \n", None, 3])
def test_show_needs_words(shown, alt):
    """A picture without words is refused, and stays open."""
    fig, _ = subplots()
    with pytest.raises(ValueError, match="show needs alt, a text that says what"):
        show(fig, alt=alt)
    assert plt.fignum_exists(fig.number)
    assert not shown
    plt.close(fig)


@pytest.mark.parametrize("fig", [None, 3, "fig", plt])
def test_show_needs_a_figure(shown, fig):
    with pytest.raises(TypeError, match="show needs a Matplotlib figure, got"):
        show(fig, alt="x")


def test_the_look_of_a_figure():
    """Size in inches, no box around it, further arguments to Matplotlib."""
    fig, axes = subplots(2, 3, width=6, height=2, sharex=True)
    assert axes.shape == (2, 3)
    assert fig.get_size_inches().tolist() == [6, 2]
    assert not axes[0, 0].spines["top"].get_visible()
    assert not axes[0, 0].spines["right"].get_visible()
    assert axes[0, 0].spines["left"].get_visible()
    assert fig.dpi == 100
    plt.close(fig)
    fig, _ = subplots()
    assert fig.get_size_inches().tolist() == [7.5, 3.6]
    plt.close(fig)


# --- training -------------------------------------------------------------------------------

TRAINED = train(
    MLP((2, 3, 2)), (moons(20), moons(10, seed=1)), Adam(0.05), epochs=3, batch_size=8, seed=0
)


@pytest.mark.parametrize(
    ("what", "points", "against", "scale"),
    [
        ("loss", 4, "epoch", "log"),
        ("test_loss", 4, "epoch", "log"),
        ("accuracy", 4, "epoch", "linear"),
        ("test_accuracy", 4, "epoch", "linear"),
        ("step_loss", 9, "step", "log"),
        ("step_accuracy", 9, "step", "linear"),
    ],
)
def test_a_history_is_drawn_by_epoch_or_by_step(ax, what, points, against, scale):
    """Every column it has, in the optimizer's style, losses on a logarithmic axis."""
    line = plotting.draw_history(ax, TRAINED, what)
    assert isinstance(line, Line2D)
    assert line.axes is ax
    assert line.get_xdata().tolist() == list(range(points))
    np.testing.assert_array_equal(line.get_ydata(), getattr(TRAINED, what))
    assert line.get_color() == style_of("Adam")["color"]
    assert line.get_label() == what.replace("_", " ") == ax.get_ylabel()
    assert (ax.get_xlabel(), ax.get_yscale()) == (against, scale)


def test_a_history_s_line_may_look_otherwise(ax):
    """A style of its own, and what Matplotlib takes."""
    line = plotting.draw_history(ax, TRAINED, style=1, label="mine", alpha=0.5)
    assert line.get_color() == style_of("Momentum")["color"]
    assert (line.get_label(), line.get_alpha()) == ("mine", 0.5)
    with pytest.raises(AttributeError):
        plotting.draw_history(ax, TRAINED, no_such_keyword=1)


@pytest.mark.parametrize("what", ["los", "path", "parameters", "seconds", "stopped", "step_path"])
def test_a_history_has_only_losses_and_accuracies_to_draw(ax, what):
    with pytest.raises(ValueError, match="draw_history needs a loss or an accuracy such as"):
        plotting.draw_history(ax, TRAINED, what)


def test_a_test_loss_that_there_is_not_is_not_drawn(ax):
    bare = train(MLP((2, 2)), moons(20), Adam(0.05), epochs=1, batch_size=8, seed=0)
    with pytest.raises(ValueError, match="such as \"loss\", got 'test_loss'"):
        plotting.draw_history(ax, bare, "test_loss")


def raced(*optimizers, activation="tanh"):
    net, data = MLP((2, 3, 2), activation), (moons(20), moons(10, seed=1))
    return race(optimizers, net, data, epochs=3, batch_size=8, seeds=(0, 1, 2))


def test_a_race_is_drawn_as_medians_in_bands_from_the_best_to_the_worst(ax):
    result = raced(Adam(0.05), Momentum(0.1))
    lines = plotting.draw_race(ax, result, "loss")
    assert [line.get_label() for line in lines] == ["Adam", "Momentum"]
    for lane, (line, band) in enumerate(zip(lines, ax.collections, strict=True)):
        curves = result.curves("loss", lane)
        np.testing.assert_allclose(line.get_ydata(), np.median(curves, axis=1))
        assert line.get_color() == style_of(result.optimizers[lane])["color"]
        edges = band.get_paths()[0].vertices
        for epoch in range(4):
            heights = edges[edges[:, 0] == epoch, 1]
            assert heights.min() == pytest.approx(curves[epoch].min())
            assert heights.max() == pytest.approx(curves[epoch].max())
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("epoch", "loss", "log")
    named = plotting.draw_race(ax, result, "test_accuracy", names=["a", "b"])
    assert [line.get_label() for line in named] == ["a", "b"]
    assert ax.get_yscale() == "linear"
    with pytest.raises(ValueError, match=r"zip\(\)"):
        plotting.draw_race(ax, result, names=["only one"])


def test_a_race_in_which_somebody_diverges_is_drawn_as_far_as_it_goes(ax):
    """NaN leaves a gap, and no warning."""
    result = raced(GradientDescent(1e200), GradientDescent(0.1), activation="relu")
    assert result.runs[0][0].stopped == "diverged"
    lost, kept = plotting.draw_race(ax, result, "loss", names=["lost", "kept"])
    assert np.isnan(lost.get_ydata()[-1])
    assert np.isfinite(kept.get_ydata()).all()


def test_a_tuning_is_drawn_against_the_rate_with_a_band_over_the_seeds(ax):
    rates = (0.01, 0.1, 1.0)
    tuning = tune(Adam, rates, MLP((2, 3, 2)), moons(20), epochs=2, batch_size=8)
    line = plotting.draw_tuning(ax, tuning, lw=3)
    assert line.get_xdata().tolist() == list(rates)
    np.testing.assert_array_equal(line.get_ydata(), tuning.mean)
    assert (line.get_label(), line.get_linewidth()) == ("Adam", 3)
    assert line.get_color() == style_of("Adam")["color"]
    edges = ax.collections[0].get_paths()[0].vertices
    for i, rate in enumerate(rates):
        heights = edges[edges[:, 0] == rate, 1]
        assert heights.min() == pytest.approx(tuning.loss[i].min())
        assert heights.max() == pytest.approx(tuning.loss[i].max())
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("learning rate", "loss reached")


@pytest.mark.parametrize("rates", [(0.1, 1e200), (1e200, 1e250)], ids=["one lost", "all lost"])
def test_rates_that_diverge_leave_a_gap_in_a_tuning(ax, rates):
    relu = MLP((2, 3, 2), "relu")
    tuning = tune(GradientDescent, rates, relu, moons(20), epochs=2, batch_size=8)
    assert np.isinf(tuning.loss[1]).all()
    line = plotting.draw_tuning(ax, tuning)
    assert np.isnan(line.get_ydata()).tolist() == [bool(r > 1) for r in rates]
    assert line.get_label() == "GradientDescent"
