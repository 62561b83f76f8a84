"""One reading a figure: the surest of those that do not contradict each other, in the company that a report keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from verifier.instruments import consistency
from verifier.instruments.pairing import Reading

_LEAST_CONFIDENCE = 0.4  # readings below are not told (tuned on the tuning platforms)
_AGREEMENT = 1.1  # a figure printed twice with one value gains
_MUCH_LARGER = 1.6  # times as tall: a card's figure is printed larger than a table's
_CLOSE = 0.4  # of confidence: two values of one figure that are as likely; the larger print, or count, is the total
_BROKEN, _EXPLAINED = 0.5, 0.1  # what a contradiction takes from, and a quotient or sum adds to, a choice of readings
_MOST_SWAPS = 4
_LESS_DOUBT, _UNEXPLAINED = 0.4, 0.9  # what is left of the doubt, and of the confidence
_COMPANY = 2  # strong readings that make a weak one ("accepted", "processed") a figure of a campaign
_MAIL = frozenset({  # one is enough for the report of a mailing
    "sent", "delivered", "delivery_rate", "opens", "unique_opens", "open_rate", "unique_open_rate", "unsubscribes",
    "unsubscribe_rate", "unique_clicks", "unique_click_rate", "spam", "bounces", "ctor",
})  # fmt: skip
_OTHERS = frozenset({  # two of them are; one stands on many other pages
    "targeted", "clicks", "click_rate", "ctr", "bounce_rate", "impressions", "reach", "spend", "cpc", "cpm", "cpa",
    "engagements", "conversions", "registrants", "attendees", "show_up_rate",
})  # fmt: skip


def choose(candidates: Sequence[Reading]) -> tuple[Reading, ...]:
    """The headline's readings, one a key."""
    candidates = _of_opens(candidates)
    chosen = {key: _best(rivals) for key, rivals in _by_key(candidates).items()}
    chosen = _reconciled(chosen, _by_key(candidates))
    chosen = {key: one for key, one in chosen.items() if one.confidence >= _LEAST_CONFIDENCE}
    return _in_company(_borne_out(chosen))


def _of_opens(candidates: Sequence[Reading]) -> list[Reading]:
    """The readings, a second click rate that comes out as clicks of opens named so: beside a "Click rate", some
    platforms call that the click-through rate."""
    by_key = _by_key(candidates)
    pairs = [(one, other) for one in by_key.get("click_rate", ()) for other in by_key.get("click_rate", ())]
    of_opens = {
        id(one)
        for one, other in pairs
        if one.numeral.percent and not one.numeral.agrees(other.numeral)
        if _is_of_opens(one, by_key, other) and not _is_of_opens(other, by_key, one)
    }
    return [replace(one, key="ctor", figure="ctor") if id(one) in of_opens else one for one in candidates]


def _is_of_opens(rate: Reading, by_key: Mapping[str, Sequence[Reading]], other: Reading) -> bool:
    """True when the rate is clicks / opens, or the other click rate / the open rate."""
    pairs = [(by_key.get("clicks", ()), by_key.get("opens", ())), ((other,), by_key.get("open_rate", ()))]
    pairs.append((by_key.get("unique_clicks", ()), by_key.get("unique_opens", ())))
    printed = (
        {"ctor": rate.numeral, "clicks": clicks.numeral, "opens": opens.numeral}
        for tops, bases in pairs
        for clicks in tops
        for opens in bases
        if opens.numeral.value
    )
    return any(check.explanation for figures in printed for check in consistency.rates(figures))


def _by_key(candidates: Sequence[Reading]) -> dict[str, list[Reading]]:
    keys = dict.fromkeys(reading.key for reading in candidates)
    return {key: [reading for reading in candidates if reading.key == key] for key in keys}


def _best(candidates: Sequence[Reading]) -> Reading:
    ordered = sorted(candidates, key=lambda reading: -reading.confidence)
    best = ordered[0]
    rivals = [one for one in ordered[1:] if best.confidence - one.confidence < _CLOSE]
    if not best.numeral.percent and (some := [one for one in [best, *rivals] if one.numeral.value]):
        best, *rivals = some  # nothing is a part's figure (a day's, a row's), never the total of something
    size = max(_height(one) for one in [best, *rivals])
    large = [one for one in [best, *rivals] if _height(one) > size / _MUCH_LARGER]
    best = large[0] if best.numeral.percent else max(large, key=lambda one: one.numeral.value)
    agreeing = sum(best.numeral.agrees(other.numeral) for other in candidates) - 1
    return replace(best, confidence=min(1.0, best.confidence * (_AGREEMENT if agreeing else 1.0)))


def _height(reading: Reading) -> float:
    return reading.value_box.bottom - reading.value_box.top if reading.value_box else 1.0


def _reconciled(chosen: Mapping[str, Reading], candidates: Mapping[str, Sequence[Reading]]) -> dict[str, Reading]:
    """The choice with a rival in place of one reading, again and again, while that makes more of the figures agree."""
    told = dict(chosen)
    for _ in range(_MOST_SWAPS):
        swaps = [
            (
                _agreement({**told, key: rival}) - _agreement(told) + min(0.0, rival.confidence - told[key].confidence),
                rival,
            )
            for key, rivals in candidates.items()
            for rival in rivals
            if not rival.numeral.agrees(told[key].numeral)
        ]
        gain, rival = max(swaps, key=lambda one: one[0], default=(0.0, None))
        if gain <= 0 or rival is None:
            break
        told[rival.key] = rival
    return told


def _agreement(chosen: Mapping[str, Reading]) -> float:
    printed = {key: reading.numeral for key, reading in chosen.items()}
    broken = len(consistency.contradictions(printed))
    explained = sum(check.explanation is not None for check in consistency.rates(printed)) + len(
        consistency.sums(printed)
    )
    return _EXPLAINED * explained - _BROKEN * broken


def _borne_out(chosen: Mapping[str, Reading]) -> list[Reading]:
    """Readings that a quotient or a sum bears out are surer than they were, those that none explains less sure."""
    printed = {key: reading.numeral for key, reading in chosen.items()}
    checks = consistency.rates(printed)
    borne = {key for check in checks if check.explanation for key in (check.key, *check.explanation.split(" / "))}
    borne |= {key for keys in consistency.sums(printed) for key in keys}
    doubtful = {check.key for check in checks if not check.explanation}
    return [
        replace(one, confidence=1 - _LESS_DOUBT * (1 - one.confidence))
        if key in borne
        else replace(one, confidence=_UNEXPLAINED * one.confidence if key in doubtful else one.confidence)
        for key, one in chosen.items()
    ]


def _in_company(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Weak names need two others, and no page is a campaign's report by its lesser figures alone."""
    strong = [reading for reading in readings if not reading.weak]
    kept = readings if len(strong) >= _COMPANY else strong
    keys = {reading.key for reading in kept}
    if not keys & _MAIL and len(keys & _OTHERS) < _COMPANY:
        return ()
    return tuple(kept)
