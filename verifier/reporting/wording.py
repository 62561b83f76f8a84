"""How values are worded for people: dates, money, sizes, routes, points."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from verifier.casefile import Claim, Finding, Hit, Kind, Route, Status, Value, Window

ROUTES = {
    Route.FAST_TRACK: "fast track",
    Route.QUICK_LOOK: "quick look",
    Route.NEEDS_INPUT: "needs input",
    Route.FULL_REVIEW: "full review",
}
SIGNS = {Route.FAST_TRACK: "✓", Route.QUICK_LOOK: "✓", Route.NEEDS_INPUT: "?", Route.FULL_REVIEW: "!"}
STATUSES = {
    Status.MEASURED: "measured",
    Status.ABSENT: "absent",
    Status.UNDETERMINED: "cannot tell",
    Status.NOT_APPLICABLE: "not applicable",
    Status.NOT_RUN: "not run",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # whatever the locale
_NOT_READ = frozenset({Kind.AUDIO, Kind.VIDEO, Kind.SLIDES})


def shortened(text: str, longest: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def plain(name: str) -> str:
    """An identifier as words: `in_store_display` is "in store display", `figures-add-up` "figures add up"."""
    return name.replace("_", " ").replace("-", " ")


def _month(value: date) -> str:
    return _MONTHS[value.month - 1]


def day(value: date) -> str:
    """`12 May 2026`."""
    return f"{value.day} {_month(value)} {value.year}"


def moment(value: datetime) -> str:
    """`28 May 2026, 09:12 +02:00`; without the offset where there is none."""
    zone = value.strftime("%z")
    return f"{day(value)}, {value:%H:%M}{f' {zone[:3]}:{zone[3:5]}' if zone else ''}"


def days(window: Window) -> str:
    """`12–26 May 2026`, and no more of it twice than must be."""
    start, end = window.start, window.end
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    if start.year == end.year:
        return f"{start.day} {_month(start)} – {day(end)}"
    return f"{day(start)} – {day(end)}"


def money(amount: Decimal, currency: str | None) -> str:
    """`EUR 3,200` or `3,200.50`; cents only where there are any."""
    written = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return f"{currency} {written}" if currency else written


def amounts(claim: Claim) -> str:
    """`EUR 3,200 of 4,000 approved`, as far as it was stated."""
    claimed, approved = claim.claimed_amount, claim.approved_amount
    if claimed is None:
        return "" if approved is None else f"{money(approved, claim.currency)} approved"
    if approved is None:
        return money(claimed, claim.currency)
    return f"{money(claimed, claim.currency)} of {money(approved, None)} approved"


def size(count: int) -> str:
    """Bytes as `312 B`, `24 kB` or `3.1 MB`."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def figure(value: float) -> str:
    """A number with up to four significant digits, thousands parted; whole numbers keep all their digits."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def value(content: Value) -> str:
    """A finding's value in words."""
    if content is None:
        return "–"
    if isinstance(content, bool):
        return "yes" if content else "no"
    if isinstance(content, int | float):
        return figure(content)
    return content if isinstance(content, str) else ", ".join(content)


def distance(metres: float) -> str:
    """`340 m`, `12.4 km`."""
    return (
        f"{metres:,.0f} m"
        if metres < 1000
        else f"{metres / 1000:,.1f} km"
        if metres < 1e5
        else f"{metres / 1000:,.0f} km"
    )


def decibans(tenths: int) -> str:
    """Tenths of a deciban as `+6.1`, `−14.2` (with a true minus sign) or `0`."""
    if tenths == 0:
        return "0"
    return f"{'+' if tenths > 0 else '−'}{abs(tenths) / 10:.1f}"


def percent(probability: float) -> str:
    """`34%`; beyond 99 and below 1 with one more digit, and never a false 0% or 100%."""
    if 0.01 <= probability <= 0.99:
        return f"{probability:.0%}"
    if probability < 0.001:
        return "<0.1%"
    return ">99.9%" if probability > 0.999 else f"{probability:.1%}"


def reach(low: float, high: float) -> str:
    """What the open questions could make of the probability."""
    if percent(low) == percent(high):
        return "no open question would move it"
    return f"{percent(low)} to {percent(high)} once all can be told"


def basis(text: str) -> str:
    """What the probability rests on, in a sentence."""
    if text.startswith("calibrated("):
        return f"calibrated on {text.removeprefix('calibrated(').rstrip(')')} decisions"
    return "expert weights, not yet calibrated on decisions" if text == "expert" else text


def cause(finding: Finding) -> str:
    """Why a finding cannot tell: its note, or else its status and what was looked for."""
    looked_for = plain(finding.code.rpartition(".")[2])
    return finding.note or f"{looked_for}: {STATUSES[finding.status]}"


def item_number(hit: Hit) -> int | None:
    """The number of the item that a claim's hit came from (item ids end in "/<number>")."""
    tail = hit.item.rpartition("/")[2]
    return int(tail) if tail.isdecimal() else None


def not_read(kind: Kind) -> bool:
    """Whether items of this kind are stored and hashed only."""
    return kind in _NOT_READ
