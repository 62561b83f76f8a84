"""Which channel a report is of: told by titles, words and figures, and left open where they speak for two."""

from __future__ import annotations

import pytest

from verifier.instruments import channels


def test_a_menu_that_mentions_push_does_not_outweigh_a_mail_report() -> None:
    lines = ["Push Platform", "Email performance", "Unique opens", "Spam reports"]
    assert channels.of_page(lines, [], None) == "email"


@pytest.mark.parametrize(
    ("title", "channel"),
    [
        ("Push notification report", "push"),
        ("SMS-Kampagne", "sms"),
        ("Rapport de webinaire", "webinar"),
        ("Campaña de anuncios", "web ads"),
        ("Socialmediabericht", "social"),
        ("Mensagem in-app", "in-app"),
    ],
)
def test_a_report_is_told_by_its_title(title: str, channel: str) -> None:
    assert channels.of_page([title, "Delivered"], [], None) == channel


def test_figures_that_one_channel_alone_prints_tell_it() -> None:
    assert channels.of_page(["Report"], ["registrants", "attendees"], None) == "webinar"
    assert channels.of_page(["Report"], ["spend", "cpc"], None) == "web ads"


def test_a_platform_of_one_channel_tells_a_mailing() -> None:
    assert channels.of_page(["Overview"], [], "SendGrid") == "email"


def test_nothing_is_told_where_two_channels_are_as_likely_or_one_is_named_in_passing() -> None:
    assert channels.of_page(["SMS campaign", "Email campaign"], [], None) is None
    assert channels.of_page(["Delivered", "Mobile app"], [], None) is None
    assert channels.of_page(["Delivered", "Bounced"], [], None) is None


def test_opens_beside_unsubscribes_or_bounces_tell_a_mailing_and_unsubscribes_alone_do_not() -> None:
    assert channels.of_page(["Report"], ["sent", "opens", "unsubscribes"], None) == "email"
    assert channels.of_page(["Report"], ["opens", "bounces"], None) == "email"
    assert channels.of_page(["Unsubscribes"], ["sent", "clicks", "unsubscribes"], None) is None
    assert channels.of_page(["Texts", "Unsubscribes"], ["opens", "unsubscribes"], None) is None


@pytest.mark.parametrize(
    "title", ["WhatsApp broadcast", "RCS campaign", "Messenger campaign", "Direct mail", "WhatsApp-Kampagne"]
)
def test_a_channel_that_is_none_of_those_told_is_no_mailing(title: str) -> None:
    assert channels.of_page([title, "Delivered", "Read"], ["opens", "unsubscribes"], None) is None


@pytest.mark.parametrize("word", ["Mirror page", "SMTP", "Sending domain", "Posteingang", "Boîte de réception"])
def test_a_word_that_only_mail_has_tells_a_mailing(word: str) -> None:
    assert channels.of_page(["Delivered", word], [], None) == "email"
