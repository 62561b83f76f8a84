"""From what a person wishes to a decision: what may be decided on a claim, and by whom it may be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from verifier import codec
from verifier.casefile import Claim, ClaimReport, Decision, Outcome
from verifier.decisions.standing import in_force
from verifier.errors import DecidedMeanwhile, DecisionError

LONGEST_REASON = 4000  # characters: a page
_PLACES = 3  # decimal places, as many as a claim's own amounts may have


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants to decide; `item` is an item's id, "" for the claim. `currency` is checked where given."""

    outcome: Outcome
    item: str = ""
    amount: Decimal | None = None
    currency: str | None = None
    reason: str = ""


def report_name(report: ClaimReport) -> str:
    """The name of a report: SHA-256 (hex) over what makes a verification that one and no other.

    The archive keeps one report for each of these, and its audit trail holds the digest of the report's bytes beside
    them. A later version of verifier gives an old report the same name, however its JSON looks by then.
    """
    claim = report.claim
    return codec.digest_of((claim.tenant, claim.id, claim.revision, report.digest, report.rulebook, report.pipeline))


def payable(claim: Claim) -> Decimal | None:
    """The most that may be accepted: what is claimed, and no more than was approved; None where nothing is claimed."""
    if claim.claimed_amount is None or claim.approved_amount is None:
        return claim.claimed_amount
    return min(claim.claimed_amount, claim.approved_amount)


def decide(report: ClaimReport, history: Sequence[Decision], wish: Wish, by: str, at: datetime) -> Decision:
    """The decision, not yet numbered. `history` are the claim's decisions, on all its revisions.

    Reject and ask need a reason. An accepted claim gets `payable` where no amount is given, if that is all it claims;
    where less was approved than is claimed, the amount must be said.
    Raises DecisionError, and DecidedMeanwhile where a later revision was decided.
    """
    if any(line.revision > report.claim.revision for line in history):
        told = f"this is revision {report.claim.revision} of claim {report.claim.id}, and a later one was decided"
        raise DecidedMeanwhile(told, "decide on the newest")
    wish = replace(wish, reason=_tidy(wish.reason))
    faults = dict(_faults(report, wish))
    if faults:
        field, text = next(iter(faults.items()))
        raise DecisionError(f"{field} {text}", "correct it and decide again", faults)
    amount = None if wish.amount is None else Decimal(f"{wish.amount:f}")  # 620, however it was written: 6.2E+2
    if amount is None and wish.outcome is Outcome.ACCEPT and not wish.item:
        amount = payable(report.claim)
    return Decision(
        claim=report.claim.id,
        revision=report.claim.revision,
        item=wish.item,
        outcome=wish.outcome,
        reason=wish.reason,
        amount=amount,
        report=report_name(report),
        by=by,
        at=at,
    )


def undo(history: Sequence[Decision], by: str, at: datetime, *, revision: int | None = None) -> Decision:
    """The line that takes back the newest standing decision of that person (on that revision), not yet numbered.

    Raises DecisionError when there is none.
    """
    own = [line for line in in_force(history) if line.by == by and revision in (None, line.revision)]
    if not own:
        raise DecisionError(f"no decision of {by} stands here", "only who decided can take it back")
    newest = max(own, key=lambda line: line.sequence)
    return replace(newest, sequence=0, at=at, undoes=newest.sequence)


def _tidy(reason: str) -> str:
    """One kind of line end, and nothing that cannot be written as UTF-8."""
    text = reason.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", "replace").decode().strip()


def _faults(report: ClaimReport, wish: Wish) -> Iterator[tuple[str, str]]:
    if wish.item and wish.item not in {entry.item.id for entry in report.items}:
        yield "item", "is none of this claim's"
    if wish.outcome is not Outcome.ACCEPT and not wish.reason:
        yield "reason", f"is needed to {wish.outcome}"
    if len(wish.reason) > LONGEST_REASON:
        yield "reason", f"is longer than {LONGEST_REASON} characters"
    if (fault := _amount_fault(report.claim, wish)) is not None:
        yield "amount", fault
    if wish.currency is not None and wish.currency != report.claim.currency:
        yield "currency", f"is not the claim's, {report.claim.currency or 'which states none'}"


def _amount_fault(claim: Claim, wish: Wish) -> str | None:
    """What is wrong with the amount; None where it may stand."""
    limit, amount = payable(claim), wish.amount
    if wish.outcome is not Outcome.ACCEPT or wish.item:
        return None if amount is None else "stands only on the accept of a whole claim"
    if amount is None:
        told = limit is not None and limit != claim.claimed_amount
        return f"must be said: {claim.claimed_amount} is claimed and {limit} was approved" if told else None
    if limit is None:
        return "cannot be given: the claim states none"
    if not amount.is_finite() or not 0 < amount <= limit:
        return f"must be above 0 and at most {limit}"
    if -int(amount.as_tuple().exponent) > _PLACES:
        return f"has more than {_PLACES} decimal places"
    return None
