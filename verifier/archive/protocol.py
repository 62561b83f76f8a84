"""What the corridor asks of an archive. SQLite and memory stand behind it; one test suite runs over both."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from verifier.archive.kits import Kits
from verifier.archive.references import References
from verifier.casefile import Claim, ClaimReport, Identity, Item, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One page of an archived item: where it was seen, and its trace. `sequence` counts 1, 2, 3 ... in each tenant.

    An item without pages (a list, a link) has one sighting whose `trace` is None: its digest alone is known.
    """

    sequence: int
    item: str
    claim: str
    revision: int
    tenant: str
    program: str
    partner: str
    submitted_at: datetime | None  # None: looked at without a claim
    digest: str  # SHA-256 of the item's original bytes
    trace: Trace | None


def sighting_of(claim: Claim, item: Item, trace: Trace | None) -> Sighting:
    """The item's page as it is seen now, not yet numbered (`sequence` 0)."""
    return Sighting(
        sequence=0,
        item=item.id,
        claim=claim.id,
        revision=claim.revision,
        tenant=claim.tenant,
        program=claim.program,
        partner=claim.partner,
        submitted_at=claim.submitted_at,
        digest=item.digest,
        trace=trace,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An item turned out to be the twin of one that was submitted before it and filed after it: look at it again."""

    claim: str  # the claim that was submitted later, and filed first
    revision: int
    item: str
    earlier_claim: str
    earlier_item: str
    likeness: str
    agreement: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A report without its items, inspections and hits, so that many can be held; `items` are the items' names.

    `number` grows with every report that is filed.
    """

    number: int
    report: ClaimReport
    items: tuple[str, ...]


class Archive(Protocol):
    """Reports, sightings, blobs and the audit trail. What was acknowledged survives a crash; nothing is rewritten."""

    def put_blob(self, data: bytes) -> str:
        """Keep the bytes under their SHA-256 (hex), which is returned. Idempotent."""
        ...

    def blob(self, digest: str) -> bytes:
        """The bytes of that digest. Raises ArchiveError when they are not there or no longer fit the digest."""
        ...

    def watermark(self, tenant: str) -> int:
        """The sequence of the tenant's newest sighting; 0 in an empty archive."""
        ...

    def sightings(self, tenant: str, *, after: int = 0, upto: int | None = None) -> Iterator[Sighting]:
        """Sightings with after < sequence <= upto, in order."""
        ...

    def sightings_at(self, tenant: str, sequences: Sequence[int]) -> list[Sighting]:
        """The sightings of those sequences, in that order; sequences that are not there are left out."""
        ...

    def erase(self, tenant: str, claim: str, at: datetime) -> int:
        """Compare nothing with that claim's sightings any more, and blank their traces; an audit entry says so.

        The number of those that were not erased yet.
        """
        ...

    def erased(self, tenant: str) -> frozenset[int]:
        """The sequences of sightings that were erased."""
        ...

    @property
    def references(self) -> References:
        """What pictures are held against beside earlier claims."""
        ...

    @property
    def kits(self) -> Kits:
        """The brand kits that tenants filed."""
        ...

    @property
    def index_root(self) -> Path | None:
        """The folder where the index may keep its segments; None where nothing is kept."""
        ...

    def sightings_of(self, tenant: str, claim: str) -> Sequence[Sighting]:
        """Sightings of one claim, all its revisions, in order."""
        ...

    def sharing(
        self, tenant: str, identity: Identity, *, upto: int | None = None, reach: int = 0, limit: int = 200
    ) -> Sequence[Sighting]:
        """The newest `limit` sightings up to a sequence whose origin has the identity, in order.

        Of an identity with a number, those of the same value whose numbers are no more than `reach` apart from it.
        """
        ...

    def links(self, tenant: str, claim: str | None = None) -> Sequence[Link]:
        """What came to light late about a claim (about all), in the order in which it did."""
        ...

    def file(
        self,
        report: ClaimReport,
        traces: Mapping[str, Sequence[Trace]],
        links: Sequence[Link] = (),
        *,
        current: bool = False,
    ) -> bool:
        """Keep a report, the traces of its items (by item id), links to later ones and audit entries, all or nothing.

        All see it at once; it survives a crash of the machine once `sync` has returned.
        Where it has to be `current`, raises Overtaken if sightings were kept that are newer than its watermark.

        Refused items leave no sighting. False, and nothing changes, when this very verification (tenant, claim,
        revision, digest, rulebook, pipeline) is there already; sightings of one claim revision are kept once, however
        often it is verified by other rules.
        """
        ...

    def filed(self, claim: Claim, digest: str, rulebook: str, pipeline: str) -> ClaimReport | None:
        """The report of one verification: the claim as `digest` has it, by those rules and that pipeline.

        The first digits of `rulebook` and `pipeline` will do.
        """
        ...

    def reported(self, tenant: str, claims: Collection[str]) -> frozenset[str]:
        """Those of the claims on which there is a report, on whatever revision and by whatever rules."""
        ...

    def remember(
        self,
        claim: Claim,
        items: Sequence[Item],
        traces: Mapping[str, Sequence[Trace]],
        at: datetime,
        links: Sequence[Link] = (),
    ) -> bool:
        """Keep the traces of a claim without a report, links to later ones and audit entries, all or nothing.

        Refused items leave no sighting. False, and nothing changes, when all of them were seen before.
        """
        ...

    def seen(self, claim: Claim, items: Sequence[Item]) -> bool:
        """Whether every item of that claim's revision has its sightings here."""
        ...

    def report(self, tenant: str, claim: str, revision: int | None = None) -> ClaimReport | None:
        """The newest report of a claim (of that revision, or of its highest)."""
        ...

    def reports(self, tenant: str) -> Iterator[ClaimReport]:
        """The newest report of every claim, in the order of claim ids."""
        ...

    def heads(self, tenant: str, *, after: int = 0) -> Iterator[Head]:
        """Every report with a number above `after`, in the order in which they were filed."""
        ...

    def last_entry(self) -> str:
        """The hash of the audit trail's last entry, to be kept elsewhere: whoever rewrites all cannot rewrite that."""
        ...

    def verify_audit(self) -> int:
        """The number of entries in the audit trail. Raises ArchiveError when it, or a report, was tampered with."""
        ...

    def sync(self) -> None:
        """Wait until all that was filed is on the disk."""
        ...

    def close(self) -> None: ...
