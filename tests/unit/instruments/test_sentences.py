"""Figures in running text: told where the page is a report, and not where people only talk of such things."""

from __future__ import annotations

import pytest
from dashboard_lines import line

from verifier.instruments import figures
from verifier.instruments.text import Line


def text(*sentences: str) -> tuple[Line, ...]:
    return tuple(line(sentence, 40, 40 + 60 * place) for place, sentence in enumerate(sentences))


def headline(lines: tuple[Line, ...]) -> dict[str, str]:
    return {one.key: one.numeral.text for one in figures.of_lines(lines).headline}


def test_a_report_in_sentences_is_read_from_both_sides_of_its_numbers() -> None:
    told = headline(
        text(
            "Delivered to 9,812 inboxes. Subject line: What the frost left us.",
            "4,042 people opened it, that is an open rate of 41.2%.",
            "638 people clicked a link, a click rate of 6.5%.",
            "22 unsubscribed and 2 marked it as spam.",
        )
    )
    assert told == {
        "delivered": "9,812", "unique_opens": "4,042", "open_rate": "41.2%", "unique_clicks": "638",
        "click_rate": "6.5%", "unsubscribes": "22", "spam": "2",
    }  # fmt: skip


def test_a_sentence_beside_cards_is_told_less_surely_than_they_are() -> None:
    cards = (line("Opens", 40, 200), line("412", 40, 230), line("Clicks", 340, 200), line("63", 340, 230))
    found = figures.of_lines((*text("We sent your newsletter to 8,412 subscribers on Tuesday"), *cards)).headline
    assert {one.key: one.numeral.text for one in found} == {"sent": "8,412", "opens": "412", "clicks": "63"}
    assert next(one.confidence for one in found if one.key == "sent") < 0.85


@pytest.mark.parametrize(
    "sentences",
    [
        ("Last time 300 clicked and 12 complained, remember the newsletter?", "It was sent, and so far 2 bounced."),
        (
            "Say that you sent 1,000 emails to people on a list",
            "and 200 people opened one: an open rate of 20% of them.",
        ),
        ("In email marketing the average open rate is 35%,", "the click rate 2.6% and the unsubscribe rate 0.2%."),
        (
            "We sent 40 parcels on Monday and 12 were returned.",
            "Of 60 guests 45 registered and 30 attended the dinner.",
        ),
    ],
)
def test_talk_of_sending_and_opening_is_no_report(sentences: tuple[str, ...]) -> None:
    assert headline(text(*sentences)) == {}
