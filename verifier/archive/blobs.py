"""Blobs: files named by the SHA-256 of what they hold, written so that a crash leaves a whole file or none."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path

from verifier.archive.disk import sync_folder
from verifier.errors import ArchiveError

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """A folder of content-addressed files, `ab/abcd...`, safe for several processes; a crash may leave a `*.part`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their SHA-256 (hex), once they are on the disk. A damaged file is healed."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        try:
            if not (path.exists() and path.read_bytes() == data):
                self._write(path, data)
        except OSError as error:
            raise ArchiveError(
                f"the archive cannot keep a file: {error}", "make room, or make its folder writable"
            ) from error
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of that digest. Raises ArchiveError when they are not there or no longer fit."""
        if not _DIGEST.fullmatch(digest):
            raise ArchiveError(f"{digest!r} is no digest of a blob", "give 64 hexadecimal digits")
        try:
            data = self._path(digest).read_bytes()
        except OSError as error:
            raise ArchiveError(
                f"blob {digest[:12]} is not there: {error}", "restore the archive from a backup"
            ) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise ArchiveError(f"blob {digest[:12]} is damaged", "restore the archive from a backup")
        return data

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, path: Path, data: bytes) -> None:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(self._folder.parent)
            sync_folder(self._folder)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(part).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(part).unlink()
            raise
        sync_folder(path.parent)
