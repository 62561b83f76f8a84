"""The corridor: one claim walks from files to a report. Read this file first.

Inspectors measure, rules judge, the score weighs, people decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime

from verifier import codec
from verifier.archive.protocol import Archive
from verifier.casefile import (
    Activity,
    Assessment,
    BrandKit,
    Brief,
    Claim,
    ClaimReport,
    Hit,
    Inspection,
    Item,
    ItemReport,
    Kind,
    Problem,
    Submission,
)
from verifier.casefile.report import SCHEMA
from verifier.comparison import Comparison
from verifier.errors import ItemError, WorkerError
from verifier.inspection import Inspected
from verifier.intake import Intake
from verifier.programs import assign_slots, brief_of, measure
from verifier.rulebook import Rulebook
from verifier.scoring import Scoring

Progress = Callable[[Item], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What a report's findings and judgement rest on: the pipeline's digest, and each model's SHA-256 by name."""

    pipeline: str
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Walks claims through the corridor. `inspect` runs in the guarded pool and answers later."""

    intake: Intake
    inspect: Callable[[Item, bytes, Brief], Future[Inspected]]
    comparison: Comparison
    rulebook: Rulebook
    scoring: Scoring
    archive: Archive
    kits: Mapping[str, BrandKit]
    versions: Versions
    clock: Callable[[], datetime]

    def verify(
        self, claim: Claim, submissions: Sequence[Submission], progress: Progress = lambda _: None
    ) -> ClaimReport:
        """Verify a claim and file its report. Raises ClaimError when the claim itself cannot be worked on.

        An item that cannot be read is refused with a problem in the report; the other items are still verified.
        """
        activity = self.rulebook.activity(claim.activity)
        items = assign_slots(activity, self.intake.receive(claim, submissions))
        watermark = self.archive.watermark(claim.tenant)

        items, inspected = self._inspect_all(claim, activity, items, submissions, progress)
        traces = {item.id: inspected[item.id].traces for item in items}
        compared, compared_claim = self.comparison.compare(claim, items, traces, watermark)
        reports = tuple(self._judge_item(activity, item, inspected[item.id], compared.get(item.id)) for item in items)

        inspections = (measure(claim, activity, items), compared_claim)
        hits, assessment = self._judge_claim(activity, inspections, reports)
        report = ClaimReport(
            schema=SCHEMA,
            claim=claim,
            digest=codec.digest_of((codec.to_data(claim), [item.digest for item in items])),
            items=reports,
            inspections=inspections,
            hits=hits,
            assessment=assessment,
            requirements={id_: self.rulebook.requirements[id_].title for id_ in activity.requirements},
            rulebook=self.rulebook.digest,
            pipeline=self.versions.pipeline,
            models=self.versions.models,
            watermark=watermark,
            made_at=self.clock(),
        )
        self.archive.file(report, traces)
        return report

    def _inspect_all(
        self,
        claim: Claim,
        activity: Activity,
        items: Sequence[Item],
        submissions: Sequence[Submission],
        progress: Progress,
    ) -> tuple[tuple[Item, ...], Mapping[str, Inspected]]:
        """All items at once, as far as the pool has hands; an item whose decoding fails comes back refused."""
        answers: list[Future[Inspected] | None] = []
        for item, submission in zip(items, submissions, strict=True):
            if item.kind is Kind.REFUSED:
                answers.append(None)
                continue
            if submission.data:
                self.archive.put_blob(submission.data)
            answers.append(self.inspect(item, submission.data, brief_of(claim, activity, item, self.kits)))
        settled: list[Item] = []
        inspected: dict[str, Inspected] = {}
        for item, answer in zip(items, answers, strict=True):
            done, inspected[item.id] = _settle(item, answer)
            settled.append(done)
            for blob in inspected[item.id].blobs.values():
                self.archive.put_blob(blob)
            progress(done)
        return tuple(settled), inspected

    def _judge_item(
        self, activity: Activity, item: Item, inspected: Inspected, compared: Inspection | None
    ) -> ItemReport:
        inspections = (*inspected.inspections, *((compared,) if compared else ()))
        hits = self.rulebook.judge_item(activity, item, inspections)
        return ItemReport(
            item=item,
            pages=inspected.pages,
            inspections=inspections,
            hits=hits,
            assessment=self.scoring.assess_item(activity, item, hits),
        )

    def _judge_claim(
        self, activity: Activity, inspections: Sequence[Inspection], reports: Sequence[ItemReport]
    ) -> tuple[tuple[Hit, ...], Assessment]:
        hits = self.rulebook.judge_claim(activity, inspections)
        return self.scoring.assess_claim(activity, hits, [(r.item, r.hits, r.assessment) for r in reports])


def _settle(item: Item, answer: Future[Inspected] | None) -> tuple[Item, Inspected]:
    """The item and what was found on it; refused where reading it failed, whatever that did to its worker."""
    nothing = Inspected(inspections=())
    if answer is None:
        return item, nothing
    try:
        return item, answer.result()
    except (ItemError, WorkerError) as error:
        remedy = error.remedy or "save it again with another program, or send a PDF or screenshot of it"
        problem = Problem(code=type(error).__name__, message=error.message, remedy=remedy)
        return replace(item, kind=Kind.REFUSED, problem=problem), nothing
