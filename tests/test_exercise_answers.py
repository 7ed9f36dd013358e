"""What students write: each wrong answer gets its own sentence, each right one passes."""

import importlib
import json
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from coursekit.checks import gradient_descent, landscapes

SOLUTIONS = Path(__file__).parents[1] / "solutions"


def judged(name, code):
    """The verdict on the body of a function, as a student would write it below `def`."""
    stem, name = name.split(".")
    exercise = getattr(importlib.import_module(f"coursekit.checks.{stem}"), name)
    arguments = ", ".join(exercise.reference.__code__.co_varnames[: arity(exercise)])
    namespace = {"np": np}
    body = textwrap.indent(textwrap.dedent(code).strip(), "    ")
    exec(f"def {name}({arguments}):\n{body}", namespace)
    return exercise.judge(namespace[name])


def arity(exercise):
    return exercise.reference.__code__.co_argcount


# --- wrong answers, and the mistake that each is ---------------------------------------------

FIT = """
for _ in range(steps):
    a, b = gradient(slope, intercept)
    {}
return slope, intercept
"""
UNTIL = """
for taken in range(1, max_steps + 1):
    step = lr * grad(x)
    x = x - step
    if {}:
        return x, taken
return x, max_steps
"""
WAVE = "wave = final + (lr - final) * (1 + np.cos(np.pi * min(step, steps) / steps)) / 2\n"
STAIRS = """
for step in range(steps):
    x = x - {} * grad(x)
return x
"""
KIND = """
e = np.linalg.eigvalsh(hessian)
zero = {}
up, down = e > zero, e < -zero
if up.any() and down.any():
    return "saddle"
return "minimum" if up.all() else "maximum" if down.all() else "cannot tell"
"""
SHIFTED = "z = logits - logits.max()\np = np.exp(z) / np.exp(z).sum()\n"
LINE = "r = {}\nreturn (-2 * r * x).sum(), (-2 * r).sum()"

