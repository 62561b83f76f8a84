"""The reader of record: the lines of text on a page, from its text layer or by PP-OCRv6 (RapidOCR, offline).

On a clean rendering (a screenshot) lines are found by their edges and drafted by the tiny model; what it read with
doubt is read by the small one at once, and what then matters by `read_again`. On other pictures (photos, small or
blurred captures) the neural detector finds the lines, and the small model reads all. Measured side by side on real
dashboards: benchmarks/screenshots.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, Page, PrintedWord
from verifier.instruments import recogniser, text_lines
from verifier.instruments.recogniser import Recognised

_LONGEST_SIDE = 2000  # pixels: dashboards and brand names stay legible, and the crops stay small
_TALL = 2.5  # height over width from which a page is a scrolled capture, read in tiles
_TILE_WIDTH, _TILE_HEIGHT, _OVERLAP = 1600, 1400, 120  # pixels; the overlap holds the tallest line twice over
_MOST_TILES = 12  # about a minute of one core; `unread_share` says what was left out
_SMALL, _ENLARGED = 0.8e6, 2.0  # pixels of a small rendering, and times: its print is 6 to 9 pixels tall
_LEAST_SCORE = 0.5  # RapidOCR's own default: below it the recogniser's words are noise
_LEAST_THERE = 0.8  # of a number where one must stand
_LEAST_SURE = 0.78  # of words found by their edges: below, they are icons and sparklines
_SURE_WORD, _SURE_FIGURE = 0.3, 0.9  # of its least sure letter, from which the tiny model is believed for a draft
_PROSE = 16  # letters: a longer line is no figure alone, and a draft of it will do
_NOISE = 0.5  # below, it has seen an icon
_SURE_SHORT = 0.98  # of a number of two digits at most: sure ones were right, a legend's square in front gave .95
_SHORT = 2  # letters: bullets, arrows and lone digits, which the tiny model takes for each other
_LOOK_LIKE_DIGITS = frozenset("OoIl")  # when they stand alone
_SAME_LINE = 0.5  # overlap (intersection over the smaller box) from which two tiles saw one line
_EDGE = 48  # grey levels of the Laplacian: strokes of letters and figures, not the grain of a photo


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a line; its box is as wide as the recogniser's columns tell (about half a letter exact)."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Text standing in one line, in pixels of the page. `confidence` is the reader's, 0..1 (1 in a text layer).

    `draft` tells a line that only the tiny model has read.
    """

    text: str
    box: Box
    confidence: float
    words: tuple[Word, ...] = ()
    draft: bool = False


def read(page: Page) -> tuple[Line, ...]:
    """The lines of `page`, top to bottom, left to right; drafts on a clean rendering. Never touches the network.

    A text layer is believed; where most of what is drawn lies outside of it (a screenshot printed to PDF), the page
    is read as a picture, too.
    """
    lines = list(_from_layer(page.words))
    if not page.words or _mostly_drawn(page):
        for top, bottom, scale in _tiles(page):
            tile = np.asarray(cv2.cvtColor(page.pixels[top:bottom], cv2.COLOR_RGB2BGR), np.uint8)
            if scale < 1.0:
                size = (max(1, round(tile.shape[1] * scale)), max(1, round(tile.shape[0] * scale)))
                tile = np.asarray(cv2.resize(tile, size, interpolation=cv2.INTER_AREA), np.uint8)
            found = (_quickly if text_lines.rendered(tile) else _thoroughly)(tile, top, scale)
            lines += [line for line in found if not _seen(line, lines)]
    return tuple(sorted(lines, key=lambda line: (line.box.top, line.box.left)))


def read_again(page: Page, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines, the drafts among them read by the small model."""
    drafts = [line for line in lines if line.draft]
    if not drafts:
        return lines
    tile = cv2.cvtColor(page.pixels, cv2.COLOR_RGB2BGR)
    corners = np.array([_corners(line.box) for line in drafts], np.float32)
    placed = zip(corners, recogniser.recognise(tile, corners), strict=True)
    again = dict(zip(drafts, (_line(where, what, 0, 1.0) for where, what in placed), strict=True))
    return tuple(again.get(line, line) for line in lines)


def read_at(page: Page, places: tuple[Box, ...]) -> tuple[Line, ...]:
    """The numbers that stand alone at places where one must stand: paler and smaller print than `read` looks for."""
    found = [box for place in places if (box := text_lines.alone(page.pixels, place)) is not None]
    if not found:
        return ()
    tile = np.asarray(cv2.cvtColor(page.pixels, cv2.COLOR_RGB2BGR), np.uint8)
    corners = np.array([_corners(box) for box in found], np.float32)
    placed = zip(corners, recogniser.recognise(tile, corners), strict=True)
    return tuple(
        _line(where, what, 0, 1.0) for where, what in placed if _has_digit(what) and what.confidence >= _LEAST_THERE
    )


def _mostly_drawn(page: Page) -> bool:
    """True when more of the page's edges lie outside the words of its text layer than inside."""
    grey = cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY)
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_16S)) > _EDGE
    inside = np.zeros(edges.shape, bool)
    for word in page.words:
        box = word.box
        inside[max(0, int(box.top)) : int(box.bottom) + 1, max(0, int(box.left)) : int(box.right) + 1] = True
    return int((edges & ~inside).sum()) > int((edges & inside).sum())


