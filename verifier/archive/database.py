"""The SQLite file of an archive: opened, migrated, and read and written in transactions.

WAL and `synchronous=FULL`: what was acknowledged survives a crash of the process and of the machine. What need not be
waited for on the disk (`durable=False`, in WAL that is `synchronous=NORMAL`) survives a crash of the process; after one
of the machine it may be undone, but nothing that was written after it is there without it. Writers queue (BEGIN
IMMEDIATE and a busy timeout), so several processes may share one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from verifier.archive import schema
from verifier.errors import ArchiveError

BUSY_SECONDS = 30.0  # a writer holds the lock for milliseconds: who waits longer than this is stuck


_turns: dict[Path, RLock] = {}  # SQLite's own wait for the write lock is asleep for most of the time that it is free


class Database:
    """One SQLite file. Opening it makes or migrates it; raises ArchiveError when it cannot be used."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"{path.parent} cannot be made: {error}", "name a folder that can be written") from error
        self._path = path
        self._turn = _turns.setdefault(path.resolve(), RLock())
        self._reads = _engine(path, "NORMAL")
        self._passes = self._reads.execution_options(writing=True)
        self._keeps = _engine(path, "FULL").execution_options(writing=True)
        try:
            with self.transaction(writing=True) as connection:
                schema.upgrade(connection)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self, *, writing: bool = False, durable: bool = True) -> Iterator[Connection]:
        """All or nothing; `writing` takes the write lock at the start, `durable` waits for the disk at the end."""
        engine = (self._keeps if durable else self._passes) if writing else self._reads
        turn = self._turn if writing else nullcontext()
        try:
            with turn, engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise ArchiveError(
                f"the archive {self._path} cannot be used: {error.orig}",
                "check that it is an archive, that its folder can be written and that no other program locks it",
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._reads.dispose()
        self._keeps.dispose()


def _engine(path: Path, synchronous: str) -> Engine:
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
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            driver.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # a transaction that reads first and writes later could not wait for its turn: take the lock at once
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
