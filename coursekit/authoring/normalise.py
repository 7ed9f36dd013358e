"""The one form of a notebook: what a reader needs, and nothing that varies by machine or run."""

import base64
import binascii
import hashlib
import re

from coursekit.authoring.predictions import asks, reveals

METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_NOTES = (b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf")
PREDICT = "**Predict"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def normalise(notebook):
    """`notebook` in normal form, as a new dict; the argument is not modified.

    Blank cells go. Valid, unique cell ids are kept; a cell without one gets an id made from
    its text, so that it is the same wherever and whenever this runs.
    """
    cells = [_cell(cell) for cell in notebook["cells"] if cell["source"].strip()]
    _give_ids(cells)
    _fold_answers(cells)
    metadata = dict(METADATA)
    if "coursekit" in notebook.get("metadata", {}):  # where an exercise was generated from
        metadata["coursekit"] = notebook["metadata"]["coursekit"]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def without_outputs(notebook):
    """`notebook` as if it had never been run, as a new dict."""
    fresh = {"outputs": [], "execution_count": None}
    cells = [
        {**cell, **fresh} if cell["cell_type"] == "code" else cell for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def _cell(cell):
    kept = {
        "cell_type": cell["cell_type"],
        "id": cell.get("id"),
        "metadata": _cell_metadata(cell.get("metadata", {})),
        "source": cell["source"].replace("\r\n", "\n").rstrip("\n"),
    }
    if cell["cell_type"] == "code":
        count = cell.get("execution_count")
        kept["execution_count"] = count
        kept["outputs"] = [_output(o, count) for o in _merged(cell.get("outputs", ()))]
    elif cell.get("attachments"):
        kept["attachments"] = cell["attachments"]
    return kept


def _cell_metadata(metadata):
    """What the course gives meaning to; timings, collapsed and scrolled flags and the rest go."""
    kept = {key: metadata[key] for key in ("nbgrader", "tags") if metadata.get(key)}
    jupyter = metadata.get("jupyter")
    if isinstance(jupyter, dict) and jupyter.get("source_hidden"):
        kept["jupyter"] = {"source_hidden": True}
    return kept


def _fold_answers(cells):
    """Fold away what a reader is asked to predict: JupyterLab shows it once the cell is run.

    That is every output between a text that says **Predict**, or a cell that asks by `Predict`,
    and the next text, and that of a cell which reveals one; the question itself stays in sight.
    """
    asked = False
    for cell in cells:
        if cell["cell_type"] != "code":
            asked = PREDICT in cell["source"]
        elif asks(cell["source"]):
            asked = True
        elif cell["outputs"] and (asked or reveals(cell["source"])):
            cell["metadata"].setdefault("jupyter", {})["outputs_hidden"] = True


def _give_ids(cells):
    """Give an id to each cell that has none, an invalid one, or one an earlier cell has."""
    taken = set()
    waiting = []
    for cell in cells:
        valid = isinstance(cell["id"], str) and CELL_ID.fullmatch(cell["id"])
        if valid and cell["id"] not in taken:
            taken.add(cell["id"])
        else:
            waiting.append(cell)
    for cell in waiting:
        cell["id"] = _new_id(cell, taken)
        taken.add(cell["id"])


def _new_id(cell, taken):
    attempt = 0
    while True:
        text = f"{cell['cell_type']}\n{cell['source']}\n{attempt}"
        new = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        if new not in taken:
            return new
        attempt += 1


def _merged(outputs):
    """Neighbouring outputs to one stream become one: where a stream was cut varies by run."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else {}
        is_stream = output["output_type"] == "stream"
        if is_stream and (last.get("output_type"), last.get("name")) == ("stream", output["name"]):
            merged[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            merged.append(output)
    return merged


def _output(output, execution_count):
    kind = output["output_type"]
    if kind == "stream":
        return {"name": output["name"], "output_type": kind, "text": output["text"]}
    if kind == "error":
        return {key: output[key] for key in ("ename", "evalue", "output_type", "traceback")}
    data = {
        mime: _content(mime, content)
        for mime, content in output["data"].items()
        if mime != WIDGET_VIEW or not _has_still(output["data"])
    }
    about = {mime: more for mime, more in output.get("metadata", {}).items() if mime in data}
    kept = {"data": data, "metadata": about, "output_type": kind}
    if kind == "execute_result":
        kept["execution_count"] = execution_count
    return kept


def _has_still(data):
    """Is there something to see where no kernel runs? Then the reference to a widget goes: its
    model id differs at each run, and JupyterLab would show "model not found" in its place."""
    return any(mime.startswith("image/") or mime == "text/html" for mime in data)


def _content(mime, content):
    if mime == "image/png" and isinstance(content, str):
        return _plain_png(content)
    return content


def _plain_png(encoded):
    """The PNG without its notes: Matplotlib's version, dates, and the like.

    They change when a library is upgraded, though the picture may not.
    """
    try:
        png = base64.b64decode(encoded)
    except binascii.Error:
        return encoded
    if not png.startswith(PNG_SIGNATURE):
        return encoded
    kept, at = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while at < len(png):  # a chunk: 4 bytes of length, 4 of type, its data, 4 of checksum
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] not in PNG_NOTES:
            kept.append(png[at:end])
        at = end
    return base64.b64encode(b"".join(kept)).decode("ascii")
