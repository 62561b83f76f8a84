"""Inspection walks an item past every inspector that applies, in the guarded worker. It knows a brief, not a claim."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from verifier.casefile import Brief, Evidence, Finding, Inspection, Item, Kind, Origin, PageView, Status, Trace
from verifier.instruments import document_info, exif, maker_notes, office_info, origin, traces, xmp
from verifier.instruments.readings import Readings


class Inspector(Protocol):
    """One question about one item. `codes` lists every finding code it may give; `version` changes with its answers.

    `applies` is asked before decoding's fruits are looked at; `inspect` yields findings of those codes only.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def codes(self) -> frozenset[str]: ...

    def applies(self, item: Item, brief: Brief) -> bool: ...

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What leaves the worker: findings, page sizes, traces, and the pictures that reports and twins need, by digest."""

    inspections: tuple[Inspection, ...]
    pages: tuple[PageView, ...] = ()
    traces: tuple[Trace, ...] = ()
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspectorate:
    """All inspectors, in order, behind one door. `budget` is the wall time in seconds that one item may take.

    `faceless` names the programs in whose previews faces are hidden, or `all`.
    """

    decode: Callable[[Item, bytes], Evidence]
    inspectors: tuple[Inspector, ...]
    budget: float
    faceless: frozenset[str] = frozenset()

    def inspect(self, item: Item, data: bytes, brief: Brief) -> Inspected:
        """Decode and inspect. Raises ItemError when the bytes cannot be read; an inspector's failure is a finding."""
        started = time.perf_counter()
        evidence = self.decode(item, data)
        decoded = time.perf_counter() - started
        with Readings(evidence) as readings:
            readings.seconds["decode"] = decoded
            traces.begin(readings)
            inspections = tuple(
                self._walk_past(inspector, item, brief, readings, started)
                for inspector in self.inspectors
                if inspector.applies(item, brief)
            )
            kept = traces.keep(readings, faceless=not self.faceless.isdisjoint({brief.program, "all"}))
            found = _with_origin(kept.traces, item, readings)
        readings.seconds["total"] = time.perf_counter() - started
        return Inspected(
            inspections=inspections, pages=kept.pages, traces=found, blobs=kept.blobs, seconds=readings.seconds
        )

    def _walk_past(
        self, inspector: Inspector, item: Item, brief: Brief, readings: Readings, started: float
    ) -> Inspection:
        if time.perf_counter() - started > self.budget:
            findings = _not_run(inspector, f"the item's {self.budget:.0f} s were spent before this was looked at")
        else:
            try:
                findings = tuple(inspector.inspect(item, brief, readings))
            except MemoryError:
                raise  # the worker's limit, not the inspector's fault: the pool replaces the worker
            except Exception as error:  # noqa: BLE001 - the house's one: no inspector may cost the others their findings
                findings = _not_run(inspector, f"the inspector failed: {type(error).__name__}: {error}")
        unknown = {finding.code for finding in findings} - inspector.codes
        if unknown:
            raise AssertionError(f"{inspector.name} gave codes that it does not declare: {sorted(unknown)}")
        return Inspection(inspector=inspector.name, version=inspector.version, findings=findings)


def _not_run(inspector: Inspector, note: str) -> tuple[Finding, ...]:
    return tuple(Finding(code=code, status=Status.NOT_RUN, note=note) for code in sorted(inspector.codes))


def _with_origin(found: tuple[Trace, ...], item: Item, readings: Readings) -> tuple[Trace, ...]:
    """The traces, the first of which says where the picture or document came from, if it says anything of it."""
    said = _origin(item, readings) if found else Origin()
    return (replace(found[0], origin=said), *found[1:]) if said != Origin() else found


def _origin(item: Item, readings: Readings) -> Origin:
    evidence = readings.evidence
    if item.kind is Kind.IMAGE:
        fields, packet = readings.take(exif.read, evidence), readings.take(xmp.read, evidence)
        return origin.of(fields, packet, readings.take(maker_notes.read, evidence), item.name)
    if item.kind is Kind.DOCUMENT and not office_info.is_package(evidence):
        packet = xmp.of(readings.take(document_info.packet, evidence))
        return origin.of_document(readings.take(document_info.read, evidence), packet)
    return Origin()
