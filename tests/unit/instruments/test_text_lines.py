"""Lines of a clean rendering are found by their edges; other pictures are left to the neural detector."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from verifier.casefile import Page
from verifier.instruments import figures, recogniser, text, text_lines

CARDS = (("Sent", "12,400"), ("Delivered", "12,214"), ("Unique opens", "3,908"), ("Unique clicks", "412"))
TABLE = (("Link", "Clicks", "Share"), ("/offer", "310", "75.2%"), ("/imprint", "7", "1.7%"))


def drawn(*, dark: bool = False) -> NDArray[np.uint8]:
    """A dashboard of 1000 x 640: cards with frames, and a table whose head is crossed by bars."""
    ground, ink, pale = ("#16181d", "#f0f0f0", "#9aa0a8") if dark else ("white", "#202020", "#707070")
    picture = Image.new("RGB", (1000, 640), ground)
    draw = ImageDraw.Draw(picture)
    for number, (label, value) in enumerate(CARDS):
        left = 30 + 240 * number
        draw.rectangle((left, 40, left + 215, 170), outline="#888888")
        draw.text((left + 16, 56), label, fill=pale, font=ImageFont.load_default(17))
        draw.text((left + 16, 96), value, fill=ink, font=ImageFont.load_default(44))
    for row, cells in enumerate(TABLE):
        for column, words in enumerate(cells):
            left, top = 40 + 260 * column, 250 + 60 * row
            draw.rectangle((left - 14, top - 20, left - 10, top + 38), fill="#3b8f3b")
            draw.text((left, top), words, fill=ink, font=ImageFont.load_default(18))
    return np.asarray(picture)


def page(pixels: NDArray[np.uint8]) -> Page:
    return Page(index=0, label="drawn", pixels=pixels)


def words_on(pixels: NDArray[np.uint8]) -> set[str]:
    return {line.text for line in text.read(page(pixels))}


@pytest.fixture
def _without_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise AssertionError("the neural detector was asked")

    monkeypatch.setattr(recogniser, "detect", refuse)


@pytest.mark.usefixtures("_without_detector")
@pytest.mark.parametrize("dark", [False, True])
def test_every_word_and_figure_of_a_rendered_page_is_read_without_the_detector(dark: bool) -> None:
    expected = {words for card in CARDS for words in card} | {words for row in TABLE for words in row}
    assert expected <= words_on(drawn(dark=dark))


@pytest.mark.usefixtures("_without_detector")
def test_the_figures_that_are_told_were_read_by_the_small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    whole = recogniser.recognise

    def watched(
        tile: NDArray[np.uint8], corners: NDArray[np.float32], *, quick: bool = False
    ) -> list[recogniser.Recognised]:
        found = whole(tile, corners, quick=quick)
        asked.extend(each.text for each in found if not quick)
        return found

    monkeypatch.setattr(recogniser, "recognise", watched)
    told = figures.read(page(drawn())).headline
    assert {"sent", "delivered", "unique_opens", "unique_clicks"} <= {each.key for each in told}
    assert {each.numeral.text for each in told} <= set(asked)


def test_cells_parted_by_a_bar_are_lines_of_their_own() -> None:
    boxes = text_lines.find(drawn())
    head = sorted(box.left for box in boxes if 235 < box.top < 262)
    assert len(head) == len(TABLE[0])
    assert all(abs(left - (36 + 260 * column)) < 6 for column, left in enumerate(head))


def test_a_photographed_screen_and_a_small_capture_are_left_to_the_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, ...]] = []
    whole = recogniser.detect

    def watched(tile: NDArray[np.uint8]) -> NDArray[np.float32]:
        seen.append(tile.shape)
        return whole(tile)

    monkeypatch.setattr(recogniser, "detect", watched)
    pixels = drawn()
    there = np.array([[0, 0], [1000, 0], [1000, 640], [0, 640]], np.float32)
    turned = np.array([[20, 30], [970, 0], [990, 610], [0, 640]], np.float32)
    photo = cv2.warpPerspective(pixels, cv2.getPerspectiveTransform(there, turned), (1000, 640))
    grain = np.random.default_rng(1).normal(0, 6, pixels.shape)
    photo = np.clip(cv2.GaussianBlur(photo, (3, 3), 0.8) + grain, 0, 255).astype(np.uint8)
    assert {"12,400", "12,214"} <= words_on(photo)
    assert "12,400" in words_on(np.ascontiguousarray(pixels[:200, :640]))
    assert len(seen) == 2


def test_a_line_reads_the_same_alone_and_among_others() -> None:
    pixels = drawn()
    corners = np.array(
        [[[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]]
         for box in text_lines.find(pixels)], np.float32,
    )  # fmt: skip
    for quick in (False, True):
        together = recogniser.recognise(pixels, corners, quick=quick)
        alone = [recogniser.recognise(pixels, corners[[index]], quick=quick)[0] for index in range(len(corners))]
        assert together == alone


def test_a_page_without_marks_has_no_lines() -> None:
    blank = np.full((700, 900, 3), 255, np.uint8)
    assert text_lines.rendered(blank)
    assert text_lines.find(blank) == []
    assert text.read(page(blank)) == ()
