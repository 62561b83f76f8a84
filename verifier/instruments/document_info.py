"""The information dictionary of a PDF: what made it and when, as it says itself (ISO 32000-1, 14.3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pypdfium2

from verifier.casefile import Evidence

_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?(\d{2})?(?:([+-])(\d{2})'?(\d{2})?|Z)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """`creator` wrote the document, `producer` made a PDF of it; `created` is ISO 8601. "" where nothing is said."""

    creator: str = ""
    producer: str = ""
    created: str = ""


def read(evidence: Evidence) -> DocumentInfo:
    """The dictionary's entries; all empty where there is none. Never raises."""
    try:
        document = pypdfium2.PdfDocument(evidence.raw)
    except pypdfium2.PdfiumError:  # locked or damaged: decoding has said so
        return DocumentInfo()
    try:
        entries = document.get_metadata_dict()
    finally:
        document.close()
    return DocumentInfo(
        creator=entries.get("Creator", "").strip(),
        producer=entries.get("Producer", "").strip(),
        created=iso_of(entries.get("CreationDate", "")),
    )


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
