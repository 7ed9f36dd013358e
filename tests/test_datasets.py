"""The data sets: what they hold, that they are what they say, and that they stay the same."""

import hashlib

import numpy as np
import pytest

from coursekit.datasets import (
    circles,
    digits,
    houses,
    moons,
    shoe_sizes,
    spirals,
    standardize,
)
from coursekit.datasets import digits as digits_function

PLANAR = pytest.mark.parametrize("make", [moons, circles, spirals], ids=lambda f: f.__name__)


# --- digits ---------------------------------------------------------------------------------


def test_the_digits_are_those_of_the_uci_repository():
    """Counts, shapes, and every pixel: the sum of the original's 0 … 16 and a fingerprint."""
    train, test = digits()
    x, labels = np.hstack([train.x, test.x]), np.hstack([train.labels, test.labels])
    pixels = (x * 16).astype(np.uint8)
    assert x.shape == (64, 1797)
    assert labels.shape == (1797,)
    assert pixels.sum() == 561718  # what scikit-learn's load_digits().data adds up to
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    stored = np.ascontiguousarray(pixels.T).tobytes() + labels.astype(np.uint8).tobytes()
    assert hashlib.sha256(stored).hexdigest()[:16] == "87ff0c9e40dc7e2c"


def test_the_split_is_fixed_and_by_the_order_of_the_file():
    train, test = digits()
    assert train.x.shape == (64, 1437)
    assert test.x.shape == (64, 360)
    assert train.labels[:10].tolist() == list(range(10))
    assert np.bincount(test.labels).min() >= 33


def test_pixels_are_floats_from_0_to_1_and_an_image_is_8_by_8():
    """The first image is a nought: ink around an empty middle."""
    train, _ = digits()
    assert train.x.dtype == np.float64
    assert (train.x.min(), train.x.max()) == (0, 1)
    image = train.x[:, 0].reshape(8, 8)
    assert (image[3:5, 3:5] == [[0, 0], [0, 0]]).all()
    assert image[0].tolist() == [0, 0, 5 / 16, 13 / 16, 9 / 16, 1 / 16, 0, 0]


def test_each_call_gives_arrays_of_its_own():
    """No cell can spoil the data for another."""
    train, test = digits()
    for part in (train, test):
        part.x[:], part.labels[:] = 7, 7
    for part in digits():
        assert part.x.max() == 1
        assert set(part.labels) == set(range(10))


def test_the_file_is_small_and_its_licence_lies_beside_it():
    folder = digits_module_file().parent
    assert digits_module_file().stat().st_size < 150_000
    licence = (folder / "DIGITS_LICENCE.txt").read_text("utf-8")
    for words in ("CC BY 4.0", "Alpaydin", "Kaynak", "https://doi.org/10.24432/C50P49"):
        assert words in licence


def digits_module_file():
    import importlib

    return importlib.import_module(digits_function.__module__).FILE


# --- points in the plane --------------------------------------------------------------------


@PLANAR
def test_points_come_in_columns_with_classes_taking_turns(make):
    x, labels = make(7)
    assert x.shape == (2, 7)
    assert x.dtype == np.float64
    assert labels.tolist() == [0, 1, 0, 1, 0, 1, 0]


@PLANAR
def test_a_seed_is_a_data_set(make):
    """The same seed gives the same points; a generator gives new ones each time."""
    assert (make(20, seed=3).x == make(20, seed=3).x).all()
    assert (make(20, seed=3).x != make(20, seed=4).x).any()
    rng = np.random.default_rng(3)
    first, second = make(20, seed=rng), make(20, seed=rng)
    assert (first.x == make(20, seed=3).x).all()
    assert (first.x != second.x).any()


@pytest.mark.parametrize(("make", "noise"), [(moons, 0.1), (circles, 0.1), (spirals, 0.02)])
def test_called_with_nothing_it_is_200_points_of_seed_0(make, noise):
    assert (make().x == make(200, noise=noise, seed=0).x).all()


