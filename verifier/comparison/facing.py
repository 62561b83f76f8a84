"""Facing: the words of two pages told off against each other, by text and by place.

First equal words that stand in the same place; then equal ones in one column, since a row that was cut out moves all
that stands below it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, Trace

LEAST_PAIRS = 8  # equal words that must lie as one map puts them, before it is believed
MOST_EQUAL = 3  # times that a word may be printed to tell anything about where it lies on the other page
MARGIN = 0.5  # of a word's height, from an edge
MOVED = 3  # words that must have moved up or down as far, as those below a removed row
STEP = 3.0  # pixels by which the same way up or down may differ
TOLERANCE = 0.01  # of the page's width: how far off a word may be read

Place = NDArray[np.floating[Any]]
Places = NDArray[np.floating[Any]]  # (n, 4): left, top, right, bottom
Matrix = NDArray[np.floating[Any]]
_Pair = tuple[float, int, int]  # how far apart, and the numbers of both words


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A page's words with their places in its own pixels (`places`) and in the twin's (`moved`)."""

    trace: Trace
    words: tuple[str, ...]
    places: Places
    moved: Places
    left: NDArray[np.intp]  # words that the twin does not have, although it shows their place
    beyond: tuple[int, ...]  # words where the twin ends
    same: NDArray[np.intp]  # words that stand in the same place

    def known(self) -> list[int]:
        """Words that the twin has, too, here or elsewhere."""
        return sorted(set(range(len(self.words))) - set(self.left.tolist()) - set(self.beyond))


def places_of(trace: Trace) -> Places:
    """Where the page's words stand, (n, 4)."""
    return np.array(trace.places, np.float64).reshape(-1, 4)


def guess(here: Trace, there: Trace) -> tuple[float, ...]:
    """What the words alone say of how this page lies on the other: an affine 3x3 matrix, row-major.

    It maps points in shares of both pages' width and height.
    Empty where too few words agree. It holds where no picture's features do: on narrow cuts and on long pages.
    """
    if not here.places or not there.places:
        return ()
    numbers: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for trace, which in ((here, 0), (there, 1)):
        for n, word in enumerate(trace.words):
            numbers[word][which].append(n)
    pairs = [
        (n, m) for word, (own, other) in numbers.items()
        if len(word) > 1 and 0 < max(len(own), len(other)) <= MOST_EQUAL
        for n in own for m in other
    ]  # fmt: skip
    if len(pairs) < LEAST_PAIRS:
        return ()
    a, b = (_centres(places_of(trace)) for trace in (here, there))
    cv2.setRNGSeed(0)
    reach = TOLERANCE * there.width
    found, inside = cv2.estimateAffine2D(
        a[[n for n, _ in pairs]], b[[m for _, m in pairs]], ransacReprojThreshold=reach
    )
    if found is None or np.count_nonzero(inside) < LEAST_PAIRS:
        return ()
    matrix = np.diag([1 / there.width, 1 / there.height, 1]) @ np.vstack((found, (0, 0, 1)))
    return tuple(float(value) for value in (matrix @ np.diag([here.width, here.height, 1])).ravel())


def _centres(places: Places) -> Places:
    return np.column_stack(((places[:, 0] + places[:, 2]) / 2, (places[:, 1] + places[:, 3]) / 2))


def sides(here: Trace, there: Trace, matrix: Matrix) -> tuple[Side, Side]:
    """Both pages' words told off against each other; `matrix` maps pixels of this page to those of the other."""
    places_a, places_b = places_of(here), places_of(there)
    moved_a, moved_b = through(matrix, places_a), through(np.linalg.inv(matrix), places_b)
    in_place = _matched(here.words, moved_a, there.words, places_b, {}, within=True)
    every = in_place | _matched(here.words, moved_a, there.words, places_b, in_place, within=False)
    taken = set(every.values())
    lonely_a = [n for n in range(len(here.words)) if n not in every]
    lonely_b = [n for n in range(len(there.words)) if n not in taken]
    return (
        _side(here, places_a, moved_a, lonely_a, sorted(in_place), there, places_b[lonely_b]),
        _side(there, places_b, moved_b, lonely_b, sorted(in_place.values()), here, places_a[lonely_a]),
    )


