"""The Python environment of the course: found, or made in `.venv`.

This runs before anything is installed, so it uses the standard library alone.
It must survive being stopped at any moment: what `.venv/coursekit.json` says is
written before a change and again after it, never in between.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from importlib import metadata, util
from pathlib import Path
from typing import NamedTuple

from coursekit import OLDEST_PYTHON, installing
from coursekit.installing import SetUpError

ROOT = Path(__file__).resolve().parent.parent
STATE = "coursekit.json"  # in .venv: who made it, and for which requirements it is complete
LOG = "coursekit-set-up.log"  # in .venv: all that pip said
OLDEST = ".".join(map(str, OLDEST_PYTHON))


def ready(root=ROOT, say=print):
    """The Python to go on with: this one if it has all that the course pins, else that of `.venv`.

    Makes and fills `.venv` where that is needed, and tells `say` so.
    """
    requirements = _read(root / "requirements.txt")
    env = root / ".venv"
    if not _running_in(env) and _has_everything(requirements):
        return Path(sys.executable)
    if not is_complete(env, root):
        with _plain_os_errors(root), installing.alone(root, say):
            if not is_complete(env, root):  # the one we waited for may have done it
                _set_up(env, root, requirements, say)
    return python_of(env)


def python_of(env):
    """Where a virtual environment keeps its Python."""
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_complete(env, root):
    """Is all that `root` needs installed in `env`, and does its Python start?"""
    state = _read_state(env)
    if state is None or not state["complete_for"]:
        return False
    python = _look_into(env)
    return python is not None and state["complete_for"] == _fingerprint(root, python.version)


def _set_up(env, root, requirements, say):
    """Make `env` if it is not there or is broken, then install into it."""
    state = _read_state(env)
    if _must_be_made(env, state, say):
        state = _make(env, say)
    elif state is None:
        say("Using the .venv that is here already.")
        state = {"made_here": False, "complete_for": ""}
    python = python_of(env)
    log = env / LOG
    if not _look_into(env).has_pip:
        installing.run([python, "-m", "ensurepip", "--upgrade", "--default-pip"], root, log)

    _write_state(env, {**state, "complete_for": ""})
    try:
        installing.install(python, root, requirements, log, say)
    except installing.NothingChangedError:
        _write_state(env, state)  # pip gave up before it touched what was there
        raise
    _write_state(env, {**state, "complete_for": _fingerprint(root, _look_into(env).version)})


def _must_be_made(env, state, say):
    """Is there no environment that can be installed into? Says why one is thrown away."""
    if not os.path.lexists(env):
        return True
    if not env.is_dir():
        raise SetUpError(f"{env} is not a folder: rename it, then run the same command again.")
    if state is None and not (env / "pyvenv.cfg").exists():
        if any(not child.name.startswith("coursekit") for child in env.iterdir()):
            raise SetUpError(
                f"{env} is not a Python environment: rename it, then run the same command again."
            )
        return True

    made_here = state is not None and state["made_here"]
    python = _look_into(env)
    if made_here and not state["complete_for"]:
        reason = "was left half made"
    elif python is None:
        reason = "does not start"
    elif python.version < OLDEST_PYTHON and not made_here:
        found = ".".join(map(str, python.version))
        raise SetUpError(
            f"{env} has Python {found} and the course needs {OLDEST} or newer: "
            "remove or rename it, then run the same command again."
        )
    elif made_here and (python.version < OLDEST_PYTHON or not python.has_pip):
        reason = "belongs to another Python"
    else:
        return False
    say(f"The environment in .venv {reason}: starting afresh ...")
    return True


def _make(env, say):
    """An environment with nothing but pip in `env`; returns its state, which is unfinished."""
    if not _has_venv_module():
        raise SetUpError(_no_venv_module())
    if _running_in(env):
        raise SetUpError("That .venv is the one in use: `deactivate` it, then run the same again.")
    state = {"made_here": True, "complete_for": ""}
    env.mkdir(exist_ok=True)
    _write_state(env, state)
    _empty(env)
    say("Making the environment in .venv ...")
    command = [sys.executable, "-m", "venv", "--without-pip", env]
    installing.run(command, env.parent, env / LOG)
    return state


def _has_venv_module():
    return all(util.find_spec(name) for name in ("venv", "ensurepip"))


def _no_venv_module():
    package = "python{}.{}-venv".format(*sys.version_info)
    if shutil.which("apt-get"):
        remedy = f"sudo apt install {package}"
    else:
        remedy = f"install the package that has it (Debian and Ubuntu call it {package})"
    return f"This Python cannot make environments, its venv module is missing: {remedy}"


def _empty(env):
    """Remove everything in `env` but the word that it is unfinished."""
    for child in env.iterdir():
        if child.name == STATE:
            continue
        if child.is_dir() and not child.is_symlink():
            _remove(child)
        else:
            child.unlink()


def _remove(folder, tries=5):
    """Remove a folder, even while a virus scanner or the end of a killed pip is still in it."""
    for _ in range(tries - 1):
        with contextlib.suppress(OSError):
            return shutil.rmtree(folder)
        time.sleep(1)
    return shutil.rmtree(folder)


# What is there already


ASK_VERSION_AND_PIP = """\
import sys, importlib.util
print(*sys.version_info[:2], int(importlib.util.find_spec("pip") is not None))
"""


class Python(NamedTuple):
    version: tuple[int, int]
    has_pip: bool


def _look_into(env):
    """The Python in `env`, or None if it does not start."""
    try:
        answer = subprocess.run(
            [python_of(env), "-I", "-c", ASK_VERSION_AND_PIP],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=True,
        )
        major, minor, has_pip = map(int, answer.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Python((major, minor), bool(has_pip))


def _running_in(env):
    try:
        return os.path.samefile(sys.prefix, env)
    except OSError:
        return False


def _has_everything(requirements):
    """Does the running Python have every pinned package in the pinned version?"""
    try:
        return all(metadata.version(name) == version for name, version in _pins(requirements))
    except metadata.PackageNotFoundError:
        return False


def _pins(requirements):
    """(name, version) of each line that holds on every system."""
    return re.findall(r"^([\w.-]+)==([^\s;]+)[ \t]*$", requirements, re.MULTILINE)


def _fingerprint(root, python_version):
    """Changes when something else has to be installed, or the folder has moved."""
    project = tomllib.loads(_read(root / "pyproject.toml"))
    parts = [
        project["build-system"],
        project["project"],
        _read(root / "requirements.txt"),
        str(root),
        python_version,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read(path):
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SetUpError(
            f"{path} is missing: run this in the folder of the course, as it was downloaded."
        ) from None


def _read_state(env):
    try:
        state = json.loads((env / STATE).read_text(encoding="utf-8"))
        return {"made_here": state["made_here"], "complete_for": state["complete_for"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_state(env, state):
    """Replace the state in one step, so that no interruption leaves half of it."""
    draft = env / (STATE + ".new")
    draft.write_text(json.dumps(state), encoding="utf-8")
    os.replace(draft, env / STATE)


# What can get in the way


@contextlib.contextmanager
def _plain_os_errors(root):
    """A folder that cannot be written, a full disk: one line instead of a traceback."""
    try:
        yield
    except PermissionError as error:
        where = error.filename or root
        raise SetUpError(
            f"No permission to write {where}: copy the course to a folder of your own."
        ) from None
    except OSError as error:
        raise SetUpError(f"{error.strerror or error}: {error.filename or root}") from None
