"""Predict: what is asked, what is kept, what is compared, and what stays covered until then."""

import json
import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.interactive import Predict, predict, predict_answers
from coursekit.interactive.predict_kinds import SURPRISE, Number, in_digits
from coursekit.interactive.predict_sketch import COLUMNS, LEVELS, Sketch

QUESTION = "Where does it end?"
ENDS = ["at the minimum", "to and fro", "away"]
SQUARE = (0, 10, -1, 1)  # axes of a sketch
UP = [[0, 0], [COLUMNS - 1, LEVELS - 1]]  # a sketch from the lower left to the upper right corner


@pytest.fixture(autouse=True)
def own_answers(tmp_path, monkeypatch):
    """Each test begins without answers."""
    monkeypatch.setenv("COURSEKIT_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "02_descent.ipynb"))
    return tmp_path / ".predictions.json"


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """What `reveal` displays in its cell."""
    shown = []
    monkeypatch.setattr(predict, "display", shown.append)
    return shown


def say(card, **content):
    """Send a message as the browser does; the problem that comes back, if any."""
    back = []
    card.send = back.append
    card._handle_custom_msg(content, [])
    assert len(back) <= 1
    return back[0]["problem"] if back else None


# --- asking -------------------------------------------------------------------------------------


def test_choices_are_asked_and_told_without_the_answer():
    guess = Predict("Where does  `lr = 0.6`\n end?", ENDS)
    assert guess.spec == {
        "role": "question",
        "question": "Where does `lr = 0.6` end?",
        "kind": "choice",
        "options": ENDS,
    }
    data, _ = guess._repr_mimebundle_()
    words = "Predict: Where does `lr = 0.6` end? (at the minimum / to and fro / away)"
    assert data["text/plain"] == words
    assert "<code>lr = 0.6</code>" in data["text/html"]
    assert all(f"<li>{end}</li>" in data["text/html"] for end in ENDS)
    assert "application/vnd.jupyter.widget-view+json" in data


def test_what_is_stored_is_the_same_before_and_after_an_answer():
    guess = Predict(QUESTION, ENDS)
    before = guess._repr_mimebundle_(), repr(guess)
    guess.reveal("away")
    say(guess, commit="away")
    assert (guess._repr_mimebundle_(), repr(guess)) == before
    assert "away" not in repr(Predict(QUESTION, ["a", "b"]))


def test_html_in_a_question_is_text():
    still = Predict("Is a<b?", ["<b>yes</b>", "no"])._repr_mimebundle_()[0]["text/html"]
    assert "a&lt;b" in still
    assert "<b>" not in still


BAD = {
    "an empty question": ([" "], {}, "needs a question, got an empty text"),
    "no choices": ([QUESTION, []], {}, "at least two choices, got []"),
    "one choice": ([QUESTION, ["a"]], {}, "at least two choices"),
    "twice the same": ([QUESTION, ["a", "b", " a"]], {}, "choices that differ, got 'a' twice"),
    "an empty choice": ([QUESTION, ["a", ""]], {}, "choices with text in them"),
    "choices and sketch": ([QUESTION, ENDS], {"sketch": SQUARE}, r"got \['choices', 'sketch'\]"),
    "choices and unit": ([QUESTION, ENDS], {"unit": "m"}, r"got \['choices', 'unit'\]"),
    "no limits": ([QUESTION], {"sketch": (1, 2)}, "x_min, x_max, y_min, y_max"),
    "limits turned round": ([QUESTION], {"sketch": (1, 0, 0, 1)}, "minimum below"),
    "a limit that is NaN": ([QUESTION], {"sketch": (0, math.nan, 0, 1)}, "minimum below"),
}


@pytest.mark.parametrize(("args", "kwargs", "said"), BAD.values(), ids=BAD)
def test_a_bad_question_is_one_clear_error(args, kwargs, said):
    with pytest.raises(ValueError, match=said.replace("[]", r"\[\]")):
        Predict(*args, **kwargs)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [([3], {}), ([QUESTION, "abc"], {}), ([QUESTION, [1, 2]], {}), ([QUESTION], {"unit": 3})],
)
def test_what_is_not_text_is_a_type_error(args, kwargs):
    with pytest.raises(TypeError, match="text"):
        Predict(*args, **kwargs)


def test_axes_for_a_sketch_must_be_alone_and_flat():
    with pytest.raises(ValueError, match="only axes"):
        Predict(QUESTION, sketch=plt.subplots(1, 2)[1][0])
    with pytest.raises(ValueError, match="only axes"):
        Predict(QUESTION, sketch=plt.subplots(subplot_kw={"projection": "polar"})[1])
    plt.close("all")


