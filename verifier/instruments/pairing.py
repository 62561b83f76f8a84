"""Pairing: which number on a report belongs to which figure. Cards and lists here, tables in `grids`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from verifier.casefile import Box
from verifier.instruments.captions import Label
from verifier.instruments.layout import Cell, aligned, level
from verifier.instruments.numerals import Numeral
from verifier.instruments.vocabulary import Kind, Meaning

Place = Literal["card", "total", "row"]

_LEAST_EDGE = 0.22  # label-value edges weaker than this are no reading (tuned on the tuning platforms)
_STRANGER = 0.6  # what an edge to words that name no figure weighs: they keep their own numbers
_MINORITY = 0.8  # what an edge weighs that reads against the page's usual direction
_LEAST_LIST = 2  # rows
_INDENT = 2.5  # line heights that a list's labels may be set in
_YEAR = re.compile(r"(?:19|20)\d\d")
_SECOND_GAP = 2.2  # line heights between a card's first and second value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One figure read: its key, the printed number, both boxes, how sure (0..1), and where it stood."""

    key: str
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
    edges = np.zeros((len(found), len(values)))
    directions = np.empty((len(found), len(values)), dtype=object)
    for i, label in enumerate(found):
        for j, value in enumerate(values):
            edges[i, j], directions[i, j] = _edge(label, value, obstacles)
    edges = np.where(_listed(edges, directions, found, values), np.sqrt(edges), edges)
    pairs = _assign(edges)
    usual = _usual(pairs, edges, directions, found)
    if usual:
        against = (directions != usual) & np.isin(directions.astype(str), ("above", "below"))
        edges = np.where(against, edges * _MINORITY, edges)
        pairs = _assign(edges)
    primary = {j: i for i, j in pairs if edges[i, j] >= _LEAST_EDGE}
    readings = [_reading(found[i], values[j], float(edges[i, j])) for j, i in primary.items()]
    return tuple(reading for reading in readings if reading) + _seconds(found, values, primary, edges)


def _listed(edges: np.ndarray, directions: np.ndarray, found: Sequence[Label], values: Sequence[Cell]) -> np.ndarray:
    """Which edges belong to a list: two rows or more whose labels and whose numbers are each in line."""
    rows = [(i, j) for i, j in zip(*np.nonzero(edges * (directions == "right")), strict=True)]
    listed = np.zeros(edges.shape, dtype=bool)
    for i, j in rows:
        label, value = found[i].cell, values[j]
        alike = {
            k
            for k, m in rows
            if abs(label.box.left - found[k].cell.box.left) < _INDENT * label.height
            and aligned(value.box, values[m].box, value.height)
        }
        listed[i, j] = found[i].meaning is not None and len(alike) >= _LEAST_LIST
    return listed


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
    """Whether the number can be a count or a rate under this label, and how well it fits (0..1)."""
    if numeral.percent:
        kind: Kind = "rate"
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
    return (kind, fit) if meaning.key(kind) and numeral.value >= 0 else None


def _edge(label: Label, value: Cell, obstacles: Sequence[Cell]) -> tuple[float, str]:
    said = _STRANGER
    if label.meaning is not None:
        kind = kind_of(value.numeral, label.meaning) if value.numeral else None
        if kind is None:
            return 0.0, ""
        said = label.meaning.strength * kind[1]
    said *= 0.4 if _YEAR.fullmatch(value.text) else 1.0
    if label.cell.line == value.line:
        return said, "inline"
    direction, weight = _geometry(label.cell, value)
    if weight < 0.05:
        return 0.0, ""
    return said * weight * _line_of_sight(label.cell, value, direction, obstacles), direction


