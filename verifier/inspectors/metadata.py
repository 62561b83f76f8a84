"""Metadata: when, where and with what does the file say it was made, and does that fit the claim's window and venue?

Everything here can be written by anyone, so it is measured, never believed: what fits is weak support, what
contradicts itself is worth a question. A file without metadata is ABSENT, which is no fault: messengers strip it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from verifier.casefile import Brief, Evidence, Finding, Gauge, Item, Kind, Place, Span, Status, Timeline
from verifier.instruments import cameras, capture, document_info, exif, office_info, position, preview, taken, zones
from verifier.instruments.capture import Interval
from verifier.instruments.container import State
from verifier.instruments.exif import Exif
from verifier.instruments.readings import Readings
from verifier.instruments.taken import Taken

CROPPED = (
    0.02  # difference of log aspect ratios: untouched and resized files reach .013 (n = 89), the two crops .09 and .29
)
GPS_ROLLOVER = timedelta(weeks=1024)  # receivers of an old kind fall back by this much, which is no lie
_STATUS = {State.ABSENT: Status.ABSENT, State.UNREADABLE: Status.UNDETERMINED}
_FROM_EXIF = (
    "captured_at", "days_outside_window", "hours_after_submission", "gps_distance", "metres_outside_venue",
    "gps_clock_difference", "camera", "thumbnail_agreement", "size_agreement", "modified_after_capture",
    "days_before_camera",
)  # fmt: skip
_FROM_DOCUMENT = ("document_created", "document_software")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Reads EXIF of pictures and what documents say of their making; no pixel but those of the embedded preview."""

    name: str = "metadata"
    version: str = field(default_factory=lambda: f"3+{cameras.digest()[:12]}")
    codes: frozenset[str] = field(
        default=frozenset(f"metadata.{measure}" for measure in ("exif", *_FROM_EXIF, *_FROM_DOCUMENT))
    )

    def applies(self, item: Item, brief: Brief) -> bool:  # noqa: ARG002 - every brief
        return item.kind in (Kind.IMAGE, Kind.DOCUMENT)

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:
        if item.kind is Kind.DOCUMENT:
            return _document(readings)
        fields = readings.take(exif.read, readings.evidence)
        if fields.state is not State.PRESENT:
            note = fields.note or "the file carries no EXIF block: messengers and screenshots leave none"
            return [_none(name, _STATUS[fields.state], note) for name in ("exif", *_FROM_EXIF)]
        made = taken.of(fields)
        return [
            _measured("exif", "present"),
            *_times(made, brief, fields),
            *_places(made, brief),
            _gps_clock(made, brief),
            _camera(fields),
            *_picture(fields, readings),
        ]


def _measured(name: str, value: bool | int | float | str, note: str = "", confidence: float | None = None) -> Finding:
    return Finding(code=f"metadata.{name}", value=value, note=note, confidence=confidence)


def _none(name: str, status: Status, note: str) -> Finding:
    return Finding(code=f"metadata.{name}", status=status, note=note)


def _times(made: Taken, brief: Brief, fields: Exif) -> Iterator[Finding]:
    """When it was taken, against the window and the submission."""
    venue = zones.of_venue(brief.venue)
    wall, moment = made.wall(venue), made.moment(venue)
    names = ("captured_at", "days_outside_window", "hours_after_submission", "modified_after_capture")
    if made.local is None or wall is None or moment is None:
        stated = made.stated
        status = Status.UNDETERMINED if stated else Status.ABSENT
        note = f"the clock says {stated}, as cameras do whose clock was not set" if stated else "no capture time"
        yield from (_none(name, status, note) for name in (*names, "days_before_camera"))
        return
    mark = Timeline(spans=tuple(_spans(wall, brief, venue)))
    how = made.how(venue)
    yield Finding(code="metadata.captured_at", value=_iso(made.local, made.offset), marks=(mark,), note=how)
    if brief.window is None:
        yield _none("days_outside_window", Status.NOT_APPLICABLE, "the claim's window is not known")
    else:
        days = capture.days_outside(wall, brief.window.start, brief.window.end)
        yield Finding(code="metadata.days_outside_window", value=round(days, 3), marks=(mark,), note=how)
    if brief.submitted_at is None:
        yield _none("hours_after_submission", Status.NOT_APPLICABLE, "the time of submission is not known")
    else:
        hours = max(0.0, (moment.start - _aware(brief.submitted_at)) / timedelta(hours=1))
        yield Finding(code="metadata.hours_after_submission", value=round(hours, 2), marks=(mark,), note=how)
    yield _modified(fields, made.local)
    yield _before_camera(fields, wall)


