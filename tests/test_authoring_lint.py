"""The lint of notebooks: each rule with the least notebook that breaks it, and its good twin."""

import json

import pytest
from notebook_samples import code, markdown, notebook, printed, read, shown, write

from coursekit.authoring import main_notebooks
from coursekit.authoring.lint import lint


def complaints(root, *cells, **changes):
    """The complaints about a notebook of these cells in `root`/notebooks."""
    path = write(root / "notebooks/01_title.ipynb", {**notebook(*cells), **changes})
    return lint(path, root)


def breaks(root, *cells):
    """The phrase of the one complaint that there is, about the cell named `bad`."""
    (complaint,) = complaints(root, *cells)
    start = "notebooks/01_title.ipynb: cell bad: "
    assert complaint.startswith(start)
    return complaint.removeprefix(start)


def test_a_good_notebook_has_no_complaints(tmp_path):
    cells = [
        markdown("## A section\n\nSee [the title](01_title.ipynb) and [NumPy](https://numpy.org)."),
        code("print(1)", "print", [printed("1\n")]),
        code("show(fig, alt='A line')", "show", [shown("A line", "A line")]),
    ]
    assert complaints(tmp_path, *cells) == []


CODE = {
    "x;": ("x", "a ; ends a line"),
    "x = 1;  # why\nx": ("x = ';'  # why;\nx", "a ; ends a line"),
    "interact(f)": ("interaction(f)", "interact() draws an Output widget"),
    "w.interactive(f, x=1)": ("w.interacts(f, x=1)", "w.interactive() draws an Output widget"),
    "interactive_output(f, {})": ("f()", "draws an Output widget"),
    "out = widgets.Output()": ("out = widgets.Image()", "widgets.Output() is an Output widget"),
    "clear_output(wait=True)": ("clear()", "clear_output() removes outputs"),
    "update_display(x, display_id=1)": ("update(x)", "changes an output that nbval has stored"),
    "display(x, display_id=True)": ("display(x)", "display once"),
    "start = time.time()": ("start = path.time()", "time.time() measures time"),
    "perf_counter()": ("counter()", "measures time"),
    "timeit.timeit(f)": ("timed(f)", "measures time"),
    "datetime.datetime.now()": ("now()", "datetime.datetime.now() reads the clock"),
    "input('?')": ("inputs('?')", "input() waits for a keyboard"),
    "np.random.default_rng()": ("np.random.default_rng(0)", "default_rng() needs a seed"),
    "%timeit f()": ("a = 5\na %(3)", "'%timeit f()' is IPython"),
    "%matplotlib notebook": ("x = ('%matplotlib inline'\n%(1))", "is IPython"),
    "%%capture\nx": ("'''\n%%capture\n'''", "is IPython"),
    "!pip install numpy": ("(x\n!= 3)", "'!pip install numpy' is IPython"),
    "help?": ("'''\nhelp?\n'''", "'help?' is IPython"),
    "x = (": ("x = ()", "is not Python"),
    "x = " + "1" * 97: ("x = " + "1" * 96, "line 1: must be at most 100 columns, is 101"),
    "x = 1\n" * 25 + "x": ("x = 1\n" * 24 + "x", "must be at most 25 lines, is 26"),
}


@pytest.mark.parametrize("source", CODE)
def test_code_that_strict_nbval_or_a_reader_cannot_bear(tmp_path, source):
    good, problem = CODE[source]
    assert problem in breaks(tmp_path, code(source, "bad"))
    assert complaints(tmp_path, code(good)) == []


def picture(plain, alt, mime="image/png"):
    return shown(plain, alt, mime, "<svg><title>x</title></svg>" if "svg" in mime else "eA==")


def html(content):
    return {"data": {"text/html": content}, "metadata": {}, "output_type": "display_data"}


