"""Header tables on a page: the header's labels, the rows of numbers beneath, and which row is the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from verifier.instruments import grid_rows, headers, layout, table_rows, vocabulary
from verifier.instruments.captions import Label
from verifier.instruments.columns import COLUMN_REACH, columns_of, key_of
from verifier.instruments.grid_rows import Row
from verifier.instruments.layout import Cell, level
from verifier.instruments.pairing import Place, Reading

_ROW_GAP = 5.0  # line heights without a number after which a table has ended
_SAME_SIZE = 1.3  # the numbers of a table are of one size; a card's second value is smaller than its first
_LEAST_COLUMNS = 3  # of a table of one row, or of rows without names
_LIST_PITCH = 3.0  # line heights between the rows of a table of one column
_TITLE_REACH = 5.0  # line heights above the header


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: readings row by row, every cell that it accounts for, and the heads of columns without numbers."""

    readings: tuple[Reading, ...]
    cells: frozenset[Cell]
    empty: tuple[Cell, ...] = ()


def tables(labels: Sequence[Label], cells: Sequence[Cell]) -> tuple[Grid, ...]:
    """The tables of a page, top to bottom. A row of cards (labels over one row of numbers) is no table."""
    grids: list[Grid] = []
    used: set[Cell] = set()
    for header in headers.find(labels, cells):
        grid = _grid(header, [cell for cell in cells if cell not in used], len(grids))
        if grid is not None:
            grids.append(grid)
            used |= grid.cells
    return tuple(grids)


def _grid(header: Sequence[Label], cells: Sequence[Cell], number: int) -> Grid | None:
    header = headers.without_neighbours(header, cells)
    if not any(label.meaning for label in header):
        return None
    columns = columns_of(header, _beneath(header, cells))
    named = [label.cell for label in header if label.meaning]
    header = [
        label if index in columns.values() else replace(label, meaning=None) for index, label in enumerate(header)
    ]
    known = {index for index, label in enumerate(header) if label.meaning}
    if not known:
        return None
    rows = grid_rows.find(columns, cells, header)
    if not _is_table(rows, known) or (len(known) < 2 and not _is_list(rows)):
        return None
    if _names_figures(rows) or (len(known) < _LEAST_COLUMNS and not _named(rows)):
        return None
    if len(rows) == 1 and (not rows[0].name or _captions_of_what_is_above(header, rows[0], cells)):
        return None
    counts = frozenset(index for index in known if (meaning := header[index].meaning) and not meaning.rate)
    places = table_rows.places([_said(row) for row in rows], counts)
    if _is_breakdown(header, rows, cells):
        places = [place if place == "total" else None for place in places]
    shares = grid_rows.shares(header, rows, cells) & known
    readings = [
        reading
        for index, (row, place) in enumerate(zip(rows, places, strict=True))
        if place is not None
        for reading in _row_readings(header, row, known, shares, place, index, number)
    ]
    accounted = frozenset(columns) & {cell for row in rows for cell in _band(row, columns)}
    accounted |= _words_within(rows, cells)
    heads = frozenset(named if len(rows) > 1 else [header[index].cell for index in known])
    empty = tuple(cell for cell in named if cell not in {header[index].cell for index in known})
    return Grid(readings=tuple(readings), cells=accounted | heads, empty=empty) if readings else None


def _beneath(header: Sequence[Label], cells: Sequence[Cell]) -> list[Cell]:
    """The numbers under the header's figures, down to the next row of labels or a wide gap."""
    known = [label.cell for label in header if label.meaning]
    bottom, height = max(cell.box.bottom for cell in known), min(cell.height for cell in known)
    widest = max((b.box.left - a.box.left for a, b in pairwise(known)), default=12 * height)
    before = [label.cell.box.left for label in header if label.cell.box.left < known[0].box.left]
    left = min(known[0].box.left - COLUMN_REACH * height, *before[-1:], known[0].box.left)
    right = max(known[-1].box.right, known[-1].box.left + 1.2 * widest)
    numbers = [cell for cell in cells if cell.numeral and cell.centre[1] > bottom and left < cell.centre[0] < right]
    kept: list[Cell] = []
    edge, pitch = bottom, 0.0
    for row in layout.rows(numbers):
        top = min(cell.box.top for cell in row)
        height = max(height, min(cell.height for cell in row))  # headings may be in smaller print
        if top - edge > max(_ROW_GAP * height, 1.8 * pitch) or _labels_between(cells, edge, top, known):
            break
        pitch = max(pitch, top - edge) if kept else pitch
        edge = max(cell.box.bottom for cell in row)
        kept += row
    return kept


def _said(row: Row) -> table_rows.Row:
    numbers = {column: cell.numeral for column, cell in row.numbers.items() if cell.numeral}
    return table_rows.Row(words=row.words, numbers=numbers)


