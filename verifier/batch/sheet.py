"""A manifest as a table: CSV with one row an item, the facts of the claim in columns, or one row a claim file.

The rows of a claim stand together; its facts stand in the first of them, and the others repeat them or leave them out.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any

from verifier.batch.lines import Line, Reject, reject
from verifier.casefile import Claim, Venue, Window
from verifier.errors import ClaimError, InputError, VerifierError
from verifier.intake import parse_claim, read_facts

_WHOLE = "claim_file"
_ITEM = ("file", "link", "slot")
_NESTED: Mapping[str, type[Any]] = {"window": Window, "venue": Venue}
_FACTS = (
    *(field.name for field in fields(Claim) if field.name not in ("id", "stated", *_NESTED)),
    *(f"{name}.{field.name}" for name, kind in _NESTED.items() for field in fields(kind)),
)
_REQUIRED = ("claim", "activity", "partner", "window.start", "window.end", "submitted_at")
_LIST = ";"  # between the names of several competitors
_MOST_ROWS = 1000  # of a claim, all of which are held at once; the settings allow far fewer items
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    number: int
    cells: Mapping[str, str]
    fault: InputError | None = None

    def block(self, above: tuple[str, ...]) -> tuple[str, ...]:
        """Rows with the same block, one after the other, are one claim. What it leaves out is as in the row above."""
        claim = self.cells.get("claim")
        if not claim:
            return ("", str(self.number), "")
        before = above if above[1] == claim else ("", claim, "")
        return (self.cells.get("tenant") or before[0], claim, self.cells.get("revision") or before[2])


class Sheet:
    """A CSV manifest. Opening it reads it once, to count the claims and to find those whose rows stand apart.

    Raises InputError when the header does not say what it must.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._torn: set[bytes] = set()
        self.claims = 0
        seen: set[bytes] = set()
        for mark, _ in self._blocks():
            self.claims += 1
            (self._torn if mark in seen else seen).add(mark)

    def lines(self) -> Iterator[Line | Reject]:
        """The claims, in order."""
        for mark, rows in self._blocks():
            try:
                if mark in self._torn:
                    raise ClaimError(
                        f"claim {rows[0].cells['claim']} stands in more than one place",
                        "put the rows of a claim one below the other, each of them once",
                    )
                yield self._whole(rows[0]) if _WHOLE in rows[0].cells else self._claim(rows)
            except VerifierError as error:
                number = next((row.number for row in rows if row.fault is error), rows[0].number)
                yield reject(number, rows[0].cells.get("claim", ""), error)

    def _whole(self, row: _Row) -> Line:
        _check([row])
        path = self._path.parent / row.cells[_WHOLE]
        try:
            inside = path.resolve().is_relative_to(self._path.parent.resolve())
        except (OSError, RuntimeError):  # a circle of links
            inside = False
        if not inside:
            raise ClaimError(f"{path.name} lies outside the manifest's folder", "put the manifest above its claims")
        claim, entries = read_facts(path)
        return Line(
            number=row.number, claim=claim, entries=entries, places=(row.number,) * len(entries), folder=path.parent
        )

    def _claim(self, rows: Sequence[_Row]) -> Line:
        _check(rows)
        items = [{name: row.cells[name] for name in _ITEM if row.cells.get(name)} for row in rows]
        claim, entries = parse_claim(_facts(rows[0].cells) | {"items": items})
        return Line(
            number=rows[0].number,
            claim=claim,
            entries=entries,
            places=tuple(row.number for row in rows),
            folder=self._path.parent,
        )

    def _blocks(self) -> Iterator[tuple[bytes, Sequence[_Row]]]:
        """The rows of a claim, checked against each other, under sixteen bytes that stand for the claim."""
        block: tuple[str, ...] = ("", "", "")
        rows: list[_Row] = []
        for row in self._rows():
            following = row.block(block)
            if rows and following != block:
                yield _mark(block), rows
                rows = []
            block = following
            if len(rows) < _MOST_ROWS:
                rows.append(row if _WHOLE in row.cells else _with_item_checked(row, rows))
            elif rows[-1].fault is None:
                fault = ClaimError(f"the claim has more than {_MOST_ROWS} rows", "send the items that prove it")
                rows[-1] = _Row(number=row.number, cells=row.cells, fault=fault)
        if rows:
            yield _mark(block), rows

    def _rows(self) -> Iterator[_Row]:
        # letters that are not UTF-8 come in as surrogates, so that they cost their row and not the whole file
        with self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            first = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(_DELIMITERS, key=first.count), strict=True)
            header = self._header(reader)
            yield from _read_rows(reader, header)

    def _header(self, reader: Iterator[list[str]]) -> list[str]:
        try:
            header = [name.strip() for name in next(reader, [])]
        except csv.Error as error:
            raise self._wrong(f"is no table ({error})", "send CSV with a header, in UTF-8") from None
        for name in header:
            if header.count(name) > 1:
                raise self._wrong(f"the column {name!r} stands twice", "keep one of them")
            if name not in (_WHOLE, "claim", *_ITEM, *_FACTS) and not name.startswith("stated."):
                near = difflib.get_close_matches(name, ["claim", _WHOLE, *_ITEM, *_FACTS], n=1)
                raise self._wrong(
                    f"the column {name!r} is not known" + (f" (did you mean {near[0]}?)" if near else ""),
                    f"use claim, {', '.join((*_ITEM, *_FACTS))}, stated.<figure>; or {_WHOLE} alone",
                )
        if _WHOLE in header and len(header) > 1:
            raise self._wrong(f"the column {_WHOLE} stands beside others", "a claim file states all facts: leave them")
        missing = [] if _WHOLE in header else [name for name in _REQUIRED if name not in header]
        if missing:
            raise self._wrong(f"no column {', '.join(missing)}", f"add it; or name claim files in a column {_WHOLE}")
        if _WHOLE not in header and not {"file", "link"} & set(header):
            raise self._wrong("no column file or link", "add one: it names the items")
        return header

    def _wrong(self, what: str, remedy: str) -> InputError:
        return InputError(f"{self._path.name}:1: {what}", remedy)


