"""The campaign in words: its name, subject, sender, audience and day of sending; a script not read; a table cut off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from verifier.casefile import Brief, Finding, Item, Kind, Page, Quote, Status
from verifier.instruments import figures, rereading, text, vocabulary
from verifier.instruments.figures import PageFigures
from verifier.instruments.readings import Readings

_QUESTION = "campaign_metrics"
_FACTS = ("name", "subject", "sender", "audience", "sent_on")
_MEASURES = (*_FACTS, "script", "cut_off")
_AT_EDGE = 1.0  # line heights from the page's right edge: a column that ends there went on
_CUT = 0.4  # line heights from the edge to letters that it cuts
_LEAST_LETTERS = 5  # fewer begin any word


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Reads beside the figures of a report what it says of the campaign. It asks no engine for more than they need."""

    name: str = "campaign"
    version: str = "3"
    codes: frozenset[str] = frozenset(f"campaign.{measure}" for measure in _MEASURES)
    kinds: frozenset[Kind] = field(default=frozenset({Kind.IMAGE, Kind.DOCUMENT, Kind.TABLE}))

    def applies(self, item: Item, brief: Brief) -> bool:
        return _QUESTION in brief.questions and item.kind in self.kinds

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        evidence = readings.evidence
        pages = [(page, rereading.figures_of(page, (), readings)) for page in evidence.pages]
        sources = [source for _, source in pages] + [figures.of_sheet(sheet) for sheet in evidence.sheets]
        for name in _FACTS:
            yield _fact(name, pages, sources)
        script = next((source.script for source in sources if source.script), None)
        status = Status.MEASURED if script else Status.NOT_APPLICABLE
        yield Finding(code="campaign.script", status=status, value=script)
        yield _cut_off(pages, readings)


def _fact(name: str, pages: list[tuple[Page, PageFigures]], sources: list[PageFigures]) -> Finding:
    code = f"campaign.{name}"
    fact = next((fact for source in sources for fact in source.facts if fact.name == name), None)
    if fact is None:
        return Finding(code=code, status=Status.ABSENT, note="not said in words that are known")
    marks = tuple(
        Quote(page=page.index, box=fact.box, text=fact.text, label=fact.label)
        for page, source in pages
        if fact in source.facts and fact.box is not None
    )
    note = f"printed after {fact.label!r}" if fact.label else "the heading over the day of sending"
    return Finding(code=code, value=fact.text, marks=marks[:1], note=note)


def _cut_off(pages: list[tuple[Page, PageFigures]], readings: Readings) -> Finding:
    """Columns at the page's right edge where the capture ends: their head is cut, or shows no number."""
    marks = [
        Quote(page=page.index, box=cell.box, text=cell.text.replace("\n", " "), label="cut off")
        for page, source in pages
        for cell in source.empty
        if cell.box.right > page.width - _AT_EDGE * cell.height
    ]
    marks += [
        Quote(page=page.index, box=line.box, text=f"{line.text}…", label="cut off")
        for page, _ in pages
        for line in readings.take(text.read, page)
        if _breaks_off(line.text, (page.width - line.box.right) / (line.box.bottom - line.box.top))
    ]
    return Finding(
        code="campaign.cut_off", value=len(marks), marks=tuple(marks), note=", ".join(mark.text for mark in marks)
    )


def _breaks_off(label: str, margin: float) -> bool:
    """True for the beginning of a figure's name that is none yet, `margin` line heights from the edge: "Unsubscri"."""
    if margin > _CUT or len(label) < _LEAST_LETTERS or vocabulary.understand(label) is not None:
        return False
    return vocabulary.understand_cut(label) is not None
