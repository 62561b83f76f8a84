"""From a folder of YAML to a rulebook: read, hold against the schemas, lint, build."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema

from verifier.casefile import Activity, Axis, Kind, Policy, Requirement, Slot
from verifier.errors import RuleError
from verifier.rulebook.book import Rulebook
from verifier.rulebook.documents import Document, Fault, read
from verifier.rulebook.meaning import (
    Context,
    faults_of_activity,
    faults_of_policy,
    faults_of_rule,
    faults_of_support,
    faults_of_whole,
)
from verifier.rulebook.rules import rule_from
from verifier.settings import Settings

Codes = Mapping[str, frozenset[str]]
"""The finding codes that may be rested on, by the inspector that gives them."""

_REMEDY = "`verifier rules lint` lists every fault"
_SINGLE = ("requirements", "policy")
_REFERENCE = "reference"  # what instruments look up (vocabularies, lists of products): theirs to read, and no rules


@dataclass(slots=True, kw_only=True)
class _Draft:
    """The files of a folder as they are read: those that fit their schema, and the faults of the others."""

    rules: dict[str, Document] = field(default_factory=dict)
    activities: dict[str, Document] = field(default_factory=dict)
    requirements: Document | None = None
    policy: Document | None = None
    faults: list[Fault] = field(default_factory=list)


def load_rulebook(folder: Path, codes: Codes | None = None) -> Rulebook:
    """The rulebook in `folder`. With `codes`, no rule may rest on a code that nobody gives.

    Raises RuleError for the first fault ("rules/x/y.yaml:12: weight: ..."), and says how many there are.
    """
    draft = _read_folder(folder)
    faults = _faults(draft, folder, codes)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise RuleError(f"{faults[0]}{more}", _REMEDY)
    assert draft.requirements is not None  # noqa: S101 - a missing one is a fault
    assert draft.policy is not None  # noqa: S101
    return Rulebook(
        rules=tuple(rule_from(draft.rules[name].data) for name in sorted(draft.rules)),
        activities={name: _activity(name, draft.activities[name].data) for name in sorted(draft.activities)},
        requirements={name: _requirement(name, data) for name, data in sorted(draft.requirements.data.items())},
        policy=_policy(draft.policy.data),
        digest=_digest(draft),
    )


def lint(folder: Path, codes: Codes | None = None) -> list[Fault]:
    """Every fault of the rulebook in `folder`, by file and line.

    One kind of fault does not keep it from being loaded: a requirement that nothing could ever support.
    """
    draft = _read_folder(folder)
    return _faults(draft, folder, codes) or list(faults_of_support(draft.rules, draft.activities))


def _read_folder(folder: Path) -> _Draft:
    draft = _Draft()
    for path in sorted(folder.rglob("*.yaml")):
        inside = path.relative_to(folder)
        if inside.parts[0] == _REFERENCE:
            continue
        document, faults = read(path, str(Path(folder.name) / inside))
        if document is not None:
            faults = _place(draft, document, inside)
        draft.faults.extend(faults)
    return draft


def _place(draft: _Draft, document: Document, inside: Path) -> list[Fault]:
    """Put a document where it belongs by its path, if it fits the schema of that place."""
    if len(inside.parts) == 1 and inside.stem in _SINGLE:
        faults = _against_schema(document, inside.stem)
        if not faults:
            setattr(draft, inside.stem, document)
        return faults
    if len(inside.parts) != 2:
        return [document.fault((), "is not in its place", "rules are rules/<inspector>/<tail>.yaml")]
    schema, shelf = ("activity", draft.activities) if inside.parts[0] == "activities" else ("rule", draft.rules)
    faults = _against_schema(document, schema)
    if not faults:
        shelf[inside.stem if schema == "activity" else f"{inside.parts[0]}.{inside.stem}"] = document
    return faults


@cache
def _schema(name: str) -> Any:
    """A validator for one kind of file. The schemas are the package's own: a foreign folder cannot loosen them."""
    path = Settings().rules / "schema" / f"{name}.json"
    try:
        return jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise RuleError(f"the schema {path} cannot be read: {error.strerror}", "install the package again") from error


