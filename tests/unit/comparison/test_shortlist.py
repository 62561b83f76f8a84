"""Which sightings a page is laid beside."""

from __future__ import annotations

from dataclasses import replace

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


def test_what_fills_a_window_of_the_page_is_listed_where_the_whole_page_speaks_for_others() -> None:
    index = Index(MemoryShelf(), lambda _first, _last: ())
    for n in range(2 * EACH):  # each shares 30 words with the query, from all over it
        index.add(entry(f"rich {n}", np.concatenate((numbered(n, 300)[::10], numbered(1000 * (n + 1), 400)))))
    index.add(entry("inset", np.concatenate((numbered(300, 25), numbered(90_000, 400)))))
    query, spread = numbered(0, 400), np.zeros((2, 400), np.bool_)
    spread[0, 300:340], spread[1, 0:300] = True, True
    asked = Query(trace=BLANK, words=query, mirrored=NO_WORDS)
    assert 2 * EACH not in index.shortlist(asked, index.all(), ())
    assert 2 * EACH in index.shortlist(replace(asked, spread=spread), index.all(), ())