WRONG = [
    ("start_here.to_celsius", "return (fahrenheit - 32) * (5 // 9)", "_whole_fraction"),
    (
        "loss_functions.mean_squared_error",
        "return ((prediction - target) ** 2).sum() / prediction.shape[1]",
        "_columns_counted",
    ),
    (
        "loss_functions.cross_entropy",
        SHIFTED + "return -(np.eye(len(z))[label] * np.log(p)).sum()",
        "_one_hot_after_the_shift",
    ),
    (
        "loss_functions.cross_entropy",
        SHIFTED + "return -np.log(p[label] + 1e-6)",
        "_1e-06_added_after_the_shift",
    ),
    (
        "loss_functions.cross_entropy",
        SHIFTED + "return -np.log(max(p[label], 1e-300))",
        "_1e-300_at_least",
    ),
    ("loss_functions.cross_entropy", SHIFTED + "return p[label]", "_probability_itself"),
    (
        "loss_functions.cross_entropy",
        """
        if np.abs(logits).max() > 700:
            return logits.max() - logits[label]
        return np.log(np.exp(logits).sum()) - logits[label]
        """,
        "_largest_minus_label_after_all",
    ),
    (
        "loss_functions.cross_entropy",
        "z = np.clip(logits, -500, 500)\nreturn np.logaddexp.reduce(z) - z[label]",
        "_clipped_at_500_and_rearranged",
    ),
    (
        "loss_functions.best_constants",
        "return target.mean(), np.median(list(set(target)))",
        "_repeats_dropped_for_mae",
    ),
    (
        "gradient_descent.line_gradient",
        LINE.format("y - slope * x + intercept"),
        "_brackets_missing",
    ),
    (
        "gradient_descent.line_gradient",
        """
        for i in range(len(x)):
            r = y[i] - (slope * x[i] + intercept)
            a = -2 * r * x[i]
            b = -2 * r
        return a, b
        """,
        "_only_last_point",
    ),
    (
        "gradient_descent.fit_line",
        FIT.format("slope -= lr * a; intercept -= lr * b").replace("\nreturn", "\n    return"),
        "_returns_in_the_loop",
    ),
    (
        "gradient_descent.fit_line",
        FIT.format("s, i = slope - lr * a, intercept - lr * b"),
        None,  # never moves: measured, not named
    ),
    (
        "gradient_descent.fit_line",
        FIT.format("s, i = slope - lr * a, intercept - lr * b").replace(
            "return slope, intercept", "return s, i"
        ),
        "_starts_again_and_needs_a_step",
    ),
    *(
        (
            "gradient_descent.fit_line",
            FIT.format(f"if {test}: break\n    slope -= lr * a; intercept -= lr * b"),
            "_stops_early",
        )
        for test in (
            "max(abs(lr * a), abs(lr * b)) < 1e-3",
            "abs(a) < 1e-6 and abs(b) < 1e-6",
            "np.allclose([a, b], 0)",
        )
    ),
    (
        "gradient_descent.fit_line",
        FIT.format("slope = lr * a; intercept = lr * b"),
        "_old_value_lost",
    ),
    (
        "gradient_descent.fit_line",
        FIT.format("slope =- lr * a; intercept =- lr * b"),
        "_old_value_lost_to_a_sign",
    ),
    ("gradient_descent.fit_line", FIT.format("slope -= lr * a"), "_only_the_slope_moves"),
    ("gradient_descent.fit_line", FIT.format("intercept -= lr * b"), "_only_the_intercept_moves"),
    (
        "gradient_descent.fit_line",
        FIT.format("slope -= lr * b; intercept -= lr * a"),
        "_derivatives_swapped",
    ),
    *(
        ("gradient_descent.steps_until_small", UNTIL.format(test), mistake)
        for test, mistake in (
            ("np.abs(step).max() <= min_step", "_or_equal"),
            ("not (np.abs(step) > min_step).any()", "_or_equal"),
            ("abs(step[0]) < min_step", "_first_coordinate_only"),
            ("abs(step[1]) < min_step", "_second_coordinate_only"),
            ("abs(step[-1]) < min_step", "_last_coordinate_only"),
            ("abs(step[0]) < min_step and abs(step[1]) < min_step", "_first_two_coordinates"),
        )
    ),
    (
        "gradient_descent.steps_until_small",
        """
        for k in range(max_steps):
            step = lr * grad(x)
            x = x - step
            if np.abs(step).max() < min_step:
                break
        return x, k
        """,
        "_counts_from_zero_throughout",
    ),
    (
        "gradient_descent.steps_until_small",
        """
        for k in range(1, max_steps + 1):
            step = lr * grad(x)
            x = x - step
            if np.abs(step).max() < min_step:
                break
        return x, k
        """,
        "_needs_a_step",
    ),
    (
        "gradient_descent.steps_until_small",
        """
        k, moved = 0, 1
        while moved >= min_step and k < max_steps:
            step = lr * grad(x)
            x, k, moved = x - step, k + 1, np.abs(step).max()
        return x, k
        """,
        "_first_step_invented",
    ),
    (
        "learning_rate.cosine_rate",
        WAVE + "return min(max(wave, final), lr)",
        "_cut_off_on_both_sides",
    ),
    (
        "learning_rate.cosine_rate",
        WAVE + "return final if step >= steps - 1 else wave",
        "_final_one_step_early",
    ),
    (
        "learning_rate.cosine_rate",
        WAVE.replace("min(step, steps)", "(step % steps)") + "return wave",
        "_remainder_of_steps",
    ),
    (
        "learning_rate.cosine_rate",
        WAVE.replace("lr - final", "lr + final") + "return wave",
        "_sum_for_difference",
    ),
    ("learning_rate.cosine_rate", WAVE + "return wave - final", "_final_not_added"),
    (
        "learning_rate.staircase_descent",
        STAIRS.format("lr * factor ** (step // (every + 1))"),
        "_stairs_one_step_too_long",
    ),
    (
        "learning_rate.staircase_descent",
        STAIRS.format("lr * factor ** round(step / every)"),
        "_rounded",
    ),
    (
        "learning_rate.staircase_descent",
        STAIRS.format("lr * factor ** (steps // every)"),
        "_last_rate_for_all",
    ),
    (
        "learning_rate.staircase_descent",
        STAIRS.format("lr * factor ** (step // every)").replace("\nreturn", "\n    return"),
        "_returns_in_the_loop",
    ),
    (
        "learning_rate.staircase_descent",
        STAIRS.format("lr * factor ** (step // every)")
        .replace("    x =", "    new =")
        .replace("return x", "return new"),
        "_starts_again_and_needs_a_step",
    ),
    (
        "learning_rate.rate_limits",
        "e = np.linalg.eigvalsh(hessian)\nreturn 2 / e[-1], 1 / e.mean()",
        "_mean_of_all",
    ),
    (
        "learning_rate.rate_limits",
        "e = np.linalg.eigvalsh(hessian)\nreturn 2 / e[0], 2 / e[-1]",
        "_one_border_for_each_end",
    ),
    (
        "learning_rate.rate_limits",
        """
        v = np.ones(len(hessian))
        for _ in range(100):
            v = hessian @ v / np.linalg.norm(hessian @ v)
        largest = v @ hessian @ v
        return 2 / largest, 2 / (largest + np.linalg.eigvalsh(hessian)[0])
        """,
        None,  # the power iteration: where it ends depends on how long it runs
    ),
    *(
        ("landscapes.kind_of_stationary_point", KIND.format(zero), mistake)
        for zero, mistake in (
            ("1e-9 * e.max()", "_last_for_largest"),
            ("1e-9 * abs(e[-1])", "_last_for_largest"),
            ("1e-9 * abs(e[0])", "_first_for_largest"),
            ("1e-9 * np.abs(hessian).max()", "_largest_entry"),
            ("1e-9 * np.abs(e).sum()", "_all_for_largest"),
            ("1e-9 * np.linalg.norm(hessian)", "_all_for_largest"),
            ("1e-6 * np.abs(e).max()", "_1e-08_of_the_largest"),
            ("1e-12 * np.abs(e).max()", "_1e-10_of_the_largest"),
            ("np.finfo(float).eps * np.abs(e).max()", "_2e-16_of_the_largest"),
            ("1e-12", "_fixed_1e-12"),
            ("1e-8", "_fixed_1e-08"),
        )
    ),
    (
        "landscapes.kind_of_stationary_point",
        KIND.replace("e > zero, e < -zero", "e >= zero, e <= -zero").format(
            "1e-9 * np.abs(e).max()"
        ),
        "_zero_on_both_sides",
    ),
    (
        "landscapes.easom_gradient",
        """
        x, y = point[..., 0], point[..., 1]
        hump = np.exp(-((x - np.pi) ** 2) - (y - np.pi) ** 2)
        d_x = (np.sin(x) + 2 * (x - np.pi) * np.cos(x)) * np.cos(y) * hump
        d_y = (np.sin(y) + 2 * (y - np.pi) * np.cos(y)) * np.cos(x) * hump
        return np.array([d_x, d_y])
        """,
        "_coordinates_last",
    ),
]


