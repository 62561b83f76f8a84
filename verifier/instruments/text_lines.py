"""Where text stands on a rendered page, found by its edges: a tenth of what the neural detector costs.

Letters of a screenshot are sharp islands of one ink on an even ground. Each island of edges is boxed; islands that
stand on one level, in one ink, closer than a letter is tall, are a line. Frames, bars and rules are taken out first,
and part lines where they pass between them. What is no text (icons, sparklines) is boxed, too: the recogniser tells.
Measured: benchmarks/screenshots.py; photos and blurred pictures are for the neural detector (`rendered`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box

Ints = NDArray[np.int64]

_EDGE = 40  # grey levels between neighbours: the palest print of dashboards has 60, JPEG's ripples 20
_PALE, _TALL_ENOUGH = 16, 0.35  # grey levels, and of its height, of print at a place where some must stand
_FLAT, _FLAT_SHARE = (
    2,
    0.55,
)  # grey levels, and the share of pixels that differ by no more: reports .6-.9, photos under .15
_LEAST_AREA = 0.45e6  # pixels: print of smaller captures is 6 to 9 pixels tall, and its letters run together
_TALLEST, _TALLEST_SHARE = 110, 0.14  # pixels, and of the page: an island beyond is a frame or a bar, not a figure
_WIDEST = 500  # pixels of an island: letters that touch
_RULE, _BAR, _STRONG = 40, 32, 64  # pixels of a rule along and a bar across; grey levels of a bar that parts cells
_THIN = 6  # pixels across: a rule, not the foot of letters in a row
_LEAST_PIXELS, _LEAST_HEIGHT = 4, 6  # of an island; of a letter (points and commas are lower, and join a line)
_CURVE = 4.6  # edge pixels to a pixel of its diagonal, at most, in an island of one slanting stroke
_GAP = 0.95  # letter heights between two islands of a line
_SAME_INK = 0.62  # of the stronger mean edge: a pale sparkline beside a black figure is no part of it
_SAME_HEIGHT, _SAME_LEVEL = 0.5, 0.6  # of the taller's height; overlap in the lower's heights
_MARGIN, _MARGIN_SHARE = 3.6, 0.04  # pixels, and of the line's height: what the recogniser was trained to see around


@dataclass(frozen=True, slots=True, kw_only=True)
class _Islands:
    """Boxes (n, 4: left, top, right, bottom), mean edge, and whether the middle is empty (a frame, an O)."""

    boxes: Ints
    ink: NDArray[np.float64]
    hollow: NDArray[np.bool_]

    def at(self, chosen: NDArray[np.bool_] | Ints) -> _Islands:
        return _Islands(boxes=self.boxes[chosen], ink=self.ink[chosen], hollow=self.hollow[chosen])


def rendered(pixels: NDArray[np.uint8]) -> bool:
    """True for a picture whose text `find` may be trusted with: large enough, and flat between its edges."""
    return pixels.shape[0] * pixels.shape[1] >= _LEAST_AREA and flat(pixels)


def flat(pixels: NDArray[np.uint8]) -> bool:
    """True for a picture that is drawn, not taken: flat between its edges."""
    return float((_gradient(pixels[::2]) <= _FLAT).mean()) >= _FLAT_SHARE


def find(pixels: NDArray[np.uint8]) -> list[Box]:
    """The boxes of lines, in pixels, with the margin that the recogniser wants."""
    gradient = _gradient(pixels)
    edges = np.asarray(gradient > _EDGE, np.uint8)
    tallest = max(_TALLEST, round(_TALLEST_SHARE * len(pixels)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    large = (stats[:, 3] > tallest) | (stats[:, 2] > _WIDEST)
    large[0] = False
    inside = np.asarray(large, np.uint8)[labels]
    bars = _opened(inside & np.asarray(gradient > _STRONG, np.uint8), _BAR, 1)
    found = _islands(gradient, labels, stats, count, tallest)
    if large.any():
        rules = _opened(inside - _opened(inside, _THIN, 1), 1, _RULE)
        inside[(rules | _opened(inside, _BAR, 1)) > 0] = 0
        count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
        more = _islands(gradient, labels, stats, count, tallest)
        found = _Islands(
            boxes=np.concatenate([found.boxes, more.boxes]),
            ink=np.concatenate([found.ink, more.ink]),
            hollow=np.concatenate([found.hollow, more.hollow]),
        )
    lines = _lines(_unframed(found.at(np.argsort(found.boxes[:, 0], kind="stable"))), bars, tallest)
    return _with_margin(_parted(lines, bars), *pixels.shape[:2])


def alone(pixels: NDArray[np.uint8], place: Box) -> Box | None:
    """The box, with its margin, of what stands free of the edges of a place; None where nothing of its height does."""
    left, top = max(0, int(place.left)), max(0, int(place.top))
    crop = pixels[top : int(place.bottom) + 1, left : int(place.right) + 1]
    if min(crop.shape[:2]) < _LEAST_HEIGHT:
        return None
    edges = np.asarray(_gradient(np.ascontiguousarray(crop)) > _PALE, np.uint8)
    height, width = edges.shape
    _, _, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    boxes = np.stack([stats[1:, 0], stats[1:, 1], stats[1:, 0] + stats[1:, 2], stats[1:, 1] + stats[1:, 3]], axis=1)
    free = (boxes[:, :2] > 0).all(axis=1) & (boxes[:, 2] < width) & (boxes[:, 3] < height)
    tall = boxes[free & (boxes[:, 3] - boxes[:, 1] >= _TALL_ENOUGH * height)]
    if not len(tall):
        return None
    around = np.concatenate([tall[:, :2].min(axis=0), tall[:, 2:].max(axis=0)])[None] + [left, top, left, top]
    return _with_margin(around.astype(np.int64), *pixels.shape[:2])[0]


def _gradient(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Largest less smallest of 3 x 3 neighbours, of the colour that differs most."""
    change = cv2.morphologyEx(pixels, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.max(cv2.max(change[:, :, 0], change[:, :, 1]), change[:, :, 2]), np.uint8)


