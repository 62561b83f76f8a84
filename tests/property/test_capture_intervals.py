"""Whatever clock, zone and window: no honest photo is called outside, and intervals only widen with ignorance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from verifier.instruments.capture import days_outside, in_utc, local_time, on_the_wall

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


@given(moment=MOMENTS, venue=ZONES, camera=ZONES)
def test_a_bare_clock_is_read_in_the_zone_where_the_camera_was(
    moment: datetime, venue: ZoneInfo, camera: ZoneInfo
) -> None:
    clock = naive(moment.astimezone(camera))
    wall = on_the_wall(clock, None, venue, camera)
    assert wall.start <= naive(moment.astimezone(venue)) <= wall.end
    assert wall.end - wall.start <= timedelta(hours=1), "no more than daylight saving repeats"


@given(moment=MOMENTS, camera=ZONES)
def test_where_the_venues_zone_is_unknown_the_cameras_place_is_the_wall(moment: datetime, camera: ZoneInfo) -> None:
    clock = naive(moment.astimezone(camera))
    assert on_the_wall(clock, None, None, camera) == on_the_wall(clock, None, camera)


@given(year=st.integers(2015, 2035), zone=ZONES, offset=st.integers(-48, 56))
def test_a_leap_day_is_a_day_where_there_is_one(year: int, zone: ZoneInfo, offset: int) -> None:
    opens, closes = date(year, 2, 28), date(year, 3, 1)
    noon = datetime(year, 2, 28, 12, tzinfo=UTC)
    for hours in range(0, 48, 6):
        there = noon + timedelta(hours=hours, minutes=1)  # no zone has its midnight then
        shift = timedelta(minutes=15 * offset)
        wall = on_the_wall(naive(there + shift), shift, zone)
        inside = opens <= naive(there.astimezone(zone)).date() <= closes
        assert (days_outside(wall, opens, closes) == 0.0) == inside


@given(zone=ZONES, year=st.integers(2015, 2035), minutes=st.integers(-90, 90))
def test_around_every_change_of_the_clocks_the_true_moment_stays_in_the_interval(
    zone: ZoneInfo, year: int, minutes: int
) -> None:
    start = datetime(year, 1, 1, tzinfo=UTC)
    changes = [
        start + timedelta(days=day)
        for day in range(366)
        if (start + timedelta(days=day)).astimezone(zone).utcoffset()
        != (start + timedelta(days=day + 1)).astimezone(zone).utcoffset()
    ]
    for change in changes:
        for hour in range(25):
            moment = change + timedelta(hours=hour, minutes=minutes)
            interval = in_utc(naive(moment.astimezone(zone)), None, zone)
            assert interval.start <= moment <= interval.end


@given(
    text=st.sampled_from(
        [
            "0000:00:00 00:00:00", "    :  :     :  :  ", "2000:01:01 13:05:00", "1970:01:01 00:00:00",
            "2026:01:01 00:00:00", "2026:01:01 12:00:41", "2026:02:29 10:00:00", "2026:13:01 10:00:00",
            "1904:01:01 02:00:00", "9999:12:31 23:59:59", "2026:05:13", "",
        ]
    )
)  # fmt: skip
def test_zeroed_reset_and_impossible_clocks_say_nothing(text: str) -> None:
    assert local_time(text) is None
