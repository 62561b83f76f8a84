"""Cells: the lines of a page taken apart into labels and numbers; enumerators and dates are no numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from verifier.casefile import Box
from verifier.instruments import numerals
from verifier.instruments.numerals import Convention, Numeral
from verifier.instruments.text import Line, Word

_OFF_LEVEL = 0.35  # of its height: how far a cell's middle may stand off its row's
_GAP = 0.8  # line heights between two words from which they stand in different cells
_ELLIPSIS = re.compile(r"[^\W\d_](?:\.{2,}|…)$")  # a label cut off by its cell's edge: what follows is another's
_GLYPHS = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef↓↑▼▲△▽●○•■□▪▶◀►◄⬇⬆✓√|]+"
)  # icons, as the reader spells them
_MONTH = (
    r"jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz?|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|"
    r"sep(?:t|tember)?|oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|de[cz](?:ember)?"
)
MONTH = re.compile(rf"(?:{_MONTH})\.?", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?:{_MONTH})\b\.?|\b\d{{1,2}}[:h]\d{{2}}\b|\b\d{{1,2}}\s?[ap]\.?m\b|"
    r"\b\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b",
    re.IGNORECASE,
)
_NOT_A_FIGURE = re.compile(
    r"^(?:out of|of|von|page|seite|rows?|zeilen?|top|last|letzte|items per page)\b", re.IGNORECASE
)
_NO_FIGURE_AFTER = re.compile(  # "9,832 of 15678": what follows is the base; "+2%" is a change
    r"(?:\b(?:of|von|sur|de|di|van|su)|[+/])\s*$", re.IGNORECASE
)
_FRACTION = re.compile(r"(\d[\d.,]*)/(\d[\d.,]{2,})")
_MONTH_OF_YEAR = re.compile(r"\d{1,2}/(?:19|20)\d\d")
_ENUMERATOR = re.compile(r"^\d{1,3}[.)]\s*(?:\D|$)")
_SIZE = re.compile(r"\b(?:kb|mb|gb|bytes?|ms|sec|min|px)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One label or one number. `line` tells cells that were printed in one line; `box` is in pixels of the page."""

    text: str
    box: Box
    line: int
    confidence: float
    numeral: Numeral | None = None

    @property
    def height(self) -> float:
        return self.box.bottom - self.box.top

    @property
    def centre(self) -> tuple[float, float]:
        return (self.box.left + self.box.right) / 2, (self.box.top + self.box.bottom) / 2


def cells(lines: Sequence[Line]) -> tuple[Cell, ...]:
    """The labels and numbers of a page, in reading order."""
    known = numerals.convention(line.text for line in lines)
    return tuple(cell for number, line in enumerate(lines) for cell in _taken_apart(line, number, known))


def rows(items: Iterable[Cell]) -> list[list[Cell]]:
    """Cells grouped by height on the page: one of a row is level with another, and near the row's mean height."""
    grouped: list[list[Cell]] = []
    for cell in sorted(items, key=lambda cell: (cell.centre[1], cell.box.left)):
        row = next((row for row in reversed(grouped[-6:]) if _joins(row, cell)), None)
        if row is None:
            grouped.append([cell])
        else:
            row.append(cell)
    return [sorted(row, key=lambda cell: cell.box.left) for row in grouped]


def _joins(row: Sequence[Cell], cell: Cell) -> bool:
    mean = sum(other.centre[1] for other in row) / len(row)
    if abs(cell.centre[1] - mean) > _OFF_LEVEL * max(cell.height, row[0].height):
        return False
    return any(level(other.box, cell.box) for other in row)


def level(a: Box, b: Box) -> bool:
    """True when the two stand in one row."""
    return min(a.bottom, b.bottom) - max(a.top, b.top) > 0.5 * min(a.bottom - a.top, b.bottom - b.top)


def aligned(a: Box, b: Box, height: float) -> bool:
    """True when the left edges, the right edges or the middles are in line."""
    offsets = (a.left - b.left, a.right - b.right, (a.left + a.right - b.left - b.right) / 2)
    return min(abs(offset) for offset in offsets) < 0.7 * height


