"""Moire: the picture elements of a screen beat with those of the camera, and leave narrow peaks in the spectrum.

A peak counts by how far it stands above its neighbourhood in the logarithmic power spectrum of a tile at native
resolution (as in Muammar & Dragotti, "An investigation into aliasing in images recaptured from an LCD monitor",
ICASSP 2013). What repeats on shelves and facades repeats at lower frequencies or along the axes, which are left out,
as are the multiples of 1/8 that JPEG's blocks leave. Shrinking and strong compression take the peaks away: to find
none says nothing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Page

RECAPTURED = 5.5
"""Log power above the neighbourhood from which it is a screen. Of 454 honest pictures 98 in 100 stay below 4.9 (the
highest has 7.0); of 25 simulated photos of screens by a beat 95 in 100 are above 5.8, of 40 by picture elements 3 in 4
above 7.2 (benchmarks/scenes.py has both)."""

_TILE = 256  # pixels
_LEAST = 64  # pixels: a smaller picture has no spectrum to speak of
_GRID = 3  # tiles to a side, spread over the picture
_LOW, _HIGH = 0.07, 0.49  # cycles per pixel: below are shelves and windows, above is only the corner of the spectrum
_AXIS = 1.5  # bins beside an axis: edges of upright things and JPEG
_BLOCK = 1.2  # bins beside a multiple of 1/8
_DETREND = 6.0  # pixels of the blur that takes the picture itself away
_PEAK, _GAP, _AROUND = 3, 7, 25  # bins: of a peak, left out about it, and of its neighbourhood
_PLAIN = 2.0  # grey levels: a tile with less deviation shows nothing


def strength(page: Page) -> float | None:
    """The median over tiles of the highest peak; None where the picture is too small or has no tile with detail."""
    size = min(_TILE, *page.pixels.shape[:2]) // 32 * 32
    if size < _LEAST:
        return None
    rows = np.linspace(0, page.height - size, _GRID).astype(int)
    columns = np.linspace(0, page.width - size, _GRID).astype(int)
    tiles = (page.pixels[y : y + size, x : x + size] for y in rows for x in columns)
    grey = [cv2.cvtColor(tile, cv2.COLOR_RGB2GRAY).astype(np.float32) for tile in tiles]
    kept = _frequencies(size)
    peaks = [float(_prominence(tile)[kept].max()) for tile in grey if tile.std() >= _PLAIN]
    return float(np.median(peaks)) if peaks else None


def _frequencies(size: int) -> NDArray[np.bool_]:
    """(size, size): which places of the centred spectrum are looked at."""
    across, down = np.meshgrid(*(np.fft.fftshift(np.fft.fftfreq(size)),) * 2)
    far = np.hypot(across, down)
    axis = np.minimum(np.abs(across), np.abs(down)) <= _AXIS / size
    block = np.all([np.abs(8 * f - np.round(8 * f)) < 8 * _BLOCK / size for f in (across, down)], axis=0)
    return np.asarray((far > _LOW) & (far < _HIGH) & ~axis & ~block)


def _prominence(tile: NDArray[np.float32]) -> NDArray[np.float32]:
    """The centred logarithmic power spectrum less the mean of each place's neighbourhood."""
    window = np.hanning(len(tile)).astype(np.float32)
    detail = (tile - cv2.GaussianBlur(tile, (0, 0), _DETREND)) * window * window[:, None]
    power = np.fft.fftshift(np.log(np.abs(np.fft.fft2(detail)) ** 2 + 1)).astype(np.float32)
    around = cv2.blur(power, (_AROUND, _AROUND)) * _AROUND**2 - cv2.blur(power, (_GAP, _GAP)) * _GAP**2
    return np.asarray(cv2.blur(power, (_PEAK, _PEAK)) - around / (_AROUND**2 - _GAP**2), np.float32)
