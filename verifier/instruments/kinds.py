"""Kinds of figures: whether a printed number can be the count, the rate or the amount that a label promises."""

from __future__ import annotations

from verifier.instruments.numerals import Numeral
from verifier.instruments.vocabulary import Kind, Meaning


def kind_of(numeral: Numeral, meaning: Meaning) -> tuple[Kind, float] | None:
    """Whether the number can be a count, a rate or an amount under this label, and how well it fits (0..1)."""
    if numeral.money or meaning.key("count") is meaning.key("rate") is None:
        kind: Kind = "amount"
        fit = 1.0 if numeral.money else 0.7 if not numeral.percent else 0.0
    elif numeral.percent:
        kind = "rate"
        fit = 1.0 if meaning.rate else 0.95
    elif numeral.whole:
        kind = "count"
        fit = 0.5 if meaning.rate else 1.0
    elif meaning.rate and 0 <= numeral.value <= 1:
        kind, fit = "rate", 0.8  # "Average open rate 0.35": a fraction
    else:
        return None
    if meaning.rate and kind == "count" and numeral.value in {0, 1}:
        kind = "rate"  # "Open rate 0": zero needs no percent sign
    return (kind, fit) if fit and meaning.key(kind) and numeral.value >= 0 else None
