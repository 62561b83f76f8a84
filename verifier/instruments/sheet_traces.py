"""Sheet traces: what is kept of a table, so that later exports can be compared with it cell by cell."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from verifier.casefile import Box, Figure, Sheet, Trace
from verifier.instruments import dates

CELLS_LIMIT = 3000  # of a table: a hundred campaigns of thirty columns; a longer table is compared by its first rows
ROWS_LIMIT, COLUMNS_LIMIT = 1000, 100  # in which these cells stand
FIGURES_LIMIT = 400  # with their labels
CELL_LENGTH = 200  # letters of a cell; what is longer is no field
HEADER_WITHIN = 30  # rows: exports begin with a few lines about themselves
LEAST_NAMED = 2  # texts in a row that say what the columns are
FEWEST_FIGURES = 4  # different ones of two digits and more, by which a table is more than a form: it may have a twin

_Cell = tuple[int, int, str]  # row, column, text


def of(sheets: Sequence[Sheet], first: int) -> Iterator[Trace]:
    """The traces of those tables that say something; they are numbered behind the item's pages, from `first` on."""
    for number, sheet in enumerate(sheets, first):
        cells = list(islice(_cells(sheet), CELLS_LIMIT))
        if len({text for _, _, text in cells if sum(map(str.isdigit, text)) > 1}) >= FEWEST_FIGURES:
            yield _trace(sheet, cells, number)


def header_of(rows: Sequence[Sequence[str]]) -> int | None:
    """The number of the row that says what the columns are: the first of those with the most texts and no figure."""
    filled = [[cell for cell in row if cell] for row in rows[:HEADER_WITHIN]]
    texts = [0 if any(map(str.isdigit, "".join(cells))) else len(cells) for cells in filled]
    most = max(texts, default=0)
    return texts.index(most) if most >= LEAST_NAMED else None


def label_of(rows: Sequence[Sequence[str]], header: int | None, row: int, column: int) -> str:
    """What a cell is called: its row's first text that is no date, and its column's name."""
    texts = (cell for n, cell in enumerate(rows[row]) if n != column and any(map(str.isalpha, cell)))
    own = next((cell for cell in texts if not dates.find(cell)), "")
    above = rows[header][column] if header is not None and header < row and column < len(rows[header]) else ""
    return ", ".join(filter(None, (own, above)))


def grid_of(trace: Trace) -> list[list[str]]:
    """The table's rows of cells, as many in each as it is wide."""
    rows = [[""] * trace.width for _ in range(trace.height)]
    for text, (column, row, _, _) in zip(trace.words, trace.places, strict=True):
        rows[row][column] = text
    return rows


def _cells(sheet: Sheet) -> Iterator[_Cell]:
    for row, cells in enumerate(sheet.rows[:ROWS_LIMIT]):
        for column, cell in enumerate(cells[:COLUMNS_LIMIT]):
            text = " ".join(unicodedata.normalize("NFKC", cell[:CELL_LENGTH]).casefold().split())
            if text:
                yield row, column, text


def _trace(sheet: Sheet, cells: Sequence[_Cell], number: int) -> Trace:
    texts = "\n".join(f"{row}\t{column}\t{text}" for row, column, text in cells)
    found = Trace(
        page=number,
        width=max(column for _, column, _ in cells) + 1,
        height=max(row for row, _, _ in cells) + 1,
        pixel_digest=hashlib.sha256(texts.encode()).hexdigest(),
        pdq="0" * 64,
        pdq_quality=0,
        phash="",
        dhash="",
        words=tuple(text for _, _, text in cells),
        places=tuple((column, row, column + 1, row + 1) for row, column, _ in cells),
        sheet=sheet.name,
    )
    return _with_figures(found, cells)


def _with_figures(trace: Trace, cells: Sequence[_Cell]) -> Trace:
    rows = grid_of(trace)
    header = header_of(rows)
    figures = tuple(
        Figure(
            text=text,
            box=Box(left=column, top=row, right=column + 1, bottom=row + 1),
            label=label_of(rows, header, row, column),
        )
        for row, column, text in cells
        if any(map(str.isdigit, text))
    )
    return replace(trace, figures=figures[:FIGURES_LIMIT])
