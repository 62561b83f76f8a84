"""An answer that comes before its upload was read reaches the sender, whoever sends and however much."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from itertools import count
from urllib.parse import urlsplit

import httpx
import pytest
from light_corridor import CSV, LIMITS, claim, form, light_service, listening, open_inspection, token

from verifier.api import lingering
from verifier.archive.keys import Scope
from verifier.casefile import JobState
from verifier.client import Client, ServiceError

UPLOAD = 6_000_000  # far more than socket buffers hold
ROOMY = replace(LIMITS, form=replace(LIMITS.form, request_bytes=20_000_000, file_bytes=10_000_000), waiting=1)


@pytest.fixture
def inspection():
    return open_inspection()


@pytest.fixture
def service(tmp_path, inspection, monkeypatch):
    monkeypatch.setattr(lingering, "SILENCE", 30.0)  # on a busy machine, a sender may be silent for seconds
    with light_service(tmp_path / "archive.db", inspection, ROOMY) as service:
        yield service
        inspection.gate.set()


@pytest.fixture
def address(service):
    with listening(service) as address:
        yield address


@pytest.fixture
def full(service, address, inspection):
    """The service is at work on as much as it can, and one claim waits: for as long as the gate is closed."""
    inspection.gate.clear()
    until = time.monotonic() + 60
    with httpx.Client(base_url=address, headers=token(service), timeout=60) as http:
        for number in count():
            http.post("/v1/verifications", files=form(claim(id=f"C-{number}")))
            counts = service.queue.counts()
            if (counts[JobState.PROCESSING], counts[JobState.QUEUED]) == (ROOMY.at_work, ROOMY.waiting):
                return
            assert time.monotonic() < until, "the queue does not fill"
            time.sleep(0.02)


def everything_sent_then_read(address: str, head: list[str], body: bytes) -> bytes:
    """What a plain client gets: it sends all it has to say, and only then looks for the answer."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.sendall("\r\n".join(["POST /v1/verifications HTTP/1.1", "Host: x", *head, "", ""]).encode())
        for start in range(0, len(body), 65_536):
            wire.sendall(body[start : start + 65_536])
        answer = b""
        while data := wire.recv(65_536):
            answer += data
    return answer


def whole(answer: bytes) -> int:
    """The status of an answer of which no byte is missing."""
    head, _, body = answer.partition(b"\r\n\r\n")
    fields = {line.partition(b":")[0].lower(): line.partition(b":")[2].strip() for line in head.split(b"\r\n")[1:]}
    assert len(body) == int(fields[b"content-length"])
    assert fields[b"connection"] == b"close"
    assert b"application/problem+json" in fields[b"content-type"]
    return int(head.split()[1])


@pytest.mark.parametrize(
    ("media_type", "size", "given", "status"),
    [
        ("multipart/form-data; boundary=b", UPLOAD, True, 503),
        ("multipart/form-data; boundary=b", UPLOAD, False, 401),
        ("multipart/form-data; boundary=b", 21_000_000, True, 503),
        ("application/json", UPLOAD, False, 401),
    ],
)
@pytest.mark.parametrize("connection", ["keep-alive", "close"])
@pytest.mark.usefixtures("full")
def test_a_full_queue_answers_whoever_sends_all_first(address, service, media_type, size, given, status, connection):
    key = [f"Authorization: {token(service)['Authorization']}"] if given else []
    head = [*key, f"Content-Type: {media_type}", f"Content-Length: {size}", f"Connection: {connection}"]
    assert whole(everything_sent_then_read(address, head, b"x" * size)) == status


@pytest.mark.parametrize(
    ("media_type", "size", "status"),
    [
        ("application/json", UPLOAD, 415),
        ("multipart/form-data; boundary=b", 20_000_001, 413),
        ("multipart/form-data; boundary=b", UPLOAD, 400),  # no form: seen in its first bytes
    ],
)
def test_a_refused_upload_is_read_to_its_end(address, service, media_type, size, status):
    key = f"Authorization: {token(service)['Authorization']}"
    head = [key, f"Content-Type: {media_type}", f"Content-Length: {size}"]
    assert whole(everything_sent_then_read(address, head, b"x" * size)) == status


@pytest.mark.usefixtures("full")
def test_the_client_gets_the_answer_and_comes_back_when_it_is_told(address, service, inspection):
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        inspection.gate.set()
        time.sleep(0.5)

    key = token(service)["Authorization"].removeprefix("Bearer ")
    big = claim(id="big", items=[{"file": "photo.jpg"}])
    with Client(address, key, pause=pause) as client:
        assert client.submit(big, {"photo.jpg": b"x" * UPLOAD}, wait=10).has_ended
    assert pauses
    assert pauses[0] == 2.0, "what the full queue asked for"


@pytest.mark.parametrize(("scopes", "size", "status"), [((Scope.READ,), UPLOAD, 403), ((), 10_500_000, 413)])
def test_the_client_raises_what_it_was_told(address, service, scopes, size, status):
    key = token(service, *scopes)["Authorization"].removeprefix("Bearer ")
    with Client(address, key) as client, pytest.raises(ServiceError) as refused:
        client.submit(claim(items=...), {"photo.jpg": b"x" * size})
    assert refused.value.status == status


def test_a_small_refused_upload_keeps_its_connection(address, service):
    with httpx.Client(base_url=address) as http:
        for _ in range(3):
            answer = http.post("/v1/verifications", files=form(claim(), export__csv=CSV * 100))
            assert answer.status_code == 401
            assert answer.headers.get("connection") != "close"


def test_who_waits_for_leave_to_send_is_not_asked_for_what_nobody_reads(address):
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as wire:
        wire.sendall(
            b"POST /v1/verifications HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n"
        )
        assert wire.recv(10_000).startswith(b"HTTP/1.1 401 ")


def test_who_never_ends_is_not_listened_to_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(lingering, "SILENCE", 0.2)
    with light_service(tmp_path / "a.db", open_inspection()) as service, listening(service) as address:
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname, parts.port), timeout=60) as wire:
            wire.sendall(b"POST /v1/verifications HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n")
            assert wire.recv(10_000).startswith(b"HTTP/1.1 401 ")
            started = time.monotonic()
            while wire.recv(10_000):
                pass
        assert 0.1 < time.monotonic() - started < lingering.LONGEST / 2
