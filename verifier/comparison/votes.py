"""Votes: which pictures share many local features with this one, found without looking at any of them.

Each SIFT descriptor is turned into a visual word, and an inverted index tells which pictures hold it (Sivic and
Zisserman, ICCV 2003). The words are cells of three cross-polytopes (Andoni et al., NIPS 2015) in random projections of
the descriptor: nothing is trained, so nothing can be stale. Measured on 800 attacked photos among 867: the original is
among the first four votes for 98.5%, crops to a quarter and collages included. What is a small part of a picture is
outvoted by what the rest of it shares with others by chance, so votes are also counted window by window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.archive.index.postings import Postings
from verifier.instruments.features import Features

_DIMENSIONS = (32, 32, 32)  # 64 cells each: 262,144 words; coarser words found less, finer ones no more
_SEED = 20121
_STEPS, _COUNT_BITS = 1 << 20, 12  # of a vote; bits that count words, of which a page has 500 at most
_ROWS = 48  # of 128 numbers by 32: below OpenBLAS's limit (2**18 products) from which it wakes its threads

MANY = 20_000  # documents, from which words that ...
COMMON = 0.05  # ... more than this share of them hold are not counted: they are two thirds of the work at a million
# pictures and find nothing (800 attacked photos among 1,300, half of them pasted into others: among the first four
# votes 87.1% with all words, 88.4% without those; 89.5% with all weighed by the square of their idf)
# Of many documents, the words that are left are ten times as many postings as documents. So the rarest are counted for
# all, up to SPARSE postings for each, and the others for those documents alone that lead by these. Of 364 attacked
# photos among 805 real ones and a million drawn alike, each of the 333 originals that all words put among the first
# four stays there (with 1,024 leading, two do not), in a quarter of the time
SPARSE = 0.3
LEADING = 4096

WINDOWS = (0.0, 0.25, 0.5)  # where windows of half the width and height begin, in shares: 3 x 3. Of 240 photos set into
# or covered by something else, 197 have their original among the first four by windows, 173 by the whole; thirds: 187
FEWEST = 40  # words that a window counts as having
_LOOKED_AT = 4  # times as many as are asked for are asked how many words they share in a window
_COARSE_STEPS = 1 << 6  # of a vote in a window: sums of 500 stay below 2**24, so they are exact in float32

Words = NDArray[np.uint32]
Spread = NDArray[np.bool_]
"""Which of a picture's words (columns) stand in which window (rows)."""
Lists = tuple[int, int, Postings]
"""Inverted lists, with the number of their first document and the one after their last."""
Vote = tuple[float, int]
"""A document's votes, and its number."""

NO_WORDS: Words = np.zeros(0, np.uint32)
NO_SPREAD: Spread = np.zeros((0, 0), np.bool_)


def visual_words(features: Features) -> Words:
    """The different visual words of a picture, ascending."""
    return np.unique(_word_of_each(features))


def placed_words(features: Features) -> tuple[Words, Spread]:
    """The same, and where in the picture they stand."""
    words, place = np.unique(_word_of_each(features), return_inverse=True)
    across, down = (features.points / features.points.max(axis=0, initial=1.0)).T
    found = np.zeros((len(WINDOWS) ** 2, len(words)), np.bool_)
    for row, (left, top) in enumerate((left, top) for left in WINDOWS for top in WINDOWS):
        inside = (across >= left) & (across <= left + 0.5) & (down >= top) & (down <= top + 0.5)
        found[row, place[inside]] = True
    return words, found


def _word_of_each(features: Features) -> Words:
    descriptors = features.descriptors.astype(np.float32)
    centred = descriptors - descriptors.mean(axis=1, keepdims=True)
    words = np.zeros(len(centred), np.uint32)
    for projection in _projections():
        shadow = _product(centred, projection)
        axis = np.abs(shadow).argmax(axis=1) if len(shadow) else np.zeros(0, np.intp)
        positive = shadow[np.arange(len(shadow)), axis] > 0
        words = words * np.uint32(2 * shadow.shape[1]) + (2 * axis + positive).astype(np.uint32)
    return words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """The votes of a picture's n words for the m documents that lead, ascending (`leading`).

    `sums` (m,) hold votes in steps of 2**-20, and below them the number of words. `held` (m, n) is each word's vote for
    each document, in steps of 2**-6.
    """

    leading: NDArray[np.int64]
    sums: NDArray[np.int64]
    held: NDArray[np.float32]

    def best(self, least: int, most: int) -> list[Vote]:
        """The `most` documents with the most votes that share `least` words at least, the best first."""
        enough = np.flatnonzero(self.sums & (1 << _COUNT_BITS) - 1 >= least)
        first = enough[np.lexsort((enough, -(self.sums[enough] >> _COUNT_BITS)))][:most]
        return [(int(self.sums[place] >> _COUNT_BITS) / _STEPS, int(self.leading[place])) for place in first]

    def best_within(self, windows: Spread, least: int, most: int) -> list[Vote]:
        """The same of that window which speaks loudest for a document: its votes for the root of its words."""
        if not windows.size or not self.held.size:
            return []
        inside = windows.T.astype(np.float32)
        votes = _product(self.held, inside) / np.sqrt(np.maximum(inside.sum(axis=0), FEWEST))
        loudest = votes.max(axis=1)
        first = np.lexsort((self.leading, -loudest))[: _LOOKED_AT * most]
        shared = _product((self.held[first] > 0).astype(np.float32), inside)
        votes = np.where(shared >= least, votes[first], 0)
        loudest, first = votes.max(axis=1), self.leading[first]
        order = [place for place in np.lexsort((first, -loudest)) if loudest[place]][:most]
        return [(float(loudest[place]) / _COARSE_STEPS, int(first[place])) for place in order]


