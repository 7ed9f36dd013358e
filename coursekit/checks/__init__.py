"""Exercises, and checks that name the mistake.

    from coursekit.checks import gradient_descent as check
    check.descend(descend)      # prints a verdict
    check.descend.hint()        # one more hint each time

`progress()` shows which exercises have passed, `reset_progress()` forgets them.
"""

from coursekit.checks.cases import Case, Mistake, case
from coursekit.checks.exercise import Exercise
from coursekit.checks.records import progress, reset_progress
from coursekit.checks.verdict import Verdict

__all__ = ["Case", "Exercise", "Mistake", "Verdict", "case", "progress", "reset_progress"]
