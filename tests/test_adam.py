"""Adam: what chapter 14 claims of it, its variants against forms written out anew, its exercises.

That every step is that of PyTorch and Optax is tested in test_optimizers.py.
"""

import json
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.checks import adam as check
from coursekit.descent import minimize, states
from coursekit.landscapes import bowl, himmelblau, valley
from coursekit.optimizers import Adam, RMSprop
from coursekit.schedules import cosine

HERE = Path(__file__).parent

# gradients of a size at which neither rounding nor a small ε decides
sizes = st.floats(1e-3, 1e3)
signed = st.builds(lambda size, sign: size * sign, sizes, st.sampled_from((-1.0, 1.0)))
gradients = st.lists(st.one_of(signed, st.just(0.0)), min_size=1, max_size=30).map(np.array)
betas = st.floats(0, 0.9999)
rates = st.floats(1e-4, 10)


def walk(rule, grads, x0=0.0):
    """The points of one coordinate under these gradients, the start included."""
    x, points = np.array([float(x0)]), [float(x0)]
    state = rule.init(x)
    for g in grads:
        x, state = rule.step(x, np.array([g]), state)
        points.append(x[0])
    return np.array(points)


def moves(rule, grads):
    """How far each step goes downhill, each from 0, so that no rounding of a far x gets in."""
    state, found = rule.init(np.zeros(1)), []
    for g in grads:
        x, state = rule.step(np.zeros(1), np.array([g]), state)
        found.append(-x[0])
    return np.array(found)


def averages(grads, beta1, beta2):
    """(t, m_t, v_t), from the weights of every gradient instead of from step to step."""
    for t in range(1, len(grads) + 1):
        age = np.arange(t)[::-1]
        weights = (1 - beta1) * beta1**age, (1 - beta2) * beta2**age
        yield t, weights[0] @ grads[:t], weights[1] @ grads[:t] ** 2


# --- the rule -------------------------------------------------------------------------------


def test_three_steps_on_paper():
    """Section 14.2 in fractions: gradients 2, 1, −1, lr 0.1."""
    beta1, beta2 = Fraction(9, 10), Fraction(999, 1000)
    m = v = Fraction(0)
    taken = moves(Adam(0.1, eps=0), [2, 1, -1])
    seen = []
    for t, (g, move) in enumerate(zip((2, 1, -1), taken, strict=True), start=1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        assert move == pytest.approx(0.1 * float(m_hat) / math.sqrt(v_hat), rel=1e-12)
        seen.append((m_hat, v_hat))
    assert seen[0] == (2, 4)
    assert seen[1] == (Fraction(28, 19), Fraction(4996, 1999))
    assert [round(float(m_hat), 4) for m_hat, _ in seen] == [2, 1.4737, 0.5609]
    assert taken.round(4).tolist() == [0.1, 0.0932, 0.0397]


@given(grads=gradients, beta1=betas, beta2=betas, lr=rates, eps=st.floats(1e-8, 10))
def test_every_step_is_the_quotient_of_two_weighted_means(grads, beta1, beta2, lr, eps):
    """With m and v from the weights (1 − β) βᵏ of the gradients k steps ago."""
    taken = moves(Adam(lr, beta1, beta2, eps), grads)
    for (t, m, v), move in zip(averages(grads, beta1, beta2), taken, strict=True):
        expected = lr * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + eps)
        assert move == pytest.approx(expected, rel=1e-6, abs=1e-9 * max(lr, 1))


@given(grads=gradients, beta1=betas, beta2=betas, eps=st.floats(1e-8, 10))
def test_the_eps_hat_form_is_the_formula_below_algorithm_1(grads, beta1, beta2, eps):
    """lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε), as Kingma & Ba write it."""
    taken = moves(Adam(1.0, beta1, beta2, eps, eps_hat=True), grads)
    for (t, m, v), move in zip(averages(grads, beta1, beta2), taken, strict=True):
        rate = math.sqrt(1 - beta2**t) / (1 - beta1**t)
        assert move == pytest.approx(rate * m / (math.sqrt(v) + eps), rel=1e-6, abs=1e-9)


