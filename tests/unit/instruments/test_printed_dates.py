"""Dates on a report are read as days; an ambiguous one keeps both."""

from __future__ import annotations

from datetime import date

import pytest

from verifier.instruments import dates


@pytest.mark.parametrize(
    "text",
    ["2026-05-12", "12 May 2026", "May 12, 2026", "12.05.2026", "12. Mai 2026", "Sent on 12th May 2026 at 10:00"],
)
def test_a_printed_date_is_a_day(text: str) -> None:
    assert [one.days for one in dates.find(text)] == [(date(2026, 5, 12),)]


def test_a_date_with_slashes_may_mean_two_days() -> None:
    (found,) = dates.find("04/05/2026")
    assert found.days == (date(2026, 4, 5), date(2026, 5, 4))


def test_a_day_that_does_not_exist_settles_the_order() -> None:
    (found,) = dates.find("24/05/2026")
    assert found.days == (date(2026, 5, 24),)


def test_numbers_and_versions_are_no_dates() -> None:
    assert dates.find("12,400 of 2026 in 3.14.2 and Rate 12 2026") == ()
