"""Small JSON bodies: what they hold; read with bounds on size and time, refused field by field."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Annotated, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect

from verifier.api.problems import Refusal
from verifier.casefile import Outcome
from verifier.decisions.deciding import LONGEST_REASON

MOST = 65_536  # bytes
_SECONDS = 30.0

Body = TypeVar("Body", bound=BaseModel)


After = Annotated[
    int | None,
    Field(
        ge=0,
        description="The highest `sequence` that you saw on this verification, 0 if none: 409 where there is a newer.",
    ),
]


class DecisionFacts(BaseModel):
    """What to decide. Reject and ask need a reason; the partner reads it."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    item: Annotated[str, Field(max_length=500, description="An item's id, as in the report; empty: the claim.")] = ""
    amount: Annotated[
        Decimal | None,
        Field(
            gt=0,
            max_digits=15,
            decimal_places=3,
            description="On the accept of a claim: what is to be paid, all that is claimed if it is left out.",
        ),
    ] = None
    currency: Annotated[str | None, Field(max_length=10, description="Must be the claim's, where given.")] = None
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    after: After = None


class UndoFacts(BaseModel):
    """Nothing need be said."""

    model_config = ConfigDict(extra="forbid")

    after: After = None


async def json_body(request: Request, kind: type[Body]) -> Body:
    """The request's body as a value; no body at all is `{}`.

    Raises Refusal (400, 408, 413, 415), and RequestValidationError with the fields.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            data = await _read(request)
    except TimeoutError:
        raise Refusal(408, "upload-too-slow", f"the body took over {_SECONDS:.0f} s", "send it again") from None
    except ClientDisconnect:
        raise _malformed("the body broke off") from None
    if data and request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        told = "the body is not stated to be application/json"
        raise Refusal(415, "unsupported-media-type", told, "say so in Content-Type")
    try:
        return kind.model_validate_json(data or b"{}")
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        if faults[0]["type"] == "json_invalid":
            raise _malformed(faults[0]["msg"]) from None
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from None


async def _read(request: Request) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST:
            raise Refusal(413, "too-large", f"the body has more than {MOST:,} bytes", "send a shorter one")
    return bytes(data)


def _malformed(detail: str) -> Refusal:
    return Refusal(400, "json-malformed", detail, "correct the JSON and send it again")
