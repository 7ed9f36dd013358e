"""The environment of the course: made, kept, repaired, and refused in one line.

pip is a stand-in here; tests/live/test_fresh_machine.py has the real one.
"""

import ast
import contextlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import coursekit
from coursekit import environment, installing, venvs
from coursekit.installing import SetUpError

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such thing")

REQUIREMENTS = """\
# a comment
-e .
first-package==1.0
second.package==2.0
elsewhere==3.0 ; sys_platform == 'nowhere'
"""

PYPROJECT = """\
[build-system]
requires = ["flit_core"]
[project]
name = "coursekit"
dependencies = ["first-package"]
"""

PIP = """\
with open("installed", "a") as file:
    file.write("once ")
print("Collecting first-package==1.0 (from -r requirements.txt (line 3))")
print("Installing collected packages: first-package")
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder to set up, where pip does what `pip_does.py` says."""
    root = tmp_path / "a course, naïve"
    root.mkdir()
    write(root / "requirements.txt", REQUIREMENTS)
    write(root / "pyproject.toml", PYPROJECT)
    write(root / "pip_does.py", PIP)
    real_run = installing.run

    def run(command, *args, **kwargs):
        if "ensurepip" in command:
            return add_stand_in_for_pip(Path(command[0]).parent.parent)
        return real_run(command, *args, **kwargs)

    monkeypatch.setattr(installing, "run", run)
    return root


def write(path, text):
    path.write_text(text, encoding="utf-8")


def add_stand_in_for_pip(env):
    paths = {"base": str(env), "platbase": str(env)}
    pip = Path(sysconfig.get_path("purelib", scheme="venv", vars=paths)) / "pip"
    pip.mkdir()
    write(pip / "__init__.py", "")
    write(pip / "__main__.py", "exec(open('pip_does.py', encoding='utf-8').read())")


def set_up(course):
    """Set `course` up; returns what it said."""
    said = []
    python = environment.ready(course, said.append)
    assert python == venvs.python_of(course / ".venv")
    return said


def times_installed(course):
    return len((course / "installed").read_text(encoding="utf-8").split())


def state_of(course):
    return json.loads((course / ".venv" / venvs.STATE).read_text(encoding="utf-8"))


# Making it, and finding it made


def test_first_start_makes_and_fills_the_environment_and_says_so(course):
    """Afterwards its Python starts, and each step was announced."""
    assert set_up(course) == [
        "Making the environment in .venv ...",
        "Installing 3 packages (a minute or two) ...",
        "  unpacking them",
    ]
    python = venvs.python_of(course / ".venv")
    assert subprocess.run([python, "-c", ""], check=False).returncode == 0


def test_second_start_does_nothing_and_says_nothing(course):
    """What is complete is left alone: not a file in it is written."""
    set_up(course)
    before = state_of(course), os.stat(course / ".venv").st_mtime_ns
    assert set_up(course) == []
    assert (state_of(course), os.stat(course / ".venv").st_mtime_ns) == before
    assert times_installed(course) == 1


@pytest.mark.parametrize(
    ("file", "text", "installs"),
    [
        ("requirements.txt", REQUIREMENTS.replace("2.0", "2.1"), 2),
        ("pyproject.toml", PYPROJECT.replace('"first-package"', '"second-package"'), 2),
        ("pyproject.toml", PYPROJECT + "[tool.ruff]\nline-length = 80\n", 1),
    ],
)
def test_only_changed_requirements_are_installed_again(course, file, text, installs):
    """A new pin or dependency is; another setting of a tool is not."""
    set_up(course)
    write(course / file, text)
    set_up(course)
    assert times_installed(course) == installs


def test_a_folder_that_moved_is_installed_again(course):
    """The environment remembers where the package was, so it has to be told the new place."""
    set_up(course)
    moved = course.rename(course.parent / "elsewhere")
    set_up(moved)
    assert times_installed(moved) == 2


def test_an_environment_that_has_everything_is_used_as_it_is(course):
    """No .venv appears beside an environment that someone installed the requirements into."""
    pins = [f"{name}=={metadata.version(name)}" for name in ("pytest", "nbval")]
    write(course / "requirements.txt", "\n".join(["-e .", *pins, "no-such==1 ; os_name == 'x'"]))
    assert environment.ready(course) == Path(sys.executable)
    assert not (course / ".venv").exists()


def test_an_environment_with_another_version_is_not_used(course):
    """A pin is a pin: a package in another version sends us to .venv."""
    write(course / "requirements.txt", "pytest==0.0.1\n")
    assert environment.ready(course, list) == venvs.python_of(course / ".venv")


# What an earlier try may have left


