"""Solution cells → exercise cells: what stands between the markers becomes a stub.

    # BEGIN SOLUTION
    # END SOLUTION

nbgrader and Otter read the same markers. nbgrader takes any line that contains the words
for one, so here a line that contains them, or nearly, must be exactly a marker.
"""

import ast
import re
from dataclasses import dataclass

MARKER = re.compile(r"(?P<indent>[ \t]*)# (?P<edge>BEGIN|END) SOLUTION")
NEARLY = re.compile(r"#\W*(?i:begin|end)[ _-]*(?i:solution)|(?:BEGIN|END) SOLUTION")
STUB = (
    "# Your code here, instead of the next line.",
    'raise NotImplementedError("{name} is not written yet")',
)


class RegionError(ValueError):
    """A marker is wrong; `line` is where, counted from 1 within the cell."""

    def __init__(self, line, message):
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Region:
    """Lines `first` to `last`, both markers, counted from 1."""

    first: int
    last: int
    indent: str


def find_regions(source):
    """The regions marked in `source`, from top to bottom.

    Raises RegionError for a line that is nearly a marker, for a marker without its other
    half, and for a region inside another.
    """
    regions, first, indent = [], None, ""
    for number, line in marker_lines(source):
        marker = MARKER.fullmatch(line.rstrip())
        if not marker:
            right = "'# BEGIN SOLUTION' or '# END SOLUTION', on a line of its own"
            raise RegionError(number, f"{line.strip()!r} must be {right}")
        begins = marker["edge"] == "BEGIN"
        if begins and first:
            raise RegionError(number, f"# BEGIN SOLUTION inside the solution of line {first}")
        if not begins and not first:
            raise RegionError(number, "# END SOLUTION has no # BEGIN SOLUTION")
        if begins:
            first, indent = number, marker["indent"]
        else:
            regions.append(Region(first, number, indent))
            first = None
    if first:
        raise RegionError(first, "# BEGIN SOLUTION has no # END SOLUTION")
    return regions


def marker_lines(source):
    """(number, line) of each line that is a marker, or nearly one."""
    return [(n, line) for n, line in enumerate(source.split("\n"), 1) if NEARLY.search(line)]


def make_exercise(source):
    """`source` with a stub in place of each solution.

    Raises RegionError if a marker is wrong, if `source` is not Python, if a solution is empty
    or outside a function (its stub would stop every cell below), and if what is left when
    the solution is taken out is not Python.
    """
    regions = find_regions(source)
    lines = source.split("\n")
    tree = _parse(source, "the cell is not Python")
    for region in reversed(regions):  # from the bottom up, so that line numbers stay true
        lines[region.first - 1 : region.last] = _stub(tree, region)
    text = "\n".join(lines)
    _parse(text, "what is left without the solution is not Python", regions)
    return text


def _parse(source, complaint, regions=()):
    try:
        return ast.parse(source)
    except SyntaxError as error:
        line = regions[0].first if regions else error.lineno
        raise RegionError(line, f"{complaint}: {error.msg}") from None


def _stub(tree, region):
    inside = [node for node in _statements(tree) if region.first < node.lineno < region.last]
    if not inside:
        raise RegionError(region.first, "the solution must hold at least one statement")
    name = _function_around(tree, region, inside[0])
    if not name:
        raise RegionError(
            region.first, "the solution must be inside a function: its stub would stop the notebook"
        )
    if inside[0].col_offset != len(region.indent):
        raise RegionError(region.first, "the marker must be indented like the code after it")
    return [region.indent + line.format(name=name) for line in STUB]


def _statements(tree):
    """Every statement, the outer before the inner."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _function_around(tree, region, statement):
    """The dotted name of the innermost function that holds `statement`, "" if there is none."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    around = [
        node
        for node in _statements(tree)
        if isinstance(node, (*functions, ast.ClassDef))
        and node.lineno < region.first
        and any(inner is statement for inner in ast.walk(node))
    ]
    if not any(isinstance(node, functions) for node in around):
        return ""
    return ".".join(node.name for node in around)
