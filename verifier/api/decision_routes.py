"""Routes by which people's decisions come in. A decision is a line of a log: it changes no report and no other line."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from verifier.api import documents, views
from verifier.api.access import Asked, key_with
from verifier.api.bodies import DecisionFacts, UndoFacts, json_body
from verifier.api.result_routes import Id, as_json
from verifier.archive.keys import ApiKey, Scope
from verifier.casefile import Decision
from verifier.decisions import Wish

router = APIRouter(tags=["decisions"])
Reviewer = Annotated[ApiKey, Depends(key_with(Scope.REVIEW))]


@router.post(
    "/v1/verifications/{id}/decision",
    status_code=201,
    response_model=views.ReviewerDecision,
    responses=documents.DECIDE,
    openapi_extra=documents.DECISION_BODY,
)
async def decide(request: Request, service: Asked, key: Reviewer, id_: Id) -> Response:
    """Decide on a claim or one of its items. What was answered with 201 survives a crash of the service.

    The same decision, sent again with the same `after`, is acknowledged again and kept once: what got no answer can
    be sent again.
    """
    facts = await json_body(request, DecisionFacts)
    wish = Wish(
        outcome=facts.outcome, item=facts.item, amount=facts.amount, currency=facts.currency, reason=facts.reason
    )
    return _told(await run_sync(service.decide, key.tenant, id_, wish, _name(key), facts.after))


@router.post(
    "/v1/verifications/{id}/decision/undo",
    status_code=201,
    response_model=views.ReviewerDecision,
    responses=documents.DECIDE,
    openapi_extra=documents.UNDO_BODY,
)
async def undo(request: Request, service: Asked, key: Reviewer, id_: Id) -> Response:
    """Take back the newest decision of this key that stands: a further line says so, and what stood before stands."""
    facts = await json_body(request, UndoFacts)
    return _told(await run_sync(service.undo, key.tenant, id_, _name(key), facts.after))


def _name(key: ApiKey) -> str:
    return f"key {key.id} ({key.name})"


def _told(decision: Decision) -> Response:
    return as_json(views.reviewer_decision(decision), 201)
