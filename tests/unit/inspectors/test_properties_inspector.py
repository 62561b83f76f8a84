"""Every part of a file is a finding with its state; people, serial numbers and identifiers stand apart."""

from __future__ import annotations

import logging
import logging.config
import socket
from typing import Any

import pytest

from benchmarks.carriers import OWNER, SERIAL, samples
from verifier.casefile import Brief, Evidence, Finding, Item, Kind, Status, Table
from verifier.decode.messages import read_message
from verifier.inspectors.metadata import Metadata
from verifier.inspectors.properties import Properties
from verifier.inspectors.provenance import Provenance
from verifier.instruments.readings import Readings

FILES = samples()
KINDS = {"pdf": Kind.DOCUMENT, "xlsx": Kind.TABLE, "pptx": Kind.SLIDES, "eml": Kind.MESSAGE}
BRIEF = Brief(activity="in_store_display")


def handed_in(name: str) -> tuple[Item, Evidence]:
    kind, data = KINDS.get(name, Kind.IMAGE), FILES[name]
    headers = read_message(data).headers if kind is Kind.MESSAGE else {}
    item = Item(id="c/r1/1", name="file", kind=kind, media_type="", digest="", size=len(data))
    return item, Evidence(kind=kind, media_type="", raw=data, headers=headers)


def inspect(name: str, data: bytes | None = None) -> dict[str, Finding]:
    item, evidence = handed_in(name)
    if data is not None:
        evidence = Evidence(kind=evidence.kind, media_type="", raw=data)
    findings = list(Properties().inspect(item, BRIEF, Readings(evidence)))
    assert {finding.code for finding in findings} <= Properties().codes
    assert len({finding.code for finding in findings}) == len(findings)
    return {finding.code.removeprefix("properties."): finding for finding in findings}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("jpeg with Canon note", ("exif", "maker_note", "xmp", "iptc", "icc", "jfif", "texts")),
        ("png", ("exif", "xmp", "iptc", "icc", "texts")),
        ("webp", ("exif", "xmp", "icc")),
        ("avif", ("exif", "xmp", "icc")),
        ("heic", ("exif", "xmp", "icc")),
        ("tiff", ("exif", "xmp", "iptc", "icc")),
        ("gif", ("xmp", "texts")),
        ("raw of Fujifilm", ("exif", "xmp", "iptc", "icc", "jfif", "texts")),
        ("pdf", ("document", "xmp")),
        ("xlsx", ("document",)),
        ("pptx", ("document",)),
        ("eml", ("headers",)),
    ],
)
def test_every_part_that_is_there_is_present(name: str, parts: tuple[str, ...]) -> None:
    found = inspect(name)
    assert found["parts"].value == parts
    assert found["unreadable"].value == 0
    for part in parts:
        assert found[part].status is Status.MEASURED
        assert found[part].value


def test_a_part_is_absent_unreadable_or_present_and_never_confused() -> None:
    gif, png = inspect("gif"), FILES["png"]
    assert gif["exif"].status is Status.ABSENT
    torn = inspect("png", png[: png.index(b"IDAT") - 4])
    assert torn["exif"].status is Status.MEASURED
    assert torn["xmp"].status is Status.MEASURED
    damaged = inspect("png", png.replace(b"<rdf:RDF", b"<rdf:RDX"))
    assert damaged["xmp"].status is Status.UNDETERMINED
    assert (damaged["unreadable"].value, damaged["unreadable"].note[:4]) == (1, "xmp:")


def test_people_serials_and_identifiers_are_quoted_with_their_fields() -> None:
    found = inspect("jpeg with OLYMPUS note")
    assert found["people"].value == (OWNER,)
    assert found["serials"].value == (SERIAL,)
    assert found["identifiers"].value == ("a1b2c3", "xmp.did:4a1c", "xmp.iid:77b0", "xmp.did:01ff")
    (table,) = found["serials"].marks
    assert isinstance(table, Table)
    assert ("Maker note serial", SERIAL) in table.rows


def test_nothing_personal_stands_in_the_other_findings() -> None:
    for name in FILES:
        for code, finding in inspect(name).items():
            if code not in ("people", "serials", "identifiers", "iptc", "texts"):
                assert OWNER not in str(finding)
                assert SERIAL not in str(finding)


def test_a_message_shows_its_way_and_whether_it_was_signed() -> None:
    found = inspect("eml")
    assert (found["stations"].value, found["signed"].value) == (2, "nordlicht.example")
    assert found["people"].value == ("ida@nordlicht.example",)


def test_a_document_shows_times_program_and_revisions() -> None:
    assert inspect("pdf")["revisions"].value == 2
    assert inspect("xlsx")["created"].value == "2026-05-13T10:42:17Z"
    assert inspect("pdf")["program"].value == "Tarnsheet"


def test_it_applies_to_all_that_carries_properties() -> None:
    kinds = {kind for kind in Kind if Properties().applies(_item(kind), BRIEF)}
    assert kinds == {Kind.IMAGE, Kind.DOCUMENT, Kind.TABLE, Kind.SLIDES, Kind.MESSAGE}


def _item(kind: Kind) -> Item:
    return Item(id="c/r1/1", name="x", kind=kind, media_type="", digest="", size=0)


def read_all(name: str) -> None:
    item, evidence = handed_in(name)
    readings = Readings(evidence)
    for inspector in (Metadata(), Properties(), Provenance()):
        if inspector.applies(item, BRIEF):
            assert list(inspector.inspect(item, BRIEF, readings))


@pytest.mark.parametrize("name", FILES)
def test_no_socket_is_opened_whatever_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    read_all(name)


@pytest.mark.parametrize("name", FILES)
def test_nothing_personal_reaches_the_logs_or_the_terminal(
    name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})  # as a server does at its start
    with caplog.at_level(logging.DEBUG):
        read_all(name)
    told = caplog.text + "".join(capfd.readouterr())
    for secret in (OWNER, SERIAL, "53.86", "Fenwald"):
        assert secret not in told
