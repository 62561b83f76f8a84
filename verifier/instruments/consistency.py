"""Do the printed figures of one campaign agree? Interval arithmetic on what the digits allow, never on rounded values.

Relations come in two strengths, by how genuine reports behave (83 screenshots of 17 platforms): the hard ones were
never broken, the soft ones now and then (deferred mail, repeated clicks), so they only count as tension.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from verifier.instruments.numerals import Interval, Numeral

Figures = Mapping[str, Numeral]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A relation that no reading of the printed digits can satisfy; `keys` are the figures that take part."""

    relation: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCheck:
    """A printed rate and the quotient that explains it ("unique_opens / delivered"), or None."""

    key: str
    explanation: str | None
    tried: tuple[str, ...]


_HARD_ORDER = (("delivered", "sent"), ("unique_clicks", "clicks"), ("unique_opens", "opens"))
_SOFT_ORDER = (
    ("delivered", "targeted"), ("clicks", "opens"), ("unique_clicks", "unique_opens"), ("unique_opens", "delivered"),
    ("unsubscribes", "delivered"), ("bounces", "sent"), ("hard_bounces", "bounces"), ("soft_bounces", "bounces"),
    ("clicks", "impressions"), ("reach", "impressions"), ("attendees", "registrants"), ("no_shows", "registrants"),
)  # fmt: skip
_SOFT_SUMS = (("sent", ("delivered", "bounces")), ("bounces", ("hard_bounces", "soft_bounces")))
_RATES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # rate: numerators, bases
    "sent_rate": (("sent",), ("targeted",)),
    "delivery_rate": (("delivered",), ("sent", "targeted")),
    "open_rate": (("unique_opens", "opens"), ("delivered", "sent", "targeted")),
    "unique_open_rate": (("unique_opens",), ("delivered", "sent", "targeted")),
    "click_rate": (("unique_clicks", "clicks"), ("delivered", "sent", "targeted", "opens", "unique_opens")),
    "unique_click_rate": (("unique_clicks",), ("delivered", "sent", "targeted", "unique_opens", "opens")),
    "ctr": (("unique_clicks", "clicks"), ("delivered", "sent", "targeted", "opens", "unique_opens", "impressions")),
    "tctr": (("clicks", "unique_clicks"), ("opens", "unique_opens", "delivered")),
    "ctor": (("unique_clicks", "clicks"), ("unique_opens", "opens")),
    "bounce_rate": (("bounces",), ("sent", "targeted", "delivered")),
    "hard_bounce_rate": (("hard_bounces",), ("sent", "targeted", "delivered")),
    "soft_bounce_rate": (("soft_bounces",), ("sent", "targeted", "delivered")),
    "unsubscribe_rate": (("unsubscribes",), ("delivered", "sent", "targeted", "unique_opens")),
    "spam_rate": (("spam",), ("delivered", "sent", "targeted")),
    "conversion_rate": (("conversions",), ("clicks", "unique_clicks", "sent", "delivered", "impressions")),
    "show_up_rate": (("attendees",), ("registrants",)),
    "no_show_rate": (("no_shows",), ("registrants",)),
}


def contradictions(figures: Figures) -> tuple[Violation, ...]:
    """Broken hard relations: delivered <= sent, unique <= total, delivery rate + bounce rate <= 100%."""
    found = [*_disordered(figures, _HARD_ORDER)]
    rates = ("delivery_rate", "bounce_rate")
    if _all_there(figures, rates) and not _possible(figures, rates, lambda a, b: a.low + b.low <= 1.0 + 1e-9):
        found.append(Violation(relation="delivery_rate + bounce_rate <= 100%", keys=rates))
    return tuple(found)


def tensions(figures: Figures) -> tuple[Violation, ...]:
    """Broken soft relations: sums of parts, clicks within opens, rates within 100%."""
    found = [*_disordered(figures, _SOFT_ORDER)]
    for whole, parts in _SOFT_SUMS:
        keys = (whole, *parts)
        if _all_there(figures, keys) and not _possible(figures, keys, _adds_up):
            found.append(Violation(relation=f"{whole} = {' + '.join(parts)}", keys=keys))
    for key, numeral in figures.items():
        if numeral.percent and min(meaning.low for meaning in numeral.meanings) > 1.0:
            found.append(Violation(relation=f"{key} <= 100%", keys=(key,)))
    return tuple(found)


def sums(figures: Figures) -> tuple[tuple[str, ...], ...]:
    """The sums of parts that come out: each the key of the whole, and those of its parts."""
    there = [(whole, *parts) for whole, parts in _SOFT_SUMS if _all_there(figures, (whole, *parts))]
    return tuple(keys for keys in there if _possible(figures, keys, _adds_up))


def rates(figures: Figures) -> tuple[RateCheck, ...]:
    """Every printed rate whose numerator and some base are printed, too, with the quotient that explains it."""
    checks = []
    for key, (numerators, bases) in _RATES.items():
        tried = [(top, base) for top, base in product(numerators, bases) if _all_there(figures, (top, base))]
        if key not in figures or not tried:
            continue
        fitting = next((pair for pair in tried if _possible(figures, (key, *pair), _is_quotient)), None)
        checks.append(
            RateCheck(
                key=key,
                explanation=" / ".join(fitting) if fitting else None,
                tried=tuple(" / ".join(pair) for pair in tried),
            )
        )
    return tuple(checks)


def _disordered(figures: Figures, order: tuple[tuple[str, str], ...]) -> Iterator[Violation]:
    for small, large in order:
        if _all_there(figures, (small, large)) and not _possible(figures, (small, large), lambda a, b: a.low <= b.high):
            yield Violation(relation=f"{small} <= {large}", keys=(small, large))


def _all_there(figures: Figures, keys: tuple[str, ...]) -> bool:
    return all(key in figures for key in keys)


def _possible(figures: Figures, keys: tuple[str, ...], holds: Callable[..., bool]) -> bool:
    """True when some choice among what the printed numbers may mean makes the relation hold."""
    return any(holds(*meanings) for meanings in product(*(_meanings(key, figures[key]) for key in keys)))


def _meanings(key: str, numeral: Numeral) -> tuple[Interval, ...]:
    """What the number may mean; a count is whole, so that its marks part thousands."""
    if key in _RATES or key.endswith("_rate"):
        return numeral.meanings
    whole = tuple(one for one in numeral.meanings if one.low == one.high or one.high - one.low >= 1.0)
    return whole or numeral.meanings


def _adds_up(whole: Interval, *parts: Interval) -> bool:
    return Interval(low=sum(part.low for part in parts), high=sum(part.high for part in parts)).meets(whole)


def _is_quotient(rate: Interval, top: Interval, base: Interval) -> bool:
    if base.high <= 0:
        return rate.low <= 0
    low, high = top.low / base.high, top.high / base.low if base.low > 0 else float("inf")
    return Interval(low=low, high=high).meets(rate)
