"""Scopes of a report. What a partner may see is listed here, field by field: what is not listed stays inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verifier.casefile import Axis, Bearing, ClaimReport, Hit, Lookalike, Problem, Truth
from verifier.reporting.reasons import findings_of
from verifier.reporting.redaction import redact

SCHEMA = "verifier.partner/1"
_OF_OTHERS = ("duplicates.", "identity.")  # findings that name what others handed in


class Standing(StrEnum):
    """How a requirement stands, as far as a partner is told."""

    MET = "met"
    OPEN = "open"  # nothing shows it yet, or what was sent cannot be read
    NOT_MET = "not_met"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRequirement:
    """A requirement: its standing, what was seen (titles), and what to do."""

    title: str
    standing: Standing
    seen: tuple[str, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerItem:
    """An item as the partner named it, and why it could not be read, if so."""

    name: str
    slot: str | None
    problem: Problem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerReport:
    """A claim as its partner may see it: no score, no weight, no threshold, no route, nobody else's data."""

    schema: str
    claim: str
    revision: int
    activity: str
    partner: str
    requirements: tuple[PartnerRequirement, ...]  # those to which something can be told
    items: tuple[PartnerItem, ...]
    made_at: datetime


def for_partner(report: ClaimReport) -> PartnerReport:
    """The partner's extract of a report, without personal data: who handed a file in need not be who took it."""
    report = redact(report)
    secret = _secret(report)
    requirements = (
        _requirement(title, [hit for hit in report.hits if hit.requirement == id_], secret)
        for id_, title in report.requirements.items()
    )
    return PartnerReport(
        schema=SCHEMA,
        claim=report.claim.id,
        revision=report.claim.revision,
        activity=report.claim.activity,
        partner=report.claim.partner,
        requirements=tuple(one for one in requirements if one.seen or one.asks),
        items=tuple(
            PartnerItem(name=entry.item.name, slot=entry.item.slot, problem=entry.item.problem)
            for entry in report.items
        ),
        made_at=report.made_at,
    )


def _requirement(title: str, hits: Sequence[Hit], secret: Mapping[str, frozenset[str]]) -> PartnerRequirement:
    """Hits that are secret keep their `ask` and nothing else: authenticity is asked about, never argued."""
    told = [hit for hit in hits if hit.truth is Truth.HOLDS and not _is_secret(hit, secret)]
    bearings = {hit.bearing for hit in told}
    if Bearing.CONTRADICTS in bearings:
        standing = Standing.NOT_MET
    else:
        standing = Standing.MET if Bearing.SUPPORTS in bearings else Standing.OPEN
    wanting = [hit for hit in hits if hit.truth is Truth.CANNOT_TELL or hit.bearing is Bearing.CONTRADICTS]
    return PartnerRequirement(
        title=title,
        standing=standing,
        seen=_once(hit.title for hit in told),
        asks=_once(hit.ask for hit in wanting if hit.ask),
    )


def _is_secret(hit: Hit, secret: Mapping[str, frozenset[str]]) -> bool:
    """Whether a title would argue about authenticity, or could name what another partner sent."""
    return hit.axis is Axis.AUTHENTICITY or not secret.get(hit.item, frozenset()).isdisjoint(hit.because)


def _secret(report: ClaimReport) -> Mapping[str, frozenset[str]]:
    """References of findings that point at somebody else's evidence, by the item that they are on."""
    sources = [(entry.item.id, entry.inspections) for entry in report.items] + [("", report.inspections)]
    return {
        owner: frozenset(
            reference
            for reference, finding in findings_of(inspections).items()
            if finding.code.startswith(_OF_OTHERS) or any(isinstance(mark, Lookalike) for mark in finding.marks)
        )
        for owner, inspections in sources
    }


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
