"""Every exercise notebook runs from top to bottom before the student has written a line."""

import ast
import os
from pathlib import Path

import pytest

from coursekit.authoring.execute import execute
from coursekit.authoring.exercises import was_worked_on
from coursekit.authoring.files import chapters_in, read_notebook
from coursekit.authoring.normalise import normalise, without_outputs

EXERCISES = chapters_in(Path(__file__).parents[1] / "exercises")


def calls_a_check(source):
    """Whether a cell calls `check.name(…)`; `check.name.hint()` is no such call."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "check"
        for node in ast.walk(ast.parse(source))
    )


def test_calls_of_checks_are_told_from_hints_and_other_calls():
    assert calls_a_check("check.descend(descend)")
    assert calls_a_check("x = 1\nverdict = check.descend(descend)")
    assert not calls_a_check("check.descend.hint()")
    assert not calls_a_check("checks(descend)\ndescend(check)")


def test_there_are_exercises():
    assert EXERCISES


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_an_exercise_runs_to_its_end_and_each_check_says_it_is_not_written(path):
    """No cell raises (running would stop there), and no check passes or crashes."""
    notebook = read_notebook(path)[0]
    if was_worked_on(notebook) and "CI" not in os.environ:
        pytest.skip("it holds your own work")
    notebook = execute(without_outputs(normalise(notebook)), path.parent)
    checks = [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and calls_a_check(cell["source"])
    ]
    assert checks, f"{path.name} checks nothing"
    for cell in checks:
        said = "".join(out["text"] for out in cell["outputs"] if out.get("name") == "stdout")
        assert "not written yet" in said, f"cell {cell['id']} of {path.name} says {said!r}"
