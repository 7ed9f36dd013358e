"""The check engine: it names mistakes, survives anything, and is fooled by nothing we tried."""

import copy
import functools
import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit import checks
from coursekit.checks import Exercise, Mistake, case
from coursekit.checks.records import CHAPTERS

MODULES = [importlib.import_module(f"coursekit.checks.{stem}") for stem in CHAPTERS.values()]
EXERCISES = [e for module in MODULES for e in vars(module).values() if isinstance(e, Exercise)]
IDS = [f"{e.stem}.{e.name}" for e in EXERCISES]
every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=IDS)
every_mistake = pytest.mark.parametrize(
    ("exercise", "mistake"),
    [
        pytest.param(e, m, id=f"{e.stem}.{e.name}-{m.name.strip('_')}")
        for e in EXERCISES
        for m in e.mistakes
    ],
)


# --- every exercise of the course -----------------------------------------------------------


@pytest.mark.parametrize("module", MODULES, ids=CHAPTERS.values())
def test_a_chapter_has_one_to_three_exercises(module):
    assert 1 <= sum(isinstance(e, Exercise) for e in vars(module).values()) <= 3


@every_exercise
def test_the_reference_passes(exercise):
    assert exercise.judge(exercise.reference).kind == "correct"


@every_exercise
def test_an_exercise_has_enough_mistakes_hints_and_cases(exercise):
    assert len(exercise.mistakes) >= 5
    assert len(exercise.hints) >= 3
    assert len(exercise.cases) >= 4


@every_mistake
def test_a_known_mistake_is_rejected_and_named_as_itself(exercise, mistake):
    verdict = exercise.judge(mistake.function)
    assert verdict.kind == "wrong"
    assert verdict.mistake == mistake.name
    assert mistake.sentence in verdict.message


@every_mistake
def test_a_mistake_is_explained_in_a_sentence(exercise, mistake):
    assert mistake.sentence.endswith((".", "?", ")", "`"))
    assert len(mistake.sentence) >= 25


@every_exercise
def test_a_small_case_comes_first(exercise):
    """A verdict shows the first case that fails, so it should be easy to follow by hand."""
    sizes = [sum(np.size(a) for a in c.args if isinstance(a, np.ndarray)) for c in exercise.cases]
    assert sizes[0] <= max(4, min(sizes))


# --- no perturbation of a right answer passes -----------------------------------------------


def _leaves(value, change):
    if isinstance(value, tuple):
        return tuple(_leaves(part, change) for part in value)
    return value if isinstance(value, str) else change(np.asarray(value, dtype=float))


def _one_part(value, change, at):
    if not isinstance(value, tuple):
        return _leaves(value, change)
    at %= len(value)
    return tuple(_leaves(v, change) if i == at else v for i, v in enumerate(value))


