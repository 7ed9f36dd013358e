"""One solution → one exercise: stubs, and every way to get a marker wrong."""

import pytest
from notebook_samples import (
    SOLUTION_CODE,
    STUB_CODE,
    code,
    markdown,
    nbgrader,
    notebook,
    printed,
    solution_cell,
)

from coursekit.authoring.exercises import exercise_from
from coursekit.authoring.regions import make_exercise


def problems_of(*cells):
    """What is wrong with a solution notebook that has these cells."""
    return exercise_from(notebook(*cells), "solutions/01_twice.ipynb")[1]


# --- what an exercise looks like


def test_a_solution_becomes_a_stub_at_its_own_indentation():
    assert make_exercise(SOLUTION_CODE) == STUB_CODE


def test_a_stub_raises_the_name_of_its_function():
    names = {}
    exec(make_exercise(SOLUTION_CODE), names)
    with pytest.raises(NotImplementedError, match=r"^double is not written yet$"):
        names["double"](1)


METHOD = """
class A:
    def f(self):
        # BEGIN SOLUTION
        pass
        # END SOLUTION"""
NESTED = """
def f():
    def g():
        # BEGIN SOLUTION
        return 1
        # END SOLUTION
    return g"""
HOLDS_A_FUNCTION = """
async def f():
    # BEGIN SOLUTION
    def g():
        return 1
    # END SOLUTION
    return g"""
SECOND = """
def f():
    return 1

def g():
    # BEGIN SOLUTION
    return 2
    # END SOLUTION"""


@pytest.mark.parametrize(
    ("source", "name"), [(METHOD, "A.f"), (NESTED, "f.g"), (HOLDS_A_FUNCTION, "f"), (SECOND, "g")]
)
def test_a_stub_names_the_function_around_it(source, name):
    assert f'"{name} is not written yet"' in make_exercise(source)


def test_blanks_after_a_marker_do_not_matter():
    assert make_exercise(SOLUTION_CODE.replace("SOLUTION", "SOLUTION  ")) == STUB_CODE


def test_each_of_two_regions_gets_its_stub():
    source = SOLUTION_CODE + "\n\n\n" + SOLUTION_CODE.replace("double", "twice")
    assert make_exercise(source) == STUB_CODE + "\n\n\n" + STUB_CODE.replace("double", "twice")


def exercise_of(*cells):
    made, problems = exercise_from(notebook(*cells), "solutions/01_twice.ipynb")
    assert not problems
    return made


def test_an_exercise_keeps_ids_and_nbgrader_metadata_and_loses_outputs():
    cells = exercise_of(solution_cell(), code("double(2)", "try", [printed("4\n")]))["cells"]
    assert [cell["id"] for cell in cells] == ["title", "double", "try"]
    assert cells[1]["metadata"]["nbgrader"] == nbgrader("double", solution=True)
    assert [(cell["outputs"], cell["execution_count"]) for cell in cells[1:]] == [([], None)] * 2


def test_cells_for_instructors_are_left_out():
    cells = [solution_cell(), markdown("Answers", tags=["instructor"]), markdown("Go on", "next")]
    assert [cell["id"] for cell in exercise_of(*cells)["cells"]] == ["title", "double", "next"]


def test_an_exercise_says_where_it_comes_from():
    mark = exercise_of(solution_cell())["metadata"]["coursekit"]
    assert mark["generated_from"] == "solutions/01_twice.ipynb"


# --- what can be wrong with a solution

