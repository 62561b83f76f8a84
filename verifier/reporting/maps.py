"""The map of a place: drawn offline from the coordinates alone, north up, the expected point in the middle.

An azimuthal equidistant projection, so that every distance and direction from the middle is true, at a hundred metres
as at ten thousand kilometres. There are no streets and no coast: nothing is fetched, and nothing is carried for it.
"""

from __future__ import annotations

import math

from markupsafe import Markup

from verifier.casefile import Place
from verifier.reporting.tags import NOTHING, join, tag
from verifier.reporting.wording import distance, shortened

WIDE, HIGH = 480.0, 280.0
_EARTH = 6_371_008.8  # metres, mean radius (IUGG)
_MARGIN = 34.0  # for the dots' names
_LEAST = 50.0  # metres from the middle to the edge: receivers tell no more
_RINGS = 4  # about, from the middle to the sides
_LONGEST_NAME = 34  # letters


def place(mark: Place) -> Markup:
    """The card of a place: the map with its words, or the words alone where nothing was expected."""
    found = tag("p", "found at ", tag("b", _coordinates(mark.latitude, mark.longitude)), _error(mark), class_="label")
    if mark.expected_latitude is None or mark.expected_longitude is None:
        return found
    east, north = offset(mark.expected_latitude, mark.expected_longitude, mark.latitude, mark.longitude)
    apart = mark.distance if mark.distance is not None else math.hypot(east, north)
    limit = f", {distance(mark.limit)} allowed" if mark.limit is not None else ""
    expected = _coordinates(mark.expected_latitude, mark.expected_longitude)
    name = f"{mark.name}, " if mark.name else ""
    return join(
        _map(mark, east, north),
        found,
        tag("p", f"{mark.relation} {name}{expected}: ", tag("b", distance(apart), " away"), limit, class_="label"),
    )


def offset(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> tuple[float, float]:
    """Metres to the east and to the north of a point, at the true distance and in the direction of the great circle."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    turn = math.radians(other_longitude - longitude)
    chord = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    reach = 2 * _EARTH * math.asin(math.sqrt(min(1.0, chord)))
    x = math.sin(turn) * math.cos(b)
    y = math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(turn)
    length = math.hypot(x, y)
    return (reach * x / length, reach * y / length) if length else (0.0, 0.0)


def _map(mark: Place, east: float, north: float) -> Markup:
    limit, error = mark.limit or 0.0, mark.error or 0.0
    if not math.isfinite(east + north + limit + error):
        return NOTHING
    # what the eye must see: both points and both circles, but no circle is let to hide that the points are far apart
    reach_x = max(abs(east) + min(error, abs(east)), limit, error, _LEAST)
    reach_y = max(abs(north) + min(error, abs(north)), limit, error, _LEAST)
    scale = min((WIDE / 2 - _MARGIN) / reach_x, (HIGH / 2 - _MARGIN) / reach_y)
    step = nice(WIDE / 2 / scale / _RINGS)
    x, y = WIDE / 2 + east * scale, HIGH / 2 - north * scale
    near = math.hypot(x - WIDE / 2, y - HIGH / 2) < 16  # the names would lie on each other
    parts = [
        *_rings(step, scale),
        tag("circle", cx=WIDE / 2, cy=HIGH / 2, r=limit * scale, class_="allowed"),
        tag("circle", cx=x, cy=y, r=error * scale, class_="error") if error else NOTHING,
        tag("line", x1=WIDE / 2, y1=HIGH / 2, x2=x, y2=y, class_="way"),
        _dot(WIDE / 2, HIGH / 2, 4.5, "claimed", shortened(mark.name or mark.relation, _LONGEST_NAME), below=near),
        _dot(x, y, 5.5, "found", "this item", below=False),
        _scale_bar(step, scale),
        _north(),
    ]
    label = f"map: this item lies {distance(math.hypot(east, north))} from {mark.name or 'the expected place'}"
    view = f"0 0 {WIDE:.0f} {HIGH:.0f}"
    return tag("svg", *parts, viewBox=view, class_="sketch", role="img", aria_label=label)


def nice(value: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not above `value` (which is above 0)."""
    power = float(10 ** math.floor(math.log10(value)))
    return max(step * power for step in (1, 2, 5) if step * power <= value * 1.0001)


def _rings(step: float, scale: float) -> list[Markup]:
    """Circles of equal distance from the middle, as far as the frame's corners."""
    corner = math.hypot(WIDE, HIGH) / 2
    count = int(corner / (step * scale))
    return [tag("circle", cx=WIDE / 2, cy=HIGH / 2, r=n * step * scale, class_="ring") for n in range(1, count + 1)]


def _dot(x: float, y: float, radius: float, role: str, name: str, *, below: bool) -> Markup:
    """A dot with its name, on the side that has room for it."""
    left = x > WIDE * 0.62
    return join(
        tag("circle", cx=x, cy=y, r=radius, class_=role),
        tag(
            "text",
            name,
            x=x - 9 if left else x + 9,
            y=y + 17 if below else y - 7,
            text_anchor="end" if left else None,
            class_="map-name",
        ),
    )


def _scale_bar(step: float, scale: float) -> Markup:
    """As long as the rings are apart."""
    x, y = 12.0, HIGH - 12
    end = x + step * scale
    points = f"{x:.1f},{y - 5:.1f} {x:.1f},{y:.1f} {end:.1f},{y:.1f} {end:.1f},{y - 5:.1f}"
    label = tag("text", _round(step), x=x, y=y - 9, class_="map-scale")
    return join(tag("polyline", points=points, class_="bar"), label)


def _north() -> Markup:
    x, y = WIDE - 16, 30
    arrow = tag("polygon", points=f"{x:.0f},{y - 8} {x - 4:.0f},{y + 4} {x + 4:.0f},{y + 4}", class_="arrow")
    return join(tag("text", "N", x=x, y=float(y - 12), text_anchor="middle", class_="map-scale"), arrow)


def _round(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 1000 else f"{metres / 1000:,.0f} km"


def _error(mark: Place) -> str:
    return f" (the receiver's error is {distance(mark.error)})" if mark.error else ""


def _coordinates(latitude: float, longitude: float) -> str:
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.4f}° {north}, {abs(longitude):.4f}° {east}"
