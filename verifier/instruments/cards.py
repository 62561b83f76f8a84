"""Model cards: what each model is for, what it was trained on, its licence, and the checksum it must have."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from verifier.errors import ModelError

_REQUIRED = ("name", "purpose", "training_data", "metrics", "limits", "licence", "files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One model. `files` maps each file's path to its SHA-256 (hex); paths are absolute.

    A model that a locked package carries is described here too (`package` in the YAML): its files are found there.
    """

    name: str
    purpose: str
    licence: str
    files: Mapping[Path, str]

    @property
    def digest(self) -> str:
        """One SHA-256 (hex) over the checksums of all files."""
        return hashlib.sha256("".join(sorted(self.files.values())).encode()).hexdigest()

    def check(self) -> None:
        """Raises ModelError when a file is missing or differs from its checksum."""
        for path, expected in self.files.items():
            if not path.is_file():
                raise ModelError(
                    f"model {self.name}: {path.name} is missing",
                    "put it beside its card; for a model that comes along, install verifier again",
                )
            if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
                raise ModelError(
                    f"model {self.name}: {path.name} is not the file that its card describes",
                    "restore the file, or write the new SHA-256 into card.yaml once its figures are measured anew",
                )


def read_card(path: Path) -> Card:
    """The card of `models/<name>/card.yaml`. Raises ModelError when it is incomplete."""
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise ModelError(f"{path}: not a readable card: {why}", "see the cards that come along") from None
    missing = [key for key in _REQUIRED if not isinstance(data, dict) or not data.get(key)]
    if missing:
        raise ModelError(f"{path}: the card does not state {', '.join(missing)}", "see the cards that come along")
    if not isinstance(data["files"], dict):
        raise ModelError(f"{path}: `files` names no checksums", "say `file: SHA-256` for each")
    root = _package_folder(path, str(data["package"])) if "package" in data else path.parent
    return Card(
        name=str(data["name"]),
        purpose=str(data["purpose"]),
        licence=str(data["licence"]),
        files={root / name: str(checksum) for name, checksum in data["files"].items()},
    )


def read_cards(folder: Path) -> tuple[Card, ...]:
    """All cards below `folder`, by name. Raises ModelError when there are none."""
    cards = sorted((read_card(path) for path in folder.glob("*/card.yaml")), key=lambda card: card.name)
    if not cards:
        raise ModelError(f"no model cards in {folder}", "install verifier again, or correct VERIFIER_MODELS")
    return tuple(cards)


def _package_folder(path: Path, package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModelError(f"{path}: the package {package} is not installed", "`make setup` installs all that is needed")
    return Path(found.submodule_search_locations[0])
