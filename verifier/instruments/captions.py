"""Captions: the words of a page as labels of figures, those wrapped over several lines made one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from verifier.casefile import Box
from verifier.instruments import vocabulary
from verifier.instruments.layout import Cell, aligned, level
from verifier.instruments.phrasebook import plain
from verifier.instruments.vocabulary import Meaning

_LEAST_HEADINGS = 3  # in one line; two names side by side may be a title ("Opens, clicks")
_MOST_WORDS, _MOST_WORDS_OF_NAME = 24, 4
_SURE = 0.9  # of a heading
_GROUP_GAP, _GROUP_REACH = 1.2, 9.0  # line heights beneath and beside a group's heading in which its columns are headed
_SENTENCE = re.compile(r"[,;:!?&+/|]|\.\s")
_LEAST_LETTERS = 2  # of a label's second line: one is the corner of a sparkline


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A cell (or two, wrapped) that names a figure, or a stranger (`meaning` None)."""

    cell: Cell
    meaning: Meaning | None


def parted(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells; headings of a narrow table that the reader took for one line ("Campaign Sent Unique opens") parted."""
    return tuple(part for cell in cells for part in (_headings(cell) if not cell.numeral else (cell,)))


def _headings(cell: Cell) -> Sequence[Cell]:
    """The names of figures that make up the words, the first of which may be another; or the cell as it is."""
    spoken = cell.text.split()
    if not _LEAST_HEADINGS <= len(spoken) <= _MOST_WORDS or _SENTENCE.search(cell.text):
        return (cell,)
    if vocabulary.understand(cell.text) is not None:
        return (cell,)
    for first in range(_MOST_WORDS_OF_NAME):  # words before the first figure
        ends = _names(spoken, first)
        if len(ends) + bool(first) >= _LEAST_HEADINGS:
            edges = [0, *([first] if first else []), *ends]
            return [_words_of(cell, spoken, start, end) for start, end in pairwise(edges)]
    return (cell,)


def _names(spoken: Sequence[str], first: int) -> list[int]:
    """Where the figures' names end that follow each other from the word `first` to the last; empty where they do not.

    The longest names are tried first, those last that end in "unique": it may begin the next.
    """
    if first == len(spoken):
        return []
    ends = range(min(first + _MOST_WORDS_OF_NAME, len(spoken)), first, -1)
    for end in sorted(ends, key=lambda end: vocabulary.says_unique(spoken[end - 1])):
        meaning = vocabulary.understand(" ".join(spoken[first:end]))
        if meaning is None or meaning.strength < _SURE or meaning.weak:
            continue
        further = _names(spoken, end)
        if further or end == len(spoken):
            return [end, *further]
    return []


def _words_of(cell: Cell, spoken: Sequence[str], start: int, end: int) -> Cell:
    """The part of the cell from one word to another, its box by letters."""
    letter = (cell.box.right - cell.box.left) / len(cell.text)
    before, text = len(" ".join(spoken[:start])) + bool(start), " ".join(spoken[start:end])
    left = cell.box.left + before * letter
    return replace(cell, text=text, box=replace(cell.box, left=left, right=left + len(text) * letter))


def labels(cells: Sequence[Cell]) -> tuple[Label, ...]:
    """All words of the page as labels; a label wrapped over two or three lines becomes one."""
    values = [cell for cell in cells if cell.numeral]
    words = [cell for cell in cells if not (cell.numeral or _says_nothing(cell.text))]
    used: set[Cell] = set()
    found: list[Label] = []
    for cell in words:
        if cell in used:
            continue
        merged = cell
        while (following := _wrapped(merged, words, values, used)) is not None:
            used.add(following)
            merged = _joined(merged, following)
        found.append(Label(cell=merged, meaning=vocabulary.understand(merged.text)))
    return _grouped([label for label in found if label.cell not in used])


def _grouped(found: Sequence[Label]) -> tuple[Label, ...]:
    """Headings that only say how it is counted ("Total", "Rate"), understood with the heading of their group above,
    which then names no column of its own."""
    groups = {label.cell: group for label in found if (group := _group_of(label, found)) is not None}
    heads = {group.cell for group in groups.values() if "\n" not in group.cell.text}
    return tuple(
        Label(cell=label.cell, meaning=vocabulary.understand(f"{_first(groups[label.cell])} {label.cell.text}"))
        if label.cell in groups
        else replace(label, meaning=None)
        if label.cell in heads
        else label
        for label in found
    )


def _group_of(label: Label, others: Sequence[Label]) -> Label | None:
    """The heading amid whose columns this one stands; None for any other words."""
    if label.meaning is not None or not vocabulary.says_how(label.cell.text):
        return None
    row = [cell.box for other in others if (cell := other.cell) is label.cell or _says_how_beside(cell, label.cell)]
    left, right = min(box.left for box in row), max(box.right for box in row)
    heads = [
        other
        for other in others
        if len(row) > 1 and other.meaning is not None and not other.meaning.rate
        if left < other.cell.centre[0] < right and _heads(other.cell, label.cell)
    ]
    return min(heads, key=lambda head: abs(head.cell.centre[0] - label.cell.centre[0]), default=None)


def _first(label: Label) -> str:
    return label.cell.text.partition("\n")[0]


def _says_how_beside(other: Cell, cell: Cell) -> bool:
    """True for another heading of the row whose (last) line only says how it is counted, too."""
    last = replace(other.box, top=other.box.bottom - _last_height(other))
    return vocabulary.says_how(other.text.rpartition("\n")[2]) and level(last, cell.box)


def _heads(group: Cell, cell: Cell) -> bool:
    """True when the group's (first) line stands just above the row of the cell, within a column's reach."""
    height = _last_height(group)
    first = replace(group.box, bottom=group.box.top + height)
    above = cell.box.top - first.top > 0 and cell.box.top - first.bottom < _GROUP_GAP * height
    return above and abs(group.centre[0] - cell.centre[0]) < _GROUP_REACH * height and not level(first, cell.box)


def _says_nothing(text: str) -> bool:
    """True for words that belong to a number of their own: a rate's base, what a change is against."""
    return vocabulary.names_base(text) or vocabulary.says_change(text)


def _wrapped(cell: Cell, words: Sequence[Cell], values: Sequence[Cell], used: set[Cell]) -> Cell | None:
    """The next line of a label that only means something (else) with it."""
    for below in words:
        gap = below.box.top - cell.box.bottom
        near = -0.6 * below.height < gap < 0.5 * below.height and 0.7 < below.height / _last_height(cell) < 1.4
        if below in used or below is cell or not near or not aligned(cell.box, below.box, below.height):
            continue
        if len(plain(below.text)) < _LEAST_LETTERS:
            continue
        meaning = vocabulary.understand(f"{cell.text} {below.text}")
        if meaning is None or meaning.strength < 0.9 or meaning.weak:
            continue
        if not (_has_neighbour(cell, values) and _has_neighbour(below, values)):
            return below
    return None


def _last_height(cell: Cell) -> float:
    return cell.height / (1 + cell.text.count("\n"))


def _joined(cell: Cell, below: Cell) -> Cell:
    box = Box(
        left=min(cell.box.left, below.box.left),
        top=cell.box.top,
        right=max(cell.box.right, below.box.right),
        bottom=below.box.bottom,
    )
    return replace(cell, text=f"{cell.text}\n{below.text}", box=box, confidence=min(cell.confidence, below.confidence))


def _has_neighbour(cell: Cell, values: Sequence[Cell]) -> bool:
    return any(level(cell.box, value.box) and value.box.left > cell.box.right for value in values)