def _is_breakdown(header: Sequence[Label], rows: Sequence[Row], cells: Sequence[Cell]) -> bool:
    """True for a table of reasons and the like, whose rows are neither campaigns nor links: its title says so."""
    known = [label.cell for label in header if label.meaning]
    top = known[0].box.top - _TITLE_REACH * known[0].height
    left = max(row.left for row in rows) - known[0].height
    titles = (
        cell.text
        for cell in cells
        if not cell.numeral
        and top < cell.centre[1] < known[0].box.bottom
        and left < cell.box.left < known[-1].box.right
    )
    return any(map(vocabulary.says_breakdown, (*rows[0].words, *titles)))


def _labels_between(cells: Sequence[Cell], top: float, bottom: float, known: Sequence[Cell]) -> bool:
    """True when a label of a figure stands between the two heights, in one of the columns, and not behind a number."""
    return any(
        vocabulary.understand(cell.text) is not None and not _counts_something(cell, cells)
        for cell in cells
        if not cell.numeral
        and top < cell.centre[1] < bottom
        and any(cell.box.left < one.box.right and cell.box.right > one.box.left for one in known)
    )


def _counts_something(words: Cell, cells: Sequence[Cell]) -> bool:
    """True for the words of "4,212 recipients"."""
    return any(cell.numeral and cell.line == words.line and cell.box.left < words.box.left for cell in cells)


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


def _named(rows: Sequence[Row]) -> bool:
    """True when most rows have a name; two columns of cards, one beneath the other, have none."""
    return sum(bool(row.name) for row in rows) * 2 > len(rows)


def _names_figures(rows: Sequence[Row]) -> bool:
    """True for a list of figures beneath a label that is not theirs: the rows' names mean figures themselves ("Sent"
    behind each row's name is a state)."""
    figures = sum(vocabulary.understand(row.name) is not None for row in rows)
    return figures * 2 > len(rows) and not (len(rows) > 1 and len({row.name for row in rows}) == 1)


def _is_list(rows: Sequence[Row]) -> bool:
    """True for rows close beneath each other, each with a name: one column of numbers may else be cards or an axis."""
    numbers = [next(iter(row.numbers.values())) for row in rows]
    pitches = [below.centre[1] - above.centre[1] for above, below in pairwise(numbers)]
    in_line = all(layout.aligned(numbers[0].box, cell.box, cell.height) for cell in numbers)
    return in_line and all(row.name for row in rows) and max(pitches, default=0.0) < _LIST_PITCH * numbers[0].height


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
    return [cell for cell in columns if cell in row.cells or any(level(cell.box, other.box) for other in row.cells)]


def _words_within(rows: Sequence[Row], cells: Sequence[Cell]) -> set[Cell]:
    """The words among a table's numbers: they say what stands in their cell, and name no figure of the page."""
    numbers = [cell for row in rows for cell in row.cells]
    left, right = min(cell.box.left for cell in numbers), max(cell.box.right for cell in numbers)
    top, bottom = min(cell.centre[1] for cell in numbers), max(cell.centre[1] for cell in numbers)
    reach = numbers[0].height
    return {
        cell
        for cell in cells
        if not cell.numeral
        and left - reach < cell.centre[0] < right + reach
        and top - reach < cell.centre[1] < bottom + reach
    }


def _row_readings(
    header: Sequence[Label], row: Row, known: set[int], shares: frozenset[int], place: Place, index: int, table: int
) -> list[Reading]:
    """One reading a figure: of two columns that mean the same, the one whose label says so with fewer words."""
    best: dict[str, Reading] = {}
    offered = [(header[column], row.numbers[column]) for column in sorted(known & row.numbers.keys())]
    seconds = sorted(shares & row.seconds.keys())
    offered += [(grid_rows.second_meaning(header[column]), row.seconds[column]) for column in seconds]
    for label, cell in offered:
        reading = _reading(label, cell, row.name, place, index, table)
        if reading is not None and (reading.key not in best or best[reading.key].confidence < reading.confidence):
            best[reading.key] = reading
    return list(best.values())


def _reading(label: Label, cell: Cell, name: str, place: Place, index: int, table: int) -> Reading | None:
    meaning = label.meaning
    if meaning is None or cell.numeral is None:
        return None
    key = key_of(cell, meaning)
    if key is None:
        return None
    return Reading(
        key=key,
        figure=meaning.figure,
        numeral=cell.numeral,
        value_box=cell.box,
        label=label.cell.text.replace("\n", " "),
        label_box=label.cell.box,
        confidence=cell.confidence * (0.5 + 0.5 * meaning.strength),
        place=place,
        weak=meaning.weak,
        name=name,
        row=index,
        table=table,
    )
