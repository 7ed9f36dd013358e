"""Exported animations as ffmpeg, which knows nothing of us, reads them."""

import re
import subprocess

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest

from coursekit.interactive import explore_descent, export_animation
from coursekit.interactive.stage import staged

FFMPEG = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()


@pytest.fixture(scope="module")
def explorer():
    return explore_descent(steps=119)


def last_still(explorer, dpi):
    scene = explorer.compute(**explorer.spec["values"])
    pictures = []
    for panel in explorer.panels:
        with staged(panel, explorer.spec["layers"], scene, dpi) as at:
            pictures.append(at(scene.frames - 1)[..., :3].astype(int))
    return np.concatenate(pictures, axis=1)


def as_ffmpeg_reads(file, height, width):
    """All pictures that a player shows, and what ffmpeg says of the file."""
    command = [FFMPEG, "-i", file, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    read = subprocess.run(command, capture_output=True, check=True)
    pictures = np.frombuffer(read.stdout, np.uint8).reshape(-1, height, width, 3)
    return pictures.astype(int), read.stderr.decode()


# An MP4 halves the resolution of colours, which shows at thin lines.
@pytest.mark.parametrize(("ending", "largest", "mean"), [("gif", 24, 0.5), ("mp4", 160, 2)])
def test_ffmpeg_reads_what_was_exported(tmp_path, explorer, ending, largest, mean):
    """Six seconds of 24 pictures, the last of them the still; odd sides are rounded up."""
    file = tmp_path / f"descent.{ending}"
    with mpl.rc_context({"animation.ffmpeg_path": FFMPEG}):
        export_animation(file, explorer, seconds=5, hold=1, dpi=75)
    still = last_still(explorer, 75)
    height, width = still.shape[:2]
    assert height % 2 or width % 2
    if ending == "mp4":
        height, width = height + height % 2, width + width % 2
    pictures, said = as_ffmpeg_reads(file, height, width)
    assert "Duration: 00:00:06.00" in said
    assert len(pictures) == 144
    if ending == "mp4":
        assert re.search("h264.*yuv420p", said)  # what every browser plays
    error = np.abs(pictures[-1, : len(still), : still.shape[1]] - still)
    assert error.max() <= largest
    assert error.mean() < mean
