"""Correcting a homography by small windows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.instruments import overlay
from verifier.instruments.refinement import refined


def mesh(seed: int) -> NDArray[np.uint8]:
    """Dots in a grid, unevenly lit: features repeat, and a few pixels off nothing agrees."""
    random = np.random.default_rng(seed)
    light = cv2.resize(random.uniform(60, 230, (6, 8)).astype(np.float32), (480, 360), interpolation=cv2.INTER_CUBIC)
    down, across = np.mgrid[:360, :480]
    dots = 0.65 + 0.35 * np.sin(across / 4.1) * np.sin(down / 4.1)
    return np.asarray(np.clip(light * dots + random.normal(0, 3, light.shape), 0, 255), np.uint8)


def off_by(pixels: float, degrees: float = 0.4) -> NDArray[np.float64]:
    turn = cv2.getRotationMatrix2D((240, 180), degrees, 1.01)
    turn[:, 2] += pixels
    return np.vstack((turn, (0, 0, 1)))


def test_a_homography_that_is_pixels_off_is_corrected_to_a_fraction_of_one() -> None:
    grey = mesh(1)
    assert overlay.agreement(grey, grey, off_by(3))[0] < 0.7
    corrected = refined(grey, grey, off_by(3))
    corners = np.array([[(0, 0), (479, 0), (479, 359), (0, 359)]], np.float64)
    assert np.abs(cv2.perspectiveTransform(corners, corrected) - corners).max() < 0.5
    assert overlay.agreement(grey, grey, corrected)[1] > 0.99


def test_pictures_that_share_nothing_are_not_made_to_agree() -> None:
    one, other = (np.random.default_rng(seed).integers(0, 256, (90, 120), dtype=np.uint8) for seed in (1, 2))
    here, there = (np.asarray(cv2.resize(noise, (480, 360)), np.uint8) for noise in (one, other))
    assert overlay.agreement(here, there, refined(here, there, off_by(3)))[0] < 0.2


def test_without_texture_nothing_is_corrected() -> None:
    flat = np.full((360, 480), 90, np.uint8)
    np.testing.assert_array_equal(refined(flat, mesh(1), off_by(3)), off_by(3))


def test_it_does_not_matter_which_picture_is_the_coarser_one() -> None:
    grey = mesh(2)[:300, :470]
    for scale in (0.99, 1.01):
        off = np.diag([scale, scale, 1.0])
        assert overlay.agreement(grey, mesh(2), refined(grey, mesh(2), off))[1] > 0.99
