"""The line fit, the rule, and the loop that runs it."""

from dataclasses import FrozenInstanceError
from itertools import product

import numpy as np
import pytest

from coursekit.datasets import shoe_sizes
from coursekit.descent import GradientDescent, Path, Run, minimize, rate_at, states
from coursekit.landscapes import ALL, booth, bowl, easom, himmelblau, saddle
from coursekit.linefit import LineFit
from coursekit.losses import huber_loss, mean_absolute_error, mean_squared_error
from coursekit.optimizers import AdaDelta, AdaGrad, Adam, Momentum, Nesterov, RMSprop
from coursekit.schedules import cosine

each = pytest.mark.parametrize("landscape", ALL, ids=lambda f: f.name)


# --- the lectures' line ---------------------------------------------------------------------


def shoes(*loss):
    return LineFit(*shoe_sizes(), *loss)


def test_the_three_shoes():
    """The lectures' data, new arrays at every call."""
    size, height = shoe_sizes()
    assert size.tolist() == [0.6, 0.8, 1.1]
    assert height.tolist() == [1.1, 1.2, 2.1]
    size[0] = 99
    assert shoe_sizes().size[0] == 0.6
    assert shoe_sizes()._fields == ("size", "height")


def test_loss_and_gradient_at_the_lectures_start():
    """Slope 1, intercept 0: SSR 1.41, derivatives −3.44 and −3.80."""
    assert shoes()((1, 0)) == pytest.approx(1.41, rel=1e-12)
    np.testing.assert_allclose(shoes().grad((1, 0)), [-3.44, -3.80], rtol=1e-12)
    np.testing.assert_allclose(shoes().predict((1, 0)), [0.6, 0.8, 1.1])
    np.testing.assert_allclose(shoes().predict((2, 0.5)), [1.7, 2.1, 2.7])


def test_the_best_line_is_the_least_squares_line():
    """At NumPy's line the gradient is zero, and descent arrives there."""
    exact = np.polyfit(*shoe_sizes(), deg=1)
    np.testing.assert_allclose(shoes().grad(exact), 0, atol=1e-12)
    path = minimize(shoes(), (1, 0), GradientDescent(0.1), steps=5000, min_step=1e-12)
    np.testing.assert_allclose(path.x[-1], exact, rtol=1e-8)


def test_the_lectures_stopping_rule():
    """At lr 0.1, the first step below 0.001 is the 163rd."""
    path = minimize(shoes(), (1, 0), GradientDescent(0.1), min_step=0.001)
    assert len(path) - 1 == path.taken == 163
    assert path.stopped == "min_step"
    moves = np.abs(np.diff(path.x, axis=0)).max(axis=1)
    assert moves[-1] < 0.001 <= moves[:-1].min()
    np.testing.assert_allclose(path.x[1], [1.344, 0.38], rtol=1e-12)


@pytest.mark.parametrize("loss", [(), (mean_squared_error,), (huber_loss(0.3),)], ids=str)
def test_line_gradients_match_central_differences(loss):
    """By the chain rule or by differences, for sums and for means."""
    rng = np.random.default_rng(1)
    fit = LineFit(rng.normal(size=9), rng.normal(size=9), *loss)
    lines = rng.normal(size=(2, 4, 3))
    for axis in range(2):
        shift = np.zeros((2, 1, 1))
        shift[axis] = 1e-6
        expected = (fit(lines + shift) - fit(lines - shift)) / 2e-6
        np.testing.assert_allclose(fit.grad(lines)[axis], expected, rtol=1e-6, atol=1e-7)
    assert fit.predict(lines).shape == (4, 3, 9)
    assert fit(lines).shape == (4, 3)
    single = [[fit(lines[:, i, j]) for j in range(3)] for i in range(4)]
    np.testing.assert_allclose(fit(lines), single, rtol=1e-13)


