"""Whatever clock, zone and window: no honest photo is called outside, and intervals only widen with ignorance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from verifier.instruments.capture import days_outside, in_utc, on_the_wall

ZONES = st.sampled_from(
    [ZoneInfo(name) for name in (
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago",
        "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca", "UTC",
    )]
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
MINUTE = timedelta(minutes=1)


def naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None, fold=0)


@given(moment=MOMENTS, zone=ZONES)
def test_the_true_moment_lies_in_the_interval_of_a_clock_without_offset(moment: datetime, zone: ZoneInfo) -> None:
    clock = naive(moment.astimezone(zone))
    for known in (zone, None):
        interval = in_utc(clock, None, known)
        assert interval.start <= moment <= interval.end


@given(moment=MOMENTS, zone=ZONES, camera=ZONES)
def test_a_stated_offset_tells_the_venues_time_wherever_the_camera_thought_it_was(
    moment: datetime, zone: ZoneInfo, camera: ZoneInfo
) -> None:
    there = moment.astimezone(camera)
    wall = on_the_wall(naive(there), there.utcoffset(), zone)
    assert wall.start == wall.end == naive(moment.astimezone(zone))


@given(moment=MOMENTS, venue=ZONES, camera=ZONES)
def test_the_venues_time_lies_in_the_interval_when_its_zone_is_unknown(
    moment: datetime, venue: ZoneInfo, camera: ZoneInfo
) -> None:
    there = moment.astimezone(camera)
    wall = on_the_wall(naive(there), there.utcoffset(), None)
    assert wall.start <= naive(moment.astimezone(venue)) <= wall.end


@given(moment=MOMENTS, zone=ZONES, camera=ZONES, before=st.integers(0, 30), after=st.integers(0, 30))
def test_a_photo_taken_on_a_day_of_the_window_is_never_outside(
    moment: datetime, zone: ZoneInfo, camera: ZoneInfo, before: int, after: int
) -> None:
    day = moment.astimezone(zone).date()
    first, last = day - timedelta(days=before), day + timedelta(days=after)
    there = moment.astimezone(camera)
    clocks = (
        on_the_wall(naive(there), there.utcoffset(), zone),
        on_the_wall(naive(there), there.utcoffset(), None),
        on_the_wall(naive(moment.astimezone(zone)), None, zone),
        on_the_wall(naive(moment.astimezone(zone)), None, None),
    )
    assert [days_outside(wall, first, last) for wall in clocks] == [0.0] * 4


@given(
    first=st.dates(date(2015, 1, 1), date(2035, 1, 1)), length=st.integers(0, 60), zone=ZONES, minutes=st.integers(1, 3)
)
def test_a_minute_beyond_either_edge_is_outside_by_a_minute(
    first: date, length: int, zone: ZoneInfo, minutes: int
) -> None:
    last = first + timedelta(days=length)
    opens = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - a wall clock
    closes = datetime(last.year, last.month, last.day) + timedelta(days=1)  # noqa: DTZ001
    off = minutes * MINUTE
    for clock, outside in ((opens, 0), (opens - off, minutes), (closes - off, 0), (closes + off, minutes)):
        assert round(days_outside(on_the_wall(clock, None, zone), first, last) * 1440) == outside
