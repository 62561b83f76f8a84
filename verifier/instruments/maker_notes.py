"""Maker notes: the few fields of the camera makers' own block that tell one body, owner or exposure from another.

exifread reads these blocks whole (`details=True`) and a crafted 1.5 KB file keeps it busy for 40 s; here each maker's
directory is read once and a handful of its entries are taken. Layouts and tags are those that exiftool's documentation
of tag names lists. Makers encrypt much of the rest (Sony's and newer Nikons' serial numbers among it).
"""

from __future__ import annotations

import plistlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from verifier.casefile import Evidence
from verifier.decode import directories
from verifier.decode.directories import Entry
from verifier.instruments import container
from verifier.instruments.container import State

_EXIF, _MAKER_NOTE, _MAKE = 0x8769, 0x927C, 0x010F
_EQUIPMENT = 0x2010  # Olympus keeps its serial numbers in a directory of its own
_LONGEST = 200  # characters of one field
_LONGEST_PLIST = 1024  # bytes: Apple's four numbers take some hundred


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerNote:
    """Texts by name; `maker` is "" where the layout is not known. `state` and `note` as everywhere.

    Names: serial, internal_serial, lens_serial, owner, firmware, shutter_count, file_number, image_id, content_id (of a
    live photo's picture and video), hdr, capture_type, since_power_up (seconds).
    """

    state: State
    note: str = ""
    maker: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where the directory begins behind the note's start, and what its offsets count from."""

    maker: str
    head: bytes = b""
    make: str = ""  # without a head of its own the block is known by the camera's make
    at: int = 0
    from_note: bool = False  # offsets count from the note's start, else from the TIFF header
    order: str = ""  # "" is the block's


_LAYOUTS = (
    _Layout(maker="Apple", head=b"Apple iOS\0", at=14, from_note=True, order=">"),
    _Layout(maker="Nikon", head=b"Nikon\0\2", at=10),  # a TIFF header of its own: see _nikon
    _Layout(maker="Nikon", head=b"Nikon\0\1", at=8),
    _Layout(maker="Olympus", head=b"OLYMPUS\0II", at=12, from_note=True, order="<"),
    _Layout(maker="Olympus", head=b"OM SYSTEM\0\0\0II", at=16, from_note=True, order="<"),
    _Layout(maker="Olympus", head=b"OLYMP\0", at=8),
    _Layout(maker="Panasonic", head=b"Panasonic\0", at=12),
    _Layout(maker="Fujifilm", head=b"FUJIFILM", at=12, from_note=True, order="<"),
    _Layout(maker="Pentax", head=b"AOC\0", at=6),
    _Layout(maker="Pentax", head=b"PENTAX \0", at=10, from_note=True),
    _Layout(maker="Sigma", head=b"SIGMA\0\0\0", at=10),
    _Layout(maker="Sony", head=b"SONY DSC \0", at=12),
    _Layout(maker="Sony", head=b"SONY MOBILE", at=12),
    _Layout(maker="Canon", make="canon"),
    _Layout(maker="Sony", make="sony"),
    _Layout(maker="Samsung", make="samsung", from_note=True),
    _Layout(maker="Nikon", make="nikon"),
)


def _text(entry: Entry) -> str:
    return entry.text()


def _count(entry: Entry) -> str:
    number = entry.number()
    return "" if number is None else str(number)


def _hexadecimal(entry: Entry) -> str:
    content = entry.content()[:32]
    return content.hex() if any(content) else ""


def _five_bytes(entry: Entry) -> str:
    content = entry.content()[:5]
    return content.hex() if any(content) else ""


def _serial_number(entry: Entry) -> str:
    """Without the leading zeros, which Canon's models print in different numbers."""
    number = entry.number()
    return str(number) if number else ""


def _padded(entry: Entry) -> str:
    return entry.content().strip(b"\0 ").partition(b"\0")[0].decode("ascii", "replace")


def _file_number(entry: Entry) -> str:
    """Canon counts folders of ten thousand: 1181861 is 118-1861."""
    number = entry.number()
    return f"{number // 10_000}-{number % 10_000:04d}" if number else ""


def _since_power_up(entry: Entry) -> str:
    if entry.size > _LONGEST_PLIST:
        return ""
    try:
        stated = plistlib.loads(entry.content(), fmt=plistlib.FMT_BINARY)
        return f"{stated['value'] / stated['timescale']:.3f}"
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
        return ""


