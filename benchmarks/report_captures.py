"""Report captures: the same report taken once more, in another way; and what an edited one goes through."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from random import Random

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageEnhance

from benchmarks.attacks import encoded, jpeg, noise, resize
from benchmarks.mountings import Picture

CUT = 0.05  # of the width and of the height, that an edited picture loses when it is cropped
Capture = Callable[[Picture, Random], Picture]


def recaptures(filler: Picture) -> Mapping[str, Capture]:
    """An honest report filed again: all of these are the same report. `filler` is what else stands on a long page."""
    return {
        "smaller": lambda picture, _: resize(picture, 0.65),
        "larger": lambda picture, _: resize(picture, 1.4),
        "cropped": lambda picture, random: _cropped(picture, 0.75, random),
        "dark JPEG": lambda picture, _: jpeg(ImageEnhance.Brightness(picture).enhance(0.7), 45),
        "light JPEG": lambda picture, _: jpeg(ImageEnhance.Brightness(picture).enhance(1.2), 45),
        "other browser": _in_browser,
        "scrolled": lambda picture, _: _scrolled(picture, filler),
        "photographed": _photographed,
        "printed": lambda picture, _: _printed(picture),
    }


def transports() -> Mapping[str, Capture]:
    """What an edited picture goes through before it is handed in."""
    return {
        "JPEG": lambda picture, _: jpeg(picture, 85),
        "smaller": lambda picture, _: encoded(resize(picture, 0.8), "WEBP", 80),
        "cropped": lambda picture, random: jpeg(_cropped(picture, 1 - CUT, random), 80),
        "other browser": lambda picture, random: jpeg(_in_browser(picture, random), 80),
    }


def _cropped(picture: Picture, share: float, random: Random) -> Picture:
    """That share of the width and of the height."""
    wide, tall = round(picture.width * share), round(picture.height * share)
    left, top = random.randint(0, picture.width - wide), random.randint(0, picture.height - tall)
    return picture.crop((left, top, left + wide, top + tall))


def _in_browser(picture: Picture, random: Random) -> Picture:
    """Below the bar of a browser in one of two themes."""
    ground, field = random.choice((((32, 33, 36), (53, 54, 58)), ((222, 225, 230), (255, 255, 255))))
    bar = max(40, picture.height // 12)
    canvas = Image.new("RGB", (picture.width, picture.height + bar), ground)
    ImageDraw.Draw(canvas).rounded_rectangle(
        (bar, bar * 0.25, picture.width - bar, bar * 0.75), radius=bar * 0.25, fill=field
    )
    canvas.paste(picture, (0, bar))
    return canvas


def _scrolled(picture: Picture, filler: Picture) -> Picture:
    """Half a page further down: the lower half, and below it something else."""
    half = picture.height // 2
    canvas = Image.new("RGB", picture.size)
    canvas.paste(picture.crop((0, half, picture.width, picture.height)), (0, 0))
    rest = filler.resize((picture.width, max(1, round(filler.height * picture.width / filler.width))))
    canvas.paste(rest, (0, picture.height - half))
    return canvas


def _photographed(picture: Picture, random: Random) -> Picture:
    """A screen from a little aside, with its grain."""
    wide, tall = picture.size
    frame = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32)
    shift = 0.035 * min(wide, tall)
    inset = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)], np.float32) * 1.5 * shift
    moved = frame + inset + np.array([[random.uniform(-shift, shift) for _ in "xy"] for _ in range(4)], np.float32)
    matrix = cv2.getPerspectiveTransform(frame, moved.astype(np.float32))
    seen = cv2.warpPerspective(
        np.asarray(picture), matrix, (wide, tall), flags=cv2.INTER_AREA, borderValue=(20, 20, 24)
    )
    rows = np.arange(tall)[:, None, None]
    grained = np.clip(seen * (1 + 0.03 * np.sin(rows * 2.1)) * (0.86, 0.9, 0.94) + 8, 0, 255).astype(np.uint8)
    return jpeg(noise(Image.fromarray(grained), 4.0, random), 70)


def _printed(picture: Picture) -> Picture:
    """Printed to a PDF page with margins, and that page seen at 150 dots an inch."""
    page = Image.new("RGB", (1240, 1754), (255, 255, 255))
    shown = picture.resize((1100, max(1, round(picture.height * 1100 / picture.width))), Image.Resampling.LANCZOS)
    page.paste(shown, (70, 90))
    file = io.BytesIO()
    page.save(file, "PDF", resolution=150.0, quality=80)
    with pypdfium2.PdfDocument(file.getvalue()) as document:
        rendered: Picture = document[0].render(scale=150 / 72).to_pil().convert("RGB")
    return rendered
