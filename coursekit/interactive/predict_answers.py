"""Where committed answers are kept: a small file on this computer, beside that of progress.

Not the browser's own storage: that belongs to one address and port, and JupyterLab takes another
port whenever 8888 is taken; and Python would hear of an answer only after the cells that use it
have run. Not the notebook: it goes into version control, to friends and to graders.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from coursekit.checks.records import progress_file


def answers_file() -> Path:
    """`.predictions.json`, in the folder of the file in which the course keeps progress."""
    return progress_file().with_name(".predictions.json")


def recall(question: str) -> Any:
    """What was last committed to this question of this notebook, or None."""
    return _kept().get(_notebook(), {}).get(question)


def keep(question: str, answer: Any) -> bool:
    """Keep an answer, made of lists, numbers and text; False where nothing can be written."""
    kept = _kept()
    kept.setdefault(_notebook(), {})[question] = answer
    file = answers_file()
    try:
        if not _readable(file):
            file.replace(file.with_name(file.name + ".broken"))
        temporary = file.with_name(f"{file.name}.{os.getpid()}.new")
        temporary.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
        temporary.replace(file)
    except OSError:
        return False
    return True


def _kept() -> dict[str, dict[str, Any]]:
    """All answers by notebook and question; none where the file cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        kept = json.loads(answers_file().read_text("utf-8"))
        if isinstance(kept, dict) and all(isinstance(page, dict) for page in kept.values()):
            return kept
    return {}


def _readable(file: Path) -> bool:
    """Whether nothing is lost when `file` is replaced by what was read from it."""
    return bool(_kept()) or not file.exists() or file.read_bytes().strip() in (b"", b"{}")


def _notebook() -> str:
    """The name of the notebook that this kernel runs, as Jupyter's server gives it, or ""."""
    return Path(os.environ.get("JPY_SESSION_NAME", "")).name
