"""The container walker: what a picture file carries beside its pixels, found without decoding one of them.

It walks JPEG segments (ITU-T T.81, JFIF, APPn), PNG chunks (W3C PNG 3), WebP RIFF chunks (RFC 9649), GIF extensions,
the first TIFF directory (TIFF 6.0) and, through `bmff`, HEIF and AVIF items. EXIF readers that search the file for
themselves miss what other writers put elsewhere; this one hands them the bare TIFF block.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from verifier.casefile import Evidence
from verifier.instruments import bmff

MOST_TEXT = 4 * 1024 * 1024  # of one compressed PNG text after inflation; the longest genuine one seen holds 60 kB
MOST_TEXTS = 200  # of one PNG; a file of a million empty text chunks must not become a million strings
TIFF_HEADERS = (b"II*\0", b"MM\0*", b"IIU\0", b"IIRO")  # the last two: Panasonic and Olympus raw files
_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"


class State(StrEnum):
    """Of a part of the file: no such part, a part that can be read, or one that is there and cannot be read."""

    PRESENT = "present"
    ABSENT = "absent"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One part of the file. `data` holds bytes only where the state is PRESENT; `note` says why it is unreadable."""

    state: State = State.ABSENT
    data: bytes = b""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What the walk found. `format` is jpeg, png, webp, gif, tiff, heif, or "" where the bytes are none of these.

    `exif` is a bare TIFF block, `xmp` an XMP packet; `credentials` tells whether a C2PA store is there; `texts` are
    PNG keyword and text pairs; `comments` JPEG comments; `profile` is the name of the ICC profile; `size` is width
    and height as stored (before orientation), where the walk met them; `several` tells that the file announces
    further pictures behind the first (MPF); `damage` says where the walk had to stop.
    """

    format: str
    exif: Block
    xmp: Block
    credentials: bool = False
    texts: tuple[tuple[str, str], ...] = ()
    comments: tuple[str, ...] = ()
    profile: str = ""
    jfif: bool = False
    several: bool = False
    size: tuple[int, int] | None = None
    damage: str = ""


@dataclass(slots=True)
class _Found:
    exif: bytes = b""
    xmp: bytes = b""
    credentials: bool = False
    texts: list[tuple[str, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    profile: str = ""
    jfif: bool = False
    several: bool = False
    size: tuple[int, int] | None = None


def read(evidence: Evidence) -> Container:
    """The walk over the item's original bytes. Never raises; work is linear in their length."""
    return walk(evidence.raw)


def walk(data: bytes) -> Container:
    """What `data` carries. Never raises: damage ends the walk, and what was not met by then is UNREADABLE."""
    kind, walker = _walker(data)
    found = _Found()
    damage = ""
    if walker is not None:
        try:
            walker(data, found)
        except (ValueError, IndexError, OverflowError, struct.error) as error:
            damage = f"the {kind} container breaks off or contradicts itself: {error}"
    return Container(
        format=kind,
        exif=_exif_block(found.exif, damage),
        xmp=Block(state=State.PRESENT, data=found.xmp) if found.xmp else _missing(damage),
        credentials=found.credentials,
        texts=tuple(found.texts),
        comments=tuple(found.comments),
        profile=found.profile,
        jfif=found.jfif,
        several=found.several,
        size=found.size,
        damage=damage,
    )


def _missing(damage: str) -> Block:
    return Block(state=State.UNREADABLE, note=damage) if damage else Block()


def _exif_block(data: bytes, damage: str) -> Block:
    if not data:
        return _missing(damage)
    if data[:6] in (b"Exif\0\0", b"Exif\0\xff"):  # WebP, PNG and HEIF writers sometimes keep the JPEG prefix
        data = data[6:]
    if data[:4] in TIFF_HEADERS:
        return Block(state=State.PRESENT, data=data)
    return Block(state=State.UNREADABLE, note="the EXIF block does not begin with a TIFF header")


def _walker(data: bytes) -> tuple[str, Callable[[bytes, _Found], None] | None]:
    if data[:2] == b"\xff\xd8":
        return "jpeg", _jpeg
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png", _png
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp", _webp
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "gif", _gif
    if data[4:8] == b"ftyp" or data[4:8] == b"JXL ":
        return "heif", _heif
    if data[:4] in TIFF_HEADERS:
        return "tiff", _tiff
    return "", None


