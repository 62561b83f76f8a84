"""Tables and rivals on a page: what is set small, cut, covered, or printed twice with different numbers."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard_lines import line

from verifier.instruments import cut_labels, figures
from verifier.instruments.text import Line


def headline(lines: Sequence[Line]) -> dict[str, str]:
    return {reading.key: reading.numeral.text for reading in figures.of_lines(tuple(lines)).headline}


def rows(lines: Sequence[Line]) -> set[tuple[str, str, str]]:
    return {(reading.name, reading.key, reading.numeral.text) for reading in figures.of_lines(tuple(lines)).rows}


def test_nothing_in_large_print_is_no_total_where_something_is_printed_too() -> None:
    cards = [line("Sent", 40, 40), line("442", 40, 64), line("Opens", 40, 110), line("178", 40, 134)]
    trend = [line("Sent", 300, 40), line("0", 300, 70, height=40)]
    assert headline([*cards, *trend])["sent"] == "442"


def test_the_first_of_a_column_of_numbers_is_not_its_heads() -> None:
    column = [line(text, 300, 124 + 70 * at) for at, text in enumerate(("9", "4", "2"))]
    cards = [line("Sent", 40, 40), line("442", 40, 64), line("Clicks", 140, 40), line("17", 140, 64)]
    assert "unique_opens" not in headline([*cards, line("Unique opens", 300, 100), *column])


def test_a_last_row_of_low_digits_is_whole_and_one_of_cut_print_is_none() -> None:
    names = [line(name, 40, top) for name, top in (("Campaign", 40), ("Spring", 80), ("Summer", 120), ("May", 160))]
    heads = [line("Sent", 240, 40), line("Opens", 440, 40)]
    told = [line("900", 240, 80), line("310", 440, 80), line("700", 240, 120), line("212", 440, 120)]
    low = [line("3", 240, 161, height=18), line("1", 440, 163, height=14)]
    assert ("May", "opens", "1") in rows([*names, *heads, *told, *low])
    cut = [line("3", 240, 160, height=12), line("1", 440, 160, height=12)]
    assert not any(name == "May" for name, *_ in rows([*names, *heads, *told, *cut]))


def test_a_heading_cut_off_is_completed_in_the_language_of_the_others() -> None:
    dutch = (("Campagne", "Ontvangers", "Verzonden", "Afgel"), ("Voorjaar", "3.803", "3.803", "3.743"))
    table = (*dutch, ("Zomer", "3.769", "3.638", "3.501"))
    lines = [
        line(text, 40 + 200 * at, 40 + 40 * row) for row, cells in enumerate(table) for at, text in enumerate(cells)
    ]
    assert ("Zomer", "delivered", "3.501") in rows(lines)
    assert cut_labels.language(("Ontvangers", "Verzonden")) == "nl"
    assert cut_labels.language(("Ontvangers", "Enviados")) is None
    assert cut_labels.understand("Klik", "nl") is None


def test_rows_set_wide_apart_by_their_wrapped_names_are_one_table() -> None:
    lines = [
        line(text, 40 + 200 * at, 40, height=16) for at, text in enumerate(("Campaign", "Sent", "Opens", "Clicks"))
    ]
    for row, numbers in enumerate((("2,426", "310", "123"), ("6,791", "990", "68"), ("566", "41", "14"))):
        top = 120 + 112 * row
        lines += [line(text, 240 + 200 * at, top, height=24) for at, text in enumerate(numbers)]
        lines += [line(text, 40, top - 28 + 28 * at, height=24) for at, text in enumerate(("Midsummer", "tea", "news"))]
    assert headline(lines) == {}
    assert {text for _, key, text in rows(lines) if key == "sent"} == {"2,426", "6,791", "566"}
