"""What a program asks for, as the rulebook states it: requirements, slots, activities and the policy of the score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from verifier.casefile.claim import Kind
from verifier.casefile.judgement import Axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that must be true of a claim.

    `across` says how several items speak to it: the `best` evidence counts (one photo shows the brand), or the
    `worst` (one recycled photo is one too many).
    """

    id: str
    title: str
    axis: Axis
    across: Literal["best", "worst"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place in the claim that evidence must fill, with at least `minimum` items of `kinds`.

    `questions` are put to the items that fill it; `required` names what each of them must settle by itself.
    """

    id: str
    title: str
    kinds: frozenset[Kind]
    ask: str
    minimum: int = 1
    questions: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A type of activity: its slots, the requirements that rules may speak to, and those that must not stay open."""

    id: str
    title: str
    slots: tuple[Slot, ...]
    requirements: tuple[str, ...]
    required: frozenset[str]  # undetermined or unproved here: the partner is asked
    deadline_days: int  # after the end of the activity window
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Numbers of the score that are a vendor's to choose. Decibans unless said otherwise."""

    prior: float
    group_caps: Mapping[str, float]  # the most that one group of correlated rules may add or take away
    default_cap: float
    support_cap: float = math.inf  # the most that everything that supports may add together
    quick_look: float  # probability from which a person only glances
    fast_track: float  # probability from which, on a calibrated basis, nobody has to look
