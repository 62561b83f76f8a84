"""Correctness of a logo that was found: is all of it seen, is it stretched, has it the colours of the brand?

The place where it was found is drawn straight and laid over the kit's picture, tile by tile. A photo cannot tell a
stretched logo from one that is seen from the side, nor ink from light, so only what is plain is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Outline, Page

_SIDE = 192  # pixels, the longer side as it is laid over the kit's picture; 8 tiles
_TILE = 24
_SLIP = 4  # pixels that a tile may lie off: the outline is right to about 2% of the logo
_AGREES = 0.5  # correlation of a tile with its place; of unrelated textures the best within the slip is about .35
_TELLING = 12.0  # grey levels of deviation: a plainer tile looks like any wall
_FEWEST_TILES = 4
_LEAST_SIDE = 40.0  # pixels on the page of the longer side: below, tiles are blots
_CONVERGES = 1.08  # longer over shorter of opposite sides, from which it is seen at an angle
_CLUSTERS = 4
_PART = 0.04  # of the logo that a colour must take to be one of it
_COLOURED, _PLAINLY = 20.0, 28.0  # chroma (CIELAB) of a colour, and of one that no lamp makes
_FOREIGN = 55.0  # degrees of hue; lamps and cameras turn hues by up to 30

Colours = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correctness:
    """`visible` is the share (0..1) of the logo's tiles that are seen; `stretch` its width over height, by the kit's.

    `foreign` is a colour ("#rrggbb") that stands where the logo has another, "" where none does. What cannot be told
    is None.
    """

    visible: float | None
    stretch: float | None
    foreign: str | None


def measure(page: Page, frame: Outline, reference: Colours, colours: Sequence[str] = ()) -> Correctness:
    """The logo whose whole `reference` (height, width, 3) RGB lies in the `frame` on the page, in page pixels."""
    if longer_side(frame) < _LEAST_SIDE:
        return Correctness(visible=None, stretch=None, foreign=None)
    kit = _sized(reference)
    seen = _straightened(page, frame, kit.shape[1], kit.shape[0])
    agreeing, telling = _tiles(kit, seen)
    visible = float(agreeing.sum() / telling.sum()) if telling.sum() >= _FEWEST_TILES else None
    return Correctness(
        visible=visible,
        stretch=stretch(frame, reference.shape[1], reference.shape[0]),
        foreign=_foreign(kit, seen, agreeing, colours) if visible and agreeing.sum() >= _FEWEST_TILES else None,
    )


def longer_side(outline: Outline) -> float:
    """Pixels of the page along the longer of its sides."""
    return max(_sides(outline))


def stretch(frame: Outline, width: int, height: int) -> float | None:
    """Width over height on the page by that of the reference; None where the logo is seen at an angle."""
    top, right, bottom, left = _sides(frame)
    if max(top / bottom, bottom / top, left / right, right / left) > _CONVERGES:
        return None
    return (top + bottom) / (left + right) / (width / height)


def _sides(outline: Outline) -> list[float]:
    corners = np.array(outline, np.float64)
    return [max(float(side), 1e-6) for side in np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)]


def _sized(reference: Colours) -> Colours:
    scale = _SIDE / max(reference.shape[:2])
    size = (max(_TILE, round(reference.shape[1] * scale)), max(_TILE, round(reference.shape[0] * scale)))
    return np.asarray(cv2.resize(reference, size, interpolation=cv2.INTER_AREA), np.uint8)


def _straightened(page: Page, frame: Outline, width: int, height: int) -> Colours:
    """(height, width, 3): the frame's content, `_SLIP` more on each side; black off the page."""
    shrink = min(1.0, 2.0 * _SIDE / longer_side(frame))  # else a large logo would be sampled at single pixels
    corners = np.array(frame, np.float64)
    low = np.maximum(np.floor(corners.min(axis=0) - 16 / shrink), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0) + 16 / shrink), (page.width, page.height)).astype(int)
    wide, tall = high - low
    if wide < 1 or tall < 1:
        return np.zeros((height + 2 * _SLIP, width + 2 * _SLIP, 3), np.uint8)
    crop = page.pixels[low[1] : high[1], low[0] : high[0]]
    size = (max(1, round(wide * shrink)), max(1, round(tall * shrink)))
    small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
    target = (corners - low) * (size[0] / wide, size[1] / tall)
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) + np.float32(_SLIP)
    pose = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    shape = (width + 2 * _SLIP, height + 2 * _SLIP)
    return np.asarray(cv2.warpPerspective(small, pose, shape, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.uint8)


def _tiles(kit: Colours, seen: Colours) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(rows, columns): which tiles agree with the kit's, or with its negative; and which have anything to tell."""
    known, found = (cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in (kit, seen))
    rows, columns = (max(1, side // _TILE) for side in known.shape)
    telling = np.zeros((rows, columns), bool)
    agreeing = np.zeros((rows, columns), bool)
    for row, column in np.ndindex(rows, columns):
        top, left = row * _TILE, column * _TILE
        tile = known[top : top + _TILE, left : left + _TILE]
        telling[row, column] = tile.std() >= _TELLING
        place = found[top : top + _TILE + 2 * _SLIP, left : left + _TILE + 2 * _SLIP]
        if telling[row, column] and place.std() > 1.0:  # of a wall of one colour, correlation is noise
            agreement = np.abs(cv2.matchTemplate(place, tile, cv2.TM_CCOEFF_NORMED))
            agreeing[row, column] = float(np.nan_to_num(agreement).max()) >= _AGREES
    return agreeing, telling


def _foreign(kit: Colours, seen: Colours, agreeing: NDArray[np.bool_], colours: Sequence[str]) -> str | None:
    """A plain colour where the logo has one of quite another hue; None where the logo has no colour of its own.

    What is white, grey or black in the kit is left out: it may be the ground, which is the sign's.
    """
    inner = seen[_SLIP:-_SLIP, _SLIP:-_SLIP]
    where = np.kron(agreeing, np.ones((_TILE, _TILE), bool))
    kit, inner = kit[: where.shape[0], : where.shape[1]], inner[: where.shape[0], : where.shape[1]]
    clusters, middles = _palette(kit)
    own = _lab(np.concatenate([middles, _parsed(colours)]))
    hues = [_hue(colour) for colour in own if _chroma(colour) >= _COLOURED]
    foreign, judged = "", False
    for number, middle in enumerate(_lab(middles)):
        area = cv2.erode((clusters == number).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & where
        if _chroma(middle) < _COLOURED or (clusters == number).mean() < _PART or area.sum() < _TILE:
            continue
        judged = True
        colour = np.median(inner[area], axis=0)
        shown = _lab(colour[None])[0]
        apart = min(abs((_hue(shown) - hue + 180) % 360 - 180) for hue in hues)
        if _chroma(shown) >= _PLAINLY and apart > _FOREIGN:
            foreign = "#" + "".join(f"{round(value):02x}" for value in colour)
    return foreign if judged else None


def _palette(kit: Colours) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """(height, width): the number of each pixel's colour; and the colours (n, 3), by Lloyd's method."""
    pixels = kit.reshape(-1, 3).astype(np.float32)
    order = np.argsort(pixels @ np.array([0.299, 0.587, 0.114], np.float32), kind="stable")
    labels = np.zeros(len(pixels), np.int32)
    labels[order] = np.arange(len(pixels)) * _CLUSTERS // len(pixels)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    _, found, middles = cv2.kmeans(pixels, _CLUSTERS, labels[:, None], criteria, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    return np.asarray(found.reshape(kit.shape[:2]), np.int32), np.asarray(middles, np.float64)


def _parsed(colours: Sequence[str]) -> NDArray[np.float64]:
    """(n, 3) RGB of "#rrggbb"."""
    return np.array([[int(colour[n : n + 2], 16) for n in (1, 3, 5)] for colour in colours], np.float64).reshape(-1, 3)


def _lab(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) CIELAB of (n, 3) RGB 0..255."""
    scaled = (colours[None] / 255).astype(np.float32)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)[0], np.float64)


def _chroma(lab: NDArray[np.float64]) -> float:
    return float(np.hypot(lab[1], lab[2]))


def _hue(lab: NDArray[np.float64]) -> float:
    return float(np.degrees(np.arctan2(lab[2], lab[1])))
