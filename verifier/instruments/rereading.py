"""Figures read a second time: begun on the draft of a page while the reader of record looks again, so nobody waits.

Tesseract costs more to start than to read, so it is asked once for all figures of a page; only those whose boxes have
moved since are asked for once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from verifier.casefile import Box, Page
from verifier.instruments import figures, second_reader, text
from verifier.instruments.pairing import Reading
from verifier.instruments.readings import Readings

MOST = 8  # figures a page: one call, and half a second at most
MOVED = 0.3  # of a figure's height: a draft's last letter is placed so exactly


def figures_of(page: Page, wanted: Sequence[str], readings: Readings) -> figures.PageFigures:
    """The figures of a page, as the reader of record has them in the end; those `wanted` are read by both readers."""
    lines = readings.take(text.read, page)
    first = readings.take(figures.of_lines, lines)
    if boxes := _boxes(page, first.headline, wanted):
        readings.ahead(second_reader.reread, page, tuple(boxes.values()))
    return readings.take(figures.of_page, page, lines, first)


def second_readings(page: Page, found: Iterable[Reading], wanted: Sequence[str], readings: Readings) -> dict[str, str]:
    """What Tesseract reads for the figures `found` on a page, by key, after `figures_of`: "" where it reads nothing."""
    boxes = _boxes(page, found, wanted)
    if not boxes:
        return {}
    first = readings.take(figures.of_lines, readings.take(text.read, page))
    begun = _boxes(page, first.headline, wanted)
    moved = {key: box for key, box in boxes.items() if key not in begun or not _in_place(begun[key], box)}
    read = _read(page, begun, readings) | _read(page, moved, readings)
    return {key: read[key] for key in boxes}


def _boxes(page: Page, found: Iterable[Reading], wanted: Sequence[str]) -> dict[str, Box]:
    """The boxes of the figures that matter most, by key; none where the page has a text layer or nobody can read."""
    boxes = {reading.key: reading.value_box for reading in found if reading.value_box is not None}
    keys = [key for key in wanted if key in boxes] if second_reader.available() and not page.words else []
    return {key: boxes[key] for key in keys[:MOST]}


def _read(page: Page, boxes: Mapping[str, Box], readings: Readings) -> dict[str, str]:
    if not boxes:
        return {}
    return dict(zip(boxes, readings.take(second_reader.reread, page, tuple(boxes.values())), strict=True))


def _in_place(before: Box, now: Box) -> bool:
    moved = (before.left - now.left, before.top - now.top, before.right - now.right, before.bottom - now.bottom)
    return max(map(abs, moved)) <= MOVED * (now.bottom - now.top)
