"""IPTC-IIM: the caption, credits and dates that agencies and picture programs write (IPTC-IIM 4.2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from verifier.casefile import Evidence
from verifier.instruments import container

_MOST_DATASETS = 1000  # of one file; genuine ones have below 100
_LONGEST = 2000  # characters of one text, the most that IIM allows
_NAMES = {  # datasets of record 2
    5: "ObjectName", 12: "SubjectReference", 25: "Keywords", 40: "SpecialInstructions", 55: "DateCreated",
    60: "TimeCreated", 62: "DigitalCreationDate", 63: "DigitalCreationTime", 65: "OriginatingProgram",
    70: "ProgramVersion", 80: "By-line", 85: "By-lineTitle", 90: "City", 92: "Sub-location", 95: "Province-State",
    101: "Country-PrimaryLocationName", 103: "OriginalTransmissionReference", 105: "Headline", 110: "Credit",
    115: "Source", 116: "CopyrightNotice", 118: "Contact", 120: "Caption-Abstract", 122: "Writer-Editor",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Iptc:
    """Texts by the names that IIM gives them, repeated ones in order. `state` and `note` as everywhere."""

    state: container.State
    note: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """The first value of that name, "" without one."""
        return self.fields.get(name, ("",))[0]


def read(evidence: Evidence) -> Iptc:
    """The IPTC fields of the item's original bytes. Never raises; damage before the first field is UNREADABLE."""
    return of(container.walk(evidence.raw).iptc)


def of(block: container.Block) -> Iptc:
    """The fields of a block of IIM records."""
    if block.state is not container.State.PRESENT:
        return Iptc(state=block.state, note=block.note)
    raw: dict[str, list[bytes]] = {}
    encoding = "latin-1"
    note = ""
    try:
        for record, number, value in _datasets(block.data):
            if (record, number) == (1, 90) and value == b"\x1b%G":
                encoding = "utf-8"
            elif record == 2 and number in _NAMES:
                raw.setdefault(_NAMES[number], []).append(value)
    except (ValueError, struct.error) as error:
        note = f"the IPTC records break off: {error}"
    fields = {name: tuple(_text(value, encoding) for value in values) for name, values in raw.items()}
    state = container.State.UNREADABLE if note and not fields else container.State.PRESENT
    return Iptc(state=state, note=note, fields=fields)


def _datasets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Record, dataset number and value of each dataset."""
    at = 0
    for _ in range(_MOST_DATASETS):
        if at + 5 > len(data) or data[at] != 0x1C:
            if data[at:].strip(b"\0"):
                raise ValueError(f"no dataset at byte {at}")
            return
        record, number, size = struct.unpack_from(">BBH", data, at + 1)
        at += 5
        if size & 0x8000:  # the length of the length
            width = size & 0x7FFF
            if width > 4:
                raise ValueError("a dataset of more than 4 GB")
            size = int.from_bytes(data[at : at + width], "big")
            at += width
        if at + size > len(data):
            raise ValueError("a dataset is longer than the block")
        yield record, number, data[at : at + size]
        at += size


def _text(value: bytes, encoding: str) -> str:
    """UTF-8 where the file says so or the bytes are, else Latin-1."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode(encoding, "replace")
    return text.strip("\0 \r\n")[:_LONGEST]
