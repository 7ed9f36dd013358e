"""Writes pose.json: rotations by SciPy, and rotations and projections by OpenCV.

    python tests/golden/make_pose.py

Needs opencv-python-headless, SciPy and NumPy. Nothing of coursekit is used here. The rotation
vectors lie near 0, near π and anywhere between; OpenCV also gives ∂R/∂r. The file states the
versions that wrote it.
"""

import json
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

OUT = Path(__file__).with_name("pose.json")
LENGTHS = (0, 1e-12, 1e-8, 1e-5, 1e-3, 0.1, 1, 2, 3, np.pi - 1e-3, np.pi - 1e-6, np.pi - 1e-9)


def rotation_vectors(rng):
    axes = rng.normal(size=(3, len(LENGTHS)))
    return axes / np.linalg.norm(axes, axis=0) * LENGTHS


def rotations(rng):
    """SciPy's matrices, products and angles; OpenCV's derivative, where it is defined."""
    r, other = rotation_vectors(rng), rng.normal(size=(3, len(LENGTHS)))
    first, second = Rotation.from_rotvec(r.T), Rotation.from_rotvec(other.T)
    return {
        "vectors": r.tolist(),
        "others": other.tolist(),
        "matrices": np.moveaxis(first.as_matrix(), 0, -1).tolist(),
        "composed": (second * first).as_rotvec().T.tolist(),
        "angles": (second.inv() * first).magnitude().tolist(),
        # (9, 3): R row by row, by the three numbers of r
        "derivatives": [cv2.Rodrigues(column)[1].T.tolist() for column in r.T],
    }


def projections(rng, cameras=5, points=8):
    """Cameras with skewless matrices of all kinds, and what they see of points before them."""
    cases = []
    for _ in range(cameras):
        fx, fy = rng.uniform(300, 1500, 2)
        k = np.array([[fx, 0, rng.uniform(200, 900)], [0, fy, rng.uniform(150, 600)], [0, 0, 1]])
        r, t = rng.normal(size=3), rng.normal(size=3)
        seen = rng.normal(size=(3, points)) * [[0.3], [0.3], [0]] + [[0], [0], [1.0]]
        seen[2] = rng.uniform(0.2, 4, points)
        world = Rotation.from_rotvec(r).as_matrix().T @ (seen - t[:, None])
        pixels, slopes = cv2.projectPoints(np.ascontiguousarray(world.T), r, t, k, None)
        cases.append(
            {
                "intrinsics": k.tolist(),
                "rotation": r.tolist(),
                "translation": t.tolist(),
                "points": world.tolist(),
                "pixels": pixels[:, 0].T.tolist(),
                "by_translation": slopes[:, 3:6].tolist(),  # (2 · points, 3): u, v of each point
            }
        )
    return cases


if __name__ == "__main__":
    rng = np.random.default_rng(19)
    names = ("opencv-python-headless", "scipy", "numpy")
    figures = {
        "origin": "OpenCV and SciPy, by tests/golden/make_pose.py",
        "versions": {name: version(name) for name in names},
        "rotations": rotations(rng),
        "projections": projections(rng),
    }
    OUT.write_text(json.dumps(figures, separators=(",", ":")) + "\n", encoding="utf-8")
