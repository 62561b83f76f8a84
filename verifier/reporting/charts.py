"""Marks that belong to no spot on a page: a gauge, a timeline, a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from verifier.casefile import Gauge, Span, Table, Timeline
from verifier.reporting.tags import NOTHING, join, tag
from verifier.reporting.wording import day, figure

_ROWS = 40  # of a table, besides the highlighted ones: more are read in the file itself
_SHORTEST = 6.0  # thousandths of the axis: a moment must still be seen


def gauge(mark: Gauge) -> Markup:
    """A measure on its scale; the limit is a line across it."""
    unit = f" {mark.unit}" if mark.unit else ""
    low, high = min(mark.low, mark.value), max(mark.high, mark.value)
    reach = (high - low) or 1.0
    parts = [
        tag("rect", x=0.0, y=7.0, width=1000.0, height=6.0, class_="track"),
        tag("rect", x=0.0, y=7.0, width=1000 * (mark.value - low) / reach, height=6.0, class_="fill"),
    ]
    if mark.limit is not None:
        x = 1000 * (min(max(mark.limit, low), high) - low) / reach
        parts.append(tag("line", x1=x, x2=x, y1=1.0, y2=19.0, class_="limit"))
    limit = f"limit {figure(mark.limit)}{unit}" if mark.limit is not None else ""
    return join(
        tag("p", f"{mark.label}: ", tag("b", f"{figure(mark.value)}{unit}"), class_="label"),
        _track(parts),
        tag("p", tag("span", f"{figure(low)}"), tag("span", limit), tag("span", f"{figure(high)}"), class_="ends"),
    )


def timeline(mark: Timeline) -> Markup:
    """Stretches of time on one axis. A day without an hour lasts until its end; naive times are drawn as UTC."""
    told = [(span, _moments(span)) for span in mark.spans]
    known = [moments for _, moments in told if moments]
    if not known:
        return tag("table", *(_time_row(span, NOTHING) for span in mark.spans), class_="timeline")
    first, last = min(start for start, _ in known), max(end for _, end in known)
    reach = (last - first) or timedelta(hours=1)
    behind = _bar(known[0], first, reach, "window")  # the first stretch, as a band behind all rows
    rows = [_time_row(span, _stretch(moments, first, reach, behind) if moments else NOTHING) for span, moments in told]
    return tag("table", *rows, class_="timeline")


def table(mark: Table) -> Markup:
    """Rows as rows; the ones that matter stand out by a bar and weight, not by colour alone."""
    head = tag("thead", tag("tr", *(tag("th", cell, scope="col") for cell in mark.header))) if mark.header else NOTHING
    chosen = [n for n in range(len(mark.rows)) if n < _ROWS or n in mark.highlighted][: 2 * _ROWS]
    rows = [
        tag("tr", *(tag("td", cell) for cell in mark.rows[n]), class_="high" if n in mark.highlighted else None)
        for n in chosen
    ]
    left_out = len(mark.rows) - len(chosen)
    if left_out:
        rows.append(tag("tr", tag("td", f"… {left_out:,} more rows")))
    caption = tag("caption", mark.caption) if mark.caption else NOTHING
    return tag("table", caption, head, tag("tbody", *rows), class_="rows")


def _track(parts: list[Markup]) -> Markup:
    return tag("svg", *parts, viewBox="0 0 1000 20", preserveAspectRatio="none", class_="track-box", aria_hidden="true")


def _moments(span: Span) -> tuple[datetime, datetime] | None:
    """Start and end in UTC; None where a text is no ISO 8601 moment."""
    try:
        start, end = _moment(span.start), _moment(span.end)
    except ValueError:
        return None
    if len(span.end) == len("2026-05-12"):
        end += timedelta(days=1)
    return (start, end) if start <= end else (end, start)


def _moment(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _stretch(moments: tuple[datetime, datetime], first: datetime, reach: timedelta, behind: Markup) -> Markup:
    axis = tag("rect", x=0.0, y=9.5, width=1000.0, height=1.0, class_="track")
    return _track([behind, axis, _bar(moments, first, reach, "fill")])


def _bar(moments: tuple[datetime, datetime], first: datetime, reach: timedelta, role: str) -> Markup:
    start = 1000 * ((moments[0] - first) / reach)
    width = max(_SHORTEST, 1000 * ((moments[1] - moments[0]) / reach))
    y, height = (0.0, 20.0) if role == "window" else (5.0, 10.0)
    return tag("rect", x=min(start, 1000 - width), y=y, width=width, height=height, class_=role)


def _time_row(span: Span, track: Markup) -> Markup:
    start, end = _written(span.start), _written(span.end)
    when = start if start == end else f"{start} – {end}"
    return tag("tr", tag("th", span.label, scope="row"), tag("td", track, class_="axis"), tag("td", when))


def _written(text: str) -> str:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) == len("2026-05-12"):
        return day(read)
    zone = read.strftime("%z")
    return f"{day(read)} {read:%H:%M}{f' {zone[:3]}:{zone[3:5]}' if zone else ''}"
