"""Alignment: does one picture lie on another, pixel by pixel?

Similar is not copied: two honest photos of one shelf look alike to every hash. What tells them apart is to find the
homography between them, to lay one over the other, and to ask each textured spot whether it is the same pattern
(zero-mean normalised cross-correlation, ZNCC). A copy agrees nearly everywhere, whatever was done to it; another take
of the same scene agrees in patches (parallax, moved things), other pictures nowhere.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from verifier.casefile import Box, Outline
from verifier.errors import ArchiveError
from verifier.instruments import features, overlay, refinement, shrinking, traces
from verifier.instruments.overlay import Grey, Homography, Size

SIDE = 640  # pixels: where agreement is measured; a smaller side loses texture, a larger one costs time
LEAST_INLIERS = 8  # below, random matches agree on a homography now and then
LEAST_AGREEMENT = 0.4  # below, nothing more is asked of a pair
REPROJECTION = 4.0  # pixels at `SIDE`: how far a match may lie from where the homography puts it
LEAST_OVERLAP = 0.03  # of the larger picture
MOST_TILT = 1.4  # log of the ratio of the nearest corner's depth to the farthest's: 4 to 1
ROUGH = 0.15  # agreement from which a homography that is not exact is worth correcting: mesh lies .2 where .01 off
EXACT = 0.95  # close agreement from which it need not be
SURE = 0.9  # agreement from which no other way of laying one picture over the other is tried
STRAIGHT = 0.004  # agreement that may be lost without a tilt before the tilt is believed: few points feign one
UNCLEAR = 0.7  # agreement below which noise or large pixels may hide the fit: it is then chosen from afar
SEEK_CHANGES = 0.7  # agreement below which the pictures differ anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """How picture a lies on picture b; sizes and coordinates in pixels of their previews.

    `agreement` is the share (0..1) of textured pixels in the overlap whose surroundings are the same pattern; 0 where
    no homography was found. `homography` maps a to b, row-major. `here` and `there` outline the overlap on a and b;
    `overlap` is its share of a's area or of b's, whichever is larger. `tilt` is how differently far the overlap's
    corners are (log of the ratio): 0 where a was only cut, turned, mirrored or stretched, more where it is seen from
    another side. `apart` is how much each shows that the other does not (`overlay.apart`); `close` is the agreement by
    a stricter measure, `coarse` at a quarter of the size (1 where it was not needed). `drawn`: what overlaps is a
    drawing or a screenshot rather than a photo; not looked at where nothing overlaps. `changed`: boxes on a where such
    a drawing differs; sought from `SEEK_CHANGES` up.
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
    apart: float = 0.0
    close: float = 0.0
    coarse: float = 0.0
    overlap: float = 0.0
    changed: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Guess:
    """One way of laying a over b (a 3x3 matrix from a to b), and how many matches of features speak for it."""

    matrix: Homography
    inliers: int = 0
    mirrored: bool = False


