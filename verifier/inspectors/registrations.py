"""Registrations: how many people does the list of a webinar name, how many twice, and does that fit the claim?

Addresses are personal data: findings and marks carry counts, row numbers and masked addresses only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from verifier.casefile import Brief, Finding, Item, Kind, Page, Quote, Status, Table
from verifier.instruments import attendees, figures, numerals, rereading, text, vocabulary
from verifier.instruments.attendees import People, Person
from verifier.instruments.pairing import Reading
from verifier.instruments.readings import Readings
from verifier.instruments.text import Line

_REPORTED = ("reported", "reported_attended")  # what a report prints that lists nobody
_MEASURES = (
    "rows", "distinct", "duplicates", "duplicate_share", "attended", "stated_difference", "stated_excess",
    "attendance_difference", "attendance_excess", "suspicious_addresses", "columns", *_REPORTED,
)  # fmt: skip
_COMPARED = ("stated_difference", "stated_excess", "attendance_difference", "attendance_excess")
_OF_REPORT = {"registrants": "reported", "attendees": "reported_attended"}
_ROWS_SHOWN = 20
_ASK = "send the list as CSV or XLSX, with one row a person and the e-mail addresses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrations:
    """Reads registration lists: CSV, XLSX, PDF and screenshots."""

    name: str = "registrations"
    version: str = "3"
    codes: frozenset[str] = frozenset(f"registrations.{measure}" for measure in _MEASURES)
    kinds: frozenset[Kind] = field(default=frozenset({Kind.TABLE, Kind.DOCUMENT, Kind.IMAGE}))

    def applies(self, item: Item, brief: Brief) -> bool:
        return self.name in brief.questions and item.kind in self.kinds

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        lists = list(_lists(readings))
        reported = () if lists else _reported(readings)
        if reported:
            return [*_by_report(dict(reported), brief), *(figure for _, figure in reported)]
        if not lists:
            return [_open(measure, f"no list of people was recognised: {_ASK}") for measure in _MEASURES]
        columns = tuple(dict.fromkeys(column for people in lists for column in people.columns))
        people = [person for one in lists for person in one.people]
        distinct = len({person.identity for person in people})
        return [
            _counted("rows", len(people)),
            _counted("distinct", distinct),
            _duplicates(people),
            Finding(code="registrations.duplicate_share", value=round(1 - distinct / len(people), 3)),
            _attended(people),
            *_difference("stated", "registrants", distinct, brief.stated),
            *_difference("attendance", "attendees", _present(people), brief.stated),
            _suspicious(people),
            Finding(code="registrations.columns", value=columns, marks=tuple(_headings(readings))),
            *(_open(measure, "a list of people is counted itself", Status.NOT_APPLICABLE) for measure in _REPORTED),
        ]


def _lists(readings: Readings) -> Iterator[People]:
    """The lists of the item: one for each sheet and each page."""
    evidence = readings.evidence
    sheets = [*evidence.sheets]
    heading: tuple[Line, ...] = ()
    for page in evidence.pages:
        shown = attendees.sheet_of(_lines(readings, page), page.label, heading)
        if shown is not None:
            heading = shown[1]
            sheets.append(shown[0])
    for sheet in sheets:
        people = attendees.read(sheet)
        if people is not None and people.people:
            yield people


def _reported(readings: Readings) -> tuple[tuple[str, Finding], ...]:
    """Registrants and attendees as a webinar's report prints them, with their places; nothing if it prints neither."""
    evidence = readings.evidence
    sources = [(page, rereading.figures_of(page, (), readings)) for page in evidence.pages]
    readable: list[tuple[Page | None, Reading]] = [
        (page, reading) for page, source in sources for reading in source.headline
    ]
    readable += [(None, reading) for sheet in evidence.sheets for reading in figures.of_sheet(sheet).headline]
    found: dict[str, Finding] = {}
    for page, reading in readable:
        measure = _OF_REPORT.get(reading.key)
        if measure is not None:
            found.setdefault(measure, _printed(measure, page, reading))
    return tuple(found.items())


def _printed(measure: str, page: Page | None, reading: Reading) -> Finding:
    marks: tuple[Quote, ...] = ()
    if page is not None and reading.value_box is not None:
        marks = (Quote(page=page.index, box=reading.value_box, text=reading.numeral.text, label=reading.label),)
    note = f"printed as {reading.numeral.text} under {reading.label!r}"
    confidence = round(reading.confidence, 3)
    return Finding(
        code=f"registrations.{measure}", value=reading.numeral.value, confidence=confidence, marks=marks, note=note
    )


