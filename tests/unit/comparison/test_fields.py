"""Which fields of a report differ from another that is laid on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from verifier.casefile import Box, Figure, Trace
from verifier.comparison import facing, fields, labelling, weight
from verifier.comparison.changes import Change
from verifier.comparison.fields import Fields
from verifier.comparison.growth import reported_again
from verifier.instruments.alignment import Alignment

Place = tuple[int, int, int, int]
ROWS = (
    ("sent", "12,400"), ("delivered", "12,214"), ("unique opens", "3,908"), ("unique clicks", "527"),
    ("bounces", "186"), ("open rate", "32.0%"),
)  # fmt: skip


def page(rows: Sequence[tuple[str, str]], *, down: int = 0) -> Trace:
    """A list of labels and figures, 400 x 400, scrolled by so many pixels."""
    words: list[str] = []
    places: list[Place] = []
    for n, (label, figure) in enumerate(rows):
        top = 20 + 40 * n + down
        if top < 0:
            continue
        for k, word in enumerate(label.split()):
            words.append(word)
            places.append((20 + 70 * k, top, 80 + 70 * k, top + 16))
        words.append(figure)
        places.append((250, top, 250 + 10 * len(figure), top + 16))
    return Trace(
        page=0, width=400, height=400, pixel_digest="", pdq="", pdq_quality=0, phash="", dhash="",
        words=tuple(words), places=tuple(places),
    )  # fmt: skip


def laid(down: float = 0.0, changed: tuple[Box, ...] = ()) -> Alignment:
    matrix = (1.0, 0.0, 0.0, 0.0, 1.0, down, 0.0, 0.0, 1.0)
    return Alignment(
        agreement=0.98, size_a=(400, 400), size_b=(400, 400), drawn=True, homography=matrix, changed=changed
    )


def compared(
    here: Trace, there: Trace, *, print_: float = 0.3, down: float = 0.0, changed: tuple[Box, ...] = ()
) -> Fields:
    """The fields, where words that were left over have print of that likeness; other print is alike."""
    known = sum(word in set(there.words) and len(word) > 1 for word in here.words)

    def ask(a: tuple[Box, ...], b: tuple[Box, ...], pictures: tuple[Box, ...]) -> tuple[tuple[float, ...], ...]:
        stayed = (0.99,) * min(known, len(a))
        return (*stayed, *(print_,) * (len(a) - len(stayed))), (print_,) * len(b), (print_,) * len(pictures)

    return fields.compare(here, there, laid(down, changed), ask)  # type: ignore[arg-type]


def with_(**figures: str) -> list[tuple[str, str]]:
    return [(label, figures.get(label.replace(" ", "_"), figure)) for label, figure in ROWS]


def told(found: Fields) -> list[tuple[str, str, str]]:
    return [(change.label, change.old, change.new) for change in found.changes]


def test_equal_pages_have_all_in_common() -> None:
    found = compared(page(ROWS), page(ROWS))
    assert found.compared
    assert found.enough
    assert found.share == 1.0
    assert found.changes == ()


def test_a_changed_figure_is_named_with_its_label() -> None:
    found = compared(page(with_(unique_opens="5,908")), page(ROWS))
    assert told(found) == [("unique opens", "3,908", "5,908")]
    assert found.enough
    (change,) = found.changes
    assert change.here == change.there == Box(left=250, top=100, right=300, bottom=116)


def test_a_figure_that_is_read_twice_in_clear_print_is_surely_changed_however_alike_the_print_is() -> None:
    there, here = page(ROWS), page(with_(unique_opens="3,808"))

    def read(own: tuple[Box, ...], others: tuple[Box, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return ("3,808",) * len(own), ("3,908",) * len(others)

    def ask(a: tuple[Box, ...], b: tuple[Box, ...], pictures: tuple[Box, ...]) -> tuple[tuple[float, ...], ...]:
        stayed = tuple(0.86 + 0.02 * (n % 5) for n in range(len(a) - 1))
        return (*stayed, 0.8), (0.8,) * len(b), ()

    for larger, sure in ((1, False), (2, True)):  # print of 16 and of 32 pixels in the previews
        side = (400 * larger, 400 * larger)
        shown = replace(laid(), size_a=side, size_b=side)
        (change,) = fields.compare(here, there, shown, ask, read).changes  # type: ignore[arg-type]
        assert (change.old, change.new, change.sure) == ("3,908", "3,808", sure)


def test_print_that_was_overlooked_where_it_is_pale_is_not_surely_gone() -> None:
    gone = [(label, figure) if label != "bounces" else ("bounces", "") for label, figure in ROWS]
    for print_, sure in ((0.7, False), (0.3, True)):
        (change,) = compared(page(gone), page(ROWS), print_=print_).changes
        assert (change.old, change.sure) == ("186", sure)


def test_a_longer_figure_stands_in_the_place_of_the_shorter() -> None:
    assert told(compared(page(with_(unique_clicks="15,273")), page(ROWS))) == [("unique clicks", "527", "15,273")]


def test_a_misread_figure_is_no_change_since_its_print_is_the_same() -> None:
    assert compared(page(with_(unique_opens="8,908")), page(ROWS), print_=0.99).changes == ()


def test_a_row_that_was_cut_out_is_missing_although_all_below_it_moved_up() -> None:
    rows = [row for row in ROWS if row[0] != "delivered"]
    assert ("delivered", "12,214", "") in [
        (label or old, old, new) for label, old, new in told(compared(page(rows), page(ROWS)))
    ]
    assert not any("3,908" in (change.old, change.new) for change in compared(page(rows), page(ROWS)).changes)


def test_what_lies_beyond_the_edge_of_the_other_page_is_no_change() -> None:
    below = compared(page(ROWS, down=-120), page(ROWS), down=120.0)
    assert below.changes == ()
    assert below.weight < compared(page(ROWS), page(ROWS)).weight


def test_another_campaign_differs_in_too_much_to_be_an_edit() -> None:
    other = [(label, figure.translate(str.maketrans("0123456789", "7890123456"))) for label, figure in ROWS]
    found = compared(page(other), page(ROWS))
    assert found.other or not found.enough


def test_a_changed_spot_without_words_is_a_picture() -> None:
    spot = Box(left=300, top=20, right=380, bottom=60)
    found = compared(page(ROWS), page(ROWS), changed=(spot,))
    assert told(found) == [("picture at the upper right", "", "")]


def test_pages_whose_words_have_no_places_are_not_compared() -> None:
    bare = Trace(
        page=0, width=400, height=400, pixel_digest="", pdq="", pdq_quality=0, phash="", dhash="", words=("sent", "12"),
    )  # fmt: skip
    assert not compared(bare, page(ROWS)).compared


def test_words_alone_tell_how_a_page_lies_on_another() -> None:
    found = np.reshape(facing.guess(page(ROWS, down=-80), page(ROWS)), (3, 3))
    assert found == pytest.approx(np.array([[1, 0, 0], [0, 1, 0.2], [0, 0, 1]]), abs=0.01)
    assert facing.guess(page(ROWS[:1]), page(ROWS)) == ()


@pytest.mark.parametrize(
    ("word", "expected"),
    [("3,908", 3.0), ("32.0%", 1.0), ("200", 0.25), ("0.00%", 0.0), ("2026", 0.0), ("09:30", 0.0), ("opens", 0.0)],
)
def test_figures_of_many_digits_weigh_more(word: str, expected: float) -> None:
    assert weight.of(word) == expected


def test_the_ticks_of_an_axis_weigh_nothing() -> None:
    words = ["350", "300", "250", "200", "3,908"]
    places = [(10, 40 * n, 40, 40 * n + 12) for n in range(4)] + [(200, 40, 260, 52)]
    assert weight.ticks(words, places) == {0, 1, 2, 3}


def test_a_table_cell_is_called_by_its_row_and_its_column() -> None:
    words = ("segment", "opens", "north", "x", "812")
    places = ((20, 20, 90, 32), (400, 20, 460, 32), (20, 220, 80, 232), (100, 220, 104, 232), (410, 220, 450, 232))
    trace = Trace(
        page=0, width=600, height=400, pixel_digest="", pdq="", pdq_quality=0, phash="", dhash="", words=words,
        places=places,
    )  # fmt: skip
    assert labelling.Labels.of(trace).at((410, 220, 450, 232)) == "north, opens"


def grown(*changes: tuple[str, str, str]) -> bool:
    every = tuple(Change(label=label, old=old, new=new) for label, old, new in changes)
    return reported_again(page(ROWS), Fields(compared=True, weight=9.0, changes=every))


def test_a_word_that_was_read_unsurely_does_not_stand_against_growth() -> None:
    changes = [Change(label=label, old=old, new=new) for label, old, new in (OPENS, CLICKS)]
    misread = Change(label="campaign", old="spring", new="sprlng", sure=False)
    for word, again in ((misread, True), (replace(misread, sure=True), False)):
        assert reported_again(page(ROWS), Fields(compared=True, weight=9.0, changes=(*changes, word))) is again


OPENS, CLICKS = ("Unique opens", "3,908", "4,120"), ("Unique clicks", "527", "561")


def test_a_campaign_whose_opens_and_clicks_all_grew_was_reported_again() -> None:
    assert grown(OPENS, CLICKS, ("Open rate", "32.0%", "33.7%"))
    assert grown(OPENS, CLICKS, ("unique opens / delivered", "32.0%", "33.7%"))  # a rate of what grew, not of the rest
    assert grown(("Unique opens", "3,908", "4,120of"), CLICKS)  # read along with the next word
    assert grown(("Opened", "3,908 32.0%", "4,120 33.7%"), CLICKS)  # a count and its rate as one field
    assert not grown(("Opened", "3,908 32.0%", "3,120 33.7%"), CLICKS)


def test_a_day_that_is_called_opens_by_what_stands_near_is_no_count_that_stayed() -> None:
    for text, again in (("21", True), ("2,140", False)):
        day = Figure(text=text, box=Box(left=20, top=0, right=40, bottom=16), label="Opens")
        here = replace(page(ROWS), figures=(day,))
        every = tuple(Change(label=label, old=old, new=new) for label, old, new in (OPENS, CLICKS))
        assert reported_again(here, Fields(compared=True, weight=9.0, changes=every)) is again


@pytest.mark.parametrize(
    "changes",
    [
        [OPENS],  # clicks have stayed
        [OPENS, ("Unique clicks", "527", "511")],  # nobody takes a click back
        [OPENS, CLICKS, ("Sent", "12,400", "22,400")],  # what was sent is sent
        [OPENS, CLICKS, ("Campaign", "Spring", "Autumn")],
        [OPENS, ("Unique clicks", "527", "9,527")],  # eighteen times as many
    ],
)
def test_other_changes_are_no_growth(changes: list[tuple[str, str, str]]) -> None:
    assert not grown(*changes)


def test_a_figure_takes_the_place_of_a_figure_though_its_box_covers_a_label_too() -> None:
    old = page((("delayed", "6,394"), *ROWS))
    words = [*old.words[:1], "3,571", *old.words[2:]]
    places = [(250, 2, 300, 18), (248, 0, 302, 36), *old.places[2:]]
    changed = replace(old, words=(*words[1:],), places=tuple(places[1:]))
    before = replace(old, places=((250, 2, 300, 18), (250, 18, 300, 36), *old.places[2:]))
    assert ("6,394", "3,571") in [(old_, new) for _, old_, new in told(compared(changed, before))]


def test_one_word_that_stands_twice_in_a_column_has_not_moved() -> None:
    """A new 197 where 112 stood, while another 112 is read in one column on this page and inside a phrase there."""
    there = page((*ROWS, ("opens", "112"), ("of112", "1")))
    here = page((*ROWS, ("opens", "197"), ("of", "112")))
    assert "112" in [old for _, old, _ in told(compared(here, there))]


def test_a_figure_at_the_edge_is_compared_with_what_stands_there() -> None:
    there = page((*ROWS, ("opens", "112")))
    edge = (396 - 30, 260, 396, 276)
    there = replace(there, places=(*there.places[:-1], edge))
    here = replace(there, words=(*there.words[:-1], "197"))
    assert ("112", "197") in [(old, new) for _, old, new in told(compared(here, there))]


def test_a_picture_that_changed_words_cover_in_part_is_named_too() -> None:
    box = Box(left=200, top=0, right=399, bottom=100)
    found = compared(page(with_(sent="99,800")), page(ROWS), changed=(box,))
    assert [change.label for change in found.changes] == ["sent", "picture at the upper right"]


def test_figures_of_nearly_the_same_print_are_read_again_where_they_are_large_enough() -> None:
    there, here = page(ROWS), page(with_(unique_opens="3,808"))
    asked: list[int] = []

    def read(own: tuple[Box, ...], others: tuple[Box, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        asked.append(len(own))
        return ("3,808",) * len(own), ("3,908",) * len(others)

    def ask(a: tuple[Box, ...], b: tuple[Box, ...], pictures: tuple[Box, ...]) -> tuple[tuple[float, ...], ...]:
        stayed = tuple(0.9 + 0.01 * (n % 5) for n in range(len(a) - 1))
        return (*stayed, 0.91), (0.91,) * len(b), ()

    found = fields.compare(here, there, laid(), ask, read)  # type: ignore[arg-type]
    assert told(found) == [("unique opens", "3,908", "3,808")]
    assert asked == [1]
    small = replace(laid(), size_a=(200, 200), size_b=(200, 200), homography=(1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0))
    assert fields.compare(here, there, small, ask, read).changes == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(("read", "expected"), [("Clicks", "unique clicks"), ("Clickers", "Clickers")])
def test_a_label_of_which_the_end_was_taken_is_told_whole(read: str, expected: str) -> None:
    plain = page(ROWS)
    where = Box(left=250, top=140, right=280, bottom=156)
    labelled = replace(plain, figures=(Figure(text="527", box=where, label=read),))
    assert labelling.Labels.of(labelled).at((250, 140, 280, 156)) == expected
