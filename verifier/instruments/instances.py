"""Where a reference picture occurs on a page, and how often: SIFT points that agree on one pose.

Every match of two SIFT points proposes a similarity transform by itself (position, scale and angle; Lowe 2004). The
proposal that most reference points agree with is kept and refined (fast spatial matching: Philbin et al., CVPR 2007),
its matches are removed, and the rest is asked again. No random sampling, so nothing to seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Outline

RATIO = 0.8  # Lowe's, published; .85 and .9 found no more logos and twice to eight times the chance hits
FEWEST = 4  # reference points that must agree; 3 always do when a similarity is refined to an affinity
FEWEST_AGAIN = 6  # for a further place: weaker ones are mostly chance, and each proposal costs a vote
_MOST_PAIRS = 500  # the clearest matches; voting costs their square
_AT_ONCE = 1024  # points of the page that are compared at once: the distances then stay in the processor's cache
_SLACK = 2.5  # pixels of the page: SIFT's own localisation error
_BEND = 0.02  # of the reference's diagonal as it appears on the page: bottles and boxes are not planes
_LEAN = 0.12  # of the distance from the proposing match: one point's scale and angle are only roughly right
_SCALE_OFF, _ANGLE_OFF = np.log(1.6), np.deg2rad(25.0)  # how far two points of one object may differ
_MOST_SLANT = 4.0  # longest over shortest stretch; beyond, a logo is seen too flat to be matched
_SPREAD = 0.3  # of the reference's area; points on less attest that part only: the logo on a pack is on posters too
_AROUND = 0.05  # of the reference's diagonal: a part reaches a little beyond its outermost points
_CELLS, _OF_A_CELL = 5, 2  # cells a side, points a cell: letters of one typeface agree, in one corner of the reference
_PERSPECTIVE_FROM = 8  # points; fewer do not carry a homography's eight numbers

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Keypoints:
    """`points` (n, 2) in pixels, `scales` (n,) in pixels, `angles` (n,) in radians, `descriptors` (n, 128) RootSIFT.

    Descriptors hold whole numbers 0..255 as float32, so that sums of products are exact in any order.
    """

    points: Array
    scales: Array
    angles: Array
    descriptors: Array
    width: int
    height: int

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One place where the reference, or a part of it, is seen: four corners on the page, and how many points agree.

    `frame` is where the whole reference would be: corners from the upper left one on, clockwise.
    """

    outline: Outline
    agreeing: int
    frame: Outline = ()


def keypoints(grey: NDArray[np.uint8], limit: int) -> Keypoints:
    """The `limit` strongest points of a (height, width) uint8 picture, as RootSIFT (Arandjelovic, Zisserman 2012)."""
    sift = cv2.SIFT_create(nfeatures=limit, contrastThreshold=0.02)  # type: ignore[attr-defined]
    found, raw = sift.detectAndCompute(grey, None)  # those that are as strong as the last one are all kept
    height, width = grey.shape[:2]
    if raw is None or not found:
        nothing = np.zeros(0, np.float32)
        return Keypoints(
            points=np.zeros((0, 2), np.float32), scales=nothing, angles=nothing,
            descriptors=np.zeros((0, 128), np.float32), width=width, height=height,
        )  # fmt: skip
    # OpenCV breaks ties in strength by address, so cut after a stable order of our own
    order = sorted(range(len(found)), key=lambda n: (-found[n].response, found[n].pt, found[n].size, found[n].angle))[
        :limit
    ]
    rooted = np.sqrt(raw[order] / np.maximum(raw[order].sum(axis=1, keepdims=True), 1e-9))
    return Keypoints(
        points=np.array([found[n].pt for n in order], np.float32),
        scales=np.array([found[n].size for n in order], np.float32),
        angles=np.deg2rad(np.array([found[n].angle for n in order], np.float32)),
        descriptors=np.clip(np.rint(rooted * 255), 0, 255).astype(np.float32),
        width=width,
        height=height,
    )


def inverted(of: Keypoints) -> Keypoints:
    """The keypoints of the negative (white logo on black for black on white), without looking at it again.

    All gradients turn by 180 degrees and so do the points' angles: the 4x4 cells swap ends, the 8 orientation bins,
    being relative to the angle, stay.
    """
    cells = of.descriptors.reshape(-1, 4, 4, 8)[:, ::-1, ::-1, :]
    return Keypoints(
        points=of.points,
        scales=of.scales,
        angles=of.angles + np.float32(np.pi),
        descriptors=np.ascontiguousarray(cells).reshape(-1, 128),
        width=of.width,
        height=of.height,
    )


