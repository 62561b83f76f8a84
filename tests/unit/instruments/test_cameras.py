"""Cameras are known since the month in which they were first shown, whoever writes their names."""

from __future__ import annotations

from datetime import date

import pytest

from verifier.instruments import cameras


@pytest.mark.parametrize(
    ("make", "model", "since"),
    [
        ("Apple", "iPhone 12 mini", date(2020, 10, 1)),
        ("NIKON CORPORATION", "NIKON D90", date(2008, 8, 1)),
        ("Canon", "Canon EOS 7D", date(2009, 9, 1)),
        ("samsung", "SM-G930F", date(2016, 2, 1)),
        ("SONY", "ILCE-7M3", date(2018, 2, 1)),
    ],
)
def test_a_listed_camera_is_found_as_makers_write_it(make: str, model: str, since: date) -> None:
    assert cameras.announced(make, model) == since


@pytest.mark.parametrize(
    ("make", "model"), [("Apple", "iPhone 12 maxi"), ("Fenwald", "Kestra 7"), ("", ""), ("", "D90")]
)
def test_what_the_list_does_not_hold_is_not_judged(make: str, model: str) -> None:
    assert cameras.announced(make, model) is None


def test_the_list_holds_two_hundred_models_in_months_that_were() -> None:
    months = cameras._known().months
    assert len(months) >= 200
    assert all(date(1995, 1, 1) < month < date(2026, 11, 1) for month in months.values())
