"""What a check says about a submission."""

import textwrap
from dataclasses import dataclass
from typing import Literal

Kind = Literal["correct", "wrong", "not written yet", "crashed"]
_SIGN = {"correct": "✓", "wrong": "✗", "not written yet": "…", "crashed": "✗"}


@dataclass(frozen=True)
class Verdict:
    """The judgement of one submission; printing it is what a student reads."""

    exercise: str
    kind: Kind
    message: str
    mistake: str | None = None  # the name of the known mistake, if one was recognised

    @property
    def ok(self) -> bool:
        return self.kind == "correct"

    def __str__(self) -> str:
        text = f"{_SIGN[self.kind]} {self.exercise}: {self.kind}. {self.message}".rstrip()
        return "\n".join(_wrapped(line) for line in text.splitlines())

    def _ipython_display_(self) -> None:
        """Nothing: the check has printed it, and a cell's last value must not repeat it."""


def _wrapped(line: str) -> str:
    """Sentences are broken between words; a line of code or numbers stays whole."""
    return line if line.startswith("  ") else textwrap.fill(line, 88, subsequent_indent="  ")
