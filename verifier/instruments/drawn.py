"""Drawn or photographed: flat colours, plain borders and few shades are what artwork and screenshots are made of.

Seven classical measures at 512 pixels. Which of them speak, and how loudly, is for the scorecard of `models/scene`.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Page
from verifier.instruments import shrinking

MEASURES = ("top_colours", "flat", "plain_border", "white", "few_shades", "calm", "busy")
_SIDE = 512  # pixels, longest side: grain is averaged away, so that a large photo counts as a small one does
_LEVELS = 5  # bits a channel: JPEG's wobble stays within one colour
_TOP = 4  # colours: ground, one or two inks and their mixture
_FLAT, _CALM, _BUSY = 4, 10, 60  # grey levels between the extremes of 5 x 5 pixels; skies and walls exceed 4
_BORDER = 10  # grey levels from the border's median
_WHITE = 248


def measure(page: Page) -> NDArray[np.float64]:
    """(7,) in the order of MEASURES, each about 0..1; larger for artwork, but for the last: small print."""
    small = shrinking.within(page.pixels, _SIDE)
    kernel = np.ones((5, 5), np.uint8)
    spread = (cv2.dilate(small, kernel).astype(np.int16) - cv2.erode(small, kernel)).max(axis=2)
    shares = _colours(small)
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]]).astype(np.float64)
    off = np.abs(border - np.median(border, axis=0)).max(axis=1)
    return np.array([
        shares[:_TOP].sum(),
        (spread <= _FLAT).mean(),
        (off < _BORDER).mean(),
        (small.min(axis=2) >= _WHITE).mean(),
        1 + (shares * np.log2(shares)).sum() / (3 * _LEVELS),
        (spread <= _CALM).mean(),
        (spread >= _BUSY).mean(),
    ])  # fmt: skip


def _colours(small: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The share of each colour that occurs, the most frequent first."""
    coarse = (small >> (8 - _LEVELS)).astype(np.int32)
    codes = (coarse[..., 0] << 2 * _LEVELS) | (coarse[..., 1] << _LEVELS) | coarse[..., 2]
    counts = np.bincount(codes.ravel())
    return np.sort(counts[counts > 0])[::-1] / codes.size
