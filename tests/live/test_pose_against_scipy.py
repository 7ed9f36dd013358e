"""What Adam finds, against SciPy's least squares from the same start on the same residuals."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from coursekit.optimizers import Adam
from coursekit.pose import PoseObjective, fit_sequence, pose_errors, synthetic_capture
from coursekit.schedules import cosine

pytest.importorskip("scipy")
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "pose_fit.py"
GOLDEN = Path(__file__).parents[1] / "golden" / "pose_fit.json"


@pytest.fixture(scope="module")
def capture():
    """20 frames around the grasp, 20° and 5 cm off, a fifth of the keypoints bad."""
    return synthetic_capture(seed=0).part(18, 38)


@pytest.fixture(scope="module")
def reference(capture):
    """The benchmark's own: loss, poses, seconds and evaluations."""
    return runpy.run_path(str(BENCHMARK))["reference"](capture)


def test_adam_ends_where_least_squares_ends(capture, reference):
    """Within 1 % of its loss, and as near to the truth."""
    fit = fit_sequence(capture)
    loss, poses, _, _ = reference
    assert fit.loss.min() == pytest.approx(loss, rel=0.01)
    theirs = pose_errors(poses, capture.truth, capture.hand)
    for name in ("keypoints", "object_rotation", "object_translation"):
        assert fit.after.mean(name) == pytest.approx(theirs.mean(name), rel=0.1)


def test_what_scipy_reaches_is_as_the_chapter_says():
    """The golden figure of the small capture, and Adam from where SciPy ends comes lower."""
    capture = synthetic_capture(seed=0, frames=20, cameras=3, points=60)
    loss, poses, _, evaluations = runpy.run_path(str(BENCHMARK))["reference"](capture)
    golden = json.loads(GOLDEN.read_text("utf-8"))["small"][0]
    assert loss == pytest.approx(golden["loss"], rel=5e-4)
    assert evaluations == pytest.approx(golden["evaluations"], abs=15)
    rest = Adam(cosine(0.003, steps=300))
    further = fit_sequence(capture, start=poses, optimizer=rest, steps=300, tolerance=0)
    assert further.loss.min() < loss - 5


def test_the_pattern_is_where_the_jacobian_is_not_0(capture):
    """Move each number of x: no residual outside of its column's pattern changes."""
    short = capture.part(8, 13)
    objective, x = PoseObjective(short), short.start.flat()
    here = objective.residuals(x)
    rows, columns = objective.pattern(x)
    allowed = np.zeros((here.size, x.size), dtype=bool)
    allowed[rows, columns] = True
    assert 0.1 < allowed.mean() < 0.5
    for i in range(x.size):
        moved = x.copy()
        moved[i] += 1e-3
        changed = objective.residuals(moved) != here
        assert not (changed & ~allowed[:, i]).any()
