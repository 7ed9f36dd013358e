"""The average explorer: its average is Momentum's and Adam's, its weights are those of the past."""

import numpy as np
import pytest
from asking import ask, still

from coursekit.interactive import explore_averages
from coursekit.optimizers import Adam, Momentum
from coursekit.plotting import COLOURS


@pytest.fixture(scope="module")
def usual():
    """Drawn once; nothing that is asked of it changes it."""
    return explore_averages()


def scene_of(explorer, **changed):
    return explorer.compute(**explorer.spec["values"] | changed)


def states(rule, series):
    x = np.zeros(1)
    seen = [rule.init(x)]
    for g in series:
        x, state = rule.step(x, np.array([g]), seen[-1])
        seen.append(state)
    return seen


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_the_average_is_the_velocity_of_momentum_and_the_m_of_adam(usual, beta):
    """Without the correction: at all 151 steps, bit for bit, the start included."""
    arrays = scene_of(usual, beta=beta).arrays
    series = arrays["series"][:, 1]
    momentum = states(Momentum(1.0, beta, average=True), series)
    assert arrays["average"].tolist() == [s.v[0] for s in momentum]
    adam = states(Adam(1.0, beta1=beta), series)
    assert arrays["average"].tolist() == [s.m[0] for s in adam]


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
def test_the_correction_is_adams(usual, beta):
    """m̂ = m / (1 − βᵗ), which is seen in a step of Adam without the division by √v̂."""
    arrays = scene_of(usual, beta=beta, corrected=True).arrays
    series = arrays["series"][:, 1]
    rule = Adam(1.0, beta1=beta, beta2=0.0, eps=0.0)  # √v̂ is |g|
    x, state, seen = np.zeros(1), rule.init(np.zeros(1)), []
    for g in series:
        before, (x, state) = x, rule.step(x, np.array([g]), state)
        seen.append((before - x)[0] * abs(g))
    assert np.isnan(arrays["average"][0])  # no number yet: nothing to correct
    np.testing.assert_allclose(arrays["average"][1:], seen, rtol=1e-9)
    assert arrays["average"][1] == pytest.approx(series[0], rel=1e-12)
    plain = scene_of(usual, beta=beta).arrays["average"]
    assert arrays["plain"].tolist() == plain.tolist()


@pytest.mark.parametrize("corrected", [False, True])
def test_the_weights_make_the_average_and_add_up(usual, corrected):
    """To 1 − βᵗ, or to 1; k steps ago it is (1 − β) βᵏ, as on the lectures' slide."""
    arrays = scene_of(usual, beta=0.9, corrected=corrected).arrays
    t = np.arange(1, 151)
    total = np.ones(150) if corrected else 1 - 0.9**t
    np.testing.assert_allclose(arrays["sum"][1:], total, rtol=1e-12)
    np.testing.assert_allclose(
        arrays["weights"][1:] @ arrays["series"][:, 1], arrays["average"][1:], rtol=1e-12
    )
    latest = arrays["weights"][150, ::-1][:4] * (1 - 0.9**150 if corrected else 1)
    np.testing.assert_allclose(latest, [0.1, 0.09, 0.081, 0.0729], rtol=1e-12)
    upper = np.triu(np.ones((150, 150)), 1).astype(bool)
    assert (arrays["weights"][1:][upper] == 0).all()  # numbers still to come


def test_the_series_is_the_wave_with_its_noise(usual):
    quiet = scene_of(usual, noise=0.0).arrays
    assert quiet["series"].tolist() == quiet["wave"][1:].tolist()
    errors = {s: scene_of(usual, noise=s).arrays["series"][:, 1] for s in (0.2, 0.4)}
    wave = quiet["wave"][1:, 1]
    np.testing.assert_allclose(errors[0.4] - wave, 2 * (errors[0.2] - wave), atol=1e-12)
    loud = scene_of(explore_averages(n=600, noise=0.5), beta=0.0).arrays  # many, for their spread
    spread = (loud["series"] - loud["wave"][1:])[:, 1].std()
    assert 0.45 < spread < 0.55


def test_the_words_are_true(usual):
    """Half of the weight is on the last k numbers and not on the last k − 1."""
    for beta in (0.3, 0.5, 0.9, 0.97, 0.99):
        text = scene_of(usual, beta=beta).text
        k = int(np.argmax(1 - beta ** np.arange(1, 500) >= 0.5 - 1e-12)) + 1
        assert f"the last {k} numbers" in text or (k == 1 and "on the last number" in text)
        assert f"1/(1 − β) = {1 / (1 - beta):.3g} steps" in text
    assert scene_of(usual, beta=0.9).text.endswith("is 0.1 times the first number.")
    assert scene_of(usual, corrected=True).text.endswith("is the first number itself.")
    assert "forgets at once" in scene_of(usual, beta=0.0).text


@pytest.mark.parametrize("changed", [{}, {"beta": 0.97, "noise": 0.3, "corrected": True}])
def test_the_line_of_python_makes_the_same_picture(changed):
    scene = scene_of(explore_averages(n=40, seed=3), **changed)
    again = scene_of(eval(scene.code, {"explore_averages": explore_averages}))
    assert again.code == scene.code
    assert again.arrays.keys() == scene.arrays.keys()
    for name, array in scene.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)


@pytest.mark.parametrize(
    ("arguments", "problem", "said"),
    [
        ({"beta": 1.0}, ValueError, "beta must be ≥ 0 and < 1"),
        ({"beta": np.nan}, ValueError, "beta must be ≥ 0 and < 1"),
        ({"noise": -0.1}, ValueError, "noise must be a number ≥ 0"),
        ({"bias_correction": 1}, TypeError, "bias_correction must be True or False"),
        ({"n": 1}, ValueError, "n must be a whole number ≥ 2"),
        ({"seed": 0.5}, ValueError, "seed must be a whole number ≥ 0"),
        ({"step": 151}, ValueError, "step must be at most n=150, got 151"),
    ],
)
def test_bad_arguments_are_refused_in_words(arguments, problem, said):
    with pytest.raises(problem, match=f"explore_averages.*{said}"):
        explore_averages(**arguments)


def test_the_answer_to_a_message(usual):
    answer = ask(usual, first=True, beta=0.5)
    assert list(answer.pictures) == ["series", "weights"]
    assert answer.content["frames"] == len(answer.arrays["weights"]) == 151
    np.testing.assert_array_equal(
        answer.arrays["average"], scene_of(usual, beta=0.5).arrays["average"]
    )
    assert "plain" not in answer.arrays


def test_an_error_is_sent_as_a_sentence(usual):
    answer = ask(usual, beta=2.0).content
    assert answer["error"]
    assert answer["text"].startswith("ValueError: Momentum: beta must be between 0 and 1")


def test_a_still_picture_with_words_for_it(usual):
    picture, words = still(usual)
    assert words == (
        "A forgetting average. β = 0.9 remembers about 1/(1 − β) = 10 steps; in the long run half "
        "of the weight or more is on the last 7 numbers. It starts from 0: the first average is "
        "0.1 times the first number."
    )
    blue = [int(COLOURS["blue"][i : i + 2], 16) for i in (1, 3, 5)]
    assert (np.abs(np.asarray(picture, int) - blue).sum(axis=-1) < 60).sum() > 500
