"""What filing a report leaves behind in every archive: its key, its sightings and its entry in the audit trail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verifier.archive.protocol import Link, Sighting, sighting_of
from verifier.casefile import Claim, ClaimReport, Identity, Item, Kind, Trace
from verifier.errors import ArchiveError, Overtaken

GENESIS = "0" * 64  # what the first entry of an audit trail points back to
DECIDED = "decision.recorded"  # the action of an entry whose detail is a decision, all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the append-only trail. `hash` covers all the rest, and so, through `previous`, every entry before."""

    sequence: int
    at: str  # ISO 8601
    actor: str
    action: str
    subject: str
    detail: str  # canonical JSON
    previous: str
    hash: str


def key_of(report: ClaimReport) -> tuple[str, str, int, str, str, str]:
    """What makes two verifications the same one."""
    claim = report.claim
    return (claim.tenant, claim.id, claim.revision, report.digest, report.rulebook, report.pipeline)


def check_current(report: ClaimReport, watermark: int) -> None:
    """Raise Overtaken where the report could not see all that stands in the archive by now."""
    if report.watermark != watermark:
        raise Overtaken(
            f"claim {report.claim.id} was compared up to sighting {report.watermark}, and now there are {watermark}",
            "compare it again",
        )


def sightings_of(claim: Claim, items: Sequence[Item], traces: Mapping[str, Sequence[Trace]]) -> tuple[Sighting, ...]:
    """Where each page of the claim was seen, in order, not yet numbered. Refused items were not seen."""
    return tuple(
        sighting_of(claim, item, trace)
        for item in items
        if item.kind is not Kind.REFUSED
        for trace in (tuple(traces.get(item.id, ())) or (None,))
    )


def items_of(report: ClaimReport) -> tuple[Item, ...]:
    """The items of a report, in order."""
    return tuple(entry.item for entry in report.items)


def seen_as(sighting: Sighting) -> tuple[str, str, int, str, str, int]:
    """What makes two sightings the same one; -1 stands for an item without pages."""
    page = sighting.trace.place if sighting.trace else -1
    return (sighting.tenant, sighting.claim, sighting.revision, sighting.item, sighting.digest, page)


def blanked(trace: Trace) -> Trace:
    """The trace of an erased sighting: where it stood, and nothing of what was read or seen there."""
    return Trace(
        page=trace.page,
        panel=trace.panel,
        width=trace.width,
        height=trace.height,
        pixel_digest=trace.pixel_digest,  # by which the index knows its place
        pdq="",
        pdq_quality=0,
        phash="",
        dhash="",
        sheet=None if trace.sheet is None else "",
    )


def identities_of(sighting: Sighting) -> tuple[Identity, ...]:
    """What the sighting's origin says, if it has one."""
    origin = sighting.trace.origin if sighting.trace else None
    return origin.identities if origin else ()


def masked(tenant: str, identity: Identity) -> str:
    """What stands for an identity's value where it is only looked up: a hash, other in every tenant."""
    return sha256(json.dumps([tenant, identity.kind, identity.value]))[:32]


def entry_for(report: ClaimReport, body: str, seen: int, last: AuditEntry | None) -> AuditEntry:
    """The audit entry of a filed report: `body` is its JSON, `seen` the number of new sightings."""
    claim = report.claim
    detail = {
        "digest": report.digest,
        "rulebook": report.rulebook,
        "pipeline": report.pipeline,
        "watermark": report.watermark,
        "report": sha256(body),
        "sightings": seen,
    }
    return _own(last, report.made_at, "report.filed", f"{claim.tenant}/{claim.id}/r{claim.revision}", detail)


def entry_remembered(claim: Claim, seen: Sequence[Sighting], at: datetime, last: AuditEntry | None) -> AuditEntry:
    """The audit entry of a claim that was taken in as fingerprints: `seen` are its new sightings."""
    detail = {"items": sorted({sighting.digest for sighting in seen}), "sightings": len(seen)}
    return _own(last, at, "claim.remembered", f"{claim.tenant}/{claim.id}/r{claim.revision}", detail)


