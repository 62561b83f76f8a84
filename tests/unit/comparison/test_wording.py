"""What two pages say, side by side."""

from __future__ import annotations

import pytest

from verifier.comparison.wording import Saying, compare, telling

FIGURES = ["12,400", "12,214", "3,908", "32.0%", "527", "4.3%", "186"]
LABELS = ["sent", "delivered", "unique opens", "open rate", "unique clicks", "click rate", "bounces"]
FRAME = ["campaign", "overview", "spring", "lighting", "recipients", "top", "links"]
REPORT = [word for pair in zip(LABELS, FIGURES, FRAME, strict=True) for text in pair for word in text.split()]


def changed(*pairs: tuple[str, str]) -> list[str]:
    return [dict(pairs).get(word, word) for word in REPORT]


def test_equal_pages_say_the_same() -> None:
    assert compare(REPORT, REPORT).saying is Saying.SAME


def test_the_order_of_reading_does_not_matter() -> None:
    assert compare(REPORT[::-1], REPORT).saying is Saying.SAME


def test_two_changed_figures_are_named() -> None:
    found = compare(changed(("3,908", "6,908"), ("527", "1,527")), REPORT)
    assert found.saying is Saying.ALTERED
    assert found.changes == (("3,908", "6,908"), ("527", "1,527"))


def test_another_campaign_on_the_same_template_is_another_report() -> None:
    other = changed(
        ("12,400", "8,120"),
        ("12,214", "8,004"),
        ("3,908", "2,417"),
        ("32.0%", "30.2%"),
        ("527", "311"),
        ("4.3%", "3.9%"),
        ("186", "116"),
    )
    assert compare(other, REPORT).saying is Saying.OTHER


def test_other_words_with_equal_figures_are_another_report() -> None:
    invoice = ["invoice", "total", "tax", "item", "price", "unit", "shipping"]
    assert compare([*FIGURES, *invoice, *invoice], REPORT).saying is Saying.OTHER


def test_a_figure_that_one_reading_dropped_is_no_alteration() -> None:
    assert compare([word for word in REPORT if word != "186"], REPORT).saying is Saying.SAME


@pytest.mark.parametrize("words", [(), ("sent", "12,400"), ("a", "b", "c", "d")])
def test_too_few_words_cannot_be_told(words: tuple[str, ...]) -> None:
    assert compare(words, REPORT).saying is Saying.UNKNOWN


def test_a_page_with_hardly_a_figure_cannot_be_told_from_its_template() -> None:
    page = ["campaign", "report", "nothing", "sent", "yet", "opens", "0", "clicks", "0"]
    assert compare(page, page).saying is Saying.UNKNOWN


def test_years_and_times_of_day_tell_nothing() -> None:
    assert telling(["2026", "09:00", "12:30:01", "12", "127", "32.0%", "1999"]) == ("127", "32.0%")
