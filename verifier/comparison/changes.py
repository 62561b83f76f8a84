"""A change: a field of a report that says something else than it did in an earlier one."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.casefile import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field before and after, in pixels of both pages; "" where it is missing, and for pictures without words."""

    label: str
    old: str
    new: str
    here: Box | None = None  # where it stands, or would stand
    there: Box | None = None
