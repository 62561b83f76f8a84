"""Figures that stand close: in one line, in cells of two lines, in a list's second column, in repeated blocks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from dashboard_lines import line

from verifier.casefile import Box
from verifier.instruments import figures, vocabulary
from verifier.instruments.text import Line, Word


def placed(*cells: tuple[str, float, float]) -> list[Line]:
    return [line(text, left, top) for text, left, top in cells]


def headline(lines: Sequence[Line]) -> dict[str, str]:
    return {reading.key: reading.numeral.text for reading in figures.of_lines(tuple(lines)).headline}


def rows(lines: Sequence[Line]) -> set[tuple[str, str, str]]:
    return {(reading.name, reading.key, reading.numeral.text) for reading in figures.of_lines(tuple(lines)).rows}


def campaigns(second: Sequence[str], *, beneath: bool = True) -> list[Line]:
    """Two campaigns with recipients and clicks; `second` are the numbers beneath (or behind) the clicks."""
    lines = placed(("Campaign", 40, 40), ("Recipients", 340, 40), ("Clicks", 640, 40))
    for number, (name, sent, clicks) in enumerate((("Spring", "1,800", "90"), ("Dealers", "420", "63"))):
        top = 100 + 70 * number
        lines += placed((name, 40, top), (sent, 340, top + 10 * beneath), (clicks, 640, top))
        lines += placed((second[number], 640, top + 20) if beneath else (second[number], 700, top))
    return lines


@pytest.mark.parametrize("text", ["Sent: 732 | Delivered: 719 | Bounces: 13", "732 Sent | 719 Delivered | 13 Bounces"])
def test_the_ends_of_a_line_say_on_which_side_its_numbers_stand(text: str) -> None:
    assert headline([line(text, 40, 100)]) == {"sent": "732", "delivered": "719", "bounces": "13"}


def test_the_share_in_brackets_behind_a_label_is_that_labels() -> None:
    lines = placed(("53 bounced (1.2%)", 40, 100), ("9 unsubscribed (0.2%)", 40, 150), ("people who looked", 95, 200))
    found = headline(lines)
    assert (found["bounce_rate"], found["unsubscribe_rate"]) == ("1.2%", "0.2%")


def test_a_rate_beneath_a_tables_count_is_of_the_same_row() -> None:
    assert {("Spring", "click_rate", "5.0%"), ("Dealers", "click_rate", "15.0%")} <= rows(campaigns(("5.0%", "15.0%")))


def test_a_rate_beneath_a_tables_count_that_its_row_contradicts_is_not_told() -> None:
    assert "click_rate" not in {key for _, key, _ in rows(campaigns(("58.8%", "41.2%")))}


def test_a_share_behind_a_tables_count_is_its_rate_only_where_that_comes_out() -> None:
    shares, rates = campaigns(("58.8%", "41.2%"), beneath=False), campaigns(("5.0%", "15.0%"), beneath=False)
    assert "click_rate" not in {key for _, key, _ in rows(shares)}
    assert ("Spring", "click_rate", "5.0%") in rows(rates)


def test_what_a_second_line_counts_in_words_is_no_figure_of_the_page() -> None:
    found = campaigns(("120 recipients", "88 recipients"))
    assert headline(found) == {}
    assert ("Spring", "clicks", "90") in rows(found)


def test_a_state_behind_every_name_does_not_hide_a_table() -> None:
    lines = placed(("Campaign", 40, 40), ("Status", 240, 40), ("Opens", 440, 40), ("Clicks", 640, 40))
    for number, name in enumerate(("Spring", "Dealers")):
        top = 100 + 50 * number
        lines += placed((name, 40, top), ("Sent", 240, top), (f"{number + 3}12", 440, top), ("17", 640, top))
    assert {key for _, key, _ in rows(lines)} == {"opens", "clicks"}
    assert headline(lines) == {}


def test_a_lists_second_column_holds_the_rates_of_its_counts() -> None:
    lines = placed(("Hard bounced", 40, 100), ("14", 800, 100), ("0.26%", 1300, 100))
    lines += placed(("Unsubscribed", 40, 150), ("19", 800, 150), ("0.36%", 1300, 150))
    lines += placed(("Delivered", 40, 200), ("5,288", 770, 200))
    assert headline(lines) == {
        "hard_bounces": "14", "hard_bounce_rate": "0.26%", "unsubscribes": "19", "unsubscribe_rate": "0.36%",
        "delivered": "5,288",
    }  # fmt: skip


def test_a_number_goes_with_the_first_value_that_is_nearest() -> None:
    lines = placed(("Unique opens", 40, 100), ("Total opens", 40, 180), ("5,480", 260, 180))
    lines += [line("3,201", 40, 130, 30), line("31.69%", 140, 132, 26)]
    assert headline(lines) == {"unique_opens": "3,201", "unique_open_rate": "31.69%", "opens": "5,480"}


def test_blocks_that_repeat_their_labels_are_rows_and_no_headline() -> None:
    lines: list[Line] = []
    for number, (name, clicks, sent) in enumerate(
        (("Spring letter", "320", "5,000"), ("Members only", "210", "2,100"))
    ):
        top = 100 + 160 * number
        lines += placed((name, 40, top), ("Clicks", 500, top), (clicks, 620, top))
        lines += placed(("Sent", 500, top + 40), (sent, 620, top + 40))
    assert headline(lines) == {}
    assert {("Spring letter", "clicks", "320"), ("Members only", "sent", "2,100")} <= rows(lines)


def test_figures_told_twice_alike_are_no_blocks() -> None:
    lines = [
        one
        for top in (100, 300)
        for one in placed(("Sent", 40, top), ("900", 200, top), ("Clicks", 40, top + 40), ("31", 200, top + 40))
    ]
    assert headline(lines) == {"sent": "900", "clicks": "31"}


def test_a_total_may_count_people_once_who_stand_in_several_rows() -> None:
    lines = placed(("Campaign", 40, 40), ("Reach", 340, 40), ("Impressions", 540, 40), ("Clicks", 740, 40))
    figures_of = (("Autumn", "18,220", "40,102", "512"), ("Opening", "6,004", "22,871", "388"),
                  ("Both campaigns", "23,009", "62,973", "900"))  # fmt: skip
    for number, (name, *values) in enumerate(figures_of):
        lines += placed(
            (name, 40, 100 + 50 * number), *((v, 340 + 200 * at, 100 + 50 * number) for at, v in enumerate(values))
        )
    assert headline(lines) == {"reach": "23,009", "impressions": "62,973", "clicks": "900"}


def test_a_name_spelt_right_comes_before_one_misread() -> None:
    understood = vocabulary.understand("Average CPM")
    assert understood is not None
    assert understood.figure == "cpm"


def test_headings_read_in_one_line_are_parted_at_wide_gaps() -> None:
    words = [("Registered", 40, 140), ("Attendees", 157, 247), ("Revenue", 264, 334)]
    heads = tuple(Word(text=text, box=Box(left=left, top=100, right=right, bottom=120)) for text, left, right in words)
    box = Box(left=40, top=100, right=334, bottom=120)
    lines = [Line(text="Registered Attendees Revenue", box=box, confidence=0.99, words=heads)]
    lines += placed(("214", 40, 130), ("131", 157, 130), ("$900", 264, 130))
    assert headline(lines) == {"registrants": "214", "attendees": "131", "revenue": "$900"}


def test_a_list_beneath_other_words_is_no_menu() -> None:
    lines = placed(("Sent", 300, 20), ("900", 360, 20), ("Audience friends", 40, 100), ("Subject ideas", 40, 140))
    lines += placed(("Preview", 40, 180), ("Open rate", 40, 230), ("43.4%", 560, 230))
    lines += placed(("List average", 46, 270), ("39.1%", 560, 270))
    assert headline(lines)["open_rate"] == "43.4%"


def test_words_above_and_beneath_a_title_are_no_menu_and_tell_the_channel() -> None:
    lines = [line("In-app message", 40, 20), line("New year launch", 40, 44, 34), line("Sent on July 16, 2026", 40, 84)]
    lines += placed(("Devices", 40, 120), ("Impressions", 40, 160), ("Total clicks", 340, 160))
    lines += placed(("161,076", 40, 190), ("5,376", 340, 190))
    assert figures.of_lines(tuple(lines)).channel == "in-app"


def test_rings_whose_names_stand_as_far_below_each_are_read() -> None:
    lines = placed(("98.64%", 60, 100), ("Delivery rate", 25, 240), ("1.36%", 465, 100), ("Bounce rate", 435, 240))
    lines += placed(("0.30%", 65, 420), ("Unsubscribe rate", 10, 560))
    assert headline(lines) == {"delivery_rate": "98.64%", "bounce_rate": "1.36%", "unsubscribe_rate": "0.30%"}


def test_a_fraction_set_without_blanks_is_its_first_number() -> None:
    lines = placed(("Sent", 40, 100), ("155.760", 600, 100), ("Delivered", 40, 150), ("150.799/155.760", 600, 150))
    lines += placed(("Bounces", 40, 200), ("4.961/155.760", 600, 200))
    assert headline(lines) == {"sent": "155.760", "delivered": "150.799", "bounces": "4.961"}


def test_a_month_of_a_year_is_no_fraction() -> None:
    lines = placed(("Sent", 40, 100), ("900", 600, 100), ("Opens", 40, 150), ("412", 600, 150))
    lines += placed(("Clicks", 40, 200), ("12/2024", 600, 200))
    assert headline(lines) == {"sent": "900", "opens": "412"}


def test_a_label_may_stand_between_its_count_and_its_rate_where_others_do() -> None:
    lines: list[Line] = []
    for at, (count, name, rate) in enumerate((("12", "Unsubscribes", "0.41%"), ("31", "Bounces", "1.07%"))):
        lines += placed((count, 40 + 300 * at, 100), (name, 40 + 300 * at, 130), (rate, 40 + 300 * at, 160))
    assert headline(lines) == {
        "unsubscribes": "12", "unsubscribe_rate": "0.41%", "bounces": "31", "bounce_rate": "1.07%",
    }  # fmt: skip


def test_a_lone_number_above_a_rate_and_its_label_is_another_cards() -> None:
    lines = placed(
        ("100%", 40, 40), ("1", 40, 75), ("Click rate", 40, 110), ("0%", 40, 140), ("Sent", 400, 110), ("9", 400, 140)
    )
    assert "clicks" not in headline(lines)


def test_beside_a_click_rate_the_click_through_rate_is_of_opens_where_that_comes_out() -> None:
    lines = placed(("Open rate", 40, 100), ("22.77%", 40, 130), ("Click rate", 340, 100), ("3.31%", 340, 130))
    lines += placed(("Click through rate", 640, 100), ("14.54%", 640, 130))
    assert headline(lines) == {"open_rate": "22.77%", "click_rate": "3.31%", "ctor": "14.54%"}


def test_headings_that_the_reader_joined_are_parted_by_their_names() -> None:
    lines = placed(("Campaign Sent Unique opens Clicks", 40, 40))
    for at, (name, *values) in enumerate((("Spring", "900", "310", "41"), ("Summer", "700", "212", "30"))):
        top = 90 + 40 * at
        lines += placed(
            (name, 40, top), *((text, left, top) for text, left in zip(values, (130, 180, 310), strict=True))
        )
    assert {("Spring", "sent", "900"), ("Summer", "unique_opens", "212"), ("Summer", "clicks", "30")} <= rows(lines)


def test_a_sentence_about_figures_is_no_row_of_headings() -> None:
    lines = placed(("Sent, opens and clicks over time", 40, 40), ("900", 40, 80), ("310", 140, 80), ("41", 240, 80))
    assert headline(lines) == {}


def test_a_label_cut_within_its_last_word_is_completed_whatever_small_words_it_has() -> None:
    understood = vocabulary.understand("Click-to-open ra.")
    assert understood is not None
    assert understood.figure == "ctor"


def test_headings_in_groups_are_understood_with_their_groups() -> None:
    lines = placed(("Campaign", 40, 60), ("Sent", 240, 60), ("Opens", 450, 49), ("Clicks", 750, 49))
    lines += placed(*((text, 400 + 150 * at, 71) for at, text in enumerate(("Total", "Rate", "Total", "Rate"))))
    for number, values in enumerate(
        (("2,400", "1,210", "33.8%", "201", "5.8%"), ("1,150", "640", "37.5%", "98", "6.7%"))
    ):
        top = 130 + 40 * number
        lefts = (240, 400, 550, 700, 850)
        lines += placed(
            ("ABC"[number] + " letter", 40, top), *((v, x, top) for v, x in zip(values, lefts, strict=True))
        )
    assert {
        ("A letter", "opens", "1,210"), ("A letter", "open_rate", "33.8%"), ("B letter", "clicks", "98"),
        ("B letter", "click_rate", "6.7%"),
    } <= rows(lines)  # fmt: skip


def test_one_column_of_another_list_is_no_table_of_campaigns() -> None:
    lines = placed(("Department", 40, 40), ("Open", 340, 40), ("Closed", 540, 40), ("Applications", 740, 40))
    for number, (name, *values) in enumerate((("Sales", "4", "11", "120"), ("Design", "2", "3", "64"))):
        top = 90 + 40 * number
        lines += placed((name, 40, top), *((text, 340 + 200 * at, top) for at, text in enumerate(values)))
    assert rows(lines) == set()


def test_a_speck_beneath_a_lists_label_is_not_its_number() -> None:
    lines: list[Line] = []
    names = (("Delivered", "9,804"), ("Unique opens", "3,120"), ("Bounces", "196"), ("Unsubscribed", "18"))
    for number, (name, value) in enumerate(names):
        lines += placed((name, 40, 100 + 60 * number), (value, 700, 100 + 60 * number))
    lines.append(line("0", 40, 302, 9))
    assert headline(lines)["unsubscribes"] == "18"


def test_a_column_under_a_weak_name_alone_is_no_table_of_campaigns() -> None:
    cells = [("Newsletter", 40, 20), ("Sun", 40, 100), ("Send", 340, 100), ("4", 340, 140), ("7", 340, 180)]
    lines = placed(*cells, ("Mira", 40, 140), ("Jonas", 40, 180))
    assert rows(lines) == set()
    assert rows([*lines, *placed(("Opens", 640, 100), ("3", 640, 140), ("5", 640, 180))])
