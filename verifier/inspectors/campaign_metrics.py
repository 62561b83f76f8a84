"""Campaign metrics: which figures does the report print, do they agree with each other and with what the claim states?

Every figure carries the place where it was read. What could not be read is left open, never guessed: a figure that the
claim states and that no page shows is UNDETERMINED, with what would settle it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from verifier.casefile import Brief, Finding, Item, Kind, Page, Quote, Sheet, Status, Table
from verifier.instruments import consistency, figures, numerals, rereading, second_reader, text, vocabulary
from verifier.instruments.consistency import Violation
from verifier.instruments.dates import PrintedDate
from verifier.instruments.figures import PageFigures
from verifier.instruments.numerals import Numeral
from verifier.instruments.pairing import Reading
from verifier.instruments.readings import Readings

_SUMMARY = (
    "channel", "platform", "figures", "contradictions", "tensions", "unexplained_rates", "explained_rates",
    "differs_from_claim", "matches_claim", "second_reading", "dates", "days_outside_window", "unread_share",
)  # fmt: skip
_HEADLINE = ("sent", "delivered", "unique_opens", "unique_clicks", "opens", "clicks", "open_rate", "click_rate")
_LEAST_SURE = 0.5  # confidence below which a reading is more likely wrong than right, and only shown
_AGREED, _DISSENTED = 0.5, 0.8  # what is left of the doubt, and of the confidence, after the second reading
_ALIKE = {  # what a claim may mean by a figure that the report prints under another name
    "sent": ("targeted",),
    "targeted": ("sent",),
    "open_rate": ("unique_open_rate",),
    "unique_open_rate": ("open_rate",),
    "click_rate": ("unique_click_rate", "ctr"),
    "unique_click_rate": ("click_rate", "ctr"),
    "ctr": ("click_rate", "unique_click_rate"),
    "opens": ("unique_opens",),
    "clicks": ("unique_clicks",),
}
_OTHER_NAMES = {"complaints": "spam", "complaint_rate": "spam_rate", "recipients": "targeted", "ctor_rate": "ctor"}
_OF_PEOPLE = frozenset({"registrants", "attendees", "no_shows"})
_SETTLES = "a capture that shows it with its label, or the platform's export as CSV, would settle it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """A reading and the page it stands on (None: a sheet or a text)."""

    reading: Reading
    page: Page | None
    confidence: float
    dissent: str = ""  # the second reading, where it differs

    @property
    def numeral(self) -> Numeral:
        return self.reading.numeral


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignMetrics:
    """Reads send reports: screenshots, PDF pages, exports and messages."""

    name: str = "campaign_metrics"
    version: str = "7"
    codes: frozenset[str] = field(
        default_factory=lambda: frozenset(f"campaign_metrics.{name}" for name in (*_SUMMARY, *vocabulary.figure_keys()))
    )

    def applies(self, item: Item, brief: Brief) -> bool:
        return self.name in brief.questions and item.kind in (Kind.IMAGE, Kind.DOCUMENT, Kind.TABLE, Kind.MESSAGE)

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        stated = _stated(brief)
        wanted = (*stated, *(key for key in _HEADLINE if key not in stated))
        sources = _sources(readings, wanted)
        found = _second_opinion(_merged(sources), wanted, readings)
        read = {key: figure for key, figure in found.items() if figure.confidence >= _LEAST_SURE}
        yield from _about_page(sources, brief)
        yield Finding(
            code="campaign_metrics.figures", value=len(read), note=", ".join(read), marks=tuple(_rows(sources))
        )
        for key, figure in read.items():
            yield _told(key, figure, stated)
        for key, figure in found.items():
            if key not in read:
                yield _doubtful(key, figure, stated)
        for key in (key for key in stated if key not in found):
            note = f"the claim states {stated[key].text}; not found on the report: {_SETTLES}"
            yield Finding(code=f"campaign_metrics.{key}", status=Status.UNDETERMINED, note=note)
        yield from _consistent(read)
        yield from _against_claim(read, stated)
        yield _second_reading(found)
        share = max((readings.take(text.unread_share, page) for page in readings.evidence.pages), default=0.0)
        yield Finding(code="campaign_metrics.unread_share", value=round(share, 3))


def _sources(readings: Readings, wanted: Sequence[str]) -> list[tuple[Page | None, PageFigures]]:
    evidence = readings.evidence
    found: list[tuple[Page | None, PageFigures]] = [
        (page, rereading.figures_of(page, wanted, readings)) for page in evidence.pages
    ]
    found += [(None, figures.of_sheet(sheet)) for sheet in evidence.sheets]
    if evidence.text:
        lines = tuple(tuple(line.replace("\t", ":").split(":", 1)) for line in evidence.text.splitlines())
        found.append((None, figures.of_sheet(Sheet(name="text", rows=lines))))
    return found


def _merged(sources: Sequence[tuple[Page | None, PageFigures]]) -> dict[str, _Figure]:
    """One reading a figure: those of the page that prints most of them, and what only others print."""
    merged: dict[str, _Figure] = {}
    for page, source in sorted(sources, key=lambda one: -len(one[1].headline)):
        for reading in source.headline:
            merged.setdefault(reading.key, _Figure(reading=reading, page=page, confidence=reading.confidence))
    return merged


def _stated(brief: Brief) -> dict[str, Numeral]:
    """The figures of the claim that a campaign's report prints; those of people are for the inspector of lists."""
    stated = {}
    for name, words in brief.stated.items():
        key = _OTHER_NAMES.get(name, name)
        numeral = numerals.parse(words)
        if key in vocabulary.figure_keys() - _OF_PEOPLE and numeral is not None:
            stated[key] = numeral
    return stated


