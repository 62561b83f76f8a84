"""What a manifest gives, claim by claim: a line that can be worked on, or a reject that says why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from verifier.casefile import Claim
from verifier.errors import VerifierError
from verifier.intake import ItemEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One claim: the number of its first line, its items with a line number each, and the folder they lie in."""

    number: int
    claim: Claim
    entries: tuple[ItemEntry, ...]
    places: tuple[int, ...]
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """What of a manifest was not worked on, and what to do about it. `claim` is "" where nobody can tell."""

    line: int
    claim: str
    code: str  # the error's class name
    reason: str
    remedy: str


def reject(line: int, claim: str, error: VerifierError) -> Reject:
    """The error as a reject."""
    return Reject(line=line, claim=claim, code=type(error).__name__, reason=error.message, remedy=error.remedy)
