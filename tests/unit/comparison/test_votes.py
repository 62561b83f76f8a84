"""Votes of local features."""

from __future__ import annotations

import numpy as np

from verifier.comparison.votes import NO_WORDS, Votes, Words, visual_words
from verifier.instruments.features import Features


def words(*numbers: int) -> Words:
    return np.array(sorted(numbers), np.uint32)


def features(descriptors: np.ndarray) -> Features:  # type: ignore[type-arg]
    return Features(points=np.zeros((len(descriptors), 2), np.float32), descriptors=descriptors.astype(np.uint8))


def test_who_shares_most_words_has_most_votes() -> None:
    votes = Votes()
    for document, held in enumerate([words(1, 2, 3, 4), words(4, 5, 6), NO_WORDS, words(1, 2, 9)]):
        votes.add(document, held)
    score, shared = votes.count(words(1, 2, 3, 7), 4)
    assert shared.tolist() == [3, 0, 0, 2]
    assert score.argmax() == 0


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    votes = Votes()
    for document in range(9):
        votes.add(document, words(1) if document else words(2))
    score, _ = votes.count(words(1, 2), 9)
    assert score[0] > score[1] > 0


def test_documents_added_since_a_watermark_change_nothing() -> None:
    random = np.random.default_rng(0)
    held = [np.unique(random.integers(0, 50, 20)).astype(np.uint32) for _ in range(40)]
    early, late = Votes(), Votes()
    for document, held_words in enumerate(held):
        if document < 25:
            early.add(document, held_words)
            if document % 7 == 0:
                early.count(held_words, document)
        late.add(document, held_words)
    for query in held:
        for one, other in zip(early.count(query, 25), late.count(query, 25), strict=True):
            np.testing.assert_array_equal(one, other)


def test_nothing_shares_nothing() -> None:
    votes = Votes()
    assert votes.count(words(1), 0)[0].tolist() == []
    votes.add(0, words(1))
    assert votes.count(NO_WORDS, 1)[1].tolist() == [0]


def test_near_descriptors_mostly_share_a_word_and_unlike_ones_do_not() -> None:
    random = np.random.default_rng(1)
    own = random.gamma(0.5, 20, (400, 128)).clip(0, 255)
    near = (own + random.normal(0, 1.5, own.shape)).clip(0, 255)
    other = random.gamma(0.5, 20, (400, 128)).clip(0, 255)
    shared = len(np.intersect1d(visual_words(features(own)), visual_words(features(near))))
    assert shared > 200
    assert len(np.intersect1d(visual_words(features(own)), visual_words(features(other)))) < 20
    assert len(visual_words(features(np.zeros((0, 128))))) == 0
