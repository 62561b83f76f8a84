"""Wording: do two pages of one layout say the same?

Reports of one platform look alike by nature, so screenshots and documents are compared by their words and figures. Two
different campaigns share labels and hardly a figure; a copy shares all; an altered report shares most figures and
differs in a few.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

ENOUGH_WORDS = 5  # fewer words on a page say nothing about whether it is the same page
ENOUGH_FIGURES = 4  # telling figures that two pages must share before the rest counts as altered
MOSTLY = 0.5  # share of the telling figures that an altered report still has in common with its original
SAME_WORDS = 0.75  # share of words in common: two reports of one platform reach .65, two readings of one page .84
READING_NOISE = 0.05  # share of words that two readings of one page may differ in, figures apart

_YEAR = re.compile(r"(19|20)\d\d")
_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?")


class Saying(StrEnum):
    """What two pages say, held side by side."""

    SAME = "same"
    ALTERED = "altered"
    OTHER = "other"
    UNKNOWN = "unknown"  # too little was read to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """`changes` are (there, here): figures that only one page has, paired by their digits; `shared` counts equal ones.

    `likeness` is the share (0..1) of words in common, figures included.
    """

    saying: Saying
    shared: int = 0
    likeness: float = 0.0
    changes: tuple[tuple[str, str], ...] = ()


def telling(words: Sequence[str]) -> tuple[str, ...]:
    """Figures that would hardly be equal by chance: three digits or more, years and times of day apart."""
    return tuple(word for word in words if len(digits(word)) >= 3 and not is_date_part(word))


def compare(here: Sequence[str], there: Sequence[str]) -> Wording:
    """Two pages, by their normalised words in reading order."""
    if len(here) < ENOUGH_WORDS or len(there) < ENOUGH_WORDS:
        return Wording(saying=Saying.UNKNOWN)
    figures_here, figures_there = Counter(map(digits, telling(here))), Counter(map(digits, telling(there)))
    shared = (figures_here & figures_there).total()
    most = max(figures_here.total(), figures_there.total())
    labels = _likeness(_labels(here), _labels(there))
    likeness = _likeness(Counter(here), Counter(there))
    if figures_here == figures_there and labels >= 1 - READING_NOISE:
        few = most < ENOUGH_FIGURES and len(here) < 4 * ENOUGH_WORDS
        return Wording(saying=Saying.UNKNOWN if few else Saying.SAME, shared=shared, likeness=likeness)
    changes = _changes(here, there)
    if shared >= ENOUGH_FIGURES and shared >= MOSTLY * most and min(labels, likeness) >= SAME_WORDS:
        saying = Saying.ALTERED if changes else Saying.SAME
        return Wording(saying=saying, shared=shared, likeness=likeness, changes=changes)
    untold = most < ENOUGH_FIGURES and labels >= SAME_WORDS
    return Wording(saying=Saying.UNKNOWN if untold else Saying.OTHER, shared=shared, likeness=likeness)


def _changes(here: Sequence[str], there: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Figures that only one page has, each beside the likest of the other page.

    Not by their order: two readings of one page differ in it. What has no partner was read on one side only.
    """
    old, new = _only(there, here), _only(here, there)
    near = sorted(
        ((Levenshtein.normalized_distance(digits(one), digits(other)), n, m)
         for n, one in enumerate(old) for m, other in enumerate(new)),
    )  # fmt: skip
    partner: dict[int, int] = {}
    for _, n, m in near:
        if n not in partner and m not in partner.values():
            partner[n] = m
    return tuple((old[n], new[m]) for n, m in sorted(partner.items()))


def _only(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Figures of the first page that the second has not, in reading order."""
    left = Counter(digits(word) for word in others if is_figure(word))
    lonely = []
    for word in words:
        if is_figure(word) and not is_date_part(word):
            left[digits(word)] -= 1
            if left[digits(word)] < 0:
                lonely.append(word)
    return lonely


def digits(word: str) -> str:
    """The digits of a word, without what stands between them."""
    return "".join(sign for sign in word if sign.isdigit())


def is_figure(word: str) -> bool:
    """Mostly digits."""
    return bool(digits(word)) and 2 * len(digits(word)) >= len(word) - word.count(",") - word.count(".")


def is_date_part(word: str) -> bool:
    """A year or a time of day."""
    return bool(_YEAR.fullmatch(word) or _CLOCK.fullmatch(word))


def _labels(words: Sequence[str]) -> Counter[str]:
    return Counter(word for word in words if not digits(word))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Multiset overlap, 0..1 (Dice); 1 for two empty ones."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0
