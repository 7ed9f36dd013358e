"""Writes pose_fit.json: the loss and the errors that SciPy's least squares reaches.

    python tests/golden/make_pose_fit.py

Needs SciPy (requirements-ci.txt). The captures and their residuals are coursekit's; what goes
down them is `scipy.optimize.least_squares`, as benchmarks/pose_fit.py calls it. "fits" are the
captures of 60 frames, "small" those of 20 frames and three cameras on which chapter 19 races.
To be run anew whenever `synthetic_capture` or the residuals change.
"""

import json
import runpy
from importlib.metadata import version
from pathlib import Path

from coursekit.pose import MEASURES, pose_errors, synthetic_capture

SMALL = {"frames": 20, "cameras": 3, "points": 60}
OUT = Path(__file__).with_name("pose_fit.json")
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "pose_fit.py"


def reached(seed, **size):
    capture = synthetic_capture(seed=seed, **size)
    loss, poses, _, evaluations = runpy.run_path(str(BENCHMARK))["reference"](capture)
    errors = pose_errors(poses, capture.truth, capture.hand)
    means = {name: errors.mean(name) for name in MEASURES}
    return {"seed": seed, "loss": loss, "evaluations": evaluations, "errors": means}


if __name__ == "__main__":
    figures = {
        "origin": "scipy.optimize.least_squares, by tests/golden/make_pose_fit.py",
        "versions": {name: version(name) for name in ("scipy", "numpy")},
        "fits": [reached(seed) for seed in (0, 1)],
        "small": [reached(seed, **SMALL) for seed in (0, 1, 2, 3)],
    }
    OUT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
