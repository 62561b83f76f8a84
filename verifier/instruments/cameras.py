"""Since when a camera model exists: photos that are older than their camera have a wrong clock, or a borrowed name.

The list is `rules/reference/cameras.yaml`, which says where it comes from. Models that it does not name are not judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

import yaml

from verifier.errors import RuleError
from verifier.settings import RULES

LIST = RULES / "reference" / "cameras.yaml"


class _List(NamedTuple):
    months: Mapping[tuple[str, str], date]
    digest: str


def announced(make: str, model: str) -> date | None:
    """The first day of the month in which the model was first shown; None where the list does not name it."""
    maker = _plain(make).partition(" ")[0]  # "NIKON CORPORATION" is Nikon
    return _known().months.get((maker, _plain(model).removeprefix(f"{maker} ")))


def digest() -> str:
    """SHA-256 (hex) of the list: findings change with it."""
    return _known().digest


@cache
def _known() -> _List:
    try:
        text = LIST.read_text(encoding="utf-8")
        months = {
            (_plain(maker), _plain(model)): date.fromisoformat(f"{month}-01")
            for maker, models in yaml.safe_load(text).items()
            for month, names in models.items()
            for model in names.split("/")
        }
    except (OSError, ValueError, AttributeError, yaml.YAMLError) as error:
        raise RuleError(f"{LIST.name} cannot be used: {error}", "say maker, month (2014-09) and models") from None
    return _List(months=months, digest=hashlib.sha256(text.encode()).hexdigest())


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
