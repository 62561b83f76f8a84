"""Decisions over HTTP: who may take them, what is refused, and what partner and reviewer are told of them."""

from __future__ import annotations

import json

import pytest
from light_corridor import claim

from verifier.archive.keys import Scope

MONEY = {"claimed_amount": "840.00", "approved_amount": "900.00", "currency": "EUR"}


@pytest.fixture
def place(portal) -> str:
    return portal.submit(claim(**MONEY)).headers["Location"]


@pytest.fixture
def decide(portal, place):
    """Sends a decision; the answer."""

    def decide(to=None, headers=None, **facts):
        return portal.http.post(f"{to or place}/decision", json=facts, headers=headers)

    return decide


def told(portal, place: str, scope: str = "partner") -> dict:
    return portal.http.get(place, params={"scope": scope}).json()


def test_a_decision_is_kept_with_who_and_what_and_changes_no_report(portal, place, decide):
    before = portal.http.get(f"{place}/report?scope=reviewer").content
    answer = decide(outcome="accept", amount="620.50", reason="The rest is of May.")
    assert answer.status_code == 201
    line = answer.json()
    assert (line["sequence"], line["outcome"], line["amount"], line["item"]) == (1, "accept", "620.50", "")
    assert line["by"].startswith("key ")
    assert line["by"].endswith(" (test)")
    assert portal.http.get(f"{place}/report?scope=reviewer").content == before
    assert told(portal, place, "reviewer")["decisions"] == [line]


def test_a_partner_learns_outcome_reason_and_amount_and_nothing_else(portal, place, decide):
    assert told(portal, place)["decision"] is None
    decide(outcome="reject", item="C-1/r1/1", reason="seen in another claim")
    decide(outcome="accept", amount="620.50", reason="The rest is of May.")
    seen = told(portal, place)
    assert seen["decision"] == {"outcome": "accept", "reason": "The rest is of May.", "amount": "620.50"}
    assert seen["decisions"] is None
    assert "another claim" not in json.dumps(seen)


def test_what_a_person_asks_for_is_among_the_asks_until_the_claim_is_decided(portal, place, decide):
    by_rules = told(portal, place)["asks"]
    decide(outcome="ask", item="C-1/r1/1", reason="Send the export as it was sent.")
    assert told(portal, place)["asks"] == [*by_rules, "Send the export as it was sent."]
    decide(outcome="ask", reason="Send all of it.")
    assert told(portal, place)["asks"] == [*by_rules, "Send all of it."]
    decide(outcome="accept")
    assert told(portal, place)["asks"] == []


def test_the_whole_log_is_for_keys_that_may_review(portal, place, decide):
    reader = portal.key(Scope.READ)
    assert portal.http.get(place, headers=reader).status_code == 200
    assert portal.http.get(place, params={"scope": "reviewer"}, headers=reader).status_code == 403
    refused = decide(outcome="accept", headers=portal.key(Scope.SUBMIT, Scope.READ))
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:verifier:problem:scope-missing")
    assert decide(outcome="accept", headers={"Authorization": ""}).status_code == 401


