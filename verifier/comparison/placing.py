"""Placing: which figures of a report stand in the same place of another report, and which of them differ.

Words alone say that a figure is gone and another has come; only their places say which became which, and the pixels
there whether one was merely misread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from verifier.casefile import Box, Figure, Trace
from verifier.comparison import wording
from verifier.instruments.alignment import Alignment

REPRINTED = 0.95  # likeness of print: figures that stayed lie above (5% below .93 at JPEG 70), changed ones below
TOGETHER = 0.3  # overlap (intersection over union) from which two figures stand in one place


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure before and after, and its label if one was told."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Of the figures that stand in one place on both pages: how many telling ones are equal, and which differ."""

    same: int = 0
    changes: tuple[Change, ...] = ()


def spots(trace: Trace) -> tuple[Box, ...]:
    """Where the page's figures stand, in shares of its width and height."""
    wide, tall = trace.width, trace.height
    return tuple(
        Box(left=f.box.left / wide, top=f.box.top / tall, right=f.box.right / wide, bottom=f.box.bottom / tall)
        for f in trace.figures
    )


def compare(here: Trace, there: Trace, alignment: Alignment) -> Placed:
    """The figures of two pages that are aligned so, `alignment.spots` telling how alike they are printed."""
    if not alignment.homography or len(alignment.spots) != len(here.figures):
        return Placed()
    same, changes = 0, []
    places = [_moved(figure.box, here, there, alignment) for figure in here.figures]
    for figure, place, likeness in zip(here.figures, places, alignment.spots, strict=True):
        other = _standing_at(place, there.figures)
        if other is None:
            continue
        if wording.digits(figure.text) == wording.digits(other.text):
            same += bool(wording.telling([figure.text]) and wording.digits(figure.text).strip("0"))
        elif likeness < REPRINTED:
            changes.append(Change(label=figure.label or other.label, old=other.text, new=figure.text))
    return Placed(same=same, changes=tuple(changes))


def _moved(box: Box, here: Trace, there: Trace, alignment: Alignment) -> Box:
    """A box of this page on the other."""
    across, down = alignment.size_a[0] / here.width, alignment.size_a[1] / here.height
    corners = np.array([(box.left * across, box.top * down, 1.0), (box.right * across, box.bottom * down, 1.0)])
    moved = corners @ np.reshape(alignment.homography, (3, 3)).T
    points = moved[:, :2] / moved[:, 2:] * (there.width / alignment.size_b[0], there.height / alignment.size_b[1])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box(left=float(left), top=float(top), right=float(right), bottom=float(bottom))


def _standing_at(place: Box, figures: Sequence[Figure]) -> Figure | None:
    best = max(figures, key=lambda figure: _overlap(place, figure.box), default=None)
    return best if best is not None and _overlap(place, best.box) >= TOGETHER else None


def _overlap(one: Box, other: Box) -> float:
    wide = min(one.right, other.right) - max(one.left, other.left)
    tall = min(one.bottom, other.bottom) - max(one.top, other.top)
    if wide <= 0 or tall <= 0:
        return 0.0
    areas = sum((box.right - box.left) * (box.bottom - box.top) for box in (one, other))
    return wide * tall / (areas - wide * tall)