def tally(lists: Sequence[Lists], words: Words, allowed: NDArray[np.bool_]) -> Tally:
    """The votes of a picture's words for the allowed documents.

    A word weighs the square of its idf, as a vector's components do that are multiplied: rare words weigh more. Of
    many documents, words that too many hold are left out, and all but the rarest are counted for those alone that
    lead by the rarest.
    """
    documents = len(allowed)
    counts = sum((_holders_of(part, words, documents) for part in lists), np.zeros(len(words), np.int64))
    kept = np.flatnonzero(counts <= documents * COMMON) if documents > MANY else np.arange(len(words))
    rare = kept[_rare(counts[kept], documents)]
    # one sum of whole numbers holds both: the votes in steps of 2**-20, and below them the number of words. Unlike sums
    # of floats it does not depend on how the lists are cut
    weights = np.log1p(documents / np.maximum(counts, 1)) ** 2
    votes = np.rint(weights * _STEPS).astype(np.int64) << _COUNT_BITS | 1
    sums = np.zeros(documents, np.int64)
    for first, which, places in _runs(lists, words[rare], documents):
        np.add.at(sums[first:], places.astype(np.intp), votes[rare[which]])  # a document holds a word once
    sums[~allowed] = 0
    leading = _leading(sums)
    sums, held = sums[leading], np.zeros((len(leading), len(words)), np.float32)
    led, rank = np.zeros(documents, np.bool_), np.zeros(documents, np.int64)
    led[leading], rank[leading] = True, np.arange(len(leading))
    votes[rare] = 0  # these are counted
    coarse = np.rint(weights * _COARSE_STEPS).astype(np.float32)
    for first, which, places in _runs(lists, words[kept], documents):
        inside = led[first:].take(places)
        own, word = rank[first:][places[inside]], kept[which[inside] if len(which) > 1 else which]
        held[own, word] = coarse[word]
        np.add.at(sums, own, votes[word])
    return Tally(leading=leading, sums=sums, held=held)


def _runs(
    lists: Sequence[Lists], words: Words, documents: int
) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.integer[Any]]]]:
    """Which words are held by which of the first `documents`, counted from the first of a list.

    Among many documents one word at a time, as they lie.
    """
    if documents <= MANY:
        yield 0, *holders(lists, words, documents)
        return
    for first, end, postings in lists:
        for number, holding in postings.runs(words):
            inside = holding if end <= documents else holding[holding < max(0, documents - first)]
            yield first, np.array([number]), inside


def _rare(held: NDArray[np.int64], documents: int) -> NDArray[np.bool_]:
    """Which words are counted for every document: all where there are few."""
    rare = np.ones(len(held), np.bool_)
    if documents > MANY:
        order = np.argsort(held, kind="stable")
        rare[order] = np.cumsum(held[order]) <= documents * SPARSE
    return rare


def _leading(sums: NDArray[np.int64]) -> NDArray[np.int64]:
    """The `LEADING` documents with the largest sums, ascending; of equal ones the first, and none that has nothing."""
    some = np.flatnonzero(sums > 0)
    if len(some) <= LEADING:
        return some
    held = sums[some]
    limit = np.partition(held, len(held) - LEADING)[len(held) - LEADING]
    above, level = some[held > limit], some[held == limit]
    return np.sort(np.concatenate((above, level[: LEADING - len(above)])))


def _holders_of(lists: Lists, words: Words, documents: int) -> NDArray[np.int64]:
    """How many of the first `documents` hold each word, by one chunk's lists."""
    _, end, postings = lists
    if end <= documents:
        return postings.counts(words)
    word, _ = holders([lists], words, documents)
    return np.bincount(word, minlength=len(words))


def holders(lists: Sequence[Lists], keys: NDArray[Any], documents: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Which of the first `documents` hold which key: its place in `keys`, and the document's number."""
    places, numbers = [np.zeros(0, np.intp)], [np.zeros(0, np.int64)]
    for first, _, held in lists:
        which, found = held.find(keys)
        number = found.astype(np.int64) + first
        kept = number < documents
        places.append(which[kept])
        numbers.append(number[kept])
    return np.concatenate(places), np.concatenate(numbers)


def _product(rows: NDArray[np.float32], factor: NDArray[np.float32]) -> NDArray[np.float32]:
    """rows @ factor, a few rows at a time: small products stay in this thread and give the same on any machine.

    Where two threads share a busy core, one product of 500 rows took ten times as long.
    """
    slices = [rows[start : start + _ROWS] @ factor for start in range(0, len(rows), _ROWS)]
    return np.concatenate([np.zeros((0, factor.shape[1]), np.float32), *slices])


@cache
def _projections() -> tuple[NDArray[np.float32], ...]:
    random = np.random.default_rng(_SEED)
    return tuple(np.linalg.qr(random.normal(size=(128, 128)))[0][:, :width].astype(np.float32) for width in _DIMENSIONS)
