"""Matrices: figures listed beneath each other, each with several numbers side by side - variants, months, a total.

Which column is meant is not for the reader to guess: the one that says it is the total, and else each is a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.instruments import layout, vocabulary
from verifier.instruments.captions import Label
from verifier.instruments.columns import key_of
from verifier.instruments.grids import Grid
from verifier.instruments.layout import Cell, aligned, level
from verifier.instruments.pairing import Place, Reading

_LEAST = 2  # rows, and columns
_INDENT = 2.5  # line heights that labels may be set in
_HEAD = 4.0  # line heights above the first row in which the columns' names stand


def find(labels: Sequence[Label], cells: Sequence[Cell], first: int) -> tuple[Grid, ...]:
    """The matrices of a page; their tables are numbered from `first`."""
    known = [label for label in labels if label.meaning]
    numbers = [cell for cell in cells if cell.numeral]
    found: list[Grid] = []
    used: set[Label] = set()
    for label in sorted(known, key=lambda one: one.cell.centre[1]):
        if label in used:
            continue
        beneath = [other for other in known if other not in used and _in_line(label.cell, other.cell)]
        rows = {other: row for other in beneath if len(row := _right_of(other, labels, numbers)) >= _LEAST}
        rows = _regular(rows)
        if len(rows) >= _LEAST:
            used |= rows.keys()
            found.append(_grid(rows, cells, first + len(found)))
    return tuple(found)


def _in_line(label: Cell, other: Cell) -> bool:
    return abs(label.box.left - other.box.left) < _INDENT * label.height and 0.7 < other.height / label.height < 1.4


def _right_of(label: Label, labels: Sequence[Label], numbers: Sequence[Cell]) -> list[Cell]:
    """The numbers of one kind in the label's row, up to the next words."""
    words = [other.cell.box.left for other in labels if _after(label.cell, other.cell)]
    edge = min(words, default=float("inf"))
    row = sorted(
        (cell for cell in numbers if _after(label.cell, cell) and cell.box.left < edge), key=lambda cell: cell.box.left
    )
    kinds = {cell.numeral.percent for cell in row if cell.numeral}
    return row if len(kinds) == 1 else []


def _after(label: Cell, cell: Cell) -> bool:
    return cell is not label and level(label.box, cell.box) and cell.box.left > label.box.right - 0.5 * label.height


def _regular(rows: Mapping[Label, list[Cell]]) -> dict[Label, list[Cell]]:
    """The rows whose numbers stand in the columns of the first, as many as it has."""
    if not rows:
        return {}
    first = next(iter(rows.values()))
    return {
        label: row
        for label, row in rows.items()
        if len(row) == len(first) and all(aligned(a.box, b.box, a.height) for a, b in zip(first, row, strict=True))
    }


def _grid(rows: Mapping[Label, list[Cell]], cells: Sequence[Cell], table: int) -> Grid:
    columns = list(zip(*rows.values(), strict=True))
    names = [_name(column, cells) for column in columns]
    total = next((index for index, name in enumerate(names) if vocabulary.says_total(name)), None)
    readings = [
        reading
        for index, name in enumerate(names)
        if (name and not vocabulary.says_change(name) if total is None else index == total)
        for label, row in rows.items()
        for reading in [_reading(label, row[index], name, "total" if index == total else "row", index, table)]
        if reading is not None
    ]
    return Grid(readings=tuple(readings), cells=_cells(rows))


def _cells(rows: Mapping[Label, list[Cell]]) -> frozenset[Cell]:
    return frozenset(label.cell for label in rows) | frozenset(cell for row in rows.values() for cell in row)


def _name(column: Sequence[Cell], cells: Sequence[Cell]) -> str:
    """The words just above a column."""
    top = min(column, key=lambda cell: cell.box.top)
    over = [
        cell
        for cell in cells
        if not cell.numeral
        and 0 < top.centre[1] - cell.centre[1] < _HEAD * top.height
        and (
            aligned(cell.box, top.box, top.height) or (cell.box.left < top.box.right and cell.box.right > top.box.left)
        )
    ]
    heads = layout.rows(over)
    return " ".join(cell.text for cell in heads[-1]) if heads else ""


def _reading(label: Label, cell: Cell, name: str, place: Place, row: int, table: int) -> Reading | None:
    key = key_of(cell, label.meaning) if label.meaning else None
    if key is None or label.meaning is None or cell.numeral is None:
        return None
    return Reading(
        key=key,
        figure=label.meaning.figure,
        numeral=cell.numeral,
        value_box=cell.box,
        label=label.cell.text.replace("\n", " "),
        label_box=label.cell.box,
        confidence=cell.confidence * (0.5 + 0.5 * label.meaning.strength),
        place=place,
        weak=label.meaning.weak,
        name=name,
        row=row,
        table=table,
    )
