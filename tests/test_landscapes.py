"""The twelve landscapes, their curvatures and their basins."""

import json
from pathlib import Path

import numpy as np
import pytest

from coursekit import landscapes
from coursekit.descent import GradientDescent
from coursekit.landscapes import ALL, basins_of_attraction, grid, hessian

GOLDEN = json.loads(
    Path(__file__).with_name("golden").joinpath("stationary_points.json").read_text("utf-8")
)["points"]
STATIONARY = [
    pytest.param(getattr(landscapes, name), p, id=f"{name}-{i}-{p['kind']}")
    for name, points in GOLDEN.items()
    for i, p in enumerate(points)
]

# name: (frame, value at the global minima, how many there are)
KNOWN = {
    "bowl": ((-5, 5, -5, 5), 0.0, 1),
    "easom": ((-10, 10, -10, 10), -1.0, 1),
    "himmelblau": ((-5, 5, -5, 5), 0.0, 4),
    "ackley": ((-5, 5, -5, 5), 0.0, 1),
    "rosenbrock": ((-2.048, 2.048, -2.048, 2.048), 0.0, 1),
    "beale": ((-4.5, 4.5, -4.5, 4.5), 0.0, 1),
    "booth": ((-10, 10, -10, 10), 0.0, 1),
    "rastrigin": ((-5.12, 5.12, -5.12, 5.12), 0.0, 1),
    "six_hump_camel": ((-3, 3, -2, 2), -1.0316284534898774, 2),
    "saddle": ((-2, 2, -2, 2), None, 0),
    "goldstein_price": ((-2, 2, -2, 2), 3.0, 1),
    "styblinski_tang": ((-5, 5, -5, 5), -78.332331407542831, 1),
}

each = pytest.mark.parametrize("landscape", ALL, ids=lambda f: f.name)


def random_points(landscape, *shape, seed=0):
    low, high = np.reshape(landscape.frame, (2, 2)).T
    rng = np.random.default_rng(seed)
    return np.moveaxis(rng.uniform(low, high, (*shape, 2)), -1, 0)


def test_there_are_twelve():
    """The course has twelve landscapes, each under its own name in the package."""
    assert [f.name for f in ALL] == list(KNOWN)
    assert all(getattr(landscapes, f.name) is f for f in ALL)


@each
def test_what_is_known_about_each(landscape):
    """Frames are those of the lectures and the papers; each source is named."""
    frame, _, count = KNOWN[landscape.name]
    assert landscape.frame == frame
    assert len(landscape.minima) == count
    assert len(landscape.source) > 10
    x_min, x_max, y_min, y_max = frame
    for x, y in landscape.minima:
        assert x_min <= x <= x_max
        assert y_min <= y <= y_max
    assert repr(landscape) == f"Landscape(name={landscape.name!r})"


# --- values and gradients -------------------------------------------------------------------


@each
def test_minima(landscape):
    """At every listed minimum the gradient is zero to 1e-9 and the value right to 1e-12."""
    value = KNOWN[landscape.name][1]
    for point in landscape.minima:
        assert np.abs(landscape.grad(point)).max() < 1e-9
        assert landscape(point) == pytest.approx(value, rel=0, abs=1e-12)


@each
def test_nothing_in_the_frame_is_lower_than_the_minima(landscape):
    """A fine grid over the frame finds nothing below the listed minima."""
    if landscape.minima:
        assert landscape(landscape.grid(401)).min() >= KNOWN[landscape.name][1] - 1e-12


@each
def test_gradients_match_central_differences(landscape):
    """At 200 random points the gradient is the limit of (f(x + h) − f(x − h)) / 2h."""
    points = random_points(landscape, 200)
    for axis in range(2):
        h = 1e-5
        shift = np.zeros((2, 1))
        shift[axis] = h
        expected = (landscape(points + shift) - landscape(points - shift)) / (2 * h)
        # rounding of the values, divided by h, and the h² of the formula
        noise = 1e-15 * np.abs(landscape(points)) / h + 1e-8 * np.abs(expected) + 1e-7
        assert (np.abs(landscape.grad(points)[axis] - expected) <= 10 * noise).all()


