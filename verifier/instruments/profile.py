"""ICC colour profiles (ICC.1:2022): what a profile calls itself."""

from __future__ import annotations

import struct

_MOST_TAGS = 100  # of one profile; genuine ones have below 30


def name_of(profile: bytes) -> str:
    """The description of an ICC profile (`desc` tag, in either of its two forms), "" where there is none."""
    tag = _tag(profile, b"desc")
    try:
        if tag[:4] == b"mluc":
            length, start = struct.unpack_from(">II", tag.ljust(28, b"\0"), 20)
            return tag[start : start + length].decode("utf-16-be", "replace").strip("\0 ")
        return tag[12 : 12 + int.from_bytes(tag[8:12], "big")].decode("latin-1").strip("\0 ")
    except (struct.error, ValueError):
        return ""


def sound(profile: bytes) -> bool:
    """Whether the block is a profile at all: its signature stands where it must."""
    return len(profile) >= 132 and profile[36:40] == b"acsp"


def _tag(profile: bytes, wanted: bytes) -> bytes:
    if len(profile) < 132:
        return b""
    count = min(int.from_bytes(profile[128:132], "big"), _MOST_TAGS)
    for entry in range(132, min(132 + 12 * count, len(profile) - 11), 12):
        name, offset, size = struct.unpack_from(">4sII", profile, entry)
        if name == wanted:
            return profile[offset : offset + size]
    return b""
