"""Photos set into a picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from verifier.casefile import Evidence, Kind, Page
from verifier.instruments import overlay, panels, traces
from verifier.instruments.readings import Readings

Pixels = NDArray[np.uint8]


def photo(seed: int, width: int = 320, height: int = 240) -> Pixels:
    random = np.random.default_rng(seed)
    coarse = random.integers(40, 220, (24, 32, 3), dtype=np.uint8)
    large = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(large + random.normal(0, 12, large.shape), 0, 255), np.uint8)


def collage(rows: int, columns: int, gap: int) -> Pixels:
    canvas = np.full((rows * (240 + gap) + gap, columns * (320 + gap) + gap, 3), 245, np.uint8)
    for n in range(rows * columns):
        top, left = gap + n // columns * (240 + gap), gap + n % columns * (320 + gap)
        canvas[top : top + 240, left : left + 320] = photo(n) // 2 + np.uint8(120 * (n % 2))
    return canvas


@pytest.mark.parametrize("gap", [12, 0])
@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (2, 1), (2, 2), (1, 3), (2, 3), (3, 3)])
def test_the_cells_of_a_collage_are_found_with_and_without_gutters(rows: int, columns: int, gap: int) -> None:
    found = panels.find(collage(rows, columns, gap))
    assert len(found) == rows * columns
    for n, box in enumerate(found):
        top, left = gap + n // columns * (240 + gap), gap + n % columns * (320 + gap)
        assert abs(box.left - left) < 8
        assert abs(box.top - top) < 8
        assert abs(box.right - left - 320) < 8
        assert abs(box.bottom - top - 240) < 8


def night() -> Pixels:
    """Lit things before the dark: as flat, and of as few colours, as what is drawn."""
    coarse = np.random.default_rng(7).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    large = cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return np.clip((large.min(axis=2, keepdims=True) - 85) * (4, 3.2, 2), 0, 255).astype(np.uint8)


def test_a_photo_at_night_is_found_in_a_collage_too() -> None:
    assert overlay.is_drawn(night())
    canvas = collage(2, 2, 12)
    canvas[264:504, 12:332] = night()
    found = panels.find(canvas)
    assert any(abs(box.top - 264) < 30 and abs(box.left - 12) < 30 and box.right < 340 for box in found)


def test_a_photo_of_one_scene_has_no_panels() -> None:
    assert panels.find(photo(1, 1200, 900)) == ()
    assert panels.find(np.full((300, 400, 3), 128, np.uint8)) == ()
    assert panels.find(np.zeros((1, 700, 3), np.uint8)) == ()


def test_a_photo_on_a_page_of_text_is_found_and_the_text_is_not() -> None:
    page = Image.new("RGB", (1000, 1400), "white")
    draw = ImageDraw.Draw(page)
    for row in range(30):
        draw.text((80, 60 + 18 * row), "What was shown in the store, and when it was shown there", fill="black")
    page.paste(Image.fromarray(photo(3, 640, 480)), (120, 700))
    (box,) = panels.find(np.asarray(page))
    np.testing.assert_allclose((box.left, box.top, box.right, box.bottom), (120, 700, 760, 1180), atol=5)


def test_a_dashboard_of_drawn_cards_has_no_panels() -> None:
    page = Image.new("RGB", (1200, 800), (245, 246, 248))
    draw = ImageDraw.Draw(page)
    for n in range(6):
        left, top = 40 + n % 3 * 380, 60 + n // 3 * 340
        draw.rectangle((left, top, left + 340, top + 280), fill="white", outline=(210, 214, 220))
        draw.text((left + 30, top + 40), f"Measure {n}", fill=(60, 70, 80), font_size=28)
        draw.text((left + 30, top + 120), f"{n}2,4{n}0", fill=(10, 20, 30), font_size=60)
    assert panels.find(np.asarray(page)) == ()


def test_every_panel_leaves_a_trace_of_its_own_after_its_page() -> None:
    pixels = collage(2, 2, 12)
    page = Page(index=0, label="photo", pixels=pixels)
    kept = traces.keep(Readings(Evidence(kind=Kind.IMAGE, media_type="image/png", raw=b"", pages=(page,))))
    assert [trace.panel for trace in kept.traces] == [0, 1, 2, 3, 4]
    assert len({trace.place for trace in kept.traces}) == 5
    assert len(kept.pages) == 1
    whole, first = kept.traces[0], kept.traces[1]
    assert whole.box is None
    assert first.box is not None
    assert (first.width, first.height) == (first.box.right - first.box.left, first.box.bottom - first.box.top)
    assert first.preview in kept.blobs
    assert len({trace.pdq for trace in kept.traces}) == 5
