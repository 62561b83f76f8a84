"""The campaign figures of a page or a sheet: read, paired, and chosen so that they do not contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verifier.casefile import Box, Page, Sheet
from verifier.instruments import (
    campaign_facts,
    captions,
    channels,
    choice,
    dates,
    furniture,
    gaps,
    grids,
    layout,
    matrices,
    pairing,
    repeats,
    sentences,
    sheet_figures,
    slips,
    text,
    vocabulary,
)
from verifier.instruments.campaign_facts import Fact
from verifier.instruments.dates import PrintedDate
from verifier.instruments.layout import Cell, level
from verifier.instruments.pairing import Reading
from verifier.instruments.text import Line

_ROWS_OF_WORDS = 20  # of a sheet that may tell the channel: its header and a few subjects
_LEAST_KEYS = 2  # figures in the tables of a page that says nothing of its channel
_MOST_ROUNDS = 3  # of reading again; the second changes little, the third nothing that was seen


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigures:
    """What a page says: one reading a figure (`headline`), table rows, the channel and the platform by their words."""

    headline: tuple[Reading, ...]
    rows: tuple[Reading, ...]
    channel: str | None
    platform: str | None
    dates: tuple[PrintedDate, ...] = ()
    facts: tuple[Fact, ...] = ()
    script: str | None = None  # a foreign one
    empty: tuple[Cell, ...] = ()  # heads of columns that hold no numbers
    gaps: tuple[Box, ...] = ()  # places where a number must stand and none was read


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
        read = text.read_again(page, telling)
        again = {draft: slips.mended(draft, line) for draft, line in zip(telling, read, strict=True)}
        lines = tuple(again.get(line, line) for line in lines)
        found = of_lines(lines)
    if not page.words and (more := text.read_at(page, found.gaps)):
        return of_lines(tuple(sorted((*lines, *more), key=lambda line: (line.box.top, line.box.left))))
    return found


def _drafts(lines: Sequence[Line], found: PageFigures) -> tuple[Line, ...]:
    """Drafts in which a figure of the headline or its label stands, or what may be the label of one."""
    boxes = [box for one in found.headline for box in (one.value_box, one.label_box) if box is not None]
    drafts = (line for line in lines if line.draft)
    return tuple(line for line in drafts if any(_touch(line.box, box) for box in boxes) or slips.nearly(line.text))


def _touch(a: Box, b: Box) -> bool:
    return level(a, b) and a.left < b.right and b.left < a.right


def of_lines(lines: tuple[Line, ...]) -> PageFigures:
    """The figures among the lines of one page."""
    cells = captions.parted(furniture.without(layout.cells(lines)))
    menus = furniture.menus(cells)
    labels = [label for label in captions.labels(cells) if label.meaning is None or label.cell not in menus]
    tables = grids.tables(labels, cells)
    accounted = {cell for table in tables for cell in table.cells}
    left = [label for label in labels if label.cell not in accounted]
    tables += matrices.find(left, [cell for cell in cells if cell not in accounted], len(tables))
    accounted = {cell for table in tables for cell in table.cells}
    free: list[Cell] = [cell for cell in cells if cell.numeral and cell not in accounted]
    paired = pairing.pair([label for label in labels if label.cell not in accounted], free)
    cards = repeats.as_rows(paired, cells, len(tables))
    in_tables = [reading for table in tables for reading in table.readings]
    menu = {cell.line for cell in menus}
    empty = tuple(cell for table in tables for cell in table.empty)
    told = [line for number, line in enumerate(lines) if number not in menu]
    texts = [line.text for line in told]
    named = channels.of_page(texts, (), vocabulary.platform(texts)) is not None
    spoken = sentences.find(lines, [*cards, *in_tables], [cell.box for cell in accounted], named=named)
    found = _of_readings([*cards, *spoken, *in_tables], texts)
    printed = campaign_facts.printed_dates(told)
    left = [label for label in labels if label.cell not in accounted]
    missing = gaps.find(left, cells, paired, tables) if found.headline or found.rows else ()
    return replace(found, facts=campaign_facts.on_page(lines), dates=printed, empty=empty, gaps=missing)


def of_sheet(sheet: Sheet) -> PageFigures:
    """The figures of one sheet of an export."""
    found = _of_readings(sheet_figures.read(sheet), [" ".join(row) for row in sheet.rows[:_ROWS_OF_WORDS]])
    return replace(found, facts=campaign_facts.in_rows(sheet.rows[:_ROWS_OF_WORDS]))


def _of_readings(readings: Sequence[Reading], texts: Sequence[str]) -> PageFigures:
    platform = vocabulary.platform(texts)
    rows = tuple(reading for reading in readings if reading.place == "row")
    headline = choice.choose([reading for reading in readings if reading.place != "row"])
    channel = channels.of_page(texts, sorted({one.figure for one in (*headline, *rows)}), platform)
    lone = len({one.key for one in rows}) < _LEAST_KEYS and channel is None
    if not headline and (lone or all(one.weak for one in rows)):
        rows = ()  # "Open", "Delivered": a column of some other list; "Send": a calendar's entry
    return PageFigures(
        headline=headline,
        rows=rows,
        channel=channel,
        platform=platform,
        script=campaign_facts.script(texts),
        dates=tuple(found for text in texts for found in dates.find(text)),
    )