@given(grads=gradients, beta=betas, lr=rates, eps=st.floats(1e-8, 10), decay=st.floats(0, 0.1))
def test_without_beta1_it_is_rmsprop_with_bias_correction(grads, beta, lr, eps, decay):
    """For every ε and with L2 in the gradient, too."""
    one = Adam(lr, beta1=0, beta2=beta, eps=eps, weight_decay=decay)
    other = RMSprop(lr, beta=beta, eps=eps, bias_correction=True, weight_decay=decay)
    scale = np.abs(walk(one, grads, 1.0)).max()
    np.testing.assert_allclose(
        walk(one, grads, 1.0), walk(other, grads, 1.0), rtol=1e-9, atol=1e-12 * scale
    )


# --- the first step -------------------------------------------------------------------------


@given(g=st.floats(1e-12, 1e6), sign=st.sampled_from((-1, 1)), lr=rates, beta1=betas, beta2=betas)
def test_the_first_step_is_lr_times_the_sign_down_to_the_size_of_eps(g, sign, lr, beta1, beta2):
    """lr · g / (|g| + ε) in the usual form, lr · g / (|g| + ε / √(1 − β₂)) in the ε̂ form."""
    usual = walk(Adam(lr, beta1, beta2, eps=1e-8), [sign * g])[1]
    hat = walk(Adam(lr, beta1, beta2, eps=1e-8, eps_hat=True), [sign * g])[1]
    assert usual == pytest.approx(-sign * lr * g / (g + 1e-8), rel=1e-9)
    assert hat == pytest.approx(-sign * lr * g / (g + 1e-8 / math.sqrt(1 - beta2)), rel=1e-9)


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        (Adam(1.0), 0.909),
        (Adam(1.0, eps_hat=True), 0.240),
        (Adam(1.0, eps_hat=True, eps=1e-7), 0.031),
    ],
)
def test_the_first_step_at_a_gradient_of_1e_7(rule, first):
    """PyTorch's form, the ε̂ form with the same ε, and Keras' default."""
    assert -walk(rule, [1e-7])[1] == pytest.approx(first, abs=5e-4)


@given(lr=rates, g=sizes)
def test_the_uncorrected_first_step_is_three_times_too_long(lr, g):
    """(1 − β₁) / √(1 − β₂) = 3.16; with 1 − β for 1 − βᵗ it is right, in this step alone."""
    assert -walk(Adam(lr, bias_correction=False, eps=0), [g])[1] == pytest.approx(
        lr * 0.1 / math.sqrt(0.001), rel=1e-9
    )
    constant, right = (
        moves(Adam(lr, bias_correction=c, eps=0), [g] * 3) for c in ("constant", True)
    )
    assert constant[0] == pytest.approx(right[0], rel=1e-9)
    assert (constant[1:] > 1.3 * right[1:]).all()


@given(grads=gradients, beta1=betas, beta2=betas, lr=rates)
def test_dividing_by_one_minus_beta_is_no_correction_at_another_rate(grads, beta1, beta2, lr):
    """Lecture D's slip takes the uncorrected steps, each times √(1 − β₂) / (1 − β₁)."""
    factor = math.sqrt(1 - beta2) / (1 - beta1)
    slip = walk(Adam(lr, beta1, beta2, 1e-3, bias_correction="constant"), grads)
    eps = 1e-3 * math.sqrt(1 - beta2)
    none = walk(Adam(lr * factor, beta1, beta2, eps, bias_correction=False), grads)
    np.testing.assert_allclose(slip, none, rtol=1e-8, atol=1e-10 * np.abs(slip).max())


def test_the_missing_correction_is_a_schedule():
    """A corrected Adam whose rate is lr (1 − β₁ᵗ) / √(1 − β₂ᵗ) takes the uncorrected steps."""

    def rate(step):
        return 0.02 * (1 - 0.9 ** (step + 1)) / math.sqrt(1 - 0.999 ** (step + 1))

    ends = [
        minimize(himmelblau, (0, 0), rule, steps=200).x
        for rule in (Adam(0.02, bias_correction=False, eps=0), Adam(rate, eps=0))
    ]
    np.testing.assert_allclose(*ends, rtol=1e-9)


# --- the size of gradients and of steps -----------------------------------------------------


