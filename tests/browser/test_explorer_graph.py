"""The graph explorer as a reader meets it."""

from explorers import pictures, serious_faults, status

CODE = "from coursekit.interactive import explore_graph\nexplore_graph('branches')"


def caption(explorer) -> str:
    return explorer.locator(".ck-caption").inner_text()


def test_an_input_changes_every_number(open_cell):
    """A key of its slider is answered by new values and gradients, drawn and in words."""
    explorer = open_cell(CODE)
    first = pictures(explorer)
    assert "f = 18; its gradient: a 21." in status(explorer)
    slider = explorer.get_by_role("slider", name="a", exact=True)
    for _ in range(25):
        slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "3"
    assert pictures(explorer) != first
    explorer.get_by_text("f = 48; its gradient: a 40.").first.wait_for()


def test_node_by_node_with_the_keyboard_alone(open_cell):
    """Forward and backward, each step in a sentence and in another picture."""
    explorer = open_cell(CODE)
    step = explorer.get_by_role("slider", name="step", exact=True)
    step.press("Home")
    seen, said = [pictures(explorer)[0]], [caption(explorer)]
    for _ in range(7):
        step.press("ArrowRight")
        seen.append(pictures(explorer)[0])
        said.append(caption(explorer))
    assert len(set(seen)) == len(set(said)) == 8
    assert said[2] == "Forward 2 of 3, c: 3 × 2 = 6."
    assert said[6] == "Backward 3 of 4, b: 3 · 2 + 1 · 6 = 12, 2 branches added up."
    explorer.get_by_role("button", name="play").press("Enter")
    explorer.get_by_text("Forward 1 of 3").first.wait_for()
    explorer.get_by_role("button", name="pause").press("Enter")


def test_no_serious_fault_of_accessibility(open_cell):
    """Nor in a window so narrow that the neuron's picture scrolls."""
    assert serious_faults(open_cell(CODE)) == []
    assert serious_faults(open_cell(CODE.replace("'branches'", ""), width=700)) == []
