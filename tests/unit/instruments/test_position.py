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