def _side(
    own: Trace, places: Places, moved: Places, lonely: Sequence[int], same: Sequence[int], other: Trace, facing: Places
) -> Side:
    """`facing` are the other's words that have no equal one: what stands at an edge is read where one of them is."""
    shown = {
        n for n in lonely if _on(moved[n], other, MARGIN) or (_on(moved[n], other, 0.0) and meets(moved[n], facing))
    }
    return Side(
        trace=own,
        words=own.words,
        places=places,
        moved=moved,
        left=np.array(sorted(shown), np.intp),
        beyond=tuple(n for n in lonely if n not in shown),
        same=np.array(same, np.intp),
    )


def _matched(
    words: Sequence[str],
    places: Places,
    others: Sequence[str],
    other_places: Places,
    known: dict[int, int],
    *,
    within: bool,
) -> dict[int, int]:
    """Equal words of both pages, each once: those that stand `within` one place, or else in one column."""
    free: dict[str, list[int]] = {}
    taken = set(known.values())
    for n, word in enumerate(others):
        if n not in taken:
            free.setdefault(word, []).append(n)
    centres, other_centres = _centres(places), _centres(other_places)
    pairs = []
    for n, word in enumerate(words):
        if n in known:
            continue
        tall = max(1.0, places[n, 3] - places[n, 1])
        for m in free.get(word, ()):
            across, down = np.abs(centres[n] - other_centres[m])
            if across < tall and (down < 0.6 * tall if within else True):
                pairs.append((float(across + down), n, m))
    if not within:
        pairs = _together(pairs, centres, other_centres)
    found: dict[int, int] = {}
    used: set[int] = set()
    for _, n, m in sorted(pairs):
        if n not in found and m not in used:
            found[n] = m
            used.add(m)
    return found


def _together(pairs: Sequence[_Pair], centres: Places, others: Places) -> list[_Pair]:
    """The pairs that lie as far apart as some others do: one word alone has not moved, it stands there twice."""
    down = np.array([others[m, 1] - centres[n, 1] for _, n, m in pairs])
    return [
        pair
        for pair, far in zip(pairs, down, strict=True)
        if len({n for (_, n, _), other in zip(pairs, down, strict=True) if abs(other - far) <= STEP}) >= MOVED
    ]


def _on(place: Matrix, trace: Trace, margin: float) -> bool:
    """Whether the page shows all of it and so many of its heights around it; what an edge cuts is read otherwise."""
    room = margin * (place[3] - place[1])
    return bool(
        room <= place[0]
        and room <= place[1]
        and place[2] <= trace.width - room
        and place[3] <= trace.height - 0.5 * room
    )


def meets(place: Matrix, others: Places) -> bool:
    """Whether half of the place, or of one of the others, is where both are."""
    sides = np.minimum(others[:, 2:], place[2:]) - np.maximum(others[:, :2], place[:2])
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    smaller = np.minimum(areas, (place[2] - place[0]) * (place[3] - place[1]))
    return bool((np.prod(np.maximum(sides, 0), axis=1) >= 0.5 * smaller).any())


def through(matrix: Matrix, places: Places) -> Places:
    """The upright rectangles around the moved ones."""
    corners = places[:, [[0, 1], [2, 1], [2, 3], [0, 3]]].reshape(-1, 2)
    moved = np.column_stack((corners, np.ones(len(corners)))) @ matrix.T
    points = (moved[:, :2] / moved[:, 2:]).reshape(-1, 4, 2)
    return np.hstack((points.min(axis=1), points.max(axis=1)))


def place_of(box: Box) -> tuple[float, float, float, float]:
    """Left, top, right and bottom."""
    return box.left, box.top, box.right, box.bottom


def box_of(place: Place) -> Box:
    """The box of four numbers."""
    return Box(left=float(place[0]), top=float(place[1]), right=float(place[2]), bottom=float(place[3]))
