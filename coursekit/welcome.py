"""Is everything there? The first cell of the course asks, and is told what to do.

This uses the standard library alone, in words that an old Python understands: it must be able
to say that NumPy is missing. Where all is well it says the same on every machine.
"""

import re
import sys
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from coursekit import OLDEST_PYTHON

ROOT = Path(__file__).resolve().parent.parent
START = "python3 -m coursekit lab"  # what a student is told to type
KNOWN = ("numpy", "matplotlib", "jupyterlab")  # by name to a student, so named first


class Finding(NamedTuple):
    """One thing that was looked at; `remedy` is empty where nothing has to be done."""

    what: str
    words: str
    remedy: str = ""
    serious: bool = True

    def __str__(self):
        sign = "✓" if not self.remedy else "✗" if self.serious else "!"
        return f"{sign} {self.what}: {self.words}" + f"\n    {self.remedy}" * bool(self.remedy)


def check_set_up():
    """Print what is as it should be and, for the rest, what to do about it."""
    findings = look(ROOT, Path.cwd(), sys.version_info[:2], Path(sys.prefix), installed_version)
    print(*findings, sep="\n")
    to_do = [finding for finding in findings if finding.remedy]
    if any(finding.serious for finding in to_do):
        print("Put this right first; then Kernel > Restart Kernel, and run this cell again.")
    elif to_do:
        print("You can go on. Should a result differ from the stored one, this may be why.")
    else:
        print("All is well.")


def look(root, folder, python, prefix, version_of):
    """The findings for a kernel of version `python` in `prefix` that runs in `folder`.

    `root` is the course's folder; `version_of(package)` is what is installed, or None.
    """
    pins = pinned(root)
    names = sorted(pins, key=lambda name: name not in KNOWN)
    missing = [name for name in names if version_of(name) is None]
    others = [
        f"{name} is {version_of(name)}, not {pins[name]}"
        for name in names
        if version_of(name) not in (pins[name], None)
    ]
    return [
        _python(python),
        _packages(missing, others),
        _kernel(root, prefix, bool(missing or others)),
        _folder(root, folder, pins),
    ]


def installed_version(package):
    """The version of an installed package, None where there is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def pinned(root):
    """{package: version}, of what requirements.txt asks for on every system."""
    try:
        text = (root / "requirements.txt").read_text(encoding="utf-8")
    except OSError:
        return {}
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)[ \t]*$", text, re.MULTILINE))


def _python(version):
    if version >= OLDEST_PYTHON:
        return Finding("Python", "new enough")
    found, oldest = (".".join(map(str, v)) for v in (version, OLDEST_PYTHON))
    remedy = f"Install a newer one from https://www.python.org/downloads/, then: {START}"
    return Finding("Python", f"this is {found}, and the course needs {oldest}", remedy)


def _packages(missing, others):
    if missing:
        remedy = f"Quit JupyterLab; then, in the folder of the course: {START}"
        return Finding("packages", _some(missing) + " missing", remedy)
    if others:
        remedy = f"To have the versions that the course was made with: {START}"
        return Finding("packages", _some(others), remedy, serious=False)
    return Finding("packages", "all there, in the versions that the course was made with")


def _some(names, most=3):
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _kernel(root, prefix, lacks_something):
    if not lacks_something:
        return Finding("kernel", "the right one")
    env = root / ".venv"
    if not env.is_dir() or env.resolve() == prefix.resolve():
        return Finding("kernel", f"runs in {prefix}")
    remedy = f"Quit JupyterLab; then, in the folder of the course: {START}"
    return Finding("kernel", f"runs in {prefix}, and the course has its own in {env}", remedy)


def _folder(root, folder, pins):
    if not pins:
        remedy = "Download the course again, as a whole, and open this notebook there."
        return Finding("folder", f"{root / 'requirements.txt'} is missing", remedy)
    if root.resolve() not in (folder.resolve(), *folder.resolve().parents):
        remedy = "Open the notebook there: its links lead to its neighbours."
        words = f"this notebook runs in {folder}, and the course is in {root}"
        return Finding("folder", words, remedy, serious=False)
    return Finding("folder", "the course's own")
