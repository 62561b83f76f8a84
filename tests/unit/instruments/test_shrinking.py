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


@pytest.mark.parametrize("shape", [(3000, 4001), (601, 4000), (900, 700), (40, 30)])
def test_what_several_sizes_begin_with_is_halved_once(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    sizes = [shrinking.fitting(shape[1], shape[0], 640), (min(shape[1], 128), min(shape[0], 128))]
    begun = shrinking.begun(pixels, *sizes)
    assert (begun.size < pixels.size) == (shape[1] >= 4000)
    for size in sizes:
        np.testing.assert_array_equal(shrinking.to_size(begun, size), shrinking.to_size(pixels, size))
