"""How well and how fast the poses of a sequence are found, and what SciPy reaches.

    python benchmarks/pose_fit.py [--seeds 3] [--quick]

Synthetic captures of 60 frames, 2 px and 5 mm of noise, 20 % of the keypoints occluded or wrong,
starts 20° and 5 cm off. It prints, for each seed, the errors before and after and the loss that
Adam and SciPy's `least_squares` reach from the same start on the same residuals; then what each
loss does, by leaving it out; then the time of an iteration from 30 to 480 frames, and the memory
that a short and a long fit need. One thread. `--quick` keeps to one seed and short runs.
"""

import argparse
import os
import time
import tracemalloc

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import scipy
from scipy.optimize import least_squares
from scipy.sparse import coo_matrix

from coursekit.optimizers import Adam
from coursekit.pose import (
    MEASURES,
    TERMS,
    PoseObjective,
    Poses,
    Scales,
    fit_sequence,
    pose_errors,
    synthetic_capture,
)


def reference(capture):
    """SciPy's trust-region least squares from the capture's start: its loss, poses and time."""
    objective, x = PoseObjective(capture), capture.start.flat()
    rows, columns = objective.pattern(x)
    shape = (objective.residuals(x).size, x.size)
    began = time.process_time()
    found = least_squares(
        objective.residuals,
        x,
        jac_sparsity=coo_matrix((np.ones(rows.size), (rows, columns)), shape=shape),
        x_scale="jac",
        tr_solver="lsmr",
        ftol=1e-8,
        xtol=1e-10,
        gtol=1e-6,
        max_nfev=100,
    )
    seconds = time.process_time() - began
    return 2 * found.cost, Poses.from_flat(found.x), seconds, found.nfev


def means(errors):
    return "".join(f"{errors.mean(name):10.2f}" for name in MEASURES)


def jitter(poses, truth, hand):
    """The mean second difference of the keypoints' errors over the frames, in mm."""
    apart = hand.keypoints(poses.hand) - hand.keypoints(truth.hand)
    return 1000 * np.linalg.norm(np.diff(apart, 2, axis=2), axis=0).mean()


def depth(capture, poses):
    """How deep the deepest sample of the hand is inside the object, over all frames, in mm."""
    samples = capture.hand.samples(capture.hand.keypoints(poses.hand))
    inside = capture.hand.sample_radii[:, None] - capture.grid(poses.object.locate(samples))
    return 1000 * max(0.0, inside.max())


def compare(capture, steps):
    began = time.process_time()
    fit = fit_sequence(capture, steps=steps)
    took = time.process_time() - began
    loss, poses, seconds, evaluations = reference(capture)
    print("start".ljust(28) + means(fit.before))
    print(f"Adam {fit.loss.min():12.1f} {took:6.1f} s  " + means(fit.after))
    errors = pose_errors(poses, capture.truth, capture.hand)
    print(f"SciPy{loss:12.1f} {seconds:6.1f} s  " + means(errors))
    print(
        f"Adam ends {fit.loss.min() / loss - 1:+.4%} from SciPy's loss after {fit.steps} steps "
        f"({fit.stopped}); SciPy evaluated residuals and Jacobian {evaluations} times"
    )


def ablation(capture, steps):
    runs = {"all": {}, **{f"without {term}": {"weights": {term: 0}} for term in TERMS}}
    runs["plain squares"] = {"scales": Scales(huber=np.inf)}
    for name, arguments in runs.items():
        fit = fit_sequence(capture, steps=steps, **arguments)
        print(
            f"{name:28}{means(fit.after)}{jitter(fit.poses, capture.truth, capture.hand):10.2f}"
            f"{depth(capture, fit.poses):10.2f}"
        )


def growth(sizes, steps):
    """The processor's time, which other work on the machine does not stretch; best of three."""
    for frames in sizes:
        capture, times = synthetic_capture(seed=0, frames=frames), []
        for _ in range(3):
            began = time.process_time()
            fit_sequence(capture, steps=steps, tolerance=0)
            times.append(time.process_time() - began)
        each = 1000 * min(times) / steps
        print(
            f"{frames:4} frames {each:8.2f} ms an iteration {each / frames * 1000:8.1f} µs a frame"
        )


def memory(capture, sizes):
    for steps in sizes:
        tracemalloc.start()
        fit_sequence(capture, steps=steps, tolerance=0, optimizer=Adam(0.001))
        print(f"{steps:4} steps {tracemalloc.get_traced_memory()[1] / 2**20:8.2f} MB at most")
        tracemalloc.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    seeds, steps = (1, 100) if options.quick else (options.seeds, 500)
    print(f"scipy {scipy.__version__}, numpy {np.__version__}, one thread")
    heads = ["hand °", "hand mm", "keyp. mm", "object °", "object mm"]
    captures = [synthetic_capture(seed=seed) for seed in range(seeds)]
    for seed, capture in enumerate(captures):
        print(f"\nseed {seed}".ljust(29) + "".join(head.rjust(10) for head in heads))
        compare(capture, steps)
    print(
        "\n" + "seed 0".ljust(28) + "".join(h.rjust(10) for h in [*heads, "jitter mm", "depth mm"])
    )
    ablation(captures[0], steps)
    print()
    growth((30, 60) if options.quick else (30, 60, 120, 240, 480), 10 if options.quick else 30)
    print()
    memory(captures[0], (10, 20) if options.quick else (25, 50, 100))


if __name__ == "__main__":
    main()
