"""The container walker: what a picture file carries beside its pixels, found without decoding one of them.

It walks JPEG segments, PNG and WebP chunks, GIF extensions, HEIF and AVIF items and the first directory of TIFF and of
the raw formats built like it. EXIF readers that search the file for themselves miss what other writers put elsewhere;
this one hands them the bare TIFF block.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from verifier.casefile import Evidence
from verifier.decode import directories
from verifier.instruments import bmff, chunks, profile, resources, segments
from verifier.instruments.parts import Parts

TIFF_HEADERS = (b"II*\0", b"MM\0*", b"IIU\0", b"IIRO", b"IIRS", b"MMOR")  # from the third on: Panasonic and Olympus raw
_NOT_READ = (b"II", b"MM", b"FOVb", b"\0MRM")  # BigTIFF, Canon's CRW, Sigma's X3F, Minolta's MRW, damaged headers
_FUJIFILM_RAW = b"FUJIFILMCCD-RAW"
_CREDENTIALS = 0xCD41  # C2PA 2.1, A.3.3: the entry of a manifest store
_LARGEST_IN_TIFF = 16 * 1024 * 1024  # bytes of a part that a TIFF entry points to


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
    """What the walk found. `format` is jpeg, png, webp, gif, tiff, heif, raf, raw, or "" where it is none of these.

    `exif` is a bare TIFF block, `xmp` an XMP packet (`extended` the rest of a long one), `iptc` IPTC-IIM records, `icc`
    a colour profile and `profile` its name; `credentials` tells whether a C2PA store is there; `texts` are PNG keyword
    and text pairs, `changed` PNG's time of the last change, `comments` JPEG and GIF comments; `jfif` version and
    density; `size` is width and height as stored (before orientation), where the walk met them; `several` tells that
    the file announces further pictures behind the first (MPF); `torn` are names of other parts that cannot be read,
    and why; `damage` says where the walk had to stop.
    """

    format: str
    exif: Block
    xmp: Block
    iptc: Block = Block()
    icc: Block = Block()
    extended: bytes = b""
    credentials: bool = False
    texts: tuple[tuple[str, str], ...] = ()
    changed: str = ""
    comments: tuple[str, ...] = ()
    profile: str = ""
    jfif: str = ""
    several: bool = False
    size: tuple[int, int] | None = None
    torn: tuple[tuple[str, str], ...] = ()
    damage: str = ""


def read(evidence: Evidence) -> Container:
    """The walk over the item's original bytes. Never raises; work is linear in their length."""
    return walk(evidence.raw)


def walk(data: bytes) -> Container:
    """What `data` carries. Never raises: damage ends the walk, and what was not met by then is UNREADABLE."""
    kind, walker = _walker(data)
    found = Parts()
    damage = ""
    if walker is not None:
        try:
            walker(data, found)
        except (ValueError, IndexError, OverflowError, struct.error) as error:
            damage = f"the {kind} container breaks off or contradicts itself: {error}"
    icc = _block("icc", found.icc, found, damage)
    return Container(
        format=kind,
        exif=_exif_block(found, damage),
        xmp=_xmp_block(found, damage),
        iptc=_iptc_block(found, damage),
        icc=icc if not icc.data or profile.sound(icc.data) else _unreadable("it is no ICC profile"),
        extended=_joined(found.extended),
        credentials=found.credentials,
        texts=tuple(found.texts),
        changed=found.changed,
        comments=tuple(found.comments),
        profile=profile.name_of(icc.data),
        jfif=found.jfif,
        several=found.several,
        size=found.size,
        torn=tuple(sorted(found.torn.items())),
        damage=damage,
    )


def _unreadable(note: str) -> Block:
    return Block(state=State.UNREADABLE, note=note)


def _block(name: str, data: bytes, found: Parts, damage: str) -> Block:
    if data:
        return Block(state=State.PRESENT, data=data)
    note = found.torn.get(name, damage)
    return _unreadable(note) if note else Block()


def _exif_block(found: Parts, damage: str) -> Block:
    data = found.exif
    if data[:6] in (b"Exif\0\0", b"Exif\0\xff"):  # WebP, PNG and HEIF writers sometimes keep the JPEG prefix
        data = data[6:]
    if data and data[:4] not in TIFF_HEADERS:
        return _unreadable("the EXIF block does not begin with a TIFF header")
    return _block("exif", data, found, damage)


def _xmp_block(found: Parts, damage: str) -> Block:
    """Where nothing else holds a packet, Photoshop's resources may: TIFF files written before it had a tag."""
    if not found.xmp and found.resources:
        with suppress(ValueError):
            found.xmp = resources.find(found.resources, resources.XMP)
    return _block("xmp", found.xmp, found, damage)


def _iptc_block(found: Parts, damage: str) -> Block:
    if found.iptc or not found.resources:
        return _block("iptc", found.iptc, found, damage)
    try:
        return _block("iptc", resources.find(found.resources, resources.IPTC), found, damage)
    except ValueError as error:
        return _unreadable(str(error))


def _joined(pieces: dict[int, bytes]) -> bytes:
    """The pieces of a long XMP packet in their order, b"" where one is missing."""
    end = 0
    for at in sorted(pieces):
        if at != end:
            return b""
        end += len(pieces[at])
    return b"".join(pieces[at] for at in sorted(pieces))


def _walker(data: bytes) -> tuple[str, Callable[[bytes, Parts], None] | None]:
    starts: tuple[tuple[bool, str, Callable[[bytes, Parts], None]], ...] = (
        (data[:2] == b"\xff\xd8", "jpeg", segments.walk),
        (data[:8] == b"\x89PNG\r\n\x1a\n", "png", chunks.png),
        (data[:4] == b"RIFF" and data[8:12] == b"WEBP", "webp", chunks.webp),
        (data[:6] in (b"GIF87a", b"GIF89a"), "gif", chunks.gif),
        (data[4:12] == b"ftypcrx ", "raw", _not_read),
        (data[4:8] in (b"ftyp", b"JXL "), "heif", bmff.walk),
        (data[:4] in TIFF_HEADERS, "tiff", _tiff),
        (data.startswith(_FUJIFILM_RAW), "raf", _fujifilm),
        (data.startswith(_NOT_READ), "raw", _not_read),
    )
    return next(((kind, walker) for fits, kind, walker in starts if fits), ("", None))


def _tiff(data: bytes, found: Parts) -> None:
    """The parts that TIFF keeps as entries of its first directory; EXIF is the file itself."""
    found.exif = data
    entries, _ = directories.first(data)

    def part(tag: int) -> bytes:
        entry = entries.get(tag)
        return entry.content() if entry and entry.size <= _LARGEST_IN_TIFF else b""

    found.xmp, found.iptc, found.resources, found.icc = (part(tag) for tag in (700, 33723, 34377, 34675))
    found.credentials = _CREDENTIALS in entries
    width, height = (entries[tag].number() if tag in entries else None for tag in (256, 257))
    found.size = (width, height) if width and height else None


def _not_read(data: bytes, found: Parts) -> None:  # noqa: ARG001 - a walker
    raise ValueError("it is of a kind that is not read")


def _fujifilm(data: bytes, found: Parts) -> None:
    """A Fujifilm raw file says in its header where a whole JPEG with all the fields lies."""
    start, size = struct.unpack_from(">II", data, 84)
    segments.walk(data[start : start + size], found)
