"""Laying pictures on each other."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from verifier.casefile import Evidence, Kind, Page
from verifier.errors import ArchiveError
from verifier.instruments import alignment, traces
from verifier.instruments.alignment import Alignment, align_pages
from verifier.instruments.overlay import is_drawn
from verifier.instruments.readings import Readings

Pixels = NDArray[np.uint8]


def shelf(seed: int, shift: float = 0.0) -> Pixels:
    """A picture with texture everywhere; `shift` moves its boxes, each by its own depth, as another take does."""
    random = np.random.default_rng(seed)
    ground = cv2.resize(
        random.integers(60, 200, (15, 20, 3), dtype=np.uint8), (480, 360), interpolation=cv2.INTER_CUBIC
    )
    for _ in range(60):
        left, top = random.integers(0, 440), random.integers(0, 320)
        wide, tall = random.integers(20, 60, 2)
        label = cv2.resize(random.integers(0, 256, (6, 6, 3), dtype=np.uint8), (int(wide), int(tall)))
        left = int(np.clip(left + shift * random.uniform(-1, 1), 0, 479))
        part = ground[top : top + tall, left : left + wide]
        part[:] = label[: part.shape[0], : part.shape[1]]
    return np.asarray(np.clip(ground + random.normal(0, 4, ground.shape), 0, 255), np.uint8)


def report(figures: tuple[str, ...] = ("12,400", "3,908", "527", "32.0%")) -> Pixels:
    picture = Image.new("RGB", (900, 500), "white")
    draw = ImageDraw.Draw(picture)
    for n, (label, figure) in enumerate(zip(("Sent", "Opens", "Clicks", "Open rate"), figures, strict=True)):
        left, top = 40 + (n % 2) * 440, 60 + (n // 2) * 220
        draw.rectangle((left, top, left + 380, top + 180), outline=(210, 215, 225), width=2)
        draw.text((left + 20, top + 20), label, fill=(90, 95, 110), font_size=22)
        draw.text((left + 20, top + 70), figure, fill=(20, 25, 40), font_size=54)
    return np.asarray(picture)


def blobs(pixels: Pixels) -> tuple[bytes, bytes]:
    page = Page(index=0, label="", pixels=np.ascontiguousarray(pixels))
    kept = traces.keep(Readings(Evidence(kind=Kind.IMAGE, media_type="image/png", raw=b"", pages=(page,))))
    return kept.blobs[kept.traces[0].preview], kept.blobs[kept.traces[0].features]


def align(here: Pixels, there: Pixels) -> Alignment:
    return align_pages(None, *blobs(here), *blobs(there))


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1), np.uint8)


TREATMENTS: dict[str, Callable[[Pixels], Pixels]] = {
    "as it is": lambda p: p,
    "recompressed": lambda p: jpeg(p, 30),
    "smaller": lambda p: np.asarray(cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8),
    "brighter": lambda p: np.clip(p * 1.2 + 10, 0, 255).astype(np.uint8),
    "cropped": lambda p: p[60:300, 90:400],
    "mirrored": lambda p: p[:, ::-1],
    "turned": np.rot90,
    "mirrored, cropped and recompressed": lambda p: jpeg(p[30:330, ::-1][:, 60:420], 50),
    "framed": lambda p: np.pad(p, ((40, 40), (40, 40), (0, 0)), constant_values=255),
}


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_a_copy_agrees_with_its_original_whatever_was_done_to_it(treatment: str) -> None:
    found = align(TREATMENTS[treatment](shelf(1)), shelf(1))
    assert found.agreement > 0.85
    assert not found.drawn
    assert found.mirrored == ("mirrored" in treatment)


def test_another_take_of_the_scene_agrees_less_and_another_scene_not_at_all() -> None:
    assert align(shelf(1, shift=15), shelf(1)).agreement < 0.65
    assert align(shelf(2), shelf(1)).agreement < 0.2


def test_the_overlap_of_a_crop_is_outlined_on_both_pictures() -> None:
    found = align(shelf(1)[60:300, 90:400], shelf(1))
    there = np.array(found.there)
    np.testing.assert_allclose((there.min(axis=0), there.max(axis=0)), ((90, 60), (400, 300)), atol=3)
    assert found.overlap > 0.97
    corner = np.array(found.homography).reshape(3, 3) @ (0, 0, 1)
    np.testing.assert_allclose(corner[:2] / corner[2], (90, 60), atol=2)


def test_equal_pictures_align_equally_each_time() -> None:
    assert align(shelf(3)[20:], shelf(3)) == align(shelf(3)[20:], shelf(3))


def test_a_flat_picture_agrees_with_nothing() -> None:
    flat = np.full((200, 300, 3), 90, np.uint8)
    assert align(flat, flat).agreement == 0.0
    assert align(flat, shelf(1)).agreement < 0.2


def test_one_changed_figure_of_a_report_is_boxed() -> None:
    found = align(report(("12,400", "6,908", "527", "32.0%")), report())
    assert found.drawn
    assert found.agreement > 0.9
    (box,) = found.changed
    assert 480 < box.left < box.right < 700
    assert 110 < box.top < box.bottom < 220


def test_a_recompressed_report_has_no_changed_spot() -> None:
    small = np.asarray(cv2.resize(report(), None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA), np.uint8)
    found = align(jpeg(small, 75), report())
    assert found.agreement > 0.97
    assert found.changed == ()


def test_screenshots_are_drawn_and_photos_are_not() -> None:
    assert is_drawn(report())
    assert not is_drawn(shelf(4))


def test_a_broken_preview_is_an_archive_error() -> None:
    preview, features = blobs(shelf(1))
    with pytest.raises(ArchiveError):
        align_pages(None, b"no picture", features, preview, features)
    with pytest.raises(ArchiveError):
        align_pages(None, preview, features[:-1], preview, features)


def test_only_a_picture_seen_from_another_side_is_tilted() -> None:
    corners = np.array([(0, 0), (480, 0), (480, 360), (0, 360)], np.float32)
    seen = np.array([(25, 10), (470, 0), (455, 355), (5, 340)], np.float32)
    slanted = cv2.warpPerspective(shelf(1), cv2.getPerspectiveTransform(corners, seen), (480, 360))
    assert align(np.asarray(slanted, np.uint8), shelf(1)).tilt > 0.03
    assert align(jpeg(shelf(1)[20:340, 30:], 50), shelf(1)).tilt < 0.02


def grille(seed: int) -> Pixels:
    """Holes in a grid around a badge: most features are like many others."""
    random = np.random.default_rng(seed)
    light = cv2.resize(random.uniform(90, 220, (5, 6)).astype(np.float32), (480, 360), interpolation=cv2.INTER_CUBIC)
    down, across = np.mgrid[:360, :480]
    holes = 0.55 + 0.45 * np.sign(np.sin(across / 2.7) * np.sin(down / 2.7) + 0.3)
    picture = np.clip(light * holes + random.normal(0, 3, light.shape), 0, 255)
    picture[110:250, 160:320] = shelf(seed)[110:250, 160:320, 0]
    return np.repeat(picture.astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("degrees", [4, 12, 25])
def test_a_pattern_that_repeats_is_laid_on_itself_exactly(degrees: float) -> None:
    turn = cv2.getRotationMatrix2D((240, 180), degrees, 1.0)
    turned = np.asarray(cv2.warpAffine(grille(1), turn, (480, 360)), np.uint8)[50:310, 70:410]
    found = align(jpeg(turned, 60), grille(1))
    assert found.agreement > 0.9
    assert found.tilt < 0.01


def test_a_negative_shows_the_same_pattern() -> None:
    assert align(np.asarray(255 - shelf(1), np.uint8), shelf(1)).agreement > 0.95
    assert align(np.asarray(255 - shelf(1, shift=15), np.uint8), shelf(1)).agreement < 0.65


@pytest.mark.parametrize(("matches", "looked_at"), [(10, False), (30, True)])
def test_what_few_matches_speak_for_is_looked_at_only_if_it_agrees_from_afar(
    matches: int, looked_at: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess = alignment._Guess(matrix=np.eye(3), inliers=matches)
    monkeypatch.setattr(alignment, "_fitted", lambda *_: [guess])
    mixed = shelf(2)
    mixed[:40] = shelf(1)[:40]
    found = align_pages(None, *blobs(mixed), *blobs(shelf(1)), whole=False)
    assert (found.agreement > 0) == looked_at
    assert align_pages(None, *blobs(shelf(1)), *blobs(shelf(1)), whole=False).agreement > 0.95


def logo(ground: int) -> Pixels:
    """A mark of many corners and no print."""
    picture = Image.new("RGB", (480, 200), (ground, ground, ground))
    draw, random = ImageDraw.Draw(picture), np.random.default_rng(5)
    for n in range(26):
        left, top = 20 + 34 * (n % 13), 30 + 75 * (n // 13)
        corners = [(left + int(x), top + int(y)) for x, y in random.integers(0, 50, (5, 2))]
        draw.polygon(corners, fill=tuple(int(level) for level in random.integers(40, 230, 3)))
    return np.asarray(picture)


def on_a_wall(mark: Pixels, aslant: float = 0.0) -> Pixels:
    """A shop that shows it on a sign, seen from the front or from a side."""
    wall = cv2.resize(shelf(3), (1200, 900))
    corners = np.float32([(0, 0), (480, 0), (480, 200), (0, 200)])
    sign = np.float32([(300, 300), (780, 300 + 16 * aslant), (780, 500 - 16 * aslant), (300, 500)])
    lies = cv2.getPerspectiveTransform(corners, sign)
    there = cv2.warpPerspective(np.full(mark.shape[:2], 255, np.uint8), lies, (1200, 900)) > 0
    wall[there] = cv2.warpPerspective(mark, lies, (1200, 900))[there]
    return wall


@pytest.mark.parametrize(
    ("ground", "aslant", "drawn"),
    [(250, 0.0, True), (250, 1.0, True), (4, 1.0, True), (4, 0.0, False)],  # the last may be a photo at night
)
def test_a_logo_on_a_sign_is_drawn_and_no_photo(ground: int, aslant: float, drawn: bool) -> None:
    found = align(on_a_wall(logo(ground), aslant), logo(ground))
    assert found.agreement > 0.75
    assert found.drawn is drawn
