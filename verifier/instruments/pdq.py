"""PDQ, Meta's perceptual hash (Dalins, Wilson and Boudry, arXiv:1912.07745), in numpy.

Ours because its only package comes without wheels, and a fresh machine has no compiler. On 375 photos
and screenshots every bit and every quality was that of the package (0.2.8), which wraps the reference implementation.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

_SIDE, _KEPT = 64, 16  # the picture is brought to 64x64, of whose cosine coefficients the lowest 16x16 are kept
_PASSES = 2  # of a box filter along rows and columns: a tent
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def compute(pixels: NDArray[np.uint8]) -> tuple[str, int]:
    """The hash (64 hex digits, in ThreatExchange's order) and quality (0..100) of (height, width, 3) uint8 RGB."""
    luma = (pixels[..., 0] * _LUMA[0] + pixels[..., 1] * _LUMA[1] + pixels[..., 2] * _LUMA[2]).astype(np.float64)
    for _ in range(_PASSES):
        luma = _box(_box(luma, 1), 0)
    rows, columns = (((np.arange(_SIDE) + 0.5) * size / _SIDE).astype(int) for size in luma.shape)
    small = luma[np.ix_(rows, columns)]
    cosines = _cosines()
    coefficients = cosines @ small @ cosines.T
    # the reference takes the lower of the two middle values
    median = np.partition(coefficients.ravel(), _KEPT * _KEPT // 2 - 1)[_KEPT * _KEPT // 2 - 1]
    bits = (coefficients > median).ravel()[::-1]
    return np.packbits(bits).tobytes().hex(), _quality(small)


def _box(picture: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """The moving mean along one axis; at the edges, of what the window still covers."""
    length = picture.shape[axis]
    window = (length + 2 * _SIDE - 1) // (2 * _SIDE)
    ahead = (window + 2) // 2
    places = np.arange(length)
    first, last = np.maximum(places - (window - ahead), 0), np.minimum(places + ahead, length)
    sums = np.insert(picture.cumsum(axis=axis), 0, 0.0, axis=axis)
    counts = (last - first).astype(np.float64)
    total = sums.take(last, axis=axis) - sums.take(first, axis=axis)
    return np.asarray(total / (counts[:, None] if axis == 0 else counts), np.float64)


@cache
def _cosines() -> NDArray[np.float64]:
    """(16, 64): the rows 1..16 of the discrete cosine transform; the mean (row 0) is left out."""
    order, place = np.arange(1, _KEPT + 1)[:, None], np.arange(_SIDE)[None, :]
    return np.asarray(np.sqrt(2 / _SIDE) * np.cos(np.pi / 2 / _SIDE * order * (2 * place + 1)), np.float64)


def _quality(small: NDArray[np.float64]) -> int:
    """How much there is to hash: the sum of steps between neighbours, in whole hundredths of the full range."""
    steps = (np.trunc(np.diff(small, axis=axis) * 100 / 255) for axis in (0, 1))
    return min(100, int(sum(np.abs(step).sum() for step in steps)) // 90)
