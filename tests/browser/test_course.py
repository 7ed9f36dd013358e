"""The course as a student meets it: JupyterLab in a browser."""

import json
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LECTURES = sorted(p.name for p in (PROJECT / "notebooks").glob("*.ipynb"))


def _pictures(cells):
    outputs = (o for c in cells if c["cell_type"] == "code" for o in c["outputs"])
    return sum("image/png" in o.get("data", {}) for o in outputs)


@pytest.mark.parametrize("name", LECTURES)
def test_every_cell_of_a_chapter_runs_and_every_figure_appears(open_notebook, page, name):
    """Run All Cells in the browser gives no error and as many pictures as are stored."""
    stored = json.loads((PROJECT / "notebooks" / name).read_text("utf-8"))["cells"]
    notebook = open_notebook(f"notebooks/{name}")
    notebook.run_all()
    cells = notebook.wait_until_run()
    outputs = [o for c in cells for o in c["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert _pictures(cells) == _pictures(stored)
    assert len(_seen_while_scrolling(page)) == _pictures(stored)


def _seen_while_scrolling(page) -> set[str]:
    """The pictures that the browser shows; JupyterLab draws only the cells in view."""
    seen = set()
    scroller = page.locator(".jp-WindowedPanel-outer").first
    scroller.evaluate("e => e.scrollTo(0, 0)")
    height, view = 1, 0
    position = 0
    while position < height:
        page.wait_for_timeout(250)
        seen |= set(
            page.evaluate(
                """() => [...document.querySelectorAll('.jp-OutputArea-output img')]
                       .filter(i => i.complete && i.naturalWidth > 100)
                       .map(i => i.src.slice(-400) + i.src.length)"""
            )
        )
        height, view = scroller.evaluate("e => [e.scrollHeight, e.clientHeight]")
        position += view // 2
        scroller.evaluate("(e, y) => e.scrollTo(0, y)", position)
    return seen


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
