"""Routes by which claims come in: they read the form, ask the service in a thread, and word the answer."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response

from verifier.api import documents, views
from verifier.api.access import Asked, Given, key_of, key_with
from verifier.api.claims import claim_of
from verifier.api.forms import Form, received
from verifier.api.problems import Refusal
from verifier.api.result_routes import as_json, view_of
from verifier.api.service import ENDS, Service
from verifier.archive.keys import ApiKey, Scope
from verifier.casefile import Job

LONGEST_WAIT = 60.0  # seconds that one request may wait for its claim
_UPLOADS = 32  # that are received at once
_IN_MEMORY = 4  # of them, whose files are read into memory and kept


@dataclass(frozen=True, slots=True)
class Doors:
    """What bounds memory and disk while claims come in; made once for an app."""

    uploads: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(_UPLOADS))
    in_memory: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_IN_MEMORY))


router = APIRouter(tags=["claims"])
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="The same key with the same request gives the same verification; with another, 422.",
        pattern=r"^[\x21-\x7e]{1,255}$",
        examples=["NL-2026-0515-r1"],
    ),
]
Prefer = Annotated[
    str | None,
    Header(
        description=f"`wait=N`: answer once the claim is through, or after N seconds (at most {LONGEST_WAIT:.0f}).",
        examples=["wait=20"],
    ),
]


async def _let_in(service: Asked, given: Given, idempotency_key: IdempotencyKey = None) -> ApiKey:
    """The submitter's key, where there is room for a claim: told before an upload is read, and again when it is kept.

    Of a key that came a moment ago, and while there is room, it is known without a visit to a thread.
    """
    known = service.porter.key(given.credentials) if given else None
    if known is not None and Scope.SUBMIT in known.scopes and service.has_room:
        return known

    def check() -> ApiKey:
        key = key_of(service, given, Scope.SUBMIT)
        service.make_way(key.tenant, idempotency_key)
        return key

    return await run_sync(check)


@router.post(
    "/v1/verifications",
    status_code=202,
    response_model=views.Verification,
    responses=documents.SUBMIT,
    openapi_extra=documents.CLAIM_FORM,
)
async def submit_claim(
    request: Request,
    service: Asked,
    given: Given,
    key: Annotated[ApiKey, Depends(_let_in)],
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> Response:
    """Hand a claim in. What was answered with 200 or 202 survives a crash of the service.

    After `needs_input`, send the same claim id with a higher `revision`: all that belongs to it, not only what is new.
    """

    def take(form: Form) -> tuple[Job, Response]:
        key_of(service, given, Scope.SUBMIT)  # it may have been revoked while the upload came
        job = service.submit(*claim_of(form, key.tenant), idempotency_key)
        return job, _told(service, job)

    with service.in_flight(key.tenant, idempotency_key):
        async with _form(request) as form:
            job, answer = await run_sync(take, form, limiter=request.app.state.doors.in_memory)
    wait = _wait(prefer)
    if wait and job.state not in ENDS:
        job = await service.ended(job, wait)
        answer = await run_sync(_told, service, job)
    answer.headers["Location"] = views.address_of(job)
    if wait:
        answer.headers["Preference-Applied"] = f"wait={wait:.0f}"
    return answer


@router.post(
    "/v1/preflight",
    response_model=views.Preflight,
    responses=documents.PREFLIGHT,
    openapi_extra=documents.CLAIM_FORM,
)
async def look_ahead(
    request: Request, service: Asked, key: Annotated[ApiKey, Depends(key_with(Scope.SUBMIT))]
) -> Response:
    """What a claim would come to if it were handed in now. Nothing is kept."""
    async with _form(request) as form:
        claim, submissions = await run_sync(claim_of, form, key.tenant, limiter=request.app.state.doors.in_memory)
    return as_json(views.preflight(await run_sync(service.look_ahead, claim, submissions)))


def _told(service: Service, job: Job) -> Response:
    return as_json(view_of(service, job), 200 if job.state in ENDS else 202)


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[Form]:
    uploads = request.app.state.doors.uploads
    try:
        uploads.acquire_nowait()
    except anyio.WouldBlock:
        raise Refusal(503, "busy", "too many uploads at once", "send it again", headers={"Retry-After": "2"}) from None
    try:
        async with received(request, request.app.state.service.limits.form) as form:
            yield form
    finally:
        uploads.release()


def _wait(prefer: str | None) -> float:
    """The seconds of `wait=N`; 0 where no such preference can be read (RFC 7240: it is ignored)."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})\"?\s*(?:$|[,;])", prefer or "", re.IGNORECASE)
    return min(float(found[1]), LONGEST_WAIT) if found else 0.0
