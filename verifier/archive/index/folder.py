"""The folder of one tenant's segments: which there are, how they come and go, and who may write.

A segment is named by the sequences that it covers, `0000000001-0000000064.segment`. Sealing adds one at the end;
merging puts one in the place of several. Both are done by whoever holds the lease, a lock on a file that ends with its
process; readers take whatever is there and need none. A segment that cannot be used is renamed to `*.bad`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from verifier.archive.disk import sync_folder
from verifier.archive.index import chunk as chunks
from verifier.archive.index import segment as files
from verifier.archive.index.chunk import Chunk
from verifier.archive.index.segment import Segment, SegmentError

MERGED_AT_ONCE = 1 << 16  # sightings: what a claim's verification may have to wait for (seconds); more is a command's
_ALWAYS_READ = 1 << 22  # bytes: a smaller segment is read whole whenever it is opened (milliseconds)
_NAME = re.compile(r"(\d{10,})-(\d{10,})\.segment")
_log = logging.getLogger(__name__)

Anchor = Callable[[Sequence[int]], Sequence[str]]
"""Of some sequences, what the archive has there: texts that differ where the sightings differ, "" where none is."""


class Shelf(Protocol):
    """Where chunks are kept, in order and without overlap."""

    def chunks(self) -> list[Chunk]: ...

    def lease(self) -> contextlib.AbstractContextManager[bool]: ...

    def seal(self, chunk: Chunk) -> None: ...


class MemoryShelf:
    """Chunks of an archive that lives in memory."""

    def __init__(self) -> None:
        self._chunks: list[Chunk] = []

    def chunks(self) -> list[Chunk]:
        return self._chunks

    @contextmanager
    def lease(self) -> Iterator[bool]:
        yield True

    def seal(self, chunk: Chunk) -> None:
        self._chunks.append(chunk)
        for run in iter(lambda: mergeable(self._chunks), []):
            self._chunks[-len(run) :] = [chunks.merge(run)]


def mergeable(held: Sequence[Chunk], limit: int = MERGED_AT_ONCE) -> list[Chunk]:
    """The last chunks that should become one: as in a log-structured tree, none is small beside the one after it."""
    run, total = 1, held[-1].count if held else 0
    while run < len(held) and held[-run - 1].count < 2 * total and total + held[-run - 1].count <= limit:
        total += held[-run - 1].count
        run += 1
    return list(held[-run:]) if run > 1 else []


class SegmentFolder:
    """Chunks in the segments of a folder. `vocabulary` names what the words in them mean: others are set aside."""

    def __init__(self, root: Path, tenant: str, vocabulary: str, anchor: Anchor) -> None:
        self.path = root / blake2b(tenant.encode(), digest_size=8).hexdigest()
        self._about = {"tenant": tenant, "vocabulary": vocabulary}
        self._anchor = anchor
        self._open: dict[str, tuple[Segment, Chunk]] = {}

    def chunks(self) -> list[Chunk]:
        """What is there, in order; of two that overlap, the longer. Whatever cannot be used is set aside."""
        names = self._names()
        self._open = {name: held for name, held in self._open.items() if name in names}
        fresh = [self._opened(name) for name in names if name not in self._open]
        self._open |= dict(self._fitting([entry for entry in fresh if entry is not None]))
        found: list[Chunk] = []
        for name in names:
            if name in self._open and self._open[name][1].first >= (found[-1].end if found else 0):
                found.append(self._open[name][1])
        return found

    @contextmanager
    def lease(self) -> Iterator[bool]:
        """True for the one who may write now; nobody waits."""
        with contextlib.ExitStack() as held:
            try:
                self.path.mkdir(parents=True, exist_ok=True)
                file = held.enter_context((self.path / "lease").open("a"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                mine = True
            except OSError:  # another's, or a folder that may not be written
                mine = False
            yield mine

    def seal(self, chunk: Chunk) -> None:
        """Write a chunk behind what is there, and merge small ones. Only under the lease.

        Where there is no room for it, the chunk stays in memory: the index is a convenience, the archive is not.
        """
        try:
            self._write(chunk)
            self.merge(MERGED_AT_ONCE)
        except OSError as error:
            _log.warning("the index cannot be written: %s", error)

    def merge(self, limit: int) -> None:
        """Merge what is small beside what follows it, up to `limit` sightings in a segment. Only under the lease."""
        for run in iter(lambda: mergeable(self.chunks(), limit), []):
            self._write(chunks.merge(run))
            for old in run:
                self._file(old).unlink()
        self._tidy()

    def replace(self, by: SegmentFolder) -> None:
        """Put the segments of another folder in the place of these. Only under the lease."""
        for name in self._names():
            (self.path / name).unlink()
        self._open.clear()
        for name in by._names():
            (by.path / name).replace(self.path / name)
        sync_folder(self.path)

    def examined(self) -> Iterator[tuple[str, str, Chunk | None]]:
        """Every segment's name with what is wrong with it, every byte read, or with its chunk. Nothing is changed."""
        for name in self._names():
            try:
                found = Segment(self.path / name)
                fault = self._misfit(found) if found.whole() else "is damaged"
                yield (
                    name,
                    f"{name} {fault}" if fault else "",
                    None if fault else Chunk(_range(name)[0] - 1, found.arrays),
                )
            except SegmentError as error:
                yield name, error.message, None

    def _names(self) -> list[str]:
        """Names of segments by where they begin, the longest of each first."""
        with contextlib.suppress(FileNotFoundError):
            found = [name for name in os.listdir(self.path) if _NAME.fullmatch(name)]  # noqa: PTH208 - names are wanted
            return sorted(found, key=lambda name: (_range(name)[0], -_range(name)[1]))
        return []

    def _opened(self, name: str) -> tuple[str, Segment] | None:
        path = self.path / name
        try:
            found = Segment(path)
            stamp = _stamp(path)
            if found.size > _ALWAYS_READ and self._stamps().get(name) == stamp:
                return name, found
            if not found.whole():
                raise SegmentError(f"{name} is damaged")
            if found.size > _ALWAYS_READ:
                self._remember(name, stamp)
            return name, found
        except SegmentError as error:
            if path.exists():  # else it was merged meanwhile
                self._set_aside(name, error.message)
        except FileNotFoundError:
            pass
        return None

    def _fitting(self, found: Sequence[tuple[str, Segment]]) -> Iterator[tuple[str, tuple[Segment, Chunk]]]:
        """Those that say what the archive says; the others are set aside."""
        lasts = self._anchor([_range(name)[1] for name, _ in found]) if found else ()
        for (name, held), last in zip(found, lasts, strict=True):
            fault = self._misfit(held, last)
            if fault:
                self._set_aside(name, f"{name} {fault}")
            else:
                yield name, (held, Chunk(_range(name)[0] - 1, held.arrays))

    def _misfit(self, held: Segment, last: str | None = None) -> str:
        first, end = _range(held.path.name)
        facts = held.facts
        if facts.get("tenant") != self._about["tenant"]:
            return "is of another tenant"
        if facts.get("vocabulary") != self._about["vocabulary"]:
            return f"has words of {facts.get('vocabulary')}, this is {self._about['vocabulary']}"
        if (facts.get("first"), facts.get("last")) != (first, end) or len(held.arrays["claim"]) != end - first + 1:
            return "does not hold what its name says"
        if facts.get("anchor") != (self._anchor([end])[0] if last is None else last):
            return "is not of this archive"
        return ""

    def _write(self, chunk: Chunk) -> None:
        first, last = chunk.first + 1, chunk.end
        facts = self._about | {"first": first, "last": last, "anchor": self._anchor([last])[0]}
        path = self._file(chunk)
        files.write(path, facts, chunk.arrays)
        sync_folder(self.path)
        if path.stat().st_size > _ALWAYS_READ:
            self._remember(path.name, _stamp(path))

    def _file(self, chunk: Chunk) -> Path:
        return self.path / f"{chunk.first + 1:010}-{chunk.end:010}.segment"

    def _tidy(self) -> None:
        """Remove what a killed writer left: parts, and segments that a merged one covers."""
        for path in self.path.glob("*.part"):
            path.unlink(missing_ok=True)
        covered = 0
        for name in self._names():
            if _range(name)[1] <= covered:
                (self.path / name).unlink(missing_ok=True)
            covered = max(covered, _range(name)[1])

    def _set_aside(self, name: str, why: str) -> None:
        """Out of the way, and kept for whoever wants to know; what it held is read from the archive again."""
        _log.warning("%s: set aside as %s.bad, and made anew from the archive", why, name)
        with contextlib.suppress(FileNotFoundError):  # another process did so
            (self.path / name).replace(self.path / f"{name}.bad")

    def _stamps(self) -> Mapping[str, Any]:
        try:
            stamps: dict[str, Any] = json.loads((self.path / "read.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamps

    def _remember(self, name: str, stamp: list[int]) -> None:
        """That a large segment was read whole; a lost note costs reading it again."""
        part = self.path / f"read.{os.getpid()}"
        with contextlib.suppress(OSError):
            kept = {known: old for known, old in self._stamps().items() if (self.path / known).exists()}
            part.write_text(json.dumps(kept | {name: stamp}), encoding="utf-8")
            part.replace(self.path / "read.json")


def _range(name: str) -> tuple[int, int]:
    match = _NAME.fullmatch(name)
    assert match is not None  # noqa: S101 - only such names are listed
    return int(match[1]), int(match[2])


def _stamp(path: Path) -> list[int]:
    """What changes when a file is exchanged or written to."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ino]
