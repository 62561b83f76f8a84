"""The turnstile: who is turned away costs next to nothing, and nobody is let in or out by what is only remembered."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from light_corridor import LIMITS, claim, form, light_service, listening, open_inspection, token

from verifier.api import turnstile
from verifier.archive.keys import Scope
from verifier.casefile import JobState

DOOR = "/v1/verifications"


@pytest.fixture
def inspection():
    return open_inspection()


@pytest.fixture
def service(tmp_path, inspection):
    with light_service(tmp_path / "archive.db", inspection, replace(LIMITS, waiting=2, at_work=1)) as service:
        yield service
        inspection.gate.set()


@pytest.fixture
def http(service):
    with listening(service) as address, httpx.Client(base_url=address, headers=token(service), timeout=60) as http:
        yield http


@pytest.fixture
def full(http, service, inspection):
    """One claim is under way, two wait, and a third was turned away: what was sent under the key `first` is here."""
    inspection.gate.clear()
    until = time.monotonic() + 60
    assert http.post(DOOR, files=form(claim(id="C-first")), headers={"Idempotency-Key": "first"}).status_code == 202
    number = 0
    while service.queue.counts()[JobState.QUEUED] < 2 or not service.queue.counts()[JobState.PROCESSING]:
        assert time.monotonic() < until, "the queue does not fill"
        http.post(DOOR, files=form(claim(id=f"C-{number}")))
        number += 1
    assert http.post(DOOR, files=form(claim(id="C-last"))).status_code == 503


@pytest.fixture
def remembering(monkeypatch):
    monkeypatch.setattr(turnstile, "_FULL", 60.0)
    monkeypatch.setattr(turnstile, "_KNOWN", 60.0)


def unasked(*_: object) -> None:
    raise AssertionError("the archive was asked")


@pytest.mark.usefixtures("remembering", "full")
def test_a_claim_is_turned_away_without_asking_the_archive(http, service, monkeypatch):
    monkeypatch.setattr(service.keys, "check", unasked)
    monkeypatch.setattr(service.queue, "waiting", unasked)
    for _ in range(3):
        answer = http.post(DOOR, files=form(claim(id="C-more")))
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:verifier:problem:busy"
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("remembering", "full")
def test_what_is_here_already_is_answered_though_the_queue_is_full(http):
    again = http.post(DOOR, files=form(claim(id="C-first")), headers={"Idempotency-Key": "first"})
    assert again.status_code == 202
    assert http.post(DOOR, files=form(claim(id="C-new")), headers={"Idempotency-Key": "new"}).status_code == 503


@pytest.mark.usefixtures("remembering", "full")
def test_a_stranger_learns_nothing_of_how_full_it_is(http, service):
    reader = token(service, Scope.READ)
    for headers, status in (({"Authorization": "Bearer vk_x_y"}, 401), ({"Authorization": ""}, 401), (reader, 403)):
        assert http.post(DOOR, files=form(claim()), headers=headers).status_code == status
    assert http.get(DOOR).status_code == 405
    assert http.get("/livez").status_code == 200


@pytest.mark.usefixtures("full")
def test_there_is_room_again_a_moment_after_work_was_done(http, service, inspection):
    inspection.gate.set()
    until = time.monotonic() + 60
    while service.queue.counts()[JobState.QUEUED]:
        assert time.monotonic() < until
        time.sleep(0.02)
    time.sleep(2 * turnstile._FULL)
    assert http.post(DOOR, files=form(claim(id="C-late"))).status_code == 202


@pytest.mark.usefixtures("remembering")
def test_a_key_that_was_revoked_a_moment_ago_hands_nothing_in(http, service):
    assert http.post(DOOR, files=form(claim(id="C-1"))).status_code == 202
    mine = http.headers["Authorization"].split("_")[1]
    service.keys.revoke(mine, datetime.now(UTC))
    assert http.post(DOOR, files=form(claim(id="C-2"))).status_code == 401
    assert sum(service.queue.counts().values()) == 1
