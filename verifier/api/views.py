"""What the service answers: values of their own, so that what is inside may change without changing the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from verifier.casefile import ClaimReport, Job, JobState, Problem, Route
from verifier.reporting.scopes import PartnerReport, for_partner


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a claim could not be verified, and what to do about it."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A claim on its way. `asks` says what to send in the next revision, in state needs_input."""

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


def verification(job: Job, report: ClaimReport | None) -> Verification:
    """The job as its portal sees it; `report` where it ended well."""
    return Verification(
        id=job.id,
        claim=job.claim.id,
        revision=job.claim.revision,
        state=job.state,
        created_at=job.created_at,
        updated_at=job.updated_at,
        items=tuple(deposit.name for deposit in job.deposits),
        asks=asks_of(for_partner(report)) if report and job.state is JobState.NEEDS_INPUT else (),
        problem=_fault(job.problem),
        report=f"{address_of(job)}/report" if report else None,
    )


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


def _fault(problem: Problem | None) -> Fault | None:
    return Fault(code=problem.code, message=problem.message, remedy=problem.remedy) if problem else None


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
