"""PDQ says what the reference implementation says."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from verifier.instruments import pdq

# computed with the package pdqhash 0.2.8, which wraps the reference implementation
BLOCKS = "3930ce66e18d0091ffffff6e1e723199c6cf261f337b20310c0f197e0481be44"


def test_the_hash_and_quality_are_those_of_the_reference() -> None:
    coarse = np.random.default_rng(5).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    assert pdq.compute(cv2.resize(coarse, (400, 300), interpolation=cv2.INTER_NEAREST)) == (BLOCKS, 100)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (64, 64), (65, 127), (512, 512)])
def test_any_size_has_a_hash(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    bits, quality = pdq.compute(pixels)
    assert len(bytes.fromhex(bits)) == 32
    assert 0 <= quality <= 100


def test_a_flat_picture_has_no_quality() -> None:
    assert pdq.compute(np.full((90, 120, 3), 200, np.uint8))[1] == 0
