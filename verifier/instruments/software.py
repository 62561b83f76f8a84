"""Software names: what a program that left its name in a file does to pictures.

Two thirds of untouched camera files carry a Software tag and most of those name firmware, so a name counts only where
it is known. The list is data, `rules/reference/software.yaml`; a name that it does not hold is "other" and means
nothing.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum
from functools import cache
from typing import NamedTuple

import yaml

from verifier.errors import RuleError
from verifier.settings import RULES

LONGEST = 1000  # characters of a name that are looked at; a comment may hold a book
LIST = RULES / "reference" / "software.yaml"


class Role(StrEnum):
    """What a program is for, in the order in which its name is looked up."""

    GENERATOR = "generator"  # makes pictures from words
    CAPTURE = "capture"  # takes screenshots
    ORGANISER = "organiser"  # sorts, crops, develops: honest hands use it daily
    EDITOR = "editor"  # changes pixels at will
    FIRMWARE = "firmware"  # the camera's or phone's own
    OTHER = "other"


class _List(NamedTuple):
    patterns: tuple[tuple[Role, re.Pattern[str]], ...]
    digest: str


def role_of(name: str) -> Role:
    """The role of the program called `name`, whatever its version. Whole words only: "Corelia" is not Corel."""
    lowered = name[:LONGEST].casefold().strip()
    return next((role for role, pattern in _known().patterns if pattern.search(lowered)), Role.OTHER)


def digest() -> str:
    """SHA-256 (hex) of the list: findings change with it."""
    return _known().digest


@cache
def _known() -> _List:
    try:
        text = LIST.read_text(encoding="utf-8")
        lists = yaml.safe_load(text)
        patterns = tuple((role, _pattern(role, lists[role.value])) for role in Role if role is not Role.OTHER)
    except (OSError, KeyError, TypeError, re.error, yaml.YAMLError) as error:
        kept = ", ".join(role.value for role in Role if role is not Role.OTHER)
        raise RuleError(f"{LIST.name} cannot be used: {error!r}", f"keep the lists {kept}") from None
    return _List(patterns=patterns, digest=hashlib.sha256(text.encode()).hexdigest())


def _pattern(role: Role, names: list[str]) -> re.Pattern[str]:
    if role is Role.FIRMWARE:
        return re.compile("|".join(f"^(?:{name})$" for name in names))
    return re.compile("|".join(rf"(?<![a-z]){re.escape(name)}(?![a-z])" for name in names))
