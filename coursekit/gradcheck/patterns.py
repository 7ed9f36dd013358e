"""Mistakes that show in the numbers alone: what a wrong gradient looks like beside the right one.

Each pattern takes a `View` and returns its short name with a sentence, in which `{where}` stands
for the blocks, or None.
"""

from collections.abc import Callable, Iterator

import numpy as np

from coursekit.arrays import Array
from coursekit.gradcheck.evidence import NEAR, View, near

Pattern = tuple[str, str] | None


def zero(view: View, **known) -> Pattern:
    if view.gradient.any():
        return None
    return (
        "zero",
        "{where}: the gradient is zero throughout, the measured one is not. Was it never "
        "computed, never stored, or cut off by a comparison or a rounding?",
    )


def factor(view: View, **known) -> Pattern:
    """gradient = α · measured, the same α everywhere."""
    alpha = _share(view.gradient, view.measured)
    if alpha is None or not view.meets(alpha * view.measured, alpha):
        return None
    return _factor_in_words(alpha, alone=view.gradient.size == 1, **known)


def decay(view: View, *, strength: float | None = None, **known) -> Pattern:
    """gradient = measured + c · x: a regulariser too many or too few."""
    c = _share(view.gradient - view.measured, view.x)
    if c is None or view.gradient.size < 3 or not view.meets(view.measured + c * view.x):
        return None
    return _decay_in_words(c, strength)


def factor_beside_decay(view: View, *, strength: float | None = None, **known) -> Pattern:
    """gradient = α · (measured − λx) + λx: the regulariser is right, the rest has a factor."""
    if view.gradient.size < 4:
        return None
    columns = np.stack([view.measured, view.x], axis=1)
    sizes = np.linalg.norm(columns, axis=0)
    if not sizes.all():
        return None
    shares, _, rank, _ = np.linalg.lstsq(columns / sizes, view.gradient, rcond=1e-6)
    alpha, beta = shares / sizes
    if rank < 2 or abs(alpha - 1) < 1e-6 or not view.meets(columns @ (alpha, beta), alpha):
        return None
    found = beta / (1 - alpha)
    if strength is not None and abs(found - strength) > 1e-3 * abs(strength):
        return None
    name, sentence = _factor_in_words(alpha, alone=False, **known)
    return name, f"{sentence} (The regulariser, {found:.3g} times the parameters, is right.)"


def transposed(view: View, **known) -> Pattern:
    if len(view.shape) != 2 or min(view.shape) < 2:
        return None
    turned = view.gradient.reshape(view.shape[::-1]).T.ravel()
    if not view._replace(gradient=turned, doubt=_largest(view.doubt)).meets(view.measured):
        return None
    return (
        "transposed",
        "{where}: the gradient is transposed: the factors of the outer product stand in the "
        "wrong order, or the matrix was flattened column by column. An element of the gradient "
        "of W, shape (out, in), is delta[out] · a[in].",
    )


def shifted(view: View, **known) -> Pattern:
    for measured, gradient, doubt in _lines(view):
        for ahead, behind in ((gradient[1:], measured[:-1]), (gradient[:-1], measured[1:])):
            if ahead.shape[0] > 1 and near(ahead, behind, doubt).all() and ahead.any():
                return (
                    "shifted by one",
                    "{where}: the right numbers stand one place beside where they belong: an "
                    "index or a slice is off by one.",
                )
    return None


def reordered(view: View, **known) -> Pattern:
    ordered = view._replace(gradient=np.sort(view.gradient), doubt=_largest(view.doubt))
    if view.gradient.size < 3 or not ordered.meets(np.sort(view.measured)):
        return None
    return (
        "reordered",
        "{where}: the right numbers in another order: do packing and unpacking the parameters "
        "go through them in the same order?",
    )


def without_sign(view: View, **known) -> Pattern:
    if not view.meets(np.abs(view.measured)):
        return None
    return "sign lost", "{where}: all signs are lost: an absolute value or a square too many?"


def offset(view: View, **known) -> Pattern:
    """gradient = measured + c, the same c everywhere."""
    if view.gradient.size < 3:
        return None
    c = float(np.mean(view.gradient - view.measured))
    if not view.meets(view.measured + c):
        return None
    return "offset", f"{{where}}: {c:.4g} is added to every element: a term that is no derivative?"


def row_or_column(view: View, **known) -> Pattern:
    """All wrong elements lie in one row or one column, which is zero."""
    if len(view.shape) != 2:
        return None
    gradient, wrong = (
        array.reshape(view.shape)
        for array in (view.gradient, ~near(view.gradient, view.measured, view.doubt))
    )
    for axis, what in ((1, "row"), (0, "column")):
        lines = np.flatnonzero(wrong.any(axis=axis))
        if len(lines) == 1 and not np.take(gradient, lines[0], axis=1 - axis).any():
            words = f"{{where}}: {what} {lines[0]} is zero and all else is right: "
            return f"one {what} zero", words + "does a loop or a slice stop one too early?"
    return None


