"""JupyterLab and Chromium, as the browser tests and `benchmarks/explorer_latency.py` start them."""

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

from playwright.sync_api import sync_playwright

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


@contextlib.contextmanager
def jupyterlab(folder: Path):
    """The address of a JupyterLab that serves `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root",
        "--ip=127.0.0.1", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
        "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    own = {f"JUPYTER_{name}_DIR": str(folder / ".jupyter") for name in ("CONFIG", "RUNTIME")}
    own |= {f"JUPYTERLAB_{name}_DIR": str(folder / ".lab") for name in ("SETTINGS", "WORKSPACES")}
    give_setting(folder, "notification", {"fetchNews": "false", "checkForUpdates": False})
    with open(folder / "lab.log", "w") as log:
        # its own settings: what somebody chose on this machine (a dark theme, say) is not ours
        server = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env={**os.environ, **own}
        )
    try:
        _wait_for(address + "/api", server, folder / "lab.log")
        yield address
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)  # its kernels first
        server.kill()
        server.wait()


def give_setting(folder: Path, what: str, settings: dict) -> None:
    """Give JupyterLab a setting, as its settings editor stores it."""
    file = folder / f".lab/@jupyterlab/apputils-extension/{what}.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings), "utf-8")


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(120):
        assert server.poll() is None, log.read_text()
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=2).close()
            return
        time.sleep(0.5)
    raise AssertionError("JupyterLab did not start:\n" + log.read_text())


@contextlib.contextmanager
def chromium():
    """A headless browser of this machine."""
    named = os.environ.get("COURSEKIT_BROWSER")
    path = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, f"no browser found; install Chromium or name one in COURSEKIT_BROWSER ({BROWSERS})"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()
