"""Attacks: what a copied photo goes through on its way into another claim.

An attack is a function of an RGB picture and a random source. Another suite can be given to
`benchmarks.duplicates --attacks FILE.py`: a module with a function `attacks()` that returns a dictionary of them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from benchmarks import disguises, mountings
from benchmarks.mountings import Picture

Attack = Callable[[Picture, Random], Picture]

_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)


def suite(others: Sequence[Picture]) -> dict[str, Attack]:
    """The built-in attacks; `others` are the pictures that share collages and backgrounds with the copy."""
    built_in = {**_treated(), **_cut_and_turned(), **_written_on(), **_mounted(others), **_combined(others)}
    return built_in | disguises.suite(others)


def _treated() -> dict[str, Attack]:
    return {
        "jpeg_75": lambda p, _: jpeg(p, 75),
        "jpeg_40": lambda p, _: jpeg(p, 40),
        "jpeg_15": lambda p, _: jpeg(p, 15),
        "webp_30": lambda p, _: encoded(p, "WEBP", 30),
        "half_size": lambda p, _: resize(p, 0.5),
        "third_size": lambda p, _: resize(p, 1 / 3),
        "double_size": lambda p, _: resize(p, 2),
        "squeezed": lambda p, _: p.resize((round(p.width * 0.75), p.height), Image.Resampling.LANCZOS),
        "blur": lambda p, _: p.filter(ImageFilter.GaussianBlur(max(p.size) / 400)),
        "blur_strong": lambda p, _: p.filter(ImageFilter.GaussianBlur(max(p.size) / 200)),
        "sharpened": lambda p, _: p.filter(ImageFilter.UnsharpMask(radius=2, percent=180)),
        "noise": lambda p, r: noise(p, 12, r),
        "noise_strong": lambda p, r: noise(p, 25, r),
        "brighter": lambda p, _: ImageEnhance.Brightness(p).enhance(1.35),
        "darker": lambda p, _: ImageEnhance.Brightness(p).enhance(0.6),
        "contrast": lambda p, _: ImageEnhance.Contrast(p).enhance(1.5),
        "saturated": lambda p, _: ImageEnhance.Color(p).enhance(2.0),
        "grey": lambda p, _: p.convert("L").convert("RGB"),
        "warm": lambda p, _: tinted(p, (1.12, 1.0, 0.8)),
        "gamma": lambda p, _: p.point([round(255 * (n / 255) ** 0.6) for n in range(256)] * 3),
    }


def _cut_and_turned() -> dict[str, Attack]:
    return {
        "crop_90": lambda p, r: crop(p, 0.9, r),
        "crop_70": lambda p, r: crop(p, 0.7, r),
        "crop_50": lambda p, r: crop(p, 0.5, r),
        "crop_30": lambda p, r: crop(p, 0.3, r),
        "crop_strip": lambda p, r: p.crop(_strip(p, 0.55, r)),
        "mirror": lambda p, _: ImageOps.mirror(p),
        "upside_down": lambda p, _: ImageOps.flip(p),
        "turn_90": lambda p, _: p.transpose(Image.Transpose.ROTATE_90),
        "turn_180": lambda p, _: p.transpose(Image.Transpose.ROTATE_180),
        "turn_270": lambda p, _: p.transpose(Image.Transpose.ROTATE_270),
        "turn_3": lambda p, _: turn(p, 3),
        "turn_12": lambda p, _: turn(p, -12),
        "turn_5_cut": lambda p, _: levelled(p, 5),
        "keystone": lambda p, r: mountings.seen_from_the_side(p, 0.06, r),
    }


def _written_on() -> dict[str, Attack]:
    return {
        "border": lambda p, _: ImageOps.expand(p, round(max(p.size) * 0.08), _WHITE),
        "border_black": lambda p, _: ImageOps.expand(p, round(max(p.size) * 0.2), _BLACK),
        "caption": lambda p, _: captioned(p, "Summer Sale 2026"),
        "text": lambda p, r: lettered(p, ("NEW STOCK", "Week 32", "Visit us today!"), r),
        "emoji": emoji,
        "watermark": lambda p, _: watermarked(p, "SAMPLE MEDIA"),
        "patches": lambda p, r: patched(p, 6, 0.14, r),
        "patch_large": lambda p, r: patched(p, 1, 0.45, r),
    }


def _mounted(others: Sequence[Picture]) -> dict[str, Attack]:
    grids = {"1x2": (1, 2), "2x1": (2, 1), "2x2": (2, 2), "1x3": (1, 3), "2x3": (2, 3), "3x3": (3, 3)}
    return {
        **{f"collage_{name}": partial(_collage, others, grid, 0.012) for name, grid in grids.items()},
        "collage_3x3_tight": partial(_collage, others, (3, 3), 0.0),
        "on_photo": lambda p, r: mountings.on_background(p, r.choice(others), 0.45, r),
        "on_plain": lambda p, r: mountings.on_background(p, mountings.gradient(r), 0.3, r),
        "phone": lambda p, _: mountings.phone(p),
        "phone_feed": mountings.feed,
        "web_page": mountings.web_page,
        "screen_photo": mountings.off_a_screen,
        "print_photo": lambda p, r: mountings.off_a_print(p, r.choice(others), r),
    }


def _combined(others: Sequence[Picture]) -> dict[str, Attack]:
    return {
        "mirror_crop_jpeg": lambda p, r: jpeg(crop(ImageOps.mirror(p), 0.7, r), 50),
        "crop_text_jpeg": lambda p, r: jpeg(lettered(crop(p, 0.6, r), ("Today only",), r), 40),
        "messenger": lambda p, _: jpeg(jpeg(resize(p, 0.6), 60), 45),
        "warm_border_jpeg": lambda p, _: jpeg(ImageOps.expand(tinted(p, (1.1, 1, 0.85)), 30, _WHITE), 50),
        "turn_noise_dark": lambda p, r: noise(ImageEnhance.Brightness(turn(p, 6)).enhance(0.7), 10, r),
        "mirror_screen_photo": lambda p, r: mountings.off_a_screen(ImageOps.mirror(p), r),
        "mirror_collage": lambda p, r: jpeg(_collage(others, (2, 2), 0.02, ImageOps.mirror(p), r), 60),
        "phone_crop": lambda p, r: crop(mountings.phone(p), 0.6, r),
        "grey_phone_jpeg": lambda p, _: jpeg(mountings.phone(p.convert("L").convert("RGB")), 50),
        "crop_keystone": lambda p, r: mountings.seen_from_the_side(crop(p, 0.6, r), 0.05, r),
    }


def jpeg(picture: Picture, quality: int) -> Picture:
    """Through JPEG at that quality and back."""
    return encoded(picture, "JPEG", quality)


def encoded(picture: Picture, kind: str, quality: int) -> Picture:
    """Through a lossy format and back."""
    out = io.BytesIO()
    picture.save(out, kind, quality=quality)
    return Image.open(out).convert("RGB")


def resize(picture: Picture, factor: float) -> Picture:
    """Both sides times `factor`."""
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def noise(picture: Picture, sigma: float, random: Random) -> Picture:
    """Gaussian noise, sigma in grey levels."""
    grain = np.random.default_rng(random.getrandbits(32)).normal(0, sigma, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8))


def tinted(picture: Picture, gains: tuple[float, float, float]) -> Picture:
    """Each channel times its gain."""
    return picture.point([min(255, round(n * gain)) for gain in gains for n in range(256)])


def crop(picture: Picture, share: float, random: Random) -> Picture:
    """A rectangle of that share of the area, of the picture's own shape, anywhere."""
    wide, tall = round(picture.width * share**0.5), round(picture.height * share**0.5)
    left, top = random.randint(0, picture.width - wide), random.randint(0, picture.height - tall)
    return picture.crop((left, top, left + wide, top + tall))


