"""Alignment: does one picture lie on another, pixel by pixel?

Similar is not copied: two honest photos of one shelf look alike to every hash. What tells them apart is to find the
homography between them, to lay one over the other, and to ask each textured spot whether it is the same pattern
(zero-mean normalised cross-correlation, ZNCC). A copy agrees nearly everywhere, whatever was done to it; another take
of the same scene agrees in patches (parallax, moved things), other pictures nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, Outline
from verifier.instruments import bending, features, geometry, lettering, overlay, refinement, stored_pictures, traces
from verifier.instruments.features import Features, Fit
from verifier.instruments.overlay import Grey, Homography, Size

SIDE = 640  # pixels: where agreement is measured; a smaller side loses texture, a larger one costs time
LEAST_INLIERS = 8  # below, random matches agree on a homography now and then
LEAST_SIMILAR = 7  # of a similarity: unrelated pictures reach 4, copies with a repeating pattern have 7 to 18
LEAST_AGREEMENT = 0.4  # below, nothing more is asked of a pair
REPROJECTION = 4.0  # pixels at `SIDE`: how far a match may lie from where the homography puts it
ROUGHLY = 0.4  # agreement from afar from which a homography is worth correcting: all 85 that it bettered had .54, and a
# mesh that is a few pixels off agrees by .07; most pictures of the same packs stay below .3
ROUGH = 0.15  # agreement from which it is where too little is seen from afar
HOPELESS, FEW = 0.15, 20  # agreement from afar and matches that speak for a homography: below both it is not looked at
# closer. A part of a copy with letters over it agrees by .11 from afar, and 55 matches speak for it
CONTAINED = 0.9  # overlap from which it is: 1,129 of 1,140 copies have more, and 44% of the takes that agree in part
EXACT = 0.95  # close agreement from which it need not be
SURE = 0.9  # agreement from which no other way of laying one picture over the other is tried
STRAIGHT = 0.004  # agreement that may be lost without a tilt before the tilt is believed: few points feign one
UNCLEAR = 0.7  # agreement below which noise or large pixels may hide the fit: it is then chosen from afar
SETTLED_TILT = 0.005  # up to which whole pictures that agree so need no correcting
BENDABLE = 0.7  # close agreement from which nothing is bent: lens filters leave .15 to .65
MOST_BENT_TILT, MOST_BENT_APART = 0.02, 0.003  # what a copy that was bent has: tilts of .011, nothing apart
LIGHT = 120  # grey level of a flat ground: 14 photos at night have 20 at most, 49 of 58 pictures of logos more than 160
SIGN_TILT = 0.01  # from which something flat is rather a sign on a wall than a photo at night filed again
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
    a drawing differs; sought from `SEEK_CHANGES` up. `bend`: a went through a lens filter; what is said is then of the
    straightened a (`bending.straighten`).
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
    bend: float = 0.0
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
    worded: bool = False,
) -> Alignment:
    """Align two previews (JPEG) by their packed features. A task for the guarded worker, whose context is not used.

    Most pairs are told apart by their features, and then no preview is decoded. `whole`: there is another reason to
    think them one picture, so look at them on each other even then. Of drawings that agree less than
    `least_of_drawings`, nothing but the agreement is told. `by_words` is one more guess of how a lies on b: a
    homography between points in shares of both pictures' width and height. `worded`: words were read on both, so that
    what is flat is a page; else it is one if print shows. Raises ArchiveError when a blob cannot be read.
    """
    size_a, size_b = stored_pictures.size_of(preview_a), stored_pictures.size_of(preview_b)
    guesses = _guessed(size_a, features_a, size_b, features_b, whole, by_words)
    if guesses:
        grey_a, grey_b = (
            stored_pictures.grey_of(preview_a, size_a, SIDE),
            stored_pictures.grey_of(preview_b, size_b, SIDE),
        )
        guesses = [guess for guess in guesses if whole or not _is_hopeless(grey_a, size_a, grey_b, size_b, guess)]
    if not guesses:
        return Alignment(agreement=0.0, size_a=size_a, size_b=size_b, drawn=False)
    found, best, close = _best(grey_a, size_a, grey_b, size_b, guesses)
    if whole and best < UNCLEAR:
        clear = [guess for guess in guesses if _coarse(grey_a, size_a, grey_b, size_b, guess) >= SURE]
        if clear:  # the last is the plainest: the whole pictures on each other
            found, best, close = _best(grey_a, size_a, grey_b, size_b, clear[-1:])
    proven = close >= EXACT or (whole and best >= SURE and _tilt(found, size_a, size_b) <= SETTLED_TILT)
    afar = 0.0 if proven else _coarse(grey_a, size_a, grey_b, size_b, found)
    if not proven and (afar >= ROUGHLY or (not afar and best >= ROUGH)):
        found, best, close = _refined(grey_a, size_a, grey_b, size_b, found, (best, close))
    bend = 0.0
    if best < SURE and close < BENDABLE and (bent := _unbent(grey_a, size_a, features_a, grey_b, size_b, features_b)):
        bend, grey_a, found, best, close = bent
    if best < LEAST_AGREEMENT and not whole:
        return Alignment(agreement=best, size_a=size_a, size_b=size_b, drawn=False)
    a, b = stored_pictures.decoded(preview_a), stored_pictures.decoded(preview_b)
    if best < least_of_drawings and _either_drawn(a, b, *geometry.outlines(found.matrix, size_a, size_b), worded):
        return Alignment(agreement=best, size_a=size_a, size_b=size_b, drawn=True)
    straight = replace(found, matrix=geometry.straightened(found.matrix, size_a, size_b))
    _, straightly, closely = _best(grey_a, size_a, grey_b, size_b, [straight])
    if straightly >= best - STRAIGHT:
        found, close = straight, closely
    small = geometry.scaling(size_b, _size(grey_b)) @ found.matrix @ geometry.scaling(_size(grey_a), size_a)
    coarse = _coarse(grey_a, size_a, grey_b, size_b, found) if best < SURE else 1.0
    here, there = geometry.outlines(found.matrix, size_a, size_b)
    tilt = geometry.tilt(found.matrix, here)
    drawn = _either_drawn(a, b, here, there, worded or tilt > SIGN_TILT)
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
        tilt=tilt,
        apart=overlay.apart(grey_a, grey_b, small),
        close=close,
        coarse=coarse,
        overlap=geometry.overlap(found.matrix, size_a, size_b),
        bend=bend,
        changed=overlay.changed(a, b, found.matrix) if drawn and best >= SEEK_CHANGES else (),
    )


def _guessed(
    size_a: Size, features_a: bytes, size_b: Size, features_b: bytes, whole: bool, by_words: tuple[float, ...]
) -> list[_Guess]:
    """All ways of laying a over b that are worth a look."""
    guesses = _fitted(size_a, features_a, size_b, features_b)
    if by_words:
        shares = np.reshape(by_words, (3, 3))
        guesses.append(_Guess(matrix=np.diag([*size_b, 1]) @ shares @ np.diag([*_shares(size_a), 1])))
    if whole:
        guesses += _laid_whole(size_a, size_b)
    return [guess for guess in guesses if geometry.is_plausible(guess.matrix, size_a, size_b)]


def _shares(size: Size) -> tuple[float, float]:
    return 1 / size[0], 1 / size[1]


def _either_drawn(a: NDArray[np.uint8], b: NDArray[np.uint8], here: Outline, there: Outline, no_night: bool) -> bool:
    """Whether one of two pictures is drawn where they lie on each other: a page or artwork, such as a logo.

    A photo at night is as flat, but has no print, and its ground is dark; `no_night`: it is known to be none.
    """
    flat = [part for part in (_cut(a, here), _cut(b, there)) if overlay.is_drawn(part)]
    return any(
        no_night
        or overlay.ground(part) >= LIGHT
        or lettering.is_lettered(np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8))
        for part in flat
    )


def _cut(pixels: NDArray[np.uint8], outline: Outline) -> NDArray[np.uint8]:
    """The part of a picture around an outline; at least one pixel."""
    low, high = np.floor(np.min(outline, axis=0)).astype(int), np.ceil(np.max(outline, axis=0)).astype(int)
    left, top = min(max(low[0], 0), pixels.shape[1] - 1), min(max(low[1], 0), pixels.shape[0] - 1)
    return np.ascontiguousarray(pixels[top : max(high[1], top + 1), left : max(high[0], left + 1)])


def _best(grey_a: Grey, size_a: Size, grey_b: Grey, size_b: Size, guesses: list[_Guess]) -> tuple[_Guess, float, float]:
    """The guess under which the pictures agree best (greys, smaller than the sizes say); that, and how much closely."""
    found, best, close = guesses[0], 0.0, 0.0
    to_small, from_small = geometry.scaling(size_b, _size(grey_b)), geometry.scaling(_size(grey_a), size_a)
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
    to_small, from_small = geometry.scaling(size_b, _size(grey_b)), geometry.scaling(_size(grey_a), size_a)
    found, best = guess, known
    for rounds in (refinement.NEAR, refinement.FAR):
        small = refinement.refined(grey_a, grey_b, to_small @ guess.matrix @ from_small, rounds)
        matrix = np.linalg.inv(to_small) @ small @ np.linalg.inv(from_small)
        agreement = overlay.agreement(grey_a, grey_b, small)
        tried = replace(guess, matrix=matrix)
        clearer = agreement[0] >= UNCLEAR or _coarse(grey_a, size_a, grey_b, size_b, tried) >= _coarse(
            grey_a, size_a, grey_b, size_b, found
        )  # under noise and large pixels windows lie, and what is seen from afar does not
        if sum(agreement) > sum(best) and clearer and geometry.is_plausible(matrix, size_a, size_b):
            found, best = tried, agreement
        if best[0] >= LEAST_AGREEMENT:
            break
    return found, *best


def _unbent(
    grey_a: Grey, size_a: Size, features_a: bytes, grey_b: Grey, size_b: Size, features_b: bytes
) -> tuple[float, Grey, _Guess, float, float] | None:
    """The bend, a straightened, how it lies on b, and its agreement, if a straightened is a part of b or holds it."""
    bend = bending.find(traces.unpack(features_a, size_a[0]), size_a, traces.unpack(features_b, size_b[0]), size_b)
    if bend is None or not geometry.is_plausible(bend.matrix, size_a, size_b):
        return None
    straight = bending.straighten(grey_a, bend.share)
    guess = _Guess(matrix=bend.matrix, inliers=bend.inliers, mirrored=bend.mirrored)
    known = _best(straight, size_a, grey_b, size_b, [guess])[1:]
    found, best, close = _refined(straight, size_a, grey_b, size_b, guess, known)
    small = geometry.scaling(size_b, _size(grey_b)) @ found.matrix @ geometry.scaling(_size(grey_a), size_a)
    tilted = _tilt(found, size_a, size_b) > MOST_BENT_TILT
    if best < SURE or tilted or overlay.apart(straight, grey_b, small) > MOST_BENT_APART:
        return None
    return bend.share, straight, found, best, close


def _coarse(grey_a: Grey, size_a: Size, grey_b: Grey, size_b: Size, guess: _Guess) -> float:
    """How far the pictures agree under a guess, looked at from afar."""
    small = geometry.scaling(size_b, _size(grey_b)) @ guess.matrix @ geometry.scaling(_size(grey_a), size_a)
    return overlay.coarse(grey_a, grey_b, small)


def _tilt(guess: _Guess, size_a: Size, size_b: Size) -> float:
    return geometry.tilt(guess.matrix, geometry.outlines(guess.matrix, size_a, size_b)[0])


def _is_hopeless(grey_a: Grey, size_a: Size, grey_b: Grey, size_b: Size, guess: _Guess) -> bool:
    """Whether only few matches speak for a guess and the pictures, seen from afar, hardly agree."""
    return 0 < guess.inliers < FEW and 0 < _coarse(grey_a, size_a, grey_b, size_b, guess) < HOPELESS


def _fitted(size_a: Size, features_a: bytes, size_b: Size, features_b: bytes) -> list[_Guess]:
    """What matched features say, upright and mirrored, the likelier first."""
    upright, other = traces.unpack(features_a, size_a[0]), traces.unpack(features_b, size_b[0])
    fitted = []
    for mirrored in (False, True):
        own = features.mirrored(upright, size_a[0]) if mirrored else upright
        fit = _fit(own, size_a, other, size_b)
        if fit is not None:
            matrix = fit.homography @ geometry.mirror(size_a) if mirrored else fit.homography
            fitted.append(_Guess(matrix=matrix, inliers=len(fit.inliers), mirrored=mirrored))
    return sorted(fitted, key=lambda guess: -guess.inliers)


def _fit(own: Features, size_a: Size, other: Features, size_b: Size) -> Fit | None:
    """A homography that clear matches agree on, or else a similarity that loose ones do."""
    near, within = features.neighbours(own, other), REPROJECTION * max(size_b) / SIDE
    clear = near.clear()
    fit = features.fit(own, other, clear, within) if len(clear) >= LEAST_INLIERS else None
    if fit and len(fit.inliers) >= LEAST_INLIERS and geometry.is_plausible(fit.homography, size_a, size_b):
        return fit
    fit = features.similar(own, other, near.mutually(), within)
    return fit if fit is not None and len(fit.inliers) >= LEAST_SIMILAR else None


def _laid_whole(size_a: Size, size_b: Size) -> list[_Guess]:
    """The whole pictures on each other, for want of features."""
    scaling = geometry.scaling(size_a, size_b)
    return [_Guess(matrix=scaling), _Guess(matrix=scaling @ geometry.mirror(size_a), mirrored=True)]


def _size(pixels: NDArray[np.uint8]) -> Size:
    return int(pixels.shape[1]), int(pixels.shape[0])