def _jpeg(data: bytes, found: _Found) -> None:
    for marker, body in _segments(data):
        if marker == 0xE1 and body[:5] == b"Exif\0":
            found.exif = found.exif or body[6:]
        elif marker == 0xE1 and body.startswith(_XMP_NAME):
            found.xmp = found.xmp or body[len(_XMP_NAME) :]
        elif marker == 0xE0 and body[:5] == b"JFIF\0":
            found.jfif = True
        elif marker == 0xE2 and body[:12] == b"ICC_PROFILE\0":
            found.profile = found.profile or profile_name(body[14:])
        elif marker == 0xE2 and body[:4] == b"MPF\0":
            found.several = True
        elif marker == 0xEB and b"c2pa" in body[:256]:  # a JUMBF superbox, its type near the front
            found.credentials = True
        elif marker == 0xFE:
            found.comments.append(body.decode("utf-8", "replace").strip("\0 \r\n"))
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", body, 1)
            found.size = found.size or (width, height)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of each segment up to the first scan. Stray bytes are skipped, as decoders do."""
    at = 2
    while True:
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


def _png(data: bytes, found: _Found) -> None:
    for kind, body in _chunks(data, 8, ">I4s", 4):
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", body)
            found.size = (width, height)
        elif kind == b"eXIf":
            found.exif = found.exif or body
        elif kind in (b"tEXt", b"zTXt", b"iTXt") and len(found.texts) < MOST_TEXTS:
            _png_text(kind, body, found)
        elif kind == b"iCCP":
            found.profile = body.split(b"\0", 1)[0].decode("latin-1")
        elif kind == b"caBX":
            found.credentials = True
        elif kind == b"IEND":
            return
    raise ValueError("there is no IEND chunk")


def _chunks(data: bytes, at: int, header: str, padding: int) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk. PNG: length first, 4 bytes of checksum behind; RIFF: name first, padded to even."""
    while at + 8 <= len(data):
        first, second = struct.unpack_from(header, data, at)
        name, size = (first, second) if isinstance(first, bytes) else (second, first)
        if at + 8 + size > len(data):
            raise ValueError(f"chunk {name!r} at byte {at} is longer than the file")
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + (padding or size % 2)


def _png_text(kind: bytes, body: bytes, found: _Found) -> None:
    keyword, _, rest = body.partition(b"\0")
    if kind == b"zTXt":
        rest = _inflate(rest[1:])
    elif kind == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        rest = _inflate(rest) if packed else rest
    name = keyword.decode("latin-1")
    if name == "XML:com.adobe.xmp":
        found.xmp = found.xmp or rest
    elif name in ("Raw profile type exif", "Raw profile type APP1"):  # ImageMagick: name, length, hexadecimal digits
        profile = bytes.fromhex("".join(rest.decode("latin-1").split()[2:]))
        if not profile.startswith(_XMP_NAME):
            found.exif = found.exif or profile
    else:
        found.texts.append((name, rest.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace")))


def _inflate(data: bytes) -> bytes:
    """Up to MOST_TEXT bytes; nothing where the text is damaged, which is no reason to give up the chunks behind it."""
    try:
        return zlib.decompressobj().decompress(data, MOST_TEXT)
    except zlib.error:
        return b""


def _webp(data: bytes, found: _Found) -> None:
    for kind, body in _chunks(data, 12, "<4sI", 0):
        if kind == b"VP8X":
            width, height = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
            found.size = (width, height)
        elif kind == b"EXIF":
            found.exif = found.exif or body
        elif kind == b"XMP ":
            found.xmp = found.xmp or body
        elif kind == b"ICCP":
            found.profile = profile_name(body)
        elif kind == b"C2PA":
            found.credentials = True


def _gif(data: bytes, found: _Found) -> None:
    width, height = struct.unpack_from("<HH", data, 6)
    found.size = (width, height)
    at = data.find(b"\x21\xff\x0bXMP DataXMP")
    if at >= 0:  # the packet stands there in the clear, followed by a 258-byte "magic trailer"
        found.xmp = data[at + 14 : data.index(b"\x01\xff\xfe", at)]


def _heif(data: bytes, found: _Found) -> None:
    parts = bmff.parts(data)
    found.exif, found.xmp, found.credentials = parts.exif, parts.xmp, parts.credentials


def _tiff(data: bytes, found: _Found) -> None:
    found.exif = data
    order = "<" if data[:2] == b"II" else ">"
    (directory,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, directory)
    for entry in range(directory + 2, directory + 2 + 12 * count, 12):
        tag, _, size, value = struct.unpack_from(f"{order}HHII", data, entry)
        if tag == 700:
            found.xmp = data[value : value + size]


def profile_name(profile: bytes) -> str:
    """The description of an ICC profile (ICC.1 `desc` tag, in either of its two forms), "" where there is none."""
    if len(profile) < 132:
        return ""
    for entry in range(132, min(132 + 12 * int.from_bytes(profile[128:132], "big"), len(profile) - 11, 132 + 1200), 12):
        name, offset, size = struct.unpack_from(">4sII", profile, entry)
        if name == b"desc":
            tag = profile[offset : offset + size]
            if tag[:4] == b"mluc":
                length, start = struct.unpack_from(">II", tag.ljust(28, b"\0"), 20)
                return tag[start : start + length].decode("utf-16-be", "replace").strip("\0 ")
            return tag[12 : 12 + int.from_bytes(tag[8:12], "big")].decode("latin-1").strip("\0 ")
    return ""
