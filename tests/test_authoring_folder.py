"""exercises/ kept in step with solutions/: all or nothing, and never at a student's cost."""

import json

import pytest
from notebook_samples import SOLUTION_CODE, code, notebook, printed, read, solution_cell, write

from coursekit.authoring import generation, main_exercises


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
