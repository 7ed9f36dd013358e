"""The learning-rate explorer as a reader meets it."""

from explorers import pictures, serious_faults, settled, status

CODE = "from coursekit.interactive import explore_learning_rate\nexplore_learning_rate()"
LABELS = "all => all.map(c => c.getAttribute('aria-label'))"


def shown(explorer) -> list[str]:
    """The names of the pictures that are not hidden."""
    visible = explorer.locator(".ck-panels canvas:visible")
    return visible.evaluate_all(LABELS)


def test_it_answers_every_hand(open_cell):
    """Rate, schedule, a press on the curve and the player each change what is drawn."""
    explorer = open_cell(CODE)
    first = pictures(explorer)
    explorer.get_by_role("slider", name="learning rate").press("ArrowRight")
    faster = pictures(explorer)
    assert faster[0] != first[0]  # the parabola
    assert faster[-1] != first[-1]  # the rates
    explorer.get_by_label("schedule").select_option("cosine")
    falling = pictures(explorer)
    assert falling[-1] != faster[-1]

    explorer.locator("canvas").first.click(position={"x": 120, "y": 80})
    elsewhere = pictures(explorer)
    assert elsewhere[0] != falling[0]
    assert status(explorer).startswith("From −")
    explorer.get_by_role("button", name="play").click()
    explorer.page.wait_for_timeout(900)
    explorer.get_by_role("button", name="pause").click()
    assert 0 < int(explorer.get_by_role("slider", name="step", exact=True).input_value()) < 10
    assert pictures(explorer)[0] != elsewhere[0]


def test_another_curve_takes_the_place_of_the_first(open_cell):
    """With its own start and rate, and the borders that are true of it."""
    explorer = open_cell(CODE)
    assert len(shown(explorer)) == 2
    assert "The curve w²" in shown(explorer)[0]
    assert "The rate of each step" in shown(explorer)[1]
    assert explorer.get_by_text("border 2/c of the minimum", exact=True).is_visible()
    explorer.get_by_role("combobox", name="curve").select_option("quartic")
    settled(explorer)
    assert len(shown(explorer)) == 2
    assert "The curve w⁴" in shown(explorer)[0]
    assert status(explorer).startswith("From 2.2 on w⁴ at 0.1.")
    assert explorer.get_by_text("a start must be within ±").is_visible()
    assert not explorer.get_by_text("border 2/c of the minimum").is_visible()
    drawn = pictures(explorer)
    explorer.get_by_role("slider", name="learning rate").press("ArrowRight")
    assert pictures(explorer)[1] != drawn[1]


def test_the_keyboard_alone_does_all(open_cell):
    """Arrows move the start, the slider goes over the border, the space bar plays."""
    explorer = open_cell(CODE)
    canvas = explorer.locator("canvas").first
    canvas.focus()
    before = pictures(explorer)
    canvas.press("ArrowLeft")
    assert pictures(explorer)[0] != before[0]
    assert status(explorer).startswith("From 3.8 on w²")
    rate = explorer.get_by_role("slider", name="learning rate")
    rate.press("End")
    settled(explorer)
    assert "diverges" in status(explorer)
    canvas.focus()
    canvas.press(" ")
    explorer.get_by_role("button", name="pause").wait_for()
    canvas.press(" ")
    explorer.get_by_role("button", name="play").wait_for()


def test_an_error_is_a_sentence_and_no_serious_fault_is_found(open_cell):
    """A schedule that has no room in two steps says so, and the explorer goes on."""
    explorer = open_cell(CODE.replace("()", "(steps=2)"))
    assert serious_faults(explorer) == []
    explorer.get_by_label("schedule").select_option("one_cycle")
    settled(explorer)
    assert status(explorer).startswith("ValueError: one_cycle needs its peak between")
    assert serious_faults(explorer) == []
    explorer.get_by_label("schedule").select_option("constant")
    settled(explorer)
    assert status(explorer).startswith("From 4 on w²")
