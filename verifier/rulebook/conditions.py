"""Conditions over findings, in Kleene's three-valued logic: they hold, fail, or cannot be told.

S. C. Kleene, Introduction to Metamathematics (1952), section 64: the strong connectives.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from verifier.casefile import Finding, Inspection, Status, Truth, Value

Operand = Any
"""What a leaf holds a value against, as the schema of rules allows it for its operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The n-th finding of a code, counted from 0 over all inspections in order. `note` says why it settles nothing."""

    code: str
    number: int
    finding: Finding
    note: str = ""

    def __str__(self) -> str:
        return f"{self.code}#{self.number}"


Facts = Mapping[str, Sequence[Reference]]


def facts_of(inspections: Sequence[Inspection]) -> Facts:
    """Every finding by its code, in the order in which the inspections gave them."""
    facts: dict[str, list[Reference]] = {}
    for inspection in inspections:
        for finding in inspection.findings:
            known = facts.setdefault(finding.code, [])
            known.append(Reference(code=finding.code, number=len(known), finding=finding, note=finding.note))
    return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a condition came to, and the findings that it came from.

    CANNOT_TELL without causes means that nobody ever asked: such a rule has nothing to say.
    """

    truth: Truth
    because: tuple[Reference, ...] = ()

    @property
    def moot(self) -> bool:
        return self.truth is Truth.CANNOT_TELL and not self.because


_MOOT = Verdict(truth=Truth.CANNOT_TELL)


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    return value


def _compare(compare: Callable[[float, float], bool]) -> Callable[[Value, Operand], bool | None]:
    def test(value: Value, operand: Operand) -> bool | None:
        number = _number(value)
        return None if number is None else compare(number, operand)

    return test


def _same(value: Value, operand: Operand) -> bool:
    """Equality that keeps True apart from 1, as YAML does."""
    return isinstance(value, bool) == isinstance(operand, bool) and bool(value == operand)


def _contains(value: Value, operand: Operand) -> bool | None:
    return operand in value if isinstance(value, str | tuple) else None


OPERATORS: Mapping[str, Callable[[Value, Operand], bool | None]] = {
    "is": _same,
    "is_not": lambda value, operand: not _same(value, operand),
    "above": _compare(operator.gt),
    "at_least": _compare(operator.ge),
    "below": _compare(operator.lt),
    "at_most": _compare(operator.le),
    "in": lambda value, operand: any(_same(value, one) for one in operand),
    "contains": _contains,
}
"""Each says whether a measured value satisfies the operand; None where the value is not of a kind that it can judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One test on the findings of one code. A reading less sure than `confidence` settles nothing."""

    code: str
    operator: str
    operand: Operand
    confidence: float = 0.0

    @property
    def codes(self) -> frozenset[str]:
        return frozenset({self.code})

    def weigh(self, facts: Facts) -> Verdict:
        """HOLDS if any measured finding satisfies it, else CANNOT_TELL if any is open, else FAILS."""
        references = facts.get(self.code, ())
        if self.operator == "status":
            return self._weigh_status(references)
        satisfied, failed, unsettled = [], [], []
        for reference in references:
            answer = self._test(reference.finding)
            if answer is True:
                satisfied.append(reference)
            elif answer is False:
                failed.append(reference)
            elif answer is not Status.NOT_APPLICABLE:
                unsettled.append(_noted(reference, answer))
        if satisfied:
            return Verdict(truth=Truth.HOLDS, because=tuple(satisfied))
        if unsettled:
            return Verdict(truth=Truth.CANNOT_TELL, because=tuple(unsettled))
        return Verdict(truth=Truth.FAILS, because=tuple(failed)) if failed else _MOOT

    def _weigh_status(self, references: Sequence[Reference]) -> Verdict:
        """Two-valued where there are findings: how the inspector fared is always known."""
        if not references:
            return _MOOT
        there = tuple(reference for reference in references if reference.finding.status == self.operand)
        return Verdict(truth=Truth.HOLDS, because=there) if there else Verdict(truth=Truth.FAILS)

    def _test(self, finding: Finding) -> bool | Status | str:
        """True or False, the status that leaves it open, or the reason why the value cannot be judged."""
        if finding.status is not Status.MEASURED:
            return finding.status
        if finding.confidence is not None and finding.confidence < self.confidence:
            return f"read with confidence {finding.confidence:.2f}, below {self.confidence:.2f}"
        answer = OPERATORS[self.operator](finding.value, self.operand)
        return f"{finding.value!r} cannot be compared" if answer is None else answer


