"""Readings: each instrument is asked once per item, however many inspectors want to know."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple

from verifier.casefile import Evidence

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Readings:
    """The item's evidence, and the memory of what was read from it.

    An instrument is a function of evidence, of a page, or of other hashable values:
    `readings.take(text.read, page)` runs `text.read(page)` the first time and remembers the answer.
    `seconds` tells how long each instrument took, by its qualified name.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.seconds: dict[str, float] = {}
        self._taken: dict[tuple[Any, ...], Any] = {}
        self._hand = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hand.shutdown()

    def ahead(self, instrument: Callable[[*Ts], T], *subjects: *Ts) -> None:
        """Begin beside everything else what is sure to be taken in the end; `take` then waits for the answer."""
        self._taken.setdefault((instrument, *subjects), self._hand.submit(instrument, *subjects))

    def take(self, instrument: Callable[[*Ts], T], *subjects: *Ts) -> T:
        """What `instrument` says of `subjects`. Pages and evidence are told apart by identity."""
        key = (instrument, *subjects)
        if key not in self._taken or isinstance(self._taken[key], Future):
            started = time.perf_counter()
            begun = self._taken.get(key)
            self._taken[key] = begun.result() if begun is not None else instrument(*subjects)
            name = f"{instrument.__module__.rpartition('.')[2]}.{instrument.__name__}"
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
        answer: T = self._taken[key]
        return answer

    def peek(self, instrument: Callable[[*Ts], T], *subjects: *Ts) -> T | None:
        """What `instrument` said of `subjects` if it was taken before; None, and nothing is read, if not."""
        answer = self._taken.get((instrument, *subjects))
        return None if isinstance(answer, Future) else answer
