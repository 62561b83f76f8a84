"""Pairing: which number on a report belongs to which figure. Cards and lists here, tables in `grids`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from verifier.casefile import Box
from verifier.instruments.captions import Label
from verifier.instruments.directions import SECOND_GAP, beside, geometry, line_of_sight, middle_inside, side
from verifier.instruments.layout import Cell, aligned, level
from verifier.instruments.numerals import Numeral
from verifier.instruments.vocabulary import Kind, Meaning

Place = Literal["card", "total", "row"]

_LEAST_EDGE = 0.22  # label-value edges weaker than this are no reading (tuned on the tuning platforms)
_STRANGER = 0.6  # what an edge to words that name no figure weighs: they keep their own numbers
_STRANGER_REACH = 12.0  # line heights right of such words
_MINORITY = 0.8  # what an edge weighs that reads against the page's usual direction
_LEAST_FIT = 0.05  # of a number's place
_ALONE, _NO_EDGE = 0.55, 0.06  # what an edge weighs that has no rival; below, it is no rival
_IN_LIST = 0.8  # what a list's edge weighs at least, however far the numbers are set from their labels
_LEAST_LIST = 2  # rows
_BRACKET = 1.5  # line heights between a number and its share
_INDENT = 2.5  # line heights that a list's labels may be set in
_YEAR = re.compile(r"(?:19|20)\d\d")
_COLUMN = 0.3  # what an edge weighs to the head of a column of numbers
_COLUMN_ROWS, _COLUMN_PITCH = 3, 3.0  # numbers, and line heights between them


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One figure read: its key, the printed number, both boxes, how sure (0..1), and where it stood."""

    key: str
    figure: str  # its name in the phrasebook
    numeral: Numeral
    value_box: Box | None  # None in a sheet
    label: str
    label_box: Box | None
    confidence: float
    place: Place
    weak: bool = False  # the label means a mail figure only in company
    name: str = ""  # of the row, in a table
    row: int = -1
    table: int = -1


def pair(found: Sequence[Label], values: Sequence[Cell]) -> tuple[Reading, ...]:
    """Cards and lists: every label gets at most one number, every number one label, by the greatest sum of edges."""
    if not found or not values:
        return ()
    obstacles = [label.cell for label in found] + list(values)
    edges, clear = np.zeros((2, len(found), len(values)))
    directions = np.empty((len(found), len(values)), dtype=object)
    for i, label in enumerate(found):
        for j, value in enumerate(values):
            edges[i, j], clear[i, j], directions[i, j] = _edge(label, value, obstacles)
    stacked = np.array([_stacked(value, values, found) for value in values])
    edges = np.where(stacked & (directions == "below"), _COLUMN * edges, edges)
    listed = _listed(clear, directions, found, values)
    edges = np.where(listed, np.maximum(np.sqrt(edges), _IN_LIST * clear), edges)
    pairs = _assign(edges)
    usual = _usual(pairs, edges, directions, found)
    if usual:
        against = (directions != usual) & np.isin(directions.astype(str), ("above", "below"))
        edges = np.where(against, edges * _MINORITY, edges)
        pairs = _assign(edges)
    edges = np.where(_alone(edges, clear, directions, found), np.maximum(edges, _ALONE * clear), edges)
    pairs = _assign(edges)
    primary = {j: i for i, j in pairs if edges[i, j] >= _LEAST_EDGE}
    readings = [_reading(found[i], values[j], float(edges[i, j])) for j, i in primary.items()]
    return tuple(reading for reading in readings if reading) + _seconds(found, values, primary, edges, directions)


def _alone(edges: np.ndarray, clear: np.ndarray, directions: np.ndarray, found: Sequence[Label]) -> np.ndarray:
    """Which edges are the only ones of their label and of their number: far apart, but meant for each other."""
    known = np.array([label.meaning is not None for label in found])
    near = np.maximum(edges, clear * (directions == "right")) >= _NO_EDGE
    near &= known[:, None] | (edges >= _LEAST_EDGE)
    sole: np.ndarray = near & (near.sum(axis=1, keepdims=True) == 1) & (near.sum(axis=0, keepdims=True) == 1)
    return np.asarray(sole & known[:, None])


