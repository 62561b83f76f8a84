"""Routes by which portals and reviewers fetch what became of a claim."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import HTMLResponse, Response

from verifier import codec, identity
from verifier.api import documents, views
from verifier.api.access import Asked, demand, key_with
from verifier.api.problems import Refusal
from verifier.api.service import Service
from verifier.archive.keys import ApiKey, Scope
from verifier.casefile import Job, JobState
from verifier.decisions import standing
from verifier.reporting import html, partner_page
from verifier.reporting.scopes import for_partner

router = APIRouter(tags=["results"])
Reader = Annotated[ApiKey, Depends(key_with(Scope.READ))]
Id = Annotated[str, Path(alias="id", description="As the Location of the claim says.")]
_POLICIES = {  # a reviewer's page names its own script and styles by hash, besides
    "reviewer": "sandbox allow-scripts; frame-ancestors 'none'",
    "partner": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


class ReportScope(StrEnum):
    """Whose eyes a report is for."""

    PARTNER = "partner"
    REVIEWER = "reviewer"


class Form(StrEnum):
    """How a report is written."""

    JSON = "json"
    HTML = "html"


AskedScope = Annotated[ReportScope, Query(description="`reviewer` needs a key that may `review`.")]


@router.get("/v1/verifications/{id}", response_model=views.Verification, responses=documents.FETCH)
def fetch_verification(service: Asked, key: Reader, id_: Id, scope: AskedScope = ReportScope.PARTNER) -> Response:
    """Where a claim stands: what to send in its next revision, what was decided; for reviewers, all decisions."""
    if scope is ReportScope.REVIEWER:
        demand(key, Scope.REVIEW)
    return as_json(view_of(service, service.job(key.tenant, id_), whole_log=scope is ReportScope.REVIEWER))


@router.get("/v1/verifications/{id}/report", responses=documents.REPORT, response_model=None)
def fetch_report(
    service: Asked,
    key: Reader,
    id_: Id,
    scope: AskedScope = ReportScope.PARTNER,
    form: Annotated[Form | None, Query(alias="format", description="Goes before `Accept`.")] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> Response:
    """The report: for its partner what was seen and what to fix, for a reviewer all that was found and why."""
    if scope is ReportScope.REVIEWER:
        demand(key, Scope.REVIEW)
    written = form or _accepted(accept)
    report = service.report(key.tenant, id_)
    if written is Form.JSON:
        answer = as_json(report if scope is ReportScope.REVIEWER else for_partner(report))
    elif scope is ReportScope.REVIEWER:
        answer = HTMLResponse(html.render(report, service.verifier.archive.blob))
    else:
        answer = HTMLResponse(partner_page.render(for_partner(report)))
    answer.headers["Vary"] = "Accept"
    if written is Form.HTML:
        answer.headers["Content-Security-Policy"] = _POLICIES[scope]
    return answer


@router.get("/v1/verifications/{id}/links", response_model=views.Links, responses=documents.LINKS)
def fetch_links(service: Asked, key: Reader, id_: Id) -> Response:
    """Which items of other claims share a camera, an exposure, a document or a roll with this claim's.

    It shows serial numbers and what others handed in, so it needs a key that may `review`.
    """
    demand(key, Scope.REVIEW)
    report = service.report(key.tenant, id_)
    archive = service.verifier.archive
    graphs = (identity.around(archive, key.tenant, entry.item.id) for entry in report.items)
    late = archive.links(key.tenant, report.claim.id)
    return as_json(views.links(report, [graph for graph in graphs if graph is not None], late))


def view_of(service: Service, job: Job, *, whole_log: bool = False) -> views.Verification:
    """The job as its portal sees it. Reads the report and the decisions where there is one."""
    if job.state not in {JobState.COMPLETED, JobState.NEEDS_INPUT}:
        return views.verification(job, None, standing(()), whole_log=whole_log)
    decided = standing(service.decisions.of_claim(job.tenant, job.claim.id, job.claim.revision))
    seen = views.verification(job, service.report(job.tenant, job.id), decided, whole_log=whole_log)
    late = service.verifier.archive.links(job.tenant, job.claim.id) if whole_log else ()
    return replace(seen, reopened_at=late[-1].at) if late else seen


def as_json(value: Any, status: int = 200) -> Response:
    """A value of ours as canonical JSON."""
    return Response(codec.to_json(value).encode(), status_code=status, media_type="application/json")


def _accepted(accept: str) -> Form:
    """By the `Accept` header, JSON where both would do. Raises Refusal (406)."""
    weights = {kind: _weight(accept, kind) for kind in Form}
    best = max(Form, key=lambda kind: weights[kind])
    if weights[best] <= 0:
        raise Refusal(406, "not-acceptable", f"a report is JSON or HTML, not {accept[:100]}", "accept one of them")
    return best


def _weight(accept: str, kind: Form) -> float:
    """The quality that the header gives to a form, by the most specific of its ranges; 0 where it names none."""
    wanted = {Form.JSON: ("application/json", "application/*", "*/*"), Form.HTML: ("text/html", "text/*", "*/*")}[kind]
    ranges: dict[str, float] = {}
    for entry in accept.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        ranges[name] = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    return next((ranges[name] for name in wanted if name in ranges), 0.0)
