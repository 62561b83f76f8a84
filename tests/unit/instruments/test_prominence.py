import cv2
import numpy as np
import pytest

from verifier.casefile import Box, Outline, Page
from verifier.instruments import prominence


def square(left: float, top: float, side: float) -> Outline:
    return ((left, top), (left + side, top), (left + side, top + side), (left, top + side))


def page(pixels: np.ndarray | None = None) -> Page:
    return Page(index=0, label="photo", pixels=np.zeros((600, 800, 3), np.uint8) if pixels is None else pixels)


def test_the_share_of_a_square_is_its_area() -> None:
    assert prominence.share((square(100, 100, 240),), 800, 600) == pytest.approx(0.12, abs=0.002)


def test_overlapping_outlines_are_counted_once_and_parts_off_the_page_not_at_all() -> None:
    once = prominence.share((square(100, 100, 200),), 800, 600)
    assert prominence.share((square(100, 100, 200), square(150, 150, 100)), 800, 600) == once
    assert prominence.share((square(-100, 100, 200),), 800, 600) == pytest.approx(once / 2, abs=0.002)
    assert prominence.share((square(900, 100, 200),), 800, 600) == 0


def test_the_turn_of_an_outline_does_not_matter() -> None:
    assert prominence.share((square(9, 9, 99)[::-1],), 800, 600) == prominence.share((square(9, 9, 99),), 800, 600)


def test_the_middle_is_central_and_the_corner_is_not() -> None:
    assert prominence.centrality(square(380, 280, 40), 800, 600) == 1.0
    assert prominence.centrality(square(0, 0, 2), 800, 600) < 0.01


@pytest.mark.parametrize(("top", "band"), [(10, "upper"), (270, "middle"), (530, "lower")])
def test_the_height_band_is_a_third_of_the_page(top: float, band: str) -> None:
    assert prominence.measure(page(), (square(300, top, 60),)).band == band


def test_the_largest_outline_speaks_for_place() -> None:
    measured = prominence.measure(page(), (square(0, 0, 30), square(300, 200, 200)))
    assert measured.centrality == 1.0


def test_a_brand_is_as_sharp_as_its_own_pixels() -> None:
    grey = np.kron(np.indices((30, 40)).sum(axis=0) % 2, np.ones((20, 20))).astype(np.uint8) * 255
    chequered = np.dstack([grey] * 3)
    left, right = square(80, 200, 200), square(520, 200, 200)
    chequered[:, 400:] = cv2.GaussianBlur(chequered[:, 400:], (0, 0), 5)
    sharp, soft = (prominence.measure(page(chequered), (one,)).sharpness for one in (left, right))
    assert sharp is not None
    assert soft is not None
    assert sharp > soft


def test_too_small_an_outline_has_no_sharpness() -> None:
    assert prominence.measure(page(), (square(300, 200, 10),)).sharpness is None


def test_the_box_is_cut_at_the_edges_of_the_page() -> None:
    assert prominence.box_of(square(-50, 550, 100), 800, 600) == Box(left=0, top=550, right=50, bottom=600)
