"""A raw camera file is looked at by the picture that the camera put into it; its fields are read like any other's."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from benchmarks.carriers import directory
from verifier.casefile import Evidence, Item, Kind
from verifier.decode import Decoder, raw
from verifier.errors import ItemError
from verifier.instruments import exif
from verifier.intake.sniff import sniff

SENSOR = {0x0106: (3, 32803), 0x0103: (3, 7)}


def jpeg(width: int, height: int, shade: int) -> bytes:
    file = io.BytesIO()
    pixels = (np.indices((height, width, 3)).sum(axis=0) * 3 + shade).astype(np.uint8)
    Image.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


def raw_file(*pictures: bytes, orientation: int = 1, sensor: dict[int, tuple[int, int]] | None = None) -> bytes:
    """A main directory, one for the sensor's values and one for each picture, and the pictures."""
    main = {0x010F: (2, b"Fenwald\0"), 0x0110: (2, b"Kestra R\0"), 0x0112: (3, orientation), 0x014A: (4, b"")}
    inner = [SENSOR if sensor is None else sensor, *({0x0201: (4, 0), 0x0202: (4, len(one))} for one in pictures)]
    sizes = [len(directory(entries, 0)) for entries in inner]
    start = 8 + len(directory({**main, 0x014A: (4, bytes(4 * len(inner)))}, 8))
    places = [start + sum(sizes[:n]) for n in range(len(inner))]
    at = start + sum(sizes)
    for entries, one in zip(inner[1:], pictures, strict=True):
        entries[0x0201] = (4, at)
        at += len(one)
    head = directory({**main, 0x014A: (4, struct.pack(f"<{len(places)}I", *places))}, 8)
    tables = b"".join(directory(entries, place) for entries, place in zip(inner, places, strict=True))
    return b"II*\0\x08\0\0\0" + head + tables + b"".join(pictures)


def decode(data: bytes) -> Evidence:
    content = sniff("photo.dng", data)
    item = Item(
        id="c/r1/1", name="photo.dng", kind=content.kind, media_type=content.media_type, digest="", size=len(data)
    )
    return Decoder(max_pixels=1_000_000, max_pages=5, max_rows=5)(item, data)


def test_the_largest_picture_inside_is_looked_at_and_the_fields_are_read() -> None:
    evidence = decode(raw_file(jpeg(32, 24, 0), jpeg(96, 64, 90), jpeg(48, 32, 5)))
    (page,) = evidence.pages
    assert (evidence.kind, page.width, page.height) == (Kind.IMAGE, 96, 64)
    assert exif.read(evidence).model == "Kestra R"


def test_it_is_turned_as_the_raw_file_says() -> None:
    (page,) = decode(raw_file(jpeg(96, 64, 0), orientation=6)).pages
    assert (page.width, page.height) == (64, 96)


def test_sensor_values_packed_as_jpeg_are_no_picture() -> None:
    lossless = b"\xff\xd8\xff\xc3" + bytes(4000)
    assert raw.preview(raw_file(jpeg(32, 24, 0), lossless)) == jpeg(32, 24, 0)


def test_a_raw_file_without_a_picture_asks_for_the_cameras_jpeg() -> None:
    with pytest.raises(ItemError, match="without a picture") as told:
        decode(raw_file())
    assert "JPEG" in told.value.remedy


def test_a_tiff_of_a_scanner_is_no_raw_file() -> None:
    file = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(file, "TIFF")
    assert not raw.is_raw(file.getvalue())
    assert raw.is_raw(b"II*\0\x10\0\0\0CR\2\0" + bytes(20))


def test_directories_that_lead_in_circles_end() -> None:
    data = raw_file(jpeg(32, 24, 0))
    circle = data.replace(struct.pack("<HHI", 0x014A, 4, 2), struct.pack("<HHI", 0x014A, 4, 1))
    assert raw.is_raw(circle) in (True, False)
    assert raw.preview(b"II*\0\x08\0\0\0" + directory({0x014A: (4, 8)}, 8, 8)) == b""
