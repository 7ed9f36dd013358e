"""The folder exercises/ kept in step with solutions/, without losing a student's work."""

from dataclasses import dataclass, field
from pathlib import Path

from coursekit.authoring.exercises import exercise_from, generated_from, was_worked_on
from coursekit.authoring.files import (
    NotebookError,
    chapters_in,
    find_notebooks,
    misnamed,
    notebook_text,
    read_notebook,
    show_path,
    write_all,
)


@dataclass
class Plan:
    """What to do to exercises/, and why; paths are those of exercises."""

    write: dict = field(default_factory=dict)  # path -> text, where it is not so already
    keep: list = field(default_factory=list)  # worked on: to be kept under another name
    remove: list = field(default_factory=list)  # generated once, and the solution is gone
    foreign: list = field(default_factory=list)  # no solution, and not generated: not ours
    reasons: dict = field(default_factory=dict)  # path -> why it is not as it should be


def plan(root):
    """What must change in `root`/exercises; nothing is written.

    Raises NotebookError, with a line for each problem, if any solution has one.
    """
    texts = _generate(root)
    made = Plan()
    for path, text in texts.items():
        _plan_exercise(made, path, text)
    for path in chapters_in(root / "exercises"):
        if path not in texts:
            _plan_leftover(made, path)
    return made


def _generate(root):
    """The text of every exercise, by its path."""
    texts, problems = {}, misnamed(root, "solutions")
    for path in find_notebooks(root, ["solutions"]):
        label = show_path(path, root)
        try:
            exercise, wrong = exercise_from(read_notebook(path, label)[0], label)
        except NotebookError as error:
            problems.append(str(error))
            continue
        problems += wrong
        texts[root / "exercises" / path.name] = notebook_text(exercise)
    if problems:
        raise NotebookError("\n".join(problems))
    return texts


def _plan_exercise(made, path, text):
    if not path.exists():
        made.reasons[path] = "is missing"
    elif path.read_bytes() == text.encode("utf-8"):
        return
    elif _holds_work(path):
        made.reasons[path] = "was edited by hand"
        made.keep.append(path)
    else:
        made.reasons[path] = "is stale"
    made.write[path] = text


def _plan_leftover(made, path):
    if _source_name(path) != path.name:
        made.reasons[path] = "has no solution; it was not generated, so move it where it belongs"
        made.foreign.append(path)
        return
    made.reasons[path] = "is left over: its solution is gone"
    (made.keep if _holds_work(path) else made.remove).append(path)


def _holds_work(path):
    """Whether someone may have written into the exercise: where in doubt, yes."""
    try:
        notebook, _ = read_notebook(path)
    except NotebookError:
        return True
    return was_worked_on(notebook)


def _source_name(path):
    """The file name of the solution that `path` was generated from; None if it does not say."""
    try:
        source = generated_from(read_notebook(path)[0])
    except NotebookError:
        return None
    return Path(source).name if isinstance(source, str) else None


def carry_out(made):
    """Do what the plan says, the keeping first; returns {kept path: its new path}.

    Raises OSError if a file cannot be written or moved.
    """
    kept = {}
    for path in made.keep:
        kept[path] = _own_name(path)
        kept[path].write_bytes(path.read_bytes())
    for path in made.write:
        path.parent.mkdir(exist_ok=True)
    write_all(made.write)
    for path in [*made.remove, *(path for path in made.keep if path not in made.write)]:
        path.unlink()
    return kept


def _own_name(path):
    """NN_stem.mine.ipynb beside `path`, with a number where that name is taken."""
    number, name = 1, path.with_name(f"{path.stem}.mine.ipynb")
    while name.exists():
        number += 1
        name = path.with_name(f"{path.stem}.mine-{number}.ipynb")
    return name
