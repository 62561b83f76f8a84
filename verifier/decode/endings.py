"""Where a picture's format ends and strange bytes begin: a zip archive or a web page may hang behind a good picture.

Phones append things, too (Ultra HDR gain maps, Samsung trailers, second MPF pictures): the count alone accuses nobody.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping

_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # in coded data: neither a stuffed byte, fill, nor a restart
_BARE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})  # JPEG markers without a length


def trailing_bytes(media_type: str, data: bytes) -> int:
    """How many bytes follow the end marker of a JPEG, PNG, GIF, WebP or BMP; 0 where the format has or shows no end."""
    find = _ENDS.get(media_type)
    if find is None:
        return 0
    try:
        end = find(data)
    except (struct.error, IndexError):
        return 0  # breaks off before its end
    return max(0, len(data) - end) if end else 0


def jpeg_end(data: bytes) -> int:
    """The offset behind the first EOI marker outside of any segment; 0 without one (ITU-T T.81, B.1)."""
    at = 2
    while found := _MARKER.search(data, at):
        code = data[found.start() + 1]
        at = found.end()
        if code == 0xD9:
            return at
        if code not in _BARE:
            at += struct.unpack_from(">H", data, at)[0]
    return 0


def _png_end(data: bytes) -> int:
    at = 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if name == b"IEND":
            return int(at)


def _gif_end(data: bytes) -> int:
    at = 13 + _colour_table(data[10])
    while True:
        block = data[at]
        if block == 0x3B:
            return at + 1
        if block == 0x2C:
            at += 11 + _colour_table(data[at + 9])
        elif block == 0x21:
            at += 2
        else:
            return 0
        while data[at]:
            at += 1 + data[at]
        at += 1


def _colour_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _riff_end(data: bytes) -> int:
    size: int = struct.unpack_from("<I", data, 4)[0]
    return 8 + size + size % 2


def _bmp_end(data: bytes) -> int:
    size: int
    start: int
    size, start = struct.unpack_from("<I4xI", data, 2)
    return size if size > start else 0  # some writers leave the size empty


_ENDS: Mapping[str, Callable[[bytes], int]] = {
    "image/jpeg": jpeg_end,
    "image/png": _png_end,
    "image/gif": _gif_end,
    "image/webp": _riff_end,
    "image/bmp": _bmp_end,
}
