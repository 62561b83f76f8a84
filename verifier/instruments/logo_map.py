"""Places on a photo that may carry a logo of any brand: a logo-ness map at three scales, lines of text, and windows.

The map is a network trained on synthetic composites (`models/logo_embedding`): at every eighth pixel it tells how much
that place is the middle of a mark, and how far the mark's sides are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, Page
from verifier.instruments import shrinking
from verifier.instruments.network import Network

Boxes = NDArray[np.float64]  # (n, 4): left, top, right, bottom in page pixels
STRIDE = 8
_SIDES = (1024, 640, 352)  # pixels of the longest side, at which the map is asked: small marks, then large ones
_TILE, _OVERLAP = 640, 64  # pixels: what the map is asked for at once; smaller ones cut through large marks
_MOST, _MOST_LINES = 24, 10
_LEAST = 0.04  # logo-ness; below it windows do as well
_SAME = 0.55  # intersection over union from which two proposals are one
_WINDOWS = tuple(
    (x, y, size) for size, steps in ((1.0, (0.0,)), (0.6, (0.0, 0.2, 0.4))) for y in steps for x in steps
)  # left, top, size, in shares of the page: for marks that the map misses because they fill the photo
_SMALLEST = 10  # pixels; a smaller mark cannot be told from another


def proposals(network: Network, page: Page, lines: Sequence[Box]) -> Boxes:
    """Boxes that may hold a mark, the likeliest first within each source."""
    mapped = [_mapped(network, page, side) for side in _SIDES]
    boxes = _distinct(np.concatenate([one[0] for one in mapped]), np.concatenate([one[1] for one in mapped]), _MOST)
    longest = sorted(lines, key=lambda box: (-(box.right - box.left) * (box.bottom - box.top), box.top, box.left))
    texts = [(box.left, box.top, box.right, box.bottom) for box in longest[:_MOST_LINES]]
    size = np.array([page.width, page.height] * 2, np.float64)
    windows = np.array([(x, y, x + share, y + share) for x, y, share in _WINDOWS]) * size
    every = np.concatenate([boxes, np.array(texts, np.float64).reshape(-1, 4), windows])
    every = np.stack([np.clip(every[:, n], 0, size[n]) for n in range(4)], 1)
    kept: Boxes = every[(every[:, 2:] - every[:, :2]).min(axis=1) >= _SMALLEST]
    return kept


def _mapped(network: Network, page: Page, side: int) -> tuple[Boxes, NDArray[np.float64]]:
    """Boxes at the peaks of the map, and how sure it is of each."""
    scale = side / max(page.width, page.height)
    size = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
    begun = shrinking.begun(page.pixels, size)
    seen = cv2.resize(begun, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    boxes, sure = [], []
    for top, bottom in _spans(size[1]):
        for left, right in _spans(size[0]):
            found, heat = _peaks(network, np.asarray(seen[top:bottom, left:right], np.uint8))
            boxes.append((found + np.array([left, top, left, top])) / scale)
            sure.append(heat)
    return np.concatenate(boxes), np.concatenate(sure)


def _spans(length: int) -> list[tuple[int, int]]:
    """Even parts of no more than `_TILE`, which overlap."""
    count = 1 if length <= _TILE else -(-length // (_TILE - _OVERLAP))
    edges = [length * n // count for n in range(count + 1)]
    return [(max(0, low - _OVERLAP // 2), min(length, high + _OVERLAP // 2)) for low, high in pairwise(edges)]


def _peaks(network: Network, seen: NDArray[np.uint8]) -> tuple[Boxes, NDArray[np.float64]]:
    """Boxes in pixels of one tile, and how sure the map is of each."""
    height, width = seen.shape[:2]
    padded = cv2.copyMakeBorder(seen, 0, -height % 32, 0, -width % 32, cv2.BORDER_REPLICATE)
    given = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32)
    out = network.run(("map",), picture=given)[0][0]
    heat = 1 / (1 + np.exp(-out[0].astype(np.float64)))
    peaks = (heat >= _LEAST) & (heat >= cv2.dilate(heat, np.ones((3, 3))))
    rows, columns = np.nonzero(peaks)
    x, y = (columns + 0.5) * STRIDE, (rows + 0.5) * STRIDE
    left, top, right, bottom = np.exp(np.clip(out[1:, rows, columns].astype(np.float64), 0, 7))
    return np.stack([x - left, y - top, x + right, y + bottom], 1), heat[rows, columns]


def _distinct(boxes: Boxes, sure: NDArray[np.float64], most: int) -> Boxes:
    """The surest of boxes that say the same, the surest first, no more than `most`."""
    left = np.argsort(-sure, kind="stable")
    kept: list[int] = []
    while len(left) and len(kept) < most:
        kept.append(int(left[0]))
        left = left[1:][_agreement(boxes[left[0]], boxes[left[1:]]) < _SAME]
    return boxes[kept].reshape(-1, 4)


def _agreement(box: NDArray[np.float64], others: Boxes) -> NDArray[np.float64]:
    """(n,): intersection over union of the box with each of the others."""
    edges = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    common = np.maximum(edges, 0).prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    return np.asarray(common / ((box[2:] - box[:2]).prod() + areas - common), np.float64)
