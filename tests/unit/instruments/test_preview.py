"""A preview of the same picture agrees however it is turned or framed; one of another picture does not."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from verifier.casefile import Evidence, Kind, Page
from verifier.instruments import preview

Pixels = NDArray[np.uint8]


@pytest.fixture
def agreement(make_photo: Callable[..., bytes], encode: Callable[..., bytes]) -> Callable[..., float | None]:
    def compare(picture: Pixels, small: Pixels, orientation: int = 1) -> float | None:
        data = make_photo(thumbnail=encode(small), orientation=orientation)
        page = Page(index=0, label="photo", pixels=picture)
        return preview.agreement(Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=data, pages=(page,)), page)

    return compare


def small(picture: Pixels) -> Pixels:
    return cv2.resize(picture, (120, 90), interpolation=cv2.INTER_AREA).astype(np.uint8)


def test_the_preview_of_the_same_picture_agrees(
    make_scene: Callable[..., Pixels], agreement: Callable[..., float | None]
) -> None:
    picture = make_scene(480, 360)
    assert (agreement(picture, small(picture)) or 0) > 0.95


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_agrees_in_every_orientation(
    make_scene: Callable[..., Pixels], agreement: Callable[..., float | None], orientation: int
) -> None:
    stored = make_scene(480, 360)
    picture = preview.upright(stored, orientation)
    assert (agreement(picture, small(stored), orientation) or 0) > 0.95


def test_it_agrees_when_the_picture_alone_was_turned(
    make_scene: Callable[..., Pixels], agreement: Callable[..., float | None]
) -> None:
    picture = make_scene(480, 360)
    assert (agreement(np.ascontiguousarray(np.rot90(picture)), small(picture)) or 0) > 0.95


def test_it_agrees_when_bars_fill_the_preview(
    make_scene: Callable[..., Pixels], agreement: Callable[..., float | None]
) -> None:
    wide = make_scene(640, 360)
    framed = np.zeros((120, 160, 3), np.uint8)
    framed[15:105] = cv2.resize(wide, (160, 90), interpolation=cv2.INTER_AREA)
    assert (agreement(wide, framed) or 0) > 0.95


def test_the_preview_of_another_picture_disagrees(
    make_scene: Callable[..., Pixels], agreement: Callable[..., float | None]
) -> None:
    assert (agreement(make_scene(480, 360, 1), small(make_scene(480, 360, 2))) or 0) < 0.5


def test_a_flat_preview_and_none_at_all_give_no_answer(
    make_scene: Callable[..., Pixels], agreement: Callable[..., float | None], make_photo: Callable[..., bytes]
) -> None:
    picture = make_scene(480, 360)
    assert agreement(picture, np.full((90, 120, 3), 128, np.uint8)) is None
    page = Page(index=0, label="photo", pixels=picture)
    bare = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=make_photo(make="Fenwald"), pages=(page,))
    assert preview.agreement(bare, page) is None
