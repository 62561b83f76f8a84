"""How far a run is: a bar on a terminal, elsewhere a plain line every few seconds."""

from __future__ import annotations

import time
from collections import deque
from datetime import timedelta
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from verifier.batch import Tally

_EVERY = 5.0  # seconds between two plain lines: a log of an hour's run stays readable
_WINDOW = 60.0  # seconds that a rate is taken over: claims come in batches of light ones and heavy ones
_SETTLED = 2.0  # seconds before there is a rate at all


class Pace:
    """Inside `with`: `tell` shows how many claims are done, how many a second, and how long the rest will take."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(BarColumn(), TextColumn("{task.description}"), console=console, transient=True)
        self._told = time.monotonic()
        self._rate = Rate()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
            self._bar.add_task("starting")
        return self

    def tell(self, tally: Tally) -> None:
        """Show where the run stands now."""
        now = time.monotonic()
        rate = self._rate.of(tally.done - tally.before, now)
        if self._console.is_terminal:
            self._bar.update(
                self._bar.task_ids[0],
                description=line(tally, rate),
                total=tally.total,
                completed=tally.done,
            )
        elif now - self._told >= _EVERY:
            self._told = now
            self._console.print(line(tally, rate), highlight=False)

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._bar.stop()


class Rate:
    """Claims a second of late. Counted from the first one's end, so that the start of the workers is no slowness."""

    def __init__(self) -> None:
        self._ends: deque[tuple[float, int]] = deque()

    def of(self, done: int, now: float) -> float:
        """The rate after so many were worked on, by a clock in seconds; 0 while it cannot be told."""
        if done:
            self._ends.append((now, done))
        while self._ends and len(self._ends) > 2 and self._ends[0][0] < now - _WINDOW:
            self._ends.popleft()
        if not self._ends or now - self._ends[0][0] < _SETTLED:
            return 0.0
        (since, before), (_, last) = self._ends[0], self._ends[-1]
        return (last - before) / (now - since)


def line(tally: Tally, rate: float) -> str:
    """`1,200 of 10,000 claims  12.3/s  about 0:12:10 left  3 rejected`; what was done before is no speed."""
    parts = [f"{tally.done:,} of {tally.total:,} claims"]
    if rate:
        left = timedelta(seconds=round(max(0, tally.total - tally.done) / rate))
        parts += [f"{rate:.1f}/s", f"about {left} left"]
    if tally.rejected:
        parts.append(f"{tally.rejected:,} rejected")
    return "  ".join(parts)
