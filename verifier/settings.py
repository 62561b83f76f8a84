"""Frozen settings; each can be set by an environment variable `VERIFIER_<NAME>` (`Settings.from_environment`)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from verifier.errors import VerifierError

_PACKAGE = Path(__file__).parent


def _data_folder(name: str) -> Path:
    """The folder inside the installed wheel, or beside the package in a checkout."""
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


RULES, MODELS, FIXTURES = (_data_folder(name) for name in ("rules", "models", "fixtures"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set. Sizes are bytes, times seconds."""

    archive: str = "sqlite:///verifier-archive/archive.db"
    rules: Path = RULES
    models: Path = MODELS
    embedding: Path | None = None  # the card of another logo embedding, in place of the one put in use for the archive
    fixtures: Path = FIXTURES  # the sample claims of the demo
    brands: Path | None = None  # a folder of brand kits, one sub-folder each
    trust_anchors: Path | None = None  # certificates whose content credentials are trusted: a PEM file, or a folder
    venues: Path | None = None  # a list of the program's venues, CSV or YAML
    tenant: str = "default"
    compare_within: str = "vendor"  # or program, or partner: with whose earlier claims an item is compared
    blur_faces: str = ""  # programs, with commas between, in whose previews faces are made unrecognisable; or all
    workers: int = 2
    worker_memory: int = 1_400_000_000  # of its data segments, which count up to 1.2 times what is resident
    worker_wall: float = 90.0
    worker_cpu: float = 60.0
    inspection_budget: float = 60.0  # of one item's inspectors together; what is left over is NOT_RUN
    max_item_bytes: int = 64 * 1024 * 1024
    max_claim_items: int = 50
    max_request_bytes: int = 256 * 1024 * 1024  # of one upload to the service
    max_waiting: int = 100  # claims that the service acknowledged and nobody works on yet; beyond, it says "busy"
    max_pixels: int = 80_000_000  # of one page, from the header, before any pixel is decoded
    max_pages: int = 20
    max_rows: int = 100_000

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Defaults, overridden by `VERIFIER_*`. Raises VerifierError on a value that is not of its type."""
        given: dict[str, object] = {}
        for field in fields(cls):
            text = environ.get(f"VERIFIER_{field.name.upper()}")
            if text is not None:
                given[field.name] = _parse(field.name, str(field.type), text)
        return cls(**given)  # type: ignore[arg-type]


def _parse(name: str, kind: str, text: str) -> object:
    convert = {"int": int, "float": float, "str": str}.get(kind, Path)
    try:
        value = convert(text)
        if not isinstance(value, int | float) or value > 0:
            return value
        raise VerifierError(f"VERIFIER_{name.upper()}={text!r} leaves nothing", "set a number above 0 or unset it")
    except ValueError:
        raise VerifierError(f"VERIFIER_{name.upper()}={text!r} is not a {kind}", f"set a {kind} or unset it") from None
