"""What Adam finds, against SciPy's least squares from the same start on the same residuals."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from coursekit.pose import PoseObjective, fit_sequence, pose_errors, synthetic_capture

pytest.importorskip("scipy")
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "pose_fit.py"


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
