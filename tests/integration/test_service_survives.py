"""kill -9, twenty times, with submissions in flight: what was acknowledged is verified, once, after the restart."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from light_corridor import CSV, claim, form
from served import free_port

from verifier.archive.decisions import Decisions
from verifier.archive.keys import Keys, Scope
from verifier.archive.queue import Queue
from verifier.archive.sqlite import SqliteArchive
from verifier.casefile import JobState
from verifier.jobs.desk import LEASE

KILLS = 20
PORTALS = 3


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def key(archive: Path) -> dict[str, str]:
    with closing(Keys(archive)) as keys:
        _, token = keys.create("acme", "portal", Scope, datetime.now(UTC))
    return {"Authorization": f"Bearer {token}"}


class Supervised:
    """The service's supervisor; `pid` is the service's of now."""

    def __init__(self, archive: Path) -> None:
        self.port = free_port()
        program = Path(__file__).with_name("supervised_service.py")
        arguments = [sys.executable, str(program), str(archive), str(self.port)]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        self.pids: list[int] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def kill_service(self) -> None:
        """kill -9, and wait until there is another."""
        count = len(self.pids)
        os.kill(self.pids[-1], signal.SIGKILL)
        while len(self.pids) == count:
            time.sleep(0.005)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        with suppress(ProcessLookupError):
            os.kill(self.pids[-1], signal.SIGKILL)
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            self.pids.extend(int(line) for line in lines)


@pytest.fixture
def supervised(archive: Path, key: dict[str, str]) -> Iterator[Supervised]:
    running = Supervised(archive)
    try:
        yield running
    finally:
        running.stop()


class PortalThread(threading.Thread):
    """Submits claims until told to stop; each until it is acknowledged, under its own idempotency key."""

    def __init__(self, name: str, port: int, key: dict[str, str]) -> None:
        super().__init__(name=name)
        self.acknowledged: dict[str, str] = {}
        self.broken_off = 0
        self.done = threading.Event()
        self._address, self._key = f"http://127.0.0.1:{port}/v1/verifications", key

    def run(self) -> None:
        number = 0
        while not self.done.is_set():
            name = f"{self.name}-{number}"
            number += 1
            self._submit(name)

    def _submit(self, name: str) -> None:
        headers = self._key | {"Idempotency-Key": name}
        parts = form(claim(id=name), export__csv=CSV + name.encode())
        for _ in range(200):
            try:
                answer = httpx.post(self._address, files=parts, headers=headers, timeout=10)
            except httpx.TransportError:
                self.broken_off += 1
                time.sleep(0.05)
                continue
            if answer.status_code in {200, 202}:
                self.acknowledged[name] = answer.json()["id"]
                time.sleep(0.05)
                return
            assert answer.status_code in {409, 503}, answer.text
            time.sleep(0.1)


@pytest.mark.slow
def test_what_was_acknowledged_survives_twenty_kills(supervised, archive, key):
    portals = [PortalThread(f"P{number}", supervised.port, key) for number in range(PORTALS)]
    draw = random.Random(1)  # noqa: S311
    wait_for(lambda: is_up(supervised.port))
    for portal in portals:
        portal.start()
    for _ in range(KILLS):
        before = sum(len(portal.acknowledged) for portal in portals)
        wait_for(lambda before=before: sum(len(portal.acknowledged) for portal in portals) > before)
        time.sleep(draw.uniform(0, 0.3))
        supervised.kill_service()
    for portal in portals:
        portal.done.set()
    for portal in portals:
        portal.join()
    sent = {name: id_ for portal in portals for name, id_ in portal.acknowledged.items()}
    assert len(sent) >= KILLS
    assert sum(portal.broken_off for portal in portals) > 0, "no submission was under way at any kill"

    with closing(Queue(archive)) as queue, closing(SqliteArchive(archive)) as reports:
        # what a killed process held is taken up once its lease ran out
        ended = {JobState.COMPLETED, JobState.NEEDS_INPUT}
        wait_for(lambda: all(state_of(queue, id_) in ended for id_ in sent.values()), LEASE + 60)
        states = queue.counts()
        assert sum(states.values()) == len(sent), "a claim was taken in twice, or without being acknowledged"
        assert states[JobState.FAILED] == 0
        filed = list(reports.reports("acme"))
        assert {report.claim.id for report in filed} == set(sent)
        assert reports.verify_audit() == len(sent) + 1, "the key has an entry, too"
        for report in filed:
            assert reports.blob(report.items[0].item.digest) == CSV + report.claim.id.encode()


class ReviewerThread(threading.Thread):
    """Decides on one claim, again and again; each decision until it is acknowledged."""

    def __init__(self, address: str, key: dict[str, str]) -> None:
        super().__init__()
        self.acknowledged: list[dict[str, object]] = []
        self.broken_off = 0
        self.done = threading.Event()
        self._address, self._key = address, key

    def run(self) -> None:
        while not self.done.is_set():
            after = self.acknowledged[-1]["sequence"] if self.acknowledged else 0
            facts = {"outcome": "ask", "reason": f"question {len(self.acknowledged)}", "after": after}
            self.acknowledged.append(self._decide(facts))

    def _decide(self, facts: dict[str, object]) -> dict[str, object]:
        while True:
            try:
                answer = httpx.post(self._address, json=facts, headers=self._key, timeout=10)
            except httpx.TransportError:
                self.broken_off += 1
                time.sleep(0.02)
                continue
            assert answer.status_code == 201, answer.text
            return answer.json()


@pytest.mark.slow
def test_a_decision_that_was_acknowledged_survives_kill_9_and_is_kept_once(supervised, archive, key):
    base = f"http://127.0.0.1:{supervised.port}"
    wait_for(lambda: is_up(supervised.port))
    sent = httpx.post(f"{base}/v1/verifications", files=form(claim()), headers=key | {"Prefer": "wait=20"}, timeout=30)
    reviewer = ReviewerThread(f"{base}{sent.headers['Location']}/decision", key)
    draw = random.Random(2)  # noqa: S311
    reviewer.start()
    for _ in range(5):
        before = len(reviewer.acknowledged)
        wait_for(lambda before=before: len(reviewer.acknowledged) > before)
        time.sleep(draw.uniform(0, 0.1))
        supervised.kill_service()
    reviewer.done.set()
    reviewer.join()
    assert reviewer.broken_off > 0, "no decision was under way at any kill"
    with closing(Decisions(archive)) as log, closing(SqliteArchive(archive)) as reports:
        kept = [(line.sequence, line.reason) for line in log.of_tenant("acme")]
        assert kept == [(line["sequence"], line["reason"]) for line in reviewer.acknowledged]
        assert reports.verify_audit() == len(kept) + 2, "the key's entry, the report's, and one of each decision"


def state_of(queue: Queue, id_: str) -> JobState | None:
    job = queue.job("acme", id_)
    return job.state if job else None


def is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def wait_for(condition, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)
