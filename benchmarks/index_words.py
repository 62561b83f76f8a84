"""The local-feature part of `index_scale`: pictures whose visual words are drawn as frequent as in real photos."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import index_check
from verifier.archive.index import chunk as chunks
from verifier.archive.index import hamming, segment
from verifier.archive.index.chunk import Chunk, Entry
from verifier.archive.index.folder import MemoryShelf
from verifier.archive.index.postings import Postings, distinct
from verifier.casefile import Trace
from verifier.comparison.catalogue import MERGED_ON_DEMAND
from verifier.comparison.index import SEALED_FROM, Index, Query

WORDS = 1 << 18
# The share of pictures that hold the word of each rank, measured on 900 photos of supermarkets and displays (414 words
# each); the last one stands for what 900 photos cannot show, and is chosen so that the sum is theirs.
RANKS = (1, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, WORDS)
SHARES = (0.78, 0.458, 0.407, 0.257, 0.147, 0.0656, 0.0267, 0.0078, 0.0011, 1e-5)

KEPT = 0.5  # of an original's words that a query still has; the others are as in any picture
_BATCH = 1 << 23  # postings drawn at a time
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
    holders = rng.binomial(count, shares)
    edges = np.searchsorted(np.cumsum(holders), np.arange(0, int(holders.sum()) + _BATCH, _BATCH))
    extra = np.concatenate([np.zeros(0, np.uint64), *(_pairs(words, number) for number, words in planted.items())])
    parts = list(_batches(count, holders, np.unique(np.append(edges, WORDS)), extra, rng))
    lengths = np.bincount(np.concatenate([words for words, _ in parts]), minlength=WORDS)
    keys = np.flatnonzero(lengths)
    return Postings(
        keys=keys.astype(np.uint32),
        starts=np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths[keys]))).astype(np.uint32),
        documents=np.concatenate([documents for _, documents in parts]),
    )


def _batches(
    count: int,
    holders: NDArray[np.int64],
    edges: NDArray[np.int64],
    extra: NDArray[np.uint64],
    rng: np.random.Generator,
) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.uint32]]]:
    """Words and the pictures that hold them, in order."""
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        words = np.repeat(np.arange(low, high, dtype=np.uint64), holders[low:high])
        own = extra[(extra >> np.uint64(32) >= low) & (extra >> np.uint64(32) < high)]
        pairs = np.append(words << np.uint64(32) | rng.integers(0, count, len(words), dtype=np.uint64), own)
        pairs = distinct(pairs)
        yield (pairs >> np.uint64(32)).astype(np.uint32), pairs.astype(np.uint32)


def _pairs(words: NDArray[np.uint32], number: int) -> NDArray[np.uint64]:
    return words.astype(np.uint64) << np.uint64(32) | np.uint64(number)


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
        "hash": hashes,
        **hamming.build(hashes, np.arange(count, dtype=np.uint32)),
        **{f"words_{part}": getattr(words, part) for part in ("keys", "starts", "documents")},
        "figures_keys": none,
        "figures_starts": np.zeros(1, np.uint32),
        "figures_documents": none.astype(np.uint32),
    }


def _query(words: NDArray[np.uint32], mirrored: NDArray[np.uint32], rng: np.random.Generator) -> Query:
    """A page with those words; its mirror image has the words of any picture."""
    trace = Trace(
        page=0, width=1, height=1, pixel_digest="0", pdq=rng.bytes(32).hex(), pdq_quality=100, phash="", dhash=""
    )
    return Query(trace=trace, words=words, mirrored=mirrored)


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