def test_a_mean_is_a_third_of_the_sum():
    """Loss and gradient of the mean are those of the sum over n."""
    for parameters in ((1, 0), (-2, 0.7)):
        np.testing.assert_allclose(3 * shoes(mean_squared_error)(parameters), shoes()(parameters))
        np.testing.assert_allclose(
            3 * shoes(mean_squared_error).grad(parameters), shoes().grad(parameters)
        )
    assert shoes(mean_absolute_error)((1, 0)) == pytest.approx((0.5 + 0.4 + 1.0) / 3)


def test_line_fit_keeps_its_own_data():
    """Later changes of the caller's arrays do not reach it, and integers become floats."""
    x, y = np.array([1, 2]), np.array([3.0, 4.0])
    fit = LineFit(x, y)
    x[0], y[0] = 100, 100
    assert fit.x.tolist() == [1, 2]
    assert fit.y.tolist() == [3, 4]
    assert fit.x.dtype == np.float64
    with pytest.raises(FrozenInstanceError):
        fit.x = y


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 2], [1, 2, 3], r"one shape \(m,\), m ≥ 1, got \(2,\) and \(3,\)"),
        ([], [], r"got \(0,\)"),
        ([[1], [2]], [[1], [2]], r"got \(2, 1\)"),
        ([1, 2], [[1, 2]], r"got \(2,\) and \(1, 2\)"),
        (1, 1, r"got \(\)"),
        ([1, np.nan], [1, 2], r"LineFit: x must be finite, got nan at index \(1,\)"),
        ([1, 2], [-np.inf, 2], r"LineFit: y must be finite, got -inf at index \(0,\)"),
    ],
)
def test_line_fit_refuses(x, y, words):
    """What is not two arrays of one length is refused, in words."""
    with pytest.raises(ValueError, match=words):
        LineFit(x, y)


@pytest.mark.parametrize("parameters", [1, (1, 2, 3), np.zeros((3, 2))])
def test_line_fit_needs_two_parameters(parameters):
    for method in (shoes(), shoes().grad, shoes().predict):
        with pytest.raises(ValueError, match=r"parameters \(slope, intercept\)"):
            method(parameters)


# --- GradientDescent ------------------------------------------------------------------------


def test_the_rule():
    """x − lr · g, by hand, with nothing modified and the steps counted."""
    rule, x, g = GradientDescent(0.1), np.array([4.0, 3.0]), np.array([8.0, 12.0])
    state = rule.init(x)
    assert state.t == 0
    new, state = rule.step(x, g, state)
    np.testing.assert_allclose(new, [3.2, 1.8], rtol=1e-15)
    assert state.t == 1
    assert x.tolist() == [4, 3]
    assert g.tolist() == [8, 12]


def test_weight_decay():
    """x − lr · (g + weight_decay · x), by hand."""
    rule = GradientDescent(0.1, weight_decay=0.5)
    new, _ = rule.step(np.array([4.0, -2.0]), np.array([1.0, 1.0]), rule.init(None))
    np.testing.assert_allclose(new, [4 - 0.1 * 3, -2 - 0.1 * 0], rtol=1e-15)


def test_defaults_are_pytorchs():
    assert GradientDescent() == GradientDescent(lr=1e-3, weight_decay=0.0)


def test_a_schedule_is_asked_from_step_0():
    """The first step has number 0."""
    asked = []

    def lr(t):
        asked.append(t)
        return 1 / (t + 1)

    path = minimize(bowl, (1, 0), GradientDescent(lr), steps=3)
    assert asked == [0, 1, 2]
    np.testing.assert_allclose(path.x[:, 0], [1, -1, 0, 0], atol=1e-15)  # 1 − 2 · 1, then 1 − 1


@pytest.mark.parametrize("lr", [0, -0.1, np.nan, np.inf])
def test_lr_must_be_positive(lr):
    with pytest.raises(ValueError, match=r"GradientDescent: lr must be a number > 0, got"):
        GradientDescent(lr)


@pytest.mark.parametrize("lr", ["0.1", None, [0.1, 0.2], 1j])
def test_lr_must_be_a_number(lr):
    with pytest.raises(TypeError, match="GradientDescent: lr must be"):
        GradientDescent(lr)


