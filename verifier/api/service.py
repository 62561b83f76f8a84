"""What the service does, apart from HTTP: takes claims in for a tenant, and finds what became of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

from verifier.api.forms import FormLimits
from verifier.api.problems import Refusal
from verifier.api.turnstile import Porter
from verifier.api.waiting import Waiting
from verifier.archive.decisions import Decisions
from verifier.archive.keys import Keys
from verifier.archive.overlay import Overlay
from verifier.archive.queue import Queue
from verifier.casefile import Claim, ClaimReport, Decision, Job, JobState, Submission
from verifier.decisions import Wish, decide, undo
from verifier.errors import ClaimError, KeyReused
from verifier.jobs import Annex, Busy, Desk
from verifier.jobs.desk import body_of
from verifier.programs import assign_slots, brief_of, locate
from verifier.settings import Settings
from verifier.verify import Verifier

ENDS = frozenset({JobState.COMPLETED, JobState.NEEDS_INPUT, JobState.FAILED})
_LOOK = 1.0  # seconds between two looks at a job that another process may have ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`waiting` jobs at most are queued, `at_work` claims walk the corridor at once, and as many look ahead."""

    form: FormLimits
    waiting: int
    at_work: int

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """As the operator set them."""
        form = FormLimits(
            request_bytes=settings.max_request_bytes,
            file_bytes=settings.max_item_bytes,
            files=settings.max_claim_items,
        )
        # one claim more than there are workers: while one is judged and filed, all workers still have work
        return cls(form=form, waiting=settings.max_waiting, at_work=settings.workers + 1)


