"""Columns: under which header each number of a table stands, however the table is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from verifier.instruments import layout
from verifier.instruments.captions import Label
from verifier.instruments.kinds import kind_of
from verifier.instruments.layout import Cell
from verifier.instruments.vocabulary import Meaning

_ROWS_COMPARED = 8  # enough to tell how a table is set
_LEAST_TRACKS = 3  # columns that stand off their headers by as much do not so by chance
COLUMN_REACH = 2.5  # line heights a number may stand outside its header's width


def columns_of(header: Sequence[Label], numbers: Sequence[Cell]) -> dict[Cell, int]:
    """Each number's column, by the way of setting (nearest header, from its left edge, up to its right edge) that makes
    the fewest numbers of one row share a column; of equal ways, by the one with the fewest numbers left of their
    header (they stand at the right edge of the column before). Before all: as many columns as figures, all off their
    headers by as much."""
    ways = [{cell: way(header, cell) for cell in numbers} for way in (_nearest, _from_left, _up_to_right)]
    if shifted := _shifted(header, numbers):
        return shifted
    best = min(ways, key=lambda way: (_misplaced(header, way), _left_of_header(header, way)))
    return {cell: column for cell, column in best.items() if column is not None}


def _left_of_header(header: Sequence[Label], columns: Mapping[Cell, int | None]) -> int:
    return sum(cell.box.right < header[column].cell.box.left for cell, column in columns.items() if column is not None)


def _misplaced(header: Sequence[Label], columns: Mapping[Cell, int | None]) -> int:
    """How many numbers have no column, share one with another of their kind and row, or are not what it holds."""
    lost = 0
    for row in layout.rows(columns)[:_ROWS_COMPARED]:
        held = [_holds(header, columns[cell], cell) for cell in row]
        lost += len(row) - len({one for one in held if one is not None})
    return lost


def _holds(header: Sequence[Label], column: int | None, cell: Cell) -> tuple[int, str] | None:
    """The column and what the number is in it; None where it cannot be anything."""
    if column is None or cell.numeral is None:
        return None
    meaning = header[column].meaning
    if meaning is None:
        return column, "rate" if cell.numeral.percent else "count"
    key = key_of(cell, meaning)
    return (column, key) if key else None


def _nearest(header: Sequence[Label], cell: Cell) -> int | None:
    distances = []
    for index, label in enumerate(header):
        box = label.cell.box
        outside = max(box.left - cell.box.right, cell.box.left - box.right, 0.0)
        offset = min(
            abs(box.left - cell.box.left), abs(box.right - cell.box.right), abs(label.cell.centre[0] - cell.centre[0])
        )
        distances.append((outside, offset, index))
    outside, _, index = min(distances)
    return index if outside < COLUMN_REACH * cell.height else None


def _from_left(header: Sequence[Label], cell: Cell) -> int | None:
    """Labels stand at the left edge of their columns."""
    begun = [index for index, label in enumerate(header) if label.cell.box.left < cell.centre[0]]
    if not begun or (begun[-1] == len(header) - 1 and not _within_last(header, cell)):
        return None
    return begun[-1]


def _within_last(header: Sequence[Label], cell: Cell) -> bool:
    """True when the number is no farther right than the last column may be wide: as wide as the widest other."""
    lefts = [label.cell.box.left for label in header]
    widest = max((b - a for a, b in pairwise(lefts)), default=10 * cell.height)
    return cell.box.right < lefts[-1] + 1.2 * widest


def _up_to_right(header: Sequence[Label], cell: Cell) -> int | None:
    """Labels stand at the right edge of their columns."""
    ahead = [index for index, label in enumerate(header) if label.cell.box.right > cell.centre[0]]
    return ahead[0] if ahead else None


def _shifted(header: Sequence[Label], numbers: Sequence[Cell]) -> dict[Cell, int]:
    """The figures in turn, where there is one column of numbers for each and all stand off by as much."""
    tracks = _tracks(numbers)
    last = [index for index, label in enumerate(header) if label.meaning]
    if len(tracks) != len(last) or len(last) < _LEAST_TRACKS or len(numbers) < 2 * len(tracks):
        return {}
    offsets = [header[index].cell.centre[0] - track[0].centre[0] for index, track in zip(last, tracks, strict=True)]
    if max(offsets) - min(offsets) > COLUMN_REACH * tracks[0][0].height:
        return {}
    return {cell: index for index, track in zip(last, tracks, strict=True) for cell in track}


def _tracks(numbers: Sequence[Cell]) -> list[list[Cell]]:
    """Numbers in columns of their own, from left to right: those of a column overlap, those of two never do."""
    tracks: list[list[Cell]] = []
    right = float("-inf")
    for cell in sorted(numbers, key=lambda cell: cell.box.left):
        if cell.box.left >= right:
            tracks.append([])
        tracks[-1].append(cell)
        right = max(right, cell.box.right)
    return tracks


def key_of(cell: Cell, meaning: Meaning) -> str | None:
    """The key of a number under a header; None where the header promises something else."""
    kind = kind_of(cell.numeral, meaning) if cell.numeral else None
    if kind is None or (meaning.rate and kind[0] == "count"):
        return None
    return meaning.key(kind[0])
