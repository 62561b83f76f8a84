"""The annex: the desk's work in a process of its own, so that who answers people shares no interpreter with it.

Judging and filing a claim is Python, and one interpreter runs one thread at a time: under one roof, each request that
comes in takes its time from the claims that are under way. Claims go over by the queue in the archive; through the pipe
go only the words that something waits, and which job has ended.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from verifier.archive.opening import database_of
from verifier.archive.queue import Queue
from verifier.assembly import assemble
from verifier.casefile import ClaimReport, Job
from verifier.jobs.desk import Desk
from verifier.settings import Settings

_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from verifier.jobs.annex import serve; serve(int(sys.argv[1]))"
_PAUSE = 2.0  # seconds before a process that died is followed by another
_READY, _WAKE, _STOP = b"ready", b"wake", b"stop"
_log = logging.getLogger(__name__)


class Annex:
    """Works jobs off as a started `Desk` does; `on_done` hears of each job that ended, by its id."""

    def __init__(self, settings: Settings, on_done: Callable[[str], None] = lambda _id: None) -> None:
        self.on_done = on_done
        self._settings = settings
        self._door = threading.Lock()  # held while the pipe is written to or exchanged
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._pipe: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    def start(self, threads: int, run: str | None = None) -> None:
        """Work until `stop`; a process that dies is replaced, and what it held is taken up when its leases run out."""
        orders = pickle.dumps((self._settings, threads, run))
        self._thread = threading.Thread(target=self._attend, args=[orders], name="annex", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something waits."""
        self._send(_WAKE)

    @property
    def alive(self) -> bool:
        """Whether the process is there, and at work."""
        return self._ready.is_set()

    def stop(self) -> None:
        """Finish what is under way; what waits stays in the queue for the next start."""
        self._stopping.set()
        self._send(_STOP)
        if self._thread is not None:
            self._thread.join()

    def kill(self) -> None:
        """End at once: what is under way is taken up when its leases run out."""
        self._stopping.set()
        with self._door:
            if self._process is not None:
                self._process.kill()

    def _send(self, word: bytes) -> None:
        with self._door, suppress(OSError):  # one that is gone needs no waking: its successor looks for itself
            if self._pipe is not None:
                self._pipe.send_bytes(word)

    def _attend(self, orders: bytes) -> None:
        while not self._stopping.is_set():
            try:
                status: object = self._live(orders)
            except OSError as error:  # no memory, no process left: there may be in a moment
                status = error
            if not self._stopping.is_set():
                _log.error("the process that works claims off ended (%s); another is started", status)
                self._stopping.wait(_PAUSE)

    def _live(self, orders: bytes) -> int:
        """The life of one process. Returns its exit status."""
        pipe, process = self._launch(orders)
        self._listen(pipe)
        self._ready.clear()
        with self._door:
            self._pipe = self._process = None
            pipe.close()
        return process.wait()

    def _launch(self, orders: bytes) -> tuple[Connection, subprocess.Popen[bytes]]:
        ours, theirs = Pipe()
        with theirs, self._door:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-c", _BOOT, str(theirs.fileno()), *sys.path],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is the parent's to handle
            )
            with suppress(OSError):  # it died already: who listens will notice
                ours.send_bytes(orders)
            self._pipe, self._process = ours, process
        if self._stopping.is_set():
            self._send(_STOP)
        return ours, process

    def _listen(self, pipe: Connection) -> None:
        with suppress(EOFError, OSError):
            while True:
                word = pipe.recv_bytes()
                if word == _READY:
                    self._ready.set()
                else:
                    self.on_done(word.decode())


def serve(descriptor: int) -> None:
    """The inside of the process: works until it is told to stop, or until nobody is there any more to tell it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a supervisor may send it to all of us: the parent says when
    with Connection(descriptor) as pipe, suppress(EOFError):
        os.set_inheritable(descriptor, False)
        settings, threads, run = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from the parent
        with closing(Queue(database_of(settings.archive))) as queue, assemble(settings) as verifier:
            door = threading.Lock()

            def tell(job: Job, _report: ClaimReport | None) -> None:
                with door, suppress(OSError):
                    pipe.send_bytes(job.id.encode())

            desk = Desk(verifier, queue, on_done=tell)
            desk.start(threads, run)
            try:
                with door:
                    pipe.send_bytes(_READY)
                while pipe.recv_bytes() != _STOP:
                    desk.wake()
            finally:
                desk.stop()
