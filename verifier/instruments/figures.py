"""The campaign figures of a page or a sheet: read, paired, and chosen so that they do not contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verifier.casefile import Page
from verifier.instruments import grids, layout, pairing, text, vocabulary
from verifier.instruments.layout import Cell
from verifier.instruments.pairing import Reading
from verifier.instruments.text import Line

_LEAST_CONFIDENCE = 0.3  # readings below are not told (tuned on the tuning platforms)
_AGREEMENT = 1.1  # a figure printed twice with one value gains
_OTHER_CHANNEL = 2.0  # evidence for a channel other than e-mail: menus of mail platforms name the others once
_MUCH_LARGER = 1.6  # times as tall: a card's figure is printed larger than a table's
_CLOSE = 0.2  # of confidence: two values of one figure that are as likely; the larger count is then the total


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigures:
    """What a page says: one reading a figure (`headline`), table rows, the channel and the platform by their words."""

    headline: tuple[Reading, ...]
    rows: tuple[Reading, ...]
    channel: str | None
    platform: str | None


def read(page: Page) -> PageFigures:
    """The figures printed on `page`."""
    return of_lines(text.read(page))


def of_lines(lines: Sequence[Line]) -> PageFigures:
    """The figures among the lines of one page."""
    cells = layout.cells(lines)
    labels = pairing.labels(cells)
    tables = grids.tables(labels, cells)
    accounted = {cell for table in tables for cell in table.cells}
    free: list[Cell] = [cell for cell in cells if cell.numeral and cell not in accounted]
    cards = pairing.pair([label for label in labels if label.cell not in accounted], free)
    in_tables = [reading for table in tables for reading in table.readings]
    candidates = [*cards, *(reading for reading in in_tables if reading.place == "total")]
    texts = [line.text for line in lines]
    return PageFigures(
        headline=_chosen(candidates),
        rows=tuple(reading for reading in in_tables if reading.place == "row"),
        channel=_channel(texts),
        platform=vocabulary.platform(texts),
    )


def _channel(texts: Sequence[str]) -> str | None:
    weights = vocabulary.channel(texts)
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] >= (1.0 if best == "email" else _OTHER_CHANNEL) else None


def _chosen(candidates: Sequence[Reading]) -> tuple[Reading, ...]:
    keys = dict.fromkeys(reading.key for reading in candidates)
    chosen = (_best([reading for reading in candidates if reading.key == key]) for key in keys)
    return tuple(reading for reading in chosen if reading.confidence >= _LEAST_CONFIDENCE)


def _height(reading: Reading) -> float:
    return reading.value_box.bottom - reading.value_box.top


def _best(candidates: Sequence[Reading]) -> Reading:
    ordered = sorted(candidates, key=lambda reading: -reading.confidence)
    best = ordered[0]
    rivals = [one for one in ordered[1:] if best.confidence - one.confidence < _CLOSE]
    size = max(_height(one) for one in [best, *rivals])
    large = [one for one in [best, *rivals] if _height(one) > size / _MUCH_LARGER]
    best = large[0] if best.numeral.percent else max(large, key=lambda one: one.numeral.value)
    agreeing = sum(best.numeral.agrees(other.numeral) for other in candidates) - 1
    return replace(best, confidence=min(1.0, best.confidence * (_AGREEMENT if agreeing else 1.0)))
