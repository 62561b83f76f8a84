"""Handing claims in: acknowledged once, verified once, and refused with field and remedy."""

from __future__ import annotations

import json
import threading
import time

import pytest
from light_corridor import CSV, claim, form

from verifier.api.service import ENDS
from verifier.archive.keys import Scope
from verifier.casefile import JobState


def problem(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    return body


def fields(answer) -> dict[str, str]:
    return {entry["field"]: entry["detail"] for entry in problem(answer)["errors"]}


def held(portal):
    """Close the gate: claims stay in process until it is opened."""
    portal.inspection.gate.clear()


def eventually(condition, seconds=10.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def test_a_claim_that_is_waited_for_comes_back_verified(portal):
    answer = portal.submit()
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "wait=10"
    body = answer.json()
    assert (body["claim"], body["revision"], body["items"]) == ("C-1", 1, ["export.csv"])
    assert body["state"] == "needs_input"
    assert any("approval" in ask for ask in body["asks"])
    assert portal.http.get(answer.headers["location"]).json() == body


def test_a_claim_that_is_not_waited_for_is_acknowledged_and_verified_later(portal):
    held(portal)
    answer = portal.submit(wait=0)
    assert answer.status_code == 202
    assert answer.json()["state"] in {"queued", "processing"}
    assert answer.json()["report"] is None
    location = answer.headers["location"]
    eventually(lambda: portal.http.get(location).json()["state"] == "processing")
    portal.inspection.gate.set()
    eventually(lambda: portal.http.get(location).json()["state"] == "needs_input")


def test_a_wait_that_runs_out_is_answered_with_how_it_stands(portal):
    held(portal)
    started = time.monotonic()
    answer = portal.submit(wait=1)
    assert answer.status_code == 202
    assert 0.9 < time.monotonic() - started < 5


@pytest.mark.parametrize("prefer", ["respond-async", "wait", "wait=-1", "wait=soon", "wait=0", "", "x" * 500])
def test_a_preference_that_says_nothing_is_ignored(portal, prefer):
    held(portal)
    assert portal.submit(wait=0, headers={"Prefer": prefer}).status_code == 202


def test_the_service_answers_while_claims_are_in_process(portal):
    held(portal)
    for number in range(4):
        portal.submit(claim(id=f"C-{number}"), wait=0)
    started = time.monotonic()
    assert portal.http.get("/livez").json() == {"status": "ok"}
    assert portal.http.get("/readyz").status_code == 200
    assert time.monotonic() - started < 2


def test_a_full_queue_says_when_to_come_back_and_goes_on_answering_known_keys(portal):
    held(portal)
    first = portal.submit(claim(id="first"), wait=0, headers={"Idempotency-Key": "k"})
    answers = [portal.submit(claim(id=f"C-{number}"), wait=0) for number in range(portal.service.limits.waiting + 3)]
    busy = [answer for answer in answers if answer.status_code == 503]
    assert busy
    assert problem(busy[0])["type"] == "urn:verifier:problem:busy"
    assert int(busy[0].headers["retry-after"]) >= 1
    assert portal.http.get("/readyz").status_code == 503
    again = portal.submit(claim(id="first"), wait=0, headers={"Idempotency-Key": "k"})
    assert again.json()["id"] == first.json()["id"]
    portal.inspection.gate.set()
    taken = [answer.headers["location"] for answer in answers if answer.status_code == 202]
    eventually(lambda: all(portal.http.get(place).json()["report"] for place in taken))
    assert portal.http.get("/readyz").status_code == 200


def test_the_same_key_with_the_same_request_is_the_same_verification(portal):
    key = {"Idempotency-Key": "one"}
    first, second = portal.submit(headers=key), portal.submit(headers=key)
    assert first.json()["id"] == second.json()["id"]
    assert len(portal.inspection.seen) == 1


@pytest.mark.parametrize("change", [{"facts": claim(partner="Somebody else")}, {"export__csv": CSV + b"x"}])
def test_the_same_key_with_another_request_is_refused(portal, change):
    key = {"Idempotency-Key": "one"}
    portal.submit(headers=key)
    answer = portal.submit(headers=key, **change)
    assert answer.status_code == 422
    assert problem(answer)["type"] == "urn:verifier:problem:idempotency-key-reused"


def test_the_same_key_of_another_tenant_is_another_key(portal):
    first = portal.submit(headers={"Idempotency-Key": "one"})
    other = portal.submit(headers={"Idempotency-Key": "one"} | portal.key(tenant="other"))
    assert other.status_code == 200
    assert first.json()["id"] != other.json()["id"]


def test_a_key_whose_request_is_under_way_is_a_conflict(portal):
    with portal.service.in_flight("acme", "one"):
        answer = portal.submit(headers={"Idempotency-Key": "one"})
    assert answer.status_code == 409
    assert problem(answer)["type"] == "urn:verifier:problem:in-flight"
    assert portal.submit(headers={"Idempotency-Key": "one"}).status_code == 200


def test_many_at_once_under_one_key_make_one_verification(portal):
    answers = []

    def send():
        answers.append(portal.submit(headers={"Idempotency-Key": "one"}))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
    assert len(portal.inspection.seen) == 1


def test_a_new_revision_follows_what_was_asked_for(portal):
    assert portal.submit().json()["state"] == "needs_input"
    facts = claim(revision=2, approved_at="2026-04-15", approved_amount="4000", claimed_amount="3200", currency="EUR")
    second = portal.submit(facts)
    assert (second.status_code, second.json()["revision"]) == (200, 2)
    assert not any("approval" in ask for ask in second.json()["asks"])


def test_a_revision_that_is_there_cannot_be_changed(portal):
    portal.submit(claim(revision=2))
    for facts in (claim(revision=2, partner="Somebody else"), claim(revision=1)):
        answer = portal.submit(facts)
        assert answer.status_code == 409
        assert problem(answer)["type"] == "urn:verifier:problem:revision-taken"
        assert "revision 3" in problem(answer)["remedy"]


def test_a_fault_of_ours_fails_the_claim_and_not_the_service(portal):
    portal.inspection.failing = AssertionError("a bug")
    failed = portal.submit().json()
    assert failed["state"] == "failed"
    assert failed["problem"]["remedy"]
    assert "a bug" not in json.dumps(failed)
    portal.inspection.failing = None
    assert portal.submit().json()["state"] == "needs_input"  # the same revision may be sent again
    assert portal.http.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"partner": ...}, "claim.partner"),
        ({"partner": 3 * [1]}, "claim.partner"),
        ({"aproved_amount": 1}, "claim.aproved_amount"),
        ({"window": {"start": "2026-05-12"}}, "claim.window.end"),
        ({"activity": "skywriting"}, "claim.activity"),
        ({"revision": 0}, "claim.revision"),
        ({"revision": 10**30}, "claim.revision"),
        ({"tenant": "other"}, "claim.tenant"),
        ({"id": "../../etc/passwd"}, "claim.id"),
        ({"items": [{"file": "export.csv"}, {"file": "gone.csv"}]}, "claim.items.1.file"),
        ({"items": [{"link": "https://example.com/r"}]}, "files"),
    ],
)
def test_a_field_that_does_not_fit_is_named_and_nothing_is_kept(portal, change, field):
    answer = portal.submit(claim(**change))
    assert answer.status_code == 422
    assert field in fields(answer)
    assert problem(answer)["remedy"]
    assert sum(portal.service.queue.counts().values()) == 0