def test_another_tenants_claim_is_not_there(portal, place, decide):
    assert decide(outcome="accept", headers=portal.key(tenant="other")).status_code == 404
    assert portal.http.post(f"{place}/decision/undo", headers=portal.key(tenant="other")).status_code == 404
    assert decide(to="/v1/verifications/nope", outcome="accept").status_code == 404
    assert told(portal, place, "reviewer")["decisions"] == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "body.outcome"),
        ({"outcome": "maybe"}, "body.outcome"),
        ({"outcome": "reject"}, "body.reason"),
        ({"outcome": "ask", "reason": "  "}, "body.reason"),
        ({"outcome": "accept", "amount": "840.01"}, "body.amount"),
        ({"outcome": "accept", "amount": 0}, "body.amount"),
        ({"outcome": "accept", "amount": "NaN"}, "body.amount"),
        ({"outcome": "accept", "amount": "1e400000000"}, "body.amount"),
        ({"outcome": "accept", "currency": "USD"}, "body.currency"),
        ({"outcome": "accept", "item": "C-2/r1/1"}, "body.item"),
        ({"outcome": "accept", "after": -1}, "body.after"),
        ({"outcome": "accept", "after": "the newest"}, "body.after"),
        ({"outcome": "accept", "by": "somebody else"}, "body.by"),
        ({"outcome": "accept", "reason": "x" * 4001}, "body.reason"),
    ],
)
def test_what_cannot_be_decided_is_told_by_its_field_and_not_kept(portal, place, decide, facts, field):
    answer = decide(**facts)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert told(portal, place, "reviewer")["decisions"] == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'"\\ud800"', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"outcome": "accept"}', "text/plain", 415),
        (b'{"reason": "' + b"x" * 70_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_no_decision_is_a_problem_document(portal, place, content, kind, status):
    answer = portal.http.post(f"{place}/decision", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status


def test_nothing_is_decided_before_there_is_a_report(portal, decide):
    portal.inspection.gate.clear()
    place = portal.submit(claim(id="C-2"), wait=0).headers["Location"]
    answer = decide(to=place, outcome="accept")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:verifier:problem:not-ready")


def test_who_has_not_seen_the_newest_decision_is_told(portal, place, decide):
    first = decide(outcome="accept", after=0).json()["sequence"]
    other = portal.key()
    late = decide(outcome="reject", reason="no", after=0, headers=other)
    assert (late.status_code, late.json()["type"]) == (409, "urn:verifier:problem:decided-meanwhile")
    assert "(test) decided" in late.json()["detail"]
    assert decide(outcome="reject", reason="no", after=first, headers=other).status_code == 201


@pytest.mark.parametrize("seen", [{"after": 0}, {}])
def test_a_decision_that_is_sent_again_is_acknowledged_again_and_kept_once(portal, place, decide, seen):
    answers = [decide(outcome="accept", **seen) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len(told(portal, place, "reviewer")["decisions"]) == 1


def test_a_decision_is_taken_back_by_a_further_line(portal, place, decide):
    decide(outcome="reject", reason="no")
    decide(outcome="accept")
    back = portal.http.post(f"{place}/decision/undo", json={"after": 2})
    assert (back.status_code, back.json()["undoes"], back.json()["sequence"]) == (201, 2, 3)
    assert told(portal, place)["decision"]["outcome"] == "reject"
    assert portal.http.post(f"{place}/decision/undo").json()["undoes"] == 1
    assert told(portal, place)["decision"] is None
    nothing = portal.http.post(f"{place}/decision/undo")
    assert (nothing.status_code, nothing.json()["type"]) == (422, "urn:verifier:problem:decision-invalid")
    assert len(told(portal, place, "reviewer")["decisions"]) == 4


def test_nobody_takes_back_what_another_key_decided(portal, place, decide):
    decide(outcome="accept")
    assert portal.http.post(f"{place}/decision/undo", headers=portal.key()).status_code == 422


def test_a_later_revision_is_decided_anew_and_the_earlier_one_no_more(portal, place, decide):
    decide(outcome="ask", reason="Send all of it.")
    later = portal.submit(claim(revision=2, **MONEY)).headers["Location"]
    assert told(portal, later)["decision"] is None
    assert decide(to=later, outcome="accept", after=0).status_code == 201
    for call in ("decision", "decision/undo"):
        stale = portal.http.post(f"{place}/{call}", json={"outcome": "accept"} if call == "decision" else {})
        assert (stale.status_code, stale.json()["type"]) == (409, "urn:verifier:problem:decided-meanwhile")
    assert told(portal, place)["decision"]["outcome"] == "ask"
    assert portal.service.verifier.archive.verify_audit() > 0
