"""Votes: which pictures share many local features with this one, found without looking at any of them.

Each SIFT descriptor is turned into a visual word, and an inverted index tells which pictures hold it (Sivic and
Zisserman, ICCV 2003). The words are cells of three cross-polytopes (Andoni et al., NIPS 2015) in random projections of
the descriptor: nothing is trained, so nothing can be stale. Measured on 800 attacked photos among 867: the original is
among the first four votes for 98.5%, crops to a quarter and collages included.
"""

from __future__ import annotations

from collections.abc import Sequence
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

Words = NDArray[np.uint32]
Lists = tuple[int, int, Postings]
"""Inverted lists, with the number of their first document and the one after their last."""
Vote = tuple[float, int]
"""A document's votes, and its number."""

NO_WORDS: Words = np.zeros(0, np.uint32)


def visual_words(features: Features) -> Words:
    """The different visual words of a picture, ascending."""
    descriptors = features.descriptors.astype(np.float32)
    centred = descriptors - descriptors.mean(axis=1, keepdims=True)
    words = np.zeros(len(centred), np.uint32)
    for projection in _projections():
        shadow = _shadow(centred, projection)
        axis = np.abs(shadow).argmax(axis=1) if len(shadow) else np.zeros(0, np.intp)
        positive = shadow[np.arange(len(shadow)), axis] > 0
        words = words * np.uint32(2 * shadow.shape[1]) + (2 * axis + positive).astype(np.uint32)
    return np.unique(words)


def best(lists: Sequence[Lists], words: Words, allowed: NDArray[np.bool_], least: int, most: int) -> list[Vote]:
    """The `most` allowed documents with the most votes that share `least` words at least, the best first.

    A word weighs the square of its idf, as a vector's components do that are multiplied: rare words weigh more. Of
    many documents, words that too many hold are left out, and all but the rarest are counted for those alone that
    lead by the rarest.
    """
    documents = len(allowed)
    held = sum((_holders_of(part, words, documents) for part in lists), np.zeros(len(words), np.int64))
    if documents > MANY:
        words, held = words[held <= documents * COMMON], held[held <= documents * COMMON]
    # one sum of whole numbers holds both: the votes in steps of 2**-20, and below them the number of words. Unlike sums
    # of floats it does not depend on how the lists are cut
    votes = np.rint(np.log1p(documents / np.maximum(held, 1)) ** 2 * _STEPS).astype(np.int64) << _COUNT_BITS | 1
    rare = _rare(held, documents)
    sums = np.zeros(documents, np.int64)
    _add(sums, lists, words[rare], votes[rare], None)
    sums[~allowed] = 0
    leading = _leading(sums)
    if not rare.all():
        led = np.zeros(documents, np.bool_)
        led[leading] = True
        _add(sums, lists, words[~rare], votes[~rare], led)
    sums = sums[leading]
    enough = np.flatnonzero(sums & (1 << _COUNT_BITS) - 1 >= least)
    first = enough[np.lexsort((enough, -(sums[enough] >> _COUNT_BITS)))][:most]
    return [(int(sums[place] >> _COUNT_BITS) / _STEPS, int(leading[place])) for place in first]


def _rare(held: NDArray[np.int64], documents: int) -> NDArray[np.bool_]:
    """Which words are counted for every document: all where there are few."""
    rare = np.ones(len(held), np.bool_)
    if documents > MANY:
        order = np.argsort(held, kind="stable")
        rare[order] = np.cumsum(held[order]) <= documents * SPARSE
    return rare


def _add(
    sums: NDArray[np.int64],
    lists: Sequence[Lists],
    words: Words,
    votes: NDArray[np.int64],
    only: NDArray[np.bool_] | None,
) -> None:
    """Give the documents, or `only` some, the votes of the words that they hold."""
    for first, end, postings in lists:
        own, some = sums[first:], None if only is None else only[first:]
        for number, holding in postings.runs(words):
            places = holding if end <= len(sums) else holding[holding < len(own)]
            if some is not None:
                places = places[some.take(places)]
            np.add.at(own, places.astype(np.intp), votes[number])  # a document holds a word once


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


def _shadow(rows: NDArray[np.float32], projection: NDArray[np.float32]) -> NDArray[np.float32]:
    """rows @ projection, a few rows at a time: small products stay in this thread and give the same on any machine.

    Where two threads share a busy core, one product of 500 rows took ten times as long.
    """
    slices = [rows[start : start + _ROWS] @ projection for start in range(0, len(rows), _ROWS)]
    return np.concatenate([np.zeros((0, projection.shape[1]), np.float32), *slices])


@cache
def _projections() -> tuple[NDArray[np.float32], ...]:
    random = np.random.default_rng(_SEED)
    return tuple(np.linalg.qr(random.normal(size=(128, 128)))[0][:, :width].astype(np.float32) for width in _DIMENSIONS)