def _before_camera(fields: Exif, wall: Interval) -> Finding:
    """Days by which the capture lies before the month in which the model was first shown to anybody."""
    name = "days_before_camera"
    if not fields.model:
        return _none(name, Status.ABSENT, "the file names no camera")
    since = cameras.announced(fields.make, fields.model)
    if since is None:
        return _none(name, Status.NOT_APPLICABLE, "the list of cameras does not hold this model")
    shown = datetime(since.year, since.month, 1)  # noqa: DTZ001 - a wall, as the interval is
    days = max(0.0, (shown - wall.end) / timedelta(days=1))
    spans = (
        Span(label="taken", start=wall.start.isoformat(), end=wall.end.isoformat()),
        Span(label=f"{fields.model} first shown", start=since.isoformat(), end=since.isoformat()),
    )
    marks = (Timeline(spans=spans),) if days else ()
    note = f"{fields.model} was first shown in {since:%B %Y}"
    return Finding(code=f"metadata.{name}", value=round(days, 1), marks=marks, note=note)


def _modified(fields: Exif, local: datetime) -> Finding:
    modified = capture.local_time(fields.modified)
    if modified is None:
        return _none("modified_after_capture", Status.ABSENT, "no time of modification")
    hours = round((modified - local) / timedelta(hours=1), 2)
    return _measured("modified_after_capture", hours, "hours; a quarter of untouched files differ, so this is context")


def _spans(wall: Interval, brief: Brief, venue: ZoneInfo | None) -> Iterator[Span]:
    """All on the venue's wall, where its zone is known, so that the page shows one clock."""
    if brief.window is not None:
        yield Span(label="claim window", start=brief.window.start.isoformat(), end=brief.window.end.isoformat())
    yield Span(label="taken", start=wall.start.isoformat(), end=wall.end.isoformat())
    if brief.submitted_at is not None:
        submitted = _aware(brief.submitted_at)
        there = submitted.astimezone(venue).replace(tzinfo=None).isoformat() if venue else submitted.isoformat()
        yield Span(label="submitted", start=there, end=there)


def _iso(local: datetime, offset: timedelta | None) -> str:
    if offset is None:
        return local.isoformat()
    minutes = round(offset / timedelta(minutes=1))
    sign = "-" if minutes < 0 else "+"
    return f"{local.isoformat()}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _places(made: Taken, brief: Brief) -> Iterator[Finding]:
    """How far from the venue it was taken, the receiver's own error taken off."""
    names = ("gps_distance", "metres_outside_venue")
    here, venue = made.here, brief.venue
    if here is None or here.doubt:
        status = Status.UNDETERMINED if here else Status.ABSENT
        note = here.doubt if here else "no position: most phones leave it out unless asked"
        yield from (_none(name, status, note) for name in names)
        return
    mark = Place(latitude=here.latitude, longitude=here.longitude, error=here.error or None)
    if venue is None or venue.latitude is None or venue.longitude is None:
        note = "the venue's position is not known"
        for name in names:
            yield Finding(code=f"metadata.{name}", status=Status.NOT_APPLICABLE, marks=(mark,), note=note)
        return
    apart = position.apart(here, venue.latitude, venue.longitude, venue.radius)
    mark = replace(
        mark,
        expected_latitude=venue.latitude,
        expected_longitude=venue.longitude,
        distance=round(apart.exact, 1),
        limit=venue.radius,
        name=venue.name,
    )
    if apart.doubt:
        for name in names:
            yield Finding(code=f"metadata.{name}", status=Status.UNDETERMINED, marks=(mark,), note=apart.doubt)
        return
    note = _distance(apart.sure) + (f" (the receiver's error of {here.error:,.0f} m taken off)" if here.error else "")
    for name, value in zip(names, (apart.sure, max(0.0, apart.sure - venue.radius)), strict=True):
        yield Finding(code=f"metadata.{name}", value=round(value, 1), marks=(mark,), note=note)