def turn(picture: Picture, degrees: float) -> Picture:
    """Turned about the centre, the corners filled with black, the whole picture kept."""
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True)


def levelled(picture: Picture, degrees: float) -> Picture:
    """Turned, and cut so that no corner is empty."""
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC)
    slant = abs(np.sin(np.radians(degrees)))
    across, down = round(picture.height * slant / 2) + 1, round(picture.width * slant / 2) + 1
    return turned.crop((across, down, picture.width - across, picture.height - down))


def captioned(picture: Picture, text: str) -> Picture:
    """A line of text on a dark strip, a sixth of the picture high."""
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    top = round(copy.height * 0.7)
    draw.rectangle((0, top, copy.width, top + copy.height // 6), fill=(20, 20, 20))
    draw.text((copy.width // 20, top), text, fill=_WHITE, font_size=max(8, copy.height // 9))
    return copy


def lettered(picture: Picture, lines: Sequence[str], random: Random) -> Picture:
    """Large, outlined lines of text anywhere."""
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    for line in lines:
        place = (random.uniform(0, 0.4) * copy.width, random.uniform(0, 0.85) * copy.height)
        colour = tuple(random.randrange(256) for _ in range(3))
        size = max(10, copy.height // 9)
        draw.text(place, line, fill=colour, font_size=size, stroke_width=max(1, size // 15), stroke_fill=_WHITE)
    return copy


def emoji(picture: Picture, random: Random) -> Picture:
    """Four yellow faces, each a sixth of the shorter side wide."""
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    side = min(copy.size) // 6
    for _ in range(4):
        x, y = random.randrange(copy.width - side), random.randrange(copy.height - side)
        draw.ellipse((x, y, x + side, y + side), fill=(255, 205, 40), outline=(120, 80, 0), width=2)
        for eye in (0.3, 0.6):
            draw.ellipse((x + side * eye, y + side * 0.3, x + side * (eye + 0.12), y + side * 0.45), fill=_BLACK)
        draw.arc((x + side * 0.25, y + side * 0.35, x + side * 0.75, y + side * 0.8), 10, 170, _BLACK, 3)
    return copy


def watermarked(picture: Picture, text: str) -> Picture:
    """A text in rows across the whole picture, half transparent."""
    layer = Image.new("RGBA", picture.size, (255, 255, 255, 0))
    draw = ImageDraw.Draw(layer)
    size = max(10, picture.height // 12)
    for row in range(-1, 8):
        for column in range(-1, 4):
            place = ((column + row % 2 / 2) * size * 8, row * size * 2)
            draw.text(place, text, fill=(255, 255, 255, 110), font_size=size)
    slanted = layer.rotate(20)
    return Image.alpha_composite(picture.convert("RGBA"), slanted).convert("RGB")


def patched(picture: Picture, number: int, side: float, random: Random) -> Picture:
    """Rectangles of one colour, their sides that share of the picture's."""
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    wide, tall = round(copy.width * side), round(copy.height * side)
    for _ in range(number):
        x, y = random.randint(0, copy.width - wide), random.randint(0, copy.height - tall)
        draw.rectangle((x, y, x + wide, y + tall), fill=tuple(random.randrange(256) for _ in range(3)))
    return copy


def _strip(picture: Picture, share: float, random: Random) -> tuple[int, int, int, int]:
    wide = round(picture.width * share)
    left = random.randint(0, picture.width - wide)
    return (left, 0, left + wide, picture.height)


def _collage(
    others: Sequence[Picture], grid: tuple[int, int], gutter: float, picture: Picture, random: Random
) -> Picture:
    return mountings.collage(picture, others, grid, gutter, random)
