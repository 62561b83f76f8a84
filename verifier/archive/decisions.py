"""What people decided, kept append-only: a change of mind is a further line, and every line stands in the audit trail.

The audit entry holds the whole decision and is written in the decision's own transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from verifier.archive import trail
from verifier.archive.database import Database
from verifier.archive.filing import DECIDED
from verifier.archive.tables import decisions, reports
from verifier.casefile import Decision, Outcome
from verifier.errors import DecidedMeanwhile

_CHUNK = 500  # decisions of a tenant read at a time


class Decisions:
    """The log in the SQLite file at `path`. Safe for several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    def record(self, tenant: str, decision: Decision, *, after: int | None) -> Decision:
        """Keep a decision, and return it with its number. `after` is the newest that was seen on that revision.

        One that was not seen and is this very decision (a request came again, because its answer was lost) is
        acknowledged again and not kept twice; whoever has seen it confirms it with a further line. Raises
        DecidedMeanwhile when there is another that was not seen, or a report on a higher revision. Where `after` is
        None, nothing is held against not having seen it.
        """
        with self._database.transaction(writing=True) as connection:
            newest = _newest(connection, tenant, decision)
            if newest is not None and (after is None or newest.sequence > after):
                if _same(newest, decision):
                    return newest
                if after is not None:
                    raise DecidedMeanwhile(
                        f"{newest.by} decided on claim {decision.claim} meanwhile: {_told(newest)}",
                        "look at it again, then decide",
                    )
            _check_revision(connection, tenant, decision)
            kept = replace(decision, sequence=_next(connection))
            row = _row(tenant, kept)
            connection.execute(insert(decisions).values(row))
            subject = f"{tenant}/{kept.claim}/r{kept.revision}"
            trail.note(connection, at=kept.at, actor=kept.by, action=DECIDED, subject=subject, detail=row)
        return kept

    def of_claim(self, tenant: str, claim: str, revision: int | None = None) -> tuple[Decision, ...]:
        """All lines on a claim (on one revision of it), the oldest first, those taken back too."""
        query = select(decisions).where(decisions.c.tenant == tenant, decisions.c.claim == claim)
        if revision is not None:
            query = query.where(decisions.c.revision == revision)
        with self._database.transaction() as connection:
            return tuple(map(_decision, connection.execute(query.order_by(decisions.c.sequence)).all()))

    def of_tenant(self, tenant: str) -> Iterator[Decision]:
        """All lines of a tenant, the oldest first."""
        after = 0
        while True:
            query = select(decisions).where(decisions.c.tenant == tenant, decisions.c.sequence > after)
            with self._database.transaction() as connection:
                rows = connection.execute(query.order_by(decisions.c.sequence).limit(_CHUNK)).all()
            yield from map(_decision, rows)
            if len(rows) < _CHUNK:
                return
            after = rows[-1].sequence

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _newest(connection: Connection, tenant: str, decision: Decision) -> Decision | None:
    query = (
        select(decisions)
        .where(decisions.c.tenant == tenant, decisions.c.claim == decision.claim)
        .where(decisions.c.revision == decision.revision)
        .order_by(decisions.c.sequence.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return _decision(row) if row else None


def _same(one: Decision, other: Decision) -> bool:
    return replace(one, sequence=0, at=other.at) == replace(other, sequence=0)


def _told(decision: Decision) -> str:
    return f"took back decision {decision.undoes}" if decision.undoes is not None else decision.outcome.value


def _check_revision(connection: Connection, tenant: str, decision: Decision) -> None:
    highest = select(func.max(reports.c.revision)).where(reports.c.tenant == tenant, reports.c.claim == decision.claim)
    newest = connection.execute(highest).scalar() or 0
    if newest > decision.revision:
        raise DecidedMeanwhile(
            f"revision {newest} of claim {decision.claim} came in: revision {decision.revision} is decided no more",
            f"decide on revision {newest}",
        )


def _next(connection: Connection) -> int:
    return int(connection.execute(select(func.max(decisions.c.sequence))).scalar() or 0) + 1


def _row(tenant: str, decision: Decision) -> dict[str, Any]:
    return {
        "sequence": decision.sequence,
        "tenant": tenant,
        "claim": decision.claim,
        "revision": decision.revision,
        "item": decision.item,
        "report": decision.report,
        "outcome": decision.outcome.value,
        "amount": None if decision.amount is None else str(decision.amount),
        "reason": decision.reason,
        "decided_by": decision.by,
        "decided_at": decision.at.isoformat(),
        "undoes": decision.undoes,
    }


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        sequence=row.sequence,
        claim=row.claim,
        revision=row.revision,
        item=row.item,
        report=row.report,
        outcome=Outcome(row.outcome),
        amount=None if row.amount is None else Decimal(row.amount),
        reason=row.reason,
        by=row.decided_by,
        at=datetime.fromisoformat(row.decided_at),
        undoes=row.undoes,
    )
