"""Which exercises have passed: a small file on this computer, never required."""

import contextlib
import html
import importlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

CHAPTERS = {
    "01": "loss_functions",
    "02": "gradient_descent",
    "03": "learning_rate",
    "04": "landscapes",
    "05": "computational_graphs",
    "06": "gradient_checking",
    "07": "neural_networks",
    "08": "minibatches",
    "09": "momentum",
    "10": "nesterov",
    "11": "adagrad",
    "12": "rmsprop",
    "13": "adadelta",
    "14": "adam",
    "19": "pose_estimation",
}


def progress_file() -> Path:
    """`.progress.json` beside the package, or what the variable COURSEKIT_PROGRESS names."""
    named = os.environ.get("COURSEKIT_PROGRESS")
    return Path(named) if named else Path(__file__).parents[2] / ".progress.json"


def passed() -> set[str]:
    """The exercises that have passed, as "stem.name".

    A file that cannot be read counts as empty; `record` then puts it aside, losing nothing.
    """
    try:
        return set(map(str, json.loads(progress_file().read_text("utf-8"))["passed"]))
    except (OSError, ValueError, TypeError, KeyError):
        return set()


def record(stem: str, name: str) -> None:
    """Note that an exercise of a chapter has passed; solutions and what a grader runs do not count.

    Where nothing can be written the course goes on without.
    """
    if Path.cwd().name == "solutions" or "NBGRADER_EXECUTION" in os.environ:
        return
    before = passed()
    if stem in CHAPTERS.values() and f"{stem}.{name}" not in before:
        with contextlib.suppress(OSError):
            _write(before | {f"{stem}.{name}"})


def _write(names: set[str]) -> None:
    file = progress_file()
    if file.exists() and not passed() and file.stat().st_size:
        # empty for us, but not an empty file: somebody's broken one
        file.replace(file.with_name(file.name + ".broken"))
    temporary = file.with_name(file.name + ".new")
    temporary.write_text(json.dumps({"passed": sorted(names)}, indent=1) + "\n", "utf-8")
    temporary.replace(file)


def reset_progress() -> None:
    """Forget every exercise that has passed."""
    progress_file().unlink(missing_ok=True)
    print("Progress reset: no exercise counts as passed.")


def exercises(stem: str) -> list[str]:
    """The names of a chapter's exercises, in the order of its checks module."""
    from coursekit.checks.exercise import Exercise

    module = importlib.import_module(f"coursekit.checks.{stem}")
    return [e.name for e in vars(module).values() if isinstance(e, Exercise)]


@dataclass(frozen=True)
class Progress:
    """The page of progress: chapter, exercise, passed or not."""

    rows: tuple[tuple[str, str, str, bool], ...]  # number, stem, exercise, passed

    def __str__(self) -> str:
        lines = [f"{sum(row[-1] for row in self.rows)} of {len(self.rows)} exercises passed"]
        lines += [
            f"{'✓' if ok else '·'} {number} {stem}: {name}" for number, stem, name, ok in self.rows
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *_ = str(self).splitlines()
        rows = "".join(map(self._row, self.rows))
        return (
            f"<table><caption>{head}</caption><thead><tr><th>chapter</th><th>exercise</th>"
            f"<th>state</th></tr></thead><tbody>{rows}</tbody></table>"
        )

    @staticmethod
    def _row(row: tuple[str, str, str, bool]) -> str:
        number, stem, name, ok = row
        title = html.escape(f"{number} {stem.replace('_', ' ')}")
        return (
            f"<tr><td><a href='../exercises/{number}_{stem}.ipynb'>{title}</a></td>"
            f"<td><code>{html.escape(name)}</code></td>"
            f"<td>{'✓ passed' if ok else 'not yet'}</td></tr>"
        )


def progress() -> Progress:
    """Every exercise of the course and whether it has passed on this computer."""
    done = passed()
    return Progress(
        tuple(
            (number, stem, name, f"{stem}.{name}" in done)
            for number, stem in CHAPTERS.items()
            for name in exercises(stem)
        )
    )
