"""Meshes: what is refused, what a mesh knows of itself, and points of its surface."""

import sys

import numpy as np
import pytest
from solids import GOLDEN, MESHES

from coursekit.pose import (
    Mesh,
    box,
    mug,
    read_mesh,
    sample_surface,
    sample_visible,
    signed_distance,
    visible,
)

each_mesh = pytest.mark.parametrize("name", MESHES)

CORNERS = np.array([[0.0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
SIDES = np.array([[0, 0, 0, 1], [2, 1, 3, 2], [1, 3, 2, 3]])  # of a tetrahedron, outwards


def turned_over(faces, *which):
    faces = faces.copy()
    faces[:, which] = faces[::-1, which]
    return faces


def winding_number(mesh, points):
    """How often the surface goes around each point: solid angles over 4π, face by face.

    Source: Van Oosterom & Strackee (1983), https://doi.org/10.1109/TBME.1983.325207.
    """
    a, b, c = (mesh.corners[..., None] - points[:, None, None]).swapaxes(0, 1)
    la, lb, lc = (np.linalg.norm(side, axis=0) for side in (a, b, c))
    triple = (a * np.cross(b, c, axis=0)).sum(axis=0)
    dots = (a * b).sum(axis=0) * lc + (b * c).sum(axis=0) * la + (c * a).sum(axis=0) * lb
    return 2 * np.arctan2(triple, la * lb * lc + dots).sum(axis=0) / (4 * np.pi)


# --- what a mesh knows of itself ------------------------------------------------------------


@each_mesh
def test_area_and_volume_are_those_of_trimesh(name):
    assert MESHES[name].area == pytest.approx(GOLDEN[name]["area"], rel=1e-12)
    assert MESHES[name].volume == pytest.approx(GOLDEN[name]["volume"], rel=1e-12)


def test_a_box_is_what_it_says():
    mesh = box((0.1, 0.2, 0.3))
    np.testing.assert_allclose(mesh.bounds, [(-0.05, -0.1, -0.15), (0.05, 0.1, 0.15)])
    assert mesh.area == pytest.approx(2 * (0.02 + 0.06 + 0.03))
    assert mesh.volume == pytest.approx(0.006)
    assert repr(mesh) == "<Mesh of 12 faces, 0.1 × 0.2 × 0.3 m>"


def test_the_volume_far_from_the_origin_is_the_same():
    far = Mesh(mug().vertices + 1e4, mug().faces)
    assert far.volume == pytest.approx(mug().volume, rel=1e-6)


@each_mesh
def test_normals_leave_the_mesh(name):
    """A step from the middle of a face along its normal leads out, against it inside."""
    mesh = MESHES[name]
    middle, step = mesh.corners.mean(axis=1), 1e-6 * mesh.normals
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=0), 1, rtol=1e-14)
    np.testing.assert_allclose(winding_number(mesh, middle + step), 0, atol=1e-9)
    np.testing.assert_allclose(winding_number(mesh, middle - step), 1, atol=1e-9)


def test_a_mug_has_a_hollow_and_one_handle():
    """Euler's number V − E + F is 2 for a ball and 0 for what has one hole, as a ring has."""
    mesh = mug()
    edges = mesh.faces.shape[1] * 3 // 2
    assert mesh.vertices.shape[1] - edges + mesh.faces.shape[1] == 0
    assert set(mesh.faces.ravel()) == set(range(mesh.vertices.shape[1]))
    places = {  # in the hollow, the wall, the bottom, the handle, its opening, above the rim
        "air": [(0, 0, 0.04), (0, 0, -0.04), (0.055, 0, 0), (0, 0, 0.0481), (0.0781, 0, 0)],
        "clay": [(0, 0.038, 0), (-0.038, 0, 0.047), (0, 0, -0.045), (0.071, 0, 0)],
    }
    for kind, sign in (("air", 1), ("clay", -1)):
        distances = signed_distance(mesh, np.array(places[kind]).T)
        assert (sign * distances > 0).all(), (kind, distances)


@pytest.mark.parametrize(
    "lengths",
    [{"radius": 0.03}, {"height": 0.15}, {"wall": 0.002}, {"reach": 0.02}, {"radius": 0.07}],
    ids=str,
)
def test_mugs_of_other_sizes_are_surfaces_that_do_not_cut_themselves(lengths):
    """On both sides of every sixth face: where a piece cut another there would be a 2."""
    mesh = mug(**lengths)
    low, high = mesh.bounds
    middle, step = mesh.corners.mean(axis=1)[:, ::6], 1e-6 * mesh.normals[:, ::6]
    np.testing.assert_allclose(winding_number(mesh, middle + step), 0, atol=1e-9)
    np.testing.assert_allclose(winding_number(mesh, middle - step), 1, atol=1e-9)
    assert high[2] - low[2] == pytest.approx(lengths.get("height", 0.096))
    assert low[0] == pytest.approx(-lengths.get("radius", 0.041))


def test_a_mesh_keeps_its_own_arrays():
    vertices, faces = CORNERS.copy(), SIDES.copy()
    mesh = Mesh(vertices, faces)
    vertices[:], faces[:] = 7, 0
    assert mesh.volume == pytest.approx(1 / 6)
    for array in (mesh.vertices, mesh.faces, mesh.corners, mesh.areas, mesh.normals, *mesh.bounds):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_a_vertex_without_a_face_does_not_count():
    mesh = Mesh(np.concatenate([CORNERS, [[9], [9], [9]]], axis=1), SIDES.tolist())
    np.testing.assert_array_equal(mesh.bounds, [(0, 0, 0), (1, 1, 1)])
    assert mesh.volume == pytest.approx(1 / 6)


# --- bad input ------------------------------------------------------------------------------


def with_nan(array):
    array = array.copy()
    array[1, 2] = np.nan
    return array


@pytest.mark.parametrize(
    ("vertices", "faces", "error", "said"),
    [
        (with_nan(CORNERS), SIDES, ValueError, r"vertices must be finite, got nan at .*\(1, 2\)"),
        (CORNERS.T, SIDES, ValueError, r"vertices must be \(3, n\).*got \(4, 3\). Transpose it\?"),
        (CORNERS[0], SIDES, ValueError, r"vertices must be \(3, n\).*got \(4,\)\.$"),
        (CORNERS[:, :0], SIDES, ValueError, "vertices must not be empty"),
        (CORNERS, SIDES[:, :0], ValueError, "faces must not be empty"),
        (CORNERS, SIDES.T, ValueError, r"faces must be \(3, n\).*got \(4, 3\). Transpose it\?"),
        (CORNERS, SIDES + 0.0, TypeError, "faces must be numbers of vertices, got dtype float64"),
        (CORNERS, SIDES > 1, TypeError, "faces must be numbers of vertices, got dtype bool"),
        (CORNERS, [[0, 1], [2]], TypeError, "faces must be an array of numbers: .*inhomogeneous"),
        (CORNERS * 1j, SIDES, TypeError, "vertices must be made of real numbers"),
        (CORNERS, SIDES + 1, ValueError, r"from 0 to 3, as .* got \[1, 2, 4\] in face 1"),
        (CORNERS, SIDES - 1, ValueError, r"from 0 to 3.* got \[-1, 1, 0\] in face 0"),
        (CORNERS, SIDES[:, 1:], ValueError, "watertight, 3 edges lie on one face only, .* 0, 1"),
        (CORNERS, np.hstack([SIDES, SIDES[:, :1]]), ValueError, "3 edges lie on more than two"),
        (CORNERS, turned_over(SIDES, 1), ValueError, "wound the same way, 3 edges lie .* 0, 1"),
        (CORNERS, SIDES[::-1], ValueError, r"wound inwards \(volume -0.167\).*faces\[::-1\]"),
        (CORNERS, SIDES % 3, ValueError, "every face must have an area, 2 have none, .* face 1"),
        (CORNERS * [[1], [1], [0]], SIDES, ValueError, r"area, 2 have none.*1 of .* \[0, 1, 3\]"),
    ],
)  # fmt: skip
def test_what_is_no_closed_surface_is_refused(vertices, faces, error, said):
    with pytest.raises(error, match=said):
        Mesh(vertices, faces)


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: box((1, 2)), ValueError, r"size must be three lengths, \(3,\), got \(2,\)"),
        (lambda: box((1, 0, 2)), ValueError, "each of size must be a number > 0, got"),
        (lambda: mug(radius=-1), ValueError, "mug: radius must be a number > 0, got -1"),
        (lambda: mug(height=np.nan), ValueError, "mug: height must be a number > 0, got nan"),
        (lambda: mug(wall=0.03), ValueError, "wall must leave a hollow .*, got 0.03"),
        (lambda: mug(height=0.03), ValueError, "room for a handle 0.0131 thick, got height=0.03"),
        (lambda: mug(reach=0.005), ValueError, "room for a handle .* reach=0.005"),
        (lambda: sample_surface(box(), 0), ValueError, "n must be a whole number ≥ 1, got 0"),
        (lambda: sample_surface("mug", 5), TypeError, "mesh must be a Mesh, got str"),
        (lambda: sample_visible(box(), 2.5, (1, 1, 1)), ValueError, "n must be a whole number"),
        (lambda: sample_visible(box(), 5, (0, 0, 0)), ValueError, "outside .*got one 0.03 m in"),
        (lambda: sample_visible(box(), 5, (0.03, 0, 0)), ValueError, "got one on its surface"),
        (lambda: sample_visible(None, 5, (1, 1, 1)), TypeError, "mesh must be a Mesh, got None"),
        (lambda: visible(box(), (1, 2), (1, 1, 1)), ValueError, r"points must be \(3, …\)"),
        (lambda: visible(box(), np.ones((5, 3)), (1, 1, 1)), ValueError, "Transpose them?"),
        (lambda: visible(box(), [np.inf, 0, 0], (1, 1, 1)), ValueError, "points must be finite"),
        (lambda: visible(box(), [1, 1, 1], (1, np.nan, 1)), ValueError, "eye must be finite"),
        (lambda: visible(box(), [1, 1, 1], np.ones((3, 2))), ValueError, r"eye must be one point"),
        (lambda: visible(np.eye(3), [1, 1, 1], [2, 2, 2]), TypeError, "Mesh, got ndarray"),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(make, error, said):
    with pytest.raises(error, match=said):
        make()