def _drop_one(array):
    array = array.copy()
    if array.size:
        array.flat[array.size // 2] = 0
    return array


OUTPUT_CHANGES = {
    "factor": lambda a, size: a * size,
    "sign": lambda a, size: -a,
    "offset": lambda a, size: a + (size - 1),
    "transposed": lambda a, size: a.T,
    "reversed": lambda a, size: a[::-1] if a.ndim else a,
    "one step late": lambda a, size: np.roll(a, 1, axis=0) if a.ndim else a,
    "a dropped term": lambda a, size: _drop_one(a),
    "single precision": lambda a, size: a.astype(np.float32),
    "rounded": lambda a, size: a.round(3),
    "another shape": lambda a, size: a[None],
    "not a number": lambda a, size: np.where(a == a.max(initial=-np.inf), np.nan, a),
    "as text": lambda a, size: np.array2string(a),
}


def _changed(exercise, change):
    """The reference with its output changed, and whether any case's output is another."""

    def submission(*args, **kwargs):
        return change(exercise.reference(*args, **kwargs))

    return submission


def _differs(expected, got) -> bool:
    """Is `got` another result? Stated here anew, and not with the engine's own code."""
    if isinstance(expected, tuple):
        return any(map(_differs, expected, got))
    if isinstance(expected, str) or isinstance(got, str):
        return type(expected) is not type(got) or expected != got
    expected, got = np.asarray(expected, dtype=float), np.asarray(got)
    return expected.shape != got.shape or not np.allclose(
        got, expected, rtol=1e-8, atol=1e-10 * max(np.abs(expected).max(initial=0), 1e-300)
    )


@every_exercise
@settings(max_examples=60)
@given(
    name=st.sampled_from(sorted(OUTPUT_CHANGES)),
    size=st.sampled_from([1 + 1e-6, 1 - 1e-4, 0.5, 2.0, 10.0]),
    part=st.integers(0, 2),
)
def test_no_changed_output_passes(exercise, name, size, part):
    def change(value):
        return _one_part(value, lambda a: OUTPUT_CHANGES[name](a, size), part)

    submission = _changed(exercise, change)
    assert_rejected_if_it_differs(exercise, submission)


def assert_rejected_if_it_differs(exercise, submission):
    """Rejected if and only if a case (driven, where the exercise has a driver) shows it."""
    differs = False
    for c in exercise.cases:
        drive = exercise.drive or (lambda call, *args, **kwargs: call(*args, **kwargs))
        with np.errstate(all="ignore"):
            args, kwargs = c.fresh()
            expected = drive(exercise.reference, *args, **kwargs)
            args, kwargs = c.fresh()
            try:
                differs |= _differs(expected, drive(submission, *args, **kwargs))
            except Exception:
                differs = True
    assert exercise.judge(submission).ok == (not differs)


def _other_number(value, size):
    if isinstance(value, bool | str) or callable(value):
        return value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * size + (size - 1)
    if isinstance(value, np.ndarray):
        return value * size + (size - 1)
    return value


@every_exercise
@settings(max_examples=25)
@given(which=st.integers(0, 4), size=st.sampled_from([1 + 1e-5, 0.9, -1.0, 2.0]))
def test_no_changed_input_passes(exercise, which, size):
    """A submission that works on other numbers than it was given is found out."""

    def submission(*args, **kwargs):
        values = [*args, *kwargs.values()]
        at = which % len(values)
        values[at] = _other_number(values[at], size)
        named = dict(zip(kwargs, values[len(args) :], strict=True))
        return exercise.reference(*values[: len(args)], **named)

    assert_rejected_if_it_differs(exercise, submission)


# --- it survives any submission -------------------------------------------------------------


class Hostile:
    """An object on which everything raises."""

    def __getattribute__(self, name):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None


class SilentError(Exception):
    def __str__(self):
        raise ValueError("not even a text")


def _raiser(error):
    def submission(*args, **kwargs):
        raise error

    return submission


def _generator(*args, **kwargs):
    yield 1


async def _coroutine(*args, **kwargs):
    return 1


def _endless_recursion(*args, **kwargs):
    return _endless_recursion(*args, **kwargs)


RETURNS = {
    "None": None,
    "an empty list": [],
    "a ragged list": [[1, 2], [3]],
    "a text": "nonsense",
    "bytes": b"nonsense",
    "a dict": {"x": 1},
    "a set": {1, 2},
    "a class": int,
    "a function": len,
    "Ellipsis": ...,
    "an object": object(),
    "a hostile object": Hostile(),
    "an object array": np.array([1, None, "x"], dtype=object),
    "complex numbers": np.array([1 + 2j, 3]),
    "NaN": np.full(3, np.nan),
    "infinity": np.inf,
    "a wrong shape": np.zeros((2, 3, 4)),
    "an empty array": np.zeros(0),
    "a 0-d object": np.array(None),
    "a structured array": np.zeros(2, dtype=[("a", float), ("b", int)]),
    "dates": np.array(["2026-01-01"], dtype="datetime64[D]"),
    "a masked array": np.ma.array([1.0, 2.0], mask=[True, False]),
    "a very long list": [0.0] * 10_000,
    "a huge integer": 10**400,
    "nested tuples": ((1, (2, (3,))), None),
}
RAISES = {
    "an error": ValueError("bad"),
    "an error without text": KeyError(),
    "an error whose text raises": SilentError(),
    "SystemExit": SystemExit(3),
    "KeyboardInterrupt": KeyboardInterrupt(),
    "GeneratorExit": GeneratorExit(),
    "StopIteration": StopIteration(),
    "MemoryError": MemoryError(),
    "AssertionError": AssertionError("x"),
    "a group": ExceptionGroup("two", [ValueError("a"), TypeError("b")]),
}
BEHAVES = {
    "a generator": _generator,
    "a coroutine": _coroutine,
    "endless recursion": _endless_recursion,
    "no arguments": lambda: 1,
    "too many arguments": lambda a, b, c, d, e, f, g, h, i, j: 1,
    "a built-in": max,
    "a built-in without signature": dict.fromkeys,
    "a method": "x".join,
    "a ufunc": np.add,
}


@pytest.mark.parametrize("what", RETURNS)
@every_exercise
def test_it_survives_a_submission_that_returns(exercise, what, capsys):
    verdict = exercise.judge(lambda *args, **kwargs: RETURNS[what])
    assert verdict.kind == "wrong"
    assert len(str(verdict)) > 40
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("what", RAISES)
@every_exercise
def test_it_survives_a_submission_that_raises(exercise, what):
    verdict = exercise.judge(_raiser(RAISES[what]))
    assert verdict.kind == "crashed"


@pytest.mark.parametrize("what", BEHAVES)
@every_exercise
def test_it_survives_a_submission_that_is(exercise, what):
    assert exercise.judge(BEHAVES[what]).kind in ("wrong", "crashed")


@pytest.mark.parametrize("what", [None, 3, "f", [], int, Hostile, np.zeros(3), ...], ids=str)
def test_what_is_no_function_is_told_so(what):
    verdict = EXERCISES[0].judge(what)
    assert verdict.kind == "wrong"
    assert "function itself" in verdict.message


def test_a_check_without_a_function_asks_for_one():
    assert "needs the function itself" in EXERCISES[0].judge(None).message
    assert EXERCISES[0]().kind == "wrong"


@every_exercise
def test_a_stub_is_not_written_yet(exercise, capsys):
    verdict = exercise(_raiser(NotImplementedError()))
    assert verdict.kind == "not written yet"
    assert "not written yet" in capsys.readouterr().out
    assert not verdict.ok


def test_judging_leaves_the_cases_as_they_were():
    """A submission that overwrites its arguments spoils nothing for the next one."""

    def vandal(*args, **kwargs):
        for a in (*args, *kwargs.values()):
            if isinstance(a, np.ndarray):
                a.fill(0)

    for exercise in EXERCISES:
        before = copy.deepcopy([c.args for c in exercise.cases])
        exercise.judge(vandal)
        assert repr(before) == repr([c.args for c in exercise.cases])
        assert exercise.judge(exercise.reference).ok


# --- a small exercise of our own, to see each sentence --------------------------------------


def scale(x, *, factor=2.0):
    """factor · x"""
    return factor * np.asarray(x, dtype=float)


def _squares(x, *, factor=2.0):
    return factor * np.asarray(x, dtype=float) ** 2


ours = Exercise(
    scale,
    cases=(
        case(np.array([3.0])),
        case(np.array([1.0, -2.0, 4.0]), factor=0.5),
        case(np.arange(6.0).reshape(2, 3) - 2, factor=3.0),
        case(np.array([[1.0, 7.0], [2.0, 5.0]]), factor=-1.25),
        case(np.linspace(0.1, 0.9, 5), factor=1 / 3),
        case(np.array([1, 2, 4, 9]), factor=0.25),
    ),
    mistakes=(Mistake(_squares, "You square x. Leave it as it is."),),
    hints=("Multiply.", "By factor.", "factor * x"),
)


def said(submission) -> str:
    verdict = ours.judge(submission)
    assert not verdict.ok
    return verdict.message


@pytest.mark.parametrize(
    ("submission", "words"),
    [
        (lambda x, factor=2.0: x**2 * factor, "You square x"),
        (lambda x, factor=2.0: -factor * x, "wrong sign"),
        (lambda x, factor=2.0: 3 * factor * x, "3 times what is expected"),
        (lambda x, factor=2.0: factor * x / 3, "1/3 times what is expected"),
        (lambda x, factor=2.0: factor * x * x.shape[-1], "n times too large"),
        (lambda x, factor=2.0: factor * x / x.shape[-1], "n times too small"),
        (lambda x, factor=2.0: (factor * x) ** 2, "square of what is expected"),
        (lambda x, factor=2.0: factor * x + 0.5, "off by 0.5"),
        (lambda x, factor=2.0: (factor * x).T, "transposed"),
        (lambda x, factor=2.0: (factor * x)[::-1], "reverse order"),
        (lambda x, factor=2.0: factor * x.astype(np.float32), "float32"),
        (lambda x, factor=2.0: (factor * x).astype(int), "rounded to whole numbers"),
        (lambda x, factor=2.0: (factor * x).round(2), "rounded to 2 decimals"),
        (lambda x, factor=2.0: factor * x * (1 + 3e-8), "right to about 7 digits"),
        (lambda x, factor=2.0: np.append(factor * x, 1.0), "has shape"),
        (lambda x, factor=2.0: (x, factor), "where an array is expected"),
        (
            lambda x, factor=2.0: np.where(np.arange(x.size).reshape(x.shape) == 1, 0, factor * x),
            "wrong in 5 of 6 cases",
        ),
        (lambda x, factor=2.0: x * np.nan, "NaN"),
        (lambda x, factor=2.0: x / 0.0, "infinity"),
        (lambda x, factor=2.0: (factor * x)[..., None], "another shape"),
        (lambda x, factor=2.0: (factor * x).sum(), "has shape ()"),
        (lambda x, factor=2.0: None, "return"),
        (lambda x, factor=2.0: (factor * x).astype(complex), "complex"),
        (lambda x, factor=2.0: (factor * x).astype(object), "dtype object"),
        (lambda x, factor=2.0: factor * x if x.ndim == 1 else x, "2-D arrays"),
        (lambda x, factor=2.0: factor * np.abs(x), "wrong in 2 of 6 cases"),
        (lambda x, factor=2.0: (x.dtype.kind == "f" or 1.1) * factor * x, "integers"),
    ],
)
def test_what_can_be_measured_is_said(submission, words):
    assert words in said(submission)


def test_the_one_wrong_element_is_pointed_at():
    def first_forgotten(x, factor=2.0):
        out = factor * np.asarray(x, dtype=float)
        out.flat[0] += 1
        return out

    assert "element [0]; the other elements are right" in said_about_rows(first_forgotten)


def said_about_rows(submission) -> str:
    rows = Exercise(
        scale,
        cases=tuple(case(np.arange(4.0) * k + 1, factor=k) for k in (1.0, 2.0, 3.0)),
        mistakes=(),
        hints=(),
    )
    return rows.judge(submission).message


def test_a_result_that_comes_one_step_late_is_told_so():
    late = said_about_rows(lambda x, factor=2.0: np.concatenate([[0.0], factor * x[:-1]]))
    early = said_about_rows(lambda x, factor=2.0: np.concatenate([factor * x[1:], [0.0]]))
    assert "one step late" in late
    assert "one step early" in early


def test_the_smallest_failing_case_is_shown_with_both_results():
    message = said(lambda x, factor=2.0: -factor * x)
    assert "scale([3.])" in message
    assert "expected [6.]" in message
    assert "got      [-6.]" in message


def test_results_that_look_alike_are_printed_with_more_digits():
    message = said(lambda x, factor=2.0: factor * x * (1 + 1e-8))
    assert "expected [6.]" in message
    assert "got      [6.00000006]" in message


def test_a_long_list_is_cut():
    assert len(said(lambda x, factor=2.0: [0.5] * 100_000)) < 400
    nested = []
    nested.append(nested)
    assert len(said(lambda x, factor=2.0: nested)) < 400
    assert len(said(_raiser(ValueError("long " * 10_000)))) < 600


def test_a_crash_in_a_late_case_does_not_hide_an_earlier_wrong_value():
    def wrong_then_crash(x, factor=2.0):
        if x.ndim == 2:
            raise ValueError("two axes")
        return -factor * x

    message = said(wrong_then_crash)
    assert "scale([3.])" in message
    assert "got      [-6.]" in message


def kind(number):
    return "even" if number % 2 == 0 else "odd"


words = Exercise(kind, tuple(case(n) for n in range(6)), (), ())


@pytest.mark.parametrize(
    ("submission", "sentence"),
    [
        (lambda n: kind(n).title(), "'Even' where 'even' is asked for"),
        (lambda n: "neither", "none of the words asked for"),
        (lambda n: "odd", "another of the words than expected in 3 of 6 cases"),
        (lambda n: n, "where a word is expected"),
    ],
)
def test_a_wrong_word_is_told_from_one_that_was_not_asked_for(submission, sentence):
    assert sentence in words.judge(submission).message


def test_a_word_in_an_array_or_a_subclass_is_read():
    class Liar(str):
        def __eq__(self, other):
            return True

        __hash__ = str.__hash__

    assert words.judge(lambda n: np.where(n % 2 == 0, "even", "odd")).ok
    assert words.judge(lambda n: np.str_(kind(n))).ok
    assert not words.judge(lambda n: Liar("even")).ok


def test_a_parameter_too_few_is_told_and_not_left_out():
    assert "unexpected keyword argument" in said_about_rows(lambda x: x)


def test_a_modified_argument_is_told_by_name():
    def in_place(x, factor=2.0):
        if x.dtype.kind == "f":
            x *= factor
            return x
        return factor * x

    assert "modifies its argument x" in said(in_place)


def test_a_wrong_answer_that_also_modifies_its_argument_is_told_both():
    def wrong_and_in_place(x, factor=2.0):
        if x.dtype.kind == "f":
            x *= -1
        return factor * -abs(x)

    message = said(wrong_and_in_place)
    assert "also modifies its argument x" in message
    assert "wrong in" in message


def test_work_in_place_on_a_copy_is_right():
    def on_a_copy(x, factor=2.0):
        x = x.astype(float).copy()
        x *= factor
        return x

    assert ours.judge(on_a_copy).ok


def test_state_kept_between_calls_is_told():
    calls = []

    def stateful(x, factor=2.0):
        calls.append(1)
        return factor * x + (len(calls) > len(ours.cases))

    assert "keeps something between calls" in said(stateful)


def test_a_mutable_default_is_told_also_where_the_result_is_wrong():
    def remembers(x, factor=2.0, seen=[]):  # noqa: B006
        seen.append(1)
        return factor * x * len(seen)

    assert "default argument" in said(remembers)


def test_a_result_that_later_calls_overwrite_is_read_in_time():
    """Returning one buffer again and again is odd, but every result was right."""
    buffer = np.zeros(100)

    def reuse(x, factor=2.0):
        out = buffer[: x.size].reshape(x.shape)
        out[...] = factor * x
        return out

    assert ours.judge(reuse).ok


def test_printing_is_kept_back_and_mentioned():
    def chatty(x, factor=2.0):
        print("x is", x)
        return factor * x

    verdict = ours.judge(chatty)
    assert verdict.ok
    assert "printed" in verdict.message


def test_warnings_and_numerical_errors_stay_inside():
    def noisy(x, factor=2.0):
        import warnings

        warnings.warn("careful", stacklevel=1)
        np.log(-np.ones(3))
        return factor * x

    assert ours.judge(noisy).ok


def test_a_crash_shows_the_line_that_crashed():
    def crashes(x, factor=2.0):
        return undefined_name * x  # noqa: F821

    verdict = ours.judge(crashes)
    assert verdict.kind == "crashed"
    assert "NameError" in verdict.message
    assert "return undefined_name * x" in verdict.message


def test_a_crash_on_an_array_of_integers_says_what_to_write():
    def in_place(x, factor=2.0):
        x *= factor
        return x

    integers = Exercise(scale, (case(np.array([1, 2]), factor=0.5),), (), ())
    assert "write x = x − …" in integers.judge(in_place).message


def test_an_interrupted_loop_says_where():
    verdict = ours.judge(_raiser(KeyboardInterrupt()))
    assert "Interrupted in scale([3.])" in verdict.message


def test_an_interrupt_in_the_second_round_is_an_interrupt_too():
    calls = []

    def second_round(x, factor=2.0):
        calls.append(1)
        if len(calls) > len(ours.cases):
            raise KeyboardInterrupt
        return factor * x

    assert "Interrupted" in said(second_round)


class Defensive:
    """Raises on every question but a call."""

    def __getattr__(self, name):
        raise RuntimeError("no")

    @property
    def __signature__(self):
        raise RuntimeError("no")

    def __call__(self, *args, **kwargs):
        raise ValueError("no")


class Endless:
    """Every attribute is the thing itself, __wrapped__ too."""

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        raise ValueError("no")


class BadTuple(tuple):
    def __len__(self):
        return 7

    def __iter__(self):
        raise SystemExit


class BadArray(np.ndarray):
    @property
    def ndim(self):
        raise SystemExit


def _closes_output(*args, **kwargs):
    import sys

    sys.stdout.close()
    sys.stderr.close()
    return 1


@pytest.mark.parametrize(
    "submission",
    [
        Defensive(),
        Endless(),
        lambda *a, **k: BadTuple((1, 2)),
        lambda *a, **k: np.zeros(2).view(BadArray),
        _closes_output,
    ],
    ids=["defensive", "endless", "tuple", "array", "closes output"],
)
@every_exercise
def test_what_defends_itself_is_judged_all_the_same(exercise, submission):
    assert not exercise.judge(submission).ok


class Callable:
    def __call__(self, x, factor=2.0):
        return factor * x


@pytest.mark.parametrize(
    "submission",
    [
        lambda x, *, factor=2.0: factor * x,
        lambda x, factor=2.0: x * factor,
        lambda values, k=2.0: k * values,
        lambda values, *, k=2.0: values * k,
        lambda x, factor=2.0: (factor * np.asarray(x)).tolist(),
        lambda x, factor=2.0: sum([x * factor / 4] * 4),
        lambda x, factor=2.0: np.exp(np.log(abs(factor))) * np.sign(factor) * x,
        lambda x, /, factor=2.0: factor * x,
        lambda x, /, *, factor=2.0: factor * x,
        lambda *args, **kwargs: kwargs.get("factor", 2.0) * args[0],
        lambda x, factor=2.0, unused=None: factor * x,
        functools.partial(lambda unused, x, factor=2.0: factor * x, None),
        Callable(),
        lambda x, factor=2.0: np.ma.array(factor * x),
        lambda x, factor=2.0: np.multiply(factor, x, dtype=np.longdouble),
    ],
)
def test_a_right_answer_written_differently_is_right(submission):
    assert ours.judge(submission).ok


# --- an exercise that is driven: a rule with a state, called several times ------------------


def heavy_ball(x, grad, velocity, *, lr, beta):
    velocity = beta * velocity + grad
    return x - lr * velocity, velocity


def _undecayed(x, grad, velocity, *, lr, beta):
    velocity = velocity + grad
    return x - lr * velocity, velocity


def _three_steps(call, x, *, lr, beta):
    velocity, points = np.zeros_like(x), []
    for _ in range(3):
        x, velocity = call(x, 2 * x, velocity, lr=lr, beta=beta)
        points.append(x)
    return np.array(points), velocity


driven = Exercise(
    heavy_ball,
    cases=(case(np.array([1.0, -2.0]), lr=0.1, beta=0.9), case(np.ones((2, 3)), lr=0.2, beta=0.5)),
    mistakes=(Mistake(_undecayed, "The old velocity does not decay: multiply it by beta."),),
    hints=(),
    drive=_three_steps,
    parts=("path", "last velocity"),
)


def test_a_driven_exercise_passes_and_names_mistakes():
    assert driven.judge(heavy_ball).ok
    assert driven.judge(lambda x, g, v, *, rate, b: heavy_ball(x, g, v, lr=rate, beta=b)).ok
    assert driven.judge(_undecayed).mistake == "_undecayed"


@pytest.mark.parametrize(
    ("submission", "words"),
    [
        (lambda *a, **k: None, "it returned None"),
        (lambda x, *a, **k: x, "it returned [ 1., -2.]"),
        (lambda *a, **k: (1, 2, 3), "it returned (1, 2, 3)"),
        (lambda x, g, v, lr, beta: heavy_ball(x, -g, v, lr=lr, beta=beta), "path"),
    ],
)
def test_a_driver_that_cannot_go_on_says_with_what(submission, words):
    verdict = driven.judge(submission)
    assert verdict.kind == "wrong"
    assert words in verdict.message


def test_a_rule_that_modifies_its_state_in_place_is_told():
    def in_place(x, grad, velocity, *, lr, beta):
        velocity *= beta
        velocity += grad
        return x - lr * velocity, velocity

    assert "modifies its argument velocity" in driven.judge(in_place).message


# --- right answers to the course's exercises, written differently ---------------------------


def _loop(slope, intercept, x, y):
    a = b = 0.0
    for xi, yi in zip(x, y, strict=True):
        a -= 2 * (yi - slope * xi - intercept) * xi
        b -= 2 * (yi - slope * xi - intercept)
    return a, b


def _matrices(m, c, xs, ys):
    X = np.stack([xs, np.ones(len(xs))], axis=1)
    return 2 * X.T @ (X @ [m, c] - ys)


def _dot_products(slope, intercept, x, y):
    r = np.subtract(y, np.polyval([slope, intercept], x))
    return [-2 * np.dot(r, x), -2 * np.sum(r)]


def _moments(a, b, x, y):
    n, sx, sy = len(x), x.sum(), y.sum()
    return 2 * (a * (x * x).sum() + b * sx - (x * y).sum()), 2 * (a * sx + n * b - sy)


def _scipy_style(slope, intercept, x, y):
    return tuple(np.einsum("ki,i->k", [x, np.ones_like(x)], 2 * (slope * x + intercept - y)))


def _as_vector(gradient, slope, intercept, lr, steps):
    p = np.array([slope, intercept], dtype=float)
    while steps > 0:
        p = p - lr * np.array(gradient(*p))
        steps -= 1
    return p


def _recursive(gradient, a, b, lr, steps):
    if steps == 0:
        return a, b
    da, db = gradient(a, b)
    return _recursive(gradient, a - lr * da, b - lr * db, lr, steps - 1)


def _old_values_kept(gradient, slope, intercept, lr, steps):
    for _ in range(steps):
        old = slope
        slope = slope - lr * gradient(old, intercept)[0]
        intercept = intercept - lr * gradient(old, intercept)[1]
    return [slope, intercept]


def _while_loop(grad, x, lr, min_step, max_steps):
    x, n, moved = np.array(x, float), 0, np.inf
    while moved >= min_step and n < max_steps:
        new = x - lr * grad(x)
        moved, x, n = np.linalg.norm(new - x, ord=np.inf), new, n + 1
    return x, n


def _in_place_on_a_copy(f, start, rate, small, limit):
    here = np.array(start, dtype=float)
    count = 0
    for _ in range(limit):
        step = [rate * s for s in f(here)]
        here -= step
        count += 1
        if all(abs(s) < small for s in step):
            break
    return [here.tolist(), count]


@pytest.mark.parametrize(
    ("name", "submission"),
    [
        ("line_gradient", _loop),
        ("line_gradient", _matrices),
        ("line_gradient", _dot_products),
        ("line_gradient", _moments),
        ("line_gradient", _scipy_style),
        ("fit_line", _as_vector),
        ("fit_line", _recursive),
        ("fit_line", _old_values_kept),
        ("steps_until_small", _while_loop),
        ("steps_until_small", _in_place_on_a_copy),
    ],
)
def test_ten_answers_to_chapter_02_written_differently_are_right(name, submission):
    exercise = getattr(importlib.import_module("coursekit.checks.gradient_descent"), name)
    verdict = exercise.judge(submission)
    assert verdict.ok, str(verdict)


# --- hints, progress, grading ---------------------------------------------------------------


def test_hints_come_one_by_one_and_start_again(capsys):
    exercise = Exercise(scale, ours.cases, (), ("First.", "Second."))
    for _ in range(3):
        exercise.hint()
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 2: First.",
        "Hint 2 of 2: Second.",
        "That was the last hint for scale; from the first again:",
        "Hint 1 of 2: First.",
    ]


