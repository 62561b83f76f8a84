"""A camera clock becomes an interval, as wide as what is not known about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from verifier.instruments.capture import (
    Interval,
    days_outside,
    in_utc,
    local_time,
    offset_of,
    on_the_wall,
    zone_of,
)

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    ["", "    :  :     :  :  ", "0000:00:00 00:00:00", "1970:01:01 00:00:00", "1980:01:01 00:12:00",
     "2000:01:01 09:30:00", "2012:01:01 00:00:41", "2026:02:30 10:00:00", "2026:05:13", "yesterday"],
)  # fmt: skip
def test_blank_impossible_and_reset_clocks_are_unknown(text: str) -> None:
    assert local_time(text) is None


@pytest.mark.parametrize("text", ["2026:05:13 10:42:17", "2026-05-13T10:42:17", " 2026/05/13 10:42:17Z"])
def test_a_clock_time_is_read_in_every_common_spelling(text: str) -> None:
    assert local_time(text) == at("2026-05-13T10:42:17")


def test_new_years_day_is_a_day_like_any_other_but_for_its_first_minute() -> None:
    assert local_time("2026:01:01 00:01:00") == at("2026-01-01T00:01:00")


@pytest.mark.parametrize(
    ("text", "minutes"), [("+02:00", 120), ("-03:30", -210), ("Z", 0), ("+0545", 345), ("+14:00", 840)]
)
def test_an_offset_is_read(text: str, minutes: int) -> None:
    assert offset_of(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "+15:00", "-12:30", "local", "02:00"])
def test_an_offset_that_no_place_has_is_unknown(text: str) -> None:
    assert offset_of(text) is None


def test_an_unknown_zone_is_none() -> None:
    assert zone_of("Europe/Berlin") == BERLIN
    assert zone_of("Atlantis/Poseidonis") is None
    assert zone_of("../etc/passwd") is None
    assert zone_of(None) is None


def test_a_bare_clock_is_taken_to_show_the_venues_time() -> None:
    local = at("2026-05-13T10:42:17")
    assert on_the_wall(local, None, BERLIN) == Interval(start=local, end=local)


def test_a_stated_offset_is_turned_into_the_venues_time() -> None:
    tokyo = on_the_wall(at("2026-05-13T02:00:00"), timedelta(hours=9), BERLIN)
    assert tokyo.start == tokyo.end == at("2026-05-12T19:00:00")


def test_without_offset_and_zone_fourteen_hours_to_either_side_are_possible() -> None:
    wall = on_the_wall(at("2026-05-13T12:00:00"), None, None)
    assert (wall.start, wall.end) == (at("2026-05-12T22:00:00"), at("2026-05-14T02:00:00"))


def test_the_hour_that_autumn_repeats_gives_two_moments() -> None:
    moment = in_utc(at("2026-10-25T02:30:00"), None, BERLIN)
    assert moment.end - moment.start == timedelta(hours=1)
    assert moment.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_hour_that_spring_leaves_out_gives_both_readings() -> None:
    moment = in_utc(at("2026-03-29T02:30:00"), None, BERLIN)
    assert moment.end - moment.start == timedelta(hours=1)


@pytest.mark.parametrize(
    ("taken", "days"),
    [
        ("2026-05-11T00:00:00", 0.0),
        ("2026-05-10T23:59:00", 1 / 1440),
        ("2026-05-24T23:59:59", 0.0),
        ("2026-05-25T00:01:00", 1 / 1440),
        ("2026-05-08T00:00:00", 3.0),
        ("2026-05-28T12:00:00", 3.5),
    ],
)
def test_both_days_of_the_window_belong_to_it_to_the_minute(taken: str, days: float) -> None:
    wall = Interval(start=at(taken), end=at(taken))
    assert days_outside(wall, date(2026, 5, 11), date(2026, 5, 24)) == pytest.approx(days)


def test_an_interval_that_touches_the_window_is_not_outside() -> None:
    wall = on_the_wall(at("2026-05-10T11:00:00"), None, None)
    assert days_outside(wall, date(2026, 5, 11), date(2026, 5, 24)) == 0.0
