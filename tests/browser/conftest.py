"""A real JupyterLab and a real browser, on a copy of the course that a test may spoil."""

import contextlib
import json
import shutil
from pathlib import Path

import pytest
from explorers import settled
from serving import chromium, give_setting, jupyterlab

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A copy of the notebooks."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("notebooks", "exercises", "solutions"):
        shutil.copytree(PROJECT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def lab(course):
    """The address of a JupyterLab that serves the copy."""
    with jupyterlab(course) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def shared(browser):
    """One context for all pages: JupyterLab's scripts are then loaded once."""
    context = browser.new_context(viewport={"width": 1200, "height": 1000})
    yield context
    context.close()


@pytest.fixture
def page(shared):
    """A page that fails its test if the browser's console shows an error of ours."""
    with _watched(shared.new_page()) as page:
        yield page
    page.close()


@contextlib.contextmanager
def _watched(page):
    """Fail at the end if a script of the page raised or wrote an error to the console."""
    said = []
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda problem: said.append(str(problem)))
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    yield page
    assert not said, "the browser's console shows: " + "\n".join(said)


class Notebook:
    """A notebook open in JupyterLab, handled as a reader handles it."""

    def __init__(self, page, lab, file: Path, folder: Path):
        self.page, self.file = page, file
        page.goto(f"{lab}/lab/tree/{file.relative_to(folder).as_posix()}?reset")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.get_by_text("| Idle").first.wait_for()
        page.wait_for_timeout(1000)  # the kernel says idle a moment before it takes requests

    def run_all(self):
        """Forget the stored results, then run every cell."""
        self._choose("Edit", "Clear Outputs of All Cells")
        self._choose("Run", "Run All Cells")

    def _choose(self, menu: str, item: str):
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    def saved(self) -> dict:
        """Save, and read the file as it now stands."""
        before = self.file.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        for _ in range(40):
            self.page.wait_for_timeout(100)
            if self.file.stat().st_mtime_ns != before:
                with contextlib.suppress(ValueError):  # read while it was being written
                    return json.loads(self.file.read_text("utf-8"))
        return json.loads(self.file.read_text("utf-8"))

    def wait_until_run(self, seconds: int = 180) -> list[dict]:
        """The code cells, once the last of them has been executed."""
        idle, before, unmoved = self.page.get_by_text("| Idle").first, -1, 0
        for _ in range(seconds):
            self.page.wait_for_timeout(1000)
            if not idle.is_visible():
                continue  # saving again and again in the middle of it makes JupyterLab ask
            cells = [c for c in self.saved()["cells"] if c["cell_type"] == "code"]
            done = sum(bool(c["execution_count"]) for c in cells)
            if done == len(cells):
                return cells
            unmoved = unmoved + 1 if done == before else 0
            if unmoved == 3:  # JupyterLab forgot the queue while its kernel started
                self.run_all()
            before = done
        self.page.screenshot(path=self.file.with_suffix(".png"))
        pytest.fail(f"{self.file.name} did not finish in {seconds} s; see the screenshot beside it")

    def write(self, first_line: str, code: str):
        """Replace the cell that holds `first_line` by `code`, as if pasted, and run it."""
        editor = self.page.locator(".jp-CodeCell .cm-content", has_text=first_line).first
        editor.scroll_into_view_if_needed()
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")

    def run_next(self):
        """Run the cell that is now selected."""
        self.page.keyboard.press("Shift+Enter")


@pytest.fixture
def open_notebook(page, lab, course):
    return lambda name: Notebook(page, lab, course / name, course)


@pytest.fixture
def open_cell(shared, lab, course):
    """Run `code` in the only cell of a notebook; the explorer that it shows, once it has answered.

    All such notebooks are one file, and so have one kernel: nothing waits for another to start.
    """
    file = course / "explorer.ipynb"
    with _watched(shared.new_page()) as page:

        def open_cell(code: str, *, width: int = 1200, dark: bool = False):
            source = f"from ipywidgets import Widget\nWidget.close_all()\n{code}"
            file.write_text(json.dumps(_notebook(source)), "utf-8")
            give_setting(course, "themes", {"theme": f"JupyterLab {'Dark' if dark else 'Light'}"})
            page.set_viewport_size({"width": width, "height": 1000})
            notebook = Notebook(page, lab, file, course)
            notebook.run_all()
            explorer = page.locator(".ck-explorer").first
            settled(explorer)
            return explorer

        yield open_cell
    page.close()


def _notebook(source: str) -> dict:
    cell = {"cell_type": "code", "id": "it", "execution_count": None, "metadata": {}, "outputs": []}
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {
        "cells": [cell | {"source": source}], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5
    }  # fmt: skip
