"""Marks that belong to no spot on a page: a gauge, a timeline, a place, a table."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from verifier.casefile import Gauge, Place, Span, Table, Timeline
from verifier.reporting.tags import NOTHING, join, number, tag
from verifier.reporting.wording import day, distance, figure

_METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
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


def place(mark: Place) -> Markup:
    """Two points and the distance between them, north up; drawn from the coordinates alone, without a map."""
    found = tag("p", "found at ", tag("b", _coordinates(mark.latitude, mark.longitude)), class_="label")
    if mark.expected_latitude is None or mark.expected_longitude is None:
        return found
    east = (mark.longitude - mark.expected_longitude + 180) % 360 - 180
    east *= _METRES_PER_DEGREE * math.cos(math.radians(mark.expected_latitude))
    north = (mark.latitude - mark.expected_latitude) * _METRES_PER_DEGREE
    apart = mark.distance if mark.distance is not None else math.hypot(east, north)
    limit = f", {distance(mark.limit)} allowed" if mark.limit is not None else ""
    expected = _coordinates(mark.expected_latitude, mark.expected_longitude)
    return join(
        _sketch(east, north, mark.limit or 0.0),
        found,
        tag("p", "claimed at ", expected, ": ", tag("b", distance(apart), " away"), limit, class_="label"),
    )


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


def _coordinates(latitude: float, longitude: float) -> str:
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.4f}° {north}, {abs(longitude):.4f}° {east}"


def _sketch(east: float, north: float, limit: float) -> Markup:
    """The claimed place in the middle of its allowed circle, the found one where it lies; metres to scale."""
    wide, high = 320.0, 120.0
    reach_x, reach_y = max(abs(east), limit, 1.0), max(abs(north), limit, 1.0)
    scale = min((wide / 2 - 16) / reach_x, (high / 2 - 16) / reach_y)
    x, y = wide / 2 + east * scale, high / 2 - north * scale
    parts = [
        tag("circle", cx=wide / 2, cy=high / 2, r=limit * scale, class_="allowed"),
        tag("line", x1=wide / 2, y1=high / 2, x2=x, y2=y, class_="way"),
        tag("circle", cx=wide / 2, cy=high / 2, r=4.0, class_="claimed"),
        tag("circle", cx=x, cy=y, r=5.0, class_="found"),
    ]
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {number(wide)} {number(high)}",
        class_="sketch",
        role="img",
        aria_label="claimed and found place",
    )
