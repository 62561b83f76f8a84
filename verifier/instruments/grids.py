"""Header tables on a page: the header's labels, the rows of numbers beneath, and which row is the total."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from verifier.instruments import layout, vocabulary
from verifier.instruments.captions import Label
from verifier.instruments.columns import COLUMN_REACH, columns_of, key_of
from verifier.instruments.layout import Cell, level
from verifier.instruments.pairing import Reading

TOTAL = re.compile(
    r"\b(?:total|totals|overall|all|sum|gesamt|gesamtsumme|summe|insgesamt|grand total)\b", re.IGNORECASE
)
_ENUMERATED = re.compile(r"(?:^|\s)\d{1,3}[.)]")
_ROW_GAP = 3.5  # line heights without a number after which a table has ended
_SAME_SIZE = 1.3  # the numbers of a table are of one size; a card's second value is smaller than its first
_LIST_REACH = 12.0  # line heights right of a list's last label in which its number stands
_LEAST_COLUMNS = 3  # of a table of one row
_MENU_ROWS = 8.0  # line heights below a header in which a column's first number stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: readings row by row, and every cell that it accounts for."""

    readings: tuple[Reading, ...]
    cells: frozenset[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: the words before it, and its numbers by column."""

    name: str
    numbers: Mapping[int, Cell]  # column -> number


def tables(labels: Sequence[Label], cells: Sequence[Cell]) -> tuple[Grid, ...]:
    """The tables of a page, top to bottom. A row of cards (labels over one row of numbers) is no table."""
    grids: list[Grid] = []
    used: set[Cell] = set()
    for header in _headers(labels, cells):
        grid = _grid(header, [cell for cell in cells if cell not in used], len(grids))
        if grid is not None:
            grids.append(grid)
            used |= grid.cells
    return tuple(grids)


def _headers(labels: Sequence[Label], cells: Sequence[Cell]) -> list[list[Label]]:
    """Rows of labels, free of numbers, of which at least one names a figure."""
    rows: list[list[Label]] = []
    for label in sorted(labels, key=lambda one: (one.cell.centre[1], one.cell.box.left)):
        row = next((row for row in reversed(rows[-6:]) if level(row[0].cell.box, label.cell.box)), None)
        if row is None:
            rows.append([label])
        else:
            row.append(label)
    headers = [sorted(map(_completed, row), key=lambda one: one.cell.box.left) for row in rows]
    return [
        header for header in headers if any(label.meaning for label in header) and not _holds_numbers(header, cells)
    ]


def _completed(label: Label) -> Label:
    """A label cut off by its column's edge, by what it begins to say."""
    if label.meaning is None:
        return Label(cell=label.cell, meaning=vocabulary.understand_cut(label.cell.text))
    return label


def _holds_numbers(header: Sequence[Label], cells: Sequence[Cell]) -> bool:
    """True for the row of a list: numbers stand between or right of its labels."""
    known = [label.cell for label in header if label.meaning]
    left, right = known[0].box.left, known[-1].box.right + _LIST_REACH * known[-1].height
    return any(cell.numeral and level(known[0].box, cell.box) and left < cell.box.left < right for cell in cells)


def _grid(header: Sequence[Label], cells: Sequence[Cell], number: int) -> Grid | None:
    header = _without_neighbours(header, cells)
    if not any(label.meaning for label in header):
        return None
    columns = columns_of(header, _beneath(header, cells))
    header = [
        label if index in columns.values() else replace(label, meaning=None) for index, label in enumerate(header)
    ]
    known = {index for index, label in enumerate(header) if label.meaning}
    if not known:
        return None
    rows = _rows(columns, cells, header)
    if not _is_table(rows, known) or (len(header) < 2 and not all(row.name for row in rows)):
        return None
    if len(rows) == 1 and _captions_of_what_is_above(header, rows[0], cells):
        return None
    total = total_row(rows, header) if len(rows) > 1 else 0
    readings = [
        reading
        for index, row in enumerate(rows)
        for column in sorted(known & row.numbers.keys())
        for reading in [_reading(header[column], row, column, index, total, number)]
        if reading is not None
    ]
    accounted = frozenset(columns) & {cell for row in rows for cell in _band(row, columns)}
    heads = frozenset(header[index].cell for index in known)
    return Grid(readings=tuple(readings), cells=accounted | heads) if readings else None


def _without_neighbours(header: Sequence[Label], cells: Sequence[Cell]) -> list[Label]:
    """The header without the labels left of it that have no number up to the next label: a menu beside the table."""
    bottom, height = max(label.cell.box.bottom for label in header), header[0].cell.height
    reach = bottom + _MENU_ROWS * height
    numbers = [cell for cell in cells if cell.numeral and bottom < cell.centre[1] < reach]
    kept = list(header)
    while len(kept) > 1:
        left, right = kept[0].cell.box.left, kept[1].cell.box.left
        if any(left - COLUMN_REACH * cell.height < cell.centre[0] < right for cell in numbers):
            break
        kept.pop(0)
    return kept


def _beneath(header: Sequence[Label], cells: Sequence[Cell]) -> list[Cell]:
    """The numbers under the header's figures, down to the next row of labels or a wide gap."""
    known = [label.cell for label in header if label.meaning]
    bottom, height = max(cell.box.bottom for cell in known), min(cell.height for cell in known)
    widest = max((b.box.left - a.box.left for a, b in pairwise(known)), default=12 * height)
    left, right = (
        known[0].box.left - COLUMN_REACH * height,
        max(known[-1].box.right, known[-1].box.left + 1.2 * widest),
    )
    numbers = [cell for cell in cells if cell.numeral and cell.centre[1] > bottom and left < cell.centre[0] < right]
    kept: list[Cell] = []
    edge, pitch = bottom, 0.0
    for row in layout.rows(numbers):
        top = min(cell.box.top for cell in row)
        if top - edge > max(_ROW_GAP * height, 1.8 * pitch) or _labels_between(cells, edge, top, known):
            break
        pitch = max(pitch, top - edge) if kept else pitch
        edge = max(cell.box.bottom for cell in row)
        kept += row
    return kept


def _rows(columns: Mapping[Cell, int], cells: Sequence[Cell], header: Sequence[Label]) -> list[Row]:
    rows: list[Row] = []
    for group in layout.rows(columns):
        numbers: dict[int, Cell] = {}
        for cell in group:  # a share printed after the number is not the column's figure
            numbers.setdefault(columns[cell], cell)
        rows.append(Row(name=_name(group, cells), numbers=numbers))
    return [row for row in rows if any(header[column].meaning for column in row.numbers)]


def _labels_between(cells: Sequence[Cell], top: float, bottom: float, known: Sequence[Cell]) -> bool:
    """True when a label of a figure stands between the two heights, in one of the columns."""
    return any(
        vocabulary.understand(cell.text) is not None
        for cell in cells
        if not cell.numeral
        and top < cell.centre[1] < bottom
        and any(cell.box.left < one.box.right and cell.box.right > one.box.left for one in known)
    )


def _name(group: Sequence[Cell], cells: Sequence[Cell]) -> str:
    """The nearest words left of the row's numbers, with what is written close before them."""
    first = min(group, key=lambda cell: cell.box.left)
    words = [
        cell for cell in cells if not cell.numeral and level(first.box, cell.box) and cell.box.left < first.box.left
    ]
    name: list[Cell] = []
    for cell in sorted(words, key=lambda cell: -cell.box.left):
        if name and name[-1].box.left - cell.box.right > 2 * cell.height:
            break
        name.append(cell)
    return " ".join(cell.text for cell in reversed(name))


def _is_table(rows: Sequence[Row], known: set[int]) -> bool:
    """Two rows with the same kind of number, of one size, under one label; or one row that fills three columns."""
    if len(rows) < 2:
        return bool(rows) and len(known & rows[0].numbers.keys()) >= _LEAST_COLUMNS
    first, second = rows[0].numbers, rows[1].numbers
    for column in known & first.keys() & second.keys():
        a, b = first[column], second[column]
        if a.numeral and b.numeral and a.numeral.percent == b.numeral.percent:
            return max(a.height, b.height) < _SAME_SIZE * min(a.height, b.height)
    return False


def _captions_of_what_is_above(header: Sequence[Label], row: Row, cells: Sequence[Cell]) -> bool:
    """True for a row of cards whose numbers stand over their labels: they are nearer than the next row's numbers."""
    nearer = 0
    for column, beneath in row.numbers.items():
        label = header[column].cell.box
        over = [
            label.top - cell.box.bottom
            for cell in cells
            if cell.numeral
            and cell.centre[1] < label.top
            and cell.box.left < label.right
            and cell.box.right > label.left
        ]
        nearer += bool(over) and min(over) < beneath.box.top - label.bottom
    return 2 * nearer > len(row.numbers)


def _band(row: Row, columns: Mapping[Cell, int]) -> list[Cell]:
    return [cell for cell in columns if any(level(cell.box, other.box) for other in row.numbers.values())]


def total_row(rows: Sequence[Row], header: Sequence[Label]) -> int | None:
    """The row that holds the totals: it says so, it alone is not enumerated, or it is the sum of the others."""
    for index in (0, len(rows) - 1):
        if TOTAL.search(rows[index].name):
            return index
    if not _ENUMERATED.search(rows[0].name) and _ENUMERATED.search(rows[1].name):
        return 0
    for index in (0, len(rows) - 1):
        others = [row for at, row in enumerate(rows) if at != index]
        if len(others) > 1 and _sums(rows[index], others, header):
            return index
    return None


def _sums(row: Row, others: Sequence[Row], header: Sequence[Label]) -> bool:
    proofs = 0
    for column, cell in row.numbers.items():
        meaning = header[column].meaning
        if meaning is None or meaning.rate or not cell.numeral or not cell.numeral.whole:
            continue
        parts = [other.numbers[column].numeral for other in others if column in other.numbers]
        total = sum(part.value for part in parts if part)
        if cell.numeral.value != total:
            return False
        proofs += total > 0
    return proofs > 0


def _reading(label: Label, row: Row, column: int, index: int, total: int | None, table: int) -> Reading | None:
    cell, meaning = row.numbers[column], label.meaning
    if meaning is None or cell.numeral is None:
        return None
    key = key_of(cell, meaning)
    if key is None:
        return None
    return Reading(
        key=key,
        numeral=cell.numeral,
        value_box=cell.box,
        label=label.cell.text.replace("\n", " "),
        label_box=label.cell.box,
        confidence=cell.confidence * (0.5 + 0.5 * meaning.strength),
        place="total" if index == total else "row",
        weak=meaning.weak,
        name=row.name,
        row=index,
        table=table,
    )
