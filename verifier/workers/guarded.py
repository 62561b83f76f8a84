"""The inside of a guarded process: it bounds itself, builds its context once, then answers one task after the other."""

from __future__ import annotations

import ctypes
import io
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from verifier.errors import VerifierError, WorkerError, WorkerOutOfMemory

_PR_SET_PDEATHSIG = 1
_NICENESS = 5  # the parent answers people: it goes first
_OOM_SCORE = "600"  # when the machine itself runs out of memory, a worker goes before the parent and its archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the parent tells a new process: whose child it is, and its bounds (bytes, seconds)."""

    parent: int
    main: str | None  # the module that runs there as __main__, if it is one (python -m)
    memory: int
    cpu: float
    offline: bool
    context: bytes  # a pickle of the callable: unpickling it imports, and that belongs inside the fence


def serve(descriptor: int) -> None:
    """Run on the pipe until the parent closes it. Every message is a pickle; every answer is (went well, value)."""
    with Connection(descriptor) as pipe, suppress(EOFError, OSError):
        os.set_inheritable(descriptor, False)
        os.dup2(2, 1)  # a library that prints must not write into what the parent prints
        orders: Orders = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from the parent
        _die_with(orders.parent)
        _bound(orders.memory)
        if orders.offline:
            _forbid_network()
        context = _answer(pipe, lambda: _Unpickler(orders.context, orders.main).load()(), keep=True)
        while True:
            message = pipe.recv_bytes()
            _allow_cpu(orders.cpu)
            _answer(pipe, lambda: _perform(context, _Unpickler(message, orders.main).load()))  # noqa: B023 - runs at once


def _perform(context: Any, call: tuple[Callable[..., Any], tuple[Any, ...]]) -> Any:
    task, arguments = call
    return task(context, *arguments)


class _Unpickler(pickle.Unpickler):
    """Finds what the parent's __main__ defines in the module of that name."""

    def __init__(self, message: bytes, main: str | None) -> None:
        super().__init__(io.BytesIO(message))
        self._main = main

    def find_class(self, module: str, name: str) -> Any:
        if module == "__main__":
            if self._main is None:
                raise WorkerError(f"{name} is defined in the script that was started", "move it into a module")
            module = self._main
        return super().find_class(module, name)


def _answer(pipe: Connection, task: Callable[[], Any], *, keep: bool = False) -> Any:
    """Send what the task returns or raises. `keep` keeps the value here, and sends only that it went well."""
    try:
        value = task()
        reply = pickle.dumps((True, None if keep else value), protocol=pickle.HIGHEST_PROTOCOL)
    except BaseException as error:  # noqa: BLE001 - whatever a task raises is its answer
        value = None
        reply = pickle.dumps((False, _portable(error)))
    pipe.send_bytes(reply)
    return value


def _portable(error: BaseException) -> Exception:
    """The error as it can cross the pipe: itself where it survives pickling, else a WorkerError that names its type."""
    if isinstance(error, MemoryError):
        return WorkerOutOfMemory("a guarded process asked for more memory than its limit")
    if isinstance(error, Exception):
        if not isinstance(error, VerifierError):
            error.add_note("In the guarded process:\n" + "".join(traceback.format_exception(error)).rstrip())
        try:
            copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        except Exception:  # noqa: BLE001 - reducing and rebuilding run the error's own code
            copy = None
        if type(copy) is type(error):
            return error
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return WorkerError(f"a task ended in {name}: {error}", "this is a defect: please report it")


def _die_with(parent: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C, and what a supervisor sends to all: the parent's to handle
        signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def _bound(memory: int) -> None:
    """Limit memory, forbid core dumps, step back in the queues for CPU and survival.

    RLIMIT_DATA counts private writable memory and is kept by the kernel at the very allocation, which then raises
    MemoryError: no polling, no overshoot, and programs that a task starts inherit it. Measured with RapidOCR on ONNX
    Runtime and OpenCV (1215 x 622 to 3789 x 2277 pixels): it counts 1.08-1.11 x the resident set, where RLIMIT_AS
    counts 2.5-3.1 x, since thread arenas and mapped libraries reserve addresses that are never paid for.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICENESS)
    Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)


def _allow_cpu(seconds: float) -> None:
    """Let the next task use so much CPU. RLIMIT_CPU counts from the process's birth and in whole seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _forbid_network() -> None:
    """Make Python sockets of the internet families raise. A second fence only: code in C can pass it."""

    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6):
            raise PermissionError("a guarded process may not open a network socket")

    sys.addaudithook(guard)