_Read = Callable[[Entry], str]
_FIELDS: Mapping[str, Mapping[int, tuple[str, _Read]]] = {
    "Apple": {
        0x0003: ("since_power_up", _since_power_up), 0x000A: ("hdr", _count), 0x0011: ("content_id", _text),
        0x0014: ("capture_type", _count), 0x0015: ("image_id", _text), 0x002B: ("photo_id", _text),
    },
    "Canon": {
        0x0007: ("firmware", _text), 0x0008: ("file_number", _file_number), 0x0009: ("owner", _text),
        0x000C: ("serial", _serial_number), 0x0028: ("image_id", _hexadecimal), 0x0096: ("internal_serial", _text),
        0x4019: ("lens_serial", _five_bytes),
    },
    "Nikon": {0x001D: ("serial", _text), 0x00A5: ("image_count", _count), 0x00A7: ("shutter_count", _count)},
    "Olympus": {0x0207: ("firmware", _text), 0x0404: ("serial", _text)},
    "Olympus equipment": {
        0x0101: ("serial", _text), 0x0102: ("internal_serial", _text), 0x0202: ("lens_serial", _text),
    },
    "Panasonic": {0x0025: ("internal_serial", _padded), 0x0052: ("lens_serial", _text)},
    "Fujifilm": {0x0010: ("internal_serial", _text), 0x1438: ("image_count", _count)},
    "Pentax": {0x0229: ("serial", _text)},
    "Sigma": {0x0002: ("serial", _text)},
    "Sony": {0x2031: ("serial", _text)},
    "Samsung": {},
}  # fmt: skip


def read(evidence: Evidence) -> MakerNote:
    """The maker's fields of the item's original bytes. Never raises; a note that cannot be read is UNREADABLE."""
    return of(container.walk(evidence.raw).exif)


def of(exif: container.Block) -> MakerNote:
    """The maker's fields inside an EXIF block."""
    if exif.state is not State.PRESENT:
        return MakerNote(state=exif.state, note=exif.note)
    try:
        main, _ = directories.first(exif.data)
    except ValueError as error:
        return MakerNote(state=State.UNREADABLE, note=str(error))
    note = directories.inner(exif.data, main, _EXIF).get(_MAKER_NOTE)
    if note is None or note.size < 8:
        return MakerNote(state=State.ABSENT)
    if not note.whole:
        return MakerNote(state=State.UNREADABLE, note="the maker's note reaches beyond the block")
    make = main[_MAKE].text() if _MAKE in main else ""
    layout = _layout(exif.data[note.start : note.start + 16], make)
    if layout is None:
        return MakerNote(state=State.PRESENT, note=f"{note.size} bytes in a layout that is not read")
    try:
        return MakerNote(state=State.PRESENT, maker=layout.maker, fields=_fields(exif.data, note, layout))
    except (ValueError, struct.error) as error:
        if not layout.head:  # known by the camera's make alone, and makers have had several layouts
            return MakerNote(state=State.PRESENT, note=f"{note.size} bytes in a layout that is not read")
        return MakerNote(state=State.UNREADABLE, maker=layout.maker, note=f"the {layout.maker} note: {error}")


def _layout(head: bytes, make: str) -> _Layout | None:
    for layout in _LAYOUTS:
        if head.startswith(layout.head) if layout.head else make.casefold().startswith(layout.make):
            return layout
    return None


def _fields(block: bytes, note: Entry, layout: _Layout) -> Mapping[str, str]:
    base = note.start if layout.from_note else 0
    at = note.start + layout.at
    order = layout.order or _likelier_order(block, at)
    if layout.head == b"Nikon\0\2":
        base = at
        order = directories.order_of(block[at : at + 2])
        at += struct.unpack_from(f"{order}I", block, at + 4)[0]
    elif layout.maker == "Fujifilm":
        at = note.start + struct.unpack_from("<I", block, note.start + 8)[0]
    entries, _ = directories.directory(block, at, order, base=base)
    if layout.maker == "Canon":
        entries = _in_place(note, entries)
    found = _taken(entries, _FIELDS[layout.maker])
    if layout.maker == "Olympus" and _EQUIPMENT in entries:
        found |= _equipment(block, entries[_EQUIPMENT], base)
    return MappingProxyType(found)


def _likelier_order(block: bytes, at: int) -> str:
    """Programs rewrite a block in the other byte order and leave the note: the fewer entries, the likelier."""
    little, big = (int.from_bytes(block[at : at + 2], order) for order in ("little", "big"))
    return "<" if little < big else ">"


def _in_place(note: Entry, entries: Mapping[int, Entry]) -> Mapping[int, Entry]:
    """Canon's values all lie inside the note. Where one does not, a program moved the note and no offset holds."""
    if all(
        note.start <= entry.start and entry.start + entry.size <= note.start + note.size for entry in entries.values()
    ):
        return entries
    return {tag: entry for tag, entry in entries.items() if entry.size <= 4}


def _equipment(block: bytes, entry: Entry, base: int) -> dict[str, str]:
    """Older cameras keep the directory as the entry's value, newer ones point to it."""
    pointer = entry.number() if entry.kind in (4, 13) else None
    at = entry.start if pointer is None else base + pointer
    try:
        entries, _ = directories.directory(block, at, entry.order, base=base)
    except ValueError:
        return {}
    return _taken(entries, _FIELDS["Olympus equipment"])


def _taken(entries: Mapping[int, Entry], wanted: Mapping[int, tuple[str, _Read]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag, (name, read_entry) in wanted.items():
        if tag in entries and (text := read_entry(entries[tag])[:_LONGEST]) and text.isprintable():
            found[name] = text
    return found
