"""Keeps every test, and every kernel that a test starts, away from the student's own progress."""

import os
import shutil
import tempfile


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return  # a worker of pytest-xdist has inherited it
    # Two workers on two cores: NumPy's own threads would only stand in each other's way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    config.own_progress = tempfile.mkdtemp(prefix="coursekit-")
    os.environ["COURSEKIT_PROGRESS"] = os.path.join(config.own_progress, "progress.json")


def pytest_unconfigure(config):
    if hasattr(config, "own_progress"):
        shutil.rmtree(config.own_progress, ignore_errors=True)
