"""The package as a whole: what importing it costs, and what its files hold."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import coursekit

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text("utf-8")
HEAVY = ("numpy", "matplotlib", "IPython", "nbformat", "nbclient", "scipy")


def loaded_by(statement: str) -> set[str]:
    """The heavy packages that a fresh Python has loaded after a statement."""
    code = f"import sys; {statement}; print(*[m for m in {HEAVY} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import coursekit", set()),
        ("import coursekit.cli", set()),
        ("import coursekit; coursekit.losses", {"numpy"}),
        ("import coursekit; coursekit.landscapes.bowl((1, 2))", {"numpy"}),
        ("from coursekit.checks import gradient_descent", {"numpy"}),
        ("import coursekit.authoring", set()),
    ],
)
def test_importing_loads_only_what_is_used(statement, allowed):
    assert loaded_by(statement) == allowed


@pytest.mark.parametrize("name", [n for n in dir(coursekit) if not n.startswith("_")])
def test_everything_listed_can_be_had(name):
    assert getattr(coursekit, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = coursekit.nonsense


@pytest.mark.parametrize(
    "file", sorted((PROJECT / "coursekit").rglob("*.py")), ids=lambda f: f.name
)
def test_a_module_says_what_it_is_for(file):
    text = file.read_text("utf-8")
    assert re.match(r'"""\S.*[.?]', text), f"{file} must begin with a docstring"


def test_every_pin_is_exact_and_every_dependency_is_pinned():
    about = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    groups = about["dependency-groups"]
    pinned = _pinned("requirements.txt")
    assert _names(about["project"]["dependencies"] + groups["test"]) <= pinned
    assert _names(groups["ci"]) <= _pinned("requirements-ci.txt")


def _pinned(file):
    lines = (PROJECT / file).read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith(("#", "-e"))]
    assert all(re.match(r"[a-z0-9._-]+==[^ ]+( ; .*)?$", pin) for pin in pins)
    return _names(pins)


def _names(requirements):
    return {re.match(r"[a-z0-9._-]+", requirement)[0] for requirement in requirements}


def test_every_link_of_the_readme_leads_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > 15
    assert [link for link in links if "://" not in link and not (PROJECT / link).exists()] == []


def test_the_readme_lists_every_notebook():
    for folder in ("notebooks", "exercises", "solutions"):
        for file in (PROJECT / folder).glob("[0-9][0-9]_*.ipynb"):
            if not file.name.endswith(".mine.ipynb"):
                assert f"({folder}/{file.name})" in README


def test_the_example_in_the_readme_says_what_it_does():
    example = re.search(r"```python\n(.*?)```", README, re.S)[1]
    *code, last = example.strip().splitlines()
    expression, said = last.split("  # ")
    names = {"array": __import__("numpy").array}
    exec("\n".join(code), names)
    assert repr(eval(expression, names)) == repr(eval(said, names))


def test_the_verdict_in_the_readme_is_what_the_check_says():
    from coursekit.checks import gradient_descent as check

    mistake = check.line_gradient.mistakes[0]
    assert str(check.line_gradient.judge(mistake.function)) in README
