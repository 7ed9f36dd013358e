"""Change one number in the package, run the tests, see whether one fails.

    python benchmarks/mutation_trial.py [--count 30] [--seed 0] [--modules losses.py descent.py]

Each mutation is made in a copy of the project, so nothing here is touched. A mutation that no
test notices is printed as SURVIVED. The exit code is the number of survivors.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parents[1]
MODULES = (
    "arrays.py", "datasets/shoes.py", "datasets/planar.py", "datasets/digits.py",
    "datasets/houses.py", "datasets/scaling.py",
    "losses.py", "linefit.py", "schedules.py",
    "descent/minimizing.py", "descent/path.py", "descent/rules.py", "descent/run.py",
    "landscapes/landscape.py", "landscapes/polynomials.py", "landscapes/waves.py",
    "landscapes/terrain.py",
    "graphs/backward.py", "graphs/derivatives.py", "graphs/nodes.py", "graphs/operations.py",
    "gradcheck/blocks.py", "gradcheck/checking.py", "gradcheck/culprits.py",
    "gradcheck/diagnosis.py", "gradcheck/evidence.py", "gradcheck/graph.py",
    "gradcheck/layered.py", "gradcheck/measuring.py", "gradcheck/numerical.py",
    "gradcheck/patterns.py", "gradcheck/picture.py", "gradcheck/replays.py",
    "gradcheck/report.py",
    "networks/activations.py", "networks/initialisation.py", "networks/mlp.py",
    "networks/objective.py", "progress.py",
    "batches/evaluation.py", "batches/history.py", "batches/sampling.py", "batches/training.py",
    "optimizers/adadelta.py", "optimizers/adagrad.py", "optimizers/adam.py",
    "optimizers/momentum.py", "optimizers/nesterov.py", "optimizers/rmsprop.py", "races.py",
    "pose/distance.py", "pose/distance_grid.py", "pose/meshes.py", "pose/shapes.py",
    "pose/surfaces.py", "pose/operations.py", "pose/rotations.py", "pose/cameras.py",
    "pose/hand.py", "pose/poses.py", "pose/motion.py", "pose/capture.py", "pose/synthetic.py",
    "pose/residuals.py", "pose/objective.py", "pose/errors.py", "pose/fitting.py",
    "plotting/pose.py",
    "interactive/pose.py", "interactive/pose_views.py", "interactive/contours.py",
)  # fmt: skip
TESTS = (
    "tests/test_loss_functions.py",
    "tests/test_gradient_descent.py",
    "tests/test_learning_rate.py",
    "tests/test_landscapes.py",
    "tests/test_datasets.py",
    "tests/test_computational_graphs.py",
    "tests/test_gradient_checking.py",
    "tests/test_neural_networks.py",
    "tests/test_minibatches.py",
    "tests/test_optimizers.py",
    "tests/test_momentum.py",
    "tests/test_nesterov.py",
    "tests/test_adagrad.py",
    "tests/test_rmsprop.py",
    "tests/test_adadelta.py",
    "tests/test_adam.py",
    "tests/test_pose_meshes.py",
    "tests/test_pose_distance.py",
    "tests/test_pose_rotations.py",
    "tests/test_pose_cameras.py",
    "tests/test_pose_hand.py",
    "tests/test_pose_capture.py",
    "tests/test_pose_losses.py",
    "tests/test_pose_fit.py",
    "tests/test_pose_plotting.py",
    "tests/test_interactive_pose.py",
)


def numbers(source: str) -> list[ast.Constant]:
    """Every number that the code (and no docstring) holds."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    ]


def mutated(source: str, node: ast.Constant) -> tuple[str, str]:
    """The source with one number changed, and the change in words."""
    other = node.value + 1 if isinstance(node.value, int) else node.value * 1.01 or 0.01
    lines = source.splitlines(keepends=True)
    line = lines[node.lineno - 1].encode()
    changed = line[: node.col_offset] + repr(other).encode() + line[node.end_col_offset :]
    lines[node.lineno - 1] = changed.decode()
    words = f"line {node.lineno}: {node.value!r} -> {other!r} in {line.decode().strip()}"
    return "".join(lines), words


def survives(copy: Path) -> bool:
    """Do all tests pass in the copy?"""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:xdist", *TESTS],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
    )
    return run.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--modules", nargs="*", default=MODULES)
    options = parser.parse_args()
    sources = {m: (PROJECT / "coursekit" / m).read_text("utf-8") for m in options.modules}
    places = [(module, node) for module, source in sources.items() for node in numbers(source)]
    chosen = random.Random(options.seed).sample(places, min(options.count, len(places)))
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns(".venv", ".git", "*.pyc"))
        if not survives(copy):
            sys.exit("The tests fail without any mutation.")
        for module, node in chosen:
            file = copy / "coursekit" / module
            text, words = mutated(sources[module], node)
            file.write_text(text, "utf-8")
            alive = survives(copy)
            survivors += alive
            print(f"{'SURVIVED' if alive else 'caught  '} {module} {words}", flush=True)
            file.write_text(sources[module], "utf-8")
    print(f"{len(chosen)} of {len(places)} numbers changed, {survivors} survived")
    return survivors


if __name__ == "__main__":
    sys.exit(main())
