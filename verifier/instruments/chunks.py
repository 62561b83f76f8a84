"""Files made of chunks: PNG (W3C PNG 3), WebP (RFC 9649) and, near enough, GIF with its extensions."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from verifier.instruments.parts import MOST_STEPS, Parts, inflate

MOST_TEXTS = 200  # of one PNG; a file of a million empty text chunks must not become a million strings
_PIXELS = frozenset({b"IDAT", b"fdAT", b"VP8 ", b"VP8L", b"ALPH", b"ANMF"})  # nobody asks for them: not copied
_MOST_COMMENTS = 50
_MOST_SUB_BLOCKS = 1_000_000  # of one GIF: about 0.2 s; each holds 255 bytes where the file is not made to waste time
_MOST_TEXT = 16 * 1024 * 1024  # bytes of all of them together
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"


def png(data: bytes, found: Parts) -> None:
    """Gather a PNG's chunks. Raises ValueError or struct.error where they contradict themselves."""
    for kind, body in _chunks(data, 8, ">I4s", 4):
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", body)
            found.size = (width, height)
        elif kind == b"eXIf":
            found.exif = found.exif or body
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            _text(kind, body, found)
        elif kind == b"iCCP":
            _profile(body, found)
        elif kind == b"tIME":
            found.changed = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}".format(*struct.unpack_from(">H5B", body))
        elif kind == b"caBX":
            found.credentials = True
        elif kind == b"IEND":
            return
    raise ValueError("there is no IEND chunk")


def webp(data: bytes, found: Parts) -> None:
    """Gather a WebP's chunks. Raises ValueError or struct.error where they contradict themselves."""
    for kind, body in _chunks(data, 12, "<4sI", 0):
        if kind == b"VP8X":
            width, height = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
            found.size = (width, height)
        elif kind == b"EXIF":
            found.exif = found.exif or body
        elif kind == b"XMP ":
            found.xmp = found.xmp or body
        elif kind == b"ICCP":
            found.icc = found.icc or body
        elif kind == b"C2PA":
            found.credentials = True


def gif(data: bytes, found: Parts) -> None:
    """Gather a GIF's size, comments and XMP. Raises ValueError, IndexError or struct.error on damage."""
    width, height = struct.unpack_from("<HH", data, 6)
    found.size = (width, height)
    at = 13 + _colour_table(data[10])
    blocks = 0
    while data[at] != 0x3B:
        label = data[at : at + 2]
        if label == b"\x21\xff" and data[at + 3 : at + 15] == b"XMP DataXMP<":
            end = data.index(b"\x01\xff\xfe", at)  # the packet stands in the clear, a "magic trailer" behind it
            found.xmp = found.xmp or data[at + 14 : end]
            at = end + 258
            continue
        if label == b"\x21\xff" and data[at + 3 : at + 14] == b"XMP DataXMP":
            found.torn["xmp"] = "it is cut into sub-blocks, which is not how a GIF keeps it"
        at += 11 + _colour_table(data[at + 9]) if label[0] == 0x2C else 2
        start = at
        while data[at]:
            at += 1 + data[at]
            blocks += 1
            if blocks > _MOST_SUB_BLOCKS:
                raise ValueError(f"more than {_MOST_SUB_BLOCKS} sub-blocks")
        if label == b"\x21\xfe" and len(found.comments) < _MOST_COMMENTS:
            found.comments.append(data[start + 1 : start + 1 + data[start]].decode("utf-8", "replace").strip("\0 \r\n"))
        at += 1
        blocks += 1


def _colour_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _chunks(data: bytes, at: int, header: str, padding: int) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk (pixels: none). PNG: length first, checksum behind; RIFF: name first, even length."""
    for _ in range(MOST_STEPS):
        if at + 8 > len(data):
            return
        first, second = struct.unpack_from(header, data, at)
        name, size = (first, second) if isinstance(first, bytes) else (second, first)
        if at + 8 + size > len(data):
            raise ValueError(f"chunk {name!r} at byte {at} is longer than the file")
        yield name, b"" if name in _PIXELS else data[at + 8 : at + 8 + size]
        at += 8 + size + (padding or size % 2)
    raise ValueError(f"more than {MOST_STEPS} chunks")


def _text(kind: bytes, body: bytes, found: Parts) -> None:
    """One text; a damaged one is no reason to give up the chunks behind it."""
    keyword, _, rest = body.partition(b"\0")
    name = keyword.decode("latin-1")
    if len(found.texts) >= MOST_TEXTS or found.unpacked > _MOST_TEXT:
        found.torn["texts"] = f"more than {MOST_TEXTS} texts, or than {_MOST_TEXT} bytes of them"
        return
    try:
        text = _unpacked(kind, rest)
        found.unpacked += len(text)
        _keep(name, kind, text, found)
    except ValueError as error:
        found.torn["texts"] = f"{name}: {error}"


def _unpacked(kind: bytes, rest: bytes) -> bytes:
    if kind == b"zTXt":
        return inflate(rest[1:])
    if kind == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        return inflate(rest) if packed else rest
    return rest


def _keep(name: str, kind: bytes, text: bytes, found: Parts) -> None:
    if name == "XML:com.adobe.xmp":
        found.xmp = found.xmp or text
    elif name.startswith("Raw profile type "):  # ImageMagick: name, length, hexadecimal digits
        _raw_profile(name.removeprefix("Raw profile type ").lower(), text, found)
    else:
        found.texts.append((name, text.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace")))


def _raw_profile(kind: str, text: bytes, found: Parts) -> None:
    profile = bytes.fromhex("".join(text.decode("latin-1").split()[2:]))
    if kind == "iptc":
        found.resources = found.resources or profile
    elif kind == "xmp" or profile.startswith(_JPEG_XMP):
        found.xmp = found.xmp or profile.removeprefix(_JPEG_XMP)
    elif kind in ("exif", "app1"):
        found.exif = found.exif or profile
    elif kind in ("icc", "icm"):
        found.icc = found.icc or profile


def _profile(body: bytes, found: Parts) -> None:
    try:
        found.icc = found.icc or inflate(body.partition(b"\0")[2][1:])
    except ValueError as error:
        found.torn["icc"] = str(error)
