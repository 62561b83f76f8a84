"""Slips: labels that name no figure as they are read, but would if a few letters had been misread."""

from __future__ import annotations

from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from verifier.instruments import vocabulary
from verifier.instruments.phrasebook import plain
from verifier.instruments.text import Line

_ALIKE = 0.65  # of a phrase's letters: one label a page on 221 reports, of which one in eight was a figure's
_SHORTEST, _LONGEST = 4, 7  # letters; words: a longer line is a sentence


def nearly(label: str) -> bool:
    """True for a short label that is worth reading again: a better reader may find that it names a figure."""
    spoken = plain(label)
    if len(spoken) < _SHORTEST or len(spoken.split()) > _LONGEST or spoken in vocabulary.phrases():
        return False
    if _names(label):
        return False
    scorer = Levenshtein.normalized_similarity
    return process.extractOne(spoken, vocabulary.phrases(), scorer=scorer, score_cutoff=_ALIKE) is not None


def mended(draft: Line, again: Line) -> Line:
    """The second reading of a draft; of a slip only where it names a figure and nothing else (a digit behind it may be
    the arrow of a sorted column)."""
    if nearly(draft.text) and (not _names(again.text) or any(letter.isdigit() for letter in again.text)):
        return replace(draft, draft=False)
    return again


def _names(label: str) -> bool:
    return vocabulary.understand(label) is not None or vocabulary.understand_cut(label) is not None
