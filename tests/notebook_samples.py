"""Small notebooks for the tests of `coursekit.authoring`, and a project to put them in."""

import json

from coursekit.authoring.files import notebook_text
from coursekit.authoring.normalise import normalise

SOLUTION_CODE = '''def double(x):
    """Twice x."""
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION'''
STUB_CODE = '''def double(x):
    """Twice x."""
    # Your code here, instead of the next line.
    raise NotImplementedError("double is not written yet")'''
PNG = (  # one white pixel, with a note "Software: x"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACnRFWHRTb2Z0d2FyZQB4So2/zgAAAApJREFU"
    "eJxj+A8AAQEBALE49hQAAAAASUVORK5CYII="
)


def markdown(source, name="text", **metadata):
    return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": source}


def code(source, name="code", outputs=(), count=1, **metadata):
    return {
        "cell_type": "code",
        "execution_count": count,
        "id": name,
        "metadata": metadata,
        "outputs": list(outputs),
        "source": source,
    }


def nbgrader(grade_id, *, solution=False, points=None):
    """The metadata that nbgrader gives a solution cell, or a test cell worth `points`."""
    grade = points is not None
    about = {"grade": grade, "grade_id": grade_id, "locked": not solution, "schema_version": 3}
    return {**about, "solution": solution, **({"points": points} if grade else {})}


def solution_cell(source=SOLUTION_CODE, name="double", **about):
    return code(source, name, nbgrader={**nbgrader(name, solution=True), **about})


def printed(text, name="stdout"):
    return {"name": name, "output_type": "stream", "text": text}


def shown(plain, alt=None, mime="image/png", content=PNG):
    metadata = {} if alt is None else {mime: {"alt": alt}}
    data = {mime: content, "text/plain": plain}
    return {"data": data, "metadata": metadata, "output_type": "display_data"}


def notebook(*cells):
    """A notebook in normal form with a title, `cells`, and execution counts in order."""
    cells = [markdown("# 01 A title", "title"), *cells]
    for count, cell in enumerate((cell for cell in cells if cell["cell_type"] == "code"), 1):
        cell["execution_count"] = count
    return normalise({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def write(path, content):
    """Write a notebook, or any text, to `path` and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else notebook_text(content)
    path.write_bytes(text.encode("utf-8"))
    return path


def read(path):
    """The notebook at `path` as JSON has it, with each source as one string."""
    content = json.loads(path.read_text("utf-8"))
    for cell in content["cells"]:
        cell["source"] = "".join(cell["source"])
    return content
