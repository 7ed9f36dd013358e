"""The signed distance to a mesh: exact, and interpolated on a grid, with its gradient."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from solids import GOLDEN, MESHES

from coursekit import graphs
from coursekit.gradcheck import check_gradient, check_graph
from coursekit.graphs import Node, backward
from coursekit.pose import DistanceGrid, Mesh, box, mug, sample_surface, signed_distance

GRID = DistanceGrid(mug())


def distance_to_box(points, size):
    """The textbook's: to the nearest corner, edge or side outside, to the nearest side inside."""
    beyond = np.abs(points) - np.reshape(size, (3,) + (1,) * (points.ndim - 1)) / 2
    outside = np.linalg.norm(np.maximum(beyond, 0), axis=0)
    return outside + np.minimum(beyond.max(axis=0), 0)


def ball(radius, halvings):
    """An octahedron whose faces are cut in four and drawn out to a sphere, again and again."""
    vertices = [(1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)]
    faces = [(i, (i + 1) % 4, 4) for i in range(4)] + [((i + 1) % 4, i, 5) for i in range(4)]
    for _ in range(halvings):
        middles = {}

        def middle(i, j, middles=middles):
            if (min(i, j), max(i, j)) not in middles:
                between = np.add(vertices[i], vertices[j])
                vertices.append(between / np.linalg.norm(between))
                middles[min(i, j), max(i, j)] = len(vertices) - 1
            return middles[min(i, j), max(i, j)]

        cut = []
        for a, b, c in faces:
            d, e, f = middle(a, b), middle(b, c), middle(c, a)
            cut += [(a, d, f), (d, b, e), (f, e, c), (d, e, f)]
        faces = cut
    return Mesh(radius * np.array(vertices).T, np.array(faces).T)


def needle(cuts=30):
    """A thin pyramid on a triangle, one of whose three sides is cut into many from the tip."""
    corner = 0.01 * np.array([(1.0, 0.0), (-0.5, 0.9), (-0.5, -0.9)])
    edge = np.linspace(corner[0], corner[1], cuts + 1)
    rim = np.concatenate([edge, corner[2:]])
    vertices = np.concatenate([np.c_[rim, np.zeros(len(rim))], [(0, 0, 0.1)]]).T
    n, ring = len(rim), np.arange(len(rim))
    side = np.array([ring, np.roll(ring, -1), np.full(n, n)])
    base = np.array([np.full(n - 2, n - 1), ring[1:-1], ring[:-2]])
    return Mesh(vertices, np.concatenate([side, base], axis=1))


# --- exact ----------------------------------------------------------------------------------


@settings(max_examples=200)
@given(
    size=arrays(float, 3, elements=st.floats(0.01, 0.3)),
    points=arrays(float, (3, 7), elements=st.floats(-0.4, 0.4)),
)
def test_the_distance_to_a_box_is_the_textbooks(size, points):
    expected = distance_to_box(points, size)
    np.testing.assert_allclose(signed_distance(box(size), points), expected, atol=1e-15)


def test_beside_on_and_at_the_corners_of_a_box():
    """On its planes, edges and diagonals, where several faces are equally near."""
    size = np.array([0.06, 0.09, 0.16])
    steps = np.array([-1.5, -1, -0.5, 0, 0.5, 1, 1.5])
    points = np.array(np.meshgrid(steps, steps, steps)) * size[:, None, None, None] / 2
    distance = signed_distance(box(size), points)
    np.testing.assert_allclose(distance, distance_to_box(points, size), atol=1e-16)


def test_the_distance_to_a_ball_lies_between_those_of_its_spheres():
    """Its vertices lie on one sphere, its faces touch a smaller one around the same middle."""
    radius, mesh = 0.1, ball(0.1, 3)
    within = (mesh.corners[:, 0] * mesh.normals).sum(axis=0).min()
    points = np.random.default_rng(0).uniform(-0.2, 0.2, (3, 3000))
    distance, length = signed_distance(mesh, points), np.linalg.norm(points, axis=0)
    assert within > 0.98 * radius
    assert (distance >= length - radius - 1e-15).all()
    assert (distance <= length - within + 1e-15).all()


@pytest.mark.parametrize("name", MESHES)
def test_the_distance_and_its_sign_are_those_of_trimesh(name):
    """Half of the points lie close to vertices, convex ones, dents and saddles."""
    expected = np.array(GOLDEN[name]["distances"])
    distance = signed_distance(MESHES[name], GOLDEN[name]["points"])
    np.testing.assert_allclose(distance, expected, atol=1e-15)
    assert 15 < (expected < 0).sum() < 60