def test_moons_without_noise_lie_on_two_half_circles():
    """One above, around the origin; one below, around (1, ½)."""
    x, labels = moons(400, noise=0, seed=0)
    upper, lower = x[:, labels == 0], x[:, labels == 1]
    np.testing.assert_allclose(np.hypot(*upper), 1, rtol=1e-12)
    np.testing.assert_allclose(np.hypot(lower[0] - 1, lower[1] - 0.5), 1, rtol=1e-12)
    assert (upper[1] >= 0).all()
    assert (lower[1] <= 0.5).all()
    assert upper[0].min() < -0.99 < 0.99 < upper[0].max()
    assert lower[0].min() < 0.01 < 1.99 < lower[0].max()


def test_circles_without_noise_have_radius_1_and_a_half():
    x, labels = circles(400, noise=0, seed=0)
    np.testing.assert_allclose(np.hypot(*x), np.where(labels == 0, 1, 0.5), rtol=1e-12)
    for label in (0, 1):  # all the way round
        angle = np.sort(np.arctan2(*x[:, labels == label]))
        assert np.diff(angle).max() < 0.3


@pytest.mark.parametrize("turns", [0, 0.5, 1.5])
def test_spirals_without_noise_wind_as_often_as_they_say(turns):
    """At each radius r = 0.1 + 0.9 t the angle is 2π · turns · t, half a turn on for class 1."""
    x, labels = spirals(400, noise=0, seed=0, turns=turns)
    radius = np.hypot(*x)
    t = (radius - 0.1) / 0.9
    assert -1e-12 < t.min() < 0.02 < 0.98 < t.max() <= 1 + 1e-12
    turned = np.exp(1j * np.pi * (2 * turns * t + labels))
    np.testing.assert_allclose(x[0] + 1j * x[1], radius * turned, atol=1e-12)
    assert spirals(5).x.tolist() == spirals(5, noise=0.02, seed=0, turns=1.5).x.tolist()


@pytest.mark.parametrize(("make", "noise"), [(moons, 0.1), (circles, 0.1), (spirals, 0.02)])
def test_the_noise_is_normal_and_as_large_as_it_says(make, noise):
    """The same seed without noise is where each point came from."""
    for given in (noise, 0.5):
        moved = make(4000, noise=given, seed=2).x - make(4000, noise=0, seed=2).x
        assert moved.std() == pytest.approx(given, rel=0.03)
        assert abs(moved.mean()) < 0.03 * given
    assert (make(50, seed=2).x == make(50, noise=noise, seed=2).x).all()


@PLANAR
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 0}, "n must be a whole number ≥ 1, got 0"),
        ({"n": 2.5}, "n must be a whole number ≥ 1, got 2.5"),
        ({"noise": -0.1}, "noise must be between 0 and 1e\\+06, got -0.1"),
        ({"noise": np.nan}, "noise must be between 0"),
    ],
)
def test_what_makes_no_sense_is_an_error_that_says_so(make, arguments, words):
    with pytest.raises(ValueError, match=f"{make.__name__}: {words}"):
        make(**arguments)


@pytest.mark.parametrize("turns", [-0.5, 100.5, np.nan])
def test_spirals_wind_between_0_and_100_times(turns):
    assert spirals(3, turns=100).x.shape == (2, 3)
    with pytest.raises(ValueError, match="spirals: turns must be between 0 and 100"):
        spirals(turns=turns)


def test_the_shoe_sizes_are_still_there():
    assert shoe_sizes().size.tolist() == [0.6, 0.8, 1.1]


# --- houses ---------------------------------------------------------------------------------

EUROS = np.array([2500, 5000, -2000, 0, 20_000, 260_000, 330_000])


def test_houses_have_the_columns_of_the_lectures_table():
    flats = houses()
    assert flats.x.shape == (7, 500)
    assert flats.price.shape == (500,)
    names = ("area", "rooms", "distance", "Amiens", "Lille", "Nice", "Versailles")
    assert flats.names == names
    assert flats.x.dtype == flats.price.dtype == np.float64


def test_each_flat_is_in_one_city_and_within_the_stated_ranges():
    area, rooms, distance, *cities = houses(2000, seed=4).x
    assert set(np.ravel(cities)) == {0, 1}
    assert (np.sum(cities, axis=0) == 1).all()
    assert np.mean(cities, axis=1) == pytest.approx(0.25, abs=0.05)
    assert 20 <= area.min() < 22 < 118 < area.max() <= 120
    assert 0 <= distance.min() < 0.2 < 11.8 < distance.max() <= 12
    assert rooms.min() == 1
    assert (area == area.round()).all()
    assert (rooms == rooms.round()).all()
    assert np.abs(area / 22 - rooms).mean() < 0.6