@pytest.mark.parametrize("decay", [-0.1, np.nan, np.inf])
def test_weight_decay_must_not_be_negative(decay):
    with pytest.raises(ValueError, match="GradientDescent: weight_decay must be a number ≥ 0"):
        GradientDescent(0.1, weight_decay=decay)


@pytest.mark.parametrize("rate", [-1e-3, np.nan, np.inf])
def test_a_schedule_must_give_rates(rate):
    """A schedule that goes wrong is named with the step at which it does."""
    with pytest.raises(ValueError, match="at step 7 must be a number ≥ 0"):
        rate_at(lambda t: rate, 7)
    assert rate_at(lambda t: 0.0, 7) == 0
    assert rate_at(0.3, 7) == 0.3


# --- minimize: the path ---------------------------------------------------------------------


def test_the_path_by_hand():
    """x² + 2y² from (4, 3) at lr 0.1: x shrinks by 0.8 each step, y by 0.6."""
    path = minimize(bowl, (4, 3), GradientDescent(0.1), steps=5)
    n = np.arange(6)
    np.testing.assert_allclose(path.x, np.stack([4 * 0.8**n, 3 * 0.6**n], axis=1), rtol=1e-14)
    np.testing.assert_allclose(path.value, bowl(path.x.T), rtol=1e-14)
    assert path.stopped == "steps"
    assert len(path) == 6
    assert path.taken == 5
    assert path.outcomes == "steps"


@pytest.mark.parametrize("shape", [(2,), (2, 1), (2, 5), (2, 3, 4)])
def test_shapes_of_the_path(shape):
    """x is (steps + 1, d, …), value (steps + 1, …)."""
    start = np.random.default_rng(0).uniform(-1, 1, shape)
    path = minimize(bowl, start, GradientDescent(0.1), steps=7)
    assert path.x.shape == (8, *shape)
    assert path.value.shape == (8, *shape[1:])
    assert path.outcomes.shape == path.taken.shape == shape[1:]
    assert (path.x[0] == start).all()


@each
def test_many_starts_are_many_runs(landscape):
    """A start in company takes the very steps that it takes alone, bit for bit."""
    low, high = np.reshape(landscape.frame, (2, 2)).T
    starts = np.random.default_rng(3).uniform(low, high, (6, 2)).T
    rule = GradientDescent(1e-3)
    together = minimize(landscape, starts, rule, steps=60, min_step=1e-3)
    for i in range(6):
        alone = minimize(landscape, starts[:, i], rule, steps=60, min_step=1e-3)
        n = len(alone)
        assert together.taken[i] == n - 1
        assert together.outcomes[i] == alone.stopped
        # SIMD and scalar code may round the last bit of exp and pow differently
        np.testing.assert_allclose(together.x[:n, :, i], alone.x, rtol=1e-12, atol=1e-300)
        assert (together.x[n:, :, i] == together.x[n - 1, :, i]).all()
        assert (together.value[n:, i] == together.value[n - 1, i]).all()


def test_many_starts_bit_for_bit():
    """Where the function is only + − ×, not even the last bit differs."""
    starts = np.random.default_rng(3).uniform(-5, 5, (2, 40))
    for landscape, lr in ((himmelblau, 0.024), (booth, 0.05), (bowl, 0.4)):
        together = minimize(landscape, starts, GradientDescent(lr), steps=300)
        for i in range(40):
            alone = minimize(landscape, starts[:, i], GradientDescent(lr), steps=300)
            n = len(alone)
            assert together.x[:n, :, i].tobytes() == alone.x.tobytes()


def test_words_of_many_starts():
    """One word for each start; the path as a whole has the gravest of them."""
    starts = np.array([[0.0, 3.0, 1e-6], [0.0, 1.0, 0.0]])
    rule = GradientDescent(0.3)
    path = minimize(bowl, starts, rule, steps=5, min_step=1e-3)
    assert path.outcomes.tolist() == ["min_step", "steps", "min_step"]
    assert path.taken.tolist() == [1, 5, 1]
    assert path.stopped == "steps"
    assert minimize(bowl, starts[:, ::2], rule, steps=5, min_step=1e-3).stopped == "min_step"
    falling = minimize(saddle, [[0.0, 0.0], [0.0, 1.0]], GradientDescent(1), steps=1000)
    assert falling.outcomes.tolist() == ["steps", "diverged"]
    assert falling.stopped == "diverged"


