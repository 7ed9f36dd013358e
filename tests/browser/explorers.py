"""What a test asks of an explorer that `open_cell` has opened."""

import hashlib

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator

READY = """root => root.getAttribute('aria-busy') === 'false' && new Promise(
    done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"""


def settled(explorer: Locator, seconds: float = 30) -> None:
    """Wait until Python has answered the last wish and the answer is painted."""
    explorer.locator("canvas:visible").first.wait_for()  # others may be hidden
    for _ in range(int(seconds * 20)):
        if explorer.evaluate(READY):
            return
        explorer.page.wait_for_timeout(50)
    raise AssertionError(f"no answer in {seconds} s; it says: {status(explorer)}")


def pictures(explorer: Locator) -> list[str]:
    """What the canvases show, a fingerprint each, once the explorer has settled."""
    settled(explorer)
    drawn = explorer.locator(".ck-panels canvas").evaluate_all("all => all.map(c => c.toDataURL())")
    return [hashlib.sha256(url.encode()).hexdigest() for url in drawn]


def status(explorer: Locator) -> str:
    """The sentence under the pictures."""
    return explorer.locator(".ck-status").inner_text()


def serious_faults(explorer: Locator) -> list[str]:
    """What axe-core finds wrong in the explorer's part of the page, if it keeps readers out."""
    faults = Axe().run(explorer.page, context=".ck-explorer").response["violations"]
    return [
        f"{fault['id']}: {fault['help']}: {[node['html'] for node in fault['nodes']]}"
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ]
