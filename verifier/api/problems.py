"""What goes wrong is told as a problem document (RFC 9457): what it is, where, and what to do about it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from verifier.errors import (
    ArchiveError,
    ClaimError,
    DecidedMeanwhile,
    DecisionError,
    InputError,
    KeyReused,
    KitError,
    RevisionTaken,
    TooLarge,
    VerifierError,
)
from verifier.jobs import Busy

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one field: `claim.window.start`, `files`, `header.Idempotency-Key` ..."""

    field: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDocument:
    """The document. `type` names the kind of problem and stays the same; `detail` and `remedy` are for people."""

    type: str  # "urn:verifier:problem:<name>"
    title: str
    status: int
    detail: str
    remedy: str = ""
    errors: tuple[FieldError, ...] = ()


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """Ends a request with a problem; `name` is the tail of its type."""

    def __init__(
        self,
        status: int,
        name: str,
        detail: str,
        remedy: str = "",
        *,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = ProblemDocument(
            type=f"urn:verifier:problem:{name}",
            title=_title(name),
            status=status,
            detail=detail,
            remedy=remedy,
            errors=tuple(FieldError(field=field, detail=text) for field, text in (fields or {}).items()),
        )
        self.headers = dict(headers or {})


def refusal_of(error: VerifierError) -> Refusal:
    """How an error of the house is told over HTTP; what is not the caller's doing says nothing of our insides."""
    fields: Mapping[str, str] = {}
    if isinstance(error, ClaimError):
        fields = {f"claim.{field}": text for field, text in error.fields.items()}
    if isinstance(error, KitError):
        fields = {f"kit.{field}": text for field, text in error.fields.items()}
    if isinstance(error, DecisionError):
        fields = {f"body.{field}": text for field, text in error.fields.items()}
    if isinstance(error, Busy):
        return _told(503, "busy", error, headers={"Retry-After": f"{error.retry_after:.0f}"})
    if isinstance(error, ArchiveError):
        _log.error("the archive cannot be used: %s", error)
        return Refusal(503, "archive-unavailable", "the archive cannot be used", "try again", headers=_SOON)
    for kind, status, name in _KINDS:
        if isinstance(error, kind):
            return _told(status, name, error, fields=fields)
    _log.error("unexpected: %s", error)
    return _fault()


def handle_problems(app: FastAPI) -> None:
    """Have every error of the app answered with a problem document."""

    @app.exception_handler(Refusal)
    async def _refused(_request: Request, refusal: Refusal) -> Response:
        return response(refusal)

    @app.exception_handler(VerifierError)
    async def _known(_request: Request, error: VerifierError) -> Response:
        return response(refusal_of(error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> Response:
        fields = {".".join(map(str, detail["loc"])): str(detail["msg"]) for detail in error.errors()}
        return response(
            Refusal(422, "request-invalid", "the request is not as it must be", "see `errors`", fields=fields)
        )

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        name = phrase.lower().replace(" ", "-")
        return response(Refusal(error.status_code, name, phrase, "see /v1/openapi.json", headers=error.headers))

    @app.exception_handler(Exception)
    async def _unexpected(_request: Request, _error: Exception) -> Response:
        return response(_fault())  # the server logs the traceback


def response(refusal: Refusal) -> Response:
    """The refusal as a response."""
    body: dict[str, Any] = {name: value for name, value in asdict(refusal.problem).items() if value not in ("", ())}
    return Response(
        json.dumps(body).encode(),
        status_code=refusal.problem.status,
        headers=refusal.headers,
        media_type=MEDIA_TYPE,
    )


_SOON = {"Retry-After": "5"}
_KINDS: tuple[tuple[type[VerifierError], int, str], ...] = (
    (KeyReused, 422, "idempotency-key-reused"),
    (RevisionTaken, 409, "revision-taken"),
    (TooLarge, 413, "too-large"),
    (ClaimError, 422, "claim-invalid"),
    (KitError, 422, "kit-invalid"),
    (DecisionError, 422, "decision-invalid"),
    (DecidedMeanwhile, 409, "decided-meanwhile"),
    (InputError, 422, "input-invalid"),
)


def _told(status: int, name: str, error: VerifierError, **more: Mapping[str, str]) -> Refusal:
    return Refusal(status, name, error.message, error.remedy, **more)


def _fault() -> Refusal:
    return Refusal(500, "fault", "the service failed at this request", "its operator finds why in the log")


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()