def _by_report(reported: Mapping[str, Finding], brief: Brief) -> Iterator[Finding]:
    """What a report without a list tells: how its figures differ from the claim's; who was there stays open."""
    told = {measure: int(float(str(finding.value))) for measure, finding in reported.items()}
    yield from _difference("stated", "registrants", told.get("reported"), brief.stated)
    yield from _difference("attendance", "attendees", told.get("reported_attended"), brief.stated)
    for measure in _MEASURES:
        if measure not in (*_COMPARED, *reported):
            yield _open(measure, f"the report lists nobody: {_ASK}")


def _lines(readings: Readings, page: Page) -> tuple[Line, ...]:
    """The page's lines without drafts: names are no words that a reader knows."""
    return readings.take(text.read_again, page, readings.take(text.read, page))


def _headings(readings: Readings) -> Iterator[Quote]:
    for page in readings.evidence.pages:
        for line in _lines(readings, page):
            column = vocabulary.registration_column(line.text)
            if column is not None:
                yield Quote(page=page.index, box=line.box, text=line.text, label=column)


def _open(measure: str, note: str, status: Status = Status.UNDETERMINED) -> Finding:
    return Finding(code=f"registrations.{measure}", status=status, note=note)


def _counted(measure: str, value: int, note: str = "") -> Finding:
    return Finding(code=f"registrations.{measure}", value=value, note=note)


def _duplicates(people: list[Person]) -> Finding:
    """Rows beyond the first of one person. Some platforms write a row for every time that a person joined."""
    rows: dict[str, list[Person]] = {}
    for person in people:
        rows.setdefault(person.identity, []).append(person)
    repeated = [group for group in rows.values() if len(group) > 1]
    shown = tuple(
        (masked(group[0].email) or "(no address)", ", ".join(str(person.row) for person in group))
        for group in repeated[:_ROWS_SHOWN]
    )
    caption = f"{len(repeated)} people are listed more than once"
    marks = (Table(header=("address", "rows"), rows=shown, caption=caption),) if repeated else ()
    extra = sum(len(group) - 1 for group in repeated)
    return Finding(code="registrations.duplicates", value=extra, marks=marks, note=caption if repeated else "")


def _present(people: list[Person]) -> int | None:
    """How many different people attended; None when no column tells."""
    if all(person.attended is None for person in people):
        return None
    return len({person.identity for person in people if person.attended})


def _attended(people: list[Person]) -> Finding:
    present = _present(people)
    if present is None:
        return _open("attended", "no column tells who attended", Status.ABSENT)
    rows = sum(person.attended is True for person in people)
    return _counted("attended", present, f"in {rows} rows" if rows != present else "")


def _difference(measure: str, name: str, listed: int | None, stated: Mapping[str, str]) -> Iterator[Finding]:
    """By how much the claim states more (positive) or fewer people than are listed, and that as a share of the list."""
    measures = (f"{measure}_difference", f"{measure}_excess")
    numeral = numerals.parse(stated.get(name, ""))
    if numeral is None:
        note = f"the claim does not state the {name}"
        yield from (_open(one, note, Status.NOT_APPLICABLE) for one in measures)
    elif listed is None:
        note = f"the claim states {numeral.text} {name}; no column tells who attended: {_ASK}"
        yield from (_open(one, note) for one in measures)
    else:
        claimed = numeral.meanings[0]
        difference = round(max(0.0, claimed.low - listed) - max(0.0, listed - claimed.high))
        note = f"{name}: stated {numeral.text}, on the evidence {listed}"
        yield _counted(measures[0], difference, note)
        yield Finding(code=f"registrations.{measures[1]}", value=round(difference / max(1, listed), 3), note=note)


def _suspicious(people: list[Person]) -> Finding:
    addresses = {person.email for person in people if person.email}
    if not addresses:
        return _open("suspicious_addresses", "the list holds no addresses", Status.ABSENT)
    disposable = {address for address in addresses if vocabulary.is_disposable(address.rpartition("@")[2])}
    numbered = attendees.sequential(people)
    found = sorted(disposable | numbered)
    rows = tuple((masked(address), "disposable" if address in disposable else "numbered") for address in found)
    marks = (Table(header=("address", "why"), rows=rows[:_ROWS_SHOWN]),) if found else ()
    return Finding(code="registrations.suspicious_addresses", value=len(found), marks=marks)


def masked(address: str) -> str:
    """The first letter and the domain: "a…@example.com"."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}…{at}{domain}" if at else ""
