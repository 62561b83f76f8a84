"""The rules that ship: without a fault, and the hard requirements of a claim shut as they must."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from verifier.assembly import declared_codes
from verifier.casefile import Assessment, Claim, Hit, Item, Kind, Route, Truth, Window
from verifier.programs import CODES, assign_slots, measure
from verifier.rulebook import Rulebook, lint, load_rulebook
from verifier.scoring import Scoring
from verifier.settings import Settings

RULES = Settings().rules
CLAIM = Claim(
    id="C-1",
    activity="webinar",
    window=Window(start=date(2026, 5, 1), end=date(2026, 5, 10)),
    submitted_at=datetime(2026, 5, 20, tzinfo=UTC),
    approved_at=date(2026, 4, 1),
    approved_amount=Decimal(4000),
    claimed_amount=Decimal(3200),
    currency="EUR",
)
KINDS = {"invitation": Kind.IMAGE, "registration_list": Kind.TABLE, "recording": Kind.LINK}
ITEMS = tuple(
    Item(id=f"C-1/r1/{number}", name=slot, kind=kind, media_type="", digest=slot, size=1, slot=slot)
    for number, (slot, kind) in enumerate(KINDS.items(), start=1)
)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(RULES)


def judge(book: Rulebook, claim: Claim = CLAIM, items: tuple[Item, ...] = ITEMS) -> tuple[dict[str, Hit], Assessment]:
    """The hits of claim scope and the claim's assessment; nothing is looked for inside the items."""
    activity = book.activity(claim.activity)
    scoring = Scoring(policy=book.policy, requirements=book.requirements)
    hits = book.judge_claim(activity, [measure(claim, activity, assign_slots(activity, items), {})])
    judged = [(item, (), scoring.assess_item(activity, item, ())) for item in items]
    counted, assessment = scoring.assess_claim(activity, hits, judged)
    return {hit.rule: hit for hit in counted}, assessment


def test_the_shipped_rules_have_no_faults() -> None:
    assert [str(fault) for fault in lint(RULES, declared_codes())] == []


def test_the_three_activities_are_there(book: Rulebook) -> None:
    assert {"email_campaign", "in_store_display", "webinar"} <= set(book.activities)


def test_rules_of_claim_scope_rest_on_codes_that_are_measured(book: Rulebook) -> None:
    own = [rule for rule in book.rules if rule.id.startswith("claim.")]
    assert len(own) > 8
    assert frozenset().union(*(rule.when.codes for rule in own)) <= CODES


def test_an_item_alone_that_nothing_speaks_against_is_not_sent_to_full_review(book: Rulebook) -> None:
    assert 1 / (1 + 10 ** (-book.policy.prior / 10)) > book.policy.quick_look


def test_a_claim_in_order_is_told_so(book: Rulebook) -> None:
    hits, assessment = judge(book)
    assert {"claim.filed-in-time", "claim.evidence-complete", "claim.recording-handed-in"} <= set(hits)
    assert {hit.truth for hit in hits.values()} == {Truth.HOLDS}
    assert all(one.decibans > 0 for one in assessment.points)
    assert assessment.route is not Route.FULL_REVIEW


@pytest.mark.parametrize(
    ("claim", "rule", "title"),
    [
        (
            replace(CLAIM, submitted_at=datetime(2026, 7, 12, tzinfo=UTC)),
            "claim.after-deadline",
            "Filed 3 days after the deadline",
        ),
        (
            replace(CLAIM, claimed_amount=Decimal("5250.50")),
            "claim.amount-exceeded",
            "1,250.50 more claimed than approved (5250.50 EUR claimed, 4000 EUR approved)",
        ),
        (
            replace(CLAIM, approved_at=date(2026, 5, 2)),
            "claim.approved-late",
            "The activity began before it was approved",
        ),
    ],
)
def test_a_hard_requirement_of_the_claim_goes_to_full_review(
    book: Rulebook, claim: Claim, rule: str, title: str
) -> None:
    hits, assessment = judge(book, claim)
    assert hits[rule].title == title
    assert assessment.route is Route.FULL_REVIEW
    assert assessment.reasons[0] == f"{title}: a hard requirement."


def test_what_is_missing_is_named_with_what_to_send(book: Rulebook) -> None:
    hits, assessment = judge(book, items=ITEMS[:2])
    assert hits["claim.missing-evidence"].title == "Missing: Recording"
    assert assessment.route is Route.NEEDS_INPUT
    assert "Missing: Recording. Send a link to the recording, or the file." in assessment.reasons


def test_a_claim_that_states_nothing_is_asked_and_not_accused(book: Rulebook) -> None:
    hits, assessment = judge(book, Claim(id="C-1", activity="webinar"))
    assert hits["claim.after-deadline"].truth is Truth.CANNOT_TELL
    assert assessment.route is Route.NEEDS_INPUT
    assert assessment.probability >= book.policy.quick_look
    assert any("the claim states no activity window" in reason for reason in assessment.reasons)
