"""Decisions taken on the page: what is kept, what is refused and how that is told, and what others see."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from review_room import plain

from verifier.casefile import Outcome


def log(reader, id_="C-1042"):
    return reader.room.history("default", id_)


def test_a_claim_is_accepted_in_part(reader):
    answer = reader.decide("accept", amount="3,000.50", reason="one photo less")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review/claim?id=C-1042&item=1")
    (line,) = log(reader)
    assert (line.outcome, line.amount, line.by, line.item) == (Outcome.ACCEPT, Decimal("3000.50"), "anna", "")
    page = reader.claim().text
    assert "EUR 3,000.50 of 3,200 claimed" in page
    assert "anna, 1 Jun 2026, 09:00" in page
    assert "one photo less" in page
    assert "C-1042" not in reader.get("/").text
    assert "accepted by anna" in reader.get("/?show=decided").text


def test_an_item_is_rejected_with_a_reason_and_says_so_in_the_strip(reader):
    reader.decide("reject", on="C-1042/r2/1", reason="seen before")
    assert log(reader)[0].item == "C-1042/r2/1"
    assert re.search(r"<b>1</b> context photo <span>rejected</span>", reader.claim().text)
    assert "C-1042" in reader.get("/").text  # the claim itself is still open


@pytest.mark.parametrize(
    ("outcome", "given", "complaint"),
    [
        ("reject", {"reason": "  "}, "reason is needed to reject"),
        ("accept", {"amount": "3200.01"}, "amount must be above 0 and at most 3200"),
        ("accept", {"amount": "0"}, "amount must be above 0"),
        ("accept", {"amount": "3,20"}, "amount should be written as 3200.50"),
        ("accept", {"amount": "1e3"}, "amount should be written as 3200.50"),
        ("ask", {"reason": "x", "on": "C-9000/r1/1"}, "item is none of this claim"),
        ("approve", {}, "outcome is none of these"),
    ],
)
def test_what_cannot_be_decided_comes_back_with_what_to_correct(reader, outcome, given, complaint):
    answer = reader.decide(outcome, **given)
    assert answer.status_code == 422
    assert complaint in answer.text or outcome == "approve"
    assert log(reader) == ()
    if given.get("amount"):
        assert f'value="{given["amount"]}"' in answer.text  # what was typed is still there
    if outcome in ("reject", "accept", "ask"):
        assert re.search(rf'<dialog id="do-{outcome}"[^>]* open>', answer.text)


def test_somebody_elses_decision_meanwhile_is_told_and_not_written_over(reader, another, room):
    room.users.add("bert", "default", "another long password", room.clock())
    bert = another(None)
    bert.sign_in("bert", "another long password")
    fields = reader.fields() | {"outcome": "reject", "on": "", "reason": "recycled"}
    bert.decide("accept")
    answer = reader.post("/decide", fields)
    assert answer.status_code == 409
    assert "bert decided on claim C-1042 meanwhile: accept" in answer.text
    assert "<b>accepted</b>" in answer.text
    assert [line.by for line in log(reader)] == ["bert"]
    assert reader.decide("reject", reason="recycled").status_code == 303  # now that it was seen
    assert [line.by for line in log(reader)] == ["bert", "anna"]


def test_a_form_that_is_sent_twice_decides_once(reader):
    fields = reader.fields() | {"outcome": "accept", "on": ""}
    for _ in range(2):
        assert reader.post("/decide", fields).status_code == 303
    assert len(log(reader)) == 1


def test_an_own_decision_can_be_taken_back_and_stays_in_the_log(reader):
    reader.decide("reject", reason="recycled")
    assert reader.undo().status_code == 303
    assert [line.undoes for line in log(reader)] == [None, 1]
    page = reader.claim().text
    assert "took back “rejected”" in page
    assert "1 of 2" in page
    assert reader.undo().status_code == 409
    assert "no decision of anna stands here" in reader.undo().text


def test_undo_is_offered_to_who_decided_only(reader, another, room):
    room.users.add("bert", "default", "another long password", room.clock())
    bert = another(None)
    bert.sign_in("bert", "another long password")
    reader.decide("accept")
    assert '<button data-key="u">' in reader.claim().text
    assert '<button data-key="u" disabled>' in bert.claim().text


def test_the_text_to_the_partner_begins_with_what_the_rules_ask_for(reader):
    text = unescape(re.search(r'<textarea id="ask-reason"[^>]*>([^<]*)<', reader.claim(do="ask").text)[1])
    assert "closeup.jpg: Send the file again." in text
    for secret in ("C-0877", "dB", "0.6"):
        assert secret not in text
    item = reader.get("/asking", params={"id": "C-1042", "on": "C-1042/r2/3"}).text
    assert "Send the file again." in item
    assert "closeup.jpg" not in item
    assert reader.get("/asking", params={"id": "C-1042", "on": "C-9000/r1/1"}).status_code == 404


def test_a_claim_that_was_sent_back_waits_for_the_partner(reader):
    reader.decide("ask", reason="send the close-up")
    assert "waits for the partner" in reader.claim().text
    assert "C-1042" not in reader.get("/").text
    assert "sent back to the partner by anna" in reader.get("/?show=decided").text


def test_a_claim_of_another_tenant_cannot_be_decided(reader):
    fields = reader.fields() | {"outcome": "accept", "id": "C-9000", "revision": ""}
    assert reader.post("/decide", fields).status_code == 404
    assert reader.post("/undo", fields).status_code == 404
    assert reader.room.history("other", "C-9000") == ()


def test_a_revision_that_came_meanwhile_is_to_be_looked_at_first(reader):
    fields = reader.fields("C-1050") | {"outcome": "accept", "on": ""}
    archive = reader.room.archive
    archive.file(plain(archive, "C-1050", revision=3), {})
    answer = reader.post("/decide", fields)
    assert answer.status_code == 409
    assert "revision 3 of claim C-1050" in answer.text


def test_a_report_that_was_made_anew_meanwhile_is_to_be_looked_at_first(reader):
    fields = reader.fields("C-1050") | {"outcome": "accept", "on": ""}
    archive = reader.room.archive
    archive.file(replace(plain(archive, "C-1050"), rulebook="ab" * 32), {})
    answer = reader.post("/decide", fields)
    assert answer.status_code == 409
    assert "verified anew meanwhile" in answer.text
    assert reader.decide("accept", "C-1050").status_code == 303


def test_a_claim_without_an_amount_has_no_field_for_one(reader):
    archive = reader.room.archive
    archive.file(plain(archive, "C-1060", claimed_amount=None), {})
    assert 'name="amount"' not in reader.claim("C-1060").text
    assert reader.decide("accept", "C-1060").status_code == 303
    assert log(reader, "C-1060")[0].amount is None


def test_a_decision_keeps_the_reader_at_the_item_and_in_the_part_of_the_queue(reader):
    answer = reader.decide("ask", reason="x", item="2", show="full_review")
    assert answer.headers["location"] == "/review/claim?id=C-1042&show=full_review&item=2"
