"""The claim's own words beside what was found: header, requirements, stated figures, what to ask, fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verifier.casefile import Bearing, Claim, ClaimReport, Quote, Route, Status, Truth
from verifier.reporting import wording
from verifier.reporting.reasons import Group, Reason, findings_of

_STATES = ("gate", "against", "unknown", "for", "silent")
MISSING_SLOTS = "claim.missing_slots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A requirement: what the claim says to it, the reasons that speak to it, and how they leave it."""

    title: str
    says: str
    reasons: tuple[Reason, ...]
    state: str  # gate, against, for, unknown, silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that the claim states, and the readings of it: value, item number, reasons that rest on it."""

    name: str
    says: str
    found: tuple[tuple[str, int, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to ask the partner, and the reasons for it."""

    text: str
    items: tuple[int, ...]
    reasons: tuple[int, ...]


def header(claim: Claim) -> tuple[str, ...]:
    """The claim's facts in one line, as far as they were stated."""
    parts = (
        claim.partner,
        wording.plain(claim.activity),
        wording.days(claim.window) if claim.window else "",
        wording.amounts(claim),
        claim.brand or "",
        claim.venue.name if claim.venue else "",
        f"submitted {wording.day(claim.submitted_at)}" if claim.submitted_at else "",
    )
    return tuple(part for part in parts if part)


def demands(report: ClaimReport, reasons: Sequence[Reason]) -> tuple[Demand, ...]:
    """Requirements, the failed ones first and those last to which nothing speaks; then in the order of their titles."""
    says = _says(report.claim)
    rows = [
        _demand(
            title, says.get(id_, ""), [r for r in reasons if r.hit.requirement == id_ and r.group is not Group.ASIDE]
        )
        for id_, title in report.requirements.items()
    ]
    return tuple(sorted(rows, key=lambda row: (_STATES.index(row.state), row.title)))


def figures(report: ClaimReport, reasons: Sequence[Reason]) -> tuple[Figure, ...]:
    """Every figure that the claim states, with what was read."""
    return tuple(
        Figure(name=wording.plain(name), says=text, found=_found(report, name, text, reasons))
        for name, text in sorted(report.claim.stated.items())
    )


def asks(report: ClaimReport, reasons: Sequence[Reason]) -> tuple[Ask, ...]:
    """What the partner should do, each thing once: refused items first, then the reasons in their order.

    What only informs (a table cut off, a script not read) asks where its item cannot be judged without more.
    """
    wanted: dict[str, list[tuple[int, int]]] = {}
    waiting = {entry.item.id: entry.assessment.route is Route.NEEDS_INPUT for entry in report.items}
    numbers = {entry.item.id: n for n, entry in enumerate(report.items, start=1)}
    for entry in report.items:
        if entry.item.problem:
            remedy = _sentence(entry.item.problem.remedy)
            wanted.setdefault(remedy, []).append((numbers[entry.item.id], 0))
    for reason in reasons:
        if reason.hit.ask and _speaks(reason, waiting=waiting.get(reason.owner, False)):
            wanted.setdefault(_sentence(reason.hit.ask), []).append((numbers.get(reason.owner, 0), reason.number))
    return tuple(
        Ask(
            text=text,
            items=tuple(sorted({item for item, _ in by if item})),
            reasons=tuple(number for _, number in by if number),
        )
        for text, by in wanted.items()
    )


def _speaks(reason: Reason, *, waiting: bool) -> bool:
    """Whether a reason's request is made, where its item is `waiting` for more or not."""
    if reason.hit.truth is not Truth.CANNOT_TELL and reason.hit.bearing is Bearing.INFORMS:
        return waiting
    speaks = reason.hit.truth is Truth.CANNOT_TELL or reason.hit.bearing is Bearing.CONTRADICTS
    return speaks and (reason.group is not Group.ASIDE or waiting)


def missing(report: ClaimReport) -> str:
    """Slots that are short, as the claim's own measures name them; "" where nothing is missing."""
    findings = findings_of(report.inspections).values()
    return next((finding.note for finding in findings if finding.code == MISSING_SLOTS and finding.value), "")


def fingerprint(report: ClaimReport) -> tuple[tuple[str, str], ...]:
    """What this report rests on, to the digit."""
    models = ((f"model {name}", digest) for name, digest in sorted(report.models.items()))
    return (
        ("claim and items", report.digest),
        ("rulebook", report.rulebook),
        ("pipeline", report.pipeline),
        *models,
        ("archive watermark", str(report.watermark)),
        ("schema", report.schema),
        ("made", wording.moment(report.made_at)),
    )


def _demand(title: str, says: str, speaking: Sequence[Reason]) -> Demand:
    return Demand(title=title, says=says, reasons=tuple(speaking), state=_state(speaking))


def _state(speaking: Iterable[Reason]) -> str:
    tones = [reason.tone for reason in speaking]
    return next((tone for tone in ("gate", "against", "for", "unknown") if tone in tones), "silent")  # the strongest


def _says(claim: Claim) -> Mapping[str, str]:
    """What the claim states, by the requirement that it is held against."""
    stated = ", ".join(f"{wording.plain(name)} {text}" for name, text in sorted(claim.stated.items()))
    return {
        "deadline": f"submitted {wording.day(claim.submitted_at)}" if claim.submitted_at else "",
        "window": wording.days(claim.window) if claim.window else "",
        "amount": wording.amounts(claim),
        "brand_present": claim.brand or "",
        "no_competitor": f"not {', '.join(claim.competitors)}" if claim.competitors else "",
        "figures_match_claim": stated,
        "attendance_consistent": stated,
        "place": claim.venue.name if claim.venue else "",
        "activity_shown": wording.plain(claim.activity),
    }


def _found(
    report: ClaimReport, name: str, stated: str, reasons: Sequence[Reason]
) -> tuple[tuple[str, int, tuple[int, ...]], ...]:
    """Readings of a figure: by its name, or else (inspectors know other names, too) by what they were held against."""
    named: list[tuple[str, int, tuple[int, ...]]] = []
    held: list[tuple[str, int, tuple[int, ...]]] = []
    for number, entry in enumerate(report.items, start=1):
        for reference, finding in findings_of(entry.inspections).items():
            if finding.status is not Status.MEASURED:
                continue
            on = tuple(r.number for r in reasons if r.owner == entry.item.id and reference in r.because)
            quotes = [mark for mark in finding.marks if isinstance(mark, Quote)]
            if finding.code.rpartition(".")[2] == name:
                named.append((quotes[0].text if quotes else wording.value(finding.value), number, on))
            held.extend((quote.text, number, on) for quote in quotes if quote.expected == stated)
    return tuple(dict.fromkeys(named or held))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
