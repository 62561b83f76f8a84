"""The file of a segment: named arrays behind a header that says what they are and whether they are whole.

    magic (8)  version (u32)  length of the header (u32)  length of the whole file (u64)
    digest of the header (16)  digest of the arrays (16)  header (JSON)  arrays, each at a multiple of 64

Digests are BLAKE2b. A file is written beside its place, brought to the disk and then renamed, so that a reader finds a
whole one or none. Opening checks the header; `whole` reads everything.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import tempfile
from collections.abc import Mapping
from hashlib import blake2b
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.errors import ArchiveError

MAGIC = b"VERIDX\r\n"  # the line end shows a file that was carried as text
VERSION = 2
_HEAD = struct.Struct("<8sIIQ16s16s")
_ALIGNED = 64
_STEP = 1 << 24  # bytes digested at a time


class SegmentError(ArchiveError):
    """A segment that cannot be used; the message says why. Nothing is lost: it can be made again."""


class Segment:
    """An open segment: its facts and its arrays, mapped and not read. Raises SegmentError on any other file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.size = os.fstat(file.fileno()).st_size
                self._map = mmap(file.fileno(), 0, access=ACCESS_READ) if self.size else b""
        except OSError as error:
            raise SegmentError(f"{path.name} cannot be read: {error}") from error
        self._body, self.facts, directory = self._read_header()
        self.arrays: Mapping[str, NDArray[Any]] = {
            name: np.frombuffer(self._map, np.dtype(kind), int(np.prod(shape)), offset).reshape(shape)
            for name, (kind, shape, offset) in directory.items()
        }

    def _read_header(self) -> tuple[bytes, dict[str, Any], dict[str, Any]]:
        if self.size < _HEAD.size or self._map[:8] != MAGIC:
            raise SegmentError(f"{self.path.name} is no segment of an index")
        _, version, length, size, head, body = _HEAD.unpack_from(self._map)
        if version != VERSION:
            raise SegmentError(f"{self.path.name} is of version {version}, this is {VERSION}")
        text = self._map[_HEAD.size : _HEAD.size + length]
        if size != self.size:
            raise SegmentError(f"{self.path.name} has {self.size} bytes of {size}")
        if _digest(text) != head:
            raise SegmentError(f"{self.path.name} is damaged in its header")
        header = json.loads(text)
        return body, header["facts"], header["arrays"]

    def whole(self) -> bool:
        """Whether every byte is as it was written; reads them all (about a second per gigabyte)."""
        start = _HEAD.size + struct.unpack_from("<I", self._map, 12)[0]
        return _digest(memoryview(self._map)[start:]) == self._body


def write(path: Path, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a segment, all or nothing. Raises OSError where the disk is full or the folder may not be written."""
    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    text, offsets = _header(facts, plain)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(bytes(_HEAD.size))
            file.write(text)
            digest = blake2b(digest_size=16)
            for name, array in plain.items():
                gap = memoryview(bytes(offsets[name] - file.tell()))
                for piece in (gap, *_pieces(memoryview(array.reshape(-1).view(np.uint8).data))):
                    digest.update(piece)
                    file.write(piece)
            size = file.tell()
            file.seek(0)
            file.write(_HEAD.pack(MAGIC, VERSION, len(text), size, _digest(text), digest.digest()))
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(part).unlink()
        raise


def _header(facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> tuple[bytes, dict[str, int]]:
    """The header's text and where each array begins; the text is padded, since offsets lengthen it."""
    reserved = -(-(len(json.dumps(facts)) + sum(len(name) + 120 for name in arrays) + 64) // _ALIGNED) * _ALIGNED
    offset, offsets, directory = _HEAD.size + reserved, {}, {}
    for name, array in arrays.items():
        offset = -(-offset // _ALIGNED) * _ALIGNED
        offsets[name] = offset
        directory[name] = (array.dtype.newbyteorder("<").str, array.shape, offset)
        offset += array.nbytes
    return json.dumps({"facts": facts, "arrays": directory}).encode().ljust(reserved), offsets


def _digest(data: bytes | memoryview[int]) -> bytes:
    digest = blake2b(digest_size=16)
    for piece in _pieces(memoryview(data)):
        digest.update(piece)
    return digest.digest()


def _pieces(view: memoryview[int]) -> list[memoryview[int]]:
    return [view[start : start + _STEP] for start in range(0, len(view), _STEP)]