class Service:
    """The corridor behind a desk, at work inside `with`. Its methods block, but for `ended` and `in_flight`.

    With an `annex`, the desk takes claims in here, and they are worked off there.
    """

    def __init__(
        self,
        verifier: Verifier,
        queue: Queue,
        keys: Keys,
        decisions: Decisions,
        limits: Limits,
        annex: Annex | None = None,
    ) -> None:
        self.verifier, self.queue, self.keys, self.decisions, self.limits = verifier, queue, keys, decisions, limits
        self.porter = Porter()
        self._waiting = Waiting()
        self._desk = Desk(verifier, queue, capacity=limits.waiting, on_done=lambda job, _: self._waiting.tell(job.id))
        if annex is not None:
            annex.on_done = self._waiting.tell
        self._hands = annex or self._desk  # who works off what the desk took in
        self._ahead = threading.BoundedSemaphore(limits.at_work)
        self._flying: set[tuple[str, str]] = set()

    def __enter__(self) -> Self:
        self._hands.start(self.limits.at_work, run="")
        return self

    def __exit__(self, *_: object) -> None:
        self._hands.stop()

    @property
    def has_room(self) -> bool:
        """Whether there is room for one more, as far as can be told without asking anybody."""
        return self._desk.has_room()

    def make_way(self, tenant: str, key: str | None) -> None:
        """Raises Busy when the queue is full, before an upload is read for nothing; not for a key that is known."""
        if key is None or self.queue.by_key(tenant, key) is None:
            try:
                self._desk.make_way()
            except Busy as busy:
                self.porter.note_full(busy)
                raise

    def submit(self, claim: Claim, submissions: Sequence[Submission], key: str | None) -> Job:
        """Acknowledge a claim; what was sent before under the same key is answered even when the queue is full.

        Raises ClaimError, KeyReused, RevisionTaken, Busy.
        """
        self._admit(claim, submissions)
        known = self.queue.by_key(claim.tenant, key) if key is not None else None
        if known is None:
            job = self._desk.submit(claim, submissions, key=key)
            self._hands.wake()
            return job
        if known.body != body_of(claim, submissions):
            raise KeyReused(f"the idempotency key {key!r} was used for another request", "use a new key")
        return known

    def look_ahead(self, claim: Claim, submissions: Sequence[Submission]) -> ClaimReport:
        """What verifying the claim would give now. Nothing is kept. Raises ClaimError, Busy."""
        self._admit(claim, submissions)
        if not self._ahead.acquire(blocking=False):
            raise Busy(self.limits.at_work, retry_after=5.0)
        try:
            overlay = Overlay(self.verifier.archive)
            comparison = replace(self.verifier.comparison, archive=overlay)
            return replace(self.verifier, archive=overlay, comparison=comparison).verify(claim, submissions)
        finally:
            self._ahead.release()

    def job(self, tenant: str, id_: str) -> Job:
        """A job of that tenant. Raises Refusal (404)."""
        job = self.queue.job(tenant, id_)
        if job is None:
            raise Refusal(404, "not-found", "there is no such verification", "use the Location you were given")
        return job

    def report(self, tenant: str, id_: str) -> ClaimReport:
        """The newest report on the job's claim revision. Raises Refusal: 404, or 409 while there is none."""
        job = self.job(tenant, id_)
        report = self.verifier.archive.report(tenant, job.claim.id, job.claim.revision)
        if job.state not in ENDS:
            raise Refusal(409, "not-ready", f"it is {job.state}", "ask again in a moment", headers={"Retry-After": "2"})
        if job.state is JobState.FAILED or report is None:
            told = job.problem.message if job.problem else "it could not be verified"
            raise Refusal(409, "failed", told, job.problem.remedy if job.problem else "send the claim again")
        return report

    def decide(self, tenant: str, id_: str, wish: Wish, by: str, after: int | None) -> Decision:
        """Keep what somebody decided from the job's report; `after` is the newest decision that they saw, if they say.

        Raises Refusal (404, 409), DecisionError, DecidedMeanwhile.
        """
        report = self.report(tenant, id_)
        history = self.decisions.of_claim(tenant, report.claim.id)
        decision = decide(report, history, wish, by, self.verifier.clock())
        return self.decisions.record(tenant, decision, after=after)

    def undo(self, tenant: str, id_: str, by: str, after: int | None) -> Decision:
        """Take back the newest decision of theirs that stands on the job's claim revision. Raises as `decide` does."""
        claim = self.job(tenant, id_).claim
        history = self.decisions.of_claim(tenant, claim.id, claim.revision)
        return self.decisions.record(tenant, undo(history, by, self.verifier.clock()), after=after)

    def is_ready(self) -> bool:
        """Whether claims can be taken in and worked on. Raises ArchiveError when the archive cannot be read."""
        return self._hands.alive and self.queue.waiting("") < self.limits.waiting

    async def ended(self, job: Job, seconds: float) -> Job:
        """The job once it ended, or as it stands after so many seconds."""
        until = asyncio.get_running_loop().time() + seconds
        with self._waiting.end_of(job.id) as end:
            while True:
                job = await asyncio.to_thread(self.job, job.tenant, job.id)
                left = until - asyncio.get_running_loop().time()
                if job.state in ENDS or left <= 0:
                    return job
                try:
                    async with asyncio.timeout(min(left, _LOOK)):
                        await end.wait()
                except TimeoutError:
                    continue

    @contextmanager
    def in_flight(self, tenant: str, key: str | None) -> Iterator[None]:
        """Holds an idempotency key until its request is acknowledged. Raises Refusal (409) when it is held."""
        if key is None:
            yield
            return
        if (tenant, key) in self._flying:
            remedy = "wait for its answer, or send the same request again in a moment"
            raise Refusal(
                409, "in-flight", "a request with this key is under way", remedy, headers={"Retry-After": "1"}
            )
        self._flying.add((tenant, key))
        try:
            yield
        finally:
            self._flying.discard((tenant, key))

    def _admit(self, claim: Claim, submissions: Sequence[Submission]) -> None:
        """What the corridor would refuse as a whole is refused before it is acknowledged. Raises ClaimError."""
        if claim.activity not in self.verifier.rulebook.activities:
            known = ", ".join(sorted(self.verifier.rulebook.activities))
            what = f"is {claim.activity!r}; it should be one of: {known}"
            raise ClaimError(f"activity {what}", "correct the claim's facts", {"activity": what})
        claim = locate(claim, self.verifier.venues)
        activity, kits = self.verifier.rulebook.activity(claim.activity), self.verifier.kits_of(claim.tenant)
        for item in assign_slots(activity, self.verifier.intake.receive(claim, submissions)):
            brief_of(claim, activity, item, kits)