# --- committing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sent", "answer"),
    [
        ({"choices": ENDS}, "away", "away"),
        ({"unit": "steps"}, "1e2", 100.0),
        ({}, "-0.070", -0.07),
    ],
)
def test_an_answer_is_kept_for_the_next_kernel(kind, sent, answer, own_answers):
    guess = Predict(QUESTION, **kind)
    assert guess.answer is None
    assert say(guess, commit=sent) is None
    assert guess.answer == answer
    assert guess.state["kept"]
    assert Predict(QUESTION, **kind).answer == answer
    assert json.loads(own_answers.read_text("utf-8")) == {"02_descent.ipynb": {guess.words: sent}}


def test_answers_belong_to_a_notebook_and_a_question(monkeypatch):
    say(Predict(QUESTION, ENDS), commit="away")
    assert Predict("And then?", ENDS).answer is None
    assert Predict(QUESTION, [*ENDS, "nowhere"]).answer is None
    monkeypatch.setenv("JPY_SESSION_NAME", "03_rate.ipynb")
    other = Predict(QUESTION, ENDS)
    assert other.answer is None
    say(other, commit="to and fro")
    monkeypatch.setenv("JPY_SESSION_NAME", "elsewhere/02_descent.ipynb")  # the folder has moved
    assert Predict(QUESTION, ENDS).answer == "away"


@pytest.mark.parametrize(
    ("kind", "sent", "said"),
    [
        ({"choices": ENDS}, None, "Choose one"),
        ({"choices": ENDS}, "nowhere", "Choose one"),
        ({}, "", "Type a number"),
        ({}, None, "Type a number"),
        ({}, "nan", "Type a number"),
        ({}, "1e999", "Type a number"),
        ({}, "ten", "Type a number"),
        ({"sketch": SQUARE}, [], "Draw a curve"),
        ({"sketch": SQUARE}, None, "Draw a curve"),
        ({"sketch": SQUARE}, [[0, 1]], "Draw a curve"),
        ({"sketch": SQUARE}, [[0, 1.5], [1, 2]], "Draw a curve"),
        ({"sketch": SQUARE}, [[1, 1], [0, 2]], "from left to right"),
        ({"sketch": SQUARE}, [[0, 1], [COLUMNS, 2]], "within the axes"),
        ({"sketch": SQUARE}, [[0, 1], [1, LEVELS]], "within the axes"),
    ],
)
def test_what_is_no_answer_is_said_and_not_kept(kind, sent, said, own_answers):
    guess = Predict(QUESTION, **kind)
    assert said in say(guess, commit=sent)
    assert guess.answer is None
    assert not own_answers.exists()


def test_a_committed_answer_is_final_until_the_result_has_been_seen():
    guess = Predict(QUESTION, ENDS)
    say(guess, commit="away")
    say(guess, commit="to and fro")
    say(guess, again=True)
    assert guess.answer == "away"
    guess.reveal("to and fro")
    say(guess, again=True)
    assert guess.answer is None
    assert Predict(QUESTION, ENDS).answer == "away"  # kept until there is another
    say(guess, commit="to and fro")
    assert Predict(QUESTION, ENDS).answer == "to and fro"


def test_where_nothing_can_be_written_it_goes_on_and_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSEKIT_PROGRESS", str(tmp_path / "missing" / "progress.json"))
    guess = Predict(QUESTION, ENDS)
    say(guess, commit="away")
    assert guess.answer == "away"
    assert guess.state["kept"] is False


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 3}', "\xff"])
def test_a_broken_file_is_put_aside(text, own_answers):
    own_answers.write_bytes(text.encode("latin-1"))
    guess = Predict(QUESTION, ENDS)
    assert guess.answer is None
    say(guess, commit="away")
    assert Predict(QUESTION, ENDS).answer == "away"
    broken = own_answers.with_name(".predictions.json.broken")
    assert broken.read_bytes() == text.encode("latin-1")


def test_an_answer_that_no_longer_fits_counts_as_none(own_answers):
    words = Predict(QUESTION, ENDS).words
    for stale in ("nowhere", 3, [1], {"a": 1}):
        predict_answers.keep(words, stale)
        assert Predict(QUESTION, ENDS).answer is None


# --- revealing ----------------------------------------------------------------------------------


def test_the_truth_stays_in_python_until_there_is_an_answer(shown):
    guess = Predict(QUESTION, ENDS)
    guess.reveal("away")
    (verdict,) = shown
    assert verdict.state == {"covered": True}
    assert guess.state["revealed"]
    say(guess, commit="to and fro")
    assert (verdict.state["shown"], verdict.state["told"]) == ("to and fro", "away")
    say(guess, again=True)
    assert verdict.state == {"covered": True}
    say(guess, commit="away")
    assert verdict.state["words"] == "As you said."


