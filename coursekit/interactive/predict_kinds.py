"""What may be asked before a result is shown: one of several answers, or a number.

A kind knows how its question is put (`spec` for the browser, `words` and `html` without one),
reads what comes from the browser and from the notebook, and compares the two in words.
"""

import html
import math
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from coursekit.arrays import as_floats

SURPRISE = "What made your answer likely? That is the thing to find out."


def in_digits(number: float, digits: int = 4) -> str:
    """A number to so many significant digits, whole numbers in full."""
    if number == round(number) and abs(number) < 1e9:
        return f"{number + 0.0:,.0f}"  # + 0.0: no minus before a zero
    if not 1e-4 <= abs(number) < 1e6:
        return f"{number:.{digits - 1}e}"
    return np.format_float_positional(number, digits, fractional=False, trim="-")


def as_html(text: str) -> str:
    """Text as HTML; what stands between `backticks` is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


class Choices:
    """One of several answers, each a text."""

    def __init__(self, options: Sequence[str]):
        if isinstance(options, str) or not all(isinstance(o, str) for o in options):
            raise TypeError(f"Predict needs choices that are texts, got {options!r:.80}.")
        self.options = [" ".join(option.split()) for option in options]
        if len(self.options) < 2:
            raise ValueError(f"Predict needs at least two choices, got {self.options!r}.")
        if not all(self.options):
            raise ValueError(f"Predict needs choices with text in them, got {self.options!r}.")
        twice = {o for o in self.options if self.options.count(o) > 1}
        if twice:
            raise ValueError(f"Predict needs choices that differ, got {min(twice)!r} twice.")

    def spec(self) -> dict[str, Any]:
        return {"kind": "choice", "options": self.options}

    def words(self) -> str:
        return " / ".join(self.options)

    def html(self) -> str:
        return f"<ul>{''.join(f'<li>{as_html(option)}</li>' for option in self.options)}</ul>"

    def read(self, sent: Any) -> str:
        """The answer that the browser sent; raises `ValueError` if it is none."""
        if sent not in self.options:
            raise ValueError("Choose one of the answers first.")
        return sent

    def truth(self, given: Any) -> str:
        """The true choice, from its text or its index."""
        if isinstance(given, str) and " ".join(given.split()) in self.options:
            return " ".join(given.split())
        is_index = isinstance(given, int | np.integer) and not isinstance(given, bool)
        if is_index and 0 <= given < len(self.options):
            return self.options[given]
        raise ValueError(
            f"reveal needs one of the choices {self.options!r}, or its index 0 to "
            f"{len(self.options) - 1}, got {given!r:.80}."
        )

    def told(self, truth: str) -> str:
        return truth

    def shown(self, sent: str) -> str:
        return sent

    def compare(self, sent: str, truth: str) -> str:
        return "As you said." if sent == truth else f"Not what you expected. {SURPRISE}"


class Number:
    """A number, in some unit. An answer stays the text that was typed: its digits say how
    exactly it was meant."""

    def __init__(self, unit: str | None):
        if unit is not None and not isinstance(unit, str):
            raise TypeError(f"Predict needs a unit that is a text, got {unit!r:.80}.")
        self.unit = " ".join((unit or "").split())

    def spec(self) -> dict[str, Any]:
        return {"kind": "number", "unit": self.unit}

    def words(self) -> str:
        return f"a number, in {self.unit}" if self.unit else "a number"

    def html(self) -> str:
        return f"<p>Your answer: {as_html(self.words())}.</p>"

    def read(self, sent: Any) -> float:
        try:
            number = float(Decimal(sent)) if isinstance(sent, str) else math.nan
        except (InvalidOperation, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise ValueError("Type a number first, for instance 0.5 or 1e-3.")
        return number

    def truth(self, given: Any) -> float:
        array = as_floats(given, "reveal: the truth")
        if array.size != 1:
            raise ValueError(f"reveal needs one number, got an array of shape {array.shape}.")
        number = float(array.reshape(()))
        if not math.isfinite(number):
            raise ValueError(f"reveal needs a finite number, got {number}.")
        return number

    def told(self, truth: float) -> str:
        return f"{in_digits(truth)} {self.unit}".rstrip()

    def shown(self, sent: str) -> str:
        return f"{sent} {self.unit}".rstrip()

    def compare(self, sent: str, truth: float) -> str:
        """How far off, as a difference and, between numbers of one sign, as a factor."""
        number = self.read(sent)
        if number == truth:
            return "Exactly so."
        off = abs(truth - number)
        much = f"{in_digits(off, 3)} {self.unit}".rstrip()
        words = f"Your answer is {much} too {'low' if number < truth else 'high'}"
        if (number < 0) != (truth < 0) and number and truth:
            return f"{words}, and on the other side of 0. {SURPRISE}"
        if not number or not truth:
            return f"{words}. {SURPRISE}"
        factor = max(truth / number, number / truth)
        if factor < 1.1:
            half_a_digit = 0.5 * 10.0 ** Decimal(sent).as_tuple().exponent
            if off <= half_a_digit:
                return "Right, to the digits you gave."
            return f"Close. {words}, or {in_digits(100 * off / abs(truth), 2)} %."
        if factor < 2:
            return f"{words}, a factor of {in_digits(factor, 3)}: the right size."
        power = abs(math.log10(abs(truth)) - math.log10(abs(number)))
        size = in_digits(factor, 2) if power < 5 else f"10^{power:.0f}"
        return f"{words}, a factor of {size}. {SURPRISE}"
