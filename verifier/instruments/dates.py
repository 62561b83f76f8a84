"""Dates printed in a text, as days; an ambiguous one (04/05/2026) keeps both meanings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from verifier.instruments.phrasebook import phrasebook, plain

_LEAST = 3  # letters of a month's name: "Sept.", "juil.", "ago"; what fits two months, as "jui", fits none
_NAME = r"(?P<name>[^\W\d_]{3,10})"
_OF = r"(?:\s?(?:of|de|del|di)\s|,?\s?)"  # "12 de mayo de 2026", "2nd of May 2026"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?{_OF}{_NAME}\.?{_OF}{_YEAR}\b",
        rf"\b{_NAME}\.?\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s?{_YEAR}\b",
        rf"\b(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{_YEAR}\b",
        rf"\b(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})/{_YEAR}\b",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedDate:
    """A date as printed and the days that it may mean, the likeliest first."""

    text: str
    days: tuple[date, ...]


def find(text: str) -> tuple[PrintedDate, ...]:
    """All dates with a year in `text`, in order."""
    found: dict[int, PrintedDate] = {}
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            days = tuple(dict.fromkeys(_days(match.groupdict())))
            if days:
                found.setdefault(match.start(), PrintedDate(text=match.group(), days=days))
    return tuple(found[start] for start in sorted(found))


def _days(parts: dict[str, str | None]) -> Iterator[date]:
    year = int(parts["year"] or 0)
    if parts.get("first") and parts.get("second"):
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        pairs = [(first, second), (second, first)]  # month first, as most dashboards print slashes
    else:
        month = _month(parts["name"] or "") if parts.get("name") else int(parts["month"] or 0)
        pairs = [(month, int(parts["day"] or 0))]
    for month, day in pairs:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


@cache
def _month(name: str) -> int:
    """The month that a name or its beginning means in the known languages; 0 when it is none or not one alone."""
    said = plain(name)
    meant = {number for full, number in phrasebook().months.items() if full.startswith(said)}
    return meant.pop() if len(meant) == 1 and len(said) >= _LEAST else 0
