"""Inverted lists: which documents hold a key, as three flat arrays that can be read from a mapped file.

`keys` ascend, `starts` has one entry more than `keys`, and `documents[starts[n]:starts[n + 1]]` hold key n, ascending.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SLICE = 1 << 22  # postings merged at a time, so that merging needs little more room than what is merged


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Postings:
    """Documents are numbered 0, 1, 2 ... within one segment."""

    keys: NDArray[Any]
    starts: NDArray[Any]
    documents: NDArray[np.uint32]

    def counts(self, wanted: NDArray[Any]) -> NDArray[np.int64]:
        """How many documents hold each wanted key."""
        counts = np.zeros(len(wanted), np.int64)
        which, place = self._known(wanted)
        counts[which] = self.starts[place + 1].astype(np.int64) - self.starts[place]
        return counts

    def find(self, wanted: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.uint32]]:
        """Of all documents that hold a wanted key: the key's place in `wanted`, and the document."""
        which, place = self._known(wanted)
        first = self.starts[place].astype(np.int64)
        count = self.starts[place + 1] - first
        return np.repeat(which, count), self.documents[_runs(first, count)]

    def runs(self, wanted: NDArray[Any]) -> Iterator[tuple[int, NDArray[np.uint32]]]:
        """The place in `wanted` of each key that is held, and its documents."""
        which, place = self._known(wanted)
        firsts, lasts = self.starts[place].tolist(), self.starts[place + 1].tolist()
        for number, first, last in zip(which.tolist(), firsts, lasts, strict=True):
            yield number, self.documents[first:last]

    def _known(self, wanted: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which wanted keys are held, and where they are among the keys."""
        if not len(self.keys):
            return np.zeros(0, np.intp), np.zeros(0, np.intp)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        which = np.flatnonzero(self.keys[place] == wanted)
        return which, place[which]


def build(held: Sequence[NDArray[Any]], kind: Any) -> Postings:
    """The lists of documents 0, 1, 2 ..., each of which holds some different keys."""
    keys = np.concatenate([np.zeros(0, kind), *held]).astype(kind)
    owners = np.repeat(np.arange(len(held), dtype=np.uint32), [len(own) for own in held])
    order = np.argsort(keys, kind="stable")
    distinct, counts = np.unique(keys, return_counts=True)
    return Postings(keys=distinct, starts=_narrow(_ends(counts)), documents=owners[order])


def merge(parts: Sequence[Postings], firsts: Sequence[int]) -> Postings:
    """One for several, whose documents start at `firsts` and follow each other."""
    keys = distinct(np.concatenate([part.keys for part in parts]))
    places = [np.searchsorted(keys, part.keys) for part in parts]
    counts = np.zeros(len(keys), np.int64)
    for part, place in zip(parts, places, strict=True):
        counts[place] += _lengths(part.starts)
    starts = _ends(counts)
    documents = np.empty(int(starts[-1]), np.uint32)
    room = starts[:-1].copy()
    for part, place, first in zip(parts, places, firsts, strict=True):
        for low, high in _slices(part.starts):
            length = _lengths(part.starts[low : high + 1])
            moved = part.documents[part.starts[low] : part.starts[high]]
            documents[_runs(room[place[low:high]], length)] = moved + np.uint32(first)
        room[place] += _lengths(part.starts)
    return Postings(keys=keys, starts=_narrow(starts), documents=documents)


def distinct(keys: NDArray[Any]) -> NDArray[Any]:
    """The different keys, ascending. np.unique goes by a hash table since numpy 2.3: six times slower for millions."""
    ordered = np.sort(keys)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def _slices(starts: NDArray[Any]) -> list[tuple[int, int]]:
    """Ranges of keys with about `_SLICE` postings each."""
    steps = np.arange(0, int(starts[-1]) + _SLICE, _SLICE)
    edges = np.unique(np.concatenate(([0], np.searchsorted(starts, steps), [len(starts) - 1])).clip(0, len(starts) - 1))
    return [(int(low), int(high)) for low, high in pairwise(edges)]


def _runs(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """first[0], first[0] + 1, ... (count[0] of them), first[1], ..."""
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(first - (ends - count), count), np.int64)


def _ends(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))


def _lengths(starts: NDArray[Any]) -> NDArray[np.int64]:
    return np.asarray(starts[1:].astype(np.int64) - starts[:-1].astype(np.int64), np.int64)


def _narrow(starts: NDArray[np.int64]) -> NDArray[Any]:
    """In half the room where the numbers allow it: a fresh segment has nearly as many keys as postings."""
    return starts.astype(np.uint32) if starts[-1] < 1 << 32 else starts
