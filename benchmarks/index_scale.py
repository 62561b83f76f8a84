"""How fast hashes are looked up among millions, exactly, and local features among a hundred thousand pictures.

    python -m benchmarks.index_scale --rows 1000000,10000000 [--pictures 1000000] [--queries N] [--seed N] [--record]

Hashes are random, a tenth of them near copies of others; half of the queries are near copies of a row, half strangers.
Every way of searching that is said to be exact is compared with a scan of all rows. Times are CPU seconds of one
thread. faiss and usearch stand beside it where they are installed. The pictures' visual words are drawn with the
frequencies of 900 supermarket and display photos: some words are in most pictures, most words in hardly any. They are
drawn into segments as `verifier index rebuild` leaves them, a million pictures in a minute of CPU time and 2.5 GB.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import record
from benchmarks.index_words import look_up_words
from verifier.archive.index import hamming, segment
from verifier.comparison.index import PDQ_REACH

Hashes = NDArray[np.uint64]
Search = Callable[[Hashes], NDArray[np.int64]]
"""The rows near to one hash, ascending."""

_FAMILY = 0.1  # of the rows are near copies of others
_FEW = 1_000_000  # rows; usearch needs seconds a query at ten million
_FLIPPED = 40  # bits at most between a near copy and its original: some are within reach, some are not


def hashes(rows: int, rng: np.random.Generator) -> Hashes:
    """(rows, 4) random hashes, some of them in families."""
    made = rng.integers(0, 2**64, (rows, 4), dtype=np.uint64)
    copies = rng.integers(0, rows, int(rows * _FAMILY))
    made[: len(copies)] = flipped(made[copies], rng)
    return made


def flipped(originals: Hashes, rng: np.random.Generator) -> Hashes:
    """Each hash with up to `_FLIPPED` bits changed."""
    made = originals.copy()
    which = np.arange(len(made))
    for _ in range(_FLIPPED):
        place = rng.integers(0, 256, len(made))
        chosen = rng.random(len(made)) < rng.random(len(made))
        made[which, place // 64] ^= np.where(chosen, np.uint64(1) << (place % 64).astype(np.uint64), np.uint64(0))
    return made


def scan(rows: Hashes, query: Hashes) -> NDArray[np.int64]:
    """The truth: every row compared, a million at a time."""
    steps = range(0, len(rows), 1_000_000)
    near = [np.bitwise_count(rows[s : s + 1_000_000] ^ query).sum(axis=1) <= PDQ_REACH for s in steps]
    return np.flatnonzero(np.concatenate(near))


def timed(search: Search, queries: Hashes) -> tuple[float, list[NDArray[np.int64]]]:
    """CPU seconds per query after one to warm up, and the answers."""
    search(queries[0])
    started = time.process_time()
    answers = [search(query) for query in queries]
    return (time.process_time() - started) / len(queries), answers


def ours(made: Hashes, folder: Path) -> tuple[Search, dict[str, Any]]:
    """Built, written to a segment and opened again: as a process finds it."""
    started = time.process_time()
    arrays = {"hash": made} | hamming.build(made, np.arange(len(made), dtype=np.uint32))
    built = time.process_time() - started
    path = folder / "hashes.segment"
    segment.write(path, {}, arrays)
    started = time.process_time()
    opened = segment.Segment(path)
    load = time.process_time() - started
    started = time.process_time()
    assert opened.whole()
    figures = {
        "rows_added_per_second": round(len(made) / built),
        "load_ms": round(load * 1000, 3),
        "load_and_check_ms": round((time.process_time() - started) * 1000, 1),
        "bytes_per_row": round(opened.size / len(made), 1),
    }
    mapped = opened.arrays
    return lambda query: hamming.search(mapped["hash"], mapped, query, PDQ_REACH)[0], figures


Ways = Callable[[Hashes], Mapping[str, Callable[[], Search]]]


def faiss_ways(made: Hashes) -> Mapping[str, Callable[[], Search]]:
    """Range search of faiss, flat and by its own multi-index hash (16 bands, one bit flipped: exact at this reach)."""
    faiss = importlib.import_module("faiss")
    faiss.omp_set_num_threads(1)
    rows = made.view(np.uint8).reshape(len(made), 32)

    def search(index: Any) -> Search:
        index.add(rows)

        def near(query: Hashes) -> NDArray[np.int64]:
            _, _, found = index.range_search(query.view(np.uint8).reshape(1, 32), PDQ_REACH + 1)
            return np.sort(found).astype(np.int64)

        return near

    def multi() -> Search:
        index = faiss.IndexBinaryMultiHash(256, 16, 16)
        index.nflip = 1
        return search(index)

    return {"faiss_flat": lambda: search(faiss.IndexBinaryFlat(256)), "faiss_multi_hash": multi}


def usearch_ways(made: Hashes) -> Mapping[str, Callable[[], Search]]:
    """The exact search of usearch, which gives the nearest 100 and knows no range."""
    index = importlib.import_module("usearch.index")
    rows = made.view(np.uint8).reshape(len(made), 32)

    def near(query: Hashes) -> NDArray[np.int64]:
        wanted = query.view(np.uint8).reshape(1, 32)
        found = index.search(rows, wanted, 100, index.MetricKind.Hamming, exact=True, threads=1)
        return np.sort(found.keys[found.distances <= PDQ_REACH]).astype(np.int64)

    return {"usearch_exact": lambda: near}


def peers(made: Hashes) -> dict[str, Callable[[], Search] | None]:
    """Other ways to search; None where one is not installed. Of many rows, those are left out that take minutes."""
    found: dict[str, Callable[[], Search] | None] = {"numpy": lambda: lambda query: scan(made, query)}
    others: list[tuple[tuple[str, ...], Ways]] = [(("faiss_flat", "faiss_multi_hash"), faiss_ways)]
    others += [(("usearch_exact",), usearch_ways)] if len(made) <= _FEW else []
    for names, ways in others:
        try:
            found |= ways(made)
        except ImportError:
            found |= dict.fromkeys(names)
    return found


def look_up_hashes(rows: int, number: int, seed: int) -> dict[str, Any]:
    """All figures at one size."""
    rng = np.random.default_rng(seed)
    made = hashes(rows, rng)
    near = flipped(made[rng.integers(0, rows, number // 2)], rng)
    queries = np.concatenate((near, rng.integers(0, 2**64, (number - number // 2, 4), dtype=np.uint64)))
    truth = [scan(made, query) for query in queries]
    with tempfile.TemporaryDirectory() as folder:
        search, figures = ours(made, Path(folder))
        seconds, answers = timed(search, queries)
    figures |= {"rows": rows, "queries": number, "found": sum(map(len, truth)), "exact": _equal(answers, truth)}
    figures |= {"ms_per_query": round(seconds * 1000, 3), "queries_per_second": round(1 / seconds)}
    figures["peers"] = {}
    for name, make in peers(made).items():
        print(f"{rows} rows: {name}", file=sys.stderr, flush=True)
        figures["peers"][name] = _peer(make, queries, truth) if make else "not installed"
        told = figures["peers"][name]
        figures[f"speedup_vs_{name}"] = round(told["ms_per_query"] / seconds / 1000, 2) if make else None
    print(f"{rows} rows: exact {figures['exact']}, speedup_vs_faiss_flat {figures['speedup_vs_faiss_flat']}")
    return figures


def _peer(make: Callable[[], Search], queries: Hashes, truth: Sequence[NDArray[np.int64]]) -> dict[str, Any]:
    started = time.process_time()
    search = make()
    built = time.process_time() - started
    seconds, answers = timed(search, queries)
    return {
        "ms_per_query": round(seconds * 1000, 3),
        "exact": _equal(answers, truth),
        "build_seconds": round(built, 2),
    }


def _equal(answers: Sequence[NDArray[np.int64]], truth: Sequence[NDArray[np.int64]]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(answers, truth, strict=True))


def options() -> argparse.Namespace:
    """What was asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", default="1000000,10000000", help="sizes, with commas between them")
    asked.add_argument("--pictures", type=int, default=1_000_000, help="of the local-feature part; 0 leaves it out")
    asked.add_argument("--queries", type=int, default=40)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--record", action="store_true", help="write benchmarks/results/index_scale.json")
    return asked.parse_args()


def main() -> None:
    """Measure and tell."""
    asked = options()
    sizes = {size: look_up_hashes(int(size), asked.queries, asked.seed) for size in asked.rows.split(",")}
    last = list(sizes.values())[-1]
    figures: dict[str, Any] = {
        "sizes": sizes,
        "exact": all(found["exact"] for found in sizes.values()),
        "speedup_vs_faiss_flat": last["speedup_vs_faiss_flat"],
        "reach": PDQ_REACH,
        "seed": asked.seed,
    }
    if asked.pictures:
        figures["local_features"] = look_up_words(asked.pictures, asked.queries, asked.seed)
    record.tell("index_scale", figures, data="made by the benchmark", write=asked.record)


if __name__ == "__main__":
    main()
