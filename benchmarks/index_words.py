"""The local-feature part of `index_scale`: pictures whose visual words are drawn as frequent as in real photos."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import index_check
from verifier.archive.index import chunk as chunks
from verifier.archive.index import hamming, segment
from verifier.archive.index.chunk import Chunk, Entry
from verifier.archive.index.folder import MemoryShelf
from verifier.archive.index.postings import Postings
from verifier.casefile import Trace
from verifier.comparison.catalogue import MERGED_ON_DEMAND
from verifier.comparison.index import SEALED_FROM, Index, Query
from verifier.comparison.votes import WINDOWS, Spread

WORDS = 1 << 18
# The share of pictures that hold the word of each rank, measured on 900 photos of supermarkets and displays (414 words
# each); the last one stands for what 900 photos cannot show, and is chosen so that the sum is theirs.
RANKS = (1, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, WORDS)
SHARES = (0.78, 0.458, 0.407, 0.257, 0.147, 0.0656, 0.0267, 0.0078, 0.0011, 1e-5)

KEPT = 0.5  # of an original's words that a query still has; the others are as in any picture
_BATCH = 1 << 22  # postings drawn at a time
_ADDED = 2048  # pictures added one by one, to measure that


def look_up_words(pictures: int, number: int, seed: int) -> dict[str, Any]:
    """All figures of the local-feature part."""
    rng = np.random.default_rng(seed)
    shares = rng.permutation(np.exp(np.interp(np.log(np.arange(1, WORDS + 1)), np.log(RANKS), np.log(SHARES))))
    planted = np.sort(rng.choice(pictures, number, replace=False))
    held = [_picture(shares, rng) for _ in planted]
    with tempfile.TemporaryDirectory() as folder:
        shelf, size = _written(Path(folder), pictures, shares, dict(zip(planted.tolist(), held, strict=True)), rng)
        index = Index(shelf, lambda _first, _last: ())
        index.synchronise(pictures)
        queries = [_query(_attacked(words, shares, rng), _picture(shares, rng), rng) for words in held]
        seconds, found = _looked_up(index, pictures, planted, queries)
        whole = index_check.check(index, pictures, queries)
    return {
        "pictures": pictures,
        "words_per_picture": round(float(np.mean([len(words) for words in held])), 1),
        "bytes_per_picture": round(size / pictures, 1),
        "look_up_cpu_ms": round(seconds * 1000, 1),
        "whole_check": whole,
        "found": f"{found} of {number}",
        "pictures_added_per_second": round(_added(shares, rng)),
        "words": f"drawn independently; a query has {KEPT:.0%} of its original's",
    }


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Chunks that are there."""

    held: list[Chunk]

    def chunks(self) -> list[Chunk]:
        return self.held

    def lease(self) -> AbstractContextManager[bool]:
        return nullcontext(False)

    def seal(self, chunk: Chunk) -> None:
        raise AssertionError(chunk)


def _picture(shares: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.uint32]:
    return np.flatnonzero(rng.random(WORDS) < shares).astype(np.uint32)


def _attacked(words: NDArray[np.uint32], shares: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.uint32]:
    other = _picture(shares, rng)
    return np.union1d(words[rng.random(len(words)) < KEPT], other[rng.random(len(other)) < 1 - KEPT])


def _written(
    folder: Path,
    pictures: int,
    shares: NDArray[np.float64],
    planted: dict[int, NDArray[np.uint32]],
    rng: np.random.Generator,
) -> tuple[_Shelf, int]:
    """Segments as `verifier index rebuild` leaves them, and their bytes."""
    held, size = [], 0
    for first in range(0, pictures, MERGED_ON_DEMAND):
        count = min(MERGED_ON_DEMAND, pictures - first)
        own = {number - first: words for number, words in planted.items() if first <= number < first + count}
        path = folder / f"{first}.segment"
        segment.write(path, {}, _arrays(count, _drawn(count, shares, own, rng), rng))
        opened = segment.Segment(path)
        held.append(Chunk(first, opened.arrays))
        size += opened.size
        print(f"{first + count} pictures", file=sys.stderr, flush=True)
    return _Shelf(held), size


def _drawn(
    count: int, shares: NDArray[np.float64], planted: dict[int, NDArray[np.uint32]], rng: np.random.Generator
) -> Postings:
    """Which of `count` pictures hold each word; what is planted takes the place of what was drawn for its picture.

    A picture holds a word with the word's share, independently, as it is where a Poisson process of rate
    -log(1 - share) has a point. The points of all words in a row are drawn by the gaps between them, in order: at a
    million pictures, drawing 400 million pairs and sorting them took many times as long, and twice the memory.
    """
    rates = -np.log1p(-shares)
    edges = np.concatenate(([0.0], np.cumsum(rates * count)))
    own = np.sort(
        np.concatenate([np.zeros(0, np.uint64), *(_pairs(words, number) for number, words in planted.items())])
    )
    documents = np.empty(int(edges[-1] + 10 * edges[-1] ** 0.5) + len(own) + WORDS, np.uint32)
    lengths, filled = np.zeros(WORDS, np.int64), 0
    is_planted = np.isin(np.arange(count), list(planted))
    for low, high in _spans(edges):
        words, numbers = _points(edges[low : high + 1], rates[low:high], count, rng)
        drawn = _pairs(words + low, numbers)[~is_planted[numbers]]
        mine = own[np.searchsorted(own, low << 32) : np.searchsorted(own, high << 32)]
        pairs = np.insert(drawn, np.searchsorted(drawn, mine), mine)
        pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
        lengths[low:high] = np.bincount((pairs >> np.uint64(32)).astype(np.int64) - low, minlength=high - low)
        documents[filled : filled + len(pairs)] = pairs.astype(np.uint32)
        filled += len(pairs)
    keys = np.flatnonzero(lengths)
    return Postings(
        keys=keys.astype(np.uint32),
        starts=np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths[keys]))).astype(np.uint32),
        documents=documents[:filled],
    )


