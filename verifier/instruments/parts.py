"""Parts: what the walkers of the several containers gather beside the picture itself."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

MOST_UNPACKED = 4 * 1024 * 1024  # of one compressed part after inflation; the longest genuine one seen holds 60 kB
MOST_STEPS = 100_000  # chunks, boxes or segments of one file: about 0.1 s; a PNG of 64 MB has some 8,000


@dataclass(slots=True)
class Parts:
    """Empty where nothing was met. `torn` names the parts that are there and cannot be read, and why.

    `resources` are Photoshop's image resources, which hold IPTC among others; `extended` are the pieces of an XMP
    packet that did not fit one JPEG segment, by offset.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    icc: bytes = b""
    resources: bytes = b""
    extended: dict[int, bytes] = field(default_factory=dict)
    credentials: bool = False
    unpacked: int = 0  # bytes that texts took so far
    texts: list[tuple[str, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    changed: str = ""  # PNG tIME, ISO 8601
    jfif: str = ""
    several: bool = False
    size: tuple[int, int] | None = None
    torn: dict[str, str] = field(default_factory=dict)


def inflate(data: bytes) -> bytes:
    """Up to MOST_UNPACKED bytes of a zlib stream. Raises ValueError where it is damaged from its beginning."""
    try:
        return zlib.decompressobj().decompress(data, MOST_UNPACKED)
    except zlib.error as error:
        raise ValueError(f"the compressed data is damaged: {error}") from None
