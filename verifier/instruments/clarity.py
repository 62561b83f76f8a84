"""Clarity: can the details of a picture be made out? Sharpness and exposure, fair to photos and to screenshots.

Sharpness follows the re-blur idea of Crété et al. ("The blur effect", SPIE 2007): blurring takes much from a sharp
edge and little from one that is blurred already. Taken on the strongest edges of each tile and not on the whole, a flat
white screenshot is judged by its letters and a portrait with a soft background by what is in focus; taken in four
directions, one shake of the camera does not hide behind the edges that it left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from verifier.casefile import Page

LONGEST = 1024  # pixels; about what a reviewer's screen shows, so blur is measured as it will be seen
TILES = 8  # rows and columns
_CALM = 1.0  # pixels of blur before anything is measured: the noise of a dark photo would pass for detail
_SIGMA = 2.0  # pixels of the re-blur
_IDEAL = 0.46  # what the re-blur takes from a lone ideal edge; thin strokes lose more, and count as ideal
_EDGE = 6.0  # grey levels per pixel, a step of 15: noise of 8 grey levels stays below, faint print does not
_STRONGEST = 0.01  # share of a tile's pixels that are looked at: a thin line through a flat tile is still seen
_UPPER = 75  # percentile of the tiles: the sharper quarter must be sharp, the rest may be background
_DIRECTIONS = tuple((float(np.cos(angle)), float(np.sin(angle))) for angle in np.radians([0, 45, 90, 135]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarity:
    """`sharpness` is 0 (blurred) to 1 (ideal edges); `tiles` the same by tile, row by row, 0 where a tile has no edge.

    `bright` and `dark` are the 99.5th and the 0.5th percentile of luminance, 0..255.
    """

    sharpness: float
    tiles: tuple[float, ...]
    bright: float
    dark: float


def measure(page: Page) -> Clarity:
    """Look at the page at the size at which a reviewer sees it; small pages are not enlarged."""
    grey = cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY)
    scale = LONGEST / max(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark, bright = np.percentile(grey, [0.5, 99.5])
    by_direction = _taken(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _CALM))
    return Clarity(
        sharpness=min(_upper(tiles) for tiles in by_direction),
        tiles=tuple(round(float(value), 3) for value in np.nan_to_num(np.nanmin(_filled(by_direction), axis=0))),
        bright=float(bright),
        dark=float(dark),
    )


def _taken(grey: MatLike) -> NDArray[np.float64]:
    """Edge strength that a blur takes away, relative to an ideal edge: (direction, tile); NaN where there is none."""
    before, after = _gradient(grey), _gradient(cv2.GaussianBlur(grey, (0, 0), _SIGMA))
    steep = np.flatnonzero(before[0] ** 2 + before[1] ** 2 > _EDGE**2)  # elsewhere no direction has an edge
    tile = _tiles(*grey.shape).ravel()
    steep = steep[np.argsort(tile[steep], kind="stable")]
    ends = np.searchsorted(tile[steep], np.arange(TILES * TILES + 1))
    counts = np.maximum(1, np.round(_STRONGEST * np.bincount(tile, minlength=TILES * TILES))).astype(int)
    found = np.full((len(_DIRECTIONS), TILES * TILES), np.nan)
    for number, direction in enumerate(_DIRECTIONS):
        was, left = (_along(direction, gradient, steep) for gradient in (before, after))
        for tile_number, (start, end) in enumerate(pairwise(ends)):
            edges, count = was[start:end], counts[tile_number]
            if edges.size < count:
                continue
            least = np.partition(edges, -count)[-count]
            if least > _EDGE:
                strongest = edges >= least
                taken = 1 - left[start:end][strongest].mean() / edges[strongest].mean()
                found[number, tile_number] = min(1.0, taken / _IDEAL)
    return found


def _gradient(grey: MatLike) -> tuple[MatLike, MatLike]:
    """Grey levels per pixel to the right and down."""
    return cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8)


def _along(direction: tuple[float, float], gradient: tuple[MatLike, MatLike], where: NDArray[np.intp]) -> MatLike:
    """How steep it is in that direction at those pixels (numbers into the flat picture)."""
    across, down = (part.ravel()[where] for part in gradient)
    return np.abs(across * np.float32(direction[0]) + down * np.float32(direction[1]))


def _tiles(height: int, width: int) -> NDArray[np.uint8]:
    """The number of each pixel's tile, row by row: (height, width)."""
    row, column = (np.arange(size) * TILES // size for size in (height, width))
    return (row[:, np.newaxis] * TILES + column).astype(np.uint8)


def _upper(tiles: NDArray[np.float64]) -> float:
    """The sharper quarter's lower bound; 0.0 where no tile has an edge, which is what the heaviest blur leaves."""
    known = tiles[~np.isnan(tiles)]
    return float(np.percentile(known, _UPPER)) if known.size else 0.0


def _filled(by_direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN columns as zeros, so that a minimum over directions exists for every tile."""
    empty = np.isnan(by_direction).all(axis=0)
    return np.where(empty, 0.0, by_direction)