def _listed(edges: np.ndarray, directions: np.ndarray, found: Sequence[Label], values: Sequence[Cell]) -> np.ndarray:
    """Which edges belong to a list: two rows or more whose labels and whose numbers are each in line."""
    rows = [(i, j) for i, j in zip(*np.nonzero(edges * (directions == "right")), strict=True)]
    listed = np.zeros(edges.shape, dtype=bool)
    places = [_with_brackets(value, values) for value in values]
    for i, j in rows:
        label, value = found[i].cell, values[j]
        alike = {
            k
            for k, m in rows
            if abs(label.box.left - found[k].cell.box.left) < _INDENT * label.height
            and aligned(places[j], places[m], value.height)
        }
        listed[i, j] = found[i].meaning is not None and len(alike) >= _LEAST_LIST
    return listed


def _with_brackets(value: Cell, values: Sequence[Cell]) -> Box:
    """The box of a number and of what is printed close beside it: "81 (15%)"."""
    near = [
        other.box
        for other in values
        if level(value.box, other.box)
        and max(value.box.left - other.box.right, other.box.left - value.box.right) < _BRACKET * value.height
    ]
    left, right = min(box.left for box in near), max(box.right for box in near)
    return replace(value.box, left=left, right=right)


def _stacked(value: Cell, values: Sequence[Cell], found: Sequence[Label]) -> bool:
    """True for the first of a column of numbers of one size and kind, close beneath each other: those of a table."""
    first = value.numeral
    beneath = [
        other.centre[1]
        for other in values
        if first
        and other.numeral
        and other.numeral.percent == first.percent
        and aligned(value.box, other.box, value.height)
        and other.centre[1] - value.centre[1] > 0
        and 0.8 < other.height / value.height < 1.25
    ]
    depths = [value.centre[1], *sorted(beneath)[: _COLUMN_ROWS - 1]]
    if len(depths) < _COLUMN_ROWS or max(b - a for a, b in pairwise(depths)) > _COLUMN_PITCH * value.height:
        return False
    between = replace(value.box, top=depths[0], bottom=depths[-1])
    return not any(middle_inside(label.cell, between, "below") for label in found if label.meaning)


def _assign(edges: np.ndarray) -> list[tuple[int, int]]:
    rows, columns = linear_sum_assignment(edges, maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if edges[i, j] > 0]


def _usual(
    pairs: list[tuple[int, int]], edges: np.ndarray, directions: np.ndarray, found: Sequence[Label]
) -> str | None:
    """The direction, above or below, in which most figures of the page are read."""
    weight = {"above": 0.0, "below": 0.0}
    for i, j in pairs:
        if found[i].meaning and directions[i, j] in weight:
            weight[directions[i, j]] += float(edges[i, j])
    ordered = sorted(weight, key=lambda direction: weight[direction])
    return ordered[1] if weight[ordered[1]] > 2 * weight[ordered[0]] else None


def kind_of(numeral: Numeral, meaning: Meaning) -> tuple[Kind, float] | None:
    """Whether the number can be a count, a rate or an amount under this label, and how well it fits (0..1)."""
    if numeral.money or meaning.key("count") is meaning.key("rate") is None:
        kind: Kind = "amount"
        fit = 1.0 if numeral.money else 0.7 if not numeral.percent else 0.0
    elif numeral.percent:
        kind = "rate"
        fit = 1.0 if meaning.rate else 0.95
    elif numeral.whole:
        kind = "count"
        fit = 0.5 if meaning.rate else 1.0
    elif meaning.rate and 0 <= numeral.value <= 1:
        kind, fit = "rate", 0.8  # "Average open rate 0.35": a fraction
    else:
        return None
    if meaning.rate and kind == "count" and numeral.value in {0, 1}:
        kind = "rate"  # "Open rate 0": zero needs no percent sign
    return (kind, fit) if fit and meaning.key(kind) and numeral.value >= 0 else None


