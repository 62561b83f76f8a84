"""Lettering: how many small letters stand in lines, without reading them: what tells a page from a photo at night."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

ENOUGH = 6  # letters with neighbours on both sides: of 71 reports one has fewer, of 21 flat photos without print 3 more
LARGE, SMALL, ENLARGED = 1600, 900, 1200  # pixels: a larger picture is made smaller, a small one larger, to here
CONTRAST = 18  # grey levels between ink and what is around it
_AROUND = 15  # pixels
_SHORTEST, _TALLEST, _WIDEST = 5, 32, 2.5  # pixels; width by height
_LEAST_INK = 8  # pixels
_MOST = 1500  # spots looked at

Grey = NDArray[np.uint8]


def is_lettered(grey: Grey) -> bool:
    """Whether lines of small print stand on a (height, width) picture."""
    sized = _sized(grey)
    above = sized.astype(np.int16) - cv2.blur(sized, (_AROUND, _AROUND))
    return any(_in_lines(ink) >= ENOUGH for ink in (above < -CONTRAST, above > CONTRAST))


def _sized(grey: Grey) -> Grey:
    side = max(grey.shape)
    if SMALL <= side <= LARGE:
        return grey
    scale = LARGE / side if side > LARGE else min(3.0, ENLARGED / side)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def _in_lines(ink: NDArray[np.bool_]) -> int:
    """Spots of a letter's size that have one as tall on the same line close to their left, and to their right."""
    _, _, spots, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    wide, tall, area = spots[1:, 2], spots[1:, 3], spots[1:, 4]
    like = (tall >= _SHORTEST) & (tall <= _TALLEST) & (wide <= _WIDEST * tall) & (area >= _LEAST_INK)
    left, top, wide, tall = spots[1:][like][:_MOST, :4].T.astype(np.float32)
    foot, taller = top + tall, np.maximum(tall[:, None], tall)
    gap = (left[None] - (left + wide)[:, None]) / taller
    level = (np.abs(foot[:, None] - foot) < 0.2 * taller) & (np.minimum(tall[:, None], tall) > 0.5 * taller)
    next_to = (gap > -0.1) & (gap < 0.8) & level
    return int((next_to.any(axis=1) & next_to.any(axis=0)).sum())
