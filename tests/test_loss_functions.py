"""Losses: PyTorch's figures, numbers worked out by hand, and what is refused."""

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from coursekit import losses
from coursekit.checks import loss_functions as check
from coursekit.datasets import shoe_sizes
from coursekit.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    huber,
    huber_loss,
    mean_absolute_error,
    mean_squared_error,
    sum_of_squared_residuals,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "losses.json").read_text("utf-8"))
OURS = {
    **{loss.name: loss for loss in losses.ALL},
    "huber(delta=0.5)": huber_loss(0.5),
    "huber(delta=2.5)": huber_loss(2.5),
    "cross_entropy of distributions": cross_entropy,
}
of_numbers = pytest.mark.parametrize(
    "loss",
    [sum_of_squared_residuals, mean_squared_error, mean_absolute_error, huber, huber_loss(0.3)],
    ids=repr,
)
every_loss = pytest.mark.parametrize("loss", losses.ALL, ids=repr)


def fitting(loss):
    """A prediction and a target that the loss takes, both (3, 2)."""
    prediction = np.array([[0.2, 0.7], [0.5, 0.1], [0.9, 0.4]])
    return prediction, np.array([[0.25, 0.5], [0.25, 0.0], [0.5, 0.5]])


# --- other people's figures ------------------------------------------------------------------

CASES = [case for case in GOLDEN["cases"] if not case["loss"].startswith("smooth_l1")]


def test_every_loss_has_figures_from_torch():
    assert {case["loss"] for case in CASES} == set(OURS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["loss"])
def test_value_and_gradient_are_those_of_torch(case):
    """A mean of a dozen numbers, in float64 on both sides."""
    loss, given_ = OURS[case["loss"]], (case["prediction"], case["target"])
    np.testing.assert_allclose(loss(*given_), case["value"], rtol=1e-13)
    np.testing.assert_allclose(loss.grad(*given_), case["grad"], rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize(
    "case", [case for case in GOLDEN["cases"] if case["loss"] == "smooth_l1(beta=2.5)"]
)
def test_smooth_l1_is_huber_divided_by_delta(case):
    """As chapter 01 says of the two names in PyTorch."""
    given_ = case["prediction"], case["target"]
    np.testing.assert_allclose(huber_loss(2.5)(*given_) / 2.5, case["value"], rtol=1e-13)


def test_certain_and_wrong_costs_infinity_and_in_torch_100():
    assert binary_cross_entropy([0], [1]) == binary_cross_entropy([1], [0]) == np.inf
    assert binary_cross_entropy.grad([0], [1])[0] == -np.inf
    assert GOLDEN["about"]["binary_cross_entropy of p = 0, y = 1"] == 100


# --- worked out by hand ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (sum_of_squared_residuals, 1.41),  # 0.25 + 0.16 + 1, lecture D's line
        (mean_squared_error, 0.47),
        (mean_absolute_error, 1.9 / 3),
        (huber, 0.235),  # no residual is larger than 1: half the mean square
        (huber_loss(0.5), (0.125 + 0.08 + 0.375) / 3),
    ],
    ids=repr,
)
def test_the_lectures_line_of_slope_1_and_intercept_0(loss, expected):
    size, height = shoe_sizes()
    assert loss(1 * size + 0, height) == pytest.approx(expected, rel=1e-14)


def test_the_example_of_the_module():
    assert mean_squared_error([1, 2], [1, 4]) == 2.0
    assert mean_squared_error.grad([1, 2], [1, 4]).tolist() == [0, -2]


@pytest.mark.parametrize(
    ("p", "y", "expected"),
    [
        (0.5, 1, math.log(2)),
        (0.25, 1, math.log(4)),
        (0.25, 0, math.log(4 / 3)),
        (0.5, 0.5, math.log(2)),
        (1, 1, 0),
        (0, 0, 0),
        (0.9, 0.9, -0.9 * math.log(0.9) - 0.1 * math.log(0.1)),
    ],
)
def test_binary_cross_entropy_by_hand(p, y, expected):
    assert binary_cross_entropy([p], [y]) == pytest.approx(expected, rel=1e-14, abs=1e-300)


