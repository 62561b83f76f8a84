"""What the service answers: values of their own, so that what is inside may change without changing the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from verifier.archive.protocol import Link
from verifier.casefile import ClaimReport, Decision, Job, JobState, Outcome, Problem, Route
from verifier.decisions import Standing
from verifier.identity import Graph
from verifier.reporting.scopes import PartnerReport, for_partner


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a claim could not be verified, and what to do about it."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDecision:
    """What a person decided on the claim, as its partner may know it."""

    outcome: Outcome
    reason: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerDecision:
    """A line of the log. `item` is "" for the whole claim; where `undoes` is set, that line is taken back."""

    sequence: int
    revision: int
    item: str
    outcome: Outcome
    reason: str
    amount: Decimal | None
    report: str  # names the report that was decided from
    by: str
    at: datetime
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A claim on its way. `asks` says what to send in the next revision: in state needs_input, or where a person asks.

    `decision` is what stands on the claim; `decisions` is the whole log, for reviewers, as is `reopened_at`: when an
    item of an earlier claim, which came late, was last seen to be the twin of one of this claim's.
    """

    id: str
    claim: str
    revision: int
    state: JobState
    created_at: datetime
    updated_at: datetime
    items: tuple[str, ...]
    asks: tuple[str, ...]
    problem: Fault | None = None
    report: str | None = None  # where it is, once there is one
    decision: PartnerDecision | None = None
    decisions: tuple[ReviewerDecision, ...] | None = None
    reopened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedItem:
    """An item that hangs together with one of the claim's; `steps` away from it."""

    item: str
    claim: str
    partner: str
    submitted_at: datetime | None
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIdentity:
    """What some items say of their making: an image, exposure, document, instance, device or roll.

    Of a roll, `numbers` are the file numbers of `items`, in the same order.
    """

    kind: str
    value: str
    items: tuple[str, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLinks:
    """What hangs together with one item; not `complete` where more than a hundred items do."""

    item: str
    linked: tuple[LinkedItem, ...]
    shared: tuple[SharedIdentity, ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LateTwin:
    """An item of an earlier claim that came after the report: the twin of one of this claim's."""

    item: str
    earlier_item: str
    earlier_claim: str
    likeness: str
    agreement: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The links of a claim's items; `late` is what reopened its report. Personal data: for reviewers."""

    claim: str
    revision: int
    items: tuple[ItemLinks, ...]
    late: tuple[LateTwin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """What a claim would come to. Nothing of it was kept."""

    state: JobState
    asks: tuple[str, ...]
    report: PartnerReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`status` is "ok"."""

    status: str = "ok"


def address_of(job: Job) -> str:
    """The path of a job."""
    return f"/v1/verifications/{job.id}"


def verification(job: Job, report: ClaimReport | None, decided: Standing, *, whole_log: bool = False) -> Verification:
    """The job as its portal sees it: `report` where it ended well, `decided` what people decided on that revision."""
    return Verification(
        id=job.id,
        claim=job.claim.id,
        revision=job.claim.revision,
        state=job.state,
        created_at=job.created_at,
        updated_at=job.updated_at,
        items=tuple(deposit.name for deposit in job.deposits),
        asks=_asks(job, report, decided),
        problem=_fault(job.problem),
        report=f"{address_of(job)}/report" if report else None,
        decision=_for_partner(decided.claim) if decided.claim else None,
        decisions=tuple(map(reviewer_decision, decided.history)) if whole_log else None,
    )


def reviewer_decision(decision: Decision) -> ReviewerDecision:
    """A line of the log as its reviewers see it."""
    return ReviewerDecision(
        sequence=decision.sequence,
        revision=decision.revision,
        item=decision.item,
        outcome=decision.outcome,
        reason=decision.reason,
        amount=decision.amount,
        report=decision.report,
        by=decision.by,
        at=decision.at,
        undoes=decision.undoes,
    )


def links(report: ClaimReport, graphs: Iterable[Graph], late: Iterable[Link] = ()) -> Links:
    """The graphs around a claim's items, and the twins that came late."""
    return Links(
        claim=report.claim.id,
        revision=report.claim.revision,
        items=tuple(_item_links(graph) for graph in graphs),
        late=tuple(_late_twin(link) for link in late),
    )


def _late_twin(link: Link) -> LateTwin:
    return LateTwin(
        item=link.item,
        earlier_item=link.earlier_item,
        earlier_claim=link.earlier_claim,
        likeness=link.likeness,
        agreement=link.agreement,
        at=link.at,
    )


def _item_links(graph: Graph) -> ItemLinks:
    linked = (
        LinkedItem(
            item=node.item,
            claim=node.claim,
            partner=node.partner,
            submitted_at=node.submitted_at,
            steps=node.steps,
        )
        for node in graph.nodes
        if node.steps
    )
    shared = (SharedIdentity(kind=t.kind, value=t.value, items=t.items, numbers=t.numbers) for t in graph.ties)
    return ItemLinks(item=graph.item, linked=tuple(linked), shared=tuple(shared), complete=graph.complete)


def preflight(report: ClaimReport) -> Preflight:
    """A look ahead, as a partner may see it."""
    partner = for_partner(report)
    needs = report.assessment.route is Route.NEEDS_INPUT
    state = JobState.NEEDS_INPUT if needs else JobState.COMPLETED
    return Preflight(state=state, asks=asks_of(partner), report=partner)


def asks_of(report: PartnerReport) -> tuple[str, ...]:
    """What the partner should do, each once."""
    problems = (item.problem.remedy for item in report.items if item.problem)
    return _once([*problems, *(ask for requirement in report.requirements for ask in requirement.asks)])


def _for_partner(decision: Decision) -> PartnerDecision:
    return PartnerDecision(outcome=decision.outcome, reason=decision.reason, amount=decision.amount)


def _asks(job: Job, report: ClaimReport | None, decided: Standing) -> tuple[str, ...]:
    """What the rules and what people ask for; nothing once a person accepted or rejected the claim."""
    if decided.claim is not None and decided.claim.outcome is not Outcome.ASK:
        return ()
    by_rules = asks_of(for_partner(report)) if report and job.state is JobState.NEEDS_INPUT else ()
    lines = [decided.claim] if decided.claim else list(decided.items.values())
    return _once([*by_rules, *(line.reason for line in lines if line.outcome is Outcome.ASK)])


def _fault(problem: Problem | None) -> Fault | None:
    return Fault(code=problem.code, message=problem.message, remedy=problem.remedy) if problem else None


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
