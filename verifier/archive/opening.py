"""Opening an archive by its address."""

from __future__ import annotations

from pathlib import Path

from verifier.archive.protocol import Archive
from verifier.errors import ArchiveError

_SQLITE = "sqlite:///"


def open_archive(url: str) -> Archive:
    """`memory:`, or `sqlite:///folder/archive.db` (a fourth slash makes the path absolute). Raises ArchiveError."""
    if url == "memory:":
        from verifier.archive.memory import MemoryArchive

        return MemoryArchive()
    path = url.removeprefix(_SQLITE)
    if url.startswith(_SQLITE) and path and not path.endswith("/"):
        from verifier.archive.sqlite import SqliteArchive

        return SqliteArchive(Path(path))
    raise ArchiveError(
        f"{url!r} names no archive that verifier can open",
        "say sqlite:///folder/archive.db, or memory: to keep nothing",
    )