@pytest.mark.parametrize(("landscape", "point"), STATIONARY)
def test_stationary_points(landscape, point):
    """Where mpmath finds a zero gradient we do too, with its value, curvatures and kind."""
    x, curvatures = np.array(point["point"]), np.array(point["curvatures"])
    # the gradient may be off by the point's last bit times the curvature
    bound = 1e-14 * np.abs(curvatures).max() * max(1, np.abs(x).max())
    assert np.abs(landscape.grad(x)).max() <= bound
    scale = max(1, abs(point["value"])) if abs(point["value"]) > 1e-3 else abs(point["value"])
    assert landscape(x) == pytest.approx(point["value"], rel=0, abs=1e-12 * scale + 1e-24)
    ours = np.linalg.eigvalsh(hessian(landscape, x))
    np.testing.assert_allclose(
        ours, curvatures, rtol=1e-4, atol=1e-4 * np.abs(curvatures).max() * 1e-2
    )
    kinds = {0: "maximum", 1: "saddle", 2: "minimum"}
    assert kinds[int((ours > 0).sum())] == point["kind"]


def test_easom_far_from_the_hole():
    """The slope on the plain is tiny and right, and far out the height is −0."""
    assert landscapes.easom.grad((0, 0))[0] == pytest.approx(-1.680933e-8, rel=1e-6)
    assert landscapes.easom.grad((-4, -4))[1] == pytest.approx(-3.3058498e-44, rel=1e-6)
    assert landscapes.easom.grad((10, 10))[0] == pytest.approx(1.4074638e-40, rel=1e-6)
    height = landscapes.easom((30, 30))
    assert height == 0
    assert np.signbit(height)


def test_ackley_at_its_cusp():
    """The slope is 2√2 in every direction close by, and (0, 0) at the cusp itself."""
    assert landscapes.ackley((0, 0)) == 0
    assert (landscapes.ackley.grad((0, 0)) == 0).all()
    angles = np.linspace(0, 6, 13)
    near = landscapes.ackley.grad(1e-9 * np.array([np.cos(angles), np.sin(angles)]))
    np.testing.assert_allclose(np.hypot(*near), 2 * np.sqrt(2), rtol=1e-6)
    np.testing.assert_allclose(np.arctan2(*near[::-1]), np.arctan2(np.sin(angles), np.cos(angles)))
    mixed = landscapes.ackley.grad([[0.0, 1e-9], [0.0, 0.0]])
    assert (mixed[:, 0] == 0).all()
    assert mixed[0, 1] == pytest.approx(2 * np.sqrt(2), rel=1e-6)
    assert landscapes.ackley((32, 32)) == pytest.approx(19.966769, rel=1e-7)


# --- shapes, types, errors ------------------------------------------------------------------


@each
def test_shapes_agree(landscape):
    """One point, n points and a grid of points give the same numbers, bit for bit."""
    points = random_points(landscape, 5, 3)
    many = landscape(points), landscape.grad(points)
    assert many[0].shape == (5, 3)
    assert many[1].shape == (2, 5, 3)
    flat = points.reshape(2, -1)
    np.testing.assert_allclose(landscape(flat), many[0].ravel(), rtol=1e-13)
    np.testing.assert_allclose(landscape.grad(flat), many[1].reshape(2, -1), rtol=1e-12)
    for i, point in enumerate(flat.T):
        assert np.shape(landscape(point)) == ()
        np.testing.assert_allclose(landscape(point), many[0].flat[i], rtol=1e-13)
        np.testing.assert_allclose(landscape.grad(point), many[1].reshape(2, -1)[:, i], rtol=1e-12)


@each
def test_input_is_converted_and_left_alone(landscape):
    """Integers count as the floats they are, lists as arrays, and nothing is modified."""
    whole, given = np.array([[1, -2, 0], [2, 1, -1]]), random_points(landscape, 4)
    before = given.copy()
    assert (landscape(whole) == landscape(whole.astype(float))).all()
    assert (landscape.grad(whole) == landscape.grad(whole.tolist())).all()
    assert landscape.grad(whole).dtype == landscape(whole).dtype == np.float64
    landscape(given)
    landscape.grad(given)
    assert (given == before).all()
    given.flags.writeable = False
    landscape.grad(given)


@each
@pytest.mark.parametrize("shape", [(), (3,), (1, 2), (0,), (3, 2)])
def test_wrong_shapes(landscape, shape):
    """The first axis must have x and y; the message names the landscape and the shape."""
    for method in (landscape, landscape.grad):
        with pytest.raises(ValueError, match=rf"^{landscape.name} needs points .*got shape"):
            method(np.zeros(shape))


@pytest.mark.parametrize("point", [(1j, 0), ("a", "b"), None, (None, 1), [[1, 2], [3]]])
def test_wrong_kinds(point):
    """What is not made of real numbers is a TypeError, complex numbers included."""
    for method in (landscapes.bowl, landscapes.bowl.grad):
        with pytest.raises(TypeError, match=r"^bowl: point must be"):
            method(point)


