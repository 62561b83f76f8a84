"""Bending: a copy that went through a lens filter (barrel, fisheye, pincushion) lies on its original by no homography.

Points move from or to the middle of the frame by a share of the square of their distance to it (the first term of
Brown's radial distortion, 1966). For a few such shares the points of a are moved and a homography is fitted; where one
speaks for many more matches than none does, the picture is straightened. Two takes with one phone share its lens, and
those with two phones differ by less than `LEAST`: of 260 honest pairs that agree in part none came near.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.instruments import features, geometry
from verifier.instruments.features import Features, Fit
from verifier.instruments.overlay import Grey, Homography, Size

FIRST = (-0.15, 0.15, 0.35)  # shares that are tried; what lies between them is found from the nearest
STEPS = (0.08, 0.04, 0.02, 0.01)
LEAST, MOST = 0.04, 0.6
LEAST_CLEAR = 40  # matches, below which nothing is tried: it takes 6 ms for each share
HINT = 1.15  # times the matches of no bend at all, from which a share is worth a closer look
GAIN = 1.4  # and which the best must have: lens filters have 1.7 to 15, honest pairs with 30 matches reach 1.36
WITHIN = 1.5  # pixels of a picture `SIDE` wide that a match may be off
SIDE = 640

_ROUNDS = 12  # of the fixed point that inverts the distortion: exact to a tenth of a pixel up to `MOST`


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bend:
    """`matrix` maps the straightened a to b. `share` is how far a's middle of the longer side's end is moved out."""

    share: float
    matrix: Homography
    inliers: int
    mirrored: bool


def find(own: Features, size_a: Size, other: Features, size_b: Size) -> Bend | None:
    """How a must be straightened to lie on b, upright or mirrored; None where it need not be or nothing speaks for it.

    Features are in pixels of the sizes.
    """
    found = [
        bend
        for mirrored in (False, True)
        for bend in _found(features.mirrored(own, size_a[0]) if mirrored else own, size_a, other, size_b, mirrored)
    ]
    return max(found, key=lambda bend: bend.inliers, default=None)


def _found(own: Features, size_a: Size, other: Features, size_b: Size, mirrored: bool) -> Iterator[Bend]:
    clear = features.neighbours(own, other).clear()
    if len(clear) < LEAST_CLEAR:
        return
    fits: dict[float, Fit | None] = {}

    def agreeing(share: float) -> int:
        if share not in fits:
            moved = Features(points=_moved(own.points, size_a, share), descriptors=own.descriptors)
            fits[share] = features.fit(moved, other, clear, WITHIN * max(size_b) / SIDE)
        fit = fits[share]
        return len(fit.inliers) if fit and abs(share) <= MOST else 0

    plain, best = agreeing(0.0), max(FIRST, key=agreeing)
    if agreeing(best) < HINT * max(plain, LEAST_CLEAR / 2):
        return
    for step in STEPS:
        best = max((best, round(best - step, 2), round(best + step, 2)), key=agreeing)
    fit = fits[best]
    if fit and abs(best) >= LEAST and agreeing(best) >= max(LEAST_CLEAR, GAIN * plain):
        matrix = fit.homography @ _zoom(size_a, _least_share(size_a, best))
        matrix = matrix @ geometry.mirror(size_a) if mirrored else matrix
        yield Bend(share=best, matrix=matrix, inliers=agreeing(best), mirrored=mirrored)


def straighten(grey: Grey, share: float) -> Grey:
    """The picture with its points moved so, cut to what is filled, at the same size."""
    tall, wide = grey.shape
    middle, radius = np.array((wide / 2, tall / 2), np.float32), max(wide, tall) / 2
    down, across = np.mgrid[0:tall, 0:wide].astype(np.float32)
    there = (np.stack((across, down), axis=-1) - middle) / radius * _least_share((wide, tall), share)
    here = there.copy()
    for _ in range(_ROUNDS):
        here = there / (1 + share * (here**2).sum(axis=-1, keepdims=True))
    places = (here * radius + middle).astype(np.float32)
    return np.asarray(
        cv2.remap(grey, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _moved(points: NDArray[np.float32], size: Size, share: float) -> NDArray[np.float32]:
    middle, radius = np.array(size, np.float32) / 2, max(size) / 2
    off = (points - middle) / radius
    return np.asarray(middle + radius * off * (1 + share * (off**2).sum(axis=-1, keepdims=True)), np.float32)


def _least_share(size: Size, share: float) -> float:
    """The least factor by which a point of the frame's rim is moved: with it, nothing empty is shown."""
    far = min(size) / max(size)
    return min(1 + share * distance for distance in (far**2, 1.0, 1 + far**2))


def _zoom(size: Size, factor: float) -> Homography:
    """About the middle."""
    across, down = size[0] / 2, size[1] / 2
    return np.array([[factor, 0, across * (1 - factor)], [0, factor, down * (1 - factor)], [0, 0, 1]])
