"""The archive in a SQLite file with its blobs in a folder beside it.

What `file` acknowledged survives a crash of the process and of the machine; several processes may share one archive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, bindparam, func, insert, select

from verifier import codec
from verifier.archive import filing, identities, tables, trail
from verifier.archive.blobs import Blobs
from verifier.archive.database import Database
from verifier.archive.filing import AuditEntry
from verifier.archive.protocol import Sighting
from verifier.casefile import Claim, ClaimReport, Identity, Item, Trace

_CHUNK = 1000  # sightings read at a time, so that no reader holds a transaction open while it works


def _begins(column: Column[str], start: str) -> ColumnElement[bool]:
    return func.substr(column, 1, func.length(bindparam(start))) == bindparam(start)


_FILED = (  # built once: a batch asks it for every line, and building it takes longer than answering it
    select(tables.reports.c.body)
    .where(*(tables.reports.c[name] == bindparam(name) for name in ("tenant", "claim", "revision", "digest")))
    .where(_begins(tables.reports.c.rulebook, "rulebook"), _begins(tables.reports.c.pipeline, "pipeline"))
    .order_by(tables.reports.c.id)
    .limit(1)
)


class SqliteArchive:
    """An Archive in `<path>`, `<path>-wal` and `<stem>.blobs/`. Opening it makes or migrates it."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._blobs = Blobs(path.with_name(f"{path.stem}.blobs"))
        self._index_root = path.with_name(f"{path.stem}.index")

    def put_blob(self, data: bytes) -> str:
        return self._blobs.put(data)

    def blob(self, digest: str) -> bytes:
        return self._blobs.get(digest)

    def watermark(self, tenant: str) -> int:
        with self._database.transaction() as connection:
            return _watermark(connection, tenant)

    def sightings(self, tenant: str, *, after: int = 0, upto: int | None = None) -> Iterator[Sighting]:
        table = tables.sightings
        last = self.watermark(tenant) if upto is None else upto
        while after < last:
            query = (
                select(table)
                .where(table.c.tenant == tenant, table.c.sequence > after, table.c.sequence <= last)
                .order_by(table.c.sequence)
                .limit(_CHUNK)
            )
            with self._database.transaction() as connection:
                rows = connection.execute(query).all()
            yield from map(_sighting, rows)
            if len(rows) < _CHUNK:
                return
            after = rows[-1].sequence

    def sightings_at(self, tenant: str, sequences: Sequence[int]) -> list[Sighting]:
        table = tables.sightings
        found: dict[int, Sighting] = {}
        for start in range(0, len(sequences), _CHUNK):
            wanted = table.c.sequence.in_(sequences[start : start + _CHUNK])
            with self._database.transaction() as connection:
                rows = connection.execute(select(table).where(table.c.tenant == tenant, wanted)).all()
            found |= {row.sequence: _sighting(row) for row in rows}
        return [found[sequence] for sequence in sequences if sequence in found]

    def erase(self, tenant: str, claim: str, at: datetime) -> int:
        seen, gone = tables.sightings, tables.tombstones
        known = select(gone.c.sequence).where(gone.c.tenant == tenant)
        query = select(seen.c.sequence).where(
            seen.c.tenant == tenant, seen.c.claim == claim, seen.c.sequence.not_in(known)
        )
        with self._database.transaction(writing=True) as connection:
            new = connection.execute(query).scalars().all()
            if new:
                rows = [{"tenant": tenant, "sequence": sequence, "at": at.isoformat()} for sequence in new]
                connection.execute(insert(gone), rows)
                trail.add(connection, filing.entry_erased(tenant, claim, new, at, trail.last_entry(connection)))
            return len(new)

    def erased(self, tenant: str) -> frozenset[int]:
        query = select(tables.tombstones.c.sequence).where(tables.tombstones.c.tenant == tenant)
        with self._database.transaction() as connection:
            return frozenset(connection.execute(query).scalars())

    @property
    def index_root(self) -> Path | None:
        return self._index_root

    def sightings_of(self, tenant: str, claim: str) -> Sequence[Sighting]:
        table = tables.sightings
        query = select(table).where(table.c.tenant == tenant, table.c.claim == claim).order_by(table.c.sequence)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return [_sighting(row) for row in rows]

    def sharing(
        self, tenant: str, identity: Identity, *, upto: int | None = None, reach: int = 0, limit: int = 200
    ) -> Sequence[Sighting]:
        query = identities.sharing(tenant, identity, upto, reach, limit)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return [_sighting(row) for row in rows]

    def file(self, report: ClaimReport, traces: Mapping[str, Sequence[Trace]]) -> bool:
        body = codec.to_json(report)
        with self._database.transaction(writing=True) as connection:
            if _is_filed(connection, report):
                return False
            seen = _add_sightings(connection, filing.sightings_of(report.claim, filing.items_of(report), traces))
            entry = filing.entry_for(report, body, len(seen), trail.last_entry(connection))
            connection.execute(insert(tables.reports).values(_report_row(report, body)))
            trail.add(connection, entry)
            return True

    def filed(self, claim: Claim, digest: str, rulebook: str, pipeline: str) -> ClaimReport | None:
        wanted = {"tenant": claim.tenant, "claim": claim.id, "revision": claim.revision, "digest": digest}
        with self._database.transaction() as connection:
            body = connection.execute(_FILED, wanted | {"rulebook": rulebook, "pipeline": pipeline}).scalar()
        return None if body is None else codec.from_json(ClaimReport, body)

    def remember(
        self, claim: Claim, items: Sequence[Item], traces: Mapping[str, Sequence[Trace]], at: datetime
    ) -> bool:
        with self._database.transaction(writing=True) as connection:
            new = _add_sightings(connection, filing.sightings_of(claim, items, traces))
            if new:
                entry = filing.entry_remembered(claim, new, at, trail.last_entry(connection))
                trail.add(connection, entry)
            return bool(new)

    def seen(self, claim: Claim, items: Sequence[Item]) -> bool:
        table = tables.sightings
        query = select(table.c.item, table.c.digest).where(
            table.c.tenant == claim.tenant, table.c.claim == claim.id, table.c.revision == claim.revision
        )
        with self._database.transaction() as connection:
            known = {(row.item, row.digest) for row in connection.execute(query)}
        return known.issuperset((item.id, item.digest) for item in items)

    def report(self, tenant: str, claim: str, revision: int | None = None) -> ClaimReport | None:
        table = tables.reports
        query = select(table.c.body).where(table.c.tenant == tenant, table.c.claim == claim)
        if revision is not None:
            query = query.where(table.c.revision == revision)
        with self._database.transaction() as connection:
            body = connection.execute(query.order_by(table.c.revision.desc(), table.c.id.desc()).limit(1)).scalar()
        return None if body is None else codec.from_json(ClaimReport, body)

    def reports(self, tenant: str) -> Iterator[ClaimReport]:
        table = tables.reports
        query = select(table.c.claim).where(table.c.tenant == tenant).distinct().order_by(table.c.claim)
        with self._database.transaction() as connection:
            claims = connection.execute(query).scalars().all()
        for claim in claims:
            newest = self.report(tenant, claim)
            if newest is not None:
                yield newest

    def audit(self) -> Iterator[AuditEntry]:
        with self._database.transaction() as connection:
            rows = connection.execute(select(tables.audit).order_by(tables.audit.c.sequence)).all()
        return (AuditEntry(**row._asdict()) for row in rows)

    def verify_audit(self) -> int:
        with self._database.transaction() as connection:
            rows = connection.execute(select(tables.audit).order_by(tables.audit.c.sequence)).all()
            bodies = Counter(map(filing.sha256, connection.execute(select(tables.reports.c.body)).scalars()))
            decisions = [dict(row) for row in connection.execute(select(tables.decisions)).mappings()]
        return filing.check_chain((AuditEntry(**row._asdict()) for row in rows), bodies, decisions)

    def close(self) -> None:
        self._database.close()