def test_a_file_that_is_missing_or_of_another_kind(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file '.*cup\.obj'"):
        read_mesh(tmp_path / "cup.obj")
    with pytest.raises(ValueError, match=r"reads \.obj and \.ply files, got 'cup\.stl'"):
        read_mesh("cup.stl")
    with pytest.raises(ValueError, match="scale must be a number > 0, got 0"):
        read_mesh("cup.obj", scale=0)


def test_without_trimesh_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "cup.obj").write_text("", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "trimesh", None)
    with pytest.raises(ImportError, match="read_mesh needs trimesh: pip install trimesh"):
        read_mesh(tmp_path / "cup.obj")


# --- points of the surface ------------------------------------------------------------------


@each_mesh
def test_samples_lie_on_the_surface_with_its_normal(name):
    mesh = MESHES[name]
    points, normals = sample_surface(mesh, 2000, seed=1)
    np.testing.assert_allclose(signed_distance(mesh, points), 0, atol=1e-15)
    assert (signed_distance(mesh, points + 1e-7 * normals) > 0).all()
    assert (signed_distance(mesh, points - 1e-7 * normals) < 0).all()


def test_samples_are_spread_evenly():
    """Each quarter of each side of a box gets its share, within five standard deviations."""
    size, n = np.array([0.1, 0.2, 0.4]), 40_000
    points = sample_surface(box(size), n, seed=2).points / size[:, None]
    for axis in range(3):
        others = [i for i in range(3) if i != axis]
        share = size[others].prod() / (size[0] * size[1] + size[1] * size[2] + size[2] * size[0])
        expected = n * share / 8  # two sides of four quarters each
        for side in (-0.5, 0.5):
            u, v = points[others][:, np.abs(points[axis] - side) < 1e-12]
            counts = np.histogram2d(u, v, bins=2, range=[(-0.5, 0.5)] * 2)[0]
            np.testing.assert_allclose(counts, expected, atol=5 * np.sqrt(expected))