def test_prices_follow_the_rule_and_a_linear_fit_finds_it_again():
    """Exactly without noise; with it, the residuals have its size."""
    exact = houses(noise=0)
    np.testing.assert_allclose(exact.price, EUROS @ exact.x, rtol=1e-12)
    fit = np.linalg.lstsq(exact.x.T, exact.price, rcond=None)[0]
    np.testing.assert_allclose(fit, EUROS, atol=1e-5)
    for noise in (10_000, 500):
        flats = houses(4000, noise=noise, seed=1)
        left = flats.price - EUROS @ flats.x
        assert left.std() == pytest.approx(noise, rel=0.03)
        assert abs(left.mean()) < 0.05 * noise


def test_the_lectures_four_flats_cost_about_what_the_rule_says():
    table = np.array([[32, 3, 5], [25, 1, 8], [80, 4, 10], [55, 3, 10]]).T
    cities = np.eye(4)[[0, 1, 3, 2]].T
    off = EUROS @ np.vstack([table, cities]) - [60_000, 70_000, 600_000, 450_000]
    assert np.abs(off).max() == 70_000


def test_houses_are_the_same_for_the_same_seed():
    one, same, other = houses(30, seed=2), houses(30, seed=2), houses(30, seed=3)
    assert (one.x == same.x).all()
    assert (one.price == same.price).all()
    assert (one.x != other.x).any()
    by_generator = houses(30, seed=np.random.default_rng(2))
    assert (one.price == by_generator.price).all()
    assert houses(1).x.shape == (7, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 0}, "houses: n must be a whole number ≥ 1, got 0"),
        ({"n": 1.5}, "houses: n must be a whole number ≥ 1, got 1.5"),
        ({"noise": -1}, "houses: noise must be a number ≥ 0, got -1"),
        ({"noise": np.nan}, "houses: noise must be a number ≥ 0"),
    ],
)
def test_houses_refuse_what_makes_no_sense(arguments, words):
    with pytest.raises(ValueError, match=words):
        houses(**arguments)


# --- standardize ----------------------------------------------------------------------------


def test_standardized_features_have_mean_0_and_deviation_1():
    """And what was done can be undone, or done to new examples."""
    x = houses(100).x
    kept = x.copy()
    result = standardize(x)
    assert (x == kept).all()
    np.testing.assert_allclose(result.x.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(result.x.std(axis=1), 1, rtol=1e-12)
    assert result.mean.shape == result.scale.shape == (7, 1)
    np.testing.assert_allclose(result.x * result.scale + result.mean, x, atol=1e-9)


def test_standardize_by_hand():
    """1, 2, 3 have mean 2 and deviation √(2/3); integers and lists are converted."""
    for x in ([[1, 2, 3]], np.array([[1, 2, 3]])):
        result = standardize(x)
        np.testing.assert_allclose(result.x, [[-(1.5**0.5), 0, 1.5**0.5]])
        assert result.mean.tolist() == [[2]]
        assert result.scale[0, 0] == pytest.approx((2 / 3) ** 0.5)


@pytest.mark.parametrize("value", [0.0, 0.1, 0.7, -1 / 3, 1e9 + 0.1])
@pytest.mark.parametrize("n", [1, 3, 10, 49])
def test_a_row_that_never_changes_becomes_zeros(value, n):
    """Its deviation may be 1e-17 by rounding, and dividing by that would make it −1 or 1."""
    result = standardize([[value] * n, [*range(n)]])
    assert (result.x[0] == 0).all()
    assert result.scale[0, 0] == 1
    assert result.mean[0, 0] == value


@pytest.mark.parametrize("x", [[1, 2, 3], [[]], 5.0, np.zeros((2, 0)), np.zeros((2, 2, 2))])
def test_standardize_needs_features_in_rows(x):
    with pytest.raises(ValueError, match=r"standardize needs x as \(d, n\), n ≥ 1, got shape"):
        standardize(x)


def test_standardize_refuses_what_is_not_finite():
    with pytest.raises(ValueError, match="standardize: x must be finite, got nan at index"):
        standardize([[1.0, np.nan]])
    with pytest.raises(TypeError, match="standardize: x must be made of real numbers"):
        standardize([["a", "b"]])