BODY = "    return 2 * x"


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        ("def f(x):\n    # BEGIN SOLUTION\n    return x", 2, "has no # END SOLUTION"),
        ("def f(x):\n    return x\n    # END SOLUTION", 3, "has no # BEGIN SOLUTION"),
        (SOLUTION_CODE.replace(BODY, "    # BEGIN SOLUTION\n" + BODY), 4, "solution of line 3"),
        (SOLUTION_CODE.replace("# BEGIN", "### BEGIN"), 3, "must be '# BEGIN SOLUTION' or"),
        (SOLUTION_CODE.replace("# BEGIN", "#BEGIN"), 3, "must be '# BEGIN SOLUTION' or"),
        (SOLUTION_CODE.replace("# END SOL", "# end sol"), 5, "must be '# BEGIN SOLUTION' or"),
        (SOLUTION_CODE.replace("SOLUTION", "solution"), 3, "must be '# BEGIN SOLUTION' or"),
        (SOLUTION_CODE.replace("BEGIN S", "BEGIN_S"), 3, "must be '# BEGIN SOLUTION' or"),
        (SOLUTION_CODE.replace("BEGIN SOLUTION", "BEGIN SOLUTIONS"), 3, "on a line of its own"),
        (SOLUTION_CODE.replace("    # BEGIN", "    x = 1  # BEGIN"), 3, "on a line of its own"),
        ('print("BEGIN SOLUTION")', 1, "on a line of its own"),
        (SOLUTION_CODE.replace("BEGIN", "BEGINN"), 5, "has no # BEGIN SOLUTION"),
        (SOLUTION_CODE.replace("2 * x", "2 *"), 4, "not Python"),
        (SOLUTION_CODE.replace(BODY + "\n", ""), 3, "at least one statement"),
        (SOLUTION_CODE.replace(BODY, "    # nothing"), 3, "at least one statement"),
        ("# BEGIN SOLUTION\nx = 1\n# END SOLUTION", 1, "inside a function"),
        ("class A:\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION", 2, "inside a function"),
        ("# BEGIN SOLUTION\ndef f():\n    return 1\n# END SOLUTION", 1, "inside a function"),
        (SOLUTION_CODE.replace("    # BEGIN", "# BEGIN"), 3, "indented like the code"),
        ("def f(x):\n    # BEGIN SOLUTION\n    if x:\n        y = 1\n    # END SOLUTION\n"
         "    else:\n        y = 2", 2, "without the solution is not Python"),
    ],
)  # fmt: skip
def test_a_wrong_marker_is_named_with_its_cell_and_line(source, line, problem):
    (found,) = problems_of(solution_cell(source))
    assert found.startswith(f"solutions/01_twice.ipynb: cell double: line {line}: ")
    assert problem in found


def test_ordinary_code_and_prose_are_not_taken_for_markers():
    words = "end_solution = 1  # where the solution ends\nbegin = end = solution = None"
    assert not problems_of(solution_cell(), code(words, "words"))
    assert not problems_of(solution_cell(), markdown("Begin with the solution of 1."))


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (markdown("# BEGIN SOLUTION\nx\n# END SOLUTION"), "line 1: a solution must stand in"),
        (markdown("x", nbgrader=nbgrader("a", solution=True)), "must be a code cell"),
        (code(SOLUTION_CODE), "needs a cell that nbgrader knows as solution: true"),
        (solution_cell("def f(x):\n    return x", "f"), "a solution cell needs # BEGIN SOLUTION"),
        (solution_cell(name="x", grade_id=""), "needs a grade_id of letters, digits, _ and -"),
        (solution_cell(name="x", grade_id=None), "needs a grade_id"),
        (solution_cell(name="x", grade_id="a b"), "needs a grade_id"),
        (solution_cell(name="x", schema_version=2), "must be of schema_version 3"),
        (solution_cell(name="x", locked=None), "each true or false"),
        (solution_cell(name="x", grade=True), "needs points, a number; got None"),
        (code("f()", nbgrader="solution"), "must be of schema_version 3"),
        (code("f()", nbgrader=nbgrader("double", points=1)), "'double' must be unique"),
        (code("f()", nbgrader=nbgrader("a", points=1), tags=["instructor"]), "cannot grade it"),
    ],
)  # fmt: skip
def test_a_cell_that_nbgrader_would_refuse_or_misread_is_named(cell, problem):
    found = problems_of(solution_cell(), cell)
    assert len(found) >= 1
    assert found[0].startswith(f"solutions/01_twice.ipynb: cell {cell['id']}: ")
    assert any(problem in line for line in found)


def test_a_notebook_for_instructors_alone_is_refused():
    only = notebook(markdown("x", tags=["instructor"]))
    only["cells"] = only["cells"][1:]
    (problem,) = exercise_from(only, "solutions/01_twice.ipynb")[1]
    assert "every cell is tagged 'instructor'" in problem
