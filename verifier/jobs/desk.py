"""The desk: takes claims in, acknowledges them once they are safe, and works them off with a few threads.

Threads only wait here (for guarded processes and for the disk), so a few of them keep all workers busy.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from verifier import codec
from verifier.archive.queue import Lease, Queue
from verifier.casefile import Claim, ClaimReport, Deposit, Job, JobState, Problem, Route, Submission
from verifier.errors import InputError, VerifierError
from verifier.jobs.turns import Turns
from verifier.verify import Verifier

LEASE = 30.0  # seconds: how long the work of a process that died waits for another
_BEAT = 10.0  # seconds between two renewals of what is under way
ATTEMPTS = 3  # a claim that took its process down this often is not tried again
_IDLE = 1.0  # seconds between two looks at an empty queue, for what other processes left; `submit` wakes the desk
_FAULT = Problem(code="Fault", message="the service failed at this claim", remedy="its operator finds why in the log")
_log = logging.getLogger(__name__)


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
        self._room: dict[str, int] = {}  # by run: how many may come in before those that wait are counted again
        self._counting = threading.Lock()
        self._turns = Turns()
        self._held: dict[str, Lease] = {}  # by token: what is under way here
        self._stopping = threading.Event()
        self._resting = threading.Event()
        self._work = threading.Event()
        self._threads: list[threading.Thread] = []

    def submit(self, claim: Claim, submissions: Sequence[Submission], *, key: str | None = None, run: str = "") -> Job:
        """Keep the files and the claim; when this returns, a crash loses neither.

        The same `key` or revision with the same request gives the earlier job. Raises Busy when too many wait,
        KeyReused and RevisionTaken as the queue does.
        """
        self.make_way(run, taking=1)
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
        self.wake()
        return kept

    def wake(self) -> None:
        """Something waits."""
        self._work.set()

    def make_way(self, run: str = "", *, taking: int = 0) -> None:
        """Raises Busy when as many jobs of the run wait as may; else so many of the free places are taken."""
        with self._counting:
            if not self.has_room(run):
                waiting = self._queue.waiting(run)
                self._room[run] = self._capacity - waiting
                if not self.has_room(run):
                    raise Busy(waiting, retry_after=min(60.0, 1.0 + waiting))
            self._room[run] -= taking

    def has_room(self, run: str = "") -> bool:
        """Whether there was room for one more when those that wait were last counted; asks nobody."""
        return self._room.get(run, 0) > 0

    def work_one(self, run: str | None = None) -> Job | None:
        """Lease one job, walk it through the corridor, settle it. None when nothing waits.

        The lease is renewed while the desk is started; without that, the work has to be done before it runs out.
        """
        lease = self._queue.lease(self._verifier.clock(), LEASE, run=run)
        if lease is None:
            return None
        self._held[lease.token] = lease
        try:
            report, problem = self._walk(lease.job)
        finally:
            del self._held[lease.token]
        state = _state(report)
        if self._queue.settle(lease, state, self._verifier.clock(), problem):
            self._on_done(replace(lease.job, state=state, problem=problem), report)
        return lease.job

    def start(self, threads: int, run: str | None = None) -> None:
        """Work until `stop`, on the jobs of one run ("": of no run) or on all."""
        self._stopping.clear()
        self._resting.clear()
        self._threads = [
            *(threading.Thread(target=self._attend, args=[run], name=f"desk-{n}", daemon=True) for n in range(threads)),
            threading.Thread(target=self._beat, name="desk-heartbeat", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether it was started and all its threads are at work."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Finish what is under way; what waits stays in the queue for the next start."""
        self._stopping.set()
        self._work.set()
        for thread in self._threads[:-1]:
            thread.join()
        self._resting.set()
        for thread in self._threads[-1:]:
            thread.join()

    def _attend(self, run: str | None) -> None:
        while not self._stopping.is_set():
            self._work.clear()
            try:
                idle = self.work_one(run) is None
            except VerifierError:  # the archive is locked or its disk full: it may not be in a moment
                _log.exception("the queue cannot be used")
                self._stopping.wait(1.0)
                continue
            if idle and not self._stopping.is_set():
                self._work.wait(_IDLE)

    def _beat(self) -> None:
        """The leases run out soon after this process is gone, and not while it works."""
        while not self._resting.wait(_BEAT):
            for lease in tuple(self._held.values()):
                with suppress(VerifierError):  # a lost lease is noticed when the job is settled
                    self._queue.renew(lease, self._verifier.clock(), LEASE)

    def _walk(self, job: Job) -> tuple[ClaimReport | None, Problem | None]:
        try:
            return self._report(job), None
        except VerifierError as error:
            return None, Problem(code=type(error).__name__, message=error.message, remedy=error.remedy)
        except Exception:  # noqa: BLE001 - a fault of ours costs this job, not the thread that serves others
            _log.exception("claim %s could not be verified", job.claim.id)
            return None, _FAULT

    def _report(self, job: Job) -> ClaimReport:
        with self._turns.line(job.claim) as wait_for_turn:
            submissions = [self._submission(deposit) for deposit in job.deposits]
            # whoever had this job before may have died between filing the report and settling the job
            filed = self._verifier.filed(job.claim, submissions) if job.attempts > 1 else None
            if filed is not None:
                return filed
            if job.attempts > ATTEMPTS:
                raise InputError(f"gave up after {ATTEMPTS} attempts", "look at the service's log, then send it again")
            seen = self._verifier.inspect_items(job.claim, submissions)
            del submissions  # they may be large, and the turn long in coming
            wait_for_turn()
            report = self._verifier.conclude(seen)
        self._verifier.archive.sync()  # after the turn: the next claim need not wait for the disk
        return report

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
