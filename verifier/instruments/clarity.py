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
    by_direction = _taken(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _CALM).astype(np.float32))
    return Clarity(
        sharpness=min(_upper(tiles) for tiles in by_direction),
        tiles=tuple(round(float(value), 3) for value in np.nan_to_num(np.nanmin(_filled(by_direction), axis=0))),
        bright=float(bright),
        dark=float(dark),
    )


def _taken(grey: NDArray[np.float32]) -> NDArray[np.float64]:
    """Edge strength that a blur takes away, relative to an ideal edge: (direction, tile); NaN where there is none."""
    gradient, reblurred = _gradient(grey), _gradient(cv2.GaussianBlur(grey, (0, 0), _SIGMA).astype(np.float32))
    found = np.full((len(_DIRECTIONS), TILES * TILES), np.nan)
    for number, (across, down) in enumerate(_DIRECTIONS):
        before = np.abs(gradient[0] * across + gradient[1] * down)
        after = np.abs(reblurred[0] * across + reblurred[1] * down)
        for tile, (rows, columns) in enumerate(_tiles(*grey.shape)):
            part = before[rows, columns].ravel()
            count = max(1, round(_STRONGEST * part.size))
            if part.size < count:
                continue
            edges = np.argpartition(part, -count)[-count:]
            if part[edges].min() > _EDGE:
                taken = 1 - after[rows, columns].ravel()[edges].mean() / part[edges].mean()
                found[number, tile] = min(1.0, taken / _IDEAL)
    return found


def _gradient(grey: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Grey levels per pixel to the right and down."""
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return (across / 8).astype(np.float32), (down / 8).astype(np.float32)


def _tiles(height: int, width: int) -> list[tuple[slice, slice]]:
    rows, columns = (np.linspace(0, size, TILES + 1).astype(int) for size in (height, width))
    return [
        (slice(top, bottom), slice(left, right)) for top, bottom in pairwise(rows) for left, right in pairwise(columns)
    ]


def _upper(tiles: NDArray[np.float64]) -> float:
    """The sharper quarter's lower bound; 0.0 where no tile has an edge, which is what the heaviest blur leaves."""
    known = tiles[~np.isnan(tiles)]
    return float(np.percentile(known, _UPPER)) if known.size else 0.0


def _filled(by_direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN columns as zeros, so that a minimum over directions exists for every tile."""
    empty = np.isnan(by_direction).all(axis=0)
    return np.where(empty, 0.0, by_direction)
