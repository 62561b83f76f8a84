"""Reasons: hits in the order in which a person should read them, numbered, with what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from verifier.casefile import Bearing, ClaimReport, Finding, Hit, Inspection, ItemReport, Status, Truth
from verifier.reporting import wording
from verifier.reporting.waterfall import Waterfall, waterfall

_UNTOLD = frozenset({Status.ABSENT, Status.UNDETERMINED, Status.NOT_RUN})


class Group(StrEnum):
    """Where on the page a reason stands."""

    COUNTED = "counted"  # it spoke, and has points or closes the gate
    UNKNOWN = "unknown"  # it wanted to speak and could not
    NOTED = "noted"  # it spoke, and changes nothing
    ASIDE = "aside"  # of one item, while another item speaks more strongly to the same requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A hit with its number, its points and the findings that it rests on, by reference (`"<code>#<n>"`)."""

    number: int
    hit: Hit
    group: Group
    decibans: float
    owner: str  # id of the item whose findings it rests on, "" for the claim's own
    because: Mapping[str, Finding]

    @property
    def causes(self) -> tuple[str, ...]:
        """Why it cannot tell, each cause once."""
        if self.hit.truth is not Truth.CANNOT_TELL:
            return ()
        notes = (wording.cause(finding) for finding in self.because.values() if finding.status in _UNTOLD)
        return tuple(dict.fromkeys(notes))

    @property
    def tone(self) -> str:
        """How the page colours it: gate, against, for, unknown or note."""
        if self.hit.truth is Truth.CANNOT_TELL:
            return "unknown"
        if self.hit.gate:
            return "gate"
        return {Bearing.CONTRADICTS: "against", Bearing.SUPPORTS: "for", Bearing.INFORMS: "note"}[self.hit.bearing]

    @property
    def capped(self) -> bool:
        """Whether its group's cap took some of its weight."""
        return self.group is Group.COUNTED and abs(self.hit.weight - self.decibans) >= 0.05


def findings_of(inspections: Iterable[Inspection]) -> Mapping[str, Finding]:
    """Findings by reference: "<code>#<n>" is the n-th finding of that code, counted from 0, over all inspections."""
    seen: dict[str, int] = {}
    named: dict[str, Finding] = {}
    for inspection in inspections:
        for finding in inspection.findings:
            count = seen.get(finding.code, 0)
            named[f"{finding.code}#{count}"] = finding
            seen[finding.code] = count + 1
    return named


def reasons_of(report: ClaimReport) -> tuple[Reason, ...]:
    """All reasons of a claim: failed gates, then by absolute points, then what cannot be told, notes, and asides."""
    findings = {entry.item.id: findings_of(entry.inspections) for entry in report.items}
    findings[""] = findings_of(report.inspections)
    points = {(part.rule, part.item): part.decibans for part in report.assessment.points}
    drafts = [_reason(hit, points.get((hit.rule, hit.item), 0.0), hit.item, findings) for hit in report.hits]
    told = {(hit.rule, hit.item) for hit in report.hits}
    for entry in report.items:
        drafts.extend(_asides(entry, told, findings))
    ordered = sorted(_once(drafts), key=_place)
    return tuple(replace(reason, number=number) for number, reason in enumerate(ordered, start=1))


def waterfall_of(report: ClaimReport, reasons: Sequence[Reason]) -> Waterfall:
    """The claim's waterfall: one step for each counted reason, in their order."""
    return waterfall(report.assessment.prior, [r.decibans for r in reasons if r.group is Group.COUNTED])


def _reason(hit: Hit, decibans: float, owner: str, findings: Mapping[str, Mapping[str, Finding]]) -> Reason:
    known = findings.get(owner, {})
    because = {reference: known[reference] for reference in hit.because if reference in known}
    if hit.truth is Truth.CANNOT_TELL:
        group = Group.UNKNOWN
    else:
        group = Group.COUNTED if decibans or hit.gate or hit.bearing is not Bearing.INFORMS else Group.NOTED
    return Reason(number=0, hit=hit, group=group, decibans=decibans, owner=owner, because=because)


def _once(reasons: Iterable[Reason]) -> list[Reason]:
    """Several rules that cannot tell the same for the same cause are one reason, the one that says what to ask."""
    distinct: dict[tuple[object, ...], Reason] = {}
    for reason in sorted(reasons, key=lambda reason: not reason.hit.ask):
        alike = (reason.owner, reason.group, reason.hit.title, reason.causes)
        distinct.setdefault(alike if reason.causes else (reason.owner, reason.hit.rule), reason)
    return list(distinct.values())


def _asides(
    entry: ItemReport, told: set[tuple[str, str]], findings: Mapping[str, Mapping[str, Finding]]
) -> Iterable[Reason]:
    points = {part.rule: part.decibans for part in entry.assessment.points}
    for hit in entry.hits:
        if (hit.rule, entry.item.id) in told:
            continue
        reason = _reason(hit, points.get(hit.rule, 0.0), entry.item.id, findings)
        yield replace(reason, group=Group.ASIDE)


def _place(reason: Reason) -> tuple[int, bool, str, float, str, str]:
    groups = list(Group)
    aside = reason.owner if reason.group is Group.ASIDE else ""
    closes = reason.hit.gate and reason.hit.truth is Truth.HOLDS
    return groups.index(reason.group), not closes, aside, -abs(reason.decibans), reason.hit.rule, reason.owner