def test_it_may_be_seen_without_an_answer(shown):
    guess = Predict(QUESTION, ENDS)
    guess.reveal("away")
    say(shown[0], peek=True)
    assert shown[0].state == {"covered": False, "told": "away", "shown": None, "words": ""}
    say(guess, commit="to and fro")
    assert shown[0].state["shown"] == "to and fro"
    say(guess, again=True)
    assert shown[0].state == {"covered": True}


def test_a_result_is_stored_whatever_the_answer(shown):
    guess = Predict(QUESTION, ENDS)
    guess.reveal("away")
    say(guess, commit="to and fro")
    Predict(QUESTION, ENDS).reveal("away")
    first, second = ({**card._repr_mimebundle_()[0]} for card in shown)
    for bundle in (first, second):
        del bundle["application/vnd.jupyter.widget-view+json"]
    assert first == second
    assert first["text/plain"] == "What came out: away"
    head, body = first["text/html"].split("\n")  # JupyterLab shows the head of what is folded
    assert "away" not in head
    assert "away" in body


def test_reveal_prints_nothing(capsys):
    guess = Predict(QUESTION, ENDS)
    assert guess.reveal("away") is None
    say(guess, commit="away")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("truth", [2, np.int64(2), "away", " away "])
def test_a_choice_is_true_by_its_text_or_its_index(truth, shown):
    guess = Predict(QUESTION, ENDS)
    say(guess, commit="away")
    guess.reveal(truth)
    assert shown[0].state["words"] == "As you said."


@pytest.mark.parametrize("truth", ["nowhere", 3, -1, True, 1.0, None, math.nan])
def test_a_truth_that_is_no_choice_is_an_error(truth, shown):
    guess = Predict(QUESTION, ENDS)
    with pytest.raises(ValueError, match="reveal needs one of the choices"):
        guess.reveal(truth)
    assert shown == []
    assert not guess.state["revealed"]


@pytest.mark.parametrize(
    ("truth", "error"),
    [(math.nan, ValueError), (np.inf, ValueError), ([1, 2], ValueError), ("ten", TypeError)],
)
def test_a_truth_that_is_no_number_is_an_error(truth, error):
    with pytest.raises(error, match="reveal"):
        Predict(QUESTION, unit="steps").reveal(truth)


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        ((np.arange(3), [0, np.nan, 1]), "reveal: y must be finite"),
        (([0, np.inf], [0, 1]), "reveal: x must be finite"),
        (([0, 1], [0, 1, 2]), r"one length, .* got shapes \(2,\) and \(3,\)"),
        (([0], [0]), "two points or more"),
        (([0, 0], [0, 1]), "x that grows"),
        (([1, 0], [0, 1]), "x that grows"),
        (([20, 30], [0, 1]), "x between 0 and 10"),
        (3.0, r"a curve \(x, y\)"),
        (np.ones((3, 2)), r"a curve \(x, y\)"),
    ],
)
def test_a_truth_that_is_no_curve_is_an_error(truth, said):
    with pytest.raises(ValueError, match=said):
        Predict(QUESTION, sketch=SQUARE).reveal(truth)


def test_an_error_is_sent_as_a_sentence(monkeypatch):
    guess = Predict(QUESTION, ENDS)
    monkeypatch.setattr(predict, "keep", lambda *_: 1 / 0)
    assert say(guess, commit="away") == "ZeroDivisionError: division by zero"


# --- comparing numbers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "truth", "words"),
    [
        ("163", 163, "Exactly so."),
        ("0.066", 0.066461, "Right, to the digits you gave."),
        ("2e2", 163, "Your answer is 37 steps too high, a factor of 1.23: the right size."),
        ("160", 163, "Close. Your answer is 3 steps too low, or 1.8 %."),
        ("-0.95", -1, "Close. Your answer is 0.05 steps too high, or 5 %."),
        ("100", 163, "Your answer is 63 steps too low, a factor of 1.63: the right size."),
        ("0.001", 0.066461, "Your answer is 0.0655 steps too low, a factor of 66."),
        ("163000", 627, "Your answer is 162,373 steps too high, a factor of 260."),
        ("1", 1e30, "Your answer is 1.00e+30 steps too low, a factor of 10^30."),
        ("-1", 2, "Your answer is 3 steps too low, and on the other side of 0."),
        ("3", 0, "Your answer is 3 steps too high."),
        ("0", -0.5, "Your answer is 0.5 steps too high."),
    ],
)
def test_how_far_off_a_number_is(sent, truth, words):
    assert Number("steps").compare(sent, truth).removesuffix(" " + SURPRISE) == words


NUMBERS = st.floats(-1e300, 1e300, allow_subnormal=False)


@given(sent=NUMBERS, truth=NUMBERS)
def test_any_two_numbers_can_be_compared(sent, truth):
    words = Number(None).compare(repr(sent), truth)
    assert words.endswith((".", "size."))
    assert "nan" not in words
    assert "inf" not in words
    if sent == truth:
        assert words == "Exactly so."
    elif "too" in words:
        assert ("low" in words) == (sent < truth)


