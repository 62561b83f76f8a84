"""Where a picture says it was taken: coordinates that make no sense are told apart from far ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

from verifier.instruments.exif import Exif

EARTH_RADIUS = 6_371_008.8  # metres, mean radius (IUGG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Degrees (WGS 84); `error` is what the receiver gave as its own, in metres; `doubt` says why it is useless."""

    latitude: float
    longitude: float
    error: float = 0.0
    doubt: str = ""


def of(exif: Exif) -> Position | None:
    """The position that the camera wrote, None where it wrote none.

    Doubted: (0, 0), which receivers write before their first fix; whole degrees, which people type; and numbers that
    are no coordinates.
    """
    latitude, longitude = exif.latitude, exif.longitude
    if latitude is None or longitude is None:
        return None
    doubt = ""
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        doubt = "these are no coordinates"
    elif abs(latitude) < 0.001 and abs(longitude) < 0.001:
        doubt = "the receiver had no fix: it wrote 0, 0"
    elif latitude == round(latitude) and longitude == round(longitude):
        doubt = "whole degrees are not what a receiver writes"
    return Position(latitude=latitude, longitude=longitude, error=exif.gps_error or 0.0, doubt=doubt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """How far a position is from a place: `exact` metres, and `sure` of them beyond the receiver's error.

    `doubt` says why the distance says nothing.
    """

    exact: float
    sure: float
    doubt: str = ""


def apart(here: Position, latitude: float, longitude: float, radius: float) -> Apart:
    """Distance from a place of that radius (metres). Doubted where a slip of the pen explains it: two coordinates
    changed places, or one lost its sign (the letter of its hemisphere), in the file or in what was claimed.
    """
    exact = metres(here.latitude, here.longitude, latitude, longitude)
    slips = {
        "latitude and longitude are swapped": (here.longitude, here.latitude),
        "the hemisphere of the latitude is wrong": (-here.latitude, here.longitude),
        "the hemisphere of the longitude is wrong": (here.latitude, -here.longitude),
        "both hemispheres are wrong": (-here.latitude, -here.longitude),
    }
    slip = next((what for what, there in slips.items() if metres(*there, latitude, longitude) <= radius < exact), "")
    doubt = f"{slip}, in the file or in the claim" if slip else ""
    return Apart(exact=exact, sure=max(0.0, exact - here.error), doubt=doubt)


def metres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance by the haversine formula (Sinnott 1984); the sphere is off by 0.5% at most."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    east = math.radians(other_longitude - longitude)
    chord = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, chord)))
