"""Smaller pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from verifier.instruments import shrinking


@pytest.mark.parametrize("size", [(1201, 803), (640, 480), (5000, 20), (641, 641)])
def test_the_longer_side_fits_and_the_shape_is_kept(size: tuple[int, int]) -> None:
    wide, tall = size
    small = shrinking.within(np.zeros((tall, wide, 3), np.uint8), 640)
    assert max(small.shape[:2]) == 640
    assert small.shape[0] == max(1, round(tall * 640 / wide)) or wide <= tall


def test_a_picture_that_fits_stays_as_it_is() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 40), dtype=np.uint8)
    np.testing.assert_array_equal(shrinking.within(pixels, 40), pixels)


def test_what_is_shrunk_is_near_the_mean_over_areas() -> None:
    coarse = np.random.default_rng(0).integers(0, 256, (30, 40), dtype=np.uint8)
    large = cv2.resize(coarse, (1500, 1100), interpolation=cv2.INTER_CUBIC)
    for size in ((512, 512), (640, 469), (750, 550)):
        exact = cv2.resize(large, size, interpolation=cv2.INTER_AREA).astype(int)
        assert np.abs(shrinking.to_size(np.asarray(large, np.uint8), size) - exact).mean() < 2
