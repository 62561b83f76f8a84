"""Cells: which cells of a table stand in another table, too, and which of them differ.

Exports of one platform have the same columns, and each its own figures. Columns are told off against each other by
their names, rows by what they hold: order, other columns and other formats of numbers make no difference.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from verifier.casefile import Box, Trace
from verifier.comparison import weight
from verifier.comparison.changes import Change
from verifier.instruments import dates, numerals, sheet_traces

ENOUGH = 4.0  # weight of the figures in common: two of three digits, which may be equal by chance (one list's size)
TIMES_AGAINST = 2.0  # what is in common must outweigh what differs: who mails one list weekly sends as many each time
HEAVIEST = 3.0  # that one figure weighs: an account's number is long, and stands in all its exports
TO_THE_SECOND = 2.0  # what a moment weighs; days and minutes are shared by honest exports
MOST_LEFT = 60  # rows that have no equal one, beyond which nobody edited: it is another table
ALIKE = 0.5  # share of a row's cells that stay when others are changed
_APART = 100.0  # between two cells, in pixels of a page: numberings are told by their places
_LONGEST = 120  # letters of a row that is told as a whole

_SECONDS = re.compile(r"\d\d:\d\d:(?!00)\d\d")
_MIDNIGHT = re.compile(r"[ t]00:00:00$")

Row = Mapping[int, str]  # what a row's cells say, by the column of the earlier table


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What two tables have in common, and what differs.

    `weight` is that of the different figures in common, `against` that of those that differ, `share` the share (0..1)
    of figures that are equal in the rows that both have. `added` and `missing` count rows that only this or only the
    earlier table has; `rows` counts the earlier table's.
    """

    weight: float = 0.0
    against: float = 0.0
    share: float = 0.0
    changes: tuple[Change, ...] = ()
    added: int = 0
    missing: int = 0
    rows: int = 0

    @property
    def enough(self) -> bool:
        """Whether the figures in common are those of one report."""
        return self.weight >= ENOUGH and self.weight >= TIMES_AGAINST * self.against


class _Grid:
    """A table's rows, the number of its header, and its trace."""

    def __init__(self, trace: Trace) -> None:
        self.rows = sheet_traces.grid_of(trace)
        self.header = sheet_traces.header_of(self.rows)
        steps = weight.ticks(trace.words, [[_APART * at for at in place] for place in trace.places])
        self.steps = {(trace.places[n][1], trace.places[n][0]) for n in steps}

    def filled(self) -> list[int]:
        """The numbers of rows that hold something, the header apart."""
        return [n for n, row in enumerate(self.rows) if n != self.header and any(row)]

    def weight(self, row: int, column: int) -> float:
        return 0.0 if (row, column) in self.steps else weight_of(self.rows[row][column])

    def label(self, row: int, column: int) -> str:
        """Where a cell is, as spreadsheets say it, and what it is called."""
        return f"{_letters(column)}{row + 1} {sheet_traces.label_of(self.rows, self.header, row, column)}".rstrip()


def compare(here: Trace, there: Trace) -> Cells:
    """Two tables, by their traces."""
    a, b = _Grid(here), _Grid(there)
    columns = _columns(a, b)
    said_a = {n: _said(a.rows[n], columns) for n in a.filled()}
    said_b = {m: _said(b.rows[m], {k: k for k in columns.values()}) for m in b.filled()}
    pairs = _paired(said_a, said_b)
    if pairs is None:
        return Cells()
    both = [(n, m, k, columns[k]) for n, m in pairs.items() for k in sorted(columns)]
    differing = [at for at in both if said_a[at[0]].get(at[3], "") != said_b[at[1]].get(at[3], "")]
    same = {at[0::2] for at in both} - {at[0::2] for at in differing}
    common = {said_a[n][columns[k]]: a.weight(n, k) for n, k in sorted(same) if columns[k] in said_a[n]}
    figures = sum(any(map(str.isdigit, a.rows[n][k])) for n, k in same)
    gone = sorted(set(said_b) - set(pairs.values()))
    return Cells(
        weight=sum(common.values()),
        against=sum(max(a.weight(n, k), b.weight(m, j)) for n, m, k, j in differing),
        share=figures / max(1, figures + len(differing)),
        changes=(
            *(
                Change(label=a.label(n, k), old=b.rows[m][j], new=a.rows[n][k], here=_cell(n, k), there=_cell(m, j))
                for n, m, k, j in differing
            ),
            *(Change(label=f"row {m + 1}", old=_line(b.rows[m]), new="") for m in gone),
        ),
        added=len(said_a) - len(pairs),
        missing=len(gone),
        rows=len(said_b),
    )


