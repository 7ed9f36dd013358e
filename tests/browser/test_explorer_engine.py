"""What every explorer does in the browser, tried on small ones."""

from explorers import pictures, settled, status

SMALL = """
import time
from coursekit.interactive import explore_descent
explorer = explore_descent(steps=20)
"""
ASKED = """
asked = []
answer = explorer.compute
def compute(**values):
    asked.append(values["GradientDescent lr"])
    time.sleep(0.05)
    return answer(**values)
explorer.compute = compute
"""
STORM = """async root => {
    const slider = root.querySelector('.ck-controls input[type=range]');
    for (let i = 0; i < 60; i++) {
        slider.value = 20 + i;
        slider.dispatchEvent(new Event('input'));
        await new Promise(done => setTimeout(done, 10));
    }
}"""


def test_of_a_storm_of_events_the_last_one_wins(open_cell):
    """Sixty in less than a second, to a kernel that needs a twentieth of one for each."""
    explorer = open_cell(SMALL + ASKED + "explorer.add_class(str(len(asked)))\nexplorer")
    explorer.evaluate(STORM)
    settled(explorer)
    shown = explorer.locator(".ck-controls .ck-number").first.inner_text()
    explorer.get_by_role("button", name="Copy as Python").click()
    explorer.get_by_text("explore_descent(himmelblau").wait_for()
    assert f"GradientDescent(lr={shown})" in status(explorer)


def test_two_views_of_one_explorer_go_their_own_ways(open_cell):
    """Each gets its own answers; one that is far out of view does not ask at all."""
    first = open_cell(
        SMALL + "from IPython.display import HTML, display\n"
        "display(explorer, explorer, HTML('<div style=\"height: 3000px\"></div>'), explorer)"
    )
    page, views = first.page, first.page.locator(".ck-explorer")
    second, third = views.nth(1), views.nth(2)
    second.scroll_into_view_if_needed()
    before = pictures(second)
    second.get_by_role("slider", name="GradientDescent lr").press("End")
    assert pictures(second) != before
    assert "diverges" in status(second)
    assert "diverges" not in status(first)
    assert third.get_attribute("aria-busy") == "true"
    assert status(third) == ""
    third.scroll_into_view_if_needed()
    assert pictures(third)
    first.scroll_into_view_if_needed()
    first.get_by_role("button", name="play").click()
    third.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert first.get_by_role("button", name="play").count() == 1  # paused: nobody sees it


def test_with_reduced_motion_it_plays_in_few_pictures(open_cell):
    """Ten instead of sixty a second."""
    explorer = open_cell("from coursekit.interactive import explore_descent\nexplore_descent()")
    explorer.page.emulate_media(reduced_motion="reduce")
    shown = explorer.evaluate(
        """async root => {
            const seen = new Set();
            root.querySelector('[aria-label=play]').click();
            const began = performance.now();
            while (performance.now() - began < 1500) {
                seen.add(root.querySelector('.ck-player input').value);
                await new Promise(done => requestAnimationFrame(done));
            }
            root.querySelector('[aria-label=pause]').click();
            return [...seen].map(Number);
        }"""
    )
    explorer.page.emulate_media(reduced_motion="no-preference")
    assert {step % 20 for step in shown} == {0}
    assert 3 <= len(shown) <= 5


def test_a_kernel_that_is_gone_is_said_in_words(open_cell):
    """After a restart the picture stays, and the reader is told what to do."""
    explorer = open_cell(SMALL + "explorer")
    page = explorer.page
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Restart Kernel", exact=False).first.click()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for(state="detached")
    before = pictures(explorer)
    slider = explorer.get_by_role("slider", name="GradientDescent lr")
    for _ in range(20):
        slider.press("ArrowRight")
        page.wait_for_timeout(500)
        if "kernel" in status(explorer):
            break
    assert "un this cell again" in status(explorer)
    assert explorer.locator(".ck-error").count() == 1
    assert before
