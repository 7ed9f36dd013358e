"""Executing and normalising: one form, whatever wrote the file, and nothing lost on the way."""

import base64
import copy
import json
import re

import pytest
from notebook_samples import PNG, code, markdown, notebook, printed, read, shown, write

from coursekit.authoring import commands, main_notebooks
from coursekit.authoring.execute import ExecutionError, execute
from coursekit.authoring.files import NotebookError, notebook_text, read_notebook, write_all
from coursekit.authoring.lint_outputs import output_problems
from coursekit.authoring.normalise import WIDGET_VIEW, normalise


def raw(*cells, **metadata):
    """A notebook as some program may have written it, not normalised."""
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def only_cell(cell):
    return normalise(raw(cell))["cells"][0]


# --- the normal form


def test_metadata_is_the_same_for_every_notebook():
    widgets = {"application/vnd.jupyter.widget-state+json": {}}
    made = normalise(raw(code("1"), kernelspec={"name": "mine"}, language_info={}, widgets=widgets))
    assert made["metadata"] == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }


def test_a_cell_keeps_only_the_metadata_that_means_something():
    kept = {"nbgrader": {"grade": False}, "tags": ["x"], "jupyter": {"source_hidden": True}}
    dropped = {"collapsed": True, "scrolled": True, "execution": {}, "deletable": False}
    assert only_cell(code("1", **kept, **dropped))["metadata"] == kept


def test_what_a_reader_is_to_predict_is_folded_away_until_the_cell_is_run():
    said = [{"output_type": "stream", "name": "stdout", "text": "42\n"}]
    notebook = {
        "cells": [
            code("1", "before", said),
            markdown("**Predict.** How much?", "question"),
            code("2", "answer", said),
            code("x = 3", "silent"),
            code("4", "answer-too", said),
            markdown("So much.", "text"),
            code("5", "after", said),
            code("guess = Predict('And now?')\nguess", "asks", said),
            code("guess.reveal(x)", "reveals", said),
            code("x", "figure", said),
            markdown("That much.", "words"),
            code("6", "last", said),
        ]
    }
    cells = normalise(notebook)["cells"]
    folded = [c["id"] for c in cells if c["metadata"].get("jupyter", {}).get("outputs_hidden")]
    assert folded == ["answer", "answer-too", "reveals", "figure"]


def test_a_question_stays_in_sight_and_what_reveals_its_answer_is_folded_away():
    said = [{"output_type": "stream", "name": "stdout", "text": "42\n"}]
    notebook = {
        "cells": [
            markdown("**Predict.** How much?", "text"),
            code("guess = Predict('How much?', unit='m')\nguess", "question", said),
            code("3", "after-a-text-that-asks", said),
            markdown("Now look.", "more"),
            code("look", "between", said),
            code("guess.reveal(\n    x)", "answer", said),
            code("reveal(x); 'guess.reveal(x)'", "another-function", said),
            code("guess.reveal(", "broken", said),
        ]
    }
    cells = normalise(notebook)["cells"]
    folded = [c["id"] for c in cells if c["metadata"].get("jupyter", {}).get("outputs_hidden")]
    assert folded == ["after-a-text-that-asks", "answer"]


@pytest.mark.parametrize("metadata", [{"tags": []}, {"jupyter": {"source_hidden": False}}])
def test_empty_metadata_goes(metadata):
    assert only_cell(code("1", **metadata))["metadata"] == {}


def test_ids_that_are_valid_and_unique_are_kept():
    made = normalise(raw(code("1", "b"), code("1", "A-_9"), code("1", "x" * 64)))
    assert [cell["id"] for cell in made["cells"]] == ["b", "A-_9", "x" * 64]


@pytest.mark.parametrize("name", [None, "", "a b", "x" * 65, "twin", 7])
def test_a_bad_id_is_replaced_by_the_same_one_each_time(name):
    cells = [code("0", "twin"), code("1", name), code("1", name)]
    made = [cell["id"] for cell in normalise(raw(*cells))["cells"]]
    again = [cell["id"] for cell in normalise(raw(markdown("x", "new"), *cells))["cells"]]
    assert made == again[1:]
    assert made[0] == "twin"
    assert len(set(made)) == 3
    assert all(re.fullmatch("[0-9a-f]{8}", made_id) for made_id in made[1:])


def test_an_id_that_is_needed_later_is_not_given_away():
    free = normalise(raw(code("1", None)))["cells"][0]["id"]
    made = normalise(raw(code("1", None), code("2", free)))["cells"]
    assert made[1]["id"] == free != made[0]["id"]


def test_a_notebook_older_than_cell_ids_gets_them():
    old = raw(code("1"))
    del old["cells"][0]["id"]
    old["nbformat_minor"] = 2
    made = normalise(old)
    assert made["cells"][0]["id"]
    assert made["nbformat_minor"] == 5


