"""The archive in memory: for tests, and for a look at files that leaves nothing behind."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from verifier import codec
from verifier.archive import filing
from verifier.archive.filing import AuditEntry
from verifier.archive.kits import MemoryKits
from verifier.archive.protocol import Head, Link, Sighting
from verifier.archive.references import MemoryReferences
from verifier.casefile import Claim, ClaimReport, Identity, Item, Trace
from verifier.errors import ArchiveError


class MemoryArchive:
    """An Archive that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._blobs: dict[str, bytes] = {}
        self._reports: dict[tuple[str, str, int, str, str, str], ClaimReport] = {}
        self._sightings: dict[str, list[Sighting]] = {}
        self._seen: set[tuple[str, str, int, str, str, int]] = set()
        self._audit: list[AuditEntry] = []
        self._erased: dict[str, frozenset[int]] = {}
        self._links: dict[str, dict[tuple[str, str], Link]] = {}
        self.references = MemoryReferences()
        self.kits = MemoryKits()

    def put_blob(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self._blobs[digest] = bytes(data)
        return digest

    def blob(self, digest: str) -> bytes:
        if digest not in self._blobs:
            raise ArchiveError(f"blob {digest[:12]!r} is not there", "verify its claim again")
        return self._blobs[digest]

    def watermark(self, tenant: str) -> int:
        return len(self._sightings.get(tenant, ()))

    def sightings(self, tenant: str, *, after: int = 0, upto: int | None = None) -> Iterator[Sighting]:
        return iter(self._sightings.get(tenant, [])[max(after, 0) : upto])

    def sightings_at(self, tenant: str, sequences: Sequence[int]) -> list[Sighting]:
        shelf = self._sightings.get(tenant, [])
        return [shelf[sequence - 1] for sequence in sequences if 0 < sequence <= len(shelf)]

    def erase(self, tenant: str, claim: str, at: datetime) -> int:
        with self._lock:
            found = [s.sequence for s in self._sightings.get(tenant, ()) if s.claim == claim]
            new = sorted(set(found) - self.erased(tenant))
            if new:
                last = self._audit[-1] if self._audit else None
                self._audit.append(filing.entry_erased(tenant, claim, new, at, last))
                self._erased[tenant] = self.erased(tenant) | set(new)
                shelf = self._sightings[tenant]
                for sequence in new:
                    seen = shelf[sequence - 1]
                    shelf[sequence - 1] = replace(seen, trace=seen.trace and filing.blanked(seen.trace))
            return len(new)

    def erased(self, tenant: str) -> frozenset[int]:
        return self._erased.get(tenant, frozenset())

    @property
    def index_root(self) -> Path | None:
        return None

    def sightings_of(self, tenant: str, claim: str) -> Sequence[Sighting]:
        return [sighting for sighting in self._sightings.get(tenant, ()) if sighting.claim == claim]

    def sharing(
        self, tenant: str, identity: Identity, *, upto: int | None = None, reach: int = 0, limit: int = 200
    ) -> Sequence[Sighting]:
        def shares(other: Identity) -> bool:
            near = identity.number is None or abs(identity.number - (other.number or 0)) <= reach
            return (other.kind, other.value) == (identity.kind, identity.value) and near

        seen, gone = self._sightings.get(tenant, [])[:upto], self.erased(tenant)
        found = [one for one in seen if any(map(shares, filing.identities_of(one))) and one.sequence not in gone]
        return found[-limit:]

    def links(self, tenant: str, claim: str | None = None) -> Sequence[Link]:
        return [link for link in self._links.get(tenant, {}).values() if claim in (None, link.claim)]

    def file(
        self,
        report: ClaimReport,
        traces: Mapping[str, Sequence[Trace]],
        links: Sequence[Link] = (),
        *,
        current: bool = False,
    ) -> bool:
        with self._lock:
            key = filing.key_of(report)
            if key in self._reports:
                return False
            if current:
                filing.check_current(report, self.watermark(report.claim.tenant))
            new = self._unseen(report.claim, filing.items_of(report), traces)
            entry = filing.entry_for(report, codec.to_json(report), len(new), self._audit[-1] if self._audit else None)
            self._add(report.claim.tenant, new)
            self._reports[key] = report
            self._audit.append(entry)
            self._add_links(report.claim.tenant, links)
            return True

    def filed(self, claim: Claim, digest: str, rulebook: str, pipeline: str) -> ClaimReport | None:
        wanted = (claim.tenant, claim.id, claim.revision, digest)
        for key, report in self._reports.items():
            if key[:4] == wanted and key[4].startswith(rulebook) and key[5].startswith(pipeline):
                return report
        return None

    def reported(self, tenant: str, claims: Collection[str]) -> frozenset[str]:
        return frozenset(key[1] for key in self._reports if key[0] == tenant and key[1] in claims)

    def remember(
        self,
        claim: Claim,
        items: Sequence[Item],
        traces: Mapping[str, Sequence[Trace]],
        at: datetime,
        links: Sequence[Link] = (),
    ) -> bool:
        with self._lock:
            new = self._unseen(claim, items, traces)
            if new:
                self._audit.append(filing.entry_remembered(claim, new, at, self._audit[-1] if self._audit else None))
                self._add(claim.tenant, new)
                self._add_links(claim.tenant, links)
            return bool(new)

    def seen(self, claim: Claim, items: Sequence[Item]) -> bool:
        known = {key[1:5] for key in self._seen if key[0] == claim.tenant}
        wanted = {(claim.id, claim.revision, item.id, item.digest) for item in items}
        return wanted <= known

    def report(self, tenant: str, claim: str, revision: int | None = None) -> ClaimReport | None:
        found = [
            report
            for report in self._reports.values()
            if (report.claim.tenant, report.claim.id) == (tenant, claim) and revision in (None, report.claim.revision)
        ]
        return max(reversed(found), key=lambda report: report.claim.revision, default=None)

    def reports(self, tenant: str) -> Iterator[ClaimReport]:
        for claim in sorted({r.claim.id for r in self._reports.values() if r.claim.tenant == tenant}):
            newest = self.report(tenant, claim)
            if newest is not None:
                yield newest

    def heads(self, tenant: str, *, after: int = 0) -> Iterator[Head]:
        for number, report in enumerate(tuple(self._reports.values()), start=1):
            if number > after and report.claim.tenant == tenant:
                names = tuple(entry.item.name for entry in report.items)
                yield Head(number=number, report=replace(report, items=(), inspections=(), hits=()), items=names)

    def _unseen(self, claim: Claim, items: Sequence[Item], traces: Mapping[str, Sequence[Trace]]) -> list[Sighting]:
        return [s for s in filing.sightings_of(claim, items, traces) if filing.seen_as(s) not in self._seen]

    def _add(self, tenant: str, new: Sequence[Sighting]) -> None:
        shelf = self._sightings.setdefault(tenant, [])
        shelf.extend(replace(s, sequence=number) for number, s in enumerate(new, len(shelf) + 1))
        self._seen.update(filing.seen_as(s) for s in new)

    def _add_links(self, tenant: str, links: Sequence[Link]) -> None:
        known = self._links.setdefault(tenant, {})
        for link in links:
            if (link.item, link.earlier_item) not in known:
                known[link.item, link.earlier_item] = link
                self._audit.append(filing.entry_linked(tenant, link, self._audit[-1]))

    def audit(self) -> Iterator[AuditEntry]:
        return iter(tuple(self._audit))

    def last_entry(self) -> str:
        return self._audit[-1].hash if self._audit else filing.GENESIS

    def verify_audit(self) -> int:
        bodies = Counter(filing.sha256(codec.to_json(report)) for report in self._reports.values())
        return filing.check_chain(self._audit, bodies)

    def sync(self) -> None:
        pass

    def close(self) -> None:
        pass
