"""What the page shows, as small frozen values: the report arranged for the eye, worded, every mark drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

from verifier.casefile import ClaimReport, Finding, Inspection, Item, ItemReport, Mark, PageView, Problem, Quote, Route
from verifier.reporting import wording
from verifier.reporting.marks import Drawing, Ground, Sheet, draw
from verifier.reporting.reasons import Group, Reason, findings_of, reasons_of
from verifier.reporting.tags import NOTHING, join, tag

Picture = Callable[[str], str]
"""From a preview's digest to its data URI; "" where it cannot be shown."""

_LONGEST = 400  # letters of a measurement in its row: prompts of image generators run to pages, the JSON has them
_SHOWN_SIDE = 1600  # pixels of a page's longer side at "full size"; previews are not larger


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A mark beside the page. `reasons` rest on it; `anchors` are the reasons whose link leads here."""

    id: str
    mark: Mark
    code: str
    reasons: tuple[int, ...]
    anchors: tuple[int, ...]
    body: Markup

    @property
    def kind(self) -> str:
        """The mark's kind."""
        return self.mark.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A page with its overlays. `width` and `height` are pixels of the upright page, `shown` those at full size."""

    key: str
    label: str
    width: int
    height: int
    shown: tuple[int, int]
    uri: str
    overlays: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A finding as a row."""

    code: str
    status: str
    value: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """An item (or, with number 0, the claim as a whole): its pages, its marks, and all that was measured."""

    number: int
    item: Item | None
    about: str
    problem: Problem | None
    route: Route | None
    score: int | None
    words: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    cards: tuple[Card, ...]
    more: tuple[Card, ...]  # marks that no reason rests on
    asides: tuple[Reason, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole page: reasons in order, exhibits, and the ids of the marks that each reason lights."""

    reasons: tuple[Reason, ...]
    exhibits: tuple[Exhibit, ...]
    marks: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A mark, drawn and numbered."""

    id: str
    mark: Mark
    code: str
    reasons: tuple[int, ...]
    drawing: Drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """An item's findings (or, with number 0, the claim's own) and the marks that they carry."""

    number: int
    entry: ItemReport | None
    inspections: tuple[Inspection, ...]
    ground: Ground
    placed: tuple[_Placed, ...]


def view(report: ClaimReport, picture: Picture) -> View:
    """Arrange a report for the page."""
    reasons = reasons_of(report)
    names = (f"m{n}" for n in count(1))
    sources = [
        _source(n, entry, entry.inspections, reasons, picture, names) for n, entry in enumerate(report.items, start=1)
    ]
    sources.append(_source(0, None, report.inspections, reasons, picture, names))
    placed = [mark for source in sources for mark in source.placed]
    homes = _homes(reasons, placed)
    return View(
        reasons=reasons,
        exhibits=tuple(_exhibit(source, homes, reasons, picture) for source in sources),
        marks={r.number: tuple(mark.id for mark in placed if r.number in mark.reasons) for r in reasons},
    )


def _source(
    number: int,
    entry: ItemReport | None,
    inspections: tuple[Inspection, ...],
    reasons: Sequence[Reason],
    picture: Picture,
    names: Iterator[str],
) -> _Source:
    ground = Ground(sheets=_sheets(number, entry.pages if entry else (), picture), picture=picture)
    owner = entry.item.id if entry else ""
    placed = tuple(_placed(owner, inspections, reasons, ground, names))
    return _Source(number=number, entry=entry, inspections=inspections, ground=ground, placed=placed)


def _sheets(number: int, pages: Sequence[PageView], picture: Picture) -> Mapping[int, Sheet]:
    """Pages that marks can be drawn on; the key is empty where the preview cannot be shown."""
    return {
        page.index: Sheet(
            key=f"page-{number}-{page.index}" if picture(page.preview) else "", width=page.width, height=page.height
        )
        for page in pages
        if page.width > 0 and page.height > 0
    }


def _placed(
    owner: str, inspections: Sequence[Inspection], reasons: Sequence[Reason], ground: Ground, names: Iterator[str]
) -> Iterator[_Placed]:
    """Each mark once, however many findings show it, with the numbers of all reasons that rest on those."""
    marks: dict[object, tuple[Mark, str]] = {}
    numbers: dict[object, set[int]] = {}
    for reference, finding in findings_of(inspections).items():
        resting = [r.number for r in reasons if r.owner == owner and reference in r.because]
        for mark in finding.marks:
            sight = _sight(mark)
            known, code = marks.get(sight, (mark, finding.code))
            marks[sight] = (mark if _bare(known) else known, code)
            numbers.setdefault(sight, set()).update(resting)
    for sight, (mark, code) in marks.items():
        told = tuple(sorted(numbers[sight]))
        drawing = draw(mark, " ".join(str(n) for n in told), ground)
        yield _Placed(id=next(names), mark=mark, code=code, reasons=told, drawing=drawing)


def _sight(mark: Mark) -> object:
    """What makes two marks the same to the eye: a quote is the words at a place, whatever they are held against."""
    return (mark.page, mark.box, mark.text, mark.label) if isinstance(mark, Quote) else mark


def _bare(mark: Mark) -> bool:
    return isinstance(mark, Quote) and mark.expected is None


def _homes(reasons: Sequence[Reason], placed: Sequence[_Placed]) -> Mapping[str, tuple[int, ...]]:
    """Mark id -> the reasons whose link leads to it: a reason leads to the first of its marks."""
    homes: dict[str, list[int]] = {}
    for reason in reasons:
        first = next((mark.id for mark in placed if reason.number in mark.reasons), None)
        if first is not None:
            homes.setdefault(first, []).append(reason.number)
    return {mark: tuple(numbers) for mark, numbers in homes.items()}


def _exhibit(
    source: _Source, homes: Mapping[str, tuple[int, ...]], reasons: Sequence[Reason], picture: Picture
) -> Exhibit:
    entry, sheets = source.entry, source.ground.sheets
    item, judged = (entry.item, entry.assessment) if entry else (None, None)
    owner = item.id if item else ""
    cards = [_card(mark, homes.get(mark.id, ())) for mark in source.placed]
    pages = [page for page in entry.pages if page.index in sheets] if entry else []
    return Exhibit(
        number=source.number,
        item=item,
        about=_about(item) if item else "",
        problem=item.problem if item else None,
        route=judged.route if judged else None,
        score=judged.score if judged else None,
        words=judged.reasons if judged else (),
        leaves=tuple(_leaf(page, sheets[page.index], source.placed, homes, picture) for page in pages),
        cards=tuple(sorted((card for card in cards if card.reasons), key=lambda card: card.reasons)),
        more=tuple(card for card in cards if not card.reasons),
        asides=tuple(r for r in reasons if r.group is Group.ASIDE and r.owner == owner),
        measures=tuple(_measure(finding) for inspection in source.inspections for finding in inspection.findings),
    )


def _card(placed: _Placed, anchors: tuple[int, ...]) -> Card:
    return Card(
        id=placed.id,
        mark=placed.mark,
        code=placed.code,
        reasons=placed.reasons,
        anchors=anchors if placed.drawing.home == "card" else (),
        body=placed.drawing.card,
    )


def _leaf(
    page: PageView, sheet: Sheet, placed: Sequence[_Placed], homes: Mapping[str, tuple[int, ...]], picture: Picture
) -> Leaf:
    scale = min(1.0, _SHOWN_SIDE / max(page.width, page.height))
    # the largest first, so that what lies inside it can still be seen and pressed
    drawn = sorted((mark for mark in placed if mark.drawing.page == page.index), key=_area, reverse=True)
    return Leaf(
        key=sheet.key,
        label=page.label,
        width=page.width,
        height=page.height,
        shown=(max(1, round(page.width * scale)), max(1, round(page.height * scale))),
        uri=picture(page.preview),
        overlays=join(*(_overlay(mark, homes.get(mark.id, ())) for mark in drawn)),
    )


def _area(placed: _Placed) -> float:
    box = placed.drawing.box
    return (box.right - box.left) * (box.bottom - box.top)


def _overlay(placed: _Placed, anchors: tuple[int, ...]) -> Markup:
    """The overlay as a group that its reasons light; pressing it leads to the first of them."""
    numbers = " ".join(str(number) for number in placed.reasons)
    body: Markup = placed.drawing.overlay
    if placed.reasons:
        body = tag("a", body, href=f"#r{placed.reasons[0]}", tabindex="-1")
    for number in anchors if placed.drawing.home == "overlay" else ():
        body = tag("g", body, id=f"r{number}", class_="anchor", data_anchor="true")
    kind = f"mark {placed.mark.kind}"
    return tag("g", body, id=f"{placed.id}-on-page", class_=kind, data_reasons=numbers) if body else NOTHING


def _about(item: Item) -> str:
    if item.link:
        return f"link to {item.link}"
    parts = (
        item.media_type,
        wording.size(item.size),
        "stored, hashed, not read" if wording.not_read(item.kind) else "",
    )
    return " · ".join(part for part in parts if part)


def _measure(finding: Finding) -> Measure:
    return Measure(
        code=finding.code,
        status=wording.STATUSES[finding.status],
        value=wording.shortened(wording.value(finding.value), _LONGEST),
        confidence="" if finding.confidence is None else f"{finding.confidence:.2f}",
        note=wording.shortened(finding.note, _LONGEST),
    )
