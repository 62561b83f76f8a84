"""A position tells its zone offline, and a venue's own word goes before its position."""

from __future__ import annotations

import pytest

from verifier.casefile import Venue
from verifier.instruments import zones


@pytest.mark.parametrize(
    ("latitude", "longitude", "name"),
    [
        (53.8669, 10.6848, "Europe/Berlin"),
        (-13.8333, -171.7667, "Pacific/Apia"),
        (-14.2780, -170.7020, "Pacific/Pago_Pago"),
        (27.7172, 85.3240, "Asia/Kathmandu"),
        (-31.5553, 159.0821, "Australia/Lord_Howe"),
    ],
)
def test_a_position_tells_its_zone(latitude: float, longitude: float, name: str) -> None:
    found = zones.at(latitude, longitude)
    assert found is not None
    assert found.key == name


@pytest.mark.parametrize(("latitude", "longitude"), [(95.0, 10.0), (10.0, 190.5), (float("nan"), 3.0)])
def test_what_is_no_position_has_no_zone(latitude: float, longitude: float) -> None:
    assert zones.at(latitude, longitude) is None


def test_a_venues_zone_is_what_it_states_or_else_where_it_lies() -> None:
    stated = Venue(name="store", latitude=53.8669, longitude=10.6848, timezone="Europe/Lisbon")
    placed = Venue(name="store", latitude=53.8669, longitude=10.6848)
    assert [getattr(zones.of_venue(venue), "key", None) for venue in (stated, placed, Venue(name="store"), None)] == [
        "Europe/Lisbon",
        "Europe/Berlin",
        None,
        None,
    ]
