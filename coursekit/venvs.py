"""What is in a folder such as `.venv`: its Python, and our own word about it.

Runs before anything is installed, so it uses the standard library alone.
"""

import contextlib
import json
import os
import shutil
import subprocess
import time
from typing import NamedTuple

STATE = "coursekit.json"  # who made the environment, and for which requirements it is complete
LOG = "coursekit-set-up.log"  # all that pip said

ASK_VERSION_AND_PIP = """\
import sys, importlib.util
print(*sys.version_info[:2], int(importlib.util.find_spec("pip") is not None))
"""


class Python(NamedTuple):
    version: tuple[int, int]
    has_pip: bool


class State(NamedTuple):
    made_here: bool  # by us, so that we may throw it away
    complete_for: str  # the fingerprint of what is installed; empty while that changes


def python_of(env):
    """Where an environment keeps its Python."""
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def look_into(env):
    """The Python in `env`, or None if it does not start."""
    try:
        answer = subprocess.run(
            [python_of(env), "-I", "-c", ASK_VERSION_AND_PIP],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True,
        )  # fmt: skip
        major, minor, has_pip = map(int, answer.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Python((major, minor), bool(has_pip))


def is_bare(env):
    """Is there nothing in `env` but what we leave there before anything else?"""
    return all(child.name.startswith("coursekit") for child in env.iterdir())


def read_state(env):
    """What we last wrote about `env`; None if we never did."""
    try:
        return State(**json.loads((env / STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_state(env, state):
    """Replace the state in one step, so that no interruption leaves half of it."""
    draft = env / (STATE + ".new")
    draft.write_text(json.dumps(state._asdict()), encoding="utf-8")
    os.replace(draft, env / STATE)


def empty(env):
    """Remove everything in `env` but our word about it, which outlives an interruption."""
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