def _second_opinion(read: Mapping[str, _Figure], wanted: Sequence[str], readings: Readings) -> dict[str, _Figure]:
    """The figures that matter, read again by Tesseract: agreement lessens the doubt, dissent is kept beside them."""
    told = dict(read)
    for page in readings.evidence.pages:
        own = [figure.reading for figure in read.values() if figure.page is page]
        for key, second in rereading.second_readings(page, own, wanted, readings).items():
            told[key] = _weighed(read[key], second)
    return told


def _weighed(figure: _Figure, second: str) -> _Figure:
    numeral = numerals.parse(second)
    if numeral is not None and numeral.agrees(figure.numeral):
        return replace(figure, confidence=1 - _AGREED * (1 - figure.confidence))
    if second_reader.dissents(figure.numeral.text, second):
        return replace(figure, confidence=_DISSENTED * figure.confidence, dissent=second)
    return figure


def _quote(figure: _Figure, expected: str | None = None, label: str = "") -> tuple[Quote, ...]:
    reading = figure.reading
    if figure.page is None or reading.value_box is None:
        return ()
    return (
        Quote(
            page=figure.page.index,
            box=reading.value_box,
            text=reading.numeral.text,
            label=label or reading.label,
            label_box=reading.label_box,
            expected=expected,
        ),
    )


def _told(key: str, figure: _Figure, stated: Mapping[str, Numeral]) -> Finding:
    expected = stated[key].text if key in stated else None
    place = "" if figure.page or not figure.reading.name else f"row {figure.reading.name!r} of the export"
    return Finding(
        code=f"campaign_metrics.{key}",
        value=figure.numeral.value,
        confidence=round(figure.confidence, 3),
        marks=_quote(figure, expected),
        note=place or f"printed as {figure.numeral.text} under {figure.reading.label!r}",
    )


def _doubtful(key: str, figure: _Figure, stated: Mapping[str, Numeral]) -> Finding:
    """What may be the figure, for a person to look at."""
    note = f"perhaps {figure.numeral.text} under {figure.reading.label!r}, which is read with doubt: {_SETTLES}"
    return replace(_told(key, figure, stated), status=Status.UNDETERMINED, value=None, note=note)


def _rows(sources: Sequence[tuple[Page | None, PageFigures]]) -> Iterator[Table]:
    """Tables of several campaigns, as read: which row is meant is not for this inspector to guess."""
    for _, source in sources:
        for table in sorted({reading.table for reading in source.rows}):
            readings = [reading for reading in source.rows if reading.table == table]
            keys = tuple(dict.fromkeys(reading.key for reading in readings))
            rows = [
                (name, *(next((r.numeral.text for r in readings if (r.row, r.key) == (row, key)), "") for key in keys))
                for row, name in dict.fromkeys((reading.row, reading.name) for reading in readings)
            ]
            yield Table(header=("", *keys), rows=tuple(rows), caption="rows that are not totals")


def _about_page(sources: Sequence[tuple[Page | None, PageFigures]], brief: Brief) -> Iterator[Finding]:
    ordered = sorted(sources, key=lambda one: -len(one[1].headline))
    channel = next((source.channel for _, source in ordered if source.channel), None)
    if channel:
        yield Finding(code="campaign_metrics.channel", value=channel)
    else:
        note = "no words that tell e-mail from other channels"
        yield Finding(code="campaign_metrics.channel", status=Status.UNDETERMINED, note=note)
    platform = next((source.platform for _, source in ordered if source.platform), None)
    status = Status.MEASURED if platform else Status.NOT_APPLICABLE
    yield Finding(code="campaign_metrics.platform", status=status, value=platform)
    yield from _dated([found for _, source in ordered for found in source.dates], brief)