ERROR = {"ename": "ValueError", "evalue": "x", "output_type": "error", "traceback": []}
OUTPUTS = [
    (ERROR, printed("ValueError: x"), "stores an error, ValueError"),
    (printed("Warning: x\n", "stderr"), printed("Warning: x\n"), "writes to stderr, 'Warning: x'"),
    (picture("A line", None), picture("A line", "A line"), "needs alternative text"),
    (picture("", " "), picture("1", "1"), "needs alternative text"),
    (picture("<Figure size 640x480 with 1 Axes>", "A line"), picture("x", "x"), "must be its alt"),
    (picture("x", "y", "image/svg+xml"), picture("y", "y", "image/svg+xml"), "must be its alt"),
    (html("<img src='x'>"), html("<img src='x' alt='y'>"), "needs alternative text"),
    (html('<img src="x" alt="">'), html('<IMG SRC="x" alt="y">'), "needs alternative text"),
    (html("<table><tr><td>1</table>"), html("<table><tr><th>1</table>"), "needs header cells"),
    (html("<svg></svg>"), html("<svg aria-label='x'></svg>"), "needs a <title>"),
    (printed("<f at 0x7f190c018df0>"), printed("0x1F"), "'0x7f190c018df0'"),
    (printed("in /home/me/x.py"), printed("at /homes and w/home"), "a path of one machine"),
    (printed("/tmp/x"), printed("a/tmp/x"), "a path of one machine"),
    (printed("/root/x"), printed("the square /root of"), "a path of one machine"),
    (printed("/Users/me"), printed("Users/me"), "a path of one machine"),
    (printed(r"C:\Users\me"), printed("C: x"), "a path of one machine"),
    (printed("lib/site-packages/x"), printed("lib/site"), "'site-packages'"),
    (printed("http://localhost:8888"), printed("http://numpy.org"), "a local server"),
    (printed("took 1.23 s"), printed("1.23 steps of 3 sorts"), "a timing, '1.23 s'"),
    (printed("12 ms"), printed("12 mm, lr = 0.12"), "a timing, '12 ms'"),
    (printed("3 seconds"), printed("3 second-order terms: 3"), "a timing, '3 seconds'"),
    (html("<p>/tmp/x</p>"), html("<p>x</p>"), "a path of one machine"),
    (picture("/tmp/x", "/tmp/x"), picture("x", "x"), "a path of one machine"),
]


@pytest.mark.parametrize("case", range(len(OUTPUTS)))
def test_outputs_that_differ_by_machine_or_that_some_readers_cannot_see(tmp_path, case):
    bad, good, problem = OUTPUTS[case]
    assert problem in breaks(tmp_path, code("f()", "bad", [bad]))
    assert complaints(tmp_path, code("f()", "good", [good])) == []


PROSE = {
    "# Again": ("## Again", "a notebook has one title"),
    "### Deep": ("## A\n### Deep\n#### Deeper\n## B", "of level 3 follows one of level 1"),
    "Section\n---": ("Section\n\n---", "is underlined into a heading"),
    "Title\n===": ("```\nTitle\n===\n```", "is underlined into a heading"),
    "<h2>Section</h2>": ("`<h2>`", "a heading in HTML"),
    "[x](02_none.ipynb)": ("[x](01_title.ipynb#part)", "'02_none.ipynb' leads to no file"),
    "[x]()": ("`[x]()`", "leads to no file"),
    "[a]: none.md": ("[a]: 01_title.ipynb", "'none.md' leads to no file"),
    "<a href='none.md'>x</a>": ("<a href='https://x.org'>x</a>", "'none.md' leads to no file"),
    "[x](/srv/a.md)": ("[x](#part)", "make it relative"),
    "[x](file:///a.md)": ("[x](mailto:a@b.c)", "make it relative"),
    "[here](https://x.org)": ("[x here](https://x.org)", "must say where it goes"),
    "[](https://x.org)": ("[x](https://x.org)", "must say where it goes"),
    "![](01_title.ipynb)": ("![A line](01_title.ipynb)", "needs alternative text"),
    "![x](attachment:a.png)": ("![x](https://x.org/a.png)", "is not attached"),
    "<img src='01_title.ipynb'>": ("<img src='01_title.ipynb' alt='x'>", "alternative text"),
    "<table><td>1</td></table>": ("| a |\n|---|\n| 1 |", "needs header cells"),
}


@pytest.mark.parametrize("source", PROSE)
def test_prose_with_bad_headings_links_pictures_or_tables(tmp_path, source):
    good, problem = PROSE[source]
    assert problem in breaks(tmp_path, markdown(source, "bad"))
    assert complaints(tmp_path, markdown(good)) == []


@pytest.mark.parametrize(
    "source",
    [
        "```python\n# a comment, no title\n```",
        "~~~\n# a comment\n~~~\n",
        "The price is $f[x](y)$.",
        "$$\nf[x](y)\n$$",
        "Call `d[k](x)` or ``d[`k`](x)``.",
        "A [link [in brackets]](01_title.ipynb 'its title').",
        "[percent](%30%31_title.ipynb)",
    ],
)
def test_code_and_mathematics_are_not_read_as_markdown(tmp_path, source):
    assert complaints(tmp_path, markdown(source)) == []


def test_a_link_finds_an_exercise_in_its_own_folder(tmp_path):
    link = markdown("[exercise](../exercises/01_title.ipynb)", "bad")
    assert "leads to no file" in breaks(tmp_path, link)
    write(tmp_path / "exercises/01_title.ipynb", notebook())
    assert complaints(tmp_path, link) == []


