"""A keeper looks after one guarded process: starts it, asks it, watches its limits, kills and replaces it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from verifier.errors import WorkerCrash, WorkerError, WorkerOutOfMemory, WorkerTimeout
from verifier.workers.guarded import Orders

_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from verifier.workers.guarded import serve; serve(int(sys.argv[1]))"
_ENVIRONMENT = {
    # One thread per process: results of ONNX Runtime and OpenCV depend on the split, and workers fill the cores.
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "PYTHONHASHSEED": "0",  # sets come out in the same order in every worker
}
_RECYCLE_AFTER = 2000  # tasks: slow leaks of native libraries end with their process; starting one takes seconds of CPU
_RECYCLE_ABOVE = (
    0.75  # of the memory limit, held after a task: else the next one is charged for the last one's leavings
)
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ADVICE = "send a smaller or simpler file, or raise the worker's limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one task may use: `memory` bytes of its process, `wall` and `cpu` seconds. `start_up` bounds the context."""

    memory: int
    wall: float
    cpu: float
    start_up: float = 120.0


class Process:
    """The parent's end of one guarded process: its pipe, and its process group (what it started dies with it).

    Started afresh, never forked: a fork of a parent with threads can inherit a lock that nobody will open.
    """

    def __init__(self, orders: bytes) -> None:
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-c", _BOOT, str(theirs.fileno()), *sys.path],
                pass_fds=[theirs.fileno()],
                env=os.environ | _ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                process_group=0,
            )
        self.send(orders)

    def send(self, message: bytes) -> bool:
        """Hand the message over; False when the process is no longer there."""
        try:
            self._pipe.send_bytes(message)
        except OSError:
            return False
        return True

    def receive(self, seconds: float) -> bytes:
        """The next answer. Raises TimeoutError, or EOFError when the process has died."""
        if not self._pipe.poll(seconds):
            raise TimeoutError
        try:
            return self._pipe.recv_bytes()
        except OSError:
            raise EOFError from None

    @property
    def has_answered(self) -> bool:
        """Whether `receive` gives an answer, or raises EOFError, at once."""
        return self._pipe.poll(0)

    def held(self) -> int:
        """Bytes of private writable memory that the process holds (what RLIMIT_DATA counts); 0 when it is gone."""
        with suppress(OSError):
            return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[5]) * _PAGE
        return 0

    def kill(self) -> None:
        """Kill the process and all that it started. It stays a zombie until `end`, so its number cannot be reused."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> int:
        """Kill and bury. Returns the exit status; negative is the signal that it died of."""
        self.kill()
        self._pipe.close()
        return self._process.wait()


class Keeper:
    """One place in the pool. `ask` is for one thread; `stop` may come from any other."""

    def __init__(self, orders: Orders, limits: Limits) -> None:
        self._orders = pickle.dumps(orders)
        self._limits = limits
        self._process: Process | None = None
        self._successor: Process | None = None  # it builds its context while the other still works
        self._answered = 0
        self._lock = threading.Lock()  # held while the process is exchanged or killed
        self._stopped = False

    def ask(self, message: bytes) -> Any:
        """What the task in the message returns; raises what it raises, or the WorkerError that it ended in."""
        process = self._process
        if process is None or not process.send(message):
            process = self._replace()
            process.send(message)
        value = self._receive(process, self._limits.wall)
        self._answered += 1
        if process.held() > _RECYCLE_ABOVE * self._limits.memory:
            self.retire()
        elif self._answered >= _RECYCLE_AFTER:
            self._relieve()
        return value

    def stop(self) -> None:
        """Kill what runs; nothing starts any more."""
        with self._lock:
            self._stopped = True
            for process in (self._process, self._successor):
                if process is not None:
                    process.kill()

    def close(self) -> None:
        """End whatever is there."""
        self.retire()
        with self._lock:
            if self._successor is not None:
                self._successor.end()
            self._successor = None

    def retire(self) -> int:
        """End the process. The next task gets a new one. Returns the exit status, 0 if there was none."""
        with self._lock:
            status = self._process.end() if self._process is not None else 0
            self._process = None
            return status

    def _relieve(self) -> None:
        """Have a successor start, and take over once it is ready: no task waits for it."""
        with self._lock:
            if self._successor is None and not self._stopped:
                self._successor = Process(self._orders)
        if self._successor is not None and self._successor.has_answered:
            with suppress(Exception):  # a start that failed is told to the next task, whose process is missing
                self._replace()

    def _replace(self) -> Process:
        """A fresh process that has built its context. Raises what the context raises, or WorkerError."""
        self.retire()
        with self._lock:
            if self._stopped:
                raise WorkerError("the pool was closed before this task began")
            process = self._process = self._successor or Process(self._orders)
            self._successor = None
        self._answered = 0
        try:
            self._receive(process, self._limits.start_up)
        except Exception:
            self.retire()
            raise
        return process

    def _receive(self, process: Process, seconds: float) -> Any:
        try:
            reply = process.receive(seconds)
        except TimeoutError:
            self.retire()
            raise WorkerTimeout(f"a guarded process gave no answer in {seconds:g} s and was killed", _ADVICE) from None
        except EOFError:
            raise self._explain(self.retire()) from None
        try:
            well, value = pickle.loads(reply)  # noqa: S301 - from our own process
        except Exception as error:
            raise WorkerError(f"the answer of a guarded process cannot be read: {error}") from error
        if well:
            return value
        if isinstance(value, WorkerOutOfMemory):
            self.retire()  # who knows what else went without memory in there
        raise value

    def _explain(self, status: int) -> WorkerError:
        if self._stopped:
            return WorkerError("the pool was closed while this task ran")
        if status == -signal.SIGXCPU:
            return WorkerTimeout(f"a task used more than its {self._limits.cpu:g} s of CPU and was killed", _ADVICE)
        if status < 0:
            return WorkerCrash(f"a guarded process died of {signal.Signals(-status).name}", _ADVICE)
        return WorkerCrash(f"a guarded process ended with exit status {status}", _ADVICE)
