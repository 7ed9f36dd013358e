"""The network explorer as a reader meets it."""

from explorers import pictures, serious_faults, settled, status

CODE = "from coursekit.interactive import explore_network\nexplore_network(steps=200, n=100)"


def caption(explorer) -> str:
    return explorer.locator(".ck-caption").inner_text()


def test_it_answers_every_hand(open_cell):
    """Slider, choice and player each change what is drawn; another method brings its own rate."""
    explorer = open_cell(CODE)
    first = pictures(explorer)
    rate = explorer.get_by_role("slider", name="learning rate")
    rate.press("ArrowLeft")
    slower = pictures(explorer)
    assert slower[0] != first[0]  # the plane
    assert slower[1] != first[1]  # the losses

    explorer.get_by_label("optimizer").select_option("Adam")
    settled(explorer)
    assert float(rate.get_attribute("aria-valuetext")) == 0.03
    assert "Adam(lr=0.03)" in status(explorer)
    explorer.get_by_label("data").select_option("circles")
    circles = pictures(explorer)
    assert circles[0] != slower[0]

    explorer.get_by_role("button", name="play").click()
    explorer.page.wait_for_timeout(700)
    explorer.get_by_role("button", name="pause").click()
    assert 0 < int(explorer.get_by_role("slider", name="step", exact=True).input_value()) < 100
    assert pictures(explorer)[0] != circles[0]


def test_the_map_becomes_finer_once_the_hand_rests(open_cell):
    """Python is asked a second time, for the fine map alone, and says nothing new."""
    explorer = open_cell(CODE)
    rate = explorer.get_by_role("slider", name="learning rate")
    before = explorer.locator(".ck-panels canvas").first.evaluate("c => c.toDataURL()")
    rate.press("ArrowRight")
    explorer.page.wait_for_function(
        "b => document.querySelector('.ck-panels canvas').toDataURL() !== b", arg=before
    )
    assert explorer.get_attribute("aria-busy") == "true"  # the fine one is still to come
    coarse = explorer.locator(".ck-panels canvas").first.evaluate("c => c.toDataURL()")
    settled(explorer)
    assert explorer.locator(".ck-panels canvas").first.evaluate("c => c.toDataURL()") != coarse


def test_the_keyboard_alone_does_all(open_cell):
    """Home and an arrow on the curve choose the moment, which the caption names; space plays."""
    explorer = open_cell(CODE)
    curve = explorer.locator("canvas").nth(1)
    curve.focus()
    last = pictures(explorer)
    curve.press("Home")
    start = pictures(explorer)
    assert caption(explorer) == "Update 0 of 200, epoch 0.0."
    assert start[0] != last[0]
    curve.press("ArrowRight")
    assert pictures(explorer)[0] != start[0]
    assert caption(explorer) == "Update 2 of 200, epoch 0.5."
    curve.press(" ")
    explorer.get_by_role("button", name="pause").wait_for()
    curve.press(" ")
    explorer.get_by_role("button", name="play").wait_for()
    explorer.get_by_role("slider", name="seed").press("ArrowRight")
    assert pictures(explorer) != start


def test_divergence_is_said_and_no_serious_fault_is_found(open_cell):
    """Also in a narrow window and in a run that ends at its first update."""
    assert serious_faults(open_cell(CODE, width=700)) == []
    far = "explore_network(([[1e200, 0, 1], [0, 1, 1]], [0, 1, 0]), activation='identity')"
    explorer = open_cell(CODE.replace("explore_network(steps=200, n=100)", far))
    assert "it diverges. After" in status(explorer)
    assert serious_faults(explorer) == []
