"""Labels are paired with the figures that belong to them: cards, lists, tables; what belongs to none is left alone."""

from __future__ import annotations

from dashboard_lines import line

from verifier.casefile import Sheet
from verifier.instruments import figures
from verifier.instruments.text import Line


def read(*lines: Line) -> dict[str, str]:
    return {reading.key: reading.numeral.text for reading in figures.of_lines(lines).headline}


def test_cards_with_labels_above_their_figures() -> None:
    found = read(
        *(line(label, 100 + 300 * at, 100) for at, label in enumerate(("Sent", "Delivered", "Unique opens"))),
        *(line(value, 100 + 300 * at, 130, 40) for at, value in enumerate(("12,400", "12,214", "3,908"))),
    )
    assert found == {"sent": "12,400", "delivered": "12,214", "unique_opens": "3,908"}


def test_cards_with_labels_below_their_figures() -> None:
    found = read(
        *(line(value, 100 + 300 * at, 100, 40) for at, value in enumerate(("12,400", "12,214", "3,908"))),
        *(line(label, 100 + 300 * at, 150) for at, label in enumerate(("Sent", "Delivered", "Unique opens"))),
    )
    assert found == {"sent": "12,400", "delivered": "12,214", "unique_opens": "3,908"}


def test_rows_of_cards_whose_figures_stand_over_their_labels_are_no_table() -> None:
    labels = (("Sent", "Delivered", "Bounces"), ("Unique opens", "Unique clicks", "Unsubscribes"))
    values = (("8,560", "8,431", "129"), ("2,276", "253", "17"))
    found = read(
        *(line(text, 100 + 300 * at, 100 + 140 * row, 40) for row in (0, 1) for at, text in enumerate(values[row])),
        *(line(text, 100 + 300 * at, 150 + 140 * row) for row in (0, 1) for at, text in enumerate(labels[row])),
    )
    assert found == {
        "sent": "8,560",
        "delivered": "8,431",
        "bounces": "129",
        "unique_opens": "2,276",
        "unique_clicks": "253",
        "unsubscribes": "17",
    }


def test_a_card_with_a_count_below_its_rate_gives_both() -> None:
    found = read(line("Opened", 100, 100), line("55.26%", 100, 130, 40), line("113,233", 100, 172))
    assert found == {"open_rate": "55.26%", "opens": "113,233"}


def test_a_list_with_figures_far_right_of_its_labels() -> None:
    rows = {"Requests": "41,428", "Delivered": "39,436", "Opens": "26,355", "Unsubscribes": "194"}
    found = read(
        *(line(label, 100, 100 + 40 * at) for at, label in enumerate(rows)),
        *(line(value, 900 - 10 * len(value), 100 + 40 * at) for at, value in enumerate(rows.values())),
    )
    assert found == {"targeted": "41,428", "delivered": "39,436", "opens": "26,355", "unsubscribes": "194"}


def test_a_label_wrapped_over_two_lines_is_one_label() -> None:
    found = read(line("Unique", 100, 100), line("opens", 100, 122), line("3,908", 100, 146), line("Sent", 500, 122),
                 line("9,000", 500, 146))  # fmt: skip
    assert found == {"unique_opens": "3,908", "sent": "9,000"}


HEADER = ("Name", "Sent", "Delivered", "Clicks")


def table(*rows: tuple[str, ...]) -> list[Line]:
    return [
        line(cell, 100 + 250 * column, 100 + 40 * at)
        for at, row in enumerate((HEADER, *rows))
        for column, cell in enumerate(row)
        if cell
    ]


def test_the_total_row_of_a_table_is_the_headline_and_the_others_are_rows() -> None:
    lines = table(("North", "400", "390", "12"), ("South", "600", "585", "20"), ("Total", "1,000", "975", "32"))
    found = figures.of_lines(lines)
    assert {reading.key: reading.numeral.text for reading in found.headline} == {
        "sent": "1,000",
        "delivered": "975",
        "clicks": "32",
    }
    assert [(reading.name, reading.numeral.text) for reading in found.rows if reading.key == "sent"] == [
        ("North", "400"),
        ("South", "600"),
    ]


def test_a_row_that_sums_the_others_is_the_total_without_saying_so() -> None:
    assert read(
        *table(("North", "400", "390", "12"), ("South", "600", "585", "20"), ("Both", "1,000", "975", "32"))
    ) == {
        "sent": "1,000",
        "delivered": "975",
        "clicks": "32",
    }


def test_several_campaigns_without_a_total_give_rows_and_no_headline() -> None:
    found = figures.of_lines(
        table(("May", "400", "390", "12"), ("June", "650", "585", "20"), ("July", "900", "880", "9"))
    )
    assert found.headline == ()
    assert len(found.rows) == 9


def test_the_ticks_of_an_axis_are_no_figures() -> None:
    ticks = [line(str(value), 60, 600 - value, 16) for value in (0, 100, 200, 300, 400)]
    assert read(line("Sent", 400, 100), line("12,400", 400, 125), line("Opens", 40, 140, 16), *ticks) == {
        "sent": "12,400"
    }


def test_numbers_without_labels_are_left_alone() -> None:
    assert (
        read(line("All Hands Email", 100, 100), line("345", 400, 100), line("241", 500, 100), line("543", 600, 100))
        == {}
    )


def test_other_words_keep_their_own_numbers() -> None:
    found = read(
        line("Revenue per order", 100, 100), line("48", 100, 125), line("Sent", 500, 100), line("12,400", 500, 125),
        line("Average latency", 900, 100), line("5", 900, 125),
    )  # fmt: skip
    assert found == {"sent": "12,400"}


def test_a_date_or_a_page_number_is_never_a_figure() -> None:
    assert read(line("Sent May 12, 2026", 100, 100), line("Page 1 of 20", 100, 140), line("Clicks", 100, 180)) == {}


def test_the_box_of_a_figure_is_where_it_stands() -> None:
    (reading,) = figures.of_lines([line("Delivered 84.18%", 100, 100)]).headline
    assert reading.value_box is not None
    assert reading.value_box.left >= 195
    assert reading.label_box is not None
    assert reading.label_box.right <= 195


def test_an_export_with_one_row_is_read_by_its_header() -> None:
    sheet = Sheet(name="export", rows=(("Campaign", "Sent", "Open Rate"), ("May", "3940", "31.0%")))
    assert {reading.key: reading.numeral.value for reading in figures.of_sheet(sheet).headline} == {
        "sent": 3940,
        "open_rate": 0.31,
    }


def test_an_export_with_several_campaigns_has_no_headline_unless_a_row_says_total() -> None:
    rows = (("Campaign", "Sent", "Clicks"), ("May", "3940", "31"), ("June", "100", "3"))
    assert figures.of_sheet(Sheet(name="export", rows=rows)).headline == ()
    with_total = Sheet(name="export", rows=(*rows, ("Total", "4040", "34")))
    assert {reading.key: reading.numeral.value for reading in figures.of_sheet(with_total).headline} == {
        "sent": 4040,
        "clicks": 34,
    }


def test_an_export_that_lists_labels_beside_values_is_read_row_by_row() -> None:
    sheet = Sheet(name="export", rows=(("Report", ""), ("Sent", "1.234"), ("Opens", "600"), ("Quote", "48,6 %")))
    assert {reading.key: reading.numeral.value for reading in figures.of_sheet(sheet).headline} == {
        "sent": 1234,
        "opens": 600,
    }
