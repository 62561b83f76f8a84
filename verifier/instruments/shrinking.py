"""Shrinking: a smaller picture, cheaply. Halving is ten times faster than any other factor, so as much as can be is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def within(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture (grey or RGB) with its longer side at most `side`, its shape kept."""
    return to_size(pixels, fitting(pixels.shape[1], pixels.shape[0], side))


def fitting(width: int, height: int, side: int) -> tuple[int, int]:
    """The size (width, height) at which the longer side is at most `side`, the shape kept."""
    scale = side / max(height, width)
    return (max(1, round(width * scale)), max(1, round(height * scale))) if scale < 1 else (width, height)


def to_size(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture at a smaller size (width, height): halved as often as can be, the rest by bilinear sampling.

    Bilinear sampling sees every pixel as long as the factor is below two.
    """
    width, height = size
    while (across := pixels.shape[1] >= 2 * width) | (down := pixels.shape[0] >= 2 * height):
        pixels = _halved(pixels, across, down)
    if (pixels.shape[1], pixels.shape[0]) == size:
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def begun(pixels: NDArray[np.uint8], *sizes: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture after the halvings that shrinking it to each of the sizes begins with: it need be read only once.

    `to_size` gives the same pixels from there.
    """
    width, height = (max(lengths) for lengths in zip(*sizes, strict=True))
    while pixels.shape[1] >= 2 * width and pixels.shape[0] >= 2 * height:
        pixels = _halved(pixels, across=True, down=True)
    return pixels


def _halved(pixels: NDArray[np.uint8], across: bool, down: bool) -> NDArray[np.uint8]:
    half = (pixels.shape[1] >> across, pixels.shape[0] >> down)
    whole = pixels[: half[1] << down, : half[0] << across]  # an odd last line would make it another factor
    return np.asarray(cv2.resize(whole, half, interpolation=cv2.INTER_AREA), np.uint8)
