"""Directions: how well a number's place fits a label's or another number's, and what stands between the two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.casefile import Box
from verifier.instruments.layout import Cell, aligned, level

STEP = 9.0  # line heights down to the count of a funnel's step, if another step has the same
SECOND_GAP = 2.2  # line heights between a card's first and second value
_FAR = 40.0  # line heights right to a list's second column


def geometry(label: Cell, value: Cell) -> tuple[str, float]:
    """The direction from label to number, and how well their places fit (0..1)."""
    height = min(label.height, value.height)
    if level(label.box, value.box):
        gap = (value.box.left - label.box.right) / height
        if gap > -0.5:
            return "right", 0.95 * float(np.exp(-max(0.0, gap) / 20))
        gap = (label.box.left - value.box.right) / height
        if gap <= -0.5:
            return "inline", 0.9  # the reader's boxes overlap: a label and its number set close
        return "left", 0.7 * float(np.exp(-max(0.0, gap) / 3))
    beside = min(label.box.right, value.box.right) - max(label.box.left, value.box.left)
    if aligned(label.box, value.box, height):
        fit = 1.0
    elif beside > 0:
        fit = 0.5 + 0.4 * beside / min(label.box.right - label.box.left, value.box.right - value.box.left)
    else:
        return "", 0.0
    below = value.box.top >= label.box.top
    between = value.box.top - label.box.bottom if below else label.box.top - value.box.bottom
    gap = between / float(np.sqrt(label.height * value.height))  # large print stands farther off
    return (
        ("below", fit * float(np.exp(-max(0.0, gap) / 5)))
        if below
        else (
            "above",
            0.9 * fit * float(np.exp(-max(0.0, gap) / 3)),
        )
    )


def line_of_sight(label: Cell, value: Cell, direction: str, obstacles: Sequence[Cell]) -> float:
    """1 where nothing stands between label and number; each thing in between takes its share."""
    a, b = label.box, value.box
    if direction in {"right", "left"}:
        first, last = (a, b) if direction == "right" else (b, a)
        between = Box(left=first.right, top=max(a.top, b.top), right=last.left, bottom=min(a.bottom, b.bottom))
    else:
        first, last = (a, b) if direction == "below" else (b, a)
        between = Box(left=max(a.left, b.left), top=first.bottom, right=min(a.right, b.right), bottom=last.top)
    weight = 1.0
    for cell in obstacles:
        if cell is not label and cell is not value and middle_inside(cell, between, direction):
            weight *= 0.35 if cell.numeral else 0.3
    return weight


def middle_inside(cell: Cell, between: Box, direction: str) -> bool:
    """True when the cell stands in the way, between two others in this direction."""
    x, y = cell.centre
    if direction in {"right", "left"}:
        return between.left < x < between.right and cell.box.top < (between.top + between.bottom) / 2 < cell.box.bottom
    return between.top < y < between.bottom and cell.box.left < between.right and cell.box.right > between.left


def side(first: Cell, second: Cell) -> str:
    """The direction from the first to the second."""
    if level(first.box, second.box):
        return "right" if second.box.left > first.box.left else "left"
    return "below" if second.box.top > first.box.top else "above"


def beside(first: Cell, second: Cell) -> float | None:
    """The gap in line heights to a number below, above or beside; None when it stands elsewhere."""
    height = min(first.height, second.height)
    if level(first.box, second.box):
        gap = (second.box.left - first.box.right) / height
        return max(0.0, gap) if first.line == second.line or -0.5 < gap < _FAR else None
    overlap = min(first.box.right, second.box.right) - max(first.box.left, second.box.left)
    if overlap <= 0 and not aligned(first.box, second.box, height):
        return None
    above = second.box.top < first.box.top
    gap = (first.box.top - second.box.bottom if above else second.box.top - first.box.bottom) / height
    return max(0.0, gap) + 0.5 * above if gap < (SECOND_GAP if above else STEP) else None
