"""An exported animation shows what the explorer plays, and a bad request leaves nothing behind."""

import io
import sys
from dataclasses import replace

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from coursekit import interactive
from coursekit.interactive import explore_averages, explore_descent, export_animation
from coursekit.interactive.explorer import Explorer, Scene
from coursekit.interactive.panel import Panel
from coursekit.interactive.stage import staged
from coursekit.landscapes import himmelblau
from coursekit.optimizers import GradientDescent, Momentum
from coursekit.plotting import subplots
from coursekit.pose import fit_sequence, synthetic_capture

EXPLORERS = [name for name in interactive.__all__ if name.startswith("explore_")]
rng = np.random.default_rng(0)
COLOUR = {"colour": "#d55e00", "marker": "s", "dash": [6, 3]}
# Kinds of layer that move in no explorer so far, each with an array for nine frames.
OTHERS = {
    "arrow": rng.uniform(0.5, 3.5, (9, 4)),
    "raster": rng.integers(0, 256, (9, 5, 6, 4), np.uint8),
    "trail": rng.uniform(0, 4, (9, 2)),
    "line": rng.uniform(0, 4, (9, 2)),
}


def made(arrays, *kinds, frames=9, pictures=None):
    """An explorer with one panel and a layer of each named kind."""
    fig, ax = subplots(width=3, height=2)
    ax.set(xlim=(0, 4), ylim=(0, 4), title="A title")
    ax.grid(True)
    ax.plot([0, 4], [0, 4], color="black", lw=6, zorder=5, label="above all")
    ax.legend()
    return Explorer(
        "Made for a test",
        [Panel("p", fig, "a panel")],
        [],
        [{"panel": "p", "kind": kind, "of": kind, **COLOUR} for kind in kinds],
        {},
        lambda: Scene(arrays, frames, "words", "code", pictures=dict(pictures or {})),
    )


def still(explorer, panel, scene, frame):
    png = panel.still(explorer.spec["layers"], scene.arrays, scene.labels, frame)
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def pictures_of(file):
    """The pictures of a GIF in red, green and blue, and how long each stands, in ms."""
    with Image.open(file) as gif:
        pictures, durations = [], []
        for i in range(gif.n_frames):
            gif.seek(i)
            pictures.append(np.asarray(gif.convert("RGB")).astype(int))
            durations.append(gif.info["duration"])
        return pictures, durations, gif.info


def assert_each_frame_is_its_still(explorer, values=None):
    scene = explorer.compute(**(values or explorer.spec["values"]))
    scene = replace(scene, arrays=scene.complete())
    last = scene.frames - 1
    for panel in explorer.panels:
        with staged(panel, explorer.spec["layers"], scene, 100) as at:
            # to and fro, so that nothing of another frame remains
            drawn = {frame: at(frame).copy() for frame in (last, 0, last // 2, last)}
        for frame, picture in drawn.items():
            np.testing.assert_array_equal(picture, still(explorer, panel, scene, frame))


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_picture_is_the_still_of_its_frame(name):
    """Drawing only what moves gives the pixels that drawing everything gives."""
    given = ()
    if name == "explore_pose_fit":
        capture = synthetic_capture(seed=0, frames=6, cameras=3, points=30)
        given = (fit_sequence(capture, steps=12, keep=5),)
    assert_each_frame_is_its_still(getattr(interactive, name)(*given))


def test_a_map_of_basins_lies_under_the_paths():
    explorer = explore_descent(himmelblau, [Momentum(0.01)], steps=200)
    plain = explorer.compute(**explorer.spec["values"])
    values = explorer.spec["values"] | {"basins": True}
    assert_each_frame_is_its_still(explorer, values)
    mapped = explorer.compute(**values)
    mapped = replace(mapped, arrays=mapped.complete())
    coloured = still(explorer, explorer.panels[0], mapped, 200)
    without = still(explorer, explorer.panels[0], plain, 200)
    assert np.any(coloured != without, axis=-1).mean() > 0.3


@pytest.mark.parametrize("kind", OTHERS)
def test_every_kind_of_layer_moves_as_it_is_drawn(kind):
    assert_each_frame_is_its_still(made(OTHERS, kind))


def test_layers_keep_their_order():
    """A raster that moves lies over the map and under the path; the legend over both."""
    both = {"raster": OTHERS["raster"], "path": OTHERS["trail"]}
    assert_each_frame_is_its_still(made(both, "path", "raster"))


def test_no_frame_around_the_panel():
    explorer = made(OTHERS, "trail")
    explorer.panels[0].ax.axis("off")
    assert_each_frame_is_its_still(explorer)


def test_a_background_from_the_scene_takes_the_place_of_the_panel_s():
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), (10, 200, 30)).save(picture, "PNG")
    explorer = made(OTHERS, "line", pictures={"p": picture.getvalue()})
    scene = explorer.compute()
    with staged(explorer.panels[0], explorer.spec["layers"], scene, 100) as at:
        np.testing.assert_array_equal(at(0)[0, 0], (10, 200, 30, 255))


