"""The SQLite file of an archive: opened, migrated, and read and written in transactions.

What was acknowledged survives a crash of the process and of the machine: once a transaction has ended, and let the
next writer in, the write-ahead log is synced. (SQLite's own `synchronous=FULL` does so too, but keeps all writers
waiting meanwhile.) What need not be waited for on the disk (`durable=False`) survives a crash of the process; after one
of the machine it may be undone, but nothing that was written after it is there without it: the log is one sequence.
Writers queue (BEGIN IMMEDIATE and a busy timeout), so several processes may share one file.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from verifier.archive import schema
from verifier.archive.disk import sync_file
from verifier.errors import ArchiveError

BUSY_SECONDS = 30.0  # a writer holds the lock for milliseconds: who waits longer than this is stuck


# SQLite's own wait for the write lock is asleep for most of the time that the lock is free, and longer each time. So
# threads wait for each other by a lock of ours, and processes look often: where two write all the time, one wait in a
# hundred was 100 ms and is 15.
_turns: dict[Path, RLock] = {}
_LOOK = 0.0005  # seconds


class Database:
    """One SQLite file. Opening it makes or migrates it; raises ArchiveError when it cannot be used."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"{path.parent} cannot be made: {error}", "name a folder that can be written") from error
        self._path = path
        self._turn = _turns.setdefault(path.resolve(), RLock())
        self._reads = _engine(path)
        self._writes = self._reads.execution_options(writing=True)
        try:
            with self.transaction(writing=True) as connection:
                schema.upgrade(connection)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self, *, writing: bool = False, durable: bool = True) -> Iterator[Connection]:
        """All or nothing; `writing` takes the write lock at the start, `durable` waits for the disk at the end."""
        engine, turn = (self._writes, self._turn) if writing else (self._reads, nullcontext())
        try:
            with turn, engine.begin() as connection:
                yield connection
        except (DBAPIError, sqlite3.Error) as error:
            told = error.orig if isinstance(error, DBAPIError) else error
            raise ArchiveError(
                f"the archive {self._path} cannot be used: {told}",
                "check that it is an archive, that its folder can be written and that no other program locks it",
            ) from error
        if writing and durable:
            self.sync()

    def sync(self) -> None:
        """Wait until all that was written is on the disk."""
        log = self._path.with_name(f"{self._path.name}-wal")
        try:
            with suppress(FileNotFoundError):  # the last connection was closed, which brings all into the file itself
                sync_file(log)
        except OSError as error:
            raise ArchiveError(f"{log} cannot be written: {error}", "look at the disk, then try again") from error

    def fold(self) -> None:
        """Bring the write-ahead log into the file and empty it, unless somebody reads: then it comes about later."""
        driver: Any = self._reads.raw_connection()
        try:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            driver.close()

    def close(self) -> None:
        """Let go of the file."""
        self._reads.dispose()


def _engine(path: Path) -> Engine:
    # no bound on connections: the faces bound their threads, and one that waits for a lock must not starve the others
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS},
        max_overflow=-1,
        pool_use_lifo=True,  # the connection that was used last has its statements and pages at hand
    )

    @event.listens_for(engine, "connect")
    def _prepare(driver: Any, _record: Any) -> None:
        driver.isolation_level = None  # the driver must not begin transactions of its own accord: see _begin
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            driver.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if connection.get_execution_options().get("writing", False):
            _take_lock(driver)
        else:
            driver.execute("BEGIN")

    return engine


def _take_lock(driver: Any) -> None:
    """Begin to write: a transaction that reads first and writes later could not wait for its turn."""
    driver.execute("PRAGMA busy_timeout=0")
    until = time.monotonic() + BUSY_SECONDS
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_LOOK)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={1000 * BUSY_SECONDS:.0f}")