def test_a_seed_gives_the_same_points_again_and_another_others():
    eye = (0.5, 0.1, 0.3)
    for sample in (sample_surface, lambda mesh, n, seed: sample_visible(mesh, n, eye, seed=seed)):
        first, again, other = (sample(mug(), 50, seed=seed).points for seed in (3, 3, 4))
        np.testing.assert_array_equal(first, again)
        assert np.abs(first - other).max() > 1e-3
        assert sample(mug(), 50, seed=np.random.default_rng(3)).points.tolist() == first.tolist()
    unless_told, zero = sample_surface(mug(), 5), sample_surface(mug(), 5, seed=0)
    assert unless_told.points.tolist() == zero.points.tolist()


def test_of_a_box_three_sides_are_seen_each_as_large_as_it_looks():
    """The solid angle of each side is that of its two triangles, which sum to the box's."""
    mesh, eye, n = box((0.1, 0.2, 0.3)), np.array([0.4, -0.5, 0.3]), 20_000
    points, normals = sample_visible(mesh, n, eye, seed=5)
    assert points.shape == normals.shape == (3, n)
    a, b, c = (mesh.corners - eye[:, None, None]).swapaxes(0, 1)
    la, lb, lc = (np.linalg.norm(side, axis=0) for side in (a, b, c))
    dots = (a * b).sum(axis=0) * lc + (b * c).sum(axis=0) * la + (c * a).sum(axis=0) * lb
    triple = (a * np.cross(b, c, axis=0)).sum(axis=0)
    angle = -2 * np.arctan2(triple, la * lb * lc + dots)
    for outwards in np.concatenate([np.eye(3), -np.eye(3)]):
        side = outwards @ mesh.normals > 0.9
        seen = (outwards @ normals > 0.9).sum()
        share = max(0, angle[side].sum()) / angle[angle > 0].sum()
        assert seen == pytest.approx(n * share, abs=5 * np.sqrt(n * share)), outwards
        assert (seen > 0) == (outwards.tolist() in [[1, 0, 0], [0, -1, 0], [0, 0, 1]])


