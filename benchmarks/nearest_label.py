"""The heuristic that a user would write today: a pattern for each figure, and the number that stands nearest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_COUNTS = {
    "sent": r"(?:total |e-?mails? |processed)?sent",
    "targeted": r"(?:total )?recipients|requests|targeted",
    "delivered": r"(?:total )?delivered|successful deliveries",
    "unique_opens": r"unique opens?",
    "opens": r"(?:total )?opens?|opened",
    "unique_clicks": r"unique clicks?",
    "clicks": r"(?:total )?clicks?|clicked",
    "bounces": r"(?:total )?bounces?(?: +errors)?|bounced",
    "hard_bounces": r"hard bounces?",
    "soft_bounces": r"soft bounces?",
    "unsubscribes": r"unsubscribe[sd]?|opt-?outs?",
    "spam": r"(?:spam |abuse )?(?:complaints?|reports?)",
    "impressions": r"impressions",
    "conversions": r"conversions",
}
_RATES = {
    "delivery_rate": r"deliver(?:y|ed)(?: rate| ?%)",
    "open_rate": r"opens?(?: rate| ?%)",
    "unique_open_rate": r"unique open rate",
    "click_rate": r"clicks?(?: rate| ?%)",
    "unique_click_rate": r"unique click rate",
    "ctor": r"ctor|click[- ]to[- ]open(?: rate)?",
    "ctr": r"ctr|click[- ]through rate",
    "bounce_rate": r"bounces?(?: rate| ?%)",
    "unsubscribe_rate": r"unsubscribe(?: rate| ?%)",
}
_ALSO_RATE = {  # a percentage under the name of a count
    "delivered": "delivery_rate", "opens": "open_rate", "unique_opens": "unique_open_rate", "clicks": "click_rate",
    "unique_clicks": "unique_click_rate", "bounces": "bounce_rate", "unsubscribes": "unsubscribe_rate",
}  # fmt: skip
_NUMBER = re.compile(r"[$€£]?\(?\d[\d.,  ]*[kKM]?\s?%?\)?[€£]?")
_INLINE = re.compile(rf"(?P<label>[^\d:]+?)\s*:?\s+(?P<number>{_NUMBER.pattern})")
_SIGNS = " ↓↑▲▼●•·"
_REACH = 8.0  # line heights
_ABOVE, _BELOW, _RIGHT = 1.4, 1.0, 0.6  # what a direction's distance weighs


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line or word with its box."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def figures(texts: Sequence[Text]) -> dict[str, str]:
    """Figures by key: labels and numbers are paired, the nearest first, each once."""
    found: dict[str, str] = {}
    labels, numbers = [], []
    for one in texts:
        words = one.text.strip(_SIGNS)
        inline = _INLINE.fullmatch(words)
        key = _key(inline["label"]) if inline else _key(words)
        if inline and key:
            found.setdefault(_kept(key, inline["number"]), inline["number"].strip("() "))
        elif key:
            labels.append((key, one))
        elif _NUMBER.fullmatch(words):
            numbers.append(one)
    edges = [
        (_distance(label, number), i, j) for i, (_, label) in enumerate(labels) for j, number in enumerate(numbers)
    ]
    used_labels, used_numbers = set(), set()
    for distance, i, j in sorted(edges):
        if distance > _REACH or i in used_labels or j in used_numbers:
            continue
        text = numbers[j].text.strip(_SIGNS)
        key = _kept(labels[i][0], text)
        if key in _RATES and "%" not in text and not text.startswith("0"):
            continue
        used_labels.add(i)
        used_numbers.add(j)
        found.setdefault(key, text.strip("()"))
    return found


def _key(text: str) -> str | None:
    words = re.sub(r"[^\w%\- ]", "", text).strip().casefold()
    return next((key for key, pattern in (_RATES | _COUNTS).items() if re.fullmatch(pattern, words)), None)


def _kept(key: str, number: str) -> str:
    return _ALSO_RATE.get(key, key) if "%" in number else key


def _distance(label: Text, number: Text) -> float:
    """In heights of the label's line; infinite where the number stands neither beside, below nor above."""
    height = max(1.0, label.bottom - label.top)
    middle = (number.top + number.bottom) / 2
    if label.top <= middle <= label.bottom and number.left >= label.right - height:
        return _RIGHT * (number.left - label.right) / height
    if number.left > label.right or number.right < label.left:
        return float("inf")
    below = (number.top - label.bottom) / height
    above = (label.top - number.bottom) / height
    return _BELOW * max(0.0, below) if below > -0.5 else _ABOVE * max(0.0, above) if above > -0.5 else float("inf")
