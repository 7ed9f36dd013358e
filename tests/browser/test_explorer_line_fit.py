"""The line-fit explorer as a reader meets it."""

import re

from explorers import pictures, serious_faults, settled

CODE = "from coursekit.interactive import explore_line_fit\nexplore_line_fit()"


def line(explorer) -> tuple[float, float]:
    """Slope and intercept at the step that is shown."""
    settled(explorer)
    shown = explorer.locator(".ck-readout dd").nth(1).inner_text()
    return tuple(float(n.replace("−", "-")) for n in re.search(r"\((.*), (.*)\)", shown).groups())


STORM = """(canvas, [key, times]) => {
    const press = () => new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    for (let i = 0; i < times; i++) canvas.dispatchEvent(press());
}"""


def test_the_line_is_dragged_on_the_data(open_cell):
    """An end is pulled: the line turns, the map's point moves, the first step is shown."""
    explorer = open_cell(CODE)
    first = pictures(explorer)
    canvas = explorer.locator("canvas").first
    box = canvas.bounding_box()
    mouse = explorer.page.mouse
    mouse.move(box["x"] + 0.85 * box["width"], box["y"] + 0.5 * box["height"])
    mouse.down()
    for share in (0.4, 0.3, 0.2, 0.1):
        mouse.move(box["x"] + 0.85 * box["width"], box["y"] + share * box["height"])
    mouse.up()
    slope, intercept = line(explorer)
    assert slope > 1.5  # the right end went up
    assert intercept < 0  # the left end stayed
    assert [a != b for a, b in zip(first, pictures(explorer), strict=True)] == [True, True]
    assert explorer.get_by_role("slider", name="step", exact=True).input_value() == "0"


def test_on_the_map_and_with_the_rate_and_the_player(open_cell):
    explorer = open_cell(CODE)
    explorer.locator("canvas").nth(1).click(position={"x": 250, "y": 200})
    moved = line(explorer)
    assert moved != (1.0, 0.0)
    before = pictures(explorer)
    explorer.get_by_role("slider", name="learning rate").press("End")
    explorer.get_by_text("It climbs: after 60 steps").first.wait_for()
    assert line(explorer) == moved  # still the first step
    explorer.get_by_role("button", name="one step forward").click()
    assert line(explorer) != moved
    assert pictures(explorer) != before
    explorer.get_by_role("button", name="play").click()
    explorer.page.wait_for_timeout(400)
    assert int(explorer.get_by_role("slider", name="step", exact=True).input_value()) > 1


def test_the_keyboard_alone_does_all_and_loses_no_key(open_cell):
    """A storm of forty keys moves the line by forty steps, and back."""
    explorer = open_cell(CODE)
    canvas = explorer.locator("canvas").first
    canvas.focus()
    canvas.press("ArrowRight")  # holds the middle
    slope, intercept = line(explorer)
    assert (slope, intercept) == (1.0, 0.0)
    canvas.evaluate(STORM, ["ArrowUp", 10])
    ten = line(explorer)
    canvas.evaluate(STORM, ["ArrowUp", 10])
    canvas.evaluate(STORM, ["ArrowDown", 20])
    assert line(explorer) == (1.0, 0.0)
    canvas.press("ArrowUp")
    one = line(explorer)
    assert one[0] == ten[0] == 1.0
    assert abs(ten[1] - 10 * one[1]) < 0.01 * ten[1]
    canvas.press("ArrowRight")  # holds the right end
    canvas.press("ArrowUp")
    assert line(explorer)[0] > 1.0
    assert serious_faults(explorer) == []
