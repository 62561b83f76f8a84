"""Repeated blocks: the same labels again and again with other numbers, one block a campaign: the rows of a table.

"Sent 120, Clicks 8" under one campaign's name and "Sent 90, Clicks 5" under the next are no figures of the whole page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from verifier.casefile import Box
from verifier.instruments.layout import Cell, level
from verifier.instruments.pairing import Reading
from verifier.instruments.phrasebook import plain

_LEAST_KEYS = 2  # figures that each block prints
_LEAST_BLOCKS = 2
_OFF = 1.5  # line heights by which a block's labels may stand off those of the first
_SAME_SIZE = 1.25  # print of the blocks' numbers; a total beside its parts is larger


def as_rows(readings: Sequence[Reading], cells: Sequence[Cell], table: int) -> tuple[Reading, ...]:
    """The readings of cards and lists; those of repeated blocks as the rows of a table of that number."""
    for down in (True, False):
        blocks = _blocks(readings, down=down)
        if blocks:
            labels = {_label_box(one) for block in blocks for one in block}
            words = [cell for cell in cells if not cell.numeral and cell.box not in labels]
            named = {
                id(one): replace(one, place="row", row=number, table=table, name=_name(block, words))
                for number, block in enumerate(blocks)
                for one in block
            }
            return tuple(named.get(id(one), one) for one in readings)
    return tuple(readings)


def _blocks(readings: Sequence[Reading], *, down: bool) -> list[list[Reading]]:
    """Blocks beneath (or beside) each other: as many numbers under each label, at the same places, not all alike."""
    columns = [column for column in _alike(readings, down=down) if len(column) >= _LEAST_BLOCKS]
    longest = max((len(column) for column in columns), default=0)
    columns = [column for column in columns if len(column) == longest]
    if len({column[0].key for column in columns}) < _LEAST_KEYS:
        return []
    blocks = [list(block) for block in zip(*columns, strict=True)]
    if not _apart(blocks, down=down) or not any(_differ(column) for column in columns):
        return []
    return blocks


def _alike(readings: Sequence[Reading], *, down: bool) -> Iterable[list[Reading]]:
    """Readings of one figure under one wording in one column (or row), in order, printed in one size."""
    left = sorted(
        (one for one in readings if one.value_box and one.label_box), key=lambda one: _start(_box(one), down=down)
    )
    while left:
        first = left[0]
        same = [one for one in left if one is first or _belongs(one, first, down=down)]
        left = [one for one in left if not any(one is other for other in same)]
        yield same


def _belongs(one: Reading, first: Reading, *, down: bool) -> bool:
    if (one.key, plain(one.label)) != (first.key, plain(first.label)):
        return False
    box, other = _label_box(one), _label_box(first)
    heights = sorted((_height(_box(one)), _height(_box(first))))
    across = abs(box.left - other.left) if down else abs(box.top - other.top)
    return across < _OFF * _height(other) and heights[1] < _SAME_SIZE * heights[0]


def _apart(blocks: Sequence[Sequence[Reading]], *, down: bool) -> bool:
    """True when each block ends before the next begins."""
    spans = [
        (min(_start(_box(one), down=down) for one in block), max(_start(_box(one), down=down) for one in block))
        for block in blocks
    ]
    return all(before[1] < after[0] for before, after in pairwise(spans))


def _differ(column: Sequence[Reading]) -> bool:
    return any(not one.numeral.agrees(column[0].numeral) for one in column)


def _name(block: Sequence[Reading], words: Sequence[Cell]) -> str:
    """The words nearest before a block: left of its first line, or just above."""
    first = min((_label_box(one) for one in block), key=lambda box: (box.top, box.left))
    before = [
        cell
        for cell in words
        if (level(cell.box, first) and cell.box.right <= first.left) or cell.box.bottom <= first.top + 1
    ]
    nearest = min(before, key=lambda cell: _distance(cell.box, first), default=None)
    return nearest.text if nearest else ""


def _distance(a: Box, b: Box) -> float:
    return max(0.0, b.left - a.right) + 3 * max(0.0, b.top - a.bottom) + max(0.0, a.left - b.right)


def _start(box: Box, *, down: bool) -> float:
    return box.top if down else box.left


def _height(box: Box) -> float:
    return box.bottom - box.top


def _box(reading: Reading) -> Box:
    if reading.value_box is None:
        raise ValueError("a reading of a sheet has no place")
    return reading.value_box


def _label_box(reading: Reading) -> Box:
    if reading.label_box is None:
        raise ValueError("a reading of a sheet has no place")
    return reading.label_box
