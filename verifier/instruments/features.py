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


def match(a: Features, b: Features, ratio: float = LOWE_RATIO) -> NDArray[np.intp]:
    """Index pairs (n, 2) whose nearest neighbour in b is clearly nearer than the second."""
    if len(a) < 2 or len(b) < 2:
        return np.zeros((0, 2), np.intp)
    own, other = a.descriptors.astype(np.float32), b.descriptors.astype(np.float32)
    # whole numbers below 2**24: every product and sum is exact, whichever way the library adds up
    apart = (own**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :] - 2 * (own @ other.T)
    rows, nearest = np.arange(len(own)), apart.argmin(axis=1)
    first = apart[rows, nearest]
    apart[rows, nearest] = np.inf
    clear = np.flatnonzero(first < ratio**2 * apart.min(axis=1))
    return np.column_stack((clear, nearest[clear])).astype(np.intp)


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