def _taken_apart(line: Line, number: int, known: Convention | None) -> Iterable[Cell]:
    text = ""
    for words in _groups(line):
        after_month = bool(MONTH.fullmatch(text))
        text = " ".join(word.text for word in words)
        whole = Cell(text=text, box=_around(words), line=number, confidence=line.confidence)
        if after_month or not any(character.isdigit() for character in text) or _unfit(text):
            yield whole
        else:
            yield from _figures_apart(whole, words, known)


def _unfit(text: str) -> bool:
    return bool(_DATE.search(text) or _NOT_A_FIGURE.match(text) or _ENUMERATOR.match(text) or _SIZE.search(text))


def _figures_apart(whole: Cell, words: Sequence[Word], known: Convention | None) -> Iterable[Cell]:
    """Numbers at the start or the end of the text become cells of their own; one amid words belongs to the words."""
    found = [one for one in numerals.find(whole.text, known) if not _NO_FIGURE_AFTER.search(whole.text[: one.start])]
    ends = [
        one
        for one in found
        if not whole.text[: one.start].strip(" :(/=") or not whole.text[one.end :].strip(" )|*") or len(found) > 1
    ]
    spans = [(one.start, one.end) for one in ends]
    for one in ends:
        yield replace(
            whole,
            text=whole.text[one.start : one.end],
            box=_part(whole, words, one.start, one.end),
            numeral=one.numeral,
        )
    for start, end in _between(spans, len(whole.text)):
        rest = whole.text[start:end].strip(" :()/=|*,;-–")
        if any(character.isalpha() for character in rest):
            yield replace(whole, text=rest, box=_part(whole, words, start, end))


def _between(spans: Sequence[tuple[int, int]], length: int) -> Iterable[tuple[int, int]]:
    edge = 0
    for start, end in [*sorted(spans), (length, length)]:
        if start > edge:
            yield edge, start
        edge = end


def _part(whole: Cell, words: Sequence[Word], start: int, end: int) -> Box:
    """The box of characters start to end of the words, joined by single blanks."""
    covered, position = [], 0
    for word in words:
        first, last = position, position + len(word.text)
        position = last + 1
        if first < end and last > start and word.text:
            letter = (word.box.right - word.box.left) / len(word.text)
            left = word.box.left + max(0, start - first) * letter
            right = word.box.right - max(0, last - end) * letter
            covered.append(replace(word.box, left=left, right=right))
    if not covered:
        return whole.box
    return replace(whole.box, left=min(box.left for box in covered), right=max(box.right for box in covered))


def _groups(line: Line) -> Iterable[list[Word]]:
    """Words of one line, parted where an icon or a wide gap stands between them."""
    words = line.words or (Word(text=line.text, box=line.box),)
    group: list[Word] = []
    for word in (part for whole in words for part in _fraction_apart(whole)):
        plain = _GLYPHS.sub(" ", word.text).strip()
        wide = bool(group) and word.box.left - group[-1].box.right > _GAP * (line.box.bottom - line.box.top)
        if group and (wide or not plain or _ELLIPSIS.search(group[-1].text)):
            yield group
            group = []
        if plain:
            group.append(_trimmed(word, plain))
    if group:
        yield group


def _fraction_apart(word: Word) -> Iterable[Word]:
    """A fraction set without blanks, "150.799/155.760", as the number and its base; dates and pages stay whole."""
    match = _FRACTION.fullmatch(word.text)
    if match is None or _MONTH_OF_YEAR.fullmatch(word.text):
        yield word
        return
    edge = word.box.left + (word.box.right - word.box.left) * match.end(1) / len(word.text)
    yield Word(text=match[1], box=replace(word.box, right=edge))
    yield Word(text=f"/ {match[2]}", box=replace(word.box, left=edge))


def _trimmed(word: Word, plain: str) -> Word:
    """The word without the icons before and after it, and the box without their share."""
    start = word.text.find(plain)
    if plain == word.text or start < 0:
        return replace(word, text=plain)
    letter = (word.box.right - word.box.left) / len(word.text)
    left = word.box.left + start * letter
    return Word(text=plain, box=replace(word.box, left=left, right=left + len(plain) * letter))


def _around(words: Sequence[Word]) -> Box:
    return Box(
        left=min(word.box.left for word in words),
        top=min(word.box.top for word in words),
        right=max(word.box.right for word in words),
        bottom=max(word.box.bottom for word in words),
    )
