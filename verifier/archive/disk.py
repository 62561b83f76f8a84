"""The disk: waiting until what was written is on it."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(file: Path) -> None:
    """Wait until the file's bytes are on the disk, whoever wrote them. Raises OSError."""
    _sync(file, data_only=True)


def sync_folder(folder: Path) -> None:
    """Wait until the folder's entries are: a rename is on the disk only once its folder is. Raises OSError."""
    _sync(folder, data_only=False)


def _sync(path: Path, *, data_only: bool) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        (os.fdatasync if data_only else os.fsync)(handle)
    finally:
        os.close(handle)
