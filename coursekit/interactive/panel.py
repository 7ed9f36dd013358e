"""A picture with axes on which things move: drawn once by Matplotlib, and as a still."""

import io
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coursekit.arrays import Array
from coursekit.interactive.still import draw_layer, guests

SHARP = 200  # dots an inch: two for each pixel of an ordinary screen


class Panel:
    """A figure with one axes, whose limits and scales are those of what moves on it.

    `label` says what it shows. `grab` names the value, a point, that a press, a drag and the
    arrow keys set; with `scrub` they set the step instead: x is then the number of the step;
    with `handles` (of `controls.handles`) they move one of several points.
    A panel that `scrolls` keeps three quarters of its size in a narrow window: its text is small.
    """

    def __init__(
        self,
        name: str,
        figure: Figure,
        label: str,
        grab: str | None = None,
        *,
        scrub: bool = False,
        handles: dict[str, Any] | None = None,
        scrolls: bool = False,
    ):
        self.name, self.figure, self.label = name, figure, label
        self.grab, self.scrub, self.handles, self.scrolls = grab, scrub, handles, scrolls
        plt.close(figure)  # or it would be shown under the cell, too
        self.png = self._drawn(SHARP)  # settles the layout, so that the axes have their place
        figure.set_layout_engine("none")  # and keep it

    @property
    def ax(self) -> Axes:
        return self.figure.axes[0]

    def spec(self) -> dict[str, Any]:
        """What the browser is told of it; sizes in dots, `axes` in shares of the picture."""
        width, height = (round(size * SHARP) for size in self.figure.get_size_inches())
        return {
            "name": self.name,
            "label": self.label,
            "grab": self.grab,
            "scrub": self.scrub,
            "handles": self.handles,
            "scrolls": self.scrolls,
            "width": width,
            "height": height,
            "axes": list(self.ax.get_position().bounds),
            "xlim": list(self.ax.get_xlim()),
            "ylim": list(self.ax.get_ylim()),
            "xlog": self.ax.get_xscale() == "log",
            "ylog": self.ax.get_yscale() == "log",
        }

    def still(
        self,
        layers: list[dict[str, Any]],
        arrays: dict[str, Array],
        labels: dict[str, str],
        frame: int,
    ) -> bytes:
        """The picture with the layers on it, as PNG."""
        with guests(self.ax):
            for layer, array in self.layers_of(layers, arrays, labels):
                draw_layer(self.ax, layer, array, frame)
            return self._drawn(SHARP // 2)

    def layers_of(
        self, layers: list[dict[str, Any]], arrays: dict[str, Array], labels: dict[str, str]
    ) -> list[tuple[dict[str, Any], Array]]:
        """Those of the layers that are here and have an array, with it and with its name."""
        return [
            (layer | {"label": labels.get(layer["of"])}, arrays[layer["of"]])
            for layer in layers
            if layer["panel"] == self.name and layer["of"] in arrays
        ]

    def _drawn(self, dpi: int) -> bytes:
        drawn = io.BytesIO()
        self.figure.savefig(drawn, format="png", dpi=dpi)
        return drawn.getvalue()
