"""Values to JSON and back (pydantic's TypeAdapter over the frozen dataclasses), and the JSON schema of the report."""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypeVar

from pydantic import TypeAdapter

from verifier.casefile import ClaimReport

T = TypeVar("T")


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:  # building one takes milliseconds
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_data(value: Any) -> Any:
    """Plain dicts, lists, texts and numbers, ready for JSON."""
    return _adapter(type(value)).dump_python(value, mode="json")


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Canonical JSON: sorted keys, so that equal values give equal bytes."""
    separators = (",", ":") if indent is None else None
    return json.dumps(to_data(value), sort_keys=True, ensure_ascii=False, indent=indent, separators=separators)


def from_json(kind: type[T], text: str | bytes) -> T:
    """The value that `to_json` wrote. Raises pydantic.ValidationError on anything else."""
    value: T = _adapter(kind).validate_json(text)
    return value


def from_data(kind: type[T], data: Any) -> T:
    """The value that `to_data` gave. Raises pydantic.ValidationError on anything else."""
    value: T = _adapter(kind).validate_python(data)
    return value


def digest_of(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return sha256(to_json(value).encode())


def sha256(data: bytes) -> str:
    """SHA-256 (hex) of bytes."""
    return hashlib.sha256(data).hexdigest()


def report_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a ClaimReport."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_adapter(ClaimReport).json_schema()}


def schema_of(kind: Any, references: str) -> dict[str, Any]:
    """The JSON schema of a value, whose parts (in `$defs`) are referred to as `<references><name>`."""
    return _adapter(kind).json_schema(ref_template=references + "{model}")
