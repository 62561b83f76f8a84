"""Mutations: seeded damage of the kinds that break readers, and a regenerated bomb of maker's notes."""

from __future__ import annotations

import random
import struct
from collections.abc import Mapping
from typing import Literal

from benchmarks.carriers import segment, tiff

_EXTREMES = (0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_CAMERA_INFO = 0x000D  # a Canon entry
_MOST_COPIES = 200  # of a duplicated piece
_LARGEST = 4 * 1024 * 1024  # bytes of a mutated file


def mutate(samples: Mapping[str, bytes], draw: random.Random) -> tuple[str, bytes]:
    """One damaged file, and the name of the sample it was made of. `draw` decides everything."""
    name = draw.choice(sorted(samples))
    if draw.random() < 0.02:
        return "maker note bomb", bomb(draw)
    data = samples[name]
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        how = draw.choice((_flip, _flip, _cut, _splice, _length, _length, _double, _drop))
        data = how(data, samples, draw)[:_LARGEST]
    return name, data


def bomb(draw: random.Random) -> bytes:
    """A small JPEG whose maker's note asks for billions of values: exifread's `details=True` takes 9 s for the least.

    Either the note itself is said to be that long, or one of its entries is (the one that exifread reads whole).
    """
    count = draw.choice((0x00FFFFFF, 0x7FFFFFFF, 0xFFFFFFFF))
    if draw.random() < 0.5:
        entries = tuple((draw.randint(1, 0x400), draw.choice((1, 3, 4)), count, 8) for _ in range(draw.randint(1, 99)))
        note = struct.pack("<H", len(entries) + 1) + struct.pack("<HHII", _CAMERA_INFO, 3, count, 8)
        block = tiff("Canon", note + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4))
    else:
        block = tiff("Canon", b"x" * 40)
        at = block.index(struct.pack("<HHI", 0x927C, 7, 40))
        block = block[:at] + struct.pack("<HHI", 0x927C, draw.choice((3, 4)), count) + block[at + 8 :]
    return b"\xff\xd8" + segment(0xE1, b"Exif\0\0" + block) + b"\xff\xd9"


def _place(data: bytes, draw: random.Random) -> int:
    """Anywhere, the front more often: metadata stands there."""
    return int(draw.random() ** 2 * len(data))


def _flip(data: bytes, _: Mapping[str, bytes], draw: random.Random) -> bytes:
    damaged = bytearray(data)
    for _time in range(draw.choice((1, 1, 2, 8, 40)) if data else 0):
        damaged[_place(data, draw)] ^= 1 << draw.randrange(8)
    return bytes(damaged)


def _cut(data: bytes, _: Mapping[str, bytes], draw: random.Random) -> bytes:
    return data[: draw.randint(0, len(data))]


def _drop(data: bytes, _: Mapping[str, bytes], draw: random.Random) -> bytes:
    at = _place(data, draw)
    return data[:at] + data[at + draw.randint(1, 64) :]


def _splice(data: bytes, samples: Mapping[str, bytes], draw: random.Random) -> bytes:
    """A piece of another sample, inserted or laid over."""
    other = samples[draw.choice(sorted(samples))]
    start, at = _place(other, draw), _place(data, draw)
    piece = other[start : start + draw.randint(1, 2000)]
    return data[:at] + piece + data[at + draw.choice((0, len(piece))) :]


def _length(data: bytes, _: Mapping[str, bytes], draw: random.Random) -> bytes:
    """A number of two, four or eight bytes, like lengths, counts and offsets, set to an extreme or a bit wrong."""
    width = draw.choice((1, 2, 2, 4, 4, 4, 8))
    at = _place(data, draw)
    order: Literal["little", "big"] = "little" if draw.random() < 0.5 else "big"
    here = int.from_bytes(data[at : at + width], order)
    value = draw.choice((*_EXTREMES, here + 1, here - 1, here * 2, len(data), len(data) + 1)) % (1 << 8 * width)
    return data[:at] + value.to_bytes(width, order) + data[at + width :]


def _double(data: bytes, _: Mapping[str, bytes], draw: random.Random) -> bytes:
    """A piece repeated: a segment, chunk, box or entry met again and again."""
    at = _place(data, draw)
    piece = data[at : at + draw.choice((2, 12, 12, 64, 500, 4000))]
    return data[:at] + piece * draw.choice((1, 1, 3, _MOST_COPIES)) + data[at:]
