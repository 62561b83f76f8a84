"""CSV files and workbooks become sheets of texts, whatever program wrote them."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest

from verifier.casefile import Evidence, Item, Kind, Sheet
from verifier.decode import Decoder
from verifier.errors import DamagedItem, ProtectedItem, TooLarge

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DECODER = Decoder(max_pixels=1, max_pages=1, max_rows=50)
ROWS = (("name", "company", "city"), ("Ada, Countess", "Nordlicht", "Köln"), ("Bob", "", "Bonn"))


def decode(data: bytes, media_type: str = "text/csv") -> Evidence:
    item = Item(id="c/r1/1", name="list.csv", kind=Kind.TABLE, media_type=media_type, digest="", size=len(data))
    return DECODER(item, data)


def rows(data: bytes, media_type: str = "text/csv") -> tuple[tuple[str, ...], ...]:
    (sheet,) = decode(data, media_type).sheets
    return sheet.rows


def text(delimiter: str, end: str = "\n") -> str:
    quoted = [[f'"{cell}"' if "," in cell else cell for cell in row] for row in ROWS]
    return end.join(delimiter.join(row) for row in quoted) + end


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encoding_and_delimiter_are_told_by_content(delimiter: str, encoding: str) -> None:
    assert rows(text(delimiter).encode(encoding)) == ROWS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(end: str) -> None:
    assert rows(text(";", end).encode()) == ROWS


def test_decimal_commas_do_not_pass_for_delimiters() -> None:
    data = b"campaign;sent;open rate\nspring;12.400;31,5\nsummer;9.100;28,25\n"
    assert rows(data)[1] == ("spring", "12.400", "31,5")


def test_the_delimiter_that_excel_states_is_taken_and_its_line_dropped() -> None:
    assert rows(b"sep=;\nname;city, country\nAda;Bonn, DE\n") == (("name", "city, country"), ("Ada", "Bonn, DE"))


def test_quoted_cells_keep_delimiters_and_line_breaks() -> None:
    assert rows(b'name,note\n"Ada","a\nb, c"\n')[1] == ("Ada", "a\nb, c")


def test_a_list_of_one_column_is_a_sheet() -> None:
    assert rows(b"email\na@example.com\nb@example.com\n") == (("email",), ("a@example.com",), ("b@example.com",))


@pytest.mark.parametrize("start", [b"", b"sep=,\n"])
def test_more_rows_than_the_limit_below_the_header_are_too_large(start: bytes) -> None:
    assert len(rows(start + b"a,b\n" * 51 + b"\n" * 20)) == 51
    with pytest.raises(TooLarge, match=r"list\.csv has more than 50 rows"):
        decode(start + b"a,b\n" * 52)


def test_a_cell_without_end_is_damaged() -> None:
    with pytest.raises(DamagedItem, match=r"list\.csv"):
        decode(b'a,b\n"' + b"x" * 200_000)


# --- workbooks ---


def a_workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, content in sheets.items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_sheet_with_rows_is_read_as_texts() -> None:
    moment = datetime.datetime(2026, 5, 12, 9, 30, 5)  # noqa: DTZ001 - workbooks know no time zones
    data = a_workbook(
        people=[
            ["name", "n", "share", "joined", "came", "on"],
            ["Ada", 12400, 0.254, moment, datetime.date(2026, 5, 12), True],
            ["Bob", 3.0, None, None, None, None],
        ],
        empty=[],
        notes=[[None], ["one"]],
    )
    assert decode(data, XLSX).sheets == (
        Sheet(
            name="people",
            rows=(
                ("name", "n", "share", "joined", "came", "on"),
                ("Ada", "12400", "0.254", "2026-05-12 09:30:05", "2026-05-12", "TRUE"),
                ("Bob", "3"),
            ),
        ),
        Sheet(name="notes", rows=((), ("one",))),
    )


def test_a_cell_far_below_is_too_large_and_rows_of_nothing_are_not() -> None:
    def with_cell(value: object) -> bytes:
        book = openpyxl.Workbook()
        book.active["A1"] = "name"
        book.active["A60"] = value
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    assert rows(with_cell(" "), XLSX) == (("name",),)
    with pytest.raises(TooLarge):
        decode(with_cell("x"), XLSX)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO(a_workbook(list=[["a"]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("xl/media/bomb.bin", bytes(210_000_000))
    with pytest.raises(TooLarge, match="unpacks to 210 MB"):
        decode(out.getvalue(), XLSX)


def test_a_workbook_with_a_password_is_protected() -> None:
    with pytest.raises(ProtectedItem, match="password"):
        decode(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), XLSX)


def test_a_workbook_whose_entities_expand_without_end_is_damaged() -> None:
    out = io.BytesIO()
    entities = [("a", "a" * 1000), ("b", "&a;" * 1000), ("c", "&b;" * 1000)]  # a gigabyte
    declared = "".join(f'<!ENTITY {name} "{value}">' for name, value in entities)
    with zipfile.ZipFile(io.BytesIO(a_workbook(list=[["a"]]))) as good, zipfile.ZipFile(out, "w") as bad:
        for member in good.namelist():
            content = good.read(member).decode()
            if member == "xl/worksheets/sheet1.xml":
                content = f"<!DOCTYPE x [{declared}]>" + content.replace(">a<", ">&c;<")
                assert "&c;" in content
            bad.writestr(member, content)
    with pytest.raises(DamagedItem, match=r"list\.csv"):
        decode(out.getvalue(), XLSX)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_truncated_workbook_is_damaged(share: float) -> None:
    data = a_workbook(list=[["name", "city"], ["Ada", "Bonn"]])
    with pytest.raises(DamagedItem, match=r"list\.csv") as caught:
        decode(data[: int(len(data) * share)], XLSX)
    assert "CSV or XLSX" in caught.value.remedy