def test_a_gif_plays_every_frame_for_as_long_as_asked(tmp_path):
    """120 frames in 5 seconds, a second at the end, again and again, and small."""
    file = tmp_path / "descent.gif"
    explorer = explore_descent(steps=119)
    export_animation(file, explorer, seconds=5, hold=1)
    pictures, durations, info = pictures_of(file)
    assert len(pictures) == 120
    assert sum(durations) == 6000
    assert set(durations[:-1]) == {40, 50}
    assert durations[-1] >= 1040
    assert info["loop"] == 0
    assert file.stat().st_size < 500_000
    scene = explorer.compute(**explorer.spec["values"])
    for frame in (0, 60, 119):
        drawn = [still(explorer, p, scene, frame)[..., :3] for p in explorer.panels]
        error = np.abs(pictures[frame] - np.concatenate(drawn, axis=1))
        assert error.max() <= 24
        assert error.mean() < 0.5
    assert pictures[0].max() == 255  # white is white


def test_few_colours_stay_exactly_what_they_are(tmp_path):
    colours = np.array([[0, 114, 178], [1, 114, 178], [255, 255, 254]], np.uint8)
    raster = np.full((9, 1, 9, 4), 255, np.uint8)
    raster[..., :3] = colours[(np.arange(9) + np.arange(9)[:, None]) % 3][:, None]
    explorer = made({"raster": raster}, "raster")
    export_animation(tmp_path / "a.gif", explorer)
    scene, panel = explorer.compute(), explorer.panels[0]
    for frame, picture in enumerate(pictures_of(tmp_path / "a.gif")[0]):
        wanted = still(explorer, panel, scene, frame)[..., :3]
        assert np.abs(picture - wanted)[60:140].max() <= 24
        for colour in colours:
            of_it = np.all(wanted == colour, axis=-1)
            assert np.all(picture[of_it] == colour)


def test_of_a_long_path_frames_are_left_out(tmp_path):
    """25 pictures a second, from the first frame to the last."""
    explorer = explore_averages(n=400)
    export_animation(tmp_path / "a.gif", explorer, seconds=2, hold=0, dpi=40)
    pictures, durations, _ = pictures_of(tmp_path / "a.gif")
    assert len(pictures) == 50
    assert set(durations) == {40}
    assert pictures[0].shape == (128, 384, 3)


def test_frames_that_are_all_the_same_make_one_long_picture(tmp_path):
    explorer = made(OTHERS, "line")
    export_animation(tmp_path / "a.gif", explorer, seconds=3, hold=0.5)
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.n_frames == 1


def test_a_run_that_diverges_is_exported(tmp_path):
    explorer = explore_descent(himmelblau, [GradientDescent(1.0)], steps=30)
    assert "diverges" in explorer.text
    export_animation(tmp_path / "a.gif", explorer, dpi=40)
    assert len(pictures_of(tmp_path / "a.gif")[0]) > 1


