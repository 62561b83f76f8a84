"""Which cells of an export differ from an earlier one, and what that makes of the two."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from verifier.casefile import Evidence, Kind, Sheet, Trace
from verifier.comparison import cells, growth
from verifier.comparison.twins import Likeness, judge_cells
from verifier.instruments import traces
from verifier.instruments.readings import Readings

Rows = Sequence[Sequence[str]]
HEADER = ("Campaign", "Send Date", "Sent", "Delivered", "Bounces", "Unique Opens", "Open Rate", "Unique Clicks")
SPRING = ("Spring offers", "2026-05-12", "12,400", "12,214", "186", "3,908", "32.0%", "527")
HARBOUR = ("Harbour news", "2026-05-19", "11,873", "11,690", "183", "2,411", "20.6%", "318")
COPPER = ("Copper days", "2026-05-26", "12,046", "11,955", "91", "4,127", "34.5%", "664")
WINTER = ("Winter letter", "2026-06-02", "9,817", "9,702", "115", "1,977", "20.4%", "245")
EXPORT = (HEADER, SPRING, HARBOUR, COPPER, WINTER)


def trace(rows: Rows) -> Trace:
    sheet = Sheet(name="export", rows=tuple(map(tuple, rows)))
    readings = Readings(Evidence(kind=Kind.TABLE, media_type="text/csv", raw=b"", sheets=(sheet,)))
    return traces.keep(readings).traces[0]


def changed(row: Sequence[str], **cells_: str) -> tuple[str, ...]:
    """The row with other cells, by the names of their columns."""
    return tuple(cells_.get(name.replace(" ", "_"), cell) for name, cell in zip(HEADER, row, strict=True))


def likeness(here: Rows, there: Rows) -> Likeness:
    return judge_cells(cells.compare(trace(here), trace(there)))[0]


def told(here: Rows, there: Rows) -> list[tuple[str, str, str]]:
    return [(change.label, change.old, change.new) for change in cells.compare(trace(here), trace(there)).changes]


@pytest.mark.parametrize("there", [EXPORT, (HEADER, SPRING), (("", ""), ("Exported for", "Nordlicht"), *EXPORT)])
def test_one_changed_figure_is_named_by_its_row_and_column(there: Rows) -> None:
    here = [changed(row, Unique_Opens="6,908") if row[0] == "Spring offers" else row for row in there]
    assert likeness(here, there) is Likeness.ALTERED
    number = list(there).index(SPRING) + 1
    assert told(here, there) == [(f"F{number} spring offers, unique opens", "3,908", "6,908")]


def test_labels_beside_their_figures_name_them_too() -> None:
    there = [("Metric", "Value"), *zip(HEADER, SPRING, strict=True)]
    here = [(name, "627" if name == "Unique Clicks" else value) for name, value in there]
    assert likeness(here, there) is Likeness.ALTERED
    assert told(here, there) == [("B9 unique clicks, value", "527", "627")]


def test_a_renamed_campaign_and_a_moved_date_are_named() -> None:
    here = (HEADER, changed(SPRING, Campaign="Garden week", Send_Date="2026-06-12"))
    assert likeness(here, (HEADER, SPRING)) is Likeness.ALTERED
    assert [old for _, old, _ in told(here, (HEADER, SPRING))] == ["spring offers", "2026-05-12"]


def test_a_sorted_export_with_columns_swapped_and_numbers_written_plainly_is_a_copy() -> None:
    order = (2, 0, 1, 7, 3, 4, 5, 6)
    rows = [[row[n].replace(",", "") for n in order] for row in (HEADER, WINTER, SPRING, COPPER, HARBOUR)]
    assert likeness(rows, EXPORT) is Likeness.COPY


def test_a_workbook_that_keeps_rates_as_fractions_is_a_copy() -> None:
    assert likeness((HEADER, changed(SPRING, Open_Rate="0.32", Sent="12400")), (HEADER, SPRING)) is Likeness.COPY


@pytest.mark.parametrize("there", [SPRING, COPPER])
def test_another_campaign_of_the_same_list_is_no_twin(there: Sequence[str]) -> None:
    same_list = changed(HARBOUR, Campaign=there[0], Sent=there[2], Delivered=there[3], Bounces=there[4])
    assert likeness((HEADER, same_list), (HEADER, there)) is Likeness.NONE


def test_an_export_that_grew_by_a_campaign_is_no_twin() -> None:
    assert likeness(EXPORT, EXPORT[:-1]) is Likeness.NONE


def test_a_removed_row_is_named_and_a_filtered_export_only_asked_about() -> None:
    less = (HEADER, SPRING, COPPER, WINTER)
    assert likeness(less, EXPORT) is Likeness.ALTERED
    assert told(less, EXPORT) == [("row 3", ", ".join(HARBOUR).lower(), "")]
    assert likeness((HEADER, SPRING), EXPORT) is Likeness.UNKNOWN


def test_too_few_figures_are_asked_about() -> None:
    small = changed(
        SPRING, Sent="90", Delivered="88", Bounces="2", Unique_Opens="30", Open_Rate="34%", Unique_Clicks="7"
    )
    there = (HEADER, small)
    assert likeness((HEADER, changed(small, Unique_Clicks="9")), there) is Likeness.UNKNOWN


GROWN = changed(SPRING, Unique_Opens="4,011", Open_Rate="32.8%", Unique_Clicks="541")


def again(here: Rows, there: Rows) -> bool:
    return growth.rows_again(trace(here), cells.compare(trace(here), trace(there)))


def test_grown_counts_are_the_same_campaign_read_out_again() -> None:
    assert again((HEADER, HARBOUR, GROWN), (HEADER, HARBOUR, SPRING))
    first, second = ("Exported on", "2026-05-20"), ("Exported on", "2026-05-27")
    assert again((second, HEADER, GROWN), (first, HEADER, SPRING))


def test_one_raised_count_and_the_next_send_of_a_newsletter_are_not() -> None:
    assert not again((HEADER, changed(SPRING, Unique_Opens="4,011")), (HEADER, SPRING))
    assert not again((HEADER, changed(GROWN, Send_Date="2026-05-19")), (HEADER, SPRING))


def test_numbers_of_rows_days_and_an_account_s_number_do_not_make_two_exports_alike() -> None:
    header = ("No", "Day", "Account", "Opens")
    opens = (("41", "77", "13", "58", "92"), ("36", "81", "24", "67", "19"))
    one, two = ([header, *((str(n), f"2026-05-0{n}", "7402118365", own[n - 1]) for n in range(1, 6))] for own in opens)
    assert likeness(one, two) is Likeness.NONE


def test_a_list_of_other_people_is_no_twin_and_moments_to_the_second_tell_the_same_one() -> None:
    header = ("Name", "Registered", "Attended")
    people = [(f"Person {'abcdefgh'[n]}", f"2026-05-04 09:{10 + n}:{21 + n}", "yes") for n in range(8)]
    renamed = [(name.replace("Person", "Guest"), *rest) for name, *rest in people]
    later = [(name, moment.replace("05-04 09", "06-01 11"), attended) for name, moment, attended in people]
    assert likeness([header, *renamed[:1], *people[1:]], [header, *people]) is Likeness.ALTERED
    assert likeness([header, *later], [header, *people]) is Likeness.NONE


def test_a_form_without_figures_leaves_no_trace() -> None:
    sheet = Sheet(name="form", rows=(("Name", "Town"), ("Ada", "Kiel"), ("Ben", "Bonn")))
    readings = Readings(Evidence(kind=Kind.TABLE, media_type="text/csv", raw=b"", sheets=(sheet,)))
    assert traces.keep(readings).traces == ()
