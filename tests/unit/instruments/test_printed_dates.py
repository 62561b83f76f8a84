"""Dates on a report are read as days; an ambiguous one keeps both."""

from __future__ import annotations

from datetime import date

import pytest

from verifier.instruments import dates


@pytest.mark.parametrize(
    "text",
    [
        *("2026-05-12", "2026/05/12", "12 May 2026", "May 12, 2026", "Tuesday. May 12. 2026", "12-May-2026"),
        *("12.05.2026", "12. 5. 2026", "12.05.26", "12. Mai 2026", "le 12 mai 2026", "SENTMay 12, 2026 3:22 PM"),
        "Sent on 12th May 2026 at 10:00",
    ],
)
def test_a_printed_date_is_a_day(text: str) -> None:
    assert [one.days for one in dates.find(text)] == [(date(2026, 5, 12),)]


@pytest.mark.parametrize(
    "text", ["May 12 – 26, 2026", "12 - 26 May 2026", "12.–26. Mai 2026", "May 12, 2026 - May 26, 2026"]
)
def test_both_ends_of_a_range_are_days(text: str) -> None:
    assert [one.days for one in dates.find(text)] == [(date(2026, 5, 12),), (date(2026, 5, 26),)]


@pytest.mark.parametrize("text", ["Dec 20 - Jan 5, 2026", "20 Dec – 5 Jan 2026", "20. Dezember – 5. Januar 2026"])
def test_a_range_over_the_new_year_began_the_year_before(text: str) -> None:
    assert [one.days for one in dates.find(text)] == [(date(2025, 12, 20),), (date(2026, 1, 5),)]


def test_a_date_with_slashes_may_mean_two_days() -> None:
    (found,) = dates.find("04/05/2026")
    assert found.days == (date(2026, 4, 5), date(2026, 5, 4))


def test_a_day_that_does_not_exist_settles_the_order() -> None:
    (found,) = dates.find("24/05/2026")
    assert found.days == (date(2026, 5, 24),)


def test_numbers_and_versions_are_no_dates() -> None:
    assert dates.find("12,400 of 2026 in 3.14.2 and Rate 12 2026") == ()
    assert dates.find("10.12.11.5 and 1/12/13/14 and 99/98/97 of 12/26") == ()
