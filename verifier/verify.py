"""The corridor: one claim walks from files to a report. Read this file first.

Inspectors measure, rules judge, the score weighs, people decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from verifier import codec, identity
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
    Venue,
)
from verifier.casefile.report import SCHEMA
from verifier.comparison import Comparison
from verifier.errors import ItemError, Overtaken, WorkerError
from verifier.inspection import Inspected
from verifier.intake import Intake
from verifier.programs import Shelf, assign_slots, brief_of, locate, measure
from verifier.rulebook import Rulebook
from verifier.scoring import Scoring

_TRIES = 20  # of a claim that others overtake while it is compared; then it is filed as it is, and says its watermark

Progress = Callable[[Item], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspections:
    """A claim halfway down the corridor: every item inspected, nothing compared. `found` is by item id.

    `pipeline` is what it was inspected by, without the artwork and lists that it will be held against.
    """

    claim: Claim
    activity: Activity
    items: tuple[Item, ...]
    found: Mapping[str, Inspected]
    pipeline: str


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
    venues: Mapping[str, Venue] = field(default_factory=dict)
    _shelf: Shelf = field(default_factory=Shelf, repr=False)

    @property
    def pipeline(self) -> str:
        """The digest of all that findings rest on now: `versions`, the kits that tenants filed, artwork and lists."""
        return _held_against(self._inspected_by(), self.archive.references.digest())

    def _inspected_by(self) -> str:
        filed = self.archive.kits.digest()
        return codec.digest_of((self.versions.pipeline, filed)) if filed else self.versions.pipeline

    def kits_of(self, tenant: str) -> Mapping[str, BrandKit]:
        """The kits that the tenant's claims are held against: `kits`, and in their place those it filed itself."""
        return self._shelf.kits(self.archive, tenant, self.kits)

    def verify(
        self, claim: Claim, submissions: Sequence[Submission], progress: Progress = lambda _: None
    ) -> ClaimReport:
        """Verify a claim and file its report. Raises ClaimError when the claim itself cannot be worked on.

        An item that cannot be read is refused with a problem in the report; the other items are still verified.
        """
        report = self.conclude(self.inspect_items(claim, submissions, progress))
        self.archive.sync()
        return report

    def inspect_items(
        self,
        claim: Claim,
        submissions: Sequence[Submission],
        progress: Progress = lambda _: None,
        *,
        ask: bool = True,
    ) -> Inspections:
        """The first half of `verify`: it looks at nothing but this claim, so several claims may be in it at once.

        Without `ask`, nobody asks a question of the items: that is enough for their fingerprints, and reads no words.
        """
        claim = locate(claim, self.venues)
        activity, items = self._take_in(claim, submissions)
        plain = Brief(activity=activity.id, program=claim.program, submitted_at=claim.submitted_at)
        pipeline, known = self._inspected_by(), self.kits_of(claim.tenant)
        briefs = [brief_of(claim, activity, item, known) if ask else plain for item in items]
        items, found = self._inspect_all(items, submissions, briefs, progress)
        return Inspections(claim=claim, activity=activity, items=items, found=found, pipeline=pipeline)

    def conclude(self, seen: Inspections) -> ClaimReport:
        """The second half: compare with all that was filed before, judge, and file (`archive.sync` waits for the disk).

        Of several claims, each sees those that were concluded before it: the order decides, and not who was faster.
        Where another process filed meanwhile, it is done again, so that no two claims miss each other.
        """
        for _ in range(_TRIES):
            with suppress(Overtaken):
                return self._conclude(seen, current=True)
        return self._conclude(seen, current=False)

    def _conclude(self, seen: Inspections, *, current: bool) -> ClaimReport:
        claim, activity, items = seen.claim, seen.activity, seen.items
        watermark = self.archive.watermark(claim.tenant)
        traces = {item.id: seen.found[item.id].traces for item in items}
        compared, compared_claim = self.comparison.compare(claim, items, traces, watermark)
        related = identity.relate(self.archive, claim, items, traces, watermark, self.comparison.scope)
        beside = {item.id: [found[item.id] for found in (compared, related) if item.id in found] for item in items}
        reports = tuple(self._judge_item(activity, item, seen.found[item.id], beside[item.id]) for item in items)

        seen_on = {item.id: seen.found[item.id].inspections for item in items}
        inspections = (measure(claim, activity, items, seen_on), compared_claim)
        hits, assessment = self._judge_claim(activity, inspections, reports)
        report = ClaimReport(
            schema=SCHEMA,
            claim=claim,
            digest=_digest_of(claim, items),
            items=reports,
            inspections=inspections,
            hits=hits,
            assessment=assessment,
            requirements={id_: self.rulebook.requirements[id_].title for id_ in activity.requirements},
            rulebook=self.rulebook.digest,
            pipeline=_held_against(seen.pipeline, self.comparison.references.digest),
            models=self.versions.models,
            watermark=watermark,
            made_at=self.clock(),
        )
        late = self.comparison.late(claim, items, traces, watermark, report.made_at)
        self.archive.file(report, traces, late, current=current)
        return report

    def filed(self, claim: Claim, submissions: Sequence[Submission]) -> ClaimReport | None:
        """The report that `verify` filed on this claim and these files by today's rules and pipeline, if it did."""
        claim = locate(claim, self.venues)
        _, items = self._take_in(claim, submissions)
        return self.archive.filed(claim, _digest_of(claim, items), self.rulebook.digest, self.pipeline)

    def remember(self, seen: Inspections) -> bool:
        """Instead of `conclude`: keep fingerprints, so that later copies are recognised. False if all were here."""
        traces = {item.id: seen.found[item.id].traces for item in seen.items}
        at, watermark = self.clock(), self.archive.watermark(seen.claim.tenant)
        late = self.comparison.late(seen.claim, seen.items, traces, watermark, at)
        return self.archive.remember(seen.claim, seen.items, traces, at, late)

    def seen(self, claim: Claim, submissions: Sequence[Submission]) -> bool:
        """Whether the fingerprints of all files of this claim's revision are in the archive already."""
        _, items = self._take_in(claim, submissions)
        return self.archive.seen(claim, items)

    def _take_in(self, claim: Claim, submissions: Sequence[Submission]) -> tuple[Activity, tuple[Item, ...]]:
        activity = self.rulebook.activity(claim.activity)
        return activity, assign_slots(activity, self.intake.receive(claim, submissions))

    def _inspect_all(
        self, items: Sequence[Item], submissions: Sequence[Submission], briefs: Sequence[Brief], progress: Progress
    ) -> tuple[tuple[Item, ...], Mapping[str, Inspected]]:
        """All items at once, as far as the pool has hands; an item whose decoding fails comes back refused."""
        answers: list[Future[Inspected] | None] = []
        for item, submission, brief in zip(items, submissions, briefs, strict=True):
            if item.kind is Kind.REFUSED:
                answers.append(None)
                continue
            if submission.data:
                self.archive.put_blob(submission.data)
            answers.append(self.inspect(item, submission.data, brief))
        settled: list[Item] = []
        inspected: dict[str, Inspected] = {}
        for item, answer in zip(items, answers, strict=True):
            done, found = _settle(item, answer)
            settled.append(done)
            for blob in found.blobs.values():
                self.archive.put_blob(blob)
            inspected[item.id] = replace(found, blobs={})
            progress(done)
        return tuple(settled), inspected

    def _judge_item(
        self, activity: Activity, item: Item, inspected: Inspected, beside: Sequence[Inspection]
    ) -> ItemReport:
        inspections = (*inspected.inspections, *beside)
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


def _held_against(pipeline: str, references: str) -> str:
    """The pipeline with the digest of artwork and lists, where there are any."""
    return codec.digest_of((pipeline, references)) if references else pipeline


def _digest_of(claim: Claim, items: Sequence[Item]) -> str:
    """What a report rests on: the claim's facts, and each item's bytes and slot."""
    return codec.digest_of((codec.to_data(claim), [(item.digest, item.slot) for item in items]))


def _settle(item: Item, answer: Future[Inspected] | None) -> tuple[Item, Inspected]:
    """The item and what was found on it; refused where reading it failed, whatever that did to its worker."""
    nothing = Inspected(inspections=())
    if answer is None:
        return item, nothing
    try:
        return item, answer.result()
    except (ItemError, WorkerError) as error:
        remedy = error.remedy or "save it again with another program, or send a PDF or screenshot of it"
        message = error.message if item.name in error.message else f"{item.name}: {error.message}"
        problem = Problem(code=type(error).__name__, message=message, remedy=remedy)
        return replace(item, kind=Kind.REFUSED, problem=problem), nothing
