"""What the claim itself says, measured: dates, amounts, and what was handed in for which slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from verifier.casefile import (
    Activity,
    Claim,
    Finding,
    Gauge,
    Inspection,
    Item,
    Kind,
    Mark,
    Span,
    Status,
    Table,
    Timeline,
)
from verifier.instruments import zones
from verifier.programs import side_by_side
from verifier.programs.slots import fills

VERSION = "3"

CODES = frozenset(
    {
        "claim.missing_slots",  # count of slots that are short; the note names them
        "claim.missing_asks",  # texts: what to send, slot by slot; not applicable when nothing is missing
        "claim.filled_slots",  # ids of the slots that hold at least one fitting item
        "claim.assumed_slots",  # count of items whose slot nobody stated
        "claim.refused_items",  # count; the note names them
        "claim.unread_items",  # count of items that are stored and hashed, but not read
        "claim.link_items",  # count of links: nobody has followed them
        "claim.days_after_deadline",  # days past deadline and grace; 0 or less is in time
        "claim.window_open",  # true: handed in before the last day of the activity
        "claim.approved_before_start",  # true: approved no later than the first day of the activity
        "claim.amount_over_approved",  # claimed less approved, in the claim's currency
        side_by_side.AGREE,  # count of figures that two items print alike
        side_by_side.DIFFER,  # count of those that they do not; the note names them
    }
)
"""What rules of claim scope may rest on. All but the last two are measured from the claim's facts alone."""

_UNREAD = frozenset({Kind.AUDIO, Kind.VIDEO, Kind.SLIDES})


def measure(
    claim: Claim, activity: Activity, items: Sequence[Item], found: Mapping[str, Sequence[Inspection]]
) -> Inspection:
    """The facts of the claim, as findings. `items` have gone through `assign_slots`; `found` on each, by its id.

    What nobody stated is UNDETERMINED; amounts are NOT_APPLICABLE where neither was stated.
    """
    findings = (
        *_slots(activity, items),
        _counted("claim.assumed_slots", [item for item in items if item.slot_assumed]),
        _counted("claim.refused_items", [item for item in items if item.kind is Kind.REFUSED]),
        _counted("claim.unread_items", [item for item in items if item.kind in _UNREAD]),
        _counted("claim.link_items", [item for item in items if item.kind is Kind.LINK]),
        _deadline(claim, activity),
        _window_open(claim),
        _approval(claim),
        _amount(claim),
        *side_by_side.side_by_side(items, found),
    )
    return Inspection(inspector="claim", version=VERSION, findings=findings)


def _slots(activity: Activity, items: Sequence[Item]) -> Iterator[Finding]:
    counts = {slot.id: sum(fills(item, slot) for item in items) for slot in activity.slots}
    short = [slot for slot in activity.slots if counts[slot.id] < slot.minimum]
    rows = tuple((slot.title, str(slot.minimum), str(counts[slot.id])) for slot in activity.slots)
    highlighted = tuple(index for index, slot in enumerate(activity.slots) if slot in short)
    table = Table(header=("evidence", "asked for", "handed in"), rows=rows, highlighted=highlighted)
    names = ", ".join(slot.title for slot in short)
    yield Finding(code="claim.missing_slots", value=len(short), marks=(table,), note=names)
    yield (
        Finding(code="claim.missing_asks", value=tuple(slot.ask for slot in short))
        if short
        else Finding(code="claim.missing_asks", status=Status.NOT_APPLICABLE, note="nothing is missing")
    )
    filled = tuple(slot.id for slot in activity.slots if counts[slot.id])
    yield Finding(code="claim.filled_slots", value=filled, marks=(table,))


def _counted(code: str, items: Sequence[Item]) -> Finding:
    return Finding(code=code, value=len(items), note=", ".join(item.name for item in items))


def _open(code: str, note: str) -> Finding:
    return Finding(code=code, status=Status.UNDETERMINED, note=note)


def _submission_day(claim: Claim) -> date | None:
    """The calendar day of the submission at the venue; by the submission's own offset where no zone is known."""
    moment = claim.submitted_at
    if moment is None:
        return None
    zone = zones.of_venue(claim.venue) if moment.tzinfo is not None else None
    return moment.astimezone(zone).date() if zone else moment.date()


def _unstated(claim: Claim) -> str:
    missing = [
        name
        for name, value in (("activity window", claim.window), ("time of submission", claim.submitted_at))
        if value is None
    ]
    return f"the claim states no {' and no '.join(missing)}"


def _deadline(claim: Claim, activity: Activity) -> Finding:
    code, day = "claim.days_after_deadline", _submission_day(claim)
    if day is None or claim.window is None:
        return _open(code, _unstated(claim))
    deadline = claim.window.end + timedelta(days=activity.deadline_days)
    last = deadline + timedelta(days=activity.grace_days)
    spans = (
        _span("activity window", claim.window.start, claim.window.end),
        _span("time to file", claim.window.end, last),
        _span("filed", day, day),
    )
    note = f"{(day - deadline).days} days into the grace of {activity.grace_days}" if deadline < day <= last else ""
    return Finding(code=code, value=(day - last).days, marks=(Timeline(spans=spans),), note=note)


def _window_open(claim: Claim) -> Finding:
    code, day = "claim.window_open", _submission_day(claim)
    if day is None or claim.window is None:
        return _open(code, _unstated(claim))
    spans = (_span("activity window", claim.window.start, claim.window.end), _span("filed", day, day))
    return Finding(code=code, value=day < claim.window.end, marks=(Timeline(spans=spans),))


def _approval(claim: Claim) -> Finding:
    code = "claim.approved_before_start"
    if claim.window is None:
        return _open(code, "the claim states no activity window")
    if claim.approved_at is None:
        return _open(code, "the claim states no day of approval")
    window = _span("activity window", claim.window.start, claim.window.end)
    mark: Mark = Timeline(spans=(window, _span("approved", claim.approved_at, claim.approved_at)))
    return Finding(code=code, value=claim.approved_at <= claim.window.start, marks=(mark,))


def _amount(claim: Claim) -> Finding:
    code, claimed, approved = "claim.amount_over_approved", claim.claimed_amount, claim.approved_amount
    if claimed is None and approved is None:
        return Finding(code=code, status=Status.NOT_APPLICABLE, note="the claim states no amounts")
    if claimed is None or approved is None:
        return _open(code, f"the claim states no {'claimed' if claimed is None else 'approved'} amount")
    currency = claim.currency or ""
    gauge = Gauge(
        label="claimed",
        value=float(claimed),
        low=0.0,
        high=float(max(claimed, approved)),
        limit=float(approved),
        unit=currency,
    )
    note = f"{claimed} {currency} claimed, {approved} {currency} approved".replace("  ", " ").rstrip()
    return Finding(code=code, value=float(claimed - approved), marks=(gauge,), note=note)


def _span(label: str, start: date, end: date) -> Span:
    return Span(label=label, start=start.isoformat(), end=end.isoformat())
