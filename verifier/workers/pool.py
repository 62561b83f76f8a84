"""The supervised pool: tasks wait here, and one thread per guarded process hands them over, one at a time."""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, TypeVar, TypeVarTuple

from verifier.errors import WorkerError
from verifier.workers.guarded import Orders
from verifier.workers.keeper import Keeper, Limits

C = TypeVar("C")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")

_Call = tuple[Callable[..., Any], tuple[Any, ...]]


class Pool(Generic[C]):
    """Guarded processes that run `fn(context, *args)` for importable functions; `context` is built once in each.

    A task that hangs, burns CPU, hoards memory or dies costs its own process and nobody else's: its future holds
    WorkerTimeout, WorkerOutOfMemory or WorkerCrash, and the process is replaced. What a task raises comes back as it
    is. A process starts when there is a task for it, and the task's clock starts when the process is ready.

    Linux only. A fence against broken input and broken libraries, not a sandbox against hostile code: answers are
    pickles, and `offline` stops Python's sockets only.
    """

    def __init__(self, context: Callable[[], C], *, workers: int, limits: Limits, offline: bool = True) -> None:
        orders = Orders(
            parent=os.getpid(),
            main=getattr(getattr(sys.modules["__main__"], "__spec__", None), "name", None),
            memory=limits.memory,
            cpu=limits.cpu,
            offline=offline,
            context=_packed(context),
        )
        self._tasks: queue.SimpleQueue[tuple[_Call, Future[Any]] | None] = queue.SimpleQueue()
        self._open = True
        self._door = threading.Lock()  # so that nothing is queued behind the end
        self._keepers = [Keeper(orders, limits) for _ in range(workers)]
        self._threads = [
            threading.Thread(target=self._attend, args=[keeper], name=f"worker-{number}", daemon=True)
            for number, keeper in enumerate(self._keepers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many tasks wait for a process: what a face looks at before it takes more work in."""
        return self._tasks.qsize()

    def submit(self, fn: Callable[[C, *Ts], R], *args: *Ts) -> Future[R]:
        """Queue `fn(context, *args)`. Raises WorkerError when the pool is closed."""
        future: Future[R] = Future()
        with self._door:
            if not self._open:
                raise WorkerError("the pool is closed")
            self._tasks.put(((fn, args), future))
        return future

    def run(self, fn: Callable[[C, *Ts], R], *args: *Ts) -> R:
        """Submit and wait for the answer."""
        return self.submit(fn, *args).result()

    def close(self, *, now: bool = False) -> None:
        """End all processes once the queue is empty; or `now`: what waits is cancelled, what runs is killed."""
        with self._door:
            self._open = False
        if now:
            self._cancel_waiting()
            for keeper in self._keepers:
                keeper.stop()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Pool[C]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(now=kind is not None)

    def _cancel_waiting(self) -> None:
        with suppress(queue.Empty):
            while True:
                if (task := self._tasks.get_nowait()) is not None:
                    task[1].cancel()

    def _attend(self, keeper: Keeper) -> None:
        """The life of one place in the pool, in a thread of its own."""
        while (task := self._tasks.get()) is not None:
            _perform(keeper, *task)
            del task  # its arguments may be large, and the next task may be long in coming
        keeper.close()


def _perform(keeper: Keeper, call: _Call, future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        value = keeper.ask(_packed(call))
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the future's to tell
        future.set_exception(error.with_traceback(None))  # a traceback would keep the arguments alive
    else:
        future.set_result(value)


def _packed(value: object) -> bytes:
    try:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise WorkerError(
            f"a task cannot be sent to a guarded process: {error}", "pass importable functions"
        ) from error
