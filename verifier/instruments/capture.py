"""When a picture was taken, as an interval: camera clocks say local time, mostly without saying which.

Two axes are used. On the **wall axis** of the venue (naive date-times) an activity window is whole days, whatever the
daylight saving does; the capture lies there as exactly as the clock's zone is known. On the **UTC axis** the capture is
compared with moments: the submission, a GPS fix.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EASTMOST = timedelta(hours=14)  # Line Islands, UTC+14: the largest offset in use
WESTMOST = timedelta(hours=-12)  # UTC-12, at sea
_CLOCK = re.compile(r"(\d{4})[:/.-](\d{1,2})[:/.-](\d{1,2})[ T](\d{1,2}):(\d{2}):(\d{2})")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})|Z")
_FIRST_YEAR = 1995  # the first consumer cameras that wrote EXIF; clocks before are reset ones
_LAST_YEAR = 2100  # clocks beyond are no clocks, and intervals must not run out of the calendar
_RESET_DAYS = frozenset({date(2000, 1, 1), date(2001, 1, 1)})  # two epochs that firmware falls back to, at any hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """From the earliest to the latest moment possible, both included; all naive or all aware."""

    start: datetime
    end: datetime


def local_time(text: str) -> datetime | None:
    """The clock time that EXIF or XMP states ("2024:05:17 14:03:22"), naive; None for blanks, zeros and reset clocks.

    A camera whose battery ran out starts again on 1 January of some year at midnight or noon, so those two minutes say
    nothing.
    """
    parts = _CLOCK.match(text.strip())
    if parts is None:
        return None
    try:
        moment = datetime(*map(int, parts.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - a camera's clock is naive
    except ValueError:
        return None
    new_year = (moment.month, moment.day, moment.minute) == (1, 1, 0) and moment.hour in (0, 12)
    reset = new_year or moment.date() in _RESET_DAYS
    return None if reset or not _FIRST_YEAR <= moment.year <= _LAST_YEAR else moment


def offset_of(text: str) -> timedelta | None:
    """The offset from UTC that "+02:00" or "Z" states; None for anything else, and for offsets that no place has."""
    parts = _OFFSET.fullmatch(text.strip())
    if parts is None:
        return None
    if parts[1] is None:
        return timedelta(0)
    size = timedelta(hours=int(parts[2]), minutes=int(parts[3]))
    offset = -size if parts[1] == "-" else size
    return offset if WESTMOST <= offset <= EASTMOST else None


def zone_of(name: str | None) -> ZoneInfo | None:
    """The IANA zone of that name, None where there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def on_the_wall(
    local: datetime, offset: timedelta | None, zone: ZoneInfo | None, camera: ZoneInfo | None = None
) -> Interval:
    """The capture on the venue's wall clock. `zone` is the venue's, `camera` that of the place where the camera was.

    A camera that states no offset is taken to show the time of the place where it was, or else the venue's. Where the
    venue's zone is unknown its wall is the camera's; where both are, the capture may lie anywhere that a zone can move
    it: 14 hours to either side for a bare clock, from UTC-12 to UTC+14 for a clock that states its offset.
    """
    if offset is None and camera is not None and zone is not None and camera.key != zone.key:
        moments = in_utc(local, None, camera)
        walls = sorted(_naive(moment, zone) for moment in (moments.start, moments.end))
        return Interval(start=walls[0], end=walls[-1])
    zone = zone or camera
    if zone is None and offset is None:
        return Interval(start=local - EASTMOST, end=local + EASTMOST)
    if zone is None and offset is not None:
        return Interval(start=local - offset + WESTMOST, end=local - offset + EASTMOST)
    if offset is None or zone is None:
        return Interval(start=local, end=local)
    there = _naive((local - offset).replace(tzinfo=UTC), zone)
    return Interval(start=there, end=there)


def in_utc(local: datetime, offset: timedelta | None, zone: ZoneInfo | None) -> Interval:
    """The capture as moments (aware, UTC). An hour that daylight saving repeats or leaves out gives both readings."""
    if offset is not None:
        offsets = [offset]
    elif zone is not None:
        offsets = [local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta(0) for fold in (0, 1)]
    else:
        offsets = [EASTMOST, WESTMOST]
    moments = sorted((local - offset).replace(tzinfo=UTC) for offset in offsets)
    return Interval(start=moments[0], end=moments[-1])


def days_outside(wall: Interval, first: date, last: date) -> float:
    """Days from the nearer edge of the window, 0.0 where the interval touches it. Both days belong to the window."""
    opens = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - the venue's wall
    closes = datetime(last.year, last.month, last.day) + timedelta(days=1)  # noqa: DTZ001
    if wall.end < opens:
        return (opens - wall.end) / timedelta(days=1)
    if wall.start >= closes:
        return (wall.start - closes) / timedelta(days=1)
    return 0.0


def _naive(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
