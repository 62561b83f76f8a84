"""Who comes next, and whose turn it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from decided_reports import NOON, line, report

from verifier.casefile import Outcome, Route
from verifier.decisions import Turn, Waiting, order, standing, turn


def waiting(*lines, events=(), **facts) -> Waiting:
    return Waiting(report=report(**facts), standing=standing(lines), events=events)


def names(*claims: Waiting, now=NOON) -> list[str]:
    return [one.report.claim.id for one in order(claims, now)]


def test_the_loss_to_be_expected_decides_between_claims_of_one_route() -> None:
    dear = waiting(claim="dear", claimed="9000", probability=0.9)  # 900 at stake
    doubtful = waiting(claim="doubtful", claimed="1000", probability=0.05)  # 950
    small = waiting(claim="small", claimed="10", probability=0.05)
    assert names(dear, small, doubtful) == ["doubtful", "dear", "small"]


def test_full_review_comes_before_quick_look_and_the_partners_turn_last() -> None:
    quick = waiting(claim="quick", claimed="100000", route=Route.QUICK_LOOK)
    lacking = waiting(claim="lacking", claimed="900000", route=Route.NEEDS_INPUT)
    full = waiting(claim="full", claimed="1")
    assert names(lacking, quick, full) == ["full", "quick", "lacking"]
    assert [turn(one) for one in (full, quick, lacking)] == [Turn.PERSON, Turn.PERSON, Turn.PARTNER]


def test_nothing_small_waits_for_ever() -> None:
    old = waiting(claim="old", claimed="1", route=Route.QUICK_LOOK, submitted_at=NOON - timedelta(days=15))
    undated = waiting(claim="undated", claimed="2", submitted_at=None, made_at=NOON)
    assert names(undated, old) == ["old", "undated"]
    assert names(undated, old, now=NOON - timedelta(days=2)) == ["undated", "old"]


def test_a_claim_without_an_amount_counts_as_the_median_one() -> None:
    rest = [waiting(claim=f"c{amount}", claimed=str(amount)) for amount in (100, 200, 300)]
    assert names(waiting(claim="none", claimed=None), *rest) == ["c300", "c200", "none", "c100"]
    assert names(waiting(claim="b", claimed=None), waiting(claim="a", claimed=None, probability=0.1)) == ["a", "b"]


@pytest.mark.parametrize(
    ("outcome", "whose"),
    [(Outcome.ACCEPT, Turn.NOBODY), (Outcome.REJECT, Turn.NOBODY), (Outcome.ASK, Turn.PARTNER)],
)
def test_what_was_decided_waits_for_nobody_but_perhaps_the_partner(outcome, whose) -> None:
    one = waiting(line(1, outcome))
    assert turn(one) is whose
    assert names(one) == []


def test_a_decision_on_an_item_leaves_the_claim_open() -> None:
    assert turn(waiting(line(1, item="C-1/r1/1"))) is Turn.PERSON


def test_an_undone_decision_leaves_the_claim_open() -> None:
    assert turn(waiting(line(1), line(2, undoes=1))) is Turn.PERSON


def test_a_later_revision_or_event_reopens_a_claim_and_an_earlier_event_does_not() -> None:
    assert turn(waiting(line(1, revision=1), revision=2)) is Turn.PERSON
    assert turn(waiting(line(1), events=(NOON + timedelta(seconds=1),))) is Turn.PERSON
    assert turn(waiting(line(1), events=(NOON - timedelta(seconds=1),))) is Turn.NOBODY
    assert not waiting(events=(NOON,)).is_reopened


def test_a_revision_that_lacks_something_again_waits_for_the_partner_again() -> None:
    one = waiting(line(1, Outcome.ASK, revision=1), revision=2, route=Route.NEEDS_INPUT)
    assert turn(one) is Turn.PARTNER
    assert names(one) == ["C-1"]
