"""Judging a submission: run it, compare it, name the mistake, or say what can be measured."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from coursekit.checks.calling import Outcome, try_case
from coursekit.checks.cases import Case, Mistake
from coursekit.checks.measures import IT, by_kind_of_input, diagnose
from coursekit.checks.reading import Pair, pair_up
from coursekit.checks.verdict import Kind, Verdict
from coursekit.checks.wording import brief, call_text, describe, explain_crash, plural


class BrokenReferenceError(RuntimeError):
    """The reference of an exercise fails on one of its cases."""


class Judge:
    """Judges the submissions to one exercise; what the exercise itself gives is kept."""

    def __init__(self, exercise):
        self.exercise = exercise
        self.name, self.cases = exercise.name, exercise.cases

    def verdict(self, submission: Any) -> Verdict:
        """The verdict on a submission, whatever it is and does; prints nothing.

        Raises `BrokenReferenceError` where the exercise's own reference fails.
        """
        try:
            return self._verdict(submission)
        except BrokenReferenceError:
            raise
        except Exception as error:  # an object that defends itself in a way nobody foresaw
            words = explain_crash(error, submission)
            return self._say("crashed", f"It cannot be judged. {words}")

    def _verdict(self, submission: Any) -> Verdict:
        if isinstance(submission, type) or not callable(submission):
            what = "a class" if isinstance(submission, type) else describe(submission)
            return self._say(
                "wrong",
                f"The check needs the function itself, got {what}. Write "
                f"check.{self.name}({self.name}), without parentheses after the second name.",
            )
        outcomes = []
        for case in self.cases:
            outcomes.append(self._try(submission, case))
            if isinstance(outcomes[-1].error, NotImplementedError):
                return self._say(
                    "not written yet",
                    "Replace the line `raise NotImplementedError` and run both cells again; "
                    f"a first hint: check.{self.name}.hint()",
                )
            if isinstance(outcomes[-1].error, KeyboardInterrupt):
                return self._interrupted(case)
        verdict = self._on_values(submission, outcomes)
        return self._with_remarks(verdict, outcomes)

    def _try(self, function: Callable, case: Case) -> Outcome:
        return try_case(function, case, self.exercise.drive, like=self.exercise.reference)

    @cached_property
    def _expected(self) -> list[Any]:
        outcomes = [self._try(self.exercise.reference, case) for case in self.cases]
        for case, outcome in zip(self.cases, outcomes, strict=True):
            if outcome.error or not outcome.driven:
                raise BrokenReferenceError(
                    f"The reference of {self.name} fails in {self._call(case)}"
                ) from outcome.error
        return [outcome.value for outcome in outcomes]

    def _on_values(self, submission: Callable, outcomes: list[Outcome]) -> Verdict:
        pairs = [self._pairs(e, o) for e, o in zip(self._expected, outcomes, strict=True)]
        failed = [not self._right(o, p) for o, p in zip(outcomes, pairs, strict=True)]
        if not any(failed):
            return self._on_manners(submission, outcomes)
        at = failed.index(True)
        mistake = self._recognise(outcomes)
        if mistake:
            return self._say("wrong", mistake.sentence + self._shown(outcomes, at), mistake)
        if not self._same(self._expected[at], outcomes[at], self._try(submission, self.cases[at])):
            return self._forgetful(self.cases[at])
        if outcomes[at].error is not None:
            words = explain_crash(outcomes[at].error, submission)
            return self._say("crashed", f"{words}\n  in {self._call(self.cases[at])}")
        cause = self._measure(outcomes, pairs, failed)
        return self._say("wrong", cause + self._shown(outcomes, at))

    def _on_manners(self, submission: Callable, outcomes: list[Outcome]) -> Verdict:
        """All values are right; is it also a function that can be called twice?"""
        again = [self._try(submission, case) for case in reversed(self.cases)][::-1]
        for case, *both in zip(self.cases, self._expected, outcomes, again, strict=True):
            if isinstance(both[-1].error, KeyboardInterrupt):
                return self._interrupted(case)
            if not self._same(*both):
                return self._forgetful(case)
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
        for mistake, theirs in zip(self.exercise.mistakes, self._mistaken, strict=True):
            if all(map(self._same, self._expected, theirs, outcomes)):
                return mistake
        return None

    @cached_property
    def _mistaken(self) -> list[list[Outcome]]:
        return [
            [self._try(m.function, case) for case in self.cases] for m in self.exercise.mistakes
        ]

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
        return list(pair_up(expected, outcome.value, self.exercise.parts))

    @staticmethod
    def _right(outcome: Outcome, pairs: list[Pair]) -> bool:
        return bool(pairs) and all(pair.matches for pair in pairs)

    def _measure(self, outcomes, pairs, failed) -> str:
        at = failed.index(True)
        if not outcomes[at].driven:
            return f"Its result cannot be used: it returned {brief(outcomes[at].value)}."
        part = next(pair.part for pair in pairs[at] if not pair.matches)
        found = [
            (pair, _points(case))
            for case, several in zip(self.cases, pairs, strict=True)
            for pair in several
            if pair.part == part
        ]
        words = diagnose(*map(list, zip(*found, strict=True)), len(self.cases))
        words = words.replace(IT, f"the {part}" if part else "the result")
        return words[0].upper() + words[1:] + by_kind_of_input(failed, self._kinds)

    @cached_property
    def _kinds(self) -> dict[str, list[bool]]:
        """Which cases are of which kind of input."""
        numbers = [_numbers(case) for case in self.cases]
        arrays = [[a for a in found if a.ndim] for found in numbers]
        return {
            "arrays of integers": [any(a.dtype.kind in "iu" for a in found) for found in arrays],
            "2-D arrays": [any(a.ndim > 1 for a in found) for found in arrays],
            "negative numbers": [any((a < 0).any() for a in found) for found in numbers],
            "inputs with a zero": [any((a == 0).any() for a in found) for found in numbers],
        }

    def _shown(self, outcomes: list[Outcome], at: int) -> str:
        """The smallest case that fails, with both results."""
        outcome, expected = outcomes[at], self._expected[at]
        texts = [brief(expected), brief(outcome.value)]
        if texts[0] == texts[1]:  # they differ in a digit that was not printed
            texts = [brief(expected, digits=12), brief(outcome.value, digits=12)]
        if outcome.error is not None:
            texts[1] = f"raised {type(outcome.error).__name__}"
        call = self._call(self.cases[at])
        return f"\n  in {call}\n  expected {texts[0]}\n  got      {texts[1]}"

    def _call(self, case: Case) -> str:
        return call_text(self.name, case.args, case.kwargs)

    def _interrupted(self, case: Case) -> Verdict:
        words = f"Interrupted in {self._call(case)}: does its loop come to an end?"
        return self._say("crashed", words)

    def _forgetful(self, case: Case) -> Verdict:
        return self._say(
            "wrong",
            "Called a second time with the same arguments, it gives another result: it keeps "
            "something between calls, in a global variable or in a default argument such as "
            f"path=[], or it draws random numbers.\n  seen in {self._call(case)}",
        )

    def _with_remarks(self, verdict: Verdict, outcomes: list[Outcome]) -> Verdict:
        remarks = []
        changed = _changed(outcomes)
        if changed and not verdict.ok and f"argument {changed}" not in verdict.message:
            remarks.append(f"It also modifies its argument {changed}.")
        printed = [line for o in outcomes for line in o.printed.splitlines() if line.strip()]
        if printed:
            remarks.append(f"It printed {plural(len(printed), 'line')}, first: {printed[0]:.60}")
        message = "\n".join([verdict.message, *(f"  ({remark})" for remark in remarks)])
        return Verdict(verdict.exercise, verdict.kind, message, verdict.mistake)

    def _say(self, kind: Kind, message: str, mistake: Mistake | None = None) -> Verdict:
        return Verdict(self.name, kind, message, mistake.name if mistake else None)


def _changed(outcomes: list[Outcome]) -> str:
    return ", ".join(sorted({name for outcome in outcomes for name in outcome.changed}))


def _numbers(case: Case) -> list[np.ndarray]:
    """The arguments that are made of numbers, as arrays."""
    values = (*case.args, *case.kwargs.values())
    likely = [v for v in values if isinstance(v, np.ndarray | list | tuple | int | float)]
    return [a for a in map(_array, likely) if a.dtype.kind in "biuf"]


def _array(value: Any) -> np.ndarray:
    try:
        return np.asarray(value)
    except ValueError:  # rows of different lengths
        return np.asarray(value, dtype=object)


def _points(case: Case) -> int:
    """The length of the last axis of the first array: the number of points in the case."""
    return next((array.shape[-1] for array in _numbers(case) if array.ndim), 1)
