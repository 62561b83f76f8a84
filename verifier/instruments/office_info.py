"""Properties of Office packages: who saved a workbook, slides or a text document, with what, when and how often.

Sources: ISO/IEC 29500-2 (core properties), 29500-1, 22.2 (extended properties), and OpenDocument 1.3, 4.3 (meta.xml).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from verifier.casefile import Evidence
from verifier.instruments.container import State

_PARTS = ("docProps/core.xml", "docProps/app.xml", "meta.xml")
_LONGEST_DIRECTORY = 2 * 1024 * 1024  # bytes; a workbook of 50 sheets with pictures takes some 50 kB
_LARGEST = 1024 * 1024  # bytes of one part after unpacking; genuine ones take some kB
_LONGEST = 500  # characters of one text
_NAMES = {  # local name of the element -> field
    "creator": "creator", "initial-creator": "creator", "lastModifiedBy": "modified_by", "created": "created",
    "creation-date": "created", "modified": "modified", "date": "modified", "lastPrinted": "printed",
    "print-date": "printed", "revision": "revision", "editing-cycles": "revision", "title": "title",
    "Application": "application", "generator": "application", "AppVersion": "version", "Company": "company",
    "Manager": "manager", "TotalTime": "minutes", "editing-duration": "minutes", "Template": "template",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeInfo:
    """Texts as they stand there, times in ISO 8601; "" where nothing is said. `minutes` is the time spent editing
    (a number in Microsoft's files, ISO 8601 in OpenDocument's).
    """

    state: State
    note: str = ""
    creator: str = ""
    modified_by: str = ""
    created: str = ""
    modified: str = ""
    printed: str = ""
    revision: str = ""
    title: str = ""
    application: str = ""
    version: str = ""
    company: str = ""
    manager: str = ""
    minutes: str = ""
    template: str = ""


def read(evidence: Evidence) -> OfficeInfo:
    """The properties of an XLSX, PPTX, DOCX or OpenDocument file. Never raises; ABSENT where it has none.

    No more than a megabyte of each part is unpacked, whatever the package declares.
    """
    if not is_package(evidence):
        return OfficeInfo(state=State.ABSENT)
    try:
        found = _found(evidence.raw)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, ParseError, DefusedXmlException, *_BROKEN) as error:
        return OfficeInfo(
            state=State.UNREADABLE, note=f"the properties cannot be read: {error or type(error).__name__}"
        )
    return OfficeInfo(state=State.PRESENT if found else State.ABSENT, **found)


def is_package(evidence: Evidence) -> bool:
    """Whether it is a zip archive, as all Office files since 2007 are."""
    return evidence.raw.startswith((b"PK\x03\x04", b"PK\x05\x06"))


_BROKEN = (ValueError, LookupError, EOFError, OSError, RuntimeError, NotImplementedError)  # what zipfile raises, too


def _found(data: bytes) -> Mapping[str, str]:
    found: dict[str, str] = {}
    _check_directory(data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {member.filename: member for member in package.infolist()}  # of equal names the last, as zipfile does
        for part in _PARTS:
            if part in members:
                for name, text in _texts(_unpacked(package, members[part])):
                    found.setdefault(name, text)
    return found


def _check_directory(data: bytes) -> None:
    """Raises ValueError before zipfile makes a million objects of a directory that is made to be long."""
    end = data.rfind(b"PK\x05\x06")
    size = int.from_bytes(data[end + 12 : end + 16], "little") if end >= 0 else 0
    if size > _LONGEST_DIRECTORY:
        raise ValueError(f"the package's directory takes {size} bytes")


def _unpacked(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with package.open(member) as part:
        content = part.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError(f"{member.filename} is larger than {_LARGEST} bytes")
    return content


def _texts(content: bytes) -> Iterator[tuple[str, str]]:
    root: Element = fromstring(content, forbid_dtd=True)
    for element in root.iter():
        name = _NAMES.get(str(element.tag).rpartition("}")[2])
        if name and (text := (element.text or "").strip()[:_LONGEST]):
            yield name, text