def test_no_steps():
    """steps=0 gives the start alone."""
    path = minimize(bowl, (4, 3), GradientDescent(0.1), steps=0)
    assert path.x.tolist() == [[4, 3]]
    assert path.value.tolist() == [34]
    assert (path.stopped, len(path), path.taken) == ("steps", 1, 0)
    many = minimize(bowl, np.ones((2, 3)), GradientDescent(0.1), steps=0)
    assert many.outcomes.tolist() == ["steps"] * 3
    assert many.taken.tolist() == [0] * 3


def test_a_thousand_steps_unless_told():
    assert len(minimize(bowl, (4, 3), GradientDescent(1e-3))) == 1001


def test_min_step_looks_at_each_coordinate():
    """The run goes on while any coordinate moves by min_step or more; equality goes on."""
    at = minimize(bowl, (1.0, 0.0), GradientDescent(0.25), min_step=0.125)
    assert at.x[:, 0].tolist() == [1, 0.5, 0.25, 0.125, 0.0625]  # moves 1/2, 1/4, 1/8, 1/16
    assert at.stopped == "min_step"
    negative = minimize(bowl, (-1.0, 0.0), GradientDescent(0.25), min_step=0.125)
    assert len(negative) == 5
    assert minimize(easom, (-4, -4), GradientDescent(0.1), min_step=1e-3).taken == 1


def test_divergence_is_a_word():
    """A run that overflows ends at its last finite point; warnings are errors here."""
    path = minimize(bowl, (1, 1), GradientDescent(0.6), steps=5000)
    assert path.stopped == "diverged"
    assert np.isfinite(path.x).all()
    assert np.isfinite(path.value).all()
    assert len(path) < 5000
    assert np.abs(path.x[-1, 1]) > 1e150  # 1.4ⁿ, until its square is too large
    assert path.taken == len(path) - 1


class Sick:
    """A loss with a value or gradient that is not finite beyond x = 2."""

    def __init__(self, value, slope):
        self.value, self.slope = value, slope

    def __call__(self, x):
        return np.where(x[0] > 2, self.value, -x[0])

    def grad(self, x):
        return np.where(x > 2, self.slope, -1.0)


@pytest.mark.parametrize(
    ("value", "slope", "end"), [(np.nan, 0, 2), (np.inf, 0, 2), (0, np.nan, 3), (0, np.inf, 3)]
)
def test_not_a_number_ends_a_run(value, slope, end):
    """NaN and infinity end it, whether the value or the gradient has them."""
    path = minimize(Sick(value, slope), [0.0], GradientDescent(1.0), steps=50)
    assert path.stopped == "diverged"
    assert path.x[-1].tolist() == [end]


def test_a_path_in_words():
    """Printed, a path says where from, where to and why it ended."""
    path = minimize(bowl, (4, 3), GradientDescent(0.25), steps=2)
    assert repr(path) == "Path(2 steps, from x=[4., 3.] to x=[1., 0.], value=1., stopped='steps')"
    third = minimize(bowl, (1 / 3, 0), GradientDescent(0.1), steps=0)
    assert "x=[0.333333, 0.      ]" in repr(third)
    for n, shortened in ((8, False), (9, True)):
        few = minimize(bowl, np.zeros((2, n)), GradientDescent(0.1), steps=0)
        assert ("..." in repr(few).partition("value=")[2]) is shortened
    assert len(repr(minimize(bowl, np.ones((2, 500)), GradientDescent(0.1)))) < 500
    assert isinstance(path, Path)


def test_a_run_can_be_watched():
    """`Run` takes one step at a time and says when nothing moves any more."""
    run = Run(bowl, (1.0, 0.0), GradientDescent(0.25), min_step=0.3)
    assert [run.advance(), run.x.tolist(), run.advance(), run.advance()] == [
        True,
        [0.5, 0],
        True,
        False,
    ]
    assert run.outcomes == "min_step"
    assert run.taken == 2
    assert run.value == 0.0625


