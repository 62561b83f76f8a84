"""The desk: leases live as long as the work, and no more; one bad claim is nobody else's trouble."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from light_corridor import CSV, Inspection, light_verifier, open_inspection

from verifier.archive.queue import Queue
from verifier.archive.sqlite import SqliteArchive
from verifier.casefile import Claim, Job, JobState, Submission, Window
from verifier.jobs import Busy, Desk, desk

FILES = [Submission(name="export.csv", data=CSV, slot="send_report")]


def claim(name: str) -> Claim:
    return Claim(
        id=name,
        activity="email_campaign",
        partner="Nordwind",
        window=Window(start=date(2026, 5, 12), end=date(2026, 5, 26)),
        submitted_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def is_under_way(queue: Queue, job: Job) -> bool:
    now = queue.job("default", job.id)
    return now is not None and now.state is JobState.PROCESSING


@pytest.fixture
def inspection() -> Inspection:
    return open_inspection()


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with closing(Queue(tmp_path / "archive.db")) as queue:
        yield queue


@pytest.fixture
def made(tmp_path: Path, queue: Queue, inspection: Inspection) -> Iterator[Desk]:
    with closing(SqliteArchive(tmp_path / "archive.db")) as archive:
        yield Desk(light_verifier(archive, inspection), queue, capacity=3)


def test_a_lease_outlasts_work_that_takes_longer_than_it(made, queue, inspection, monkeypatch):
    monkeypatch.setattr(desk, "LEASE", 0.6)
    monkeypatch.setattr(desk, "_BEAT", 0.1)
    inspection.gate.clear()
    job = made.submit(claim("C-1"), FILES)
    worker = threading.Thread(target=made.work_one)
    worker.start()
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        if is_under_way(queue, job):
            assert queue.lease(datetime.now(UTC), 1) is None, "the lease ran out while its holder was at work"
        time.sleep(0.05)
    inspection.gate.set()
    worker.join()
    ended = queue.job("default", job.id)
    assert (ended.state, ended.attempts) == (JobState.NEEDS_INPUT, 1)


def test_a_claim_that_took_its_process_down_too_often_is_given_up(made, queue):
    job = made.submit(claim("C-1"), FILES)
    for _ in range(desk.ATTEMPTS):
        assert queue.lease(datetime.now(UTC), 0) is not None  # and whoever held it died
        time.sleep(0.01)
    made.work_one()
    ended = queue.job("default", job.id)
    assert ended.state is JobState.FAILED
    assert "gave up" in ended.problem.message


def test_a_fault_of_ours_fails_that_claim_and_the_next_is_verified(made, queue, inspection):
    inspection.failing = AssertionError("a bug")
    bad = made.submit(claim("C-1"), FILES)
    made.work_one()
    inspection.failing = None
    good = made.submit(claim("C-2"), FILES)
    made.work_one()
    assert queue.job("default", bad.id).state is JobState.FAILED
    assert queue.job("default", good.id).state is not JobState.FAILED


def test_the_queue_is_bounded_for_each_run(made):
    for number in range(3):
        made.submit(claim(f"C-{number}"), FILES, run="batch")
    made.submit(claim("C-9"), FILES)
    with pytest.raises(Busy):
        made.submit(claim("C-4"), FILES, run="batch")


def test_a_desk_works_on_its_run_only(made, queue):
    other = made.submit(claim("C-1"), FILES, run="batch")
    mine = made.submit(claim("C-2"), FILES)
    made.start(2, run="")
    assert made.alive
    until = time.monotonic() + 10
    while queue.job("default", mine.id).state is not JobState.NEEDS_INPUT:
        assert time.monotonic() < until
        time.sleep(0.02)
    made.stop()
    assert queue.job("default", other.id).state is JobState.QUEUED
