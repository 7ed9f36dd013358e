"""The exercises of chapter 19 are what the package does; wrong answers are refused and named."""

import inspect
import json
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coursekit.checks import pose_estimation as check
from coursekit.gradcheck import check_gradient
from coursekit.graphs import Node, backward
from coursekit.graphs import sum as total
from coursekit.pose import Camera, PoseObjective, rotate, rotation_matrix, synthetic_capture

PROJECT = Path(__file__).parents[1]
numbers = st.floats(-3, 3, allow_subnormal=False)
vectors = arrays(float, 3, elements=numbers)


@settings(max_examples=30)
@given(vectors, arrays(float, (3, 4), elements=st.floats(-0.3, 0.3)))
def test_the_projection_of_the_exercise_is_the_cameras(turn, points):
    """For points in front of it: the shift is 5 m, and no point is farther than 1 m off."""
    k = np.array([[700.0, 3.0, 310.0], [0, 650.0, 250.0], [0, 0, 1]])
    camera = Camera(k, turn, np.array([0.1, -0.2, 5.0]))
    given_by = check.project_points.reference
    found = given_by(points, rotation_matrix(turn), camera.translation, k)
    np.testing.assert_allclose(found, camera.project(points), rtol=1e-10)


@settings(max_examples=30)
@given(st.integers(3, 7), st.integers(1, 4), st.integers(0, 1000))
def test_the_smooth_loss_of_the_exercise_has_the_gradient_it_says(frames, d, seed):
    x = np.random.default_rng(seed).normal(size=(d, frames))
    smooth = check.smooth_loss.reference
    report = check_gradient(
        lambda x: float(smooth(x, rate=3.0, sigma=2.0)[0]),
        lambda x: smooth(x, rate=3.0, sigma=2.0)[1],
        x,
    )
    assert report.ok, str(report)


def test_the_smooth_loss_of_the_exercise_is_the_packages():
    """For a hand that only shifts: the other parts of Lsmooth are then 0."""
    small = synthetic_capture(seed=0, frames=20, cameras=3, points=60)
    poses = small.start
    hand = poses.hand
    still = [np.repeat(part[:, :1], small.frames, axis=1) for part in (hand.rotation, hand.angles)]
    thing = [np.repeat(part[:, :1], small.frames, axis=1) for part in poses.object]
    poses = type(poses)(type(hand)(still[0], hand.translation, still[1]), type(poses[1])(*thing))
    objective = PoseObjective(small, weights={"L2D": 0, "L3D": 0, "LSDF": 0, "Llimits": 0})
    loss, grad = check.smooth_loss.reference(hand.translation, rate=small.rate, sigma=2.0)
    assert objective(poses.flat()) == pytest.approx(loss, rel=1e-9)
    rows = objective.grad(poses.flat()).reshape(32, -1)[3:6]
    np.testing.assert_allclose(rows, grad, rtol=1e-8, atol=1e-8)


@settings(max_examples=60)
@given(vectors, vectors, vectors)
def test_the_rotation_slope_of_the_exercise_is_backpropagations(r, p, g):
    node = Node(r)
    expected = backward(total(rotate(node, p) * g))[node]
    found = check.rotation_slope.reference(r, p, g)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-7)


def judged(name, body):
    """The verdict on the body of a function, as a student would write it below `def`."""
    exercise = getattr(check, name)
    head = f"def {name}{inspect.signature(exercise.reference)}:\n"
    scope = {"np": np, "Node": Node, "backward": backward, "total": total, "rotate": rotate}
    exec(head + textwrap.indent(textwrap.dedent(body).strip(), "    "), scope)
    return exercise.judge(scope[name])


