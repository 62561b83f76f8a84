"""Known artwork and shared lists in the archive's database; every change stands in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from verifier import codec
from verifier.archive import trail
from verifier.archive.database import Database
from verifier.archive.references import Artwork, SharedList, digest_of
from verifier.archive.tables import artwork as artwork_table
from verifier.archive.tables import shared_lists
from verifier.casefile import Trace

OPERATOR = "operator"  # who the audit trail says did it: whoever may run the command on this machine


class SqliteReferences:
    """References in the database that is handed over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def artwork(self, tenant: str, program: str | None = None) -> Sequence[Artwork]:
        columns = artwork_table.c
        query = select(artwork_table).where(columns.tenant == tenant).order_by(columns.program, columns.digest)
        if program is not None:
            query = query.where(columns.program == program)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return [codec.from_data(Artwork, row._asdict() | {"traces": _traces(row.traces)}) for row in rows]

    def put_artwork(self, artwork: Artwork) -> None:
        self.drop_artwork(artwork.tenant, artwork.program, artwork.digest, artwork.added_at)
        row = codec.to_data(artwork) | {"traces": codec.to_json(list(artwork.traces))}
        subject = f"{artwork.tenant}/{artwork.program}/{artwork.digest}"
        with self._database.transaction(writing=True) as connection:
            connection.execute(insert(artwork_table).values(row))
            trail.note(
                connection,
                at=artwork.added_at,
                actor=OPERATOR,
                action="artwork.added",
                subject=subject,
                detail={"name": artwork.name},
            )

    def drop_artwork(self, tenant: str, program: str, digest: str, at: datetime) -> bool:
        columns = artwork_table.c
        which = (columns.tenant == tenant, columns.program == program, columns.digest == digest)
        with self._database.transaction(writing=True) as connection:
            found = connection.execute(delete(artwork_table).where(*which)).rowcount > 0
            if found:
                subject = f"{tenant}/{program}/{digest}"
                trail.note(connection, at=at, actor=OPERATOR, action="artwork.removed", subject=subject, detail={})
        return found

    def lists(self, tenant: str) -> Sequence[SharedList]:
        query = select(shared_lists).where(shared_lists.c.tenant == tenant).order_by(shared_lists.c.name)
        with self._database.transaction() as connection:
            return [codec.from_data(SharedList, row._asdict()) for row in connection.execute(query)]

    def put_list(self, shared: SharedList) -> None:
        self.drop_list(shared.tenant, shared.name, shared.imported_at)
        with self._database.transaction(writing=True) as connection:
            connection.execute(insert(shared_lists).values(codec.to_data(shared)))
            trail.note(
                connection,
                at=shared.imported_at,
                actor=OPERATOR,
                action="list.imported",
                subject=f"{shared.tenant}/{shared.name}",
                detail={"blob": shared.blob, "hashes": shared.hashes, "salted": bool(shared.salt)},
            )

    def drop_list(self, tenant: str, name: str, at: datetime) -> bool:
        which = (shared_lists.c.tenant == tenant, shared_lists.c.name == name)
        with self._database.transaction(writing=True) as connection:
            found = connection.execute(delete(shared_lists).where(*which)).rowcount > 0
            if found:
                trail.note(
                    connection, at=at, actor=OPERATOR, action="list.removed", subject=f"{tenant}/{name}", detail={}
                )
        return found

    def digest(self) -> str:
        pictures, lists = artwork_table.c, shared_lists.c
        with self._database.transaction() as connection:
            held = connection.execute(select(pictures.tenant, pictures.program, pictures.digest)).all()
            given = connection.execute(select(lists.tenant, lists.name, lists.blob, lists.salt)).all()
        return digest_of(sorted(map(tuple, held)), list(map(tuple, given)))


def _traces(text: str) -> list[Trace]:
    return codec.from_json(list[Trace], text)