def align_pages(
    _context: object,
    preview_a: bytes,
    features_a: bytes,
    preview_b: bytes,
    features_b: bytes,
    whole: bool = True,
    least_of_drawings: float = 0.0,
    by_words: tuple[float, ...] = (),
) -> Alignment:
    """Align two previews (JPEG) by their packed features. A task for the guarded worker, whose context is not used.

    Most pairs are told apart by their features, and then no preview is decoded. `whole`: there is another reason to
    think them one picture, so look at them on each other even then. Of drawings that agree less than
    `least_of_drawings`, nothing but the agreement is told. `by_words` is one more guess of how a lies on b: a
    homography between points in shares of both pictures' width and height. Raises ArchiveError when a blob cannot be
    read.
    """
    size_a, size_b = _size_of(preview_a), _size_of(preview_b)
    guesses = _fitted(size_a, features_a, size_b, features_b)
    if by_words:
        guesses.append(
            _Guess(matrix=np.diag([*size_b, 1]) @ np.reshape(by_words, (3, 3)) @ np.diag([*_shares(size_a), 1]))
        )
    if whole:
        guesses += _laid_whole(size_a, size_b)
    guesses = [guess for guess in guesses if _is_plausible(guess.matrix, size_a, size_b)]
    if not guesses:
        return Alignment(agreement=0.0, size_a=size_a, size_b=size_b, drawn=False)
    grey_a, grey_b = _grey_of(preview_a, size_a), _grey_of(preview_b, size_b)
    found, best, close = _best(grey_a, size_a, grey_b, size_b, guesses)
    if whole and best < UNCLEAR:
        clear = [guess for guess in guesses if _coarse(grey_a, size_a, grey_b, size_b, guess) >= SURE]
        if clear:  # the last is the plainest: the whole pictures on each other
            found, best, close = _best(grey_a, size_a, grey_b, size_b, clear[-1:])
    if best >= ROUGH and close < EXACT:
        found, best, close = _refined(grey_a, size_a, grey_b, size_b, found, (best, close))
    if best < LEAST_AGREEMENT and not whole:
        return Alignment(agreement=best, size_a=size_a, size_b=size_b, drawn=False)
    a, b = _decode(preview_a), _decode(preview_b)
    if best < least_of_drawings and _either_drawn(a, b, *_outlines(found.matrix, size_a, size_b)):
        return Alignment(agreement=best, size_a=size_a, size_b=size_b, drawn=True)
    straight = replace(found, matrix=_straightened(found.matrix, size_a, size_b))
    _, straightly, closely = _best(grey_a, size_a, grey_b, size_b, [straight])
    if straightly >= best - STRAIGHT:
        found, close = straight, closely
    small = _scaling(size_b, _size(grey_b)) @ found.matrix @ _scaling(_size(grey_a), size_a)
    coarse = _coarse(grey_a, size_a, grey_b, size_b, found) if best < SURE else 1.0
    here, there = _outlines(found.matrix, size_a, size_b)
    drawn = _either_drawn(a, b, here, there)
    return Alignment(
        agreement=best,
        size_a=size_a,
        size_b=size_b,
        drawn=drawn,
        inliers=found.inliers,
        mirrored=found.mirrored,
        homography=tuple(float(value) for value in (found.matrix / found.matrix[2, 2]).ravel()),
        here=here,
        there=there,
        tilt=_tilt(found.matrix, here),
        apart=overlay.apart(grey_a, grey_b, small),
        close=close,
        coarse=coarse,
        overlap=max(_area(here) / a[..., 0].size, _area(there) / b[..., 0].size),
        changed=overlay.changed(a, b, found.matrix) if drawn and best >= SEEK_CHANGES else (),
    )


def _shares(size: Size) -> tuple[float, float]:
    return 1 / size[0], 1 / size[1]


def _either_drawn(a: NDArray[np.uint8], b: NDArray[np.uint8], here: Outline, there: Outline) -> bool:
    """Whether one of two pictures is drawn where they lie on each other."""
    return overlay.is_drawn(_cut(a, here)) or overlay.is_drawn(_cut(b, there))


def _cut(pixels: NDArray[np.uint8], outline: Outline) -> NDArray[np.uint8]:
    """The part of a picture around an outline; at least one pixel."""
    low, high = np.floor(np.min(outline, axis=0)).astype(int), np.ceil(np.max(outline, axis=0)).astype(int)
    left, top = min(max(low[0], 0), pixels.shape[1] - 1), min(max(low[1], 0), pixels.shape[0] - 1)
    return np.ascontiguousarray(pixels[top : max(high[1], top + 1), left : max(high[0], left + 1)])


def _best(grey_a: Grey, size_a: Size, grey_b: Grey, size_b: Size, guesses: list[_Guess]) -> tuple[_Guess, float, float]:
    """The guess under which the pictures agree best (greys, smaller than the sizes say); that, and how much closely."""
    found, best, close = guesses[0], 0.0, 0.0
    to_small, from_small = _scaling(size_b, _size(grey_b)), _scaling(_size(grey_a), size_a)
    for guess in guesses:
        agreement, closely = overlay.agreement(grey_a, grey_b, to_small @ guess.matrix @ from_small)
        if agreement > best:
            found, best, close = guess, agreement, closely
        if best >= SURE:
            break
    return found, best, close


def _refined(
    grey_a: Grey, size_a: Size, grey_b: Grey, size_b: Size, guess: _Guess, known: tuple[float, float]
) -> tuple[_Guess, float, float]:
    """The guess corrected, if the pictures then agree better than is `known` of it; both with their agreement."""
    to_small, from_small = _scaling(size_b, _size(grey_b)), _scaling(_size(grey_a), size_a)
    small = refinement.refined(grey_a, grey_b, to_small @ guess.matrix @ from_small)
    matrix = np.linalg.inv(to_small) @ small @ np.linalg.inv(from_small)
    agreement, close = overlay.agreement(grey_a, grey_b, small)
    better = agreement + close > sum(known) and _is_plausible(matrix, size_a, size_b)
    return (replace(guess, matrix=matrix), agreement, close) if better else (guess, *known)


