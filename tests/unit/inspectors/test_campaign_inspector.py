"""The campaign in words: facts with their places, a foreign script by name, and a table that the capture cuts off."""

from __future__ import annotations

import numpy as np

from verifier.casefile import Box, Brief, Evidence, Finding, Item, Kind, Page, PrintedWord, Quote, Sheet, Status
from verifier.inspectors.campaign import Campaign
from verifier.instruments.readings import Readings


def words_at(text: str, left: int, top: int) -> list[PrintedWord]:
    words = []
    for word in text.split():
        words.append(PrintedWord(text=word, box=Box(left=left, top=top, right=left + 9 * len(word), bottom=top + 16)))
        left += 9 * len(word) + 6
    return words


def inspect(*texts: tuple[str, int, int], rows: tuple[tuple[str, ...], ...] = ()) -> dict[str, Finding]:
    words = tuple(word for text, left, top in texts for word in words_at(text, left, top))
    pages = (Page(index=0, label="page", pixels=np.zeros((600, 700, 3), np.uint8), words=words),) if words else ()
    sheets = (Sheet(name="export", rows=rows),) if rows else ()
    kind = Kind.IMAGE if pages else Kind.TABLE
    item = Item(id="c/r1/1", name="report", kind=kind, media_type="", digest="", size=1)
    brief = Brief(activity="email_campaign", questions=frozenset({"campaign_metrics"}))
    evidence = Evidence(kind=kind, media_type="", raw=b"", pages=pages, sheets=sheets)
    with Readings(evidence) as readings:
        assert Campaign().applies(item, brief)
        return {one.code.removeprefix("campaign."): one for one in Campaign().inspect(item, brief, readings)}


def test_facts_bear_the_place_where_they_stand() -> None:
    found = inspect(("Subject: Tiles that last", 20, 20), ("Sent on 12 May 2026", 20, 50))
    assert found["subject"].value == "Tiles that last"
    assert isinstance(found["subject"].marks[0], Quote)
    assert found["sent_on"].value == "12 May 2026"
    assert found["sender"].status is Status.ABSENT


def test_an_export_says_its_facts_too() -> None:
    found = inspect(rows=(("Campaign name", "Spring tiles"), ("Sent", "12,400")))
    assert found["name"].value == "Spring tiles"
    assert found["cut_off"].value == 0


def test_a_foreign_script_is_named() -> None:
    assert inspect(("Отправлено", 20, 20), ("Доставлено Открытия", 20, 60))["script"].value == "Cyrillic"
    assert inspect(("Sent", 20, 20))["script"].status is Status.NOT_APPLICABLE


def test_a_column_whose_numbers_lie_beyond_the_edge_is_named() -> None:
    cells = [("Name", 20, 60), ("Sent", 250, 60), ("Opens", 420, 60), ("Bounces", 634, 60)]
    for row, values in enumerate((("Spring", "500", "120"), ("Summer", "700", "210"))):
        cells += [(text, left, 100 + 40 * row) for text, left in zip(values, (20, 250, 420), strict=True)]
    cut = inspect(*cells)["cut_off"]
    assert (cut.value, cut.note) == (1, "Bounces")


def test_a_heading_that_the_edge_cuts_is_named_and_a_whole_one_is_not() -> None:
    cells = [("Name", 20, 60), ("Sent", 250, 60), ("Opens", 420, 60), ("500", 250, 100), ("120", 420, 100)]
    cut = inspect(*cells, ("Unsubscri", 618, 60), ("31", 650, 100))["cut_off"]
    assert (cut.value, cut.note) == (1, "Unsubscri…")
    assert inspect(*cells, ("Bounces", 637, 60), ("31", 650, 100))["cut_off"].value == 0
