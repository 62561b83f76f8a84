"""Gaps: places of a report where a number must stand, by its neighbours, and none was read.

Readers drop lone digits and pale print. Where the other labels of a list, the other cards of a row or the other rows
of a table have a number, the page is looked at once more at that one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from verifier.casefile import Box
from verifier.instruments.captions import Label
from verifier.instruments.grids import Grid
from verifier.instruments.layout import Cell, aligned, level
from verifier.instruments.pairing import Reading

MOST = 24  # places of a page: half a second
_ALIKE = 0.8  # of the larger label's height: names of one list are of one size
_SLACK = 0.6  # of its height: a number may be wider than its neighbours'


def find(
    labels: Sequence[Label], cells: Sequence[Cell], cards: Sequence[Reading], tables: Sequence[Grid]
) -> tuple[Box, ...]:
    """The places, in pixels of the page, from top to bottom."""
    places = chain(_beside_labels(labels, cards), *map(_in_table, tables))
    found: list[Box] = []
    for place in sorted(places, key=lambda box: (box.top, box.left)):
        if not any(_meet(place, other) for other in (*(cell.box for cell in cells), *found)):
            found.append(place)
    return tuple(found[:MOST])


def _beside_labels(labels: Sequence[Label], cards: Sequence[Reading]) -> Iterable[Box]:
    """Where the number of a label would stand, if it stood as its neighbours' do."""
    for label in labels:
        if label.meaning is None:
            continue
        here = label.cell.box
        own = [one for one in cards if one.label_box == here]
        for other in cards:
            there, value = other.label_box, other.value_box
            if there is None or value is None or there == here or not _same_size(here, there):
                continue
            if any(_alike(one, other) for one in own):
                continue
            if abs(here.left - there.left) < here.bottom - here.top:
                yield _grown(_moved(value, 0.0, here.top - there.top))
            elif level(here, there):
                across = here.left - there.left if _begins_alike(there, value) else _middle(here) - _middle(there)
                yield _grown(_moved(value, across, here.top - there.top))


def _in_table(table: Grid) -> Iterable[Box]:
    """The cells of a table's columns in rows that have other numbers."""
    columns: dict[str, list[Box]] = {head.text: [head.box] for head in table.empty}
    rows: dict[int, dict[str, Box]] = {}
    for one in table.readings:
        if one.value_box is not None:
            columns.setdefault(one.key, []).append(one.value_box)
            rows.setdefault(one.row, {})[one.key] = one.value_box
    for told in rows.values():
        top, bottom = min(box.top for box in told.values()), max(box.bottom for box in told.values())
        for key, boxes in columns.items():
            if key not in told:
                left, right = min(box.left for box in boxes), max(box.right for box in boxes)
                yield _grown(Box(left=left, top=top, right=right, bottom=bottom))


def _alike(one: Reading, other: Reading) -> bool:
    """True when a label has such a number already: a rate where its neighbour has a rate, or the only one."""
    return one.numeral.percent == other.numeral.percent


def _same_size(a: Box, b: Box) -> bool:
    lower, taller = sorted((a.bottom - a.top, b.bottom - b.top))
    return lower > _ALIKE * taller


def _begins_alike(label: Box, value: Box) -> bool:
    height = value.bottom - value.top
    return aligned(label, value, height) and abs(label.left - value.left) < 0.5 * height


def _middle(box: Box) -> float:
    return (box.left + box.right) / 2


def _moved(box: Box, across: float, along: float) -> Box:
    return Box(left=box.left + across, top=box.top + along, right=box.right + across, bottom=box.bottom + along)


def _grown(box: Box) -> Box:
    slack = _SLACK * (box.bottom - box.top)
    return replace(box, left=max(0.0, box.left - slack), right=box.right + slack, top=max(0.0, box.top))


def _meet(place: Box, box: Box) -> bool:
    """True when something was read there."""
    return level(place, box) and box.left < place.right and box.right > place.left
