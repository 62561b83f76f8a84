"""Figures of a mailing are told with their places, held against each other and against the claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from verifier.casefile import (
    Box,
    Brief,
    Evidence,
    Finding,
    Item,
    Kind,
    Page,
    PrintedWord,
    Quote,
    Sheet,
    Status,
    Table,
    Window,
)
from verifier.inspectors.campaign_metrics import CampaignMetrics
from verifier.instruments import second_reader, text
from verifier.instruments.readings import Readings

HONEST = {"Sent": "12,400", "Delivered": "12,214", "Unique opens": "3,908", "Open rate": "32.0%", "Bounces": "186"}
Inspect = Callable[..., dict[str, Finding]]


def words_at(text: str, left: int, row: int) -> list[PrintedWord]:
    words = []
    for word in text.split():
        box = Box(left=left, top=30 + 40 * row, right=left + 9 * len(word), bottom=46 + 40 * row)
        words.append(PrintedWord(text=word, box=box))
        left += 9 * len(word) + 6
    return words


def page_of(figures: Mapping[str, str], title: str = "Email campaign report", index: int = 0) -> Page:
    """A page with a text layer: a list of labels and their figures."""
    words = words_at(title, 20, 0)
    for row, (label, value) in enumerate(figures.items(), 1):
        words += words_at(label, 20, row) + words_at(value, 400, row)
    return Page(index=index, label="page", pixels=np.zeros((600, 600, 3), np.uint8), words=tuple(words))


@pytest.fixture
def inspect() -> Inspect:
    def run(
        *pages: Page, stated: Mapping[str, str] | None = None, sheets: tuple[Sheet, ...] = (), text: str = ""
    ) -> dict[str, Finding]:
        brief = Brief(
            activity="email_campaign",
            window=Window(start=date(2026, 5, 11), end=date(2026, 5, 24)),
            questions=frozenset({"campaign_metrics"}),
            stated=stated or {},
        )
        evidence = Evidence(
            kind=Kind.DOCUMENT, media_type="application/pdf", raw=b"", pages=pages, sheets=sheets, text=text
        )
        item = Item(id="c/r1/1", name="report.pdf", kind=Kind.DOCUMENT, media_type="application/pdf", digest="", size=1)
        inspector = CampaignMetrics()
        assert inspector.applies(item, brief)
        findings = list(inspector.inspect(item, brief, Readings(evidence)))
        assert {finding.code for finding in findings} <= inspector.codes
        return {finding.code.removeprefix("campaign_metrics."): finding for finding in findings}

    return run


def test_it_answers_only_when_asked_and_only_what_it_can_read() -> None:
    item = Item(id="c/r1/1", name="a.png", kind=Kind.IMAGE, media_type="image/png", digest="", size=1)
    asked = Brief(activity="email_campaign", questions=frozenset({"campaign_metrics"}))
    assert CampaignMetrics().applies(item, asked)
    assert not CampaignMetrics().applies(item, Brief(activity="in_store_display"))
    video = Item(id="c/r1/2", name="a.mp4", kind=Kind.VIDEO, media_type="video/mp4", digest="", size=1)
    assert not CampaignMetrics().applies(video, asked)


def test_every_figure_is_told_with_its_value_and_its_place(inspect: Inspect) -> None:
    found = inspect(page_of(HONEST), stated={"sent": "12,400"})
    assert {key: found[key].value for key in ("sent", "delivered", "unique_opens", "open_rate", "bounces")} == {
        "sent": 12400,
        "delivered": 12214,
        "unique_opens": 3908,
        "open_rate": 0.32,
        "bounces": 186,
    }
    (quote,) = found["sent"].marks
    assert isinstance(quote, Quote)
    assert (quote.text, quote.label, quote.expected) == ("12,400", "Sent", "12,400")
    assert quote.label_box is not None
    assert quote.box.left >= 400 > quote.label_box.right
    assert found["channel"].value == "email"
    assert found["figures"].value == 5


def test_an_honest_report_contradicts_nothing_and_explains_its_rate(inspect: Inspect) -> None:
    found = inspect(page_of(HONEST))
    assert [found[code].value for code in ("contradictions", "tensions", "unexplained_rates", "explained_rates")] == [
        0,
        0,
        0,
        1,
    ]


def test_a_changed_count_no_longer_gives_its_rate_and_both_are_pointed_at(inspect: Inspect) -> None:
    found = inspect(page_of({**HONEST, "Unique opens": "6,908"}))
    assert found["unexplained_rates"].value == 1
    assert found["unexplained_rates"].note.startswith("open rate 32.0% is none of unique opens / delivered, ")
    assert [mark.text for mark in found["unexplained_rates"].marks if isinstance(mark, Quote)] == ["32.0%"]


def test_more_delivered_than_sent_is_a_contradiction_that_shows_both(inspect: Inspect) -> None:
    found = inspect(page_of({**HONEST, "Delivered": "13,214"}))
    assert found["contradictions"].value == 1
    assert {mark.text for mark in found["contradictions"].marks if isinstance(mark, Quote)} == {"12,400", "13,214"}


def test_figures_are_held_against_the_claim_beyond_printed_rounding(inspect: Inspect) -> None:
    found = inspect(page_of(HONEST), stated={"sent": "12.4K", "delivered": "12,241", "unique_clicks": "500"})
    assert found["matches_claim"].value == 1
    assert found["differs_from_claim"].value == 1
    (quote,) = (mark for mark in found["differs_from_claim"].marks if isinstance(mark, Quote))
    assert (quote.text, quote.expected) == ("12,214", "12,241")
    assert found["unique_clicks"].status is Status.UNDETERMINED
    assert "500" in found["unique_clicks"].note


def test_a_figure_printed_under_another_name_may_bear_out_the_claim_but_never_refute_it(inspect: Inspect) -> None:
    page = page_of({"Requests": "12,400", "Delivered": "12,214"})
    assert inspect(page, stated={"sent": "12,400"})["matches_claim"].value == 1
    assert inspect(page, stated={"sent": "12,000", "delivered": "12,214"})["differs_from_claim"].value == 0


def test_a_claim_without_figures_is_neither_matched_nor_contradicted(inspect: Inspect) -> None:
    found = inspect(page_of(HONEST), stated={"registrants": "40"})
    assert {found[code].status for code in ("matches_claim", "differs_from_claim")} == {Status.NOT_APPLICABLE}


def test_a_page_without_figures_leaves_all_open(inspect: Inspect) -> None:
    found = inspect(page_of({}, title="Store opening hours"), stated={"sent": "12,400"})
    assert found["figures"].value == 0
    open_codes = ("sent", "contradictions", "differs_from_claim", "channel")
    assert {found[code].status for code in open_codes} == {Status.UNDETERMINED}
    assert found["dates"].status is Status.ABSENT


def test_a_push_report_is_not_taken_for_mail(inspect: Inspect) -> None:
    found = inspect(page_of({"Sent": "389", "Delivered": "379"}, title="Push notification report for the mobile app"))
    assert found["channel"].value == "push"


def test_dates_on_the_report_are_told_with_their_distance_from_the_window(inspect: Inspect) -> None:
    found = inspect(page_of(HONEST, title="Email campaign sent 3 June 2026"))
    assert found["dates"].value == ("2026-06-03",)
    assert found["days_outside_window"].value == 10


def test_the_page_that_prints_most_figures_speaks_and_others_fill_in(inspect: Inspect) -> None:
    found = inspect(page_of({"Sent": "10", "Clicks": "4"}), page_of(HONEST, index=1))
    assert found["sent"].value == 12400
    assert found["clicks"].value == 4
    assert [mark.page for mark in found["clicks"].marks if isinstance(mark, Quote)] == [0]


def test_an_export_is_read_without_any_page(inspect: Inspect) -> None:
    rows = (("Campaign", "Sent", "Delivered", "Unique Opens"), ("May", "3940", "3879", "1203"))
    found = inspect(sheets=(Sheet(name="export", rows=rows),))
    assert (found["sent"].value, found["sent"].marks) == (3940, ())
    assert "May" in found["sent"].note


def test_several_campaigns_are_shown_as_rows_and_none_is_chosen(inspect: Inspect) -> None:
    rows = (("Campaign", "Sent", "Clicks"), ("May", "3940", "31"), ("June", "100", "3"))
    found = inspect(sheets=(Sheet(name="export", rows=rows),), stated={"sent": "3940"})
    assert found["figures"].value == 0
    (table,) = found["figures"].marks
    assert isinstance(table, Table)
    assert table.rows == (("May", "3940", "31"), ("June", "100", "3"))
    assert found["sent"].status is Status.UNDETERMINED


def test_figures_in_the_text_of_a_message_are_read(inspect: Inspect) -> None:
    found = inspect(text="Hello,\nhere is our e-mail campaign:\nSent: 1,200\nUnique opens: 300\n")
    assert (found["sent"].value, found["unique_opens"].value) == (1200, 300)


def test_without_a_second_engine_nothing_fails(inspect: Inspect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader, "available", lambda: False)
    found = inspect(page_of(HONEST))
    assert found["second_reading"].status is Status.UNDETERMINED
    assert found["sent"].value == 12400


@pytest.mark.parametrize(("second", "dissents", "change"), [("77,777", 1, -1), ("12,400", 0, 1), ("", 0, 0)])
def test_a_second_reading_that_differs_is_shown_and_lowers_the_confidence(
    inspect: Inspect, monkeypatch: pytest.MonkeyPatch, second: str, dissents: int, change: int
) -> None:
    lines = text.read(page_of(HONEST))
    bare = Page(index=0, label="capture", pixels=np.zeros((600, 600, 3), np.uint8))
    monkeypatch.setattr(text, "read", lambda _: lines)
    monkeypatch.setattr(second_reader, "available", lambda: True)
    monkeypatch.setattr(second_reader, "reread", lambda _, boxes: ("",) * len(boxes))
    first = inspect(bare)["sent"].confidence
    monkeypatch.setattr(second_reader, "reread", lambda _, boxes: (second,) + ("",) * (len(boxes) - 1))
    found = inspect(bare, stated={"sent": "12,400"})
    assert found["second_reading"].value == dissents
    assert first is not None
    assert found["sent"].confidence is not None
    assert np.sign(found["sent"].confidence - first) == change
    if dissents:
        assert "77,777" in found["second_reading"].note
        assert [mark.label for mark in found["second_reading"].marks if isinstance(mark, Quote)] == [
            "Tesseract: 77,777"
        ]


def test_what_is_more_likely_wrong_than_right_is_shown_and_not_told(
    inspect: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = text.read(page_of({**HONEST, "Unsubscribes": "41"}))
    blurred = [replace(line, confidence=0.45) if line.text == "41" else line for line in lines]
    monkeypatch.setattr(text, "read", lambda _: tuple(blurred))
    monkeypatch.setattr(second_reader, "available", lambda: False)
    found = inspect(Page(index=0, label="capture", pixels=np.zeros((600, 600, 3), np.uint8)))
    assert found["unsubscribes"].status is Status.UNDETERMINED
    assert found["unsubscribes"].value is None
    assert "perhaps 41" in found["unsubscribes"].note
    assert [mark.text for mark in found["unsubscribes"].marks if isinstance(mark, Quote)] == ["41"]
    assert "unsubscribes" not in found["figures"].note
