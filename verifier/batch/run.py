"""One run: the claims of a manifest are inspected several at once, and concluded one after the other in its order.

So each claim is compared with all those above it, whatever the number of workers, and a run that was killed and started
again ends as it would have. The manifest is the queue, and the archive knows what is done: nothing else has to survive.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from verifier.archive.queue import Queue
from verifier.batch.lines import Line, Reject, reject
from verifier.batch.manifest import Manifest
from verifier.casefile import ClaimReport, Deposit, Item, Job, JobState, Kind, Route, Submission
from verifier.errors import ArchiveError, VerifierError
from verifier.intake import fetch
from verifier.verify import Inspections, Verifier

AHEAD = 8  # claims per worker that are inspected while one above them is not: a heavy claim holds up no other's work
_TOGETHER = 50  # lines recorded in one transaction; what a crash loses, the resumed run records
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A claim with its report; not `fresh`: the report was filed before."""

    line: Line
    report: ClaimReport
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A claim of which only fingerprints were kept; `refused` are the items that could not be read."""

    line: Line
    fresh: bool
    refused: tuple[Item, ...] = ()

    @property
    def rejects(self) -> tuple[Reject, ...]:
        """The refused items, told as rejects."""
        told = ((item, item.problem) for item in self.refused)
        return tuple(
            Reject(
                line=self.line.places[int(item.id.rpartition("/")[2]) - 1],
                claim=self.line.claim.id,
                code=problem.code,
                reason=problem.message,
                remedy=problem.remedy,
            )
            for item, problem in told
            if problem is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Halfway:
    line: Line
    seen: Inspections


Outcome = Verified | Remembered | Reject


def run_id(manifest: str, rulebook: str, pipeline: str) -> str:
    """The name of a run, from three digests: the same claims by other rules share its first part."""
    return "-".join(digest[:8] for digest in (manifest, rulebook, pipeline))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Walks manifests through the corridor of `verifier`, which has `workers`; `ledger` keeps which claims a run had.

    With `backfill`, nothing is judged and no run is recorded: fingerprints are kept, so that old pictures are known.
    """

    verifier: Verifier
    ledger: Queue
    workers: int
    backfill: bool = False

    def name(self, manifest: Manifest) -> str:
        """The run's id: the same command gives the same run."""
        return run_id(manifest.digest, self.verifier.rulebook.digest, self.verifier.pipeline)

    def outcomes(self, manifest: Manifest) -> Iterator[Outcome]:
        """What became of each claim, in the manifest's order. What is filed already is not verified again.

        Raises ArchiveError, and stops: without an archive, there is no use in going on.
        """
        record = _Record(self.ledger, self.name(manifest), self.verifier.clock)
        try:
            for prepared in self._prepared(manifest.lines()):
                outcome = self._conclude(prepared) if isinstance(prepared, _Halfway) else prepared
                if isinstance(outcome, Verified):
                    record.add(outcome.report)
                yield outcome
        finally:
            record.flush()

    def _prepared(self, lines: Iterator[Line | Reject]) -> Iterator[Outcome | _Halfway]:
        """The claims in order, as far as they get without regard to each other; those below get ready meanwhile."""
        # one claim more than there are workers: while one is fetched, all workers still have work
        hands = ThreadPoolExecutor(self.workers + 1, thread_name_prefix="batch")
        waiting: deque[Future[Outcome | _Halfway]] = deque()
        try:
            for line, may_be_filed in self._looked_up(lines):
                waiting.append(hands.submit(self._prepare, line, may_be_filed))
                if len(waiting) > AHEAD * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            hands.shutdown(wait=False, cancel_futures=True)

    def _looked_up(self, lines: Iterator[Line | Reject]) -> Iterator[tuple[Line | Reject, bool]]:
        """Each with whether the archive may have it: asked for some at once, since of a new manifest it has none."""
        while some := list(islice(lines, AHEAD)):
            known: set[tuple[str, str]] = set()
            by_tenant: dict[str, list[str]] = defaultdict(list)
            for line in some:
                if isinstance(line, Line):
                    by_tenant[line.claim.tenant].append(line.claim.id)
            for tenant, claims in by_tenant.items():
                known |= {(tenant, claim) for claim in self.verifier.archive.reported(tenant, claims)}
            for line in some:
                yield line, isinstance(line, Line) and (self.backfill or (line.claim.tenant, line.claim.id) in known)

    def _prepare(self, line: Line | Reject, may_be_filed: bool) -> Outcome | _Halfway:
        if isinstance(line, Reject):
            return line
        return _or_reject(line, lambda: self._fetched_and_inspected(line, may_be_filed))

    def _fetched_and_inspected(self, line: Line, may_be_filed: bool) -> Outcome | _Halfway:
        submissions = []
        for place, entry in zip(line.places, line.entries, strict=True):
            submission = fetch(line.folder, entry)
            if submission.problem is not None:
                told = submission.problem
                return Reject(line=place, claim=line.claim.id, code=told.code, reason=told.message, remedy=told.remedy)
            submissions.append(submission)
        known = self._known(line, submissions) if may_be_filed else None
        if known is not None:
            return known
        seen = self.verifier.inspect_items(line.claim, submissions, ask=not self.backfill)
        return _Halfway(line=line, seen=seen)

    def _known(self, line: Line, submissions: Sequence[Submission]) -> Verified | Remembered | None:
        if self.backfill:
            return Remembered(line=line, fresh=False) if self.verifier.seen(line.claim, submissions) else None
        report = self.verifier.filed(line.claim, submissions)
        return Verified(line=line, report=report, fresh=False) if report else None

    def _conclude(self, halfway: _Halfway) -> Outcome:
        line, seen = halfway.line, halfway.seen
        if not self.backfill:
            return _or_reject(line, lambda: Verified(line=line, report=self.verifier.conclude(seen), fresh=True))
        fresh = self.verifier.remember(seen)
        refused = tuple(item for item in seen.items if item.kind is Kind.REFUSED)
        return Remembered(line=line, fresh=fresh, refused=refused)


