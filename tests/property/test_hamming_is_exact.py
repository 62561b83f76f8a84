"""Looking hashes up by bands finds what comparing with every one finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.archive.index import hamming
from verifier.archive.index.hamming import FEWEST, Hashes

REACHES = (0, 1, 15, 21, 22, 31, 32, 47, 90)


def crowd(rows: int, seed: int) -> Hashes:
    """Hashes of which half are near copies of ten, so that bands have long lists and reaches are met exactly."""
    rng = np.random.default_rng(seed)
    made = rng.integers(0, 2**64, (rows, 4), dtype=np.uint64)
    made[: rows // 2] = made[rng.integers(rows - 10, rows, rows // 2)]
    for _ in range(40):
        place = rng.integers(0, 256, rows // 2)
        flip = (np.uint64(1) << (place % 64).astype(np.uint64)) * (rng.random(rows // 2) < 0.6).astype(np.uint64)
        made[np.arange(rows // 2), place // 64] ^= flip
    return made


MANY = crowd(3 * FEWEST, 1)
BANDS = hamming.build(MANY, np.arange(len(MANY), dtype=np.uint32))


def brute(hashes: Hashes, query: Hashes, reach: int) -> tuple[list[int], list[int]]:
    distance = np.bitwise_count(hashes ^ query).sum(axis=1)
    near = np.flatnonzero(distance <= reach)
    return near.tolist(), distance[near].tolist()


@settings(deadline=None, max_examples=150)
@given(
    row=st.integers(0, len(MANY) - 1),
    flips=st.lists(st.integers(0, 255), max_size=60, unique=True),
    reach=st.sampled_from(REACHES),
)
def test_bands_find_all_within_reach_and_nothing_else(row: int, flips: list[int], reach: int) -> None:
    query = MANY[row].copy()
    for place in flips:
        query[place // 64] ^= np.uint64(1) << np.uint64(63 - place % 64)
    rows, distances = hamming.search(MANY, BANDS, query, reach)
    assert (rows.tolist(), distances.tolist()) == brute(MANY, query, reach)


@pytest.mark.parametrize("reach", REACHES)
def test_bits_spread_over_all_bands_as_evenly_as_can_be_are_found(reach: int) -> None:
    """The worst case of the pigeonhole: every band differs in as many bits as it may."""
    query = MANY[-1].copy()
    for number in range(reach):
        place = (number * 256) // max(reach, 1)
        query[place // 64] ^= np.uint64(1) << np.uint64(63 - place % 64)
    assert len(MANY) - 1 in hamming.search(MANY, BANDS, query, reach)[0]


@pytest.mark.parametrize("arrays", [BANDS, {"rows": BANDS["rows"]}], ids=["bands", "scan"])
@pytest.mark.parametrize("reach", REACHES)
def test_several_hashes_find_what_each_finds_and_how_far_the_nearest_is(arrays: hamming.Arrays, reach: int) -> None:
    queries = MANY[[3, 4, len(MANY) - 1, len(MANY) - 5]] ^ np.uint64(0b10110)
    nearest: dict[int, int] = {}
    for query in queries:
        for row, distance in zip(*brute(MANY, query, reach), strict=True):
            nearest[row] = min(distance, nearest.get(row, distance))
    rows, distances = hamming.search(MANY, arrays, queries, reach)
    assert list(zip(rows.tolist(), distances.tolist(), strict=True)) == sorted(nearest.items())


@pytest.mark.parametrize("rows", [0, 1, FEWEST - 1, FEWEST])
def test_any_number_of_rows_will_do(rows: int) -> None:
    chosen = np.arange(0, 2 * rows, 2, dtype=np.uint32)
    arrays = hamming.build(MANY, chosen)
    for query in (MANY[0], MANY[3]):
        found, _ = hamming.search(MANY, arrays, query, 31)
        assert found.tolist() == [row for row in brute(MANY, query, 31)[0] if row in set(chosen.tolist())]


def test_one_hash_a_million_times_over_is_not_probed_but_scanned() -> None:
    same = np.repeat(MANY[:1], 2 * FEWEST, axis=0)
    arrays = hamming.build(same, np.arange(len(same), dtype=np.uint32))
    assert len(hamming.search(same, arrays, MANY[0], 31)[0]) == len(same)
