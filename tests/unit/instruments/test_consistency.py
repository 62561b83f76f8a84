"""Figures are held against each other by what their digits allow: rounding never makes a contradiction."""

from __future__ import annotations

from verifier.instruments import consistency, numerals
from verifier.instruments.numerals import Numeral


def printed(**texts: str) -> dict[str, Numeral]:
    return {key: numeral for key, text in texts.items() if (numeral := numerals.parse(text))}


def test_figures_of_one_campaign_contradict_nothing() -> None:
    figures = printed(sent="12,400", delivered="12,214", bounces="186", unique_opens="3,908", open_rate="32.0%")
    assert consistency.contradictions(figures) == ()
    assert consistency.tensions(figures) == ()
    assert [check.explanation for check in consistency.rates(figures)] == ["unique_opens / delivered"]


def test_more_delivered_than_sent_is_a_contradiction() -> None:
    (violation,) = consistency.contradictions(printed(sent="1,200", delivered="1,300"))
    assert violation.keys == ("delivered", "sent")


def test_rounded_figures_that_may_be_in_order_are_no_contradiction() -> None:
    assert consistency.contradictions(printed(sent="6.77K", delivered="6,774")) == ()
    assert consistency.contradictions(printed(sent="6.77K", delivered="6,776")) != ()


def test_a_count_is_whole_so_its_mark_parts_thousands() -> None:
    assert consistency.contradictions(printed(unique_clicks="1.234", clicks="900")) != ()


def test_delivery_and_bounce_rates_beyond_a_whole_are_a_contradiction() -> None:
    (violation,) = consistency.contradictions(printed(delivery_rate="98.5%", bounce_rate="2.5%"))
    assert "100%" in violation.relation


def test_deferred_mail_is_tension_and_no_contradiction() -> None:
    figures = printed(sent="1,000", delivered="950", bounces="20")
    assert consistency.contradictions(figures) == ()
    assert [violation.relation for violation in consistency.tensions(figures)] == ["sent = delivered + bounces"]


def test_a_rate_that_no_count_gives_is_not_explained_and_says_what_was_tried() -> None:
    (check,) = consistency.rates(printed(delivered="12,214", unique_opens="6,908", open_rate="32.0%"))
    assert check.explanation is None
    assert check.tried == ("unique_opens / delivered",)


def test_a_rate_without_its_counts_is_not_checked() -> None:
    assert consistency.rates(printed(open_rate="32.0%", sent="100")) == ()


def test_a_rate_of_nothing_sent_divides_nothing() -> None:
    (check,) = consistency.rates(printed(delivered="0", unique_opens="0", open_rate="0.0%"))
    assert check.explanation == "unique_opens / delivered"
