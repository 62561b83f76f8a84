"""Hits, points and assessments: what rules made of findings, and what the score made of hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Truth(StrEnum):
    """Kleene's three values."""

    HOLDS = "holds"
    FAILS = "fails"
    CANNOT_TELL = "cannot_tell"


class Bearing(StrEnum):
    """Which way a rule speaks."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    INFORMS = "informs"


class Axis(StrEnum):
    """The four sides of a claim that are shown apart."""

    COMPLETENESS = "completeness"
    COMPLIANCE = "compliance"
    CONSISTENCY = "consistency"
    AUTHENTICITY = "authenticity"


class Route(StrEnum):
    """Where the machine sends an item or claim, in rising strictness; deciding is a person's."""

    FAST_TRACK = "fast_track"
    QUICK_LOOK = "quick_look"
    NEEDS_INPUT = "needs_input"
    FULL_REVIEW = "full_review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that spoke (`truth` HOLDS) or wanted to and could not (`truth` CANNOT_TELL).

    `because` refers to findings as "<code>#<n>", the n-th finding of that code on the same item or claim.
    `weight` is in decibans (10 log10 of the likelihood ratio), signed: positive speaks for the claim.
    `gate` hits route the item whatever the sum is. `ask` is what the partner should do.
    """

    rule: str
    requirement: str
    axis: Axis
    bearing: Bearing
    truth: Truth
    title: str
    because: tuple[str, ...]
    weight: float
    group: str = ""
    gate: bool = False
    ask: str = ""
    item: str = ""  # on a claim's hits: the item that it came from


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What one rule contributed after its group's cap, in decibans. Points and prior add up to the log-odds exactly."""

    rule: str
    decibans: float
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The weighed sum. `low` and `high` bound the probability over everything that could not be told.

    `prior` is in decibans; `score` is round(100 x probability); `basis` is "expert" or "calibrated(n)";
    `reasons` say in words what made the route.
    """

    probability: float
    low: float
    high: float
    score: int
    prior: float
    points: tuple[Points, ...]
    route: Route
    reasons: tuple[str, ...]
    axes: Mapping[Axis, int | None]
    basis: str