def _watermark(connection: Connection, tenant: str) -> int:
    newest = select(func.max(tables.sightings.c.sequence)).where(tables.sightings.c.tenant == tenant)
    return int(connection.execute(newest).scalar() or 0)


def _is_filed(connection: Connection, report: ClaimReport) -> bool:
    table = tables.reports
    columns = (table.c.tenant, table.c.claim, table.c.revision, table.c.digest, table.c.rulebook, table.c.pipeline)
    same = [column == value for column, value in zip(columns, filing.key_of(report), strict=True)]
    return connection.execute(select(table.c.id).where(*same)).first() is not None


def _add_sightings(connection: Connection, found: Sequence[Sighting]) -> list[Sighting]:
    """Number and keep those that are new, and return them."""
    table = tables.sightings
    last = _watermark(connection, found[0].tenant) if found else 0
    new = []
    for sighting in found:
        _, claim, revision, item, digest, page = filing.seen_as(sighting)
        same = select(table.c.sequence).where(
            table.c.tenant == sighting.tenant,
            table.c.claim == claim,
            table.c.revision == revision,
            table.c.item == item,
            table.c.digest == digest,
            table.c.page == page,
        )
        if connection.execute(same).first() is None:
            last += 1
            new.append(replace(sighting, sequence=last))
            connection.execute(insert(table).values(_sighting_row(new[-1])))
            identities.keep(connection, new[-1])
    return new


def _report_row(report: ClaimReport, body: str) -> dict[str, Any]:
    return {
        "tenant": report.claim.tenant,
        "claim": report.claim.id,
        "revision": report.claim.revision,
        "digest": report.digest,
        "rulebook": report.rulebook,
        "pipeline": report.pipeline,
        "made_at": report.made_at.isoformat(),
        "body": body,
    }


def _sighting_row(sighting: Sighting) -> dict[str, Any]:
    return {
        "tenant": sighting.tenant,
        "sequence": sighting.sequence,
        "item": sighting.item,
        "claim": sighting.claim,
        "revision": sighting.revision,
        "program": sighting.program,
        "partner": sighting.partner,
        "submitted_at": sighting.submitted_at.isoformat() if sighting.submitted_at else None,
        "digest": sighting.digest,
        "page": filing.seen_as(sighting)[-1],
        "trace": codec.to_json(sighting.trace) if sighting.trace else None,
    }


def _sighting(row: Row[Any]) -> Sighting:
    return Sighting(
        sequence=row.sequence,
        item=row.item,
        claim=row.claim,
        revision=row.revision,
        tenant=row.tenant,
        program=row.program,
        partner=row.partner,
        submitted_at=datetime.fromisoformat(row.submitted_at) if row.submitted_at else None,
        digest=row.digest,
        trace=codec.from_json(Trace, row.trace) if row.trace else None,
    )
