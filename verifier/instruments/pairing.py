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
from verifier.instruments import seconds
from verifier.instruments.captions import Label
from verifier.instruments.directions import geometry, line_of_sight, middle_inside
from verifier.instruments.kinds import kind_of
from verifier.instruments.layout import Cell, aligned, level
from verifier.instruments.numerals import Numeral

Place = Literal["card", "total", "row"]

_LEAST_EDGE = 0.22  # label-value edges weaker than this are no reading (tuned on the tuning platforms)
_STRANGER = 0.6  # what an edge to words that name no figure weighs: they keep their own numbers
_STRANGER_REACH = 12.0  # line heights right of such words
_MINORITY = 0.8  # what an edge weighs that reads against the page's usual direction
_LEAST_FIT = 0.05  # of a number's place
_ALONE, _NO_EDGE = 0.55, 0.06  # what an edge weighs that has no rival; below, it is no rival
_IN_LIST = 0.8  # what a list's edge weighs at least, however far the numbers are set from their labels
_IN_PATTERN = 0.7  # what an edge weighs at least that other labels and numbers repeat
_IN_LONG_LIST, _LONG_LIST = 0.92, 4  # the same of a list of so many rows: what else is near its labels is drawn
_LEAST_LIST = 2  # rows
_WRONG_SIDE = 0.3  # what an edge weighs within a line whose ends say that numbers stand on the other side
_BRACKET = 1.5  # line heights between a number and its share
_INDENT = 2.5  # line heights that a list's labels may be set in
_SPECK = 0.5  # of its label's height: what is read in so small print is drawn, not written
_YEAR = re.compile(r"(?:19|20)\d\d")
_COLUMN = 0.3  # what an edge weighs to the head of a column of numbers
_COLUMN_ROWS, _COLUMN_PITCH = 3, 4.0  # numbers, and line heights between them


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
    sides = _sides(obstacles)
    edges, clear = np.zeros((2, len(found), len(values)))
    directions = np.empty((len(found), len(values)), dtype=object)
    for i, label in enumerate(found):
        for j, value in enumerate(values):
            edges[i, j], clear[i, j], directions[i, j] = _edge(label, value, obstacles, sides)
    stacked = np.array([_stacked(value, values, found) for value in values])
    edges = np.where(stacked & (directions == "below"), _COLUMN * edges, edges)
    listed = _listed(clear, directions, found, values)
    boost = np.where(listed > _IN_LIST, _IN_LIST / _IN_LONG_LIST, 1.0)  # of which a second number gets nothing
    edges = np.where(listed > 0, np.maximum(np.sqrt(edges), listed * clear), edges)
    regular = _regular(clear, directions, found, values)
    edges = np.where(regular, np.maximum(edges, _IN_PATTERN * clear), edges)
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
    taken = {j for j, i in primary.items() if found[i].meaning or directions[i, j] != "above"}
    named = {j: found[i] for j, i in primary.items() if found[i].meaning}
    further = seconds.find(named, found, values, taken)
    believed = edges * boost
    readings += [_second(named[j], values[k], float(believed[primary[j], j]), less) for j, k, less in further]
    return tuple(reading for reading in readings if reading)


def _alone(edges: np.ndarray, clear: np.ndarray, directions: np.ndarray, found: Sequence[Label]) -> np.ndarray:
    """Which edges are the only ones of their label and of their number: far apart, but meant for each other."""
    known = np.array([label.meaning is not None for label in found])
    near = np.maximum(edges, clear * (directions == "right")) >= _NO_EDGE
    near &= known[:, None] | (edges >= _LEAST_EDGE)
    sole: np.ndarray = near & (near.sum(axis=1, keepdims=True) == 1) & (near.sum(axis=0, keepdims=True) == 1)
    return np.asarray(sole & known[:, None])


def _listed(edges: np.ndarray, directions: np.ndarray, found: Sequence[Label], values: Sequence[Cell]) -> np.ndarray:
    """What edges weigh at least that belong to a list: two rows or more, labels in line and numbers in line."""
    rows = [(i, j) for i, j in zip(*np.nonzero(edges * (directions == "right")), strict=True)]
    listed = np.zeros(edges.shape)
    places = [_with_brackets(value, values) for value in values]
    for i, j in rows:
        label, value = found[i].cell, values[j]
        alike = {
            k
            for k, m in rows
            if abs(label.box.left - found[k].cell.box.left) < _INDENT * label.height
            and aligned(places[j], places[m], value.height)
        }
        if found[i].meaning is not None and len(alike) >= _LEAST_LIST:
            listed[i, j] = _IN_LIST if len(alike) < _LONG_LIST else _IN_LONG_LIST
    return listed


