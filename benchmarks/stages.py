"""The corridor taken apart: the clock beside each stage in the parent, and what each inspector uses in the worker."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from benchmarks.usage import Cost, Meter
from verifier.assembly import inspectorate
from verifier.casefile import Brief, Evidence, Finding, Inspection, Item, Status
from verifier.inspection import Inspector, Inspectorate
from verifier.instruments.readings import Readings
from verifier.settings import Settings
from verifier.verify import Verifier

T = TypeVar("T")
Decode = Callable[[Item, bytes], Evidence]


class NotRun(RuntimeError):  # noqa: N818 - named like the status
    """A stage that failed or was left out has no time."""


@dataclass(slots=True)
class Stopwatch:
    """Seconds by the clock that a verification spends in the rooms around the inspection."""

    seconds: dict[str, float] = field(default_factory=dict)

    def over(self, verifier: Verifier) -> Verifier:
        """The same verifier, with this watch beside each room."""
        return replace(
            verifier,
            intake=self._beside(verifier.intake, "intake"),
            comparison=self._beside(verifier.comparison, "comparison"),
            rulebook=self._beside(verifier.rulebook, "judging"),
            scoring=self._beside(verifier.scoring, "judging"),
            archive=self._beside(verifier.archive, "archive"),
        )

    def _beside(self, room: T, name: str) -> T:
        self.seconds.setdefault(name, 0.0)
        return cast(T, _Watched(room, name, self.seconds))


class _Watched:
    """Passes every call on to a room, and adds up how long it took."""

    def __init__(self, room: object, name: str, seconds: dict[str, float]) -> None:
        self._room, self._name, self._seconds = room, name, seconds

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self._room, attribute)
        if not callable(value):
            return value

        def timed(*arguments: Any, **options: Any) -> Any:
            started = time.perf_counter()
            try:
                return value(*arguments, **options)
            finally:
                self._seconds[self._name] += time.perf_counter() - started

        return timed


@dataclass(frozen=True, slots=True)
class _Metered:
    """An inspector, and the book that keeps what it used."""

    inspector: Inspector
    book: dict[str, Cost]

    @property
    def name(self) -> str:
        return self.inspector.name

    @property
    def version(self) -> str:
        return self.inspector.version

    @property
    def codes(self) -> frozenset[str]:
        return self.inspector.codes

    def applies(self, item: Item, brief: Brief) -> bool:
        return self.inspector.applies(item, brief)

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:
        meter = Meter([os.getpid()])
        try:
            with meter:
                return tuple(self.inspector.inspect(item, brief, readings))
        finally:
            self.book[self.name] = meter.cost  # one that fails has cost something, too


@dataclass(frozen=True, slots=True)
class MeteredInspectorate:
    """An inspectorate whose stages write into `book`."""

    inspectorate: Inspectorate
    book: dict[str, Cost]


def metered(settings: Settings) -> MeteredInspectorate:
    """What a worker builds for `walk`."""
    own = inspectorate(settings)
    book: dict[str, Cost] = {}
    inspectors = tuple(_Metered(inspector, book) for inspector in own.inspectors)
    return MeteredInspectorate(replace(own, decode=_metered_decode(own.decode, book), inspectors=inspectors), book)


def walk(context: MeteredInspectorate, item: Item, data: bytes, brief: Brief) -> dict[str, Cost]:
    """Decode and inspect in this process: the cost of each stage; `traces` is what the rest took, `total` all of it."""
    context.book.clear()
    with Meter([os.getpid()]) as meter:
        inspected = context.inspectorate.inspect(item, data, brief)
    if left := not_run(inspected.inspections):
        raise NotRun(f"{left[0].code}: {left[0].note.splitlines()[0]}")
    stages = dict(context.book)
    total = meter.cost
    rest = Cost(
        wall=total.wall - sum(stage.wall for stage in stages.values()),
        cpu=max(0.0, total.cpu - sum(stage.cpu for stage in stages.values())),
        peak=total.peak,  # since the last inspector began: the kernel keeps one peak, and each stage starts it anew
    )
    largest = max(stage.peak for stage in (*stages.values(), rest))
    return {**stages, "traces": rest, "total": replace(total, peak=largest)}


def not_run(inspections: Iterable[Inspection]) -> list[Finding]:
    """The findings that failed or for which no time was left."""
    return [finding for each in inspections for finding in each.findings if finding.status is Status.NOT_RUN]


def own_pid(_context: object) -> int:
    """The process in which tasks of a pool run."""
    return os.getpid()


def _metered_decode(decode: Decode, book: dict[str, Cost]) -> Decode:
    def metered_decode(item: Item, data: bytes) -> Evidence:
        with Meter([os.getpid()]) as meter:
            evidence = decode(item, data)
        book["decode"] = meter.cost
        return evidence

    return metered_decode