def test_a_slot_that_the_activity_does_not_have_is_refused(portal):
    answer = portal.submit(claim(items=[{"file": "export.csv", "slot": "closeup_photo"}]))
    assert answer.status_code == 422
    assert "send_report" in problem(answer)["remedy"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[",
        b"\xff\xfe",
        b'{"id": NaN}',
        b"9" * 5000,
        b"[" * 100_000,
        b'{"id": 1, "id": 2}',
        b"null",
        b'"x"',
        b"[]",
    ],
)
def test_a_claim_that_is_no_json_object_is_refused(portal, text):
    answer = portal.submit(text)
    assert answer.status_code in {400, 422}
    assert "claim" in problem(answer)["detail"]


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", "\\u202e<script>"])
def test_hostile_text_in_a_claim_is_refused_or_inert(portal, text):
    answer = portal.submit(json.dumps(claim(partner="PARTNER")).replace("PARTNER", text))
    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        page = portal.http.get(answer.json()["report"] + "?format=html").text
        assert "<script>" not in page
        assert "\u202e" not in page


@pytest.mark.parametrize("name", ["../../up.csv", "a b.csv", "ü.csv", "\u202ecsv.exe", "n" * 190 + ".csv"])
def test_a_file_name_is_only_a_name(portal, name):
    facts = claim(items=[{"file": name}])
    answer = portal.http.post("/v1/verifications", files=[form(facts)[0], ("files", (name, CSV))])
    assert answer.status_code == 202
    eventually(lambda: portal.http.get(answer.headers["location"]).json()["report"])
    shown = portal.http.get(f"{answer.headers['location']}/report").json()["items"][0]["name"]
    assert "/" not in shown
    assert "\u202e" not in shown
    assert len(shown) <= 120


def test_a_claim_that_names_no_items_has_all_files_as_its_items(portal):
    answer = portal.submit(claim(items=...), a__csv=CSV, b__csv=CSV + b"x")
    assert answer.json()["items"] == ["a.csv", "b.csv"]


def test_a_claim_without_any_item_is_refused(portal):
    answer = portal.http.post("/v1/verifications", files=form(claim(items=[]))[:1])
    assert answer.status_code == 422
    assert "no items" in problem(answer)["detail"]


def test_preflight_tells_what_would_come_and_keeps_nothing(portal, tmp_path):
    before = sorted(path.name for path in tmp_path.rglob("*"))
    answer = portal.submit(to="/v1/preflight")
    assert answer.status_code == 200
    assert answer.json()["state"] == "needs_input"
    assert answer.json()["report"]["schema"] == "verifier.partner/1"
    assert answer.json()["asks"] == portal.submit().json()["asks"]
    archive = portal.service.verifier.archive
    assert archive.verify_audit() == 2  # the key's entry and the submission's
    assert [name for name in before if "blobs" in name] == []


def test_preflight_leaves_no_trace_in_the_archive(portal, tmp_path):
    portal.submit(to="/v1/preflight")
    assert sum(portal.service.queue.counts().values()) == 0
    assert portal.service.verifier.archive.watermark("acme") == 0
    assert not list(tmp_path.rglob("*.blobs"))


def test_a_key_that_may_only_read_cannot_submit(portal):
    answer = portal.submit(headers=portal.key(Scope.READ))
    assert answer.status_code == 403
    assert sum(portal.service.queue.counts().values()) == 0


def test_jobs_that_waited_when_the_service_stopped_are_done_by_the_next(portal, tmp_path):
    held(portal)
    places = [portal.submit(claim(id=f"C-{number}"), wait=0).json()["id"] for number in range(5)]
    portal.service._desk._stopping.set()
    portal.inspection.gate.set()
    portal.service.__exit__()
    states = {portal.service.job("acme", place).state for place in places}
    assert JobState.PROCESSING not in states
    assert JobState.QUEUED in states
    with portal.service:
        eventually(lambda: all(portal.service.job("acme", place).state in ENDS for place in places))