@pytest.mark.parametrize(("name", "code", "mistake"), WRONG)
def test_a_wrong_answer_is_told_its_cause(name, code, mistake):
    """None: it is rejected, and no known mistake behaves the same."""
    verdict = judged(name, code)
    assert verdict.kind == "wrong", str(verdict)
    assert verdict.mistake == mistake, str(verdict)


# --- right answers in the cases that catch these ----------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("gradient_descent.steps_until_small", UNTIL.format("(np.abs(step) < min_step).all()")),
        (
            "gradient_descent.steps_until_small",
            """
            taken, x, moved = 0, np.array(x, float), np.inf
            while taken < max_steps and not moved < min_step:
                before = x.copy()
                x -= lr * grad(x)
                taken, moved = taken + 1, max(abs(x - before))
            return x, taken
            """,
        ),
        (
            "gradient_descent.fit_line",
            """
            if steps == 0:
                return slope, intercept
            a, b = gradient(slope, intercept)
            p = np.array([slope - lr * a, intercept - lr * b])
            for _ in range(steps - 1):
                p = p - lr * np.array(gradient(*p))
            return p
            """,
        ),
        ("learning_rate.cosine_rate", WAVE + "return wave"),
        ("landscapes.kind_of_stationary_point", KIND.format("1e-9 * np.abs(e).max()")),
        (
            "landscapes.kind_of_stationary_point",
            KIND.format("1e-9 * np.linalg.norm(hessian, 2)").replace("eigvalsh", "eigvals"),
        ),
        (
            "landscapes.easom_gradient",  # a difference along i is exact, so it is right
            """
            def f(x, y):
                return -np.cos(x) * np.cos(y) * np.exp(-((x - np.pi) ** 2) - (y - np.pi) ** 2)
            x, y = point
            return f(x + 1e-30j, y).imag / 1e-30, f(x, y + 1e-30j).imag / 1e-30
            """,
        ),
    ],
)
def test_a_right_answer_passes(name, code):
    verdict = judged(name, code)
    assert verdict.ok, str(verdict)