def occurrences(reference: Keypoints, page: Keypoints, most: int) -> tuple[Occurrence, ...]:
    """Up to `most` places where `reference` is seen on `page`, the best-attested first; outlines in page pixels."""
    pairs = _matches(reference, page)
    if len(pairs) < FEWEST:
        return ()
    votes = _Votes(reference, page, pairs)
    found: list[Occurrence] = []
    while len(found) < most:
        occurrence = votes.next(least=FEWEST_AGAIN if found else FEWEST)
        if occurrence is None:
            break
        found.append(occurrence)
    return tuple(sorted(found, key=lambda seen: -seen.agreeing))


def _matches(reference: Keypoints, page: Keypoints) -> NDArray[np.intp]:
    """Pairs (reference, page), the clearest first, of page points whose nearest reference point has no rival.

    Asked from the page's side, so that ten packs in a row all match: from the reference's side they are each
    other's rivals.
    """
    if len(reference) < 2 or len(page) < 1:
        return np.zeros((0, 2), np.intp)
    known = np.ascontiguousarray(-2.0 * reference.descriptors.T)
    lengths = np.einsum("ij,ij->i", reference.descriptors, reference.descriptors)
    nearest, first, second = (np.empty(len(page), kind) for kind in (np.intp, np.float32, np.float32))
    for start in range(0, len(page), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        apart = page.descriptors[part] @ known
        apart += lengths
        rows = np.arange(len(apart))
        nearest[part] = apart.argmin(axis=1)
        first[part] = apart[rows, nearest[part]]
        apart[rows, nearest[part]] = np.inf
        second[part] = apart.min(axis=1)
    own = np.einsum("ij,ij->i", page.descriptors, page.descriptors)  # the same to all references: decides no order
    first, second = first + own, second + own
    kept = np.flatnonzero(first < RATIO * RATIO * second)
    clearest = kept[np.argsort(first[kept] / np.maximum(second[kept], 1.0), kind="stable")][:_MOST_PAIRS]
    return np.stack([nearest[clearest], clearest], axis=1)


class _Votes:
    """The matches of one reference, and which of them agree with which. Points are complex numbers here."""

    def __init__(self, reference: Keypoints, page: Keypoints, pairs: NDArray[np.intp]) -> None:
        here, there = pairs[:, 0], pairs[:, 1]
        self.size = (reference.width, reference.height)
        self.source = reference.points[here].astype(np.float64)
        self.target = page.points[there].astype(np.float64)
        self.stretch = np.log(page.scales[there].astype(np.float64) / reference.scales[here])
        self.turn = page.angles[there].astype(np.float64) - reference.angles[here]
        self.spot = _spots(self.source)
        self.place = _spots(self.target)
        self.left = np.ones(len(pairs), bool)
        self.agree = self._agreement()

    def next(self, least: int) -> Occurrence | None:
        """The best-attested pose among the matches that are left, which it uses up."""
        while True:
            attested = self._attesting()
            best = int(attested.argmax())
            if attested[best] < least:
                return None
            members, pose = self._refine(self.agree[1][self._open() & (self.agree[0] == best)])
            self.left[members] = False
            self.left[best] = False
            if pose is not None and (count := self._attested(members)) >= FEWEST:
                whole = _move_frame(pose, _rectangle(np.zeros(2), np.array(self.size, np.float64)))
                return Occurrence(outline=_move_frame(pose, self._frame(members)), agreeing=count, frame=whole)

    def _attesting(self) -> NDArray[np.intp]:
        """(matches,): on how many distinct points the matches lie that agree with each, of those that are left."""
        proposing, agreeing = (side[self._open()] for side in self.agree)
        seen = np.zeros((len(self.spot), self.spot.max() + 1), bool)
        seen[proposing, self.spot[agreeing]] = True
        return np.asarray(seen.sum(axis=1), np.intp)

    def _open(self) -> NDArray[np.bool_]:
        """Of the pairs in `agree`, those of which both matches are left."""
        return self.left[self.agree[0]] & self.left[self.agree[1]]

    def _agreement(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs (i, j): match j lies where match i, taken as a similarity, puts it, at a like scale and angle."""
        angle = np.mod(self.turn, 2 * np.pi)
        turn = np.abs(angle[None, :] - angle[:, None])
        stretch = np.abs(self.stretch[None, :] - self.stretch[:, None])
        alike = (stretch < _SCALE_OFF) & ((turn < _ANGLE_OFF) | (turn > 2 * np.pi - _ANGLE_OFF))
        i, j = np.nonzero(alike)
        source, target = self.source @ (1, 1j), self.target @ (1, 1j)
        similarity = np.exp(self.stretch + 1j * self.turn)
        apart = source[j] - source[i]
        error = np.abs(similarity[i] * apart + target[i] - target[j])
        allowed = _SLACK + (_LEAN * np.abs(apart) + _BEND * np.hypot(*self.size)) * np.abs(similarity)[i]
        near = error < allowed
        return i[near], j[near]

    def _refine(self, members: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.float64] | None]:
        """The members gathered again around a least-squares affinity, and the pose (3x3) or None if it is no view."""
        pose = None
        for _ in range(3):
            affine = self._affinity(members)
            if affine is None:
                return members, pose
            pose, members = affine, self._gather(affine)
        if self._count(members) >= _PERSPECTIVE_FROM and pose is not None:
            found, _ = cv2.findHomography(self.source[members], self.target[members], 0)
            homography = None if found is None else np.asarray(found, np.float64)
            if homography is not None and _is_a_view(homography, pose, self.size):
                more = self._gather(homography)
                if self._count(more) >= self._count(members):
                    return more, homography
        return members, pose

    def _affinity(self, members: NDArray[np.intp]) -> NDArray[np.float64] | None:
        """Least squares; None when mirrored, collapsed or slanted beyond reason."""
        if self._count(members) < 3:
            return None
        source = np.column_stack([self.source[members], np.ones(len(members))])
        solved = np.linalg.lstsq(source, self.target[members], rcond=None)[0].T
        longest, shortest = np.linalg.svd(solved[:, :2], compute_uv=False)
        if np.linalg.det(solved[:, :2]) <= 0 or longest > _MOST_SLANT * shortest:
            return None
        return np.vstack([solved, (0.0, 0.0, 1.0)])

    def _gather(self, pose: NDArray[np.float64]) -> NDArray[np.intp]:
        """The matches left that the pose puts within reach, at a like scale."""
        scale = np.sqrt(abs(np.linalg.det(pose[:2, :2] / pose[2, 2])))
        error = np.linalg.norm(_move(pose, self.source) - self.target, axis=1)
        near = error < _SLACK + _BEND * np.hypot(*self.size) * scale
        return np.flatnonzero(near & (np.abs(self.stretch - np.log(scale)) < np.log(2.0)) & self.left)

    def _frame(self, members: NDArray[np.intp]) -> NDArray[np.float64]:
        """Corners of the part of the reference that is attested: all of it, when the points are spread over enough."""
        size = np.array(self.size, np.float64)
        low, high = self.source[members].min(axis=0), self.source[members].max(axis=0)
        if np.prod(high - low) >= _SPREAD * np.prod(size):
            return _rectangle(np.zeros(2), size)
        margin = _AROUND * np.hypot(*size)
        return _rectangle(np.maximum(low - margin, 0.0), np.minimum(high + margin, size))

    def _count(self, members: NDArray[np.intp]) -> int:
        """Distinct points, on the side where fewer are distinct: many matches of one point attest one point."""
        return min(len(np.unique(self.spot[members])), len(np.unique(self.place[members])))

    def _attested(self, members: NDArray[np.intp]) -> int:
        """Distinct points, of which each cell of the reference counts only so many: one letter is not yet a logo."""
        _, distinct = np.unique(self.spot[members], return_index=True)
        cells = np.clip(self.source[members][distinct] * _CELLS / self.size, 0, _CELLS - 1).astype(int)
        crowds = np.unique(cells @ (1, _CELLS), return_counts=True)[1]
        return min(int(np.minimum(crowds, _OF_A_CELL).sum()), len(np.unique(self.place[members])))


def _spots(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """A number for each distinct whole pixel: SIFT gives one spot several keypoints (scales, angles)."""
    return np.unique(np.rint(points).astype(np.int64), axis=0, return_inverse=True)[1].ravel()


def _move(pose: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    moved = np.column_stack([points, np.ones(len(points))]) @ pose.T
    where: NDArray[np.float64] = moved[:, :2] / moved[:, 2:]
    return where


def _rectangle(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float64)


def _move_frame(pose: NDArray[np.float64], corners: NDArray[np.float64]) -> Outline:
    return tuple((float(x), float(y)) for x, y in _move(pose, corners))


def _is_a_view(homography: NDArray[np.float64], affine: NDArray[np.float64], size: tuple[int, int]) -> bool:
    """Does the homography show the reference as a convex, unflipped quadrilateral, near in size to the affine one?"""
    corners = _rectangle(np.zeros(2), np.array(size, np.float64))
    if (np.column_stack([corners, np.ones(4)]) @ homography[2] <= 0).any():
        return False  # a corner at or beyond the horizon
    quadrilateral, plain = (_move(pose, corners) for pose in (homography, affine))
    sides = np.roll(quadrilateral, -1, axis=0) - quadrilateral
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    lengths = np.linalg.norm(sides, axis=1)
    opposite = max(lengths[0] / lengths[2], lengths[2] / lengths[0], lengths[1] / lengths[3], lengths[3] / lengths[1])
    growth = cv2.contourArea(quadrilateral.astype(np.float32)) / max(cv2.contourArea(plain.astype(np.float32)), 1e-9)
    return bool((turns > 0).all() and opposite < 3.0 and 0.5 < growth < 2.0)
