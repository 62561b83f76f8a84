"""IPTC records are read from Photoshop's resources, from TIFF and from PNG, in the encoding that they state."""

from __future__ import annotations

import struct

import pytest

from benchmarks.carriers import OWNER, samples, segment
from verifier.casefile import Evidence, Kind
from verifier.instruments import container, iptc
from verifier.instruments.container import Block, State

FILES = samples()


def dataset(number: int, value: bytes, record: int = 2) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


def of(data: bytes) -> iptc.Iptc:
    return iptc.of(Block(state=State.PRESENT, data=data))


def resources(*blocks: tuple[int, bytes]) -> bytes:
    packed = (b"8BIM" + struct.pack(">HHI", n, 0, len(b)) + b + b"\0" * (len(b) % 2) for n, b in blocks)
    return b"\xff\xd8" + segment(0xED, b"Photoshop 3.0\0" + b"".join(packed)) + b"\xff\xd9"


@pytest.mark.parametrize("name", ["jpeg", "png", "tiff"])
def test_the_same_records_come_out_of_every_container(name: str) -> None:
    found = iptc.read(Evidence(kind=Kind.IMAGE, media_type="", raw=FILES[name]))
    assert (found.state, found.first("By-line"), found.first("DateCreated")) == (State.PRESENT, OWNER, "20260513")


def test_repeated_datasets_keep_their_order() -> None:
    assert of(dataset(25, b"lamp") + dataset(25, b"shelf")).fields == {"Keywords": ("lamp", "shelf")}


@pytest.mark.parametrize(
    "data",
    [dataset(90, b"L\xfcbeck"), dataset(90, b"\x1b%G", 1) + dataset(90, "Lübeck".encode())],
    ids=["latin", "utf-8"],
)
def test_texts_are_read_in_either_encoding(data: bytes) -> None:
    assert of(data).first("City") == "Lübeck"


def test_records_that_break_off_keep_what_came_before() -> None:
    found = of(dataset(90, b"Kiel") + b"\x1c\2\x50\0\xff")
    assert (found.state, found.first("City")) == (State.PRESENT, "Kiel")
    assert "break off" in found.note


def test_records_that_are_none_are_unreadable() -> None:
    assert of(b"no records at all").state is State.UNREADABLE


def test_resources_without_records_are_absent_and_torn_ones_unreadable() -> None:
    assert container.walk(resources((0x0406, b"12"))).iptc.state is State.ABSENT
    torn = resources((0x0404, dataset(90, b"Kiel"))).replace(struct.pack(">I", 9), struct.pack(">I", 900))
    assert container.walk(torn).iptc.state is State.UNREADABLE


def test_xmp_that_only_photoshops_resources_hold_is_found() -> None:
    assert container.walk(resources((0x0424, b"<x:xmpmeta/>"))).xmp.data == b"<x:xmpmeta/>"
