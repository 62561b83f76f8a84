"""PDQ, Meta's perceptual hash (Dalins, Wilson and Boudry, arXiv:1912.07745), in numpy.

Ours because its only package comes without wheels, and a fresh machine has no compiler. On 375 photos
and screenshots every bit and every quality was that of the package (0.2.8), which wraps the reference implementation.
"""

from __future__ import annotations

from functools import cache, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE, _KEPT = 64, 16  # the picture is brought to 64x64, of whose cosine coefficients the lowest 16x16 are kept
_LUMA = np.array([[0.299, 0.587, 0.114]], np.float32)


def compute(pixels: NDArray[np.uint8]) -> tuple[str, int]:
    """The hash (64 hex digits, in ThreatExchange's order) and quality (0..100) of (height, width, 3) uint8 RGB."""
    luma = cv2.transform(pixels.astype(np.float32), _LUMA).astype(np.float64)
    small = _means(luma.shape[0]) @ luma @ _means(luma.shape[1]).T
    cosines = _cosines()
    coefficients = cosines @ small @ cosines.T
    # the reference takes the lower of the two middle values
    median = np.partition(coefficients.ravel(), _KEPT * _KEPT // 2 - 1)[_KEPT * _KEPT // 2 - 1]
    bits = (coefficients > median).ravel()[::-1]
    return np.packbits(bits).tobytes().hex(), _quality(small)


@lru_cache(maxsize=64)
def _means(length: int) -> NDArray[np.float64]:
    """(64, length): the tent-shaped means of a line of that many pixels, at the 64 places where they are read."""
    box = _box(length)
    places = ((np.arange(_SIDE) + 0.5) * length / _SIDE).astype(int)
    return np.asarray(box[places] @ box, np.float64)


def _box(length: int) -> NDArray[np.float64]:
    """(length, length): the moving mean; at the edges, of what the window still covers."""
    window = (length + 2 * _SIDE - 1) // (2 * _SIDE)
    ahead = (window + 2) // 2
    places = np.arange(length)
    first, last = np.maximum(places - (window - ahead), 0), np.minimum(places + ahead, length)
    covered = (places >= first[:, None]) & (places < last[:, None])
    return covered / (last - first)[:, None].astype(np.float64)


@cache
def _cosines() -> NDArray[np.float64]:
    """(16, 64): the rows 1..16 of the discrete cosine transform; the mean (row 0) is left out."""
    order, place = np.arange(1, _KEPT + 1)[:, None], np.arange(_SIDE)[None, :]
    return np.asarray(np.sqrt(2 / _SIDE) * np.cos(np.pi / 2 / _SIDE * order * (2 * place + 1)), np.float64)


def _quality(small: NDArray[np.float64]) -> int:
    """How much there is to hash: the sum of steps between neighbours, in whole hundredths of the full range."""
    steps = (np.trunc(np.diff(small, axis=axis) * 100 / 255) for axis in (0, 1))
    return min(100, int(sum(np.abs(step).sum() for step in steps)) // 90)
