"""Predict as a reader meets it: Run All, the keyboard, a new kernel, another theme."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

CELLS = [
    """from coursekit.interactive import Predict
AWAY = "away, and farther away with every single step of all that it takes"
choice = Predict("Where does `NAME` end?", ["at the minimum", "to and fro", AWAY])
choice""",
    "print('SPOILER')\nchoice.reveal(max([AWAY, 'at the minimum']))\nprint('SPOILER')",
    "number = Predict('How many steps, NAME?', unit='steps')\nnumber",
    "number.reveal(81 * 2 + 1)",
    """import numpy as np
sketch = Predict("Draw x², NAME", sketch=(0, 10, 0, 100))
sketch""",
    "x = np.linspace(0, 10, 50)\nsketch.reveal((x, x**2))",
    "print('answers', choice.answer, number.answer, None if sketch.answer is None else 'curve')",
]


@pytest.fixture
def ask(open_notebook, course, page):
    """A notebook with a question of each kind, after Run All, and its six cards.

    It is one file, so that no kernel has to start; `name` makes the questions new ones.
    """

    def ask(name):
        empty = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        sources = [source.replace("NAME", name) for source in CELLS]
        cells = [empty | {"id": f"c{i}", "source": source} for i, source in enumerate(sources)]
        about = {"kernelspec": {"display_name": "Python 3", "name": "python3"}}
        notebook = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
        (course / "predict.ipynb").write_text(json.dumps(notebook), "utf-8")
        page.set_viewport_size({"width": 1200, "height": 2400})  # JupyterLab draws what is in view
        notebook = open_notebook("predict.ipynb")
        notebook.run_all()
        page.get_by_text("answers ").last.wait_for()
        cards = page.locator(".ck-predict")
        cards.nth(5).wait_for()
        return notebook, [cards.nth(i) for i in range(6)]

    return ask


def says(card, text):
    card.get_by_text(text).first.wait_for()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_run_all_gives_nothing_away_and_the_keyboard_alone_answers(ask, page):
    """Each kind is answered wrong or right with keys; only then is its result seen."""
    _, (choice, choice_result, number, number_result, sketch, sketch_result) = ask("keys")
    results = page.get_by_text("SPOILER", exact=True)
    assert results.count() == 2
    assert not any(result.is_visible() for result in results.all())
    for result in (choice_result, number_result, sketch_result):
        says(result, "waits for your answer to")

    choice.get_by_role("button", name="Commit").press("Enter")
    says(choice, "Choose one of the answers first.")
    choice.get_by_role("radio", name="at the minimum").focus()
    press(page, "ArrowDown", "Tab", "Enter")
    says(choice, "Committed: to and fro.")
    says(choice_result, "Not what you expected.")
    yours, truth = choice_result.locator("dd").all_inner_texts()
    assert yours == "to and fro"
    assert truth.startswith("away, and farther")
    assert all(result.is_visible() for result in results.all())
    assert page.evaluate("document.activeElement.className") == "ck-status"  # not lost
    assert choice.get_by_role("radio", name="away").is_disabled()

    number.get_by_role("spinbutton", name="Your answer").focus()
    press(page, "1", "6", "3", "Enter")
    says(number_result, "Exactly so.")

    canvas = sketch.locator("canvas")
    empty = canvas.evaluate("c => c.toDataURL()")
    canvas.focus()
    press(page, "PageDown", "PageDown", "PageDown", "PageDown", "PageDown", "End", "ArrowUp")
    says(sketch, "x = 10, y: 2. Points: 2.")
    assert canvas.evaluate("c => c.toDataURL()") != empty
    press(page, "Tab", "Enter")  # Commit follows the axes
    says(sketch_result, "you drew y = 2, it is 100.")
    assert sketch_result.locator("dt").all_inner_texts() == ["Your answer", "What came out"]


def test_a_curve_drawn_by_hand_and_another_try(ask, page):
    """The pointer draws; Clear, a look without an answer and Try again do what they say."""
    _, (choice, choice_result, _, number_result, sketch, sketch_result) = ask("hand")
    canvas = sketch.locator("canvas")
    box = canvas.bounding_box()

    def draw():
        page.mouse.move(box["x"] + 60, box["y"] + 280)
        page.mouse.down()
        page.mouse.move(box["x"] + 250, box["y"] + 150)
        page.mouse.move(box["x"] + 480, box["y"] + 100, steps=5)
        page.mouse.up()

    empty = canvas.evaluate("c => c.toDataURL()")
    draw()
    assert canvas.evaluate("c => c.toDataURL()") != empty
    sketch.get_by_role("button", name="Clear").click()
    sketch.get_by_role("button", name="Commit").click()
    says(sketch, "Draw a curve first")
    draw()
    sketch.get_by_role("button", name="Commit").click()
    says(sketch, "Committed: a curve from")
    says(sketch_result, "Both end higher.")
    drawn = canvas.evaluate("c => c.toDataURL()")
    draw()  # final: nothing changes
    assert canvas.evaluate("c => c.toDataURL()") == drawn

    number_result.get_by_role("button", name="Show it without").click()
    says(number_result, "You have not committed an answer.")
    says(number_result, "163 steps")

    choice.get_by_role("radio", name="away").check()
    choice.get_by_role("button", name="Commit").click()
    says(choice_result, "As you said.")
    choice.get_by_role("button", name="Try again").click()
    says(choice_result, "waits for your answer to")
    assert not page.get_by_text("SPOILER", exact=True).first.is_visible()
    choice.get_by_role("radio", name="to and fro").check()
    choice.get_by_role("button", name="Commit").click()
    says(choice_result, "Not what you expected.")


def test_an_answer_outlives_the_kernel_and_the_page_and_is_not_in_the_notebook(ask, page):
    """Restart and Run All, then a reload: the answer is there, in Python too, not in the file."""
    notebook, (_, _, number, number_result, _, _) = ask("kept")
    number.get_by_role("spinbutton").fill("98765")
    number.get_by_role("button", name="Commit").click()
    says(number_result, "Your answer is 98,602 steps too high, a factor of 610.")

    page.get_by_role("button", name="Restart the kernel", exact=True).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.get_by_text("| Idle").first.wait_for()
    number.get_by_role("button", name="Try again").click()
    says(number, "Run this cell again.")
    notebook.run_all()
    page.get_by_text("answers None 98765.0 None").wait_for()
    says(number_result, "98,602 steps too high")

    stored = notebook.saved()["cells"]
    file = json.dumps([c["outputs"] for c in stored[:-1]]) + json.dumps(stored[-1]["source"])
    assert "What came out: 163 steps" in file
    at = file.find("98765")
    assert at < 0, file[max(at - 200, 0) : at + 200]
    page.reload()
    says(page.locator(".ck-predict").nth(3), "98,602 steps too high")


def test_it_can_be_read_in_the_dark_and_in_a_narrow_window(ask, page):
    """axe-core finds no fault that keeps a reader out, and nothing is cut off at 500 pixels."""
    _, (choice, choice_result, *_) = ask("looks")
    choice.get_by_role("radio", name="away").check()
    choice.get_by_role("button", name="Commit").click()
    says(choice_result, "As you said.")
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        page.get_by_role("menuitem", name="Settings", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text="Theme").first.hover()
        page.locator(".lm-Menu-itemLabel", has_text=theme).first.click()
        page.wait_for_function(f"document.body.dataset.jpThemeName === '{theme}'")
        faults = Axe().run(page, context=".ck-predict").response["violations"]
        assert [f for f in faults if f["impact"] in ("serious", "critical")] == [], theme
    page.set_viewport_size({"width": 500, "height": 2400})
    page.get_by_role("tab", name="File Browser").first.click()  # the side bar
    page.wait_for_timeout(500)
    cut = page.locator(".ck-predict").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"
    )
    assert cut == []

    rows = choice_result.locator("dl > div")
    (term, text), (_, below) = (
        [part.bounding_box() for part in row.locator("> *").all()] for row in rows.all()
    )
    assert text["height"] > 1.5 * term["height"], "the answer has several lines"
    assert abs(text["y"] - term["y"]) < 2, "and its name stands at the first"
    assert below["y"] >= text["y"] + text["height"] + 4, "apart from what came out"