def test_the_sign_at_a_tip_does_not_depend_on_how_its_sides_are_cut():
    """Above the tip of a needle each point is outside; a plain sum of the normals of all faces,
    most of which belong to one side, would say otherwise."""
    mesh = needle()
    tip, rng = np.array([0, 0, 0.1]), np.random.default_rng(1)
    away = rng.normal(size=(3, 2000))
    edges = mesh.vertices[:, [0, 30, 31]] - tip[:, None]
    away = away[:, (edges.T @ away <= 0).all(axis=0)]  # to where the tip is nearest
    points = tip[:, None] + 0.02 * away
    at_tip = mesh.normals[:, (mesh.faces == 32).any(axis=0)]
    assert (at_tip.sum(axis=1) @ away < 0).sum() > 20
    distance = signed_distance(mesh, points)
    np.testing.assert_allclose(distance, np.linalg.norm(0.02 * away, axis=0), rtol=1e-13)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_distance_moves_and_grows_with_the_mesh(seed):
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.linalg.det(turn)  # a rotation, no mirror image
    scale, shift = rng.uniform(0.1, 10), rng.normal(size=(3, 1))
    mesh, points = MESHES["star"], np.array(GOLDEN["star"]["points"])
    moved = Mesh(scale * turn @ mesh.vertices + shift, mesh.faces)
    np.testing.assert_allclose(
        signed_distance(moved, scale * turn @ points + shift),
        scale * np.array(GOLDEN["star"]["distances"]),
        atol=1e-14 * max(1, scale),
    )


def test_every_point_has_the_distance_that_it_has_alone():
    """Many points are parted into groups, each with the faces that can be nearest."""
    points = np.random.default_rng(2).uniform(-0.1, 0.1, (3, 30, 40))
    together = signed_distance(mug(), points)
    for i, j in [(0, 0), (3, 7), (29, 39), (15, 20)]:
        assert together[i, j] == signed_distance(mug(), points[:, i, j])
    repeated = np.repeat(points[:, :1, :1], 1000, axis=2)
    np.testing.assert_array_equal(signed_distance(mug(), repeated), together[0, 0])
    assert signed_distance(mug(), points[:, 0, 0]).shape == ()
    assert signed_distance(mug(), np.empty((3, 0, 5))).shape == (0, 5)


@pytest.mark.parametrize(
    ("points", "error", "said"),
    [
        ([1, 2], ValueError, r"signed_distance: points must be \(3, …\), got \(2,\)"),
        (np.zeros((9, 3)), ValueError, r"got \(9, 3\). Transpose them\?"),
        (1.0, ValueError, r"got \(\)"),
        ([0, np.nan, 0], ValueError, r"signed_distance: points must be finite, got nan .*\(1,\)"),
        (["a", "b", "c"], TypeError, "signed_distance: points must be made of real numbers"),
    ],
)
def test_points_that_are_none_are_refused(points, error, said):
    with pytest.raises(error, match=said):
        signed_distance(box(), points)
    if "nan" not in said:
        with pytest.raises(error, match=said.replace("signed_distance", "DistanceGrid")):
            GRID(points)
        with pytest.raises(error, match=said.replace("signed_distance", "DistanceGrid")):
            GRID.gradient(points)


# --- on a grid ------------------------------------------------------------------------------


def corner(i, j, k, grid=GRID):
    return grid.origin + grid.spacing * np.array([i, j, k])


def points_of(grid, n, seed):
    """Anywhere within the grid."""
    last = np.array(grid.values.shape) - 1
    share = np.random.default_rng(seed).uniform(size=(n, 3))
    return (grid.origin + share * last * grid.spacing).T


def test_the_grid_reaches_as_far_as_it_says_and_is_exact_at_its_points():
    grid = DistanceGrid(mug(), 0.005, margin=0.012)
    low, high = mug().bounds
    last = grid.origin + grid.spacing * (np.array(grid.values.shape) - 1)
    assert (grid.origin <= low - 0.012 + 1e-15).all()
    assert (last >= high + 0.012 - 1e-15).all()
    assert (grid.origin > low - 0.012 - 0.005).all()
    assert (last < high + 0.012 + 0.005).all()
    every = np.indices(grid.values.shape) * grid.spacing + grid.origin[:, None, None, None]
    np.testing.assert_allclose(grid(every), signed_distance(mug(), every), atol=1e-15)