def _spans(edges: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Ranges of words with about `_BATCH` points each."""
    steps = np.searchsorted(edges, np.arange(0, edges[-1], _BATCH))
    return list(pairwise(np.unique(np.append(steps, WORDS)).tolist()))


def _points(
    edges: NDArray[np.float64], rates: NDArray[np.float64], count: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Words, by their place in `rates`, and the pictures that hold them: in order, some of them twice."""
    length = edges[-1] - edges[0]
    sums = np.cumsum(rng.standard_exponential(rng.poisson(length) + 1))
    points = edges[0] + sums[:-1] * (length / sums[-1])
    words = np.repeat(
        np.arange(len(rates)), np.diff(np.searchsorted(points, edges[1:-1]), prepend=0, append=len(points))
    )
    return words, np.minimum((points - edges[words]) / rates[words], count - 1).astype(np.int64)


def _pairs(words: NDArray[Any], numbers: int | NDArray[np.int64]) -> NDArray[np.uint64]:
    return words.astype(np.uint64) << np.uint64(32) | np.asarray(numbers, np.uint64)


def _arrays(count: int, words: Postings, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    """A chunk's arrays: four pictures to a claim, each with a hash of its own."""
    numbers = np.arange(count, dtype=np.uint64)
    hashes = rng.integers(0, 2**64, (count, 4), dtype=np.uint64)
    none = np.zeros(0, np.uint64)
    return {
        "claim": numbers // 4,
        **{name: rng.integers(1, 2**64, count, dtype=np.uint64) for name in ("partner", "program", "digest", "pixels")},
        "device": np.zeros(count, np.uint64),
        "moment": 1e9 + numbers.astype(np.float64),
        "item": np.char.mod(b"C-%08d/r1/1", numbers.astype(np.int64)),
        "leading": np.ones(count, np.bool_),
        "held": _held(words, count),
        "hash": hashes,
        **hamming.build(hashes, np.arange(count, dtype=np.uint32)),
        **{f"words_{part}": getattr(words, part) for part in ("keys", "starts", "documents")},
        "figures_keys": none,
        "figures_starts": np.zeros(1, np.uint32),
        "figures_documents": none.astype(np.uint32),
    }


def _held(words: Postings, count: int) -> NDArray[np.uint16]:
    """How many words each picture has."""
    held = np.zeros(count, np.int64)
    for first in range(0, len(words.documents), _BATCH):
        held += np.bincount(words.documents[first : first + _BATCH], minlength=count)
    return held.astype(np.uint16)


def _query(words: NDArray[np.uint32], mirrored: NDArray[np.uint32], rng: np.random.Generator) -> Query:
    """A page with those words; its mirror image has the words of any picture."""
    trace = Trace(
        page=0, width=1, height=1, pixel_digest="0", pdq=rng.bytes(32).hex(), pdq_quality=100, phash="", dhash=""
    )
    spread, mirrored_spread = (_spread(len(held), rng) for held in (words, mirrored))
    return Query(trace=trace, words=words, mirrored=mirrored, spread=spread, mirrored_spread=mirrored_spread)


def _spread(words: int, rng: np.random.Generator) -> Spread:
    """Each word stands somewhere in the picture."""
    across, down = rng.random((2, words))
    windows = [(left, top) for left in WINDOWS for top in WINDOWS]
    return np.array(
        [(np.abs(across - left - 0.25) <= 0.25) & (np.abs(down - top - 0.25) <= 0.25) for left, top in windows]
    )


def _looked_up(index: Index, pictures: int, planted: NDArray[np.int64], queries: list[Query]) -> tuple[float, int]:
    """CPU seconds of one whole look-up (who may be compared, hashes, words, mirror image), and how many were found."""
    now = datetime(2100, 1, 1, tzinfo=UTC)

    def listed(query: Query) -> list[int]:
        allowed = index.earlier("Z", now, "Z/r1/1", pictures)
        return index.shortlist(query, allowed, index.near(query.trace, allowed))

    listed(queries[0])  # warms up
    started = time.process_time()
    answers = [listed(query) for query in queries]
    seconds = (time.process_time() - started) / len(queries)
    return seconds, sum(int(number) in answer for number, answer in zip(planted, answers, strict=True))


def _added(shares: NDArray[np.float64], rng: np.random.Generator) -> float:
    """Pictures per CPU second that are taken in and sealed as they come, merges included."""
    entries = [
        Entry(
            item=f"C-{number}/r1/1",
            claim=f"C-{number}",
            partner="P",
            program="S",
            moment=float(number),
            digest=f"{number}",
            leading=True,
            hash=rng.integers(0, 2**64, 4, dtype=np.uint64),
            words=_picture(shares, rng),
        )
        for number in range(_ADDED)
    ]
    shelf = MemoryShelf()
    started = time.process_time()
    for first in range(0, _ADDED, SEALED_FROM):
        shelf.seal(chunks.of(first, entries[first : first + SEALED_FROM]))
    return _ADDED / (time.process_time() - started)
