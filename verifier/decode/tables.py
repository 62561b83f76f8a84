"""Tables: CSV files and workbooks as sheets of texts."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Iterable
from itertools import islice

import openpyxl

from verifier.casefile import Sheet
from verifier.errors import ProtectedItem, TooLarge

_DELIMITERS = ",;\t|"
_PROBED_ROWS = 100
_MOST_CELLS = 2_000_000  # of one file: some 200 MB as Python texts
_MOST_UNPACKED = 200_000_000  # bytes that a workbook may declare; a list of 100,000 registrations takes 30-60 MB
_MOST_SHEETS = 50
_SMALLER = "send only the rows that belong to this activity"


def text_of(data: bytes) -> str:
    """The bytes as text: by byte order mark, else UTF-8, else UTF-16 where many bytes are zero, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if text and "\0" not in text:
        return text
    zeros = data[:4000].count(0)
    if zeros > len(data[:4000]) / 4:
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    return text or data.decode("cp1252", "replace")


def delimiter_of(text: str) -> str | None:
    """The delimiter that most often cuts the first rows into one number of fields, at least two; None if none does.

    Fields are counted after parsing, so that commas inside quotes have no vote.
    """
    first, _, _ = text.partition("\n")
    if first.strip().lower().startswith("sep=") and first.strip()[4:] in tuple(_DELIMITERS):
        return first.strip()[4:]  # Excel's own hint
    head = text[:64_000].splitlines(keepends=True)[:_PROBED_ROWS]
    best, best_share = None, 0.0
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in _parsed(head, delimiter) if row]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        share = widths.count(usual) / len(widths) if usual > 1 else 0.0
        if share > best_share:
            best, best_share = delimiter, share
    return best if best_share >= 0.5 else None


def _parsed(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def read_csv(name: str, data: bytes, *, max_rows: int) -> tuple[Sheet, ...]:
    """One sheet; a file of a single column is one, too. Raises TooLarge."""
    text = text_of(data)
    delimiter = delimiter_of(text) or ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    kept = [tuple(cell.strip() for cell in row) for row in islice(rows, max_rows + 3)]
    if kept and kept[0] in (("sep=", ""), (f"sep={delimiter}",)):
        kept = kept[1:]
    return (Sheet(name=name, rows=_bounded(name, kept, max_rows)),)


def _bounded(name: str, rows: list[tuple[str, ...]], max_rows: int) -> tuple[tuple[str, ...], ...]:
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > max_rows + 1:  # the first one says what the columns are
        raise TooLarge(f"{name} has more than {max_rows} rows below its first", _SMALLER)
    return tuple(rows)


def read_workbook(name: str, data: bytes, *, max_rows: int) -> tuple[Sheet, ...]:
    """Every worksheet with rows, cells as the texts of their stored values (formulas: the last computed one).

    Numbers are plain (0.254, not 25.4%), moments ISO 8601. Raises TooLarge before unpacking what declares too much,
    ProtectedItem for a password, the libraries' errors where the file is broken.
    """
    _check_package(name, data)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = []
        cells = 0
        for worksheet in book.worksheets[:_MOST_SHEETS]:
            worksheet.reset_dimensions()  # a file may declare any; rows end where cells end
            rows: list[tuple[str, ...]] = []
            for values in islice(worksheet.iter_rows(values_only=True), 1_048_576):
                row = _texts(values)
                cells += len(row)
                if cells > _MOST_CELLS or (row and len(rows) > max_rows):
                    raise TooLarge(f"{name} has more than {max_rows} rows or {_MOST_CELLS} cells", _SMALLER)
                rows.append(row)
            if kept := _bounded(name, rows, max_rows):
                sheets.append(Sheet(name=worksheet.title, rows=kept))
    finally:
        book.close()
    return tuple(sheets)


def _check_package(name: str, data: bytes) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # encrypted workbooks are wrapped into an OLE file
        raise ProtectedItem(f"{name} asks for a password", "save it without a password and send it again")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = package.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise ProtectedItem(f"{name} asks for a password", "save it without a password and send it again")
    unpacked = sum(member.file_size for member in members)  # zipfile reads no more than is declared
    if unpacked > _MOST_UNPACKED:
        raise TooLarge(
            f"{name} unpacks to {unpacked / 1e6:.0f} MB; at most {_MOST_UNPACKED / 1e6:.0f} are read", _SMALLER
        )


def _texts(values: tuple[object, ...]) -> tuple[str, ...]:
    texts = [_text(value) for value in values]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()
