"""Findings: what an inspector measured, how sure it is, and where that can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.casefile.marks import Mark

Value = bool | int | float | str | tuple[str, ...] | None
"""Plain values that JSON carries; moments are ISO 8601 texts."""


class Status(StrEnum):
    """What became of a measurement."""

    MEASURED = "measured"
    ABSENT = "absent"  # the carrier is not there (no EXIF block); "no duplicate" is MEASURED 0
    UNDETERMINED = "undetermined"  # looked, and cannot tell; `note` says why and what would settle it
    NOT_APPLICABLE = "not_applicable"
    NOT_RUN = "not_run"  # out of time, or the inspector failed; `note` says which


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One measurement. `code` is `<inspector>.<measure>`; `confidence` is 0..1, of the reading and not of the claim."""

    code: str
    status: Status = Status.MEASURED
    value: Value = None
    confidence: float | None = None
    marks: tuple[Mark, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """All that one inspector, at one version, found on one item or claim."""

    inspector: str
    version: str
    findings: tuple[Finding, ...]
