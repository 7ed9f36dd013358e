"""From a key to painted pixels: the descent explorer, and the same picture by `interact`.

    python benchmarks/explorer_latency.py [--quick] [--watch FOLDER]

In one JupyterLab in headless Chromium, in turns, with one kernel: the explorer; a figure with the
same three panels, sizes and optimizers, drawn anew by Matplotlib for each value of an ipywidgets
slider, as `interact` does; and for comparison its map alone, contours and paths, the least that
such a figure can be. Measured are

(i)   a key on a slider: the time from the event until the page has painted other pixels,
(ii)  under 30 keys a second: how many different pictures are painted in a second,
(iii) scrubbing along the path, from the key to other pixels; and playing, the time between
      pictures. Neither may send anything to the kernel.

After every frame of the page the picture is copied and its pixels are summed up to one number; a
picture counts as painted in the task after the frame that first shows it. So both sides are
measured alike, to one frame, and what the page shows is what counts: not when a message arrived.
Ratios carry over to other machines, milliseconds do not. Needs requirements-ci.txt and Chromium.
The exit code is the number of wants that are not met.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

PROJECT = Path(__file__).parents[1]
sys.path.append(str(PROJECT / "tests" / "browser"))

import numpy as np  # noqa: E402
from machines import machine  # noqa: E402
from serving import chromium, jupyterlab  # noqa: E402

SECONDS = 20  # to wait for anything, at most
KEYS_A_SECOND = 30
PACKAGES = ("jupyterlab", "ipykernel", "ipywidgets", "anywidget", "matplotlib", "numpy")
FRAME = 1000 / 60
WANTS = {
    "(i) median: interact / explorer": ("≥", 5.0),
    "(i) explorer, 95th percentile in ms": ("<", 100.0),
    "(ii) pictures a second: explorer / interact": ("≥", 4.0),
    "(iii) scrubbing, median in ms": ("≤", 2 * FRAME),
    "(iii) playing, median between pictures in ms": ("≤", 2 * FRAME),
    "(iii) messages sent while scrubbing and playing": ("≤", 0),
}

COMMON = """
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatLogSlider, interact
from coursekit.descent import GradientDescent, minimize, states
from coursekit.landscapes import himmelblau
from coursekit.optimizers import Momentum
from coursekit.plotting import draw_contours, draw_minima, draw_path, subplots

def draw_map(ax, optimizers, paths):
    draw_contours(ax, himmelblau)
    draw_minima(ax, himmelblau)
    for optimizer, path in zip(optimizers, paths):
        draw_path(ax, path, style=optimizer)

def raced(lr):
    optimizers = GradientDescent(0.01), Momentum(lr)
    return optimizers, [minimize(himmelblau, (-3.0, -3.0), o, steps=200) for o in optimizers]

def slider():
    return FloatLogSlider(value=0.01, base=10, min=-4, max=1, step=0.025)
"""
EXPLORER = "from coursekit.interactive import explore_descent\nexplore_descent(steps=200)"
INTERACT = """
def picture(lr):
    optimizers, paths = raced(lr)
    fig, axes = subplots(1, 3, width=9.8, height=3.4, width_ratios=(3.8, 3.6, 2.4))
    draw_map(axes[0], optimizers, paths)
    for path in paths:
        axes[1].plot(path.value)
    axes[1].set(xlim=(0, 200), ylim=(1e-8, 1e3), yscale="log", xlabel="step")
    memory = states(himmelblau, (-3.0, -3.0), optimizers[1], steps=200)
    axes[2].bar((0, 1), np.abs(memory.v[-1]))
    axes[2].set(ylim=(1e-8, 1e3), yscale="log", xticks=(0, 1), xticklabels=("x", "y"))
    plt.show()
interact(picture, lr=slider());
"""
MAP_ALONE = """
def picture(lr):
    fig, ax = subplots(width=3.8, height=3.4)
    draw_map(ax, *raced(lr))
    plt.show()
