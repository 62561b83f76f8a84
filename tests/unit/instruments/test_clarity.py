"""Sharpness falls with blur of every kind, and neither flat ground nor size is mistaken for it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from verifier.casefile import Page
from verifier.instruments.clarity import TILES, measure

Pixels = NDArray[np.uint8]


def sharpness(pixels: Pixels) -> float:
    return measure(Page(index=0, label="photo", pixels=np.ascontiguousarray(pixels))).sharpness


def screenshot() -> Pixels:
    pixels = np.full((600, 960, 3), 250, np.uint8)
    for row, text in enumerate(("Delivered 12,140", "Opened 4,311 (35.5%)", "Clicked 402", "Bounced 260")):
        cv2.putText(pixels, text, (60, 120 + 90 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (40, 40, 40), 2, cv2.LINE_AA)
    return pixels


def test_the_more_blur_the_less_sharpness(make_scene: Callable[..., Pixels]) -> None:
    picture = make_scene(900, 700)
    values = [sharpness(picture), *(sharpness(cv2.GaussianBlur(picture, (0, 0), sigma)) for sigma in (1, 2, 4, 8))]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.6
    assert values[-1] < 0.2


def test_a_screenshot_of_mostly_white_is_as_sharp_as_a_photo() -> None:
    assert sharpness(screenshot()) > 0.6
    assert sharpness(cv2.GaussianBlur(screenshot(), (0, 0), 5)) < 0.3


@pytest.mark.parametrize("kernel", [(25, 1), (1, 25)])
def test_a_shake_is_seen_although_edges_along_it_stay_sharp(
    make_scene: Callable[..., Pixels], kernel: tuple[int, int]
) -> None:
    picture = make_scene(900, 700)
    assert sharpness(cv2.blur(picture, kernel)) < 0.5 * sharpness(picture)


def test_a_sharp_subject_before_a_soft_background_is_sharp(make_scene: Callable[..., Pixels]) -> None:
    picture = make_scene(900, 700)
    soft = cv2.GaussianBlur(picture, (0, 0), 12)
    soft[150:600, 200:700] = picture[150:600, 200:700]
    assert sharpness(soft) > 0.6


def test_the_size_of_the_file_does_not_matter_as_long_as_it_is_seen_alike(make_scene: Callable[..., Pixels]) -> None:
    picture = make_scene(1000, 800)
    large = cv2.resize(picture, (4000, 3200), interpolation=cv2.INTER_CUBIC)
    assert sharpness(large) == pytest.approx(sharpness(picture), abs=0.1)


def test_a_picture_blurred_until_no_edge_is_left_has_no_sharpness(make_scene: Callable[..., Pixels]) -> None:
    assert sharpness(cv2.blur(cv2.blur(make_scene(900, 700), (301, 301)), (301, 301))) == 0.0


def test_tiles_tell_where_it_is_sharp(make_scene: Callable[..., Pixels]) -> None:
    half = make_scene(800, 800)
    half[:, 400:] = 225
    tiles = np.reshape(measure(Page(index=0, label="photo", pixels=half)).tiles, (TILES, TILES))
    assert tiles[:, : TILES // 2 - 1].max() > 0.5
    assert tiles[:, TILES // 2 + 1 :].max() == 0.0


def test_light_is_told_by_its_ends() -> None:
    ramp = np.tile(np.linspace(20, 180, 400).astype(np.uint8)[None, :, None], (300, 1, 3))
    seen = measure(Page(index=0, label="photo", pixels=ramp))
    assert seen.dark == pytest.approx(20, abs=3)
    assert seen.bright == pytest.approx(180, abs=3)
