"""What a schema cannot see: whether the files of a rulebook agree with each other and mean something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.rulebook.conditions import condition_from, leaves_in, operators_in
from verifier.rulebook.documents import Document, Fault
from verifier.rulebook.titles import placeholders


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the other files define; None where the file that would define it cannot be read, or nobody said."""

    requirements: Mapping[str, str] | None  # id -> across
    groups: frozenset[str] | None
    slots: frozenset[str]
    codes: Mapping[str, frozenset[str]] | None


def faults_of_rule(document: Document, name: str, context: Context) -> Iterator[Fault]:
    """What is wrong with one rule that fits the schema. `name` is what its path says its id is."""
    data = document.data
    if data["id"] != name:
        yield document.fault(("id",), f"is {data['id']!r}, its file says {name!r}", "name both alike")
    if context.codes is not None and name.partition(".")[0] not in context.codes:
        yield document.fault((), "is in the folder of no inspector", f"use one of: {_listed(context.codes)}")
    if context.requirements is not None and data["requirement"] not in context.requirements:
        yield document.fault(("requirement",), f"{data['requirement']!r} is none of {_listed(context.requirements)}")
    if context.groups is not None and data.get("group", "") not in context.groups | {""}:
        yield document.fault(
            ("group",), f"{data['group']!r} is none of {_listed(context.groups)}", "declare it in policy.yaml"
        )
    unknown = set(data.get("slots", ())) - context.slots
    if unknown:
        yield document.fault(("slots",), f"no activity has a slot called {_listed(unknown)}")
    yield from _faults_of_weight(document, context)
    yield from _faults_of_condition(document, context)
    yield from _faults_of_texts(document)
    yield from _faults_of_examples(document)


def _faults_of_weight(document: Document, context: Context) -> Iterator[Fault]:
    bearing, weight, requirement = (document.data[name] for name in ("bearing", "weight", "requirement"))
    if bearing == "informs" and weight != 0:
        yield document.fault(("weight",), f"is {weight}, but a rule that informs weighs nothing", "set it to 0")
    if bearing != "informs" and weight == 0:
        yield document.fault(("weight",), f"is 0, but the rule {bearing}", "give it a weight, or let it inform")
    if not document.data.get("gate", False):
        return
    if bearing != "contradicts":
        yield document.fault(("gate",), f"only a rule that contradicts can be a gate; this one {bearing}")
    elif (context.requirements or {}).get(requirement) == "best":
        said = f"of {requirement!r} the best item counts, which would hide the gate"
        yield document.fault(("gate",), said, "gate a requirement whose worst item counts")


def _faults_of_condition(document: Document, context: Context) -> Iterator[Fault]:
    known = None if context.codes is None else frozenset[str]().union(*context.codes.values())
    for key, leaf in leaves_in(document.data["when"], ("when",)):
        operators = operators_in(leaf)
        if len(operators) != 1:
            said = _listed(operators) if operators else "none"
            yield document.fault(key, f"a leaf needs exactly one operator; this one names {said}")
        if "status" in leaf and "confidence_at_least" in leaf:
            yield document.fault(key, "a status has no confidence", "drop confidence_at_least")
        if known is not None and leaf["finding"] not in known:
            yield document.fault((*key, "finding"), f"no inspector gives {leaf['finding']!r}")


def _faults_of_texts(document: Document) -> Iterator[Fault]:
    if any(len(operators_in(leaf)) != 1 for _, leaf in leaves_in(document.data["when"], ())):
        return
    used = condition_from(document.data["when"]).codes
    for field in ("title", "unknown", "ask"):
        try:
            for code, problem in placeholders(document.data.get(field, "")):
                if code not in used:
                    yield document.fault((field,), f"{{{code}}} is not a code used in `when`")
                elif problem:
                    yield document.fault((field,), f"{{{code}}}: {problem}")
        except ValueError as error:
            yield document.fault((field,), f"its braces cannot be read: {error}", "double a brace that is meant")


def _faults_of_examples(document: Document) -> Iterator[Fault]:
    at_claim = document.data.get("scope", "item") == "claim"
    for kind, references in document.data.get("examples", {}).items():
        for index, reference in enumerate(references):
            if ("#" in reference) is at_claim:
                shape = "<topic>/<case>" if at_claim else "<topic>/<case>#<item number>"
                yield document.fault(("examples", kind, index), f"{reference!r} should be {shape}")


def faults_of_activity(document: Document, context: Context) -> Iterator[Fault]:
    """What is wrong with one activity that fits the schema."""
    data = document.data
    stated = frozenset(data["requirements"])
    unknown = stated - frozenset(stated if context.requirements is None else context.requirements)
    if unknown:
        yield document.fault(("requirements",), f"{_listed(unknown)}: not in requirements.yaml")
    if frozenset(data["required"]) - stated:
        yield document.fault(("required",), f"{_listed(set(data['required']) - stated)}: not among its requirements")
    for index, slot in enumerate(data["slots"]):
        if set(slot.get("required", ())) - stated:
            missing = _listed(set(slot["required"]) - stated)
            yield document.fault(("slots", index, "required"), f"{missing}: not among the activity's requirements")
    for name, count in Counter(slot["id"] for slot in data["slots"]).items():
        if count > 1:
            yield document.fault(("slots",), f"{count} slots are called {name!r}", "name each differently")


def faults_of_policy(document: Document) -> Iterator[Fault]:
    """What is wrong with a policy that fits the schema."""
    quick, fast = document.data["quick_look"]["value"], document.data["fast_track"]["value"]
    if quick > fast:
        yield document.fault(("quick_look",), f"is {quick}, above fast_track, which is {fast}", "swap them")


def faults_of_whole(
    folder: str,
    requirements: Document | None,
    policy: Document | None,
    activities: Mapping[str, Document],
) -> Iterator[Fault]:
    """What is missing from a rulebook whose files are each in order."""
    for name, there in (("requirements.yaml", requirements), ("policy.yaml", policy), ("activities", activities)):
        if not there:
            yield Fault(file=f"{folder}/{name}", line=1, where="", message="is missing", remedy="write it")


def faults_of_support(rules: Mapping[str, Document], activities: Mapping[str, Document]) -> Iterator[Fault]:
    """Requirements that an activity must have settled and that no rule could ever support."""
    supported = {document.data["requirement"] for document in rules.values() if document.data["bearing"] == "supports"}
    for document in activities.values():
        for requirement in document.data["required"]:
            if requirement not in supported:
                said = f"no rule supports {requirement!r}: every claim would be sent back"
                yield document.fault(("required",), said, "write one, or do not require it")


def _listed(names: object) -> str:
    return ", ".join(sorted(map(str, names))) if isinstance(names, frozenset | set | list | Mapping) else str(names)
