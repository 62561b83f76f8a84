"""The second number of a label: the count under a card's rate, the share in brackets, a list's second column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.instruments.captions import Label
from verifier.instruments.directions import SECOND_GAP, beside, line_of_sight, side
from verifier.instruments.kinds import kind_of
from verifier.instruments.layout import Cell, aligned, level

_ACROSS = SECOND_GAP + 0.1  # on the other side of the label: only believed where another label has the same
_OFF = 1.0  # line heights by which the second numbers of two labels may stand differently

Offer = tuple[float, int]  # line heights from the first number, and which number


def find(
    first: Mapping[int, Label], found: Sequence[Label], values: Sequence[Cell], taken: set[int]
) -> list[tuple[int, int, float]]:
    """Which further number belongs to the label of a `first` one, the nearest pairs first: (first, second, how surely).

    A number close by is believed; one farther off only where another label has one as far off, or in the same column.
    """
    offers = {j: _offers(j, label, found, values, taken) for j, label in first.items()}
    pairs = sorted((distance, j, k) for j, near in offers.items() for distance, k in near)
    used, done, told = set(taken), set[int](), []
    for distance, j, k in pairs:
        if j in done or k in used or (distance > SECOND_GAP and not _repeated(j, k, offers, values)):
            continue
        done.add(j)
        used.add(k)
        told.append((j, k, 0.9 - 0.1 * min(distance, SECOND_GAP)))
    return told


def _offers(j: int, label: Label, found: Sequence[Label], values: Sequence[Cell], taken: set[int]) -> list[Offer]:
    """The numbers of the other kind that are near, with nothing in between but the label itself."""
    first = values[j]
    words = [other.cell for other in found if other.meaning and other.cell is not label.cell]
    offers = []
    for k, value in enumerate(values):
        if k in taken or not value.numeral or not first.numeral or value.numeral.percent == first.numeral.percent:
            continue
        distance = beside(first, value)
        if distance is None or label.meaning is None or kind_of(value.numeral, label.meaning) is None:
            continue
        way = side(first, value)
        if line_of_sight(first, value, way, [*words, *values]) < 1.0:
            continue
        if label.cell.line == value.line == first.line:
            distance = 0.0
        elif line_of_sight(first, value, way, [label.cell]) < 1.0:
            distance = max(distance, _ACROSS)
        offers.append((distance, k))
    return offers


def _repeated(j: int, k: int, offers: Mapping[int, list[Offer]], values: Sequence[Cell]) -> bool:
    """True when another label has a second number as far off, in the same direction (the steps of a funnel), or its
    two numbers stand in the columns of these (a list)."""
    first, second = values[j], values[k]
    across, along = second.box.left - first.box.left, second.centre[1] - first.centre[1]
    near = _OFF * first.height
    return any(
        (
            abs(values[m].box.left - values[other].box.left - across) < near
            and abs(values[m].centre[1] - values[other].centre[1] - along) < near
        )
        or (
            level(first.box, second.box)
            and level(values[other].box, values[m].box)
            and aligned(first.box, values[other].box, first.height)
            and aligned(second.box, values[m].box, first.height)
        )
        for other, offered in offers.items()
        if other != j
        for _, m in sorted(offered)[:1]
    )