class _Record:
    """What a run had, written to the ledger some lines at a time."""

    def __init__(self, ledger: Queue, run: str, clock: Callable[[], datetime]) -> None:
        self._ledger, self._run, self._clock = ledger, run, clock
        self._ended: list[Job] = []

    def add(self, report: ClaimReport) -> None:
        """One more claim has its report."""
        now = self._clock()
        self._ended.append(
            Job(
                id=uuid.uuid4().hex,
                tenant=report.claim.tenant,
                claim=report.claim,
                deposits=tuple(_deposit(entry.item) for entry in report.items),
                state=JobState.NEEDS_INPUT if report.assessment.route is Route.NEEDS_INPUT else JobState.COMPLETED,
                created_at=now,
                updated_at=now,
                body=report.digest,
                run=self._run,
                attempts=1,
            )
        )
        if len(self._ended) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write what is not written yet."""
        self._ledger.record(self._ended)
        self._ended.clear()


def _deposit(item: Item) -> Deposit:
    return Deposit(name=item.name, slot=item.slot, link=item.link, digest="" if item.link else item.digest)


def _or_reject(line: Line, work: Callable[[], T]) -> T | Reject:
    """What the work gives; or a reject, if the fault lies with this claim and the next one may fare better."""
    try:
        return work()
    except ArchiveError:
        raise
    except VerifierError as error:
        return reject(line.number, line.claim.id, error)
    except Exception:  # noqa: BLE001 - a fault of ours costs this claim, not the ten thousand behind it
        _log.exception("claim %s on line %d could not be verified", line.claim.id, line.number)
        return Reject(
            line=line.number,
            claim=line.claim.id,
            code="Fault",
            reason="verifier failed at this claim",
            remedy="send the message in the log to who looks after verifier",
        )
