"""The desk: leases live as long as the work, and no more; one bad claim is nobody else's trouble."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from light_corridor import CSV, Inspection, light_verifier, open_inspection

from verifier.archive.queue import Queue
from verifier.archive.sqlite import SqliteArchive
from verifier.casefile import Claim, ClaimReport, Job, JobState, Submission, Window
from verifier.errors import KeyReused
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
    now = queue.job(job.tenant, job.id)
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


def eventually(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def has_ended(queue: Queue, job: Job) -> bool:
    now = queue.job("default", job.id)
    return now is not None and now.state in {JobState.NEEDS_INPUT, JobState.COMPLETED, JobState.FAILED}


def test_a_claim_is_acknowledged_before_it_is_verified(made, queue, inspection):
    job = made.submit(claim("C-1"), FILES)
    kept = queue.job("default", job.id)
    assert (kept.state, kept.deposits[0].name) == (JobState.QUEUED, "export.csv")
    assert made._verifier.archive.blob(kept.deposits[0].digest) == CSV
    assert inspection.seen == []


def test_the_same_key_gives_the_same_job_and_is_refused_with_another_body(made, queue):
    first = made.submit(claim("C-1"), FILES, key="k")
    assert made.submit(claim("C-1"), FILES, key="k") == first
    with pytest.raises(KeyReused):
        made.submit(claim("C-2"), FILES, key="k")
    made.work_one()
    assert made.submit(claim("C-1"), FILES, key="k").state is JobState.NEEDS_INPUT
    assert made.work_one() is None, "there is nothing to do twice"


def test_a_full_queue_keeps_nothing_of_what_it_refuses(made, queue, tmp_path):
    for number in range(3):
        made.submit(claim(f"C-{number}"), FILES)
    with pytest.raises(Busy) as busy:
        made.submit(claim("C-9"), [replace(FILES[0], data=CSV + b"more")])
    assert busy.value.retry_after >= 1
    assert queue.counts()[JobState.QUEUED] == 3
    assert len(list(tmp_path.rglob("*.blobs/*/*"))) == 1
    made.work_one()
    made.submit(claim("C-9"), FILES)


def test_a_lease_outlasts_work_that_takes_longer_than_it(made, queue, inspection, monkeypatch):
    monkeypatch.setattr(desk, "LEASE", 0.6)
    monkeypatch.setattr(desk, "_BEAT", 0.1)
    inspection.gate.clear()
    job = made.submit(claim("C-1"), FILES)
    made.start(1)
    eventually(lambda: is_under_way(queue, job))
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        assert queue.lease(datetime.now(UTC), 1) is None, "the lease ran out while its holder was at work"
        time.sleep(0.05)
    inspection.gate.set()
    made.stop()
    ended = queue.job("default", job.id)
    assert (ended.state, ended.attempts) == (JobState.NEEDS_INPUT, 1)


def test_what_a_process_that_died_held_is_another_ones_once_the_lease_ran_out(made, queue):
    job = made.submit(claim("C-1"), FILES)
    assert queue.lease(datetime.now(UTC), 0.3) is not None  # and whoever held it died
    assert made.work_one() is None
    time.sleep(0.35)
    assert made.work_one() is not None
    ended = queue.job("default", job.id)
    assert (ended.state, ended.attempts) == (JobState.NEEDS_INPUT, 2)


def test_a_claim_whose_report_was_filed_before_its_process_died_is_not_verified_again(made, queue, inspection):
    job = made.submit(claim("C-1"), FILES)
    lease = queue.lease(datetime.now(UTC), 0)
    filed = made._verifier.verify(lease.job.claim, FILES)  # and then it died
    time.sleep(0.01)
    told: list[ClaimReport | None] = []
    made._on_done = lambda _job, report: told.append(report)
    made.work_one()
    assert inspection.seen == [filed.items[0].item.id], "it was looked at once"
    assert told == [filed]
    assert queue.job("default", job.id).state is JobState.NEEDS_INPUT


def test_who_lost_the_lease_does_not_settle(made, queue, inspection, monkeypatch):
    monkeypatch.setattr(desk, "LEASE", 0.05)
    told: list[Job] = []
    made._on_done = lambda job, _report: told.append(job)
    inspection.gate.clear()
    job = made.submit(claim("C-1"), FILES)
    slow = threading.Thread(target=made.work_one)
    slow.start()
    eventually(lambda: is_under_way(queue, job))
    time.sleep(0.1)
    assert queue.lease(datetime.now(UTC), 60) is not None
    inspection.gate.set()
    slow.join()
    assert is_under_way(queue, job)
    assert told == []


def test_stop_finishes_what_is_under_way_and_leaves_what_waits(made, queue, inspection):
    inspection.gate.clear()
    first, second = made.submit(claim("C-1"), FILES), made.submit(claim("C-2"), FILES)
    made.start(1)
    eventually(lambda: is_under_way(queue, first))
    stopping = threading.Thread(target=made.stop)
    stopping.start()
    stopping.join(0.2)
    assert stopping.is_alive(), "it waits for the claim that is under way"
    inspection.gate.set()
    stopping.join()
    assert queue.job("default", first.id).state is JobState.NEEDS_INPUT
    assert queue.job("default", second.id).state is JobState.QUEUED


@pytest.mark.parametrize("quick", ["early", "late"])
def test_of_two_copies_that_are_under_way_at_once_exactly_the_later_one_reports_the_other(
    made, queue, inspection, quick
):
    early = claim("early")
    late = replace(claim("late"), submitted_at=early.submitted_at + timedelta(seconds=1))
    slow = {"early": "late", "late": "early"}[quick]
    inspection.held[slow] = threading.Event()
    jobs = {each.id: made.submit(each, FILES) for each in (early, late)}
    made.start(2)
    eventually(lambda: set(inspection.seen) >= {f"{quick}/r1/1"} and is_under_way(queue, jobs[slow]))
    time.sleep(0.1)
    inspection.held[slow].set()
    eventually(lambda: all(has_ended(queue, job) for job in jobs.values()))
    made.stop()
    assert (copies_of(made, "early"), copies_of(made, "late")) == (0, 1)


def test_of_many_copies_at_the_same_moment_each_reports_those_before_it(made, queue, inspection):
    names = ["C-0", "C-1", "C-2"]
    inspection.gate.clear()
    jobs = [made.submit(claim(name), FILES) for name in reversed(names)]
    made.start(3)
    eventually(lambda: all(is_under_way(queue, job) for job in jobs))
    inspection.gate.set()
    eventually(lambda: all(has_ended(queue, job) for job in jobs))
    made.stop()
    assert [copies_of(made, name) for name in names] == [0, 1, 2]


def test_tenants_do_not_wait_for_each_other(made, queue, inspection):
    inspection.held["slow"] = threading.Event()
    slow, other = claim("slow"), replace(claim("other"), tenant="elsewhere")
    jobs = [made.submit(each, FILES) for each in (slow, other)]
    made.start(2)
    eventually(lambda: queue.job("elsewhere", jobs[1].id).state is JobState.NEEDS_INPUT)
    inspection.held["slow"].set()
    made.stop()
    assert has_ended(queue, jobs[0])


def copies_of(made: Desk, name: str) -> int:
    """How many earlier items the claim's report says to be the same."""
    report = made._verifier.archive.report("default", name)
    findings = {finding.code: finding for part in report.items[0].inspections for finding in part.findings}
    return findings["duplicates.exact"].value


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


def test_a_claim_is_through_only_once_its_report_is_on_the_disk(made, queue, monkeypatch):
    job = made.submit(claim("C-1"), FILES)
    waited = []

    def sync(archive):
        filed = archive.report("default", "C-1") is not None
        waited.append((filed, has_ended(queue, job)))

    monkeypatch.setattr(SqliteArchive, "sync", sync)
    made.work_one()
    assert waited == [(True, False)]
    assert has_ended(queue, job)
