"""JPEG segments (ITU-T T.81, JFIF 1.02, EXIF, XMP part 3, ICC.1 annex B.4) up to the first scan."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from verifier.instruments.parts import MOST_STEPS, Parts

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_FULL = 65_000  # bytes: an EXIF segment of at least this size may go on in the next one
_MOST_PIECES = 64  # of a long XMP packet, each of up to 65 kB
_MOST_COMMENTS = 50
_MOST_JOINED = 4 * 1024 * 1024  # bytes of a part over all its segments


def walk(data: bytes, found: Parts) -> None:
    """Gather what the segments hold. Raises ValueError, IndexError or struct.error where they contradict themselves."""
    profile: dict[int, bytes] = {}
    try:
        for marker, body in _segments(data):
            if marker == 0xE1:
                _application_1(body, found)
            elif marker == 0xE2 and body[:12] == b"ICC_PROFILE\0":
                profile.setdefault(body[12], body[14:])
            elif marker == 0xFE and len(found.comments) < _MOST_COMMENTS:
                found.comments.append(body.decode("utf-8", "replace").strip("\0 \r\n"))
            else:
                _rest(marker, body, found)
    finally:
        found.icc = b"".join(profile[number] for number in sorted(profile))


def _application_1(body: bytes, found: Parts) -> None:
    if body[:5] == b"Exif\0":
        if not found.exif:
            found.exif = body[6:]
        elif len(found.exif) % 65_527 >= _FULL and len(found.exif) < _MOST_JOINED:
            found.exif += body[6:]
    elif body.startswith(_XMP):
        found.xmp = found.xmp or body[len(_XMP) :]
    elif body.startswith(_EXTENDED) and len(found.extended) < _MOST_PIECES:
        at = len(_EXTENDED) + 32  # behind the packet's digest: its full length and this piece's offset
        found.extended.setdefault(struct.unpack_from(">I", body, at + 4)[0], body[at + 8 :])


def _rest(marker: int, body: bytes, found: Parts) -> None:
    if marker == 0xE0 and body[:5] == b"JFIF\0":
        found.jfif = _jfif(body)
    elif marker == 0xE2 and body[:4] == b"MPF\0":
        found.several = True
    elif marker == 0xEB and b"c2pa" in body[:256]:  # a JUMBF superbox, its type near the front
        found.credentials = True
    elif marker == 0xED and body.startswith(_PHOTOSHOP) and len(found.resources) < _MOST_JOINED:
        found.resources += body[len(_PHOTOSHOP) :]
    elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
        height, width = struct.unpack_from(">HH", body, 1)
        found.size = found.size or (width, height)


def _jfif(body: bytes) -> str:
    """Version and density in words: "1.02, 72 x 72 per inch"."""
    if len(body) < 12:
        return "breaks off"
    major, minor, unit, across, down = struct.unpack_from(">BBBHH", body, 5)
    per = {1: " per inch", 2: " per cm"}.get(unit, "")
    return f"{major}.{minor:02d}" + (f", {across} x {down}{per}" if per else f", aspect {across}:{down}")


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of each segment up to the first scan. Stray bytes are skipped, as decoders do."""
    at = 2
    for _ in range(MOST_STEPS):
        at = data.index(b"\xff", at)
        marker = data[at + 1]
        if marker in (0xD9, 0xDA):
            return
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        (size,) = struct.unpack_from(">H", data, at + 2)
        if size < 2 or at + 2 + size > len(data):
            raise ValueError(f"segment {marker:02X} at byte {at} is longer than the file")
        yield marker, data[at + 4 : at + 2 + size]
        at += 2 + size
    raise ValueError(f"more than {MOST_STEPS} segments and stray bytes")