def test_a_half_made_environment_is_made_afresh(course):
    """Stopped while unpacking, the next try says so, starts over and gets through."""
    write(course / "pip_does.py", PIP + "raise SystemExit('ERROR: the power went')")
    with pytest.raises(SetUpError, match=r"^the power went; the whole log is .*coursekit-set-up"):
        set_up(course)
    write(course / ".venv" / "half-a-file", "")

    write(course / "pip_does.py", PIP)
    assert set_up(course)[0] == "The environment in .venv was left half made: starting afresh ..."
    assert not (course / ".venv" / "half-a-file").exists()


def test_pip_failing_before_it_changes_anything_leaves_what_was_there(course):
    """New requirements without a network: the old environment is still whole."""
    set_up(course)
    before = state_of(course)
    write(course / "requirements.txt", REQUIREMENTS + "third==3\n")
    write(course / "pip_does.py", "raise SystemExit('ERROR: no matching distribution')")
    with pytest.raises(SetUpError):
        set_up(course)
    assert state_of(course) == before

    write(course / "pip_does.py", PIP)
    assert set_up(course)[0].startswith("Installing 4 packages")


def test_an_environment_whose_python_does_not_start_is_made_afresh(course):
    """The Python it was made with may have been removed since."""
    set_up(course)
    venvs.python_of(course / ".venv").unlink()
    assert set_up(course)[0] == "The environment in .venv does not start: starting afresh ..."


@pytest.mark.parametrize("left", [[], ["coursekit.json.new"]])
def test_a_try_that_ended_before_it_wrote_anything_is_no_obstacle(course, left):
    """An empty .venv, or one with the draft of our first file, is ours to fill."""
    (course / ".venv").mkdir()
    for name in left:
        write(course / ".venv" / name, "")
    assert set_up(course)[0] == "Making the environment in .venv ..."


def test_an_environment_that_someone_made_is_kept_and_installed_into(course):
    """Even one without pip, as some tools make them; and it is never thrown away."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", course / ".venv"], check=True)
    write(course / ".venv" / "mine", "")
    write(course / "pip_does.py", PIP + "raise SystemExit('ERROR: the power went')")
    with pytest.raises(SetUpError):
        set_up(course)

    write(course / "pip_does.py", PIP)
    set_up(course)
    assert (course / ".venv" / "mine").exists()


# What we refuse, in one line


def test_a_file_named_venv_is_refused_and_kept(course):
    """It is not ours to delete."""
    write(course / ".venv", "mine")
    with pytest.raises(SetUpError, match="is not a folder: rename it"):
        set_up(course)
    assert (course / ".venv").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_no_environment_is_refused_and_kept(course):
    """Its contents are not ours to delete."""
    (course / ".venv").mkdir()
    write(course / ".venv" / "thesis.tex", "mine")
    with pytest.raises(SetUpError, match="is not a Python environment: rename it"):
        set_up(course)
    assert (course / ".venv" / "thesis.tex").exists()


@posix_only
def test_someones_environment_with_an_old_python_is_refused_and_kept(course):
    """The line names both versions."""
    python = venvs.python_of(course / ".venv")
    python.parent.mkdir(parents=True)
    write(course / ".venv" / "pyvenv.cfg", "")
    write(python, "#!/bin/sh\necho 3 9 1\n")
    python.chmod(0o755)
    with pytest.raises(SetUpError, match=r"has Python 3\.9 and the course needs 3\.11 or newer"):
        set_up(course)
    assert python.exists()


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_missing_file_of_the_course_is_named(course, name):
    """Someone runs a copy of which half is missing."""
    (course / name).unlink()
    with pytest.raises(SetUpError, match=f"{name} is missing"):
        set_up(course)


def test_a_python_without_venv_is_told_which_package_to_install(course, monkeypatch):
    """Debian's Python comes without; nothing is left behind."""
    monkeypatch.setattr(environment, "_has_venv_module", lambda: False)
    with pytest.raises(SetUpError, match=r"python3\.\d+-venv"):
        set_up(course)
    assert not (course / ".venv").exists()


