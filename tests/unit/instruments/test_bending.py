"""Pictures that went through a lens filter."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from verifier.casefile import Evidence, Kind, Page
from verifier.instruments import bending, features, traces
from verifier.instruments.alignment import Alignment, align_pages
from verifier.instruments.readings import Readings

Pixels = NDArray[np.uint8]


def scene(seed: int) -> Pixels:
    random = np.random.default_rng(seed)
    ground = cv2.resize(random.integers(60, 200, (24, 32, 3), dtype=np.uint8), (640, 480))
    for _ in range(140):
        left, top, size = *random.integers(0, (600, 440)), int(random.integers(12, 60))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        cv2.rectangle(ground, (int(left), int(top)), (int(left) + size, int(top) + size // 2), colour, -1)
    return np.asarray(np.clip(ground + random.normal(0, 3, ground.shape), 0, 255), np.uint8)


def through_a_lens(pixels: Pixels, share: float) -> Pixels:
    tall, wide = pixels.shape[:2]
    down, across = np.mgrid[0:tall, 0:wide].astype(np.float32)
    off_x, off_y = (across - wide / 2) / (wide / 2), (down - tall / 2) / (wide / 2)
    factor = 1 + share * (off_x**2 + off_y**2)
    x, y = off_x * factor * wide / 2 + wide / 2, off_y * factor * wide / 2 + tall / 2
    return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.uint8)


def align(here: Pixels, there: Pixels) -> Alignment:
    blobs: list[bytes] = []
    for pixels in (here, there):
        page = Page(index=0, label="", pixels=np.ascontiguousarray(pixels))
        kept = traces.keep(Readings(Evidence(kind=Kind.IMAGE, media_type="image/png", raw=b"", pages=(page,))))
        blobs += [kept.blobs[kept.traces[0].preview], kept.blobs[kept.traces[0].features]]
    return align_pages(None, *blobs, False)


@pytest.mark.parametrize("share", [-0.15, 0.15, 0.35])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_copy_that_went_through_a_lens_filter_lies_on_its_original(share: float, mirrored: bool) -> None:
    original = scene(1)
    bent = through_a_lens(original, share)
    laid = align(bent[:, ::-1] if mirrored else bent, original)
    assert laid.agreement > 0.95
    assert laid.bend == pytest.approx(share, abs=0.03)
    assert laid.mirrored == mirrored
    assert laid.tilt < 0.01
    assert laid.apart < 0.001


def test_a_picture_that_was_not_bent_is_not_straightened() -> None:
    original = scene(2)
    turned = cv2.warpAffine(original, cv2.getRotationMatrix2D((320, 240), 9, 0.8), (640, 480))
    assert align(np.asarray(turned, np.uint8), original).bend == 0
    found = [
        features.detect(np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8)) for part in (scene(3), original)
    ]
    assert bending.find(found[0], (640, 480), found[1], (640, 480)) is None
    assert bending.find(found[1], (640, 480), found[1], (640, 480)) is None


def test_what_is_straightened_is_cut_to_what_is_filled() -> None:
    white = np.full((300, 400), 255, np.uint8)
    for share in (-0.2, 0.3):
        assert bending.straighten(white, share).min() > 250
