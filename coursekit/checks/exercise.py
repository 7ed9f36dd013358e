"""An exercise that knows what went wrong: data, and one class that runs it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from coursekit.checks import records
from coursekit.checks.cases import Case, Mistake
from coursekit.checks.judging import Judge
from coursekit.checks.verdict import Verdict


@dataclass
class Exercise:
    """One function for a student to write.

    `cases` separate right from wrong, the smallest first. `mistakes` are tried in order. Where
    one call shows too little, `drive(call, *args, **kwargs)` makes several and returns what is
    compared. `parts` names the elements of a result that is a tuple.

    Call it with a submission to print a `Verdict`; `hint()` prints one more hint each time.
    """

    reference: Callable
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]
    drive: Callable | None = None
    parts: tuple[str, ...] = ()
    shown: int = field(default=0, repr=False)  # hints so far

    @property
    def name(self) -> str:
        return self.reference.__name__

    @property
    def stem(self) -> str:
        """The chapter's stem, which is the name of the checks module."""
        return self.reference.__module__.rpartition(".")[-1]

    def __repr__(self) -> str:
        return f"<Exercise {self.stem}.{self.name}: call it with your function, or call hint()>"

    def __call__(self, submission: Any = None) -> Verdict:
        """Judge a submission, print the verdict, note a success in the progress page.

        Under nbgrader, which counts a cell as failed only if it raises, a verdict other than
        "correct" raises `AssertionError`.
        """
        verdict = self.judge(submission)
        print(verdict)
        if verdict.ok:
            records.record(self.stem, self.name)
        elif "NBGRADER_EXECUTION" in os.environ:
            raise AssertionError(str(verdict))
        return verdict

    def hint(self) -> None:
        """Print the next hint; after the last one, all of them again from the first."""
        if self.shown == len(self.hints):
            print(f"That was the last hint for {self.name}; from the first again:")
            self.shown = 0
        print(f"Hint {self.shown + 1} of {len(self.hints)}: {self.hints[self.shown]}")
        self.shown += 1

    def judge(self, submission: Any) -> Verdict:
        """The verdict on a submission, whatever it is and does; prints nothing.

        Raises `BrokenReferenceError` where the exercise's own reference fails.
        """
        return self._judge.verdict(submission)

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self)