@pytest.mark.parametrize(
    ("p", "y", "slope"), [(0, 0, 1), (1, 1, -1), (0.5, 1, -2), (0.25, 0, 4 / 3)]
)
def test_the_slope_of_binary_cross_entropy_by_hand(p, y, slope):
    """−y/p + (1 − y)/(1 − p), and 0/0 counts as 0: certain and right has a slope."""
    assert binary_cross_entropy.grad([p], [y])[0] == pytest.approx(slope, rel=1e-14)


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes():
    for k in (2, 3, 10):
        assert cross_entropy(np.zeros(k), 0) == pytest.approx(math.log(k), rel=1e-14)


def test_the_slope_of_the_absolute_error_is_a_sign_and_0_at_the_kink():
    assert (4 * mean_absolute_error.grad([3, -1, 0, 1e-9], [0, 0, 0, 0])).tolist() == [1, -1, 0, 1]


@pytest.mark.parametrize("delta", [0.1, 1, 7.5])
def test_hubers_pieces_meet_at_delta_without_a_kink(delta):
    loss = huber_loss(delta)
    for sign in (-1, 1):
        inside, outside = sign * delta * (1 - 1e-9), sign * delta * (1 + 1e-9)
        assert loss([sign * delta], [0]) == pytest.approx(delta**2 / 2, rel=1e-14)
        assert loss([outside], [0]) - loss([inside], [0]) == pytest.approx(
            2e-9 * delta**2, rel=1e-5
        )
        assert loss.grad([inside], [0])[0] == pytest.approx(sign * delta, rel=2e-9)
        assert loss.grad([100 * outside], [0])[0] == sign * delta


def test_a_loss_of_0_says_that_all_is_right():
    for loss in (sum_of_squared_residuals, mean_squared_error, mean_absolute_error, huber):
        assert loss([1.5, -2], [1.5, -2]) == 0
        assert loss([1.5, -2], [1.5, -2 + 1e-6]) > 0


@given(y=st.floats(0.01, 0.99), p=st.floats(0.01, 0.99))
def test_no_prediction_beats_the_target_itself(y, p):
    """For a target between 0 and 1 the smallest cross-entropy is its entropy, not 0."""
    assert binary_cross_entropy([p], [y]) >= binary_cross_entropy([y], [y]) - 1e-15


# --- gradients -------------------------------------------------------------------------------


STEP = 1e-5


def central_differences(loss, prediction, target):
    """∂loss/∂prediction, and how far rounding may take it off."""
    slopes = np.zeros_like(prediction)
    for at in np.ndindex(prediction.shape):
        away = np.zeros_like(prediction)
        away[at] = STEP
        slopes[at] = (loss(prediction + away, target) - loss(prediction - away, target)) / 2 / STEP
    return slopes, 1e-7 + 1e-14 * loss(prediction, target) / STEP


shapes = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)
pairs_of_shape = shapes.flatmap(
    lambda shape: st.tuples(*(hnp.arrays(float, shape, elements=st.floats(-9, 9)) for _ in "py"))
)


@of_numbers
@given(pair=pairs_of_shape)
def test_gradients_for_numbers_match_central_differences(loss, pair):
    prediction, target = pair
    near_a_kink = np.abs(np.abs(prediction - target)[..., None] - [0, 0.3, 1]) < 2 * STEP
    prediction = prediction + 5 * STEP * near_a_kink.any(axis=-1)
    slopes, rounding = central_differences(loss, prediction, target)
    np.testing.assert_allclose(loss.grad(prediction, target), slopes, rtol=1e-6, atol=rounding)


@given(
    p=hnp.arrays(float, 6, elements=st.floats(0.05, 0.95)),
    z=hnp.arrays(float, (3, 2), elements=st.floats(-20, 20)),
    y=hnp.arrays(float, 6, elements=st.floats(0, 1)),
    labels=hnp.arrays(int, 2, elements=st.integers(0, 2)),
)
def test_gradients_for_classes_match_central_differences(p, z, y, labels):
    weights = y.reshape(3, 2) + 0.1
    for loss, prediction, target in [
        (binary_cross_entropy, p, y),
        (binary_cross_entropy_with_logits, z, y.reshape(3, 2)),
        (cross_entropy, z, labels),
        (cross_entropy, z, weights / weights.sum(axis=0)),
    ]:
        slopes, rounding = central_differences(loss, prediction, target)
        np.testing.assert_allclose(loss.grad(prediction, target), slopes, rtol=1e-5, atol=rounding)