def _against_schema(document: Document, name: str) -> list[Fault]:
    errors = sorted(_schema(name).iter_errors(document.data), key=lambda error: [str(part) for part in error.path])
    return [fault for error in errors for fault in _faults_of_schema(document, error)]


def _faults_of_schema(document: Document, error: jsonschema.ValidationError) -> list[Fault]:
    """The schema's complaint at the key that it is about; of keys that are not known, one fault each."""
    key = tuple(error.absolute_path)
    if error.validator != "additionalProperties" or not isinstance(error.schema, dict):
        return [document.fault(key, error.message)]
    known, instance = error.schema.get("properties", {}), cast(dict[str, Any], error.instance)
    remedy = f"known here: {', '.join(sorted(known))}"
    return [document.fault((*key, name), "is not a known key", remedy) for name in instance if name not in known]


def _faults(draft: _Draft, folder: Path, codes: Codes | None) -> list[Fault]:
    faults = list(draft.faults)
    context = Context(
        requirements={name: data["across"] for name, data in draft.requirements.data.items()}
        if draft.requirements
        else None,
        groups=frozenset(draft.policy.data["groups"]) if draft.policy else None,
        slots=frozenset(slot["id"] for document in draft.activities.values() for slot in document.data["slots"]),
        codes=codes,
    )
    for name, document in draft.rules.items():
        faults.extend(faults_of_rule(document, name, context))
    for document in draft.activities.values():
        faults.extend(faults_of_activity(document, context))
    if draft.policy:
        faults.extend(faults_of_policy(draft.policy))
    if not faults:  # what is missing can only be told once everything that is there can be read
        faults.extend(faults_of_whole(folder.name, draft.requirements, draft.policy, draft.activities))
    return sorted(faults, key=lambda fault: (fault.file, fault.line, fault.where, fault.message))


def _requirement(name: str, data: Mapping[str, Any]) -> Requirement:
    return Requirement(id=name, title=data["title"], axis=Axis(data["axis"]), across=data["across"])


def _activity(name: str, data: Mapping[str, Any]) -> Activity:
    return Activity(
        id=name,
        title=data["title"],
        slots=tuple(_slot(slot) for slot in data["slots"]),
        requirements=tuple(data["requirements"]),
        required=frozenset(data["required"]),
        deadline_days=data["deadline_days"],
        grace_days=data.get("grace_days", 0),
    )


def _slot(data: Mapping[str, Any]) -> Slot:
    return Slot(
        id=data["id"],
        title=data["title"],
        kinds=frozenset(map(Kind, data["kinds"])),
        ask=data["ask"],
        minimum=data.get("minimum", 1),
        questions=frozenset(data.get("questions", ())),
        required=frozenset(data.get("required", ())),
    )


def _policy(data: Mapping[str, Any]) -> Policy:
    default = float(data["default_cap"]["value"])
    return Policy(
        prior=float(data["prior"]["value"]),
        group_caps={name: float(group.get("cap", default)) for name, group in sorted(data["groups"].items())},
        default_cap=default,
        support_cap=float(data["support_cap"]["value"]),
        quick_look=float(data["quick_look"]["value"]),
        fast_track=float(data["fast_track"]["value"]),
    )


def _digest(draft: _Draft) -> str:
    """SHA-256 over what the files say, as canonical JSON: file order, comments and line ends do not count."""

    def said(documents: Mapping[str, Document]) -> dict[str, Any]:
        return {name: document.data for name, document in documents.items()}

    singles = {name: document.data for name in _SINGLE if (document := getattr(draft, name)) is not None}
    content = {"rules": said(draft.rules), "activities": said(draft.activities), **singles}
    return hashlib.sha256(_canonical(content)).hexdigest()


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()