def entry_linked(tenant: str, link: Link, last: AuditEntry | None) -> AuditEntry:
    """The audit entry of a report that was reopened by an earlier claim which came late."""
    detail = {"item": link.item, "earlier": link.earlier_item, "likeness": link.likeness}
    return _own(last, link.at, "report.reopened", f"{tenant}/{link.claim}/r{link.revision}", detail)


def entry_erased(
    tenant: str, claim: str, sequences: Sequence[int], at: datetime, last: AuditEntry | None
) -> AuditEntry:
    """The audit entry of a claim whose sightings nothing is compared with any more."""
    return _own(last, at, "sightings.erased", f"{tenant}/{claim}", {"sightings": len(sequences)})


def _own(last: AuditEntry | None, at: datetime, action: str, subject: str, detail: Mapping[str, Any]) -> AuditEntry:
    """The entry of something that the machine did, and no person."""
    told = json.dumps(detail, sort_keys=True, separators=(",", ":"))
    return chained(last, at=at.isoformat(), actor="verifier", action=action, subject=subject, detail=told)


def chained(last: AuditEntry | None, *, at: str, actor: str, action: str, subject: str, detail: str) -> AuditEntry:
    """The entry that follows `last`."""
    sequence, previous = (last.sequence + 1, last.hash) if last else (1, GENESIS)
    return AuditEntry(
        sequence=sequence,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        previous=previous,
        hash=sha256(json.dumps([sequence, at, actor, action, subject, detail, previous])),
    )


def check_chain(
    entries: Iterable[AuditEntry], bodies: Mapping[str, int], decisions: Iterable[Mapping[str, Any]] = ()
) -> int:
    """The number of entries, each in its place and unchanged. Raises ArchiveError at the first that is not.

    `bodies` counts the reports of the archive by the SHA-256 of their JSON, `decisions` are the rows of its decisions:
    each must stand in the trail, unchanged. Who rewrites the whole file can make a new chain: keep the last hash
    elsewhere to notice that.
    """
    last: AuditEntry | None = None
    filed: dict[str, int] = {}
    decided: dict[int, Mapping[str, Any]] = {}
    for entry in entries:
        expected = chained(
            last, at=entry.at, actor=entry.actor, action=entry.action, subject=entry.subject, detail=entry.detail
        )
        if entry != expected:
            raise _broken(f"entry {entry.sequence} of the audit trail was changed, or one before it is missing")
        if entry.action == "report.filed":
            body = str(json.loads(entry.detail)["report"])
            filed[body] = filed.get(body, 0) + 1
        elif entry.action == DECIDED:
            decision = json.loads(entry.detail)
            decided[decision["sequence"]] = decision
        last = entry
    if filed != dict(bodies):
        raise _broken("a report was changed, added or removed without a trace in the audit trail")
    _check_decisions({row["sequence"]: row for row in decisions}, decided)
    return last.sequence if last else 0


def _check_decisions(kept: Mapping[int, Mapping[str, Any]], decided: Mapping[int, Mapping[str, Any]]) -> None:
    """Raises ArchiveError, naming the first decision that is not as the trail has it."""
    for number in sorted({*kept, *decided}):
        row, told = kept.get(number), decided.get(number)
        if row == told:
            continue
        if row is None or told is None:
            what = "was removed" if told else "was added without a trace in the audit trail"
        else:
            other = ", ".join(
                f"{name} is {row[name]!r} and was {told.get(name)!r}" for name in row if row[name] != told.get(name)
            )
            what = f"was changed: {other}"
        raise _broken(f"decision {number} on claim {(told or row or {}).get('claim')} {what}")


def sha256(text: str) -> str:
    """SHA-256 (hex) of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _broken(message: str) -> ArchiveError:
    return ArchiveError(message, "do not rely on this archive; restore it from a backup and find out who wrote to it")
