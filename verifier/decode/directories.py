"""TIFF directories (TIFF 6.0, section 2): entries by tag, their values fetched only when somebody asks for them.

EXIF blocks, maker notes and most raw camera files are made of them. Damage is met entry by entry: one whose value lies
beyond the end says nothing, and the others are still read.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

MOST_ENTRIES = 4096  # of one directory; the fullest of 400 genuine files had 211
_MOST_VALUES = 4096  # of one entry as numbers
_LONGEST_TEXT = 64 * 1024  # bytes of one entry as text
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # bytes per value, by type
_NUMBERS = {1: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where its value lies in the block, and of what type it is."""

    block: bytes
    order: str  # "<" or ">"
    kind: int
    start: int
    size: int  # bytes

    @property
    def whole(self) -> bool:
        """Whether the block holds all of the value; where it does not, the value is empty."""
        return self.start >= 0 and self.start + self.size <= len(self.block)

    def content(self) -> bytes:
        """The value as it stands there."""
        return self.block[self.start : self.start + self.size] if self.whole else b""

    def text(self) -> str:
        """The value up to its first NUL as text, without surrounding blanks; of a very long one its beginning."""
        content = self.block[self.start : self.start + min(self.size, _LONGEST_TEXT)] if self.whole else b""
        return content.partition(b"\0")[0].decode("utf-8", "replace").strip()

    def numbers(self) -> tuple[int, ...]:
        """The values of an entry of whole numbers, the first few thousand at most; () of any other type."""
        letter = _NUMBERS.get(self.kind, "")
        count = min(self.size // _SIZES[self.kind], _MOST_VALUES)
        return (
            struct.unpack_from(f"{self.order}{count}{letter}", self.block, self.start) if letter and self.whole else ()
        )

    def number(self) -> int | None:
        """The first of them."""
        return next(iter(self.numbers()), None)


def order_of(block: bytes) -> str:
    """ "<" or ">" by the block's first two bytes. Raises ValueError where they are neither II nor MM."""
    if block[:2] not in (b"II", b"MM"):
        raise ValueError("no TIFF header")
    return "<" if block[:2] == b"II" else ">"


def directory(block: bytes, at: int, order: str, *, base: int = 0) -> tuple[Mapping[int, Entry], int]:
    """The entries of the directory at `at` by tag, and where the next one stands (0: nowhere).

    Offsets count from `base`. The first of equal tags counts. Raises ValueError where no directory can stand there.
    """
    if not 0 <= at <= len(block) - 2:
        raise ValueError("the directory lies beyond the end")
    (count,) = struct.unpack_from(f"{order}H", block, at)
    if count > MOST_ENTRIES:
        raise ValueError(f"a directory of {count} entries")
    found: dict[int, Entry] = {}
    for entry in range(at + 2, min(at + 2 + 12 * count, len(block) - 11), 12):
        tag, kind, length, offset = struct.unpack_from(f"{order}HHII", block, entry)
        size = length * _SIZES.get(kind, 0)
        start = base + offset if size > 4 else entry + 8
        if kind in _SIZES:
            found.setdefault(tag, Entry(block, order, kind, start, size))
    behind = at + 2 + 12 * count
    following = struct.unpack_from(f"{order}I", block, behind)[0] if behind + 4 <= len(block) else 0
    return found, int(following)


def first(block: bytes) -> tuple[Mapping[int, Entry], int]:
    """The first directory of a block that begins with a TIFF header. Raises ValueError."""
    order = order_of(block)
    if len(block) < 8:
        raise ValueError("the TIFF header breaks off")
    return directory(block, struct.unpack_from(f"{order}I", block, 4)[0], order)


def inner(block: bytes, entries: Mapping[int, Entry], tag: int) -> Mapping[int, Entry]:
    """The directory that an entry points to (0x8769 EXIF, 0x8825 GPS); empty where there is none."""
    pointer = entries.get(tag)
    at = pointer.number() if pointer else None
    try:
        return directory(block, at, order_of(block))[0] if at else {}
    except ValueError:
        return {}
