"""What a second reading of both pages makes of the changes that the first one told."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from verifier.casefile import Box
from verifier.comparison import rereading
from verifier.comparison.changes import Change
from verifier.errors import ArchiveError
from verifier.instruments import rewording

BOX = Box(left=10, top=10, right=40, bottom=26)
NOWHERE = np.zeros((0, 4))


def small(_: Change) -> bool:
    """No print is large enough to be read without an error."""
    return False


def told(
    old: str, new: str, second: tuple[str, str], *, here: object = NOWHERE, sure: bool = True
) -> list[tuple[str, str]]:
    """The change, where a second reading says `second` (before, after) and known words stand at `here`."""
    change = Change(label="opens", old=old, new=new, here=BOX, there=BOX, sure=sure)
    known = (np.asarray(here, np.float64).reshape(-1, 4), NOWHERE)
    found = rereading.reread([change], [], lambda own, others: ((second[1],), (second[0],)), known, small)
    return [(entry.old, entry.new) for entry in found]


@pytest.mark.parametrize(
    ("old", "new", "second", "expected"),
    [
        ("12", "", ("12", "19"), [("12", "19")]),  # overlooked, and filled in
        ("", "19", ("12", "19"), [("12", "19")]),
        ("12", "", ("12", ""), [("12", "")]),
        ("150.0", "150d", ("150.0", "150.0"), []),  # one print, read in two ways
        ("39.1%", "39196", ("39.1%", "39.1%"), []),
        ("of 217", "", ("of 217", "of 217"), []),
        ("100", "103", ("100", "100"), [("100", "103")]),  # figures of as many digits were read with care
        ("20", "58", ("2", "58"), [("20", "58")]),
        ("94.4%", "94.4%6", ("94.4%", ""), []),  # read along with what stands beside it
        ("54", "454", ("54", "454"), [("54", "454")]),
    ],
)
def test_a_second_reading_fills_in_and_drops(
    old: str, new: str, second: tuple[str, str], expected: list[tuple[str, str]]
) -> None:
    assert told(old, new, second) == expected


@pytest.mark.parametrize(
    ("old", "new", "second", "expected"),
    [
        ("15.0", "55.0", ("15.0", "55.0"), [("15.0", "55.0")]),
        ("12", "", ("12", "91"), [("12", "91")]),
        ("15.0", "55.0", ("15.0", "15.0"), []),
        ("15.0", "55.0", ("16.0", "55.0"), []),
        ("12", "", ("12", ""), []),
        ("54", "", ("54", "9"), []),  # cut off by its box
    ],
)
def test_a_doubt_is_told_once_a_second_reading_bears_it_out(
    old: str, new: str, second: tuple[str, str], expected: list[tuple[str, str]]
) -> None:
    doubt = Change(label="", old=old, new=new, here=BOX, there=BOX)
    found = rereading.reread([], [doubt], lambda own, others: ((second[1],), (second[0],)), (NOWHERE, NOWHERE), small)
    assert [(entry.old, entry.new) for entry in found] == expected


def test_an_unsure_figure_that_is_then_read_alike_has_not_changed() -> None:
    assert told("0.49%", "0.40%", ("0.49%", "0.49%"), sure=False) == []
    assert told("0.49%", "0.40%", ("0.49%", "0.40%"), sure=False) == [("0.49%", "0.40%")]


def test_what_has_moved_to_the_place_of_a_removed_row_is_not_what_became_of_it() -> None:
    assert told("12", "", ("12", "77"), here=[(12, 10, 38, 26)]) == [("12", "")]


def test_pictures_and_very_many_changes_are_not_read_again() -> None:
    def read(own: tuple[Box, ...], others: tuple[Box, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        raise AssertionError("nothing is to be read")

    picture = Change(label="picture", old="", new="", here=BOX, there=BOX)
    many = [Change(label="", old="1", new="", here=BOX, there=BOX)] * (rereading.MOST + 1)
    assert rereading.reread([picture], [], read, (NOWHERE, NOWHERE), small) == (picture,)
    assert rereading.reread(many, [picture], read, (NOWHERE, NOWHERE), small) == tuple(many)


def test_places_of_a_preview_are_read_and_empty_ones_say_nothing() -> None:
    page = np.full((60, 200, 3), 255, np.uint8)
    cv2.putText(page, "4,127", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2, cv2.LINE_AA)
    preview = cv2.imencode(".jpg", page)[1].tobytes()
    printed, outside = Box(left=16, top=12, right=116, bottom=46), Box(left=300, top=0, right=320, bottom=20)
    here, there = rewording.read(None, preview, preview, (printed, outside), ())
    assert here == ("4,127", "")
    assert there == ()
    with pytest.raises(ArchiveError):
        rewording.read(None, b"", preview, (printed,), ())