@each
def test_overflow_gives_no_warning(landscape):
    """Far outside the values may be infinite; warnings are errors in these tests."""
    landscape([1e200, -1e200])
    landscape.grad([1e200, -1e200])


def test_grid():
    """Row i has one y, column j one x; ends and default size included."""
    points = grid((0, 2, 10, 14), 3)
    assert points.tolist() == [
        [[0, 1, 2], [0, 1, 2], [0, 1, 2]],
        [[10, 10, 10], [12, 12, 12], [14, 14, 14]],
    ]
    assert landscapes.six_hump_camel.grid().shape == grid((0, 1, 0, 1)).shape == (2, 201, 201)
    assert landscapes.six_hump_camel.grid(2)[:, 0, 0].tolist() == [-3, -2]
    assert landscapes.six_hump_camel.grid(2)[:, 1, 1].tolist() == [3, 2]
    for n in (1, 2.0, True, -3, "5"):
        with pytest.raises(ValueError, match="whole number ≥ 2"):
            landscapes.bowl.grid(n)


# --- hessian --------------------------------------------------------------------------------


class Cubes:
    """Σ x⁴ / 4, whose gradient's central difference is 3x² + h², exactly off by h²."""

    def __call__(self, x):
        return (x**4).sum(axis=0) / 4

    def grad(self, x):
        return x**3


def test_hessian_is_a_central_difference():
    """The step is 1e-5, times the coordinate where that is above 1."""
    assert hessian(Cubes(), [0.0])[0, 0] == pytest.approx(1e-10, rel=1e-6)
    off = hessian(Cubes(), [0.0, 10.0, -0.5], step=0.01) - np.diag([0.0, 300.0, 0.75])
    np.testing.assert_allclose(np.diag(off), [0.01**2, 0.1**2, 0.01**2], rtol=1e-6)
    np.testing.assert_allclose(off - np.diag(np.diag(off)), 0, atol=1e-12)


@each
def test_hessian_is_symmetric(landscape):
    """The two mixed derivatives are averaged, and match a difference of the other gradient."""
    for point in random_points(landscape, 5).T:
        matrix = hessian(landscape, point)
        assert matrix.shape == (2, 2)
        assert (matrix == matrix.T).all()
        e = np.array([0, 1e-6])
        column = (landscape.grad(point + e) - landscape.grad(point - e)) / 2e-6
        np.testing.assert_allclose(matrix[:, 1], column, rtol=1e-4, atol=1e-3)


def test_hessian_by_hand():
    """Himmelblau's at (3, 2) is ((74, 20), (20, 34)), worked out on paper."""
    matrix = hessian(landscapes.himmelblau, (3, 2))
    np.testing.assert_allclose(matrix, [[74, 20], [20, 34]], rtol=1e-8)


@pytest.mark.parametrize("point", [np.zeros((2, 3)), 1.0, []])
def test_hessian_takes_one_point(point):
    """Many points at once are refused by a sentence."""
    with pytest.raises(ValueError, match="hessian needs one point"):
        hessian(landscapes.bowl, point)


@pytest.mark.parametrize("step", [0, -1e-5, np.nan, np.inf])
def test_hessian_needs_a_step(step):
    with pytest.raises(ValueError, match="hessian: step must be a number > 0"):
        hessian(landscapes.bowl, (1, 1), step=step)


# --- basins ---------------------------------------------------------------------------------


def basins(landscape=landscapes.himmelblau, lr=0.01, **kwargs):
    return basins_of_attraction(landscape, GradientDescent(lr), **{"n": 51, **kwargs})


def test_basins_of_himmelblau():
    """Four basins of about a quarter each; nobody is lost."""
    found = basins()
    shares = [(found.reached == k).mean() for k in range(4)]
    assert sum(shares) == 1
    np.testing.assert_allclose(shares, 0.25, atol=0.02)
    assert not found.diverged.any()
    assert (found.targets == landscapes.himmelblau.minima).all()
    assert found.landscape is landscapes.himmelblau
    assert (found.starts == landscapes.himmelblau.grid(51)).all()


