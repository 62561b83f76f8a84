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
    from verifier.archive.sqlite import SqliteArchive

    return SqliteArchive(database_of(url))


def database_of(url: str) -> Path:
    """The file of an archive that keeps jobs, keys, users and decisions as well. Raises ArchiveError on another."""
    path = url.removeprefix(_SQLITE)
    if url.startswith(_SQLITE) and path and not path.endswith("/"):
        return Path(path)
    raise ArchiveError(
        f"{url!r} names no archive that can be kept" if url == "memory:" else f"{url!r} names no archive",
        "say sqlite:///folder/archive.db" + ("" if url == "memory:" else ", or memory: to keep nothing"),
    )
