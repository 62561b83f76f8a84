"""The map is to scale at any distance, north is up, and it is drawn from the coordinates alone."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.casefile import Place
from verifier.instruments.position import metres
from verifier.reporting import maps

STORE = Place(
    latitude=53.8569, longitude=10.6848, expected_latitude=53.8669, expected_longitude=10.6848, distance=1112.0,
    limit=500.0, error=65.0, name="Elektro Holsten",
)  # fmt: skip
LATITUDES, LONGITUDES = st.floats(-89, 89), st.floats(-180, 180)


def circle(card: str, role: str) -> tuple[float, float, float]:
    found = re.search(rf'<circle cx="([\d.-]+)" cy="([\d.-]+)" r="([\d.]+)" class="{role}"', card)
    assert found is not None
    return float(found[1]), float(found[2]), float(found[3])


def test_the_venue_is_in_the_middle_and_south_is_below() -> None:
    card = maps.place(STORE)
    claimed, found = circle(card, "claimed"), circle(card, "found")
    assert claimed[:2] == (maps.WIDE / 2, maps.HIGH / 2)
    assert found[0] == claimed[0]
    assert found[1] > claimed[1]
    assert "1.1 km away" in card
    assert "500 m allowed" in card
    assert "Elektro Holsten" in card


def test_radius_error_and_scale_bar_are_to_one_scale() -> None:
    card = maps.place(STORE)
    scale = (circle(card, "found")[1] - circle(card, "claimed")[1]) / 1111.95
    assert circle(card, "allowed")[2] == pytest.approx(500 * scale, rel=0.01)
    assert circle(card, "error")[2] == pytest.approx(65 * scale, rel=0.01)
    bar = re.search(r'points="([\d.]+),[\d.]+ [\d.]+,[\d.]+ ([\d.]+),', card)
    label = re.search(r'class="map-scale">([\d,]+) m<', card)
    assert bar is not None
    assert label is not None
    assert float(bar[2]) - float(bar[1]) == pytest.approx(float(label[1]) * scale, rel=0.02)


def test_a_place_across_the_date_line_is_near() -> None:
    mark = Place(latitude=0, longitude=-179.999, expected_latitude=0, expected_longitude=179.999)
    card = maps.place(mark)
    assert "222 m away" in card
    assert circle(card, "found")[0] > circle(card, "claimed")[0], "to the east"


def test_without_an_expected_place_there_are_words_and_no_map() -> None:
    card = maps.place(Place(latitude=-33.9, longitude=18.4))
    assert "<svg" not in card
    assert "33.9000° S, 18.4000° E" in card


def test_a_name_cannot_bring_markup_into_the_map() -> None:
    assert "<script" not in maps.place(replace(STORE, name="<script>alert(1)</script>"))


def test_numbers_that_are_none_leave_the_words() -> None:
    assert "<svg" not in maps.place(replace(STORE, latitude=float("nan")))


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_offsets_are_as_long_as_the_great_circle(a: float, b: float, c: float, d: float) -> None:
    assert math.hypot(*maps.offset(a, b, c, d)) == pytest.approx(metres(a, b, c, d), abs=0.5)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES, st.floats(0, 5e6), st.floats(0, 5e6))
def test_both_points_lie_inside_the_frame(a: float, b: float, c: float, d: float, limit: float, error: float) -> None:
    mark = Place(latitude=a, longitude=b, expected_latitude=c, expected_longitude=d, limit=limit, error=error)
    x, y, _ = circle(maps.place(mark), "found")
    assert 0 <= x <= maps.WIDE
    assert 0 <= y <= maps.HIGH


@given(st.floats(1e-3, 1e9))
def test_steps_are_one_two_or_five(value: float) -> None:
    step = maps.nice(value)
    assert step <= value * 1.001
    assert value < 2.6 * step
    assert f"{step:.0e}"[0] in "125"
