"""Chapter 00: what the set-up cell says, and an exercise that does not count."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit import checks, welcome
from coursekit.checks import start_here
from coursekit.welcome import Finding, check_set_up, look

PROJECT = Path(__file__).parents[1]
REQUIREMENTS = """\
# a comment
-e .
numpy==2.0
jupyterlab==4.6
matplotlib==3.11
somewhere==1.0 ; sys_platform == 'nowhere'
"""
ALL = {"numpy": "2.0", "jupyterlab": "4.6", "matplotlib": "3.11"}


@pytest.fixture
def course(tmp_path):
    """A course's folder with an environment in it."""
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS)
    for folder in ("notebooks", ".venv"):
        (tmp_path / folder).mkdir()
    return tmp_path


def found(course, *, folder="notebooks", python=(3, 12), prefix=".venv", installed=ALL):
    """The findings there, as {what: finding}."""
    findings = look(course, course / folder, python, course / prefix, installed.get)
    return {finding.what: finding for finding in findings}


def wrong(findings):
    return {what for what, finding in findings.items() if finding.remedy}


def test_where_all_is_well_nothing_has_to_be_done(course):
    assert wrong(found(course)) == set()


def test_it_says_the_same_on_every_machine_where_all_is_well(course):
    """The stored output of chapter 00 holds on each Python, environment and folder."""
    elsewhere = found(course, python=(3, 13), prefix="conda", folder=".")
    assert list(map(str, found(course).values())) == list(map(str, elsewhere.values()))


def test_a_python_that_is_too_old_is_named(course):
    finding = found(course, python=(3, 9))["Python"]
    assert "3.9" in finding.words
    assert "3.11" in finding.words
    assert finding.serious
    assert wrong(found(course, python=(3, 11))) == set()


def test_missing_packages_are_named_the_first_few(course):
    findings = found(course, installed={"numpy": "2.0"})
    assert findings["packages"].words == "jupyterlab, matplotlib missing"
    assert "coursekit lab" in findings["packages"].remedy
    pins = [*(f"package{i}==1" for i in range(9)), "numpy==2.0"]
    (course / "requirements.txt").write_text("\n".join(pins))
    words = found(course, installed={})["packages"].words
    assert words == "numpy, package0, package1 and 7 more missing"


def test_another_version_is_named_but_no_reason_to_stop(course):
    finding = found(course, installed={**ALL, "numpy": "2.1"})["packages"]
    assert finding.words == "numpy is 2.1, not 2.0"
    assert not finding.serious
    assert str(finding).startswith("! packages: ")


def test_a_kernel_outside_the_courses_environment_is_sent_into_it(course):
    """Where something is missing and the course has an environment that this kernel is not in."""
    findings = found(course, prefix="conda", installed={})
    assert wrong(findings) == {"packages", "kernel"}
    assert str(course / ".venv") in findings["kernel"].words
    assert wrong(found(course, installed={})) == {"packages"}
    (course / ".venv").rmdir()
    findings = found(course, prefix="conda", installed={})
    assert wrong(findings) == {"packages"}
    assert findings["kernel"].words == f"runs in {course / 'conda'}"


def test_a_notebook_that_was_copied_elsewhere_is_told_where_the_course_is(course, tmp_path_factory):
    other = tmp_path_factory.mktemp("desktop")
    finding = found(course, folder=other)["folder"]
    assert str(course) in finding.words
    assert str(other) in finding.words
    assert not finding.serious


def test_half_a_course_is_told_to_come_back_as_a_whole(course):
    (course / "requirements.txt").unlink()
    findings = found(course)
    assert wrong(findings) == {"folder"}
    assert "requirements.txt is missing" in findings["folder"].words


@pytest.mark.parametrize(
    ("findings", "last"),
    [
        ([Finding("a", "well")], "All is well."),
        ([Finding("a", "well"), Finding("b", "odd", "Mend it.", serious=False)], "You can go on."),
        ([Finding("a", "bad", "Mend it."), Finding("b", "well")], "Put this right first;"),
    ],
)
def test_the_last_line_says_how_it_stands(findings, last, monkeypatch, capsys):
    monkeypatch.setattr(welcome, "look", lambda *args: findings)
    check_set_up()
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith(last)
    assert lines[:-1] == "\n".join(map(str, findings)).splitlines()


def test_here_all_is_well(monkeypatch, capsys):
    """The tests run where everything is installed as pinned."""
    monkeypatch.chdir(PROJECT / "notebooks")
    check_set_up()
    assert capsys.readouterr().out.endswith("All is well.\n")


def test_it_needs_nothing_but_python():
    """It has to be able to say that NumPy is missing, on a Python that is too old as well."""
    code = "import sys, coursekit.welcome; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)
    ast.parse((PROJECT / "coursekit" / "welcome.py").read_text("utf-8"), feature_version=(3, 7))


# --- the exercise for practice ---------------------------------------------------------------


def test_the_reference_passes():
    assert start_here.to_celsius.judge(start_here.to_celsius.reference).ok


@pytest.mark.parametrize("mistake", start_here.to_celsius.mistakes, ids=lambda m: m.name)
def test_each_mistake_is_named_as_itself(mistake):
    verdict = start_here.to_celsius.judge(mistake.function)
    assert verdict.kind == "wrong"
    assert verdict.mistake == mistake.name


def test_practice_does_not_count(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSEKIT_PROGRESS", str(tmp_path / "progress.json"))
    assert start_here.to_celsius(start_here.to_celsius.reference).ok
    assert not (tmp_path / "progress.json").exists()
    assert "to_celsius" not in str(checks.progress())