def _opened(mask: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((height, width), np.uint8)), np.uint8)


def _islands(
    gradient: NDArray[np.uint8], labels: NDArray[Any], stats: NDArray[Any], count: int, tallest: int
) -> _Islands:
    """The islands that may be letters, points or words."""
    left, top, width, height, area = stats.T
    slant = (area < _CURVE * np.hypot(width, height)) & (width > 0.6 * height) & (height > 14)
    fit = (area >= _LEAST_PIXELS) & (height <= tallest) & (width <= _WIDEST) & ~slant
    fit[0] = False  # the ground
    on = np.flatnonzero(labels.ravel())
    of = labels.ravel()[on]
    ink = np.bincount(of, gradient.ravel()[on], count) / np.maximum(area, 1)
    hollow = np.zeros(count, bool)
    for island in np.flatnonzero(fit & (width >= 16) & (height >= 12)):
        x, y, wide, high = stats[island, :4]
        hollow[island] = not (labels[y + high // 2, x + wide // 5 : x + wide - wide // 5] == island).any()
    boxes = np.stack([left, top, left + width, top + height], axis=1).astype(np.int64)
    return _Islands(boxes=boxes[fit], ink=ink[fit], hollow=hollow[fit])


def _unframed(islands: _Islands) -> _Islands:
    """Without the outlines of buttons and tags: empty in the middle, with letters side by side in them."""
    boxes = islands.boxes
    height = boxes[:, 3] - boxes[:, 1]
    kept = np.ones(len(boxes), bool)
    for index in np.flatnonzero(islands.hollow):
        left, top, right, bottom = boxes[index]
        within = (boxes[:, 0] > left) & (boxes[:, 1] > top) & (boxes[:, 2] < right) & (boxes[:, 3] < bottom)
        letters = int((within & (height > 0.25 * (bottom - top))).sum())
        kept[index] = letters < 2 or (letters < 4 and right - left <= 1.3 * (bottom - top))
    return islands.at(kept)


def _lines(islands: _Islands, bars: NDArray[np.uint8], tallest: int) -> Ints:
    boxes = islands.boxes
    height, width = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    letters = (height >= _LEAST_HEIGHT) & (height <= 0.85 * tallest) & (height < 6 * width + 12)
    found = islands.at(letters)
    lines = _joined(found.boxes, _neighbours(found, np.cumsum(bars, axis=1, dtype=np.int32)))
    lines = _with_points(lines, boxes[~letters & (height < 60)])
    lines = _joined(lines, _overlapping(lines))
    height, width = lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0]
    return lines[(width >= 3) & (width >= 0.25 * height)]


def _neighbours(islands: _Islands, bars: NDArray[np.int32]) -> Iterable[tuple[int, int]]:
    """Pairs that belong to one line. `islands` come from left to right, `bars` is summed along the rows."""
    boxes, ink = islands.boxes, islands.ink
    height = boxes[:, 3] - boxes[:, 1]
    reach = np.searchsorted(boxes[:, 0], boxes[:, 2] + 2 * _GAP * height, side="right")
    for index in range(len(boxes)):
        others = slice(index + 1, int(reach[index]))
        there = boxes[others]
        if not len(there):
            continue
        taller, lower = np.maximum(height[others], height[index]), np.minimum(height[others], height[index])
        top, bottom = np.maximum(boxes[index, 1], there[:, 1]), np.minimum(boxes[index, 3], there[:, 3])
        near = (there[:, 0] - boxes[index, 2] < _GAP * taller) & (lower >= _SAME_HEIGHT * taller)
        near &= bottom - top >= _SAME_LEVEL * lower
        near &= np.minimum(ink[index], ink[others]) > _SAME_INK * np.maximum(ink[index], ink[others])
        middle, end = (top + bottom) // 2, np.minimum(boxes[index, 2] - 1, there[:, 0])
        near &= bars[middle, there[:, 0]] <= bars[middle, end]
        yield from ((index, index + 1 + int(other)) for other in np.flatnonzero(near))


def _overlapping(lines: Ints) -> Iterable[tuple[int, int]]:
    """Pairs of lines on one level that touch (a comma has bridged them) or lie in each other."""
    height, width = lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0]
    for index in range(len(lines)):
        lower, taller = np.minimum(height[index], height), np.maximum(height[index], height)
        level = np.minimum(lines[index, 3], lines[:, 3]) - np.maximum(lines[index, 1], lines[:, 1])
        apart = np.maximum(lines[:, 0] - lines[index, 2], lines[index, 0] - lines[:, 2])
        beside = (level >= 0.7 * lower) & (apart < 0.5 * lower) & (lower >= 0.5 * taller)
        within = (level >= 0.6 * lower) & (apart < -0.5 * np.minimum(width[index], width)) & (lower >= 0.3 * taller)
        yield from ((index, int(other)) for other in np.flatnonzero(beside | within) if other > index)


