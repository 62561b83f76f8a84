"""The text to the partner: what the rules ask for, and nothing that is not the partner's to know."""

from __future__ import annotations

from decided_reports import hit, report

from verifier.casefile import Bearing, Truth
from verifier.decisions import prefilled

A, B = "C-1/r1/1", "C-1/r1/2"


def test_what_speaks_against_the_claim_comes_before_what_is_open_and_each_is_asked_once() -> None:
    hits = (
        hit("send the original file", item=A, truth=Truth.CANNOT_TELL),
        hit("Send a photo from the window.", item=A),
        hit("Send a photo from the window.", item=A),
        hit("Explain the date."),
    )
    assert prefilled(report(hits=hits)) == (
        "a.png: Send a photo from the window.\nExplain the date.\na.png: Send the original file."
    )


def test_on_an_item_only_what_concerns_it_is_asked_and_its_name_is_left_out() -> None:
    made = report(hits=(hit("Ask one", item=A), hit("Ask two", item=B), hit("Ask all")), unread="Send it as PDF")
    assert prefilled(made, A) == "Ask one."
    assert prefilled(made, B) == "Send it as PDF.\nAsk two."
    assert prefilled(made, "") == prefilled(made, None)
    assert prefilled(made).startswith("b.png: Send it as PDF.\n")


def test_what_the_same_item_shows_already_is_not_asked_for() -> None:
    shown = hit("", item=A, bearing=Bearing.SUPPORTS)
    asks = (hit("Send the original", item=A, truth=Truth.CANNOT_TELL), shown)
    assert prefilled(report(hits=asks)) == ""
    elsewhere = (hit("Send the original", item=B, truth=Truth.CANNOT_TELL), shown)
    assert prefilled(report(hits=elsewhere)) == "b.png: Send the original."


def test_titles_weights_and_others_names_stay_inside() -> None:
    text = prefilled(report(hits=(hit("Send the original file", item=A),)))
    assert not any(secret in text for secret in ("Nordwind", "C-7", "15", "0.5"))
    assert prefilled(report(hits=(hit(""), hit("", bearing=Bearing.SUPPORTS)))) == ""
