"""Whether a field that was read in two ways surely changed."""

from __future__ import annotations

import numpy as np
import pytest

from verifier.casefile import Trace
from verifier.comparison import facing, sureness

PLAIN = np.eye(3)
MIDDLE = np.array((100.0, 100.0, 140.0, 116.0))
CLEAN, FAINT, FEW = (0.99,) * 20, (0.75, 0.8, 0.85, 0.9) * 5, (0.99,) * 3


def pages(wide: int = 400, other_wide: int = 400) -> tuple[facing.Side, facing.Side]:
    here, there = (
        Trace(page=0, width=w, height=400, pixel_digest="", pdq="", pdq_quality=0, phash="", dhash="")
        for w in (wide, other_wide)
    )
    return facing.sides(here, there, PLAIN)


@pytest.mark.parametrize(
    ("likeness", "stayed", "expected"),
    [
        (0.83, CLEAN, True),
        (0.96, CLEAN, False),  # a speck on a clean copy
        (0.7, FAINT, False),  # what stayed is hardly more alike
        (0.4, FAINT, True),
        (0.7, FEW, False),  # nothing to tell it by
        (0.4, FEW, True),
    ],
)
def test_what_changed_is_far_more_unlike_than_what_stayed(
    likeness: float, stayed: tuple[float, ...], expected: bool
) -> None:
    assert sureness.is_unlike(likeness, stayed) is expected


def test_a_word_that_an_edge_cuts_on_one_page_only_may_be_the_same() -> None:
    here, there = np.array((0.0, 100.0, 12.0, 116.0)), np.array((60.0, 100.0, 132.0, 116.0))
    moved = np.array(((1.0, 0.0, 120.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    assert not sureness.is_one_place(here, there, moved, pages(280))
    assert sureness.is_one_place(here, here, PLAIN, pages())  # both pages end there


def test_boxes_of_very_different_height_are_not_of_one_field() -> None:
    tall = np.array((100.0, 90.0, 140.0, 130.0))
    assert not sureness.is_one_place(tall, MIDDLE, PLAIN, pages())
    halved = np.diag((0.5, 0.5, 1.0))
    assert sureness.is_one_place(2 * MIDDLE, MIDDLE, halved, pages(800))  # one scale apart
