"""What can be measured about a wrong result that matches no known mistake."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from coursekit.checks.reading import Pair, close
from coursekit.checks.wording import plural

IT = "{it}"  # stands in each sentence for what is measured, say "the new velocity"


def diagnose(pairs: list[Pair], sizes: list[int], cases: int) -> str:
    """A sentence on how the results of one part differ from what is expected.

    It has `IT` where the name of the part goes. `pairs` holds that part's result of every
    case where it could be read, `sizes` the number of points in each, `cases` how many
    cases there are in all.
    """
    unread = [pair for pair in pairs if pair.problem]
    if unread:
        return f"{IT} {unread[0].problem}."
    if isinstance(pairs[0].expected, str):
        return _another_word(pairs, cases)
    for measure in _MEASURES:
        words = measure(pairs, sizes)
        if words:
            return words
    return _which_elements(pairs, cases)


def _another_word(pairs: list[Pair], cases: int) -> str:
    wrong = _wrong(pairs)
    words = sorted({p.expected for p in pairs})
    strange = next((p for p in wrong if p.got not in words), None)
    if strange is None:
        return f"{IT} is another of the words than expected in {len(wrong)} of {cases} cases."
    for word in words:
        if strange.got.strip().lower() == word:
            return f"{IT} is {strange.got!r} where {word!r} is asked for, letter by letter."
    return f"{IT} is {strange.got!r}, which is none of the words asked for."


def _wrong(pairs: list[Pair]) -> list[Pair]:
    return [p for p in pairs if not p.matches]


def _equal(a, b) -> bool:
    return a.shape == b.shape and bool(close(a, b).all())


def _shape(pairs, sizes) -> str | None:
    odd = [p for p in pairs if p.got.shape != p.expected.shape]
    if not odd:
        return None
    largest = max(odd, key=lambda p: p.got.size)
    got, expected = largest.got.shape, largest.expected.shape
    words = f"has shape {got} where {expected} is expected"
    if all(_equal(p.expected.T, p.got) for p in odd):
        return f"{IT} is transposed: it {words}."
    for deed, reduce in (("added up", np.sum), ("averaged", np.mean)):
        if all(
            not p.expected.ndim and p.got.size and _equal(p.expected, reduce(p.got)) for p in odd
        ):
            return f"{IT} {words}: the elements are not {deed}."
    if largest.got.size == largest.expected.size:
        return f"{IT} {words}: the same number of elements in another shape."
    if len(expected) <= 1 and len(got) == 2 and got[0] == got[1] != 1:
        return f"{IT} {words}: did (m,) and (m, 1) broadcast to (m, m)?"
    return f"{IT} {words}."


def _not_finite(pairs, sizes) -> str | None:
    bad = [p for p in pairs if not np.isfinite(p.got).all() and np.isfinite(p.expected).all()]
    if not bad:
        return None
    what = "NaN" if np.isnan(bad[0].got).any() else "infinity"
    many = f"{len(bad)} of {plural(len(pairs), 'case')}"
    return f"{IT} holds {what} in {many}: a division by zero or an overflow?"


def _every(pairs, relation: Callable) -> bool:
    """Does the relation hold in every case, and does some case have a number to show it on?"""
    return all(_equal(relation(p.expected), p.got) for p in pairs)


def _sign(pairs, sizes) -> str | None:
    return f"{IT} has the wrong sign." if _every(pairs, np.negative) else None


def _rounded(pairs, sizes) -> str | None:
    if _every(pairs, np.trunc) or _every(pairs, np.round) or _every(pairs, np.floor):
        return f"{IT} is rounded to whole numbers: is an integer array or // at work?"
    if _every(pairs, lambda e: e.astype(np.float32).astype(float)) or all(
        np.allclose(p.got, p.expected, rtol=1e-6, atol=1e-7) and _single(p.got) for p in pairs
    ):
        return f"{IT} is right to seven digits only: is it computed in float32?"
    return None


def _single(array) -> bool:
    return bool((array.astype(np.float32).astype(float) == array).all())


def _digits(pairs, sizes) -> str | None:
    for digits in (6, 4, 3, 2):
        if _every(pairs, lambda e, digits=digits: e.round(digits)):
            return f"{IT} is rounded to {digits} decimals: return it as it is."
    return None


def _nearly(pairs, sizes) -> str | None:
    """Wrong by far less than any wrong rule, by more than rounding."""
    errors = [_relative_error(p) for p in pairs]
    if max(errors) > 1e-5:
        return None
    digits = int(-np.log10(max(errors)))
    return (
        f"{IT} is right to about {digits} digits only: is it rounded, or an approximation, "
        "such as a search or a difference quotient?"
    )


def _relative_error(pair: Pair) -> float:
    if not pair.expected.size:
        return 0.0
    largest = np.abs(pair.expected).max() or 1.0
    return float(np.abs(pair.got - pair.expected).max() / largest)


def _factor(pairs, sizes) -> str | None:
    factors = [_ratio(p) for p in pairs]
    if any(f is None for f in factors):
        return None
    known = [(f, size) for f, size in zip(factors, sizes, strict=True) if not np.isnan(f)]
    if not known:
        return None
    ratios, counts = (np.array(column, dtype=float) for column in zip(*known, strict=True))
    if np.allclose(ratios, ratios[0], rtol=1e-8):
        return f"{IT} is {_as_fraction(ratios[0])} times what is expected, in every case."
    if len(set(counts)) > 1:
        for words, power in (("n times too large", 1), ("n times too small", -1)):
            if np.allclose(ratios, counts**power, rtol=1e-8):
                return f"{IT} is {words}, n being the number of points in the case."
    if sum(p.expected.size > 1 for p in _wrong(pairs)) > 1:
        # between two single numbers there would always be a factor
        return f"{IT} is off by a factor, but not by the same in all cases."
    return None


def _ratio(pair: Pair) -> float | None:
    """The one factor between got and expected; NaN where both are 0, None if there is none."""
    largest = np.abs(pair.expected).max(initial=0)
    if largest == 0:
        return None if np.abs(pair.got).max(initial=0) else np.nan
    at = np.unravel_index(np.abs(pair.expected).argmax(), pair.expected.shape)
    ratio = pair.got[at] / pair.expected[at]
    return float(ratio) if ratio and _equal(ratio * pair.expected, pair.got) else None


def _as_fraction(ratio: float) -> str:
    simple = Fraction(ratio).limit_denominator(20)
    if abs(float(simple) - ratio) < 1e-8 * abs(ratio) and abs(simple.numerator) <= 1000:
        return str(simple)
    return f"{ratio:.6g}"


def _power(pairs, sizes) -> str | None:
    if _every(pairs, np.square):
        return f"{IT} is the square of what is expected."
    if all(_equal(p.expected, np.square(p.got)) for p in pairs):
        return f"The square of {IT} is what is expected: a root too many?"
    return None


def _offset(pairs, sizes) -> str | None:
    differences = np.concatenate([np.ravel(p.got - p.expected) for p in pairs])
    if len(differences) > 1 and np.allclose(differences, differences[0], rtol=1e-8, atol=1e-12):
        return f"{IT} is off by {differences[0]:.6g}, in every case."
    return None


def _order(pairs, sizes) -> str | None:
    wrong = _wrong(pairs)
    if all(p.got.ndim == 2 and _equal(p.expected.T, p.got) for p in wrong):
        return f"{IT} is transposed."
    if all(p.got.ndim and _equal(p.expected[::-1], p.got) for p in wrong):
        return f"The elements of {IT} come in reverse order."
    return None


def _shifted(pairs, sizes) -> str | None:
    wrong = _wrong(pairs)
    if any(p.got.ndim == 0 or len(p.got) < 3 for p in wrong):
        return None
    if all(_equal(p.expected[:-1], p.got[1:]) for p in wrong):
        return f"{IT} is one step late: what is expected at step t stands at step t + 1."
    if all(_equal(p.expected[1:], p.got[:-1]) for p in wrong):
        return f"{IT} is one step early: what is expected at step t + 1 stands at step t."
    return None


_MEASURES = (
    _shape, _not_finite, _sign, _rounded, _digits, _nearly, _factor, _power, _offset, _order,
    _shifted,
)  # fmt: skip


def _which_elements(pairs: list[Pair], cases: int) -> str:
    wrong = _wrong(pairs)
    words = f"{IT} is wrong in {len(wrong)} of {plural(cases, 'case')}"
    patterns = {tuple(np.flatnonzero(~close(p.expected, p.got))) for p in wrong}
    first, found = wrong[0].expected, next(iter(patterns))
    if first.ndim and len(patterns) == 1 and len(found) < first.size:
        where = [str(list(map(int, np.unravel_index(i, first.shape)))) for i in found]
        name = "element" if len(where) == 1 else "elements"
        return f"{words}, always in {name} {' and '.join(where)}; the other elements are right."
    rows = {tuple(np.flatnonzero((~close(p.expected, p.got)).reshape(len(p.got), -1).any(1)))
            for p in wrong if p.got.ndim}  # fmt: skip
    if first.ndim and len(rows) == 1 and len(row := next(iter(rows))) == 1 < len(first):
        return f"{words}, always along index {row[0]} of the first axis; the rest is right."
    return words + "."


def by_kind_of_input(failed: list[bool], kinds: dict[str, list[bool]]) -> str:
    """A sentence for the kinds of case that are wrong exactly where the others are right.

    Where most cases are wrong there is none: what they share is then likely a coincidence.
    """
    few = 2 * sum(failed) <= len(failed)
    names = [name for name, flags in kinds.items() if few and failed == flags]
    return f" Right everywhere else, wrong exactly for {' or '.join(names)}." if names else ""
