"""EXIF tags read entry by entry: what is left of a block that exifread gives up as a whole.

One damaged entry in the preview's directory must not cost the capture time. Only the tags that `exif` asks for are
read, under exifread's names and in its shapes: a text, or a list of numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.decode import directories
from verifier.decode.directories import Entry

_EXIF, _GPS = 0x8769, 0x8825
_MAIN = {
    0x010F: "Make", 0x0110: "Model", 0x0112: "Orientation", 0x0131: "Software", 0x0132: "DateTime", 0x013B: "Artist",
    0x8298: "Copyright", 0x9003: "DateTimeOriginal", 0x9004: "DateTimeDigitized", 0x9010: "OffsetTime",
    0x9011: "OffsetTimeOriginal", 0x9012: "OffsetTimeDigitized", 0x9291: "SubSecTimeOriginal",
    0x9292: "SubSecTimeDigitized", 0xA002: "ExifImageWidth", 0xA003: "ExifImageLength", 0xA420: "ImageUniqueID",
    0xA430: "CameraOwnerName", 0xA431: "BodySerialNumber", 0xA434: "LensModel", 0xA435: "LensSerialNumber",
    0xC62F: "Tag 0xC62F",
}  # fmt: skip
_POSITION = {
    1: "GPSLatitudeRef", 2: "GPSLatitude", 3: "GPSLongitudeRef", 4: "GPSLongitude", 5: "GPSAltitudeRef",
    6: "GPSAltitude", 7: "GPSTimeStamp", 29: "GPSDate", 31: "Tag 0x001F",
}  # fmt: skip
_PREVIEW = {0x0201: "JPEGInterchangeFormat", 0x0202: "JPEGInterchangeFormatLength"}


@dataclass(frozen=True, slots=True)
class Tag:
    """One value, as exifread gives it."""

    values: str | list[int] | list[float]


def salvage(block: bytes) -> Mapping[str, Tag]:
    """What can be read of a block, by exifread's names ("EXIF DateTimeOriginal"); empty where nothing can."""
    try:
        main, following = directories.first(block)
    except ValueError:
        return {}
    found = dict(_named("Image", main, _MAIN))
    found |= dict(_named("EXIF", directories.inner(block, main, _EXIF), _MAIN))
    found |= dict(_named("GPS", directories.inner(block, main, _GPS), _POSITION))
    try:
        preview = directories.directory(block, following, directories.order_of(block))[0] if following else {}
    except ValueError:
        preview = {}
    return found | dict(_named("Thumbnail", preview, _PREVIEW))


def _named(group: str, entries: Mapping[int, Entry], names: Mapping[int, str]) -> Iterator[tuple[str, Tag]]:
    for number, name in names.items():
        if number in entries and (values := _values(entries[number])):
            yield f"{group} {name}", Tag(values)


def _values(entry: Entry) -> str | list[int] | list[float]:
    if entry.kind == 2:
        return entry.text()
    if entry.kind in (5, 10):
        return _ratios(entry)
    return list(entry.numbers())


def _ratios(entry: Entry) -> list[float]:
    """A few rationals; [] where one has no denominator."""
    letter = "I" if entry.kind == 5 else "i"
    content = entry.content()
    parts = struct.iter_unpack(f"{entry.order}2{letter}", content[: min(32, len(content) // 8 * 8)])
    try:
        return [over / under for over, under in parts]
    except ZeroDivisionError:
        return []
