"""What the agreement of two photos and the way they lie on each other make of them."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.comparison import photos
from verifier.instruments.alignment import Alignment

SAME = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
HELD_STILL = (1.0, 0.0, 8.0, 0.0, 1.0, 5.0, 0.0, 0.0, 1.0)  # a telephone that moved by two hundredths of the frame
CUT = (1.0, 0.0, 90.0, 0.0, 1.0, 60.0, 0.0, 0.0, 1.0)


def is_copy(*, part: bool = False, **facts: Any) -> bool:
    frame = {"size_a": (400, 300), "size_b": (400, 300), "drawn": False, "homography": CUT}
    agreement, least = photos.measured(Alignment(**(frame | facts)), part=part)
    return agreement >= least


@pytest.mark.parametrize(
    ("tilt", "apart", "close", "expected"),
    [
        (0.0, 0.05, 0.97, True),  # a part of a screenshot that shows a part of the photo
        (0.0, 0.05, 0.93, False),  # the next frame of a burst
        (0.1, 0.03, 0.98, True),  # a photo of the photo, some of it out of the frame
        (0.1, 0.15, 0.99, False),  # a camera that was turned
        (0.0, 0.3, 0.99, False),  # neighbours of a panorama
    ],
)
def test_what_each_photo_shows_alone_speaks_for_two_takes(
    tilt: float, apart: float, close: float, expected: bool
) -> None:
    assert is_copy(agreement=0.99, tilt=tilt, apart=apart, close=close) is expected


def test_a_panel_must_agree_closely_since_its_cut_hides_what_the_photo_shows_alone() -> None:
    assert is_copy(agreement=0.99, close=0.94)
    assert not is_copy(agreement=0.99, close=0.94, part=True)  # contained, as a cut frame of a burst is
    assert is_copy(agreement=0.99, close=0.98, part=True)


def test_a_panel_that_shows_the_whole_frame_is_judged_like_a_whole_photo() -> None:
    assert is_copy(agreement=0.9, close=0.7, part=True, homography=SAME)


def test_what_lies_frame_on_frame_may_agree_less_under_a_watermark() -> None:
    assert is_copy(agreement=0.7, close=0.6, homography=SAME)
    assert not is_copy(agreement=0.6, close=0.5, homography=SAME)
    assert not is_copy(agreement=0.7, close=0.6)  # a part of the photo
    assert not is_copy(agreement=0.7, close=0.6, apart=0.002, homography=SAME)
    assert not is_copy(agreement=0.76, close=0.7, homography=HELD_STILL)


def test_noise_and_large_pixels_are_looked_at_from_afar() -> None:
    assert is_copy(agreement=0.3, close=0.1, coarse=0.98)
    assert not is_copy(agreement=0.3, close=0.1, coarse=0.8)
    assert not is_copy(agreement=0.7, close=0.5, coarse=0.98, tilt=0.05)  # takes from two sides look alike from afar
    assert not is_copy(agreement=0.7, close=0.5, coarse=0.98, apart=0.009)


@pytest.mark.parametrize("homography", [SAME, CUT])
def test_what_is_left_beside_stickers_agrees_closely(homography: tuple[float, ...]) -> None:
    assert is_copy(agreement=0.65, close=0.63, homography=homography)
    assert not is_copy(agreement=0.65, close=0.56, homography=homography)
    assert not is_copy(agreement=0.4, close=0.4, homography=homography)


def test_another_product_held_before_the_same_shelf_is_another_take() -> None:
    assert not is_copy(agreement=0.65, close=0.63, homography=HELD_STILL)
    assert not is_copy(agreement=0.8, close=0.75, homography=HELD_STILL)
    assert not is_copy(agreement=1.0, close=0.98, apart=0.007, homography=HELD_STILL)  # the next frame of a burst
    assert is_copy(agreement=0.8, close=0.7)


def test_two_photos_of_one_printed_logo_are_no_copies_where_few_matches_speak_for_it() -> None:
    assert not is_copy(agreement=0.9, close=0.74, coarse=1.0, inliers=14)
    assert not is_copy(agreement=0.91, close=0.54, coarse=1.0, inliers=22, tilt=0.11)
    assert is_copy(agreement=0.9, close=0.84, coarse=1.0, inliers=14)
    assert is_copy(agreement=0.9, close=0.74, coarse=1.0, inliers=60)
    assert is_copy(agreement=0.9, close=0.74, coarse=1.0, inliers=14, homography=SAME)
