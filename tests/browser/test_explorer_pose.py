"""The pose explorer as a reader meets it."""

from explorers import pictures, serious_faults, settled

from coursekit.pose import PoseObjective, synthetic_capture

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


VERMILION = """canvas => {
    const { width, height, clientWidth } = canvas;
    const dots = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    let found = 0;
    for (let i = 0; i < dots.length; i += 4)
        found += Math.abs(dots[i] - 213) + Math.abs(dots[i + 1] - 94) + dots[i + 2] < 150;
    return found / (width / clientWidth) ** 2;
}"""


def test_the_truth_is_seen_when_the_fit_has_come_to_it(open_cell):
    """Its five marks are open rings, and at the end no less of them is seen than at the start."""
    explorer = open_cell(CODE)
    step = explorer.get_by_role("slider", name="step", exact=True)
    seen = {}
    for key in ("Home", "End"):
        step.press(key)
        settled(explorer)
        seen[key] = [c.evaluate(VERMILION) for c in explorer.locator(".ck-panels canvas").all()]
    for start, end in zip(seen["Home"], seen["End"], strict=True):
        assert 5 * 25 < start < 5 * 75, "rings; full discs have a hundred pixels each"
        assert end > 0.9 * start


def test_the_loss_is_told_in_full(open_cell):
    """With its thousands set apart, as the chapter writes it."""
    explorer = open_cell(CODE)
    explorer.get_by_role("slider", name="step", exact=True).press("Home")
    settled(explorer)
    capture = synthetic_capture(frames=8, cameras=2, points=30)
    expected = f"{PoseObjective(capture)(capture.start.flat()):,.0f}"
    assert "," in expected
    assert explorer.locator(".ck-readout dd").first.inner_text() == expected


def test_no_serious_fault_of_accessibility(open_cell):
    explorer = open_cell(CODE)
    assert serious_faults(explorer) == []
