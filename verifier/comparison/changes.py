"""A change: a field of a report that says something else than it did in an earlier one."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.casefile import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field before and after, in pixels of both pages; "" where it is missing, and for pictures without words.

    Not `sure`: it was read in two ways, and the print is not so unlike that a blur could not be all there is to it.
    """

    label: str
    old: str
    new: str
    here: Box | None = None  # where it stands, or would stand
    there: Box | None = None
    sure: bool = True