@given(grads=gradients, power=st.integers(-20, 20), beta1=betas, beta2=betas)
def test_the_path_does_not_depend_on_the_scale_of_the_loss(grads, power, beta1, beta2):
    """Gradients and ε a power of two as large: the same steps, to the last digit."""
    scale = 2.0**power
    one = walk(Adam(0.1, beta1, beta2, eps=2.0**-30), grads)
    other = walk(Adam(0.1, beta1, beta2, eps=scale * 2.0**-30), scale * grads)
    np.testing.assert_array_equal(one, other)


@given(grads=gradients, beta1=betas, beta2=betas)
def test_no_step_is_longer_than_the_bound(grads, beta1, beta2):
    """(1 − β₁)/√(1 − β₂) / √(1 − β₁²/β₂), corrected, by the Cauchy–Schwarz inequality."""
    ratio = beta1**2 / beta2 if beta2 else math.inf
    if ratio > 0.99:
        return
    worst = (1 - beta1) / math.sqrt(1 - beta2) / math.sqrt(1 - ratio)
    lengths = np.abs(moves(Adam(1.0, beta1, beta2), grads))
    t = np.arange(1, len(grads) + 1)
    correction = np.sqrt(1 - beta2**t) / (1 - beta1**t)
    assert (lengths <= worst * correction * (1 + 1e-9) + 1e-12).all()


def test_a_lone_gradient_after_a_long_silence_moves_three_rates_at_once():
    """3.16 of them, since v has nothing else in it."""
    grads = np.zeros(20_001)
    grads[-1] = 1.0
    assert moves(Adam(1.0), grads)[-1] == pytest.approx(0.1 / math.sqrt(0.001), rel=1e-6)


@given(lr=rates, g=signed, beta1=betas, beta2=betas)
def test_a_constant_gradient_is_followed_at_exactly_the_rate(lr, g, beta1, beta2):
    """That is what the correction is for."""
    lengths = moves(Adam(lr, beta1, beta2, eps=0), [g] * 20)
    np.testing.assert_allclose(lengths, lr * np.sign(g), rtol=1e-7)


def test_with_a_huge_eps_it_is_momentum():
    """The averaged gradient at the rate lr / ε, corrected."""
    grads = np.array([2.0, -1.0, 0.5, 3.0])
    taken = moves(Adam(1e9, eps=1e9), grads)
    expected = [m / (1 - 0.9**t) for t, m, _ in averages(grads, 0.9, 0.999)]
    np.testing.assert_allclose(taken, expected, rtol=1e-6)


# --- variants -------------------------------------------------------------------------------


@given(grads=gradients, beta2=betas)
def test_the_largest_v_of_amsgrad_never_falls(grads, beta2):
    """And it is the largest of all v so far."""
    rule, x = Adam(0.1, beta2=beta2, amsgrad=True), np.zeros(1)
    state, largest = rule.init(x), 0.0
    for g in grads:
        x, new = rule.step(x, np.array([g]), state)
        largest = max(largest, new.v[0])
        assert new.v_max[0] >= state.v_max[0]
        assert new.v_max[0] == largest
        state = new


@given(grads=gradients, lr=st.floats(1e-3, 1), decay=st.floats(0, 0.5), x0=st.floats(-5, 5))
def test_decoupled_decay_shrinks_and_then_steps(grads, lr, decay, x0):
    """x ← (1 − lr λ) x first; then the step of the plain gradient, whatever x is."""
    points = walk(Adam(lr, weight_decay=decay, decoupled=True), grads, x0)
    taken = moves(Adam(lr), grads)
    for before, after, move in zip(points, points[1:], taken, strict=False):
        assert after == pytest.approx((1 - lr * decay) * before - move, rel=1e-9, abs=1e-9)


def test_l2_hardly_decays_a_weight_with_large_gradients():
    """Section 14.11: ±10 and ±0.1 in turn, λ = 0.1, a thousand steps."""
    ends = []
    for decoupled in (False, True):
        rule, x = Adam(0.01, weight_decay=0.1, decoupled=decoupled), np.ones(2)
        state = rule.init(x)
        for t in range(1000):
            x, state = rule.step(x, np.array([10, 0.1]) * (-1) ** t, state)
        ends.append(x)
    assert ends[0].round(3).tolist() == [0.889, 0.0]
    assert ends[1][0] == pytest.approx(ends[1][1], rel=1e-6)


