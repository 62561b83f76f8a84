"""Photoshop's image resources (8BIM blocks, Adobe Photoshop File Formats Specification): IPTC is one of them."""

from __future__ import annotations

import struct

IPTC, XMP = 0x0404, 0x0424
_MOST = 5000  # resources of one file; Photoshop writes below 100
_SIGNATURES = (b"8BIM", b"MeSa", b"PHUT", b"AgHg", b"DCSR")


def find(resources: bytes, wanted: int) -> bytes:
    """The resource of that number, b"" where there is none. Raises ValueError on damage before it."""
    at = 0
    for _ in range(_MOST):
        if at + 12 > len(resources):
            break
        if resources[at : at + 4] not in _SIGNATURES:
            raise ValueError("Photoshop's image resources contradict themselves")
        (number,) = struct.unpack_from(">H", resources, at + 4)
        at += 6 + (resources[at + 6] + 2) // 2 * 2  # a Pascal string, padded to even
        if at + 4 > len(resources):
            raise ValueError("Photoshop's image resources break off")
        (size,) = struct.unpack_from(">I", resources, at)
        if at + 4 + size > len(resources):
            raise ValueError("an image resource of Photoshop is longer than what holds it")
        if number == wanted:
            return resources[at + 4 : at + 4 + size]
        at += 4 + size + size % 2
    return b""
