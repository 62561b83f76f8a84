"""What became of a claim: for whom it is, in the form that was asked for, and for nobody else."""

from __future__ import annotations

import httpx
import pytest

from verifier import codec
from verifier.archive.keys import Scope
from verifier.casefile import ClaimReport


@pytest.fixture
def place(portal) -> str:
    return portal.submit().headers["location"]


def test_the_partner_sees_requirements_and_no_score(portal, place):
    report = portal.http.get(f"{place}/report", headers=portal.key(Scope.READ)).json()
    assert report["schema"] == "verifier.partner/1"
    assert "assessment" not in report


def test_the_reviewer_sees_the_whole_report(portal, place):
    answer = portal.http.get(f"{place}/report?scope=reviewer")
    assert codec.from_json(ClaimReport, answer.content).claim.id == "C-1"


def test_a_key_without_review_does_not_see_it(portal, place):
    answer = portal.http.get(f"{place}/report?scope=reviewer", headers=portal.key(Scope.READ, Scope.SUBMIT))
    assert answer.status_code == 403


def test_a_key_without_read_sees_nothing(portal, place):
    for path in (place, f"{place}/report"):
        assert portal.http.get(path, headers=portal.key(Scope.SUBMIT)).status_code == 403


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/html;q=0.1, application/json", "application/json"),
        ("application/json;q=0, */*", "text/html"),
        ("text/*", "text/html"),
    ],
)
def test_the_accept_header_chooses_the_form(portal, place, accept, kind):
    answer = portal.http.get(f"{place}/report", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize("accept", ["image/png", "application/pdf;q=1", "x;q=x", "*/*;q=0"])
def test_a_form_that_there_is_not_is_406(portal, place, accept):
    assert portal.http.get(f"{place}/report", headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize("scope", ["partner", "reviewer"])
def test_the_format_goes_before_the_accept_header(portal, place, scope):
    answer = portal.http.get(f"{place}/report?format=html&scope={scope}", headers={"Accept": "application/json"})
    assert answer.text.startswith("<!doctype html>")
    assert "C-1" in answer.text
    assert "sandbox" in answer.headers["content-security-policy"]


def test_another_tenant_gets_404_for_what_is_there_and_for_what_is_not(portal, place):
    other = portal.key(tenant="other")
    answers = [
        portal.http.get(path, headers=other)
        for path in (place, f"{place}/report", "/v1/verifications/nope", "/v1/verifications/nope/report")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_a_report_that_is_not_there_yet_is_a_conflict(portal):
    portal.inspection.gate.clear()
    place = portal.submit(wait=0).headers["location"]
    answer = portal.http.get(f"{place}/report")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:verifier:problem:not-ready"
    assert answer.headers["retry-after"]


def test_a_failed_claim_has_no_report_and_says_why(portal):
    portal.inspection.failing = RuntimeError("x")
    place = portal.submit().headers["location"]
    answer = portal.http.get(f"{place}/report")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:verifier:problem:failed")


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer vk_x_y"}, {"Authorization": "Basic eA=="}]
)
def test_without_a_key_in_use_nothing_is_told(portal, place, header):
    answer = httpx.get(portal.address + place, headers=header)
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:verifier:problem:key-needed"


def test_a_revoked_key_is_shut_out_at_once(portal, place):
    mine = portal.key(tenant="acme")
    assert portal.http.get(place, headers=mine).status_code == 200
    key = mine["Authorization"].split("_")[1]
    portal.service.keys.revoke(key, portal.service.verifier.clock())
    assert portal.http.get(place, headers=mine).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nope", 404), ("PUT", "/v1/verifications", 405), ("GET", "/livez/", 404)]
)
def test_every_error_is_a_problem_document(portal, method, path, status):
    answer = portal.http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_value_that_is_not_known_is_named(portal, place):
    answer = portal.http.get(f"{place}/report?scope=everyone")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "query.scope"


def test_every_answer_carries_the_security_headers(portal, place):
    for path in ("/livez", place, f"{place}/report?format=html", "/nope"):
        headers = portal.http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers or "uvicorn" in headers["server"]


def test_a_fault_tells_nothing_of_our_insides(portal, place, monkeypatch):
    def broken(*_):
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(portal.service, "job", broken)
    answer = portal.http.get(place)
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:verifier:problem:fault")
    assert "secret" not in answer.text
