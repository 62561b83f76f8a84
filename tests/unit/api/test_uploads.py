"""Uploads: limits hold while they are read, and half an upload is none."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from light_corridor import CSV, LIMITS, claim, form, light_service, listening, open_inspection, token

BOUNDARY = "b0undary"
HEAD = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name: str, data: bytes, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"' if filename is not None else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + data + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


@pytest.fixture
def post(portal):
    return lambda body, headers=HEAD: portal.http.post("/v1/verifications", content=body, headers=headers)


def kind(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["type"].rpartition(":")[2]


def head(portal, *headers: str) -> bytes:
    known = (
        "Host: x",
        f"Authorization: {portal.http.headers['authorization']}",
        f"Content-Type: {HEAD['Content-Type']}",
    )
    return "\r\n".join(("POST /v1/verifications HTTP/1.1", *known, *headers, "", "")).encode()


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/mixed; boundary=x", ""])
def test_another_media_type_is_415(post, media_type):
    answer = post(b"{}", {"Content-Type": media_type})
    assert answer.status_code == 415
    assert kind(answer) == "unsupported-media-type"


def test_a_file_that_is_too_large_is_413(portal):
    answer = portal.submit(export__csv=b"x" * (portal.service.limits.form.file_bytes + 1))
    assert (answer.status_code, kind(answer)) == (413, "too-large")


def wire_to(portal) -> socket.socket:
    parts = urlsplit(portal.address)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def test_a_request_that_says_it_is_too_large_is_413_before_any_of_it_is_sent(portal):
    with wire_to(portal) as wire:
        wire.sendall(head(portal, "Content-Length: 100000000"))
        assert b" 413 " in wire.recv(10_000).splitlines()[0]


def test_a_request_that_does_not_say_how_large_it_is_is_stopped_at_the_limit(portal):
    """Read from the wire itself: the answer comes while the sender is still sending."""
    with wire_to(portal) as wire:
        wire.sendall(head(portal, "Transfer-Encoding: chunked"))
        sent = 0
        chunk = part("files", b"x" * 1000, "a")
        while sent < portal.service.limits.form.request_bytes + 5_000:
            wire.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            sent += len(chunk)
            chunk = b"y" * 5_000
        answer = wire.recv(10_000)
    assert b" 413 " in answer.splitlines()[0]


def test_too_many_files_are_413(portal):
    names = {f"f{number}__csv": CSV for number in range(portal.service.limits.form.files + 1)}
    answer = portal.submit(claim(items=...), **names)
    assert (answer.status_code, kind(answer)) == (413, "too-many-files")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no form at all", 400),
        (part("claim", b"{}"), 400),
        (part("files", CSV, "a.csv")[:-20], 400),
        (END, 422),
        (part("claim", b"{}") + part("claim", b"{}") + END, 422),
        (part("files", CSV, "a.csv") + part("files", CSV, "a.csv") + END, 422),
        (part("files", CSV) + END, 422),
        (part("files", CSV, "") + END, 422),
        (part("evil", CSV, "a.csv") + END, 422),
        (f"--{BOUNDARY}\r\nX: y\r\n\r\nz\r\n".encode() + END, 422),
        (f"--{BOUNDARY}\r\nContent-Disposition: ".encode() + b"x" * 20_000 + b"\r\n\r\n" + END, 400),
        (part("claim", b"[" * 1_100_000) + END, 413),
    ],
)
def test_a_form_that_is_none_is_refused_and_nothing_is_kept(portal, post, body, status):
    answer = post(body)
    assert answer.status_code == status
    assert kind(answer)
    assert sum(portal.service.queue.counts().values()) == 0


def test_an_upload_that_breaks_off_leaves_nothing(portal, tmp_path):
    body = b"".join([part("claim", b'{"id": "C-1"'), part("files", CSV, "a.csv")])
    with wire_to(portal) as wire:
        wire.sendall(head(portal, "Idempotency-Key: k", f"Content-Length: {len(body) + 50}") + body)
        time.sleep(0.3)
    time.sleep(0.3)
    assert sum(portal.service.queue.counts().values()) == 0
    assert not list(tmp_path.rglob("*.blobs"))
    assert portal.submit(headers={"Idempotency-Key": "k"}).status_code == 200  # the key is free again


def test_an_upload_that_takes_too_long_is_408(tmp_path):
    limits = replace(LIMITS, form=replace(LIMITS.form, seconds=0.3))

    def slowly():
        yield part("files", CSV, "a.csv")
        time.sleep(1.5)
        yield END

    with light_service(tmp_path / "a.db", open_inspection(), limits) as service, listening(service) as address:
        answer = httpx.post(f"{address}/v1/verifications", content=slowly(), headers=HEAD | token(service))
    assert (answer.status_code, kind(answer)) == (408, "upload-too-slow")


def test_files_come_as_they_were_sent(portal):
    data = bytes(range(256)) * 300 + b"\r\n--" + BOUNDARY.encode()[:-1]
    answer = portal.submit(claim(items=...), odd__bin=data)
    (deposit,) = portal.service.job("acme", answer.json()["id"]).deposits
    assert portal.service.verifier.archive.blob(deposit.digest) == data


def test_a_key_is_asked_for_before_the_body_is_read(portal):
    answer = httpx.post(f"{portal.address}/v1/verifications", files=form(claim()))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
