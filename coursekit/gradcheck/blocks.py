"""Named blocks of parameters: which part of a flat vector is W1, which is b1."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np


class Block(NamedTuple):
    """Where a block lies in the flattened array, and its shape."""

    where: slice
    shape: tuple[int, ...]


def layer_blocks(sizes: tuple[int, ...]) -> dict[str, Block]:
    """W1 `(out, in)`, b1 `(out,)`, W2, b2, … of a network with layers of these sizes."""
    shapes = {}
    for layer, (columns, rows) in enumerate(pairwise(sizes), 1):
        shapes |= {f"W{layer}": (rows, columns), f"b{layer}": (rows,)}
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes.values()]).tolist()
    starts = [0, *ends]
    return {
        name: Block(slice(start, end), shape)
        for (name, shape), start, end in zip(shapes.items(), starts, ends, strict=False)
    }


def as_blocks(blocks: Mapping[str, Any] | None, shape: tuple[int, ...]) -> dict[str, Block]:
    """Blocks that cover an array of `shape` from its first element to its last.

    A block is given by its shape, `{"W": (3, 2), "b": (3,)}` in the order in which they lie, or
    by a slice and a shape, as the `blocks` of a network are. None: one block without a name.
    Raises `ValueError` where they leave elements out or claim one twice.
    """
    size = int(np.prod(shape))
    if blocks is None:
        return {"": Block(slice(0, size), tuple(shape))}
    named, start = {}, 0
    for name, given in blocks.items():
        named[name] = _as_block(given, start, name)
        start = named[name].where.stop
    _check_cover(named, size)
    return named


def _as_block(given: Any, start: int, name: str) -> Block:
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], slice):
        where, shape = given
        block = Block(slice(where.start or 0, where.stop), tuple(shape))
    else:
        shape = (given,) if isinstance(given, int) else tuple(given)
        block = Block(slice(start, start + int(np.prod(shape))), shape)
    if block.where.stop - block.where.start != int(np.prod(block.shape)):
        raise ValueError(f"blocks: {name} is {block.where}, which does not hold {block.shape}.")
    return block


def _check_cover(named: dict[str, Block], size: int) -> None:
    covered = np.zeros(size, dtype=int)
    for name, (where, _) in named.items():
        if where.stop > size:
            raise ValueError(f"blocks: {name} ends at {where.stop}, the array at {size}.")
        covered[where] += 1
    if (covered != 1).any():
        at = int(np.flatnonzero(covered != 1)[0])
        how = "in no block" if covered[at] == 0 else "in more than one"
        raise ValueError(f"blocks must hold each of {size} elements once; element {at} is {how}.")


def element(blocks: dict[str, Block], index: int) -> str:
    """The name of an element of the flattened array, such as `W1[3, 2]`."""
    for name, (where, shape) in blocks.items():
        if where.start <= index < where.stop:
            place = np.unravel_index(index - where.start, shape)
            return f"{name}[{', '.join(map(str, place))}]" if shape else name or "x"
    raise IndexError(index)