# --- minimize: what it is given -------------------------------------------------------------


def test_the_start_is_left_alone():
    """Lists, integers and read-only arrays will do, and none is modified."""
    start = np.array([4, 3])
    path = minimize(bowl, start, GradientDescent(0.1), steps=3)
    assert start.tolist() == [4, 3]
    assert path.x.dtype == np.float64
    start = np.array([4.0, 3.0])
    start.flags.writeable = False
    assert (minimize(bowl, start, GradientDescent(0.1), steps=3).x == path.x).all()
    assert (minimize(bowl, [4, 3], GradientDescent(0.1), steps=3).x == path.x).all()


class InPlace:
    """A rule that breaks the promise: it works in place on all it is given."""

    def init(self, x):
        x *= 7
        return np.zeros_like(x)

    def step(self, x, grad, state):
        grad *= 0.1
        x -= grad
        return x, state


def test_a_rule_in_place_cannot_rewrite_the_path():
    """Its path is that of the pure rule, and the caller's start stays as it was."""
    start = np.array([[4.0, 1.0], [3.0, -2.0]])
    path = minimize(himmelblau, start, InPlace(), steps=4)
    pure = minimize(himmelblau, start, GradientDescent(0.1), steps=4)
    assert start.tolist() == [[4, 1], [3, -2]]
    np.testing.assert_allclose(path.x[:2], pure.x[:2], rtol=1e-15)
    assert (path.x[0] == start).all()


class SpoilsItsInput:
    """An objective that works in place on the point it is asked about."""

    def __call__(self, x):
        x *= 0
        return x.sum(axis=0)

    def grad(self, x):
        x *= 0
        return x + 1.0


def test_an_objective_in_place_cannot_rewrite_the_path():
    path = minimize(SpoilsItsInput(), [5.0, 6.0], GradientDescent(1.0), steps=2)
    assert path.x.tolist() == [[5, 6], [4, 5], [3, 4]]


class Loss:
    """A bowl whose value and gradient come in the shapes it is told."""

    def __init__(self, value=lambda v: v, grad=lambda g: g):
        self.value, self.slope = value, grad

    def __call__(self, x):
        return self.value((x**2).sum(axis=0))

    def grad(self, x):
        return self.slope(2 * x)


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (Loss(grad=lambda g: g[:1]), r"objective's gradient must have shape \(2,\), got \(1,\)"),
        (Loss(grad=lambda g: g.sum()), r"objective's gradient must have shape \(2,\), got \(\)"),
        (Loss(value=lambda v: [v]), r"objective's value must have shape \(\), got \(1,\)"),
        (Loss(value=lambda v: np.nan), "the objective's value at x0 must be finite"),
    ],
)
def test_bad_objectives(objective, words):
    """A value or gradient of the wrong shape is refused, with both shapes."""
    with pytest.raises(ValueError, match=words):
        minimize(objective, (1, 2), GradientDescent(0.1))


@pytest.mark.parametrize("objective", [lambda x: x.sum(), 3, None, "bowl"])
def test_objectives_without_a_gradient(objective):
    with pytest.raises(TypeError, match=r"an objective that is callable and has \.grad, got"):
        minimize(objective, (1, 2), GradientDescent(0.1))


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        (GradientDescent, r"got the class GradientDescent: write GradientDescent\(lr=…\)"),
        (0.1, "an optimizer with init and step, got float"),
        (None, "an optimizer with init and step, got NoneType"),
    ],
)
def test_bad_optimizers(optimizer, words):
    with pytest.raises(TypeError, match=words):
        minimize(bowl, (1, 2), optimizer)


class WrongShape(InPlace):
    def step(self, x, grad, state):
        return x[:1], state


