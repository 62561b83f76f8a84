"""Blobs and packed features come back as they went in, whatever they hold."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.archive.blobs import Blobs
from verifier.errors import ArchiveError
from verifier.instruments import traces
from verifier.instruments.features import Features


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_blobs_come_back_and_equal_bytes_share_a_digest(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        blobs = Blobs(Path(folder) / "blobs")
        digests = [blobs.put(data) for data in contents]
        assert [blobs.get(digest) for digest in digests] == contents
        assert len(set(digests)) == len(set(contents))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 500), st.integers(1, 640), st.integers(1, 640), st.integers(0, 2**32 - 1))
def test_packed_features_come_back_within_a_64th_of_a_pixel(count: int, width: int, height: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    points = (random.random((count, 2)) * (width, height)).astype(np.float32)
    found = Features(points=points, descriptors=random.integers(0, 256, (count, 128), dtype=np.uint8))
    back = traces.unpack(traces.pack(found, width, height), width)
    np.testing.assert_allclose(back.points, points, atol=1 / 64)
    np.testing.assert_array_equal(back.descriptors, found.descriptors)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_other_bytes_are_refused_as_features(data: bytes) -> None:
    try:
        traces.unpack(data, 100)
    except ArchiveError:
        return
    assert data[:4] == b"VFEA"
