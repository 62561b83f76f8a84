"""The Python client against a real service."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest
from light_corridor import CSV, claim

from verifier.client import Client, ServiceError


@pytest.fixture
def client(portal):
    key = portal.http.headers["authorization"].removeprefix("Bearer ")
    with Client(portal.address, key) as client:
        yield client


def test_a_claim_goes_in_and_its_report_comes_back(client):
    sent = client.submit(claim(), {"export.csv": CSV}, wait=10)
    assert (sent.state, sent.claim, sent.has_ended) == ("needs_input", "C-1", True)
    assert sent.asks
    assert client.fetch(sent.id) == sent
    assert client.report(sent.id)["schema"] == "verifier.partner/1"
    assert client.report(sent.id, "reviewer")["claim"]["id"] == "C-1"
    assert client.report_page(sent.id).startswith("<!doctype html>")


def test_a_claim_can_be_waited_for_later(client):
    sent = client.submit(claim(), {"export.csv": CSV})
    assert client.wait_for(sent.id, 10).state == "needs_input"


def test_preflight_is_a_look_ahead(client):
    assert client.preflight(claim(), {"export.csv": CSV})["state"] == "needs_input"


def test_a_refusal_names_the_fields(client):
    with pytest.raises(ServiceError, match="partner is missing") as refused:
        client.submit(claim(partner=...), {"export.csv": CSV})
    assert refused.value.status == 422
    assert refused.value.kind == "urn:verifier:problem:claim-invalid"
    assert refused.value.fields == {"claim.partner": "is missing"}


def test_a_busy_service_is_asked_again_when_it_says_under_the_same_key():
    seen, pauses = [], []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["idempotency-key"])
        if len(seen) < 3:
            return httpx.Response(503, headers={"Retry-After": "7"})
        body = {"id": "1", "claim": "C-1", "revision": 1, "state": "queued", "asks": [], "problem": None}
        return httpx.Response(202, json=body)

    with Client("http://x", "k", transport=httpx.MockTransport(answer), pause=pauses.append) as client:
        assert client.submit(claim(), {}).state == "queued"
    assert len(set(seen)) == 1
    assert pauses == [7.0, 7.0]


def test_a_service_that_is_not_there_is_given_up_after_a_few_tries():
    tries = []

    def nobody(request: httpx.Request) -> httpx.Response:
        tries.append(request)
        raise httpx.ConnectError("refused")

    client = Client("http://x", "k", transport=httpx.MockTransport(nobody), pause=lambda _: None)
    with client, pytest.raises(httpx.ConnectError):
        client.fetch("1")
    assert len(tries) == 4


def test_a_reviewer_decides_sees_the_log_and_takes_back(client):
    sent = client.submit(claim(claimed_amount="840.00", currency="EUR"), {"export.csv": CSV}, wait=10)
    assert sent.decision is None
    line = client.decide(sent.id, "accept", amount=Decimal("620.50"), reason="The rest is of May.", after=0)
    assert client.decisions(sent.id) == (line,)
    assert client.fetch(sent.id).decision == {
        "outcome": "accept",
        "amount": "620.50",
        "reason": "The rest is of May.",
    }
    assert client.undo(sent.id, after=line["sequence"])["undoes"] == line["sequence"]
    assert client.fetch(sent.id).decision is None
    with pytest.raises(ServiceError, match="reason is needed") as refused:
        client.decide(sent.id, "reject")
    assert refused.value.fields == {"body.reason": "is needed to reject"}
    with pytest.raises(ServiceError) as late:
        client.decide(sent.id, "reject", reason="no", after=0)
    assert (late.value.status, late.value.kind) == (409, "urn:verifier:problem:decided-meanwhile")
