"""What may be decided, on what, and by whom it may be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from decided_reports import NOON, line, report

from verifier.casefile import ClaimReport, Decision, Outcome
from verifier.decisions import Wish, decide, payable, report_name, standing, undo
from verifier.errors import DecidedMeanwhile, DecisionError


def decided(made: ClaimReport, history: tuple[Decision, ...] = (), **wish) -> Decision:
    wish = {"outcome": Outcome.ACCEPT} | wish
    return decide(made, history, Wish(**wish), "anna", NOON)


def test_a_decision_names_who_decided_what_from_which_report() -> None:
    made = report(revision=2)
    decision = decided(made, outcome=Outcome.REJECT, item="C-1/r2/1", reason="  it shows\r\nanother shop ")
    assert decision == Decision(
        claim="C-1",
        revision=2,
        item="C-1/r2/1",
        outcome=Outcome.REJECT,
        reason="it shows\nanother shop",
        report=report_name(made),
        by="anna",
        at=NOON,
    )


def test_a_report_keeps_its_name_however_late_it_is_read_and_no_other_has_it() -> None:
    made = report()
    assert report_name(replace(made, made_at=NOON + timedelta(days=1))) == report_name(made)
    others = [report(revision=2), report("C-2"), replace(made, rulebook="x"), replace(made, pipeline="x")]
    others += [replace(made, digest="x"), replace(made, claim=replace(made.claim, tenant="x"))]
    assert len({report_name(one) for one in [made, *others]}) == 7


@pytest.mark.parametrize(
    ("claimed", "approved", "amount", "kept"),
    [
        ("840.00", None, None, "840.00"),
        ("840.00", "900.00", None, "840.00"),
        ("840.00", None, "620.50", "620.50"),
        ("840.00", "600.00", "600.00", "600.00"),
        ("840.00", None, "6.2E+2", "620"),
        (None, "600.00", None, None),
    ],
)
def test_an_accepted_claim_gets_what_it_claims_or_the_part_that_is_said(claimed, approved, amount, kept) -> None:
    made = report(claimed=claimed, approved=approved)
    decision = decided(made, amount=None if amount is None else Decimal(amount))
    assert (None if decision.amount is None else str(decision.amount)) == kept


@pytest.mark.parametrize(
    ("facts", "wish", "field", "told"),
    [
        ({}, {"outcome": Outcome.REJECT}, "reason", "needed to reject"),
        ({}, {"outcome": Outcome.ASK, "reason": " \n"}, "reason", "needed to ask"),
        ({}, {"reason": "x" * 4001}, "reason", "longer than 4000"),
        ({}, {"item": "C-2/r1/1"}, "item", "none of this claim's"),
        ({}, {"item": "C-1/r1/1", "amount": Decimal(1)}, "amount", "whole claim"),
        ({}, {"outcome": Outcome.REJECT, "reason": "no", "amount": Decimal(1)}, "amount", "whole claim"),
        ({}, {"amount": Decimal("840.01")}, "amount", "at most 840.00"),
        ({}, {"amount": Decimal(0)}, "amount", "above 0"),
        ({}, {"amount": Decimal(-1)}, "amount", "above 0"),
        ({}, {"amount": Decimal("NaN")}, "amount", "above 0"),
        ({}, {"amount": Decimal("0.0001")}, "amount", "decimal places"),
        ({"approved": "600.00"}, {"amount": Decimal("600.01")}, "amount", "at most 600.00"),
        ({"approved": "600.00"}, {}, "amount", "840.00 is claimed and 600.00 was approved"),
        ({"claimed": None}, {"amount": Decimal(1)}, "amount", "states none"),
        ({"claimed": "0"}, {"amount": Decimal(1)}, "amount", "at most 0"),
        ({}, {"currency": "USD"}, "currency", "EUR"),
    ],
)
def test_what_cannot_be_decided_is_refused_by_its_field(facts, wish, field, told) -> None:
    with pytest.raises(DecisionError) as refused:
        decided(report(**facts), **wish)
    assert told in refused.value.fields[field]
    assert set(refused.value.fields) == {field}


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(DecisionError) as refused:
        decided(report(), outcome=Outcome.ASK, item="?", amount=Decimal(1), currency="USD")
    assert set(refused.value.fields) == {"item", "reason", "amount", "currency"}


def test_the_currency_may_be_said_where_it_is_the_claims() -> None:
    assert decided(report(), currency="EUR", amount=Decimal(5)).amount == Decimal(5)


def test_a_revision_older_than_one_that_was_decided_is_decided_no_more() -> None:
    with pytest.raises(DecidedMeanwhile, match="a later one was decided"):
        decided(report(), history=(line(1, revision=2),))


def test_a_text_that_cannot_be_written_is_mended() -> None:
    assert decided(report(), reason="half a pair: \ud83d, nul: \0.").reason == "half a pair: ?, nul: ."


def test_no_more_is_payable_than_was_approved() -> None:
    assert payable(report(claimed="840", approved="600").claim) == 600
    assert payable(report(claimed="840", approved=None).claim) == 840
    assert payable(report(claimed=None, approved="600").claim) is None


def test_undo_takes_back_ones_own_newest_decision_that_stands() -> None:
    log = (line(1), line(2, Outcome.REJECT, item="C-1/r1/1", reason="no"), line(3, by="bernd"))
    back = undo(log, "anna", NOON)
    assert (back.undoes, back.item, back.outcome, back.by, back.sequence) == (
        2,
        "C-1/r1/1",
        Outcome.REJECT,
        "anna",
        0,
    )
    then = (*log, replace(back, sequence=4))
    assert undo(then, "anna", NOON).undoes == 1
    assert standing(then).claim == log[2]


def test_nobody_takes_back_what_another_decided_or_what_is_taken_back() -> None:
    log = (line(1, by="bernd"), line(2), line(3, undoes=2))
    with pytest.raises(DecisionError, match="no decision of anna"):
        undo(log, "anna", NOON)


def test_undo_can_be_kept_to_one_revision() -> None:
    log = (line(1, revision=1),)
    assert undo(log, "anna", NOON, revision=1).undoes == 1
    with pytest.raises(DecisionError):
        undo(log, "anna", NOON, revision=2)
