"""The pose explorer as a reader meets it."""

from explorers import pictures, serious_faults, settled

CODE = """from coursekit.interactive import explore_pose_fit
from coursekit.pose import fit_sequence, synthetic_capture
fit = fit_sequence(synthetic_capture(frames=8, cameras=2, points=30), steps=60, keep=20)
explore_pose_fit(fit)"""


def loss(explorer) -> float:
    settled(explorer)
    shown = explorer.locator(".ck-readout dd").first.inner_text()
    return float(shown.replace(",", "").replace("−", "-"))


def test_frames_and_cameras_change_the_pictures(open_cell):
    """Another frame moves both views; another camera only its own picture."""
    explorer = open_cell(CODE)
    first = pictures(explorer)
    explorer.get_by_role("slider", name="frame", exact=True).press("ArrowRight")
    explorer.get_by_text("frame 5 of 8").first.wait_for()
    settled(explorer)
    second = pictures(explorer)
    assert [a != b for a, b in zip(first, second, strict=True)] == [True, True]
    explorer.get_by_role("combobox", name="camera").select_option("1")
    explorer.get_by_text("camera 1").first.wait_for()
    settled(explorer)
    assert [a != b for a, b in zip(second, pictures(explorer), strict=True)] == [True, False]


def test_the_player_goes_from_x_to_o(open_cell):
    """The loss falls from the first step shown to the last, by keys alone."""
    explorer = open_cell(CODE)
    step = explorer.get_by_role("slider", name="step", exact=True)
    end = loss(explorer)
    step.press("Home")
    start = loss(explorer)
    assert start > 3 * end
    before = pictures(explorer)
    explorer.get_by_role("button", name="play").click()
    explorer.page.wait_for_timeout(600)
    assert int(step.input_value()) > 0
    assert pictures(explorer) != before


def test_no_serious_fault_of_accessibility(open_cell):
    explorer = open_cell(CODE)
    assert serious_faults(explorer) == []
