"""A picture that answers: panels drawn once by Matplotlib, what moves drawn by the browser."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from coursekit.arrays import Array
from coursekit.interactive.panel import Panel
from coursekit.interactive.still import side_by_side

HERE = Path(__file__).parent / "js"
SCRIPTS = (
    "marks", "layers", "controls", "keys", "handles", "panels", "player", "conversation",
    "explorer",
)  # fmt: skip


@dataclass
class Scene:
    """What moves: arrays with a row for every frame, in words, and the code that makes it.

    `later` gives further arrays of the same scene that take too long for a hand that moves: it
    is called once the hand rests.
    """

    arrays: dict[str, Array]
    frames: int = 1
    text: str = ""
    code: str = ""
    labels: dict[str, str] = field(default_factory=dict)  # names of arrays, for the reader
    pictures: dict[str, bytes] = field(default_factory=dict)  # panels with a new background
    later: Callable[[], dict[str, Array]] | None = None
    captions: list[str] = field(default_factory=list)  # what happens in each frame
    values: dict[str, Any] = field(default_factory=dict)  # that follow from those asked with
    frame: int | None = None  # to show now, whichever was shown
    hidden: list[str] = field(default_factory=list)  # panels that are not shown now

    def complete(self) -> dict[str, Array]:
        """All its arrays, those that come later, too."""
        return self.arrays | (self.later() if self.later else {})


class Explorer(anywidget.AnyWidget):
    """A widget that asks `compute(**values) -> Scene` whenever a hand changes a value.

    `values` are those that no control shows, such as a point that a press sets. `frame` is the
    step to begin with, the last unless told; `step_argument` names the argument that sets it, for
    the copied line of Python. `pace` is how many steps a second it plays, by their number unless
    told. Raises what `compute` raises for the first values.
    """

    _esm = "\n".join((HERE / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    _css = HERE / "explorer.css"
    spec = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        title: str,
        panels: list[Panel],
        controls: list[dict[str, Any]],
        layers: list[dict[str, Any]],
        values: dict[str, Any],
        compute: Callable[..., Scene],
        *,
        readout: list[dict[str, str]] = (),
        player: bool = False,
        frame: int | None = None,
        step_argument: str | None = None,
        pace: float | None = None,
    ):
        self.compute, self.panels = compute, panels
        values = values | {c["name"]: c["value"] for c in controls}
        first = compute(**values)
        super().__init__(
            spec={
                "title": title,
                "panels": [panel.spec() for panel in panels],
                "controls": controls,
                "layers": layers,
                "values": values,
                "readout": list(readout),
                "player": player,
                "frame": frame,
                "step_argument": step_argument,
                "pace": pace,
                "copies": bool(first.code),
            }
        )
        self.on_msg(self._answer)
        self.text, self._first = first.text, first
        frame = first.frames - 1 if frame is None else min(frame, first.frames - 1)
        arrays = first.complete()
        seen = [p for p in panels if p.name not in first.hidden]
        self.png = side_by_side([p.still(layers, arrays, first.labels, frame) for p in seen])

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and for pages without a kernel its still picture, with words for it."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        words = f"{self.spec['title']}. {self.text}"
        data = data | {"text/plain": words, "image/png": base64.b64encode(self.png).decode()}
        return data, metadata | {"image/png": {"alt": words}}

    def __repr__(self) -> str:
        return f"<{self.spec['title']}: run this cell to explore>"

    def _answer(self, _, content: dict[str, Any], buffers) -> None:
        """Compute the scene that a view asks for, and send it: arrays as bytes, not as JSON.

        A question has `ask` (its number), `values`, `first` (the view has no pictures yet) and
        `later` (the hand rests: now the slow arrays). An error is answered by its sentence.
        """
        answer = {
            "answers": content["ask"],
            "later": content["later"],
            "error": False,
            "more": False,
        }
        pictures = {p.name: p.png for p in self.panels} if content["first"] else {}
        arrays: dict[str, Array] = {}
        try:
            scene = self._scene(content["values"])
            if content["later"]:
                arrays = scene.later() if scene.later else {}
            else:
                arrays, answer["more"] = scene.arrays, scene.later is not None
            answer |= {"text": scene.text, "code": scene.code}
            answer |= {"labels": scene.labels, "frames": scene.frames, "frame": scene.frame}
            answer |= {"captions": scene.captions, "values": scene.values, "hidden": scene.hidden}
            pictures |= scene.pictures
        except (Exception, KeyboardInterrupt) as problem:  # the reader must hear of it
            answer |= {"error": True, "text": f"{type(problem).__name__}: {problem}"}
        arrays = {name: _as_bytes_or_floats(array) for name, array in arrays.items()}
        answer["arrays"] = [
            {"name": name, "shape": a.shape, "dtype": a.dtype.str[1:]} for name, a in arrays.items()
        ]
        answer["pictures"] = list(pictures)
        self.send(answer, [a.data for a in arrays.values()] + list(pictures.values()))

    def _scene(self, values: dict[str, Any]) -> Scene:
        return self._first if values == self.spec["values"] else self.compute(**values)


def _as_bytes_or_floats(array: Array) -> np.ndarray:
    """What the browser can read: bytes stay, all other numbers become float64."""
    array = np.asarray(array)
    return np.ascontiguousarray(array, np.uint8 if array.dtype == np.uint8 else np.float64)
