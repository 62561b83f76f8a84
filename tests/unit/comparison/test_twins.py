"""What an alignment and the words make of a pair."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.casefile import Box
from verifier.comparison.placing import Change, Placed
from verifier.comparison.twins import Likeness, judge
from verifier.comparison.wording import Saying, Wording
from verifier.instruments.alignment import Alignment

CHANGED = (Box(left=1, top=1, right=9, bottom=9),)


def aligned(agreement: float, **facts: Any) -> Alignment:
    return Alignment(**{"agreement": agreement, "size_a": (9, 9), "size_b": (9, 9), "drawn": False, **facts})


@pytest.mark.parametrize(
    ("agreement", "tilt", "expected"),
    [
        (0.99, 0.0, Likeness.COPY),
        (0.76, 0.01, Likeness.COPY),
        (0.87, 0.15, Likeness.SAME_SCENE),  # two takes of something flat, from two sides
        (0.99, 0.15, Likeness.RECAPTURED),
        (0.6, 0.0, Likeness.SAME_SCENE),
        (0.3, 0.0, Likeness.NONE),
        (0.0, 0.0, Likeness.NONE),
    ],
)
def test_photos_are_judged_by_their_pattern(agreement: float, tilt: float, expected: Likeness) -> None:
    for saying in Saying:
        assert judge(aligned(agreement, tilt=tilt), Wording(saying=saying), Placed())[0] is expected


@pytest.mark.parametrize(
    ("tilt", "apart", "close", "expected"),
    [
        (0.0, 0.05, 0.97, Likeness.COPY),  # a part of a screenshot that shows a part of the photo
        (0.0, 0.05, 0.93, Likeness.SAME_SCENE),  # the next frame of a burst
        (0.1, 0.03, 0.98, Likeness.RECAPTURED),  # a photo of the photo, some of it out of the frame
        (0.1, 0.15, 0.99, Likeness.SAME_SCENE),  # a camera that was turned
        (0.0, 0.3, 0.99, Likeness.SAME_SCENE),  # neighbours of a panorama
    ],
)
def test_what_each_photo_shows_alone_speaks_for_two_takes(
    tilt: float, apart: float, close: float, expected: Likeness
) -> None:
    found = aligned(0.99, tilt=tilt, apart=apart, close=close)
    assert judge(found, Wording(saying=Saying.UNKNOWN), Placed())[0] is expected


@pytest.mark.parametrize(
    ("agreement", "changed", "saying", "expected"),
    [
        (0.99, (), Saying.UNKNOWN, Likeness.COPY),
        (0.99, (), Saying.ALTERED, Likeness.COPY),  # a misread figure: the pixels know better
        (0.99, (), Saying.OTHER, Likeness.COPY),
        (0.99, CHANGED, Saying.ALTERED, Likeness.ALTERED),
        (0.99, CHANGED, Saying.SAME, Likeness.COPY),
        (0.99, CHANGED, Saying.OTHER, Likeness.UNKNOWN),
        (0.99, CHANGED, Saying.UNKNOWN, Likeness.UNKNOWN),
        (0.85, CHANGED, Saying.OTHER, Likeness.NONE),  # another report on the same template
        (0.85, CHANGED, Saying.UNKNOWN, Likeness.UNKNOWN),
        (0.2, (), Saying.SAME, Likeness.COPY),  # the same report in another layout
        (0.2, (), Saying.ALTERED, Likeness.ALTERED),
        (0.2, (), Saying.UNKNOWN, Likeness.NONE),
    ],
)
def test_drawings_are_judged_by_what_they_say(
    agreement: float, changed: tuple[Box, ...], saying: Saying, expected: Likeness
) -> None:
    likeness, note = judge(aligned(agreement, drawn=True, changed=changed), Wording(saying=saying), Placed())
    assert likeness is expected
    assert bool(note) is (expected is Likeness.UNKNOWN)


ONE_CHANGE = Placed(same=3, changes=(Change(label="Clicks", old="543", new="523"),))


@pytest.mark.parametrize(
    ("agreement", "saying", "placed", "expected"),
    [
        (0.99, Saying.UNKNOWN, ONE_CHANGE, Likeness.ALTERED),  # few figures, but in the same places
        (0.99, Saying.SAME, ONE_CHANGE, Likeness.ALTERED),  # two figures have changed places
        (0.9, Saying.ALTERED, ONE_CHANGE, Likeness.ALTERED),
        (0.9, Saying.OTHER, ONE_CHANGE, Likeness.NONE),
        (0.99, Saying.OTHER, Placed(same=0, changes=ONE_CHANGE.changes), Likeness.UNKNOWN),  # all differ: another one
    ],
)
def test_a_figure_that_changed_in_its_place_makes_an_altered_report(
    agreement: float, saying: Saying, placed: Placed, expected: Likeness
) -> None:
    found = aligned(agreement, drawn=True, changed=CHANGED)
    assert judge(found, Wording(saying=saying), placed)[0] is expected


def test_a_panel_must_agree_closely_since_its_cut_hides_what_the_photo_shows_alone() -> None:
    frame = aligned(0.99, close=0.94)  # contained, as a cut frame of a burst is
    assert judge(frame, Wording(saying=Saying.UNKNOWN), Placed())[0] is Likeness.COPY
    assert judge(frame, Wording(saying=Saying.UNKNOWN), Placed(), part=True)[0] is Likeness.SAME_SCENE
    cell = aligned(0.99, close=0.98)
    assert judge(cell, Wording(saying=Saying.UNKNOWN), Placed(), part=True)[0] is Likeness.COPY
