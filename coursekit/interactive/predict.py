"""Predict: a question that is answered before the result is seen, and set beside it then."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from IPython.display import display
from matplotlib.axes import Axes

from coursekit.interactive.predict_answers import keep, recall
from coursekit.interactive.predict_kinds import Choices, Number, as_html
from coursekit.interactive.predict_sketch import Sketch

HERE = Path(__file__).parent / "js"


class Card(anywidget.AnyWidget):
    """What both cells show: `spec`, which never changes, and `state`, which follows the answer."""

    _esm = "\n".join(
        (HERE / f"{name}.js").read_text("utf-8")
        for name in ("controls", "keys", "sketch", "predict")
    )
    _css = HERE / "predict.css"
    spec = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, spec: dict[str, Any], words: str, still: str):
        self.words, self.still = words, still
        super().__init__(spec=spec)
        self.on_msg(self._hear)

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and what stands for it where no kernel runs; no answer is in it."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data | {"text/plain": self.words, "text/html": self.still}, metadata

    def __repr__(self) -> str:
        return f"<{self.words}>"

    def _hear(self, _, content: dict[str, Any], buffers) -> None:
        try:
            self.hear(content)
        except ValueError as problem:  # nothing is chosen, or it is no number
            self.send({"problem": str(problem)})
        except Exception as problem:  # whatever it is, the reader must hear of it
            self.send({"problem": f"{type(problem).__name__}: {problem}"})


class Predict(Card):
    """A question that the reader answers before the result is shown.

        guess = Predict("Where does lr = 0.6 take it?", ["to the minimum", "away"])
        guess                                    # ends its cell: the question, and "Commit"
        …
        guess.reveal("away" if path.stopped == "diverged" else "to the minimum")
        print(path)                              # best after it: it covers what its cell shows

    With `choices`, one of them is to be chosen; with `sketch`, axes or their limits (x_min,
    x_max, y_min, y_max), a curve is to be drawn (a figure given is closed); otherwise a number is
    to be typed, in `unit`. What stands between `backticks` is shown as code.

    A committed answer is final until the result has been seen: what surprises is remembered, and
    nothing surprises who may still change the answer. Until then `reveal` covers what its cell
    shows, so that Run All gives nothing away. Then "Try again" asks anew. Answers are kept in a
    file on this computer, by notebook and question, through restarts, reloads and new runs.

    Raises `ValueError` for an empty question, for less than two choices or two alike, and for
    more than one of choices, unit and sketch; `TypeError` for what is not text.
    """

    def __init__(
        self,
        question: str,
        choices: Sequence[str] | None = None,
        *,
        unit: str | None = None,
        sketch: Axes | tuple[float, float, float, float] | None = None,
    ):
        if not isinstance(question, str):
            raise TypeError(f"Predict needs a question that is a text, got {question!r:.80}.")
        question = " ".join(question.split())
        if not question:
            raise ValueError("Predict needs a question, got an empty text.")
        given = {"choices": choices, "unit": unit, "sketch": sketch}
        given = [name for name, value in given.items() if value is not None]
        if len(given) > 1:
            raise ValueError(f"Predict takes one of choices, unit and sketch, got {given}.")
        self.question, self._kind = question, _kind(choices, unit, sketch)
        self._lock = threading.RLock()  # JupyterLab sends its messages while a cell runs
        self._verdicts: list[Verdict] = []
        words = f"Predict: {question} ({self._kind.words()})"
        super().__init__(
            {"role": "question", "question": question, **self._kind.spec()},
            words,
            f"<p><strong>Predict.</strong> {as_html(question)}</p>{self._kind.html()}"
            "<p>Decide before you read on.</p>",
        )
        self._sent, self._kept = self._remembered(), True
        self._show()

    @property
    def answer(self) -> Any:
        """The committed answer: a text, a float or arrays (x, y); None as long as there is none."""
        return None if self._sent is None else self._kind.read(self._sent)

    def reveal(self, truth: Any) -> None:
        """Set the truth beside the answer; as long as there is none, cover what this cell shows.

        `truth` is one of the choices or its index, a number, or a curve (x, y), computed by the
        notebook. What is stored in the notebook does not depend on the answer.
        Raises `ValueError` (or `TypeError`) for a truth that is not of the kind asked for.
        """
        verdict = Verdict(self, self._kind, self._kind.truth(truth))
        with self._lock:
            self._verdicts.append(verdict)
            self._show()
        display(verdict)

    def hear(self, content: dict[str, Any]) -> None:
        """A message from the browser: an answer is committed, or asked for anew."""
        with self._lock:
            if "commit" in content and self._sent is None:
                self._kind.read(content["commit"])
                self._sent = content["commit"]
                self._kept = keep(self.words, self._sent)
            elif "again" in content and self._verdicts:
                self._sent = None  # the file keeps it until there is a new one
                for verdict in self._verdicts:
                    verdict.peeked = False
            self._show()

    def _remembered(self) -> Any:
        sent = recall(self.words)
        try:
            self._kind.read(sent)
        except (ValueError, TypeError):
            return None
        return sent

    def _show(self) -> None:
        """Tell the question and each result how things stand."""
        self.state = {
            "sent": self._sent,
            "shown": None if self._sent is None else self._kind.shown(self._sent),
            "kept": self._kept,
            "revealed": bool(self._verdicts),
        }
        for verdict in self._verdicts:
            verdict.compare(self._sent)


class Verdict(Card):
    """The truth beside the answer, in the cell that computes it; covered until there is one."""

    def __init__(self, asked: Predict, kind: Any, truth: Any):
        self.kind, self.truth, self.peeked, self._asked = kind, truth, False, asked
        told = kind.told(truth)
        super().__init__(
            {"role": "verdict", "question": asked.question, **kind.spec()},
            f"What came out: {told}",
            # of a folded output, JupyterLab shows the first line
            f"What came out:\n<strong>{as_html(told)}</strong>",
        )

    def hear(self, content: dict[str, Any]) -> None:
        """A message from the browser: the reader would rather see it without an answer."""
        if "peek" in content:
            with self._asked._lock:
                self.peeked = True
                self._asked._show()

    def compare(self, sent: Any) -> None:
        """Show the truth beside what was sent; the widget is told of it no earlier."""
        if sent is None and not self.peeked:
            self.state = {"covered": True}
            return
        state = {"covered": False, "told": self.kind.told(self.truth), "shown": None, "words": ""}
        if sent is not None:
            shown, words = self.kind.shown(sent), self.kind.compare(sent, self.truth)
            state |= {"sent": sent, "shown": shown, "words": words}
        if isinstance(self.kind, Sketch):
            state["curve"] = self.kind.curve(self.truth).tolist()
        self.state = state


def _kind(choices, unit, sketch) -> Choices | Number | Sketch:
    if choices is not None:
        return Choices(choices)
    return Number(unit) if sketch is None else Sketch(sketch)
