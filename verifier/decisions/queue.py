"""Who comes next: the claims that need a person, most doubtful and most valuable first."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from verifier.casefile import ClaimReport, Outcome, Route
from verifier.decisions.standing import Standing

OVERDUE = timedelta(days=14)  # half of the 30 days within which partners are commonly paid


class Turn(StrEnum):
    """Whose turn it is with a claim."""

    PERSON = "person"
    PARTNER = "partner"  # has to send something: the machine or a person asked
    NOBODY = "nobody"  # it was accepted or rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A claim by its newest report, with what stands on it; `events` are moments at which something new was learnt.

    An event after the decision (a copy of it was filed elsewhere, say) reopens the claim, as a new revision does.
    """

    report: ClaimReport
    standing: Standing
    events: tuple[datetime, ...] = ()

    @property
    def is_reopened(self) -> bool:
        """Whether it was decided, and something came in since."""
        decided = self.standing.claim
        if decided is None:
            return False
        return decided.revision < self.report.claim.revision or any(event > decided.at for event in self.events)


def turn(waiting: Waiting) -> Turn:
    """Whose turn it is."""
    decided = None if waiting.is_reopened else waiting.standing.claim
    if decided is not None:
        return Turn.PARTNER if decided.outcome is Outcome.ASK else Turn.NOBODY
    return Turn.PARTNER if waiting.report.assessment.route is Route.NEEDS_INPUT else Turn.PERSON


def order(claims: Iterable[Waiting], now: datetime) -> tuple[Waiting, ...]:
    """The claims that nobody has decided, in the order in which to look at them.

    First what was handed in more than `OVERDUE` ago, so that nothing small waits for ever; then by route, full review
    before quick look; then by what is at stake, the most first: amount x (1 - probability), the loss to be expected if
    the claim were paid unseen. A claim without an amount counts as the median one; amounts of several currencies are
    compared as they are. What waits for its partner because the machine asked comes last, in the same order; what a
    person asked for is left out until the next revision.
    """
    open_ = [one for one in claims if turn(one) is Turn.PERSON or _machine_asked(one)]
    usual = _median(open_)
    return tuple(sorted(open_, key=lambda one: _place(one, now, usual)))


def at_stake(report: ClaimReport, usual: Decimal = Decimal(1)) -> float:
    """Amount x (1 - probability), in the claim's currency; `usual` stands in for an amount that is not stated."""
    amount = report.claim.claimed_amount
    return float(usual if amount is None else amount) * (1 - report.assessment.probability)


def is_overdue(report: ClaimReport, now: datetime) -> bool:
    """Whether it was handed in longer ago than it should wait."""
    return now - (report.claim.submitted_at or report.made_at) > OVERDUE


def _machine_asked(waiting: Waiting) -> bool:
    return turn(waiting) is Turn.PARTNER and (waiting.standing.claim is None or waiting.is_reopened)


def _place(waiting: Waiting, now: datetime, usual: Decimal) -> tuple[bool, bool, bool, float, str]:
    report = waiting.report
    return (
        turn(waiting) is not Turn.PERSON,
        not is_overdue(report, now),
        report.assessment.route is not Route.FULL_REVIEW,
        -at_stake(report, usual),
        report.claim.id,
    )


def _median(claims: Sequence[Waiting]) -> Decimal:
    amounts = [one.report.claim.claimed_amount for one in claims]
    return statistics.median([amount for amount in amounts if amount is not None] or [Decimal(1)])
