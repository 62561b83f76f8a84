"""Requests that wait for a job's end: told from the desk's threads, woken in the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_Call = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Waiting:
    """Who waits for which job. `tell` may be called from any thread, all else from the event loop."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._waiting: dict[str, list[_Call]] = {}

    @contextmanager
    def end_of(self, job: str) -> Iterator[asyncio.Event]:
        """An event that is set once the job ended. Look at the job after entering, lest it ended before."""
        call = (asyncio.get_running_loop(), asyncio.Event())
        with self._door:
            self._waiting.setdefault(job, []).append(call)
        try:
            yield call[1]
        finally:
            with self._door:
                self._waiting[job].remove(call)
                if not self._waiting[job]:
                    del self._waiting[job]

    def tell(self, job: str) -> None:
        """Wake all who wait for this job."""
        with self._door:
            calls = tuple(self._waiting.get(job, ()))
        for loop, event in calls:
            with suppress(RuntimeError):  # a loop that was closed meanwhile waits for nothing
                loop.call_soon_threadsafe(event.set)
