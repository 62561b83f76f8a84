"""Late links in a database archive: they reopen a report and rewrite nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert, select

from verifier.archive import filing, trail
from verifier.archive.protocol import Link
from verifier.archive.tables import link_events


def add(connection: Connection, tenant: str, links: Sequence[Link]) -> None:
    """Keep those that are new, each with its audit entry."""
    for link in links:
        row = asdict(link) | {"tenant": tenant, "at": link.at.isoformat()}
        if connection.execute(insert(link_events).prefix_with("OR IGNORE").values(row)).rowcount:
            trail.add(connection, filing.entry_linked(tenant, link, trail.last_entry(connection)))


def of(connection: Connection, tenant: str, claim: str | None) -> list[Link]:
    """Those of a claim, or of all, in the order in which they were raised."""
    query = select(link_events).where(link_events.c.tenant == tenant).order_by(link_events.c.sequence)
    if claim is not None:
        query = query.where(link_events.c.claim == claim)
    rows = [row._asdict() for row in connection.execute(query)]
    kept = Link.__dataclass_fields__
    return [
        Link(**{name: row[name] for name in kept if name != "at"}, at=datetime.fromisoformat(row["at"])) for row in rows
    ]