def _geometry(label: Cell, value: Cell) -> tuple[str, float]:
    """The direction from label to number, and how well their places fit (0..1)."""
    height = min(label.height, value.height)
    if level(label.box, value.box):
        gap = (value.box.left - label.box.right) / height
        if gap > -0.5:
            return "right", 0.95 * float(np.exp(-max(0.0, gap) / 20))
        gap = (label.box.left - value.box.right) / height
        if gap <= -0.5:
            return "inline", 0.9  # the reader's boxes overlap: a label and its number set close
        return "left", 0.7 * float(np.exp(-max(0.0, gap) / 3))
    beside = min(label.box.right, value.box.right) - max(label.box.left, value.box.left)
    if aligned(label.box, value.box, height):
        fit = 1.0
    elif beside > 0:
        fit = 0.5 + 0.4 * beside / min(label.box.right - label.box.left, value.box.right - value.box.left)
    else:
        return "", 0.0
    below = value.box.top >= label.box.top
    gap = (value.box.top - label.box.bottom if below else label.box.top - value.box.bottom) / height
    return (
        ("below", fit * float(np.exp(-max(0.0, gap) / 5)))
        if below
        else (
            "above",
            0.9 * fit * float(np.exp(-max(0.0, gap) / 3)),
        )
    )


def _line_of_sight(label: Cell, value: Cell, direction: str, obstacles: Sequence[Cell]) -> float:
    """1 where nothing stands between label and number; each thing in between takes its share."""
    a, b = label.box, value.box
    if direction in {"right", "left"}:
        first, last = (a, b) if direction == "right" else (b, a)
        between = Box(left=first.right, top=max(a.top, b.top), right=last.left, bottom=min(a.bottom, b.bottom))
    else:
        first, last = (a, b) if direction == "below" else (b, a)
        between = Box(left=max(a.left, b.left), top=first.bottom, right=min(a.right, b.right), bottom=last.top)
    weight = 1.0
    for cell in obstacles:
        if cell is not label and cell is not value and _middle_inside(cell, between, direction):
            weight *= 0.35 if cell.numeral else 0.3
    return weight


def _middle_inside(cell: Cell, between: Box, direction: str) -> bool:
    x, y = cell.centre
    if direction in {"right", "left"}:
        return between.left < x < between.right and cell.box.top < (between.top + between.bottom) / 2 < cell.box.bottom
    return between.top < y < between.bottom and cell.box.left < between.right and cell.box.right > between.left


def _reading(label: Label, value: Cell, edge: float) -> Reading | None:
    if label.meaning is None or value.numeral is None:
        return None
    kind = kind_of(value.numeral, label.meaning)
    key = label.meaning.key(kind[0]) if kind else None
    if key is None:
        return None
    return Reading(
        key=key,
        numeral=value.numeral,
        value_box=value.box,
        label=label.cell.text.replace("\n", " "),
        label_box=label.cell.box,
        confidence=min(1.0, edge) * value.confidence,
        place="card",
        weak=label.meaning.weak,
    )


def _seconds(
    found: Sequence[Label], values: Sequence[Cell], primary: dict[int, int], edges: np.ndarray
) -> tuple[Reading, ...]:
    """A card's other value: the count under the rate, or the rate under the count."""
    taken = set(primary)
    readings = []
    for j, i in sorted(primary.items(), key=lambda one: -edges[one[1], one[0]]):
        label, first = found[i], values[j]
        if label.meaning is None or first.numeral is None:
            continue
        near = [
            (distance, k)
            for k, value in enumerate(values)
            if k not in taken and value.numeral and value.numeral.percent != first.numeral.percent
            for distance in [_beside(first, value)]
            if distance is not None
        ]
        for distance, k in sorted(near):
            reading = _reading(
                replace(label, meaning=replace(label.meaning, rate=False)), values[k], float(edges[i, j])
            )
            if reading is not None:
                taken.add(k)
                readings.append(replace(reading, confidence=reading.confidence * (0.9 - 0.1 * distance)))
                break
    return tuple(readings)


def _beside(first: Cell, second: Cell) -> float | None:
    """The gap in line heights to a number just below, above or beside; None when it stands elsewhere."""
    height = min(first.height, second.height)
    if level(first.box, second.box):
        gap = (second.box.left - first.box.right) / height
        return max(0.0, gap) if first.line == second.line or -0.5 < gap < _SECOND_GAP else None
    overlap = min(first.box.right, second.box.right) - max(first.box.left, second.box.left)
    if overlap <= 0 and not aligned(first.box, second.box, height):
        return None
    above = second.box.top < first.box.top
    gap = (first.box.top - second.box.bottom if above else second.box.top - first.box.bottom) / height
    return max(0.0, gap) + 0.5 * above if gap < _SECOND_GAP else None