def test_a_rule_must_return_a_point():
    with pytest.raises(ValueError, match=r"optimizer's next point must have shape \(2,\)"):
        minimize(bowl, (1, 2), WrongShape())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"x0": (1, np.nan)}, r"minimize: x0 must be finite, got nan at index \(1,\)"),
        ({"x0": 3}, r"x0 as a point \(d,\) or points \(d, …\), got shape \(\)"),
        ({"x0": np.zeros((2, 0))}, r"got shape \(2, 0\)"),
        ({"steps": -1}, "minimize: steps must be a whole number ≥ 0, got -1"),
        ({"steps": 1e3}, "minimize: steps must be a whole number ≥ 0, got 1000.0"),
        ({"min_step": 0}, "minimize: min_step must be a number > 0, got 0"),
        ({"min_step": -0.1}, "minimize: min_step must be a number > 0"),
    ],
)
def test_bad_arguments(arguments, words):
    """Each is refused by a sentence that names it."""
    given = {"x0": (1, 2), **arguments}
    with pytest.raises(ValueError, match=words):
        minimize(bowl, given.pop("x0"), GradientDescent(0.1), **given)


@pytest.mark.parametrize("x0", ["ab", None, (1j, 2), [[1, 2], [3]]])
def test_a_start_must_be_numbers(x0):
    with pytest.raises(TypeError, match="minimize: x0 must be"):
        minimize(bowl, x0, GradientDescent(0.1))


# --- minimize: the ends alone ---------------------------------------------------------------

RULES = (
    GradientDescent(1e-3),
    Momentum(1e-3, weight_decay=1e-3),
    Nesterov(1e-3, look_ahead=True),
    AdaGrad(0.1),
    RMSprop(0.01, centered=True, momentum=0.5),
    AdaDelta(),
    Adam(cosine(0.1, steps=40), amsgrad=True),
)
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of 64 starts, so that a few hundred are several."""
    monkeypatch.setattr("coursekit.descent.minimizing.BLOCK", 64)


def scattered(landscape, shape, seed=5):
    """Starts all over the frame."""
    low, high = np.reshape(landscape.frame, (2, 2)).T.reshape(2, 2, *(1,) * (len(shape) - 1))
    return np.random.default_rng(seed).uniform(low, high, shape)


def assert_same_ends(landscape, starts, rule, **options):
    """keep="ends" is the first and the last of keep="path", bit for bit; returns it."""
    ends = minimize(landscape, starts, rule, keep="ends", **options)
    path = minimize(landscape, starts, rule, **options)
    assert len(ends) == 2
    for kept, points in ((ends.x, path.x), (ends.value, path.value)):
        assert kept.shape == (2, *points.shape[1:])
        assert kept.tobytes() == points[[0, -1]].tobytes()
    for name in ("outcomes", "taken"):
        kept, expected = getattr(ends, name), getattr(path, name)
        assert kept.shape == expected.shape
        assert (kept == expected).all()
    assert ends.stopped == path.stopped
    return ends


@each
@each_rule
@pytest.mark.parametrize("min_step", [None, 1e-3])
def test_the_ends_are_the_ends_of_the_path(landscape, rule, min_step, small_blocks):
    """Below a block, a block, and several with a rest; alone, and with a stopping rule."""
    for shape in ((2,), (2, 5), (2, 64), (2, 150), (2, 9, 15), (2, 3, 4)):
        starts = scattered(landscape, shape)
        assert_same_ends(landscape, starts, rule, steps=40, min_step=min_step)


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_the_ends_after_very_few_steps(steps, small_blocks):
    for shape in ((2,), (2, 100)):
        assert_same_ends(himmelblau, scattered(himmelblau, shape), Adam(0.1), steps=steps)


@pytest.mark.parametrize("shape", [(2,), (2, 40), (2, 200), (2, 10, 20)], ids=str)
def test_the_ends_where_some_starts_diverge(shape, small_blocks):
    """They stop at their last finite point, in their block, and the others go on."""
    starts = 3 * scattered(himmelblau, shape)
    for rule in (GradientDescent(0.02), Momentum(0.01), Nesterov(0.012, lr_inside=True)):
        for steps in (2, 3, 60):
            ends = assert_same_ends(himmelblau, starts, rule, steps=steps)
            assert np.isfinite(ends.x).all()
            assert np.isfinite(ends.value).all()
    if len(shape) > 1:
        assert set(ends.outcomes.ravel()) == {"steps", "diverged"}


class Touchy:
    """A bowl that refuses points beyond 100."""

    def __call__(self, x):
        return bowl(x)

    def grad(self, x):
        if (x > 100).any():
            raise ArithmeticError("too far for me")
        return bowl.grad(x)


def test_what_a_block_raises_is_raised(small_blocks):
    """In whichever block it happens, and on any step."""
    starts = np.ones((2, 300))
    assert minimize(Touchy(), starts, GradientDescent(0.1), keep="ends").stopped == "steps"
    for i in (0, 100, 299):
        for far, rate in ((101, 0.1), (90, 0.6)):
            starts[:, i] = far
            with pytest.raises(ArithmeticError, match="too far for me"):
                minimize(Touchy(), starts, GradientDescent(rate), steps=200, keep="ends")
        starts[:, i] = 1
    for value, words in (
        (Loss(grad=lambda g: g[:1]), "objective's gradient must have shape"),
        (Loss(value=lambda v: v[:1]), "objective's value must have shape"),
        (Loss(value=lambda v: v * np.nan), "the objective's value at x0 must be finite"),
    ):
        with pytest.raises(ValueError, match=words):
            minimize(value, starts, GradientDescent(0.1), keep="ends")


@pytest.mark.parametrize("keep", ["all", "end", None, True])
def test_what_can_be_kept(keep):
    with pytest.raises(ValueError, match=rf'keep must be "path" or "ends", got {keep!r}'):
        minimize(bowl, (1, 2), GradientDescent(0.1), keep=keep)


def test_the_ends_refuse_what_the_path_refuses():
    for arguments, words in (
        ({"x0": (1, np.nan)}, "minimize: x0 must be finite"),
        ({"x0": np.zeros((2, 0))}, r"got shape \(2, 0\)"),
        ({"steps": -1}, "minimize: steps must be a whole number"),
        ({"min_step": 0}, "minimize: min_step must be a number > 0"),
    ):
        given = {"x0": (1, 2), **arguments}
        with pytest.raises(ValueError, match=words):
            minimize(bowl, given.pop("x0"), GradientDescent(0.1), keep="ends", **given)
    with pytest.raises(TypeError, match="an optimizer with init and step, got float"):
        minimize(bowl, (1, 2), 0.1, keep="ends")


def test_the_start_of_the_ends_is_left_alone(small_blocks):
    """Whatever the rule does in place, the caller's array and the first point stay."""
    starts = np.random.default_rng(0).uniform(-1, 1, (2, 100))
    before = starts.copy()
    ends = minimize(bowl, starts, GradientDescent(0.1), steps=9, keep="ends")
    assert (starts == before).all()
    assert (ends.x[0] == before).all()
    assert not np.shares_memory(ends.x, starts)


