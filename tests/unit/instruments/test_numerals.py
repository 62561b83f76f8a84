"""Printed numbers mean what their digits allow, no more and no less."""

from __future__ import annotations

import pytest

from verifier.instruments import numerals


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("12,400", 12400, 12400),
        ("6.77K", 6765, 6775),
        ("392.8 k", 392750, 392850),
        ("1,48 Mio.", 1475000, 1485000),
        ("30.0%", 0.2995, 0.3005),
        ("(24 %)", 0.235, 0.245),
        ("1.234,5", 1234.45, 1234.55),
        ("1'234'567", 1234567, 1234567),
        ("12 345", 12345, 12345),
        ("1,23,456", 123456, 123456),
        ("-3", -3, -3),
    ],
)
def test_a_printed_number_is_the_interval_of_its_digits(text: str, low: float, high: float) -> None:
    numeral = numerals.parse(text)
    assert numeral is not None
    assert (numeral.meanings[0].low, numeral.meanings[0].high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("text", ["", "10:59", "2026-05-12", "1.2.2020", "v1.2.3", "5S", "210 54", "1,23.456", "Sent"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert numerals.parse(text) is None


def test_a_separator_that_can_be_read_two_ways_keeps_both_meanings() -> None:
    numeral = numerals.parse("1.234")
    assert numeral is not None
    assert [meaning.middle for meaning in numeral.meanings] == [1234, pytest.approx(1.234)]


def test_the_other_numbers_of_a_page_settle_which_mark_is_the_decimal_one() -> None:
    german = numerals.convention(["98,2 %", "6.214"])
    assert german == ","
    numeral = numerals.parse("6.214", german)
    assert numeral is not None
    assert [meaning.middle for meaning in numeral.meanings] == [6214]


def test_a_page_that_disagrees_about_its_decimal_mark_settles_nothing() -> None:
    assert numerals.convention(["98,2 %", "97.5%"]) is None


def test_an_abbreviated_number_agrees_with_what_rounds_to_it_and_with_nothing_else() -> None:
    short, near, far = (numerals.parse(text) for text in ("6.77K", "6,772", "6,781"))
    assert short is not None
    assert near is not None
    assert far is not None
    assert short.agrees(near)
    assert not short.agrees(far)


def test_values_keep_the_type_that_was_printed() -> None:
    values = [numeral.value for text in ("12,400", "32.0%", "0.35", "1.2K") if (numeral := numerals.parse(text))]
    assert values == [12400, 0.32, 0.35, 1200]
    assert isinstance(values[0], int)


def test_numbers_are_found_where_they_stand_free_and_not_inside_words_or_times() -> None:
    text = "62.71% | 9,832 of 15678, at 10:59 on A4 paper, v1.2.3"
    assert [one.numeral.text for one in numerals.find(text)] == ["62.71%", "9,832", "15678"]
    assert all(text[one.start : one.end] == one.numeral.text for one in numerals.find(text))
