"""The project as a whole: generated files fresh, notebooks clean, code linted, layers kept."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.authoring.files import chapters_in, find_notebooks
from coursekit.authoring.generation import plan
from coursekit.authoring.lint import lint

PROJECT = Path(__file__).parents[1]
FOLDERS = ["notebooks", "solutions", "exercises"]


def run(*args):
    """Run a tool of this environment in the project; returns (exit code, all it said)."""
    done = subprocess.run(
        args,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def opened_by_its_reader(path):
    """Whether git sees a change in a file: a reader ran it, or an author is at work on it.

    Outside CI such a file is left in peace. An author has the commands with --check, and what
    is committed is looked at in full.
    """
    if "CI" in os.environ:
        return False
    changed = ["git", "diff", "--quiet", "HEAD", "--", str(path)]
    try:
        return subprocess.run(changed, cwd=PROJECT, capture_output=True).returncode == 1
    except OSError:  # no git here
        return False


def test_every_exercise_is_what_its_solution_makes():
    stale = plan(PROJECT).reasons
    stale = {path.name: why for path, why in stale.items() if not opened_by_its_reader(path)}
    assert stale == {}, "to renew them: python3 -m coursekit exercises"


@pytest.mark.parametrize(
    "path", find_notebooks(PROJECT, FOLDERS), ids=lambda p: p.parent.name + p.stem
)
def test_a_notebook_is_clean(path):
    if opened_by_its_reader(path):
        pytest.skip("it was opened and saved since it was last committed")
    assert lint(path, PROJECT) == []


def names_in(folder):
    return [path.name for path in chapters_in(PROJECT / folder)]


def test_each_solution_belongs_to_a_chapter():
    assert names_in("solutions")
    assert set(names_in("solutions")) <= set(names_in("notebooks"))


def test_each_chapter_with_checks_has_one_solution_that_uses_them():
    """coursekit/checks/<stem>.py, solutions/NN_<stem>.ipynb: one stem everywhere."""
    modules = [
        path.stem
        for path in (PROJECT / "coursekit" / "checks").glob("*.py")
        if re.search(r"^\w+ = Exercise\(", path.read_text("utf-8"), re.MULTILINE)
        if path.stem != "start_here"  # solved before the reader's eyes, in chapter 00
    ]
    solutions = chapters_in(PROJECT / "solutions")
    assert modules
    assert sorted(path.stem[3:] for path in solutions) == sorted(modules)
    for path in solutions:
        used = f"from coursekit.checks import {path.stem[3:]} as check"
        assert used in path.read_text("utf-8"), path.name


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_ruff_has_nothing_to_say(command):
    code, said = run(sys.executable, "-m", "ruff", *command, "--no-cache", ".")
    assert code == 0, said


def test_imports_keep_to_the_layers():
    code, said = run(
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports as lint\n"
        "raise SystemExit(lint(no_cache=True, no_logo=True))",
    )
    assert code == 0, said


@pytest.mark.parametrize("module", ["coursekit", "coursekit.cli", "coursekit.authoring"])
def test_importing_costs_nothing(module):
    """The command line starts where nothing is installed, and no author waits for a library."""
    heavy = "{'numpy', 'matplotlib', 'nbformat', 'nbclient', 'IPython', 'coursekit.checks'}"
    code, said = run(
        sys.executable, "-c", f"import sys, {module}; sys.exit(str({heavy} & sys.modules.keys()))"
    )
    assert "set()" in said, said
    assert code == 1  # what sys.exit does with a text
