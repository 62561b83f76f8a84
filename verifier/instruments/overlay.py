"""Overlay: one picture laid over another by a homography. How much of the pattern agrees, and where it does not."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box

AGREES = 0.8  # local ZNCC; at 0.6, as in the first prototype, second takes of a shelf came nearer to copies
AGREES_CLOSELY = 0.95  # frames of a burst lie less exactly on each other than copies, which share every pixel
WINDOW = 11  # pixels of the window in which patterns are correlated
SOFTENING = 1.2  # pixels (sigma): hides grain, JPEG blocks and a quarter pixel of misalignment
TEXTURED = 6.0  # grey levels (standard deviation in the window): below, there is no pattern to correlate
LEAST_TEXTURE = 400  # pixels: fewer than about three windows of texture say nothing
CHANGED = 0.6  # local ZNCC: a digit drawn over another of the same font falls below, JPEG at quality 50 does not
CHANGED_SIDE = 6  # pixels, of both sides: smaller than a digit; hairlines vanish when a screenshot is scaled
CHANGED_AREA = 40  # pixels of changed texture: half a digit of a full-HD dashboard
MOST_CHANGES = 24  # boxes, the largest first
FLAT = 2.0  # grey levels: drawn surfaces are flatter than any sensor's noise
DRAWN_FLAT, DRAWN_COLOURS = 0.4, 0.5  # all of 71 screenshots have at least .49 and .64, none of 567 photos has both

Homography = NDArray[Any]
Grey = NDArray[np.uint8]
Size = tuple[int, int]  # width, height


def is_drawn(pixels: NDArray[np.uint8]) -> bool:
    """A screenshot, a page or flat artwork: much of it is perfectly flat, and a few colours fill most of it."""
    if float((deviation(_grey(pixels).astype(np.float32), 5) < FLAT).mean()) < DRAWN_FLAT:
        return False
    red, green, blue = ((pixels[..., channel] >> 3).astype(np.uint16) for channel in range(3))
    coarse = (red << 10) | (green << 5) | blue
    counts = np.sort(np.bincount(coarse.ravel(), minlength=32768))
    return float(counts[-4:].sum() / counts.sum()) >= DRAWN_COLOURS


def ground(pixels: NDArray[np.uint8]) -> float:
    """The median grey level (0..255) of what is perfectly flat on a picture; 0 where nothing is."""
    grey = _grey(pixels)
    flat = grey[deviation(grey.astype(np.float32), 5) < FLAT]
    return float(np.median(flat)) if flat.size else 0.0


def agreement(grey_a: Grey, grey_b: Grey, matrix: Homography) -> tuple[float, float]:
    """The share (0..1) of textured pixels in the overlap around which the pattern agrees, and agrees closely.

    Of too few textured pixels, both are 0.
    """
    one, two, inside = laid_over(grey_a, grey_b, matrix)
    correlation, deviation_one, deviation_two = _correlation(one, two, WINDOW, SOFTENING)
    textured = eroded(inside, WINDOW) & (np.minimum(deviation_one, deviation_two) > TEXTURED)
    alike = np.abs(correlation[textured])  # a negative, or what was solarised, is the same pattern
    if alike.size < LEAST_TEXTURE:
        return 0.0, 0.0
    return float((alike > AGREES).mean()), float((alike > AGREES_CLOSELY).mean())


def coarse(grey_a: Grey, grey_b: Grey, matrix: Homography) -> float:
    """The agreement at a quarter of the size, where noise, blur, thin lines and large pixels hardly show."""
    small_a, small_b = (
        cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA) for grey in (grey_a, grey_b)
    )
    quarter = np.diag([0.25, 0.25, 1.0])
    return agreement(
        np.asarray(small_a, np.uint8), np.asarray(small_b, np.uint8), quarter @ matrix @ np.linalg.inv(quarter)
    )[0]


def apart(grey_a: Grey, grey_b: Grey, matrix: Homography) -> float:
    """The smaller of two shares (0..1): of a's texture that b does not show, and of b's that a does not show.

    A copy is a part of its original, or holds it; of two takes, each shows something that the other does not.
    """
    shares = []
    for own, other, to_own in ((grey_a, grey_b, np.linalg.inv(matrix)), (grey_b, grey_a, matrix)):
        soft = cv2.GaussianBlur(own, (0, 0), SOFTENING).astype(np.float32)
        textured = deviation(soft, WINDOW) > TEXTURED
        seen = cv2.warpPerspective(np.full_like(other, 255), to_own, _size(own), flags=cv2.INTER_NEAREST) > 0
        shares.append(float((textured & _textured_at(own, ~seen)).sum() / max(1, textured.sum())))
    return min(shares)


def _textured_at(grey: Grey, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where there is a pattern within the mask alone: the edge of a corner that turning left empty is none."""
    # one pixel less than the mask: where it ends is not known to the pixel
    inside = np.asarray(cv2.erode(mask.astype(np.float32), np.ones((3, 3))), np.float32)
    blurred, weight = (cv2.GaussianBlur(plane, (0, 0), SOFTENING) for plane in (grey * inside, inside))
    soft = np.asarray(inside * blurred / np.maximum(weight, 1e-3), np.float32)
    share = np.maximum(_mean(inside, WINDOW), np.float32(1e-3))
    variance = _mean(soft * soft, WINDOW) / share - (_mean(soft, WINDOW) / share) ** 2
    return np.asarray(mask & (variance > TEXTURED**2))


