"""A form becomes a claim with its submissions; every upload is one that the claim names, and the other way round."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from verifier.api.forms import Form, Upload
from verifier.api.problems import Refusal
from verifier.casefile import Claim, Submission
from verifier.errors import ClaimError
from verifier.intake import ItemEntry, parse_claim


def claim_of(form: Form, tenant: str) -> tuple[Claim, tuple[Submission, ...]]:
    """The claim, in the caller's tenant, and its items. Raises Refusal (400, 422) and ClaimError. Reads the files."""
    facts = _facts(form)
    claim, entries = parse_claim(facts)
    if isinstance(facts, dict) and facts.get("tenant", tenant) != tenant:
        raise ClaimError("the claim is of another tenant than the key", "leave it out", {"tenant": "is not the key's"})
    return replace(claim, tenant=tenant), _submissions(entries, form.files)


def _facts(form: Form) -> Any:
    if form.facts is None:
        raise Refusal(
            422,
            "form-invalid",
            "the form has no part `claim`",
            "send the claim's facts as JSON in a part `claim`",
            fields={"claim": "is missing"},
        )
    try:
        return json.loads(bytes(form.facts), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        detail = " ".join(str(error).split())[:200]
        fields = {"claim": detail}
        raise Refusal(400, "claim-not-json", f"the claim is not JSON: {detail}", "correct it", fields=fields) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    facts = dict(pairs)
    if len(facts) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return facts


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _submissions(entries: Sequence[ItemEntry], uploads: Sequence[Upload]) -> tuple[Submission, ...]:
    """The claim's items in its order; a claim that names none has all uploads as its items."""
    if not entries:
        return tuple(Submission(name=upload.name, data=upload.read()) for upload in uploads)
    sent = {upload.name: upload for upload in uploads}
    named = {entry.file for entry in entries if entry.file is not None}
    faults = {
        f"claim.items.{number}.file": f"no file {entry.file!r} was uploaded"
        for number, entry in enumerate(entries)
        if entry.file is not None and entry.file not in sent
    }
    if strangers := sorted(set(sent) - named):
        faults["files"] = f"{strangers[0]!r} is not among the claim's items"
    if faults:
        raise Refusal(
            422,
            "files-mismatch",
            "the claim's items and the uploaded files are not the same",
            "upload each file under the very name that the claim gives it, and no others",
            fields=faults,
        )
    return tuple(_submission(entry, sent) for entry in entries)


def _submission(entry: ItemEntry, sent: dict[str, Upload]) -> Submission:
    if entry.link is not None:
        return Submission(name=entry.link, link=entry.link, slot=entry.slot)
    name = entry.file or ""
    return Submission(name=name, data=sent[name].read(), slot=entry.slot)
