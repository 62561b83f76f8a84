"""The desk: takes claims in, acknowledges them once they are safe, and works them off with a few threads.

Threads only wait here (for guarded processes and for the disk), so a few of them keep all workers busy.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from verifier import codec
from verifier.archive.queue import Lease, Queue
from verifier.casefile import Claim, ClaimReport, Deposit, Job, JobState, Problem, Route, Submission
from verifier.errors import InputError, VerifierError
from verifier.verify import Verifier

LEASE = 300.0  # seconds: longer than the slowest claim between two renewals
ATTEMPTS = 3  # a claim that took its process down this often is not tried again
_IDLE = 0.2  # seconds between two looks at an empty queue


class Busy(VerifierError):  # noqa: N818 - named for what it says, as the error tree is
    """The queue is full; `retry_after` is in seconds."""

    def __init__(self, waiting: int, retry_after: float) -> None:
        super().__init__(f"{waiting} claims are waiting", f"send it again in {retry_after:.0f} s")
        self.retry_after = retry_after


class Desk:
    """One queue, one corridor. `capacity` bounds the jobs that may wait; `on_done` hears of each job that ended."""

    def __init__(
        self,
        verifier: Verifier,
        queue: Queue,
        *,
        capacity: int = 100,
        on_done: Callable[[Job, ClaimReport | None], None] = lambda _job, _report: None,
    ) -> None:
        self._verifier = verifier
        self._queue = queue
        self._capacity = capacity
        self._on_done = on_done
        self._stopping = threading.Event()
        self._work = threading.Event()
        self._threads: list[threading.Thread] = []

    def submit(self, claim: Claim, submissions: Sequence[Submission], *, key: str | None = None, run: str = "") -> Job:
        """Keep the files and the claim; when this returns, a crash loses neither.

        The same `key` with the same request gives the earlier job. Raises Busy when too many wait, KeyReused when the
        key came with another request.
        """
        waiting = self._queue.counts()[JobState.QUEUED]
        if waiting >= self._capacity:
            raise Busy(waiting, retry_after=min(60.0, 1.0 + waiting))
        deposits = tuple(self._deposit(submission) for submission in submissions)
        now = self._verifier.clock()
        job = Job(
            id=uuid.uuid4().hex,
            tenant=claim.tenant,
            claim=claim,
            deposits=deposits,
            state=JobState.QUEUED,
            created_at=now,
            updated_at=now,
            body=body_of(claim, submissions),
            key=key,
            run=run,
        )
        kept = self._queue.submit(job)
        self._work.set()
        return kept

    def work_one(self, run: str | None = None) -> Job | None:
        """Lease one job, walk it through the corridor, settle it. None when nothing waits."""
        lease = self._queue.lease(self._verifier.clock(), LEASE, run=run)
        if lease is None:
            return None
        report: ClaimReport | None = None
        problem: Problem | None = None
        try:
            if lease.job.attempts > ATTEMPTS:
                raise InputError(f"gave up after {ATTEMPTS} attempts", "look at the service's log, then send it again")
            report = self._walk(lease)
        except VerifierError as error:
            problem = Problem(code=type(error).__name__, message=error.message, remedy=error.remedy)
        state = _state(report)
        if self._queue.settle(lease, state, self._verifier.clock(), problem):
            self._on_done(replace(lease.job, state=state, problem=problem), report)
        return lease.job

    def start(self, threads: int) -> None:
        """Work until `stop`."""
        self._stopping.clear()
        self._threads = [
            threading.Thread(target=self._attend, name=f"desk-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is under way; what waits stays in the queue for the next start."""
        self._stopping.set()
        self._work.set()
        for thread in self._threads:
            thread.join()

    def _attend(self) -> None:
        while not self._stopping.is_set():
            self._work.clear()
            if self.work_one() is None:
                self._work.wait(_IDLE)

    def _walk(self, lease: Lease) -> ClaimReport:
        submissions = [self._submission(deposit) for deposit in lease.job.deposits]
        return self._verifier.verify(
            lease.job.claim,
            submissions,
            progress=lambda _item: self._renew(lease),
        )

    def _renew(self, lease: Lease) -> None:
        with suppress(VerifierError):  # a lost lease is noticed when the job is settled
            self._queue.renew(lease, self._verifier.clock(), LEASE)

    def _deposit(self, submission: Submission) -> Deposit:
        digest = "" if submission.link is not None else self._verifier.archive.put_blob(submission.data)
        return Deposit(name=submission.name, slot=submission.slot, link=submission.link, digest=digest)

    def _submission(self, deposit: Deposit) -> Submission:
        data = self._verifier.archive.blob(deposit.digest) if deposit.digest else b""
        return Submission(name=deposit.name, data=data, link=deposit.link, slot=deposit.slot)


def body_of(claim: Claim, submissions: Sequence[Submission]) -> str:
    """The digest of a request: equal claims with equal files are the same request (`submitted_at` apart)."""
    files = [(sent.name, sent.slot, sent.link, codec.sha256(sent.data)) for sent in submissions]
    return codec.digest_of((codec.to_data(replace(claim, submitted_at=None)), files))


def _state(report: ClaimReport | None) -> JobState:
    if report is None:
        return JobState.FAILED
    return JobState.NEEDS_INPUT if report.assessment.route is Route.NEEDS_INPUT else JobState.COMPLETED