SEEN = """
s = rotation @ points + translation[:, None]
q = intrinsics @ s
(fx, skew, cx), (_, fy, cy), _ = intrinsics
"""
PROJECTIONS = [
    ("return np.maximum(q[:2] / q[2], 0)", None),
    ("return np.abs(q[:2] / q[2])", None),
    ("return np.clip(q[:2] / q[2], -4000, 4000)", None),
    ("return np.where(q[2] > 0.01, q[:2] / q[2], np.nan)", None),
    ("return np.where(q[2] < 1000, q[:2] / q[2], np.nan)", None),
    ("return q[:2] / (q[2] + 1e-12)", "_1e-12_added_to_the_depth"),
    ("return q[:2] / np.maximum(q[2], 0.01)", "_depth_at_least_1e-02"),
    ("return q[:2] // q[2]", "_floor_divided"),
    ("return (q[:2] / q[2]).astype(np.float32)", None),
    ("out = np.zeros_like(points[:2])\nout[:] = q[:2] / q[2]\nreturn out", None),
    ("points[0] = s[0]\nreturn q[:2] / q[2]", None),
    ("return s[:2] / s[2]", "_intrinsics_forgotten"),
    ("return q[:2] / np.linalg.norm(s, axis=0)", "_all_by_distance"),
    ("return 2 * intrinsics[:2, 2:] - q[:2] / q[2]", "_on_its_head"),
    ("return q[0] / q[2], 2 * cy - q[1] / q[2]", "_v_upside_down"),
    ("return fx * s[0] + cx, fy * s[1] + cy", "_middle_not_divided_and_no_skew"),
    ("return (fx * s[0] + cx) / s[2], (fy * s[1] + cy) / s[2]", "_middle_divided_and_no_skew"),
    ("return fx * s[0] / s[2] + cx, fx * s[1] / s[2] + cy", "_one_focal_length_and_no_skew"),
    ("return fx * s[0] / s[2] + cy, fy * s[1] / s[2] + cx", "_middle_exchanged_and_no_skew"),
    ("return cx - fx * s[0] / s[2], fy * s[1] / s[2] + cy", "_mirrored_and_no_skew"),
    ("q = intrinsics @ points\nreturn q[:2] / q[2]", "_world_as_seen"),
    ("q = intrinsics @ (rotation @ points + translation)\nreturn q[:2] / q[2]",
     "_translation_as_a_row"),
    ("q = intrinsics @ rotation.T @ (points - translation[:, None])\nreturn q[:2] / q[2]",
     "_camera_to_world"),
]  # fmt: skip

SMOOTH = """
c = {scale}
r = (x[:, 2:] - {middle} * x[:, 1:-1] + x[:, :-2]) * c
grad = np.zeros(x.shape)
grad[:, 2:] += 2 * r * {again}
grad[:, 1:-1] -= {share} * r * {again}
grad[:, :-2] += 2 * r * {again}
return {loss}, {grad}
"""
FRAMES = """
c = rate**2 / sigma
loss, grad = 0.0, np.zeros(x.shape)
for t in {frames}:
    r = (x[:, t + 1] - 2 * x[:, t] + x[:, t - 1]) * c
    loss += (r**2).sum()
    grad[:, t + 1] {to} 2 * r * c
    grad[:, t] {to} -4 * r * c
    grad[:, t - 1] {to} 2 * r * c
return loss, grad
"""
QUOTIENT = """
def loss(x):
    return ((np.diff(x, 2) * rate**2 / sigma) ** 2).sum()
steps = {h} * np.eye(x.size).reshape(-1, *x.shape)
grad = [(loss(x + step) - loss(x - step)) / (2 * {h}) for step in steps]
return loss(x), np.reshape(grad, x.shape)
"""
MATRIX = """
d = np.zeros((x.shape[1] - 2, x.shape[1]))
for t in range(len(d)):
    d[t, t : t + 3] = 1, -2, 1
r = x @ d.T * rate**2 / sigma
return (r**2).sum(), 2 * r @ d * rate**2 / sigma
"""
SLICES = """
c = rate**2 / sigma
r = (x[:, 2:] - 2 * x[:, 1:-1] + x[:, :-2]) * c
grad = np.{zeros}
grad[:, :-2] = {before}2 * r * c
grad[:, 1:-1] = {at}-4 * r * c
grad[:, 2:] = {after}2 * r * c
return (r**2).sum(), grad
"""


def smooth(**changes):
    """A student's smooth_loss, right but for the changes."""
    parts = {"scale": "rate**2 / sigma", "middle": 2, "again": "c", "share": 4}
    return SMOOTH.format(**parts | {"loss": "(r**2).sum()", "grad": "grad"} | changes)


