"""One run against another: which claims took another route or got another score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.archive.protocol import Archive
from verifier.archive.queue import Queue
from verifier.casefile import Job, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a run left a claim."""

    route: Route
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A claim that two runs left differently."""

    claim: str
    revision: int
    before: Standing
    after: Standing


class Comparison:
    """Compares the claims of `run` with those of the same id (there, the highest revision) in the run `other`.

    `counts` says how many changed, stayed the same, are new here, or are gone; it is whole once `changes` is through.
    """

    def __init__(self, archive: Archive, ledger: Queue, run: str, other: str) -> None:
        self._archive, self._ledger, self._run, self.other = archive, ledger, run, other
        self.counts: Counter[str] = Counter()

    def changes(self) -> Iterator[Change]:
        """The claims that changed, in the order of `run`."""
        self.counts = Counter(changed=0, same=0, new=0, gone=self._ledger.runs().get(self.other, 0))
        for job in self._ledger.of_run(self._run):
            there = self._ledger.in_run(self.other, job.tenant, job.claim.id)
            before = self._standing(there, self.other) if there else None
            after = self._standing(job, self._run)
            if before is None or after is None:
                self.counts["new"] += 1
                continue
            self.counts["gone"] -= 1
            self.counts["changed" if before != after else "same"] += 1
            if before != after:
                yield Change(claim=job.claim.id, revision=job.claim.revision, before=before, after=after)

    def _standing(self, job: Job, run: str) -> Standing | None:
        _, rulebook, pipeline = run.split("-", 2)
        report = self._archive.filed(job.claim, job.body, rulebook, pipeline)
        return Standing(route=report.assessment.route, score=report.assessment.score) if report else None
