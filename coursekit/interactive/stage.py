"""A panel drawn at one frame after another, fast: only what moves, and what lies above it."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray
from PIL import Image

from coursekit.arrays import Array
from coursekit.interactive.explorer import Scene
from coursekit.interactive.panel import Panel
from coursekit.interactive.still import draw_layer, guests, stays

Pixels = NDArray[np.uint8]  # (height, width, 4), red, green, blue, opacity


@contextmanager
def staged(
    panel: Panel, layers: list[dict[str, Any]], scene: Scene, dpi: int
) -> Iterator[Callable[[int], Pixels]]:
    """What draws `panel` at a frame as `Panel.still` does, pixel by pixel, at `dpi` dots an inch.

    What lies below all that moves is drawn once. The pixels are valid until the next call;
    after the block the panel's figure is as it was.
    """
    figure, ax = panel.figure, panel.ax
    with ExitStack() as undo:
        undo.callback(figure.set_dpi, figure.dpi)
        undo.enter_context(guests(ax))
        figure.set_dpi(dpi)
        canvas = figure.canvas  # knows how its labels look; a new one would begin by parsing them
        if not isinstance(canvas, FigureCanvasAgg):
            canvas = FigureCanvasAgg(figure)
        layers = panel.layers_of(layers, scene.arrays, scene.labels)
        cast = _Cast(ax, layers, scene.frames - 1)
        above = _from_lowest(ax, cast.moving)
        once = set(ax.get_children()) - set(above)
        for artist in above:
            artist.set_animated(True)  # the next drawing leaves it out
        canvas.draw()
        for artist in above:
            artist.set_animated(False)
        pixels = np.asarray(canvas.buffer_rgba())
        background = pixels.copy()
        if panel.name in scene.pictures:
            background[:] = _resized(scene.pictures[panel.name], pixels.shape)

        def at(frame: int) -> Pixels:
            pixels[:] = background
            cast.go_to(frame)
            for artist in _in_order(ax):
                if artist not in once:
                    artist.draw(canvas.renderer)
            return pixels

        yield at


class _Cast:
    """The layers of a panel, as artists on its axes."""

    def __init__(self, ax: Axes, layers: list[tuple[dict[str, Any], Array]], frame: int):
        self.ax, self.layers = ax, layers
        self._others = set(ax.get_children())
        self._enter(frame)

    def _enter(self, frame: int) -> None:
        self.moves, self.moving = [], set()
        for layer, array in self.layers:
            before = set(self.ax.get_children())
            move = draw_layer(self.ax, layer, array, frame)
            if move is not stays:
                self.moves.append(move)
                self.moving |= set(self.ax.get_children()) - before
        if None in self.moves:  # all are drawn anew, or they would change their order
            self.moving = set(self.ax.get_children()) - self._others

    def go_to(self, frame: int) -> None:
        if None in self.moves:
            for artist in self.moving:
                artist.remove()
            self._enter(frame)
        else:
            for move in self.moves:
                move(frame)


def _in_order(ax: Axes) -> list[Artist]:
    """The artists of `ax` in Matplotlib's order of drawing."""
    return sorted(ax.get_children(), key=lambda artist: artist.get_zorder())


def _from_lowest(ax: Axes, moving: set[Artist]) -> list[Artist]:
    """What every frame draws: the lowest artist that moves, and what lies above it."""
    artists = _in_order(ax)
    first = next((i for i, artist in enumerate(artists) if artist in moving), len(artists))
    left_out = {ax.patch, *(artist for artist in artists[first:] if _lies_outside(artist))}
    if not (ax.axison and ax.get_frame_on()):
        left_out |= set(ax.spines.values())
    return [artist for artist in artists[first:] if artist not in left_out]


def _lies_outside(artist: Artist) -> bool:
    """Whether it is an axis, the slowest of all to draw, that has nothing inside the frame."""
    if not isinstance(artist, Axis):
        return False
    ticks = [*artist.get_major_ticks(), *artist.get_minor_ticks()]
    return all(tick.get_tickdir() == "out" and not tick.gridline.get_visible() for tick in ticks)


def _resized(png: bytes, shape: tuple[int, ...]) -> Pixels:
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    return np.asarray(picture.resize((shape[1], shape[0]), Image.Resampling.LANCZOS))
