"""Asking an explorer as the browser does, without a browser."""

import io
from types import SimpleNamespace

import numpy as np
from PIL import Image


def ask(explorer, *, first=False, later=False, **changed):
    """The answer to a message with these values changed: its content, arrays and pictures."""
    sent = []
    explorer.send = lambda content, buffers=(): sent.append((content, list(buffers)))
    values = explorer.spec["values"] | changed
    question = {"ask": "view/1", "values": values, "first": first, "later": later}
    explorer._answer(None, question, [])
    ((content, buffers),) = sent
    assert content["answers"] == "view/1"
    if content["error"]:
        return SimpleNamespace(content=content, arrays={}, pictures={})
    arrays = {
        meta["name"]: np.frombuffer(buffer, meta["dtype"]).reshape(meta["shape"])
        for meta, buffer in zip(content["arrays"], buffers, strict=False)
    }
    pictures = dict(zip(content["pictures"], buffers[len(arrays) :], strict=True))
    return SimpleNamespace(content=content, arrays=arrays, pictures=pictures)


def still(explorer):
    """The picture for pages without a kernel, and its words."""
    bundle, metadata = explorer._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == bundle["text/plain"]
    return Image.open(io.BytesIO(explorer.png)).convert("RGB"), bundle["text/plain"]
