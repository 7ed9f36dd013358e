"""The landscapes that are polynomials, with analytic gradients and global minima.

Forms and domains are those of Jamil & Yang (2013), https://arxiv.org/abs/1308.4008, unless
`source` says otherwise.
"""

from coursekit.arrays import Array
from coursekit.landscapes.landscape import Landscape


def _square(x: Array) -> Array:
    """x², as a product: a power of Python's float would round otherwise, and overflow loudly."""
    return x * x


# --- one minimum ----------------------------------------------------------------------------

bowl = Landscape(
    "bowl",
    height=lambda x, y: x * x + 2 * y * y,
    slopes=lambda x, y: (2 * x, 4 * y),
    minima=((0.0, 0.0),),
    frame=(-5, 5, -5, 5),
    source="H. Proença, Computer Vision (2023/24), lecture on backpropagation",
    polynomial=True,
)

valley = Landscape(
    "valley",
    height=lambda x, y: (x * x + 25 * y * y) / 2,
    slopes=lambda x, y: (x, 25 * y),
    minima=((0.0, 0.0),),
    frame=(-11, 3, -1.5, 1.5),
    source="The simplest narrow valley: curvatures 1 and 25; not among `ALL`",
    polynomial=True,
)

booth = Landscape(
    "booth",
    height=lambda x, y: _square(x + 2 * y - 7) + _square(2 * x + y - 5),
    slopes=lambda x, y: (10 * x + 8 * y - 34, 8 * x + 10 * y - 38),
    minima=((1.0, 3.0),),
    frame=(-10, 10, -10, 10),
    source="Booth; Jamil & Yang (2013), no. 17",
    polynomial=True,
)

rosenbrock = Landscape(
    "rosenbrock",
    height=lambda x, y: _square(1 - x) + 100 * _square(y - x * x),
    slopes=lambda x, y: (2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)),
    minima=((1.0, 1.0),),
    frame=(-2.048, 2.048, -2.048, 2.048),
    source="Rosenbrock (1960), https://doi.org/10.1093/comjnl/3.3.175",
    polynomial=True,
)


def _beale_residuals(x: Array, y: Array) -> tuple[Array, Array, Array]:
    return 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y


def _beale(x: Array, y: Array) -> Array:
    # + and not sum(): since Python 3.12 that rounds floats otherwise than arrays
    a, b, c = _beale_residuals(x, y)
    return _square(a) + _square(b) + _square(c)


def _beale_slopes(x: Array, y: Array) -> tuple[Array, Array]:
    a, b, c = _beale_residuals(x, y)
    return (
        2 * (a * (y - 1) + b * (y * y - 1) + c * (y * y * y - 1)),
        2 * x * (a + 2 * b * y + 3 * c * y * y),
    )


beale = Landscape(
    "beale",
    height=_beale,
    slopes=_beale_slopes,
    minima=((3.0, 0.5),),
    frame=(-4.5, 4.5, -4.5, 4.5),
    source="Beale (1958); Jamil & Yang (2013), no. 10",
    polynomial=True,
)


# --- several minima -------------------------------------------------------------------------


def _himmelblau_slopes(x: Array, y: Array) -> tuple[Array, Array]:
    """2x a + b and 2y b + a with a = 2 (x² + y − 11), b = 2 (x + y² − 7)."""
    a, b = x * x, y * y  # in place from here on: no more arrays than are needed
    a += y
    b += x
    a -= 11
    b -= 7
    a *= 2
    b *= 2
    slope_x, slope_y = 2 * x, 2 * y
    slope_x *= a
    slope_y *= b
    slope_x += b
    slope_y += a
    return slope_x, slope_y


himmelblau = Landscape(
    "himmelblau",
    height=lambda x, y: _square(x * x + y - 11) + _square(x + y * y - 7),
    slopes=_himmelblau_slopes,
    minima=(
        (3.0, 2.0),
        (3.5844283403304917449, -1.8481265269644035534),
        (-3.7793102533777468919, -3.2831859912861694123),
        (-2.8051180869527448531, 3.1313125182505729658),
    ),
    frame=(-5, 5, -5, 5),
    source="Himmelblau (1972), Applied Nonlinear Programming",
    polynomial=True,
)


def _camel_ridge(x_squared: Array) -> Array:
    return (4 - 2.1 * x_squared + x_squared * x_squared / 3) * x_squared


six_hump_camel = Landscape(
    "six_hump_camel",
    height=lambda x, y: _camel_ridge(x * x) + x * y + 4 * (y * y - 1) * y * y,
    slopes=lambda x, y: (
        (8 - 8.4 * x * x + 2 * _square(x * x)) * x + y,
        x + (16 * y * y - 8) * y,
    ),
    minima=(
        (-0.089842013100318062422, 0.7126564030207396334),
        (0.089842013100318062422, -0.7126564030207396334),
    ),
    frame=(-3, 3, -2, 2),
    source="Dixon & Szegö (1978), Towards Global Optimisation 2",
    polynomial=True,
)


def _styblinski_tang(z: Array) -> Array:
    return _square(z * z) - 16 * z * z + 5 * z


styblinski_tang = Landscape(
    "styblinski_tang",
    height=lambda x, y: (_styblinski_tang(x) + _styblinski_tang(y)) / 2,
    slopes=lambda x, y: tuple(2 * z * z * z - 16 * z + 2.5 for z in (x, y)),
    minima=((-2.9035340277711770951, -2.9035340277711770951),),
    frame=(-5, 5, -5, 5),
    source="Styblinski & Tang (1990), https://doi.org/10.1016/0893-6080(90)90029-K",
    polynomial=True,
)


def _goldstein_price_parts(x: Array, y: Array) -> tuple[Array, Array, Array, Array]:
    """The two squares' bases and the two polynomials of f = (1 + a² p)(30 + b² q)."""
    a, b = x + y + 1, 2 * x - 3 * y
    p = 19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y
    q = 18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y
    return a, b, p, q


def _goldstein_price(x: Array, y: Array) -> Array:
    a, b, p, q = _goldstein_price_parts(x, y)
    return (1 + a * a * p) * (30 + b * b * q)


def _goldstein_price_slopes(x: Array, y: Array) -> tuple[Array, Array]:
    a, b, p, q = _goldstein_price_parts(x, y)
    first, second = 1 + a * a * p, 30 + b * b * q
    both = 2 * a * p + a * a * (6 * x + 6 * y - 14)  # ∂first/∂x = ∂first/∂y
    second_x = 4 * b * q + b * b * (24 * x - 36 * y - 32)
    second_y = -6 * b * q + b * b * (54 * y - 36 * x + 48)
    return both * second + first * second_x, both * second + first * second_y


goldstein_price = Landscape(
    "goldstein_price",
    height=_goldstein_price,
    slopes=_goldstein_price_slopes,
    minima=((0.0, -1.0),),
    frame=(-2, 2, -2, 2),
    source="Goldstein & Price (1971), https://doi.org/10.1090/S0025-5718-1971-0312365-X",
    polynomial=True,
)

# --- no minimum -----------------------------------------------------------------------------

saddle = Landscape(
    "saddle",
    height=lambda x, y: x * x - y * y,
    slopes=lambda x, y: (2 * x, -2 * y),
    minima=(),
    frame=(-2, 2, -2, 2),
    source="The simplest saddle point, at (0, 0); the function falls for ever along y",
    polynomial=True,
)
