"""Telling print on a flat picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from verifier.instruments.lettering import is_lettered


def page(size: int, ink: str, ground: str) -> NDArray[np.uint8]:
    picture = Image.new("L", (1000, 500), ground)
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(("Delivered 12,207", "Opens 3,908", "Clicks 527", "Unsubscribed 31")):
        draw.text((60, 50 + 90 * row), line, fill=ink, font_size=size)
    return np.asarray(picture)


@pytest.mark.parametrize(("ink", "ground"), [("black", "white"), ("white", "black"), ("#888", "#222")])
@pytest.mark.parametrize("size", [14, 22, 34])
def test_lines_of_print_are_told_light_on_dark_and_dark_on_light(size: int, ink: str, ground: str) -> None:
    assert is_lettered(page(size, ink, ground))


def test_print_of_a_small_picture_is_told_too() -> None:
    assert is_lettered(np.asarray(cv2.resize(page(22, "black", "white"), (450, 225), interpolation=cv2.INTER_AREA)))


def test_lamps_and_a_sign_at_night_are_no_print() -> None:
    night = Image.new("L", (800, 600), 4)
    draw = ImageDraw.Draw(night)
    for x, y, size in ((100, 420, 18), (340, 410, 30), (700, 400, 24), (520, 500, 9)):
        draw.ellipse((x, y, x + size, y + size), fill=250)
    draw.text((280, 150), "NBC", fill=230, font_size=110)
    assert not is_lettered(np.asarray(night.filter(ImageFilter.GaussianBlur(3))))


def test_a_plain_picture_has_none() -> None:
    assert not is_lettered(np.full((40, 60), 7, np.uint8))