@given(NUMBERS)
def test_a_number_in_four_digits_is_that_number(number):
    told = float(in_digits(number).replace(",", ""))
    assert told == pytest.approx(number, rel=5.1e-4, abs=0)


# --- sketches -----------------------------------------------------------------------------------


def test_a_sketch_comes_back_as_arrays(own_answers):
    """The corners of the axes, and straight lines between the points."""
    guess = Predict(QUESTION, sketch=SQUARE)
    say(guess, commit=UP)
    x, y = guess.answer
    assert x == pytest.approx(np.linspace(0, 10, COLUMNS), abs=1e-12)
    assert y == pytest.approx(np.linspace(-1, 1, COLUMNS), abs=1e-12)
    again = Predict(QUESTION, sketch=SQUARE).answer
    assert [a.tolist() for a in again] == [x.tolist(), y.tolist()]


COLUMN, LEVEL = st.integers(0, COLUMNS - 1), st.integers(0, LEVELS - 1)


def _log_sketch():
    _, ax = plt.subplots()
    ax.set(xlim=(1, 1e4), ylim=(1e-3, 1e3), xscale="log", yscale="log", ylabel="loss")
    return Sketch(ax)


LINEAR, LOG = Sketch(SQUARE), _log_sketch()


@pytest.mark.parametrize("sketch", [LINEAR, LOG], ids=["linear", "log"])
@given(st.dictionaries(COLUMN, LEVEL, min_size=2))
def test_each_point_keeps_its_place_to_the_last_bit(sketch, points):
    """What the browser shows for a column and a level is what Python reads there."""
    sent = sorted(map(list, points.items()))
    x, y = sketch.read(json.loads(json.dumps(sent)))
    spec = sketch.spec()
    first = sent[0][0]
    assert len(x) == sent[-1][0] - first + 1
    for column, level in sent:
        assert x[column - first] == spec["columns"][column]
        assert y[column - first] == spec["levels"][level]


def test_log_axes_have_their_numbers_in_equal_ratios():
    assert LOG.columns == pytest.approx(np.geomspace(1, 1e4, COLUMNS), rel=1e-12)
    assert LOG.levels == pytest.approx(np.geomspace(1e-3, 1e3, LEVELS), rel=1e-12)


def test_the_true_curve_lies_where_matplotlib_draws_it():
    places = LOG.curve((np.array([1.0, 100, 1e4]), np.array([1e-3, 1, 1e3])))
    assert places == pytest.approx(np.array([[0, 0], [0.5, 0.5], [1, 1]]), abs=1e-12)


def test_the_answer_and_the_truth_can_be_the_same_curve():
    x, y = LINEAR.read(UP)
    assert LINEAR.compare(UP, (x, y)) == "As near to the true curve as a hand can draw."


@pytest.mark.parametrize(
    ("truth", "words"),
    [
        (
            [1, -0.9],
            "Yours ends higher, the true one ends lower. They are furthest apart at x = 0:",
        ),
        ([-1, 0], "Both end higher. They are furthest apart at x = 10: you drew y = 1, it is 0."),
        ([0, 0], "Yours ends higher, the true one ends as high as it began."),
    ],
)
def test_where_two_curves_are_furthest_apart(truth, words):
    assert LINEAR.compare(UP, (np.array([0.0, 10]), np.array(truth, float))).startswith(words)


def test_a_curve_that_leaves_the_picture():
    x = np.linspace(0, 10, 11)
    words = LINEAR.compare(UP, (x, x**2))
    assert words.endswith("The true curve is outside the picture at x = 2.")


def test_curves_that_do_not_meet():
    sent = [[0, 10], [10, 10]]
    assert "share no x" in LINEAR.compare(sent, (np.array([8.0, 10]), np.array([0.0, 0])))


def test_a_value_of_zero_on_a_log_axis_is_below_the_picture():
    curve = LOG.curve((np.array([1.0, 10]), np.array([1.0, 0])))
    assert np.isfinite(curve).all()
    assert curve[1, 1] == -100


def test_a_figure_given_for_a_sketch_is_kept_as_a_picture_and_closed(shown):
    fig, ax = plt.subplots()
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="step", ylabel="loss")
    guess = Predict(QUESTION, sketch=ax)
    assert not plt.fignum_exists(fig.number)
    assert guess.spec["picture"].startswith(b"\x89PNG")
    assert "step from 0 to 1, loss from 0 to 1" in guess.words
    say(guess, commit=UP)
    guess.reveal(([0, 1], [1, 0]))
    state = shown[0].state
    assert state["sent"] == UP
    assert np.array(state["curve"]) == pytest.approx(np.array([[0, 1], [1, 0]]), abs=1e-12)
    assert state["told"] == "a curve from (0, 1) to (1, 0); lowest 0, highest 1"
