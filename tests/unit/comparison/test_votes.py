"""Votes of local features."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from verifier.archive.index.postings import build, merge
from verifier.comparison.votes import NO_SPREAD, NO_WORDS, Lists, Vote, Words, placed_words, tally, visual_words
from verifier.instruments.features import Features


def words(*numbers: int) -> Words:
    return np.array(sorted(numbers), np.uint32)


def features(descriptors: np.ndarray) -> Features:  # type: ignore[type-arg]
    return Features(points=np.zeros((len(descriptors), 2), np.float32), descriptors=descriptors.astype(np.uint8))


def lists(*held: Words, cuts: Sequence[int] = ()) -> list[Lists]:
    """Documents 0, 1, 2 ... in one inverted list, or in several, cut before those numbers."""
    edges = [0, *cuts, len(held)]
    return [(first, last, build(held[first:last], np.uint32)) for first, last in pairwise(edges)]


def voted(held: list[Lists], query: Words, documents: int, least: int = 1) -> list[Vote]:
    return tally(held, query, np.ones(documents, np.bool_)).best(least, documents)


def test_who_shares_most_words_has_most_votes() -> None:
    held = lists(words(1, 2, 3, 4), words(4, 5, 6), NO_WORDS, words(1, 2, 9))
    assert [number for _, number in voted(held, words(1, 2, 3, 7), 4)] == [0, 3]
    assert [number for _, number in voted(held, words(1, 2, 3, 7), 4, least=3)] == [0]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    held = lists(*[words(1) if document == 4 else words(2) for document in range(9)])
    (first, rarest), (second, _), *_ = voted(held, words(1, 2), 9)
    assert rarest == 4
    assert first > second > 0


def test_what_is_not_allowed_has_no_votes() -> None:
    held = lists(words(1, 2), words(1, 2), words(1))
    counted = tally(held, words(1, 2), np.array([False, True, True]))
    assert [number for _, number in counted.best(1, 9)] == [1, 2]
    assert [number for _, number in counted.best(1, 1)] == [1]


@pytest.mark.parametrize("many", [1000, 10])
def test_how_the_lists_are_cut_and_what_came_since_change_nothing(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.comparison.votes.MANY", many)
    monkeypatch.setattr("verifier.comparison.votes.COMMON", 0.8)
    monkeypatch.setattr("verifier.comparison.votes.LEADING", 6)
    random = np.random.default_rng(0)
    held = [np.unique(random.integers(0, 50, 20)).astype(np.uint32) for _ in range(40)]
    early, late, cut = lists(*held[:25]), lists(*held), lists(*held, cuts=(3, 11, 24, 30))
    merged = [(0, 40, merge([part for _, _, part in cut], [first for first, _, _ in cut]))]
    for query in held:
        expected = voted(early, query, 25)
        assert 0 < len(expected) <= 6
        for other in (late, cut, merged):
            assert voted(other, query, 25) == expected


def test_nothing_shares_nothing() -> None:
    assert voted([], words(1), 0) == []
    assert voted(lists(words(1)), NO_WORDS, 1) == []


def test_among_many_frequent_words_are_counted_for_those_that_lead_by_rare_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Documents 0 to 9 hold a rare word each, and five of them a word that 25 hold; all the others hold that alone."""
    held = lists(*[words(1, 10 + n) if n < 5 else words(10 + n) if n < 10 else words(1) for n in range(30)])
    query = words(1, *range(10, 20))
    every = {number: score for score, number in voted(held, query, 30)}
    assert len(every) == 30
    for name, value in (("MANY", 20), ("SPARSE", 0.4), ("COMMON", 0.9)):
        monkeypatch.setattr(f"verifier.comparison.votes.{name}", value)
    led = voted(held, query, 30)
    assert sorted(number for _, number in led) == list(range(10))
    assert [number for _, number in led] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert all(score == pytest.approx(every[number]) for score, number in led)


def test_near_descriptors_mostly_share_a_word_and_unlike_ones_do_not() -> None:
    random = np.random.default_rng(1)
    own = random.gamma(0.5, 20, (400, 128)).clip(0, 255)
    near = (own + random.normal(0, 1.5, own.shape)).clip(0, 255)
    other = random.gamma(0.5, 20, (400, 128)).clip(0, 255)
    shared = len(np.intersect1d(visual_words(features(own)), visual_words(features(near))))
    assert shared > 200
    assert len(np.intersect1d(visual_words(features(own)), visual_words(features(other)))) < 20
    assert len(visual_words(features(np.zeros((0, 128))))) == 0


def test_among_many_a_word_that_a_twentieth_holds_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [words(1, 2 + document) for document in range(60)]
    assert len(voted(lists(*held), words(1, 9), 60)) == 60
    monkeypatch.setattr("verifier.comparison.votes.MANY", 50)
    for cuts in ((), (13, 55)):
        assert [number for _, number in voted(lists(*held, cuts=cuts), words(1, 9), 58)] == [7]


def test_a_small_part_is_found_by_its_window_where_the_whole_outvotes_it() -> None:
    """Document 0 shares five words that stand together, document 1 seven that are spread over the picture."""
    held = lists(words(1, 2, 3, 4, 5), words(4, 6, 7, 8, 9, 10, 11), words(90))
    query = np.arange(1, 200, dtype=np.uint32)
    counted = tally(held, query, np.ones(3, np.bool_))
    assert [number for _, number in counted.best(3, 9)] == [1, 0]
    windows = np.zeros((2, len(query)), np.bool_)
    windows[0, :50:2] = windows[1, 100:] = windows[0, :5] = True
    windows[0, 5:11] = False
    assert [number for _, number in counted.best_within(windows, 3, 9)] == [0]
    assert counted.best_within(NO_SPREAD, 1, 9) == []


def test_words_stand_where_their_features_are() -> None:
    random = np.random.default_rng(2)
    found = Features(
        points=np.array([(0, 0), (99, 99), (50, 50), (0, 99)], np.float32),
        descriptors=random.integers(0, 255, (4, 128)).astype(np.uint8),
    )
    seen, windows = placed_words(found)
    assert np.array_equal(seen, visual_words(found))
    assert windows.shape == (9, 4)
    assert sorted(windows.sum(axis=0).tolist()) == [1, 1, 1, 1 + 3]  # what is near the middle stands in four
    assert [len(part) for part in placed_words(features(np.zeros((0, 128))))] == [0, 9]
