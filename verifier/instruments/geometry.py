"""Geometry of a picture that lies on another by a homography: outlines of the overlap, tilt, and what is plausible."""

from __future__ import annotations

import cv2
import numpy as np

from verifier.casefile import Outline
from verifier.instruments.overlay import Homography, Size

LEAST_OVERLAP = 0.03  # of the larger picture
MOST_TILT = 1.4  # log of the ratio of the nearest corner's depth to the farthest's: 4 to 1


def straightened(matrix: Homography, size_a: Size, size_b: Size) -> Homography:
    """The affine map that is nearest to a homography where the pictures overlap: one without any tilt."""
    here, _ = outlines(matrix, size_a, size_b)
    low, high = np.min(here, axis=0), np.max(here, axis=0)
    grid = np.stack(np.meshgrid(*np.linspace(low, high, 5).T), axis=-1).reshape(-1, 2)
    there = cv2.perspectiveTransform(grid[None], matrix)[0]
    affine, *_ = np.linalg.lstsq(np.column_stack((grid, np.ones(len(grid)))), there, rcond=None)
    return np.vstack((affine.T, (0.0, 0.0, 1.0)))


def is_plausible(matrix: Homography, size_a: Size, size_b: Size) -> bool:
    """No fold, no horizon inside the picture, and an overlap that is worth a look."""
    corners = np.array([(0, 0, 1), (size_a[0], 0, 1), (size_a[0], size_a[1], 1), (0, size_a[1], 1)], np.float64)
    depth = (corners @ matrix.T)[:, 2]
    if not np.isfinite(matrix).all() or depth.min() * depth.max() <= 0 or tilt(matrix, frame(size_a)) > MOST_TILT:
        return False
    here, there = outlines(matrix, size_a, size_b)
    large = max(size_a[0] * size_a[1], size_b[0] * size_b[1])
    return max(area(here), area(there)) >= LEAST_OVERLAP * large and min(area(here), area(there)) > 0


def tilt(matrix: Homography, outline: Outline) -> float:
    """How differently far the corners are, as the log of the ratio; not 0 for a true perspective only."""
    depth = np.column_stack((np.array(outline), np.ones(len(outline)))) @ matrix[2]
    return float(np.ptp(np.log(np.abs(depth))))


def outlines(matrix: Homography, size_a: Size, size_b: Size) -> tuple[Outline, Outline]:
    """The overlap on a and on b."""
    there = _clipped(_through(matrix, frame(size_a)), size_b)
    return (_through(np.linalg.inv(matrix), there), there) if there else ((), ())


def overlap(matrix: Homography, size_a: Size, size_b: Size) -> float:
    """The overlap's share of a's area or of b's, whichever is larger."""
    here, there = outlines(matrix, size_a, size_b)
    return max(area(here) / (size_a[0] * size_a[1]), area(there) / (size_b[0] * size_b[1]))


def frame(size: Size) -> Outline:
    """All of a picture."""
    wide, tall = float(size[0]), float(size[1])
    return ((0.0, 0.0), (wide, 0.0), (wide, tall), (0.0, tall))


def _through(matrix: Homography, outline: Outline) -> Outline:
    if not outline:
        return ()
    moved = cv2.perspectiveTransform(np.array([outline], np.float64), matrix)[0]
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in moved)


def _clipped(outline: Outline, size: Size) -> Outline:
    whole = np.array(frame(size), np.float32)
    shared, corners = cv2.intersectConvexConvex(np.array(outline, np.float32), whole)
    return tuple((float(x), float(y)) for x, y in corners.reshape(-1, 2)) if shared > 0 and corners is not None else ()


def area(outline: Outline) -> float:
    """In square pixels."""
    return float(cv2.contourArea(np.array(outline, np.float32))) if len(outline) >= 3 else 0.0


def scaling(size: Size, other: Size) -> Homography:
    """From pixels of a picture to those of the same picture at another size."""
    return np.diag([other[0] / size[0], other[1] / size[1], 1.0])


def mirror(size: Size) -> Homography:
    """From pixels of a picture to those of its left-right mirror image."""
    return np.array([[-1.0, 0.0, size[0] - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
