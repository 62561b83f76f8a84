"""Marks: where a finding can be seen. Each kind has exactly one drawing on the report page.

Boxes and outlines are pixels of the upright page (x to the right, y down, origin at the upper left corner).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outline = tuple[tuple[float, float], ...]
"""Corners of a closed polygon, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle: left, top, right, bottom in pixels, right and bottom exclusive."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the page, as a box and, where known, its exact outline."""

    kind: Literal["region"] = "region"
    page: int
    box: Box
    label: str
    outline: Outline = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words read on the page, beside what the claim states (`expected`, if it states anything)."""

    kind: Literal["quote"] = "quote"
    page: int
    box: Box
    text: str
    label: str = ""
    label_box: Box | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    """This page beside one submitted earlier. `homography` maps here to there (row-major 3x3, pixels of both pages)."""

    kind: Literal["lookalike"] = "lookalike"
    page: int
    other_item: str
    other_claim: str
    other_page: int
    other_preview: str  # digest of the twin's preview picture in the archive; empty where it must not be shown
    metric: str
    distance: float
    limit: float
    homography: tuple[float, ...] = ()
    here: Outline = ()
    there: Outline = ()
    other_width: int = 0  # of the twin's upright page or panel, in whose pixels `there` is; 0 where unknown
    other_height: int = 0
    here_differs: tuple[Box, ...] = ()  # fields that say something else, on this page and on the other
    there_differs: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One measure on its scale, with the limit that the measure is held against."""

    kind: Literal["gauge"] = "gauge"
    label: str
    value: float
    low: float
    high: float
    limit: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A named stretch of time; a moment where start and end agree. ISO 8601 texts."""

    label: str
    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Stretches of time, one above the other: the claim window, the capture interval, the submission."""

    kind: Literal["timeline"] = "timeline"
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap:
    """A coarse grid of weights 0..1 laid over the whole page, row by row."""

    kind: Literal["heatmap"] = "heatmap"
    page: int
    rows: int
    columns: int
    cells: tuple[float, ...]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Two points on the earth (degrees, WGS 84) and the distance between them in metres.

    `error` is how far the receiver may be off, `limit` the radius around the expected point that is let pass, both in
    metres; `name` is what the expected point is called, and `relation` what it is to this item.
    """

    kind: Literal["place"] = "place"
    latitude: float
    longitude: float
    expected_latitude: float | None = None
    expected_longitude: float | None = None
    distance: float | None = None
    limit: float | None = None
    error: float | None = None
    name: str = ""
    relation: str = "claimed at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows worth reading as rows; `highlighted` are row numbers."""

    kind: Literal["table"] = "table"
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    highlighted: tuple[int, ...] = ()
    caption: str = ""


Mark = Region | Quote | Lookalike | Gauge | Timeline | Heatmap | Place | Table
