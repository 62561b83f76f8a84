"""Layouts beyond cards and plain tables: funnels, matrices, groups of rows, what is no figure, and other channels."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from dashboard_lines import line

from verifier.casefile import Sheet
from verifier.instruments import figures
from verifier.instruments.text import Line


def table(*rows: Sequence[str], left: float = 40, top: float = 100, pitch: float = 40) -> list[Line]:
    """A header and rows of cells, 200 pixels apart."""
    return [
        line(text, left + 200 * column, top + pitch * number)
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
        if text
    ]


def headline(lines: Sequence[Line]) -> dict[str, str]:
    return {reading.key: reading.numeral.text for reading in figures.of_lines(tuple(lines)).headline}


def rows(lines: Sequence[Line]) -> set[tuple[str, str, str]]:
    return {(reading.name, reading.key, reading.numeral.text) for reading in figures.of_lines(tuple(lines)).rows}


def test_the_steps_of_a_funnel_give_their_rates_and_the_counts_far_below() -> None:
    lines = table(("Targeted", "Delivered", "Unique opens"), ("", "87.69%", "30.91%"), pitch=22)
    lines += table(("6,770", "5,937", "2,093"), top=240)
    assert headline(lines) == {
        "targeted": "6,770",
        "delivery_rate": "87.69%",
        "delivered": "5,937",
        "unique_open_rate": "30.91%",
        "unique_opens": "2,093",
    }


def test_a_list_is_read_however_far_its_figures_stand_from_its_labels() -> None:
    labels, values = ("Sent", "Delivered", "Unique opens"), ("12,400", "12,214", "3,908")
    lines = [line(text, 40, 100 + 50 * at) for at, text in enumerate(labels)]
    lines += [line(text, 2600 - 10 * len(text), 100 + 50 * at) for at, text in enumerate(values)]
    assert headline(lines) == {"sent": "12,400", "delivered": "12,214", "unique_opens": "3,908"}


def test_the_variants_of_a_test_are_rows_and_no_headline() -> None:
    lines = table(("", "Variant A", "Variant B"), ("Sent", "6,200", "6,190"), ("Open rate", "31.2%", "33.0%"))
    assert headline(lines) == {}
    assert ("Variant B", "open_rate", "33.0%") in rows(lines)


def test_of_a_matrix_the_column_of_totals_is_the_headline() -> None:
    lines = table(
        ("", "North", "South", "Total"), ("Sent", "6,200", "6,190", "12,390"), ("Opens", "900", "950", "1,850")
    )
    assert headline(lines) == {"sent": "12,390", "opens": "1,850"}


def test_two_tables_beside_each_other_are_read_apart() -> None:
    header = ("Name", "Sent", "Opens")
    lines = table(header, ("Spring", "500", "120"), ("Summer", "700", "210"))
    lines += table(header, ("Link one", "90", "12"), ("Link two", "80", "17"), left=900)
    assert {("Spring", "sent", "500"), ("Link two", "opens", "17")} <= rows(lines)


def test_days_under_their_campaigns_totals_are_parts_and_the_grand_total_is_the_headline() -> None:
    lines = table(
        ("Date", "Campaign", "Sent", "Opens"),
        ("Monday", "Spring", "400", "90"),
        ("Tuesday", "Spring", "100", "30"),
        ("Campaign total", "Spring", "500", "120"),
        ("Monday", "Summer", "700", "210"),
        ("Campaign total", "Summer", "700", "210"),
        ("Export total", "All campaigns", "1,200", "330"),
    )
    assert headline(lines) == {"sent": "1,200", "opens": "330"}
    assert {(key, text) for _, key, text in rows(lines)} == {
        ("sent", "500"),
        ("opens", "120"),
        ("sent", "700"),
        ("opens", "210"),
    }


def test_a_table_of_reasons_gives_its_total_and_no_rows() -> None:
    lines = [line("Bounce reasons", 40, 60)]
    lines += table(
        ("Name", "Bounces", "Delivered"), ("Total", "72", "900"), ("User unknown", "68", "0"), ("Full", "4", "0")
    )
    assert headline(lines)["bounces"] == "72"
    assert rows(lines) == set()


def test_a_header_left_of_its_columns_is_told_by_all_standing_off_alike() -> None:
    heads = [line(text, 300 + 300 * at, 100) for at, text in enumerate(("Delivered", "Unique opens", "Unique clicks"))]
    heads.append(line("Category", 40, 100))
    names = [line(text, 40, 140 + 40 * at) for at, text in enumerate(("Foxes", "Badgers"))]
    numbers = [
        line(text, 170 + 300 * at, 140 + 40 * row)
        for row, values in enumerate((("21", "19", "12"), ("10", "9", "4")))
        for at, text in enumerate(values)
    ]
    assert ("Badgers", "unique_clicks", "4") in rows([*heads, *names, *numbers])


def test_a_table_without_a_header_is_left_alone() -> None:
    lines = table(("Spring offers", "1,200", "1,180", "400"), ("Summer offers", "900", "890", "310"))
    assert headline(lines) == {}
    assert rows(lines) == set()


def test_changes_tooltips_pages_and_menus_are_no_figures() -> None:
    cards = table(("Sent", "Delivered", "Opens"), ("12,400", "12,214", "3,908"))
    changes = [line("4.2% vs. previous", 40 + 200 * at, 165, 14) for at in range(3)]
    pages = [line("Items per page: 25 50 100", 40, 400)]
    tooltip = [line("Day 5", 700, 300), line("Complaints 27", 700, 322)]
    menu = [
        line(text, 1200, 100 + 40 * at) for at, text in enumerate(("Clicks", "Bounces", "Reports", "Lists", "Logs"))
    ]
    assert headline([*cards, *changes, *pages, *tooltip, *menu, line("7", 1500, 142)]) == {
        "sent": "12,400",
        "delivered": "12,214",
        "opens": "3,908",
    }


def test_the_day_of_sending_is_no_number_of_mails() -> None:
    assert headline([line("Sent on", 40, 100), line("26", 130, 100)]) == {}


def test_of_two_values_the_one_that_makes_the_figures_agree_is_told() -> None:
    cards = table(("Sent", "Delivered"), ("985,745", "610,391"), pitch=30)
    legend = table(("Bounces",), ("375,354",), left=800, pitch=22)
    other = table(("Bounces",), ("381,134",), left=1200, pitch=22)
    assert headline([*cards, *legend, *other])["bounces"] == "375,354"


@pytest.mark.parametrize(
    ("labels", "values", "expected"),
    [
        (
            ("Impressions", "Clicks", "CTR", "Amount spent", "Cost per click"),
            ("48,200", "964", "2.00%", "$1,234.50", "$1.28"),
            {"impressions": "48,200", "clicks": "964", "ctr": "2.00%", "spend": "$1,234.50", "cpc": "$1.28"},
        ),
        (
            ("Registrierte", "Teilnehmer", "Teilnahmequote"),
            ("240", "96", "40,0 %"),
            {"registrants": "240", "attendees": "96", "show_up_rate": "40,0 %"},
        ),
        (
            ("Envoyés", "Conversions", "Chiffre d'affaires"),
            ("3 940", "41", "1 234,50 €"),
            {"sent": "3 940", "conversions": "41", "revenue": "1 234,50 €"},
        ),
    ],
)
def test_advertisements_webinars_and_sales_are_read_like_mailings(
    labels: Sequence[str], values: Sequence[str], expected: dict[str, str]
) -> None:
    assert headline(table(labels, values, pitch=30)) == expected
    assert {
        r.key: r.numeral.text for r in figures.of_sheet(Sheet(name="export", rows=(labels, values))).headline
    } == expected


def test_one_figure_that_stands_on_many_pages_makes_no_report() -> None:
    assert headline(table(("Impressions",), ("48,200",), pitch=30)) == {}
    assert headline(table(("Recipients",), ("4,782",), pitch=30)) == {}
