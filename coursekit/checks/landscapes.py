"""Chapter 04's exercises: kinds of stationary points, the product rule, random restarts."""

import numpy as np

from coursekit.checks import Exercise, Mistake, case

# --- kind_of_stationary_point ---------------------------------------------------------------

ZERO = 1e-9  # of the largest curvature in size: anything up to that may be rounding


def kind_of_stationary_point(hessian):
    """ "minimum", "maximum", "saddle" or "cannot tell", from the matrix of second derivatives."""
    curvatures = np.linalg.eigvalsh(np.asarray(hessian, dtype=float))
    zero = ZERO * np.abs(curvatures).max()
    up, down = curvatures > zero, curvatures < -zero
    if up.any() and down.any():
        return "saddle"
    if up.all():
        return "minimum"
    return "maximum" if down.all() else "cannot tell"


def _kind(curvatures, zero=None):
    """The word for these numbers, whatever they are; the mistakes differ in them."""
    curvatures = np.asarray(curvatures, dtype=float)
    zero = ZERO * np.abs(curvatures).max() if zero is None else zero
    up, down = curvatures > zero, curvatures < -zero
    if up.any() and down.any():
        return "saddle"
    return "minimum" if up.all() else "maximum" if down.all() else "cannot tell"


def _diagonal_only(hessian):
    return _kind(np.diag(hessian))


def _swapped_words(hessian):
    return _kind(-np.linalg.eigvalsh(hessian))


def _exact_zero(hessian):
    return _kind(np.linalg.eigvalsh(hessian), zero=0.0)


def _absolute_zero(zero):
    """`zero` itself for a limit, whatever the largest eigenvalue is."""

    def compared(hessian):
        return _kind(np.linalg.eigvalsh(hessian), zero=zero)

    compared.__name__ = f"_fixed_{zero:.0e}"
    return compared


def _another_share(share):
    """A multiple of the largest eigenvalue for a limit, but not 1e-9 times it."""

    def compared(hessian):
        curvatures = np.linalg.eigvalsh(hessian)
        return _kind(curvatures, zero=share * np.abs(curvatures).max())

    compared.__name__ = f"_{share:.0e}_of_the_largest"
    return compared


def _zero_on_both_sides(hessian):
    return _kind(np.linalg.eigvalsh(hessian)) if np.any(hessian) else "saddle"


