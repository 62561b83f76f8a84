"""Panels: photos set into a picture - the cells of a collage, a photo on a page, in a screenshot or on a slide.

Each is looked up by itself: a photo that fills a ninth of a collage has too few local features in the whole. The
picture is cut along straight gutters, and where there are none, along straight seams at halves and thirds; what is
left is trimmed, and kept if it looks like a photo. Pictures without gutters and seams cost two milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box
from verifier.instruments import lettering, overlay, shrinking

SIDE = 800  # pixels at which cuts are sought: a gutter of 1% is 8 pixels wide
FLAT_STEP = 1.6  # grey levels: mean step between neighbours along a gutter; JPEG at quality 40 stays below
NARROWEST = 2  # lines of a gutter: one flat line is chance
SEAM_STEP = 9.0  # grey levels: mean step across a seam, each clipped at `MOST_STEP`
MOST_STEP = 40.0
SEAM_CONTRAST = 2.2  # times as large as the steps around it: edges of shelves are slanted and spread
SLACK = 0.015  # of the length: how far from a half or a third a seam may lie
LEAST_SHARE = 0.03  # of the picture: a cell of 5 x 5 is 0.04
LARGEST_ALONE = 0.75  # of the picture: one panel that is larger is found with the whole
LEAST_SIDE = 64  # pixels of the page: smaller panels have hardly any local features
LEAST_STEP = 2.5  # grey levels: mean step inside a photo; skies and walls say nothing
MOST = 12

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A rectangle of the small picture, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)

    def of(self, grey: Grey) -> Grey:
        return grey[self.top : self.bottom, self.left : self.right]


def find(pixels: NDArray[np.uint8]) -> tuple[Box, ...]:
    """The photos inside an RGB picture, in reading order, at most `MOST`; none where the picture is one photo."""
    small = shrinking.within(pixels, SIDE)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    scale = pixels.shape[1] / small.shape[1], pixels.shape[0] / small.shape[0]
    whole = _Cell(0, 0, grey.shape[1], grey.shape[0])
    least = max(LEAST_SHARE * whole.area, LEAST_SIDE**2 / (scale[0] * scale[1]))
    cells = [cell for cell in _leaves(grey, whole, least) if cell.area < LARGEST_ALONE * whole.area]
    photos = [cell for cell in cells if _is_photo(small, grey, cell, scale)]
    largest = sorted(photos, key=lambda cell: (-cell.area, cell.top, cell.left))[:MOST]
    line = grey.shape[0] / 16  # tops that differ by less stand in one row
    return tuple(_box(cell, scale) for cell in sorted(largest, key=lambda cell: (round(cell.top / line), cell.left)))


def _leaves(grey: Grey, cell: _Cell, least: float) -> Iterator[_Cell]:
    """The cells into which a cell can be cut, trimmed; itself, if it cannot."""
    cell = _trimmed(grey, cell)
    if cell.area < least or min(cell.right - cell.left, cell.bottom - cell.top) < 8:
        return
    parts = _parts(grey, cell)
    if len(parts) < 2:
        yield cell
        return
    for part in parts:
        yield from _leaves(grey, part, least)


def _parts(grey: Grey, cell: _Cell) -> list[_Cell]:
    """The cell cut along its seams; else along the gutters; in one direction, rows first."""
    for rows in (True, False):
        seams = _seams(cell.of(grey), rows)
        if seams:
            edges = [0, *seams, cell.bottom - cell.top if rows else cell.right - cell.left]
            return [_slice(cell, rows, first, last) for first, last in pairwise(edges)]
    for rows in (True, False):
        flat = _flat(cell.of(grey), rows)
        gutters = [gutter for gutter in _runs(flat) if gutter[1] - gutter[0] >= NARROWEST]
        if gutters:
            edges = [0, *(edge for gutter in gutters for edge in gutter), len(flat)]
            return [_slice(cell, rows, first, last) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    return [cell]


def _flat(grey: Grey, rows: bool) -> NDArray[np.bool_]:
    """Which lines hardly change along their length."""
    along = 1 if rows else 0
    if grey.shape[along] < 2:
        return np.ones(grey.shape[1 - along], np.bool_)
    return np.asarray(np.abs(np.diff(grey, axis=along)).mean(axis=along) < FLAT_STEP)


def _seams(grey: Grey, rows: bool) -> list[int]:
    """Halves or thirds where all of a line steps to the next, and no line near by does."""
    steps = np.minimum(np.abs(np.diff(grey, axis=0 if rows else 1)), MOST_STEP).mean(axis=1 if rows else 0)
    length = len(steps) + 1
    for parts in (2, 3):
        found = [_seam(steps, round(length * n / parts), max(2, round(length * SLACK))) for n in range(1, parts)]
        seams = [place for place in found if place is not None]
        if len(seams) == parts - 1:
            return seams
    return []


def _seam(steps: Grey, near: int, slack: int) -> int | None:
    first, last = max(near - 1 - slack, 8), min(near + slack, len(steps) - 8)
    if first >= last:
        return None
    place = first + int(steps[first:last].argmax())
    around = np.concatenate((steps[place - 8 : place - 2], steps[place + 3 : place + 9]))
    clear = steps[place] >= max(SEAM_STEP, SEAM_CONTRAST * float(around.max()))
    return place + 1 if clear else None


def _trimmed(grey: Grey, cell: _Cell) -> _Cell:
    """Without flat margins."""
    for rows in (True, False):
        lines = np.flatnonzero(~_flat(cell.of(grey), rows))
        if not len(lines):
            return _Cell(cell.left, cell.top, cell.left, cell.top)
        cell = _slice(cell, rows, int(lines[0]), int(lines[-1]) + 1)
    return cell


def _runs(lines: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last (exclusive) of each stretch of true lines."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], lines, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _slice(cell: _Cell, rows: bool, first: int, last: int) -> _Cell:
    if rows:
        return _Cell(cell.left, cell.top + first, cell.right, cell.top + last)
    return _Cell(cell.left + first, cell.top, cell.left + last, cell.bottom)


def _is_photo(small: NDArray[np.uint8], grey: Grey, cell: _Cell, scale: tuple[float, float]) -> bool:
    wide, tall = (cell.right - cell.left) * scale[0], (cell.bottom - cell.top) * scale[1]
    if min(wide, tall) < LEAST_SIDE or max(wide, tall) > 6 * min(wide, tall):
        return False
    if float(np.abs(np.diff(cell.of(grey), axis=1)).mean()) < LEAST_STEP:
        return False
    part = small[cell.top : cell.bottom, cell.left : cell.right]
    if not overlay.is_drawn(part):
        return True
    # a photo at night is flat, too; so is a chart, which has no print of its own but stands on a page
    return not lettering.is_lettered(cell.of(grey).astype(np.uint8)) and not overlay.is_drawn(small)


def _box(cell: _Cell, scale: tuple[float, float]) -> Box:
    """In whole pixels of the picture, without the lines that a cell shares with its gutter."""
    across, down = scale
    return Box(
        left=float(np.ceil(cell.left * across)),
        top=float(np.ceil(cell.top * down)),
        right=float(np.floor(cell.right * across)),
        bottom=float(np.floor(cell.bottom * down)),
    )
