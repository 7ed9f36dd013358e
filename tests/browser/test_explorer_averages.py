"""The average explorer as a reader meets it."""

from explorers import pictures, serious_faults, settled, status

CODE = "from coursekit.interactive import explore_averages\nexplore_averages(n=60)"


def test_it_answers_every_hand(open_cell):
    """β, the correction, a press on the curve and the player each change what is drawn."""
    explorer = open_cell(CODE)
    first = pictures(explorer)
    explorer.get_by_role("slider", name="β").press("ArrowLeft")
    shorter = pictures(explorer)
    assert shorter[0] != first[0]  # the average
    assert shorter[1] != first[1]  # its weights

    explorer.get_by_label("bias correction").check()
    corrected = pictures(explorer)
    assert corrected[0] != shorter[0]
    assert status(explorer).endswith("Corrected, the first average is the first number itself.")
    assert explorer.get_by_text("without correction", exact=True).is_visible()

    step = explorer.get_by_role("slider", name="step", exact=True)
    explorer.locator("canvas").first.click(position={"x": 120, "y": 80})
    assert 0 < int(step.input_value()) < 60
    early = pictures(explorer)
    assert early[1] != corrected[1]
    explorer.get_by_role("button", name="play").click()
    explorer.page.wait_for_timeout(700)
    explorer.get_by_role("button", name="pause").click()
    assert pictures(explorer)[1] != early[1]


def test_the_keyboard_alone_does_all(open_cell):
    """Arrows on the curve walk through the weights, the space bar ticks the box and plays."""
    explorer = open_cell(CODE)
    curve = explorer.locator("canvas").first
    curve.focus()
    curve.press("Home")
    start = pictures(explorer)
    curve.press("ArrowRight")
    assert pictures(explorer)[1] != start[1]
    curve.press(" ")
    explorer.get_by_role("button", name="pause").wait_for()
    curve.press(" ")
    box = explorer.get_by_label("bias correction")
    box.focus()
    box.press(" ")
    settled(explorer)
    assert box.is_checked()
    assert "Corrected" in status(explorer)
    assert serious_faults(explorer) == []  # with both averages drawn, wide and narrow
    explorer.page.set_viewport_size({"width": 700, "height": 1000})
    settled(explorer)
    assert serious_faults(explorer) == []