@pytest.mark.parametrize(
    ("landscape", "lr"),
    [(landscapes.himmelblau, 0.01), (landscapes.six_hump_camel, 0.02), (landscapes.bowl, 0.1)],
    ids=lambda p: getattr(p, "name", ""),
)
def test_a_minimum_lies_in_its_own_basin(landscape, lr):
    """The start nearest to each minimum reaches it, and sooner than most."""
    found = basins(landscape, lr)
    for k, minimum in enumerate(landscape.minima):
        gaps = np.hypot(*(found.starts - np.reshape(minimum, (2, 1, 1))))
        at = np.unravel_index(gaps.argmin(), gaps.shape)
        assert found.reached[at] == k
        assert found.taken[at] <= np.median(found.taken[found.reached == k])


def test_basins_of_local_minima():
    """`targets` replaces the global minima: the camel's six share the whole frame."""
    six = [p["point"] for p in GOLDEN["six_hump_camel"] if p["kind"] == "minimum"]
    found = basins(landscapes.six_hump_camel, 0.02, targets=six)
    assert set(np.unique(found.reached)) - {-1} == set(range(6))
    assert (found.reached == -1).sum() <= 1  # the saddle at (0, 0) is a start itself
    two = basins(landscapes.six_hump_camel, 0.02)
    assert (two.reached >= 0).mean() == pytest.approx(0.56, abs=0.03)


def test_a_basin_is_a_run_of_minimize():
    """Each start of the map ends where a run of its own ends, after as many steps."""
    from coursekit.descent import minimize

    found = basins(n=7)
    for i, j in np.ndindex(7, 7):
        path = minimize(
            landscapes.himmelblau,
            found.starts[:, i, j],
            GradientDescent(0.01),
            steps=500,
            min_step=1e-4,
        )
        gaps = np.hypot(*(path.x[-1][:, None] - found.targets.T))
        assert found.reached[i, j] == gaps.argmin()
        assert found.taken[i, j] == len(path) - 1


def test_divergence_is_marked():
    """Starts that overflow are marked and reach nothing, without warnings."""
    found = basins(lr=0.05)
    assert found.diverged.mean() > 0.1
    assert (found.reached[found.diverged] == -1).all()
    assert not basins(landscapes.bowl, 0.4).diverged.any()
    assert basins(landscapes.bowl, 0.6, steps=3000).diverged[0].all()  # 1 − 0.6 · 4 = −1.4 in y


def test_defaults_of_basins():
    """151 × 151 starts, 500 steps, a smallest step of 1e-4, and 0.05 is near."""
    slow = basins_of_attraction(landscapes.bowl, GradientDescent(1e-3))
    assert slow.reached.shape == (151, 151)
    assert slow.taken.max() == 500
    # along x a run ends with the first step below 1e-4: 2 lr x < 1e-4
    ends = basins(landscapes.bowl, 0.01, n=3).taken
    by_hand = np.ceil(np.log(1e-4 / (0.02 * 5)) / np.log(0.98)) + 1
    assert ends[1, 2] == pytest.approx(by_hand, abs=1)
    for offset, reached in ((0.049, 0), (0.051, -1)):
        away = basins(landscapes.bowl, 0.1, n=3, min_step=1e-9, targets=[(offset, 0)])
        assert (away.reached == reached).all()


def test_basins_of_nothing():
    """A landscape without minima needs targets, and says so."""
    with pytest.raises(ValueError, match="saddle has 0 global minima"):
        basins(landscapes.saddle)
    found = basins(landscapes.saddle, 0.1, targets=[(0, 0)], n=5)
    assert (found.reached[2] == 0).all()
    assert (found.reached[[0, 1, 3, 4]] == -1).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"targets": [1, 2]}, r"targets as \(k, 2\) points, got shape \(2,\)"),
        ({"targets": [[1, 2, 3]]}, r"got shape \(1, 3\)"),
        ({"near": 0}, "basins: near must be a number > 0"),
        ({"near": -1}, "basins: near must be a number > 0"),
        ({"n": 1}, "whole number ≥ 2"),
        ({"steps": -1}, "basins: steps must be a whole number ≥ 0"),
        ({"steps": 2.5}, "basins: steps must be a whole number ≥ 0"),
        ({"min_step": 0}, "min_step must be a number > 0"),
    ],
)
def test_basins_refuse(arguments, words):
    """Arguments out of range are refused by a sentence that names them."""
    with pytest.raises(ValueError, match=words):
        basins(**arguments)


def test_basins_with_no_steps():
    """steps=0: only starts that already lie on a target have reached it."""
    found = basins(landscapes.bowl, n=5, steps=0)
    assert found.reached[2, 2] == 0
    assert (found.reached == 0).sum() == 1
    assert (found.taken == 0).all()
