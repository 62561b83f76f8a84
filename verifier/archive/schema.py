"""The version of a database archive: told on opening, and brought up to date by Alembic."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from verifier.errors import ArchiveError

HEAD = "0008"  # kept here so that Alembic is imported only when there is something to migrate


def version(connection: Connection) -> str | None:
    """The migration that the database stands at; None when it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(connection: Connection) -> None:
    """Bring the database to HEAD, inside the caller's transaction. Raises ArchiveError on a newer version."""
    found = version(connection)
    if found == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise ArchiveError(
            f"the archive is of version {found}, newer than this verifier knows ({HEAD})",
            "use the newer verifier, or another archive",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
