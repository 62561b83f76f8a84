"""How far a run is: a bar on a terminal, elsewhere a plain line every few seconds."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from verifier.batch import Tally

_EVERY = 5.0  # seconds between two plain lines: a log of an hour's run stays readable


class Pace:
    """Inside `with`: `tell` shows how many claims are done, how many a second, and how long the rest will take."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(BarColumn(), TextColumn("{task.description}"), console=console, transient=True)
        self._started = self._told = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
            self._bar.add_task("starting")
        return self

    def tell(self, tally: Tally) -> None:
        """Show where the run stands now."""
        now = time.monotonic()
        if self._console.is_terminal:
            self._bar.update(
                self._bar.task_ids[0],
                description=line(tally, now - self._started),
                total=tally.total,
                completed=tally.done,
            )
        elif now - self._told >= _EVERY:
            self._told = now
            self._console.print(line(tally, now - self._started), highlight=False)

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._bar.stop()


def line(tally: Tally, seconds: float) -> str:
    """`1,200 of 10,000 claims  12.3/s  about 0:12:10 left  3 rejected`; what was done before is no speed."""
    rate = (tally.done - tally.before) / seconds if seconds else 0.0
    parts = [f"{tally.done:,} of {tally.total:,} claims"]
    if rate:
        left = timedelta(seconds=round(max(0, tally.total - tally.done) / rate))
        parts += [f"{rate:.1f}/s", f"about {left} left"]
    if tally.rejected:
        parts.append(f"{tally.rejected:,} rejected")
    return "  ".join(parts)
