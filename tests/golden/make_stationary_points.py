"""Makes stationary_points.json: where the gradients of our landscapes vanish, to 40 digits.

The functions are stated here once more, as their sources have them, and differentiated by
SymPy; nothing comes from coursekit. Needs sympy, mpmath and scipy. Run it from anywhere:

    python tests/golden/make_stationary_points.py
"""

import json
from pathlib import Path

import mpmath
import numpy as np
import sympy
from scipy.optimize import fsolve

OUT = Path(__file__).with_name("stationary_points.json")
x, y = variables = sympy.symbols("x y", real=True)
R = sympy.Rational
pi = sympy.pi


def squares(*residuals):
    return sum(r**2 for r in residuals)


# name: (function, frame); all stationary points in the frame are found
POLYNOMIALS = {
    "bowl": (x**2 + 2 * y**2, (-5, 5, -5, 5)),
    "booth": (squares(x + 2 * y - 7, 2 * x + y - 5), (-10, 10, -10, 10)),
    "rosenbrock": ((1 - x) ** 2 + 100 * (y - x**2) ** 2, (-2.048, 2.048, -2.048, 2.048)),
    "beale": (
        squares(*(c - x * (1 - y**k) for k, c in ((1, R(3, 2)), (2, R(9, 4)), (3, R(21, 8))))),
        (-4.5, 4.5, -4.5, 4.5),
    ),
    "himmelblau": (squares(x**2 + y - 11, x + y**2 - 7), (-5, 5, -5, 5)),
    "six_hump_camel": (
        (4 - R(21, 10) * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2,
        (-3, 3, -2, 2),
    ),
    "styblinski_tang": (sum(z**4 - 16 * z**2 + 5 * z for z in variables) / 2, (-5, 5, -5, 5)),
    "goldstein_price": (
        (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2))
        * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)),
        (-2, 2, -2, 2),
    ),
    "saddle": (x**2 - y**2, (-2, 2, -2, 2)),
}

# name: (function, starts); only the stationary points near the starts are found
OTHERS = {
    "easom": (
        -sympy.cos(x) * sympy.cos(y) * sympy.exp(-((x - pi) ** 2) - (y - pi) ** 2),
        [(3, 3), (4.98, 4.98), (1.3, 1.3), (4.98, 1.3), (3.14, 4.9), (4.712, 4.712)],
    ),
    "rastrigin": (
        20 + sum(z**2 - 10 * sympy.cos(2 * pi * z) for z in variables),
        [(0, 0), (1, 0), (1, -2), (-4.97, 3.98), (0.5, 0.5), (0.5, 1), (-2.5, 0)],
    ),
    "ackley": (
        20
        + sympy.E
        - 20 * sympy.exp(-R(1, 5) * sympy.sqrt((x**2 + y**2) / 2))
        - sympy.exp((sympy.cos(2 * pi * x) + sympy.cos(2 * pi * y)) / 2),
        [(0.97, 0), (0.97, 0.97), (-1.97, 0.98), (3.98, -2.98), (0.6, 0), (1.5, 1.5)],
    ),
}


def rough_roots(gradient, starts):
    """Zeros of the gradient to about ten digits, each once."""
    numeric = sympy.lambdify(variables, gradient)
    found = []
    for start in starts:
        root, _, status, _ = fsolve(
            lambda p: np.array(numeric(*p), dtype=float), start, full_output=True, xtol=1e-13
        )
        if status == 1 and not any(np.allclose(root, other, atol=1e-6) for other in found):
            found.append(root)
    return found


def describe(function, gradient, root):
    """One stationary point: polished, valued and named."""
    point = mpmath.findroot(sympy.lambdify(variables, gradient, "mpmath"), tuple(root), tol=1e-60)
    point = [mpmath.mpf(0) if abs(z) < 1e-30 else z for z in point]
    second = sympy.lambdify(variables, sympy.hessian(function, variables), "mpmath")(*point)
    curvatures = sorted(mpmath.eigsy(mpmath.matrix(second), eigvals_only=True))
    up = sum(c > 0 for c in curvatures)
    value = sympy.lambdify(variables, function, "mpmath")(*point)
    return {
        "point": [float(z) for z in point],
        "value": 0.0 if abs(value) < 1e-30 else float(value),
        "curvatures": [float(c) for c in curvatures],
        "kind": ("maximum", "saddle", "minimum")[up],
    }


def stationary_points(function, starts, frame=(-10, 10, -10, 10)):
    gradient = [sympy.diff(function, z) for z in variables]
    found = (describe(function, gradient, root) for root in rough_roots(gradient, starts))
    x_min, x_max, y_min, y_max = frame
    inside = [
        p for p in found if x_min <= p["point"][0] <= x_max and y_min <= p["point"][1] <= y_max
    ]
    return sorted(inside, key=lambda p: (p["value"], p["point"]))


def main():
    mpmath.mp.dps = 40
    points = {}
    for name, (function, frame) in POLYNOMIALS.items():
        grid = np.meshgrid(np.linspace(*frame[:2], 25), np.linspace(*frame[2:], 25))
        points[name] = stationary_points(function, np.stack(grid).reshape(2, -1).T + 0.01, frame)
    for name, (function, starts) in OTHERS.items():
        points[name] = stationary_points(function, starts)
    origin = f"mpmath {mpmath.__version__}, 40 digits; {Path(__file__).name}"
    text = json.dumps({"origin": origin, "points": points}, indent=1)
    OUT.write_text(text + "\n", encoding="utf-8")
    for name, found in points.items():
        print(name, len(found), [p["kind"] for p in found])


if __name__ == "__main__":
    main()
