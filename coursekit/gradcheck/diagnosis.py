"""From a gradient that is wrong to what was probably forgotten."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from coursekit.gradcheck.blocks import element
from coursekit.gradcheck.evidence import Evidence, View, near
from coursekit.gradcheck.patterns import ALONE, TOGETHER, Pattern, shifted
from coursekit.gradcheck.replays import replays
from coursekit.gradcheck.report import Finding


def diagnose(evidence: Evidence) -> tuple[Finding, ...]:
    """What explains every wrong element; where nothing does, what is explained and what is not.

    The simplest explanation comes first: one element, a named term, one pattern for all wrong
    blocks, one for each block, blocks that changed places, a mistake in the backward pass.
    """
    for explanation in (_not_finite, _one_element, _a_term, _together, _whole, _swapped):
        found = explanation(evidence)
        if found:
            return (found,)
    by_block, rest = _by_block(evidence)
    if rest:
        found = _replayed(evidence)
        return (found,) if found else (*by_block, _unknown(evidence, rest))
    return tuple(by_block)


def _not_finite(evidence: Evidence) -> Finding | None:
    bad = ~np.isfinite(evidence.gradient)
    if not bad.any():
        return None
    at = element(evidence.blocks, int(np.argmax(bad)))
    return Finding(
        "not finite",
        evidence.wrong_blocks,
        f"The gradient holds NaN or infinity, first in {at}: a division by zero, log 0, or an "
        "overflow.",
    )


def _one_element(evidence: Evidence) -> Finding | None:
    wrong = np.flatnonzero(evidence.wrong)
    if len(wrong) != 1 or len(evidence.view(*evidence.wrong_blocks).gradient) == 1:
        return None
    name = element(evidence.blocks, int(wrong[0]))
    return Finding(
        "one element",
        evidence.wrong_blocks,
        f"One element alone is wrong, {name}: is it treated apart, overwritten, or left out by a "
        "loop that begins or ends one off?",
    )


def _a_term(evidence: Evidence) -> Finding | None:
    """The gradient is right but for a term that the caller named."""
    view = evidence.all()
    for name, term in evidence.terms.items():
        for times, word in ((-1, "missing"), (1, "doubled"), (-2, "subtracted")):
            if view.meets(view.measured + times * term):
                said = {"missing": "is missing", "doubled": "is there twice"}
                return Finding(
                    f"{name} {word}",
                    evidence.wrong_blocks,
                    f"All is right but for the term {name!r}, which "
                    f"{said.get(word, 'has the wrong sign')}.",
                )
    return None


def _together(evidence: Evidence) -> Finding | None:
    """One pattern for all blocks that are wrong."""
    names = evidence.wrong_blocks
    return _in_words(_recognised(TOGETHER, evidence, names), names, evidence)


def _whole(evidence: Evidence) -> Finding | None:
    """The flat vector as a whole is shifted, across the borders of its blocks."""
    if len(evidence.wrong_blocks) < 2:
        return None
    return _in_words(shifted(evidence.all()), evidence.wrong_blocks, evidence)


def _swapped(evidence: Evidence) -> Finding | None:
    """Two blocks of one size have each other's gradient."""
    names = evidence.wrong_blocks
    if len(names) != 2:
        return None
    one, other = map(evidence.view, names)
    if one.gradient.shape != other.gradient.shape:
        return None
    if not (_is_of(one, other) and _is_of(other, one)):
        return None
    return Finding(
        "blocks swapped",
        names,
        f"{names[0]} and {names[1]} have each other's gradient: are they packed in another order "
        "than they are unpacked?",
    )


def _is_of(one: View, other: View) -> bool:
    return bool(near(one.gradient, other.measured, one.doubt + other.doubt).all())


def _by_block(evidence: Evidence) -> tuple[list[Finding], tuple[str, ...]]:
    """A pattern for each block, equal ones joined; and the blocks that none explains."""
    found: dict[Pattern, list[str]] = {}
    rest = []
    for name in evidence.wrong_blocks:
        pattern = _recognised(ALONE, evidence, (name,))
        if pattern:
            found.setdefault(pattern, []).append(name)
        else:
            rest.append(name)
    findings = [_in_words(pattern, names, evidence) for pattern, names in found.items()]
    return findings, tuple(rest)


def _recognised(
    patterns: Sequence[Callable[..., Pattern]], evidence: Evidence, names: tuple[str, ...]
) -> Pattern:
    """The first pattern in the gradient, or in what the regulariser leaves of it."""
    view, part = evidence.view(*names), evidence.decay_in(*names)
    known = _known(evidence, names)
    for pattern in patterns:
        found = pattern(view, **known)
        if found:
            return found
    if part is None or not part.any():
        return None
    found = (pattern(view.without(part), **known) for pattern in patterns)
    return next(filter(None, found), None)


def _known(evidence: Evidence, names: Sequence[str]) -> dict:
    """What the patterns may use beside the numbers."""
    decay = evidence.decay_in(*names)
    x = evidence.view(*names).x
    decayed = decay is not None and decay.any()
    strength = float(decay @ x / (x @ x)) if decayed else None
    return {
        "batch": evidence.batch,
        "outputs": evidence.layers.sizes[-1] if evidence.layers else None,
        "biases": all(map(evidence.is_bias, names)),
        "strength": strength,
    }


def _in_words(pattern: Pattern, names: Sequence[str], evidence: Evidence) -> Finding | None:
    if not pattern:
        return None
    name, sentence = pattern
    where = "Everywhere" if len(names) == len(evidence.blocks) else f"In {', '.join(names)}"
    return Finding(name, tuple(names), sentence.replace("{where}", where))


def _replayed(evidence: Evidence) -> Finding | None:
    """A mistake in the backward pass that gives just this gradient."""
    if evidence.layers is None:
        return None
    view = evidence.all()
    for replay in replays(evidence.layers, evidence.x):
        if view.meets(np.where(evidence.kink, view.gradient, replay.gradient)):
            return Finding(replay.name, evidence.wrong_blocks, replay.sentence)
    return None


def _unknown(evidence: Evidence, rest: tuple[str, ...]) -> Finding:
    """No cause is known; where it begins may still be said."""
    where = ", ".join(name for name in rest if name)
    sentence = f"None of the mistakes known here explains {where or 'it'}. The largest differences:"
    return Finding("unknown", rest, " ".join(filter(None, [_where_it_begins(evidence), sentence])))


def _where_it_begins(evidence: Evidence) -> str:
    """For blocks named by layer: the layers above are right, those below wrong."""
    layers = {name: re.fullmatch(r"\D+(\d+)", name) for name in evidence.blocks}
    if not all(layers.values()):
        return ""
    number = {name: int(match[1]) for name, match in layers.items()}
    wrong = {number[name] for name in evidence.wrong_blocks}
    if wrong != set(range(1, max(wrong) + 1)) or max(wrong) == max(number.values()):
        return ""
    last = max(wrong)
    return (
        f"From layer {last + 1} up all is right, from layer {last} down it is wrong: look at where "
        f"the gradient passes from layer {last + 1} to layer {last}, at the activation's "
        "derivative and the transposed weights."
    )
