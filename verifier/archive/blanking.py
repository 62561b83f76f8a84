"""Blanking: what was read of a claim's pages and tables leaves the file once its sightings are erased."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from verifier import codec
from verifier.archive import filing, tables
from verifier.casefile import Trace


def blank(connection: Connection, tenant: str, claim: str) -> None:
    """Blank the traces and identities of a claim's erased sightings; SQLite writes zeros over what stood there."""
    seen, gone = tables.sightings, tables.tombstones
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    erased = select(gone.c.sequence).where(gone.c.tenant == tenant)
    query = select(seen.c.sequence, seen.c.trace).where(
        seen.c.tenant == tenant, seen.c.claim == claim, seen.c.sequence.in_(erased), seen.c.trace.is_not(None)
    )
    for sequence, trace in connection.execute(query).all():
        body = codec.to_json(filing.blanked(codec.from_json(Trace, trace)))
        own = (seen.c.tenant == tenant) & (seen.c.sequence == sequence)
        connection.execute(update(seen).where(own).values(trace=body))
        said = tables.identities
        connection.execute(delete(said).where(said.c.tenant == tenant, said.c.sequence == sequence))
