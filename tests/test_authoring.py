"""Solutions → exercises: stubs, every way to get a marker wrong, and a student's work kept."""

import json

import pytest
from notebook_samples import (
    SOLUTION_CODE,
    STUB_CODE,
    code,
    markdown,
    nbgrader,
    notebook,
    printed,
    read,
    solution_cell,
    write,
)

from coursekit.authoring import generation, main_exercises
from coursekit.authoring.exercises import exercise_from
from coursekit.authoring.regions import make_exercise


@pytest.fixture
def project(tmp_path):
    """A project with one solution; its exercise is not generated yet."""
    cells = [solution_cell(), code("double(2)", "try", [printed("4\n")])]
    write(tmp_path / "solutions/01_twice.ipynb", notebook(*cells))
    return tmp_path


@pytest.fixture
def exercise(project, capsys):
    """The path of the generated exercise of `project`."""
    assert main_exercises(False, project) == 0
    capsys.readouterr()
    return project / "exercises/01_twice.ipynb"


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


def test_each_of_two_regions_gets_its_stub():
    source = SOLUTION_CODE + "\n\n\n" + SOLUTION_CODE.replace("double", "twice")
    assert make_exercise(source) == STUB_CODE + "\n\n\n" + STUB_CODE.replace("double", "twice")


def test_an_exercise_keeps_ids_and_nbgrader_metadata_and_loses_outputs(exercise):
    cells = read(exercise)["cells"]
    assert [cell["id"] for cell in cells] == ["title", "double", "try"]
    assert cells[1]["metadata"]["nbgrader"] == nbgrader("double", solution=True)
    assert [(cell["outputs"], cell["execution_count"]) for cell in cells[1:]] == [([], None)] * 2


def test_cells_for_instructors_are_left_out():
    cells = [solution_cell(), markdown("Answers", tags=["instructor"]), markdown("Go on", "next")]
    made, problems = exercise_from(notebook(*cells), "solutions/01_twice.ipynb")
    assert not problems
    assert [cell["id"] for cell in made["cells"]] == ["title", "double", "next"]


def test_an_exercise_says_where_it_comes_from(exercise):
    mark = read(exercise)["metadata"]["coursekit"]
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


# --- the folder as a whole


def test_generating_twice_changes_nothing(exercise, project, capsys):
    before = exercise.read_bytes(), exercise.stat().st_mtime_ns
    assert main_exercises(False, project) == 0
    assert capsys.readouterr().out == "exercises/: all fresh, nothing written\n"
    assert (exercise.read_bytes(), exercise.stat().st_mtime_ns) == before
    assert before[0].endswith(b"}\n")


def test_check_is_silent_but_for_one_line_when_all_are_fresh(exercise, project, capsys):
    assert main_exercises(True, project) == 0
    assert capsys.readouterr().out == "exercises/: all fresh\n"


def test_check_names_a_missing_exercise_and_writes_nothing(project, capsys):
    assert main_exercises(True, project) == 1
    assert "exercises/01_twice.ipynb: is missing" in capsys.readouterr().out
    assert not (project / "exercises").exists()


def test_an_edited_solution_makes_its_exercise_stale_until_it_is_generated(
    exercise, project, capsys
):
    changed = notebook(solution_cell(), code("double(3)", "try"))
    write(project / "solutions/01_twice.ipynb", changed)
    assert main_exercises(True, project) == 1
    assert "exercises/01_twice.ipynb: is stale" in capsys.readouterr().out
    assert main_exercises(False, project) == 0
    assert read(exercise)["cells"][-1]["source"] == "double(3)"
    assert [path.name for path in exercise.parent.iterdir()] == [exercise.name]
    assert main_exercises(True, project) == 0


def test_a_better_solution_alone_leaves_the_exercise_fresh(exercise, project):
    better = solution_cell(SOLUTION_CODE.replace("2 * x", "x + x"))
    write(project / "solutions/01_twice.ipynb", notebook(better, code("double(2)", "try")))
    assert main_exercises(True, project) == 0


def test_nothing_is_written_when_any_solution_is_wrong(project, capsys):
    bad = notebook(code(SOLUTION_CODE, "bad"))
    write(project / "solutions/02_bad.ipynb", bad)
    write(project / "solutions/03_worse.ipynb", "{")
    write(project / "solutions/Untitled.ipynb", notebook())
    assert main_exercises(False, project) == 1
    problems = capsys.readouterr().err
    assert "solutions/02_bad.ipynb: cell bad: # BEGIN SOLUTION needs" in problems
    assert "solutions/03_worse.ipynb: line 1: is not JSON" in problems
    assert "solutions/Untitled.ipynb: must be named NN_stem.ipynb" in problems
    assert not (project / "exercises").exists()


def test_no_solutions_at_all_is_an_error(tmp_path, capsys):
    assert main_exercises(True, tmp_path) == 1
    assert "no notebook named NN_stem.ipynb in solutions" in capsys.readouterr().err


def test_an_interrupted_write_leaves_every_old_file(exercise, project, monkeypatch, capsys):
    write(project / "solutions/02_more.ipynb", notebook(solution_cell()))
    write(project / "solutions/01_twice.ipynb", notebook(solution_cell(name="other")))
    before = exercise.read_bytes()
    write_bytes = type(exercise).write_bytes

    def fail_at_the_second(path, data):
        if "02_more" in path.name:
            raise OSError("the disk is full")
        return write_bytes(path, data)

    monkeypatch.setattr(type(exercise), "write_bytes", fail_at_the_second)
    assert main_exercises(False, project) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert [path.name for path in exercise.parent.iterdir()] == [exercise.name]
    assert exercise.read_bytes() == before


