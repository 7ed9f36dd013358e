"""`python3 -m coursekit`: what each command runs, and how a wrong one is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit import authoring, cli, environment
from coursekit.installing import SetUpError

HERE = Path(sys.executable)
ELSEWHERE = Path(sys.executable).parent.parent / "other" / "bin" / "python"


@pytest.fixture
def started(monkeypatch):
    """The command lines that would have been run in another Python."""
    commands = []
    monkeypatch.setattr(environment, "ready", lambda say: HERE)
    monkeypatch.setattr(cli, "go_on", lambda python, args: commands.append(args) or 0)
    return commands


def test_lab_opens_the_first_notebook_with_the_course_as_its_root(started, capsys):
    """And hands JupyterLab the options that it was given."""
    assert cli.main(["lab", "--no-browser", "--port", "9000"]) == 0
    (args,) = started
    assert args[:2] == ["-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={environment.ROOT}" in args
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in args
    assert args[-3:] == ["--no-browser", "--port", "9000"]
    assert capsys.readouterr().out == "Opening JupyterLab ...\n"


def test_test_runs_everything_strictly(started):
    """The tests, and the notebooks against their outputs, on this Python's kernel."""
    cli.main(["test", "-x", "-k", "tests"])
    (args,) = started
    assert args[:2] == ["-m", "pytest"]
    assert {"--nbval", "--nbval-current-env", "-x"} <= set(args)
    assert args[-3:] == [str(environment.ROOT / n) for n in ("tests", "notebooks", "solutions")]


def test_test_with_files_runs_only_these(started, monkeypatch):
    """Named from wherever one is."""
    monkeypatch.chdir(Path(__file__).parent)
    cli.main(["test", "-n", "0", "test_cli.py::test_help"])
    (args,) = started
    assert args[-3:] == ["-n", "0", f"{Path(__file__).parent / 'test_cli.py'}::test_help"]
    assert str(environment.ROOT / "notebooks") not in args


@pytest.fixture
def called(monkeypatch):
    """What reached the authoring tools."""
    calls = []
    monkeypatch.chdir(os.getcwd())  # to come back to
    monkeypatch.setattr(authoring, "main_exercises", lambda *args: calls.append(args) or 3)
    monkeypatch.setattr(authoring, "main_notebooks", lambda *args: calls.append(args) or 3)
    return calls


@pytest.mark.parametrize(
    ("argv", "args"),
    [
        (["exercises"], (False,)),
        (["exercises", "--check"], (True,)),
        (["notebooks"], (False, [])),
        (["notebooks", "--check", "01", "02"], (True, ["01", "02"])),
    ],
)
def test_authoring_is_called_and_its_exit_code_returned(started, called, argv, args):
    """Here, when this is the Python of the course."""
    assert cli.main(argv) == 3
    assert called == [args]
    assert started == []


def test_authoring_goes_on_in_the_python_of_the_course(started, called, monkeypatch):
    """When that is another one, the same command line is run there."""
    monkeypatch.setattr(environment, "ready", lambda say: ELSEWHERE)
    monkeypatch.setattr(cli, "is_this_python", lambda python: False)
    assert cli.main(["notebooks", "--check", "01"]) == 0
    assert started == [["-m", "coursekit", "notebooks", "--check", "01"]]
    assert called == []


@pytest.mark.parametrize("argv", [["labb"], ["exercises", "--chekc"], ["exercises", "01"], ["--x"]])
def test_a_wrong_command_line_is_refused_in_one_line(argv, capsys, started):
    """With exit code 2, before anything is set up."""
    try:
        code = cli.main(argv)
    except SystemExit as stopped:
        code = stopped.code
    assert code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert started == []


@pytest.mark.parametrize(
    ("problem", "code", "line"),
    [
        (SetUpError("No network."), 1, "coursekit: No network.\n"),
        (KeyboardInterrupt(), 130, "coursekit: Stopped. The same command starts again.\n"),
    ],
)
def test_a_set_up_that_fails_is_one_line(monkeypatch, capsys, problem, code, line):
    """And the exit code of its kind."""

    def fail(say):
        raise problem

    monkeypatch.setattr(environment, "ready", fail)
    assert cli.main(["lab"]) == code
    assert capsys.readouterr().err == line


@pytest.mark.parametrize("argv", [["--help"], *([name, "--help"] for name in cli.COMMANDS)])
def test_help(argv, capsys, started):
    """Every command has one, which sets nothing up."""
    assert cli.main(argv) == 0
    assert capsys.readouterr().out.startswith("usage: python3 -m coursekit")
    assert started == []


def test_without_a_command_the_commands_are_listed():
    """For real, from the shell; the exit code says that nothing was done."""
    command = [sys.executable, "-m", "coursekit"]
    ran = subprocess.run(command, cwd=environment.ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert all(name in ran.stdout for name in cli.COMMANDS)
