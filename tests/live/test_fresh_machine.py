"""Set-up as it is on a fresh machine: the real venv, the real pip, the real packages.

Each test starts from a copy of the course without `.venv`, in a folder whose
name has a space and letters that are not ASCII.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = ("pyproject.toml", "requirements.txt", "README.md", "LICENSE", "conftest.py", "coursekit")
WITHOUT = shutil.ignore_patterns("__pycache__")
BARE_PYTHON = sys._base_executable  # the one that this environment was made with
STARTS_AFRESH = "The environment in .venv was left half made: starting afresh ..."

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.fixture
def course(tmp_path):
    """A copy of the course, never set up."""
    return copy_course(tmp_path)


@pytest.fixture(scope="module")
def set_up(tmp_path_factory):
    """A copy of the course after its first command, and what that returned and printed."""
    course = copy_course(tmp_path_factory.mktemp("set-up"))
    return course, *run_its_one_test(course)


def copy_course(folder):
    root = folder / "mon cours d'été"
    (root / "notebooks").mkdir(parents=True)
    for name in FILES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=WITHOUT)
        else:
            shutil.copy(ROOT / name, root / name)
    (root / "test_here.py").write_text("def test_here(): import coursekit.cli", encoding="utf-8")
    return root


def start(course, *args, **environ):
    """Start a command of the course with a Python that has nothing installed."""
    return subprocess.Popen(
        [BARE_PYTHON, "-m", "coursekit", *args],
        cwd=course, env={**clean_environ(), **environ}, start_new_session=True, text=True,
        encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def clean_environ():
    """Ours without what would let the copy find this environment or this course."""
    ours = ("VIRTUAL_ENV", "PYTHONPATH", "COURSEKIT_PROGRESS")
    environ = {key: value for key, value in os.environ.items() if key not in ours}
    return {key: value for key, value in environ.items() if not key.startswith("PYTEST_")}


def no_network():
    """Settings with which pip finds no index at all."""
    unset = {key: "" for key in os.environ if key.startswith("PIP_")}
    return {**unset, "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}


def run_to_the_end(course, *args, **environ):
    with start(course, *args, **environ) as process:
        out, err = process.communicate(timeout=900)
    return process.returncode, out, err


def run_its_one_test(course):
    """The whole way: set up, then run one test inside."""
    return run_to_the_end(course, "test", "-n", "0", "test_here.py")


def wait_for(happened, seconds=600):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "It never happened."
        time.sleep(0.05)


def test_the_first_command_gets_from_nothing_to_a_passing_test(set_up):
    """It makes the environment, says so, and goes on inside."""
    _, code, out, err = set_up
    assert (code, err) == (0, "")
    assert out.startswith("Making the environment in .venv ...\nInstalling ")
    assert "1 passed" in out


def test_lab_serves_the_first_notebook(set_up):
    """JupyterLab shows a link to it, and answers there."""
    with start(set_up[0], "lab", "--no-browser", "--allow-root", "--port", "8997") as lab:
        try:
            link = address(lab)
            assert "/lab/tree/notebooks/00_start_here.ipynb?token=" in link
            wait_for(lambda: answers(link), 60)
        finally:
            lab.terminate()


def test_the_second_start_is_quick(set_up):
    """Less than a second more than the command itself takes, on any machine."""
    course = set_up[0]
    inside = course / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    bare = min(seconds([inside, "-m", "pytest", "--version"], course))
    whole = min(seconds([BARE_PYTHON, "-m", "coursekit", "test", "--version"], course))
    assert whole - bare < 1


def seconds(command, course):
    """How long it takes, three times."""
    for _ in range(3):
        begin = time.monotonic()
        subprocess.run(command, cwd=course, env=clean_environ(), capture_output=True, check=True)
        yield time.monotonic() - begin


def address(lab):
    """The link that JupyterLab shows."""
    for line in lab.stderr:
        if found := re.search(r"http://127\.0\.0\.1:\S+", line):
            return found[0]
    raise AssertionError("JupyterLab showed no link.")


def answers(link):
    """JupyterLab shows its link a moment before it listens."""
    try:
        with urllib.request.urlopen(link, timeout=60) as page:
            return page.status == 200
    except urllib.error.URLError:
        return False


def test_without_a_network_one_line_says_so_and_the_next_try_succeeds(course):
    """Within a minute, with the whole log in a file."""
    begin = time.monotonic()
    code, _, err = run_to_the_end(course, "lab", **no_network())
    assert time.monotonic() - begin < 60
    assert code == 1
    assert re.fullmatch(r"coursekit: No network: pip cannot reach .* log is (.*)\n", err)
    assert Path(err.rstrip().split("log is ")[1]).exists()

    code, out, _ = run_its_one_test(course)
    assert code == 0
    assert out.startswith(STARTS_AFRESH)


@posix_only
@pytest.mark.parametrize("moment", ["Collecting", "Installing collected packages"])
def test_killed_in_mid_install_the_next_try_succeeds(course, moment):
    """With no chance to clean up, while pip is fetching and while it is unpacking."""
    log = course / ".venv" / "coursekit-set-up.log"
    with start(course, "lab") as process:
        wait_for(lambda: log.exists() and moment in log.read_text(encoding="utf-8"))
        time.sleep(1)
        process.kill()

    code, out, _ = run_its_one_test(course)
    assert code == 0
    assert STARTS_AFRESH in out


@posix_only
def test_ctrl_c_ends_set_up_with_one_line(course):
    """The terminal sends it to all of us; afterwards nothing is left running."""
    log = course / ".venv" / "coursekit-set-up.log"
    with start(course, "lab") as process:
        wait_for(lambda: log.exists() and "Collecting" in log.read_text(encoding="utf-8"))
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "coursekit: Stopped. The same command starts again.\n"


def test_two_at_once_do_not_disturb_each_other(course):
    """The second waits for the first; both get through, and the packages are installed once."""
    with start(course, "test", "--version") as one, start(course, "test", "--version") as two:
        outs = [process.communicate(timeout=900)[0] for process in (one, two)]
    assert (one.returncode, two.returncode) == (0, 0)
    assert sorted(out.count("Making the environment") for out in outs) == [0, 1]
    assert sorted(out.count("Another set-up is running") for out in outs) == [0, 1]
