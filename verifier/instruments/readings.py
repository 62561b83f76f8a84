"""Readings: each instrument is asked once per item, however many inspectors want to know."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

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

    def take(self, instrument: Callable[[*Ts], T], *subjects: *Ts) -> T:
        """What `instrument` says of `subjects`. Pages and evidence are told apart by identity."""
        key = (instrument, *subjects)
        if key not in self._taken:
            started = time.perf_counter()
            self._taken[key] = instrument(*subjects)
            name = f"{instrument.__module__.rpartition('.')[2]}.{instrument.__name__}"
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
        answer: T = self._taken[key]
        return answer

    def peek(self, instrument: Callable[[*Ts], T], *subjects: *Ts) -> T | None:
        """What `instrument` said of `subjects` if it was asked before; None, and nothing is read, if not."""
        answer: T | None = self._taken.get((instrument, *subjects))
        return answer
