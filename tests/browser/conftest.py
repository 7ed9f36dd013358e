"""A real JupyterLab and a real browser, on a copy of the course that a test may spoil."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
# Without these, Chromium asks the network for updates while a test waits.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root",
        "--ip=127.0.0.1", "--IdentityProvider.token=", f"--ServerApp.root_dir={course}",
        "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    own = {f"JUPYTER_{name}_DIR": str(course / ".jupyter") for name in ("CONFIG", "RUNTIME")}
    own |= {f"JUPYTERLAB_{name}_DIR": str(course / ".lab") for name in ("SETTINGS", "WORKSPACES")}
    with open(course / "lab.log", "w") as log:
        # its own settings: what somebody chose on this machine (a dark theme, say) is not ours
        server = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=course, env={**os.environ, **own}
        )
    try:
        _wait_for(address + "/api", server, course / "lab.log")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(address, server, log):
    for _ in range(120):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail("JupyterLab did not start:\n" + log.read_text())


@pytest.fixture(scope="session")
def browser():
    named = os.environ.get("COURSEKIT_BROWSER")
    path = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, f"no browser found; install Chromium or name one in COURSEKIT_BROWSER ({BROWSERS})"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A page that fails its test if the browser's console shows an error of ours."""
    context = browser.new_context(viewport={"width": 1200, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


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
        idle, before = self.page.get_by_text("| Idle").first, -1
        for _ in range(seconds // 3):
            self.page.wait_for_timeout(3000)
            if not idle.is_visible():
                continue  # saving again and again in the middle of it makes JupyterLab ask
            cells = [c for c in self.saved()["cells"] if c["cell_type"] == "code"]
            done = sum(bool(c["execution_count"]) for c in cells)
            if done == len(cells):
                return cells
            if done == before:  # JupyterLab forgot the queue while its kernel started
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