def frames(frames="range(1, x.shape[1] - 1)", to="+="):
    """The same in a loop."""
    return FRAMES.format(frames=frames, to=to)


def slices(zeros="zeros(x.shape)", before="", at="", after=""):
    """The same by assignments."""
    return SLICES.format(zeros=zeros, before=before, at=at, after=after)


SUMMED = {"before": "grad[:, :-2] + ", "at": "grad[:, 1:-1] + ", "after": "grad[:, 2:] + "}
LOSSES = [
    (slices("zeros_like(x)", **SUMMED), None),  # cuts off fractions where x holds integers
    (slices(), "_overwritten_by_before_at_after"),
    (frames(to="="), "_overwritten_by_after_at_before"),
    (MATRIX, None),  # fails for a single frame
    (QUOTIENT.format(h=1e-5), None),
    (QUOTIENT.format(h=1e-3), None),
    (smooth(loss="np.minimum(r**2, 2000 * abs(r) - 10**6).sum()"), None),
    (smooth(grad="np.clip(grad, -1e6, 1e6)"), None),
    (smooth(loss="np.float32((r**2).sum())"), None),
    (smooth(loss="(r**2).mean()", grad="grad / (r.size or 1)"), "_mean_over_residuals_nan"),
    (smooth(loss="(r**2).mean()"), "_mean_over_residuals_in_the_loss_nan"),
    (smooth(loss="(r**2).sum() / len(x)", grad="grad / len(x)"), "_mean_over_coordinates"),
    (smooth(loss="grad", grad="(r**2).sum()"), "_exchanged"),
    (smooth(share=8), "_middle_doubled"),
    (smooth(share=0), "_neighbours_alone"),
    (smooth(again="1 / sigma"), "_rate_once"),
    (smooth(again="rate**2"), "_sigma_once"),
    (smooth(scale="(rate / sigma) ** 2"), "_sigma_squared"),
    (smooth(scale="rate * 2 / sigma"), "_rate_doubled"),
    (smooth(middle=1, share=2), "_middle_once"),
    (smooth(middle=1), "_middle_once_in_the_loss"),
    (frames("range(1, x.shape[1] - 2)"), "_last_left_out"),
    (frames("range(2, x.shape[1] - 1)"), "_first_left_out"),
    (frames("range(x.shape[1] - 1)"), "_before_the_first"),
    (frames("range(1, len(x) - 1)"), "_coordinates_counted"),
    (frames().replace("return", "    return"), None),
    ("x *= rate\n" + smooth(scale="rate / sigma", again="rate**2 / sigma"), None),
    ("if x.shape[1] < 3:\n    return 0, 0\n" + smooth(), None),
]

TURNED = """
theta = {theta}
if {zero}:
    return {there}
a, b = {sine} / theta, (1 - np.cos(theta)) / theta**2
by_a, by_b = (np.cos(theta) - a) / {divisor}, (a - 2 * b) / theta**2
slope = a * np.cross({cross}) - a * (g @ p) * r {bend}
slope = slope {grow} by_b * (r @ p) * (g @ r) * r
return slope + b * ({sides})
"""
VALUE = """
def value(r):
    t = np.linalg.norm(r) or 1e-9
    turned = np.cos(t) * p + np.sin(t) / t * np.cross(r, p) + (1 - np.cos(t)) / t**2 * (r @ p) * r
    return g @ turned
quotients = [(value(r + e) - value(r - e)) / 2e-5 for e in 1e-5 * np.eye(3)]
"""
WRAPPED = """
theta = np.linalg.norm(r)
if np.pi < theta < 2 * np.pi:
    r = r * (1 - 2 * np.pi / theta)
"""


def slope(**changes):
    """A student's rotation_slope, right but for the changes."""
    parts = {
        "theta": "np.linalg.norm(r)", "zero": "theta == 0", "there": "np.cross(p, g)",
        "sine": "np.sin(theta)", "divisor": "theta**2", "cross": "p, g",
        "bend": "+ by_a * (g @ np.cross(r, p)) * r", "grow": "+",
        "sides": "(g @ r) * p + (r @ p) * g",
    }  # fmt: skip
    return TURNED.format(**parts | changes)