TOGETHER: tuple[Callable[..., Pattern], ...] = (zero, factor, decay, factor_beside_decay)
ALONE = (
    zero, factor, decay, transposed, shifted, without_sign, offset, row_or_column, reordered,
    factor_beside_decay,
)  # fmt: skip


def _largest(doubt: Array) -> Array:
    return np.full_like(doubt, doubt.max(initial=0))


def _share(a: Array, b: Array) -> float | None:
    """The c for which c · b comes nearest to a."""
    square = float(b @ b)
    return float(a @ b) / square if square > 0 else None


def _lines(view: View) -> Iterator[tuple[Array, Array, float]]:
    """Measured and given along each axis, and flat, each with the axis to shift first."""
    doubt = view.doubt.max(initial=0)
    yield view.measured, view.gradient, doubt
    if len(view.shape) == 2:
        measured, gradient = (a.reshape(view.shape) for a in (view.measured, view.gradient))
        yield measured, gradient, doubt
        yield measured.T, gradient.T, doubt


# --- words ----------------------------------------------------------------------------------


def _is(alpha: float, value: float | None) -> bool:
    return value is not None and abs(alpha - value) <= NEAR * abs(value)


def _factor_in_words(
    alpha: float, *, alone: bool, batch: int | None = None, outputs: int | None = None,
    biases: bool = False, **known,
) -> Pattern:  # fmt: skip
    examples = batch if batch and batch > 1 else None
    if _is(alpha, -1):
        return "wrong sign", "{where}: the sign is wrong: is it y − p where p − y is meant?"
    if biases and _is(alpha, examples):
        return "bias summed", (
            f"{{where}}: {batch} times too large, which is the batch size, and the weights are "
            "right: the biases' gradient is summed over the examples and not averaged."
        )
    if _is(alpha, examples):
        return "not averaged", (
            f"{{where}}: {batch} times too large, which is the batch size: the loss is a mean over "
            "the examples, the gradient their sum. Divide by the batch size, once."
        )
    if examples and _is(alpha, 1 / examples):
        return "averaged twice", (
            f"{{where}}: {batch} times too small, which is the batch size: it is divided by the "
            "number of examples twice, or the loss is a sum and the gradient a mean."
        )
    if outputs and outputs > 2 and (_is(alpha, outputs) or _is(alpha, 1 / outputs)):
        how = "large" if alpha > 1 else "small"
        return "outputs", (
            f"{{where}}: {outputs} times too {how}, which is the number of outputs: a mean over "
            "them is taken in one of loss and gradient and not in the other."
        )
    if _is(alpha, 2):
        return "factor 2", (
            "{where}: twice too large: is there a ½ in the loss that the gradient forgets, or a "
            "term that is added twice?"
        )
    if _is(alpha, 0.5):
        return "factor 1/2", (
            "{where}: half of what it should be: the 2 of the derivative of a square is missing, "
            "or one of two equal branches."
        )
    if alone:
        return None  # between two numbers there is always a factor
    if alpha > 2 and _is(alpha, round(alpha)):
        return "whole factor", (
            f"{{where}}: {round(alpha)} times too large: is {round(alpha)} the number of examples, "
            "outputs or steps? Then it is a sum where the loss has a mean."
        )
    if 0 < alpha < 0.5 and _is(1 / alpha, round(1 / alpha)):
        return "whole factor", (
            f"{{where}}: {round(1 / alpha)} times too small: is {round(1 / alpha)} the number of "
            "examples, outputs or steps? Then it is a mean where the loss has a sum."
        )
    return "factor", f"{{where}}: {alpha:.5g} times what it should be, throughout."


def _decay_in_words(c: float, strength: float | None) -> Pattern:
    size = f"{abs(c):.3g} times the parameters"
    if strength is not None and _near_share(c, -strength):
        return "regulariser missing", (
            f"{{where}}: the regulariser's part is missing, {size}: the loss has the term, the "
            "gradient has not."
        )
    if strength is not None and _near_share(c, strength):
        return "regulariser doubled", (
            f"{{where}}: the regulariser's part, {size}, is there once too often: is its ½ "
            "forgotten, or is it added in two places?"
        )
    if strength is not None and _near_share(c, -2 * strength):
        return "regulariser subtracted", (
            "{where}: the regulariser's part has the wrong sign: it is subtracted, not added."
        )
    if c < 0:
        return "regulariser missing", (
            f"{{where}}: too small by {size}: the gradient of a regulariser (or part of it) is "
            "missing."
        )
    return "regulariser doubled", (
        f"{{where}}: too large by {size}: the gradient of a regulariser is there that the loss "
        "has not, or once too often."
    )


def _near_share(c: float, value: float) -> bool:
    return abs(c - value) <= 0.01 * abs(value)
