"""How readings of a screenshot are held against its label: which values were read, told rightly, told wrongly.

A label has the keys that the data's README describes; all but `file` and `kind` may be missing, and `metrics` and rows
may hold keys of figures that nobody here has heard of: those count as not told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

Row = Mapping[str, str]
_ASIDE = frozenset({"name", "table"})
_CURRENCY = re.compile(r"[€$£¥]|\b(?:EUR|USD|GBP|CHF)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One figure of the whole report as a reader tells it; `confidence` 0..1."""

    key: str
    text: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader makes of one picture. `lines` are all texts read, `rows` the lines of tables (key to text)."""

    lines: tuple[str, ...]
    headline: tuple[Told, ...]
    rows: tuple[Row, ...] = ()
    channel: str | None = None
    checks: Mapping[str, int] = field(default_factory=dict)  # how many relations, rates ... failed; {}: none was held
    failure: str = ""  # the error that the reader raised
    cpu: float = 0.0  # seconds


@dataclass(slots=True, kw_only=True)
class Hits:
    """Figures told rightly, all told, and all labelled."""

    right: int = 0
    told: int = 0
    labelled: int = 0

    def add(self, right: int, told: int, labelled: int) -> None:
        """One picture's counts."""
        self.right += right
        self.told += told
        self.labelled += labelled

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where there was nothing to tell and nothing told."""
        return 2 * self.right / (self.told + self.labelled) if self.told + self.labelled else None


@dataclass(slots=True, kw_only=True)
class Score:
    """Everything counted over some pictures of one reader. `auto` holds the figures told with enough confidence."""

    pictures: int = 0
    headline: Hits = field(default_factory=Hits)
    rows: Hits = field(default_factory=Hits)
    auto: Hits = field(default_factory=Hits)
    values: int = 0
    values_read: int = 0
    headline_values: int = 0
    headline_values_read: int = 0
    channels: int = 0
    channels_told: int = 0
    channels_wrong: int = 0
    negatives: int = 0
    negatives_false: int = 0  # pictures on which any figure was told
    figures_on_negatives: int = 0
    contradicting: int = 0  # pictures labelled so
    contradicting_told: int = 0
    checked: Counter[str] = field(default_factory=Counter)  # honest pictures that a check could be made on
    accused: Counter[str] = field(default_factory=Counter)  # those among them that failed it

    def add(self, label: Mapping[str, Any], reading: Reading, sure: float) -> None:
        """One picture; figures of at least `sure` confidence count for `auto`."""
        self.pictures += 1
        if label.get("kind") == "negative":
            told = len(reading.headline) + sum(len(row) for row in reading.rows)
            self.negatives += 1
            self.negatives_false += told > 0
            self.figures_on_negatives += told
            return
        printed = metrics_of(label)
        for hits, least in ((self.headline, 0.0), (self.auto, sure)):
            chosen = [one for one in reading.headline if one.confidence >= least]
            right = sum(one.key in printed and same(one.text) == same(printed[one.key]) for one in chosen)
            hits.add(right, len(chosen), len(printed))
        self.rows.add(*row_hits(rows_of(label), reading.rows))
        self._add_values(label, reading)
        self._add_channel(label, reading)
        self._add_agreement(label, reading)

    def _add_values(self, label: Mapping[str, Any], reading: Reading) -> None:
        lines = (*reading.lines, *(one.text for one in reading.headline))
        said = [same(part) for line in lines for part in (line, *line.split())]  # two numbers may share a line
        headline = list(metrics_of(label).values())
        rest = [text for row in rows_of(label) for text in row.values()]
        found = [stands(value, said) for value in headline]
        self.headline_values += len(headline)
        self.headline_values_read += sum(found)
        self.values += len(headline) + len(rest)
        self.values_read += sum(found) + sum(stands(value, said) for value in rest)

    def _add_channel(self, label: Mapping[str, Any], reading: Reading) -> None:
        channel = label.get("channel")
        if channel:
            self.channels += 1
            self.channels_told += reading.channel is not None
            self.channels_wrong += reading.channel not in (None, channel)

    def _add_agreement(self, label: Mapping[str, Any], reading: Reading) -> None:
        if label.get("contradiction"):
            self.contradicting += 1
            self.contradicting_told += reading.checks.get("contradictions", 0) > 0
            return
        for name, failed in reading.checks.items():
            self.checked[name] += 1
            self.accused[name] += failed > 0


def same(text: str) -> str:
    """The text without what may differ in a figure told rightly: blanks, case, brackets around it, the currency."""
    bare = _CURRENCY.sub("", re.sub(r"\s", "", str(text))).casefold()
    return bare[1:-1] if bare.startswith("(") and bare.endswith(")") else bare


def stands(value: str, said: Iterable[str]) -> bool:
    """True where the value stands in one of the texts (both as by `same`), and not within a longer number."""
    pattern = re.compile(rf"(?<![\d.,]){re.escape(same(value))}(?![\d%])(?![.,]\d)")
    return any(pattern.search(text) for text in said)


def metrics_of(label: Mapping[str, Any]) -> dict[str, str]:
    """The figures of the whole report that a label holds."""
    return {key: str(value) for key, value in (label.get("metrics") or {}).items() if value not in (None, "")}


def rows_of(label: Mapping[str, Any]) -> list[dict[str, str]]:
    """The lines of tables that a label holds, without their names."""
    return [
        {key: str(value) for key, value in row.items() if key not in _ASIDE and value not in (None, "")}
        for row in label.get("rows") or ()
    ]


def row_hits(labelled: Sequence[Row], told: Sequence[Row]) -> tuple[int, int, int]:
    """Cells right, told and labelled. A cell is right in the row that agrees with a labelled one best, one to one."""
    alike = np.array([[_cells_alike(one, other) for other in told] for one in labelled], float)
    right = int(alike[linear_sum_assignment(alike, maximize=True)].sum()) if alike.size else 0
    return right, sum(map(len, told)), sum(map(len, labelled))


def _cells_alike(one: Row, other: Row) -> int:
    wanted = Counter((key, same(text)) for key, text in one.items())
    return (wanted & Counter((key, same(text)) for key, text in other.items())).total()
