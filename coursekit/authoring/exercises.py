"""One solution notebook → its exercise notebook, and whether an exercise was worked on.

A cell tagged "instructor" is left out. Marked solutions become stubs, outputs go; the
other cells stay as they are, with the same ids and nbgrader's metadata.
"""

import hashlib
import json
import re

from coursekit.authoring.normalise import normalise, without_outputs
from coursekit.authoring.regions import RegionError, find_regions, make_exercise, marker_lines

INSTRUCTOR = "instructor"
GRADE_ID = re.compile(r"[a-zA-Z0-9_-]+")


def exercise_from(solution, label):
    """The exercise of the notebook `solution`, and what is wrong with it.

    `label` is the path that messages and the exercise's metadata give for the solution.
    Returns (exercise, problems); the exercise is of use only where there are no problems.
    """
    solution = without_outputs(normalise(solution))
    problems, cells, grade_ids = [], [], set()
    for cell in solution["cells"]:
        where = f"{label}: cell {cell['id']}: "
        wrong = [*_nbgrader_problems(cell, grade_ids), *_region_problems(cell)]
        problems += [where + problem for problem in wrong]
        if not wrong and INSTRUCTOR not in cell["metadata"].get("tags", ()):
            cells.append(_student_cell(cell))
    if not problems and not cells:
        problems.append(f"{label}: every cell is tagged {INSTRUCTOR!r}; nothing is left to do")
    exercise = {**solution, "cells": cells}
    mark = {"generated_from": label, "sha256": work_hash(exercise)}
    return {**exercise, "metadata": {**solution["metadata"], "coursekit": mark}}, problems


def _student_cell(cell):
    if cell["cell_type"] != "code" or not find_regions(cell["source"]):
        return cell
    return {**cell, "source": make_exercise(cell["source"])}


def _nbgrader_problems(cell, grade_ids):
    """What is wrong with a cell's nbgrader metadata; `grade_ids` collects the ids seen."""
    about = cell["metadata"].get("nbgrader")
    if about is None:
        return []
    if not isinstance(about, dict) or about.get("schema_version") != 3:
        return ["its nbgrader metadata must be of schema_version 3"]
    flags = {key: about.get(key) for key in ("solution", "grade", "locked")}
    if not all(isinstance(flag, bool) for flag in flags.values()):
        return [f"nbgrader needs solution, grade and locked, each true or false; got {flags}"]
    if not any(flags.values()) and not about.get("task"):
        return []
    problems = _grade_id_problems(about.get("grade_id"), grade_ids)
    if flags["grade"] and not isinstance(about.get("points"), int | float):
        problems.append(f"a graded cell needs points, a number; got {about.get('points')!r}")
    if INSTRUCTOR in cell["metadata"].get("tags", ()):
        problems.append(f"a cell tagged {INSTRUCTOR!r} is left out, so nbgrader cannot grade it")
    return problems


def _grade_id_problems(grade_id, grade_ids):
    if not isinstance(grade_id, str) or not GRADE_ID.fullmatch(grade_id):
        return [f"nbgrader needs a grade_id of letters, digits, _ and -; got {grade_id!r}"]
    if grade_id in grade_ids:
        return [f"the grade_id {grade_id!r} must be unique, and an earlier cell has it"]
    grade_ids.add(grade_id)
    return []


def _region_problems(cell):
    """What is wrong with a cell's markers, or with what they mark."""
    is_solution = _about(cell).get("solution")
    if cell["cell_type"] != "code":
        marked = marker_lines(cell["source"])
        problems = [f"line {number}: a solution must stand in a code cell" for number, _ in marked]
        return problems + (["a solution cell must be a code cell"] if is_solution else [])
    try:
        marked = find_regions(cell["source"])
        if marked:
            make_exercise(cell["source"])
    except RegionError as error:
        return [f"line {error.line}: {error}"]
    if marked and not is_solution:
        return ["# BEGIN SOLUTION needs a cell that nbgrader knows as solution: true"]
    if is_solution and not marked:
        return ["a solution cell needs # BEGIN SOLUTION and # END SOLUTION"]
    return []


def _about(cell):
    """The cell's nbgrader metadata, {} where there is none or it is not a dict."""
    about = cell["metadata"].get("nbgrader")
    return about if isinstance(about, dict) else {}


def work_hash(notebook):
    """A hash of what a student may have changed: the cells' ids, types and sources.

    Outputs, metadata and blank cells do not count: running a notebook in JupyterLab changes
    the first two, and adds a blank cell at the end.
    """
    cells = [
        [cell.get("id"), cell["cell_type"], cell["source"]]
        for cell in notebook["cells"]
        if cell["source"].strip()
    ]
    return hashlib.sha256(json.dumps(cells).encode("ascii")).hexdigest()


def generated_from(notebook):
    """The solution that `notebook` says it was generated from; None if it does not say so."""
    return _mark(notebook).get("generated_from")


def was_worked_on(notebook):
    """Whether the cells are other than when the exercise was generated, as far as it says."""
    return _mark(notebook).get("sha256") != work_hash(notebook)


def _mark(notebook):
    mark = notebook.get("metadata", {}).get("coursekit")
    return mark if isinstance(mark, dict) else {}
