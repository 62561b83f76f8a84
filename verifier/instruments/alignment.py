"""Alignment: does one picture lie on another, pixel by pixel?

Similar is not copied: two honest photos of one shelf look alike to every hash. What tells them apart is to find the
homography between them, to lay one over the other, and to ask each textured spot whether it is the same pattern
(zero-mean normalised cross-correlation, ZNCC). A copy agrees nearly everywhere, whatever was done to it; another take
of the same scene agrees in patches (parallax, moved things), other pictures nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, Outline
from verifier.errors import ArchiveError
from verifier.instruments import features, traces

SIDE = 640  # pixels: where agreement is measured; a smaller side loses texture, a larger one costs time
AGREES = 0.8  # local ZNCC; at 0.6, as in the first prototype, second takes of a shelf came nearer to copies
WINDOW = 11  # pixels of the window in which patterns are correlated
SOFTENING = 1.2  # pixels (sigma): hides grain, JPEG blocks and a quarter pixel of misalignment
TEXTURED = 6.0  # grey levels (standard deviation in the window): below, there is no pattern to correlate
LEAST_TEXTURE = 400  # pixels: fewer than about three windows of texture say nothing
LEAST_INLIERS = 8  # below, random matches agree on a homography now and then
LEAST_OVERLAP = 0.03  # of the larger picture
MOST_TILT = 1.4  # log of the ratio of the nearest corner's depth to the farthest's: 4 to 1
SURE = 0.9  # agreement from which no other way of laying one picture over the other is tried
SEEK_CHANGES = 0.7  # agreement below which the pictures differ anyway
CHANGED = 0.6  # local ZNCC: a digit drawn over another of the same font falls below, JPEG at quality 50 does not
CHANGED_SIDE = 6  # pixels, of both sides: smaller than a digit; hairlines vanish when a screenshot is scaled
CHANGED_AREA = 40  # pixels of changed texture: half a digit of a full-HD dashboard
MOST_CHANGES = 24  # boxes, the largest first
FLAT = 2.0  # grey levels: drawn surfaces are flatter than any sensor's noise
DRAWN_FLAT, DRAWN_COLOURS = 0.4, 0.5  # all of 71 screenshots have at least .49 and .64, none of 567 photos has both

Homography = NDArray[Any]
Grey = NDArray[np.uint8]
Size = tuple[int, int]  # width, height


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """How picture a lies on picture b; sizes and coordinates in pixels of their previews.

    `agreement` is the share (0..1) of textured pixels in the overlap whose surroundings are the same pattern; 0 where
    no homography was found. `homography` maps a to b, row-major. `here` and `there` outline the overlap on a and b;
    `overlap` is its share of a's area or of b's, whichever is larger. `tilt` is how differently far the overlap's
    corners are (log of the ratio): 0 where a was only cut, turned, mirrored or stretched, more where it is seen from
    another side. `drawn`: what overlaps is a drawing or a screenshot rather than a photo. `changed`: boxes on a where
    such a drawing differs; sought from `SEEK_CHANGES` up.
    """

    agreement: float
    size_a: Size
    size_b: Size
    drawn: bool
    inliers: int = 0
    mirrored: bool = False
    homography: tuple[float, ...] = ()
    here: Outline = ()
    there: Outline = ()
    tilt: float = 0.0
    overlap: float = 0.0
    changed: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Guess:
    """One way of laying a over b (a 3x3 matrix from a to b), and how many matches of features speak for it."""

    matrix: Homography
    inliers: int = 0
    mirrored: bool = False


def align_pages(
    _context: object, preview_a: bytes, features_a: bytes, preview_b: bytes, features_b: bytes
) -> Alignment:
    """Align two previews (JPEG) by their packed features. A task for the guarded worker, whose context is not used.

    Raises ArchiveError when a blob cannot be read.
    """
    a, b = _decode(preview_a), _decode(preview_b)
    grey_a, grey_b = _grey(a, SIDE), _grey(b, SIDE)
    found, best = _best(grey_a, features_a, grey_b, features_b)
    if found is None:
        return Alignment(agreement=0.0, size_a=_size(a), size_b=_size(b), drawn=is_drawn(a) or is_drawn(b))
    matrix = _between(b, grey_b) @ found.matrix @ np.linalg.inv(_between(a, grey_a))
    here, there = _outlines(matrix, _size(a), _size(b))
    drawn = is_drawn(_cut(a, here)) or is_drawn(_cut(b, there))
    return Alignment(
        agreement=best,
        size_a=_size(a),
        size_b=_size(b),
        drawn=drawn,
        inliers=found.inliers,
        mirrored=found.mirrored,
        homography=tuple(float(value) for value in (matrix / matrix[2, 2]).ravel()),
        here=here,
        there=there,
        tilt=_tilt(matrix, here),
        overlap=max(_area(here) / a[..., 0].size, _area(there) / b[..., 0].size),
        changed=_changed(_grey(a), _grey(b), matrix) if drawn and best >= SEEK_CHANGES else (),
    )


def is_drawn(pixels: NDArray[np.uint8]) -> bool:
    """A screenshot, a page or flat artwork: much of it is perfectly flat, and a few colours fill most of it."""
    if float((_deviation(_grey(pixels).astype(np.float32), 5) < FLAT).mean()) < DRAWN_FLAT:
        return False
    coarse = (pixels >> 3).reshape(-1, 3).astype(np.intp) @ np.array([1024, 32, 1])
    counts = np.sort(np.bincount(coarse, minlength=32768))
    return float(counts[-4:].sum() / counts.sum()) >= DRAWN_COLOURS


def _cut(pixels: NDArray[np.uint8], outline: Outline) -> NDArray[np.uint8]:
    """The part of a picture around an outline; at least one pixel."""
    low, high = np.floor(np.min(outline, axis=0)).astype(int), np.ceil(np.max(outline, axis=0)).astype(int)
    left, top = min(max(low[0], 0), pixels.shape[1] - 1), min(max(low[1], 0), pixels.shape[0] - 1)
    return np.ascontiguousarray(pixels[top : max(high[1], top + 1), left : max(high[0], left + 1)])


def _best(grey_a: Grey, features_a: bytes, grey_b: Grey, features_b: bytes) -> tuple[_Guess | None, float]:
    """The guess under which the pictures agree best, and that agreement."""
    found, best = None, 0.0
    for guess in _guesses(grey_a, features_a, grey_b, features_b):
        if _is_plausible(guess.matrix, _size(grey_a), _size(grey_b)):
            agreement = _agreement(grey_a, grey_b, guess.matrix)
            if agreement > best:
                found, best = guess, agreement
        if best >= SURE:
            break
    return found, best


def _guesses(grey_a: Grey, features_a: bytes, grey_b: Grey, features_b: bytes) -> Iterator[_Guess]:
    """What matched features say, upright and mirrored; then the whole pictures on each other, for want of features."""
    (wide_a, tall_a), (wide_b, tall_b) = _size(grey_a), _size(grey_b)
    upright, other = traces.unpack(features_a, wide_a), traces.unpack(features_b, wide_b)
    mirror = np.array([[-1.0, 0.0, wide_a - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    fitted = []
    for mirrored in (False, True):
        own = features.mirrored(upright, wide_a) if mirrored else upright
        fit = features.fit(own, other, features.match(own, other))
        if fit is not None and len(fit.inliers) >= LEAST_INLIERS:
            matrix = fit.homography @ mirror if mirrored else fit.homography
            fitted.append(_Guess(matrix=matrix, inliers=len(fit.inliers), mirrored=mirrored))
    yield from sorted(fitted, key=lambda guess: -guess.inliers)
    whole = np.diag([wide_b / wide_a, tall_b / tall_a, 1.0])
    yield _Guess(matrix=whole)
    yield _Guess(matrix=whole @ mirror, mirrored=True)


def _is_plausible(matrix: Homography, size_a: Size, size_b: Size) -> bool:
    """No fold, no horizon inside the picture, and an overlap that is worth a look."""
    corners = np.array([(0, 0, 1), (size_a[0], 0, 1), (size_a[0], size_a[1], 1), (0, size_a[1], 1)], np.float64)
    depth = (corners @ matrix.T)[:, 2]
    if not np.isfinite(matrix).all() or depth.min() * depth.max() <= 0 or _tilt(matrix, _frame(size_a)) > MOST_TILT:
        return False
    here, there = _outlines(matrix, size_a, size_b)
    large = max(size_a[0] * size_a[1], size_b[0] * size_b[1])
    return max(_area(here), _area(there)) >= LEAST_OVERLAP * large and min(_area(here), _area(there)) > 0


def _agreement(grey_a: Grey, grey_b: Grey, matrix: Homography) -> float:
    one, two, inside = _laid_over(grey_a, grey_b, matrix)
    correlation, deviation_one, deviation_two = _correlation(one, two, WINDOW, SOFTENING)
    textured = _eroded(inside, WINDOW) & (np.minimum(deviation_one, deviation_two) > TEXTURED)
    count = int(textured.sum())
    return float((correlation[textured] > AGREES).sum() / count) if count >= LEAST_TEXTURE else 0.0


def _changed(grey_a: Grey, grey_b: Grey, matrix: Homography) -> tuple[Box, ...]:
    """Where a shows something else than b, as boxes on a."""
    one, two, inside = _laid_over(grey_a, grey_b, matrix)
    correlation, deviation_one, deviation_two = _correlation(one, two, 7, 0.8)
    textured = _eroded(inside, 9) & (np.maximum(deviation_one, deviation_two) > 2 * TEXTURED)
    spots = (textured & (correlation < CHANGED)).astype(np.uint8)
    joined = cv2.morphologyEx(spots, cv2.MORPH_CLOSE, np.ones((7, 13), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(joined)
    areas = np.bincount(labels[spots > 0], minlength=len(boxes))
    order = sorted(range(1, len(boxes)), key=lambda n: (-int(areas[n]), n))
    to_a = np.eye(3) if _magnification(matrix) > 1 else np.linalg.inv(matrix)
    telling = [n for n in order if areas[n] >= CHANGED_AREA and min(boxes[n][2:4]) >= CHANGED_SIDE]
    return tuple(_box_through(to_a, *boxes[n][:4]) for n in telling[:MOST_CHANGES])


def _laid_over(grey_a: Grey, grey_b: Grey, matrix: Homography) -> tuple[Grey, Grey, NDArray[np.bool_]]:
    """Both pictures in the frame of the coarser one, the finer one softened to its scale; and where both are."""
    scale = _magnification(matrix)
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
    deviation_one, deviation_two = _deviation(soft_one, window), _deviation(soft_two, window)
    covariance = _mean(soft_one * soft_two, window) - _mean(soft_one, window) * _mean(soft_two, window)
    return covariance / (deviation_one * deviation_two + np.float32(1e-3)), deviation_one, deviation_two


def _deviation(grey: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    return np.asarray(np.sqrt(np.maximum(_mean(grey * grey, window) - _mean(grey, window) ** 2, 0)), np.float32)


def _mean(grey: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    return np.asarray(cv2.boxFilter(grey, -1, (window, window)), np.float32)


def _eroded(inside: NDArray[np.bool_], window: int) -> NDArray[np.bool_]:
    return np.asarray(cv2.erode(inside.astype(np.uint8), np.ones((window, window), np.uint8))) > 0


def _magnification(matrix: Homography) -> float:
    """How much longer lines become from a to b, near the origin."""
    return float(abs(np.linalg.det(matrix[:2, :2] / matrix[2, 2])) ** 0.5)


def _tilt(matrix: Homography, outline: Outline) -> float:
    """How differently far the corners are, as the log of the ratio; not 0 for a true perspective only."""
    depth = np.column_stack((np.array(outline), np.ones(len(outline)))) @ matrix[2]
    return float(np.ptp(np.log(np.abs(depth))))


def _outlines(matrix: Homography, size_a: Size, size_b: Size) -> tuple[Outline, Outline]:
    """The overlap on a and on b."""
    there = _clipped(_through(matrix, _frame(size_a)), size_b)
    return (_through(np.linalg.inv(matrix), there), there) if there else ((), ())


def _frame(size: Size) -> Outline:
    wide, tall = float(size[0]), float(size[1])
    return ((0.0, 0.0), (wide, 0.0), (wide, tall), (0.0, tall))


def _through(matrix: Homography, outline: Outline) -> Outline:
    if not outline:
        return ()
    moved = cv2.perspectiveTransform(np.array([outline], np.float64), matrix)[0]
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in moved)


def _clipped(outline: Outline, size: Size) -> Outline:
    frame = np.array(_frame(size), np.float32)
    area, corners = cv2.intersectConvexConvex(np.array(outline, np.float32), frame)
    return tuple((float(x), float(y)) for x, y in corners.reshape(-1, 2)) if area > 0 and corners is not None else ()


def _area(outline: Outline) -> float:
    return float(cv2.contourArea(np.array(outline, np.float32))) if len(outline) >= 3 else 0.0


def _box_through(matrix: Homography, left: int, top: int, width: int, height: int) -> Box:
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    moved = np.array(_through(matrix, tuple((float(x), float(y)) for x, y in corners)))
    (low_x, low_y), (high_x, high_y) = moved.min(axis=0), moved.max(axis=0)
    return Box(left=float(low_x), top=float(low_y), right=float(high_x), bottom=float(high_y))


def _decode(preview: bytes) -> NDArray[np.uint8]:
    decoded = cv2.imdecode(np.frombuffer(preview, np.uint8), cv2.IMREAD_COLOR_RGB) if preview else None
    if decoded is None:
        raise ArchiveError("a preview cannot be decoded", "restore the archive from a backup")
    return np.asarray(decoded, np.uint8)


def _grey(pixels: NDArray[np.uint8], side: int | None = None) -> Grey:
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    scale = side / max(grey.shape) if side else 1.0
    if scale >= 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _between(whole: NDArray[np.uint8], small: Grey) -> Homography:
    """From the smaller picture's pixels to the whole's."""
    return np.diag([whole.shape[1] / small.shape[1], whole.shape[0] / small.shape[0], 1.0])


def _size(pixels: NDArray[np.uint8]) -> Size:
    return int(pixels.shape[1]), int(pixels.shape[0])