def weight_of(cell: str) -> float:
    """How much it says that two tables have this cell in common."""
    if dates.find(cell):
        return TO_THE_SECOND if _SECONDS.search(cell) else 0.0
    return min(HEAVIEST, weight.of(cell))


def _columns(a: _Grid, b: _Grid) -> dict[int, int]:
    """The earlier table's column for each of this one's: by their names, and the rest in order if as many are left."""
    wide_a, wide_b = (range(len(grid.rows[0]) if grid.rows else 0) for grid in (a, b))
    if a.header is None or b.header is None:
        return dict(zip(wide_a, wide_b, strict=False))
    free: dict[str, list[int]] = defaultdict(list)
    for m in wide_b:
        free[b.rows[b.header][m]].append(m)
    found = {n: free[name].pop(0) for n, name in enumerate(a.rows[a.header]) if free[name]}
    left_a, left_b = [n for n in wide_a if n not in found], [m for m in wide_b if m not in found.values()]
    return found | (dict(zip(left_a, left_b, strict=True)) if len(left_a) == len(left_b) else {})


def _said(row: Sequence[str], columns: Mapping[int, int]) -> Row:
    return {other: _meant(row[own]) for own, other in columns.items() if row[own]}


def _meant(cell: str) -> str:
    """A number as its value, however it is written; anything else as it stands."""
    number = numerals.parse(cell)
    return f"{number.value:.9g}" if number else _MIDNIGHT.sub("", cell)


def _paired(here: Mapping[int, Row], there: Mapping[int, Row]) -> dict[int, int] | None:
    """The earlier table's row for each of this one's; None where too many have no equal one."""
    equal: dict[frozenset[tuple[int, str]], list[int]] = defaultdict(list)
    for m, row in there.items():
        equal[frozenset(row.items())].append(m)
    found = {n: equal[key].pop(0) for n, row in here.items() if equal[key := frozenset(row.items())]}
    left, free = [n for n in here if n not in found], set(there) - set(found.values())
    if max(len(left), len(free)) > MOST_LEFT:
        return None
    alike = [(_equal(here[n], there[m]), abs(n - m), n, m) for n in left for m in free]
    for count, _, n, m in sorted(alike, key=lambda pair: (-pair[0], *pair[1:])):
        named = _name(here[n]) and _name(here[n]) == _name(there[m])
        if n not in found and m in free and (named or count >= ALIKE * max(len(here[n]), len(there[m]))):
            found[n] = m
            free.remove(m)
    left = [n for n in left if n not in found]
    return found | dict(zip(left, sorted(free), strict=True)) if len(left) == len(free) else found


def _equal(one: Row, other: Row) -> int:
    return sum(other.get(column) == cell for column, cell in one.items())


def _name(row: Row) -> str:
    """The first text of a row that is no figure."""
    return next((cell for _, cell in sorted(row.items()) if any(map(str.isalpha, cell))), "")


def _cell(row: int, column: int) -> Box:
    """Counted in cells, as the places of a table's trace are."""
    return Box(left=column, top=row, right=column + 1, bottom=row + 1)


def _line(row: Sequence[str]) -> str:
    return ", ".join(filter(None, row))[:_LONGEST]


def _letters(column: int) -> str:
    first, last = divmod(column, len(ascii_uppercase))
    return (ascii_uppercase[first - 1] if first else "") + ascii_uppercase[last]
