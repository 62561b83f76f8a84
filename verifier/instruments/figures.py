"""The campaign figures of a page or a sheet: read, paired, and chosen so that they do not contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verifier.casefile import Box, Page, Sheet
from verifier.instruments import captions, dates, furniture, grids, layout, pairing, sheet_figures, text, vocabulary
from verifier.instruments.dates import PrintedDate
from verifier.instruments.layout import Cell, level
from verifier.instruments.pairing import Reading
from verifier.instruments.text import Line

_LEAST_CONFIDENCE = 0.4  # readings below are not told (tuned on the tuning platforms)
_AGREEMENT = 1.1  # a figure printed twice with one value gains
_OTHER_CHANNEL = 2.0  # evidence for a channel other than e-mail: menus of mail platforms name the others once
_MUCH_LARGER = 1.6  # times as tall: a card's figure is printed larger than a table's
_ROWS_OF_WORDS = 20  # of a sheet that may tell the channel: its header and a few subjects
_MOST_ROUNDS = 3  # of reading again; the second changes little, the third nothing that was seen
_COMPANY = 2  # strong readings that make a weak one ("accepted", "processed") a mail figure
_CORE = frozenset(
    {
        *(
            "sent",
            "targeted",
            "delivered",
            "delivery_rate",
            "bounces",
            "bounce_rate",
            "unsubscribes",
            "unsubscribe_rate",
        ),
        *("opens", "unique_opens", "open_rate", "unique_open_rate", "spam"),
        *("clicks", "unique_clicks", "click_rate", "unique_click_rate", "ctr", "ctor"),
    }
)
_CLOSE = 0.4  # of confidence: two values of one figure that are as likely; the larger print, or count, is the total


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigures:
    """What a page says: one reading a figure (`headline`), table rows, the channel and the platform by their words."""

    headline: tuple[Reading, ...]
    rows: tuple[Reading, ...]
    channel: str | None
    platform: str | None
    dates: tuple[PrintedDate, ...] = ()


def read(page: Page) -> PageFigures:
    """The figures printed on `page`."""
    lines = text.read(page)
    return of_page(page, lines, of_lines(lines))


def of_page(page: Page, lines: tuple[Line, ...], found: PageFigures) -> PageFigures:
    """The figures of a page, from those `found` among its lines: drafts that tell one are read again till none does."""
    for _ in range(_MOST_ROUNDS):
        telling = _drafts(lines, found)
        if not telling:
            break
        again = dict(zip(telling, text.read_again(page, telling), strict=True))
        lines = tuple(again.get(line, line) for line in lines)
        found = of_lines(lines)
    return found


def _drafts(lines: Sequence[Line], found: PageFigures) -> tuple[Line, ...]:
    """Drafts in which a figure of the headline or its label stands."""
    boxes = [box for one in found.headline for box in (one.value_box, one.label_box) if box is not None]
    return tuple(line for line in lines if line.draft and any(_touch(line.box, box) for box in boxes))


def _touch(a: Box, b: Box) -> bool:
    return level(a, b) and a.left < b.right and b.left < a.right


def of_lines(lines: tuple[Line, ...]) -> PageFigures:
    """The figures among the lines of one page."""
    cells = furniture.without(layout.cells(lines))
    menus = furniture.menus(cells)
    labels = [label for label in captions.labels(cells) if label.meaning is None or label.cell not in menus]
    tables = grids.tables(labels, cells)
    accounted = {cell for table in tables for cell in table.cells}
    free: list[Cell] = [cell for cell in cells if cell.numeral and cell not in accounted]
    cards = pairing.pair([label for label in labels if label.cell not in accounted], free)
    in_tables = [reading for table in tables for reading in table.readings]
    return _of_readings([*cards, *in_tables], [line.text for line in lines])


def of_sheet(sheet: Sheet) -> PageFigures:
    """The figures of one sheet of an export."""
    return _of_readings(sheet_figures.read(sheet), [" ".join(row) for row in sheet.rows[:_ROWS_OF_WORDS]])


def _of_readings(readings: Sequence[Reading], texts: Sequence[str]) -> PageFigures:
    return PageFigures(
        headline=_plausible(_chosen([reading for reading in readings if reading.place != "row"])),
        rows=tuple(reading for reading in readings if reading.place == "row"),
        channel=_channel(texts),
        platform=vocabulary.platform(texts),
        dates=tuple(found for text in texts for found in dates.find(text)),
    )


def _channel(texts: Sequence[str]) -> str | None:
    weights = vocabulary.channel(texts)
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] >= (1.0 if best == "email" else _OTHER_CHANNEL) else None


def _plausible(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Readings in company: weak names need two others, and no page is a mail report by its lesser figures alone."""
    strong = [reading for reading in readings if not reading.weak]
    kept = readings if len(strong) >= _COMPANY else tuple(strong)
    return kept if any(reading.key in _CORE for reading in kept) else ()


def _chosen(candidates: Sequence[Reading]) -> tuple[Reading, ...]:
    keys = dict.fromkeys(reading.key for reading in candidates)
    chosen = (_best([reading for reading in candidates if reading.key == key]) for key in keys)
    return tuple(reading for reading in chosen if reading.confidence >= _LEAST_CONFIDENCE)


def _height(reading: Reading) -> float:
    return reading.value_box.bottom - reading.value_box.top if reading.value_box else 1.0


def _best(candidates: Sequence[Reading]) -> Reading:
    ordered = sorted(candidates, key=lambda reading: -reading.confidence)
    best = ordered[0]
    rivals = [one for one in ordered[1:] if best.confidence - one.confidence < _CLOSE]
    size = max(_height(one) for one in [best, *rivals])
    large = [one for one in [best, *rivals] if _height(one) > size / _MUCH_LARGER]
    best = large[0] if best.numeral.percent else max(large, key=lambda one: one.numeral.value)
    agreeing = sum(best.numeral.agrees(other.numeral) for other in candidates) - 1
    return replace(best, confidence=min(1.0, best.confidence * (_AGREEMENT if agreeing else 1.0)))