@given(grads=gradients, beta1=betas)
def test_nesterov_without_a_schedule_looks_one_average_ahead(grads, beta1):
    """momentum_decay=inf: (β₁ m / (1 − β₁ᵗ⁺¹) + (1 − β₁) g / (1 − β₁ᵗ)) / (√v̂ + ε)."""
    rule = Adam(1.0, beta1=beta1, nesterov=True, momentum_decay=math.inf)
    taken = moves(rule, grads)
    for (t, m, v), g, move in zip(averages(grads, beta1, 0.999), grads, taken, strict=True):
        ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
        root = math.sqrt(v / (1 - 0.999**t)) + 1e-8
        assert move == pytest.approx(ahead / root, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("psi", "first"), [(4e-3, 1.056), (1, 1.063), (math.inf, 1.474)])
def test_three_libraries_have_three_first_steps_of_nadam(psi, first):
    """PyTorch's, Keras' and Optax' momentum_decay, at a gradient of 1."""
    assert -walk(Adam(1.0, nesterov=True, momentum_decay=psi), [1])[1] == pytest.approx(
        first, abs=1e-3
    )


# --- where it fails -------------------------------------------------------------------------


@pytest.mark.parametrize("c", [2.5, 3, 4, 10])
@pytest.mark.parametrize(("amsgrad", "end"), [(False, 1), (True, -1)])
def test_reddi_kale_and_kumars_example(c, amsgrad, end):
    """Gradients C, −1, −1 on [−1, 1]: Adam goes to 1, the worst point, AMSGrad to −1."""
    rule = Adam(lambda t: 0.5 / math.sqrt(t + 1), beta1=0, beta2=1 / (1 + c * c), amsgrad=amsgrad)
    x = np.zeros(1)
    state, points = rule.init(x), []
    for t in range(3000):
        x, state = rule.step(x, np.array([c if t % 3 == 0 else -1.0]), state)
        x = np.clip(x, -1, 1)
        points.append(x[0])
    assert np.mean(points[-300:]) == pytest.approx(end, abs=0.01)


def test_with_its_usual_betas_it_solves_that_example():
    """A memory of a thousand steps does not forget within three."""
    x, rule = np.zeros(1), Adam(lambda t: 0.5 / math.sqrt(t + 1))
    state = rule.init(x)
    for t in range(3000):
        x, state = rule.step(x, np.array([3.0 if t % 3 == 0 else -1.0]), state)
        x = np.clip(x, -1, 1)
    assert x[0] == pytest.approx(-1, abs=0.02)


class Valley:
    """½ (a² + κ b²), a and b turned by 45° or not."""

    def __init__(self, kappa, turned=False):
        c = math.sqrt(0.5)
        self.axes = np.array([[c, -c], [c, c]]) if turned else np.eye(2)
        self.curvatures = np.array([1.0, kappa])

    def __call__(self, x):
        return np.tensordot(self.curvatures, np.tensordot(self.axes.T, x, 1) ** 2, 1) / 2

    def grad(self, x):
        return np.tensordot(self.axes * self.curvatures, np.tensordot(self.axes.T, x, 1), 1)


def test_it_arrives_and_comes_out_again():
    """Section 14.8: below 1e-100 by step 3000, above 0.1 before step 4000, unless v_max is kept."""
    plain, kept = (
        minimize(valley, (-10, 1), Adam(0.5, amsgrad=keep), steps=5000).value
        for keep in (False, True)
    )
    assert plain[3000] < 1e-100
    assert plain[3000:4000].max() > 0.1
    assert kept[3000:].max() < 1e-100


def test_its_path_turns_with_no_valley():
    """Along the axes it arrives however steep the valley is; turned, it takes another path."""
    ends = [
        minimize(Valley(kappa), (-10, 1), Adam(0.5), steps=90).x[-1] for kappa in (25, 1e2, 1e4)
    ]
    np.testing.assert_allclose(ends[1:], [ends[0]] * 2, atol=1e-6)
    oblique = Valley(100, turned=True)
    turned = minimize(oblique, oblique.axes @ (-10, 1), Adam(0.5), steps=60)
    straight = minimize(Valley(100), (-10, 1), Adam(0.5), steps=60)
    assert turned.value[-1] > 10 * straight.value[-1]


