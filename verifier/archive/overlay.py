"""An archive that can be read through and not written to: for a look ahead that leaves nothing behind."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from verifier.archive.kits import Kits
from verifier.archive.protocol import Archive, Head, Link, Sighting
from verifier.archive.references import References
from verifier.casefile import Claim, ClaimReport, Identity, Item, Trace
from verifier.errors import ArchiveError


class Overlay:
    """What is put here stays in memory and goes with this object; all else is read from the archive beneath."""

    def __init__(self, beneath: Archive) -> None:
        self._beneath = beneath
        self._blobs: dict[str, bytes] = {}

    def put_blob(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self._blobs[digest] = bytes(data)
        return digest

    def blob(self, digest: str) -> bytes:
        return self._blobs[digest] if digest in self._blobs else self._beneath.blob(digest)

    def watermark(self, tenant: str) -> int:
        return self._beneath.watermark(tenant)

    def sightings(self, tenant: str, *, after: int = 0, upto: int | None = None) -> Iterator[Sighting]:
        return self._beneath.sightings(tenant, after=after, upto=upto)

    def sightings_at(self, tenant: str, sequences: Sequence[int]) -> list[Sighting]:
        return self._beneath.sightings_at(tenant, sequences)

    def erase(self, tenant: str, claim: str, at: datetime) -> int:  # noqa: ARG002
        return 0

    def erased(self, tenant: str) -> frozenset[int]:
        return self._beneath.erased(tenant)

    @property
    def index_root(self) -> Path | None:
        return self._beneath.index_root

    def sightings_of(self, tenant: str, claim: str) -> Sequence[Sighting]:
        return self._beneath.sightings_of(tenant, claim)

    def sharing(
        self, tenant: str, identity: Identity, *, upto: int | None = None, reach: int = 0, limit: int = 200
    ) -> Sequence[Sighting]:
        return self._beneath.sharing(tenant, identity, upto=upto, reach=reach, limit=limit)

    @property
    def references(self) -> References:
        return self._beneath.references

    @property
    def kits(self) -> Kits:
        return self._beneath.kits

    def links(self, tenant: str, claim: str | None = None) -> Sequence[Link]:
        return self._beneath.links(tenant, claim)

    def file(
        self,
        report: ClaimReport,  # noqa: ARG002
        traces: Mapping[str, Sequence[Trace]],  # noqa: ARG002
        links: Sequence[Link] = (),  # noqa: ARG002
        *,
        current: bool = False,  # noqa: ARG002
    ) -> bool:
        return False

    def filed(self, claim: Claim, digest: str, rulebook: str, pipeline: str) -> ClaimReport | None:
        return self._beneath.filed(claim, digest, rulebook, pipeline)

    def reported(self, tenant: str, claims: Collection[str]) -> frozenset[str]:
        return self._beneath.reported(tenant, claims)

    def remember(
        self,
        claim: Claim,  # noqa: ARG002
        items: Sequence[Item],  # noqa: ARG002
        traces: Mapping[str, Sequence[Trace]],  # noqa: ARG002
        at: datetime,  # noqa: ARG002
        links: Sequence[Link] = (),  # noqa: ARG002
    ) -> bool:
        return False

    def seen(self, claim: Claim, items: Sequence[Item]) -> bool:
        return self._beneath.seen(claim, items)

    def report(self, tenant: str, claim: str, revision: int | None = None) -> ClaimReport | None:
        return self._beneath.report(tenant, claim, revision)

    def reports(self, tenant: str) -> Iterator[ClaimReport]:
        return self._beneath.reports(tenant)

    def heads(self, tenant: str, *, after: int = 0) -> Iterator[Head]:
        return self._beneath.heads(tenant, after=after)

    def last_entry(self) -> str:
        return self._beneath.last_entry()

    def verify_audit(self) -> int:
        raise ArchiveError("nothing is filed here, so there is no trail", "ask the archive itself")

    def sync(self) -> None:
        pass

    def close(self) -> None:
        self._blobs.clear()
