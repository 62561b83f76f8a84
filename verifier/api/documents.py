"""What the OpenAPI document says beyond the types: the claim's form, examples, and every problem a route may answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from verifier import codec
from verifier.api.bodies import DecisionFacts, UndoFacts
from verifier.api.problems import MEDIA_TYPE, ProblemDocument
from verifier.api.views import Verification
from verifier.casefile import ClaimReport
from verifier.intake import claim_schema
from verifier.reporting.scopes import PartnerReport

_COMPONENTS = "#/components/schemas/"

CLAIM: Mapping[str, Any] = {
    "id": "NL-2026-0515",
    "activity": "email_campaign",
    "partner": "Elektro Holsten GmbH",
    "window": {"start": "2026-06-15", "end": "2026-06-28"},
    "submitted_at": "2026-07-03T09:40:00+02:00",
    "brand": "nordlicht",
    "approved_amount": "900.00",
    "claimed_amount": "840.00",
    "currency": "EUR",
    "stated": {"sent": "3,940", "delivered": "3,879"},
    "items": [{"file": "campaign-export.csv", "slot": "send_report"}],
}
_EXPORT = 'Campaign,Recipients,Delivered,Unique opens\r\nSpring,"3,940","3,879","1,203"\r\n'
_VERIFICATION = {
    "id": "5f0c2f6d1a9e4b7c8d3e2f1a0b9c8d7e",
    "claim": "NL-2026-0515",
    "revision": 1,
    "state": "needs_input",
    "created_at": "2026-07-03T07:40:02.114000Z",
    "updated_at": "2026-07-03T07:40:09.870000Z",
    "items": ["campaign-export.csv"],
    "asks": ["Send the e-mail as it was sent."],
    "report": "/v1/verifications/5f0c2f6d1a9e4b7c8d3e2f1a0b9c8d7e/report",
}
_WAITING = _VERIFICATION | {"state": "queued", "asks": [], "updated_at": _VERIFICATION["created_at"]}
del _WAITING["report"]
_INVALID = {
    "type": "urn:verifier:problem:claim-invalid",
    "title": "Claim invalid",
    "status": 422,
    "detail": "window.start is missing",
    "remedy": "correct the claim's facts",
    "errors": [{"field": "claim.window.start", "detail": "is missing"}],
}

CLAIM_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["claim"],
                    "additionalProperties": False,
                    "properties": {
                        "claim": {"$ref": f"{_COMPONENTS}ClaimFacts"},
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "One part each, named as the claim's items call them.",
                        },
                    },
                },
                "encoding": {"claim": {"contentType": "application/json"}},
                "examples": {
                    "campaign": {"summary": "A campaign's export", "value": {"claim": CLAIM, "files": [_EXPORT]}}
                },
            }
        },
    }
}


def problem(about: str, **headers: str) -> dict[str, Any]:
    """A problem that a route may answer."""
    told: dict[str, Any] = {
        "description": about,
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_COMPONENTS}ProblemDocument"}, "example": _INVALID}},
    }
    if headers:
        told["headers"] = {
            name.replace("_", "-"): {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    return told


def _example(about: str, value: Mapping[str, Any], **headers: str) -> dict[str, Any]:
    told = problem(about, **headers)
    return told | {"model": Verification, "content": {"application/json": {"example": dict(value)}}}


_Responses = dict[int | str, dict[str, Any]]
GUARDED: _Responses = {
    401: problem("No key in use was given.", WWW_Authenticate="How to send it."),
    403: problem("The key may not do this."),
    422: problem("A field or header is not as it must be; `errors` names each."),
    503: problem("The queue is full or the archive cannot be used.", Retry_After="Seconds to wait."),
}
UPLOADED: _Responses = GUARDED | {
    400: problem("The form or its JSON cannot be read, or breaks off."),
    408: problem("The upload took too long."),
    413: problem("Too many files, or too many bytes; said while they are read."),
    415: problem("The body is no multipart form."),
}
_LOCATED = {"Location": "Where to ask.", "Preference_Applied": "The wait that was granted."}
SUBMIT: _Responses = UPLOADED | {
    200: _example("The claim is through.", _VERIFICATION, **_LOCATED),
    202: _example("The claim is kept and waits its turn.", _WAITING, **_LOCATED),
    409: problem("The revision is there already with other facts or files, or the key is in flight."),
}
PREFLIGHT: _Responses = dict(UPLOADED)
_NOT_FOUND: _Responses = {404: problem("There is no such verification for this key.")}
FETCH: _Responses = GUARDED | _NOT_FOUND | {200: _example("Where it stands.", _VERIFICATION)}
LINKS: _Responses = (
    GUARDED
    | _NOT_FOUND
    | {
        200: {"description": "The links."},
        409: problem("It has not ended, or it failed.", Retry_After="Seconds to wait."),
    }
)
REPORT: _Responses = (
    GUARDED
    | _NOT_FOUND
    | {
        200: {
            "description": "The report.",
            "content": {
                "application/json": {
                    "schema": {
                        "anyOf": [{"$ref": f"{_COMPONENTS}PartnerReport"}, {"$ref": f"{_COMPONENTS}ClaimReport"}]
                    }
                },
                "text/html": {"schema": {"type": "string"}},
            },
        },
        406: problem("Neither JSON nor HTML is accepted."),
        409: problem("It has not ended, or it failed.", Retry_After="Seconds to wait."),
    }
)
NOT_READY: _Responses = {503: problem("Not now.", Retry_After="Seconds to wait.")}
_DECISION = {
    "sequence": 7,
    "revision": 1,
    "item": "",
    "outcome": "accept",
    "reason": "The bounce rate is that of the May campaign.",
    "amount": "620.00",
    "report": "0a1d5c6ff6a4a4f6a1c8cc6e6a0a4be27e6c9d44f5c8f8e9a1a7f0c2b9d1e3f5",
    "by": "key 5d0c2f6d1a9e (finance portal)",
    "at": "2026-07-04T08:11:40.310000Z",
}
DECIDE: _Responses = (
    GUARDED
    | _NOT_FOUND
    | {
        201: {"description": "It is kept.", "content": {"application/json": {"example": _DECISION}}},
        400: problem("The body is not JSON, or breaks off."),
        408: problem("The body took too long."),
        409: problem("There is no report yet, or somebody decided meanwhile, or a later revision is here."),
        413: problem("The body is too large."),
        415: problem("The body is not stated to be JSON."),
    }
)
_WISHES = {
    "part": {"summary": "Pay a part of it", "value": {"outcome": "accept", "amount": "620.00", "reason": "..."}},
    "ask": {
        "summary": "Ask the partner",
        "value": {"outcome": "ask", "reason": "Send the e-mail as it was sent.", "after": 0},
    },
    "item": {
        "summary": "Reject one item",
        "value": {"outcome": "reject", "item": "NL-2026-0515/r1/1", "reason": "It shows another campaign."},
    },
}


def _json_body(kind: str, examples: Mapping[str, Any], *, required: bool) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"{_COMPONENTS}{kind}"}, "examples": dict(examples)}}
    return {"requestBody": {"required": required, "content": content}}


DECISION_BODY = _json_body("DecisionFacts", _WISHES, required=True)
UNDO_BODY = _json_body("UndoFacts", {"seen": {"value": {"after": 7}}}, required=False)


def describe(app: FastAPI, activities: Iterable[str], more: Mapping[str, Any]) -> None:
    """Give the app its document: FastAPI's, with our values' schemas in place of those that no route names by type.

    `more` are further schemas by name.
    """
    names = sorted(activities)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                routes=app.routes,
                separate_input_output_schemas=False,
            )
            schemas = document["components"]["schemas"]
            schemas.update(_named("ClaimFacts", claim_schema()))
            schemas["ClaimFacts"]["properties"]["activity"]["enum"] = names
            schemas.update(more)
            for kind in (ProblemDocument, PartnerReport, ClaimReport, DecisionFacts, UndoFacts):
                schemas.update(_named(kind.__name__, codec.schema_of(kind, _COMPONENTS)))
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _named(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema and those that it rests on, by name."""
    parts = schema.pop("$defs", {})
    return {name: schema, **parts}
