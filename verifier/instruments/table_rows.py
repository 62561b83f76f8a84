"""The rows of a table by what they stand for: the total of all, one campaign or link, or a part of another row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier.instruments import vocabulary
from verifier.instruments.numerals import Numeral
from verifier.instruments.pairing import Place

_ENUMERATED = re.compile(r"(?:^|\s)\d{1,3}[.)]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: the words before its numbers, cell by cell, and the numbers by column."""

    words: tuple[str, ...]
    numbers: Mapping[int, Numeral]


def places(rows: Sequence[Row], counts: frozenset[int]) -> list[Place | None]:
    """Each row's place; None for a part: a day of a campaign that has its own total, or the total of a nested table.

    `counts` are the columns that add up.
    """
    totals = [index for index, row in enumerate(rows) if any(map(vocabulary.says_total, row.words))]
    if len(rows) == 1:
        return ["total"]
    if len(totals) > 2 and len(totals) < len(rows):
        return _grouped(rows, totals, counts)
    total = totals[0] if len(totals) == 1 else None
    if total is None and not _enumerated(rows[0]) and _enumerated(rows[1]):
        headed: list[Place | None] = ["row" if _enumerated(row) else None for row in rows]
        return ["total", *headed[1:]]
    if total is None:
        total = next((index for index in (0, len(rows) - 1) if _sums(rows, index, counts)), None)
    return ["total" if index == total else "row" for index in range(len(rows))]


def _enumerated(row: Row) -> bool:
    return _ENUMERATED.search(" ".join(row.words)) is not None


def _grouped(rows: Sequence[Row], totals: Sequence[int], counts: frozenset[int]) -> list[Place | None]:
    """Totals of groups are the rows; the first or last of them is the total of all if it is the sum of the others."""
    told = [rows[index] for index in totals]
    whole = next((totals[at] for at in (0, len(told) - 1) if _sums(told, at, counts)), None)
    return ["total" if index == whole else "row" if index in totals else None for index in range(len(rows))]


def _sums(rows: Sequence[Row], index: int, counts: frozenset[int]) -> bool:
    """True when each count of this row is the sum of all others, of which there are two at least.

    Where two are, another may be less than the sum, but no less than the largest: people reached twice count once.
    """
    others = [row for at, row in enumerate(rows) if at != index]
    proofs, less = 0, 0
    for column in counts & rows[index].numbers.keys():
        parts = [row.numbers[column] for row in others if column in row.numbers]
        total, told = sum(part.value for part in parts), rows[index].numbers[column].value
        if not parts or not all(part.whole for part in parts):
            continue  # amounts may be means
        if not max(part.value for part in parts) <= told <= total:
            return False
        proofs += told == total > 0
        less += told < total
    return len(others) > 1 and (proofs > 1 or (proofs == 1 and not less))
