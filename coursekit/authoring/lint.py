"""What is wrong with a notebook as it stands in its file, without running it."""

from coursekit.authoring.files import NAME, NotebookError, notebook_text, read_notebook, show_path
from coursekit.authoring.lint_code import code_problems
from coursekit.authoring.lint_outputs import output_problems
from coursekit.authoring.lint_prose import heading_problems, prose_problems
from coursekit.authoring.normalise import CELL_ID, normalise
from coursekit.authoring.predictions import prediction_problems

LARGEST = 1_000_000  # bytes; larger notebooks are slow to open on the web
RENEW = "run python3 -m coursekit notebooks"


def lint(path, root):
    """Complaints about the notebook at `path`, a line each: file, cell and what is wrong.

    Notebooks in a folder named exercises were never run and are generated, so what concerns
    outputs and the form of the file is not asked of them.
    """
    label = show_path(path, root)
    try:
        notebook, text = read_notebook(path, label)
    except NotebookError as error:
        return [str(error)]
    cells = notebook["cells"]
    problems = heading_problems(cells, NAME.fullmatch(path.name)["number"])
    problems += prediction_problems(cells)
    for cell in cells:
        problems += [(cell, problem) for problem in _cell_problems(cell, path.parent)]
    if path.parent.name != "exercises":
        problems += [*_count_problems(cells), *_file_problems(notebook, text)]
    return [label + _where(cell) + problem for cell, problem in problems]


def _where(cell):
    return f": cell {cell.get('id', '(without an id)')}: " if cell else ": "


def _cell_problems(cell, folder):
    if cell["cell_type"] == "code":
        return [*code_problems(cell["source"]), *output_problems(cell.get("outputs", ()))]
    return prose_problems(cell, folder) if cell["cell_type"] == "markdown" else []


def _count_problems(cells):
    """The first cell that was not executed in its turn; those after it follow from it."""
    code = [cell for cell in cells if cell["cell_type"] == "code" and cell["source"].strip()]
    for due, cell in enumerate(code, 1):
        count = cell.get("execution_count")
        if count != due:
            ran = "was not executed" if count is None else f"was executed as number {count}"
            return [(cell, f"{ran}, and must be number {due}: {RENEW}")]
    return []


def _file_problems(notebook, text):
    size = len(text.encode("utf-8"))
    problems = _id_problems(notebook["cells"])
    if size >= LARGEST:
        problems.append((None, f"must be smaller than {LARGEST:,} bytes, is {size:,}"))
    if not problems and notebook_text(normalise(notebook)) != text:
        problems.append((None, "is not in normal form: " + RENEW))
    return problems


def _id_problems(cells):
    problems, seen = [], set()
    for cell in cells:
        name = cell.get("id")
        if not isinstance(name, str) or not CELL_ID.fullmatch(name):
            problems.append((cell, f"needs a valid id, got {name!r}"))
        elif name in seen:
            problems.append((cell, "an earlier cell has the same id"))
        seen.add(name if isinstance(name, str) else None)
    return problems
