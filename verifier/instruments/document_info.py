"""What a PDF says of its own making: the information dictionary, the XMP packet, and how often it was added to.

Sources: ISO 32000-1, 14.3 (metadata), 14.4 (file identifiers) and 7.5.6 (incremental updates).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium_c

from verifier.casefile import Evidence
from verifier.instruments.container import Block, State
from verifier.instruments.parts import inflate

_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?(\d{2})?(?:([+-])(\d{2})'?(\d{2})?|Z)?")
_PACKET = re.compile(rb"<<[^<>]*/Subtype\s*/XML\b[^<>]*>>\s*stream\r?\n")
_LONGEST_DICTIONARY = 400  # bytes
_MOST_LOOKS = 100
_FLATE = re.compile(rb"/FlateDecode\b")
_END = re.compile(rb"startxref\s+\d+\s+%%EOF")
_LONGEST = 500  # characters of one text
_LONGEST_IDENTIFIER = 64  # bytes; genuine ones have 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """`creator` wrote the document, `producer` made a PDF of it; times are ISO 8601. "" where nothing is said.

    `revisions` counts how often the file was written: 1 is a fresh file, each later one was appended to it (a
    linearised file, made for the web, ends twice from the start and counts once). `identifier` is the file identifier's
    permanent half in hexadecimal: it stays when the file is changed and saved again.
    """

    state: State = State.ABSENT
    note: str = ""
    creator: str = ""
    producer: str = ""
    created: str = ""
    modified: str = ""
    author: str = ""
    title: str = ""
    revisions: int = 0
    identifier: str = ""


def read(evidence: Evidence) -> DocumentInfo:
    """The dictionary's entries; ABSENT where there is none, UNREADABLE where the document cannot be opened."""
    try:
        document = pypdfium2.PdfDocument(evidence.raw)
    except pypdfium2.PdfiumError as error:  # locked or damaged: decoding has said so
        return DocumentInfo(state=State.UNREADABLE, note=f"the document cannot be opened: {error}")
    try:
        entries = {name: text.strip()[:_LONGEST] for name, text in document.get_metadata_dict().items()}
        permanent = document.get_identifier(pdfium_c.FILEIDTYPE_PERMANENT) or b""
    finally:
        document.close()
    return DocumentInfo(
        state=State.PRESENT if any(entries.values()) else State.ABSENT,
        creator=entries.get("Creator", ""),
        producer=entries.get("Producer", ""),
        created=iso_of(entries.get("CreationDate", "")),
        modified=iso_of(entries.get("ModDate", "")),
        author=entries.get("Author", ""),
        title=entries.get("Title", ""),
        revisions=revisions(evidence.raw),
        identifier=permanent[:_LONGEST_IDENTIFIER].hex(),
    )


def packet(evidence: Evidence) -> Block:
    """The XMP packet of the document as it was last saved: the last one in the file. Never raises."""
    found = _last_packet(evidence.raw)
    if found is None:
        return Block()
    described, start = found
    end = evidence.raw.find(b"endstream", start)
    data = evidence.raw[start : end if end >= 0 else None]
    if _FLATE.search(described):
        try:
            data = inflate(data)
        except ValueError as error:
            return Block(state=State.UNREADABLE, note=f"the XMP stream: {error}")
    if b"<" not in data:
        return Block(state=State.UNREADABLE, note="the XMP stream is encrypted or packed in a way that is not read")
    return Block(state=State.PRESENT, data=data)


def _last_packet(raw: bytes) -> tuple[bytes, int] | None:
    """The dictionary of the last XMP stream, and where its data begins. Looked for from the end, a few times."""
    at = len(raw)
    for _ in range(_MOST_LOOKS):
        at = raw.rfind(b"/XML", 0, at)
        if at < 0:
            return None
        opened = raw.rfind(b"<<", max(0, at - _LONGEST_DICTIONARY), at)
        described = _PACKET.match(raw, opened, at + 2 * _LONGEST_DICTIONARY) if opened >= 0 else None
        if described:
            return described[0], described.end()
    return None


def revisions(data: bytes) -> int:
    """How often the file was written."""
    linearised = b"/Linearized" in data[:1024]
    return max(0, len(_END.findall(data)) - linearised)


def iso_of(stated: str) -> str:
    """ "D:20240517140322+02'00'" as "2024-05-17T14:03:22+02:00"; "" for anything else."""
    parts = _DATE.match(stated.strip())
    if parts is None:
        return ""
    year, month, day, hour, minute, second, sign, east, rest = parts.groups()
    clock = f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}"
    if sign:
        return f"{clock}{sign}{east}:{rest or '00'}"
    return clock + ("+00:00" if stated.strip().endswith("Z") else "")
