"""A report as HTML: a table of its blocks, and a map of each, drawn in SVG."""

import html

import numpy as np

CELLS = 48  # a block with more rows or columns is drawn in as many, each its worst element
SIZE = 8  # of a cell in pixels
FILL = (
    "#D5D5D5",
    "#0072B2",
    "#F5C26B",
    "#E07B00",
    "#8C2D04",
)  # by level, the worse the darker; kinks are blue

AGREES, KINK, SLIGHTLY, CLEARLY, ENTIRELY = range(5)
LEVELS = (
    "agrees",
    "kink: no gradient there",
    "off by less than 1 %",
    "off by 1 to 50 %",
    "off by 50 % or more",
)


def as_html(report) -> str:
    """The verdict, what it means, a table of the blocks and their maps."""
    said = "".join(f"<p>{html.escape(f.sentence)}</p>" for f in report.findings)
    head = "".join(
        f"<th scope='col'>{name}</th>"
        for name in ("block", "shape", "wrong", "kinks", "largest error", "map")
    )
    rows = "".join(_row(report, name, block) for name, block in report.blocks.items())
    return (
        f"<p><strong>{html.escape(report.summary())}</strong></p>{said}<table><thead><tr>{head}"
        f"</tr></thead><tbody>{rows}</tbody></table>{_legend(report)}"
    )


def _row(report, name, block) -> str:
    where, shape = block
    errors = report.errors.ravel()[where]
    wrong = int((~(errors <= report.tolerance)).sum())
    kinks = int(report.measured.kink[where].sum())
    largest = f"{errors.max(initial=0):.1e}" if wrong else f"≤ {report.tolerance:g}"
    cells = (name or "x", " × ".join(map(str, shape)) or "1", str(wrong), str(kinks), largest)
    written = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    return f"<tr>{written}<td>{_map(report, name, block)}</td></tr>"


def as_matrix(levels: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A block's levels as a matrix: a vector is a column, further axes are laid side by side."""
    return levels.reshape(shape[0] if shape else 1, -1)


def _map(report, name, block) -> str:
    levels = coarse(as_matrix(report.levels.ravel()[block.where], block.shape))
    rows, columns = levels.shape
    wide, high = columns * SIZE, rows * SIZE
    label = html.escape(f"map of the errors in {name or 'x'}, a cell an element")
    paths = "".join(_path(levels == level, level) for level in np.unique(levels))
    return (
        f"<svg role='img' aria-label='{label}' width='{wide}' height='{high}' "
        f"viewBox='0 0 {columns} {rows}'>{paths}</svg>"
    )


def coarse(levels: np.ndarray) -> np.ndarray:
    """At most CELLS × CELLS: of neighbours that share a cell the worst is shown."""
    for axis in (0, 1):
        count = levels.shape[axis]
        if count > CELLS:
            starts = np.unique(np.arange(CELLS) * count // CELLS)
            levels = np.maximum.reduceat(levels, starts, axis=axis)
    return levels


def _path(mask: np.ndarray, level: int) -> str:
    """All cells of one level as one path, neighbours in a row joined."""
    pieces = []
    for y, row in enumerate(mask):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], row, [0]])))
        pieces += [f"M{a} {y}h{b - a}v1h-{b - a}z" for a, b in edges.reshape(-1, 2)]
    return f"<path fill='{FILL[level]}' stroke='white' stroke-width='.08' d='{''.join(pieces)}'/>"


def _legend(report) -> str:
    used = (LEVELS[level] for level in np.unique(report.levels))
    colours = dict(zip(LEVELS, FILL, strict=True))
    entries = "".join(
        f"<span style='border-left:1em solid {colours[word]};padding:0 1em 0 .4em'>{word}</span>"
        for word in used
    )
    return f"<p>{entries}</p>"
