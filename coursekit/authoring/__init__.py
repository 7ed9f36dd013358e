"""Tools for those who write the course: nothing here is needed to take it.

    python3 -m coursekit exercises [--check]           exercises/ from solutions/
    python3 -m coursekit notebooks [--check] [names]   execute, normalise, lint

Notebooks are read with the standard `json`: importing nbformat costs a second, and
only executing a notebook needs it.
"""

from coursekit.authoring.commands import main_exercises, main_notebooks
from coursekit.authoring.files import NotebookError

__all__ = ["NotebookError", "main_exercises", "main_notebooks"]
