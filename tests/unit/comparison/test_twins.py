"""What an alignment and the words make of a pair."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from verifier.casefile import Box
from verifier.comparison.changes import Change
from verifier.comparison.fields import Fields
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
        assert judge(aligned(agreement, tilt=tilt), Wording(saying=saying), Fields())[0] is expected


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
    likeness, note = judge(aligned(agreement, drawn=True, changed=changed), Wording(saying=saying), Fields())
    assert likeness is expected
    assert bool(note) is (expected is Likeness.UNKNOWN)


@pytest.mark.parametrize(("agreement", "expected"), [(0.95, Likeness.NONE), (0.99, Likeness.UNKNOWN)])
def test_a_logo_of_a_mail_on_the_sign_of_a_shop_is_no_copy(agreement: float, expected: Likeness) -> None:
    sign = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))
    logo = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    laid = aligned(agreement, drawn=True, here=sign, there=logo)
    assert judge(laid, Wording(saying=Saying.UNKNOWN), Fields())[0] is expected


ONE_CHANGE = Fields(compared=True, weight=4.0, changes=(Change(label="Clicks", old="543", new="523"),))
UNSURE = Fields(compared=True, weight=4.0, changes=(replace(ONE_CHANGE.changes[0], sure=False),))
MANY_CHANGES = replace(ONE_CHANGE, kept=4, changes=ONE_CHANGE.changes * 5)
HARDLY_A_FIGURE = Fields(compared=True, weight=0.5, changes=ONE_CHANGE.changes)


@pytest.mark.parametrize(
    ("agreement", "saying", "fields", "expected"),
    [
        (0.99, Saying.UNKNOWN, ONE_CHANGE, Likeness.ALTERED),  # few words, but in the same places
        (0.99, Saying.SAME, ONE_CHANGE, Likeness.ALTERED),  # two figures have changed places
        (0.5, Saying.OTHER, ONE_CHANGE, Likeness.ALTERED),  # half of it was scrolled away
        (0.99, Saying.UNKNOWN, HARDLY_A_FIGURE, Likeness.UNKNOWN),  # two reports of nothing differ as little
        (0.99, Saying.SAME, MANY_CHANGES, Likeness.NONE),  # another campaign: most of its figures are others
        (0.99, Saying.SAME, replace(MANY_CHANGES, kept=6), Likeness.ALTERED),
        (0.99, Saying.ALTERED, UNSURE, Likeness.COPY),  # read in two ways in a blur
        (0.5, Saying.OTHER, Fields(compared=True, weight=4.0), Likeness.COPY),
        (0.9, Saying.OTHER, Fields(compared=True, weight=4.0, against=9.0), Likeness.NONE),
        (0.99, Saying.ALTERED, Fields(compared=True, weight=4.0, other=True), Likeness.NONE),
    ],
)
def test_a_field_that_changed_in_its_place_makes_an_altered_report(
    agreement: float, saying: Saying, fields: Fields, expected: Likeness
) -> None:
    found = aligned(agreement, drawn=True, changed=CHANGED)
    assert judge(found, Wording(saying=saying), fields)[0] is expected
