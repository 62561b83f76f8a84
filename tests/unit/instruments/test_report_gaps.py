"""Places where a number must stand and none was read, and labels misread by a letter or two, are looked at again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dashboard_lines import line
from PIL import Image, ImageDraw, ImageFont

from verifier.casefile import Page
from verifier.instruments import figures, slips, text
from verifier.instruments.text import Line

_LIST = (("Sent", "2,103"), ("Bounces", "12"), ("Unsubscribes", "7"), ("Spam reports", "0"))


def drawn(last: str) -> Page:
    """A list of figures; the last number is paler than print that is looked for on a page."""
    picture = Image.new("RGB", (900, 520), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(24)
    for at, (name, number) in enumerate(_LIST):
        draw.text((60, 60 + 60 * at), name, fill="black", font=font)
        pale = "#e4e4e4" if name == _LIST[-1][0] else "black"
        draw.text((600, 60 + 60 * at), last if pale != "black" else number, fill=pale, font=font, anchor="ra")
    return Page(index=0, label="drawn", pixels=np.asarray(picture))


def test_a_pale_number_is_read_where_its_neighbours_have_one() -> None:
    assert {one.key: one.numeral.text for one in figures.read(drawn("0")).headline}["spam"] == "0"


def test_an_empty_place_stays_empty() -> None:
    assert "spam" not in {one.key for one in figures.read(drawn("")).headline}


def test_a_card_beside_others_lacks_its_number_where_theirs_stand() -> None:
    cards = [line(name, 100 + 300 * at, 40) for at, name in enumerate(("Delivered", "Unique opens", "Clicks"))]
    cards += [line("2,018", 100, 70), line("364", 700, 70)]
    (gap,) = figures.of_lines(tuple(cards)).gaps
    assert gap.left < 400 < gap.right
    assert (gap.top, gap.bottom) == (70, 90)


def test_an_empty_cell_of_a_table_is_a_gap() -> None:
    table = (("Campaign", "Sent", "Opens", "Clicks"), ("Spring", "900", "310", "41"), ("Summer", "700", "", "30"))
    lines = [
        line(text, 40 + 200 * column, 40 + 40 * row)
        for row, cells in enumerate(table)
        for column, text in enumerate(cells)
        if text
    ]
    (gap,) = figures.of_lines(tuple(lines)).gaps
    assert gap.left < 440 < gap.right
    assert (gap.top, gap.bottom) == (120, 140)


def test_a_page_without_figures_has_no_gaps() -> None:
    assert figures.of_lines((line("Name", 40, 40), line("Age", 40, 80), line("41", 300, 80))).gaps == ()


@pytest.mark.parametrize("misread", ["OUNSUBSCRIBES", "A Unique dicks", "Unique lmp", "Urique opens"])
def test_a_label_is_nearly_one_that_it_may_be_misread_from(misread: str) -> None:
    assert slips.nearly(misread)


@pytest.mark.parametrize("other", ["Unique opens", "Delivery", "Audiences", "Marketing activities", "Total"])
def test_a_label_that_is_understood_or_says_something_else_is_not_nearly_one(other: str) -> None:
    assert not slips.nearly(other)


def test_the_draft_of_what_may_be_a_label_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_again(page: Page, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(line("UNSUBSCRIBES", one.box.left, one.box.top) if "OUNS" in one.text else one for one in lines)

    monkeypatch.setattr(text, "read_again", read_again)
    lines = (line("SENT", 40, 40), line("2,103", 300, 40), line("OUNSUBSCRIBES", 40, 80), line("7", 300, 80))
    drafts = tuple(replace(one, draft=True) for one in lines)
    page = Page(index=0, label="drawn", pixels=np.full((200, 400, 3), 255, np.uint8))
    found = figures.of_page(page, drafts, figures.of_lines(drafts))
    assert {one.key: one.numeral.text for one in found.headline} == {"sent": "2,103", "unsubscribes": "7"}


def test_a_second_reading_with_a_digit_behind_the_label_is_not_believed() -> None:
    draft, again = line("Successtul delivenes t", 40, 40), line("Successful deliveries 1", 40, 40)
    assert slips.mended(draft, again).text == draft.text
    assert slips.mended(draft, line("Successful deliveries", 40, 40)).text == "Successful deliveries"
