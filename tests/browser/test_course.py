"""The course as a student meets it: JupyterLab in a browser."""

import json
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LECTURES = sorted(p.name for p in (PROJECT / "notebooks").glob("*.ipynb"))


TALL, OVERLAP = 2600, 700  # pixels of a window, and of what is seen again after scrolling
WIDGET = "application/vnd.jupyter.widget-view+json"
FIGURES = """() => [...document.querySelectorAll('.jp-OutputArea-output img')]
    .filter(i => i.complete && i.naturalWidth > 100 && i.checkVisibility())
    .map(i => i.src.slice(-400) + i.src.length)"""
EXPLORERS = """() => [...document.querySelectorAll('.ck-explorer[aria-busy=false]')]
    .filter(e => e.checkVisibility() && !e.querySelector('.ck-error'))
    .map(e => e.closest('[data-windowed-list-index]').dataset.windowedListIndex)"""
PAINTED = """() => [...document.querySelectorAll('.ck-explorer')].every(e => {
    const box = e.getBoundingClientRect();
    const near = box.bottom > 0 && box.top < innerHeight;
    return !near || !e.checkVisibility() || e.getAttribute('aria-busy') === 'false';
})"""


def _shown(cells) -> tuple[int, int, int]:
    """How many figures, explorers and results of predictions these cells have."""
    outputs = [o.get("data", {}) for c in cells if c["cell_type"] == "code" for o in c["outputs"]]
    pictures = [data for data in outputs if "image/png" in data]
    results = [d for d in outputs if "".join(d.get("text/plain", "")).startswith("What came out:")]
    explorers = sum(WIDGET in data for data in pictures)
    return len(pictures) - explorers, explorers, len(results)


@pytest.mark.parametrize("name", LECTURES)
def test_every_cell_of_a_chapter_runs_and_every_figure_appears(open_notebook, page, name):
    """Run All Cells gives no error, and as many figures, explorers and results as are stored."""
    stored = json.loads((PROJECT / "notebooks" / name).read_text("utf-8"))["cells"]
    notebook = open_notebook(f"notebooks/{name}")
    notebook.run_all()
    cells = notebook.wait_until_run()
    outputs = [o for c in cells for o in c["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    figures, explorers, results = _shown(cells)
    assert (figures + explorers, 0, results) == _shown(stored)  # which keeps stills of explorers
    page.set_viewport_size({"width": 1200, "height": TALL})
    seen = _seen_while_scrolling(page)
    assert [len(each) for each in seen] == [figures, explorers, results]


def _seen_while_scrolling(page) -> tuple[set, set, set]:
    """The figures, explorers and results of predictions that the reader comes to see.

    JupyterLab draws only the cells in view. A result is looked at without an answer, once it is
    sure that until then it hides all that its cell shows; an explorer is seen once it is painted.
    """
    figures, explorers, results = set(), set(), set()
    covers = page.locator(".ck-cover")
    scroller = page.locator(".jp-WindowedPanel-outer").first
    scroller.evaluate("e => e.scrollTo(0, 0)")
    position, height = 0, 1
    while position < height:
        page.wait_for_timeout(400)
        while covers.count():
            cover = covers.first.element_handle()
            results.add(cover.query_selector("em").text_content())
            assert not page.locator(".jp-OutputArea:has(.ck-cover) img:visible").count()
            cover.query_selector("button").click()
            page.wait_for_function("e => !e.classList.contains('ck-cover')", arg=cover)
        page.wait_for_function(PAINTED)
        figures |= set(page.evaluate(FIGURES))
        explorers |= set(page.evaluate(EXPLORERS))
        height, view = scroller.evaluate("e => [e.scrollHeight, e.clientHeight]")
        position += view - OVERLAP
        scroller.evaluate("(e, y) => e.scrollTo(0, y)", position)
    return figures, explorers, results


WRONG = """def line_gradient(slope, intercept, x, y):
    residuals = y - (slope * x + intercept)
    return (2 * residuals * x).sum(), (2 * residuals).sum()"""


def test_an_exercise_done_wrong_and_then_right(open_notebook, page):
    """A student runs the stub, then a wrong answer, then a right one, and reads three verdicts."""
    notebook = open_notebook("exercises/02_gradient_descent.ipynb")
    notebook.run_all()
    notebook.wait_until_run()
    verdict = page.locator(".jp-OutputArea-output", has_text="line_gradient:").first
    verdict.scroll_into_view_if_needed()
    assert "not written yet" in verdict.inner_text()

    notebook.write("def line_gradient", WRONG)
    notebook.run_next()
    page.get_by_text("Both signs are turned round").wait_for()

    notebook.write("def line_gradient", WRONG.replace("(2 *", "(-2 *"))
    notebook.run_next()
    page.get_by_text("line_gradient: correct. All 6 cases pass.").wait_for()
