"""EXIF fields arrive typed, from every container, and damage is told apart from absence."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import exifread
import pytest

from verifier.casefile import Evidence, Kind
from verifier.instruments import exif
from verifier.instruments.container import State
from verifier.instruments.exif import Exif, device_identity, read_bytes

Make = Callable[..., bytes]


def degrees(*parts: str) -> tuple[Fraction, ...]:
    return tuple(Fraction(part) for part in parts)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_same_fields_come_out_of_every_container(make_photo: Make, form: str) -> None:
    fields = read_bytes(make_photo(form, make="Fenwald", model="Kestra 7", original="2026:05:13 10:42:17"))
    assert (fields.state, fields.make, fields.model) == (State.PRESENT, "Fenwald", "Kestra 7")
    assert fields.original == "2026:05:13 10:42:17"


def test_every_field_is_typed(make_photo: Make) -> None:
    fields = read_bytes(
        make_photo(
            software="fw 1.2",
            modified="2026:05:14 08:00:00",
            digitized="2026:05:13 10:42:18",
            subsec_original="042",
            offset_original="+02:00",
            lens="28 mm",
            body_serial="00412",
            image_unique_id="a1b2",
            width=4000,
            height=3000,
            orientation=6,
        )
    )
    assert (fields.software, fields.modified, fields.digitized) == (
        "fw 1.2",
        "2026:05:14 08:00:00",
        "2026:05:13 10:42:18",
    )
    assert (fields.subsec_original, fields.offset_original) == ("042", "+02:00")
    assert (fields.lens, fields.body_serial, fields.image_unique_id) == ("28 mm", "00412", "a1b2")
    assert (fields.width, fields.height, fields.orientation) == (4000, 3000, 6)


def test_a_position_is_signed_degrees_with_its_time_and_error(make_photo: Make) -> None:
    fields = read_bytes(
        make_photo(
            latitude=degrees("33", "30", "36"),
            latitude_ref="S",
            longitude=degrees("70", "45"),
            longitude_ref="W",
            gps_date="2026:05:13",
            gps_time=degrees("8", "42", "17"),
            gps_error=degrees("12"),
            altitude=degrees("520"),
        )
    )
    assert fields.latitude == pytest.approx(-33.51)
    assert fields.longitude == pytest.approx(-70.75)
    assert (fields.gps_date, fields.gps_time) == ("2026:05:13", "08:42:17")
    assert (fields.gps_error, fields.altitude) == (12.0, 520.0)


def test_a_rational_without_a_denominator_is_no_number(make_exif: Make) -> None:
    block = make_exif(latitude=degrees("10", "20", "30"), latitude_ref="N")
    broken = block.replace(struct.pack(">IIII", 10, 1, 20, 1), struct.pack(">IIII", 10, 0, 20, 1))
    assert broken != block
    assert read_bytes(broken).latitude is None


def test_the_preview_is_cut_out_whole(make_photo: Make, make_scene: Callable[..., object], encode: Make) -> None:
    preview = encode(make_scene(16, 12))
    fields = read_bytes(make_photo(make="Fenwald", thumbnail=preview))
    assert (fields.thumbnail, fields.thumbnail_length) == (preview, len(preview))


def test_a_preview_that_reaches_beyond_the_block_is_left_out(make_exif: Make) -> None:
    fields = read_bytes(make_exif(make="Fenwald", thumbnail=b"\xff\xd8" + bytes(50))[:-10])
    assert (fields.thumbnail, fields.thumbnail_length) == (b"", 52)


def test_a_photo_without_exif_is_absent_and_not_unreadable(make_scene: Callable[..., object], encode: Make) -> None:
    assert read_bytes(encode(make_scene(16, 16))).state is State.ABSENT


def test_a_block_that_cannot_be_parsed_is_unreadable_and_says_why() -> None:
    fields = read_bytes(b"MM\0*\0\0\0\x08\0\2")
    assert fields.state is State.UNREADABLE
    assert fields.note


def test_a_directory_made_to_waste_hours_ends_soon() -> None:
    entries = b"".join(struct.pack(">HHII", 0x8298, 4, 999, 8) for _ in range(60_000))
    fields = read_bytes(b"MM\0*\0\0\0\x08" + struct.pack(">H", 60_000) + entries)
    assert fields.state is State.UNREADABLE
    assert "reads" in fields.note


def test_the_instrument_is_a_function_of_the_evidence(make_photo: Make) -> None:
    evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=make_photo(make="Fenwald"))
    assert exif.read(evidence).make == "Fenwald"


@pytest.mark.parametrize("serial", ["", "0", "00000000", "1111", "None", "unknown"])
def test_a_serial_number_that_many_cameras_share_is_no_identity(serial: str) -> None:
    assert device_identity(Exif(state=State.PRESENT, make="Fenwald", model="Tarn", body_serial=serial)) == ""


def test_a_camera_is_known_by_make_model_and_serial_number() -> None:
    one = Exif(state=State.PRESENT, make="Fenwald", model="Tarn", body_serial="053022005903")
    assert device_identity(one) == "Fenwald Tarn #053022005903"
    assert device_identity(Exif(state=State.ABSENT)) == ""


def test_damage_to_one_directory_does_not_cost_the_others(
    make_exif: Make, make_scene: Callable[..., object], encode: Make
) -> None:
    whole = make_exif(
        make="Fenwald", original="2026:05:13 10:42:17", body_serial="00412", orientation=6, width=4000,
        gps_error=degrees("12"), latitude=degrees("33"), latitude_ref="S", thumbnail=encode(make_scene(16, 12)),
    )  # fmt: skip
    pointer = struct.pack(">HHI", 0x8769, 4, 1)
    broken = whole.replace(pointer, struct.pack(">HHI", 0x8769, 4, 0))
    with pytest.raises(IndexError):
        exifread.process_file(io.BytesIO(broken), details=False)
    found = read_bytes(broken)
    assert found == replace(read_bytes(whole), original="", body_serial="", width=None, note=found.note)
    assert "damaged" in found.note


def test_what_is_left_of_a_block_is_read_like_the_whole(make_exif: Make) -> None:
    whole = make_exif(
        make="Fenwald", model="Kestra 7", software="fw 1.2", modified="2026:05:14 08:00:00", lens="28 mm",
        original="2026:05:13 10:42:17", offset_original="+02:00", subsec_original="042", image_unique_id="a1b2",
        latitude=degrees("33", "30", "36"), latitude_ref="S", longitude=degrees("70", "45"), longitude_ref="W",
        gps_date="2026:05:13", gps_time=degrees("8", "42", "17"), gps_error=degrees("12"), altitude=degrees("520"),
    )  # fmt: skip
    assert exif._salvaged(whole, "why") == replace(read_bytes(whole), note=exif._salvaged(whole, "why").note)


def test_a_text_that_reaches_to_the_end_of_a_large_file_is_cut(make_exif: Make) -> None:
    assert len(read_bytes(make_exif(make="F" * 3_000_000)).make) == 2000