# --- the cases themselves -----------------------------------------------------------------------


@pytest.mark.parametrize("case", gradient_descent.steps_until_small.cases)
def test_no_count_of_steps_hinges_on_rounding(case):
    """No step comes within 0.1 % of min_step, but for the one that is it exactly."""
    (grad, x), k = case.args, case.kwargs
    x = np.array(x, dtype=float)
    _, taken = gradient_descent.steps_until_small.reference(grad, x, **k)
    for _ in range(taken):
        step = k["lr"] * grad(x)
        moved = np.abs(step).max()
        x = x - step
        exact = moved == k["min_step"] == 1.0 and float(x[0]).is_integer()
        assert exact or abs(moved / k["min_step"] - 1) > 1e-3


@pytest.mark.parametrize("case", landscapes.kind_of_stationary_point.cases)
def test_no_kind_hinges_on_rounding(case):
    """No eigenvalue comes within a quarter of the threshold."""
    sizes = np.abs(np.linalg.eigvalsh(np.asarray(*case.args, dtype=float)))
    share = sizes / (sizes.max() or 1) / landscapes.ZERO
    assert ((share < 0.76) | (share > 1.3)).all()


@pytest.mark.parametrize("stem", ["gradient_descent", "learning_rate"])
def test_a_student_can_call_the_functions_of_the_cases(stem):
    """They are public, and a docstring says what they are."""
    module = importlib.import_module(f"coursekit.checks.{stem}")
    exercises = [e for e in vars(module).values() if hasattr(e, "cases")]
    used = {a for e in exercises for c in e.cases for a in c.args if callable(a)}
    assert used
    for function in used:
        assert getattr(module, function.__name__) is function
        assert re.fullmatch(r"[A-Z0-9(].+[.]", function.__doc__)


# --- what the notebooks promise -----------------------------------------------------------------


def cells_of(stem):
    notebook = json.loads((SOLUTIONS / f"{stem}.ipynb").read_text("utf-8"))
    return [(c["cell_type"], "".join(c["source"])) for c in notebook["cells"]]


def test_the_last_cell_of_chapter_02_can_be_tried(capsys):
    """Pasted as it stands below one's own solutions, it takes the 163 steps."""
    cells = cells_of("02_gradient_descent")
    namespace = {}
    for kind, source in cells:
        if kind == "code" and not source.startswith("check."):
            exec(source, namespace)
    code = re.search(r"```python\n(.*)\n```", cells[-1][1], re.DOTALL)[1]
    *before, last = code.splitlines()
    exec("\n".join(before), namespace)
    assert eval(last, namespace)[1] == 163
    assert "163 steps" in cells[-1][1]


def test_the_bug_of_chapter_01_gives_what_the_text_says():
    text = next(source for _, source in cells_of("01_loss_functions") if "Find the bug" in source)
    namespace = {"np": np}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], namespace)
    with np.errstate(all="ignore"):
        losses = [namespace["cross_entropy"](np.array([1000.0, 0, -1000]), k) for k in range(3)]
    assert np.isnan(losses[0])
    assert losses[1:] == [np.inf, np.inf]
    assert "NaN for label 0 and infinity for labels 1 and 2" in text


@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_exercise_notebook_says_what_a_function_may_expect(path):
    assert "leave its arguments as they are" in cells_of(path.stem)[0][1]
