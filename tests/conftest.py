"""Small inputs that tests of several rooms make for themselves: a photo with the EXIF fields that a test asks for."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Value = str | int | bytes | tuple[Fraction, ...]
MAIN = {"make": 0x010F, "model": 0x0110, "orientation": 0x0112, "software": 0x0131, "modified": 0x0132}
EXIF = {
    "original": 0x9003, "digitized": 0x9004, "offset_modified": 0x9010, "offset_original": 0x9011,
    "subsec_original": 0x9291, "width": 0xA002, "height": 0xA003, "image_unique_id": 0xA420, "body_serial": 0xA431,
    "lens": 0xA434, "comment": 0x9286,
}  # fmt: skip
GPS = {
    "latitude_ref": 1, "latitude": 2, "longitude_ref": 3, "longitude": 4, "altitude": 6, "gps_time": 7, "gps_date": 29,
    "gps_error": 31,
}  # fmt: skip


def exif_block(*, thumbnail: bytes = b"", **fields: Value) -> bytes:
    """A big-endian TIFF block: main, EXIF and GPS directories, and the preview's where there is one."""
    main, exif, gps = ({table[name]: fields[name] for name in fields if name in table} for table in (MAIN, EXIF, GPS))
    main |= {0x8769: 0, 0x8825: 0}
    block = b"MM\0*\0\0\0\x08"
    start = {0x8769: 8 + len(_directory(main, 0, 0)), 0x8825: 0}
    start[0x8825] = start[0x8769] + len(_directory(exif, 0, 0))
    last = start[0x8825] + len(_directory(gps, 0, 0))
    block += _directory(main | start, 8, last if thumbnail else 0)
    block += _directory(exif, start[0x8769], 0) + _directory(gps, start[0x8825], 0)
    if thumbnail:
        preview: dict[int, Value] = {0x0201: last + 2 + 2 * 12 + 4, 0x0202: len(thumbnail)}
        block += _directory(preview, last, 0) + thumbnail
    return block


def _directory(entries: Mapping[int, Value], at: int, following: int) -> bytes:
    table, rest = b"", b""
    behind = at + 2 + 12 * len(entries) + 4
    for tag, value in sorted(entries.items()):
        kind, count, data = _packed(value)
        if len(data) > 4:
            table += struct.pack(">HHII", tag, kind, count, behind + len(rest))
            rest += data + b"\0" * (len(data) % 2)
        else:
            table += struct.pack(">HHI", tag, kind, count) + data.ljust(4, b"\0")
    return struct.pack(">H", len(entries)) + table + struct.pack(">I", following) + rest


def _packed(value: Value) -> tuple[int, int, bytes]:
    if isinstance(value, str):
        data = value.encode() + b"\0"
        return 2, len(data), data
    if isinstance(value, bytes):
        return 7, len(value), value
    if isinstance(value, int):
        return 4, 1, struct.pack(">I", value)
    return 5, len(value), b"".join(struct.pack(">II", part.numerator, part.denominator) for part in value)


def scene(width: int = 320, height: int = 240, seed: int = 0) -> NDArray[np.uint8]:
    """Sharp coloured boxes on a bright ground: a picture with edges in every direction."""
    draw = np.random.default_rng(seed)
    pixels = np.full((height, width, 3), 225, np.uint8)
    for _ in range(60):
        left, top = draw.integers(0, width - 4), draw.integers(0, height - 4)
        right, bottom = left + draw.integers(8, 60), top + draw.integers(8, 60)
        pixels[top:bottom, left:right] = draw.integers(0, 255, 3)
    return pixels


def encoded(pixels: NDArray[np.uint8], form: str = "JPEG", **options: object) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


def photo(
    form: str = "JPEG", *, pixels: NDArray[np.uint8] | None = None, thumbnail: bytes = b"", **fields: Value
) -> bytes:
    """A small picture file that carries these EXIF fields."""
    picture = scene(64, 48) if pixels is None else pixels
    return encoded(picture, form, exif=b"Exif\0\0" + exif_block(thumbnail=thumbnail, **fields))


@pytest.fixture(scope="session")
def make_exif() -> Callable[..., bytes]:
    return exif_block


@pytest.fixture(scope="session")
def make_photo() -> Callable[..., bytes]:
    return photo


@pytest.fixture(scope="session")
def make_scene() -> Callable[..., NDArray[np.uint8]]:
    return scene


@pytest.fixture(scope="session")
def encode() -> Callable[..., bytes]:
    return encoded
