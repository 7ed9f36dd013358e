"""What a check says about a submission."""

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
        return f"{_SIGN[self.kind]} {self.exercise}: {self.kind}. {self.message}".rstrip()

    def _ipython_display_(self) -> None:
        """Nothing: the check has printed it, and a cell's last value must not repeat it."""
