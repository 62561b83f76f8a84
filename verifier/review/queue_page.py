"""The queue as a page: rows in the order of `decisions.order`, filtered by route and by words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from verifier.casefile import Decision, Route
from verifier.decisions import Turn, Waiting, turn
from verifier.decisions.queue import OVERDUE
from verifier.reporting import wording
from verifier.review.room import Entry, Room

OPEN, DECIDED = "open", "decided"
SHOWN = {
    OPEN: "needs a person",
    Route.FULL_REVIEW.value: "full review",
    Route.QUICK_LOOK.value: "quick look",
    Route.NEEDS_INPUT.value: "waits for the partner",
    DECIDED: "decided",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What part of the queue is looked at: one of `SHOWN`, and words that a claim must have."""

    show: str = OPEN
    words: str = ""

    @property
    def query(self) -> Mapping[str, str]:
        """As parameters of an address; what is as usual is left out."""
        given = {"show": self.show if self.show != OPEN else "", "q": self.words}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One claim in the queue."""

    claim: str
    revision: int
    partner: str
    activity: str
    amount: str
    score: int
    route: Route
    reason: str
    due: str
    late: bool
    decided: Decision | None
    reopened: bool
    link: str


def where_of(show: str, words: str) -> Where:
    """What was asked for; the whole queue where that is unknown."""
    return Where(show=show if show in SHOWN else OPEN, words=words.strip()[:200])


def part(room: Room, tenant: str, where: Where, undecided: str = "") -> tuple[Entry, ...]:
    """The claims of that part of the queue, in order; `undecided` as `Room.queue` has it."""
    if where.show == DECIDED:
        claims = [one for one in room.claims(tenant) if one.waiting.standing.claim is not None]
        claims.sort(key=lambda one: one.waiting.standing.newest, reverse=True)
    else:
        claims = [one for one in room.queue(tenant, undecided) if _belongs(one.waiting, where.show)]
    wanted = where.words.casefold().split()
    return tuple(one for one in claims if all(word in _words(one) for word in wanted)) if wanted else tuple(claims)


def rows(room: Room, tenant: str, claims: Sequence[Entry], where: Where, root: str) -> tuple[Row, ...]:
    """The claims as rows."""
    now = room.clock()
    return tuple(_row(one.waiting, room.leading(tenant, one.claim.id), where, root, now) for one in claims)


def address(root: str, claim: str, where: Where, **more: object) -> str:
    """Where a claim's page is."""
    return f"{root}/claim?{urlencode({'id': claim, **where.query, **more})}"


def due(one: Waiting, now: datetime) -> tuple[str, bool]:
    """When a claim should be decided, in words, and whether that is past."""
    left = (one.report.claim.submitted_at or one.report.made_at) + OVERDUE - now
    days = abs(left.days)
    if left.total_seconds() < 0:
        return (f"{days} days late" if days > 1 else "late"), True
    return ("due today" if not days else f"due in {days} day{'s' if days > 1 else ''}"), False


def _belongs(one: Waiting, show: str) -> bool:
    person = turn(one) is Turn.PERSON
    if show == Route.NEEDS_INPUT.value:
        return not person
    return person and show in (OPEN, one.report.assessment.route.value)


def _words(one: Entry) -> str:
    claim = one.claim
    parts = (claim.id, claim.partner, wording.plain(claim.activity), claim.brand or "", claim.program)
    return " ".join([*parts, *one.items]).casefold()


def _row(one: Waiting, leading: str, where: Where, root: str, now: datetime) -> Row:
    claim, judged = one.report.claim, one.report.assessment
    text, late = due(one, now)
    return Row(
        claim=claim.id,
        revision=claim.revision,
        partner=claim.partner,
        activity=wording.plain(claim.activity),
        amount=wording.money(claim.claimed_amount, claim.currency) if claim.claimed_amount is not None else "",
        score=judged.score,
        route=judged.route,
        reason=leading,
        due=text,
        late=late,
        decided=one.standing.claim,
        reopened=one.is_reopened,
        link=address(root, claim.id, where),
    )
