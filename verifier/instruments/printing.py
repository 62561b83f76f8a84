"""Printing: is the same print in one place of two pictures of a page? The reader may err, pixels do not misread."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box
from verifier.errors import ArchiveError
from verifier.instruments.overlay import TEXTURED, Grey, Homography, Size

SIGN_WIDTH = 0.7  # of a box's height: a digit with its margins
REACH = 0.2  # of a box's height: how far off the homography may put a word
_LEAST_REACH = 2  # pixels

_Places = NDArray[np.float64]  # (n, 4): left, top, right, bottom


def likenesses(
    _context: object,
    preview_a: bytes,
    preview_b: bytes,
    homography: tuple[float, ...],
    boxes_a: tuple[Box, ...],
    boxes_b: tuple[Box, ...],
    pictures: tuple[Box, ...],
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """How alike two previews (JPEG) are in boxes of a, in boxes of b, and in pictures of a, in their pixels; -1..1.

    Print is correlated sign by sign, and the least counts: one digit of six makes another figure. It is 1 where neither
    has any print. Pictures are correlated as a whole. `homography` maps a to b; a box is moved a little to where it
    fits best. A task for the guarded worker, whose context is not used. Raises ArchiveError when a preview cannot be
    read.
    """
    a, b, matrix = _decoded(preview_a), _decoded(preview_b), np.reshape(homography, (3, 3))
    scale = float(abs(np.linalg.det(matrix[:2, :2] / matrix[2, 2])) ** 0.5)
    if scale > 1:  # in the frame of the coarser picture, since no detail can be had of it
        laid = _laid(b, np.linalg.inv(matrix), _size(a), scale)
        there = _through(np.linalg.inv(matrix), boxes_b)
        return _each(a, laid, _array(boxes_a)), _each(laid, a, there), _each(a, laid, _array(pictures), whole=True)
    laid = _laid(a, matrix, _size(b), 1 / scale)
    here, drawn = _through(matrix, boxes_a), _through(matrix, pictures)
    return _each(laid, b, here), _each(b, laid, _array(boxes_b)), _each(laid, b, drawn, whole=True)


def _laid(grey: Grey, matrix: Homography, size: Size, shrink: float) -> Grey:
    """The finer picture in the frame of the coarser one, softened to its scale."""
    if shrink > 1.1:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.5 * (shrink**2 - 1) ** 0.5), np.uint8)
    return np.asarray(cv2.warpPerspective(grey, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)


def _each(own: Grey, other: Grey, places: _Places, *, whole: bool = False) -> tuple[float, ...]:
    return tuple(_likeness(own, other, place, whole) for place in places)


def _likeness(own: Grey, other: Grey, place: NDArray[np.float64], whole: bool) -> float:
    reach = max(_LEAST_REACH, round(REACH * (place[3] - place[1])))
    left, top = max(reach, int(place[0])), max(reach, int(place[1]))
    right, bottom = min(own.shape[1] - reach, int(place[2]) + 1), min(own.shape[0] - reach, int(place[3]) + 1)
    if right - left < 3 or bottom - top < 3:
        return 1.0
    patch, around = own[top:bottom, left:right], other[top - reach : bottom + reach, left - reach : right + reach]
    fits = cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED)
    if whole:
        return float(fits.max())
    y, x = np.unravel_index(int(fits.argmax()), fits.shape)
    return _least(patch, around[y : y + patch.shape[0], x : x + patch.shape[1]])


def _least(one: Grey, two: Grey) -> float:
    """The least correlation of any window as wide as a sign, among those in which one of both has print."""
    wide = min(one.shape[1], max(4, round(SIGN_WIDTH * one.shape[0])))
    a, b = one.astype(np.float32), two.astype(np.float32)
    size = wide * one.shape[0]
    sum_a, sum_b, square_a, square_b, product = (
        np.convolve(columns.sum(axis=0), np.ones(wide), "valid") for columns in (a, b, a * a, b * b, a * b)
    )
    power_a, power_b = square_a - sum_a**2 / size, square_b - sum_b**2 / size
    printed = np.maximum(power_a, power_b) > (2 * TEXTURED) ** 2 * size
    correlation = (product - sum_a * sum_b / size) / np.sqrt(np.maximum(power_a * power_b, 1.0))
    return float(correlation[printed].min()) if printed.any() else 1.0


def _array(boxes: Sequence[Box]) -> _Places:
    return np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], np.float64).reshape(-1, 4)


def _through(matrix: Homography, boxes: Sequence[Box]) -> _Places:
    """The upright rectangles around the moved boxes."""
    places = _array(boxes)
    if not len(places):
        return places
    corners = places[:, [[0, 1], [2, 1], [2, 3], [0, 3]]].reshape(1, -1, 2)
    moved = cv2.perspectiveTransform(corners, matrix).reshape(-1, 4, 2)
    return np.hstack((moved.min(axis=1), moved.max(axis=1)))


def _decoded(preview: bytes) -> Grey:
    decoded = cv2.imdecode(np.frombuffer(preview, np.uint8), cv2.IMREAD_GRAYSCALE) if preview else None
    if decoded is None:
        raise ArchiveError("a preview cannot be decoded", "restore the archive from a backup")
    return np.asarray(decoded, np.uint8)


def _size(grey: Grey) -> Size:
    return int(grey.shape[1]), int(grey.shape[0])
