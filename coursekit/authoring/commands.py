"""The two commands of an author; each prints its own lines and returns the exit code."""

import sys

from coursekit.authoring.execute import execute
from coursekit.authoring.files import (
    PROJECT,
    NotebookError,
    find_notebooks,
    misnamed,
    notebook_text,
    read_notebook,
    show_path,
    write_all,
)
from coursekit.authoring.generation import carry_out, plan
from coursekit.authoring.lint import lint
from coursekit.authoring.normalise import normalise, without_outputs


def main_exercises(check, root=PROJECT):
    """Generate exercises/ from solutions/, or with `check` only say what is not fresh."""
    try:
        made = plan(root)
        if check:
            return _report_stale(made, root)
        kept = carry_out(made)
    except (NotebookError, OSError) as error:
        return _failed(error)
    for path, reason in made.reasons.items():
        print(f"{show_path(path, root)}: {reason}{_deed(made, path)}")
        if path in kept:
            print(f"  what was in it is now {show_path(kept[path], root)}")
    if not made.reasons:
        print("exercises/: all fresh, nothing written")
    return 1 if made.foreign else 0


def _deed(made, path):
    if path in made.foreign:
        return ""
    return ": written" if path in made.write else ": removed"


def _report_stale(made, root):
    for path, reason in made.reasons.items():
        print(f"{show_path(path, root)}: {reason}")
    if made.reasons:
        print("To renew them: python3 -m coursekit exercises")
        return 1
    print("exercises/: all fresh")
    return 0


def main_notebooks(check, names, root=PROJECT):
    """Execute, normalise and write the notebooks; with `check` only lint them.

    `names` are numbers, stems or paths; none means all.
    """
    folders = ["notebooks", "solutions", *(["exercises"] if check else [])]
    try:
        paths = find_notebooks(root, folders, names)
    except NotebookError as error:
        return _failed(error)
    if check:
        return _report_complaints(paths, root)
    went_well = [_renew(path, root) for path in paths]  # a failure does not stop the next
    return 0 if all(went_well) else 1


def _renew(path, root):
    """Execute and write one notebook; whether all went well and nothing is left to mend."""
    label = show_path(path, root)
    print(f"{label}: running", flush=True)
    try:
        changed = renew(path, label)
    except (NotebookError, OSError) as error:
        reason = str(error).removeprefix(label + ": ")
        print(f"{label}: unchanged: {reason}", file=sys.stderr)
        return False
    print(f"{label}: {'written' if changed else 'executed, and nothing changed'}")
    complaints = lint(path, root)
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return not complaints


def renew(path, label):
    """Execute the notebook at `path` and write it in normal form; whether that changed the file.

    Raises NotebookError if it cannot be read or a cell fails, or if the file changed
    meanwhile, and OSError if it cannot be written; the file is as it was then.
    """
    notebook, before = read_notebook(path, label)
    executed = execute(without_outputs(normalise(notebook)), path.parent)
    after = notebook_text(normalise(executed))
    if path.read_bytes() != before.encode("utf-8"):
        raise NotebookError("the file was saved while it was being run; run this again")
    if after == before:
        return False
    write_all({path: after})
    return True


def _report_complaints(paths, root):
    complaints = [complaint for path in paths for complaint in lint(path, root)]
    complaints += misnamed(root, "notebooks") + misnamed(root, "solutions")
    print(*complaints, sep="\n", end="\n" if complaints else "")
    if complaints:
        return 1
    count = f"{len(paths)} notebook{'s' if len(paths) > 1 else ''}"
    print(f"{count}: nothing to complain about")
    return 0


def _failed(error):
    print(error, file=sys.stderr)
    return 1
