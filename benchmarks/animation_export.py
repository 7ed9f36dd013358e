"""An animation as a GIF by coursekit, and as a page by Matplotlib's `to_jshtml`: how long?

    python benchmarks/animation_export.py [--quick]

The same 120 frames of the descent explorer: a map, the value at each step and what the optimizer
remembers, of the same size in pixels. Matplotlib gets the best that its users can write: all
artists made once and moved by `set_data`, and the layout computed once, where it would be computed
again for every frame. In turns, in one process; the ratio is of medians. It carries over to other
machines, seconds do not. The exit code is the number of wants that are not met.
"""

import argparse
import io
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from machines import machine
from matplotlib.animation import FuncAnimation
from PIL import Image

from coursekit.interactive import explore_descent, export_animation
from coursekit.interactive.still import draw_layer
from coursekit.landscapes import himmelblau
from coursekit.plotting import draw_contours, draw_minima, subplots

FRAMES, SECONDS = 120, 5
RATIO, MEGABYTES = 15.0, 2.0


def their_figure(explorer):
    """The explorer's three panels as one figure, and what moves it to a frame."""
    sizes = np.array([panel.figure.get_size_inches() for panel in explorer.panels])
    fig, axes = subplots(
        1, 3, width=sizes[:, 0].sum(), height=sizes[:, 1].max(), width_ratios=sizes[:, 0]
    )
    draw_contours(axes[0], himmelblau)
    draw_minima(axes[0], himmelblau)
    for ax, panel in zip(axes[1:], explorer.panels[1:], strict=True):
        ours = panel.ax
        ax.set(xscale=ours.get_xscale(), yscale=ours.get_yscale())
        ax.set(xlim=ours.get_xlim(), ylim=ours.get_ylim())
        ax.set(xlabel=ours.get_xlabel(), ylabel=ours.get_ylabel())
    axes[2].set(xticks=(0, 1), xticklabels=("x", "y"))
    scene = explorer.compute(**explorer.spec["values"])
    assert scene.frames == FRAMES
    moves = [
        draw_layer(ax, layer, array, 0)
        for ax, panel in zip(axes, explorer.panels, strict=True)
        for layer, array in panel.layers_of(explorer.spec["layers"], scene.arrays, scene.labels)
    ]
    fig.canvas.draw()
    fig.set_layout_engine("none")  # from here on the axes keep their places
    return fig, lambda frame: [move(frame) for move in moves]


def measured(rounds, folder):
    """The seconds of each in turns, a round first that does not count; and our file."""
    explorer = explore_descent(steps=FRAMES - 1)
    fig, move = their_figure(explorer)
    file = folder / "descent.gif"

    def theirs():
        return FuncAnimation(fig, move, frames=FRAMES).to_jshtml(fps=FRAMES / SECONDS)

    def ours():
        export_animation(file, explorer, seconds=SECONDS, hold=0)

    seconds = {"to_jshtml": [], "coursekit": []}
    for turn in range(rounds + 1):
        for name, run in (("to_jshtml", theirs), ("coursekit", ours)):
            began = time.perf_counter()
            made = run()
            if turn:
                seconds[name].append(time.perf_counter() - began)
            if name == "to_jshtml":
                assert made.count("data:image/png;base64") == FRAMES
                page = len(made) / 1e6
    drawn = io.BytesIO()
    fig.savefig(drawn, format="png", dpi=100)
    plt.close(fig)
    with Image.open(file) as gif, Image.open(drawn) as theirs_drawn:
        assert gif.n_frames == FRAMES
        assert gif.size == theirs_drawn.size, (gif.size, theirs_drawn.size)
        size = gif.size
    return seconds, page, file.stat().st_size / 1e6, size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 2 if parser.parse_args().quick else 5
    print(machine("matplotlib", "pillow", "numpy"))
    with tempfile.TemporaryDirectory() as folder:
        seconds, page, gif, size = measured(rounds, Path(folder))
    print(f"{FRAMES} frames of {size[0]} × {size[1]} pixels, {rounds} rounds")
    medians = {name: statistics.median(took) for name, took in seconds.items()}
    for name, megabytes in (("to_jshtml", page), ("coursekit", gif)):
        took = sorted(seconds[name])
        print(
            f"    {name:10} {medians[name]:8.3f} s ({took[0]:.3f} to {took[-1]:.3f}), "
            f"{megabytes:.2f} MB"
        )
    ratio = medians["to_jshtml"] / medians["coursekit"]
    wants = (
        (ratio >= RATIO, f"to_jshtml / coursekit: {ratio:.1f}, wanted ≥ {RATIO:g}"),
        (gif < MEGABYTES, f"the GIF: {gif:.2f} MB, wanted < {MEGABYTES:g}"),
    )
    for met, words in wants:
        print(f"{'met  ' if met else 'UNMET'} {words}")
    return sum(not met for met, _ in wants)


if __name__ == "__main__":
    sys.exit(main())