def test_the_explorer_is_as_it_was(tmp_path):
    """Two exports give the same file, and the panel the same picture."""
    explorer = made(OTHERS, "trail", "raster")
    panel, scene = explorer.panels[0], explorer.compute()
    before, artists = still(explorer, panel, scene, 4), panel.ax.get_children()
    for name in ("a.gif", "b.gif"):
        export_animation(tmp_path / name, explorer, dpi=50)
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()
    assert panel.ax.get_children() == artists
    np.testing.assert_array_equal(still(explorer, panel, scene, 4), before)


BAD = {
    "another ending": ("a.webp", {}, ValueError, "ends in .gif or .mp4, got 'a.webp'"),
    "no ending": ("gif", {}, ValueError, "ends in .gif or .mp4, got 'gif'"),
    "no folder": ("none/a.gif", {}, FileNotFoundError, "no folder '.*none'"),
    "a folder": ("folder.gif", {}, IsADirectoryError, "is a folder"),
    "a file for a folder": ("old.gif/a.gif", {}, FileNotFoundError, "no folder"),
    "no time": ("a.gif", {"seconds": 0}, ValueError, "seconds must be between 0.1 and 600, got 0"),
    "NaN": ("a.gif", {"seconds": float("nan")}, ValueError, "seconds must be between"),
    "a word": ("a.gif", {"seconds": "5"}, TypeError, "seconds must be made of real numbers"),
    "negative": ("a.gif", {"hold": -1}, ValueError, "hold must be between 0 and 60, got -1"),
    "half a dot": ("a.gif", {"dpi": 72.5}, ValueError, "dpi must be a whole number"),
    "huge": ("a.gif", {"dpi": 4000}, ValueError, "dpi must be between 20 and 400, got 4000"),
}


@pytest.fixture
def folder(tmp_path):
    """A folder with an old file in it, in which nothing may change."""
    (tmp_path / "folder.gif").mkdir()
    (tmp_path / "old.gif").write_bytes(b"old")
    (tmp_path / "old.mp4").write_bytes(b"old")
    yield tmp_path
    assert {f.name for f in tmp_path.rglob("*")} == {"folder.gif", "old.gif", "old.mp4"}
    assert (tmp_path / "old.gif").read_bytes() == (tmp_path / "old.mp4").read_bytes() == b"old"


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_is_one_clear_error(folder, name):
    file, more, error, words = BAD[name]
    with pytest.raises(error, match=words):
        export_animation(folder / file, made(OTHERS, "trail"), **more)


def test_what_is_no_explorer_is_refused(folder):
    with pytest.raises(TypeError, match="needs an explorer, got Figure"):
        export_animation(folder / "old.gif", plt.figure())
    plt.close("all")


def test_one_frame_is_no_animation(folder):
    with pytest.raises(ValueError, match="at least 2 frames, got 1"):
        export_animation(folder / "old.gif", made(OTHERS, "trail", frames=1))


def test_without_ffmpeg_there_is_no_mp4(folder):
    missing = mpl.rc_context({"animation.ffmpeg_path": "no-such-ffmpeg"})
    with missing, pytest.raises(FileNotFoundError, match=r"finds no 'no-such-ffmpeg'.*\.gif"):
        export_animation(folder / "old.mp4", made(OTHERS, "trail"))


def test_what_ffmpeg_says_is_passed_on(folder):
    """A program that does not know ffmpeg's options, here Python, ends with a complaint."""
    other = mpl.rc_context({"animation.ffmpeg_path": sys.executable})
    with other, pytest.raises(OSError, match=r"ffmpeg failed, and said: .*option"):
        export_animation(folder / "old.mp4", made(OTHERS, "trail"))


def test_a_full_disk_leaves_the_old_file(folder, monkeypatch):
    def write_some(self, file, **_):
        file.write_bytes(b"GIF89a")
        raise OSError(28, "No space left on device")

    explorer = explore_averages(n=5)
    monkeypatch.setattr(Image.Image, "save", write_some)
    with pytest.raises(OSError, match="No space left"):
        export_animation(folder / "old.gif", explorer, dpi=30)