def _distance(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 1000 else f"{metres / 1000:,.1f} km"


def _gps_clock(made: Taken, brief: Brief) -> Finding:
    """Hours between the satellite's time and the camera's clock beyond what a zone can explain."""
    name = "gps_clock_difference"
    moment = made.moment(zones.of_venue(brief.venue))
    if moment is None or made.fix is None:
        return _none(name, Status.ABSENT, "no time from a satellite" if moment else "no capture time")
    apart = max(moment.start - made.fix, made.fix - moment.end, timedelta(0))
    if abs(apart - GPS_ROLLOVER) < timedelta(days=2) or abs(apart - 2 * GPS_ROLLOVER) < timedelta(days=2):
        return _none(
            name, Status.UNDETERMINED, "the receiver's week counter has rolled over: its date is 1024 weeks off"
        )
    spans = (
        Span(label="camera's clock", start=moment.start.isoformat(), end=moment.end.isoformat()),
        Span(label="satellite's time", start=made.fix.isoformat(), end=made.fix.isoformat()),
    )
    note = "hours by which the camera's clock and the satellite's differ; a clock on home time differs by whole hours"
    hours = round(apart / timedelta(hours=1), 2)
    return Finding(code=f"metadata.{name}", value=hours, marks=(Timeline(spans=spans),) if hours else (), note=note)


def _camera(fields: Exif) -> Finding:
    make, model = fields.make.strip(), fields.model.strip()
    if not (make or model):
        return _none("camera", Status.ABSENT, "the file names no camera")
    return _measured("camera", model if model.casefold().startswith(make.casefold()) else f"{make} {model}")


def _picture(fields: Exif, readings: Readings) -> Iterator[Finding]:
    """The preview and the size that the camera wrote, against the picture that is there."""
    evidence = readings.evidence
    yield _thumbnail(fields, evidence)
    page = evidence.pages[0] if evidence.pages else None
    if page is None or not fields.width or not fields.height:
        yield _none("size_agreement", Status.ABSENT, "the camera wrote no size")
        return
    stated, found = sorted((fields.width, fields.height)), sorted((page.width, page.height))
    apart = abs(math.log(stated[1] / stated[0]) - math.log(found[1] / found[0]))
    verdict = "same" if stated == found else "scaled" if apart <= CROPPED else "cropped"
    note = f"{fields.width} x {fields.height} stated, {page.width} x {page.height} found"
    yield _measured("size_agreement", verdict, note)


def _thumbnail(fields: Exif, evidence: Evidence) -> Finding:
    if not fields.thumbnail or not evidence.pages:
        return _none("thumbnail_agreement", Status.ABSENT, "no preview is embedded")
    value = preview.agreement(evidence, evidence.pages[0])
    if value is None:
        return _none("thumbnail_agreement", Status.UNDETERMINED, "the preview cannot be read, or is one flat tone")
    gauge = Gauge(label="preview and picture agree", value=round(value, 3), low=-1.0, high=1.0)
    return Finding(code="metadata.thumbnail_agreement", value=round(value, 3), marks=(gauge,))


def _document(readings: Readings) -> Iterator[Finding]:
    yield _none("exif", Status.NOT_APPLICABLE, "a document carries no EXIF block")
    created, named = _making(readings)
    if created:
        yield _measured("document_created", created)
    else:
        yield _none("document_created", Status.ABSENT, "the document does not say when it was made")
    if named:
        yield _measured("document_software", named)
    else:
        yield _none("document_software", Status.ABSENT, "the document does not say what made it")


def _making(readings: Readings) -> tuple[str, str]:
    """When a document says that it was made, and with what; "" where it does not say."""
    if office_info.is_package(readings.evidence):
        saved = readings.take(office_info.read, readings.evidence)
        return saved.created, f"{saved.application} {saved.version}".strip()
    facts = readings.take(document_info.read, readings.evidence)
    return facts.created, ", ".join(dict.fromkeys(filter(None, (facts.creator, facts.producer))))
