"""A claim's facts, as they come from a file or a request, become a Claim; what does not fit is named field by field."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from verifier.casefile import Claim, Venue, Window
from verifier.errors import ClaimError


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEntry:
    """An item as a claim file names it: a file or a link, and the slot that it is meant for."""

    file: str | None = None
    link: str | None = None
    slot: str | None = None


def parse_claim(data: object) -> tuple[Claim, tuple[ItemEntry, ...]]:
    """The claim and its items' entries. Raises ClaimError that lists every field which is missing, unknown or misfit.

    `window`, `submitted_at` and `partner` must be stated; `window: null` says that it is not known.
    """
    if not isinstance(data, Mapping):
        raise ClaimError("this is not a claim: it has no fields", "state at least " + ", ".join(_REQUIRED))
    try:
        facts = _ClaimFacts.model_validate(dict(data))
    except ValidationError as error:
        complaints = dict.fromkeys(_complaint(detail) for detail in error.errors(include_url=False))
        message = "; ".join(where + what for where, what in complaints)
        fields = {where: what.lstrip(": ") for where, what in complaints}
        raise ClaimError(message, "correct the claim's facts", fields) from None
    values: dict[str, Any] = {name: getattr(facts, name) for name in _ClaimFacts.model_fields if name != "items"}
    values["window"] = Window(**facts.window.model_dump()) if facts.window else None
    values["venue"] = Venue(**facts.venue.model_dump()) if facts.venue else None
    return Claim(**values), tuple(ItemEntry(**entry.model_dump()) for entry in facts.items)


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError("Input should be an IANA time zone such as Europe/Berlin") from None
    return name


Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Money = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=3)]


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class _WindowFacts(_Facts):
    start: date
    end: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"Input should end after it starts; it ends on {self.end} and starts on {self.start}")
        return self


class _VenueFacts(_Facts):
    id: Token | Literal[""] = ""
    name: Line | Literal[""] = ""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None
    radius: float = Field(default=500.0, gt=0, le=100_000)

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("Input should have both latitude and longitude, or neither")
        if not (self.id or self.name):
            raise ValueError("Input should have a name, or the id that it has in the list of venues")
        return self


class _ItemFacts(_Facts):
    file: Line | None = None
    link: Annotated[str, StringConstraints(min_length=1, max_length=4096)] | None = None
    slot: Token | None = None

    @model_validator(mode="after")
    def _file_or_link(self) -> Self:
        if (self.file is None) == (self.link is None):
            raise ValueError("Input should have either a file or a link")
        return self


class _ClaimFacts(_Facts):
    id: Token
    activity: Token
    partner: Line
    window: _WindowFacts | None
    submitted_at: AwareDatetime | None
    tenant: Token = "default"
    revision: int = Field(default=1, ge=1, le=1_000_000)
    program: Token = "default"
    brand: Line | None = None
    competitors: tuple[Line, ...] = ()
    approved_at: date | None = None
    approved_amount: Money | None = None
    claimed_amount: Money | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    tactic: Line | None = None
    venue: _VenueFacts | None = None
    stated: Mapping[Token, Line] = Field(default_factory=dict)
    items: tuple[_ItemFacts, ...] = ()


_REQUIRED = tuple(name for name, field in _ClaimFacts.model_fields.items() if field.is_required())
_MODELS = (_ClaimFacts, _WindowFacts, _VenueFacts, _ItemFacts)


def claim_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a claim's facts, as `parse_claim` accepts them."""
    return _ClaimFacts.model_json_schema(ref_template="#/components/schemas/{model}")


def _complaint(detail: ErrorDetails) -> tuple[str, str]:
    """One line on one field in two parts: where; and what was found, what is expected."""
    where = ".".join(str(part) for part in detail["loc"]) or "the claim"
    if detail["type"] == "missing":
        return where, " is missing"
    if detail["type"] == "extra_forbidden":
        known = [name for model in _MODELS for name in model.model_fields]
        near = difflib.get_close_matches(str(detail["loc"][-1]), known, n=1)
        return where, " is not a field of a claim" + (f" (did you mean {near[0]}?)" if near else "")
    expected = detail["msg"].removeprefix("Value error, ").replace("Input should", "it should")
    if detail["type"] == "string_pattern_mismatch":
        expected = _PATTERNS.get(str(detail.get("ctx", {}).get("pattern")), expected)
    found = "" if isinstance(detail["input"], Mapping) else f" is {reprlib.repr(detail['input'])};"
    return where, f"{found or ':'} {expected}"


_PATTERNS = {
    r"^[A-Za-z0-9._-]{1,64}$": "it should be 1 to 64 letters, digits, dots, dashes or underscores",
    r"^[A-Z]{3}$": "it should be a currency code such as EUR",
}