SLOPES = [
    (slope(zero="theta < 1e-5"), "_small_below_1e-04"),
    (slope(zero="theta < 0.01"), "_small_below_1e-02"),
    (slope(zero="theta < 0.05"), "_small_below_1e-01"),
    (slope(zero="theta < 0.8"), "_small_below_1e+00"),
    (slope(zero="r.sum() == 0"), None),
    (slope(zero="not r.all()"), None),
    (slope(sine="np.sqrt(1 - np.cos(theta) ** 2)"), "_sine_never_negative"),
    (slope(theta="np.linalg.norm(r) % (2 * np.pi)"), None),
    (WRAPPED + slope(), None),
    (slope(theta="np.linalg.norm(r) + 1e-6"), "_1e-06_added_to_the_angle"),
    (slope(theta="max(np.linalg.norm(r), 0.01)"), "_angle_at_least_1e-02"),
    (VALUE + "return quotients", None),
    (VALUE + slope(there="quotients"), None),
    (slope(cross="g, p"), "_at_zero_right_turn"),
    (slope(divisor="1"), "_not_divided"),
    (slope(bend="+ by_a * (g @ np.cross(r, p))"), "_bend_without_r"),
    (slope(bend="+ by_a * np.cross(r, p) * r"), "_bend_by_elements"),
    (slope(grow="-"), "_outer_shrinks"),
    (slope(sides="2 * (r @ p) * g"), "_one_side_twice"),
    (slope(bend="", zero="False"), "_at_zero_nan_bend"),
    (slope(bend="", there="p"), "_at_zero_the_point_bend"),
    ("return np.cross(rotate(r, p), g)", "_turned_on"),
    ("return np.cross(p, rotate(-r, g))", "_turned_before"),
    ("r, p, g = (v.astype(np.float32) for v in (r, p, g))\n" + slope(), None),
    ("r[0] += 1\nr[0] -= 1\np[0] = -p[0]\n" + slope(), None),
]
WRONG = [
    *(("project_points", SEEN + body, mistake) for body, mistake in PROJECTIONS),
    *(("smooth_loss", body, mistake) for body, mistake in LOSSES),
    *(("rotation_slope", body, mistake) for body, mistake in SLOPES),
]


@pytest.mark.parametrize(
    ("name", "body", "mistake"), WRONG, ids=[f"{name}-{mistake}" for name, _, mistake in WRONG]
)
def test_a_wrong_answer_is_refused_and_told_its_cause(name, body, mistake):
    """None: no mistake is known that behaves like this, and the difference is measured."""
    verdict = judged(name, body)
    assert not verdict.ok
    assert verdict.mistake == mistake, str(verdict)