def _last_for_largest(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    return _kind(curvatures, zero=ZERO * curvatures[-1])


def _first_for_largest(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    return _kind(curvatures, zero=ZERO * abs(curvatures[0]))


def _largest_entry(hessian):
    return _kind(np.linalg.eigvalsh(hessian), zero=ZERO * np.abs(hessian).max())


def _all_for_largest(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    return _kind(curvatures, zero=ZERO * np.abs(curvatures).sum())


def _any_zero_stops(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    if (np.abs(curvatures) <= ZERO * np.abs(curvatures).max()).any():
        return "cannot tell"
    return _kind(curvatures)


def _zero_counts_as_up(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    zero = ZERO * np.abs(curvatures).max()
    if (curvatures >= -zero).all():
        return "minimum"
    return "maximum" if (curvatures < -zero).all() else "saddle"


def _rest_is_saddle(hessian):
    kind = _kind(np.linalg.eigvalsh(hessian))
    return "saddle" if kind == "cannot tell" else kind


def _no_fourth_word(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    if (curvatures > 0).all():
        return "minimum"
    return "maximum" if (curvatures < 0).all() else "saddle"


def _zero_joins_either(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    zero = ZERO * np.abs(curvatures).max()
    if (curvatures >= -zero).all():
        return "minimum"
    return "maximum" if (curvatures <= zero).all() else "saddle"


def _capital_letters(hessian):
    return _kind(np.linalg.eigvalsh(hessian)).capitalize()


def _any_up(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    zero = ZERO * np.abs(curvatures).max()
    if (curvatures > zero).any():
        return "minimum"
    return "maximum" if (curvatures < -zero).any() else "cannot tell"


def _smallest_only(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    return _kind(curvatures[:1], zero=ZERO * np.abs(curvatures).max())


def _trace_only(hessian):
    return _kind([np.trace(hessian)], zero=ZERO * np.abs(hessian).max())


def _determinant_only(hessian):
    determinant = np.linalg.det(hessian)
    zero = ZERO * np.abs(hessian).max() ** len(hessian)
    if abs(determinant) <= zero:
        return "cannot tell"
    return "minimum" if determinant > 0 else "saddle"


def _two_variables_only(hessian):
    determinant, corner = np.linalg.det(hessian), hessian[0, 0]
    if abs(determinant) <= ZERO * np.abs(hessian).max() ** len(hessian):
        return "cannot tell"
    if determinant < 0:
        return "saddle"
    return "minimum" if corner > 0 else "maximum"


def _singular_values(hessian):
    return _kind(np.linalg.svd(hessian, compute_uv=False))


kind_of_stationary_point = Exercise(
    kind_of_stationary_point,
    cases=(
        case(np.array([[2.0, 0.0], [0.0, 4.0]])),
        case(np.array([[2.0, 0.0], [0.0, -2.0]])),
        case(np.array([[-3.0, 1.0], [1.0, -3.0]])),
        case(np.array([[1.0, 3.0], [3.0, 1.0]])),
        case(np.array([[-1.0, 3.0], [3.0, -1.0]])),
        case(np.array([[74, 20], [20, 34]])),
        case(np.array([[2.0, 0.0], [0.0, 0.0]])),
        case(np.array([[0.0, 0.0], [0.0, -5.0]])),
        case(np.array([[0.0, 0.0], [0.0, 0.0]])),
        case(np.array([[3.0, 0.0], [0.0, 1e-14]])),
        case(np.array([[3.0, 0.0], [0.0, -1e-14]])),
        case(np.diag([3.0, -1e-16])),
        case(np.diag([-3.0, 1e-14])),
        case(np.diag([-3.0, -1e-14])),
        case(np.array([[2e-12, 0.0], [0.0, 1e-12]])),
        case(np.array([[2e-12, 0.0], [0.0, -1e-12]])),
        case(np.array([[5e6, 0.0], [0.0, 3e-7]])),
        case(np.diag([5e6, -3e-7])),
        case(np.diag([3e-11, 2e-11])),
        case(np.diag([1.0, 3e-9])),
        case(np.diag([1.0, 7e-10])),
        case(np.diag([-1.0, 3e-10])),
        case(np.diag([1.0, 1.0, 1.0, 1.5e-9])),
        case(np.array([[1 + 1.5e-9, 1.0], [1.0, 1 + 1.5e-9]])),  # eigenvalues 1.5e-9 and 2
        case(np.diag([-1.0, 0.0, 2.0])),
        case(np.array([[-2.0, 1.0, 0.0], [1.0, -2.0, 0.0], [0.0, 0.0, 3.0]])),
        case(np.array([[-2.0, 1.0, 0.0], [1.0, -2.0, 1.0], [0.0, 1.0, -2.0]])),
        case(np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]])),
        case(np.array([[1.0, 2.0, 0.0, 0.0], [2.0, 1, 0, 0], [0, 0, 1, 2], [0, 0, 2, 1]])),
        case(np.array([[5.0]])),
        case(np.array([[-2.0]])),
        case(np.array([[0.0]])),
    ),
    mistakes=(
        Mistake(
            _diagonal_only,
            "You look at the diagonal. It holds the curvatures along the axes only, and "
            "[[1, 3], [3, 1]] curves upwards along both axes and downwards between them. The "
            "eigenvalues are the curvatures in the directions that matter: np.linalg.eigvalsh.",
        ),
        Mistake(
            _swapped_words,
            "Minimum and maximum are swapped. At a minimum the ground curves upwards in every "
            "direction: all eigenvalues are positive.",
        ),
        Mistake(
            _exact_zero,
            "An eigenvalue of ±1e-14 beside one of 3 is rounding, not a curvature. Count as "
            "zero whatever is no larger than 1e-9 times the largest in size.",
        ),
        *(
            Mistake(
                _absolute_zero(zero),
                f"You compare with a fixed {words}. On nearly flat ground all curvatures may be "
                "that small, and on steep ground rounding is larger: compare with 1e-9 times the "
                "largest eigenvalue in size.",
            )
            for zero, words in (
                (1e-6, "1e-6"),
                (1e-8, "1e-8, as np.isclose(e, 0) does"),
                (1e-9, "1e-9"),
                (1e-10, "1e-10"),
                (1e-12, "1e-12"),
            )
        ),
        *(
            Mistake(
                _another_share(share),
                f"{words}: the limit is 1e-9 times the size of the largest eigenvalue.",
            )
            for share, words in (
                (1e-8, "You count too much as zero"),
                (1e-10, "You count too little as zero"),
                (
                    np.finfo(float).eps,
                    "np.finfo(float).eps is the rounding of one operation, and computing an "
                    "eigenvalue takes many",
                ),
            )
        ),
        Mistake(
            _last_for_largest,
            "You compare with the largest eigenvalue by sign, the last one. With −3 and 1e-14 "
            "that is the 1e-14: the size counts, np.abs(eigenvalues).max().",
        ),
        Mistake(
            _first_for_largest,
            "You compare with the first eigenvalue. np.linalg.eigvalsh sorts upwards, so that may "
            "be the smallest in size: take np.abs(eigenvalues).max().",
        ),
        Mistake(
            _largest_entry,
            "You compare with the largest entry of the matrix; the limit is 1e-9 times the "
            "largest eigenvalue in size, np.abs(eigenvalues).max().",
        ),
        Mistake(
            _all_for_largest,
            "You compare with all eigenvalues together, their sum, trace or norm; the limit is "
            "1e-9 times the largest one in size, np.abs(eigenvalues).max().",
        ),
        Mistake(
            _zero_on_both_sides,
            "Where all eigenvalues are 0 the limit is 0, and 0 >= 0 and 0 <= −0 both hold: a "
            "saddle out of nothing. Write > and < where you have >= and <=.",
        ),
        Mistake(
            _any_zero_stops,
            "You give up wherever an eigenvalue is zero. With −1, 0 and 2 there is one way up "
            "and one way down already, and no third direction can undo that: a saddle.",
        ),
        Mistake(
            _zero_counts_as_up,
            "A zero eigenvalue counts as an upward one. x² + y³ and x² + y⁴ have the same "
            "Hessian at (0, 0), and only one of them has a minimum there: cannot tell.",
        ),
        Mistake(
            _rest_is_saddle,
            "Whatever is neither minimum nor maximum is a saddle for you. With a zero "
            "eigenvalue and no two signs, the second derivatives cannot tell.",
        ),
        Mistake(
            _no_fourth_word,
            "You have three words, and whatever is neither minimum nor maximum is a saddle. A "
            "saddle needs one clearly positive and one clearly negative eigenvalue; where an "
            "eigenvalue is zero, up to rounding, and the others have one sign, return "
            "'cannot tell'.",
        ),
        Mistake(
            _zero_joins_either,
            "A zero eigenvalue counts with whatever sign the others have. Along its direction "
            "the second derivatives say nothing: x² + y³ goes down there, x² + y⁴ up.",
        ),
        Mistake(
            _capital_letters,
            "The words are right, but written with a capital letter; the check wants them as "
            "they stand in the task.",
        ),
        Mistake(
            _any_up,
            "One upward direction is enough for you to say minimum. All of them have to go "
            "up; if others go down, it is a saddle.",
        ),
        Mistake(
            _smallest_only,
            "You look at the smallest eigenvalue only. A negative one says that some direction "
            "goes down; whether all do, the largest tells.",
        ),
        Mistake(
            _trace_only,
            "You judge by the trace, the sum of the curvatures. A saddle can have any sum.",
        ),
        Mistake(
            _determinant_only,
            "You judge by the determinant, the product of the curvatures. At a maximum of two "
            "variables it is positive too: (−) · (−).",
        ),
        Mistake(
            _two_variables_only,
            "The rule with the determinant and one corner holds for two variables. With three, "
            "two downward directions give a positive determinant at a saddle. The eigenvalues "
            "hold for any number.",
        ),
        Mistake(
            _singular_values,
            "Singular values have lost their sign: they are the sizes of the eigenvalues. Use "
            "np.linalg.eigvalsh.",
        ),
    ),
    hints=(
        "The eigenvalues of the Hessian are the curvatures: np.linalg.eigvalsh(hessian), in "
        "ascending order.",
        "Two questions are enough: does any direction clearly go up, does any clearly go down? "
        "Clearly means by more than zero = 1e-9 * np.abs(e).max().",
        "up = e > zero, down = e < −zero. Both occur: saddle. up.all(): minimum. down.all(): "
        "maximum. What is left: cannot tell.",
    ),
)

# --- easom_gradient: find the planted bug ---------------------------------------------------


def easom_gradient(point):
    """(∂f/∂x, ∂f/∂y) of Easom's function at points `(2, …)`, shaped like them."""
    x, y = np.asarray(point, dtype=float)
    hump = np.exp(-((x - np.pi) ** 2) - (y - np.pi) ** 2)
    d_x = (np.sin(x) + 2 * (x - np.pi) * np.cos(x)) * np.cos(y) * hump
    d_y = (np.sin(y) + 2 * (y - np.pi) * np.cos(y)) * np.cos(x) * hump
    return np.array([d_x, d_y])


def _easom(point, slope, other=np.cos, hump=None):
    """The gradient from `slope(z, z − π)`, where the mistakes differ."""
    x, y = np.asarray(point, dtype=float)
    u, v = x - np.pi, y - np.pi
    hump = np.exp(-(u**2) - v**2) if hump is None else hump
    return np.array([slope(x, u) * other(y) * hump, slope(y, v) * other(x) * hump])


def _cosine_not_differentiated(point):
    return _easom(point, lambda z, w: 2 * w * np.cos(z))


def _hump_not_differentiated(point):
    return _easom(point, lambda z, w: np.sin(z))


def _sign_of_sine(point):
    return _easom(point, lambda z, w: -np.sin(z) + 2 * w * np.cos(z))


def _sign_of_hump(point):
    return _easom(point, lambda z, w: np.sin(z) - 2 * w * np.cos(z))


def _uphill(point):
    return -easom_gradient.reference(point)


def _square_not_differentiated(point):
    return _easom(point, lambda z, w: np.sin(z) + w * np.cos(z))


def _inner_forgotten(point):
    return _easom(point, lambda z, w: np.sin(z) - np.cos(z))


def _square_kept(point):
    return _easom(point, lambda z, w: np.sin(z) + w**2 * np.cos(z))


def _other_cosine_lost(point):
    return _easom(point, lambda z, w: np.sin(z) + 2 * w * np.cos(z), other=np.ones_like)


def _other_sine(point):
    return _easom(point, lambda z, w: np.sin(z) + 2 * w * np.cos(z), other=np.sin)


def _only_x_mended(point):
    return np.array([easom_gradient.reference(point)[0], _cosine_not_differentiated(point)[1]])


def _only_y_mended(point):
    return np.array([_cosine_not_differentiated(point)[0], easom_gradient.reference(point)[1]])


def _product_of_derivatives(point):
    return _easom(point, lambda z, w: -np.sin(z) * 2 * w)


def _half_a_hump(point):
    x, y = np.asarray(point, dtype=float)
    hump = np.exp(-((np.array([x, y]) - np.pi) ** 2))
    return _easom(point, lambda z, w: np.sin(z) + 2 * w * np.cos(z), hump=1.0) * hump


def _growing_hump(point):
    x, y = np.asarray(point, dtype=float)
    hump = np.exp(-((x - np.pi) ** 2) + (y - np.pi) ** 2)
    return _easom(point, lambda z, w: np.sin(z) + 2 * w * np.cos(z), hump=hump)


def _copied_line(point):
    x, y = np.asarray(point, dtype=float)
    d_x, _ = easom_gradient.reference(point)
    hump = np.exp(-((x - np.pi) ** 2) - (y - np.pi) ** 2)
    return np.array([d_x, (np.sin(y) + 2 * (x - np.pi) * np.cos(y)) * np.cos(x) * hump])


def _swapped(point):
    return easom_gradient.reference(point)[::-1]


def _coordinates_last(point):
    point = np.asarray(point, dtype=float)
    return easom_gradient.reference((point[..., 0], point[..., 1]))


def _coordinates_last_in_and_out(point):
    return np.moveaxis(_coordinates_last(point), 0, -1)


def _rounded_pi(point):
    x, y = np.asarray(point, dtype=float)
    u, v = x - 3.14, y - 3.14
    hump = np.exp(-(u**2) - v**2)
    d_x = (np.sin(x) + 2 * u * np.cos(x)) * np.cos(y) * hump
    return np.array([d_x, (np.sin(y) + 2 * v * np.cos(y)) * np.cos(x) * hump])


easom_gradient = Exercise(
    easom_gradient,
    cases=(
        case(np.array([3.0, 2.0])),
        case(np.array([4.0, 3.5])),
        case(np.array([4, 2])),
        case(np.array([0.0, 0.0])),
        case(np.array([[3.0, 4.5, 1.5], [2.5, 3.0, 4.0]])),
        case(np.array([[-4.0, 2.2], [-4.0, 5.1]])),
        case(np.stack(np.meshgrid(np.linspace(1, 5, 4), np.linspace(2, 4, 3)))),
    ),
    mistakes=(
        Mistake(
            _cosine_not_differentiated,
            "The planted bug is still there. Two factors contain x, the cosine and the "
            "exponential, and only the exponential is differentiated. The product rule adds "
            "the other term: the derivative of −cos x, which is sin x, times the rest.",
        ),
        Mistake(
            _hump_not_differentiated,
            "Now only the cosine is differentiated. The product rule has two terms: keep the "
            "exponential's, 2(x − π) cos x, beside sin x.",
        ),
        Mistake(
            _sign_of_sine,
            "The term from the cosine has the wrong sign: the derivative of −cos x is + sin x.",
        ),
        Mistake(
            _sign_of_hump,
            "The term from the exponential has the wrong sign. There are two minus signs, the "
            "one before the cosines and the one in the exponent, and together they give a plus.",
        ),
        Mistake(
            _uphill,
            "The sign of everything is turned round: the minus before the cosines is missing. "
            "Descent with this gradient would climb.",
        ),
        Mistake(
            _square_not_differentiated,
            "A factor 2 is missing: the derivative of (x − π)² is 2(x − π).",
        ),
        Mistake(
            _inner_forgotten,
            "The chain rule's inner derivative is missing: the exponential's derivative is the "
            "exponential times that of its exponent, −2(x − π).",
        ),
        Mistake(
            _square_kept,
            "The exponent is copied instead of differentiated: (x − π)² becomes 2(x − π).",
        ),
        Mistake(
            _other_cosine_lost,
            "The other variable's cosine is lost: cos y does not contain x, so it stays as a "
            "factor of ∂f/∂x (and cos x of ∂f/∂y).",
        ),
        Mistake(
            _other_sine,
            "The other variable's cosine has become a sine: cos y does not contain x, so it is "
            "not differentiated in ∂f/∂x (nor cos x in ∂f/∂y).",
        ),
        Mistake(
            _only_x_mended,
            "∂f/∂x is right now; ∂f/∂y still lacks the term from its cosine.",
        ),
        Mistake(
            _only_y_mended,
            "∂f/∂y is right now; ∂f/∂x still lacks the term from its cosine.",
        ),
        Mistake(
            _product_of_derivatives,
            "You multiply the derivatives of the two factors. The product rule is "
            "(a · b)′ = a′ · b + a · b′.",
        ),
        Mistake(
            _half_a_hump,
            "Each part has its own half of the exponential only. Both halves, with x and with "
            "y, are factors of both derivatives.",
        ),
        Mistake(
            _growing_hump,
            "The exponential grows along y: both squares stand inside one minus, "
            "−((x − π)² + (y − π)²).",
        ),
        Mistake(
            _copied_line,
            "In ∂f/∂y a copied x − π is left over where y − π belongs.",
        ),
        Mistake(
            _swapped,
            "The two parts come in the wrong order: ∂f/∂x first, then ∂f/∂y.",
        ),
        *(
            Mistake(
                function,
                "You look for x and y in the last axis, point[..., 0]. Here the coordinates come "
                "first, (2, …), whatever follows: x, y = point.",
            )
            for function in (_coordinates_last, _coordinates_last_in_and_out)
        ),
        Mistake(
            _rounded_pi,
            "π is not 3.14: with a rounded π the gradient is not zero at the minimum. Use np.pi.",
        ),
    ),
    hints=(
        "Is it zero at (π, π)? It is, and descent with it even arrives. So compare it elsewhere "
        "with (f(x + h) − f(x − h)) / 2h, with h = 1e-6.",
        "How many factors of −cos x · cos y · exp(…) contain x? The product rule has one term "
        "for each of them.",
        "d_x = (sin x + 2 (x − π) cos x) · cos y · hump; d_y is the same with x and y exchanged.",
    ),
)

# --- restarts_needed ------------------------------------------------------------------------


def restarts_needed(share, confidence):
    """How many random starts until one is in a basin of this share with this probability."""
    return int(np.ceil(np.log(1 - confidence) / np.log(1 - share)))


def _starts(share, confidence):
    return np.log(1 - confidence) / np.log(1 - share)


def _rounded_down(share, confidence):
    return int(_starts(share, confidence))


def _rounded(share, confidence):
    return round(_starts(share, confidence))


def _not_rounded(share, confidence):
    return float(_starts(share, confidence))


def _one_too_many(share, confidence):
    return int(np.ceil(_starts(share, confidence))) + 1


def _above_not_at_least(share, confidence):
    return int(np.floor(_starts(share, confidence))) + 1


def _shares_added_up(share, confidence):
    return int(np.ceil(confidence / share))


def _mean_number(share, confidence):
    return int(np.ceil(1 / share))


def _all_inside(share, confidence):
    return int(np.ceil(np.log(confidence) / np.log(share)))


def _confidence_not_miss(share, confidence):
    return int(np.ceil(np.log(confidence) / np.log(1 - share)))


def _miss_and_share(share, confidence):
    return int(np.ceil(np.log(1 - confidence) / np.log(share)))


def _exchanged(share, confidence):
    return restarts_needed.reference(confidence, share)


def _small_share(share, confidence):
    return int(np.ceil(-np.log(1 - confidence) / share))


restarts_needed = Exercise(
    restarts_needed,
    cases=(
        case(share=0.5, confidence=0.75),
        case(share=0.5, confidence=0.9),
        case(share=0.25, confidence=0.95),
        case(share=0.25, confidence=0.99),
        case(share=0.9, confidence=0.5),
        case(share=0.03, confidence=0.5),
        case(share=0.03, confidence=0.95),
        case(share=0.0003, confidence=0.95),
        case(share=0.6, confidence=0.99),
        case(share=0.25, confidence=0.05),
    ),
    mistakes=(
        Mistake(
            _rounded_down,
            "You round down. With 3.3 starts needed, three are too few to be as sure as asked.",
        ),
        Mistake(
            _rounded,
            "You round to the nearest number. With 3.3 starts needed, three are too few: round up.",
        ),
        Mistake(_not_rounded, "A number of starts is a whole number: round up."),
        Mistake(_one_too_many, "One start too many: after one fewer you are already sure enough."),
        Mistake(
            _above_not_at_least,
            "Where the probability is reached exactly, you ask for one start more: two starts "
            "with share 0.5 do reach 0.75.",
        ),
        Mistake(
            _shares_added_up,
            "You add up the shares: two starts with 0.5 would then be certain to hit. The "
            "second start is needed only where the first has missed; multiply the "
            "probabilities of missing.",
        ),
        Mistake(
            _mean_number,
            "1 / share is how many starts it takes on average. It says nothing about how sure "
            "you are: after that many, a small basin is missed in 37 of 100 cases.",
        ),
        Mistake(
            _all_inside,
            "shareᵏ is the probability that every one of k starts is in the basin. One is "
            "enough; what must not happen is that all miss it.",
        ),
        Mistake(
            _confidence_not_miss,
            "(1 − share)ᵏ is the probability that all miss, and you set it equal to the "
            "confidence. It may be at most 1 − confidence.",
        ),
        Mistake(
            _miss_and_share,
            "shareᵏ is the probability that all k starts hit. All of them miss with "
            "probability (1 − share)ᵏ.",
        ),
        Mistake(
            _exchanged,
            "The fraction of the logarithms is upside down, or share and confidence are "
            "exchanged: k · log(1 − share) = log(1 − confidence).",
        ),
        Mistake(
            _small_share,
            "You replace log(1 − share) by −share. That is close for small basins and wrong "
            "for large ones.",
        ),
    ),
    hints=(
        "Ask the opposite: with what probability do all k starts miss the basin?",
        "One start misses with probability 1 − share, k independent starts with (1 − share)ᵏ. "
        "That has to be at most 1 − confidence.",
        "Take logarithms and mind that they are negative: k ≥ log(1 − confidence) / "
        "log(1 − share), rounded up with np.ceil.",
    ),
)