def test_an_old_v_holds_it_back_for_thousands_of_steps():
    """Ten gradients of 100, then 1: half a rate again after 3530 steps."""
    lengths = moves(Adam(1.0), np.r_[np.full(10, 100.0), np.ones(4000)])
    assert lengths[10:].min() < 0.05
    assert int(np.flatnonzero(lengths < 0.5)[-1]) - 8 == 3530


def test_under_noise_a_smaller_rate_and_a_falling_rate_settle_lower():
    """A constant rate has a noise floor, for Adam as for descent."""

    def floor(rule):
        rng, x = np.random.default_rng(3), np.tile([[4.0], [3.0]], (1, 100))
        state, values = rule.init(x), []
        for _ in range(1500):
            x, state = rule.step(x, bowl.grad(x) + rng.normal(size=x.shape), state)
            values.append(bowl(x).mean())
        return np.mean(values[-100:])

    large, small, falling = map(floor, (Adam(0.1), Adam(0.01), Adam(cosine(0.1, steps=1500))))
    assert small < large / 5
    assert falling < large / 5


def test_its_memory_makes_fewer_wrong_steps_and_no_faster_progress():
    """Section 14.6: a slope of 0.2 under noise, β₁ = 0 and 0.9."""
    noise = np.random.default_rng(0).normal(size=(1500, 200))
    wrong, pace = [], []
    for beta1 in (0, 0.9):
        rule, x = Adam(0.01, beta1=beta1), np.zeros(200)
        state, points = rule.init(x), [x]
        for error in noise:
            x, state = rule.step(x, 0.2 + error, state)
            points.append(x)
        taken = np.diff(points, axis=0)[500:]
        wrong.append((taken > 0).mean())
        pace.append(-taken.mean())
    assert wrong[1] < wrong[0] / 2
    assert pace[1] == pytest.approx(pace[0], rel=0.05)


# --- hyperparameters ------------------------------------------------------------------------

BAD = [
    ({"lr": 0}, ValueError, "Adam: lr must be a number > 0"),
    ({"lr": -0.1}, ValueError, "Adam: lr"),
    ({"lr": math.nan}, ValueError, "Adam: lr"),
    ({"beta1": 1}, ValueError, "Adam: beta1 must be ≥ 0 and < 1"),
    ({"beta1": -0.1}, ValueError, "Adam: beta1"),
    ({"beta2": 1}, ValueError, "Adam: beta2 must be ≥ 0 and < 1"),
    ({"beta2": -1e-9}, ValueError, "Adam: beta2"),
    ({"eps": -1e-8}, ValueError, "Adam: eps must be a number ≥ 0"),
    ({"eps": math.inf}, ValueError, "Adam: eps"),
    ({"eps_root": -1}, ValueError, "Adam: eps_root"),
    ({"weight_decay": -0.1}, ValueError, "Adam: weight_decay"),
    ({"momentum_decay": -1}, ValueError, "Adam: momentum_decay"),
    ({"bias_correction": "none"}, ValueError, "True, False or \"constant\", got 'none'"),
    ({"bias_correction": 1}, TypeError, "Adam: bias_correction"),
    ({"nesterov": True, "bias_correction": False}, ValueError, "needs bias_correction=True"),
    ({"nesterov": True, "bias_correction": "constant"}, ValueError, "needs bias_correction=True"),
    *(
        ({name: 1}, TypeError, f"Adam: {name} must be True or False")
        for name in ("square_root", "eps_hat", "decoupled", "amsgrad", "nesterov")
    ),
]


@pytest.mark.parametrize(("arguments", "error", "words"), BAD, ids=[str(a) for a, _, _ in BAD])
def test_a_hyperparameter_out_of_range_is_named(arguments, error, words):
    """The message says which, and where it can what came."""
    with pytest.raises(error, match=re.escape(words)):
        Adam(**arguments)


def test_the_ends_of_each_range_are_allowed():
    """β = 0, ε = 0, no decay, no schedule of Nesterov's μ."""
    rule = Adam(1e-3, beta1=0, beta2=0, eps=0, nesterov=True, momentum_decay=math.inf)
    assert -walk(rule, [5.0])[1] == pytest.approx(1e-3, rel=1e-12)


