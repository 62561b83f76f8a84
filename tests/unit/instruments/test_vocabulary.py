"""Labels are taken apart, whatever a platform calls its figures; words that name none stay strangers."""

from __future__ import annotations

import pytest

from verifier.instruments import vocabulary
from verifier.instruments.vocabulary import Kind


@pytest.mark.parametrize(
    ("label", "kind", "key"),
    [
        ("# Unique opens:", "count", "unique_opens"),
        ("UNIQUE CONFIRMED OPENS *", "rate", "unique_open_rate"),
        ("Emails delivered this 30 days", "count", "delivered"),
        ("Processed/Sent", "count", "sent"),
        ("Percent Bounced:", "rate", "bounce_rate"),
        ("Click-to-open rate", "rate", "ctor"),
        ("Click-through rate", "rate", "click_rate"),
        ("Öffnungsrate", "rate", "open_rate"),
        ("Eindeutige Klicks", "count", "unique_clicks"),
        ("Gesendete E-Mails", "count", "sent"),
        ("Spam-Beschwerden", "count", "spam"),
        ("Bounces + ...", "count", "bounces"),
        ("Del...", "count", "delivered"),
        ("Unsubscrlbes", "count", "unsubscribes"),
        ("Unsub rate", "rate", "unsubscribe_rate"),
        ("Bounces (soft)", "count", "soft_bounces"),
    ],
)
def test_a_label_names_its_figure(label: str, kind: Kind, key: str) -> None:
    meaning = vocabulary.understand(label)
    assert meaning is not None
    assert meaning.key(kind) == key


@pytest.mark.parametrize(
    "label",
    [
        "Total",
        "Delivery",
        "Delivered vs Bounces",
        "of delivered",
        "Deliverability score",
        "Bounces by category",
        "Storage used",
        "",
    ],
)
def test_words_that_name_no_figure_are_not_understood(label: str) -> None:
    assert vocabulary.understand(label) is None


def test_a_label_cut_by_its_column_is_completed_and_a_whole_word_is_not() -> None:
    cut = vocabulary.understand_cut("Click Throu")
    assert cut is not None
    assert cut.figure == "clicks"
    assert vocabulary.understand_cut("Unique") is None


def test_the_platform_is_named_by_its_longest_name() -> None:
    assert vocabulary.platform(["Salesforce Marketing Cloud", "Reports"]) == "Salesforce Marketing Cloud"
    assert vocabulary.platform(["Reports"]) is None
