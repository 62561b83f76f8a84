"""The archive that a command names: one that must be there is not made by a slip of the pen."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.archive.opening import database_of
from verifier.errors import ArchiveError
from verifier.settings import Settings

archive_option = click.option("--archive", help="sqlite:///PATH. [default: that of the settings]")


def named(archive: str | None) -> Path:
    """The database of the archive, there or not. Raises ArchiveError where the address can be none."""
    return database_of(archive or Settings.from_environment().archive)


def existing(archive: str | None) -> Path:
    """The database of an archive that is there. Raises ArchiveError."""
    path = named(archive)
    if not path.is_file():
        raise ArchiveError(f"there is no archive at {path}", "correct the address")
    return path
