"""EXIF and XMP put into JPEGs without encoding their pixels anew: Pillow writes the block, and it is spliced in."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from datetime import datetime

from PIL import Image
from PIL.ExifTags import GPS, IFD
from PIL.TiffImagePlugin import IFDRational

HEADS = {"exif": b"Exif\0\0", "xmp": b"http://ns.adobe.com/xap/1.0/\0"}


def edited(raw: bytes, change: Callable[[Image.Exif], None]) -> bytes:
    """The JPEG with its EXIF block changed. Raises ValueError where there is none."""
    with Image.open(io.BytesIO(raw)) as picture:
        block = picture.getexif()
        block.get_ifd(IFD.Exif).pop(0x927C, None)  # maker notes point to places that move
        change(block)
        data = block.tobytes()
    return spliced(raw, "exif", data if data.startswith(HEADS["exif"]) else HEADS["exif"] + data)


def write_place(block: Image.Exif, here: tuple[float, float], fix: datetime | None) -> None:
    """Latitude and longitude in degrees, and the satellite's time (naive, UTC) if given, instead of any others."""
    gps = block.get_ifd(IFD.GPSInfo)
    gps.clear()
    gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "S" if here[0] < 0 else "N", _degrees(here[0])
    gps[GPS.GPSLongitudeRef], gps[GPS.GPSLongitude] = "W" if here[1] < 0 else "E", _degrees(here[1])
    if fix is not None:
        gps[GPS.GPSTimeStamp] = tuple(IFDRational(part, 1) for part in (fix.hour, fix.minute, fix.second))
        gps[GPS.GPSDateStamp] = fix.strftime("%Y:%m:%d")


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    minutes, seconds = divmod(round(abs(value) * 360_000), 6000)
    return IFDRational(minutes // 60, 1), IFDRational(minutes % 60, 1), IFDRational(seconds, 100)


def _segments(raw: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Marker, start, end and content of the segments before the coded data."""
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF and raw[at + 1] not in (0xDA, 0xD9):
        end = at + 2 + int(struct.unpack_from(">H", raw, at + 2)[0])
        yield raw[at + 1], at, end, raw[at + 4 : end]
        at = end


def segment(raw: bytes, kind: str) -> bytes:
    """The content of the JPEG's APP1 segment of the kind ("exif" or "xmp"). Raises ValueError where there is none."""
    found = (content for code, _, _, content in _segments(raw) if code == 0xE1 and content.startswith(HEADS[kind]))
    content = next(found, None)
    if content is None:
        raise ValueError("no such segment")
    return content


def spliced(raw: bytes, kind: str, content: bytes) -> bytes:
    """The JPEG with that APP1 segment in the place of its own of the kind ("exif" or "xmp")."""
    if not raw.startswith(b"\xff\xd8") or len(content) > 65_533:
        raise ValueError("no JPEG, or more than a segment holds")
    rest = bytearray(raw)
    mine = [(start, end) for code, start, end, said in _segments(raw) if code == 0xE1 and said[:6] == HEADS[kind][:6]]
    for start, end in reversed(mine):
        del rest[start:end]
    return bytes(rest[:2]) + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + bytes(rest[2:])