def test_through_a_sigmoid_the_two_binary_losses_agree():
    z, y = np.linspace(-8, 8, 9), np.linspace(0, 1, 9)
    p = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(
        binary_cross_entropy_with_logits(z, y), binary_cross_entropy(p, y), rtol=1e-11
    )
    np.testing.assert_allclose(
        binary_cross_entropy_with_logits.grad(z, y),
        binary_cross_entropy.grad(p, y) * p * (1 - p),
        rtol=1e-9,
        atol=1e-15,
    )


# --- logits of any size ----------------------------------------------------------------------


@pytest.mark.parametrize("size", [1e3, 1e5, 1e300])
def test_the_cross_entropy_of_huge_logits_is_their_difference(size):
    z = np.array([size, 0.0, -size / 2])
    assert [cross_entropy(z, label) for label in range(3)] == [0, size, 1.5 * size]
    assert cross_entropy.grad(z, 2).tolist() == [1, 0, -1]
    assert cross_entropy(-z[:2], 0) == size


@pytest.mark.parametrize("size", [1e3, 1e5, 1e300])
def test_the_binary_cross_entropy_of_huge_logits_is_their_size(size):
    loss = binary_cross_entropy_with_logits
    assert [loss([size], [1]), loss([-size], [1]), loss([size], [0])] == [0, size, size]
    assert loss.grad([size, -size], [0, 1]).tolist() == [0.5, -0.5]


def test_where_there_is_one_class_nothing_can_be_wrong():
    assert cross_entropy([[3.0, -5.0]], [0, 0]) == 0
    assert cross_entropy.grad([[3.0, -5.0]], [0, 0]).tolist() == [[0, 0]]


def test_a_shift_of_all_logits_changes_nothing():
    z = np.array([0.5, -1.25, 2.0])
    for shift in (1000, -1000):
        np.testing.assert_allclose(cross_entropy(z + shift, 1), cross_entropy(z, 1), rtol=1e-13)


def test_an_impossible_class_costs_nothing_until_it_happens():
    z = np.array([0.0, -np.inf])
    assert cross_entropy(z, 0) == 0
    assert cross_entropy(z, 1) == np.inf


@every_loss
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_prediction_that_is_not_finite_gives_such_a_loss_and_no_warning(loss, bad):
    """A run that diverges must be able to say so; a number out of range is still an error."""
    prediction, target = fitting(loss)
    prediction[0, 0] = bad
    if loss is binary_cross_entropy and not np.isnan(bad):
        with pytest.raises(ValueError, match="prediction must be within"):
            loss(prediction, target)
        return
    assert not np.isfinite(loss(prediction, target))
    assert loss.grad(prediction, target).shape == (3, 2)


# --- what goes in, what comes out ------------------------------------------------------------


@every_loss
def test_a_loss_is_a_float_and_its_gradient_is_shaped_like_the_prediction(loss):
    prediction, target = fitting(loss)
    assert type(loss(prediction, target)) is float
    gradient = loss.grad(prediction, target)
    assert gradient.shape == prediction.shape
    assert gradient.dtype == np.float64


@every_loss
def test_nothing_that_goes_in_is_modified(loss):
    prediction, target = fitting(loss)
    for array in (prediction, target):
        array.flags.writeable = False
    before = prediction.copy(), target.copy()
    loss.grad(prediction, target)[...] = 7
    np.testing.assert_array_equal((prediction, target), before)


@every_loss
def test_lists_and_single_precision_are_taken(loss):
    """Single precision is converted first, and not computed in."""
    prediction, target = fitting(loss)
    assert loss(prediction.tolist(), target.tolist()) == loss(prediction, target)
    single = prediction.astype(np.float32)
    assert loss(single, target) == loss(single.astype(float), target)


def test_integers_are_converted_and_do_not_wrap_round():
    """In uint8, 0 − 255 is 1."""
    dark, light = np.array([0, 10], dtype=np.uint8), np.array([255, 9], dtype=np.uint8)
    assert mean_squared_error(dark, light) == (255**2 + 1) / 2
    assert mean_squared_error.grad(dark, light).tolist() == [-255, 1]
    assert mean_squared_error([1, 2], [2, 4]) == 2.5
    assert mean_squared_error([True], [False]) == 1


def test_single_numbers_are_taken():
    assert mean_squared_error(3, 1) == 4
    assert mean_squared_error.grad(3, 1) == 4