def unread_share(page: Page) -> float:
    """The share of the page's height, 0..1, that `read` leaves out because the capture is too tall."""
    if page.words and not _mostly_drawn(page):
        return 0.0
    return max(0.0, 1.0 - max(bottom for _, bottom, _ in _tiles(page)) / page.height)


def _tiles(page: Page) -> list[tuple[int, int, float]]:
    """Top, bottom (page pixels) and scale of each tile."""
    if page.height <= _TALL * page.width or max(page.height, page.width) <= _LONGEST_SIDE:
        return [(0, page.height, min(1.0, _LONGEST_SIDE / max(page.height, page.width)))]
    scale = min(1.0, _TILE_WIDTH / page.width)
    height, overlap = round(_TILE_HEIGHT / scale), round(_OVERLAP / scale)
    tops = range(0, max(1, page.height - overlap), height - overlap)
    return [(top, min(page.height, top + height), scale) for top in tops][:_MOST_TILES]


def _thoroughly(tile: NDArray[Any], offset: int, scale: float) -> list[Line]:
    if tile.shape[0] * tile.shape[1] < _SMALL and text_lines.flat(tile):
        tile = cv2.resize(tile, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
        scale *= _ENLARGED
    corners = recogniser.detect(tile)
    return [
        _line(where, what, offset, scale)
        for where, what in zip(corners, recogniser.recognise(tile, corners), strict=True)
        if what.text and what.confidence >= _LEAST_SCORE
    ]


def _quickly(tile: NDArray[Any], offset: int, scale: float) -> list[Line]:
    corners = np.array([_corners(box) for box in text_lines.find(tile)], np.float32).reshape(-1, 4, 2)
    recognised = recogniser.recognise(tile, corners, quick=True)
    doubtful = [index for index, what in enumerate(recognised) if _doubtful(what)]
    again = dict(zip(doubtful, recogniser.recognise(tile, corners[doubtful]), strict=True))
    lines = []
    for index, where in enumerate(corners):
        what = again.get(index, recognised[index])
        if _is_text(what):
            lines.append(replace(_line(where, what, offset, scale), draft=index not in again))
    return lines


def _doubtful(what: Recognised) -> bool:
    """What the tiny model is known to misread: bullets, arrows, lone digits; and what it is not sure of itself."""
    if what.confidence < _NOISE or len(what.text) > _PROSE:
        return False
    alike = len(what.text) <= _SHORT or not _LOOK_LIKE_DIGITS.isdisjoint(what.text.split())
    if alike:
        return not (what.text.isdigit() and what.least >= _SURE_SHORT)
    return what.least < (_SURE_FIGURE if _has_digit(what) else _SURE_WORD)


def _is_text(what: Recognised) -> bool:
    return bool(what.text) and what.confidence >= (_LEAST_SCORE if _has_digit(what) else _LEAST_SURE)


def _has_digit(what: Recognised) -> bool:
    return any(letter.isdigit() for letter in what.text)


def _corners(box: Box) -> list[list[float]]:
    return [[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]]


def _line(corners: NDArray[np.float32], what: Recognised, offset: int, scale: float) -> Line:
    (left, top), (right, bottom) = corners.min(axis=0) / scale, corners.max(axis=0) / scale
    box = Box(left=float(left), top=float(top) + offset, right=float(right), bottom=float(bottom) + offset)
    width = box.right - box.left
    words = tuple(
        Word(text=word, box=replace(box, left=box.left + start * width, right=box.left + end * width))
        for word, start, end in what.words
    )
    return Line(text=what.text, box=box, confidence=what.confidence, words=words)


def _seen(line: Line, others: list[Line]) -> bool:
    return any(_overlap(line.box, other.box) > _SAME_LINE for other in others)


def _overlap(a: Box, b: Box) -> float:
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    if width <= 0 or height <= 0:
        return 0.0
    smaller = min((a.right - a.left) * (a.bottom - a.top), (b.right - b.left) * (b.bottom - b.top))
    return float(width * height / smaller)


def _from_layer(words: tuple[PrintedWord, ...]) -> tuple[Line, ...]:
    """Words of a text layer joined to lines: same height, and no wider apart than a letter is tall."""
    lines: list[list[PrintedWord]] = []
    for word in sorted(words, key=lambda word: (round(word.box.bottom), word.box.left)):
        for line in reversed(lines[-40:]):
            if _continues(line[-1].box, word.box):
                line.append(word)
                break
        else:
            lines.append([word])
    return tuple(
        Line(
            text=" ".join(word.text for word in line),
            box=Box(
                left=min(word.box.left for word in line),
                top=min(word.box.top for word in line),
                right=max(word.box.right for word in line),
                bottom=max(word.box.bottom for word in line),
            ),
            confidence=1.0,
            words=tuple(Word(text=word.text, box=word.box) for word in line),
        )
        for line in sorted(lines, key=lambda line: (line[0].box.top, line[0].box.left))
    )


def _continues(before: Box, after: Box) -> bool:
    height = max(before.bottom - before.top, after.bottom - after.top)
    apart = after.left - before.right
    level = abs((before.top + before.bottom) - (after.top + after.bottom)) / 2
    return level < 0.5 * height and -0.5 * height < apart < 0.8 * height