def _read_rows(reader: Any, header: Sequence[str]) -> Iterator[_Row]:
    while True:
        number = reader.line_num + 1
        try:
            values = [value.strip() for value in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            broken = InputError(f"the row breaks off ({error})", "look for a quote that is not closed")
            yield _Row(number=number, cells={}, fault=broken)
            continue
        if not any(values):
            continue
        fault = None
        if len(values) != len(header):
            remedy = "put quotes around a text that holds the delimiter"
            fault = InputError(f"the row has {len(values)} cells, the header {len(header)}", remedy)
        elif not all(map(_is_text, values)):
            fault = InputError("the row is not text in UTF-8", "save the manifest as UTF-8")
        elif not values[0] and header == [_WHOLE]:
            fault = InputError("the row names no claim file", "name one")
        elif "claim" in header and not values[header.index("claim")]:
            fault = InputError("the row names no claim", "fill the column claim in every row")
        cells = dict(zip(header, (value if _is_text(value) else "" for value in values), strict=False))
        yield _Row(number=number, cells=cells, fault=fault)


def _with_item_checked(row: _Row, above: Sequence[_Row]) -> _Row:
    """The row with its fault, if it names no item, or one that was named, or other facts than the first row."""
    fault = row.fault
    first = above[0] if above else row
    item = tuple(row.cells.get(name, "") for name in _ITEM)
    same = next((other for other in above if item == tuple(other.cells.get(name, "") for name in _ITEM)), None)
    other = [n for n, value in row.cells.items() if n not in _ITEM and value not in ("", first.cells.get(n, ""))]
    if fault is not None:
        return row
    if bool(item[0]) == bool(item[1]):
        fault = ClaimError("the row should name either a file or a link", "one row an item: fill one of them")
    elif same is not None:
        fault = ClaimError(f"the row names the item of line {same.number} once more", "take one of them out")
    elif other:
        fault = ClaimError(
            f"{other[0]} is {row.cells[other[0]]!r}, and {first.cells.get(other[0], '')!r} on line {first.number}",
            "state a claim's facts in its first row, or alike in all",
        )
    return _Row(number=row.number, cells=row.cells, fault=fault)


def _check(rows: Sequence[_Row]) -> None:
    for row in rows:
        if row.fault is not None:
            raise row.fault


def _facts(cells: Mapping[str, str]) -> dict[str, Any]:
    """The facts of a row as a claim file nests them. An empty cell says that nobody knows."""
    facts: dict[str, Any] = {"id": cells["claim"], "window": None, "submitted_at": None}
    for name, value in cells.items():
        if name in (*_ITEM, "claim") or not value:
            continue
        outer, dot, inner = name.partition(".")
        if dot:
            facts[outer] = (facts.get(outer) or {}) | {inner: value}
        else:
            facts[name] = [part.strip() for part in value.split(_LIST)] if name == "competitors" else value
    return facts


def _is_text(value: str) -> bool:
    return not any("\udc80" <= letter <= "\udcff" or letter == "\0" for letter in value)


def _mark(block: tuple[str, ...]) -> bytes:
    """Sixteen bytes for a claim, so that a million of them stay small."""
    return blake2b("\0".join(block).encode("utf-8", "surrogateescape"), digest_size=16).digest()
