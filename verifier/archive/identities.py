"""Identities beside sightings: what files say of their making, kept so that others which say the same are found.

Values are kept as hashes, other in every tenant: a serial number is personal data, and only equality is asked for.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, exists, insert, select

from verifier.archive import filing, tables
from verifier.archive.protocol import Sighting
from verifier.casefile import Identity


def keep(connection: Connection, sighting: Sighting) -> None:
    """Keep what a new sighting, already numbered, says of its making."""
    rows = [
        {
            "tenant": sighting.tenant,
            "kind": identity.kind,
            "value": filing.masked(sighting.tenant, identity),
            "sequence": sighting.sequence,
            "number": identity.number,
        }
        for identity in filing.identities_of(sighting)
    ]
    if rows:
        connection.execute(insert(tables.identities), rows)


def sharing(tenant: str, identity: Identity, upto: int | None, reach: int, limit: int) -> Select[Any]:
    """The query for the sightings that `Archive.sharing` promises, the newest first; erased ones are left out."""
    seen, kept, gone = tables.sightings, tables.identities, tables.tombstones
    query = (
        select(seen)
        .join(kept, (kept.c.tenant == seen.c.tenant) & (kept.c.sequence == seen.c.sequence))
        .where(kept.c.tenant == tenant, kept.c.kind == identity.kind)
        .where(kept.c.value == filing.masked(tenant, identity))
        .where(~exists().where(gone.c.tenant == seen.c.tenant, gone.c.sequence == seen.c.sequence))
        .order_by(seen.c.sequence.desc())
        .limit(limit)
    )
    if identity.number is not None:
        query = query.where(kept.c.number.between(identity.number - reach, identity.number + reach))
    return query if upto is None else query.where(seen.c.sequence <= upto)