def test_from_close_by_points_are_as_dense_as_lines_of_sight():
    """The mean of the points, and that of their squares, are those of where lines of sight in
    all directions meet the box first."""
    half, eye, rng = (
        np.array([[0.05], [0.1], [0.15]]),
        np.array([[0.07], [-0.13], [0.18]]),
        np.random.default_rng(9),
    )
    ways = rng.normal(size=(3, 200_000))
    sides = np.sort([(-half - eye) / ways, (half - eye) / ways], axis=0)
    enters, leaves = sides[0].max(axis=0), sides[1].min(axis=0)
    met = (eye + enters * ways)[:, (enters > 0) & (enters < leaves)]
    drawn = sample_visible(box(2 * half.ravel()), 20_000, eye.ravel(), seed=10).points
    for power in (1, 2):
        ours, theirs = drawn**power, met**power
        error = theirs.std(axis=1) * np.sqrt(1 / ours.shape[1] + 1 / theirs.shape[1])
        assert (np.abs(ours.mean(axis=1) - theirs.mean(axis=1)) < 5 * error).all()


def walked(mesh, points, eye):
    """Whether one gets from the eye to each point, always as far as the surface is away."""
    length = np.linalg.norm(points - eye[:, None], axis=0)
    gone = np.zeros_like(length)
    for _ in range(2000):
        step = signed_distance(mesh, eye[:, None] + (points - eye[:, None]) * gone / length)
        gone = np.minimum(gone + step, length)
        if step[gone < length].max(initial=0) < 1e-7:
            return gone > length - 1e-5
    raise AssertionError("somewhere it takes too many steps")


@pytest.mark.parametrize("eye", [(0.4, -0.3, 0.35), (0.06, 0.0, 0.3), (0.0, 0.0, 0.04)], ids=str)
def test_a_point_is_seen_where_nothing_stands_before_it(eye):
    """From beside, through the handle, and from within the mug."""
    mesh, eye, rng = mug(), np.array(eye), np.random.default_rng(6)
    on = sample_surface(mesh, 40, seed=7).points
    points = np.concatenate([on, rng.uniform(-0.09, 0.09, (3, 20))], axis=1)
    expected = walked(mesh, points, eye).tolist()
    assert visible(mesh, points, eye).tolist() == expected
    assert 5 < sum(expected) < 55
    drawn = sample_visible(mesh, 60, eye, seed=8).points
    assert visible(mesh, drawn, eye).all()
    assert walked(mesh, drawn, eye).all()


def test_visibility_has_the_shape_of_the_points():
    behind, before = (-0.2, 0.0, 0.0), (0.2, 0.0, 0.0)
    eye = (0.5, 0.0, 0.0)
    assert visible(mug(), before, eye).shape == ()
    frames = np.array([[behind, before], [before, behind], [before, before]]).T
    np.testing.assert_array_equal(
        visible(mug(), frames, eye), [[False, True, True], [True, False, True]]
    )
    assert visible(mug(), np.empty((3, 0)), eye).shape == (0,)
    many = np.tile(np.array([behind, before]).T, 1000)  # more than are compared at once
    np.testing.assert_array_equal(visible(mug(), many, eye), [False, True] * 1000)
