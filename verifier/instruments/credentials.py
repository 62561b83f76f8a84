"""Content credentials (C2PA): what a signed manifest says about a picture's making, and how far that can be checked.

Read by c2pa-python with its network switched off. Without a trust list (an operator may name one) "intact" means that
the picture is what its signer signed, whoever that was. A manifest that does not verify accuses nobody: the four
genuine camera captures tried so far all came back invalid.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from verifier.casefile import Evidence
from verifier.errors import InputError
from verifier.instruments import container

_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
_MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heif": "image/heif",
    "tiff": "image/tiff",
}
_CHANGED = ("assertion.dataHash.mismatch", "assertion.bmffHash.mismatch", "assertion.boxesHash.mismatch")
_OF_TRUST = ("signingCredential.", "timeStamp.", "timestamp.")  # who signed and when: not whether the manifest holds
_NAME_PEM = "name a PEM file, or a folder of them"
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


class Grade(StrEnum):
    """How far a manifest could be checked."""

    ABSENT = "absent"
    TRUSTED = "trusted"  # the picture is the one that was signed, by somebody on the operator's trust list
    INTACT = "intact"  # the picture is the one that was signed; anyone may have signed it
    CHANGED = "changed"  # the file is no longer the one that was signed; a re-save is enough
    BROKEN = "broken"  # the manifest, or that of a picture it was made of, is not what was signed; `codes` say where
    UNVERIFIED = "unverified"  # signer or time cannot be confirmed; `codes` say what
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the manifests say. `codes` are C2PA failure codes, `source_types` last parts of digitalSourceType URIs."""

    grade: Grade
    note: str = ""
    codes: tuple[str, ...] = ()
    generator: str = ""
    signer: str = ""
    actions: tuple[str, ...] = ()
    source_types: tuple[str, ...] = ()


def load_anchors(place: Path | None) -> str:
    """The trust list that the operator named: a PEM file, or a folder of them. Raises InputError where it is none."""
    if place is None:
        return ""
    files = sorted(place.glob("*.pem")) if place.is_dir() else [place]
    try:
        anchors = "\n".join(file.read_text(encoding="ascii").strip() for file in files)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the trust list {place} cannot be read ({error})", _NAME_PEM) from error
    if _CERTIFICATE not in anchors:
        raise InputError(f"the trust list {place} holds no certificate", _NAME_PEM)
    return anchors


def read(evidence: Evidence, anchors: str = "") -> Credentials:
    """The credentials of the item's original bytes, held against a trust list (PEM) where there is one.

    Never raises and never opens a socket.
    """
    walked = container.walk(evidence.raw)
    if not walked.credentials:
        return Credentials(grade=Grade.ABSENT)
    import c2pa  # 23 MB of native code, which few items need

    try:
        trust = {"trust": {"trust_anchors": anchors}} if anchors else {}
        context = c2pa.Context(c2pa.Settings.from_dict({**_OFFLINE, **trust}))
        with c2pa.Reader(_MEDIA_TYPES[walked.format], io.BytesIO(evidence.raw), context=context) as reader:
            return _graded(json.loads(reader.json()), str(reader.get_validation_state()))
    except (c2pa.C2paError, ValueError, KeyError, TypeError, AttributeError) as error:
        return Credentials(grade=Grade.UNREADABLE, note=f"the manifest cannot be read: {error}")


def _graded(store: Mapping[str, Any], state: str) -> Credentials:
    codes = tuple(sorted(set(_failures(store.get("validation_results") or {}))))
    active = (store.get("manifests") or {}).get(store.get("active_manifest")) or {}
    signature = active.get("signature_info") or {}
    said = tuple(_said(store))
    return Credentials(
        grade=_grade(state, codes),
        codes=codes,
        generator=_generator(active),
        signer=str(signature.get("issuer") or ""),
        actions=tuple(dict.fromkeys(action for action, _ in said if action)),
        source_types=tuple(dict.fromkeys(source for _, source in said if source)),
    )


def _grade(state: str, codes: tuple[str, ...]) -> Grade:
    if state == "Trusted":
        return Grade.TRUSTED
    if state == "Valid":
        return Grade.INTACT
    if any(code in _CHANGED for code in codes):
        return Grade.CHANGED
    return Grade.UNVERIFIED if all(code.startswith(_OF_TRUST) for code in codes) else Grade.BROKEN


def _failures(results: Mapping[str, Any]) -> Iterator[str]:
    """Failure codes of the active manifest, and those of its ingredients that their makers had not recorded."""
    deltas = (delta.get("validationDeltas") or {} for delta in results.get("ingredientDeltas") or ())
    for part in (results.get("activeManifest") or {}, *deltas):
        yield from (str(failure.get("code")) for failure in part.get("failure") or ())


def _generator(manifest: Mapping[str, Any]) -> str:
    """The program that made the claim: a list of named programs since version 2, one text before."""
    named = [str(info.get("name") or "") for info in manifest.get("claim_generator_info") or ()]
    return next(filter(None, named), str(manifest.get("claim_generator") or ""))


def _said(store: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Action and source type of every action in every manifest, ingredients' included."""
    for manifest in (store.get("manifests") or {}).values():
        for assertion in manifest.get("assertions") or ():
            if not str(assertion.get("label", "")).startswith("c2pa.actions"):
                continue
            for action in (assertion.get("data") or {}).get("actions") or ():
                source = str(action.get("digitalSourceType") or "").rstrip("/").rpartition("/")[2]
                yield str(action.get("action") or ""), source