def _edge(label: Label, value: Cell, obstacles: Sequence[Cell]) -> tuple[float, float, str]:
    """How well number and label fit: by all, and whatever the distance; and the direction."""
    said = _STRANGER
    if label.meaning is not None:
        kind = kind_of(value.numeral, label.meaning) if value.numeral else None
        if kind is None:
            return 0.0, 0.0, ""
        said = label.meaning.strength * kind[1]
    said *= 0.4 if _YEAR.fullmatch(value.text) else 1.0
    if label.cell.line == value.line:
        return said, said, "inline"
    direction, weight = geometry(label.cell, value)
    if not direction or (label.meaning is None and _far_right(label.cell, value, direction)):
        return 0.0, 0.0, ""
    clear = said * line_of_sight(label.cell, value, direction, obstacles)
    return clear * weight if weight >= _LEAST_FIT else 0.0, clear, direction


def _far_right(label: Cell, value: Cell, direction: str) -> bool:
    return direction == "right" and value.box.left - label.box.right > _STRANGER_REACH * label.height


def _reading(label: Label, value: Cell, edge: float) -> Reading | None:
    if label.meaning is None or value.numeral is None:
        return None
    kind = kind_of(value.numeral, label.meaning)
    key = label.meaning.key(kind[0]) if kind else None
    if key is None:
        return None
    return Reading(
        key=key,
        figure=label.meaning.figure,
        numeral=value.numeral,
        value_box=value.box,
        label=label.cell.text.replace("\n", " "),
        label_box=label.cell.box,
        confidence=min(1.0, edge) * value.confidence,
        place="card",
        weak=label.meaning.weak,
    )


def _seconds(
    found: Sequence[Label], values: Sequence[Cell], primary: dict[int, int], edges: np.ndarray, directions: np.ndarray
) -> tuple[Reading, ...]:
    """A card's other value: the count under the rate, or the rate under the count."""
    taken = {j for j, i in primary.items() if found[i].meaning or directions[i, j] != "above"}
    obstacles = [label.cell for label in found if label.meaning] + list(values)
    offers = {j: _offers(values[j], values, taken, obstacles) for j, i in primary.items() if found[i].meaning}
    readings = []
    for j, i in sorted(primary.items(), key=lambda one: -edges[one[1], one[0]]):
        label = found[i]
        for distance, k in offers.get(j, ()):
            if k in taken or label.meaning is None:
                continue
            if distance > SECOND_GAP and not _repeated(values[j], values[k], j, offers, values):
                continue
            said = replace(label, meaning=replace(label.meaning, rate=False))
            reading = _reading(said, values[k], float(edges[i, j]))
            if reading is not None:
                taken.add(k)
                less = 0.9 - 0.1 * min(distance, SECOND_GAP)
                readings.append(replace(reading, confidence=reading.confidence * less))
                break
    return tuple(readings)


def _offers(first: Cell, values: Sequence[Cell], taken: set[int], obstacles: Sequence[Cell]) -> list[tuple[float, int]]:
    """The numbers of the other kind that are near, and how many line heights off, the nearest first."""
    found = []
    for k, value in enumerate(values):
        if k in taken or not value.numeral or not first.numeral or value.numeral.percent == first.numeral.percent:
            continue
        distance = beside(first, value)
        if distance is not None and line_of_sight(first, value, side(first, value), obstacles) == 1.0:
            found.append((distance, k))
    return sorted(found)


def _repeated(
    first: Cell, second: Cell, j: int, offers: Mapping[int, list[tuple[float, int]]], values: Sequence[Cell]
) -> bool:
    """True when another card has a second value as far off, in the same direction: the steps of a funnel."""
    across, along = second.box.left - first.box.left, second.centre[1] - first.centre[1]
    return any(
        abs(values[k].box.left - values[other].box.left - across) < first.height
        and abs(values[k].centre[1] - values[other].centre[1] - along) < first.height
        for other, near in offers.items()
        for _, k in near
        if other != j
    )
