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
_SHORT_YEAR = r"(?P<short>[0-4]\d)"  # of this century
_NTH = r"(?:st|nd|rd|th|er|\.|º)?"
_TO = r"\s?[-–—]\s?"
_LATER = rf"\d{{1,2}}{_NTH}"  # the other end of a range that says its month or year once
_LATER_MONTH = r"(?P<later>[^\W\d_]{3,10})\.?"
_NUMBERS = r"(?P<first>\d{1,2})%s(?P<second>\d{1,2})%s"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_YEAR}(?P<sign>[-/.])(?P<month>\d\d)(?P=sign)(?P<day>\d\d)\b",
        rf"\b(?P<day>\d{{1,2}}){_NTH}{_OF}{_NAME}\.?{_OF}{_YEAR}\b",
        rf"\b{_NAME}\.?\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[.,]?\s?{_YEAR}\b",
        rf"\b(?P<day>\d{{1,2}})-{_NAME}-{_YEAR}\b",
        rf"\b(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}\b",
        rf"\b{_NUMBERS % ('/', '/')}{_YEAR}\b",
        rf"\b{_NUMBERS % ('-', '-')}{_YEAR}\b",
        rf"(?<![\d./])(?P<day>\d\d)\.(?P<month>\d\d)\.{_SHORT_YEAR}(?![\d.])",
        rf"(?<![\d./]){_NUMBERS % ('/', '/')}{_SHORT_YEAR}(?![\d/])",
        rf"\b(?P<day>\d{{1,2}}){_NTH}{_TO}{_LATER}{_OF}{_NAME}\.?{_OF}{_YEAR}\b",
        rf"\b(?P<day>\d{{1,2}}){_NTH}{_OF}{_NAME}\.?{_TO}{_LATER}{_OF}{_LATER_MONTH}{_OF}{_YEAR}\b",
        rf"\b{_NAME}\.?\s?(?P<day>\d{{1,2}}){_TO}{_LATER},?\s?{_YEAR}\b",
        rf"\b{_NAME}\.?\s?{_LATER}{_TO}(?P<day>\d{{1,2}}),?\s?{_YEAR}\b",
        rf"\b{_NAME}\.?\s?(?P<day>\d{{1,2}}){_TO}{_LATER_MONTH}\s?{_LATER},?\s?{_YEAR}\b",
    )
)
_GLUED = re.compile(r"(?<=[A-Z]{3})(?=[A-Z][a-z]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedDate:
    """A date as printed and the days that it may mean, the likeliest first."""

    text: str
    days: tuple[date, ...]


def find(text: str) -> tuple[PrintedDate, ...]:
    """All dates with a year in `text`, in order; of a range that says its year once, both ends."""
    found: dict[int, PrintedDate] = {}
    text = spaced(text)
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            days = tuple(dict.fromkeys(_days(match.groupdict())))
            if days:
                start = match.start("day" if "day" in pattern.groupindex else "first")
                found.setdefault(start, PrintedDate(text=match.group(), days=days))
    return tuple(found[start] for start in sorted(found))


def spaced(text: str) -> str:
    """The text with a space after a badge that was read as one word with what follows: "SENT Dec 13"."""
    return _GLUED.sub(" ", text)


def _days(parts: dict[str, str | None]) -> Iterator[date]:
    year = int(parts.get("year") or f"20{parts['short']}")
    if parts.get("first") and parts.get("second"):
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        pairs = [(first, second), (second, first)]  # month first, as most dashboards print slashes
    else:
        month = _month(parts["name"] or "") if parts.get("name") else int(parts["month"] or 0)
        year -= month > _month(parts.get("later") or "December")  # "20 Dec - 5 Jan 2026" began the year before
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
