"""Writes pose_fit.json: the loss and the errors that SciPy's least squares reaches.

    python tests/golden/make_pose_fit.py

Needs SciPy (requirements-ci.txt). The captures and their residuals are coursekit's; what goes
down them is `scipy.optimize.least_squares`, as benchmarks/pose_fit.py calls it. To be run anew
whenever `synthetic_capture` or the residuals change.
"""

import json
import runpy
from importlib.metadata import version
from pathlib import Path

from coursekit.pose import MEASURES, pose_errors, synthetic_capture

SEEDS = (0, 1)
OUT = Path(__file__).with_name("pose_fit.json")
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "pose_fit.py"


def reached(seed):
    capture = synthetic_capture(seed=seed)
    loss, poses, _, evaluations = runpy.run_path(str(BENCHMARK))["reference"](capture)
    errors = pose_errors(poses, capture.truth, capture.hand)
    means = {name: errors.mean(name) for name in MEASURES}
    return {"seed": seed, "loss": loss, "evaluations": evaluations, "errors": means}


if __name__ == "__main__":
    figures = {
        "origin": "scipy.optimize.least_squares, by tests/golden/make_pose_fit.py",
        "versions": {name: version(name) for name in ("scipy", "numpy")},
        "fits": [reached(seed) for seed in SEEDS],
    }
    OUT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