POINT_BY_POINT = """
places = []
for p in points.T:
    x, y, z = (float(row @ p + t) for row, t in zip(rotation, translation))
    u = (intrinsics[0][0] * x + intrinsics[0][1] * y) / z + intrinsics[0][2]
    places.append([u, intrinsics[1][1] * y / z + intrinsics[1][2]])
return np.transpose(places).tolist()
"""
ONE_MATRIX = """
camera = intrinsics @ np.column_stack([rotation, translation])
u, v, w = camera @ np.vstack([points, np.ones(points.shape[1])])
return u / w, v / w
"""
BY_THE_GRAPH = """
node = Node(r.astype(float))
return backward(total(rotate(node, p.astype(float)) * g))[node]
"""
SMALL = """
theta = np.linalg.norm(r)
if theta < 0.01:
    t = theta**2
    a, b = 1 - t / 6 + t**2 / 120, 1 / 2 - t / 24 + t**2 / 720
    by_a, by_b = -1 / 3 + t / 30 - t**2 / 840, -1 / 12 + t / 180 - t**2 / 6720
else:
    a, b = np.sin(theta) / theta, (1 - np.cos(theta)) / theta**2
    by_a, by_b = (np.cos(theta) - a) / theta**2, (a - 2 * b) / theta**2
along = -a * (g @ p) + by_a * (g @ np.cross(r, p)) + by_b * (r @ p) * (g @ r)
return along * r + a * np.cross(p, g) + b * (g @ r) * p + b * (r @ p) * g
"""
LEFT_JACOBIAN = """
theta = np.linalg.norm(r)
if theta < 1e-8:
    return np.cross(p, g)
hat = np.cross(np.eye(3), r)
turn = np.eye(3) + np.sin(theta) / theta * hat + (1 - np.cos(theta)) / theta**2 * hat @ hat
left = np.eye(3) + (1 - np.cos(theta)) / theta**2 * hat
left = left + (theta - np.sin(theta)) / theta**3 * hat @ hat
return left.T @ np.cross(turn @ p, g)
"""
QUATERNION = """
theta = np.linalg.norm(r)
if theta == 0:
    return np.cross(p, g)
u, w = r / theta, np.cos(theta / 2)
v = np.sin(theta / 2) * u  # R p = p + 2 w v × p + 2 v × (v × p)
by_w = 2 * g @ np.cross(v, p)
by_v = 2 * w * np.cross(p, g) + 2 * ((g @ v) * p + (v @ p) * g) - 4 * (g @ p) * v
across = np.eye(3) - np.outer(u, u)
return -by_w / 2 * v + np.sin(theta / 2) / theta * across @ by_v + w / 2 * (u @ by_v) * u
"""
COMPLEX_STEP = """
if not r.any():
    return np.cross(p, g)
slopes = []
for e in np.eye(3):
    z = r + 1e-30j * e
    t = np.sqrt(z @ z)
    y = np.cos(t) * p + np.sin(t) / t * np.cross(z, p) + (1 - np.cos(t)) / t**2 * (z @ p) * z
    slopes.append((g @ y).imag / 1e-30)
return slopes
"""
RIGHT = [
    ("project_points", POINT_BY_POINT),
    ("project_points", ONE_MATRIX),
    ("project_points", SEEN + "return intrinsics[:2] @ (s / s[2])"),
    ("project_points", SEEN + "return q[:2] / np.maximum(q[2], 1e-12)"),
    ("project_points", SEEN + "q = q.astype(float)\nq /= q[2].copy()\nreturn q[:2]"),
    ("project_points", "s = points.T @ rotation.T + translation\nq = s @ intrinsics.T\n"
     "return (q[:, :2] / q[:, 2:]).T"),
    ("smooth_loss", smooth()),
    ("smooth_loss", smooth(loss="np.linalg.norm(r) ** 2", grad="grad.tolist()")),
    ("smooth_loss", frames()),
    ("smooth_loss", slices(**SUMMED)),
    ("smooth_loss", MATRIX.replace("x.shape[1] - 2", "max(x.shape[1] - 2, 0)")),
    ("smooth_loss", "x = x - x.mean(axis=1, keepdims=True)\n" + smooth()),
    ("smooth_loss", "if x.shape[1] < 3:\n    return 0, np.zeros_like(x)\n" + smooth()),
    ("rotation_slope", slope()),
    ("rotation_slope", slope(zero="np.allclose(r, 0)")),
    ("rotation_slope", slope(zero="theta < 1e-6")),
    ("rotation_slope", slope(theta="np.sqrt(r @ r + 1e-12)")),
    ("rotation_slope", SMALL),
    ("rotation_slope", BY_THE_GRAPH),
    ("rotation_slope", LEFT_JACOBIAN),
    ("rotation_slope", QUATERNION),
    ("rotation_slope", COMPLEX_STEP),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body"), RIGHT, ids=[name for name, _ in RIGHT])
def test_a_right_answer_written_differently_passes(name, body):
    verdict = judged(name, body)
    assert verdict.ok, str(verdict)


def test_the_buggy_rotation_of_the_exercise_is_named():
    """The code that the exercise shows, word for word."""
    text = (PROJECT / "exercises" / "19_pose_estimation.ipynb").read_text("utf-8")
    cells = ["".join(c["source"]) for c in json.loads(text)["cells"]]
    shown = next(c for c in cells if "Find the bugs" in c)
    code = shown.split("```python\n")[1].split("```")[0]
    scope = {"np": np}
    exec(code, scope)
    assert check.rotation_slope.judge(scope["rotation_slope"]).mistake == "_both_bugs"
