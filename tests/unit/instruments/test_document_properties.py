"""What PDFs, Office packages and messages say of their making, with the state of each, bounded against bombs."""

from __future__ import annotations

import io
import zipfile
import zlib

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from benchmarks.carriers import OWNER, XMP, pdf, samples
from verifier.casefile import Evidence, Kind
from verifier.decode.messages import read_message
from verifier.instruments import document_info, message_info, office_info, xmp
from verifier.instruments.container import State

FILES = samples()


def evidence(data: bytes, kind: Kind = Kind.DOCUMENT) -> Evidence:
    headers = read_message(data).headers if kind is Kind.MESSAGE else {}
    return Evidence(kind=kind, media_type="", raw=data, headers=headers)


def package(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr({"core": "docProps/core.xml", "app": "docProps/app.xml"}.get(name, name), content)
    return file.getvalue()


def test_a_pdf_tells_its_makers_times_and_how_often_it_was_written() -> None:
    found = document_info.read(evidence(pdf()))
    assert (found.state, found.creator, found.producer, found.author) == (
        State.PRESENT,
        "Tarnsheet",
        "Tarnprint 2",
        OWNER,
    )
    assert (found.created, found.modified, found.revisions) == ("2026-05-13T10:42:17+02:00", "", 2)


def test_a_web_ready_pdf_ends_twice_and_was_written_once() -> None:
    end = b"startxref\n0\n%%EOF\n"
    assert document_info.revisions(b"%PDF-1.7\n<</Linearized 1>>" + end + b"rest" + end) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_the_xmp_of_a_pdf_is_the_last_one_plain_or_packed(packed: bool) -> None:
    old = b"<</Type/Metadata/Subtype/XML/Length 9>>stream\n<x:xmpmeta/>\nendstream"
    head = b"<</Subtype /XML /Filter/FlateDecode>> stream\r\n" if packed else b"<</Type/Metadata /Subtype/XML>>stream\n"
    data = b"%PDF-1.7\n" + old + head + (zlib.compress(XMP) if packed else XMP) + b"\nendstream"
    assert xmp.of(document_info.packet(evidence(data))).creator_tool == "Tarnlight 4.1"


def test_an_encrypted_or_damaged_xmp_stream_is_unreadable_and_a_missing_one_absent() -> None:
    head = b"<</Type/Metadata/Subtype/XML%s>>stream\n\x8a\x01\x02endstream"
    assert document_info.packet(evidence(head % b"")).state is State.UNREADABLE
    assert document_info.packet(evidence(head % b"/Filter/FlateDecode")).state is State.UNREADABLE
    assert document_info.packet(evidence(b"%PDF-1.7")).state is State.ABSENT


@pytest.mark.parametrize("name", ["xlsx", "pptx"])
def test_an_office_package_tells_people_program_and_times(name: str) -> None:
    found = office_info.read(evidence(FILES[name]))
    assert (found.state, found.creator, found.modified_by) == (State.PRESENT, OWNER, OWNER)
    assert (found.application, found.version, found.revision) == ("Tarnsheet", "16.03", "3")
    assert found.created == "2026-05-13T10:42:17Z"


def test_a_package_without_properties_and_a_csv_file_are_absent() -> None:
    assert office_info.read(evidence(package(**{"xl/workbook.xml": b"<x/>"}))).state is State.ABSENT
    assert office_info.read(evidence(b"name;mail\nx;y\n")).state is State.ABSENT


@pytest.mark.parametrize(
    "core",
    [
        b"<a><b></a>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        b"<x>" + b" " * 2_000_000 + b"</x>",
    ],
    ids=["no XML", "entities", "two megabytes"],
)
def test_properties_that_cannot_be_read_safely_are_unreadable(core: bytes) -> None:
    found = office_info.read(evidence(package(core=core)))
    assert (found.state, found.creator) == (State.UNREADABLE, "")
    assert found.note


def test_a_package_that_breaks_off_is_unreadable() -> None:
    assert office_info.read(evidence(FILES["xlsx"][:200])).state is State.UNREADABLE


def test_a_message_tells_its_way_in_the_order_of_the_journey() -> None:
    found = message_info.read(evidence(FILES["eml"], Kind.MESSAGE))
    assert (found.state, found.date, found.sender_domain) == (
        State.PRESENT,
        "2026-05-13T10:00:00+02:00",
        "nordlicht.example",
    )
    assert found.message_id == "4711@nordlicht.example"
    assert found.stations == (("2026-05-13T10:00:01+02:00", "b.example"), ("2026-05-13T10:00:05+02:00", "c.example"))
    assert (found.signers, found.program) == (("nordlicht.example",), "Tarnmail 2")


def test_a_date_that_is_none_is_unreadable_and_the_rest_is_read() -> None:
    data = FILES["eml"].replace(b"Date: Wed, 13 May 2026 10:00:00 +0200", b"Date: some day in May")
    found = message_info.read(evidence(data, Kind.MESSAGE))
    assert (found.state, found.date, found.message_id) == (State.UNREADABLE, "", "4711@nordlicht.example")


def test_a_message_without_headers_is_absent() -> None:
    assert message_info.read(evidence(b"", Kind.DOCUMENT)).state is State.ABSENT


def test_a_pdf_keeps_its_identifier_through_another_saving() -> None:
    first = document_info.read(evidence(_saved()))
    document = pypdfium2.PdfDocument(_saved())
    document.new_page(200, 100)
    out = io.BytesIO()
    document.save(out)
    assert len(first.identifier) == 32
    assert document_info.read(evidence(out.getvalue())).identifier == first.identifier
    assert document_info.read(evidence(_saved("Another"))).identifier != first.identifier


def _saved(title: str = "Invoice") -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setTitle(title)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
