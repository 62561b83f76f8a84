"""Maker notes give the few fields that tell bodies, owners and exposures apart; a crafted one is not worked off."""

from __future__ import annotations

import random
import struct
import time

import pytest

from benchmarks.carriers import SERIAL, directory, samples, segment, tiff
from benchmarks.mutations import bomb
from verifier.casefile import Evidence, Kind
from verifier.instruments import maker_notes
from verifier.instruments.container import State
from verifier.instruments.maker_notes import MakerNote

FILES = samples()


def read(data: bytes) -> MakerNote:
    return maker_notes.read(Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=data))


def note_of(make: str, note: bytes) -> MakerNote:
    return read(b"\xff\xd8" + segment(0xE1, b"Exif\0\0" + tiff(make, note)) + b"\xff\xd9")


@pytest.mark.parametrize(
    ("make", "maker", "fields"),
    [
        ("Apple", "Apple", {"since_power_up": "90.000", "hdr": "3", "content_id": "6D1F-22"}),
        ("Canon", "Canon", {"file_number": "118-1861", "serial": "530117742"}),
        ("NIKON CORPORATION", "Nikon", {"serial": "3000177", "shutter_count": "4711"}),
        ("OLYMPUS", "Olympus", {"serial": SERIAL}),
        ("FUJIFILM", "Fujifilm", {"internal_serial": f"FPX {SERIAL}", "image_count": "77"}),
    ],
)
def test_each_makers_layout_is_read(make: str, maker: str, fields: dict[str, str]) -> None:
    found = read(FILES[f"jpeg with {make} note"])
    assert (found.state, found.maker, dict(found.fields)) == (State.PRESENT, maker, fields)


def test_a_photo_without_a_note_is_absent() -> None:
    assert read(FILES["jpeg"]).state is State.ABSENT
    assert read(FILES["gif"]).state is State.ABSENT


def test_a_layout_that_nobody_here_knows_is_present_and_says_so() -> None:
    found = note_of("Fenwald", b"FENWALD NOTE " * 4)
    assert (found.state, found.maker, dict(found.fields)) == (State.PRESENT, "", {})
    assert "not read" in found.note


def test_a_note_in_the_other_byte_order_is_read_all_the_same() -> None:
    assert note_of("Canon", directory({8: (4, 1_181_861)}, 0, order=">")).fields == {"file_number": "118-1861"}


def test_values_of_a_note_that_was_moved_are_not_taken_for_an_owner() -> None:
    moved = struct.pack("<HHHII", 1, 9, 2, 12, 20) + bytes(4)  # OwnerName at byte 20 of the block, where others stand
    assert note_of("Canon", moved).fields == {}


def test_a_known_makers_note_that_breaks_off_is_unreadable() -> None:
    found = note_of("OLYMPUS", b"OLYMPUS\0II\3\0")
    assert (found.state, found.maker) == (State.UNREADABLE, "Olympus")


def test_a_serial_number_of_control_characters_is_left_out() -> None:
    assert note_of("NIKON", b"Nikon\0\1\0" + directory({0x1D: (2, b"\1\2\0")}, 0)).fields == {}


@pytest.mark.parametrize("seed", range(8))
def test_a_bomb_of_billions_of_values_costs_nothing(seed: int) -> None:
    started = time.process_time()
    assert read(bomb(random.Random(seed))).state in State  # noqa: S311 - a seeded test
    assert time.process_time() - started < 0.2