def test_between_two_points_of_the_grid_the_distance_is_theirs_in_proportion():
    """Along an edge of a cell, and in its middle the mean of its eight corners."""
    at = GRID.values[10:12, 20:22, 30:32]
    quarter = corner(10, 20.25, 30)
    assert GRID(quarter) == pytest.approx(0.75 * at[0, 0, 0] + 0.25 * at[0, 1, 0], rel=1e-12)
    assert GRID(corner(10.5, 20.5, 30.5)) == pytest.approx(at.mean(), rel=1e-12)
    place = np.array([0.2, 0.9, 0.6])
    weights = np.array([1 - place, place])
    expected = np.einsum("ijk,i,j,k->", at, *weights.T)
    assert GRID(corner(10.2, 20.9, 30.6)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("spacing", [0.008, 0.004])
@pytest.mark.parametrize("name", MESHES)
def test_the_grid_is_as_accurate_as_it_says(name, spacing):
    """Nowhere more than ½ √3 spacing off, half the diagonal of a cell."""
    grid = DistanceGrid(MESHES[name], spacing)
    points = points_of(grid, 8000, seed=3)
    error = np.abs(grid(points) - signed_distance(MESHES[name], points)).max()
    assert 0.1 * spacing < error <= np.sqrt(3) / 2 * spacing


def test_the_accuracy_for_the_mug_is_the_stated_one():
    """1.3 mm at worst; at its surface 0.8 mm at worst, 0.1 mm in the root mean square."""
    points = points_of(GRID, 40_000, seed=4)
    error = GRID(points) - signed_distance(mug(), points)
    at_surface = GRID(sample_surface(mug(), 40_000, seed=5).points)
    assert 1.1e-3 < np.abs(error).max() < 1.3e-3
    assert 0.6e-3 < np.abs(at_surface).max() < 0.8e-3
    assert np.sqrt(np.mean(at_surface**2)) == pytest.approx(0.1e-3, rel=0.05)


def test_beside_a_flat_face_the_grid_is_exact():
    mesh = box((0.1, 0.1, 0.1))
    grid, rng = DistanceGrid(mesh, 0.005), np.random.default_rng(6)
    points = np.array([rng.uniform(0.03, 0.07, 500), *rng.uniform(-0.02, 0.02, (2, 500))])
    np.testing.assert_allclose(grid(points), points[0] - 0.05, atol=1e-15)
    np.testing.assert_allclose(grid.gradient(points), np.eye(3)[:, :1] + 0 * points, atol=1e-12)


def test_beyond_the_grid_the_distance_is_one_to_root_two_times_the_exact_one():
    """Up to the grid's own error; and it does not jump where the grid ends."""
    points = np.random.default_rng(7).uniform(-0.6, 0.6, (3, 5000))
    last = GRID.origin + GRID.spacing * (np.array(GRID.values.shape) - 1)
    beyond = ((points < GRID.origin[:, None]) | (points > last[:, None])).any(axis=0)
    points, allowed = points[:, beyond], np.sqrt(3) / 2 * GRID.spacing
    exact = signed_distance(mug(), points)
    assert beyond.sum() > 4000
    assert (GRID(points) >= exact - allowed).all()
    assert (GRID(points) <= np.sqrt(2) * exact + allowed).all()
    assert (GRID(points) / exact).max() > 1.15
    edge = np.array([GRID.origin[0], 0.01, 0.02])
    step = np.array([1e-9, 0, 0])
    assert GRID(edge - step) == pytest.approx(GRID(edge + step), abs=3e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_is_the_slope_of_what_is_interpolated(seed):
    """Inside the grid and beyond its sides, edges and corners, through a graph."""
    rng = np.random.default_rng(seed)
    points, weights = rng.uniform(-0.15, 0.2, (3, 20, 2)), rng.normal(size=(20, 2))

    def loss(points):
        return graphs.sum(weights * GRID(points) ** 2)

    def gradient(points):
        node = Node(points)
        return backward(loss(node))[node]

    report = check_gradient(lambda p: float(loss(Node(p)).value), gradient, points)
    assert report.ok, report
    direct = 2 * weights * GRID(points) * GRID.gradient(points)
    np.testing.assert_allclose(gradient(points), direct, rtol=1e-12)
    assert check_graph(graphs.sum(GRID(Node(points)) * weights)).ok


def test_the_gradient_at_the_border_of_two_cells_is_that_of_the_upper_one():
    """On a grid of powers of two, whose borders are hit without rounding."""
    step = 2.0**-6
    grid = DistanceGrid(box((0.125, 0.125, 0.125)), step, margin=0.125)
    at = grid.origin + step * np.array([9.0, 8.75, 10.5])
    just = np.array([1e-9, 0, 0])
    low, high = grid.gradient(at - just), grid.gradient(at + just)
    assert np.abs(low - high).max() > 0.1
    np.testing.assert_allclose(grid.gradient(at), high, atol=1e-6)
    last = grid.origin + step * (np.array(grid.values.shape) - 1)
    np.testing.assert_allclose(grid.gradient(last), grid.gradient(last - 1e-9), atol=1e-6)


def test_the_gradient_is_at_most_root_three_long_and_mostly_one():
    length = np.linalg.norm(GRID.gradient(points_of(GRID, 20_000, seed=8)), axis=0)
    assert length.max() <= np.sqrt(3)
    assert np.median(length) == pytest.approx(1, abs=0.01)


def test_a_node_gives_a_node_and_an_array_an_array():
    points = np.array([[0.0, 0.07], [0.0, 0.0], [0.0, 0.01]])
    assert isinstance(GRID(points), np.ndarray)
    node = GRID(Node(points, name="p"))
    assert isinstance(node, Node)
    assert node.op == "distance"
    np.testing.assert_array_equal(node.value, GRID(points))
    assert GRID([0, 0, 0]).shape == GRID(points[:, 0]).shape == ()
    assert GRID(points[:, 0]) == GRID(points)[0]
    assert GRID(np.zeros((3, 4, 5))).shape == (4, 5)
    assert GRID(np.empty((3, 0))).shape == (0,)
    assert GRID.gradient(np.empty((3, 0))).shape == (3, 0)
    with pytest.raises(ValueError, match=r"distance cannot work on shape \(2,\)"):
        GRID(Node([1.0, 2.0]))


def test_a_point_that_is_not_finite_harms_nobody_else():
    """A run that diverges goes on to say so."""
    points = np.array([[np.nan, np.inf, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    distance = GRID(points)
    assert np.isnan(distance[0])
    assert distance[1] == np.inf
    assert distance[2] == GRID([0, 0, 0])
    gradient = GRID.gradient(points)
    assert not np.isfinite(gradient[:, :2]).all()
    np.testing.assert_array_equal(gradient[:, 2], GRID.gradient([0, 0, 0]))


def test_the_callers_points_are_left_alone():
    points = np.array([[0.5, 0.0], [0.0, 0.0], [0.0, 0.05]])
    kept = points.copy()
    GRID(points), GRID.gradient(points), signed_distance(mug(), points)
    np.testing.assert_array_equal(points, kept)
    with pytest.raises(ValueError, match="read-only"):
        GRID.values[0, 0, 0] = 1


def two_boxes(turned, apart):
    """One beside another, the second of them smaller, and inside out if `turned`."""
    first, second = box((0.2, 0.2, 0.2)), box((0.05, 0.05, 0.05))
    faces = second.faces[::-1] if turned else second.faces
    beside = second.vertices + np.array([[apart], [0], [0]])
    return Mesh(
        np.concatenate([first.vertices, beside], axis=1),
        np.concatenate([first.faces, 8 + faces], axis=1),
    )


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: DistanceGrid(box(), 0), ValueError, "spacing must be a number > 0, got 0"),
        (lambda: DistanceGrid(box(), np.nan), ValueError, "spacing must be a number > 0, got nan"),
        (lambda: DistanceGrid(box(), margin=-1), ValueError, "margin must be a number ≥ 0, got -1"),
        (lambda: DistanceGrid(box(), 1e-4), ValueError, r"at most 4,000,000 points, got 0\.0001"),
        (lambda: DistanceGrid("mug"), TypeError, "DistanceGrid: mesh must be a Mesh, got str"),
        (lambda: DistanceGrid(two_boxes(True, 0.3), 0.02), ValueError, "part of it is wound in"),
        (lambda: signed_distance(None, [0, 0, 0]), TypeError, "mesh must be a Mesh, got NoneType"),
    ],
)  # fmt: skip
def test_a_grid_that_cannot_be_is_refused(make, error, said):
    with pytest.raises(error, match=said):
        make()


def test_a_hollow_and_two_parts_are_a_mesh_like_any_other():
    hollow, parts = two_boxes(True, 0), two_boxes(False, 0.3)
    np.testing.assert_allclose(
        signed_distance(hollow, [[0, 0.06], [0, 0], [0, 0]]), [0.025, -0.035]
    )
    np.testing.assert_allclose(
        signed_distance(parts, [[0.3, 0.2], [0, 0], [0, 0]]), [-0.025, 0.075]
    )
    for mesh in (hollow, parts):
        assert DistanceGrid(mesh, 0.02)([0.06, 0, 0]) == pytest.approx(-0.035, abs=0.01)
    tight = DistanceGrid(box((0.08, 0.04, 0.12)), 0.02, margin=0)
    assert tight.values.shape == (5, 3, 7)
    assert tight.values.max() < 1e-12


def test_many_points_need_little_memory():
    """27,000 points and 1,408 faces: all pairs at once would be 38 million, 0.3 GB an array."""
    low, high = mug().bounds
    axes = [np.linspace(a - 0.03, b + 0.03, 30) for a, b in zip(low, high, strict=True)]
    points = np.array(np.meshgrid(*axes, indexing="ij"))
    tracemalloc.start()
    try:
        signed_distance(mug(), points)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
