"""An exercise that knows what went wrong: data, and one class that runs it."""

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from coursekit.checks import records
from coursekit.checks.calling import Case, Outcome, explain_crash, try_case
from coursekit.checks.measures import IT, by_kind_of_input, diagnose
from coursekit.checks.reading import Pair, describe, pair_up
from coursekit.checks.verdict import Kind, Verdict

_ARRAY_LIKE = np.ndarray | list | tuple | int | float


@dataclass(frozen=True)
class Mistake:
    """A complete wrong implementation, and the sentence that tells its author the cause."""

    function: Callable
    sentence: str

    @property
    def name(self) -> str:
        return self.function.__name__


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

    def __call__(self, submission: Any) -> Verdict:
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

    # --- judging ------------------------------------------------------------------------

    def judge(self, submission: Any) -> Verdict:
        """The verdict on a submission, whatever it is and does; prints nothing."""
        if isinstance(submission, type) or not callable(submission):
            what = "a class" if isinstance(submission, type) else describe(submission)
            return self._say(
                "wrong",
                f"The check needs the function itself, got {what}. Write: {self.name}, "
                "without parentheses.",
            )
        outcomes = []
        for case in self.cases:
            outcomes.append(self._try(submission, case))
            if isinstance(outcomes[-1].error, NotImplementedError):
                return self._say(
                    "not written yet",
                    f"Replace the line `raise NotImplementedError` and run both cells again; "
                    f"a first hint: check.{self.name}.hint()",
                )
            if isinstance(outcomes[-1].error, KeyboardInterrupt):
                return self._say(
                    "crashed", f"Interrupted in {self._call(case)}: does its loop come to an end?"
                )
        verdict = self._on_values(submission, outcomes)
        return self._with_remarks(verdict, outcomes)

    def _try(self, function: Callable, case: Case) -> Outcome:
        return try_case(function, case, self.drive, like=self.reference)

    @cached_property
    def _expected(self) -> list[Any]:
        outcomes = [self._try(self.reference, case) for case in self.cases]
        for case, outcome in zip(self.cases, outcomes, strict=True):
            if outcome.error or not outcome.driven:
                raise RuntimeError(
                    f"The reference of {self.name} fails in {self._call(case)}"
                ) from outcome.error
        return [outcome.value for outcome in outcomes]

    def _on_values(self, submission: Callable, outcomes: list[Outcome]) -> Verdict:
        pairs = [self._pairs(e, o) for e, o in zip(self._expected, outcomes, strict=True)]
        failed = [not self._right(o, p) for o, p in zip(outcomes, pairs, strict=True)]
        if not any(failed):
            return self._on_manners(submission, outcomes)
        mistake = self._recognise(outcomes)
        if mistake:
            cause = mistake.sentence
        else:
            crashed = (
                (c, o) for c, o in zip(self.cases, outcomes, strict=True) if o.error is not None
            )
            for case, outcome in crashed:
                words = explain_crash(outcome.error, submission)
                return self._say("crashed", f"{words}\n  in {self._call(case)}")
            cause = self._measure(outcomes, pairs, failed)
        return self._say("wrong", cause + self._smallest(outcomes, failed), mistake)

    def _on_manners(self, submission: Callable, outcomes: list[Outcome]) -> Verdict:
        """All values are right; is it also a function that can be called twice?"""
        again = [self._try(submission, case) for case in reversed(self.cases)][::-1]
        for case, *both in zip(self.cases, self._expected, outcomes, again, strict=True):
            if not self._same(*both):
                return self._say(
                    "wrong",
                    "Called a second time with the same arguments, it gives another result: "
                    f"it keeps something between calls.\n  seen in {self._call(case)}",
                )
        changed = _changed(outcomes)
        if changed:
            return self._say(
                "wrong",
                f"The result is right, but the call modifies its argument {changed}: "
                "the caller's array must stay as it was. Write x = x − …, or work on a copy, "
                "instead of x −= ….",
            )
        return self._say("correct", f"All {len(self.cases)} cases pass.")

    def _recognise(self, outcomes: list[Outcome]) -> Mistake | None:
        """The known mistake that behaves as the submission does in every case."""
        for mistake, theirs in zip(self.mistakes, self._mistaken, strict=True):
            if all(map(self._same, self._expected, theirs, outcomes)):
                return mistake
        return None

    @cached_property
    def _mistaken(self) -> list[list[Outcome]]:
        return [[self._try(m.function, case) for case in self.cases] for m in self.mistakes]

    def _same(self, expected: Any, one: Outcome, other: Outcome) -> bool:
        """Do two submissions behave the same in a case where `expected` is right?"""
        if one.error is not None or other.error is not None:
            return type(one.error) is type(other.error)
        if one.driven != other.driven:
            return False
        both = (list(pair_up(expected, outcome.value)) for outcome in (one, other))
        return all(map(Pair.same_as, *both))

    # --- saying what is wrong -----------------------------------------------------------

    def _pairs(self, expected: Any, outcome: Outcome) -> list[Pair]:
        if outcome.error is not None or not outcome.driven:
            return []
        return list(pair_up(expected, outcome.value, self.parts))

    @staticmethod
    def _right(outcome: Outcome, pairs: list[Pair]) -> bool:
        return bool(pairs) and all(pair.matches for pair in pairs)

    def _measure(self, outcomes, pairs, failed) -> str:
        stuck = next((o for o in outcomes if not o.driven), None)
        if stuck:
            return f"Its result cannot be used: it returned {_brief(stuck.value)}."
        by_part: dict[str, list[tuple[Pair, int]]] = {}
        for case, found in zip(self.cases, pairs, strict=True):
            for pair in found:
                by_part.setdefault(pair.part, []).append((pair, _points(case)))
        part, found = next(
            (part, found) for part, found in by_part.items() if any(not p.matches for p, _ in found)
        )
        words = diagnose(*map(list, zip(*found, strict=True)))
        words = words.replace(IT, f"the {part}" if part else "the result")
        sentences = [words[0].upper() + words[1:]]
        return " ".join(sentences + list(by_kind_of_input(failed, self._kinds)))

    @cached_property
    def _kinds(self) -> dict[str, list[bool]]:
        """Which cases are of which kind of input."""
        arrays = [_arrays(case) for case in self.cases]
        return {
            "integers": [any(a.dtype.kind in "iu" for a in found) for found in arrays],
            "many points at once": [any(a.ndim > 1 for a in found) for found in arrays],
            "negative numbers": [any((a < 0).any() for a in found) for found in arrays],
            "inputs with a zero": [any((a == 0).any() for a in found) for found in arrays],
            "the smallest input": [i == 0 for i in range(len(self.cases))],
        }

    def _smallest(self, outcomes: list[Outcome], failed: list[bool]) -> str:
        at = failed.index(True)
        outcome, expected = outcomes[at], self._expected[at]
        got = f"raised {type(outcome.error).__name__}" if outcome.error else _brief(outcome.value)
        return (
            f"\n  in {self._call(self.cases[at])}\n  expected {_brief(expected)}\n  got      {got}"
        )

    def _call(self, case: Case) -> str:
        words = [_brief(a) for a in case.args] + [
            f"{k}={_brief(v)}" for k, v in case.kwargs.items()
        ]
        return f"{self.name}({', '.join(words)})"

    def _with_remarks(self, verdict: Verdict, outcomes: list[Outcome]) -> Verdict:
        remarks = []
        changed = _changed(outcomes)
        if changed and not verdict.ok and f"argument {changed}" not in verdict.message:
            remarks.append(f"It also modifies its argument {changed}.")
        printed = [line for o in outcomes for line in o.printed.splitlines() if line.strip()]
        if printed:
            remarks.append(f"It printed {len(printed)} lines, the first of them: {printed[0]:.60}")
        message = "\n".join([verdict.message, *(f"  ({remark})" for remark in remarks)])
        return Verdict(verdict.exercise, verdict.kind, message, verdict.mistake)

    def _say(self, kind: Kind, message: str, mistake: Mistake | None = None) -> Verdict:
        return Verdict(self.name, kind, message, mistake.name if mistake else None)