@pytest.mark.parametrize("title", ["Title", "# Title", "## 01 Title", "# 02 Title", "# 010 Title"])
def test_the_first_line_is_the_title_with_the_number_of_the_file(tmp_path, title):
    made = notebook()
    made["cells"][0]["source"] = title
    (complaint, *_) = complaints(tmp_path, cells=made["cells"])
    assert "cell title: must be the title, '# 01 …'" in complaint


def test_a_title_in_a_code_cell_is_none(tmp_path):
    assert "must be the title" in complaints(tmp_path, cells=[code("# 01 Title", "a")])[0]


# --- execution and the file as a whole


def test_cells_out_of_order_are_named_once(tmp_path):
    made = notebook(code("1", "a"), code("2", "bad"), code("3", "c"))
    for cell, count in zip(made["cells"][1:], [1, 3, 2], strict=True):
        cell["execution_count"] = count
    (complaint,) = complaints(tmp_path, cells=made["cells"])
    assert "cell bad: was executed as number 3, and must be number 2" in complaint


def test_a_cell_that_was_not_executed_is_named(tmp_path):
    made = notebook(code("1", "bad"))
    made["cells"][1]["execution_count"] = None
    (complaint,) = complaints(tmp_path, cells=made["cells"])
    assert "cell bad: was not executed, and must be number 1" in complaint


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a b", "needs a valid id, got 'a b'"),
        ("", "needs a valid id"),
        ("x" * 65, "needs a valid id"),
        (None, "needs a valid id, got None"),
        ("title", "an earlier cell has the same id"),
    ],
)
def test_a_bad_cell_id_is_named(tmp_path, name, problem):
    made = notebook(code("1"))
    made["cells"][1]["id"] = name
    (complaint,) = complaints(tmp_path, cells=made["cells"])
    assert problem in complaint


def test_a_cell_without_an_id_is_named(tmp_path):
    made = notebook(code("1"))
    del made["cells"][1]["id"]
    (complaint,) = complaints(tmp_path, cells=made["cells"])
    assert "cell (without an id): needs a valid id" in complaint


def test_a_notebook_that_was_not_normalised_is_told_what_to_do(tmp_path):
    path = write(tmp_path / "notebooks/01_title.ipynb", notebook(code("1")))
    path.write_text(json.dumps(read(path), indent=2), "utf-8")
    assert lint(path, tmp_path) == [
        "notebooks/01_title.ipynb: is not in normal form: run python3 -m coursekit notebooks"
    ]


def test_a_notebook_of_a_megabyte_is_too_large(tmp_path):
    (complaint,) = complaints(tmp_path, code("1", "a", [printed("x" * 999_999)]))
    assert "must be smaller than 1,000,000 bytes, is 1,00" in complaint
    assert complaints(tmp_path, code("1", "a", [printed("x" * 990_000)])) == []


def test_an_exercise_need_not_have_been_run(tmp_path):
    made = notebook(code("1", "a"), markdown("### Deep", "bad"))
    made["cells"][1]["execution_count"] = None
    path = write(tmp_path / "exercises/01_title.ipynb", made)
    (complaint,) = lint(path, tmp_path)
    assert complaint.startswith("exercises/01_title.ipynb: cell bad: ### Deep")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{\n oops", "line 2: is not JSON"),
        ("[]", "is not a notebook: it has no nbformat"),
        ('{"nbformat": 3}', "must be a notebook of format 4, and is of format 3"),
        ('{"nbformat": 4}', "is not a notebook: it has no cells"),
        ('{"nbformat": 4, "cells": []}', "is not a notebook: it has no cells"),
        ('{"nbformat": 4, "cells": [{"cell_type": "x"}]}', "cell 1 must be a code, markdown or"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [{}]}]}', "cell 1: an output"),
    ],
)
def test_a_file_that_is_no_notebook_is_named_and_left_alone(tmp_path, capsys, content, problem):
    path = write(tmp_path / "notebooks/01_title.ipynb", content)
    assert problem in lint(path, tmp_path)[0]
    assert main_notebooks(False, [], tmp_path) == 1
    assert f"notebooks/01_title.ipynb: unchanged: {problem}" in capsys.readouterr().err
    assert path.read_text("utf-8") == content


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    path = write(tmp_path / "notebooks/01_title.ipynb", "")
    path.write_bytes(b'{"a": "\xff"}')
    assert lint(path, tmp_path) == ["notebooks/01_title.ipynb: is not UTF-8 text: byte 7"]


def test_a_missing_file_is_named(tmp_path):
    (complaint,) = lint(tmp_path / "notebooks/01_title.ipynb", tmp_path)
    assert complaint.startswith("notebooks/01_title.ipynb: cannot be read: ")


# --- the command


