"""The audit trail of a database archive: every room that keeps something adds its entry in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from verifier.archive.filing import AuditEntry, chained
from verifier.archive.statements import ADD_ENTRY, LAST_ENTRY


def last_entry(connection: Connection) -> AuditEntry | None:
    """The newest entry; None in an empty trail."""
    row = connection.execute(LAST_ENTRY).first()
    return None if row is None else AuditEntry(**row._asdict())


def add(connection: Connection, entry: AuditEntry) -> None:
    """Keep an entry that was chained to the newest one in this transaction."""
    connection.execute(ADD_ENTRY, asdict(entry))


def note(
    connection: Connection, *, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    """Chain a new entry to the newest one, and keep it."""
    text = json.dumps(detail, sort_keys=True, separators=(",", ":"))
    last = last_entry(connection)
    add(connection, chained(last, at=at.isoformat(), actor=actor, action=action, subject=subject, detail=text))
