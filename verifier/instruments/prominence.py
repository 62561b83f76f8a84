"""Prominence: how much of a page a brand takes, how near to the middle, at which height, and how sharply it shows.

Share and centrality are monotone: an outline that holds another never has the smaller share, of two equal outlines the
one nearer to the middle never has the smaller centrality, and one more outline makes neither smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, Outline, Page
from verifier.instruments import clarity

_GRID = 720  # sample points along each side: a share is right to about a thousandth of the page
_LEAST_CROP = 24  # pixels; below it there are no edges to tell sharpness by


@dataclass(frozen=True, slots=True, kw_only=True)
class Prominence:
    """`share` is 0..1; `centrality` is that of the most central outline, the rest is said of the largest.

    `centrality` is 1 in the middle of the page and 0 in a corner, `height` 0 at the top and 1 at the bottom;
    `sharpness` is 0..1 at native resolution, None where the outline is too small to tell.
    """

    share: float
    centrality: float
    height: float
    sharpness: float | None

    @property
    def band(self) -> str:
        """upper, middle or lower third of the page."""
        return "upper" if self.height < 1 / 3 else "middle" if self.height < 2 / 3 else "lower"


def measure(page: Page, outlines: Sequence[Outline]) -> Prominence:
    """The prominence of one or more convex outlines (page pixels) together."""
    largest = max(outlines, key=lambda outline: share((outline,), page.width, page.height))
    return Prominence(
        share=share(outlines, page.width, page.height),
        centrality=max(centrality(outline, page.width, page.height) for outline in outlines),
        height=_middle(largest, page.width, page.height)[1] / page.height,
        sharpness=_sharpness(page, box_of(largest, page.width, page.height)),
    )


def share(outlines: Sequence[Outline], width: int, height: int) -> float:
    """The share of the page that the union of convex outlines covers, 0..1."""
    return float(covered(outlines, width, height).mean())


def covered(outlines: Sequence[Outline], width: int, height: int) -> NDArray[np.bool_]:
    """(`_GRID`, `_GRID`): which sample points of the page lie in any of the outlines."""
    covered = np.zeros((_GRID, _GRID), bool)
    xs, ys = ((np.arange(_GRID) + 0.5) * side / _GRID for side in (width, height))
    for outline in outlines:
        corners = np.array(outline, np.float64)
        columns, rows = (
            np.flatnonzero((at >= low) & (at <= high))
            for at, low, high in zip((xs, ys), corners.min(axis=0), corners.max(axis=0), strict=True)
        )
        if len(rows) and len(columns):
            part = np.ix_(rows, columns)
            covered[part] |= _inside(corners, xs[columns][None, :], ys[rows][:, None])
    return covered


def centrality(outline: Outline, width: int, height: int) -> float:
    """1 less the distance of the outline's middle from the page's, as a share of half the page's diagonal."""
    x, y = _middle(outline, width, height)
    away = np.hypot(x - width / 2, y - height / 2) / (np.hypot(width, height) / 2)
    return float(1.0 - min(1.0, away))


def box_of(outline: Outline, width: int, height: int) -> Box:
    """The upright box around the outline, cut at the page's edges."""
    xs, ys = zip(*outline, strict=True)
    left, right = (min(max(edge, 0.0), float(width)) for edge in (min(xs), max(xs)))
    top, bottom = (min(max(edge, 0.0), float(height)) for edge in (min(ys), max(ys)))
    return Box(left=left, top=top, right=right, bottom=bottom)


def _inside(corners: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Left of every side, or right of every side."""
    following = np.roll(corners, -1, axis=0)
    sides = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) for (ax, ay), (bx, by) in zip(corners, following, strict=True)]
    lowest, highest = np.minimum.reduce(sides), np.maximum.reduce(sides)
    inside: NDArray[np.bool_] = (lowest >= 0) | (highest <= 0)
    return inside


def _middle(outline: Outline, width: int, height: int) -> tuple[float, float]:
    box = box_of(outline, width, height)
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _sharpness(page: Page, box: Box) -> float | None:
    pixels = page.pixels[int(box.top) : int(np.ceil(box.bottom)), int(box.left) : int(np.ceil(box.right))]
    if min(pixels.shape[:2]) < _LEAST_CROP:
        return None
    return clarity.measure(Page(index=page.index, label=page.label, pixels=np.ascontiguousarray(pixels))).sharpness
