"""Printed numbers as the intervals that their digits stand for: "6.77K" is 6,765 to 6,775, "30.0%" is .2995 to .3005.

A figure on a dashboard is a rounded figure. Whoever compares or divides such figures must work with what the digits
allow, and with both meanings where a separator can be read two ways ("1.234" is 1,234 or 1.234).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from verifier.instruments.phrasebook import phrasebook

Convention = Literal[".", ","]
"""The decimal mark."""

_SCALES = phrasebook().scales
_DIGITS = r"\d{1,3}(?:[.,'’]\d{2,3}|[\u00a0\u2009\u202f ]\d{3})*(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_GROUPED = {mark: re.compile(rf"\d+|\d{{1,3}}(?:\{mark}\d{{2,3}})*\{mark}\d{{3}}") for mark in ",."}  # lakhs, too
_SUFFIX = rf"(?:{'|'.join(re.escape(word) for word in sorted(_SCALES, key=lambda word: (-len(word), word)))})(?![a-z])"
_CODES = r"(?:US|A|C|R)?\$|[€£¥₹]|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|BRL|INR|JPY|AUD|CAD)\b"
_CURRENCY = rf"(?:{_CODES})"
_PATTERN = re.compile(
    rf"(?<![\w.,:/])(?P<sign>[-−])?(?P<money>{_CURRENCY}\s?)?(?P<digits>{_DIGITS})\s?(?P<scale>{_SUFFIX})?\s?"
    rf"(?P<percent>%)?(?P<after>{_CURRENCY})?(?![\w:/]|[.,]\d)",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[\u00a0\u2009\u202f ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The numbers that would be printed with the same digits, both bounds included. A percentage is a fraction of 1."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def meets(self, other: Interval) -> bool:
        return self.low <= other.high + _tolerance(other.high) and other.low <= self.high + _tolerance(self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """A printed number: its text, whether it bears a percent or a currency's sign, and what it may mean, the likeliest
    first."""

    text: str
    percent: bool
    meanings: tuple[Interval, ...]
    money: bool = False

    @property
    def value(self) -> int | float:
        """The likeliest meaning as printed: an integer where the digits say so, a fraction of 1 for a percentage."""
        middle = self.meanings[0].middle
        return round(middle) if not self.percent and abs(middle - round(middle)) < 1e-6 else round(middle, 10)

    @property
    def whole(self) -> bool:
        """True when it may count things: no percent sign, and an integer or an abbreviated number."""
        first = self.meanings[0]
        return not self.percent and not self.money and (first.low == first.high or first.high - first.low >= 1.0)

    def agrees(self, other: Numeral) -> bool:
        """True when some meaning of both allows one and the same number."""
        return any(mine.meets(theirs) for mine in self.meanings for theirs in other.meanings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A numeral inside a longer text, at characters start to end."""

    start: int
    end: int
    numeral: Numeral


def parse(text: str, convention: Convention | None = None) -> Numeral | None:
    """The number that `text` is, brackets aside; None when it is anything else or more."""
    stripped = text.strip().strip("()[]").strip()
    match = _PATTERN.fullmatch(stripped)
    return _numeral(match, convention) if match else None


def find(text: str, convention: Convention | None = None) -> tuple[Found, ...]:
    """All numbers that stand free in `text`: not parts of words, dates, times or versions."""
    found = []
    for match in _PATTERN.finditer(text):
        numeral = _numeral(match, convention)
        if numeral is not None:
            found.append(Found(start=match.start(), end=match.start() + len(match.group().rstrip()), numeral=numeral))
    return tuple(found)


def convention(texts: Iterable[str]) -> Convention | None:
    """The decimal mark that a page uses, if its numbers agree on one: "12,34 %" says comma, "1,234.5" says point."""
    marks: set[Convention] = set()
    for text in texts:
        for match in _PATTERN.finditer(text):
            mark = _sure_mark(_SPACES.sub("", match["digits"]))
            if mark:
                marks.add(mark)
    return marks.pop() if len(marks) == 1 else None


def _sure_mark(digits: str) -> Convention | None:
    """The decimal mark that one number proves; a single group of three digits proves nothing."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "." if digits.rindex(".") > digits.rindex(",") else ","
    if points + commas > 1:
        return "," if points else "."
    if points + commas == 1:
        before, after = re.split(r"[.,]", digits)
        if len(after) != 3 or before in {"", "0"} or len(before) > 3:
            return "." if points else ","
    return None


def _numeral(match: re.Match[str], known: Convention | None) -> Numeral | None:
    digits = _SPACES.sub("", match["digits"]).replace("'", "").replace("’", "")
    scale = _SCALES[match["scale"].lower()] if match["scale"] else 1.0
    percent = match["percent"] is not None
    sign = -1 if match["sign"] else 1
    rounded = percent or scale != 1.0
    meanings: list[Interval] = []
    for mark in _marks(digits, known, prefer_decimal=rounded):
        interval = _interval(digits, mark, scale * (0.01 if percent else 1.0), rounded)
        if interval is not None and interval not in meanings:
            meanings.append(interval)
    if sign < 0:
        meanings = [Interval(low=-interval.high, high=-interval.low) for interval in meanings]
    money = match["money"] is not None or match["after"] is not None
    text = match.group().strip()
    return Numeral(text=text, percent=percent, meanings=tuple(meanings), money=money) if meanings else None


def _marks(digits: str, known: Convention | None, *, prefer_decimal: bool) -> tuple[Convention, ...]:
    """The decimal marks to try, the likeliest first."""
    sure = _sure_mark(digits)
    if sure:
        return (sure,)
    if known:
        return (known,)
    if not re.search(r"[.,]", digits):
        return (".",)
    decimal: Convention = "." if "." in digits else ","
    grouping: Convention = "," if decimal == "." else "."
    return (decimal, grouping) if prefer_decimal else (grouping, decimal)


def _interval(digits: str, mark: Convention, factor: float, rounded: bool) -> Interval | None:
    grouping = "," if mark == "." else "."
    whole, _, decimals = digits.partition(mark)
    if not _GROUPED[grouping].fullmatch(whole) or not (decimals or "0").isdigit():
        return None
    value = float(f"{whole.replace(grouping, '')}.{decimals or 0}")
    half = 0.5 * 10.0 ** -len(decimals) if rounded or decimals else 0.0
    return Interval(low=(value - half) * factor if value > half else 0.0, high=(value + half) * factor)


def _tolerance(magnitude: float) -> float:
    """Floating point's own error, so that touching bounds touch."""
    return 1e-9 * max(1.0, abs(magnitude))