def _coarse(grey_a: Grey, size_a: Size, grey_b: Grey, size_b: Size, guess: _Guess) -> float:
    """How far the pictures agree under a guess, looked at from afar."""
    small = _scaling(size_b, _size(grey_b)) @ guess.matrix @ _scaling(_size(grey_a), size_a)
    return overlay.coarse(grey_a, grey_b, small)


def _fitted(size_a: Size, features_a: bytes, size_b: Size, features_b: bytes) -> list[_Guess]:
    """What matched features say, upright and mirrored, the likelier first."""
    upright, other = traces.unpack(features_a, size_a[0]), traces.unpack(features_b, size_b[0])
    fitted = []
    for mirrored in (False, True):
        own = features.mirrored(upright, size_a[0]) if mirrored else upright
        fit = features.fit(own, other, features.match(own, other), REPROJECTION * max(size_b) / SIDE)
        if fit is not None and len(fit.inliers) >= LEAST_INLIERS:
            matrix = fit.homography @ _mirror(size_a) if mirrored else fit.homography
            fitted.append(_Guess(matrix=matrix, inliers=len(fit.inliers), mirrored=mirrored))
    return sorted(fitted, key=lambda guess: -guess.inliers)


def _laid_whole(size_a: Size, size_b: Size) -> list[_Guess]:
    """The whole pictures on each other, for want of features."""
    scaling = _scaling(size_a, size_b)
    return [_Guess(matrix=scaling), _Guess(matrix=scaling @ _mirror(size_a), mirrored=True)]


def _straightened(matrix: Homography, size_a: Size, size_b: Size) -> Homography:
    """The affine map that is nearest to a homography where the pictures overlap: one without any tilt."""
    here, _ = _outlines(matrix, size_a, size_b)
    low, high = np.min(here, axis=0), np.max(here, axis=0)
    grid = np.stack(np.meshgrid(*np.linspace(low, high, 5).T), axis=-1).reshape(-1, 2)
    there = cv2.perspectiveTransform(grid[None], matrix)[0]
    affine, *_ = np.linalg.lstsq(np.column_stack((grid, np.ones(len(grid)))), there, rcond=None)
    return np.vstack((affine.T, (0.0, 0.0, 1.0)))


def _is_plausible(matrix: Homography, size_a: Size, size_b: Size) -> bool:
    """No fold, no horizon inside the picture, and an overlap that is worth a look."""
    corners = np.array([(0, 0, 1), (size_a[0], 0, 1), (size_a[0], size_a[1], 1), (0, size_a[1], 1)], np.float64)
    depth = (corners @ matrix.T)[:, 2]
    if not np.isfinite(matrix).all() or depth.min() * depth.max() <= 0 or _tilt(matrix, _frame(size_a)) > MOST_TILT:
        return False
    here, there = _outlines(matrix, size_a, size_b)
    large = max(size_a[0] * size_a[1], size_b[0] * size_b[1])
    return max(_area(here), _area(there)) >= LEAST_OVERLAP * large and min(_area(here), _area(there)) > 0


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


def _decode(preview: bytes, way: int = cv2.IMREAD_COLOR_RGB) -> NDArray[np.uint8]:
    decoded = cv2.imdecode(np.frombuffer(preview, np.uint8), way) if preview else None
    if decoded is None:
        raise ArchiveError("a preview cannot be decoded", "restore the archive from a backup")
    return np.asarray(decoded, np.uint8)


def _grey_of(preview: bytes, size: Size) -> Grey:
    """A preview in grey, its longer side at most `SIDE`."""
    reduced = cv2.IMREAD_REDUCED_GRAYSCALE_2 if max(size) >= 2 * SIDE else cv2.IMREAD_GRAYSCALE
    return shrinking.within(_decode(preview, reduced), SIDE)


def _size_of(preview: bytes) -> Size:
    """What a preview's header says."""
    try:
        with Image.open(io.BytesIO(preview)) as opened:
            return opened.size
    except (UnidentifiedImageError, OSError) as error:
        raise ArchiveError("a preview cannot be decoded", "restore the archive from a backup") from error


def _scaling(size: Size, other: Size) -> Homography:
    """From pixels of a picture to those of the same picture at another size."""
    return np.diag([other[0] / size[0], other[1] / size[1], 1.0])


def _mirror(size: Size) -> Homography:
    return np.array([[-1.0, 0.0, size[0] - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


def _size(pixels: NDArray[np.uint8]) -> Size:
    return int(pixels.shape[1]), int(pixels.shape[0])
