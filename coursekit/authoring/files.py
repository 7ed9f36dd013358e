"""Where the course's notebooks are, and reading and writing them without losing any."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("notebooks", "solutions", "exercises")
NAME = re.compile(r"(?P<number>\d\d)_(?P<stem>[a-z0-9_]+)\.ipynb")
OUTPUT_KEYS = {
    "stream": {"name", "text"},
    "display_data": {"data"},
    "execute_result": {"data"},
    "error": {"ename", "evalue", "traceback"},
}


class NotebookError(ValueError):
    """Something is wrong with a notebook; the message names the notebook and says what."""


def show_path(path, root):
    """`path` as it reads from `root`, with forward slashes on every system."""
    path = Path(path)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def chapters_in(folder):
    """The notebooks of `folder` named NN_stem.ipynb, in order; none if there is no such folder.

    Other files are left out: JupyterLab's copies, and a student's own notebooks.
    """
    return sorted(path for path in Path(folder).glob("*.ipynb") if NAME.fullmatch(path.name))


def misnamed(root, folder):
    """A line for each notebook of `folder` under `root` that no chapter can have."""
    return [
        f"{show_path(path, root)}: must be named NN_stem.ipynb"
        for path in sorted((root / folder).glob("*.ipynb"))
        if not NAME.fullmatch(path.name)
    ]


def find_notebooks(root, folders, names=()):
    """Every notebook of `folders` under `root`, or those named by number, stem or path.

    Raises NotebookError for a name that no notebook has, and where there is no notebook.
    """
    found = [path for folder in folders for path in chapters_in(root / folder)]
    if not found:
        raise NotebookError(f"no notebook named NN_stem.ipynb in {', '.join(folders)} of {root}")
    if not names:
        return found
    chosen = {path for name in names for path in _named(name, found, root)}
    return [path for path in found if path in chosen]


def _named(name, found, root):
    """Those of `found` that `name` means; raises NotebookError if there are none."""
    if name.endswith(".ipynb") or "/" in name or os.sep in name:
        places = {Path(name).resolve(), (root / name).resolve()}
        matching = [path for path in found if path.resolve() in places]
    else:
        matching = [path for path in found if name in _short_names(path)]
    if matching:
        return matching
    known = ", ".join(dict.fromkeys(path.stem for path in found))
    raise NotebookError(f"no notebook is called {name!r}; there are {known}")


def _short_names(path):
    number, stem = NAME.fullmatch(path.name).group("number", "stem")
    return {number, str(int(number)), stem, path.stem}


def read_notebook(path, label=None):
    """The notebook at `path` as (dict, text); every text in the dict is one string.

    Raises NotebookError if there is no such file, if it is not UTF-8 or not JSON, and if
    what it holds is not a notebook of format 4.
    """
    label = label or str(path)
    try:
        text = Path(path).read_bytes().decode("utf-8")
        notebook = json.loads(text)
    except OSError as error:
        raise NotebookError(f"{label}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise NotebookError(f"{label}: is not UTF-8 text: byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise NotebookError(
            f"{label}: line {error.lineno}: is not JSON: {error.msg}; restore the file from git"
        ) from None
    _check_format(notebook, label)
    return _joined(notebook), text


def _check_format(notebook, label):
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise NotebookError(f"{label}: is not a notebook: it has no nbformat")
    if notebook["nbformat"] != 4:
        raise NotebookError(
            f"{label}: must be a notebook of format 4, and is of format {notebook['nbformat']}; "
            "open and save it in JupyterLab"
        )
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not cells:
        raise NotebookError(f"{label}: is not a notebook: it has no cells")
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
            raise NotebookError(f"{label}: cell {number} must be a code, markdown or raw cell")
        for output in cell.get("outputs", ()):
            if not isinstance(output, dict) or not _is_whole(output):
                raise NotebookError(
                    f"{label}: cell {number}: an output is none that notebooks know; run the cell"
                )


def _is_whole(output):
    """Whether `output` is of a known type and has what that type must have."""
    return OUTPUT_KEYS.get(output.get("output_type"), {""}) <= output.keys()


def _joined(notebook):
    """Lists of lines become one string, as nbformat does on reading."""
    for cell in notebook["cells"]:
        cell["source"] = _join(cell.get("source", ""))
        for output in cell.get("outputs", ()):
            if "text" in output:
                output["text"] = _join(output["text"])
            data = output.get("data", {})
            for mime in data:
                data[mime] = _join(data[mime])
    return notebook


def _join(text):
    lines = isinstance(text, list) and all(isinstance(line, str) for line in text)
    return "".join(text) if lines else text


def _split(mime, text):
    by_lines = mime.startswith("text/") or mime in ("application/javascript", "image/svg+xml")
    return text.splitlines(keepends=True) if by_lines and isinstance(text, str) else text


def notebook_text(notebook):
    """`notebook` as nbformat and JupyterLab write it: sorted keys, indent 1, lists of lines."""
    cells = []
    for cell in notebook["cells"]:
        cell = {**cell, "source": cell["source"].splitlines(keepends=True)}
        if "outputs" in cell:
            cell["outputs"] = [_split_output(output) for output in cell["outputs"]]
        cells.append(cell)
    whole = {**notebook, "cells": cells}
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _split_output(output):
    output = dict(output)
    if "text" in output:
        output["text"] = output["text"].splitlines(keepends=True)
    if "data" in output:
        output["data"] = {mime: _split(mime, text) for mime, text in output["data"].items()}
    return output


def write_all(texts):
    """Write each text to its path, all or none as far as a file system allows.

    All are written beside their places first; only when every one is complete do they take
    their places, so an interruption leaves each file either old or new, never half.
    Raises OSError if a file cannot be written; the temporary files are removed then.
    """
    staged = []
    try:
        for path, text in texts.items():
            path = path.resolve()  # where `path` is a link, the link stays one
            staged.append((path.with_name(f".{path.name}.{os.getpid()}.tmp"), path))
            staged[-1][0].write_bytes(text.encode("utf-8"))
        for temporary, path in staged:
            os.replace(temporary, path)
    finally:
        for temporary, _ in staged:
            with suppress(OSError):
                temporary.unlink()
