"""nbgrader reads the solutions as they are, makes the same exercises, and grades them.

The exercises of the course are made by `coursekit exercises`; these tests hold it to what
nbgrader makes of the same files, and hold the checks to what nbgrader takes for a failure.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SOLUTIONS = sorted((PROJECT / "solutions").glob("*.ipynb"))
OUR_STUB = "# Your code here, instead of the next line."
THEIR_STUB = ["# YOUR CODE HERE", "raise NotImplementedError()"]


def nbgrader(course, *args):
    beside = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    env = {
        **os.environ,
        "PATH": os.pathsep.join(beside),  # nbgrader calls alembic by its name
        "COURSEKIT_PROGRESS": str(course / "progress.json"),
        "PYTHONPATH": str(PROJECT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *args],
        cwd=course,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of nbgrader with one assignment, released: all solutions of this course."""
    course = tmp_path_factory.mktemp("course")
    assignment = course / "source" / "all"
    assignment.mkdir(parents=True)
    for path in SOLUTIONS:
        shutil.copy(path, assignment)
    nbgrader(course, "generate_assignment", "all")
    return course


def read_cells(path):
    """(id, source) of every cell that is not for instructors, which nbgrader knows nothing of."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [
        (cell["id"], "".join(cell["source"]))
        for cell in cells
        if "instructor" not in cell["metadata"].get("tags", ())
    ]


def with_their_stubs(source):
    """Our exercise cell as nbgrader would have written it."""
    lines = source.split("\n")
    for at, line in enumerate(lines):
        if line.strip() == OUR_STUB:
            indent = line.removesuffix(OUR_STUB)
            lines[at : at + 2] = [indent + stub for stub in THEIR_STUB]
    return "\n".join(lines)


def test_there_are_solutions():
    assert SOLUTIONS


@pytest.mark.parametrize("name", [path.name for path in SOLUTIONS])
def test_nbgrader_makes_the_same_exercise(course, name):
    """Cell for cell, with nbgrader's wording of the stub in place of ours."""
    theirs = read_cells(course / "release" / "all" / name)
    ours = read_cells(PROJECT / "exercises" / name)
    assert theirs == [(cell, with_their_stubs(source)) for cell, source in ours]
    assert any(THEIR_STUB[1] in source for _, source in theirs)


def test_nbgrader_gives_all_points_for_the_solutions_and_none_for_the_exercises(course):
    for student, folder in {"diligent": "source", "idle": "release"}.items():
        shutil.copytree(course / folder / "all", course / "submitted" / student / "all")
    nbgrader(course, "autograde", "all")
    nbgrader(course, "export", "--to", "grades.csv")
    with open(course / "grades.csv", encoding="utf-8", newline="") as file:
        grades = {row["student_id"]: row for row in csv.DictReader(file)}
    most = float(grades["diligent"]["max_score"])
    assert most >= len(SOLUTIONS)
    assert float(grades["diligent"]["score"]) == most
    assert float(grades["idle"]["score"]) == 0