def _regular(clear: np.ndarray, directions: np.ndarray, found: Sequence[Label], values: Sequence[Cell]) -> np.ndarray:
    """Which edges follow a pattern: rings around shares, each with its name as far below (or above), none nearer."""
    shares = [value.numeral is not None and value.numeral.percent for value in values]
    upright = np.isin(directions.astype(str), ("above", "below"))
    edges = [(i, j) for i, j in zip(*np.nonzero(clear * upright), strict=True) if found[i].meaning]
    offsets = {(i, j): _offset(found[i].cell, values[j]) for i, j in edges}
    nearest_value = {i: min((abs(offsets[i, j]), j) for k, j in edges if k == i)[1] for i, _ in edges}
    nearest_label = {j: min((abs(offsets[i, j]), i) for i, k in edges if k == j)[1] for _, j in edges}
    mutual = [(i, j) for i, j in edges if shares[j] and nearest_value[i] == j and nearest_label[j] == i]
    regular = np.zeros(clear.shape, dtype=bool)
    for i, j in mutual:
        near = 0.5 * values[j].height
        like = [k for k, m in mutual if m != j and abs(offsets[k, m] - offsets[i, j]) < near]
        regular[i, j] = bool(like) and abs(found[i].cell.centre[0] - values[j].centre[0]) < values[j].height
    return regular


def _offset(label: Cell, value: Cell) -> float:
    return value.centre[1] - label.centre[1]


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


def _sides(cells: Sequence[Cell]) -> dict[int, str]:
    """In which lines the numbers stand right or left of their labels: "Sent 12 | Opens 3", "12 sent | 3 opens"."""
    lines: dict[int, list[Cell]] = {}
    for cell in sorted(cells, key=lambda cell: cell.box.left):
        lines.setdefault(cell.line, []).append(cell)
    ends = {number: (line[0].numeral is None, line[-1].numeral is None) for number, line in lines.items()}
    return {number: "right" if words else "left" for number, (words, last) in ends.items() if words != last}


def _edge(label: Label, value: Cell, obstacles: Sequence[Cell], sides: Mapping[int, str]) -> tuple[float, float, str]:
    """How well number and label fit: by all, and whatever the distance; and the direction."""
    said = _STRANGER
    if label.meaning is not None:
        kind = kind_of(value.numeral, label.meaning) if value.numeral else None
        if kind is None:
            return 0.0, 0.0, ""
        said = label.meaning.strength * kind[1]
    line_height = label.cell.height / (1 + label.cell.text.count("\n"))
    said *= 0.4 if _YEAR.fullmatch(value.text) or value.height < _SPECK * line_height else 1.0
    if label.cell.line == value.line:
        toward = "right" if value.box.left > label.cell.box.left else "left"
        said *= line_of_sight(label.cell, value, toward, obstacles)
        said *= _WRONG_SIDE if sides.get(value.line, toward) != toward else 1.0
        return said, said, "inline"
    direction, weight = geometry(label.cell, value)
    if not direction or (
        label.meaning is None and (_far_right(label.cell, value, direction) or _told(value, obstacles))
    ):
        return 0.0, 0.0, ""
    clear = said * line_of_sight(label.cell, value, direction, obstacles)
    return clear * weight if weight >= _LEAST_FIT else 0.0, clear, direction


def _told(value: Cell, cells: Sequence[Cell]) -> bool:
    """True for a number with others in its line, as in "81 (15%)": it is theirs, and not of words above or below."""
    return any(cell.line == value.line and cell is not value for cell in cells)


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


def _second(label: Label, value: Cell, edge: float, less: float) -> Reading | None:
    """A card's other value, under the label that no longer asks for a rate."""
    if label.meaning is None:
        return None
    reading = _reading(replace(label, meaning=replace(label.meaning, rate=False)), value, edge)
    return replace(reading, confidence=reading.confidence * less) if reading else None