def _with_points(lines: Ints, marks: Ints) -> Ints:
    """Points, commas, dashes and the dots of i join the line in whose band they stand."""
    grown, height = lines.copy(), lines[:, 3] - lines[:, 1]
    for mark in marks:
        middle = (mark[1] + mark[3]) / 2
        apart = np.maximum(np.maximum(lines[:, 0] - mark[2], mark[0] - lines[:, 2]), 0)
        fits = (mark[3] - mark[1] < 0.6 * height) & (mark[2] - mark[0] < 1.2 * height) & (apart < 0.4 * height)
        fits &= (middle > lines[:, 1] - 0.15 * height) & (middle < lines[:, 3] + 0.25 * height)
        if fits.any():
            line = np.flatnonzero(fits)[np.argmin(apart[fits])]
            grown[line, :2] = np.minimum(grown[line, :2], mark[:2])
            grown[line, 2:] = np.maximum(grown[line, 2:], mark[2:])
    return grown


def _joined(boxes: Ints, pairs: Iterable[tuple[int, int]]) -> Ints:
    """One box around each set of boxes that pairs hold together."""
    first = list(range(len(boxes)))

    def root(index: int) -> int:
        while first[index] != index:
            first[index] = first[first[index]]
            index = first[index]
        return index

    for one, other in pairs:
        one, other = sorted((root(one), root(other)))
        first[other] = one
    roots = np.array([root(index) for index in range(len(boxes))], int)
    groups = [boxes[roots == index] for index in np.unique(roots)]
    around = [np.concatenate([group[:, :2].min(axis=0), group[:, 2:].max(axis=0)]) for group in groups]
    return np.array(around, np.int64).reshape(-1, 4)


def _parted(lines: Ints, bars: NDArray[np.uint8]) -> Ints:
    """Lines cut where a bar passes through them from top to bottom: print of a cell that touches the next cell's."""
    parts: list[tuple[int, int, int, int]] = []
    for left, top, right, bottom in lines.tolist():
        open_ = bars[top:bottom, left:right].mean(axis=0) < 0.9
        edges = np.flatnonzero(np.diff(np.concatenate([[False], open_, [False]])))
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if open_.all() or end - start >= max(3, 0.35 * (bottom - top)):
                parts.append((left + start, top, left + end, bottom))
    return np.array(parts, np.int64).reshape(-1, 4)


def _with_margin(lines: Ints, height: int, width: int) -> list[Box]:
    boxes = []
    for left, top, right, bottom in lines.tolist():
        margin = _MARGIN + _MARGIN_SHARE * (bottom - top)
        boxes.append(
            Box(
                left=max(0.0, left - margin),
                top=max(0.0, top - margin),
                right=min(float(width), right + margin),
                bottom=min(float(height), bottom + margin),
            )
        )
    return boxes
