"""The queue: what was acknowledged is worked on at least once, and settled once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verifier.archive.queue import Queue
from verifier.casefile import Claim, Deposit, Job, JobState, Problem
from verifier.errors import KeyReused, RevisionTaken

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    queue = Queue(tmp_path / "archive.db")
    yield queue
    queue.close()


def job(name: str, *, minute: int = 0, **changes: object) -> Job:
    moment = NOON + timedelta(minutes=minute)
    made = Job(
        id=name,
        tenant="default",
        claim=Claim(id=f"C-{name}", activity="webinar"),
        deposits=(Deposit(name="a.jpg", digest="00"), Deposit(name="link", link="https://example.com/r")),
        state=JobState.QUEUED,
        created_at=moment,
        updated_at=moment,
        body="b0",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_job_comes_back_as_it_was_given(queue: Queue) -> None:
    assert queue.submit(job("1")) == job("1")
    assert queue.job("default", "1") == job("1")


def test_another_tenant_does_not_see_it(queue: Queue) -> None:
    queue.submit(job("1", key="k"))
    assert queue.job("other", "1") is None
    assert queue.by_key("other", "k") is None


def test_the_oldest_job_is_leased_first_and_only_once(queue: Queue) -> None:
    queue.submit(job("late", minute=2))
    queue.submit(job("early", minute=1))
    first, second = queue.lease(NOON, 60), queue.lease(NOON, 60)
    assert first is not None
    assert second is not None
    assert (first.job.id, second.job.id) == ("early", "late")
    assert first.job.state is JobState.PROCESSING
    assert queue.lease(NOON, 60) is None


def test_a_job_whose_lease_ran_out_is_leased_again_and_the_first_worker_cannot_settle_it(queue: Queue) -> None:
    queue.submit(job("1"))
    lost = queue.lease(NOON, 60)
    again = queue.lease(NOON + timedelta(seconds=61), 60)
    assert lost is not None
    assert again is not None
    assert again.job.attempts == 2
    assert not queue.settle(lost, JobState.COMPLETED, NOON)
    assert not queue.renew(lost, NOON, 60)
    assert queue.settle(again, JobState.COMPLETED, NOON)
    assert queue.counts()[JobState.COMPLETED] == 1


def test_a_renewed_lease_holds_longer(queue: Queue) -> None:
    queue.submit(job("1"))
    lease = queue.lease(NOON, 60)
    assert lease is not None
    assert queue.renew(lease, NOON + timedelta(seconds=50), 60)
    assert queue.lease(NOON + timedelta(seconds=100), 60) is None


def test_a_failed_job_tells_its_problem(queue: Queue) -> None:
    queue.submit(job("1"))
    lease = queue.lease(NOON, 60)
    assert lease is not None
    problem = Problem(code="ClaimError", message="m", remedy="r")
    queue.settle(lease, JobState.FAILED, NOON, problem)
    failed = queue.job("default", "1")
    assert failed is not None
    assert (failed.state, failed.problem) == (JobState.FAILED, problem)


def test_the_same_key_with_the_same_body_is_the_same_job(queue: Queue) -> None:
    queue.submit(job("1", key="k"))
    assert queue.submit(job("2", key="k")).id == "1"
    assert queue.job("default", "2") is None


def test_the_same_key_with_another_body_is_refused(queue: Queue) -> None:
    queue.submit(job("1", key="k"))
    with pytest.raises(KeyReused, match="'k'"):
        queue.submit(job("2", key="k", body="b1"))


def test_a_line_of_a_run_is_one_job_however_often_it_is_submitted(queue: Queue) -> None:
    claim = Claim(id="C-1", activity="webinar")
    queue.submit(job("1", run="r", claim=claim))
    queue.submit(job("2", run="r", claim=claim))
    queue.submit(job("3", run="other", claim=claim))
    queue.submit(job("4", claim=claim))
    assert [made.id for made in queue.of_run("r")] == ["1"]
    assert queue.counts()[JobState.QUEUED] == 3
    assert queue.counts(run="r")[JobState.QUEUED] == 1


def test_a_revision_that_is_sent_again_is_the_earlier_job(queue: Queue) -> None:
    queue.submit(job("1"))
    assert queue.submit(job("2", claim=Claim(id="C-1", activity="webinar"))).id == "1"


@pytest.mark.parametrize(("revision", "body"), [(2, "b1"), (1, "b0"), (1, "b1")])
def test_a_revision_that_is_there_is_not_replaced(queue: Queue, revision: int, body: str) -> None:
    queue.submit(job("1", claim=Claim(id="C-1", activity="webinar", revision=2)))
    with pytest.raises(RevisionTaken, match="as revision 3"):
        queue.submit(job("2", claim=Claim(id="C-1", activity="webinar", revision=revision), body=body))


def test_a_higher_revision_is_a_new_job(queue: Queue) -> None:
    queue.submit(job("1"))
    claim = Claim(id="C-1", activity="webinar", revision=2)
    assert queue.submit(job("2", claim=claim)).id == "2"


def test_a_failed_revision_may_be_sent_again(queue: Queue) -> None:
    queue.submit(job("1"))
    lease = queue.lease(NOON, 60)
    assert lease is not None
    queue.settle(lease, JobState.FAILED, NOON, Problem(code="x", message="m", remedy="r"))
    again = queue.submit(job("2", claim=Claim(id="C-1", activity="webinar"), body="b1"))
    assert (again.id, again.state) == ("2", JobState.QUEUED)


def test_a_run_leases_its_own_jobs_only(queue: Queue) -> None:
    queue.submit(job("1", run="r"))
    assert queue.lease(NOON, 60, run="s") is None
    assert queue.lease(NOON, 60, run="r") is not None


def test_jobs_are_there_after_the_queue_was_opened_again(queue: Queue, tmp_path: Path) -> None:
    queue.submit(job("1"))
    again = Queue(tmp_path / "archive.db")
    assert again.job("default", "1") == job("1")
    again.close()
