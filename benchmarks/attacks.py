"""Attacks: what a copied photo goes through on its way into another claim, as functions of pixels and a random source.

Pixels are (height, width, 3) uint8 RGB. Another suite can be given to `benchmarks.duplicates --attacks FILE.py`: a
module with a dictionary `ATTACKS` of the same shape.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance

Pixels = NDArray[np.uint8]
Attack = Callable[[Pixels, Random], Pixels]


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    """Through JPEG at that quality and back."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out).convert("RGB"))


def resize(pixels: Pixels, factor: float) -> Pixels:
    """Both sides times `factor`."""
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def crop(pixels: Pixels, share: float, random: Random) -> Pixels:
    """A rectangle of that share of the area, of the picture's own shape, anywhere."""
    height, width = pixels.shape[:2]
    tall, wide = round(height * share**0.5), round(width * share**0.5)
    top, left = random.randint(0, height - tall), random.randint(0, width - wide)
    return np.ascontiguousarray(pixels[top : top + tall, left : left + wide])


def blur(pixels: Pixels, sigma: float) -> Pixels:
    """Gaussian blur, sigma in pixels."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def noise(pixels: Pixels, sigma: float, random: Random) -> Pixels:
    """Gaussian noise, sigma in grey levels."""
    grain = np.random.default_rng(random.getrandbits(32)).normal(0, sigma, pixels.shape)
    return np.clip(pixels + grain, 0, 255).astype(np.uint8)


def colour(pixels: Pixels, brightness: float, contrast: float, saturation: float) -> Pixels:
    """As the sliders of any photo application."""
    picture = Image.fromarray(pixels)
    for enhance, amount in (
        (ImageEnhance.Brightness, brightness),
        (ImageEnhance.Contrast, contrast),
        (ImageEnhance.Color, saturation),
    ):
        picture = enhance(picture).enhance(amount)
    return np.asarray(picture)


def grey(pixels: Pixels) -> Pixels:
    """Black and white."""
    return np.asarray(Image.fromarray(pixels).convert("L").convert("RGB"))


def mirror(pixels: Pixels) -> Pixels:
    """Left is right."""
    return np.ascontiguousarray(pixels[:, ::-1])


def turn(pixels: Pixels, degrees: float) -> Pixels:
    """Turned about the centre, the corners filled with black, the whole picture kept."""
    return np.asarray(Image.fromarray(pixels).rotate(degrees, Image.Resampling.BICUBIC, expand=True))


def border(pixels: Pixels, share: float) -> Pixels:
    """A white frame, its width a share of the longer side."""
    edge = round(max(pixels.shape[:2]) * share)
    return np.asarray(
        cv2.copyMakeBorder(pixels, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(255, 255, 255)), np.uint8
    )


def overlay(pixels: Pixels, text: str) -> Pixels:
    """A line of text on a dark strip, a sixth of the picture high."""
    picture = Image.fromarray(pixels)
    width, height = picture.size
    draw = ImageDraw.Draw(picture)
    top = round(height * 0.7)
    draw.rectangle((0, top, width, top + height // 6), fill=(20, 20, 20))
    draw.text((width // 20, top), text, fill=(255, 255, 255), font_size=max(8, height // 9))
    return np.asarray(picture)


def screen(pixels: Pixels) -> Pixels:
    """A screenshot of a telephone that shows the photo between its bars."""
    height, width = pixels.shape[:2]
    canvas = np.full((round(width * 2.0), width, 3), 18, np.uint8)
    shown = pixels if height <= canvas.shape[0] * 0.8 else resize(pixels, canvas.shape[0] * 0.8 / height)
    top, left = (canvas.shape[0] - shown.shape[0]) // 2, (width - shown.shape[1]) // 2
    canvas[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    picture = Image.fromarray(canvas)
    draw = ImageDraw.Draw(picture)
    draw.text((width // 20, width // 30), "09:41", fill=(240, 240, 240), font_size=max(8, width // 18))
    draw.text(
        (width // 20, canvas.shape[0] - width // 8),
        "Share   Edit   Delete",
        fill=(240, 240, 240),
        font_size=max(8, width // 18),
    )
    return np.asarray(picture)


def keystone(pixels: Pixels, random: Random) -> Pixels:
    """Seen a little from the side, corners moved by up to 6% of the sides."""
    height, width = pixels.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = corners + np.array(
        [(random.uniform(-0.06, 0.06) * width, random.uniform(-0.06, 0.06) * height) for _ in range(4)]
    )
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return np.asarray(cv2.warpPerspective(pixels, matrix, (width, height)), np.uint8)


def collage(pixels: Pixels) -> Pixels:
    """Two by two: the photo beside three flat, coloured fields."""
    half = resize(pixels, 0.5)
    height, width = half.shape[:2]
    canvas = np.zeros((height * 2, width * 2, 3), np.uint8)
    canvas[:height, :width] = half
    canvas[:height, width:] = (200, 80, 60)
    canvas[height:, :width] = (60, 120, 200)
    canvas[height:, width:] = (230, 220, 180)
    return canvas


ATTACKS: dict[str, Attack] = {
    "jpeg_75": lambda p, _: jpeg(p, 75),
    "jpeg_20": lambda p, _: jpeg(p, 20),
    "half_size": lambda p, _: resize(p, 0.5),
    "blur": lambda p, _: blur(p, max(p.shape) / 400),
    "noise": lambda p, r: noise(p, 15, r),
    "colour": lambda p, _: colour(p, 1.2, 1.25, 1.4),
    "grey": lambda p, _: grey(p),
    "crop_90": lambda p, r: crop(p, 0.9, r),
    "crop_70": lambda p, r: crop(p, 0.7, r),
    "crop_50": lambda p, r: crop(p, 0.5, r),
    "crop_25": lambda p, r: crop(p, 0.25, r),
    "mirror": lambda p, _: mirror(p),
    "turn_90": lambda p, _: np.ascontiguousarray(np.rot90(p)),
    "turn_5": lambda p, _: turn(p, 5),
    "border": lambda p, _: border(p, 0.1),
    "overlay": lambda p, _: overlay(p, "Summer Sale 2026"),
    "keystone": keystone,
    "screen": lambda p, _: screen(p),
    "collage": lambda p, _: collage(p),
    "mirror_crop_jpeg": lambda p, r: jpeg(crop(mirror(p), 0.7, r), 50),
}