def changed(a: NDArray[np.uint8], b: NDArray[np.uint8], matrix: Homography) -> tuple[Box, ...]:
    """Where the RGB picture a shows something else than b, as boxes on a."""
    one, two, inside = laid_over(_grey(a), _grey(b), matrix)
    correlation, deviation_one, deviation_two = _correlation(one, two, 7, 0.8)
    textured = eroded(inside, 9) & (np.maximum(deviation_one, deviation_two) > 2 * TEXTURED)
    spots = (textured & (correlation < CHANGED)).astype(np.uint8)
    joined = cv2.morphologyEx(spots, cv2.MORPH_CLOSE, np.ones((7, 13), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(joined)
    areas = np.bincount(labels[spots > 0], minlength=len(boxes))
    order = sorted(range(1, len(boxes)), key=lambda n: (-int(areas[n]), n))
    to_a = np.eye(3) if magnification(matrix) > 1 else np.linalg.inv(matrix)
    telling = [n for n in order if areas[n] >= CHANGED_AREA and min(boxes[n][2:4]) >= CHANGED_SIDE]
    return tuple(_box_through(to_a, *boxes[n][:4]) for n in telling[:MOST_CHANGES])


def laid_over(grey_a: Grey, grey_b: Grey, matrix: Homography) -> tuple[Grey, Grey, NDArray[np.bool_]]:
    """Both pictures in the frame of the coarser one, the finer one softened to its scale; and where both are."""
    scale = magnification(matrix)
    coarse, fine, to_coarse = (grey_a, grey_b, np.linalg.inv(matrix)) if scale > 1 else (grey_b, grey_a, matrix)
    shrink = max(scale, 1 / scale)
    if shrink > 1.1:
        fine = np.asarray(cv2.GaussianBlur(fine, (0, 0), 0.5 * (shrink**2 - 1) ** 0.5), np.uint8)
    size = _size(coarse)
    laid = cv2.warpPerspective(fine, to_coarse, size, flags=cv2.INTER_LINEAR)
    inside = cv2.warpPerspective(np.full_like(fine, 255), to_coarse, size, flags=cv2.INTER_NEAREST)
    return coarse, np.asarray(laid, np.uint8), np.asarray(inside) > 0


def _correlation(
    one: Grey, two: Grey, window: int, sigma: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Local ZNCC of the softened pictures, and the standard deviation of each in the window."""
    soft_one, soft_two = (cv2.GaussianBlur(grey, (0, 0), sigma).astype(np.float32) for grey in (one, two))
    mean_one, mean_two = _mean(soft_one, window), _mean(soft_two, window)
    deviation_one, deviation_two = _spread(soft_one, mean_one, window), _spread(soft_two, mean_two, window)
    covariance = _mean(soft_one * soft_two, window) - mean_one * mean_two
    return covariance / (deviation_one * deviation_two + np.float32(1e-3)), deviation_one, deviation_two


def deviation(grey: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """The standard deviation in the window around each pixel."""
    return _spread(grey, _mean(grey, window), window)


def _spread(grey: NDArray[np.float32], mean: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """The standard deviation in the window around each pixel, whose mean there is known."""
    return np.asarray(np.sqrt(np.maximum(_mean(grey * grey, window) - mean**2, 0)), np.float32)


def _mean(grey: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    return np.asarray(cv2.boxFilter(grey, -1, (window, window)), np.float32)


def eroded(inside: NDArray[np.bool_], window: int) -> NDArray[np.bool_]:
    """Where all of the window is inside."""
    return np.asarray(cv2.erode(inside.astype(np.uint8), np.ones((window, window), np.uint8))) > 0


def magnification(matrix: Homography) -> float:
    """How much longer lines become from a to b, near the origin."""
    return float(abs(np.linalg.det(matrix[:2, :2] / matrix[2, 2])) ** 0.5)


def _box_through(matrix: Homography, left: int, top: int, width: int, height: int) -> Box:
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    moved = cv2.perspectiveTransform(np.array([corners], np.float64), matrix)[0].round(2)
    (low_x, low_y), (high_x, high_y) = moved.min(axis=0), moved.max(axis=0)
    return Box(left=float(low_x), top=float(low_y), right=float(high_x), bottom=float(high_y))


def _grey(pixels: NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _size(grey: Grey) -> Size:
    return int(grey.shape[1]), int(grey.shape[0])
