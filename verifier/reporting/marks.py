"""Marks drawn: each kind of mark has exactly one drawing, an overlay on its page and a card beside it.

Overlays are SVG in pixels of the upright page; the page's SVG scales them together with the preview.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from markupsafe import Markup

from verifier.casefile import Box, Gauge, Heatmap, Lookalike, Mark, Outline, Place, Quote, Region, Table, Timeline
from verifier.reporting import charts, maps, twins
from verifier.reporting.tags import NOTHING, join, tag
from verifier.reporting.wording import shortened

FIT_WIDTH, FIT_HEIGHT = 776, 496  # CSS pixels that a page gets on a 1280 x 800 screen: letters are sized for that
_CROP_RATIO = 7.0  # a crop wider than this shows the figure too small to read beside its card's text


_NOWHERE = Box(left=0, top=0, right=0, bottom=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page as it is drawn on: `key` is the id of its picture in the document, "" where there is no picture."""

    key: str
    width: int
    height: int

    @property
    def unit(self) -> float:
        """How many pixels of the page make one pixel on the screen, about; pages are never enlarged."""
        return max(self.width / FIT_WIDTH, self.height / FIT_HEIGHT, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What marks are drawn on: the item's pages by index, and pictures by digest (data URI; "" if not shown)."""

    sheets: Mapping[int, Sheet]
    picture: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A mark, drawn. The overlay covers `box` of page `page`; `home` says which of the two a reason leads to."""

    card: Markup
    page: int | None = None
    box: Box = _NOWHERE
    overlay: Markup = NOTHING
    home: str = "card"


def draw(mark: Mark, tagged: str, ground: Ground) -> Drawing:
    """The one drawing of a mark. `tagged` stands at its corner: the numbers of the reasons that rest on it."""
    match mark:
        case Region():
            return _region(mark, tagged, ground)
        case Quote():
            return _quote(mark, tagged, ground)
        case Lookalike():
            return _lookalike(mark, tagged, ground)
        case Heatmap():
            return _heatmap(mark, tagged, ground)
        case Gauge():
            return Drawing(card=charts.gauge(mark))
        case Timeline():
            return Drawing(card=charts.timeline(mark))
        case Place():
            return Drawing(card=maps.place(mark))
        case Table():
            return Drawing(card=charts.table(mark))
        case _:
            assert_never(mark)


def _region(mark: Region, tagged: str, ground: Ground) -> Drawing:
    card = tag("p", mark.label, class_="label")
    sheet = ground.sheets.get(mark.page)
    if sheet is None:
        return Drawing(card=card)
    shape = _polygon(mark.outline) if mark.outline else twins.rectangle(mark.box)
    return Drawing(
        card=join(_crop(sheet, mark.box, shape), card),
        page=mark.page,
        box=mark.box,
        overlay=join(shape, _caption(sheet, mark.box, tagged, mark.label)),
        home="overlay",
    )


def _quote(mark: Quote, tagged: str, ground: Ground) -> Drawing:
    words = tag(
        "dl",
        _row(mark.label or "reads", tag("b", mark.text)),
        _row("claim says", mark.expected) if mark.expected is not None else NOTHING,
        class_="quote",
    )
    sheet = ground.sheets.get(mark.page)
    if sheet is None:
        return Drawing(card=words)
    figure = twins.rectangle(mark.box)
    label = twins.rectangle(mark.label_box, "of") if mark.label_box else NOTHING
    crop = _around(mark.box, mark.label_box)
    differs = mark.expected is not None and mark.expected != mark.text
    stated = f"claim says {mark.expected}" if differs else ""  # what was read can be seen there
    return Drawing(
        card=join(_crop(sheet, crop, join(label, figure)), words),
        page=mark.page,
        box=mark.box,
        overlay=join(label, figure, _beside(sheet, mark.box, tagged, stated)),
        home="overlay",
    )


def _lookalike(mark: Lookalike, tagged: str, ground: Ground) -> Drawing:
    sheet = ground.sheets.get(mark.page)
    if sheet is None:
        return Drawing(card=twins.words(mark, 0, 0))
    uri = ground.picture(mark.other_preview) if mark.other_preview else ""
    card = twins.pair(mark, twins.Here(key=sheet.key, width=sheet.width, height=sheet.height), uri)
    if not mark.here:
        return Drawing(card=card)
    box = _bounds(mark.here)
    caption = _caption(sheet, box, tagged, f"seen in {mark.other_claim}")
    differing = join(*(twins.rectangle(box) for box in mark.here_differs))
    return Drawing(card=card, page=mark.page, box=box, overlay=join(_polygon(mark.here), differing, caption))


def _heatmap(mark: Heatmap, tagged: str, ground: Ground) -> Drawing:
    card = tag("p", mark.label, class_="label")
    sheet = ground.sheets.get(mark.page)
    if sheet is None or mark.rows < 1 or mark.columns < 1:
        return Drawing(card=card)
    wide, high = sheet.width / mark.columns, sheet.height / mark.rows
    cells = [
        tag("rect", x=n % mark.columns * wide, y=n // mark.columns * high, width=wide, height=high, fill_opacity=weight)
        for n, weight in enumerate(mark.cells[: mark.rows * mark.columns])
        if weight > 0.02  # fainter than that cannot be seen
    ]
    heat = tag("g", *cells, class_="heat")
    whole = Box(left=0, top=0, right=sheet.width, bottom=sheet.height)
    overlay = join(heat, _caption(sheet, whole, tagged, mark.label))
    pictured = join(_crop(sheet, whole, heat), card)
    return Drawing(card=pictured, page=mark.page, box=whole, overlay=overlay, home="overlay")


def _bounds(outline: Outline) -> Box:
    """The upright rectangle around an outline."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return Box(left=min(xs), top=min(ys), right=max(xs), bottom=max(ys))


def _polygon(outline: Outline) -> Markup:
    points = twins.points(outline)
    return join(tag("polygon", class_="halo", points=points), tag("polygon", class_="line", points=points))


def _caption(sheet: Sheet, box: Box, tagged: str, text: str) -> Markup:
    """The reason numbers at the box's corner, always there; the words beside them, shown when the mark is lit."""
    size = 13 * sheet.unit
    above = box.top - 0.4 * size
    y = above if above > size else min(box.top + 1.1 * size, sheet.height - 0.4 * size)
    late = box.left > sheet.width * 0.6  # near the right edge the words run to the left
    x = min(box.right, sheet.width) if late else max(box.left, 0.0)
    short = shortened(text, 48)
    parts = (tag("tspan", tagged, class_="num"), tag("tspan", f" {short}" if tagged else short, class_="words"))
    return tag("text", *parts, x=x, y=y, font_size=size, text_anchor="end" if late else None, class_="caption")


def _beside(sheet: Sheet, box: Box, tagged: str, text: str) -> Markup:
    """The reason numbers to the left of a figure, where dashboards are blank, and the words to its right, when lit."""
    size = 13 * sheet.unit
    y = (box.top + box.bottom) / 2 + 0.35 * size
    left = max(box.left - 0.4 * size, 0.6 * size * len(tagged))
    numbers = tag("tspan", tagged, class_="num")
    words = tag("tspan", shortened(text, 48), class_="words")
    return join(
        tag("text", numbers, x=left, y=y, font_size=size, text_anchor="end", class_="caption"),
        tag("text", words, x=box.right + 0.4 * size, y=y, font_size=size, class_="caption"),
    )


def _crop(sheet: Sheet, box: Box, shapes: Markup) -> Markup:
    """A window onto the page's picture around a box, with air around it and the mark drawn in it."""
    if not sheet.key:
        return NOTHING
    wide, high = box.right - box.left, box.bottom - box.top
    air = max(0.25 * min(wide, high), 0.01 * sheet.width)
    left, top = max(0.0, box.left - air), max(0.0, box.top - air)
    right, bottom = min(sheet.width, box.right + air), min(sheet.height, box.bottom + air)
    if right <= left or bottom <= top:
        return NOTHING
    view = join(float(left), " ", float(top), " ", float(right - left), " ", float(bottom - top))
    ratio = (right - left) / (bottom - top)
    width = max(40.0, min(300.0, 64 * ratio))
    used = tag("use", href=f"#{sheet.key}")
    return tag("svg", used, shapes, viewBox=view, width=width, height=width / ratio, class_="crop", aria_hidden="true")


def _around(box: Box, label: Box | None) -> Box:
    """Figure and label together, or the figure alone where they lie too far apart to be read as one crop."""
    if label is None:
        return box
    both = Box(
        left=min(box.left, label.left),
        top=min(box.top, label.top),
        right=max(box.right, label.right),
        bottom=max(box.bottom, label.bottom),
    )
    high = max(box.bottom - box.top, label.bottom - label.top)
    near = both.right - both.left <= _CROP_RATIO * 2 * high and both.bottom - both.top <= _CROP_RATIO * high
    return both if near else box


def _row(term: object, description: object) -> Markup:
    return join(tag("dt", term), tag("dd", description))