# --- Run.leap -------------------------------------------------------------------------------


@each_rule
@pytest.mark.parametrize("min_step", [None, 1e-2])
def test_a_leap_ends_where_the_steps_end(rule, min_step):
    """Point, value, counts and state, and so do the steps after it."""
    for shape in ((2,), (2, 7)):
        for steps in (0, 1, 2, 30):
            starts = scattered(himmelblau, shape)
            leaping, going = (Run(himmelblau, starts, rule, min_step=min_step) for _ in range(2))
            for count in (steps, 5, steps):
                leaping.leap(count)
                going.go(count)
                assert leaping.x.tobytes() == going.x.tobytes()
                assert np.array(leaping.value).tobytes() == np.array(going.value).tobytes()
                assert (leaping.taken == going.taken).all()
                assert (leaping.outcomes == going.outcomes).all()
                assert repr(leaping.state) == repr(going.state)


def test_a_leap_off_the_edge():
    """Where a start diverges on the way, the leap goes back and walks."""
    starts = np.array([[1.0, 200.0, 2.0], [2.0, 300.0, 1.0]])
    for rule in (GradientDescent(0.01), Momentum(0.005)):
        leaping, going = Run(himmelblau, starts, rule), Run(himmelblau, starts, rule)
        leaping.leap(50)
        going.go(50)
        assert (
            leaping.outcomes.tolist() == going.outcomes.tolist() == ["steps", "diverged", "steps"]
        )
        assert leaping.taken.tolist() == going.taken.tolist()
        assert leaping.x.tobytes() == going.x.tobytes()
        leaping.leap(10)
        going.go(10)
        assert leaping.x.tobytes() == going.x.tobytes()
        assert leaping.taken.tolist() == going.taken.tolist()


