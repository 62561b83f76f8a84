"""The manifest: a file that names claims and their files, read line by line and never held as a whole."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Self

from verifier.batch.json_lines import JsonLines
from verifier.batch.lines import Line, Reject, reject
from verifier.batch.sheet import Sheet
from verifier.casefile import Claim
from verifier.errors import ClaimError, InputError

_READERS: Mapping[str, type[Sheet] | type[JsonLines]] = {".csv": Sheet, ".jsonl": JsonLines, ".ndjson": JsonLines}

__all__ = ["Line", "Manifest", "Reject"]


class Manifest:
    """A manifest that is locked while it is open, so that no second run walks through it at the same time.

    `digest` is the SHA-256 (hex) of its content, `claims` the number of claims in it. Raises InputError when it is not
    there, is of another kind, has a header that does not say what it must, or is being worked on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
            raise InputError(f"{path.name} is no manifest", f"name a file that ends in {', '.join(_READERS)}")
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise InputError(
                f"{path} cannot be opened ({error.strerror})", "check the name and who may read it"
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.digest = hashlib.file_digest(self._file, "sha256").hexdigest()
            self._reader = reader(path)
        except BlockingIOError:
            self._file.close()
            raise InputError(f"another run walks through {path.name}", "wait until it has ended") from None
        except BaseException:
            self._file.close()
            raise
        self.claims = self._reader.claims

    def lines(self) -> Iterator[Line | Reject]:
        """The claims, in order; one that stands there again is a reject."""
        seen: set[bytes] = set()
        for line in self._reader.lines():
            if isinstance(line, Line):
                mark = _mark(line.claim)
                if mark in seen:
                    again = f"claim {line.claim.id} r{line.claim.revision} stands further up already"
                    yield reject(line.number, line.claim.id, ClaimError(again, "take one of the two out"))
                    continue
                seen.add(mark)
            yield line

    def close(self) -> None:
        """Let go of the file, and of its lock."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _mark(claim: Claim) -> bytes:
    """Sixteen bytes for a claim, so that a million of them stay small."""
    return blake2b(f"{claim.tenant}\0{claim.id}\0{claim.revision}".encode(), digest_size=16).digest()
