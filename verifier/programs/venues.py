"""Venue lists: a program's stores and halls as data, so that a claim names an id and nobody types coordinates.

CSV (or YAML, a list of the same fields): `id, name, latitude, longitude, timezone, radius`; radius and time zone may be
left out. The list's word goes before the claim's.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from verifier.casefile import Claim, Venue
from verifier.errors import ClaimError, InputError
from verifier.instruments.capture import zone_of

_FIELDS = ("id", "name", "latitude", "longitude", "timezone", "radius")
_REMEDY = f"keep the columns {', '.join(_FIELDS)}; degrees in WGS 84, radius in metres"


def load_venues(path: Path) -> Mapping[str, Venue]:
    """The venues of a list by their ids. Raises InputError that names the line (of YAML: the entry) and the field."""
    venues: dict[str, Venue] = {}
    for number, row in _rows(path):
        try:
            venue = _venue(row)
            if venue.id in venues:
                raise ValueError(f"the id {venue.id!r} stands twice")
        except (ValueError, TypeError, KeyError) as error:
            what = f"no {error}" if isinstance(error, KeyError) else error
            raise InputError(f"{path.name}:{number}: {what}", _REMEDY) from None
        venues[venue.id] = venue
    return venues


def locate(claim: Claim, venues: Mapping[str, Venue]) -> Claim:
    """The claim with its venue as the list has it, where it names an id. Raises ClaimError on one that is not there."""
    if claim.venue is None or not claim.venue.id:
        return claim
    listed = venues.get(claim.venue.id)
    if listed is None:
        near = difflib.get_close_matches(claim.venue.id, venues, n=1)
        what = f"{claim.venue.id!r} is not in the list of venues" + (f" (did you mean {near[0]}?)" if near else "")
        remedy = "correct it, or add the venue to the list" if venues else "give a list of venues, or state the place"
        raise ClaimError(f"venue.id {what}", remedy, {"venue.id": what})
    return replace(claim, venue=listed)


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() in (".yaml", ".yml"):
            entries = yaml.safe_load(text) or []
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise InputError(f"{path.name} is no list of venues", _REMEDY)
            yield from enumerate(entries, 1)
        else:
            reader = csv.DictReader(text.splitlines(), strict=True)
            yield from ((reader.line_num, row) for row in reader)
    except (OSError, UnicodeDecodeError, csv.Error, yaml.YAMLError) as error:
        raise InputError(f"{path.name} cannot be read: {error}", _REMEDY) from None


def _venue(row: Mapping[str, Any]) -> Venue:
    """One row. Raises KeyError or ValueError."""
    unknown = [str(name) for name in row if name not in _FIELDS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no field of a venue")
    said = {name: str(value).strip() for name, value in row.items() if value not in (None, "")}
    venue = Venue(
        id=said["id"],
        name=said["name"],
        latitude=_number(said, "latitude", -90, 90),
        longitude=_number(said, "longitude", -180, 180),
        timezone=said.get("timezone"),
    )
    radius = _number(said, "radius", 1, 100_000)
    if (venue.latitude is None) != (venue.longitude is None):
        raise ValueError("latitude and longitude go together")
    if venue.timezone and zone_of(venue.timezone) is None:
        raise ValueError(f"{venue.timezone!r} is no IANA time zone such as Europe/Berlin")
    return venue if radius is None else replace(venue, radius=radius)


def _number(said: Mapping[str, str], name: str, least: float, most: float) -> float | None:
    if name not in said:
        return None
    value = float(said[name])
    if not least <= value <= most:
        raise ValueError(f"{name} is {said[name]}; it should be {least} to {most}")
    return value