# --- states ---------------------------------------------------------------------------------


@each_rule
@pytest.mark.parametrize("shape", [(2,), (2, 3), (2, 3, 2)], ids=str)
def test_states_are_stacked(rule, shape):
    """Field by field, what stepping by hand gives, the start included."""
    starts = scattered(himmelblau, shape)
    stacked = states(himmelblau, starts, rule, steps=6)
    x, state = starts, rule.init(starts)
    assert type(stacked) is type(state)
    assert stacked.t.tolist() == list(range(7))
    for i in range(7):
        for name in state._fields:
            part, column = getattr(state, name), getattr(stacked, name)
            if part is None:
                assert column is None
            else:
                assert column[i].tobytes() == np.asarray(part).tobytes(), name
                assert column.shape == (7, *np.shape(part))
        at = rule.look(x, state) if hasattr(rule, "look") else x
        x, state = rule.step(x, himmelblau.grad(at), state)
    assert minimize(himmelblau, starts, rule, steps=7).x[-1].tobytes() == x.tobytes()


def test_states_of_a_run_that_ends():
    """A run that diverges has the states of the steps it took, and of the one too far."""
    seen = states(bowl, (1, 1), GradientDescent(0.6), steps=5000)
    path = minimize(bowl, (1, 1), GradientDescent(0.6), steps=5000)
    assert path.stopped == "diverged"
    assert len(seen.t) == len(path)
    assert states(bowl, (1, 1), Adam(), steps=0).m.tolist() == [[0, 0]]


class Stateless:
    def init(self, x):
        return None

    def step(self, x, grad, state):
        return x - 0.1 * grad, state


def test_states_refuse():
    """A state without names, and whatever `minimize` refuses."""
    with pytest.raises(TypeError, match="a state with named fields, got NoneType"):
        states(bowl, (1, 2), Stateless(), steps=3)
    with pytest.raises(TypeError, match="got ndarray"):
        states(bowl, (1, 2), InPlace(), steps=3)
    with pytest.raises(TypeError, match="an optimizer with init and step, got float"):
        states(bowl, (1, 2), 0.1, steps=3)
    with pytest.raises(ValueError, match="x0 must be finite"):
        states(bowl, (1, np.inf), Adam(), steps=3)
    with pytest.raises(ValueError, match=r"states: steps must be a whole number ≥ 0, got 2\.5"):
        states(bowl, (1, 2), Adam(), steps=2.5)


# --- one point of a polynomial --------------------------------------------------------------


@pytest.mark.parametrize(
    "landscape", [f for f in ALL if f.polynomial], ids=lambda landscape: landscape.name
)
def test_one_point_of_a_polynomial_has_the_bits_of_many(landscape):
    """Python's floats and NumPy's arrays round alike, up to ∞ and NaN, without warnings."""
    rng = np.random.default_rng(6)
    odd = [0.0, -0.0, 1e200, -1e200, 1e308, -1e308, 1e-200, 5e-324, np.inf, -np.inf, np.nan]
    drawn = rng.normal(size=(2, 400)) * 10.0 ** rng.uniform(-8, 8, (2, 400))
    points = np.hstack([drawn, scattered(landscape, (2, 400)), np.array(list(product(odd, odd))).T])
    heights, slopes = landscape(points), landscape.grad(points)
    for i, point in enumerate(points.T):
        height, slope = landscape(point), landscape.grad(point)
        assert type(height) is np.float64
        assert slope.shape == (2,)
        assert bits(height) == bits(heights[i])
        assert bits(slope) == bits(slopes[:, i])


def bits(array):
    """Of the numbers; NaN has a sign of no meaning."""
    return np.where(np.isnan(array), np.nan, array).tobytes()
