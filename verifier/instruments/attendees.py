"""Registration lists: who is on them, from the sheets of an export or from the words of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from verifier.casefile import Sheet
from verifier.instruments import vocabulary
from verifier.instruments.layout import level
from verifier.instruments.text import Line

_EMAIL = re.compile(r"[^\s@,;<>()\"']+@[^\s@,;<>()\"']+\.[A-Za-z]{2,}")
_HEADER_WITHIN = 30  # rows: exports begin with a few lines about the event
_LEAST_COLUMNS = 2
_YES = frozenset(
    (
        "yes",
        "y",
        "true",
        "1",
        "x",
        "ja",
        "j",
        "wahr",
        "attended",
        "present",
        "joined",
        "teilgenommen",
        "anwesend",
        "✓",
        "✔",
    )
)
_NO = frozenset(
    ("no", "n", "false", "0", "nein", "falsch", "absent", "noshow", "no-show", "registered", "angemeldet", "-")
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One row of the list. `attended` is None where no column says so; `row` counts from 1 below the heading."""

    row: int
    email: str
    name: str
    company: str
    attended: bool | None

    @property
    def identity(self) -> str:
        """What two rows of one person share: the address without capitals and tag, or else name and company."""
        if self.email:
            local, _, domain = self.email.casefold().partition("@")
            return f"{local.partition('+')[0]}@{domain}"
        return " ".join(f"{self.name} {self.company}".casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """A list read: the columns that were understood, and its rows."""

    columns: tuple[str, ...]
    people: tuple[Person, ...]


def read(sheet: Sheet) -> People | None:
    """The people on a sheet; None when it names neither an address nor a person."""
    for number, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        columns = _columns(row)
        if len(columns) >= _LEAST_COLUMNS and columns.keys() & {"email", "name", "last_name"}:
            return _people(columns, sheet.rows[number + 1 :])
    column = _column_of_addresses(sheet.rows)
    return _people({"email": column}, sheet.rows) if column is not None else None


def sheet_of(lines: Sequence[Line], name: str, heading: Sequence[Line] = ()) -> tuple[Sheet, tuple[Line, ...]] | None:
    """The table that a page shows, each line in the nearest heading's column, and the headings.

    `heading` is the page before's, for a page that continues its table. None where there is no heading.
    """
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.box.top + line.box.bottom, line.box.left)):
        row = next((row for row in reversed(rows[-3:]) if level(row[0].box, line.box)), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    own = next(
        (at for at, row in enumerate(rows) if len(_columns([line.text for line in row])) >= _LEAST_COLUMNS), None
    )
    head = tuple(sorted(heading if own is None else rows[own], key=lambda line: line.box.left))
    if not head:
        return None
    body = [_cells(head, row) for row in rows[0 if own is None else own + 1 :]]
    return Sheet(name=name, rows=(tuple(line.text for line in head), *body)), head


def _cells(heading: Sequence[Line], row: Sequence[Line]) -> tuple[str, ...]:
    cells = [""] * len(heading)
    for line in sorted(row, key=lambda line: line.box.left):
        at = min(range(len(heading)), key=lambda index: abs(heading[index].box.left - line.box.left))
        cells[at] = f"{cells[at]} {line.text}".strip()
    return tuple(cells)


def sequential(people: Iterable[Person]) -> frozenset[str]:
    """Addresses that differ by a running number only (guest1@, guest2@, guest3@): three or more of one stem."""
    stems: dict[tuple[str, str], dict[int, str]] = {}
    for person in people:
        match = re.fullmatch(r"(.*?)(\d{1,4})@(.+)", person.email.casefold())
        if match:
            stems.setdefault((match[1], match[3]), {})[int(match[2])] = person.email
    runs = (found for found in stems.values() if _longest_run(sorted(found)) >= 3)
    return frozenset(address for found in runs for address in found.values())


def _longest_run(numbers: Sequence[int]) -> int:
    longest = length = 1
    for before, after in pairwise(numbers):
        length = length + 1 if after == before + 1 else 1
        longest = max(longest, length)
    return longest


def _columns(row: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, cell in enumerate(row):
        column = vocabulary.registration_column(cell)
        if column is not None:
            columns.setdefault(column, index)
    return columns


def _column_of_addresses(rows: Sequence[Sequence[str]]) -> int | None:
    """The column that holds most addresses, in a list without headings."""
    counts: dict[int, int] = {}
    for row in rows:
        for index, cell in enumerate(row):
            if _EMAIL.search(cell):
                counts[index] = counts.get(index, 0) + 1
    return max(counts, key=lambda index: (counts[index], -index)) if counts else None


def _people(columns: Mapping[str, int], rows: Sequence[Sequence[str]]) -> People:
    people: list[Person] = []
    for row in rows:
        person = _person(columns, row, len(people) + 1)
        if person.email or person.name:
            people.append(person)
    return People(columns=tuple(columns), people=tuple(people))


def _person(columns: Mapping[str, int], row: Sequence[str], number: int) -> Person:
    def cell(column: str) -> str:
        index = columns.get(column, len(row))
        return row[index].strip() if index < len(row) else ""

    address = _EMAIL.search(cell("email"))
    name = cell("name") or f"{cell('first_name')} {cell('last_name')}".strip()
    if "email" in columns and not address:
        name = ""  # a line about the list ("Total: 46"), not a person
    return Person(
        row=number,
        email=address.group() if address else "",
        name=name,
        company=cell("company"),
        attended=_attended(
            {column: cell(column) for column in ("attended", "minutes", "joined_at") if column in columns}
        ),
    )


def _attended(cells: Mapping[str, str]) -> bool | None:
    """By the column that says so, else by minutes or by the time of joining."""
    word = cells.get("attended", "").casefold().replace(" ", "")
    if word in _YES or word in _NO:
        return word in _YES
    if "minutes" in cells:
        number = _NUMBER.search(cells["minutes"])
        return bool(number and re.sub(r"[^1-9]", "", number.group()))
    if "joined_at" in cells:
        return bool(_NUMBER.search(cells["joined_at"]))
    return None
