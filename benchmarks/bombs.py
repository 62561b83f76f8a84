"""Bombs: files made to waste a reader's time or memory, each at one place where a count or length is believed."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Mapping

from benchmarks.carriers import directory, segment, tiff
from benchmarks.mutations import bomb as _maker_note

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 8, 8, 8, 2, 0, 0, 0, 0)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _exif(block: bytes) -> bytes:
    return _PNG + _chunk(b"eXIf", block) + _chunk(b"IEND", b"")


def _long_texts(size: int) -> bytes:
    """Four thousand EXIF texts, each of which reaches from its place to the end."""
    entries = b"".join(struct.pack("<HHII", 0x010F, 2, size - 60_000, 50_000) for _ in range(4000))
    return _exif(b"II*\0\x08\0\0\0" + struct.pack("<H", 4000) + entries + b"x" * (size - 48_010))


def _packed_texts(size: int) -> bytes:
    """PNG texts that unpack to a thousand times their size, under a name of which one is kept."""
    one = _chunk(b"zTXt", b"XML:com.adobe.xmp\0\0" + zlib.compress(bytes(4 * 1024 * 1024), 9))
    return _PNG + one * (size // 8 // len(one)) + _chunk(b"IEND", b"")


def _zero_extents(size: int) -> bytes:
    """HEIF items of 65,535 extents each, which take no byte of the table."""
    entry = _box(b"infe", b"\2\0\0\0\0\1\0\0Exif\0")
    table = _box(b"iloc", bytes(4) + b"\0\0" + struct.pack(">H", 0xFFFF) + b"\0\1\0\0\xff\xff" * (size // 64))
    meta = _box(b"meta", bytes(4) + _box(b"iinf", bytes(4) + b"\0\1" + entry) + table)
    return _box(b"ftyp", b"heic\0\0\0\0mif1") + meta


def _overlapping_extents(size: int) -> bytes:
    """One HEIF item made of the whole file, thousands of times."""
    entry = _box(b"infe", b"\2\0\0\0\0\1\0\0Exif\0")
    table = bytes(4) + b"\x44\0" + b"\0\1\0\1\0\0" + struct.pack(">H", 30_000) + struct.pack(">II", 0, size) * 30_000
    meta = _box(b"meta", bytes(4) + _box(b"iinf", bytes(4) + b"\0\1" + entry) + _box(b"iloc", table))
    return _box(b"ftyp", b"heic\0\0\0\0mif1") + meta + _box(b"mdat", bytes(size))


def _scans(size: int) -> bytes:
    """A preview of two megapixels in thousands of progressive scans."""
    frame = segment(0xC2, struct.pack(">BHHB", 8, 1400, 1400, 1) + b"\1\x11\0")
    table = segment(0xDB, bytes(1) + b"\1" * 64) + segment(0xC4, b"\0\1" + bytes(16))
    scan = segment(0xDA, b"\1\1\0\0\0\0") + b"\0"
    preview = b"\xff\xd8" + frame + table + scan * (size // 64) + b"\xff\xd9"
    small = directory({0x0201: (4, 26 + 30), 0x0202: (4, len(preview))}, 26)
    return _exif(b"II*\0\x08\0\0\0" + directory({0x0112: (3, 1)}, 8)[:-4] + struct.pack("<I", 26) + small + preview)


def _members(size: int) -> bytes:
    """A zip archive whose directory lists its members a hundred thousand times."""
    name = b"docProps/core.xml"
    entry = b"PK\1\2" + bytes(24) + struct.pack("<H", len(name)) + bytes(16) + name
    table = entry * (size // len(entry))
    end = b"PK\5\6" + bytes(4) + struct.pack("<HHII", 0xFFFF, 0xFFFF, len(table), 4) + b"\0\0"
    return b"PK\3\4" + table + end


_MADE: Mapping[str, Callable[[int], bytes]] = {
    "maker note": lambda _: _maker_note(random.Random(1)),
    "a note of billions": lambda _: _maker_note(random.Random(0)),
    "segments": lambda size: b"\xff\xd8" + b"\xff\xe1\0\2" * (size // 4),
    "fill bytes": lambda size: b"\xff\xd8" + b"\xff" * size,
    "pieces of XMP": lambda size: (
        b"\xff\xd8" + segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(41)) * (size // 80)
    ),
    "resources": lambda size: (
        b"\xff\xd8" + segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\5\0\0\0\0\0\0" * 5000) * (size // 60_000)
    ),
    "elements of XMP": lambda _: b"\xff\xd8" + segment(0xE1, _XMP + b"<x>" + b"<a/>" * 16_000 + b"</x>"),
    "elements of XMP in a PNG": lambda size: (
        _PNG
        + _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x>" + b"<a/>" * (min(size, 4_000_000) // 4 - 10) + b"</x>")
        + _chunk(b"IEND", b"")
    ),
    "depth of XMP": lambda _: b"\xff\xd8" + segment(0xE1, _XMP + b"<a>" * 9000 + b"</a>" * 9000),
    "chunks": lambda size: _PNG + _chunk(b"tEXt", b"") * (size // 12) + _chunk(b"IEND", b""),
    "packed texts": _packed_texts,
    "long texts": _long_texts,
    "sub-blocks": lambda size: b"GIF89a\1\0\1\0\0\0\0\x21\xfe" + b"\1x" * (size // 2) + b"\0;",
    "boxes": lambda size: _box(b"ftyp", b"heic") + _box(b"free", b"") * (size // 8),
    "extents of nothing": _zero_extents,
    "extents of everything": _overlapping_extents,
    "scans of a preview": _scans,
    "dictionaries": lambda size: b"%PDF-1.7\n" + b"<<" + b"/Subtype/XML" * (size // 12),
    "openings": lambda size: b"%PDF-1.7\n" + b"<</Subtype /XML " * (size // 16),
    "members": _members,
    "directories": lambda size: tiff() + b"\xff" * 8 + directory({0x010F: (2, b"x\0")}, 0) * (size // 24),
}  # fmt: skip
NAMES = tuple(_MADE)


def make(name: str, size: int) -> bytes:
    """The bomb of that name, of about `size` bytes (those that stay small do)."""
    return _MADE[name](size)
