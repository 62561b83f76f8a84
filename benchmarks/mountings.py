"""Mountings: a copied photo inside something else: collages, screenshots, web pages, photos of screens and prints."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

Picture = Image.Image

_INK, _PAPER = (40, 44, 52), (255, 255, 255)
_LINE = "A day at the store with new displays and friendly people everywhere"
_WEB = (1280, 900)


def collage(
    picture: Picture, others: Sequence[Picture], grid: tuple[int, int], gutter: float, random: Random
) -> Picture:
    """Rows x columns of pictures, this one among them; gutters are a share of the width, cells fill the frame."""
    rows, columns = grid
    side = random.choice((900, 1200, 1600))
    gap = round(side * gutter)
    wide, tall = side // columns, round(side // columns * picture.height / picture.width)
    colour = random.choice((_PAPER, (0, 0, 0), (230, 220, 200)))
    canvas = Image.new("RGB", (columns * (wide + gap) + gap, rows * (tall + gap) + gap), colour)
    own = random.randrange(rows * columns)
    for cell in range(rows * columns):
        shown = picture if cell == own else random.choice(others)
        place = (gap + cell % columns * (wide + gap), gap + cell // columns * (tall + gap))
        canvas.paste(ImageOps.fit(shown, (wide, tall), Image.Resampling.LANCZOS), place)
    return canvas


def gradient(random: Random) -> Picture:
    """A plain ground, slightly shaded."""
    colour = [random.randrange(60, 230) for _ in range(3)]
    shade = np.linspace(0.8, 1.1, 600)[:, None, None]
    return Image.fromarray(np.clip(np.ones((600, 800, 1)) * shade * colour, 0, 255).astype(np.uint8))


def on_background(picture: Picture, ground: Picture, share: float, random: Random) -> Picture:
    """The photo on a larger picture, of which it covers that share."""
    factor = (picture.width * picture.height / share / (ground.width * ground.height)) ** 0.5
    factor = max(factor, picture.width / ground.width * 1.02, picture.height / ground.height * 1.02)
    canvas = ground.resize((round(ground.width * factor), round(ground.height * factor)), Image.Resampling.BICUBIC)
    left = random.randint(0, canvas.width - picture.width)
    top = random.randint(0, canvas.height - picture.height)
    canvas.paste(picture, (left, top))
    return canvas


def phone(picture: Picture) -> Picture:
    """A telephone's gallery that shows the photo between its bars."""
    wide, tall = 1080, 2280
    canvas = Image.new("RGB", (wide, tall), (14, 14, 16))
    shown = ImageOps.contain(picture, (wide, 1800), Image.Resampling.LANCZOS)
    canvas.paste(shown, ((wide - shown.width) // 2, (tall - shown.height) // 2))
    draw = ImageDraw.Draw(canvas)
    draw.text((60, 30), "09:41", fill=(240, 240, 240), font_size=44)
    draw.rounded_rectangle((930, 34, 1010, 72), 8, outline=(240, 240, 240), width=3)
    draw.text((70, 2180), "Share      Edit      Delete      More", fill=(240, 240, 240), font_size=46)
    return canvas


def feed(picture: Picture, random: Random) -> Picture:
    """A post in a telephone's feed, with a name above and comments below."""
    canvas = Image.new("RGB", (1080, 1920), _PAPER)
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((40, 160, 140, 260), fill=tuple(random.randrange(256) for _ in range(3)))
    draw.text((170, 170), "store.kontor", fill=_INK, font_size=42)
    draw.text((170, 220), "2 hours ago", fill=(130, 130, 130), font_size=30)
    shown = ImageOps.contain(picture, (1080, 1150), Image.Resampling.LANCZOS)
    canvas.paste(shown, ((1080 - shown.width) // 2, 290))
    for row in range(5):
        draw.text((40, 1480 + 62 * row), _LINE[row * 3 :], fill=_INK, font_size=36)
    return canvas


def web_page(picture: Picture, random: Random) -> Picture:
    """A page in a browser with a headline, columns of text, and the photo in it."""
    canvas = Image.new("RGB", _WEB, _PAPER)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, 0, _WEB[0], 74), fill=(222, 225, 230))
    draw.rounded_rectangle((150, 20, 1000, 56), 16, fill=_PAPER)
    draw.text((60, 100), "Spring displays in our stores", fill=_INK, font_size=40)
    shown = ImageOps.contain(picture, (random.randrange(520, 760), 640), Image.Resampling.LANCZOS)
    canvas.paste(shown, (60, 180))
    for row in range(24):
        draw.text((90 + shown.width, 180 + 28 * row), _LINE[row % 7 : 40 + row % 9], fill=_INK, font_size=18)
    return canvas


def seen_from_the_side(picture: Picture, reach: float, random: Random) -> Picture:
    """The corners moved by up to that share of the sides."""
    wide, tall = picture.size
    moved = [
        (x + random.uniform(-reach, reach) * wide, y + random.uniform(-reach, reach) * tall)
        for x, y in _corners(picture.size)
    ]
    return Image.fromarray(_warped(picture, moved, picture.size, np.zeros((tall, wide, 3), np.uint8)))


def off_a_screen(picture: Picture, random: Random) -> Picture:
    """A photo of a screen: slanted, with moire, a reflection and noise; a dark rim where the screen ends."""
    wide, tall = picture.size
    moved = [
        (wide * (0.03 + random.uniform(0, 0.06)) * (1 if x == 0 else -1) + x,
         tall * (0.03 + random.uniform(0, 0.06)) * (1 if y == 0 else -1) + y)
        for x, y in _corners(picture.size)
    ]  # fmt: skip
    seen = _warped(picture, moved, picture.size, np.full((tall, wide, 3), 12, np.uint8)).astype(np.float32)
    down, across = np.mgrid[0:tall, 0:wide].astype(np.float32)
    period, angle = random.uniform(3.5, 7), random.uniform(0, 3.1)
    seen *= 1 + 0.05 * np.sin(2 * np.pi / period * (np.cos(angle) * across + np.sin(angle) * down))[..., None]
    far = np.hypot(across / wide - random.random(), down / tall - random.random())
    seen += 60 * np.exp(-(far**2) / 0.05)[..., None]
    return _photographed(seen, (0.97, 1.0, 1.08), random)


def off_a_print(picture: Picture, table: Picture, random: Random) -> Picture:
    """A photo of a print that lies on something, unevenly lit, its colours dull."""
    wide, tall = picture.size
    ground = np.asarray(ImageOps.fit(table, (round(wide * 1.3), round(tall * 1.3))))
    moved = [
        (wide * (0.15 + random.uniform(-0.05, 0.05)) + x, tall * (0.15 + random.uniform(-0.05, 0.05)) + y)
        for x, y in _corners(picture.size)
    ]
    framed = ImageOps.expand(picture, round(0.03 * max(picture.size)), _PAPER).resize(picture.size)
    seen = _warped(framed, moved, (ground.shape[1], ground.shape[0]), ground).astype(np.float32)
    light = np.linspace(random.uniform(0.7, 0.9), random.uniform(0.95, 1.1), ground.shape[1])[None, :, None]
    return _photographed(25 + seen * light * 0.85, (1.05, 1.0, 0.9), random)


def _photographed(seen: np.ndarray, cast: tuple[float, float, float], random: Random) -> Picture:
    grain = np.random.default_rng(random.getrandbits(32)).normal(0, 5, seen.shape)
    taken = Image.fromarray(np.clip(seen * cast + grain, 0, 255).astype(np.uint8))
    return taken.filter(ImageFilter.GaussianBlur(max(taken.size) / 900))


def _corners(size: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    return ((0, 0), (size[0], 0), (size[0], size[1]), (0, size[1]))


def _warped(
    picture: Picture, corners: Sequence[tuple[float, float]], size: tuple[int, int], ground: np.ndarray
) -> np.ndarray:
    """The picture with its corners at those places, over the ground."""
    matrix = cv2.getPerspectiveTransform(np.array(_corners(picture.size), np.float32), np.array(corners, np.float32))
    laid = cv2.warpPerspective(np.asarray(picture), matrix, size, flags=cv2.INTER_AREA)
    inside = cv2.warpPerspective(np.full((picture.height, picture.width), 255, np.uint8), matrix, size)
    return np.asarray(np.where(inside[..., None] > 127, laid, ground), np.uint8)
