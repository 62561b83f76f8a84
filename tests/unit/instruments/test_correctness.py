"""What a found logo shows of itself: how much of it is seen, whether it is stretched, and in whose colours."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from verifier.casefile import Outline, Page
from verifier.instruments import correctness

TEAL, NIGHT = (25, 183, 154), (16, 32, 79)


def logo(colour: tuple[int, int, int] = TEAL, second: tuple[int, int, int] = NIGHT) -> np.ndarray:
    """(150, 300, 3) RGB: shapes of two colours on white."""
    pixels = np.full((150, 300, 3), 255, np.uint8)
    random = np.random.default_rng(4)
    for n in range(30):
        x, y = int(random.integers(4, 270)), int(random.integers(4, 130))
        cv2.rectangle(pixels, (x, y), (x + 26, y + int(random.integers(8, 16))), colour if n % 2 else second, -1)
    return pixels


def framed(left: float, top: float, width: float, height: float) -> Outline:
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def page(picture: np.ndarray, frame: Outline, size: tuple[int, int] = (1000, 750)) -> Page:
    """The picture in the frame, on a wall, a little soft and dim."""
    wall = np.full((size[1], size[0], 3), 120, np.uint8)
    height, width = picture.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    pose = cv2.getPerspectiveTransform(corners, np.array(frame, np.float32))
    cv2.warpPerspective(picture, pose, size, wall, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    pixels = cv2.GaussianBlur(wall, (0, 0), 0.8) * 0.8 + 10
    return Page(index=0, label="photo", pixels=np.asarray(np.rint(pixels), np.uint8))


@pytest.mark.parametrize("width", [60, 200, 700])
def test_an_honest_logo_is_seen_whole_in_its_proportions_and_colours(width: int) -> None:
    frame = framed(100, 100, width, width / 2)
    found = correctness.measure(page(logo(), frame), frame, logo(), ("#19b79a", "#10204f"))
    assert found.visible is not None
    assert found.visible >= 0.9
    assert found.stretch == pytest.approx(1.0)
    assert found.foreign == ""


def test_an_outline_that_is_a_little_off_says_the_same() -> None:
    frame = framed(100, 100, 400, 200)
    found = correctness.measure(page(logo(), frame), framed(104, 97, 402, 201), logo())
    assert found.visible is not None
    assert found.visible >= 0.8


def test_of_a_covered_logo_only_the_rest_is_seen() -> None:
    frame = framed(100, 100, 400, 200)
    shares = []
    for covered in (0.0, 0.25, 0.5, 0.75, 1.0):
        seen = page(logo(), frame)
        seen.pixels[100:300, 500 - round(400 * covered) : 500] = 90
        shares.append(correctness.measure(seen, frame, logo()).visible)
    assert shares == sorted(shares, reverse=True)
    assert shares[2] == pytest.approx(0.5, abs=0.15)
    assert shares[4] == 0.0


def test_a_logo_that_runs_off_the_photo_is_not_seen_whole() -> None:
    frame = framed(800, 100, 400, 200)
    visible = correctness.measure(page(logo(), frame), frame, logo()).visible
    assert visible == pytest.approx(0.5, abs=0.15)


def test_a_logo_printed_in_negative_is_seen_all_the_same() -> None:
    frame = framed(100, 100, 400, 200)
    visible = correctness.measure(page(255 - logo(), frame), frame, logo()).visible
    assert visible is not None
    assert visible >= 0.9


@pytest.mark.parametrize("wider", [0.6, 1.5])
def test_a_stretched_logo_is_told_by_how_much(wider: float) -> None:
    frame = framed(100, 100, 300 * wider, 150)
    assert correctness.measure(page(logo(), frame), frame, logo()).stretch == pytest.approx(wider)


def test_at_an_angle_the_proportions_cannot_be_told() -> None:
    frame = ((100.0, 100.0), (400.0, 130.0), (400.0, 240.0), (100.0, 270.0))
    assert correctness.measure(page(logo(), frame), frame, logo()).stretch is None


def test_another_colour_in_the_place_of_the_brands_is_named() -> None:
    frame = framed(100, 100, 400, 200)
    found = correctness.measure(page(logo((210, 40, 120)), frame), frame, logo(), ("#19b79a",))
    assert found.foreign is not None
    assert found.foreign.startswith("#")
    assert int(found.foreign[1:3], 16) > int(found.foreign[3:5], 16)  # it is rather red than green
    assert correctness.measure(page(logo((210, 40, 120)), frame), frame, logo(), ("#d2287a",)).foreign == ""


def test_warm_light_and_a_grey_print_are_no_other_colour() -> None:
    frame = framed(100, 100, 400, 200)
    seen = page(logo(), frame)
    warm = np.clip(seen.pixels * np.array([1.15, 1.0, 0.75]), 0, 255).astype(np.uint8)
    grey = cv2.cvtColor(cv2.cvtColor(seen.pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    for pixels in (warm, grey):
        assert correctness.measure(Page(index=0, label="", pixels=pixels), frame, logo()).foreign == ""


def test_a_black_logo_has_no_colour_to_be_changed_and_a_tiny_one_tells_nothing() -> None:
    black = logo((20, 20, 20), (60, 60, 60))
    frame = framed(100, 100, 400, 200)
    assert correctness.measure(page(logo(), frame), frame, black).foreign is None
    tiny = framed(100, 100, 30, 15)
    found = correctness.measure(page(logo(), tiny), tiny, logo())
    assert (found.visible, found.stretch, found.foreign) == (None, None, None)


def test_a_frame_wholly_off_the_page_shows_nothing() -> None:
    frame = framed(5000, 100, 400, 200)
    assert correctness.measure(page(logo(), framed(0, 0, 400, 200)), frame, logo()).visible == 0.0
