"""The hand: its bones, its joints, and its kinematics against a chain of rotation matrices."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit import graphs
from coursekit.gradcheck import check_gradient
from coursekit.graphs import Node, backward
from coursekit.pose.hand import BONES, CHAINS, FINGERS, JOINTS, KEYPOINTS, RELAXED, Hand
from coursekit.pose.poses import HandPose
from coursekit.pose.rotations import rotation_matrix

HAND = Hand()
FLAT = HandPose(np.zeros(3), np.zeros(3), np.zeros(20))
seeds = st.integers(0, 2**32 - 1)


def some_pose(seed, frames=()):
    rng = np.random.default_rng(seed)
    low, high = HAND.limits.T
    angles = rng.uniform(low, high, (*frames, 20)).T
    return HandPose(rng.normal(size=(3, *frames)), rng.normal(size=(3, *frames)), angles)


def chain(pose):
    """The keypoints by walking along each finger, a 3 × 3 matrix for each joint."""
    flat = HAND.keypoints(FLAT)
    points = [flat[:, 0]]
    for finger in range(5):
        root = 1 + 4 * finger
        bone, spread, first, second, third = (
            flat[:, root + 1] - flat[:, root],
            *pose.angles[[4 * finger + 1, 4 * finger, 4 * finger + 2, 4 * finger + 3]],
        )
        along = bone / np.linalg.norm(bone)
        # flexion carries `along` towards `palm`, spread towards `side`
        bent = HAND.keypoints(FLAT._replace(angles=np.eye(20)[4 * finger] * np.pi / 2))
        palm = bent[:, root + 1] - bent[:, root]
        palm = palm / np.linalg.norm(palm)
        side = np.cross(along, palm)
        turn = rotation_matrix(-palm * spread)
        points.append(at := flat[:, root])
        for bone_number, bend in enumerate((first, second, third)):
            turn = turn @ rotation_matrix(side * bend)
            length = np.linalg.norm(flat[:, root + bone_number + 1] - flat[:, root + bone_number])
            at = at + turn @ along * length
            points.append(at)
    return rotation_matrix(pose.rotation) @ np.stack(points, 1) + pose.translation[:, None]


@given(seeds)
def test_the_keypoints_are_those_of_a_chain_of_joints(seed):
    pose = some_pose(seed)
    np.testing.assert_allclose(HAND.keypoints(pose), chain(pose), atol=1e-14)


@given(seeds)
def test_bones_keep_their_length(seed):
    keypoints, flat = HAND.keypoints(some_pose(seed, (5,))), HAND.keypoints(FLAT)
    for start, end in BONES:
        length = np.linalg.norm(flat[:, start] - flat[:, end])
        lengths = np.linalg.norm(keypoints[:, start] - keypoints[:, end], axis=0)
        np.testing.assert_allclose(lengths, length, rtol=1e-12)


def test_frames_are_poses_one_by_one():
    pose = some_pose(3, (6,))
    together = HAND.keypoints(pose)
    assert together.shape == (3, 21, 6)
    for f in range(6):
        alone = HAND.keypoints(HandPose(*(value[:, f] for value in pose)))
        np.testing.assert_allclose(together[..., f], alone, atol=1e-15)


# mm; Buryanov & Kotiuk (2010), to 0.1 mm: metacarpal, phalanges, and the flesh at the tip
PUBLISHED = {
    "thumb": (46.2, 31.6, 21.7, 5.7),
    "index": (68.1, 39.8, 22.4, 15.8, 3.8),
    "middle": (64.6, 44.6, 26.3, 17.4, 4.0),
    "ring": (58.0, 41.4, 25.7, 17.3, 4.0),
    "little": (53.7, 32.7, 18.1, 16.0, 3.7),
}


@pytest.mark.parametrize("finger", FINGERS)
def test_the_lengths_are_the_published_ones(finger):
    *bones, last, flesh = PUBLISHED[finger]
    root = 1 + 4 * FINGERS.index(finger)
    flat = 1000 * HAND.keypoints(FLAT)
    lengths = np.linalg.norm(np.diff(flat[:, root : root + 4]), axis=0)
    np.testing.assert_allclose(lengths, [*bones[-2:], last + flesh], rtol=1e-12)
    if finger != "thumb":
        # its metacarpal begins where the carpus ends: 0.54 of the third one from the wrist
        fan = flat[:, root + 1] - flat[:, root]
        base = flat[:2, root] - bones[0] * (fan / np.linalg.norm(fan))[:2]
        assert np.linalg.norm(base) == pytest.approx(0.54 * 64.6, rel=1e-12)


def test_the_limits_are_the_published_ones():
    """Lin, Wu & Huang (2000) for the fingers' flexion, the American Academy for the thumb; in
    degrees. The 15 of the spread are our own."""
    degrees = np.rad2deg(HAND.limits).round(9).reshape(5, 4, 2).tolist()
    assert degrees[0] == [[-20, 15], [0, 70], [0, 50], [0, 80]]
    assert degrees[1:] == [[[0, 90], [-15, 15], [0, 110], [0, 90]]] * 4
    assert (HAND.limits[:, 0] < RELAXED).all()
    assert (HAND.limits[:, 1] > RELAXED).all()


def test_a_hand_has_a_thickness():
    """9 mm at a finger's second joint and 10 mm at the thumb's last; all of it scales."""
    radii = 1000 * HAND.radii
    np.testing.assert_allclose(radii[[6, 10, 14, 18]], 9)
    assert radii[3] == pytest.approx(10)
    assert radii.max() == radii[0]  # the wrist
    for root in (1, 5, 9, 13, 17):
        assert (np.diff(radii[root : root + 4]) < 0).all()  # it tapers
    np.testing.assert_allclose(Hand(1.1).keypoints(FLAT), 1.1 * HAND.keypoints(FLAT))
    np.testing.assert_allclose(Hand(1.1).radii, 1.1 * HAND.radii)
    np.testing.assert_allclose(HAND.lengths[:3], [0.0462, 0.0316, 0.0274])


@pytest.mark.parametrize("finger", range(5), ids=FINGERS)
def test_samples_beyond_a_joint_are_those_that_it_moves(finger):
    keypoints = HAND.keypoints(FLAT)
    for bone, angle in enumerate((0, 2, 3)):
        bent = HAND.keypoints(FLAT._replace(angles=0.3 * np.eye(20)[4 * finger + angle]))
        moved = np.abs(HAND.samples(bent) - HAND.samples(keypoints)).max(axis=0) > 1e-9
        assert moved.tolist() == HAND.samples_beyond(finger, bone).tolist()


def test_samples_of_something_else_are_refused():
    for wrong in (np.zeros((3, 20)), np.zeros((21, 3)), Node(np.zeros((3, 20, 5)))):
        with pytest.raises(ValueError, match=r"keypoints must be \(3, 21, …\), got"):
            HAND.samples(wrong)


def test_names_and_bones_are_in_the_usual_order():
    assert len(KEYPOINTS) == 21
    assert len(JOINTS) == len(HAND.limits) == 20
    assert [KEYPOINTS[i] for i in (0, 1, 4, 5, 8, 20)] == [
        "wrist", "thumb CMC", "thumb tip", "index MCP", "index tip", "little tip"
    ]  # fmt: skip
    assert BONES[:6] == ((0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 6))
    assert sorted(end for _, end in BONES) == list(range(1, 21))
    along = [bone for chain in CHAINS for bone in pairwise(chain)]
    assert tuple(along) == BONES


@pytest.mark.parametrize("finger", range(5), ids=FINGERS)
def test_a_joint_moves_what_lies_beyond_it_and_nothing_else(finger):
    flat = HAND.keypoints(FLAT)
    for angle, beyond in ((0, 2), (1, 2), (2, 3), (3, 4)):
        bent = HAND.keypoints(FLAT._replace(angles=0.3 * np.eye(20)[4 * finger + angle]))
        moved = np.abs(bent - flat).max(axis=0) > 1e-9
        expected = np.zeros(21, dtype=bool)
        expected[4 * finger + beyond : 4 * finger + 5] = True
        assert moved.tolist() == expected.tolist()


def test_flexion_is_towards_the_palm_and_spread_towards_the_thumb():
    for finger in range(1, 5):
        tip = 4 * finger + 4
        flexed = HAND.keypoints(FLAT._replace(angles=0.3 * np.eye(20)[4 * finger]))
        spread = HAND.keypoints(FLAT._replace(angles=0.3 * np.eye(20)[4 * finger + 1]))
        flat = HAND.keypoints(FLAT)
        assert flexed[2, tip] > flat[2, tip] + 0.01
        assert spread[0, tip] > flat[0, tip] + 0.01
        assert spread[2, tip] == pytest.approx(flat[2, tip])
    out = HAND.keypoints(FLAT._replace(angles=1.0 * np.eye(20)[1]))
    assert out[2, 4] > HAND.keypoints(FLAT)[2, 4] + 0.03  # the thumb, out of the palm's plane


def test_a_hand_is_of_human_size():
    """Hand length and breadth of adults lie between 155 and 210 and 65 and 95 mm."""
    flat = HAND.keypoints(FLAT)
    assert 0.155 < flat[1, 12] < 0.210
    breadth = flat[0, 5] - flat[0, 17] + HAND.radii[5] + HAND.radii[17]
    assert 0.065 < breadth < 0.095


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_through_the_kinematics(seed):
    pose = some_pose(seed, (2,))
    w = np.random.default_rng(9).normal(size=(3, 21, 2))

    def split(x):
        return HandPose(x[:3], x[3:6], x[6:])

    def gradient(x):
        at = Node(x)
        return backward(graphs.sum(w * HAND.keypoints(split(at))))[at]

    report = check_gradient(
        lambda x: float((w * HAND.keypoints(split(x))).sum()),
        gradient,
        np.concatenate(pose),
        tolerance=1e-7,
    )
    assert report.ok, report


def test_samples_lie_on_the_bones():
    keypoints = HAND.keypoints(some_pose(4, (3,)))
    samples, radii = HAND.samples(keypoints), HAND.sample_radii
    assert samples.shape == (3, 55, 3)
    assert radii.shape == (55,)
    starts, ends = (keypoints[:, list(joints)] for joints in zip(*BONES, strict=True))
    for s in range(55):
        to_start = np.linalg.norm(samples[:, s, None] - starts, axis=0)
        to_end = np.linalg.norm(samples[:, s, None] - ends, axis=0)
        detour = to_start + to_end - np.linalg.norm(starts - ends, axis=0)
        assert (detour.min(axis=0) < 1e-12).all()
    assert radii.min() >= HAND.radii.min()
    assert radii.max() <= HAND.radii.max()
    at = HAND.samples(Node(keypoints))
    np.testing.assert_allclose(at.value, samples, atol=1e-15)
    np.testing.assert_allclose(HAND.samples(keypoints[..., 0]), samples[..., 0], atol=1e-15)


def test_what_is_refused():
    with pytest.raises(ValueError, match="scale must be a number > 0, got 0"):
        Hand(0)
    with pytest.raises(ValueError, match="angles must have 20 coordinates"):
        HAND.keypoints(FLAT._replace(angles=np.zeros(19)))
    with pytest.raises(ValueError, match="each frame of the points"):
        HAND.keypoints(HandPose(np.zeros((3, 2)), np.zeros((3, 2)), np.zeros((20, 3))))