def _dated(found: Sequence[PrintedDate], brief: Brief) -> Iterator[Finding]:
    codes = ("campaign_metrics.dates", "campaign_metrics.days_outside_window")
    if not found:
        yield from (Finding(code=code, status=Status.ABSENT, note="no date with a year is printed") for code in codes)
        return
    texts = tuple(dict.fromkeys(" or ".join(day.isoformat() for day in one.days) for one in found))
    yield Finding(code=codes[0], value=texts[:20])
    if brief.window is None:
        yield Finding(code=codes[1], status=Status.NOT_APPLICABLE, note="the claim's window is not known")
        return
    window = (brief.window.start, brief.window.end)
    nearest = min((day for one in found for day in one.days), key=lambda day: (_outside(day, *window), day))
    yield Finding(code=codes[1], value=_outside(nearest, *window), note=f"the nearest date printed is {nearest}")


def _outside(day: date, start: date, end: date) -> int:
    return max(start - day, day - end, timedelta()).days


def _consistent(read: Mapping[str, _Figure]) -> Iterator[Finding]:
    printed = {key: figure.numeral for key, figure in read.items()}
    for code, broken in (
        ("contradictions", consistency.contradictions(printed)),
        ("tensions", consistency.tensions(printed)),
    ):
        yield _count(code, read, [violation.keys for violation in broken], _relations(broken, printed), len(read) < 2)
    checks = consistency.rates(printed)
    unexplained = [check for check in checks if check.explanation is None]
    notes = [f"{check.key} {printed[check.key].text} is none of {', '.join(check.tried)}" for check in unexplained]
    yield _count("unexplained_rates", read, [(check.key,) for check in unexplained], "; ".join(notes), not checks)
    explained = [check for check in checks if check.explanation]
    notes = [f"{check.key} = {check.explanation}" for check in explained]
    yield _count("explained_rates", read, [(check.key,) for check in explained], "; ".join(notes), not checks)


def _relations(broken: Iterable[Violation], printed: Mapping[str, Numeral]) -> str:
    return "; ".join(
        f"{violation.relation} fails: {', '.join(f'{key} {printed[key].text}' for key in violation.keys)}"
        for violation in broken
    )


def _count(
    code: str, read: Mapping[str, _Figure], broken: Sequence[tuple[str, ...]], note: str, blind: bool
) -> Finding:
    if blind:
        note = "too few figures were read to hold them against each other"
        return Finding(code=f"campaign_metrics.{code}", status=Status.UNDETERMINED, note=note)
    note = note.replace("_", " ")  # figures by name, as people write them
    keys = dict.fromkeys(key for keys in broken for key in keys)
    marks = tuple(mark for key in keys for mark in _quote(read[key]))
    sure = round(min(read[key].confidence for key in keys), 3) if keys else None
    return Finding(code=f"campaign_metrics.{code}", value=len(broken), confidence=sure, marks=marks, note=note)


def _against_claim(read: Mapping[str, _Figure], stated: Mapping[str, Numeral]) -> Iterator[Finding]:
    codes = ("campaign_metrics.differs_from_claim", "campaign_metrics.matches_claim")
    if not stated:
        note = "the claim states no figures of a campaign"
        yield from (Finding(code=code, status=Status.NOT_APPLICABLE, note=note) for code in codes)
        return
    matching = {key: other for key in stated if (other := _counterpart(key, read, stated)) is not None}
    differing = [key for key in stated if key in read and key not in matching]
    if not matching and not differing:
        note = f"none of the figures stated was read: {_SETTLES}"
        yield from (Finding(code=code, status=Status.UNDETERMINED, note=note) for code in codes)
        return
    notes = [f"{key}: read {read[key].numeral.text}, stated {stated[key].text}" for key in differing]
    marks = [mark for key in differing for mark in _quote(read[key], stated[key].text)]
    sure = round(min(read[key].confidence for key in differing), 3) if differing else None
    yield Finding(code=codes[0], value=len(differing), confidence=sure, marks=tuple(marks), note="; ".join(notes))
    marks = [mark for key, other in matching.items() for mark in _quote(read[other], stated[key].text)]
    yield Finding(code=codes[1], value=len(matching), marks=tuple(marks), note=", ".join(matching))


def _counterpart(key: str, read: Mapping[str, _Figure], stated: Mapping[str, Numeral]) -> str | None:
    """The figure read that bears out the one stated: the same, or one that reports print in its place."""
    for other in (key, *(_ALIKE.get(key, ()) if key not in read else ())):
        if other in read and read[other].numeral.agrees(stated[key]):
            return other
    return None


def _second_reading(read: Mapping[str, _Figure]) -> Finding:
    code = "campaign_metrics.second_reading"
    if not second_reader.available():
        note = "no Tesseract engine is installed, so no figure was read twice"
        return Finding(code=code, status=Status.UNDETERMINED, note=note)
    dissent = {key: figure for key, figure in read.items() if figure.dissent}
    notes = [f"{key}: {figure.numeral.text}, or {figure.dissent} by Tesseract" for key, figure in dissent.items()]
    marks = [mark for figure in dissent.values() for mark in _quote(figure, label=f"Tesseract: {figure.dissent}")]
    return Finding(code=code, value=len(dissent), marks=tuple(marks), note="; ".join(notes))
