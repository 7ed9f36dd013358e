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
import sys
import tomllib
from importlib import metadata, util
from pathlib import Path

from coursekit import OLDEST_PYTHON, installing, venvs
from coursekit.installing import SetUpError
from coursekit.venvs import State, python_of

ROOT = Path(__file__).resolve().parent.parent
OLDEST = ".".join(map(str, OLDEST_PYTHON))
AGAIN = "then run the same command again"


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


def is_complete(env, root):
    """Is all that `root` needs installed in `env`, and does its Python start?"""
    state = venvs.read_state(env)
    if state is None or not state.complete_for:
        return False
    python = venvs.look_into(env)
    return python is not None and state.complete_for == _fingerprint(root, python)


def _set_up(env, root, requirements, say):
    """Make `env` if it is not there or is broken, then install into it."""
    state = venvs.read_state(env)
    _refuse_what_is_not_ours(env, state)
    broken = _what_is_broken(env, state)
    if broken:
        say(f"The environment in .venv {broken}: starting afresh ...")
    if broken or not env.exists() or venvs.is_bare(env):
        state = _make(env, say)
    elif state is None:
        say("Using the .venv that is here already.")
        state = State(made_here=False, complete_for="")
    _fill(env, root, state, requirements, say)


def _refuse_what_is_not_ours(env, state):
    """What someone else put there is neither removed nor mended."""
    if not os.path.lexists(env):
        return
    if not env.is_dir():
        raise SetUpError(f"{env} is not a folder: rename it, {AGAIN}.")
    if state is None and not (env / "pyvenv.cfg").exists() and not venvs.is_bare(env):
        raise SetUpError(f"{env} is not a Python environment: rename it, {AGAIN}.")
    python = venvs.look_into(env)
    made_here = state is not None and state.made_here
    if python and python.version < OLDEST_PYTHON and not made_here:
        found = ".".join(map(str, python.version))
        raise SetUpError(
            f"{env} has Python {found} and the course needs {OLDEST} or newer: "
            f"remove or rename it, {AGAIN}."
        )


def _what_is_broken(env, state):
    """Why the environment that is there cannot be installed into, or None."""
    if not env.exists() or (state is None and venvs.is_bare(env)):
        return None
    made_here = state is not None and state.made_here
    if made_here and not state.complete_for:
        return "was left half made"
    python = venvs.look_into(env)
    if python is None:
        return "does not start"
    # The system's Python was replaced by a newer one, which looks for its packages elsewhere.
    replaced = python.version < OLDEST_PYTHON or not python.has_pip
    return "belongs to another Python" if made_here and replaced else None


def _make(env, say):
    """A Python without any packages in `env`; returns its state, which is unfinished."""
    if not _has_venv_module():
        raise SetUpError(_no_venv_module())
    if _running_in(env):
        raise SetUpError(f"That .venv is the one in use: `deactivate` it, {AGAIN}.")
    state = State(made_here=True, complete_for="")
    env.mkdir(exist_ok=True)
    venvs.write_state(env, state)
    venvs.empty(env)
    say("Making the environment in .venv ...")
    command = [sys.executable, "-m", "venv", "--without-pip", env]
    installing.run(command, env.parent, env / venvs.LOG)
    return state


def _fill(env, root, state, requirements, say):
    """Install into `env` what `root` requires."""
    python, log = python_of(env), env / venvs.LOG
    if not venvs.look_into(env).has_pip:
        installing.run([python, "-m", "ensurepip", "--upgrade", "--default-pip"], root, log)
    venvs.write_state(env, state._replace(complete_for=""))
    try:
        installing.install(python, root, requirements, log, say)
    except installing.NothingChangedError:
        venvs.write_state(env, state)  # pip gave up before it touched what was there
        raise
    fingerprint = _fingerprint(root, venvs.look_into(env))
    venvs.write_state(env, state._replace(complete_for=fingerprint))


def _has_venv_module():
    return all(util.find_spec(name) for name in ("venv", "ensurepip"))


def _no_venv_module():
    package = "python{}.{}-venv".format(*sys.version_info)
    if shutil.which("apt-get"):
        remedy = f"sudo apt install {package}"
    else:
        remedy = f"install the package that has it (Debian and Ubuntu call it {package})"
    return f"This Python cannot make environments, its venv module is missing: {remedy}"


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


def _fingerprint(root, python):
    """Changes when something else has to be installed, or the folder has moved."""
    project = tomllib.loads(_read(root / "pyproject.toml"))
    parts = [
        project["build-system"], project["project"], _read(root / "requirements.txt"),
        str(root), python.version,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read(path):
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SetUpError(
            f"{path} is missing: run this in the folder of the course, as it was downloaded."
        ) from None


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
