"""Deadline and grace end at the venue's midnight, a minute before and after, in every zone and season."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from verifier.casefile import Activity, Claim, Venue, Window
from verifier.programs import measure

ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago",
     "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns", "UTC"]
)  # fmt: skip
PLACES = st.sampled_from(
    [(53.8669, 10.6848, "Europe/Berlin"), (-13.8333, -171.7667, "Pacific/Apia"), (27.7172, 85.3240, "Asia/Kathmandu"),
     (-31.5553, 159.0821, "Australia/Lord_Howe"), (52.3, 4.9, "Europe/Amsterdam")]
)  # fmt: skip
DAYS = st.dates(date(2016, 1, 1), date(2032, 12, 31))
MINUTE = timedelta(minutes=1)


def late(venue: Venue, end: date, submitted: datetime, days: int, grace: int) -> int:
    activity = Activity(
        id="display", title="", slots=(), requirements=(), required=frozenset(), deadline_days=days, grace_days=grace
    )
    window = Window(start=end - timedelta(days=6), end=end)
    claim = Claim(id="C", activity="display", window=window, submitted_at=submitted, venue=venue)
    (found,) = (f for f in measure(claim, activity, (), {}).findings if f.code == "claim.days_after_deadline")
    assert isinstance(found.value, int)
    return found.value


def midnight_after(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


@given(zone=ZONES, end=DAYS, days=st.integers(0, 90), grace=st.integers(0, 14), seen_from=ZONES)
def test_a_minute_before_the_last_midnight_is_in_time_and_a_minute_after_it_is_late(
    zone: str, end: date, days: int, grace: int, seen_from: str
) -> None:
    venue = Venue(name="store", timezone=zone)
    edge = midnight_after(end + timedelta(days=days + grace), zone)
    before, after = ((edge + step).astimezone(ZoneInfo(seen_from)) for step in (-MINUTE, MINUTE))
    assert late(venue, end, before, days, grace) == 0
    assert late(venue, end, after, days, grace) == 1


@given(place=PLACES, end=DAYS, days=st.integers(0, 60))
def test_a_venue_without_a_stated_zone_has_the_midnight_of_where_it_lies(
    place: tuple[float, float, str], end: date, days: int
) -> None:
    latitude, longitude, zone = place
    venue = Venue(name="store", latitude=latitude, longitude=longitude)
    edge = midnight_after(end + timedelta(days=days), zone)
    assert late(venue, end, edge - MINUTE, days, 0) == 0
    assert late(venue, end, edge + MINUTE, days, 0) == 1