def test_blank_cells_and_trailing_newlines_go():
    made = normalise(raw(code("x = 1\r\ny\n\n", "a"), code(" \n", "b"), markdown("", "c")))
    assert [(cell["id"], cell["source"]) for cell in made["cells"]] == [("a", "x = 1\ny")]


def test_where_a_stream_was_cut_does_not_matter():
    parts = [printed("a"), printed("b\n"), printed("!", "stderr"), printed("c")]
    outputs = only_cell(code("1", outputs=parts))["outputs"]
    assert outputs == [printed("ab\n"), printed("!", "stderr"), printed("c")]


def test_outputs_keep_what_notebooks_define_and_no_more():
    result = {"data": {"text/plain": "1"}, "metadata": {}, "output_type": "execute_result"}
    outputs = [
        {**result, "execution_count": 9, "transient": {}},
        {**shown("x", "x"), "transient": {"display_id": "1"}},
    ]
    made = only_cell(code("1", outputs=outputs, count=2))["outputs"]
    assert made[0] == {**result, "execution_count": 2}
    assert set(made[1]) == {"data", "metadata", "output_type"}
    assert made[1]["metadata"] == {"image/png": {"alt": "x"}}


def test_a_picture_loses_its_notes_and_nothing_else():
    (output,) = only_cell(code("1", outputs=[shown("x", "x", content=PNG + "\n")]))["outputs"]
    before, after = (base64.b64decode(png) for png in (PNG, output["data"]["image/png"]))
    start = before.index(b"tEXt") - 4
    end = before.index(b"IDAT") - 4
    assert after == before[:start] + before[end:]


@pytest.mark.parametrize("content", ["eA==", "no base64", "A"])
def test_what_is_no_picture_passes_through(content):
    (output,) = only_cell(code("1", outputs=[shown("x", "x", content=content)]))["outputs"]
    assert output["data"]["image/png"] == content


@pytest.mark.parametrize("still", ["image/png", "text/html"])
def test_a_widget_leaves_its_still_and_not_its_id(still):
    output = shown("Descent", mime=still, content=PNG)
    output["data"][WIDGET_VIEW] = {"model_id": "random", "version_major": 2, "version_minor": 0}
    (kept,) = only_cell(code("1", outputs=[output]))["outputs"]
    assert sorted(kept["data"]) == sorted([still, "text/plain"])


def test_a_widget_without_a_still_is_kept_and_refused():
    (kept,) = only_cell(code("1", outputs=[shown("Box()", mime=WIDGET_VIEW)]))["outputs"]
    assert WIDGET_VIEW in kept["data"]
    assert any("needs a still" in problem for problem in output_problems([kept]))


def test_normalising_is_idempotent_and_does_not_touch_its_argument():
    messy = raw(code("1\n", None, [printed("a"), printed("b"), shown("x")]), code("", "b"))
    before = copy.deepcopy(messy)
    once = normalise(messy)
    assert messy == before
    assert normalise(once) == once


def test_the_text_is_what_nbformat_writes():
    import nbformat

    outputs = [
        printed("é\nb"),
        shown("x\ny", "x"),
        shown("x", "x", "image/svg+xml", "<svg>\n</svg>"),
    ]
    made = notebook(code("1\n\n2", "a", outputs), markdown("x\u2028y", "b"))
    assert notebook_text(made) == nbformat.writes(nbformat.from_dict(made)) + "\n"


def test_reading_joins_lines_and_writing_splits_them(tmp_path):
    made = notebook(code("1\n2", "a", [printed("a\nb\n"), shown("x\ny", "x")]))
    path = write(tmp_path / "a.ipynb", made)
    assert json.loads(path.read_text("utf-8"))["cells"][1]["source"] == ["1\n", "2"]
    assert read_notebook(path) == (made, path.read_text("utf-8"))


# --- writing


def test_all_files_are_written_or_none(tmp_path):
    old = write(tmp_path / "a", "old")
    with pytest.raises(OSError, match="missing"):
        write_all({old: "new", tmp_path / "missing" / "b": "new"})
    assert old.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [old]


def test_no_file_is_written_in_its_own_place(tmp_path, monkeypatch):
    """A reader, or a power cut, never meets half a file."""
    path = write(tmp_path / "a", "old")
    written = []
    write_bytes = type(path).write_bytes

    def note(path, data):
        written.append(path.name)
        return write_bytes(path, data)

    monkeypatch.setattr(type(path), "write_bytes", note)
    write_all({path: "new"})
    assert path.read_text("utf-8") == "new"
    assert len(written) == 1
    assert written[0] != "a"


def test_writing_through_a_link_keeps_the_link(tmp_path):
    place = write(tmp_path / "a", "old")
    link = tmp_path / "link"
    try:
        link.symlink_to(place)
    except OSError:  # Windows allows links to some users only, and there is nothing to keep then
        return
    write_all({link: "new\n"})
    assert link.is_symlink()
    assert place.read_bytes() == b"new\n"


# --- executing


