"""The descent explorer as a reader meets it."""

from explorers import pictures, serious_faults, settled, status

CODE = "from coursekit.interactive import explore_descent\nexplore_descent(steps=60)"


def step_of(explorer):
    return int(explorer.get_by_role("slider", name="step", exact=True).input_value())


def test_it_answers_every_hand(open_cell):
    """A slider key, a press, a drag, the player and the curve each change what is drawn."""
    explorer = open_cell(CODE)
    page, canvas = explorer.page, explorer.locator("canvas").first
    seen = [pictures(explorer)]

    def changed(*which):
        seen.append(pictures(explorer))
        return all(seen[-1][i] != seen[-2][i] for i in which)

    explorer.get_by_role("slider", name="GradientDescent lr").press("ArrowRight")
    assert changed(0, 1)
    canvas.click(position={"x": 150, "y": 120})
    assert changed(0, 1, 2)

    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 120)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 60, steps=20)
    page.mouse.up()
    assert changed(0, 1, 2)
    before = status(explorer)
    page.mouse.move(box["x"] + 200, box["y"] + 60)  # no longer held
    assert not changed(0)
    assert status(explorer) == before

    explorer.get_by_role("button", name="play").click()
    page.wait_for_timeout(700)
    explorer.get_by_role("button", name="pause").click()
    assert 0 < step_of(explorer) < 60
    assert changed(1, 2)

    curve = explorer.get_by_role("slider", name="The value at each step")
    curve.click(position={"x": curve.bounding_box()["width"] - 12, "y": 80})
    assert step_of(explorer) > 55
    assert changed(0, 1, 2)

    explorer.get_by_label("its basins").check()
    assert changed(0)


def test_the_keyboard_alone_does_all(open_cell):
    """Tab goes from the map through everything; arrows move the start, space plays."""
    explorer = open_cell(CODE)
    page, first = explorer.page, pictures(explorer)
    explorer.locator("canvas").first.focus()
    page.keyboard.press("ArrowRight")
    moved = pictures(explorer)
    assert moved[0] != first[0]
    page.keyboard.press("Shift+ArrowUp")
    assert pictures(explorer)[0] != moved[0]
    page.keyboard.press(" ")
    explorer.get_by_role("button", name="pause").wait_for()
    page.keyboard.press(" ")
    explorer.get_by_role("button", name="play").wait_for()

    page.keyboard.press("Tab")  # the curve is a slider of steps
    page.keyboard.press("Home")
    assert step_of(explorer) == 0
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    assert step_of(explorer) == 7

    named = []
    while page.evaluate("document.activeElement.closest('.ck-explorer') !== null"):
        named.append(page.evaluate(NAME))
        page.keyboard.press("Tab")
    for name in (
        "play", "one step back", "one step forward", "step", "GradientDescent lr", "Momentum lr",
        "Momentum β", "shown", "its basins", "Copy as Python: the line that makes this picture",
    ):  # fmt: skip
        assert name in named or name == "shown", (name, named)


NAME = """(e => e.getAttribute('aria-label') ?? e.closest('label')?.textContent ?? e.textContent)(
    document.activeElement)"""


def test_it_can_be_read_by_everyone(open_cell):
    """No serious fault for axe-core, in the dark and in a narrow window; the state is in words."""
    explorer = open_cell(CODE, dark=True)
    page = explorer.page
    assert serious_faults(explorer) == []
    page.keyboard.press("Control+b")  # JupyterLab's side bar takes half of it
    page.set_viewport_size({"width": 500, "height": 1000})
    page.wait_for_timeout(700)
    assert serious_faults(explorer) == []
    assert explorer.evaluate("root => root.scrollWidth <= root.clientWidth")

    canvas = explorer.locator("canvas").first
    assert "Momentum (" in canvas.get_attribute("aria-label")
    curve = explorer.get_by_role("slider", name="The value at each step")
    assert curve.get_attribute("aria-valuetext").startswith("step 60 of 60. GradientDescent ")
    assert explorer.get_by_role("status").inner_text() == status(explorer)


def test_divergence_errors_and_the_copied_line_are_words(open_cell):
    """Too large a rate, settings that exclude each other, and the line for another cell."""
    explorer = open_cell(CODE)
    explorer.get_by_role("slider", name="GradientDescent lr").press("End")
    settled(explorer)
    assert "GradientDescent diverges: after" in status(explorer)

    frame = explorer.get_by_role("group", name="Momentum")
    frame.locator("summary").click()
    frame.get_by_label("average").check()
    frame.get_by_role("slider", name="dampening").press("End")
    settled(explorer)
    assert "average and dampening are two ways to weigh" in status(explorer)
    frame.get_by_label("average").uncheck()
    settled(explorer)

    explorer.get_by_role("slider", name="step", exact=True).press("Home")
    explorer.get_by_role("button", name="Copy as Python").click()
    explorer.get_by_text("explore_descent(himmelblau").wait_for()
    assert status(explorer).endswith("start=(-3.0, -3.0), steps=60, step=0)")
    assert "GradientDescent(lr=10.0), Momentum(lr=0.01, dampening=1.0)" in status(explorer)
