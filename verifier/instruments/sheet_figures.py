"""The campaign figures of an export: a header over rows of values, or labels in one column and values in the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.casefile import Sheet
from verifier.instruments import numerals, table_rows, vocabulary
from verifier.instruments.kinds import kind_of
from verifier.instruments.numerals import Convention
from verifier.instruments.pairing import Place, Reading
from verifier.instruments.vocabulary import Meaning

_LEAST_LABELS = 2  # figures named in a row that make it a header; one may be a word in a text
_HEADER_WITHIN = 30  # rows: exports begin with a few lines about themselves
_CERTAIN = 0.98  # a cell of a file is not misread, but its label may be misunderstood


def read(sheet: Sheet) -> tuple[Reading, ...]:
    """The readings of a sheet: `total` (the only row, or the one that says so), `row` for each of several rows."""
    known = numerals.convention(cell for row in sheet.rows[:200] for cell in row)
    for number, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        header = [vocabulary.understand(cell) for cell in row]
        if sum(meaning is not None and not meaning.weak for meaning in header) >= _LEAST_LABELS:
            return tuple(_under_header(row, header, sheet.rows[number + 1 :], known))
    listed = tuple(_listed(sheet, known))
    return listed if len(listed) >= _LEAST_LABELS else ()


def _under_header(
    labels: Sequence[str],
    header: Sequence[Meaning | None],
    rows: Sequence[Sequence[str]],
    known: Convention | None,
) -> Iterator[Reading]:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    counts = frozenset(column for column, meaning in enumerate(header) if meaning and not meaning.rate)
    places = table_rows.places([_said(header, row, known) for row in filled], counts) if filled else []
    for index, (row, place) in enumerate(zip(filled, places, strict=True)):
        name = next((cell for cell, meaning in zip(row, header, strict=False) if meaning is None and cell.strip()), "")
        if place is None:
            continue
        for label, meaning, cell in zip(labels, header, row, strict=False):
            reading = _reading(label, meaning, cell, known, place, name, index)
            if reading is not None:
                yield reading


def _said(header: Sequence[Meaning | None], row: Sequence[str], known: Convention | None) -> table_rows.Row:
    words = tuple(cell for cell, meaning in zip(row, header, strict=False) if meaning is None)
    numbers = {
        column: numeral
        for column, (cell, meaning) in enumerate(zip(row, header, strict=False))
        if meaning is not None and (numeral := numerals.parse(cell, known)) is not None
    }
    return table_rows.Row(words=words, numbers=numbers)


def _listed(sheet: Sheet, known: Convention | None) -> Iterator[Reading]:
    for index, row in enumerate(sheet.rows):
        cells = [cell for cell in row if cell.strip()]
        if len(cells) >= 2 and (meaning := vocabulary.understand(cells[0])) is not None and not meaning.weak:
            reading = _reading(cells[0], meaning, cells[1], known, "card", "", index)
            if reading is not None:
                yield reading


def _reading(
    label: str, meaning: Meaning | None, cell: str, known: Convention | None, place: Place, name: str, index: int
) -> Reading | None:
    numeral = numerals.parse(cell, known)
    kind = kind_of(numeral, meaning) if numeral and meaning else None
    key = meaning.key(kind[0]) if meaning and kind else None
    if numeral is None or meaning is None or key is None:
        return None
    return Reading(
        key=key,
        figure=meaning.figure,
        numeral=numeral,
        value_box=None,
        label=label,
        label_box=None,
        confidence=_CERTAIN * meaning.strength,
        place=place,
        name=name,
        row=index,
    )
