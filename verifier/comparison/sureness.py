"""Sureness: has a field that two readings tell otherwise surely changed, or may it be one print, read in two ways?

A reader takes one letter for another in a blur, where an edge cuts a word, and where two words touch. The print itself
tells: what was changed is far more unlike than what stayed, however faint the picture.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.comparison.facing import Matrix, Place, Side, through
from verifier.comparison.reprinting import ENOUGH_ALIKE, FAINT

TIMES = 2.5  # times as unlike as what stayed: captures of one report that were read otherwise reach 2.4
STAYED = 0.1  # share of the words that stayed, by whose least alike it is told
NOISE = 0.02  # unlikeness that print has at least, so that a clean copy's specks are none
CLEAR = 20.0  # pixels of a preview: figures in boxes so tall, read alike twice on either page, are not misread
UNEVEN = 2.2  # times as tall: a word and a part of its neighbour
AT_EDGE, BEYOND = 1.0, 0.3  # heights of print from an edge where a word may be cut, and by which the other page goes on


def is_one_place(here: Place, there: Place, matrix: Matrix, sides: tuple[Side, Side]) -> bool:
    """Whether two places hold the same field, and hold it whole: neither is a part of it or of its neighbour's."""
    laid, back = through(matrix, here[None])[0], through(np.linalg.inv(matrix), there[None])[0]
    heights = sorted(place[3] - place[1] for place in (laid, there))
    cut = _is_cut(here, laid, sides) or _is_cut(there, back, (sides[1], sides[0]))
    return not cut and bool(heights[1] <= UNEVEN * heights[0])


def is_unlike(likeness: float, stayed: Sequence[float]) -> bool:
    """Whether print so alike surely changed; `stayed` are the likenesses of words that did not."""
    if len(stayed) < ENOUGH_ALIKE:
        return likeness < FAINT
    noise = max(NOISE, 1 - float(np.quantile(stayed, STAYED)))
    return bool(likeness < FAINT or 1 - likeness >= TIMES * noise)


def _is_cut(place: Place, laid: Place, sides: tuple[Side, Side]) -> bool:
    """Whether a place lies at an edge of its page beyond which the other page, on which it is `laid`, goes on."""
    near, far = _gaps(place, sides[0]), _gaps(laid, sides[1])
    return any(a <= AT_EDGE and b > a + BEYOND for a, b in zip(near, far, strict=True))


def _gaps(place: Place, side: Side) -> tuple[float, ...]:
    """How far a place lies from the edges of its page, in its heights."""
    left, top, right, bottom = map(float, place)
    gaps = (left, top, side.trace.width - right, side.trace.height - bottom)
    return tuple(gap / max(1.0, bottom - top) for gap in gaps)
