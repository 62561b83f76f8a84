"""What is kept of pages."""

from __future__ import annotations

import hashlib
import io

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from verifier.casefile import Box, Evidence, Kind, Page, PrintedWord
from verifier.errors import ArchiveError
from verifier.instruments import features, shrinking, traces
from verifier.instruments.readings import Readings


def scene(height: int, width: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(5)
    coarse = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def readings(*pages: Page) -> Readings:
    return Readings(Evidence(kind=Kind.IMAGE, media_type="image/png", raw=b"", pages=pages))


def test_every_page_leaves_a_trace_a_view_and_its_blobs() -> None:
    pages = [Page(index=n, label=f"page {n + 1}", pixels=scene(300 + n, 400)) for n in range(2)]
    kept = traces.keep(readings(*pages))
    assert [view.label for view in kept.pages] == ["page 1", "page 2"]
    assert [(trace.page, trace.width, trace.height) for trace in kept.traces] == [(0, 400, 300), (1, 400, 301)]
    wanted = {trace.preview for trace in kept.traces} | {trace.features for trace in kept.traces}
    assert wanted == set(kept.blobs)
    assert all(hashlib.sha256(data).hexdigest() == digest for digest, data in kept.blobs.items())


def test_the_same_page_leaves_the_same_trace() -> None:
    assert traces.keep(readings(Page(index=0, label="", pixels=scene(200, 300)))) == traces.keep(
        readings(Page(index=0, label="", pixels=scene(200, 300)))
    )


def test_a_preview_is_a_jpeg_no_larger_than_the_limit() -> None:
    kept = traces.keep(readings(Page(index=0, label="", pixels=scene(1000, 3200))))
    with Image.open(io.BytesIO(kept.blobs[kept.traces[0].preview])) as preview:
        assert preview.format == "JPEG"
        assert preview.size == (1600, 500)
    assert (kept.pages[0].width, kept.pages[0].height) == (3200, 1000)


def test_packed_features_come_back_in_pixels_of_the_page() -> None:
    pixels = scene(600, 1200)
    kept = traces.keep(readings(Page(index=0, label="", pixels=pixels)))
    back = traces.unpack(kept.blobs[kept.traces[0].features], width=1200)
    small = cv2.cvtColor(shrinking.within(pixels, 448), cv2.COLOR_RGB2GRAY)
    found = features.detect(np.asarray(small, np.uint8), traces.FEATURES_LIMIT)
    assert 50 < len(back) <= traces.FEATURES_LIMIT
    np.testing.assert_array_equal(back.descriptors, found.descriptors)
    np.testing.assert_allclose(back.points, found.points * 1200 / 448, atol=1200 / 448 / 64)


def test_a_page_without_any_texture_has_no_features_and_still_a_blob() -> None:
    kept = traces.keep(readings(Page(index=0, label="", pixels=np.full((90, 80, 3), 200, np.uint8))))
    assert len(traces.unpack(kept.blobs[kept.traces[0].features], width=80)) == 0


@pytest.mark.parametrize("spoil", [lambda b: b[:5], lambda b: b[:-1], lambda b: b"nope" + b[4:], lambda b: b + b"x"])
def test_a_spoilt_features_blob_is_refused(spoil: object) -> None:
    packed = traces.pack(features.detect(np.asarray(scene(200, 200)[:, :, 0])), 200, 200)
    with pytest.raises(ArchiveError):
        traces.unpack(spoil(packed), width=200)  # type: ignore[operator]


def test_words_of_a_text_layer_are_kept_normalised_and_in_order() -> None:
    box = Box(left=0, top=0, right=1, bottom=1)
    words = tuple(PrintedWord(text=text, box=box) for text in ("Total", "Sent:", "12,400", "(22.7%)", "—"))
    kept = traces.keep(readings(Page(index=0, label="", pixels=scene(100, 100), words=words)))
    assert kept.traces[0].words == ("total", "sent", "12,400", "22.7%")


def test_peeking_reads_nothing_that_was_not_taken() -> None:
    page = Page(index=0, label="", pixels=scene(50, 50))
    asked = readings(page)
    assert asked.peek(np.size, 5) is None
    assert asked.take(np.size, 5) == 1
    assert asked.peek(np.size, 5) == 1
