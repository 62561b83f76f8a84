"""Submitting: pictures are traced, compared and filed as in the corridor, and say whose copy they are called."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.mountings import Picture
from verifier.archive.memory import MemoryArchive
from verifier.casefile import (
    Assessment,
    Claim,
    ClaimReport,
    Evidence,
    Finding,
    Inspection,
    Item,
    ItemReport,
    Kind,
    Lookalike,
    Page,
    Route,
    Sheet,
    Table,
    Trace,
)
from verifier.comparison import Comparison
from verifier.instruments import text, traces
from verifier.instruments.readings import Readings

COPIES = ("duplicates.exact", "duplicates.copy", "duplicates.recaptured")  # one family: these accuse
HINTS = ("duplicates.same_scene",)
ALTERED, AGAIN = "duplicates.altered_figures", "duplicates.reported_again"  # of reports
ACCUSES = (*COPIES, ALTERED)
_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one picture: its own findings, and `margins` by the claim that a twin belongs to.

    A margin is how much nearer the twin is than it need be to be called a copy; below 0 it is a hint.
    """

    trace: Trace
    inspection: Inspection
    margins: Mapping[str, float]
    cpu: float  # seconds of tracing and comparing

    @property
    def copies(self) -> frozenset[str]:
        """The claims whose pictures this one is said to be a copy of."""
        return self.claims_of(*COPIES)

    def claims_of(self, *codes: str) -> frozenset[str]:
        """The claims that findings of those codes name."""
        found = [entry for entry in self.inspection.findings if entry.code in codes and entry.value]
        return frozenset(mark.other_claim for entry in found for mark in entry.marks if isinstance(mark, Lookalike))

    @property
    def asked(self) -> frozenset[str]:
        """The claims whose reports this one may be, although too little tells: shown, and a question."""
        return frozenset(
            mark.other_claim for entry in self._asking() for mark in entry.marks if isinstance(mark, Lookalike)
        )

    def rows(self) -> list[tuple[str, ...]]:
        """The fields that are said to differ from a report: label, before, after."""
        return [
            row for entry in self.differing() for mark in entry.marks if isinstance(mark, Table) for row in mark.rows
        ]

    def differing(self) -> list[Finding]:
        """The findings that say what differs from a report."""
        told = [entry for entry in self.inspection.findings if entry.code in (ALTERED, AGAIN) and entry.value]
        return told or self._asking()

    def told(self) -> list[tuple[str, Any, str]]:
        """What was found in words."""
        return [
            (entry.code.partition(".")[2], entry.value, entry.note)
            for entry in self.inspection.findings
            if (entry.value or (entry.code == "duplicates.copy" and entry.note)) and not entry.code.endswith("compared")
        ]

    def _asking(self) -> list[Finding]:
        codes = ("duplicates.copy", ALTERED)
        return [entry for entry in self.inspection.findings if entry.code in codes and entry.value is None]


@dataclass
class Office:
    """An archive, and the comparison over it, run in this process; each picture is a claim of its own, a day apart."""

    archive: MemoryArchive = field(default_factory=MemoryArchive)
    traces: dict[str, Trace] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.comparison = Comparison(archive=self.archive, run=lambda task, *arguments: task(None, *arguments))

    def submit(
        self, name: str, partner: str, picture: Picture, *, keep: bool, readings: Readings | None = None
    ) -> Answer:
        """Trace and compare, and file if it is to be kept. `readings` of it that were taken before save the time."""
        digest = hashlib.sha256(picture.tobytes()).hexdigest()
        item = Item(id=f"{name}/r1/1", name=name, kind=Kind.IMAGE, media_type="image/png", digest=digest, size=1)
        return self._submit(item, partner, lambda: readings or _opened(picture), keep=keep)

    def submit_table(self, name: str, partner: str, rows: Sequence[Sequence[str]], *, keep: bool) -> Answer:
        """The same with a table, as an export is."""
        sheet = Sheet(name=name, rows=tuple(map(tuple, rows)))
        digest = hashlib.sha256(repr(sheet.rows).encode()).hexdigest()
        item = Item(id=f"{name}/r1/1", name=name, kind=Kind.TABLE, media_type="text/csv", digest=digest, size=1)
        evidence = Evidence(kind=Kind.TABLE, media_type="text/csv", raw=b"", sheets=(sheet,))
        return self._submit(item, partner, lambda: Readings(evidence), keep=keep)

    def _submit(self, item: Item, partner: str, opened: Callable[[], Readings], *, keep: bool) -> Answer:
        day = timedelta(days=len(self.traces))
        claim = Claim(id=item.name, activity="in_store_display", partner=partner, submitted_at=_START + day)
        started = time.process_time()
        kept = traces.keep(opened())
        for blob in kept.blobs.values():
            self.archive.put_blob(blob)
        found, _ = self.comparison.compare(claim, [item], {item.id: kept.traces}, self.archive.watermark("default"))
        cpu = time.process_time() - started
        if keep:
            self.archive.file(_report(claim, item), {item.id: kept.traces})
            self.traces[item.name] = kept.traces[0]
        inspection = found[item.id]
        return Answer(trace=kept.traces[0], inspection=inspection, margins=_margins(inspection), cpu=cpu)


def readings_of(picture: Picture) -> Readings:
    """The picture as an item's only page, its words read."""
    readings = _opened(picture)
    readings.take(text.read, readings.evidence.pages[0])
    return readings


def _opened(picture: Picture) -> Readings:
    page = Page(index=0, label="photo", pixels=np.ascontiguousarray(np.asarray(picture, np.uint8)))
    return Readings(Evidence(kind=Kind.IMAGE, media_type="image/png", raw=b"", pages=(page,)))


def _margins(inspection: Inspection) -> Mapping[str, float]:
    best: dict[str, float] = {}
    for finding in inspection.findings:
        if finding.code not in (*COPIES, *HINTS):
            continue
        for mark in finding.marks:
            if isinstance(mark, Lookalike):
                margin = round(mark.limit - mark.distance, 4)
                best[mark.other_claim] = max(best.get(mark.other_claim, -1.0), margin)
    return best


def _report(claim: Claim, item: Item) -> ClaimReport:
    """A report that only says what was submitted: judging is not measured here."""
    nothing = Assessment(
        probability=0.5, low=0.5, high=0.5, score=50, prior=0.0, points=(), route=Route.QUICK_LOOK,
        reasons=(), axes={}, basis="expert",
    )  # fmt: skip
    return ClaimReport(
        schema="verifier.report/1", claim=claim, digest=item.digest, inspections=(), hits=(), assessment=nothing,
        items=(ItemReport(item=item, pages=(), inspections=(), hits=(), assessment=nothing),), requirements={},
        rulebook="", pipeline="", models={}, watermark=0, made_at=_START,
    )  # fmt: skip


def average_precision(scored: Sequence[tuple[float, bool]], wanted: int) -> float:
    """Micro average precision (Douze et al., DISC21): all scored pairs in one ranking, over `wanted` true ones."""
    hits, total = 0, 0.0
    for rank, (_, true) in enumerate(sorted(scored, key=lambda pair: (-pair[0], pair[1])), 1):
        if true:
            hits += 1
            total += hits / rank
    return total / wanted if wanted else 0.0
