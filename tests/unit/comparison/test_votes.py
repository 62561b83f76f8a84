"""Votes of local features."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from verifier.archive.index.postings import build, merge
from verifier.comparison.votes import NO_WORDS, Lists, Words, count, visual_words
from verifier.instruments.features import Features


def words(*numbers: int) -> Words:
    return np.array(sorted(numbers), np.uint32)


def features(descriptors: np.ndarray) -> Features:  # type: ignore[type-arg]
    return Features(points=np.zeros((len(descriptors), 2), np.float32), descriptors=descriptors.astype(np.uint8))


def lists(*held: Words, cuts: Sequence[int] = ()) -> list[Lists]:
    """Documents 0, 1, 2 ... in one inverted list, or in several, cut before those numbers."""
    edges = [0, *cuts, len(held)]
    return [(first, last, build(held[first:last], np.uint32)) for first, last in pairwise(edges)]


def test_who_shares_most_words_has_most_votes() -> None:
    score, shared = count(lists(words(1, 2, 3, 4), words(4, 5, 6), NO_WORDS, words(1, 2, 9)), words(1, 2, 3, 7), 4)
    assert shared.tolist() == [3, 0, 0, 2]
    assert score.argmax() == 0


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    score, _ = count(lists(*[words(1) if document else words(2) for document in range(9)]), words(1, 2), 9)
    assert score[0] > score[1] > 0


def test_how_the_lists_are_cut_and_what_came_since_change_nothing() -> None:
    random = np.random.default_rng(0)
    held = [np.unique(random.integers(0, 50, 20)).astype(np.uint32) for _ in range(40)]
    early, late, cut = lists(*held[:25]), lists(*held), lists(*held, cuts=(3, 11, 24, 30))
    merged = [(0, 40, merge([part for _, _, part in cut], [first for first, _, _ in cut]))]
    for query in held:
        expected = count(early, query, 25)
        for other in (late, cut, merged):
            for one, two in zip(expected, count(other, query, 25), strict=True):
                np.testing.assert_array_equal(one, two)


def test_nothing_shares_nothing() -> None:
    assert count([], words(1), 0)[0].tolist() == []
    assert count(lists(words(1)), NO_WORDS, 1)[1].tolist() == [0]


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
    assert count(lists(*held), words(1, 9), 60)[1].tolist() == [2 if document == 7 else 1 for document in range(60)]
    monkeypatch.setattr("verifier.comparison.votes.MANY", 50)
    for cuts in ((), (13, 55)):
        _, shared = count(lists(*held, cuts=cuts), words(1, 9), 58)
        assert shared.tolist() == [1 if document == 7 else 0 for document in range(58)]
