"""The rulebook: rules, activities, requirements and the policy of the score. It judges, and never measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from verifier.casefile import Activity, Hit, Inspection, Item, Policy, Requirement
from verifier.errors import ClaimError
from verifier.rulebook.conditions import facts_of
from verifier.rulebook.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """`rules` are in the order of ids; `digest` is the SHA-256 (hex) of what all files say, not of their layout."""

    rules: tuple[Rule, ...]
    activities: Mapping[str, Activity]
    requirements: Mapping[str, Requirement]
    policy: Policy
    digest: str

    def activity(self, name: str) -> Activity:
        """The activity of that name. Raises ClaimError, which lists those that there are."""
        try:
            return self.activities[name]
        except KeyError:
            known = ", ".join(sorted(self.activities))
            raise ClaimError(f"no activity is called {name!r}", f"use one of: {known}") from None

    def judge_item(self, activity: Activity, item: Item, inspections: Sequence[Inspection]) -> tuple[Hit, ...]:
        """What the rules of item scope say of one item's findings, in the order of rule ids."""
        rules = [rule for rule in self._rules_for(activity, "item") if rule.concerns(item)]
        return self._judge(rules, inspections)

    def judge_claim(self, activity: Activity, inspections: Sequence[Inspection]) -> tuple[Hit, ...]:
        """What the rules of claim scope say of the findings on the claim as a whole, in the order of rule ids."""
        return self._judge(self._rules_for(activity, "claim"), inspections)

    def _rules_for(self, activity: Activity, scope: Literal["item", "claim"]) -> Sequence[Rule]:
        return [rule for rule in self.rules if rule.scope == scope and rule.requirement in activity.requirements]

    def _judge(self, rules: Sequence[Rule], inspections: Sequence[Inspection]) -> tuple[Hit, ...]:
        facts = facts_of(inspections)
        hits = (rule.judge(facts, self.requirements[rule.requirement]) for rule in rules)
        return tuple(hit for hit in hits if hit is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A promise that a rule makes about a fixture: `reference` is "<topic>/<case>#<item>" or "<topic>/<case>"."""

    rule: Rule
    speaks: bool
    reference: str

    @property
    def case(self) -> str:
        return self.reference.partition("#")[0]

    @property
    def item(self) -> int | None:
        """The item's number, from 1; None at claim scope."""
        number = self.reference.partition("#")[2]
        return int(number) if number else None


def examples_of(rulebook: Rulebook) -> Iterator[Example]:
    """Every example that the rules name, in the order of rule ids. A rule speaks where it gives a hit that HOLDS."""
    for rule in rulebook.rules:
        for speaks, references in ((True, rule.speaks), (False, rule.silent)):
            yield from (Example(rule=rule, speaks=speaks, reference=reference) for reference in references)
