"""Exact search of 256-bit hashes within a Hamming distance: multi-index hashing (Norouzi, Punjani and Fleet, 2012).

A hash is cut into bands. Two hashes that differ in at most r bits differ in at most r // bands bits of some band
(and, where bands are left over, in one less of the others), so it suffices to probe each band's sorted list for
the few values so near to the query's. Nothing within reach is ever missed; whatever is probed is then compared whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

BITS = 256
FEWEST = 4096  # rows; below, comparing with every hash costs less than probing
_NARROWEST, _WIDEST = 12, 24  # bits of a band; the offsets of 24-bit ones take as much room as 4 million hashes
_PROBE, _CANDIDATE, _ROW = 0.1, 0.1, 0.09  # microseconds, measured: one probe, one candidate, one row of a full scan

Hashes = NDArray[np.uint64]  # (n, 4)
Arrays = Mapping[str, NDArray[Any]]


def build(hashes: Hashes, rows: NDArray[np.uint32]) -> dict[str, NDArray[Any]]:
    """The arrays that `search` needs, over the given rows of `hashes`: nothing but the rows where they are few."""
    found: dict[str, NDArray[Any]] = {"rows": rows}
    if len(rows) < FEWEST:
        return found
    widths = _widths(len(rows))
    order = np.empty((len(widths), len(rows)), np.uint32)
    starts = []
    for number, width in enumerate(widths):
        values = _band(hashes[rows], widths, number)
        order[number] = rows[np.argsort(values, kind="stable")]
        counts = np.bincount(values, minlength=1 << width)
        starts.append(np.concatenate(([0], np.cumsum(counts))).astype(np.uint32))
    return found | {"order": order, "starts": np.concatenate(starts)}


def search(hashes: Hashes, arrays: Arrays, queries: Hashes, reach: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows within `reach` bits of a hash (4,), or of any of several (n, 4), ascending, and how far off each is."""
    queries = np.atleast_2d(queries)
    pairs = _candidates(arrays, queries, reach) if "order" in arrays else None
    if pairs is None:
        rows = arrays["rows"]
        held = hashes if len(rows) == len(hashes) else hashes[rows]
        distance = np.minimum.reduce([_distances(held, query) for query in queries])
        near = np.flatnonzero(distance <= reach)
        return rows[near].astype(np.int64), distance[near].astype(np.int64)
    asked, candidates = pairs
    distance = _distances(hashes[candidates], queries[asked])
    near = np.flatnonzero(distance <= reach)
    near = near[np.lexsort((distance[near], candidates[near]))]
    found, first = np.unique(candidates[near], return_index=True)
    return found.astype(np.int64), distance[near][first].astype(np.int64)


def _distances(many: Hashes, one: Hashes) -> NDArray[np.uint16]:
    return np.asarray(np.bitwise_count(many ^ one).sum(axis=1, dtype=np.uint16), np.uint16)


def _candidates(arrays: Arrays, queries: Hashes, reach: int) -> tuple[NDArray[np.intp], NDArray[np.uint32]] | None:
    """Which query shares a band nearly with which row; some pairs twice. None where a full scan costs less."""
    order, starts = arrays["order"], arrays["starts"]
    length = order.shape[1]
    widths = _widths(length)
    radii = [_radius(reach, len(widths), number) for number in range(len(widths))]
    probes = sum(sum(comb(width, bits) for bits in range(r + 1)) for width, r in zip(widths, radii, strict=True))
    if probes * _PROBE > length * _ROW:
        return None
    asked, firsts, counts, offset = [], [], [], 0
    for number, (width, radius) in enumerate(zip(widths, radii, strict=True)):
        if radius >= 0:
            masks = _masks(width, radius)
            keys = (_band(queries, widths, number)[:, None] ^ masks).astype(np.int64).ravel() + offset
            first = starts[keys].astype(np.int64)
            count = starts[keys + 1] - first
            held = np.flatnonzero(count)
            asked.append(held // len(masks))
            firsts.append(first[held] + number * length)
            counts.append(count[held])
        offset += (1 << width) + 1
    first, count = np.concatenate(firsts), np.concatenate(counts)
    total = int(count.sum())
    if total * _CANDIDATE > len(queries) * length * _ROW:
        return None
    ends = np.cumsum(count)
    rows = order.reshape(-1)[np.arange(total) + np.repeat(first - (ends - count), count)]
    return np.repeat(np.concatenate(asked), count), np.asarray(rows, np.uint32)


def _radius(reach: int, bands: int, number: int) -> int:
    """How many bits of that band may differ: r = bands * a + b bits spread so that b + 1 bands have a, the others less.

    If each of the first b + 1 bands differed in more than a bits and each other in more than a - 1, that were
    (b + 1)(a + 1) + (bands - b - 1) a = r + 1 bits.
    """
    each, rest = divmod(reach, bands)
    return each if number <= rest else each - 1


@cache
def _widths(rows: int) -> tuple[int, ...]:
    """The bits of each band: about as many values as there are rows, so that a list holds few of them."""
    width = min(max(rows.bit_length() - 1, _NARROWEST), _WIDEST)
    bands = -(-BITS // width)
    return tuple(BITS // bands + (1 if number < BITS % bands else 0) for number in range(bands))


def _band(hashes: Hashes, widths: tuple[int, ...], number: int) -> NDArray[np.uint32]:
    word, shift = divmod(sum(widths[:number]), 64)
    value = hashes[:, word] << np.uint64(shift)
    if shift + widths[number] > 64:
        value = value | hashes[:, word + 1] >> np.uint64(64 - shift)
    return np.asarray(value >> np.uint64(64 - widths[number]), np.uint32)


@cache
def _masks(width: int, radius: int) -> NDArray[np.uint32]:
    """Every value of `width` bits of which at most `radius` are set."""
    found = [
        sum(1 << place for place in places) for bits in range(radius + 1) for places in combinations(range(width), bits)
    ]
    return np.array(found, np.uint32)
