"""The archive in a SQLite file with its blobs in a folder beside it.

What was filed survives a crash of the process, and after `sync` one of the machine; several processes may share one
archive.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from verifier import codec
from verifier.archive import blanking, filing, identities, statements, tables, trail
from verifier.archive import links as late_links
from verifier.archive.blobs import Blobs
from verifier.archive.database import Database
from verifier.archive.filing import AuditEntry
from verifier.archive.protocol import Head, Link, Sighting
from verifier.archive.sqlite_kits import SqliteKits
from verifier.archive.sqlite_references import SqliteReferences
from verifier.casefile import Claim, ClaimReport, Identity, Item, Trace

_CHUNK = 1000  # sightings read at a time, so that no reader holds a transaction open while it works


class SqliteArchive:
    """An Archive in `<path>`, `<path>-wal` and `<stem>.blobs/`. Opening it makes or migrates it."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._blobs = Blobs(path.with_name(f"{path.stem}.blobs"))
        self._index_root = path.with_name(f"{path.stem}.index")
        self.references = SqliteReferences(self._database)
        self.kits = SqliteKits(self._database)

    def put_blob(self, data: bytes) -> str:
        return self._blobs.put(data)

    def blob(self, digest: str) -> bytes:
        return self._blobs.get(digest)

    def watermark(self, tenant: str) -> int:
        with self._database.transaction() as connection:
            return _watermark(connection, tenant)

    def sightings(self, tenant: str, *, after: int = 0, upto: int | None = None) -> Iterator[Sighting]:
        last = self.watermark(tenant) if upto is None else upto
        while after < last:
            wanted = {"tenant": tenant, "after": after, "upto": last, "most": _CHUNK}
            with self._database.transaction() as connection:
                rows = connection.execute(statements.SIGHTINGS, wanted).all()
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
            blanking.blank(connection, tenant, claim)
        self._database.fold()
        return len(new)

    def erased(self, tenant: str) -> frozenset[int]:
        with self._database.transaction() as connection:
            return frozenset(connection.execute(statements.ERASED, {"tenant": tenant}).scalars())

    @property
    def index_root(self) -> Path | None:
        return self._index_root

    def sightings_of(self, tenant: str, claim: str) -> Sequence[Sighting]:
        with self._database.transaction() as connection:
            rows = connection.execute(statements.SIGHTINGS_OF, {"tenant": tenant, "claim": claim}).all()
        return [_sighting(row) for row in rows]

    def sharing(
        self, tenant: str, identity: Identity, *, upto: int | None = None, reach: int = 0, limit: int = 200
    ) -> Sequence[Sighting]:
        query = identities.sharing(tenant, identity, upto, reach, limit)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return [_sighting(row) for row in reversed(rows)]

    def links(self, tenant: str, claim: str | None = None) -> Sequence[Link]:
        with self._database.transaction() as connection:
            return late_links.of(connection, tenant, claim)

    def file(
        self,
        report: ClaimReport,
        traces: Mapping[str, Sequence[Trace]],
        links: Sequence[Link] = (),
        *,
        current: bool = False,
    ) -> bool:
        body = codec.to_json(report)
        with self._database.transaction(writing=True, durable=False) as connection:
            row = _report_row(report, body)
            if connection.execute(statements.IS_FILED, row).first() is not None:
                return False
            if current:
                filing.check_current(report, _watermark(connection, report.claim.tenant))
            found = filing.sightings_of(report.claim, filing.items_of(report), traces)
            seen = _add_sightings(connection, report.claim, found)
            entry = filing.entry_for(report, body, len(seen), trail.last_entry(connection))
            connection.execute(statements.ADD_REPORT, row)
            trail.add(connection, entry)
            late_links.add(connection, report.claim.tenant, links)
            return True

    def filed(self, claim: Claim, digest: str, rulebook: str, pipeline: str) -> ClaimReport | None:
        wanted = {"tenant": claim.tenant, "claim": claim.id, "revision": claim.revision, "digest": digest}
        with self._database.transaction() as connection:
            body = connection.execute(statements.FILED, wanted | {"rulebook": rulebook, "pipeline": pipeline}).scalar()
        return None if body is None else codec.from_json(ClaimReport, body)

    def reported(self, tenant: str, claims: Collection[str]) -> frozenset[str]:
        with self._database.transaction() as connection:
            found = connection.execute(statements.REPORTED, {"tenant": tenant, "claims": list(claims)})
            return frozenset(found.scalars())

    def remember(
        self,
        claim: Claim,
        items: Sequence[Item],
        traces: Mapping[str, Sequence[Trace]],
        at: datetime,
        links: Sequence[Link] = (),
    ) -> bool:
        with self._database.transaction(writing=True) as connection:
            new = _add_sightings(connection, claim, filing.sightings_of(claim, items, traces))
            if new:
                entry = filing.entry_remembered(claim, new, at, trail.last_entry(connection))
                trail.add(connection, entry)
                late_links.add(connection, claim.tenant, links)
            return bool(new)

    def seen(self, claim: Claim, items: Sequence[Item]) -> bool:
        with self._database.transaction() as connection:
            known = {(row.item, row.digest) for row in connection.execute(statements.SEEN, _of(claim))}
        return known.issuperset((item.id, item.digest) for item in items)

    def report(self, tenant: str, claim: str, revision: int | None = None) -> ClaimReport | None:
        query = statements.NEWEST_REPORT if revision is None else statements.REPORT
        with self._database.transaction() as connection:
            body = connection.execute(query, {"tenant": tenant, "claim": claim, "revision": revision}).scalar()
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

    def heads(self, tenant: str, *, after: int = 0) -> Iterator[Head]:
        while True:
            with self._database.transaction() as connection:
                rows = connection.execute(statements.HEADS, {"tenant": tenant, "after": after}).all()
            for row in rows:
                report = codec.from_json(ClaimReport, row.head)
                yield Head(number=row.id, report=report, items=tuple(json.loads(row.names)))
            if not rows:
                return
            after = rows[-1].id

    def audit(self) -> Iterator[AuditEntry]:
        with self._database.transaction() as connection:
            rows = connection.execute(select(tables.audit).order_by(tables.audit.c.sequence)).all()
        return (AuditEntry(**row._asdict()) for row in rows)

    def last_entry(self) -> str:
        newest = select(tables.audit.c.hash).order_by(tables.audit.c.sequence.desc()).limit(1)
        with self._database.transaction() as connection:
            return connection.execute(newest).scalar() or filing.GENESIS

    def verify_audit(self) -> int:
        with self._database.transaction() as connection:
            rows = connection.execute(select(tables.audit).order_by(tables.audit.c.sequence)).all()
            bodies = Counter(map(filing.sha256, connection.execute(select(tables.reports.c.body)).scalars()))
            decisions = [dict(row) for row in connection.execute(select(tables.decisions)).mappings()]
        return filing.check_chain((AuditEntry(**row._asdict()) for row in rows), bodies, decisions)

    def sync(self) -> None:
        self._database.sync()

    def close(self) -> None:
        self._database.close()


def _watermark(connection: Connection, tenant: str) -> int:
    return int(connection.execute(statements.WATERMARK, {"tenant": tenant}).scalar() or 0)


def _add_sightings(connection: Connection, claim: Claim, found: Sequence[Sighting]) -> list[Sighting]:
    """Number and keep those that are new, and return them."""
    known = {tuple(row) for row in connection.execute(statements.SEEN, _of(claim))}
    fresh = {filing.seen_as(sighting)[3:]: sighting for sighting in found}
    last = _watermark(connection, claim.tenant)
    new = [
        replace(sighting, sequence=last + number)
        for number, sighting in enumerate((each for seen, each in fresh.items() if seen not in known), start=1)
    ]
    if new:
        connection.execute(statements.ADD_SIGHTING, [_sighting_row(sighting) for sighting in new])
    for sighting in new:
        identities.keep(connection, sighting)
    return new


def _of(claim: Claim) -> dict[str, Any]:
    return {"tenant": claim.tenant, "claim": claim.id, "revision": claim.revision}


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
