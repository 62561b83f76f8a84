"""A chunk: a run of consecutive sightings made searchable; in memory while it is fresh, in a segment afterwards.

Sightings of a tenant are numbered 0, 1, 2 ... (their sequence less one); a chunk holds those from `first` on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.archive.index import hamming, postings
from verifier.archive.index.postings import Postings

_KEYS = ("claim", "partner", "program", "digest", "pixels", "device")
_COLUMNS = (*_KEYS, "moment", "item", "leading", "hash", "held")
_NO_HASH = np.zeros(4, np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """What the index keeps of one sighting. `hash` is None where there is none that may be used for matching.

    `moment` is in seconds, NaN where nobody submitted it; `leading` marks the first page of an item.
    """

    item: str
    claim: str
    partner: str
    program: str
    moment: float
    digest: str
    leading: bool
    pixels: str = ""
    device: str = ""
    hash: NDArray[np.uint64] | None = None
    words: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    figures: tuple[str, ...] = ()


def key(text: str) -> int:
    """64 bits of a text; 0 for none. Two texts of one key are told apart by whoever reads the sightings."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) if text else 0


def keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    """The different keys of some texts, ascending."""
    return np.unique(np.array([key(text) for text in texts], np.uint64))


class Chunk:
    """The arrays of a run of sightings, by name: columns, the hashes' bands, the lists of words and of figures.

    The column `held` is how many words a sighting has.
    """

    def __init__(self, first: int, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.first = first
        self.arrays = arrays
        self.count = len(arrays["claim"])
        self.words = _postings(arrays, "words")
        self.figures = _postings(arrays, "figures")

    @property
    def end(self) -> int:
        """The number after the last."""
        return self.first + self.count

    def column(self, name: str, upto: int) -> NDArray[Any]:
        """A column, as far as the sighting before number `upto`."""
        return self.arrays[name][: max(0, upto - self.first)]

    def equals(self, other: Chunk) -> bool:
        """Whether both hold the same."""
        if self.arrays.keys() != other.arrays.keys():
            return False
        pairs = ((own, other.arrays[name]) for name, own in self.arrays.items())
        return all(np.array_equal(one, two, equal_nan=one.dtype.kind == "f") for one, two in pairs)

    def within(self, queries: NDArray[np.uint64], reach: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers of the sightings whose hash is within `reach` bits of any of some (n, 4), ascending; how far off."""
        rows, distances = hamming.search(self.arrays["hash"], self.arrays, queries, reach)
        return rows + self.first, distances


def of(first: int, entries: Sequence[Entry]) -> Chunk:
    """The chunk of some entries, the first of which has number `first`."""
    hashed = np.array([number for number, entry in enumerate(entries) if entry.hash is not None], np.uint32)
    columns: dict[str, NDArray[Any]] = {
        name: np.array([key(getattr(entry, name)) for entry in entries], np.uint64) for name in _KEYS
    }
    columns["moment"] = np.array([entry.moment for entry in entries], np.float64)
    columns["item"] = np.array([entry.item.encode() for entry in entries] or [b""])[: len(entries)]
    columns["leading"] = np.array([entry.leading for entry in entries], np.bool_)
    columns["hash"] = np.array(
        [_NO_HASH if entry.hash is None else entry.hash for entry in entries], np.uint64
    ).reshape(-1, 4)
    columns["held"] = np.array([len(entry.words) for entry in entries], np.uint16)
    words = postings.build([entry.words for entry in entries], np.uint32)
    figures = postings.build([keys(entry.figures) for entry in entries], np.uint64)
    return Chunk(first, columns | hamming.build(columns["hash"], hashed) | _named(words=words, figures=figures))


def merge(chunks: Sequence[Chunk]) -> Chunk:
    """One chunk for several that follow each other."""
    firsts = [chunk.first - chunks[0].first for chunk in chunks]
    columns = {name: np.concatenate([chunk.arrays[name] for chunk in chunks]) for name in _COLUMNS}
    rows = [chunk.arrays["rows"] + np.uint32(first) for chunk, first in zip(chunks, firsts, strict=True)]
    words = postings.merge([chunk.words for chunk in chunks], firsts)
    figures = postings.merge([chunk.figures for chunk in chunks], firsts)
    hashes = hamming.build(columns["hash"], np.concatenate(rows))
    return Chunk(chunks[0].first, columns | hashes | _named(words=words, figures=figures))


def _named(**lists: Postings) -> dict[str, NDArray[Any]]:
    return {
        f"{name}_{part}": getattr(found, part)
        for name, found in lists.items()
        for part in ("keys", "starts", "documents")
    }


def _postings(arrays: Mapping[str, NDArray[Any]], name: str) -> Postings:
    return Postings(keys=arrays[f"{name}_keys"], starts=arrays[f"{name}_starts"], documents=arrays[f"{name}_documents"])
