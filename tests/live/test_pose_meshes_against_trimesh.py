"""Meshes, distances and lines of sight against trimesh's, and files as trimesh writes them."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from solids import GOLDEN as STORED

from coursekit.pose import (
    DistanceGrid,
    Mesh,
    box,
    mug,
    read_mesh,
    sample_surface,
    sample_visible,
    signed_distance,
    visible,
)

trimesh = pytest.importorskip("trimesh")

GOLDEN = Path(__file__).parents[1] / "golden"
THEIRS = runpy.run_path(str(GOLDEN / "make_distances.py"))


def ours(mesh):
    return Mesh(mesh.vertices.T, mesh.faces.T)


MESHES = {
    "box": box(),
    "mug": mug(),
    "slim mug": mug(radius=0.03, height=0.12, wall=0.003),
    "star": ours(THEIRS["star"]()),
    "ball": ours(trimesh.creation.icosphere(subdivisions=3, radius=0.1)),
    "ring": ours(trimesh.creation.torus(0.08, 0.02)),
}
each_mesh = pytest.mark.parametrize("name", MESHES)


def theirs(name):
    return THEIRS["as_trimesh"](MESHES[name])


def points_around(name, n, seed):
    low, high = MESHES[name].bounds
    return np.random.default_rng(seed).uniform(low - 0.03, high + 0.03, (n, 3)).T


def test_the_stored_figures_are_what_trimesh_gives_today():
    """distances.json is not out of date, nor made for another mug."""
    for name, case in STORED.items():
        mesh, points = theirs(name), np.array(case["points"]).T
        assert mesh.volume == pytest.approx(case["volume"], rel=1e-12)
        np.testing.assert_allclose(
            THEIRS["signed_distances"](mesh, points), case["distances"], atol=1e-15
        )
    np.testing.assert_array_equal(STORED["star"]["vertices"], MESHES["star"].vertices)


@each_mesh
def test_trimesh_finds_a_closed_surface_of_the_same_size(name):
    mesh, other = MESHES[name], theirs(name)
    assert other.is_watertight
    assert other.is_winding_consistent
    assert other.is_volume
    assert mesh.area == pytest.approx(other.area, rel=1e-12)
    assert mesh.volume == pytest.approx(other.volume, rel=1e-12)
    np.testing.assert_allclose(mesh.bounds, other.bounds, rtol=1e-15)
    np.testing.assert_allclose(mesh.normals.T, other.face_normals, atol=1e-9)
    np.testing.assert_allclose(mesh.areas, other.area_faces, rtol=1e-9)


@each_mesh
def test_the_signed_distance_is_that_of_its_proximity(name):
    """Theirs now and then takes a face that is some 1e-5 m farther for the nearest, and its
    sign close to the surface is not to be relied on; ours is never farther."""
    points = points_around(name, 2000, 1)
    other = -trimesh.proximity.signed_distance(theirs(name), points.T)
    distance = signed_distance(MESHES[name], points)
    np.testing.assert_allclose(distance, other, atol=2e-5)
    assert (np.abs(distance) <= np.abs(other) + 1e-15).all()
    assert np.median(np.abs(distance - other)) < 1e-15


@each_mesh
def test_the_distance_is_the_smallest_to_any_face_by_their_closest_point(name):
    mesh = theirs(name)
    points = np.concatenate(
        [points_around(name, 200, 2), MESHES[name].vertices[:, :50] + [[1e-4], [0], [-1e-4]]],
        axis=1,
    )
    expected = np.abs(THEIRS["signed_distances"](mesh, points.T))
    distance = np.abs(signed_distance(MESHES[name], points))
    np.testing.assert_allclose(distance, expected, atol=1e-15)


@each_mesh
def test_the_inside_is_theirs(name):
    points = points_around(name, 5000, 3)
    distance = signed_distance(MESHES[name], points)
    assert 100 < (distance < 0).sum() < 4900
    np.testing.assert_array_equal(distance < 0, theirs(name).contains(points.T))


@each_mesh
def test_the_grid_is_theirs_up_to_its_stated_accuracy(name):
    grid, points = DistanceGrid(MESHES[name], 0.004), points_around(name, 3000, 4)
    other = -trimesh.proximity.signed_distance(theirs(name), points.T)
    assert np.abs(grid(points) - other).max() <= np.sqrt(3) / 2 * 0.004 + 2e-5


@each_mesh
def test_what_is_seen_is_what_no_ray_of_theirs_meets_before(name):
    mesh, eye = MESHES[name], np.array([0.3, -0.25, 0.4])
    points = np.concatenate(
        [points_around(name, 500, 5), sample_surface(mesh, 500, seed=6).points], axis=1
    )
    ways = points - eye[:, None]
    hits, rays, _ = theirs(name).ray.intersects_location(
        np.tile(eye, (ways.shape[1], 1)), ways.T, multiple_hits=True
    )
    before = np.linalg.norm(hits - eye, axis=1) < np.linalg.norm(ways[:, rays], axis=0) - 1e-6
    expected = np.bincount(rays[before], minlength=ways.shape[1]) == 0
    seen = visible(mesh, points, eye)
    assert (seen != expected).sum() <= 2  # a ray that grazes an edge may be theirs or not
    assert 50 < seen.sum() < 950


@pytest.mark.parametrize("name", ["mug", "star"])
def test_samples_are_as_dense_as_the_rays_of_a_camera(name):
    """The mean of what is seen is that of the first hits of rays, even over the directions."""
    mesh, eye, rng = MESHES[name], np.array([0.3, -0.25, 0.4]), np.random.default_rng(7)
    ways = rng.normal(size=(400_000, 3))
    ways /= np.linalg.norm(ways, axis=1)[:, None]
    ways = ways[ways @ -eye > 0.9 * np.linalg.norm(eye)]  # where the mesh is
    hits, _, _ = theirs(name).ray.intersects_location(
        np.tile(eye, (len(ways), 1)), ways, multiple_hits=False
    )
    drawn = sample_visible(mesh, 20_000, eye, seed=8).points
    error = drawn.std(axis=1) * np.sqrt(1 / 20_000 + 1 / len(hits))
    assert len(hits) > 500
    assert (np.abs(drawn.mean(axis=1) - hits.mean(axis=0)) < 5 * error).all()


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["obj", "ply"])
def test_a_mesh_that_trimesh_writes_is_read_as_it_was(tmp_path, suffix):
    """As text to eight places in OBJ, in single precision in PLY; here in millimetres."""
    file = tmp_path / f"mug.{suffix}"
    THEIRS["as_trimesh"](Mesh(1000 * mug().vertices, mug().faces)).export(file)
    for path in (file, str(file)):
        mesh = read_mesh(path, scale=0.001)
        assert mesh.faces.shape == mug().faces.shape
        assert mesh.volume == pytest.approx(mug().volume, rel=1e-6)
        points = np.array(STORED["mug"]["points"])
        np.testing.assert_allclose(
            signed_distance(mesh, points), signed_distance(mug(), points), atol=1e-8
        )


OBJ = """\
# a cube whose sides have four corners, with textures, so that each corner is there three times
{vertices}
vt 0 0
vt 1 0
vt 1 1
vt 0 1
{faces}
"""


def cube_as_obj(reverse=False, without=0):
    corners = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    sides = [side[::-1] if reverse else side for side in sides[without:]]
    vertices = [corners[i] for side in sides for i in side]
    faces = [[f"{4 * n + i + 1}/{i + 1}" for i in range(4)] for n in range(len(sides))]
    return OBJ.format(
        vertices="\n".join(f"v {x} {y} {z}" for x, y, z in vertices),
        faces="\n".join("f " + " ".join(face) for face in faces),
    )


def test_sides_of_four_corners_and_vertices_kept_apart_become_one_surface(tmp_path):
    file = tmp_path / "cube.OBJ"
    file.write_text(cube_as_obj(), encoding="utf-8")
    mesh = read_mesh(file, scale=0.1)
    assert mesh.faces.shape == (3, 12)
    assert mesh.vertices.shape == (3, 8)
    assert mesh.volume == pytest.approx(0.001)


PLY = """\
ply
format ascii 1.0
element vertex 4
property float x
property float y
property float z
element face {faces}
property list uchar int vertex_indices
end_header
0 0 0
{x} 0 0
0 1 0
0 0 1
{lines}
"""
SIDES = ["3 0 2 1", "3 0 1 3", "3 0 3 2", "3 1 2 3"]


def ply(sides=SIDES, x="1"):
    return PLY.format(x=x, faces=len(sides), lines="\n".join(sides))


def test_a_ply_file_in_text(tmp_path):
    file = tmp_path / "corner.ply"
    file.write_text(ply(), encoding="utf-8")
    assert read_mesh(file).volume == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("open.obj", cube_as_obj(without=1), "holds no closed mesh.*must be watertight, 4 edges"),
        ("turned.obj", cube_as_obj(reverse=True), "holds no closed mesh.*wound inwards"),
        ("empty.obj", "", "'.*empty.obj' .* must not be empty"),
        ("points.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\n", "'.*points.obj' .* must not be empty"),
        ("nonsense.ply", "not a mesh at all\n", "read_mesh cannot read '.*nonsense.ply'"),
        ("empty.ply", "", "cannot read '.*empty.ply': Not a ply file\\.$"),
        ("open.ply", ply(SIDES[1:]), "must be watertight, 3 edges"),
        ("turned.ply", ply(["3 0 1 2", *SIDES[1:]]), "wound the same way, 3 edges"),
        ("nan.ply", ply(x="nan"), "vertices must be finite, got nan"),
        ("outside.ply", ply([*SIDES[:3], "3 1 2 9"]), "numbers from 0 to 3.*in face 3"),
        ("minus.ply", ply([*SIDES[:3], "3 1 2 -1"]), "numbers from 0 to 3.*in face 3"),
        ("outside.obj", "v 0 0 0\nf 1 2 3\n", "read_mesh cannot read '.*outside.obj'"),
        ("cut.ply", ply()[:-20], "'.*cut.ply' holds .* watertight"),
    ],
)
def test_a_file_without_a_closed_surface_gets_one_clear_error(tmp_path, name, text, said):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="read_mesh") as caught:
        read_mesh(file)
    assert caught.match(said)
    assert "\n" not in str(caught.value)
