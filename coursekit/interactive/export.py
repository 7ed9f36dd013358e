"""What an explorer plays as a file: a GIF or an MP4, for a slide or a web page."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from coursekit.arrays import whole, within
from coursekit.interactive.explorer import Explorer
from coursekit.interactive.stage import Pixels, staged

RATE = 25  # pictures a second, at most; a GIF counts time in 1/100 s
COLOURS = 255  # of a GIF's 256: one is left to say "as in the picture before"
UNKNOWN = 255
EXACT = 64  # of these, so many are the most common ones


def export_animation(
    file: str | os.PathLike[str],
    explorer: Explorer,
    *,
    seconds: float = 5,
    hold: float = 1,
    dpi: int = 100,
) -> None:
    """Write what `explorer` plays to `file`: a GIF if its name ends in .gif, an MP4 if in .mp4.

    The panels stand side by side as in the explorer's still picture. They move from the first
    frame to the last in `seconds` and then stand for `hold` seconds; a GIF begins again. There
    are at most 25 pictures a second: of a long path, frames are left out. The values are those
    that the explorer was made with; for those chosen by hand, its button copies the line that
    makes it with them. `dpi` is dots an inch, 100 for the size of the still picture.

    An MP4 needs the program ffmpeg (https://ffmpeg.org), on the search path or where Matplotlib's
    setting `animation.ffmpeg_path` says.

    Raises `TypeError` for what is no explorer; `ValueError` for another ending, for an explorer
    with fewer than two frames and for numbers out of range (`seconds` from 0.1 to 600, `hold`
    from 0 to 60, `dpi` from 20 to 400); `OSError` where the file cannot be written or ffmpeg is
    missing or fails. An old file then stays as it was, and no half of a new one is left.
    """
    if not isinstance(explorer, Explorer):
        raise TypeError(f"export_animation needs an explorer, got {type(explorer).__name__}.")
    file = Path(file)
    write = _WRITERS.get(file.suffix.lower())
    if write is None:
        raise ValueError(
            f"export_animation needs a file name that ends in .gif or .mp4, got {file.name!r}."
        )
    seconds = within(seconds, 0.1, 600, "export_animation: seconds")
    hold = within(hold, 0, 60, "export_animation: hold")
    dpi = whole(dpi, 20, "export_animation: dpi")
    within(dpi, 20, 400, "export_animation: dpi")
    scene = explorer.compute(**explorer.spec["values"])
    scene = replace(scene, arrays=scene.complete())
    if scene.frames < 2:
        raise ValueError(
            f"export_animation needs an explorer with at least 2 frames, got {scene.frames}."
        )
    count = max(min(scene.frames, round(RATE * seconds)), 2)
    frames = np.linspace(0, scene.frames - 1, count).round().astype(int).tolist()
    layers = explorer.spec["layers"]
    shown = [panel for panel in explorer.panels if panel.name not in scene.hidden]
    with _in_place_of(file) as unfinished, ExitStack() as stack:
        panels = [stack.enter_context(staged(p, layers, scene, dpi)) for p in shown]
        write(unfinished, _Film(panels, frames), seconds, hold)


@contextmanager
def _in_place_of(file: Path) -> Iterator[Path]:
    """A path beside `file` to write to, which takes its place when all went well."""
    file = file.resolve()  # where it is a link, the link stays one
    if not file.parent.is_dir():
        raise FileNotFoundError(f"export_animation: there is no folder {str(file.parent)!r}.")
    if file.is_dir():
        raise IsADirectoryError(f"export_animation: {str(file)!r} is a folder.")
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        unfinished.touch()
        yield unfinished
        os.replace(unfinished, file)
    finally:
        with suppress(OSError):
            unfinished.unlink()


class _Film:
    """A sequence of pictures: the chosen frames, the panels side by side."""

    def __init__(self, panels: list[Callable[[int], Pixels]], frames: list[int]):
        self.panels, self.frames = panels, frames

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, i: int) -> Pixels:
        drawn = [at(self.frames[i]) for at in self.panels]
        size = max(len(d) for d in drawn), sum(d.shape[1] for d in drawn), 4
        picture, left = np.full(size, 255, np.uint8), 0
        for d in drawn:
            picture[: len(d), left : left + d.shape[1]] = d
            left += d.shape[1]
        return picture


# --- GIF --------------------------------------------------------------------------------------


def _write_gif(file: Path, film: _Film, seconds: float, hold: float) -> None:
    palette = _Palette([film[0], film[len(film) // 2], film[-1]])
    pictures = [palette.applied(picture) for picture in film]
    ends = np.round(100 * seconds * np.arange(len(film) + 1) / len(film))
    hundredths = np.diff(ends)
    hundredths[-1] += round(100 * hold)
    # `optimize`: of each picture only the pixels are stored that differ from the one before.
    pictures[0].save(
        file,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=(10 * hundredths).astype(int).tolist(),
        loop=0,
        optimize=True,
    )


class _Palette:
    """One for all pictures: their most common colours, and others that lie far apart.

    Pillow's own choice would turn white into 253, and small markers into the colour beside them.
    """

    def __init__(self, pictures: list[Pixels]):
        together = Image.fromarray(np.concatenate(pictures)).convert("RGB")
        counted = sorted(together.getcolors(together.width * together.height), reverse=True)
        found = np.array([colour for _, colour in counted], np.uint8)
        self.table = found[:COLOURS]
        if len(found) > COLOURS:
            others = Image.fromarray(found[None, EXACT:])
            spread = others.quantize(COLOURS - EXACT, Image.Quantize.MAXCOVERAGE)
            colours = np.array(spread.getpalette(), np.uint8).reshape(-1, 3)
            self.table = np.concatenate([found[:EXACT], colours[: COLOURS - EXACT]])
        self._nearest = np.full(1 << 24, UNKNOWN, np.uint8)  # row of the table, for every colour
        self._last = self._rows = np.zeros((0, 0), np.uint32)  # the last picture; its pixels' rows

    def applied(self, picture: Pixels) -> Image.Image:
        """`picture` with each pixel in the nearest colour of the table."""
        colours = picture.view("<u4")[..., 0] & 0xFFFFFF  # red + 256 green + 65536 blue
        if colours.shape != self._last.shape:
            self._rows = self._looked_up(colours)
        else:
            changed = colours != self._last
            self._rows = self._rows.copy()  # Pillow keeps the old one
            self._rows[changed] = self._looked_up(colours[changed])
        self._last = colours
        made = Image.fromarray(self._rows)
        made.putpalette(self.table.tobytes())
        return made

    def _looked_up(self, colours: NDArray[np.uint32]) -> NDArray[np.uint8]:
        unknown = np.unique(colours[self._nearest[colours] == UNKNOWN])
        for new in np.array_split(unknown, 1 + len(unknown) // 4096):
            channels = np.column_stack([new & 255, new >> 8 & 255, new >> 16]).astype(float)
            distance = ((channels[:, None] - self.table) ** 2).sum(axis=-1)
            self._nearest[new] = distance.argmin(axis=-1)
        return self._nearest[colours]


# --- MP4 --------------------------------------------------------------------------------------


def _write_mp4(file: Path, film: _Film, seconds: float, hold: float) -> None:
    named = mpl.rcParams["animation.ffmpeg_path"]
    program = shutil.which(named)
    if program is None:
        raise FileNotFoundError(
            f"export_animation needs the program ffmpeg for an MP4, and finds no {named!r}: "
            "install it (https://ffmpeg.org), or choose a file name that ends in .gif."
        )
    rate = len(film) / seconds
    height, width = film[0].shape[:2]
    raw = f"-f rawvideo -pixel_format rgba -video_size {width}x{height} -framerate {rate} -i -"
    # Players want yuv420p, and that wants even sides.
    coded = "-vf pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white -c:v libx264 -crf 18 -pix_fmt yuv420p"
    quiet = [program, "-loglevel", "error", "-y"]
    command = [*quiet, *raw.split(), *coded.split(), "-movflags", "+faststart", "-f", "mp4", file]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said) as ffmpeg,
    ):
        with suppress(OSError):  # it has given up, and has said why
            for picture in film:
                last = picture.tobytes()
                ffmpeg.stdin.write(last)
            for _ in range(round(rate * hold)):
                ffmpeg.stdin.write(last)
        with suppress(OSError):
            ffmpeg.stdin.close()
        if ffmpeg.wait():
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
            raise OSError(f"export_animation: ffmpeg failed, and said: {words[-500:]}")


_WRITERS = {".gif": _write_gif, ".mp4": _write_mp4}
