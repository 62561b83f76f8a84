"""Positions that receivers do not write are doubted, and distances are great circles."""

from __future__ import annotations

import pytest

from verifier.instruments import position
from verifier.instruments.container import State
from verifier.instruments.exif import Exif


def here(latitude: float | None, longitude: float | None, error: float | None = None) -> position.Position | None:
    return position.of(Exif(state=State.PRESENT, latitude=latitude, longitude=longitude, gps_error=error))


@pytest.mark.parametrize(
    ("latitude", "longitude", "why"),
    [
        (0.0, 0.0, "no fix"),
        (53.0, 10.0, "whole degrees"),
        (95.5, 10.1, "no coordinates"),
        (10.2, 190.4, "no coordinates"),
    ],
)
def test_a_position_that_no_receiver_writes_is_doubted(latitude: float, longitude: float, why: str) -> None:
    found = here(latitude, longitude)
    assert found is not None
    assert why in found.doubt


def test_a_position_on_the_equator_or_the_meridian_is_believed() -> None:
    for latitude, longitude in ((0.0, 9.45), (51.4779, 0.0)):
        found = here(latitude, longitude)
        assert found is not None
        assert found.doubt == ""


def test_half_a_position_is_none() -> None:
    assert here(53.8, None) is None
    assert here(None, None) is None


def test_distances_are_those_of_the_map() -> None:
    assert position.metres(53.8669, 10.6848, 53.8669, 10.6848) == 0.0
    assert position.metres(52.5200, 13.4050, 48.8566, 2.3522) == pytest.approx(878_000, rel=0.005)  # Berlin, Paris
    assert position.metres(0, 179.9, 0, -179.9) == pytest.approx(22_239, rel=0.001)  # over the date line
    assert position.metres(90, 0, -90, 77) == pytest.approx(20_015_000, rel=0.001)


@pytest.mark.parametrize(
    ("latitude", "longitude", "why"),
    [
        (10.6848, 53.8669, "swapped"),
        (-53.8669, 10.6848, "latitude is wrong"),
        (53.8669, -10.6848, "longitude is wrong"),
        (-53.8669, -10.6848, "both hemispheres"),
    ],
)
def test_a_slip_of_the_pen_is_doubted_and_not_called_far(latitude: float, longitude: float, why: str) -> None:
    found = here(latitude, longitude)
    assert found is not None
    assert why in position.apart(found, 53.8669, 10.6848, 500).doubt


def test_the_receivers_error_is_taken_off_the_distance() -> None:
    found = here(53.8759, 10.6848, 65.0)
    assert found is not None
    apart = position.apart(found, 53.8669, 10.6848, 500)
    assert apart.exact == pytest.approx(1000.7, abs=1)
    assert apart.sure == pytest.approx(935.7, abs=1)
    assert not apart.doubt


def test_a_venue_on_the_equator_is_not_taken_for_its_mirror_image() -> None:
    found = here(0.0021, 36.8)
    assert found is not None
    assert not position.apart(found, 0.0019, 36.8, 500).doubt