def _changed(outcomes: list[Outcome]) -> str:
    return ", ".join(sorted({name for outcome in outcomes for name in outcome.changed}))


def _arrays(case: Case) -> list[np.ndarray]:
    """The arguments that are made of numbers."""
    values = (*case.args, *case.kwargs.values())
    arrays = [np.asarray(v) for v in values if isinstance(v, _ARRAY_LIKE)]
    return [array for array in arrays if array.dtype.kind in "biuf"]


def _points(case: Case) -> int:
    """The length of the last axis of the first array: the number of points in the case."""
    return next((array.shape[-1] for array in _arrays(case) if array.ndim), 1)


def _brief(value: Any) -> str:
    """A value as a student would write it, in one line."""
    try:
        if isinstance(value, tuple):
            return "(" + ", ".join(map(_brief, value)) + ("," if len(value) == 1 else "") + ")"
        if isinstance(value, list):
            return "[" + ", ".join(map(_brief, value)) + "]"
        if isinstance(value, np.ndarray):
            text = np.array2string(value, precision=6, threshold=12, edgeitems=3, separator=", ")
            return " ".join(text.split())
        if isinstance(value, float | np.floating):
            return f"{value:.10g}"
        if inspect.isfunction(value):
            return value.__name__
        return f"{value!r:.120}"
    except BaseException:  # a value whose repr raises
        return f"something of type {type(value).__name__}"
