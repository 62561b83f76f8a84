"""Which time zone a place lies in, told offline from the shapes that timezonefinder carries (OpenStreetMap, ODbL)."""

from __future__ import annotations

import atexit
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from verifier.casefile import Venue
from verifier.instruments.capture import zone_of

if TYPE_CHECKING:
    from timezonefinder import TimezoneFinder


def at(latitude: float, longitude: float) -> ZoneInfo | None:
    """The zone of a position in degrees (WGS 84); at sea the nautical one, None for what is no position."""
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return zone_of(_finder().timezone_at(lat=latitude, lng=longitude))


def of_venue(venue: Venue | None) -> ZoneInfo | None:
    """The zone that a venue states, or else the one that its position lies in; None where neither is known."""
    if venue is None:
        return None
    if venue.timezone:
        return zone_of(venue.timezone)
    if venue.latitude is None or venue.longitude is None:
        return None
    return at(venue.latitude, venue.longitude)


@cache
def _finder() -> TimezoneFinder:
    """Loaded when first asked (0.2 s, 24 MB): most claims name their venue's zone, and most photos no position."""
    from timezonefinder import TimezoneFinder

    finder = TimezoneFinder()
    atexit.register(finder.cleanup)  # it maps two files
    return finder