@posix_only
def test_a_folder_that_cannot_be_written_is_named(course, monkeypatch):
    """As an ordinary user, whoever runs the tests."""
    # That user may not be able to look into the folder of the Python that root uses.
    monkeypatch.setattr(environment, "_has_venv_module", lambda: True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("requirements.txt", "pyproject.toml"):
            shutil.copy(course / name, root)
        root.chmod(0o555)
        with an_ordinary_user(), pytest.raises(SetUpError, match=r"^No permission to write "):
            set_up(root)


@contextlib.contextmanager
def an_ordinary_user():
    """Root may write everywhere, so be someone else for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_the_oldest_python_is_the_one_that_the_package_asks_for():
    """The number stands in two files."""
    project = tomllib.loads((environment.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == f">={environment.OLDEST}"


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_an_old_python_can_read_as_far_as_its_refusal(name):
    """A syntax error would be the only thing that it says otherwise."""
    source = (Path(coursekit.__file__).parent / name).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 5))


def old_pythons():
    """Real ones, on the path or installed by pyenv; each tried, as pyenv has empty stand-ins."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = [str(path) for path in versions.glob("*/bin/python")]
    found += filter(None, (shutil.which(f"python3.{minor}") for minor in range(6, 11)))
    for python in found:
        version = subprocess.run([python, "--version"], capture_output=True, text=True, check=False)
        words = (version.stdout or version.stderr).split()  # Python 2 writes it to stderr
        if version.returncode == 0 and tuple(map(int, words[1].split(".")[:2])) < (3, 11):
            yield python, words[1]


def test_every_old_python_on_this_machine_is_refused_in_one_line():
    """The line says which it is and which is needed."""
    found = dict(old_pythons())
    if not found:
        pytest.skip("No Python older than 3.11 here.")
    for python, version in found.items():
        tried = subprocess.run(
            [python, "-m", "coursekit", "lab"],
            cwd=environment.ROOT, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert tried.returncode == 1
        assert tried.stderr.count("\n") == 1
        assert f"needs Python 3.11 or newer and this is Python {version}:" in tried.stderr


# What pip says


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError'\n"
         "ERROR: No matching distribution found for six", "No network"),
        ("WARNING: Retrying after connection broken by 'SSLError(CERTIFICATE_VERIFY_FAILED)'\n"
         "ERROR: No matching distribution found for six", "No trusted connection"),
        ("  raise ReadTimeoutError\npip._vendor.urllib3.exceptions.ReadTimeoutError: timed out.",
         "No network: the connection to the package index broke off"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
         "The disk is full"),
        ("ERROR: Could not find a version\nERROR: No matching distribution found for six==77\n\n"
         "note: a new pip is available", "No matching distribution found for six==77"),
        ("error: subprocess-exited-with-error\n\nlast words\n", "last words"),
        ("", "It failed without a word"),
    ],
)  # fmt: skip
def test_the_one_line_that_matters_is_found(output, line):
    """In what pip writes when there is no network, no space, no such package."""
    assert installing.explain(output).startswith(line)


@pytest.mark.parametrize("why", ["", " (from p1->-r requirements.txt (line {n}))"])
def test_progress_counts_each_package_once(why):
    """pip names a package again for each of those that need it; an old pip does not say which."""
    said = []
    pins = "\n".join(f"p{n}==1" for n in range(1, 51))
    progress = installing.Progress(pins, said.append)
    for n in list(range(1, 51)) * 2:
        progress.line(f"Collecting p{n}==1{why.format(n=n)}")
    assert said[1:] == ["  25 of 50: p25", "  50 of 50: p50"]


def test_after_ctrl_c_nothing_goes_on_in_the_background(tmp_path):
    """Neither the command, nor one that it started, nor its hold on the terminal."""
    sleeper = "import time; time.sleep(60)"
    command = f"""if True:
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "{sleeper}"])
        print(child.pid, flush=True)
        child.wait()"""
    pids = []

    def ctrl_c(line):
        pids.append(int(line))
        raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        installing.run([sys.executable, "-c", command], tmp_path, tmp_path / "log", ctrl_c)
    assert time.monotonic() - start < 30
    if os.name != "nt":
        with pytest.raises(ProcessLookupError):
            wait_for_end(pids[0])


def wait_for_end(pid):
    for _ in range(50):
        os.kill(pid, 0)
        if is_dead_but_kept(pid):
            raise ProcessLookupError
        time.sleep(0.1)


def is_dead_but_kept(pid):
    """In a container without an init, the dead stay in the table."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split(")")[1].split()[0] == "Z"
    return False


# Two at once


def test_a_second_set_up_waits_for_the_first(course):
    """It says so, and finds the work done."""
    said = []
    second = threading.Thread(target=environment.ready, args=(course, said.append))
    with installing.alone(course, said.append):
        second.start()
        while not said:
            time.sleep(0.01)
        environment._set_up(course / ".venv", course, REQUIREMENTS, lambda line: None)
    second.join(timeout=30)
    assert said == ["Another set-up is running in this folder: waiting for it ..."]
    assert times_installed(course) == 1


def test_a_set_up_that_was_killed_keeps_no_one_waiting(course):
    """The lock dies with its holder."""
    hold = "\n".join([
        "import pathlib, time",
        "from coursekit import installing",
        f"with installing.alone(pathlib.Path({str(course)!r}), print):",
        "    print('mine', flush=True)",
        "    time.sleep(60)",
    ])  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", hold], cwd=environment.ROOT, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        holder.kill()
    said = []
    with installing.alone(course, said.append):
        assert said == []