def test_the_mean_is_over_all_elements_and_over_the_examples_of_columns():
    ones, zeros = np.ones((2, 3)), np.zeros((2, 3))
    assert mean_squared_error(ones, zeros) == 1
    assert mean_squared_error.grad(ones, zeros).tolist() == [[1 / 3] * 3] * 2
    assert sum_of_squared_residuals(ones, zeros) == 6
    assert cross_entropy(zeros, [0, 1, 1]) == pytest.approx(math.log(2), rel=1e-14)
    assert cross_entropy.grad(zeros, [0, 1, 1])[:, 0].tolist() == pytest.approx([-1 / 6, 1 / 6])


def test_columns_may_have_more_than_one_axis_of_examples():
    z = np.arange(24.0).reshape(3, 2, 4) % 5
    labels = np.arange(8).reshape(2, 4) % 3
    flat = cross_entropy(z.reshape(3, 8), labels.ravel())
    assert cross_entropy(z, labels) == pytest.approx(flat, rel=1e-14)


def test_labels_and_columns_with_a_single_1_say_the_same():
    z, labels = np.array([[0.5, 2.0], [1.0, -1.0], [0.0, 0.25]]), np.array([2, 0])
    columns = np.array([[0, 1], [0, 0], [1, 0]])
    assert cross_entropy(z, labels) == cross_entropy(z, columns)


@every_loss
def test_a_loss_is_printed_by_its_name(loss):
    assert repr(loss) == f"<Loss {loss.name}>"
    assert getattr(losses, loss.name) is loss


def test_a_loss_cannot_be_changed_by_one_chapter_for_the_others():
    with pytest.raises(dataclasses.FrozenInstanceError):
        mean_squared_error.average = False


def test_hubers_delta_is_part_of_its_name():
    assert repr(huber_loss(0.5)) == "<Loss huber(delta=0.5)>"
    assert huber_loss().name == huber_loss(1).name == "huber"


# --- what is refused -------------------------------------------------------------------------


@every_loss
def test_a_column_against_a_row_is_refused_and_explained(loss):
    """(m,) against (m, 1) would be an (m, m) loss."""
    with pytest.raises(ValueError, match=r"\(3, 1\).*\(3,\)|\(3,\).*\(3, 1\)") as caught:
        loss(np.full((3, 1), 0.5), np.full(3, 1 / 3))
    assert str(caught.value).startswith(loss.name)
    assert "every prediction with every target" in str(caught.value)


@every_loss
def test_other_shapes_are_refused_too(loss):
    with pytest.raises(ValueError, match=r"got prediction \(3, 2\) and target \(4, 5\)\.$"):
        loss.grad(np.full((3, 2), 0.5), np.full((4, 5), 0.25))


@every_loss
def test_an_empty_batch_is_refused(loss):
    with pytest.raises(ValueError, match=f"^{loss.name} needs at least one prediction"):
        loss(np.zeros((0, 2)), np.zeros((0, 2)))


@every_loss
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_target_that_is_not_finite_is_refused_with_its_place(loss, bad):
    prediction, target = fitting(loss)
    target[1, 0] = bad
    with pytest.raises(ValueError, match=rf"{loss.name}: target must be finite.*\(1, 0\)"):
        loss(prediction, target)


@every_loss
@pytest.mark.parametrize("bad", [["a", "b"], [1j, 2], [None, 1], [[1, 2], [3]], {"a": 1}], ids=str)
def test_what_is_not_made_of_real_numbers_is_refused(loss, bad):
    with pytest.raises(TypeError, match=f"{loss.name}: prediction must be"):
        loss(bad, [0.5, 0.5])
    with pytest.raises(TypeError, match=f"{loss.name}: target must be"):
        loss.grad([0.5, 0.5], bad)


@pytest.mark.parametrize("bad", [1.5, -0.25, 1 + 1e-9, -1e-9])
def test_probabilities_outside_0_and_1_are_refused(bad):
    with pytest.raises(ValueError, match=r"prediction must be within \[0, 1\].*with_logits"):
        binary_cross_entropy([0.5, bad], [1, 0])
    for loss in (binary_cross_entropy, binary_cross_entropy_with_logits):
        with pytest.raises(ValueError, match=rf"{loss.name}: target must be within \[0, 1\]"):
            loss([0.5, 0.5], [bad, 0])