def test_a_schedule_may_be_the_rate():
    """It is asked for with the number of the step, from 0."""
    taken = moves(Adam(lambda step: 1.0 + step, eps=0), [1.0] * 4)
    np.testing.assert_allclose(taken, [1, 2, 3, 4], rtol=1e-12)


def test_states_gives_m_and_v_of_every_step():
    """Those of chapter 14's figures: (steps + 1, d), the zero start included."""
    seen = states(himmelblau, (0, 0), Adam(0.2), steps=5)
    assert seen.m.shape == seen.v.shape == (6, 2)
    assert seen.t.tolist() == [0, 1, 2, 3, 4, 5]
    assert (seen.m[0] == 0).all()
    np.testing.assert_allclose(seen.m[1], 0.1 * himmelblau.grad(np.zeros(2)), rtol=1e-12)


# --- the exercises --------------------------------------------------------------------------


def test_the_exercise_is_the_class():
    """What the student writes takes the steps of `Adam`."""
    x, rule = np.array([0.5, -0.5]), Adam(0.1, 0.8, 0.95, 1e-3)
    mine, m, v, state = x, np.zeros(2), np.zeros(2), rule.init(x)
    for t in range(1, 30):
        x, state = rule.step(x, himmelblau.grad(x), state)
        mine, m, v = check.adam_step.reference(
            mine, himmelblau.grad(mine), m, v, t, lr=0.1, beta1=0.8, beta2=0.95, eps=1e-3
        )
        np.testing.assert_allclose(mine, x, rtol=1e-9)
    path = minimize(himmelblau, (0.5, -0.5), rule, steps=29)
    end = check.adam_descent.reference(
        himmelblau.grad, np.array([0.5, -0.5]), lr=0.1, steps=29, beta1=0.8, beta2=0.95, eps=1e-3
    )
    np.testing.assert_allclose(end, path.x[-1], rtol=1e-9)


def test_first_steps_are_those_of_the_class():
    """In both forms, as `eps_hat` has them."""
    grad = np.array([1e-7, -3.0, 0.0])
    ours = check.first_steps.reference(grad, lr=1.0, beta1=0.9, beta2=0.999, eps=1e-8)
    for step, rule in zip(ours, (Adam(1.0), Adam(1.0, eps_hat=True)), strict=True):
        x, _ = rule.step(np.zeros(3), grad, rule.init(np.zeros(3)))
        np.testing.assert_allclose(step, x, rtol=1e-12)
    assert [round(float(step[0]), 3) for step in ours] == [-0.909, -0.240]


def test_the_bug_that_stands_in_the_exercise_is_the_one_that_the_check_names():
    """The Markdown shows real code; it is taken from there and handed in."""
    notebook = json.loads((HERE.parent / "solutions" / "14_adam.ipynb").read_text(encoding="utf-8"))
    text = "".join(line for cell in notebook["cells"] for line in cell["source"])
    code = re.search(r"```python\n(def adam_descent.*?)```", text, re.DOTALL)[1]
    namespace = {"np": np}
    exec(code, namespace)
    assert check.adam_descent.judge(namespace["adam_descent"]).mistake == "_planted"


def step_in_place(p, g, m, v, t, *, lr, beta1, beta2, eps):
    p, m, v = (np.array(each, dtype=float) for each in (p, m, v))
    m *= beta1
    m += (1 - beta1) * g
    v *= beta2
    v += (1 - beta2) * np.square(g, dtype=float)
    p -= lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return p, m, v