def test_check_prints_each_complaint_and_fails(tmp_path, capsys):
    write(tmp_path / "notebooks/01_title.ipynb", notebook(code("x;", "bad")))
    write(tmp_path / "notebooks/1_title.ipynb", notebook())
    write(tmp_path / "solutions/Untitled.ipynb", notebook())
    assert main_notebooks(True, [], tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        "notebooks/01_title.ipynb: cell bad: "
        "a ; ends a line: strict nbval fails on what it hides, so remove it",
        "notebooks/1_title.ipynb: must be named NN_stem.ipynb",
        "solutions/Untitled.ipynb: must be named NN_stem.ipynb",
    ]


ASK = "guess = Predict('How much?', unit='m')\nguess"
ASK_AGAIN = ASK.replace("much", "many")
TELL = "print(x)\nguess.reveal(x)"
PREDICTIONS = {
    "asked, shown and revealed": ([ASK, "x = 3", TELL], None),
    "one name for two questions": ([ASK, TELL, ASK_AGAIN, TELL], None),
    "two questions, then both results": (
        [ASK, ASK_AGAIN.replace("guess", "other"), TELL, "other.reveal(y)"],
        None,
    ),
    "of a module": (["g = interactive.Predict('What?')\ng", "g.reveal(x)"], None),
    "never revealed": ([ASK, "x"], (1, "guess is never revealed")),
    "lost under another question": ([ASK, ASK_AGAIN, TELL], (1, "guess is never revealed")),
    "revealed before it is asked": ([TELL, ASK], (2, "guess is never revealed")),
    "without a name": (["Predict('What?')"], (1, "needs a name")),
    "within something else": (["[Predict('What?')]"], (1, "needs a name")),
    "never shown": (
        ["guess = Predict('What?')\nprint(guess)", TELL],
        (1, "must end with guess, or nobody sees the question"),
    ),
    "shown under another name": (
        ["guess = Predict('What?')\nother", TELL],
        (1, "must end with guess"),
    ),
    "asked twice": ([ASK, TELL, ASK, TELL], (3, "asks 'How much?' again")),
    "a truth by hand": ([ASK, "guess.reveal('much')"], (2, "reveal('much') is written by hand")),
    "a truth by hand, a number": ([ASK, "guess.reveal(-3)"], (2, "compute the truth")),
    "a question beside a result": (
        [ASK, "guess.reveal(x)\nmore = Predict('And?')\nmore", "more.reveal(y)"],
        (2, "asks and reveals"),
    ),
}


@pytest.mark.parametrize(("sources", "problem"), PREDICTIONS.values(), ids=PREDICTIONS)
def test_each_prediction_is_shown_and_then_revealed(tmp_path, sources, problem):
    cells = [code(source, f"cell-{i}", count=i) for i, source in enumerate(sources, 1)]
    said = complaints(tmp_path, *cells)
    if problem is None:
        assert said == []
    else:
        (complaint,) = said
        assert f"cell cell-{problem[0]}: " in complaint
        assert problem[1] in complaint


def test_a_prediction_in_a_broken_cell_is_left_to_the_rule_for_code(tmp_path):
    assert "is not Python" in breaks(tmp_path, code("guess = Predict('What?'", "bad"))


def test_check_covers_three_folders_and_says_so(tmp_path, capsys):
    for folder in ("notebooks", "solutions", "exercises"):
        write(tmp_path / folder / "01_title.ipynb", notebook())
    assert main_notebooks(True, [], tmp_path) == 0
    assert capsys.readouterr().out == "3 notebooks: nothing to complain about\n"


@pytest.mark.parametrize("name", ["1", "01", "title", "01_title", "notebooks/01_title.ipynb"])
def test_a_notebook_is_named_by_number_stem_or_path(tmp_path, capsys, name):
    write(tmp_path / "notebooks/01_title.ipynb", notebook())
    write(tmp_path / "notebooks/11_other.ipynb", notebook(code("x;")))
    assert main_notebooks(True, [name], tmp_path) == 0
    assert capsys.readouterr().out == "1 notebook: nothing to complain about\n"


def test_a_notebook_is_named_by_its_path_from_the_current_folder(tmp_path, monkeypatch):
    write(tmp_path / "notebooks/01_title.ipynb", notebook())
    monkeypatch.chdir(tmp_path / "notebooks")
    assert main_notebooks(True, ["01_title.ipynb"], tmp_path) == 0


@pytest.mark.parametrize("name", ["2", "none", "notebooks/02_none.ipynb", ""])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(tmp_path, capsys, name):
    write(tmp_path / "notebooks/01_title.ipynb", notebook())
    assert main_notebooks(True, [name], tmp_path) == 1
    assert capsys.readouterr().err == f"no notebook is called {name!r}; there are 01_title\n"


def test_no_notebooks_at_all_is_an_error(tmp_path, capsys):
    assert main_notebooks(True, [], tmp_path) == 1
    assert "no notebook named NN_stem.ipynb in notebooks, solutions" in capsys.readouterr().err