@pytest.mark.parametrize("bad", [3, -1, 0.5])
def test_labels_that_are_no_class_are_refused(bad):
    with pytest.raises(ValueError, match="whole numbers from 0 to 2, got"):
        cross_entropy(np.zeros((3, 2)), [0, bad])


@pytest.mark.parametrize("bad", [[0.5, 0.6], [0.5, 0.5 + 1e-8], [1.5, -0.5], [0, 0]])
def test_targets_that_are_no_distribution_are_refused(bad):
    with pytest.raises(ValueError, match="add up to 1 along the first axis"):
        cross_entropy([1.0, 2.0], bad)


def test_a_distribution_may_be_off_by_rounding():
    """By 1e-9 and no more."""
    tenths = np.full(10, 0.1)
    nearly = cross_entropy(np.zeros(10), tenths * (1 + 0.95e-9))
    assert nearly == pytest.approx(math.log(10), rel=1e-8)
    with pytest.raises(ValueError, match="add up to 1"):
        cross_entropy(np.zeros(10), tenths * (1 + 1.05e-9))


def test_the_cross_entropy_of_one_number_is_refused():
    with pytest.raises(ValueError, match="needs a logit for each class"):
        cross_entropy(1.0, 0)


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf])
def test_hubers_delta_must_be_positive(bad):
    with pytest.raises(ValueError, match="huber_loss: delta must be a number > 0"):
        huber_loss(bad)


# --- the exercises: right answers written differently ----------------------------------------


def _loop_over_all(prediction, target):
    total = 0.0
    for p, y in zip(prediction.ravel(), target.ravel(), strict=True):
        total += (float(p) - float(y)) ** 2
    return total / prediction.size


def _with_python_floats(logits, label):
    largest = max(logits)
    return float(largest) + math.log(sum(math.exp(z - largest) for z in logits)) - logits[label]


def _others_against_the_label(logits, label):
    """log(1 + Σ e^(z_j − z_label)) over the others, again shifted."""
    differences = np.delete(logits, label) - float(logits[label])
    return np.logaddexp.reduce(np.append(differences, 0.0))


def _by_sorting(target):
    in_order = sorted(target.tolist())
    n = len(in_order)
    return [sum(in_order) / n, (in_order[(n - 1) // 2] + in_order[n // 2]) / 2]


@pytest.mark.parametrize(
    ("exercise", "submission"),
    [
        (check.mean_squared_error, lambda p, y: np.average((y - p) ** 2)),
        (check.mean_squared_error, lambda a, b: np.square(np.subtract(a, b)).sum() / a.size),
        (check.mean_squared_error, lambda p, y: np.vdot(p - y, p - y) / np.size(p)),
        (check.mean_squared_error, lambda p, y: np.linalg.norm(p - y) ** 2 / p.size),
        (check.mean_squared_error, lambda p, y: (p - y).var() + (p - y).mean() ** 2),
        (check.mean_squared_error, _loop_over_all),
        (check.mean_squared_error, mean_squared_error),
        (check.cross_entropy, lambda z, k: np.logaddexp.reduce(z) - z[k]),
        (check.cross_entropy, lambda z, k: -(z - np.logaddexp.reduce(z))[k]),
        (check.cross_entropy, _with_python_floats),
        (check.cross_entropy, _others_against_the_label),
        (check.cross_entropy, cross_entropy),
        (check.best_constants, lambda y: (y.sum() / y.size, np.percentile(y, 50))),
        (check.best_constants, lambda y: np.array([np.average(y), np.quantile(y, 0.5)])),
        (check.best_constants, _by_sorting),
    ],
)
def test_a_right_answer_written_differently_is_right(exercise, submission):
    verdict = exercise.judge(submission)
    assert verdict.ok, str(verdict)


@pytest.mark.parametrize(
    "submission",
    [
        lambda z, k: np.log2(np.exp(z - z.max()).sum()) + z.max() - z[k],
        lambda z, k: np.logaddexp.reduce(z / 10) - z[k] / 10,
        lambda z, k: min(np.logaddexp.reduce(z) - z[k], 700),
        lambda z, k: np.log(np.exp(z - z.max()).sum().astype(np.float32)) + z.max() - z[k],
    ],
)
def test_a_patch_that_nobody_listed_is_rejected(submission):
    verdict = check.cross_entropy.judge(submission)
    assert verdict.kind == "wrong"
    assert verdict.mistake is None