@pytest.fixture
def progress_file(tmp_path, monkeypatch):
    file = tmp_path / "progress.json"
    monkeypatch.setenv("COURSEKIT_PROGRESS", str(file))
    monkeypatch.chdir(tmp_path)
    return file


def test_progress_counts_what_has_passed_and_can_be_reset(progress_file, capsys):
    exercise = EXERCISES[0]
    assert str(checks.progress()).startswith("0 of ")
    exercise(exercise.reference)
    exercise(exercise.reference)
    assert str(checks.progress()).startswith("1 of ")
    assert "✓ passed" in checks.progress()._repr_html_()
    checks.reset_progress()
    assert str(checks.progress()).startswith("0 of ")


def test_a_wrong_answer_does_not_count(progress_file, capsys):
    EXERCISES[0](lambda *args, **kwargs: None)
    assert not progress_file.exists()


def test_solutions_do_not_count(progress_file, tmp_path, monkeypatch, capsys):
    (tmp_path / "solutions").mkdir()
    monkeypatch.chdir(tmp_path / "solutions")
    EXERCISES[0](EXERCISES[0].reference)
    assert not progress_file.exists()


def test_what_nbgrader_runs_does_not_count(progress_file, monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    EXERCISES[0](EXERCISES[0].reference)
    assert not progress_file.exists()


@pytest.mark.parametrize("broken", ["{", "[]", '{"passed": 3}', "\x00", "null"])
def test_a_broken_progress_file_is_put_aside(progress_file, broken, capsys):
    progress_file.write_text(broken)
    assert str(checks.progress()).startswith("0 of ")
    EXERCISES[0](EXERCISES[0].reference)
    assert str(checks.progress()).startswith("1 of ")
    assert progress_file.with_name("progress.json.broken").read_text() == broken


def test_progress_that_cannot_be_written_does_no_harm(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSEKIT_PROGRESS", str(tmp_path / "missing" / "progress.json"))
    assert EXERCISES[0](EXERCISES[0].reference).ok


def test_every_exercise_is_on_the_progress_page(progress_file):
    page = str(checks.progress())
    assert all(f"{e.stem}: {e.name}" in page for e in EXERCISES)


def test_under_nbgrader_a_wrong_answer_raises(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(AssertionError, match="wrong"):
        EXERCISES[0](lambda *args, **kwargs: None)


def test_a_verdict_is_shown_once():
    """The check prints it; as the last value of a cell it must not appear again."""
    assert ours.judge(scale)._ipython_display_() is None


def test_a_broken_reference_is_reported_to_its_author():
    def fails(x):
        raise ValueError("oops")

    with pytest.raises(RuntimeError, match="reference of fails fails"):
        Exercise(fails, (case(1.0),), (), ()).judge(lambda x: x)
