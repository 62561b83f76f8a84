"""ISO base media files (HEIF, AVIF, JPEG XL): where their EXIF block, XMP packet, profile and C2PA store lie.

Boxes are ISO/IEC 14496-12; items (`iinf`, `iloc`, `idat`) and the layout of an Exif item ISO/IEC 23008-12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from verifier.instruments.parts import MOST_STEPS, Parts

C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # C2PA 2.1, section A.5
_MOST_WANTED = 16  # items of EXIF or XMP; a file has one of each
_LARGEST_ITEM = 64 * 1024 * 1024  # bytes of EXIF or XMP; an extent without a length reaches to the end of the file
_LONGEST_TABLE = 256 * 1024  # bytes; that of a tiled HEIC of 100 MP takes some 20 kB
MOST_ITEMS = 4096  # tiled HEICs of 100 MP hold about 800; more is an attack


def walk(data: bytes, found: Parts) -> None:
    """Walk the top-level boxes. Raises ValueError, IndexError or struct.error where they contradict themselves."""
    for kind, body in boxes(data):
        if kind == b"meta":
            _items(body[4:], data, found)
        elif kind == b"uuid" and body[:16] == C2PA_UUID:
            found.credentials = True
        elif kind == b"Exif":  # JPEG XL keeps them as boxes of their own
            found.exif = found.exif or _bare(body)
        elif kind == b"xml ":
            found.xmp = found.xmp or body
        elif kind == b"jumb" and b"c2pa" in body[:256]:
            found.credentials = True
        elif kind == b"brob":
            found.torn["exif" if body[:4] == b"Exif" else "xmp"] = "it is packed with Brotli, which is not read"


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and body of each box; the body of `mdat` is looked into by offset, and not copied."""
    at = 0
    for _ in range(MOST_STEPS):
        if at + 8 > len(data):
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        header = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            header = 16
        size = size or len(data) - at
        if size < header or at + size > len(data):
            raise ValueError(f"box {kind!r} at byte {at} is longer than what holds it")
        yield kind, b"" if kind == b"mdat" else data[at + header : at + size]
        at += size
    raise ValueError(f"more than {MOST_STEPS} boxes")


def _items(meta: bytes, data: bytes, found: Parts) -> None:
    inner: dict[bytes, bytes] = {}
    for name, body in boxes(meta):
        inner.setdefault(name, body)
    _profile(inner.get(b"iprp", b""), found)
    wanted = dict(islice(_wanted(inner.get(b"iinf", b"")), _MOST_WANTED))
    if not wanted:
        return
    for item, (method, pieces) in _locations(inner.get(b"iloc", b"")):
        kind = wanted.pop(item, "")
        if not kind:
            continue
        source = inner.get(b"idat", b"") if method == 1 else data
        if sum(size or len(source) for _, size in pieces) > _LARGEST_ITEM:
            raise ValueError(f"item {item} is larger than {_LARGEST_ITEM} bytes")
        content = b"".join(source[start : start + size if size else None] for start, size in pieces)
        if len(content) < max(1, sum(size for _, size in pieces)):
            raise ValueError(f"item {item} lies beyond the end")
        if kind == "exif":
            found.exif = found.exif or _bare(content)
        else:
            found.xmp = found.xmp or content


def _profile(iprp: bytes, found: Parts) -> None:
    """The ICC profile among the items' properties: of the first item that has one."""
    for kind, properties in boxes(iprp):
        for name, body in boxes(properties) if kind == b"ipco" else ():
            if name == b"colr" and body[:4] in (b"prof", b"rICC"):
                found.icc = found.icc or body[4:]


def _bare(content: bytes) -> bytes:
    """The TIFF block of an Exif item: the first four bytes say how far behind them it begins."""
    return content[4 + int.from_bytes(content[:4], "big") :]


def _wanted(iinf: bytes) -> Iterator[tuple[int, str]]:
    """Numbers of the items that hold EXIF or XMP."""
    if not iinf:
        return
    for kind, body in boxes(iinf[6:] if iinf[0] == 0 else iinf[8:]):
        if kind != b"infe" or body[0] < 2:
            continue
        wide = body[0] >= 3
        item = int.from_bytes(body[4:8] if wide else body[4:6], "big")
        rest = body[10:] if wide else body[8:]
        if rest[:4] == b"Exif":
            yield item, "exif"
        elif rest[:4] == b"mime" and b"application/rdf+xml" in rest:
            yield item, "xmp"


def _locations(iloc: bytes) -> Iterator[tuple[int, tuple[int, list[tuple[int, int]]]]]:
    """Item number, construction method (0 file, 1 idat) and its (offset, length) pieces."""
    if not iloc:
        return
    if len(iloc) > _LONGEST_TABLE:
        raise ValueError("the table of item locations is too long")
    version = iloc[0]
    offset_size, length_size, base_size = iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4
    index_size = iloc[5] & 15 if version in (1, 2) else 0
    cursor = _Cursor(iloc, 6)
    narrow = 2 if version < 2 else 4
    for _ in range(min(cursor.take(narrow), MOST_ITEMS)):
        item = cursor.take(narrow)
        method = cursor.take(2) & 15 if version in (1, 2) else 0
        cursor.take(2)  # data reference: other files are not followed
        base = cursor.take(base_size)
        pieces = []
        extents = cursor.take(2)
        for _ in range(extents if index_size + offset_size + length_size else min(1, extents)):
            cursor.take(index_size)
            pieces.append((base + cursor.take(offset_size), cursor.take(length_size)))
        yield item, (method, pieces)


@dataclass(slots=True)
class _Cursor:
    data: bytes
    at: int

    def take(self, size: int) -> int:
        """The next `size` bytes as a number. Raises ValueError at the end."""
        if self.at + size > len(self.data):
            raise ValueError("the table of item locations breaks off")
        value = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        return value
