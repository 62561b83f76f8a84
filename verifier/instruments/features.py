"""Local features: RootSIFT points of a picture, their matches, and the homography that explains them.

SIFT is Lowe (2004); the Hellinger normalisation of its descriptors ("RootSIFT") is Arandjelovic and Zisserman
(CVPR 2012); the robust fit is MAGSAC++ (Barath et al., CVPR 2020) as OpenCV's USAC carries it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

LOWE_RATIO = 0.8  # of nearest to second-nearest distance, as published
LOOSE_RATIO = 0.9  # the same of mutual neighbours, which only a similarity is fitted to
REPROJECTION = 4.0  # pixels of the target picture
LAYERS = 2  # scales sought in each octave; 3, as published, cost a third more and found the same copies
CONTRAST = 0.01  # a quarter of what is published: shelves in poor light and plain signs keep enough points


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """`points` is (n, 2) float32 in pixels; `descriptors` is (n, 128) uint8, RootSIFT x 255."""

    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbours:
    """Of each of a's descriptors its `nearest` in b, the `ratio` of that distance to the next one's, and whether it is
    nearest the other way round, too (`mutual`)."""

    nearest: NDArray[np.intp]
    ratio: NDArray[np.float32]
    mutual: NDArray[np.bool_]

    def clear(self) -> NDArray[np.intp]:
        """Index pairs (n, 2) whose nearest neighbour is clearly nearer than the second."""
        return self._pairs(self.ratio < LOWE_RATIO)

    def mutually(self) -> NDArray[np.intp]:
        """Index pairs (n, 2) that are nearest to each other, hardly nearer than a second: what repeats has many."""
        return self._pairs(self.mutual & (self.ratio < LOOSE_RATIO))

    def _pairs(self, kept: NDArray[np.bool_]) -> NDArray[np.intp]:
        which = np.flatnonzero(kept)
        return np.column_stack((which, self.nearest[which])).astype(np.intp)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """A homography (3x3, from a to b) and the pairs (n, 2) of indices into a and b that agree with it."""

    homography: NDArray[np.float64]
    inliers: NDArray[np.intp]


def detect(grey: NDArray[np.uint8], limit: int = 1000) -> Features:
    """The `limit` strongest points of a (height, width) uint8 picture."""
    # OpenCV keeps all points as strong as the last one and in no stable order, so ours is what cuts
    sift = cv2.SIFT_create(nfeatures=limit, nOctaveLayers=LAYERS, contrastThreshold=CONTRAST)  # type: ignore[attr-defined]
    found, raw = sift.detectAndCompute(grey, None)
    if raw is None or not found:
        return Features(points=np.zeros((0, 2), np.float32), descriptors=np.zeros((0, 128), np.uint8))
    order = sorted(range(len(found)), key=lambda n: (-found[n].response, found[n].pt, found[n].size, found[n].angle))[
        :limit
    ]
    rooted = np.sqrt(raw[order] / np.maximum(raw[order].sum(axis=1, keepdims=True), 1e-9))
    return Features(
        points=np.array([found[n].pt for n in order], np.float32),
        descriptors=np.clip(np.rint(rooted * 255), 0, 255).astype(np.uint8),
    )


def mirrored(features: Features, width: int) -> Features:
    """The features of the left-right mirrored picture, without looking at it again.

    A mirrored SIFT descriptor is the same numbers in another order: the 4x4 cells swap columns and the 8
    orientation bins run backwards.
    """
    cells = features.descriptors.reshape(-1, 4, 4, 8)
    flipped = cells[:, ::-1, :, :][:, :, :, (-np.arange(8)) % 8]
    points = features.points.copy()
    points[:, 0] = width - 1 - points[:, 0]
    return Features(points=points, descriptors=np.ascontiguousarray(flipped.reshape(-1, 128)))


def neighbours(a: Features, b: Features) -> Neighbours:
    """The nearest descriptors of two pictures; none where either has fewer than two."""
    if len(a) < 2 or len(b) < 2:
        return Neighbours(nearest=np.zeros(0, np.intp), ratio=np.zeros(0, np.float32), mutual=np.zeros(0, np.bool_))
    own, other = a.descriptors.astype(np.float32), b.descriptors.astype(np.float32)
    # whole numbers below 2**24: every product and sum is exact, whichever way the library adds up
    apart = (own**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :] - 2 * (own @ other.T)
    rows, nearest = np.arange(len(own)), apart.argmin(axis=1)
    mutual = apart.argmin(axis=0)[nearest] == rows
    first = apart[rows, nearest]
    apart[rows, nearest] = np.inf
    ratio = np.sqrt(np.maximum(first, 0) / np.maximum(apart.min(axis=1), 1))
    return Neighbours(nearest=nearest, ratio=ratio, mutual=mutual)


def fit(a: Features, b: Features, pairs: NDArray[np.intp], threshold: float = REPROJECTION) -> Fit | None:
    """The homography that most pairs agree with, or None when fewer than four do."""
    if len(pairs) < 4:
        return None
    cv2.setRNGSeed(0)
    homography: Any  # OpenCV's stubs do not know that there may be none
    agreeing: Any
    homography, agreeing = cv2.findHomography(
        a.points[pairs[:, 0]], b.points[pairs[:, 1]], cv2.USAC_MAGSAC, threshold, maxIters=5000, confidence=0.999
    )
    if homography is None or agreeing is None:
        return None
    inliers = pairs[agreeing.ravel().astype(bool)]
    return Fit(homography=np.asarray(homography, np.float64), inliers=inliers) if len(inliers) >= 4 else None


def similar(a: Features, b: Features, pairs: NDArray[np.intp], threshold: float = REPROJECTION) -> Fit | None:
    """The similarity (turned, scaled, moved) that most pairs agree with, or None when fewer than four do.

    It takes two pairs where a homography takes four, and is found among far more wrong ones: on patterns that repeat.
    """
    if len(pairs) < 4:
        return None
    cv2.setRNGSeed(0)
    found: Any  # as above
    agreeing: Any
    found, agreeing = cv2.estimateAffinePartial2D(
        a.points[pairs[:, 0]], b.points[pairs[:, 1]], ransacReprojThreshold=threshold, maxIters=600, confidence=0.999
    )
    if found is None or agreeing is None:
        return None
    inliers = pairs[agreeing.ravel().astype(bool)]
    return Fit(homography=np.vstack((found, (0.0, 0.0, 1.0))), inliers=inliers) if len(inliers) >= 4 else None
