"""The gradient-check explorer as a reader meets it."""

from explorers import pictures, serious_faults, settled

CODE = "from coursekit.interactive import explore_gradient_check\nexplore_gradient_check()"


def h(explorer) -> float:
    settled(explorer)
    text = explorer.get_by_role("slider", name="h", exact=True).get_attribute("aria-valuetext")
    return float(text.replace("−", "-"))


def test_h_is_dragged_and_the_slider_follows(open_cell):
    """To the left the curve bends, to the right it is made of single numbers."""
    explorer = open_cell(CODE)
    first = pictures(explorer)
    canvas = explorer.locator("canvas").first
    canvas.click(position={"x": 90, "y": 120})
    assert h(explorer) > 0.01
    large = pictures(explorer)
    canvas.click(position={"x": 400, "y": 120})
    assert h(explorer) < 1e-12
    tiny = pictures(explorer)
    assert len({first[0], large[0], tiny[0]}) == 3
    assert len({first[1], large[1], tiny[1]}) == 3


def test_the_keyboard_alone_does_all(open_cell):
    """The arrow to the right makes h smaller on the panel, as on its axis; larger on the slider."""
    explorer = open_cell(CODE)
    canvas = explorer.locator("canvas").first
    canvas.focus()
    before = h(explorer)
    canvas.press("ArrowRight")
    smaller = h(explorer)
    assert before / 3 < smaller < before / 1.5  # a fiftieth of sixteen decades
    explorer.get_by_role("slider", name="h", exact=True).press("ArrowRight")
    assert h(explorer) > smaller
    seen = pictures(explorer)
    explorer.get_by_role("combobox", name="function").select_option("|x|")
    assert pictures(explorer)[0] != seen[0]
    explorer.get_by_text("No complex step").first.wait_for()
    x = explorer.get_by_role("slider", name="x", exact=True)
    x.press("Home")
    for _ in range(5):
        x.press("PageUp")
    assert x.get_attribute("aria-valuetext") == "0"
    explorer.get_by_text("Here is a kink").first.wait_for()
    assert serious_faults(explorer) == []