# --- a student's work


def edit(path, source="def double(x):\n    return x + x"):
    """Write into the notebook as a student does in JupyterLab, which adds metadata too."""
    content = read(path)
    content["cells"][1]["source"] = source
    content["metadata"]["language_info"] = {"name": "python", "version": "3.13.1"}
    path.write_text(json.dumps(content), "utf-8")
    return path.read_bytes()


def test_check_says_that_an_exercise_was_edited(exercise, project, capsys):
    edit(exercise)
    assert main_exercises(True, project) == 1
    assert "exercises/01_twice.ipynb: was edited by hand" in capsys.readouterr().out


def test_work_in_an_exercise_is_kept_beside_the_new_one(exercise, project, capsys):
    fresh = exercise.read_bytes()
    work = edit(exercise)
    assert main_exercises(False, project) == 0
    assert "is now exercises/01_twice.mine.ipynb" in capsys.readouterr().out
    assert exercise.read_bytes() == fresh
    assert (exercise.parent / "01_twice.mine.ipynb").read_bytes() == work


def test_kept_work_is_never_overwritten_nor_counted_as_an_exercise(exercise, project):
    first = edit(exercise, "first = 1")
    main_exercises(False, project)
    second = edit(exercise, "second = 2")
    main_exercises(False, project)
    third = edit(exercise, "third = 3")
    main_exercises(False, project)
    names = ["01_twice.mine.ipynb", "01_twice.mine-2.ipynb", "01_twice.mine-3.ipynb"]
    assert [(exercise.parent / name).read_bytes() for name in names] == [first, second, third]
    assert main_exercises(True, project) == 0


@pytest.mark.parametrize("change", ["source", "id", "order", "new cell", "deleted cell"])
def test_every_change_to_cells_counts_as_work(exercise, project, change):
    content = read(exercise)
    cells = content["cells"]
    if change == "source":
        cells[2]["source"] += " "
    elif change == "id":
        cells[2]["id"] = "new"
    elif change == "order":
        cells.reverse()
    elif change == "new cell":
        cells.append(code("1 + 1", "mine"))
    else:
        del cells[2]
    exercise.write_text(json.dumps(content), "utf-8")
    main_exercises(False, project)
    assert (exercise.parent / "01_twice.mine.ipynb").exists()


def test_running_an_exercise_in_jupyterlab_is_not_work(exercise, project):
    content = read(exercise)
    content["cells"][2]["outputs"] = [printed("4\n")]
    content["cells"][2]["execution_count"] = 7
    content["cells"].append(code("", "blank", count=None))
    content["metadata"]["kernelspec"]["display_name"] = "Mine"
    exercise.write_text(json.dumps(content), "utf-8")
    assert main_exercises(True, project) == 1
    assert main_exercises(False, project) == 0
    assert [path.name for path in exercise.parent.iterdir()] == [exercise.name]


def test_unchanged_exercises_of_an_older_solution_leave_no_copies(exercise, project):
    write(project / "solutions/01_twice.ipynb", notebook(solution_cell(name="other")))
    assert main_exercises(False, project) == 0
    assert [path.name for path in exercise.parent.iterdir()] == [exercise.name]


@pytest.mark.parametrize("text", ["not a notebook", notebook(code("mine"))])
def test_a_file_that_was_not_generated_is_kept_too(project, text):
    own = write(project / "exercises/01_twice.ipynb", text).read_bytes()
    assert main_exercises(False, project) == 0
    assert (project / "exercises/01_twice.mine.ipynb").read_bytes() == own


def test_a_failed_generation_does_not_lose_work(exercise, project, monkeypatch):
    work = edit(exercise)
    monkeypatch.setattr(generation, "write_all", lambda texts: (_ for _ in ()).throw(OSError("no")))
    assert main_exercises(False, project) == 1
    assert exercise.read_bytes() == work


# --- exercises whose solution is gone


@pytest.fixture
def leftover(exercise, project):
    """A generated exercise 01, after its solution was renamed to 02."""
    (project / "solutions/01_twice.ipynb").rename(project / "solutions/02_twice.ipynb")
    return exercise


def test_a_leftover_is_reported_then_removed(leftover, project, capsys):
    assert main_exercises(True, project) == 1
    assert "exercises/01_twice.ipynb: is left over" in capsys.readouterr().out
    assert main_exercises(False, project) == 0
    assert not leftover.exists()
    assert [path.name for path in leftover.parent.iterdir()] == ["02_twice.ipynb"]


def test_a_leftover_with_work_in_it_is_kept_under_its_own_name(leftover, project):
    work = edit(leftover)
    assert main_exercises(False, project) == 0
    assert not leftover.exists()
    assert (leftover.parent / "01_twice.mine.ipynb").read_bytes() == work


@pytest.mark.parametrize("text", ["not a notebook", notebook(code("mine"))])
def test_what_was_not_generated_is_never_removed(project, text, capsys):
    own = write(project / "exercises/07_own.ipynb", text)
    before = own.read_bytes()
    assert main_exercises(False, project) == 1
    assert (
        "exercises/07_own.ipynb: has no solution; it was not generated" in capsys.readouterr().out
    )
    assert own.read_bytes() == before


def test_a_copy_under_another_name_is_left_alone(exercise, project):
    copy = exercise.with_name("01_twice-Copy1.ipynb")
    renamed = exercise.with_name("07_own.ipynb")
    for path in (copy, renamed):
        path.write_bytes(exercise.read_bytes())
    main_exercises(False, project)
    assert copy.exists()
    assert renamed.exists()
