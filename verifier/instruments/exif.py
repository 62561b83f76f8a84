"""EXIF: what the camera wrote about the exposure, as typed fields, whatever container it came in.

The container walker finds the bare TIFF block and exifread reads it: together they agree with exiftool where each
library that searches the file by itself does not (`benchmarks/metadata.py` takes the figures).
Fields are EXIF 3.0 (CIPA DC-008); nothing here judges whether they are true.
"""

from __future__ import annotations

import io
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import exifread

from verifier.casefile import Evidence
from verifier.instruments import container
from verifier.instruments.container import State
from verifier.instruments.tags import salvage

# It logs every value, positions and serial numbers too. (`disabled` is undone when a server sets up its own logs.)
logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)

MOST_READS = 20_000  # of one block: the busiest of 107 genuine files made 827; for what takes more there is `salvage`
_LONGEST_TEXT = 2000  # characters of one field; descriptions of genuine files reach some hundred
LONGEST_VALUE = 1024 * 1024  # bytes of one value: an entry may claim that a text reaches to the end of a large file
MOST_GIVEN = 8 * 1024 * 1024  # bytes of all of them
_GPS_POSITIONING_ERROR = "GPS Tag 0x001F"  # EXIF 2.31, metres; exifread has no name for it
_CAMERA_SERIAL = "Image Tag 0xC62F"  # DNG 1.1; exifread has no name for it
_SERIAL_PLACEHOLDERS = frozenset({"none", "unknown", "n/a", "null"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exif:
    """Fields of one block. Texts are "" and numbers None where they are not there or make no sense.

    `original`, `digitized` and `modified` are local clock times as written, "2024:05:17 14:03:22", with `subsec_*`
    (digits of a fraction of a second) and `offset_*` ("+02:00"). Coordinates are degrees (WGS 84, north and east
    positive), `altitude` and `gps_error` metres, `gps_date` "2024:05:17" and `gps_time` "12:03:22" in UTC. `width` and
    `height` are what EXIF states of the picture (ExifImageWidth), not what the picture is. `thumbnail` is an encoded
    picture. `main_serial` is a body's serial number that stands in the main directory: DNG has one there, and some
    writers put theirs there. `owner`, `artist` and `copyright` name people.
    """

    state: State
    note: str = ""
    make: str = ""
    model: str = ""
    software: str = ""
    lens: str = ""
    body_serial: str = ""
    main_serial: str = ""
    lens_serial: str = ""
    owner: str = ""
    artist: str = ""
    copyright: str = ""
    image_unique_id: str = ""
    orientation: int | None = None
    original: str = ""
    digitized: str = ""
    modified: str = ""
    subsec_original: str = ""
    subsec_digitized: str = ""
    offset_original: str = ""
    offset_digitized: str = ""
    offset_modified: str = ""
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    gps_date: str = ""
    gps_time: str = ""
    gps_error: float | None = None
    width: int | None = None
    height: int | None = None
    thumbnail_length: int | None = None
    thumbnail: bytes = b""


def read(evidence: Evidence) -> Exif:
    """The EXIF fields of the item's original bytes. Never raises: see `read_bytes`."""
    return read_bytes(evidence.raw)


def read_bytes(data: bytes) -> Exif:
    """The EXIF fields of a picture. Never raises; ABSENT without a block, UNREADABLE where nothing can be parsed."""
    block = container.walk(data).exif
    if block.state is not State.PRESENT:
        return Exif(state=block.state, note=block.note)
    try:
        found = exifread.process_file(_Rationed(block.data), details=False, extract_thumbnail=False)
        return _fields(_Tags(found), block.data)
    except MemoryError:
        raise  # the worker's limit; the pool knows what to do
    except Exception as error:  # noqa: BLE001 - exifread raises half a dozen undeclared kinds on damaged blocks
        return _salvaged(block.data, f"{type(error).__name__}: {error}"[:200])


def device_identity(exif: Exif) -> str:
    """A text that only one camera body writes (make, model and serial number), "" where the file carries none."""
    serial = (exif.body_serial or exif.main_serial).strip(" .-_")
    if len(set(serial) - {"0"}) < 2 or serial.lower() in _SERIAL_PLACEHOLDERS:
        return ""  # "", "0000000", "1111": written by cameras that have no serial number to tell
    return f"{exif.make} {exif.model} #{serial}".strip()


def _salvaged(block: bytes, error: str) -> Exif:
    """What single entries of a damaged block still say: PRESENT with a note, or UNREADABLE where they say nothing."""
    found = salvage(block)
    if not found:
        return Exif(state=State.UNREADABLE, note=f"the EXIF block cannot be parsed: {error}")
    return replace(_fields(_Tags(found), block), note=f"the EXIF block is damaged, this is what is left: {error}")


class _Rationed(io.BytesIO):
    """A file that ends the patience of a crafted directory: its entries cost reads, and reads and bytes are counted."""

    reads = 0
    given = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        content = super().read(LONGEST_VALUE if size is None or size < 0 else min(size, LONGEST_VALUE))
        self.given += len(content)
        if self.reads > MOST_READS or self.given > MOST_GIVEN:
            raise ValueError(f"more than {MOST_READS} reads, or {MOST_GIVEN} bytes")
        return content


@dataclass(frozen=True, slots=True)
class _Tags:
    """exifread's tags by name, as plain values."""

    tags: Mapping[str, Any]

    def values(self, name: str, *only: str) -> Any:
        """Raw values: the EXIF directory first, then the main one, where some writers put them; or of `only` these."""
        for directory in only or ("EXIF", "Image"):
            tag = self.tags.get(f"{directory} {name}")
            if tag is not None:
                return tag.values
        return None

    def text(self, name: str, *only: str) -> str:
        return _plain(self.values(name, *only))

    def named(self, name: str) -> str:
        """The text of a tag by its whole name."""
        tag = self.tags.get(name)
        return _plain(tag.values) if tag is not None else ""

    def number(self, name: str) -> int | None:
        values = self.values(name)
        if isinstance(values, list) and values and isinstance(values[0], int):
            return values[0]
        return None

    def ratios(self, name: str) -> tuple[float, ...]:
        """Finite values of a rational tag of the GPS directory; () where one of them has no denominator."""
        tag = self.tags.get(name)
        values = tag.values if tag is not None and isinstance(tag.values, list) else []
        try:
            numbers = tuple(float(value) for value in values)
        except (TypeError, ValueError, ZeroDivisionError, OverflowError):
            return ()
        return numbers if all(map(math.isfinite, numbers)) else ()

    def gps_text(self, name: str) -> str:
        tag = self.tags.get(f"GPS {name}")
        return str(tag.values).strip(" \0") if tag is not None and isinstance(tag.values, str) else ""


def _plain(values: Any) -> str:
    if isinstance(values, list):
        values = bytes(value for value in values if isinstance(value, int) and 0 < value < 256)
    if isinstance(values, bytes):
        values = values.decode("utf-8", "replace")
    return str(values or "").strip(" \0\t\r\n")[:_LONGEST_TEXT]


def _fields(tags: _Tags, block: bytes) -> Exif:
    if not tags.tags:
        return Exif(state=State.UNREADABLE, note="the EXIF block holds no field that can be read")
    error = tags.ratios(_GPS_POSITIONING_ERROR)
    length, thumbnail = _thumbnail(tags, block)
    return Exif(
        state=State.PRESENT,
        make=tags.text("Make"),
        model=tags.text("Model"),
        software=tags.text("Software"),
        lens=tags.text("LensModel"),
        body_serial=tags.text("BodySerialNumber", "EXIF"),
        main_serial=tags.text("BodySerialNumber", "Image") or tags.named(_CAMERA_SERIAL),
        lens_serial=tags.text("LensSerialNumber"),
        owner=tags.text("CameraOwnerName"),
        artist=tags.text("Artist"),
        copyright=tags.text("Copyright"),
        image_unique_id=tags.text("ImageUniqueID"),
        orientation=tags.number("Orientation"),
        original=tags.text("DateTimeOriginal"),
        digitized=tags.text("DateTimeDigitized"),
        modified=tags.text("DateTime"),
        subsec_original=tags.text("SubSecTimeOriginal"),
        subsec_digitized=tags.text("SubSecTimeDigitized"),
        offset_original=tags.text("OffsetTimeOriginal"),
        offset_digitized=tags.text("OffsetTimeDigitized"),
        offset_modified=tags.text("OffsetTime"),
        latitude=_degrees(tags, "Latitude", "S"),
        longitude=_degrees(tags, "Longitude", "W"),
        altitude=_altitude(tags),
        gps_date=tags.gps_text("GPSDate"),
        gps_time=_gps_time(tags),
        gps_error=error[0] if error and error[0] >= 0 else None,
        width=tags.number("ExifImageWidth"),
        height=tags.number("ExifImageLength"),
        thumbnail_length=length,
        thumbnail=thumbnail,
    )


def _degrees(tags: _Tags, axis: str, negative: str) -> float | None:
    parts = tags.ratios(f"GPS GPS{axis}")
    if not 1 <= len(parts) <= 3:
        return None
    value = math.fsum(part / (1, 60, 3600)[place] for place, part in enumerate(parts))
    return -value if tags.gps_text(f"GPS{axis}Ref").upper().startswith(negative) else value


def _altitude(tags: _Tags) -> float | None:
    parts = tags.ratios("GPS GPSAltitude")
    below = tags.ratios("GPS GPSAltitudeRef") == (1.0,)
    return None if not parts else -parts[0] if below else parts[0]


def _gps_time(tags: _Tags) -> str:
    parts = tags.ratios("GPS GPSTimeStamp")
    if len(parts) != 3 or not (0 <= parts[0] < 24 and 0 <= parts[1] < 60 and 0 <= parts[2] < 61):
        return ""
    return f"{int(parts[0]):02d}:{int(parts[1]):02d}:{int(parts[2]):02d}"


def _thumbnail(tags: _Tags, block: bytes) -> tuple[int | None, bytes]:
    """The stated length of the embedded preview, and its bytes where they are all there."""
    offset, length = (tags.tags.get(f"Thumbnail JPEGInterchangeFormat{part}") for part in ("", "Length"))
    try:
        start, size = int(offset.values[0]), int(length.values[0])  # type: ignore[union-attr]
    except (AttributeError, IndexError, TypeError, ValueError):
        return None, b""
    picture = block[start : start + size]
    return size, picture if 0 < size == len(picture) and picture[:2] == b"\xff\xd8" else b""