@pytest.fixture
def project(tmp_path):
    """A project with one notebook that was written in a hurry, and one whose cell fails."""
    where = (
        "import os, pathlib, sys\n"
        "print(pathlib.Path.cwd().name, pathlib.Path(os.environ['COURSEKIT_PROGRESS']).exists())\n"
        "print(sys.executable)"
    )
    cells = [markdown("# 01 Good"), code(where, "where", count=9), code(""), code("1 + 1", "sum")]
    write(tmp_path / "notebooks/01_good.ipynb", raw(*cells, widgets={}))
    bad = notebook(code("x = 1"), code("\n# the reason\nx / 0", "bad"), code("x = 2", "after"))
    bad["cells"][0]["source"] = "# 02 Bad"
    write(tmp_path / "solutions/02_bad.ipynb", bad)
    return tmp_path


def test_notebooks_are_executed_and_a_failing_one_is_left_as_it_was(project, capsys):
    import sys

    good, bad = project / "notebooks/01_good.ipynb", project / "solutions/02_bad.ipynb"
    before = bad.read_bytes()
    assert main_notebooks(False, [], project) == 1
    out, err = capsys.readouterr()
    assert bad.read_bytes() == before
    assert (
        "solutions/02_bad.ipynb: unchanged: cell bad ('# the reason'): "
        "ZeroDivisionError: division by zero" in err
    )
    assert "notebooks/01_good.ipynb: written" in out
    cells = read(good)["cells"]
    assert [cell.get("execution_count") for cell in cells] == [None, 1, 2]
    text = "".join(cells[1]["outputs"][0]["text"]).splitlines()
    assert text == ["notebooks False", sys.executable]
    assert cells[2]["outputs"][0]["data"] == {"text/plain": ["2"]}


def test_executing_again_changes_no_byte_and_lint_has_the_last_word(tmp_path, capsys):
    path = write(tmp_path / "notebooks/01_a.ipynb", raw(markdown("# 01 A"), code("print('12 ms')")))
    assert main_notebooks(False, ["1"], tmp_path) == 1
    assert "cell code: the output holds a timing" in capsys.readouterr().out
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert main_notebooks(False, ["1"], tmp_path) == 1
    assert "executed, and nothing changed" in capsys.readouterr().out
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_failing_cell_without_an_id_is_named_by_the_id_it_would_get(tmp_path, capsys):
    cell = code("1 / 0")
    del cell["id"]
    path = write(tmp_path / "notebooks/01_a.ipynb", raw(markdown("# 01 A"), cell))
    assert main_notebooks(False, [], tmp_path) == 1
    assert re.search(r"cell [0-9a-f]{8} \('1 / 0'\): ZeroDivisionError", capsys.readouterr().err)
    assert "id" not in read(path)["cells"][1]


def test_a_cell_that_ends_the_kernel_is_named(tmp_path):
    with pytest.raises(ExecutionError, match=r"^cell bad \('import os'\): the kernel died"):
        execute(notebook(code("1"), code("import os\nos._exit(1)", "bad")), tmp_path)


def test_a_cell_that_takes_too_long_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("coursekit.authoring.execute.SECONDS_A_CELL", 1)
    with pytest.raises(ExecutionError, match=r"^cell bad .*did not end within 1 seconds$"):
        execute(notebook(code("while True: pass", "bad")), tmp_path)


def stand_in(monkeypatch, deed):
    """Let `deed` stand for running the notebook."""
    monkeypatch.setattr(commands, "execute", deed)


def test_an_interrupted_run_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = write(tmp_path / "notebooks/01_a.ipynb", notebook(code("1")))
    before = path.read_bytes()
    stand_in(monkeypatch, lambda notebook, folder: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        main_notebooks(False, [], tmp_path)
    assert path.read_bytes() == before


def test_a_file_saved_while_it_ran_is_not_overwritten(tmp_path, monkeypatch, capsys):
    path = write(tmp_path / "notebooks/01_a.ipynb", notebook(code("1")))

    def run_while_someone_saves(executed, folder):
        write(path, notebook(code("2")))
        return executed

    stand_in(monkeypatch, run_while_someone_saves)
    assert main_notebooks(False, [], tmp_path) == 1
    assert "saved while it was being run" in capsys.readouterr().err
    assert read(path)["cells"][1]["source"] == "2"


def test_exercises_are_not_executed(tmp_path):
    write(tmp_path / "exercises/01_a.ipynb", notebook(code("1")))
    assert main_notebooks(False, ["exercises/01_a.ipynb"], tmp_path) == 1


def test_a_failure_of_the_file_system_is_one_line(tmp_path, monkeypatch, capsys):
    write(tmp_path / "notebooks/01_a.ipynb", notebook(code("1")))
    stand_in(monkeypatch, lambda *_: (_ for _ in ()).throw(OSError("the disk is full")))
    assert main_notebooks(False, [], tmp_path) == 1
    assert capsys.readouterr().err == "notebooks/01_a.ipynb: unchanged: the disk is full\n"


def test_an_error_of_execution_is_an_error_of_the_notebook():
    assert issubclass(ExecutionError, NotebookError)
