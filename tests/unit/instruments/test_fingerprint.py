"""Fingerprints of pages."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from verifier.casefile import Page
from verifier.instruments import fingerprint


def scene(seed: int, height: int = 300, width: int = 400) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def page(pixels: NDArray[np.uint8]) -> Page:
    return Page(index=0, label="photo", pixels=np.ascontiguousarray(pixels))


def apart(one: str, other: str) -> int:
    return int(fingerprint.distances(fingerprint.bits(one), fingerprint.bits(other)[None])[0])


def test_equal_pixels_have_equal_digests_and_one_changed_pixel_has_another() -> None:
    pixels = scene(1)
    changed = pixels.copy()
    changed[0, 0, 0] ^= 1
    assert fingerprint.take(page(pixels)) == fingerprint.take(page(pixels.copy()))
    assert fingerprint.take(page(pixels)).pixel_digest != fingerprint.take(page(changed)).pixel_digest


def test_the_pixel_digest_knows_the_shape() -> None:
    flat = np.zeros((10, 20, 3), np.uint8)
    assert fingerprint.take(page(flat)).pixel_digest != fingerprint.take(page(flat.reshape(20, 10, 3))).pixel_digest


def test_a_smaller_recompressed_picture_stays_near_and_another_picture_does_not() -> None:
    own = fingerprint.take(page(scene(1))).pdq
    _, jpeg = cv2.imencode(".jpg", scene(1)[::2, ::2], [cv2.IMWRITE_JPEG_QUALITY, 40])
    copy = fingerprint.take(page(np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8))).pdq
    assert apart(own, copy) <= 31
    assert apart(own, fingerprint.take(page(scene(2))).pdq) > 90


TURNS = {
    "mirrored": lambda p: p[:, ::-1],
    "upside down": lambda p: p[::-1],
    "turned by half": lambda p: p[::-1, ::-1],
    "transposed": lambda p: p.transpose(1, 0, 2),
    "turned left": np.rot90,
    "turned right": lambda p: np.rot90(p, 3),
    "anti-transposed": lambda p: np.rot90(p, 2).transpose(1, 0, 2),
}


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_picture_is_found_among_the_turned_bits(turn: str) -> None:
    pixels = scene(3, 300, 300)
    variants = fingerprint.turned(fingerprint.take(page(pixels)).pdq)
    assert variants[0] == fingerprint.take(page(pixels)).pdq
    turned = fingerprint.take(page(TURNS[turn](pixels))).pdq
    assert min(apart(variant, turned) for variant in variants[1:]) <= 22
    assert apart(variants[0], turned) > 60


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_negative_is_found_among_the_looks(mirrored: bool) -> None:
    pixels = scene(2)
    negative = np.ascontiguousarray(255 - (pixels[:, ::-1] if mirrored else pixels))
    looks = fingerprint.looks(fingerprint.take(page(pixels)).pdq)
    assert len(looks) == 10
    assert min(apart(look, fingerprint.take(page(negative)).pdq) for look in looks) <= 24


def test_a_flat_picture_is_not_trusted() -> None:
    flat = np.full((200, 200, 3), 127, np.uint8)
    assert fingerprint.take(page(flat)).pdq_quality < fingerprint.PDQ_TRUSTED
    assert fingerprint.take(page(scene(1))).pdq_quality >= fingerprint.PDQ_TRUSTED
