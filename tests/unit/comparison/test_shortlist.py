"""Which sightings a page is laid beside."""

from __future__ import annotations

import numpy as np

from verifier.archive.index.chunk import Entry
from verifier.archive.index.folder import MemoryShelf
from verifier.casefile import Trace
from verifier.comparison.index import EACH, Index, Query
from verifier.comparison.votes import NO_WORDS, Words

BLANK = Trace(
    page=0, width=400, height=300, pixel_digest="", pdq="0" * 64, pdq_quality=0, phash="", dhash="", preview="",
    features="",
)  # fmt: skip


def entry(name: str, words: Words) -> Entry:
    return Entry(item=name, claim=name, partner="", program="", moment=0.0, digest=name, leading=True, words=words)


def numbered(start: int, many: int) -> Words:
    return np.arange(start, start + many, dtype=np.uint32)


def test_a_picture_of_little_texture_is_not_outvoted_by_rich_ones() -> None:
    index = Index(MemoryShelf(), lambda _first, _last: ())
    query = numbered(0, 40)
    for n in range(EACH + 2):  # each shares 24 words of its 500 with the query
        index.add(entry(f"rich {n}", np.concatenate((numbered(16, 24), numbered(1000 * (n + 1), 476)))))
    index.add(entry("plain", np.concatenate((numbered(0, 20), numbered(90_000, 10)))))
    listed = index.shortlist(Query(trace=BLANK, words=query, mirrored=NO_WORDS), index.all(), ())
    assert listed[0] == EACH + 2
    assert len(listed) == EACH
