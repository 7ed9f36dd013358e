"""The landscapes against SciPy's Rosenbrock and against autograd's derivatives.

The functions are written once more here, from their sources; autograd differentiates them.
"""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad
from scipy.optimize import minimize as scipy_minimize
from scipy.optimize import rosen, rosen_der, rosen_hess

from coursekit import landscapes
from coursekit.descent import GradientDescent, minimize
from coursekit.landscapes import ALL, hessian


def goldstein_price(x, y):
    first = (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return (1 + first) * (30 + second)


def ackley(x, y):
    funnel = -20 * anp.exp(-0.2 * anp.sqrt((x**2 + y**2) / 2))
    ripples = -anp.exp((anp.cos(2 * anp.pi * x) + anp.cos(2 * anp.pi * y)) / 2)
    return funnel + ripples + anp.e + 20


WRITTEN_ANEW = {
    "bowl": lambda x, y: x * x + 2 * y * y,
    "booth": lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
    "rosenbrock": lambda x, y: 100 * (y - x * x) ** 2 + (x - 1) ** 2,
    "beale": lambda x, y: (
        (1.5 - x * (1 - y)) ** 2 + (2.25 - x * (1 - y**2)) ** 2 + (2.625 - x * (1 - y**3)) ** 2
    ),
    "easom": lambda x, y: (
        -anp.cos(x) * anp.cos(y) * anp.exp(-((x - anp.pi) ** 2 + (y - anp.pi) ** 2))
    ),
    "himmelblau": lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
    "ackley": ackley,
    "rastrigin": lambda x, y: (
        20 + x**2 + y**2 - 10 * anp.cos(2 * anp.pi * x) - 10 * anp.cos(2 * anp.pi * y)
    ),
    "six_hump_camel": lambda x, y: 4 * x**2 - 2.1 * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4,
    "saddle": lambda x, y: (x - y) * (x + y),
    "goldstein_price": goldstein_price,
    "styblinski_tang": lambda x, y: (
        0.5 * (x**4 - 16 * x**2 + 5 * x) + 0.5 * (y**4 - 16 * y**2 + 5 * y)
    ),
}


def random_points(landscape, n=300):
    low, high = np.reshape(landscape.frame, (2, 2)).T
    return np.random.default_rng(8).uniform(low, high, (n, 2)).T


def test_all_twelve_are_written_anew():
    assert sorted(WRITTEN_ANEW) == sorted(f.name for f in ALL)


@pytest.mark.parametrize("landscape", ALL, ids=lambda f: f.name)
def test_values_and_gradients(landscape):
    """At 300 random points of the frame both agree to the rounding of their terms."""
    points, function = random_points(landscape), WRITTEN_ANEW[landscape.name]
    values = landscape(points)
    np.testing.assert_allclose(values, function(*points), rtol=1e-11, atol=1e-13 * np.ptp(values))
    slopes = landscape.grad(points)
    for axis in range(2):
        expected = elementwise_grad(function, axis)(*points)
        np.testing.assert_allclose(
            slopes[axis], expected, rtol=1e-11, atol=1e-14 * np.abs(expected).max()
        )


def test_rosenbrock_is_scipys():
    """SciPy's rosen, rosen_der and rosen_hess."""
    points = random_points(landscapes.rosenbrock)
    np.testing.assert_allclose(landscapes.rosenbrock(points), rosen(points), rtol=1e-12)
    np.testing.assert_allclose(
        landscapes.rosenbrock.grad(points), rosen_der(points), rtol=1e-11, atol=1e-10
    )
    for point in points.T[:20]:
        np.testing.assert_allclose(
            hessian(landscapes.rosenbrock, point), rosen_hess(point), rtol=1e-6, atol=1e-4
        )


@pytest.mark.parametrize("landscape", [f for f in ALL if f.minima], ids=lambda f: f.name)
def test_scipy_finds_nothing_lower(landscape):
    """BFGS from thirty starts finds no point below the listed minima, and finds one of them."""
    ends = [
        scipy_minimize(landscape, start, jac=landscape.grad, method="BFGS")
        for start in random_points(landscape, 30).T
    ]
    lowest = landscape(landscape.minima[0])
    assert min(end.fun for end in ends) >= lowest - 1e-10
    if landscape.name not in ("easom", "ackley", "rastrigin"):  # these hide their minimum
        assert min(end.fun for end in ends) == pytest.approx(lowest, abs=1e-8)


def test_the_line_fit_is_numpys_and_scipys():
    """Descent on the lectures' shoes ends at the least squares line of both."""
    from scipy.stats import linregress

    from coursekit.datasets import shoe_sizes
    from coursekit.linefit import LineFit

    path = minimize(LineFit(*shoe_sizes()), (1, 0), GradientDescent(0.1), steps=5000)
    theirs = linregress(*shoe_sizes())
    np.testing.assert_allclose(path.x[-1], [theirs.slope, theirs.intercept], rtol=1e-9)