interact(picture, lr=slider());
"""
CELLS = {"explorer": EXPLORER, "interact": INTERACT, "its map alone": MAP_ALONE}

PROBE = """
window.probe = (() => {
  const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const keys = [], paints = [];
  let find = () => null, last = null, waiting = null;
  const sum = () => {
    const shown = find();
    if (!shown || (shown.tagName === "IMG" && !(shown.complete && shown.naturalWidth))) return null;
    const [w, h] = [shown.naturalWidth ?? shown.width, shown.naturalHeight ?? shown.height];
    if (copy.canvas.width !== w) copy.canvas.width = w;
    if (copy.canvas.height !== h) copy.canvas.height = h;
    copy.clearRect(0, 0, w, h);
    copy.drawImage(shown, 0, 0);
    const pixels = new Uint32Array(copy.getImageData(0, 0, w, h).data.buffer);
    let all = 2166136261;
    for (let i = 0; i < pixels.length; i++) all = Math.imul(all ^ pixels[i], 16777619);
    return all;
  };
  const look = () => {
    const now = performance.now();
    const seen = sum();
    if (seen === null || seen === last) return;
    last = seen;
    paints.push(now);
    waiting?.();
  };
  const channel = new MessageChannel(); // its messages come after the frame has been painted
  channel.port1.onmessage = look;
  const tick = () => { channel.port2.postMessage(0); requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  window.addEventListener("keydown", (event) => keys.push(event.timeStamp), true);
  return {
    keys, paints,
    at: (selector) => { find = () => document.querySelector(selector); last = sum(); },
    clear: () => { keys.length = paints.length = 0; },
    next: (limit) => paints.length ? true : new Promise((done) => {
      waiting = () => done(true);
      setTimeout(() => done(false), limit);
    }),
  };
})();
"""


class Page:
    """A notebook with a cell for each contestant, in a browser, and a probe in its page."""

    def __init__(self, page, address, folder):
        self.page, self.sent = page, 0
        page.set_default_timeout(SECONDS * 1000)
        page.on("websocket", lambda socket: socket.on("framesent", self._count))
        cells = [_cell(i, source) for i, source in enumerate([COMMON, *CELLS.values()])]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        head = {"metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        (folder / "race.ipynb").write_text(json.dumps(head | {"cells": cells}), "utf-8")
        page.goto(f"{address}/lab/tree/race.ipynb?reset", timeout=4 * SECONDS * 1000)
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.get_by_text("| Idle").first.wait_for(timeout=4 * SECONDS * 1000)
        page.wait_for_timeout(1000)  # the kernel says idle a moment before it takes requests
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.locator(".jp-CodeCell").nth(len(CELLS)).locator("img").wait_for(
            timeout=4 * SECONDS * 1000
        )
        page.evaluate(PROBE)

    def _count(self, _):
        self.sent += 1

    def go_to(self, name, panel=0):
        """Watch the picture of a contestant, its slider in focus."""
        place = list(CELLS).index(name) + 1  # after the cell that imports
        cell = self.page.locator(".jp-CodeCell").nth(place)
        cell.evaluate("cell => cell.scrollIntoView({ block: 'center' })")
        cell.evaluate("(cell, mark) => cell.classList.add(mark)", f"race{place}")
        if name == "explorer":
            picture = f".race{place} .ck-panels > :nth-child({panel + 1}) canvas"
            slider = cell.get_by_role("slider", name="Momentum lr")
        else:
            picture = f".race{place} .jp-RenderedImage img"
            slider = cell.locator(".noUi-handle")
        self.page.wait_for_timeout(500)
        self.page.evaluate("selector => probe.at(selector)", picture)
        slider.focus()
        self.rest()

    def latency(self, key):
        """Milliseconds from a key until other pixels are painted."""
        self.page.evaluate("probe.clear()")
        self.page.keyboard.press(key)
        if not self.page.evaluate("limit => probe.next(limit)", SECONDS * 1000):
            raise TimeoutError(f"Nothing new was painted within {SECONDS} s of the key {key}.")
        return self.page.evaluate("probe.paints[0] - probe.keys[0]")

    def rest(self, quiet=1.0):
        """Wait until nothing new has been painted for a moment."""
        for _ in range(int(SECONDS / quiet)):
            self.page.evaluate("probe.clear()")
            self.page.wait_for_timeout(quiet * 1000)
            if not self.page.evaluate("probe.paints.length"):
                return
        raise TimeoutError(f"The page was still painting after {SECONDS} s.")

    def storm(self, seconds):
        """Keys and pictures a second while keys come, fifteen up and fifteen down."""
        self.page.evaluate("probe.clear()")
        began = time.perf_counter()
        for i in range(int(seconds * KEYS_A_SECOND)):
            time.sleep(max(0.0, began + i / KEYS_A_SECOND - time.perf_counter()))
            self.page.keyboard.press("ArrowRight" if i // 15 % 2 == 0 else "ArrowLeft")
        keys, paints = self.page.evaluate("[[...probe.keys], [...probe.paints]]")
        lasted = (keys[-1] - keys[0]) / 1000
        return (len(keys) - 1) / lasted, sum(keys[0] < t <= keys[-1] for t in paints) / lasted


def _cell(number, source):
    return {
        "cell_type": "code",
        "id": f"cell{number}",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source.strip(),
    }


def on_a_slider(page, rounds, keys):
    """(i) in turns; the first key of each turn does not count."""
    took = {name: [] for name in CELLS}
    for _ in range(rounds):
        for name in CELLS:
            page.go_to(name)
            for i in range(keys + 1):
                latency = page.latency("ArrowRight" if i % 2 == 0 else "ArrowLeft")
                if i:
                    took[name].append(latency)
                page.page.wait_for_timeout(150 + 7 * (i % 10))  # in no step with the frames
    return took


def in_a_storm(page, rounds, seconds):
    """(ii) in turns: keys a second that arrived, pictures a second that were painted."""
    found = {name: [] for name in CELLS}
    for _ in range(rounds):
        for name in CELLS:
            page.go_to(name)
            found[name].append(page.storm(seconds))
            page.rest()
    return {name: np.median(rates, axis=0) for name, rates in found.items()}


def without_the_kernel(page, keys, seconds):
    """(iii) the times of scrubbing and between the pictures of playing; messages sent meanwhile."""
    page.go_to("explorer", panel=1)
    explorer = page.page.locator(".ck-explorer")
    step = explorer.get_by_role("slider", name="step", exact=True)
    step.focus()
    step.press("Home")
    for _ in range(2):
        step.press("ArrowRight")
    page.rest()
    before, scrubbing = page.sent, []
    for i in range(keys):
        scrubbing.append(page.latency("ArrowRight"))
        page.page.wait_for_timeout(50 + 7 * (i % 10))
    explorer.get_by_role("button", name="play").click()
    page.page.wait_for_timeout(300)
    page.page.evaluate("probe.clear()")
    page.page.wait_for_timeout(seconds * 1000)
    playing = np.diff(page.page.evaluate("[...probe.paints]")).tolist()
    return scrubbing, playing, page.sent - before


# --- the report -----------------------------------------------------------------------------


def p95(numbers):
    return float(np.percentile(numbers, 95))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer keys")
    parser.add_argument("--watch", type=Path, help="keep a picture of the page in this folder")
    options = parser.parse_args()
    rounds, keys, seconds = (2, 8, 2) if options.quick else (4, 20, 4)

    with tempfile.TemporaryDirectory() as temporary, chromium() as browser:
        folder = Path(temporary)
        # the kernel must find this package wherever it is started
        paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        with jupyterlab(folder) as address:
            print(f"Chromium {browser.version}, {machine(*PACKAGES)}", flush=True)
            window = browser.new_page(viewport={"width": 1200, "height": 1000})
            try:
                page = Page(window, address, folder)
                took = on_a_slider(page, rounds, keys)
                for name, times in took.items():
                    print(
                        f"(i)   {name:14} median {statistics.median(times):6.1f} ms, "
                        f"95 % within {p95(times):6.1f} ms, {len(times)} keys",
                        flush=True,
                    )
                rates = in_a_storm(page, rounds, seconds)
                for name, (sent, painted) in rates.items():
                    print(
                        f"(ii)  {name:14} {painted:5.1f} pictures a second under {sent:.1f} keys",
                        flush=True,
                    )
                scrubbing, playing, sent = without_the_kernel(page, rounds * keys, seconds)
                for name, times in (("scrubbing", scrubbing), ("playing", playing)):
                    print(
                        f"(iii) {name:14} median {statistics.median(times):6.1f} ms, "
                        f"95 % within {p95(times):6.1f} ms, {len(times)} pictures"
                    )
            finally:
                if options.watch:
                    window.screenshot(path=options.watch / "latency.png")

    median = {name: statistics.median(times) for name, times in took.items()}
    measured = (
        median["interact"] / median["explorer"],
        p95(took["explorer"]),
        rates["explorer"][1] / rates["interact"][1],
        statistics.median(scrubbing),
        statistics.median(playing),
        sent,
    )
    unmet = 0
    for (name, (sign, wanted)), number in zip(WANTS.items(), measured, strict=True):
        met = {"≥": number >= wanted, "≤": number <= wanted, "<": number < wanted}[sign]
        unmet += not met
        print(f"{'met  ' if met else 'UNMET'} {name}: {number:.3g}, wanted {sign} {wanted:.3g}")
    return unmet


if __name__ == "__main__":
    sys.exit(main())