def _noted(reference: Reference, reason: Status | str) -> Reference:
    """The reference with a note on why it settles nothing: the finding's own where it has one."""
    note = reference.note or reason.value.replace("_", " ") if isinstance(reason, Status) else reason
    return replace(reference, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Kleene's conjunction: the least true of its members."""

    members: tuple[Condition, ...]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset().union(*(member.codes for member in self.members))

    def weigh(self, facts: Facts) -> Verdict:
        return _least([member.weigh(facts) for member in self.members], (Truth.FAILS, Truth.CANNOT_TELL, Truth.HOLDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """Kleene's disjunction: the most true of its members."""

    members: tuple[Condition, ...]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset().union(*(member.codes for member in self.members))

    def weigh(self, facts: Facts) -> Verdict:
        return _least([member.weigh(facts) for member in self.members], (Truth.HOLDS, Truth.CANNOT_TELL, Truth.FAILS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Kleene's negation: what cannot be told stays so."""

    member: Condition

    @property
    def codes(self) -> frozenset[str]:
        return self.member.codes

    def weigh(self, facts: Facts) -> Verdict:
        verdict = self.member.weigh(facts)
        turned = {Truth.HOLDS: Truth.FAILS, Truth.FAILS: Truth.HOLDS}.get(verdict.truth, Truth.CANNOT_TELL)
        return Verdict(truth=turned, because=verdict.because)


Condition = Leaf | All | AnyOf | Not


def _least(verdicts: Sequence[Verdict], order: tuple[Truth, ...]) -> Verdict:
    """The verdict that comes first in `order`, with the causes of all that agree; moot if one of these is moot.

    A member that nobody asked about keeps a whole undecided condition silent: settling the others would not help.
    """
    truth = min((verdict.truth for verdict in verdicts), key=order.index)
    agreeing = [verdict for verdict in verdicts if verdict.truth is truth]
    if any(verdict.moot for verdict in agreeing):
        return _MOOT
    because = {str(reference): reference for verdict in agreeing for reference in verdict.because}
    return Verdict(truth=truth, because=tuple(because.values()))


def condition_from(data: Mapping[str, Any]) -> Condition:
    """The condition that valid data (by the schema of rules, one operator a leaf) stand for."""
    if "all" in data:
        return All(members=tuple(condition_from(member) for member in data["all"]))
    if "any" in data:
        return AnyOf(members=tuple(condition_from(member) for member in data["any"]))
    if "not" in data:
        return Not(member=condition_from(data["not"]))
    name = next(iter(operators_in(data)))
    return Leaf(
        code=data["finding"], operator=name, operand=data[name], confidence=data.get("confidence_at_least", 0.0)
    )


def operators_in(leaf: Mapping[str, Any]) -> list[str]:
    """The operators that a leaf names; a sound one names exactly one."""
    return [key for key in leaf if key in OPERATORS or key == "status"]


def leaves_in(data: Mapping[str, Any], key: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every leaf of a condition's data, with the key under which it stands."""
    for name in ("all", "any"):
        for index, member in enumerate(data.get(name, ())):
            yield from leaves_in(member, (*key, name, index))
    if "not" in data:
        yield from leaves_in(data["not"], (*key, "not"))
    if "finding" in data:
        yield key, data
