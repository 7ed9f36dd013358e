"""Where the nodes of a directed graph go when it is drawn from left to right in layers.

The method of Sugiyama, Tagawa and Toda (1981), https://doi.org/10.1109/TSMC.1981.4308636: a
layer for each node, stepping stones where an edge spans several layers, an order in each layer
that crosses few edges, and heights that keep edges level.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

Key = Hashable
STONE = 0.35  # the height that an edge passing through needs, that of a node being 1


@dataclass(frozen=True)
class Layout:
    """`layer` and `height` of every node, and the stepping stones of every edge."""

    layer: dict[Key, int]
    height: dict[Key, float]
    stones: dict[tuple[Key, Key], list[Key]]  # (parent, child) -> stones between them


def lay_out(parents: Mapping[Key, Sequence[Key]]) -> Layout:
    """Places for the nodes of `parents`, a mapping in topological order (parents first)."""
    layer = _layers(parents)
    stones, links = _stepping_stones(parents, layer)
    rows = _rows(layer)
    _uncross(rows, links)
    return Layout(layer, _heights(rows, links), stones)


def _layers(parents) -> dict[Key, int]:
    """One to the right of the last parent; what has no parents, just left of its first child."""
    layer, children = {}, defaultdict(list)
    for node, above in parents.items():
        layer[node] = 1 + max((layer[p] for p in above), default=-1)
        for parent in above:
            children[parent].append(node)
    for node, above in parents.items():
        if not above and children[node]:
            layer[node] = min(layer[child] for child in children[node]) - 1
    return layer


def _stepping_stones(parents, layer):
    """A stone in every layer that an edge passes; adds them to `layer`, and links neighbours."""
    stones, links = {}, set()
    for child, above in parents.items():
        for parent in above:
            between = range(layer[parent] + 1, layer[child])
            way = stones[parent, child] = [("stone", parent, k) for k in between]
            layer.update(zip(way, between, strict=True))
            links.update(zip([parent, *way], [*way, child], strict=True))
    return stones, sorted(links, key=_in_order(layer))


def _in_order(layer):
    place = {key: i for i, key in enumerate(layer)}
    return lambda link: (place[link[0]], place[link[1]])


def _rows(layer) -> list[list[Key]]:
    rows = [[] for _ in range(max(layer.values()) + 1)]
    for key, k in layer.items():
        rows[k].append(key)
    return rows


def _neighbours(links) -> tuple[dict, dict]:
    left, right = defaultdict(list), defaultdict(list)
    for a, b in links:
        right[a].append(b)
        left[b].append(a)
    return left, right


def _uncross(rows, links, sweeps: int = 12) -> None:
    """Sort each layer by the mean place of its neighbours, to and fro; keep the best order."""
    left, right = _neighbours(links)
    best, fewest = [list(row) for row in rows], _crossings(rows, links)
    for sweep in range(sweeps):
        ordered, beside = (rows, left) if sweep % 2 == 0 else (rows[::-1], right)
        for row in ordered:
            place = _places(rows)
            row.sort(key=lambda key: fmean([place[n] for n in beside[key]] or [place[key]]))
        crossings = _crossings(rows, links)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    rows[:] = best


def _places(rows) -> dict[Key, int]:
    return {key: i for row in rows for i, key in enumerate(row)}


def _crossings(rows, links) -> int:
    """How many pairs of links between the same two layers cross."""
    place = _places(rows)
    layer = {key: k for k, row in enumerate(rows) for key in row}
    by_layer = defaultdict(list)
    for a, b in links:
        by_layer[layer[a]].append((place[a], place[b]))
    return sum(
        (a - c) * (b - d) < 0
        for ends in by_layer.values()
        for i, (a, b) in enumerate(ends)
        for c, d in ends[:i]
    )


def _heights(rows, links, sweeps: int = 100) -> dict[Key, float]:
    """Heights that make the links as level as the order and the room of the nodes allow.

    The sum of the squared rises of all links, made smaller layer by layer.
    """
    left, right = _neighbours(links)
    beside = {key: [*left[key], *right[key]] for row in rows for key in row}
    height = {key: -float(i) for row in rows for i, key in enumerate(row)}
    for sweep in range(sweeps):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = [fmean([height[n] for n in beside[key]] or [height[key]]) for key in row]
            weights = [len(beside[key]) or 1 for key in row]
            height.update(zip(row, _apart(row, wanted, weights), strict=True))
    return height


def _apart(row, wanted, weights) -> list[float]:
    """The heights nearest to those wanted that fall and leave each node its room."""
    room = [STONE if _is_stone(key) else 1.0 for key in row]
    above = [0.0]
    for one, other in pairwise(room):
        above.append(above[-1] + (one + other) / 2)
    level = _isotonic([-w - a for w, a in zip(wanted, above, strict=True)], weights)
    return [-a - rising for a, rising in zip(above, level, strict=True)]


def _isotonic(values, weights) -> list[float]:
    """The rising sequence nearest to `values`: falling neighbours are pooled to their mean."""
    pools = []  # (mean, weight, how many)
    for mean, weight in zip(values, weights, strict=True):
        count = 1
        while pools and pools[-1][0] > mean:
            before, heavy, many = pools.pop()
            mean = (before * heavy + mean * weight) / (heavy + weight)
            weight, count = weight + heavy, count + many
        pools.append((mean, weight, count))
    return [mean for mean, _, count in pools for _ in range(count)]


def _is_stone(key: Key) -> bool:
    return isinstance(key, tuple) and key[:1] == ("stone",)
