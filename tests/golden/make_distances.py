"""Makes distances.json: signed distances of points from meshes, by trimesh.

The distance is the smallest of those to all faces, by `trimesh.triangles.closest_point`; its
sign comes from the number of surfaces that a ray from the point crosses. The box and the mug are
those of coursekit.pose, the star (a sphere with spikes and dents) is kept in the file. Half of
the points lie close to a vertex, where the sign is hardest. Needs trimesh and rtree. Run it from
anywhere:

    python tests/golden/make_distances.py
"""

import json
from pathlib import Path

import numpy as np
import trimesh

from coursekit.pose import box, mug

OUT = Path(__file__).with_name("distances.json")
POINTS = 120


def star():
    """A ball of 80 faces whose vertices are drawn out or pushed in."""
    ball = trimesh.creation.icosphere(subdivisions=1)
    size = np.random.default_rng(0).uniform(0.02, 0.09, len(ball.vertices))
    return trimesh.Trimesh((ball.vertices * size[:, None]).round(6), ball.faces, process=False)


def points_around(mesh, rng):
    low, high = mesh.bounds
    spread = rng.uniform(low - 0.03, high + 0.03, (POINTS // 2, 3))
    vertices = mesh.vertices[rng.integers(len(mesh.vertices), size=POINTS // 2)]
    return np.concatenate([spread, vertices + rng.normal(0, 0.002, vertices.shape)]).round(6)


def signed_distances(mesh, points):
    sign = np.where(mesh.contains(points), -1, 1)
    distances = []
    for point in points:
        each = np.broadcast_to(point, (len(mesh.faces), 3))
        nearest = trimesh.triangles.closest_point(mesh.triangles, each)
        distances.append(np.linalg.norm(nearest - point, axis=1).min())
    return sign * distances


def measured(mesh, rng):
    """Arrays as coursekit has them: the coordinate axis first."""
    points = points_around(mesh, rng)
    return {
        "area": float(mesh.area),
        "volume": float(mesh.volume),
        "points": points.T.tolist(),
        "distances": signed_distances(mesh, points).tolist(),
    }


def as_trimesh(mesh):
    return trimesh.Trimesh(mesh.vertices.T, mesh.faces.T, process=False)


def main():
    rng, spiky = np.random.default_rng(1), star()
    meshes = {"box": as_trimesh(box()), "mug": as_trimesh(mug()), "star": spiky}
    cases = {name: measured(mesh, rng) for name, mesh in meshes.items()}
    cases["star"] |= {"vertices": spiky.vertices.T.tolist(), "faces": spiky.faces.T.tolist()}
    origin = f"trimesh {trimesh.__version__}; {Path(__file__).name}"
    text = json.dumps({"origin": origin, "meshes": cases})
    OUT.write_text(text.replace("}, ", "},\n") + "\n", encoding="utf-8")
    for name, case in cases.items():
        print(name, case["volume"], sum(d < 0 for d in case["distances"]), "inside")


if __name__ == "__main__":
    main()