def step_as_pytorch_has_it(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m = m + (grad - m) * (1 - beta1)
    v = beta2 * v + (1 - beta2) * grad * grad
    size = np.sqrt(v) / np.sqrt(1 - np.power(beta2, t)) + eps
    return [x - lr / (1 - np.power(beta1, t)) * m / size, m, v]


def step_by_weights(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    both = np.stack([m, v]).astype(float)
    beta = np.array([beta1, beta2]).reshape(2, *[1] * np.ndim(x))
    both = beta * both + (1 - beta) * np.stack([grad, grad**2])
    m_hat, v_hat = both / (1 - beta**t)
    return np.stack([x - lr * m_hat / (np.sqrt(v_hat) + eps), *both])


def step_by_eps_hat(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * abs(grad) ** 2
    root = (1 - beta2**t) ** 0.5
    return x - lr * root / (1 - beta1**t) * m / (v**0.5 + eps * root), m, v


def descent_by_lists(grad, x, *, lr, steps, beta1, beta2, eps):
    x, m, v = [float(a) for a in x], [0.0] * len(x), [0.0] * len(x)
    for t in range(steps):
        g = [float(a) for a in grad(np.array(x))]
        m = [beta1 * a + (1 - beta1) * b for a, b in zip(m, g, strict=True)]
        v = [beta2 * a + (1 - beta2) * b * b for a, b in zip(v, g, strict=True)]
        for i in range(len(x)):
            size = math.sqrt(v[i] / (1 - beta2 ** (t + 1))) + eps
            x[i] = x[i] - lr * m[i] / (1 - beta1 ** (t + 1)) / size
    return x


def descent_by_running_products(grad, point, *, lr, steps, beta1, beta2, eps):
    point, one, two = np.array(point, dtype=float), 1.0, 1.0
    m, v = np.zeros_like(point), np.zeros_like(point)
    while steps > 0:
        steps, one, two, g = steps - 1, one * beta1, two * beta2, grad(point)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        point -= lr * (m / (1 - one)) / (np.sqrt(v / (1 - two)) + eps)
    return point


def descent_from_all_gradients(grad, x, *, lr, steps, beta1, beta2, eps):
    seen = []
    for t in range(1, steps + 1):
        seen.append(np.asarray(grad(x), dtype=float))
        ages = np.arange(t)[::-1]
        m_hat = np.average(seen, axis=0, weights=beta1**ages)
        v_hat = np.average(np.square(seen), axis=0, weights=beta2**ages)
        x = x - lr * m_hat / (np.sqrt(v_hat) + eps)
    return x


def descent_by_the_class(grad, x, *, lr, steps, beta1, beta2, eps):
    rule = Adam(lr, beta1, beta2, eps)
    state = rule.init(x)
    for _ in range(steps):
        x, state = rule.step(x, grad(x), state)
    return x


def steps_by_the_rule(grad, *, lr, beta1, beta2, eps):
    m, v = (1 - beta1) * grad, (1 - beta2) * grad**2
    usual = -lr * (m / (1 - beta1)) / (np.sqrt(v / (1 - beta2)) + eps)
    return usual, -lr * np.sqrt(1 - beta2) / (1 - beta1) * m / (np.sqrt(v) + eps)


def steps_by_sign(grad, *, lr, beta1, beta2, eps):
    size = abs(grad)
    return np.array(
        [-lr * np.sign(grad) * size / (size + e) for e in (eps, eps * (1 - beta2) ** -0.5)]
    )


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.adam_step, step_in_place),
        (check.adam_step, step_as_pytorch_has_it),
        (check.adam_step, step_by_weights),
        (check.adam_step, step_by_eps_hat),
        (check.adam_descent, descent_by_lists),
        (check.adam_descent, descent_by_running_products),
        (check.adam_descent, descent_from_all_gradients),
        (check.adam_descent, descent_by_the_class),
        (check.first_steps, steps_by_the_rule),
        (check.first_steps, steps_by_sign),
    ],
)
def test_a_right_answer_written_differently_is_right(exercise, answer):
    """In place on copies, in other forms, with lists for arrays."""
    verdict = exercise.judge(answer)
    assert verdict.ok, str(verdict)


def step_that_stops_correcting(x, grad, m, v, t, *, lr, beta1, beta2, eps):
    t = min(t, 10)
    return check.adam_step.reference(x, grad, m, v, t, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


def descent_that_stops_on_level_ground(grad, x, *, lr, steps, beta1, beta2, eps):
    m, v = np.zeros(len(x)), np.zeros(len(x))
    for t in range(1, steps + 1):
        x, m, v = check.adam_step.reference(
            x, grad(x), m, v, t, lr=lr, beta1=beta1, beta2=beta2, eps=eps
        )
        if not np.any(grad(x)):
            break
    return x


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.adam_step, step_that_stops_correcting),
        (check.adam_descent, descent_that_stops_on_level_ground),
    ],
)
def test_what_goes_wrong_only_late_or_at_rest_is_wrong(exercise, answer):
    """A correction needs t far above 1, a walk a point with no gradient, to be told."""
    assert exercise.judge(answer).kind == "wrong"
