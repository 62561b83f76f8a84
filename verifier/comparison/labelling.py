"""Labelling: what a field of a report is called, by the words around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, Trace

CLOSE, FAR = 3.0, 40.0  # heights of print: a caption's distance, and a column's header's or a row's name's
JOINED = 0.9  # heights of print between two words of one phrase
LONGEST = 60  # letters of a label
TOUCHING = 6.0  # pixels that boxes of neighbours may overlap by

Place = tuple[float, float, float, float]
Places = NDArray[np.floating[Any]]  # (n, 4)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand beside each other in one line."""

    text: str
    place: Place
    words: tuple[int, ...] = ()  # their numbers


def phrases(words: Sequence[str], places: Sequence[Sequence[float]] | Places, chosen: Iterable[int]) -> list[Phrase]:
    """The chosen words, those joined that stand close; never two figures, which are two cells of a table."""
    found: list[Phrase] = []
    for n in sorted(chosen, key=lambda n: (places[n][0], places[n][1])):
        left, top, right, bottom = map(float, places[n])
        for k, before in enumerate(found):
            a = before.place
            if _level(a, (left, top, right, bottom)) and _follows(before, left, bottom - top, words[n]):
                joined = (a[0], min(a[1], top), max(a[2], right), max(a[3], bottom))
                found[k] = Phrase(f"{before.text} {words[n]}", joined, (*before.words, n))
                break
        else:
            found.append(Phrase(words[n], (left, top, right, bottom), (n,)))
    return found


@dataclass(frozen=True, slots=True)
class Labels:
    """What the fields of a page are called."""

    trace: Trace
    around: tuple[Phrase, ...]

    @classmethod
    def of(cls, trace: Trace) -> Labels:
        """All words without a figure may be labels."""
        plain = [n for n, word in enumerate(trace.words) if not any(map(str.isdigit, word))]
        return cls(trace, tuple(phrases(trace.words, trace.places, plain)))

    def at(self, place: Place) -> str:
        """What the reader of figures called the field, or the words beside or above it; "" where there are none."""
        x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
        beside = _beside(place, [phrase for phrase in self.around if not _overlap(phrase.place, place)])
        for figure in self.trace.figures:
            if figure.label and figure.box.left <= x <= figure.box.right and figure.box.top <= y <= figure.box.bottom:
                whole = beside.endswith(
                    f" {figure.label.casefold()}"
                )  # "unique clicks", of which a reader took the last
                return (beside if whole else figure.label)[:LONGEST]
        return beside[:LONGEST]


def _beside(place: Place, around: Sequence[Phrase]) -> str:
    """The nearest caption; where all are far, the row's name and the column's header."""
    tall = max(1.0, place[3] - place[1])
    left = _nearest((place[0] - p.place[2], p.text) for p in around if _level(p.place, place))
    above = _nearest((place[1] - p.place[3], p.text) for p in around if _in_column(p.place, place))
    below = _nearest((p.place[1] - place[3], p.text) for p in around if _in_column(p.place, place))
    close = sorted((gap, text) for gap, text in (left, above, below) if gap <= CLOSE * tall)
    if close:
        return close[0][1]
    return ", ".join(text for gap, text in (left, above) if gap <= FAR * tall)


def _nearest(gaps: Iterable[tuple[float, str]]) -> tuple[float, str]:
    return min(((gap, text) for gap, text in gaps if gap > -TOUCHING and len(text) > 1), default=(float("inf"), ""))


def whereabouts(box: Box, width: int, height: int) -> str:
    """The part of the page: "at the upper left", "in the middle"."""
    x, y = (box.left + box.right) / 2 / width, (box.top + box.bottom) / 2 / height
    down = "upper" if y < 1 / 3 else "lower" if y > 2 / 3 else ""
    across = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    if not down and not across:
        return "in the middle"
    return f"at the {down or 'middle'} {across or 'middle'}"


def _level(one: Place, other: Place) -> bool:
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.5 * min(one[3] - one[1], other[3] - other[1])


def _in_column(one: Place, other: Place) -> bool:
    return min(one[2], other[2]) > max(one[0], other[0])


def _follows(before: Phrase, left: float, tall: float, word: str) -> bool:
    two_figures = any(map(str.isdigit, word)) and any(map(str.isdigit, before.text.rpartition(" ")[2]))
    return -0.5 * tall < left - before.place[2] < (0.4 if two_figures else JOINED) * tall


def _overlap(one: Place, other: Place) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > TOUCHING and _level(one, other)
