"""A rule: one condition over findings, and what it means for one requirement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from verifier.casefile import Bearing, Hit, Item, Kind, Requirement, Truth
from verifier.rulebook.conditions import Condition, Facts, Reference, condition_from
from verifier.rulebook.titles import fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a rule's file says. `weight` is in decibans and unsigned: the bearing gives the sign.

    `speaks` and `silent` name fixtures, "<topic>/<case>#<item number>" ("<topic>/<case>" at claim scope).
    """

    id: str
    title: str
    requirement: str
    bearing: Bearing
    weight: float
    when: Condition
    why: str
    group: str = ""
    gate: bool = False
    scope: Literal["item", "claim"] = "item"
    kinds: frozenset[Kind] = frozenset()
    slots: frozenset[str] = frozenset()
    unknown: str = ""
    ask: str = ""
    speaks: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def signed_weight(self) -> float:
        return -self.weight if self.bearing is Bearing.CONTRADICTS else self.weight

    def concerns(self, item: Item) -> bool:
        """Whether the rule's filters let this item pass."""
        return (not self.kinds or item.kind in self.kinds) and (not self.slots or item.slot in self.slots)

    def judge(self, facts: Facts, requirement: Requirement) -> Hit | None:
        """The hit, if the rule speaks or wanted to and could not; None if its condition fails or nobody asked."""
        verdict = self.when.weigh(facts)
        if verdict.truth is Truth.FAILS or verdict.moot:
            return None
        told = verdict.truth is Truth.HOLDS
        nothing_to_do = told and self.bearing is Bearing.SUPPORTS
        return Hit(
            rule=self.id,
            requirement=self.requirement,
            axis=requirement.axis,
            bearing=self.bearing,
            truth=verdict.truth,
            title=fill(self.title, verdict.because) if told else self._unknown_title(verdict.because, requirement),
            because=tuple(map(str, verdict.because)),
            weight=self.signed_weight,
            group=self.group,
            gate=self.gate,
            ask="" if nothing_to_do else fill(self.ask, verdict.because),
        )

    def _unknown_title(self, causes: Sequence[Reference], requirement: Requirement) -> str:
        title = fill(self.unknown, causes) if self.unknown else f"Cannot tell: {requirement.title}"
        notes = dict.fromkeys(cause.note for cause in causes)
        return f"{title} ({'; '.join(notes)})"


def rule_from(data: Mapping[str, Any]) -> Rule:
    """The rule that valid data (by the schema and the lint) stand for."""
    examples = data.get("examples", {})
    return Rule(
        id=data["id"],
        title=data["title"],
        requirement=data["requirement"],
        bearing=Bearing(data["bearing"]),
        weight=float(data["weight"]),
        when=condition_from(data["when"]),
        why=data["why"],
        group=data.get("group", ""),
        gate=data.get("gate", False),
        scope=data.get("scope", "item"),
        kinds=frozenset(map(Kind, data.get("kinds", ()))),
        slots=frozenset(data.get("slots", ())),
        unknown=data.get("unknown", ""),
        ask=data.get("ask", ""),
        speaks=tuple(examples.get("speaks", ())),
        silent=tuple(examples.get("silent", ())),
    )
