"""Bytes behind the picture's end: phones put videos and further pictures there, and people sometimes other files.

And what else a picture is at the same time: a file that opens as a picture here and as an archive, a document or a page
elsewhere was made so by somebody, and not by a camera.
"""

from __future__ import annotations

import re

from verifier.casefile import Evidence
from verifier.instruments import container, xmp

_PADDING = b"\0\xff \r\n\t"
_ENDINGS = {b"SEFT": "Samsung's trailer", b"cbipcbbl": "Photo Mechanic's trailer"}
_DISK_BLOCK = 4096  # recovered and badly copied files end with it: 8 of 108 untouched camera files had such leftovers
_PDF_REACH = 1024  # bytes: readers look that far for a PDF's header, and browsers for a page
_ZIP_REACH = 65_535 + 22  # bytes: the longest comment, and the record
_PAGE = re.compile(rb"<(!doctype html|html|script|svg)[\s>]", re.IGNORECASE)
_BEGINNINGS = {
    b"PK\x03\x04": "a ZIP archive",
    b"%PDF": "a PDF",
    b"<!DO": "an HTML page",
    b"<htm": "an HTML page",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"MZ": "a Windows program",
    b"\x7fELF": "a Linux program",
}


def unexplained(evidence: Evidence) -> tuple[int, str]:
    """How many bytes nothing accounts for, and what the bytes are (whether accounted for or not)."""
    if evidence.trailing_bytes <= 0:
        return 0, ""
    tail = evidence.raw[-evidence.trailing_bytes :]
    if not tail.strip(_PADDING):
        return 0, f"{len(tail)} bytes of padding"
    vendor = next((name for ending, name in _ENDINGS.items() if tail.rstrip(_PADDING).endswith(ending)), "")
    if not vendor and tail[4:8] == b"ftyp" and xmp.read(evidence).motion:
        vendor = "the video of a motion photo"
    if not vendor and tail.lstrip(_PADDING[:1])[:3] == b"\xff\xd8\xff" and container.read(evidence).several:
        vendor = "the further pictures that the file announces"
    if vendor:
        return 0, f"{len(tail)} bytes: {vendor}"
    start = tail.lstrip()[:8]
    other = next((name for sign, name in _BEGINNINGS.items() if start.startswith(sign)), "")
    if not other and len(evidence.raw) % _DISK_BLOCK == 0:
        return 0, f"{len(tail)} bytes: what was left in the disk's last block"
    return len(tail), f"{len(tail)} bytes behind the picture's end: {other or 'of an unknown kind'}"


def also(evidence: Evidence) -> tuple[str, ...]:
    """What other programs would take the file for, besides the picture that it is."""
    raw = evidence.raw
    tail = raw[-evidence.trailing_bytes :] if unexplained(evidence)[0] else b""
    found = [name for sign, name in _BEGINNINGS.items() if tail.lstrip().startswith(sign)]
    if _ends_as_zip(raw):
        found.append(_BEGINNINGS[b"PK\x03\x04"])
    if b"%PDF-" in raw[:_PDF_REACH] or b"%PDF-" in tail:
        found.append(_BEGINNINGS[b"%PDF"])
    if _PAGE.search(raw[:_PDF_REACH]) or _PAGE.search(tail):
        found.append(_BEGINNINGS[b"<htm"])
    if b"<?php" in raw:
        found.append("a PHP program")
    return tuple(dict.fromkeys(found))


def _ends_as_zip(raw: bytes) -> bool:
    """Whether the file ends with a ZIP archive's last record, where archivers begin (APPNOTE 4.3.16)."""
    at = raw.rfind(b"PK\x05\x06", max(0, len(raw) - _ZIP_REACH))
    return at >= 0 and len(raw) - at >= 22 and at + 22 + int.from_bytes(raw[at + 20 : at + 22], "little") == len(raw)
